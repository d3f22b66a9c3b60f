//! The ZIP package: finding parts, and writing it again with some of them changed.

use crate::write::escape;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// The most bytes of one part, uncompressed; the reader has the same limit.
const MAX_PART: u64 = 64 * 1024 * 1024;

/// Why a document cannot be written into.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The archive cannot be read or written.
    #[error("压缩包读写出错：{0}")]
    Zip(#[from] ZipError),
    /// A part is not what it should be.
    #[error("{part} 不是能读的 XML：{why}")]
    Part {
        /// Its name.
        part: String,
        /// What is wrong.
        why: String,
    },
    /// A part is missing.
    #[error("缺少 {0}")]
    Missing(String),
    /// A part is larger than any document's.
    #[error("{0} 解压后过大")]
    TooLarge(String),
    /// The document is signed; writing into it would break the signature.
    #[error("文件带有数字签名，写入批注会使签名失效")]
    Signed,
}

/// An open package.
pub(crate) struct Package<'b> {
    zip: ZipArchive<Cursor<&'b [u8]>>,
}

impl<'b> Package<'b> {
    pub(crate) fn open(bytes: &'b [u8]) -> Result<Self, Error> {
        let zip = ZipArchive::new(Cursor::new(bytes))?;
        let package = Self { zip };
        if package.names().any(|n| n.starts_with("_xmlsignatures/")) {
            return Err(Error::Signed);
        }
        Ok(package)
    }

    fn names(&self) -> impl Iterator<Item = String> {
        self.zip.file_names().filter_map(Result::ok).map(|n| n.to_string())
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.zip.index_for_name(name).or_else(|| {
            let mut names = self.zip.file_names().enumerate();
            names.find_map(|(i, n)| n.is_ok_and(|n| n.eq_ignore_ascii_case(name)).then_some(i))
        })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// A part as text.
    pub(crate) fn text(&mut self, name: &str) -> Result<String, Error> {
        let index = self.find(name).ok_or_else(|| Error::Missing(name.to_owned()))?;
        let file = self.zip.by_index(index)?;
        let mut out = Vec::new();
        file.take(MAX_PART + 1).read_to_end(&mut out).map_err(ZipError::Io)?;
        if out.len() as u64 > MAX_PART {
            return Err(Error::TooLarge(name.to_owned()));
        }
        String::from_utf8(out)
            .map_err(|_| Error::Part { part: name.to_owned(), why: "不是 UTF-8".to_owned() })
    }

    /// Name of the part that holds the document.
    pub(crate) fn main(&mut self) -> Result<String, Error> {
        let found = self.relations("")?.into_iter().find(|r| r.kind == "officeDocument");
        found.map(|r| r.target).ok_or_else(|| Error::Missing("officeDocument".to_owned()))
    }

    /// Name of the part that another names as its `kind`.
    pub(crate) fn related(&mut self, part: &str, kind: &str) -> Result<Option<String>, Error> {
        Ok(self.relations(part)?.into_iter().find(|r| r.kind == kind).map(|r| r.target))
    }

    /// The parts with text of the document.
    pub(crate) fn story_parts(&mut self, main: &str) -> Result<Vec<String>, Error> {
        let mut out = vec![main.to_owned()];
        let kinds = ["footnotes", "endnotes", "header", "footer"];
        let all = self.relations(main)?;
        out.extend(all.into_iter().filter(|r| kinds.contains(&r.kind.as_str())).map(|r| r.target));
        out.sort();
        out.dedup();
        out.retain(|name| self.has(name));
        Ok(out)
    }

    fn relations(&mut self, part: &str) -> Result<Vec<Relation>, Error> {
        let name = rels_of(part);
        if !self.has(&name) {
            return Ok(Vec::new());
        }
        let xml = self.text(&name)?;
        let folder = part.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut out = Vec::new();
        elements(&name, &xml, |tag| {
            let (Some(kind), Some(target)) = (attribute(tag, "Type"), attribute(tag, "Target")) else {
                return;
            };
            if attribute(tag, "TargetMode").is_none_or(|m| !m.eq_ignore_ascii_case("External")) {
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                out.push(Relation { kind, target: resolve(folder, &target) });
            }
        })?;
        Ok(out)
    }

    /// A part for comments, with what makes it known.
    pub(crate) fn add_comments(
        &mut self,
        main: &str,
        bodies: &str,
        changed: &mut BTreeMap<String, Vec<u8>>,
        added: &mut BTreeMap<String, Vec<u8>>,
    ) -> Result<(), Error> {
        let folder = main.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let free = |name: &String| !self.has(name);
        let name = std::iter::once(format!("{folder}comments.xml"))
            .chain((1..u32::MAX).map(|n| format!("{folder}comments{n}.xml")))
            .find(free)
            .unwrap_or_default();
        let strict = self.text(main)?.contains("http://purl.oclc.org/ooxml/wordprocessingml/main");
        let (space, relation) = if strict {
            (
                "http://purl.oclc.org/ooxml/wordprocessingml/main",
                "http://purl.oclc.org/ooxml/officeDocument/relationships/comments",
            )
        } else {
            (
                "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments",
            )
        };
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
        let xml = format!("{head}<w:comments xmlns:w=\"{space}\">{bodies}</w:comments>");
        added.insert(name.clone(), xml.into_bytes());

        let types = self.text("[Content_Types].xml")?;
        let kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml";
        let entry = format!("<Override PartName=\"/{}\" ContentType=\"{kind}\"/>", escape(&name));
        let types = within_root("[Content_Types].xml", &types, &entry)?;
        changed.insert("[Content_Types].xml".to_owned(), types.into_bytes());

        let rels = rels_of(main);
        let target = name.strip_prefix(&folder).unwrap_or(&name);
        let entry = |id: &str| {
            format!("<Relationship Id=\"{id}\" Type=\"{relation}\" Target=\"{}\"/>", escape(target))
        };
        if self.has(&rels) {
            let xml = self.text(&rels)?;
            let mut ids = Vec::new();
            elements(&rels, &xml, |tag| ids.extend(attribute(tag, "Id")))?;
            let id = (1..u32::MAX)
                .map(|n| format!("rIdShenyan{n}"))
                .find(|id| !ids.contains(id))
                .unwrap_or_default();
            changed.insert(rels.clone(), within_root(&rels, &xml, &entry(&id))?.into_bytes());
        } else {
            let space = "http://schemas.openxmlformats.org/package/2006/relationships";
            let xml =
                format!("{head}<Relationships xmlns=\"{space}\">{}</Relationships>", entry("rIdShenyan1"));
            added.insert(rels, xml.into_bytes());
        }
        Ok(())
    }

    /// The package with parts changed and added; all else is copied as it is, still compressed.
    pub(crate) fn rewritten(
        &mut self,
        changed: &BTreeMap<String, Vec<u8>>,
        added: &BTreeMap<String, Vec<u8>>,
    ) -> Result<Vec<u8>, Error> {
        let mut out = ZipWriter::new(Cursor::new(Vec::new()));
        let places: BTreeMap<usize, &Vec<u8>> =
            changed.iter().filter_map(|(name, data)| Some((self.find(name)?, data))).collect();
        for index in 0..self.zip.len() {
            let file = self.zip.by_index_raw(index)?;
            let Some(data) = places.get(&index) else {
                out.raw_copy_file(file)?;
                continue;
            };
            let mut options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
            if let Some(time) = file.last_modified() {
                options = options.last_modified_time(time);
            }
            let name = file.name()?.to_string();
            drop(file);
            out.start_file(name, options)?;
            out.write_all(data).map_err(ZipError::Io)?;
        }
        for (name, data) in added {
            let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
            out.start_file(name.as_str(), options)?;
            out.write_all(data).map_err(ZipError::Io)?;
        }
        Ok(out.finish()?.into_inner())
    }
}

struct Relation {
    /// Last piece of the type, such as "comments".
    kind: String,
    target: String,
}

/// Name of the part with the relations of another.
fn rels_of(part: &str) -> String {
    match part.rsplit_once('/') {
        Some((folder, file)) => format!("{folder}/_rels/{file}.rels"),
        None if part.is_empty() => "_rels/.rels".to_owned(),
        None => format!("_rels/{part}.rels"),
    }
}

/// The part that a target means, seen from a folder.
fn resolve(folder: &str, target: &str) -> String {
    let mut out: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for piece in target.split('/') {
        match piece {
            "" | "." => {}
            ".." => {
                out.pop();
            }
            piece => out.push(piece),
        }
    }
    out.retain(|piece| !piece.is_empty());
    out.join("/")
}

/// Calls back for every start tag.
fn elements(part: &str, xml: &str, mut each: impl FnMut(&BytesStart)) -> Result<(), Error> {
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => each(&tag),
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(e) => return Err(Error::Part { part: part.to_owned(), why: e.to_string() }),
        }
    }
}

/// The value of an attribute, by local name.
pub(crate) fn attribute(tag: &BytesStart, name: &str) -> Option<String> {
    let mut all = tag.attributes();
    all.with_checks(false);
    all.flatten().find(|a| a.key.local_name().into_inner() == name).map(|a| {
        let raw = &*a.value;
        quick_xml::escape::unescape(raw).map_or_else(|_| raw.to_owned(), std::borrow::Cow::into_owned)
    })
}

/// `xml` with `entry` as the last child of its root.
fn within_root(part: &str, xml: &str, entry: &str) -> Result<String, Error> {
    let bad = || Error::Part { part: part.to_owned(), why: "没有根元素".to_owned() };
    let at = xml.rfind("</").ok_or_else(bad)?;
    Ok(format!("{}{entry}{}", &xml[..at], &xml[at..]))
}
