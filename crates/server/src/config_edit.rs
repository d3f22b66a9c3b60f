//! Switching a rule off in `shenyan.toml`, its comments and its order kept.

use crate::lsp::{
    CreateFile, CreateFileOptions, DocumentChangeOperation, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, ResourceOp, START, TextDocumentEdit, TextEdit, Uri,
    WorkspaceEdit,
};
use crate::position::Encoding;
use ropey::Rope;
use toml_edit::{Array, DocumentMut, Item};

/// The configuration that holds for a document.
#[derive(Debug, Clone)]
pub struct ConfigFile {
    /// Where it is, or would be.
    pub uri: Uri,
    /// Its text as the client sees it; none if there is no such file.
    pub text: Option<Rope>,
    /// The version, if it is open.
    pub version: Option<i32>,
}

/// The edit that adds a rule to `ignore`; none if the file is not TOML, or where the client
/// cannot make a file.
pub fn switch_off(
    config: &ConfigFile,
    rule: &str,
    encoding: Encoding,
    creates: bool,
) -> Option<WorkspaceEdit> {
    let old = config.text.as_ref().map(Rope::to_string).unwrap_or_default();
    let new = with_ignored(&old, rule)?;
    let mut operations = Vec::new();
    let edit = if let Some(rope) = &config.text {
        let (range, text) = difference(&old, &new);
        TextEdit { range: encoding.range(rope, &range), new_text: text.to_owned() }
    } else {
        let options = CreateFileOptions { overwrite: None, ignore_if_exists: Some(true) };
        let create = CreateFile { uri: config.uri.clone(), options: Some(options), annotation_id: None };
        if !creates {
            return None;
        }
        operations.push(DocumentChangeOperation::Op(ResourceOp::Create(create)));
        TextEdit { range: START, new_text: new }
    };
    if !creates {
        return Some(crate::actions::workspace_edit(&config.uri, config.version, vec![edit], false));
    }
    operations.push(DocumentChangeOperation::Edit(TextDocumentEdit {
        text_document: OptionalVersionedTextDocumentIdentifier {
            uri: config.uri.clone(),
            version: config.version,
        },
        edits: vec![OneOf::Left(edit)],
    }));
    let changes = DocumentChanges::Operations(operations);
    Some(WorkspaceEdit { document_changes: Some(changes), ..WorkspaceEdit::default() })
}

fn with_ignored(text: &str, rule: &str) -> Option<String> {
    let mut doc: DocumentMut = text.parse().ok()?;
    let list = doc.entry("ignore").or_insert_with(|| Item::Value(Array::new().into()));
    let list = list.as_array_mut()?;
    if list.iter().any(|v| v.as_str() == Some(rule)) {
        return None;
    }
    // A list of one item a line stays one.
    let last =
        list.iter().last().and_then(|v| v.decor().prefix()).and_then(|p| p.as_str()).map(str::to_owned);
    list.push(rule);
    if let (Some(prefix), Some(new)) = (last.filter(|p| p.contains('\n')), list.iter_mut().last()) {
        new.decor_mut().set_prefix(prefix);
    }
    Some(doc.to_string())
}

/// The stretch of `old` that differs and what stands there in `new`.
fn difference<'n>(old: &str, new: &'n str) -> (std::ops::Range<usize>, &'n str) {
    let same = |a: &str, b: &str| {
        a.chars().zip(b.chars()).take_while(|(x, y)| x == y).map(|(x, _)| x.len_utf8()).sum()
    };
    let head: usize = same(old, new);
    let back: usize = (old[head..].chars().rev().zip(new[head..].chars().rev()))
        .take_while(|(x, y)| x == y)
        .map(|(x, _)| x.len_utf8())
        .sum();
    (head..old.len() - back, &new[head..new.len() - back])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_order_stay() {
        for (old, new) in [
            ("", "ignore = [\"fee/x\"]\n"),
            ("# 注\nkind = 'contract'\n", "# 注\nkind = 'contract'\nignore = [\"fee/x\"]\n"),
            (
                "ignore = ['a/b'] # 注\n[severity]\nfee = 'off'\n",
                "ignore = ['a/b', \"fee/x\"] # 注\n[severity]\nfee = 'off'\n",
            ),
            ("ignore = [\n  'a/b',\n]\n", "ignore = [\n  'a/b',\n  \"fee/x\",\n]\n"),
        ] {
            assert_eq!(with_ignored(old, "fee/x").as_deref(), Some(new), "{old}");
            let (range, text) = difference(old, new);
            let mut edited = old.to_owned();
            edited.replace_range(range, text);
            assert_eq!(edited, new);
        }
        assert_eq!(with_ignored("ignore = ['fee/x']", "fee/x"), None);
        assert_eq!(with_ignored("ignore = 3", "fee/x"), None);
        assert_eq!(with_ignored("= broken", "fee/x"), None);
    }
}
