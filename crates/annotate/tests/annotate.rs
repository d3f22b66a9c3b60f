//! Documents made by hand, annotated, and looked at again: text in, text out.

use shenyan_annotate::{Note, Writer, Written, annotate, strip};
use shenyan_read::{Document, Format};
use shenyan_text::span::Span;
use std::io::{Cursor, Read as _, Write as _};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const SPACE: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A document with this body, these footnotes and these comments.
fn docx(body: &str, footnotes: Option<&str>, comments: Option<&str>) -> Vec<u8> {
    let mut relations = String::new();
    let mut parts = vec![("word/media/image1.png".to_owned(), "not really a picture".to_owned())];
    for (name, inner) in [("footnotes", footnotes), ("comments", comments)] {
        if let Some(inner) = inner {
            relations +=
                &format!(r#"<Relationship Id="{name}" Type="{OFFICE}/{name}" Target="{name}.xml"/>"#);
            parts.push((
                format!("word/{name}.xml"),
                format!(r#"<?xml version="1.0"?><w:{name} xmlns:w="{SPACE}">{inner}</w:{name}>"#),
            ));
        }
    }
    let rels = |inner: &str| {
        format!(
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>"#
        )
    };
    parts.extend([
        (
            "[Content_Types].xml".to_owned(),
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#.to_owned(),
        ),
        (
            "_rels/.rels".to_owned(),
            rels(&format!(r#"<Relationship Id="a" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>"#)),
        ),
        ("word/_rels/document.xml.rels".to_owned(), rels(&relations)),
        (
            "word/document.xml".to_owned(),
            format!(r#"<?xml version="1.0"?><w:document xmlns:w="{SPACE}"><w:body>{body}</w:body></w:document>"#),
        ),
    ]);
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        out.start_file(name, SimpleFileOptions::default()).unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut out = String::new();
    ZipArchive::new(Cursor::new(bytes)).unwrap().by_name(name).unwrap().read_to_string(&mut out).unwrap();
    out
}

/// What stands in the body.
fn body(bytes: &[u8]) -> String {
    let xml = part(bytes, "word/document.xml");
    let start = xml.find("<w:body>").unwrap() + "<w:body>".len();
    xml[start..xml.find("</w:body>").unwrap()].to_owned()
}

const WRITER: Writer = Writer {
    author: "审言",
    day: "2026-11-23",
    in_note: "（脚注）",
    in_box: "（文本框）",
    in_margin: "（页眉）",
};

/// Notes on words of the document, each with what takes their place, if anything does.
fn run(bytes: &[u8], on: &[(&str, Option<&str>)]) -> Written {
    let doc = Document::read(bytes, Format::Docx).unwrap();
    let notes: Vec<Note> = (on.iter())
        .map(|(words, new)| {
            let start =
                doc.source().find(words).unwrap_or_else(|| panic!("{words} in {}", doc.source())) as u32;
            let span = Span::new(start, start + words.len() as u32);
            let edits = new.map_or_else(Vec::new, |new| match new.strip_prefix('+') {
                Some(more) => vec![(Span::new(span.end, span.end), more.to_owned())],
                None => vec![(span, new.to_owned())],
            });
            Note { span, lines: vec!["标题".into(), "为什么 <&>".into()], edits }
        })
        .collect();
    annotate(bytes, &doc, &notes, &WRITER).unwrap()
}

const START: &str = r#"<w:commentRangeStart w:id="0"/>"#;
const END: &str = r#"<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>"#;

fn run_of(text: &str) -> String {
    format!("<w:r><w:rPr><w:b/></w:rPr><w:t>{text}</w:t></w:r>")
}

#[test]
fn a_run_is_cut_around_the_words() {
    let bytes = docx(&format!("<w:p>{}</w:p>", run_of("甲方有权改价。")), None, None);
    let out = run(&bytes, &[("有权", None)]);
    assert_eq!((out.comments, out.moved, out.changes), (1, 0, 0));
    let want = format!("<w:p>{}{START}{}{END}{}</w:p>", run_of("甲方"), run_of("有权"), run_of("改价。"));
    assert_eq!(body(&out.bytes), want);
    let comments = part(&out.bytes, "word/comments.xml");
    assert!(
        comments.contains("w:author=\"审言\"") && comments.contains("为什么 &lt;&amp;&gt;"),
        "{comments}"
    );
    assert!(part(&out.bytes, "[Content_Types].xml").contains("/word/comments.xml"));
    assert!(part(&out.bytes, "word/_rels/document.xml.rels").contains("Target=\"comments.xml\""));
}

#[test]
fn words_over_several_runs_and_whole_runs() {
    let text = format!("<w:p>{}{}{}</w:p>", run_of("甲方有"), run_of("权改"), run_of("价。"));
    let out = run(&docx(&text, None, None), &[("有权改", None)]);
    let want = format!(
        "<w:p>{}{START}{}{}{END}{}</w:p>",
        run_of("甲方"),
        run_of("有"),
        run_of("权改"),
        run_of("价。")
    );
    assert_eq!(body(&out.bytes), want);
}

#[test]
fn entities_tabs_and_blanks_stay() {
    let text = "<w:p><w:r><w:t>甲&amp;乙 有权</w:t><w:tab/><w:t>改价</w:t></w:r></w:p>";
    let out = run(&docx(text, None, None), &[("有权", None)]);
    let want = format!(
        "<w:p><w:r><w:t xml:space=\"preserve\">甲&amp;乙 </w:t></w:r>{START}<w:r><w:t xml:space=\"preserve\">有权</w:t></w:r>{END}<w:r><w:tab/><w:t>改价</w:t></w:r></w:p>"
    );
    assert_eq!(body(&out.bytes), want);
}

#[test]
fn neighbours_and_nested_words() {
    let text = format!("<w:p>{}</w:p>", run_of("一二三四"));
    let bytes = docx(&text, None, None);
    let out = run(&bytes, &[("一二", None), ("二三四", None), ("三四", None)]);
    let (old, new) = (Document::read(&bytes, Format::Docx), Document::read(&out.bytes, Format::Docx));
    assert_eq!(old.unwrap().prose().text(), new.unwrap().prose().text());
    let body = body(&out.bytes);
    for id in 0..3 {
        let start = body.find(&format!("RangeStart w:id=\"{id}\"")).unwrap();
        assert!(start < body.find(&format!("RangeEnd w:id=\"{id}\"")).unwrap());
    }
}

#[test]
fn a_second_run_replaces_the_first_and_keeps_what_people_wrote() {
    let text = format!(
        "<w:p><w:commentRangeStart w:id=\"7\"/>{}<w:commentRangeEnd w:id=\"7\"/><w:r><w:commentReference w:id=\"7\"/></w:r></w:p>",
        run_of("甲方有权改价。")
    );
    let theirs =
        "<w:comment w:id=\"7\" w:author=\"王律师\"><w:p><w:r><w:t>请核对</w:t></w:r></w:p></w:comment>";
    let bytes = docx(&text, None, Some(theirs));
    let first = run(&bytes, &[("有权", None)]);
    let bare = strip(&first.bytes, "审言").unwrap();
    assert_eq!(part(&bare, "word/comments.xml"), part(&bytes, "word/comments.xml"));
    let second = run(&bare, &[("有权", None)]);
    assert_eq!(body(&second.bytes), body(&first.bytes));
    assert_eq!(part(&second.bytes, "word/comments.xml"), part(&first.bytes, "word/comments.xml"));
    assert!(part(&second.bytes, "word/comments.xml").contains(theirs));
    assert!(matches!(strip(&bytes, "审言").unwrap(), std::borrow::Cow::Borrowed(_)));
}

#[test]
fn comments_on_footnotes_and_boxes_stand_where_they_may() {
    let text = format!(
        "<w:p>{}<w:r><w:footnoteReference w:id=\"2\"/></w:r></w:p><w:p><w:r><w:pict><w:txbxContent><w:p>{}</w:p></w:txbxContent></w:pict></w:r></w:p>",
        run_of("正文"),
        run_of("框里的话")
    );
    let note = format!("<w:footnote w:id=\"2\"><w:p>{}</w:p></w:footnote>", run_of("脚注里的话"));
    let out = run(&docx(&text, Some(&note), None), &[("脚注里", None), ("框里", None)]);
    assert_eq!((out.comments, out.moved), (2, 2));
    let body = body(&out.bytes);
    assert!(body.contains(&format!("{START}<w:r><w:footnoteReference w:id=\"2\"/></w:r>{END}")), "{body}");
    assert!(body.contains("<w:commentRangeStart w:id=\"1\"/><w:r><w:pict>"), "{body}");
    let comments = part(&out.bytes, "word/comments.xml");
    assert!(
        comments.contains("（脚注）“脚注里” 标题") && comments.contains("（文本框）“框里” 标题"),
        "{comments}"
    );
    assert!(part(&out.bytes, "word/footnotes.xml").contains(&note));
}

#[test]
fn repairs_are_tracked_and_taken_back() {
    let text = format!("<w:p>{}{}</w:p><w:p>{}</w:p>", run_of("甲方有"), run_of("权改价。"), run_of("完"));
    let bytes = docx(&text, None, None);
    let out = run(&bytes, &[("有权改", Some("可以 A&B 改")), ("价。", Some("+\n另起一段。"))]);
    assert_eq!(out.changes, 2);
    let new = Document::read(&out.bytes, Format::Docx).unwrap();
    assert_eq!(new.prose().text(), "甲方可以 A&B 改价。\n另起一段。\n完");
    let xml = body(&out.bytes);
    assert!(xml.contains("<w:delText>有</w:delText>"), "{xml}");
    assert_eq!(xml.matches("<w:del ").count(), 2, "{xml}");
    let back = strip(&out.bytes, "审言").unwrap();
    let old = Document::read(&back, Format::Docx).unwrap();
    assert_eq!(old.prose().text(), "甲方有权改价。\n完");
    assert!(!body(&back).contains("审言") && !body(&back).contains("delText"), "{}", body(&back));
}

#[test]
fn a_repair_taken_back_and_made_again_is_the_same() {
    let plain = "<w:p><w:r><w:t>最终解释权</w:t></w:r><w:r><w:t>归甲方</w:t></w:r></w:p>";
    let bytes = docx(&format!("{plain}<w:p>{}</w:p>", run_of(" 保本 ")), None, None);
    let on = [("最终解释权归甲方", Some("双方协商")), ("保本", Some("稳健"))];
    let once = run(&bytes, &on);
    let back = strip(&once.bytes, "审言").unwrap();
    assert!(body(&back).contains("<w:t>最终解释权</w:t>"), "{}", body(&back));
    assert_eq!(body(&run(&back, &on).bytes), body(&once.bytes));
}

#[test]
fn other_parts_are_copied_as_they_are() {
    let bytes = docx(&format!("<w:p>{}</w:p>", run_of("甲方有权")), None, None);
    let out = run(&bytes, &[("有权", None)]);
    assert_eq!(part(&out.bytes, "word/media/image1.png"), "not really a picture");
    let names = |b: &[u8]| -> Vec<String> {
        let zip = ZipArchive::new(Cursor::new(b)).unwrap();
        zip.file_names().map(|n| n.unwrap().to_string()).collect()
    };
    let (old, mut new) = (names(&bytes), names(&out.bytes));
    new.retain(|n| n != "word/comments.xml");
    assert_eq!(old, new);
}

#[test]
fn what_is_no_document_is_refused() {
    assert!(strip(b"no archive", "审言").is_err());
    let doc = Document::from_text("有权".into(), Format::Plain);
    assert!(annotate(b"PK", &doc, &[], &WRITER).is_err());
}
