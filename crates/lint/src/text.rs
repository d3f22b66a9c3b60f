//! A document prepared for matching: folded text and the stretches that rules speak of.

use crate::rule::Within;
use shenyan_read::{Area, BlockKind, Document, Format};
use shenyan_text::bounds;
use shenyan_text::fold::Folder;
use shenyan_text::map::Derived;
use shenyan_text::outline::{LineKind, Outline};
use shenyan_text::span::{Folded, Prose, Source, Span};
use std::cell::OnceCell;

/// A document, folded and divided.
#[derive(Debug)]
pub struct Text<'d> {
    /// The document as read.
    pub doc: &'d Document,
    /// Its folded prose.
    pub folded: Derived<Prose, Folded>,
    /// Sentences, in order.
    pub sentences: Vec<Span<Folded>>,
    /// Paragraphs, in order; the cells of a table row are one paragraph.
    pub paragraphs: Vec<Span<Folded>>,
    headings: Vec<(u8, Span<Folded>)>,
    outline: OnceCell<Outline>,
    running: OnceCell<bool>,
}

impl<'d> Text<'d> {
    /// Folds and divides.
    pub fn new(doc: &'d Document, folder: &Folder) -> Self {
        let folded = folder.fold(doc.prose().text());
        let sentences = bounds::sentences(folded.text());
        let mut headings = Vec::new();
        let mut rows: Vec<(u32, Span<Folded>)> = Vec::new();
        for b in doc.blocks() {
            match (b.kind, b.table_row) {
                (BlockKind::Heading(level), _) => headings.push((level, folded.to_derived(b.span))),
                (BlockKind::Cell, Some(row)) => {
                    let span = folded.to_derived(b.span);
                    match rows.last_mut() {
                        Some((r, s)) if *r == row => *s = s.union(span),
                        _ => rows.push((row, span)),
                    }
                }
                _ => {}
            }
        }
        let mut paragraphs: Vec<Span<Folded>> = Vec::new();
        let mut rows = rows.into_iter().map(|(_, s)| s).peekable();
        for p in bounds::paragraphs(folded.text()) {
            while rows.next_if(|r| r.end <= p.start).is_some() {}
            match rows.peek() {
                Some(row) if row.overlaps(p) => match paragraphs.last_mut() {
                    Some(last) if last.overlaps(*row) => *last = last.union(p),
                    _ => paragraphs.push(p),
                },
                _ => paragraphs.push(p),
            }
        }
        Self {
            doc,
            folded,
            sentences,
            paragraphs,
            headings,
            outline: OnceCell::new(),
            running: OnceCell::new(),
        }
    }

    /// The folded text.
    pub fn str(&self) -> &str {
        self.folded.text()
    }

    /// The folded text of a span.
    pub fn slice(&self, span: Span<Folded>) -> &str {
        span.text(self.folded.text())
    }

    /// The place of a span in the source.
    pub fn source(&self, span: Span<Folded>) -> Span<Source> {
        self.doc.prose().to_original(self.folded.to_original(span))
    }

    /// The folded place of a span of prose.
    pub fn of_prose(&self, span: Span<Prose>) -> Span<Folded> {
        self.folded.to_derived(span)
    }

    /// The numbered structure.
    pub fn outline(&self) -> &Outline {
        self.outline.get_or_init(|| {
            let plain = self.running();
            let kind = |at| if plain { LineKind::Running } else { self.line_kind(at) };
            Outline::with(self.str(), &|at| self.before_folding(at), &kind)
        })
    }

    /// Whether there is nothing but running text, as in most: no need to ask of each line.
    fn running(&self) -> bool {
        *self.running.get_or_init(|| {
            matches!(self.doc.format(), Format::Plain | Format::Markdown | Format::Html)
                && !self.doc.blocks().iter().any(|b| matches!(b.kind, BlockKind::Cell | BlockKind::Footnote))
        })
    }

    /// How a person would cite the clause that a place is in. Only the running text and its text
    /// boxes have clauses: what stands in a note, in the margin of the page, in a sheet or on a
    /// slide's notes belongs to no clause of the text that happens to come before it.
    pub fn citation(&self, at: u32) -> Option<String> {
        if self.is_note(at) { None } else { self.outline().citation(at) }
    }

    /// The end of the last clause that is in no annex.
    pub fn last_clause_end(&self) -> Option<u32> {
        let sections = &self.outline().sections;
        let top = sections.iter().filter(|s| s.parent.is_none() && !s.label.starts_with('附'));
        top.map(|s| s.span.end).next_back()
    }

    fn is_note(&self, at: u32) -> bool {
        if self.running() {
            return false;
        }
        let prose = self.folded.to_original(Span::new(at, at + 1));
        let location = self.doc.location(self.doc.prose().to_original(prose).start);
        location.is_some_and(|l| !matches!(l.area, Area::Body | Area::TextBox))
            || self.block_kind(prose) == Some(BlockKind::Footnote)
    }

    fn block_kind(&self, at: Span<Prose>) -> Option<BlockKind> {
        let blocks = self.doc.blocks();
        let block = blocks.get(blocks.partition_point(|b| b.span.end <= at.start));
        block.filter(|b| b.span.start <= at.start).map(|b| b.kind)
    }

    /// The character that stands at a folded offset before folding.
    fn before_folding(&self, at: u32) -> Option<char> {
        let span = self.folded.to_original(Span::new(at, at + 1));
        self.doc.prose().text().get(span.start as usize..)?.chars().next()
    }

    /// What the line at a folded offset is.
    fn line_kind(&self, at: u32) -> LineKind {
        let prose = self.folded.to_original(Span::new(at, at + 1));
        if let Some(location) = self.doc.location(self.doc.prose().to_original(prose).start) {
            match location.area {
                Area::Body => {}
                Area::TextBox => return LineKind::Inserted,
                _ => return LineKind::Outside,
            }
        }
        match self.block_kind(prose) {
            Some(BlockKind::Cell | BlockKind::Footnote) => LineKind::Inserted,
            _ => LineKind::Running,
        }
    }

    /// All of the text.
    pub fn whole(&self) -> Span<Folded> {
        Span::new(0, self.str().len() as u32)
    }

    fn index(list: &[Span<Folded>], at: u32) -> usize {
        list.partition_point(|s| s.end <= at).min(list.len().saturating_sub(1))
    }

    /// The index of the sentence at or after an offset.
    pub fn sentence_index(&self, at: u32) -> usize {
        Self::index(&self.sentences, at)
    }

    /// The index of the paragraph at or after an offset.
    pub fn paragraph_index(&self, at: u32) -> usize {
        Self::index(&self.paragraphs, at)
    }

    /// The sentence that holds the span; grown where the span crosses its end.
    pub fn sentence(&self, hit: Span<Folded>) -> Span<Folded> {
        self.sentences.get(self.sentence_index(hit.start)).map_or(hit, |s| s.union(hit))
    }

    /// The paragraph that holds the span.
    pub fn paragraph(&self, hit: Span<Folded>) -> Span<Folded> {
        self.paragraphs.get(self.paragraph_index(hit.start)).map_or(hit, |s| s.union(hit))
    }

    /// The clauses that the span touches, as one stretch.
    pub fn clause(&self, hit: Span<Folded>) -> Span<Folded> {
        let sentence = self.sentence(hit);
        (bounds::clauses(self.str(), sentence).into_iter())
            .filter(|c| c.overlaps(hit) || c.covers(hit))
            .fold(hit, Span::union)
    }

    /// The stretches that `within` names, seen from a hit.
    pub fn region(&self, hit: Span<Folded>, within: Within) -> Vec<Span<Folded>> {
        vec![match within {
            Within::Clause => self.clause(hit),
            Within::Sentence => self.sentence(hit),
            Within::Near => {
                let paragraph = self.paragraph(hit);
                let i = self.sentence_index(hit.start);
                let around = self.sentences[i.saturating_sub(1)..(i + 2).min(self.sentences.len())].iter();
                around.filter(|s| paragraph.covers(**s)).fold(self.sentence(hit), |a, s| a.union(*s))
            }
            Within::Paragraph => self.paragraph(hit),
            Within::Around => {
                let i = self.paragraph_index(hit.start);
                let around = self.paragraphs[i.saturating_sub(1)..(i + 2).min(self.paragraphs.len())].iter();
                around.fold(hit, |a, s| a.union(*s))
            }
            Within::Section => self.section(hit),
            Within::Document => self.whole(),
            Within::Heading => return self.headings_over(hit),
        }]
    }

    /// The numbered section around the span, or the stretch from heading to heading.
    pub fn section(&self, hit: Span<Folded>) -> Span<Folded> {
        if let Some(i) = self.outline().section_at(hit.start) {
            return self.outline().sections[i].span.union(hit);
        }
        let next = self.headings.partition_point(|(_, h)| h.start <= hit.start);
        let start = next.checked_sub(1).map_or(0, |i| self.headings[i].1.start);
        let end = self.headings.get(next).map_or(self.str().len() as u32, |(_, h)| h.start);
        Span::new(start, end).union(hit)
    }

    /// Headings above the span, innermost first: marked-up ones and numbered ones.
    fn headings_over(&self, hit: Span<Folded>) -> Vec<Span<Folded>> {
        let mut out = Vec::new();
        let mut level = u8::MAX;
        let before = self.headings.partition_point(|(_, h)| h.start <= hit.start);
        for (l, h) in self.headings[..before].iter().rev() {
            if *l < level {
                level = *l;
                out.push(*h);
            }
        }
        let mut at = self.outline().section_at(hit.start);
        while let Some(section) = at.and_then(|i| self.outline().sections.get(i)) {
            // A numbered clause written on one line is its own heading; that is not above the hit.
            if section.heading.end <= hit.start {
                out.push(section.heading);
            }
            at = section.parent;
        }
        out
    }
}
