//! Rules, exemptions and facts as the engine runs them: what `pack` compiles rule files into.

use crate::date::Date;
use crate::finding::{Bilingual, Safety, Severity, Verdict};
use crate::pattern::Pattern;
use serde::{Deserialize, Serialize};

/// What kind of text a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Advertising, product pages, messages, posts.
    Marketing,
    /// Contracts, agreements, terms, privacy policies, rules.
    Contract,
}

impl Kind {
    /// The name in options and output.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Marketing => "marketing",
            Self::Contract => "contract",
        }
    }
}

/// Where a text is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Web page, app, message, video.
    Online,
    /// Leaflet, poster, counter.
    Offline,
}

impl Channel {
    /// The name in options and output.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Offline => "offline",
        }
    }
}

/// Who a party is in a standard-form relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Wrote the text: the bank, the insurer, the platform, the shop.
    Drafter,
    /// Takes it or leaves it: the customer.
    Consumer,
    /// Neither: a partner, a public body.
    Third,
}

/// The stretch of text a pattern is run on, or a probe looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Within {
    /// Between commas.
    Clause,
    /// Between full stops.
    Sentence,
    /// The sentence and its neighbours in the same paragraph.
    Near,
    /// The paragraph, or the table row.
    Paragraph,
    /// The paragraph and its neighbours on both sides.
    Around,
    /// The numbered section, or from heading to heading.
    Section,
    /// Everything.
    Document,
    /// The headings above the place.
    Heading,
}

/// Which part of that stretch counts, seen from the hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// All of it.
    #[default]
    Any,
    /// What comes before the hit.
    Before,
    /// What comes after the hit.
    After,
    /// A match that covers the hit: a name, a longer word.
    Cover,
    /// The hit's own text.
    Inside,
    /// All but the hit.
    Rest,
}

/// A question put to the text around a hit.
#[derive(Debug, Serialize, Deserialize)]
pub struct Probe {
    /// What is looked for.
    pub pattern: Pattern,
    /// Where.
    pub within: Within,
    /// On which side of the hit.
    pub side: Side,
    /// If this is found in the same text, the probe does not hold.
    pub but: Option<Pattern>,
    /// Holds as well in a document about one of these products, whatever stands around the hit.
    pub products: Vec<String>,
}

/// A measure taken of the words a group captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// A rate or cost per period, brought to a year (fraction): 日息万分之五 → 0.1825.
    AnnualRate,
    /// A period in calendar days; five working days are a week.
    Days,
    /// A share (fraction): 百分之二十 → 0.2.
    Share,
    /// A share per day (fraction): 每日千分之一 → 0.001.
    DailyRate,
    /// Annual internal rate of return of level instalments, from the groups `principal`,
    /// `payment` (or `fee` for each instalment) and `n`.
    InstalmentRate,
    /// A plain number.
    Number,
}

/// A numeric condition on a match.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NumberTest {
    /// What is measured.
    pub measure: Measure,
    /// The named group; the whole match if empty.
    pub group: String,
    /// Holds only above this.
    pub over: Option<f64>,
    /// Holds only from this upwards.
    pub least: Option<f64>,
    /// Holds only below this.
    pub under: Option<f64>,
    /// If the measure cannot be taken, the condition holds anyway.
    pub or_unknown: bool,
}

/// A condition on the part of speech of the word that a group captured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagTest {
    /// The named group.
    pub group: String,
    /// jieba tags that are accepted, by prefix.
    pub tags: Vec<String>,
}

/// A repair in a rule file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixSpec {
    /// What it does.
    pub title: Bilingual,
    /// Text that takes the hit's place.
    pub replace: Option<String>,
    /// Text put after the hit, its sentence or its paragraph.
    pub insert: Option<String>,
    /// Where `insert` goes.
    pub after: InsertAt,
    /// Whether it may be applied unread.
    pub safety: Safety,
}

/// Where an inserted text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InsertAt {
    /// Right after the hit.
    Hit,
    /// At the end of its sentence.
    Sentence,
    /// As a paragraph of its own after the hit's paragraph.
    #[default]
    Paragraph,
    /// As a paragraph of its own after the last clause, before signatures and annexes; after the
    /// hit's paragraph where the hit is in a clause, or nothing is.
    Clauses,
    /// At the end of the document.
    Document,
}

/// Limits on where a rule or one of its matches applies; empty lists do not limit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Applies {
    /// Kinds of text.
    pub kinds: Vec<Kind>,
    /// Channels.
    pub channels: Vec<Channel>,
    /// Product facts, any of which must hold.
    pub products: Vec<String>,
    /// First day in force.
    pub since: Option<Date>,
    /// First day no longer in force.
    pub until: Option<Date>,
}

/// One way in which a rule can be broken.
#[derive(Debug, Serialize, Deserialize)]
pub struct Matcher {
    /// What to look for, any of them.
    pub patterns: Vec<Pattern>,
    /// The stretch of text a pattern runs on.
    pub within: Within,
    /// Longer words that contain the hit and are something else.
    pub except: Option<Pattern>,
    /// Both ends of the hit must be word boundaries.
    pub boundary: bool,
    /// Parts of speech.
    pub tags: Vec<TagTest>,
    /// Who acts: the last party named before or at the start of the hit.
    pub actor: Option<Role>,
    /// All must hold.
    pub near: Vec<Probe>,
    /// None may hold.
    pub absent: Vec<Probe>,
    /// Numbers.
    pub numbers: Vec<NumberTest>,
    /// Exemptions by id, beside the rule's own.
    pub unless: Vec<String>,
    /// Limits.
    pub applies: Applies,
    /// Verdict, where it differs from the rule's.
    pub verdict: Option<Verdict>,
    /// Message, where it differs from the rule's.
    pub message: Option<Bilingual>,
    /// Basis, where it differs from the rule's.
    pub basis: Vec<String>,
    /// Repairs, where they differ from the rule's.
    pub fixes: Vec<FixSpec>,
}

/// What makes a disclosure due.
#[derive(Debug, Serialize, Deserialize)]
pub struct Trigger {
    /// The words.
    pub pattern: Pattern,
    /// All must hold.
    pub near: Vec<Probe>,
    /// None may hold.
    pub absent: Vec<Probe>,
}

/// One thing that must be said.
#[derive(Debug, Serialize, Deserialize)]
pub struct Say {
    /// Its name in messages.
    pub name: Bilingual,
    /// Ways of saying it, any of them.
    pub patterns: Vec<Pattern>,
    /// Due only if this is in the document; always if none.
    pub due: Option<Pattern>,
    /// A statement that would do, to insert.
    pub insert: Bilingual,
}

/// If something is present, other things must be said.
#[derive(Debug, Serialize, Deserialize)]
pub struct Requirement {
    /// Product facts, any of which makes it due; the fact's strongest cue is the trigger.
    pub products: Vec<String>,
    /// Words, any of which makes it due (together with a product, if products are named).
    pub when: Vec<Trigger>,
    /// Where it must be said.
    pub scope: Within,
    /// What must be said.
    pub say: Vec<Say>,
    /// How many of them suffice; all if zero.
    pub need: usize,
    /// If any of these is found in the document, nothing is due.
    pub absent: Vec<Pattern>,
}

/// A coded check and its data.
#[derive(Debug, Serialize, Deserialize)]
pub enum Check {
    /// A form control that is ticked before the reader did anything, its label matching.
    TickedControl {
        /// Labels that matter.
        label: Pattern,
    },
    /// Matter that must stand out and does not, in a text that can and does set things apart.
    Prominence {
        /// Sentences that must stand out.
        matter: Vec<Pattern>,
        /// How many must be plain before it is said.
        least: usize,
    },
    /// Conditions set in small, pale or hidden type, or only in a footnote.
    FinePrint {
        /// Conditions that matter.
        matter: Pattern,
        /// Type smaller than this share of the document's usual size is small.
        small: f64,
    },
    /// Terms of art used and never explained.
    Unexplained {
        /// Term and, if given, what counts as an explanation.
        terms: Vec<(Pattern, Pattern)>,
    },
    /// References to clauses that are not in the text.
    References {
        /// A reference, its group `to` the place it names: 第十二条第二款, 附件三.
        reference: Pattern,
        /// What shows, anywhere in the sentence up to the reference, that another text is meant.
        foreign: Pattern,
    },
    /// Names used as if they were defined, and nowhere defined.
    Undefined {
        /// Uses, each with a group `term`.
        used: Vec<Pattern>,
        /// Where a name is introduced, each with a group `term`; the definitions of the contract
        /// count as well.
        introduced: Vec<Pattern>,
    },
    /// One amount in words and in figures that differ.
    Amounts {
        /// Both in one place, with groups `words` and `figures`.
        pairs: Vec<Pattern>,
    },
    /// Places left to be filled in.
    Blanks {
        /// A blank.
        blank: Pattern,
        /// Up to so many are told one by one, more of them at once.
        most: usize,
    },
    /// Dates that contradict each other.
    Dates {
        /// A period with groups `from`, `to` and, where it is said, `term`.
        ranges: Vec<Pattern>,
        /// What is compared.
        test: DateTest,
    },
    /// Sentences too long to be read by a lay reader.
    LongSentences {
        /// Characters a sentence may have.
        over: usize,
        /// So many of them before it is said.
        least: usize,
    },
}

/// What a check of dates compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateTest {
    /// A period ends before it starts.
    Order,
    /// The term that is said is not the one from date to date.
    Term,
    /// A day that no calendar has.
    Exists,
}

/// What a clause lays on a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Burden {
    /// Must do.
    Duty,
    /// Must not do.
    Ban,
    /// May do, or need not.
    Right,
    /// Does not answer for.
    Exempt,
}

impl Burden {
    /// The name in machine-readable output.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Duty => "duty",
            Self::Ban => "ban",
            Self::Right => "right",
            Self::Exempt => "exempt",
        }
    }
}

/// The words by which a contract is understood.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ContractCues {
    /// Definitions, each with a group `term`.
    pub defines: Vec<Pattern>,
    /// Heads with groups `label` (甲方) and `name`.
    pub heads: Vec<Pattern>,
    /// Parties beyond those of [`Roles`]: both, either.
    pub party: Option<Pattern>,
    /// Right before a party: it is not the one who acts.
    pub object: Option<Pattern>,
    /// Right after a party: with these words it is the name of a thing.
    pub compound: Option<Pattern>,
    /// What a party bears, by the words after it.
    pub burdens: Vec<(Burden, Pattern)>,
    /// What an offer or a price is limited by: a note without any of it is an ordinary note.
    pub limits: Option<Pattern>,
}

/// An example in a rule file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// Must be flagged, or must pass.
    pub flag: bool,
    /// Format of the text: `text`, `markdown`, `html`.
    pub format: String,
    /// The text without marks.
    pub text: String,
    /// Byte ranges of `text` that the finding must overlap.
    pub marks: Vec<(usize, usize)>,
    /// Line of the rule file where the example starts, from 1.
    pub line: usize,
}

/// A rule, compiled.
#[derive(Debug, Serialize, Deserialize)]
pub struct Rule {
    /// `family/name`.
    pub id: String,
    /// Name.
    pub title: Bilingual,
    /// Conclusion.
    pub verdict: Verdict,
    /// Severity unless configured.
    pub severity: Severity,
    /// Basis ids.
    pub basis: Vec<String>,
    /// Message template.
    pub message: Bilingual,
    /// Limits.
    pub applies: Applies,
    /// Exemption ids.
    pub unless: Vec<String>,
    /// Speaks in documents of quiet genres too.
    pub everywhere: bool,
    /// Rules whose overlapping finding says it better.
    pub yields_to: Vec<String>,
    /// Ways to break it.
    pub matchers: Vec<Matcher>,
    /// Disclosures it asks for.
    pub require: Option<Requirement>,
    /// Code it runs.
    pub check: Option<Check>,
    /// Repairs.
    pub fixes: Vec<FixSpec>,
    /// The documentation in Markdown, without front matter and examples.
    pub docs: String,
    /// The examples.
    pub examples: Vec<Example>,
    /// The file it came from.
    pub path: String,
}

impl Rule {
    /// The part of the id before the slash.
    pub fn family(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }
}

/// An exemption that several rules share.
#[derive(Debug, Serialize, Deserialize)]
pub struct Context {
    /// The file's stem.
    pub id: String,
    /// Name.
    pub title: Bilingual,
    /// The legal item behind it.
    pub basis: Vec<String>,
    /// Any of these exempts.
    pub when: Vec<Probe>,
    /// Other contexts that this one stands for as well.
    pub includes: Vec<String>,
    /// Documentation.
    pub docs: String,
}

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FactGroup {
    /// `marketing` or `contract`.
    Kind,
    /// News, law text, teaching … where rules stay quiet.
    Genre,
    /// What is sold.
    Product,
    /// Between whom: merchants, a merchant and a consumer.
    Relation,
}

/// A sign that a fact holds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Cue {
    /// The words.
    pub pattern: Pattern,
    /// What one occurrence adds to the score; may be negative.
    pub weight: f64,
    /// How many occurrences count.
    pub most: u32,
    /// Counts only in headings or the first paragraph.
    pub head: bool,
}

/// Something that holds of a document when its cues add up.
#[derive(Debug, Serialize, Deserialize)]
pub struct Fact {
    /// Group.
    pub group: FactGroup,
    /// Id within the group.
    pub id: String,
    /// Name.
    pub title: Bilingual,
    /// The score from which it holds.
    pub threshold: f64,
    /// Signs.
    pub cues: Vec<Cue>,
}

/// How the parties of a document are told apart.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Roles {
    /// Words that name a role in any document.
    pub words: Vec<(Role, Vec<String>)>,
    /// Patterns with a group `name` that give the name a role in this document.
    pub heads: Vec<(Role, Pattern)>,
    /// Any mention of a party.
    pub party: Option<Pattern>,
}
