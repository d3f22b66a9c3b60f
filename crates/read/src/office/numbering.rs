//! `numbering.xml`: the numbers of clauses, which stand nowhere in the text.

use super::styles::{NumPr, Styles};
use super::xml::{Element, Node, Xml};
use crate::decode::ReadError;
use std::collections::{HashMap, HashSet};
use std::io::BufRead;

/// Levels of a list.
const LEVELS: usize = 9;

/// Larger numbers are attacks or mistakes.
const MAX_NUMBER: i64 = 32_767;

#[derive(Debug, Clone)]
struct Level {
    start: i64,
    format: String,
    /// The label with `%1` for the number of the first level.
    text: String,
    /// The paragraph style that stands for this level.
    style: Option<String>,
    /// All numbers of the label are decimal.
    legal: bool,
    /// What follows the label.
    suffix: &'static str,
    /// After which level (from 1) numbering starts again; 0 for never.
    restart: Option<i64>,
}

impl Default for Level {
    fn default() -> Self {
        let (format, text) = ("decimal".to_owned(), String::new());
        Self { start: 1, format, text, style: None, legal: false, suffix: " ", restart: None }
    }
}

type Levels = [Option<Level>; LEVELS];

#[derive(Debug, Default)]
struct Abstract {
    levels: Levels,
    /// The list style whose levels are meant.
    link: Option<String>,
}

#[derive(Debug, Default)]
struct Num {
    of: u32,
    starts: [Option<i64>; LEVELS],
    levels: Levels,
}

/// The lists of a document, and how far each has been counted.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    abstracts: HashMap<u32, Abstract>,
    nums: HashMap<u32, Num>,
    counts: HashMap<u32, [Option<i64>; LEVELS]>,
    /// Lists and levels that have started where they say.
    started: HashSet<(u32, usize)>,
}

impl Numbering {
    pub(super) fn read<R: BufRead>(xml: &mut Xml<R>) -> Result<Self, ReadError> {
        enum In {
            Nothing,
            Abstract(u32, Abstract),
            Num(u32, Num),
        }
        let mut out = Self::default();
        let mut current = In::Nothing;
        let mut overridden: Option<usize> = None;
        // Index, contents and depth of the open level.
        let mut level: Option<(usize, Level, usize)> = None;
        while let Some(node) = xml.next()? {
            let e = match node {
                Node::Open(e) => e,
                Node::Close => {
                    let depth = xml.depth();
                    if let Some((index, done, _)) = level.take_if(|l| depth < l.2) {
                        let levels = match &mut current {
                            In::Abstract(_, a) => Some(&mut a.levels),
                            In::Num(_, n) => Some(&mut n.levels),
                            In::Nothing => None,
                        };
                        if let Some(place) = levels.and_then(|l| l.get_mut(index)) {
                            *place = Some(done);
                        }
                    }
                    if depth == 1 {
                        match std::mem::replace(&mut current, In::Nothing) {
                            In::Abstract(id, a) => drop(out.abstracts.entry(id).or_insert(a)),
                            In::Num(id, n) => drop(out.nums.entry(id).or_insert(n)),
                            In::Nothing => {}
                        }
                    }
                    continue;
                }
                _ => continue,
            };
            let id = |name: &str| e.get(name).and_then(|v| v.trim().parse::<u32>().ok()).unwrap_or(u32::MAX);
            match (e.name(), &mut current) {
                ("abstractNum", _) => current = In::Abstract(id("abstractNumId"), Abstract::default()),
                ("num", _) => current = In::Num(id("numId"), Num::default()),
                ("lvl", _) => level = Some((id("ilvl") as usize, Level::default(), e.depth)),
                ("rPr" | "pPr", _) => {
                    drop(e);
                    xml.skip()?;
                }
                (_, _) if level.is_some() => {
                    if let Some((_, level, _)) = &mut level {
                        set(level, &e);
                    }
                }
                ("numStyleLink", In::Abstract(_, a)) => a.link = e.val(),
                ("abstractNumId", In::Num(_, n)) => {
                    n.of = e.number().and_then(|n| u32::try_from(n).ok()).unwrap_or(u32::MAX);
                }
                ("lvlOverride", In::Num(..)) => overridden = Some(id("ilvl") as usize),
                ("startOverride", In::Num(_, n)) => {
                    if let Some(start) = overridden.and_then(|i| n.starts.get_mut(i)) {
                        *start = e.number().map(|n| n.clamp(0, MAX_NUMBER));
                    }
                }
                _ => {}
            }
        }
        Ok(out)
    }

    /// Sends lists that only name a list style to the list that the style names.
    pub(super) fn follow(&mut self, styles: &Styles) {
        let targets: Vec<(u32, u32)> = (self.abstracts.iter())
            .filter_map(|(id, a)| {
                let num = styles.get(a.link.as_deref()?)?.num.num?;
                Some((*id, self.nums.get(&num)?.of))
            })
            .collect();
        for (from, to) in targets {
            if from != to {
                for num in self.nums.values_mut().filter(|n| n.of == from) {
                    num.of = to;
                }
            }
        }
    }

    /// The level of a list that a paragraph style stands for.
    fn level_of_style(&self, num: u32, style: &str) -> Option<u8> {
        let levels = &self.abstracts.get(&self.nums.get(&num)?.of)?.levels;
        let is = |l: &Option<Level>| l.as_ref().is_some_and(|l| l.style.as_deref() == Some(style));
        levels.iter().position(is).map(|i| i as u8)
    }

    /// Counts a paragraph and gives its label with what follows it; none where it has no label.
    ///
    /// `own` is what the paragraph says, `style` what its style says and the style's id.
    pub(super) fn label(&mut self, own: NumPr, style: Option<(NumPr, &str)>) -> Option<String> {
        let inherited = style.map(|s| s.0).unwrap_or_default();
        let id = own.num.or(inherited.num).filter(|id| *id != 0)?;
        let level = own.level.or_else(|| {
            let of_style = own.num.is_none().then_some(style)??.1;
            self.level_of_style(id, of_style)
        });
        let at = usize::from(level.or(inherited.level).unwrap_or(0)).min(LEVELS - 1);
        let num = self.nums.get(&id)?;
        let of = num.of;
        let shared = self.abstracts.get(&of)?;
        let level = |i: usize| num.levels.get(i)?.as_ref().or(shared.levels.get(i)?.as_ref());
        let start = |i: usize| {
            num.starts.get(i).copied().flatten().or_else(|| level(i).map(|l| l.start)).unwrap_or(1)
        };
        let counts = self.counts.entry(of).or_default();
        for i in 0..=at {
            let anew = num.starts.get(i).is_some_and(Option::is_some) && self.started.insert((id, i));
            let Some(count) = counts.get_mut(i) else { continue };
            *count = Some(match *count {
                _ if anew => start(i),
                None => start(i),
                Some(n) if i == at => n.saturating_add(1).min(MAX_NUMBER),
                Some(n) => n,
            });
        }
        for (i, count) in counts.iter_mut().enumerate().skip(at + 1) {
            let restart = level(i).and_then(|l| l.restart);
            if restart.is_none_or(|r| r != 0 && i64::try_from(at).is_ok_and(|at| at < r)) {
                *count = None;
            }
        }
        let this = level(at)?;
        let mut out = String::new();
        let mut rest = this.text.chars().peekable();
        while let Some(c) = rest.next() {
            match rest.peek().and_then(|d| d.to_digit(10)).filter(|d| c == '%' && *d > 0) {
                Some(digit) => {
                    rest.next();
                    let i = digit as usize - 1;
                    let n = counts.get(i).copied().flatten().unwrap_or_else(|| start(i));
                    let format = level(i).map_or("decimal", |l| &l.format);
                    out += &number(n, if this.legal { "decimal" } else { format });
                }
                None => out.push(symbol(c)),
            }
        }
        if out.is_empty() {
            return None;
        }
        out += this.suffix;
        Some(out)
    }
}

/// Takes in a child of a `lvl`.
fn set(level: &mut Level, e: &Element) {
    match e.name() {
        "start" => level.start = e.number().unwrap_or(1).clamp(0, MAX_NUMBER),
        // Word's own formats, such as 01, 02, 03, have their name in `format`.
        "numFmt" => level.format = e.val().unwrap_or_default(),
        "lvlText" => level.text = e.val().unwrap_or_default().chars().take(64).collect(),
        "pStyle" => level.style = e.val(),
        "isLgl" => level.legal = e.on(),
        "lvlRestart" => level.restart = e.number(),
        "suff" => level.suffix = if e.val().as_deref() == Some("nothing") { "" } else { " " },
        _ => {}
    }
}

/// Bullets of the symbol fonts, which lie in the private use area, as what they look like.
pub(super) fn symbol(c: char) -> char {
    match c {
        '\u{F0FE}' | '\u{F052}' | '\u{F0FC}' => '☑',
        '\u{F0A8}' | '\u{F06F}' | '\u{F0A3}' | '\u{F071}' | '\u{F072}' => '☐',
        '\u{F0FD}' | '\u{F054}' => '☒',
        '\u{F06C}' => '●',
        '\u{F06E}' | '\u{F0A7}' => '■',
        '\u{F075}' => '◆',
        '\u{F0D8}' => '➢',
        '\u{E000}'..='\u{F8FF}' => '•',
        c => c,
    }
}

/// A number as a format writes it.
#[expect(clippy::cast_sign_loss, reason = "every cast is of a number from 1")]
fn number(n: i64, format: &str) -> String {
    let letters = |first: u8| match n {
        1..=780 => {
            let c = char::from(first + ((n - 1) % 26) as u8);
            c.to_string().repeat(((n - 1) / 26 + 1) as usize)
        }
        _ => n.to_string(),
    };
    let circled = |first: u32, most: i64| match n {
        1.. if n <= most => {
            char::from_u32(first + (n - 1) as u32).map_or_else(|| n.to_string(), String::from)
        }
        _ => n.to_string(),
    };
    let cycle = |of: &str| match n {
        1.. => of.chars().nth(((n - 1) as usize) % of.chars().count()).map_or_else(String::new, String::from),
        _ => n.to_string(),
    };
    match format {
        "none" => String::new(),
        "decimalZero" => format!("{n:02}"),
        "upperLetter" => letters(b'A'),
        "lowerLetter" => letters(b'a'),
        "upperRoman" => roman(n),
        "lowerRoman" => roman(n).to_lowercase(),
        "ordinal" => ordinal(n),
        "chineseCounting"
        | "chineseCountingThousand"
        | "taiwaneseCounting"
        | "taiwaneseCountingThousand"
        | "japaneseCounting" => chinese(
            n,
            ["〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"],
            ["", "十", "百", "千", "万"],
            true,
        ),
        "chineseLegalSimplified" => chinese(
            n,
            ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"],
            ["", "拾", "佰", "仟", "万"],
            false,
        ),
        "ideographLegalTraditional" | "japaneseLegal" => chinese(
            n,
            ["零", "壹", "貳", "參", "肆", "伍", "陸", "柒", "捌", "玖"],
            ["", "拾", "佰", "仟", "萬"],
            false,
        ),
        "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital" => {
            let digits = "〇一二三四五六七八九";
            n.to_string()
                .bytes()
                .filter_map(|b| digits.chars().nth(usize::from(b.wrapping_sub(b'0'))))
                .collect()
        }
        "decimalFullWidth" | "decimalFullWidth2" => n
            .to_string()
            .bytes()
            .filter_map(|b| char::from_u32(0xFF10 + u32::from(b.wrapping_sub(b'0'))))
            .collect(),
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => circled(0x2460, 20),
        "decimalEnclosedParen" => circled(0x2474, 20),
        "decimalEnclosedFullstop" => circled(0x2488, 20),
        "ideographEnclosedCircle" => circled(0x3280, 10),
        "ideographTraditional" => cycle("甲乙丙丁戊己庚辛壬癸"),
        "ideographZodiac" => cycle("子丑寅卯辰巳午未申酉戌亥"),
        "numberInDash" => format!("- {n} -"),
        _ => n.to_string(),
    }
}

/// A number in Chinese: `units` are one, ten, hundred, thousand, ten thousand; `bare` leaves out
/// the one of 十二.
fn chinese(n: i64, digits: [&str; 10], units: [&str; 5], bare: bool) -> String {
    if !(1..100_000).contains(&n) {
        return if n == 0 { digits[0].to_owned() } else { n.to_string() };
    }
    let zero = if bare { "零" } else { digits[0] };
    let text = n.to_string();
    let mut out = String::new();
    let mut gap = false;
    for (i, b) in text.bytes().enumerate() {
        let digit = usize::from(b - b'0');
        let unit = text.len() - 1 - i;
        if digit == 0 {
            gap = true;
            continue;
        }
        if gap {
            out += zero;
            gap = false;
        }
        if !(bare && n < 20 && unit == 1) {
            out += digits.get(digit).copied().unwrap_or_default();
        }
        out += units.get(unit).copied().unwrap_or_default();
    }
    out
}

fn roman(n: i64) -> String {
    const SIGNS: [(i64, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut out = String::new();
    let mut left = n;
    for (value, sign) in SIGNS {
        while left >= value {
            out += sign;
            left -= value;
        }
    }
    out
}

fn ordinal(n: i64) -> String {
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_look_as_in_word() {
        for (n, format, want) in [
            (3, "decimal", "3"),
            (3, "decimalZero", "03"),
            (28, "upperLetter", "BB"),
            (4, "lowerRoman", "iv"),
            (12, "chineseCounting", "十二"),
            (20, "chineseCountingThousand", "二十"),
            (101, "chineseCountingThousand", "一百零一"),
            (110, "chineseCountingThousand", "一百一十"),
            (12, "chineseLegalSimplified", "壹拾贰"),
            (10, "ideographDigital", "一〇"),
            (3, "ideographTraditional", "丙"),
            (13, "ideographZodiac", "子"),
            (20, "decimalEnclosedCircle", "⑳"),
            (21, "decimalEnclosedCircle", "21"),
            (5, "decimalFullWidth", "５"),
            (22, "ordinal", "22nd"),
            (-1, "chineseCounting", "-1"),
            (7, "unheardOf", "7"),
        ] {
            assert_eq!(number(n, format), want, "{n} {format}");
        }
    }
}
