//! Workbooks: the cells of each sheet, row by row. Numbers are the numbers that are stored, without
//! their format.

use super::package::Package;
use super::xml::Node;
use super::{Area, Extract};
use crate::decode::{MAX_BYTES, ReadError};
use crate::{BlockKind, Style};

pub(super) fn read(package: &mut Package, main: &str) -> Result<Extract, ReadError> {
    let relations = package.relations(main)?;
    let target =
        |kind: &str| relations.values().find(|r| r.kind == kind && !r.external).map(|r| r.target.clone());
    let strings = match target("sharedStrings").filter(|name| package.has(name)) {
        Some(name) => strings(package, &name)?,
        None => Vec::new(),
    };
    let mut sheets = Vec::new();
    let mut xml = package.xml(main)?;
    while let Some(node) = xml.next()? {
        if let Node::Open(e) = node
            && e.name() == "sheet"
            && let Some(part) = e.get("id").and_then(|id| relations.get(&id)).filter(|r| !r.external)
        {
            sheets.push((e.get("name").unwrap_or_default(), part.target.clone()));
        }
    }
    drop(xml);
    let mut out = Extract::default();
    for (sheet, name) in sheets {
        if package.has(&name) {
            cells(package, &mut out, &sheet, &name, &strings)?;
        }
    }
    Ok(out)
}

/// The strings that cells name by number.
fn strings(package: &mut Package, name: &str) -> Result<Vec<String>, ReadError> {
    let mut out: Vec<String> = Vec::new();
    let (mut in_text, mut total) = (0, 0);
    let mut xml = package.xml(name)?;
    while let Some(node) = xml.next()? {
        let last = out.last_mut();
        match (node, last) {
            (Node::Open(e), _) => match e.name() {
                "si" => out.push(String::new()),
                "t" => in_text = e.depth,
                // The reading beside a word.
                "rPh" => {
                    drop(e);
                    xml.skip()?;
                }
                _ => {}
            },
            (Node::Close, _) => in_text = if xml.depth() < in_text { 0 } else { in_text },
            (Node::Text(text, _), Some(last)) if in_text > 0 => {
                total += text.len() as u64;
                last.push_str(&text);
            }
            (Node::Escaped(c, _), Some(last)) if in_text > 0 => last.push(c),
            _ => {}
        }
        if total > MAX_BYTES {
            return Err(ReadError::Expands { part: name.to_owned(), limit: MAX_BYTES });
        }
    }
    Ok(out)
}

fn cells(
    package: &mut Package,
    out: &mut Extract,
    sheet: &str,
    name: &str,
    strings: &[String],
) -> Result<(), ReadError> {
    let mut row = None;
    let (mut in_cell, mut in_text) = (0, 0);
    let (mut cell, mut kind, mut text) = (String::new(), String::new(), String::new());
    let mut xml = package.xml(name)?;
    while let Some(node) = xml.next()? {
        match node {
            Node::Open(e) => match e.name() {
                "row" => row = Some(out.flow.new_row()),
                "c" => {
                    in_cell = e.depth;
                    cell = e.get("r").unwrap_or_default().chars().take(16).collect();
                    kind = e.get("t").unwrap_or_default();
                    text.clear();
                }
                "v" | "t" if in_cell > 0 => in_text = e.depth,
                _ => {}
            },
            Node::Close => {
                let depth = xml.depth();
                if depth < in_text {
                    in_text = 0;
                }
                if depth < in_cell {
                    in_cell = 0;
                    let shared =
                        (kind == "s").then(|| text.trim().parse::<usize>().ok().and_then(|i| strings.get(i)));
                    let shown = shared.map_or(Some(&text), |s| s).map_or("", String::as_str);
                    if !shown.trim().is_empty() {
                        let area = Area::Cell { sheet: sheet.to_owned(), cell: cell.clone() };
                        out.line(BlockKind::Cell, row, area, None);
                        out.text(&shown.replace(['\n', '\r'], "\u{2028}"), Style::default(), None);
                        out.check(name)?;
                    }
                }
            }
            Node::Text(t, _) if in_text > 0 => text.push_str(&t),
            Node::Escaped(c, _) if in_text > 0 => text.push(c),
            _ => {}
        }
    }
    Ok(())
}
