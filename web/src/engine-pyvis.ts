/** Draws with vis-network, which the page carries as the installed pyvis ships it. */
import type { Camera } from "./camera";
import { markScale } from "./camera";
import { onGround } from "./colour";
import { DASHES } from "./pen";
import type { Engine, Look, Scene } from "./scene";
import { strength } from "./scene";

type Fields = Record<string, unknown>;

interface DataSet {
  update(items: Fields[]): void;
}

interface Network {
  on(event: "afterDrawing", handler: () => void): void;
  moveTo(options: { position: { x: number; y: number }; scale: number; animation: false }): void;
  moveNode(id: number, x: number, y: number): void;
  getViewPosition(): { x: number; y: number };
  getScale(): number;
  setSize(width: string, height: string): void;
  redraw(): void;
}

export interface Vis {
  Network: new (container: HTMLElement, data: { nodes: DataSet; edges: DataSet }, options: Fields) => Network;
  DataSet: new (items: Fields[]) => DataSet;
}

/** Everything a reader does with the drawing is the page's own, the same for every engine. */
const STILL = {
  dragNodes: false,
  dragView: false,
  zoomView: false,
  selectable: false,
  hover: false,
  keyboard: false,
};

/** From so many marks vis-network takes longer for a frame than the screen waits. */
const HEAVY = 1200;
/** So long, in milliseconds, a picture may be moved about before it is drawn anew. */
const STALE = 400;

export class PyvisEngine implements Engine {
  readonly element = document.createElement("div");
  onFrame: (camera: Camera) => void = () => undefined;
  private network: Network | null = null;
  private nodes: DataSet | null = null;
  private edges: DataSet | null = null;
  private scene: Scene | null = null;
  private look: Look | null = null;
  private camera: Camera = { x: 0, y: 0, scale: 1 };
  /** The camera's scale that sizes and widths were last made for. */
  private sizedFor = 0;
  private before = new Map<string, string>();
  private moving = false;
  /** The camera of the last frame that vis-network drew, and when that was. */
  private drawn: { camera: Camera; at: number } | null = null;

  constructor(private vis: Vis) {}

  setData(scene: Scene): void {
    this.scene = scene;
    const nodes = Array.from({ length: scene.count }, (_, id) => ({
      id,
      x: scene.x[id],
      y: scene.y[id],
      shape: scene.shape[id],
      hidden: true,
    }));
    const edges = scene.links.map((link, id) => ({
      id,
      from: link.source,
      to: link.target,
      ...scene.vis?.edges[id],
      hidden: true,
    }));
    this.nodes = new this.vis.DataSet(nodes);
    this.edges = new this.vis.DataSet(edges);
    const given = scene.vis?.options ?? {};
    const options = {
      ...given,
      autoResize: false,
      nodes: { ...(given.nodes as Fields | undefined), borderWidth: 0, chosen: false },
      edges: {
        arrows: "to",
        ...(given.edges as Fields | undefined),
        chosen: false,
        hoverWidth: 0,
        selectionWidth: 0,
      },
      interaction: STILL,
      physics: { enabled: false },
    };
    this.network = new this.vis.Network(this.element, { nodes: this.nodes, edges: this.edges }, options);
    this.network.on("afterDrawing", () => {
      const position = this.network?.getViewPosition() ?? this.camera;
      const camera = { ...position, scale: this.network?.getScale() ?? this.camera.scale };
      this.drawn = { camera, at: performance.now() };
      this.element.style.transform = "";
      this.onFrame(camera);
    });
  }

  setState(look: Look): void {
    this.look = look;
    this.restyle();
  }

  setCamera(camera: Camera, moving: boolean): void {
    this.camera = camera;
    this.moving = moving;
    const drift = Math.abs(Math.log(camera.scale / this.sizedFor));
    if (drift > 0.5 || (!moving && drift > 0.02)) this.restyle();
  }

  moved(entity: number): void {
    if (this.scene) this.network?.moveNode(entity, this.scene.x[entity], this.scene.y[entity]);
  }

  resize(width: number, height: number): void {
    this.network?.setSize(`${width}px`, `${height}px`);
    this.network?.redraw();
  }

  draw(): void {
    const heavy = this.scene && this.scene.count + this.scene.links.length > HEAVY;
    if (heavy && this.moving && this.drawn && performance.now() - this.drawn.at < STALE) {
      this.shift(this.drawn.camera);
      this.onFrame(this.camera);
      return;
    }
    this.network?.moveTo({
      position: { x: this.camera.x, y: this.camera.y },
      scale: this.camera.scale,
      animation: false,
    });
  }

  /** Moves the last picture to where its marks are now, which costs nothing, until it is drawn anew. */
  private shift(drawn: Camera): void {
    const { x, y, scale } = this.camera;
    this.element.style.transform = `translate(${(drawn.x - x) * scale}px, ${(drawn.y - y) * scale}px) scale(${scale / drawn.scale})`;
  }

  /** Tells vis-network what looks different from before; it takes long over each item told. */
  private restyle(): void {
    if (!this.scene || !this.look) return;
    this.sizedFor = this.camera.scale;
    const shrink = markScale(this.camera) / this.camera.scale;
    this.nodes?.update(this.different("n", this.scene.count, (id) => this.node(id, shrink)));
    this.edges?.update(this.different("e", this.scene.links.length, (id) => this.edge(id)));
  }

  private different(kind: string, count: number, styled: (id: number) => Fields): Fields[] {
    const items: Fields[] = [];
    for (let id = 0; id < count; id++) {
      const item = styled(id);
      const key = `${kind}${id}`;
      const now = JSON.stringify(item);
      if (this.before.get(key) === now) continue;
      this.before.set(key, now);
      items.push({ id, ...item });
    }
    return items;
  }

  private node(id: number, shrink: number): Fields {
    const { scene, look } = this;
    if (!scene || !look?.entities[id]) return { hidden: true };
    const colour = onGround(scene.colour[id], look.ink.dark);
    return {
      hidden: false,
      size: Math.round(scene.radius[id] * shrink * 100) / 100,
      color: { background: colour, border: colour },
      opacity: look.entities[id] < 1 ? 0.2 : 1,
    };
  }

  private edge(id: number): Fields {
    const { scene, look } = this;
    if (!scene || !look?.links[id]) return { hidden: true };
    const weight = look.links[id];
    const scale = this.sizedFor;
    const dashes = DASHES[scene.links[id].line];
    return {
      hidden: false,
      color: {
        color: onGround(scene.links[id].colour, look.ink.dark),
        opacity: Math.round(strength(weight, scene.links.length) * 100) / 100,
        inherit: false,
      },
      width: Math.round(((weight > 1 ? 1.8 : 1) / scale) * 100) / 100,
      dashes: dashes.length ? dashes.map((part) => Math.round((part / scale) * 10) / 10) : false,
      arrows: scene.links[id].arrow
        ? {
            to: {
              enabled: true,
              scaleFactor:
                Math.round(((weight > 1 ? 0.34 : 0.4 * Math.min(1, markScale(this.camera))) / scale) * 100) /
                100,
            },
          }
        : { to: { enabled: false } },
    };
  }
}
