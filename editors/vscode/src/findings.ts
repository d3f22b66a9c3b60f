// The findings view: what the Problems panel knows, by family of rules.

import {
  DiagnosticSeverity,
  EventEmitter,
  languages,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  window,
  type Diagnostic,
  type Disposable,
  type Range,
  type TreeDataProvider,
  type TreeView,
  type Uri,
} from "vscode";
import { basename } from "node:path";
import { shown } from "./documents";
import { familyOf, group, type Finding, type Group } from "./grouping";
import { SOURCE } from "./protocol";
import { words } from "./settings";

/** A finding and where to jump. */
export interface Located extends Finding {
  readonly uri: Uri;
  readonly range: Range;
}

type Node = Group<Located> | Located;

export class FindingsView implements TreeDataProvider<Node>, Disposable {
  private readonly changed = new EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: TreeView<Node>;
  private readonly disposables: Disposable[];
  private groups: readonly Group<Located>[] = [];
  private key = "";
  private timer: NodeJS.Timeout | undefined;

  constructor() {
    this.view = window.createTreeView<Node>("shenyan.findings", { treeDataProvider: this, showCollapseAll: true });
    this.disposables = [
      this.view,
      this.changed,
      // Typing changes diagnostics many times a second; the list follows when it rests.
      languages.onDidChangeDiagnostics(() => {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.refresh(), 80);
      }),
    ];
    this.refresh();
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const disposable of this.disposables) disposable.dispose();
  }

  getChildren(node?: Node): Node[] {
    if (!node) return [...this.groups];
    return "findings" in node ? [...node.findings] : [];
  }

  getParent(node: Node): Node | undefined {
    return "findings" in node ? undefined : this.groups.find((g) => g.family === familyOf(node.rule));
  }

  getTreeItem(node: Node): TreeItem {
    return "findings" in node ? familyItem(node) : findingItem(node);
  }

  /** Reads the diagnostics again and redraws if what is shown changed. */
  refresh(): void {
    const findings = languages
      .getDiagnostics()
      .flatMap(([uri, diagnostics]) => diagnostics.flatMap((diagnostic) => located(uri, diagnostic) ?? []));
    const key = JSON.stringify(findings.map((f) => [f.file, f.line, f.column, f.severity, f.rule, f.message]));
    if (key === this.key) return;
    this.key = key;
    this.groups = group(findings);
    this.view.badge = findings.length
      ? { value: findings.length, tooltip: words().counts(counts(findings)) }
      : undefined;
    this.changed.fire();
  }
}

function counts(findings: readonly Located[]) {
  return {
    error: findings.filter((f) => f.severity === 0).length,
    warning: findings.filter((f) => f.severity === 1).length,
    hint: findings.filter((f) => f.severity > 1).length,
  };
}

function located(uri: Uri, diagnostic: Diagnostic): Located | undefined {
  const rule = ruleOf(diagnostic);
  if (!rule) return undefined;
  return {
    file: shown(uri),
    line: diagnostic.range.start.line,
    column: diagnostic.range.start.character,
    severity: diagnostic.severity,
    rule,
    message: diagnostic.message,
    uri,
    range: diagnostic.range,
  };
}

/** The rule a diagnostic is about; undefined for what is not a finding of ours. */
export function ruleOf(diagnostic: Diagnostic): string | undefined {
  if (diagnostic.source !== SOURCE) return undefined;
  const code = typeof diagnostic.code === "object" ? diagnostic.code.value : diagnostic.code;
  return typeof code === "string" && familyOf(code) ? code : undefined;
}

function familyItem(node: Group<Located>): TreeItem {
  const w = words();
  const item = new TreeItem(w.families[node.family] ?? node.family, TreeItemCollapsibleState.Expanded);
  item.id = node.family;
  item.description = String(node.findings.length);
  item.tooltip = `${node.family}：${w.counts(counts(node.findings))}`;
  item.contextValue = "family";
  return item;
}

function findingItem(node: Located): TreeItem {
  const w = words();
  const item = new TreeItem(node.message, TreeItemCollapsibleState.None);
  item.description = w.place(basename(node.file), node.line + 1);
  item.tooltip = new MarkdownString()
    .appendText(node.message)
    .appendMarkdown(`\n\n\`${node.rule}\`\n\n`)
    .appendText(w.place(node.file, node.line + 1));
  item.iconPath = icon(node.severity);
  item.contextValue = "finding";
  item.command = { command: "shenyan.openFinding", title: w.see, arguments: [node] };
  return item;
}

function icon(severity: DiagnosticSeverity): ThemeIcon {
  switch (severity) {
    case DiagnosticSeverity.Error:
      return new ThemeIcon("error", new ThemeColor("list.errorForeground"));
    case DiagnosticSeverity.Warning:
      return new ThemeIcon("warning", new ThemeColor("list.warningForeground"));
    case DiagnosticSeverity.Information:
    case DiagnosticSeverity.Hint:
      return new ThemeIcon("info", new ThemeColor("editorInfo.foreground"));
  }
}
