/** What lies behind the marks of some pictures: the axis of time, the outline of the land. */
import type { Camera, Size } from "./camera";
import { toScreen } from "./camera";
import type { Ink } from "./colour";
import { font } from "./labels";
import type { Pen } from "./pen";
import type { Tick } from "./data";
import type { Ground } from "./pictures";
import type { Language } from "./words";
import { monthName } from "./words";

/** Pixels between the words of two ticks, at the least. */
const YEARS_APART = 36;
const MONTHS_APART = 30;

export function paintGround(
  pen: Pen,
  ground: Ground,
  ink: Ink,
  language: Language,
  camera: Camera,
  size: Size,
): void {
  pen.setLineDash([]);
  pen.lineWidth = 1;
  paintLand(pen, ground.lines, ink, camera, size);
  if (ground.ticks.length) paintAxis(pen, ground, ink, language, camera, size);
  pen.globalAlpha = 1;
}

function paintLand(pen: Pen, lines: Int32Array[], ink: Ink, camera: Camera, size: Size): void {
  pen.strokeStyle = ink.faint;
  pen.globalAlpha = ink.dark ? 0.4 : 0.5;
  for (const line of lines) {
    pen.beginPath();
    for (let i = 0; i < line.length; i += 2) {
      const [x, y] = toScreen(camera, size, line[i], line[i + 1]);
      if (i) pen.lineTo(x, y);
      else pen.moveTo(x, y);
    }
    pen.stroke();
  }
}

function paintAxis(
  pen: Pen,
  { ticks }: Ground,
  ink: Ink,
  language: Language,
  camera: Camera,
  size: Size,
): void {
  const [, middle] = toScreen(camera, size, 0, 0);
  const places = ticks.map(([x]) => toScreen(camera, size, x, 0)[0]);
  pen.strokeStyle = ink.faint;
  pen.globalAlpha = 0.7;
  stroke(pen, places[0], middle, places[places.length - 1], middle);
  pen.font = font(true, false);
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  const years = told(ticks, places, true, []);
  const months = told(ticks, places, false, years);
  let last = -Infinity;
  ticks.forEach(([, year, month], i) => {
    const x = places[i];
    const labelled = (month ? months : years).includes(i);
    if (x < -size.width || x > size.width * 2 || (month && !labelled)) return;
    // The ticks of years in which nothing happened would run together to a bar.
    if (!labelled && x - last < YEARS_APART / 4) return;
    last = x;
    pen.globalAlpha = month ? 0.12 : 0.28;
    stroke(pen, x, 0, x, size.height);
    if (!labelled) return;
    pen.globalAlpha = 1;
    pen.fillStyle = month ? ink.faint : ink.text;
    pen.fillText(month ? monthName(month, language) : String(year), x + 4, size.height - 11);
  });
}

/** Returns the ticks whose words find room; the months take what the years leave. */
function told(ticks: Tick[], places: number[], years: boolean, taken: number[]): number[] {
  const found: number[] = [];
  const apart = years ? YEARS_APART : MONTHS_APART;
  const reach = Math.max(apart, YEARS_APART);
  ticks.forEach(([, , month], i) => {
    if ((month === 0) !== years) return;
    const near = [...taken, ...found.slice(-1)].some((other) => {
      const distance = places[i] - places[other];
      return distance >= 0 ? distance < (taken.includes(other) ? reach : apart) : -distance < apart;
    });
    if (!near) found.push(i);
  });
  return found;
}

function stroke(pen: Pen, x1: number, y1: number, x2: number, y2: number): void {
  pen.beginPath();
  pen.moveTo(x1, y1);
  pen.lineTo(x2, y2);
  pen.stroke();
}
