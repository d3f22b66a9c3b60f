//! What a check remembers for the next check of nearly the same text.
//!
//! An editor checks after every key. What the engine asks of a text is asked of its paragraphs
//! (which anchors are there, where a pattern matches) and of the stretches around a hit (does a
//! probe hold): questions whose answer depends on that text alone. So the answers are kept by
//! text, and a check after an edit asks again only about what changed; everything else of a check
//! (facts, requirements, settling) is done anew from the answers, so a remembered check cannot
//! differ from a fresh one. What became of the matches of a paragraph is kept too, for that
//! paragraph between those neighbours, unless it hangs on words further away.

use crate::facts::{self, Facts};
use crate::finding::Waiver;
use crate::index::{Index, Watch};
use crate::likeness::{Likeness, Model};
use crate::linter::{Settings, Values};
use crate::pattern::Pattern;
use crate::program::Found;
use crate::rule::Roles;
use crate::rule::{Fact, Role, Within};
use rustc_hash::FxHashMap;
use shenyan_text::bounds;
use shenyan_text::span::{Folded, Span};
use std::sync::{Arc, OnceLock};

/// Stretches longer than this (bytes) are not remembered from check to check: they change with
/// every edit.
const LONGEST: usize = 8 << 10;
/// Answers that this many checks did not ask for are forgotten.
const KEEP: u32 = 128;
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

/// The part of a check that a woken pattern is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Asker {
    /// What is true of the document.
    Facts,
    /// What a rule forbids.
    Matches,
    /// What a rule asks for.
    Requirements,
    /// Coded checks.
    Checks,
}

impl Asker {
    const ALL: [Self; 4] = [Self::Facts, Self::Matches, Self::Requirements, Self::Checks];

    fn of(watch: Watch) -> Self {
        match watch {
            Watch::Cue { .. } => Self::Facts,
            Watch::Match { .. } => Self::Matches,
            Watch::Trigger { .. } | Watch::Said { .. } => Self::Requirements,
            Watch::Look { .. } | Watch::Define { .. } => Self::Checks,
        }
    }
}

/// What one pass over a paragraph found.
#[derive(Debug)]
pub(crate) struct Scan {
    /// Woken patterns, those of one [`Asker`] together.
    pub woken: Vec<Woken>,
    ends: [usize; 4],
    /// Patterns that run on the whole document: place in [`Index::watches`], and which of their
    /// sets of anchors are here.
    pub wide: Vec<(u32, u8)>,
    alike: OnceLock<Vec<Likeness>>,
    signs: OnceLock<Vec<Sign>>,
    named: OnceLock<Vec<(u32, String)>>,
}

/// A cue of a fact in a paragraph.
#[derive(Debug)]
pub(crate) struct Sign {
    /// Fact.
    pub fact: u32,
    /// Cue.
    pub cue: u32,
    /// Where it stands, from the paragraph's start; empty matches are left out.
    pub places: Box<[Span<Folded>]>,
}

impl Scan {
    /// The names that the paragraph gives to parties.
    pub fn named(&self, paragraph: &str, roles: &Roles) -> &[(u32, String)] {
        self.named.get_or_init(|| facts::named(paragraph, roles))
    }

    /// The cues that stand in the paragraph, in the order of their places in the index.
    pub fn signs(&self, paragraph: &str, index: &Index, facts: &[Fact]) -> &[Sign] {
        self.signs.get_or_init(|| {
            let sign = |(_, woken): (usize, &Woken)| {
                let watched = index.watches[woken.watch as usize];
                let Watch::Cue { fact, cue } = watched.what else { return None };
                let pattern = &facts[fact as usize].cues[cue as usize].pattern;
                let found = woken.found(paragraph, watched.within, pattern).iter();
                let places = found.filter_map(|(at, f)| Some(Span::of(&f.get(0)?).shifted(at.start)));
                let places: Box<[Span<Folded>]> = places.collect();
                (!places.is_empty()).then_some(Sign { fact, cue, places })
            };
            self.of(Asker::Facts).filter_map(sign).collect()
        })
    }

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
        let asker = |w: &Woken| Asker::of(index.watches[w.watch as usize].what);
        woken.sort_by_key(asker);
        let ends = Asker::ALL.map(|a| woken.partition_point(|w| asker(w) <= a));
        Self { woken, ends, wide, alike: OnceLock::new(), signs: OnceLock::new(), named: OnceLock::new() }
    }

    /// The woken patterns that one part of a check asks about, and their places in `woken`.
    pub fn of(&self, asker: Asker) -> impl Iterator<Item = (usize, &Woken)> {
        let place = asker as usize;
        let start = place.checked_sub(1).map_or(0, |i| self.ends[i]);
        (start..self.ends[place]).map(|j| (j, &self.woken[j]))
    }
}

/// What the rulings about a paragraph rest on beside its own words and its neighbours': if this
/// changes, none of them is remembered.
#[derive(Debug, PartialEq)]
pub(crate) struct Grounds {
    /// Which rules are active.
    pub active: Vec<bool>,
    /// The parties that the document names, and the genre.
    pub facts: (Vec<(String, Role)>, Option<String>),
    /// What was asked of the check.
    pub settings: Settings,
}

impl Grounds {
    /// Of a document.
    pub fn new(active: Vec<bool>, facts: &Facts, settings: &Settings) -> Self {
        Self { active, facts: (facts.parties.clone(), facts.genre.clone()), settings: settings.clone() }
    }
}

/// What became of a match.
#[derive(Debug)]
pub(crate) enum Ruling {
    /// It is no finding, which need not be remembered.
    Nothing,
    /// It hangs on words further away than the neighbouring paragraphs: to be asked every time.
    Open(Option<Judged>),
    /// It is a finding.
    Stands(Judged),
}

impl Ruling {
    /// Of a match that hangs on nothing further away.
    pub fn of(judged: Option<Judged>) -> Self {
        judged.map_or(Self::Nothing, Self::Stands)
    }
}

/// A match that is a finding: places are counted from the start of its paragraph, and wrap around
/// where they are before it.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    /// The words.
    pub hit: (u32, u32),
    /// What fills the message.
    pub values: Values,
    /// The exemption, and the words it rests on.
    pub waived: Option<(Waiver, Option<(u32, u32)>)>,
}

/// A ruling: place of the woken pattern in its scan, number of its match, what became of it.
pub(crate) type Ruled = (u32, u32, Ruling);

/// The addresses of three scans, and how far the neighbours' starts are from the middle one's.
pub(crate) type SurroundingsKey = ([usize; 3], [u32; 2]);

/// When they were last asked for, the surroundings (whose scans must live as long as their
/// addresses are known), and the rulings.
type Remembered = (u32, Surroundings, Arc<[Ruled]>);

/// What is remembered of a paragraph and of its neighbours: they have to live as long as their
/// addresses are known.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    _scans: [Option<Arc<Scan>>; 3],
}

impl Surroundings {
    /// What a paragraph is known by among its neighbours; nothing where a text is too long to be
    /// remembered.
    pub fn key(scans: &[(u32, Arc<Scan>)], paragraphs: &[Span<Folded>], i: usize) -> Option<SurroundingsKey> {
        let near = Self::near(scans, i);
        let long = |j: &usize| (paragraphs[*j].end - paragraphs[*j].start) as usize > LONGEST;
        if near.iter().flatten().any(long) {
            return None;
        }
        let gap = |j: Option<usize>| j.map_or(0, |j| scans[j].0.wrapping_sub(scans[i].0));
        let address = |j: Option<usize>| j.map_or(0, |j| Arc::as_ptr(&scans[j].1).addr());
        Some((near.map(address), [gap(near[0]), gap(near[2])]))
    }

    /// The scans that the key names.
    pub fn of(scans: &[(u32, Arc<Scan>)], i: usize) -> Self {
        Self { _scans: Self::near(scans, i).map(|j| j.map(|j| scans[j].1.clone())) }
    }

    fn near(scans: &[(u32, Arc<Scan>)], i: usize) -> [Option<usize>; 3] {
        [i.checked_sub(1), Some(i), (i + 1 < scans.len()).then_some(i + 1)]
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
    grounds: Option<Grounds>,
    rulings: FxHashMap<SurroundingsKey, Remembered>,
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

    /// Forgets what was long not asked for: for between the checks, when nobody waits.
    pub fn tidy(&mut self) {
        if !self.turn.is_multiple_of(KEEP) {
            return;
        }
        let oldest = self.turn.saturating_sub(KEEP);
        if self.scans.len() > FEW / 10 || self.answers.len() > FEW {
            self.scans.retain(|_, (turn, _)| *turn >= oldest);
            self.rulings.retain(|_, (turn, ..)| *turn >= oldest);
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

    /// Forgets all rulings if they rest on something else than these grounds.
    pub(crate) fn stand_on(&mut self, grounds: Grounds) {
        if self.grounds.as_ref() != Some(&grounds) {
            self.rulings.clear();
            self.grounds = Some(grounds);
        }
    }

    /// The rulings about a paragraph in its surroundings, if they are remembered.
    pub(crate) fn rulings(&mut self, of: &SurroundingsKey) -> Option<Arc<[Ruled]>> {
        let (turn, _, rulings) = self.rulings.get_mut(of)?;
        *turn = self.turn;
        Some(rulings.clone())
    }

    /// Remembers them.
    pub(crate) fn rule(&mut self, of: SurroundingsKey, scans: Surroundings, rulings: Vec<Ruled>) {
        self.rulings.insert(of, (self.turn, scans, rulings.into()));
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
