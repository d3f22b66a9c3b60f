//! The built-in lexicon keeps its own promises: every expression compiles, every example holds.

use shenyan_lint::{Linter, examples};

#[test]
fn every_expression_compiles() {
    let bad = shenyan_lexicon::builtin().verify();
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
