//! After any sequence of edits the findings are those of a fresh check of the same text, and they
//! stand at the same words, in all three encodings.

mod editor;

use editor::Editor;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

const DOC: &str = "untitled:typed.md";

/// What is typed and pasted: findings, text that is none, and what makes positions hard.
const PIECES: [&str; 14] = [
    "全国最佳",
    "国家级",
    "蜂蜜",
    "。",
    "，",
    "\n",
    "\r\n",
    "\n\n",
    "😀",
    "𠮷",
    "e\u{301}",
    "\u{FEFF}",
    "a",
    "保本",
];

/// Lines as the protocol counts them, without their ends: where each starts and ends.
fn lines(text: &str) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut start = 0;
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        let end = match bytes[i] {
            b'\r' if bytes.get(i + 1) == Some(&b'\n') => 2,
            b'\r' | b'\n' => 1,
            _ => 0,
        };
        if end > 0 {
            out.push((start, i));
            start = i + end;
        }
        i += end.max(1);
    }
    out.push((start, text.len()));
    out
}

fn units(text: &str, encoding: &str) -> usize {
    match encoding {
        "utf-8" => text.len(),
        "utf-16" => text.encode_utf16().count(),
        _ => text.chars().count(),
    }
}

/// The position of a byte, by another way than the server's. Inside a line end it is the end of
/// the line.
fn position(text: &str, byte: usize, encoding: &str) -> Value {
    let all = lines(text);
    let line = all.iter().rposition(|(start, _)| *start <= byte).unwrap();
    let (start, end) = all[line];
    json!({ "line": line, "character": units(&text[start..byte.min(end)], encoding) })
}

fn byte(text: &str, at: &Value, encoding: &str) -> usize {
    let (start, end) = lines(text)[at["line"].as_u64().unwrap() as usize];
    let column = at["character"].as_u64().unwrap() as usize;
    let inside = text[start..end].char_indices().map(|(i, _)| start + i).chain([end]);
    inside.clone().find(|i| units(&text[start..*i], encoding) >= column).unwrap_or(end)
}

/// A place in a text that an editor can name: on a character boundary, not inside `\r\n`.
fn place(text: &str, share: u16) -> usize {
    let mut at = text.len() * usize::from(share) / usize::from(u16::MAX);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    if at > 0 && text.as_bytes().get(at) == Some(&b'\n') && text.as_bytes()[at - 1] == b'\r' {
        at -= 1;
    }
    at
}

/// An edit: two places as shares of the text, what is typed there, whether it is sent together
/// with the next.
type Step = (u16, u16, Vec<usize>, bool);

#[test]
fn any_sequence_of_edits_is_as_a_fresh_text() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for encoding in ["utf-8", "utf-16", "utf-32"] {
        let capabilities = json!({ "general": { "positionEncodings": ["x-none", encoding, "utf-16"] } });
        let mut editor = runtime.block_on(Editor::start(None, json!({ "asOf": "2026-09-30" }), capabilities));
        assert_eq!(editor.capabilities["positionEncoding"], encoding);
        let cell = std::cell::RefCell::new(&mut editor);
        let step = (any::<u16>(), any::<u16>(), prop::collection::vec(0..PIECES.len(), 0..6), any::<bool>());
        let mut runner =
            TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
        let result = runner.run(&prop::collection::vec(step, 1..12), |steps: Vec<Step>| {
            runtime.block_on(one(&mut cell.borrow_mut(), &steps, encoding))
        });
        result.unwrap();
        runtime.block_on(editor.quit());
    }
}

async fn one(e: &mut Editor, steps: &[Step], encoding: &str) -> Result<(), TestCaseError> {
    let mut text = "# 蜂蜜😀\r\n\r\n本店的𠮷野蜂蜜全国最佳，品质国家级。\n".to_owned();
    e.open(DOC, "markdown", &text).await;
    let mut version = 1;
    let mut waiting = Vec::new();
    for (a, b, pieces, together) in steps {
        // Mostly short edits: the second place is near the first.
        let start = place(&text, *a);
        let end = place(&text, a.saturating_add(b % 4096)).max(start);
        let new: String = pieces.iter().map(|p| PIECES[*p]).collect();
        let range =
            json!({ "start": position(&text, start, encoding), "end": position(&text, end, encoding) });
        waiting.push(json!({ "range": range, "text": new }));
        text.replace_range(start..end, &new);
        if !together {
            version += 1;
            e.change(DOC, version, Value::Array(std::mem::take(&mut waiting))).await;
        }
    }
    version += 1;
    e.change(DOC, version, Value::Array(waiting)).await;
    let typed = e.diagnostics(DOC, version).await;

    e.open("untitled:fresh.md", "markdown", &text).await;
    let fresh = e.diagnostics("untitled:fresh.md", 1).await;
    let plain = |list: &[Value]| -> Vec<Value> {
        let all = list.iter().cloned();
        all.map(|mut d| {
            d.as_object_mut().unwrap().remove("relatedInformation");
            d
        })
        .collect()
    };
    prop_assert_eq!(plain(&typed), plain(&fresh), "{:?}", text);
    for d in &typed {
        let words =
            &text[byte(&text, &d["range"]["start"], encoding)..byte(&text, &d["range"]["end"], encoding)];
        let message = d["message"].as_str().unwrap();
        let shown = words.split_whitespace().collect::<Vec<_>>().join(" ");
        if d["code"] == "absolute/superlative" {
            prop_assert!(message.contains(&shown) && !words.is_empty(), "{words:?}: {message}");
        }
    }
    for doc in [DOC, "untitled:fresh.md"] {
        e.notify("textDocument/didClose", json!({ "textDocument": { "uri": doc } })).await;
    }
    e.forget();
    Ok(())
}
