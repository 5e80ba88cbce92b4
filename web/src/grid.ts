/** Finds the entity under a point without looking at all of them. */
import type { Scene } from "./scene";

/** The side of a cell, in the units of the scene: a little more than an entity has to itself. */
const CELL = 80;
/** More rows than any drawing has. */
const ROWS = 1 << 20;

export class Grid {
  private cells = new Map<number, number[]>();

  constructor(private scene: Scene) {
    for (let i = 0; i < scene.count; i++) {
      const key = Math.floor(scene.x[i] / CELL) * ROWS + Math.floor(scene.y[i] / CELL);
      const cell = this.cells.get(key);
      if (cell) cell.push(i);
      else this.cells.set(key, [i]);
    }
  }

  /** Returns the nearest drawn entity whose mark, `marks` times its radius and some slack, holds the point. */
  at(
    x: number,
    y: number,
    { marks, slack }: { marks: number; slack: number },
    drawn: ArrayLike<number>,
  ): number | null {
    let best: number | null = null;
    let bestReach = Infinity;
    const reach = 16 * marks + slack;
    for (let column = Math.floor((x - reach) / CELL); column <= Math.floor((x + reach) / CELL); column++)
      for (let row = Math.floor((y - reach) / CELL); row <= Math.floor((y + reach) / CELL); row++)
        for (const i of this.cells.get(column * ROWS + row) ?? []) {
          if (!drawn[i]) continue;
          const distance =
            Math.hypot(this.scene.x[i] - x, this.scene.y[i] - y) - this.scene.radius[i] * marks;
          if (distance <= slack && distance < bestReach) {
            best = i;
            bestReach = distance;
          }
        }
    return best;
  }
}
