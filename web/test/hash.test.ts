import assert from "node:assert/strict";
import test from "node:test";
import { read, write } from "../src/hash";
import { opening, small } from "./fixture";

test("an address opens what its sender saw", () => {
  const state = {
    ...opening,
    selected: 1,
    focus: 2 as const,
    hiddenTypes: new Set([0]),
    hiddenConfidences: new Set(["", "uncertain"]),
    period: [2010, 2012] as const,
    undated: false,
    language: "en" as const,
    view: "table" as const,
    hiddenEntities: new Set([3]),
    hiddenEvidence: new Set(["without" as const]),
  };
  const { change, camera } = read(small, `#${write(small, state, opening, { x: 12.4, y: -7, scale: 0.5 })}`);
  assert.deepEqual({ ...opening, ...change }, state);
  assert.deepEqual(camera, { x: 12, y: -7, scale: 0.5 });
});

test("the opening view needs no address", () => {
  assert.equal(write(small, opening, opening, null), "");
});

test("an address of nonsense opens the page as usual", () => {
  assert.deepEqual(read(small, "#entity=nobody&at=1,2&period=x&path=%zz&focus=9"), {
    change: {},
    camera: null,
  });
});
