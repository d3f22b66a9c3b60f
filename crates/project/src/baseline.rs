//! Baselines: the findings that were there before, known by their content.
//!
//! A fingerprint is made of the rule, the folded words and the folded sentence around them, so
//! that a finding stays known when lines move or a file is renamed, and becomes new when its
//! sentence is rewritten. Known findings are marked, not hidden.

use crate::problem::{Problem, both};
use crate::project::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shenyan_lint::text::Text;
use shenyan_lint::{Bilingual, Finding};
use shenyan_read::Document;
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// The format of the file.
const VERSION: u32 = 1;

/// A finding in a baseline.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// Where it was, for people.
    pub path: String,
    /// The rule's id.
    pub rule: String,
    /// The words, for people.
    pub text: String,
    /// What it is known by.
    pub fingerprint: String,
}

/// The findings that were there before.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    version: u32,
    /// The lexicon it was written with, for people.
    #[serde(default)]
    lexicon: String,
    findings: Vec<Known>,
}

impl Baseline {
    /// A baseline of these findings.
    pub fn of(mut findings: Vec<Known>) -> Self {
        findings.sort();
        Self {
            version: VERSION,
            lexicon: format!("{} {}", shenyan_lexicon::VERSION, shenyan_lexicon::HASH),
            findings,
        }
    }

    /// Reads a baseline.
    pub fn load(path: &Path) -> Result<Self, Problem> {
        let name = crate::walk::shown(path);
        let text = fs::read_to_string(path).map_err(|e| Problem::io(&name, &e))?;
        let bad = |zh: String, en: String| {
            Problem::new(
                &name,
                "bad_baseline",
                Bilingual { zh, en },
                both("用 --write-baseline 重新生成", "write it again with --write-baseline"),
            )
        };
        let out: Self = serde_json::from_str(&text).map_err(|e| {
            let source: Arc<str> = text.as_str().into();
            let line_start =
                text.split_inclusive('\n').take(e.line().saturating_sub(1)).map(str::len).sum::<usize>();
            let at = line_start + e.column().saturating_sub(1);
            bad(format!("基线文件读不懂：{e}"), format!("bad baseline: {e}")).at(&source, Some(&(at..at + 1)))
        })?;
        if out.version != VERSION {
            return Err(bad(
                format!("基线文件的版本是 {}，只认识 {VERSION}", out.version),
                format!("the baseline is of version {}, not {VERSION}", out.version),
            ));
        }
        Ok(out)
    }

    /// Writes it.
    pub fn save(&self, path: &Path) -> Result<(), Problem> {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        fs::write(path, text).map_err(|e| Problem::io(crate::walk::shown(path), &e))
    }

    /// How many findings of each fingerprint are known: a copy of a known sentence is new.
    pub fn counts(&self) -> HashMap<&str, usize> {
        let mut out = HashMap::new();
        for f in &self.findings {
            *out.entry(f.fingerprint.as_str()).or_default() += 1;
        }
        out
    }
}

/// What a finding is known by. `text` is the folded text of the document.
pub fn fingerprint(doc: &Document, text: &Text, finding: &Finding) -> String {
    let prose = doc.prose().to_derived(finding.span);
    let folded = text.of_prose(prose);
    let (words, sentence) = if folded.is_empty() {
        // A directive in a comment is not prose.
        (finding.span.text(doc.source()), "")
    } else {
        (text.slice(folded), text.slice(text.sentence(folded)))
    };
    let mut hash = Sha256::new();
    for part in [finding.rule.id.as_str(), words, sentence.trim()] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hex(&hash.finalize())
}
