/** What a screen reader is told of changes that the eye sees in the drawing. */
import { WORD } from "./arrangements";
import { el } from "./dom";
import type { Page } from "./page";
import { sayPlain } from "./page";
import type { State } from "./state";
import { kindText, nameOf, shorten } from "./words";

export function announcer(page: Page): {
  element: HTMLElement;
  tell: (state: State, changed: ReadonlySet<keyof State>) => void;
} {
  const element = el("div", { class: "aside-text", role: "status", "data-live": "" });
  const tell = (state: State, changed: ReadonlySet<keyof State>) => {
    const parts: string[] = [];
    if (changed.has("arrangement"))
      parts.push(`${sayPlain(page, "arrangement")}: ${sayPlain(page, WORD[state.arrangement])}`);
    if (changed.has("view")) parts.push(sayPlain(page, state.view));
    if (changed.has("selected") && state.selected !== null) parts.push(described(page, state.selected));
    if (changed.has("focus")) {
      const { entityCount } = page.shown();
      parts.push(
        `${state.focus ? `${sayPlain(page, "focus")}: ${state.focus} ${sayPlain(page, "steps")}` : sayPlain(page, "unfocus")}, ${entityCount} ${sayPlain(page, "entities")}`,
      );
    }
    if (changed.has("path") && state.path?.to === null) parts.push(sayPlain(page, "pathHint"));
    if (changed.has("compared") && state.compared?.to === null) parts.push(sayPlain(page, "compareHint"));
    if (parts.length) element.textContent = parts.join(". ");
  };
  return { element, tell };
}

function described(page: Page, entity: number): string {
  const { model, store } = page;
  const { language } = store.state;
  const { first, second } = nameOf(model.entities[entity], language);
  const names = [first, second].filter((name) => name !== null).map(({ text }) => shorten(text, 120));
  const kinds = model.entities[entity].types.map((type) => kindText(model.types[type], language));
  const links = page.shown().degree()[entity];
  return [...names, ...kinds, `${links} ${sayPlain(page, "links")}`].join(", ");
}
