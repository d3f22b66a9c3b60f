//! `init`: a configuration to start from.

use crate::Outcome;
use crate::args::InitArgs;
use crate::errors;
use crate::terminal::{self, Terminal};
use crate::words::Words;
use shenyan_lint::Bilingual;
use shenyan_project::{CONFIG_NAME, Problem, shown};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};

const SAMPLE: &str = include_str!("sample.toml");

/// Runs `init`.
pub fn run(args: &InitArgs, words: Words, terminal: Terminal) -> Outcome {
    let path = args.folder.join(CONFIG_NAME);
    // `create_new`: what is there is never overwritten, even if it came there a moment ago.
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .and_then(|mut f| f.write_all(SAMPLE.as_bytes()));
    let problem = match written {
        Ok(()) => {
            terminal::print(&(words.written(&shown(&path)) + "\n"));
            return Outcome::Clean;
        }
        Err(e) if e.kind() == ErrorKind::AlreadyExists => Problem::new(
            shown(&path),
            "exists",
            Bilingual {
                zh: "已经有这份文件，没有改动它".into(),
                en: "the file exists and was not touched".into(),
            },
            Bilingual {
                zh: "直接编辑它，或先把它移走".into(), en: "edit it, or move it away first".into()
            },
        ),
        Err(e) => Problem::io(shown(&path), &e),
    };
    errors::tell(&[problem], words, terminal);
    Outcome::Broken
}
