//! The page of a rule in Markdown: what `docs/rules/` holds and what an editor shows.

use crate::config::Lang;
use shenyan_lint::rule::Rule;
use shenyan_lint::{Bilingual, Kind, Lexicon, Verified};
use std::fmt::Write as _;

/// The page of a rule. The documentation and the examples are in Chinese in either language, for
/// they are about Chinese words.
pub fn rule_page(rule: &Rule, lexicon: &Lexicon, lang: Lang) -> String {
    let en = lang.english();
    let pick = |zh: &'static str, en_: &'static str| if en { en_ } else { zh };
    let colon = pick("：", ": ");
    let mut out = String::new();
    let (title, other) = if en { (&rule.title.en, &rule.title.zh) } else { (&rule.title.zh, &rule.title.en) };
    let title = if title.is_empty() { &rule.id } else { title };
    let _ = writeln!(out, "# {title} `{}`\n", rule.id);
    if !other.is_empty() {
        let _ = writeln!(out, "*{other}*\n");
    }
    let kind = |k: &Kind| match k {
        Kind::Marketing => pick("营销", "marketing copy"),
        Kind::Contract => pick("合同", "contracts"),
    };
    let all = [Kind::Marketing, Kind::Contract];
    let kinds = if rule.applies.kinds.is_empty() { &all[..] } else { &rule.applies.kinds };
    let kinds: Vec<&str> = kinds.iter().map(kind).collect();
    let verdict = if en { rule.verdict.id() } else { rule.verdict.zh() };
    let _ = writeln!(
        out,
        "{}{colon}{verdict}{}{colon}{}{}",
        pick("结论", "Verdict"),
        pick("；适用", "; applies to"),
        kinds.join(pick("、", ", ")),
        pick("。", "."),
    );
    if let Some(since) = rule.applies.since {
        let _ = writeln!(
            out,
            "{}",
            if en { format!("Applies since {since}.") } else { format!("自 {since} 起适用。") }
        );
    }
    let _ = writeln!(out, "\n## {}\n", pick("依据", "Basis"));
    for a in rule.basis.iter().filter_map(|b| lexicon.law.get(b)) {
        let mark = match a.verified {
            Verified::Text => "",
            Verified::Secondhand => {
                pick("（转引要点，未见原文）", " (second-hand: the original text was not seen)")
            }
            Verified::Unverified => pick("（未核实）", " (unverified)"),
        };
        let gist = Bilingual { zh: a.gist.clone(), en: a.gist_en.clone() };
        let law = if en && !a.law_en.is_empty() {
            format!("{} ({}) ", a.law_en, a.short)
        } else {
            format!("《{}》", a.law)
        };
        let _ = writeln!(out, "- {law}{}{colon}{}{mark}", a.label, gist.get(en));
        if !a.penalty.is_empty() {
            let _ = writeln!(out, "  - {}{colon}{}", pick("后果", "Penalty"), a.penalty);
        }
    }
    if !rule.docs.is_empty() {
        let _ = writeln!(out, "\n{}", rule.docs);
    }
    let contexts = lexicon.flatten(&rule.unless);
    if !contexts.is_empty() {
        let _ = writeln!(out, "\n## {}\n", pick("不报的语境", "Where it stays silent"));
        for c in contexts.iter().filter(|c| !c.when.is_empty()) {
            let basis: Vec<String> = (c.basis.iter())
                .filter_map(|b| lexicon.law.get(b))
                .map(|a| format!("{}{}", a.short, a.label))
                .collect();
            let basis = if basis.is_empty() { String::new() } else { format!("（{}）", basis.join("、")) };
            let _ = writeln!(out, "- {}{basis}", c.title.get(en));
        }
    }
    for (flag, title) in [
        (true, pick("会报的例子", "Examples that are flagged")),
        (false, pick("不会报的例子", "Examples that pass")),
    ] {
        let _ = writeln!(out, "\n## {title}\n");
        for e in rule.examples.iter().filter(|e| e.flag == flag) {
            let mut text = e.text.clone();
            for (start, end) in e.marks.iter().rev() {
                text.insert(*end, '】');
                text.insert(*start, '【');
            }
            let _ = writeln!(out, "```text\n{text}\n```");
        }
    }
    out
}
