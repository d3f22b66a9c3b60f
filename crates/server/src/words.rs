//! Every word of the server's own that people see, in both languages. Findings, rules and laws
//! bring their own texts.

use shenyan_lint::{Article, Bilingual, Severity, Verdict, Verified};
use shenyan_project::Lang;

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
                #[doc = concat!("In English: “", $en, "”.")]
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
    died: "检查这份文件时程序出错，这是审言的缺陷，请附上文件报告" / "the check itself failed; this is a bug in shenyan, please report it with the file";
    advice: "建议：" / "help: ";
    why: "为什么" / "Why";
    repair: "怎样改" / "What to write instead";
    penalty: "后果" / "Penalty";
    in_force: "自" / "in force since ";
    in_force_end: "起施行" / "";
    secondhand: "（转引，未见原文）" / " (second-hand: the original text was not seen)";
    unverified: "（未核实）" / " (unverified)";
    evasive: "规避写法" / "evasive spelling";
    ignore_here: "忽略此处" / "Ignore here";
    ignore_file: "在本文件中忽略" / "Ignore in this file";
    ignore_config: "在 shenyan.toml 中关闭" / "Switch off in shenyan.toml";
    explain: "解释规则" / "Explain rule";
    fix_all: "应用全部安全修复" / "Apply all safe fixes";
    annual_simple: "按单利折算的年化利率" / "the annual rate, simply counted";
    annual_irr: "按现金流计算的年化内部收益率（IRR）" / "the annual internal rate of return of the payments";
    checking: "检查工作区" / "checking the workspace";
    family: "规则家族" / "family of rules";
    no_folder: "没有打开的文件夹" / "no folder is open";
    no_rule: "没有这条规则" / "there is no such rule";
    disclosure: "披露语" / "disclosure";
    missing: "本文缺少" / "missing here";
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

    /// The name of a verdict.
    pub const fn conclusion(self, v: Verdict) -> &'static str {
        match self.lang {
            Lang::Zh => v.zh(),
            Lang::En => v.id(),
        }
    }

    /// `《法名》第九条第三项`.
    pub fn citation(self, a: &Article) -> String {
        match self.lang {
            Lang::Zh => format!("《{}》{}", a.law, a.label),
            Lang::En => format!("{} ({}) {}", self.or(&a.law, &a.law_en), a.short, a.label),
        }
    }

    /// `广告法第九条第三项`.
    #[expect(clippy::unused_self, reason = "beside its sisters, which need the language")]
    pub fn short_citation(self, a: &Article) -> String {
        format!("{}{}", a.short, a.label)
    }

    /// Something said in passing.
    pub fn aside(self, text: &str) -> String {
        match self.lang {
            Lang::Zh => format!("〔{text}〕"),
            Lang::En => format!(" [{text}]"),
        }
    }

    /// A word on how well the text of an article is known; empty if it was read.
    pub const fn standing(self, v: Verified) -> &'static str {
        match v {
            Verified::Text => "",
            Verified::Secondhand => self.secondhand(),
            Verified::Unverified => self.unverified(),
        }
    }

    /// Since when an article is in force.
    pub fn since(self, a: &Article) -> String {
        format!("{}{}{}", self.in_force(), a.since, self.in_force_end())
    }

    /// An annual rate beside a price.
    pub fn annual_rate(self, rate: &str) -> String {
        match self.lang {
            Lang::Zh => format!("≈ 年化 {rate}"),
            Lang::En => format!("≈ {rate} a year"),
        }
    }

    /// What was done, for the trace.
    pub fn checked(self, uri: &str, version: i32, took: std::time::Duration, n: u32) -> String {
        let ms = took.as_secs_f64() * 1000.0;
        match self.lang {
            Lang::Zh => format!("检查 {uri} 版本 {version}：{ms:.1} 毫秒，{n} 个结果"),
            Lang::En => format!("checked {uri} version {version}: {ms:.1} ms, {n} findings"),
        }
    }

    /// A directive that silences a rule, with a place for the reason.
    pub fn ignore(self, file: bool, rule: &str, until: shenyan_lint::Date) -> String {
        match self.lang {
            Lang::Zh => {
                let reach = if file { "忽略文件" } else { "忽略" };
                let reason = shenyan_lint::ignore::PLACEHOLDER;
                format!("<!-- 审言:{reach} {rule} 理由：{reason} 至 {until} -->")
            }
            Lang::En => {
                let reach = if file { "-file" } else { "" };
                let reason = shenyan_lint::ignore::PLACEHOLDER_EN;
                format!("<!-- shenyan-ignore{reach} {rule} reason: {reason} until {until} -->")
            }
        }
    }
}
