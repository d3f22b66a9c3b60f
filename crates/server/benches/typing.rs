//! From an edit to its diagnostics, as a client sees it: `cargo bench -p shenyan-server`.
//!
//! A session is replayed on a Markdown document of 100 KB and one of 1 MB: Chinese typed through
//! an input method (letters that appear one by one and are then replaced by the word), a paste,
//! its undo, a new line. The next key comes when the diagnostics of the last are there, so that
//! every edit is measured; one burst at the end is sent without waiting. Not a test: machines
//! differ.

#[path = "../tests/editor/mod.rs"]
mod editor;

use editor::Editor;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const DOC: &str = "untitled:typing.md";

/// Copy and clauses, most of them lawful, as documents are.
const PARAGRAPHS: [&str; 8] = [
    "## 第三章 服务说明\n\n",
    "本产品由合作机构提供，申请人应当年满十八周岁，具有完全民事行为能力，并如实填写所需资料。\n\n",
    "我们在每月的第一个工作日公布上月的处理情况，读者可以在页面底部查看往期内容。\n\n",
    "- 营业时间：周一至周五 9:00—17:30，法定节假日除外\n- 咨询电话：请见页面底部\n\n",
    "小店开在老街的转角，面包每天早上六点出炉，下午三点以后买一送一，售完为止。\n\n",
    "| 项目 | 说明 |\n|---|---|\n| 邮寄 | 三个工作日内寄出 |\n| 退换 | 七日内可以退换 |\n\n",
    "乙方调整服务内容的，应当提前三十日公告；甲方不同意的，可以解除合同，乙方退还剩余费用。\n\n",
    "这款蜂蜜是全店最受欢迎的一款，产自海拔一千米的山谷。\n\n",
];

fn document(bytes: usize) -> String {
    let mut out = String::from("# 说明与约定\n\n");
    for (i, p) in PARAGRAPHS.iter().cycle().enumerate() {
        out += p;
        if i % 8 == 0 {
            out += &format!("编号 {i} 的内容另见附件。\n\n");
        }
        if out.len() >= bytes {
            return out;
        }
    }
    out
}

/// One change: from column, to column, new text; all in one line.
fn session() -> Vec<(u32, u32, &'static str)> {
    let mut out = Vec::new();
    let mut at = 0;
    // pin yin, letter by letter, then the word in its place.
    for (letters, word) in [
        ("benchanpin", "本产品"),
        ("pinzhi", "品质"),
        ("guojiaji", "国家级"),
        ("huanying", "欢迎"),
        ("xuangou", "选购"),
    ] {
        for i in 0..letters.len() as u32 {
            out.push((at + i, at + i, &letters[i as usize..=i as usize]));
        }
        out.push((at, at + letters.len() as u32, word));
        at += word.chars().count() as u32;
    }
    let paste = "，全国最佳，限时三天，详情请咨询客服，本店保留最终解释权。";
    let n = paste.chars().count() as u32;
    out.push((at, at, paste));
    out.push((at, at + n, ""));
    out.push((at, at, "。"));
    // All of it deleted, character by character.
    out.extend((0..=at).rev().map(|i| (i, i + 1, "")));
    out
}

fn change((from, to, text): (u32, u32, &str), line: u32) -> Value {
    let at = |c: u32| json!({ "line": line, "character": c });
    json!([{ "range": { "start": at(from), "end": at(to) }, "text": text }])
}

async fn replay(bytes: usize, rounds: usize) {
    let text = document(bytes);
    let mut e = Editor::start(None, json!({ "asOf": "2026-09-30" }), json!({})).await;
    let began = Instant::now();
    e.open(DOC, "markdown", &text).await;
    let found = e.diagnostics(DOC, 1).await.len();
    let first = began.elapsed();
    // A paragraph of its own, in the middle.
    let half = text.len() / 2;
    let half = half + text.as_bytes()[half..].windows(2).position(|w| w == b"\n\n").unwrap() + 1;
    let line = text[..half].matches('\n').count() as u32;
    let mut version = 2;
    e.change(DOC, version, change((0, 0, "\n"), line)).await;
    e.diagnostics(DOC, version).await;
    let session = session();
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..rounds {
        for step in &session {
            version += 1;
            let began = Instant::now();
            e.change(DOC, version, change(*step, line)).await;
            e.diagnostics(DOC, version).await;
            times.push(began.elapsed());
            e.forget();
        }
    }
    // Faster than checks can follow: only the last is of interest.
    let began = Instant::now();
    for step in &session {
        version += 1;
        e.change(DOC, version, change(*step, line)).await;
    }
    e.diagnostics(DOC, version).await;
    let burst = began.elapsed();
    times.sort();
    let share = |p: usize| times[(times.len() * p / 100).min(times.len() - 1)].as_secs_f64() * 1000.0;
    println!(
        "{:>7} bytes, {found} findings: open {:.1} ms; {} edits: p50 {:.1} ms, p90 {:.1} ms, p99 {:.1} ms, worst {:.1} ms; {} edits without waiting: {:.1} ms",
        text.len(),
        first.as_secs_f64() * 1000.0,
        times.len(),
        share(50),
        share(90),
        share(99),
        times.last().unwrap().as_secs_f64() * 1000.0,
        session.len(),
        burst.as_secs_f64() * 1000.0,
    );
    e.quit().await;
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    // Once for what is loaded on first use.
    runtime.block_on(replay(10_000, 1));
    let short = std::env::args().any(|a| a == "--short");
    runtime.block_on(replay(100_000, if short { 1 } else { 5 }));
    runtime.block_on(replay(1_000_000, 1));
}
