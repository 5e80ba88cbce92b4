import assert from "node:assert/strict";
import test from "node:test";
import { folded, Finder, spelled } from "../src/finder";
import { small } from "./fixture";

const index = new Finder(small);
const ids = (query: string) => index.find(query).map(({ entity }) => small.entities[entity].id);

test("a name is found without its accents, case or punctuation", () => {
  assert.equal(folded("São-Paulo (BR)"), "sao paulo br");
  assert.deepEqual(ids("sao paulo"), ["c"]);
});

test("Chinese names are found by characters, pinyin and initials", () => {
  assert.deepEqual(spelled("石药集团"), ["shiyaojituan", "syjt"]);
  assert.deepEqual([ids("石药"), ids("shiyao"), ids("shi yao"), ids("syjt")], [["a"], ["a"], ["a"], ["a"]]);
});

test("an id is found, and nothing is found for nothing", () => {
  assert.deepEqual(ids("d"), ["d"]);
  assert.deepEqual(ids("  "), []);
});
