// The panel that shows a rule's page. One panel, reused.

import { randomBytes } from "node:crypto";
import { ViewColumn, window, type Disposable, type WebviewPanel } from "vscode";
import { page } from "./page";
import { lang, words } from "./settings";

export class RulePage implements Disposable {
  private panel: WebviewPanel | undefined;

  /** Shows `markdown` as the page of `rule`, beside the text, without taking the cursor from it. */
  show(rule: string, markdown: string): void {
    if (this.panel) {
      this.panel.reveal(undefined, true);
    } else {
      this.panel = window.createWebviewPanel(
        "shenyan.rule",
        "",
        { viewColumn: ViewColumn.Beside, preserveFocus: true },
        { enableScripts: false, enableForms: false, enableCommandUris: false, enableFindWidget: true, localResourceRoots: [] },
      );
      this.panel.onDidDispose(() => (this.panel = undefined));
    }
    this.panel.title = words().pageTitle(rule);
    this.panel.webview.html = page(markdown, randomBytes(16).toString("hex"), lang());
  }

  dispose(): void {
    this.panel?.dispose();
  }
}
