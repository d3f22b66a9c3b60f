// Which `shenyan` program to run. Pure but for asking the file system and the program itself, so it
// is tested without an editor.

import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import type { Words } from "./words";

/** The oldest program whose `lsp` speaks what this extension relies on. */
export const NEEDED = "0.1.0";

/** Where to look, in this order; `setting` alone when it is not empty. */
export interface Places {
  readonly setting: string;
  /** The folder of the program inside the extension. */
  readonly bundled: string;
  /** The PATH variable. */
  readonly path: string;
  readonly platform: NodeJS.Platform;
}

/** A program that can be used. */
export interface Program {
  readonly path: string;
  readonly version: string;
}

/** Why there is none: about the first candidate that exists, or that none does. */
export type Failure =
  | { readonly reason: "nowhere" }
  | { readonly reason: "missing"; readonly path: string }
  | { readonly reason: "cannot-run"; readonly path: string; readonly detail: string }
  | { readonly reason: "not-shenyan"; readonly path: string }
  | { readonly reason: "too-old"; readonly path: string; readonly version: string };

export type Found = { readonly program: Program } | { readonly failure: Failure };

/** Finds the program: what the setting names, else the bundled one, else the first on PATH. */
export async function find(places: Places): Promise<Found> {
  const setting = places.setting.trim();
  if (setting) {
    const path = setting.replace(/^~(?=$|[/\\])/, homedir());
    return (await exists(path)) ? ask(path) : { failure: { reason: "missing", path } };
  }
  const name = places.platform === "win32" ? "shenyan.exe" : "shenyan";
  // A relative entry of PATH would be looked up in whatever folder is open.
  const folders = places.path.split(delimiter).filter((folder) => /^([/\\]|[A-Za-z]:)/.test(folder));
  let failure: Failure | undefined;
  for (const folder of [places.bundled, ...folders]) {
    const path = join(folder, name);
    if (!(await exists(path))) continue;
    const found = await ask(path);
    if ("program" in found) return found;
    failure ??= found.failure;
  }
  return { failure: failure ?? { reason: "nowhere" } };
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

function ask(path: string): Promise<Found> {
  return new Promise((resolve) => {
    execFile(path, ["--version"], { timeout: 10_000, windowsHide: true }, (error, stdout) => {
      if (error) {
        const detail = error.killed ? "timeout" : String(error.code ?? error.message);
        resolve({ failure: { reason: "cannot-run", path, detail } });
        return;
      }
      const version = /^shenyan (\d+\.\d+\.\d+)/.exec(stdout)?.[1];
      if (!version) resolve({ failure: { reason: "not-shenyan", path } });
      else if (older(version, NEEDED)) resolve({ failure: { reason: "too-old", path, version } });
      else resolve({ program: { path, version } });
    });
  });
}

/** Whether version `a` comes before `b`; both are three numbers with dots. */
export function older(a: string, b: string): boolean {
  const [left, right] = [a, b].map((v) => v.split(".").map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Says a failure to a person. */
export function explain(failure: Failure, words: Words): string {
  switch (failure.reason) {
    case "nowhere":
      return words.notFound;
    case "missing":
      return words.notFoundAt(failure.path);
    case "cannot-run":
      return words.cannotRun(failure.path, failure.detail);
    case "not-shenyan":
      return words.notShenyan(failure.path);
    case "too-old":
      return words.tooOld(failure.path, failure.version, NEEDED);
  }
}
