// What the manifest names must exist: words in both languages, commands, pictures.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { wordsIn } from "../../src/words";

const root = resolve(__dirname, "../../..");
const read = (name: string) => readFileSync(join(root, name), "utf8");
const manifest = JSON.parse(read("package.json")) as {
  contributes: { commands: { command: string }[]; walkthroughs: { steps: { media: { image: string } }[] }[] };
  icon: string;
  version: string;
};
const languages = ["package.nls.json", "package.nls.zh-cn.json"].map(
  (name) => JSON.parse(read(name)) as Record<string, string>,
);

test("every word of the manifest stands in both languages, and none is left over", () => {
  const used = new Set([...read("package.json").matchAll(/"%([\w.]+)%"/g)].map((match) => match[1] ?? ""));
  assert.ok(used.size > 40);
  for (const words of languages) assert.deepEqual(Object.keys(words).sort(), [...used].sort());
});

test("the manifest's Chinese is Chinese and its commands match in both languages", () => {
  const [en, zh] = languages;
  assert.ok(en && zh);
  for (const [key, text] of Object.entries(zh)) assert.match(text, /\p{Script=Han}/u, key);
  const links = (text: string | undefined) => [...(text ?? "").matchAll(/command:[\w.]+/g)].map(String);
  for (const key of Object.keys(en)) assert.deepEqual(links(zh[key]), links(en[key]), key);
});

test("every command that is shown or linked is declared and registered", () => {
  const declared = new Set(manifest.contributes.commands.map((command) => command.command));
  const registered = read("src/commands.ts");
  for (const command of declared) assert.ok(registered.includes(`"${command}":`), command);
  for (const words of languages) {
    for (const text of Object.values(words)) {
      for (const match of text.matchAll(/command:([\w.]+)/g)) assert.ok(declared.has(match[1] ?? ""), match[1]);
    }
  }
});

test("what the server registers is not declared twice", () => {
  const server = [...read("src/protocol.ts").matchAll(/: "(shenyan\.\w+)"/g)].map((match) => match[1]);
  assert.ok(server.length >= 4);
  for (const { command } of manifest.contributes.commands) assert.ok(!server.includes(command), command);
});

test("pictures exist", () => {
  const images = manifest.contributes.walkthroughs.flatMap((w) => w.steps.map((step) => step.media.image));
  for (const path of [manifest.icon, ...images]) assert.ok(existsSync(join(root, path)), path);
  for (const match of read("README.md").matchAll(/\]\((media\/[^)]+)\)/g)) {
    assert.ok(existsSync(join(root, match[1] ?? "")), match[1]);
  }
});

test("both languages of the running extension say the same things", () => {
  const [zh, en] = [wordsIn("zh"), wordsIn("en")];
  assert.deepEqual(Object.keys(en), Object.keys(zh));
  assert.deepEqual(Object.keys(en.families), Object.keys(zh.families));
  assert.equal(wordsIn("fr"), zh);
  const none = { error: 0, warning: 0, hint: 0 };
  assert.equal(zh.counts(none), "没有发现问题");
  assert.equal(zh.counts({ error: 2, warning: 0, hint: 1 }), "2 处错误，1 处提示");
  assert.equal(en.counts({ error: 1, warning: 2, hint: 0 }), "1 error, 2 warnings");
});

test("the version is that of the program", () => {
  const cargo = readFileSync(resolve(root, "../../Cargo.toml"), "utf8");
  assert.match(cargo, new RegExp(`^version = "${manifest.version}"$`, "m"));
});
