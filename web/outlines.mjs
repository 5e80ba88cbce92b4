// Makes src/clustergraph/outlines.json, the lines of the map, from two packages. Run by hand, in a
// folder of its own, because these packages are large and the lines hardly ever change:
//   npm install --no-save echarts@4.9.0 world-atlas@2.0.2 && node outlines.mjs FILE
// echarts 4.9.0 is under the Apache License 2.0; world-atlas 2.0.2 (ISC) holds Natural Earth, which is
// in the public domain.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const packages = createRequire(join(process.cwd(), "package.json"));
const read = (name) => JSON.parse(readFileSync(packages.resolve(name), "utf8"));

/** Returns the rings of echarts' own packing: letters for zigzag differences, from a first point. */
function ringsOf(map) {
  return map.features.flatMap(({ geometry: { type, coordinates, encodeOffsets } }) =>
    type === "Polygon"
      ? coordinates.map((text, i) => unpacked(text, encodeOffsets[i]))
      : coordinates.flatMap((part, i) => part.map((text, k) => unpacked(text, encodeOffsets[i][k]))),
  );
}

function unpacked(text, [x, y]) {
  const step = (code) => ((code - 64) >> 1) ^ -((code - 64) & 1);
  return Array.from({ length: text.length / 2 }, (_, i) => {
    x += step(text.charCodeAt(2 * i));
    y += step(text.charCodeAt(2 * i + 1));
    return [x / 1024, y / 1024];
  });
}

/** Returns the lines between rings, each once: a border is of two rings but is one line. */
function linesOf(rings) {
  const beside = new Map();
  const name = ([x, y]) => `${x},${y}`;
  for (const ring of rings)
    ring.forEach((point, i) => {
      const next = ring[(i + 1) % ring.length];
      const [a, b] = [name(point), name(next)];
      if (a === b) return;
      for (const [from, to] of [
        [a, b],
        [b, a],
      ])
        beside.set(from, (beside.get(from) ?? new Set()).add(to));
    });
  const walk = (from) => {
    const line = [from];
    for (let at = from; beside.get(at)?.size;) {
      const [next] = beside.get(at);
      beside.get(at).delete(next);
      beside.get(next).delete(at);
      line.push((at = next));
      if (junctions.has(at)) break;
    }
    return line.map((text) => text.split(",").map(Number));
  };
  const junctions = new Set([...beside].filter(([, next]) => next.size !== 2).map(([point]) => point));
  const lines = [];
  for (const point of [...junctions, ...beside.keys()])
    while (beside.get(point).size) lines.push(walk(point));
  return lines;
}

/** Returns a line with no more points than it needs to stay as near as that (Douglas and Peucker). */
function simplified(line, near) {
  if (line.length < 3) return line;
  const [[ax, ay], [bx, by]] = [line[0], line[line.length - 1]];
  const long = Math.hypot(bx - ax, by - ay);
  const distance = ([x, y]) =>
    long ? Math.abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / long : Math.hypot(x - ax, y - ay);
  let far = 0;
  let at = 0;
  line.forEach((point, i) => {
    if (distance(point) > far) [far, at] = [distance(point), i];
  });
  if (far <= near) return [line[0], line[line.length - 1]];
  return [...simplified(line.slice(0, at + 1), near).slice(0, -1), ...simplified(line.slice(at), near)];
}

/** Returns the coasts: the arcs of a topology, as they are, but for those along its seam and the pole. */
function coasts({ arcs, transform: { scale, translate } }) {
  return arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx, dy]) => {
      [x, y] = [x + dx, y + dy];
      return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
    });
  });
}

/** Returns lines as whole hundredths of a degree: a first point, then differences. */
function packed(lines) {
  return lines
    .map((line) => line.map((point) => point.map((degrees) => Math.round(degrees * 100))))
    .map((line) => line.filter(([x, y], i) => !i || x !== line[i - 1][0] || y !== line[i - 1][1]))
    .filter((line) => line.length > 1)
    .map((line) => line.flatMap(([x, y], i) => (i ? [x - line[i - 1][0], y - line[i - 1][1]] : [x, y])));
}

const outlines = {
  coasts: packed(coasts(read("world-atlas/land-110m.json")).map((line) => simplified(line, 0.1))),
  provinces: packed(
    linesOf(ringsOf(read("echarts/map/json/china.json"))).map((line) => simplified(line, 0.02)),
  ),
  prefectures: packed(
    linesOf(ringsOf(read("echarts/map/json/province/hebei.json"))).map((line) => simplified(line, 0.006)),
  ),
};
writeFileSync(process.argv[2], `${JSON.stringify(outlines)}\n`);
