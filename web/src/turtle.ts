/** Sorted N-Quads as Turtle: grouped by subject, with the prefixes that are used. */
import { compact } from "./results";

const TERM = String.raw`<[^>]*>|_:\S+|"(?:[^"\\]|\\.)*"(?:@[A-Za-z0-9-]+|\^\^<[^>]*>)?|<<\(.*\)>>`;
const LINE = new RegExp(String.raw`^\s*(<[^>]*>|_:\S+)\s+(<[^>]*>)\s+(${TERM})`);
const TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>";

export function turtle(quads: string, prefixes: Record<string, string>): string {
  const used = new Set<string>();
  const short = (term: string): string => {
    const datatype = /^(".*"\^\^)(<[^>]*>)$/s.exec(term);
    if (datatype) return datatype[1] + short(datatype[2]);
    if (!term.startsWith("<") || term.startsWith("<<")) return term;
    const iri = term.slice(1, -1);
    const name = compact(iri, prefixes);
    // A local name that needs no escapes: letters, digits, - and _.
    const parts = /^([^:]*):([\p{L}\p{N}_][\p{L}\p{N}_-]*)$/u.exec(name);
    if (name === iri || !parts) return term;
    used.add(parts[1]);
    return name;
  };
  const blocks: string[] = [];
  let subject = "";
  for (const line of quads.split("\n")) {
    const found = LINE.exec(line);
    if (!found) continue;
    if (found[1] !== subject) {
      if (subject) blocks.push(".", "");
      subject = found[1];
      blocks.push(short(subject));
    }
    blocks.push(`  ${found[2] === TYPE ? "a" : short(found[2])} ${short(found[3])} ;`);
  }
  if (subject) blocks.push(".", "");
  const head = [...used].sort().map((name) => `@prefix ${name}: <${prefixes[name]}> .`);
  return [...head, ...(head.length ? [""] : []), ...blocks].join("\n");
}
