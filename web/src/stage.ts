/** The drawing as a whole: an engine, soft outlines behind it, names in front, and the pointer. */
import type { Box, Camera, Size, View } from "./camera";
import { between, fitting, markScale, toScreen, toWorld, zoomed } from "./camera";
import type { Ink } from "./colour";
import { el } from "./dom";
import { Grid } from "./grid";
import type { Group, Outline } from "./hulls";
import { groups, outlines, paintHulls } from "./hulls";
import { Ruler } from "./labels";
import type { Model } from "./model";
import type { Seen } from "./names";
import { Names } from "./names";
import { paint, paintRing, shownOf } from "./paint";
import type { Pen } from "./pen";
import { listen } from "./pointer";
import { paintGround } from "./ground";
import type { Picture } from "./pictures";
import type { Engine, Look, Part, Picture as Painted, Scene } from "./scene";
import { sceneOf } from "./scene";
import { Screen } from "./screen";
import type { Pins, State, Store } from "./state";
import type { Lit, Visible } from "./visible";

/** A frame that takes no longer, in milliseconds, is drawn whenever the view moves. */
const QUICK = 5;
/** One that takes longer than this is not drawn before the view rests. */
const SLOW = 40;
/** The others take this share of the time at most. */
const SHARE = 1 / 8;
/** Up to so many entities, another arrangement shows how everyone goes there. */
const WANDERING = 1500;
/** So strong is what stays behind what is lit. */
const BEHIND = 0.24;

export class Stage {
  readonly element: HTMLElement;
  camera: Camera = { x: 0, y: 0, scale: 1 };
  onCamera: () => void = () => undefined;
  readonly scene: Scene;
  private size: Size = { width: 1, height: 1 };
  private screen = new Screen();
  private names: Names;
  /** Made when the pointer first asks who is there, and after somebody was moved. */
  private grid: Grid | null = null;
  private zones: Group[];
  private outlines: Outline[] = [];
  private seen: Seen | null = null;
  private shown: Visible | null = null;
  private frame = 0;
  private moving = false;
  private flight = 0;
  private grabbed: number | null = null;
  private fitted = false;
  private picture: Picture;
  private journey = 0;
  private dragged = false;
  /** The camera of the picture on the screen; none when what it shows is no longer so. */
  private drawn: Camera | null = null;
  private pictured: Camera | null = null;
  private cost = { took: 0, at: 0 };

  constructor(
    private model: Model,
    private store: Store,
    private engine: Engine,
  ) {
    this.scene = sceneOf(model);
    [this.picture] = model.pictures;
    this.zones = groups(model);
    this.names = new Names(model, this.scene, new Ruler(ruler()));
    this.screen.element.className = "screen";
    this.element = el(
      "div",
      { class: "stage", tabindex: 0, role: "application" },
      this.engine.element,
      this.screen.element,
    );
    this.engine.setData(this.scene);
    this.engine.onPicture = (picture) => this.compose(picture);
    listen(this.element, {
      pan: (dx, dy) =>
        this.move(
          {
            ...this.camera,
            x: this.camera.x - dx / this.camera.scale,
            y: this.camera.y - dy / this.camera.scale,
          },
          true,
        ),
      zoom: (factor, x, y) => this.move(zoomed(this.camera, this.size, factor, x, y), true),
      settle: () => {
        this.release();
        this.move(this.camera, false);
      },
      hover: (x, y) => this.hover(this.at(x, y)),
      leave: () => this.hover(null),
      click: (x, y, again) => this.click(this.at(x, y), again),
      grab: (x, y) => (this.grabbed = this.at(x, y)) !== null,
      drag: (x, y) => this.drag(x, y),
    });
    new ResizeObserver(() => this.resize()).observe(this.element);
  }

  start(): void {
    this.resize();
  }

  /** Takes over what is shown and lit, and draws it. */
  show(shown: Visible, lit: Lit | null, state: State, ink: Ink): void {
    const before = this.seen?.look;
    if (before?.entities !== shown.entities || before.ink.dark !== ink.dark) {
      const look = { entities: shown.entities, links: shown.links, ink };
      this.seen = { look, shown: shownOf(look), lit: null, state };
      this.shown = shown;
      this.outlines = this.hulls(look);
      this.engine.setState(look);
      this.pictured = null;
    }
    if (this.seen) this.seen = { ...this.seen, lit: lit && litPart(shown, lit), state };
    this.drawn = null;
    this.request();
  }

  /**
   * Puts everyone where the picture and the reader have them, in calm steps where `animated`; with
   * another picture the camera follows, so that all of it is in sight.
   */
  arrange(picture: Picture, pins: Pins, animated: boolean): void {
    const other = picture !== this.picture;
    this.picture = picture;
    const to = { x: picture.x.slice(), y: picture.y.slice() };
    for (const [i, [x, y]] of pins) [to.x[i], to.y[i]] = [x, y];
    window.cancelAnimationFrame(this.journey);
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches || document.hidden;
    if (animated && !calm && this.scene.count <= WANDERING) this.wander(to);
    else this.put(to.x, to.y, 1);
    if (other && animated)
      this.fly(
        fitting(
          this.box(() => true, to),
          this.size,
        ),
      );
  }

  private wander(to: { x: Float64Array; y: Float64Array }): void {
    const from = { x: this.scene.x.slice(), y: this.scene.y.slice() };
    const began = performance.now();
    const step = (now: number) => {
      const share = Math.min(1, Math.max(0, (now - began) / 520));
      const eased = share < 0.5 ? 4 * share ** 3 : 1 - (-2 * share + 2) ** 3 / 2;
      const on = (a: Float64Array, b: Float64Array) => a.map((place, i) => place + (b[i] - place) * eased);
      if (share < 1) {
        this.put(on(from.x, to.x), on(from.y, to.y), share);
        this.journey = window.requestAnimationFrame(step);
      } else this.put(to.x, to.y, 1);
    };
    this.journey = window.requestAnimationFrame(step);
  }

  private put(x: Float64Array, y: Float64Array, share: number): void {
    for (let i = 0; i < this.scene.count; i++) {
      if (this.scene.x[i] === x[i] && this.scene.y[i] === y[i]) continue;
      [this.scene.x[i], this.scene.y[i]] = [x[i], y[i]];
      this.engine.moved(i);
    }
    this.grid = null;
    if (this.seen) this.outlines = share < 1 ? [] : this.hulls(this.seen.look);
    this.pictured = this.drawn = null;
    this.request();
  }

  private hulls(look: Look): Outline[] {
    const { ground, relations, zones } = this.picture;
    return ground || relations ? [] : outlines(zones ?? this.zones, this.scene, look, zones !== null);
  }

  /** Keeps what was dragged where it was let go. */
  private release(): void {
    const [entity, dragged] = [this.grabbed, this.dragged];
    this.grabbed = null;
    this.dragged = false;
    if (entity === null || !dragged) return;
    const spot = [Math.round(this.scene.x[entity]), Math.round(this.scene.y[entity])] as const;
    this.store.set({ pins: new Map([...this.store.state.pins, [entity, spot]]) });
  }

  fit(animated = true): void {
    this.fly(
      fitting(
        this.box(() => true),
        this.size,
      ),
      animated,
    );
  }

  /** Brings these into sight, as close as they allow. */
  frameOn(entities: ReadonlySet<number>): void {
    this.fly(
      fitting(
        this.box((i) => entities.has(i)),
        this.size,
      ),
      false,
    );
  }

  zoom(factor: number): void {
    this.fly(zoomed(this.camera, this.size, factor));
  }

  /** Brings an entity into sight if it is not, without changing how close the reader is. */
  reveal(entity: number): void {
    const [x, y] = toScreen(this.camera, this.size, this.scene.x[entity], this.scene.y[entity]);
    // On a narrow window the details cover the lower part of the drawing.
    const covered =
      this.size.width <= 760 && this.store.state.drawer === "details" ? this.size.height * 0.62 : 0;
    const height = this.size.height - covered;
    const edge = { x: Math.min(80, this.size.width / 5), y: Math.min(60, height / 5) };
    if (x > edge.x && y > edge.y && x < this.size.width - edge.x && y < height - edge.y) return;
    this.fly({
      ...this.camera,
      x: this.scene.x[entity],
      y: this.scene.y[entity] + covered / 2 / this.camera.scale,
    });
  }

  /** Returns the neighbour that lies most in one direction of the screen. */
  towards(from: number, dx: number, dy: number): number | null {
    let best: number | null = null;
    let least = Infinity;
    for (const at of this.model.touching[from]) {
      const link = this.model.links[at];
      const other = link.source === from ? link.target : link.source;
      if (!this.seen?.look.entities[other] || other === from) continue;
      const [x, y] = [this.scene.x[other] - this.scene.x[from], this.scene.y[other] - this.scene.y[from]];
      const ahead = x * dx + y * dy;
      const cost =
        Math.hypot(x, y) * (1 + (2 * Math.abs(x * dy - y * dx)) / Math.max(Math.hypot(x, y), 1e-9));
      if (ahead > 0 && cost < least) [best, least] = [other, cost];
    }
    return best;
  }

  move(camera: Camera, moving: boolean): void {
    window.cancelAnimationFrame(this.flight);
    this.camera = camera;
    this.moving = moving;
    this.request();
    if (!moving) this.onCamera();
  }

  /** Draws the whole picture with another pen, for a download. */
  export(pen: Pen, size: Size, ink: Ink): void {
    if (!this.seen) return;
    const { look, shown, lit } = this.seen;
    const camera = { ...this.camera, scale: this.camera.scale * (size.width / this.size.width) };
    const view = { camera, size };
    this.paintBack(pen, ink, view, lit ? BEHIND : 1);
    paint(pen, this.scene, lit ? { ...shown, light: "faded" } : shown, ink, view);
    this.paintFront(pen, { ...this.seen, look: { ...look, ink } }, view);
  }

  get extent(): Size {
    return this.size;
  }

  private fly(to: Camera, animated = true): void {
    window.cancelAnimationFrame(this.flight);
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!animated || calm || document.hidden) {
      this.move(to, false);
      return;
    }
    const from = this.camera;
    const began = performance.now();
    const step = (now: number) => {
      const share = Math.min(1, (now - began) / 320);
      this.camera = between(from, to, share);
      this.moving = share < 1;
      this.request();
      if (share < 1) this.flight = window.requestAnimationFrame(step);
      else this.onCamera();
    };
    this.flight = window.requestAnimationFrame(step);
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!width || !height) return;
    this.size = { width, height };
    this.screen.resize(this.size);
    this.engine.resize(this.size);
    this.pictured = this.drawn = null;
    if (!this.fitted && this.seen) this.open(null);
    this.request();
  }

  /** Opens on the whole picture, unless the address says where to look. */
  open(camera: Camera | null): void {
    this.fitted = true;
    this.camera =
      camera ??
      fitting(
        this.box(() => true),
        this.size,
      );
    this.request();
  }

  private request(): void {
    this.frame ||= window.requestAnimationFrame((now) => {
      this.frame = 0;
      this.draw(now);
    });
  }

  /** Draws anew what needs it; while the view moves, what was drawn is moved about in between. */
  private draw(now: number): void {
    if (!this.seen) return;
    if (this.moving && this.drawn && !this.due(now)) {
      this.screen.shift(this.seen.look.ink.ground, this.drawn, this.camera);
      return;
    }
    if (this.pictured && this.pictured === this.camera) this.present(this.pictured);
    else this.engine.draw(this.camera);
  }

  private due(now: number): boolean {
    const { took, at } = this.cost;
    return took < QUICK || (took < SLOW && (now - at) * SHARE > took);
  }

  /** Takes the time of a frame until all of it is on the screen. */
  private clock(): void {
    const began = Number(document.timeline.currentTime ?? performance.now());
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      this.cost = { took: performance.now() - began, at: began };
      port1.close();
    };
    port2.postMessage(null);
  }

  private compose({ camera, paint }: Painted): void {
    if (!this.seen) return;
    const { ink } = this.seen.look;
    this.screen.compose(ink.ground, (pen) => {
      this.paintBack(pen, ink, { camera, size: this.size }, 1);
      paint(pen);
    });
    this.pictured = camera;
    this.present(camera);
  }

  private present(camera: Camera): void {
    const { seen } = this;
    if (!seen) return;
    const view = { camera, size: this.size };
    this.screen.show(seen.look.ink.ground, seen.lit ? BEHIND : 1, (pen) => this.paintFront(pen, seen, view));
    this.drawn = camera;
    this.clock();
    if (camera !== this.camera) this.request();
  }

  private paintBack(pen: Pen, ink: Ink, view: View, strength: number): void {
    const { ground } = this.picture;
    if (ground) paintGround(pen, ground, ink, this.store.state.language, view.camera, view.size);
    paintHulls(pen, this.outlines, ink.dark, view, strength);
  }

  private paintFront(pen: Pen, seen: Seen, view: View): void {
    const { lit, look, state } = seen;
    if (lit) paint(pen, this.scene, lit, look.ink, view);
    pen.strokeStyle = look.ink.accent;
    for (const [i, width] of [
      [state.hover, 1.5],
      [state.selected, 2.5],
    ] as const)
      if (i !== null && look.entities[i]) paintRing(pen, this.scene, i, width, view);
    this.names.paint(pen, seen, view);
  }

  private at(x: number, y: number): number | null {
    if (!this.seen) return null;
    const [worldX, worldY] = toWorld(this.camera, this.size, x, y);
    const marks = markScale(this.camera) / this.camera.scale;
    this.grid ??= new Grid(this.scene);
    return this.grid.at(worldX, worldY, { marks, slack: 6 / this.camera.scale }, this.seen.look.entities);
  }

  private hover(entity: number | null): void {
    if (entity === null) delete this.element.dataset.over;
    else this.element.dataset.over = "yes";
    this.store.set({ hover: entity });
  }

  private click(entity: number | null, again: boolean): void {
    const { compared, path, selected } = this.store.state;
    if (entity !== null && path?.to === null && entity !== path.from)
      this.store.set({ path: { from: path.from, to: entity } });
    else if (entity !== null && compared?.to === null && entity !== compared.from)
      this.store.set({ compared: { from: compared.from, to: entity }, view: "compare" });
    else if (entity === null)
      this.store.set({ selected: null, path: null, compared: null, focus: 0, drawer: "none" });
    else if (again) this.store.set({ selected: entity, focus: 1 });
    else if (entity !== selected) {
      this.store.set({ selected: entity, path: null, drawer: "details" });
      this.reveal(entity);
    } else this.store.set({ drawer: "details" });
  }

  private drag(x: number, y: number): void {
    if (this.grabbed === null || !this.seen) return;
    this.dragged = true;
    [this.scene.x[this.grabbed], this.scene.y[this.grabbed]] = toWorld(this.camera, this.size, x, y);
    this.grid = null;
    this.outlines = this.hulls(this.seen.look);
    this.engine.moved(this.grabbed);
    this.pictured = null;
    this.request();
  }

  private box(
    wanted: (entity: number) => boolean,
    at: { x: Float64Array; y: Float64Array } = this.scene,
  ): Box {
    const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
    for (let i = 0; i < this.scene.count; i++) {
      if (!this.shown?.entities[i] || !wanted(i)) continue;
      box.left = Math.min(box.left, at.x[i]);
      box.right = Math.max(box.right, at.x[i]);
      box.top = Math.min(box.top, at.y[i]);
      box.bottom = Math.max(box.bottom, at.y[i]);
    }
    return box.left > box.right ? { left: -100, top: -100, right: 100, bottom: 100 } : box;
  }
}

/** Returns what is both shown and lit. */
function litPart(shown: Visible, lit: Lit): Part {
  return {
    entities: Int32Array.from(lit.entities).filter((i) => shown.entities[i]),
    links: Int32Array.from(lit.links).filter((i) => shown.links[i]),
    light: "lit",
  };
}

function ruler(): CanvasRenderingContext2D {
  const pen = document.createElement("canvas").getContext("2d");
  if (!pen) throw new Error("This browser has no canvas to draw on.");
  return pen;
}
