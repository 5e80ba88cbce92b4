/** Elements made from data: text is always text, and only http(s) addresses become links. */
import type { Spoken } from "./words";

type Child = Node | string | null | false | undefined;
type Handlers = { [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void };

export interface Attributes {
  [name: string]: string | number | boolean | Handlers | undefined;
  on?: Handlers;
}

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Child | Child[])[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "object") {
      for (const [event, handler] of Object.entries(value))
        element.addEventListener(event, handler as EventListener);
    } else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
  append(element, children.flat());
  return element;
}

function append(element: Element, children: Child[]): void {
  for (const child of children)
    if (child !== null && child !== undefined && child !== false) element.append(child);
}

/** Returns a button that does something, with these words on it. */
export function button(
  act: () => void,
  words: Child | Child[],
  attributes: Attributes = {},
): HTMLButtonElement {
  return el("button", { type: "button", class: "button", on: { click: act }, ...attributes }, words);
}

export function replace(element: Element, ...children: (Child | Child[])[]): void {
  element.replaceChildren();
  append(element, children.flat());
}

/** Returns text with its language and its own direction, so that nothing around it turns. */
export function said({ text, language }: Spoken, className?: string): HTMLElement {
  return el("bdi", { lang: language || undefined, class: className }, text);
}

/** Returns the parts of a word in both languages, apart by a space. */
export function saidAll(parts: Spoken[]): Node[] {
  return parts.flatMap((part, i) => (i ? [document.createTextNode(" "), said(part)] : [said(part)]));
}

export function isAddress(text: string): boolean {
  return /^https?:\/\/[^\s"<>\\^`{|}]+$/i.test(text) && URL.canParse(text);
}

/** Returns a link to an http(s) address in a new tab, and plain text for anything else. */
export function link(address: string, text = address): HTMLElement {
  if (!isAddress(address)) return el("bdi", {}, text);
  return el(
    "a",
    { href: address, target: "_blank", rel: "noopener noreferrer", referrerpolicy: "no-referrer" },
    el("bdi", {}, text),
  );
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(
  tag: string,
  attributes: Record<string, string | number>,
  ...children: Node[]
): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}
