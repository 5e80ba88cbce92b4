/** What two entities share and where they differ, as data. */
import type { FactRow } from "./data";
import type { Link, Model } from "./model";
import { otherEnd } from "./model";

/** With whom the two have one kind of relation in one direction. */
export interface Kindred {
  relation: number;
  out: boolean;
  first: [number, Link[]][];
  both: [number, Link[]][];
  second: [number, Link[]][];
  count: number;
}

export interface Comparison {
  facts: { property: number; values: [FactRow[], FactRow[]]; differs: boolean }[];
  between: Link[];
  kindred: Kindred[];
  /** Those who have a relation with each, and these relations: the first's and the second's. */
  common: { entity: number; links: [Link[], Link[]] }[];
}

export function compare(model: Model, a: number, b: number): Comparison {
  const links = [a, b].map((entity) =>
    Array.from(model.touching(entity), (at) => model.links[at]).filter((link) => !isOfFigure(model, link)),
  );
  return {
    facts: facts(model, a, b),
    between: links[0].filter((link) => otherEnd(link, a) === b),
    kindred: kindred(links, a, b),
    common: common(links, a, b),
  };
}

/** Figures stand with their measures, not among the relations. */
function isOfFigure(model: Model, link: Link): boolean {
  return ["figure_of", "has_figure"].includes(model.relations[link.relation].word);
}

function facts(model: Model, a: number, b: number): Comparison["facts"] {
  const rows = [a, b].map((entity) => model.entities[entity].facts);
  const properties = [...new Set(rows.flat().map(([property]) => property))].sort((x, y) => x - y);
  return properties.map((property) => {
    const [first, second] = rows.map((side) => side.filter(([at]) => at === property));
    const text = (side: FactRow[]) =>
      side
        .map(([, value]) => String(value))
        .sort()
        .join("\n");
    const differs = first.length > 0 && second.length > 0 && text(first) !== text(second);
    return { property, values: [first, second], differs };
  });
}

function kindred([one, other]: Link[][], a: number, b: number): Kindred[] {
  const groups = new Map<string, Kindred>();
  const sides = [grouped(one, a, b), grouped(other, b, a)];
  for (const key of new Set(sides.flatMap((side) => [...side.keys()]))) {
    const [first, second] = sides.map((side) => side.get(key) ?? new Map<number, Link[]>());
    const [relation, direction] = key.split(" ");
    const only = (side: Map<number, Link[]>, there: Map<number, Link[]>) =>
      [...side].filter(([entity]) => !there.has(entity));
    const both = [...first]
      .filter(([entity]) => second.has(entity))
      .map(([entity, found]): [number, Link[]] => [entity, [...found, ...(second.get(entity) ?? [])]]);
    groups.set(key, {
      relation: Number(relation),
      out: direction === "out",
      first: only(first, second),
      both,
      second: only(second, first),
      count: new Set([...first.keys(), ...second.keys()]).size,
    });
  }
  // What both have is what one compares them for.
  return [...groups.values()].sort(
    (x, y) => y.both.length - x.both.length || y.count - x.count || x.relation - y.relation,
  );
}

/** Returns the links of an entity by kind and direction, then by the other end, without its rival. */
function grouped(links: Link[], entity: number, rival: number): Map<string, Map<number, Link[]>> {
  const found = new Map<string, Map<number, Link[]>>();
  for (const link of links) {
    const other = otherEnd(link, entity);
    if (other === rival) continue;
    const key = `${link.relation} ${link.source === entity ? "out" : "in"}`;
    const group = found.get(key) ?? new Map<number, Link[]>();
    group.set(other, [...(group.get(other) ?? []), link]);
    found.set(key, group);
  }
  return found;
}

function common([one, other]: Link[][], a: number, b: number): Comparison["common"] {
  const near = (links: Link[], entity: number) => {
    const found = new Map<number, Link[]>();
    for (const link of links) {
      const end = otherEnd(link, entity);
      if (end !== a && end !== b) found.set(end, [...(found.get(end) ?? []), link]);
    }
    return found;
  };
  const [first, second] = [near(one, a), near(other, b)];
  return [...first]
    .filter(([entity]) => second.has(entity))
    .map(([entity, links]) => ({ entity, links: [links, second.get(entity) ?? []] }));
}
