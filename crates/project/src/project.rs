//! One project: the configuration, the linter and the settings for any path.

use crate::config::{Config, FailOn, Lang, Level};
use crate::problem::{Problem, both};
use crate::walk::{File, clean, shown};
use sha2::{Digest, Sha256};
use shenyan_lint::{Bilingual, Channel, Date, Kind, Lexicon, Linter, PackFile, Settings};
use shenyan_read::{Document, Format, MAX_BYTES, ReadError};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// The name of a configuration file.
pub const CONFIG_NAME: &str = "shenyan.toml";

/// Rules about the tool's own directives; they are in no lexicon.
const OWN_RULES: [&str; 3] = ["ignore/unused", "ignore/expired", "ignore/invalid"];

/// Today where the machine is: the only clock, for those who set no day.
pub fn today() -> Date {
    let now = jiff::Zoned::now().date();
    let number = |n: i8| u8::try_from(n).unwrap_or(1);
    let year = u16::try_from(now.year()).unwrap_or(1970);
    Date::new(year, number(now.month()), number(now.day())).unwrap_or(Date { year, month: 1, day: 1 })
}

/// What a command line or an editor sets over every configuration.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Kind of text; `Some(None)` detects it.
    pub kind: Option<Option<Kind>>,
    /// Channel.
    pub channel: Option<Channel>,
    /// The day whose law applies.
    pub as_of: Option<Date>,
    /// From which severity the gate fails.
    pub fail_on: Option<FailOn>,
    /// Only these rules or families, in place of the configuration's.
    pub select: Vec<String>,
    /// Not these either.
    pub ignore: Vec<String>,
    /// Packs besides the configuration's.
    pub packs: Vec<PathBuf>,
}

/// A pack that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackInfo {
    /// The folder as shown.
    pub path: String,
    /// A hash of all its files, hexadecimal.
    pub hash: String,
}

/// A linter and the packs it was made of.
#[derive(Debug)]
struct Made {
    linter: Arc<Linter>,
    packs: Vec<PackInfo>,
}

/// What holds in a folder: its configuration and, once asked for, its linter.
#[derive(Debug)]
pub struct Scope {
    /// The configuration.
    pub config: Config,
    made: OnceLock<Arc<Made>>,
}

/// The configuration, the linter and the settings for any path; shared between threads.
#[derive(Debug)]
pub struct Project {
    options: Options,
    today: Date,
    folders: Mutex<HashMap<PathBuf, Arc<Scope>>>,
    /// By configuration file; the empty path stands for none.
    scopes: Mutex<HashMap<PathBuf, Arc<Scope>>>,
    linters: Mutex<BTreeMap<Vec<PathBuf>, Arc<Made>>>,
    problems: Mutex<Vec<Problem>>,
}

/// A poisoned lock only means that another thread died; the caches hold whole values.
fn lock<T>(m: &Mutex<T>) -> MutexGuard<'_, T> {
    m.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Project {
    /// A project under these options; `today` is used where neither they nor a configuration set
    /// a day. Reads nothing yet.
    pub fn new(options: Options, today: Date) -> Self {
        Self {
            options,
            today,
            folders: Mutex::default(),
            scopes: Mutex::default(),
            linters: Mutex::default(),
            problems: Mutex::default(),
        }
    }

    /// The options.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// What was wrong so far with configurations and packs, each thing once.
    pub fn problems(&self) -> Vec<Problem> {
        let mut out = lock(&self.problems).clone();
        out.sort_by(|a, b| a.order().cmp(&b.order()));
        out.dedup();
        out
    }

    /// Forgets everything that was read, for when a configuration or a pack has changed.
    pub fn forget(&self) {
        lock(&self.folders).clear();
        lock(&self.scopes).clear();
        lock(&self.linters).clear();
        lock(&self.problems).clear();
    }

    /// What holds for a file: the nearest configuration from its folder upwards.
    pub fn scope(&self, path: &Path) -> Arc<Scope> {
        let path = clean(path);
        self.scope_of_folder(path.parent().unwrap_or(&path))
    }

    /// What holds for files directly in a folder.
    pub fn scope_of_folder(&self, folder: &Path) -> Arc<Scope> {
        let folder = clean(folder);
        if let Some(scope) = lock(&self.folders).get(&folder) {
            return scope.clone();
        }
        let file = folder.ancestors().map(|f| f.join(CONFIG_NAME));
        // A broken link is found too: to pass over it would silently apply another file's rules.
        let file = file.into_iter().find(|f| f.symlink_metadata().is_ok_and(|m| !m.is_dir()));
        let mut scopes = lock(&self.scopes);
        let scope = scopes
            .entry(file.clone().unwrap_or_default())
            .or_insert_with(|| {
                let config = file.map_or_else(Config::default, |f| self.load(&f));
                Arc::new(Scope { config, made: OnceLock::new() })
            })
            .clone();
        lock(&self.folders).insert(folder, scope.clone());
        scope
    }

    fn load(&self, file: &Path) -> Config {
        let name = self.display(file);
        let text = fs::read_to_string(file).map_err(|e| Problem::io(&name, &e));
        text.and_then(|text| Config::parse(file, &name, &text)).unwrap_or_else(|problem| {
            lock(&self.problems).push(problem);
            Config::default()
        })
    }

    /// A path for people: relative to the current folder where it is below it.
    #[expect(clippy::unused_self, reason = "how a project shows paths is the project's business")]
    fn display(&self, path: &Path) -> String {
        let here = clean(Path::new("."));
        shown(path.strip_prefix(&here).unwrap_or(path))
    }

    /// The configuration for a file.
    pub(crate) fn config(&self, path: &Path) -> ConfigRef {
        ConfigRef(self.scope(path))
    }

    fn made(&self, scope: &Scope) -> Arc<Made> {
        scope.made.get_or_init(|| self.make(&scope.config)).clone()
    }

    fn make(&self, config: &Config) -> Arc<Made> {
        let own = self.options.packs.iter().map(|p| (clean(p), None));
        let packs: Vec<(PathBuf, Option<_>)> =
            (config.packs.iter()).map(|(p, span)| (p.clone(), Some(span))).chain(own).collect();
        let key: Vec<PathBuf> = packs.iter().map(|(p, _)| p.clone()).collect();
        let made = {
            let mut linters = lock(&self.linters);
            (linters.entry(key))
                .or_insert_with(|| {
                    let mut lexicon = shenyan_lexicon::builtin();
                    let mut infos = Vec::new();
                    for (folder, span) in &packs {
                        let (info, mut problems) = add_pack(&mut lexicon, folder, &self.display(folder));
                        if let (true, Some(path), Some(span)) = (info.is_none(), &config.path, span) {
                            // The pack cannot be read at all: point at where it is named.
                            for p in &mut problems {
                                p.message.zh = format!("规则包 {}：{}", p.path, p.message.zh);
                                p.message.en = format!("pack {}: {}", p.path, p.message.en);
                                p.path = self.display(path);
                                *p = p.clone().at(&config.source, Some(span));
                            }
                        }
                        lock(&self.problems).append(&mut problems);
                        infos.extend(info);
                    }
                    let linter = Arc::new(Linter::new(lexicon));
                    Arc::new(Made { linter, packs: infos })
                })
                .clone()
        };
        let unknown = config.mentions.iter().filter(|(name, _)| !rule_known(&made.linter, name));
        let mut problems = lock(&self.problems);
        for (name, span) in unknown {
            let path = config.path.as_deref().map_or_else(String::new, |p| self.display(p));
            problems.push(unknown_rule(&made.linter, name, path).at(&config.source, Some(span)));
        }
        made
    }

    /// The linter for a file.
    pub fn linter(&self, path: &Path) -> Arc<Linter> {
        self.linter_of(&self.scope(path))
    }

    /// The linter of a scope.
    pub fn linter_of(&self, scope: &Scope) -> Arc<Linter> {
        self.made(scope).linter.clone()
    }

    /// The packs of a scope that were read.
    pub fn packs_of(&self, scope: &Scope) -> Vec<PackInfo> {
        self.made(scope).packs.clone()
    }

    /// Whether the names of rules and families in the options exist in any linter made so far.
    pub fn unknown_options(&self) -> Vec<Problem> {
        let linters = lock(&self.linters);
        let names: BTreeSet<&String> = self.options.select.iter().chain(&self.options.ignore).collect();
        (names.into_iter())
            .filter(|n| !linters.values().any(|m| rule_known(&m.linter, n)))
            .filter_map(|n| Some(unknown_rule(&linters.values().next()?.linter, n, "")))
            .collect()
    }

    /// The settings for a file: options over overrides over the base of its configuration.
    pub fn settings(&self, path: &Path) -> Settings {
        let scope = self.scope(path);
        let layer = scope.config.layer(path);
        let o = &self.options;
        let mut settings = Settings::on(self.as_of(&scope));
        settings.kind = o.kind.or(layer.kind).flatten();
        settings.channel = o.channel.or(layer.channel).unwrap_or(settings.channel);
        // What is asked for by name on the spot is not kept off by the configuration.
        let asked = |name: &String| o.select.contains(name);
        settings.select = if o.select.is_empty() { layer.select } else { o.select.clone() };
        settings.ignore = layer.ignore.into_iter().filter(|n| !asked(n)).collect();
        settings.ignore.extend(o.ignore.iter().cloned());
        settings.severities = (layer.severity.into_iter())
            .filter(|(n, level)| *level != Level::Off || !asked(n))
            .map(|(n, level)| (n, level.severity()))
            .collect();
        settings
    }

    /// The day whose law applies in a scope.
    pub fn as_of(&self, scope: &Scope) -> Date {
        self.options.as_of.or(scope.config.as_of).unwrap_or(self.today)
    }

    /// From which severity a finding in a file fails the gate.
    pub fn fail_on(&self, path: &Path) -> FailOn {
        self.options.fail_on.or(self.scope(path).config.fail_on).unwrap_or_default()
    }

    /// The language that the configuration of a folder asks for.
    pub fn lang(&self, folder: &Path) -> Option<Lang> {
        self.scope_of_folder(folder).config.lang
    }

    /// The format a file is read as; a name that says nothing is plain text.
    pub fn format(&self, path: &Path) -> Format {
        self.scope(path).config.format(path).unwrap_or(Format::Plain)
    }

    /// Reads a file; one that is too large is refused before it is loaded.
    pub fn read(&self, file: &File) -> Result<Document, Problem> {
        let io = |e: &std::io::Error| Problem::io(&file.shown, e);
        let opened = fs::File::open(&file.path).map_err(|e| io(&e))?;
        let meta = opened.metadata().map_err(|e| io(&e))?;
        if meta.len() > MAX_BYTES {
            let error = ReadError::TooLarge { bytes: meta.len(), limit: MAX_BYTES };
            return Err(Problem::read(&file.shown, &error));
        }
        let mut bytes = Vec::with_capacity(meta.len() as usize);
        // The limit again: a pipe has no length, and a log grows while it is read.
        opened.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|e| io(&e))?;
        self.document(&file.path, &bytes).map_err(|e| Problem::read(&file.shown, &e))
    }

    /// Reads bytes as the file of that name.
    pub fn document(&self, path: &Path, bytes: &[u8]) -> Result<Document, ReadError> {
        Document::read(bytes, self.format(path))
    }

    /// The text of an editor's buffer as the file of that name.
    pub fn buffer(&self, path: &Path, text: String) -> Document {
        Document::from_text(text, self.format(path))
    }

    /// Adds a pack to a lexicon outside any configuration, as for testing it. None if the folder
    /// could not be read.
    pub fn add_pack(lexicon: &mut Lexicon, folder: &Path) -> (Option<PackInfo>, Vec<Problem>) {
        add_pack(lexicon, folder, &shown(folder))
    }
}

/// A configuration that lives in its scope.
pub(crate) struct ConfigRef(Arc<Scope>);

impl std::ops::Deref for ConfigRef {
    type Target = Config;

    fn deref(&self) -> &Config {
        &self.0.config
    }
}

/// Reads every file below a folder and adds it; whatever cannot be read or understood is left
/// out and told.
fn add_pack(lexicon: &mut Lexicon, folder: &Path, name: &str) -> (Option<PackInfo>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut files = Vec::new();
    if let Err(e) = fs::read_dir(folder) {
        return (None, vec![Problem::io(name, &e)]);
    }
    // A pack is what lies in the folder: ignore files are about texts to check.
    let walk = ignore::WalkBuilder::new(folder)
        .standard_filters(false)
        .hidden(true)
        .follow_links(true)
        .sort_by_file_path(Path::cmp)
        .build();
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            Err(e) => {
                let io = e.io_error().map(|io| Problem::io(name, io));
                problems.extend(io.map(|p| Problem {
                    message: Box::new(Bilingual {
                        zh: format!("{}（{e}）", p.message.zh),
                        en: format!("{} ({e})", p.message.en),
                    }),
                    ..p
                }));
                continue;
            }
        };
        let wanted = entry.path().extension().is_some_and(|e| e == "md" || e == "toml");
        if !wanted || entry.file_type().is_some_and(|t| t.is_dir()) {
            continue;
        }
        let relative = shown(entry.path().strip_prefix(folder).unwrap_or(entry.path()));
        match fs::read_to_string(entry.path()) {
            Ok(text) => files.push(PackFile { path: relative, text }),
            Err(e) if e.kind() == std::io::ErrorKind::InvalidData => problems.push(Problem::new(
                format!("{name}/{relative}"),
                "invalid_encoding",
                both("规则文件不是 UTF-8", "a rule file must be UTF-8"),
                both("请另存为 UTF-8", "save it as UTF-8"),
            )),
            Err(e) => problems.push(Problem::io(format!("{name}/{relative}"), &e)),
        }
    }
    let mut hash = Sha256::new();
    for f in &files {
        for part in [&f.path, &f.text] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    let known = ["rules/", "contexts/", "words/", "facts/", "fold/", "law/"];
    let belongs = |f: &PackFile| known.iter().any(|k| f.path.starts_with(k));
    // A rule in the wrong folder would never be read, and nobody would know.
    for stray in files.iter().filter(|f| !belongs(f) && f.text.starts_with("+++")) {
        problems.push(Problem::new(
            format!("{name}/{}", stray.path),
            "stray_rule",
            both(
                "规则文件不在 rules 或 contexts 里，不会读",
                "a rule file outside rules/ and contexts/ is not read",
            ),
            both("移到 rules/家族/名称.md", "move it to rules/FAMILY/NAME.md"),
        ));
    }
    if problems.is_empty() && !files.iter().any(belongs) {
        problems.push(Problem::new(
            name,
            "empty_pack",
            both("规则包里没有规则", "there is no rule in the pack"),
            both(
                "规则文件放在 rules/家族/名称.md；其他文件放在 contexts、words、facts、law",
                "rules go to rules/FAMILY/NAME.md, other files to contexts, words, facts, law",
            ),
        ));
    }
    problems.extend(lexicon.add(&files).iter().map(|e| Problem::pack(format!("{name}/{}", e.path), e)));
    let info = PackInfo { path: name.to_owned(), hash: hex(&hash.finalize()) };
    (Some(info), problems)
}

/// The first sixteen bytes of a hash in hexadecimal: enough to tell files apart.
pub(crate) fn hex(hash: &[u8]) -> String {
    hash.iter().take(16).fold(String::new(), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// Whether a name is that of a rule or a family of rules.
pub fn rule_known(linter: &Linter, name: &str) -> bool {
    let mut ids = linter.lexicon().rules.keys().map(String::as_str).chain(OWN_RULES);
    ids.any(|id| id == name || id.split('/').next() == Some(name))
}

/// The rule or family that was probably meant.
pub fn suggestion(linter: &Linter, name: &str) -> Option<String> {
    let rules = linter.lexicon().rules.keys().map(String::as_str);
    let mut names: BTreeSet<&str> = rules.chain(OWN_RULES).collect();
    names.extend(names.clone().iter().filter_map(|id| id.split('/').next()));
    let score = |id: &str| {
        let whole = strsim::jaro_winkler(name, id);
        // `superlative` for `absolute/superlative`, or the right name in the wrong family.
        let tail = |s: &str| s.rsplit('/').next().unwrap_or_default().to_owned();
        let part = strsim::jaro_winkler(&tail(name), &tail(id)) * 0.95;
        if id.contains('/') { whole.max(part) } else { whole }
    };
    (names.into_iter())
        .map(|id| (score(id), id))
        .filter(|(s, _)| *s > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))
        .map(|(_, id)| id.to_owned())
}

fn unknown_rule(linter: &Linter, name: &str, path: impl Into<String>) -> Problem {
    let hint = suggestion(linter, name).map_or_else(
        || both("用 shenyan rules 查看全部规则", "run `shenyan rules` to see all rules"),
        |s| Bilingual { zh: format!("是否想写 {s}"), en: format!("did you mean {s}?") },
    );
    let message = Bilingual {
        zh: format!("没有名为“{name}”的规则或家族"),
        en: format!("there is no rule or family “{name}”"),
    };
    Problem::new(path, "unknown_rule", message, hint)
}

impl Project {
    /// The problem of a name that is no rule's, with the name that was probably meant.
    pub fn no_such_rule(linter: &Linter, name: &str) -> Problem {
        unknown_rule(linter, name, "")
    }
}
