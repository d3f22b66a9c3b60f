//! Parts of a package as XML, read piece by piece: no part is in memory as a whole.
//!
//! Names are local names: prefixes are free and two versions of each namespace are in use.
//! Document type declarations are refused, so there are no entities but the five of XML.

use crate::decode::ReadError;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;
use std::io::{BufRead, ErrorKind};

/// Deeper elements are an attack: Word itself stops at a few hundred.
const MAX_DEPTH: usize = 1024;

/// A piece of a part.
#[derive(Debug)]
pub(super) enum Node<'b> {
    /// An element starts; an empty one is followed by its end.
    Open(Element<'b>),
    /// An element ends.
    Close,
    /// Characters that stand in the part as they are.
    Text(Cow<'b, str>, At),
    /// A character or entity reference, and what it stands for.
    Escaped(char, At),
    /// A comment or an instruction.
    Other,
}

/// First byte and one past the last, in the part.
pub(super) type At = (u64, u64);

/// A start tag.
#[derive(Debug)]
pub(super) struct Element<'b> {
    tag: BytesStart<'b>,
    /// Elements that are open, this one included.
    pub(super) depth: usize,
    pub(super) at: At,
}

impl Element<'_> {
    pub(super) fn name(&self) -> &str {
        let name = self.tag.name().into_inner();
        name.rsplit_once(':').map_or(name, |(_, local)| local)
    }

    /// The value of an attribute, by local name.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        // Two attributes of one name are an error of the file; the first counts.
        let mut all = self.tag.attributes();
        all.with_checks(false);
        all.flatten().find(|a| a.key.local_name().into_inner() == name).map(|a| {
            let raw = &*a.value;
            quick_xml::escape::unescape(raw).map_or_else(|_| raw.to_owned(), Cow::into_owned)
        })
    }

    /// The values of all attributes of a local name.
    pub(super) fn all(&self, name: &str) -> Vec<String> {
        let mut all = self.tag.attributes();
        all.with_checks(false);
        let named = all.flatten().filter(|a| a.key.local_name().into_inner() == name);
        named.map(|a| a.value.to_string()).collect()
    }

    /// The value of the attribute `val`.
    pub(super) fn val(&self) -> Option<String> {
        self.get("val")
    }

    /// The attribute `val` as a number.
    pub(super) fn number(&self) -> Option<i64> {
        self.val()?.trim().parse().ok()
    }

    /// What a switch such as `<w:b/>` or `<w:b w:val="0"/>` says.
    pub(super) fn on(&self) -> bool {
        !matches!(self.val().as_deref(), Some("0" | "false" | "off" | "none"))
    }
}

/// A part that is being read.
pub(super) struct Xml<R> {
    reader: Reader<R>,
    buffer: Vec<u8>,
    depth: usize,
    part: String,
    /// Bytes before the text that the parser counts.
    skipped: u64,
}

impl<R: BufRead> Xml<R> {
    pub(super) fn new(part: &str, mut source: R) -> Self {
        // The parser passes over the mark without counting it.
        let mark = source.fill_buf().is_ok_and(|start| start.starts_with(b"\xEF\xBB\xBF"));
        let mut reader = Reader::from_reader(source);
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            buffer: Vec::new(),
            depth: 0,
            part: part.to_owned(),
            skipped: if mark { 3 } else { 0 },
        }
    }

    /// Elements that are open.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// The next piece; none at the end of the part.
    pub(super) fn next(&mut self) -> Result<Option<Node<'_>>, ReadError> {
        self.buffer.clear();
        let start = self.reader.buffer_position();
        let event = match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => event,
            Err(error) => return Err(bad(&error, &self.part, self.reader.error_position())),
        };
        let start = start + self.skipped;
        let at = (start, self.reader.buffer_position() + self.skipped);
        Ok(Some(match event {
            Event::Start(_) if self.depth >= MAX_DEPTH => {
                return Err(ReadError::TooDeep { part: self.part.clone() });
            }
            Event::Start(tag) => {
                self.depth += 1;
                Node::Open(Element { tag, depth: self.depth, at })
            }
            Event::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                Node::Close
            }
            Event::Text(text) => Node::Text(text.into_inner(), at),
            Event::CData(text) => {
                let at = (start + "<![CDATA[".len() as u64, at.1 - "]]>".len() as u64);
                Node::Text(text.into_inner(), at)
            }
            Event::GeneralRef(name) => {
                let c = name.resolve_char_ref().ok().flatten().or_else(|| predefined(&name.into_inner()));
                Node::Escaped(c.unwrap_or(char::REPLACEMENT_CHARACTER), at)
            }
            Event::DocType(_) => return Err(ReadError::Entities { part: self.part.clone() }),
            Event::Eof if self.depth > 0 => {
                return Err(ReadError::Damaged { part: self.part.clone(), at: Some(start) });
            }
            Event::Eof => return Ok(None),
            _ => Node::Other,
        }))
    }

    /// Passes over the element that was opened last.
    pub(super) fn skip(&mut self) -> Result<(), ReadError> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside && self.next()?.is_some() {}
        Ok(())
    }
}

/// The five entities of XML.
fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

fn bad(error: &quick_xml::Error, part: &str, at: u64) -> ReadError {
    match error {
        quick_xml::Error::Io(io) if io.kind() == ErrorKind::FileTooLarge => {
            ReadError::Expands { part: part.to_owned(), limit: super::package::MAX_PART }
        }
        _ => ReadError::Damaged { part: part.to_owned(), at: Some(at) },
    }
}
