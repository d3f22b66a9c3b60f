// The extension: wires the parts together and decides when the server wakes up.
//
// It stays asleep — no process, no status bar item, no view — until a document is open whose folder
// has a shenyan.toml, or `shenyan.enable` is "always", or a command asks.

import { window, workspace, type ExtensionContext, type TextDocument } from "vscode";
import { ClosedFiles } from "./closedFiles";
import { Commands } from "./commands";
import { CONFIG_NAME, optedIn } from "./documents";
import { FindingsView } from "./findings";
import { RulePage } from "./rulePage";
import { Server } from "./server";
import { words } from "./settings";
import { StatusBar } from "./status";

let server: Server | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel(words().name, { log: true });
  server = new Server(context, log);
  const status = new StatusBar(server);
  const page = new RulePage();
  const others = new ClosedFiles(server);
  context.subscriptions.push(log, server, status, page, others, new FindingsView());
  new Commands(server, status, page, others, context.workspaceState).register(context);

  const configurations = workspace.createFileSystemWatcher(`**/${CONFIG_NAME}`, false, true, true);
  context.subscriptions.push(
    configurations,
    configurations.onDidCreate(() => wakeForAny(server)),
    workspace.onDidOpenTextDocument((document) => wakeFor(server, document)),
    workspace.onDidCloseTextDocument((document) => status.forget(document.uri.toString())),
    workspace.onDidChangeConfiguration((change) => {
      // The server reads its settings when it starts.
      if (["enable", "lang", "server"].some((name) => change.affectsConfiguration(`shenyan.${name}`))) {
        void server?.stop().then(() => wakeForAny(server));
      }
    }),
  );
  await wakeForAny(server);
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

async function wakeForAny(server: Server | undefined): Promise<void> {
  for (const document of workspace.textDocuments) await wakeFor(server, document);
}

async function wakeFor(server: Server | undefined, document: TextDocument): Promise<void> {
  if (server && !server.running && (await optedIn(document))) await server.wake();
}
