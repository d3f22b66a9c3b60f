//! What a check remembers for the next check of nearly the same text.
//!
//! An editor checks after every key. What the engine asks of a text is asked of its paragraphs
//! (which anchors are there, where a pattern matches) and of the stretches around a hit (does a
//! probe hold): questions whose answer depends on that text alone. So the answers are kept by
//! text, and a check after an edit asks again only about what changed; everything else of a check
//! (facts, conditions, requirements, settling) is done anew from the answers, so a remembered check
//! cannot differ from a fresh one.

use crate::index::Index;
use crate::likeness::{Likeness, Model};
use crate::pattern::Pattern;
use crate::program::Found;
use crate::rule::Within;
use rustc_hash::FxHashMap;
use shenyan_text::bounds;
use shenyan_text::span::{Folded, Span};
use std::sync::{Arc, OnceLock};

/// Stretches longer than this (bytes) are not remembered from check to check: they change with
/// every edit.
const LONGEST: usize = 8 << 10;
/// Answers that this many checks did not ask for are forgotten.
const KEEP: u32 = 16;
/// Nothing is forgotten before there are so many answers.
const FEW: usize = 20_000;

/// Matches: the stretch a pattern was run on, and the match in it.
type Places = Box<[(Span<Folded>, Found)]>;

/// A pattern that its anchors have woken in a paragraph.
#[derive(Debug)]
pub(crate) struct Woken {
    /// Place in [`Index::watches`].
    pub watch: u32,
    /// The stretch, from the paragraph's start.
    pub span: Span<Folded>,
    found: OnceLock<Places>,
}

impl Woken {
    /// Where the pattern matches: the stretch it was run on (from the paragraph's start), and the
    /// match in that stretch.
    pub fn found(&self, paragraph: &str, within: Within, pattern: &Pattern) -> &[(Span<Folded>, Found)] {
        self.found.get_or_init(|| {
            let stretches = match within {
                Within::Clause => bounds::clauses(paragraph, self.span),
                _ => vec![self.span],
            };
            (stretches.into_iter())
                .flat_map(|s| pattern.found_iter(s.text(paragraph)).map(move |f| (s, f)))
                .collect()
        })
    }
}

/// What one pass over a paragraph found.
#[derive(Debug)]
pub(crate) struct Scan {
    /// Woken patterns.
    pub woken: Vec<Woken>,
    /// Patterns that run on the whole document: place in [`Index::watches`], and which of their
    /// sets of anchors are here.
    pub wide: Vec<(u32, u8)>,
    alike: OnceLock<Vec<Likeness>>,
}

impl Scan {
    /// The paragraph's sentences that look like a violation.
    pub fn alike(&self, paragraph: &str, model: &Model) -> &[Likeness] {
        self.alike.get_or_init(|| model.alike(paragraph))
    }

    fn new(paragraph: &str, index: &Index) -> Self {
        let sentences = bounds::sentences(paragraph);
        let whole = Span::new(0, paragraph.len() as u32);
        let mut woken = Vec::new();
        let mut wide: FxHashMap<u32, u8> = FxHashMap::default();
        // For each pattern: the stretch it was last looked for in, and the sets seen there.
        let mut seen: FxHashMap<u32, (u32, u8)> = FxHashMap::default();
        let mut sentence = 0;
        index.scan(paragraph, &mut |at, wakes| {
            while sentence + 1 < sentences.len() && sentences[sentence].end <= at {
                sentence += 1;
            }
            for &(watch, set) in wakes {
                let watched = index.watches[watch as usize];
                let span = match watched.within {
                    Within::Document => {
                        *wide.entry(watch).or_default() |= set;
                        continue;
                    }
                    Within::Paragraph | Within::Near | Within::Section => whole,
                    _ => sentences.get(sentence).copied().unwrap_or(whole),
                };
                let state = seen.entry(watch).or_insert((span.start, 0));
                if state.0 != span.start {
                    *state = (span.start, 0);
                }
                let before = state.1;
                state.1 |= set;
                if state.1 == watched.sets && before != watched.sets {
                    woken.push(Woken { watch, span, found: OnceLock::new() });
                }
            }
        });
        let mut wide: Vec<(u32, u8)> = wide.into_iter().collect();
        wide.sort_unstable();
        Self { woken, wide, alike: OnceLock::new() }
    }
}

/// A question about a stretch: which (an address in the linter), of which text, and the hit it is
/// asked for, from the stretch's start.
type Question = (usize, u32, Span<Folded>);

/// A question about a stretch too long to be remembered: which, which stretch, the hit.
type LongQuestion = (usize, Span<Folded>, Span<Folded>);

/// Answers of earlier checks by one linter.
#[derive(Debug, Default)]
pub struct Memory {
    of: Option<Arc<()>>,
    turn: u32,
    scans: FxHashMap<Box<str>, (u32, Arc<Scan>)>,
    texts: FxHashMap<Box<str>, (u32, u32)>,
    next_text: u32,
    /// The numbers of stretches of the present text: a short way to `texts`.
    stretches: FxHashMap<Span<Folded>, Option<u32>>,
    answers: FxHashMap<Question, Option<Span<Folded>>>,
    /// Answers about long stretches of this text, by question, stretch and hit: every finding of a
    /// rule asks the same of the whole document.
    long: FxHashMap<LongQuestion, Option<Span<Folded>>>,
}

impl Memory {
    /// Begins a check by the linter that this token stands for; forgets what another one said.
    pub(crate) fn begin(&mut self, linter: &Arc<()>) {
        if !self.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, linter)) {
            *self = Self { of: Some(linter.clone()), ..Self::default() };
        }
        self.turn += 1;
        self.long.clear();
        self.stretches.clear();
    }

    /// Forgets what was long not asked for.
    pub(crate) fn end(&mut self) {
        if !self.turn.is_multiple_of(KEEP) {
            return;
        }
        let oldest = self.turn.saturating_sub(KEEP);
        if self.scans.len() > FEW / 10 || self.answers.len() > FEW {
            self.scans.retain(|_, (turn, _)| *turn >= oldest);
            let texts = self.texts.len();
            self.texts.retain(|_, (turn, _)| *turn >= oldest);
            if self.texts.len() * 2 < texts {
                let alive: rustc_hash::FxHashSet<u32> = self.texts.values().map(|(_, id)| *id).collect();
                self.answers.retain(|(_, text, _), _| alive.contains(text));
            }
        }
    }

    /// The scan of a paragraph.
    pub(crate) fn scan(&mut self, paragraph: &str, index: &Index) -> Arc<Scan> {
        if let Some((turn, scan)) = self.scans.get_mut(paragraph) {
            *turn = self.turn;
            return scan.clone();
        }
        let scan = Arc::new(Scan::new(paragraph, index));
        if paragraph.len() <= LONGEST {
            self.scans.insert(paragraph.into(), (self.turn, scan.clone()));
        }
        scan
    }

    /// The number that stands for a text in questions; none if it is not remembered.
    fn text(&mut self, text: &str) -> Option<u32> {
        if text.len() > LONGEST {
            return None;
        }
        if let Some((turn, id)) = self.texts.get_mut(text) {
            *turn = self.turn;
            return Some(*id);
        }
        self.next_text += 1;
        self.texts.insert(text.into(), (self.turn, self.next_text));
        Some(self.next_text)
    }

    /// The answer to a question about `stretch` of `all`: remembered, or worked out now. The
    /// answer is a span of `all`, as the hit is; `hit` matters only if the answer depends on it.
    pub(crate) fn ask(
        &mut self,
        question: usize,
        all: &str,
        stretch: Span<Folded>,
        hit: Option<Span<Folded>>,
        answer: impl FnOnce() -> Option<Span<Folded>>,
    ) -> Option<Span<Folded>> {
        let text = if let Some(text) = self.stretches.get(&stretch) {
            *text
        } else {
            let text = self.text(stretch.text(all));
            self.stretches.insert(stretch, text);
            text
        };
        let Some(text) = text else {
            let key = (question, stretch, hit.unwrap_or(Span::new(0, 0)));
            return *self.long.entry(key).or_insert_with(answer);
        };
        let relative = |s: Span<Folded>| Span::new(s.start - stretch.start, s.end - stretch.start);
        let hit = hit.map_or(Span::new(0, 0), relative);
        let known = *(self.answers.entry((question, text, hit))).or_insert_with(|| answer().map(relative));
        known.map(|s| s.shifted(stretch.start))
    }
}
