// Bundles the page's code into one script and one style, and collects the licences of what is in them.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const output = process.argv[2] ?? join(here, "../src/clustergraph/page");
mkdirSync(output, { recursive: true });

const script = await esbuild.build({
  absWorkingDir: here,
  entryPoints: ["src/main.ts"],
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022", "chrome114", "firefox125", "safari17"],
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  write: false,
});
// Inside a script element nothing may look like its end.
const text = script.outputFiles[0].text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
writeFileSync(join(output, "page.js"), text);

const style = await esbuild.build({
  absWorkingDir: here,
  entryPoints: ["src/page.css"],
  minify: true,
  charset: "utf8",
  write: false,
});
writeFileSync(join(output, "page.css"), style.outputFiles[0].text);
writeFileSync(join(output, "template.html"), readFileSync(join(here, "src/template.html"), "utf8"));

// What only the server's pages need: files of their own, asked for by those pages.
const served = await esbuild.build({
  absWorkingDir: here,
  entryPoints: ["editor/editor.ts", "editor/bar.ts", "editor/live.ts"],
  outdir: output,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022", "chrome114", "firefox125", "safari17"],
  charset: "utf8",
  legalComments: "none",
  metafile: true,
});

/** The licences of the packages that went into a bundle, by name. */
function licences(bundle) {
  const packages = new Set();
  for (const path of Object.keys(bundle.metafile.inputs)) {
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
];
parts.push(...licences(script));
writeFileSync(join(output, "licences.txt"), `${parts.join("\n\n----\n\n")}\n`);
writeFileSync(join(output, "editor-licences.txt"), `${licences(served).join("\n\n----\n\n")}\n`);
