// The status bar item: what the current document is, and what was found in it.

import { MarkdownString, StatusBarAlignment, ThemeColor, window, type Disposable } from "vscode";
import { activeDocument, optedIn } from "./documents";
import type { Status } from "./protocol";
import type { Server } from "./server";
import { words } from "./settings";

export class StatusBar implements Disposable {
  private readonly item = window.createStatusBarItem("shenyan.status", StatusBarAlignment.Right, 101);
  private readonly latest = new Map<string, Status>();
  private readonly disposables: Disposable[];

  constructor(private readonly server: Server) {
    this.disposables = [
      this.item,
      server.onStatus((status) => {
        this.latest.set(status.uri, status);
        void this.show();
      }),
      server.onDidChange(() => {
        if (!server.running) this.latest.clear();
        void this.show();
      }),
      window.onDidChangeActiveTextEditor(() => void this.show()),
    ];
    void this.show();
  }

  /** What is known of a document. */
  of(uri: string): Status | undefined {
    return this.latest.get(uri);
  }

  /** Forgets a closed document. */
  forget(uri: string): void {
    this.latest.delete(uri);
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private async show(): Promise<void> {
    const document = activeDocument();
    if (!document) return this.item.hide();
    const status = this.latest.get(document.uri.toString());
    if (status?.active) return this.showStatus(status);
    // Quiet, unless this document should be checked and cannot be.
    if (this.server.unavailable && (await optedIn(document))) this.showUnavailable();
    else this.item.hide();
  }

  private showStatus(status: Status): void {
    const w = words();
    const { error, warning, hint } = status.counts;
    const kind = w.kinds[status.kind ?? "auto"] ?? w.name;
    const counts = [
      error && `$(error) ${error}`,
      warning && `$(warning) ${warning}`,
      hint && `$(info) ${hint}`,
    ].filter(Boolean);
    this.item.name = w.name;
    this.item.text = [`${w.name} · ${kind}`, ...(counts.length ? counts : ["$(check)"])].join(" ");
    this.item.tooltip = new MarkdownString(
      [status.detected === false ? kind : w.automatically(kind), w.counts(status.counts), w.clickToChange].join("\n\n"),
    );
    this.item.accessibilityInformation = { label: `${w.name}, ${kind}, ${w.counts(status.counts)}` };
    this.item.command = "shenyan.changeKind";
    this.item.backgroundColor = undefined;
    this.item.show();
  }

  private showUnavailable(): void {
    const w = words();
    this.item.name = w.name;
    this.item.text = `$(warning) ${w.name}`;
    this.item.tooltip = w.unavailable;
    this.item.accessibilityInformation = { label: w.unavailable };
    this.item.command = "shenyan.restartServer";
    this.item.backgroundColor = new ThemeColor("statusBarItem.warningBackground");
    this.item.show();
  }
}
