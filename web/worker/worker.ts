/** What runs beside the page: a store that holds the page's triples and answers queries. */
import init, { Store } from "oxigraph/web.js";
import type { Answer, Failure, Opening, Question } from "../src/answers";
import { MOST_CHARACTERS } from "../src/answers";
import { inflated } from "../src/data";
import { misfit } from "./misfit";

interface Scope {
  onmessage: ((event: MessageEvent<Opening | Question>) => void) | null;
  postMessage: (message: Answer | Failure | { ready: number }) => void;
}

const scope = globalThis as unknown as Scope;
let store: Store | null = null;

async function open({ engine, triples }: Opening): Promise<void> {
  const [code, text] = await Promise.all([
    inflated(engine).then((response) => response.arrayBuffer()),
    inflated(triples).then((response) => response.text()),
  ]);
  await init({ module_or_path: code });
  store = new Store();
  // Lenient: these triples went through a parser when the page was made.
  store.load(text, { format: "application/n-quads", no_transaction: true, lenient: true });
  scope.postMessage({ ready: store.size });
}

function answer({ id, prologue, sparql, base, graph, union }: Question): void {
  if (!store) throw new Error("The store is not open.");
  const found = store.query(`${prologue}\n${sparql}`, {
    base_iri: base,
    results_format: graph ? "application/n-triples" : "application/sparql-results+json",
    use_default_graph_as_union: union,
  });
  // With a format given, the answer is text in that format.
  const text = found as string;
  if (text.length > MOST_CHARACTERS) scope.postMessage({ id, failure: "", kind: "size" });
  else scope.postMessage({ id, text });
}

/** Returns what the engine says of a query, and where its reader stumbles: it names a later place. */
function refusal({ prologue, sparql, base }: Question, said: string): { failure: string; at?: number } {
  const found = /error at \d+:\d+:?\s*([\s\S]*)/.exec(said);
  if (!found) return { failure: said.replace(/^\w*Error:\s*/, "") };
  const parse = (text: string) => {
    try {
      new Store().query(`${prologue} ${text}`, { base_iri: base });
      return null;
    } catch (error) {
      const place = /error at (\d+):(\d+)/.exec(String(error));
      return place ? Number(place[2]) - prologue.length - 2 : null;
    }
  };
  return { failure: found[1], at: misfit(sparql, parse) };
}

scope.onmessage = ({ data }) => {
  if ("engine" in data) {
    open(data).catch((error: unknown) =>
      scope.postMessage({ id: 0, failure: String(error), kind: "broken" }),
    );
    return;
  }
  try {
    answer(data);
  } catch (error) {
    // A trap or an overflow leaves the engine's memory in no state to go on with.
    const broken = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
    if (broken) scope.postMessage({ id: data.id, failure: String(error), kind: "broken" });
    else scope.postMessage({ id: data.id, kind: "query", ...refusal(data, String(error)) });
  }
};
