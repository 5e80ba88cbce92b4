/** What can be done with the entity that is selected. */
import { button, el } from "./dom";
import type { Entity } from "./model";
import type { Page } from "./page";
import { say, sayPlain } from "./page";
import type { Change } from "./state";

export function actions(page: Page, entity: Entity): HTMLElement {
  const { index } = entity;
  const { pins, hiddenEntities } = page.store.state;
  const set = (change: Change) => () => page.store.set(change);
  const others = () => new Map([...pins].filter(([at]) => at !== index));
  return el(
    "div",
    { class: "buttons" },
    focus(page),
    button(set({ path: { from: index, to: null }, focus: 0, view: "network" }), say(page, "path")),
    button(
      set({ compared: { from: index, to: null }, path: null, focus: 0, view: "network" }),
      say(page, "compareWith"),
    ),
    pins.has(index) && button(() => page.store.set({ pins: others() }), say(page, "unpin")),
    button(
      set({ hiddenEntities: new Set([...hiddenEntities, index]), selected: null, focus: 0 }),
      say(page, "hide"),
    ),
  );
}

/** Returns what shows the neighbourhood only, or how far it reaches. */
function focus(page: Page): HTMLElement {
  const { focus } = page.store.state;
  const step = (depth: 0 | 1 | 2 | 3) => () => {
    page.store.set({ focus: depth, view: "network" });
    page.stage.fit();
  };
  if (!focus) return button(step(1), say(page, "focus"));
  return el(
    "span",
    { class: "segments", role: "group", "aria-label": sayPlain(page, "steps") },
    button(step(0), say(page, "unfocus")),
    ([1, 2, 3] as const).map((depth) =>
      button(step(depth), String(depth), { "aria-pressed": String(focus === depth) }),
    ),
  );
}
