/** What the reader has chosen, in one place; whoever shows something listens here. */
import type { Arrangement } from "./data";
import type { Language } from "./words";

export interface State {
  language: Language;
  theme: "auto" | "light" | "dark";
  selected: number | null;
  hover: number | null;
  /** How many steps around the selection are shown; 0 shows all. */
  focus: 0 | 1 | 2 | 3;
  /** The two ends of a path; the second is not chosen yet while it is null. */
  path: { from: number; to: number | null } | null;
  hiddenTypes: ReadonlySet<number>;
  hiddenRelations: ReadonlySet<number>;
  hiddenConfidences: ReadonlySet<string>;
  hiddenEvidence: ReadonlySet<Evidence>;
  hiddenEntities: ReadonlySet<number>;
  /** The first and the last year shown, or null for all. */
  period: readonly [number, number] | null;
  undated: boolean;
  /** What an answer speaks of, lit up in the drawing. */
  marked: { entities: ReadonlySet<number>; links: ReadonlySet<number> } | null;
  /** The two that are compared; the second is not chosen yet while it is null. */
  compared: { from: number; to: number | null } | null;
  arrangement: Arrangement;
  /** Where the reader has put entities, in the units of the picture. */
  pins: Pins;
  /** The zone that is opened, of a network that opens on its zones. */
  zone: number | null;
  view: "network" | "table" | "questions" | "compare" | "zones";
  drawer: "none" | "legend" | "details";
}

export type Pins = ReadonlyMap<number, readonly [x: number, y: number]>;

/** Whether a relation says what it rests on. */
export type Evidence = "with" | "without";

export type Change = Partial<State>;
type Listener = (state: State, changed: ReadonlySet<keyof State>) => void;

export class Store {
  private listeners: Listener[] = [];

  constructor(
    public state: State,
    /** What the page opens with; where a reset goes back to. */
    readonly opening: State,
  ) {}

  on(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Takes over the change and tells everyone what became different, once. */
  set(change: Change): void {
    const changed = new Set<keyof State>();
    for (const key of Object.keys(change) as (keyof State)[])
      if (!Object.is(this.state[key], change[key])) changed.add(key);
    if (!changed.size) return;
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener(this.state, changed);
  }
}

export const FILTERS: readonly (keyof State)[] = [
  "hiddenTypes",
  "hiddenRelations",
  "hiddenConfidences",
  "hiddenEvidence",
  "hiddenEntities",
  "period",
  "undated",
  "marked",
  "focus",
  "arrangement",
  "zone",
];

export function toggled<T>(set: ReadonlySet<T>, item: T): Set<T> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}
