//! The clause table for people at a terminal.

use crate::check::{Checked, Run};
use crate::clauses::Sheet;
use crate::item::Item;
use crate::terminal::{self, BOLD, CYAN, DIM, GREEN, Terminal, paint, safe, wrap};
use crate::words::Words;
use std::fmt::Write as _;

/// Widest column for numbers, and for headings.
const NARROW: usize = 28;
const SHARE: usize = 30;

pub fn render(run: &Run, t: Terminal, quiet: bool) -> String {
    let mut out = String::new();
    for file in &run.files {
        if let Some(sheet) = &file.sheet {
            table(&mut out, file, sheet, run.words, t);
            out.push('\n');
        }
    }
    if !quiet {
        let s = &run.summary;
        let clean = s.errors + s.warnings + s.hints + s.failed == 0;
        let style = if clean { GREEN } else { BOLD };
        let _ = writeln!(out, "{}", paint(&run.words.summary(s), style, t.out_color));
    }
    out
}

fn table(out: &mut String, file: &Checked, sheet: &Sheet, words: Words, t: Terminal) {
    let _ = writeln!(out, "{}", paint(&safe(&file.path), BOLD, t.out_color));
    let head = safe(&sheet.head(words));
    if !head.is_empty() {
        let _ = writeln!(out, "{}", paint(&head, DIM, t.out_color));
    }
    let widest = |column: &dyn Fn(&crate::clauses::Row) -> String, most: usize| {
        sheet.rows.iter().map(|r| terminal::width(&column(r))).max().unwrap_or(0).min(most)
    };
    let numbers = widest(&|r| r.number(words).to_owned(), NARROW).max(terminal::width(words.clause()));
    let headings = widest(&|r| r.heading.clone(), SHARE).max(terminal::width(words.heading()));
    let rest = t.width.saturating_sub(numbers + headings + 6).max(24);
    line(out, [words.clause(), words.heading(), words.bears()], [numbers, headings], Some(CYAN), t);
    for row in &sheet.rows {
        let bears = wrap(&safe(&row.bears(words)), rest);
        let heading = wrap(&safe(&row.heading), headings);
        let number = wrap(&safe(row.number(words)), numbers);
        let cell = |cells: &[String], i: usize| cells.get(i).cloned().unwrap_or_default();
        for i in 0..bears.len().max(heading.len()).max(number.len()).max(1) {
            let cells = [cell(&number, i), cell(&heading, i), cell(&bears, i)];
            line(out, cells.each_ref().map(String::as_str), [numbers, headings], None, t);
        }
        for item in row.findings.iter().filter_map(|n| file.items.get(*n)) {
            finding(out, item, words, t);
        }
    }
}

fn line(out: &mut String, cells: [&str; 3], widths: [usize; 2], style: Option<&'static str>, t: Terminal) {
    let pad = |text: &str, width: usize| " ".repeat(width.saturating_sub(terminal::width(text)));
    let mut text = format!(
        "{}{}  {}{}  {}",
        cells[0],
        pad(cells[0], widths[0]),
        cells[1],
        pad(cells[1], widths[1]),
        cells[2]
    );
    text.truncate(text.trim_end().len());
    let _ = match style {
        Some(style) => writeln!(out, "{}", paint(&text, style, t.out_color)),
        None => writeln!(out, "{text}"),
    };
}

fn finding(out: &mut String, item: &Item, words: Words, t: Terminal) {
    let f = &item.finding;
    let place = format!("{}:{}", item.start.line, item.start.column);
    let text = format!("{} {place} {}  {}", words.level(f.severity), f.rule.id, safe(words.get(&f.message)));
    for (i, text) in wrap(&text, t.width.saturating_sub(6).max(20)).into_iter().enumerate() {
        let mark = if i == 0 { "  ▸ " } else { "    " };
        let _ = writeln!(out, "{mark}{text}");
    }
}
