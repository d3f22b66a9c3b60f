// A rule page: Markdown in, one self-contained HTML page out. Pure.

import MarkdownIt from "markdown-it";
import type { Lang } from "./words";

// No raw HTML: a rule file may come from anybody's pack.
const markdown = new MarkdownIt({ html: false, linkify: false });

/**
 * The whole page. It may load nothing and run nothing; only the style with this `nonce` applies.
 * Links to the web open in the browser, all others (to files of the repository) become plain text.
 */
export function page(text: string, nonce: string, lang: Lang): string {
  return `<!DOCTYPE html>
<html lang="${lang === "en" ? "en" : "zh-CN"}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}';">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style nonce="${nonce}">${STYLE}</style>
</head>
<body><main>${body(text)}</main></body>
</html>`;
}

/** The text as HTML, without scripts, pictures or links that lead nowhere. */
export function body(text: string): string {
  const tokens = markdown.parse(text, {});
  for (const token of tokens) {
    const children = token.children ?? [];
    // Links do not nest, so the next close belongs to the last open.
    let dead = false;
    token.children = children.filter((child) => {
      if (child.type === "link_open") {
        dead = !/^https?:\/\//.test(String(child.attrGet("href") ?? ""));
        return !dead;
      }
      if (child.type === "link_close") return !dead;
      return child.type !== "image";
    });
    if (token.children.length === 0 && children.length === 0) token.children = null;
    // [[…]] and 【…】 mark the words an example is flagged for.
    if (token.type === "fence") token.info = token.info.trim();
  }
  return markdown.renderer
    .render(tokens, markdown.options, {})
    .replace(/<pre><code[^>]*>[\s\S]*?<\/code><\/pre>/g, (block) =>
      block.replace(/\[\[(.+?)\]\]|【(.+?)】/g, (_, a?: string, b?: string) => `<mark>${a ?? b ?? ""}</mark>`),
    );
}

const STYLE = `
body { padding: 0 1.5em 3em; font-size: 14px; line-height: 1.75; color: var(--vscode-editor-foreground); }
main { max-width: 46em; margin: 0 auto; }
h1 { font-size: 1.6em; font-weight: 600; border-bottom: 1px solid var(--vscode-panel-border); padding-bottom: .4em; }
h2 { font-size: 1.15em; font-weight: 600; margin-top: 1.8em; }
a { color: var(--vscode-textLink-foreground); }
code { font-family: var(--vscode-editor-font-family); font-size: .9em; background: var(--vscode-textCodeBlock-background); padding: .1em .35em; border-radius: 3px; }
pre { background: var(--vscode-textCodeBlock-background); padding: .7em 1em; border-radius: 4px; white-space: pre-wrap; margin: .5em 0; }
pre code { background: none; padding: 0; font-family: inherit; font-size: 1em; }
mark { background: none; color: inherit; text-decoration: underline wavy var(--vscode-editorError-foreground); text-underline-offset: .25em; }
blockquote { margin: 0; padding-left: 1em; border-left: 3px solid var(--vscode-textBlockQuote-border); }
table { border-collapse: collapse; } th, td { border: 1px solid var(--vscode-panel-border); padding: .3em .7em; text-align: left; }
`;
