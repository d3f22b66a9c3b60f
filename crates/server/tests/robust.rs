//! Floods, nonsense and clients that vanish.

mod editor;

use editor::{Editor, rules};
use serde_json::{Value, json};
use std::time::Duration;

const DOC: &str = "untitled:flood.md";

fn runtime(threads: usize) -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build().unwrap()
}

/// Peak resident memory of this process in kB, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?.trim().trim_end_matches(" kB").parse().ok()
}

async fn flood() {
    const CHANGES: i32 = 10_000;
    let mut e = Editor::start(None, json!({ "asOf": "2026-09-30" }), json!({})).await;
    e.open(DOC, "markdown", "第一行\n").await;
    e.diagnostics(DOC, 1).await;
    let before = peak();
    let mut asked = Vec::new();
    for version in 2..=CHANGES + 1 {
        // Typed at the end, and every other time taken back.
        let (range, text) = if version % 2 == 0 {
            (
                json!({ "start": { "line": 1, "character": 0 }, "end": { "line": 1, "character": 0 } }),
                "全国最佳的蜂蜜",
            )
        } else {
            (json!({ "start": { "line": 1, "character": 0 }, "end": { "line": 1, "character": 99 } }), "")
        };
        e.change(DOC, version, json!([{ "range": range, "text": text }])).await;
        if version % 100 == 0 {
            let params = json!({ "textDocument": { "uri": DOC }, "position": { "line": 1, "character": 1 } });
            let id = e.ask("textDocument/hover", params).await;
            if version % 200 == 0 {
                e.notify("$/cancelRequest", json!({ "id": id })).await;
            }
            asked.push(id);
        }
    }
    e.change(DOC, CHANGES + 2, json!([{ "text": "品质国家级\n" }])).await;
    let last = e.diagnostics(DOC, CHANGES + 2).await;
    assert_eq!(rules(&last), ["absolute/superlative"], "{last:?}");
    assert_eq!(last[0]["range"]["start"], json!({ "line": 0, "character": 2 }));
    for id in asked {
        if let Err(error) = e.answer(id).await {
            assert_eq!(error["code"], -32800, "{error}");
        }
    }
    if let (Some(before), Some(after)) = (before, peak()) {
        assert!(after < before + 64 * 1024, "memory grew from {before} to {after} kB");
    }
    e.quit().await;
}

#[test]
fn the_last_of_ten_thousand_changes_counts_on_one_thread() {
    runtime(1).block_on(flood());
}

#[test]
fn the_last_of_ten_thousand_changes_counts_on_two_threads() {
    runtime(2).block_on(flood());
}

#[test]
fn nonsense_is_answered_and_survived() {
    runtime(2).block_on(async {
        let mut e = Editor::new();
        // Before the greeting.
        let early = e.request("textDocument/hover", json!({ "textDocument": { "uri": DOC }, "position": { "line": 0, "character": 0 } }));
        assert_eq!(early.await.unwrap_err()["code"], -32002);
        e.request("initialize", json!({ "processId": null, "rootUri": null, "capabilities": {} })).await.unwrap();
        e.notify("initialized", json!({})).await;

        assert_eq!(e.request("no/suchMethod", json!({})).await.unwrap_err()["code"], -32601);
        assert_eq!(e.request("textDocument/hover", json!({ "position": 3 })).await.unwrap_err()["code"], -32602);

        // Documents that were never opened.
        let nobody = json!({ "uri": "file:///nowhere/a.md" });
        let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 1 } });
        e.change("file:///nowhere/a.md", 7, json!([{ "text": "最佳" }])).await;
        e.notify("textDocument/didClose", json!({ "textDocument": nobody })).await;
        e.notify("textDocument/didSave", json!({ "textDocument": nobody })).await;
        let ask = json!({ "textDocument": nobody, "range": range, "context": { "diagnostics": [] } });
        assert_eq!(e.request("textDocument/codeAction", ask).await.unwrap(), Value::Null);
        assert_eq!(e.request("shenyan/setKind", json!({ "uri": "file:///nowhere/a.md", "kind": "contract" })).await.unwrap(), json!(false));
        assert_eq!(e.request("shenyan/setKind", json!({ "uri": "x", "kind": "poem" })).await.unwrap_err()["code"], -32602);

        // Places that do not exist are moved to the nearest that do.
        e.open(DOC, "markdown", "甲😀乙").await;
        e.change(DOC, 2, json!([
            { "range": { "start": { "line": 9, "character": 9 }, "end": { "line": 4_000_000_000u32, "character": 0 } }, "text": "国家级" },
            { "range": { "start": { "line": 0, "character": 2 }, "end": { "line": 0, "character": 2 } }, "text": "丙" },
            { "range": { "start": { "line": 0, "character": 4_000_000_000u32 }, "end": { "line": 0, "character": 1 } }, "text": "品质国家级" },
        ])).await;
        let found = e.diagnostics(DOC, 2).await;
        assert_eq!(found[0]["range"], json!({ "start": { "line": 0, "character": 3 }, "end": { "line": 0, "character": 6 } }), "{found:?}");
        let far = json!({ "textDocument": { "uri": DOC }, "position": { "line": 77, "character": 77 } });
        e.request("textDocument/hover", far.clone()).await.unwrap();
        e.request("textDocument/completion", far).await.unwrap();
        e.quit().await;
    });
}

#[test]
fn what_is_no_message_is_answered_or_ends_the_session() {
    runtime(1).block_on(async {
        for body in [
            "{",
            "[1, 2]",
            "{\"jsonrpc\":\"2.0\"}",
            "\u{FEFF}{}",
            "nul",
            "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":3}",
        ] {
            let message = format!("Content-Length: {}\r\n\r\n{body}", body.len());
            assert!(Editor::new().nonsense(message.as_bytes()).await, "{body}");
        }
        for bytes in [
            &b"Content-Length: 3\r\n\r\n\xFF\xFE\xFD"[..],
            b"Nonsense: yes\r\n\r\n",
            b"Content-Length: -1\r\n\r\n{}",
        ] {
            assert!(Editor::new().nonsense(bytes).await, "{bytes:?}");
        }
    });
}

#[test]
fn a_client_that_is_killed_takes_the_server_along() {
    runtime(2).block_on(async {
        let mut e = Editor::start(None, json!({}), json!({})).await;
        e.open(DOC, "markdown", &"全国最佳的蜂蜜。\n".repeat(2_000)).await;
        // In the middle of a check.
        tokio::time::sleep(Duration::from_millis(50)).await;
        e.die().await;

        // In the middle of a message.
        let mut e = Editor::start(None, json!({}), json!({})).await;
        e.send_raw(b"Content-Length: 100\r\n\r\n{\"jsonrpc\"").await;
        e.die().await;

        // Without reading what it is told: the server goes on taking changes.
        let e = Editor::start(None, json!({}), json!({})).await;
        e.die().await;
    });
}

#[test]
fn a_slow_check_does_not_hold_up_the_rest() {
    runtime(1).block_on(async {
        let mut e = Editor::start(None, json!({}), json!({})).await;
        let big = "本店拥有全国最佳的蜂蜜，第二条 乙方有权随时调整利率，无需另行通知甲方。\n".repeat(1_000);
        e.open("untitled:big.md", "markdown", &big).await;
        e.open(DOC, "markdown", "品质国家级\n").await;
        // A command that needs no text is answered at once.
        let run = json!({ "command": "shenyan.check", "arguments": ["untitled:none.md"] });
        assert_eq!(e.request("workspace/executeCommand", run).await.unwrap(), json!(false));
        assert_eq!(rules(&e.diagnostics(DOC, 1).await), ["absolute/superlative"]);
        e.notify("textDocument/didClose", json!({ "textDocument": { "uri": "untitled:big.md" } })).await;
        e.quit().await;
    });
}

/// The words that a diagnostic stands at, in a text of lines that end in `\n`.
fn words<'t>(text: &'t str, d: &Value) -> &'t str {
    let place = |p: &Value| (p["line"].as_u64().unwrap() as usize, p["character"].as_u64().unwrap() as usize);
    let ((line, from), (to_line, to)) = (place(&d["range"]["start"]), place(&d["range"]["end"]));
    assert_eq!(line, to_line);
    let line = text.lines().nth(line).unwrap_or_default();
    let byte = |n: usize| line.char_indices().map(|(i, _)| i).nth(n).unwrap_or(line.len());
    &line[byte(from)..byte(to)]
}

#[test]
fn who_types_without_a_pause_is_told_meanwhile() {
    runtime(2).block_on(async {
        let mut e = Editor::start(None, json!({ "asOf": "2026-09-30" }), json!({})).await;
        // Longer than can be checked between two keys.
        let plain = "小店开在老街的转角，面包每天早上六点出炉，售完为止。\n\n".repeat(6_000);
        let mut text = format!("{plain}品质国家级。\n\n{plain}全国最佳。\n");
        e.open(DOC, "markdown", &text).await;
        assert_eq!(e.diagnostics(DOC, 1).await.len(), 2);
        let mut texts = vec![String::new(), text.clone()];
        // New lines at the start: everything moves; and something to be found in the middle.
        for version in 2..=300 {
            let new = if version % 3 == 0 { "好\n" } else { "蜂蜜" };
            let start = json!({ "line": 0, "character": 0 });
            e.change(DOC, version, json!([{ "range": { "start": start, "end": start }, "text": new }])).await;
            text.insert_str(0, new);
            texts.push(text.clone());
            tokio::time::sleep(Duration::from_millis(5)).await;
            e.listen();
        }
        let told = e.published(DOC);
        assert!(told.len() > 1, "told {} times while typing", told.len());
        for (version, found) in told {
            let places: Vec<&str> = found.iter().map(|d| words(&texts[version], d)).collect();
            assert_eq!(places, ["国家级", "全国最佳"], "version {version}");
        }
        assert_eq!(e.diagnostics(DOC, 300).await.len(), 2);
        e.quit().await;
    });
}
