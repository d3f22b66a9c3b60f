//! The built-in lexicon: `lexicon/` at the top of the repository, compiled at build time.

use shenyan_lint::{Compiled, Lexicon};

/// The lexicon's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A hash of every file of the lexicon, hexadecimal.
pub const HASH: &str = env!("SHENYAN_LEXICON_HASH");

static BLOB: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/lexicon.bin"));

/// The built-in lexicon.
///
/// # Panics
/// Never in a built binary: the blob is written by the same build from the same types.
pub fn builtin() -> Lexicon {
    let compiled: Compiled = postcard::from_bytes(BLOB).expect("the blob was made by this build");
    compiled.into()
}
