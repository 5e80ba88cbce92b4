/** The data as the file carries it: by columns; entities are known by their place. */

export type Tagged = string | [text: string, language: string];
export type Reference = number | string;
export type FactRow =
  [property: number, value: Reference] | [property: number, value: Reference, kind: string];
/** Rows of the CSV files, as file and number; a number is the one row of the file that is meant. */
export type Rows = number | string[];
export type Shape = "dot" | "square" | "diamond" | "triangle" | "triangleDown" | "star" | "hexagon";
export type Line = "solid" | "dashed" | "dotted";

export interface Kind {
  iri: string;
  word: string;
  labels: Record<string, string>;
  definitions?: Record<string, string>;
  colour?: string;
  shape?: Shape;
  line?: Line;
  symmetric?: boolean;
  momentary?: boolean;
  aside?: "document" | "figure";
}

export interface VisEdge {
  arrows?: string;
  dashes?: boolean | number[];
  smooth?: { enabled: boolean; type: string; roundness: number };
  selfReference?: { size: number; angle: number };
}

export type Arrangement = "network" | "zone" | "hierarchy" | "time" | "map";
/** A mark on a time axis; the month is 0 where a year begins. */
export type Tick = [x: number, year: number, month: number];

export interface Columns {
  version: number;
  language: "both" | "en" | "zh";
  engine: "pyvis" | "canvas";
  /** Whether the page carries its triples and an engine that answers questions. */
  answers?: boolean;
  titles: Record<string, string>;
  base: string;
  types: Kind[];
  relations: Kind[];
  properties: Kind[];
  aside: number[];
  /** How many entities and relations the whole has, where the page shows a part. */
  part?: [entities: number, relations: number] | null;
  /** A large network's zones, one mark each. */
  overview?: {
    /** The entity that the zone is called after, or null for all that have no zone of their own here. */
    centre: (number | null)[];
    x: number[];
    y: number[];
    radius: number[];
    count: number[];
    links: [one: number, other: number, relations: number][];
    zone: number[];
  };
  /** What the page opens with, and all other pictures than the network itself. */
  arrangement?: Arrangement;
  arrangements?: {
    name: Arrangement;
    /** Null is the place of what is not in the picture. */
    x: (number | null)[];
    y: (number | null)[];
    /** The relations that the picture shows, or null for all. */
    relations: number[] | null;
    /** The zone that each belongs to, where the picture is one of zones. */
    zone: (number | null)[];
    ticks: Tick[];
    lines: number[][];
  }[];
  entities: {
    id: string[];
    /** Empty where it is the id after the base, or the id itself, which is then an address. */
    iri: string[];
    labels: Record<string, (string | null)[]>;
    /** A number where there is one type. */
    types: (number | number[])[];
    aliases: Tagged[][];
    notes: Tagged[][];
    facts: FactRow[][];
    evidence: Reference[][];
    rows: Rows[];
    x: number[];
    y: number[];
    radius: number[];
  };
  links: {
    source: number[];
    target: number[];
    relation: number[];
    /** What an answer calls each; only a page that answers carries it. */
    key?: string[];
    bend: number[];
    start: (string | null)[];
    end: (string | null)[];
    confidence: (string | null)[];
    notes: Tagged[][];
    facts: FactRow[][];
    evidence: Reference[][];
    rows: Rows[];
  };
  vis?: { options: Record<string, unknown>; edges: VisEdge[] };
}

/** Returns the data that stands in the page, unpacked where it was compressed. */
export async function read(block: HTMLElement): Promise<Columns> {
  const text = block.textContent;
  const plain = block.getAttribute("type") === "application/json";
  return parsed(plain ? text : await (await inflated(text)).text());
}

/** A column that is mostly empty: what it holds, and where. */
interface Sparse {
  empty: unknown;
  at: number[];
  values: unknown[];
}

/** Returns the columns that a text holds, each as long as the others. */
export function parsed(text: string): Columns {
  const said = JSON.parse(text) as Columns;
  return {
    ...said,
    entities: full(said.entities, said.entities.id.length),
    links: full(said.links, said.links.source.length),
  };
}

function full<T extends object>(columns: T, count: number): T {
  const filled = Object.entries(columns).map(([name, column]: [string, unknown[] | Sparse | object]) => {
    if (Array.isArray(column)) return [name, column];
    if (!("at" in column && "values" in column)) return [name, full(column, count)];
    const { empty, at, values } = column;
    const cells = new Array<unknown>(count).fill(Object.freeze(empty));
    at.forEach((place, i) => (cells[place] = values[i]));
    return [name, cells];
  });
  return Object.fromEntries(filled) as T;
}

/** Returns what stands in the page as gzip in base64. */
export function inflated(packed: string): Promise<Response> {
  const text = atob(packed.trim());
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return Promise.resolve(new Response(stream));
}
