//! The engine: one pass for all anchors, then patterns, conditions and exemptions where they are.

use crate::checks;
use crate::contract::{self, Captures, Contract};
use crate::date::Date;
use crate::facts::{self, Facts, Held};
use crate::finding::{Bilingual, Edit, Finding, Fix, Related, Safety, Severity, Verdict, Waiver};
use crate::ignore;
use crate::index::{self, Index, Watch};
use crate::law::Citation;
use crate::measure;
use crate::memory::{Asker, Grounds, Judged, Memory, Ruled, Ruling, Scan, Surroundings};
use crate::pack::Lexicon;
use crate::pattern::Pattern;
use crate::program::Found;
use crate::rule::{
    Applies, Channel, Context, FactGroup, FixSpec, InsertAt, Kind, Matcher, Measure, NumberTest, Probe,
    Requirement, Rule, Side, Within,
};
use crate::text::Text;
use rustc_hash::FxHashMap;
use shenyan_read::{Document, Format};
use shenyan_text::fold::Folder;
use shenyan_text::segment::{Jieba, Segmenter, on_boundaries};
use shenyan_text::span::{Folded, Source, Span};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// What is asked of one check.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The kind of text; detected when none.
    pub kind: Option<Kind>,
    /// Where it is published.
    pub channel: Channel,
    /// The day whose law applies.
    pub as_of: Date,
    /// Only these rules or families; all when empty.
    pub select: Vec<String>,
    /// Not these rules or families.
    pub ignore: Vec<String>,
    /// Severities by rule or family; `None` switches off.
    pub severities: BTreeMap<String, Option<Severity>>,
}

impl Settings {
    /// Everything on, as of a day, online.
    pub fn on(as_of: Date) -> Self {
        Self {
            kind: None,
            channel: Channel::Online,
            as_of,
            select: Vec::new(),
            ignore: Vec::new(),
            severities: BTreeMap::new(),
        }
    }

    /// The severity of a rule's finding; none when it is switched off.
    fn severity(&self, rule: &Rule, verdict: Verdict) -> Option<Severity> {
        let names = |list: &[String]| list.iter().any(|s| s == &rule.id || s == rule.family());
        if !self.select.is_empty() && !names(&self.select) || names(&self.ignore) {
            return None;
        }
        match self.severities.get(&rule.id).or_else(|| self.severities.get(rule.family())) {
            Some(set) => *set,
            None if verdict == rule.verdict => Some(rule.severity),
            None => Some(verdict.severity()),
        }
    }
}

/// What was found in a document.
#[derive(Debug)]
pub struct Report {
    /// What is true of the document.
    pub facts: Facts,
    /// Findings in source order; waived ones too.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The findings that are not waived.
    pub fn reported(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| f.waived.is_none())
    }
}

/// A lexicon made ready to run; shared between threads.
#[derive(Debug)]
pub struct Linter {
    lexicon: Lexicon,
    rules: Vec<Arc<Rule>>,
    folder: Folder,
    segmenter: Jieba,
    index: Index,
    own: OwnRules,
    /// What a [`Memory`] knows this linter by.
    token: Arc<()>,
}

/// Rules about the tool's own directives.
#[derive(Debug)]
struct OwnRules {
    unused: Arc<Rule>,
    expired: Arc<Rule>,
    invalid: Arc<Rule>,
}

/// Names that our word segmentation must know: all literal terms with a boundary condition.
fn own_words(lexicon: &Lexicon) -> Vec<(String, Option<String>)> {
    lexicon.words.get("词典").into_iter().flatten().map(|w| (w.clone(), None)).collect()
}

impl Linter {
    /// Makes a lexicon ready.
    pub fn new(mut lexicon: Lexicon) -> Self {
        let index = lexicon.index.take().unwrap_or_else(|| Index::new(&lexicon));
        let rules: Vec<Arc<Rule>> = lexicon.rules.values().cloned().collect();
        let folder = Folder::new(&lexicon.respellings);
        let segmenter = Jieba::new(own_words(&lexicon));
        Self { lexicon, rules, folder, segmenter, index, own: OwnRules::new(), token: Arc::new(()) }
    }

    /// The lexicon.
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// The folding in use.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The segmentation in use.
    pub fn segmenter(&self) -> &dyn Segmenter {
        &self.segmenter
    }

    /// Literals that the one pass looks for.
    pub fn anchors(&self) -> usize {
        self.index.len()
    }

    /// Checks a document.
    pub fn check(&self, doc: &Document, settings: &Settings) -> Report {
        self.recheck(doc, settings, &mut Memory::default())
    }

    /// Checks a document as [`Self::check`] does, asking again only what `memory` has not seen.
    pub fn recheck(&self, doc: &Document, settings: &Settings, memory: &mut Memory) -> Report {
        memory.begin(&self.token);
        let text = Text::new(doc, &self.folder);
        let scans = self.scan(&text, memory);
        let facts = self.facts(&text, &scans, settings);
        let mut run = Run {
            linter: self,
            text: &text,
            facts: &facts,
            settings,
            scans: &scans,
            memory: RefCell::new(memory),
            regions: RefCell::default(),
            exemptions: RefCell::default(),
            citations: RefCell::default(),
            far: Cell::default(),
            findings: Vec::new(),
        };
        run.matches();
        run.likeness();
        run.requirements();
        run.checks();
        let findings = run.findings;
        let mut findings = settle(findings);
        self.apply_ignores(doc, settings, &mut findings);
        findings.sort_by(|a, b| (a.span, &a.rule.id).cmp(&(b.span, &b.rule.id)));
        Report { facts, findings }
    }

    /// The name of a fact.
    pub fn title_of(&self, held: &Held) -> Bilingual {
        let fact = self.lexicon.facts.iter().find(|f| (f.group, &f.id) == (held.group, &held.id));
        fact.map_or_else(Bilingual::default, |f| f.title.clone())
    }

    /// The contract that a text is: its parties, its definitions, who bears what in which clause.
    pub fn contract(&self, text: &Text, facts: &Facts) -> Contract {
        Contract::of(text, facts, &self.lexicon.contract, &self.lexicon.roles)
    }

    /// What is true of a document, without checking it.
    pub fn facts_of(&self, doc: &Document, settings: &Settings) -> Facts {
        let text = Text::new(doc, &self.folder);
        let scans = self.scan(&text, &mut Memory::default());
        self.facts(&text, &scans, settings)
    }

    /// One pass over each paragraph: which pattern has to run on which stretch.
    fn scan(&self, text: &Text, memory: &mut Memory) -> Vec<(u32, Arc<Scan>)> {
        let scan = |p: &Span<Folded>| (p.start, memory.scan(text.slice(*p), &self.index));
        text.paragraphs.iter().map(scan).collect()
    }

    fn facts(&self, text: &Text, scans: &[(u32, Arc<Scan>)], settings: &Settings) -> Facts {
        struct Tally {
            count: u32,
            sign: Span<Folded>,
        }
        let mut tallies: BTreeMap<(u32, u32), Tally> = BTreeMap::new();
        let head = text.paragraphs.get(1).or(text.paragraphs.first()).map_or(0, |p| p.end).max(120);
        for ((start, scan), paragraph) in scans.iter().zip(&text.paragraphs) {
            for sign in scan.signs(text.slice(*paragraph), &self.index, &self.lexicon.facts) {
                let c = &self.lexicon.facts[sign.fact as usize].cues[sign.cue as usize];
                let place = |s: &Span<Folded>| s.shifted(*start);
                let inside = |s: &&Span<Folded>| !c.head || place(s).start < head;
                let here = sign.places.iter().take_while(inside).count() as u32;
                if here > 0 {
                    let first = Tally { count: 0, sign: place(&sign.places[0]) };
                    tallies.entry((sign.fact, sign.cue)).or_insert(first).count += here;
                }
            }
        }
        let mut held = Vec::new();
        for (f, fact) in self.lexicon.facts.iter().enumerate() {
            let f = f as u32;
            let cues = tallies.range((f, 0)..=(f, u32::MAX));
            let mut score = 0.0;
            let mut best: Option<(f64, Span<Folded>)> = None;
            for ((_, c), tally) in cues {
                let cue = &fact.cues[*c as usize];
                score += cue.weight * f64::from(tally.count.min(cue.most));
                let better = best.is_none_or(|(w, s)| cue.weight > w || (cue.weight >= w && tally.sign < s));
                if better && cue.weight > 0.0 {
                    best = Some((cue.weight, tally.sign));
                }
            }
            if score >= fact.threshold
                && let Some((_, sign)) = best
            {
                held.push(Held { group: fact.group, id: fact.id.clone(), score, sign });
            }
        }
        held.sort_by(|a, b| {
            (a.group, &b.score, &a.id)
                .partial_cmp(&(b.group, &a.score, &b.id))
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        let score = |id: &str| {
            held.iter().find(|h| h.group == FactGroup::Kind && h.id == id).map_or(0.0, |h| h.score)
        };
        let contract = score(Kind::Contract.id()) > score(Kind::Marketing.id());
        let detected = if contract { Kind::Contract } else { Kind::Marketing };
        let genre = held.iter().find(|h| h.group == FactGroup::Genre).map(|h| h.id.clone());
        let named = scans.iter().zip(&text.paragraphs);
        let named = named.flat_map(|((_, scan), p)| scan.named(text.slice(*p), &self.lexicon.roles));
        Facts {
            kind: settings.kind.unwrap_or(detected),
            genre,
            held,
            parties: facts::parties(named, &self.lexicon.roles),
        }
    }

    fn apply_ignores(&self, doc: &Document, settings: &Settings, findings: &mut Vec<Finding>) {
        for ignore in ignore::parse(doc) {
            let expired = matches!(ignore.until, Some(Ok(day)) if day < settings.as_of);
            let invalid =
                matches!(ignore.until, Some(Err(_))) || ignore.reason.is_empty() || ignore.rules.is_empty();
            let own = if expired {
                Some(&self.own.expired)
            } else if invalid {
                Some(&self.own.invalid)
            } else if self.silence(&ignore, settings, findings) {
                None
            } else {
                Some(&self.own.unused)
            };
            if let Some((rule, severity)) = own.and_then(|r| Some((r, settings.severity(r, r.verdict)?))) {
                findings.push(Finding {
                    rule: rule.clone(),
                    span: ignore.at,
                    verdict: rule.verdict,
                    severity,
                    message: rule.message.clone(),
                    basis: Arc::default(),
                    clause: None,
                    evasive: false,
                    related: Vec::new(),
                    fixes: Vec::new(),
                    waived: None,
                });
            }
        }
    }

    /// Waives what an ignore covers; false if it is of no use.
    fn silence(&self, ignore: &ignore::Ignore, settings: &Settings, findings: &mut [Finding]) -> bool {
        let mut used = false;
        for f in findings {
            let covered = ignore.covers.overlaps(f.span) || ignore.covers.covers(f.span);
            if f.waived.is_none() && covered && ignore.names(&f.rule.id) {
                let title = Bilingual { zh: ignore.reason.clone(), en: String::new() };
                f.waived = Some(Waiver { by: "ignore".into(), title, basis: Arc::default() });
                used = true;
            }
        }
        // A known rule that did not run (`--select`) must not make its ignore look unused.
        let mut named = self.rules.iter().filter(|r| ignore.names(&r.id)).peekable();
        let idle = named.peek().is_some() && !named.any(|r| settings.severity(r, r.verdict).is_some());
        used || idle
    }
}

/// One check of one document.
struct Run<'a> {
    linter: &'a Linter,
    text: &'a Text<'a>,
    facts: &'a Facts,
    settings: &'a Settings,
    /// Paragraphs: where they start, and what was found in them.
    scans: &'a [(u32, Arc<Scan>)],
    memory: RefCell<&'a mut Memory>,
    /// The stretches around the hit that was asked about last.
    regions: RefCell<Regions>,
    /// By the address of the list that names them.
    exemptions: RefCell<FxHashMap<usize, Rc<[&'a Context]>>>,
    /// By the place of the list in the lexicon.
    citations: RefCell<FxHashMap<ListPlace, Arc<[Citation]>>>,
    /// Set when something was asked about words further away than the neighbouring paragraphs.
    far: Cell<bool>,
    findings: Vec<Finding>,
}

/// A hit and the stretches around it that are known: dozens of probes ask about each hit.
#[derive(Debug, Default)]
struct Regions {
    hit: Option<Span<Folded>>,
    known: Vec<(Within, Rc<[Span<Folded>]>)>,
}

/// An exemption and, if it rests on words, where they are.
type Waived = (Waiver, Option<Span<Folded>>);

/// A pattern of a matcher of a rule.
type Watching<'a> = (&'a Arc<Rule>, &'a Matcher, &'a Pattern);

/// Where the wordings of requirements may stand: by rule and list, paragraph and place in its scan.
type Said = FxHashMap<(u32, u32), Vec<(usize, usize)>>;

/// Where the patterns that checks look for may be: as [`Said`], by the pattern's address.
type Looked = FxHashMap<usize, Vec<(usize, usize)>>;

/// Address and length of a list of the lexicon.
type ListPlace = (usize, usize);

/// What a rule's requirement asks of the document.
struct Asked<'a> {
    said: &'a Said,
    rule: u32,
}

/// What fills a message's `{…}`.
pub(crate) type Values = BTreeMap<&'static str, String>;

impl<'a> Run<'a> {
    fn applies(&self, a: &Applies) -> bool {
        let s = self.settings;
        (a.kinds.is_empty() || a.kinds.contains(&self.facts.kind))
            && (a.channels.is_empty() || a.channels.contains(&s.channel))
            && (a.products.is_empty() || a.products.iter().any(|p| self.facts.product(p).is_some()))
            && a.since.is_none_or(|d| d <= s.as_of)
            && a.until.is_none_or(|d| s.as_of < d)
    }

    fn active(&self, rule: &Rule) -> bool {
        // A rule whose every article is not yet or no longer in force has nothing to stand on.
        self.applies(&rule.applies)
            && self.settings.severity(rule, rule.verdict).is_some()
            && rule
                .basis
                .iter()
                .filter_map(|b| self.linter.lexicon.law.get(b))
                .any(|a| a.in_force(self.settings.as_of))
    }

    fn matches(&mut self) {
        let active: Vec<bool> = self.linter.rules.iter().map(|r| self.active(r)).collect();
        self.memory.borrow_mut().stand_on(Grounds::new(active.clone(), self.facts, self.settings));
        let index = &self.linter.index;
        // Whether a watch stands for a matcher that applies here is the same wherever it is woken.
        let mut idle = vec![false; index.watches.len()];
        let mut wide = vec![0u8; index.watches.len()];
        for (i, (start, scan)) in self.scans.iter().enumerate() {
            for (watch, sets) in &scan.wide {
                wide[*watch as usize] |= sets;
            }
            let surroundings = Surroundings::key(self.scans, &self.text.paragraphs, i);
            let known = surroundings.as_ref().and_then(|s| self.memory.borrow_mut().rulings(s));
            if let Some(known) = known {
                self.again(i, &known, &active);
                continue;
            }
            let mut rulings: Vec<Ruled> = Vec::new();
            let mut open = false;
            for (j, woken) in scan.of(Asker::Matches) {
                if idle[woken.watch as usize] {
                    continue;
                }
                let watched = index.watches[woken.watch as usize];
                let Some((rule, matcher, pattern)) = self.matcher(watched.what, &active) else {
                    idle[woken.watch as usize] = true;
                    continue;
                };
                let paragraph = self.text.slice(self.text.paragraphs[i]);
                for (k, (stretch, found)) in
                    woken.found(paragraph, watched.within, pattern).iter().enumerate()
                {
                    self.far.set(false);
                    let judged = self.judge(rule, matcher, stretch.shifted(*start), found, *start);
                    open |= self.far.get();
                    let ruling = if self.far.get() { Ruling::Open(judged) } else { Ruling::of(judged) };
                    rulings.push((j as u32, k as u32, ruling));
                }
            }
            rulings.retain(|(.., r)| !matches!(r, Ruling::Nothing));
            // Where all is known, so is which of them say the same.
            if !open {
                self.once(scan, &mut rulings);
            }
            for (j, _, ruling) in &rulings {
                if let Ruling::Open(Some(judged)) | Ruling::Stands(judged) = ruling {
                    let what = index.watches[scan.woken[*j as usize].watch as usize].what;
                    if let Some((rule, matcher, _)) = self.matcher(what, &active) {
                        self.stand(rule, matcher, judged.clone(), *start);
                    }
                }
            }
            if let Some(surroundings) = surroundings {
                let scans = Surroundings::of(self.scans, i);
                self.memory.borrow_mut().rule(surroundings, scans, rulings);
            }
        }
        for (watched, sets) in index.watches.iter().zip(wide) {
            if sets != 0
                && sets == watched.sets
                && let Some((rule, matcher, pattern)) = self.matcher(watched.what, &active)
            {
                for found in pattern.found_iter(self.text.str()) {
                    if let Some(judged) = self.judge(rule, matcher, self.text.whole(), &found, 0) {
                        self.stand(rule, matcher, judged, 0);
                    }
                }
            }
        }
    }

    /// Leaves out what [`settle`] would, in the same way: most words that break a rule do so by
    /// several of its patterns.
    fn once(&self, scan: &Scan, rulings: &mut Vec<Ruled>) {
        struct Found {
            rule: u32,
            waived: bool,
            hit: (u32, u32),
            verdict: Verdict,
        }
        let found = |(j, _, ruling): &Ruled| {
            let what = self.linter.index.watches[scan.woken[*j as usize].watch as usize].what;
            let (Watch::Match { rule, matcher, .. }, Ruling::Stands(judged)) = (what, ruling) else {
                return None;
            };
            let r = &self.linter.rules[rule as usize];
            let verdict = r.matchers.get(matcher as usize).and_then(|m| m.verdict).unwrap_or(r.verdict);
            Some(Found { rule, waived: judged.waived.is_some(), hit: judged.hit, verdict })
        };
        let Some(found) = rulings.iter().map(found).collect::<Option<Vec<_>>>() else { return };
        let mut order: Vec<usize> = (0..found.len()).collect();
        order.sort_by_key(|&i| {
            let f = &found[i];
            (f.rule, f.waived, f.hit.0, std::cmp::Reverse(f.hit.1))
        });
        let mut kept: Vec<usize> = Vec::new();
        for i in order {
            let f = &found[i];
            let same = |o: &&mut usize| {
                let o = &found[**o];
                o.rule == f.rule && ((o.hit.0 < f.hit.1 && f.hit.0 < o.hit.1) || o.hit == f.hit)
            };
            if let Some(o) = kept.iter_mut().rev().take(8).find(same) {
                if found[*o].waived == f.waived && f.verdict > found[*o].verdict {
                    *o = i;
                }
                continue;
            }
            kept.push(i);
        }
        kept.sort_unstable();
        let mut i = 0;
        rulings.retain(|_| {
            i += 1;
            kept.binary_search(&(i - 1)).is_ok()
        });
    }

    /// What is known of a paragraph, at the place where it stands now.
    fn again(&mut self, i: usize, rulings: &[Ruled], active: &[bool]) {
        let (start, scan) = &self.scans[i];
        for (j, k, ruling) in rulings {
            let woken = &scan.woken[*j as usize];
            let watched = self.linter.index.watches[woken.watch as usize];
            let Some((rule, matcher, pattern)) = self.matcher(watched.what, active) else { continue };
            let judged = match ruling {
                Ruling::Nothing => None,
                Ruling::Stands(judged) => Some(judged.clone()),
                Ruling::Open(_) => {
                    let paragraph = self.text.slice(self.text.paragraphs[i]);
                    let found = woken.found(paragraph, watched.within, pattern).get(*k as usize);
                    found.and_then(|(stretch, found)| {
                        self.judge(rule, matcher, stretch.shifted(*start), found, *start)
                    })
                }
            };
            if let Some(judged) = judged {
                self.stand(rule, matcher, judged, *start);
            }
        }
    }

    /// Sentences that no rule says anything about, but that look like one that breaks a rule.
    fn likeness(&mut self) {
        // A text that neither sells nor lays down terms has to look the part by far.
        const STRANGER: f32 = 0.2;
        let model = &self.linter.lexicon.model;
        let least = model.least(self.text.sentences.len()) + if self.kind_told() { 0.0 } else { STRANGER };
        let mut judged: Vec<Span<Source>> = self.findings.iter().map(|f| f.span).collect();
        judged.sort_unstable();
        for ((start, scan), paragraph) in self.scans.iter().zip(&self.text.paragraphs) {
            for like in scan.alike(self.text.slice(*paragraph), model).iter().filter(|l| l.score >= least) {
                let sentence = self.text.source(like.sentence.shifted(*start));
                // Findings are short, so those that reach into the sentence begin not far before it.
                let from = judged.partition_point(|s| s.start < sentence.start.saturating_sub(2048));
                let near = judged[from..].iter().take_while(|s| s.start < sentence.end);
                if near.clone().any(|s| s.overlaps(sentence)) {
                    continue;
                }
                let rules = &self.linter.lexicon.rules;
                let mut likely = like.rules.iter().filter_map(|c| rules.get(model.rule(*c)));
                // What the sentence looks like does not depend on which rules were asked for.
                let Some(rule) = likely.find(|r| self.applies(&r.applies)) else { continue };
                if !self.active(rule) {
                    continue;
                }
                let hit = like.words.shifted(*start);
                // An exemption looks before, after or inside a short hit; this one is long, so its
                // ends stand for it as well.
                let waived = self.ends(hit).into_iter().find_map(|h| self.waiver(h, rule, &[]));
                let before = self.findings.len();
                let message = Bilingual {
                    zh: format!("“{{match}}”：说法近似“{}”（由整句判断，请人工核对）", rule.title.zh),
                    en: format!(
                        "“{{match}}”: reads like {} (judged by the whole sentence; please check)",
                        rule.title.get(true)
                    ),
                };
                self.push(rule, hit, rule.verdict, &message, &rule.basis, &[], Values::new(), waived);
                // Likeness is no proof: it never fails a gate as an error.
                for f in &mut self.findings[before..] {
                    f.severity = f.severity.min(Severity::Warning);
                }
            }
        }
    }

    /// Whether the user, the tone or a product says that this is marketing copy or a contract. A
    /// text of which none does (news, a story) counts as copy only for want of a better word.
    fn kind_told(&self) -> bool {
        const TOLD: f64 = 0.5;
        let kind = self.facts.kind.id();
        let tells = |h: &Held| h.group == FactGroup::Product || (h.group == FactGroup::Kind && h.id == kind);
        self.settings.kind.is_some() || self.facts.held.iter().any(|h| tells(h) && h.score >= TOLD)
    }

    /// A stretch, and the few characters at its end and at its start.
    fn ends(&self, hit: Span<Folded>) -> [Span<Folded>; 3] {
        const FEW: usize = 4;
        let text = self.text.slice(hit);
        let last = text.char_indices().rev().nth(FEW - 1).map_or(0, |(i, _)| i as u32);
        let first = text.char_indices().nth(FEW).map_or(text.len(), |(i, _)| i) as u32;
        [hit, Span::new(hit.start + last, hit.end), Span::new(hit.start, hit.start + first)]
    }

    /// The matcher that a watch stands for, if it is one that applies here.
    fn matcher(&self, watch: Watch, active: &[bool]) -> Option<Watching<'a>> {
        let Watch::Match { rule, matcher, pattern } = watch else { return None };
        let r = &self.linter.rules[rule as usize];
        let m = &r.matchers[matcher as usize];
        (active[rule as usize] && self.applies(&m.applies)).then(|| (r, m, &m.patterns[pattern as usize]))
    }

    /// Whether a match is a finding; `from` is the start of its paragraph.
    fn judge(
        &self,
        rule: &Arc<Rule>,
        matcher: &Matcher,
        stretch: Span<Folded>,
        found: &Found,
        from: u32,
    ) -> Option<Judged> {
        let whole = found.name("hit").or_else(|| found.get(0)).filter(|m| !m.is_empty())?;
        let place = |m: &Range<usize>| Span::<Folded>::of(m).shifted(stretch.start);
        let group = |name: &str| if name.is_empty() { found.get(0) } else { found.name(name) };
        let words = |name: &str| Some(&self.text.slice(stretch)[group(name)?]);
        let hit = place(&whole);
        let roles = &self.linter.lexicon.roles;
        for role in [crate::rule::Role::Drafter, crate::rule::Role::Consumer, crate::rule::Role::Third] {
            if let Some(name) = words(role.id())
                && self.facts.role_of(name, roles).is_some_and(|r| r != role)
            {
                return None;
            }
        }
        if matcher.actor.is_some_and(|role| self.actor(hit).is_some_and(|r| r != role)) {
            return None;
        }
        if let Some(except) = &matcher.except
            && self.covered(hit, self.text.sentence(hit), except)
        {
            return None;
        }
        if !matcher.near.iter().all(|p| self.holds(hit, p))
            || matcher.absent.iter().any(|p| self.holds(hit, p))
        {
            return None;
        }
        let mut values = Values::new();
        if !matcher.numbers.iter().all(|n| number_holds(n, &words, &mut values)) {
            return None;
        }
        let sentence = self.text.sentence(hit);
        if matcher.boundary {
            let inner = (hit.start - sentence.start) as usize..(hit.end - sentence.start) as usize;
            if !on_boundaries(&self.linter.segmenter, self.text.slice(sentence), inner) {
                return None;
            }
        }
        for t in &matcher.tags {
            if let Some(g) = found.name(&t.group)
                && !self.tagged(place(&g), sentence, &t.tags)
            {
                return None;
            }
        }
        let place = |s: Span<Folded>| (s.start.wrapping_sub(from), s.end.wrapping_sub(from));
        let waived = self.waiver(hit, rule, &matcher.unless).map(|(w, words)| (w, words.map(place)));
        Some(Judged { hit: place(hit), values, waived })
    }

    fn stand(&mut self, rule: &Arc<Rule>, matcher: &Matcher, judged: Judged, from: u32) {
        let place = |(start, end): (u32, u32)| Span::new(start.wrapping_add(from), end.wrapping_add(from));
        let verdict = matcher.verdict.unwrap_or(rule.verdict);
        let message = matcher.message.as_ref().unwrap_or(&rule.message);
        let basis = if matcher.basis.is_empty() { &rule.basis } else { &matcher.basis };
        let fixes = if matcher.fixes.is_empty() { &rule.fixes } else { &matcher.fixes };
        let waived = judged.waived.map(|(w, words)| (w, words.map(place)));
        self.push(rule, place(judged.hit), verdict, message, basis, fixes, judged.values, waived);
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one call site for each kind of finding; a struct would be filled once and read once"
    )]
    fn push(
        &mut self,
        rule: &Arc<Rule>,
        hit: Span<Folded>,
        verdict: Verdict,
        message: &Bilingual,
        basis: &[String],
        fixes: &[FixSpec],
        mut values: Values,
        waived: Option<Waived>,
    ) {
        let Some(severity) = self.settings.severity(rule, verdict) else { return };
        let span = self.text.source(hit);
        let words = span.text(self.text.doc.source()).split_whitespace().collect::<Vec<_>>().join(" ");
        values.insert("match", words);
        let evasive = self.text.folded.is_evasive(hit);
        let mut message = Bilingual { zh: fill(&message.zh, &values), en: fill(&message.en, &values) };
        if evasive {
            message.zh += "（规避写法）";
            if !message.en.is_empty() {
                message.en += " (evasive spelling)";
            }
        }
        let fixes = fixes.iter().map(|f| self.fix(f, hit, &values)).collect();
        self.findings.push(Finding {
            rule: rule.clone(),
            span,
            verdict,
            severity,
            message,
            basis: self.citations(basis),
            clause: self.text.citation(hit.start),
            evasive,
            related: waived.as_ref().and_then(|(_, s)| *s).map_or_else(Vec::new, |s| {
                let note =
                    Bilingual { zh: "豁免所依据的文字".into(), en: "the exempting words".into() };
                vec![Related { span: self.text.source(s), note }]
            }),
            fixes,
            waived: waived.map(|(w, _)| w),
        });
    }

    /// The articles of a list that are in force: worked out once a check for each list.
    fn citations(&self, ids: &[String]) -> Arc<[Citation]> {
        let mut known = self.citations.borrow_mut();
        let law = |id: &String| {
            self.linter.lexicon.law.get(id).filter(|a| a.in_force(self.settings.as_of)).cloned()
        };
        known
            .entry((ids.as_ptr().addr(), ids.len()))
            .or_insert_with(|| ids.iter().filter_map(law).collect())
            .clone()
    }

    fn fix(&self, spec: &FixSpec, hit: Span<Folded>, values: &Values) -> Fix {
        let mut edits = Vec::new();
        if let Some(new) = &spec.replace {
            edits.push(Edit { span: self.text.source(hit), text: fill(new, values) });
        }
        if let Some(new) = &spec.insert {
            edits.push(self.insertion(&fill(new, values), hit, spec.after));
        }
        let title = if spec.title.zh.is_empty() {
            let words = edits.first().map_or("", |e| e.text.trim());
            let (zh, en) =
                if spec.replace.is_some() { ("改为", "Replace with") } else { ("补充", "Add") };
            Bilingual { zh: format!("{zh}“{words}”"), en: format!("{en} “{words}”") }
        } else {
            Bilingual { zh: fill(&spec.title.zh, values), en: fill(&spec.title.en, values) }
        };
        Fix { title, edits, safety: spec.safety }
    }

    fn insertion(&self, new: &str, hit: Span<Folded>, after: InsertAt) -> Edit {
        let (at, own_paragraph) = match after {
            InsertAt::Hit => (hit.end, false),
            InsertAt::Sentence => (self.text.sentence(hit).end, false),
            InsertAt::Paragraph => (self.text.paragraph(hit).end, true),
            InsertAt::Clauses => {
                let last = self.text.last_clause_end().filter(|_| self.text.citation(hit.start).is_none());
                (last.filter(|end| *end > hit.end).unwrap_or_else(|| self.text.paragraph(hit).end), true)
            }
            InsertAt::Document => (self.text.whole().end, true),
        };
        // The place right after the last character, so that closing markup stays behind it.
        let at = self.text.source(Span::new(at.saturating_sub(1).max(hit.start), at)).end;
        let text = match self.text.doc.format() {
            _ if !own_paragraph => new.to_owned(),
            Format::Markdown => format!("\n\n{new}"),
            Format::Html => format!("<br>{new}"),
            _ => format!("\n{new}"),
        };
        let text = if own_paragraph { text } else { new.to_owned() };
        Edit { span: Span::new(at, at), text }
    }

    /// The stretches that `within` names, seen from a hit.
    fn region(&self, hit: Span<Folded>, within: Within) -> Rc<[Span<Folded>]> {
        if matches!(within, Within::Section | Within::Document | Within::Heading) {
            self.far.set(true);
        }
        let mut regions = self.regions.borrow_mut();
        if regions.hit != Some(hit) {
            regions.hit = Some(hit);
            regions.known.clear();
        }
        if let Some((_, known)) = regions.known.iter().find(|(w, _)| *w == within) {
            return known.clone();
        }
        let found: Rc<[Span<Folded>]> = self.text.region(hit, within).into();
        regions.known.push((within, found.clone()));
        found
    }

    /// Whether a probe holds, and on which words.
    fn holds(&self, hit: Span<Folded>, p: &Probe) -> bool {
        self.probe(hit, p).is_some()
    }

    fn probe(&self, hit: Span<Folded>, p: &Probe) -> Option<Span<Folded>> {
        if !p.products.is_empty() {
            self.far.set(true);
        }
        if let Some(product) = p.products.iter().find_map(|id| self.facts.product(id)) {
            return Some(product.sign);
        }
        for &region in &*self.region(hit, p.within) {
            let parts: &[Span<Folded>] = match p.side {
                Side::Any | Side::Cover => &[region],
                Side::Before => &[Span::new(region.start.min(hit.start), hit.start)],
                Side::After => &[Span::new(hit.end, region.end.max(hit.end))],
                Side::Inside => &[hit],
                Side::Rest => &[
                    Span::new(region.start.min(hit.start), hit.start),
                    Span::new(hit.end, region.end.max(hit.end)),
                ],
            };
            for part in parts {
                let covering = (p.side == Side::Cover).then_some(hit).filter(|_| part.covers(hit));
                if p.side == Side::Cover && covering.is_none() {
                    continue;
                }
                let words = self.ask(std::ptr::from_ref(p).addr(), *part, covering, || {
                    let haystack = self.text.slice(*part);
                    let mut found = p.pattern.find_iter(haystack).map(|m| Span::of(&m).shifted(part.start));
                    let found = found.find(|m: &Span<Folded>| covering.is_none_or(|hit| m.covers(hit)))?;
                    (!p.but.as_ref().is_some_and(|b| b.is_match(haystack))).then_some(found)
                });
                if words.is_some() {
                    return words;
                }
            }
        }
        None
    }

    /// The first match of a pattern in a stretch.
    fn find(&self, pattern: &Pattern, stretch: Span<Folded>) -> Option<Span<Folded>> {
        self.ask(std::ptr::from_ref(pattern).addr(), stretch, None, || {
            pattern.find(self.text.slice(stretch)).map(|m| Span::of(&m).shifted(stretch.start))
        })
    }

    /// Asks the memory.
    fn ask(
        &self,
        question: usize,
        stretch: Span<Folded>,
        hit: Option<Span<Folded>>,
        answer: impl FnOnce() -> Option<Span<Folded>>,
    ) -> Option<Span<Folded>> {
        self.memory.borrow_mut().ask(question, self.text.str(), stretch, hit, answer)
    }

    /// Whether a longer word of `except` contains the hit.
    fn covered(&self, hit: Span<Folded>, region: Span<Folded>, except: &Pattern) -> bool {
        except.find_iter(self.text.slice(region)).any(|m| Span::of(&m).shifted(region.start).covers(hit))
    }

    /// The role of the last party named before the hit, or at its start.
    fn actor(&self, hit: Span<Folded>) -> Option<crate::rule::Role> {
        let roles = &self.linter.lexicon.roles;
        let party = roles.party.as_ref()?;
        let sentence = self.text.sentence(hit);
        let named = self.ask(std::ptr::from_ref(party).addr(), sentence, Some(hit), || {
            let mentions = party.find_iter(self.text.slice(sentence));
            let mentions: Vec<Span<Folded>> =
                mentions.map(|m| Span::of(&m).shifted(sentence.start)).collect();
            let first_inside = mentions.iter().find(|m| hit.covers(**m));
            let last_before = mentions.iter().rev().find(|m| m.end <= hit.start);
            last_before.or(first_inside).copied()
        })?;
        self.facts.role_of(self.text.slice(named), roles)
    }

    /// Whether the word at the place has one of the tags.
    fn tagged(&self, word: Span<Folded>, sentence: Span<Folded>, tags: &[String]) -> bool {
        let tokens = self.linter.segmenter.tokens(self.text.slice(sentence));
        let at = word.start - sentence.start;
        (tokens.iter())
            .find(|t| t.start <= at && at < t.start + t.text.len() as u32)
            .is_none_or(|t| tags.iter().any(|g| t.tag.starts_with(g.as_str())))
    }

    /// The exemption that covers a hit, with the words it rests on.
    fn waiver(&self, hit: Span<Folded>, rule: &Rule, more: &[String]) -> Option<Waived> {
        if let Some(genre) = self.facts.genre.as_ref().filter(|_| !rule.everywhere) {
            let fact =
                self.linter.lexicon.facts.iter().find(|f| f.group == FactGroup::Genre && &f.id == genre);
            let title = fact.map_or_else(Bilingual::default, |f| f.title.clone());
            return Some((Waiver { by: format!("genre/{genre}"), title, basis: Arc::default() }, None));
        }
        let (more, unless) = (self.flatten(more), self.flatten(&rule.unless));
        let (context, words) = (more.iter().chain(&*unless).copied())
            .flat_map(|c| c.when.iter().map(move |p| (c, p)))
            .find_map(|(c, p): (&Context, &Probe)| self.probe(hit, p).map(|words| (c, words)))?;
        let basis = self.citations(&context.basis);
        Some((Waiver { by: context.id.clone(), title: context.title.clone(), basis }, Some(words)))
    }

    /// The exemptions that a rule names, with those they stand for: worked out once a check, for
    /// every hit asks.
    fn flatten(&self, ids: &[String]) -> Rc<[&'a Context]> {
        let mut exemptions = self.exemptions.borrow_mut();
        let known = exemptions.entry(ids.as_ptr().addr());
        known.or_insert_with(|| self.linter.lexicon.flatten(ids).into()).clone()
    }

    fn requirements(&mut self) {
        let mut triggered: BTreeMap<u32, Vec<Span<Folded>>> = BTreeMap::new();
        let mut said = Said::default();
        // Most documents owe few of the disclosures that they use words of.
        let held = |q: &Requirement| {
            q.products.is_empty() || q.products.iter().any(|p| self.facts.product(p).is_some())
        };
        let due = |rule: &Arc<Rule>| rule.require.as_ref().is_some_and(held) && self.active(rule);
        let due: Vec<bool> = self.linter.rules.iter().map(due).collect();
        for (i, (start, scan)) in self.scans.iter().enumerate() {
            let paragraph = self.text.slice(self.text.paragraphs[i]);
            for (j, woken) in scan.of(Asker::Requirements) {
                let watched = self.linter.index.watches[woken.watch as usize];
                let (r, when) = match watched.what {
                    Watch::Trigger { rule, .. } | Watch::Said { rule, .. } if !due[rule as usize] => continue,
                    Watch::Trigger { rule, when } => (rule, when),
                    Watch::Said { rule, list, .. } => {
                        said.entry((rule, list)).or_default().push((i, j));
                        continue;
                    }
                    _ => continue,
                };
                let require = self.linter.rules[r as usize].require.as_ref();
                let Some(t) = require.and_then(|q| q.when.get(when as usize)) else { continue };
                for (stretch, found) in woken.found(paragraph, watched.within, &t.pattern) {
                    let Some(m) = found.name("hit").or_else(|| found.get(0)) else { continue };
                    let hit = Span::of(&m).shifted(stretch.start + start);
                    if t.near.iter().all(|p| self.holds(hit, p))
                        && !t.absent.iter().any(|p| self.holds(hit, p))
                    {
                        triggered.entry(r).or_default().push(hit);
                    }
                }
            }
        }
        for (r, rule) in self.linter.rules.iter().enumerate() {
            let Some(q) = &rule.require else { continue };
            let asked = Asked { said: &said, rule: r as u32 };
            if !self.active(rule) || self.is_said(&asked, 0, &q.absent, self.text.whole()) {
                continue;
            }
            let product = q.products.iter().filter_map(|p| self.facts.product(p)).map(|h| h.sign).min();
            if product.is_none() && !q.products.is_empty() {
                continue;
            }
            let mut hits = triggered.remove(&(r as u32)).unwrap_or_default();
            if q.when.is_empty() {
                hits.extend(product);
            }
            hits.sort_unstable();
            self.require(rule, q, &asked, &hits);
        }
    }

    /// Whether one of a list of wordings stands in a scope, inside one paragraph.
    fn is_said(&self, asked: &Asked, list: u32, patterns: &[Pattern], scope: Span<Folded>) -> bool {
        let woken = asked.said.get(&(asked.rule, list)).into_iter().flatten();
        let mut woken = woken.filter(|(i, _)| self.text.paragraphs[*i].overlaps(scope));
        woken.any(|(i, j)| {
            let (start, scan) = &self.scans[*i];
            let woken = &scan.woken[*j];
            let watched = self.linter.index.watches[woken.watch as usize];
            let Watch::Said { pattern, .. } = watched.what else { return false };
            let paragraph = self.text.slice(self.text.paragraphs[*i]);
            let found = woken.found(paragraph, watched.within, &patterns[pattern as usize]);
            let places =
                found.iter().filter_map(|(stretch, f)| Some(Span::of(&f.get(0)?).shifted(stretch.start)));
            places.map(|s| s.shifted(*start)).any(|s| scope.covers(s))
        }) || patterns.iter().any(|p| p.anchors().is_empty() && p.is_match(self.text.slice(scope)))
    }

    fn require(&mut self, rule: &Arc<Rule>, q: &Requirement, asked: &Asked, hits: &[Span<Folded>]) {
        let mut judged: BTreeSet<Span<Folded>> = BTreeSet::new();
        let mut waived_in: BTreeMap<Span<Folded>, (Span<Folded>, Waived)> = BTreeMap::new();
        for hit in hits {
            let Some(scope) = self.text.region(*hit, q.scope).into_iter().next() else { continue };
            if judged.contains(&scope) {
                continue;
            }
            // A trigger that is itself exempt (denied, quoted) does not make anything due, but
            // another one in the same scope may.
            if let Some(waived) = self.waiver(*hit, rule, &[]) {
                waived_in.entry(scope).or_insert((*hit, waived));
                continue;
            }
            judged.insert(scope);
            waived_in.remove(&scope);
            let missing = self.missing(q, asked, scope);
            if !missing.is_empty() {
                let more = self.due_to(q, *hit, hits, scope);
                self.push_missing(rule, *hit, &missing, more, None);
            }
        }
        for (scope, (hit, waived)) in waived_in {
            let missing = self.missing(q, asked, scope);
            if !missing.is_empty() {
                self.push_missing(rule, hit, &missing, Vec::new(), Some(waived));
            }
        }
    }

    /// What else makes a disclosure due, beside the words that it is reported at: the sign of the
    /// product, and other triggers in the same scope.
    fn due_to(
        &self,
        q: &Requirement,
        hit: Span<Folded>,
        hits: &[Span<Folded>],
        scope: Span<Folded>,
    ) -> Vec<Related> {
        const MOST: usize = 3;
        let product = q.products.iter().filter_map(|p| self.facts.product(p)).min_by_key(|h| h.sign);
        let sign = product.filter(|h| !h.sign.overlaps(hit)).map(|held| {
            let title = self.linter.title_of(held);
            let note = Bilingual {
                zh: format!("据此认为涉及{}", title.zh),
                en: format!("a sign of: {}", title.get(true)),
            };
            Related { span: self.text.source(held.sign), note }
        });
        let others = hits.iter().filter(|h| scope.covers(**h) && !h.overlaps(hit)).map(|h| Related {
            span: self.text.source(*h),
            note: Bilingual {
                zh: "此处同样触发这一要求".into(), en: "makes it due as well".into()
            },
        });
        sign.into_iter().chain(others).take(MOST).collect()
    }

    fn missing<'q>(
        &self,
        q: &'q Requirement,
        asked: &Asked,
        scope: Span<Folded>,
    ) -> Vec<&'q crate::rule::Say> {
        let lists: Vec<&[Pattern]> = index::lists(q).collect();
        let is_said = |list: usize, scope| self.is_said(asked, list as u32, lists[list], scope);
        let due = (q.say.iter().enumerate())
            .filter(|(i, s)| s.due.is_none() || is_said(1 + i * 2, self.text.whole()));
        let (said, missing): (Vec<_>, Vec<_>) = due.partition(|(i, _)| is_said(2 + i * 2, scope));
        if q.need > 0 && said.len() >= q.need {
            return Vec::new();
        }
        missing.into_iter().map(|(_, s)| s).collect()
    }

    fn push_missing(
        &mut self,
        rule: &Arc<Rule>,
        hit: Span<Folded>,
        missing: &[&crate::rule::Say],
        related: Vec<Related>,
        waived: Option<Waived>,
    ) {
        let mut values = Values::new();
        let names =
            |en: bool, sep: &str| missing.iter().map(|s| s.name.get(en)).collect::<Vec<_>>().join(sep);
        values.insert("missing", names(false, "、"));
        values.insert("missing_en", names(true, ", "));
        let statements: Vec<&str> =
            missing.iter().map(|s| s.insert.zh.as_str()).filter(|s| !s.is_empty()).collect();
        let mut fixes = rule.fixes.clone();
        if !statements.is_empty() {
            fixes.push(FixSpec {
                title: Bilingual {
                    zh: format!("补充：{}", names(false, "、")),
                    en: format!("Add: {}", names(true, ", ")),
                },
                replace: None,
                insert: Some(statements.concat()),
                // What a contract lacks is a clause, and does not follow the title that triggered it.
                after: if self.facts.kind == Kind::Contract {
                    InsertAt::Clauses
                } else {
                    InsertAt::Paragraph
                },
                safety: Safety::Suggestion,
            });
        }
        let before = self.findings.len();
        self.push(rule, hit, rule.verdict, &rule.message, &rule.basis, &fixes, values, waived);
        if let Some(f) = self.findings.get_mut(before) {
            f.related.extend(related);
        }
    }

    /// Where the patterns that checks look for may be: by pattern (its address), paragraph and
    /// place in its scan.
    fn looked(&self) -> Looked {
        let rules = self.linter.rules.iter().enumerate();
        let active = rules.filter(|(_, r)| r.check.is_some() && self.active(r));
        let looks: FxHashMap<u32, Vec<&Pattern>> =
            active.map(|(i, r)| (i as u32, r.check.as_ref().map_or_else(Vec::new, index::looks))).collect();
        let defines = &self.linter.lexicon.contract.defines;
        let mut out = Looked::default();
        for (i, (_, scan)) in self.scans.iter().enumerate() {
            for (j, woken) in scan.of(Asker::Checks) {
                let pattern = match self.linter.index.watches[woken.watch as usize].what {
                    Watch::Look { rule, pattern } => {
                        looks.get(&rule).and_then(|l| l.get(pattern as usize)).copied()
                    }
                    Watch::Define { pattern } => defines.get(pattern as usize),
                    _ => None,
                };
                if let Some(pattern) = pattern {
                    out.entry(std::ptr::from_ref(pattern).addr()).or_default().push((i, j));
                }
            }
        }
        out
    }

    /// All matches of a pattern in the paragraphs of the text.
    fn look(&self, pattern: &Pattern, looked: &Looked) -> Vec<Captures<'a>> {
        // Nothing wakes a pattern that has no anchors.
        if pattern.anchors().is_empty() {
            return contract::captures(self.text, pattern);
        }
        let mut out = Vec::new();
        for &(i, j) in looked.get(&std::ptr::from_ref(pattern).addr()).into_iter().flatten() {
            let (start, scan) = &self.scans[i];
            let paragraph = self.text.slice(self.text.paragraphs[i]);
            for (stretch, found) in scan.woken[j].found(paragraph, Within::Paragraph, pattern) {
                out.push(Captures::known(self.text.str(), stretch.start + start, found));
            }
        }
        out
    }

    fn checks(&mut self) {
        let active = |r: &&Arc<Rule>| r.check.is_some() && self.active(r);
        let rules: Vec<&Arc<Rule>> = self.linter.rules.iter().filter(active).collect();
        let cues = &self.linter.lexicon.contract;
        let looked = self.looked();
        for rule in rules {
            let Some(check) = &rule.check else { continue };
            let find: checks::Find = &|p, stretch| self.find(p, stretch);
            let look: checks::Look = &|p| self.look(p, &looked);
            for hit in checks::run(check, self.text, cues, find, look) {
                let waived = self.waiver(hit.at, rule, &[]);
                let values = hit.values.into_iter().collect();
                self.push(
                    rule,
                    hit.at,
                    rule.verdict,
                    &rule.message,
                    &rule.basis,
                    &rule.fixes,
                    values,
                    waived,
                );
            }
        }
    }
}

fn number_holds<'t>(test: &NumberTest, group: &dyn Fn(&str) -> Option<&'t str>, values: &mut Values) -> bool {
    let Some(value) = measure::take(test.measure, &test.group, group) else { return test.or_unknown };
    let (name, shown) = match test.measure {
        Measure::AnnualRate | Measure::InstalmentRate => ("annual", measure::percent(value)),
        Measure::Days => ("days", measure::plain(value)),
        Measure::Share => ("share", measure::percent(value)),
        Measure::DailyRate => ("daily", measure::percent(value)),
        Measure::Number => ("number", measure::plain(value)),
    };
    values.insert(name, shown);
    test.over.is_none_or(|o| value > o + 1e-9)
        && test.least.is_none_or(|l| value >= l - 1e-9)
        && test.under.is_none_or(|u| value < u - 1e-9)
}

/// Fills `{name}`; an unknown name stays as it is.
fn fill(template: &str, values: &Values) -> String {
    let mut out = template.to_owned();
    for (name, value) in values.iter().filter(|_| template.contains('{')) {
        let mark = format!("{{{name}}}");
        if out.contains(&mark) {
            out = out.replace(&mark, value);
        }
    }
    out
}

/// One finding for one fact: overlapping findings of a rule become one, and a rule steps back
/// where another says it better.
fn settle(mut findings: Vec<Finding>) -> Vec<Finding> {
    fn key(f: &Finding) -> impl Ord + '_ {
        (&f.rule.id, f.waived.is_some(), f.span.start, std::cmp::Reverse(f.span.end))
    }
    findings.sort_by(|a, b| key(a).cmp(&key(b)));
    let mut out: Vec<Finding> = Vec::with_capacity(findings.len());
    for f in findings {
        let same = |o: &&mut Finding| o.rule.id == f.rule.id && (o.span.overlaps(f.span) || o.span == f.span);
        if let Some(o) = out.iter_mut().rev().take(8).find(same) {
            // Unwaived ones come first, so a waived reading never hides one that is not. Of two,
            // the stronger verdict stays.
            if o.waived.is_none() == f.waived.is_none() && f.verdict > o.verdict {
                *o = f;
            }
            continue;
        }
        out.push(f);
    }
    let asked: BTreeSet<&String> = out.iter().flat_map(|f| &f.rule.yields_to).collect();
    let spans = out.iter().filter(|f| f.waived.is_none() && asked.contains(&f.rule.id));
    let spans: Vec<(Arc<Rule>, Span<Source>)> = spans.map(|f| (f.rule.clone(), f.span)).collect();
    out.retain(|f| {
        f.rule.yields_to.is_empty()
            || !spans.iter().any(|(r, s)| s.overlaps(f.span) && f.rule.yields_to.contains(&r.id))
    });
    out
}

impl OwnRules {
    fn new() -> Self {
        let rule = |id: &str, zh: &str, en: &str, message: &str, message_en: &str| {
            Arc::new(Rule {
                id: id.into(),
                title: Bilingual { zh: zh.into(), en: en.into() },
                verdict: Verdict::Evidence,
                severity: Severity::Warning,
                basis: Vec::new(),
                message: Bilingual { zh: message.into(), en: message_en.into() },
                applies: Applies::default(),
                unless: Vec::new(),
                everywhere: true,
                yields_to: Vec::new(),
                matchers: Vec::new(),
                require: None,
                check: None,
                fixes: Vec::new(),
                docs: String::new(),
                examples: Vec::new(),
                path: String::new(),
            })
        };
        Self {
            unused: rule(
                "ignore/unused",
                "多余的忽略",
                "unused ignore",
                "这条忽略没有压住任何结果，请删去",
                "this ignore silences nothing; remove it",
            ),
            expired: rule(
                "ignore/expired",
                "过期的忽略",
                "expired ignore",
                "这条忽略已过期，不再起作用",
                "this ignore has expired and no longer works",
            ),
            invalid: rule(
                "ignore/invalid",
                "无效的忽略",
                "invalid ignore",
                "这条忽略缺少规则、理由或日期写错，不起作用；写法：审言:忽略 规则 理由：…… 至 YYYY-MM-DD",
                "this ignore lacks a rule or a reason, or its date is wrong; write: shenyan-ignore RULE reason: … until YYYY-MM-DD",
            ),
        }
    }
}
