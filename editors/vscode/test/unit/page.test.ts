import assert from "node:assert/strict";
import { test } from "node:test";
import { body, page } from "../../src/page";

test("a page may load nothing and run nothing", () => {
  const html = page("# 标题", "abc123", "zh");
  assert.match(html, /default-src 'none'; style-src 'nonce-abc123';/);
  assert.match(html, /<style nonce="abc123">/);
  assert.doesNotMatch(html, /<script|unsafe-inline|javascript:/);
  assert.match(html, /<html lang="zh-CN">/);
});

test("raw HTML, scripts and pictures of a pack stay text or vanish", () => {
  const html = body('<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n![图](https://example.com/a.png)后');
  assert.doesNotMatch(html, /<script|<img/);
  assert.match(html, /&lt;script&gt;/);
  assert.match(html, /后/);
});

test("links to the web stay, links to files and commands become text", () => {
  const html = body(
    "[网](https://example.com) 和 [文件](../by-law.md)、[命令](command:workbench.action.quit)、[脚本](javascript:alert(1))",
  );
  assert.match(html, /<a href="https:\/\/example.com">网<\/a>/);
  assert.match(html, /文件/);
  assert.doesNotMatch(html, /by-law|href="command|href="javascript/);
});

test("the words an example is flagged for are marked, in examples only", () => {
  const html = body("正文【不标】\n\n```text\n云栖床垫，给您【最舒适】的睡眠。\n```\n\n```flag\n[[顶级]]<b>\n```");
  assert.match(html, /给您<mark>最舒适<\/mark>的睡眠/);
  assert.match(html, /<mark>顶级<\/mark>&lt;b&gt;/);
  assert.match(html, /正文【不标】/);
});
