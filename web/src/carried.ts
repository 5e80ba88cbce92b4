/** What the page carries to answer questions; each part is read when it is first needed. */
import type { Answerer } from "./answers";
import { WorkerAnswerer } from "./answers";
import type { Asked } from "./asked";
import { inflated } from "./data";

export interface Carried {
  asked: () => Asked;
  answerer: () => Answerer;
  /** The graph as N-Quads, one statement a line, sorted. */
  triples: () => Promise<string>;
}

export function carried(): Carried {
  let asked: Asked | null = null;
  let answerer: Answerer | null = null;
  const material = () => (asked ??= JSON.parse(block("questions")) as Asked);
  return {
    asked: material,
    answerer: () => {
      const { base, prefixes, union } = material();
      return (answerer ??= new WorkerAnswerer({
        worker: block("worker"),
        opening: () => ({ engine: block("engine"), triples: block("triples") }),
        base,
        prefixes,
        union,
      }));
    },
    triples: () => inflated(block("triples")).then((response) => response.text()),
  };
}

function block(id: string): string {
  const text = document.getElementById(id)?.textContent;
  if (!text) throw new Error(`The page carries no ${id}.`);
  return text;
}
