// The packaged extension in a real VS Code: what a person would see and do, in that order.
//
// Skipped, loudly, where test/install.sh was not run; with CI set that is a failure.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Editor, missing, ROOT, until, type Window } from "./editor";

const absent = missing();
if (absent && process.env["CI"]) throw new Error(`${absent} is missing: run test/install.sh`);
if (absent) {
  console.error(`\n*** END-TO-END TEST SKIPPED: ${absent} is missing. Run test/install.sh to have it. ***\n`);
}

/** A copy of the sample folder, for one window to change. */
function workspace(from = join(ROOT, "test/e2e/workspace")): string {
  const folder = mkdtempSync(join(tmpdir(), "shenyan-workspace-"));
  folders.push(folder);
  cpSync(from, folder, { recursive: true });
  return folder;
}
const folders: string[] = [];

function vsix(): string {
  execFileSync("npm", ["run", "--silent", "package"], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  return join(ROOT, "out", `shenyan-${process.platform}-${process.arch}.vsix`);
}

/** Language servers of this editor that run now. */
function servers(editor: Editor): string[] {
  const processes = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).split("\n");
  return processes.filter((args) => args.startsWith(editor.extension));
}

describe("the packaged extension", { skip: absent !== undefined }, () => {
  let editor: Editor;
  let window: Window;

  before(async () => {
    editor = await Editor.start(vsix());
  });
  after(async () => {
    await editor?.stop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  /** A window for one test; a picture is kept when the test fails. */
  function inWindow(name: string, folder: () => string, body: (folder: string) => Promise<void>): void {
    test(name, async () => {
      const path = folder();
      window = await editor.open(path);
      try {
        await body(path);
      } catch (error) {
        await window.shot(`failed-${name.replaceAll(/\W+/g, "-")}`);
        throw error;
      } finally {
        await window.close();
      }
    });
  }

  const quiet = (): string => {
    const folder = workspace();
    rmSync(join(folder, "shenyan.toml"));
    return folder;
  };

  inWindow("is silent in a folder that did not opt in, until a command asks", quiet, async () => {
    await window.file("理财海报.md");
    // Long enough for what takes a second or two elsewhere in this test.
    await window.page.waitForTimeout(6_000);
    assert.equal(await window.squiggles.count(), 0);
    assert.equal(await window.status.count(), 0);
    assert.equal(await window.notifications.count(), 0);
    assert.equal(await window.container.count(), 0);
    assert.deepEqual(servers(editor), []);

    await window.command("Check Current File");
    await window.squiggles.first().waitFor();
    await window.status.waitFor();
    await window.notifications.filter({ hasText: /审言：\d+ 处错误/ }).waitFor();
    assert.equal(await window.container.count(), 1);
    assert.equal(servers(editor).length, 1);
  });

  inWindow("squiggles, hover, quick fix", workspace, async () => {
    await window.file("理财海报.md");
    await window.squiggles.first().waitFor();
    await until("three errors", () => window.errors.count(), (n) => n === 3);
    assert.match(await window.status.innerText(), /审言 · 营销文案\s*3/);
    await window.shot("squiggles");

    const box = await window.errors.nth(1).boundingBox();
    assert.ok(box);
    await window.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const hover = window.page.locator(".monaco-hover:visible", { hasText: "保本" });
    await hover.waitFor();
    const words = ["misleading/guaranteed-return", "《中华人民共和国广告法》第二十五条第一项", "为什么", "怎样改"];
    await until("the whole hover", () => hover.innerText(), (said) => words.every((word) => said.includes(word)));
    await window.shot("hover");

    await window.cursorTo(5, 15);
    await window.page.keyboard.press("Control+.");
    const fix = window.page.getByText("改为：不承诺保本和收益");
    await fix.waitFor();
    await window.shot("fix");
    await fix.click();
    await until("the fix", () => window.text(), (text) => text.includes("不承诺保本保收益，投资可能损失本金"));
    await until("the finding to go", () => window.errors.count(), (n) => n === 2);
    await window.shot("fixed");
  });

  inWindow("the findings view: by family, jump, explain", workspace, async (folder) => {
    await window.file("理财海报.md");
    await window.squiggles.first().waitFor();
    await window.command("Check Workspace");
    await window.notifications.filter({ hasText: /检查了 \d+ 个文件/ }).waitFor();
    await window.notifications.getByText("查看结果").click();
    const family = window.findings.filter({ hasText: "不公平格式条款" });
    await family.waitFor();
    const finding = window.findings.filter({ hasText: "最终解释权" });
    await finding.click();
    await window.page.locator(".tab.active", { hasText: "会员协议.txt" }).waitFor();
    await until("the cursor", () => window.position(), (text) => text.includes("9"));
    await window.shot("findings");

    await finding.hover();
    await finding.locator(".action-label").click();
    const page = window.page.frameLocator("iframe.webview.ready").frameLocator("iframe");
    await page.getByText("怎样改").first().waitFor();
    assert.match(await page.locator("main").innerText(), /解释权/);
    assert.equal(await page.locator("script").count(), 0);
    await window.shot("page");
    assert.ok(existsSync(folder));
  });

  inWindow("the kind of text is shown and can be changed", workspace, async () => {
    await window.file("会员协议.txt");
    await until("a contract", () => window.status.innerText(), (text) => text.includes("合同"));
    const before = await window.status.innerText();
    await window.status.click();
    await window.page.locator(".quick-input-list").waitFor();
    await window.shot("kinds");
    await window.pick("营销文案");
    await until("marketing copy", () => window.status.innerText(), (text) => text.includes("营销文案"));
    assert.notEqual(await window.status.innerText(), before);

    await window.command("Check as Contract");
    await until("a contract again", () => window.status.innerText(), (text) => text.includes("合同"));
  });

  inWindow("an unsaved document is checked too", workspace, async () => {
    await window.command("File: New Untitled Text File");
    await window.page.locator(".tab.active", { hasText: "Untitled-1" }).waitFor();
    await window.page.locator(".editor-instance .view-line").first().click();
    await window.page.keyboard.insertText("云栖理财，稳赚不赔，到期本金一分不少。");
    await window.squiggles.first().waitFor();
    assert.match(await window.status.innerText(), /审言/);
  });

  inWindow("a report is written", workspace, async (folder) => {
    await window.file("理财海报.md");
    await window.squiggles.first().waitFor();
    await window.command("Export Report");
    await window.pick("整个工作区");
    const input = window.page.locator(".quick-input-widget input");
    await until("the dialog", () => input.inputValue(), (value) => value.endsWith("审言报告.html"));
    await window.page.keyboard.press("Enter");
    await window.notifications.filter({ hasText: "报告已保存" }).waitFor();
    const html = readFileSync(join(folder, "审言报告.html"), "utf8");
    assert.match(html, /^<!doctype html>/i);
    assert.match(html, /本金一分不少/);
    assert.match(html, /最终解释权/);
  });

  inWindow("the walkthrough opens, with its pictures", workspace, async () => {
    await window.command("Welcome: Open Walkthrough...");
    await window.page.locator(".quick-input-list").waitFor();
    await window.page.keyboard.insertText("审言");
    await window.pick("审言");
    // Pictures stand beside the steps only where there is room.
    await window.page.keyboard.press("Control+b");
    const steps = window.page.locator(".gettingStartedContainer .getting-started-step");
    await until("five steps", () => steps.count(), (n) => n === 5);
    const picture = window.page.locator(".gettingStartedContainer .getting-started-media img:visible");
    for (let i = 0; i < 5; i++) {
      if (i > 0) await steps.nth(i).click();
      await until(
        "the picture",
        () => picture.first().evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
        (width) => width > 100,
      );
    }
    await window.shot("walkthrough");
  });

  /** Two folders in one window: one whose configuration leaves a family out, one that has none. */
  const roots = (): string => {
    const folder = workspace();
    const other = workspace();
    writeFileSync(join(folder, "shenyan.toml"), 'ignore = ["misleading"]\n');
    rmSync(join(other, "shenyan.toml"));
    renameSync(join(other, "理财海报.md"), join(other, "另一张海报.md"));
    const file = join(folder, "both.code-workspace");
    writeFileSync(file, JSON.stringify({ folders: [{ path: folder, name: "one" }, { path: other, name: "two" }] }));
    return file;
  };

  inWindow("each of several folders has its own configuration", roots, async (file) => {
    // The folders of a workspace file are there a little later than its window.
    await window.page.locator(".explorer-folders-view .monaco-list-row", { hasText: "two" }).first().waitFor();
    await window.file("理财海报.md");
    await until("what the first leaves", () => window.errors.count(), (n) => n === 1);
    // The second folder did not opt in: silent, in the same window.
    await window.file("另一张海报.md");
    await window.page.waitForTimeout(3_000);
    assert.equal(await window.squiggles.count(), 0);
    // Once it does, by a file that appears, it has all that the first leaves out.
    const folders = (JSON.parse(readFileSync(file, "utf8")) as { folders: { path: string }[] }).folders;
    writeFileSync(join(folders[1]?.path ?? "", "shenyan.toml"), "");
    await until("all findings", () => window.errors.count(), (n) => n === 3);
    await window.shot("roots");
  });

  inWindow("a new rule starts from a rule that works", workspace, async (folder) => {
    await window.file("会员协议.txt");
    await window.squiggles.first().waitFor();
    await window.command("New Rule");
    await window.pick("不公平格式条款");
    await window.page.keyboard.insertText("Vague");
    await window.page.locator(".quick-input-message", { hasText: "小写字母" }).waitFor();
    await window.page.locator(".quick-input-widget input").fill("vague-promise");
    await window.page.keyboard.press("Enter");
    await window.page.locator(".quick-input-message", { hasText: "标题" }).waitFor();
    await window.page.keyboard.insertText("含糊的承诺");
    await window.page.keyboard.press("Enter");
    await window.page.locator(".tab.active", { hasText: "vague-promise.md" }).waitFor();
    const file = join(folder, "规则/rules/clause/vague-promise.md");
    await until("the file", async () => existsSync(file) && readFileSync(file, "utf8"), (text) => text !== "" && text !== false);
    assert.match(readFileSync(join(folder, "shenyan.toml"), "utf8"), /packs = \["规则"\]/);
    await window.shot("rule");
    execFileSync(join(editor.extension, "server/shenyan"), ["test", "规则"], { cwd: folder });
  });

  test("without its program it says so, with ways out", async () => {
    const program = join(editor.extension, "server/shenyan");
    renameSync(program, `${program}.away`);
    try {
      window = await editor.open(workspace());
      await window.file("理财海报.md");
      const message = window.notifications.filter({ hasText: "没有找到审言程序" });
      await message.waitFor();
      for (const action of ["打开设置", "怎样安装", "重试"]) await message.getByText(action).waitFor();
      await window.status.filter({ hasText: "审言" }).waitFor();
      await window.shot("missing");

      // It is there again: no restart of the editor is needed.
      renameSync(`${program}.away`, program);
      await message.getByText("重试").click();
      await window.squiggles.first().waitFor();
      await window.close();

      // One that is too old.
      renameSync(program, `${program}.away`);
      writeFileSync(program, "#!/bin/sh\necho shenyan 0.0.1\n");
      chmodSync(program, 0o755);
      window = await editor.open(workspace());
      await window.file("理财海报.md");
      await window.notifications.filter({ hasText: /太旧.*0\.0\.1.*需要/ }).waitFor();

      // And silence where nobody asked for it.
      await window.close();
      window = await editor.open(quiet());
      await window.file("理财海报.md");
      await window.page.waitForTimeout(4_000);
      assert.equal(await window.notifications.count(), 0);
      assert.equal(await window.status.count(), 0);
    } catch (error) {
      await window.shot("failed-missing");
      throw error;
    } finally {
      await window.close();
      if (existsSync(`${program}.away`)) renameSync(`${program}.away`, program);
    }
  });
});
