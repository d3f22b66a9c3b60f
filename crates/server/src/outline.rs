//! The outline of a contract as document symbols and folding ranges, with its findings counted.

use crate::analysis::Analysis;
use crate::lsp::{DocumentSymbol, FoldingRange, FoldingRangeKind, Range, SymbolKind};
use crate::words::Words;
use shenyan_lint::Severity;
use shenyan_lint::text::Text;
use shenyan_read::BlockKind;
use std::ops::Range as Bytes;

/// A section: where it is and how deep, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Depth, 1 for the outermost.
    pub level: u8,
    /// Label and title.
    pub name: String,
    /// The whole section.
    pub span: Bytes<usize>,
    /// Its heading.
    pub heading: Bytes<usize>,
    /// Findings in it, sections inside included: errors, warnings, hints.
    pub counts: [u32; 3],
}

/// The sections of a document: the numbered ones, or where there are none its headings.
pub fn nodes(analysis: &Analysis) -> Vec<Node> {
    let Some(checked) = &analysis.checked else { return Vec::new() };
    let text = Text::new(&checked.doc, checked.linter.folder());
    let mut nodes: Vec<Node> = (text.outline().sections.iter())
        .map(|s| Node {
            level: s.level,
            // As it is written: folding is for matching.
            name: text.folded.to_original(s.heading).text(checked.doc.prose().text()).trim().to_owned(),
            span: text.source(s.span).range(),
            heading: text.source(s.heading).range(),
            counts: [0; 3],
        })
        .collect();
    if nodes.len() < 2 {
        nodes = headings(checked);
    }
    for (f, _) in analysis.findings() {
        let at = f.span.start as usize;
        let slot = match f.severity {
            Severity::Error => 0,
            Severity::Warning => 1,
            Severity::Hint => 2,
        };
        // Sections are in order of their start: none after the first that starts later holds it.
        let until = nodes.partition_point(|n| n.span.start <= at);
        for n in nodes[..until].iter_mut().filter(|n| at < n.span.end) {
            n.counts[slot] += 1;
        }
    }
    nodes
}

fn headings(checked: &crate::analysis::Checked) -> Vec<Node> {
    let doc = &checked.doc;
    let mut nodes: Vec<Node> = Vec::new();
    for b in doc.blocks() {
        let BlockKind::Heading(level) = b.kind else { continue };
        let span = doc.prose().to_original(b.span);
        let name = b.span.text(doc.prose().text()).trim().replace('\n', " ");
        nodes.push(Node { level, name, span: span.range(), heading: span.range(), counts: [0; 3] });
    }
    // A section ends where the next of its level or above starts.
    for i in 0..nodes.len() {
        let next = nodes[i + 1..].iter().find(|n| n.level <= nodes[i].level);
        nodes[i].span.end = next.map_or(doc.source().len(), |n| n.span.start).max(nodes[i].span.end);
    }
    nodes
}

/// The sections as a tree of symbols.
pub fn symbols(analysis: &Analysis) -> Vec<DocumentSymbol> {
    let words = Words::new(analysis.lang);
    let mut at = 0;
    tree(analysis, analysis.outline(), &mut at, 0, words)
}

fn tree(analysis: &Analysis, nodes: &[Node], at: &mut usize, above: u8, words: Words) -> Vec<DocumentSymbol> {
    let mut out = Vec::new();
    while let Some(node) = nodes.get(*at).filter(|n| n.level > above) {
        *at += 1;
        let children = tree(analysis, nodes, at, node.level, words);
        let range = |b: &Bytes<usize>| analysis.encoding.range(&analysis.rope, b);
        let whole = range(&(node.span.start..node.span.end.max(node.heading.end)));
        #[expect(deprecated, reason = "the field has no default")]
        out.push(DocumentSymbol {
            name: if node.name.is_empty() { "…".into() } else { node.name.clone() },
            detail: counted(node.counts, words),
            kind: SymbolKind::STRING,
            tags: None,
            deprecated: None,
            range: whole,
            selection_range: range(&node.heading),
            children: (!children.is_empty()).then_some(children),
        });
    }
    out
}

fn counted(counts: [u32; 3], words: Words) -> Option<String> {
    let levels = [Severity::Error, Severity::Warning, Severity::Hint];
    let some = levels.iter().zip(counts).filter(|(_, n)| *n > 0);
    let list: Vec<String> = some.map(|(s, n)| format!("{} {n}", words.level(*s))).collect();
    (!list.is_empty()).then(|| list.join(" "))
}

/// The sections of more than one line.
pub fn folds(analysis: &Analysis) -> Vec<FoldingRange> {
    let ranges = analysis.outline().iter().map(|n| {
        // The line break after a section is not part of what folds away.
        let text = analysis.rope.byte_slice(n.span.clone()).to_string();
        let end = n.span.start + text.trim_end().len();
        analysis.encoding.range(&analysis.rope, &(n.span.start..end.max(n.span.start)))
    });
    (ranges.filter(|r: &Range| r.start.line < r.end.line))
        .map(|r| FoldingRange {
            start_line: r.start.line,
            end_line: r.end.line,
            kind: Some(FoldingRangeKind::Region),
            ..FoldingRange::default()
        })
        .collect()
}
