/** Relations as the details tell them: by kind, each with its time, its certainty and its evidence. */
import { button, el, said, saidAll } from "./dom";
import { facts, LONG } from "./facts";
import { isFigureLink } from "./figures";
import { entityLink } from "./mention";
import type { Entity, Link } from "./model";
import { otherEnd } from "./model";
import type { Page } from "./page";
import { say } from "./page";
import { chips } from "./sources";
import { lineSwatch } from "./swatch";
import { isDark } from "./theme";
import { passes } from "./visible";
import { counted, kindName, known, shorten, untag } from "./words";

/** So many relations of one kind are shown before the reader asks for all. */
const FIRST = 25;

/** Returns the relations of an entity by their kind, the most numerous first. */
export function relations(page: Page, entity: Entity): HTMLElement[] {
  const groups = new Map<string, Link[]>();
  for (const at of page.model.touching(entity.index)) {
    const link = page.model.links[at];
    if (isFigureLink(page, link, entity.index)) continue;
    const key = `${link.relation} ${link.source === entity.index ? "out" : "in"}`;
    const group = groups.get(key);
    if (group) group.push(link);
    else groups.set(key, [link]);
  }
  return [...groups.values()]
    .sort((a, b) => b.length - a.length || a[0].relation - b[0].relation)
    .map((links) => group(page, entity, links));
}

function group(page: Page, entity: Entity, links: Link[]): HTMLElement {
  const { language, theme } = page.store.state;
  const kind = page.model.relations[links[0].relation];
  const out = links[0].source === entity.index;
  const sorted = [...links].sort((a, b) => (b.start ?? "").localeCompare(a.start ?? "") || a.index - b.index);
  const list = el(
    "ul",
    { class: "relations" },
    sorted.slice(0, FIRST).map((link) => relation(page, entity, link, kind.symmetric ?? false)),
  );
  const more =
    sorted.length > FIRST && button(() => unfold(), [...say(page, "showAll"), ` (${sorted.length})`]);
  const unfold = () => {
    list.append(...sorted.slice(FIRST).map((link) => relation(page, entity, link, kind.symmetric ?? false)));
    if (more) more.remove();
  };
  const swatch = lineSwatch(kind, isDark(theme));
  if (!out) swatch.classList.add("back");
  return el(
    "section",
    { class: "group" },
    el(
      "h3",
      {},
      swatch,
      el("span", { class: "name" }, ...saidAll(kindName(kind, language))),
      el("span", { class: "count" }, counted(links.length)),
    ),
    list,
    more,
  );
}

export function relation(page: Page, entity: Entity, link: Link, symmetric: boolean): HTMLElement {
  const out = link.source === entity.index;
  const arrow = symmetric ? "↔" : out ? "→" : "←";
  return el(
    "li",
    { class: passes(page.model, link, page.store.state) ? undefined : "filtered" },
    el(
      "div",
      { class: "to" },
      el("span", { class: "arrow", "aria-hidden": "true" }, arrow),
      entityLink(page, otherEnd(link, entity.index)),
    ),
    ...statement(page, link),
  );
}

/** Returns when a relation held, how sure it is, what it rests on and what was noted. */
export function statement(page: Page, link: Link): HTMLElement[] {
  const [buttons, open] = chips(page, link.evidence, link.rows);
  const texts = link.notes.map(untag);
  const extra = facts(page, link.facts);
  return [
    el("div", { class: "meta" }, period(page, link), confidence(page, link.confidence), buttons),
    ...texts.map((note) => el("p", { class: "note" }, said({ ...note, text: shorten(note.text, LONG) }))),
    ...(extra ? [extra] : []),
    open,
  ];
}

function period(page: Page, { start, end, relation: kind }: Link): HTMLElement | null {
  if (!start && !end) return null;
  if (start && !end && page.model.relations[kind].momentary) return el("span", { class: "when" }, start);
  if (start && (!end || start === end))
    return el("span", { class: "when" }, end ? start : [...say(page, "since"), ` ${start}`]);
  if (!start) return el("span", { class: "when" }, ...say(page, "until"), ` ${end ?? ""}`);
  return el("span", { class: "when" }, `${start} – ${end ?? ""}`);
}

const STRENGTH = new Map([
  ["several", 3],
  ["high", 3],
  ["one source", 2],
  ["single", 2],
  ["one", 2],
  ["medium", 2],
  ["uncertain", 1],
  ["low", 1],
]);

function confidence(page: Page, text: string): HTMLElement | null {
  if (!text) return null;
  const parts = known(text, page.store.state.language);
  const title = parts.map((part) => part.text).join(" ");
  const strength = STRENGTH.get(text.toLowerCase());
  if (strength === undefined) return el("span", { class: "sure" }, ...saidAll(parts));
  return el(
    "span",
    { class: "sure", title, role: "img", "aria-label": title },
    [1, 2, 3].map((i) => el("i", { class: i <= strength ? "on" : "" })),
  );
}
