/** Draws on a plain canvas: crisp when still, a picture of the last still frame while moving. */
import type { Camera, Size } from "./camera";
import { paint } from "./paint";
import type { Engine, Look, Scene } from "./scene";

/** From so many marks a frame takes longer than the screen waits. */
const HEAVY = 4000;

export class CanvasEngine implements Engine {
  readonly element: HTMLCanvasElement;
  onFrame: (camera: Camera) => void = () => undefined;
  private pen: CanvasRenderingContext2D;
  private scene: Scene | null = null;
  private look: Look | null = null;
  private camera: Camera = { x: 0, y: 0, scale: 1 };
  private size: Size = { width: 1, height: 1 };
  private still: { picture: HTMLCanvasElement; camera: Camera } | null = null;
  private moving = false;

  constructor() {
    this.element = document.createElement("canvas");
    const pen = this.element.getContext("2d");
    if (!pen) throw new Error("This browser has no canvas to draw on.");
    this.pen = pen;
  }

  setData(scene: Scene): void {
    this.scene = scene;
    this.still = null;
  }

  setState(look: Look): void {
    this.look = look;
    this.still = null;
  }

  setCamera(camera: Camera, moving: boolean): void {
    this.camera = camera;
    this.moving = moving;
  }

  moved(): void {
    this.still = null;
  }

  resize(width: number, height: number): void {
    this.size = { width, height };
    const ratio = window.devicePixelRatio || 1;
    this.element.width = Math.round(width * ratio);
    this.element.height = Math.round(height * ratio);
    this.still = null;
  }

  draw(): void {
    if (!this.scene || !this.look) return;
    const heavy = this.scene.count + this.scene.links.length > HEAVY;
    if (this.moving && heavy && this.still) this.shift(this.still);
    else this.paint(this.scene, this.look, heavy);
    this.onFrame(this.camera);
  }

  private paint(scene: Scene, look: Look, heavy: boolean): void {
    this.clear();
    paint(this.pen, scene, look, this.camera, this.size);
    if (heavy) this.keep();
  }

  private clear(): void {
    const ratio = this.element.width / this.size.width;
    this.pen.setTransform(1, 0, 0, 1, 0, 0);
    this.pen.clearRect(0, 0, this.element.width, this.element.height);
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  private keep(): void {
    const picture = this.still?.picture ?? document.createElement("canvas");
    picture.width = this.element.width;
    picture.height = this.element.height;
    picture.getContext("2d")?.drawImage(this.element, 0, 0);
    this.still = { picture, camera: this.camera };
  }

  private shift(still: { picture: HTMLCanvasElement; camera: Camera }): void {
    this.clear();
    const { width, height } = this.size;
    const grown = this.camera.scale / still.camera.scale;
    const x = (still.camera.x - this.camera.x) * this.camera.scale + width / 2 - (width / 2) * grown;
    const y = (still.camera.y - this.camera.y) * this.camera.scale + height / 2 - (height / 2) * grown;
    this.pen.drawImage(still.picture, x, y, width * grown, height * grown);
  }
}
