/** The canvas that is seen: what an engine drew, what stands in front of it, and both while it moves. */
import type { Camera, Size } from "./camera";

interface Layer {
  canvas: HTMLCanvasElement;
  pen: CanvasRenderingContext2D;
}

export class Screen {
  readonly element: HTMLCanvasElement;
  // None has transparency: blending costs as much as drawing.
  private seen = layer();
  /** What an engine drew, without names and without anything lit. */
  private base = layer();
  /** All that was seen when the view began to move; made when it first does. */
  private still: Layer | null = null;
  private stillAt: Camera | null = null;
  private size: Size = { width: 1, height: 1 };

  constructor() {
    this.element = this.seen.canvas;
  }

  resize(size: Size): void {
    this.size = size;
    const ratio = window.devicePixelRatio || 1;
    for (const { canvas } of [this.seen, this.base]) {
      canvas.width = Math.round(size.width * ratio);
      canvas.height = Math.round(size.height * ratio);
    }
    this.still = this.stillAt = null;
  }

  /** Takes over a new ground, on which `show` draws from now on. */
  compose(ground: string, paint: (pen: CanvasRenderingContext2D) => void): void {
    this.clear(this.base.pen, ground);
    paint(this.base.pen);
    this.base.pen.setTransform(1, 0, 0, 1, 0, 0);
  }

  /** Shows the ground, so strong, and what is painted in front of it. */
  show(ground: string, alpha: number, paint: (pen: CanvasRenderingContext2D) => void): void {
    const { pen } = this.seen;
    this.clear(pen, ground);
    pen.globalAlpha = alpha;
    pen.drawImage(this.base.canvas, 0, 0, this.size.width, this.size.height);
    pen.globalAlpha = 1;
    paint(pen);
    this.stillAt = null;
  }

  /** Shows what was last shown, from one camera, as it looks from another: that costs next to nothing. */
  shift(ground: string, from: Camera, to: Camera): void {
    this.still ??= layer(this.seen.canvas);
    if (this.stillAt !== from) {
      this.still.pen.drawImage(this.seen.canvas, 0, 0);
      this.stillAt = from;
    }
    const { width, height } = this.size;
    const grown = to.scale / from.scale;
    const x = (from.x - to.x) * to.scale + (width / 2) * (1 - grown);
    const y = (from.y - to.y) * to.scale + (height / 2) * (1 - grown);
    this.clear(this.seen.pen, ground);
    this.seen.pen.drawImage(this.still.canvas, x, y, width * grown, height * grown);
  }

  private clear(pen: CanvasRenderingContext2D, ground: string): void {
    const ratio = this.element.width / this.size.width;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = ground;
    pen.fillRect(0, 0, this.size.width, this.size.height);
  }
}

function layer(as?: HTMLCanvasElement): Layer {
  const canvas = document.createElement("canvas");
  if (as) [canvas.width, canvas.height] = [as.width, as.height];
  const pen = canvas.getContext("2d", { alpha: false });
  if (!pen) throw new Error("This browser has no canvas to draw on.");
  return { canvas, pen };
}
