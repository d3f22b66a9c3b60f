// What people ask for by name.

import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { promisify } from "node:util";
import {
  commands,
  env,
  languages,
  ProgressLocation,
  Range,
  SnippetString,
  Uri,
  window,
  workspace,
  WorkspaceEdit,
  type CancellationToken,
  type Disposable,
  type ExtensionContext,
  type Memento,
  type QuickPickItem,
  type TextDocument,
  type WorkspaceFolder,
} from "vscode";
import { ExecuteCommandRequest, type LanguageClient } from "vscode-languageclient/node";
import type { ClosedFiles } from "./closedFiles";
import { activeDocument, CONFIG_NAME, isOurs, shown } from "./documents";
import { ruleOf, type Located } from "./findings";
import { SERVER_COMMANDS, type Checked, type SetKind, type Status } from "./protocol";
import { isName, ruleSnippet, withPack } from "./ruleFile";
import type { RulePage } from "./rulePage";
import { reason, type Server } from "./server";
import { words } from "./settings";
import type { StatusBar } from "./status";
import type { Counts, Kind } from "./words";

const run = promisify(execFile);

/** The key in the workspace's memory under which chosen kinds are kept: URI to kind. */
const KINDS = "kinds";

export class Commands {
  constructor(
    private readonly server: Server,
    private readonly status: StatusBar,
    private readonly page: RulePage,
    private readonly others: ClosedFiles,
    private readonly memory: Memento,
  ) {}

  /** Registers all of them. */
  register(context: ExtensionContext): void {
    const all: Record<string, (...args: never[]) => Promise<unknown>> = {
      "shenyan.checkFile": () => this.checkFile(),
      "shenyan.checkAll": () => this.checkAll(),
      "shenyan.checkAsContract": () => this.checkFile("contract"),
      "shenyan.checkAsMarketing": () => this.checkFile("marketing"),
      "shenyan.changeKind": () => this.changeKind(),
      "shenyan.exportReport": () => this.exportReport(),
      "shenyan.explainRule": (rule?: unknown) => this.explainRule(rule),
      "shenyan.explainFinding": (finding: Located) => this.explainRule(finding.rule),
      "shenyan.openFinding": (finding: Located) => this.openFinding(finding),
      "shenyan.newRule": () => this.newRule(),
      "shenyan.enableFolder": () => this.enableFolder(),
      "shenyan.restartServer": () => this.server.restart(),
      "shenyan.showLog": async () => this.server.log.show(),
    };
    for (const [id, command] of Object.entries(all)) {
      const guarded = async (...args: never[]): Promise<void> => {
        try {
          await command(...args);
        } catch (error) {
          this.server.log.error(`${id}: ${reason(error)}`);
          void window.showErrorMessage(words().failed(reason(error)));
        }
      };
      context.subscriptions.push(commands.registerCommand(id, guarded));
    }
    context.subscriptions.push(this.keepKinds());
  }

  /** Checks the document in front, as `kind` if one is named, whether or not its folder opted in. */
  private async checkFile(kind?: Kind): Promise<void> {
    const document = activeDocument();
    if (!document) return void window.showInformationMessage(words().noDocument);
    const client = await this.server.ensure();
    if (!client) return;
    const uri = document.uri.toString();
    const status = this.nextStatus(uri);
    if (kind) await client.sendRequest("shenyan/setKind", { uri, kind } satisfies SetKind);
    else await execute(client, SERVER_COMMANDS.check, [uri]);
    await this.tell(words().counts((await status).counts));
  }

  private async checkAll(): Promise<void> {
    if (!workspace.workspaceFolders?.length) return void window.showInformationMessage(words().noFolder);
    const client = await this.server.ensure();
    if (!client) return;
    // The check leaves out what is open, for which the server speaks anyway; here it is asked to.
    const open = workspace.textDocuments.filter((d) => isOurs(d) && workspace.getWorkspaceFolder(d.uri));
    const statuses = Promise.all(open.map(({ uri }) => this.nextStatus(uri.toString())));
    // Nobody waits for them when the check is cancelled.
    statuses.catch(() => undefined);
    const asked = open.map(({ uri }) => execute(client, SERVER_COMMANDS.check, [uri.toString()]));
    const checked = await window.withProgress(
      { location: ProgressLocation.Notification, title: words().checkingAll, cancellable: true },
      (_, token) => execute<Checked>(client, SERVER_COMMANDS.checkWorkspace, [], token),
    );
    await Promise.all(asked);
    const own = new Set(open.map(({ uri }) => uri.toString()));
    const all = [...checked.files.filter((file) => !own.has(file.uri)), ...(await statuses)];
    await this.others.set(client, checked, open);
    const sum = (level: keyof Counts): number => all.reduce((n, file) => n + file.counts[level], 0);
    const counts: Counts = { error: sum("error"), warning: sum("warning"), hint: sum("hint") };
    await this.tell(words().filesChecked(all.length, counts));
  }

  /** The status that the analysis about to be asked for ends with. */
  private nextStatus(uri: string): Promise<Status> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        listener.dispose();
      };
      const listener = this.server.onStatus((status) => {
        if (status.uri !== uri || !status.active) return;
        done();
        resolve(status);
      });
      const timer = setTimeout(() => {
        done();
        reject(new Error(words().noAnswer));
      }, 30_000);
    });
  }

  private async tell(what: string): Promise<void> {
    const w = words();
    void window.showInformationMessage(w.checked(what), w.see).then((choice) => {
      if (choice) void commands.executeCommand("shenyan.findings.focus");
    });
  }

  private async changeKind(): Promise<void> {
    const document = activeDocument();
    if (!document) return void window.showInformationMessage(words().noDocument);
    const w = words();
    const uri = document.uri.toString();
    const status = this.status.of(uri);
    const now: Kind = status?.detected === false ? (status.kind ?? "auto") : "auto";
    const kinds: readonly Kind[] = ["auto", "marketing", "contract"];
    const items = kinds.map((kind) => ({
      asked: kind,
      label: w.kinds[kind] ?? kind,
      detail: w.kindDetails[kind] ?? "",
      description: kind === now ? w.current : "",
    }));
    const choice = await window.showQuickPick(items, { title: w.name, placeHolder: w.chooseKind });
    if (!choice) return;
    const client = await this.server.ensure();
    if (!client) return;
    await client.sendRequest("shenyan/setKind", { uri, kind: choice.asked } satisfies SetKind);
    await this.remember(uri, choice.asked);
  }

  private async remember(uri: string, kind: Kind): Promise<void> {
    const kinds = { ...this.memory.get<Record<string, Kind>>(KINDS) };
    if (kind === "auto") delete kinds[uri];
    else kinds[uri] = kind;
    await this.memory.update(KINDS, kinds);
  }

  /** Chosen kinds outlive the window: the server hears of them when it first reports a document. */
  private keepKinds(): Disposable {
    return this.server.onStatus((status) => {
      const kind = this.memory.get<Record<string, Kind>>(KINDS)?.[status.uri];
      // Not where it was turned off in the meantime.
      if (!kind || !status.active || status.detected === false) return;
      void this.server.running?.sendRequest("shenyan/setKind", { uri: status.uri, kind } satisfies SetKind);
    });
  }

  private async exportReport(): Promise<void> {
    const w = words();
    const document = activeDocument();
    const folder = workspace.workspaceFolders?.[0];
    let uri: string | undefined = document?.uri.toString();
    if (document && folder) {
      const file = { label: w.reportFile, description: shown(document.uri), whole: false };
      const all = { label: w.reportAll, description: "", whole: true };
      const choice = await window.showQuickPick([file, all], { title: w.name, placeHolder: w.reportScope });
      if (!choice) return;
      if (choice.whole) uri = undefined;
    } else if (!document && !folder) {
      return void window.showInformationMessage(w.noDocument);
    }
    const client = await this.server.ensure();
    if (!client) return;
    const html = await window.withProgress(
      { location: ProgressLocation.Window, title: w.checkingAll },
      () => execute<string>(client, SERVER_COMMANDS.report, uri ? [uri] : []),
    );
    const base = folder?.uri ?? (document?.uri.scheme === "file" ? Uri.joinPath(document.uri, "..") : undefined);
    const target = await window.showSaveDialog({
      title: w.saveReport,
      filters: { HTML: ["html"] },
      ...(base && { defaultUri: Uri.joinPath(base, `${w.reportName}.html`) }),
    });
    if (!target) return;
    await workspace.fs.writeFile(target, new TextEncoder().encode(html));
    const choice = await window.showInformationMessage(w.reportSaved(shown(target)), w.open);
    if (choice) await env.openExternal(target);
  }

  /** Shows the page of a rule: the one named, else one that is chosen, those at the cursor first. */
  private async explainRule(named: unknown): Promise<void> {
    const client = await this.server.ensure();
    if (!client) return;
    const rule = typeof named === "string" && named ? named : await this.chooseRule();
    if (!rule) return;
    const markdown = await execute<string | null>(client, SERVER_COMMANDS.explain, [rule]);
    if (typeof markdown !== "string") return void window.showWarningMessage(words().unknownRule(rule));
    this.page.show(rule, markdown);
  }

  private async chooseRule(): Promise<string | undefined> {
    const w = words();
    const here = new Set(rulesAtCursor());
    const { stdout } = await this.program(["rules", "--format", "json"]);
    const rules = JSON.parse(stdout) as { id: string; title: string; family: string }[];
    const items = rules
      .map((rule) => ({ label: rule.title, description: rule.id, detail: "", here: here.has(rule.id) }))
      .map((item): QuickPickItem & { here: boolean } => ({ ...item, detail: item.here ? w.atCursor : "" }))
      .sort((a, b) => Number(b.here) - Number(a.here));
    const choice = await window.showQuickPick(items, {
      title: w.name,
      placeHolder: w.chooseRule,
      matchOnDescription: true,
    });
    return choice?.description;
  }

  private async openFinding(finding: Located): Promise<void> {
    await window.showTextDocument(finding.uri, { selection: finding.range, preserveFocus: true, preview: true });
  }

  /** Opts a folder in with a configuration to start from. */
  private async enableFolder(): Promise<void> {
    const folder = await chooseFolder();
    if (!folder) return;
    const config = Uri.joinPath(folder.uri, CONFIG_NAME);
    if (!(await exists(config))) {
      // The program never overwrites a configuration.
      await this.program(["init", folder.uri.fsPath]);
      void window.showInformationMessage(words().folderEnabled(shown(config)));
    }
    await window.showTextDocument(config);
    await this.server.wake();
  }

  /** Runs the program itself, for what needs no server. */
  private async program(args: string[]): Promise<{ stdout: string }> {
    const path = await this.server.program();
    if (!path) throw new Error(words().notFound);
    return run(path, args, { maxBuffer: 1 << 26, windowsHide: true, timeout: 30_000 });
  }

  /** Writes a rule to start from into the folder's own pack, and opens it. */
  private async newRule(): Promise<void> {
    const w = words();
    const folder = await chooseFolder();
    if (!folder) return;
    const family = await chooseFamily();
    if (!family) return;
    const name = await window.showInputBox({
      title: w.name,
      prompt: w.ruleName,
      validateInput: (value) => (isName(value) ? undefined : w.badName),
    });
    if (!name) return;
    const title = await window.showInputBox({
      title: w.name,
      prompt: w.ruleTitle,
      validateInput: (value) => (value.trim() ? undefined : w.emptyTitle),
    });
    if (!title) return;
    const pack = await addPack(folder);
    if (!pack) return;
    const file = Uri.joinPath(folder.uri, ...pack.split(/[/\\]/), "rules", family, `${name}.md`);
    if (await exists(file)) {
      void window.showWarningMessage(w.ruleExists(shown(file)));
    } else {
      const edit = new WorkspaceEdit();
      edit.createFile(file, { ignoreIfExists: true });
      await workspace.applyEdit(edit);
    }
    const editor = await window.showTextDocument(file);
    if (editor.document.getText() !== "") return;
    await editor.insertSnippet(new SnippetString(ruleSnippet(title)), new Range(0, 0, 0, 0));
    await editor.document.save();
  }
}

async function execute<T>(
  client: LanguageClient,
  command: string,
  args: unknown[],
  token?: CancellationToken,
): Promise<T> {
  return (await client.sendRequest(ExecuteCommandRequest.type, { command, arguments: args as never[] }, token)) as T;
}

/** The rules of the findings at the cursor. */
function rulesAtCursor(): string[] {
  const editor = window.activeTextEditor;
  if (!editor) return [];
  return languages
    .getDiagnostics(editor.document.uri)
    .filter((diagnostic) => diagnostic.range.intersection(editor.selection))
    .flatMap((diagnostic) => ruleOf(diagnostic) ?? []);
}

async function chooseFolder(): Promise<WorkspaceFolder | undefined> {
  const folders = workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    void window.showInformationMessage(words().noFolder);
    return undefined;
  }
  const document: TextDocument | undefined = activeDocument();
  const own = document && workspace.getWorkspaceFolder(document.uri);
  if (folders.length === 1 || own) return own ?? folders[0];
  return window.showWorkspaceFolderPick({ placeHolder: words().chooseFolder });
}

async function chooseFamily(): Promise<string | undefined> {
  const w = words();
  const known = ["absolute", "misleading", "fee", "disclosure", "clause"];
  const items = [
    ...known.map((family) => ({ label: w.families[family] ?? family, description: family })),
    { label: w.ruleFamilyOther, description: "" },
  ];
  const choice = await window.showQuickPick(items, { title: w.name, placeHolder: w.ruleFamily });
  if (!choice || choice.description) return choice?.description;
  return window.showInputBox({
    title: w.name,
    prompt: w.familyName,
    validateInput: (value) => (isName(value) ? undefined : w.badName),
  });
}

/** The folder's pack, written into its configuration if there was none. */
async function addPack(folder: WorkspaceFolder): Promise<string | undefined> {
  const w = words();
  const config = Uri.joinPath(folder.uri, CONFIG_NAME);
  const edit = new WorkspaceEdit();
  if (!(await exists(config))) edit.createFile(config, { ignoreIfExists: true });
  await workspace.applyEdit(edit);
  const document = await workspace.openTextDocument(config);
  const before = document.getText();
  let result: ReturnType<typeof withPack>;
  try {
    result = withPack(before);
  } catch (error) {
    void window.showErrorMessage(w.configBroken(reason(error)));
    return undefined;
  }
  if (result.added) {
    const change = new WorkspaceEdit();
    change.replace(config, new Range(document.positionAt(0), document.positionAt(before.length)), result.text);
    await workspace.applyEdit(change);
    await document.save();
    void window.showInformationMessage(w.packAdded(result.pack));
  }
  return result.pack;
}

async function exists(uri: Uri): Promise<boolean> {
  return access(uri.fsPath).then(
    () => true,
    () => false,
  );
}
