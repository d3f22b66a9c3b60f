//! Text derived from other text, with a map that carries positions both ways.
//!
//! A derived text is built left to right from *runs*: copied (same bytes), replaced (other bytes
//! stand for a piece of the original), inserted (stands for nothing) or dropped (nothing stands
//! for it). Positions are read off the runs; no text is ever searched to find a position again.

use crate::span::Span;
use std::marker::PhantomData;

/// How a run of derived text came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunKind {
    /// The same bytes as in the original, but for the case of ASCII letters.
    Copied,
    /// An ordinary rewriting: full width to half width, an entity, a traditional character.
    Replaced,
    /// A rewriting that undoes an evasive spelling: a look-alike, a character put inside a word.
    Evasive,
    /// No bytes of the original: a separator between blocks.
    Inserted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    from: u32,
    from_len: u32,
    to: u32,
    to_len: u32,
    kind: RunKind,
}

/// A text of space `B` made from a text of space `A`.
pub struct Derived<A, B> {
    text: String,
    runs: Vec<Run>,
    spaces: PhantomData<fn() -> (A, B)>,
}

impl<A, B> std::fmt::Debug for Derived<A, B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Derived").field("text", &self.text).field("runs", &self.runs).finish()
    }
}

impl<A, B> Clone for Derived<A, B> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), runs: self.runs.clone(), spaces: PhantomData }
    }
}

impl<A, B> Derived<A, B> {
    /// The derived text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The original place of a piece of the derived text.
    ///
    /// Inside a copied run the answer is exact; a piece of a replaced run answers with the whole
    /// original of that run. Characters dropped at the edges are left out, those dropped inside
    /// are part of the answer. An empty span gives an empty span.
    pub fn to_original(&self, span: Span<B>) -> Span<A> {
        if span.is_empty() {
            let at = self.original_offset(span.start);
            return Span::new(at, at);
        }
        Span::new(self.original_offset(span.start), self.original_end(span.end))
    }

    /// The place in the derived text that stands for a piece of the original; empty where nothing
    /// stands for it.
    pub fn to_derived(&self, span: Span<A>) -> Span<B> {
        let first = self.runs.partition_point(|r| r.from + r.from_len <= span.start);
        let mut out: Option<Span<B>> = None;
        for run in &self.runs[first..] {
            if run.from >= span.end {
                break;
            }
            if run.from_len == 0 || run.to_len == 0 {
                continue;
            }
            let piece = if run.kind == RunKind::Copied {
                let start = span.start.max(run.from) - run.from + run.to;
                let end = span.end.min(run.from + run.from_len) - run.from + run.to;
                Span::new(start, end)
            } else {
                Span::new(run.to, run.to + run.to_len)
            };
            out = Some(out.map_or(piece, |o| o.union(piece)));
        }
        out.unwrap_or_else(|| {
            let at = self.runs.get(first).map_or(self.text.len() as u32, |r| r.to);
            Span::new(at, at)
        })
    }

    /// Whether an evasive spelling was undone inside the span.
    pub fn is_evasive(&self, span: Span<B>) -> bool {
        let first = self.runs.partition_point(|r| r.to + r.to_len <= span.start);
        self.runs[first..]
            .iter()
            .take_while(|r| r.to < span.end)
            .any(|r| r.kind == RunKind::Evasive && (r.to_len > 0 || r.to > span.start))
    }

    /// The text with pieces of it replaced: `edits` are spans of this text and what stands there
    /// instead, in order and not overlapping.
    ///
    /// An edit that is empty, out of order or cuts through a replaced run is left out: the
    /// original of half a run is not known.
    #[must_use]
    pub fn rewrite(self, edits: &[(Span<B>, &str)], kind: RunKind) -> Self {
        let mut last = 0;
        let edits: Vec<_> = edits
            .iter()
            .filter(|(span, _)| {
                let good = !span.is_empty()
                    && span.start >= last
                    && self.text.get(span.range()).is_some()
                    && !self.cuts_run(span.start)
                    && !self.cuts_run(span.end);
                if good {
                    last = span.end;
                }
                good
            })
            .collect();
        if edits.is_empty() {
            return self;
        }
        let mut out = Builder::new();
        let mut edits = edits.into_iter().peekable();
        for run in &self.runs {
            if run.to_len == 0 {
                if !edits.peek().is_some_and(|(e, _)| e.start < run.to && run.to < e.end) {
                    out.replace(Span::new(run.from, run.from + run.from_len), "", run.kind);
                }
                continue;
            }
            let (mut at, end) = (run.to, run.to + run.to_len);
            while at < end {
                match edits.peek() {
                    Some((edit, text)) if edit.start <= at => {
                        if edit.start == at {
                            out.replace(self.to_original(*edit), text, kind);
                        }
                        at = edit.end.min(end);
                        if at == edit.end {
                            edits.next();
                        }
                    }
                    next => {
                        let stop = next.map_or(end, |(e, _)| e.start.min(end));
                        let piece = Span::<B>::new(at, stop).text(&self.text);
                        if run.kind == RunKind::Copied {
                            out.copy(run.from + (at - run.to), piece);
                        } else {
                            out.replace(Span::new(run.from, run.from + run.from_len), piece, run.kind);
                        }
                        at = stop;
                    }
                }
            }
        }
        out.finish()
    }

    /// Whether `at` lies inside a run that is not copied.
    fn cuts_run(&self, at: u32) -> bool {
        let i = self.runs.partition_point(|r| r.to + r.to_len <= at);
        self.runs.get(i).is_some_and(|r| r.kind != RunKind::Copied && r.to < at)
    }

    fn original_offset(&self, at: u32) -> u32 {
        // The run that holds `at` as its first or an inner byte.
        let i = self.runs.partition_point(|r| r.to + r.to_len <= at);
        match self.runs.get(i) {
            Some(r) if r.kind == RunKind::Copied => r.from + (at - r.to),
            Some(r) => r.from,
            None => self.runs.last().map_or(0, |r| r.from + r.from_len),
        }
    }

    fn original_end(&self, end: u32) -> u32 {
        // The run that holds the byte before `end`.
        let i = self.runs.partition_point(|r| r.to + r.to_len < end);
        match self.runs.get(i) {
            Some(r) if r.kind == RunKind::Copied => r.from + (end - r.to),
            Some(r) => r.from + r.from_len,
            None => self.runs.last().map_or(0, |r| r.from + r.from_len),
        }
    }
}

/// Builds a [`Derived`] from left to right.
#[derive(Debug)]
pub struct Builder<A, B> {
    text: String,
    runs: Vec<Run>,
    cursor: u32,
    spaces: PhantomData<fn() -> (A, B)>,
}

impl<A, B> Default for Builder<A, B> {
    fn default() -> Self {
        Self { text: String::new(), runs: Vec::new(), cursor: 0, spaces: PhantomData }
    }
}

impl<A, B> Builder<A, B> {
    /// An empty text.
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes of derived text so far.
    pub fn len(&self) -> u32 {
        self.text.len() as u32
    }

    /// Whether there is no derived text yet.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The derived text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Appends `text`, which stands at `from` in the original, unchanged.
    pub fn copy(&mut self, from: u32, text: &str) {
        if text.is_empty() {
            return;
        }
        let len = text.len() as u32;
        let to = self.len();
        self.text.push_str(text);
        if let Some(last) = self.runs.last_mut()
            && last.kind == RunKind::Copied
            && last.from + last.from_len == from
            && last.to + last.to_len == to
        {
            last.from_len += len;
            last.to_len += len;
        } else {
            self.runs.push(Run { from, from_len: len, to, to_len: len, kind: RunKind::Copied });
        }
        self.cursor = from + len;
    }

    /// Like [`Self::copy`], with ASCII letters in lower case: no position changes.
    pub fn copy_lowercase(&mut self, from: u32, text: &str) {
        let start = self.text.len();
        self.copy(from, text);
        self.text[start..].make_ascii_lowercase();
    }

    /// Appends `text` in place of the original's `from`.
    pub fn replace(&mut self, from: Span<A>, text: &str, kind: RunKind) {
        let run =
            Run { from: from.start, from_len: from.len(), to: self.len(), to_len: text.len() as u32, kind };
        self.text.push_str(text);
        self.runs.push(run);
        self.cursor = from.end;
    }

    /// Appends `text` that stands for nothing in the original; its place is the end of what came
    /// before it.
    pub fn insert(&mut self, text: &str) {
        self.replace(Span::new(self.cursor, self.cursor), text, RunKind::Inserted);
    }

    /// The finished text.
    pub fn finish(self) -> Derived<A, B> {
        Derived { text: self.text, runs: self.runs, spaces: PhantomData }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::{Prose, Source};

    fn sample() -> Derived<Source, Prose> {
        // source: "a&amp;b·c"; prose: "a&bc"
        let mut b = Builder::new();
        b.copy(0, "a");
        b.replace(Span::new(1, 6), "&", RunKind::Replaced);
        b.copy(6, "b");
        b.replace(Span::new(7, 9), "", RunKind::Evasive);
        b.copy(9, "c");
        b.finish()
    }

    #[test]
    fn positions_go_both_ways() {
        let d = sample();
        assert_eq!(d.text(), "a&bc");
        assert_eq!(d.to_original(Span::new(1, 2)), Span::new(1, 6));
        assert_eq!(d.to_original(Span::new(2, 4)), Span::new(6, 10));
        assert_eq!(d.to_original(Span::new(3, 4)), Span::new(9, 10));
        assert_eq!(d.to_original(Span::new(2, 3)), Span::new(6, 7));
        assert_eq!(d.to_derived(Span::new(2, 4)), Span::new(1, 2));
        assert_eq!(d.to_derived(Span::new(6, 10)), Span::new(2, 4));
    }

    #[test]
    fn a_rewritten_text_still_points_at_the_original() {
        let d = sample().rewrite(&[(Span::new(2, 4), "最")], RunKind::Evasive);
        assert_eq!(d.text(), "a&最");
        assert_eq!(d.to_original(Span::new(2, 5)), Span::new(6, 10));
        assert_eq!(d.to_original(Span::new(1, 2)), Span::new(1, 6));
        assert!(d.is_evasive(Span::new(2, 5)));
        // Half of a replaced run cannot be rewritten.
        let mut b: Builder<Source, Prose> = Builder::new();
        b.replace(Span::new(0, 3), "15", RunKind::Replaced);
        b.copy(3, "x");
        let d = b.finish().rewrite(&[(Span::new(1, 3), "y")], RunKind::Evasive);
        assert_eq!(d.text(), "15x");
    }

    #[test]
    fn evasion_counts_only_inside() {
        let d = sample();
        assert!(d.is_evasive(Span::new(2, 4)));
        assert!(!d.is_evasive(Span::new(3, 4)));
        assert!(!d.is_evasive(Span::new(0, 2)));
    }
}
