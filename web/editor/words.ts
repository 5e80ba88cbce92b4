/** What can be completed: SPARQL's own words, and the prefixes, terms and entities of the graph. */
import type {
  Completion,
  CompletionContext,
  CompletionResult,
  CompletionSource,
} from "@codemirror/autocomplete";

export interface Words {
  prefixes: Record<string, string>;
  /** Each with its prefixed name, and its names in words. */
  classes: [string, string][];
  predicates: [string, string][];
  entities: [string, string][];
}

const KEYWORDS =
  "SELECT ASK CONSTRUCT DESCRIBE PREFIX WHERE FROM NAMED DISTINCT OPTIONAL UNION MINUS GRAPH FILTER BIND VALUES GROUP ORDER BY HAVING LIMIT OFFSET ASC DESC AS EXISTS NOT IN COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT CONTAINS STRSTARTS STRENDS REGEX REPLACE LCASE UCASE STRLEN SUBSTR LANG LANGMATCHES DATATYPE BOUND COALESCE IF IRI STR CONCAT YEAR";
const WORD = /[\p{L}\p{N}_:.-]*$/u;

/** Return the options for a text of which so much stands before the cursor. */
export function options(words: Words, before: string): Completion[] {
  const variables = [...new Set(before.match(/[?$]\w+/g) ?? [])].map((label): Completion => ({
    label,
    type: "variable",
    boost: 1,
  }));
  const keywords = KEYWORDS.split(" ").map((label): Completion => ({ label, type: "keyword" }));
  const prefixes = Object.entries(words.prefixes).map(([prefix, namespace]): Completion => ({
    label: `${prefix}:`,
    detail: namespace,
    type: "namespace",
    boost: 2,
  }));
  const terms = (listed: [string, string][], type: string, boost: number): Completion[] =>
    listed.flatMap(([label, name]): Completion[] => {
      const own: Completion = { label, detail: name, type, boost };
      // What is known by name is found by name as well.
      return name ? [own, { label: name, detail: label, apply: label, type, boost: boost - 1 }] : [own];
    });
  return [
    ...variables,
    ...keywords,
    ...prefixes,
    ...terms(words.classes, "class", 4),
    ...terms(words.predicates, "property", 3),
    ...terms(words.entities, "constant", 0),
  ];
}

export function completing(load: () => Promise<Words>): CompletionSource {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const variable = context.matchBefore(/[?$]\w*$/);
    const found = variable ?? context.matchBefore(WORD);
    if (!found || (found.from === found.to && !context.explicit)) return null;
    const line = context.state.doc.lineAt(context.pos);
    if (
      line.text
        .slice(0, context.pos - line.from)
        .trimStart()
        .startsWith("#")
    )
      return null;
    const before = context.state.sliceDoc(0, found.from);
    return {
      from: found.from,
      options: options(await load(), before),
      validFor: /^[?$]?[\p{L}\p{N}_:.-]*$/u,
    };
  };
}
