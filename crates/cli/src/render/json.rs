//! JSON and JSON Lines: the objects of the contract.

use crate::check::{Run, Summary};
use crate::clauses;
use crate::item::{self, Object};
use serde::Serialize;
use shenyan_project::PackInfo;

#[derive(Debug, Serialize)]
struct Whole<'r> {
    version: u32,
    tool: Tool,
    lexicon: LexiconInfo<'r>,
    as_of: String,
    files: Vec<FileObject<'r>>,
    errors: Vec<ErrorObject<'r>>,
    summary: Summary,
}

#[derive(Debug, Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Debug, Serialize)]
struct LexiconInfo<'r> {
    version: &'static str,
    hash: &'static str,
    packs: Vec<Pack<'r>>,
}

#[derive(Debug, Serialize)]
struct Pack<'r> {
    path: &'r str,
    hash: &'r str,
}

#[derive(Debug, Serialize)]
struct FileObject<'r> {
    path: &'r str,
    kind: &'static str,
    findings: Vec<Object<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contract: Option<clauses::Object<'r>>,
}

#[derive(Debug, Serialize)]
struct ErrorObject<'r> {
    path: &'r str,
    kind: &'static str,
    message: &'r str,
    hint: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
}

/// One object for the run.
pub fn object(run: &Run) -> String {
    let words = run.words;
    let whole = Whole {
        version: 1,
        tool: Tool { name: "shenyan", version: env!("CARGO_PKG_VERSION") },
        lexicon: LexiconInfo {
            version: shenyan_lexicon::VERSION,
            hash: shenyan_lexicon::HASH,
            packs: run.packs.iter().map(|PackInfo { path, hash }| Pack { path, hash }).collect(),
        },
        as_of: run.as_of.to_string(),
        files: (run.files.iter())
            .map(|f| FileObject {
                path: &f.path,
                kind: f.kind.id(),
                findings: f.items.iter().map(|i| item::object(&f.path, i, words)).collect(),
                contract: f.sheet.as_ref().map(|s| s.object(words)),
            })
            .collect(),
        errors: (run.problems.iter())
            .map(|p| {
                let position = p.place.as_ref().map(shenyan_project::Place::position);
                ErrorObject {
                    path: &p.path,
                    kind: p.kind,
                    message: words.get(&p.message),
                    hint: words.get(&p.hint),
                    line: position.map(|(l, _)| l),
                    column: position.map(|(_, c)| c),
                }
            })
            .collect(),
        summary: run.summary,
    };
    let mut out = serde_json::to_string_pretty(&whole).unwrap_or_default();
    out.push('\n');
    out
}

/// One finding a line.
pub fn lines(run: &Run) -> String {
    let mut out = String::new();
    for f in &run.files {
        for i in &f.items {
            out += &serde_json::to_string(&item::object(&f.path, i, run.words)).unwrap_or_default();
            out.push('\n');
        }
    }
    out
}
