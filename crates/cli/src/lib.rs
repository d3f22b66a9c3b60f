//! The `shenyan` command: commands and renderers over [`shenyan_project`].
//!
//! The exit code is a contract: 0 nothing at or above `--fail-on`, 1 something, 2 a file, a rule
//! or an option could not be used; 2 wins, for a gate must not trust half a check.

mod annotate;
mod args;
mod check;
mod clauses;
mod debug;
mod errors;
mod examples;
mod excerpt;
mod init;
mod item;
mod lsp;
mod render;
mod rules;
mod terminal;
mod words;

use args::Cmd;
use shenyan_project::{Options, Project, today};
use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use terminal::Terminal;
use words::Words;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// Nothing to complain about.
    Clean = 0,
    /// Findings, or examples that failed.
    Found = 1,
    /// Something could not be used.
    Broken = 2,
}

/// Runs the command line and gives the exit code.
pub fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    ExitCode::from(run(&args) as u8)
}

fn run(args: &[OsString]) -> Outcome {
    let cli = match args::parse(args) {
        Ok(cli) => cli,
        Err((text, true)) => {
            terminal::print(&text);
            return Outcome::Clean;
        }
        Err((text, false)) => {
            let _ = std::io::stderr().lock().write_all(text.as_bytes());
            return Outcome::Broken;
        }
    };
    // A language that is set nowhere on the command line may be set where the work is done.
    let lang = cli.lang.map(Into::into).or_else(|| {
        let here = Project::new(Options::default(), today());
        here.lang(Path::new("."))
    });
    let words = Words::new(lang.unwrap_or_default());
    let terminal = Terminal::new(cli.color);
    match &cli.command {
        Cmd::Check(a) => check::run(a, words, terminal),
        Cmd::Annotate(a) => annotate::run(a, words, terminal),
        Cmd::Rules(a) => rules::list(a, words, terminal),
        Cmd::Explain(a) => rules::explain(a, words, terminal),
        Cmd::Test(a) => examples::run(a, words, terminal),
        Cmd::Init(a) => init::run(a, words, terminal),
        Cmd::Debug(a) => debug::run(a, words, terminal),
        Cmd::Lsp(a) => lsp::run(a, words, terminal),
        Cmd::Completions(a) => {
            let mut out = Vec::new();
            clap_complete::generate(a.shell, &mut args::command(words.lang), "shenyan", &mut out);
            terminal::print(&String::from_utf8_lossy(&out));
            Outcome::Clean
        }
    }
}
