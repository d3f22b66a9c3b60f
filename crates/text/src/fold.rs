//! Folding: one spelling for each word, with a map back to the prose.
//!
//! The first pass goes over the characters: width, case, punctuation, traditional characters,
//! invisible characters and characters put inside words. The second looks for whole evasive
//! spellings in what the first one made, so that a spelling hidden twice is still found.

use crate::map::{Builder, Derived, RunKind};
use crate::span::{Folded, Prose, Span};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use unicode_normalization::UnicodeNormalization;

/// Pairs of a traditional and a simplified character; `#` lines say where they come from.
const TRADITIONAL: &str = include_str!("traditional.txt");

/// Radicals (U+2E80–2EFF) without a compatibility decomposition that look like whole characters;
/// text taken from PDF files is full of them. After Unicode's `EquivalentUnifiedIdeograph.txt`.
const RADICALS: &str = "⺁厂⺒巳⺓幺⺠民⻁虎⻄西⻅见⻆角⻈讠⻉贝⻋车⻏阝⻐钅⻑长⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻠饣\
                        ⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻬齐⻮齿⻰龙";

/// One canonical form for each punctuation mark, so that rules need only one.
const PUNCTUATION: &str = "(（)）!！?？;；「“」”『“』”〝“〞”～~〜~￥¥⋯…―—─—–-−-‐-‑-‒-";

/// Dropped between any two Han characters.
const INSIDE_WORDS: &str = "·•・･‧∙⋅*^`_~|｜=";
/// Dropped only where every character of a stretch stands alone: these also have honest uses
/// between words.
const BETWEEN_SINGLES: &str = "/\\-.+";

/// Where all characters of a spaced-out stretch are of these, it is a date line, a rate or a
/// list of numbers ("年 月 日", "元/月", "一 二 三"), not a hidden word.
const COUNTING: &str = "〇零一二两三四五六七八九十百千万亿年月日时分秒元次天周号点岁";
/// Pairs of single characters that are really written as alternatives.
const ALTERNATIVES: [&str; 7] = ["是否", "男女", "有无", "和或", "与或", "及或", "或和"];

// Classes in the table; a larger number is the character that stands for the one looked up.
const PLAIN: u16 = 0;
const UPPER: u16 = 1;
const DROP: u16 = 2;
const SPACE: u16 = 3;
const NEWLINE: u16 = 4;
const COMMA: u16 = 5;
const COLON: u16 = 6;
const INSIDE: u16 = 7;
const SINGLES: u16 = 8;
const NUMBER: u16 = 9;
const FIRST_CHAR: u16 = 0x20;

/// Folds prose. Built once and shared; holds a 128 KiB character table and the spellings.
#[derive(Debug)]
pub struct Folder {
    /// Class of each character of the Basic Multilingual Plane.
    table: Vec<u16>,
    respellings: Option<Respellings>,
}

#[derive(Debug)]
struct Respellings {
    matcher: AhoCorasick,
    /// Evasive and usual spelling, by pattern.
    pairs: Vec<(String, String)>,
}

impl Folder {
    /// A folder that also undoes `respellings`: pairs of an evasive and the usual spelling, such
    /// as ("蕞", "最"), ("首xuan", "首选"), ("💰", "钱").
    ///
    /// Evasive spellings are folded first, so their case and width do not matter. A pair that
    /// says nothing, or one whose evasive spelling is only digits once folded, is left out.
    pub fn new(respellings: &[(String, String)]) -> Self {
        let mut folder = Self { table: table(), respellings: None };
        let pairs: Vec<(String, String)> = respellings
            .iter()
            .map(|(from, to)| (folder.fold(from).text().to_owned(), to.clone()))
            .filter(|(from, to)| from != to && !from.bytes().all(|b| b.is_ascii_digit()))
            .collect();
        if !pairs.is_empty() {
            folder.respellings = AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                // A few hundred spellings make a small automaton, several times faster than the
                // one chosen by itself.
                .kind(Some(AhoCorasickKind::DFA))
                .build(pairs.iter().map(|(from, _)| from))
                .ok()
                .map(|matcher| Respellings { matcher, pairs });
        }
        folder
    }

    /// The folded text of `prose`.
    pub fn fold(&self, prose: &str) -> Derived<Prose, Folded> {
        let mut pass = Pass {
            folder: self,
            text: prose,
            out: Builder::new(),
            copied_from: 0,
            upper: false,
            stretch: Stretch { end: 0, separator: ' ', hidden: false },
        };
        let bytes = prose.as_bytes();
        let mut at = 0;
        while let Some(&first) = bytes.get(at) {
            // Decoding by hand is what keeps plain Han text fast.
            let (code, len) = match first {
                0..0x80 => (u32::from(first), 1),
                0xE0..0xF0 => {
                    let rest = |i: usize| u32::from(bytes.get(at + i).copied().unwrap_or(0)) & 0x3F;
                    ((u32::from(first) & 0xF) << 12 | rest(1) << 6 | rest(2), 3)
                }
                _ => prose[at..].chars().next().map_or((0, 1), |c| (c as u32, c.len_utf8())),
            };
            let class = self.table.get(code as usize).copied();
            at = match class {
                Some(PLAIN) => at + len,
                Some(class) => pass.special(at, at + len, class),
                None => pass.wide(at, at + len, code),
            };
        }
        pass.flush(prose.len());
        let first = pass.out.finish();
        match &self.respellings {
            Some(respellings) => respellings.undo(first),
            None => first,
        }
    }

    /// What one character folds to: `None` if dropped, a blank or line feed for any space or
    /// line break, one digit for a circled number.
    fn folded_char(&self, c: char) -> Option<char> {
        match self.table.get(c as usize).copied() {
            None => (!wide_drop(c)).then(|| wide_char(c)),
            Some(UPPER) => Some(c.to_ascii_lowercase()),
            Some(DROP) => None,
            Some(SPACE) => Some(' '),
            Some(NEWLINE) => Some('\n'),
            Some(INSIDE | SINGLES) => Some(separator(c)),
            Some(NUMBER) => Some('1'),
            Some(class) if class >= FIRST_CHAR => char::from_u32(u32::from(class)),
            Some(_) => Some(c),
        }
    }
}

/// The table of classes for the Basic Multilingual Plane.
fn table() -> Vec<u16> {
    fn set(table: &mut [u16], c: char, class: u16) {
        if let Some(slot) = table.get_mut(c as usize) {
            *slot = class;
        }
    }
    let mut table = vec![PLAIN; 0x1_0000];
    for text in TRADITIONAL.lines().filter(|l| !l.starts_with('#')).chain([RADICALS, PUNCTUATION]) {
        let mut chars = text.chars();
        while let (Some(from), Some(to)) = (chars.next(), chars.next()) {
            set(&mut table, from, to as u16);
        }
    }
    ('A'..='Z').for_each(|c| set(&mut table, c, UPPER));
    for c in ('\0'..' ').chain('\u{7F}'..='\u{9F}').chain("\u{AD}\u{20E3}\u{FEFF}\u{61C}".chars()) {
        set(&mut table, c, DROP);
    }
    // Marks that combine with a character (a line through it) and the invisible ones.
    let invisible = ['\u{300}'..='\u{36F}', '\u{200B}'..='\u{200F}', '\u{202A}'..='\u{202E}'];
    let invisible = invisible.into_iter().chain(['\u{2060}'..='\u{206F}', '\u{FE00}'..='\u{FE0F}']);
    invisible.flatten().for_each(|c| set(&mut table, c, DROP));
    for c in " \t\u{A0}\u{1680}\u{202F}\u{205F}\u{3000}".chars().chain('\u{2000}'..='\u{200A}') {
        set(&mut table, c, SPACE);
    }
    "\n\r\u{85}\u{2028}\u{2029}".chars().for_each(|c| set(&mut table, c, NEWLINE));
    set(&mut table, ',', COMMA);
    ":：".chars().for_each(|c| set(&mut table, c, COLON));
    INSIDE_WORDS.chars().for_each(|c| set(&mut table, c, INSIDE));
    BETWEEN_SINGLES.chars().for_each(|c| set(&mut table, c, SINGLES));
    for c in ('\u{2460}'..='\u{24FF}').chain('\u{2776}'..='\u{2793}').chain('\u{3251}'..='\u{32BF}') {
        if number(c).is_some() {
            set(&mut table, c, NUMBER);
        }
    }
    for (i, c) in ('\u{24B6}'..='\u{24E9}').enumerate() {
        set(&mut table, c, u16::from(b'a') + (i % 26) as u16);
    }
    for (i, han) in "一二三四五六七八九十".chars().enumerate() {
        for base in [0x3220, 0x3280] {
            set(&mut table, char::from_u32(base + i as u32).unwrap_or(han), han as u16);
        }
    }
    // Full-width ASCII but for the marks that are canonical in that form.
    for c in '\u{FF01}'..='\u{FF5E}' {
        let half = char::from_u32(c as u32 - 0xFEE0).unwrap_or(c);
        let class = match (half, table[half as usize]) {
            ('!' | '(' | ')' | ',' | ':' | ';' | '?', _) => continue,
            (_, UPPER) => u16::from(half.to_ascii_lowercase() as u8),
            (_, class @ (INSIDE | SINGLES)) => class,
            _ => half as u16,
        };
        set(&mut table, c, class);
    }
    // Radicals, compatibility ideographs, vertical and small forms: what Unicode says they are,
    // which may itself fold on.
    let compatible = ['\u{2E80}'..='\u{2FDF}', '\u{F900}'..='\u{FAFF}', '\u{FE10}'..='\u{FE19}'];
    for c in compatible.into_iter().chain(['\u{FE30}'..='\u{FE6B}']).flatten() {
        let mut normal = std::iter::once(c).nfkc();
        let (Some(to), None) = (normal.next(), normal.next()) else {
            continue;
        };
        if to != c && table[c as usize] == PLAIN {
            let class = match (to, table.get(to as usize).copied().unwrap_or(PLAIN)) {
                (',', _) => '，' as u16,
                (':', _) => '：' as u16,
                (_, class) if class >= FIRST_CHAR => class,
                _ if (to as u32) < 0x1_0000 => to as u16,
                _ => PLAIN,
            };
            set(&mut table, c, class);
        }
    }
    table
}

/// The text of a circled, bracketed or dotted number.
fn number(c: char) -> Option<String> {
    let value = |base: u32, first: u32| c as u32 - base + first;
    Some(match c {
        '\u{2460}'..='\u{2473}' => value(0x2460, 1).to_string(),
        '\u{2474}'..='\u{2487}' => value(0x2474, 1).to_string(),
        '\u{2488}'..='\u{249B}' => format!("{}.", value(0x2488, 1)),
        '\u{24EA}' | '\u{24FF}' => "0".to_owned(),
        '\u{24EB}'..='\u{24F4}' => value(0x24EB, 11).to_string(),
        '\u{24F5}'..='\u{24FE}' => value(0x24F5, 1).to_string(),
        '\u{2776}'..='\u{277F}' => value(0x2776, 1).to_string(),
        '\u{2780}'..='\u{2789}' => value(0x2780, 1).to_string(),
        '\u{278A}'..='\u{2793}' => value(0x278A, 1).to_string(),
        '\u{3251}'..='\u{325F}' => value(0x3251, 21).to_string(),
        '\u{32B1}'..='\u{32BF}' => value(0x32B1, 36).to_string(),
        _ => return None,
    })
}

/// Whether a character above the Basic Multilingual Plane is invisible: tags and variation
/// selectors.
fn wide_drop(c: char) -> bool {
    matches!(c, '\u{E0000}'..='\u{E01EF}')
}

/// What stands for a character above the Basic Multilingual Plane, itself if nothing else does.
/// Letters and digits of the mathematical alphabets pass for ordinary ones.
fn wide_char(c: char) -> char {
    if !matches!(c, '\u{1D400}'..='\u{1D7FF}' | '\u{2F800}'..='\u{2FA1D}') {
        return c;
    }
    let to = std::iter::once(c).nfkc().next();
    to.filter(|&to| to.is_ascii() || is_han(to)).map_or(c, |to| to.to_ascii_lowercase())
}

/// The canonical form of a separator.
fn separator(c: char) -> char {
    match c {
        '•' | '・' | '･' | '‧' | '∙' | '⋅' => '·',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

/// Whether `c` is a Chinese character.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '〇'
        | '\u{20000}'..='\u{3FFFF}' | '\u{F900}'..='\u{FAFF}' | '\u{2E80}'..='\u{2FDF}')
}

/// A spaced-out stretch that was already looked at.
struct Stretch {
    /// Start of its last character.
    end: usize,
    separator: char,
    /// Whether it hides a word.
    hidden: bool,
}

struct Pass<'a> {
    folder: &'a Folder,
    text: &'a str,
    out: Builder<Prose, Folded>,
    /// Start of the text not yet written out, which is to be copied.
    copied_from: usize,
    /// Whether upper-case letters are in it.
    upper: bool,
    stretch: Stretch,
}

impl Pass<'_> {
    /// Writes out what is to be copied before `to`.
    fn flush(&mut self, to: usize) {
        let piece = &self.text[self.copied_from..to];
        if self.upper {
            self.out.copy_lowercase(self.copied_from as u32, piece);
            self.upper = false;
        } else {
            self.out.copy(self.copied_from as u32, piece);
        }
        self.copied_from = to;
    }

    /// Puts `text` in place of `start..end`; returns `end`.
    fn replace(&mut self, start: usize, end: usize, text: &str, kind: RunKind) -> usize {
        self.flush(start);
        self.out.replace(Span::of(&(start..end)), text, kind);
        self.copied_from = end;
        end
    }

    /// Leaves the character as it is if it is `to`, else puts `to` in its place.
    fn become_char(&mut self, start: usize, end: usize, to: char) -> usize {
        if self.text[start..end].starts_with(to) {
            return end;
        }
        self.replace(start, end, to.encode_utf8(&mut [0; 4]), RunKind::Replaced)
    }

    /// Folded characters before `at`, nearest first.
    fn before(&self, at: usize) -> impl Iterator<Item = char> {
        self.text[self.copied_from..at].chars().rev().chain(self.out.text().chars().rev())
    }

    /// Folded characters from `at` on, with their offsets.
    fn after(&self, at: usize) -> impl Iterator<Item = (usize, char)> {
        let chars = self.text.get(at..).unwrap_or_default().char_indices();
        chars.filter_map(move |(i, c)| Some((at + i, self.folder.folded_char(c)?)))
    }

    /// Whether the folded neighbours of `start..end` both are so.
    fn between(&self, start: usize, end: usize, is: impl Fn(char) -> bool) -> bool {
        self.before(start).next().is_some_and(&is) && self.after(end).next().is_some_and(|(_, c)| is(c))
    }

    fn wide(&mut self, start: usize, end: usize, code: u32) -> usize {
        match char::from_u32(code) {
            Some(c) if wide_drop(c) => self.special(start, end, DROP),
            Some(c) => self.become_char(start, end, wide_char(c)),
            None => end,
        }
    }

    /// Folds the character at `start..end`; returns where to go on.
    fn special(&mut self, start: usize, end: usize, class: u16) -> usize {
        let c = self.text[start..end].chars().next().unwrap_or_default();
        match class {
            UPPER => {
                self.upper = true;
                end
            }
            DROP => {
                // The whole run at once: each of them would look for the end of it again.
                let more = self.after(end).next().map_or(self.text.len(), |(at, _)| at);
                let evasive = self.between(start, more, is_han);
                let kind = if evasive { RunKind::Evasive } else { RunKind::Replaced };
                self.replace(start, more, "", kind)
            }
            SPACE => {
                let rest = &self.text[end..];
                let more = rest
                    .find(|c: char| self.folder.table.get(c as usize) != Some(&SPACE))
                    .unwrap_or(rest.len());
                if more > 0 {
                    self.replace(start, end + more, " ", RunKind::Replaced)
                } else if self.spaced_out(start, end, ' ') {
                    self.replace(start, end, "", RunKind::Evasive)
                } else {
                    self.become_char(start, end, ' ')
                }
            }
            NEWLINE => {
                let end = if c == '\r' && self.text[end..].starts_with('\n') { end + 1 } else { end };
                if self.vertical(start, end) {
                    self.replace(start, end, "", RunKind::Evasive)
                } else if c == '\n' {
                    end
                } else {
                    self.replace(start, end, "\n", RunKind::Replaced)
                }
            }
            COMMA if self.between(start, end, |c| c.is_ascii_digit()) => end,
            COMMA => self.become_char(start, end, '，'),
            COLON if self.between(start, end, |c| c.is_ascii_digit()) => self.become_char(start, end, ':'),
            COLON if self.text[start..].starts_with("://") => end,
            COLON => self.become_char(start, end, '：'),
            INSIDE => {
                let to = separator(c);
                // "周一~周五" and "三~五天" are ranges.
                let range = to == '~' && self.before(start).next().is_some_and(|c| COUNTING.contains(c));
                if !range && self.between(start, end, is_han) {
                    self.replace(start, end, "", RunKind::Evasive)
                } else {
                    self.become_char(start, end, to)
                }
            }
            SINGLES => {
                let to = separator(c);
                if self.spaced_out(start, end, to) {
                    self.replace(start, end, "", RunKind::Evasive)
                } else {
                    self.become_char(start, end, to)
                }
            }
            NUMBER => {
                let text = number(c).unwrap_or_default();
                self.replace(start, end, &text, RunKind::Replaced)
            }
            _ => match char::from_u32(u32::from(class)) {
                Some(to) if class >= FIRST_CHAR => self.become_char(start, end, to),
                _ => end,
            },
        }
    }

    /// Whether the separator at `start..end` stands inside a spaced-out word, as in "全 网 最 低":
    /// two or more Han characters, each alone, with the same separator between them.
    fn spaced_out(&mut self, start: usize, end: usize, separator: char) -> bool {
        if start < self.stretch.end {
            return self.stretch.hidden && self.stretch.separator == separator;
        }
        let mut before = self.before(start);
        let Some(first) = before.next().filter(|&c| is_han(c)) else {
            return false;
        };
        let outside = before.next();
        if outside.is_some_and(is_han) {
            return false;
        }
        drop(before);
        let (mut count, mut last, mut stretch_end) = (1, first, end);
        let mut counting = COUNTING.contains(first);
        let mut after = self.after(end);
        while let Some((at, c)) = after.next().filter(|&(_, c)| is_han(c)) {
            let next = after.next().map(|(_, c)| c);
            if next.is_some_and(is_han) {
                break;
            }
            (count, last, stretch_end) = (count + 1, c, at);
            counting &= COUNTING.contains(c);
            if next != Some(separator) {
                break;
            }
        }
        drop(after);
        let honest = count < 2
            || counting
            || count == 2
                && (outside.is_some_and(|c| c.is_ascii_digit())
                    || ALTERNATIVES.iter().any(|pair| pair.chars().eq([first, last])));
        self.stretch = Stretch { end: stretch_end, separator, hidden: !honest };
        !honest
    }

    /// Whether the line break at `start..end` stands in vertical writing: three or more lines
    /// of one Han character each.
    fn vertical(&mut self, start: usize, end: usize) -> bool {
        if start < self.stretch.end {
            return self.stretch.hidden && self.stretch.separator == '\n';
        }
        let mut before = self.before(start);
        let Some(first) = before.next().filter(|&c| is_han(c)) else {
            return false;
        };
        if before.next().is_some_and(|c| c != '\n') {
            return false;
        }
        drop(before);
        let (mut count, mut stretch_end) = (1, end);
        let mut counting = COUNTING.contains(first);
        // By lines and not by folded characters: `\r\n` is one break, and blank lines between
        // the characters do not matter.
        for line in self.text[end..].split_inclusive(['\n', '\r']) {
            if line == "\n" {
                continue;
            }
            let mut chars = line.chars().filter_map(|c| self.folder.folded_char(c));
            let (c, next) = (chars.next(), chars.next());
            let Some(c) = c.filter(|&c| is_han(c) && next.is_none_or(|n| n == '\n')) else {
                break;
            };
            count += 1;
            counting &= COUNTING.contains(c);
            stretch_end = line.as_ptr() as usize - self.text.as_ptr() as usize;
        }
        let hidden = count >= 3 && !counting;
        self.stretch = Stretch { end: stretch_end, separator: '\n', hidden };
        hidden
    }
}

impl Respellings {
    fn undo(&self, text: Derived<Prose, Folded>) -> Derived<Prose, Folded> {
        let edits: Vec<(Span<Folded>, &str)> = self
            .matcher
            .find_iter(text.text())
            .filter_map(|m| {
                let (from, to) = self.pairs.get(m.pattern().as_usize())?;
                whole(text.text(), m.start(), m.end(), from).then(|| (Span::of(&m.range()), to.as_str()))
            })
            .collect();
        if edits.is_empty() { text } else { text.rewrite(&edits, RunKind::Evasive) }
    }
}

/// Whether a spelling found at `start..end` is a word of its own: no end of it may be inside a
/// Latin word, and one of Latin letters alone must touch a Han character.
fn whole(text: &str, start: usize, end: usize, key: &str) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    if letter(key.chars().next()) && letter(before) || letter(key.chars().next_back()) && letter(after) {
        return false;
    }
    !key.bytes().all(|b| b.is_ascii_alphabetic()) || before.is_some_and(is_han) || after.is_some_and(is_han)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> Folder {
        let pairs = [
            ("蕞", "最"),
            ("首xuan", "首选"),
            ("泳久", "永久"),
            ("国jia级", "国家级"),
            ("💰", "钱"),
            ("zui", "最"),
            ("Ⅴ❤️", "薇"),
        ];
        Folder::new(&pairs.map(|(a, b)| (a.to_owned(), b.to_owned())))
    }

    fn fold(text: &str) -> String {
        folder().fold(text).text().to_owned()
    }

    /// The prose under the first occurrence of `word` in the folded text, and whether evasive.
    fn under<'a>(prose: &'a str, word: &str) -> (&'a str, bool) {
        let folded = folder().fold(prose);
        let at = folded.text().find(word).unwrap();
        let span = Span::of(&(at..at + word.len()));
        (folded.to_original(span).text(prose), folded.is_evasive(span))
    }

    #[test]
    fn width_case_and_punctuation() {
        assert_eq!(fold("ＡＢＣ１２．５％ Abc"), "abc12.5% abc");
        assert_eq!(fold("真的(假的)!好?是;不,对:看"), "真的（假的）！好？是；不，对：看");
        assert_eq!(
            fold("1,000元,9:00到9：30 https://a.cn"),
            "1,000元，9:00到9:30 https：//a.cn".replace('：', ":")
        );
        assert_eq!(fold("１，０００，１,０"), "1，000，1,0");
        assert_eq!(fold("「好」『坏』～〜《书》、。—"), "“好”“坏”~~《书》、。—");
        assert_eq!(fold("①⑳⑴❶㉑㊀㈠⒈ⒶⓏ"), "120112".to_owned() + "1一一1.az");
        assert_eq!(fold("⼈⾦⻓⻔豈︵︶﹐"), "人金长门岂（），");
    }

    #[test]
    fn traditional_becomes_simplified_and_ordinary_characters_stay() {
        assert_eq!(fold("保證賺錢，萬無壹失；後天購買於廣東"), "保证赚钱，万无壹失；后天购买于广东");
        for same in ["著名乾隆皇后里面了解覆盖藉口一干二净范围松树只有台湾𠮷野家", "叁仟伍佰圆整贰拾"]
        {
            assert_eq!(fold(same), same);
        }
    }

    #[test]
    fn every_common_simplified_character_stays() {
        // No value of the table may itself be folded on.
        let folder = folder();
        for line in TRADITIONAL.lines().filter(|l| !l.starts_with('#')) {
            for to in line.chars().skip(1).step_by(2) {
                assert_eq!(folder.folded_char(to), Some(to));
            }
        }
    }

    #[test]
    fn invisible_characters_go() {
        assert_eq!(under("最\u{200B}高级", "最高级"), ("最\u{200B}高级", true));
        assert_eq!(under("\u{FEFF}a\u{AD}b最好", "最好"), ("最好", false));
        assert_eq!(fold("\u{FEFF}a\u{AD}b\u{0}c"), "abc");
        assert_eq!(under("最\u{336}高\u{336}级", "最高级").0, "最\u{336}高\u{336}级");
        assert_eq!(fold("1️⃣保😀本"), "1保😀本");
    }

    #[test]
    fn separators_inside_words_go() {
        for text in [
            "国·家·级",
            "国*家*级",
            "国｜家_级",
            "国・家^级",
            "国.家.级",
            "国 家 级",
            "国－家－级",
            "国　家　级",
        ] {
            assert_eq!(under(text, "国家级"), (text, true), "{text}");
        }
        assert_eq!(fold("保-本，保/本"), "保本，保本");
        assert_eq!(fold("我们 全 网 最 低 价格"), "我们 全网最低 价格");
        assert_eq!(fold("稳赚·不赔"), "稳赚不赔");
    }

    #[test]
    fn honest_separators_stay() {
        for same in [
            "高收益 低风险",
            "**注意**",
            "*以实物为准",
            "100元/月",
            "甲方和/或乙方",
            "年 月 日",
            "是/否",
            "三~五天",
            "周一~周五",
            "2026-12-01",
            "a_b",
            "一\n二\n三",
            "和/或",
            "一 二 三",
        ] {
            assert_eq!(fold(same), same);
        }
        assert_eq!(fold("高收益 \t　低风险"), "高收益 低风险");
    }

    #[test]
    fn vertical_writing_is_joined() {
        assert_eq!(
            under("看\r\n\r\n保\r\n本\r\n保\r\n息\r\n好的", "保本保息"),
            ("保\r\n本\r\n保\r\n息", true)
        );
        assert_eq!(fold("保\n本\n保\n息"), "保本保息");
        assert_eq!(fold("保\n本\n高收益"), "保\n本\n高收益");
        assert_eq!(fold("保\n\n本\n\n息\n"), "保本息\n");
        assert_eq!(fold("甲\r乙\r\n丙丁"), "甲\n乙\n丙丁");
    }

    #[test]
    fn respellings() {
        assert_eq!(under("全网蕞低价", "最低"), ("蕞低", true));
        assert_eq!(under("您的首Ｘuan品牌", "首选"), ("首Ｘuan", true));
        assert_eq!(under("國 jia級", "国").0, "國");
        assert_eq!(under("國JIA級", "国家级"), ("國JIA級", true));
        assert_eq!(under("泳 久 免费", "永久"), ("泳 久", true));
        assert_eq!(fold("赚💰啦，ZUI好，zuid好，zui"), "赚钱啦，最好，zuid好，zui");
        assert_eq!(fold("加Ⅴ❤信"), "加薇信");
    }

    #[test]
    fn positions_are_exact_inside_copied_text() {
        let prose = "Ａ買ABC𠮷野,😀家";
        assert_eq!(under(prose, "abc𠮷"), ("ABC𠮷", false));
        assert_eq!(under(prose, "a买"), ("Ａ買", false));
        assert_eq!(under(prose, "😀家"), ("😀家", false));
        assert_eq!(under(prose, "，"), (",", false));
    }
}
