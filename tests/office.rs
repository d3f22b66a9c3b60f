//! Office files through the whole program: each format in, each format out.

#[path = "../crates/read/tests/office_support/mod.rs"]
mod office_support;

use office_support::{Docx, item, level, locked_pdf, p, package, relations, root};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

const RULE: &str = "+++\ntitle = \"保本\"\nverdict = \"violation\"\nbasis = [\"guanggao-fa#4-1\"]\n\
    message = \"“{match}”：不得承诺保本\"\nmessage_en = \"“{match}”: no promise of principal\"\n\
    [match]\nterms = [\"保本保息\"]\n[[fix]]\nreplace = \"业绩比较基准\"\n+++\n\n## 为什么\n\n不得承诺。\n\n\
    ```flag\n本产品[[保本保息]]。\n```\n```pass\n本产品不保本。\n```\n";

/// A folder with a pack of one rule.
struct Bench(TempDir);

impl Bench {
    fn new() -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        bench.write("pack/rules/house/guarantee.md", RULE);
        bench.write("shenyan.toml", "packs = ['pack']\nselect = ['house']\n");
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), bytes).unwrap();
    }

    /// Exit code, standard output, standard error.
    fn run(&self, args: &[&str]) -> (i32, String, String) {
        let mut c = Command::new(env!("CARGO_BIN_EXE_shenyan"));
        c.args(args).current_dir(self.0.path()).stdin(Stdio::null());
        c.env_remove("FORCE_COLOR").env_remove("CLICOLOR_FORCE");
        let out = c.output().unwrap();
        let text = |b: Vec<u8>| String::from_utf8(b).unwrap();
        (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
    }

    /// The findings, as objects.
    fn found(&self, args: &[&str]) -> Vec<Value> {
        let (code, out, err) =
            self.run(&[&["check", "--format", "jsonl", "--fail-on", "never"], args].concat());
        assert_eq!(code, 0, "{err}");
        out.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
    }
}

fn docx() -> Vec<u8> {
    let list = format!(
        "<w:abstractNum w:abstractNumId=\"0\">{}{}</w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num>",
        level(0, "chineseCounting", "第%1条"),
        level(1, "chineseCounting", "（%2）"),
    );
    let note = "<w:p><w:r><w:t>收益见注。</w:t></w:r><w:r><w:footnoteReference w:id=\"1\"/></w:r></w:p>";
    Docx {
        body: [
            p("理财合同"),
            item(1, 0, "收益"),
            item(1, 1, "按期付息；"),
            item(1, 1, "本产品保本保息。"),
            note.into(),
        ]
        .concat(),
        numbering: list,
        more: vec![
            (
                "footnotes.xml",
                "footnotes",
                root("footnotes", &format!("<w:footnote w:id=\"1\">{}</w:footnote>", p("脚注说保本保息。"))),
            ),
            ("header.xml", "header", root("hdr", &p("页眉说保本保息"))),
            (
                "comments.xml",
                "comments",
                root("comments", &format!("<w:comment w:id=\"1\">{}</w:comment>", p("批注说保本保息"))),
            ),
        ],
        ..Docx::default()
    }
    .bytes()
}

fn pptx() -> Vec<u8> {
    let slide = |text: &str| {
        format!(
            "<p:sld><p:sp><p:txBody><a:p><a:r><a:t>标题</a:t></a:r></a:p><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp></p:sld>"
        )
    };
    package(&[
        ("_rels/.rels", relations(&[("r", "officeDocument", "p.xml")]).as_bytes()),
        (
            "p.xml",
            b"<p:presentation><p:sldId id=\"1\" r:id=\"a\"/><p:sldId id=\"2\" r:id=\"b\"/></p:presentation>",
        ),
        ("_rels/p.xml.rels", relations(&[("a", "slide", "s1.xml"), ("b", "slide", "s2.xml")]).as_bytes()),
        ("s1.xml", slide("稳健").as_bytes()),
        ("s2.xml", slide("保本保息").as_bytes()),
    ])
}

fn xlsx() -> Vec<u8> {
    let sheet = "<worksheet><row r=\"3\"><c r=\"B3\" t=\"inlineStr\"><is><t>产品</t></is></c><c r=\"C3\" t=\"inlineStr\"><is><t>保本保息</t></is></c></row></worksheet>";
    package(&[
        ("_rels/.rels", relations(&[("r", "officeDocument", "b.xml")]).as_bytes()),
        ("b.xml", "<workbook><sheet name=\"话术\" r:id=\"x\"/></workbook>".as_bytes()),
        ("_rels/b.xml.rels", relations(&[("x", "worksheet", "s.xml")]).as_bytes()),
        ("s.xml", sheet.as_bytes()),
    ])
}

const MAIL: &str = "Subject: =?utf-8?B?55CG6LSi?=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n您好\r\n\r\n本产品保本保息。\r\n";

/// A page of lines: size of type and text.
type Page<'p> = &'p [(u8, &'p str)];

/// Two pages in a font that is not in the file, as many Chinese PDFs have it.
fn pdf_of(first: Page, second: Page) -> Vec<u8> {
    let show = |page: Page| {
        let mut content = String::new();
        for (i, (size, text)) in page.iter().enumerate() {
            let hex = text.encode_utf16().map(|u| format!("{u:04X}")).collect::<Vec<_>>().concat();
            content += &format!("BT /F {size} Tf 72 {} Td <{hex}> Tj ET\n", 700 - 40 * i);
        }
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len())
    };
    let page = |content: u8| {
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {content} 0 R /Resources << /Font << /F 7 0 R >> >> >>"
        )
    };
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>".to_owned(),
        page(5),
        page(6),
        show(first),
        show(second),
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [8 0 R] >>".to_owned(),
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor 9 0 R /DW 1000 >>".to_owned(),
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /ItalicAngle 0 /Ascent 880 /Descent -120 /StemV 93 /FontBBox [-25 -254 1000 880] >>".to_owned(),
    ];
    let mut out = String::from("%PDF-1.4\n");
    for (i, object) in objects.iter().enumerate() {
        out += &format!("{} 0 obj\n{object}\nendobj\n", i + 1);
    }
    out += "trailer\n<< /Root 1 0 R >>\n%%EOF\n";
    out.into_bytes()
}

fn pdf() -> Vec<u8> {
    pdf_of(&[(12, "产品介绍：稳健经营，客户为先。")], &[(12, "本产品保本保息，欢迎选购。")])
}

/// A bench with one file of each format.
fn all() -> (Bench, [&'static str; 5]) {
    let bench = Bench::new();
    bench.write("a.docx", docx());
    bench.write("b.pptx", pptx());
    bench.write("c.xlsx", xlsx());
    bench.write("d.pdf", pdf());
    bench.write("e.eml", MAIL);
    (bench, ["a.docx", "b.pptx", "c.xlsx", "d.pdf", "e.eml"])
}

#[test]
fn places_are_those_that_people_know() {
    let (bench, files) = all();
    let place = |f: &Value| {
        for end in ["start", "end"] {
            assert!(f[end]["byte"].is_null() && f[end]["line"].as_u64() >= Some(1), "{f}");
        }
        assert_eq!(f["text"], "保本保息");
        ["page", "paragraph", "area", "note", "sheet", "cell", "clause"]
            .iter()
            .filter(|k| !f[**k].is_null())
            .map(|k| format!("{k}={}", f[*k].to_string().trim_matches('"')))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let found: Vec<(String, String)> =
        bench.found(&files).iter().map(|f| (f["path"].as_str().unwrap().to_owned(), place(f))).collect();
    let found: Vec<(&str, &str)> = found.iter().map(|(p, s)| (p.as_str(), s.as_str())).collect();
    // What stands in a note or in the margin belongs to no clause, and a comment is no text.
    assert_eq!(
        found,
        [
            ("a.docx", "paragraph=4 area=body clause=第一条第（二）项"),
            ("a.docx", "paragraph=6 area=footnote note=1"),
            ("a.docx", "paragraph=7 area=header"),
            ("b.pptx", "page=2 paragraph=2 area=body"),
            ("c.xlsx", "paragraph=2 area=cell sheet=话术 cell=C3"),
            ("d.pdf", "page=2 paragraph=1 area=body"),
            ("e.eml", "paragraph=3 area=body"),
        ]
    );
}

#[test]
fn every_format_says_where() {
    let (bench, files) = all();
    let run = |format: &str| {
        let (code, out, err) = bench.run(&[&["check", "--format", format][..], &files].concat());
        assert_eq!((code, err.as_str()), (1, ""), "{format}");
        out
    };
    for format in ["human", "html", "github", "gitlab", "junit"] {
        let out = run(format);
        let flat = out.replace("&#39;", "'").split_whitespace().collect::<Vec<_>>().join(" ");
        for (file, place) in [
            ("a.docx", "第 4 段"),
            ("b.pptx", "第 2 页"),
            ("c.xlsx", "C3"),
            ("d.pdf", "第 2 页"),
            ("e.eml", "第 3 段"),
        ] {
            assert!(flat.contains(file) && flat.contains(place), "{format}: {file} {place}\n{out}");
        }
        assert!(flat.contains("第一条第（二）项"), "{format}\n{out}");
        assert!(flat.contains("脚注"), "{format}\n{out}");
    }
    let gitlab: Vec<Value> = serde_json::from_str(&run("gitlab")).unwrap();
    assert_eq!(gitlab.len(), 7);
    let mut prints: Vec<&str> = gitlab.iter().map(|i| i["fingerprint"].as_str().unwrap()).collect();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), 7);
    let sarif: Value = serde_json::from_str(&run("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 7);
    let text = sarif.to_string();
    assert!(text.contains("第一条第（二）项") && !text.contains("byteOffset"), "{text}");
    let json: Value = serde_json::from_str(&run("json")).unwrap();
    assert_eq!(json["summary"]["errors"], 7);
    let files = json["files"].as_array().unwrap();
    assert_eq!(
        files.iter().map(|f| f["findings"].as_array().unwrap().len()).collect::<Vec<_>>(),
        [3, 1, 1, 1, 1]
    );
    let (code, out, _) = bench.run(&["check", "--lang", "en", "--format", "junit", "d.pdf", "c.xlsx"]);
    assert!(code == 1 && out.contains("page 2") && out.contains("C3"), "{out}");
}

#[test]
fn what_cannot_be_read_names_the_file_and_the_way_out() {
    let bench = Bench::new();
    let ole = |name: &str| {
        let mut out = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
        out.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
        out
    };
    bench.write("t/old.doc", ole("WordDocument"));
    bench.write("t/locked.docx", ole("EncryptedPackage"));
    bench.write("t/locked.pdf", locked_pdf());
    bench.write("t/torn.docx", &docx()[..300]);
    bench.write("t/scan.pdf", "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n");
    bench.write("t/good.docx", docx());
    let (code, out, err) = bench.run(&["check", "t", "--format", "jsonl"]);
    assert_eq!(code, 2);
    assert_eq!(out.lines().count(), 3, "the rest is still checked");
    for (file, words) in [
        ("t/old.doc", "soffice --headless --convert-to docx"),
        ("t/locked.docx", "取消密码"),
        ("t/locked.pdf", "取消密码"),
        ("t/torn.docx", "另存一份"),
        ("t/scan.pdf", "OCR"),
    ] {
        let (_, _, one) = bench.run(&["check", file]);
        let flat: String = one.split_whitespace().collect();
        assert!(one.contains(file) && flat.contains(&words.replace(' ', "")), "{file}: {one}");
        assert!(err.contains(file), "{err}");
        let (code, _, english) = bench.run(&["check", file, "--lang", "en"]);
        assert!(code == 2 && english.contains("help: ") && english.contains(file), "{english}");
    }
}

#[test]
fn the_same_sentence_in_an_annex_is_found_in_each_place() {
    let bench = Bench::new();
    let bad = "本产品保本保息。";
    bench.write(
        "合同.txt",
        format!("服务合同\n第一条 收益\n{bad}\n第二条 其他\n（一）通知；\n（二）{bad}\n附件一：补充约定\n第一条 {bad}\n附件二：说明\n{bad}\n"),
    );
    let found = bench.found(&["合同.txt", "--kind", "contract"]);
    let clauses: Vec<&str> = found.iter().map(|f| f["clause"].as_str().unwrap()).collect();
    assert_eq!(clauses, ["第一条", "第二条第（二）项", "附件一第一条", "附件二"]);
}

#[test]
fn a_docx_has_its_clauses_tabled() {
    let (bench, _) = all();
    let args = ["check", "a.docx", "--kind", "contract", "--clauses", "--fail-on", "never"];
    let (_, human, _) = bench.run(&args);
    assert!(human.contains("第一条") && human.contains("（条款之外）"), "{human}");
    let (_, json, _) = bench.run(&[&args[..], &["--format", "json"]].concat());
    let json: Value = serde_json::from_str(&json).unwrap();
    let clauses = json["files"][0]["contract"]["clauses"].as_array().unwrap();
    let table: Vec<(Option<&str>, usize)> =
        clauses.iter().map(|c| (c["number"].as_str(), c["findings"].as_array().unwrap().len())).collect();
    assert_eq!(table, [(None, 2), (Some("第一条"), 1)]);
    let (_, html, _) = bench.run(&[&args[..], &["--format", "html"]].concat());
    assert!(html.contains("<td>第一条</td><td>收益</td>"), "{html}");
    // From the table to the finding, with the item that the row does not name.
    assert!(html.contains("<small>第一条第（二）项</small> <a href=\"#f0-0\">"), "{html}");
    assert!(html.contains("id=\"f0-0\""), "{html}");
}

#[test]
fn annotating_keeps_the_input_and_doubles_nothing() {
    let (bench, _) = all();
    let before = fs::read(bench.path("a.docx")).unwrap();
    let text = |name: &str| {
        let bytes = fs::read(bench.path(name)).unwrap();
        let doc = shenyan_read::Document::read(&bytes, shenyan_read::Format::Docx).unwrap();
        doc.source().lines().filter(|l| !l.contains("不得承诺")).map(str::to_owned).collect::<Vec<_>>()
    };
    for (out, more) in [("b.docx", &[][..]), ("c.docx", &["--suggest"])] {
        let (code, _, err) = bench.run(&[&["annotate", "a.docx", "-o", out][..], more].concat());
        assert_eq!(code, 0, "{err}");
        let (code, _, err) = bench.run(&[&["annotate", out, "-o", "again.docx"][..], more].concat());
        assert_eq!(code, 0, "{err}");
        for (once, twice) in unpacked(&bench.path(out)).iter().zip(&unpacked(&bench.path("again.docx"))) {
            assert_eq!(once, twice, "{more:?}");
        }
        fs::remove_file(bench.path("again.docx")).unwrap();
    }
    assert_eq!(fs::read(bench.path("a.docx")).unwrap(), before);
    let body = |name: &str| text(name).into_iter().filter(|l| !l.starts_with("“")).collect::<Vec<_>>();
    assert!(body("b.docx").iter().any(|l| l.contains("本产品保本保息。")));
    // Read as the final text: with the suggestion taken.
    assert!(body("c.docx").iter().any(|l| l.contains("本产品业绩比较基准。")), "{:?}", body("c.docx"));
}

/// The parts of a package by name.
fn unpacked(path: &Path) -> Vec<(String, String)> {
    use std::io::Read as _;
    let mut zip = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    (0..zip.len())
        .map(|i| {
            let mut file = zip.by_index(i).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file.name().unwrap().to_string(), text)
        })
        .collect()
}

#[test]
fn what_a_pdf_does_not_show_is_not_judged() {
    let bench = Bench::new();
    bench.write("shenyan.toml", "select = ['disclosure/prominence']\n");
    let page: Page = &[
        (24, "健身服务合同"),
        (12, "甲方：某健身公司"),
        (12, "乙方：王某"),
        (12, "第一条 会员费一经支付，概不退还。"),
        (12, "第二条 乙方在场馆内受伤的，甲方不承担任何责任。"),
    ];
    bench.write("a.pdf", pdf_of(page, &[(12, "第三条 其他事项由甲乙双方协商。")]));
    assert_eq!(bench.found(&["a.pdf", "--kind", "contract"]).len(), 0);
    // The same in Word, where type could have been bold.
    let title = "<w:p><w:r><w:rPr><w:b/><w:sz w:val=\"48\"/></w:rPr><w:t>健身服务合同</w:t></w:r></w:p>";
    let body: String = page[1..].iter().map(|(_, text)| p(text)).collect();
    bench.write("a.docx", Docx::of(&format!("{title}{body}")).bytes());
    assert!(!bench.found(&["a.docx", "--kind", "contract"]).is_empty());
}
