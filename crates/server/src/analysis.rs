//! Open documents and the one thread that checks them.
//!
//! Handlers change the state under a lock and return; the actor takes the newest text of a
//! document, checks it without the lock and keeps the result only if the text is still the same.
//! What is superseded is dropped: the last version wins. Only where somebody types on and on in a
//! text too long to be checked between two keys are they shown what an older version had, carried
//! to where it stands now.
//! Findings are kept for every feature that needs them; no request checks a text again.

use crate::diagnostics::Place;
use crate::lsp::{Diagnostic, Uri};
use crate::position::{Encoding, Splice};
use crate::settings::{Enable, Settings};
use crate::{diagnostics, lsp};
use ropey::Rope;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shenyan_lint::{Finding, Kind, Linter, Memory, Report, Severity};
use shenyan_project::{CONFIG_NAME, Lang, Project, Scope, clean, today};
use shenyan_read::{Document, Format};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long somebody may type on in a text whose check takes longer than the pause between two
/// keys before they are told what an earlier version of it has.
const SILENCE: Duration = Duration::from_millis(100);

/// A document that a client has open.
#[derive(Debug)]
pub struct Open {
    /// Its file; none for an unsaved buffer.
    pub path: Option<PathBuf>,
    /// The client's version.
    pub version: i32,
    /// The client's name of its language.
    pub language: String,
    /// The text.
    pub rope: Rope,
    /// The kind that the user set for it; `Some(None)` detects it.
    #[expect(clippy::option_option, reason = "nothing set, set to detect, set to a kind: three states")]
    pub kind: Option<Option<Kind>>,
    /// Checked though its folder did not opt in.
    pub forced: bool,
    /// Changes with every text and every configuration, and is never used twice.
    pub revision: u64,
    /// What was found last.
    pub analysis: Option<Arc<Analysis>>,
    /// How the text changed since the actor took it; none if more than that changed.
    pub splices: Option<Vec<Splice>>,
    /// Since when the client waits to be told what the changed text has.
    pub waiting: Option<Instant>,
}

/// What was found in one revision of a document.
#[derive(Debug)]
pub struct Analysis {
    /// The document.
    pub uri: Uri,
    /// Its revision.
    pub revision: u64,
    /// Its version.
    pub version: i32,
    /// Its text.
    pub rope: Rope,
    /// How columns are counted.
    pub encoding: Encoding,
    /// The language of what people read.
    pub lang: Lang,
    /// The document as read and what was found; none for a document that is not checked.
    pub checked: Option<Checked>,
    /// The diagnostics, in the order of the findings that are reported.
    pub diagnostics: Arc<Vec<Diagnostic>>,
    /// How long the check took.
    pub took: Duration,
    outline: OnceLock<Vec<crate::outline::Node>>,
}

/// A check and what it was made with.
#[derive(Debug)]
pub struct Checked {
    /// The document as read.
    pub doc: Document,
    /// What was found, waived findings included.
    pub report: Report,
    /// The linter.
    pub linter: Arc<Linter>,
    /// The day whose law was applied.
    pub as_of: shenyan_lint::Date,
}

impl Analysis {
    /// The findings that are reported, each with its diagnostic.
    pub fn findings(&self) -> impl Iterator<Item = (&Finding, &Diagnostic)> {
        let findings = self.checked.iter().flat_map(|c| c.report.reported());
        findings.zip(&*self.diagnostics)
    }

    /// The outline with the findings counted in, made when first asked for.
    pub fn outline(&self) -> &[crate::outline::Node] {
        self.outline.get_or_init(|| crate::outline::nodes(self))
    }

    /// The status to tell the client.
    fn status(&self) -> Status {
        let findings = self.checked.as_ref().map_or(&[][..], |c| &c.report.findings);
        let (counts, waived) = count(findings);
        let facts = self.checked.as_ref().map(|c| &c.report.facts);
        Status {
            uri: self.uri.clone(),
            version: self.version,
            active: self.checked.is_some(),
            kind: facts.map(|f| f.kind),
            detected: None,
            genre: facts.and_then(|f| f.genre.clone()),
            counts,
            waived,
        }
    }
}

/// `textDocument/publishDiagnostics`, whose diagnostics are shared with what is kept of a check.
#[derive(Debug)]
pub enum PublishDiagnostics {}

impl lsp::Notification for PublishDiagnostics {
    type Params = Published;
    const METHOD: &'static str = "textDocument/publishDiagnostics";
}

/// The parameters of `textDocument/publishDiagnostics`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Published {
    /// The document.
    pub uri: Uri,
    /// All that was found in it.
    pub diagnostics: Arc<Vec<Diagnostic>>,
    /// The version that was checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
}

/// `shenyan/status`: sent after each analysis.
#[derive(Debug)]
pub enum StatusNotification {}

impl lsp::Notification for StatusNotification {
    type Params = Status;
    const METHOD: &'static str = "shenyan/status";
}

/// The parameters of `shenyan/status`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// The document.
    pub uri: Uri,
    /// The version that was checked.
    pub version: i32,
    /// Whether it was checked at all; not, for example, in a folder that did not opt in.
    pub active: bool,
    /// `marketing` or `contract`.
    pub kind: Option<Kind>,
    /// Whether the kind was detected; false if it was set.
    pub detected: Option<bool>,
    /// The quiet genre that was detected, such as `news`.
    pub genre: Option<String>,
    /// Findings that are reported.
    pub counts: Counts,
    /// Findings that an exemption or an ignore silences.
    pub waived: u32,
}

/// Findings by severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Errors.
    pub error: u32,
    /// Warnings.
    pub warning: u32,
    /// Hints.
    pub hint: u32,
}

/// Counts findings; the second number is of those that are waived.
pub fn count(findings: &[Finding]) -> (Counts, u32) {
    let mut counts = Counts::default();
    let mut waived = 0;
    for f in findings {
        let slot = match f.severity {
            _ if f.waived.is_some() => &mut waived,
            Severity::Error => &mut counts.error,
            Severity::Warning => &mut counts.warning,
            Severity::Hint => &mut counts.hint,
        };
        *slot += 1;
    }
    (counts, waived)
}

/// What is to be told to the client about a document.
#[derive(Debug)]
pub struct Outgoing {
    /// The diagnostics; none if the client pulls them.
    pub diagnostics: Option<(Arc<Vec<Diagnostic>>, Option<i32>)>,
    /// The status; none for a closed document.
    pub status: Option<Status>,
    /// How long the check took.
    pub took: Duration,
}

/// Everything that changes.
#[derive(Debug)]
pub struct State {
    /// Open documents.
    pub docs: HashMap<Uri, Open>,
    /// Folders of the workspace.
    pub folders: Vec<PathBuf>,
    /// The client's settings.
    pub settings: Settings,
    /// The same as they were sent.
    pub raw_settings: Value,
    /// Configuration, packs, linters. Replaced whole when one of them changes.
    pub project: Arc<Project>,
    /// The day it was made; another day may mean another law.
    pub day: shenyan_lint::Date,
    /// How columns are counted.
    pub encoding: Encoding,
    /// Whether the client pulls diagnostics.
    pub pull: bool,
    /// Whether a client that pulls is to be told to pull again.
    pub refresh: bool,
    /// What the client wants to be told of the work.
    pub trace: lsp::TraceValue,
    /// The kinds that the user set, for as long as the server runs: closing a document does not
    /// take back what was said about it.
    pub kinds: HashMap<Uri, Option<Kind>>,
    /// What was not sent yet; a newer result replaces an older one.
    pub outbox: HashMap<Uri, Outgoing>,
    /// Files that have problems published: configuration and packs.
    told: HashMap<Uri, Vec<Diagnostic>>,
    /// Packs that a checked document uses, and whether the client watches them, by itself or
    /// because it was asked to.
    packs: BTreeMap<PathBuf, bool>,
    queue: VecDeque<Uri>,
    revision: u64,
    stop: bool,
}

/// The state and the signals around it; shared by handlers, actor and publisher.
#[derive(Debug)]
pub struct Shared {
    state: Mutex<State>,
    work: Condvar,
    /// Changes whenever an analysis is done or a document closed.
    done: watch::Sender<u64>,
}

/// A document as the actor takes it.
struct Job {
    uri: Uri,
    path: Option<PathBuf>,
    version: i32,
    revision: u64,
    language: String,
    rope: Rope,
    #[expect(clippy::option_option, reason = "as in `Open`")]
    kind: Option<Option<Kind>>,
    forced: bool,
    settings: Settings,
    project: Arc<Project>,
    folders: Vec<PathBuf>,
    encoding: Encoding,
}

impl Shared {
    /// Nothing open yet; settings as they are without a client.
    pub fn new() -> Arc<Self> {
        let settings = Settings::default();
        let day = today();
        Arc::new(Self {
            state: Mutex::new(State {
                docs: HashMap::new(),
                folders: Vec::new(),
                project: Arc::new(Project::new(settings.options(), day)),
                settings,
                raw_settings: Value::Null,
                day,
                encoding: Encoding::default(),
                pull: false,
                refresh: false,
                trace: lsp::TraceValue::Off,
                kinds: HashMap::new(),
                outbox: HashMap::new(),
                told: HashMap::new(),
                packs: BTreeMap::new(),
                queue: VecDeque::new(),
                revision: 0,
                stop: false,
            }),
            work: Condvar::new(),
            done: watch::Sender::new(0),
        })
    }

    /// The state. A thread that died under the lock left whole values behind.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells whoever waits for results to look again.
    pub fn signal(&self) {
        self.done.send_modify(|n| *n = n.wrapping_add(1));
    }

    /// A receiver that changes with every result.
    pub fn results(&self) -> watch::Receiver<u64> {
        self.done.subscribe()
    }

    /// Wakes the actor.
    pub fn wake(&self) {
        self.work.notify_all();
    }

    /// Ends the actor.
    pub fn stop(&self) {
        self.lock().stop = true;
        self.wake();
    }

    /// What was found in the newest text of a document, waiting for it if need be; none for a
    /// document that is not open.
    pub async fn current(&self, uri: &Uri) -> Option<Arc<Analysis>> {
        let mut results = self.results();
        loop {
            results.mark_unchanged();
            {
                let state = self.lock();
                let doc = state.docs.get(uri)?;
                if let Some(a) = doc.analysis.as_ref().filter(|a| a.revision == doc.revision) {
                    return Some(a.clone());
                }
                if state.stop {
                    return None;
                }
            }
            results.changed().await.ok()?;
        }
    }

    /// Starts the actor.
    pub fn start(self: &Arc<Self>) -> std::io::Result<std::thread::JoinHandle<()>> {
        let shared = self.clone();
        std::thread::Builder::new().name("analysis".into()).spawn(move || shared.run())
    }

    fn run(&self) {
        // What is remembered of each document: a check then costs what changed.
        let mut memories: HashMap<Uri, Memory> = HashMap::new();
        loop {
            let job = {
                let mut state = self.lock();
                loop {
                    if state.stop {
                        drop(state);
                        self.signal();
                        return;
                    }
                    if let Some(job) = state.next_job() {
                        break job;
                    }
                    state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
            };
            let (uri, revision, project) = (job.uri.clone(), job.revision, job.project.clone());
            let path = job.path.clone().unwrap_or_else(|| stand_in(&job.folders, &job.language));
            let analysis = analyse(job, memories.entry(uri.clone()).or_default());
            let mut state = self.lock();
            memories.retain(|uri, _| state.docs.contains_key(uri));
            let current = state.docs.get(&uri).is_some_and(|d| d.revision == revision);
            let before = if current {
                state.finish(analysis)
            } else {
                state.carry(analysis);
                None
            };
            if Arc::ptr_eq(&state.project, &project) {
                state.tell_problems();
            }
            state.note_packs(&project.scope(&path));
            drop(state);
            self.signal();
            // The client is told; what is over is cleared away while it reads.
            drop(before);
            if let Some(memory) = memories.get_mut(&uri) {
                memory.tidy();
            }
        }
    }
}

impl State {
    /// Applies changes as a client sends them.
    pub fn edit(&mut self, uri: &Uri, version: i32, changes: &[lsp::TextDocumentContentChangeEvent]) {
        let encoding = self.encoding;
        // A document that was never opened has no text to change.
        let Some(doc) = self.docs.get_mut(uri) else { return };
        doc.version = version;
        let mut splices = doc.splices.take();
        for change in changes {
            match (encoding.apply(&mut doc.rope, change), &mut splices) {
                (Some(splice), Some(list)) => list.push(splice),
                _ => splices = None,
            }
        }
        self.touch(uri);
        if let Some(doc) = self.docs.get_mut(uri) {
            doc.splices = splices;
        }
    }

    /// Marks a document as changed, in whatever way.
    pub fn touch(&mut self, uri: &Uri) {
        let Some(doc) = self.docs.get_mut(uri) else { return };
        doc.splices = None;
        doc.waiting.get_or_insert_with(Instant::now);
        self.revision += 1;
        doc.revision = self.revision;
        // What the user edits now comes first.
        self.queue.retain(|u| u != uri);
        self.queue.push_front(uri.clone());
    }

    /// Reads configuration and packs again and has every document checked anew; what was found
    /// stands until then.
    pub fn reload(&mut self) {
        self.refresh = true;
        self.day = today();
        self.project = Arc::new(Project::new(self.settings.options(), self.day));
        let uris: Vec<Uri> = self.docs.keys().cloned().collect();
        for uri in &uris {
            self.touch(uri);
        }
        self.tell_problems();
    }

    /// Opens a document.
    #[expect(clippy::needless_pass_by_value, reason = "the caller has no more use for the address")]
    pub fn open(&mut self, uri: Uri, version: i32, language: String, rope: Rope) {
        let doc = Open {
            path: lsp::path_of(&uri),
            version,
            language,
            rope,
            kind: self.kinds.get(&uri).copied(),
            forced: self.kinds.contains_key(&uri),
            revision: 0,
            analysis: None,
            splices: None,
            waiting: None,
        };
        self.docs.insert(uri.clone(), doc);
        self.touch(&uri);
    }

    /// Closes a document.
    pub fn close(&mut self, uri: &Uri) {
        self.docs.remove(uri);
        self.queue.retain(|u| u != uri);
        let diagnostics = (!self.pull).then(|| (Arc::default(), None));
        self.outbox.insert(uri.clone(), Outgoing { diagnostics, status: None, took: Duration::ZERO });
    }

    fn next_job(&mut self) -> Option<Job> {
        if !self.queue.is_empty() && today() != self.day {
            self.reload();
        }
        let uri = self.queue.pop_front()?;
        let doc = self.docs.get_mut(&uri)?;
        doc.splices = Some(Vec::new());
        Some(Job {
            path: doc.path.clone(),
            version: doc.version,
            revision: doc.revision,
            language: doc.language.clone(),
            rope: doc.rope.clone(),
            kind: doc.kind,
            forced: doc.forced,
            settings: self.settings.clone(),
            project: self.project.clone(),
            folders: self.folders.clone(),
            encoding: self.encoding,
            uri,
        })
    }

    /// Notes a result; returns the one it takes the place of.
    fn finish(&mut self, analysis: Analysis) -> Option<Arc<Analysis>> {
        let analysis = Arc::new(analysis);
        let diagnostics = (!self.pull).then(|| (analysis.diagnostics.clone(), Some(analysis.version)));
        let uri = analysis.uri.clone();
        let doc = self.docs.get_mut(&uri)?;
        let mut status = analysis.status();
        status.detected = status.kind.map(|_| doc.kind.flatten().is_none() && self.settings.kind.is_none());
        let took = analysis.took;
        let before = doc.analysis.replace(analysis);
        doc.waiting = None;
        self.outbox.insert(uri, Outgoing { diagnostics, status: Some(status), took });
        before
    }

    /// Tells what was found in a text that has changed since, if nothing was told for a while: at
    /// its place in the text as it is now, without what the changes touched. Only the client's
    /// view goes on in this way; what requests are answered from is never carried.
    fn carry(&mut self, analysis: Analysis) {
        let (encoding, pull) = (self.encoding, self.pull);
        let Some(doc) = self.docs.get_mut(&analysis.uri).filter(|_| !pull) else { return };
        let Some(splices) = &doc.splices else { return };
        if doc.waiting.is_none_or(|since| since.elapsed() < SILENCE) {
            return;
        }
        let carried = |range: lsp::Range| {
            let start = Some(encoding.bytes(&analysis.rope, range));
            let now = splices.iter().fold(start, |at, s| s.carry(&at?));
            now.map(|bytes| encoding.range(&doc.rope, &bytes))
        };
        let moved = |mut d: Diagnostic| {
            d.range = carried(d.range)?;
            for r in d.related_information.iter_mut().flatten() {
                r.location.range = carried(r.location.range)?;
            }
            Some(d)
        };
        let diagnostics: Vec<Diagnostic> = analysis.diagnostics.iter().cloned().filter_map(moved).collect();
        doc.waiting = Some(Instant::now());
        let diagnostics = Some((Arc::new(diagnostics), Some(doc.version)));
        self.outbox.insert(analysis.uri, Outgoing { diagnostics, status: None, took: analysis.took });
    }

    /// Notes the packs of a configuration; of those outside of the workspace the client's file
    /// watcher knows nothing yet.
    fn note_packs(&mut self, scope: &Scope) {
        for (pack, _) in &scope.config.packs {
            let pack = clean(pack);
            let inside = self.folders.iter().any(|f| pack.starts_with(f));
            self.packs.entry(pack).or_insert(inside);
        }
    }

    /// Whether a file is a configuration or belongs to a pack that is in use.
    pub fn is_ours(&self, file: &Path) -> bool {
        let in_pack = |f: &Path| self.packs.keys().any(|pack| f.starts_with(pack));
        let config = &self.project.scope(file).config;
        let file = clean(file);
        is_config(&file.to_string_lossy())
            || in_pack(&file)
            || config.packs.iter().any(|(pack, _)| file.starts_with(pack))
    }

    /// The packs that the client was not yet asked to watch.
    pub fn packs_to_watch(&mut self) -> Vec<PathBuf> {
        let new = self.packs.iter_mut().filter(|(_, asked)| !**asked);
        new.map(|(pack, asked)| (*asked = true, pack.clone()).1).collect()
    }

    /// Publishes what is wrong with configurations and packs at their place, and takes back what
    /// no longer is.
    fn tell_problems(&mut self) {
        let lang = self.settings.lang.unwrap_or_default();
        let by_file = diagnostics::problems(&self.project.problems(), self.encoding, lang);
        // An open configuration speaks for itself, as it stands in the buffer.
        let own = |uri: &Uri| self.docs.contains_key(uri) && is_config(uri.path().as_str());
        let gone: Vec<Uri> = self.told.keys().filter(|u| !by_file.contains_key(*u)).cloned().collect();
        for uri in gone {
            self.told.remove(&uri);
            if !own(&uri) {
                self.outbox.insert(
                    uri,
                    Outgoing {
                        diagnostics: Some((Arc::default(), None)),
                        status: None,
                        took: Duration::ZERO,
                    },
                );
            }
        }
        for (uri, list) in by_file {
            if self.told.get(&uri) != Some(&list) && !own(&uri) {
                self.told.insert(uri.clone(), list.clone());
                self.outbox.insert(
                    uri,
                    Outgoing {
                        diagnostics: Some((Arc::new(list), None)),
                        status: None,
                        took: Duration::ZERO,
                    },
                );
            }
        }
    }
}

/// Whether a path is that of a configuration.
pub fn is_config(path: &str) -> bool {
    path.rsplit(['/', '\\']).next() == Some(CONFIG_NAME)
}

/// The name a document without a file is judged by: as if it lay in the first folder.
fn stand_in(folders: &[PathBuf], language: &str) -> PathBuf {
    let name = match language {
        "markdown" => "untitled.md",
        "html" => "untitled.html",
        _ => "untitled.txt",
    };
    folders.first().map_or_else(|| std::env::temp_dir().join("shenyan-untitled").join(name), |f| f.join(name))
}

/// The format a language is read as; none for one that is not copy.
fn format_of(language: &str) -> Option<Format> {
    match language {
        "markdown" | "mdx" => Some(Format::Markdown),
        "html" | "xhtml" => Some(Format::Html),
        "plaintext" | "text" | "txt" | "" => Some(Format::Plain),
        _ => None,
    }
}

/// Whether and as what a document is read.
fn format(job: &Job, path: &Path) -> Option<Format> {
    let scope = job.project.scope(path);
    let quiet = job.settings.enable == Enable::Configured && scope.config.path.is_none();
    if !job.forced && (quiet || !scope.config.includes(path)) {
        return None;
    }
    // The name decides, as on the command line; then what the client says.
    let by_name = job.path.as_ref().and_then(|p| scope.config.format(p));
    by_name.or_else(|| format_of(&job.language)).or_else(|| job.forced.then_some(Format::Plain))
}

#[expect(clippy::needless_pass_by_value, reason = "a job is done once")]
fn analyse(job: Job, memory: &mut Memory) -> Analysis {
    let began = Instant::now();
    let path = job.path.clone().unwrap_or_else(|| stand_in(&job.folders, &job.language));
    let lang = job.settings.lang.or_else(|| job.project.scope(&path).config.lang).unwrap_or_default();
    let blank = |checked, diagnostics: Vec<Diagnostic>| Analysis {
        uri: job.uri.clone(),
        revision: job.revision,
        version: job.version,
        rope: job.rope.clone(),
        encoding: job.encoding,
        lang,
        checked,
        diagnostics: Arc::new(diagnostics),
        took: began.elapsed(),
        outline: OnceLock::new(),
    };
    if is_config(&path.to_string_lossy()) {
        let linter = job.project.linter(&path);
        let text = job.rope.to_string();
        return blank(None, diagnostics::of_config(&path, &text, &linter, &job.rope, job.encoding, lang));
    }
    let Some(format) = format(&job, &path) else {
        return blank(None, Vec::new());
    };
    let linter = job.project.linter(&path);
    let mut settings = job.project.settings(&path);
    if let Some(kind) = job.kind {
        settings.kind = kind;
    }
    // The engine promises not to panic; an editor must survive it breaking the promise.
    let checked = catch_unwind(AssertUnwindSafe(|| {
        let doc = Document::from_text(job.rope.to_string(), format);
        let report = linter.recheck(&doc, &settings, memory);
        Checked { doc, report, linter: linter.clone(), as_of: settings.as_of }
    }));
    let Ok(checked) = checked else {
        // Whatever it holds now was left half done.
        *memory = Memory::default();
        return blank(None, vec![diagnostics::died(lang)]);
    };
    let place =
        Place { uri: &job.uri, rope: &job.rope, encoding: job.encoding, rule_page: &job.settings.rule_page };
    let diagnostics = diagnostics::of(&checked, &place, lang);
    blank(Some(checked), diagnostics)
}
