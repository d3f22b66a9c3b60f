//! Word documents as their reader sees them, and the way back into the file.

mod office_support;

use office_support::{Docx, item, level, p, root};
use shenyan_read::{Area, BlockKind, Document, Format, OriginKind, Style};
use shenyan_text::span::Span;

fn read(docx: &Docx) -> Document {
    Document::read(&docx.bytes(), Format::Docx).unwrap()
}

fn lines(doc: &Document) -> Vec<&str> {
    doc.source().split('\n').collect()
}

#[test]
fn paragraphs_tables_and_breaks() {
    let table =
        format!("<w:tbl><w:tblPr/><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>", p("费用"), p("5元"));
    let line = "<w:p><w:r><w:t>甲方</w:t><w:tab/><w:t>乙方</w:t><w:br/><w:t>丙方</w:t></w:r></w:p>";
    let doc = read(&Docx::of(&format!("{}{line}<w:p/>{table}{}", p("合同"), p("完"))));
    assert_eq!(lines(&doc), ["合同", "甲方\t乙方\u{2028}丙方", "", "费用", "5元", "完"]);
    assert_eq!(doc.prose().text(), "合同\n甲方 乙方\n丙方\n费用\n5元\n完");
    let cells: Vec<_> = doc.blocks().iter().filter(|b| b.kind == BlockKind::Cell).collect();
    assert_eq!(cells.len(), 2);
    assert_eq!(cells[0].table_row, cells[1].table_row);
    let at = doc.source().find("5元").unwrap() as u32;
    assert_eq!(doc.file_offset(at), None);
    assert_eq!(doc.location(at).map(|l| (l.paragraph, l.page)), Some((5, None)));
    assert_eq!(doc.position(at).line, 5);
}

#[test]
fn clauses_are_numbered_as_word_shows_them() {
    let list = format!(
        "<w:abstractNum w:abstractNumId=\"4\">{}{}{}{}</w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"4\"/></w:num>\
         <w:num w:numId=\"2\"><w:abstractNumId w:val=\"4\"/><w:lvlOverride w:ilvl=\"0\"><w:startOverride w:val=\"9\"/></w:lvlOverride></w:num>",
        level(0, "chineseCounting", "第%1条"),
        level(1, "chineseCounting", "（%2）"),
        level(2, "decimal", "%1.%3").replace("<w:numFmt", "<w:isLgl/><w:numFmt"),
        level(3, "decimalEnclosedCircle", "%4").replace("</w:lvl>", "<w:suff w:val=\"nothing\"/></w:lvl>"),
    );
    let body = [
        item(1, 0, "定义"),
        item(1, 1, "甲"),
        item(1, 1, "乙"),
        item(1, 2, "丙"),
        item(1, 3, "丁"),
        item(1, 0, "费用"),
        item(1, 1, "戊"),
        item(2, 0, "另起"),
        item(2, 0, "再来"),
        item(0, 0, "无号"),
        item(77, 0, "无表"),
    ];
    let doc = read(&Docx { body: body.concat(), numbering: list, ..Docx::default() });
    assert_eq!(
        lines(&doc),
        [
            "第一条 定义",
            "（一） 甲",
            "（二） 乙",
            "1.1 丙",
            "①丁",
            "第二条 费用",
            "（一） 戊",
            "第九条 另起",
            "第十条 再来",
            "无号",
            "无表"
        ]
    );
    // A number stands nowhere in the file.
    let label = Span::new(0, "第一条 ".len() as u32);
    assert_eq!(doc.origins_of(label).count(), 0);
}

#[test]
fn styles_bring_numbers_headings_and_looks() {
    let styles = "<w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val=\"24\"/></w:rPr></w:rPrDefault></w:docDefaults>\
        <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"a\"><w:name w:val=\"Normal\"/></w:style>\
        <w:style w:type=\"paragraph\" w:styleId=\"1\"><w:name w:val=\"heading 1\"/><w:basedOn w:val=\"a\"/>\
        <w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr><w:outlineLvl w:val=\"0\"/></w:pPr><w:rPr><w:b/><w:sz w:val=\"32\"/></w:rPr></w:style>\
        <w:style w:type=\"paragraph\" w:styleId=\"2\"><w:name w:val=\"Sub\"/><w:basedOn w:val=\"1\"/><w:pPr><w:outlineLvl w:val=\"1\"/></w:pPr></w:style>\
        <w:style w:type=\"character\" w:styleId=\"s\"><w:name w:val=\"Strong\"/><w:rPr><w:b/><w:color w:val=\"FF0000\"/></w:rPr></w:style>\
        <w:style w:type=\"paragraph\" w:styleId=\"x\"><w:basedOn w:val=\"y\"/></w:style><w:style w:type=\"paragraph\" w:styleId=\"y\"><w:basedOn w:val=\"x\"/></w:style>";
    let levels = [
        level(0, "decimal", "%1.").replace("</w:lvl>", "<w:pStyle w:val=\"1\"/></w:lvl>"),
        level(1, "decimal", "%1.%2").replace("</w:lvl>", "<w:pStyle w:val=\"2\"/></w:lvl>"),
    ];
    let numbering = format!(
        "<w:abstractNum w:abstractNumId=\"0\">{}</w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num>",
        levels.concat()
    );
    let styled = |id: &str, run: &str, text: &str| {
        format!(
            "<w:p><w:pPr><w:pStyle w:val=\"{id}\"/></w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"
        )
    };
    let body = [
        styled("1", "", "总则"),
        styled("2", "<w:rStyle w:val=\"s\"/>", "范围"),
        styled("a", "<w:rStyle w:val=\"s\"/><w:u w:val=\"single\"/><w:highlight w:val=\"yellow\"/>", "重要"),
        styled("a", "<w:vanish/>", "看不见"),
        styled("x", "<w:b w:val=\"0\"/><w:sz w:val=\"12\"/>", "小字"),
    ];
    let doc = read(&Docx { body: body.concat(), styles: styles.into(), numbering, ..Docx::default() });
    assert_eq!(lines(&doc), ["1. 总则", "1.1 范围", "重要", "看不见", "小字"]);
    let kinds: Vec<_> = doc.blocks().iter().map(|b| (b.kind, b.hidden)).collect();
    let paragraph = (BlockKind::Paragraph, false);
    let hidden = (BlockKind::Paragraph, true);
    assert_eq!(
        kinds,
        [(BlockKind::Heading(1), false), (BlockKind::Heading(2), false), paragraph, hidden, paragraph]
    );
    let look = |text: &str| -> Style {
        let at = doc.prose().text().find(text).unwrap() as u32;
        doc.styles().iter().find(|s| s.span.contains(at)).unwrap().style
    };
    assert!(look("总则").bold);
    assert_eq!(look("总则").size.map(f32::round), Some(21.0));
    // Bold in the style of the paragraph and of the characters is not bold.
    assert!(!look("范围").bold);
    let important = look("重要");
    assert!(important.bold && important.underline && !important.hidden);
    assert_eq!((important.color, important.background), (Some([255, 0, 0]), Some([255, 255, 0])));
    assert_eq!((look("重要").size, look("小字").size), (Some(16.0), Some(8.0)));
    assert!(look("看不见").hidden);
}

#[test]
fn tracked_changes_are_read_as_accepted() {
    let body = "<w:p><w:r><w:t>甲方</w:t></w:r><w:del><w:r><w:delText>不</w:delText><w:t>也不</w:t></w:r></w:del>\
        <w:ins><w:r><w:rPr><w:b/><w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange></w:rPr><w:t>应当</w:t></w:r></w:ins>\
        <w:moveFrom><w:r><w:t>旧处</w:t></w:r></w:moveFrom><w:r><w:t>退款</w:t></w:r></w:p>\
        <w:p><w:pPr><w:rPr><w:del w:id=\"1\"/></w:rPr></w:pPr><w:r><w:t>前半</w:t></w:r></w:p><w:p><w:r><w:t>后半</w:t></w:r></w:p>\
        <w:p><w:pPr><w:rPr><w:del w:id=\"1\"/></w:rPr></w:pPr><w:del><w:r><w:delText>全删</w:delText></w:r></w:del></w:p>";
    let doc = read(&Docx::of(body));
    assert_eq!(lines(&doc), ["甲方应当退款", "前半后半"]);
    assert!(!doc.blocks()[0].hidden);
}

#[test]
fn notes_margins_boxes_and_fields() {
    use Area::{Body, Footer, Footnote, Header, TextBox};
    let boxed = |text: &str| format!("<w:txbxContent>{}</w:txbxContent>", p(text));
    let body = format!(
        "<w:p><w:r><w:t>正文</w:t></w:r><w:r><w:footnoteReference w:id=\"7\"/></w:r>\
         <w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>{}</wps:txbx></w:drawing></mc:Choice>\
         <mc:Fallback><w:pict>{}</w:pict></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>继续</w:t></w:r></w:p>\
         <w:p><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>\
         <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>3</w:t></w:r></w:p>",
        boxed("框内"),
        boxed("框内")
    );
    let notes = "<w:footnote w:type=\"separator\" w:id=\"0\"><w:p><w:r><w:t>---</w:t></w:r></w:p></w:footnote>\
        <w:footnote w:id=\"7\"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t>另收手续费。</w:t></w:r></w:p></w:footnote>";
    let doc = read(&Docx {
        body,
        more: vec![
            ("footnotes.xml", "footnotes", root("footnotes", notes)),
            ("footer1.xml", "footer", root("ftr", &p("页脚"))),
            ("header1.xml", "header", root("hdr", &p("页眉"))),
        ],
        ..Docx::default()
    });
    assert_eq!(lines(&doc), ["正文继续", "框内", "3", "另收手续费。", "页眉", "页脚"]);
    let areas: Vec<Area> = lines(&doc)
        .iter()
        .map(|l| doc.location(doc.source().find(l).unwrap() as u32).unwrap().area.clone())
        .collect();
    assert_eq!(areas, [Body, TextBox, Body, Footnote(1), Header, Footer]);
    assert_eq!(doc.blocks()[3].kind, BlockKind::Footnote);
}

#[test]
fn comments_are_no_prose_and_know_what_they_are_about() {
    let body = "<w:p><w:r><w:t>本产品</w:t></w:r><w:commentRangeStart w:id=\"3\"/><w:r><w:t>全国最佳</w:t></w:r>\
        <w:commentRangeEnd w:id=\"3\"/><w:r><w:commentReference w:id=\"3\"/></w:r></w:p>";
    let comment =
        format!("<w:comment w:id=\"3\">{}{}</w:comment>", p("审言:忽略 absolute"), p("理由：注册商标"));
    let doc = read(&Docx {
        body: body.into(),
        more: vec![("comments.xml", "comments", root("comments", &comment))],
        ..Docx::default()
    });
    assert_eq!(doc.prose().text(), "本产品全国最佳");
    let comment = doc.comments()[0];
    assert_eq!(comment.span.text(doc.source()), "审言:忽略 absolute\u{2028}理由：注册商标");
    assert_eq!(comment.about.unwrap().text(doc.source()), "全国最佳");
}

#[test]
fn links_and_check_boxes() {
    let body = "<w:p><w:hyperlink r:id=\"L\"><w:r><w:t>官网</w:t></w:r></w:hyperlink><w:r><w:t>见</w:t></w:r></w:p>\
        <w:p><w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val=\"1\"/></w14:checkbox></w:sdtPr>\
        <w:sdtContent><w:r><w:t>☒</w:t></w:r></w:sdtContent></w:sdt><w:r><w:t>同意购买保险</w:t></w:r></w:p>\
        <w:p><w:r><w:sym w:font=\"Wingdings\" w:char=\"F0FE\"/></w:r></w:p>";
    let doc = read(&Docx {
        body: body.into(),
        links: vec![("L", "hyperlink", "https://example.com/a")],
        ..Docx::default()
    });
    assert_eq!(lines(&doc), ["官网见", "☒同意购买保险", "☑"]);
    assert_eq!(doc.links()[0].target, "https://example.com/a");
    assert_eq!(doc.links()[0].span.text(doc.prose().text()), "官网");
    let control = doc.controls()[0];
    assert!(control.checked);
    assert_eq!(control.label.text(doc.prose().text()), "同意购买保险");
}

#[test]
fn every_character_leads_back_to_its_bytes() {
    let body = "<w:p><w:r><w:t xml:space=\"preserve\"> 甲&amp;乙<!-- 注 -->丙</w:t></w:r><w:r><w:t>\n 丁 </w:t></w:r>\
        <w:r><w:t><![CDATA[戊<]]></w:t><w:tab/><w:noBreakHyphen/></w:r></w:p>\
        <w:p><w:r><w:t>&#x5DF1;庚</w:t></w:r></w:p>";
    let docx = Docx { body: body.into(), ..Docx::default() };
    let part = docx.document();
    let doc = read(&docx);
    assert_eq!(doc.source(), " 甲&乙丙丁戊<\t-\n己庚");
    let mut covered = 0;
    for origin in doc.origins_of(Span::new(0, doc.source().len() as u32)) {
        assert_eq!(origin.part, "word/document.xml");
        let raw = &part[origin.start as usize..origin.end as usize];
        let text = origin.span.text(doc.source());
        match origin.kind {
            OriginKind::Text => assert_eq!(raw, text),
            OriginKind::Escaped => assert!(raw.starts_with('&') && raw.ends_with(';'), "{raw}"),
            OriginKind::Element => assert!(raw.starts_with("<w:") && raw.ends_with("/>"), "{raw}"),
        }
        covered += origin.span.len() as usize;
    }
    assert_eq!(covered + 1, doc.source().len(), "all but the line feed");
    // A piece of a `w:t` is cut out of it.
    let at = doc.source().find('庚').unwrap() as u32;
    let origin = doc.origins_of(Span::new(at, at + 3)).next().unwrap();
    assert_eq!(&part[origin.start as usize..origin.end as usize], "庚");
}

#[test]
fn a_byte_order_mark_counts() {
    let part = format!("\u{FEFF}{}", Docx::of(&p("甲乙")).document());
    let rels = office_support::relations(&[("r", "officeDocument", "word/document.xml")]);
    let bytes =
        office_support::package(&[("_rels/.rels", rels.as_bytes()), ("word/document.xml", part.as_bytes())]);
    let doc = Document::read(&bytes, Format::Docx).unwrap();
    let origin = doc.origins_of(Span::new(3, 6)).next().unwrap();
    assert_eq!(&part[origin.start as usize..origin.end as usize], "乙");
}
