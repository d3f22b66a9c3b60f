//! The numbered outline of a document, read off the labels at line starts, and how a person
//! would cite a place in it.

use crate::bounds::paragraphs;
use crate::number::parse_numeral;
use crate::span::{Folded, Span};

/// Longest title of a section, in characters; more is text.
const TITLE: usize = 30;

/// A numbered section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Depth in the outline, 1 for the outermost.
    pub level: u8,
    /// The label as it stands: "第十二条", "三、", "（二）", "1.", "4.2".
    pub label: String,
    /// From the label to the end of the section's text, with all sections inside it.
    pub span: Span<Folded>,
    /// The label and the title on its line; only the label if text and no title follows it.
    pub heading: Span<Folded>,
    /// Index of the section around it.
    pub parent: Option<usize>,
}

/// Kinds of labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Part,
    Chapter,
    Division,
    Article,
    /// 一、
    Comma,
    /// （一）
    Item,
    /// 1. or 1、
    Point,
    /// 1.1, with so many numbers.
    Decimal(u8),
    /// （1）
    Digit,
}

/// A paragraph (款) of an article.
#[derive(Debug, Clone, Copy)]
struct Paragraph {
    article: usize,
    start: u32,
    /// From 1.
    number: u32,
}

/// The sections of a text.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    /// In order of the text: a section comes before the sections inside it.
    pub sections: Vec<Section>,
    /// By section.
    kinds: Vec<Kind>,
    paragraphs: Vec<Paragraph>,
}

impl Outline {
    /// The outline of folded text.
    pub fn of(text: &str) -> Self {
        let lines: Vec<_> = paragraphs(text).into_iter().map(|p| (p, label(p.text(text)))).collect();
        let first = |is: fn(Kind) -> bool| lines.iter().position(|(_, l)| l.is_some_and(|(k, _)| is(k)));
        let decimal = first(|k| matches!(k, Kind::Decimal(_)));
        // 1.1 stands below 一、 where that comes first, else above it; and 1. above 1.1.
        let below_comma =
            first(|k| k == Kind::Comma).is_some_and(|comma| decimal.is_some_and(|decimal| comma < decimal));
        let base = if below_comma { 45 } else { 30 };
        let rank = |kind| match kind {
            Kind::Part => 0,
            Kind::Chapter => 1,
            Kind::Division => 2,
            Kind::Article => 3,
            Kind::Comma => 44,
            Kind::Point if decimal.is_some() => base + 1,
            Kind::Decimal(n) => base + n,
            Kind::Item => 60,
            Kind::Point => 61,
            Kind::Digit => 62,
        };

        let mut outline = Self::default();
        // Indices of the open sections, outermost first.
        let mut open: Vec<usize> = Vec::new();
        let mut end = 0;
        for (line, label) in &lines {
            if line.text(text).starts_with("（以下无正文") {
                break;
            }
            let Some((kind, len)) = *label else {
                outline.continue_with(*line, &mut open, end);
                end = line.end;
                continue;
            };
            while let Some(&top) = open.last() {
                if rank(outline.kinds[top]) < rank(kind) {
                    break;
                }
                outline.close(top, end);
                open.pop();
            }
            let title = line.text(text)[len..].trim_start_matches([' ', '、', '.', '：']);
            let titled = title.chars().count() <= TITLE && !title.contains(['。', '；', '，', '！', '？']);
            let index = outline.sections.len();
            outline.sections.push(Section {
                level: open.len() as u8 + 1,
                label: shown(kind, &line.text(text)[..len]),
                span: *line,
                heading: if titled { *line } else { Span::new(line.start, line.start + len as u32) },
                parent: open.last().copied(),
            });
            outline.kinds.push(kind);
            open.push(index);
            if kind == Kind::Article && !titled {
                outline.paragraphs.push(Paragraph { article: index, start: line.start, number: 1 });
            }
            end = line.end;
        }
        for index in open {
            outline.close(index, end);
        }
        outline
    }

    fn close(&mut self, index: usize, end: u32) {
        self.sections[index].span.end = end;
    }

    /// Takes a line without a label into the open sections: in an article it is its next
    /// paragraph and ends the items of the one before.
    fn continue_with(&mut self, line: Span<Folded>, open: &mut Vec<usize>, end: u32) {
        let Some(depth) = open.iter().rposition(|&i| self.kinds[i] == Kind::Article) else {
            return;
        };
        // 12.1 under 第十二条 has paragraphs of its own, which nobody numbers.
        if open[depth..].iter().any(|&i| matches!(self.kinds[i], Kind::Decimal(_))) {
            return;
        }
        for index in open.drain(depth + 1..) {
            self.close(index, end);
        }
        let article = open[depth];
        let number = match self.paragraphs.last() {
            Some(last) if last.article == article => last.number + 1,
            // 第十二条 违约责任, then its first item, then this line: the items stand in the first.
            _ if self.sections.len() > article + 1 => 2,
            _ => 1,
        };
        self.paragraphs.push(Paragraph { article, start: line.start, number });
    }

    /// The innermost section at a byte offset.
    pub fn section_at(&self, at: u32) -> Option<usize> {
        let mut index = self.sections.partition_point(|s| s.span.start <= at).checked_sub(1)?;
        while !self.sections[index].span.contains(at) {
            index = self.sections[index].parent?;
        }
        Some(index)
    }

    /// How a person would cite the place: "第十二条第二款第（三）项", "三、（二）", "4.2"; nothing
    /// outside of numbered text.
    ///
    /// Chapters are left out where there is an article, and a paragraph (款) is only named in an
    /// article that has more than one.
    pub fn citation(&self, at: u32) -> Option<String> {
        let mut chain = Vec::new();
        let mut next = Some(self.section_at(at)?);
        while let Some(index) = next {
            chain.push(index);
            // Nothing above these is needed to find them.
            if matches!(self.kinds[index], Kind::Article | Kind::Decimal(_)) {
                break;
            }
            next = self.sections[index].parent;
        }
        let mut out = String::new();
        let mut in_article = false;
        for &index in chain.iter().rev() {
            let label = &self.sections[index].label;
            let bare = label.trim_end_matches(['.', '、']);
            match self.kinds[index] {
                Kind::Article => {
                    in_article = true;
                    out += label;
                    if let Some(number) = self.paragraph(index, at) {
                        out.extend(["第", &chinese(number), "款"]);
                    }
                }
                Kind::Item if in_article => out.extend(["第", label, "项"]),
                Kind::Point | Kind::Digit if in_article => out.extend(["第", bare, "目"]),
                _ => out += label,
            }
        }
        Some(out)
    }

    /// Number of the article's paragraph at `at`, if it has several.
    fn paragraph(&self, article: usize, at: u32) -> Option<u32> {
        let from = self.paragraphs.partition_point(|p| p.article < article);
        let all = &self.paragraphs[from..];
        let all = &all[..all.partition_point(|p| p.article == article)];
        if all.last()?.number < 2 || at < self.sections[article].heading.end && all[0].start > at {
            return None;
        }
        let before = all.partition_point(|p| p.start <= at);
        Some(before.checked_sub(1).map_or(1, |i| all[i].number))
    }
}

/// A small number in Chinese.
fn chinese(n: u32) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let ones = DIGITS[(n % 10) as usize];
    match n {
        0 | 100.. => n.to_string(),
        1..10 => ones.to_owned(),
        10..20 => format!("十{ones}"),
        _ => format!("{}十{ones}", DIGITS[(n / 10) as usize]),
    }
}

/// The label without blanks, and without a last full stop in 4.2.
fn shown(kind: Kind, label: &str) -> String {
    let label = label.replace(' ', "");
    if matches!(kind, Kind::Decimal(_)) { label.trim_end_matches('.').to_owned() } else { label }
}

/// Length of the numeral that `text` starts with, of Chinese characters or of ASCII digits.
fn ordinal(text: &str, han: bool) -> Option<usize> {
    let len = if han {
        text.find(|c| !"〇零一二三四五六七八九十百千两".contains(c))
    } else {
        text.find(|c: char| !c.is_ascii_digit())
    };
    let len = len.unwrap_or(text.len());
    // Nothing is numbered in the hundreds but articles: 2026. is a year.
    let value = parse_numeral(&text[..len])?;
    (value >= 1.0 && (han || value < 1000.0) && (han || !text.starts_with('0'))).then_some(len)
}

/// Kind and length of the label at the start of a line.
fn label(line: &str) -> Option<(Kind, usize)> {
    if let Some(rest) = line.strip_prefix('第') {
        return unit_label(rest).map(|(kind, len)| (kind, "第".len() + len));
    }
    if let Some(rest) = line.strip_prefix('（') {
        let (kind, len) = match ordinal(rest, true) {
            Some(len) => (Kind::Item, len),
            None => (Kind::Digit, ordinal(rest, false).filter(|&len| len <= 2)?),
        };
        return rest[len..].starts_with('）').then_some((kind, len + 6));
    }
    if let Some(len) = ordinal(line, true) {
        return line[len..].starts_with('、').then_some((Kind::Comma, len + 3));
    }
    let first = ordinal(line, false).filter(|&len| len <= 2)?;
    let mut len = first;
    if line[len..].starts_with('、') {
        return Some((Kind::Point, len + 3));
    }
    let mut numbers = 1;
    while let Some(next) = line[len..].strip_prefix('.').and_then(|rest| ordinal(rest, false)) {
        if next > 2 || numbers == 9 {
            return None;
        }
        len += 1 + next;
        numbers += 1;
    }
    let rest = &line[len..];
    if let Some(after) = rest.strip_prefix('.') {
        let kind = if numbers == 1 { Kind::Point } else { Kind::Decimal(numbers) };
        // 1.05 is an amount.
        return (!after.starts_with(|c: char| c.is_ascii_digit())).then_some((kind, len + 1));
    }
    // An amount such as 1.5万元 has its unit right after it.
    let amount = |c: char| {
        c.is_ascii_alphanumeric()
            || "万亿元%‰倍折年月日天个块千百号米小分成寸克斤升吨版￥-~:：，。".contains(c)
    };
    (numbers > 1 && !rest.is_empty() && !rest.starts_with(amount)).then_some((Kind::Decimal(numbers), len))
}

/// 第X编, 章, 节 or 条, after 第.
fn unit_label(rest: &str) -> Option<(Kind, usize)> {
    let blank = |at: usize| usize::from(rest[at..].starts_with(' '));
    let mut len = blank(0);
    len += ordinal(&rest[len..], true).or_else(|| ordinal(&rest[len..], false))?;
    len += blank(len);
    let unit = rest[len..].chars().next()?;
    let kind = match unit {
        '编' => Kind::Part,
        '章' => Kind::Chapter,
        '节' => Kind::Division,
        '条' => Kind::Article,
        _ => return None,
    };
    len += unit.len_utf8();
    if kind == Kind::Article
        && let Some(more) = rest[len..].strip_prefix('之').and_then(|r| ordinal(r, true))
    {
        len += "之".len() + more;
    }
    // 第十二条规定的 is a reference at the start of a line, 第一节课 another word.
    let tail = &rest[len..];
    let reference = [
        "规定", "约定", "所", "第", "的", "至", "、", "和", "及", "或", "中", "之", "件", "款", "课", "辑",
        "，", "）",
    ];
    (!reference.iter().any(|r| tail.starts_with(r))).then_some((kind, len))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTRACT: &str = "房屋租赁合同\n第一章 总则\n第一条 为明确双方权利，订立本合同。\n第二条 押金\n甲方收取押金1000元。\n\
        有下列情形之一的，不予退还：\n（一）逾期不付；\n（二）损坏房屋，包括：\n1.墙面；\n2.地面。\n乙方另有约定的除外。\n\
        第二节 其他\n第十二条甲方应当：\n（一）交付房屋；\n第十二条规定的义务不得转让。\n（以下无正文）\n甲方：";

    fn cite(text: &str, at: &str) -> Option<String> {
        Outline::of(text).citation(text.find(at).unwrap() as u32)
    }

    #[test]
    fn articles() {
        for (at, expected) in [
            ("房屋租赁", None),
            ("总则", Some("第一章")),
            ("为明确", Some("第一条")),
            ("押金\n", Some("第二条")),
            ("收取", Some("第二条第一款")),
            ("有下列", Some("第二条第二款")),
            ("逾期", Some("第二条第二款第（一）项")),
            ("地面", Some("第二条第二款第（二）项第2目")),
            ("乙方另有", Some("第二条第三款")),
            ("其他", Some("第一章第二节")),
            ("交付", Some("第十二条第一款第（一）项")),
            ("规定的义务", Some("第十二条第二款")),
            ("甲方：", None),
        ] {
            assert_eq!(cite(CONTRACT, at).as_deref(), expected, "{at}");
        }
    }

    #[test]
    fn spans_levels_and_headings() {
        let outline = Outline::of(CONTRACT);
        let labels: Vec<_> =
            outline.sections.iter().map(|s| (s.level, s.label.as_str(), s.heading.text(CONTRACT))).collect();
        assert_eq!(
            labels[..3],
            [(1, "第一章", "第一章 总则"), (2, "第一条", "第一条"), (2, "第二条", "第二条 押金")]
        );
        let second = &outline.sections[2];
        assert!(second.span.text(CONTRACT).ends_with("除外。"));
        assert_eq!(outline.sections[3].parent, Some(2));
        assert!(outline.sections[0].span.covers(second.span));
    }

    #[test]
    fn lists() {
        let text = "一、活动时间\n1.5万元封顶\n2026年1月1日起\n二、规则\n三、奖励\n（一）现金\n（二）实物\n1.手机\n（1）国产\n2、电脑";
        assert_eq!(cite(text, "封顶").as_deref(), Some("一、"));
        assert_eq!(cite(text, "2026").as_deref(), Some("一、"));
        assert_eq!(cite(text, "实物").as_deref(), Some("三、（二）"));
        assert_eq!(cite(text, "手机").as_deref(), Some("三、（二）1."));
        assert_eq!(cite(text, "国产").as_deref(), Some("三、（二）1.（1）"));
        assert_eq!(cite(text, "电脑").as_deref(), Some("三、（二）2、"));
    }

    #[test]
    fn decimals() {
        let text = "1. 定义\n1.1 本合同指本协议。\n补充说明\n4 付款\n4. 付款\n4.2付款方式：\n（1）转账\n4.2.1. 细节 \n1.05倍\n12.5%";
        assert_eq!(cite(text, "定义").as_deref(), Some("1."));
        assert_eq!(cite(text, "补充").as_deref(), Some("1.1"));
        assert_eq!(cite(text, "付款方式").as_deref(), Some("4.2"));
        assert_eq!(cite(text, "转账").as_deref(), Some("4.2（1）"));
        assert_eq!(cite(text, "细节").as_deref(), Some("4.2.1"));
        assert_eq!(cite(text, "1.05").as_deref(), Some("4.2.1"));
        let outline = Outline::of("一、总则\n1.1 范围\n二、其他");
        assert_eq!(outline.sections[1].parent, Some(0));
        assert_eq!(Outline::of("第三条 服务\n3.1 内容\n说明").citation(30).as_deref(), Some("3.1"));
    }

    #[test]
    fn small_numbers_in_chinese() {
        assert_eq!([1, 10, 12, 20, 35].map(chinese), ["一", "十", "十二", "二十", "三十五"]);
    }
}
