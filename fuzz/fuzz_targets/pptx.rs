#![no_main]

use shenyan_fuzz::{read_part, relations};
use std::sync::LazyLock;

static PARTS: LazyLock<Vec<(&str, Vec<u8>)>> = LazyLock::new(|| {
    let slide = "<p:sld><p:sp><p:txBody><a:p><a:r><a:t>产品</a:t></a:r></a:p></p:txBody></p:sp></p:sld>";
    vec![
        ("s.xml", slide.as_bytes().to_vec()),
        ("n.xml", slide.replace("产品", "备注").into_bytes()),
        ("p.xml", b"<p:presentation><p:sldId id=\"1\" r:id=\"a\"/></p:presentation>".to_vec()),
        ("_rels/s.xml.rels", relations(&[("n", "notesSlide", "n.xml")])),
        ("_rels/p.xml.rels", relations(&[("a", "slide", "s.xml")])),
        ("_rels/.rels", relations(&[("r", "officeDocument", "p.xml")])),
    ]
});

libfuzzer_sys::fuzz_target!(|input: &[u8]| read_part(input, shenyan_read::Format::Pptx, &PARTS));
