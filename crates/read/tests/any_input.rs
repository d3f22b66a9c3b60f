//! What holds for every input.

use proptest::prelude::*;
use shenyan_read::{Document, Encoding, Format};
use shenyan_text::span::{Prose, Span};

const FORMATS: [Format; 3] = [Format::Plain, Format::Markdown, Format::Html];

fn check(doc: &Document) {
    let (prose, source) = (doc.prose().text(), doc.source());
    let inside = |span: Span<Prose>| {
        assert!(prose.get(span.range()).is_some(), "{span:?} in {prose:?}");
        let original = doc.prose().to_original(span);
        assert!(source.get(original.range()).is_some(), "{original:?} in {source:?}");
        original
    };
    let mut end = 0;
    let mut original_end = 0;
    for (i, block) in doc.blocks().iter().enumerate() {
        assert!(!block.span.is_empty());
        if i > 0 {
            assert_eq!(&prose[end as usize..block.span.start as usize], "\n");
        }
        end = block.span.end;
        let original = inside(block.span);
        assert!(original.start >= original_end, "{source:?}");
        original_end = original.end;
    }
    assert_eq!(end as usize, prose.len());
    let mut start = 0;
    for styled in doc.styles() {
        assert!(styled.span.start >= start && !styled.span.is_empty());
        start = styled.span.end;
        inside(styled.span);
        assert!(doc.blocks().iter().any(|b| b.span.covers(styled.span)));
    }
    for link in doc.links() {
        inside(link.span);
    }
    for control in doc.controls() {
        inside(control.label);
        assert!(source.get(control.span.range()).is_some_and(|t| !t.is_empty()));
    }
    for comment in doc.comments() {
        let text = comment.span.text(source);
        assert!(text.starts_with("<!--"), "{text:?} in {source:?}");
    }
    let (mut last, mut last_file) = ((0, 0), 0);
    for (at, _) in source.char_indices() {
        let position = doc.position(at as u32);
        assert!((position.line, position.column) > last);
        last = (position.line, position.column);
        let file = doc.file_offset(at as u32).unwrap();
        assert!(at == 0 || file > last_file);
        last_file = file;
    }
    // A character that is copied is the same in the source.
    for (at, c) in prose.char_indices() {
        let span = Span::of(&(at..at + c.len_utf8()));
        let original = inside(span).text(source);
        if c.is_alphanumeric() && !original.starts_with(['&', '\\', '[']) {
            assert_eq!(original.chars().next(), Some(c), "{source:?} gave {prose:?}");
        }
    }
}

/// Text made of what means something in the formats.
fn markup() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "<p>",
        "</p>",
        "<div hidden>",
        "</div>",
        "<b>",
        "</b>",
        "<br>",
        "<td>",
        "<tr>",
        "<table>",
        "</table>",
        "<ul>",
        "<li>",
        "<a href=\"x&amp;y\">",
        "</a>",
        "<input type=checkbox checked>",
        "<label>",
        "<label for=a>",
        "</label>",
        "<img alt='图&lt;'>",
        "<!-- 注 -->",
        "<!--",
        "-->",
        "<script>",
        "</script>",
        "<style>.a{color:red}",
        "</style>",
        "<span class=a style='font-size:0'>",
        "</span>",
        "<title>",
        "</title>",
        "<pre>",
        "<code>",
        "</code>",
        "<",
        ">",
        "&",
        "&nbsp;",
        "&copy",
        "&#x4e00;",
        "# ",
        "> ",
        "- ",
        "1. ",
        "- [x] ",
        "**",
        "*",
        "`",
        "```",
        "~",
        "~~",
        "|",
        "\n|-|-|\n",
        "[^1]",
        "[^1]: ",
        "[a](b)",
        "![图](b)",
        "$",
        "\\",
        "---\n",
        "  ",
        " ",
        "\t",
        "\n",
        "\r\n",
        "\r",
        "\n\n",
        "　",
        "字",
        "汉字。",
        "😀",
        "𠮷",
        "é",
        "word",
        "https://a.cn/b?c=d&amp;e",
        "a@b.cn",
        "\0",
        "第一条 本合同一方当事人未按照约定履行义务的应当向对方支付违约金并赔偿",
        "<meta name=description content=述>",
        "<svg/>",
        "</",
        "<!x>",
        "<?x?>",
        "\u{FEFF}",
    ]);
    prop::collection::vec(parts, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for format in FORMATS {
            if let Ok(doc) = Document::read(&bytes, format) {
                check(&doc);
            }
        }
    }

    #[test]
    fn strings(text in "\\PC*|(?s).*") {
        for format in FORMATS {
            check(&Document::from_text(text.clone(), format));
        }
    }

    #[test]
    fn documents(text in markup()) {
        for format in FORMATS {
            check(&Document::from_text(text.clone(), format));
        }
    }

    #[test]
    fn encodings(text in "[的一是在不了有和人这中大€，。a-z0-9 \n\r😀𠮷]{1,80}") {
        let text = format!("的一是在不了有和人这中大为上个国😀\n{text}");
        let utf16 = |mark: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            mark.encode_utf16().chain(text.encode_utf16()).flat_map(unit).collect()
        };
        let files = [
            (Encoding::Utf8Bom, [b"\xEF\xBB\xBF", text.as_bytes()].concat()),
            (Encoding::Gb18030, encoding_rs::GB18030.encode(&text).0.into_owned()),
            (Encoding::Utf16Le, utf16("\u{FEFF}", u16::to_le_bytes)),
            (Encoding::Utf16Be, utf16("\u{FEFF}", u16::to_be_bytes)),
        ];
        for format in FORMATS {
            let plain = Document::read(text.as_bytes(), format).unwrap();
            for (encoding, file) in &files {
                let doc = Document::read(file, format).unwrap();
                prop_assert_eq!(doc.encoding(), *encoding);
                prop_assert_eq!(doc.prose().text(), plain.prose().text());
                prop_assert_eq!(doc.blocks(), plain.blocks());
                for (at, _) in text.char_indices() {
                    prop_assert_eq!(doc.position(at as u32), plain.position(at as u32));
                }
                prop_assert_eq!(doc.file_offset(text.len() as u32), Some(file.len() as u64));
            }
        }
    }
}
