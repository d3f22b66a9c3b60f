//! Coded checks: what a pattern cannot see because it lies in form, not in words.

use crate::pattern::Pattern;
use crate::rule::Check;
use crate::text::Text;
use shenyan_read::{BlockKind, Format};
use shenyan_text::span::{Folded, Span};

/// The first match of a pattern in a stretch.
type Find<'a> = &'a dyn Fn(&Pattern, Span<Folded>) -> Option<Span<Folded>>;

/// The places that a check objects to, in order; `find` looks for a pattern in a stretch.
pub fn run(check: &Check, text: &Text, find: Find) -> Vec<Span<Folded>> {
    match check {
        Check::TickedControl { label } => (text.doc.controls().iter())
            .filter(|c| c.checked && c.enabled)
            .map(|c| text.of_prose(c.label))
            .filter(|l| !l.is_empty() && find(label, *l).is_some())
            .collect(),
        Check::Prominence { matter, least } => {
            let found = plain_matter(text, matter, find);
            if found.len() >= *least { found } else { Vec::new() }
        }
        Check::FinePrint { matter, small } => fine_print(text, matter, *small, find),
        Check::Unexplained { terms } => (terms.iter())
            .filter(|(_, explained)| !text.paragraphs.iter().any(|p| find(explained, *p).is_some()))
            .filter_map(|(term, _)| text.paragraphs.iter().find_map(|p| find(term, *p)))
            .collect(),
    }
}

/// Sentences that must stand out and do not, in a text that sets other things apart.
fn plain_matter(text: &Text, matter: &[Pattern], find: Find) -> Vec<Span<Folded>> {
    let strong: Vec<Span<Folded>> = (text.doc.styles().iter())
        .filter(|s| {
            s.style.bold || s.style.underline || s.style.color.is_some() || s.style.background.is_some()
        })
        .map(|s| text.of_prose(s.span))
        .collect();
    if text.doc.format() == Format::Plain || strong.is_empty() {
        return Vec::new();
    }
    (text.sentences.iter())
        .filter(|s| !strong.iter().any(|t| t.overlaps(**s)))
        .filter(|s| matter.iter().any(|m| find(m, **s).is_some()))
        .copied()
        .collect()
}

/// Conditions in type smaller than the usual, in pale or hidden type, or in a footnote.
fn fine_print(text: &Text, matter: &Pattern, small: f64, find: Find) -> Vec<Span<Folded>> {
    const USUAL: f32 = 16.0;
    let largest = text.doc.styles().iter().filter_map(|s| s.style.size).fold(USUAL, f32::max);
    let usual = if largest > USUAL { USUAL } else { largest };
    let mut weak: Vec<Span<Folded>> = (text.doc.styles().iter())
        .filter(|s| {
            let tiny = s.style.size.is_some_and(|size| f64::from(size) < f64::from(usual) * small);
            let pale =
                s.style.color.is_some_and(|c| c.iter().all(|v| *v >= 0xa0)) && s.style.background.is_none();
            tiny || pale || s.style.hidden
        })
        .map(|s| text.of_prose(s.span))
        .collect();
    weak.extend(
        (text.doc.blocks().iter())
            .filter(|b| b.kind == BlockKind::Footnote || b.hidden)
            .map(|b| text.of_prose(b.span)),
    );
    weak.sort_unstable();
    let mut out: Vec<Span<Folded>> = Vec::new();
    for w in weak {
        let Some(hit) = find(matter, w) else { continue };
        if !out.iter().any(|o| o.overlaps(hit)) {
            out.push(hit);
        }
    }
    out
}
