//! The examples of a rule file, run as tests.

use crate::date::Date;
use crate::finding::Finding;
use crate::linter::{Linter, Settings};
use crate::rule::{Example, Kind, Rule};
use shenyan_read::{Document, Format};

/// How one example went.
#[derive(Debug)]
pub struct Outcome<'r> {
    /// The example.
    pub example: &'r Example,
    /// What is wrong; empty when all is well.
    pub problems: Vec<String>,
    /// Findings of the rule, waived ones too, with the words.
    pub findings: Vec<(Finding, String)>,
}

/// Runs the examples of a rule. `as_of` is moved to the rule's first day in force if it is later.
pub fn run<'r>(linter: &Linter, rule: &'r Rule, as_of: Date) -> Vec<Outcome<'r>> {
    rule.examples.iter().map(|e| run_one(linter, rule, e, as_of)).collect()
}

fn run_one<'r>(linter: &Linter, rule: &Rule, example: &'r Example, as_of: Date) -> Outcome<'r> {
    let format = match example.format.as_str() {
        "markdown" | "md" => Format::Markdown,
        "html" => Format::Html,
        _ => Format::Plain,
    };
    let doc = Document::from_text(example.text.clone(), format);
    let mut settings = Settings::on(rule.applies.since.map_or(as_of, |s| s.max(as_of)));
    settings.kind = Some(rule.applies.kinds.first().copied().unwrap_or(Kind::Marketing));
    if let Some(channel) = rule.applies.channels.first() {
        settings.channel = *channel;
    }
    settings.select = vec![rule.id.clone()];
    let report = linter.check(&doc, &settings);
    let findings: Vec<(Finding, String)> = report
        .findings
        .into_iter()
        .map(|f| {
            let t = f.span.text(doc.source()).to_owned();
            (f, t)
        })
        .collect();
    let reported = || findings.iter().filter(|(f, _)| f.waived.is_none());
    let mut problems = Vec::new();
    if example.flag {
        if reported().next().is_none() {
            let why = findings.first().and_then(|(f, _)| f.waived.as_ref());
            problems.push(why.map_or_else(|| "没有报出".into(), |w| format!("被豁免：{}", w.title.zh)));
        }
        for (start, end) in &example.marks {
            let overlaps = |f: &Finding| (f.span.start as usize) < *end && *start < f.span.end as usize;
            if reported().next().is_some() && !reported().any(|(f, _)| overlaps(f)) {
                problems.push(format!("“{}”没有报出", &example.text[*start..*end]));
            }
        }
        for (f, words) in reported().filter(|_| !example.marks.is_empty()) {
            let marked =
                example.marks.iter().any(|(s, e)| (f.span.start as usize) < *e && *s < f.span.end as usize);
            if !marked {
                problems.push(format!("“{words}”不该报出"));
            }
        }
    } else {
        problems.extend(reported().map(|(_, words)| format!("“{words}”不该报出")));
    }
    Outcome { example, problems, findings }
}
