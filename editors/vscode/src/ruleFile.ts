// What a new rule looks like, and how a pack gets into shenyan.toml. Pure.

import { parse } from "smol-toml";

/** Where rules go when the configuration names no pack. */
export const DEFAULT_PACK = "规则";

/** Whether it can be the name of a family or a rule. */
export function isName(name: string): boolean {
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name);
}

/** A configuration's first pack, and its text with one if it had none. Throws what the parser says. */
export function withPack(config: string): { readonly pack: string; readonly text: string; readonly added: boolean } {
  const packs = parse(config)["packs"];
  const first: unknown = Array.isArray(packs) ? packs[0] : undefined;
  if (typeof first === "string") return { pack: first, text: config, added: false };
  const newline = config.includes("\r\n") ? "\r\n" : "\n";
  const line = `packs = ["${DEFAULT_PACK}"]`;
  const lines = config.split(/\r?\n/);
  // An empty list is replaced; a key after a table's head would belong to the table.
  const empty = lines.findIndex((l) => /^\s*packs\s*=\s*\[\s*\]\s*(#.*)?$/.test(l));
  if (packs !== undefined && empty < 0) throw new Error("packs");
  const table = lines.findIndex((l) => /^\s*\[/.test(l));
  const comment = lines.findIndex((l) => /^\s*#\s*packs\s*=/.test(l));
  if (empty >= 0) lines[empty] = line;
  else if (comment >= 0 && (table < 0 || comment < table)) lines.splice(comment + 1, 0, line);
  else if (table >= 0) lines.splice(table, 0, line, "");
  else if (lines.at(-1) === "") lines.splice(-1, 0, line);
  else lines.push(line);
  return { pack: DEFAULT_PACK, text: lines.join(newline), added: true };
}

/**
 * A rule file as a snippet: complete and valid as it stands, with a stop at each thing to change.
 */
export function ruleSnippet(title: string): string {
  const word = "尽快处理";
  return `+++
title   = "${escapeSnippet(tomlText(title))}"
verdict = "\${1|review,evidence,violation|}"
kinds   = [\${2:"marketing", "contract"}]
basis   = ["\${3:guanggao-fa#4-1}"]
message = "“{match}”：\${4:说明问题，说出后果}"
unless  = ["common"]

[[match]]
pattern = '\${5:${word}}'
+++
## 为什么
\${6:法律为什么不许，读的人会怎样误会。}

## 怎样改
\${7:换成怎样的说法才合法。}

\`\`\`flag
我们会[[\${5:${word}}]]您的问题。
\`\`\`
\`\`\`pass
\${8:我们会在三个工作日内答复您的问题。}
\`\`\`
$0`;
}

function tomlText(text: string): string {
  return text.replace(/[\\"]/g, "\\$&").replace(/[\u0000-\u001f\u007f]/g, " ");
}

function escapeSnippet(text: string): string {
  return text.replace(/[\\$}]/g, "\\$&");
}
