/** Facts: what each property says, with numbers, addresses and entities as what they are. */
import type { FactRow } from "./data";
import { el, isAddress, link as address, said, saidAll } from "./dom";
import { entityLink } from "./mention";
import type { Page } from "./page";
import { figure, kindName, shorten } from "./words";

/** So long a text is shown; the data holds it whole. */
export const LONG = 600;

export function facts(page: Page, rows: FactRow[]): HTMLElement | null {
  if (!rows.length) return null;
  const byProperty = new Map<number, FactRow[]>();
  for (const row of rows) byProperty.set(row[0], [...(byProperty.get(row[0]) ?? []), row]);
  return el(
    "dl",
    { class: "facts" },
    [...byProperty]
      .map(([property, values]) => [
        el("dt", {}, ...saidAll(kindName(page.model.properties[property], page.store.state.language))),
        ...values.map((value) => el("dd", {}, factValue(page, value))),
      ])
      .flat(),
  );
}

export function factValue(page: Page, [, value, kind = ""]: FactRow): HTMLElement {
  if (typeof value === "number") return entityLink(page, value);
  if (isAddress(value)) return address(value, shorten(value, 80));
  if (/^(integer|decimal|double|float|int|long)$/.test(kind))
    return el("bdi", { class: "number" }, figure(value));
  return said({ text: shorten(value, LONG), language: kind.startsWith("@") ? kind.slice(1) : "" });
}
