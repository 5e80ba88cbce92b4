/** Where a query is wrong: the first piece after which no query can go on. */

const PIECE =
  /\s+|#[^\r\n]*|<[^<>"{}|^`\\\u0000-\u0020]*>|"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*'|[?$@]?[\p{L}\p{N}_:.%-]*[\p{L}\p{N}_:%-]|\^\^|&&|\|\||[!<>]=|[\s\S]/gu;
/** Longer than any keyword: the engine reports one it tried behind the place where it tried. */
const GAP = 40;

/**
 * Returns the place of the first misfit, in characters from 0. `parse` returns the column (from 0) at
 * which the engine stumbles over a text of one line, or null where it does not.
 */
export function misfit(sparql: string, parse: (text: string) => number | null): number {
  const pieces: { start: number; end: number }[] = [];
  let line = "";
  for (const { 0: text, index } of sparql.matchAll(PIECE)) {
    const space = /^(?:\s|#)/.test(text);
    line += space ? " ".repeat(text.length) : text.replace(/[\r\n]/g, " ");
    if (!space) pieces.push({ start: index, end: index + text.length });
  }
  let [low, high] = [0, pieces.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const start = line.slice(0, pieces[middle].end);
    // A beginning is good when the engine stumbles over what fits nowhere, and not before.
    const column = parse(start + " ".repeat(GAP) + "\u0001".repeat(GAP));
    if (column === null || column >= start.length + GAP) low = middle + 1;
    else high = middle;
  }
  return low < pieces.length ? pieces[low].start : sparql.trimEnd().length;
}
