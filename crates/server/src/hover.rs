//! What is shown on a finding and on the name of a rule: law, article, reason, repair.

use crate::analysis::Analysis;
use crate::lsp::{Hover, HoverContents, MarkupContent, MarkupKind, Position};
use crate::words::Words;
use shenyan_lint::{Article, Finding, Lexicon, Rule};
use shenyan_project::docs;
use std::fmt::Write as _;

/// The hover at a position, from what was found.
pub fn hover(analysis: &Analysis, at: Position, lexicon: Option<&Lexicon>) -> Option<Hover> {
    let words = Words::new(analysis.lang);
    let byte = analysis.encoding.byte(&analysis.rope, at);
    let here = analysis.findings().filter(|(f, _)| {
        let span = f.span.range();
        span.contains(&byte) || span.end == byte
    });
    let (mut text, mut range) = (Vec::new(), None);
    for (f, d) in here {
        text.push(finding(f, words));
        range = range.or(Some(d.range));
    }
    if text.is_empty() {
        let (name, span) = name_at(&analysis.rope, byte)?;
        text.push(of_name(&name, lexicon?, words)?);
        range = Some(analysis.encoding.range(&analysis.rope, &span));
    }
    let value = text.join("\n\n---\n\n");
    let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value });
    Some(Hover { contents, range })
}

fn finding(f: &Finding, words: Words) -> String {
    let mut out = format!("**{}** {}", words.level(f.severity), escape(words.get(&f.message)));
    let _ = write!(
        out,
        "\n\n{} · `{}` · {}",
        escape(words.get(&f.rule.title)),
        f.rule.id,
        words.conclusion(f.verdict)
    );
    if f.evasive {
        let _ = write!(out, " · {}", words.evasive());
    }
    if let Some(clause) = &f.clause {
        let _ = write!(out, " · {}", escape(clause));
    }
    out += "\n";
    for a in &*f.basis {
        out += &article(a, words);
    }
    let english = words.lang.english();
    for (name, text) in [
        (words.why(), docs::why(&f.rule.docs, english)),
        (words.repair(), docs::repair(&f.rule.docs, english)),
    ] {
        if let Some(text) = text {
            let _ = write!(out, "\n\n**{name}** {}", escape(&text));
        }
    }
    out
}

fn article(a: &Article, words: Words) -> String {
    let mut out = format!(
        "\n- **{}** {}{}　*{}*",
        escape(&words.citation(a)),
        escape(words.or(&a.gist, &a.gist_en)),
        words.standing(a.verified),
        words.since(a),
    );
    if !a.penalty.is_empty() {
        let _ = write!(out, "\n  - {}：{}", words.penalty(), escape(&a.penalty));
    }
    out
}

/// The characters that Markdown would take for markup, where the text means itself.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_[]<>#|~".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The name of a rule, a family or an article (`law#9.3`) around a byte, with its place.
pub fn name_at(rope: &ropey::Rope, byte: usize) -> Option<(String, std::ops::Range<usize>)> {
    let byte = byte.min(rope.len_bytes());
    let line = rope.byte_to_line(byte);
    let start = rope.line_to_byte(line);
    let text = rope.line(line).to_string();
    let at = byte - start;
    let part = |c: char| c.is_ascii_alphanumeric() || "-_/#.".contains(c);
    let from = text[..at].char_indices().rev().take_while(|(_, c)| part(*c)).last().map_or(at, |(i, _)| i);
    let to = text[at..].find(|c| !part(c)).map_or(text.len(), |i| at + i);
    let name = &text[from..to];
    (!name.is_empty()).then(|| (name.to_owned(), start + from..start + to))
}

fn of_name(name: &str, lexicon: &Lexicon, words: Words) -> Option<String> {
    if let Some(rule) = lexicon.rules.get(name) {
        return Some(of_rule(rule, lexicon, words));
    }
    if let Some(a) = lexicon.law.get(name) {
        return Some(article(a, words));
    }
    let mut rules = lexicon.rules.values().filter(|r| r.family() == name).peekable();
    rules.peek()?;
    let list: Vec<String> =
        rules.map(|r| format!("\n- `{}` {}", r.id, escape(words.get(&r.title)))).collect();
    Some(format!("{} `{name}`\n{}", words.family(), list.concat()))
}

/// A rule in short.
pub fn of_rule(rule: &Rule, lexicon: &Lexicon, words: Words) -> String {
    let mut out = format!(
        "**{}** · `{}` · {}（{}）\n",
        escape(words.get(&rule.title)),
        rule.id,
        words.conclusion(rule.verdict),
        words.level(rule.severity)
    );
    for a in rule.basis.iter().filter_map(|b| lexicon.law.get(b)) {
        out += &article(a, words);
    }
    let english = words.lang.english();
    for (name, text) in
        [(words.why(), docs::why(&rule.docs, english)), (words.repair(), docs::repair(&rule.docs, english))]
    {
        if let Some(text) = text {
            let _ = write!(out, "\n\n**{name}** {}", escape(&text));
        }
    }
    out
}
