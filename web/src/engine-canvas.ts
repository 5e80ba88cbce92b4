/** Draws on a plain canvas. */
import type { Camera, Size } from "./camera";
import { paint, shownOf } from "./paint";
import type { Engine, Look, Part, Painting, Scene } from "./scene";

export class CanvasEngine implements Engine {
  readonly element = null;
  onPainting: (picture: Painting) => void = () => undefined;
  private scene: Scene | null = null;
  private shown: { part: Part; look: Look } | null = null;
  private size: Size = { width: 1, height: 1 };

  setData(scene: Scene): void {
    this.scene = scene;
  }

  setState(look: Look): void {
    this.shown = { part: shownOf(look), look };
  }

  moved(): void {
    // Places are read from the scene at each picture.
  }

  resize(size: Size): void {
    this.size = size;
  }

  draw(camera: Camera): void {
    const { scene, shown, size } = this;
    if (!scene || !shown) return;
    this.onPainting({
      camera,
      paint: (pen) => paint(pen, scene, shown.part, shown.look.ink, { camera, size }),
    });
  }
}
