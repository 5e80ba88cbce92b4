/** The legend: what each mark means, how many there are, and which of them are shown. */
import type { Kind } from "./data";
import { el, replace, saidAll } from "./dom";
import type { Page } from "./page";
import { say, sayPlain } from "./page";
import { periodPanel } from "./period";
import type { Change, Evidence } from "./state";
import { toggled } from "./state";
import { lineSwatch, typeSwatch } from "./swatch";
import { isDark } from "./theme";
import type { Spoken, Word } from "./words";
import { counted, kindName, kindText, known, word } from "./words";

/** So many kinds are listed before the reader asks for all. */
const MOST = 12;

interface Row {
  name: Spoken[];
  text: string;
  title: string | undefined;
  swatch: SVGElement | null;
  count: number;
  shown: boolean;
  toggle: () => void;
  only: () => void;
}

export function legend(page: Page): { element: HTMLElement; render: () => void } {
  const element = el("div", { class: "legend" });
  const period = periodPanel(page);
  let counts: ReturnType<typeof tally> | null = null;
  const unfolded = new Set<string>();

  const fold = (field: string) => {
    if (!unfolded.delete(field)) unfolded.add(field);
    render();
  };
  const render = () => {
    const { state } = page.store;
    const { model } = page;
    const { types, relations, confidences, evidence } = (counts ??= tally(page));
    const dark = isDark(state.theme);
    const focused =
      document.activeElement instanceof HTMLElement && element.contains(document.activeElement)
        ? document.activeElement.dataset.key
        : undefined;
    const kinds = (
      all: Kind[],
      tallied: Tally[],
      hidden: ReadonlySet<number>,
      field: "hiddenTypes" | "hiddenRelations",
      swatch: (kind: Kind) => SVGElement,
    ): Row[] =>
      last(all, tallied).map(({ kind, i }) => ({
        name: kindName(kind, state.language),
        text: kindText(kind, state.language),
        title: kind.definitions?.[state.language === "zh" ? "zh" : "en"],
        swatch: swatch(kind),
        count: tallied[i].all,
        shown: !hidden.has(i),
        toggle: () => page.store.set({ [field]: toggled(hidden, i) }),
        only: () => page.store.set({ [field]: new Set(all.map((_, at) => at).filter((at) => at !== i)) }),
      }));
    const section = (
      key: Word,
      rows: Row[],
      field: "hiddenTypes" | "hiddenRelations" | "hiddenConfidences" | "hiddenEvidence",
      everything: ReadonlySet<number> | ReadonlySet<string>,
    ) =>
      rows.length > 0 &&
      el(
        "section",
        {},
        el(
          "h2",
          {},
          ...say(page, key),
          el(
            "span",
            { class: "bulk" },
            el(
              "button",
              {
                type: "button",
                class: "quiet",
                "data-key": `${field}all`,
                on: { click: () => page.store.set({ [field]: new Set() }) },
              },
              ...say(page, "all"),
            ),
            el(
              "button",
              {
                type: "button",
                class: "quiet",
                "data-key": `${field}none`,
                on: { click: () => page.store.set({ [field]: everything }) },
              },
              ...say(page, "none"),
            ),
          ),
        ),
        el(
          "ul",
          { class: "rows" },
          (unfolded.has(field) || rows.length <= MOST + 2 ? rows : rows.slice(0, MOST)).map((row, i) =>
            line(page, row, `${field}${i}`),
          ),
        ),
        rows.length > MOST + 2 &&
          el(
            "button",
            {
              type: "button",
              class: "quiet fold",
              "data-key": `${field}fold`,
              "aria-expanded": String(unfolded.has(field)),
              on: { click: () => fold(field) },
            },
            ...say(page, unfolded.has(field) ? "showFewer" : "showAll"),
            unfolded.has(field) ? "" : ` (${rows.length})`,
          ),
      );
    const all = (list: unknown[]) => new Set(list.map((_, i) => i));
    replace(
      element,
      section(
        "entities",
        kinds(model.types, types, state.hiddenTypes, "hiddenTypes", (kind) => typeSwatch(kind, dark)),
        "hiddenTypes",
        all(model.types),
      ),
      section(
        "relations",
        kinds(model.relations, relations, state.hiddenRelations, "hiddenRelations", (kind) =>
          lineSwatch(kind, dark),
        ),
        "hiddenRelations",
        all(model.relations),
      ),
      period.render(),
      section(
        "confidence",
        [...confidences].map(([text, count]) => ({
          name: text ? known(text, state.language) : [{ text: sayPlain(page, "notStated"), language: "" }],
          text: text || sayPlain(page, "notStated"),
          title: undefined,
          swatch: null,
          count,
          shown: !state.hiddenConfidences.has(text),
          toggle: () => page.store.set({ hiddenConfidences: toggled(state.hiddenConfidences, text) }),
          only: () =>
            page.store.set({
              hiddenConfidences: new Set([...confidences.keys()].filter((other) => other !== text)),
            }),
        })),
        "hiddenConfidences",
        new Set(confidences.keys()),
      ),
      section(
        "evidence",
        evidence.map(([kind, key, count]) => ({
          name: word(key, state.language),
          text: sayPlain(page, key),
          title: undefined,
          swatch: null,
          count,
          shown: !state.hiddenEvidence.has(kind),
          toggle: () => page.store.set({ hiddenEvidence: toggled(state.hiddenEvidence, kind) }),
          only: () => page.store.set({ hiddenEvidence: new Set([kind === "with" ? "without" : "with"]) }),
        })),
        "hiddenEvidence",
        new Set(["with", "without"]),
      ),
      el(
        "section",
        {},
        el(
          "button",
          {
            type: "button",
            class: "button",
            "data-key": "reset",
            on: { click: () => page.store.set(unfiltered(page)) },
          },
          ...say(page, "reset"),
        ),
      ),
    );
    if (focused) element.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  };
  return { element, render };
}

function unfiltered({ store: { opening } }: Page): Change {
  const {
    hiddenTypes,
    hiddenRelations,
    hiddenConfidences,
    hiddenEvidence,
    hiddenEntities,
    period,
    undated,
    focus,
  } = opening;
  return {
    hiddenTypes,
    hiddenRelations,
    hiddenConfidences,
    hiddenEvidence,
    hiddenEntities,
    period,
    undated,
    focus,
  };
}

function line(page: Page, row: Row, key: string): HTMLElement {
  return el(
    "li",
    { title: row.title },
    el(
      "label",
      {},
      el("input", { type: "checkbox", checked: row.shown, "data-key": key, on: { change: row.toggle } }),
      row.swatch,
      el("span", { class: "name" }, ...saidAll(row.name)),
    ),
    el(
      "button",
      {
        type: "button",
        class: "quiet only",
        "data-key": `${key}only`,
        "aria-label": `${sayPlain(page, "only")} ${row.text}`,
        on: { click: row.only },
      },
      ...say(page, "only"),
    ),
    el("span", { class: "count" }, counted(row.count)),
  );
}

/** How many there are of a kind, and how many of these do not stand aside. */
interface Tally {
  all: number;
  drawn: number;
}

/** Kinds that are drawn come before those that stand aside. */
function last(all: Kind[], tallied: Tally[]): { kind: Kind; i: number }[] {
  return all
    .map((kind, i) => ({ kind, i }))
    .sort((a, b) => Number(!tallied[a.i].drawn) - Number(!tallied[b.i].drawn));
}

function tally({ model }: Page): {
  types: Tally[];
  relations: Tally[];
  confidences: Map<string, number>;
  evidence: [Evidence, Word, number][];
} {
  const none = () => ({ all: 0, drawn: 0 });
  const count = (at: Tally, drawn: boolean) => {
    at.all += 1;
    if (drawn) at.drawn += 1;
  };
  const types = model.types.map(none);
  const relations = model.relations.map(none);
  const counted = new Map<string, number>();
  for (const entity of model.entities) for (const type of entity.types) count(types[type], !entity.aside);
  for (const link of model.links) {
    count(relations[link.relation], !model.entities[link.source].aside && !model.entities[link.target].aside);
    counted.set(link.confidence, (counted.get(link.confidence) ?? 0) + 1);
  }
  const said = [...counted].sort(([a, m], [b, n]) => Number(!a) - Number(!b) || n - m);
  const documented = model.links.filter((link) => link.evidence.length).length;
  const evidence: [Evidence, Word, number][] = [
    ["with", "withEvidence", documented],
    ["without", "withoutEvidence", model.links.length - documented],
  ];
  return {
    types,
    relations,
    // A filter with one choice is none.
    confidences: new Map(said.length === 1 && said[0][0] === "" ? [] : said),
    evidence: evidence.every(([, , count]) => count) ? evidence : [],
  };
}
