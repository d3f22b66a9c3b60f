//! The linter: packs, rules, facts, matching, exemptions, requirements.
//!
//! Pure: no I/O, no clock, no environment, and checking a document cannot fail. Rust here knows
//! no word of law; what to look for and why is data (see `pack`).

pub mod checks;
pub mod contract;
pub mod date;
pub mod examples;
pub mod facts;
pub mod finding;
pub mod ignore;
pub mod index;
pub mod law;
pub mod likeness;
pub mod linter;
pub mod measure;
pub mod memory;
pub mod pack;
pub mod pattern;
mod program;
mod raw;
pub mod rule;
pub mod text;

pub use date::Date;
pub use finding::{Bilingual, Edit, Finding, Fix, Safety, Severity, Verdict, Waiver};
pub use law::{Article, Citation, Verified};
pub use linter::{Linter, Report, Settings};
pub use memory::Memory;
pub use pack::{Compiled, Lexicon, PackError, PackFile};
pub use rule::{Channel, Kind, Rule};
