import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { explain, find, NEEDED, older, type Failure } from "../../src/binary";
import { wordsIn } from "../../src/words";

const root = mkdtempSync(join(tmpdir(), "shenyan-binary-"));
after(() => rmSync(root, { recursive: true }));

/** A folder with a `shenyan` that runs this shell text. */
function folder(name: string, script?: string): string {
  const path = join(root, name);
  mkdirSync(path);
  if (script !== undefined) {
    writeFileSync(join(path, "shenyan"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(path, "shenyan"), 0o755);
  }
  return path;
}

const good = folder("good", "echo shenyan 9.2.1");
const other = folder("other", "echo shenyan 9.9.9");
const old = folder("old", "echo shenyan 0.0.9");
const broken = folder("broken", "exit 3");
const stranger = folder("stranger", "echo something else");
const empty = folder("empty");

function look(setting: string, bundled: string, ...path: string[]) {
  return find({ setting, bundled, path: path.join(delimiter), platform: "linux" });
}

test("the setting is the only candidate when it is set", async () => {
  const found = await look(join(other, "shenyan"), good, good);
  assert.deepEqual(found, { program: { path: join(other, "shenyan"), version: "9.9.9" } });
  const missing = join(empty, "shenyan");
  assert.deepEqual(await look(missing, good, good), { failure: { reason: "missing", path: missing } });
});

test("the bundled program goes before PATH, and PATH is the fall-back", async () => {
  assert.deepEqual(await look("", good, other), { program: { path: join(good, "shenyan"), version: "9.2.1" } });
  assert.deepEqual(await look("", empty, empty, other), { program: { path: join(other, "shenyan"), version: "9.9.9" } });
});

test("a program that cannot be used is passed over", async () => {
  for (const bad of [old, broken, stranger]) {
    assert.deepEqual(await look("", bad, good), { program: { path: join(good, "shenyan"), version: "9.2.1" } });
  }
});

test("why there is none", async () => {
  assert.deepEqual(await look("", empty, ""), { failure: { reason: "nowhere" } });
  assert.deepEqual(await look("", empty, "."), { failure: { reason: "nowhere" } });
  const path = join(old, "shenyan");
  assert.deepEqual(await look("", empty, old), { failure: { reason: "too-old", path, version: "0.0.9" } });
  const cannot = await look("", broken, stranger);
  assert.ok("failure" in cannot && cannot.failure.reason === "cannot-run", JSON.stringify(cannot));
  const not = await look("", stranger);
  assert.deepEqual(not, { failure: { reason: "not-shenyan", path: join(stranger, "shenyan") } });
});

test("every failure is said in both languages and names the place", () => {
  const failures: Failure[] = [
    { reason: "nowhere" },
    { reason: "missing", path: "/x/y" },
    { reason: "cannot-run", path: "/x/y", detail: "3" },
    { reason: "not-shenyan", path: "/x/y" },
    { reason: "too-old", path: "/x/y", version: "0.0.9" },
  ];
  for (const failure of failures) {
    const zh = explain(failure, wordsIn("zh"));
    const en = explain(failure, wordsIn("en"));
    assert.match(zh, /\p{Script=Han}/u);
    assert.doesNotMatch(en, /\p{Script=Han}/u);
    if ("path" in failure) assert.ok(zh.includes("/x/y") && en.includes("/x/y"));
    if (failure.reason === "too-old") assert.ok(zh.includes("0.0.9") && zh.includes(NEEDED));
  }
});

test("versions compare by number", () => {
  assert.ok(older("0.9.0", "0.10.0"));
  assert.ok(!older("0.10.0", "0.9.9"));
  assert.ok(!older("1.2.3", "1.2.3"));
});
