/** All that is known of one entity, each fact with the sources it rests on. */
import type { Tagged } from "./data";
import { el, replace, said, saidAll } from "./dom";
import { facts, LONG } from "./facts";
import { figures, isFigureLink } from "./figures";
import type { Entity, Link } from "./model";
import { entityLink } from "./mention";
import { otherEnd } from "./model";
import { overview } from "./overview";
import type { Page } from "./page";
import { say, sayPlain } from "./page";
import { chips } from "./sources";
import { lineSwatch, typeSwatch } from "./swatch";
import { isDark } from "./theme";
import { around, passes, shortestPath } from "./visible";
import { kindName, known, nameOf, shorten, untag } from "./words";

/** So many relations of one kind are shown before the reader asks for all. */
const FIRST = 25;

export function details(page: Page): { element: HTMLElement; render: () => void } {
  const element = el("div", { class: "details" });
  let before: string | undefined;
  const render = () => {
    const { selected, path, compared } = page.store.state;
    const now = `${selected ?? ""} ${path ? `${path.from}-${path.to ?? ""}` : ""} ${compared?.from ?? ""}`;
    if (compared?.to === null) replace(element, ...choosing(page, compared.from));
    else if (path) replace(element, ...route(page, path));
    else if (selected === null) replace(element, ...overview(page));
    else replace(element, ...all(page, page.model.entities[selected]));
    if (before !== undefined && now !== before) element.scrollTop = 0;
    before = now;
  };
  return { element, render };
}

function all(page: Page, entity: Entity): Node[] {
  const { state } = page.store;
  const { model } = page;
  const name = nameOf(entity, state.language);
  const dark = isDark(state.theme);
  const aliases = entity.aliases.map(untag);
  // Names in other languages than the one shown are aliases as far as the reader is concerned.
  const others = [...entity.labels].filter(
    ([, text]) => text !== name.first.text && text !== name.second?.text,
  );
  for (const [language, text] of others) aliases.unshift({ text, language });
  return [
    el(
      "p",
      { class: "types" },
      entity.types.map((type) =>
        el(
          "span",
          { class: "type" },
          typeSwatch(model.types[type], dark),
          el("span", {}, ...saidAll(kindName(model.types[type], state.language))),
        ),
      ),
    ),
    el("h2", { class: "title" }, said({ ...name.first, text: shorten(name.first.text, 300) })),
    name.second &&
      el("p", { class: "second" }, said({ ...name.second, text: shorten(name.second.text, 300) })),
    el("p", { class: "faint id" }, el("bdi", {}, shorten(entity.id, 120))),
    buttons(page, entity),
    aliases.length > 0 &&
      el(
        "p",
        { class: "aliases" },
        el("span", { class: "faint" }, ...say(page, "aliases"), ": "),
        aliases.flatMap((alias, i) => (i ? [document.createTextNode(" · "), said(alias)] : [said(alias)])),
      ),
    ...notes(entity.notes),
    facts(page, entity.facts),
    el("div", { class: "own" }, ...chips(page, entity.evidence, entity.rows)),
    ...figures(page, entity),
    ...relations(page, entity),
    ...cited(page, entity),
  ].filter((node) => node !== false && node !== null);
}

function buttons(page: Page, entity: Entity): HTMLElement {
  const { focus } = page.store.state;
  const step = (depth: 0 | 1 | 2 | 3) => {
    page.store.set({ focus: depth, view: "network" });
    page.stage.fit();
  };
  const depths = ([1, 2, 3] as const).map((depth) =>
    el(
      "button",
      {
        type: "button",
        class: "button",
        "aria-pressed": String(focus === depth),
        on: { click: () => step(depth) },
      },
      String(depth),
    ),
  );
  return el(
    "div",
    { class: "buttons" },
    focus
      ? el(
          "span",
          { class: "segments", role: "group", "aria-label": sayPlain(page, "steps") },
          el(
            "button",
            { type: "button", class: "button", on: { click: () => step(0) } },
            ...say(page, "unfocus"),
          ),
          ...depths,
        )
      : el(
          "button",
          { type: "button", class: "button", on: { click: () => step(1) } },
          ...say(page, "focus"),
        ),
    el(
      "button",
      {
        type: "button",
        class: "button",
        on: {
          click: () => page.store.set({ path: { from: entity.index, to: null }, focus: 0, view: "network" }),
        },
      },
      ...say(page, "path"),
    ),
    el(
      "button",
      {
        type: "button",
        class: "button",
        on: {
          click: () =>
            page.store.set({
              compared: { from: entity.index, to: null },
              path: null,
              focus: 0,
              view: "network",
            }),
        },
      },
      ...say(page, "compareWith"),
    ),
    page.store.state.pins.has(entity.index) &&
      el(
        "button",
        {
          type: "button",
          class: "button",
          on: {
            click: () =>
              page.store.set({
                pins: new Map([...page.store.state.pins].filter(([at]) => at !== entity.index)),
              }),
          },
        },
        ...say(page, "unpin"),
      ),
    el(
      "button",
      {
        type: "button",
        class: "button",
        on: {
          click: () =>
            page.store.set({
              hiddenEntities: new Set([...page.store.state.hiddenEntities, entity.index]),
              selected: null,
              focus: 0,
            }),
        },
      },
      ...say(page, "hide"),
    ),
  );
}

function notes(given: Tagged[]): HTMLElement[] {
  return given.map((note) =>
    el("p", { class: "note" }, said({ ...untag(note), text: shorten(untag(note).text, LONG) })),
  );
}

function relations(page: Page, entity: Entity): HTMLElement[] {
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
    sorted.length > FIRST &&
    el(
      "button",
      { type: "button", class: "button", on: { click: () => unfold() } },
      ...say(page, "showAll"),
      ` (${sorted.length})`,
    );
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
      el("span", { class: "count" }, String(links.length)),
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

function cited(page: Page, entity: Entity): HTMLElement[] {
  const by = page.model.citedBy().get(entity.index);
  if (!by) return [];
  const links = by.links.slice(0, 200).map((at) => {
    const link = page.model.links[at];
    const kind = page.model.relations[link.relation];
    return el(
      "li",
      {},
      entityLink(page, link.source),
      " ",
      el("span", { class: "faint" }, ...saidAll(kindName(kind, page.store.state.language))),
      " ",
      entityLink(page, link.target),
    );
  });
  const entities = by.entities.slice(0, 200).map((at) => el("li", {}, entityLink(page, at)));
  return [
    el(
      "section",
      { class: "group" },
      el(
        "h3",
        {},
        el("span", { class: "name" }, ...say(page, "citedBy")),
        el("span", { class: "count" }, String(by.links.length + by.entities.length)),
      ),
      el("ul", { class: "relations" }, ...entities, ...links),
    ),
  ];
}

/** What is shown while the second entity of a comparison is still to be chosen. */
function choosing(page: Page, from: number): Node[] {
  return [
    el("p", { class: "types" }, el("span", { class: "type" }, ...say(page, "comparison"))),
    el("p", {}, entityLink(page, from)),
    el(
      "div",
      { class: "buttons" },
      el(
        "button",
        { type: "button", class: "button", on: { click: () => page.store.set({ compared: null }) } },
        ...say(page, "clear"),
      ),
    ),
    el("p", { class: "hint", role: "status" }, ...say(page, "compareHint")),
  ];
}

function route(page: Page, path: { from: number; to: number | null }): Node[] {
  const head = [
    el("p", { class: "types" }, el("span", { class: "type" }, ...say(page, "pathOf"))),
    el("p", {}, entityLink(page, path.from), path.to !== null && [" → ", entityLink(page, path.to)]),
    el(
      "div",
      { class: "buttons" },
      el(
        "button",
        { type: "button", class: "button", on: { click: () => page.store.set({ path: null }) } },
        ...say(page, "clear"),
      ),
    ),
  ];
  if (path.to === null)
    return [...head, el("p", { class: "hint", role: "status" }, ...say(page, "pathHint"))];
  const steps = shortestPath(page.model, page.shown().links, path.from, path.to);
  if (!steps) return [...head, el("p", { class: "hint", role: "status" }, ...say(page, "noPath"))];
  const common = inCommon(page, path.from, path.to);
  let at = path.from;
  const items = steps.map((step) => {
    const link = page.model.links[step];
    const from = page.model.entities[at];
    const kind = page.model.relations[link.relation];
    at = otherEnd(link, at);
    const item = relation(page, from, link, kind.symmetric ?? false);
    item.prepend(
      el(
        "div",
        { class: "faint" },
        entityLink(page, from.index),
        " ",
        el("span", {}, ...saidAll(kindName(kind, page.store.state.language))),
      ),
    );
    return item;
  });
  const shared =
    common.length > 0 &&
    el(
      "section",
      { class: "group" },
      el(
        "h3",
        {},
        el("span", { class: "name" }, ...say(page, "inCommon")),
        el("span", { class: "count" }, String(common.length)),
      ),
      el(
        "ul",
        { class: "relations" },
        common.map((entity) => el("li", {}, entityLink(page, entity))),
      ),
    );
  return [...head, el("ol", { class: "relations" }, ...items), ...(shared ? [shared] : [])];
}

/** Returns those who have a relation with both. */
function inCommon(page: Page, a: number, b: number): number[] {
  const { links } = page.shown();
  const near = [a, b].map((entity) => around(page.model, links, entity, 1));
  return [...near[0]].filter((entity) => near[1].has(entity) && entity !== a && entity !== b);
}
