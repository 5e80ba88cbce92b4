import assert from "node:assert/strict";
import test from "node:test";
import { fitting, toScreen, toWorld, zoomed } from "../src/camera";
import { contrast, onGround } from "../src/colour";
import { hull } from "../src/hulls";
import { place, Ruler, type Wish } from "../src/labels";
import type { Scene } from "../src/scene";
import { along, via } from "../src/scene";
import { ink } from "../src/colour";

test("zooming keeps the point under the pointer where it is", () => {
  const size = { width: 800, height: 600 };
  const before = { x: 10, y: -20, scale: 0.7 };
  const world = toWorld(before, size, 123, 456);
  const [x, y] = toScreen(zoomed(before, size, 1.7, 123, 456), size, ...world);
  assert.ok(Math.hypot(x - 123, y - 456) < 1e-9);
});

test("fitting shows the whole box", () => {
  const size = { width: 360, height: 640 };
  const camera = fitting({ left: -500, top: -100, right: 500, bottom: 100 }, size);
  const [left] = toScreen(camera, size, -500, -100);
  const [right] = toScreen(camera, size, 500, 100);
  assert.ok(left > 0 && right < 360);
});

test("every colour of data can be told from its ground", () => {
  const least = (dark: boolean, ground: string) =>
    Math.min(
      ...["#8B0F1C", "#24A68A", "#BF8715", "#2A4A6F", "#000000", "#ffffff", "#ffff00", "nonsense"].map(
        (colour) => contrast(onGround(colour, dark), ground),
      ),
    );
  assert.ok(least(true, "#14171c") >= 4.5);
  assert.ok(least(false, "#fcfcfa") >= 3);
});

test("the page's own words are readable on their grounds", () => {
  for (const dark of [false, true]) {
    const { text, faint, accent, ground } = ink(dark);
    assert.ok(Math.min(...[text, faint, accent].map((colour) => contrast(colour, ground))) >= 4.5);
  }
});

test("two links between the same ends bow to different sides", () => {
  const one = via(0.2, 0, 0, 100, 0);
  const other = via(0.2, 100, 0, 0, 0);
  assert.ok(one && other && one[1] * other[1] < 0);
  assert.deepEqual(along(0, 0, null, 10, 20, 0.5), [5, 10]);
});

test("a hull holds the outermost points and none within", () => {
  const found = hull([
    [0, 0],
    [10, 0],
    [10, 10],
    [0, 10],
    [5, 5],
    [0, 5],
  ]);
  assert.deepEqual(found.map(String).sort(), ["0,0", "0,10", "10,0", "10,10"]);
});

test("no two names overlap, however close their marks are", () => {
  const count = 60;
  const scene: Scene = {
    count,
    x: Float64Array.from({ length: count }, (_, i) => (i % 10) * 30),
    y: Float64Array.from({ length: count }, (_, i) => Math.floor(i / 10) * 30),
    radius: new Float64Array(count).fill(5),
    kind: new Uint16Array(count),
    kinds: [{ shape: "dot", colour: "#000000" }],
    links: {
      count: 0,
      source: new Int32Array(),
      target: new Int32Array(),
      bend: new Float32Array(),
      kind: new Uint16Array(),
      kinds: [],
      rank: new Uint8Array(),
      incoming: new Uint32Array(count),
    },
  };
  const ruler = new Ruler({
    font: "",
    measureText: (text: string) => ({ width: text.length * 7 }) as TextMetrics,
  });
  const wishes = Array.from({ length: count }, (_, entity): Wish => ({
    entity,
    weight: -entity,
    name: {
      first: { text: `Company ${entity}`, language: "" },
      second: { text: "second line", language: "" },
    },
    full: entity % 2 === 0,
    strong: false,
    weighty: entity < 9,
    must: false,
  }));
  const view = { camera: { x: 150, y: 80, scale: 1 }, size: { width: 700, height: 400 } };
  const placed = place(wishes, { scene, entities: Int32Array.from(scene.kind.keys()) }, view, ruler);
  const overlapping = placed.flatMap((a, i) =>
    placed
      .slice(i + 1)
      .filter(
        (b) =>
          a.box.left < b.box.right &&
          a.box.right > b.box.left &&
          a.box.top < b.box.bottom &&
          a.box.bottom > b.box.top,
      ),
  );
  assert.ok(placed.length > 9);
  assert.deepEqual(overlapping, []);
});
