//! The piece of a text around a place, small enough to show.
//!
//! One line, cut to a window where it is long: contracts have paragraphs of thousands of
//! characters in one line, and a finding is about a few of them.

use crate::terminal::safe_char;
use miette::{
    Diagnostic, LabeledSpan, MietteError, MietteSpanContents, Severity, SourceCode, SourceSpan, SpanContents,
};
use std::fmt;
use std::ops::Range;

/// Characters shown at most.
const WINDOW: usize = 60;

/// A line of a text, or a part of it, with the place that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// What is shown, without control characters.
    pub text: String,
    /// The place in `text`, in bytes.
    pub at: Range<usize>,
    /// The line, from 1.
    pub line: usize,
    /// The column of the place in the whole line, from 1.
    pub column: usize,
}

impl Excerpt {
    /// The excerpt around a byte range of `source` that starts at that line and column.
    pub fn new(source: &str, span: Range<usize>, line: usize, column: usize) -> Self {
        let start = span.start.min(source.len());
        // No further than the window can reach: a page of HTML may be one line of a megabyte, and
        // may have thousands of findings.
        let reach = 4 * (WINDOW + 1);
        let low = floor(source, start.saturating_sub(reach));
        let high = floor(source, start.saturating_add(2 * reach));
        let line_start = source[low..start].rfind('\n').map(|i| low + i + 1);
        let line_end = source[start..high].find('\n').map(|i| start + i);
        let open_start = line_start.is_none() && low > 0;
        let open_end = line_end.is_none() && high < source.len();
        let line_start = line_start.unwrap_or(low);
        let line_end = line_end.unwrap_or(high);
        let whole = source[line_start..line_end].trim_end_matches('\r');
        let from = (start - line_start).min(whole.len());
        let to = (span.end.saturating_sub(line_start)).clamp(from, whole.len());
        let inside = whole[from..to].chars().take(WINDOW + 1).count();
        // What the words leave of the window goes to both sides, a little more to what follows.
        let spare = WINDOW.saturating_sub(inside);
        let after = whole[to..].chars().take(WINDOW).count();
        let before = whole[..from].chars().rev().take(WINDOW).count();
        let left = before.min(spare / 2 + (spare - spare / 2).saturating_sub(after));
        let right = after.min(spare - left);
        let step_back = |s: &str, n: usize| s.char_indices().rev().take(n).last().map_or(s.len(), |(i, _)| i);
        let step = |s: &str, n: usize| s.char_indices().nth(n).map_or(s.len(), |(i, _)| i);
        let cut_start = step_back(&whole[..from], left);
        let shown_to = from + step(&whole[from..to], WINDOW);
        let cut_end = if shown_to < to { shown_to } else { to + step(&whole[to..], right) };
        let mut text = String::new();
        if cut_start > 0 || open_start {
            text.push('…');
        }
        let mut at = 0..0;
        for (i, c) in whole[cut_start..cut_end].char_indices() {
            if cut_start + i == from {
                at.start = text.len();
            }
            if cut_start + i == shown_to {
                at.end = text.len();
            }
            text.push(safe_char(c));
        }
        if from >= cut_end {
            at.start = text.len();
        }
        if shown_to >= cut_end {
            at.end = text.len();
        }
        at.end = at.end.max(at.start);
        if cut_end < whole.len() || open_end {
            text.push('…');
        }
        Self { text, at, line, column }
    }
}

/// The last character boundary up to an offset.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}

/// An excerpt with a message, as miette draws it.
#[derive(Debug)]
pub struct Drawn<'e> {
    /// The message; may be empty.
    pub message: String,
    /// Shown over the message; may be empty.
    pub code: String,
    /// Written under the place.
    pub label: String,
    /// Colour and sign.
    pub severity: Severity,
    /// The file.
    pub name: String,
    /// The place.
    pub excerpt: &'e Excerpt,
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Drawn<'_> {}

impl Diagnostic for Drawn<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        (!self.code.is_empty()).then(|| Box::new(&self.code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = (!self.label.is_empty()).then(|| self.label.clone());
        let span = LabeledSpan::new_with_span(label, self.excerpt.at.clone());
        Some(Box::new(std::iter::once(span)))
    }
}

impl SourceCode for Drawn<'_> {
    /// Always the whole excerpt: it is one line and knows its place in the file.
    fn read_span<'a>(
        &'a self,
        _span: &SourceSpan,
        _before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let e = self.excerpt;
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            e.text.as_bytes(),
            (0, e.text.len()).into(),
            e.line - 1,
            e.column - 1,
            1,
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, words: &str) -> (String, String) {
        let at = source.find(words).unwrap();
        let e = Excerpt::new(source, at..at + words.len(), 1, 1);
        (e.text.clone(), e.text[e.at].to_owned())
    }

    #[test]
    fn a_short_line_is_whole_and_a_long_one_is_cut_around_the_place() {
        assert_eq!(check("甲\r\n乙最佳丙\r\n丁", "最佳"), ("乙最佳丙".into(), "最佳".into()));
        let long = format!("{}最佳{}", "前".repeat(2000), "后".repeat(3));
        let (text, at) = check(&long, "最佳");
        assert_eq!(at, "最佳");
        assert!(text.starts_with('…') && text.ends_with("后后后"));
        assert_eq!(text.chars().count(), WINDOW + 1);
    }

    #[test]
    fn long_places_and_places_over_lines_are_cut() {
        let long = "最".repeat(500);
        let e = Excerpt::new(&long, 0..long.len(), 1, 1);
        assert_eq!(e.text.chars().count(), WINDOW + 1);
        assert_eq!(e.at, 0..WINDOW * 3);
        let e = Excerpt::new("甲\n乙\n丙", 4..11, 2, 1);
        assert_eq!((e.text.as_str(), e.at), ("乙", 0..3));
        let e = Excerpt::new("甲\n", 4..4, 2, 1);
        assert_eq!((e.text.as_str(), e.at), ("", 0..0));
    }
}
