//! Office files made on the spot.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A ZIP of these files.
pub fn package(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A part of relationships: id, last piece of the type, target.
pub fn relations(all: &[(&str, &str, &str)]) -> String {
    let mut out = String::from(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">",
    );
    for (id, kind, target) in all {
        let mode = if target.contains(':') { " TargetMode=\"External\"" } else { "" };
        out += &format!("<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"{mode}/>");
    }
    out + "</Relationships>"
}

/// A document to be.
#[derive(Default)]
pub struct Docx {
    pub body: String,
    pub styles: String,
    pub numbering: String,
    /// File in `word/`, type, contents.
    pub more: Vec<(&'static str, &'static str, String)>,
    pub links: Vec<(&'static str, &'static str, &'static str)>,
}

const NAMES: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
    xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\" \
    xmlns:wps=\"http://schemas.microsoft.com/office/word/2010/wordprocessingShape\" \
    xmlns:w14=\"http://schemas.microsoft.com/office/word/2010/wordml\"";

/// The root element of a part, with its contents.
pub fn root(name: &str, contents: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:{name} {NAMES}>{contents}</w:{name}>"
    )
}

impl Docx {
    pub fn of(body: &str) -> Self {
        Self { body: body.to_owned(), ..Self::default() }
    }

    pub fn document(&self) -> String {
        root("document", &format!("<w:body>{}<w:sectPr/></w:body>", self.body))
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut links = self.links.clone();
        let mut files: Vec<(String, String)> = vec![
            ("_rels/.rels".into(), relations(&[("rId1", "officeDocument", "word/document.xml")])),
            ("word/document.xml".into(), self.document()),
        ];
        if !self.styles.is_empty() {
            links.push(("s", "styles", "styles.xml"));
            files.push(("word/styles.xml".into(), root("styles", &self.styles)));
        }
        if !self.numbering.is_empty() {
            links.push(("n", "numbering", "numbering.xml"));
            files.push(("word/numbering.xml".into(), root("numbering", &self.numbering)));
        }
        for (name, kind, contents) in &self.more {
            links.push((name, kind, name));
            files.push((format!("word/{name}"), contents.clone()));
        }
        files.push(("word/_rels/document.xml.rels".into(), relations(&links)));
        let files: Vec<(&str, &[u8])> = files.iter().map(|(n, c)| (n.as_str(), c.as_bytes())).collect();
        package(&files)
    }
}

/// A paragraph of one run.
pub fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>")
}

/// A paragraph in a list.
pub fn item(num: u32, level: u8, text: &str) -> String {
    format!(
        "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{num}\"/></w:numPr></w:pPr>\
         <w:r><w:t>{text}</w:t></w:r></w:p>"
    )
}

/// A level of a list.
pub fn level(index: u8, format: &str, text: &str) -> String {
    format!(
        "<w:lvl w:ilvl=\"{index}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/><w:lvlText w:val=\"{text}\"/></w:lvl>"
    )
}

/// A PDF under a password nobody knows.
pub fn locked_pdf() -> Vec<u8> {
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [] /Count 0 >>",
        "<< /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF> \
         /U <FF112233445566778899AABBCCDDEEFF00000000000000000000000000000000> >>",
    ];
    let mut out = String::from("%PDF-1.4\n");
    let mut table = String::from("xref\n0 4\n0000000000 65535 f \n");
    for (i, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", out.len());
        out += &format!("{} 0 obj\n{object}\nendobj\n", i + 1);
    }
    let id = "<0123456789ABCDEF0123456789ABCDEF>";
    let at = out.len();
    out += &format!(
        "{table}trailer\n<< /Size 4 /Root 1 0 R /Encrypt 3 0 R /ID [{id} {id}] >>\nstartxref\n{at}\n%%EOF\n"
    );
    out.into_bytes()
}
