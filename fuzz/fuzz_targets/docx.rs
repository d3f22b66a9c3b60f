#![no_main]

use shenyan_fuzz::{read_part, relations};
use std::sync::LazyLock;

static PARTS: LazyLock<Vec<(&str, Vec<u8>)>> = LazyLock::new(|| {
    let body = "<w:document><w:body><w:p><w:pPr><w:pStyle w:val=\"a\"/><w:numPr><w:ilvl w:val=\"1\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr>\
        <w:r><w:t>甲方</w:t><w:footnoteReference w:id=\"1\"/></w:r></w:p><w:p><w:pPr><w:pStyle w:val=\"b\"/></w:pPr><w:r><w:t>乙方</w:t></w:r></w:p></w:body></w:document>";
    let text = |s: &str| s.as_bytes().to_vec();
    vec![
        ("word/document.xml", text(body)),
        ("word/styles.xml", text("<w:styles><w:style w:styleId=\"a\"><w:basedOn w:val=\"b\"/></w:style></w:styles>")),
        (
            "word/numbering.xml",
            text("<w:numbering><w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"1\"><w:numFmt w:val=\"chineseCounting\"/><w:lvlText w:val=\"第%2条\"/></w:lvl></w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>"),
        ),
        ("word/footnotes.xml", text("<w:footnotes><w:footnote w:id=\"1\"><w:p><w:r><w:t>注</w:t></w:r></w:p></w:footnote></w:footnotes>")),
        ("word/comments.xml", text("<w:comments><w:comment w:id=\"1\"><w:p><w:r><w:t>批</w:t></w:r></w:p></w:comment></w:comments>")),
        ("word/header.xml", text("<w:hdr><w:p><w:r><w:t>眉</w:t></w:r></w:p></w:hdr>")),
        (
            "word/_rels/document.xml.rels",
            relations(&[
                ("1", "styles", "styles.xml"),
                ("2", "numbering", "numbering.xml"),
                ("3", "footnotes", "footnotes.xml"),
                ("4", "comments", "comments.xml"),
                ("5", "header", "header.xml"),
            ]),
        ),
        ("_rels/.rels", relations(&[("r", "officeDocument", "word/document.xml")])),
    ]
});

libfuzzer_sys::fuzz_target!(|input: &[u8]| read_part(input, shenyan_read::Format::Docx, &PARTS));
