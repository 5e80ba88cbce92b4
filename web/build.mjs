// Bundles the page's code into one script and one style, and collects the licences of what is in them.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const output = process.argv[2] ?? join(here, "../src/clustergraph/page");
mkdirSync(output, { recursive: true });

const script = await bundle(["src/main.ts"], { write: false });
writeFileSync(join(output, "page.js"), inert(script.outputFiles[0].text));

const style = await esbuild.build({
  absWorkingDir: here,
  entryPoints: ["src/page.css"],
  minify: true,
  charset: "utf8",
  write: false,
});
writeFileSync(join(output, "page.css"), style.outputFiles[0].text);
writeFileSync(join(output, "template.html"), readFileSync(join(here, "src/template.html"), "utf8"));

// What answers questions in the page, beside it. It is compressed here, once, and not for each page.
const worker = await bundle(["worker/worker.ts"], {
  // The engine comes with the message that starts it; it is never fetched.
  define: { "import.meta.url": '""' },
  write: false,
});
writeFileSync(join(output, "worker.js"), inert(worker.outputFiles[0].text));
const engine = limited(readFileSync(join(here, "node_modules/oxigraph/web_bg.wasm")));
writeFileSync(join(output, "engine.txt"), gzipSync(engine, { level: 9, memLevel: 9 }).toString("base64"));

/** Bundles each of these with all that it imports, as a script of its own. */
function bundle(entryPoints, more) {
  return esbuild.build({
    absWorkingDir: here,
    entryPoints,
    bundle: true,
    minify: true,
    format: "iife",
    target: ["es2022", "chrome114", "firefox125", "safari17"],
    charset: "utf8",
    legalComments: "none",
    metafile: true,
    ...more,
  });
}

/** Returns a script that nothing inside a script element takes for that element's end. */
function inert(text) {
  return text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
}

/** Returns the engine with a bound for its memory: a query that needs more fails, and not the machine. */
function limited(wasm) {
  const unbounded = Buffer.from([5, 3, 1, 0, 24]); // section 5 (memories), 3 bytes: one, from 24 pages
  const gigabyte = Buffer.from([5, 6, 1, 1, 24, 0x80, 0x80, 1]); // to 16,384 pages of 64 KiB
  const at = wasm.indexOf(unbounded);
  if (at < 0 || wasm.indexOf(unbounded, at + 1) >= 0)
    throw new Error("Where is the engine's memory section?");
  return Buffer.concat([wasm.subarray(0, at), gigabyte, wasm.subarray(at + unbounded.length)]);
}

// What only the server's pages need: files of their own, asked for by those pages.
const served = await bundle(["editor/editor.ts", "editor/bar.ts", "editor/live.ts"], { outdir: output });

function version(name) {
  return JSON.parse(readFileSync(join(here, "node_modules", name, "package.json"), "utf8")).version;
}

/** The licences of the packages that went into a bundle, by name. */
function licences(built) {
  const packages = new Set();
  for (const path of Object.keys(built.metafile.inputs)) {
    const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path);
    if (found) packages.add(found[1]);
  }
  return [...packages].sort().map((name) => {
    const { version, license } = JSON.parse(
      readFileSync(join(here, "node_modules", name, "package.json"), "utf8"),
    );
    const text = readFileSync(join(here, "node_modules", name, "LICENSE"), "utf8").trim();
    return `${name} ${version}, ${license}\n\n${text}`;
  });
}

const parts = [
  "clustergraph, Apache License 2.0, https://www.apache.org/licenses/LICENSE-2.0",
  'vis-network 9.1.2 (drawing engine "pyvis"), by Almende B.V. and the visjs contributors,\nApache License 2.0 or MIT License; it bundles hammer.js, keycharm, uuid and core-js (MIT).',
  `oxigraph ${version("oxigraph")}, by the Oxigraph developers, Apache License 2.0 or MIT License;\nit answers the questions, compiled to WebAssembly with the Rust crates that it uses.`,
];
parts.push(
  "The outlines of the map: provinces of China and prefectures of Hebei from Apache ECharts 4.9.0,\nApache License 2.0; the coasts of the world from Natural Earth, in the public domain.",
);
parts.push(...licences(script));
writeFileSync(join(output, "licences.txt"), `${parts.join("\n\n----\n\n")}\n`);
writeFileSync(join(output, "editor-licences.txt"), `${licences(served).join("\n\n----\n\n")}\n`);
