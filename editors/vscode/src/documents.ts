// Which documents are ours, and which of them are checked without being asked for.

import { access } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Uri, window, workspace, type TextDocument } from "vscode";
import { enable } from "./settings";

export const CONFIG_NAME = "shenyan.toml";

/** Languages that the server reads. */
export const LANGUAGES = ["markdown", "plaintext", "html"];

/** What the server is told about. */
export const SELECTOR = [
  ...LANGUAGES.flatMap((language) => [
    { scheme: "file", language },
    { scheme: "untitled", language },
  ]),
  // For completion and what is wrong with it.
  { scheme: "file", pattern: `**/${CONFIG_NAME}` },
];

/** Whether the server can check it. */
export function isOurs(document: TextDocument): boolean {
  return (
    LANGUAGES.includes(document.languageId) &&
    (document.uri.scheme === "file" || document.uri.scheme === "untitled")
  );
}

/** The document to act on when a command names none. */
export function activeDocument(): TextDocument | undefined {
  const document = window.activeTextEditor?.document;
  return document && isOurs(document) ? document : undefined;
}

/** Whether the document is to be checked though nobody asked. */
export async function optedIn(document: TextDocument): Promise<boolean> {
  switch (enable()) {
    case "never":
      return false;
    case "always":
      return isOurs(document);
    case "configured": {
      if (document.uri.scheme === "file" && document.uri.path.endsWith(`/${CONFIG_NAME}`)) return true;
      if (!isOurs(document)) return false;
      // An unsaved document belongs to the folder that is open.
      const folders =
        document.uri.scheme === "file"
          ? [dirname(document.uri.fsPath)]
          : (workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
      for (const folder of folders) if (await configured(folder)) return true;
      return false;
    }
  }
}

/** Whether there is a configuration in `folder` or above. */
async function configured(folder: string): Promise<boolean> {
  for (let here = folder; ; here = dirname(here)) {
    if (await fileExists(join(here, CONFIG_NAME))) return true;
    if (dirname(here) === here) return false;
  }
}

async function fileExists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** `uri` as people know it: relative to the workspace. */
export function shown(uri: Uri): string {
  return workspace.asRelativePath(uri, (workspace.workspaceFolders?.length ?? 0) > 1);
}
