/** Everything that can be done, done by keys. */
import { nextArrangement } from "./arrangements";
import type { Page } from "./page";
import type { Change } from "./state";
import type { Direction } from "./walk";
import { arrive, walk } from "./walk";

const ARROWS = new Map<string, Direction>([
  ["ArrowLeft", [-1, 0]],
  ["ArrowRight", [1, 0]],
  ["ArrowUp", [0, -1]],
  ["ArrowDown", [0, 1]],
]);

/** So many pixels an arrow moves what is selected, with Shift. */
const NUDGE = 16;

export interface Actions {
  search: () => void;
  help: () => void;
  undo: () => void;
}

export function keyboard(page: Page, actions: Actions): void {
  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (target instanceof HTMLInputElement && target.type !== "checkbox") return;
    if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return;
    if (document.querySelector("dialog[open]")) return;
    if (press(page, event, actions)) event.preventDefault();
  });
}

function press(page: Page, event: KeyboardEvent, actions: Actions): boolean {
  const { state } = page.store;
  const onStage = event.target === document.body || event.target === page.stage.element;
  const arrow = ARROWS.get(event.key);
  if (arrow && onStage) {
    if (!event.shiftKey) walk(page, arrow);
    else if (state.selected !== null) page.stage.nudge(state.selected, NUDGE * arrow[0], NUDGE * arrow[1]);
  }
  if (arrow) return onStage;
  switch (event.key) {
    case "/":
      actions.search();
      return true;
    case "?":
      actions.help();
      return true;
    case "Escape":
      page.store.set(back(page));
      return true;
    case "Enter":
      if (!onStage || state.selected === null) return false;
      if (arrive(page, state.selected)) return true;
      page.store.set({ drawer: "details" });
      document.querySelector<HTMLElement>(".details button")?.focus();
      return true;
    case "+":
    case "=":
      page.stage.zoom(1.4);
      return true;
    case "-":
      page.stage.zoom(1 / 1.4);
      return true;
    case "0":
      page.stage.fit();
      return true;
    case "t":
      page.store.set({ view: state.view === "table" ? "network" : "table" });
      return true;
    case "q":
      if (!page.carried) return false;
      page.store.set({ view: state.view === "questions" ? "network" : "questions" });
      return true;
    case "a":
      nextArrangement(page);
      return true;
    case "u":
      actions.undo();
      return true;
  }
  return state.selected !== null && pressOn(page, event.key, state.selected);
}

function pressOn(page: Page, key: string, selected: number): boolean {
  const { focus, hiddenEntities } = page.store.state;
  switch (key) {
    case "f":
      page.store.set({ focus: focus ? 0 : 1, view: "network" });
      page.stage.fit();
      return true;
    case "1":
    case "2":
    case "3":
      page.store.set({ focus: Number(key) as 1 | 2 | 3 });
      page.stage.fit();
      return true;
    case "p":
      page.store.set({ path: { from: selected, to: null }, focus: 0 });
      return true;
    case "c":
      page.store.set({ compared: { from: selected, to: null }, path: null, focus: 0, view: "network" });
      return true;
    case "h":
      page.store.set({ hiddenEntities: new Set([...hiddenEntities, selected]), selected: null, focus: 0 });
      return true;
  }
  return false;
}

/** One step back: from the drawer, the path, the focus, the selection, the table, in this order. */
function back(page: Page): Change {
  const { state } = page.store;
  const narrow = window.matchMedia("(max-width: 1100px)").matches;
  if (state.drawer !== "none" && narrow) return { drawer: "none" };
  if (state.view === "compare") return { view: "network", compared: null };
  if (state.compared) return { compared: null };
  if (state.path) return { path: null };
  if (state.focus) return { focus: 0 };
  if (state.selected !== null) return { selected: null, drawer: "none" };
  if (state.marked) return { marked: null };
  if (page.model.columns.overview && state.view === "network") return { zone: null, view: "zones" };
  if (state.view !== page.store.opening.view) return { view: page.store.opening.view };
  return {};
}
