/** Questions to the page's own triples: a store in a worker, which a time limit can end. */
import type { Term } from "./results";

/** What the worker is started with: the engine and the triples, both as gzip in base64. */
export interface Opening {
  engine: string;
  triples: string;
}

export interface Question {
  id: number;
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
      sparql: `${header(this.source.prefixes)}\n${sparql}`,
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
    else this.pending.fail(new NoAnswer(data.kind, data.failure));
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

/** Returns the prefixes on one line, so that the lines of a query are counted as its writer does. */
function header(prefixes: Record<string, string>): string {
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

export interface Fault {
  /** Both from 1; 0 where the engine names no place. */
  line: number;
  column: number;
  text: string;
}

/** Returns where a query is wrong and what the engine says of it; its first line is the prefixes'. */
export function fault(message: string): Fault {
  const text = message.replace(/^(?:Syntax)?Error:\s*/, "");
  const found = /error at (\d+):(\d+):?\s*([\s\S]*)/.exec(text);
  if (!found) return { line: 0, column: 0, text };
  return { line: Math.max(1, Number(found[1]) - 1), column: Number(found[2]), text: found[3] };
}
