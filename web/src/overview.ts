/** What the network holds as a whole, while nothing is selected. */
import { el } from "./dom";
import { entityLink } from "./mention";
import type { Page } from "./page";
import { say } from "./page";
import { typeSwatch } from "./swatch";
import { isDark } from "./theme";
import { counted } from "./words";

const MOST = 12;

export function overview(page: Page): Node[] {
  const { model } = page;
  const shown = page.shown();
  const dark = isDark(page.store.state.theme);
  const item = (entity: number, count: number | null) =>
    el(
      "li",
      {},
      typeSwatch(model.types[model.entities[entity].types[0]], dark),
      el("span", { class: "name" }, entityLink(page, entity)),
      count !== null && el("span", { class: "count" }, counted(count)),
    );
  const degree = shown.degree();
  const connected = [...degree.keys()]
    .filter((entity) => degree[entity])
    .sort((a, b) => degree[b] - degree[a] || a - b)
    .slice(0, MOST);
  const isolated = model.entities.filter(
    ({ index, aside }) => shown.entities[index] && !aside && !degree[index],
  );
  const { hiddenEntities } = page.store.state;
  const { part } = model.columns;
  return [
    el("h2", {}, ...say(page, "overview")),
    ...(part
      ? [
          el(
            "p",
            { class: "hint part" },
            ...say(page, "partOf"),
            ` ${counted(part[0])} `,
            ...say(page, "entities"),
            ` · ${counted(part[1])} `,
            ...say(page, "relations"),
            ".",
          ),
        ]
      : []),
    model.entities.length === 0
      ? el("p", { class: "hint" }, ...say(page, "empty"))
      : el("p", { class: "hint" }, ...say(page, "hint")),
    ...(hiddenEntities.size
      ? [
          el("h2", {}, ...say(page, "hidden"), el("span", { class: "count" }, String(hiddenEntities.size))),
          el(
            "ul",
            { class: "ranking" },
            [...hiddenEntities].slice(0, 50).map((at) => item(at, null)),
          ),
          el(
            "button",
            {
              type: "button",
              class: "button",
              on: { click: () => page.store.set({ hiddenEntities: new Set() }) },
            },
            ...say(page, "showAgain"),
          ),
        ]
      : []),
    ...(connected.length
      ? [
          el("h2", {}, ...say(page, "mostConnected")),
          el(
            "ul",
            { class: "ranking" },
            connected.map((at) => item(at, degree[at])),
          ),
        ]
      : []),
    ...(isolated.length
      ? [
          el("h2", {}, ...say(page, "isolated"), el("span", { class: "count" }, counted(isolated.length))),
          el(
            "ul",
            { class: "ranking" },
            isolated.slice(0, MOST).map(({ index }) => item(index, null)),
          ),
        ]
      : []),
  ];
}
