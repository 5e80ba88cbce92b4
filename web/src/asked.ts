/** Named questions: what they ask, what they leave open, and the query that a filled form makes. */
import type { Kind } from "./data";
import { folded } from "./finder";
import type { Model } from "./model";
import type { Language, Word } from "./words";
import { kindText, nameOf, untag } from "./words";

type Labels = Record<string, string>;

export interface Parameter {
  name: string;
  kind: "entity" | "type" | "year" | "number" | "text" | "choice";
  /** The types of an entity, by their place in the page, or the words of a choice. */
  among: number[] | string[];
  labels: Labels;
  default: string;
  required: boolean;
}

export interface Question {
  name: string;
  titles: Labels;
  wordings: Labels;
  notes: Labels;
  show: [kind: "table" | "chart" | "network", form: string, ...columns: string[]];
  /** The query, cut where a value goes: its name, what stands there with one ({}), and without. */
  parts: (string | [name: string, form: string, without: string])[];
  parameters: Parameter[];
  /** The labels of columns of the answer, by their names; parameters are among them. */
  columns: Record<string, Labels>;
}

export interface Asked {
  base: string;
  prefixes: Record<string, string>;
  union: boolean;
  questions: Question[];
}

/** A value that a parameter may take, as the reader sees it and as SPARQL writes it. */
export interface Choice {
  text: string;
  key: string;
  term: string;
}

/** Returns the values a parameter may take, by name, or null where any text will do. */
export function choices(model: Model, parameter: Parameter, language: Language): Choice[] | null {
  switch (parameter.kind) {
    case "entity":
      return entities(model, parameter.among as number[], language);
    case "type":
      return model.types.map((kind) => ({
        text: kindText(kind, language),
        key: kind.word,
        term: iriTerm(kind.iri),
      }));
    case "choice":
      return (parameter.among as string[]).map((text) => ({ text, key: text, term: textTerm(text) }));
    default:
      return null;
  }
}

function entities(model: Model, types: number[], language: Language): Choice[] {
  const wanted = new Set(types);
  const found = model.entities
    .filter((entity) => !wanted.size || entity.types.some((type) => wanted.has(type)))
    .map((entity) => {
      const { first, second } = nameOf(entity, language);
      const text = second ? `${first.text} ${second.text}` : first.text;
      return { text, key: entity.id, term: iriTerm(entity.iri) };
    });
  const seen = new Map<string, number>();
  for (const { text } of found) seen.set(text, (seen.get(text) ?? 0) + 1);
  const told = found.map((choice) =>
    (seen.get(choice.text) ?? 0) > 1 ? { ...choice, text: `${choice.text} (${choice.key})` } : choice,
  );
  const collator = new Intl.Collator(language === "en" ? "en" : "zh");
  return told.sort((a, b) => collator.compare(a.text, b.text));
}

/** Returns the choice that a text means: its key, its text, or any name of its entity. */
export function chosen(model: Model, options: Choice[], text: string): Choice | null {
  const exact = options.find(({ key }) => key === text) ?? options.find((choice) => choice.text === text);
  if (exact) return exact;
  const wanted = folded(text);
  const meant = options.filter(({ key, text: shown }) => {
    const entity = model.entities.at(model.byId().get(key) ?? -1);
    const names =
      entity?.id === key ? [...entity.labels.values(), ...entity.aliases.map((a) => untag(a).text)] : [];
    return [key, shown, ...names].some((name) => folded(name) === wanted);
  });
  return meant.length === 1 ? meant[0] : null;
}

/** A term for a value, none where the parameter stays open, or what is wrong with the text. */
export type Given = { term: string } | { term: null } | { wrong: Word };

export function given(model: Model, parameter: Parameter, text: string, options: Choice[] | null): Given {
  const value = text.trim();
  if (!value) return parameter.required ? { wrong: "needed" } : { term: null };
  if (options) {
    const choice = chosen(model, options, value);
    return choice ? { term: choice.term } : { wrong: "unknownChoice" };
  }
  if (parameter.kind === "text") return { term: textTerm(value) };
  if (parameter.kind === "year" && !/^\d{4}$/.test(value)) return { wrong: "notYear" };
  if (!/^[+-]?\d+(\.\d+)?$/.test(value)) return { wrong: "notNumber" };
  const kind = value.includes(".") ? "decimal" : "integer";
  return { term: `"${value}"^^<http://www.w3.org/2001/XMLSchema#${kind}>` };
}

/** Returns the query with terms in the place of the variables that have a value. */
export function filled(parts: Question["parts"], terms: ReadonlyMap<string, string>): string {
  return parts
    .map((part) => {
      if (typeof part === "string") return part;
      const [name, form, without] = part;
      const term = terms.get(name);
      return term === undefined ? without : form.replace("{}", () => term);
    })
    .join("");
}

/** Returns an IRI as a term; what no IRI may hold is escaped, so that none can end early. */
export function iriTerm(iri: string): string {
  return `<${iri.replace(/[\u0000-\u0020<>"{}|^`\\]/g, (c) => encodeURIComponent(c))}>`;
}

export function textTerm(text: string): string {
  const escaped = text.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `"${escaped}"`;
}

/** Returns texts in several languages as the page names things. */
export function named(labels: Labels, fallback = ""): Kind {
  return { iri: "", word: fallback, labels };
}
