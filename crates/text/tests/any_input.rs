//! Nothing in this crate fails on any input, and every position it gives is one of the text.

use proptest::prelude::*;
use shenyan_text::bounds::{clauses, paragraphs, sentences};
use shenyan_text::fold::Folder;
use shenyan_text::number::{parse_numeral, quantities};
use shenyan_text::outline::Outline;
use shenyan_text::span::Span;
use std::sync::LazyLock;

static FOLDER: LazyLock<Folder> = LazyLock::new(|| {
    let pairs = [
        ("蕞", "最"),
        ("首xuan", "首选"),
        ("国jia级", "国家级"),
        ("💰", "钱"),
        ("zui", "最"),
        ("1家", "一家"),
    ];
    Folder::new(&pairs.map(|(a, b)| (a.to_owned(), b.to_owned())))
});

/// Strings of what the code looks at, which arbitrary strings hardly ever hold.
fn likely() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "最",
        "国",
        "家",
        "保",
        "本",
        "買",
        "蕞",
        "zui",
        "首xuan",
        "XUAN",
        "💰",
        "😀",
        "𠮷",
        "\u{200B}",
        "\u{FE0F}",
        "·",
        "/",
        "-",
        ".",
        "~",
        " ",
        "　",
        "\n",
        "\r\n",
        "\r",
        "\t",
        ",",
        "，",
        ":",
        "：",
        "1",
        "０",
        "12",
        "2026",
        "①",
        "⑳",
        "⒈",
        "一",
        "十",
        "百",
        "万",
        "亿",
        "零",
        "两",
        "半",
        "点",
        "第",
        "条",
        "章",
        "年",
        "月",
        "日",
        "号",
        "天",
        "个",
        "元",
        "块",
        "角",
        "分",
        "厘",
        "息",
        "成",
        "倍",
        "%",
        "分之",
        "人民币",
        "¥",
        "余",
        "多",
        "廿",
        "卅",
        "（",
        "）",
        "、",
        "。",
        "！",
        "”",
        "…",
        "—",
        "；",
        "𝐀",
        "\u{E0100}",
        "\u{336}",
        "周",
        "星期",
        "bp",
        "￥",
        "，000",
        ",000",
        "99999999999999999999",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn check(prose: &str) {
    let folded = FOLDER.fold(prose);
    let text = folded.text();
    let good = |span: Span<_>| {
        assert!(text.get(span.range()).is_some(), "{span:?} of {text:?}");
        let original = folded.to_original(span);
        assert!(prose.get(original.range()).is_some(), "{original:?} of {prose:?}");
    };
    let offsets: Vec<u32> = text.char_indices().map(|(i, _)| i as u32).chain([text.len() as u32]).collect();
    for (i, &start) in offsets.iter().enumerate() {
        for &end in offsets[i..].iter().take(12) {
            good(Span::new(start, end));
        }
    }
    for sentence in sentences(text) {
        good(sentence);
        assert!(!sentence.text(text).trim().is_empty());
        for clause in clauses(text, sentence) {
            good(clause);
            assert!(sentence.covers(clause));
        }
    }
    paragraphs(text).into_iter().for_each(good);
    let mut last = 0;
    for quantity in quantities(text, 0) {
        good(quantity.span);
        assert!(!quantity.span.is_empty() && quantity.span.start >= last);
        last = quantity.span.end;
    }
    parse_numeral(text);
    let outline = Outline::of(text);
    for (i, section) in outline.sections.iter().enumerate() {
        good(section.span);
        good(section.heading);
        assert!(section.span.covers(section.heading));
        assert!(section.parent.is_none_or(|p| p < i && outline.sections[p].span.covers(section.span)));
    }
    for &at in &offsets {
        assert_eq!(outline.citation(at).is_some(), outline.section_at(at).is_some());
    }
    // Unfolded text is no reason to fail either.
    quantities(prose, u32::MAX / 2);
    Outline::of(prose);
    parse_numeral(prose);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(1500), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_string(prose in any::<String>()) {
        check(&prose);
    }

    #[test]
    fn any_likely_string(prose in likely()) {
        check(&prose);
    }
}
