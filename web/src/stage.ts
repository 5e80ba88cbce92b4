/** The drawing as a whole: an engine, soft outlines behind it, names in front, and the pointer. */
import type { Box, Camera, Size } from "./camera";
import { between, fitting, markScale, toScreen, toWorld, zoomed } from "./camera";
import type { Ink } from "./colour";
import { onGround } from "./colour";
import { el } from "./dom";
import { Grid } from "./grid";
import type { Group, Outline } from "./hulls";
import { groups, outlines, paintHulls } from "./hulls";
import type { Rectangle, Wish } from "./labels";
import { paintLabels, paintPlate, place, Ruler } from "./labels";
import type { Model } from "./model";
import { paint, paintRing } from "./paint";
import type { Pen } from "./pen";
import { listen } from "./pointer";
import type { Engine, Look, Scene } from "./scene";
import { paintGround } from "./ground";
import type { Picture } from "./pictures";
import { along, sceneOf, via } from "./scene";
import type { Pins, State, Store } from "./state";
import type { Lit, Visible } from "./visible";
import { kindText, nameOf } from "./words";

/** Above so many entities, moving shows no names: placing them would take longer than a frame. */
const MANY = 4000;
/** So many of the most connected have their names shown where there is any room at all. */
const WEIGHTY = 16;
/** Up to so many entities, another arrangement shows how everyone goes there. */
const WANDERING = 1500;
/** No frame places more names than this, however many there are. */
const MOST_NAMES = 420;

export class Stage {
  readonly element: HTMLElement;
  camera: Camera = { x: 0, y: 0, scale: 1 };
  onCamera: () => void = () => undefined;
  readonly scene: Scene;
  private size: Size = { width: 1, height: 1 };
  private back = document.createElement("canvas");
  private front = document.createElement("canvas");
  private ruler: Ruler;
  private grid: Grid;
  private zones: Group[];
  private outlines: Outline[] = [];
  private look: Look | null = null;
  private lit: Lit | null = null;
  private shown: Visible | null = null;
  private weights: number[];
  /** All entities, the most connected first: the order in which names are given room. */
  private order: number[];
  private frame = 0;
  private moving = false;
  private flight = 0;
  private grabbed: number | null = null;
  private fitted = false;
  private picture: Picture;
  private journey = 0;
  private dragged = false;

  constructor(
    private model: Model,
    private store: Store,
    private engine: Engine,
  ) {
    this.scene = sceneOf(model);
    [this.picture] = model.pictures;
    this.grid = new Grid(this.scene);
    this.zones = groups(model);
    this.weights = model.degree.map((degree, i) => degree + this.scene.radius[i] / 100);
    this.order = model.entities
      .map(({ index }) => index)
      .sort((a, b) => this.weights[b] - this.weights[a] || a - b);
    this.ruler = new Ruler(context(document.createElement("canvas")));
    this.engine.element.className = "engine";
    this.back.className = this.front.className = "layer";
    this.element = el(
      "div",
      { class: "stage", tabindex: 0, role: "application" },
      this.back,
      this.engine.element,
      this.front,
    );
    this.engine.onFrame = (camera) => this.overlay(camera);
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
    this.engine.setData(this.scene);
    this.resize();
  }

  /** Takes over what is shown and lit, and draws it. */
  show(shown: Visible, lit: Lit | null, state: State, ink: Ink): void {
    const entities = new Float32Array(shown.entities);
    const links = new Float32Array(shown.links);
    if (lit) {
      for (let i = 0; i < entities.length; i++) if (entities[i] && !lit.entities.has(i)) entities[i] = 0.5;
      for (let i = 0; i < links.length; i++) if (links[i]) links[i] = lit.links.has(i) ? 2 : 0.5;
    }
    this.look = { entities, links, selected: state.selected, hover: state.hover, ink };
    this.outlines = this.hulls(this.look);
    this.lit = lit;
    this.shown = shown;
    this.engine.setState(this.look);
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
    if (share === 1) this.grid = new Grid(this.scene);
    if (this.look) this.outlines = share < 1 ? [] : this.hulls(this.look);
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

  /** Marks who is under the pointer, where that lights up nothing else. */
  point(entity: number | null): void {
    if (!this.look) return;
    this.look.hover = entity;
    this.overlay(this.camera);
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
      if (!this.look?.entities[other] || other === from) continue;
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
    if (!this.look) return;
    const shown = this.look;
    this.look = { ...shown, ink };
    const camera = { ...this.camera, scale: this.camera.scale * (size.width / this.size.width) };
    this.paintBack(pen, camera, size);
    paint(pen, this.scene, this.look, camera, size);
    this.paintFront(pen, camera, size);
    this.look = shown;
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
    const ratio = window.devicePixelRatio || 1;
    for (const layer of [this.back, this.front]) {
      layer.width = Math.round(width * ratio);
      layer.height = Math.round(height * ratio);
    }
    this.engine.resize(width, height);
    if (!this.fitted && this.look) {
      this.fitted = true;
      this.camera = fitting(
        this.box(() => true),
        this.size,
      );
    }
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
    this.frame ||= window.requestAnimationFrame(() => {
      this.frame = 0;
      this.engine.setCamera(this.camera, this.moving);
      this.engine.draw();
    });
  }

  private overlay(camera: Camera): void {
    if (!this.look) return;
    const ratio = this.front.width / this.size.width;
    const [back, front] = [context(this.back), context(this.front)];
    for (const pen of [back, front]) {
      pen.setTransform(1, 0, 0, 1, 0, 0);
      pen.clearRect(0, 0, this.front.width, this.front.height);
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    this.paintBack(back, camera, this.size);
    if (this.moving && this.scene.count > MANY) return;
    this.paintFront(front, camera, this.size);
  }

  private paintBack(pen: Pen, camera: Camera, size: Size): void {
    if (!this.look) return;
    const { ground } = this.picture;
    if (ground) paintGround(pen, ground, this.look.ink, this.store.state.language, camera, size);
    paintHulls(pen, this.outlines, this.look.ink.dark, camera, size);
  }

  private paintFront(pen: Pen, camera: Camera, size: Size): void {
    if (!this.look) return;
    paintRing(pen, this.scene, this.look, camera, size);
    const plates = this.plates(pen, camera, size);
    const labels = place(this.wishes(camera, size), this.scene, this.look, camera, size, this.ruler, plates);
    paintLabels(pen, labels, this.look.ink);
  }

  private wishes(camera: Camera, size: Size): Wish[] {
    const { language, selected, hover } = this.store.state;
    const look = this.look;
    if (!look) return [];
    const marks = markScale(camera);
    const left = camera.x - size.width / 2 / camera.scale;
    const top = camera.y - size.height / 2 / camera.scale;
    const [right, bottom] = [left + size.width / camera.scale, top + size.height / camera.scale];
    const wanted: number[] = [];
    for (const i of selected === null ? this.order : [selected, ...this.order]) {
      if (wanted.length >= MOST_NAMES) break;
      const weight = look.entities[i];
      if (!weight || (this.lit && weight < 1)) continue;
      const [x, y] = [this.scene.x[i], this.scene.y[i]];
      if (x >= left && x <= right && y >= top && y <= bottom) wanted.push(i);
    }
    if (hover !== null) wanted.push(hover);
    return [...new Set(wanted)].map((i, rank) => {
      const first = i === selected || i === hover;
      const radius = this.scene.radius[i] * marks;
      return {
        entity: i,
        weight: this.weights[i] + (first ? 1e6 : 0),
        name: nameOf(this.model.entities[i], language),
        full: first || this.lit !== null || radius > 9 || camera.scale > 1.3,
        strong: first || (this.scene.radius[i] >= 9.5 && this.lit === null && size.width > 600),
        weighty: rank < WEIGHTY || this.lit !== null,
        must: first,
      };
    });
  }

  /** Names the relations of the selection, on their lines. */
  private plates(pen: Pen, camera: Camera, size: Size): Rectangle[] {
    const look = this.look;
    const { selected, path, language } = this.store.state;
    if (!look || !this.lit || (selected === null && !path)) return [];
    const boxes: Rectangle[] = [];
    for (const i of this.lit.links) {
      const link = this.model.links[i];
      if (link.source === link.target || boxes.length > 60) continue;
      const [x1, y1] = toScreen(camera, size, this.scene.x[link.source], this.scene.y[link.source]);
      const [x2, y2] = toScreen(camera, size, this.scene.x[link.target], this.scene.y[link.target]);
      const kind = this.model.relations[link.relation];
      const text = kindText(kind, language === "both" ? "zh" : language);
      const width = text.length * 11 + 16;
      if (Math.hypot(x2 - x1, y2 - y1) < width + 26) continue;
      const bow = via(link.bend, x1, y1, x2, y2);
      const spot = [0.5, 0.62, 0.4, 0.72]
        .map((t) => along(x1, y1, bow, x2, y2, t))
        .find(
          ([x, y]) =>
            !boxes.some(
              (b) => x + width / 2 > b.left && x - width / 2 < b.right && y + 9 > b.top && y - 9 < b.bottom,
            ),
        );
      if (spot)
        boxes.push(
          paintPlate(
            pen,
            text,
            ...spot,
            onGround(this.scene.links[i].colour, look.ink.dark),
            look.ink,
            this.ruler,
          ),
        );
    }
    return boxes;
  }

  private at(x: number, y: number): number | null {
    if (!this.look) return null;
    const [worldX, worldY] = toWorld(this.camera, this.size, x, y);
    const marks = markScale(this.camera) / this.camera.scale;
    return this.grid.at(worldX, worldY, marks, 6 / this.camera.scale, this.look.entities);
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
    if (this.grabbed === null) return;
    this.dragged = true;
    [this.scene.x[this.grabbed], this.scene.y[this.grabbed]] = toWorld(this.camera, this.size, x, y);
    this.grid = new Grid(this.scene);
    if (this.look) this.outlines = this.hulls(this.look);
    this.engine.moved(this.grabbed);
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

function context(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("This browser has no canvas to draw on.");
  return pen;
}
