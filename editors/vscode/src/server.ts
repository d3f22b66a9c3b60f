// The language server: found, started when first needed, restarted when the settings change, and
// told about when it is not there.

import {
  commands,
  window,
  type Disposable,
  type Event,
  EventEmitter,
  type ExtensionContext,
  type LogOutputChannel,
} from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  type LanguageClientOptions,
  type ServerOptions,
} from "vscode-languageclient/node";
import { explain, find, type Failure, type Found } from "./binary";
import { SELECTOR } from "./documents";
import type { Settings, Status } from "./protocol";
import { chosenLang, enable, serverPath, words } from "./settings";


/** Exits within this many milliseconds count together. */
const CRASH_WINDOW = 3 * 60_000;
const CRASHES = 4;

/** A client that writes what went wrong to the log; what needs a person is told by `Server`. */
class Client extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

export class Server implements Disposable {
  private client: LanguageClient | undefined;
  private starting: Promise<LanguageClient | undefined> | undefined;
  private told = false;
  private failed = false;
  private readonly changed = new EventEmitter<void>();
  private readonly statusChanged = new EventEmitter<Status>();

  /** The server came up or went away. */
  readonly onDidChange: Event<void> = this.changed.event;
  /** A document was analysed. */
  readonly onStatus: Event<Status> = this.statusChanged.event;

  constructor(
    private readonly context: ExtensionContext,
    readonly log: LogOutputChannel,
  ) {}

  /** The running server, without starting it. */
  get running(): LanguageClient | undefined {
    return this.client;
  }

  /** Whether it was needed and could not be had. */
  get unavailable(): boolean {
    return this.failed;
  }

  /** Starts it because a document wants it; a failure is told once. */
  async wake(): Promise<void> {
    if (this.client || this.failed) return;
    await this.start(!this.told);
  }

  /** The running server, started if need be; undefined after telling why not. */
  async ensure(): Promise<LanguageClient | undefined> {
    return this.client ?? this.start(true);
  }

  /** The program that is used, to run its other commands; undefined if there is none. */
  async program(): Promise<string | undefined> {
    const found = await this.find();
    return "program" in found ? found.program.path : undefined;
  }

  /** Stops it and starts it again. */
  async restart(): Promise<void> {
    await this.stop();
    await this.ensure();
  }

  async stop(): Promise<void> {
    await this.starting?.catch(() => undefined);
    const client = this.client;
    this.client = undefined;
    this.failed = false;
    this.told = false;
    this.announce();
    // A server that does not answer is killed by the client after a while; that is no error here.
    await client?.dispose(2_000).catch((error: unknown) => this.log.warn(String(error)));
  }

  dispose(): void {
    void this.stop();
    this.changed.dispose();
    this.statusChanged.dispose();
  }

  private start(tell: boolean): Promise<LanguageClient | undefined> {
    this.starting ??= this.launch(tell).finally(() => {
      this.starting = undefined;
      this.announce();
    });
    return this.starting;
  }

  private announce(): void {
    void commands.executeCommand("setContext", "shenyan.awake", this.client !== undefined);
    this.changed.fire();
  }

  private find(): Promise<Found> {
    return find({
      setting: serverPath(),
      bundled: this.context.asAbsolutePath("server"),
      path: process.env["PATH"] ?? "",
      platform: process.platform,
    });
  }

  private async launch(tell: boolean): Promise<LanguageClient | undefined> {
    const found = await this.find();
    if ("failure" in found) {
      this.failed = true;
      this.log.error(JSON.stringify(found.failure));
      if (tell) void this.tellMissing(found.failure);
      return undefined;
    }
    const { path, version } = found.program;
    this.log.info(`${path} ${version}`);
    const client = this.connect(path);
    try {
      await client.start();
    } catch (error) {
      this.failed = true;
      this.log.error(String(error));
      if (tell) void this.tellFailed(words().startFailed(reason(error)));
      await client.dispose().catch(() => undefined);
      return undefined;
    }
    this.failed = false;
    this.client = client;
    return client;
  }

  private connect(path: string): LanguageClient {
    const chosen = chosenLang();
    const settings: Settings = {
      enable: enable() === "always" ? "always" : "configured",
      ...(chosen && { lang: chosen }),
      rulePage: `command:shenyan.explainRule?${encodeURIComponent('["')}{rule}${encodeURIComponent('"]')}`,
      explainCommand: "shenyan.explainRule",
    };
    const run = { command: path, args: ["lsp"] };
    const server: ServerOptions = { run, debug: run };
    const options: LanguageClientOptions = {
      documentSelector: SELECTOR,
      initializationOptions: settings,
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      errorHandler: this.errors(),
      // Told by `launch`.
      initializationFailedHandler: () => false,
      // The hover links to the rule's page, and to nothing else.
      markdown: { isTrusted: { enabledCommands: ["shenyan.explainRule"] }, supportHtml: false },
    };
    const client = new Client("shenyan", words().name, server, options);
    client.onNotification("shenyan/status", (status: Status) => this.statusChanged.fire(status));
    return client;
  }

  private errors(): NonNullable<LanguageClientOptions["errorHandler"]> {
    const exits: number[] = [];
    return {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        const now = Date.now();
        exits.push(now);
        const recent = exits.filter((exit) => now - exit < CRASH_WINDOW);
        if (recent.length < CRASHES) return { action: CloseAction.Restart, handled: true };
        this.client = undefined;
        this.failed = true;
        this.announce();
        void this.tellFailed(words().crashed);
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    };
  }

  private async tellMissing(failure: Failure): Promise<void> {
    this.told = true;
    const w = words();
    const choice = await window.showErrorMessage(explain(failure, w), w.openSettings, w.howToInstall, w.retry);
    if (choice === w.openSettings) {
      await commands.executeCommand("workbench.action.openSettings", "shenyan.server.path");
    } else if (choice === w.howToInstall) {
      await commands.executeCommand("extension.open", this.context.extension.id);
    } else if (choice === w.retry) {
      await this.restart();
    }
  }

  private async tellFailed(message: string): Promise<void> {
    this.told = true;
    const w = words();
    const choice = await window.showErrorMessage(message, w.showLog, w.restart);
    if (choice === w.showLog) this.log.show();
    else if (choice === w.restart) await this.restart();
  }
}

/** What an error says. */
export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
