//! Problems on standard error: `错误[种类] path: message`, the place drawn, and what to do.

use crate::excerpt::{Drawn, Excerpt};
use crate::terminal::{BOLD, RED, Terminal, graphics, paint, safe, wrap};
use crate::words::Words;
use miette::Severity;
use shenyan_project::Problem;
use std::fmt::Write as _;
use std::io::Write as _;

/// Tells all problems.
pub fn tell(problems: &[Problem], words: Words, terminal: Terminal) {
    let text: String = problems.iter().map(|p| render(p, words, terminal)).collect();
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Tells something that is no problem.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

fn render(p: &Problem, words: Words, terminal: Terminal) -> String {
    let color = terminal.err_color;
    let head = paint(&format!("{}[{}]", words.error(), p.kind), RED, color);
    let mut out = head;
    let position = p.place.as_ref().map(shenyan_project::Place::position);
    if !p.path.is_empty() {
        let place = position.map_or_else(String::new, |(l, c)| format!(":{l}:{c}"));
        let _ = write!(out, " {}", paint(&format!("{}{place}:", safe(&p.path)), BOLD, color));
    }
    let _ = writeln!(out, " {}", safe(words.get(&p.message)));
    if let (Some(place), Some((line, column))) = (&p.place, position) {
        let excerpt = Excerpt::new(&place.source, place.span.0..place.span.1, line, column);
        let drawn = Drawn {
            message: String::new(),
            code: String::new(),
            label: String::new(),
            severity: Severity::Error,
            name: safe(&p.path),
            excerpt: &excerpt,
        };
        let mut graphic = String::new();
        if graphics(color, terminal.width).render_report(&mut graphic, &drawn).is_ok() {
            // The message stands above; of miette's report only the drawing is wanted.
            let body = graphic.find("╭─").map(|i| graphic[..i].rfind('\n').map_or(0, |n| n + 1));
            out += &graphic[body.unwrap_or(0)..];
        }
    }
    let hint = words.get(&p.hint);
    if !hint.is_empty() {
        let lines = wrap(&safe(hint), terminal.width.saturating_sub(8));
        let _ = writeln!(out, "  {}{}", words.advice(), lines.join("\n        "));
    }
    out
}
