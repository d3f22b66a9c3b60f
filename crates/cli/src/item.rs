//! A finding with everything its renderers need, free of the document it was found in: a check
//! of many files keeps what was found, not the files.

use crate::excerpt::Excerpt;
use crate::words::Words;
use serde::Serialize;
use shenyan_lint::text::Text;
use shenyan_lint::{Citation, Finding, Linter, Report};
use shenyan_project::fingerprint;
use shenyan_read::{Area, Document, Location};
use shenyan_text::span::{Source, Span};

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Offset in the file; none in a file that is not text.
    pub byte: Option<u64>,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Offset in the text in characters.
    #[serde(skip)]
    pub chars: u64,
}

/// An edit, in a file.
#[derive(Debug, Clone)]
pub struct Change {
    /// Where it starts.
    pub start: Place,
    /// Where it ends.
    pub end: Place,
    /// What takes the place.
    pub text: String,
}

/// A finding in a file.
#[derive(Debug)]
pub struct Item {
    /// The finding.
    pub finding: Finding,
    /// The words in the source.
    pub text: String,
    /// Where they start.
    pub start: Place,
    /// Where they end.
    pub end: Place,
    /// Where they are in a file that is not text.
    pub location: Option<Location>,
    /// The line to show.
    pub excerpt: Excerpt,
    /// The edits of each fix.
    pub changes: Vec<Vec<Change>>,
    /// Other places: words, start, end.
    pub related: Vec<(String, Place, Place)>,
    /// What the finding is known by; empty where nobody asked.
    pub fingerprint: String,
    /// Whether the baseline has it.
    pub known: bool,
}

impl Item {
    /// Whether it counts: neither waived nor known.
    pub const fn counts(&self) -> bool {
        self.finding.waived.is_none() && !self.known
    }
}

/// Turns offsets into places; asked in rising order it walks the text once.
struct Places<'d> {
    doc: &'d Document,
    at: u32,
    chars: u64,
}

impl Places<'_> {
    fn of(&mut self, at: u32) -> Place {
        let source = self.doc.source();
        let count = |from: u32, to: u32| {
            source.get(from as usize..to as usize).map_or(0, |s| s.chars().count() as u64)
        };
        if at >= self.at {
            self.chars += count(self.at, at);
        } else {
            self.chars -= count(at, self.at);
        }
        self.at = at;
        let p = self.doc.position(at);
        Place { byte: self.doc.file_offset(at), line: p.line, column: p.column, chars: self.chars }
    }

    fn span(&mut self, span: Span<Source>) -> (Place, Place) {
        (self.of(span.start), self.of(span.end))
    }
}

/// The findings of a report, waived ones only if wanted.
pub fn items(doc: &Document, linter: &Linter, report: Report, waived: bool, prints: bool) -> Vec<Item> {
    let mut places = Places { doc, at: 0, chars: 0 };
    let wanted: Vec<Finding> = report.findings.into_iter().filter(|f| waived || f.waived.is_none()).collect();
    let text = (prints && !wanted.is_empty()).then(|| Text::new(doc, linter.folder()));
    wanted
        .into_iter()
        .map(|finding| {
            let (start, end) = places.span(finding.span);
            let changes = (finding.fixes.iter())
                .map(|fix| {
                    (fix.edits.iter())
                        .map(|e| {
                            let (start, end) = places.span(e.span);
                            Change { start, end, text: e.text.clone() }
                        })
                        .collect()
                })
                .collect();
            let related = (finding.related.iter())
                .map(|r| {
                    let (start, end) = places.span(r.span);
                    (r.span.text(doc.source()).to_owned(), start, end)
                })
                .collect();
            Item {
                text: finding.span.text(doc.source()).to_owned(),
                excerpt: Excerpt::new(
                    doc.source(),
                    finding.span.range(),
                    start.line as usize,
                    start.column as usize,
                ),
                fingerprint: text.as_ref().map_or_else(String::new, |t| fingerprint(doc, t, &finding)),
                location: doc.location(finding.span.start).cloned(),
                start,
                end,
                changes,
                related,
                finding,
                known: false,
            }
        })
        .collect()
}

/// The object of the contract; the order of the fields is part of it.
#[derive(Debug, Serialize)]
pub struct Object<'i> {
    path: &'i str,
    rule: &'i str,
    family: &'i str,
    verdict: &'static str,
    severity: &'static str,
    message: &'i str,
    text: &'i str,
    start: Place,
    end: Place,
    clause: Option<&'i str>,
    #[serde(flatten)]
    location: Option<LocationObject<'i>>,
    basis: Vec<Basis<'i>>,
    fixes: Vec<FixObject<'i>>,
    waived: Option<Waived<'i>>,
    // Beyond the contract, appended.
    title: &'i str,
    evasive: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<RelatedObject<'i>>,
}

/// A place in a file that is not text.
#[derive(Debug, Serialize)]
struct LocationObject<'i> {
    page: Option<u32>,
    paragraph: u32,
    area: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<&'i str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<&'i str>,
}

fn location(l: &Location) -> LocationObject<'_> {
    let (note, sheet, cell) = match &l.area {
        Area::Footnote(n) | Area::Endnote(n) => (Some(*n), None, None),
        Area::Cell { sheet, cell } => (None, Some(sheet.as_str()), Some(cell.as_str())),
        _ => (None, None, None),
    };
    LocationObject { page: l.page, paragraph: l.paragraph, area: l.area.id(), note, sheet, cell }
}

#[derive(Debug, Serialize)]
struct Basis<'i> {
    law: &'i str,
    article: &'i str,
    verified: &'static str,
    gist: &'i str,
}

#[derive(Debug, Serialize)]
struct FixObject<'i> {
    title: &'i str,
    edits: Vec<EditObject<'i>>,
    safety: &'static str,
}

#[derive(Debug, Serialize)]
struct EditObject<'i> {
    start: Option<u64>,
    end: Option<u64>,
    text: &'i str,
}

#[derive(Debug, Serialize)]
struct Waived<'i> {
    by: &'i str,
    basis: String,
    title: &'i str,
}

#[derive(Debug, Serialize)]
struct RelatedObject<'i> {
    note: &'i str,
    text: &'i str,
    start: Place,
    end: Place,
}

/// The articles as one line.
pub fn citations(basis: &[Citation], words: Words) -> String {
    basis.iter().map(|a| words.citation(a)).collect::<Vec<_>>().join(words.semicolon())
}

/// The object of a finding.
pub fn object<'i>(path: &'i str, item: &'i Item, words: Words) -> Object<'i> {
    let f = &item.finding;
    Object {
        path,
        rule: &f.rule.id,
        family: f.rule.family(),
        verdict: f.verdict.id(),
        severity: f.severity.id(),
        message: words.get(&f.message),
        text: &item.text,
        start: item.start,
        end: item.end,
        clause: f.clause.as_deref(),
        location: item.location.as_ref().map(location),
        basis: (f.basis.iter())
            .map(|a| Basis {
                law: words.or(&a.law, &a.law_en),
                article: &a.label,
                verified: a.verified.id(),
                gist: words.or(&a.gist, &a.gist_en),
            })
            .collect(),
        fixes: (f.fixes.iter().zip(&item.changes))
            .map(|(fix, changes)| FixObject {
                title: words.get(&fix.title),
                edits: (changes.iter())
                    .map(|c| EditObject { start: c.start.byte, end: c.end.byte, text: &c.text })
                    .collect(),
                safety: fix.safety.id(),
            })
            .collect(),
        waived: f.waived.as_ref().map(|w| Waived {
            by: &w.by,
            basis: citations(&w.basis, words),
            title: words.get(&w.title),
        }),
        title: words.get(&f.rule.title),
        evasive: f.evasive,
        known: item.known.then_some(true),
        related: (f.related.iter().zip(&item.related))
            .map(|(r, (text, start, end))| RelatedObject {
                note: words.get(&r.note),
                text,
                start: *start,
                end: *end,
            })
            .collect(),
    }
}
