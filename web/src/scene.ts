/** What there is to draw, and what of it: all that a drawing engine knows of the data. */
import type { Box, Camera, Size } from "./camera";
import type { Ink } from "./colour";
import type { Line, Shape, VisEdge } from "./data";
import type { Model } from "./model";

export interface Scene {
  count: number;
  x: Float64Array;
  y: Float64Array;
  radius: Float64Array;
  /** Of each entity, which of `kinds` it is. */
  kind: Uint16Array;
  kinds: { shape: Shape; colour: string }[];
  links: Links;
  /** What pyvis says of the whole drawing and of each edge; only its engine reads it. */
  vis?: { options: Record<string, unknown>; edges: VisEdge[] };
}

export interface Links {
  count: number;
  source: Int32Array;
  target: Int32Array;
  bend: Float32Array;
  /** Of each link, which of `kinds` it is. */
  kind: Uint16Array;
  kinds: { colour: string; line: Line; arrow: boolean }[];
  /** 0: one end has no better connected neighbour; 1: none but one; and so on. */
  rank: Uint8Array;
  /** Of each entity, how many links point at it. */
  incoming: Uint32Array;
}

/** What the filters leave, by place: 0 is not drawn. */
export interface Look {
  entities: Uint8Array;
  links: Uint8Array;
  ink: Ink;
}

/** Some entities and links that are drawn in one go: plainly, faded behind others, or lit. */
export interface Part {
  entities: Int32Array;
  links: Int32Array;
  light: "plain" | "faded" | "lit";
}

/** Returns a look without this part. */
export function without(look: Look, { entities, links }: Part): Look {
  const less = { ...look, entities: look.entities.slice(), links: look.links.slice() };
  for (const i of entities) less.entities[i] = 0;
  for (const i of links) less.links[i] = 0;
  return less;
}

/** Returns the box that holds these; some room around nothing where there are none. */
export function boxOf({ x, y }: Pick<Scene, "x" | "y">, entities: Int32Array): Box {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const i of entities) {
    box.left = Math.min(box.left, x[i]);
    box.right = Math.max(box.right, x[i]);
    box.top = Math.min(box.top, y[i]);
    box.bottom = Math.max(box.bottom, y[i]);
  }
  return box.left > box.right ? { left: -100, top: -100, right: 100, bottom: 100 } : box;
}

const NONE = "#6b7280";

/** Returns the scene of a whole network, where the build put it. */
export function sceneOf(model: Model): Scene {
  const { x, y, radius, types } = model.columns.entities;
  return {
    count: model.entities.length,
    x: new Float64Array(x),
    y: new Float64Array(y),
    radius: new Float64Array(radius),
    kind: new Uint16Array(
      types.map((type) => (typeof type === "number" ? type : (type.at(0) ?? model.types.length))),
    ),
    kinds: [
      ...model.types.map(({ shape, colour }) => ({ shape: shape ?? "dot", colour: colour ?? NONE })),
      { shape: "dot", colour: NONE },
    ],
    links: linksOf(model),
    ...(model.columns.vis ? { vis: model.columns.vis } : {}),
  };
}

function linksOf(model: Model): Links {
  const { source, target, relation, bend } = model.columns.links;
  const incoming = new Uint32Array(model.entities.length);
  for (let i = 0; i < source.length; i++)
    if (!model.relations[relation[i]].symmetric) incoming[target[i]] += 1;
  return {
    count: source.length,
    source: new Int32Array(source),
    target: new Int32Array(target),
    bend: new Float32Array(bend),
    kind: new Uint16Array(relation),
    kinds: model.relations.map(({ colour, line, symmetric }) => ({
      colour: colour ?? NONE,
      line: line ?? "solid",
      arrow: !symmetric,
    })),
    rank: ranks(model),
    incoming,
  };
}

/** Returns how much each link tells of the whole: that to the most connected neighbour tells most. */
function ranks(model: Model): Uint8Array {
  const { source, target } = model.columns.links;
  const found = new Uint8Array(source.length).fill(255);
  const told = new Uint32Array(model.degree.length);
  // The most connected come first, so each of the others has its neighbours come in this order.
  for (const hub of model.byDegree())
    for (const at of model.touching(hub)) {
      const other = source[at] === hub ? target[at] : source[at];
      found[at] = Math.min(found[at], told[other]++);
    }
  return found;
}

/** The ground, in pixels, on which so many links are drawn. */
const GROUND = 1_000_000;

/** How strongly links are drawn: the more there are, and the smaller the ground, the less each may cover. */
export function strength(light: Part["light"], count: number, { width, height }: Size): number {
  if (light === "lit") return 1;
  const least = count > 6000 ? 0.1 : 0.3;
  const room = (700 * Math.min(1, (width * height) / GROUND)) / Math.max(count, 1);
  return Math.min(1, Math.max(least, Math.sqrt(room))) * (light === "faded" ? 0.12 : 0.5);
}

/** Whether a link's head can be told from the others at a mark of this radius, in pixels. */
export function headed(links: Links, link: number, radius: number): boolean {
  return links.kinds[links.kind[link]].arrow && links.incoming[links.target[link]] < 1.6 * radius + 6;
}

export type Via = [x: number, y: number] | null;

/** Returns the control point of a link's curve, or null for a straight one; vis-network bends alike. */
export function via(bend: number, x1: number, y1: number, x2: number, y2: number): Via {
  if (!bend) return null;
  const angle = -bend * (Math.PI / 2);
  const reach = 0.5 + 0.5 * Math.abs(bend);
  const dx = (x2 - x1) * reach;
  const dy = (y2 - y1) * reach;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [x1 + dx * cos - dy * sin, y1 + dx * sin + dy * cos];
}

export function along(x1: number, y1: number, bow: Via, x2: number, y2: number, t: number): [number, number] {
  if (!bow) return [x1 + (x2 - x1) * t, y1 + (y2 - y1) * t];
  const u = 1 - t;
  return [u * u * x1 + 2 * u * t * bow[0] + t * t * x2, u * u * y1 + 2 * u * t * bow[1] + t * t * y2];
}

/** The scene from one camera, to be painted where it is wanted. */
export interface Painting {
  camera: Camera;
  paint: (pen: CanvasRenderingContext2D) => void;
}

/** One way to draw a scene. The page knows no more of it than this. */
export interface Engine {
  /** What the engine needs to have in the page, unseen. */
  readonly element: HTMLElement | null;
  /** Called when what was asked for can be painted: at once, or a frame later. */
  onPainting: (painting: Painting) => void;
  setData(scene: Scene): void;
  setState(look: Look): void;
  /** Says that an entity was put elsewhere. */
  moved(entity: number): void;
  resize(size: Size): void;
  draw(camera: Camera): void;
}
