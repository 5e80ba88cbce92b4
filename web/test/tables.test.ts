import assert from "node:assert/strict";
import test from "node:test";
import { tablesOf } from "../src/tables";
import { visible } from "../src/visible";
import { opening, small } from "./fixture";

test("what is shown becomes two tables, with the documents it rests on", () => {
  const { entities, relations } = tablesOf(small, visible(small, { ...opening, selected: 0, focus: 1 }));
  assert.deepEqual(entities.split("\r\n"), [
    "id,type,name@en,name@zh,alias,note,evidence",
    "a,firm,Alpha,石药集团,石药,,s",
    "b,firm,Beta,,,,",
    "s,document,Source,,,,",
    "",
  ]);
  assert.deepEqual(relations.split("\r\n"), [
    "source,relation,target,start,end,confidence,note,evidence",
    "a,supplies,b,2010,2012-01-31,several,,s",
    "b,supplies,a,,,,,https://example.org/x",
    "",
  ]);
});
