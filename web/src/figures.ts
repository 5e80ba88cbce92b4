/** Figures about an entity: number, unit, period and source; those that differ stand side by side. */
import { el, said } from "./dom";
import { facts } from "./facts";
import type { Entity, Link } from "./model";
import { otherEnd } from "./model";
import type { Page } from "./page";
import { say, select } from "./page";
import { chips } from "./sources";
import { figure, nameOf, shorten, untag } from "./words";

/** Tells whether a link only says that a figure is about the entity. */
export function isFigureLink(page: Page, link: Link, entity: number): boolean {
  const kind = page.model.relations[link.relation];
  return (
    (kind.word === "figure_of" || kind.word === "has_figure") &&
    isFigure(page, otherEnd(link, entity)) &&
    !isFigure(page, entity)
  );
}

function isFigure(page: Page, entity: number): boolean {
  return page.model.entities[entity].types.some((type) => page.model.types[type].aside === "figure");
}

export function figures(page: Page, entity: Entity): HTMLElement[] {
  const found = figuresOf(page, entity);
  if (isFigure(page, entity.index)) return [el("section", { class: "group" }, card(page, entity, []))];
  if (!found.size) return [];
  return [
    el(
      "section",
      { class: "group figures" },
      el(
        "h3",
        {},
        el("span", { class: "name" }, ...say(page, "figures")),
        el("span", { class: "count" }, String(found.size)),
      ),
      together(page, [...found.keys()]).map((group) => side(page, group, found)),
    ),
  ];
}

/** Returns the figures about an entity, with the links that say so. */
function figuresOf(page: Page, entity: Entity): Map<number, Link[]> {
  const found = new Map<number, Link[]>();
  for (const at of page.model.touching(entity.index)) {
    const link = page.model.links[at];
    if (!isFigureLink(page, link, entity.index)) continue;
    const other = otherEnd(link, entity.index);
    found.set(other, [...(found.get(other) ?? []), link]);
  }
  return found;
}

/** Returns one figure, or side by side those that contradict each other. */
function side(page: Page, group: number[], found: Map<number, Link[]>): HTMLElement {
  const cards = group.map((at) => card(page, page.model.entities[at], found.get(at) ?? []));
  return group.length === 1
    ? cards[0]
    : el(
        "div",
        { class: "differing" },
        el("p", { class: "warning" }, ...say(page, "contradicting")),
        el("div", { class: "cards" }, cards),
      );
}

/** Returns the figures about an entity by what they measure; those that contradict each other together. */
export function cards(page: Page, entity: Entity): Map<string, HTMLElement[]> {
  const found = figuresOf(page, entity);
  const measured = new Map<string, HTMLElement[]>();
  for (const group of together(page, [...found.keys()])) {
    const first = page.model.entities[group[0]];
    const measure = read(page, first, "measure") || nameOf(first, page.store.state.language).first.text;
    measured.set(measure, [...(measured.get(measure) ?? []), side(page, group, found)]);
  }
  return measured;
}

/** Returns the figures in groups: those that contradict each other are one. */
function together(page: Page, found: number[]): number[][] {
  const groups: number[][] = [];
  for (const at of found) {
    const near = groups.filter((group) => group.some((other) => differ(page, at, other)));
    const rest = groups.filter((group) => !near.includes(group));
    groups.splice(0, groups.length, ...rest, [...near.flat(), at]);
  }
  const start = (group: number[]) => read(page, page.model.entities[group[0]], "start");
  const measure = (group: number[]) => read(page, page.model.entities[group[0]], "measure");
  return groups.sort(
    (a, b) => b.length - a.length || measure(a).localeCompare(measure(b)) || start(a).localeCompare(start(b)),
  );
}

/** Tells whether the data says that two figures contradict each other, or one thing has two numbers. */
function differ(page: Page, a: number, b: number): boolean {
  const { entities, links, relations } = page.model;
  if (
    page.model
      .touching(a)
      .some((at) => relations[links[at].relation].word === "contradicts" && otherEnd(links[at], a) === b)
  )
    return true;
  const same = (word: string) => read(page, entities[a], word) === read(page, entities[b], word);
  const period = read(page, entities[a], "start");
  return period !== "" && ["measure", "start", "end", "unit", "qualifier"].every(same) && !same("value");
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
  return [read(page, entity, "qualifier"), high ? `${low} – ${high}` : low, read(page, entity, "unit")]
    .filter(Boolean)
    .join(" ");
}

const SHOWN = new Set(["value", "value_to", "unit", "measure", "start", "end", "qualifier"]);

function card(page: Page, entity: Entity, links: Link[]): HTMLElement {
  const { language } = page.store.state;
  const start = read(page, entity, "start");
  const end = read(page, entity, "end");
  const evidence = [...new Set([...entity.evidence, ...links.flatMap((link) => link.evidence)])];
  const rest = entity.facts.filter(([property]) => !SHOWN.has(page.model.properties[property].word));
  const name = nameOf(entity, language);
  const measure = read(page, entity, "measure");
  const head = links.length
    ? el(
        "button",
        { type: "button", class: "entity", on: { click: () => select(page, entity.index) } },
        measure
          ? el("bdi", {}, shorten(measure, 120))
          : said({ ...name.first, text: shorten(name.first.text, 120) }),
      )
    : said({ ...name.first, text: shorten(name.first.text, 120) });
  const [buttons, open] = chips(page, evidence, entity.rows);
  return el(
    "div",
    { class: "card" },
    el("p", {}, head),
    el("p", { class: "amount" }, el("bdi", {}, amount(page, entity) || "–")),
    el(
      "div",
      { class: "meta" },
      (start || end) && el("span", {}, end && end !== start ? `${start} – ${end}` : start),
      buttons,
    ),
    ...entity.notes.map((note) =>
      el("p", { class: "note" }, said({ ...untag(note), text: shorten(untag(note).text, 300) })),
    ),
    facts(page, rest),
    open,
  );
}
