/** The second of two: a path or a comparison that was begun waits for its other end. */
import type { Change, State } from "./state";

/** Returns what choosing an entity changes while a second one is waited for, or null where none is. */
export function secondOf({ path, compared }: State, entity: number): Change | null {
  if (path?.to === null && entity !== path.from) return { path: { from: path.from, to: entity } };
  if (compared?.to === null && entity !== compared.from)
    return { compared: { from: compared.from, to: entity }, view: "compare" };
  return null;
}
