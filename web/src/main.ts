/** Puts the page together from the data it carries. */
import { carried } from "./carried";
import type { Columns } from "./data";
import { read } from "./data";
import { details } from "./details";
import { el, replace, svg } from "./dom";
import { CanvasEngine } from "./engine-canvas";
import { PyvisEngine } from "./engine-pyvis";
import { visNetwork } from "./vis";
import { read as readHash, write as writeHash } from "./hash";
import { header, titleOf } from "./header";
import { help } from "./help";
import { keyboard } from "./keyboard";
import { legend } from "./legend";
import { Model } from "./model";
import type { Page } from "./page";
import { say, sayPlain } from "./page";
import type { Engine } from "./scene";
import { onScreen } from "./onscreen";
import { questions } from "./questions";
import { search } from "./search";
import { Stage } from "./stage";
import type { State } from "./state";
import { FILTERS, Store } from "./state";
import { status } from "./status";
import { table } from "./table";
import { arrangements } from "./arrangements";
import { comparison } from "./compare";
import { announcer } from "./live";
import { paper } from "./paper";
import { pictureOf } from "./pictures";
import { zones } from "./zones";
import { applyTheme, isDark, onSystemTheme } from "./theme";
import { ink } from "./colour";
import type { Visible } from "./visible";
import { lit, visible } from "./visible";

function opening(model: Model, columns: Columns): State {
  // What stands aside is out of the drawing until somebody asks for it; search and table find it.
  const aside = model.types.map((kind, i) => (kind.aside ? i : -1)).filter((i) => i >= 0);
  return {
    language: columns.language,
    theme: "auto",
    selected: null,
    hover: null,
    focus: 0,
    path: null,
    hiddenTypes: columns.aside.length ? new Set(aside) : new Set(),
    hiddenRelations: new Set(),
    hiddenConfidences: new Set(),
    hiddenEvidence: new Set(),
    hiddenEntities: new Set(),
    period: null,
    undated: true,
    marked: null,
    compared: null,
    arrangement: model.pictures.some(({ name }) => name === columns.arrangement)
      ? (columns.arrangement ?? "network")
      : "network",
    pins: new Map(),
    zone: null,
    view: columns.overview ? "zones" : "network",
    drawer: "none",
  };
}

function engineFor(columns: Columns): Engine {
  return columns.engine === "pyvis" ? new PyvisEngine(visNetwork) : new CanvasEngine();
}

function build(columns: Columns, root: HTMLElement, licences: string): void {
  const model = new Model(columns);
  const start = opening(model, columns);
  const given = readHash(model, window.location.hash);
  const store = new Store({ ...start, ...given.change }, start);
  const stage = new Stage(model, store, engineFor(columns));
  let shown: Visible = visible(model, store.state);
  const page: Page = { model, store, stage, shown: () => shown, carried: columns.answers ? carried() : null };

  const found = search(page);
  const head = header(page, found.element);
  const left = legend(page);
  const right = details(page);
  const rows = table(page);
  const desk = questions(page);
  const versus = comparison(page);
  const switcher = arrangements(page);
  const live = announcer(page);
  const summary = zones(page);
  stage.element.append(paper(page));
  const foot = status(page);
  const helper = help(page, licences);
  const empty = el("p", { class: "empty", hidden: true });
  const zoom = zoomButtons(page);
  stage.keepClear(switcher.element, zoom.element);
  const unmark = el("button", {
    type: "button",
    class: "button unmark",
    on: { click: () => store.set({ marked: null }) },
  });
  const shut = () =>
    el(
      "button",
      { type: "button", class: "button close", on: { click: () => store.set({ drawer: "none" }) } },
      "×",
    );
  const shutters = [shut(), shut()];
  const legendPanel = el("nav", { class: "panel left" }, shutters[0], left.element);
  const detailsPanel = el("aside", { class: "panel right" }, shutters[1], right.element);
  // In somebody else's page there is room for the drawing and little else.
  if (new URLSearchParams(window.location.search).has("embed")) root.dataset.embed = "yes";
  const main = el(
    "main",
    {},
    stage.element,
    empty,
    switcher.element,
    zoom.element,
    unmark,
    rows.element,
    desk.element,
    versus.element,
    summary.element,
    live.element,
  );
  replace(
    root,
    head.element,
    el("div", { class: "body" }, legendPanel, main, detailsPanel),
    foot.element,
    helper.element,
  );

  const words = () => {
    document.documentElement.lang = store.state.language === "en" ? "en" : "zh";
    document.title = titleOf(page)
      .map((part) => part.text)
      .join(" ");
    stage.element.setAttribute("aria-label", sayPlain(page, "drawing"));
    for (const button of shutters) button.setAttribute("aria-label", sayPlain(page, "close"));
    legendPanel.setAttribute("aria-label", sayPlain(page, "legend"));
    detailsPanel.setAttribute("aria-label", sayPlain(page, "details"));
  };
  const drawing = () => {
    stage.show(shown, lit(model, shown, store.state), store.state, ink(isDark(store.state.theme)));
    unmark.hidden = !store.state.marked;
    replace(unmark, ...say(page, "showAll"), el("span", { "aria-hidden": "true" }, " ×"));
    empty.hidden = shown.entityCount > 0;
    if (!empty.hidden) replace(empty, ...say(page, model.entities.length ? "nothing" : "empty"));
  };
  const panels = () => {
    root.dataset.drawer = store.state.drawer;
    root.dataset.view = store.state.view;
  };
  const outer = () => {
    applyTheme(store.state.theme);
    words();
    panels();
    for (const part of [head, found, summary, foot, zoom, switcher]) part.render();
  };
  const inner = () => {
    for (const part of [left, right, rows, desk, versus]) part.render();
  };
  const everything = () => {
    shown = visible(model, store.state);
    outer();
    inner();
    drawing();
  };
  const arranged = (animated: boolean) =>
    stage.arrange(pictureOf(model.pictures, store.state.arrangement), store.state.pins, animated);
  arranged(false);
  outer();
  drawing();
  stage.start(given.camera);

  const past: State[] = [];
  let undoing = false;
  let before = store.state;
  store.on((state, changed) => {
    if (changed.has("language") || changed.has("theme")) everything();
    else {
      const filtered =
        FILTERS.some((key) => changed.has(key)) ||
        (changed.has("selected") && (state.focus > 0 || before.focus > 0 || hides(model, state, before)));
      if (filtered) {
        shown = visible(model, state);
        left.render();
        foot.render();
      }
      if (["selected", "path", "compared", "pins"].some((key) => filtered || changed.has(key as keyof State)))
        right.render();
      if (changed.has("compared") || changed.has("view") || filtered) versus.render();
      if (changed.has("arrangement")) switcher.render();
      if (filtered || changed.has("view")) rows.render();
      if (changed.has("view")) desk.render();
      if (changed.has("view") || changed.has("zone")) summary.render();
      if (changed.has("drawer") || changed.has("view")) {
        panels();
        head.render();
      }
      drawing();
      if (changed.has("arrangement") || changed.has("pins")) arranged(true);
      if (changed.has("zone")) stage.fit();
    }
    live.tell(state, changed);
    if (![...changed].every((key) => key === "hover")) {
      if (!undoing) past.push(before);
      keep();
    }
    before = state;
  });
  stage.onCamera = () => keep();

  const keep = () => {
    const text = writeHash(model, store.state, start, stage.camera);
    try {
      window.history.replaceState(null, "", `#${text}`);
    } catch {
      // A frame without an address of its own (a notebook's) has nowhere to keep it.
    }
  };
  const undo = () => {
    const last = past.pop();
    if (!last) return;
    undoing = true;
    store.set({ ...last, hover: null });
    undoing = false;
  };
  window.addEventListener("hashchange", ({ newURL }) => {
    // What the address says by now may be what a movement that came to its end has written there.
    const { change, camera } = readHash(model, new URL(newURL).hash);
    store.set({ ...start, theme: store.state.theme, ...change });
    if (camera) stage.move(camera, false);
  });
  keyboard(page, { search: found.focus, help: helper.toggle, undo });
  onSystemTheme(everything);
  // The reader sees the drawing first; the panels, which take as long again, come after it.
  void onScreen().then(() => {
    inner();
    root.dataset.ready = "yes";
  });
}

/** Whether a selection shows or hides an entity that the filters would not. */
function hides(model: Model, state: State, before: State): boolean {
  return [state.selected, before.selected].some(
    (at) =>
      at !== null &&
      (state.hiddenEntities.has(at) || model.entities[at].types.every((type) => state.hiddenTypes.has(type))),
  );
}

function zoomButtons(page: Page): { element: HTMLElement; render: () => void } {
  const element = el("div", { class: "zoom" });
  const icon = (d: string) =>
    svg(
      "svg",
      { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" },
      svg("path", { d, stroke: "currentColor", "stroke-width": 1.7, fill: "none" }),
    );
  const button = (key: "zoomIn" | "zoomOut" | "fit" | "help", d: string, act: () => void) =>
    el(
      "button",
      {
        type: "button",
        class: "button",
        title: sayPlain(page, key),
        "aria-label": sayPlain(page, key),
        on: { click: act },
      },
      icon(d),
    );
  const render = () =>
    replace(
      element,
      button("zoomIn", "M8 3V13M3 8H13", () => page.stage.zoom(1.5)),
      button("zoomOut", "M3 8H13", () => page.stage.zoom(1 / 1.5)),
      button("fit", "M9.5 6.5L13 3M10 3H13V6M6.5 9.5L3 13M3 10V13H6", () => page.stage.fit()),
    );
  return { element, render };
}

async function open(): Promise<void> {
  const root = document.getElementById("page");
  const block = document.getElementById("data");
  if (!root || !block) throw new Error("The page carries no data.");
  const columns = await read(block);
  block.remove();
  build(columns, root, document.getElementById("licences")?.textContent ?? "");
}

function fail(error: unknown): void {
  const place = document.getElementById("page") ?? document.body;
  const text = error instanceof Error ? error.message : String(error);
  const message = document.createElement("p");
  message.className = "failure";
  message.setAttribute("role", "alert");
  message.textContent = `页面未能打开 · The page could not be opened: ${text}`;
  if (place.dataset.ready) place.prepend(message);
  else place.replaceChildren(message);
  console.error(error);
}

window.addEventListener("error", (event) => fail(event.error ?? event.message));
window.addEventListener("unhandledrejection", (event) => fail(event.reason));
open().catch(fail);
