//! `test`: the examples of rule files, run.

use crate::Outcome;
use crate::args::TestArgs;
use crate::errors;
use crate::rules::{marked, table};
use crate::terminal::{self, BOLD, DIM, GREEN, RED, Terminal, paint, safe, wrap};
use crate::words::Words;
use shenyan_lint::examples::{Outcome as Ran, run as run_examples};
use shenyan_lint::{Bilingual, Finding, Linter, Rule};
use shenyan_project::{Problem, Project, shown, today};
use std::fmt::Write as _;
use std::sync::Arc;

/// Runs `test`.
pub fn run(args: &TestArgs, words: Words, t: Terminal) -> Outcome {
    let mut lexicon = shenyan_lexicon::builtin();
    let mut problems = Vec::new();
    let mut folder = "lexicon".to_owned();
    // Rules of the pack are those that the pack brought or replaced.
    let before: Vec<Arc<Rule>> = lexicon.rules.values().cloned().collect();
    if let Some(pack) = &args.pack {
        folder = shown(pack);
        problems = Project::add_pack(&mut lexicon, pack).1;
    }
    let linter = Linter::new(lexicon);
    let own = |r: &&Arc<Rule>| args.pack.is_none() || !before.iter().any(|b| Arc::ptr_eq(b, r));
    let rules: Vec<&Arc<Rule>> = linter.lexicon().rules.values().filter(own).collect();
    if rules.is_empty() && problems.is_empty() {
        problems.push(Problem::new(
            &folder,
            "no_rules",
            Bilingual { zh: "没有规则可以测试".into(), en: "there is no rule to test".into() },
            Bilingual::default(),
        ));
    }
    let as_of = args.as_of.unwrap_or_else(today);
    let (mut rows, mut details) = (Vec::new(), String::new());
    let (mut total, mut failed) = (0, 0);
    for rule in &rules {
        let ran = run_examples(&linter, rule, as_of);
        let bad = ran.iter().filter(|o| !o.problems.is_empty()).count();
        let flag = ran.iter().filter(|o| o.example.flag).count();
        let result = match (ran.len(), bad) {
            (0, _) => words.no_examples().to_owned(),
            (_, 0) => words.good().to_owned(),
            (_, n) => format!("{} {n}", words.bad()),
        };
        rows.push([rule.id.clone(), flag.to_string(), (ran.len() - flag).to_string(), result]);
        total += ran.len();
        failed += bad;
        for o in ran.iter().filter(|o| args.verbose || !o.problems.is_empty()) {
            detail(&mut details, &folder, rule, o, words, t);
        }
    }
    let mut out = String::new();
    if !rows.is_empty() {
        let heads = [words.rule(), words.flagged(), words.passed(), words.result()];
        out += &table(&heads, &rows, t);
        out += "\n";
    }
    out += &details;
    if !rules.is_empty() {
        let line = words.tests(total, rules.len(), failed);
        let _ = writeln!(out, "{}", paint(&line, if failed == 0 { GREEN } else { RED }, t.out_color));
    }
    terminal::print(&out);
    errors::tell(&problems, words, t);
    if !problems.is_empty() {
        Outcome::Broken
    } else if failed > 0 {
        Outcome::Found
    } else {
        Outcome::Clean
    }
}

fn detail(out: &mut String, folder: &str, rule: &Rule, o: &Ran, words: Words, t: Terminal) {
    let good = o.problems.is_empty();
    let (sign, style) = if good { ("✓", GREEN) } else { ("✗", RED) };
    let wanted = if o.example.flag { words.flagged() } else { words.passed() };
    let place = format!("{folder}/{}:{}", rule.path, o.example.line);
    let _ =
        writeln!(out, "{} {} {wanted}", paint(sign, style, t.out_color), paint(&place, BOLD, t.out_color));
    for l in wrap(&marked(o.example), t.width.saturating_sub(4)) {
        let _ = writeln!(out, "    {}", paint(&safe(&l), DIM, t.out_color));
    }
    for p in &o.problems {
        let _ = writeln!(out, "  {}", paint(p, RED, t.out_color));
    }
    for (finding, text) in &o.findings {
        let _ = writeln!(out, "  {}", said(finding, text, words));
    }
    if o.findings.is_empty() {
        let _ = writeln!(out, "  {}", words.finds_nothing());
    }
    out.push('\n');
}

/// What an example's finding came to, and why.
fn said(f: &Finding, text: &str, words: Words) -> String {
    let text = safe(text);
    match &f.waived {
        Some(w) => {
            let by = format!("{}{}{}{}", words.get(&w.title), words.open(), w.by, words.close());
            let basis = crate::item::citations(&w.basis, words);
            format!("{}{}“{text}” ← {by} {basis}", words.waived(), words.colon()).trim_end().to_owned()
        }
        None => format!("{}{}“{text}” — {}", words.finds(), words.colon(), safe(words.get(&f.message))),
    }
}
