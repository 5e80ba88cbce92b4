/** The pictures of the network: where the build put everyone, in each of its arrangements. */
import type { Group } from "./hulls";
import type { Arrangement, Columns, Tick } from "./data";

/** What is drawn behind the marks: a time axis, outlines of land. */
export interface Ground {
  ticks: Tick[];
  lines: Int32Array[];
}

export interface Picture {
  name: Arrangement;
  x: Float64Array;
  y: Float64Array;
  /** Who has a place in it, or null where all have. */
  placed: Uint8Array | null;
  /** The relations that it shows, or null for all. */
  relations: ReadonlySet<number> | null;
  /** The zones to outline, where it has some of its own. */
  zones: Group[] | null;
  ground: Ground | null;
}

/** Returns the pictures that the page carries; the first is the network itself. */
export function picturesOf({ entities: { x, y }, arrangements = [] }: Columns): Picture[] {
  const network: Picture = {
    name: "network",
    x: Float64Array.from(x),
    y: Float64Array.from(y),
    placed: null,
    relations: null,
    zones: null,
    ground: null,
  };
  const others = arrangements.map(({ name, x, y, relations, zone, ticks, lines }): Picture => {
    const placed = Uint8Array.from(x, (place) => (place === null ? 0 : 1));
    return {
      name,
      // Whoever has no place waits where it was drawn before, out of sight.
      x: Float64Array.from(x, (place, i) => place ?? network.x[i]),
      y: Float64Array.from(y, (place, i) => place ?? network.y[i]),
      placed: placed.includes(0) ? placed : null,
      relations: relations && new Set(relations),
      zones: zone.length ? zonesOf(zone) : null,
      ground: ticks.length || lines.length ? { ticks, lines: lines.map(unpacked) } : null,
    };
  });
  return [network, ...others];
}

export function pictureOf(pictures: Picture[], name: Arrangement): Picture {
  return pictures.find((picture) => picture.name === name) ?? pictures[0];
}

function zonesOf(zone: (number | null)[]): Group[] {
  const members = new Map<number, number[]>();
  zone.forEach((centre, entity) => {
    if (centre !== null && centre !== entity) members.set(centre, [...(members.get(centre) ?? []), entity]);
  });
  return [...members]
    .filter(([, found]) => found.length > 1)
    .map(([centre, found]) => ({ centre, members: found }));
}

/** Returns a line's points; it comes as its first point and the difference to each next one. */
function unpacked(flat: number[]): Int32Array {
  const points = Int32Array.from(flat);
  for (let i = 2; i < points.length; i++) points[i] += points[i - 2];
  return points;
}
