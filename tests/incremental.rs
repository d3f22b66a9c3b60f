//! A check that remembers earlier ones finds what a fresh check finds, whatever was edited.

use proptest::prelude::*;
use shenyan_lint::{Linter, Memory, Report, Settings};
use shenyan_read::{Document, Format};
use std::sync::LazyLock;

static LINTER: LazyLock<Linter> = LazyLock::new(|| Linter::new(shenyan_lexicon::builtin()));

const ADVERT: &str = include_str!("../examples/licai-haibao.md");
const CONTRACT: &str = include_str!("../examples/jiekuan-hetong.txt");
const PAGE: &str = include_str!("../examples/daikuan.html");

/// What edits put in: words that change facts, claims, exemptions and structure.
const PIECES: &[&str] = &[
    "保本保息",
    "不",
    "本产品不是存款，理财非存款，投资须谨慎。",
    "\n\n",
    "\n",
    "。",
    "第九条 违约责任\n",
    "甲方（贷款人）：某某银行",
    "据新华社报道，记者",
    "预期收益率5%",
    "<b>",
    "# 标题\n",
    "| 甲 | 乙 |\n|---|---|\n| 最高 | 全国第一 |\n",
    "😀",
    "借款",
];

fn told(report: &Report) -> String {
    let mut out = format!("{:?}\n", report.facts);
    for f in &report.findings {
        let waived = f.waived.as_ref().map(|w| &w.by);
        out += &format!("{} {:?} {} {:?} {waived:?}", f.rule.id, f.span, f.message.zh, f.clause);
        out += &format!("{:?} {:?} {:?}\n", f.severity, f.related, f.fixes);
    }
    out
}

fn check(doc: &str, format: Format, memory: &mut Memory) {
    let Ok(doc) = Document::read(doc.as_bytes(), format) else { return };
    let settings = Settings::on("2026-11-23".parse().unwrap());
    let fresh = LINTER.check(&doc, &settings);
    let again = LINTER.recheck(&doc, &settings, memory);
    assert_eq!(told(&again), told(&fresh));
    memory.tidy();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn edits(
        which in 0..3usize,
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0..40usize, 0..PIECES.len()), 1..14),
    ) {
        let (text, format) =
            [(ADVERT, Format::Markdown), (CONTRACT, Format::Plain), (PAGE, Format::Html)][which];
        let mut chars: Vec<char> = text.chars().collect();
        let mut memory = Memory::default();
        check(text, format, &mut memory);
        for (at, cut, piece) in edits {
            let at = at.index(chars.len() + 1);
            let end = (at + cut).min(chars.len());
            chars.splice(at..end, PIECES[piece].chars());
            check(&chars.iter().collect::<String>(), format, &mut memory);
        }
    }
}

#[test]
fn another_linter_starts_afresh() {
    let mut memory = Memory::default();
    let doc = Document::read(ADVERT.as_bytes(), Format::Markdown).unwrap();
    let settings = Settings::on("2026-11-23".parse().unwrap());
    let found = LINTER.recheck(&doc, &settings, &mut memory).findings.len();
    assert!(found > 0);
    let empty = Linter::new(shenyan_lint::Lexicon::default());
    assert_eq!(empty.recheck(&doc, &settings, &mut memory).findings.len(), 0);
    assert_eq!(LINTER.recheck(&doc, &settings, &mut memory).findings.len(), found);
}
