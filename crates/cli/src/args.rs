//! The command line: what can be asked for, with help in Chinese and, on `--lang en`, English.
//!
//! Settings that a configuration may also hold stay `None` here when they are not given, so that
//! what is on the command line and what is not can be told apart.

use clap::builder::styling::Styles;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, ColorChoice, Command, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use shenyan_lint::{Channel, Date, Kind};
use shenyan_project::{FailOn, Lang};
use std::ffi::OsString;
use std::path::PathBuf;

/// 审言：检查营销文案与合同文本，说出哪些字词违反哪部法律的哪一条、为什么、怎样改
#[derive(Debug, Parser)]
#[command(name = "shenyan", bin_name = "shenyan", version, propagate_version = true)]
pub struct Cli {
    /// 输出语言：zh 或 en
    #[arg(long, global = true, value_name = "LANG", value_enum)]
    pub lang: Option<LangArg>,
    /// 颜色：auto、always 或 never
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// What to do.
    #[command(subcommand)]
    pub command: Cmd,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Cmd {
    /// 检查文件和文件夹
    Check(CheckArgs),
    /// 把检查结果写成 Word 批注
    Annotate(AnnotateArgs),
    /// 列出全部规则
    Rules(RulesArgs),
    /// 说明一条规则：依据、理由、改法、例子
    Explain(ExplainArgs),
    /// 运行规则文件里的例子
    Test(TestArgs),
    /// 写一份带说明的 shenyan.toml
    Init(InitArgs),
    /// 看审言怎样读一份文件
    Debug(DebugArgs),
    /// 启动语言服务器，供编辑器使用
    Lsp(LspArgs),
    /// 生成命令行补全脚本
    Completions(CompletionsArgs),
}

/// Options of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// 文件或文件夹；- 表示标准输入
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// 文本种类：auto（自动判断）、marketing（营销文案）或 contract（合同）
    #[arg(long, value_name = "KIND", value_enum)]
    pub kind: Option<KindArg>,
    /// 发布渠道：online（默认）或 offline
    #[arg(long, value_name = "CHANNEL", value_enum)]
    pub channel: Option<ChannelArg>,
    /// 按哪一天的法律检查，YYYY-MM-DD；默认今天
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// 输出格式：human、json、jsonl、sarif、github、gitlab、junit、html
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// 把结果写到文件
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// 从哪一级起退出码为 1：error（默认）、warning、hint 或 never
    #[arg(long, value_name = "LEVEL", value_enum)]
    pub fail_on: Option<FailOnArg>,
    /// 只用这些规则或家族，逗号分隔
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub select: Vec<String>,
    /// 不用这些规则或家族，逗号分隔
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// 也显示被豁免的结果和豁免的理由
    #[arg(long)]
    pub show_waived: bool,
    /// 附条款表：编号、标题、谁承担什么、结果（human、json、html）
    #[arg(long)]
    pub clauses: bool,
    /// 基线：其中已有的结果照样标出，但不使检查失败
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// 把这次的结果写成基线
    #[arg(long, value_name = "FILE")]
    pub write_baseline: Option<PathBuf>,
    /// 标准输入当作哪个文件（决定格式与配置）
    #[arg(long, value_name = "NAME")]
    pub stdin_path: Option<PathBuf>,
    /// 线程数；默认为处理器核数
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// 不显示进度与汇总
    #[arg(short, long)]
    pub quiet: bool,
}

/// Options of `annotate`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub struct AnnotateArgs {
    /// Word 文件（.docx）
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// 写到哪个文件；已有的文件不覆盖，除非另加 --force
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
    /// 直接写回原文件
    #[arg(long, conflicts_with = "output")]
    pub in_place: bool,
    /// 输出文件已经存在时覆盖它
    #[arg(long)]
    pub force: bool,
    /// 把改法写成修订（可在 Word 里逐条接受或拒绝）
    #[arg(long)]
    pub suggest: bool,
    /// 文本种类：auto（自动判断）、marketing（营销文案）或 contract（合同）
    #[arg(long, value_name = "KIND", value_enum)]
    pub kind: Option<KindArg>,
    /// 发布渠道：online（默认）或 offline
    #[arg(long, value_name = "CHANNEL", value_enum)]
    pub channel: Option<ChannelArg>,
    /// 按哪一天的法律检查，YYYY-MM-DD；默认今天
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// 只用这些规则或家族，逗号分隔
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub select: Vec<String>,
    /// 不用这些规则或家族，逗号分隔
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// 不显示汇总
    #[arg(short, long)]
    pub quiet: bool,
}

/// Options of `rules`.
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// 输出格式：human 或 json
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,
}

/// Options of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// 规则，例如 absolute/superlative
    #[arg(value_name = "RULE")]
    pub rule: String,
}

/// Options of `test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// 规则包的文件夹；不写则运行内置规则的例子
    #[arg(value_name = "PACK")]
    pub pack: Option<PathBuf>,
    /// 按哪一天的法律检查，YYYY-MM-DD；默认今天
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// 说出每个例子的结果和理由
    #[arg(short, long)]
    pub verbose: bool,
}

/// Options of `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// 写到哪个文件夹；默认当前文件夹
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
}

/// Options of `debug`.
#[derive(Debug, Args)]
pub struct DebugArgs {
    /// 看什么：segment（分词）、fold（折叠后的文字）或 facts（判断出的事实）
    #[arg(value_name = "WHAT", value_enum)]
    pub what: DebugWhat,
    /// 文件；- 表示标准输入
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Options of `lsp`.
#[derive(Debug, Args)]
pub struct LspArgs {
    /// 用标准输入输出通信（默认）
    #[arg(long)]
    pub stdio: bool,
    /// 连接编辑器监听的端口或地址
    #[arg(long, value_name = "PORT", conflicts_with = "stdio")]
    pub socket: Option<String>,
    /// 编辑器的进程号；通信断开时服务器自会退出，这里只是认得它
    #[arg(long = "clientProcessId", value_name = "PID", hide = true)]
    pub client: Option<u32>,
}

/// Options of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// 终端：bash、zsh、fish、powershell 或 elvish
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: clap_complete::Shell,
}

/// `--lang`.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum LangArg {
    /// Simplified Chinese.
    Zh,
    /// English.
    En,
}

impl From<LangArg> for Lang {
    fn from(l: LangArg) -> Self {
        match l {
            LangArg::Zh => Self::Zh,
            LangArg::En => Self::En,
        }
    }
}

/// `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal that wants it.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// `--kind`.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum KindArg {
    /// Detected.
    Auto,
    /// Marketing copy.
    Marketing,
    /// Contract text.
    Contract,
}

impl KindArg {
    /// The kind; none if it is to be detected.
    pub const fn kind(self) -> Option<Kind> {
        match self {
            Self::Auto => None,
            Self::Marketing => Some(Kind::Marketing),
            Self::Contract => Some(Kind::Contract),
        }
    }
}

/// `--channel`.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ChannelArg {
    /// Online.
    Online,
    /// Offline.
    Offline,
}

impl From<ChannelArg> for Channel {
    fn from(c: ChannelArg) -> Self {
        match c {
            ChannelArg::Online => Self::Online,
            ChannelArg::Offline => Self::Offline,
        }
    }
}

/// `--format` of `check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people at a terminal.
    Human,
    /// One object.
    Json,
    /// One finding a line.
    Jsonl,
    /// SARIF 2.1.0.
    Sarif,
    /// GitHub workflow commands.
    Github,
    /// GitLab code quality.
    Gitlab,
    /// `JUnit` XML.
    Junit,
    /// One page.
    Html,
}

/// `--format` of `rules`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// A table.
    Human,
    /// An array.
    Json,
}

/// `--fail-on`.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum FailOnArg {
    /// Errors.
    Error,
    /// Warnings too.
    Warning,
    /// Hints too.
    Hint,
    /// Nothing.
    Never,
}

impl From<FailOnArg> for FailOn {
    fn from(f: FailOnArg) -> Self {
        match f {
            FailOnArg::Error => Self::Error,
            FailOnArg::Warning => Self::Warning,
            FailOnArg::Hint => Self::Hint,
            FailOnArg::Never => Self::Never,
        }
    }
}

/// What `debug` shows.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum DebugWhat {
    /// The text as it was decoded, or as it was taken out of an office file.
    Text,
    /// Words with their parts of speech.
    Segment,
    /// The text that rules match on.
    Fold,
    /// Kind, genre, products, parties.
    Facts,
}

fn date(s: &str) -> Result<Date, String> {
    s.parse().map_err(|e: shenyan_lint::date::BadDate| e.to_string())
}

/// The help in English: command (empty for all), argument (empty for the command itself), text.
const ENGLISH: &[(&str, &str, &str)] = &[
    (
        "",
        "",
        "shenyan: checks Chinese marketing copy and contract text; says which words break which article of which law, why, and what to write instead",
    ),
    ("", "lang", "Language of the output: zh or en"),
    ("", "color", "Colour: auto, always or never"),
    ("check", "", "Check files and folders"),
    ("check", "paths", "Files or folders; - is standard input"),
    ("check", "kind", "Kind of text: auto (detected), marketing or contract"),
    ("check", "channel", "Where it is published: online (default) or offline"),
    ("check", "as_of", "The day whose law applies, YYYY-MM-DD; today by default"),
    ("check", "format", "Output: human, json, jsonl, sarif, github, gitlab, junit, html"),
    ("check", "output", "Write the result to a file"),
    ("check", "fail_on", "Exit 1 from this severity: error (default), warning, hint or never"),
    ("check", "select", "Only these rules or families, separated by commas"),
    ("check", "ignore", "Not these rules or families, separated by commas"),
    ("check", "show_waived", "Also show what was waived and why"),
    (
        "check",
        "clauses",
        "Add a table of clauses: number, heading, who bears what, findings (human, json, html)",
    ),
    ("check", "baseline", "Baseline: findings in it are marked and do not fail"),
    ("check", "write_baseline", "Write the findings of this run as a baseline"),
    ("check", "stdin_path", "Read standard input as this file (format and configuration)"),
    ("check", "jobs", "Threads; as many as there are processors by default"),
    ("check", "quiet", "No progress and no summary"),
    ("annotate", "", "Write the findings into a Word document as comments"),
    ("annotate", "file", "Word document (.docx)"),
    ("annotate", "output", "File to write; one that exists is kept unless --force is given"),
    ("annotate", "in_place", "Write back to the file itself"),
    ("annotate", "force", "Replace the output file if it exists"),
    ("annotate", "suggest", "Write repairs as tracked changes, to be accepted or rejected in Word"),
    ("annotate", "kind", "Kind of text: auto (detected), marketing or contract"),
    ("annotate", "channel", "Where it is published: online (default) or offline"),
    ("annotate", "as_of", "The day whose law applies, YYYY-MM-DD; today by default"),
    ("annotate", "select", "Only these rules or families, separated by commas"),
    ("annotate", "ignore", "Not these rules or families, separated by commas"),
    ("annotate", "quiet", "No summary"),
    ("rules", "", "List all rules"),
    ("rules", "format", "Output: human or json"),
    ("explain", "", "Explain a rule: basis, reason, repair, examples"),
    ("explain", "rule", "The rule, such as absolute/superlative"),
    ("test", "", "Run the examples of rule files"),
    ("test", "pack", "Folder of a pack; the built-in rules without it"),
    ("test", "as_of", "The day whose law applies, YYYY-MM-DD; today by default"),
    ("test", "verbose", "Say what each example did and why"),
    ("init", "", "Write a shenyan.toml with comments"),
    ("init", "folder", "Folder to write to; the current one by default"),
    ("debug", "", "Show how shenyan reads a file"),
    ("debug", "what", "What to show: segment, fold or facts"),
    ("debug", "file", "The file; - is standard input"),
    ("lsp", "", "Start the language server for an editor"),
    ("lsp", "stdio", "Speak on standard input and output (default)"),
    ("lsp", "socket", "Connect to a port or an address that the editor listens on"),
    ("lsp", "client", "The editor's process; known, though the server leaves when the line is cut"),
    ("completions", "", "Print a completion script"),
    ("completions", "shell", "The shell: bash, zsh, fish, powershell or elvish"),
];

/// The command with its help in a language.
pub fn command(lang: Lang) -> Command {
    let english = lang.english();
    let pick = |zh: &'static str, en: &'static str| if english { en } else { zh };
    let template = if english {
        "{about-with-newline}\nUsage: {usage}\n\n{all-args}{after-help}"
    } else {
        "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}"
    };
    let dress = |c: Command| {
        let c = c.help_template(template).hide_possible_values_everywhere().disable_help_flag(true).arg(
            clap::Arg::new("help")
                .short('h')
                .long("help")
                .action(clap::ArgAction::Help)
                .help(pick("显示帮助", "Show this help")),
        );
        let (arguments, options) = (pick("参数", "Arguments"), pick("选项", "Options"));
        c.mut_args(|a| {
            let heading = if a.is_positional() { arguments } else { options };
            a.help_heading(heading)
        })
    };
    let mut top = Cli::command()
        .disable_help_subcommand(true)
        .disable_version_flag(true)
        .subcommand_help_heading(pick("命令", "Commands"))
        .subcommand_value_name(pick("命令", "COMMAND"))
        .styles(Styles::styled())
        .arg(
            clap::Arg::new("version")
                .short('V')
                .long("version")
                .action(clap::ArgAction::Version)
                .help(pick("显示版本", "Show the version")),
        )
        .after_help(pick(
            "退出码：0 没有达到 --fail-on 的结果；1 有；2 有文件、规则或选项用不了",
            "Exit code: 0 nothing at or above --fail-on; 1 something; 2 a file, a rule or an option could not be used",
        ));
    if english {
        for (command, arg, help) in ENGLISH {
            top = match (*command, *arg) {
                ("", "") => top.about(*help),
                ("", arg) => top.mut_arg(arg, |a| a.help(*help)),
                (c, "") => top.mut_subcommand(c, |s| s.about(*help)),
                (c, arg) => top.mut_subcommand(c, |s| s.mut_arg(arg, |a| a.help(*help))),
            };
        }
    }
    top = dress(top);
    let names: Vec<String> = top.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    for name in names {
        top = top.mut_subcommand(name, |c| dress(c.disable_version_flag(true)));
    }
    top
}

/// Possible values are in the help texts already; clap would list them again in English.
trait HideValues {
    fn hide_possible_values_everywhere(self) -> Self;
}

impl HideValues for Command {
    fn hide_possible_values_everywhere(self) -> Self {
        self.mut_args(|a| {
            if a.get_action().takes_values() {
                a.hide_possible_values(true).hide_default_value(true)
            } else {
                a
            }
        })
    }
}

/// The language asked for on the command line, before it is parsed: help and errors need it.
pub fn language(args: &[OsString]) -> Lang {
    let words: Vec<_> = args.iter().map(|a| a.to_string_lossy()).collect();
    let after = |w: &[std::borrow::Cow<str>]| w[0] == "--lang" && w[1] == "en";
    if words.iter().any(|w| w == "--lang=en") || words.windows(2).any(after) { Lang::En } else { Lang::Zh }
}

/// Parses; an error is the text to show and whether it is only help or the version.
pub fn parse(args: &[OsString]) -> Result<Cli, (String, bool)> {
    let lang = language(args);
    let parsed = command(lang)
        .color(ColorChoice::Never)
        .try_get_matches_from(args)
        .and_then(|m| Cli::from_arg_matches(&m));
    parsed.map_err(|e| match e.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => (e.render().to_string(), true),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => (e.render().to_string(), false),
        _ if lang.english() => (e.render().to_string(), false),
        _ => (chinese(&e), false),
    })
}

/// A command line error in Chinese.
fn chinese(e: &clap::Error) -> String {
    let get = |kind: ContextKind| match e.get(kind) {
        Some(ContextValue::String(s)) => s.clone(),
        Some(ContextValue::Strings(all)) => all.join("、"),
        Some(ContextValue::StyledStr(s)) => s.to_string(),
        Some(ContextValue::StyledStrs(all)) => {
            all.iter().map(ToString::to_string).collect::<Vec<_>>().join("、")
        }
        _ => String::new(),
    };
    let arg = get(ContextKind::InvalidArg);
    let value = get(ContextKind::InvalidValue);
    let message = match e.kind() {
        ErrorKind::UnknownArgument => format!("不认识的选项 {arg}"),
        ErrorKind::InvalidSubcommand => format!("没有命令 {}", get(ContextKind::InvalidSubcommand)),
        ErrorKind::InvalidValue if value.is_empty() => format!("{arg} 后面缺少取值"),
        ErrorKind::InvalidValue => format!("{arg} 不能是“{value}”"),
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(e).map(|s| format!("：{s}")).unwrap_or_default();
            format!("{arg} 不能是“{value}”{why}")
        }
        ErrorKind::MissingRequiredArgument => format!("缺少 {arg}"),
        ErrorKind::ArgumentConflict => format!("{arg} 重复或与别的选项冲突"),
        ErrorKind::MissingSubcommand => "缺少命令".to_owned(),
        _ => return e.render().to_string(),
    };
    let mut hint = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
        .map(get)
        .into_iter()
        .find(|s| !s.is_empty())
        .map(|s| format!("是否想写 {s}"));
    let valid = get(ContextKind::ValidValue);
    if !valid.is_empty() {
        let known = format!("可用：{valid}");
        hint = Some(hint.map_or_else(|| known.clone(), |h| format!("{h}；{known}")));
    }
    let hint = hint.unwrap_or_else(|| "用 shenyan --help 查看用法".to_owned());
    format!("错误[option] {message}\n  建议：{hint}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_and_option_has_help_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            let command = command(lang);
            command.clone().debug_assert();
            let all = std::iter::once(&command).chain(command.get_subcommands());
            for c in all {
                let about = c.get_about().map(ToString::to_string).unwrap_or_default();
                let texts = c.get_arguments().map(|a| {
                    (a.get_id().to_string(), a.get_help().map(ToString::to_string).unwrap_or_default())
                });
                for (name, text) in texts.chain([(c.get_name().to_owned(), about)]) {
                    let han = text.chars().any(|c| ('一'..='鿿').contains(&c));
                    assert!(!text.is_empty() && han != lang.english(), "{lang:?} {name}: {text}");
                }
            }
        }
    }
}
