//! Likeness to labelled sentences: violations in wording that no pattern lists.
//!
//! `lexicon/exemplars/*.tsv` holds sentences that a person labelled: this one breaks that rule,
//! its twin on the same words is lawful. From them, and from ordinary text that is lawful, one
//! linear model is trained (`crates/teach`; `lexicon/likeness.bin` is what it wrote): for each sentence the sum of what its runs of one to three characters weigh, once for
//! “a violation at all” and once for each rule. It knows no grammar; what it adds to the rules is
//! that it has seen thousands of ways to say a thing. So its findings are warnings, stand only
//! where no rule has anything to say, and are exempted like a rule's.
//!
//! Training is dual coordinate descent for the L2-regularised squared hinge loss (Hsieh, Chang,
//! Lin, Keerthi, Sundararajan: *A Dual Coordinate Descent Method for Large-scale Linear SVM*, ICML
//! 2008), on term frequency × inverse document frequency of unit length; in a fixed order, so the
//! same sentences give the same weights.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "counts are small and stored weights are rounded on purpose"
)]

use crate::rule::{Kind, Rule};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use shenyan_text::bounds;
use shenyan_text::fold::Folder;
use shenyan_text::span::{Folded, Prose, Span};

/// The longest run of characters that is a feature.
const LONGEST: usize = 3;
/// A sentence with fewer features than this says too little.
const FEWEST: usize = 20;

/// A labelled sentence or short text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exemplar {
    /// What it is part of.
    pub kind: Kind,
    /// The text, without its marks.
    pub text: String,
    /// The words that violate, as byte ranges of `text`, and the rule each breaks.
    pub marks: Vec<(std::ops::Range<usize>, String)>,
}

impl Exemplar {
    /// Reads one line: rules (`-` for none), kind, how plain the wording is, and the text with
    /// `[[…]]` around what violates, separated by tabs.
    ///
    /// # Errors
    /// What is wrong with the line, in Chinese.
    pub fn parse(line: &str) -> Result<Self, String> {
        let columns: Vec<&str> = line.split('\t').collect();
        let [rules, kind, _, marked] = columns[..] else {
            return Err(format!("应有 4 列（规则、种类、难度、文字），却有 {} 列", columns.len()));
        };
        let kind = match kind.trim() {
            "marketing" => Kind::Marketing,
            "contract" => Kind::Contract,
            other => return Err(format!("种类只能是 marketing 或 contract，不是“{other}”")),
        };
        let rules: Vec<&str> = match rules.trim() {
            "-" => Vec::new(),
            list => list.split(',').map(str::trim).collect(),
        };
        let mut text = String::new();
        let mut spans = Vec::new();
        let mut rest = marked.trim();
        while let Some((before, after)) = rest.split_once("[[") {
            let (inside, after) = after.split_once("]]").ok_or("[[ 没有对应的 ]]")?;
            text += before;
            let start = text.len();
            text += inside;
            spans.push(start..text.len());
            rest = after;
        }
        text += rest;
        if text.contains("]]") {
            return Err("]] 没有对应的 [[".into());
        }
        if spans.len() != rules.len() {
            return Err(format!("有 {} 处标记，却有 {} 个规则", spans.len(), rules.len()));
        }
        let marks = spans.into_iter().zip(rules.into_iter().map(str::to_owned)).collect();
        Ok(Self { kind, text, marks })
    }

    /// The examples of a rule that say where they violate it.
    pub fn of_rule(rule: &Rule) -> impl Iterator<Item = Self> {
        let kind = rule.applies.kinds.first().copied().unwrap_or(Kind::Marketing);
        let useful = rule.examples.iter().filter(|e| e.format == "text" && e.flag != e.marks.is_empty());
        useful.map(move |e| {
            let marks = e.marks.iter().map(|(start, end)| (*start..*end, rule.id.clone())).collect();
            Self { kind, text: e.text.clone(), marks }
        })
    }
}

/// How a model is trained and used: `exemplars/likeness.toml`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tuning {
    /// Weight of errors against the size of the weights.
    pub cost: f32,
    /// The same for a sentence of ordinary text, of which there are many.
    pub ordinary: f32,
    /// A sentence whose sum is at least this is reported.
    pub least: f32,
    /// What is added to that each time a document is twice as long, beginning with 20 sentences:
    /// a page of advertising holds a violation more often than one page of a long contract.
    pub long: f32,
    /// And the sum for the likeliest rule has to be at least this.
    pub rule: f32,
}

impl Default for Tuning {
    fn default() -> Self {
        Self { cost: 0.3, ordinary: 0.1, least: 0.05, long: 0.1, rule: -0.8 }
    }
}

/// One feature's row in a [`Model`].
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Row {
    /// Hash of the characters.
    key: u32,
    /// Inverse document frequency, in sixteenths.
    idf: u8,
    /// What it weighs for “a violation at all”, in [`UNIT`]s.
    weight: i16,
    /// How many weights for rules it has.
    classes: u8,
}

/// What weights are stored in.
const UNIT: f32 = 1.0 / 1024.0;
/// A weight for a rule below this is noise, and most weights are.
const NOISE: f32 = 0.03;

impl Row {
    fn idf(self) -> f32 {
        f32::from(self.idf) / 16.0
    }

    fn weight(self) -> f32 {
        f32::from(self.weight) * UNIT
    }
}

/// The trained weights.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Model {
    rows: Vec<Row>,
    /// Class and weight (in [`UNIT`]s) of the features, row after row.
    weights: Vec<(u8, i16)>,
    /// Rules, and what each starts from.
    classes: Vec<(String, f32)>,
    bias: f32,
    least: f32,
    long: f32,
    rule: f32,
    /// Row + 1 by hash, open addressing; made by [`Self::ready`].
    #[serde(skip)]
    slots: Vec<u32>,
    /// Where each row's weights end; made by [`Self::ready`].
    #[serde(skip)]
    ends: Vec<u32>,
}

/// What a sentence looks like.
#[derive(Debug, Clone, PartialEq)]
pub struct Likeness {
    /// The sentence.
    pub sentence: Span<Folded>,
    /// The part of it that speaks most for a violation.
    pub words: Span<Folded>,
    /// How strongly it looks like a violation; 0 is even.
    pub score: f32,
    /// Rules that it may break by their places in the model, the likeliest first.
    pub rules: Vec<u8>,
}

/// The features of a sentence: hash and the byte offset where the run of characters begins.
fn features(sentence: &str) -> Vec<(u32, u32)> {
    // Blanks say nothing, and which number it is is the rules' business.
    let mut chars: Vec<(u32, char)> = Vec::with_capacity(sentence.len() / 3 + 1);
    let mut number = false;
    for (at, c) in sentence.char_indices() {
        let digit = c.is_ascii_digit() || number && matches!(c, '.' | ',');
        if !(c.is_whitespace() || digit && number) {
            chars.push((at as u32, if digit { '0' } else { c }));
        }
        number = digit;
    }
    let mut out = Vec::with_capacity(chars.len() * LONGEST);
    for i in 0..chars.len() {
        let mut hash = 0x811c_9dc5_u32;
        for (n, (_, c)) in chars[i..].iter().take(LONGEST).enumerate() {
            hash = (hash ^ (*c as u32)).wrapping_mul(0x9e37_79b1).rotate_left(13) ^ n as u32;
            out.push((hash, chars[i].0));
        }
    }
    out
}

/// A sentence as a vector of unit length: row (or hash) and value.
type Sparse = Vec<(u32, f32)>;

/// Term frequency, damped.
fn damped(count: u32) -> f32 {
    1.0 + (count as f32).ln()
}

fn dot(weights: &[f32], x: &Sparse) -> f32 {
    x.iter().map(|(i, v)| weights[*i as usize] * v).sum()
}

/// Weights (the last is the bias) that tell the sentences in `positive` from the others.
fn train(xs: &[Sparse], positive: &[bool], size: usize, cost: &dyn Fn(usize) -> f32) -> Vec<f32> {
    const ROUNDS: usize = 40;
    let mut weights = vec![0.0_f32; size + 1];
    let mut alpha = vec![0.0_f32; xs.len()];
    let mut order: Vec<u32> = (0..xs.len() as u32).collect();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..ROUNDS {
        for i in (1..order.len()).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            order.swap(i, ((random >> 33) % (i as u64 + 1)) as usize);
        }
        let mut most = 0.0_f32;
        for &i in &order {
            let i = i as usize;
            let y = if positive[i] { 1.0 } else { -1.0 };
            let diagonal = 0.5 / cost(i);
            let gradient = y * (dot(&weights, &xs[i]) + weights[size]) - 1.0 + alpha[i] * diagonal;
            let projected = if alpha[i] == 0.0 { gradient.min(0.0) } else { gradient };
            most = most.max(projected.abs());
            if projected.abs() < 1e-6 {
                continue;
            }
            // Every vector has length 1, and 1 is added for the bias.
            let new = (alpha[i] - gradient / (2.0 + diagonal)).max(0.0);
            let step = (new - alpha[i]) * y;
            alpha[i] = new;
            for (f, v) in &xs[i] {
                weights[*f as usize] += step * v;
            }
            weights[size] += step;
        }
        if most < 0.01 {
            break;
        }
    }
    weights
}

/// Sentences of exemplars with the rules they break.
fn sentences(exemplars: &[Exemplar], folder: &Folder) -> Vec<(String, Vec<String>)> {
    let mut out = Vec::new();
    for e in exemplars {
        let folded = folder.fold(&e.text);
        let marks: Vec<(Span<Folded>, &String)> =
            e.marks.iter().map(|(r, rule)| (folded.to_derived(Span::<Prose>::of(r)), rule)).collect();
        for s in bounds::sentences(folded.text()) {
            let rules = marks.iter().filter(|(m, _)| m.overlaps(s)).map(|(_, r)| (*r).clone()).collect();
            out.push((s.text(folded.text()).to_owned(), rules));
        }
    }
    out
}

impl Model {
    /// Trains on exemplars and on `ordinary` text, which is lawful. Only what the exemplars say can
    /// be a feature.
    pub fn train(exemplars: &[Exemplar], ordinary: &[Exemplar], folder: &Folder, tuning: &Tuning) -> Self {
        let mut sentences = sentences(exemplars, folder);
        let labelled = sentences.len();
        sentences.extend(self::sentences(ordinary, folder));
        let mut counts: Vec<FxHashMap<u32, u32>> = Vec::with_capacity(sentences.len());
        let mut documents: FxHashMap<u32, u32> = FxHashMap::default();
        for (i, (text, _)) in sentences.iter().enumerate() {
            let mut count: FxHashMap<u32, u32> = FxHashMap::default();
            for (hash, _) in features(text) {
                *count.entry(hash).or_default() += 1;
            }
            for hash in count.keys() {
                match documents.get_mut(hash) {
                    Some(n) => *n += 1,
                    None if i < labelled => _ = documents.insert(*hash, 1),
                    None => {}
                }
            }
            counts.push(count);
        }
        // What stands in one sentence only says nothing about another.
        let mut keys: Vec<(u32, u32)> = documents.into_iter().filter(|(_, n)| *n > 1).collect();
        keys.sort_unstable();
        let all = sentences.len() as f32;
        let mut rows: Vec<Row> = keys
            .iter()
            .map(|(key, n)| {
                let idf = ((1.0 + all) / (1.0 + *n as f32)).ln() + 1.0;
                Row { key: *key, idf: (idf * 16.0).round() as u8, ..Row::default() }
            })
            .collect();
        let place: FxHashMap<u32, u32> = keys.iter().enumerate().map(|(i, (k, _))| (*k, i as u32)).collect();
        let xs: Vec<Sparse> = (counts.iter())
            .map(|count| {
                let known = count.iter().filter_map(|(h, n)| Some((*place.get(h)?, *n)));
                let mut x: Sparse = known.map(|(i, n)| (i, damped(n) * rows[i as usize].idf())).collect();
                x.sort_unstable_by_key(|(i, _)| *i);
                let length = x.iter().map(|(_, v)| v * v).sum::<f32>().sqrt().max(1e-6);
                for (_, v) in &mut x {
                    *v /= length;
                }
                x
            })
            .collect();
        let any: Vec<bool> = sentences.iter().map(|(_, rules)| !rules.is_empty()).collect();
        let cost = |i: usize| if i < labelled { tuning.cost } else { tuning.ordinary };
        let violation = train(&xs, &any, rows.len(), &cost);
        let mut names: Vec<&String> = sentences.iter().flat_map(|(_, r)| r).collect();
        names.sort_unstable();
        names.dedup();
        let mut classes = Vec::new();
        let mut of_class: Vec<Vec<f32>> = Vec::new();
        for name in &names {
            let mine: Vec<bool> = sentences.iter().map(|(_, rules)| rules.contains(name)).collect();
            let mut w = train(&xs, &mine, rows.len(), &cost);
            classes.push(((*name).clone(), w.pop().unwrap_or_default()));
            of_class.push(w);
        }
        let mut weights = Vec::new();
        let store = |w: f32| (w / UNIT).round() as i16;
        for (i, row) in rows.iter_mut().enumerate() {
            row.weight = store(violation[i]);
            let before = weights.len();
            let big = of_class.iter().enumerate().filter(|(_, w)| w[i].abs() >= NOISE);
            weights.extend(big.map(|(c, w)| (c as u8, store(w[i]))));
            row.classes = (weights.len() - before) as u8;
        }
        let bias = violation.last().copied().unwrap_or_default();
        Self {
            rows,
            weights,
            classes,
            bias,
            least: tuning.least,
            long: tuning.long,
            rule: tuning.rule,
            ..Self::default()
        }
        .ready()
    }

    /// Makes a stored model ready to run.
    #[must_use]
    pub fn ready(mut self) -> Self {
        let size = (self.rows.len() * 2).next_power_of_two();
        self.slots = vec![0; size];
        for (i, row) in self.rows.iter().enumerate() {
            let mut slot = row.key as usize & (size - 1);
            while self.slots[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            self.slots[slot] = i as u32 + 1;
        }
        let mut end = 0;
        self.ends = self.rows.iter().map(|r| (end += u32::from(r.classes), end).1).collect();
        self
    }

    /// Sets the thresholds anew, to measure what they do.
    pub fn tune(&mut self, least: Option<f32>, rule: Option<f32>) {
        self.least = least.unwrap_or(self.least);
        self.rule = rule.unwrap_or(self.rule);
    }

    /// What a sentence's score must be in a document of so many sentences.
    pub fn least(&self, sentences: usize) -> f32 {
        const PAGE: f32 = 20.0;
        self.least + self.long * (sentences as f32 / PAGE).max(1.0).log2()
    }

    /// The rule at a place.
    pub fn rule(&self, class: u8) -> &str {
        self.classes.get(class as usize).map_or("", |(name, _)| name)
    }

    /// How many features, weights for rules, and rules it knows.
    pub fn size(&self) -> (usize, usize, usize) {
        (self.rows.len(), self.weights.len(), self.classes.len())
    }

    fn row(&self, key: u32) -> Option<u32> {
        if self.rows.is_empty() {
            return None;
        }
        let mut slot = key as usize & (self.slots.len() - 1);
        loop {
            let row = self.slots[slot].checked_sub(1)?;
            if self.rows[row as usize].key == key {
                return Some(row);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    /// The sentences of a paragraph that look like a violation.
    pub fn alike(&self, paragraph: &str) -> Vec<Likeness> {
        if self.rows.is_empty() {
            return Vec::new();
        }
        bounds::sentences(paragraph).into_iter().filter_map(|s| self.judge(paragraph, s)).collect()
    }

    /// How strongly a sentence looks like a violation, for measurements; 0 is even.
    pub fn score(&self, sentence: &str) -> f32 {
        self.weigh(sentence).map_or(f32::NEG_INFINITY, |w| w.sum + self.bias)
    }

    fn weigh(&self, sentence: &str) -> Option<Weighed> {
        let mut places: Vec<(u32, u32)> =
            features(sentence).into_iter().filter_map(|(h, at)| Some((self.row(h)?, at))).collect();
        if places.len() < FEWEST {
            return None;
        }
        places.sort_unstable();
        let mut values: Vec<(u32, f32, usize)> = Vec::new();
        for group in places.chunk_by(|a, b| a.0 == b.0) {
            let row = &self.rows[group[0].0 as usize];
            values.push((group[0].0, damped(group.len() as u32) * row.idf(), group.len()));
        }
        let length = values.iter().map(|(_, v, _)| v * v).sum::<f32>().sqrt();
        for (_, v, _) in &mut values {
            *v /= length;
        }
        let sum = values.iter().map(|(row, v, _)| self.rows[*row as usize].weight() * v).sum();
        Some(Weighed { places, values, sum })
    }

    fn judge(&self, paragraph: &str, sentence: Span<Folded>) -> Option<Likeness> {
        let text = sentence.text(paragraph);
        let weighed = self.weigh(text)?;
        let score = weighed.sum + self.bias;
        if score < self.least {
            return None;
        }
        let mut sums: Vec<f32> = self.classes.iter().map(|(_, bias)| *bias).collect();
        for (row, value, _) in &weighed.values {
            for (class, weight) in self.weights_of(*row) {
                sums[*class as usize] += f32::from(*weight) * UNIT * value;
            }
        }
        let mut rules: Vec<u8> = (0..self.classes.len() as u8).collect();
        rules.sort_by(|a, b| sums[*b as usize].total_cmp(&sums[*a as usize]));
        rules.retain(|r| sums[*r as usize] >= self.rule);
        rules.truncate(4);
        if rules.is_empty() {
            return None;
        }
        let words = self.words(paragraph, sentence, &weighed);
        Some(Likeness { sentence, words, score, rules })
    }

    fn weights_of(&self, row: u32) -> &[(u8, i16)] {
        let row = row as usize;
        let end = self.ends[row] as usize;
        &self.weights[end - self.rows[row].classes as usize..end]
    }

    /// The clauses of a sentence that speak most for a violation.
    fn words(&self, paragraph: &str, sentence: Span<Folded>, weighed: &Weighed) -> Span<Folded> {
        let mut clauses = bounds::clauses(paragraph, sentence);
        // A clause of few characters is a name or an opening; it stays with what follows.
        let mut i = 0;
        while i + 1 < clauses.len() {
            if clauses[i].text(paragraph).chars().count() < 5 {
                clauses[i + 1] = clauses[i].union(clauses[i + 1]);
                clauses.remove(i);
            } else {
                i += 1;
            }
        }
        let mut sums = vec![0.0_f32; clauses.len()];
        let mut places = weighed.places.iter();
        for (row, value, count) in &weighed.values {
            let each = self.rows[*row as usize].weight() * value / *count as f32;
            for (_, at) in places.by_ref().take(*count) {
                let at = sentence.start + at;
                let clause = clauses.partition_point(|c| c.end <= at).min(clauses.len().saturating_sub(1));
                if let Some(sum) = sums.get_mut(clause) {
                    *sum += each;
                }
            }
        }
        // The run of clauses with the largest sum; each starts from its share of the bias.
        let share = self.bias / clauses.len().max(1) as f32;
        let mut best = (f32::NEG_INFINITY, sentence);
        for i in 0..clauses.len() {
            let mut sum = 0.0;
            for j in i..clauses.len() {
                sum += sums[j] + share;
                if sum > best.0 {
                    best = (sum, clauses[i].union(clauses[j]));
                }
            }
        }
        let span = best.1;
        let kept =
            span.text(paragraph).trim_end_matches(|c: char| !c.is_alphanumeric() && !"”）》%".contains(c));
        Span::new(span.start, span.start + kept.len() as u32)
    }
}

/// A sentence's features, looked up.
struct Weighed {
    /// Row and place of every known feature, by row.
    places: Vec<(u32, u32)>,
    /// Row, value, and how often it stands there.
    values: Vec<(u32, f32, usize)>,
    sum: f32,
}

/// Whether an exemplar is kept out of training, to measure on: every tenth, by a hash of its text.
pub fn held_out(e: &Exemplar) -> bool {
    let keys: FxHashSet<u32> = features(&e.text).into_iter().map(|(h, _)| h).collect();
    keys.iter().fold(0_u32, |a, k| a.wrapping_add(k.wrapping_mul(0x85eb_ca6b) >> 7)) % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exemplars() -> Vec<Exemplar> {
        let lines = [
            "a/promise\tmarketing\tplain\t存一年，[[到期本息分文不少还给您]]，邻居都说好。",
            "a/promise\tmarketing\tplain\t这笔钱[[到期分文不少还给您]]，请放心。",
            "a/promise\tmarketing\tplain\t投给我们，[[本息一定分文不少]]，到期就还。",
            "b/blame\tcontract\tplain\t物品丢失的，[[本店一概不管]]，请客人自己看好。",
            "b/blame\tcontract\tplain\t车子刮了，[[本店一概不管]]，请客人自认倒霉。",
            "-\tmarketing\t-\t存一年，到期能拿回多少要看净值，可能比本金少。",
            "-\tmarketing\t-\t这笔钱到期可能少于本金，请看清风险提示。",
            "-\tcontract\t-\t物品丢失的，本店按价赔偿，请客人保留凭证。",
            "-\tcontract\t-\t车子刮了，本店先行赔付，请客人拍照留存。",
        ];
        lines.iter().map(|l| Exemplar::parse(l).unwrap()).collect()
    }

    fn model() -> Model {
        let tuning = Tuning { cost: 10.0, ordinary: 1.0, least: 0.0, long: 0.1, rule: -0.9 };
        let ordinary =
            [Exemplar::parse("-\tcontract\to\t双方应当友好协商，协商不成的，请向法院起诉。").unwrap()];
        Model::train(&exemplars(), &ordinary, &Folder::new(&[]), &tuning)
    }

    #[test]
    fn exemplars_are_read_with_their_marks() {
        let e = Exemplar::parse("a/x, b/y\tcontract\tstep\t甲[[乙]]丙[[丁戊]]。").unwrap();
        assert_eq!((e.kind, e.text.as_str()), (Kind::Contract, "甲乙丙丁戊。"));
        assert_eq!(e.marks, [(3..6, "a/x".to_owned()), (9..15, "b/y".to_owned())]);
        for (line, what) in [
            ("a\tcontract\t甲", "4 列"),
            ("a\tpoem\t-\t[[甲]]", "种类"),
            ("a\tcontract\t-\t甲", "0 处标记"),
            ("-\tcontract\t-\t[[甲]]", "1 处标记"),
            ("a\tcontract\t-\t[[甲", "没有对应的 ]]"),
            ("-\tcontract\t-\t甲]]", "没有对应的 [["),
        ] {
            let error = Exemplar::parse(line).unwrap_err();
            assert!(error.contains(what), "{line}: {error}");
        }
    }

    #[test]
    fn a_variant_is_like_what_was_labelled_and_its_twin_is_not() {
        let m = model();
        let text = "您的钱到期一定分文不少还给您，请放心存。明年到期能拿回多少，要看净值，可能少于本金。雨伞丢失的，本店一概不管。";
        let found = m.alike(text);
        let seen: Vec<(&str, &str)> =
            found.iter().map(|l| (l.words.text(text), m.rule(l.rules[0]))).collect();
        assert_eq!(seen.len(), 2, "{seen:?}");
        assert!(seen[0].0.contains("分文不少") && seen[0].1 == "a/promise", "{seen:?}");
        assert!(seen[1].0.contains("本店一概不管") && seen[1].1 == "b/blame", "{seen:?}");
        assert!(found.iter().all(|l| l.score > m.least(1)));
    }

    #[test]
    fn a_longer_document_asks_for_more() {
        let m = model();
        assert!((m.least(1) - m.least(20)).abs() < 1e-6);
        assert!((m.least(40) - m.least(20) - 0.1).abs() < 1e-6);
    }

    #[test]
    fn the_same_sentences_give_the_same_bytes_and_survive_storing() {
        let bytes = postcard::to_allocvec(&model()).unwrap();
        assert_eq!(bytes, postcard::to_allocvec(&model()).unwrap());
        let stored: Model = postcard::from_bytes(&bytes).unwrap();
        let text = "您的钱到期一定分文不少还给您，请放心存。";
        assert_eq!(stored.ready().alike(text), model().alike(text));
    }

    #[test]
    fn nothing_is_like_anything_to_an_untrained_model_or_in_an_odd_text() {
        assert!(Model::default().alike("您的钱到期一定分文不少还给您，请放心存。").is_empty());
        for odd in ["", "\n\n", "，，，，", "0.0.0.0", "😀😀😀😀😀😀😀😀😀😀😀😀", "分", "a b c d e f g h"]
        {
            assert!(model().alike(odd).is_empty(), "{odd}");
        }
    }

    #[test]
    fn numbers_and_blanks_say_nothing() {
        let of = |t| features(t).into_iter().map(|(h, _)| h).collect::<Vec<_>>();
        assert_eq!(of("日息 0.05%"), of("日息1,234.5%"));
        assert_ne!(of("日息0.05%"), of("月息0.05%"));
    }
}
