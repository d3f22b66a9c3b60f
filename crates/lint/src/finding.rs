//! What the linter says: findings, what silenced them, and the edits that would settle them.

use crate::law::Citation;
use serde::{Deserialize, Serialize};
use shenyan_text::span::{Source, Span};
use std::sync::Arc;

/// What a rule concludes (catalogue: 结论).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// 人工复核: context decides, a person should look.
    Review,
    /// 须举证: lawful only with proof beside it.
    Evidence,
    /// 违规: the wording itself is barred.
    Violation,
}

impl Verdict {
    /// The name in machine-readable output.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Evidence => "evidence",
            Self::Violation => "violation",
        }
    }

    /// The severity that goes with the verdict unless a rule or a user says otherwise.
    pub const fn severity(self) -> Severity {
        match self {
            Self::Review => Severity::Hint,
            Self::Evidence => Severity::Warning,
            Self::Violation => Severity::Error,
        }
    }
}

/// How much a finding weighs at the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Shown, never fails a gate by default.
    Hint,
    /// Needs an answer.
    Warning,
    /// Must not be published.
    Error,
}

impl Severity {
    /// The name in machine-readable output.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Text in both languages of the product.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Bilingual {
    /// Simplified Chinese.
    pub zh: String,
    /// English; empty means the Chinese stands for both.
    pub en: String,
}

impl Bilingual {
    /// The text in the language asked for.
    pub fn get(&self, english: bool) -> &str {
        if english && !self.en.is_empty() { &self.en } else { &self.zh }
    }
}

/// A replacement of source text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span<Source>,
    /// What takes its place.
    pub text: String,
}

/// Whether a fix may be applied without a person reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// Changes no meaning.
    Safe,
    /// A wording to consider.
    Suggestion,
}

impl Safety {
    /// The name in machine-readable output.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Suggestion => "suggestion",
        }
    }
}

/// A way to settle a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What the fix does, in an imperative.
    pub title: Bilingual,
    /// The edits, in source order.
    pub edits: Vec<Edit>,
    /// Whether it may be applied unread.
    pub safety: Safety,
}

/// Why a finding is not reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The exemption's id (`negation`, `genre/news`, `ignore`).
    pub by: String,
    /// The exemption's name, or the reason the writer gave.
    pub title: Bilingual,
    /// The legal item behind the exemption, as a citation; empty when none.
    pub basis: Arc<[Citation]>,
}

/// Another place that explains a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub span: Span<Source>,
    /// What it has to do with the finding.
    pub note: Bilingual,
}

/// One finding in one document.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: Arc<crate::rule::Rule>,
    /// The words.
    pub span: Span<Source>,
    /// Verdict, which a match may set apart from its rule's.
    pub verdict: Verdict,
    /// Severity after configuration.
    pub severity: Severity,
    /// What is wrong, with the values filled in.
    pub message: Bilingual,
    /// The articles it rests on that are in force.
    pub basis: Arc<[Citation]>,
    /// The clause as a person would cite it.
    pub clause: Option<String>,
    /// The spelling was evasive (规避写法).
    pub evasive: bool,
    /// Other places.
    pub related: Vec<Related>,
    /// Ways out.
    pub fixes: Vec<Fix>,
    /// Why it is not reported, if it is not.
    pub waived: Option<Waiver>,
}
