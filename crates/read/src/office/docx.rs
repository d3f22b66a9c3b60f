//! Word documents.
//!
//! Read as the final text: what tracked changes insert is there, what they delete is not. Order of
//! the source: body with tables, each text box after the paragraph it is anchored in; footnotes
//! and endnotes; headers and footers, each once; comments, which are no prose.

use super::numbering::{Numbering, symbol};
use super::package::{Package, Relation};
use super::styles::{NumPr, Paint, Patch, Rules, Styles, shading};
use super::xml::{At, Element, Node, Xml};
use super::{Area, Extract, From, OriginKind};
use crate::decode::ReadError;
use crate::{BlockKind, Style};
use shenyan_text::span::{Source, Span};
use std::collections::{BTreeMap, HashMap};
use std::io::BufRead;

/// Paragraphs inside paragraphs (text boxes in text boxes) beyond this depth are left out.
const MAX_BOXES: usize = 16;

pub(super) fn read(package: &mut Package, main: &str) -> Result<Extract, ReadError> {
    let relations = package.relations(main)?;
    let part =
        |kind: &str| relations.values().find(|r| r.kind == kind && !r.external).map(|r| r.target.clone());
    let present = |package: &Package, kind: &str| part(kind).filter(|name| package.has(name));
    let styles = match present(package, "styles") {
        Some(name) => Styles::read(&mut package.xml(&name)?)?,
        None => Styles::default(),
    };
    let mut numbering = match present(package, "numbering") {
        Some(name) => Numbering::read(&mut package.xml(&name)?)?,
        None => Numbering::default(),
    };
    numbering.follow(&styles);
    let mut reader =
        Reader { out: Extract::default(), styles, numbering, anchors: BTreeMap::new(), notes: Vec::new() };
    reader.part(package, main, &relations, Area::Body)?;
    for kind in ["footnotes", "endnotes"] {
        if let Some(name) = present(package, kind) {
            let relations = package.relations(&name)?;
            let area = if kind == "footnotes" { Area::Footnote(0) } else { Area::Endnote(0) };
            reader.part(package, &name, &relations, area)?;
        }
    }
    let mut margins: Vec<(&str, &str)> = (relations.values())
        .filter(|r| !r.external && matches!(r.kind.as_str(), "header" | "footer"))
        .map(|r| (r.kind.as_str(), r.target.as_str()))
        .collect();
    margins.sort_unstable();
    margins.dedup();
    margins.reverse();
    margins.sort_by_key(|(kind, _)| *kind != "header");
    for (kind, name) in margins {
        if package.has(name) {
            let relations = package.relations(name)?;
            let area = if kind == "header" { Area::Header } else { Area::Footer };
            reader.part(package, name, &relations, area)?;
        }
    }
    if let Some(name) = present(package, "comments") {
        reader.comments(&mut package.xml(&name)?)?;
    }
    Ok(reader.out)
}

#[derive(Debug)]
enum Piece {
    Text(String, From),
    Tab(Option<From>),
    Break(Option<From>),
    /// A comment starts or ends to speak of the text.
    Comment(String, bool),
}

/// A piece with what was set on its run.
#[derive(Debug)]
struct Run {
    piece: Piece,
    look: Patch,
    style: Option<String>,
    link: u32,
    /// A check box that the piece is the picture of.
    checkbox: Option<bool>,
}

/// A paragraph on its way.
#[derive(Debug, Default)]
struct Paragraph {
    style: Option<String>,
    num: NumPr,
    outline: Option<u8>,
    background: Option<Paint>,
    mark: Patch,
    /// The end of the paragraph was deleted: the next one goes on in it.
    open: bool,
    runs: Vec<Run>,
    /// Text boxes that are anchored in it.
    boxes: Vec<Paragraph>,
    cell: bool,
    row: Option<u32>,
    in_box: bool,
    /// The run that is open.
    look: Patch,
    run_style: Option<String>,
}

struct Reader {
    out: Extract,
    styles: Styles,
    numbering: Numbering,
    /// By the id of a comment: what it is about.
    anchors: BTreeMap<String, Span<Source>>,
    /// Ids of the footnotes and endnotes in the order of their numbers.
    notes: Vec<(bool, String)>,
}

/// Where the reader is in a part.
#[derive(Debug, Default)]
struct State {
    /// Paragraphs that are open; the last is inside the others.
    open: Vec<Paragraph>,
    /// The rows around; none inside a text box.
    rows: Vec<Option<u32>>,
    /// Depth of the open `rPr`, `pPr`, `numPr` and `t`; 0 for none.
    rpr: usize,
    ppr: usize,
    num: usize,
    text: usize,
    /// Depth of links and what they are.
    links: Vec<(usize, u32)>,
    preserve: bool,
    /// The place in `runs` where the open `t` begins.
    text_from: usize,
    checkbox: Option<bool>,
    /// For each open `AlternateContent`: its depth, and whether a choice gave text.
    choices: Vec<(usize, bool)>,
    /// Pieces seen so far.
    pieces: usize,
    /// `pieces` at the start of the open choice.
    before: usize,
    /// Depth of rows and text boxes, to close them.
    row_depths: Vec<usize>,
    paragraph_depths: Vec<usize>,
    joined: bool,
}

impl Reader {
    fn part(
        &mut self,
        package: &mut Package,
        name: &str,
        relations: &BTreeMap<String, Relation>,
        area: Area,
    ) -> Result<(), ReadError> {
        let part = self.out.part(name);
        let mut area = area;
        let mut s = State::default();
        let mut targets: HashMap<String, u32> = HashMap::new();
        let mut xml = package.xml(name)?;
        while let Some(node) = xml.next()? {
            match node {
                Node::Open(e) => {
                    if skipped(&e) || s.ppr > 0 && matches!(e.name(), "sectPr" | "tabs") {
                        // `del` in the properties of a paragraph's mark says that the mark is deleted.
                        if s.ppr > 0
                            && s.rpr > 0
                            && matches!(e.name(), "del" | "moveFrom")
                            && let Some(p) = s.open.last_mut()
                        {
                            p.open = true;
                        }
                        drop(e);
                        xml.skip()?;
                        continue;
                    }
                    match e.name() {
                        "Fallback" if s.choices.last().is_some_and(|c| c.1) => {
                            drop(e);
                            xml.skip()?;
                        }
                        "footnote" | "endnote" => {
                            if matches!(e.get("type").as_deref(), None | Some("normal")) {
                                let n = self.note_number(e.name() == "footnote", e.get("id"));
                                area =
                                    if e.name() == "footnote" { Area::Footnote(n) } else { Area::Endnote(n) };
                            } else {
                                // The line over the notes.
                                drop(e);
                                xml.skip()?;
                            }
                        }
                        "hyperlink" => {
                            let id = e.get("id").unwrap_or_default();
                            let target = relations.get(&id).map_or("", |r| r.target.as_str());
                            let link = *targets.entry(id).or_insert_with(|| self.out.flow.new_link(target));
                            s.links.push((e.depth, link));
                        }
                        _ => self.open(&e, &mut s, part),
                    }
                }
                Node::Close => {
                    let depth = xml.depth();
                    self.close(depth, &mut s, &area);
                    self.out.check(name)?;
                }
                Node::Text(text, at) if s.text > 0 => {
                    s.put(Piece::Text(clean(&text), of(part, at, OriginKind::Text)));
                }
                Node::Escaped(c, at) if s.text > 0 => {
                    s.put(Piece::Text(clean(&c.to_string()), of(part, at, OriginKind::Escaped)));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn note_number(&self, footnote: bool, id: Option<String>) -> u32 {
        let id = id.unwrap_or_default();
        let same = self.notes.iter().filter(|(kind, _)| *kind == footnote);
        same.clone().position(|(_, known)| *known == id).map_or(0, |i| i as u32 + 1)
    }

    fn open(&mut self, e: &Element, s: &mut State, part: u32) {
        let element = Some(of(part, e.at, OriginKind::Element));
        match e.name() {
            "p" if s.open.len() < MAX_BOXES => {
                let row = s.rows.last().copied().flatten();
                let in_box = s.rows.contains(&None);
                s.open.push(Paragraph { row, cell: row.is_some(), in_box, ..Paragraph::default() });
                s.paragraph_depths.push(e.depth);
            }
            "tr" => {
                s.rows.push(Some(self.out.flow.new_row()));
                s.row_depths.push(e.depth);
            }
            "txbxContent" => {
                s.rows.push(None);
                s.row_depths.push(e.depth);
            }
            "AlternateContent" => s.choices.push((e.depth, false)),
            "Choice" => s.before = s.pieces,
            "pPr" => s.ppr = e.depth,
            "rPr" => s.rpr = e.depth,
            "numPr" => s.num = e.depth,
            "checkbox" => s.checkbox = Some(false),
            "checked" if s.checkbox.is_some() => s.checkbox = Some(e.on()),
            "footnoteReference" => self.notes.push((true, e.get("id").unwrap_or_default())),
            "endnoteReference" => self.notes.push((false, e.get("id").unwrap_or_default())),
            name => {
                let Some(p) = s.open.last_mut() else { return };
                match name {
                    _ if s.rpr > 0 && s.ppr > 0 => p.mark.child(e),
                    "rStyle" if s.rpr > 0 => p.run_style = e.val(),
                    _ if s.rpr > 0 => p.look.child(e),
                    _ if s.num > 0 => p.num.child(e),
                    "pStyle" if s.ppr > 0 => p.style = e.val(),
                    "outlineLvl" if s.ppr > 0 => p.outline = e.number().and_then(|n| u8::try_from(n).ok()),
                    "shd" if s.ppr > 0 => p.background = Some(Paint(shading(e))),
                    _ if s.ppr > 0 => {}
                    "r" => (p.look, p.run_style) = (Patch::default(), None),
                    "t" => {
                        s.text = e.depth;
                        s.preserve = e.get("space").as_deref() == Some("preserve");
                        s.text_from = p.runs.len();
                    }
                    "tab" | "ptab" => s.put(Piece::Tab(element)),
                    "cr" => s.put(Piece::Break(element)),
                    "br" if matches!(e.get("type").as_deref(), None | Some("textWrapping")) => {
                        s.put(Piece::Break(element));
                    }
                    "noBreakHyphen" => {
                        s.put(Piece::Text("-".to_owned(), of(part, e.at, OriginKind::Element)));
                    }
                    "sym" => {
                        let code = e.get("char").and_then(|c| u32::from_str_radix(&c, 16).ok());
                        // Fonts of symbols answer to F0XX and to XX.
                        let code = code.map(|c| if c < 0x100 { 0xF000 + c } else { c });
                        if let Some(c) = code.and_then(char::from_u32) {
                            let text = clean(&symbol(c).to_string());
                            s.put(Piece::Text(text, of(part, e.at, OriginKind::Element)));
                        }
                    }
                    "commentRangeStart" => s.put(Piece::Comment(e.get("id").unwrap_or_default(), true)),
                    "commentRangeEnd" => s.put(Piece::Comment(e.get("id").unwrap_or_default(), false)),
                    _ => {}
                }
            }
        }
    }

    /// Closes what was open deeper than `depth`.
    fn close(&mut self, depth: usize, s: &mut State, area: &Area) {
        if depth < s.text {
            s.text = 0;
            if !s.preserve {
                s.trim();
            }
        }
        for open in [&mut s.rpr, &mut s.ppr, &mut s.num] {
            if depth < *open {
                *open = 0;
            }
        }
        s.links.pop_if(|(at, _)| depth < *at);
        if let Some(last) = s.choices.last_mut()
            && depth == last.0
            && s.pieces > s.before
        {
            last.1 = true;
        }
        s.choices.pop_if(|(at, _)| depth < *at);
        if s.row_depths.pop_if(|at| depth < *at).is_some() {
            s.rows.pop();
        }
        if s.paragraph_depths.pop_if(|at| depth < *at).is_some()
            && let Some(p) = s.open.pop()
        {
            match s.open.last_mut() {
                Some(host) => host.boxes.push(p),
                None => self.paragraph(p, &mut s.joined, area),
            }
        }
    }

    /// Puts down a paragraph and the text boxes in it.
    fn paragraph(&mut self, p: Paragraph, joined: &mut bool, area: &Area) {
        let rules = self.styles.paragraph(p.style.as_deref());
        let empty = p.runs.is_empty();
        if !(p.open && empty && p.boxes.is_empty()) {
            let inherited = rules.map(|r| (r.num, p.style.as_deref().unwrap_or_default()));
            let label = if *joined { None } else { self.numbering.label(p.num, inherited) };
            let area = match area {
                Area::Body if p.in_box => Area::TextBox,
                other => other.clone(),
            };
            if !*joined {
                let kind = kind(&p, rules, label.is_some(), &area);
                self.out.line(kind, p.row, area, None);
            }
            let base = Patch { background: p.background, ..Patch::default() };
            if let Some(label) = label {
                let look = self.styles.look(rules, None, base.over(p.mark));
                // The number of a hidden paragraph is hidden with it, but not by its mark alone.
                self.out.text(&label, Style { hidden: false, ..look }, None);
            }
            for run in p.runs {
                let look = self.styles.look(rules, run.style.as_deref(), base.over(run.look));
                put(&mut self.out, &mut self.anchors, run, look);
            }
            self.out.flow.link = 0;
        }
        *joined = p.open && !empty;
        for inner in p.boxes {
            self.paragraph(inner, &mut false, area);
        }
    }

    /// The comments, each with the text it is about.
    fn comments<R: BufRead>(&mut self, xml: &mut Xml<R>) -> Result<(), ReadError> {
        let mut current: Option<(usize, String, String)> = None;
        let mut text = 0;
        while let Some(node) = xml.next()? {
            match node {
                Node::Open(e) => match e.name() {
                    "comment" => current = Some((e.depth, e.get("id").unwrap_or_default(), String::new())),
                    "t" => text = e.depth,
                    "p" => {
                        if let Some((_, _, all)) = current.as_mut().filter(|c| !c.2.is_empty()) {
                            all.push('\n');
                        }
                    }
                    _ => {}
                },
                Node::Close => {
                    let depth = xml.depth();
                    if depth < text {
                        text = 0;
                    }
                    if let Some((_, id, all)) = current.take_if(|c| depth < c.0) {
                        self.out.comment(&all, self.anchors.get(&id).copied());
                    }
                }
                Node::Text(t, _) if text > 0 => {
                    if let Some(c) = &mut current {
                        c.2 += &t;
                    }
                }
                Node::Escaped(t, _) if text > 0 => {
                    if let Some(c) = &mut current {
                        c.2.push(t);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Puts down a piece of a paragraph.
fn put(out: &mut Extract, anchors: &mut BTreeMap<String, Span<Source>>, run: Run, look: Style) {
    out.flow.link = run.link;
    let look = Style { link: run.link != 0, ..look };
    match run.piece {
        Piece::Text(text, from) => {
            let at = out.end();
            out.text(&text, look, Some(from));
            if let Some(checked) = run.checkbox {
                out.flow.control(Span::new(at, out.end()), checked, true, None);
            }
        }
        Piece::Tab(from) => out.tab(look, from),
        Piece::Break(from) => out.line_break(look, from),
        Piece::Comment(id, start) => {
            let at = out.end();
            let span = anchors.entry(id).or_insert(Span::new(at, at));
            if !start {
                *span = Span::new(span.start, at);
            }
        }
    }
}

impl State {
    fn put(&mut self, piece: Piece) {
        let link = self.links.last().map_or(0, |l| l.1);
        let Some(p) = self.open.last_mut() else { return };
        let checkbox = if matches!(piece, Piece::Text(..)) { self.checkbox.take() } else { None };
        self.pieces += usize::from(!matches!(piece, Piece::Comment(..)));
        p.runs.push(Run { piece, look: p.look, style: p.run_style.clone(), link, checkbox });
    }

    /// Takes the white space off the ends of the `t` that was closed.
    fn trim(&mut self) {
        let Some(p) = self.open.last_mut() else { return };
        let blank = [' ', '\t', '\u{2028}'];
        if let Some(Run { piece: Piece::Text(text, from), .. }) = p.runs.get_mut(self.text_from) {
            let keep = text.trim_start_matches(blank).len();
            if from.kind == OriginKind::Text {
                from.start += (text.len() - keep) as u64;
                text.drain(..text.len() - keep);
            }
        }
        if p.runs.len() > self.text_from
            && let Some(Run { piece: Piece::Text(text, from), .. }) = p.runs.last_mut()
            && from.kind == OriginKind::Text
        {
            let keep = text.trim_end_matches(blank).len();
            from.end -= (text.len() - keep) as u64;
            text.truncate(keep);
        }
    }
}

/// Elements whose text is not read: what was deleted or moved away, what was before a change,
/// the reading beside a character, the instruction of a field.
fn skipped(e: &Element) -> bool {
    matches!(
        e.name(),
        "del"
            | "moveFrom"
            | "rPrChange"
            | "pPrChange"
            | "sectPrChange"
            | "tblPrChange"
            | "tcPrChange"
            | "trPrChange"
            | "numberingChange"
            | "instrText"
            | "delText"
            | "rt"
            | "tblPr"
            | "tcPr"
            | "tblGrid"
            | "docPr"
            | "textpath"
    )
}

fn of(part: u32, at: At, kind: OriginKind) -> From {
    From { part, start: at.0, end: at.1, kind }
}

/// Text that keeps to its line: a line feed in it is a space, in as many bytes.
fn clean(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

fn kind(p: &Paragraph, rules: Option<&Rules>, labelled: bool, area: &Area) -> BlockKind {
    let heading = p.outline.filter(|l| *l < 9).map(|l| l + 1).or_else(|| rules?.heading());
    match (area, heading) {
        (Area::Footnote(_) | Area::Endnote(_), _) => BlockKind::Footnote,
        _ if p.cell => BlockKind::Cell,
        (_, Some(level)) => BlockKind::Heading(level),
        _ if rules.is_some_and(Rules::is_caption) => BlockKind::Caption,
        _ if labelled => BlockKind::Item,
        _ => BlockKind::Paragraph,
    }
}
