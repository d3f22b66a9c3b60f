//! Several folders, packs that lie elsewhere, unsaved documents, other languages, and what a pack
//! calls safe.

mod editor;

use editor::{Editor, applied, rules, uri};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const COPY: &str = "# 特惠\n\n本店蜂蜜品质国家级。稳赚不赔，价格真好！！\n";

/// A rule with a safe fix, and one whose fix is a matter of taste.
const RULES: [(&str, &str); 2] = [
    (
        "pack/rules/house/marks.md",
        "+++\ntitle = '叠用叹号'\ntitle_en = 'repeated marks'\nverdict = 'violation'\nbasis = ['guanggao-fa#4-1']\nmessage = '只用一个叹号'\nmessage_en = 'one mark will do'\n[match]\npattern = '！！+'\n[[fix]]\nreplace = '！'\nsafety = 'safe'\n+++\n\n## 为什么\n\n如此。\n\n```flag\n真好[[！！]]\n```\n```pass\n真好！\n```\n",
    ),
    (
        "pack/rules/house/profit.md",
        "+++\ntitle = '稳赚不赔'\nverdict = 'violation'\nbasis = ['guanggao-fa#4-1']\nmessage = '“{match}”不实'\n[match]\nterms = ['稳赚不赔']\n[[fix]]\nreplace = '业绩比较基准'\n+++\n\n## 为什么\n\n如此。\n\n```flag\n[[稳赚不赔]]\n```\n```pass\n有赚有赔\n```\n",
    ),
];

fn write(dir: &Path, name: &str, text: &str) {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn pack(dir: &Path) {
    for (name, text) in RULES {
        write(dir, name, text);
    }
}

/// A greeted server with these folders.
async fn start(folders: &[&Path], options: Value, capabilities: Value, locale: Value) -> Editor {
    let mut e = Editor::new();
    let folders: Vec<Value> = folders.iter().map(|f| json!({ "uri": uri(f), "name": "f" })).collect();
    let params = json!({
        "processId": null, "rootUri": null, "workspaceFolders": folders, "locale": locale,
        "initializationOptions": options, "capabilities": capabilities,
    });
    e.capabilities = e.request("initialize", params).await.unwrap()["capabilities"].clone();
    e.notify("initialized", json!({})).await;
    e
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_is_safe_is_fixed_at_once() {
    let dir = tempfile::tempdir().unwrap();
    pack(dir.path());
    write(dir.path(), "shenyan.toml", "packs = ['pack']\n");
    let mut e = start(&[dir.path()], json!({ "asOf": "2026-09-30" }), json!({}), Value::Null).await;
    let doc = uri(&dir.path().join("a.md"));
    let text = "好！！！\n\n稳赚不赔。真好！！\n";
    e.open(&doc, "markdown", text).await;
    let found = e.diagnostics(&doc, 1).await;
    assert_eq!(rules(&found).iter().filter(|r| **r == "house/marks").count(), 2, "{found:?}");
    let ask = |only: Value| {
        let all = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9, "character": 0 } });
        json!({ "textDocument": { "uri": doc }, "range": all, "context": { "diagnostics": [], "only": only } })
    };
    for only in ["source.fixAll.shenyan", "source.fixAll", "source"] {
        let actions = e.request("textDocument/codeAction", ask(json!([only]))).await.unwrap();
        assert_eq!(actions.as_array().unwrap().len(), 1, "{only}: {actions}");
        assert_eq!(actions[0]["kind"], "source.fixAll.shenyan");
        let edits = actions[0]["edit"]["changes"][&doc].as_array().unwrap();
        assert_eq!(applied(text, edits), "好！\n\n稳赚不赔。真好！\n");
    }
    let other = e.request("textDocument/codeAction", ask(json!(["source.organizeImports"]))).await.unwrap();
    assert_eq!(other, json!([]));
    // A safe fix is also the one that a client may offer first; the other is not.
    let actions = e.request("textDocument/codeAction", ask(json!(["quickfix"]))).await.unwrap();
    let preferred = |title: &str| {
        let list = actions.as_array().unwrap();
        list.iter().find(|a| a["title"] == title).map(|a| a["isPreferred"] == true)
    };
    assert_eq!(
        (preferred("改为“！”"), preferred("改为“业绩比较基准”")),
        (Some(true), Some(false)),
        "{actions}"
    );
    // Nothing to fix: no action.
    e.change(&doc, 2, json!([{ "text": "稳赚不赔。\n" }])).await;
    e.diagnostics(&doc, 2).await;
    let none = e.request("textDocument/codeAction", ask(json!(["source.fixAll"]))).await.unwrap();
    assert_eq!(none, json!([]));
    e.quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_folder_has_its_own_configuration() {
    let (one, two, three) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(one.path(), "shenyan.toml", "ignore = ['absolute']\n");
    write(two.path(), "shenyan.toml", "lang = 'en'\nkind = 'marketing'\n");
    let options = json!({ "enable": "configured", "asOf": "2026-09-30" });
    let mut e = start(&[one.path(), two.path()], options, json!({}), Value::Null).await;
    let doc = |dir: &tempfile::TempDir| uri(&dir.path().join("a.md"));
    for dir in [&one, &two, &three] {
        e.open(&doc(dir), "markdown", COPY).await;
    }
    let first = e.diagnostics(&doc(&one), 1).await;
    assert!(!rules(&first).contains(&"absolute/superlative"), "{first:?}");
    let second = e.diagnostics(&doc(&two), 1).await;
    let superlative = second.iter().find(|d| d["code"] == "absolute/superlative").unwrap();
    assert_eq!(superlative["data"]["title"], "superlative");
    // A folder of no workspace that did not opt in.
    assert_eq!(e.diagnostics(&doc(&three), 1).await, Vec::<Value>::new());

    // Unsaved text is judged by the first folder, and goes on being when that one is closed.
    e.open("untitled:Untitled-1", "markdown", COPY).await;
    assert!(!rules(&e.diagnostics("untitled:Untitled-1", 1).await).contains(&"absolute/superlative"));
    let folder = json!({ "uri": uri(one.path()), "name": "f" });
    e.notify("workspace/didChangeWorkspaceFolders", json!({ "event": { "added": [], "removed": [folder] } }))
        .await;
    e.change("untitled:Untitled-1", 2, json!([{ "text": COPY }])).await;
    let now = e.diagnostics("untitled:Untitled-1", 2).await;
    assert!(rules(&now).contains(&"absolute/superlative"), "{now:?}");
    assert_eq!(
        now.iter().find(|d| d["code"] == "absolute/superlative").unwrap()["data"]["title"],
        "superlative"
    );
    // What is no copy by its language is left alone.
    e.open("untitled:Untitled-2", "python", COPY).await;
    assert_eq!(e.diagnostics("untitled:Untitled-2", 1).await, Vec::<Value>::new());

    // The whole workspace is both folders as they are now.
    write(two.path(), "b.md", COPY);
    let run = json!({ "command": "shenyan.checkWorkspace", "arguments": [] });
    let whole = e.request("workspace/executeCommand", run).await.unwrap();
    let files: Vec<&str> =
        whole["files"].as_array().unwrap().iter().map(|f| f["uri"].as_str().unwrap()).collect();
    assert!(files.contains(&uri(&two.path().join("b.md")).as_str()), "{files:?}");
    e.quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pack_that_lies_elsewhere_is_watched() {
    let (work, away) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    pack(away.path());
    let elsewhere = away.path().join("pack");
    write(work.path(), "shenyan.toml", &format!("packs = ['{}']\n", elsewhere.display()));
    let capabilities = json!({ "workspace": {
        "didChangeWatchedFiles": { "dynamicRegistration": true, "relativePatternSupport": true },
    } });
    let mut e = start(&[work.path()], json!({ "asOf": "2026-09-30" }), capabilities, Value::Null).await;
    let doc = uri(&work.path().join("a.md"));
    e.open(&doc, "markdown", COPY).await;
    assert!(rules(&e.diagnostics(&doc, 1).await).contains(&"house/profit"));
    let base = |m: &Value| {
        m["params"]["registrations"][0]["registerOptions"]["watchers"][0]["globPattern"]["baseUri"].clone()
    };
    let asked = e.until(|m| m["method"] == "client/registerCapability" && base(m).is_string()).await;
    assert_eq!(base(&asked), uri(&elsewhere));

    let rule = elsewhere.join("rules/house/profit.md");
    fs::remove_file(&rule).unwrap();
    let changes = json!({ "changes": [{ "uri": uri(&rule), "type": 3 }] });
    e.notify("workspace/didChangeWatchedFiles", changes).await;
    while rules(&e.diagnostics(&doc, 1).await).contains(&"house/profit") {}
    // Asked once.
    assert!(
        !e.heard("client/registerCapability") || {
            e.listen();
            e.until(|m| m["method"] == "client/registerCapability").await;
            !e.heard("client/registerCapability")
        }
    );

    // A file that belongs to nothing changes nothing.
    e.forget();
    let changes = json!({ "changes": [{ "uri": uri(&away.path().join("x.md")), "type": 2 }] });
    e.notify("workspace/didChangeWatchedFiles", changes).await;
    e.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": doc } })).await.unwrap();
    assert!(!e.heard("textDocument/publishDiagnostics"));
    e.quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_of_the_workspace_can_be_given_up() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "shenyan.toml", "");
    let long = "本店蜂蜜品质国家级，欢迎选购。\n\n".repeat(300);
    for i in 0..200 {
        write(dir.path(), &format!("{i:03}.md"), &long);
    }
    let capabilities = json!({
        "textDocument": { "diagnostic": {} }, "workspace": { "diagnostics": { "refreshSupport": true } },
    });
    let options = json!({ "asOf": "2026-09-30", "workspaceDiagnostics": true });
    let mut e = start(&[dir.path()], options, capabilities, Value::Null).await;
    let ask = json!({ "previousResultIds": [], "partialResultToken": "p", "workDoneToken": "w" });
    let id = e.ask("workspace/diagnostic", ask).await;
    let part = |m: &Value| m["method"] == "$/progress" && m["params"]["token"] == "p";
    e.until(part).await;
    e.until(part).await;
    e.notify("$/cancelRequest", json!({ "id": id })).await;
    assert_eq!(e.answer(id).await.unwrap_err()["code"], -32800);
    // What was under way is let go: the next question is not behind two hundred files.
    e.listen();
    e.forget();
    let doc = uri(&dir.path().join("new.md"));
    e.open(&doc, "markdown", COPY).await;
    let pull = json!({ "textDocument": { "uri": doc } });
    let report = e.request("textDocument/diagnostic", pull).await.unwrap();
    assert!(!report["items"].as_array().unwrap().is_empty());
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    e.listen();
    e.forget();
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    e.listen();
    assert!(!e.heard("$/progress"), "it goes on");
    e.quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn english_where_it_is_asked_for() {
    let han = |text: &str| text.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
    let visits = [
        (json!({ "lang": "en" }), json!("zh-cn"), true),
        (json!({ "lang": "auto" }), json!("en-US"), true),
        (json!({ "lang": "auto" }), json!("zh-cn"), false),
        // Chinese unless somebody says otherwise: the texts are Chinese, whatever the menus are.
        (json!({}), json!("en"), false),
    ];
    for (mut options, locale, english) in visits {
        options["asOf"] = json!("2026-09-30");
        options["rulePage"] = json!("https://rules.example/{rule}");
        let case = format!("{options} {locale}");
        let mut e = start(&[], options, json!({}), locale).await;
        e.open("untitled:a.md", "markdown", COPY).await;
        let found = e.diagnostics("untitled:a.md", 1).await;
        let d = found.iter().find(|d| d["code"] == "absolute/superlative").unwrap();
        assert_eq!(d["codeDescription"]["href"], "https://rules.example/absolute/superlative");
        assert_eq!(han(d["data"]["title"].as_str().unwrap()), !english, "{case}: {d}");
        let at = json!({ "textDocument": { "uri": "untitled:a.md" }, "position": d["range"]["start"] });
        let hover = e.request("textDocument/hover", at).await.unwrap();
        let text = hover["contents"]["value"].as_str().unwrap();
        assert_eq!(text.contains("**Why**"), english, "{case}: {text}");
        let ask = json!({ "textDocument": { "uri": "untitled:a.md" }, "range": d["range"], "context": { "diagnostics": [] } });
        let actions = e.request("textDocument/codeAction", ask).await.unwrap();
        let title = |start: &str| {
            actions.as_array().unwrap().iter().any(|a| a["title"].as_str().unwrap().starts_with(start))
        };
        assert_eq!((title("Ignore here"), title("忽略此处")), (english, !english), "{case}: {actions}");
        let page = json!({ "command": "shenyan.explain", "arguments": ["absolute/superlative"] });
        let page = e.request("workspace/executeCommand", page).await.unwrap();
        assert_eq!(page.as_str().unwrap().contains("会报的例子"), !english, "{case}");
        let wrong = json!({ "command": "shenyan.explain", "arguments": ["no/such"] });
        let wrong = e.request("workspace/executeCommand", wrong).await.unwrap_err();
        assert_eq!(han(wrong["message"].as_str().unwrap()), !english, "{case}: {wrong}");
        e.quit().await;
    }
    // No link where the client has none to give; the tool's own rules never have a page.
    let mut e = start(&[], json!({ "rulePage": "" }), json!({}), Value::Null).await;
    e.open("untitled:a.md", "markdown", "品质国家级。<!-- 审言:忽略 fee 理由：没有 -->\n").await;
    let found = e.diagnostics("untitled:a.md", 1).await;
    assert!(rules(&found).contains(&"ignore/unused"), "{found:?}");
    assert!(found.iter().all(|d| d.get("codeDescription").is_none_or(Value::is_null)), "{found:?}");
    let unused = found.iter().find(|d| d["code"] == "ignore/unused").unwrap();
    assert_eq!(unused["tags"], json!([1]));
    e.quit().await;
}
