/** Draws a part of a scene with a pen: what the canvas engine shows and what PNG and SVG hold. */
import type { View } from "./camera";
import { markScale, toScreen } from "./camera";
import type { Ink } from "./colour";
import { onGround } from "./colour";
import type { Pen } from "./pen";
import { DASHES, outline } from "./pen";
import type { Look, Part, Scene } from "./scene";
import { along, boxOf, headed, strength, via } from "./scene";

const FADED = 0.2;
/** A path of so many strokes or marks; one of many thousands takes a canvas many times as long. */
const RUN = 250;
/** Of more links in sight than this, those that tell least are left out. */
const MOST = 40_000;
/** With more links in sight than this, heads and dashes are too small to be told apart. */
const PLAIN = 6000;
/** At a smaller radius, in pixels, no eye tells shapes apart. */
const GRAIN = 1.6;
/** Grains cover so much of the ground that they lie on, at most: they let through what is dense. */
const COVER = 0.3;
/** Among grains the weightiest stand out: those of such a radius in the scene, drawn at least so large. */
const HUB = { radius: 9.5, least: 2.6 };

/** Returns all that the filters leave, as one part. */
export function shownOf(look: Look): Part {
  return { entities: indices(look.entities), links: indices(look.links), light: "plain" };
}

function indices(flags: Uint8Array): Int32Array {
  const found = new Int32Array(flags.length);
  let count = 0;
  for (let i = 0; i < flags.length; i++) if (flags[i]) found[count++] = i;
  return found.subarray(0, count);
}

export function paint(pen: Pen, scene: Scene, part: Part, ink: Ink, view: View): void {
  paintLinks(pen, scene, part, ink, view);
  paintEntities(pen, scene, part, ink, view);
}

/** Draws in paths of some hundred items. */
function inRuns(pen: Pen, items: number[], add: (item: number) => void, finish: () => void): void {
  for (let from = 0; from < items.length; from += RUN) {
    pen.beginPath();
    for (let i = from; i < Math.min(from + RUN, items.length); i++) add(items[i]);
    finish();
  }
}

/** Returns the links of which anything can be seen, by kind; of too many, those that tell most. */
function linksInSight(scene: Scene, part: Part, view: View): { byKind: number[][]; count: number } {
  const { source, target, kind, kinds, rank } = scene.links;
  const [x, y] = [scene.x, scene.y];
  const { camera, size } = view;
  const room = 40 / camera.scale;
  const left = camera.x - size.width / 2 / camera.scale - room;
  const right = camera.x + size.width / 2 / camera.scale + room;
  const top = camera.y - size.height / 2 / camera.scale - room;
  const bottom = camera.y + size.height / 2 / camera.scale + room;
  const seen: number[] = [];
  const ranked = new Uint32Array(256);
  for (const i of part.links) {
    const [a, b] = [source[i], target[i]];
    if ((x[a] < left && x[b] < left) || (x[a] > right && x[b] > right)) continue;
    if ((y[a] < top && y[b] < top) || (y[a] > bottom && y[b] > bottom)) continue;
    seen.push(i);
    ranked[rank[i]] += 1;
  }
  let [last, count] = [0, ranked[0]];
  while (last < 255 && count + ranked[last + 1] <= MOST) count += ranked[++last];
  const byKind: number[][] = kinds.map(() => []);
  for (const i of seen) if (rank[i] <= last) byKind[kind[i]].push(i);
  return { byKind, count };
}

function paintLinks(pen: Pen, scene: Scene, part: Part, ink: Ink, view: View): void {
  const { links } = scene;
  const marks = markScale(view.camera);
  const lit = part.light === "lit";
  const { byKind, count } = linksInSight(scene, part, view);
  const detailed = lit || count <= PLAIN;
  pen.globalAlpha = strength(part.light, count, view.size);
  pen.lineWidth = lit ? 1.8 : 1;
  // What there is most of goes to the bottom.
  const order = [...byKind.keys()].sort((a, b) => byKind[b].length - byKind[a].length);
  for (const kind of order) {
    const { colour, line } = links.kinds[kind];
    pen.strokeStyle = pen.fillStyle = onGround(colour, ink.dark);
    if (detailed) pen.setLineDash(DASHES[line]);
    inRuns(
      pen,
      byKind[kind],
      (i) => trace(pen, scene, i, view),
      () => pen.stroke(),
    );
    if (!detailed) continue;
    pen.setLineDash([]);
    const heads = byKind[kind].filter((i) =>
      lit ? links.kinds[kind].arrow : headed(links, i, scene.radius[links.target[i]] * marks),
    );
    inRuns(
      pen,
      heads,
      (i) => head(pen, scene, i, view, lit ? 1.4 : 1),
      () => pen.fill(),
    );
  }
  pen.globalAlpha = 1;
}

function trace(pen: Pen, { x, y, links }: Scene, i: number, { camera, size }: View): void {
  const [a, b] = [links.source[i], links.target[i]];
  const { scale } = camera;
  const x1 = (x[a] - camera.x) * scale + size.width / 2;
  const y1 = (y[a] - camera.y) * scale + size.height / 2;
  if (a === b) {
    loop(pen, links.bend[i], x1, y1, markScale(camera));
    return;
  }
  const x2 = (x[b] - camera.x) * scale + size.width / 2;
  const y2 = (y[b] - camera.y) * scale + size.height / 2;
  pen.moveTo(x1, y1);
  const bow = via(links.bend[i], x1, y1, x2, y2);
  if (bow) pen.quadraticCurveTo(bow[0], bow[1], x2, y2);
  else pen.lineTo(x2, y2);
}

function loop(pen: Pen, bend: number, x: number, y: number, marks: number): void {
  const radius = (8 + 4 * bend) * marks;
  pen.moveTo(x + radius * 2, y - radius);
  pen.arc(x + radius, y - radius, radius, 0, 2 * Math.PI);
}

function head(pen: Pen, { x, y, radius, links }: Scene, i: number, view: View, weight: number): void {
  const [a, b] = [links.source[i], links.target[i]];
  if (a === b) return;
  const marks = markScale(view.camera);
  const [x1, y1] = toScreen(view.camera, view.size, x[a], y[a]);
  const [x2, y2] = toScreen(view.camera, view.size, x[b], y[b]);
  const bow = via(links.bend[i], x1, y1, x2, y2);
  const length = Math.hypot(x2 - x1, y2 - y1);
  const reach = radius[b] * marks * 1.1 + 1;
  if (length < reach + 6) return;
  const [tipX, tipY] = along(x1, y1, bow, x2, y2, 1 - reach / length);
  const [backX, backY] = along(x1, y1, bow, x2, y2, 1 - (reach + 7) / length);
  const angle = Math.atan2(tipY - backY, tipX - backX);
  const long = 7 * weight * Math.min(1.2, Math.max(0.7, marks));
  pen.moveTo(tipX, tipY);
  for (const side of [-1, 1])
    pen.lineTo(tipX - long * Math.cos(angle + side * 0.4), tipY - long * Math.sin(angle + side * 0.4));
  pen.closePath();
}

function paintEntities(pen: Pen, scene: Scene, part: Part, ink: Ink, view: View): void {
  const marks = markScale(view.camera);
  const seen = entitiesInSight(scene, part, view, marks);
  const grains = part.light !== "lit" && seen.length > PLAIN;
  const isGrain = (i: number) => grains && scene.radius[i] * marks < GRAIN && scene.radius[i] < HUB.radius;
  const small = seen.filter(isGrain);
  pen.globalAlpha = part.light === "faded" ? FADED : sheer(scene, small, view, marks);
  for (const [kind, items] of byKind(scene, small)) {
    pen.fillStyle = onGround(scene.kinds[kind].colour, ink.dark);
    inRuns(
      pen,
      items,
      (i) => mark(pen, scene, i, view, scene.radius[i] * marks),
      () => pen.fill(),
    );
  }
  pen.globalAlpha = 1;
  const least = grains ? HUB.least : 0;
  const large = small.length ? seen.filter((i) => !isGrain(i)) : seen;
  for (const [kind, items] of byKind(scene, large)) {
    const add = (i: number) => mark(pen, scene, i, view, Math.max(scene.radius[i] * marks, least));
    if (marks > 0.3 || grains) {
      // A ground-coloured edge keeps marks apart from the links that run under them.
      pen.fillStyle = pen.strokeStyle = ink.ground;
      pen.lineWidth = 2;
      inRuns(pen, items, add, () => {
        if (part.light === "faded") pen.fill();
        pen.stroke();
      });
    }
    pen.globalAlpha = part.light === "faded" ? FADED : 1;
    pen.fillStyle = onGround(scene.kinds[kind].colour, ink.dark);
    inRuns(pen, items, add, () => pen.fill());
    pen.globalAlpha = 1;
  }
}

/** Returns the entities of which anything can be seen. */
function entitiesInSight(scene: Scene, part: Part, { camera, size }: View, marks: number): Int32Array {
  return part.entities.filter((i) => {
    const x = (scene.x[i] - camera.x) * camera.scale + size.width / 2;
    const y = (scene.y[i] - camera.y) * camera.scale + size.height / 2;
    const room = scene.radius[i] * marks * 1.4;
    return x > -room && y > -room && x < size.width + room && y < size.height + room;
  });
}

/** Returns entities by their kind; what there is most of comes first, and so goes to the bottom. */
function byKind(scene: Scene, items: Int32Array): [kind: number, items: number[]][] {
  const kinds: number[][] = scene.kinds.map(() => []);
  for (const i of items) kinds[scene.kind[i]].push(i);
  return [...kinds.entries()].sort(([, a], [, b]) => b.length - a.length);
}

/** Returns how opaque grains are, so that together they do not hide how densely they lie. */
function sheer(scene: Scene, grains: Int32Array, { camera, size }: View, marks: number): number {
  if (!grains.length) return 1;
  let covered = 0;
  for (const i of grains) covered += (2 * scene.radius[i] * marks) ** 2;
  const box = boxOf(scene, grains);
  const width = Math.min(size.width, (box.right - box.left) * camera.scale);
  const height = Math.min(size.height, (box.bottom - box.top) * camera.scale);
  return Math.min(1, Math.max(0.15, (COVER * width * height) / Math.max(covered, 1)));
}

function mark(pen: Pen, scene: Scene, i: number, { camera, size }: View, radius: number): void {
  const x = (scene.x[i] - camera.x) * camera.scale + size.width / 2;
  const y = (scene.y[i] - camera.y) * camera.scale + size.height / 2;
  if (radius < GRAIN) pen.rect(x - radius, y - radius, 2 * radius, 2 * radius);
  else outline(pen, scene.kinds[scene.kind[i]].shape, x, y, radius);
}

/** Draws the ring around one entity. */
export function paintRing(pen: Pen, scene: Scene, i: number, width: number, view: View): void {
  const [x, y] = toScreen(view.camera, view.size, scene.x[i], scene.y[i]);
  pen.lineWidth = width;
  pen.beginPath();
  outline(pen, scene.kinds[scene.kind[i]].shape, x, y, scene.radius[i] * markScale(view.camera) + 4);
  pen.stroke();
}
