//! The numbered outline of a document, read off the labels at line starts, and how a person
//! would cite a place in it.

use crate::bounds::paragraphs;
use crate::number::parse_numeral;
use crate::span::{Folded, Span};
use std::collections::HashMap;

/// Longest title of a section, in characters; more is text.
const TITLE: usize = 30;
/// Most lines from an item of a list to the next; looking on to the end for each line would take
/// a long text the square of its length.
const AHEAD: usize = 400;
/// Characters of Chinese ordinals.
const HAN_DIGITS: &str = "〇零一二三四五六七八九十百千两";

/// A numbered section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Depth in the outline, 1 for the outermost.
    pub level: u8,
    /// The label as it stands: "第十二条", "三、", "（二）", "1.", "4.2", "附件一".
    pub label: String,
    /// From the label to the end of the section's text, with all sections inside it.
    pub span: Span<Folded>,
    /// The label and the title on its line; only the label if text and no title follows it.
    pub heading: Span<Folded>,
    /// Length of the label in bytes of folded text, from the start of the heading.
    pub label_len: u32,
    /// Index of the section around it.
    pub parent: Option<usize>,
}

/// Kinds of labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    /// 附件一
    Annex,
    /// 第一编, 第一部分
    Part,
    Chapter,
    Division,
    /// 第十二条, Article 12
    Article,
    /// 一、
    Comma,
    /// 1.1, with so many numbers; 1. above 1.1 has one.
    Decimal(u8),
    /// （一）
    Item,
    /// 1. or 1、
    Point,
    /// （1）
    Digit,
    /// 1）
    Half,
    /// ①
    Circled,
    /// （a）, a. or a）
    Letter,
}

impl Kind {
    /// Lists inside a clause: which of them stands in which is up to the document.
    const fn is_list(self) -> bool {
        matches!(self, Self::Item | Self::Point | Self::Digit | Self::Half | Self::Circled | Self::Letter)
    }
}

/// A label at the start of a line.
#[derive(Debug, Clone, Copy)]
struct Label {
    kind: Kind,
    len: usize,
    /// The number it ends with.
    number: u32,
    /// The number it starts with.
    first: u32,
}

/// A paragraph (款) of an article.
#[derive(Debug, Clone, Copy)]
struct Paragraph {
    article: usize,
    start: u32,
    /// From 1.
    number: u32,
}

/// What a line is in its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// Running text.
    Running,
    /// A cell of a table or a text box: part of the paragraph before, if it has no label.
    Inserted,
    /// A footnote, a header or a footer: in no section.
    Outside,
}

/// What became of a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    /// The place is there.
    Found,
    /// The text is numbered that way and has no such place.
    Missing,
    /// The numbering of the text does not say.
    Unknown,
}

/// The sections of a text.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    /// In order of the text: a section comes before the sections inside it.
    pub sections: Vec<Section>,
    /// By section.
    kinds: Vec<Kind>,
    /// By section: the number its label ends with.
    numbers: Vec<u32>,
    /// By section: the number its label starts with.
    firsts: Vec<u32>,
    /// By section: another section has the same label, so that the label alone is not enough.
    repeated: Vec<bool>,
    paragraphs: Vec<Paragraph>,
}

impl Outline {
    /// The outline of folded text.
    pub fn of(text: &str) -> Self {
        Self::with(text, &|_| None, &|_| LineKind::Running)
    }

    /// The outline of folded text, with what its lines were before: the first character, since ①
    /// folds to a mere 1, and what kind of line it is.
    pub fn with(
        text: &str,
        original: &dyn Fn(u32) -> Option<char>,
        line_kind: &dyn Fn(u32) -> LineKind,
    ) -> Self {
        let lines: Vec<_> = (paragraphs(text).into_iter())
            .map(|p| {
                let line = p.text(text);
                let circled = line.starts_with(|c: char| c.is_ascii_digit());
                (
                    p,
                    circled
                        .then(|| circled_label(line, original(p.start)?))
                        .flatten()
                        .or_else(|| label(line)),
                )
            })
            .collect();
        let first = |is: fn(Kind) -> bool| lines.iter().position(|(_, l)| l.is_some_and(|l| is(l.kind)));
        let decimal = first(|k| matches!(k, Kind::Decimal(_)));
        // 1.1 stands below 一、 where that comes first, else above it.
        let below_comma =
            first(|k| k == Kind::Comma).is_some_and(|comma| decimal.is_some_and(|decimal| comma < decimal));
        let base = if below_comma { 45 } else { 30 };
        let rank = |kind| match kind {
            Kind::Annex => 0,
            Kind::Part => 1,
            Kind::Chapter => 2,
            Kind::Division => 3,
            Kind::Article => 4,
            Kind::Comma => 44,
            Kind::Decimal(n) => base + n,
            _ => 60,
        };

        let mut outline = Self::default();
        // Indices of the open sections, outermost first.
        let mut open: Vec<usize> = Vec::new();
        let mut end = 0;
        // The line before broke off in the middle of a sentence.
        let mut broken = false;
        // By section: the line it starts on.
        let mut line_of: Vec<usize> = Vec::new();
        for (at, (line, label)) in lines.iter().enumerate() {
            let line_kind = line_kind(line.start);
            if line_kind == LineKind::Outside {
                for index in open.drain(..) {
                    outline.close(index, end);
                }
                continue;
            }
            let closed = line.text(text).ends_with(['。', '；', '：', '！', '？', '”', '）', '…']);
            let Some(mut label) = *label else {
                if line_kind == LineKind::Inserted || std::mem::replace(&mut broken, !closed) {
                    // Part of the paragraph before.
                } else if is_end(line.text(text)) {
                    for index in open.drain(..) {
                        outline.close(index, end);
                    }
                } else {
                    if outline.list_is_over(at, &lines, &open, &line_of)
                        && let Some(index) = open.pop()
                    {
                        outline.close(index, end);
                    }
                    // A line between two items of a list is part of the first.
                    if !open.iter().any(|&i| outline.goes_on(i, at, &lines)) {
                        outline.continue_with(*line, &mut open, end);
                    }
                }
                end = line.end;
                continue;
            };
            if label.kind == Kind::Point
                && decimal.is_some()
                && outline.heads_decimals(label, at, &lines, &open)
            {
                label.kind = Kind::Decimal(1);
            }
            let kind = label.kind;
            // A list goes on where one of its kind is open; else it starts inside what is open.
            let depth = if kind.is_list() {
                open.iter().rposition(|&i| outline.kinds[i] == kind)
            } else {
                open.iter().position(|&i| rank(outline.kinds[i]) >= rank(kind))
            };
            for index in open.drain(depth.unwrap_or(open.len())..) {
                outline.close(index, end);
            }
            let title = line.text(text)[label.len..].trim_start_matches([' ', '、', '.', '：']);
            let titled = title.chars().count() <= TITLE && !title.contains(['。', '；', '，', '！', '？']);
            let index = outline.sections.len();
            outline.sections.push(Section {
                level: open.len() as u8 + 1,
                label: shown(kind, &line.text(text)[..label.len], &|i| original(line.start + i)),
                span: *line,
                heading: if titled { *line } else { Span::new(line.start, line.start + label.len as u32) },
                label_len: label.len as u32,
                parent: open.last().copied(),
            });
            line_of.push(at);
            outline.kinds.push(kind);
            outline.numbers.push(label.number);
            outline.firsts.push(label.first);
            // A label on a line of its own has its text on the next.
            broken = !titled && !closed || title.is_empty() && kind.is_list();
            open.push(index);
            // 第十二条 甲方应当： is no title but the first words of what follows.
            if kind == Kind::Article && (!titled || title.ends_with('：')) {
                outline.paragraphs.push(Paragraph { article: index, start: line.start, number: 1 });
            }
            end = line.end;
        }
        for index in open {
            outline.close(index, end);
        }
        outline.mark_repeated();
        outline
    }

    /// Whether 1. is the head of 1.1, 1.2 …, rather than an item of a list among them.
    fn heads_decimals(
        &self,
        label: Label,
        at: usize,
        lines: &[(Span<Folded>, Option<Label>)],
        open: &[usize],
    ) -> bool {
        let goes_on = |&i: &usize| self.kinds[i] == Kind::Point && self.numbers[i] + 1 == label.number;
        if open.iter().any(goes_on) {
            return false;
        }
        let decimal = |l: &(Span<Folded>, Option<Label>)| {
            l.1.filter(|l| matches!(l.kind, Kind::Decimal(_))).map(|l| l.first)
        };
        let next = lines[at + 1..].iter().position(|l| decimal(l).is_some()).map(|i| at + 1 + i);
        let after = next.and_then(|i| decimal(&lines[i]));
        // Another 1. right above 1.1 is its head, and this one belongs to a list before.
        let nearer = lines[at + 1..next.unwrap_or(at + 1)].iter().rev().find_map(|l| l.1);
        if nearer.is_some_and(|l| (l.kind, l.number) == (label.kind, label.number)) {
            return false;
        }
        let before = (self.kinds.iter().rposition(|k| matches!(k, Kind::Decimal(_)))).map(|i| self.firsts[i]);
        after == Some(label.number) && before != after
            || before.is_some_and(|n: u32| n + 1 == label.number) && after.is_none_or(|n| n > label.number)
    }

    /// Whether a line without a label stands behind the list before it, not in its last item: the
    /// items stood line by line, and the list does not go on after the line.
    ///
    /// In an article the line is its next paragraph anyway; after a first item nothing tells.
    fn list_is_over(
        &self,
        at: usize,
        lines: &[(Span<Folded>, Option<Label>)],
        open: &[usize],
        line_of: &[usize],
    ) -> bool {
        let Some(&last) = open.last() else { return false };
        let kind = self.kinds[last];
        let same = |i: usize| self.kinds[i] == kind && self.sections[i].parent == self.sections[last].parent;
        let Some(before) = last.checked_sub(1).filter(|&i| same(i)) else { return false };
        let line_by_line = line_of[last] + 1 == at && line_of[before] + 1 == line_of[last];
        kind.is_list()
            && line_by_line
            && self.numbers[before] + 1 == self.numbers[last]
            && !self.goes_on(last, at, lines)
    }

    /// Whether the list of an item has its next item after a line.
    fn goes_on(&self, item: usize, at: usize, lines: &[(Span<Folded>, Option<Label>)]) -> bool {
        let (kind, number) = (self.kinds[item], self.numbers[item]);
        let mut labels = lines[at + 1..].iter().take(AHEAD).filter_map(|(_, l)| *l);
        let next = labels.find(|l| l.kind == kind || !l.kind.is_list());
        kind.is_list() && next.is_some_and(|l| l.kind == kind && l.number == number + 1)
    }

    fn close(&mut self, index: usize, end: u32) {
        self.sections[index].span.end = end;
    }

    fn mark_repeated(&mut self) {
        let mut seen: HashMap<(Kind, &str), usize> = HashMap::new();
        let mut repeated = vec![false; self.sections.len()];
        for (i, s) in self.sections.iter().enumerate() {
            if let Some(other) = seen.insert((self.kinds[i], &s.label), i) {
                repeated[i] = true;
                repeated[other] = true;
            }
        }
        self.repeated = repeated;
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
            // 第十二条 with 1. and 2. right below: those are its paragraphs, this closes the list.
            _ if self.kinds.get(article + 1) == Some(&Kind::Point) => return,
            // 第十二条 违约责任, then its first item, then this line: nobody would call the items a
            // paragraph, so that this is not the second one.
            _ if self.sections.len() > article + 1 => return,
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

    /// Whether a section is a clause that people cite by itself (第三条, 三、, 3.2, 附件一), not
    /// an item of a list in one.
    pub fn is_clause(&self, index: usize) -> bool {
        let Some(kind) = self.kinds.get(index) else { return false };
        // A list that stands in nothing is what the document is numbered by.
        !kind.is_list()
            || self.sections[index].parent.is_none_or(|p| {
                matches!(self.kinds[p], Kind::Annex | Kind::Part | Kind::Chapter | Kind::Division)
            })
    }

    /// How a person would cite the place: "第十二条第二款第（三）项", "三、（二）", "4.2",
    /// "附件一第三条"; nothing outside of numbered text.
    ///
    /// Chapters are left out where the article alone is enough to find, and a paragraph (款) is
    /// only named in an article that has more than one.
    pub fn citation(&self, at: u32) -> Option<String> {
        Some(self.cite(self.section_at(at)?, Some(at)))
    }

    /// How a person would cite a section as a whole.
    pub fn name(&self, index: usize) -> String {
        self.cite(index, None)
    }

    fn cite(&self, index: usize, at: Option<u32>) -> String {
        let mut chain = Vec::new();
        let mut next = Some(index);
        let mut found = false;
        while let Some(index) = next {
            let kind = self.kinds[index];
            // Nothing above these is needed to find them, but for an annex.
            if !found || kind == Kind::Annex {
                chain.push(index);
            }
            found |= matches!(kind, Kind::Article | Kind::Decimal(_)) && !self.repeated[index];
            next = self.sections[index].parent;
        }
        let mut out = String::new();
        // What the last step was called: 条 1, 款 2, 项 3, 目 4; 0 is none of them.
        let mut step = 0;
        for &index in chain.iter().rev() {
            let label = &self.sections[index].label;
            let bare = label.trim_end_matches(['.', '、']);
            let kind = self.kinds[index];
            if kind == Kind::Article {
                out += label;
                step = 1;
                if let Some(number) = at.and_then(|at| self.paragraph(index, at)) {
                    out.extend(["第", &chinese(number), "款"]);
                    step = 2;
                }
            } else if step > 0 && step < 4 && kind.is_list() {
                // 第三条 with 1. and 2. right below is cited as 第三条第1款.
                step = if step == 1 && kind == Kind::Point { 2 } else { step.max(2) + 1 };
                out.extend(["第", bare, ["款", "项", "目"][step - 2]]);
            } else if out.ends_with(|c: char| c.is_ascii_digit())
                && label.starts_with(|c: char| c.is_ascii_digit())
            {
                // 1.1 and 2. would run together.
                out.extend(["第", bare, "项"]);
            } else {
                out += label;
            }
        }
        out
    }

    /// Number of the article's paragraph at `at`, if it has several.
    fn paragraph(&self, article: usize, at: u32) -> Option<u32> {
        let all = self.paragraphs_of(article);
        if all.last()?.number < 2 || at < self.sections[article].heading.end && all[0].start > at {
            return None;
        }
        let before = all.partition_point(|p| p.start <= at);
        Some(before.checked_sub(1).map_or(1, |i| all[i].number))
    }

    fn paragraphs_of(&self, article: usize) -> &[Paragraph] {
        let from = self.paragraphs.partition_point(|p| p.article < article);
        let all = &self.paragraphs[from..];
        &all[..all.partition_point(|p| p.article == article)]
    }

    /// Looks up a reference such as "第十二条", "第十二条第二款", "第3.2条", "第四章", "附件三".
    ///
    /// Careful: where the text is not numbered in a way that could answer, it says so.
    pub fn resolve(&self, reference: &str) -> Reference {
        let text: String = reference.chars().filter(|c| *c != ' ').collect();
        if let Some(rest) = text.strip_prefix("附件") {
            let Some(number) = parse_numeral(rest) else { return Reference::Unknown };
            let annexes = self.numbered(|k| k == Kind::Annex);
            return Self::among(&annexes, number, 2);
        }
        let Some(rest) = text.strip_prefix('第') else { return Reference::Unknown };
        let decimal = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        if rest[..decimal].trim_end_matches('.').contains('.') {
            let wanted = rest[..decimal].trim_end_matches('.');
            let decimals: Vec<&str> = (self.sections.iter().zip(&self.kinds))
                .filter(|(_, k)| matches!(k, Kind::Decimal(_)))
                .map(|(s, _)| s.label.trim_end_matches('.'))
                .collect();
            let inside =
                |l: &&str| l.strip_prefix(wanted).is_some_and(|r| r.is_empty() || r.starts_with('.'));
            // 3.2 in a text numbered 第三条 with 2. below it is one way of saying 第三条第2款.
            let parent = wanted.rsplit_once('.').map_or("", |(p, _)| p);
            let siblings =
                decimals.iter().any(|l| l.strip_prefix(parent).is_some_and(|r| r.starts_with('.')));
            return match () {
                () if decimals.iter().any(inside) => Reference::Found,
                () if siblings && decimals.len() > 4 => Reference::Missing,
                () => Reference::Unknown,
            };
        }
        let Some(len) = ordinal(rest, true).or_else(|| ordinal(rest, false)) else {
            return Reference::Unknown;
        };
        let Some(number) = parse_numeral(&rest[..len]) else { return Reference::Unknown };
        let after = &rest[len..];
        if after.starts_with('章') {
            return Self::among(&self.numbered(|k| k == Kind::Chapter), number, 2);
        }
        let Some(after) = after.strip_prefix('条') else { return Reference::Unknown };
        let mut all = self.numbered(|k| matches!(k, Kind::Article | Kind::Comma));
        // Where nothing is called an article, 第五条 is what is headed 5. or 五、; there may also be
        // 5.1 without a 5.
        all.extend(self.numbered_lists());
        let firsts = self.kinds.iter().zip(&self.firsts).filter(|(k, _)| matches!(k, Kind::Decimal(_)));
        all.extend(firsts.map(|(_, n)| *n));
        let found = Self::among(&all, number, 3);
        let paragraph = after.strip_prefix('第').and_then(|rest| {
            let len = ordinal(rest, true).or_else(|| ordinal(rest, false))?;
            rest[len..].starts_with('款').then(|| parse_numeral(&rest[..len])).flatten()
        });
        match paragraph {
            Some(paragraph) if found == Reference::Found => self.has_paragraph(number, paragraph),
            _ => found,
        }
    }

    fn among(all: &[u32], number: f64, least: usize) -> Reference {
        match () {
            () if all.iter().any(|n| (f64::from(*n) - number).abs() < 0.5) => Reference::Found,
            () if all.len() < least => Reference::Unknown,
            () => Reference::Missing,
        }
    }

    fn numbered(&self, is: impl Fn(Kind) -> bool) -> Vec<u32> {
        (self.kinds.iter().zip(&self.numbers)).filter(|(k, _)| is(**k)).map(|(_, n)| *n).collect()
    }

    fn numbered_lists(&self) -> Vec<u32> {
        (0..self.sections.len())
            .filter(|i| self.kinds[*i] == Kind::Point && self.is_clause(*i))
            .map(|i| self.numbers[i])
            .collect()
    }

    /// Whether an article of that number has so many paragraphs, however they are counted.
    fn has_paragraph(&self, article: f64, paragraph: f64) -> Reference {
        let mut most = None;
        for (i, (kind, n)) in self.kinds.iter().zip(&self.numbers).enumerate() {
            if (f64::from(*n) - article).abs() > 0.5 {
                continue;
            }
            if *kind != Kind::Article {
                // 一、 and 1. are not divided in a way that could be counted for certain.
                if matches!(kind, Kind::Comma | Kind::Decimal(_)) {
                    return Reference::Unknown;
                }
                continue;
            }
            let unnumbered = self.paragraphs_of(i).last().map_or(0, |p| p.number);
            let numbered = (0..self.sections.len()).filter(|c| self.sections[*c].parent == Some(i));
            let numbered = numbered.map(|c| self.numbers[c]).max().unwrap_or(0);
            most = Some(most.unwrap_or(0).max(unnumbered).max(numbered));
        }
        match most {
            Some(most) if paragraph <= f64::from(most.max(1)) => Reference::Found,
            Some(_) => Reference::Missing,
            None => Reference::Unknown,
        }
    }
}

/// Whether a line ends the text that is numbered: that nothing follows, or the first line for
/// signatures (甲方（盖章）：).
fn is_end(line: &str) -> bool {
    // A line for a signature is short (characters have at most four bytes) and no sentence: most
    // lines are told apart by that, and are not searched.
    let may = line.len() <= 60 * 4 && !line.contains(['。', '；']);
    let signs = || {
        ["盖章", "签字", "签章", "签名", "公章"].iter().any(|word| {
            line.match_indices(word).any(|(at, _)| {
                let rest = line[at + word.len()..].trim_start_matches([' ', '）']);
                rest.starts_with('：') || rest.is_empty() && line.ends_with('）')
            })
        })
    };
    line.starts_with("（以下无正文") || may && signs() && line.chars().count() <= 60
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

/// The label without blanks, without a last full stop in 4.2, as it stood before folding.
fn shown(kind: Kind, label: &str, original: &dyn Fn(u32) -> Option<char>) -> String {
    match kind {
        Kind::Circled => return original(0).map_or_else(|| label.to_owned(), String::from),
        // Folding makes a small letter of the capital.
        Kind::Letter => {
            let at = label.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(0);
            let letter =
                original(at as u32).filter(|c| c.eq_ignore_ascii_case(&char::from(label.as_bytes()[at])));
            if let Some(letter) = letter {
                return format!("{}{letter}{}", &label[..at], &label[at + 1..]);
            }
        }
        Kind::Article if label.is_ascii() => {
            let mut words = label.split(' ').filter(|w| !w.is_empty());
            let word = words.next().unwrap_or_default();
            let number = words.collect::<String>();
            let (head, tail) = word.split_at(word.len().min(1));
            return format!("{}{tail} {number}", head.to_ascii_uppercase());
        }
        _ => {}
    }
    let label = label.replace(' ', "");
    match kind {
        Kind::Decimal(1) => label,
        Kind::Decimal(_) => label.trim_end_matches(['.', '、']).to_owned(),
        Kind::Annex => label.trim_end_matches('：').to_owned(),
        _ => label,
    }
}

/// Length of the numeral that `text` starts with, of Chinese characters or of ASCII digits.
fn ordinal(text: &str, han: bool) -> Option<usize> {
    let len =
        if han { text.find(|c| !HAN_DIGITS.contains(c)) } else { text.find(|c: char| !c.is_ascii_digit()) };
    let len = len.unwrap_or(text.len());
    // Nothing is numbered in the hundreds but articles: 2026. is a year.
    let value = parse_numeral(&text[..len])?;
    (value >= 1.0 && (han || value < 1000.0) && (han || !text.starts_with('0'))).then_some(len)
}

/// The label of a line that started with ① before it was folded.
fn circled_label(line: &str, original: char) -> Option<Label> {
    let number = match original {
        '①'..='⑳' => original as u32 - '①' as u32 + 1,
        '❶'..='❿' => original as u32 - '❶' as u32 + 1,
        '⑴'..='⒇' => original as u32 - '⑴' as u32 + 1,
        _ => return None,
    };
    let len = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let len = if len > 0 { len } else { return None };
    Some(Label { kind: Kind::Circled, len, number, first: number })
}

/// The label at the start of a line.
fn label(line: &str) -> Option<Label> {
    let (kind, len) = kind_and_len(line)?;
    let text: String = line[..len].chars().filter(|c| !"第（）() .、：".contains(*c) || *c == '.').collect();
    let number = |s: &str| {
        let s = s.trim_matches(|c: char| !c.is_ascii_digit() && !HAN_DIGITS.contains(c));
        #[expect(clippy::cast_sign_loss, reason = "ordinals are not negative")]
        parse_numeral(s).map_or(0, |n| n as u32)
    };
    let parts: Vec<&str> = text.split('.').filter(|p| !p.is_empty()).collect();
    let last = number(parts.last().copied().unwrap_or_default());
    Some(Label { kind, len, number: last, first: number(parts.first().copied().unwrap_or_default()) })
}

/// Kind and length of the label at the start of a line.
fn kind_and_len(line: &str) -> Option<(Kind, usize)> {
    if let Some(rest) = line.strip_prefix('第') {
        return unit_label(rest).map(|(kind, len)| (kind, "第".len() + len));
    }
    if line.starts_with("附件") || line.starts_with("附录") {
        return annex_label(line).map(|len| (Kind::Annex, len));
    }
    if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return letter_label(line);
    }
    if let Some(rest) = line.strip_prefix('（') {
        if rest.starts_with(|c: char| c.is_ascii_lowercase()) && rest[1..].starts_with('）') {
            return Some((Kind::Letter, 7));
        }
        let (kind, len) = match ordinal(rest, true) {
            Some(len) => (Kind::Item, len),
            None => (Kind::Digit, ordinal(rest, false).filter(|&len| len <= 2)?),
        };
        return rest[len..].starts_with('）').then_some((kind, len + 6));
    }
    if let Some(len) = ordinal(line, true) {
        let rest = &line[len..];
        let gap = usize::from(rest.starts_with(' '));
        let mark = rest[gap..].chars().next().filter(|c| matches!(c, '、' | '.'))?;
        return Some((Kind::Comma, len + gap + mark.len_utf8()));
    }
    let first = ordinal(line, false).filter(|&len| len <= 2)?;
    let mut len = first;
    if line[len..].starts_with('、') {
        return Some((Kind::Point, len + 3));
    }
    if line[len..].starts_with('）') {
        return Some((Kind::Half, len + 3));
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
    if let Some(after) = rest.strip_prefix('.').or_else(|| rest.strip_prefix('、').filter(|_| numbers > 1)) {
        let kind = if numbers == 1 { Kind::Point } else { Kind::Decimal(numbers) };
        // 1.05 is an amount.
        let mark = rest.len() - after.len();
        return (!after.starts_with(|c: char| c.is_ascii_digit())).then_some((kind, len + mark));
    }
    // An amount such as 1.5万元 has its unit right after it.
    let amount = |c: char| {
        c.is_ascii_alphanumeric()
            || "万亿元%‰倍折年月日天个块千百号米小分成寸克斤升吨版￥-~:：，。".contains(c)
    };
    // 1.5：1 is a proportion, 5.1：合作方式 a heading.
    let heading = |rest: &str| rest.starts_with(|c: char| !c.is_ascii() && !"，。：".contains(c));
    let headed = rest.strip_prefix('：').is_some_and(heading);
    (numbers > 1 && !rest.is_empty() && (headed || !rest.starts_with(amount)))
        .then_some((Kind::Decimal(numbers), len))
}

/// Length of 附件, 附件一 or 附录2：, if it heads an annex and is not part of a sentence.
fn annex_label(line: &str) -> Option<usize> {
    let mut len = "附件".len();
    len += usize::from(line[len..].starts_with(' '));
    let numbered = ordinal(&line[len..], true).or_else(|| ordinal(&line[len..], false));
    len += numbered.unwrap_or(0);
    let rest = &line[len..];
    let title = rest.trim_start_matches([' ', '：', '、', '.']);
    let sentence = title.contains(['。', '；', '，']) || title.chars().count() > TITLE;
    // 附件 alone may head a list of what is enclosed; with a number it is a place to cite.
    let apart = rest.is_empty() || rest.len() != title.len() || rest.starts_with(['《', '（']);
    (!sentence && apart && numbered.is_some() || rest.is_empty()).then_some(len)
}

/// article 12, section 3.1, a. or a）.
fn letter_label(line: &str) -> Option<(Kind, usize)> {
    if let Some(word) = ["article ", "section ", "clause "].iter().find(|w| line.starts_with(**w)) {
        let len = word.len() + ordinal(&line[word.len()..], false)?;
        let rest = line[len..].trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let end = line.len() - rest.len();
        let end = if line[..end].ends_with('.') { end - 1 } else { end };
        // "section 3 applies" is a reference.
        let title = line[end..].trim_start_matches([' ', '.', '：', '-', '—']);
        let head = title.is_empty()
            || line[end..].starts_with(['.', '：', ' ']) && title.len() <= 2 * TITLE && !title.ends_with('.');
        return head.then_some((Kind::Article, end));
    }
    let mark = line[1..].chars().next().filter(|c| matches!(c, '.' | '）' | '、'))?;
    let rest = &line[1 + mark.len_utf8()..];
    // p.2p and e.g. are words; a. 甲方 is an item.
    let apart = rest.starts_with(|c: char| c == ' ' || !c.is_ascii());
    apart.then_some((Kind::Letter, 1 + mark.len_utf8()))
}

/// 第X编, 部分, 章, 节 or 条, after 第.
fn unit_label(rest: &str) -> Option<(Kind, usize)> {
    let blank = |at: usize| usize::from(rest[at..].starts_with(' '));
    let mut len = blank(0);
    len += ordinal(&rest[len..], true).or_else(|| ordinal(&rest[len..], false))?;
    len += blank(len);
    let (unit, kind) = [
        ("编", Kind::Part),
        ("部分", Kind::Part),
        ("章", Kind::Chapter),
        ("节", Kind::Division),
        ("条", Kind::Article),
    ]
    .into_iter()
    .find(|(unit, _)| rest[len..].starts_with(unit))?;
    len += unit.len();
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
    // 第一条、租金 is a heading, 第一条、第二条 a list of references.
    let listed = tail.strip_prefix('、').is_some_and(|t| !t.starts_with(['第', '本']));
    (listed || !reference.iter().any(|r| tail.starts_with(r))).then_some((kind, len))
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
    fn lists_nest_as_the_document_has_them() {
        let text = "1. 甲方拥有房屋\n2. 乙方承租\n第一条 租金\n1、月租\n（一）现金\n（二）转账\n2、押金\n1）数额\na. 首次\n第二条 其他\n（1）通知\n第三条\n1）利息";
        assert_eq!(cite(text, "拥有").as_deref(), Some("1."));
        assert_eq!(cite(text, "月租").as_deref(), Some("第一条第1款"));
        assert_eq!(cite(text, "转账").as_deref(), Some("第一条第1款第（二）项"));
        assert_eq!(cite(text, "押金").as_deref(), Some("第一条第2款"));
        assert_eq!(cite(text, "数额").as_deref(), Some("第一条第2款第1）项"));
        assert_eq!(cite(text, "首次").as_deref(), Some("第一条第2款第1）项第a目"));
        assert_eq!(cite(text, "通知").as_deref(), Some("第二条第（1）项"));
        assert_eq!(cite(text, "利息").as_deref(), Some("第三条第1）项"));
    }

    #[test]
    fn cells_and_footnotes_are_no_paragraphs() {
        let text =
            "第一条 费用\n甲方收费如下：\n项目\n月费\n乙方按月支付。\n第二条 其他\n1. 通知\n甲方：\n脚注";
        let kind = |at: u32| match &text[at as usize..] {
            t if t.starts_with("项目") || t.starts_with("月费") => LineKind::Inserted,
            t if t.starts_with("脚注") => LineKind::Outside,
            _ => LineKind::Running,
        };
        let outline = Outline::with(text, &|_| None, &kind);
        let at = |s: &str| outline.citation(text.find(s).unwrap() as u32);
        assert_eq!(at("月费").as_deref(), Some("第一条第一款"));
        assert_eq!(at("乙方按月").as_deref(), Some("第一条第二款"));
        assert_eq!(at("通知").as_deref(), Some("第二条第1款"));
        assert_eq!(at("脚注"), None);
    }

    #[test]
    fn a_line_that_breaks_off_goes_on_in_the_next() {
        let text =
            "第一条 定金\n乙方应于\n前付清定金。\n（一）付现金的，应当\n转账；\n（二）支票。\n甲方应开收据。";
        assert_eq!(cite(text, "前付清").as_deref(), Some("第一条第一款"));
        assert_eq!(cite(text, "转账").as_deref(), Some("第一条第一款第（一）项"));
        assert_eq!(cite(text, "支票").as_deref(), Some("第一条第一款第（二）项"));
        assert_eq!(cite(text, "开收据").as_deref(), Some("第一条第二款"));
    }

    #[test]
    fn a_line_behind_a_list_is_not_in_its_last_item() {
        let text = "鉴于：\n1）甲方需要场地；\n2）乙方愿意提供。\n双方订立本合同。\n第一条 场地\n1）面积十平方米；\n2）朝南。\n乙方保证无纠纷。";
        assert_eq!(cite(text, "愿意").as_deref(), Some("2）"));
        assert_eq!(cite(text, "双方订立"), None);
        assert_eq!(cite(text, "朝南").as_deref(), Some("第一条第2）项"));
        assert_eq!(cite(text, "保证").as_deref(), Some("第一条"));
        let steps = "注册\n1.填手机号\n2.收短信\n3.设密码\n下一步\n点击即同意\n1、协议\n1.1 范围";
        assert_eq!(cite(steps, "点击"), None);
        let fees = "三、费用\n1.月费；\n2.年费。\n以上不含税。\n四、其他";
        assert_eq!(cite(fees, "以上").as_deref(), Some("三、"));
        // A list that goes on, or whose items have text of their own, keeps the line.
        let text = "1.定义\n2.服务\n甲方应当到场。\n3.费用\n按月支付。\n另计加班。";
        assert_eq!(cite(text, "到场").as_deref(), Some("2."));
        assert_eq!(cite(text, "另计").as_deref(), Some("3."));
    }

    #[test]
    fn signatures_end_the_last_clause() {
        let text =
            "第八条 解释\n本合同一式两份。\n甲方（盖章）： 乙方（签字）：\n日期：2026年1月1日\n附件一 清单";
        assert_eq!(cite(text, "一式").as_deref(), Some("第八条"));
        assert_eq!(cite(text, "日期"), None);
        assert_eq!(
            cite("第一条 生效\n本合同自签字盖章之日起生效。\n另有约定的除外。", "另有").as_deref(),
            Some("第一条第二款")
        );
    }

    #[test]
    fn labels_alone_on_a_line_and_before_a_colon() {
        let text = "第一条 服务\n1）\n甲方到场，\n准时开始。\n2）\n乙方付费。\n另计交通费。";
        assert_eq!(cite(text, "准时").as_deref(), Some("第一条第1）项"));
        assert_eq!(cite(text, "付费").as_deref(), Some("第一条第2）项"));
        assert_eq!(cite(text, "交通").as_deref(), Some("第一条"));
        let text = "第五条 合作\n5.1：方式\n门店推广。\n5.2、费用\n比例为\n1.5：1。";
        assert_eq!(cite(text, "推广").as_deref(), Some("5.1"));
        assert_eq!(cite(text, "1.5").as_deref(), Some("5.2"));
    }

    #[test]
    fn a_line_between_two_items_is_part_of_the_first() {
        let text = "第十条 服务如下：\n1、甲方到场；\n2、乙方付费。\n（1）现金；\n（2）转账。\n逾期的，另计利息。\n3、双方保密。\n终止后仍有效。\n第十一条 其他";
        assert_eq!(cite(text, "逾期").as_deref(), Some("第十条第一款第2项"));
        assert_eq!(cite(text, "保密").as_deref(), Some("第十条第一款第3项"));
        assert_eq!(cite(text, "终止后").as_deref(), Some("第十条第二款"));
    }

    #[test]
    fn letters_keep_their_case() {
        let text = "一、退费\na、开课前\nb、开课后";
        let original = |at: u32| text[at as usize..].chars().next().map(|c| c.to_ascii_uppercase());
        let outline = Outline::with(text, &original, &|_| LineKind::Running);
        let at = text.find("开课后").unwrap() as u32;
        assert_eq!(outline.citation(at).as_deref(), Some("一、B、"));
    }

    #[test]
    fn an_annex_has_articles_of_its_own() {
        let text = "第一条 标的\n第二条 价款\n附件一为本合同的一部分。\n（以下无正文）\n甲方：\n附件一：交付清单\n第一条 设备\n第二章 售后\n第二条 保修\n附件二\n1. 说明";
        assert_eq!(cite(text, "标的").as_deref(), Some("第一条"));
        assert_eq!(cite(text, "附件一为").as_deref(), Some("第二条"));
        assert_eq!(cite(text, "甲方："), None);
        assert_eq!(cite(text, "设备").as_deref(), Some("附件一第一条"));
        assert_eq!(cite(text, "保修").as_deref(), Some("附件一第二章第二条"));
        assert_eq!(cite(text, "说明").as_deref(), Some("附件二1."));
    }

    #[test]
    fn circled_numbers_and_english() {
        let text = "第一条 付款\n1现金\n2转账\narticle 2 payment\n（a）by cash\nsection 3.1 notices\n";
        let marks = |at: u32| match &text[at as usize..] {
            t if t.starts_with("1现") => Some('①'),
            t if t.starts_with("2转") => Some('②'),
            t => t.chars().next(),
        };
        let outline = Outline::with(text, &marks, &|_| LineKind::Running);
        let at = |s: &str| outline.citation(text.find(s).unwrap() as u32);
        assert_eq!(at("转账").as_deref(), Some("第一条第②项"));
        assert_eq!(at("by cash").as_deref(), Some("Article 2第（a）项"));
        assert_eq!(at("notices").as_deref(), Some("Section 3.1"));
    }

    #[test]
    fn lists_among_decimals() {
        let text = "1. 定义\n1.1 包括：\n1. 甲\n2. 乙\n1.2 除外\n2、付款\n2.1 时间\n3. 其他\n（1）修改";
        assert_eq!(cite(text, "乙").as_deref(), Some("1.1第2项"));
        assert_eq!(cite(text, "付款").as_deref(), Some("2、"));
        assert_eq!(cite(text, "修改").as_deref(), Some("3.（1）"));
    }

    #[test]
    fn references_are_looked_up() {
        let outline = Outline::of(CONTRACT);
        let check = |r: &str| outline.resolve(r);
        assert_eq!(check("第二条"), Reference::Found);
        assert_eq!(check("第十二条"), Reference::Found);
        assert_eq!(check("第3条"), Reference::Missing);
        assert_eq!(check("第二条第三款"), Reference::Found);
        assert_eq!(check("第二条第四款"), Reference::Missing);
        assert_eq!(check("附件三"), Reference::Unknown);
        assert_eq!(check("第3.2条"), Reference::Unknown);
        let decimals = Outline::of("1. 总则\n1.1 甲\n1.2 乙\n2. 付款\n2.1 丙\n2.2 丁\n2.3 戊");
        assert_eq!(decimals.resolve("第2.3条"), Reference::Found);
        assert_eq!(decimals.resolve("第2.4款"), Reference::Missing);
        assert_eq!(decimals.resolve("第二条"), Reference::Found);
        assert_eq!(decimals.resolve("第9条"), Reference::Missing);
    }

    #[test]
    fn small_numbers_in_chinese() {
        assert_eq!([1, 10, 12, 20, 35].map(chinese), ["一", "十", "十二", "二十", "三十五"]);
    }
}
