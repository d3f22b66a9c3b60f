// Bundles the extension, and each test file, with esbuild. `--watch` keeps going.
import { context } from "esbuild";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const common = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  logLevel: "info",
};

const tests = ["test/unit", "test/e2e"].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join(folder, name)),
);

const builds = await Promise.all([
  context({
    ...common,
    entryPoints: ["src/extension.ts"],
    outfile: "out/extension.js",
    external: ["vscode"],
    // Prefer ES modules of dual packages: UMD wrappers hide their requires from the bundler.
    mainFields: ["module", "main"],
    minify: true,
  }),
  context({
    ...common,
    entryPoints: tests,
    outbase: "test",
    outdir: "out/test",
    external: ["playwright-core", "@vscode/vsce"],
    mainFields: ["module", "main"],
    sourcemap: "inline",
  }),
]);

if (process.argv.includes("--watch")) {
  await Promise.all(builds.map((build) => build.watch()));
} else {
  await Promise.all(builds.map((build) => build.rebuild()));
  await Promise.all(builds.map((build) => build.dispose()));
}
