// Puts the `shenyan` program where the .vsix takes it from: server/.
//
// It is built from this repository (cargo does nothing when it is fresh), unless SHENYAN_BINARY
// names one that is ready, as it does when packaging for another platform.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../../..");
const here = resolve(import.meta.dirname, "..");

function build() {
  const output = execFileSync(
    "cargo",
    ["build", "--release", "--locked", "--bin", "shenyan", "--message-format", "json-render-diagnostics"],
    { cwd: root, stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 28, encoding: "utf8" },
  );
  const built = output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line))
    .findLast((message) => message.executable);
  if (!built) throw new Error("cargo named no executable");
  return built.executable;
}

const source = process.env.SHENYAN_BINARY || build();
const folder = join(here, "server");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
const target = join(folder, basename(source).endsWith(".exe") ? "shenyan.exe" : "shenyan");
copyFileSync(source, target);
chmodSync(target, 0o755);
console.log(`bundled ${source}`);
