import assert from "node:assert/strict";
import test from "node:test";
import { figure, flat, nameOf, shorten } from "../src/words";
import { small } from "./fixture";

test("names follow the language, and fall back rather than fail", () => {
  const said = (entity: number, language: "both" | "en" | "zh") => nameOf(small.entities[entity], language);
  assert.deepEqual(said(0, "both"), {
    first: { text: "石药集团", language: "zh" },
    second: { text: "Alpha", language: "en" },
  });
  assert.deepEqual(said(0, "en"), { first: { text: "Alpha", language: "en" }, second: null });
  assert.deepEqual(said(1, "zh"), { first: { text: "Beta", language: "en" }, second: null });
  assert.deepEqual(said(3, "both"), { first: { text: "d", language: "" }, second: null });
});

test("text is cut between the characters that a reader sees", () => {
  assert.equal(shorten("abcdef", 4), "abc…");
  assert.equal(shorten("👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 2), "👩‍👩‍👧‍👦…");
  assert.equal(shorten("𠮷".repeat(9), 3), "𠮷𠮷…");
  assert.equal(shorten("short", 9), "short");
});

test("a line of the drawing has no breaks and no turning marks", () => {
  assert.equal(flat("a\u202egnp.exe\nb\u0000c"), "agnp.exe b c");
});

test("figures get their thousands apart and keep every decimal", () => {
  assert.equal(figure("125720000000"), "125,720,000,000");
  assert.equal(figure("-1234.50"), "-1,234.50");
  assert.equal(figure("12345678901234567890"), "12345678901234567890");
  assert.equal(figure("about 5"), "about 5");
});
