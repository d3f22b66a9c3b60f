//! Findings and problems as diagnostics.

use crate::analysis::Checked;
use crate::lsp::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    NumberOrString, START, Uri,
};
use crate::position::Encoding;
use crate::words::Words;
use ropey::Rope;
use serde_json::json;
use shenyan_lint::{Finding, Linter, Severity};
use shenyan_project::{Config, Lang, Problem, Project, clean, rule_known};
use std::collections::HashMap;
use std::path::Path;

/// What the protocol shows as the source of a diagnostic.
pub const SOURCE: &str = "shenyan";

/// Where findings are, and how a client wants places told.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The document.
    pub uri: &'a Uri,
    /// Its text.
    pub rope: &'a Rope,
    /// How columns are counted.
    pub encoding: Encoding,
    /// Where the page of a rule is; `{rule}` stands for its id.
    pub rule_page: &'a str,
}

/// The diagnostics of the findings that are reported, in their order.
pub fn of(checked: &Checked, place: &Place, lang: Lang) -> Vec<Diagnostic> {
    // Many findings are of one rule, whose page is worked out once.
    let mut pages: HashMap<String, Option<Uri>> = HashMap::new();
    let mut page = |rule: &str| match pages.get(rule) {
        Some(page) => page.clone(),
        None => pages.entry(rule.to_owned()).or_insert_with(|| rule_page(place.rule_page, rule)).clone(),
    };
    let words = Words::new(lang);
    checked.report.reported().map(|f| diagnostic(f, place, words, page(&f.rule.id))).collect()
}

fn diagnostic(f: &Finding, place: &Place, words: Words, page: Option<Uri>) -> Diagnostic {
    let range = |span: shenyan_text::span::Span<shenyan_text::span::Source>| {
        place.encoding.range(place.rope, &span.range())
    };
    let related = f.related.iter().map(|r| DiagnosticRelatedInformation {
        location: Location::new(place.uri.clone(), range(r.span)),
        message: words.get(&r.note).to_owned(),
    });
    let related: Vec<_> = related.collect();
    let mut message = words.get(&f.message).to_owned();
    if let Some(a) = f.basis.first() {
        message += &words.aside(&words.short_citation(a));
    }
    Diagnostic {
        range: range(f.span),
        severity: Some(match f.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
            // The protocol's own hints are all but invisible; these are to be looked at.
            Severity::Hint => DiagnosticSeverity::INFORMATION,
        }),
        code: Some(NumberOrString::String(f.rule.id.clone())),
        code_description: page.map(|href| CodeDescription { href }),
        source: Some(SOURCE.into()),
        message,
        related_information: (!related.is_empty()).then_some(related),
        // An ignore that does nothing is shown faded, as other needless text is.
        tags: (f.rule.id == "ignore/unused").then(|| vec![DiagnosticTag::UNNECESSARY]),
        // What a list of findings shows and `code` and `severity` do not say. The law, the reasons
        // and the fixes are asked for: all diagnostics of a document go over the wire after every
        // key.
        data: Some(match &f.clause {
            Some(clause) => json!({ "title": words.get(&f.rule.title), "clause": clause }),
            None => json!({ "title": words.get(&f.rule.title) }),
        }),
    }
}

fn rule_page(template: &str, rule: &str) -> Option<Uri> {
    // The tool's own rules have no page.
    let own = rule.starts_with("ignore/") || template.is_empty();
    (!own).then(|| template.replace("{rule}", rule).parse().ok()).flatten()
}

/// That the check itself failed.
pub fn died(lang: Lang) -> Diagnostic {
    Diagnostic {
        range: START,
        severity: Some(DiagnosticSeverity::ERROR),
        source: Some(SOURCE.into()),
        code: Some(NumberOrString::String("internal".into())),
        message: Words::new(lang).died().into(),
        ..Diagnostic::default()
    }
}

/// Problems of configurations and packs, by file.
pub fn problems(problems: &[Problem], encoding: Encoding, lang: Lang) -> HashMap<Uri, Vec<Diagnostic>> {
    let mut out: HashMap<Uri, Vec<Diagnostic>> = HashMap::new();
    for p in problems {
        let path = clean(Path::new(&p.path));
        if let Some(uri) = (!p.path.is_empty()).then(|| Uri::from_file_path(&path)).flatten() {
            out.entry(uri).or_default().push(problem(p, encoding, Words::new(lang)));
        }
    }
    out
}

/// A problem as a diagnostic at its place, or at the start of its file.
pub fn problem(p: &Problem, encoding: Encoding, words: Words) -> Diagnostic {
    let range = p
        .place
        .as_ref()
        .map_or(START, |place| encoding.range(&Rope::from_str(&place.source), &(place.span.0..place.span.1)));
    let hint = words.get(&p.hint);
    let hint = if hint.is_empty() { String::new() } else { format!("\n{}{hint}", words.advice()) };
    Diagnostic {
        range,
        severity: Some(DiagnosticSeverity::ERROR),
        code: Some(NumberOrString::String(p.kind.into())),
        source: Some(SOURCE.into()),
        message: format!("{}{hint}", words.get(&p.message)),
        ..Diagnostic::default()
    }
}

/// What is wrong with a configuration as it stands in a buffer.
pub fn of_config(
    path: &Path,
    text: &str,
    linter: &Linter,
    rope: &Rope,
    encoding: Encoding,
    lang: Lang,
) -> Vec<Diagnostic> {
    let words = Words::new(lang);
    match Config::parse(path, "", text) {
        Err(p) => vec![problem(&p, encoding, words)],
        Ok(config) => (config.mentions.iter())
            .filter(|(name, _)| !rule_known(linter, name))
            .map(|(name, span)| {
                let p = Project::no_such_rule(linter, name);
                Diagnostic { range: encoding.range(rope, span), ..problem(&p, encoding, words) }
            })
            .collect(),
    }
}
