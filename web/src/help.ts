/** The help: what each key does, and under which licences the page's parts stand. */
import { el, replace } from "./dom";
import type { Page } from "./page";
import { say, sayPlain } from "./page";
import type { Word } from "./words";

const KEYS: [string[], Word][] = [
  [["/"], "search"],
  [["←", "↑", "→", "↓"], "walk"],
  [["Shift", "←", "↑", "→", "↓"], "putElsewhere"],
  [["Enter"], "open"],
  [["F"], "focus"],
  [["1", "2", "3"], "steps"],
  [["P"], "path"],
  [["C"], "compare"],
  [["A"], "nextArrangement"],
  [["T"], "table"],
  [["Q"], "questions"],
  [["H"], "hide"],
  [["+"], "zoomIn"],
  [["-"], "zoomOut"],
  [["0"], "fit"],
  [["U"], "undo"],
  [["Esc"], "back"],
  [["?"], "help"],
];

export function help(page: Page, licences: string): { element: HTMLDialogElement; toggle: () => void } {
  const element = el("dialog", { class: "help" });
  const toggle = () => {
    if (element.open) {
      element.close();
      return;
    }
    element.setAttribute("aria-label", sayPlain(page, "help"));
    replace(
      element,
      el("h2", {}, ...say(page, "keys")),
      el(
        "dl",
        { class: "keys" },
        KEYS.filter(([, key]) => key !== "questions" || page.carried)
          .filter(([, key]) => key !== "nextArrangement" || page.model.pictures.length > 1)
          .map(([caps, key]) => [
            el(
              "dt",
              {},
              caps.map((cap) => el("kbd", {}, cap)),
            ),
            el("dd", {}, ...say(page, key)),
          ])
          .flat(),
      ),
      el("details", {}, el("summary", {}, ...say(page, "licences")), el("pre", { tabindex: 0 }, licences)),
      el("form", { method: "dialog" }, el("button", { class: "button" }, ...say(page, "close"))),
    );
    element.showModal();
  };
  return { element, toggle };
}
