/** Walking from neighbour to neighbour by the arrows. */
import { secondOf } from "./choice";
import type { Page } from "./page";
import { select } from "./page";
import { otherEnd } from "./model";

export type Direction = readonly [dx: number, dy: number];

/** Goes to the neighbour in this direction; with nothing selected, to the most connected of all. */
export function walk(page: Page, direction: Direction): void {
  const { selected, compared, path } = page.store.state;
  if (selected === null) {
    const first = page.model.byDegree().find((at) => page.shown().entities[at] > 0);
    if (first !== undefined) select(page, first, { drawer: "none" });
    return;
  }
  const next = towards(page, selected, direction);
  // What is begun goes on while the arrows look for its second end.
  const begun = { compared: compared?.to === null ? compared : null, path: path?.to === null ? path : null };
  if (next !== null) select(page, next, { drawer: "none", ...begun });
}

/** Takes whoever the arrows came to as the second end of what is begun: a path, a comparison. */
export function arrive(page: Page, entity: number): boolean {
  const second = secondOf(page.store.state, entity);
  if (second) page.store.set(second);
  return second !== null;
}

/** Returns the neighbour that lies most in one direction of the screen. */
function towards({ model, stage, shown }: Page, from: number, [dx, dy]: Direction): number | null {
  const { x, y } = stage.scene;
  let best: number | null = null;
  let least = Infinity;
  for (const at of model.touching(from)) {
    const other = otherEnd(model.links[at], from);
    if (!shown().entities[other] || other === from) continue;
    const [right, down] = [x[other] - x[from], y[other] - y[from]];
    const far = Math.hypot(right, down);
    const cost = far * (1 + (2 * Math.abs(right * dy - down * dx)) / Math.max(far, 1e-9));
    if (right * dx + down * dy > 0 && cost < least) [best, least] = [other, cost];
  }
  return best;
}
