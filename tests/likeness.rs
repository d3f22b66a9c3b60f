//! The likeness model on labelled sentences that were kept out of its training.
//!
//! Every tenth exemplar (by a hash of its text) is never learnt from. On these the linter is
//! scored without the model and with it: what the model adds has to be worth what it costs.

use shenyan_lint::likeness::{Exemplar, Model, held_out};
use shenyan_lint::{Linter, Settings, Severity};
use shenyan_read::{Document, Format};
use std::fs;
use std::path::Path;

fn exemplars() -> Vec<Exemplar> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("lexicon/exemplars");
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|x| x == "tsv") {
            let text = fs::read_to_string(&path).unwrap();
            let lines = text.lines().enumerate().filter(|(_, l)| !l.is_empty() && !l.starts_with('#'));
            out.extend(lines.map(|(i, l)| {
                Exemplar::parse(l).unwrap_or_else(|e| panic!("{}:{}: {e}", path.display(), i + 1))
            }));
        }
    }
    out
}

#[derive(Debug, Default)]
struct Tally {
    gold: u32,
    found: u32,
    right: u32,
    wrong: u32,
}

impl Tally {
    fn of(linter: &Linter, exemplars: &[&Exemplar]) -> Self {
        let mut t = Self::default();
        for e in exemplars {
            let doc = Document::from_text(e.text.clone(), Format::Plain);
            let mut settings = Settings::on("2026-11-23".parse().unwrap());
            settings.kind = Some(e.kind);
            let report = linter.check(&doc, &settings);
            let found: Vec<_> = (report.reported())
                .filter(|f| f.severity > Severity::Hint && f.rule.family() != "disclosure")
                .map(|f| f.span.range())
                .collect();
            let overlap =
                |a: &std::ops::Range<usize>, b: &std::ops::Range<usize>| a.start < b.end && b.start < a.end;
            t.gold += e.marks.len() as u32;
            t.found += e.marks.iter().filter(|(m, _)| found.iter().any(|f| overlap(f, m))).count() as u32;
            for f in &found {
                let right = e.marks.iter().any(|(m, _)| overlap(f, m));
                *(if right { &mut t.right } else { &mut t.wrong }) += 1;
            }
        }
        t
    }

    fn recall(&self) -> f64 {
        f64::from(self.found) / f64::from(self.gold)
    }

    fn precision(&self) -> f64 {
        f64::from(self.right) / f64::from(self.right + self.wrong)
    }
}

#[test]
fn unlearnt_exemplars_are_found_more_often_and_not_less_rightly() {
    let all = exemplars();
    let kept: Vec<&Exemplar> = all.iter().filter(|e| held_out(e)).collect();
    assert!(kept.len() * 20 > all.len() && kept.len() * 5 < all.len(), "{} of {}", kept.len(), all.len());
    let with = Tally::of(&Linter::new(shenyan_lexicon::builtin()), &kept);
    let mut rules_alone = shenyan_lexicon::builtin();
    rules_alone.model = Model::default();
    let without = Tally::of(&Linter::new(rules_alone), &kept);
    println!(
        "{} exemplars: rules alone precision {:.2} recall {:.2}, with likeness {:.2} {:.2}",
        kept.len(),
        without.precision(),
        without.recall(),
        with.precision(),
        with.recall()
    );
    assert!(with.recall() > without.recall() + 0.1, "{with:?} {without:?}");
    assert!(with.precision() > without.precision() - 0.03, "{with:?} {without:?}");
}

#[test]
fn every_exemplar_names_rules_there_are() {
    let lexicon = shenyan_lexicon::builtin();
    for e in exemplars() {
        for (_, rule) in &e.marks {
            assert!(lexicon.rules.contains_key(rule), "{rule}: {}", e.text);
        }
    }
}
