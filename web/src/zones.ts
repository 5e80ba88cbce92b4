/** A large network's zones: one mark each, as large as its number of entities; a click opens one. */
import { el, replace, svg } from "./dom";
import type { Page } from "./page";
import { say, sayPlain } from "./page";
import { isDark } from "./theme";
import { onGround } from "./colour";
import { figure, nameOf, shorten } from "./words";

/** So many characters of a name stand beside a mark. */
const MOST = 26;

export function zones(page: Page): { element: HTMLElement; render: () => void } {
  const element = el("div", { class: "zones-view", hidden: true });
  const back = el("button", {
    type: "button",
    class: "button all-zones",
    on: { click: () => page.store.set({ view: "zones", zone: null, selected: null }) },
  });
  const { overview } = page.model.columns;
  const render = () => {
    const { view, zone } = page.store.state;
    if (!overview) return;
    element.hidden = view !== "zones" && (view !== "network" || zone === null);
    element.dataset.opened = view === "zones" ? "no" : "yes";
    if (element.hidden) return;
    replace(back, "← ", ...say(page, "allZones"));
    if (view === "zones")
      replace(element, el("p", { class: "hint" }, ...say(page, "zonesHint")), drawing(page, overview));
    else replace(element, back);
  };
  return { element, render };
}

type Overview = NonNullable<Page["model"]["columns"]["overview"]>;

function drawing(page: Page, overview: Overview): Element {
  const { x, y, radius, count, links } = overview;
  const filled = count.map((_, i) => i).filter((i) => count[i]);
  const edge = (places: number[], turn: 1 | -1, room: number) =>
    turn * Math.max(...filled.map((i) => turn * places[i] + radius[i] + room));
  const [left, top] = [edge(x, -1, 150), edge(y, -1, 20)];
  const [width, height] = [edge(x, 1, 150) - left, edge(y, 1, 70) - top];
  const most = Math.max(1, ...links.map(([, , relations]) => relations));
  const size = Math.max(width, height) / 62;
  const lines = links.map(([a, b, relations]) =>
    svg("path", {
      d: `M${x[a]} ${y[a]}L${x[b]} ${y[b]}`,
      "stroke-width": ((size / 2) * Math.sqrt(relations / most) + size / 40).toFixed(2),
      "stroke-opacity": (0.08 + 0.4 * Math.sqrt(relations / most)).toFixed(2),
    }),
  );
  const marks = filled.map((i) => mark(page, overview, i, size));
  return svg(
    "svg",
    { viewBox: [left, top, width, height].join(" "), role: "group", "aria-label": sayPlain(page, "zones") },
    svg("g", { class: "between", "aria-hidden": "true" }, ...lines),
    ...marks,
  );
}

function mark(page: Page, { centre, x, y, radius, count }: Overview, i: number, size: number): SVGElement {
  const { language, theme } = page.store.state;
  const entity = centre[i];
  const name =
    entity === null ? sayPlain(page, "otherZones") : nameOf(page.model.entities[entity], language).first.text;
  const kind = entity === null ? undefined : page.model.types[page.model.entities[entity].types[0]];
  const number = figure(String(count[i]));
  const open = () => page.store.set({ zone: i, view: "network" });
  const text = (dy: number, content: string, kind: string) => {
    const line = svg("text", {
      x: x[i],
      y: y[i] + radius[i] + dy * size,
      "font-size": size.toFixed(1),
      class: kind,
    });
    line.textContent = content;
    return line;
  };
  const group = svg(
    "g",
    {
      class: "zone",
      role: "button",
      tabindex: 0,
      "aria-label": `${shorten(name, 120)}, ${number} ${sayPlain(page, "entities")}`,
    },
    svg("circle", {
      cx: x[i],
      cy: y[i],
      r: radius[i],
      fill: onGround(kind?.colour ?? "#6b7280", isDark(theme)),
    }),
    text(1.2, shorten(name, MOST), "name"),
    text(2.4, number, "number"),
  );
  group.addEventListener("click", open);
  group.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    open();
  });
  return group;
}
