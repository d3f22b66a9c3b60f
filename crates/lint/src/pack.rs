//! From files to a lexicon: rules, exemptions, words, facts and law.
//!
//! A pack is a set of files (`rules/**.md`, `contexts/*.md`, `words/*.toml`, `facts/*.toml`,
//! `fold/*.toml`, `law/*.toml`); the built-in lexicon is one and a user's folder is another, read
//! by the same code. Whatever is wrong with a file is an error with its place, the file is left
//! out, and everything else still works. Reading the files is somebody else's business.

use crate::date::Date;
use crate::finding::{Bilingual, Safety, Verdict};
use crate::index::Index;
use crate::law::{Article, LawBook};
use crate::likeness::Model;
use crate::pattern::{Pattern, PatternError, Words};
use crate::raw::{self, OneOrMany, RawContext, RawFix, RawMatch, RawProbe, RawRule, Str, Strs};
use crate::rule::{
    Applies, Check, Context, ContractCues, Cue, Example, Fact, FixSpec, Matcher, NumberTest, Probe,
    Requirement, Role, Roles, Rule, Say, TagTest, Trigger, Within,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use shenyan_text::fold::Folder;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;
use toml::value::Datetime;

/// A file of a pack: its path below the pack's folder, with `/`, and its text.
#[derive(Debug, Clone)]
pub struct PackFile {
    /// Path below the pack's folder.
    pub path: String,
    /// Text.
    pub text: String,
}

/// What is wrong with a file of a pack.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{path}: {message}")]
pub struct PackError {
    /// The file.
    pub path: String,
    /// Its text, to draw the place in.
    pub text: Arc<str>,
    /// The place.
    pub span: Option<Range<usize>>,
    /// A stable name for the kind of error.
    pub kind: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

type Errors = Vec<PackError>;

/// Everything the linter knows.
#[derive(Debug, Default)]
pub struct Lexicon {
    /// Rules by id.
    pub rules: BTreeMap<String, Arc<Rule>>,
    /// Exemptions by id.
    pub contexts: BTreeMap<String, Context>,
    /// Facts.
    pub facts: Vec<Fact>,
    /// Parties.
    pub roles: Roles,
    /// How contracts are understood.
    pub contract: ContractCues,
    /// Evasive spellings.
    pub respellings: Vec<(String, String)>,
    /// Word classes.
    pub words: Words,
    /// Law.
    pub law: LawBook,
    /// What labelled sentences teach.
    pub model: Model,
    /// The index of all this, if it was stored and nothing was added since.
    pub(crate) index: Option<Index>,
}

/// A lexicon in a form that can be stored: what the built-in one is compiled to.
#[derive(Debug, Serialize, Deserialize)]
pub struct Compiled {
    rules: Vec<Rule>,
    contexts: Vec<Context>,
    facts: Vec<Fact>,
    roles: Roles,
    contract: ContractCues,
    respellings: Vec<(String, String)>,
    words: Words,
    law: Vec<Article>,
    model: Model,
    index: Index,
}

impl From<Compiled> for Lexicon {
    fn from(c: Compiled) -> Self {
        Self {
            rules: c.rules.into_iter().map(|r| (r.id.clone(), Arc::new(r))).collect(),
            contexts: c.contexts.into_iter().map(|x| (x.id.clone(), x)).collect(),
            facts: c.facts,
            roles: c.roles,
            contract: c.contract,
            respellings: c.respellings,
            words: c.words,
            law: LawBook::of(c.law),
            model: c.model.ready(),
            index: Some(c.index.ready()),
        }
    }
}

impl Lexicon {
    /// The form that can be stored.
    pub fn compile(self) -> Compiled {
        let index = self.index.clone().unwrap_or_else(|| Index::new(&self));
        let law = self.law.into_articles();
        Compiled {
            rules: self.rules.into_values().filter_map(Arc::into_inner).collect(),
            contexts: self.contexts.into_values().collect(),
            facts: self.facts,
            roles: self.roles,
            contract: self.contract,
            respellings: self.respellings,
            words: self.words,
            law,
            model: self.model,
            index,
        }
    }

    /// Adds a pack on top: its word classes, facts and law join what is there, a rule or exemption
    /// of the same id replaces the one before.
    pub fn add(&mut self, files: &[PackFile]) -> Errors {
        self.index = None;
        let mut errors = Vec::new();
        let mut by_folder: BTreeMap<&str, Vec<(&PackFile, String)>> = BTreeMap::new();
        for file in files {
            let (folder, rest) = file.path.split_once('/').unwrap_or(("", &file.path));
            if rest.rsplit('/').next() == Some("README.md") {
                continue;
            }
            let Some((stem, extension)) = rest.rsplit_once('.') else { continue };
            let wanted = match folder {
                "rules" | "contexts" => "md",
                "words" | "facts" | "fold" | "law" => "toml",
                _ => continue,
            };
            if extension == wanted {
                by_folder.entry(folder).or_default().push((file, stem.to_owned()));
            }
        }
        let mut each = |folder: &str, f: &mut dyn FnMut(&mut Self, &Loader, &str) -> Result<(), Failure>| {
            for (file, stem) in by_folder.get(folder).into_iter().flatten() {
                let loader = Loader { file };
                if let Err(failure) = f(self, &loader, stem) {
                    errors.extend(failure.0.into_iter().map(|p| loader.error(p)));
                }
            }
        };
        // Words first: patterns need them; law and exemptions before the rules that name them.
        each("fold", &mut |lex, l, _| l.fold(lex));
        each("words", &mut |lex, l, _| l.words(lex));
        each("law", &mut |lex, l, stem| {
            lex.law.add(stem, &l.file.text).map_err(|(message, span)| {
                Failure::one(Problem::new("bad-law", message, "格式见 law/README.md", span))
            })
        });
        let folder = Folder::new(&self.respellings);
        let mut each = |folder: &str, f: &mut dyn FnMut(&mut Self, &Loader, &str) -> Result<(), Failure>| {
            for (file, stem) in by_folder.get(folder).into_iter().flatten() {
                let loader = Loader { file };
                if let Err(failure) = f(self, &loader, stem) {
                    errors.extend(failure.0.into_iter().map(|p| loader.error(p)));
                }
            }
        };
        each("facts", &mut |lex, l, stem| l.facts(lex, stem));
        each("contexts", &mut |lex, l, stem| {
            let context = l.context(stem, lex)?;
            lex.contexts.insert(context.id.clone(), context);
            Ok(())
        });
        each("contexts", &mut |lex, l, stem| l.context_links(stem, lex));
        each("rules", &mut |lex, l, stem| {
            let rule = l.rule(stem, lex, &folder)?;
            lex.rules.insert(rule.id.clone(), Arc::new(rule));
            Ok(())
        });
        // A rule may yield to one that is read after it.
        each("rules", &mut |lex, l, stem| l.rule_links(stem, lex));
        errors
    }

    /// All exemption ids that a list of ids stands for.
    pub fn flatten<'a>(&'a self, ids: &[String]) -> Vec<&'a Context> {
        let mut out: Vec<&Context> = Vec::new();
        let mut todo: Vec<&String> = ids.iter().rev().collect();
        let mut seen = BTreeSet::new();
        while let Some(id) = todo.pop() {
            if let Some(c) = self.contexts.get(id)
                && seen.insert(id)
            {
                out.push(c);
                todo.extend(c.includes.iter().rev());
            }
        }
        out
    }

    /// Compiles every expression and says which cannot be.
    pub fn verify(&self) -> Vec<String> {
        let mut bad = Vec::new();
        self.each_pattern(&mut |at, p| bad.extend(p.verify().err().map(|e| format!("{at}: {e}"))));
        bad
    }

    /// Runs every expression on a text in both ways the engine has, and says where they differ.
    pub fn verify_on(&self, text: &str) -> Vec<String> {
        let mut bad = Vec::new();
        self.each_pattern(&mut |at, p| bad.extend(p.verify_on(text).err().map(|e| format!("{at}: {e}"))));
        bad
    }

    /// Every pattern that the engine may run, with the id of what it belongs to.
    fn each_pattern(&self, see: &mut dyn FnMut(&str, &Pattern)) {
        fn probes(at: &str, probes: &[Probe], see: &mut dyn FnMut(&str, &Pattern)) {
            probes.iter().flat_map(|p| [&p.pattern].into_iter().chain(&p.but)).for_each(|p| see(at, p));
        }
        for r in self.rules.values() {
            for m in &r.matchers {
                m.patterns.iter().chain(&m.except).for_each(|p| see(&r.id, p));
                probes(&r.id, &m.near, see);
                probes(&r.id, &m.absent, see);
            }
            if let Some(q) = &r.require {
                for t in &q.when {
                    see(&r.id, &t.pattern);
                    probes(&r.id, &t.near, see);
                    probes(&r.id, &t.absent, see);
                }
                q.say.iter().flat_map(|s| s.patterns.iter().chain(&s.due)).for_each(|p| see(&r.id, p));
                q.absent.iter().for_each(|p| see(&r.id, p));
            }
            match &r.check {
                Some(Check::TickedControl { label: p } | Check::FinePrint { matter: p, .. }) => see(&r.id, p),
                Some(Check::Prominence { matter, .. }) => matter.iter().for_each(|p| see(&r.id, p)),
                Some(Check::Unexplained { terms }) => {
                    terms.iter().flat_map(|(a, b)| [a, b]).for_each(|p| see(&r.id, p));
                }
                Some(Check::References { reference, foreign }) => {
                    see(&r.id, reference);
                    see(&r.id, foreign);
                }
                Some(Check::Undefined { used, introduced }) => {
                    used.iter().chain(introduced).for_each(|p| see(&r.id, p));
                }
                Some(Check::Amounts { pairs: all } | Check::Dates { ranges: all, .. }) => {
                    for p in all {
                        see(&r.id, p);
                    }
                }
                Some(Check::Blanks { blank, .. }) => see(&r.id, blank),
                Some(Check::LongSentences { .. }) | None => {}
            }
        }
        let c = &self.contract;
        let contract = c.defines.iter().chain(&c.heads).chain(&c.party).chain(&c.object);
        contract.chain(c.burdens.iter().map(|(_, p)| p)).for_each(|p| see("contract", p));
        self.contexts.values().for_each(|c| probes(&c.id, &c.when, see));
        self.facts.iter().for_each(|f| f.cues.iter().for_each(|c| see(&f.id, &c.pattern)));
        self.roles.heads.iter().map(|(_, p)| p).chain(&self.roles.party).for_each(|p| see("roles", p));
    }
}

struct Problem {
    kind: &'static str,
    message: String,
    hint: String,
    span: Option<Range<usize>>,
}

impl Problem {
    fn new(
        kind: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
        span: Option<Range<usize>>,
    ) -> Self {
        Self { kind, message: message.into(), hint: hint.into(), span }
    }
}

/// All that is wrong with one file.
struct Failure(Vec<Problem>);

impl Failure {
    fn one(p: Problem) -> Self {
        Self(vec![p])
    }
}

impl From<Problem> for Failure {
    fn from(p: Problem) -> Self {
        Self::one(p)
    }
}

fn bilingual(zh: &str, en: &str) -> Bilingual {
    Bilingual { zh: zh.to_owned(), en: en.to_owned() }
}

fn date(d: Option<&Datetime>) -> Option<Date> {
    d?.date.and_then(|d| Date::new(d.year, d.month, d.day))
}

fn strings(list: &[Str]) -> Vec<String> {
    list.iter().map(|s| s.get_ref().clone()).collect()
}

struct Loader<'a> {
    file: &'a PackFile,
}

/// A rule or exemption file taken apart; offsets are into the file.
struct Parts<'a> {
    matter: &'a str,
    matter_at: usize,
    body: &'a str,
    body_at: usize,
}

impl Loader<'_> {
    fn error(&self, p: Problem) -> PackError {
        PackError {
            path: self.file.path.clone(),
            text: self.file.text.as_str().into(),
            span: p.span,
            kind: p.kind,
            message: p.message,
            hint: p.hint,
        }
    }

    fn toml<T: DeserializeOwned>(text: &str, at: usize) -> Result<T, Failure> {
        toml::from_str(text).map_err(|e| {
            let span = e.span().map(|s| s.start + at..s.end + at);
            let message = translate(e.message());
            Failure::one(Problem::new("bad-toml", message, "键名与取值见 docs/writing-a-rule.md", span))
        })
    }

    fn parts(&self) -> Result<Parts<'_>, Failure> {
        let text = &self.file.text;
        let open = text.strip_prefix("+++\n").or_else(|| text.strip_prefix("+++\r\n"));
        let at = open.map_or(0, |rest| text.len() - rest.len());
        let close = open.and_then(|rest| rest.find("\n+++"));
        let Some(close) = close else {
            let p = Problem::new(
                "no-front-matter",
                "缺少 +++ 包围的规则头",
                "文件以 +++ 开始，规则头之后再写一行 +++",
                Some(0..text.len().min(3)),
            );
            return Err(p.into());
        };
        let body_at = at + close + "\n+++".len();
        Ok(Parts { matter: &text[at..=at + close], matter_at: at, body: &text[body_at..], body_at })
    }

    /// The place of a front-matter span in the file.
    #[expect(clippy::unnecessary_wraps, reason = "a problem's place is optional")]
    fn at(span: Range<usize>, parts: &Parts) -> Option<Range<usize>> {
        Some(span.start + parts.matter_at..span.end + parts.matter_at)
    }

    fn fold(&self, lex: &mut Lexicon) -> Result<(), Failure> {
        let raw: raw::RawFold = Self::toml(&self.file.text, 0)?;
        lex.respellings.extend(raw.respellings);
        Ok(())
    }

    fn words(&self, lex: &mut Lexicon) -> Result<(), Failure> {
        let raw: raw::RawWords = Self::toml(&self.file.text, 0)?;
        let mut problems = Vec::new();
        for (name, mut members) in raw {
            let mut seen = BTreeSet::new();
            // A word written twice is a mistake, but no reason to take the class from the rules
            // that use it.
            members.retain(|m| {
                let new = seen.insert(m.clone());
                if !new {
                    let at = self.file.text.rfind(m.as_str()).map(|s| s..s + m.len());
                    let message = format!("词类 `{name}` 里“{m}”出现两次");
                    problems.push(Problem::new("duplicate-term", message, "删去一个", at));
                }
                new
            });
            lex.words.entry(name).or_default().extend(members);
        }
        if problems.is_empty() { Ok(()) } else { Err(Failure(problems)) }
    }

    fn facts(&self, lex: &mut Lexicon, stem: &str) -> Result<(), Failure> {
        let whole = Parts { matter: &self.file.text, matter_at: 0, body: "", body_at: 0 };
        if stem == "roles" {
            let raw: raw::RawRoles = Self::toml(&self.file.text, 0)?;
            lex.roles.party = Some(Self::pattern(&raw.party, &whole, &lex.words)?);
            for r in raw.role.0 {
                let words = r.words.iter().flat_map(|w| expand_words(w, &lex.words)).collect();
                lex.roles.words.push((r.role, words));
                for h in &r.heads {
                    let p = Self::pattern(h, &whole, &lex.words)?;
                    lex.roles.heads.push((r.role, p));
                }
            }
            return Ok(());
        }
        if stem == "contract" {
            let raw: raw::RawContractCues = Self::toml(&self.file.text, 0)?;
            let p = |s: &Str| Self::pattern(s, &whole, &lex.words);
            lex.contract = ContractCues {
                defines: raw.defines.iter().map(p).collect::<Result<_, _>>()?,
                heads: raw.heads.iter().map(p).collect::<Result<_, _>>()?,
                party: Some(p(&raw.party)?),
                object: Some(p(&raw.object)?),
                burdens: (raw.burden.0.iter())
                    .map(|b| Ok((b.burden, p(&b.pattern)?)))
                    .collect::<Result<_, Failure>>()?,
                compound: raw.compound.as_ref().map(p).transpose()?,
                limits: raw.limits.as_ref().map(p).transpose()?,
            };
            return Ok(());
        }
        let Some(group) = raw::fact_group(stem) else {
            let hint = "facts/ 里只有 kinds、genres、products、relations、roles、contract";
            return Err(Problem::new("unknown-fact", format!("不认识的事实文件 `{stem}`"), hint, None).into());
        };
        let raw: raw::RawFacts = Self::toml(&self.file.text, 0)?;
        for (id, f) in raw {
            let mut cues = Vec::new();
            for c in &f.cue.0 {
                for p in Self::patterns(&c.pattern, &whole, &lex.words)? {
                    if p.anchors().is_empty() {
                        return Err(no_anchor(Self::at(c.pattern.span(), &whole)).into());
                    }
                    cues.push(Cue { pattern: p, weight: c.weight, most: c.most, head: c.head });
                }
            }
            lex.facts.retain(|old| (old.group, &old.id) != (group, &id));
            lex.facts.push(Fact {
                group,
                id,
                title: bilingual(&f.title, &f.title_en),
                threshold: f.threshold,
                cues,
            });
        }
        Ok(())
    }

    fn context(&self, stem: &str, lex: &Lexicon) -> Result<Context, Failure> {
        let parts = self.parts()?;
        let raw: RawContext = Self::toml(parts.matter, parts.matter_at)?;
        Self::basis(&raw.basis, &parts, lex)?;
        let when = Self::probes(&raw.when, &parts, &lex.words)?;
        if when.is_empty() && raw.includes.is_empty() {
            return Err(Problem::new(
                "dead-context",
                "这个豁免语境永远不会成立",
                "写上 [[when]] 或 includes",
                None,
            )
            .into());
        }
        Ok(Context {
            id: stem.to_owned(),
            title: bilingual(&raw.title, &raw.title_en),
            basis: strings(&raw.basis),
            when,
            includes: strings(&raw.includes),
            docs: parts.body.trim().to_owned(),
        })
    }

    fn context_links(&self, stem: &str, lex: &Lexicon) -> Result<(), Failure> {
        if !lex.contexts.contains_key(stem) {
            return Ok(());
        }
        let parts = self.parts()?;
        let raw: RawContext = Self::toml(parts.matter, parts.matter_at)?;
        Self::contexts_exist(&raw.includes, &parts, lex)
    }

    fn rule_links(&self, stem: &str, lex: &Lexicon) -> Result<(), Failure> {
        if !lex.rules.contains_key(stem) {
            return Ok(());
        }
        let parts = self.parts()?;
        let raw: RawRule = Self::toml(parts.matter, parts.matter_at)?;
        let problems: Vec<Problem> = (raw.yields_to.iter())
            .filter(|y| !lex.rules.contains_key(y.get_ref()))
            .map(|y| {
                let message = format!("没有规则 `{}`", y.get_ref());
                Problem::new("unknown-rule", message, "yields_to 里写规则的 id", Self::at(y.span(), &parts))
            })
            .collect();
        if problems.is_empty() { Ok(()) } else { Err(Failure(problems)) }
    }

    fn rule(&self, stem: &str, lex: &Lexicon, folder: &Folder) -> Result<Rule, Failure> {
        let parts = self.parts()?;
        if !stem.contains('/') {
            return Err(Problem::new(
                "no-family",
                "规则文件要放在家族目录里",
                "例如 rules/absolute/superlative.md",
                None,
            )
            .into());
        }
        let raw: RawRule = Self::toml(parts.matter, parts.matter_at)?;
        let mut problems = Vec::new();
        if raw.basis.is_empty() {
            problems.push(Problem::new(
                "no-basis",
                "规则没有法律依据",
                "basis 至少写一条，例如 guanggao-fa#9.3",
                None,
            ));
        }
        keep(Self::basis(&raw.basis, &parts, lex), &mut problems);
        keep(Self::contexts_exist(&raw.unless, &parts, lex), &mut problems);
        keep(Self::products_exist(&raw.products, &parts, lex), &mut problems);
        let mut matchers = Vec::new();
        for m in &raw.matches.0 {
            matchers.extend(keep(Self::matcher(m, &parts, lex, folder), &mut problems));
        }
        let require =
            raw.require.as_ref().and_then(|q| keep(Self::requirement(q, &parts, lex), &mut problems));
        let check = raw.check.as_ref().and_then(|c| keep(Self::check(c, &parts, lex), &mut problems));
        if raw.matches.0.is_empty() && raw.require.is_none() && raw.check.is_none() {
            problems.push(Problem::new(
                "dead-rule",
                "规则永远不会命中：没有 match、require 或 check",
                "写上其中之一",
                None,
            ));
        }
        let since = date(raw.since.as_ref());
        let until = date(raw.until.as_ref());
        if let (Some(s), Some(u)) = (since, until)
            && u <= s
        {
            problems.push(Problem::new("dead-rule", "规则在生效之前就已失效", "检查 since 与 until", None));
        }
        let (docs, examples) = match examples(&parts, &self.file.text) {
            Ok(x) => x,
            Err(p) => {
                problems.push(p);
                Default::default()
            }
        };
        if !problems.is_empty() {
            return Err(Failure(problems));
        }
        Ok(Rule {
            id: stem.to_owned(),
            title: bilingual(&raw.title, &raw.title_en),
            verdict: raw.verdict,
            severity: raw.severity.unwrap_or(raw.verdict.severity()),
            basis: strings(&raw.basis),
            message: bilingual(&raw.message, &raw.message_en),
            applies: Applies {
                kinds: raw.kinds,
                channels: raw.channels,
                products: strings(&raw.products),
                since,
                until,
            },
            unless: strings(&raw.unless),
            everywhere: raw.everywhere,
            yields_to: strings(&raw.yields_to),
            matchers,
            require,
            check,
            fixes: fixes(&raw.fix),
            docs,
            examples,
            path: self.file.path.clone(),
        })
    }

    fn matcher(m: &RawMatch, parts: &Parts, lex: &Lexicon, folder: &Folder) -> Result<Matcher, Failure> {
        let mut patterns = match &m.pattern {
            Some(p) => Self::patterns(p, parts, &lex.words)?,
            None => Vec::new(),
        };
        let mut terms: Vec<String> = Vec::new();
        for t in &m.terms {
            let folded = folder.fold(t.get_ref()).text().to_owned();
            if terms.contains(&folded) {
                let message = format!("词“{}”重复", t.get_ref());
                return Err(Problem::new(
                    "duplicate-term",
                    message,
                    "删去一个；写法不同而折叠后相同的也算重复",
                    Self::at(t.span(), parts),
                )
                .into());
            }
            terms.push(folded);
        }
        for e in &m.except {
            let folded = folder.fold(e.get_ref()).text().to_owned();
            let idle = m.pattern.is_none() && !terms.iter().any(|t| folded.contains(t.as_str()));
            let idle = idle || (terms.is_empty() && !patterns.iter().any(|p| p.is_match(&folded)));
            if idle {
                let message = format!("例外“{}”不含任何词，永远用不上", e.get_ref());
                return Err(Problem::new(
                    "dead-exception",
                    message,
                    "例外应是包含所列词语的更长的词",
                    Self::at(e.span(), parts),
                )
                .into());
            }
        }
        if !terms.is_empty() {
            patterns.push(Pattern::of_terms(&terms));
        }
        if patterns.is_empty() {
            return Err(
                Problem::new("dead-rule", "match 里没有 pattern 也没有 terms", "写上其中之一", None).into()
            );
        }
        if patterns.iter().any(|p| p.anchors().is_empty()) {
            return Err(no_anchor(m.pattern.as_ref().and_then(|p| Self::at(p.span(), parts))).into());
        }
        Self::contexts_exist(&m.unless, parts, lex)?;
        Self::products_exist(&m.products, parts, lex)?;
        Self::basis(&m.basis, parts, lex)?;
        let groups =
            |g: &str| g.is_empty() || patterns.iter().any(|p| p.source().contains(&format!("<{g}>")));
        let named = m.number.0.iter().map(|n| &n.group).chain(m.tag.0.iter().map(|t| &t.group));
        if let Some(g) = named.into_iter().find(|g| !groups(g)) {
            let at = m.pattern.as_ref().and_then(|p| Self::at(p.span(), parts));
            return Err(Problem::new(
                "no-group",
                format!("pattern 里没有名为 `{g}` 的组"),
                format!("写成 (?<{g}>…)"),
                at,
            )
            .into());
        }
        let except: Vec<String> =
            m.except.iter().map(|e| folder.fold(e.get_ref()).text().to_owned()).collect();
        Ok(Matcher {
            patterns,
            within: m.within.unwrap_or(Within::Sentence),
            except: (!except.is_empty()).then(|| Pattern::of_terms(&except)),
            boundary: m.boundary,
            tags: m.tag.0.iter().map(|t| TagTest { group: t.group.clone(), tags: t.tags.clone() }).collect(),
            actor: m.actor,
            near: Self::probes(&m.near, parts, &lex.words)?,
            absent: Self::probes(&m.absent, parts, &lex.words)?,
            numbers: (m.number.0.iter())
                .map(|n| NumberTest {
                    measure: n.measure,
                    group: n.group.clone(),
                    over: n.over,
                    least: n.least,
                    under: n.under,
                    or_unknown: n.or_unknown,
                })
                .collect(),
            unless: strings(&m.unless),
            applies: Applies {
                kinds: m.kinds.clone(),
                channels: m.channels.clone(),
                products: strings(&m.products),
                since: date(m.since.as_ref()),
                until: date(m.until.as_ref()),
            },
            verdict: m.verdict,
            message: (!m.message.is_empty()).then(|| bilingual(&m.message, &m.message_en)),
            basis: strings(&m.basis),
            fixes: fixes(&m.fix),
        })
    }

    fn requirement(q: &raw::RawRequire, parts: &Parts, lex: &Lexicon) -> Result<Requirement, Failure> {
        Self::products_exist(&q.products, parts, lex)?;
        let mut when = Vec::new();
        for t in &q.when.0 {
            let near = Self::probes(&t.near, parts, &lex.words)?;
            let absent = Self::probes(&t.absent, parts, &lex.words)?;
            let mut patterns = Self::patterns(&t.pattern, parts, &lex.words)?;
            if patterns.iter().any(|p| p.anchors().is_empty()) {
                return Err(no_anchor(Self::at(t.pattern.span(), parts)).into());
            }
            if patterns.len() == 1
                && let Some(pattern) = patterns.pop()
            {
                when.push(Trigger { pattern, near, absent });
            } else {
                for pattern in patterns {
                    let near = Self::probes(&t.near, parts, &lex.words)?;
                    let absent = Self::probes(&t.absent, parts, &lex.words)?;
                    when.push(Trigger { pattern, near, absent });
                }
            }
        }
        if when.is_empty() && q.products.is_empty() {
            return Err(Problem::new(
                "dead-rule",
                "require 没有触发条件",
                "写上 products 或 [[require.when]]",
                None,
            )
            .into());
        }
        let mut say = Vec::new();
        for s in &q.say.0 {
            say.push(Say {
                name: bilingual(&s.name, &s.name_en),
                patterns: Self::patterns(&s.pattern, parts, &lex.words)?,
                due: s.due.as_ref().map(|d| Self::pattern(d, parts, &lex.words)).transpose()?,
                insert: bilingual(&s.insert, &s.insert_en),
            });
        }
        if say.is_empty() || q.need > say.len() {
            return Err(Problem::new(
                "dead-rule",
                "require 要求说的内容与 need 不符",
                "检查 [[require.say]] 的条数",
                None,
            )
            .into());
        }
        let absent =
            q.absent.as_ref().map(|p| Self::patterns(p, parts, &lex.words)).transpose()?.unwrap_or_default();
        Ok(Requirement {
            products: strings(&q.products),
            when,
            scope: q.scope.unwrap_or(Within::Document),
            say,
            need: q.need,
            absent,
        })
    }

    fn check(c: &toml::Spanned<toml::Table>, parts: &Parts, lex: &Lexicon) -> Result<Check, Failure> {
        let at = Self::at(c.span(), parts);
        let raw: raw::RawCheck = c.get_ref().clone().try_into().map_err(|e: toml::de::Error| {
            Failure::one(Problem::new(
                "bad-check",
                translate(e.message()),
                "可用的检查见 docs/writing-a-rule.md",
                at.clone(),
            ))
        })?;
        let p = |s: &String| {
            Pattern::new(s, &lex.words)
                .map_err(|e| Failure::one(Problem::new("bad-pattern", e.message, e.hint, at.clone())))
        };
        let all = |list: &[String]| list.iter().map(p).collect::<Result<Vec<_>, _>>();
        Ok(match raw {
            raw::RawCheck::TickedControl { label } => Check::TickedControl { label: p(&label)? },
            raw::RawCheck::Prominence { matter, least } => {
                Check::Prominence { matter: matter.iter().map(p).collect::<Result<_, _>>()?, least }
            }
            raw::RawCheck::FinePrint { matter, small } => Check::FinePrint { matter: p(&matter)?, small },
            raw::RawCheck::Unexplained { terms } => Check::Unexplained {
                terms: terms
                    .iter()
                    .map(|t| Ok((p(&t.term)?, p(&t.explained)?)))
                    .collect::<Result<_, Failure>>()?,
            },
            raw::RawCheck::References { reference, foreign } => {
                Check::References { reference: p(&reference)?, foreign: p(&foreign)? }
            }
            raw::RawCheck::Undefined { used, introduced } => {
                Check::Undefined { used: all(&used)?, introduced: all(&introduced)? }
            }
            raw::RawCheck::Amounts { pairs } => Check::Amounts { pairs: all(&pairs)? },
            raw::RawCheck::Blanks { blank, most } => Check::Blanks { blank: p(&blank)?, most },
            raw::RawCheck::Dates { ranges, test } => Check::Dates { ranges: all(&ranges)?, test },
            raw::RawCheck::LongSentences { over, least } => Check::LongSentences { over, least },
        })
    }

    fn probes(raw: &OneOrMany<RawProbe>, parts: &Parts, words: &Words) -> Result<Vec<Probe>, Failure> {
        let mut out = Vec::new();
        for r in &raw.0 {
            // Several patterns in one probe are alternatives: one expression, so that `near` means any.
            let joined = Self::patterns(&r.pattern, parts, words)?;
            let source = joined.iter().map(|p| format!("(?:{})", p.source())).collect::<Vec<_>>().join("|");
            let pattern =
                if joined.len() == 1 { joined.into_iter().next() } else { Pattern::new(&source, words).ok() };
            let Some(pattern) = pattern else { continue };
            let but = r.but.as_ref().map(|b| Self::pattern(b, parts, words)).transpose()?;
            let products = strings(&r.products);
            out.push(Probe { pattern, within: r.within, side: r.side, but, products });
        }
        Ok(out)
    }

    fn pattern(s: &Str, parts: &Parts, words: &Words) -> Result<Pattern, Failure> {
        Pattern::new(s.get_ref(), words).map_err(|e| Self::pattern_error(e, s.get_ref(), s.span(), parts))
    }

    fn patterns(s: &Strs, parts: &Parts, words: &Words) -> Result<Vec<Pattern>, Failure> {
        let written = &s.get_ref().0;
        if let Some(i) = (1..written.len()).find(|&i| written[..i].contains(&written[i])) {
            let at = Self::at(s.span(), parts);
            return Err(Problem::new(
                "duplicate-term",
                format!("pattern “{}”重复", written[i]),
                "删去一个",
                at,
            )
            .into());
        }
        written
            .iter()
            .map(|p| Pattern::new(p, words).map_err(|e| Self::pattern_error(e, p, s.span(), parts)))
            .collect()
    }

    fn pattern_error(e: PatternError, written: &str, span: Range<usize>, parts: &Parts) -> Failure {
        // Point into the value where it is written literally; at the whole value otherwise.
        let value = parts.matter.get(span.clone()).unwrap_or_default();
        let inside = value.find(written).zip(e.at).map(|(v, at)| {
            let start = span.start + v + at;
            let len = written.get(at..).and_then(|w| w.chars().next()).map_or(0, char::len_utf8);
            start..start + len
        });
        Problem::new("bad-pattern", e.message, e.hint, Self::at(inside.unwrap_or(span), parts)).into()
    }

    fn basis(basis: &[Str], parts: &Parts, lex: &Lexicon) -> Result<(), Failure> {
        let unresolved: Vec<Problem> = (basis.iter())
            .filter(|b| lex.law.get(b.get_ref()).is_none())
            .map(|b| {
                let id = b.get_ref();
                let law = id.split('#').next().unwrap_or_default();
                let keys: Vec<&str> = (lex.law.articles())
                    .filter(|a| a.law_id == law)
                    .map(|a| a.id.rsplit('#').next().unwrap_or_default())
                    .collect();
                let hint = if keys.is_empty() {
                    format!("law/ 里没有 {law}.toml")
                } else {
                    format!("{law} 已有的条文：{}", keys.join("、"))
                };
                Problem::new(
                    "unknown-basis",
                    format!("法律依据 `{id}` 查不到"),
                    hint,
                    Self::at(b.span(), parts),
                )
            })
            .collect();
        if unresolved.is_empty() { Ok(()) } else { Err(Failure(unresolved)) }
    }

    fn contexts_exist(ids: &[Str], parts: &Parts, lex: &Lexicon) -> Result<(), Failure> {
        match ids.iter().find(|i| !lex.contexts.contains_key(i.get_ref())) {
            None => Ok(()),
            Some(i) => {
                let message = format!("没有名为 `{}` 的豁免语境", i.get_ref());
                let known = lex.contexts.keys().cloned().collect::<Vec<_>>().join("、");
                Err(Problem::new(
                    "unknown-context",
                    message,
                    format!("已有：{known}"),
                    Self::at(i.span(), parts),
                )
                .into())
            }
        }
    }

    fn products_exist(ids: &[Str], parts: &Parts, lex: &Lexicon) -> Result<(), Failure> {
        match ids.iter().find(|i| !lex.facts.iter().any(|f| &f.id == i.get_ref())) {
            None => Ok(()),
            Some(i) => {
                let message = format!("没有名为 `{}` 的产品", i.get_ref());
                Err(Problem::new(
                    "unknown-product",
                    message,
                    "产品在 facts/products.toml 里定义",
                    Self::at(i.span(), parts),
                )
                .into())
            }
        }
    }
}

fn keep<T>(result: Result<T, Failure>, problems: &mut Vec<Problem>) -> Option<T> {
    result.map_err(|f| problems.extend(f.0)).ok()
}

fn no_anchor(at: Option<Range<usize>>) -> Problem {
    let hint = "模式里至少要有一个每次命中都会出现的字或词";
    Problem::new("no-anchor", "这个模式没有固定的字词，会在每一句上运行", hint, at)
}

fn expand_words(w: &str, words: &Words) -> Vec<String> {
    match w.strip_prefix("{{").and_then(|w| w.strip_suffix("}}")).and_then(|name| words.get(name)) {
        Some(members) => members.iter().flat_map(|m| expand_words(m, words)).collect(),
        None => vec![w.to_owned()],
    }
}

fn fixes(raw: &OneOrMany<RawFix>) -> Vec<FixSpec> {
    (raw.0.iter())
        .map(|f| FixSpec {
            title: bilingual(&f.title, &f.title_en),
            replace: f.replace.clone(),
            insert: f.insert.clone(),
            after: f.after,
            safety: f.safety.unwrap_or(Safety::Suggestion),
        })
        .collect()
}

/// The TOML reader's commonest messages, in Chinese.
fn translate(message: &str) -> String {
    let name = |s: &str| s.split('`').nth(1).unwrap_or_default().to_owned();
    if message.starts_with("unknown field") || message.starts_with("unknown variant") {
        let known: Vec<&str> = message.split('`').skip(3).step_by(2).collect();
        return format!("不认识的键或取值 `{}`；可用：{}", name(message), known.join("、"));
    }
    if message.starts_with("missing field") {
        return format!("缺少 `{}`", name(message));
    }
    message.to_owned()
}

/// Splits the body into documentation and examples.
fn examples(parts: &Parts, file: &str) -> Result<(String, Vec<Example>), Problem> {
    let mut docs = String::new();
    let mut out = Vec::new();
    let mut at = parts.body_at;
    let mut open: Option<(bool, String, usize, usize)> = None; // flag, format, text start, line
    let first_line = file[..parts.body_at].matches('\n').count() + 1;
    for (line, l) in (first_line..).zip(parts.body.split_inclusive('\n')) {
        let trimmed = l.trim_end();
        if let Some((flag, format, from, first)) = &open {
            if trimmed == "```" {
                let (text, marks) =
                    unmark(file[*from..at].trim_end_matches(['\n', '\r'])).ok_or_else(|| {
                        Problem::new("bad-example", "[[ 与 ]] 不成对", "每个 [[ 对应一个 ]]", Some(*from..at))
                    })?;
                out.push(Example { flag: *flag, format: format.clone(), text, marks, line: *first });
                open = None;
            }
        } else if let Some(info) = trimmed.strip_prefix("```") {
            let mut words = info.split_whitespace();
            match words.next() {
                Some(kind @ ("flag" | "pass")) => {
                    let format = words.next().unwrap_or("text").to_owned();
                    open = Some((kind == "flag", format, at + l.len(), line + 1));
                }
                _ => docs += l,
            }
        } else {
            docs += l;
        }
        at += l.len();
    }
    if let Some((.., from, _)) = open {
        return Err(Problem::new(
            "bad-example",
            "例子没有结束的 ```",
            "补上单独一行的 ```",
            Some(from..from + 1),
        ));
    }
    Ok((docs.trim().to_owned(), out))
}

/// Takes the `[[` `]]` marks out of an example.
fn unmark(text: &str) -> Option<(String, Vec<(usize, usize)>)> {
    let mut out = String::new();
    let mut marks = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find("[[") {
        let close = rest[open..].find("]]")? + open;
        out += &rest[..open];
        let start = out.len();
        out += &rest[open + 2..close];
        marks.push((start, out.len()));
        rest = &rest[close + 2..];
    }
    if rest.contains("]]") {
        return None;
    }
    out += rest;
    Some((out, marks))
}

impl Role {
    /// The name in rule files.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Drafter => "drafter",
            Self::Consumer => "consumer",
            Self::Third => "third",
        }
    }
}

impl Verdict {
    /// The Chinese name (catalogue: 结论).
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Violation => "违规",
            Self::Evidence => "须举证",
            Self::Review => "人工复核",
        }
    }
}
