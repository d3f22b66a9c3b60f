//! SARIF 2.1.0.

use crate::check::Run;
use crate::item::{Change, Item, Place, citations};
use crate::words::Words;
use serde_json::{Value, json};
use shenyan_lint::{Rule, Severity};
use shenyan_project::docs;
use std::collections::BTreeMap;
use std::sync::Arc;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub fn render(run: &Run) -> String {
    let words = run.words;
    let mut rules: BTreeMap<&str, &Arc<Rule>> = BTreeMap::new();
    for i in run.files.iter().flat_map(|f| &f.items) {
        rules.insert(&i.finding.rule.id, &i.finding.rule);
    }
    let index: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(n, id)| (*id, n)).collect();
    let results: Vec<Value> = (run.files.iter().enumerate())
        .flat_map(|(n, f)| f.items.iter().map(move |i| (n, f, i)))
        .map(|(n, f, i)| result(run, &f.path, n, i, index[i.finding.rule.id.as_str()]))
        .collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "shenyan",
                "fullName": "审言 shenyan",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "language": if words.lang.english() { "en" } else { "zh-CN" },
                "rules": rules.values().map(|r| descriptor(r, words)).collect::<Vec<_>>(),
                "properties": {
                    "lexiconVersion": shenyan_lexicon::VERSION,
                    "lexiconHash": shenyan_lexicon::HASH,
                    "packs": run.packs.iter().map(|p| json!({"path": p.path, "hash": p.hash})).collect::<Vec<_>>(),
                    "asOf": run.as_of.to_string(),
                },
            }},
            "invocations": [{
                "executionSuccessful": run.problems.is_empty(),
                "toolExecutionNotifications": run.problems.iter().map(|p| {
                    let mut n = json!({
                        "level": "error",
                        "message": { "text": words.get(&p.message) },
                        "descriptor": { "id": p.kind },
                    });
                    if !p.path.is_empty() {
                        let mut location = json!({ "artifactLocation": { "uri": uri(&p.path) } });
                        if let Some((line, column)) = p.place.as_ref().map(shenyan_project::Place::position) {
                            location["region"] = json!({ "startLine": line, "startColumn": column });
                        }
                        n["locations"] = json!([{ "physicalLocation": location }]);
                    }
                    n
                }).collect::<Vec<_>>(),
            }],
            "artifacts": run.files.iter().map(|f| json!({
                "location": { "uri": uri(&f.path) },
                "properties": { "kind": f.kind.id() },
            })).collect::<Vec<_>>(),
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    let mut out = serde_json::to_string_pretty(&log).unwrap_or_default();
    out.push('\n');
    out
}

const fn level(s: Severity) -> &'static str {
    match s {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    }
}

fn descriptor(r: &Rule, words: Words) -> Value {
    let title = words.get(&r.title);
    let why = docs::why(&r.docs, words.lang.english());
    let text = if r.docs.is_empty() { title } else { &r.docs };
    json!({
        "id": r.id,
        "name": title,
        "shortDescription": { "text": title },
        "fullDescription": { "text": why.as_deref().unwrap_or(title) },
        "help": { "text": text, "markdown": text },
        "defaultConfiguration": { "level": level(r.severity) },
        "properties": {
            "tags": [r.family()],
            "verdict": r.verdict.id(),
            "basis": r.basis,
        },
    })
}

fn region(start: Place, end: Place) -> Value {
    let mut out = json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
        "charOffset": start.chars,
        "charLength": end.chars - start.chars,
    });
    if let (Some(from), Some(to)) = (start.byte, end.byte) {
        out["byteOffset"] = json!(from);
        out["byteLength"] = json!(to.saturating_sub(from));
    }
    out
}

fn result(run: &Run, path: &str, file: usize, i: &Item, rule: usize) -> Value {
    let words = run.words;
    let f = &i.finding;
    let artifact = json!({ "uri": uri(path), "index": file });
    let mut place = region(i.start, i.end);
    place["snippet"] = json!({ "text": i.text });
    let mut location = json!({
        "physicalLocation": { "artifactLocation": artifact, "region": place },
    });
    // Of a file that is not text the region is one of the text taken out of it; these say where in
    // the file that is.
    let clause = f.clause.as_ref().map(|c| json!({ "name": c, "kind": "clause" }));
    let place = i.location.as_ref().map(|l| json!({ "name": words.location(l), "kind": l.area.id() }));
    let logical: Vec<Value> = clause.into_iter().chain(place).collect();
    if !logical.is_empty() {
        location["logicalLocations"] = logical.into();
    }
    let mut out = json!({
        "ruleId": f.rule.id,
        "ruleIndex": rule,
        "level": level(f.severity),
        "message": { "text": words.get(&f.message) },
        "locations": [location],
        "partialFingerprints": { "shenyanContent/v1": i.fingerprint },
        "properties": {
            "verdict": f.verdict.id(),
            "evasive": f.evasive,
            "basis": f.basis.iter().map(|a| json!({
                "law": words.or(&a.law, &a.law_en),
                "article": a.label,
                "verified": a.verified.id(),
                "gist": words.or(&a.gist, &a.gist_en),
            })).collect::<Vec<_>>(),
        },
    });
    if !f.related.is_empty() {
        out["relatedLocations"] = (f.related.iter().zip(&i.related))
            .map(|(r, (_, start, end))| {
                json!({
                    "physicalLocation": { "artifactLocation": artifact, "region": region(*start, *end) },
                    "message": { "text": words.get(&r.note) },
                })
            })
            .collect();
    }
    let fixes: Vec<Value> = (f.fixes.iter().zip(&i.changes))
        // A repair without a text of its own, or of a file that is not text, is advice, not a change.
        .filter(|(_, changes)| !changes.is_empty() && changes.iter().all(|c| c.start.byte.is_some()))
        .map(|(fix, changes)| {
            json!({
                "description": { "text": words.get(&fix.title) },
                "artifactChanges": [{
                    "artifactLocation": artifact,
                    "replacements": changes.iter().map(replacement).collect::<Vec<_>>(),
                }],
            })
        })
        .collect();
    if !fixes.is_empty() {
        out["fixes"] = fixes.into();
    }
    if run.baseline {
        out["baselineState"] = json!(if i.known { "unchanged" } else { "new" });
    }
    if let Some(w) = &f.waived {
        let mut why = words.get(&w.title).to_owned();
        if !w.basis.is_empty() {
            why += words.colon();
            why += &citations(&w.basis, words);
        }
        let kind = if w.by == "ignore" { "inSource" } else { "external" };
        out["suppressions"] = json!([{
            "kind": kind,
            "status": "accepted",
            "justification": why,
            "properties": { "by": w.by },
        }]);
    } else if i.known {
        out["suppressions"] = json!([{
            "kind": "external",
            "status": "accepted",
            "justification": words.known(),
        }]);
    }
    out
}

fn replacement(c: &Change) -> Value {
    json!({
        "deletedRegion": region(c.start, c.end),
        "insertedContent": { "text": c.text },
    })
}

/// A path as a URI reference.
fn uri(path: &str) -> String {
    let mut out = String::new();
    if path.starts_with('/') {
        out += "file://";
    } else if path.split('/').next().is_some_and(|s| s.contains(':')) {
        // Or the name before the colon would read as a scheme.
        out += "./";
    }
    for b in path.bytes() {
        match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(b as char);
            }
            b => out += &format!("%{b:02X}"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn paths_become_uri_references() {
        for (path, want) in [
            ("a/b.md", "a/b.md"),
            ("/x/a b.md", "file:///x/a%20b.md"),
            ("文.md", "%E6%96%87.md"),
            ("c:d.md", "./c%3Ad.md"),
            ("<stdin>", "%3Cstdin%3E"),
        ] {
            assert_eq!(super::uri(path), want);
        }
    }
}
