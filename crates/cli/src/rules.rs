//! `rules` and `explain`: what the linter knows.

use crate::Outcome;
use crate::args::{ExplainArgs, ListFormat, RulesArgs};
use crate::errors;
use crate::terminal::{self, BOLD, CYAN, DIM, Terminal, pad, paint, width, wrap};
use crate::words::Words;
use serde_json::{Value, json};
use shenyan_lint::rule::Example;
use shenyan_lint::{Kind, Linter, Rule};
use shenyan_project::{Options, Project, today};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

/// The linter of the current folder: the built-in rules and its configuration's packs.
fn linter_here() -> (Arc<Linter>, Project) {
    let project = Project::new(Options::default(), today());
    let scope = project.scope_of_folder(Path::new("."));
    (project.linter_of(&scope), project)
}

/// Tells what was wrong with packs and gives the outcome.
fn finish(project: &Project, words: Words, terminal: Terminal) -> Outcome {
    let problems = project.problems();
    errors::tell(&problems, words, terminal);
    if problems.is_empty() { Outcome::Clean } else { Outcome::Broken }
}

/// Runs `rules`.
pub fn list(args: &RulesArgs, words: Words, t: Terminal) -> Outcome {
    let (linter, project) = linter_here();
    let rules = linter.lexicon().rules.values();
    let text = match args.format {
        ListFormat::Json => {
            let all: Vec<Value> = rules.map(|r| object(r, &linter, words)).collect();
            serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
        }
        ListFormat::Human => {
            let rows: Vec<[String; 4]> = rules
                .map(|r| {
                    [
                        r.id.clone(),
                        words.level(r.severity).to_owned(),
                        words.conclusion(r.verdict).to_owned(),
                        words.get(&r.title).to_owned(),
                    ]
                })
                .collect();
            table(&[words.rule(), words.severity(), words.verdict(), words.title()], &rows, t)
        }
    };
    terminal::print(&text);
    finish(&project, words, t)
}

/// Columns under their heads.
pub fn table<const N: usize>(heads: &[&str; N], rows: &[[String; N]], t: Terminal) -> String {
    let widths: Vec<usize> = (0..N)
        .map(|c| {
            let cells = rows.iter().map(|r| width(&r[c]));
            cells.chain([width(heads[c])]).max().unwrap_or(0)
        })
        .collect();
    let line = |cells: &[&str]| {
        let padded: Vec<String> = cells.iter().zip(&widths).map(|(c, w)| pad(c, *w)).collect();
        padded.join("  ").trim_end().to_owned()
    };
    let mut out = paint(&line(heads), BOLD, t.out_color) + "\n";
    for row in rows {
        let cells: Vec<&str> = row.iter().map(String::as_str).collect();
        out += &line(&cells);
        out.push('\n');
    }
    out
}

fn counts(examples: &[Example]) -> (usize, usize) {
    let flag = examples.iter().filter(|e| e.flag).count();
    (flag, examples.len() - flag)
}

fn object(r: &Rule, linter: &Linter, words: Words) -> Value {
    let (flag, pass) = counts(&r.examples);
    let law = &linter.lexicon().law;
    json!({
        "id": r.id,
        "title": words.get(&r.title),
        "verdict": r.verdict.id(),
        "severity": r.severity.id(),
        "family": r.family(),
        "kinds": kinds(r).iter().map(|k| k.id()).collect::<Vec<_>>(),
        "basis": r.basis.iter().filter_map(|b| law.get(b)).map(|a| json!({
            "id": a.id,
            "law_id": a.law_id,
            "law": words.or(&a.law, &a.law_en),
            "article": a.label,
            "verified": a.verified.id(),
            "since": a.since.to_string(),
            "until": a.until.map(|d| d.to_string()),
        })).collect::<Vec<_>>(),
        "channels": r.applies.channels.iter().map(|c| c.id()).collect::<Vec<_>>(),
        "products": r.applies.products,
        "since": r.applies.since.map(|d| d.to_string()),
        "until": r.applies.until.map(|d| d.to_string()),
        "examples": { "flag": flag, "pass": pass },
    })
}

/// No kinds in a rule file means all of them.
fn kinds(r: &Rule) -> Vec<Kind> {
    if r.applies.kinds.is_empty() { vec![Kind::Marketing, Kind::Contract] } else { r.applies.kinds.clone() }
}

/// Runs `explain`.
pub fn explain(args: &ExplainArgs, words: Words, t: Terminal) -> Outcome {
    let (linter, project) = linter_here();
    let Some(rule) = linter.lexicon().rules.get(&args.rule) else {
        // A family is not a rule, but its rules are what was meant.
        let family: Vec<&str> = (linter.lexicon().rules.values())
            .filter(|r| r.family() == args.rule)
            .map(|r| r.id.as_str())
            .collect();
        let mut problem = Project::no_such_rule(&linter, &args.rule);
        if !family.is_empty() {
            problem.hint.zh = format!("“{}”是家族，其中的规则：{}", args.rule, family.join("、"));
            problem.hint.en = format!("“{}” is a family; its rules: {}", args.rule, family.join(", "));
        }
        errors::tell(&[problem], words, t);
        return Outcome::Broken;
    };
    terminal::print(&page(rule, &linter, words, t));
    finish(&project, words, t)
}

fn page(r: &Rule, linter: &Linter, words: Words, t: Terminal) -> String {
    let color = t.out_color;
    let mut out = String::new();
    let title = format!("{}  {}", r.id, words.get(&r.title));
    let _ = writeln!(out, "{}\n", paint(&title, BOLD, color));
    let mut row = |name: &str, text: &str| {
        let indent = width(name) + 2;
        let lines = wrap(text, t.width.saturating_sub(indent).max(20));
        let joined = lines.join(&format!("\n{}", " ".repeat(indent)));
        let _ = writeln!(out, "{}  {joined}", paint(name, CYAN, color));
    };
    row(
        words.verdict(),
        &format!(
            "{}{}{}{}",
            words.conclusion(r.verdict),
            words.open(),
            words.level(r.severity),
            words.close()
        ),
    );
    let kinds: Vec<&str> = (kinds(r).iter())
        .map(|k| match k {
            Kind::Marketing => words.marketing(),
            Kind::Contract => words.contract(),
        })
        .collect();
    let mut applies = kinds.join(words.comma());
    let limits =
        (r.applies.channels.iter().map(|c| c.id())).chain(r.applies.products.iter().map(String::as_str));
    for limit in limits {
        applies += words.semicolon();
        applies += limit;
    }
    row(words.kinds(), &applies);
    if r.applies.since.is_some() || r.applies.until.is_some() {
        let day = |d: Option<shenyan_lint::Date>| d.map_or_else(String::new, |d| d.to_string());
        row(words.effective(), &format!("{} – {}", day(r.applies.since), day(r.applies.until)));
    }
    for a in r.basis.iter().filter_map(|b| linter.lexicon().law.get(b)) {
        let gist = words.or(&a.gist, &a.gist_en);
        let until = a.until.map_or_else(String::new, |u| u.to_string());
        let text = format!(
            "{}{}{gist}{}\n{} {} – {until}",
            words.citation(a),
            words.colon(),
            words.standing(a.verified),
            words.effective(),
            a.since
        );
        row(words.basis(), &text);
        if !a.penalty.is_empty() {
            row(words.penalty(), &a.penalty);
        }
    }
    let contexts = linter.lexicon().flatten(&r.unless);
    if !contexts.is_empty() {
        let names: Vec<String> = contexts
            .iter()
            .map(|c| format!("{}{}{}{}", words.get(&c.title), words.open(), c.id, words.close()))
            .collect();
        row(words.exemptions(), &names.join(words.comma()));
    }
    if !r.docs.is_empty() {
        out.push('\n');
        for line in r.docs.lines() {
            let heading = line.starts_with('#');
            for l in wrap(line, t.width) {
                let _ = writeln!(out, "{}", if heading { paint(&l, BOLD, color) } else { l });
            }
            if line.trim().is_empty() {
                out.push('\n');
            }
        }
    }
    if !r.examples.is_empty() {
        let _ = writeln!(out, "\n{}", paint(words.examples(), BOLD, color));
        for e in &r.examples {
            let (sign, name) =
                if e.flag { ("✗", words.example_flags()) } else { ("✓", words.example_passes()) };
            let _ = writeln!(out, "  {}", paint(&format!("{sign} {name}"), DIM, color));
            for l in wrap(&marked(e), t.width.saturating_sub(4)) {
                let _ = writeln!(out, "    {l}");
            }
        }
    }
    out
}

/// An example with its marks written back.
pub fn marked(e: &Example) -> String {
    let mut out = e.text.clone();
    for (start, end) in e.marks.iter().rev() {
        out.insert_str(*end, "]]");
        out.insert_str(*start, "[[");
    }
    out
}
