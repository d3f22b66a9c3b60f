//! A part with text, taken apart: where its runs, texts and paragraphs are in the bytes, and what
//! of it an earlier run wrote.

use crate::package::{Error, attribute};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::ops::Range;

/// Offsets in a part.
pub(crate) type At = Range<usize>;

/// A piece of a part to be replaced, and by what.
pub(crate) type Splice = (At, String);

/// A `w:r`.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// All of it.
    pub(crate) span: At,
    /// What is in it, after its properties.
    pub(crate) inner: At,
    /// `w:rPr` with all that is in it.
    pub(crate) properties: At,
    /// The run around it, by index: it is in a text box or a ruby.
    pub(crate) outer: Option<usize>,
    /// `w:`, or what the part writes for it.
    pub(crate) prefix: String,
    /// Elements right in it, but for the properties.
    children: usize,
}

/// A `w:t`.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    /// All of it.
    pub(crate) span: At,
    /// What is in it.
    pub(crate) inner: At,
    /// Its run.
    pub(crate) run: usize,
    /// Whether blanks at its ends count.
    pub(crate) preserve: bool,
}

/// Marks of comments.
#[derive(Debug)]
struct Mark {
    id: String,
    span: At,
    /// The run it is in, for the mark that shows.
    run: Option<usize>,
}

/// Which notes a part holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoteKind {
    Foot,
    End,
}

/// Something that was tracked.
#[derive(Debug)]
struct Tracked {
    insert: bool,
    author: String,
    /// All of it, and what is in it.
    span: At,
    inner: At,
    /// The mark of a paragraph, not text.
    of_paragraph: Option<usize>,
}

/// A part taken apart.
#[derive(Debug, Default)]
pub(crate) struct Part {
    xml: String,
    pub(crate) runs: Vec<Run>,
    pub(crate) texts: Vec<Text>,
    paragraphs: Vec<At>,
    marks: Vec<Mark>,
    notes: Vec<(NoteKind, String, At)>,
    /// Marks of notes: kind, id, place.
    references: Vec<(NoteKind, String, At)>,
    tracked: Vec<Tracked>,
    /// `w:delText`: all of it and its content.
    deleted: Vec<(At, At)>,
    /// The highest number that is an id.
    pub(crate) highest_id: u64,
}

struct Open {
    name: String,
    start: usize,
    inner: usize,
    /// Index in the list of its kind.
    index: usize,
}

impl Part {
    pub(crate) fn parse(name: &str, xml: &str) -> Result<Self, Error> {
        let mut part = Self { xml: xml.to_owned(), ..Self::default() };
        let mut open: Vec<Open> = Vec::new();
        walk(name, xml, |event, at| match event {
            Event::Start(tag) => {
                let index = part.open(&tag, &at, &open);
                open.push(Open { name: local(&tag), start: at.start, inner: at.end, index });
            }
            Event::Empty(tag) => {
                let index = part.open(&tag, &at, &open);
                part.close(
                    &Open { name: local(&tag), start: at.start, inner: at.end, index },
                    &at,
                    &open,
                    true,
                );
            }
            Event::End(_) => {
                if let Some(element) = open.pop() {
                    part.close(&element, &at, &open, false);
                }
            }
            _ => {}
        })?;
        Ok(part)
    }

    fn run_around(open: &[Open]) -> Option<usize> {
        open.iter().rev().find(|o| o.name == "r" && o.index != usize::MAX).map(|o| o.index)
    }

    fn open(&mut self, tag: &BytesStart, at: &At, open: &[Open]) -> usize {
        let id = || attribute(tag, "id").unwrap_or_default();
        let run = Self::run_around(open);
        if let Some(last) = open.last().filter(|o| o.name == "r")
            && local(tag) != "rPr"
            && let Some(run) = self.runs.get_mut(last.index)
        {
            run.children += 1;
        }
        // Formulas have runs and texts of their own.
        if tag.name().into_inner().starts_with("m:") {
            return usize::MAX;
        }
        match local(tag).as_str() {
            "r" => {
                let name = tag.name().into_inner();
                let prefix = name.rsplit_once(':').map_or("", |(p, _)| p);
                self.runs.push(Run {
                    span: at.clone(),
                    inner: at.end..at.end,
                    properties: at.end..at.end,
                    outer: run,
                    prefix: if prefix.is_empty() { String::new() } else { format!("{prefix}:") },
                    children: 0,
                });
                self.runs.len() - 1
            }
            "t" => {
                let preserve = attribute(tag, "space").is_some_and(|s| s == "preserve");
                let run = run.unwrap_or(usize::MAX);
                self.texts.push(Text { span: at.clone(), inner: at.end..at.end, run, preserve });
                self.texts.len() - 1
            }
            "p" => {
                self.paragraphs.push(at.clone());
                self.paragraphs.len() - 1
            }
            name @ ("footnote" | "endnote") => {
                let kind = if name == "footnote" { NoteKind::Foot } else { NoteKind::End };
                self.notes.push((kind, id(), at.clone()));
                self.notes.len() - 1
            }
            name @ ("footnoteReference" | "endnoteReference") => {
                let kind = if name == "footnoteReference" { NoteKind::Foot } else { NoteKind::End };
                self.references.push((kind, id(), at.clone()));
                0
            }
            "ins" | "del" | "commentRangeStart" | "commentRangeEnd" | "bookmarkStart" | "moveFrom"
            | "moveTo" => {
                self.highest_id = self.highest_id.max(id().parse().unwrap_or(0));
                0
            }
            _ => 0,
        }
    }

    fn close(&mut self, element: &Open, at: &At, open: &[Open], empty: bool) {
        // An empty element ends where it starts.
        let span = element.start..at.end;
        let inner = if empty { at.end..at.end } else { element.inner..at.start };
        let tag = &self.xml[element.start..element.inner];
        let attributes = |name: &str| {
            let mut value = None;
            let _ = walk("", &format!("{}/>", tag.trim_end_matches(['>', '/'])), |event, _| {
                if let Event::Empty(tag) = event {
                    value = attribute(&tag, name);
                }
            });
            value.unwrap_or_default()
        };
        match element.name.as_str() {
            "r" => {
                if let Some(run) = self.runs.get_mut(element.index) {
                    run.span = span;
                    run.inner.end = inner.end;
                    run.inner.start = run.inner.start.min(inner.end);
                }
            }
            "rPr" => {
                if let Some(last) = open.last().filter(|o| o.name == "r")
                    && let Some(run) = self.runs.get_mut(last.index)
                {
                    run.properties = span.clone();
                    run.inner.start = span.end;
                }
            }
            "t" => {
                if let Some(text) = self.texts.get_mut(element.index) {
                    (text.span, text.inner) = (span, inner);
                }
            }
            "delText" => self.deleted.push((span, inner)),
            "p" => {
                if let Some(p) = self.paragraphs.get_mut(element.index) {
                    *p = span;
                }
            }
            "footnote" | "endnote" => {
                if let Some(n) = self.notes.get_mut(element.index) {
                    n.2 = span;
                }
            }
            "commentRangeStart" | "commentRangeEnd" => {
                let id = attributes("id");
                self.marks.push(Mark { id, span, run: None });
            }
            "commentReference" => {
                let id = attributes("id");
                self.marks.push(Mark { id, span, run: Self::run_around(open) });
            }
            name @ ("ins" | "del") => {
                // In the properties of a paragraph it says that the mark of its end is tracked.
                let of_paragraph = (open.iter().rev().take(3).any(|o| o.name == "pPr"))
                    .then(|| open.iter().rev().find(|o| o.name == "p").map(|o| o.index))
                    .flatten();
                let author = attributes("author");
                self.tracked.push(Tracked { insert: name == "ins", author, span, inner, of_paragraph });
            }
            _ => {}
        }
    }

    pub(crate) fn xml(&self) -> &str {
        &self.xml
    }

    /// The innermost run at a place.
    pub(crate) fn run_at(&self, at: usize) -> Option<usize> {
        let inside = |r: &&Run| r.span.start <= at && at <= r.span.end;
        let found = self.runs.iter().filter(inside).max_by_key(|r| (r.inner.contains(&at), r.span.start))?;
        self.runs.iter().position(|r| r.span == found.span)
    }

    /// The outermost run around a run.
    pub(crate) fn outermost(&self, mut run: usize) -> usize {
        while let Some(outer) = self.runs.get(run).and_then(|r| r.outer) {
            run = outer;
        }
        run
    }

    /// Whether a place is inside something inside a run.
    pub(crate) fn boxed(&self, at: usize) -> bool {
        self.run_at(at).is_some_and(|r| self.runs[r].outer.is_some())
    }

    /// The innermost paragraph around a place.
    pub(crate) fn paragraph_at(&self, at: usize) -> Option<&At> {
        self.paragraphs.iter().filter(|p| p.contains(&at)).max_by_key(|p| p.start)
    }

    /// The note that a place is in.
    pub(crate) fn note_at(&self, at: usize) -> Option<(NoteKind, String)> {
        let found = self.notes.iter().find(|(_, _, span)| span.contains(&at))?;
        Some((found.0, found.1.clone()))
    }

    /// The mark of a note.
    pub(crate) fn mark_of(&self, kind: NoteKind, id: &str) -> Option<At> {
        let found = self.references.iter().find(|(k, i, _)| (*k, i.as_str()) == (kind, id))?;
        Some(found.2.clone())
    }

    /// The first run of the text.
    pub(crate) fn first_run(&self) -> Option<At> {
        self.runs.first().map(|r| r.span.clone())
    }

    /// What takes out the marks of comments and the tracked changes of an author.
    pub(crate) fn without(&self, xml: &str, author: &str, comments: &[String]) -> Vec<Splice> {
        let mut out: Vec<Splice> = Vec::new();
        for mark in self.marks.iter().filter(|m| comments.contains(&m.id)) {
            // A run that only shows the mark goes with it.
            let run = mark.run.and_then(|r| self.runs.get(r)).filter(|r| r.children == 1);
            out.push((run.map_or_else(|| mark.span.clone(), |r| r.span.clone()), String::new()));
        }
        for t in self.tracked.iter().filter(|t| t.author == author) {
            match (t.insert, t.of_paragraph) {
                (true, Some(p)) => {
                    // A paragraph that was put in with nothing of others in it.
                    let p = &self.paragraphs[p];
                    let ours = |span: &At| {
                        self.tracked.iter().any(|t| {
                            t.insert
                                && t.author == author
                                && t.span.start <= span.start
                                && span.end <= t.span.end
                        })
                    };
                    if self.runs.iter().filter(|r| p.contains(&r.span.start)).all(|r| ours(&r.span)) {
                        out.push((p.clone(), String::new()));
                    } else {
                        out.push((t.span.clone(), String::new()));
                    }
                }
                (true, None) => out.push((t.span.clone(), String::new())),
                (false, Some(_)) => {}
                (false, None) => {
                    out.push((t.span.start..t.inner.start, String::new()));
                    out.push((t.inner.end..t.span.end, String::new()));
                    for (span, inner) in &self.deleted {
                        if t.inner.start <= span.start && span.end <= t.inner.end {
                            let open = xml[span.start..inner.start].replacen("delText", "t", 1);
                            let close = xml[inner.end..span.end].replacen("delText", "t", 1);
                            out.push((span.start..inner.start, open));
                            out.push((inner.end..span.end, close));
                        }
                    }
                }
            }
        }
        out
    }
}

/// A comment.
pub(crate) struct Comment {
    pub(crate) id: String,
    pub(crate) author: String,
    pub(crate) span: At,
    /// Ids of its paragraphs.
    pub(crate) paragraphs: Vec<String>,
    pub(crate) text: String,
}

/// The comments of a document.
pub(crate) struct Comments {
    pub(crate) all: Vec<Comment>,
    /// `w`, or what the part writes for it.
    pub(crate) prefix: String,
    /// The tag of the root: where it starts, where it ends, and whether nothing is in it.
    root: (At, bool),
}

impl Comments {
    /// The part with more comments at its end.
    pub(crate) fn with(&self, xml: &str, bodies: &str) -> String {
        let (tag, empty) = &self.root;
        if *empty {
            let open = xml[tag.clone()].trim_end_matches('>').trim_end_matches('/');
            let name =
                if self.prefix.is_empty() { "comments".into() } else { format!("{}:comments", self.prefix) };
            return format!("{}{open}>{bodies}</{name}>{}", &xml[..tag.start], &xml[tag.end..]);
        }
        let at = xml.rfind("</").unwrap_or(xml.len());
        format!("{}{bodies}{}", &xml[..at], &xml[at..])
    }
}

/// Reads the part with the comments.
pub(crate) fn comments(name: &str, xml: &str) -> Result<Comments, Error> {
    let mut out = Comments { all: Vec::new(), prefix: "w".to_owned(), root: (0..0, true) };
    let mut inside = false;
    walk(name, xml, |event, at| match event {
        Event::Start(tag) | Event::Empty(tag) => match local(&tag).as_str() {
            "comments" => {
                let name = tag.name().into_inner();
                name.rsplit_once(':').map_or("", |(p, _)| p).clone_into(&mut out.prefix);
                let empty = xml[at.clone()].ends_with("/>");
                out.root = (at, empty);
            }
            "comment" => {
                inside = true;
                out.all.push(Comment {
                    id: attribute(&tag, "id").unwrap_or_default(),
                    author: attribute(&tag, "author").unwrap_or_default(),
                    span: at,
                    paragraphs: Vec::new(),
                    text: String::new(),
                });
            }
            "p" if inside => {
                if let Some(c) = out.all.last_mut() {
                    c.paragraphs.extend(attribute(&tag, "paraId"));
                }
            }
            _ => {}
        },
        Event::End(tag) if tag.local_name().into_inner() == "comment" => {
            inside = false;
            if let Some(c) = out.all.last_mut() {
                c.span.end = at.end;
            }
        }
        Event::Text(text) if inside => {
            if let Some(c) = out.all.last_mut() {
                c.text += &text.into_inner();
            }
        }
        Event::GeneralRef(name) if inside => {
            let name = name.into_inner();
            let c = match &*name {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                _ => return,
            };
            if let Some(last) = out.all.last_mut() {
                last.text.push(c);
            }
        }
        _ => {}
    })?;
    Ok(out)
}

/// Ids of the paragraphs of comments that were answered.
pub(crate) fn answered(name: &str, xml: &str) -> Result<Vec<String>, Error> {
    let mut out = Vec::new();
    walk(name, xml, |event, _| {
        if let Event::Start(tag) | Event::Empty(tag) = event {
            out.extend(attribute(&tag, "paraIdParent"));
        }
    })?;
    Ok(out)
}

/// What takes out the entries of paragraphs of comments.
pub(crate) fn of_paragraphs(name: &str, xml: &str, paragraphs: &[String]) -> Result<Vec<Splice>, Error> {
    let mut out = Vec::new();
    walk(name, xml, |event, at| {
        if let Event::Empty(tag) = event
            && attribute(&tag, "paraId").is_some_and(|id| paragraphs.contains(&id))
        {
            out.push((at, String::new()));
        }
    })?;
    Ok(out)
}

fn local(tag: &BytesStart) -> String {
    tag.local_name().into_inner().to_owned()
}

/// Calls back for each event with its place.
fn walk(part: &str, xml: &str, mut each: impl FnMut(Event, At)) -> Result<(), Error> {
    // A byte order mark counts three bytes here and none to the XML reader.
    let bare = xml.strip_prefix('\u{FEFF}').unwrap_or(xml);
    let skipped = xml.len() - bare.len();
    let mut reader = Reader::from_str(bare);
    loop {
        let start = reader.buffer_position() as usize + skipped;
        match reader.read_event() {
            Ok(Event::Eof) => return Ok(()),
            Ok(event) => {
                let end = reader.buffer_position() as usize + skipped;
                each(event, start..end);
            }
            Err(e) => return Err(Error::Part { part: part.to_owned(), why: e.to_string() }),
        }
    }
}
