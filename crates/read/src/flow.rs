//! Collects the text of a document block by block and writes it out as prose.
//!
//! The readers push pieces of text with their places in the source. When a block ends, its pieces
//! are joined, addresses of the web are taken out, white space is collapsed, and the prose is
//! written together with the styles, links and controls in it.

use crate::{Block, BlockKind, Comment, Control, Link, Style, Styled};
use shenyan_text::map::{Builder, Derived, RunKind};
use shenyan_text::span::{Prose, Source, Span};
use std::collections::HashMap;
use std::ops::Range;

/// What a reader makes of a source.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    pub(crate) prose: Derived<Source, Prose>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) styles: Vec<Styled>,
    pub(crate) comments: Vec<Comment>,
    pub(crate) controls: Vec<Control>,
    pub(crate) links: Vec<Link>,
}

/// The most bytes of a link target that are kept.
const MAX_TARGET: u32 = 2048;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PieceKind {
    /// The bytes of the source.
    Copied,
    /// Other text than in the source.
    Replaced,
    /// White space that can be collapsed.
    Space,
    /// A line break inside the block.
    Break,
    /// Something that is not prose but keeps its neighbours apart.
    Gap,
}

#[derive(Debug, Clone, Copy)]
struct Piece {
    kind: PieceKind,
    /// Where its text starts in the raw text of the block; it ends where the next one starts.
    at: u32,
    source: Span<Source>,
    style: Style,
    link: u32,
}

/// A control of the current block, or one that still waits for a label.
#[derive(Debug)]
struct OpenControl {
    index: usize,
    at: u32,
    in_label: bool,
}

/// A `<label>` in the current block.
#[derive(Debug, Clone)]
struct Label {
    range: Range<u32>,
    target: Option<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Flow {
    out: Builder<Source, Prose>,
    blocks: Vec<Block>,
    styles: Vec<Styled>,
    comments: Vec<Comment>,
    controls: Vec<Control>,
    links: Vec<Link>,
    /// Style of the text that comes next.
    pub(crate) style: Style,
    /// Link of the text that comes next; 0 is none.
    pub(crate) link: u32,
    targets: Vec<String>,
    kind: Option<BlockKind>,
    row: Option<u32>,
    rows: u32,
    raw: String,
    pieces: Vec<Piece>,
    open_controls: Vec<OpenControl>,
    /// Controls of earlier blocks that had no text beside them.
    waiting: Vec<usize>,
    labels: Vec<Label>,
    open_label: Option<Label>,
    label_of: HashMap<String, Span<Prose>>,
    control_ids: Vec<(String, usize)>,
    /// End of the source that has been used; the map must not go back.
    used: u32,
}

impl Flow {
    /// Ends the current block; what follows belongs to a new one.
    pub(crate) fn boundary(&mut self, kind: BlockKind, row: Option<u32>) {
        self.flush();
        self.kind = Some(kind);
        self.row = row;
    }

    /// A number for a new row of a table.
    pub(crate) fn new_row(&mut self) -> u32 {
        self.rows += 1;
        self.rows
    }

    /// A number for a new link.
    pub(crate) fn new_link(&mut self, target: &str) -> u32 {
        let end = crate::lines::floor(target, MAX_TARGET);
        self.targets.push(target.get(..end).unwrap_or_default().to_owned());
        self.targets.len() as u32
    }

    /// Text that stands at `at` in the source.
    pub(crate) fn text(&mut self, at: u32, text: &str) {
        if text.is_empty() {
            return;
        }
        if at < self.used {
            return self.replaced(Span::new(at, at), text);
        }
        let end = at + text.len() as u32;
        self.used = end;
        if let Some(last) = self.pieces.last_mut()
            && (last.kind, last.source.end, last.link) == (PieceKind::Copied, at, self.link)
            && last.style == self.style
        {
            last.source.end = end;
            self.raw.push_str(text);
        } else {
            self.push(PieceKind::Copied, Span::new(at, end), text);
        }
    }

    /// Text that stands at `at` in the source, with its white space collapsed.
    pub(crate) fn collapsed(&mut self, at: u32, text: &str) {
        let bytes = text.as_bytes();
        let is_space = |b: &u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0C);
        let mut from = 0; // what is not handed over yet
        let mut i = 0;
        while let Some(rest) = bytes.get(i..).filter(|rest| !rest.is_empty()) {
            let Some(first) = rest.iter().position(is_space) else {
                break;
            };
            let start = i + first;
            i = start + rest.iter().skip(first).take_while(|b| is_space(b)).count();
            let run = bytes.get(start..i).unwrap_or_default();
            // A single space between words is copied with them.
            if run != b" " || start == from || i == bytes.len() {
                self.text(at + from as u32, text.get(from..start).unwrap_or_default());
                let newline = run.iter().any(|b| matches!(b, b'\n' | b'\r'));
                self.space(Span::of(&(start..i)).shifted(at), newline);
                from = i;
            }
        }
        self.text(at + from as u32, text.get(from..).unwrap_or_default());
    }

    /// `text` in place of a piece of the source.
    pub(crate) fn replaced(&mut self, source: Span<Source>, text: &str) {
        if !text.is_empty() {
            self.push(PieceKind::Replaced, source, text);
        }
    }

    /// White space that is one space or nothing to the reader.
    pub(crate) fn space(&mut self, source: Span<Source>, newline: bool) {
        self.push(PieceKind::Space, source, if newline { "\n" } else { " " });
    }

    /// A line break that does not end the block.
    pub(crate) fn line_break(&mut self, source: Span<Source>) {
        self.push(PieceKind::Break, source, "\n");
    }

    /// Something that is not prose.
    pub(crate) fn gap(&mut self, source: Span<Source>) {
        self.push(PieceKind::Gap, source, " ");
    }

    fn push(&mut self, kind: PieceKind, source: Span<Source>, text: &str) {
        let start = source.start.max(self.used);
        let source = if kind == PieceKind::Copied { source } else { Span::new(start, source.end) };
        self.used = self.used.max(source.end);
        let at = self.raw.len() as u32;
        self.raw.push_str(text);
        self.pieces.push(Piece { kind, at, source, style: self.style, link: self.link });
    }

    pub(crate) fn comment(&mut self, span: Span<Source>) {
        self.comments.push(Comment { span, about: None });
    }

    pub(crate) fn control(&mut self, span: Span<Source>, checked: bool, enabled: bool, id: Option<String>) {
        let index = self.controls.len();
        self.controls.push(Control { span, label: Span::new(0, 0), checked, enabled });
        let in_label = self.open_label.is_some();
        self.open_controls.push(OpenControl { index, at: self.raw.len() as u32, in_label });
        if let Some(id) = id {
            self.control_ids.push((id, index));
        }
    }

    /// The start of a `<label>`, maybe with the id of the control it is for.
    pub(crate) fn label_start(&mut self, target: Option<String>) {
        self.label_end();
        let at = self.raw.len() as u32;
        self.open_label = Some(Label { range: at..at, target });
    }

    pub(crate) fn label_end(&mut self) {
        if let Some(mut label) = self.open_label.take() {
            label.range.end = self.raw.len() as u32;
            self.labels.push(label);
        }
    }

    pub(crate) fn finish(mut self) -> Content {
        self.label_end();
        self.flush();
        for (id, index) in &self.control_ids {
            if let (Some(&label), Some(control)) = (self.label_of.get(id), self.controls.get_mut(*index)) {
                control.label = label;
            }
        }
        Content {
            prose: self.out.finish(),
            blocks: self.blocks,
            styles: self.styles,
            comments: self.comments,
            controls: self.controls,
            links: self.links,
        }
    }

    fn flush(&mut self) {
        // A label around several blocks goes on in the next one.
        let unfinished = self.open_label.clone();
        self.label_end();
        let raw = std::mem::take(&mut self.raw);
        let pieces = std::mem::take(&mut self.pieces);
        let labels = std::mem::take(&mut self.labels);
        let controls = std::mem::take(&mut self.open_controls);
        let ends = raw.trim_end().len() as u32;
        let starts = (raw.len() - raw.trim_start().len()) as u32;
        if starts < ends {
            if !self.out.is_empty() {
                self.out.insert("\n");
            }
            let mut writer = Writer {
                flow: self,
                raw: &raw,
                pieces: &pieces,
                keep_segments: !(controls.is_empty() && labels.is_empty()),
                segments: Vec::new(),
                pending: None,
                previous: None,
                link: 0,
                visible: false,
                hidden: false,
            };
            let start = writer.flow.out.len();
            writer.write(starts..ends);
            let hidden = writer.hidden && !writer.visible;
            let segments = writer.segments;
            let span = Span::new(start, self.out.len());
            let kind = self.kind.unwrap_or(BlockKind::Paragraph);
            self.blocks.push(Block { kind, span, table_row: self.row, hidden });
            self.label_controls(&controls, &labels, &segments, span);
        } else {
            self.waiting.extend(controls.iter().map(|c| c.index));
        }
        self.raw = raw;
        self.raw.clear();
        self.pieces = pieces;
        self.pieces.clear();
        self.open_label = unfinished.map(|label| Label { range: 0..0, ..label });
    }

    fn label_controls(
        &mut self,
        controls: &[OpenControl],
        labels: &[Label],
        segments: &[Segment],
        block: Span<Prose>,
    ) {
        for index in self.waiting.drain(..) {
            if let Some(control) = self.controls.get_mut(index) {
                control.label = block;
            }
        }
        let prose = |range: Range<u32>| {
            let first = segments.partition_point(|s| s.raw.end <= range.start);
            let last = segments.partition_point(|s| s.raw.start < range.end);
            let (Some(first), Some(last)) =
                (segments.get(first), last.checked_sub(1).and_then(|i| segments.get(i)))
            else {
                return Span::new(block.end, block.end);
            };
            let span = Span::<Prose>::new(first.prose_at(range.start, false), last.prose_at(range.end, true));
            let text = span.text(self.out.text());
            let end = span.start + text.trim_end().len() as u32;
            Span::new(end - text.trim().len() as u32, end)
        };
        for label in labels {
            if let Some(id) = &label.target {
                let span = prose(label.range.clone());
                if !span.is_empty() {
                    self.label_of.entry(id.clone()).or_insert(span);
                }
            }
        }
        for (i, control) in controls.iter().enumerate() {
            let before = i.checked_sub(1).and_then(|i| controls.get(i)).map_or(0, |c| c.at);
            let after = controls.get(i + 1).map_or(u32::MAX, |c| c.at);
            // Labels are in order; the first that ends after the control may be around it.
            let around = labels
                .get(labels.partition_point(|l| l.range.end < control.at))
                .filter(|l| control.in_label && l.range.start <= control.at)
                .map_or(0..0, |l| l.range.clone());
            let label = [around, control.at..after, before..control.at]
                .into_iter()
                .filter(|range| !range.is_empty())
                .map(&prose)
                .find(|span| !span.is_empty());
            match (label, self.controls.get_mut(control.index)) {
                (Some(label), Some(control)) => control.label = label,
                _ => self.waiting.push(control.index),
            }
        }
    }
}

/// A piece of raw text and the prose it became.
#[derive(Debug)]
struct Segment {
    raw: Range<u32>,
    prose: Span<Prose>,
}

impl Segment {
    fn prose_at(&self, raw: u32, end: bool) -> u32 {
        if self.prose.len() == self.raw.end - self.raw.start {
            self.prose.start + raw.clamp(self.raw.start, self.raw.end) - self.raw.start
        } else if end {
            self.prose.end
        } else {
            self.prose.start
        }
    }
}

/// Writes one block.
struct Writer<'a> {
    flow: &'a mut Flow,
    raw: &'a str,
    pieces: &'a [Piece],
    /// Whether there are controls or labels to place.
    keep_segments: bool,
    segments: Vec<Segment>,
    /// White space that is written when text follows.
    pending: Option<(Piece, bool)>,
    /// The last character written; none at the start of a line.
    previous: Option<char>,
    link: u32,
    visible: bool,
    hidden: bool,
}

impl Writer<'_> {
    fn write(&mut self, bounds: Range<u32>) {
        let mut addresses = addresses(self.raw).into_iter().peekable();
        for (i, &piece) in self.pieces.iter().enumerate() {
            let end = self.pieces.get(i + 1).map_or(self.raw.len() as u32, |p| p.at);
            let mut at = piece.at.max(bounds.start);
            let end = end.min(bounds.end);
            while at < end {
                while addresses.peek().is_some_and(|a| a.end <= at) {
                    addresses.next();
                }
                let address = addresses.peek().cloned();
                let next = match address {
                    Some(address) if address.start <= at => {
                        if address.start == at {
                            let source = Span::new(piece.from(at), self.source_end(address.end));
                            self.gap(&piece, source, address);
                            self.visible |= !piece.style.hidden;
                        }
                        at = end.min(addresses.peek().map_or(end, |a| a.end));
                        continue;
                    }
                    Some(address) => address.start.min(end),
                    None => end,
                };
                match piece.kind {
                    PieceKind::Space => {
                        let newline = self.raw.as_bytes().get(at as usize) == Some(&b'\n');
                        match &mut self.pending {
                            Some((pending, pending_newline)) => {
                                pending.source = pending.source.union(piece.source);
                                *pending_newline |= newline;
                            }
                            None => self.pending = Some((piece, newline)),
                        }
                    }
                    PieceKind::Break => {
                        self.pending = None;
                        self.put(&piece, piece.source, "\n", at..next);
                        self.previous = None;
                    }
                    PieceKind::Gap => self.gap(&piece, piece.source, at..next),
                    PieceKind::Copied | PieceKind::Replaced => self.words(&piece, at..next),
                }
                at = next;
            }
        }
    }

    fn words(&mut self, piece: &Piece, range: Range<u32>) {
        let text = Span::<Prose>::new(range.start, range.end).text(self.raw);
        if let (Some((space, newline)), Some(next)) = (self.pending.take(), text.chars().next())
            && let Some(previous) = self.previous
            && previous != ' '
        {
            let one_text = space.link == piece.link || space.link == 0 || piece.link == 0;
            let joined = newline && one_text && is_wide(previous) && is_wide(next);
            if !joined {
                self.put(&space, space.source, " ", space.at..space.at + 1);
            }
        }
        let hidden = piece.style.hidden;
        self.hidden |= hidden;
        self.visible |= !hidden && !text.trim().is_empty();
        if piece.kind == PieceKind::Copied {
            let at = piece.from(range.start);
            self.put(piece, Span::new(at, at + (range.end - range.start)), text, range);
        } else {
            self.put(piece, piece.source, text, range);
        }
    }

    fn gap(&mut self, piece: &Piece, source: Span<Source>, range: Range<u32>) {
        self.pending = None;
        self.hidden |= piece.style.hidden;
        if self.previous != Some(' ') {
            self.put(&Piece { kind: PieceKind::Gap, ..*piece }, source, " ", range);
        }
    }

    fn put(&mut self, piece: &Piece, source: Span<Source>, text: &str, raw: Range<u32>) {
        let start = self.flow.out.len();
        match piece.kind {
            PieceKind::Copied => self.flow.out.copy(source.start, text),
            _ if source.is_empty() => self.flow.out.replace(source, text, RunKind::Inserted),
            _ => self.flow.out.replace(source, text, RunKind::Replaced),
        }
        self.previous = text.chars().next_back();
        let span = Span::new(start, self.flow.out.len());
        if self.keep_segments {
            self.segments.push(Segment { raw, prose: span });
        }
        if piece.style != Style::default() {
            match self.flow.styles.last_mut() {
                Some(last) if last.span.end == start && last.style == piece.style => {
                    last.span.end = span.end;
                }
                _ => self.flow.styles.push(Styled { span, style: piece.style }),
            }
        }
        if piece.link != 0 {
            match self.flow.links.last_mut() {
                Some(last) if last.span.end == start && self.link == piece.link => {
                    last.span.end = span.end;
                }
                _ => {
                    let target = self.flow.targets.get(piece.link as usize - 1).cloned();
                    let target = target.unwrap_or_default();
                    self.flow.links.push(Link { span, target });
                }
            }
        }
        self.link = piece.link;
    }

    /// Where the raw text that ends at `end` ends in the source.
    fn source_end(&self, end: u32) -> u32 {
        let i = self.pieces.partition_point(|p| p.at < end).saturating_sub(1);
        self.pieces.get(i).map_or(0, |piece| match piece.kind {
            PieceKind::Copied => piece.from(end),
            _ => piece.source.end,
        })
    }
}

impl Piece {
    /// The place in the source of a place in the raw text of this piece.
    fn from(&self, raw: u32) -> u32 {
        match self.kind {
            PieceKind::Copied => self.source.start + (raw - self.at),
            _ => self.source.start,
        }
    }
}

/// Whether lines that end and start with such characters are joined without a space.
fn is_wide(c: char) -> bool {
    matches!(c,
        '\u{2E80}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FE30}'..='\u{FE4F}' | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}'
        | '‘' | '’' | '“' | '”' | '…' | '—' | '·')
}

/// The web and mail addresses in a text, in order.
fn addresses(text: &str) -> Vec<Range<u32>> {
    let bytes = text.as_bytes();
    let word = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_alphanumeric);
    let mut out: Vec<Range<u32>> = Vec::new();
    let mut free = 0;
    let mut i = 0;
    while let Some(&byte) = bytes.get(i) {
        let rest = bytes.get(i..).unwrap_or_default();
        let found = match byte {
            b':' if rest.starts_with(b"://") => {
                let before = bytes.get(free..i).unwrap_or_default();
                ["https", "http", "ftp"]
                    .iter()
                    .find(|s| {
                        before.len() >= s.len()
                            && before[before.len() - s.len()..].eq_ignore_ascii_case(s.as_bytes())
                            && !(before.len() > s.len() && word(i - s.len() - 1))
                    })
                    .map(|scheme| i - scheme.len()..web_end(bytes, i + 3))
            }
            b'w' | b'W'
                if rest.get(..4).is_some_and(|w| w.eq_ignore_ascii_case(b"www."))
                    && !(i > free && word(i - 1)) =>
            {
                Some(i..web_end(bytes, i + 4)).filter(|r| r.end > i + 4)
            }
            b'@' => mail(bytes, free, i),
            _ => None,
        };
        if let Some(range) = found {
            i = range.end;
            free = i;
            out.push(range.start as u32..range.end as u32);
        } else {
            i += 1;
        }
    }
    out
}

fn web_end(bytes: &[u8], from: usize) -> usize {
    let is_part = |b: &&u8| b.is_ascii_graphic() && !b"<>\"'`{}|\\^".contains(b);
    let mut end = from + bytes.iter().skip(from).take_while(is_part).count();
    while end > from && b".,;:!?)]*~_".contains(&bytes[end - 1]) {
        end -= 1;
    }
    end
}

fn mail(bytes: &[u8], free: usize, at: usize) -> Option<Range<usize>> {
    let local = |b: &&u8| b.is_ascii_alphanumeric() || b"._%+-".contains(b);
    let host = |b: &&u8| b.is_ascii_alphanumeric() || b".-".contains(b);
    let start = at - bytes.get(free..at)?.iter().rev().take_while(local).count();
    let mut end = at + 1 + bytes.iter().skip(at + 1).take_while(host).count();
    while end > at + 1 && b".-".contains(&bytes[end - 1]) {
        end -= 1;
    }
    (start < at && bytes.get(at + 1..end)?.contains(&b'.')).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found() {
        let text = "见https://a.cn/b_c?d=1&e=2。或www.a.com，邮箱a.b@c-d.cn.！微信@某某 x@y";
        let found: Vec<_> =
            addresses(text).into_iter().map(|r| &text[r.start as usize..r.end as usize]).collect();
        assert_eq!(found, ["https://a.cn/b_c?d=1&e=2", "www.a.com", "a.b@c-d.cn"]);
    }
}
