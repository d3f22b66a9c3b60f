//! The example documents say what they are there to say.
//!
//! `examples/expected.tsv` lists what a compliance officer would underline: file, rule, words (`-` for
//! a disclosure, which is judged by rule alone), and a mark: nothing for a finding that must be
//! there, `optional` for one that may be, `missed` for one we know we do not find yet, `alarm` for
//! a false alarm that we know of. A finding outside the list is a false alarm; a `missed` that is
//! found and an `alarm` that is gone must lose their lines.

use shenyan_lint::{Linter, Settings, Severity};
use shenyan_read::{Document, Format};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

struct Expected<'a> {
    rule: &'a str,
    words: &'a str,
    mark: &'a str,
}

#[test]
fn examples_are_judged_as_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = fs::read_to_string(root.join("examples/expected.tsv")).unwrap();
    let mut by_file: BTreeMap<&str, Vec<Expected>> = BTreeMap::new();
    for line in list.lines().filter(|l| !l.starts_with('#') && !l.is_empty()) {
        let fields: Vec<&str> = line.split('\t').collect();
        let (path, rule, words) = (fields[0], fields[1], fields[2]);
        let mark = fields.get(3).copied().unwrap_or_default();
        by_file.entry(path).or_default().push(Expected { rule, words, mark });
    }
    let linter = Linter::new(shenyan_lexicon::builtin());
    let settings = Settings::on("2026-11-23".parse().unwrap());
    let mut problems = Vec::new();
    let mut files = Vec::new();
    for folder in ["examples", "examples/clean"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let name = format!("{folder}/{}", entry.unwrap().file_name().to_string_lossy());
            // The page about the examples is not copy (and `examples/shenyan.toml` says so).
            if !name.ends_with("README.md") {
                files.extend(Format::of_path(&name).map(|f| (name, f)));
            }
        }
    }
    files.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(files.len() >= 24, "{} example documents", files.len());
    for (name, format) in files {
        let doc = Document::read(&fs::read(root.join(&name)).unwrap(), format).unwrap();
        let report = linter.check(&doc, &settings);
        let found: Vec<(&str, usize, usize, &str)> = (report.reported())
            .filter(|f| f.severity > Severity::Hint)
            .map(|f| {
                (f.rule.id.as_str(), f.span.start as usize, f.span.end as usize, f.span.text(doc.source()))
            })
            .collect();
        let expected = by_file.remove(name.as_str()).unwrap_or_default();
        let covers = |e: &Expected, f: &(&str, usize, usize, &str)| {
            if e.words == "-" {
                return e.rule == f.0;
            }
            let places = doc.source().match_indices(e.words);
            places.into_iter().any(|(at, _)| at < f.2 && f.1 < at + e.words.len())
        };
        for e in &expected {
            let hit = found.iter().any(|f| covers(e, f));
            match (e.mark, hit) {
                ("", false) => problems.push(format!("{name}: missed {} “{}”", e.rule, e.words)),
                ("alarm", false) => {
                    problems.push(format!("{name}: alarm gone, drop the line: {} “{}”", e.rule, e.words));
                }
                ("missed", true) => {
                    problems.push(format!("{name}: now found, drop the mark: {} “{}”", e.rule, e.words));
                }
                _ => {}
            }
        }
        for f in found.iter().filter(|f| !expected.iter().any(|e| covers(e, f))) {
            problems.push(format!("{name}: false alarm {} “{}”", f.0, f.3));
        }
    }
    problems.extend(by_file.keys().map(|k| format!("{k}: listed but not there")));
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}
