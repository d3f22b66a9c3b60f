//! Inline ignores: `<!-- 审言:忽略 absolute/superlative 理由：注册商标 至 2027-06-30 -->`.
//!
//! Alone on its line it covers the next line that has text, behind text its own line;
//! `审言:忽略段` (`shenyan-ignore-block`) covers the next paragraph and `审言:忽略文件`
//! (`shenyan-ignore-file`) the file. A comment that says what it is about, as in Word, covers the
//! paragraphs of that. A reason is required; one without is not obeyed.

use crate::date::Date;
use shenyan_read::{Comment, Document};
use shenyan_text::span::{Source, Span};

/// What an editor puts where the reason belongs. It is no reason: until a person replaces it the
/// ignore is not obeyed.
pub const PLACEHOLDER: &str = "（请写明理由）";

/// The same in English.
pub const PLACEHOLDER_EN: &str = "(state the reason)";

/// An ignore as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignore {
    /// The comment.
    pub at: Span<Source>,
    /// Rule ids or families.
    pub rules: Vec<String>,
    /// Why; empty when it was left out.
    pub reason: String,
    /// Last day, or what stood there instead of a date.
    pub until: Option<Result<Date, String>>,
    /// What it covers.
    pub covers: Span<Source>,
}

impl Ignore {
    /// Whether it names the rule or its family.
    pub fn names(&self, rule: &str) -> bool {
        let family = rule.split('/').next().unwrap_or_default();
        self.rules.iter().any(|r| r == rule || r == family || r == "all")
    }
}

/// All ignores of a document, in order.
pub fn parse(doc: &Document) -> Vec<Ignore> {
    doc.comments().iter().filter_map(|c| parse_one(doc.source(), *c)).collect()
}

#[derive(Clone, Copy)]
enum Reach {
    Line,
    Block,
    File,
}

fn parse_one(source: &str, comment: Comment) -> Option<Ignore> {
    let Comment { span: at, about } = comment;
    let inner = at.text(source).trim_start_matches("<!--").trim_end_matches("-->").trim();
    let heads = ["审言:忽略", "审言：忽略", "shenyan-ignore"];
    let rest = heads.iter().find_map(|h| inner.strip_prefix(h))?;
    let reaches = [
        ("文件", Reach::File),
        ("全文", Reach::File),
        ("-file", Reach::File),
        ("段落", Reach::Block),
        ("段", Reach::Block),
        ("-block", Reach::Block),
        ("本行", Reach::Line),
        ("行", Reach::Line),
        ("-line", Reach::Line),
    ];
    let (reach, rest) = (reaches.iter())
        .find_map(|(word, reach)| rest.strip_prefix(word).map(|r| (*reach, r)))
        .unwrap_or((Reach::Line, rest));
    let markers = ["理由：", "理由:", "reason:", "reason："];
    let (ids, tail) = (markers.iter()).find_map(|m| rest.split_once(m)).unwrap_or((rest, ""));
    let rules =
        ids.split([',', '，', '、', ' ', '\t', '\n']).filter(|s| !s.is_empty()).map(str::to_owned).collect();
    let (reason, until) = match tail.rsplit_once(" 至 ").or_else(|| tail.rsplit_once(" until ")) {
        Some((reason, date)) => {
            let date = date.trim();
            (reason, Some(date.parse().map_err(|_| date.to_owned())))
        }
        None => (tail, None),
    };
    let reason = reason.trim();
    let reason = if [PLACEHOLDER, PLACEHOLDER_EN].contains(&reason) { "" } else { reason };
    Some(Ignore { at, rules, reason: reason.to_owned(), until, covers: covers(source, at, about, reach) })
}

fn covers(source: &str, at: Span<Source>, about: Option<Span<Source>>, reach: Reach) -> Span<Source> {
    let len = source.len() as u32;
    if let (Some(about), Reach::Line | Reach::Block) = (about, reach) {
        let start = source[..about.start as usize].rfind('\n').map_or(0, |i| i as u32 + 1);
        let end = source[about.end as usize..].find('\n').map_or(len, |i| about.end + i as u32);
        return Span::new(start, end);
    }
    let before = &source[..at.start as usize];
    let after = &source[at.end as usize..];
    let line_start = before.rfind('\n').map_or(0, |i| i + 1) as u32;
    let line_end = after.find('\n').map_or(len, |i| at.end + i as u32);
    let alone = Span::<Source>::new(line_start, at.start).text(source).trim().is_empty()
        && Span::<Source>::new(at.end, line_end).text(source).trim().is_empty();
    // The next line with text, and for a block on to the next blank line.
    let next = |block: bool| {
        let mut start = line_end;
        let mut end = len;
        let mut offset = line_end;
        let mut seen = false;
        for line in source[line_end as usize..].split_inclusive('\n') {
            let blank = line.trim().is_empty();
            if !blank && !seen {
                (start, seen) = (offset, true);
            }
            offset += line.len() as u32;
            if seen && (blank || !block) {
                end = offset;
                break;
            }
        }
        Span::new(start, end)
    };
    match reach {
        Reach::File => Span::new(0, len),
        Reach::Line if alone => next(false),
        Reach::Line => Span::new(line_start, line_end),
        Reach::Block => next(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shenyan_read::Format;

    fn one(text: &str) -> (Ignore, String) {
        let doc = Document::from_text(text.to_owned(), Format::Markdown);
        let i = parse(&doc).remove(0);
        let covered = i.covers.text(doc.source()).to_owned();
        (i, covered)
    }

    #[test]
    fn a_line_a_block_and_a_file() {
        let (i, covered) = one(
            "第一行\n<!-- 审言:忽略 absolute/superlative 理由：注册商标 至 2027-06-30 -->\n\n第二行\n第三行\n",
        );
        assert_eq!(i.rules, ["absolute/superlative"]);
        assert_eq!(i.reason, "注册商标");
        assert_eq!(i.until, Some(Ok("2027-06-30".parse().unwrap())));
        assert_eq!(covered, "第二行\n");
        let (_, covered) = one("甲 <!-- shenyan-ignore fee reason: tested -->\n乙");
        assert!(covered.starts_with('甲') && !covered.contains('乙'));
        let (i, covered) = one("<!-- 审言：忽略段 fee, clause 理由：样本 -->\n甲\n乙\n\n丙");
        assert!(i.names("clause/x") && !i.names("absolute/x"));
        assert_eq!(covered, "甲\n乙\n\n");
        let (_, covered) = one("甲\n\n<!-- 审言:忽略文件 all 理由：样本 -->\n");
        assert!(covered.starts_with('甲'));
    }

    #[test]
    fn what_is_missing_is_seen() {
        assert_eq!(one("<!-- 审言:忽略 fee -->\n甲").0.reason, "");
        for left in [PLACEHOLDER, PLACEHOLDER_EN] {
            let (i, _) = one(&format!("<!-- 审言:忽略 fee 理由：{left} 至 2027-06-30 -->\n甲"));
            assert_eq!((i.reason.as_str(), i.until.is_some()), ("", true));
        }
        assert_eq!(one("<!-- 审言:忽略 fee 理由：样本 至 明年 -->\n甲").0.until, Some(Err("明年".into())));
    }
}
