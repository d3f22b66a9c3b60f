//! Prints the text that is taken out of each file, for comparing with other programs.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a tool, not part of the core")]

use shenyan_read::{Document, Format};

fn main() {
    for path in std::env::args().skip(1) {
        let format = Format::of_path(&path).unwrap_or(Format::Plain);
        match std::fs::read(&path).map(|bytes| Document::read(&bytes, format)) {
            Ok(Ok(doc)) => println!("{}", doc.source()),
            Ok(Err(e)) => eprintln!("{path}: {e}\n  {}", e.hint()),
            Err(e) => eprintln!("{path}: {e}"),
        }
    }
}
