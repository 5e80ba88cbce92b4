/** An entity where it is spoken of: its name, which opens it. */
import { el, said } from "./dom";
import type { Page } from "./page";
import { select } from "./page";
import type { Change } from "./state";
import { nameOf, shorten } from "./words";

export function entityLink(page: Page, entity: number, change: Change = {}): HTMLElement {
  const name = nameOf(page.model.entities[entity], page.store.state.language);
  const title = name.second ? `${name.first.text} ${name.second.text}` : name.first.text;
  return el(
    "button",
    {
      type: "button",
      class: "entity",
      title: shorten(title, 200),
      on: { click: () => select(page, entity, change) },
    },
    said({ ...name.first, text: shorten(name.first.text, 120) }),
  );
}
