/** Figures about an entity: number, unit, period and source; those that differ stand side by side. */
import { el, saidAll, said } from "./dom";
import type { Entity, Link } from "./model";
import { otherEnd } from "./model";
import type { Page } from "./page";
import { say } from "./page";
import { chips } from "./sources";
import { entityLink, facts } from "./details";
import { figure, kindName, nameOf, shorten, untag } from "./words";

/** Tells whether a link only says that a figure is about the entity. */
export function isFigureLink(page: Page, link: Link, entity: number): boolean {
  const kind = page.model.relations[link.relation];
  return (kind.word === "figure_of" || kind.word === "has_figure") && isFigure(page, otherEnd(link, entity)) && !isFigure(page, entity);
}

function isFigure(page: Page, entity: number): boolean {
  return page.model.entities[entity].types.some((type) => page.model.types[type].aside === "figure");
}

export function figures(page: Page, entity: Entity): HTMLElement[] {
  const found = new Map<number, Link[]>();
  for (const at of page.model.touching[entity.index]) {
    const link = page.model.links[at];
    if (!isFigureLink(page, link, entity.index)) continue;
    const other = otherEnd(link, entity.index);
    found.set(other, [...(found.get(other) ?? []), link]);
  }
  if (isFigure(page, entity.index)) return [el("section", { class: "group" }, card(page, entity, []))];
  if (!found.size) return [];
  const groups = new Map<string, number[]>();
  for (const at of found.keys()) {
    const key = subject(page, page.model.entities[at]);
    groups.set(key, [...(groups.get(key) ?? []), at]);
  }
  return [
    el(
      "section",
      { class: "group figures" },
      el("h3", {}, el("span", { class: "name" }, ...say(page, "figures")), el("span", { class: "count" }, String(found.size))),
      [...groups.values()].map((together) => {
        const values = new Set(together.map((at) => amount(page, page.model.entities[at])));
        return el(
          "div",
          { class: values.size > 1 ? "differing" : undefined },
          values.size > 1 && el("p", { class: "warning" }, ...say(page, "contradicting")),
          el("div", { class: "cards" }, together.map((at) => card(page, page.model.entities[at], found.get(at) ?? []))),
        );
      }),
    ),
  ];
}

/** What a figure measures and for when: figures that agree in this and not in the number differ. */
function subject(page: Page, entity: Entity): string {
  const period = read(page, entity, "start") + read(page, entity, "end") + read(page, entity, "date");
  return `${read(page, entity, "measure") || entity.id}\n${period || entity.id}`;
}

function read(page: Page, entity: Entity, word: string): string {
  return entity.facts
    .filter(([property]) => page.model.properties[property].word === word)
    .map(([, value]) => String(value))
    .join(" ");
}

function amount(page: Page, entity: Entity): string {
  const low = figure(read(page, entity, "value"));
  const high = figure(read(page, entity, "value_to"));
  return [read(page, entity, "qualifier"), high ? `${low} – ${high}` : low, read(page, entity, "unit")].filter(Boolean).join(" ");
}

const SHOWN = new Set(["value", "value_to", "unit", "measure", "start", "end", "qualifier"]);

function card(page: Page, entity: Entity, links: Link[]): HTMLElement {
  const { language } = page.store.state;
  const measure = page.model.properties.find((kind) => kind.word === "measure");
  const start = read(page, entity, "start");
  const end = read(page, entity, "end");
  const evidence = [...new Set([...entity.evidence, ...links.flatMap((link) => link.evidence)])];
  const rest = entity.facts.filter(([property]) => !SHOWN.has(page.model.properties[property].word));
  const name = nameOf(entity, language);
  return el(
    "div",
    { class: "card" },
    el("p", { class: "faint" }, links.length ? entityLink(page, entity.index) : [said(name.first), ...(measure ? [" · ", ...saidAll(kindName(measure, language)), `: ${read(page, entity, "measure")}`] : [])]),
    el("p", { class: "amount" }, el("bdi", {}, amount(page, entity) || "–")),
    (start || end) && el("p", { class: "faint" }, end && end !== start ? `${start} – ${end}` : start),
    ...entity.notes.map((note) => el("p", { class: "note" }, said({ ...untag(note), text: shorten(untag(note).text, 300) }))),
    facts(page, rest),
    ...chips(page, evidence, entity.rows),
  );
}
