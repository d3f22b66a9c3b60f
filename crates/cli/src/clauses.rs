//! The clause table: each clause with its heading, who bears what in it, and its findings.

use crate::item::Item;
use crate::words::Words;
use serde::Serialize;
use shenyan_lint::Bilingual;
use shenyan_lint::contract::Contract;
use shenyan_lint::rule::{Burden, Role};
use shenyan_read::Document;

/// A clause, or what stands outside of all clauses.
#[derive(Debug)]
pub struct Row {
    /// As cited; none for what stands outside.
    number: Option<String>,
    /// Title; empty when it has none.
    pub heading: String,
    /// Depth, from 1.
    pub level: u8,
    /// Line on which it starts.
    pub line: u32,
    /// Party, who that is, what it bears, the words.
    bearings: Vec<(String, Option<Role>, Burden, String)>,
    /// Indices of its findings in the file's.
    pub findings: Vec<usize>,
}

/// A contract as a table.
#[derive(Debug)]
pub struct Sheet {
    parties: Vec<(String, Option<String>, Option<Role>)>,
    relation: Option<Bilingual>,
    definitions: Vec<String>,
    /// Clauses in order; first what stands outside of them, where there are findings in it.
    pub rows: Vec<Row>,
}

impl Sheet {
    /// The table of a contract and the findings in it.
    pub fn new(doc: &Document, contract: Contract, relation: Option<Bilingual>, items: &[Item]) -> Self {
        let mut outside = Vec::new();
        let mut inside: Vec<Vec<usize>> = vec![Vec::new(); contract.clauses.len()];
        for (n, item) in items.iter().enumerate().filter(|(_, i)| i.counts()) {
            let clause = contract.clause_at(item.finding.span.start);
            clause.map_or(&mut outside, |c| &mut inside[c]).push(n);
        }
        let mut rows = Vec::new();
        if !outside.is_empty() {
            rows.push(Row {
                number: None,
                heading: String::new(),
                level: 1,
                line: 1,
                bearings: Vec::new(),
                findings: outside,
            });
        }
        for (clause, findings) in contract.clauses.into_iter().zip(inside) {
            let bearings = (clause.bearings.into_iter())
                .map(|b| {
                    let words = b.span.text(doc.source()).split_whitespace().collect();
                    (b.party, b.role, b.burden, words)
                })
                .collect();
            rows.push(Row {
                number: Some(clause.number),
                heading: clause.heading,
                level: clause.level,
                line: doc.position(clause.span.start).line,
                bearings,
                findings,
            });
        }
        Self {
            parties: contract.parties.into_iter().map(|p| (p.label, p.name, p.role)).collect(),
            relation,
            definitions: contract.definitions.into_iter().map(|d| d.term).collect(),
            rows,
        }
    }

    /// The parties and what the contract is between, in one line.
    pub fn head(&self, words: Words) -> String {
        let mut out: Vec<String> = (self.parties.iter())
            .map(|(label, name, role)| {
                let name = name.as_ref().map_or_else(String::new, |n| format!("{}{n}", words.colon()));
                let role = role.map_or_else(String::new, |r| {
                    format!("{}{}{}", words.open(), words.role(r), words.close())
                });
                format!("{label}{name}{role}")
            })
            .collect();
        if let Some(relation) = &self.relation {
            out.push(format!("{}{}{}", words.relation(), words.colon(), words.get(relation)));
        }
        out.join(words.semicolon())
    }

    /// The object in machine-readable output.
    pub fn object(&self, words: Words) -> Object<'_> {
        Object {
            parties: (self.parties.iter())
                .map(|(label, name, role)| PartyObject {
                    label,
                    name: name.as_deref(),
                    role: role.map(Role::id),
                })
                .collect(),
            relation: self.relation.as_ref().map(|r| words.get(r)),
            definitions: &self.definitions,
            clauses: (self.rows.iter())
                .map(|r| ClauseObject {
                    number: r.number.as_deref(),
                    heading: &r.heading,
                    level: r.level,
                    line: r.line,
                    bears: (r.bearings.iter())
                        .map(|(party, role, burden, text)| BearingObject {
                            party,
                            role: role.map(Role::id),
                            burden: burden.id(),
                            text,
                        })
                        .collect(),
                    findings: &r.findings,
                })
                .collect(),
        }
    }
}

impl Row {
    /// The number, or that it is outside of the clauses.
    pub fn number(&self, words: Words) -> &str {
        self.number.as_deref().unwrap_or_else(|| words.outside())
    }

    /// Each party with what it bears, counted: 乙方 义务2、禁止1；甲方 权利1.
    pub fn bears(&self, words: Words) -> String {
        let mut parties: Vec<(&str, Vec<(Burden, usize)>)> = Vec::new();
        for (party, _, burden, _) in &self.bearings {
            let at = parties.iter().position(|(p, _)| p == party).unwrap_or_else(|| {
                parties.push((party, Vec::new()));
                parties.len() - 1
            });
            let counts = &mut parties[at].1;
            match counts.iter_mut().find(|(b, _)| b == burden) {
                Some((_, n)) => *n += 1,
                None => counts.push((*burden, 1)),
            }
        }
        let shown = parties.into_iter().map(|(party, mut counts)| {
            counts.sort_unstable();
            let counts: Vec<String> =
                counts.iter().map(|(b, n)| format!("{}{n}", words.burden(*b))).collect();
            format!("{party} {}", counts.join(words.comma()))
        });
        shown.collect::<Vec<_>>().join(words.semicolon())
    }
}

/// The object of a contract in JSON.
#[derive(Debug, Serialize)]
pub struct Object<'s> {
    parties: Vec<PartyObject<'s>>,
    relation: Option<&'s str>,
    definitions: &'s [String],
    clauses: Vec<ClauseObject<'s>>,
}

#[derive(Debug, Serialize)]
struct PartyObject<'s> {
    label: &'s str,
    name: Option<&'s str>,
    role: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct ClauseObject<'s> {
    number: Option<&'s str>,
    heading: &'s str,
    level: u8,
    line: u32,
    bears: Vec<BearingObject<'s>>,
    /// Indices into the file's findings.
    findings: &'s [usize],
}

#[derive(Debug, Serialize)]
struct BearingObject<'s> {
    party: &'s str,
    role: Option<&'static str>,
    burden: &'static str,
    text: &'s str,
}
