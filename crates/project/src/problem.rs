//! What could not be used: a file, a pack, a configuration, an option.

use shenyan_lint::{Bilingual, PackError};
use shenyan_read::ReadError;
use std::io;
use std::ops::Range;
use std::sync::Arc;

/// A place in a text, to point at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The text of the file.
    pub source: Arc<str>,
    /// Byte range in it, on character boundaries.
    pub span: (usize, usize),
}

impl Place {
    /// A place; a range that is not one of the text is moved to the nearest that is.
    pub fn new(source: Arc<str>, span: &Range<usize>) -> Self {
        let floor =
            |at: usize| (0..=at.min(source.len())).rev().find(|&i| source.is_char_boundary(i)).unwrap_or(0);
        let start = floor(span.start);
        let span = (start, floor(span.end).max(start));
        Self { source, span }
    }

    /// Line and column in characters, from 1.
    pub fn position(&self) -> (usize, usize) {
        let before = &self.source[..self.span.0];
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        let column = before[line_start..].chars().count() + 1;
        (before.matches('\n').count() + 1, column)
    }
}

/// Something that could not be used; what it stands beside still works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, as shown to people; empty for an option.
    pub path: String,
    /// A stable name of the kind of problem.
    pub kind: &'static str,
    /// What is wrong.
    pub message: Box<Bilingual>,
    /// What to do; may be empty.
    pub hint: Box<Bilingual>,
    /// Where in the file.
    pub place: Option<Place>,
}

impl Problem {
    /// A problem without a place.
    pub fn new(path: impl Into<String>, kind: &'static str, message: Bilingual, hint: Bilingual) -> Self {
        Self { path: path.into(), kind, message: message.into(), hint: hint.into(), place: None }
    }

    /// The same problem at a place.
    #[must_use]
    pub fn at(mut self, source: &Arc<str>, span: Option<&Range<usize>>) -> Self {
        self.place = span.map(|s| Place::new(source.clone(), s));
        self
    }

    /// A file that the system would not give us.
    pub fn io(path: impl Into<String>, error: &io::Error) -> Self {
        let (kind, zh, en, hint, hint_en) = match error.kind() {
            io::ErrorKind::NotFound => (
                "not_found",
                "文件或文件夹不存在".into(),
                "no such file or folder".into(),
                "检查路径是否写对；符号链接的目标是否还在",
                "check the path; if it is a symbolic link, check that its target exists",
            ),
            io::ErrorKind::PermissionDenied => (
                "unreadable",
                "没有读取权限".into(),
                "permission denied".into(),
                "给当前用户读取权限，或用 exclude 排除它",
                "grant read permission, or leave it out with `exclude`",
            ),
            _ => (
                "unreadable",
                format!("读不出来：{error}"),
                format!("cannot be read: {error}"),
                "检查文件是否完好、是否被占用",
                "check that the file is intact and not locked",
            ),
        };
        Self::new(path, kind, Bilingual { zh, en }, both(hint, hint_en))
    }

    /// Bytes that are not a document.
    pub fn read(path: impl Into<String>, error: &ReadError) -> Self {
        let (en, hint_en) = match error {
            ReadError::TooLarge { bytes, limit } => {
                (format!("too large: {bytes} bytes, the limit is {limit}"), "split the file")
            }
            ReadError::Binary { at } => (
                format!("not a text file: binary content at byte {at}"),
                "make sure that the file is plain text, Markdown or HTML",
            ),
            ReadError::InvalidEncoding { at } => (
                format!("unknown encoding: byte {at} is not valid UTF-8, GB18030 or UTF-16"),
                "save the file as UTF-8",
            ),
            ReadError::Damaged { part, at } => {
                let at = at.map_or_else(String::new, |at| format!(" at byte {at}"));
                let place = if part.is_empty() { String::new() } else { format!(" ({part}{at})") };
                (
                    format!("damaged or incomplete{place}"),
                    "open it in its program and save it anew; if it was downloaded or copied, get it again",
                )
            }
            ReadError::Encrypted => {
                ("locked with a password".to_owned(), "open it with the password and save a copy without one")
            }
            ReadError::Expands { part, limit } => {
                let place = if part.is_empty() { String::new() } else { format!(" ({part})") };
                (
                    format!("too large when uncompressed{place}: the limit is {limit}"),
                    "no ordinary document is that large; split it, or take out what is embedded",
                )
            }
            ReadError::TooDeep { part } => (
                format!("nested too deeply ({part})"),
                "no ordinary program writes such a file: check where it is from",
            ),
            ReadError::Entities { part } => (
                format!("holds a DTD and is not read for safety ({part})"),
                "no ordinary program writes such a file: check where it is from",
            ),
            ReadError::NoText { pages } => (
                format!(
                    "no text to read: the {pages} pages are pictures (a scan), or their fonts do not say which letters they show"
                ),
                "run it through text recognition (OCR) first",
            ),
            ReadError::Legacy { name, .. } => (
                format!("unsupported format: {name}"),
                "open it in Word, WPS or LibreOffice and save it as .docx, .xlsx, .pptx or .pdf",
            ),
            ReadError::NoDocument => (
                "not a Word, Excel or PowerPoint document: there is no document in the archive".to_owned(),
                "check that the extension is right, or save it as .docx, .xlsx or .pptx",
            ),
            _ => ("not a text file".to_owned(), "export it as plain text, Markdown or HTML"),
        };
        let message = Bilingual { zh: error.to_string(), en };
        Self::new(path, error.kind(), message, both(error.hint(), hint_en))
    }

    /// A file of a pack that is left out; `path` is the file as shown.
    pub fn pack(path: impl Into<String>, error: &PackError) -> Self {
        Self::new(path, error.kind, both(&error.message, ""), both(&error.hint, ""))
            .at(&error.text, error.span.as_ref())
    }

    /// The order in which problems are told: by file, then by place.
    pub fn order(&self) -> (&str, usize, &'static str, &str) {
        let at = self.place.as_ref().map_or(0, |p| p.span.0);
        (&self.path, at, self.kind, &self.message.zh)
    }
}

/// A text in both languages.
pub(crate) fn both(zh: &str, en: &str) -> Bilingual {
    Bilingual { zh: zh.to_owned(), en: en.to_owned() }
}
