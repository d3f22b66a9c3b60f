//! Which files to check: what was named, and what is found in folders.
//!
//! Folders are walked with `.gitignore`, `.ignore` and hidden names honoured, whether or not
//! there is a repository. Nothing that could not be looked at is passed over in silence.

use crate::problem::Problem;
use crate::project::Project;
use ignore::WalkBuilder;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// A file to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Where it is.
    pub path: PathBuf,
    /// How it is shown: as the user would write it, with `/`.
    pub shown: String,
}

/// What a walk came across.
#[derive(Debug, Default)]
pub struct Walked {
    /// Files in the order of their shown paths.
    pub files: Vec<File>,
    /// What could not be looked at.
    pub problems: Vec<Problem>,
}

/// The absolute path without `.` and `..`, by its letters alone: what does not exist yet, such
/// as an unsaved buffer, has one too.
pub fn clean(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut out = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// A path as people write it: with `/` and without a leading `./`.
pub fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let text = text.strip_prefix("./").unwrap_or(&text);
    if text.is_empty() { ".".to_owned() } else { text.to_owned() }
}

impl Project {
    /// The files that the named paths stand for.
    pub fn walk(&self, roots: &[PathBuf]) -> Walked {
        // By shown path, so that a file that is named and found is checked once.
        let mut files: BTreeMap<String, PathBuf> = BTreeMap::new();
        let mut linked = BTreeSet::new();
        let mut problems = Vec::new();
        for root in roots {
            match fs::metadata(root) {
                Err(e) => problems.push(Problem::io(shown(root), &e)),
                Ok(meta) if meta.is_dir() => {
                    self.folder(root, &mut files, &mut linked, &mut problems);
                }
                Ok(_) => {
                    linked.remove(&shown(root));
                    files.insert(shown(root), root.clone());
                }
            }
        }
        drop_doubles(&mut files, &linked);
        problems.sort_by(|a, b| a.order().cmp(&b.order()));
        problems.dedup();
        let files = files.into_iter().map(|(shown, path)| File { path, shown }).collect();
        Walked { files, problems }
    }

    fn folder(
        &self,
        root: &Path,
        files: &mut BTreeMap<String, PathBuf>,
        linked: &mut BTreeSet<String>,
        problems: &mut Vec<Problem>,
    ) {
        let walk = WalkBuilder::new(root).require_git(false).follow_links(true).build();
        for entry in walk {
            let entry = match entry {
                Ok(entry) => entry,
                Err(e) => {
                    problems.extend(self.walk_problem(root, &e));
                    continue;
                }
            };
            if let Some(e) = entry.error() {
                // A line of an ignore file that cannot be understood.
                problems.extend(self.walk_problem(root, e));
            }
            if !entry.file_type().is_some_and(|t| t.is_file()) {
                continue;
            }
            let config = self.config(entry.path());
            if config.format(entry.path()).is_none() || !config.includes(entry.path()) {
                continue;
            }
            let name = shown(entry.path());
            if entry.path_is_symlink() {
                linked.insert(name.clone());
            }
            files.entry(name).or_insert_with(|| entry.into_path());
        }
    }

    fn walk_problem(&self, root: &Path, error: &ignore::Error) -> Option<Problem> {
        let (path, error) = innermost(error, root);
        // The target of a loop is walked where it really is.
        if matches!(error, ignore::Error::Loop { .. }) {
            return None;
        }
        let hidden = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
        let ignore_file = hidden && path.extension().is_none() && path.is_file();
        if hidden && path != root && !ignore_file || !self.config(path).includes(path) {
            return None;
        }
        Some(match error.io_error() {
            Some(io) => Problem::io(shown(path), io),
            None => Problem::new(
                shown(path),
                "unreadable",
                shenyan_lint::Bilingual {
                    zh: format!("读不出来：{error}"),
                    en: format!("cannot be read: {error}"),
                },
                shenyan_lint::Bilingual::default(),
            ),
        })
    }
}

fn innermost<'e>(mut error: &'e ignore::Error, root: &'e Path) -> (&'e Path, &'e ignore::Error) {
    let mut path = root;
    loop {
        error = match error {
            ignore::Error::WithPath { path: p, err } => {
                path = p;
                err
            }
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => err,
            ignore::Error::Partial(all) if !all.is_empty() => &all[0],
            other => return (path, other),
        };
    }
}

/// Leaves out links to files that are in the list themselves: one text, one set of findings.
fn drop_doubles(files: &mut BTreeMap<String, PathBuf>, linked: &BTreeSet<String>) {
    if linked.is_empty() {
        return;
    }
    let real = |p: &Path| fs::canonicalize(p).unwrap_or_else(|_| p.to_owned());
    let direct: BTreeSet<PathBuf> =
        (files.iter()).filter(|(name, _)| !linked.contains(*name)).map(|(_, path)| real(path)).collect();
    files.retain(|name, path| !linked.contains(name) || !direct.contains(&real(path)));
}
