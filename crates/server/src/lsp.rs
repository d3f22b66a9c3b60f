//! The protocol's types, under the one name the rest of the crate knows them by: another version
//! of the protocol crate is a change to this file.

pub use tower_lsp::jsonrpc::{Error, Result};
pub use tower_lsp::ls_types::notification::{LogTrace, Notification};
pub use tower_lsp::ls_types::*;
pub use tower_lsp::{Client, LanguageServer, LspService, Server};

/// The range before anything in a document.
pub const START: Range =
    Range { start: Position { line: 0, character: 0 }, end: Position { line: 0, character: 0 } };

/// The file a URI stands for; none for unsaved buffers and other schemes.
pub fn path_of(uri: &Uri) -> Option<std::path::PathBuf> {
    let file = uri.scheme().as_str().eq_ignore_ascii_case("file");
    file.then(|| uri.to_file_path()).flatten().map(std::borrow::Cow::into_owned)
}
