/** What every part of the page is given. */
import type { Carried } from "./carried";
import type { Model } from "./model";
import type { Stage } from "./stage";
import type { State, Store } from "./state";
import type { Visible } from "./visible";
import type { Spoken, Word } from "./words";
import { plain, word } from "./words";
import { saidAll } from "./dom";

export interface Page {
  model: Model;
  store: Store;
  stage: Stage;
  /** What the filters leave now. */
  shown: () => Visible;
  /** What answers questions, where the page carries it. */
  carried: Carried | null;
}

export function say(page: Page, key: Word): Node[] {
  return saidAll(word(key, page.store.state.language));
}

export function sayPlain(page: Page, key: Word): string {
  return plain(key, page.store.state.language);
}

export function select(page: Page, entity: number | null, change: Partial<State> = {}): void {
  const { overview } = page.model.columns;
  page.store.set({
    selected: entity,
    // Whoever is chosen from all zones is shown in its own.
    ...(overview && entity !== null ? { zone: overview.zone[entity] } : {}),
    path: null,
    compared: null,
    view: "network",
    drawer: entity === null ? "none" : "details",
    ...change,
  });
  if (entity !== null) page.stage.reveal(entity);
}

export type { Spoken };
