//! Large and hostile documents are read in time that grows with their length only.

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
        let text =
            part.repeat(std::env::var("N").map_or(300_000, |n| n.parse().unwrap()) / part.len());
        for format in [Format::Plain, Format::Markdown, Format::Html] {
            let start = std::time::Instant::now();
            let doc = Document::from_text(text.clone(), format);
            let end = doc.source().len() as u32;
            assert!(doc.position(end).line > 0);
            assert!(
                start.elapsed().as_secs() < 200,
                "{part:?} as {format:?}: {:?}",
                start.elapsed()
            );
        }
    }
}
