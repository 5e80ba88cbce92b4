/** Soft outlines around what lies in one zone. */
import type { View } from "./camera";
import { toScreen } from "./camera";
import type { Model } from "./model";
import { onGround } from "./colour";
import type { Pen } from "./pen";
import type { Look, Scene } from "./scene";

export interface Group {
  centre: number;
  members: number[];
}

const INSIDE = new Set(["located_in", "part_of", "member_of"]);
const PLACES = new Set(["zone", "cluster", "park"]);
const TINTS = ["#d98c3f", "#6b6fb5", "#3f86c0", "#4f9a63", "#b9a03c", "#3a9a9a", "#b5688f", "#7a7f8a"];

/** Returns the zones with those that lie in them; each entity belongs to the first it is said to lie in. */
export function groups(model: Model): Group[] {
  const isPlace = (entity: number) =>
    model.entities[entity].types.some((type) => PLACES.has(model.types[type].word));
  const inside = model.relations.map(({ word }) => INSIDE.has(word));
  const members = new Map<number, number[]>();
  const taken = new Set<number>();
  for (const link of model.links) {
    if (!inside[link.relation] || taken.has(link.source)) continue;
    if (!isPlace(link.target) || isPlace(link.source)) continue;
    taken.add(link.source);
    const group = members.get(link.target);
    if (group) group.push(link.source);
    else members.set(link.target, [link.source]);
  }
  return [...members]
    .filter(([, found]) => found.length > 2)
    .map(([centre, found]) => ({ centre, members: found }));
}

type Point = [number, number];

/** Returns the convex hull of points, counter-clockwise (Andrew's monotone chain). */
export function hull(points: Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (sorted.length < 3) return sorted;
  const half = (ordered: Point[]): Point[] => {
    const kept: Point[] = [];
    for (const p of ordered) {
      while (kept.length > 1 && turn(kept[kept.length - 2], kept[kept.length - 1], p) <= 0) kept.pop();
      kept.push(p);
    }
    return kept.slice(0, -1);
  };
  return [...half(sorted), ...half([...sorted].reverse())];
}

function turn(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

/** The outline of a zone, in the units of the scene. */
export interface Outline {
  corners: Point[];
  tint: string;
}

/** Room around the marks of a zone. */
const ROOM = 26;
/** More zones than this would colour the whole ground. */
const MOST = 40;

/** Returns the outlines of the zones as they are shown now; zones that hold many strangers have none, unless `whole`. */
export function outlines(found: Group[], scene: Scene, look: Look, whole = false): Outline[] {
  const largest = [...found].sort((a, b) => b.members.length - a.members.length).slice(0, MOST);
  return largest.flatMap(({ centre, members }, i) => {
    const shown = [centre, ...members].filter((entity) => look.entities[entity]);
    const all = shown.map((entity): Point => [scene.x[entity], scene.y[entity]]);
    const points = whole ? all : near(all);
    if (points.length < 3) return [];
    const corners = hull(hull(points).flatMap((point) => circle(point, ROOM)));
    if (!whole && crowded(scene, look, { members: shown, corners }, members.length * 0.6)) return [];
    return [{ corners, tint: TINTS[i % TINTS.length] }];
  });
}

export function paintHulls(pen: Pen, found: Outline[], dark: boolean, view: View, alpha: number): void {
  for (const { corners, tint } of found) {
    pen.globalAlpha = (dark ? 0.1 : 0.09) * alpha;
    pen.fillStyle = onGround(tint, dark);
    pen.beginPath();
    corners.forEach(([worldX, worldY], at) => {
      const [x, y] = toScreen(view.camera, view.size, worldX, worldY);
      if (at) pen.lineTo(x, y);
      else pen.moveTo(x, y);
    });
    pen.closePath();
    pen.fill();
  }
  pen.globalAlpha = 1;
}

/** Whether more than so many stand in an outline who do not belong there: it would tell a lie. */
function crowded(
  { x, y, count }: Scene,
  { entities }: Look,
  own: { members: number[]; corners: Point[] },
  most: number,
): boolean {
  const members = new Set(own.members);
  const [across, down] = [0, 1].map((axis) => own.corners.map((corner) => corner[axis]));
  const [left, right, top, bottom] = [
    Math.min(...across),
    Math.max(...across),
    Math.min(...down),
    Math.max(...down),
  ];
  let strangers = 0;
  for (let i = 0; i < count && strangers <= most; i++) {
    if (x[i] < left || x[i] > right || y[i] < top || y[i] > bottom || !entities[i] || members.has(i))
      continue;
    if (holds(own.corners, [x[i], y[i]])) strangers += 1;
  }
  return strangers > most;
}

function holds(corners: Point[], point: Point): boolean {
  return corners.every((corner, i) => turn(corner, corners[(i + 1) % corners.length], point) >= 0);
}

/** Returns points around one, so that the hull keeps its distance and has round corners. */
function circle([x, y]: Point, radius: number): Point[] {
  return Array.from({ length: 16 }, (_, i): Point => {
    const angle = (i * Math.PI) / 8;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });
}

/** Returns the points without those that lie far from the rest, whose hull would cover strangers. */
function near(points: Point[]): Point[] {
  const middle = (values: number[]) => Float64Array.from(values).sort()[values.length >> 1];
  if (points.length < 3) return points;
  const x = middle(points.map((p) => p[0]));
  const y = middle(points.map((p) => p[1]));
  const reach = points.map((p) => Math.hypot(p[0] - x, p[1] - y));
  const limit = Math.max(middle(reach) * 2, 60);
  return points.filter((_, i) => reach[i] <= limit);
}
