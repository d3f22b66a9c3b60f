// The settings, read where they are needed so that a change takes effect at once.

import { workspace } from "vscode";
import { wordsIn, type Lang, type Words } from "./words";

export type Enable = "configured" | "always" | "never";

function read<T>(name: string, fallback: T): T {
  return workspace.getConfiguration("shenyan").get<T>(name) ?? fallback;
}

export function enable(): Enable {
  return read<Enable>("enable", "configured");
}

export function lang(): Lang {
  return read<string>("lang", "zh") === "en" ? "en" : "zh";
}

/** The language if somebody chose one; otherwise a configuration may. */
export function chosenLang(): Lang | undefined {
  const set = workspace.getConfiguration("shenyan").inspect<string>("lang");
  return set?.globalValue ?? set?.workspaceValue ?? set?.workspaceFolderValue ? lang() : undefined;
}

export function serverPath(): string {
  return read("server.path", "");
}

/** What to say, in the language of the findings. */
export function words(): Words {
  return wordsIn(lang());
}
