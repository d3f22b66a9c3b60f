//! Reading documents: bytes become decoded source, and source becomes prose with a map back.
//!
//! The crate does no I/O and cannot panic on any bytes. A [`Document`] holds the source text, the
//! prose a reader of the document sees, and what is known of its layout: blocks, styles, links,
//! form controls and comments.

mod css;
mod decode;
mod flow;
mod html;
mod lines;
mod markdown;
pub mod office;
mod plain;

pub use decode::{Encoding, MAX_BYTES, ReadError};
pub use office::{Area, Location, Origin, OriginKind};

use lines::Lines;
use shenyan_text::map::Derived;
use shenyan_text::span::{Prose, Source, Span};
use std::sync::OnceLock;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Lines of text.
    Plain,
    /// `CommonMark` with the usual GitHub extensions.
    Markdown,
    /// HTML, whole pages and fragments.
    Html,
    /// A Word document (Office Open XML).
    Docx,
    /// A presentation (Office Open XML).
    Pptx,
    /// A workbook (Office Open XML).
    Xlsx,
    /// A PDF with a text layer.
    Pdf,
    /// A mail or a saved page (MIME).
    Mail,
    /// A document of a program whose files must be converted; reading it says how.
    Legacy,
}

impl Format {
    /// The format a file name stands for; `None` when it is not a text this crate reads.
    pub fn of_path(path: &str) -> Option<Self> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        // What Word and WPS put beside a document that is open.
        if name.starts_with("~$") || name.starts_with(".~") {
            return None;
        }
        let (_, extension) = name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "txt" | "text" => Some(Self::Plain),
            "md" | "markdown" | "mdx" => Some(Self::Markdown),
            "html" | "htm" | "xhtml" => Some(Self::Html),
            "docx" | "docm" | "dotx" | "dotm" => Some(Self::Docx),
            "pptx" | "pptm" | "ppsx" | "potx" => Some(Self::Pptx),
            "xlsx" | "xlsm" | "xltx" => Some(Self::Xlsx),
            "pdf" => Some(Self::Pdf),
            "eml" | "mht" | "mhtml" => Some(Self::Mail),
            "doc" | "dot" | "wps" | "wpt" | "rtf" | "odt" | "ofd" | "ppt" | "dps" | "odp" | "xls" | "et"
            | "ods" => Some(Self::Legacy),
            _ => None,
        }
    }

    /// Whether the file is text, so that places in it are bytes, lines and columns. Of other files
    /// the source is the text that was taken out ([`office`]).
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Plain | Self::Markdown | Self::Html)
    }
}

/// What a block of prose is in its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    /// A heading of the given level; the title of an HTML page is of level 1.
    Heading(u8),
    /// Ordinary text.
    Paragraph,
    /// An item of a list.
    Item,
    /// A cell of a table.
    Cell,
    /// A footnote or a block the document itself calls small print.
    Footnote,
    /// Quoted text.
    Quote,
    /// The caption of a table or a figure.
    Caption,
}

/// A piece of prose that stands by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Where it is; never empty.
    pub span: Span<Prose>,
    /// The row of a cell: the same for the cells of one row, unique in the document.
    pub table_row: Option<u32>,
    /// Whether no text of the block can be seen.
    pub hidden: bool,
}

/// How text looks.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[allow(clippy::struct_excessive_bools)] // Independent properties, as in a style sheet.
pub struct Style {
    /// Bold face.
    pub bold: bool,
    /// Italic face.
    pub italic: bool,
    /// Underlined.
    pub underline: bool,
    /// Struck through.
    pub strike: bool,
    /// Font size in CSS pixels, where the document sets one.
    pub size: Option<f32>,
    /// Text colour, where the document sets one.
    pub color: Option<[u8; 3]>,
    /// Background colour, where the document sets one.
    pub background: Option<[u8; 3]>,
    /// Cannot be seen.
    pub hidden: bool,
    /// Raised, as the number of a footnote.
    pub superscript: bool,
    /// Stands for an image.
    pub alt_text: bool,
    /// Part of a link.
    pub link: bool,
}

/// A piece of prose in a style of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Styled {
    /// Where; never empty, within one block, overlapping no other.
    pub span: Span<Prose>,
    /// The whole style in effect there, what is inherited included.
    pub style: Style,
}

/// A check box or radio button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Control {
    /// The markup of the control.
    pub span: Span<Source>,
    /// The text beside it; empty when there is none.
    pub label: Span<Prose>,
    /// Whether it is ticked at the start.
    pub checked: bool,
    /// Whether the reader can change it.
    pub enabled: bool,
}

/// A piece of prose that leads elsewhere. A link around several blocks is listed once for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The text of the link.
    pub span: Span<Prose>,
    /// Where it leads, cut after 2048 bytes.
    pub target: String,
}

/// A comment, which may hold a directive for the linter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// The comment in the source.
    pub span: Span<Source>,
    /// The text it is about, where the file says (a comment in Word).
    pub about: Option<Span<Source>>,
}

/// A place in the source for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
}

/// A document that has been read.
#[derive(Debug, Clone)]
pub struct Document {
    format: Format,
    source: String,
    offsets: decode::Offsets,
    /// Counted when somebody asks for a line.
    lines: OnceLock<Lines>,
    content: flow::Content,
    layout: office::Layout,
}

impl Document {
    /// Decodes and reads the bytes of a file.
    pub fn read(bytes: &[u8], format: Format) -> Result<Self, ReadError> {
        if !format.is_text() {
            let office::Extracted { format, source, content, layout } = office::read(bytes, format)?;
            let (lines, offsets) = (OnceLock::new(), decode::Offsets::utf8());
            return Ok(Self { format, source, offsets, lines, content, layout });
        }
        let (source, offsets) = decode::decode(bytes)?;
        Ok(Self::new(source, offsets, format))
    }

    /// Reads text that is decoded already, such as the buffer of an editor; text in a format that
    /// is not text is plain.
    pub fn from_text(text: String, format: Format) -> Self {
        Self::new(text, decode::Offsets::utf8(), format)
    }

    fn new(source: String, offsets: decode::Offsets, format: Format) -> Self {
        let content = match format {
            Format::Markdown => markdown::read(&source),
            Format::Html => html::read(&source),
            _ => plain::read(&source),
        };
        let format = if format.is_text() { format } else { Format::Plain };
        Self { format, lines: OnceLock::new(), source, offsets, content, layout: office::Layout::default() }
    }

    /// The format it was read as.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The encoding of the file; UTF-8 where it is not text.
    pub fn encoding(&self) -> Encoding {
        self.offsets.encoding()
    }

    /// The decoded source, without a byte order mark.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The text a reader sees.
    pub fn prose(&self) -> &Derived<Source, Prose> {
        &self.content.prose
    }

    /// The blocks in order, with a `"\n"` between neighbours.
    pub fn blocks(&self) -> &[Block] {
        &self.content.blocks
    }

    /// The styles in order of their start.
    pub fn styles(&self) -> &[Styled] {
        &self.content.styles
    }

    /// The comments, which may hold directives for the linter.
    pub fn comments(&self) -> &[Comment] {
        &self.content.comments
    }

    /// The form controls that can be ticked.
    pub fn controls(&self) -> &[Control] {
        &self.content.controls
    }

    /// The links in order.
    pub fn links(&self) -> &[Link] {
        &self.content.links
    }

    /// The line and column of a byte of the source.
    pub fn position(&self, at: u32) -> Position {
        self.lines.get_or_init(|| Lines::of(&self.source)).position(&self.source, at)
    }

    /// The offset in the file, in bytes, of a byte of the source; none where the file is not text.
    pub fn file_offset(&self, at: u32) -> Option<u64> {
        self.format.is_text().then(|| self.offsets.of(&self.source, at))
    }

    /// Where a byte of the source is in a file that is not text; none where the file is text.
    pub fn location(&self, at: u32) -> Option<&Location> {
        self.layout.location(at)
    }

    /// From which bytes of which parts of a package a piece of the source was read, in order, cut
    /// to the piece; see [`office`]. Nothing for files that are no packages.
    pub fn origins_of(&self, span: Span<Source>) -> impl Iterator<Item = Origin<'_>> {
        self.layout.origins_of(span)
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn formats_are_told_by_name() {
        assert_eq!(Format::of_path("a/合同.TXT"), Some(Format::Plain));
        assert_eq!(Format::of_path("b.mdx"), Some(Format::Markdown));
        assert_eq!(Format::of_path("c.d\\e.htm"), Some(Format::Html));
        assert_eq!(Format::of_path("合同.DOCX"), Some(Format::Docx));
        assert_eq!(Format::of_path("合同.doc"), Some(Format::Legacy));
        for other in ["", "md", "a.md/b", "x.png", "x.", "~$合同.docx", ".gitignore", "x.log"] {
            assert_eq!(Format::of_path(other), None, "{other}");
        }
    }
}
