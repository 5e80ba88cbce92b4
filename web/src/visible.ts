/** Which entities and links the filters leave, and which of them the selection lights up. */
import type { Link, Model } from "./model";
import { degrees, otherEnd, yearOf } from "./model";
import { once } from "./once";
import { pictureOf } from "./pictures";
import type { State } from "./state";

export interface Visible {
  entities: Uint8Array;
  links: Uint8Array;
  entityCount: number;
  linkCount: number;
  /** How many of the links that are shown each entity has: what the page calls its relations. */
  degree: () => Uint32Array;
}

export function visible(model: Model, state: State): Visible {
  const entities = new Uint8Array(model.entities.length);
  model.columns.entities.types.forEach((types, index) => {
    entities[index] = typed(types, state.hiddenTypes) && !state.hiddenEntities.has(index) ? 1 : 0;
  });
  const belongs = model.columns.overview?.zone;
  if (belongs && state.zone !== null)
    for (let i = 0; i < entities.length; i++) if (belongs[i] !== state.zone) entities[i] = 0;
  // Whoever is selected is shown, whatever the filters say of its type.
  if (state.selected !== null && !model.entities[state.selected].aside) entities[state.selected] = 1;
  for (const at of state.marked?.entities ?? []) if (!state.hiddenEntities.has(at)) entities[at] = 1;
  const { placed, relations } = pictureOf(model.pictures, state.arrangement);
  if (placed) for (let i = 0; i < entities.length; i++) if (!placed[i]) entities[i] = 0;
  const links = new Uint8Array(model.links.length);
  for (const link of model.links)
    links[link.index] =
      entities[link.source] &&
      entities[link.target] &&
      (relations?.has(link.relation) ?? true) &&
      passes(model, link, state)
        ? 1
        : 0;
  if (state.focus && state.selected !== null) narrow(model, entities, links, state.selected, state.focus);
  return {
    entities,
    links,
    entityCount: sum(entities),
    linkCount: sum(links),
    degree: once(() => degrees(model.columns, links)),
  };
}

/** Whether anything with these types is shown: with several, one of them is enough. */
function typed(types: number | number[], hidden: ReadonlySet<number>): boolean {
  if (typeof types === "number") return !hidden.has(types);
  return types.length === 0 || types.some((type) => !hidden.has(type));
}

export function passes(model: Model, link: Link, state: State): boolean {
  return (
    !state.hiddenRelations.has(link.relation) &&
    !state.hiddenConfidences.has(link.confidence) &&
    !state.hiddenEvidence.has(link.evidence.length ? "with" : "without") &&
    inPeriod(link, model.relations[link.relation].momentary ?? false, state)
  );
}

/** A relation without an end goes on, unless its kind happens at one time (a visit, an approval). */
function inPeriod(link: Link, momentary: boolean, state: State): boolean {
  if (state.undated && !state.period) return true;
  const start = yearOf(link.start);
  const end = yearOf(link.end);
  if (start === null && end === null) return state.undated;
  if (!state.period) return true;
  const [from, to] = state.period;
  const last = end ?? (momentary && start !== null ? start : Infinity);
  return (start ?? -Infinity) <= to && last >= from;
}

function narrow(model: Model, entities: Uint8Array, links: Uint8Array, centre: number, depth: number): void {
  const near = around(model, links, centre, depth);
  for (let i = 0; i < entities.length; i++) if (!near.has(i)) entities[i] = 0;
  for (const { index, source, target } of model.links)
    if (!near.has(source) || !near.has(target)) links[index] = 0;
}

export function around(model: Model, links: Uint8Array, centre: number, depth: number): Set<number> {
  const near = new Set([centre]);
  let front = [centre];
  for (let step = 0; step < depth; step++) {
    const next: number[] = [];
    for (const entity of front)
      for (const at of model.touching(entity)) {
        const other = otherEnd(model.links[at], entity);
        if (links[at] && !near.has(other)) {
          near.add(other);
          next.push(other);
        }
      }
    front = next;
  }
  return near;
}

/** Returns the links of one shortest path, in order, or null where the two are not joined. */
export function shortestPath(model: Model, links: Uint8Array, from: number, to: number): number[] | null {
  const cameBy = new Map<number, number>([[from, -1]]);
  let front = [from];
  while (front.length && !cameBy.has(to)) {
    const next: number[] = [];
    for (const entity of front)
      for (const at of model.touching(entity)) {
        const other = otherEnd(model.links[at], entity);
        if (links[at] && !cameBy.has(other)) {
          cameBy.set(other, at);
          next.push(other);
        }
      }
    front = next;
  }
  if (!cameBy.has(to)) return null;
  const path: number[] = [];
  for (let at = to; at !== from;) {
    const step = cameBy.get(at) ?? -1;
    path.unshift(step);
    at = otherEnd(model.links[step], at);
  }
  return path;
}

export interface Lit {
  entities: Set<number>;
  links: Set<number>;
}

/** Returns what the selection, the path or the pointer lights up, or null where all is alike. */
export function lit(model: Model, shown: Visible, state: State): Lit | null {
  if (state.path && state.path.to !== null) {
    const steps = shortestPath(model, shown.links, state.path.from, state.path.to);
    const entities = new Set([state.path.from, state.path.to]);
    for (const step of steps ?? []) entities.add(model.links[step].source).add(model.links[step].target);
    return { entities, links: new Set(steps ?? []) };
  }
  if (state.marked && state.selected === null)
    return { entities: new Set(state.marked.entities), links: new Set(state.marked.links) };
  const centre = state.selected ?? state.hover;
  if (centre === null) return null;
  const entities = new Set([centre]);
  const links = new Set<number>();
  for (const at of model.touching(centre))
    if (shown.links[at]) {
      links.add(at);
      entities.add(otherEnd(model.links[at], centre));
    }
  return { entities, links };
}

function sum(flags: Uint8Array): number {
  let total = 0;
  for (const flag of flags) total += flag;
  return total;
}
