//! Coded checks: what a pattern cannot see because it lies in form or in the contract as a whole,
//! not in words.

use crate::contract::{self, Captures};
use crate::date::Date;
use crate::measure;
use crate::pattern::Pattern;
use crate::rule::{Check, ContractCues, DateTest};
use crate::text::Text;
use shenyan_read::{Block, BlockKind, Format, Style};
use shenyan_text::number::{Quantity, Unit, amount_in_words, parse_numeral, quantities};
use shenyan_text::outline::Reference;
use shenyan_text::span::{Folded, Span};
use std::collections::{BTreeSet, HashMap};

/// A place that a check objects to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Where.
    pub at: Span<Folded>,
    /// What fills the message, beside the words themselves.
    pub values: Vec<(&'static str, String)>,
}

impl From<Span<Folded>> for Hit {
    fn from(at: Span<Folded>) -> Self {
        Self { at, values: Vec::new() }
    }
}

/// The first match of a pattern in a stretch.
pub type Find<'a> = &'a dyn Fn(&Pattern, Span<Folded>) -> Option<Span<Folded>>;
/// All matches, in the paragraphs of the text, of a pattern that [`index::looks`] names or of a
/// definition.
pub type Look<'a, 't> = &'a dyn Fn(&Pattern) -> Vec<Captures<'t>>;

/// The places that a check objects to, in order; `find` looks for a pattern in a stretch, `look`
/// in all paragraphs.
pub fn run(check: &Check, text: &Text, cues: &ContractCues, find: Find, look: Look) -> Vec<Hit> {
    match check {
        Check::TickedControl { label } => (text.doc.controls().iter())
            .filter(|c| c.checked && c.enabled)
            .map(|c| text.of_prose(c.label))
            .filter(|l| !l.is_empty() && find(label, *l).is_some())
            .map(Hit::from)
            .collect(),
        Check::Prominence { matter, least } => {
            let found = plain_matter(text, matter, find, look);
            if found.len() >= *least { found.into_iter().map(Hit::from).collect() } else { Vec::new() }
        }
        Check::FinePrint { matter, small } => {
            fine_print(text, matter, *small, cues, find).into_iter().map(Hit::from).collect()
        }
        Check::Unexplained { terms } => (terms.iter())
            .filter_map(|(term, explained)| {
                let first = look(term).first()?.whole()?;
                look(explained).is_empty().then_some(first)
            })
            .map(Hit::from)
            .collect(),
        Check::References { reference, foreign } => references(text, reference, foreign, look),
        Check::Undefined { used, introduced } => undefined(text, used, introduced, cues, look),
        Check::Amounts { pairs } => captures(pairs, amounts, look),
        Check::Blanks { blank, most } => blanks(text, blank, *most, look),
        Check::Dates { ranges, test } => captures(ranges, |c| dates(c, *test), look),
        Check::LongSentences { over, least } => long_sentences(text, *over, *least),
    }
}

/// The matches of several patterns that `judge` objects to, in order and none twice.
fn captures(
    patterns: &[Pattern],
    judge: impl Fn(&Captures) -> Option<Vec<(&'static str, String)>>,
    look: Look,
) -> Vec<Hit> {
    let mut out: Vec<Hit> = Vec::new();
    for found in patterns.iter().flat_map(look) {
        let Some(values) = judge(&found) else { continue };
        let Some(at) = found.place("hit").or_else(|| found.whole()) else { continue };
        if !out.iter().any(|o| o.at.overlaps(at)) {
            out.push(Hit { at, values });
        }
    }
    out.sort_by_key(|h| h.at);
    out
}

/// References to clauses that the numbering of the text does not have.
fn references(text: &Text, reference: &Pattern, foreign: &Pattern, look: Look) -> Vec<Hit> {
    let outline = text.outline();
    // The label of a clause is not a reference to it.
    let labels: BTreeSet<u32> = outline.sections.iter().map(|s| s.heading.start).collect();
    let mut out = Vec::new();
    let mut resolved: HashMap<&str, Reference> = HashMap::new();
    for found in look(reference) {
        let Some(at) = found.place("to") else { continue };
        let to = text.slice(at);
        if labels.contains(&at.start)
            || *resolved.entry(to).or_insert_with(|| outline.resolve(to)) != Reference::Missing
        {
            continue;
        }
        // In text that lost its line breaks a label stands after a full stop or a blank.
        let article = to.split_inclusive('条').next().unwrap_or_default();
        let heads =
            |start: usize| text.str()[..start].chars().next_back().is_none_or(|c| "。；：）\n ".contains(c));
        if outline.resolve(article) == Reference::Missing
            && text.str().match_indices(article).any(|(start, _)| heads(start))
        {
            continue;
        }
        let sentence = text.sentence(at);
        if foreign.is_match(text.slice(Span::new(sentence.start, at.start))) {
            continue;
        }
        out.push(Hit::from(at));
    }
    out
}

/// The first use of each name that is used as if it were defined, and is not.
fn undefined(
    text: &Text,
    used: &[Pattern],
    introduced: &[Pattern],
    cues: &ContractCues,
    look: Look,
) -> Vec<Hit> {
    let terms = |patterns: &[Pattern]| {
        let found = patterns.iter().flat_map(look);
        let mut all: Vec<(Span<Folded>, String)> =
            found.filter_map(|c| c.place("term")).map(|at| (at, text.slice(at).trim().to_owned())).collect();
        all.sort();
        all
    };
    let mut known: BTreeSet<String> =
        contract::definitions_by(text, cues, look).into_iter().map(|d| d.term).collect();
    known.extend(terms(introduced).into_iter().map(|(_, term)| term));
    let mut out = Vec::new();
    for (at, term) in terms(used) {
        if known.insert(term) {
            out.push(at.into());
        }
    }
    out
}

/// An amount in words and one in figures, if they differ.
fn amounts(found: &Captures) -> Option<Vec<(&'static str, String)>> {
    let bare = |s: &str| s.replace([' ', '_', '¥', '￥', '元'], "");
    let words = amount_in_words(found.name("words")?)?;
    let figures = bare(found.name("figures")?);
    let figures = parse_numeral(&figures)?;
    // 0.00 is a form that was not filled in.
    let same = (words - figures).abs() < 0.005;
    (!same && figures > 0.0).then(|| vec![("words", money(words)), ("figures", money(figures))])
}

/// An amount with its thousands set apart.
fn money(value: f64) -> String {
    let text = format!("{value:.2}");
    let (whole, cents) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    if cents != "00" {
        out.push('.');
        out += cents;
    }
    out
}

/// Blanks: each by itself, or where there are many of them, the first with their number.
fn blanks(text: &Text, blank: &Pattern, most: usize, look: Look) -> Vec<Hit> {
    let mut all: Vec<Span<Folded>> = (look(blank).iter())
        .filter_map(|c| c.place("hit").or_else(|| c.whole()))
        // 【】 with a link or an address in it is empty only to the reader of prose.
        .filter(|at| {
            let source = text.source(*at).text(text.doc.source());
            let letters = |s: &str| s.chars().filter(|c| c.is_alphanumeric()).count();
            letters(source) == letters(text.slice(*at))
        })
        .collect();
    let count = all.len();
    if count > most {
        all.truncate(1);
    }
    all.into_iter().map(|at| Hit { at, values: vec![("count", count.to_string())] }).collect()
}

/// Year, month and day: 2026年3月1日, 2026-03-01, 二〇二六年三月一日.
fn year_month_day(text: &str) -> Option<(u16, u8, u8)> {
    let text = text.replace([' ', '_'], "");
    let mut parts = text.split(['年', '月', '日', '号', '-', '/', '.']).filter(|p| !p.is_empty());
    #[expect(clippy::cast_sign_loss, reason = "numerals are not negative")]
    let mut next = || parts.next().and_then(parse_numeral).map(|n| n as u32);
    let (year, month, day) = (next()?, next()?, next()?);
    let year = u16::try_from(year).ok().filter(|y| (1900..3000).contains(y))?;
    Some((year, u8::try_from(month).ok()?, u8::try_from(day).ok()?))
}

fn dates(found: &Captures, test: DateTest) -> Option<Vec<(&'static str, String)>> {
    let read = |name: &str| found.name(name).and_then(year_month_day);
    let date = |name: &str| read(name).and_then(|(y, m, d)| Date::new(y, m, d));
    let shown = |d: Date| format!("{}年{}月{}日", d.year, d.month, d.day);
    match test {
        DateTest::Exists => {
            let (year, month, day) = read("from")?;
            Date::new(year, month, day).is_none().then(Vec::new)
        }
        DateTest::Order => {
            let (from, to) = (date("from")?, date("to")?);
            (to < from).then(|| vec![("from", shown(from)), ("to", shown(to))])
        }
        DateTest::Term => {
            let (from, to) = (date("from")?, date("to")?);
            let term = found.name("term")?;
            let (n, unit) = quantities(term, 0).iter().find_map(|m| match m.quantity {
                Quantity::Duration { n, unit } => Some((n, unit)),
                _ => None,
            })?;
            // Whether the first and the last day count is for the contract to say: a day or two
            // more or less is no contradiction.
            let (due, slack) = match unit {
                Unit::Day => (from.days() + whole(n), 1),
                Unit::Week => (from.days() + whole(n * 7.0), 1),
                Unit::Month => (from.plus_months(whole(n).try_into().ok()?).days(), 3),
                Unit::Quarter => (from.plus_months(whole(n * 3.0).try_into().ok()?).days(), 3),
                Unit::Year => (from.plus_months(whole(n * 12.0).try_into().ok()?).days(), 3),
                Unit::WorkingDay => return None,
            };
            let off = (to.days() - due).abs() > slack;
            (off && to >= from).then(|| {
                vec![
                    ("from", shown(from)),
                    ("to", shown(to)),
                    ("term", term.to_owned()),
                    ("days", measure::plain(f64::from(to.days() - from.days() + 1))),
                ]
            })
        }
    }
}

fn whole(n: f64) -> i32 {
    if (0.0..60_000.0).contains(&n) { n.round() as i32 } else { 0 }
}

/// The longest sentence, where sentences over the limit are not rare. The members of a list and
/// what a lost line break joined count one by one.
fn long_sentences(text: &Text, over: usize, least: usize) -> Vec<Hit> {
    let long: Vec<(usize, Span<Folded>)> = (text.sentences.iter())
        // Counting all characters is much cheaper than looking at each.
        .filter(|s| text.slice(**s).chars().count() > over)
        .flat_map(|s| {
            let mut at = s.start;
            text.slice(*s).split_inclusive(['；', '：', ' ', '|']).map(move |part| {
                let span = Span::new(at, at + part.len() as u32);
                at = span.end;
                (part.chars().filter(|c| c.is_alphanumeric()).count(), span)
            })
        })
        .filter(|(n, _)| *n > over)
        .collect();
    let Some((most, at)) = long.iter().max_by_key(|(n, s)| (*n, std::cmp::Reverse(*s))) else {
        return Vec::new();
    };
    if long.len() < least {
        return Vec::new();
    }
    let values =
        vec![("count", long.len().to_string()), ("over", over.to_string()), ("longest", most.to_string())];
    vec![Hit { at: *at, values }]
}

/// Type of this size, in CSS pixels, where a document does not say.
const USUAL: f32 = 16.0;

/// The size that most of the text is set in.
fn usual_size(text: &Text) -> f32 {
    let mut sizes: Vec<(f32, u32)> = Vec::new();
    let mut add = |size: f32, len: u32| match sizes.iter_mut().find(|(s, _)| (*s - size).abs() < 0.1) {
        Some((_, n)) => *n += len,
        None => sizes.push((size, len)),
    };
    let mut styled = 0;
    for s in text.doc.styles() {
        styled += s.span.len();
        add(s.style.size.unwrap_or(USUAL), s.span.len());
    }
    let all = text.doc.prose().text().len() as u32;
    add(USUAL, all.saturating_sub(styled));
    sizes.into_iter().max_by_key(|(_, n)| *n).map_or(USUAL, |(size, _)| size)
}

/// Whether a style catches the eye in text of the usual size. Black, grey and white do not, nor
/// does a background that is white.
fn stands_out(style: &Style, usual: f32) -> bool {
    let spread = |c: [u8; 3]| c.iter().max().zip(c.iter().min()).map_or(0, |(max, min)| max - min);
    style.bold
        || style.underline
        || style.size.is_some_and(|size| size > usual * 1.1)
        || style.color.is_some_and(|c| spread(c) >= 0x30)
        || style.background.is_some_and(|c| c.iter().any(|v| *v < 0xf0))
}

/// Sentences that must stand out and do not, in a text that sets other things apart.
fn plain_matter(text: &Text, matter: &[Pattern], find: Find, look: Look) -> Vec<Span<Folded>> {
    let usual = usual_size(text);
    let strong: Vec<Span<Folded>> = (text.doc.styles().iter())
        .filter(|s| stands_out(&s.style, usual))
        .map(|s| text.of_prose(s.span))
        .collect();
    // Where nothing is set apart the format may not be able to, or was lost on the way here. Of a PDF
    // the size of type is known, but not whether it is bold or coloured.
    if matches!(text.doc.format(), Format::Plain | Format::Pdf) || strong.is_empty() {
        return Vec::new();
    }
    // Styles are in order and do not overlap.
    let set_apart = |s: Span<Folded>| {
        let first = strong.partition_point(|t| t.end <= s.start);
        strong[first..].iter().take_while(|t| t.start < s.end).any(|t| t.overlaps(s))
    };
    // Where the matter may be; the sentence itself has to say it.
    let places = matter.iter().flat_map(look).filter_map(|found| found.whole());
    let around = places.flat_map(|p| text.sentence_index(p.start)..=text.sentence_index(p.end));
    let around: BTreeSet<usize> = around.collect();
    (around.into_iter())
        .filter_map(|i| text.sentences.get(i))
        .filter(|s| !set_apart(**s))
        .filter(|s| matter.iter().any(|m| find(m, **s).is_some()))
        .copied()
        .collect()
}

/// Conditions in type smaller than the usual, in pale or hidden type, or in a footnote.
///
/// Notes are small by custom, and most of them explain: a sentence of a note counts only if it
/// limits a price or an offer.
fn fine_print(
    text: &Text,
    matter: &Pattern,
    small: f64,
    cues: &ContractCues,
    find: Find,
) -> Vec<Span<Folded>> {
    let largest = text.doc.styles().iter().filter_map(|s| s.style.size).fold(USUAL, f32::max);
    // A page says where it differs from what is usual; a Word document always says.
    let usual = match text.doc.format() {
        Format::Plain | Format::Markdown | Format::Html if largest > USUAL => USUAL,
        Format::Plain | Format::Markdown | Format::Html => largest,
        _ => usual_size(text),
    };
    let mut weak: Vec<Span<Folded>> = (text.doc.styles().iter())
        .filter(|s| {
            let tiny = s.style.size.is_some_and(|size| f64::from(size) < f64::from(usual) * small);
            let pale =
                s.style.color.is_some_and(|c| c.iter().all(|v| *v >= 0xa0)) && s.style.background.is_none();
            tiny || pale || s.style.hidden
        })
        .map(|s| text.of_prose(s.span))
        .collect();
    let blocks = |is: fn(&Block) -> bool| {
        (text.doc.blocks().iter()).filter(move |b| is(b)).map(|b| text.of_prose(b.span))
    };
    weak.extend(blocks(|b| b.hidden));
    let notes: Vec<Span<Folded>> = blocks(|b| b.kind == BlockKind::Footnote).collect();
    weak.retain(|w| !notes.iter().any(|n| n.overlaps(*w)));
    let limits = |s: Span<Folded>| cues.limits.as_ref().is_none_or(|l| find(l, s).is_some());
    for note in notes {
        let inside = text.sentences.iter().filter(|s| s.overlaps(note));
        let inside = inside.map(|s| Span::new(s.start.max(note.start), s.end.min(note.end)));
        weak.extend(inside.filter(|s| limits(*s)));
    }
    weak.sort_unstable();
    let mut out: Vec<Span<Folded>> = Vec::new();
    for w in weak {
        let Some(hit) = find(matter, w) else { continue };
        if !out.iter().any(|o| o.overlaps(hit)) {
            out.push(hit);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_catches_the_eye() {
        let plain = Style { size: Some(14.0), color: Some([0x22; 3]), ..Style::default() };
        assert!(!stands_out(&plain, 14.0));
        assert!(stands_out(&Style { size: Some(18.0), ..plain }, 14.0));
        assert!(stands_out(&Style { color: Some([0xc0, 0, 0]), ..plain }, 14.0));
        assert!(stands_out(&Style { bold: true, ..plain }, 14.0));
        assert!(!stands_out(&Style { background: Some([0xff; 3]), ..plain }, 14.0));
        assert!(stands_out(&Style { background: Some([0xff, 0xff, 0]), ..plain }, 14.0));
    }

    #[test]
    fn amounts_are_shown_in_groups() {
        assert_eq!(money(1_234_567.0), "1,234,567");
        assert_eq!(money(999.5), "999.50");
    }

    #[test]
    fn dates_however_written() {
        for text in ["2026年3月1日", "2026-03-01", "2026.3.1", "二〇二六年三月一日", "2026 年 3 月 1 日"]
        {
            assert_eq!(year_month_day(text), Some((2026, 3, 1)), "{text}");
        }
        assert_eq!(year_month_day("____年__月__日"), None);
    }
}
