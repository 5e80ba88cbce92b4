/** What there is to draw, and how it is lit: all that a drawing engine knows of the data. */
import type { Line, Shape, VisEdge } from "./data";
import type { Ink } from "./colour";
import type { Camera } from "./camera";
import type { Model } from "./model";

export interface Scene {
  count: number;
  x: Float64Array;
  y: Float64Array;
  radius: Float64Array;
  shape: Shape[];
  colour: string[];
  links: SceneLink[];
  /** What pyvis says of the whole drawing and of each edge; only its engine reads it. */
  vis?: { options: Record<string, unknown>; edges: VisEdge[] };
}

export interface SceneLink {
  source: number;
  target: number;
  bend: number;
  colour: string;
  line: Line;
  arrow: boolean;
}

/** 0 is not drawn, between is faded, 1 is plain; a link over 1 is lit. */
export interface Look {
  entities: Float32Array;
  links: Float32Array;
  selected: number | null;
  hover: number | null;
  ink: Ink;
}

/** Returns the scene of a whole network, where the build put it. */
export function sceneOf(model: Model): Scene {
  const { x, y, radius } = model.columns.entities;
  const kinds = model.entities.map(
    ({ types }) => model.types[types[0]] as (typeof model.types)[number] | undefined,
  );
  return {
    count: model.entities.length,
    x: Float64Array.from(x),
    y: Float64Array.from(y),
    radius: Float64Array.from(radius),
    shape: kinds.map((kind) => kind?.shape ?? "dot"),
    colour: kinds.map((kind) => kind?.colour ?? "#6b7280"),
    links: model.links.map(({ source, target, bend, relation }) => {
      const kind = model.relations[relation];
      return {
        source,
        target,
        bend,
        colour: kind.colour ?? "#6b7280",
        line: kind.line ?? "solid",
        arrow: !kind.symmetric,
      };
    }),
    ...(model.columns.vis ? { vis: model.columns.vis } : {}),
  };
}

/** How strongly links are drawn: the more there are, the less each may cover. */
export function strength(weight: number, count: number): number {
  if (weight > 1) return 1;
  const crowd = Math.min(1, Math.max(0.3, Math.sqrt(700 / Math.max(count, 1))));
  return crowd * (weight < 1 ? 0.13 : 0.5);
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

/** One way to put a scene on the screen. The page knows no more of it than this. */
export interface Engine {
  readonly element: HTMLElement;
  /** Called after each frame, with the camera it was drawn from, so that others draw on top. */
  onFrame: (camera: Camera) => void;
  setData(scene: Scene): void;
  setState(look: Look): void;
  setCamera(camera: Camera, moving: boolean): void;
  moved(entity: number): void;
  resize(width: number, height: number): void;
  draw(): void;
}
