//! What may be written at a place: statements that a law asks for, and names of rules.

use crate::analysis::{Analysis, is_config};
use crate::hover;
use crate::lsp::{
    CompletionItem, CompletionItemKind, CompletionList, CompletionTextEdit, Documentation, MarkupContent,
    MarkupKind, Position, TextEdit,
};
use crate::words::Words;
use shenyan_lint::facts::Facts;
use shenyan_lint::rule::FactGroup;
use shenyan_lint::{Lexicon, Rule};
use std::collections::BTreeSet;
use std::ops::Range;

/// Characters after which a client should ask.
pub const TRIGGERS: [&str; 3] = ["/", "\"", "'"];

/// Longest stretch before the cursor that is taken for the start of a statement, in characters.
const PREFIX: usize = 12;

/// The completions at a position.
pub fn complete(analysis: &Analysis, at: Position, lexicon: &Lexicon) -> CompletionList {
    let words = Words::new(analysis.lang);
    let byte = analysis.encoding.byte(&analysis.rope, at);
    let line = analysis.rope.byte_to_line(byte);
    let start = analysis.rope.line_to_byte(line);
    let before = analysis.rope.byte_slice(start..byte).to_string();
    let place = Place { analysis, byte, words, lexicon };
    let items = if is_config(analysis.uri.path().as_str()) {
        if in_string(&before) || in_table(&place, "[severity]", line) {
            place.names(true)
        } else {
            Vec::new()
        }
    } else if in_front_matter(&place, line) {
        if !in_string(&before) {
            Vec::new()
        } else if before.trim_start().starts_with("basis") {
            place.articles()
        } else {
            place.names(false)
        }
    } else if in_ignore(&before) {
        place.names(true)
    } else {
        place.statements(&before)
    };
    CompletionList { is_incomplete: true, items }
}

fn in_string(before: &str) -> bool {
    before.matches(['"', '\'']).count() % 2 == 1
}

/// Whether the last table opened above a line is this one.
fn in_table(place: &Place, table: &str, line: usize) -> bool {
    let lines = place.analysis.rope.lines().take(line).map(|l| l.to_string());
    let tables = lines.filter(|l| l.trim_start().starts_with('[') && !l.contains('='));
    tables.last().is_some_and(|l| l.trim() == table || l.trim().ends_with(".severity]"))
}

/// Whether a line stands in the front matter of a rule file.
fn in_front_matter(place: &Place, line: usize) -> bool {
    let rope = &place.analysis.rope;
    let fence = |l: ropey::RopeSlice| l.to_string().trim_end() == "+++";
    let mut lines = rope.lines();
    lines.next().is_some_and(fence) && !lines.take(line.saturating_sub(1)).any(fence) && line > 0
}

/// Whether the names of a directive are being written.
fn in_ignore(before: &str) -> bool {
    let Some(inner) = before.rfind("<!--").map(|i| &before[i..]) else { return false };
    let head = ["审言:忽略", "审言：忽略", "shenyan-ignore"].iter().any(|h| inner.contains(h));
    head && !["-->", "理由", "reason"].iter().any(|end| inner.contains(end))
}

struct Place<'a> {
    analysis: &'a Analysis,
    byte: usize,
    words: Words,
    lexicon: &'a Lexicon,
}

impl Place<'_> {
    fn item(
        &self,
        label: &str,
        kind: CompletionItemKind,
        replaced: &Range<usize>,
        new: &str,
    ) -> CompletionItem {
        let a = self.analysis;
        let typed = a.rope.byte_slice(replaced.start..self.byte.max(replaced.start)).to_string();
        CompletionItem {
            label: label.to_owned(),
            kind: Some(kind),
            // The server has filtered; a client that filters by its own notion of a word, which
            // in Chinese is the whole clause, must keep what is sent.
            filter_text: Some(if typed.is_empty() { label.to_owned() } else { typed }),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit {
                range: a.encoding.range(&a.rope, replaced),
                new_text: new.to_owned(),
            })),
            ..CompletionItem::default()
        }
    }

    /// Names of rules and, where they are understood too, families; what was found here first.
    fn names(&self, families: bool) -> Vec<CompletionItem> {
        let (typed, range) = hover::name_at(&self.analysis.rope, self.byte)
            .unwrap_or_else(|| (String::new(), self.byte..self.byte));
        let typed = typed.get(..self.byte.saturating_sub(range.start)).unwrap_or_default().to_owned();
        let found: BTreeSet<&str> = self.analysis.findings().map(|(f, _)| f.rule.id.as_str()).collect();
        let mut out = Vec::new();
        let all: BTreeSet<&str> = self.lexicon.rules.values().map(|r| r.family()).collect();
        for family in all.into_iter().filter(|f| families && f.contains(&typed)) {
            let item = self.item(family, CompletionItemKind::MODULE, &range, family);
            let here = found.iter().any(|id| id.split('/').next() == Some(family));
            out.push(CompletionItem {
                detail: Some(self.words.family().into()),
                sort_text: Some(format!("{}{family}", if here { '1' } else { '3' })),
                ..item
            });
        }
        for rule in self.lexicon.rules.values() {
            let title = self.words.get(&rule.title);
            // A lawyer remembers the name, not the id.
            if !rule.id.contains(&typed) && !title.contains(&typed) {
                continue;
            }
            let item = self.item(&rule.id, CompletionItemKind::VALUE, &range, &rule.id);
            out.push(CompletionItem {
                detail: Some(title.to_owned()),
                documentation: Some(Documentation::MarkupContent(MarkupContent {
                    kind: MarkupKind::Markdown,
                    value: hover::of_rule(rule, self.lexicon, self.words),
                })),
                sort_text: Some(format!(
                    "{}{}",
                    if found.contains(rule.id.as_str()) { '0' } else { '2' },
                    rule.id
                )),
                ..item
            });
        }
        out
    }

    fn articles(&self) -> Vec<CompletionItem> {
        let (typed, range) = hover::name_at(&self.analysis.rope, self.byte)
            .unwrap_or_else(|| (String::new(), self.byte..self.byte));
        let typed = typed.get(..self.byte.saturating_sub(range.start)).unwrap_or_default().to_owned();
        (self.lexicon.law.articles())
            .filter(|a| a.id.contains(&typed) || a.law.contains(&typed))
            .map(|a| CompletionItem {
                detail: Some(self.words.citation(a)),
                documentation: Some(Documentation::String(self.words.or(&a.gist, &a.gist_en).to_owned())),
                ..self.item(&a.id, CompletionItemKind::REFERENCE, &range, &a.id)
            })
            .collect()
    }

    /// Statements that disclosure rules ask for: those missing here first, then those for the
    /// products of this text. Where nothing has been typed only the missing ones are offered.
    fn statements(&self, before: &str) -> Vec<CompletionItem> {
        let Some(checked) = &self.analysis.checked else { return Vec::new() };
        let clause =
            before.rsplit(['。', '！', '？', '；', '，', '、', '：', ',', ' ', '\t', '|', '>']).next();
        let typed = clause.unwrap_or_default().trim_start_matches(['-', '*', '#']).trim_start();
        if typed.chars().count() > PREFIX {
            return Vec::new();
        }
        let range = self.byte - typed.len()..self.byte;
        let due: BTreeSet<&str> = self.analysis.findings().map(|(f, _)| f.rule.id.as_str()).collect();
        let facts = &checked.report.facts;
        let mut out = Vec::new();
        for rule in self.lexicon.rules.values() {
            let Some(q) = &rule.require else { continue };
            let missing = due.contains(rule.id.as_str());
            if typed.is_empty() && !missing || !fits(rule, facts) {
                continue;
            }
            for say in &q.say {
                let statement = say.insert.zh.as_str();
                let known =
                    [self.words.get(&say.name), say.name.zh.as_str(), statement, self.words.get(&rule.title)];
                let wanted = known.iter().any(|k| k.contains(typed));
                // What stands there already is not missing.
                if statement.is_empty() || !wanted || missing && checked.doc.source().contains(statement) {
                    continue;
                }
                let here = q.products.iter().any(|p| facts.product(p).is_some());
                let rank = if missing {
                    '0'
                } else if here {
                    '1'
                } else {
                    '2'
                };
                let why = if missing { self.words.missing() } else { self.words.disclosure() };
                let item = self.item(self.words.get(&say.name), CompletionItemKind::TEXT, &range, statement);
                out.push(CompletionItem {
                    detail: Some(format!("{why} · {}", self.about(rule))),
                    documentation: Some(Documentation::String(statement.to_owned())),
                    sort_text: Some(format!("{rank}{}{}", rule.id, say.name.zh)),
                    ..item
                });
            }
        }
        out
    }

    /// The products a rule is about, or its title where it is about any.
    fn about(&self, rule: &Rule) -> String {
        let products = rule.require.as_ref().map(|q| q.products.as_slice()).unwrap_or_default();
        let titles =
            self.lexicon.facts.iter().filter(|f| f.group == FactGroup::Product && products.contains(&f.id));
        let titles: Vec<&str> = titles.map(|f| self.words.get(&f.title)).collect();
        if titles.is_empty() { self.words.get(&rule.title).to_owned() } else { titles.join("、") }
    }
}

/// Whether a rule speaks of this kind of text.
fn fits(rule: &Rule, facts: &Facts) -> bool {
    rule.applies.kinds.is_empty() || rule.applies.kinds.contains(&facts.kind)
}
