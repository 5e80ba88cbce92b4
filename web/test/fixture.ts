/** A small network: a and b are joined twice, b and c once, d stands alone, s is a document. */
import type { Columns, Kind } from "../src/data";
import { Model } from "../src/model";
import type { State } from "../src/state";

const kind = (word: string, rest: Partial<Kind> = {}): Kind => ({
  iri: `https://example.org/${word}`,
  word,
  labels: { en: word },
  ...rest,
});

export const columns: Columns = {
  version: 1,
  language: "both",
  engine: "canvas",
  titles: { en: "Test", zh: "测试" },
  base: "https://example.org/",
  types: [kind("firm"), kind("document", { aside: "document" })],
  relations: [kind("supplies"), kind("visited", { momentary: true })],
  properties: [],
  aside: [4],
  entities: {
    id: ["a", "b", "c", "d", "s"],
    iri: ["", "", "", "", ""],
    labels: { en: ["Alpha", "Beta", "São Paulo", null, "Source"], zh: ["石药集团", null, null, null, null] },
    types: [[0], [0], [0], [0], [1]],
    aliases: [[["石药", "zh"]], [], [], [], []],
    notes: [[], [], [], [], []],
    facts: [[], [], [], [], []],
    evidence: [[4], [], [], [], []],
    rows: [[], [], [], [], []],
    x: [0, 100, 200, 300, 400],
    y: [0, 0, 0, 0, 0],
    radius: [5, 5, 5, 5, 5],
  },
  links: {
    source: [0, 1, 1],
    target: [1, 0, 2],
    relation: [0, 0, 1],
    key: ["1", "2", "3"],
    bend: [0.1, 0.1, 0],
    start: ["2010", null, "2015-06"],
    end: ["2012-01-31", null, null],
    confidence: ["several", null, "uncertain"],
    notes: [[], [], []],
    facts: [[], [], []],
    evidence: [[4], ["https://example.org/x"], []],
    rows: [[], [], []],
  },
};

export const small: Model = new Model(columns);

export const opening: State = {
  language: "both",
  theme: "auto",
  selected: null,
  hover: null,
  focus: 0,
  path: null,
  hiddenTypes: new Set([1]),
  hiddenRelations: new Set(),
  hiddenConfidences: new Set(),
  hiddenEvidence: new Set(),
  hiddenEntities: new Set(),
  period: null,
  undated: true,
  marked: null,
  compared: null,
  arrangement: "network",
  pins: new Map(),
  zone: null,
  view: "network",
  drawer: "none",
};
