//! The reader of plain text.

use crate::BlockKind;
use crate::flow::{Content, Flow};
use shenyan_text::span::Span;
use std::ops::Range;

/// Lines cut at less than this many Han widths are meant to be short.
const MIN_WIDTH: usize = 24;

/// How far the widths of the lines of cut text are apart, in Han widths.
const SLACK: usize = 2;

pub(crate) fn read(source: &str) -> Content {
    let mut flow = Flow::default();
    let comments = comments(source);
    let mut comment = 0;
    let mut paragraph: Vec<Range<usize>> = Vec::new();
    for line in lines(source) {
        while comments.get(comment).is_some_and(|c| c.end <= line.start) {
            comment += 1;
        }
        let touched = comments.get(comment).is_some_and(|c| c.start < line.end);
        let text = source.get(line.clone()).unwrap_or_default();
        if !touched && !text.trim().is_empty() {
            paragraph.push(line);
            continue;
        }
        put_paragraph(&mut flow, source, &paragraph);
        paragraph.clear();
        // What is left of a line with comments in it is a block.
        let mut from = line.start;
        let mut next = comment;
        while let Some(c) = comments.get(next).filter(|c| c.start < line.end) {
            flow.text(from as u32, source.get(from..c.start).unwrap_or_default());
            from = c.end;
            next += 1;
        }
        flow.text(from as u32, source.get(from..line.end).unwrap_or_default());
        flow.boundary(BlockKind::Paragraph, None);
    }
    put_paragraph(&mut flow, source, &paragraph);
    for comment in &comments {
        flow.comment(Span::of(comment));
    }
    flow.finish()
}

/// The places of `<!-- … -->`.
fn comments(source: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = 0;
    let find = |from: usize, what: &str| source.get(from..)?.find(what).map(|i| from + i);
    while let Some(start) = find(from, "<!--")
        && let Some(end) = find(start + 4, "-->")
    {
        from = end + 3;
        out.push(start..from);
    }
    out
}

/// The lines without their ends.
fn lines(source: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    source.split_inclusive(['\n', '\r']).filter_map(move |line| {
        let start = from;
        from += line.len();
        // The second half of "\r\n" ends no line of its own.
        let half = line == "\n" && source.get(..start).is_some_and(|s| s.ends_with('\r'));
        (!half).then(|| start..start + line.trim_end_matches(['\n', '\r']).len())
    })
}

/// Lines with no blank line between them.
fn put_paragraph(flow: &mut Flow, source: &str, lines: &[Range<usize>]) {
    let texts: Vec<&str> = lines.iter().map(|l| source.get(l.clone()).unwrap_or_default()).collect();
    let joined = joints(&texts);
    for (i, (line, text)) in lines.iter().zip(&texts).enumerate() {
        match i.checked_sub(1) {
            Some(before) if joined.get(before) == Some(&true) => {
                let text = text.trim_start();
                let at = line.end - text.len();
                let end = lines.get(before).map_or(at, |l| l.end);
                flow.space(Span::of(&(end..at)), true);
                flow.text(at as u32, text.trim_end());
            }
            _ => {
                flow.boundary(BlockKind::Paragraph, None);
                flow.text(line.start as u32, text.trim_end());
            }
        }
    }
    flow.boundary(BlockKind::Paragraph, None);
}

/// For each line but the last, whether it was cut by the width of a page only.
fn joints(lines: &[&str]) -> Vec<bool> {
    if lines.len() < 3 {
        return Vec::new();
    }
    let widths: Vec<usize> = lines.iter().map(|l| width(l)).collect();
    let widest = widths.iter().copied().max().unwrap_or(0);
    let is_full = |w: usize| w >= MIN_WIDTH && w + SLACK >= widest;
    let joints: Vec<bool> =
        lines.windows(2).map(|pair| !matches!(pair, [a, b] if ends(a) || starts(a, b))).collect();
    let consistent = joints.iter().zip(&widths).all(|(&joint, &w)| !joint || is_full(w));
    let full = widths.iter().filter(|&&w| is_full(w)).count();
    if consistent && full >= 2 { joints } else { Vec::new() }
}

/// Width of a line in Han characters.
fn width(line: &str) -> usize {
    line.trim_end().chars().map(|c| if c < '\u{2000}' { 1 } else { 2 }).sum::<usize>() / 2
}

/// Whether a line cannot be the rest of the paragraph that the line before it belongs to.
#[cfg(feature = "pdf")]
pub(crate) fn breaks(previous: &str, line: &str) -> bool {
    ends(previous) || starts(previous, line)
}

fn ends(line: &str) -> bool {
    line.trim_end().ends_with(['。', '！', '？', '；', '：', '!', '?', ';', ':', '.'])
}

/// Marks that start an item.
const MARKS: &str = "-*+•·●○◆◇■□☐☑☒✅√✓※★☆▪►>#|①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳";

/// Whether a line starts a paragraph, an item or a clause of its own.
fn starts(previous: &str, line: &str) -> bool {
    let indent = |l: &str| l.starts_with('\u{3000}') || l.starts_with("  ") || l.starts_with('\t');
    let text = line.trim_start();
    let is_number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十百零〇".contains(c);
    let after = text.trim_start_matches(['（', '(', '第']).trim_start_matches(is_number);
    let numbered = match text.chars().next() {
        Some('第') => after.starts_with(['条', '章', '节', '款', '项', '编', '部']),
        Some('（' | '(') => after.starts_with(['）', ')']) && after.len() < text.len() - 3,
        Some(c) => {
            let label = after.starts_with(['、', '.', '．', ')', '）']);
            is_number(c) && label && !after.get(1..).is_some_and(|a| a.starts_with(is_number))
        }
        None => true,
    };
    (indent(line) && !indent(previous))
        || numbered
        || text.starts_with(|c| MARKS.contains(c))
        || text.starts_with("附件")
}

#[cfg(test)]
mod tests {
    use crate::{Document, Format};
    use shenyan_text::span::Span;

    fn blocks(source: &str) -> Vec<String> {
        let doc = Document::from_text(source.to_owned(), Format::Plain);
        doc.blocks().iter().map(|b| b.span.text(doc.prose().text()).to_owned()).collect()
    }

    #[test]
    fn lines_are_blocks() {
        assert_eq!(blocks("　　甲方： 张三\r\n\r\n乙方\r// 丙\n"), ["甲方： 张三", "乙方", "// 丙"]);
        assert!(blocks(" \n\r\n").is_empty());
    }

    #[test]
    fn comments_and_addresses_are_not_prose() {
        let source = "无<!-- 忽略\n多行 -->效 见 https://a.cn 吧\n<!-- 未完";
        let doc = Document::from_text(source.to_owned(), Format::Plain);
        assert_eq!(blocks(source), ["无", "效 见  吧", "<!-- 未完"]);
        assert_eq!(doc.comments().len(), 1);
        assert_eq!(doc.comments()[0].span.text(source), "<!-- 忽略\n多行 -->");
        assert_eq!(blocks("无<!-- x -->效"), ["无效"]);
    }

    #[test]
    fn hard_wrapped_lines_are_joined() {
        let line = "本合同一方当事人未按照约定履行义务的应当向对方支付违约金并赔偿全部损失以及"; // 37
        let source = format!("{line}\r\n{line}\n合理费用。\n第三条{}\n{line}\n（一）尾", &line[9..]);
        assert_eq!(
            blocks(&source),
            [format!("{line}{line}合理费用。"), format!("第三条{}{line}", &line[9..]), "（一）尾".to_owned()]
        );
        let doc = Document::from_text(source.clone(), Format::Plain);
        let at = doc.prose().text().find("及本").unwrap();
        assert_eq!(doc.prose().to_original(Span::of(&(at..at + 6))).text(&source), "及\r\n本");
        // Slogans of one length are not text that was cut, nor are two lines.
        assert_eq!(blocks("全场五折起\n买一送一啦\n先到先得哦").len(), 3);
        assert_eq!(blocks(&format!("{line}\n{line}")).len(), 2);
        // One short line in between tells that lines end where their author ended them.
        assert_eq!(blocks(&format!("{line}\n短\n{line}\n{line}")).len(), 4);
    }
}
