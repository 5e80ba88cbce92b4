/** The foot of the page: how much of the network is shown, and which keys help. */
import { el, replace } from "./dom";
import type { Page } from "./page";
import { say, sayPlain } from "./page";
import { counted, type Word } from "./words";

const KEYS: [string[], Word][] = [
  [["/"], "search"],
  [["←", "↑", "→", "↓"], "walk"],
  [["F"], "focus"],
  [["P"], "path"],
  [["Esc"], "clear"],
  [["?"], "help"],
];

const SHORT: Partial<Record<Word, string>> = { search: "search", path: "path" };

export function status(page: Page): { element: HTMLElement; render: () => void } {
  const counts = el("p", { class: "counts", role: "status" });
  const keys = el("p", { class: "keys", "aria-hidden": "true" });
  const element = el("footer", {}, counts, keys);
  const render = () => {
    const { model } = page;
    const shown = page.shown();
    const parts: (Node | string)[] = [
      `${counted(shown.entityCount)}/${counted(model.entities.length)} `,
      ...say(page, "entities"),
      ` · ${counted(shown.linkCount)}/${counted(model.links.length)} `,
      ...say(page, "relations"),
      ` · ${counted(model.sources())} `,
      ...say(page, "sources"),
    ];
    const now = parts.map((part) => (typeof part === "string" ? part : part.textContent)).join("");
    // Only what changed is worth a screen reader's breath.
    if (counts.textContent !== now) replace(counts, parts);
    replace(
      keys,
      KEYS.map(([caps, key]) => [
        ...caps.map((cap) => el("kbd", {}, cap)),
        el(
          "span",
          {},
          page.store.state.language === "zh"
            ? sayPlain(page, key).slice(0, 4)
            : (SHORT[key] ?? page.store.state.language === "both")
              ? (SHORT[key] ?? english(page, key))
              : english(page, key),
        ),
      ]).flat(),
    );
  };
  return { element, render };
}

function english(page: Page, key: Word): string {
  const text = sayPlain(page, key);
  return text.split(" ").at(-1)?.toLowerCase() ?? text;
}
