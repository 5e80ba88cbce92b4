/** A pen that writes SVG, so that the drawing code serves the screen and the file alike. */
import type { Size } from "./camera";
import type { Pen } from "./pen";

/** Returns text that XML 1.0 can hold, with its marks escaped. */
export function xml(text: string): string {
  return (
    text
      .toWellFormed()
      // XML 1.0 forbids these even when escaped.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
  );
}

const round = (value: number) => String(Math.round(value * 10) / 10);

export class SvgPen implements Pen {
  fillStyle: string | CanvasGradient | CanvasPattern = "#000";
  strokeStyle: string | CanvasGradient | CanvasPattern = "#000";
  lineWidth = 1;
  lineJoin: CanvasLineJoin = "miter";
  lineCap: CanvasLineCap = "butt";
  globalAlpha = 1;
  font = "12px sans-serif";
  textAlign: CanvasTextAlign = "start";
  textBaseline: CanvasTextBaseline = "alphabetic";
  private path = "";
  private dash: number[] = [];
  private parts: string[] = [];
  private ruler = document.createElement("canvas").getContext("2d");

  constructor(private size: Size) {}

  beginPath(): void {
    this.path = "";
  }
  moveTo(x: number, y: number): void {
    this.path += `M${round(x)} ${round(y)}`;
  }
  lineTo(x: number, y: number): void {
    this.path += `L${round(x)} ${round(y)}`;
  }
  quadraticCurveTo(cx: number, cy: number, x: number, y: number): void {
    this.path += `Q${round(cx)} ${round(cy)} ${round(x)} ${round(y)}`;
  }
  /** Whole circles only: no mark has a part of one. */
  arc(x: number, y: number, r: number): void {
    this.path += `M${round(x - r)} ${round(y)}a${round(r)} ${round(r)} 0 1 0 ${round(2 * r)} 0a${round(r)} ${round(r)} 0 1 0 ${round(-2 * r)} 0`;
  }
  rect(x: number, y: number, width: number, height: number): void {
    this.path += `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}Z`;
  }
  closePath(): void {
    this.path += "Z";
  }
  setLineDash(dash: Iterable<number>): void {
    this.dash = [...dash];
  }
  fill(): void {
    if (this.path)
      this.parts.push(`<path d="${this.path}" fill="${this.paint(this.fillStyle)}"${this.alpha()}/>`);
  }
  stroke(): void {
    if (!this.path) return;
    const dash = this.dash.length ? ` stroke-dasharray="${this.dash.join(" ")}"` : "";
    this.parts.push(
      `<path d="${this.path}" fill="none" stroke="${this.paint(this.strokeStyle)}" stroke-width="${round(this.lineWidth)}" stroke-linejoin="round"${dash}${this.alpha()}/>`,
    );
  }
  fillText(text: string, x: number, y: number): void {
    this.write(text, x, y, `fill="${this.paint(this.fillStyle)}"`);
  }
  strokeText(text: string, x: number, y: number): void {
    this.write(
      text,
      x,
      y,
      `fill="none" stroke="${this.paint(this.strokeStyle)}" stroke-width="${round(this.lineWidth)}" stroke-linejoin="round"`,
    );
  }
  measureText(text: string): TextMetrics {
    if (!this.ruler) throw new Error("This browser has no canvas to measure with.");
    this.ruler.font = this.font;
    return this.ruler.measureText(text);
  }

  text(): string {
    const { width, height } = this.size;
    return `<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">\n${this.parts.join("\n")}\n</svg>\n`;
  }

  private write(text: string, x: number, y: number, paint: string): void {
    const [, weight = "400", size = "12", family = "sans-serif"] =
      /^(?:(\d+) )?([\d.]+)px (.*)$/.exec(this.font) ?? [];
    const anchor = { left: "start", start: "start", center: "middle", right: "end", end: "end" }[
      this.textAlign
    ];
    // `dominant-baseline` is not understood everywhere, so the line is put where its middle is at y.
    const base = this.textBaseline === "middle" ? y + Number(size) * 0.35 : y;
    this.parts.push(
      `<text x="${round(x)}" y="${round(base)}" font-family="${xml(family)}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" ${paint}${this.alpha()}>${xml(text)}</text>`,
    );
  }
  private alpha(): string {
    return this.globalAlpha < 1 ? ` opacity="${Math.round(this.globalAlpha * 100) / 100}"` : "";
  }
  private paint(style: string | CanvasGradient | CanvasPattern): string {
    return xml(typeof style === "string" ? style : "none");
  }
}
