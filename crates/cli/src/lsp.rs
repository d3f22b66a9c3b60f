//! `lsp`: the language server, with the report of `check` for its clients.

use crate::Outcome;
use crate::args::LspArgs;
use crate::check;
use crate::errors;
use crate::terminal::Terminal;
use crate::words::Words;
use shenyan_lint::Bilingual;
use shenyan_project::{Lang, Problem, Project};
use std::path::PathBuf;

/// Runs `lsp` until the client is gone.
pub fn run(args: &LspArgs, words: Words, terminal: Terminal) -> Outcome {
    let done = match &args.socket {
        // A bare number is a port of this machine.
        Some(port) if port.parse::<u16>().is_ok() => {
            shenyan_server::socket(&format!("127.0.0.1:{port}"), report)
        }
        Some(address) => shenyan_server::socket(address, report),
        None => shenyan_server::stdio(report),
    };
    let Err(e) = done else { return Outcome::Clean };
    let problem = Problem::new(
        args.socket.clone().unwrap_or_default(),
        "no_connection",
        Bilingual {
            zh: format!("语言服务器无法通信：{e}"),
            en: format!("the language server cannot talk: {e}"),
        },
        Bilingual {
            zh: "--socket 之后写编辑器正在监听的端口".into(),
            en: "give --socket the port that the editor listens on".into(),
        },
    );
    errors::tell(&[problem], words, terminal);
    Outcome::Broken
}

/// The HTML report of files and folders.
fn report(project: &Project, paths: &[PathBuf], english: bool) -> String {
    check::html(project, paths, Words::new(if english { Lang::En } else { Lang::Zh }))
}
