/** All that is known of one entity, each fact with the sources it rests on. */
import { actions } from "./actions";
import type { Tagged } from "./data";
import { comparing, route } from "./ends";
import { el, replace, said, saidAll } from "./dom";
import { facts, LONG } from "./facts";
import { figures } from "./figures";
import type { Entity } from "./model";
import { entityLink } from "./mention";
import { overview } from "./overview";
import type { Page } from "./page";
import { say } from "./page";
import { relations } from "./relations";
import { chips } from "./sources";
import { typeSwatch } from "./swatch";
import { isDark } from "./theme";
import { counted, kindName, nameOf, shorten, untag } from "./words";

export function details(page: Page): { element: HTMLElement; render: () => void } {
  const element = el("div", { class: "details" });
  let before: string | undefined;
  const render = () => {
    const { selected, path, compared } = page.store.state;
    const now = `${selected ?? ""} ${path ? `${path.from}-${path.to ?? ""}` : ""} ${compared?.from ?? ""}`;
    if (compared?.to === null) replace(element, ...comparing(page, compared.from));
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
    actions(page, entity),
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

function notes(given: Tagged[]): HTMLElement[] {
  return given.map((note) =>
    el("p", { class: "note" }, said({ ...untag(note), text: shorten(untag(note).text, LONG) })),
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
        el("span", { class: "count" }, counted(by.links.length + by.entities.length)),
      ),
      el("ul", { class: "relations" }, ...entities, ...links),
    ),
  ];
}
