/** Evidence: a chip for each source, which opens to say what it is and where it stands. */
import type { Reference } from "./data";
import { el, isAddress, link, replace, said, saidAll } from "./dom";
import type { Page } from "./page";
import { say, sayPlain, select } from "./page";
import { kindName, nameOf, shorten } from "./words";

/** Returns the chips of some sources and the CSV rows behind them, with a place where one opens. */
export function chips(page: Page, evidence: Reference[], rows: string[]): HTMLElement[] {
  const open = el("div", { class: "source", hidden: true });
  let opened: HTMLElement | null = null;
  const buttons = evidence.map((source) => {
    const button = el(
      "button",
      { type: "button", class: "chip", "aria-expanded": "false", on: { click: () => show(button, source) } },
      el("bdi", {}, chipText(page, source)),
    );
    return button;
  });
  const show = (button: HTMLElement, source: Reference) => {
    opened?.setAttribute("aria-expanded", "false");
    opened = opened === button ? null : button;
    opened?.setAttribute("aria-expanded", "true");
    open.hidden = !opened;
    if (opened) replace(open, ...describe(page, source, rows));
  };
  if (!evidence.length && rows.length) {
    const button = el(
      "button",
      { type: "button", class: "chip plain", "aria-expanded": "false", on: { click: () => toggleRows() } },
      el("bdi", {}, rowText(page, rows[0])),
    );
    const toggleRows = () => {
      open.hidden = !open.hidden;
      button.setAttribute("aria-expanded", String(!open.hidden));
      replace(open, el("p", {}, ...say(page, "noEvidence")), ...rowLines(page, rows));
    };
    buttons.push(button);
  }
  return [el("span", { class: "chips" }, ...buttons), open];
}

function chipText(page: Page, source: Reference): string {
  if (typeof source === "number") return shorten(page.model.entities[source].id.toUpperCase(), 14);
  return isAddress(source)
    ? shorten(new URL(source).hostname.replace(/^www\./, ""), 24)
    : shorten(source, 24);
}

function describe(page: Page, source: Reference, rows: string[]): Node[] {
  if (typeof source === "string") return [el("p", {}, link(source)), ...rowLines(page, rows)];
  const document = page.model.entities[source];
  const { language } = page.store.state;
  const name = nameOf(document, language);
  const details: Node[] = [];
  const addresses: Node[] = [];
  for (const [property, value, kind = ""] of document.facts) {
    if (typeof value === "number") continue;
    if (isAddress(value)) addresses.push(el("p", {}, link(value, shorten(value, 90))));
    else {
      const label = kindName(page.model.properties[property], language);
      const tag = kind.startsWith("@") ? kind.slice(1) : "";
      details.push(
        el(
          "p",
          {},
          el("span", { class: "faint" }, ...saidAll(label), ": "),
          said({ text: shorten(value, 200), language: tag }),
        ),
      );
    }
  }
  return [
    el(
      "p",
      {},
      el(
        "button",
        { type: "button", class: "entity", on: { click: () => select(page, source) } },
        said(name.first),
      ),
    ),
    name.second && el("p", { class: "faint" }, said(name.second)),
    ...details,
    ...addresses,
    ...rowLines(page, rows),
  ].filter((node) => node !== null);
}

function rowText(page: Page, row: string): string {
  const found = /^(.*)#row=(\d+)$/.exec(row);
  return found ? `${found[1]}, ${sayPlain(page, "row")} ${found[2]}` : shorten(row, 60);
}

function rowLines(page: Page, rows: string[]): Node[] {
  return rows.map((row) => el("p", { class: "faint row" }, el("bdi", {}, rowText(page, row))));
}
