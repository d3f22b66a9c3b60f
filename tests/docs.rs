//! `docs/rules/`: a page for each built-in rule, made from its file, with indexes by family, law
//! and product. `UPDATE=1 cargo test --test docs` writes the pages; without it the test asks that
//! they are what the lexicon says today.

use shenyan_lint::rule::{FactGroup, Rule};
use shenyan_lint::{Lexicon, Verified};
use shenyan_project::{Lang, rule_page};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

const FAMILIES: [(&str, &str); 6] = [
    ("absolute", "绝对化用语"),
    ("misleading", "误导性宣传"),
    ("fee", "费用与交易条件"),
    ("disclosure", "应披露未披露"),
    ("clause", "不公平格式条款"),
    ("form", "合同形式（提示）"),
];

fn pages(lexicon: &Lexicon) -> BTreeMap<PathBuf, String> {
    let mut out = BTreeMap::new();
    let mut index = String::from(
        "# 规则目录\n\n由 `lexicon/` 生成，请勿手改。另见[按法规](by-law.md)、[按产品](by-product.md)。\n",
    );
    let mut laws: BTreeMap<(String, String), Vec<&Rule>> = BTreeMap::new();
    for (family, name) in FAMILIES {
        let _ = write!(index, "\n## {name} `{family}`\n\n| 规则 | 名称 | 结论 |\n|---|---|---|\n");
        for rule in lexicon.rules.values().filter(|r| r.family() == family) {
            let _ =
                writeln!(index, "| [{0}]({0}.md) | {1} | {2} |", rule.id, rule.title.zh, rule.verdict.zh());
            out.insert(PathBuf::from(format!("{}.md", rule.id)), rule_page(rule, lexicon, Lang::Zh));
            for a in rule.basis.iter().filter_map(|b| lexicon.law.get(b)) {
                laws.entry((a.law.clone(), a.label.clone())).or_default().push(rule);
            }
        }
    }
    out.insert("README.md".into(), index);
    let links =
        |rules: &[&Rule]| rules.iter().map(|r| format!("[{0}]({0}.md)", r.id)).collect::<Vec<_>>().join("、");
    let mut by_law = String::from("# 按法规\n");
    let mut last = String::new();
    for ((law, label), rules) in &laws {
        if *law != last {
            let _ = write!(by_law, "\n## {law}\n\n");
            last.clone_from(law);
        }
        let _ = writeln!(by_law, "- {label}：{}", links(rules));
    }
    out.insert("by-law.md".into(), by_law);
    let mut by_product = String::from("# 按产品\n\n只列以产品为条件的规则；其余规则对任何产品都适用。\n\n");
    for fact in lexicon.facts.iter().filter(|f| f.group == FactGroup::Product) {
        let needs = |r: &&Rule| {
            r.applies.products.contains(&fact.id)
                || r.require.as_ref().is_some_and(|q| q.products.contains(&fact.id))
                || r.matchers.iter().any(|m| m.applies.products.contains(&fact.id))
        };
        let rules: Vec<&Rule> = lexicon.rules.values().map(|r| &**r).filter(needs).collect();
        if !rules.is_empty() {
            let _ = writeln!(by_product, "- {}：{}", fact.title.zh, links(&rules));
        }
    }
    out.insert("by-product.md".into(), by_product);
    out
}

#[test]
fn rule_pages_are_what_the_lexicon_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules");
    let pages = pages(&shenyan_lexicon::builtin());
    if std::env::var_os("UPDATE").is_some() {
        let _ = fs::remove_dir_all(&folder);
        for (path, text) in &pages {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        return;
    }
    for (path, text) in &pages {
        let there = fs::read_to_string(folder.join(path)).unwrap_or_default();
        assert!(
            &there == text,
            "docs/rules/{} is out of date: UPDATE=1 cargo test --test docs",
            path.display()
        );
    }
}

#[test]
fn every_rule_is_documented_and_rests_on_text_or_says_so() {
    let lexicon = shenyan_lexicon::builtin();
    for rule in lexicon.rules.values() {
        let articles: Vec<_> = rule.basis.iter().filter_map(|b| lexicon.law.get(b)).collect();
        assert!(!articles.is_empty(), "{} has no basis", rule.id);
        assert!(
            articles.iter().any(|a| a.verified != Verified::Unverified),
            "{} rests on nothing verified",
            rule.id
        );
        for (what, text) in
            [("title", &rule.title.en), ("message", &rule.message.zh), ("message_en", &rule.message.en)]
        {
            assert!(!text.is_empty(), "{}: no {what}", rule.id);
        }
        assert!(rule.docs.contains("## 为什么") && rule.docs.contains("## 怎样改"), "{}: docs", rule.id);
        let flags = rule.examples.iter().filter(|e| e.flag).count();
        assert!(flags >= 6 && rule.examples.len() - flags >= 6, "{}: examples", rule.id);
    }
}
