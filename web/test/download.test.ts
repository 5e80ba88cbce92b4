import assert from "node:assert/strict";
import test from "node:test";
import { csv } from "../src/csv";
import { xml } from "../src/svg";

test("a cell that a spreadsheet would run is made plain text", () => {
  assert.equal(
    csv([["=1+1", "@x", "-5", "+44 20", "a,b", 'say "x"']]),
    `'=1+1,'@x,-5,'+44 20,"a,b","say ""x"""\r\n`,
  );
});

test("text in an SVG file is text", () => {
  assert.equal(xml(`<script>&"\u0000\ud800`), "&lt;script&gt;&amp;&quot;\ufffd");
});
