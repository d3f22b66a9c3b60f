//! Presentations: the slides in their order, each followed by its notes.

use super::package::Package;
use super::xml::Node;
use super::{Area, Extract, From, OriginKind};
use crate::decode::ReadError;
use crate::{BlockKind, Style};

/// Size of text where nothing sets one, in CSS pixels (18 points).
const USUAL: f32 = 24.0;

pub(super) fn read(package: &mut Package, main: &str) -> Result<Extract, ReadError> {
    let relations = package.relations(main)?;
    let mut order = Vec::new();
    let mut xml = package.xml(main)?;
    while let Some(node) = xml.next()? {
        if let Node::Open(e) = node
            && e.name() == "sldId"
        {
            // `id` and `r:id` have one local name; the relation's is the one that is known.
            order.extend(e.all("id").into_iter().find(|id| relations.contains_key(id)));
        }
    }
    drop(xml);
    let mut out = Extract::default();
    for (i, id) in order.iter().enumerate() {
        let Some(slide) = relations.get(id).filter(|r| !r.external).map(|r| r.target.clone()) else {
            continue;
        };
        if !package.has(&slide) {
            continue;
        }
        let page = i as u32 + 1;
        let mut paragraph = 0;
        part(package, &mut out, &slide, page, &mut paragraph, &Area::Body)?;
        let notes = package.relations(&slide)?.into_values().find(|r| r.kind == "notesSlide" && !r.external);
        if let Some(notes) = notes.filter(|r| package.has(&r.target)) {
            part(package, &mut out, &notes.target, page, &mut paragraph, &Area::Notes)?;
        }
    }
    Ok(out)
}

fn part(
    package: &mut Package,
    out: &mut Extract,
    name: &str,
    page: u32,
    paragraph: &mut u32,
    area: &Area,
) -> Result<(), ReadError> {
    let index = out.part(name);
    let mut row = None;
    // Depth of the open row, paragraph, run properties, text and title; 0 for none.
    let (mut in_row, mut in_p, mut in_look, mut in_text, mut in_title) = (0, 0, 0, 0, 0);
    let mut look = Style::default();
    let plain = Style { size: Some(USUAL), ..Style::default() };
    let mut xml = package.xml(name)?;
    while let Some(node) = xml.next()? {
        match node {
            Node::Open(e) => match e.name() {
                // A second rendering of the same thing.
                "Fallback" => {
                    drop(e);
                    xml.skip()?;
                }
                "tr" => {
                    in_row = e.depth;
                    row = Some(out.flow.new_row());
                }
                "sp" => in_title = 0,
                "ph" if e.get("type").is_some_and(|t| t == "title" || t == "ctrTitle") => in_title = e.depth,
                "p" if in_p == 0 => {
                    in_p = e.depth;
                    *paragraph += 1;
                    let kind = match row {
                        Some(_) => BlockKind::Cell,
                        None if in_title > 0 => BlockKind::Heading(1),
                        None => BlockKind::Paragraph,
                    };
                    out.line(kind, row, area.clone(), Some((page, *paragraph)));
                }
                "r" | "fld" => look = plain,
                "rPr" => {
                    in_look = e.depth;
                    let on = |name: &str| {
                        e.get(name).is_some_and(|v| !matches!(v.as_str(), "0" | "false" | "none"))
                    };
                    look.bold = on("b");
                    look.italic = on("i");
                    look.underline = on("u");
                    look.strike = e.get("strike").is_some_and(|s| s != "noStrike");
                    let size = e
                        .get("sz")
                        .and_then(|s| s.parse::<f32>().ok())
                        .filter(|s| (100.0..=400_000.0).contains(s));
                    look.size = size.map(|s| s / 75.0).or(look.size);
                }
                "srgbClr" if in_look > 0 => {
                    look.color = e.val().and_then(|v| super::styles::color(&v)).filter(|c| *c != [0; 3]);
                }
                "br" if in_p > 0 => {
                    let from = From { part: index, start: e.at.0, end: e.at.1, kind: OriginKind::Element };
                    out.line_break(look, Some(from));
                }
                "t" if in_p > 0 => in_text = e.depth,
                _ => {}
            },
            Node::Close => {
                let depth = xml.depth();
                for open in [&mut in_row, &mut in_p, &mut in_look, &mut in_text] {
                    if depth < *open {
                        *open = 0;
                    }
                }
                if in_row == 0 {
                    row = None;
                }
                out.check(name)?;
            }
            Node::Text(text, at) if in_text > 0 => {
                let from = From { part: index, start: at.0, end: at.1, kind: OriginKind::Text };
                out.text(&text.replace(['\n', '\r'], " "), look, Some(from));
            }
            Node::Escaped(c, at) if in_text > 0 => {
                let from = From { part: index, start: at.0, end: at.1, kind: OriginKind::Escaped };
                out.text(&c.to_string().replace(['\n', '\r'], " "), look, Some(from));
            }
            _ => {}
        }
    }
    Ok(())
}
