//! Files of the workspace that are not open: checked on a thread of their own, one after the
//! other, until done or until nobody waits any more.

use crate::analysis::{Checked, Counts, count};
use crate::diagnostics::{self, Place};
use crate::lsp::{Diagnostic, Uri};
use crate::position::Encoding;
use crate::words::Words;
use ropey::Rope;
use serde::Serialize;
use shenyan_lint::Kind;
use shenyan_project::{File, Lang, Project};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc;

/// How places and texts are told.
#[derive(Debug, Clone)]
pub struct Manner {
    /// How columns are counted.
    pub encoding: Encoding,
    /// The language the client asked for.
    pub lang: Option<Lang>,
    /// Where the page of a rule is.
    pub rule_page: String,
}

/// What was found in a file.
#[derive(Debug, Clone, Serialize)]
pub struct FileReport {
    /// The file.
    pub uri: Uri,
    /// The kind it was checked as; none if it could not be read.
    pub kind: Option<Kind>,
    /// Findings by severity.
    pub counts: Counts,
    /// The findings, or why it could not be read.
    pub diagnostics: Vec<Diagnostic>,
}

/// A step of a check: the file, its number from 1, how many there are.
pub type Step = (FileReport, usize, usize);

/// Stops the check when it is dropped, as it is when the request is cancelled.
#[derive(Debug)]
pub struct Running {
    steps: mpsc::Receiver<Step>,
    stop: Arc<AtomicBool>,
}

impl Running {
    /// The next file; none when all are done.
    pub async fn next(&mut self) -> Option<Step> {
        self.steps.recv().await
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Starts checking the files below folders; `skip` leaves out those that are open.
pub fn check(project: Arc<Project>, folders: Vec<PathBuf>, skip: Vec<PathBuf>, manner: Manner) -> Running {
    // A few files ahead of whoever takes them, no more: memory stays flat.
    let (send, steps) = mpsc::channel(8);
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = stop.clone();
    tokio::task::spawn_blocking(move || {
        let files: Vec<File> =
            project.walk(&folders).files.into_iter().filter(|f| !skip.contains(&f.path)).collect();
        let total = files.len();
        for (i, file) in files.iter().enumerate() {
            if stopped.load(Ordering::Relaxed) {
                return;
            }
            let Some(uri) = Uri::from_file_path(&file.path) else { continue };
            let checked = catch_unwind(AssertUnwindSafe(|| one(&project, file, uri.clone(), &manner)));
            let report = checked.unwrap_or_else(|_| FileReport {
                uri,
                kind: None,
                counts: Counts::default(),
                diagnostics: vec![diagnostics::died(manner.lang.unwrap_or_default())],
            });
            if send.blocking_send((report, i + 1, total)).is_err() {
                return;
            }
        }
    });
    Running { steps, stop }
}

fn one(project: &Project, file: &File, uri: Uri, manner: &Manner) -> FileReport {
    let lang = manner.lang.or_else(|| project.scope(&file.path).config.lang).unwrap_or_default();
    let doc = match project.read(file) {
        Ok(doc) => doc,
        Err(p) => {
            let diagnostics = vec![diagnostics::problem(&p, manner.encoding, Words::new(lang))];
            return FileReport { uri, kind: None, counts: Counts::default(), diagnostics };
        }
    };
    let linter = project.linter(&file.path);
    let settings = project.settings(&file.path);
    let report = linter.check(&doc, &settings);
    let rope = Rope::from_str(doc.source());
    let checked = Checked { doc, report, linter, as_of: settings.as_of };
    let place = Place { uri: &uri, rope: &rope, encoding: manner.encoding, rule_page: &manner.rule_page };
    let diagnostics = diagnostics::of(&checked, &place, lang);
    let (counts, _) = count(&checked.report.findings);
    FileReport { kind: Some(checked.report.facts.kind), counts, diagnostics, uri }
}
