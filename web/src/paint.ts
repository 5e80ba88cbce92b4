/** Draws a scene with a pen: what the canvas engine shows and what PNG and SVG hold. */
import type { Camera, Size } from "./camera";
import { markScale, toScreen } from "./camera";
import { onGround } from "./colour";
import type { Line } from "./data";
import type { Pen } from "./pen";
import { DASHES, outline } from "./pen";
import type { Look, Scene, SceneLink } from "./scene";
import { along, strength, via } from "./scene";

const FADED = 0.2;
const PART = 250;

export function paint(pen: Pen, scene: Scene, look: Look, camera: Camera, size: Size): void {
  paintLinks(pen, scene, look, camera, size);
  paintEntities(pen, scene, look, camera, size);
}

/** Draws in paths of some hundred parts: one path of many thousands takes a canvas many times as long. */
function inParts(pen: Pen, items: number[], add: (item: number) => void, finish: () => void): void {
  for (let from = 0; from < items.length; from += PART) {
    pen.beginPath();
    for (const item of items.slice(from, from + PART)) add(item);
    finish();
  }
}

interface Batch {
  colour: string;
  line: Line;
  alpha: number;
  width: number;
  links: number[];
}

const sorted = new WeakMap<Look, { links: Batch[]; entities: [string, number[]][] }>();

/** What looks alike is drawn as one path, because a canvas takes long over each stroke. */
function alike(scene: Scene, look: Look): { links: Batch[]; entities: [string, number[]][] } {
  let found = sorted.get(look);
  if (!found) sorted.set(look, (found = { links: batches(scene, look), entities: groups(scene, look) }));
  return found;
}

function groups(scene: Scene, look: Look): [string, number[]][] {
  const found = new Map<string, number[]>();
  for (let i = 0; i < scene.count; i++) {
    const weight = look.entities[i];
    if (!weight) continue;
    const key = `${weight < 1 ? 0 : 1} ${scene.colour[i]}`;
    const group = found.get(key);
    if (group) group.push(i);
    else found.set(key, [i]);
  }
  return [...found].sort(([a], [b]) => Number(a[0]) - Number(b[0]));
}

function batches(scene: Scene, look: Look): Batch[] {
  const found = new Map<string, Batch>();
  for (let i = 0; i < scene.links.length; i++) {
    const weight = look.links[i];
    if (!weight) continue;
    const { colour, line } = scene.links[i];
    const key = `${weight} ${colour} ${line}`;
    let batch = found.get(key);
    if (!batch) {
      const alpha = strength(weight, scene.links.length);
      found.set(
        key,
        (batch = {
          colour: onGround(colour, look.ink.dark),
          line,
          alpha,
          width: weight > 1 ? 1.8 : 1,
          links: [],
        }),
      );
    }
    batch.links.push(i);
  }
  return [...found.values()].sort((a, b) => a.alpha - b.alpha);
}

function paintLinks(pen: Pen, scene: Scene, look: Look, camera: Camera, size: Size): void {
  const marks = markScale(camera);
  const many = scene.links.length > 12000;
  for (const batch of alike(scene, look).links) {
    const arrows: number[] = [];
    pen.globalAlpha = batch.alpha;
    pen.strokeStyle = pen.fillStyle = batch.colour;
    pen.lineWidth = batch.width;
    pen.setLineDash(many ? [] : [...DASHES[batch.line]]);
    inParts(
      pen,
      batch.links,
      (i) => {
        const path = curve(scene, scene.links[i], camera, size, marks);
        if (!path) return;
        const [x1, y1, bow, x2, y2] = path;
        pen.moveTo(x1, y1);
        if (scene.links[i].source === scene.links[i].target) loop(pen, scene.links[i], x1, y1, marks);
        else if (bow) pen.quadraticCurveTo(bow[0], bow[1], x2, y2);
        else pen.lineTo(x2, y2);
        if (scene.links[i].arrow && (!many || batch.width > 1)) arrows.push(i);
      },
      () => pen.stroke(),
    );
    pen.setLineDash([]);
    inParts(
      pen,
      arrows,
      (i) => arrow(pen, scene, scene.links[i], camera, size, batch.width > 1 ? 1.4 : 1),
      () => pen.fill(),
    );
  }
  pen.globalAlpha = 1;
}

type Curve = [x1: number, y1: number, bow: [number, number] | null, x2: number, y2: number];

/** Returns the link on the screen, or null where none of it can be seen. */
function curve(scene: Scene, link: SceneLink, camera: Camera, size: Size, marks: number): Curve | null {
  const [x1, y1] = toScreen(camera, size, scene.x[link.source], scene.y[link.source]);
  const [x2, y2] = toScreen(camera, size, scene.x[link.target], scene.y[link.target]);
  const room = 40 * marks;
  if (Math.max(x1, x2) < -room || Math.min(x1, x2) > size.width + room) return null;
  if (Math.max(y1, y2) < -room || Math.min(y1, y2) > size.height + room) return null;
  return [x1, y1, link.source === link.target ? null : via(link.bend, x1, y1, x2, y2), x2, y2];
}

function loop(pen: Pen, link: SceneLink, x: number, y: number, marks: number): void {
  const radius = (8 + 4 * link.bend) * marks;
  pen.moveTo(x + radius * 2, y - radius);
  pen.arc(x + radius, y - radius, radius, 0, 2 * Math.PI);
}

function arrow(pen: Pen, scene: Scene, link: SceneLink, camera: Camera, size: Size, weight: number): void {
  const marks = markScale(camera);
  const path = curve(scene, link, camera, size, marks);
  if (!path || link.source === link.target) return;
  const [x1, y1, bow, x2, y2] = path;
  const length = Math.hypot(x2 - x1, y2 - y1);
  const reach = scene.radius[link.target] * marks * 1.1 + 1;
  if (length < reach + 6) return;
  const [tipX, tipY] = along(x1, y1, bow, x2, y2, 1 - reach / length);
  const [backX, backY] = along(x1, y1, bow, x2, y2, 1 - (reach + 7) / length);
  const angle = Math.atan2(tipY - backY, tipX - backX);
  const head = 7 * weight * Math.min(1.2, Math.max(0.7, marks));
  pen.moveTo(tipX, tipY);
  for (const side of [-1, 1])
    pen.lineTo(tipX - head * Math.cos(angle + side * 0.4), tipY - head * Math.sin(angle + side * 0.4));
  pen.closePath();
}

function paintEntities(pen: Pen, scene: Scene, look: Look, camera: Camera, size: Size): void {
  const marks = markScale(camera);
  for (const [key, all] of alike(scene, look).entities) {
    const group = all.filter((i) => {
      const [x, y] = toScreen(camera, size, scene.x[i], scene.y[i]);
      const room = scene.radius[i] * marks * 1.4;
      return x > -room && y > -room && x < size.width + room && y < size.height + room;
    });
    if (marks > 0.3) {
      // A ground-coloured edge keeps marks apart from the links that run under them.
      pen.globalAlpha = 1;
      pen.fillStyle = pen.strokeStyle = look.ink.ground;
      pen.lineWidth = 2;
      inParts(
        pen,
        group,
        (i) => mark(pen, scene, i, camera, size, marks),
        () => {
          pen.fill();
          pen.stroke();
        },
      );
    }
    pen.globalAlpha = key.startsWith("0") ? FADED : 1;
    pen.fillStyle = onGround(key.slice(2), look.ink.dark);
    inParts(
      pen,
      group,
      (i) => mark(pen, scene, i, camera, size, marks),
      () => pen.fill(),
    );
  }
  pen.globalAlpha = 1;
}

function mark(pen: Pen, scene: Scene, i: number, camera: Camera, size: Size, marks: number): void {
  const [x, y] = toScreen(camera, size, scene.x[i], scene.y[i]);
  const radius = scene.radius[i] * marks;
  // At this size no eye tells shapes apart, and a canvas is quick with corners.
  outline(pen, radius < 1.6 ? "square" : scene.shape[i], x, y, radius);
}

/** Draws the ring around what is selected or under the pointer. */
export function paintRing(pen: Pen, scene: Scene, look: Look, camera: Camera, size: Size): void {
  const marks = markScale(camera);
  for (const [i, width] of [
    [look.hover, 1.5],
    [look.selected, 2.5],
  ] as const) {
    if (i === null || !look.entities[i]) continue;
    const [x, y] = toScreen(camera, size, scene.x[i], scene.y[i]);
    pen.strokeStyle = look.ink.accent;
    pen.lineWidth = width;
    pen.beginPath();
    outline(pen, scene.shape[i], x, y, scene.radius[i] * marks + 4);
    pen.stroke();
  }
}
