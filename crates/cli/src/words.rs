//! Every word of the tool's own that people see, in both languages.
//!
//! Findings, rules and laws bring their own texts; this is the rest.

use shenyan_lint::rule::{Burden, Role};
use shenyan_lint::{Bilingual, Severity, Verdict};
use shenyan_project::Lang;
use shenyan_read::{Area, Location};

/// Words in one language.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// The language.
    pub lang: Lang,
}

macro_rules! table {
    ($($name:ident: $zh:literal / $en:literal;)*) => {
        impl Words {
            $(
                #[doc = $en]
                pub const fn $name(self) -> &'static str {
                    match self.lang {
                        Lang::Zh => $zh,
                        Lang::En => $en,
                    }
                }
            )*
        }
    };
}

table! {
    error: "错误" / "error";
    advice: "建议：" / "help: ";
    basis: "依据" / "basis";
    why: "为什么" / "why";
    repair: "怎样改" / "repair";
    clause: "条款" / "clause";
    place: "位置" / "place";
    heading: "标题" / "heading";
    bears: "谁承担什么" / "who bears what";
    findings: "结果" / "findings";
    outside: "（条款之外）" / "(outside the clauses)";
    relation: "关系" / "between";
    duty: "义务" / "duty";
    ban: "禁止" / "ban";
    right: "权利" / "right";
    exempt: "免责" / "exempt";
    drafter: "提供方" / "drafter";
    consumer: "相对方" / "consumer";
    third: "第三方" / "third party";
    in_note: "（脚注里的）" / "(in a footnote) ";
    in_box: "（文本框里的）" / "(in a text box) ";
    in_margin: "（页眉页脚里的）" / "(in a header or footer) ";
    waived: "已豁免" / "waived";
    known: "基线中已有" / "in the baseline";
    secondhand: "（转引，未见原文）" / " (second-hand: the original text was not seen)";
    unverified: "（未核实）" / " (unverified)";
    verdict: "结论" / "verdict";
    kinds: "适用" / "applies to";
    effective: "生效" / "in force";
    penalty: "罚则" / "penalty";
    exemptions: "豁免" / "exemptions";
    examples: "例子" / "examples";
    flagged: "应报" / "flag";
    passed: "不报" / "pass";
    rule: "规则" / "rule";
    title: "名称" / "title";
    severity: "级别" / "severity";
    result: "结果" / "result";
    good: "通过" / "ok";
    bad: "失败" / "FAILED";
    no_examples: "没有例子" / "no examples";
    marketing: "营销文案" / "marketing copy";
    contract: "合同" / "contracts";
    example_flags: "会报" / "flags";
    example_passes: "不会报" / "passes";
    finds: "报出" / "flags";
    finds_nothing: "没有命中" / "no match";
    related: "参见" / "see";
    progress: "检查" / "checking";
    html_title: "审言检查报告" / "shenyan report";
    as_of: "法律截至" / "law as of";
    lexicon: "规则库" / "lexicon";
    problems: "用不了的文件或规则" / "files or rules that could not be used";
    no_findings: "没有发现问题" / "nothing found";
    kind_line: "文本种类" / "kind";
    genre_line: "文体" / "genre";
    parties_line: "当事人" / "parties";
    facts_line: "事实" / "facts";
    none: "无" / "none";
    quote_open: "“" / "“";
    quote_close: "”" / "”";
    colon: "：" / ": ";
    comma: "、" / ", ";
    open: "（" / " (";
    close: "）" / ")";
    semicolon: "；" / "; ";
}

impl Words {
    /// The words of a language.
    pub const fn new(lang: Lang) -> Self {
        Self { lang }
    }

    /// A text of a rule or a law.
    pub fn get(self, text: &Bilingual) -> &str {
        text.get(self.lang.english())
    }

    /// One of two texts; English falls back to Chinese.
    pub fn or<'t>(self, zh: &'t str, en: &'t str) -> &'t str {
        if self.lang.english() && !en.is_empty() { en } else { zh }
    }

    /// The name of a severity.
    pub const fn level(self, s: Severity) -> &'static str {
        match (self.lang, s) {
            (Lang::Zh, Severity::Error) => "错误",
            (Lang::Zh, Severity::Warning) => "警告",
            (Lang::Zh, Severity::Hint) => "提示",
            (Lang::En, s) => s.id(),
        }
    }

    /// The place of a finding: line and column, or what a file that is not text has instead.
    pub fn place_of(self, i: &crate::item::Item) -> String {
        i.location
            .as_ref()
            .map_or_else(|| format!("{}:{}", i.start.line, i.start.column), |l| self.location(l))
    }

    /// A place in a file that is not text.
    pub fn location(self, l: &Location) -> String {
        let english = self.lang.english();
        let area = match (&l.area, english) {
            (Area::TextBox, false) => "文本框".to_owned(),
            (Area::TextBox, true) => "text box".to_owned(),
            (Area::Footnote(n), false) => return format!("脚注 {n}"),
            (Area::Footnote(n), true) => return format!("footnote {n}"),
            (Area::Endnote(n), false) => return format!("尾注 {n}"),
            (Area::Endnote(n), true) => return format!("endnote {n}"),
            (Area::Header, false) => return "页眉".to_owned(),
            (Area::Footer, false) => return "页脚".to_owned(),
            (Area::Comment, false) => return "批注".to_owned(),
            (Area::Header | Area::Footer | Area::Comment, true) => return l.area.id().to_owned(),
            (Area::Notes, false) => "备注".to_owned(),
            (Area::Notes, true) => "notes".to_owned(),
            (Area::Cell { sheet, cell }, false) => return format!("工作表“{sheet}”{cell}"),
            (Area::Cell { sheet, cell }, true) => return format!("sheet “{sheet}”, {cell}"),
            _ => String::new(),
        };
        let mut out = match (l.page, english) {
            (Some(page), false) => format!("第 {page} 页第 {} 段", l.paragraph),
            (Some(page), true) => format!("page {page}, paragraph {}", l.paragraph),
            (None, false) => format!("第 {} 段", l.paragraph),
            (None, true) => format!("paragraph {}", l.paragraph),
        };
        if !area.is_empty() {
            out += &format!("{}{area}{}", self.open(), self.close());
        }
        out
    }

    /// The name of a verdict.
    pub const fn conclusion(self, v: Verdict) -> &'static str {
        match self.lang {
            Lang::Zh => v.zh(),
            Lang::En => v.id(),
        }
    }

    /// A word set apart: 【违规】.
    pub fn bracketed(self, word: &str) -> String {
        match self.lang {
            Lang::Zh => format!("【{word}】"),
            Lang::En => format!("[{word}] "),
        }
    }

    /// What a clause lays on a party.
    pub const fn burden(self, b: Burden) -> &'static str {
        match b {
            Burden::Duty => self.duty(),
            Burden::Ban => self.ban(),
            Burden::Right => self.right(),
            Burden::Exempt => self.exempt(),
        }
    }

    /// Who a party is.
    pub const fn role(self, r: Role) -> &'static str {
        match r {
            Role::Drafter => self.drafter(),
            Role::Consumer => self.consumer(),
            Role::Third => self.third(),
        }
    }

    /// What was written into a document.
    pub fn annotated(self, path: &str, comments: usize, moved: usize, changes: usize) -> String {
        let mut out = match self.lang {
            Lang::Zh => format!("已写入 {path}：批注 {comments} 条"),
            Lang::En => format!("wrote {path}: {comments} comments"),
        };
        for (n, zh, en) in [
            (changes, "修订 {} 处", "{} tracked changes"),
            (
                moved,
                "其中 {} 条在脚注、文本框或页眉页脚，批注放在引用处",
                "{} of them stand at a mark, box or the start",
            ),
        ] {
            if n > 0 {
                let text = match self.lang {
                    Lang::Zh => zh,
                    Lang::En => en,
                };
                out += self.comma_clause();
                out += &text.replace("{}", &n.to_string());
            }
        }
        out
    }

    const fn comma_clause(self) -> &'static str {
        match self.lang {
            Lang::Zh => "，",
            Lang::En => ", ",
        }
    }

    /// The last line of a report.
    pub fn summary(self, s: &crate::check::Summary) -> String {
        let (errors, warnings, hints, n) = (s.errors, s.warnings, s.hints, s.files);
        let mut out = match self.lang {
            Lang::Zh => format!("错误 {errors}，警告 {warnings}，提示 {hints}；检查 {n} 个文件"),
            Lang::En => {
                let files = if n == 1 { "file" } else { "files" };
                format!("errors {errors}, warnings {warnings}, hints {hints}; {n} {files} checked")
            }
        };
        for (count, zh, en) in [
            (s.known, "基线中已有", "in the baseline"),
            (s.waived, "已豁免", "waived"),
            (s.failed, "用不了", "not usable"),
        ] {
            if count > 0 {
                out += &match self.lang {
                    Lang::Zh => format!("，{zh} {count}"),
                    Lang::En => format!(", {en} {count}"),
                };
            }
        }
        out
    }

    /// The last line of a run of examples.
    pub fn tests(self, examples: usize, rules: usize, failed: usize) -> String {
        match self.lang {
            Lang::Zh => format!("{rules} 条规则，{examples} 个例子，失败 {failed}"),
            Lang::En => format!("{rules} rules, {examples} examples, {failed} failed"),
        }
    }

    /// That a file was written.
    pub fn written(self, path: &str) -> String {
        match self.lang {
            Lang::Zh => format!("已写入 {path}"),
            Lang::En => format!("wrote {path}"),
        }
    }

    /// `《法名》第九条第三项`.
    pub fn citation(self, a: &shenyan_lint::Article) -> String {
        match self.lang {
            Lang::Zh => format!("《{}》{}", a.law, a.label),
            Lang::En => format!("{} ({}) {}", self.or(&a.law, &a.law_en), a.short, a.label),
        }
    }

    /// A word on how well the text of an article is known; empty if it was read.
    pub const fn standing(self, v: shenyan_lint::Verified) -> &'static str {
        match v {
            shenyan_lint::Verified::Text => "",
            shenyan_lint::Verified::Secondhand => self.secondhand(),
            shenyan_lint::Verified::Unverified => self.unverified(),
        }
    }
}
