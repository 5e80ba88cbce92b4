/** The search box: what is typed finds entities, keys and clicks choose one. */
import { secondOf } from "./choice";
import { el, replace, said, saidAll } from "./dom";
import type { Found } from "./finder";
import { Finder } from "./finder";
import type { Page } from "./page";
import { say, sayPlain, select } from "./page";
import { typeSwatch } from "./swatch";
import { isDark } from "./theme";
import { kindName, nameOf, shorten } from "./words";

const MOST = 12;
export function search(page: Page): { element: HTMLElement; render: () => void; focus: () => void } {
  let index: Finder | null = null;
  let found: Found[] = [];
  let active = -1;
  const input = el("input", {
    type: "search",
    id: "search",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    "aria-controls": "results",
    "aria-expanded": "false",
    "aria-autocomplete": "list",
  });
  const list = el("ul", { id: "results", role: "listbox", hidden: true });
  const live = el("div", { class: "aside-text", role: "status" });
  const element = el(
    "div",
    { class: "search" },
    input,
    el("kbd", { "aria-hidden": "true" }, "/"),
    list,
    live,
  );

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (at: number) => {
    const entity = found.at(at)?.entity;
    if (entity === undefined) return;
    close();
    input.value = "";
    input.blur();
    const second = secondOf(page.store.state, entity);
    if (second) page.store.set(second);
    else select(page, entity, page.model.entities[entity].aside ? {} : { focus: 0 });
  };
  const mark = (at: number) => {
    active = at;
    list.querySelectorAll("[role=option]").forEach((option, i) => {
      option.setAttribute("aria-selected", String(i === at));
      if (i === at) option.scrollIntoView({ block: "nearest" });
    });
    if (at >= 0) input.setAttribute("aria-activedescendant", `result-${at}`);
  };
  const show = () => {
    index ??= new Finder(page.model);
    found = index.find(input.value);
    const { language, theme } = page.store.state;
    const dark = isDark(theme);
    const options = found.slice(0, MOST).map(({ entity }, at) => {
      const { types } = page.model.entities[entity];
      const name = nameOf(page.model.entities[entity], language);
      const kind = page.model.types[types[0]] as (typeof page.model.types)[number] | undefined;
      return el(
        "li",
        {
          role: "option",
          id: `result-${at}`,
          "aria-selected": "false",
          on: {
            mousedown: (event) => event.preventDefault(),
            click: () => choose(at),
            mousemove: () => mark(at),
          },
        },
        typeSwatch(kind, dark),
        el(
          "span",
          { class: "name" },
          said({ ...name.first, text: shorten(name.first.text, 80) }),
          name.second && said({ ...name.second, text: shorten(name.second.text, 80) }, "faint"),
        ),
        kind && el("span", { class: "faint kind" }, ...saidAll(kindName(kind, language))),
      );
    });
    const none = input.value.trim() !== "" && !found.length;
    replace(list, options, none && el("li", { class: "none" }, ...say(page, "noResult")));
    list.hidden = !options.length && !none;
    input.setAttribute("aria-expanded", String(!list.hidden));
    live.textContent = input.value.trim() ? `${found.length} ${sayPlain(page, "results")}` : "";
    mark(options.length ? 0 : -1);
  };
  input.addEventListener("input", show);
  input.addEventListener("focus", () => {
    if (input.value) show();
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const last = Math.min(found.length, MOST) - 1;
    if (event.key === "ArrowDown") mark(active >= last ? 0 : active + 1);
    else if (event.key === "ArrowUp") mark(active <= 0 ? last : active - 1);
    else if (event.key === "Enter") choose(Math.max(active, 0));
    else if (event.key === "Escape") {
      if (!input.value) input.blur();
      input.value = "";
      close();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const render = () => {
    input.placeholder = sayPlain(page, "search");
    input.setAttribute("aria-label", sayPlain(page, "search"));
    list.setAttribute("aria-label", sayPlain(page, "search"));
  };
  return {
    element,
    render,
    focus: () => {
      input.focus();
      input.select();
    },
  };
}
