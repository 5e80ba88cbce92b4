/** Files for the reader to keep: pictures of what is seen, tables of what is listed. */
import { ink, onGround } from "./colour";
import { csv } from "./csv";
import type { Carried } from "./carried";
import type { Kind } from "./data";
import type { Page } from "./page";
import { sayPlain } from "./page";
import { SvgPen } from "./svg";
import { tablesOf } from "./tables";
import { isDark } from "./theme";
import { turtle } from "./turtle";
import type { Word } from "./words";
import { kindText } from "./words";
import type { Pen } from "./pen";
import { font } from "./labels";
import { outline } from "./pen";
import type { Size } from "./camera";

export function save(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  window.setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Draws the picture with its ground and a small legend of what is in it. */
export function picture(
  page: Page,
  pen: Pen,
  size: Size,
  colours = ink(isDark(page.store.state.theme)),
): void {
  pen.fillStyle = colours.ground;
  pen.beginPath();
  pen.moveTo(0, 0);
  pen.lineTo(size.width, 0);
  pen.lineTo(size.width, size.height);
  pen.lineTo(0, size.height);
  pen.closePath();
  pen.fill();
  const rows = legendRows(page, size);
  pen.font = font(true, false);
  const widest = Math.max(0, ...rows.map(({ text }) => pen.measureText(text).width));
  const top = size.height - 5 - ROW * rows.length;
  page.stage.export(pen, size, colours, [{ left: 0, top, right: 36 + widest, bottom: size.height }]);
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.font = font(true, false);
  rows.forEach(({ kind, text }, i) => {
    const y = size.height - 14 - ROW * i;
    pen.fillStyle = onGround(kind.colour ?? "#6b7280", colours.dark);
    pen.beginPath();
    outline(pen, kind.shape ?? "dot", 16, y, 5);
    pen.fill();
    pen.fillStyle = colours.text;
    pen.fillText(text, 28, y);
  });
}

/** The height of a row of the legend in a picture. */
const ROW = 17;

/** Returns the types of what is shown, as many as find room, with their names. */
function legendRows(page: Page, { height }: Size): { kind: Kind; text: string }[] {
  const { types, entities } = page.model;
  const shown = page.shown();
  const used = new Set(
    entities.filter(({ index }) => shown.entities[index]).map((entity) => entity.types.at(0)),
  );
  return types
    .filter((_, type) => used.has(type))
    .slice(0, Math.floor(height / 2 / ROW))
    .map((kind) => ({ kind, text: kindText(kind, page.store.state.language) }));
}

export function downloadPng(page: Page): void {
  const { width, height } = page.stage.extent;
  const canvas = document.createElement("canvas");
  canvas.width = width * 2;
  canvas.height = height * 2;
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.scale(2, 2);
  picture(page, pen, { width, height });
  canvas.toBlob((blob) => {
    if (blob) save(blob, "network.png");
  }, "image/png");
}

export function downloadSvg(page: Page): void {
  const size = page.stage.extent;
  const pen = new SvgPen(size);
  picture(page, pen, size);
  save(new Blob([pen.text()], { type: "image/svg+xml" }), "network.svg");
}

export function downloadTables(page: Page): void {
  const { entities, relations } = tablesOf(page.model, page.shown());
  save(new Blob(["\ufeff", entities], { type: "text/csv" }), "entities.csv");
  save(new Blob(["\ufeff", relations], { type: "text/csv" }), "relations.csv");
}

export async function downloadTurtle(carried: Carried): Promise<void> {
  const text = turtle(await carried.triples(), carried.asked().prefixes);
  save(new Blob([text], { type: "text/turtle" }), "graph.ttl");
}

export function downloadCsv(
  page: Page,
  what: string,
  columns: { head: Word; text: (index: number) => string }[],
  rows: number[],
): void {
  const head = columns.map((column) => sayPlain(page, column.head));
  const text = csv([head, ...rows.map((index) => columns.map((column) => column.text(index)))]);
  // The mark at the beginning is what makes spreadsheets read the file as UTF-8.
  save(new Blob(["\ufeff", text], { type: "text/csv" }), `${what}.csv`);
}
