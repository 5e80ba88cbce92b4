/** Soft outlines around what lies in one zone. */
import type { Camera, Size } from "./camera";
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
  const isPlace = (entity: number) => model.entities[entity].types.some((type) => PLACES.has(model.types[type].word));
  const members = new Map<number, number[]>();
  const taken = new Set<number>();
  for (const link of model.links) {
    if (!INSIDE.has(model.relations[link.relation].word) || taken.has(link.source)) continue;
    if (!isPlace(link.target) || isPlace(link.source)) continue;
    taken.add(link.source);
    const group = members.get(link.target);
    if (group) group.push(link.source);
    else members.set(link.target, [link.source]);
  }
  return [...members].filter(([, found]) => found.length > 2).map(([centre, found]) => ({ centre, members: found }));
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

export function paintHulls(pen: Pen, found: Group[], scene: Scene, look: Look, camera: Camera, size: Size): void {
  found.forEach(({ centre, members }, i) => {
    const shown = [centre, ...members].filter((entity) => look.entities[entity]);
    const points = near(shown.map((entity): Point => [scene.x[entity], scene.y[entity]]));
    if (points.length < 3) return;
    const room = Math.max(10, 26 * Math.min(1.4, camera.scale));
    const corners = hull(points.flatMap(([x, y]) => circle(toScreen(camera, size, x, y), room)));
    if (strangers(scene, look, shown, corners, camera, size) > members.length * 0.6) return;
    const faded = look.entities[centre] < 1;
    pen.globalAlpha = (look.ink.dark ? 0.1 : 0.09) * (faded ? 0.6 : 1);
    pen.fillStyle = onGround(TINTS[i % TINTS.length], look.ink.dark);
    pen.beginPath();
    corners.forEach(([x, y], at) => {
      if (at) pen.lineTo(x, y);
      else pen.moveTo(x, y);
    });
    pen.closePath();
    pen.fill();
  });
  pen.globalAlpha = 1;
}

/** Counts those inside an outline that do not belong there: one that holds many would tell a lie. */
function strangers(scene: Scene, look: Look, own: number[], corners: Point[], camera: Camera, size: Size): number {
  const members = new Set(own);
  let count = 0;
  for (let i = 0; i < scene.count; i++)
    if (look.entities[i] && !members.has(i) && holds(corners, toScreen(camera, size, scene.x[i], scene.y[i]))) count += 1;
  return count;
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
  const middle = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];
  if (points.length < 3) return points;
  const x = middle(points.map((p) => p[0]));
  const y = middle(points.map((p) => p[1]));
  const reach = points.map((p) => Math.hypot(p[0] - x, p[1] - y));
  const limit = Math.max(middle(reach) * 2, 60);
  return points.filter((_, i) => reach[i] <= limit);
}
