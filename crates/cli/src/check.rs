//! `check`: files in, findings out, the same bytes whatever the number of threads.

use crate::Outcome;
use crate::args::{CheckArgs, Format};
use crate::clauses::Sheet;
use crate::errors;
use crate::item::{self, Item};
use crate::render;
use crate::terminal::{self, Terminal};
use crate::words::Words;
use indicatif::{ProgressBar, ProgressStyle};
use shenyan_lint::text::Text;
use shenyan_lint::{Bilingual, Date, Kind, Severity};
use shenyan_project::{Baseline, FailOn, File, Known, Options, PackInfo, Problem, Project, shown, today};
use shenyan_read::{Document, MAX_BYTES};
use std::collections::BTreeSet;
use std::io::{IsTerminal as _, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What was found in a file.
#[derive(Debug)]
pub struct Checked {
    /// The file as shown.
    pub path: String,
    /// The kind it was checked as.
    pub kind: Kind,
    /// From which severity it fails the gate.
    pub fail_on: FailOn,
    /// Findings in source order.
    pub items: Vec<Item>,
    /// The clause table, if it was asked for.
    pub sheet: Option<Sheet>,
}

/// A finished run, as renderers see it.
#[derive(Debug)]
pub struct Run {
    /// Files in order.
    pub files: Vec<Checked>,
    /// What could not be used.
    pub problems: Vec<Problem>,
    /// The day whose law was applied.
    pub as_of: Date,
    /// Packs that were read.
    pub packs: Vec<PackInfo>,
    /// Whether a baseline was given.
    pub baseline: bool,
    /// Counts.
    pub summary: Summary,
    /// The language.
    pub words: Words,
}

/// Counts of a run.
#[derive(Debug, Clone, Copy, Default, serde::Serialize)]
pub struct Summary {
    /// Files checked.
    pub files: usize,
    /// New findings of severity error.
    pub errors: usize,
    /// New findings of severity warning.
    pub warnings: usize,
    /// New findings of severity hint.
    pub hints: usize,
    /// Findings waived, where they are shown.
    pub waived: usize,
    /// Findings that the baseline has.
    pub known: usize,
    /// Files, rules and options that could not be used.
    pub failed: usize,
}

/// Runs `check`.
pub fn run(args: &CheckArgs, words: Words, terminal: Terminal) -> Outcome {
    let project = Project::new(options(args), today());
    let mut problems = Vec::new();
    let (stdin, paths): (Vec<_>, Vec<_>) = args.paths.iter().cloned().partition(|p| p == Path::new("-"));
    let mut jobs: Vec<Job> = Vec::new();
    if !stdin.is_empty() {
        let path = args.stdin_path.clone();
        let shown = path.as_ref().map_or_else(|| "<stdin>".to_owned(), |p| shown(p));
        jobs.push(Job {
            file: File { path: path.unwrap_or_else(|| PathBuf::from("stdin.txt")), shown },
            stdin: true,
        });
    }
    let walked = project.walk(&paths);
    problems.extend(walked.problems);
    jobs.extend(walked.files.into_iter().map(|file| Job { file, stdin: false }));
    if jobs.is_empty() && problems.is_empty() {
        problems.push(nothing_to_check(&paths));
    }
    jobs.sort_by(|a, b| a.file.shown.cmp(&b.file.shown));

    // Every scope is made before the first check: a broken pack is told once, in order, and no
    // thread waits for another's.
    let mut packs: Vec<PackInfo> = Vec::new();
    for job in &jobs {
        let scope = project.scope(&job.file.path);
        for pack in project.packs_of(&scope) {
            if !packs.contains(&pack) {
                packs.push(pack);
            }
        }
    }
    let first = jobs.first().map_or(Path::new("."), |j| &j.file.path);
    let as_of = project.as_of(&project.scope(first));
    problems.extend(project.problems());
    problems.extend(project.unknown_options());

    let prints = args.baseline.is_some()
        || args.write_baseline.is_some()
        || matches!(args.format, Format::Sarif | Format::Gitlab);
    let wanted = Wanted { waived: args.show_waived, clauses: args.clauses, prints };
    let (mut files, failed) = all(&project, &jobs, args, wanted, words);
    problems.extend(failed);

    let mut baseline = false;
    if let Some(path) = &args.baseline {
        match Baseline::load(path) {
            Ok(b) => {
                baseline = true;
                mark_known(&mut files, &b);
            }
            Err(p) => problems.push(p),
        }
    }
    if let Some(path) = &args.write_baseline {
        match baseline_of(&files).save(path) {
            Ok(()) => mark_all(&mut files),
            Err(p) => problems.push(p),
        }
    }
    let mut seen = BTreeSet::new();
    problems.retain(|p| seen.insert((p.path.clone(), p.order().1, p.message.zh.clone())));

    let mut run =
        Run { summary: summary(&files, problems.len()), files, problems, as_of, packs, baseline, words };
    let to_file = args.output.is_some();
    let text = render::render(args, &run, if to_file { Terminal::file() } else { terminal });
    if let Some(path) = &args.output {
        match std::fs::write(path, text) {
            Ok(()) if !args.quiet => errors::note(&words.written(&shown(path))),
            Ok(()) => {}
            Err(e) => run.problems.push(Problem::io(shown(path), &e)),
        }
    } else {
        terminal::print(&text);
    }
    errors::tell(&run.problems, words, terminal);
    outcome(&run)
}

/// The HTML report of files and folders, for those who have a project already.
pub fn html(project: &Project, paths: &[PathBuf], words: Words) -> String {
    let walked = project.walk(paths);
    let mut problems = walked.problems;
    let mut files = Vec::new();
    let mut packs: Vec<PackInfo> = Vec::new();
    for file in walked.files {
        for pack in project.packs_of(&project.scope(&file.path)) {
            if !packs.contains(&pack) {
                packs.push(pack);
            }
        }
        let shown = file.shown.clone();
        let job = Job { file, stdin: false };
        let checked = catch_unwind(AssertUnwindSafe(|| one(project, &job, Wanted::default())));
        match checked.unwrap_or_else(|_| Err(died(&shown))) {
            Ok(f) => files.push(f),
            Err(p) => problems.push(p),
        }
    }
    problems.extend(project.problems());
    let as_of = project.as_of(&project.scope_of_folder(paths.first().map_or(Path::new("."), |p| p)));
    let summary = summary(&files, problems.len());
    render::html(&Run { files, problems, as_of, packs, baseline: false, summary, words })
}

fn options(args: &CheckArgs) -> Options {
    Options {
        kind: args.kind.map(crate::args::KindArg::kind),
        channel: args.channel.map(Into::into),
        as_of: args.as_of,
        fail_on: args.fail_on.map(Into::into),
        select: args.select.clone(),
        ignore: args.ignore.clone(),
        packs: Vec::new(),
    }
}

fn nothing_to_check(paths: &[PathBuf]) -> Problem {
    let paths: Vec<String> = paths.iter().map(|p| shown(p)).collect();
    Problem::new(
        paths.join(" "),
        "no_files",
        Bilingual { zh: "没有可检查的文件".into(), en: "there is no file to check".into() },
        Bilingual {
            zh: "认识 .txt、.md、.html、.docx、.pdf 等文件；别的扩展名可直接写文件名，或在 shenyan.toml 的 extensions 里登记；也请检查 .gitignore 与 include、exclude".into(),
            en: "known are .txt, .md, .html, .docx, .pdf and the like; name a file of another extension itself or register it under `extensions` in shenyan.toml; also see .gitignore, `include` and `exclude`".into(),
        },
    )
}

struct Job {
    file: File,
    stdin: bool,
}

/// Checks every file on `-j` threads; results are in the order of the files.
fn all(
    project: &Project,
    jobs: &[Job],
    args: &CheckArgs,
    wanted: Wanted,
    words: Words,
) -> (Vec<Checked>, Vec<Problem>) {
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    let threads = args.jobs.map_or_else(cores, usize::from).clamp(1, jobs.len().max(1));
    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(jobs.len()));
    let work = || {
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(i) else { break };
            // The engine promises not to panic; a gate must survive it breaking the promise.
            let result = catch_unwind(AssertUnwindSafe(|| one(project, job, wanted)))
                .unwrap_or_else(|_| Err(died(&job.file.shown)));
            done.fetch_add(1, Ordering::Relaxed);
            if let Ok(mut results) = results.lock() {
                results.push((i, result));
            }
        }
    };
    thread::scope(|scope| {
        let mut workers: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        if !args.quiet && jobs.len() > 1 && std::io::stderr().is_terminal() {
            // The bar needs a thread that only watches.
            workers.push(scope.spawn(work));
            watch(jobs.len(), &done, words);
        } else {
            work();
        }
        for w in workers {
            let _ = w.join();
        }
    });
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_by_key(|(i, _)| *i);
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for (_, result) in results {
        match result {
            Ok(f) => files.push(f),
            Err(p) => problems.push(p),
        }
    }
    (files, problems)
}

/// Draws the progress once a check takes more than a second.
fn watch(total: usize, done: &AtomicUsize, words: Words) {
    let began = Instant::now();
    let mut bar: Option<ProgressBar> = None;
    loop {
        let n = done.load(Ordering::Relaxed);
        if n >= total {
            break;
        }
        if began.elapsed() > Duration::from_secs(1) {
            let bar = bar.get_or_insert_with(|| {
                let bar = ProgressBar::new(total as u64).with_message(words.progress());
                let style = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len}");
                style.map_or(bar.clone(), |s| bar.with_style(s))
            });
            bar.set_position(n as u64);
        }
        thread::sleep(Duration::from_millis(if bar.is_some() { 100 } else { 5 }));
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

fn died(path: &str) -> Problem {
    Problem::new(
        path,
        "internal",
        Bilingual { zh: "检查时程序出错".into(), en: "the check itself failed".into() },
        Bilingual {
            zh: "这是审言的缺陷，请附上这份文件报告".into(),
            en: "this is a bug in shenyan; please report it with the file".into(),
        },
    )
}

/// What is made of a file beside its findings.
#[derive(Debug, Clone, Copy, Default)]
struct Wanted {
    /// Findings that are waived.
    waived: bool,
    /// The clause table.
    clauses: bool,
    /// Fingerprints.
    prints: bool,
}

fn one(project: &Project, job: &Job, wanted: Wanted) -> Result<Checked, Problem> {
    let file = &job.file;
    let doc = if job.stdin { read_stdin(project, file)? } else { project.read(file)? };
    let linter = project.linter(&file.path);
    let report = linter.check(&doc, &project.settings(&file.path));
    let contract = wanted.clauses.then(|| linter.contract(&Text::new(&doc, linter.folder()), &report.facts));
    let relation = report.facts.relation().map(|f| linter.title_of(f));
    let kind = report.facts.kind;
    let items = item::items(&doc, &linter, report, wanted.waived, wanted.prints);
    Ok(Checked {
        path: file.shown.clone(),
        kind,
        fail_on: project.fail_on(&file.path),
        sheet: contract.map(|c| Sheet::new(&doc, c, relation, &items)),
        items,
    })
}

/// Standard input as the file it is said to be.
pub fn read_stdin(project: &Project, file: &File) -> Result<Document, Problem> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|e| Problem::io(&file.shown, &e))?;
    project.document(&file.path, &bytes).map_err(|e| Problem::read(&file.shown, &e))
}

/// Marks the findings that a baseline has, in order: of two equal ones where one is known, the
/// second is new.
fn mark_known(files: &mut [Checked], baseline: &Baseline) {
    let mut left = baseline.counts();
    for item in unwaived(files) {
        if let Some(n) = left.get_mut(item.fingerprint.as_str()).filter(|n| **n > 0) {
            *n -= 1;
            item.known = true;
        }
    }
}

/// What has just been written down is known.
fn mark_all(files: &mut [Checked]) {
    for item in unwaived(files) {
        item.known = true;
    }
}

fn unwaived(files: &mut [Checked]) -> impl Iterator<Item = &mut Item> {
    files.iter_mut().flat_map(|f| &mut f.items).filter(|i| i.finding.waived.is_none())
}

fn baseline_of(files: &[Checked]) -> Baseline {
    let known = files.iter().flat_map(|f| {
        let items = f.items.iter().filter(|i| i.finding.waived.is_none());
        items.map(|i| Known {
            path: f.path.clone(),
            rule: i.finding.rule.id.clone(),
            text: i.text.clone(),
            fingerprint: i.fingerprint.clone(),
        })
    });
    Baseline::of(known.collect())
}

fn summary(files: &[Checked], failed: usize) -> Summary {
    let mut s = Summary { files: files.len(), failed, ..Summary::default() };
    for item in files.iter().flat_map(|f| &f.items) {
        if item.finding.waived.is_some() {
            s.waived += 1;
        } else if item.known {
            s.known += 1;
        } else {
            *match item.finding.severity {
                Severity::Error => &mut s.errors,
                Severity::Warning => &mut s.warnings,
                Severity::Hint => &mut s.hints,
            } += 1;
        }
    }
    s
}

fn outcome(run: &Run) -> Outcome {
    let fails = |f: &Checked| f.items.iter().any(|i| i.counts() && f.fail_on.fails(i.finding.severity));
    if !run.problems.is_empty() {
        Outcome::Broken
    } else if run.files.iter().any(fails) {
        Outcome::Found
    } else {
        Outcome::Clean
    }
}
