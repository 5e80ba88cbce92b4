/** Two entities side by side: what each is said to be, what they share, where they differ. */
import type { Comparison, Kindred } from "./comparison";
import { compare } from "./comparison";
import { statement } from "./relations";
import { el, replace, said, saidAll } from "./dom";
import { factValue } from "./facts";
import { cards } from "./figures";
import { entityLink } from "./mention";
import type { Entity, Link } from "./model";
import type { Page } from "./page";
import { say, sayPlain, select } from "./page";
import { chips } from "./sources";
import { lineSwatch, typeSwatch } from "./swatch";
import { isDark } from "./theme";
import { passes } from "./visible";
import type { Word } from "./words";
import { counted, kindName, nameOf, shorten, untag } from "./words";

type Pair = [Entity, Entity];

export function comparison(page: Page): { element: HTMLElement; render: () => void } {
  const element = el("div", { class: "compare-view", hidden: true });
  let before: unknown;
  const render = () => {
    const { view, compared } = page.store.state;
    const to = compared?.to ?? null;
    element.hidden = view !== "compare" || to === null;
    if (view !== "compare" || !compared || to === null) return;
    const pair: Pair = [page.model.entities[compared.from], page.model.entities[to]];
    const found = compare(page.model, pair[0].index, pair[1].index);
    const scroll = el("div", { class: "scroll", tabindex: 0, role: "region" });
    scroll.setAttribute("aria-label", sayPlain(page, "comparison"));
    replace(
      scroll,
      profile(page, pair, found),
      between(page, pair, found),
      common(page, found),
      ...found.kindred.map((kindred) => kindredSection(page, pair, kindred)),
      figuresSection(page, pair),
    );
    replace(element, head(page, pair, found), scroll);
    const now = `${compared.from} ${to}`;
    if (now !== before) scroll.scrollTop = 0;
    before = now;
  };
  return { element, render };
}

function head(page: Page, [a, b]: Pair, found: Comparison): HTMLElement {
  const button = (key: Word, act: () => void, pressed?: boolean) =>
    el(
      "button",
      { type: "button", class: "button", "aria-pressed": pressed, on: { click: act } },
      ...say(page, key),
    );
  const marked = {
    entities: new Set([a.index, b.index, ...found.common.map(({ entity }) => entity)]),
    links: new Set(
      [...found.between, ...found.common.flatMap(({ links }) => links.flat())].map((l) => l.index),
    ),
  };
  return el(
    "div",
    { class: "buttons" },
    el("h2", {}, ...say(page, "comparison")),
    button("inNetwork", () => {
      page.store.set({ marked, view: "network", selected: null, focus: 0 });
      page.stage.frameOn(marked.entities);
    }),
    button("shortestPath", () =>
      page.store.set({
        path: { from: a.index, to: b.index },
        compared: null,
        view: "network",
        drawer: "details",
      }),
    ),
    button("swap", () => page.store.set({ compared: { from: b.index, to: a.index } })),
    button("close", () => page.store.set({ compared: null, view: "network" })),
  );
}

/** What the two are said to be: names, types and facts, row by row. */
function profile(page: Page, pair: Pair, found: Comparison): HTMLElement {
  const { model } = page;
  const { language } = page.store.state;
  const name = (entity: Entity) => {
    const { first, second } = nameOf(entity, language);
    return [
      el(
        "button",
        { type: "button", class: "entity name", on: { click: () => select(page, entity.index) } },
        typeSwatch(model.types[entity.types[0]], isDark(page.store.state.theme)),
        said({ ...first, text: shorten(first.text, 200) }),
      ),
      second && el("div", { class: "faint" }, said({ ...second, text: shorten(second.text, 200) })),
    ];
  };
  const row = (label: Node[], cells: (Node | string | null | false)[][], differs = false) =>
    el(
      "tr",
      { class: differs ? "differs" : undefined },
      el(
        "th",
        { scope: "row" },
        label,
        differs && el("span", { class: "aside-text" }, ...say(page, "differing")),
      ),
      cells.map((cell) => el("td", {}, cell.length ? cell : el("span", { class: "faint" }, "–"))),
    );
  const both = (key: Word, cell: (entity: Entity) => (Node | string | null | false)[]) => {
    const cells = pair.map(cell);
    return cells.some((content) => content.length) && row(say(page, key), cells);
  };
  return el(
    "table",
    { class: "compared" },
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        el("td", {}),
        pair.map((entity) => el("th", { scope: "col" }, name(entity))),
      ),
    ),
    el(
      "tbody",
      {},
      both("type", ({ types }) =>
        types.flatMap((type, i) => [i ? " · " : "", ...saidAll(kindName(model.types[type], language))]),
      ),
      both("id", ({ id }) => [el("bdi", {}, shorten(id, 120))]),
      both("aliases", ({ aliases }) =>
        aliases
          .map(untag)
          .flatMap((alias, i) => [i ? " · " : "", said({ ...alias, text: shorten(alias.text, 200) })]),
      ),
      both("links", ({ index }) => [String(page.shown().degree()[index])]),
      found.facts.map(({ property, values, differs }) =>
        row(
          saidAll(kindName(model.properties[property], language)),
          values.map((rows) => rows.map((value) => el("div", {}, factValue(page, value)))),
          differs,
        ),
      ),
      both("note", ({ notes }) =>
        notes.map(untag).map((note) => el("p", {}, said({ ...note, text: shorten(note.text, 600) }))),
      ),
      both("evidence", ({ evidence, rows }) =>
        evidence.length || rows.length ? chips(page, evidence, rows) : [],
      ),
    ),
  );
}

/** The figures about the two, measure by measure; those that contradict each other are marked. */
function figuresSection(page: Page, pair: Pair): HTMLElement | false {
  const sides = pair.map((entity) => cards(page, entity));
  const measures = [...new Set(sides.flatMap((side) => [...side.keys()]))].sort();
  return (
    measures.length > 0 &&
    section(
      say(page, "figures"),
      measures.length,
      el(
        "table",
        { class: "compared" },
        el(
          "tbody",
          {},
          measures.map((measure) =>
            el(
              "tr",
              {},
              el("th", { scope: "row" }, el("bdi", {}, shorten(measure, 120))),
              sides.map((side) => el("td", {}, side.get(measure) ?? el("span", { class: "faint" }, "–"))),
            ),
          ),
        ),
      ),
    )
  );
}

function between(page: Page, [a]: Pair, { between: links }: Comparison): HTMLElement {
  return section(
    say(page, "between"),
    links.length,
    links.length
      ? el(
          "ul",
          { class: "relations" },
          links.map((link) => {
            const kind = page.model.relations[link.relation];
            const arrow = kind.symmetric ? "↔" : link.source === a.index ? "→" : "←";
            return el(
              "li",
              { class: passes(page.model, link, page.store.state) ? undefined : "filtered" },
              el("div", {}, `${arrow} `, ...saidAll(kindName(kind, page.store.state.language))),
              ...statement(page, link),
            );
          }),
        )
      : el("p", { class: "hint" }, ...say(page, "nothingDirect")),
  );
}

/** One kind of relation: with whom both have it, and with whom only one of them. */
function kindredSection(page: Page, pair: Pair, kindred: Kindred): HTMLElement {
  const kind = page.model.relations[kindred.relation];
  const swatch = lineSwatch(kind, isDark(page.store.state.theme));
  if (!kindred.out) swatch.classList.add("back");
  const list = (others: [number, Link[]][]) =>
    others.length
      ? el(
          "ul",
          { class: "relations" },
          others.map(([other, links]) =>
            el(
              "li",
              {},
              entityLink(page, other),
              links.map((link) =>
                el(
                  "div",
                  { class: passes(page.model, link, page.store.state) ? undefined : "filtered" },
                  ...statement(page, link),
                ),
              ),
            ),
          ),
        )
      : el("span", { class: "faint" }, "–");
  const [a, b] = pair.map((entity) => nameOf(entity, page.store.state.language).first);
  const heads = [
    [said({ ...a, text: shorten(a.text, 60) })],
    say(page, "bothHave"),
    [said({ ...b, text: shorten(b.text, 60) })],
  ];
  return section(
    [swatch, el("span", {}, ...saidAll(kindName(kind, page.store.state.language)))],
    kindred.count,
    el(
      "table",
      { class: "compared kindred" },
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          heads.map((label) => el("th", { scope: "col" }, label)),
        ),
      ),
      el(
        "tbody",
        {},
        el(
          "tr",
          {},
          [kindred.first, kindred.both, kindred.second].map((others) => el("td", {}, list(others))),
        ),
      ),
    ),
  );
}

/** Who has some relation with both, and which. */
function common(page: Page, { common: found }: Comparison): HTMLElement | false {
  const words = (links: Link[]) =>
    [...new Set(links.map((link) => link.relation))].flatMap((relation, i) => [
      i ? " · " : "",
      ...saidAll(kindName(page.model.relations[relation], page.store.state.language)),
    ]);
  return (
    found.length > 0 &&
    section(
      say(page, "inCommon"),
      found.length,
      el(
        "table",
        { class: "compared" },
        el(
          "tbody",
          {},
          found.map(({ entity, links }) =>
            el(
              "tr",
              {},
              el("th", { scope: "row" }, entityLink(page, entity)),
              links.map((side) => el("td", { class: "faint" }, words(side))),
            ),
          ),
        ),
      ),
    )
  );
}

function section(title: Node[], count: number, content: Node): HTMLElement {
  return el(
    "section",
    { class: "group" },
    el("h3", {}, el("span", { class: "name" }, title), el("span", { class: "count" }, counted(count))),
    content,
  );
}
