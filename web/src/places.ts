/** Where everyone stands: where a picture has them, where the reader put them, or on the way there. */
import { eased, isWelcome, Motion } from "./motion";
import type { Picture } from "./pictures";
import type { Scene } from "./scene";
import type { Pins } from "./state";

/** Up to so many entities, another arrangement shows how everyone goes there. */
const WANDERING = 1500;

export interface Spots {
  x: Float64Array;
  y: Float64Array;
}

export class Places {
  private journey = new Motion();

  constructor(
    private scene: Scene,
    public picture: Picture,
    private on: { moved: (entity: number) => void; changed: (arrived: boolean) => void },
  ) {}

  /** Brings everyone where the picture and the reader have them, and returns these places. */
  arrange(picture: Picture, pins: Pins, animated: boolean): Spots {
    this.picture = picture;
    const to = { x: picture.x.slice(), y: picture.y.slice() };
    for (const [entity, [x, y]] of pins) [to.x[entity], to.y[entity]] = [x, y];
    this.journey.stop();
    if (animated && isWelcome() && this.scene.count <= WANDERING) this.wander(to);
    else this.put(to, true);
    return to;
  }

  private wander(to: Spots): void {
    const from = { x: this.scene.x.slice(), y: this.scene.y.slice() };
    this.journey.run(520, (share) => {
      const on = (a: Float64Array, b: Float64Array) => a.map((at, i) => at + (b[i] - at) * eased(share));
      this.put(share < 1 ? { x: on(from.x, to.x), y: on(from.y, to.y) } : to, share === 1);
    });
  }

  private put({ x, y }: Spots, arrived: boolean): void {
    for (let i = 0; i < this.scene.count; i++) {
      if (this.scene.x[i] === x[i] && this.scene.y[i] === y[i]) continue;
      [this.scene.x[i], this.scene.y[i]] = [x[i], y[i]];
      this.on.moved(i);
    }
    this.on.changed(arrived);
  }
}
