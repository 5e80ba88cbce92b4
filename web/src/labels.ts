/** Names on the drawing: the weightiest first, each where it covers neither a mark nor another name. */
import type { Size, View } from "./camera";
import { markScale, toScreen } from "./camera";
import type { Ink } from "./colour";
import type { Pen } from "./pen";
import type { Scene } from "./scene";
import type { Name } from "./words";
import { flat, shorten } from "./words";

export interface Rectangle {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Wish {
  entity: number;
  weight: number;
  name: Name;
  /** Whether the second line is wanted too. */
  full: boolean;
  strong: boolean;
  /** A name that may cover the marks of others where there is no better place. */
  weighty: boolean;
  /** A name that must be shown, even where it covers another. */
  must: boolean;
}

export interface Placed extends Wish {
  x: number;
  y: number;
  align: "left" | "right" | "center";
  lines: { text: string; small: boolean }[];
  box: Rectangle;
}

const SANS = 'system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';
const CELL = 48;
/** Marks smaller than this, in pixels, are like grain: names may cover them. */
const TINY = 2.2;

export function font(small: boolean, strong: boolean): string {
  return `${strong && !small ? "600 " : ""}${small ? 10.5 : strong ? 14 : 12}px ${SANS}`;
}

/** Says in constant time whether a rectangle meets one that was put in before. */
export class Taken {
  private cells = new Map<number, Rectangle[]>();

  add(box: Rectangle): void {
    for (const key of this.keys(box)) {
      const cell = this.cells.get(key);
      if (cell) cell.push(box);
      else this.cells.set(key, [box]);
    }
  }

  meets(box: Rectangle): boolean {
    for (const key of this.keys(box))
      for (const other of this.cells.get(key) ?? [])
        if (
          box.left < other.right &&
          box.right > other.left &&
          box.top < other.bottom &&
          box.bottom > other.top
        )
          return true;
    return false;
  }

  private *keys(box: Rectangle): Generator<number> {
    for (let column = Math.floor(box.left / CELL); column <= Math.floor(box.right / CELL); column++)
      for (let row = Math.floor(box.top / CELL); row <= Math.floor(box.bottom / CELL); row++)
        yield column * 100003 + row;
  }
}

export class Ruler {
  private widths = new Map<string, number>();

  constructor(private pen: Pick<Pen, "measureText" | "font">) {}

  width(text: string, style: string): number {
    const key = `${style}\n${text}`;
    let found = this.widths.get(key);
    if (found === undefined) {
      this.pen.font = style;
      this.widths.set(key, (found = this.pen.measureText(text).width));
    }
    return found;
  }
}

type Spot = (typeof SPOTS)[number];
const SPOTS = [
  "right",
  "left",
  "below",
  "above",
  "rightBelow",
  "rightAbove",
  "leftBelow",
  "leftAbove",
] as const;

/** Returns the names that find room beside these marks and boxes, in the order of their weight. */
export function place(
  wishes: Wish[],
  marks: { scene: Scene; entities: Int32Array },
  view: View,
  ruler: Ruler,
  before: Rectangle[] = [],
): Placed[] {
  const { camera, size } = view;
  const { scene, entities } = marks;
  const grown = markScale(camera);
  const names = new Taken();
  const marked = new Taken();
  for (const box of before) names.add(box);
  for (const i of entities) {
    const radius = scene.radius[i] * grown;
    if (radius < TINY) continue;
    const [x, y] = toScreen(camera, size, scene.x[i], scene.y[i]);
    if (x < -20 || y < -20 || x > size.width + 20 || y > size.height + 20) continue;
    marked.add({ left: x - radius, right: x + radius, top: y - radius, bottom: y + radius });
  }
  const placed: Placed[] = [];
  for (const wish of [...wishes].sort((a, b) => b.weight - a.weight || a.entity - b.entity)) {
    const at = toScreen(camera, size, scene.x[wish.entity], scene.y[wish.entity]);
    const found = settle(wish, [...at, scene.radius[wish.entity] * grown], names, marked, { size, ruler });
    if (!found) continue;
    names.add(padded(found.box));
    placed.push(found);
  }
  return placed;
}

function settle(
  wish: Wish,
  at: [number, number, number],
  names: Taken,
  marks: Taken,
  { size, ruler }: { size: Size; ruler: Ruler },
): Placed | null {
  let first: Placed | null = null;
  let covering: Placed | null = null;
  for (const full of wish.full && wish.name.second ? [true, false] : [false]) {
    const text = measured(wish, full, ruler);
    for (const spot of SPOTS) {
      const label = lay(wish, text, at, spot);
      first ??= label;
      const { left, right, top, bottom } = label.box;
      if (left < 2 || right > size.width - 2 || top < 2 || bottom > size.height - 2 || names.meets(label.box))
        continue;
      if (!marks.meets(label.box)) return label;
      covering ??= label;
    }
  }
  if (wish.weighty && covering) return covering;
  return wish.must && first ? within(first, size) : null;
}

/** Returns a name moved so that nothing of it is cut off. */
function within(label: Placed, size: Size): Placed {
  const { left, top, right, bottom } = label.box;
  const dx = Math.max(2 - left, Math.min(0, size.width - 2 - right));
  const dy = Math.max(2 - top, Math.min(0, size.height - 2 - bottom));
  return {
    ...label,
    x: label.x + dx,
    y: label.y + dy,
    box: { left: left + dx, top: top + dy, right: right + dx, bottom: bottom + dy },
  };
}

/** The lines of a name, and how much room they take. */
type Text = Pick<Placed, "lines"> & Size;

function measured(wish: Wish, full: boolean, ruler: Ruler): Text {
  const lines = wrapped(flat(shorten(wish.name.first.text, 90))).map((text) => ({ text, small: false }));
  if (full && wish.name.second) lines.push({ text: flat(shorten(wish.name.second.text, 40)), small: true });
  return {
    lines,
    width: Math.max(...lines.map((line) => ruler.width(line.text, font(line.small, wish.strong)))),
    height: lines.reduce((sum, line) => sum + lineHeight(line.small, wish.strong), 0),
  };
}

function lay(
  wish: Wish,
  { lines, width, height }: Text,
  [x, y, radius]: [number, number, number],
  spot: Spot,
): Placed {
  const gap = radius + 5;
  const [left, top] = {
    right: [x + gap, y - height / 2],
    left: [x - gap - width, y - height / 2],
    below: [x - width / 2, y + gap - 2],
    above: [x - width / 2, y - gap - height + 2],
    rightBelow: [x + gap * 0.75, y + gap * 0.45],
    rightAbove: [x + gap * 0.75, y - gap * 0.45 - height],
    leftBelow: [x - gap * 0.75 - width, y + gap * 0.45],
    leftAbove: [x - gap * 0.75 - width, y - gap * 0.45 - height],
  }[spot];
  const align = spot.startsWith("right") ? "left" : spot.startsWith("left") ? "right" : "center";
  const anchor = { left, right: left + width, center: left + width / 2 }[align];
  return {
    ...wish,
    x: anchor,
    y: top,
    align,
    lines,
    box: { left, top, right: left + width, bottom: top + height },
  };
}

/** So many characters stand on one line of a name. */
const LINE = 30;

/** Returns a long name of several words as two lines of much the same length; only the second is cut. */
function wrapped(text: string): string[] {
  const spaces = [...text.matchAll(/ /g)].map(({ index }) => index).filter((at) => at <= LINE);
  if (text.length <= 24 || !spaces.length) return [shorten(text, LINE)];
  const middle = spaces.reduce((best, at) =>
    Math.abs(at - text.length / 2) < Math.abs(best - text.length / 2) ? at : best,
  );
  return [text.slice(0, middle), shorten(text.slice(middle + 1), LINE)];
}

function lineHeight(small: boolean, strong: boolean): number {
  return small ? 13 : strong ? 17 : 15;
}

function padded(box: Rectangle): Rectangle {
  return { left: box.left - 2, top: box.top - 1, right: box.right + 2, bottom: box.bottom + 1 };
}

export function paintLabels(pen: Pen, labels: Placed[], ink: Ink): void {
  pen.lineJoin = "round";
  pen.textBaseline = "middle";
  for (const label of labels) {
    let y = label.y;
    pen.textAlign = label.align;
    for (const line of label.lines) {
      const height = lineHeight(line.small, label.strong);
      pen.font = font(line.small, label.strong);
      pen.strokeStyle = ink.halo;
      pen.lineWidth = 4;
      pen.strokeText(line.text, label.x, y + height / 2);
      pen.fillStyle = line.small ? ink.faint : ink.text;
      pen.fillText(line.text, label.x, y + height / 2);
      y += height;
    }
  }
}

/** Draws a relation's name in a small plate on its line. */
export function paintPlate(
  pen: Pen,
  plate: { text: string; spot: [x: number, y: number]; colour: string },
  ink: Ink,
  ruler: Ruler,
): Rectangle {
  const { text, colour } = plate;
  const [x, y] = plate.spot;
  const style = font(true, false);
  const width = ruler.width(text, style) + 12;
  const box = { left: x - width / 2, right: x + width / 2, top: y - 8, bottom: y + 8 };
  pen.beginPath();
  const r = 8;
  pen.moveTo(box.left + r, box.top);
  pen.lineTo(box.right - r, box.top);
  pen.quadraticCurveTo(box.right, box.top, box.right, y);
  pen.quadraticCurveTo(box.right, box.bottom, box.right - r, box.bottom);
  pen.lineTo(box.left + r, box.bottom);
  pen.quadraticCurveTo(box.left, box.bottom, box.left, y);
  pen.quadraticCurveTo(box.left, box.top, box.left + r, box.top);
  pen.closePath();
  pen.fillStyle = ink.ground;
  pen.fill();
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  pen.stroke();
  pen.font = style;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = ink.text;
  pen.fillText(text, x, y + 0.5);
  return box;
}
