/** Terms as SPARQL 1.1 Query Results JSON writes them, and what each is called in the page. */
import type { Model } from "./model";
import { otherEnd } from "./model";

export type Term =
  | { type: "uri"; value: string }
  | { type: "bnode"; value: string }
  | { type: "literal"; value: string; "xml:lang"?: string; datatype?: string }
  | { type: "triple"; value: { subject: Term; predicate: Term; object: Term } };

/** What an IRI stands for in the page: its kind, and its place among those of that kind. */
export interface Meaning {
  kind: "entity" | "link" | "type" | "relation" | "property";
  index: number;
}

export type Meanings = (iri: string) => Meaning | null;

/** Returns what finds the meaning of an IRI; it looks all of them up once. */
export function meanings(model: Model): Meanings {
  const known = new Map<string, Meaning>();
  const add = (kind: Meaning["kind"], index: number, iri: string) => {
    if (!known.has(iri)) known.set(iri, { kind, index });
  };
  model.entities.forEach(({ iri }, index) => add("entity", index, iri));
  for (const [kind, kinds] of [
    ["type", model.types],
    ["relation", model.relations],
    ["property", model.properties],
  ] as const)
    kinds.forEach(({ iri }, index) => add(kind, index, iri));
  // A link that no resource stands for has its relation's IRI, which is known by now.
  const { base } = model.columns;
  for (const { index, key } of model.links) add("link", index, /^[a-z]+:\/\//i.test(key) ? key : base + key);
  return (iri) => known.get(iri) ?? null;
}

/** Returns an IRI with a prefix, where one fits, else whole. */
export function compact(iri: string, prefixes: Record<string, string>): string {
  let best: string | null = null;
  let length = 0;
  for (const [name, space] of Object.entries(prefixes))
    if (iri.startsWith(space) && space.length > length) [best, length] = [name, space.length];
  const local = iri.slice(length);
  return best !== null && /^[^\s/#<>"]+$/.test(local) ? `${best}:${local}` : iri;
}

const NUMERIC = /^http:\/\/www\.w3\.org\/2001\/XMLSchema#(?:integer|decimal|double|float|int|long)$/;

export function isNumeric(term: Term | null): boolean {
  return term?.type === "literal" && NUMERIC.test(term.datatype ?? "");
}

/** Returns a term as plain text: what a file of the answer holds. */
export function textOf(term: Term | null): string {
  if (!term) return "";
  if (term.type !== "triple") return term.type === "bnode" ? `_:${term.value}` : term.value;
  const { subject, predicate, object } = term.value;
  return `<<( ${textOf(subject)} ${textOf(predicate)} ${textOf(object)} )>>`;
}

export interface Marked {
  entities: Set<number>;
  links: Set<number>;
}

/** Returns the entities and links that rows speak of; `drawn` are the columns of a network. */
export function spokenOf(
  model: Model,
  meaning: Meanings,
  rows: (Term | null)[][],
  drawn: readonly number[] | null,
): Marked {
  const entities = new Set<number>();
  const links = new Set<number>();
  for (const row of rows) {
    const terms = drawn ? drawn.map((at) => row[at]) : row;
    const found = terms.map((term) => (term?.type === "uri" ? meaning(term.value) : null));
    const all = (kind: Meaning["kind"]) =>
      found.filter((one) => one?.kind === kind).map((one) => one?.index ?? 0);
    const ends = all("entity");
    const named = all("relation");
    for (const at of all("link")) links.add(at);
    for (const end of ends) entities.add(end);
    // Of two in one row, what joins them: the relations that the row names, or all.
    ends.forEach((one, i) => {
      const others = new Set(ends.slice(i + 1));
      for (const at of others.size ? model.touching(one) : []) {
        const link = model.links[at];
        const joins = others.has(otherEnd(link, one)) && (!named.length || named.includes(link.relation));
        if (joins) links.add(at);
      }
    });
  }
  for (const at of links) entities.add(model.links[at].source).add(model.links[at].target);
  return { entities, links };
}
