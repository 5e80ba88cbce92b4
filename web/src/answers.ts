/** Questions to the page's own triples: a store in a worker, which a time limit can end. */
import type { Term } from "./results";
import type { Word } from "./words";

/** What the worker is started with: the engine and the triples, both as gzip in base64. */
export interface Opening {
  engine: string;
  triples: string;
}

export interface Question {
  id: number;
  /** The prefixes that are preset, on one line. */
  prologue: string;
  sparql: string;
  base: string;
  /** Whether triples are asked for (CONSTRUCT, DESCRIBE) and not rows or a yes or no. */
  graph: boolean;
  union: boolean;
}

export interface Answer {
  id: number;
  text: string;
}

export interface Failure {
  id: number;
  failure: string;
  /** Where in the query the mistake is, in characters from 0. */
  at?: number;
  /** The query is wrong, its answer too large, or the engine is no longer of use. */
  kind: "query" | "size" | "broken";
}

export type Found =
  | { kind: "rows"; columns: string[]; rows: (Term | null)[][] }
  | { kind: "boolean"; value: boolean }
  | { kind: "graph"; text: string };

export type Trouble = "query" | "time" | "size" | "broken" | "stopped";

/** Why there is no answer; the text is the engine's own where the query is wrong. */
export class NoAnswer extends Error {
  constructor(
    readonly trouble: Trouble,
    text = "",
    readonly at: number | null = null,
  ) {
    super(text);
  }
}

/** Whoever answers SPARQL: the worker in this page, or a server behind it. */
export interface Answerer {
  /** Resolves to the answer; rejects with NoAnswer. One question at a time. */
  ask: (sparql: string) => Promise<Found>;
  /** Ends the question that is being answered. */
  stop: () => void;
}

export const SECONDS = 10;
/** An answer larger than this would hold the page up longer than it is worth. */
export const MOST_CHARACTERS = 40_000_000;

export interface Source {
  worker: string;
  opening: () => Opening;
  base: string;
  prefixes: Record<string, string>;
  union: boolean;
}

export class WorkerAnswerer implements Answerer {
  private worker: Worker | null = null;
  private ready: Promise<void> = Promise.resolve();
  private pending: { id: number; done: (text: string) => void; fail: (error: NoAnswer) => void } | null =
    null;
  private last = 0;

  constructor(private source: Source) {}

  async ask(sparql: string): Promise<Found> {
    const form = formOf(sparql);
    if (!this.worker) this.start();
    await this.ready;
    const text = await this.send({
      id: ++this.last,
      prologue: prologue(this.source.prefixes),
      sparql,
      base: this.source.base,
      graph: form === "graph",
      union: this.source.union,
    });
    return form === "graph" ? { kind: "graph", text } : parsed(text, sparql);
  }

  stop(): void {
    this.end(new NoAnswer("stopped"));
  }

  private start(): void {
    const address = URL.createObjectURL(new Blob([this.source.worker], { type: "text/javascript" }));
    const worker = new Worker(address);
    URL.revokeObjectURL(address);
    this.worker = worker;
    this.ready = new Promise((done, fail) => {
      this.pending = { id: 0, done: () => done(), fail };
      worker.onerror = (event) => this.end(new NoAnswer("broken", event.message));
      worker.onmessage = ({ data }: MessageEvent<Answer | Failure | { ready: number }>) => {
        if ("ready" in data) done();
        else this.heard(data);
      };
      worker.postMessage(this.source.opening());
    });
  }

  private heard(data: Answer | Failure): void {
    if (data.id !== this.pending?.id) return;
    if ("text" in data) this.pending.done(data.text);
    else if (data.kind === "broken") this.end(new NoAnswer("broken", data.failure));
    else this.pending.fail(new NoAnswer(data.kind, data.failure, data.at));
  }

  private send(question: Question): Promise<string> {
    return new Promise<string>((done, fail) => {
      this.pending = { id: question.id, done, fail };
      const timer = window.setTimeout(() => this.end(new NoAnswer("time")), SECONDS * 1000);
      const settled = <T>(act: (value: T) => void) => {
        return (value: T) => {
          window.clearTimeout(timer);
          this.pending = null;
          act(value);
        };
      };
      this.pending = { id: question.id, done: settled(done), fail: settled(fail) };
      this.worker?.postMessage(question);
    });
  }

  /** Nothing but its end interrupts a query; the next question starts another worker. */
  private end(reason: NoAnswer): void {
    this.worker?.terminate();
    this.worker = null;
    this.pending?.fail(reason);
    this.pending = null;
  }
}

function prologue(prefixes: Record<string, string>): string {
  return Object.entries(prefixes)
    .map(([name, iri]) => `PREFIX ${name}: <${iri}>`)
    .join(" ");
}

const PROLOGUE = /^(?:\s+|#[^\r\n]*|BASE\s*<[^>]*>|PREFIX\s+[^\s:]*:\s*<[^>]*>)*/i;

/** Returns what a query asks for, by its first word. */
export function formOf(sparql: string): "rows" | "graph" {
  return /^(?:CONSTRUCT|DESCRIBE)\b/i.test(sparql.replace(PROLOGUE, "")) ? "graph" : "rows";
}

interface Json {
  boolean?: boolean;
  head: { vars?: string[] };
  results?: { bindings: Record<string, Term>[] };
}

/** Reads SPARQL 1.1 Query Results JSON; the columns of a star stand as the query names them. */
export function parsed(text: string, sparql: string): Found {
  const json = JSON.parse(text) as Json;
  if (json.boolean !== undefined) return { kind: "boolean", value: json.boolean };
  const columns = json.head.vars ?? [];
  if (/^SELECT\s+(?:DISTINCT\s+|REDUCED\s+)?\*/i.test(sparql.replace(PROLOGUE, ""))) {
    const order = [...sparql.matchAll(/[?$]([\p{L}\p{N}_]+)/gu)].map((found) => found[1]);
    columns.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  }
  const rows = (json.results?.bindings ?? []).map((row) =>
    columns.map((name) => (Object.hasOwn(row, name) ? row[name] : null)),
  );
  return { kind: "rows", columns, rows };
}

/** Returns the line and the column (both from 1) of a place in a text, and the line up to it. */
export function placeIn(
  text: string,
  at: number,
): { line: number; column: number; shown: string; pad: string } {
  const before = text.slice(0, at).split("\n");
  const lead = before.at(-1) ?? "";
  const from = Math.max(0, lead.length - 60);
  const shown = (text.split("\n").at(before.length - 1) ?? "").slice(from, lead.length + 60);
  // Under a wide character stands a wide space, so that the mark is where the eye looks for it.
  const pad = lead
    .slice(from)
    .replace(/[^\t]/g, (c) =>
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/.test(c)
        ? "\u3000"
        : " ",
    );
  return { line: before.length, column: lead.length + 1, shown, pad };
}

/** Returns what is wrong: one of the page's own words, or a sentence of the engine's. */
export function mistake(failure: string, atEnd: boolean): { word: Word } | { text: string } {
  const [lead, list] = failure.split(/expected (?:one of )?/, 2) as [string, string | undefined];
  if (list === undefined) return { text: lead };
  if (list.includes("Prefix not found")) return { word: "noPrefix" };
  // Among the pieces that it could have been, what is said in words.
  const said = list.split(/, (?![^[]*\])/).find((part) => /^[A-Za-z][^'"[\]]* [^'"[\]]*$/.test(part));
  if (said) return { text: said.replace("IRI parsing failed", "This is no IRI") };
  return { word: atEnd ? "incomplete" : "unexpected" };
}
