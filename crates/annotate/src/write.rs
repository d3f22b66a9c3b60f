//! Putting markup in between: runs are cut where something starts or ends in the middle of them.

use crate::Writer;
use crate::part::{Part, Run, Splice};
use shenyan_read::Origin;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

/// What goes where two things meet at one place: what ends comes before what starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    DeletionEnds,
    Insertion,
    CommentEnds,
    CommentStarts,
    DeletionStarts,
}

/// How a run is cut at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// Not at all: the place is between runs.
    Between,
    /// Between two elements of a run.
    Run(usize),
    /// Inside the text of a run.
    Text(usize),
}

/// The cuts of a part, and what is put into them.
#[derive(Debug, Default)]
pub(crate) struct Cuts {
    places: BTreeMap<usize, (Cut, Vec<(Rank, String)>)>,
    /// Stretches of single runs that are deleted.
    deleted: Vec<Range<usize>>,
    /// Whole paragraphs that come after others.
    after: Vec<(usize, String)>,
}

/// What a tracked change carries.
pub(crate) struct Stamp<'s> {
    pub(crate) writer: &'s Writer<'s>,
    pub(crate) id: &'s mut u64,
}

impl Stamp<'_> {
    fn attributes(&mut self, prefix: &str) -> String {
        self.attributes_at(prefix, 0)
    }

    /// The same at an hour of the day: changes at one time that touch are one to some programs, which
    /// would take an end of paragraph away with them that was there before.
    fn attributes_at(&mut self, prefix: &str, hour: u8) -> String {
        let id = *self.id;
        *self.id += 1;
        let (author, day) = (escape(self.writer.author), escape(self.writer.day));
        format!("{prefix}id=\"{id}\" {prefix}author=\"{author}\" {prefix}date=\"{day}T{hour:02}:00:00Z\"")
    }
}

impl Cuts {
    /// Where a place is cut; `end` says that it is the end of something, not its start.
    fn place(part: &Part, at: usize, end: bool) -> (usize, Cut) {
        let text = part.texts.iter().position(|t| {
            if end {
                t.inner.start < at && at <= t.inner.end
            } else {
                t.inner.start <= at && at < t.inner.end
            }
        });
        let (at, run) = match text.map(|i| &part.texts[i]) {
            Some(t) if at > t.inner.start && at < t.inner.end => {
                let top = part.runs.get(t.run).is_some_and(|r| r.outer.is_none());
                match text {
                    Some(i) if top => return (at, Cut::Text(i)),
                    _ => (at, Some(t.run)),
                }
            }
            Some(t) if at == t.inner.start => (t.span.start, Some(t.run)),
            Some(t) => (t.span.end, Some(t.run)),
            None => (at, part.run_at(at)),
        };
        let Some(run) = run.filter(|r| *r < part.runs.len()) else {
            let p = part.paragraph_at(at);
            return (p.map_or(at, |p| p.end), Cut::Between);
        };
        let top = part.outermost(run);
        let r = &part.runs[top];
        if top != run {
            return (if end { r.span.end } else { r.span.start }, Cut::Between);
        }
        if at <= r.inner.start {
            (r.span.start, Cut::Between)
        } else if at >= r.inner.end {
            (r.span.end, Cut::Between)
        } else {
            (at, Cut::Run(run))
        }
    }

    fn put(&mut self, part: &Part, at: usize, end: bool, rank: Rank, markup: String) {
        let (at, cut) = Self::place(part, at, end);
        self.places.entry(at).or_insert((cut, Vec::new())).1.push((rank, markup));
    }

    /// A comment on a stretch.
    pub(crate) fn comment(&mut self, part: &Part, start: usize, end: usize, id: u64) {
        let p = part.run_at(start).map_or("w:", |r| &part.runs[r].prefix).to_owned();
        let open = format!("<{p}commentRangeStart {p}id=\"{id}\"/>");
        let close =
            format!("<{p}commentRangeEnd {p}id=\"{id}\"/><{p}r><{p}commentReference {p}id=\"{id}\"/></{p}r>");
        self.put(part, start, false, Rank::CommentStarts, open);
        self.put(part, end, true, Rank::CommentEnds, close);
    }

    /// A tracked change: `origins` are what is replaced, or the character that something is put
    /// after. False where another change has been made there.
    pub(crate) fn change(
        &mut self,
        part: &Part,
        insert: bool,
        origins: &[Origin],
        text: &str,
        mut stamp: Stamp,
    ) -> bool {
        let Some(last) = origins.last() else { return false };
        let run = part.run_at(last.start as usize);
        let Some(run) = run.and_then(|r| part.runs.get(r)).filter(|r| r.outer.is_none()) else {
            return false;
        };
        if insert {
            if let Some(paragraph) = text.strip_prefix('\n') {
                let Some(p) = part.paragraph_at(last.start as usize) else { return false };
                for line in paragraph.split('\n').filter(|l| !l.trim().is_empty()) {
                    let mut attributes = || stamp.attributes_at(&run.prefix, 1);
                    let (of_mark, of_text) = (attributes(), attributes());
                    let w = &run.prefix;
                    let line = text_markup(w, line);
                    let markup = format!(
                        "<{w}p><{w}pPr><{w}rPr><{w}ins {of_mark}/></{w}rPr></{w}pPr>\
                         <{w}ins {of_text}><{w}r>{line}</{w}r></{w}ins></{w}p>"
                    );
                    self.after.push((p.end, markup));
                }
                return true;
            }
            let end = last.end as usize;
            if self.deleted.iter().any(|d| d.start < end && end < d.end) {
                return false;
            }
            let markup = insertion(part, run, text, &mut stamp);
            self.put(part, end, true, Rank::Insertion, markup);
            return true;
        }
        // By run: each is deleted by itself, whatever stands between them.
        let mut stretches: Vec<(usize, Range<usize>)> = Vec::new();
        for o in origins {
            let (start, end) = (o.start as usize, o.end as usize);
            let Some(r) = part.run_at(start).filter(|r| part.runs[*r].outer.is_none()) else { return false };
            match stretches.last_mut() {
                Some((last, range)) if *last == r => range.end = end,
                _ => stretches.push((r, start..end)),
            }
        }
        let taken = |a: &Range<usize>| self.deleted.iter().any(|d| a.start < d.end && d.start < a.end);
        if stretches.iter().any(|(_, range)| taken(range)) {
            return false;
        }
        for (r, range) in &stretches {
            let w = part.runs[*r].prefix.clone();
            let open = format!("<{w}del {}>", stamp.attributes(&w));
            self.put(part, range.start, false, Rank::DeletionStarts, open);
            self.put(part, range.end, true, Rank::DeletionEnds, format!("</{w}del>"));
            self.deleted.push(range.clone());
        }
        if !text.is_empty() {
            // The new text looks like the start of the old.
            let first = stretches.first().map_or(run, |(r, _)| &part.runs[*r]);
            let markup = insertion(part, first, text, &mut stamp);
            self.put(part, last.end as usize, true, Rank::Insertion, markup);
        }
        true
    }

    /// The part with all of it put in; none if there is nothing.
    pub(crate) fn apply(self, part: &Part) -> Option<String> {
        if self.places.is_empty() && self.after.is_empty() {
            return None;
        }
        let xml = part.xml();
        let is_deleted_before = |at: usize| self.deleted.iter().any(|d| d.start < at && at <= d.end);
        let is_deleted_after = |at: usize| self.deleted.iter().any(|d| d.start <= at && at < d.end);
        let mut splices: Vec<Splice> = Vec::new();
        for (at, (cut, mut items)) in self.places {
            items.sort_by_key(|(rank, _)| *rank);
            let middle: String = items.into_iter().map(|(_, markup)| markup).collect();
            let (before, after) = match cut {
                Cut::Between => (String::new(), String::new()),
                Cut::Run(r) => {
                    let run = &part.runs[r];
                    (close_run(run), open_run(xml, run))
                }
                Cut::Text(t) => {
                    let text = &part.texts[t];
                    let run = &part.runs[text.run];
                    let name = |deleted: bool| if deleted { "delText" } else { "t" };
                    let w = &run.prefix;
                    let space =
                        if text.preserve || blank_at(xml, at) { " xml:space=\"preserve\"" } else { "" };
                    (
                        format!("</{w}{}>{}", name(is_deleted_before(at)), close_run(run)),
                        format!("{}<{w}{}{space}>", open_run(xml, run), name(is_deleted_after(at))),
                    )
                }
            };
            splices.push((at..at, format!("{before}{middle}{after}")));
        }
        for text in &part.texts {
            let Some(run) = part.runs.get(text.run) else { continue };
            let w = &run.prefix;
            let cut = splices.iter().any(|(at, _)| text.inner.start < at.start && at.start < text.inner.end);
            if text.inner.is_empty() {
                continue;
            }
            let (starts, ends) = (is_deleted_after(text.inner.start), is_deleted_before(text.inner.end));
            // Where a text is cut at a blank, the blank must go on to count.
            let blanks = cut
                && !text.preserve
                && splices.iter().any(|(at, _)| {
                    text.inner.start < at.start && at.start < text.inner.end && blank_at(xml, at.start)
                });
            if starts {
                // No more blanks count than did, so that a refused repair leaves what was there.
                let space = if text.preserve || blanks { " xml:space=\"preserve\"" } else { "" };
                splices.push((text.span.start..text.inner.start, format!("<{w}delText{space}>")));
            } else if blanks {
                splices.push((text.span.start..text.inner.start, format!("<{w}t xml:space=\"preserve\">")));
            }
            if ends {
                splices.push((text.inner.end..text.span.end, format!("</{w}delText>")));
            }
        }
        splices.extend(self.after.into_iter().map(|(at, markup)| (at..at, markup)));
        Some(spliced(xml, splices))
    }
}

/// Whether a blank stands on either side.
fn blank_at(xml: &str, at: usize) -> bool {
    let blank = |c: Option<char>| c.is_some_and(|c| c.is_ascii_whitespace());
    blank(xml.get(..at).and_then(|s| s.chars().next_back()))
        || blank(xml.get(at..).and_then(|s| s.chars().next()))
}

fn close_run(run: &Run) -> String {
    format!("</{}r>", run.prefix)
}

/// The start of a run that looks the same.
fn open_run(xml: &str, run: &Run) -> String {
    let w = &run.prefix;
    format!("<{w}r>{}", xml.get(run.properties.clone()).unwrap_or_default())
}

fn insertion(part: &Part, run: &Run, text: &str, stamp: &mut Stamp) -> String {
    let w = &run.prefix;
    let attributes = stamp.attributes(w);
    let open = open_run(part.xml(), run);
    format!("<{w}ins {attributes}>{open}{}</{w}r></{w}ins>", text_markup(w, text))
}

/// Text of a run, with line breaks as elements.
fn text_markup(w: &str, text: &str) -> String {
    let lines =
        text.split(['\n', '\u{2028}']).map(|l| format!("<{w}t xml:space=\"preserve\">{}</{w}t>", escape(l)));
    lines.collect::<Vec<_>>().join(&format!("<{w}br/>"))
}

/// A comment for the part with the comments.
pub(crate) fn comment(prefix: &str, id: u64, writer: &Writer, lines: &[String]) -> String {
    let w = if prefix.is_empty() { String::new() } else { format!("{prefix}:") };
    let author = escape(writer.author);
    let initials: String = writer.author.chars().take(1).collect();
    let mut out = format!(
        "<{w}comment {w}id=\"{id}\" {w}author=\"{author}\" {w}date=\"{}T00:00:00Z\" {w}initials=\"{}\">",
        escape(writer.day),
        escape(&initials),
    );
    for (i, line) in lines.iter().enumerate() {
        let bold = if i == 0 { format!("<{w}rPr><{w}b/></{w}rPr>") } else { String::new() };
        let _ = write!(
            out,
            "<{w}p><{w}r>{bold}<{w}t xml:space=\"preserve\">{}</{w}t></{w}r></{w}p>",
            escape(line)
        );
    }
    let _ = write!(out, "</{w}comment>");
    out
}

/// A text with pieces replaced. Of pieces that overlap, the one that starts first wins, and of
/// those that start together, the longest.
pub(crate) fn spliced(text: &str, mut splices: Vec<Splice>) -> String {
    // What is put in at a place comes before a replacement that starts there.
    splices.sort_by_key(|(at, _)| (at.start, !at.is_empty(), std::cmp::Reverse(at.end)));
    let mut out = String::with_capacity(text.len() + 1024);
    let mut done = 0;
    for (at, new) in splices {
        if at.start < done {
            continue;
        }
        out += &text[done..at.start];
        out += &new;
        done = at.end;
    }
    out += &text[done..];
    out
}

/// Text without the characters that XML does not allow.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| matches!(c, '\t') || !c.is_control() && !matches!(c, '\u{FFFE}' | '\u{FFFF}'))
        .collect()
}

/// Text as it may stand in XML.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            c => out.push(c),
        }
    }
    out
}
