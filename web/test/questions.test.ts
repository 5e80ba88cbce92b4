import assert from "node:assert/strict";
import test from "node:test";
import { formOf, mistake, parsed, placeIn } from "../src/answers";
import type { Parameter } from "../src/asked";
import { choices, filled, given, iriTerm, textTerm } from "../src/asked";
import { compact, meanings, spokenOf } from "../src/results";
import type { Term } from "../src/results";
import { turtle } from "../src/turtle";
import { misfit } from "../worker/misfit";
import { small } from "./fixture";

const parameter = (rest: Partial<Parameter>): Parameter => ({
  name: "firm",
  kind: "entity",
  among: [],
  labels: {},
  default: "",
  required: false,
  ...rest,
});
const uri = (name: string): Term => ({ type: "uri", value: `https://example.org/${name}` });

test("a value becomes one term and never a part of the query", () => {
  assert.equal(textTerm('a"\\\n} DROP'), String.raw`"a\"\\\n} DROP"`);
  assert.equal(iriTerm("https://example.org/a> } #"), "<https://example.org/a%3E%20%7D%20#>");
  const parts: Parameters<typeof filled>[0] = [
    "ASK { ",
    ["x", " {} ", "?x"],
    " ?p FILTER(",
    ["x", "(true", "BOUND(?x"],
    ") }",
  ];
  assert.equal(filled(parts, new Map()), "ASK { ?x ?p FILTER(BOUND(?x) }");
  assert.equal(filled(parts, new Map([["x", '"$&"']])), 'ASK {  "$&"  ?p FILTER((true) }');
});

test("an entity is given by id, by any of its names, and only where it has the type", () => {
  const firm = parameter({ among: [0] });
  const options = choices(small, firm, "en");
  const term = (text: string) => given(small, firm, text, options);
  assert.deepEqual(term("石药"), { term: "<https://example.org/a>" });
  assert.deepEqual(term("sao paulo"), { term: "<https://example.org/c>" });
  assert.deepEqual(term("s"), { wrong: "unknownChoice" });
  assert.deepEqual(term(""), { term: null });
  assert.deepEqual(given(small, parameter({ kind: "year", required: true }), "", null), { wrong: "needed" });
  assert.deepEqual(given(small, parameter({ kind: "year" }), "24", null), { wrong: "notYear" });
});

test("what a query asks for is told by its first word", () => {
  const forms = [
    "# SELECT\nPREFIX a: <b>\nCONSTRUCT WHERE {}",
    "describe <x>",
    "SELECT * {}",
    "ASK {}",
    "nonsense",
  ];
  assert.deepEqual(forms.map(formOf), ["graph", "graph", "rows", "rows", "rows"]);
});

test("the columns of a star stand as the query names them", () => {
  const json = '{"head":{"vars":["a","b"]},"results":{"bindings":[{"a":{"type":"bnode","value":"1"}}]}}';
  assert.deepEqual(parsed(json, "SELECT * { ?b ?p ?a }"), {
    kind: "rows",
    columns: ["b", "a"],
    rows: [[null, { type: "bnode", value: "1" }]],
  });
});

test("a mistake is shown where the reader stumbles", () => {
  // Stands for an engine that takes letters and spaces, and nothing else.
  const parse = (text: string) => /[^a-z ]/.exec(text)?.index ?? null;
  const query = "abc # 1!\ndef 2 ghi";
  assert.equal(misfit(query, parse), query.indexOf("2"));
  assert.equal(misfit("abc", parse), 3);
  assert.deepEqual(placeIn("ab\n石 x", 5), { line: 2, column: 3, shown: "石 x", pad: "\u3000 " });
  assert.deepEqual(mistake("expected one of '.', [_], Prefix not found", false), { word: "noPrefix" });
  assert.deepEqual(mistake("expected ']'", true), { word: "incomplete" });
});

test("an answer lights up what joins two of one row, by the relation that the row names", () => {
  const known = new Map([
    ["https://example.org/a", { kind: "entity", index: 0 } as const],
    ["https://example.org/b", { kind: "entity", index: 1 } as const],
    ["https://example.org/visited", { kind: "relation", index: 1 } as const],
  ]);
  const meaning = (iri: string) => known.get(iri) ?? null;
  const joined = (...row: Term[]) => [...spokenOf(small, meaning, [row], null).links];
  assert.deepEqual(joined(uri("a"), uri("b")), [0, 1]);
  assert.deepEqual(joined(uri("a"), uri("visited"), uri("b")), []);
  assert.deepEqual(meanings(small)("https://example.org/supplies"), { kind: "relation", index: 0 });
  assert.equal(compact("https://example.org/x/y", { "": "https://example.org/" }), "https://example.org/x/y");
});

test("Turtle is grouped, prefixed, and leaves every literal as it was written", () => {
  const quads = [
    "<https://example.org/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://example.org/T> .",
    '<https://example.org/a> <https://example.org/p> "14.00 \\"x\\" <y> ."^^<https://example.org/d> .',
    '<https://example.org/b.c> <https://example.org/p> "甲"@zh <https://example.org/graph> .',
  ].join("\n");
  assert.equal(
    turtle(quads, { "": "https://example.org/", unused: "https://unused.example/" }),
    [
      "@prefix : <https://example.org/> .",
      "",
      ":a",
      "  a :T ;",
      '  :p "14.00 \\"x\\" <y> ."^^:d ;',
      ".",
      "",
      "<https://example.org/b.c>",
      '  :p "甲"@zh ;',
      ".",
      "",
    ].join("\n"),
  );
});
