// Bundles each test and runs it with Node's own runner, on any Node that has no types of its own.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const output = mkdtempSync(join(tmpdir(), "page-tests-"));
const tests = readdirSync(join(here, "test")).filter((name) => name.endsWith(".test.ts"));
await esbuild.build({
  absWorkingDir: here,
  entryPoints: tests.map((name) => join("test", name)),
  outdir: output,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  logLevel: "warning",
});
const { status } = spawnSync(
  process.execPath,
  ["--test", ...readdirSync(output).map((name) => join(output, name))],
  { stdio: "inherit" },
);
rmSync(output, { recursive: true });
process.exit(status ?? 1);
