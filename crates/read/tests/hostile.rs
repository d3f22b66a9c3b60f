//! Files made to harm: each is read or refused with a reason, in little time and little memory.

#![allow(clippy::disallowed_methods, reason = "a test may look at the clock")]
#![allow(clippy::format_collect, reason = "short beats fast in a test")]

mod office_support;

use office_support::{Docx, item, level, locked_pdf, p, package, relations, root};
use shenyan_read::{Document, Format, ReadError};
use std::time::{Duration, Instant};

/// What must come of a file.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Want {
    /// An error of this kind.
    Error(&'static str),
    /// A document with these words in it.
    Text(&'static str),
    /// Either: the file is no worse than odd.
    Any,
}
use Want::{Any, Error, Text};

const RELS: &str = "_rels/.rels";
const MAIN: &str = "word/document.xml";

fn with_document(xml: &str) -> Vec<u8> {
    with_parts(&[(MAIN, xml.as_bytes())])
}

fn with_parts(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let rels = relations(&[("r", "officeDocument", MAIN)]);
    let mut all: Vec<(&str, &[u8])> = vec![(RELS, rels.as_bytes())];
    all.extend_from_slice(parts);
    package(&all)
}

fn body(xml: &str) -> Vec<u8> {
    Docx::of(xml).bytes()
}

/// A PDF of these objects, the first being the catalogue; there is no table of places, so that
/// readers have to find the objects themselves.
fn pdf(objects: &[&str]) -> Vec<u8> {
    let mut out = String::from("%PDF-1.7\n");
    for (i, object) in objects.iter().enumerate() {
        out += &format!("{} 0 obj\n{object}\nendobj\n", i + 1);
    }
    out += "trailer\n<< /Root 1 0 R >>\n%%EOF\n";
    out.into_bytes()
}

/// A PDF of one page with this content and these further objects, from number 5.
fn page(content: &str, more: &[&str]) -> Vec<u8> {
    let stream = format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len());
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> /XObject << /X 6 0 R >> >> >>",
        stream.as_str(),
    ];
    objects.extend_from_slice(more);
    pdf(&objects)
}

const FONT: &str = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>";

fn all() -> Vec<(&'static str, Format, Vec<u8>, Want)> {
    use Format::{Docx as D, Legacy as L, Mail as M, Pdf as P, Pptx as S, Xlsx as X};
    let good = body(&p("甲方"));
    let deep =
        |n: usize, name: &str| format!("{}{}", format!("<{name}>").repeat(n), format!("</{name}>").repeat(n));
    let megabytes = |n: usize| " ".repeat(n << 20);
    let ole = |tail: &str| {
        let mut out = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
        out.extend(tail.encode_utf16().flat_map(u16::to_le_bytes));
        out
    };
    let mut out = vec![
        // Not what the name says.
        ("empty", D, Vec::new(), Error("damaged")),
        ("one byte", D, vec![b'P'], Error("damaged")),
        ("text", D, "甲方".into(), Error("damaged")),
        ("text as pdf", P, "甲方".into(), Error("damaged")),
        ("zeros", D, vec![0; 4096], Error("damaged")),
        ("only a signature", D, b"PK\x03\x04".to_vec(), Error("damaged")),
        ("an empty archive", D, package(&[]), Error("no_document")),
        ("an archive of something", D, package(&[("a.txt", b"a")]), Error("no_document")),
        ("a docx called pdf", P, good.clone(), Text("甲方")),
        ("a docx called doc", L, good.clone(), Text("甲方")),
        ("a docx called xlsx", X, good.clone(), Text("甲方")),
        ("an old doc called docx", D, ole("WordDocument"), Error("unsupported_format")),
        ("rtf called docx", D, b"{\\rtf1 x}".to_vec(), Error("unsupported_format")),
        ("a doc", L, ole("x"), Error("unsupported_format")),
        ("an unknown wps", L, b"????".to_vec(), Error("unsupported_format")),
        ("an odt", L, package(&[("mimetype", b"x"), ("content.xml", b"<x/>")]), Error("unsupported_format")),
        ("an ofd", L, package(&[("OFD.xml", b"<x/>")]), Error("unsupported_format")),
        ("png", D, b"\x89PNG\r\n\x1a\n".to_vec(), Error("damaged")),
        // Locked.
        ("a password", D, ole("EncryptedPackage"), Error("encrypted")),
        ("a password on xlsx", X, ole("EncryptedPackage EncryptionInfo"), Error("encrypted")),
        // Torn.
        ("half", D, good[..good.len() / 2].to_vec(), Error("damaged")),
        ("without its last byte", D, good[..good.len() - 1].to_vec(), Any),
        ("without its first byte", D, good[1..].to_vec(), Error("damaged")),
        ("with a tail", D, [good.clone(), vec![0; 100]].concat(), Any),
        ("with a head", D, [b"MZ".to_vec(), good.clone()].concat(), Error("damaged")),
        ("no main part", D, with_parts(&[]), Error("damaged")),
        ("no relations", D, package(&[(MAIN, b"<w:document/>")]), Error("no_document")),
        ("an empty main part", D, with_document(""), Error("no_document")),
        ("xml cut off", D, with_document("<w:document><w:body><w:p><w:r><w:t>甲"), Error("damaged")),
        ("xml crossed", D, with_document("<w:document><w:p></w:document></w:p>"), Error("damaged")),
        ("xml with bad bytes", D, with_parts(&[(MAIN, b"<w:document><w:p>\xFF\xFE</w:p></w:document>")]), Error("damaged")),
        ("utf-16", D, with_parts(&[(MAIN, &ole("<w:document/>"))]), Error("damaged")),
        ("another root", D, with_document("<html/>"), Error("no_document")),
        // Entities.
        ("a doctype", D, with_document("<!DOCTYPE x><w:document/>"), Error("entities")),
        (
            "a billion laughs",
            D,
            with_document("<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><w:document>&b;</w:document>"),
            Error("entities"),
        ),
        (
            "a file as an entity",
            D,
            with_document("<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><w:document>&a;</w:document>"),
            Error("entities"),
        ),
        ("an unknown entity", D, body(&p("甲&x;方")), Text("甲\u{FFFD}方")),
        ("a character that is none", D, body(&p("甲&#0;&#xD800;&#x110000;方")), Any),
        // Deep.
        ("a deep tree", D, with_document(&format!("<w:document>{}</w:document>", deep(100_000, "w:x"))), Error("too_deep")),
        ("deep tables", D, body(&format!("{}甲{}", "<w:tbl><w:tr><w:tc>".repeat(300), "</w:tc></w:tr></w:tbl>".repeat(300))), Any),
        ("boxes in boxes", D, body(&format!("{}{}{}", "<w:p><w:r><w:txbxContent>".repeat(300), p("甲"), "</w:txbxContent></w:r></w:p>".repeat(300))), Any),
        ("deep relations", D, package(&[(RELS, deep(50_000, "x").as_bytes())]), Error("too_deep")),
        // Large.
        ("a bomb in the text", D, with_document(&format!("<w:document><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:document>", megabytes(70))), Error("too_large")),
        ("a bomb in an attribute", D, with_document(&format!("<w:document a=\"{}\"/>", megabytes(70))), Error("too_large")),
        ("a bomb in the relations", D, package(&[(RELS, megabytes(70).as_bytes())]), Error("too_large")),
        ("a bomb beside the text", D, with_parts(&[(MAIN, Docx::of(&p("甲方")).document().as_bytes()), ("word/media/a.bin", megabytes(80).as_bytes())]), Text("甲方")),
        ("many empty paragraphs", D, body(&"<w:p/>".repeat(300_000)), Any),
        ("many open rows", D, body(&"<w:tr>".repeat(900)), Error("damaged")),
        // Cycles.
        (
            "styles based on each other",
            D,
            Docx {
                body: "<w:p><w:pPr><w:pStyle w:val=\"a\"/></w:pPr><w:r><w:t>甲方</w:t></w:r></w:p>".into(),
                styles: "<w:style w:styleId=\"a\"><w:basedOn w:val=\"b\"/></w:style><w:style w:styleId=\"b\"><w:basedOn w:val=\"a\"/></w:style>".into(),
                ..Docx::default()
            }
            .bytes(),
            Text("甲方"),
        ),
        (
            "a chain of ten thousand styles",
            D,
            Docx {
                body: p("甲方"),
                styles: (0..10_000).map(|i| format!("<w:style w:styleId=\"s{i}\"><w:basedOn w:val=\"s{}\"/></w:style>", i + 1)).collect(),
                ..Docx::default()
            }
            .bytes(),
            Text("甲方"),
        ),
        (
            "a list that names itself",
            D,
            Docx {
                body: item(1, 0, "甲方"),
                styles: "<w:style w:type=\"numbering\" w:styleId=\"l\"><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr></w:style>".into(),
                numbering: "<w:abstractNum w:abstractNumId=\"0\"><w:numStyleLink w:val=\"l\"/></w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num>".into(),
                ..Docx::default()
            }
            .bytes(),
            Text("甲方"),
        ),
        (
            "absurd numbers in a list",
            D,
            Docx {
                body: item(1, 0, "甲方") + &item(1, 8, "乙方") + &item(4_294_967_295, 200, "丙方"),
                numbering: format!(
                    "<w:abstractNum w:abstractNumId=\"0\">{}{}</w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/>\
                     <w:lvlOverride w:ilvl=\"77\"><w:startOverride w:val=\"9999999999999\"/></w:lvlOverride></w:num>",
                    level(0, "upperRoman", "%1%2%9%0%").replace("w:val=\"1\"", "w:val=\"999999999\""),
                    level(8, "upperLetter", "%9"),
                ),
                ..Docx::default()
            }
            .bytes(),
            Text("甲方"),
        ),
        (
            "a link to itself",
            D,
            Docx { body: p("甲方"), links: vec![("h", "header", "document.xml")], ..Docx::default() }.bytes(),
            Text("甲方"),
        ),
        // Outside.
        (
            "parts outside",
            D,
            Docx {
                body: p("甲方"),
                links: vec![
                    ("a", "styles", "http://127.0.0.1:9/styles.xml"),
                    ("b", "header", "file:///etc/passwd"),
                    ("c", "footer", "../../../../etc/passwd"),
                    ("d", "attachedTemplate", "\\\\host\\share\\x.dotm"),
                ],
                ..Docx::default()
            }
            .bytes(),
            Text("甲方"),
        ),
        ("names with paths", D, with_parts(&[(MAIN, Docx::of(&p("甲方")).document().as_bytes()), ("../../evil", b"x"), ("/abs", b"x")]), Text("甲方")),
        ("a main part outside", D, package(&[(RELS, relations(&[("r", "officeDocument", "http://127.0.0.1:9/d.xml")]).as_bytes())]), Error("no_document")),
        ("macros", D, with_parts(&[(MAIN, Docx::of(&p("甲方")).document().as_bytes()), ("word/vbaProject.bin", &[0xCC; 4096])]), Text("甲方")),
        (
            "a field that runs",
            D,
            body("<w:p><w:r><w:instrText>DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe</w:instrText></w:r><w:r><w:t>甲方</w:t></w:r></w:p>"),
            Text("甲方"),
        ),
        ("text of no paragraph", D, with_document("<w:document><w:t>甲</w:t><w:br/><w:tab/><w:sym w:char=\"zz\"/></w:document>"), Any),
        ("a note that is not there", D, body("<w:p><w:r><w:footnoteReference w:id=\"9\"/><w:t>甲方</w:t></w:r></w:p>"), Text("甲方")),
        ("comments crossed", D, body("<w:p><w:commentRangeEnd w:id=\"1\"/><w:r><w:t>甲方</w:t></w:r><w:commentRangeStart w:id=\"1\"/></w:p>"), Text("甲方")),
        // Slides and sheets.
        ("a presentation without slides", S, package(&[(RELS, relations(&[("r", "officeDocument", "p.xml")]).as_bytes()), ("p.xml", b"<p:presentation/>")]), Any),
        (
            "a slide that is not there",
            S,
            package(&[
                (RELS, relations(&[("r", "officeDocument", "p.xml")]).as_bytes()),
                ("p.xml", b"<p:presentation><p:sldId id=\"1\" r:id=\"x\"/></p:presentation>"),
                ("_rels/p.xml.rels", relations(&[("x", "slide", "no.xml")]).as_bytes()),
            ]),
            Any,
        ),
        (
            "a sheet with wild numbers",
            X,
            package(&[
                (RELS, relations(&[("r", "officeDocument", "b.xml")]).as_bytes()),
                ("b.xml", "<workbook><sheet name=\"表\" r:id=\"x\"/></workbook>".as_bytes()),
                ("_rels/b.xml.rels", relations(&[("x", "worksheet", "s.xml"), ("y", "sharedStrings", "t.xml")]).as_bytes()),
                ("s.xml", "<worksheet><row><c t=\"s\"><v>99999999999999999999</v></c><c r=\"XFD1048577\" t=\"s\"><v>-1</v></c><c t=\"inlineStr\"><is><t>甲方</t></is></c></row></worksheet>".as_bytes()),
                ("t.xml", b"<sst count=\"4294967295\" uniqueCount=\"4294967295\"/>"),
            ]),
            Text("甲方"),
        ),
        // PDF.
        ("a pdf of a head", P, b"%PDF-1.7".to_vec(), Error("damaged")),
        ("a pdf of noise", P, [b"%PDF-1.4\n".to_vec(), (0..20_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect()].concat(), Error("damaged")),
        ("a page", P, page("BT /F 12 Tf 10 700 Td (Hello contract) Tj ET", &[FONT]), Text("Hello contract")),
        ("a scan", P, page("0 0 10 10 re f", &[FONT]), Error("no_text")),
        ("pages that hold themselves", P, pdf(&["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"]), Any),
        ("a catalogue that is itself", P, pdf(&["<< /Type /Catalog /Pages 1 0 R /Kids [1 0 R] >>"]), Any),
        ("a length of itself", P, pdf(&["<< /Type /Catalog /Pages 2 0 R >>", "<< /Length 2 0 R >>\nstream\nx\nendstream"]), Any),
        ("a form that draws itself", P, page("/X Do", &[FONT, "<< /Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << /X 6 0 R >> >> /Length 11 >>\nstream\n/X Do /X Do\nendstream"]), Any),
        ("a deep array", P, pdf(&["<< /Type /Catalog /Pages 2 0 R >>", &"[".repeat(100_000)]), Any),
        ("a million pages said", P, pdf(&["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 1000000000 >>"]), Any),
        ("a script", P, pdf(&["<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.launchURL) >> >>", "<< /Type /Pages /Kids [] /Count 0 >>"]), Any),
        ("text at the end of the world", P, page("BT /F 1e30 Tf 1e38 1e38 Td (a) Tj 0 Tf (b) Tj -1e38 0 Td (c) Tj ET", &[FONT]), Any),
        // Mail.
        ("a mail of nothing", M, b"\r\n\r\n".to_vec(), Any),
        ("a mail", M, "Subject: =?utf-8?B?5ZCI5ZCM?=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n甲方\r\n".into(), Text("甲方")),
        ("parts in parts", M, (0..2000).map(|i| format!("Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n")).collect::<String>().into_bytes(), Any),
        ("mails in mails", M, "Content-Type: message/rfc822\r\n\r\n".repeat(5000).into_bytes(), Any),
        ("a boundary of nothing", M, b"Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n--\r\n".to_vec(), Any),
    ];
    // A stream of sixty gigabytes would be refused before it is kept.
    let blanks = flate(300);
    let hex: String = blanks.iter().map(|b| format!("{b:02X}")).collect();
    // One run of 128 zeros is two bytes.
    let runs = [0x81, 0].repeat(3 << 20);
    out.push(("a bomb in a pdf", P, bomb("/FlateDecode", &blanks), Error("too_large")));
    out.push(("a bomb in hexadecimal", P, bomb("[/AHx /Fl]", hex.as_bytes()), Error("too_large")));
    out.push((
        "a bomb in a bomb",
        P,
        bomb("[/FlateDecode /FlateDecode]", &pack(&flate(2_000))),
        Error("too_large"),
    ));
    out.push(("a bomb of runs", P, bomb("/RunLengthDecode", &runs), Error("too_large")));
    out.push(("a bomb by another name", P, bomb("/Fl#61teDecode", &blanks), Error("too_large")));
    out.push(("a bomb with its filter elsewhere", P, bomb("5 0 R", &blanks), Error("too_large")));
    out.push((
        "packed objects that are a bomb",
        P,
        bomb("/FlateDecode /Type /ObjStm /N 1 /First 4", &blanks),
        Error("too_large"),
    ));
    out.push((
        "packed objects in another coat",
        P,
        bomb("[/AHx /Fl] /Type /ObjStm /N 1 /First 4", hex.as_bytes()),
        Error("too_large"),
    ));
    // Each form draws the next twice: 2^40 of them.
    let doubling: Vec<String> = (0..40)
        .map(|i| format!("<< /Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << /X {} 0 R >> >> /Length 11 >>\nstream\n/X Do /X Do\nendstream", i + 7))
        .collect();
    let mut objects = vec![FONT];
    objects.extend(doubling.iter().map(String::as_str));
    out.push(("forms that double", P, page("/X Do", &objects), Any));
    // Each page holds the one above it.
    let ring: Vec<String> = (0..2_000)
        .map(|i| format!("<< /Type /Pages /Kids [{} 0 R] /Count 1 >>", (i + 1) % 2_000 + 2))
        .collect();
    let mut objects = vec!["<< /Type /Catalog /Pages 2 0 R >>"];
    objects.extend(ring.iter().map(String::as_str));
    out.push(("a ring of pages", P, pdf(&objects), Any));
    let wide = "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 0 >> /W [0 4294967295 500] >>] >>";
    out.push((
        "widths of four milliard characters",
        P,
        page("BT /F 12 Tf (ab) Tj ET", &[wide]),
        Error("too_large"),
    ));
    out.push(("a locked pdf", P, locked_pdf(), Error("encrypted")));
    out.push(("glyphs without letters", P, page("BT /F 12 Tf (abcdefgh) Tj ET", &["<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [7 0 R] >>", "null", "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"]), Error("no_text")));
    out
}

fn pack(data: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    zlib.write_all(data).unwrap();
    zlib.finish().unwrap()
}

/// So many megabytes of blanks, compressed.
fn flate(megabytes: usize) -> Vec<u8> {
    use std::io::Write as _;
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..megabytes {
        zlib.write_all(&blanks).unwrap();
    }
    zlib.finish().unwrap()
}

/// A PDF whose content goes through these filters.
fn bomb(filters: &str, data: &[u8]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>\nendobj\n5 0 obj\n/FlateDecode\nendobj\n".to_vec();
    out.extend(format!("4 0 obj\n<< /Filter {filters} /Length {} >>\nstream\n", data.len()).into_bytes());
    out.extend(data);
    out.extend(b"\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n");
    out
}

#[test]
fn hostile_files_are_read_or_refused() {
    let mut files = all();
    assert!(files.len() >= 60, "{}", files.len());
    // Without the reader, what is a PDF is refused as a whole.
    files.retain(|f| cfg!(feature = "pdf") || !f.2.starts_with(b"%PDF"));
    let mut wrong = Vec::new();
    for (name, format, bytes, want) in files {
        let began = Instant::now();
        let read = Document::read(&bytes, format);
        let took = began.elapsed();
        // Generous: tests run unoptimised and side by side on busy machines.
        if took > Duration::from_secs(30) {
            wrong.push(format!("{name}: took {took:?}"));
        }
        let ok = match (want, &read) {
            (Any, _) => true,
            (Error(kind), Err(e)) => e.kind() == kind,
            (Text(words), Ok(doc)) => doc.source().contains(words),
            _ => false,
        };
        if let Err(e) = &read {
            assert!(!e.to_string().is_empty() && !e.hint().is_empty());
        }
        if !ok {
            wrong.push(format!(
                "{name}: wanted {want:?}, got {:?}",
                read.map(|d| d.source().chars().take(60).collect::<String>())
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn more_parts_than_a_document_has_are_refused() {
    let names: Vec<String> = (0..20_100).map(|i| format!("a{i}")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &b""[..])).collect();
    let read = Document::read(&package(&files), Format::Docx);
    assert!(matches!(read, Err(ReadError::Expands { .. })));
}

#[test]
fn every_cut_of_a_file_is_read_or_refused() {
    let bytes = Docx {
        body: p("甲方") + &item(1, 0, "乙方"),
        numbering: level(0, "decimal", "%1."),
        more: vec![("footnotes.xml", "footnotes", root("footnotes", &p("注")))],
        ..Docx::default()
    }
    .bytes();
    for end in (0..bytes.len()).step_by(7) {
        let _ = Document::read(&bytes[..end], Format::Docx);
    }
    let bytes = page("BT /F 12 Tf 10 700 Td (Hello contract) Tj ET", &[FONT]);
    for end in (0..bytes.len()).step_by(3) {
        let _ = Document::read(&bytes[..end], Format::Pdf);
    }
}
