/** Finds entities by any name in any script, by pinyin, by alias, by id. */
import type { Entity, Model } from "./model";
import { once } from "./once";
import { untag } from "./words";

// It asks the browser for the order of all Chinese characters as soon as it is evaluated.
// eslint-disable-next-line @typescript-eslint/no-require-imports -- an import cannot wait
const pinyin = once(() => require("tiny-pinyin") as typeof import("tiny-pinyin"));

/** How tiny-pinyin marks what it spelled out. */
const TRANSLATED = 2;
const HAN = /[\u3400-\u9fff]/;

/** Returns text as it is compared: without case, accents, width or punctuation. */
export function folded(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[\s\p{P}]+/gu, " ")
    .trim();
}

/** Returns the pinyin of a Chinese text in full and by initials, or nothing for other text. */
export function spelled(text: string): string[] {
  if (!HAN.test(text) || !pinyin().isSupported()) return [];
  const parts = pinyin()
    .parse(text.slice(0, 80))
    .map(({ type, target }) => ({ han: (type as number) === TRANSLATED, text: folded(target) }));
  return [
    parts.map((part) => part.text).join(""),
    parts.map((part) => (part.han ? part.text.slice(0, 1) : part.text)).join(""),
  ];
}

export interface Found {
  entity: number;
  score: number;
}

export class Finder {
  private keys: string[][];

  constructor(private model: Model) {
    this.keys = model.entities.map(keysOf);
  }

  /** Returns the best matches first: whole name, its beginning, a word's beginning, anywhere. */
  find(query: string): Found[] {
    const wanted = folded(query);
    const joined = wanted.replaceAll(" ", "");
    if (!wanted) return [];
    const found: Found[] = [];
    this.keys.forEach((keys, entity) => {
      let best = 0;
      for (const key of keys) best = Math.max(best, score(key, wanted, joined));
      if (best) found.push({ entity, score: best + Math.min(this.model.degree[entity], 50) / 100 });
    });
    return found.sort((a, b) => b.score - a.score || a.entity - b.entity);
  }
}

function keysOf(entity: Entity): string[] {
  const names = [...entity.labels.values(), ...entity.aliases.map((alias) => untag(alias).text)].map((name) =>
    name.slice(0, 300),
  );
  return [...new Set([...names.map(folded), folded(entity.id), ...names.flatMap(spelled)])].filter(Boolean);
}

function score(key: string, wanted: string, joined: string): number {
  if (key === wanted) return 5;
  if (key.startsWith(wanted) || key.startsWith(joined)) return 4;
  if (key.includes(` ${wanted}`)) return 3;
  if (key.includes(wanted)) return 2;
  const words = wanted.split(" ");
  return words.length > 1 && words.every((word) => key.includes(word)) ? 1 : 0;
}
