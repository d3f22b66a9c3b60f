// Packs out/shenyan-PLATFORM.vsix for the platform it runs on, or the one SHENYAN_TARGET names
// (together with SHENYAN_BINARY).
import { createVSIX } from "@vscode/vsce";
import { copyFileSync } from "node:fs";
import { join, resolve } from "node:path";

const here = resolve(import.meta.dirname, "..");
for (const name of ["LICENSE-MIT", "LICENSE-APACHE"]) {
  copyFileSync(join(here, "../..", name), join(here, name));
}
const target = process.env.SHENYAN_TARGET || `${process.platform}-${process.arch}`;
const packagePath = join(here, "out", `shenyan-${target}.vsix`);
await createVSIX({
  cwd: here,
  packagePath,
  target,
  // Everything is bundled into out/extension.js.
  dependencies: false,
  // The pictures travel inside the package.
  rewriteRelativeLinks: false,
  allowMissingRepository: true,
  skipLicense: true,
});
