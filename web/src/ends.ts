/** What joins two entities, told in words; and what is said while the second is still to be chosen. */
import { button, el, saidAll } from "./dom";
import { entityLink } from "./mention";
import { otherEnd } from "./model";
import type { Page } from "./page";
import { say } from "./page";
import { relation } from "./relations";
import type { Change } from "./state";
import type { Word } from "./words";
import { around, shortestPath } from "./visible";
import { counted, kindName } from "./words";

/** What is shown while the second entity of a comparison is still to be chosen. */
export function comparing(page: Page, from: number): Node[] {
  return [
    ...begun(page, "comparison", [entityLink(page, from)], { compared: null }),
    el("p", { class: "hint", role: "status" }, ...say(page, "compareHint")),
  ];
}

/** Returns the head of what was begun, with a button that gives it up. */
function begun(page: Page, what: Word, ends: (Node | string)[], none: Change): HTMLElement[] {
  return [
    el("p", { class: "types" }, el("span", { class: "type" }, ...say(page, what))),
    el("p", {}, ends),
    el(
      "div",
      { class: "buttons" },
      button(() => page.store.set(none), say(page, "clear")),
    ),
  ];
}

/** Returns the way from one entity to another, and what they have in common. */
export function route(page: Page, path: { from: number; to: number | null }): Node[] {
  const ends = [entityLink(page, path.from), ...(path.to === null ? [] : [" → ", entityLink(page, path.to)])];
  const head = begun(page, "pathOf", ends, { path: null });
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
        el("span", { class: "count" }, counted(common.length)),
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
