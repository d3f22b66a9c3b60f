//! Sentences, clauses and paragraphs of folded text.

use crate::fold::is_han;
use crate::span::{Folded, Span};

/// `start..end` without the white space at its ends, if anything is left.
pub(crate) fn trimmed(text: &str, start: usize, end: usize) -> Option<Span<Folded>> {
    let piece = text.get(start..end)?;
    let left = piece.len() - piece.trim_start().len();
    let kept = piece.trim().len();
    (kept > 0).then(|| Span::of(&(start + left..start + left + kept)))
}

/// Whether `c` closes a quotation or a bracket, and so belongs to what it closes.
fn closes(c: char) -> bool {
    matches!(c, '”' | '’' | '）' | '】' | '》' | '〉' | '〕' | ']')
}

/// The pieces of `start..end`, cut after each stretch that `cut` measures: given the text before
/// and the rest of the text, it answers the length of the mark there, 0 for none. `next` answers
/// how many bytes on a mark may begin: most characters are none, and are passed over byte by byte.
fn pieces(
    text: &str,
    range: std::ops::Range<usize>,
    next: impl Fn(&[u8]) -> Option<usize>,
    cut: impl Fn(&str, &str) -> usize,
) -> Vec<Span<Folded>> {
    let mut out = Vec::new();
    let Some(whole) = text.get(range.clone()) else {
        return out;
    };
    let (mut start, mut at) = (0, 0);
    while let Some(skipped) = next(&whole.as_bytes()[at..]) {
        at += skipped;
        let mut len = cut(&whole[..at], &whole[at..]);
        if len == 0 {
            at += whole[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        }
        // Closing marks and further marks of the kind stay with what they end.
        while let Some(next) = whole[at + len..].chars().next() {
            match cut(&whole[..at + len], &whole[at + len..]) {
                _ if closes(next) => len += next.len_utf8(),
                0 => break,
                more => len += more,
            }
        }
        at += len;
        out.extend(trimmed(text, range.start + start, range.start + at));
        start = at;
    }
    out.extend(trimmed(text, range.start + start, range.end));
    out
}

/// Length of the run of `c` that `text` starts with, if it has at least `least` of them.
fn run(text: &str, c: char, least: usize) -> usize {
    let len = text.len() - text.trim_start_matches(c).len();
    if len >= least * c.len_utf8() { len } else { 0 }
}

/// The sentences of `text`, in order, without white space at their ends, none empty.
///
/// A sentence ends after 。！？ or …… and the closing marks that follow, or at a line break;
/// never at a full stop of ASCII, which is part of numbers and names.
pub fn sentences(text: &str) -> Vec<Span<Folded>> {
    // What the marks begin with in UTF-8.
    let next = |rest: &[u8]| rest.iter().position(|b| matches!(b, b'\n' | 0xE2 | 0xE3 | 0xEF));
    pieces(text, 0..text.len(), next, |_, rest| match rest.chars().next() {
        Some('\n') => 1,
        Some('。' | '！' | '？') => 3,
        Some('…') => run(rest, '…', 2),
        _ => 0,
    })
}

/// The clauses of a sentence: cut after ，；： and ——, and at a blank between Han characters,
/// but not at 、, which joins the members of a list. The mark stays with the clause it ends.
pub fn clauses(text: &str, sentence: Span<Folded>) -> Vec<Span<Folded>> {
    let next = |rest: &[u8]| rest.iter().position(|b| matches!(b, b'\n' | b' ' | 0xE2 | 0xEF));
    pieces(text, sentence.range(), next, |before, rest| match rest.chars().next() {
        Some('，' | '；' | '：') => 3,
        Some('\n') => 1,
        Some('—') => run(rest, '—', 2),
        Some(' ')
            if before.chars().next_back().is_some_and(is_han)
                && rest[1..].chars().next().is_some_and(is_han) =>
        {
            1
        }
        _ => 0,
    })
}

/// The paragraphs of `text`: lines that are not blank, without white space at their ends.
pub fn paragraphs(text: &str) -> Vec<Span<Folded>> {
    let next = |rest: &[u8]| memchr::memchr(b'\n', rest);
    pieces(text, 0..text.len(), next, |_, rest| usize::from(rest.starts_with('\n')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, spans: &[Span<Folded>]) -> Vec<String> {
        spans.iter().map(|s| s.text(text).to_owned()).collect()
    }

    #[test]
    fn sentences_end_after_closing_marks() {
        let text = " 买一送一！！他问：“真的吗？”当然。（以店内为准。） 9.9元……\n\n活动9:00开始\n😀";
        assert_eq!(
            texts(text, &sentences(text)),
            [
                "买一送一！！",
                "他问：“真的吗？”",
                "当然。",
                "（以店内为准。）",
                "9.9元……",
                "活动9:00开始",
                "😀"
            ]
        );
        assert!(sentences(" \n\n ").is_empty());
    }

    #[test]
    fn clauses_keep_their_mark() {
        let text = "开头。本产品由甲、乙、丙提供，价格：9:00前“八折，”——限量；高收益 低风险 a b";
        let sentence = sentences(text)[1];
        assert_eq!(
            texts(text, &clauses(text, sentence)),
            ["本产品由甲、乙、丙提供，", "价格：", "9:00前“八折，”——", "限量；", "高收益", "低风险 a b"]
        );
        assert!(clauses("最", Span::new(1, 9)).is_empty());
    }

    #[test]
    fn paragraphs_are_lines() {
        let text = "第一段。还是第一段\n \n　第二段 \n";
        assert_eq!(texts(text, &paragraphs(text)), ["第一段。还是第一段", "第二段"]);
    }
}
