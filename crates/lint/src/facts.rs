//! What is true of a document as a whole: its kind, its genre, what it sells, who its parties are.

use crate::rule::{FactGroup, Kind, Role, Roles};
use shenyan_text::span::{Folded, Span};

/// A fact that holds, with its strongest sign.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Group.
    pub group: FactGroup,
    /// Id.
    pub id: String,
    /// Score.
    pub score: f64,
    /// The first place of its weightiest cue.
    pub sign: Span<Folded>,
}

/// What is true of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The kind, given or detected.
    pub kind: Kind,
    /// The genre in which rules stay quiet, if it is one.
    pub genre: Option<String>,
    /// All facts that hold, by group and falling score.
    pub held: Vec<Held>,
    /// Names that have a role in this document only (甲方, a short name), longest first.
    pub parties: Vec<(String, Role)>,
}

impl Facts {
    /// The product fact of that id, if it holds; or the relation, if it is the one the contract
    /// is judged by.
    pub fn product(&self, id: &str) -> Option<&Held> {
        let product = self.held.iter().find(|h| h.group == FactGroup::Product && h.id == id);
        product.or_else(|| self.relation().filter(|h| h.id == id))
    }

    /// Between whom the contract is, if that can be told.
    pub fn relation(&self) -> Option<&Held> {
        self.held.iter().find(|h| h.group == FactGroup::Relation)
    }

    /// The role of a party as named in the text; none if it is not known.
    pub fn role_of(&self, name: &str, roles: &Roles) -> Option<Role> {
        let name = name.trim();
        let of_document = self.parties.iter().find(|(n, _)| n == name);
        of_document.map(|(_, r)| *r).or_else(|| {
            let known = |(_, words): &&(Role, Vec<String>)| words.iter().any(|w| w == name);
            roles.words.iter().find(known).map(|(r, _)| *r)
        })
    }
}

/// The names that a paragraph gives to parties: the head that says so (by its place), the name.
pub(crate) fn named(paragraph: &str, roles: &Roles) -> Vec<(u32, String)> {
    let mut out = Vec::new();
    for (i, (_, head)) in roles.heads.iter().enumerate() {
        let present = |set: &Vec<String>| set.iter().any(|a| paragraph.contains(a.as_str()));
        if !head.anchors().iter().all(present) {
            continue;
        }
        for found in head.found_iter(paragraph) {
            let Some(name) = found.name("name") else { continue };
            let name = paragraph[name].trim();
            if !name.is_empty() {
                out.push((i as u32, name.to_owned()));
            }
        }
    }
    out
}

/// The names that a document gives to its parties, from those of its paragraphs. What an earlier
/// head says of a name stands.
pub(crate) fn parties<'a>(
    named: impl Iterator<Item = &'a (u32, String)>,
    roles: &Roles,
) -> Vec<(String, Role)> {
    let mut named: Vec<&(u32, String)> = named.collect();
    named.sort_by_key(|(head, _)| *head);
    let mut out: Vec<(String, Role)> = Vec::new();
    for (head, name) in named {
        if !out.iter().any(|(n, _)| n == name) {
            out.push((name.clone(), roles.heads[*head as usize].0));
        }
    }
    out.sort_by_key(|(n, _)| std::cmp::Reverse(n.len()));
    out
}
