//! Code actions, from what was found: nothing is checked again for them.

use crate::analysis::{Analysis, Checked};
use crate::config_edit::{ConfigFile, switch_off};
use crate::lsp::{
    CodeAction, CodeActionKind, CodeActionOrCommand, Command, Diagnostic, DocumentChangeOperation,
    DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier, Range, TextDocumentEdit, TextEdit, Uri,
    WorkspaceEdit,
};
use crate::words::Words;
use serde_json::json;
use shenyan_lint::{Edit, Finding, Fix, Safety};
use shenyan_read::Format;
use std::collections::HashMap;

/// Safe fixes of the whole document at once.
pub const FIX_ALL: &str = "source.fixAll.shenyan";

/// For how many years an ignore is good unless somebody writes another day.
const YEARS: u16 = 1;

/// How the client wants its actions.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// It can take edits that name the version they are for.
    pub versioned: bool,
    /// Its own command that explains a rule; the server's if empty.
    pub explain_command: String,
    /// It can make files.
    pub creates: bool,
    /// The configuration that holds for the document.
    pub config: Option<ConfigFile>,
    /// Only these kinds, if any are named.
    pub only: Option<Vec<CodeActionKind>>,
}

impl Wishes {
    fn wants(&self, kind: &str) -> bool {
        // `source` stands for `source.fixAll` too.
        let under =
            |asked: &str| kind == asked || kind.strip_prefix(asked).is_some_and(|r| r.starts_with('.'));
        self.only.as_ref().is_none_or(|only| only.iter().any(|k| k.as_str().is_empty() || under(k.as_str())))
    }
}

/// The actions for a range.
pub fn actions(analysis: &Analysis, range: Range, wishes: &Wishes) -> Vec<CodeActionOrCommand> {
    let Some(checked) = &analysis.checked else { return Vec::new() };
    let words = Words::new(analysis.lang);
    let asked = analysis.encoding.bytes(&analysis.rope, range);
    let touches = |f: &Finding| f.span.start as usize <= asked.end && asked.start <= f.span.end as usize;
    let mut out = Vec::new();
    if wishes.wants(CodeActionKind::QUICKFIX.as_str()) {
        let here: Vec<_> = analysis.findings().filter(|(f, _)| touches(f)).collect();
        for (f, d) in &here {
            for (i, fix) in f.fixes.iter().filter(|x| applies(x)).enumerate() {
                let edit = edit(analysis, &fix.edits, wishes);
                let preferred = i == 0 && fix.safety == Safety::Safe;
                out.push(action(words.get(&fix.title), d, Some(edit), preferred, None));
            }
        }
        let mut seen: Vec<&str> = Vec::new();
        for (f, d) in &here {
            let id = f.rule.id.as_str();
            if seen.contains(&id) {
                continue;
            }
            seen.push(id);
            if !id.starts_with("ignore/") {
                silence(analysis, checked, f, d, words, wishes, &mut out);
            }
        }
    }
    if wishes.wants(FIX_ALL) {
        // Sorted in with other quick fixes it would be in the way: only where it is asked for.
        let asked = wishes.only.is_some();
        let edits = safe_edits(analysis);
        if asked && !edits.is_empty() {
            let refs: Vec<&Edit> = edits.into_iter().collect();
            out.push(CodeActionOrCommand::CodeAction(CodeAction {
                title: words.fix_all().into(),
                kind: Some(CodeActionKind::from(FIX_ALL)),
                edit: Some(edit(analysis, refs, wishes)),
                ..CodeAction::default()
            }));
        }
    }
    out
}

/// A fix that only tells and changes nothing is no action.
fn applies(fix: &Fix) -> bool {
    !fix.edits.is_empty()
}

/// All edits of safe fixes, none of which overlaps another: of two that do, the first stays.
fn safe_edits(analysis: &Analysis) -> Vec<&Edit> {
    let mut out: Vec<&Edit> = Vec::new();
    for (f, _) in analysis.findings() {
        let Some(fix) = f.fixes.iter().find(|x| x.safety == Safety::Safe && applies(x)) else { continue };
        let free = |e: &Edit| out.iter().all(|o| e.span.end < o.span.start || o.span.end < e.span.start);
        if fix.edits.iter().all(free) {
            out.extend(&fix.edits);
        }
    }
    out.sort_by_key(|e| e.span);
    out
}

/// Ways to leave a finding as it is, and to read about it.
fn silence(
    analysis: &Analysis,
    checked: &Checked,
    f: &Finding,
    d: &Diagnostic,
    words: Words,
    wishes: &Wishes,
    out: &mut Vec<CodeActionOrCommand>,
) {
    let id = &f.rule.id;
    let day = checked.as_of;
    // The 29th of February has no anniversary.
    let until = shenyan_lint::Date::new(day.year + YEARS, day.month, day.day)
        .or_else(|| shenyan_lint::Date::new(day.year + YEARS, day.month, 28))
        .unwrap_or(day);
    let title = |name: &str| format!("{name}：{id}");
    if let Some(at) = after_line(analysis, checked, f) {
        let text = format!(" {}", words.ignore(false, id, until));
        let edits = [insertion(at, text)];
        out.push(action(&title(words.ignore_here()), d, Some(edit(analysis, &edits, wishes)), false, None));
    }
    let edits = [whole_file(checked, &words.ignore(true, id, until))];
    out.push(action(&title(words.ignore_file()), d, Some(edit(analysis, &edits, wishes)), false, None));
    let off = wishes.config.as_ref().and_then(|c| switch_off(c, id, analysis.encoding, wishes.creates));
    if let Some(off) = off {
        out.push(action(&title(words.ignore_config()), d, Some(off), false, None));
    }
    let command = if wishes.explain_command.is_empty() {
        crate::commands::SHOW_RULE.to_owned()
    } else {
        wishes.explain_command.clone()
    };
    let title = title(words.explain());
    let command = Command { title: title.clone(), command, arguments: Some(vec![json!(id)]) };
    out.push(action(&title, d, None, false, Some(command)));
}

fn insertion(at: usize, text: String) -> Edit {
    Edit { span: shenyan_text::span::Span::new(at as u32, at as u32), text }
}

/// Where a directive for the finding's own line may stand: at the end of the line it starts on,
/// before the bar that ends a table row. None where that is inside markup, or where the finding
/// starts on an earlier line than the directive could cover.
fn after_line(analysis: &Analysis, checked: &Checked, f: &Finding) -> Option<usize> {
    let source = checked.doc.source();
    let at = f.span.start as usize;
    let line = analysis.rope.byte_to_line(at);
    let start = analysis.rope.line_to_byte(line);
    let text = source.get(start..)?.lines().next()?;
    let mut end = start + text.trim_end().len();
    if checked.doc.format() == Format::Markdown
        && text.trim_start().starts_with('|')
        && text.trim_end().ends_with('|')
    {
        end -= 1;
        end = start + source.get(start..end)?.trim_end().len();
    }
    let before = source.get(..end)?;
    let in_tag = checked.doc.format() == Format::Html && before.rfind('<') > before.rfind('>');
    (!in_tag && end >= at).then_some(end)
}

/// The edit that puts a directive for the whole file: at its top, behind front matter; at the
/// end of a page, whose first line must stay its doctype.
fn whole_file(checked: &Checked, directive: &str) -> Edit {
    let source = checked.doc.source();
    if checked.doc.format() == Format::Html {
        let gap = if source.ends_with('\n') || source.is_empty() { "" } else { "\n" };
        return insertion(source.len(), format!("{gap}{directive}\n"));
    }
    let mut at = if source.starts_with('\u{FEFF}') { 3 } else { 0 };
    for fence in ["---", "+++"] {
        let Some(body) = source[at..].strip_prefix(fence).filter(|b| b.starts_with(['\n', '\r'])) else {
            continue;
        };
        if let Some(close) = body.find(&format!("\n{fence}")) {
            let rest = at + fence.len() + close + 1 + fence.len();
            at = source[rest..].find('\n').map_or(source.len(), |i| rest + i + 1);
            break;
        }
    }
    insertion(at, format!("{directive}\n\n"))
}

fn action(
    title: &str,
    d: &Diagnostic,
    edit: Option<WorkspaceEdit>,
    preferred: bool,
    command: Option<Command>,
) -> CodeActionOrCommand {
    CodeActionOrCommand::CodeAction(CodeAction {
        title: title.to_owned(),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![d.clone()]),
        edit,
        command,
        is_preferred: preferred.then_some(true),
        ..CodeAction::default()
    })
}

/// Edits of the analysed text; a client that can is told which version they are for.
fn edit<'e>(
    analysis: &Analysis,
    edits: impl IntoIterator<Item = &'e Edit>,
    wishes: &Wishes,
) -> WorkspaceEdit {
    let edits: Vec<TextEdit> = (edits.into_iter())
        .map(|e| TextEdit {
            range: analysis.encoding.range(&analysis.rope, &e.span.range()),
            new_text: e.text.clone(),
        })
        .collect();
    workspace_edit(&analysis.uri, Some(analysis.version), edits, wishes.versioned)
}

/// An edit of one document.
pub fn workspace_edit(
    uri: &Uri,
    version: Option<i32>,
    edits: Vec<TextEdit>,
    versioned: bool,
) -> WorkspaceEdit {
    if !versioned {
        let changes = HashMap::from([(uri.clone(), edits)]);
        return WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() };
    }
    let document = TextDocumentEdit {
        text_document: OptionalVersionedTextDocumentIdentifier { uri: uri.clone(), version },
        edits: edits.into_iter().map(OneOf::Left).collect(),
    };
    let changes = DocumentChanges::Operations(vec![DocumentChangeOperation::Edit(document)]);
    WorkspaceEdit { document_changes: Some(changes), ..WorkspaceEdit::default() }
}
