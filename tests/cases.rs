//! The project's own labelled sentences (`tests/cases/*.jsonl`), scored with a floor.
//!
//! Each file is one round of one part: written blind, scored before anything was changed (those
//! figures stand in `docs/accuracy.md`), and kept so that what was learnt is not lost. A gold item
//! is found when a finding of error or warning overlaps its quote; a finding is false when it
//! overlaps none. `disclosure/*` is about whole documents and does not count here.

use serde_json::Value;
use shenyan_lint::{Kind, Linter, Settings, Severity};
use shenyan_read::{Document, Format};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

#[derive(Default, Clone, Copy)]
struct Tally {
    found: u32,
    gold: u32,
    right: u32,
    wrong: u32,
}

fn share(part: u32, whole: u32) -> f64 {
    f64::from(part) / f64::from(whole.max(1))
}

#[test]
fn labelled_sentences_stay_above_the_floor() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let floors: toml::Table =
        toml::from_str(&fs::read_to_string(folder.join("floors.toml")).unwrap()).unwrap();
    let linter = Linter::new(shenyan_lexicon::builtin());
    let mut report = String::new();
    let mut low = Vec::new();
    for (name, floor) in &floors {
        let lines = fs::read_to_string(folder.join(format!("{name}.jsonl"))).unwrap();
        let mut t = Tally::default();
        for line in lines.lines().filter(|l| !l.is_empty()) {
            let case: Value = serde_json::from_str(line).unwrap();
            let text = case["text"].as_str().unwrap();
            let doc = Document::from_text(text.to_owned(), Format::Plain);
            let mut settings = Settings::on("2026-11-23".parse().unwrap());
            settings.kind = Some(if case["kind"] == "contract" { Kind::Contract } else { Kind::Marketing });
            let checked = linter.check(&doc, &settings);
            let findings: Vec<(usize, usize)> = (checked.reported())
                .filter(|f| f.severity > Severity::Hint && f.rule.family() != "disclosure")
                .map(|f| (f.span.start as usize, f.span.end as usize))
                .collect();
            let gold: Vec<(usize, usize, bool)> = (case["gold"].as_array().unwrap().iter())
                .map(|g| {
                    let quote = g["quote"].as_str().unwrap();
                    let start = text
                        .find(quote)
                        .unwrap_or_else(|| panic!("{}: “{quote}” is not in the text", case["id"]));
                    (start, start + quote.len(), g["optional"].as_bool().unwrap_or(false))
                })
                .collect();
            let overlap = |(a, b): (usize, usize), (c, d): (usize, usize)| a < d && c < b;
            for (s, e, _) in gold.iter().filter(|g| !g.2) {
                t.gold += 1;
                t.found += u32::from(findings.iter().any(|f| overlap(*f, (*s, *e))));
            }
            for f in &findings {
                let over: Vec<_> = gold.iter().filter(|(s, e, _)| overlap(*f, (*s, *e))).collect();
                t.wrong += u32::from(over.is_empty());
                t.right += u32::from(over.iter().any(|g| !g.2));
            }
        }
        let (precision, recall) = (share(t.right, t.right + t.wrong), share(t.found, t.gold));
        let _ = writeln!(report, "{name}: precision {precision:.2} recall {recall:.2}");
        let floor = |key: &str| floor[key].as_float().unwrap();
        if precision < floor("precision") || recall < floor("recall") {
            low.push(name);
        }
    }
    assert!(!floors.is_empty());
    assert!(low.is_empty(), "below the floor: {low:?}\n{report}");
    println!("{report}");
}
