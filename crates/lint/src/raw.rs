//! The shapes of rule, exemption, fact and word files as people write them.
//!
//! Every table denies unknown keys, so that a typing error is an error with its place, and
//! strings that the loader judges later keep their place in the file.

use crate::finding::{Safety, Severity, Verdict};
use crate::rule::{Burden, Channel, DateTest, FactGroup, InsertAt, Kind, Measure, Role, Side, Within};
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use toml::Spanned;
use toml::value::Datetime;

/// A table or an array of tables: `[match]` and `[[match]]` are both fine.
pub struct OneOrMany<T>(pub Vec<T>);

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct V<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for V<T> {
            type Value = OneOrMany<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value or an array")
            }
            fn visit_str<E: de::Error>(self, v: &str) -> Result<Self::Value, E> {
                T::deserialize(de::value::StrDeserializer::new(v)).map(|t| OneOrMany(vec![t]))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(de::value::MapAccessDeserializer::new(map)).map(|t| OneOrMany(vec![t]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(t) = seq.next_element()? {
                    all.push(t);
                }
                Ok(OneOrMany(all))
            }
        }
        d.deserialize_any(V(PhantomData))
    }
}

/// A string with its place.
pub type Str = Spanned<String>;

/// One string or several, with the place of the whole value.
pub type Strs = Spanned<OneOrMany<String>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRule {
    pub title: String,
    #[serde(default)]
    pub title_en: String,
    pub verdict: Verdict,
    pub severity: Option<Severity>,
    #[serde(default)]
    pub kinds: Vec<Kind>,
    #[serde(default)]
    pub channels: Vec<Channel>,
    #[serde(default)]
    pub products: Vec<Str>,
    pub since: Option<Datetime>,
    pub until: Option<Datetime>,
    pub basis: Vec<Str>,
    #[serde(default)]
    pub message: String,
    #[serde(default)]
    pub message_en: String,
    #[serde(default)]
    pub unless: Vec<Str>,
    #[serde(default)]
    pub everywhere: bool,
    #[serde(default)]
    pub yields_to: Vec<Str>,
    #[serde(default, rename = "match")]
    pub matches: OneOrMany<RawMatch>,
    pub require: Option<RawRequire>,
    pub check: Option<Spanned<toml::Table>>,
    #[serde(default)]
    pub fix: OneOrMany<RawFix>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawMatch {
    pub pattern: Option<Strs>,
    #[serde(default)]
    pub terms: Vec<Str>,
    #[serde(default)]
    pub except: Vec<Str>,
    #[serde(default)]
    pub boundary: bool,
    #[serde(default)]
    pub tag: OneOrMany<RawTag>,
    pub within: Option<Within>,
    pub actor: Option<Role>,
    #[serde(default)]
    pub near: OneOrMany<RawProbe>,
    #[serde(default)]
    pub absent: OneOrMany<RawProbe>,
    #[serde(default)]
    pub number: OneOrMany<RawNumber>,
    #[serde(default)]
    pub unless: Vec<Str>,
    #[serde(default)]
    pub kinds: Vec<Kind>,
    #[serde(default)]
    pub channels: Vec<Channel>,
    #[serde(default)]
    pub products: Vec<Str>,
    pub since: Option<Datetime>,
    pub until: Option<Datetime>,
    pub verdict: Option<Verdict>,
    #[serde(default)]
    pub message: String,
    #[serde(default)]
    pub message_en: String,
    #[serde(default)]
    pub basis: Vec<Str>,
    #[serde(default)]
    pub fix: OneOrMany<RawFix>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawTag {
    pub group: String,
    pub tags: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawProbe {
    pub pattern: Strs,
    pub within: Within,
    #[serde(default)]
    pub side: Side,
    pub but: Option<Str>,
    #[serde(default)]
    pub products: Vec<Str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawNumber {
    pub measure: Measure,
    #[serde(default)]
    pub group: String,
    pub over: Option<f64>,
    pub least: Option<f64>,
    pub under: Option<f64>,
    #[serde(default)]
    pub or_unknown: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawFix {
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub title_en: String,
    pub replace: Option<String>,
    pub insert: Option<String>,
    #[serde(default)]
    pub after: InsertAt,
    pub safety: Option<Safety>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRequire {
    #[serde(default)]
    pub products: Vec<Str>,
    #[serde(default)]
    pub when: OneOrMany<RawTrigger>,
    pub scope: Option<Within>,
    pub say: OneOrMany<RawSay>,
    #[serde(default)]
    pub need: usize,
    pub absent: Option<Strs>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawTrigger {
    pub pattern: Strs,
    #[serde(default)]
    pub near: OneOrMany<RawProbe>,
    #[serde(default)]
    pub absent: OneOrMany<RawProbe>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSay {
    pub name: String,
    #[serde(default)]
    pub name_en: String,
    pub pattern: Strs,
    pub due: Option<Str>,
    #[serde(default)]
    pub insert: String,
    #[serde(default)]
    pub insert_en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawContext {
    pub title: String,
    #[serde(default)]
    pub title_en: String,
    #[serde(default)]
    pub basis: Vec<Str>,
    #[serde(default)]
    pub when: OneOrMany<RawProbe>,
    #[serde(default)]
    pub includes: Vec<Str>,
}

/// `facts/GROUP.toml`: one table a fact.
pub type RawFacts = BTreeMap<String, RawFact>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawFact {
    pub title: String,
    #[serde(default)]
    pub title_en: String,
    pub threshold: f64,
    pub cue: OneOrMany<RawCue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawCue {
    pub pattern: Strs,
    pub weight: f64,
    #[serde(default = "one")]
    pub most: u32,
    #[serde(default)]
    pub head: bool,
}

fn one() -> u32 {
    1
}

/// `facts/roles.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRoles {
    pub party: Str,
    #[serde(default)]
    pub role: OneOrMany<RawRole>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRole {
    pub role: Role,
    #[serde(default)]
    pub words: Vec<String>,
    #[serde(default)]
    pub heads: Vec<Str>,
}

/// `facts/contract.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawContractCues {
    pub defines: Vec<Str>,
    pub heads: Vec<Str>,
    pub party: Str,
    pub object: Str,
    pub compound: Option<Str>,
    pub limits: Option<Str>,
    pub burden: OneOrMany<RawBurden>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawBurden {
    pub burden: Burden,
    pub pattern: Str,
}

/// `fold/*.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawFold {
    pub respellings: BTreeMap<String, String>,
}

/// `words/*.toml`.
pub type RawWords = BTreeMap<String, Vec<String>>;

/// Parameters of the coded checks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, tag = "name", rename_all = "kebab-case")]
pub enum RawCheck {
    TickedControl {
        label: String,
    },
    Prominence {
        matter: Vec<String>,
        #[serde(default = "one_usize")]
        least: usize,
    },
    FinePrint {
        matter: String,
        small: f64,
    },
    Unexplained {
        terms: Vec<RawTerm>,
    },
    References {
        reference: String,
        foreign: String,
    },
    Undefined {
        used: Vec<String>,
        #[serde(default)]
        introduced: Vec<String>,
    },
    Amounts {
        pairs: Vec<String>,
    },
    Blanks {
        blank: String,
        most: usize,
    },
    Dates {
        ranges: Vec<String>,
        test: DateTest,
    },
    LongSentences {
        over: usize,
        #[serde(default = "one_usize")]
        least: usize,
    },
}

fn one_usize() -> usize {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawTerm {
    pub term: String,
    pub explained: String,
}

/// The group that a facts file fills, by its stem.
pub fn fact_group(stem: &str) -> Option<FactGroup> {
    match stem {
        "kinds" => Some(FactGroup::Kind),
        "genres" => Some(FactGroup::Genre),
        "products" => Some(FactGroup::Product),
        "relations" => Some(FactGroup::Relation),
        _ => None,
    }
}
