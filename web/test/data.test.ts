import assert from "node:assert/strict";
import test from "node:test";
import { parsed } from "../src/data";
import { columns } from "./fixture";

test("a column that is mostly empty comes back whole", () => {
  const { entities, links } = columns;
  const [zh, ...none] = entities.labels.zh;
  assert.ok(none.every((text) => text === null));
  const packed = {
    ...columns,
    entities: {
      ...entities,
      labels: { en: entities.labels.en, zh: { empty: null, at: [0], values: [zh] } },
      notes: { empty: [], at: [], values: [] },
    },
    links: { ...links, bend: { empty: 0, at: [0, 1], values: [0.1, 0.1] } },
  };
  assert.deepEqual(parsed(JSON.stringify(packed)), columns);
});
