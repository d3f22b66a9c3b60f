#![no_main]

use shenyan_fuzz::{read_part, relations};
use std::sync::LazyLock;

static PARTS: LazyLock<Vec<(&str, Vec<u8>)>> = LazyLock::new(|| {
    let text = |s: &str| s.as_bytes().to_vec();
    vec![
        ("s.xml", text("<worksheet><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c t=\"inlineStr\"><is><t>元</t></is></c></row></worksheet>")),
        ("t.xml", text("<sst><si><t>价格</t></si></sst>")),
        ("b.xml", text("<workbook><sheet name=\"表\" r:id=\"x\"/></workbook>")),
        ("_rels/b.xml.rels", relations(&[("x", "worksheet", "s.xml"), ("y", "sharedStrings", "t.xml")])),
        ("_rels/.rels", relations(&[("r", "officeDocument", "b.xml")])),
    ]
});

libfuzzer_sys::fuzz_target!(|input: &[u8]| read_part(input, shenyan_read::Format::Xlsx, &PARTS));
