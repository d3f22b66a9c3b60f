//! Patterns: regular expressions with shared word classes, made ready only when a literal that
//! they need is present.
//!
//! In a pattern, `{{name}}` stands for a word class of `words/`, `{{..12}}` for at most twelve
//! characters inside one sentence part (no 。！？； or line end), `{{,,12}}` for at most twelve
//! inside one clause (no ， or ： either). Matching is linear-time whatever a pack writes
//! (`program`, and the `regex` crate for what that leaves to it), and no pattern runs on text without one of its *anchors*: literals one of
//! which every match contains, read off the syntax tree.

use crate::program::{Found, Program, Scratch};
use regex::{Regex, RegexBuilder};
use regex_syntax::hir::{Hir, HirKind};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

/// Word classes by name; the members may hold regular expressions and other classes.
pub type Words = BTreeMap<String, Vec<String>>;

/// A compiled-size bound (bytes) that stops a pattern from filling memory.
const SIZE_LIMIT: usize = 32 << 20;
/// How deep classes may name classes.
const DEPTH: usize = 8;

/// What is wrong with a pattern; `at` is a byte offset into the pattern as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// Where in the pattern, if that is known.
    pub at: Option<usize>,
}

/// A regular expression over folded text, made ready on first use.
#[derive(Debug, Deserialize)]
pub struct Pattern {
    source: String,
    /// Any match contains one literal of each set; empty when nothing can be promised.
    anchors: Vec<Vec<String>>,
    /// The program as it was stored; empty if it was not.
    #[serde(with = "serde_bytes")]
    code: Vec<u8>,
    #[serde(skip)]
    program: OnceLock<Option<Box<Program>>>,
    #[serde(skip)]
    regex: OnceLock<Option<Regex>>,
}

/// What is stored of a pattern: with its program, so that a stored lexicon parses nothing.
#[derive(Serialize)]
struct Stored<'a> {
    source: &'a str,
    anchors: &'a [Vec<String>],
    #[serde(with = "serde_bytes")]
    code: Vec<u8>,
}

impl Serialize for Pattern {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let code = Self::assemble(&self.source).and_then(|p| postcard::to_allocvec(&p).ok());
        Stored { source: &self.source, anchors: &self.anchors, code: code.unwrap_or_default() }
            .serialize(serializer)
    }
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Pattern {
    /// Expands classes and gaps, parses, and finds the anchors.
    pub fn new(written: &str, words: &Words) -> Result<Self, PatternError> {
        let source = expand(written, words, 0)?;
        let hir = regex_syntax::Parser::new().parse(&source).map_err(|e| {
            let (kind, at) = match &e {
                regex_syntax::Error::Parse(e) => (e.kind().to_string(), e.span().start.offset),
                regex_syntax::Error::Translate(e) => (e.kind().to_string(), e.span().start.offset),
                _ => (e.to_string(), 0),
            };
            PatternError {
                message: format!("正则表达式有误：{kind}"),
                hint: "语法见 https://docs.rs/regex；不支持环视与反向引用".into(),
                // Offsets hold for what was written only where nothing was expanded before them.
                at: written.get(..at).filter(|head| source.starts_with(head)).map(str::len),
            }
        })?;
        let anchors = anchors(&hir);
        if let Some(bad) = anchors.iter().flatten().find(|a| a.bytes().any(|b| b.is_ascii_uppercase())) {
            return Err(PatternError {
                message: format!("“{bad}”含大写字母，永远不会命中"),
                hint: "匹配的是折叠后的文字：字母小写、半角、简体，标点为中文标点".into(),
                at: written.find(bad.as_str()),
            });
        }
        Ok(Self::with(source, anchors))
    }

    /// A pattern for literal words, longest first.
    pub fn of_terms(terms: &[String]) -> Self {
        let mut sorted: Vec<&String> = terms.iter().collect();
        sorted.sort_by_key(|t| std::cmp::Reverse(t.len()));
        let source = sorted.iter().map(|t| regex_syntax::escape(t)).collect::<Vec<_>>().join("|");
        Self::with(source, vec![shortened(terms)])
    }

    fn with(source: String, anchors: Vec<Vec<String>>) -> Self {
        Self { source, anchors, code: Vec::new(), program: OnceLock::new(), regex: OnceLock::new() }
    }

    /// The expanded expression.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Sets of literals; every match contains one of each set. At most [`MOST_SETS`].
    pub fn anchors(&self) -> &[Vec<String>] {
        &self.anchors
    }

    /// Compiles now and says what is wrong, for tests of a pack.
    pub fn verify(&self) -> Result<(), String> {
        self.compile().map(drop).map_err(|e| e.to_string())
    }

    /// Compares all matches in a text, groups included, with those of the `regex` crate.
    pub fn verify_on(&self, text: &str) -> Result<(), String> {
        let regex = self.compile().map_err(|e| e.to_string())?;
        let name = |n: &str| regex.capture_names().flatten().any(|g| g == n);
        let names: Vec<&str> =
            ["hit", "drafter", "consumer", "name"].into_iter().filter(|n| name(n)).collect();
        let ours: Vec<_> = (self.found_iter(text))
            .map(|f| (f.get(0), names.iter().map(|n| f.name(n)).collect::<Vec<_>>()))
            .collect();
        let theirs: Vec<_> = (regex.captures_iter(text))
            .map(|f| {
                let range = |m: Option<regex::Match>| m.map(|m| m.range());
                (range(f.get(0)), names.iter().map(|n| range(f.name(n))).collect::<Vec<_>>())
            })
            .collect();
        if ours == theirs { Ok(()) } else { Err(format!("{ours:?} != {theirs:?} for {}", self.source)) }
    }

    fn assemble(source: &str) -> Option<Program> {
        Program::new(&regex_syntax::Parser::new().parse(source).ok()?)
    }

    fn program(&self) -> Option<&Program> {
        let stored = || postcard::from_bytes(&self.code).ok();
        self.program
            .get_or_init(|| stored().or_else(|| Self::assemble(&self.source)).map(Box::new))
            .as_deref()
    }

    fn compile(&self) -> Result<Regex, regex::Error> {
        RegexBuilder::new(&self.source).size_limit(SIZE_LIMIT).dfa_size_limit(8 << 20).build()
    }

    /// The first match at or after a byte offset; groups of it only if asked for.
    fn search(&self, text: &str, from: usize, groups: bool) -> Option<Found> {
        match self.program().filter(|p| p.fits(text.len() - from)) {
            Some(program) => SCRATCH.with_borrow_mut(|s| program.search(text, from, groups, s)),
            None => self.search_regex(text, from),
        }
    }

    fn search_regex(&self, text: &str, from: usize) -> Option<Found> {
        // None only if it grew past the size limit, which `verify` reports.
        let regex = self.regex.get_or_init(|| self.compile().ok()).as_ref()?;
        let found = regex.captures_at(text, from)?;
        let slots =
            found.iter().flat_map(|m| m.map_or([u32::MAX; 2], |m| [m.start() as u32, m.end() as u32]));
        let named = regex.capture_names().enumerate().filter_map(|(i, n)| Some((n?.to_owned(), i as u32)));
        Some(Found::of(slots.collect(), named.collect()))
    }

    /// Whether the pattern is found in `text`.
    pub fn is_match(&self, text: &str) -> bool {
        self.search(text, 0, false).is_some()
    }

    /// The byte range of the first match.
    pub fn find(&self, text: &str) -> Option<Range<usize>> {
        self.search(text, 0, false)?.get(0)
    }

    /// The byte ranges of all matches, one after the other.
    pub fn find_iter<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
        Matches { pattern: self, text, from: 0, last: None, groups: false }.filter_map(|f| f.get(0))
    }

    /// All matches with their groups, one after the other.
    pub fn found_iter<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Found> + 't {
        Matches { pattern: self, text, from: 0, last: None, groups: true }
    }
}

/// Matches that do not overlap; an empty one does not touch the one before.
struct Matches<'t> {
    pattern: &'t Pattern,
    text: &'t str,
    from: usize,
    last: Option<usize>,
    groups: bool,
}

impl Iterator for Matches<'_> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            let found = self.pattern.search(self.text, self.from, self.groups)?;
            let whole = found.get(0)?;
            if whole.is_empty() && self.last == Some(whole.end) {
                self.from += self.text[self.from..].chars().next()?.len_utf8();
                continue;
            }
            (self.from, self.last) = (whole.end, Some(whole.end));
            return Some(found);
        }
    }
}

fn expand(written: &str, words: &Words, depth: usize) -> Result<String, PatternError> {
    let mut out = String::with_capacity(written.len());
    let mut rest = written;
    while let Some(open) = rest.find("{{") {
        let at = written.len() - rest.len() + open;
        let fail =
            |message: String, hint: &str| Err(PatternError { message, hint: hint.to_owned(), at: Some(at) });
        let Some(close) = rest[open..].find("}}") else {
            return fail("`{{` 没有对应的 `}}`".into(), "词类写作 {{名称}}，间隔写作 {{..12}} 或 {{,,12}}");
        };
        let name = rest[open + 2..open + close].trim();
        out += &rest[..open];
        rest = &rest[open + close + 2..];
        let gap = |n: &str| n.parse::<u8>().ok();
        if let Some(n) = name.strip_prefix("..").and_then(gap) {
            out += &format!("[^。！？；\\n]{{0,{n}}}?");
        } else if let Some(n) = name.strip_prefix(",,").and_then(gap) {
            out += &format!("[^，。！？；：\\n]{{0,{n}}}?");
        } else if depth == DEPTH {
            return fail(format!("词类 `{name}` 互相引用，层数过深"), "去掉循环引用");
        } else if let Some(members) = words.get(name) {
            let mut parts = Vec::with_capacity(members.len());
            for m in members {
                // An error inside a class is shown where the pattern names the class.
                parts.push(expand(m, words, depth + 1).map_err(|e| PatternError { at: Some(at), ..e })?);
            }
            // Longest first, so that an alternation prefers the longer word.
            parts.sort_by_key(|p| std::cmp::Reverse(p.chars().count()));
            out += "(?:";
            out += &parts.join("|");
            out += ")";
        } else {
            let near = words.keys().find(|k| k.starts_with(name) || name.starts_with(k.as_str()));
            let hint =
                near.map_or("词类在 words/*.toml 里定义".into(), |n| format!("是否想写 {{{{{n}}}}}？"));
            return fail(format!("没有名为 `{name}` 的词类"), &hint);
        }
    }
    out += rest;
    Ok(out)
}

/// How many strings a part may stand for and still be known exactly.
const FEW: usize = 24;
/// How many literals one set may hold.
const MOST_ANCHORS: usize = 600;
/// How many sets one pattern is gated by: more would be watched for without sparing much.
pub const MOST_SETS: usize = 6;

/// How well a set keeps a pattern from running: long literals are rare in text, few are cheap to
/// watch for.
fn score(set: &[String]) -> usize {
    let shortest = set.iter().map(|l| l.chars().count()).min().unwrap_or(0);
    (shortest.min(4) * 1000).saturating_sub(set.len() * 4)
}

/// The best sets of literals, one of each of which any match contains.
fn anchors(hir: &Hir) -> Vec<Vec<String>> {
    let mut sets = Vec::new();
    necessary(hir, &mut sets);
    let mut sets: Vec<Vec<String>> = sets.iter().map(|s| shortened(s)).collect();
    sets.sort_by_key(|s| std::cmp::Reverse(score(s)));
    sets.dedup();
    // A large set beside small ones costs start-up and spares nothing.
    let small = sets.first().is_some_and(|s| s.len() <= LARGE);
    sets.retain(|s| !small || s.len() <= LARGE);
    sets.truncate(MOST_SETS);
    sets
}

/// A set of more literals than this is only kept where there is no smaller one.
const LARGE: usize = 100;
/// Characters of a literal that are watched for.
const WATCHED: usize = 3;

/// The same promise with fewer and shorter literals: what contains a literal contains its first
/// characters, and what contains a longer literal contains the shorter one inside it.
fn shortened(set: &[String]) -> Vec<String> {
    let mut short: Vec<String> = set.iter().map(|l| l.chars().take(WATCHED).collect()).collect();
    short.sort_by_key(String::len);
    let mut out: Vec<String> = Vec::new();
    for l in short {
        if !out.iter().any(|o| l.contains(o.as_str())) {
            out.push(l);
        }
    }
    out.sort();
    out
}

/// Collects every set of literals of which any match must contain one.
fn necessary(hir: &Hir, out: &mut Vec<Vec<String>>) {
    if let Some(literals) = exact(hir) {
        if literals.iter().all(|l| !l.is_empty()) {
            out.push(literals);
        }
        return;
    }
    match hir.kind() {
        HirKind::Capture(c) => necessary(&c.sub, out),
        HirKind::Repetition(r) if r.min > 0 => necessary(&r.sub, out),
        HirKind::Concat(parts) => {
            // Neighbours that are known exactly make longer literals together.
            let mut run: Vec<String> = vec![String::new()];
            let close = |run: &mut Vec<String>, out: &mut Vec<Vec<String>>| {
                let literals = std::mem::replace(run, vec![String::new()]);
                if literals.iter().all(|l| !l.is_empty()) {
                    out.push(literals);
                }
            };
            for part in parts {
                match exact(part) {
                    Some(set) if run.len() * set.len() <= FEW => {
                        run = run.iter().flat_map(|a| set.iter().map(move |b| format!("{a}{b}"))).collect();
                    }
                    Some(set) => {
                        close(&mut run, out);
                        run = set;
                    }
                    None => {
                        close(&mut run, out);
                        necessary(part, out);
                    }
                }
            }
            close(&mut run, out);
        }
        HirKind::Alternation(parts) => {
            let mut literals = Vec::new();
            for part in parts {
                // Of each branch its best set: one of them all is in any match.
                let Some(best) = anchors(part).into_iter().next() else { return };
                literals.extend(best);
            }
            literals.sort();
            literals.dedup();
            if literals.len() <= MOST_ANCHORS {
                out.push(literals);
            }
        }
        _ => {}
    }
}

/// All strings the expression can match, when they are few and all known.
fn exact(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Literal(l) => Some(vec![String::from_utf8(l.0.to_vec()).ok()?]),
        HirKind::Capture(c) => exact(&c.sub),
        HirKind::Class(regex_syntax::hir::Class::Unicode(c)) => {
            let n: usize = c.ranges().iter().map(|r| r.end() as usize - r.start() as usize + 1).sum();
            (n <= FEW)
                .then(|| c.ranges().iter().flat_map(|r| (r.start()..=r.end()).map(String::from)).collect())
        }
        HirKind::Repetition(r) if r.min == 0 && r.max == Some(1) => {
            let mut set = exact(&r.sub)?;
            set.push(String::new());
            (set.len() <= FEW).then_some(set)
        }
        HirKind::Concat(parts) => {
            let mut all = vec![String::new()];
            for part in parts {
                let set = exact(part)?;
                if all.len() * set.len() > FEW {
                    return None;
                }
                all = all.iter().flat_map(|a| set.iter().map(move |b| format!("{a}{b}"))).collect();
            }
            Some(all)
        }
        HirKind::Alternation(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(exact(part)?);
                if all.len() > MOST_ANCHORS {
                    return None;
                }
            }
            Some(all)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        let mut w = Words::new();
        w.insert("谁".into(), vec!["本行".into(), "我们".into()]);
        w.insert("环".into(), vec!["{{环}}".into()]);
        w
    }

    fn anchors_of(p: &str) -> String {
        let pattern = Pattern::new(p, &words()).unwrap();
        pattern.anchors().iter().map(|s| s.join("|")).collect::<Vec<_>>().join(" & ")
    }

    #[test]
    fn anchors_are_in_every_match() {
        assert_eq!(anchors_of("{{谁}}{{..8}}有权"), "有权 & 我们|本行");
        assert_eq!(anchors_of("(?:有权|可以?){{,,6}}变更(?:条款|规则)"), "变更条|变更规 & 可|有权");
        assert_eq!(anchors_of("第[一1]"), "第1|第一");
        assert_eq!(anchors_of("保本|无风险"), "保本|无风险");
        assert_eq!(anchors_of("不?保本"), "保本");
        assert_eq!(anchors_of("(?:甲[^，]*乙|丙)"), "丙|甲");
        assert_eq!(anchors_of(r"\w+"), "");
    }

    #[test]
    fn gaps_stop_at_the_end_of_a_sentence_or_clause() {
        let p = Pattern::new("有权{{..4}}变更", &words()).unwrap();
        assert!(p.is_match("有权，随时变更"));
        assert!(!p.is_match("有权。变更"));
        let p = Pattern::new("有权{{,,4}}变更", &words()).unwrap();
        assert!(!p.is_match("有权，变更"));
    }

    #[test]
    fn programs_match_what_regex_matches() {
        let patterns = [
            "保本|保本保息|本",
            "(?<hit>a|ab)(?:c|bcd)(d*)",
            "(?:甲|乙){{,,3}}(?:责任|责)?$",
            "^(?:不|没有?)(?<hit>.{1,3}?)(?:亏|赔)",
            "[一二三]{2,3}[^，]{0,4}?天",
            "(?:很|非常|特别){0,2}好+",
            "(?:天天|天){1,3}?赚",
            "x*",
            "(?:a*)*b?",
            "(?:|保)(?:本|)息?",
            "[^一-龥0-9]+",
            r"\bab\b|本\s*金",
            "(?:a|b|)(?:a|)(?:c|)c",
            "(?<hit>(?:[0-9]+(?:\\.[0-9]+)?%|百分之[一二三]+)(?:以上)?)",
        ];
        let texts = [
            "",
            "a",
            "abcd",
            "abcdd保本保息，本",
            "甲不负责任",
            "乙，责",
            "不亏没有赔",
            "不会再亏没有什么赔",
            "一二三过天一二，天",
            "很非常特别很好好",
            "天天天天赚",
            "xx保x",
            "aaab",
            "保本息 本",
            "ab，本 金ab本",
            "收益12.5%以上，百分之一二",
            "acc bcc ac",
            "😀𠮷一\n一天",
        ];
        for p in patterns {
            let p = Pattern::new(p, &words()).unwrap();
            for t in texts {
                p.verify_on(t).unwrap();
                // As it is read back from a stored lexicon.
                let stored: Pattern = postcard::from_bytes(&postcard::to_allocvec(&p).unwrap()).unwrap();
                stored.verify_on(t).unwrap();
            }
        }
    }

    #[test]
    fn what_cannot_work_is_said() {
        for (written, part) in
            [("{{无}}", "没有名为"), ("{{谁", "没有对应"), ("{{环}}", "过深"), ("(", "正则"), ("VIP", "大写")]
        {
            let e = Pattern::new(written, &words()).unwrap_err();
            assert!(e.message.contains(part), "{written}: {}", e.message);
        }
    }
}
