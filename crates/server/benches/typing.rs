//! From an edit to its diagnostics, as a client sees it: `cargo bench -p shenyan-server`.
//!
//! A session is replayed on Markdown documents of 100 KB and 1 MB, one of copy and one a contract:
//! Chinese typed through an input method (letters that appear one by one and are then replaced by
//! the word), a paste, its undo, a new line. The next key comes when the diagnostics of the last
//! are there, so that every edit is measured; one burst at the end is sent without waiting. The
//! time is the client's: from sending the edit to having read the last diagnostic. Not a test:
//! machines differ.

#[path = "../tests/editor/mod.rs"]
mod editor;

use editor::Editor;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const DOC: &str = "untitled:typing.md";

/// Copy, most of it lawful, as documents are.
const COPY: &[&str] = &[
    "## 服务说明\n\n",
    "小店的面粉来自华北的三家磨坊，进店的朋友可以先尝后买，孩子们喜欢的小饼干也在柜台上。\n\n",
    "我们在每月的第一个工作日公布上月的处理情况，读者可以在页面底部查看往期内容。\n\n",
    "- 营业时间：周一至周五 9:00—17:30，法定节假日除外\n- 咨询电话：请见页面底部\n\n",
    "小店开在老街的转角，面包每天早上六点出炉，下午三点以后买一送一，售完为止。\n\n",
    "| 项目 | 说明 |\n|---|---|\n| 邮寄 | 三个工作日内寄出 |\n| 退换 | 七日内可以退换 |\n\n",
    "优惠活动自九月一日至九月三十日，每位顾客限购两份，数量有限，以页面显示的库存为准。\n\n",
    "这款蜂蜜是**全店最受欢迎**的一款，产自海拔一千米的山谷。\n\n",
];

/// Clauses, most of them fair.
const CLAUSES: &[&str] = &[
    "乙方应当在每月五日前向甲方支付租金人民币叁仟元整（¥3,000.00），逾期支付的，每日按应付金额的万分之三支付违约金。\n\n",
    "甲方应当保证房屋符合安全条件，**因房屋质量问题造成乙方损失的，由甲方承担赔偿责任**。\n\n",
    "租赁期限自2026年1月1日起至2026年12月31日止，期满前三十日双方可以协商续租。\n\n",
    "（一）水费、电费、燃气费由乙方按实际用量承担；\n\n（二）物业管理费由甲方承担。\n\n",
    "| 项目 | 承担人 |\n|---|---|\n| 维修 | 甲方 |\n| 清洁 | 乙方 |\n\n",
    "任何一方违反第三条约定的，另一方有权解除合同，并要求赔偿因此造成的实际损失。\n\n",
    "本合同所称“不可抗力”，是指不能预见、不能避免且不能克服的客观情况。\n\n",
];

/// A document of about so many bytes, with something to object to every two kilobytes.
fn document(bytes: usize, contract: bool) -> String {
    let (mut out, paragraphs, fault) = if contract {
        let head = "# 房屋租赁合同\n\n甲方（出租人）：张三\n\n乙方（承租人）：李四\n\n";
        (head.to_owned(), CLAUSES, "乙方逾期搬离的，押金一律不退，甲方概不承担任何责任。\n\n")
    } else {
        ("# 说明与约定\n\n".to_owned(), COPY, "本店蜂蜜品质全国第一，先到先得。\n\n")
    };
    for (i, p) in paragraphs.iter().cycle().enumerate() {
        if contract && i % 4 == 0 {
            out += &format!("## 第{}条 约定事项\n\n", i / 4 + 1);
        }
        out += p;
        if i % 8 == 0 {
            out += &format!("编号 {i} 的内容另见附件。\n\n");
        }
        if i % 14 == 0 {
            out += fault;
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

async fn replay(name: &str, bytes: usize, rounds: usize) {
    let text = document(bytes, name == "contract");
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
        "{name} of {:>7} bytes, {found} findings: open {:.1} ms; {} edits: p50 {:.1} ms, p90 {:.1} ms, p99 {:.1} ms, worst {:.1} ms; {} edits without waiting: {:.1} ms",
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
    runtime.block_on(replay("copy", 10_000, 1));
    let rounds = if std::env::args().any(|a| a == "--short") { 1 } else { 5 };
    for name in ["copy", "contract"] {
        runtime.block_on(replay(name, 100_000, rounds));
        runtime.block_on(replay(name, 1_000_000, rounds));
    }
}
