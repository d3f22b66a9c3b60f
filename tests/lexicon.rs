//! The built-in lexicon keeps its own promises: every expression compiles, every example holds.

use shenyan_lint::{Linter, examples};

#[test]
fn every_expression_compiles() {
    let bad = shenyan_lexicon::builtin().verify();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn the_matcher_agrees_with_the_regex_crate() {
    // A text with something for every rule: their own examples, as the engine sees them.
    let lexicon = shenyan_lexicon::builtin();
    let folder = shenyan_text::fold::Folder::new(&lexicon.respellings);
    let examples = lexicon.rules.values().flat_map(|r| r.examples.iter().take(2));
    let text: Vec<String> = examples.map(|e| folder.fold(&e.text).text().to_owned()).collect();
    assert!(text.len() > 150);
    let bad = lexicon.verify_on(&text.join("\n"));
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn every_example_holds() {
    let linter = Linter::new(shenyan_lexicon::builtin());
    let mut bad = Vec::new();
    let mut ran = 0;
    for rule in linter.lexicon().rules.values() {
        for outcome in examples::run(&linter, rule, "2026-11-23".parse().unwrap()) {
            ran += 1;
            if !outcome.problems.is_empty() {
                bad.push(format!(
                    "lexicon/{}:{} {}",
                    rule.path,
                    outcome.example.line,
                    outcome.problems.join("；")
                ));
            }
        }
    }
    assert!(ran > 300, "{ran} examples ran");
    assert!(bad.is_empty(), "\n{}\n", bad.join("\n"));
}
