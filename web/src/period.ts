/** The period: how many relations each year holds, and from when to when they are shown. */
import { el, svg } from "./dom";
import { yearOf } from "./model";
import type { Page } from "./page";
import { say, sayPlain } from "./page";

interface Range {
  from: number;
  to: number;
  /** How many relations begin in each year. */
  counts: number[];
}

function years(page: Page): Range | null {
  const spans: [number, number][] = [];
  for (const link of page.model.links) {
    const start = yearOf(link.start);
    const end = yearOf(link.end);
    if (start !== null || end !== null) spans.push([start ?? end ?? 0, end ?? start ?? 0]);
  }
  if (!spans.length) return null;
  const from = spans.reduce((least, [year]) => Math.min(least, year), Infinity);
  const to = spans.reduce((most, [start, end]) => Math.max(most, start, end), -Infinity);
  if (to - from > 3000) return null;
  const counts = new Array<number>(to - from + 1).fill(0);
  for (const [start] of spans) counts[start - from] += 1;
  return { from, to, counts };
}

export function periodPanel(page: Page): { render: () => HTMLElement | null } {
  /** Counted when it is first shown: a large network has many dates. */
  let range: Range | null | undefined;
  let playing = 0;

  const set = (from: number, to: number) => {
    if (!range) return;
    const [low, high] = from <= to ? [from, to] : [to, from];
    page.store.set({ period: low === range.from && high === range.to ? null : [low, high] });
  };

  const stop = () => {
    window.clearInterval(playing);
    playing = 0;
  };

  const play = () => {
    if (!range) return;
    if (playing) {
      stop();
      page.store.set({ period: page.store.state.period && [...page.store.state.period] });
      return;
    }
    const span = Math.max(1, Math.ceil((range.to - range.from) / 8));
    let at = range.from;
    const { to } = range;
    const step = () => {
      if (at + span > to) {
        stop();
        page.store.set({ period: null });
        return;
      }
      page.store.set({ period: [at, at + span] });
      at += 1;
    };
    playing = window.setInterval(step, 600);
    step();
  };

  const render = (): HTMLElement | null => {
    range = range === undefined ? years(page) : range;
    if (!range) return null;
    const [low, high] = page.store.state.period ?? [range.from, range.to];
    return el(
      "section",
      { class: "period" },
      el(
        "h2",
        {},
        ...say(page, "period"),
        el(
          "span",
          { class: "bulk" },
          el(
            "button",
            { type: "button", class: "quiet", "data-key": "play", on: { click: play } },
            ...say(page, playing ? "pause" : "play"),
          ),
        ),
      ),
      histogram(range, low, high),
      el(
        "div",
        { class: "sliders" },
        slider(page, "from", range, low, (year) => set(year, high)),
        slider(page, "to", range, high, (year) => set(low, year)),
      ),
      el("div", { class: "ends" }, el("output", {}, String(low)), el("output", {}, String(high))),
      el(
        "label",
        { class: "check" },
        el("input", {
          type: "checkbox",
          checked: page.store.state.undated,
          "data-key": "undated",
          on: { change: () => page.store.set({ undated: !page.store.state.undated }) },
        }),
        el("span", {}, ...say(page, "undated")),
      ),
    );
  };
  return { render };
}

function slider(
  page: Page,
  key: "from" | "to",
  range: Range,
  value: number,
  change: (year: number) => void,
): HTMLElement {
  const input = el("input", {
    type: "range",
    min: range.from,
    max: range.to,
    step: 1,
    value,
    "data-key": key,
    "aria-label": `${sayPlain(page, "period")}: ${sayPlain(page, key)}`,
    on: { input: () => change(Number(input.value)) },
  });
  return input;
}

function histogram(range: Range, low: number, high: number): SVGElement {
  const most = Math.max(...range.counts, 1);
  const width = 100 / range.counts.length;
  const bars = range.counts.map((count, i) => {
    const year = range.from + i;
    const height = count ? 2 + 32 * Math.sqrt(count / most) : 0;
    const bar = svg("rect", {
      x: (i * width).toFixed(3),
      y: (34 - height).toFixed(2),
      width: (width * 0.88).toFixed(3),
      height: height.toFixed(2),
      class: year >= low && year <= high ? "bar in" : "bar",
    });
    const title = svg("title", {});
    title.textContent = `${year}: ${count}`;
    bar.append(title);
    return bar;
  });
  return svg(
    "svg",
    { class: "histogram", viewBox: "0 0 100 34", preserveAspectRatio: "none", "aria-hidden": "true" },
    ...bars,
  );
}
