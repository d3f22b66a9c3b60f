//! `shenyan.toml`: what it may say, and what that means for a path.
//!
//! The file is judged when it is read: an unknown key, a bad glob or a bad date is a [`Problem`]
//! with its place. `[[override]]` tables merge over the base in order and never replace it whole.

use crate::problem::{Problem, both};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::Deserialize;
use shenyan_lint::{Bilingual, Channel, Date, Kind, Severity};
use shenyan_read::Format;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::Spanned;

/// The language of what people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Whether it is English.
    pub const fn english(self) -> bool {
        matches!(self, Self::En)
    }
}

/// From which severity a finding fails the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// Errors only.
    #[default]
    Error,
    /// Warnings and errors.
    Warning,
    /// Everything.
    Hint,
    /// Nothing.
    Never,
}

impl FailOn {
    /// Whether a finding of this severity fails.
    pub fn fails(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Hint => true,
            Self::Never => false,
        }
    }
}

/// A severity that is set, or `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Must not be published.
    Error,
    /// Needs an answer.
    Warning,
    /// Worth a look.
    Hint,
    /// Not reported.
    Off,
}

impl Level {
    /// The severity; none when it is off.
    pub const fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Hint => Some(Severity::Hint),
            Self::Off => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawKind {
    Auto,
    Marketing,
    Contract,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawFormat {
    Text,
    Markdown,
    Html,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConfig {
    /// The nearest file always stands alone; the key only says so to the reader.
    #[serde(default, rename = "root")]
    _root: bool,
    kind: Option<RawKind>,
    channel: Option<Channel>,
    as_of: Option<Spanned<toml::Value>>,
    lang: Option<Lang>,
    fail_on: Option<FailOn>,
    #[serde(default)]
    select: Vec<Spanned<String>>,
    #[serde(default)]
    ignore: Vec<Spanned<String>>,
    #[serde(default)]
    packs: Vec<Spanned<String>>,
    #[serde(default)]
    severity: BTreeMap<Spanned<String>, Level>,
    #[serde(default)]
    include: Vec<Spanned<String>>,
    #[serde(default)]
    exclude: Vec<Spanned<String>>,
    #[serde(default)]
    extensions: BTreeMap<String, RawFormat>,
    #[serde(default, rename = "override")]
    overrides: Vec<RawOverride>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOverride {
    paths: Vec<Spanned<String>>,
    kind: Option<RawKind>,
    channel: Option<Channel>,
    #[serde(default)]
    select: Vec<Spanned<String>>,
    #[serde(default)]
    ignore: Vec<Spanned<String>>,
    #[serde(default)]
    severity: BTreeMap<Spanned<String>, Level>,
}

/// Settings of one table: the base or an override. What is unset leaves the layer below alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layer {
    /// Kind of text; `Some(None)` detects it.
    pub kind: Option<Option<Kind>>,
    /// Channel.
    pub channel: Option<Channel>,
    /// Only these rules or families.
    pub select: Vec<String>,
    /// Not these rules or families.
    pub ignore: Vec<String>,
    /// Severity by rule or family.
    pub severity: BTreeMap<String, Level>,
}

impl Layer {
    fn over(&mut self, above: &Self) {
        let join = |below: &mut Vec<String>, above: &[String]| {
            for name in above {
                if !below.contains(name) {
                    below.push(name.clone());
                }
            }
        };
        self.kind = above.kind.or(self.kind);
        self.channel = above.channel.or(self.channel);
        join(&mut self.select, &above.select);
        join(&mut self.ignore, &above.ignore);
        self.severity.extend(above.severity.iter().map(|(k, v)| (k.clone(), *v)));
    }
}

/// A configuration file, judged; or the defaults, where there is none.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The file; none for the defaults.
    pub path: Option<PathBuf>,
    /// The folder that paths and globs are relative to.
    pub folder: PathBuf,
    /// Language.
    pub lang: Option<Lang>,
    /// From which severity the gate fails.
    pub fail_on: Option<FailOn>,
    /// The day whose law applies.
    pub as_of: Option<Date>,
    /// Folders of packs, absolute, each with its place in the file.
    pub packs: Vec<(PathBuf, Range<usize>)>,
    /// Names of rules and families that are mentioned, with their places, for judging later:
    /// which exist is known only once the packs are read.
    pub mentions: Vec<(String, Range<usize>)>,
    /// The file's text.
    pub source: Arc<str>,
    base: Layer,
    overrides: Vec<(GlobSet, Layer)>,
    include: Option<GlobSet>,
    exclude: Option<GlobSet>,
    extensions: BTreeMap<String, Format>,
}

impl Config {
    /// Reads the text of a file; `shown` is its name for people.
    pub fn parse(path: &Path, shown: &str, text: &str) -> Result<Self, Problem> {
        let source: Arc<str> = text.into();
        let bad = |message: Bilingual, hint: Bilingual, span: Option<Range<usize>>| {
            Problem::new(shown, "bad_config", message, hint).at(&source, span.as_ref())
        };
        let raw: RawConfig = toml::from_str(text).map_err(|e| {
            let message = Bilingual { zh: translate(e.message()), en: e.message().to_owned() };
            let hint = both(
                "可用的键与取值见 docs/shenyan.schema.json，或用 shenyan init 看样例",
                "see docs/shenyan.schema.json for the keys, or `shenyan init` for a sample",
            );
            bad(message, hint, e.span())
        })?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let globs = |list: &[Spanned<String>]| -> Result<Option<GlobSet>, Problem> {
            let mut set = GlobSetBuilder::new();
            for g in list {
                let add = add_glob(&mut set, g.get_ref());
                add.map_err(|e| {
                    let hint = both("例如 contracts/**、*.md", "for example contracts/** or *.md");
                    let message = Bilingual {
                        zh: format!("路径模式“{}”写错了：{}", g.get_ref(), e.kind()),
                        en: format!("bad glob “{}”: {}", g.get_ref(), e.kind()),
                    };
                    bad(message, hint, Some(g.span()))
                })?;
            }
            Ok((!list.is_empty()).then(|| set.build().unwrap_or_else(|_| GlobSet::empty())))
        };
        let as_of = raw.as_of.as_ref().map(|v| {
            let written = match v.get_ref() {
                toml::Value::String(s) => s.clone(),
                other => other.to_string(),
            };
            written.parse::<Date>().map_err(|_| {
                let message = both("as_of 应是日期", "as_of must be a date");
                let hint = both("写成 YYYY-MM-DD，例如 2026-09-30", "write YYYY-MM-DD");
                bad(message, hint, Some(v.span()))
            })
        });
        let mut mentions = Vec::new();
        let base = layer(raw.kind, raw.channel, &raw.select, &raw.ignore, &raw.severity, &mut mentions);
        let mut overrides = Vec::new();
        for o in &raw.overrides {
            let set = globs(&o.paths)?.unwrap_or_else(GlobSet::empty);
            let above = layer(o.kind, o.channel, &o.select, &o.ignore, &o.severity, &mut mentions);
            overrides.push((set, above));
        }
        let packs =
            (raw.packs.iter()).map(|p| (crate::walk::clean(&folder.join(p.get_ref())), p.span())).collect();
        let extensions = (raw.extensions.iter())
            .map(|(e, f)| {
                (
                    e.trim_start_matches('.').to_lowercase(),
                    match f {
                        RawFormat::Text => Format::Plain,
                        RawFormat::Markdown => Format::Markdown,
                        RawFormat::Html => Format::Html,
                    },
                )
            })
            .collect();
        Ok(Self {
            path: Some(path.to_owned()),
            lang: raw.lang,
            fail_on: raw.fail_on,
            as_of: as_of.transpose()?,
            packs,
            mentions,
            base,
            overrides,
            include: globs(&raw.include)?,
            exclude: globs(&raw.exclude)?,
            extensions,
            folder,
            source: source.clone(),
        })
    }

    /// The settings for a path: the base, and over it every override whose globs match.
    pub fn layer(&self, path: &Path) -> Layer {
        let mut out = self.base.clone();
        let relative = self.relative(path);
        for (paths, above) in &self.overrides {
            if relative.as_ref().is_some_and(|r| paths.is_match(r)) {
                out.over(above);
            }
        }
        out
    }

    /// Whether a file that was come across is to be checked; one that was named always is.
    pub fn includes(&self, path: &Path) -> bool {
        let Some(relative) = self.relative(path) else {
            return true;
        };
        // A pack's documentation is about words that must not be used, not made of copy.
        if self.packs.iter().any(|(p, _)| self.folder.join(&relative).starts_with(p)) {
            return false;
        }
        self.include.as_ref().is_none_or(|g| g.is_match(&relative))
            && !self.exclude.as_ref().is_some_and(|g| g.is_match(&relative))
    }

    /// The format of a file by its name, with the configuration's own extensions first.
    pub fn format(&self, path: &Path) -> Option<Format> {
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        let own = extension.and_then(|e| self.extensions.get(&e).copied());
        own.or_else(|| Format::of_path(&path.to_string_lossy()))
    }

    fn relative(&self, path: &Path) -> Option<PathBuf> {
        let clean = crate::walk::clean(path);
        clean.strip_prefix(&self.folder).map(Path::to_path_buf).ok().filter(|_| self.path.is_some())
    }
}

/// Adds a glob as people mean it: without a slash it matches at any depth, and a folder stands
/// for all that is in it.
fn add_glob(set: &mut GlobSetBuilder, glob: &str) -> Result<(), globset::Error> {
    let trimmed = glob.trim_start_matches("./").trim_end_matches('/');
    let anchored = trimmed.trim_start_matches('/');
    let base = if anchored.contains('/') || trimmed.starts_with('/') {
        anchored.to_owned()
    } else {
        format!("**/{anchored}")
    };
    for g in [base.clone(), format!("{base}/**")] {
        set.add(GlobBuilder::new(&g).literal_separator(true).build()?);
    }
    Ok(())
}

fn layer(
    kind: Option<RawKind>,
    channel: Option<Channel>,
    select: &[Spanned<String>],
    ignore: &[Spanned<String>],
    severity: &BTreeMap<Spanned<String>, Level>,
    mentions: &mut Vec<(String, Range<usize>)>,
) -> Layer {
    let named = select.iter().chain(ignore).chain(severity.keys());
    mentions.extend(named.map(|s| (s.get_ref().clone(), s.span())));
    let strings = |list: &[Spanned<String>]| list.iter().map(|s| s.get_ref().clone()).collect();
    Layer {
        kind: kind.map(|k| match k {
            RawKind::Auto => None,
            RawKind::Marketing => Some(Kind::Marketing),
            RawKind::Contract => Some(Kind::Contract),
        }),
        channel,
        select: strings(select),
        ignore: strings(ignore),
        severity: severity.iter().map(|(k, v)| (k.get_ref().clone(), *v)).collect(),
    }
}

/// The TOML reader's commonest messages, in Chinese.
fn translate(message: &str) -> String {
    let name = |s: &str| s.split('`').nth(1).unwrap_or_default().to_owned();
    let known = || -> Vec<&str> { message.split('`').skip(3).step_by(2).collect() };
    if message.starts_with("unknown field") {
        return format!("不认识的键 `{}`；可用：{}", name(message), known().join("、"));
    }
    if message.starts_with("unknown variant") {
        return format!("不认识的取值 `{}`；可用：{}", name(message), known().join("、"));
    }
    if message.starts_with("missing field") {
        return format!("缺少 `{}`", name(message));
    }
    if let Some((found, wanted)) =
        (message.strip_prefix("invalid type: ")).and_then(|rest| rest.split_once(", expected "))
    {
        return format!("类型不对：写的是 {found}，应为 {wanted}");
    }
    if message.starts_with("duplicate key") {
        return "同一个键写了两次".to_owned();
    }
    format!("TOML 语法错误：{message}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, Problem> {
        Config::parse(Path::new("/p/shenyan.toml"), "shenyan.toml", text)
    }

    #[test]
    fn overrides_merge_over_the_base_in_order() {
        let config = parse(
            "kind = 'marketing'\nignore = ['fee']\nseverity = { absolute = 'warning', 'clause/x' = 'hint' }\n\
             [[override]]\npaths = ['contracts/']\nkind = 'contract'\nignore = ['tone']\n\
             severity = { absolute = 'off' }\n\
             [[override]]\npaths = ['*.draft.md']\nchannel = 'offline'\n",
        )
        .unwrap();
        let base = config.layer(Path::new("/p/a.md"));
        assert_eq!(base.kind, Some(Some(Kind::Marketing)));
        assert_eq!(base.ignore, ["fee"]);
        let both = config.layer(Path::new("/p/contracts/deep/b.draft.md"));
        assert_eq!(both.kind, Some(Some(Kind::Contract)));
        assert_eq!(both.channel, Some(Channel::Offline));
        assert_eq!(both.ignore, ["fee", "tone"]);
        assert_eq!(both.severity["absolute"], Level::Off);
        assert_eq!(both.severity["clause/x"], Level::Hint);
    }

    #[test]
    fn globs_are_relative_to_the_folder_of_the_file() {
        let config = parse("include = ['*.md']\nexclude = ['/drafts', 'a/*.md']\n").unwrap();
        for (path, want) in [
            ("/p/x.md", true),
            ("/p/deep/x.md", true),
            ("/p/x.txt", false),
            ("/p/drafts/x.md", false),
            ("/p/deep/drafts/x.md", true),
            ("/p/a/x.md", false),
            ("/p/a/b/x.md", true),
        ] {
            assert_eq!(config.includes(Path::new(path)), want, "{path}");
        }
    }

    #[test]
    fn what_is_wrong_has_its_place() {
        for (text, at, message) in [
            ("kind = 'contract'\nsevrity = {}\n", "sevrity", "不认识的键"),
            ("kind = 'ad'\n", "'ad'", "不认识的取值"),
            ("as_of = '2026-02-30'\n", "'2026-02-30'", "日期"),
            ("include = ['a', '{b']\n", "'{b'", "路径模式"),
            ("[[override]]\nkind = 'auto'\n", "", "缺少 `paths`"),
        ] {
            let problem = parse(text).unwrap_err();
            let place = problem.place.clone().unwrap();
            assert!(problem.message.zh.contains(message), "{problem:?}");
            let pointed = &text[place.span.0..place.span.1];
            assert!(at.is_empty() || pointed == at, "{text}: {pointed}");
        }
        assert_eq!(parse("as_of = 2026-09-30").unwrap().as_of, Date::new(2026, 9, 30));
    }

    #[test]
    fn own_extensions_come_first() {
        let config = parse("extensions = { wxml = 'html', '.copy' = 'markdown' }").unwrap();
        assert_eq!(config.format(Path::new("a.WXML")), Some(Format::Html));
        assert_eq!(config.format(Path::new("a.copy")), Some(Format::Markdown));
        assert_eq!(config.format(Path::new("a.txt")), Some(Format::Plain));
        assert_eq!(config.format(Path::new("a.png")), None);
    }
}
