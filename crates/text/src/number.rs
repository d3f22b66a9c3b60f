//! Quantities in folded text: amounts of money, percentages, durations, multiples.
//!
//! Numbers that count nothing are passed over: dates, times of day, ordinals ("第三"), weekdays
//! and versions. A Chinese numeral of one character is only a quantity with a unit, since 一 is
//! mostly part of a word (一定, 统一).

use crate::fold::is_han;
use crate::span::{Folded, Span};

/// The unit of a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// 天, 日, 自然日.
    Day,
    /// 工作日, 交易日.
    WorkingDay,
    /// 周, 星期, 礼拜.
    Week,
    /// 个月.
    Month,
    /// 季度.
    Quarter,
    /// 年.
    Year,
}

/// What a stretch of text says in numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quantity {
    /// An amount of renminbi.
    Money {
        /// In yuan.
        yuan: f64,
    },
    /// A part of a whole: 3.6%, 万分之五, 两成, 月息2分.
    Percent {
        /// As a fraction: 0.036 for 3.6%.
        value: f64,
    },
    /// A length of time.
    Duration {
        /// How many units.
        n: f64,
        /// Of what.
        unit: Unit,
    },
    /// 3倍.
    Multiple {
        /// How many times.
        times: f64,
    },
    /// A number with none of these units.
    Plain {
        /// The number.
        value: f64,
    },
}

/// A quantity and its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// From the currency mark or the first digit to the end of the unit.
    pub span: Span<Folded>,
    /// What it says.
    pub quantity: Quantity,
}

/// A numeral at the start of a text.
#[derive(Debug, Clone, Copy)]
struct Numeral {
    value: f64,
    /// In bytes.
    len: usize,
    /// Characters.
    chars: usize,
    /// Starts with an ASCII digit.
    arabic: bool,
    /// A power of ten with no digit before it, as in 万元 or 百倍.
    bare: bool,
    /// Has a power of ten in it.
    scaled: bool,
}

/// The value of a Chinese digit; 两, 俩 and 仨 are digits too.
fn digit(c: char) -> Option<f64> {
    Some(match c {
        '零' | '〇' | '○' => 0.0,
        '一' | '壹' => 1.0,
        '二' | '贰' | '贳' | '两' | '俩' => 2.0,
        '三' | '叁' | '仨' => 3.0,
        '四' | '肆' => 4.0,
        '五' | '伍' => 5.0,
        '六' | '陆' => 6.0,
        '七' | '柒' => 7.0,
        '八' | '捌' => 8.0,
        '九' | '玖' => 9.0,
        _ => return None,
    })
}

/// Powers of ten below 万.
fn small_scale(c: char) -> Option<f64> {
    Some(match c {
        '十' | '拾' => 10.0,
        '百' | '佰' => 100.0,
        '千' | '仟' => 1000.0,
        _ => return None,
    })
}

/// Length and value of the ASCII number at the start of `text`: digits, in groups of three if
/// with commas, and a fraction.
fn arabic(text: &str) -> Option<(f64, usize)> {
    let bytes = text.as_bytes();
    let digits =
        |from: usize| bytes.get(from..).map_or(0, |b| b.iter().take_while(|b| b.is_ascii_digit()).count());
    let mut len = digits(0);
    if len == 0 {
        return None;
    }
    if len <= 3 {
        while bytes.get(len) == Some(&b',') && digits(len + 1) == 3 {
            len += 4;
        }
    }
    if bytes.get(len) == Some(&b'.') {
        let fraction = digits(len + 1);
        len += if fraction > 0 { fraction + 1 } else { 0 };
    }
    let value: f64 = text[..len].replace(',', "").parse().ok()?;
    value.is_finite().then_some((value, len))
}

/// The longest numeral at the start of `text`.
fn numeral(text: &str) -> Option<Numeral> {
    let first = text.chars().next()?;
    let mut n = Numeral {
        value: 0.0,
        len: 0,
        chars: 0,
        arabic: first.is_ascii_digit(),
        bare: small_scale(first).is_some_and(|s| s > 10.0) || matches!(first, '万' | '亿'),
        scaled: false,
    };
    match first {
        '廿' | '卅' => {
            let ones = text[3..].chars().next();
            let ones = ones.and_then(digit).filter(|&d| d > 0.0);
            let tens = if first == '廿' { 20.0 } else { 30.0 };
            n.value = tens + ones.unwrap_or(0.0);
            n.chars = 1 + usize::from(ones.is_some());
            n.len = 3 * n.chars;
            n.scaled = true;
            return Some(n);
        }
        '半' => {
            return Some(Numeral { value: 0.5, len: 3, chars: 1, ..n });
        }
        _ => {}
    }
    // total: closed by 亿 or 万; section: closed by 十百千; current: digits not yet scaled.
    let (mut total, mut section, mut current) = (0.0, 0.0, None::<f64>);
    // Scale of the last power of ten, 0 after a 零 in its place.
    let mut last_scale = 0.0;
    let mut current_digits = 0;
    let mut fraction = false;
    while let Some(c) = text[n.len..].chars().next() {
        let rest = &text[n.len..];
        if let Some((value, len)) = arabic(rest) {
            if current.is_some() {
                break;
            }
            (current, current_digits) = (Some(value), len);
            n.chars += len;
            n.len += len;
            continue;
        }
        if let Some(d) = digit(c) {
            if fraction || n.arabic && current.is_some() {
                break;
            }
            if current.is_none() && n.scaled && matches!(c, '零' | '〇' | '○') {
                last_scale = 0.0;
            } else {
                current = Some(current.unwrap_or(0.0) * 10.0 + d);
                current_digits += 1;
            }
        } else if let Some(scale) = small_scale(c) {
            // 1千万, 2.5千: a number before the power of ten; 十 alone is ten.
            section += current.take().unwrap_or(if section > 0.0 && !n.bare { 0.0 } else { 1.0 }) * scale;
            (last_scale, current_digits, fraction, n.scaled) = (scale, 0, false, true);
        } else if matches!(c, '万' | '亿') {
            let below = section + current.take().unwrap_or(0.0);
            if c == '万' {
                if n.len > 0 && below <= 0.0 {
                    break;
                }
                total += if n.len == 0 { 1e4 } else { below * 1e4 };
                last_scale = 1e4;
            } else {
                total = if n.len == 0 { 1e8 } else { (total + below) * 1e8 };
                last_scale = 1e8;
            }
            (section, current_digits, fraction, n.scaled) = (0.0, 0, false, true);
        } else if c == '点' && n.len > 0 && !fraction && !n.arabic {
            let decimals: Vec<f64> = rest.chars().skip(1).map_while(digit).collect();
            if decimals.is_empty() {
                break;
            }
            let tail = decimals.iter().rev().fold(0.0, |acc, d| (acc + d) / 10.0);
            current = Some(current.unwrap_or(0.0) + tail);
            fraction = true;
            n.chars += decimals.len();
            n.len += 3 * decimals.len();
        } else if matches!(c, '余' | '多') && n.len > 0 && rest[3..].starts_with(['百', '千', '万', '亿'])
        {
            // 10余万: about, but the power of ten still counts.
        } else {
            break;
        }
        n.chars += 1;
        n.len += c.len_utf8();
    }
    if n.len == 0 {
        return None;
    }
    // 两万三 is 23000: a last digit right after a power of ten counts its tenths.
    let tail = current.unwrap_or(0.0);
    let tenths = n.scaled && current_digits == 1 && !fraction && last_scale > 10.0 && tail > 0.0;
    n.value = total + section + if tenths { tail * last_scale / 10.0 } else { tail };
    n.value.is_finite().then_some(n)
}

/// A fraction read out, as in 百分之三点五: its value and length.
fn fraction(text: &str) -> Option<(f64, usize)> {
    let whole = numeral(text)?;
    let rest = text[whole.len..].strip_prefix("分之")?;
    let part = numeral(rest)?;
    let value = part.value / whole.value;
    value.is_finite().then_some((value, whole.len + "分之".len() + part.len))
}

/// The value of `text` if all of it is a numeral, Chinese or Arabic: 一百二十, 两万三, 1,000,
/// 3.2万, 廿五, 壹万贰仟叁佰, 半, 百分之五.
pub fn parse_numeral(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Some((value, len)) = fraction(text) {
        return (len == text.len()).then_some(value);
    }
    numeral(text).filter(|n| n.len == text.len()).map(|n| n.value)
}

/// The yuan of an amount written out in full: 壹拾万元整, 人民币贰仟零伍圆叁角肆分.
pub fn amount_in_words(text: &str) -> Option<f64> {
    let text: String = text.chars().filter(|c| !" _整正人民币：".contains(*c)).collect();
    let (yuan, rest) = match text.split_once(['元', '圆']) {
        Some((yuan, rest)) => (yuan, rest),
        None if text.ends_with(['角', '分']) => ("", text.as_str()),
        None => (text.as_str(), ""),
    };
    let mut value = if yuan.is_empty() { 0.0 } else { parse_numeral(yuan)? };
    let mut pending = None;
    for c in rest.chars() {
        match (c, digit(c), pending) {
            (_, Some(d), _) => pending = Some(d),
            ('角', _, Some(d)) => value += d / 10.0,
            ('分', _, Some(d)) => value += d / 100.0,
            _ => return None,
        }
    }
    (value > 0.0).then_some(value)
}

/// Length of the first of `options` that `text` starts with.
fn starts(text: &str, options: &[&str]) -> Option<usize> {
    options.iter().find(|o| text.starts_with(**o)).map(|o| o.len())
}

/// Length of the blank at the start of `text`: folded text has at most one.
fn blank(text: &str) -> usize {
    usize::from(text.starts_with(' '))
}

/// All quantities of `text`, left to right and not overlapping, each with its longest reading.
/// Spans are relative to the start of `text` plus `base` bytes.
pub fn quantities(text: &str, base: u32) -> Vec<Measured> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let step = if !may_start(c) {
            Step::Skip(0)
        } else if let Some(len) = too_long(&text[at..]) {
            Step::Skip(len)
        } else {
            read(text, at)
        };
        match step {
            Step::Skip(len) => at += len.max(c.len_utf8()),
            Step::Found(quantity, len) => {
                out.push(Measured { span: Span::of(&(at..at + len)).shifted(base), quantity });
                at += len;
            }
        }
    }
    out
}

/// Length of the stretch of digits at the start of `text` if it is longer than any number that
/// people write. Such a stretch is skipped whole, or reading it again from each of its digits
/// would take for ever.
fn too_long(text: &str) -> Option<usize> {
    const LONGEST: usize = 64;
    let other = |c: char| {
        !(c.is_ascii_digit()
            || digit(c).is_some()
            || small_scale(c).is_some()
            || matches!(c, ',' | '.' | '万' | '亿' | '点' | '余' | '多'))
    };
    if text.chars().take(LONGEST).any(other) || text.len() < LONGEST {
        return None;
    }
    Some(text.find(other).unwrap_or(text.len()))
}

fn may_start(c: char) -> bool {
    c.is_ascii_digit()
        || matches!(c, '¥' | '￥' | '人' | 'r' | '第' | '万' | '亿' | '半' | '廿' | '卅' | '周' | '星' | '礼')
        || digit(c).is_some()
        || small_scale(c).is_some()
}

enum Step {
    /// Nothing here; go on after so many bytes.
    Skip(usize),
    /// A quantity of so many bytes.
    Found(Quantity, usize),
}

fn read(text: &str, at: usize) -> Step {
    let rest = &text[at..];
    let skip = |prefix: usize| Step::Skip(prefix + numeral(&rest[prefix..]).map_or(0, |n| n.len));
    if let Some(mark) = starts(rest, &["¥", "￥", "人民币", "rmb"]) {
        let mut from = mark;
        from += starts(&rest[from..], &["（大写）", "（小写）", "大写", "："]).unwrap_or(0);
        from += starts(&rest[from..], &["："]).unwrap_or(0);
        from += blank(&rest[from..]);
        from += starts(&rest[from..], &["¥", "￥"]).unwrap_or(0);
        return match numeral(&rest[from..]).filter(|n| n.arabic || n.chars > 1 || n.bare) {
            Some(n) => {
                let (yuan, len) = money(&rest[from..], n).unwrap_or((n.value, n.len));
                Step::Found(Quantity::Money { yuan }, from + len)
            }
            None => Step::Skip(mark),
        };
    }
    if rest.starts_with('第') {
        return skip("第".len());
    }
    if let Some(len) = starts(rest, &["星期", "礼拜", "周"]) {
        // A weekday; but in 一周两次 the week was already read.
        let day = rest[len..].chars().next();
        return Step::Skip(if day.is_some_and(|c| "一二三四五六".contains(c)) { len + 3 } else { len });
    }
    let before = text[..at].chars().next_back();
    if before.is_some_and(|c| c.is_ascii_alphabetic() || c == '_') {
        return skip(0);
    }
    if let Some(len) = date(rest, &text[..at]) {
        return Step::Skip(len);
    }
    if let Some((value, len)) = fraction(rest) {
        return Step::Found(Quantity::Percent { value }, len);
    }
    let Some(n) = numeral(rest) else {
        return Step::Skip(0);
    };
    let found = percent(text, at, n)
        .map(|(value, len)| (Quantity::Percent { value }, len))
        .or_else(|| money(rest, n).map(|(yuan, len)| (Quantity::Money { yuan }, len)))
        .or_else(|| duration(rest, n).map(|(n, unit, len)| (Quantity::Duration { n, unit }, len)))
        .or_else(|| multiple(rest, n).map(|(times, len)| (Quantity::Multiple { times }, len)));
    if let Some((quantity, len)) = found {
        return Step::Found(quantity, len);
    }
    // 千万不要, 万一, 一定 are words.
    let counted = rest[n.len..].starts_with(|c| "个次人名份条项家套件位种款张笔期级台折".contains(c));
    let single = n.chars == 1 || rest.starts_with('半');
    if n.arabic
        || !n.bare && (n.scaled && n.chars > 1 || n.chars > 2 || single && counted && !rest.starts_with('半'))
    {
        Step::Found(Quantity::Plain { value: n.value }, n.len)
    } else {
        Step::Skip(n.len)
    }
}

/// Length of the date, time or version at the start of `rest`.
fn date(rest: &str, before: &str) -> Option<usize> {
    let digits = |s: &str| s.len() - s.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let first = digits(rest);
    if first > 0 {
        // 2026-12-01, 2026/12/1, 9:00, 1.2.3
        for (mark, least) in [('-', 2), ('/', 2), ('.', 2), (':', 1)] {
            let (mut len, mut parts) = (first, 0);
            while rest[len..].starts_with(mark) && digits(&rest[len + 1..]) > 0 {
                len += 1 + digits(&rest[len + 1..]);
                parts += 1;
            }
            if parts >= least && (first <= 4 || mark == '.') {
                return Some(len);
            }
        }
    }
    let n = numeral(rest).filter(|n| n.value.fract() == 0.0 && !rest.starts_with('半'))?;
    let after = &rest[n.len..];
    let after = &after[blank(after)..];
    let offset = rest.len() - after.len();
    // Months and days are small; a year has four digits and no power of ten.
    if let Some(tail) = after.strip_prefix('年') {
        let four = !n.scaled && n.len == if n.arabic { 4 } else { 12 };
        // 26年3月1日 is a date also with a short year.
        let month = month_day(&tail[blank(tail)..]);
        if four || month.is_some_and(|(_, day)| day) {
            let len = offset + "年".len();
            return Some(month.map_or(len, |(month, _)| len + blank(tail) + month));
        }
        return None;
    }
    if let Some((len, _)) = month_day(rest) {
        return Some(len);
    }
    // The day of a month that was named before: 每月15日.
    let day = n.value <= 31.0 && after.starts_with(['日', '号']);
    (day && (before.trim_end().ends_with('月') || after.starts_with('号'))).then(|| offset + 3)
}

/// Length of 3月, 三月十五日 or 12月1号 at the start of `text`, and whether there is a day.
fn month_day(text: &str) -> Option<(usize, bool)> {
    let month = numeral(text).filter(|n| n.value.fract() == 0.0 && (1.0..=12.0).contains(&n.value))?;
    // Nobody calls February 两月.
    if text.starts_with(['两', '俩', '仨']) {
        return None;
    }
    let mut len = month.len + blank(&text[month.len..]);
    len += starts(&text[len..], &["月份", "月"])?;
    let tail = &text[len + blank(&text[len..])..];
    let offset = text.len() - tail.len();
    if let Some(day) = numeral(tail).filter(|n| n.value <= 31.0) {
        let end = offset + day.len + blank(&tail[day.len..]);
        if text[end..].starts_with(['日', '号']) {
            return Some((end + 3, true));
        }
    }
    Some((len, false))
}

/// Bytes of the numeral with a following 余 or 多, as in 30余天.
fn about(rest: &str, n: Numeral) -> usize {
    let tail = &rest[n.len..];
    n.len + starts(tail, &["余", "多"]).unwrap_or(0)
}

fn percent(text: &str, at: usize, n: Numeral) -> Option<(f64, usize)> {
    let rest = &text[at..];
    let tail = &rest[n.len..];
    let gap = blank(tail);
    let unit = &tail[gap..];
    for (names, scale) in [
        (&["%", "个百分点", "百分点"][..], 100.0),
        (&["‰"], 1000.0),
        (&["‱", "bps", "bp", "个基点", "基点"], 10000.0),
    ] {
        if let Some(len) = starts(unit, names) {
            return Some((n.value / scale, n.len + gap + len));
        }
    }
    if let Some(after) = tail.strip_prefix('成') {
        // 一成不变 and 三成为 are no shares; 三成五 is 35%.
        if n.value > 10.0 || after.starts_with(|c| "不为功立本员长交品绩语".contains(c)) {
            return None;
        }
        let next =
            after.chars().next().and_then(digit).filter(|_| numeral(after).is_some_and(|n| n.chars == 1));
        let more = next.map_or(0, |_| 3);
        return Some((n.value / 10.0 + next.unwrap_or(0.0) / 100.0, n.len + 3 + more));
    }
    interest(&text[..at], rest, n)
}

/// 月息2分, 年利率5厘, 日息一分五厘: interest in the old units, by the period named before.
fn interest(before: &str, rest: &str, n: Numeral) -> Option<(f64, usize)> {
    let fen = rest[n.len..].starts_with('分');
    if !fen && !rest[n.len..].starts_with('厘') {
        return None;
    }
    let before = before.trim_end_matches(|c| "为是按达约：的率计 高".contains(c));
    let period = before.strip_suffix("利息").or_else(|| before.strip_suffix(['息', '利']))?;
    // One 厘 is 1% a year, 0.1% a month, 0.01% a day.
    let li = match period.chars().next_back() {
        Some('年') => 0.01,
        Some('日' | '天') => 0.0001,
        _ => 0.001,
    };
    let mut len = n.len + 3;
    let mut value = n.value * if fen { li * 10.0 } else { li };
    if fen && let Some(more) = numeral(&rest[len..]).filter(|m| m.value < 10.0) {
        let unit = starts(&rest[len + more.len..], &["厘"]);
        if unit.is_some() || !rest[len + more.len..].starts_with(is_han) {
            value += more.value * li;
            len += more.len + unit.unwrap_or(0);
        }
    }
    Some((value, len))
}

/// Yuan and length of the amount that `rest` starts with, whose numeral is `n`.
fn money(rest: &str, n: Numeral) -> Option<(f64, usize)> {
    if rest.starts_with('半') {
        return None;
    }
    let mut len = about(rest, n);
    len += blank(&rest[len..]);
    let mut yuan = n.value;
    // Words that begin with a unit: 元素, 块状, 角度.
    let free = |at: usize, not: &str| !rest[at..].starts_with(|c| not.contains(c));
    if let Some(unit) = starts(&rest[len..], &["人民币", "块钱", "毛钱", "角钱", "分钱"]) {
        let word = &rest[len..len + unit];
        yuan *= match word {
            "分钱" => 0.01,
            "毛钱" | "角钱" => 0.1,
            _ => 1.0,
        };
        return Some((yuan, len + unit));
    }
    let block = rest[len..].starts_with('块');
    if rest[len..].starts_with(['元', '圆', '块']) {
        let after = len + 3;
        if !free(after, "素旦年宵器宇件首老勋凶形柱桌珠状头") {
            return None;
        }
        // 三块蛋糕 is no money.
        let tail = rest[after..].chars().next();
        let money_follows =
            |c: char| !is_han(c) || digit(c).is_some() || "整多半左右以起的每就即都就能包".contains(c);
        if block && !tail.is_none_or(money_follows) {
            return None;
        }
        len = after;
        let mut part = 0.1;
        for unit in [&["角", "毛"][..], &["分"]] {
            let piece = &rest[len..];
            // 三块五; 5元5 is no usual spelling.
            if let Some(m) =
                numeral(piece).filter(|m| m.value < 10.0 && m.chars == 1 && !piece.starts_with('半'))
            {
                if let Some(u) = starts(&piece[m.len..], unit) {
                    yuan += m.value * part;
                    len += m.len + u;
                } else if block && !piece[m.len..].starts_with(is_han) {
                    yuan += m.value * part;
                    len += m.len;
                    break;
                }
            }
            part /= 10.0;
        }
        len += starts(&rest[len..], &["人民币", "整", "正"]).unwrap_or(0);
        return Some((yuan, len));
    }
    if rest[len..].starts_with(['角', '毛']) && free(len + 3, "度色落形膜巾利发衣率") {
        let piece = &rest[len + 3..];
        let fen = numeral(piece).filter(|m| m.value < 10.0 && piece[m.len..].starts_with('分'));
        let (more, value) = fen.map_or((0, 0.0), |m| (m.len + 3, m.value / 100.0));
        return Some((n.value / 10.0 + value, len + 3 + more));
    }
    None
}

/// Count, unit and length of the duration that `rest` starts with, whose numeral is `n`.
fn duration(rest: &str, n: Numeral) -> Option<(f64, Unit, usize)> {
    let mut count = n.value;
    let mut len = about(rest, n);
    len += blank(&rest[len..]);
    // 三个半月
    if let Some(half) = starts(&rest[len..], &["个半"])
        && rest[len + half..].starts_with(['月', '星', '礼', '季'])
    {
        len += half;
        count += 0.5;
        let (unit, unit_len) = unit(&rest[len..], true)?;
        return Some((count, unit, len + unit_len));
    }
    let counted = starts(&rest[len..], &["个"]);
    len += counted.unwrap_or(0);
    let bare_month = counted.is_some() || rest.starts_with(['两', '俩', '仨', '半']);
    let (unit, unit_len) = unit(&rest[len..], bare_month)?;
    len += unit_len;
    // 一年半
    if rest[len..].starts_with('半') && !rest[len..].starts_with("半价") {
        len += 3;
        count += 0.5;
    }
    Some((count, unit, len))
}

/// The unit of time at the start of `text`; 月 only if `month`, since 3月 is March.
fn unit(text: &str, month: bool) -> Option<(Unit, usize)> {
    const UNITS: [(&str, Unit, &str); 18] = [
        ("工作日", Unit::WorkingDay, ""),
        ("工作天", Unit::WorkingDay, ""),
        ("交易日", Unit::WorkingDay, ""),
        ("自然日", Unit::Day, ""),
        ("日历日", Unit::Day, ""),
        ("日历天", Unit::Day, ""),
        ("自然月", Unit::Month, ""),
        ("自然年", Unit::Year, ""),
        ("星期", Unit::Week, "一二三四五六日天"),
        ("礼拜", Unit::Week, "一二三四五六日天"),
        ("季度", Unit::Quarter, ""),
        ("周年", Unit::Year, ""),
        ("年度", Unit::Year, ""),
        ("天", Unit::Day, "猫然才堂"),
        ("日", Unit::Day, "元本语韩"),
        ("周", Unit::Week, "岁边围到"),
        ("年", Unit::Year, "级轻龄代货糕会"),
        ("月", Unit::Month, "饼球光亮份"),
    ];
    UNITS
        .iter()
        .filter(|(name, _, _)| month || *name != "月")
        .find(|(name, ..)| text.starts_with(name))
        .filter(|(name, _, not)| !text[name.len()..].starts_with(|c| not.contains(c)))
        .map(|(name, unit, _)| (*unit, name.len()))
}

fn multiple(rest: &str, n: Numeral) -> Option<(f64, usize)> {
    let len = about(rest, n);
    let tail = rest[len..].strip_prefix('倍')?;
    (!tail.starts_with(['感', '加', '受'])).then_some((n.value, len + 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_in_words() {
        for (words, yuan) in [
            ("壹拾万元整", Some(100_000.0)),
            ("人民币贰仟零伍圆叁角肆分", Some(2005.34)),
            ("伍角整", Some(0.5)),
            ("壹佰贰拾元零伍分", Some(120.05)),
            ("叁拾贰万肆仟伍佰", Some(324_500.0)),
            ("元整", None),
            ("若干元", None),
        ] {
            let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
            let got = amount_in_words(words);
            assert!(
                got.zip(yuan).map_or(got.is_none() && yuan.is_none(), |(a, b)| close(a, b)),
                "{words} {got:?}"
            );
        }
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-9 * b.abs().max(1.0)
    }

    /// What is in the text, as "stretch=kind value".
    fn read(text: &str) -> Vec<String> {
        let round = |x: f64| (x * 1e7).round() / 1e7;
        quantities(text, 0)
            .into_iter()
            .map(|m| {
                let what = match m.quantity {
                    Quantity::Money { yuan } => format!("yuan {}", round(yuan)),
                    Quantity::Percent { value } => format!("part {}", round(value)),
                    Quantity::Duration { n, unit } => format!("{unit:?} {}", round(n)),
                    Quantity::Multiple { times } => format!("times {}", round(times)),
                    Quantity::Plain { value } => format!("{}", round(value)),
                };
                format!("{}={what}", m.span.text(text))
            })
            .collect()
    }

    #[test]
    fn numerals() {
        for (text, value) in [
            ("一百二十", 120.0),
            ("一百二", 120.0),
            ("一百零五", 105.0),
            ("两万三", 23_000.0),
            ("1,000", 1000.0),
            ("1,234,567.5", 1_234_567.5),
            ("1.5", 1.5),
            ("3.2万", 32_000.0),
            ("5千万", 5e7),
            ("1亿2000万", 1.2e8),
            ("一亿二千三百万", 1.23e8),
            ("十五", 15.0),
            ("二十", 20.0),
            ("廿", 20.0),
            ("廿三", 23.0),
            ("壹万贰仟叁佰", 12_300.0),
            ("壹拾伍万元".trim_end_matches('元'), 150_000.0),
            ("半", 0.5),
            ("〇", 0.0),
            ("二〇二六", 2026.0),
            ("三点一五", 3.15),
            ("一点二万", 12_000.0),
            ("百分之三点五", 0.035),
            ("十万零三百", 100_300.0),
            ("一千零一", 1001.0),
            ("百万", 1e6),
            ("十万亿", 1e13),
            ("俩", 2.0),
        ] {
            let got = parse_numeral(text);
            assert!(got.is_some_and(|g| close(g, value)), "{text}: {got:?}");
        }
        for text in ["", "元", "1.2.3", "一定", "3%", "点五", "1,00"] {
            assert_eq!(parse_numeral(text), None, "{text}");
        }
    }

    #[test]
    fn money_in_figures_and_words() {
        assert_eq!(
            read("每万元收益¥1,299，定金3.2万元整，人民币壹万贰仟叁佰元整，共5元5角"),
            [
                "万元=yuan 10000",
                "¥1,299=yuan 1299",
                "3.2万元整=yuan 32000",
                "人民币壹万贰仟叁佰元整=yuan 12300",
                "5元5角=yuan 5.5"
            ]
        );
        assert_eq!(
            read("三块五，100块钱，8毛，2亿元，10余万元"),
            [
                "三块五=yuan 3.5",
                "100块钱=yuan 100",
                "8毛=yuan 0.8",
                "2亿元=yuan 200000000",
                "10余万元=yuan 100000"
            ]
        );
        assert_eq!(read("三元素、三块蛋糕、人民币汇率、一角度"), Vec::<String>::new());
        assert_eq!(read("100美元"), ["100=100"]);
    }

    #[test]
    fn shares() {
        assert_eq!(
            read("年化3.6%，日万分之五，千分之一，百分之三点五，3‰，5bp，让利两成，涨三成五，百分之百"),
            [
                "3.6%=part 0.036",
                "万分之五=part 0.0005",
                "千分之一=part 0.001",
                "百分之三点五=part 0.035",
                "3‰=part 0.003",
                "5bp=part 0.0005",
                "两成=part 0.2",
                "三成五=part 0.35",
                "百分之百=part 1"
            ]
        );
        assert_eq!(
            read("月息2分，月息5厘，年息5厘，年利率为1分，日息5厘，月息1分5厘，打9折，考2分，一成不变"),
            [
                "2分=part 0.02",
                "5厘=part 0.005",
                "5厘=part 0.05",
                "1分=part 0.1",
                "5厘=part 0.0005",
                "1分5厘=part 0.015",
                "9=9",
                "2=2"
            ]
        );
    }

    #[test]
    fn durations() {
        assert_eq!(
            read(
                "15个工作日内，十五日内，30天，两个月，半年，一季度，3年期，一个礼拜，仨月，一年半，三个半月，30余天，5 个交易日"
            ),
            [
                "15个工作日=WorkingDay 15",
                "十五日=Day 15",
                "30天=Day 30",
                "两个月=Month 2",
                "半年=Year 0.5",
                "一季度=Quarter 1",
                "3年=Year 3",
                "一个礼拜=Week 1",
                "仨月=Month 3",
                "一年半=Year 1.5",
                "三个半月=Month 3.5",
                "30余天=Day 30",
                "5 个交易日=WorkingDay 5"
            ]
        );
    }

    #[test]
    fn dates_times_and_ordinals_are_no_quantities() {
        for text in [
            "2026年12月1日",
            "二〇二六年十二月一日",
            "2026 年 3 月",
            "5月1号",
            "12月起",
            "2026-12-01",
            "2026/1/2",
            "2026.12.1",
            "上午9:00",
            "第十二条第3款",
            "每月15日前",
            "星期三",
            "周一",
            "v2版",
            "千万不要",
            "万一",
            "一定统一",
            "十分",
        ] {
            let got: Vec<String> = read(text).into_iter().filter(|r| !r.starts_with("十分")).collect();
            assert_eq!(got, Vec::<String>::new(), "{text}");
        }
        assert_eq!(read("2026年12月1日起3日内"), ["3日=Day 3"]);
    }

    #[test]
    fn endless_numbers_are_passed_over_quickly() {
        for piece in ["9", "一", "1,000", "1.", "一点", "一万"] {
            assert!(quantities(&piece.repeat(100_000), 0).is_empty());
        }
        assert_eq!(read(&format!("{}，3天", "8".repeat(100))), ["3天=Day 3"]);
    }

    #[test]
    fn multiples_and_plain_numbers() {
        assert_eq!(
            read("赔3倍，百倍返还，1.5 万人，三百六十五位，A4纸，一次三个"),
            ["3倍=times 3", "百倍=times 100", "1.5=1.5", "三百六十五=365", "一=1", "三=3"]
        );
        let spans = quantities("😀𠮷3倍", 100);
        assert_eq!(spans.len(), 1);
        assert_eq!((spans[0].span.start, spans[0].span.end), (108, 112));
    }
}
