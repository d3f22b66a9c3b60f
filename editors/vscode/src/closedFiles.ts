// Findings in files that are not open: what the last check of the workspace found there.
//
// While a file is open the server speaks for it, and this keeps silent; when it is closed, what the
// server said last stands. So clicking through the findings view loses nothing.

import { languages, Uri, workspace, type Diagnostic, type DiagnosticCollection, type Disposable, type TextDocument } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { SOURCE, type Checked } from "./protocol";
import type { Server } from "./server";

export class ClosedFiles implements Disposable {
  private readonly collection: DiagnosticCollection = languages.createDiagnosticCollection("shenyan.workspace");
  /** What is known of each file of the last check. */
  private readonly last = new Map<string, readonly Diagnostic[]>();
  private readonly disposables: Disposable[];

  constructor(server: Server) {
    this.disposables = [
      this.collection,
      server.onDidChange(() => {
        if (!server.running) this.clear();
      }),
      server.onStatus((status) => {
        if (status.active) this.collection.delete(Uri.parse(status.uri));
      }),
      languages.onDidChangeDiagnostics(({ uris }) => {
        for (const uri of uris) if (this.last.has(uri.toString()) && isOpen(uri)) this.keep(uri);
      }),
      workspace.onDidCloseTextDocument(({ uri }) => {
        const diagnostics = this.last.get(uri.toString());
        if (diagnostics) this.collection.set(uri, diagnostics);
      }),
      workspace.onDidDeleteFiles(({ files }) => {
        for (const uri of files) {
          this.last.delete(uri.toString());
          this.collection.delete(uri);
        }
      }),
    ];
  }

  /** Replaces everything with the result of a check, and remembers the documents that were open. */
  async set(client: LanguageClient, checked: Checked, open: readonly TextDocument[]): Promise<void> {
    const entries = await Promise.all(
      checked.files.map(
        async (file) => [Uri.parse(file.uri), await client.protocol2CodeConverter.asDiagnostics(file.diagnostics)] as const,
      ),
    );
    this.clear();
    for (const { uri } of open) this.keep(uri);
    for (const [uri, diagnostics] of entries) {
      this.last.set(uri.toString(), diagnostics);
      if (!isOpen(uri)) this.collection.set(uri, diagnostics);
    }
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private clear(): void {
    this.last.clear();
    this.collection.clear();
  }

  private keep(uri: Uri): void {
    // What stands here and not in the collection is the server's.
    if (this.collection.has(uri)) return;
    const diagnostics = languages.getDiagnostics(uri).filter((diagnostic) => diagnostic.source === SOURCE);
    this.last.set(uri.toString(), diagnostics);
  }
}

function isOpen(uri: Uri): boolean {
  return workspace.textDocuments.some((document) => document.uri.toString() === uri.toString());
}
