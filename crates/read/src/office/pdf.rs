//! PDF files with a text layer.
//!
//! hayro interprets the pages; this module takes the characters with their places, puts them into
//! lines, and joins the lines that only the width of the page has cut. Nothing is drawn.

use super::{Area, Extract, pdf_weight};
use crate::decode::ReadError;
use crate::{BlockKind, Style};
use hayro_interpret::font::GlyphRun;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, SoftMask, interpret_page,
};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// The most pages.
const MAX_PAGES: usize = 5_000;

/// The most things drawn in a document, and on a page: forms in forms multiply.
const MAX_DRAWN: u64 = 10_000_000;
const MAX_ON_PAGE: u64 = 2_000_000;

/// The most characters on a page.
const MAX_GLYPHS: usize = 200_000;

/// Fewer characters to a page than this, and the pages are pictures.
const LEAST: usize = 3;

/// What unwinds out of a page that draws without end.
struct Endless;

pub(super) fn read(bytes: &[u8]) -> Result<Extract, ReadError> {
    let damaged = ReadError::Damaged { part: String::new(), at: None };
    pdf_weight::before_opening(bytes)?;
    // The interpreter promises not to panic; its promise is not ours.
    let lines = catch_unwind(AssertUnwindSafe(|| glyphs(bytes))).unwrap_or_else(|cause| {
        Err(if cause.is::<Endless>() {
            ReadError::Expands { part: String::new(), limit: MAX_DRAWN }
        } else {
            damaged
        })
    })?;
    let pages = lines.last().map_or(0, |l| l.page);
    let characters = || lines.iter().flat_map(|l| l.text.chars()).filter(|c| !c.is_whitespace());
    let unknown = characters().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    let known = characters().count() - unknown;
    // A text with more holes than words would be found clean for nothing but the holes.
    if known < LEAST * (pages as usize).max(1) || unknown > known {
        return Err(ReadError::NoText { pages });
    }
    Ok(paragraphs(&lines))
}

/// A character on a page, in points from the lower left corner.
#[derive(Debug, Clone)]
struct Glyph {
    x: f64,
    y: f64,
    size: f64,
    text: String,
}

/// A line of a page.
#[derive(Debug)]
struct Line {
    /// From 1.
    page: u32,
    left: f64,
    right: f64,
    y: f64,
    size: f64,
    text: String,
}

fn glyphs(bytes: &[u8]) -> Result<Vec<Line>, ReadError> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(
            DecryptionError::PasswordProtected | DecryptionError::UnsupportedAlgorithm,
        ) => ReadError::Encrypted,
        _ => ReadError::Damaged { part: String::new(), at: None },
    })?;
    pdf_weight::opened(&pdf)?;
    let pages = pdf.pages();
    if pages.len() > MAX_PAGES {
        return Err(ReadError::Expands { part: String::new(), limit: MAX_PAGES as u64 });
    }
    let cache = InterpreterCache::new();
    let mut taker = Taker::default();
    let mut out = Vec::new();
    for (i, page) in pages.iter().enumerate() {
        let bounds = Rect::new(0.0, 0.0, 1.0, 1.0);
        let settings = InterpreterSettings::default();
        let mut context = Context::new(Affine::IDENTITY, bounds, &cache, pdf.xref(), settings);
        taker.on_page = 0;
        interpret_page(page, &mut context, &mut taker);
        out.append(&mut lines(std::mem::take(&mut taker.glyphs), i as u32 + 1));
    }
    if out.is_empty() {
        return Err(ReadError::NoText { pages: pages.len() as u32 });
    }
    Ok(out)
}

/// Takes the characters of what is drawn.
#[derive(Debug, Default)]
struct Taker {
    glyphs: Vec<Glyph>,
    drawn: u64,
    on_page: u64,
}

impl Taker {
    fn count(&mut self) {
        self.drawn += 1;
        self.on_page += 1;
        if self.drawn > MAX_DRAWN || self.on_page > MAX_ON_PAGE || self.glyphs.len() > MAX_GLYPHS {
            // The only way out of the interpreter; caught in `read`.
            resume_unwind(Box::new(Endless));
        }
    }
}

impl Device<'_> for Taker {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {
        self.count();
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.count();
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {
        self.count();
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, _: &DrawMode) {
        for glyph in run.glyphs() {
            self.count();
            let place = props.transform * glyph.transform();
            let (zero, up) = (place * Point::ZERO, place * Point::new(0.0, 1000.0));
            let text = match glyph.as_unicode() {
                Some(BfString::Char(c)) => c.to_string(),
                Some(BfString::String(s)) => s,
                None => char::REPLACEMENT_CHARACTER.to_string(),
            };
            let size = zero.distance(up);
            if zero.x.is_finite() && zero.y.is_finite() && size.is_finite() && size > 0.0 {
                let text = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
                self.glyphs.push(Glyph { x: zero.x, y: zero.y, size, text });
            }
        }
    }

    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {
        self.count();
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

/// Width of a character in its size.
fn width(c: char) -> f64 {
    if c < '\u{1100}' { 0.5 } else { 1.0 }
}

/// The lines of a page from top to bottom.
fn lines(mut glyphs: Vec<Glyph>, page: u32) -> Vec<Line> {
    glyphs.retain(|g| !g.text.trim().is_empty());
    glyphs.sort_by(|a, b| b.y.total_cmp(&a.y));
    // Characters whose feet are less than half a size apart stand on one line.
    let mut rows: Vec<Vec<Glyph>> = Vec::new();
    for g in glyphs {
        match rows.last_mut() {
            Some(row) if row.last().is_some_and(|last| last.y - g.y < 0.5 * last.size.min(g.size)) => {
                row.push(g);
            }
            _ => rows.push(vec![g]),
        }
    }
    rows.into_iter().filter_map(|row| line(row, page)).collect()
}

fn line(mut row: Vec<Glyph>, page: u32) -> Option<Line> {
    row.sort_by(|a, b| a.x.total_cmp(&b.x));
    let first = row.first()?.clone();
    let mut out =
        Line { page, left: first.x, right: first.x, y: first.y, size: first.size, text: String::new() };
    let mut previous: Option<Glyph> = None;
    for g in row {
        if let Some(p) = &previous {
            // Bold that is made by printing twice.
            if p.text == g.text && g.x - p.x < 0.2 * g.size {
                continue;
            }
            let gap = (g.x - out.right) / g.size;
            let narrow = |s: &str| s.chars().all(|c| c < '\u{2000}');
            // Lines are stretched to the margin between characters; the blank after 第一条 is as wide
            // as a character.
            let least = if narrow(&p.text) && narrow(&g.text) { 0.25 } else { 0.8 };
            if gap > least && !out.text.ends_with(' ') {
                out.text.push(' ');
            }
        }
        out.text += &g.text;
        out.right = g.x + g.size * g.text.chars().map(width).sum::<f64>();
        out.size = out.size.max(g.size);
        previous = Some(g);
    }
    Some(out)
}

/// Whether a line is nothing but the number of its page.
fn is_page_number(line: &Line) -> bool {
    let text = line.text.trim();
    let bare = text.trim_matches(|c: char| " -—–·第共页/".contains(c));
    let number = |c: char| c.is_ascii_digit() || " 页共/第，,of".contains(c);
    text.chars().count() <= 14 && bare.chars().all(number) && text.contains(|c: char| c.is_ascii_digit())
}

/// Puts down the lines, those of one paragraph on one line of the source.
fn paragraphs(lines: &[Line]) -> Extract {
    let mut out = Extract::default();
    // Where full lines end: all but a few of the longest end there.
    let mut ends: Vec<f64> = lines.iter().map(|l| l.right).collect();
    let mut starts: Vec<f64> = lines.iter().map(|l| l.left).collect();
    ends.sort_by(f64::total_cmp);
    starts.sort_by(f64::total_cmp);
    let margin = ends.get(ends.len() * 9 / 10).copied().unwrap_or(0.0);
    let left = starts.get(starts.len() / 10).copied().unwrap_or(0.0);
    let mut held: Vec<&Line> = Vec::new();
    let mut previous: Option<&Line> = None;
    let (mut page, mut paragraph) = (0, 0);
    let mut start = |out: &mut Extract, line: &Line| {
        if line.page != page {
            (page, paragraph) = (line.page, 0);
        }
        paragraph += 1;
        out.line(BlockKind::Paragraph, None, Area::Body, Some((page, paragraph)));
    };
    for line in lines {
        if is_page_number(line) {
            // A paragraph goes on over it.
            held.push(line);
            continue;
        }
        let goes_on = previous.is_some_and(|p| {
            let near = p.page != line.page || p.y - line.y < 2.6 * p.size.max(line.size);
            let alike = (p.size - line.size).abs() < 0.15 * p.size;
            let full = p.right > margin - 2.0 * p.size;
            let flush = line.left < left + 0.8 * line.size;
            near && alike && full && flush && !crate::plain::breaks(&p.text, &line.text)
        });
        if goes_on {
            let words = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
            let text = line.text.trim();
            if words(out.source.chars().next_back()) && words(text.chars().next()) {
                out.text(" ", look(line), None);
            }
            out.text(text, look(line), None);
        } else {
            for number in held.drain(..) {
                start(&mut out, number);
                out.text(number.text.trim(), look(number), None);
            }
            start(&mut out, line);
            out.text(line.text.trim(), look(line), None);
        }
        previous = Some(line);
    }
    for number in held {
        start(&mut out, number);
        out.text(number.text.trim(), look(number), None);
    }
    out
}

fn look(line: &Line) -> Style {
    #[expect(clippy::cast_possible_truncation, reason = "sizes of type are small")]
    let size = (line.size * 4.0 / 3.0).round() as f32;
    Style { size: Some(size), ..Style::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_seen_and_stretched_lines_are_not() {
        let glyph = |x: f64, text: &str| Glyph { x, y: 0.0, size: 10.0, text: text.into() };
        let text = |places: &[(f64, &str)]| {
            let row = places.iter().map(|(x, t)| glyph(*x, t)).collect();
            line(row, 1).unwrap().text
        };
        assert_eq!(
            text(&[(0.0, "第"), (10.0, "一"), (20.0, "条"), (40.0, "租"), (50.0, "金")]),
            "第一条 租金"
        );
        assert_eq!(text(&[(0.0, "甲"), (13.0, "方"), (26.0, "应")]), "甲方应");
        assert_eq!(text(&[(0.0, "a"), (5.0, "b"), (13.0, "c")]), "ab c");
        // Bold by printing twice.
        assert_eq!(text(&[(0.0, "甲"), (0.3, "甲"), (10.0, "方")]), "甲方");
    }

    #[test]
    fn numbers_of_pages_are_known() {
        let number = |text: &str| {
            is_page_number(&Line { page: 1, left: 0.0, right: 0.0, y: 0.0, size: 10.0, text: text.into() })
        };
        assert!(number("- 3 -") && number("第 3 页 共 12 页") && number("3/12"));
        assert!(!number("第三条") && !number("3 元") && !number("—"));
    }
}
