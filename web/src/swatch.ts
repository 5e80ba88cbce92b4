/** The little pictures beside a type or a relation: its shape and colour, its line and arrow. */
import { onGround } from "./colour";
import type { Kind } from "./data";
import { svg } from "./dom";
import { outline, type Pen } from "./pen";

/** Writes an outline as the text of an SVG path. */
class PathPen {
  text = "";
  moveTo(x: number, y: number): void {
    this.text += `M${x.toFixed(2)} ${y.toFixed(2)}`;
  }
  lineTo(x: number, y: number): void {
    this.text += `L${x.toFixed(2)} ${y.toFixed(2)}`;
  }
  arc(x: number, y: number, r: number): void {
    this.text += `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
  }
  closePath(): void {
    this.text += "Z";
  }
}

export function typeSwatch(kind: Kind | undefined, dark: boolean): SVGElement {
  const pen = new PathPen();
  outline(pen as unknown as Pen, kind?.shape ?? "dot", 8, 8, 5.4);
  const path = svg("path", { d: pen.text, fill: onGround(kind?.colour ?? "#6b7280", dark) });
  return svg(
    "svg",
    { class: "swatch", viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" },
    path,
  );
}

export function lineSwatch(kind: Kind, dark: boolean): SVGElement {
  const colour = onGround(kind.colour ?? "#6b7280", dark);
  const dashes = { solid: "", dashed: "6 4", dotted: "1.6 3" }[kind.line ?? "solid"];
  const line = svg("path", {
    d: "M1 8H27",
    stroke: colour,
    "stroke-width": 1.7,
    fill: "none",
    "stroke-dasharray": dashes,
  });
  const head = svg("path", { d: "M23 4.5L29 8L23 11.5", stroke: colour, "stroke-width": 1.5, fill: "none" });
  return svg(
    "svg",
    { class: "swatch wide", viewBox: "0 0 30 16", width: 30, height: 16, "aria-hidden": "true" },
    ...(kind.symmetric ? [line] : [line, head]),
  );
}
