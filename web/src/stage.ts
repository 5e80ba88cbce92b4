/** The drawing as a whole: an engine, soft outlines behind it, names in front, and the pointer. */
import type { Camera, Size, View } from "./camera";
import { between, fitting, markScale, toScreen, toWorld, zoomed } from "./camera";
import { secondOf } from "./choice";
import type { Ink } from "./colour";
import { el } from "./dom";
import { Grid } from "./grid";
import { paintGround } from "./ground";
import type { Group, Outline } from "./hulls";
import { groups, outlines, paintHulls } from "./hulls";
import type { Rectangle } from "./labels";
import { Ruler } from "./labels";
import type { Model } from "./model";
import { isWelcome, Motion } from "./motion";
import type { Seen } from "./names";
import { Names } from "./names";
import { Pace } from "./pace";
import { paint, paintRing, shownOf } from "./paint";
import type { Pen } from "./pen";
import type { Picture } from "./pictures";
import type { Spots } from "./places";
import { Places } from "./places";
import { listen } from "./pointer";
import type { Engine, Look, Painting, Part, Scene } from "./scene";
import { boxOf, sceneOf, without } from "./scene";
import { Screen } from "./screen";
import type { Pins, State, Store } from "./state";
import type { Lit, Visible } from "./visible";

/** So strong is what stays behind what is lit. */
const BEHIND = 0.24;
const NOBODY = new Int32Array();

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
  private zones: Group[] | null = null;
  private outlines: Outline[] = [];
  private seen: Seen | null = null;
  private frame = 0;
  private moving = false;
  private flight = new Motion();
  private grabbed: number | null = null;
  /** What is dragged, with its relations: drawn in front of a drawing that lacks it. */
  private lifted: Part | null = null;
  private fitted = false;
  private places: Places;
  /** The camera of what is on the screen; none when what it shows is no longer so. */
  private drawn: Camera | null = null;
  /** The camera that the engine last drew from; none when that is no longer so. */
  private painted: Camera | null = null;
  private pace = new Pace();
  /** Where something lies over the drawing. */
  private covered: Rectangle[] = [];

  constructor(
    private model: Model,
    private store: Store,
    private engine: Engine,
  ) {
    this.scene = sceneOf(model);
    this.names = new Names(model, this.scene, new Ruler(ruler()));
    this.places = new Places(this.scene, model.pictures[0], {
      moved: (entity) => this.engine.moved(entity),
      changed: (arrived) => this.rearranged(arrived),
    });
    this.screen.element.className = "screen";
    this.element = el(
      "div",
      { class: "stage", tabindex: 0, role: "application" },
      this.engine.element,
      this.screen.element,
    );
    this.engine.setData(this.scene);
    this.engine.onPainting = (painting) => this.compose(painting);
    this.listen();
  }

  private listen(): void {
    listen(this.element, {
      pan: (dx, dy) => {
        const { x, y, scale } = this.camera;
        this.move({ x: x - dx / scale, y: y - dy / scale, scale }, true);
      },
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

  /** Takes the room that there is, and opens on the whole, unless the address says where to look. */
  start(camera: Camera | null): void {
    this.resize();
    this.fitted = true;
    this.camera = camera ?? this.whole();
    this.request();
  }

  /** Keeps names from where these elements lie over the drawing. */
  keepClear(...elements: HTMLElement[]): void {
    const observer = new ResizeObserver(() => {
      const { left: x, top: y } = this.element.getBoundingClientRect();
      this.covered = elements
        .map((element) => element.getBoundingClientRect())
        .filter(({ width }) => width > 0)
        .map(({ left, top, right, bottom }) => ({
          left: left - x,
          top: top - y,
          right: right - x,
          bottom: bottom - y,
        }));
      this.drawn = null;
      this.request();
    });
    for (const element of [this.element, ...elements]) observer.observe(element);
  }

  /** Takes over what is shown and lit, and draws it. */
  show(shown: Visible, lit: Lit | null, state: State, ink: Ink): void {
    const before = this.seen?.look;
    if (before?.entities !== shown.entities || before.ink.dark !== ink.dark) {
      const look = { entities: shown.entities, links: shown.links, ink };
      this.seen = { look, shown: shownOf(look), lit: null, state };
      this.lifted = null;
      this.outlines = this.hulls(look);
      this.engine.setState(look);
      this.painted = null;
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
    const other = picture !== this.places.picture;
    const to = this.places.arrange(picture, pins, animated);
    if (other && animated) this.fly(this.whole(to));
  }

  /** Moves one entity by so many pixels, and keeps it there. */
  nudge(entity: number, dx: number, dy: number): void {
    const spot = [this.scene.x[entity], this.scene.y[entity]];
    this.pin(entity, spot[0] + dx / this.camera.scale, spot[1] + dy / this.camera.scale);
  }

  fit(animated = true): void {
    this.fly(this.whole(), animated);
  }

  /** Brings these into sight, as close as they allow. */
  frameOn(entities: ReadonlySet<number>): void {
    const wanted = this.seen?.shown.entities.filter((i) => entities.has(i));
    this.fly(fitting(boxOf(this.scene, wanted ?? NOBODY), this.size), false);
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

  move(camera: Camera, moving: boolean): void {
    this.flight.stop();
    this.camera = camera;
    this.moving = moving;
    this.request();
    if (!moving) this.onCamera();
  }

  /** Draws the whole picture with another pen, for a download; no name stands in what is kept free. */
  export(pen: Pen, size: Size, ink: Ink, kept: Rectangle[]): void {
    if (!this.seen) return;
    const { look, shown, lit } = this.seen;
    const camera = { ...this.camera, scale: this.camera.scale * (size.width / this.size.width) };
    const view = { camera, size };
    this.paintBack(pen, ink, view, lit ? BEHIND : 1);
    paint(pen, this.scene, lit ? { ...shown, light: "faded" } : shown, ink, view);
    this.paintFront(pen, { ...this.seen, look: { ...look, ink } }, view, kept);
  }

  get extent(): Size {
    return this.size;
  }

  /** Returns the camera that has all in sight that is shown, where it stands or is going to. */
  private whole(at: Spots = this.scene): Camera {
    return fitting(boxOf(at, this.seen?.shown.entities ?? NOBODY), this.size);
  }

  private fly(to: Camera, animated = true): void {
    if (!animated || !isWelcome()) {
      this.move(to, false);
      return;
    }
    const from = this.camera;
    this.flight.run(320, (share) => {
      this.camera = between(from, to, share);
      this.moving = share < 1;
      this.request();
      if (share === 1) this.onCamera();
    });
  }

  private rearranged(arrived: boolean): void {
    this.grid = null;
    if (this.seen) this.outlines = arrived ? this.hulls(this.seen.look) : [];
    this.painted = this.drawn = null;
    this.request();
  }

  private hulls(look: Look): Outline[] {
    const { ground, relations, zones } = this.places.picture;
    if (ground || relations) return [];
    return outlines(zones ?? (this.zones ??= groups(this.model)), this.scene, look, zones !== null);
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!width || !height || (width === this.size.width && height === this.size.height)) return;
    this.size = { width, height };
    this.screen.resize(this.size);
    this.engine.resize(this.size);
    this.painted = this.drawn = null;
    this.request();
  }

  private request(): void {
    if (!this.fitted) return;
    this.frame ||= window.requestAnimationFrame((now) => {
      this.frame = 0;
      this.draw(now);
    });
  }

  /** Draws anew what needs it; while the view moves, what was drawn is moved about in between. */
  private draw(now: number): void {
    if (!this.seen) return;
    if (this.moving && this.drawn && !this.pace.allows(now)) {
      this.screen.shift(this.seen.look.ink.ground, this.drawn, this.camera);
      return;
    }
    if (this.painted && this.painted === this.camera) this.present(this.painted);
    else this.engine.draw(this.camera);
  }

  private compose({ camera, paint }: Painting): void {
    if (!this.seen) return;
    const { ink } = this.seen.look;
    this.screen.compose(ink.ground, (pen) => {
      this.paintBack(pen, ink, { camera, size: this.size }, 1);
      paint(pen);
    });
    this.painted = camera;
    this.present(camera);
  }

  private present(camera: Camera): void {
    const { seen } = this;
    if (!seen) return;
    const view = { camera, size: this.size };
    this.screen.show(seen.look.ink.ground, seen.lit ? BEHIND : 1, (pen) =>
      this.paintFront(pen, seen, view, this.covered),
    );
    this.drawn = camera;
    this.pace.measure();
    if (camera !== this.camera) this.request();
  }

  private paintBack(pen: Pen, ink: Ink, view: View, strength: number): void {
    const { ground } = this.places.picture;
    if (ground) paintGround(pen, ground, ink, this.store.state.language, view.camera, view.size);
    paintHulls(pen, this.outlines, ink.dark, view, strength);
  }

  private paintFront(pen: Pen, seen: Seen, view: View, kept: Rectangle[] = []): void {
    const { lit, look, state } = seen;
    if (this.lifted) paint(pen, this.scene, this.lifted, look.ink, view);
    if (lit) paint(pen, this.scene, lit, look.ink, view);
    pen.strokeStyle = look.ink.accent;
    for (const [i, width] of [
      [state.hover, 1.5],
      [state.selected, 2.5],
    ] as const)
      if (i !== null && look.entities[i]) paintRing(pen, this.scene, i, width, view);
    this.names.paint(pen, seen, view, kept);
  }

  // The pointer

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
    const { selected } = this.store.state;
    const second = entity === null ? null : secondOf(this.store.state, entity);
    if (second) this.store.set(second);
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
    if (!this.lifted) this.lift(this.grabbed, this.seen.look);
    [this.scene.x[this.grabbed], this.scene.y[this.grabbed]] = toWorld(this.camera, this.size, x, y);
    this.drawn = null;
    this.request();
  }

  /** Takes one entity out of the drawing, so that no more than it is drawn while it is dragged. */
  private lift(entity: number, look: Look): void {
    const links = this.model.touching(entity).filter((at) => look.links[at]);
    this.lifted = { entities: Int32Array.of(entity), links, light: "plain" };
    this.engine.setState(without(look, this.lifted));
    this.painted = null;
  }

  /** Keeps what was dragged where it was let go. */
  private release(): void {
    const { grabbed, lifted, seen } = this;
    this.grabbed = this.lifted = null;
    if (grabbed === null || !lifted || !seen) return;
    this.engine.setState(seen.look);
    this.engine.moved(grabbed);
    this.pin(grabbed, this.scene.x[grabbed], this.scene.y[grabbed]);
  }

  private pin(entity: number, x: number, y: number): void {
    const spot = [Math.round(x), Math.round(y)] as const;
    this.store.set({ pins: new Map([...this.store.state.pins, [entity, spot]]) });
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
