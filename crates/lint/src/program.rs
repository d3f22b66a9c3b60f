//! The matcher: a small program for each pattern, run by backtracking with a memory.
//!
//! Patterns are long (word classes, gaps of `[^，。]{0,12}?`) and the stretches they run on are
//! short (a sentence). A lazy automaton spends its time building states it never sees again, and
//! keeps them; a program of this kind is ready as soon as it is read, keeps nothing, and never
//! takes the same choice at the same place twice, so that its time is linear in the text. Its
//! answers are those of the `regex` crate (leftmost match, first alternative first), which a
//! property test compares; what a program cannot express (word boundaries, very large
//! repetitions) is left to that crate.

use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A program longer than this is left to the `regex` crate.
const MOST_STEPS: usize = 60_000;
/// First characters are told apart up to this many; beyond it, any character may come first.
const MOST_FIRST: usize = 1_500;
/// Bits of memory for one search.
const MOST_MEMORY: usize = 1 << 25;
/// No offset: a group that took no part.
const NONE: u32 = u32::MAX;

/// One step. Where a step does not say where to go on, the next one follows.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Step {
    /// These bytes of `literals`.
    Literal { at: u32, len: u32 },
    /// One character of a class.
    One { class: u32 },
    /// Between `min` and `max` characters of a class, then, where known, one of `then` (a set + 1).
    Run { class: u32, min: u8, max: u8, greedy: bool, then: u32, choice: u32 },
    /// The first way, or else the second.
    Fork { first: u32, second: u32, choice: u32 },
    /// The ways that begin with the next character, in order.
    Switch { table: u32, choice: u32 },
    /// Goes on elsewhere.
    Jump { to: u32 },
    /// Remembers the place.
    Save { slot: u32 },
    /// The start of the text.
    Start,
    /// The end of the text.
    End,
    /// Found.
    Match,
}

/// A set of characters as ranges of `pool` (pairs, inclusive), or all but them.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Members {
    at: u32,
    len: u32,
    negated: bool,
}

/// Single characters in `pool`, sorted, with a bit for each value of their last six bits.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct First {
    at: u32,
    len: u32,
    bits: u64,
}

/// Ways by first character: `keys` sorted characters, then for each of them (and last for any
/// other) the end of its list of steps, all in `pool`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Table {
    keys: u32,
    len: u32,
    lists: u32,
}

/// A compiled pattern.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Program {
    steps: Vec<Step>,
    literals: String,
    pool: Vec<u32>,
    classes: Vec<Members>,
    firsts: Vec<First>,
    tables: Vec<Table>,
    names: Vec<(String, u32)>,
    groups: u32,
    choices: u32,
    /// What a match begins with, where that is known (a set + 1).
    begin: u32,
}

/// A match: byte offsets of its groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    slots: Vec<u32>,
    names: Vec<(String, u32)>,
}

impl Found {
    /// A match with the given offsets, `u32::MAX` where a group took no part.
    pub(crate) fn of(slots: Vec<u32>, names: Vec<(String, u32)>) -> Self {
        Self { slots, names }
    }

    /// The byte range of a group; 0 is the whole match.
    pub fn get(&self, group: usize) -> Option<std::ops::Range<usize>> {
        let (start, end) = (*self.slots.get(group * 2)?, *self.slots.get(group * 2 + 1)?);
        (start != NONE && end != NONE).then_some(start as usize..end as usize)
    }

    /// The byte range of a named group.
    pub fn name(&self, name: &str) -> Option<std::ops::Range<usize>> {
        let (_, group) = self.names.iter().find(|(n, _)| n == name)?;
        self.get(*group as usize)
    }
}

/// What a search needs and the next one can use again.
#[derive(Debug, Default)]
pub struct Scratch {
    memory: Vec<u64>,
    jobs: Vec<Job>,
    slots: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
enum Job {
    Go { step: u32, at: u32 },
    Restore { slot: u32, was: u32 },
}

impl Program {
    /// Compiles an expression; none if it needs what a program does not have.
    pub fn new(hir: &Hir) -> Option<Self> {
        let mut c = Compiler::default();
        let opening = first(hir);
        c.program.begin = c.set(&opening);
        c.emit(hir, &Opening { set: BTreeSet::new(), any: true, empty: true })?;
        c.step(Step::Match)?;
        c.program.groups = c.groups + 1;
        Some(c.program)
    }

    /// Whether a search of a text of so many bytes stays within bounds.
    pub fn fits(&self, len: usize) -> bool {
        (len + 1).saturating_mul(self.choices as usize) <= MOST_MEMORY
    }

    /// The first match at or after byte `from`; only the offsets of the whole match are set
    /// unless groups are asked for.
    pub fn search(&self, text: &str, from: usize, groups: bool, scratch: &mut Scratch) -> Option<Found> {
        let hay = text.as_bytes();
        scratch.memory.clear();
        scratch.memory.resize(((hay.len() + 1 - from) * self.choices as usize).div_ceil(64), 0);
        scratch.slots.clear();
        scratch.slots.resize(if groups { self.groups as usize * 2 } else { 2 }, NONE);
        let mut at = from;
        loop {
            let here = char_at(hay, at);
            if self.may_begin(here) && self.run(hay, from, at, groups, scratch) {
                scratch.slots[0] = at as u32;
                let names = if groups { self.names.clone() } else { Vec::new() };
                return Some(Found { slots: scratch.slots.clone(), names });
            }
            at += here?.1;
        }
    }

    fn may_begin(&self, here: Option<(u32, usize)>) -> bool {
        match self.begin {
            0 => true,
            set => here.is_some_and(|(c, _)| self.in_first(set - 1, c)),
        }
    }

    #[inline]
    fn in_first(&self, set: u32, c: u32) -> bool {
        let f = self.firsts[set as usize];
        f.bits >> (c & 63) & 1 == 1
            && self.pool[f.at as usize..(f.at + f.len) as usize].binary_search(&c).is_ok()
    }

    #[inline]
    fn in_class(&self, class: u32, c: u32) -> bool {
        let m = self.classes[class as usize];
        let ranges = &self.pool[m.at as usize..(m.at + m.len) as usize];
        let inside = if ranges.len() <= 24 {
            ranges.chunks_exact(2).any(|r| r[0] <= c && c <= r[1])
        } else {
            // Starts are at even places: the range that begins last at or before `c`.
            let (mut low, mut high) = (0, ranges.len() / 2);
            while low < high {
                let mid = usize::midpoint(low, high);
                if ranges[mid * 2] <= c { low = mid + 1 } else { high = mid }
            }
            low > 0 && c <= ranges[low * 2 - 1]
        };
        inside != m.negated
    }

    /// The ways that a character opens.
    fn ways(&self, table: u32, c: Option<u32>) -> &[u32] {
        let t = self.tables[table as usize];
        let keys = &self.pool[t.keys as usize..(t.keys + t.len) as usize];
        let i = c.and_then(|c| keys.binary_search(&c).ok()).unwrap_or(t.len as usize);
        let end = |i: usize| self.pool[t.lists as usize + i] as usize;
        let lists = t.lists as usize + t.len as usize + 1;
        let start = if i == 0 { 0 } else { end(i - 1) };
        &self.pool[lists + start..lists + end(i)]
    }

    /// Whether a match begins at `start`; sets its end and, if asked for, its groups.
    fn run(&self, hay: &[u8], base: usize, start: usize, groups: bool, scratch: &mut Scratch) -> bool {
        let width = hay.len() + 1 - base;
        let Scratch { memory, jobs, slots } = scratch;
        // True the first time a choice is taken at a place.
        let mut fresh = |choice: u32, at: usize| {
            let bit = choice as usize * width + (at - base);
            let word = &mut memory[bit / 64];
            let new = *word >> (bit % 64) & 1 == 0;
            *word |= 1 << (bit % 64);
            new
        };
        jobs.clear();
        jobs.push(Job::Go { step: 0, at: start as u32 });
        while let Some(job) = jobs.pop() {
            let (mut step, mut at) = match job {
                Job::Go { step, at } => (step as usize, at as usize),
                Job::Restore { slot, was } => {
                    slots[slot as usize] = was;
                    continue;
                }
            };
            loop {
                match self.steps[step] {
                    Step::Literal { at: from, len } => {
                        let literal = &self.literals.as_bytes()[from as usize..(from + len) as usize];
                        if !hay[at..].starts_with(literal) {
                            break;
                        }
                        at += literal.len();
                        step += 1;
                    }
                    Step::One { class } => {
                        let Some((c, len)) = char_at(hay, at) else { break };
                        if !self.in_class(class, c) {
                            break;
                        }
                        at += len;
                        step += 1;
                    }
                    Step::Run { class, min, max, greedy, then, choice } => {
                        if !fresh(choice, at) {
                            break;
                        }
                        let first_job = jobs.len();
                        let mut n = 0;
                        loop {
                            let here = char_at(hay, at);
                            let welcome = then == 0 || here.is_some_and(|(c, _)| self.in_first(then - 1, c));
                            if n >= min && welcome {
                                jobs.push(Job::Go { step: step as u32 + 1, at: at as u32 });
                            }
                            let Some((c, len)) = here else { break };
                            if n == max || !self.in_class(class, c) {
                                break;
                            }
                            n += 1;
                            at += len;
                        }
                        // The last job pushed is tried first: the longest run.
                        if !greedy {
                            jobs[first_job..].reverse();
                        }
                        break;
                    }
                    Step::Fork { first, second, choice } => {
                        if !fresh(choice, at) {
                            break;
                        }
                        jobs.push(Job::Go { step: second, at: at as u32 });
                        step = first as usize;
                    }
                    Step::Switch { table, choice } => {
                        if !fresh(choice, at) {
                            break;
                        }
                        let ways = self.ways(table, char_at(hay, at).map(|(c, _)| c));
                        let Some((first, others)) = ways.split_first() else { break };
                        jobs.extend(others.iter().rev().map(|w| Job::Go { step: *w, at: at as u32 }));
                        step = *first as usize;
                    }
                    Step::Jump { to } => step = to as usize,
                    Step::Save { slot } => {
                        if groups {
                            let was = std::mem::replace(&mut slots[slot as usize], at as u32);
                            jobs.push(Job::Restore { slot, was });
                        }
                        step += 1;
                    }
                    Step::Start if at == 0 => step += 1,
                    Step::End if at == hay.len() => step += 1,
                    Step::Start | Step::End => break,
                    Step::Match => {
                        slots[1] = at as u32;
                        return true;
                    }
                }
            }
        }
        false
    }
}

/// The character at a byte offset that lies on a character boundary, and its length.
#[inline]
fn char_at(hay: &[u8], at: usize) -> Option<(u32, usize)> {
    let rest = &hay[at..];
    let tail = |i: usize| u32::from(rest[i] & 0x3f);
    match *rest.first()? {
        b @ 0..0x80 => Some((u32::from(b), 1)),
        b @ 0x80..0xe0 => Some((u32::from(b & 0x1f) << 6 | tail(1), 2)),
        b @ 0xe0..0xf0 => Some((u32::from(b & 0xf) << 12 | tail(1) << 6 | tail(2), 3)),
        b => Some((u32::from(b & 7) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4)),
    }
}

/// What an expression can begin with.
#[derive(Debug, Clone)]
struct Opening {
    set: BTreeSet<u32>,
    /// Anything may come first.
    any: bool,
    /// It may match nothing at all.
    empty: bool,
}

impl Opening {
    fn nothing() -> Self {
        Self { set: BTreeSet::new(), any: false, empty: true }
    }

    fn unknown(empty: bool) -> Self {
        Self { set: BTreeSet::new(), any: true, empty }
    }

    /// What this followed by something else can begin with.
    fn then(mut self, next: &Self) -> Self {
        if self.empty {
            self.set.extend(&next.set);
            self.any |= next.any;
            self.empty = next.empty;
        }
        self.bounded()
    }

    fn or(mut self, other: &Self) -> Self {
        self.set.extend(&other.set);
        self.any |= other.any;
        self.empty |= other.empty;
        self.bounded()
    }

    fn bounded(mut self) -> Self {
        self.any |= self.set.len() > MOST_FIRST;
        if self.any {
            self.set.clear();
        }
        self
    }
}

#[derive(Debug, Default)]
struct Compiler {
    program: Program,
    groups: u32,
    known_classes: BTreeMap<(Vec<u32>, bool), u32>,
    known_sets: BTreeMap<Vec<u32>, u32>,
}

impl Compiler {
    fn step(&mut self, step: Step) -> Option<usize> {
        let at = self.program.steps.len();
        self.program.steps.push(step);
        (at < MOST_STEPS).then_some(at)
    }

    fn here(&self) -> u32 {
        self.program.steps.len() as u32
    }

    fn choice(&mut self) -> u32 {
        self.program.choices += 1;
        self.program.choices - 1
    }

    fn emit(&mut self, hir: &Hir, next: &Opening) -> Option<()> {
        match hir.kind() {
            HirKind::Empty => {}
            HirKind::Literal(l) => {
                let literal = std::str::from_utf8(&l.0).ok()?;
                let (at, len) = (self.program.literals.len() as u32, literal.len() as u32);
                self.program.literals += literal;
                self.step(Step::Literal { at, len })?;
            }
            HirKind::Class(class) => {
                let class = self.class(class)?;
                self.step(Step::One { class })?;
            }
            HirKind::Look(Look::Start) => drop(self.step(Step::Start)?),
            HirKind::Look(Look::End) => drop(self.step(Step::End)?),
            HirKind::Look(_) => return None,
            HirKind::Repetition(r) => self.repetition(r, next)?,
            HirKind::Capture(c) => {
                self.groups = self.groups.max(c.index);
                if let Some(name) = &c.name
                    && !self.program.names.iter().any(|(_, i)| *i == c.index)
                {
                    self.program.names.push((name.to_string(), c.index));
                }
                self.step(Step::Save { slot: c.index * 2 })?;
                self.emit(&c.sub, next)?;
                self.step(Step::Save { slot: c.index * 2 + 1 })?;
            }
            HirKind::Concat(parts) => {
                // What follows each part, from the last to the first.
                let mut after = vec![next.clone()];
                for part in parts[1..].iter().rev() {
                    let opening = first(part).then(after.last().unwrap_or(next));
                    after.push(opening);
                }
                for (part, next) in parts.iter().zip(after.iter().rev()) {
                    self.emit(part, next)?;
                }
            }
            HirKind::Alternation(ways) => self.alternation(ways, next)?,
        }
        Some(())
    }

    fn alternation(&mut self, ways: &[Hir], next: &Opening) -> Option<()> {
        let openings: Vec<Opening> = ways.iter().map(first).collect();
        let mut starts = Vec::with_capacity(ways.len());
        let mut ends = Vec::with_capacity(ways.len());
        let choice = self.choice();
        if openings.iter().any(|o| o.empty) {
            for (i, way) in ways.iter().enumerate() {
                let last = i + 1 == ways.len();
                // The first fork's choice is the alternation's own.
                let choice = if i == 0 {
                    choice
                } else if last {
                    0
                } else {
                    self.choice()
                };
                let fork =
                    if last { None } else { Some(self.step(Step::Fork { first: 0, second: 0, choice })?) };
                let first = self.here();
                self.emit(way, next)?;
                if !last {
                    ends.push(self.step(Step::Jump { to: 0 })?);
                }
                if let Some(fork) = fork {
                    self.program.steps[fork] = Step::Fork { first, second: self.here(), choice };
                }
            }
        } else {
            let switch = self.step(Step::Switch { table: 0, choice })?;
            for way in ways {
                starts.push(self.here());
                self.emit(way, next)?;
                ends.push(self.step(Step::Jump { to: 0 })?);
            }
            let table = self.table(&openings, &starts);
            self.program.steps[switch] = Step::Switch { table, choice };
        }
        let to = self.here();
        for end in ends {
            self.program.steps[end] = Step::Jump { to };
        }
        Some(())
    }

    fn table(&mut self, openings: &[Opening], starts: &[u32]) -> u32 {
        let keys: BTreeSet<u32> = openings.iter().flat_map(|o| o.set.iter().copied()).collect();
        let ways = |c: Option<u32>| {
            let open = move |o: &Opening| o.any || c.is_some_and(|c| o.set.contains(&c));
            openings.iter().zip(starts).filter(move |(o, _)| open(o)).map(|(_, s)| *s)
        };
        let pool = &mut self.program.pool;
        let (at, len) = (pool.len() as u32, keys.len() as u32);
        pool.extend(&keys);
        let (mut ends, mut lists) = (Vec::new(), Vec::new());
        for c in keys.iter().map(|c| Some(*c)).chain([None]) {
            lists.extend(ways(c));
            ends.push(lists.len() as u32);
        }
        let table = Table { keys: at, len, lists: pool.len() as u32 };
        pool.extend(ends);
        pool.extend(lists);
        self.program.tables.push(table);
        self.program.tables.len() as u32 - 1
    }

    fn repetition(&mut self, r: &Repetition, next: &Opening) -> Option<()> {
        let single = match r.sub.kind() {
            HirKind::Class(class) => Some(self.class(class)?),
            HirKind::Literal(l) => {
                let mut chars = std::str::from_utf8(&l.0).ok()?.chars();
                match (chars.next(), chars.next()) {
                    (Some(c), None) => Some(self.members(vec![c as u32, c as u32], false)),
                    _ => None,
                }
            }
            _ => None,
        };
        if let (Some(class), Some(max @ 0..=255), 0..=255) = (single, r.max, r.min) {
            let then = self.set(next);
            let choice = self.choice();
            let run = Step::Run { class, min: r.min as u8, max: max as u8, greedy: r.greedy, then, choice };
            self.step(run)?;
            return Some(());
        }
        let again = first(&r.sub).then(next).or(next);
        for _ in 0..r.min {
            self.emit(&r.sub, &again)?;
        }
        let fork = |c: &mut Self| {
            let choice = c.choice();
            c.step(Step::Fork { first: 0, second: 0, choice }).map(|at| (at, choice))
        };
        let settle = |c: &mut Self, (at, choice): (usize, u32), inside: u32, outside: u32| {
            let (first, second) = if r.greedy { (inside, outside) } else { (outside, inside) };
            c.program.steps[at] = Step::Fork { first, second, choice };
        };
        if let Some(max) = r.max {
            let mut forks = Vec::new();
            for _ in r.min..max {
                forks.push(fork(self)?);
                self.emit(&r.sub, &again)?;
            }
            let outside = self.here();
            for f in forks {
                settle(self, f, f.0 as u32 + 1, outside);
            }
        } else {
            let f = fork(self)?;
            self.emit(&r.sub, &again)?;
            self.step(Step::Jump { to: f.0 as u32 })?;
            let outside = self.here();
            settle(self, f, f.0 as u32 + 1, outside);
        }
        Some(())
    }

    fn class(&mut self, class: &Class) -> Option<u32> {
        let Class::Unicode(class) = class else { return None };
        let flat = |c: &regex_syntax::hir::ClassUnicode| {
            c.ranges().iter().flat_map(|r| [r.start() as u32, r.end() as u32]).collect::<Vec<u32>>()
        };
        let mut others = class.clone();
        others.negate();
        // Whichever of the class and its complement is told with fewer ranges.
        let negated = others.ranges().len() < class.ranges().len();
        Some(self.members(flat(if negated { &others } else { class }), negated))
    }

    fn members(&mut self, ranges: Vec<u32>, negated: bool) -> u32 {
        if let Some(known) = self.known_classes.get(&(ranges.clone(), negated)) {
            return *known;
        }
        let (at, len) = (self.program.pool.len() as u32, ranges.len() as u32);
        self.program.pool.extend(&ranges);
        self.program.classes.push(Members { at, len, negated });
        let id = self.program.classes.len() as u32 - 1;
        self.known_classes.insert((ranges, negated), id);
        id
    }

    /// The set of first characters, plus one; 0 where anything, or nothing, may come.
    fn set(&mut self, opening: &Opening) -> u32 {
        if opening.any || opening.empty {
            return 0;
        }
        let members: Vec<u32> = opening.set.iter().copied().collect();
        if let Some(known) = self.known_sets.get(&members) {
            return *known;
        }
        let (at, len) = (self.program.pool.len() as u32, members.len() as u32);
        let bits = members.iter().fold(0, |bits, c| bits | 1 << (c & 63));
        self.program.pool.extend(&members);
        self.program.firsts.push(First { at, len, bits });
        let id = self.program.firsts.len() as u32;
        self.known_sets.insert(members, id);
        id
    }
}

/// What an expression can begin with.
fn first(hir: &Hir) -> Opening {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Opening::nothing(),
        HirKind::Literal(l) => {
            let c = std::str::from_utf8(&l.0).ok().and_then(|s| s.chars().next());
            c.map_or(Opening::unknown(false), |c| Opening {
                set: [c as u32].into(),
                any: false,
                empty: false,
            })
        }
        HirKind::Class(Class::Unicode(class)) => {
            let count: usize = class.ranges().iter().map(|r| r.end() as usize - r.start() as usize + 1).sum();
            if count > MOST_FIRST {
                return Opening::unknown(false);
            }
            let set = class.ranges().iter().flat_map(|r| r.start() as u32..=r.end() as u32).collect();
            Opening { set, any: false, empty: false }
        }
        HirKind::Class(Class::Bytes(_)) => Opening::unknown(false),
        HirKind::Repetition(r) => {
            let mut sub = first(&r.sub);
            sub.empty |= r.min == 0;
            sub
        }
        HirKind::Capture(c) => first(&c.sub),
        HirKind::Concat(parts) => {
            let mut opening = Opening::nothing();
            for part in parts {
                if !opening.empty {
                    break;
                }
                opening = opening.then(&first(part));
            }
            opening
        }
        HirKind::Alternation(ways) => {
            let none = Opening { set: BTreeSet::new(), any: false, empty: false };
            ways.iter().fold(none, |o, w| o.or(&first(w)))
        }
    }
}
