//! The index: which literals in a text wake which patterns.
//!
//! One pass looks for the anchors of all patterns. They are short (at most three characters, see
//! `pattern`), so a plain trie walked from every character is as fast as an automaton with
//! failure links; unlike one it is small, can be stored with the built-in lexicon, and is there
//! at start-up as soon as it is read.

use crate::pack::Lexicon;
use crate::pattern::Pattern;
use crate::rule::{Check, Requirement, Within};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an anchor wakes.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub enum Watch {
    /// A pattern of a matcher of a rule (by their places in the lexicon).
    Match {
        /// Rule.
        rule: u32,
        /// Matcher.
        matcher: u32,
        /// Pattern.
        pattern: u32,
    },
    /// What makes a disclosure due.
    Trigger {
        /// Rule.
        rule: u32,
        /// Trigger.
        when: u32,
    },
    /// A wording that a requirement asks about.
    Said {
        /// Rule.
        rule: u32,
        /// Which of its lists: see [`lists`].
        list: u32,
        /// Pattern.
        pattern: u32,
    },
    /// A pattern that a check looks for in every paragraph.
    Look {
        /// Rule.
        rule: u32,
        /// Which of them: see [`looks`].
        pattern: u32,
    },
    /// A definition in a contract.
    Define {
        /// Pattern.
        pattern: u32,
    },
    /// A sign of a fact.
    Cue {
        /// Fact.
        fact: u32,
        /// Cue.
        cue: u32,
    },
}

/// The lists of wordings that a requirement asks about: what frees a document of it, then for
/// each thing to say what makes it due and what says it.
pub fn lists(q: &Requirement) -> impl Iterator<Item = &[Pattern]> {
    let says = q.say.iter().flat_map(|s| [s.due.as_slice(), s.patterns.as_slice()]);
    [q.absent.as_slice()].into_iter().chain(says)
}

/// The patterns that a check looks for in every paragraph.
pub fn looks(check: &Check) -> Vec<&Pattern> {
    match check {
        Check::Unexplained { terms } => terms.iter().flat_map(|(t, explained)| [t, explained]).collect(),
        Check::References { reference, .. } => vec![reference],
        Check::Undefined { used, introduced } => used.iter().chain(introduced).collect(),
        Check::Amounts { pairs } => pairs.iter().collect(),
        Check::Blanks { blank, .. } => vec![blank],
        Check::Dates { ranges, .. } => ranges.iter().collect(),
        Check::Prominence { matter, .. } => matter.iter().collect(),
        Check::TickedControl { .. } | Check::FinePrint { .. } | Check::LongSentences { .. } => Vec::new(),
    }
}

/// A pattern that waits for its anchors.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Watched {
    /// The pattern.
    pub what: Watch,
    /// The stretch it runs on.
    pub within: Within,
    /// A bit for each set of anchors.
    pub sets: u8,
}

/// A watch (by its place), and which of its sets an anchor is in.
pub type Wake = (u32, u8);

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Node {
    /// Its first edge; the last one is before the next node's first.
    edges: u32,
    /// The end of its wakes; they start where the previous node's end.
    wakes: u32,
}

/// All anchors of a lexicon, and what they wake.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Index {
    /// The patterns.
    pub watches: Vec<Watched>,
    /// In breadth-first order, the root first, and one past the last.
    nodes: Vec<Node>,
    /// Character and node, sorted within a node.
    edges: Vec<(u32, u32)>,
    wakes: Vec<Wake>,
    /// Places of the root's edges by character, for the characters from `LOW`.
    #[serde(skip)]
    root: Vec<u32>,
}

/// The root's table covers CJK ideographs; other characters are searched for.
const LOW: u32 = 0x4e00;
const HIGH: u32 = 0xa000;

impl Index {
    /// Indexes a lexicon, its rules in the order of their ids.
    pub fn new(lexicon: &Lexicon) -> Self {
        let mut watches = Vec::new();
        let mut anchors: BTreeMap<Vec<char>, Vec<Wake>> = BTreeMap::new();
        let mut watch = |what: Watch, within: Within, pattern: &Pattern| {
            let id = watches.len() as u32;
            let mut sets = 0;
            for (i, set) in pattern.anchors().iter().enumerate() {
                sets |= 1 << i;
                for a in set {
                    anchors.entry(a.chars().collect()).or_default().push((id, 1 << i));
                }
            }
            watches.push(Watched { what, within, sets });
        };
        for (r, rule) in lexicon.rules.values().enumerate() {
            for (m, matcher) in rule.matchers.iter().enumerate() {
                for (p, pattern) in matcher.patterns.iter().enumerate() {
                    let w = Watch::Match { rule: r as u32, matcher: m as u32, pattern: p as u32 };
                    watch(w, matcher.within, pattern);
                }
            }
            for (t, trigger) in rule.require.iter().flat_map(|q| q.when.iter().enumerate()) {
                watch(Watch::Trigger { rule: r as u32, when: t as u32 }, Within::Sentence, &trigger.pattern);
            }
            for (l, patterns) in rule.require.iter().flat_map(|q| lists(q).enumerate()) {
                for (p, pattern) in patterns.iter().enumerate() {
                    let w = Watch::Said { rule: r as u32, list: l as u32, pattern: p as u32 };
                    watch(w, Within::Paragraph, pattern);
                }
            }
        }
        for (r, check) in
            lexicon.rules.values().enumerate().filter_map(|(r, rule)| Some((r, rule.check.as_ref()?)))
        {
            for (p, pattern) in looks(check).into_iter().enumerate() {
                let w = Watch::Look { rule: r as u32, pattern: p as u32 };
                watch(w, Within::Paragraph, pattern);
            }
        }
        for (p, pattern) in lexicon.contract.defines.iter().enumerate() {
            watch(Watch::Define { pattern: p as u32 }, Within::Paragraph, pattern);
        }
        for (f, fact) in lexicon.facts.iter().enumerate() {
            for (c, cue) in fact.cues.iter().enumerate() {
                watch(Watch::Cue { fact: f as u32, cue: c as u32 }, Within::Paragraph, &cue.pattern);
            }
        }
        let mut index = Self { watches, ..Self::default() };
        index.plant(&anchors);
        index.ready()
    }

    /// Makes the trie, level by level.
    fn plant(&mut self, anchors: &BTreeMap<Vec<char>, Vec<Wake>>) {
        // A node is the anchors that share a prefix: a range of the sorted list, and a depth.
        let keys: Vec<(&Vec<char>, &Vec<Wake>)> = anchors.iter().collect();
        let mut level = vec![(0..keys.len(), 0)];
        let mut nodes_before = 0;
        while !level.is_empty() {
            nodes_before += level.len() as u32;
            let mut next = Vec::new();
            for (range, depth) in level {
                self.nodes.push(Node { edges: self.edges.len() as u32, wakes: 0 });
                let mut i = range.start;
                while i < range.end {
                    let (key, wakes) = keys[i];
                    let Some(c) = key.get(depth) else {
                        self.wakes.extend(wakes);
                        i += 1;
                        continue;
                    };
                    let end =
                        i + keys[i..range.end].iter().take_while(|(k, _)| k.get(depth) == Some(c)).count();
                    self.edges.push((*c as u32, nodes_before + next.len() as u32));
                    next.push((i..end, depth + 1));
                    i = end;
                }
                if let Some(node) = self.nodes.last_mut() {
                    node.wakes = self.wakes.len() as u32;
                }
            }
            level = next;
        }
        self.nodes.push(Node { edges: self.edges.len() as u32, wakes: self.wakes.len() as u32 });
    }

    /// Fills what is not stored.
    #[must_use]
    pub fn ready(mut self) -> Self {
        self.root = vec![u32::MAX; (HIGH - LOW) as usize];
        let edges = self.nodes.get(1).map_or(0, |n| n.edges as usize);
        for (c, node) in &self.edges[..edges] {
            if let Some(slot) = c.checked_sub(LOW).and_then(|i| self.root.get_mut(i as usize)) {
                *slot = *node;
            }
        }
        self
    }

    /// Calls `seen` with the byte offset and the wakes of every anchor in `text`, by offset.
    pub fn scan(&self, text: &str, seen: &mut dyn FnMut(u32, &[Wake])) {
        if self.nodes.is_empty() {
            return;
        }
        for (at, first) in text.char_indices() {
            let Some(mut node) = self.begin(first) else { continue };
            let mut rest = text[at + first.len_utf8()..].chars();
            loop {
                let before = self.nodes[node - 1].wakes as usize;
                let wakes = &self.wakes[before..self.nodes[node].wakes as usize];
                if !wakes.is_empty() {
                    seen(at as u32, wakes);
                }
                let Some(next) = rest.next().and_then(|c| self.child(node, c)) else { break };
                node = next;
            }
        }
    }

    fn begin(&self, c: char) -> Option<usize> {
        match self.root.get((c as u32).wrapping_sub(LOW) as usize) {
            Some(&u32::MAX) => None,
            Some(node) => Some(*node as usize),
            None => self.child(0, c),
        }
    }

    fn child(&self, node: usize, c: char) -> Option<usize> {
        let edges = &self.edges[self.nodes[node].edges as usize..self.nodes[node + 1].edges as usize];
        let i = edges.binary_search_by_key(&(c as u32), |e| e.0).ok()?;
        Some(edges[i].1 as usize)
    }

    /// How many literals are looked for.
    pub fn len(&self) -> usize {
        self.nodes.windows(2).filter(|n| n[0].wakes < n[1].wakes).count()
    }

    /// Whether nothing is looked for.
    pub fn is_empty(&self) -> bool {
        self.wakes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(anchors: &[(&str, u32)]) -> Index {
        let mut map: BTreeMap<Vec<char>, Vec<Wake>> = BTreeMap::new();
        for (a, id) in anchors {
            map.entry(a.chars().collect()).or_default().push((*id, 1));
        }
        let mut index = Index::default();
        index.plant(&map);
        index.ready()
    }

    fn seen(index: &Index, text: &str) -> Vec<(u32, u32)> {
        let mut out = Vec::new();
        index.scan(text, &mut |at, wakes| out.extend(wakes.iter().map(|w| (at, w.0))));
        out
    }

    #[test]
    fn every_anchor_is_seen_wherever_it_stands() {
        let i = index(&[("保本", 1), ("本", 2), ("保本保", 3), ("a%", 4), ("保息", 5), ("本", 6)]);
        assert_eq!(seen(&i, "保本保息a%a"), [(0, 1), (0, 3), (3, 2), (3, 6), (6, 5), (12, 4)]);
        assert_eq!(seen(&i, "保"), []);
        assert_eq!(seen(&i, ""), []);
        assert_eq!(i.len(), 5);
        assert!(!i.is_empty());
        assert_eq!(seen(&index(&[]), "保本"), []);
        assert_eq!(seen(&Index::default(), "保本"), []);
    }
}
