//! For people: the words in their line, what is wrong with them, on what ground, and what to do.

use crate::check::{Checked, Run};
use crate::excerpt::Drawn;
use crate::item::{Item, citations};
use crate::terminal::{self, BOLD, CYAN, DIM, GREEN, Terminal, graphics, paint, safe, wrap};
use crate::words::Words;
use shenyan_lint::Severity;
use shenyan_project::docs;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Words are shown up to this many characters where they stand in a sentence of ours.
const SHORT: usize = 24;

pub fn render(run: &Run, terminal: Terminal, quiet: bool) -> String {
    let mut out = String::new();
    let words = run.words;
    for file in &run.files {
        if file.items.is_empty() {
            continue;
        }
        let _ = writeln!(out, "{}", paint(&safe(&file.path), BOLD, terminal.out_color));
        let mut explained = BTreeSet::new();
        for item in &file.items {
            if item.counts() {
                // The reason is the rule's: once a file is enough.
                let first = explained.insert(item.finding.rule.id.clone());
                finding(&mut out, file, item, first, words, terminal);
            } else {
                aside(&mut out, item, words, terminal);
            }
        }
        let end = out.trim_end().len();
        out.truncate(end);
        out.push_str("\n\n");
    }
    if !quiet {
        let s = &run.summary;
        let clean = s.errors + s.warnings + s.hints + s.failed == 0;
        let line = words.summary(s);
        let style = if clean { GREEN } else { BOLD };
        let _ = writeln!(out, "{}", paint(&line, style, terminal.out_color));
    }
    out
}

const fn sign(s: Severity) -> miette::Severity {
    match s {
        Severity::Error => miette::Severity::Error,
        Severity::Warning => miette::Severity::Warning,
        Severity::Hint => miette::Severity::Advice,
    }
}

fn finding(out: &mut String, file: &Checked, item: &Item, first: bool, words: Words, t: Terminal) {
    let f = &item.finding;
    let drawn = Drawn {
        message: safe(words.get(&f.message)),
        code: f.rule.id.clone(),
        label: words.conclusion(f.verdict).to_owned(),
        severity: sign(f.severity),
        name: safe(&file.path),
        excerpt: &item.excerpt,
    };
    let mut graphic = String::new();
    if graphics(t.out_color, t.width).render_report(&mut graphic, &drawn).is_err() {
        graphic = format!("{}:{}:{} {}\n", file.path, item.start.line, item.start.column, drawn.message);
    }
    out.push_str(graphic.trim_end());
    out.push('\n');
    let mut note = |name: &str, text: &str| {
        let indent = terminal::width(name) + 4;
        let lines = wrap(&safe_lines(text), t.width.saturating_sub(indent).max(20));
        let name = paint(name, CYAN, t.out_color);
        let _ = writeln!(out, "  {name}  {}", lines.join(&format!("\n{}", " ".repeat(indent))));
    };
    if let Some(location) = &item.location {
        note(words.place(), &words.location(location));
    }
    if let Some(clause) = &f.clause {
        note(words.clause(), clause);
    }
    for a in &*f.basis {
        let gist = words.or(&a.gist, &a.gist_en);
        let standing = words.standing(a.verified);
        note(words.basis(), &format!("{}{}{gist}{standing}", words.citation(a), words.colon()));
    }
    let english = words.lang.english();
    if first && let Some(why) = docs::why(&f.rule.docs, english) {
        note(words.why(), &why);
    }
    for fix in &f.fixes {
        let title = words.get(&fix.title);
        let new = fix.edits.iter().map(|e| e.text.trim()).find(|x| !x.is_empty() && !title.contains(x));
        let said = new.map_or_else(|| title.to_owned(), |n| format!("{title}{}{n}", words.colon()));
        note(words.repair(), &said);
    }
    if first
        && f.fixes.is_empty()
        && let Some(repair) = docs::repair(&f.rule.docs, english)
    {
        note(words.repair(), &repair);
    }
    for (related, (text, start, _)) in f.related.iter().zip(&item.related) {
        let place = format!("{}:{}", start.line, start.column);
        note(words.related(), &format!("{place} {} {}", words.get(&related.note), short(text, words)));
    }
    out.push('\n');
}

/// A finding that does not count, in one dim line.
fn aside(out: &mut String, item: &Item, words: Words, t: Terminal) {
    let f = &item.finding;
    let place = words.place_of(item);
    let mut line = format!("  ○ {place} {} {}  ", short(&item.text, words), f.rule.id);
    if let Some(w) = &f.waived {
        let title = safe(words.get(&w.title));
        let _ = write!(
            line,
            "{}{}{title}{}{}{}",
            words.waived(),
            words.colon(),
            words.open(),
            w.by,
            words.close()
        );
        if !w.basis.is_empty() {
            let _ = write!(line, " {}", citations(&w.basis, words));
        }
    } else {
        line += words.known();
    }
    for (_, (text, start, _)) in f.related.iter().zip(&item.related) {
        let _ = write!(line, " ← {}:{} {}", start.line, start.column, short(text, words));
    }
    let _ = writeln!(out, "{}", paint(&line, DIM, t.out_color));
}

fn safe_lines(text: &str) -> String {
    text.lines().map(safe).collect::<Vec<_>>().join("\n")
}

/// Words in quotation marks, cut where they are long.
fn short(text: &str, words: Words) -> String {
    let flat = safe(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    let (open, close) = (words.quote_open(), words.quote_close());
    match flat.char_indices().nth(SHORT) {
        Some((i, _)) => format!("{open}{}…{close}", &flat[..i]),
        None => format!("{open}{flat}{close}"),
    }
}
