// What the server and this extension say to each other beyond the language server protocol.

import type { Diagnostic } from "vscode-languageclient";
import type { Counts, Kind } from "./words";

/** `shenyan/status`, sent by the server after each analysis of an open document. */
export interface Status {
  readonly uri: string;
  readonly version: number;
  /** Whether it was checked at all; not, for example, in a folder that did not opt in. */
  readonly active: boolean;
  readonly kind: "marketing" | "contract" | null;
  /** Whether the kind was detected; false if it was set. */
  readonly detected: boolean | null;
  readonly counts: Counts;
}

/** `shenyan/setKind`: also turns the document on where its folder did not opt in. */
export interface SetKind {
  readonly uri: string;
  readonly kind: Kind;
}

/** What `shenyan.checkWorkspace` answers. */
export interface Checked {
  readonly files: readonly {
    readonly uri: string;
    readonly counts: Counts;
    /** As the protocol has them. */
    readonly diagnostics: Diagnostic[];
  }[];
}

/** The initialization options. */
export interface Settings {
  readonly enable: "always" | "configured";
  /** Absent: as `shenyan.toml` says, else Chinese. */
  readonly lang?: "zh" | "en";
  /** Where the page of a rule is, for the link on a finding's code. */
  readonly rulePage: string;
  /** The command that shows a rule, called with its id. */
  readonly explainCommand: string;
}

/** The source that the server's diagnostics name. */
export const SOURCE = "shenyan";

/** Commands the server runs. */
export const SERVER_COMMANDS = {
  /** The page of a rule, as Markdown. Argument: its id. */
  explain: "shenyan.explain",
  /** Turns a document on where its folder did not opt in. Argument: its URI. Whether it is open. */
  check: "shenyan.check",
  /** Checks every file, open or not. */
  checkWorkspace: "shenyan.checkWorkspace",
  /** The report as an HTML page. Argument: the URI of a file; the workspace without it. */
  report: "shenyan.report",
} as const;
