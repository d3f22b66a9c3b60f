//! What surrounds a check: configuration, packs on disk, which files to read, settings per path,
//! baselines. The only I/O that the command line and the language server share, so that both
//! check a text in the same way.
//!
//! What is wrong with a file, a pack or a configuration is a [`Problem`], never a stop: the rest
//! still works.

mod baseline;
mod config;
pub mod docs;
mod page;
mod problem;
mod project;
mod walk;

pub use baseline::{Baseline, Known, fingerprint};
pub use config::{Config, FailOn, Lang, Layer, Level};
pub use page::rule_page;
pub use problem::{Place, Problem};
pub use project::{CONFIG_NAME, Options, PackInfo, Project, Scope, rule_known, suggestion, today};
pub use walk::{File, Walked, clean, shown};
