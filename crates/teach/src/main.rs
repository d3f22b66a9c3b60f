//! `shenyan-teach`: trains the likeness model of the built-in lexicon (see `shenyan_lint::likeness`).
//!
//! It learns from three things: the labelled sentences of `lexicon/exemplars/` and `tests/cases/`,
//! the examples of the rules, and ordinary documents, of which every sentence that no rule speaks
//! of is taken for lawful. The documents are not part of the repository: any folder of contracts,
//! product pages, news and agreements will do, and what it writes is part of the repository, so a
//! build needs neither the documents nor this tool.

use anyhow::{Context, Result, bail};
use clap::Parser;
use shenyan_lint::likeness::{Exemplar, Model, Tuning, held_out};
use shenyan_lint::{Date, Kind, Lexicon, Linter, PackFile, Settings};
use shenyan_read::{Document, Format};
use std::fs;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

#[derive(Parser)]
#[command(about = "Trains the likeness model of the built-in lexicon")]
struct Options {
    /// The lexicon's folder.
    #[arg(long, default_value = "lexicon")]
    lexicon: PathBuf,
    /// Folders of labelled sentences: .tsv as in lexicon/exemplars, .jsonl as in tests/cases.
    #[arg(long, default_values = ["lexicon/exemplars", "tests/cases"])]
    labelled: Vec<PathBuf>,
    /// Folders of ordinary documents; each folder below counts as one sort of text.
    #[arg(long)]
    ordinary: Vec<PathBuf>,
    /// Most sentences taken from one sort of text.
    #[arg(long, default_value_t = 2500)]
    most: usize,
    /// Of the ordinary documents take only the first, third, fifth …, to measure on the others.
    #[arg(long)]
    half: bool,
    /// Learn from the held-out tenth as well; then nothing is left to measure on.
    #[arg(long)]
    all: bool,
    /// Where the model goes.
    #[arg(short, long, default_value = "lexicon/likeness.bin")]
    output: PathBuf,
}

/// A line of `tests/cases/*.jsonl`.
#[derive(serde::Deserialize)]
struct Case {
    kind: String,
    text: String,
    gold: Vec<Gold>,
}

#[derive(serde::Deserialize)]
struct Gold {
    rule: String,
    quote: String,
    #[serde(default)]
    optional: bool,
}

/// Files below a folder, in a fixed order.
fn files(folder: &Path, extensions: &[&str]) -> Result<Vec<DirEntry>> {
    let all = WalkDir::new(folder).sort_by_file_name().into_iter().collect::<Result<Vec<_>, _>>()?;
    let wanted = |e: &DirEntry| e.path().extension().is_some_and(|x| extensions.iter().any(|w| x == *w));
    Ok(all.into_iter().filter(|e| e.file_type().is_file() && wanted(e)).collect())
}

fn lexicon(folder: &Path) -> Result<Lexicon> {
    let mut pack = Vec::new();
    for e in files(folder, &["md", "toml"])? {
        let path = e.path().strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
        pack.push(PackFile { path, text: fs::read_to_string(e.path())? });
    }
    let mut lexicon = Lexicon::default();
    let errors = lexicon.add(&pack);
    if let Some(e) = errors.first() {
        bail!("{e} ({})", e.hint);
    }
    Ok(lexicon)
}

/// A case as an exemplar; none when some of its marks are a matter of opinion.
fn of_case(case: &Case) -> Option<Exemplar> {
    let kind = if case.kind == Kind::Contract.id() { Kind::Contract } else { Kind::Marketing };
    let marks = case.gold.iter().map(|g| {
        let start = case.text.find(&g.quote).filter(|_| !g.optional)?;
        Some((start..start + g.quote.len(), g.rule.clone()))
    });
    Some(Exemplar { kind, text: case.text.clone(), marks: marks.collect::<Option<_>>()? })
}

fn labelled(folder: &Path) -> Result<Vec<Exemplar>> {
    let mut out = Vec::new();
    for e in files(folder, &["tsv", "jsonl"])? {
        let text = fs::read_to_string(e.path())?;
        for (i, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty() && !l.starts_with('#'))
        {
            let at = || format!("{}:{}", e.path().display(), i + 1);
            if e.path().extension().is_some_and(|x| x == "jsonl") {
                out.extend(of_case(&serde_json::from_str(line).with_context(at)?));
            } else {
                out.push(Exemplar::parse(line).map_err(anyhow::Error::msg).with_context(at)?);
            }
        }
    }
    Ok(out)
}

/// Sentences of ordinary documents that no rule speaks of.
fn ordinary(folder: &Path, linter: &Linter, most: usize, half: bool) -> Result<Vec<Exemplar>> {
    let settings = Settings::on(Date::new(2100, 1, 1).context("a date")?);
    let mut sorts: std::collections::BTreeMap<PathBuf, Vec<Exemplar>> = std::collections::BTreeMap::new();
    for (i, e) in files(folder, &["txt", "md", "html"])?.iter().enumerate() {
        if half && i % 2 == 1 {
            continue;
        }
        let format = Format::of_path(&e.path().to_string_lossy()).unwrap_or(Format::Plain);
        let Ok(doc) = Document::read(&fs::read(e.path())?, format) else { continue };
        let report = linter.check(&doc, &settings);
        let text = shenyan_lint::text::Text::new(&doc, linter.folder());
        let sort = sorts.entry(e.path().parent().unwrap_or(folder).to_owned()).or_default();
        for s in &text.sentences {
            let source = text.source(*s);
            if !report.reported().any(|f| f.span.overlaps(source)) {
                let kind = report.facts.kind;
                sort.push(Exemplar { kind, text: text.slice(*s).to_owned(), marks: Vec::new() });
            }
        }
    }
    let mut out = Vec::new();
    for (sort, mut all) in sorts {
        let (every, found) = (all.len().div_ceil(most).max(1), all.len());
        all = all.into_iter().step_by(every).collect();
        eprintln!("{}: {} of {found} sentences", sort.display(), all.len());
        out.extend(all);
    }
    Ok(out)
}

fn main() -> Result<()> {
    let options = Options::parse();
    let lexicon = lexicon(&options.lexicon)?;
    let tuning = fs::read_to_string(options.lexicon.join("exemplars/likeness.toml"))?;
    let tuning: Tuning = toml::from_str(&tuning)?;
    let mut exemplars: Vec<Exemplar> = Vec::new();
    for folder in &options.labelled {
        exemplars.extend(labelled(folder)?);
    }
    if let Some((_, rule)) =
        exemplars.iter().flat_map(|e| &e.marks).find(|(_, r)| !lexicon.rules.contains_key(r))
    {
        bail!("an exemplar names the rule {rule}, which there is not");
    }
    let labelled = exemplars.len();
    if !options.all {
        exemplars.retain(|e| !held_out(e));
    }
    let rules = lexicon.rules.values().filter(|r| !r.matchers.is_empty());
    exemplars.extend(rules.flat_map(|r| Exemplar::of_rule(r)));
    let linter = Linter::new(lexicon);
    let mut lawful = Vec::new();
    for folder in &options.ordinary {
        lawful.extend(ordinary(folder, &linter, options.most, options.half)?);
    }
    eprintln!(
        "{labelled} labelled texts, {} to learn from, {} ordinary sentences",
        exemplars.len(),
        lawful.len()
    );
    let model = Model::train(&exemplars, &lawful, linter.folder(), &tuning);
    let (features, weights, classes) = model.size();
    let bytes = postcard::to_stdvec(&model)?;
    fs::write(&options.output, &bytes)?;
    eprintln!("{features} features, {weights} weights for {classes} rules, {} bytes", bytes.len());
    Ok(())
}
