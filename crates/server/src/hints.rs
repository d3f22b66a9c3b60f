//! The annual rate beside a price of credit that is told by the day, the month or the instalment.
//!
//! What a price of credit looks like is the business of rule files: the patterns of all rules
//! that measure an annual rate are looked for, whether or not the rule then finds fault.

use crate::analysis::Analysis;
use crate::lsp::{InlayHint, InlayHintKind, InlayHintLabel, InlayHintTooltip, Range};
use crate::words::Words;
use shenyan_lint::measure;
use shenyan_lint::rule::Measure;
use shenyan_lint::text::Text;
use shenyan_text::span::{Folded, Source, Span};

/// The hints in a range.
pub fn hints(analysis: &Analysis, range: Range) -> Vec<InlayHint> {
    let Some(checked) = &analysis.checked else { return Vec::new() };
    let words = Words::new(analysis.lang);
    let asked = analysis.encoding.bytes(&analysis.rope, range);
    let text = Text::new(&checked.doc, checked.linter.folder());
    let sentences = text.sentences.iter().copied().filter(|s| {
        let place = text.source(*s).range();
        place.start <= asked.end && asked.start <= place.end
    });
    let mut found: Vec<(Span<Source>, f64, bool)> = Vec::new();
    for sentence in sentences {
        found.extend(rates(&text, sentence, checked.linter.lexicon()));
    }
    // Of patterns that read the same words the longest reading counts.
    found.sort_by_key(|(span, ..)| (span.start, std::cmp::Reverse(span.end)));
    let mut last = 0;
    found.retain(|(span, ..)| {
        let free = span.start >= last;
        last = last.max(span.end);
        free
    });
    (found.into_iter())
        .map(|(span, rate, irr)| InlayHint {
            position: analysis.encoding.position(&analysis.rope, span.end as usize),
            label: InlayHintLabel::String(words.annual_rate(&measure::percent(rate))),
            kind: Some(InlayHintKind::TYPE),
            text_edits: None,
            tooltip: Some(InlayHintTooltip::String(
                if irr { words.annual_irr() } else { words.annual_simple() }.to_owned(),
            )),
            padding_left: Some(true),
            padding_right: None,
            data: None,
        })
        .collect()
}

/// The rates in a sentence: where, the rate as a fraction, whether it is an internal rate of return.
fn rates(
    text: &Text,
    sentence: Span<Folded>,
    lexicon: &shenyan_lint::Lexicon,
) -> Vec<(Span<Source>, f64, bool)> {
    let haystack = text.slice(sentence);
    let mut out = Vec::new();
    for matcher in lexicon.rules.values().flat_map(|r| &r.matchers) {
        let annual = |m: Measure| matches!(m, Measure::AnnualRate | Measure::InstalmentRate);
        let Some(test) = matcher.numbers.iter().find(|n| annual(n.measure)) else { continue };
        for pattern in &matcher.patterns {
            let present = |set: &Vec<String>| set.iter().any(|a| haystack.contains(a.as_str()));
            if !pattern.anchors().iter().all(present) {
                continue;
            }
            for found in pattern.found_iter(haystack) {
                let range = |name: &str| if name.is_empty() { found.get(0) } else { found.name(name) };
                let group = |name: &str| haystack.get(range(name)?);
                let Some(rate) = measure::take(test.measure, &test.group, &group) else { continue };
                let Some(hit) = found.name("hit").or_else(|| found.get(0)) else { continue };
                let span = text.source(Span::<Folded>::of(&hit).shifted(sentence.start));
                out.push((span, rate, test.measure == Measure::InstalmentRate));
            }
        }
    }
    out
}
