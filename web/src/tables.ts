/** What is shown, as entities.csv and relations.csv: two tables that clustergraph reads again. */
import { csv } from "./csv";
import type { FactRow, Reference, Tagged } from "./data";
import type { Model } from "./model";
import type { Visible } from "./visible";
import { untag } from "./words";

export interface Tables {
  entities: string;
  relations: string;
}

/** Returns both tables of what is shown, with the documents that it rests on. */
export function tablesOf(model: Model, shown: Visible): Tables {
  const links = model.links.filter(({ index }) => shown.links[index]);
  const kept = new Set(model.entities.filter(({ index }) => shown.entities[index]).map(({ index }) => index));
  for (const said of [...links, ...[...kept].map((at) => model.entities[at])])
    for (const source of said.evidence) if (typeof source === "number") kept.add(source);
  const entities = [...kept].sort((a, b) => a - b).map((at) => model.entities[at]);

  const tags = [...new Set(entities.flatMap(({ labels }) => [...labels.keys()]))].sort();
  const properties = used(entities.map(({ facts }) => facts));
  const entityHead = [
    "id",
    "type",
    ...tags.map((tag) => (tag ? `name@${tag}` : "name")),
    "alias",
    "note",
    "evidence",
    ...properties.map((at) => model.properties[at].word),
  ];
  const entityRows = entities.map((entity) => [
    entity.id,
    entity.types.map((type) => model.types[type].word).join("|"),
    ...tags.map((tag) => entity.labels.get(tag) ?? ""),
    texts(entity.aliases),
    texts(entity.notes),
    references(model, entity.evidence),
    ...properties.map((at) => values(model, entity.facts, at)),
  ]);
  const linkProperties = used(links.map(({ facts }) => facts));
  const linkHead = [
    "source",
    "relation",
    "target",
    "start",
    "end",
    "confidence",
    "note",
    "evidence",
    ...linkProperties.map((at) => model.properties[at].word),
  ];
  const linkRows = links.map((link) => [
    model.entities[link.source].id,
    model.relations[link.relation].word,
    model.entities[link.target].id,
    link.start ?? "",
    link.end ?? "",
    link.confidence,
    texts(link.notes),
    references(model, link.evidence),
    ...linkProperties.map((at) => values(model, link.facts, at)),
  ]);
  // A table needs its name column, even when no one has a name.
  if (!tags.length) entityHead.splice(2, 0, "name");
  if (!tags.length) for (const row of entityRows) row.splice(2, 0, "");
  return { entities: csv([entityHead, ...entityRows]), relations: csv([linkHead, ...linkRows]) };
}

function used(facts: FactRow[][]): number[] {
  return [...new Set(facts.flat().map(([property]) => property))].sort((a, b) => a - b);
}

function texts(tagged: Tagged[]): string {
  return tagged.map((value) => untag(value).text).join("|");
}

function references(model: Model, evidence: Reference[]): string {
  return evidence
    .map((source) => (typeof source === "number" ? model.entities[source].id : source))
    .join("|");
}

function values(model: Model, facts: FactRow[], property: number): string {
  return facts
    .filter(([at]) => at === property)
    .map(([, value]) => (typeof value === "number" ? model.entities[value].id : value))
    .join("|");
}
