/**
 * Draws with vis-network, which the page carries as the installed pyvis ships it.
 *
 * It takes its time to start, so the first picture is drawn on a plain canvas; they look the same.
 */
import type { Camera, Size } from "./camera";
import { markScale } from "./camera";
import { onGround } from "./colour";
import type { VisEdge } from "./data";
import type { Pen } from "./pen";
import { DASHES, outline } from "./pen";
import { CanvasEngine } from "./engine-canvas";
import type { Engine, Look, Painting, Scene } from "./scene";
import { headed, strength } from "./scene";

type Fields = Record<string, unknown>;

/** As much of an edge's options as is read whenever it is drawn. */
interface EdgeOptions {
  hidden: boolean;
  width: number;
  dashes: number[] | false;
  color: Fields;
  arrows: { to: Head; middle: Head; from: Head };
}

interface Head {
  enabled: boolean;
  type: "arrow";
  scaleFactor: number;
}

interface Network {
  on(event: "afterDrawing", handler: (pen: CanvasRenderingContext2D) => void): void;
  moveTo(options: { position: { x: number; y: number }; scale: number; animation: false }): void;
  setSize(width: string, height: string): void;
  /** What it draws from. To tell it through its data sets takes a hundred times as long. */
  body: {
    nodes: Record<number, { x: number; y: number; options: { hidden: boolean } }>;
    edges: Record<number, { options: EdgeOptions }>;
    emitter: { emit(event: "_dataChanged"): void };
  };
}

export interface Vis {
  Network: new (
    container: HTMLElement,
    data: { nodes: Fields[]; edges: Fields[] },
    options: Fields,
  ) => Network;
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

export class PyvisEngine implements Engine {
  readonly element = document.createElement("div");
  onPainting: (painting: Painting) => void = () => undefined;
  /** Draws until vis-network has started. */
  private plain: Engine | null = new CanvasEngine();
  private network: Network | null = null;
  private scene: Scene | null = null;
  private look: Look | null = null;
  private scale = 1;
  private stale = false;
  private size: Size = { width: 1, height: 1 };
  /** The camera that a painting was last asked for from. */
  private asked: Camera | null = null;

  /** Gets vis-network when there is time for it: after the first picture. */
  constructor(private vis: () => Promise<Vis>) {
    this.element.className = "engine";
    if (this.plain) this.plain.onPainting = (painting) => this.onPainting(painting);
  }

  setData(scene: Scene): void {
    this.scene = scene;
    this.plain?.setData(scene);
    void this.vis().then((vis) => this.takeOver(vis, scene));
  }

  setState(look: Look): void {
    this.look = look;
    this.stale = true;
    this.plain?.setState(look);
    this.hide();
  }

  moved(entity: number): void {
    // Its own moveNode draws everything anew, for each node.
    if (this.scene && this.network)
      Object.assign(this.network.body.nodes[entity], { x: this.scene.x[entity], y: this.scene.y[entity] });
  }

  resize(size: Size): void {
    this.size = size;
    this.plain?.resize(size);
    this.network?.setSize(`${size.width}px`, `${size.height}px`);
  }

  draw(camera: Camera): void {
    this.asked = camera;
    this.plain?.draw(camera);
    this.restyle(camera);
    const { x, y, scale } = camera;
    this.network?.moveTo({ position: { x, y }, scale, animation: false });
  }

  private takeOver(vis: Vis, scene: Scene): void {
    if (!this.look) return;
    const { asked } = this;
    this.asked = null;
    this.network = this.started(vis, scene, this.look);
    this.resize(this.size);
    this.plain = null;
    if (asked) this.draw(asked);
  }

  private started(vis: Vis, scene: Scene, look: Look): Network {
    const { links } = scene;
    const nodes = Array.from({ length: scene.count }, (_, id) => ({
      id,
      x: scene.x[id],
      y: scene.y[id],
      hidden: !look.entities[id],
    }));
    const edges = Array.from({ length: links.count }, (_, id) => ({
      id,
      from: links.source[id],
      to: links.target[id],
      // Its look is set before it is drawn; each thing said here costs vis-network a deep copy.
      ...shapeOf(scene.vis?.edges[id]),
      hidden: !look.links[id],
    }));
    const given = scene.vis?.options ?? {};
    const options = {
      ...given,
      autoResize: false,
      nodes: {
        ...(given.nodes as Fields | undefined),
        shape: "custom",
        ctxRenderer: this.mark,
        chosen: false,
      },
      edges: { ...(given.edges as Fields | undefined), chosen: false, hoverWidth: 0, selectionWidth: 0 },
      interaction: STILL,
      physics: { enabled: false },
    };
    const network = new vis.Network(this.element, { nodes, edges }, options);
    network.on("afterDrawing", ({ canvas }) => {
      // vis-network draws of its own accord, too: before anybody has said from where.
      if (!this.asked) return;
      const { width, height } = this.size;
      this.onPainting({
        camera: this.asked,
        paint: (pen) => pen.drawImage(canvas, 0, 0, width, height),
      });
    });
    return network;
  }

  /** Draws a node, in the units of the scene. */
  private mark = ({ ctx, id, x, y }: { ctx: Pen; id: number; x: number; y: number }) => {
    const { scene, look, scale } = this;
    const radius = scene ? (scene.radius[id] * markScale({ x, y, scale })) / scale : 0;
    const drawNode = () => {
      if (!scene || !look) return;
      const { shape, colour } = scene.kinds[scene.kind[id]];
      ctx.beginPath();
      outline(ctx, shape, x, y, radius);
      ctx.strokeStyle = look.ink.ground;
      ctx.lineWidth = 2 / scale;
      ctx.stroke();
      ctx.fillStyle = onGround(colour, look.ink.dark);
      ctx.fill();
    };
    return { drawNode, nodeDimensions: { width: 2 * radius, height: 2 * radius } };
  };

  /** Hides and shows what the filters say. */
  private hide(): void {
    const { network, look } = this;
    if (!network || !look) return;
    for (let id = 0; id < look.entities.length; id++)
      network.body.nodes[id].options.hidden = !look.entities[id];
    for (let id = 0; id < look.links.length; id++) network.body.edges[id].options.hidden = !look.links[id];
    network.body.emitter.emit("_dataChanged");
  }

  /** Sets what looks different from here: widths, heads and dashes are as large from near as from far. */
  private restyle(camera: Camera): void {
    const { network, scene, look } = this;
    if (!network || !scene || !look || (this.scale === camera.scale && !this.stale)) return;
    this.scale = camera.scale;
    this.stale = false;
    const marks = markScale(camera);
    const { links } = scene;
    const opacity = strength("plain", links.count, this.size);
    const colours = links.kinds.map(({ colour }) => ({
      color: onGround(colour, look.ink.dark),
      opacity,
      inherit: false,
    }));
    const dashes = links.kinds.map(({ line }) =>
      DASHES[line].length ? DASHES[line].map((part) => part / camera.scale) : false,
    );
    const none: Head = { enabled: false, type: "arrow", scaleFactor: 0 };
    const head: Head = {
      enabled: true,
      type: "arrow",
      scaleFactor: (0.4 * Math.min(1, marks)) / camera.scale,
    };
    const [arrow, plain] = [head, none].map((to) => ({ to, middle: none, from: none }));
    for (let id = 0; id < links.count; id++) {
      const { options } = network.body.edges[id];
      options.color = colours[links.kind[id]];
      options.width = 1 / camera.scale;
      options.dashes = dashes[links.kind[id]];
      options.arrows = headed(links, id, scene.radius[links.target[id]] * marks) ? arrow : plain;
    }
  }
}

/** Returns what pyvis says of an edge's way from end to end. */
function shapeOf(edge: VisEdge = {}): VisEdge {
  const { smooth, selfReference } = edge;
  return { ...(smooth && { smooth }), ...(selfReference && { selfReference }) };
}
