/** An answer as the page shows it: a table whose cells open what they speak of, or triples as text. */
import type { Found } from "./answers";
import type { Question } from "./asked";
import { named } from "./asked";
import { csv } from "./csv";
import { el, isAddress, link, said, saidAll } from "./dom";
import { save } from "./download";
import { entityLink } from "./mention";
import type { Page } from "./page";
import { say } from "./page";
import type { Meanings, Term } from "./results";
import { compact, isNumeric, spokenOf, textOf } from "./results";
import { chips } from "./sources";
import type { Spoken } from "./words";
import { counted, isWord, kindName, kindText, known, nameOf, shorten, word } from "./words";

/** So many rows are put in at once; more come as the reader goes down. */
const CHUNK = 200;
/** So many characters of one value are shown; the file has it whole. */
const MOST = 400;

export interface Shown {
  page: Page;
  meaning: Meanings;
  prefixes: Record<string, string>;
  /** Null where the reader wrote the query. */
  question: Question | null;
}

type Rows = Extract<Found, { kind: "rows" }>;

export function foundElements(shown: Shown, found: Found): Node[] {
  const { page } = shown;
  if (found.kind === "boolean")
    return [el("p", { class: "verdict" }, ...say(page, found.value ? "yes" : "no"))];
  if (found.kind === "graph") return triplesElements(shown, found.text);
  if (!found.rows.length) return [el("p", { class: "hint" }, ...say(page, "noRows"))];
  return rowsElements(shown, shown.question ? filledColumns(found) : found);
}

function triplesElements({ page, question }: Shown, text: string): Node[] {
  const count = text.split("\n").filter(Boolean).length;
  return [
    el(
      "div",
      { class: "buttons" },
      el("span", { class: "count" }, counted(count)),
      button(page, "download", () =>
        save(new Blob([text], { type: "application/n-triples" }), `${question?.name ?? "answer"}.nt`),
      ),
    ),
    el("pre", { class: "triples", tabindex: 0 }, shorten(text, 20_000)),
  ];
}

/** Leaves out the columns that hold nothing: a question names them for other answers. */
function filledColumns({ kind, columns, rows }: Rows): Rows {
  const kept = columns.map((_, at) => at).filter((at) => rows.some((row) => row[at]?.value));
  return { kind, columns: kept.map((at) => columns[at]), rows: rows.map((row) => kept.map((at) => row[at])) };
}

function rowsElements(shown: Shown, found: Rows): Node[] {
  const { page, question } = shown;
  const numeric = found.columns.map((_, at) => found.rows.every((row) => !row[at] || isNumeric(row[at])));
  const marked = spokenOf(page.model, shown.meaning, found.rows, drawnColumns(question, found.columns));
  const body = el("tbody", {});
  const more = el(
    "button",
    { type: "button", class: "button", on: { click: () => fill() } },
    ...say(page, "more"),
  );
  let filled = 0;
  const fill = () => {
    for (const row of found.rows.slice(filled, filled + CHUNK))
      body.append(
        el(
          "tr",
          {},
          row.map((term, at) =>
            el(
              "td",
              { class: numeric[at] ? "numeric" : isLong(term) ? "long" : undefined },
              cell(shown, found.columns[at], term),
            ),
          ),
        ),
      );
    filled += CHUNK;
    more.hidden = filled >= found.rows.length;
  };
  fill();
  const heads = found.columns.map((name, at) =>
    el("th", { scope: "col", class: numeric[at] ? "numeric" : undefined }, ...saidAll(headOf(shown, name))),
  );
  const show = () => {
    page.store.set({ marked, selected: null, path: null, focus: 0, view: "network", drawer: "none" });
    page.stage.frameOn(marked.entities);
  };
  return [
    el(
      "div",
      { class: "buttons" },
      el("span", { class: "count" }, `${found.rows.length} `, ...say(page, "rows")),
      marked.entities.size > 0 && button(page, "inNetwork", show),
      button(page, "downloadCsv", () => download(shown, found)),
    ),
    el(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "answer" },
      el("table", {}, el("thead", {}, el("tr", {}, heads)), body),
      more,
    ),
  ];
}

function isLong(term: Term | null): boolean {
  return term?.type === "literal" && term.value.length > 60;
}

function button(page: Page, key: "inNetwork" | "downloadCsv" | "download", act: () => void): HTMLElement {
  return el("button", { type: "button", class: "button", on: { click: act } }, ...say(page, key));
}

/** Returns where the columns stand that a question's network is drawn from. */
function drawnColumns(question: Question | null, columns: string[]): number[] | null {
  if (question?.show[0] !== "network") return null;
  const drawn = question.show.slice(2).map((name) => columns.indexOf(name));
  return drawn.includes(-1) ? null : drawn;
}

function headOf({ page, question }: Shown, name: string): Spoken[] {
  const { language } = page.store.state;
  if (!question) return [{ text: name, language: "" }];
  if (Object.hasOwn(question.columns, name)) return kindName(named(question.columns[name], name), language);
  const { types, properties } = page.model;
  const kind = [...types, ...properties].find((one) => one.word === name);
  if (kind) return kindName(kind, language);
  return isWord(name) ? word(name, language) : [{ text: name.replaceAll("_", " "), language: "en" }];
}

function cell(shown: Shown, column: string, term: Term | null): (Node | string)[] {
  const { page, meaning } = shown;
  const { model } = page;
  const { language } = page.store.state;
  if (!term) return [];
  if (term.type === "literal") {
    if (shown.question && !term["xml:lang"]) {
      const sources = term.value.split(" ").map((id) => model.byId().get(id));
      const documents = sources.filter((at) => at !== undefined && model.entities[at].aside) as number[];
      if (documents.length === sources.length) return chips(page, documents, []);
      if (column === "confidence") return saidAll(known(term.value, language));
    }
    return [said({ text: shorten(term.value, MOST), language: term["xml:lang"] ?? "" })];
  }
  if (term.type !== "uri") return [el("bdi", {}, shorten(textOf(term), MOST))];
  const found = meaning(term.value);
  switch (found?.kind) {
    case "entity":
      return [entityCell(page, found.index)];
    case "link": {
      const { source, relation, target } = model.links[found.index];
      return [
        entityCell(page, source),
        " ",
        ...saidAll(kindName(model.relations[relation], language)),
        " ",
        entityCell(page, target),
      ];
    }
    case "type":
      return saidAll(kindName(model.types[found.index], language));
    case "relation":
      return saidAll(kindName(model.relations[found.index], language));
    case "property":
      return saidAll(kindName(model.properties[found.index], language));
    default: {
      const short = compact(term.value, shown.prefixes);
      const own = short !== term.value || term.value.startsWith(model.columns.base);
      return [
        !own && isAddress(term.value)
          ? link(term.value, shorten(term.value, 90))
          : el("bdi", {}, shorten(short, MOST)),
      ];
    }
  }
}

/** An entity that opens beside the answer, which stays. */
function entityCell(page: Page, entity: number): HTMLElement {
  return entityLink(page, entity, { view: "questions" });
}

/** Saves the answer as CSV: names as the page shows them, and beside each entity its id. */
function download(shown: Shown, found: Rows): void {
  const { page, meaning, question } = shown;
  const { model } = page;
  const { language } = page.store.state;
  const entity = (term: Term | null) => {
    const one = term?.type === "uri" ? meaning(term.value) : null;
    return one?.kind === "entity" ? model.entities[one.index] : null;
  };
  const ids = found.columns.map((_, at) => found.rows.some((row) => entity(row[at])));
  const text = (term: Term | null) => {
    const one = term?.type === "uri" ? meaning(term.value) : null;
    if (one?.kind === "entity") return nameOf(model.entities[one.index], language).first.text;
    if (one?.kind === "relation") return kindText(model.relations[one.index], language);
    if (one?.kind === "type") return kindText(model.types[one.index], language);
    return textOf(term);
  };
  const lines = found.rows.map((row) =>
    row.flatMap((term, at) => (ids[at] ? [text(term), entity(term)?.id ?? textOf(term)] : [text(term)])),
  );
  const head = found.columns.flatMap((name, at) => (ids[at] ? [name, `${name} id`] : [name]));
  save(
    new Blob(["\ufeff", csv([head, ...lines])], { type: "text/csv" }),
    `${question?.name ?? "answer"}.csv`,
  );
}
