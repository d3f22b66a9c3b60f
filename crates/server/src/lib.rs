//! The language server: the checks of the command line while one types, for any client that
//! speaks the Language Server Protocol.
//!
//! Handlers change the state and return, one thread checks texts ([`analysis`]), one task sends
//! what was found; no handler waits for the client. The protocol's types are behind [`lsp`].

mod actions;
mod analysis;
mod commands;
mod completion;
mod config_edit;
mod diagnostics;
mod hints;
mod hover;
mod lsp;
mod outline;
mod position;
mod server;
mod settings;
mod words;
mod workspace;

pub use server::{Reporter, serve, socket, stdio};
