/** The network as the page thinks of it: entities, links, what joins them. */
import type { Columns, FactRow, Kind, Reference, Rows, Tagged } from "./data";
import { once } from "./once";
import type { Picture } from "./pictures";
import { picturesOf } from "./pictures";

/** One row of the columns; a large network has too many for an object with a field for each cell. */
export class Entity {
  constructor(
    private readonly columns: Columns,
    readonly index: number,
    readonly aside: boolean,
  ) {}

  get id(): string {
    return this.columns.entities.id[this.index];
  }
  get iri(): string {
    return this.columns.entities.iri[this.index] || named(this.id, this.columns.base);
  }
  get types(): number[] {
    const types = this.columns.entities.types[this.index];
    return typeof types === "number" ? [types] : types;
  }
  get labels(): Map<string, string> {
    const { labels } = this.columns.entities;
    const said = Object.entries(labels).map(([tag, texts]) => [tag, texts[this.index]] as const);
    return new Map(said.filter((one): one is [string, string] => one[1] !== null));
  }
  get aliases(): Tagged[] {
    return this.columns.entities.aliases[this.index];
  }
  get notes(): Tagged[] {
    return this.columns.entities.notes[this.index];
  }
  get facts(): FactRow[] {
    return this.columns.entities.facts[this.index];
  }
  get evidence(): Reference[] {
    return this.columns.entities.evidence[this.index];
  }
  get rows(): string[] {
    return written("entities.csv", this.columns.entities.rows[this.index]);
  }
}

export class Link {
  constructor(
    private readonly columns: Columns,
    readonly index: number,
  ) {}

  get source(): number {
    return this.columns.links.source[this.index];
  }
  get target(): number {
    return this.columns.links.target[this.index];
  }
  get relation(): number {
    return this.columns.links.relation[this.index];
  }
  get key(): string {
    return this.columns.links.key?.[this.index] ?? "";
  }
  get start(): string | null {
    return this.columns.links.start[this.index];
  }
  get end(): string | null {
    return this.columns.links.end[this.index];
  }
  get confidence(): string {
    return this.columns.links.confidence[this.index] ?? "";
  }
  get notes(): Tagged[] {
    return this.columns.links.notes[this.index];
  }
  get facts(): FactRow[] {
    return this.columns.links.facts[this.index];
  }
  get evidence(): Reference[] {
    return this.columns.links.evidence[this.index];
  }
  get rows(): string[] {
    return written("relations.csv", this.columns.links.rows[this.index]);
  }
}

function named(id: string, base: string): string {
  return /^https?:\/\//.test(id) ? id : base + id;
}

function written(file: string, rows: Rows): string[] {
  return typeof rows === "number" ? [`${file}#row=${rows}`] : rows;
}

export interface Citations {
  entities: number[];
  links: number[];
}

/** What is not needed for the first picture is found out when somebody first asks. */
export class Model {
  readonly entities: Entity[];
  readonly links: Link[];
  readonly types: Kind[];
  readonly relations: Kind[];
  readonly properties: Kind[];
  readonly pictures: Picture[];
  /** How many links each entity has that are drawn between entities that do not stand aside. */
  readonly degree: Uint32Array;
  /** The links of all entities, one entity after the other, and where those of each begin. */
  private readonly ends: { links: Int32Array; from: Uint32Array };

  constructor(readonly columns: Columns) {
    const aside = new Uint8Array(columns.entities.id.length);
    for (const entity of columns.aside) aside[entity] = 1;
    this.entities = columns.entities.id.map((_, index) => new Entity(columns, index, aside[index] > 0));
    this.links = columns.links.source.map((_, index) => new Link(columns, index));
    this.types = columns.types;
    this.relations = columns.relations;
    this.properties = columns.properties;
    this.pictures = picturesOf(columns);
    const drawn = columns.links.source.map(
      (source, at) => !aside[source] && !aside[columns.links.target[at]],
    );
    this.degree = degrees(columns, drawn);
    this.ends = ends(columns);
  }

  /** Returns the links that touch an entity, in their order. */
  touching(entity: number): Int32Array {
    return this.ends.links.subarray(this.ends.from[entity], this.ends.from[entity + 1]);
  }

  /** All entities, the most connected first. */
  readonly byDegree = once(() => byDegree(this.degree));

  readonly byId = once(() => new Map(this.columns.entities.id.map((id, index) => [id, index])));

  /** The entities and links that name each document as evidence. */
  readonly citedBy = once(() => citations(this.columns));

  /** How many different sources there are. */
  readonly sources = once(
    () => new Set([...this.columns.entities.evidence, ...this.columns.links.evidence].flat()).size,
  );
}

/** Returns how many of the links that count each entity has; one to itself counts once. */
export function degrees({ entities, links }: Columns, counts: ArrayLike<unknown>): Uint32Array {
  const { source, target } = links;
  const degree = new Uint32Array(entities.id.length);
  for (let i = 0; i < source.length; i++) {
    if (!counts[i]) continue;
    degree[source[i]] += 1;
    if (source[i] !== target[i]) degree[target[i]] += 1;
  }
  return degree;
}

function ends({ entities, links: { source, target } }: Columns): { links: Int32Array; from: Uint32Array } {
  const from = new Uint32Array(entities.id.length + 1);
  for (let i = 0; i < source.length; i++) {
    from[source[i] + 1] += 1;
    if (source[i] !== target[i]) from[target[i] + 1] += 1;
  }
  for (let i = 1; i < from.length; i++) from[i] += from[i - 1];
  const links = new Int32Array(from[from.length - 1]);
  const next = from.slice();
  for (let i = 0; i < source.length; i++) {
    links[next[source[i]]++] = i;
    if (source[i] !== target[i]) links[next[target[i]]++] = i;
  }
  return { links, from };
}

/** Returns the places in falling order of their degree, those of the same in their own order. */
function byDegree(degree: Uint32Array): Int32Array {
  const most = degree.reduce((a, b) => Math.max(a, b), 0);
  const next = new Uint32Array(most + 2);
  for (const one of degree) next[most - one + 1] += 1;
  for (let i = 1; i < next.length; i++) next[i] += next[i - 1];
  const order = new Int32Array(degree.length);
  for (let i = 0; i < degree.length; i++) order[next[most - degree[i]]++] = i;
  return order;
}

function citations({ entities, links }: Columns): Map<number, Citations> {
  const cited = new Map<number, Citations>();
  for (const kind of ["entities", "links"] as const)
    ({ entities, links })[kind].evidence.forEach((sources, at) => {
      for (const source of sources) {
        if (typeof source !== "number") continue;
        const found = cited.get(source) ?? { entities: [], links: [] };
        cited.set(source, found);
        found[kind].push(at);
      }
    });
  return cited;
}

export function otherEnd(link: Link, entity: number): number {
  return link.source === entity ? link.target : link.source;
}

const years = new Map<string, number | null>();

/** Returns the year a date begins with, or null where it begins with none. */
export function yearOf(date: string | null): number | null {
  if (date === null) return null;
  let year = years.get(date);
  if (year === undefined) {
    const found = /^(-?\d{4})/.exec(date);
    years.set(date, (year = found ? Number(found[1]) : null));
  }
  return year;
}
