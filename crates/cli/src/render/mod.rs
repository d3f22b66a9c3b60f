//! A finished run as text, one module a format.

mod clauses;
mod github;
mod gitlab;
mod html;
mod human;
mod json;
mod junit;
mod sarif;

use crate::args::{CheckArgs, Format};
use crate::check::Run;
use crate::terminal::Terminal;

pub use html::render as html;

/// The run in the format asked for.
pub fn render(args: &CheckArgs, run: &Run, terminal: Terminal) -> String {
    match args.format {
        Format::Human if args.clauses => clauses::render(run, terminal, args.quiet),
        Format::Human => human::render(run, terminal, args.quiet),
        Format::Json => json::object(run),
        Format::Jsonl => json::lines(run),
        Format::Sarif => sarif::render(run),
        Format::Github => github::render(run),
        Format::Gitlab => gitlab::render(run),
        Format::Junit => junit::render(run),
        Format::Html => html::render(run),
    }
}

/// Text for XML and HTML, with the characters that XML does not allow left out.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            '\t' | '\n' | '\r' => out.push(c),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}
