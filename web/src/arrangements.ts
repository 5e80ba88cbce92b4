/** The switch between the pictures of the network. */
import { el, replace } from "./dom";
import type { Arrangement } from "./data";
import type { Page } from "./page";
import { say, sayPlain } from "./page";
import type { Word } from "./words";

export const WORD: Record<Arrangement, Word> = {
  network: "network",
  zone: "byZone",
  hierarchy: "hierarchy",
  time: "overTime",
  map: "map",
};

export function arrangements(page: Page): { element: HTMLElement; render: () => void } {
  const element = el("div", { class: "arrangements segments", role: "group" });
  const { pictures } = page.model;
  element.hidden = pictures.length < 2;
  const render = () => {
    const { arrangement } = page.store.state;
    const focused = element.contains(document.activeElement);
    element.setAttribute("aria-label", sayPlain(page, "arrangement"));
    replace(
      element,
      pictures.map(({ name }) =>
        el(
          "button",
          {
            type: "button",
            class: "button",
            "aria-pressed": String(name === arrangement),
            on: { click: () => arrange(page, name) },
          },
          ...say(page, WORD[name]),
        ),
      ),
    );
    if (focused) element.querySelector<HTMLElement>("[aria-pressed=true]")?.focus();
  };
  return { element, render };
}

/** Shows another picture; what was dragged elsewhere was so in the former one only. */
export function arrange(page: Page, arrangement: Arrangement): void {
  if (arrangement !== page.store.state.arrangement)
    page.store.set({ arrangement, pins: new Map(), view: "network" });
}

export function nextArrangement(page: Page): void {
  const names = page.model.pictures.map(({ name }) => name);
  arrange(page, names[(names.indexOf(page.store.state.arrangement) + 1) % names.length]);
}
