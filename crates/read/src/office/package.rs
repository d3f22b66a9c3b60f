//! The ZIP package of an office file: its parts and what they are to each other.
//!
//! Nothing is ever unpacked to anywhere: parts are found by name and read as a stream that ends
//! with an error where it grows too long. Targets outside the package are never followed.

use super::xml::{Node, Xml};
use crate::decode::ReadError;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, BufReader, Cursor, Read};
use zip::ZipArchive;
use zip::result::ZipError;

/// The most bytes of one part, uncompressed.
pub(super) const MAX_PART: u64 = 64 * 1024 * 1024;

/// The most bytes of all parts that are read, uncompressed.
const MAX_TOTAL: u64 = 256 * 1024 * 1024;

/// The most parts of a package; every picture is one.
const MAX_PARTS: usize = 20_000;

/// What a part says of another.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    /// Last piece of the type, such as "footnotes".
    pub(super) kind: String,
    /// The name of the part, or an address where it is outside.
    pub(super) target: String,
    pub(super) external: bool,
}

/// An open package.
pub(super) struct Package<'b> {
    zip: ZipArchive<Cursor<&'b [u8]>>,
    left: Cell<u64>,
}

impl<'b> Package<'b> {
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, ReadError> {
        let broken = || ReadError::Damaged { part: String::new(), at: None };
        // The directory is read into memory as a whole: what cannot be one of a document is
        // refused before.
        let entries = bytes.windows(4).filter(|w| w == b"PK\x01\x02").take(MAX_PARTS + 1).count();
        if entries > MAX_PARTS {
            return Err(ReadError::Expands { part: String::new(), limit: MAX_PARTS as u64 });
        }
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
        Ok(Self { zip, left: Cell::new(MAX_TOTAL) })
    }

    /// The name under which a part is found: names are compared without case.
    fn find(&self, name: &str) -> Option<usize> {
        self.zip.index_for_name(name).or_else(|| {
            let mut names = self.zip.file_names().enumerate();
            names.find_map(|(i, n)| n.is_ok_and(|n| n.eq_ignore_ascii_case(name)).then_some(i))
        })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// A part as XML.
    pub(super) fn xml(&mut self, name: &str) -> Result<Xml<impl io::BufRead + use<'_, 'b>>, ReadError> {
        let damaged = || ReadError::Damaged { part: name.to_owned(), at: None };
        let index = self.find(name).ok_or_else(damaged)?;
        let file = self.zip.by_index(index).map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => ReadError::Encrypted,
            _ => damaged(),
        })?;
        if file.size() > MAX_PART {
            return Err(ReadError::Expands { part: name.to_owned(), limit: MAX_PART });
        }
        let limited = Limited { inner: file, left: MAX_PART, total: &self.left };
        Ok(Xml::new(name, BufReader::with_capacity(32 * 1024, limited)))
    }

    /// What a part refers to, by id; nothing where it refers to nothing.
    pub(super) fn relations(&mut self, part: &str) -> Result<BTreeMap<String, Relation>, ReadError> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let name = if folder.is_empty() {
            format!("_rels/{file}.rels")
        } else {
            format!("{folder}/_rels/{file}.rels")
        };
        let mut out = BTreeMap::new();
        if !self.has(&name) {
            return Ok(out);
        }
        let mut xml = self.xml(&name)?;
        while let Some(node) = xml.next()? {
            let Node::Open(e) = node else { continue };
            let (Some(id), Some(kind), Some(target)) = (e.get("Id"), e.get("Type"), e.get("Target")) else {
                continue;
            };
            let external = e.get("TargetMode").is_some_and(|m| m.eq_ignore_ascii_case("External"));
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            let target = if external { target } else { resolve(folder, &target) };
            out.insert(id, Relation { kind, target, external });
        }
        Ok(out)
    }

    /// The name of the first element of a part.
    pub(super) fn root(&mut self, part: &str) -> Result<String, ReadError> {
        let mut xml = self.xml(part)?;
        while let Some(node) = xml.next()? {
            if let Node::Open(e) = node {
                return Ok(e.name().to_owned());
            }
        }
        Ok(String::new())
    }

    /// The part that holds the document.
    pub(super) fn main(&mut self) -> Result<Option<String>, ReadError> {
        let relations = self.relations("")?;
        let main = relations.into_values().find(|r| r.kind == "officeDocument" && !r.external);
        Ok(main.map(|r| r.target))
    }
}

/// The name of a part that `target` means in a folder.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.split(['#', '?']).next().unwrap_or_default();
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

/// A stream that fails where it grows too long.
struct Limited<'t, R> {
    inner: R,
    left: u64,
    total: &'t Cell<u64>,
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        let read = n as u64;
        match (self.left.checked_sub(read), self.total.get().checked_sub(read)) {
            (Some(left), Some(total)) => {
                self.left = left;
                self.total.set(total);
                Ok(n)
            }
            _ => Err(io::Error::from(io::ErrorKind::FileTooLarge)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn targets_stay_in_the_package() {
        for (folder, target, want) in [
            ("word", "styles.xml", "word/styles.xml"),
            ("word", "/word/a.xml", "word/a.xml"),
            ("word", "../docProps/x.xml", "docProps/x.xml"),
            ("", "word/document.xml", "word/document.xml"),
            ("word", "../../../../etc/passwd", "etc/passwd"),
            ("word", "./a/./b.xml#x", "word/a/b.xml"),
        ] {
            assert_eq!(resolve(folder, target), want);
        }
    }
}
