//! Law data: which law, which article, what it says in our own words, and since when.
//!
//! One TOML file a law (`lexicon/law/*.toml`); the file's stem is the law's id. A basis is
//! written `law-id#key`, with key `ARTICLE[-PARAGRAPH][.ITEM]` (`9.3` = 第九条第三项,
//! `21-2.1` = 第二十一条第二款第一项) or any key whose entry gives its own `label`.

use crate::date::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How well the text of an article is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verified {
    /// The original text was read.
    Text,
    /// Only retold by others: never quoted as the text.
    Secondhand,
    /// General knowledge; never the only basis of a rule.
    Unverified,
}

impl Verified {
    /// The name in machine-readable output.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Secondhand => "secondhand",
            Self::Unverified => "unverified",
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLaw {
    name: String,
    short: String,
    name_en: String,
    #[serde(default)]
    number: String,
    #[serde(default)]
    issuer: String,
    effective: toml::value::Datetime,
    until: Option<toml::value::Datetime>,
    verified: Verified,
    #[serde(default)]
    note: String,
    #[serde(default)]
    articles: BTreeMap<String, RawArticle>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawArticle {
    gist: String,
    #[serde(default)]
    gist_en: String,
    label: Option<String>,
    since: Option<toml::value::Datetime>,
    until: Option<toml::value::Datetime>,
    verified: Option<Verified>,
    #[serde(default)]
    penalty: String,
}

/// An article as a finding cites it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// `law-id#key`.
    pub id: String,
    /// Law id: the file's stem.
    pub law_id: String,
    /// Full name of the law.
    pub law: String,
    /// Short name of the law.
    pub short: String,
    /// English name of the law.
    pub law_en: String,
    /// Number and form of the law's publication.
    pub number: String,
    /// `第九条第三项`.
    pub label: String,
    /// What it says, in our words.
    pub gist: String,
    /// The same in English.
    pub gist_en: String,
    /// What follows from a breach; may be empty.
    pub penalty: String,
    /// First day in force.
    pub since: Date,
    /// First day no longer in force.
    pub until: Option<Date>,
    /// How well the text is known.
    pub verified: Verified,
}

impl Article {
    /// Whether the article is in force on the day.
    pub fn in_force(&self, on: Date) -> bool {
        self.since <= on && self.until.is_none_or(|u| on < u)
    }
}

/// A shared reference to an article.
pub type Citation = Arc<Article>;

/// All articles known, by basis id.
#[derive(Debug, Default, Clone)]
pub struct LawBook {
    articles: BTreeMap<String, Citation>,
}

fn date(d: &toml::value::Datetime) -> Option<Date> {
    d.date.and_then(|d| Date::new(d.year, d.month, d.day))
}

impl LawBook {
    /// Reads one law file; `id` is its stem. The error carries the byte range in the file.
    pub fn add(&mut self, id: &str, text: &str) -> Result<(), (String, Option<std::ops::Range<usize>>)> {
        let raw: RawLaw = toml::from_str(text).map_err(|e| (e.message().to_owned(), e.span()))?;
        let bad = |what: &str| (format!("{what} 应是日期 YYYY-MM-DD"), None);
        let effective = date(&raw.effective).ok_or_else(|| bad("effective"))?;
        let until = raw.until.as_ref().and_then(date);
        for (key, a) in raw.articles {
            let Some(label) = a.label.clone().or_else(|| derived_label(&key)) else {
                return Err((format!("条文键 `{key}` 不是“条[-款][.项]”，需要写明 label"), None));
            };
            let basis = format!("{id}#{key}");
            let article = Article {
                id: basis.clone(),
                law_id: id.to_owned(),
                law: raw.name.clone(),
                short: raw.short.clone(),
                law_en: raw.name_en.clone(),
                number: if raw.issuer.is_empty() || raw.number.starts_with(&raw.issuer) {
                    raw.number.clone()
                } else {
                    format!("{} {}", raw.issuer, raw.number)
                },
                label,
                gist: a.gist,
                gist_en: a.gist_en,
                penalty: a.penalty,
                since: a.since.as_ref().and_then(date).unwrap_or(effective),
                until: a.until.as_ref().and_then(date).or(until),
                verified: a.verified.unwrap_or(raw.verified),
            };
            self.articles.insert(basis, Arc::new(article));
        }
        let _ = raw.note;
        Ok(())
    }

    /// The article a basis names.
    pub fn get(&self, basis: &str) -> Option<&Citation> {
        self.articles.get(basis)
    }

    /// All articles, by basis id.
    pub fn articles(&self) -> impl Iterator<Item = &Citation> {
        self.articles.values()
    }

    /// The articles themselves, where nothing else holds on to them.
    pub fn into_articles(self) -> Vec<Article> {
        self.articles.into_values().filter_map(Arc::into_inner).collect()
    }

    /// A book of these articles.
    pub fn of(articles: Vec<Article>) -> Self {
        Self { articles: articles.into_iter().map(|a| (a.id.clone(), Arc::new(a))).collect() }
    }
}

/// `21-2.1` → `第二十一条第二款第一项`.
fn derived_label(key: &str) -> Option<String> {
    let (head, item) = key.split_once('.').map_or((key, None), |(h, i)| (h, Some(i)));
    let (article, paragraph) = head.split_once('-').map_or((head, None), |(a, p)| (a, Some(p)));
    let mut out = format!("第{}条", han_number(article)?);
    if let Some(p) = paragraph {
        out += &format!("第{}款", han_number(p)?);
    }
    if let Some(i) = item {
        out += &format!("第{}项", han_number(i)?);
    }
    Some(out)
}

/// `121` → `一百二十一`; up to 9999.
fn han_number(digits: &str) -> Option<String> {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let n: u32 = digits.parse().ok().filter(|n| (1..10_000).contains(n))?;
    let mut out = String::new();
    let mut pending_zero = false;
    for (value, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let d = (n / value % 10) as usize;
        if d == 0 {
            pending_zero = !out.is_empty();
            continue;
        }
        if pending_zero {
            out += "零";
            pending_zero = false;
        }
        if !(value == 10 && d == 1 && out.is_empty()) {
            out += DIGITS[d];
        }
        out += name;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_read_as_lawyers_write_them() {
        for (key, want) in [
            ("9.3", "第九条第三项"),
            ("21-2.1", "第二十一条第二款第一项"),
            ("10", "第十条"),
            ("116.4", "第一百一十六条第四项"),
            ("496-2", "第四百九十六条第二款"),
            ("506", "第五百零六条"),
            ("1020", "第一千零二十条"),
        ] {
            assert_eq!(derived_label(key).as_deref(), Some(want));
        }
        assert_eq!(derived_label("6.六"), None);
    }

    #[test]
    fn an_unknown_key_is_an_error_with_its_place() {
        let mut book = LawBook::default();
        let text = "name='a'\nshort='a'\nname_en='a'\neffective=2020-01-01\nverified='text'\ntypo=1\n";
        let (message, span) = book.add("x", text).unwrap_err();
        assert!(message.contains("typo"), "{message}");
        assert_eq!(&text[span.unwrap()], "typo");
    }
}
