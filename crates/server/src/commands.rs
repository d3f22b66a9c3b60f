//! Commands that a client can run on the server.

/// The page of a rule, as Markdown. Argument: its id.
pub const EXPLAIN: &str = "shenyan.explain";
/// Shows the page of a rule, in a client that has no command of its own for it. Argument: its id.
pub const SHOW_RULE: &str = "shenyan.showRule";
/// Checks the files of the workspace, or of the folder given by its URI; open ones as they stand
/// in their buffers. Result: `{ files: [{ uri, kind, counts, diagnostics }] }`.
pub const CHECK_WORKSPACE: &str = "shenyan.checkWorkspace";
/// Checks a document whose folder did not opt in. Argument: its URI.
pub const CHECK: &str = "shenyan.check";
/// The report as a page. Argument: the URI of a file; the workspace without it.
pub const REPORT: &str = "shenyan.report";

/// All of them, as they are announced.
pub const ALL: [&str; 5] = [EXPLAIN, SHOW_RULE, CHECK_WORKSPACE, CHECK, REPORT];
