/** A large network's zones: one mark each, as large as its number of entities; a click opens one. */
import { el, replace, svg } from "./dom";
import type { Page } from "./page";
import { say, sayPlain } from "./page";
import { isDark } from "./theme";
import { onGround } from "./colour";
import { counted, nameOf, shorten } from "./words";

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
  const edge = (places: number[], turn: 1 | -1) =>
    turn * Math.max(...filled.map((i) => turn * places[i] + radius[i]));
  const [west, north, east, south] = [edge(x, -1), edge(y, -1), edge(x, 1), edge(y, 1)];
  const size = Math.max(east - west, south - north) / 48;
  const room = { x: 7.5 * size, y: 3 * size };
  const box = [west - room.x, north - size, east - west + 2 * room.x, south - north + size + room.y];
  const drawn = links.filter(([a, b]) => count[a] && count[b]);
  const most = Math.max(1, ...drawn.map(([, , relations]) => relations));
  const lines = drawn.map(([a, b, relations]) =>
    svg("path", {
      d: `M${x[a]} ${y[a]}L${x[b]} ${y[b]}`,
      "stroke-width": ((size / 2) * Math.sqrt(relations / most) + size / 40).toFixed(2),
      "stroke-opacity": (0.08 + 0.4 * Math.sqrt(relations / most)).toFixed(2),
    }),
  );
  const named = roomy(page, overview, filled, size);
  const marks = filled.map((i) => {
    const group = mark(page, overview, i, size);
    if (!named.has(i)) group.classList.add("tight");
    return group;
  });
  return svg(
    "svg",
    { viewBox: box.join(" "), role: "group", "aria-label": sayPlain(page, "zones") },
    svg("g", { class: "between", "aria-hidden": "true" }, ...lines),
    ...marks,
  );
}

function nameOfZone(page: Page, { centre }: Overview, i: number): string {
  const entity = centre[i];
  return entity === null
    ? sayPlain(page, "otherZones")
    : nameOf(page.model.entities[entity], page.store.state.language).first.text;
}

/** Returns the marks whose names find room, the largest first; the others tell theirs when pointed at. */
function roomy(page: Page, overview: Overview, filled: number[], size: number): Set<number> {
  const { x, y, radius, count } = overview;
  const placed: [left: number, top: number, right: number, bottom: number][] = [];
  const named = new Set<number>();
  for (const i of [...filled].sort((a, b) => count[b] - count[a])) {
    const name = shorten(nameOfZone(page, overview, i), MOST);
    const half = (Array.from(name, (c) => (c > "\u2e7f" ? 1 : 0.58)).reduce((a, b) => a + b, 0) * size) / 2;
    const top = y[i] + radius[i];
    const box: (typeof placed)[number] = [x[i] - half, top, x[i] + half, top + 2.6 * size];
    if (placed.some((b) => b[0] < box[2] && b[2] > box[0] && b[1] < box[3] && b[3] > box[1])) continue;
    placed.push(box);
    named.add(i);
  }
  return named;
}

function mark(page: Page, overview: Overview, i: number, size: number): SVGElement {
  const { centre, x, y, radius, count } = overview;
  const entity = centre[i];
  const name = nameOfZone(page, overview, i);
  const kind = entity === null ? undefined : page.model.types[page.model.entities[entity].types[0]];
  const number = counted(count[i]);
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
      fill: onGround(kind?.colour ?? "#6b7280", isDark(page.store.state.theme)),
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
