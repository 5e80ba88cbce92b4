/** The network as the page thinks of it: entities, links, what joins them. */
import type { Columns, FactRow, Kind, Reference, Tagged } from "./data";
import type { Picture } from "./pictures";
import { picturesOf } from "./pictures";

export interface Entity {
  index: number;
  id: string;
  iri: string;
  types: number[];
  labels: Map<string, string>;
  aliases: Tagged[];
  notes: Tagged[];
  facts: FactRow[];
  evidence: Reference[];
  rows: string[];
  aside: boolean;
}

export interface Link {
  index: number;
  source: number;
  target: number;
  relation: number;
  key: string;
  bend: number;
  start: string | null;
  end: string | null;
  confidence: string;
  notes: Tagged[];
  facts: FactRow[];
  evidence: Reference[];
  rows: string[];
}

export interface Model {
  columns: Columns;
  entities: Entity[];
  links: Link[];
  types: Kind[];
  relations: Kind[];
  properties: Kind[];
  /** The links that touch each entity. */
  touching: number[][];
  /** How many links each entity has that are drawn between entities that do not stand aside. */
  degree: number[];
  /** The entities and links that name each document as evidence. */
  citedBy: Map<number, { entities: number[]; links: number[] }>;
  byId: Map<string, number>;
  pictures: Picture[];
  sources: number;
}

export function model(columns: Columns): Model {
  const { entities: e, links: l } = columns;
  const aside = new Set(columns.aside);
  const tags = Object.keys(e.labels);
  const entities = e.id.map((id, index): Entity => {
    const labels = new Map<string, string>();
    for (const tag of tags) {
      const text = e.labels[tag][index];
      if (text !== null) labels.set(tag, text);
    }
    return {
      index,
      id,
      iri: e.iri[index] || id,
      types: e.types[index],
      labels,
      aliases: e.aliases[index],
      notes: e.notes[index],
      facts: e.facts[index],
      evidence: e.evidence[index],
      rows: e.rows[index],
      aside: aside.has(index),
    };
  });
  const links = l.source.map((source, index): Link => ({
    index,
    source,
    target: l.target[index],
    relation: l.relation[index],
    key: l.key?.[index] ?? "",
    bend: l.bend[index],
    start: l.start[index],
    end: l.end[index],
    confidence: l.confidence[index] ?? "",
    notes: l.notes[index],
    facts: l.facts[index],
    evidence: l.evidence[index],
    rows: l.rows[index],
  }));
  const touching: number[][] = entities.map(() => []);
  const degree = entities.map(() => 0);
  for (const link of links) {
    touching[link.source].push(link.index);
    if (link.target !== link.source) touching[link.target].push(link.index);
    if (!aside.has(link.source) && !aside.has(link.target)) {
      degree[link.source] += 1;
      if (link.target !== link.source) degree[link.target] += 1;
    }
  }
  const citedBy = citations(entities, links);
  const addresses = new Set<Reference>();
  for (const said of [...entities, ...links]) for (const source of said.evidence) addresses.add(source);
  return {
    columns,
    entities,
    links,
    types: columns.types,
    relations: columns.relations,
    properties: columns.properties,
    touching,
    degree,
    citedBy,
    byId: new Map(entities.map((entity) => [entity.id, entity.index])),
    pictures: picturesOf(columns),
    sources: addresses.size,
  };
}

function citations(entities: Entity[], links: Link[]): Model["citedBy"] {
  const cited: Model["citedBy"] = new Map();
  const of = (document: number) => {
    let found = cited.get(document);
    if (!found) cited.set(document, (found = { entities: [], links: [] }));
    return found;
  };
  for (const entity of entities)
    for (const source of entity.evidence)
      if (typeof source === "number") of(source).entities.push(entity.index);
  for (const link of links)
    for (const source of link.evidence) if (typeof source === "number") of(source).links.push(link.index);
  return cited;
}

export function otherEnd(link: Link, entity: number): number {
  return link.source === entity ? link.target : link.source;
}

/** Returns the year a date begins with, or null where it begins with none. */
export function yearOf(date: string | null): number | null {
  const found = /^(-?\d{4})/.exec(date ?? "");
  return found ? Number(found[1]) : null;
}
