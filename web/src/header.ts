/** The head of the page: title, search, language, table, downloads, theme. */
import { downloadPng, downloadSvg } from "./download";
import { el, replace, svg } from "./dom";
import type { Page } from "./page";
import { say, sayPlain } from "./page";
import type { Language, Spoken } from "./words";
import { saidAll } from "./dom";

const LANGUAGES: [Language, string, string][] = [
  ["zh", "中", "中文"],
  ["en", "EN", "English"],
  ["both", "中 EN", "中文 English"],
];
const THEMES = ["auto", "light", "dark"] as const;

export function header(page: Page, search: HTMLElement): { element: HTMLElement; render: () => void } {
  const title = el("h1", {});
  const tools = el("div", { class: "tools" });
  const legend = drawerButton(page, "legend");
  const details = drawerButton(page, "details");
  const element = el("header", {}, legend.element, title, search, tools, details.element);
  const render = () => {
    const { state } = page.store;
    const focused =
      document.activeElement instanceof HTMLElement && tools.contains(document.activeElement)
        ? document.activeElement.dataset.key
        : undefined;
    replace(title, ...saidAll(titleOf(page)));
    legend.render();
    details.render();
    const next = THEMES[(THEMES.indexOf(state.theme) + 1) % THEMES.length];
    replace(
      tools,
      el(
        "span",
        { class: "segments", role: "group", "aria-label": sayPlain(page, "language") },
        LANGUAGES.map(([language, text, name]) =>
          el(
            "button",
            {
              type: "button",
              class: "button",
              "data-key": language,
              title: name,
              "aria-pressed": String(state.language === language),
              on: { click: () => page.store.set({ language }) },
            },
            text,
          ),
        ),
      ),
      el(
        "button",
        {
          type: "button",
          class: "button",
          "data-key": "table",
          "aria-pressed": String(state.view === "table"),
          on: {
            click: () =>
              page.store.set({ view: state.view === "table" ? "network" : "table", drawer: "none" }),
          },
        },
        ...say(page, "table"),
      ),
      page.carried &&
        el(
          "button",
          {
            type: "button",
            class: "button",
            "data-key": "questions",
            "aria-pressed": String(state.view === "questions"),
            on: {
              click: () =>
                page.store.set({
                  view: state.view === "questions" ? "network" : "questions",
                  drawer: "none",
                }),
            },
          },
          ...say(page, "questions"),
        ),
      el(
        "button",
        {
          type: "button",
          class: "button picture",
          "data-key": "png",
          title: sayPlain(page, "downloadPng"),
          "aria-label": sayPlain(page, "downloadPng"),
          on: { click: () => downloadPng(page) },
        },
        "PNG",
      ),
      el(
        "button",
        {
          type: "button",
          class: "button picture",
          "data-key": "svg",
          title: sayPlain(page, "downloadSvg"),
          "aria-label": sayPlain(page, "downloadSvg"),
          on: { click: () => downloadSvg(page) },
        },
        "SVG",
      ),
      el(
        "button",
        {
          type: "button",
          class: "button theme",
          "data-key": "theme",
          "aria-label": `${sayPlain(page, "theme")}: ${sayPlain(page, state.theme)}`,
          title: `${sayPlain(page, "theme")}: ${sayPlain(page, state.theme)}`,
          on: { click: () => page.store.set({ theme: next }) },
        },
        { auto: "◐", light: "☀", dark: "☾" }[state.theme],
      ),
    );
    if (focused) tools.querySelector<HTMLElement>(`[data-key="${focused}"]`)?.focus();
  };
  return { element, render };
}

export function titleOf(page: Page): Spoken[] {
  const { titles } = page.model.columns;
  const { language } = page.store.state;
  const wanted = language === "both" ? ["zh", "en"] : [language];
  const found = wanted.filter((tag) => titles[tag]).map((tag) => ({ text: titles[tag], language: tag }));
  if (found.length) return found;
  const any = Object.entries(titles).at(0);
  return [any ? { text: any[1], language: any[0] } : { text: "clustergraph", language: "" }];
}

function drawerButton(
  page: Page,
  drawer: "legend" | "details",
): { element: HTMLElement; render: () => void } {
  const lines = { legend: "M2 4H14M2 8H14M2 12H14", details: "M2 3H14V13H2ZM9 3V13" }[drawer];
  const icon = svg(
    "svg",
    { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" },
    svg("path", { d: lines, stroke: "currentColor", "stroke-width": 1.6, fill: "none" }),
  );
  const element = el(
    "button",
    {
      type: "button",
      class: "button drawer-button",
      "data-drawer-of": drawer,
      on: { click: () => page.store.set({ drawer: page.store.state.drawer === drawer ? "none" : drawer }) },
    },
    icon,
  );
  const render = () => {
    element.setAttribute("aria-label", sayPlain(page, drawer));
    element.setAttribute("aria-expanded", String(page.store.state.drawer === drawer));
  };
  return { element, render };
}
