//! Writing findings into a Word document: comments on the very words, and fixes as tracked
//! changes.
//!
//! Pure: bytes in, bytes out, no clock. A document is never serialised anew. Its parts are
//! searched for the bytes of the words ([`shenyan_read::Origin`]), markup is put in between, and
//! all else stays the same byte for byte; parts that nothing is put into are copied compressed as
//! they are.
//!
//! What an earlier run wrote is known by its author. [`strip`] takes it out again, so that a
//! second run replaces the comments of the first and leaves those of people alone.

mod package;
mod part;
mod write;

pub use package::Error;

use package::Package;
use part::Part;
use shenyan_read::{Document, Origin};
use shenyan_text::span::{Source, Span};
use std::borrow::Cow;
use std::collections::BTreeMap;
use write::Cuts;

/// Something to say about words of a document.
#[derive(Debug, Clone)]
pub struct Note {
    /// The words.
    pub span: Span<Source>,
    /// The text of the comment, a paragraph each; the first is set in bold.
    pub lines: Vec<String>,
    /// Edits to put in as tracked changes: what is replaced and by what. Text that starts with a
    /// line feed becomes a paragraph of its own.
    pub edits: Vec<(Span<Source>, String)>,
}

/// Who writes, when, and what is said where a comment cannot stand on its words.
#[derive(Debug, Clone)]
pub struct Writer<'w> {
    /// The author of comments and changes, by whom they are known again.
    pub author: &'w str,
    /// The day as `YYYY-MM-DD`.
    pub day: &'w str,
    /// Before a comment on words of a footnote or endnote, which stands on its mark in the text.
    pub in_note: &'w str,
    /// Before a comment on words of a text box, which stands on the box.
    pub in_box: &'w str,
    /// Before a comment on words of a header or footer, which stands at the start of the text.
    pub in_margin: &'w str,
}

/// What was written.
#[derive(Debug, Clone)]
pub struct Written {
    /// The document.
    pub bytes: Vec<u8>,
    /// How many comments.
    pub comments: usize,
    /// How many of them do not stand on their words but on a mark, a box or the start.
    pub moved: usize,
    /// How many edits are tracked changes now.
    pub changes: usize,
}

/// Takes out what an earlier run by `author` wrote: comments nobody answered, and tracked changes
/// that were neither accepted nor rejected. Without any, the bytes are those given.
pub fn strip<'b>(bytes: &'b [u8], author: &str) -> Result<Cow<'b, [u8]>, Error> {
    let mut package = Package::open(bytes)?;
    let main = package.main()?;
    let mut changed: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut gone = Vec::new();
    if let Some(name) = package.related(&main, "comments")? {
        let xml = package.text(&name)?;
        let comments = part::comments(&name, &xml)?;
        let answered = match package.related(&main, "commentsExtended")? {
            Some(extended) if package.has(&extended) => part::answered(&extended, &package.text(&extended)?)?,
            _ => Vec::new(),
        };
        let mut paragraphs = Vec::new();
        let mut splices = Vec::new();
        for c in comments.all.iter().filter(|c| c.author == author) {
            if !c.paragraphs.iter().any(|p| answered.contains(p)) {
                gone.push(c.id.clone());
                paragraphs.extend(c.paragraphs.clone());
                splices.push((c.span.clone(), String::new()));
            }
        }
        if !splices.is_empty() {
            changed.insert(name, write::spliced(&xml, splices).into_bytes());
        }
        for kind in ["commentsExtended", "commentsIds"] {
            if let Some(name) =
                package.related(&main, kind)?.filter(|n| !paragraphs.is_empty() && package.has(n))
            {
                let xml = package.text(&name)?;
                let splices = part::of_paragraphs(&name, &xml, &paragraphs)?;
                changed.insert(name, write::spliced(&xml, splices).into_bytes());
            }
        }
    }
    for name in package.story_parts(&main)? {
        let xml = package.text(&name)?;
        let part = Part::parse(&name, &xml)?;
        let splices = part.without(&xml, author, &gone);
        if !splices.is_empty() {
            changed.insert(name, write::spliced(&xml, splices).into_bytes());
        }
    }
    if changed.is_empty() {
        return Ok(Cow::Borrowed(bytes));
    }
    Ok(Cow::Owned(package.rewritten(&changed, &BTreeMap::new())?))
}

/// Writes notes into a document that was read from these bytes.
///
/// Of edits that overlap, the first in order of the notes is written.
pub fn annotate(bytes: &[u8], doc: &Document, notes: &[Note], writer: &Writer) -> Result<Written, Error> {
    let mut package = Package::open(bytes)?;
    let main = package.main()?;
    let mut parts = Parts::default();
    parts.load(&mut package, &main)?;

    let comments_part = package.related(&main, "comments")?.filter(|name| package.has(name));
    let old = match &comments_part {
        Some(name) => Some((name.clone(), package.text(name)?)),
        None => None,
    };
    let known = match &old {
        Some((name, xml)) => Some(part::comments(name, xml)?),
        None => None,
    };
    let highest = known.iter().flat_map(|k| &k.all).filter_map(|c| c.id.parse::<u64>().ok()).max();
    let mut next_id = highest.map_or(0, |n| n + 1);
    let first_change = parts.highest_id().max(next_id) + notes.len() as u64 + 1;

    let mut written = Written { bytes: Vec::new(), comments: 0, moved: 0, changes: 0 };
    let mut bodies = String::new();
    let prefix = known.as_ref().map_or("w", |k| k.prefix.as_str()).to_owned();
    for note in notes {
        let anchor = parts.anchor(&mut package, &main, doc, note.span, writer)?;
        let Some(anchor) = anchor else { continue };
        let mut lines = note.lines.clone();
        if let (Some(moved), Some(first)) = (anchor.moved, lines.first_mut()) {
            let words: String = note.span.text(doc.source()).split_whitespace().collect();
            *first = format!("{moved}“{words}” {first}");
            written.moved += 1;
        }
        let body = write::comment(&prefix, next_id, writer, &lines);
        // One that somebody answered was left in place.
        let again = known.iter().flat_map(|k| &k.all).any(|c| {
            c.author == writer.author && c.text == lines.iter().map(|l| write::clean(l)).collect::<String>()
        });
        if again {
            continue;
        }
        bodies += &body;
        if let Some((part, cuts)) = parts.get_mut(&main) {
            cuts.comment(part, anchor.start, anchor.end, next_id);
        }
        next_id += 1;
        written.comments += 1;
    }
    let mut change_id = first_change;
    for (span, text) in notes.iter().flat_map(|n| &n.edits) {
        let origins: Vec<Origin> = origins(doc, *span);
        let Some(name) = origins.first().map(|o| o.part.to_owned()) else { continue };
        parts.load(&mut package, &name)?;
        let Some((part, cuts)) = parts.get_mut(&name) else { continue };
        let stamp = write::Stamp { writer, id: &mut change_id };
        if cuts.change(part, span.is_empty(), &origins, text, stamp) {
            written.changes += 1;
        }
    }

    let mut changed: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut added: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (name, (part, cuts)) in parts.all {
        if let Some(xml) = cuts.apply(&part) {
            changed.insert(name, xml.into_bytes());
        }
    }
    if !bodies.is_empty() {
        match (&old, &known) {
            (Some((name, xml)), Some(known)) => {
                changed.insert(name.clone(), known.with(xml, &bodies).into_bytes());
            }
            _ => package.add_comments(&main, &bodies, &mut changed, &mut added)?,
        }
    }
    written.bytes = package.rewritten(&changed, &added)?;
    Ok(written)
}

/// The origins of a span; of an empty one, those of the character before it.
fn origins(doc: &Document, span: Span<Source>) -> Vec<Origin<'_>> {
    if !span.is_empty() {
        return doc.origins_of(span).collect();
    }
    let line = doc.source().get(..span.start as usize).and_then(|s| s.rfind('\n')).map_or(0, |at| at + 1);
    let mut before: Vec<Origin> = doc.origins_of(Span::new(line as u32, span.start)).collect();
    before.drain(..before.len().saturating_sub(1));
    before
}

/// Where a comment goes in the main part.
struct Anchor<'w> {
    start: usize,
    end: usize,
    /// Set where it is not on its words: what is said then.
    moved: Option<&'w str>,
}

/// The parts that something is put into.
#[derive(Default)]
struct Parts {
    all: BTreeMap<String, (Part, Cuts)>,
}

impl Parts {
    fn load(&mut self, package: &mut Package, name: &str) -> Result<(), Error> {
        if !self.all.contains_key(name) {
            let part = Part::parse(name, &package.text(name)?)?;
            self.all.insert(name.to_owned(), (part, Cuts::default()));
        }
        Ok(())
    }

    fn get_mut(&mut self, name: &str) -> Option<(&Part, &mut Cuts)> {
        self.all.get_mut(name).map(|(part, cuts)| (&*part, cuts))
    }

    fn highest_id(&self) -> u64 {
        self.all.values().map(|(p, _)| p.highest_id).max().unwrap_or(0)
    }

    fn anchor<'w>(
        &mut self,
        package: &mut Package,
        main: &str,
        doc: &Document,
        span: Span<Source>,
        writer: &Writer<'w>,
    ) -> Result<Option<Anchor<'w>>, Error> {
        let mut origins: Vec<Origin> = doc.origins_of(span).collect();
        if origins.is_empty() {
            // The number of a clause stands nowhere in the file: its paragraph does.
            let source = doc.source();
            let start = source.get(..span.start as usize).and_then(|s| s.rfind('\n')).map_or(0, |at| at + 1);
            let rest = source.get(span.start as usize..).unwrap_or_default();
            let end = span.start + rest.find('\n').unwrap_or(rest.len()) as u32;
            origins = doc.origins_of(Span::new(start as u32, end)).collect();
        }
        let name = origins.first().map_or(main, |o| o.part).to_owned();
        let (start, end) =
            (origins.first().map(|o| o.start as usize), origins.last().map(|o| o.end as usize));
        self.load(package, &name)?;
        self.load(package, main)?;
        let Some((text, _)) = self.all.get(main) else { return Ok(None) };
        if name == main
            && let (Some(start), Some(end)) = (start, end)
        {
            let boxed = text.boxed(start);
            return Ok(Some(Anchor { start, end, moved: boxed.then_some(writer.in_box) }));
        }
        let note = start.and_then(|at| self.all.get(&name)?.0.note_at(at));
        if let Some(mark) = note.and_then(|(kind, id)| text.mark_of(kind, &id)) {
            return Ok(Some(Anchor { start: mark.start, end: mark.end, moved: Some(writer.in_note) }));
        }
        Ok(text.first_run().map(|run| Anchor {
            start: run.start,
            end: run.end,
            moved: Some(writer.in_margin),
        }))
    }
}
