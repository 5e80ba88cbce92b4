/** All entities and relations as tables: the twin of the drawing for who cannot or will not look. */
import { el, replace, saidAll } from "./dom";
import { downloadCsv, downloadTables, downloadTurtle } from "./download";
import { entityLink } from "./mention";
import type { Page } from "./page";
import { say } from "./page";
import { chips } from "./sources";
import type { Word } from "./words";
import { kindName, kindText, known, nameOf, untag } from "./words";

type What = "entities" | "relations";

interface Column {
  key: string;
  head: Word;
  text: (index: number) => string;
  cell?: (index: number) => (Node | string)[];
  numeric?: boolean;
}

/** So many rows are put in at once; more come as the reader goes down. */
const CHUNK = 200;

export function table(page: Page): { element: HTMLElement; render: () => void } {
  const element = el("div", { class: "table-view", hidden: true });
  const sort: Record<What, { key: string; down: boolean }> = {
    entities: { key: "links", down: true },
    relations: { key: "source", down: false },
  };
  let what: What = "entities";

  const { carried } = page;

  const render = () => {
    element.hidden = page.store.state.view !== "table";
    if (element.hidden) return;
    const columns = what === "entities" ? entityColumns(page) : relationColumns(page);
    const rows = order(rowsOf(page, what), columns, sort[what]);
    const body = el("tbody", {});
    let filled = 0;
    const fill = () => {
      body.append(
        ...rows.slice(filled, filled + CHUNK).map((index) =>
          el(
            "tr",
            {},
            columns.map((column) =>
              el(
                "td",
                { class: column.numeric ? "numeric" : undefined },
                column.cell ? column.cell(index) : el("bdi", {}, column.text(index)),
              ),
            ),
          ),
        ),
      );
      filled += CHUNK;
      more.hidden = filled >= rows.length;
    };
    const more = el("button", { type: "button", class: "button", on: { click: fill } }, ...say(page, "more"));
    const heads = columns.map((column) => {
      const sorted = sort[what].key === column.key;
      const order = sorted ? (sort[what].down ? "descending" : "ascending") : undefined;
      const turn = () => {
        sort[what] = { key: column.key, down: sorted ? !sort[what].down : (column.numeric ?? false) };
        render();
        element.querySelector<HTMLElement>(`[data-sort="${column.key}"]`)?.focus();
      };
      return el(
        "th",
        { scope: "col", "aria-sort": order, class: column.numeric ? "numeric" : undefined },
        el(
          "button",
          { type: "button", class: "quiet", "data-sort": column.key, on: { click: turn } },
          ...say(page, column.head),
          sorted ? (sort[what].down ? " ↓" : " ↑") : "",
        ),
      );
    });
    const tab = (key: What) =>
      el(
        "button",
        {
          type: "button",
          class: "button",
          "aria-pressed": String(what === key),
          on: {
            click: () => {
              what = key;
              render();
            },
          },
        },
        ...say(page, key),
        ` ${rowsOf(page, key).length}`,
      );
    replace(
      element,
      el(
        "div",
        { class: "buttons" },
        el("span", { class: "segments", role: "group" }, tab("entities"), tab("relations")),
        el(
          "button",
          { type: "button", class: "button", on: { click: () => downloadCsv(page, what, columns, rows) } },
          ...say(page, "downloadCsv"),
        ),
        el(
          "button",
          {
            type: "button",
            class: "button",
            title: "entities.csv, relations.csv",
            on: { click: () => downloadTables(page) },
          },
          ...say(page, "asTables"),
        ),
        carried &&
          el(
            "button",
            {
              type: "button",
              class: "button",
              title: "graph.ttl",
              on: { click: () => void downloadTurtle(carried) },
            },
            ...say(page, "downloadTurtle"),
          ),
      ),
      el(
        "div",
        { class: "scroll", tabindex: 0, role: "region", "aria-label": "table" },
        el("table", {}, el("thead", {}, el("tr", {}, heads)), body),
        more,
      ),
    );
    fill();
  };
  return { element, render };
}

function rowsOf(page: Page, what: What): number[] {
  const shown = page.shown();
  const flags = what === "entities" ? shown.entities : shown.links;
  return [...flags.keys()].filter((index) => flags[index]);
}

function order(rows: number[], columns: Column[], sort: { key: string; down: boolean }): number[] {
  const column = columns.find(({ key }) => key === sort.key) ?? columns[0];
  const collator = new Intl.Collator(undefined, { numeric: true });
  const texts = new Map(rows.map((index) => [index, column.text(index)]));
  const turn = sort.down ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [texts.get(a) ?? "", texts.get(b) ?? ""];
    // The empty ones are last, whichever way the column is sorted.
    return Number(!x) - Number(!y) || turn * collator.compare(x, y) || a - b;
  });
}

function entityColumns(page: Page): Column[] {
  const { model } = page;
  const { language } = page.store.state;
  const nameText = (index: number) => {
    const name = nameOf(model.entities[index], language);
    return name.second ? `${name.first.text} ${name.second.text}` : name.first.text;
  };
  return [
    {
      key: "name",
      head: "name",
      text: nameText,
      cell: (index) => {
        const { second } = nameOf(model.entities[index], language);
        return [
          entityLink(page, index),
          second
            ? el(
                "div",
                { class: "faint" },
                el("bdi", { lang: second.language || undefined }, second.text.slice(0, 200)),
              )
            : "",
        ];
      },
    },
    {
      key: "type",
      head: "type",
      text: (index) =>
        model.entities[index].types.map((type) => kindText(model.types[type], language)).join(" | "),
      cell: (index) =>
        model.entities[index].types.flatMap((type) => saidAll(kindName(model.types[type], language))),
    },
    { key: "links", head: "links", numeric: true, text: (index) => String(page.shown().degree()[index]) },
    {
      key: "aliases",
      head: "aliases",
      text: (index) =>
        model.entities[index].aliases.map((alias) => untag(alias).text.slice(0, 200)).join(" | "),
    },
    {
      key: "evidence",
      head: "evidence",
      text: (index) =>
        model.entities[index].evidence
          .map((source) => (typeof source === "number" ? model.entities[source].id : source))
          .join("|"),
      cell: (index) => chips(page, model.entities[index].evidence, model.entities[index].rows),
    },
    { key: "id", head: "id", text: (index) => model.entities[index].id },
  ];
}

function relationColumns(page: Page): Column[] {
  const { model } = page;
  const { language } = page.store.state;
  const nameText = (index: number) => nameOf(model.entities[index], language).first.text;
  return [
    {
      key: "source",
      head: "source",
      text: (index) => nameText(model.links[index].source),
      cell: (index) => [entityLink(page, model.links[index].source)],
    },
    {
      key: "relation",
      head: "relation",
      text: (index) => kindText(model.relations[model.links[index].relation], language),
      cell: (index) => saidAll(kindName(model.relations[model.links[index].relation], language)),
    },
    {
      key: "target",
      head: "target",
      text: (index) => nameText(model.links[index].target),
      cell: (index) => [entityLink(page, model.links[index].target)],
    },
    { key: "start", head: "start", text: (index) => model.links[index].start ?? "" },
    { key: "end", head: "end", text: (index) => model.links[index].end ?? "" },
    {
      key: "confidence",
      head: "confidence",
      text: (index) => model.links[index].confidence,
      cell: (index) =>
        model.links[index].confidence ? saidAll(known(model.links[index].confidence, language)) : [],
    },
    {
      key: "note",
      head: "note",
      text: (index) => model.links[index].notes.map((note) => untag(note).text.slice(0, 400)).join(" | "),
    },
    {
      key: "evidence",
      head: "evidence",
      text: (index) =>
        model.links[index].evidence
          .map((source) => (typeof source === "number" ? model.entities[source].id : source))
          .join("|"),
      cell: (index) => chips(page, model.links[index].evidence, model.links[index].rows),
    },
  ];
}
