import assert from "node:assert/strict";
import test from "node:test";
import { around, lit, shortestPath, visible } from "../src/visible";
import { Model } from "../src/model";
import { columns, opening, small } from "./fixture";

test("what stands aside is not drawn until its type is asked for", () => {
  assert.deepEqual([...visible(small, opening).entities], [1, 1, 1, 1, 0]);
  assert.deepEqual([...visible(small, { ...opening, hiddenTypes: new Set() }).entities], [1, 1, 1, 1, 1]);
});

test("a relation without an end goes on, but a visit does not", () => {
  const links = (period: readonly [number, number]) => [
    ...visible(small, { ...opening, period, undated: false }).links,
  ];
  assert.deepEqual(links([2010, 2010]), [1, 0, 0]);
  assert.deepEqual(links([2012, 2014]), [1, 0, 0]);
  assert.deepEqual(links([2013, 2014]), [0, 0, 0]);
  assert.deepEqual(links([2015, 2020]), [0, 0, 1]);
  assert.deepEqual(links([2016, 2020]), [0, 0, 0]);
});

test("relations without a date follow their own switch", () => {
  assert.deepEqual([...visible(small, { ...opening, undated: false }).links], [1, 0, 1]);
});

test("confidence and relation filters leave entities in place", () => {
  const shown = visible(small, {
    ...opening,
    hiddenConfidences: new Set(["several"]),
    hiddenRelations: new Set([1]),
  });
  assert.deepEqual([...shown.links], [0, 1, 0]);
  assert.equal(shown.entityCount, 4);
});

test("a focus keeps what lies within its steps", () => {
  assert.deepEqual([...visible(small, { ...opening, selected: 0, focus: 1 }).entities], [1, 1, 0, 0, 0]);
  assert.deepEqual([...visible(small, { ...opening, selected: 0, focus: 2 }).entities], [1, 1, 1, 0, 0]);
});

test("a shortest path runs against the arrows too, and there may be none", () => {
  const { links } = visible(small, opening);
  assert.deepEqual(shortestPath(small, links, 2, 0), [2, 0]);
  assert.equal(shortestPath(small, links, 0, 3), null);
  assert.deepEqual([...around(small, links, 3, 3)], [3]);
});

test("a selection lights its relations and whom they reach", () => {
  const shown = visible(small, opening);
  assert.deepEqual(lit(small, shown, { ...opening, selected: 1 }), {
    entities: new Set([1, 0, 2]),
    links: new Set([0, 1, 2]),
  });
  assert.equal(lit(small, shown, opening), null);
});

test("an entity has as many relations as are shown of it, one to itself counted once", () => {
  const self = new Model({
    ...columns,
    links: { ...columns.links, source: [0, 1, 1], target: [1, 1, 2] },
  });
  assert.deepEqual([...visible(self, opening).degree()], [1, 3, 1, 0, 0]);
  const without = visible(self, { ...opening, hiddenRelations: new Set([1]) });
  assert.deepEqual([...without.degree()], [1, 2, 0, 0, 0]);
});
