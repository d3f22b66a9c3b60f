//! A contract understood: who its parties are, what it defines, who bears what in which clause.
//!
//! The words by which all this is read are data (`facts/contract.toml`, `facts/roles.toml`).

use crate::facts::Facts;
use crate::pattern::Pattern;
use crate::program::Found;
use crate::rule::{Burden, ContractCues, Role, Roles};
use crate::text::Text;
use shenyan_text::bounds;
use shenyan_text::span::{Folded, Source, Span};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// How far from a party, in bytes of folded text, the word may stand that says what it bears.
const REACH: usize = 60;

/// A party of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// What the contract calls it: 甲方, 本行.
    pub label: String,
    /// Its name, where the head gives one.
    pub name: Option<String>,
    /// Who it is, where that can be told.
    pub role: Option<Role>,
}

/// A defined term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The term.
    pub term: String,
    /// Where it is defined.
    pub span: Span<Source>,
}

/// Something a clause lays on a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearing {
    /// The party as the clause names it.
    pub party: String,
    /// Who that is.
    pub role: Option<Role>,
    /// What it bears.
    pub burden: Burden,
    /// From the party to the end of that part of the sentence.
    pub span: Span<Source>,
}

/// A clause that people cite by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// As cited: 第三条, 三、, 3.2, 附件一第三条.
    pub number: String,
    /// Its title; empty when it has none.
    pub heading: String,
    /// Depth in the outline, from 1.
    pub level: u8,
    /// All of it, with the clauses inside it.
    pub span: Span<Source>,
    /// What it says itself, in order, not counting the clauses inside it.
    pub bearings: Vec<Bearing>,
}

/// A contract.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contract {
    /// Parties, those with letters first, then by how often the text names them.
    pub parties: Vec<Party>,
    /// Definitions in order.
    pub definitions: Vec<Definition>,
    /// Clauses in order; what stands before the first is not in any.
    pub clauses: Vec<Clause>,
}

impl Contract {
    /// Reads a text as a contract.
    pub fn of(text: &Text, facts: &Facts, cues: &ContractCues, roles: &Roles) -> Self {
        let outline = text.outline();
        let clauses: Vec<usize> = (0..outline.sections.len()).filter(|i| outline.is_clause(*i)).collect();
        let mut out = Self { definitions: definitions(text, cues), ..Self::default() };
        for (n, &index) in clauses.iter().enumerate() {
            let section = &outline.sections[index];
            let next = clauses.get(n + 1).map(|i| outline.sections[*i].span.start);
            // Up to the next clause is its own text: clauses inside it come before those after it.
            let own = Span::new(section.span.start, next.unwrap_or(section.span.end).min(section.span.end));
            let title = text.slice(section.heading).get(section.label_len as usize..).unwrap_or_default();
            out.clauses.push(Clause {
                number: outline.name(index),
                heading: title.trim_matches([' ', '、', '.', '：']).to_owned(),
                level: section.level,
                span: text.source(section.span),
                bearings: bearings(text, own, facts, cues, roles),
            });
        }
        out.parties = parties(text, facts, cues, roles, &out.clauses);
        out
    }

    /// The clause that holds a place, innermost.
    pub fn clause_at(&self, at: u32) -> Option<usize> {
        (0..self.clauses.len()).rev().find(|i| self.clauses[*i].span.contains(at))
    }
}

/// A match of a pattern in the text, with its groups.
#[derive(Debug)]
pub struct Captures<'t> {
    text: &'t str,
    base: u32,
    found: Cow<'t, Found>,
}

impl<'t> Captures<'t> {
    /// A match that is known already, in the stretch that starts at `base`.
    pub(crate) fn known(text: &'t str, base: u32, found: &'t Found) -> Self {
        Self { text, base, found: Cow::Borrowed(found) }
    }

    /// The place of a named group.
    pub fn place(&self, name: &str) -> Option<Span<Folded>> {
        self.found.name(name).map(|range| Span::of(&range).shifted(self.base))
    }

    /// The place of the whole match.
    pub fn whole(&self) -> Option<Span<Folded>> {
        self.found.get(0).map(|range| Span::of(&range).shifted(self.base))
    }

    /// The words of a named group.
    pub fn name(&self, name: &str) -> Option<&'t str> {
        self.place(name).map(|at| at.text(self.text))
    }
}

/// All matches of a pattern in the paragraphs of a text, in order.
pub fn captures<'t>(text: &'t Text, pattern: &Pattern) -> Vec<Captures<'t>> {
    let present = |set: &Vec<String>| set.iter().any(|a| text.str().contains(a.as_str()));
    if !pattern.anchors().iter().all(present) {
        return Vec::new();
    }
    let mut out = Vec::new();
    for p in &text.paragraphs {
        let matches = pattern.found_iter(text.slice(*p));
        out.extend(matches.map(|found| Captures {
            text: text.str(),
            base: p.start,
            found: Cow::Owned(found),
        }));
    }
    out
}

/// The definitions of a text, in order; a term only where it is first defined.
pub fn definitions(text: &Text, cues: &ContractCues) -> Vec<Definition> {
    definitions_by(text, cues, &|p| captures(text, p))
}

/// As [`definitions`], with another way to look for a pattern in all paragraphs.
pub(crate) fn definitions_by<'t>(
    text: &Text,
    cues: &ContractCues,
    look: &dyn Fn(&Pattern) -> Vec<Captures<'t>>,
) -> Vec<Definition> {
    let found = cues.defines.iter().flat_map(look);
    let mut found: Vec<(Span<Folded>, String)> = found
        .filter_map(|c| c.place("term"))
        .map(|at| (at, text.slice(at).trim().to_owned()))
        .filter(|(_, term)| !term.is_empty())
        .collect();
    found.sort();
    let mut seen = BTreeSet::new();
    found.retain(|(_, term)| seen.insert(term.clone()));
    found.into_iter().map(|(span, term)| Definition { term, span: text.source(span) }).collect()
}

fn bearings(
    text: &Text,
    own: Span<Folded>,
    facts: &Facts,
    cues: &ContractCues,
    roles: &Roles,
) -> Vec<Bearing> {
    let mut out = Vec::new();
    let Some(party) = &roles.party else { return out };
    for sentence in bounds::sentences(text.slice(own)) {
        let sentence = sentence.shifted(own.start);
        for clause in bounds::clauses(text.str(), sentence) {
            let words = text.slice(clause);
            let more = cues.party.iter().flat_map(|p| p.find_iter(words));
            let mut named: Vec<(usize, usize)> =
                party.find_iter(words).chain(more).map(|m| (m.start, m.end)).collect();
            named.sort_by_key(|(start, end)| (*start, std::cmp::Reverse(*end)));
            named.dedup_by(|b, a| b.0 < a.1);
            // 对乙方, 乙方的, 会员费: not the one who acts.
            named.retain(|(start, end)| {
                !words[*end..].starts_with('的')
                    && !cues.compound.as_ref().is_some_and(|c| c.is_match(&words[*end..]))
                    && !cues.object.as_ref().is_some_and(|o| o.is_match(&words[..*start]))
            });
            for (i, (start, end)) in named.iter().enumerate() {
                let next = named.get(i + 1).map_or(words.len(), |(s, _)| *s);
                let reach = (end + REACH..=words.len()).find(|at| words.is_char_boundary(*at));
                let after = &words[*end..next.min(reach.unwrap_or(words.len())).max(*end)];
                let burden = (cues.burdens.iter())
                    .filter_map(|(burden, p)| Some((p.find(after)?, *burden)))
                    .min_by_key(|(m, _)| (m.start, std::cmp::Reverse(m.end)));
                let Some((_, burden)) = burden else { continue };
                let name = &words[*start..*end];
                let span = Span::new(clause.start + *start as u32, clause.start + next as u32);
                out.push(Bearing {
                    party: name.to_owned(),
                    role: facts.role_of(name, roles),
                    burden,
                    span: text.source(span),
                });
            }
        }
    }
    out
}

fn parties(text: &Text, facts: &Facts, cues: &ContractCues, roles: &Roles, clauses: &[Clause]) -> Vec<Party> {
    let mut out: Vec<Party> = Vec::new();
    for head in &cues.heads {
        for found in captures(text, head) {
            let Some(label) = found.name("label").map(str::trim) else { continue };
            let name = found.name("name").map(|m| m.trim_matches([' ', '_', '：']));
            // A blank, a place holder or the label of the next party is no name.
            let blank = ['{', '[', '【', '_', '：'];
            let name = name.filter(|n| n.chars().count() > 1 && !n.contains(blank));
            let is_label =
                |n: &str| roles.party.as_ref().and_then(|p| p.find(n)).is_some_and(|m| m.len() == n.len());
            let name = name.filter(|n| !is_label(n));
            match out.iter_mut().find(|p| p.label == label) {
                Some(p) => p.name = p.name.take().or_else(|| name.map(str::to_owned)),
                None => out.push(Party {
                    label: label.to_owned(),
                    name: name.map(str::to_owned),
                    role: facts.role_of(label, roles),
                }),
            }
        }
    }
    for (label, role) in &facts.parties {
        if !out.iter().any(|p| &p.label == label) {
            out.push(Party { label: label.clone(), name: None, role: Some(*role) });
        }
    }
    if out.is_empty() {
        // Terms of use name nobody in a head: who bears most in them is who they are between.
        for role in [Role::Drafter, Role::Consumer] {
            let names = clauses.iter().flat_map(|c| &c.bearings).filter(|b| b.role == Some(role));
            let mut counts = std::collections::BTreeMap::<&str, usize>::new();
            names.for_each(|b| *counts.entry(&b.party).or_default() += 1);
            if let Some((label, _)) = counts.into_iter().max_by_key(|(_, n)| *n) {
                out.push(Party { label: label.to_owned(), name: None, role: Some(role) });
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Kind;
    use shenyan_read::{Document, Format};
    use shenyan_text::fold::Folder;

    fn pattern(source: &str) -> Pattern {
        Pattern::new(source, &crate::pattern::Words::new()).unwrap()
    }

    fn contract(text: &str) -> (Document, Contract) {
        let doc = Document::from_text(text.to_owned(), Format::Plain);
        let roles = Roles { party: Some(pattern("[甲乙]方|对方")), ..Roles::default() };
        let cues = ContractCues {
            defines: vec![pattern("简称“(?<term>[^”]+)”")],
            heads: vec![pattern("(?:^|\n)(?<label>[甲乙]方)：(?<name>[^\n]*)")],
            party: None,
            object: Some(pattern("(?:向|对)$")),
            burdens: vec![
                (Burden::Ban, pattern("不得")),
                (Burden::Right, pattern("有权")),
                (Burden::Duty, pattern("应")),
            ],
            compound: Some(pattern("^费")),
            limits: None,
        };
        let facts = Facts {
            kind: Kind::Contract,
            genre: None,
            held: Vec::new(),
            parties: vec![("甲方".into(), Role::Drafter)],
        };
        let contract = {
            let text = Text::new(&doc, &Folder::new(&[]));
            Contract::of(&text, &facts, &cues, &roles)
        };
        (doc, contract)
    }

    #[test]
    fn who_bears_what_in_which_clause() {
        let (doc, c) = contract(
            "甲方：某公司\n乙方：____\n第一条 付款\n乙方应向甲方付款（简称“货款”）。甲方有权要求乙方提前付款，乙方的货物不得扣留。\n（一）乙方不得转让。乙方费应付清。\n第二条 其他",
        );
        assert_eq!(c.parties[0].name.as_deref(), Some("某公司"));
        assert_eq!((c.parties[0].role, c.parties[1].name.as_deref()), (Some(Role::Drafter), None));
        assert_eq!(c.definitions[0].term, "货款");
        let numbers: Vec<_> = c.clauses.iter().map(|c| (c.number.as_str(), c.heading.as_str())).collect();
        assert_eq!(numbers, [("第一条", "付款"), ("第二条", "其他")]);
        let borne: Vec<_> = (c.clauses[0].bearings.iter())
            .map(|b| (b.party.as_str(), b.burden, b.span.text(doc.source())))
            .collect();
        assert_eq!(
            borne,
            [
                ("乙方", Burden::Duty, "乙方应向甲方付款（简称“货款”）。"),
                ("甲方", Burden::Right, "甲方有权要求"),
                ("乙方", Burden::Ban, "乙方不得转让。"),
            ]
        );
        assert_eq!(c.clause_at(doc.source().find("转让").unwrap() as u32), Some(0));
    }
}
