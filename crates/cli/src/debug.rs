//! `debug`: how a file is read, for those who write rules.

use crate::Outcome;
use crate::args::{DebugArgs, DebugWhat};
use crate::check::read_stdin;
use crate::errors;
use crate::terminal::{self, Terminal, safe};
use crate::words::Words;
use shenyan_project::{File, Options, Project, shown, today};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Runs `debug`.
pub fn run(args: &DebugArgs, words: Words, t: Terminal) -> Outcome {
    let project = Project::new(Options::default(), today());
    let doc = if args.file == Path::new("-") {
        let file = File { path: PathBuf::from("stdin.txt"), shown: "<stdin>".into() };
        read_stdin(&project, &file)
    } else {
        project.read(&File { path: args.file.clone(), shown: shown(&args.file) })
    };
    let doc = match doc {
        Ok(doc) => doc,
        Err(p) => {
            errors::tell(&[p], words, t);
            return Outcome::Broken;
        }
    };
    let linter = project.linter(&args.file);
    let mut out = String::new();
    match args.what {
        DebugWhat::Text => {
            out += doc.source();
            out.push('\n');
        }
        DebugWhat::Fold => {
            out += linter.folder().fold(doc.prose().text()).text();
            out.push('\n');
        }
        DebugWhat::Segment => {
            let folded = linter.folder().fold(doc.prose().text());
            for line in folded.text().lines() {
                let tokens = linter.segmenter().tokens(line);
                let words: Vec<String> =
                    tokens.iter().map(|k| format!("{}/{}", safe(k.text), k.tag)).collect();
                let _ = writeln!(out, "{}", words.join(" "));
            }
        }
        DebugWhat::Facts => {
            let facts = linter.facts_of(&doc, &project.settings(&args.file));
            let folded = linter.folder().fold(doc.prose().text());
            let mut line = |name: &str, value: &str| {
                let value = if value.is_empty() { words.none() } else { value };
                let _ = writeln!(out, "{name}{}{value}", words.colon());
            };
            line(words.kind_line(), facts.kind.id());
            line(words.genre_line(), facts.genre.as_deref().unwrap_or_default());
            let parties: Vec<String> = facts.parties.iter().map(|(n, r)| format!("{n}={}", r.id())).collect();
            line(words.parties_line(), &parties.join(words.comma()));
            let held: Vec<String> = (facts.held.iter())
                .map(|h| {
                    let group = format!("{:?}", h.group).to_lowercase();
                    let sign = safe(h.sign.text(folded.text()));
                    format!("\n  {group} {} {:.1} “{sign}”", h.id, h.score)
                })
                .collect();
            line(words.facts_line(), &held.concat());
        }
    }
    terminal::print(&out);
    errors::tell(&project.problems(), words, t);
    if project.problems().is_empty() { Outcome::Clean } else { Outcome::Broken }
}
