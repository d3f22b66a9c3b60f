// A real VS Code for the test: code-server in a temporary home, driven by Chromium.

import { execFile, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { chromium, type Browser, type Page } from "playwright-core";

const run = promisify(execFile);

export const ROOT = resolve(__dirname, "../../..");
/** Where pictures of what was seen go. */
export const SHOTS = process.env["SHENYAN_SHOTS"] ?? join(ROOT, "out/shots");

const CACHE = process.env["SHENYAN_EDITOR_CACHE"] ?? join(ROOT, ".vscode-test");
const NODE = join(CACHE, "bin/node");
const CODE_SERVER = join(CACHE, "code-server/node_modules/code-server/out/node/entry.js");
const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** What is missing to run a real editor; undefined if all is there. */
export function missing(): string | undefined {
  return [NODE, CODE_SERVER, CHROMIUM].find((path) => !existsSync(path));
}

/** Keys that have no business in a test's editor are left out of its environment. */
function environment(home: string): NodeJS.ProcessEnv {
  const { LANG, TMPDIR } = process.env;
  return {
    HOME: home,
    // No `shenyan` on PATH: the bundled one must do.
    PATH: `${join(CACHE, "bin")}:/usr/bin:/bin`,
    XDG_DATA_HOME: join(home, "data"),
    XDG_CONFIG_HOME: join(home, "config"),
    XDG_CACHE_HOME: join(home, "cache"),
    // No gallery to ask.
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    LANG: LANG ?? "C.UTF-8",
    ...(TMPDIR && { TMPDIR }),
  };
}

const SETTINGS = {
  "workbench.startupEditor": "none",
  "workbench.colorTheme": "Default Light Modern",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.tips.enabled": false,
  "workbench.layoutControl.enabled": false,
  "window.commandCenter": false,
  "chat.commandCenter.enabled": false,
  "chat.disableAIFeatures": true,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "security.workspace.trust.enabled": false,
  "editor.fontFamily": "'Noto Sans Mono CJK SC', monospace",
  "editor.fontSize": 15,
  "editor.wordWrap": "on",
  "editor.minimap.enabled": false,
  "editor.unicodeHighlight.ambiguousCharacters": false,
  "editor.unicodeHighlight.nonBasicASCII": false,
  "git.enabled": false,
};

export class Editor {
  private constructor(
    readonly home: string,
    private readonly server: ChildProcess,
    private readonly browser: Browser,
    private readonly address: string,
  ) {}

  /** Installs the packages into a fresh editor and starts it. */
  static async start(...packages: string[]): Promise<Editor> {
    const home = mkdtempSync(join(tmpdir(), "shenyan-editor-"));
    const env = environment(home);
    for (const vsix of packages) {
      const { stdout } = await run(NODE, [CODE_SERVER, "--install-extension", vsix], { env });
      if (!stdout.includes("successfully installed")) throw new Error(stdout);
    }
    const user = join(home, "data/code-server/User");
    mkdirSync(user, { recursive: true });
    writeFileSync(join(user, "settings.json"), JSON.stringify(SETTINGS));
    const args = ["--auth", "none", "--bind-addr", "127.0.0.1:0", "--disable-telemetry", "--disable-update-check", "--reconnection-grace-time", "3"];
    const server = spawn(NODE, [CODE_SERVER, ...args], { env, stdio: ["ignore", "pipe", "inherit"] });
    const address = await new Promise<string>((found, failed) => {
      let output = "";
      server.stdout?.on("data", (data: Buffer) => {
        output += data.toString();
        const match = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(output);
        if (match?.[1]) found(match[1]);
      });
      server.on("exit", (code) => failed(new Error(`code-server exited with ${code}: ${output}`)));
    });
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
    return new Editor(home, server, browser, address);
  }

  /** The folder the extension was unpacked into. */
  get extension(): string {
    const folder = join(this.home, "data/code-server/extensions");
    const name = readdirSync(folder).find((entry) => entry.startsWith("shenyan."));
    if (!name) throw new Error(`no extension in ${folder}`);
    return join(folder, name);
  }

  /** Opens a window on a folder, or on the folders of a `.code-workspace` file. */
  async open(folder: string): Promise<Window> {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 800 } });
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const page = await context.newPage();
    page.setDefaultTimeout(40_000);
    const what = folder.endsWith(".code-workspace") ? "workspace" : "folder";
    await page.goto(`${this.address}/?${what}=${encodeURIComponent(folder)}`);
    await page.waitForSelector(".monaco-workbench .part.statusbar");
    return new Window(page);
  }

  async stop(): Promise<void> {
    await this.browser.close();
    const gone = new Promise((resolve) => this.server.once("exit", resolve));
    this.server.kill("SIGTERM");
    await gone;
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** What a person sees and does in one window. */
export class Window {
  constructor(readonly page: Page) {}

  /** Opens a file of the folder by name. */
  async file(name: string): Promise<void> {
    await this.page.keyboard.press("Control+P");
    const input = this.page.locator(".quick-input-widget input");
    await input.waitFor();
    await input.fill(name);
    // The first row is the file only when the search is through.
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: name }).first().waitFor();
    await this.page.keyboard.press("Enter");
    await this.page.locator(".tab.active", { hasText: name }).waitFor();
    await this.page.locator(".editor-instance .view-line").first().waitFor();
  }

  /** Runs a command by its title. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press("F1");
    const input = this.page.locator(".quick-input-widget input");
    await input.waitFor();
    await input.fill(`>${title}`);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first().waitFor();
    await this.page.keyboard.press("Enter");
  }

  /** Picks a row of the open quick pick. */
  async pick(text: string): Promise<void> {
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: text }).first().click();
  }

  /** The status bar item of the extension. */
  get status() {
    return this.page.locator('.statusbar-item[id="shenyan.shenyan.shenyan.status"]');
  }

  /** Squiggles of all severities in the editor. */
  get squiggles() {
    return this.page.locator(".squiggly-error, .squiggly-warning, .squiggly-info");
  }

  /** Those of errors alone: what is only alike to a violation is shown as a warning. */
  get errors() {
    return this.page.locator(".squiggly-error");
  }

  /** The extension's icon in the activity bar. */
  get container() {
    return this.page.locator(".activitybar .action-item .action-label[aria-label*='审言']");
  }

  get notifications() {
    return this.page.locator(".notification-toast");
  }

  /** Rows of the findings view. */
  get findings() {
    return this.page.locator(".pane-body .tree-explorer-viewlet-tree-view .monaco-list-row");
  }

  /** Puts the cursor there; both count from 1. */
  async cursorTo(line: number, column: number): Promise<void> {
    await this.page.keyboard.press("Control+G");
    const input = this.page.locator(".quick-input-widget input");
    await input.waitFor();
    await input.fill(`:${line}:${column}`);
    await this.page.keyboard.press("Enter");
    await input.waitFor({ state: "hidden" });
  }

  /** Line and column as the status bar says them. */
  async position(): Promise<string> {
    return this.page.locator('.statusbar-item[id="status.editor.selection"]').innerText();
  }

  /** The text of the active editor, line by line as shown. */
  async text(): Promise<string> {
    const lines = await this.page.locator(".editor-instance .view-line").allInnerTexts();
    return lines.join("\n").replaceAll("\u00a0", " ");
  }

  /** Keeps a picture of the window, or of a part of it. */
  async shot(name: string, clip?: { x: number; y: number; width: number; height: number }): Promise<void> {
    mkdirSync(SHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SHOTS, `${name}.png`), ...(clip && { clip }) });
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

/** Waits until `check` holds, and says what was last seen if it never does. */
export async function until<T>(what: string, see: () => Promise<T>, check: (seen: T) => boolean, timeout = 30_000): Promise<T> {
  const end = Date.now() + timeout;
  for (;;) {
    const seen = await see();
    if (check(seen)) return seen;
    if (Date.now() > end) throw new Error(`${what}: last saw ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
