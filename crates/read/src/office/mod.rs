//! Office files: documents that are not text but hold text.
//!
//! The source of such a document is the text that was taken out of it, one paragraph a line: what
//! a person would read, with the numbers of clauses written out as the program shows them. A line
//! break inside a paragraph is U+2028 there, a tab stays a tab. Offsets into this source are *not*
//! offsets in the file ([`Document::file_offset`](crate::Document::file_offset) gives none); a
//! place is found again in two other ways:
//!
//! - for people, by its [`Location`]: page, paragraph, and the area of the document (body,
//!   footnote, sheet …);
//! - for programs that write into a .docx, by its [`Origin`]s. An origin says for one stretch of
//!   the source from which bytes of which part of the package it was read. The origins of a
//!   document are in order of the source and do not overlap. Text that stands nowhere in the file
//!   (the number of a clause, the line feeds between paragraphs) has none.
//!
//! # From a finding to `w:t`
//!
//! [`Document::origins_of`](crate::Document::origins_of) cuts the origins to a span. For each:
//!
//! - `part` is the name of the part in the ZIP, such as `word/document.xml`;
//! - `start..end` are byte offsets in the uncompressed part;
//! - [`OriginKind::Text`]: the bytes are those of the source, one for one, so they may be cut
//!   anywhere on a character boundary. They lie inside the content of one `w:t` (a `w:t` with
//!   entities or comments in it has several origins);
//! - [`OriginKind::Escaped`]: one reference such as `&amp;`, which stands for the whole stretch;
//! - [`OriginKind::Element`]: one element, such as `<w:tab/>`, `<w:br/>` or `<w:sym …/>`, from its
//!   `<` to its `>`.
//!
//! The `w:r` and `w:p` around it are found by walking the part to these offsets. Parts are taken
//! to be UTF-8, as all that write such files do; a byte order mark counts three bytes.

mod docx;
#[cfg(feature = "mail")]
mod mail;
mod numbering;
mod package;
#[cfg(feature = "pdf")]
mod pdf;
#[cfg(feature = "pdf")]
mod pdf_weight;
mod sheets;
mod slides;
mod styles;
mod xml;

use crate::BlockKind;
use crate::decode::{MAX_BYTES, ReadError};
use crate::flow::{Content, Flow};
use crate::{Comment, Format, Style};
use shenyan_text::span::{Source, Span};

/// What a stretch of text was in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginKind {
    /// The same bytes.
    Text,
    /// A character or entity reference.
    Escaped,
    /// An element that stands for a character.
    Element,
}

/// Where a stretch of the source was read from; see the documentation of this module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin<'d> {
    /// The stretch.
    pub span: Span<Source>,
    /// The name of the part in the package.
    pub part: &'d str,
    /// First byte in the part.
    pub start: u32,
    /// One past the last byte in the part.
    pub end: u32,
    /// What it is there.
    pub kind: OriginKind,
}

/// A part of a document that has a place of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Area {
    /// The running text.
    Body,
    /// A text box.
    TextBox,
    /// A footnote, by number.
    Footnote(u32),
    /// An endnote, by number.
    Endnote(u32),
    /// The head of the pages.
    Header,
    /// The foot of the pages.
    Footer,
    /// A comment, which is not part of the text.
    Comment,
    /// The notes of a slide.
    Notes,
    /// A cell of a sheet.
    Cell {
        /// The sheet's name.
        sheet: String,
        /// The cell, such as "B4".
        cell: String,
    },
}

impl Area {
    /// The name in machine-readable output.
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::TextBox => "text_box",
            Self::Footnote(_) => "footnote",
            Self::Endnote(_) => "endnote",
            Self::Header => "header",
            Self::Footer => "footer",
            Self::Comment => "comment",
            Self::Notes => "notes",
            Self::Cell { .. } => "cell",
        }
    }
}

/// Where a place of an office file is, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The page or slide, from 1, where the file says.
    pub page: Option<u32>,
    /// The paragraph, from 1: of the page where there are pages, else of the source.
    pub paragraph: u32,
    /// The area.
    pub area: Area,
}

/// An origin as kept: the part by number.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    span: Span<Source>,
    part: u32,
    start: u32,
    end: u32,
    kind: OriginKind,
}

/// What is known of the places of an office file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layout {
    parts: Vec<String>,
    stretches: Vec<Stretch>,
    /// By the start of the paragraph in the source.
    locations: Vec<(u32, Location)>,
}

impl Layout {
    pub(crate) fn location(&self, at: u32) -> Option<&Location> {
        let next = self.locations.partition_point(|(start, _)| *start <= at);
        self.locations.get(next.saturating_sub(1)).map(|(_, location)| location)
    }

    pub(crate) fn origins_of(&self, span: Span<Source>) -> impl Iterator<Item = Origin<'_>> {
        let first = self.stretches.partition_point(|s| s.span.end <= span.start);
        let touched = self.stretches.iter().skip(first).take_while(move |s| s.span.start < span.end);
        touched.map(move |s| {
            let mut origin = Origin {
                span: s.span,
                part: self.parts.get(s.part as usize).map_or("", String::as_str),
                start: s.start,
                end: s.end,
                kind: s.kind,
            };
            if s.kind == OriginKind::Text {
                let (start, end) = (s.span.start.max(span.start), s.span.end.min(span.end));
                origin.start = s.start + (start - s.span.start);
                origin.end = s.end - (s.span.end - end);
                origin.span = Span::new(start, end);
            }
            origin
        })
    }
}

/// What a reader of office files makes of one.
#[derive(Debug)]
pub(crate) struct Extracted {
    /// What the file turned out to be, whatever its name.
    pub(crate) format: Format,
    pub(crate) source: String,
    pub(crate) content: Content,
    pub(crate) layout: Layout,
}

/// First bytes of files that other programs must convert, and of old Office files.
const OLE: &[u8] = b"\xD0\xCF\x11\xE0";

const SAVE_DOCX: &str =
    "请在 Word、WPS 或 LibreOffice 中打开，另存为 .docx；批量转换：soffice --headless --convert-to docx 文件";
#[cfg(not(feature = "pdf"))]
const SAVE_PDF: &str =
    "请检查它的 Word 原稿；没有原稿的，用 pdftotext 或在 Word 中打开转成 .docx 或 .txt 再检查";
const SAVE_AS: &str = "请在原软件或 LibreOffice 中打开，另存为 .docx、.xlsx、.pptx 或带文字的 .pdf";

/// Reads an office file. What it holds decides, not what it is called: a .doc that is a .docx in
/// truth is read, and a .docx that is not says what it is.
pub(crate) fn read(bytes: &[u8], named: Format) -> Result<Extracted, ReadError> {
    let len = bytes.len() as u64;
    if len > MAX_BYTES {
        return Err(ReadError::TooLarge { bytes: len, limit: MAX_BYTES });
    }
    if bytes.is_empty() {
        return Err(ReadError::Damaged { part: String::new(), at: Some(0) });
    }
    // A few bytes may stand before the head of a PDF.
    let head = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
    if head.windows(5).any(|w| w == b"%PDF-") {
        return read_pdf(bytes);
    }
    if bytes.starts_with(b"PK") {
        return read_package(bytes);
    }
    if bytes.starts_with(OLE) {
        // "EncryptedPackage" in UTF-16: a .docx under a password is wrapped in an old container.
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let locked = bytes.windows(name.len()).any(|w| w == name);
        return Err(if locked {
            ReadError::Encrypted
        } else {
            ReadError::Legacy {
                name: "旧版 Office 或 WPS 文档（.doc、.xls、.ppt、.wps）", hint: SAVE_DOCX
            }
        });
    }
    if bytes.starts_with(b"{\\rtf") {
        return Err(ReadError::Legacy { name: "RTF 文档", hint: SAVE_DOCX });
    }
    match named {
        Format::Mail => read_mail(bytes),
        Format::Legacy => {
            Err(ReadError::Legacy { name: "旧版或其他办公软件的文档", hint: SAVE_AS })
        }
        // A PDF or a package whose first bytes are gone.
        _ => Err(ReadError::Damaged { part: String::new(), at: Some(0) }),
    }
}

fn read_package(bytes: &[u8]) -> Result<Extracted, ReadError> {
    let mut package = package::Package::open(bytes)?;
    for (part, name) in
        [("content.xml", "OpenDocument 文档（.odt、.ods、.odp）"), ("OFD.xml", "OFD 版式文档")]
    {
        if package.has(part) {
            return Err(ReadError::Legacy { name, hint: SAVE_AS });
        }
    }
    let main = package.main()?.ok_or(ReadError::NoDocument)?;
    let root = package.root(&main)?;
    Ok(match root.as_str() {
        "document" => docx::read(&mut package, &main)?.finish(Format::Docx),
        "presentation" => slides::read(&mut package, &main)?.finish(Format::Pptx),
        "workbook" => sheets::read(&mut package, &main)?.finish(Format::Xlsx),
        _ => return Err(ReadError::NoDocument),
    })
}

#[cfg(feature = "pdf")]
fn read_pdf(bytes: &[u8]) -> Result<Extracted, ReadError> {
    Ok(pdf::read(bytes)?.finish(Format::Pdf))
}

#[cfg(not(feature = "pdf"))]
fn read_pdf(_: &[u8]) -> Result<Extracted, ReadError> {
    Err(ReadError::Legacy { name: "PDF", hint: SAVE_PDF })
}

#[cfg(feature = "mail")]
fn read_mail(bytes: &[u8]) -> Result<Extracted, ReadError> {
    Ok(mail::read(bytes)?.finish(Format::Mail))
}

#[cfg(not(feature = "mail"))]
fn read_mail(_: &[u8]) -> Result<Extracted, ReadError> {
    Err(ReadError::Legacy { name: "邮件（本程序编译时未含邮件支持）", hint: SAVE_AS })
}

/// Where a piece of text was read from, while it is being put down.
#[derive(Debug, Clone, Copy)]
struct From {
    part: u32,
    start: u64,
    end: u64,
    kind: OriginKind,
}

/// Puts down the source of an office file together with its prose.
#[derive(Debug, Default)]
struct Extract {
    source: String,
    flow: Flow,
    layout: Layout,
    comments: Vec<Comment>,
    lines: u32,
}

impl Extract {
    fn part(&mut self, name: &str) -> u32 {
        let known = self.layout.parts.iter().position(|p| p == name);
        known.unwrap_or_else(|| {
            self.layout.parts.push(name.to_owned());
            self.layout.parts.len() - 1
        }) as u32
    }

    /// The end of the source so far.
    fn end(&self) -> u32 {
        self.source.len() as u32
    }

    /// Starts a paragraph; `paragraph` is its number on its page.
    fn line(&mut self, kind: BlockKind, row: Option<u32>, area: Area, page: Option<(u32, u32)>) {
        if self.lines > 0 {
            self.source.push('\n');
        }
        self.lines += 1;
        self.flow.boundary(kind, row);
        let paragraph = page.map_or(self.lines, |(_, paragraph)| paragraph);
        let location = Location { page: page.map(|(page, _)| page), paragraph, area };
        self.layout.locations.push((self.end(), location));
    }

    /// Text of the paragraph, without line feeds.
    fn text(&mut self, text: &str, style: Style, from: Option<From>) {
        let at = self.put(text, from);
        self.flow.style = style;
        self.flow.text(at.start, text);
    }

    /// A tab, which is a space to the reader.
    fn tab(&mut self, style: Style, from: Option<From>) {
        let at = self.put("\t", from);
        self.flow.style = style;
        self.flow.space(at, false);
    }

    /// A line break inside the paragraph.
    fn line_break(&mut self, style: Style, from: Option<From>) {
        let at = self.put("\u{2028}", from);
        self.flow.style = style;
        self.flow.line_break(at);
    }

    /// Text that is no prose, on a line of its own.
    fn comment(&mut self, text: &str, about: Option<Span<Source>>) {
        self.line(BlockKind::Paragraph, None, Area::Comment, None);
        let span = self.put(&text.replace(['\n', '\r'], "\u{2028}"), None);
        self.comments.push(Comment { span, about });
    }

    fn put(&mut self, text: &str, from: Option<From>) -> Span<Source> {
        let start = self.end();
        self.source.push_str(text);
        let span = Span::new(start, self.end());
        if let Some(from) = from {
            let last = self.layout.stretches.last_mut();
            let (start, end) = (from.start as u32, from.end as u32);
            let text = OriginKind::Text;
            match last {
                Some(s)
                    if (s.kind, from.kind, s.part, s.end, s.span.end)
                        == (text, text, from.part, start, span.start) =>
                {
                    s.end = end;
                    s.span.end = span.end;
                }
                _ => {
                    self.layout.stretches.push(Stretch {
                        span,
                        part: from.part,
                        start,
                        end,
                        kind: from.kind,
                    });
                }
            }
        }
        span
    }

    /// Whether more text would be more than a document may have.
    fn check(&self, part: &str) -> Result<(), ReadError> {
        if self.source.len() as u64 > MAX_BYTES {
            return Err(ReadError::Expands { part: part.to_owned(), limit: MAX_BYTES });
        }
        Ok(())
    }

    fn finish(self, format: Format) -> Extracted {
        let mut content = self.flow.finish();
        content.comments = self.comments;
        Extracted { format, source: self.source, content, layout: self.layout }
    }
}
