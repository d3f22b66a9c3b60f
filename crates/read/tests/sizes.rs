//! Large and hostile documents: nothing overflows the stack, and nothing takes time that grows
//! with the square of the length (the test would run for minutes).

use shenyan_read::{Document, Format};

#[test]
fn long_runs_of_anything() {
    for part in [
        "字",
        "a@",
        "www.",
        "http://",
        "<!--",
        "<b>",
        "<p>段",
        "*",
        "_a",
        "[",
        "> ",
        "- x\n",
        "`",
        "|a",
        "&#",
        "\r",
        " ",
        "<a href=x>y",
        "<label>z<input type=checkbox>",
        "<td>",
        "~",
        "$",
        "![",
        "<div>\n\n",
        "汉字 汉字\n",
    ] {
        let text = part.repeat(300_000 / part.len());
        for format in [Format::Plain, Format::Markdown, Format::Html] {
            let doc = Document::from_text(text.clone(), format);
            assert!(doc.position(doc.source().len() as u32).line > 0);
        }
    }
}
