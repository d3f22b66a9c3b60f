//! Whatever comes in, checking does not fail, and every span lies on character boundaries.

use proptest::prelude::*;
use shenyan_lint::{Linter, Settings};
use shenyan_read::{Document, Format};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

static LINTER: LazyLock<Linter> = LazyLock::new(|| Linter::new(shenyan_lexicon::builtin()));

static EXAMPLES: LazyLock<Vec<(String, Format)>> = LazyLock::new(|| {
    let mut files = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")];
    let mut out = Vec::new();
    while let Some(path) = files.pop() {
        if path.is_dir() {
            let mut inner: Vec<PathBuf> = fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()).collect();
            inner.sort();
            files.extend(inner);
        } else if let Some(format) = Format::of_path(&path.to_string_lossy()).filter(|f| f.is_text()) {
            out.push((fs::read_to_string(&path).unwrap(), format));
        }
    }
    assert!(out.len() >= 12);
    out
});

fn sound(doc: &Document) {
    let report = LINTER.check(doc, &Settings::on("2026-11-23".parse().unwrap()));
    let source = doc.source();
    for f in &report.findings {
        let spans = f.fixes.iter().flat_map(|x| x.edits.iter().map(|e| e.span));
        for s in spans.chain([f.span]).chain(f.related.iter().map(|r| r.span)) {
            assert!(s.end as usize <= source.len(), "{} {s:?}", f.rule.id);
            assert!(source.is_char_boundary(s.start as usize), "{} {s:?}", f.rule.id);
            assert!(source.is_char_boundary(s.end as usize), "{} {s:?}", f.rule.id);
        }
        let (a, b) = (doc.position(f.span.start), doc.position(f.span.end));
        assert!((a.line, a.column) <= (b.line, b.column));
        assert!(doc.file_offset(f.span.start).is_some());
        assert!(doc.file_offset(f.span.start) <= doc.file_offset(f.span.end));
    }
}

fn format() -> impl Strategy<Value = Format> {
    prop_oneof![Just(Format::Plain), Just(Format::Markdown), Just(Format::Html)]
}

/// What mutations put into a text: markup, evasions, cues of rules, awkward characters.
const SHARDS: &[&str] = &[
    "😀",
    "𠮷",
    "\u{200b}",
    "\u{301}",
    "\r\n",
    "\n\n",
    "**",
    "<b>",
    "</p>",
    "<!--",
    "-->",
    "&amp;",
    "·",
    " ",
    "“",
    "《",
    "最佳",
    "保本保息",
    "日息万分之五",
    "有权",
    "不",
    "第一条",
    "（一）",
    "100%",
    "①",
    "蕞",
    "[x]",
    "|",
    "ａ",
    "國",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600), format in format()) {
        if let Ok(doc) = Document::read(&bytes, format) {
            sound(&doc);
        }
    }

    #[test]
    fn mutated_examples(
        which in any::<prop::sample::Index>(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0usize..6, any::<prop::sample::Index>()), 1..12),
    ) {
        let (text, format) = which.get(&EXAMPLES);
        // A window of the example keeps a thousand cases quick.
        let mut chars: Vec<char> = text.chars().take(700).collect();
        for (at, cut, shard) in edits {
            let at = at.index(chars.len() + 1);
            let end = (at + cut).min(chars.len());
            chars.splice(at..end, shard.get(SHARDS).chars());
        }
        let text: String = chars.into_iter().collect();
        sound(&Document::from_text(text.clone(), *format));
        let mut bytes = text.into_bytes();
        bytes.truncate(bytes.len().saturating_sub(1));
        if let Ok(doc) = Document::read(&bytes, *format) {
            sound(&doc);
        }
    }
}
