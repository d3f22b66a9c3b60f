import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { parse } from "smol-toml";
import { DEFAULT_PACK, isName, ruleSnippet, withPack } from "../../src/ruleFile";

test("a pack is added where it belongs", () => {
  const cases = [
    "",
    'kind = "auto"\n',
    'kind = "auto"',
    '# packs = ["rules"]\n\n[severity]\nfee = "off"\n',
    '[severity]\n"fee" = "off"\n\n[[override]]\npaths = ["a/**"]\n',
    '[severity]\nfee = "off"\n# packs = ["rules"]\n',
    "packs = []  # none yet\nkind = 'auto'\n",
    'kind = "auto"\r\n\r\n[severity]\r\nfee = "off"\r\n',
  ];
  for (const config of cases) {
    const result = withPack(config);
    assert.ok(result.added);
    const before = parse(config);
    assert.deepEqual({ ...parse(result.text) }, { ...before, packs: [DEFAULT_PACK] }, JSON.stringify(result.text));
    assert.equal(/[^\r]\n/.test(result.text) && result.text.includes("\r\n"), false, "line ends are mixed");
    for (const line of config.split(/\r?\n/)) {
      if (line.startsWith("#")) assert.ok(result.text.includes(line), "a comment was lost");
    }
  }
});

test("a pack that is there is used", () => {
  const config = 'packs = ["行内规则", "b"]\n';
  assert.deepEqual(withPack(config), { pack: "行内规则", text: config, added: false });
});

test("a configuration that cannot be read is not touched", () => {
  assert.throws(() => withPack("kind = \n"));
  assert.throws(() => withPack('packs = "rules"\n'));
});

test("names are those of files and ids", () => {
  for (const name of ["a", "vague-promise", "b2b"]) assert.ok(isName(name), name);
  for (const name of ["", "A", "-a", "a-", "a--b", "含糊", "a/b", "../a", "a b"]) assert.ok(!isName(name), name);
});

/** A snippet as it stands when nobody types: defaults taken, stops removed. */
function expand(snippet: string): string {
  return snippet.replace(
    /\\([\\$}])|\$\{\d+\|([^,|]+)[^|]*\|\}|\$\{\d+:((?:[^}\\]|\\.)*)\}|\$\d/g,
    (_, escaped?: string, choice?: string, text?: string) => escaped ?? choice ?? text ?? "",
  );
}

test("the rule to start from is a rule", (t) => {
  const title = '说“\\”、"引号"、$1 和 }';
  const text = expand(ruleSnippet(title));
  const header = parse(text.split("+++")[1] ?? "");
  assert.equal(header["title"], title);
  assert.match(text, /^message = "“\{match\}”：/m);
  assert.equal([...text.matchAll(/尽快处理/g)].length, 2);

  // And the program says so too, where it was built.
  const program = process.env["SHENYAN_BINARY"] ?? resolve(__dirname, "../../../server/shenyan");
  if (!existsSync(program)) return t.diagnostic("no shenyan program here: the rule was not run");
  const folder = mkdtempSync(join(tmpdir(), "shenyan-rule-"));
  try {
    mkdirSync(join(folder, "规则/rules/clause"), { recursive: true });
    writeFileSync(join(folder, "规则/rules/clause/vague-promise.md"), text);
    execFileSync(program, ["test", "规则"], { cwd: folder, encoding: "utf8" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
