/** Finds the entity under a point without looking at all of them. */
import type { Scene } from "./scene";

const CELL = 80;

export class Grid {
  private cells = new Map<string, number[]>();

  constructor(private scene: Scene) {
    for (let i = 0; i < scene.count; i++) {
      const key = this.key(scene.x[i], scene.y[i]);
      const cell = this.cells.get(key);
      if (cell) cell.push(i);
      else this.cells.set(key, [i]);
    }
  }

  /** Returns the nearest drawn entity whose mark, `marks` times its radius and some slack, holds the point. */
  at(x: number, y: number, marks: number, slack: number, drawn: Float32Array): number | null {
    let best: number | null = null;
    let bestReach = Infinity;
    const reach = 16 * marks + slack;
    for (let column = Math.floor((x - reach) / CELL); column <= Math.floor((x + reach) / CELL); column++)
      for (let row = Math.floor((y - reach) / CELL); row <= Math.floor((y + reach) / CELL); row++)
        for (const i of this.cells.get(`${column},${row}`) ?? []) {
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

  private key(x: number, y: number): string {
    return `${Math.floor(x / CELL)},${Math.floor(y / CELL)}`;
  }
}
