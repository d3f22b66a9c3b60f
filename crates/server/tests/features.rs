//! What a client sees, one visit after the other.

mod editor;

use editor::{Editor, applied, rules, uri};
use serde_json::{Value, json};
use std::fs;

const COPY: &str = "# 秋季特惠\n\n本店蜂蜜品质国家级，欢迎选购。\n";

fn edits(capable: bool) -> Value {
    json!({ "workspace": {
        "workspaceEdit": { "documentChanges": capable, "resourceOperations": ["create"] },
        "configuration": true,
        "didChangeWatchedFiles": { "dynamicRegistration": true },
    } })
}

fn titles(actions: &Value) -> Vec<&str> {
    actions.as_array().unwrap().iter().map(|a| a["title"].as_str().unwrap()).collect()
}

fn by_title<'a>(actions: &'a Value, start: &str) -> &'a Value {
    let found = actions.as_array().unwrap().iter().find(|a| a["title"].as_str().unwrap().starts_with(start));
    found.unwrap_or_else(|| panic!("{start}: {:?}", titles(actions)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_from_opening_to_closing() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("文案.md");
    fs::write(&file, COPY).unwrap();
    let doc = uri(&file);
    let mut e = Editor::start(Some(dir.path()), json!({ "asOf": "2026-09-30" }), edits(true)).await;
    assert_eq!(e.capabilities["positionEncoding"], "utf-16");
    assert!(e.capabilities.get("diagnosticProvider").is_none_or(Value::is_null));

    e.open(&doc, "markdown", COPY).await;
    let found = e.diagnostics(&doc, 1).await;
    let first = found.iter().find(|d| d["code"] == "absolute/superlative").unwrap();
    assert_eq!(first["range"]["start"], json!({ "line": 2, "character": 6 }));
    assert_eq!((&first["severity"], &first["source"]), (&json!(1), &json!("shenyan")));
    assert_eq!(first["codeDescription"]["href"], "shenyan-rule:/absolute/superlative.md");
    assert!(first["data"]["title"].as_str().is_some_and(|t| !t.is_empty()), "{first}");
    assert!(first["message"].as_str().unwrap().contains("广告法第九条"), "{first}");
    let status = e.told("shenyan/status").await;
    assert_eq!((&status["kind"], &status["detected"]), (&json!("marketing"), &json!(true)));
    assert_eq!(status["counts"]["error"], found.iter().filter(|d| d["severity"] == 1).count());

    // Hover: law, gist, reason, repair, since when.
    let at = json!({ "textDocument": { "uri": doc }, "position": first["range"]["start"] });
    let hover = e.request("textDocument/hover", at).await.unwrap();
    let text = hover["contents"]["value"].as_str().unwrap();
    for part in ["中华人民共和国广告法》第九条第三项", "为什么", "怎样改", "2015-09-01起施行"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let nowhere = json!({ "textDocument": { "uri": doc }, "position": { "line": 0, "character": 3 } });
    assert_eq!(e.request("textDocument/hover", nowhere).await.unwrap(), Value::Null);

    // Ignoring here: written, with a place for the reason, and obeyed once a reason is there.
    let ask =
        json!({ "textDocument": { "uri": doc }, "range": first["range"], "context": { "diagnostics": [] } });
    let actions = e.request("textDocument/codeAction", ask.clone()).await.unwrap();
    let change = |a: &Value| a["edit"]["documentChanges"][0].clone();
    let here = by_title(&actions, "忽略此处：absolute/superlative");
    assert_eq!(change(here)["textDocument"]["version"], 1);
    let ignored = applied(COPY, change(here)["edits"].as_array().unwrap());
    assert!(
        ignored.contains(
            "欢迎选购。 <!-- 审言:忽略 absolute/superlative 理由：（请写明理由） 至 2027-09-30 -->\n"
        ),
        "{ignored}"
    );
    e.change(&doc, 2, json!([{ "text": ignored }])).await;
    let still = e.diagnostics(&doc, 2).await;
    assert!(
        rules(&still).contains(&"absolute/superlative") && rules(&still).contains(&"ignore/invalid"),
        "{still:?}"
    );
    e.change(&doc, 3, json!([{ "text": ignored.replace("（请写明理由）", "奖项名称") }])).await;
    let quiet = e.diagnostics(&doc, 3).await;
    assert!(
        !rules(&quiet).iter().any(|r| *r == "absolute/superlative" || r.starts_with("ignore/")),
        "{quiet:?}"
    );

    // The whole file; and only what a client asks for.
    let whole =
        applied(COPY, change(by_title(&actions, "在本文件中忽略：absolute"))["edits"].as_array().unwrap());
    assert!(whole.starts_with("<!-- 审言:忽略文件 absolute/superlative 理由："), "{whole}");
    let only = json!({ "textDocument": { "uri": doc }, "range": first["range"], "context": { "diagnostics": [], "only": ["refactor"] } });
    assert_eq!(e.request("textDocument/codeAction", only).await.unwrap(), json!([]));
    let explain = by_title(&actions, "解释规则：absolute/superlative");
    assert_eq!(explain["command"]["command"], "shenyan.showRule");

    // In the configuration: a new file is made, and once it is there it holds.
    let config = by_title(&actions, "在 shenyan.toml 中关闭：absolute/superlative");
    let operations = config["edit"]["documentChanges"].as_array().unwrap();
    assert_eq!(operations[0]["kind"], "create");
    let text = operations[1]["edits"][0]["newText"].as_str().unwrap();
    let toml = dir.path().join("shenyan.toml");
    fs::write(&toml, text).unwrap();
    assert_eq!(
        e.told("client/registerCapability").await["registrations"][0]["method"],
        "workspace/didChangeWatchedFiles"
    );
    e.change(&doc, 4, json!([{ "text": COPY }])).await;
    let changed = json!({ "changes": [{ "uri": uri(&toml), "type": 1 }] });
    e.notify("workspace/didChangeWatchedFiles", changed.clone()).await;
    let mut off = e.diagnostics(&doc, 4).await;
    while rules(&off).contains(&"absolute/superlative") {
        off = e.diagnostics(&doc, 4).await;
    }

    // A broken configuration is told at its place and taken back when it is mended.
    fs::write(&toml, "ignore = ['absolute/superlativ']\n").unwrap();
    e.forget();
    e.notify("workspace/didChangeWatchedFiles", changed.clone()).await;
    let about_toml =
        |m: &Value| m["method"] == "textDocument/publishDiagnostics" && m["params"]["uri"] == uri(&toml);
    let told = e.until(about_toml).await["params"]["diagnostics"].clone();
    assert_eq!(told[0]["range"]["start"], json!({ "line": 0, "character": 10 }), "{told}");
    assert!(told[0]["message"].as_str().unwrap().contains("absolute/superlative"), "{told}");
    fs::write(&toml, "kind = 'contract'\n").unwrap();
    e.notify("workspace/didChangeWatchedFiles", changed.clone()).await;
    assert_eq!(e.until(about_toml).await["params"]["diagnostics"], json!([]));
    let contract = |m: &Value| m["method"] == "shenyan/status" && m["params"]["kind"] == "contract";
    e.until(contract).await;

    // As the user says, whatever the configuration says; and still so after closing.
    e.forget();
    assert_eq!(
        e.request("shenyan/setKind", json!({ "uri": doc, "kind": "marketing" })).await.unwrap(),
        json!(true)
    );
    let status = e.told("shenyan/status").await;
    assert_eq!((&status["kind"], &status["detected"]), (&json!("marketing"), &json!(false)));
    e.notify("textDocument/didClose", json!({ "textDocument": { "uri": doc } })).await;
    let gone = e.until(|m| m["params"]["uri"] == doc && m["params"]["diagnostics"] == json!([])).await;
    assert_eq!(gone["method"], "textDocument/publishDiagnostics");
    e.open(&doc, "markdown", COPY).await;
    assert_eq!(e.told("shenyan/status").await["kind"], "marketing");

    // The client's settings, told and asked for.
    e.settings = json!({ "ignore": ["absolute"] });
    e.forget();
    e.notify("workspace/didChangeConfiguration", json!({ "settings": null })).await;
    let mut now = e.diagnostics(&doc, 1).await;
    while rules(&now).iter().any(|r| r.starts_with("absolute/")) {
        now = e.diagnostics(&doc, 1).await;
    }
    e.notify(
        "workspace/didChangeConfiguration",
        json!({ "settings": { "shenyan": { "lang": "en", "ignore": [] } } }),
    )
    .await;
    let mut english = e.diagnostics(&doc, 1).await;
    while !english.iter().any(|d| d["data"]["title"] == "superlative") {
        english = e.diagnostics(&doc, 1).await;
    }
    e.quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contracts_names_and_commands() {
    let dir = tempfile::tempdir().unwrap();
    let contract = "借款合同\n\n甲方（借款人）：\n乙方（贷款人）：\n\n第一条 借款\n乙方向甲方提供借款，日利率0.05%。\n第二条 变更\n乙方有权随时调整利率，无需另行通知甲方。\n（一）甲方不得提出异议。\n";
    let file = dir.path().join("a.txt");
    fs::write(&file, contract).unwrap();
    fs::write(dir.path().join("b.md"), COPY).unwrap();
    fs::write(dir.path().join("broken.md"), [0xFF, 0x00, 0x01]).unwrap();
    let (doc, id) = (uri(&file), |u: &str| json!({ "textDocument": { "uri": u } }));
    let mut e = Editor::start(Some(dir.path()), json!({ "asOf": "2026-09-30" }), json!({})).await;
    e.open(&doc, "plaintext", contract).await;
    let found = e.diagnostics(&doc, 1).await;
    assert!(rules(&found).contains(&"clause/unilateral-change"), "{found:?}");

    let symbols = e.request("textDocument/documentSymbol", id(&doc)).await.unwrap();
    let clauses: Vec<&Value> = symbols
        .as_array()
        .unwrap()
        .iter()
        .filter(|s| s["name"].as_str().unwrap().starts_with('第'))
        .collect();
    assert_eq!(clauses.len(), 2, "{symbols}");
    assert_eq!(clauses[1]["name"], "第二条 变更");
    assert!(clauses[1]["detail"].as_str().unwrap().contains("错误"), "{symbols}");
    assert_eq!(clauses[1]["children"][0]["selectionRange"]["start"]["line"], 9);
    let folds = e.request("textDocument/foldingRange", id(&doc)).await.unwrap();
    assert!(folds.as_array().unwrap().iter().any(|f| f["startLine"] == 7 && f["endLine"] == 9), "{folds}");
    let all = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let hints = e
        .request("textDocument/inlayHint", json!({ "textDocument": { "uri": doc }, "range": all }))
        .await
        .unwrap();
    assert_eq!(hints[0]["label"], "≈ 年化 18.25%", "{hints}");
    assert_eq!(hints[0]["position"]["line"], 6);

    // Without versions in the client's edits there are none.
    let ask = json!({ "textDocument": { "uri": doc }, "range": all, "context": { "diagnostics": [] } });
    let actions = e.request("textDocument/codeAction", ask).await.unwrap();
    assert!(by_title(&actions, "忽略此处")["edit"]["changes"][&doc].is_array());

    // Names of rules, in a directive and in a configuration, as it is being written.
    let md = uri(&dir.path().join("new.md"));
    e.open(&md, "markdown", "<!-- 审言:忽略 absolute/sup\n").await;
    let at = |u: &str, line: u32, character: u32| json!({ "textDocument": { "uri": u }, "position": { "line": line, "character": character } });
    let list = e.request("textDocument/completion", at(&md, 0, 24)).await.unwrap();
    let item = &list["items"][0];
    assert_eq!(item["label"], "absolute/superlative", "{list}");
    assert_eq!(item["textEdit"]["range"]["start"]["character"], 11);
    let toml = uri(&dir.path().join("shenyan.toml"));
    e.open(&toml, "toml", "ignore = ['fee/', 'absolut']\n[severity]\n").await;
    assert!(e.diagnostics(&toml, 1).await.len() == 2);
    let list = e.request("textDocument/completion", at(&toml, 0, 15)).await.unwrap();
    assert!(list["items"].as_array().unwrap().iter().any(|i| i["label"] == "fee/excessive-rate"), "{list}");
    let hover = e.request("textDocument/hover", at(&toml, 0, 3)).await.unwrap();
    assert_eq!(hover, Value::Null);
    e.change(&toml, 2, json!([{ "text": "ignore = ['fee/excessive-rate']\n" }])).await;
    assert_eq!(e.diagnostics(&toml, 2).await, Vec::<Value>::new());
    let hover = e.request("textDocument/hover", at(&toml, 0, 14)).await.unwrap();
    assert!(hover["contents"]["value"].as_str().unwrap().contains("`fee/excessive-rate`"), "{hover}");

    // Disclosures by product: the missing ones on an empty line, others by their first words.
    let fund = uri(&dir.path().join("fund.md"));
    let text = "# 稳健理财\n\n本理财产品由某银行发行，业绩比较基准 3.5%，R2 级，欢迎认购。\n\n\n测算\n";
    e.open(&fund, "markdown", text).await;
    let list = e.request("textDocument/completion", at(&fund, 4, 0)).await.unwrap();
    let items = list["items"].as_array().unwrap();
    assert!(
        !items.is_empty() && items.iter().all(|i| i["detail"].as_str().unwrap().starts_with("本文缺少")),
        "{list}"
    );
    let list = e.request("textDocument/completion", at(&fund, 5, 2)).await.unwrap();
    let item = &list["items"][0];
    assert!(item["textEdit"]["newText"].as_str().unwrap().contains("测算"), "{list}");
    assert_eq!(
        (&item["filterText"], &item["textEdit"]["range"]["start"]["character"]),
        (&json!("测算"), &json!(0))
    );

    // Commands.
    let run = |command: &str, arguments: Value| json!({ "command": command, "arguments": arguments });
    let page = e
        .request("workspace/executeCommand", run("shenyan.explain", json!(["absolute/superlative"])))
        .await
        .unwrap();
    assert!(page.as_str().unwrap().starts_with("# ") && page.as_str().unwrap().contains("会报的例子"));
    let wrong =
        e.request("workspace/executeCommand", run("shenyan.explain", json!(["no/such"]))).await.unwrap_err();
    assert_eq!(wrong["code"], -32602);
    assert!(e.request("workspace/executeCommand", run("nonsense", json!([]))).await.is_err());
    e.request("workspace/executeCommand", run("shenyan.showRule", json!(["absolute/superlative"])))
        .await
        .unwrap();
    assert!(e.told("window/showMessage").await["message"].as_str().unwrap().contains("absolute/superlative"));
    let mut params = run("shenyan.checkWorkspace", json!([]));
    params["workDoneToken"] = json!("w");
    let whole = e.request("workspace/executeCommand", params).await.unwrap();
    let files = whole["files"].as_array().unwrap();
    // What is open is checked as it stands in its buffer; what cannot be read is told.
    let of = |name: &str| files.iter().find(|f| f["uri"].as_str().unwrap().ends_with(name)).unwrap();
    assert!(of("/b.md")["counts"]["error"].as_u64() >= Some(1), "{whole}");
    assert_eq!(of("/a.txt")["kind"], "contract", "{whole}");
    assert_eq!(
        (&of("/broken.md")["kind"], of("/broken.md")["diagnostics"].as_array().unwrap().len()),
        (&Value::Null, 1)
    );
    assert_eq!(e.told("$/progress").await["value"]["kind"], "begin");
    assert_eq!(
        e.request("workspace/executeCommand", run("shenyan.report", json!([doc]))).await.unwrap(),
        "<html> 1 false"
    );
    e.quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pulled_diagnostics_and_quiet_folders() {
    let dir = tempfile::tempdir().unwrap();
    let (sub, other) = (dir.path().join("copy"), dir.path().join("other"));
    fs::create_dir_all(&sub).unwrap();
    fs::create_dir_all(&other).unwrap();
    fs::write(sub.join("shenyan.toml"), "").unwrap();
    fs::write(sub.join("x.md"), COPY).unwrap();
    let capabilities = json!({
        "textDocument": { "diagnostic": {} },
        "workspace": { "diagnostics": { "refreshSupport": true } },
    });
    let options = json!({ "enable": "configured", "workspaceDiagnostics": true });
    let mut e = Editor::start(Some(dir.path()), options, capabilities).await;
    assert_eq!(e.capabilities["diagnosticProvider"]["workspaceDiagnostics"], true);

    // A folder that did not opt in stays quiet until asked; one that did does not.
    let quiet = uri(&other.join("a.md"));
    let pull = |u: &str, id: Value| json!({ "textDocument": { "uri": u }, "identifier": "shenyan", "previousResultId": id });
    e.open(&quiet, "markdown", COPY).await;
    let report = e.request("textDocument/diagnostic", pull(&quiet, Value::Null)).await.unwrap();
    assert_eq!((&report["kind"], &report["items"]), (&json!("full"), &json!([])));
    assert_eq!(e.told("shenyan/status").await["active"], false);
    let run = json!({ "command": "shenyan.check", "arguments": [quiet] });
    assert_eq!(e.request("workspace/executeCommand", run).await.unwrap(), json!(true));
    let report =
        e.request("textDocument/diagnostic", pull(&quiet, report["resultId"].clone())).await.unwrap();
    assert!(!report["items"].as_array().unwrap().is_empty(), "{report}");
    e.told("workspace/diagnostic/refresh").await;
    let again = e.request("textDocument/diagnostic", pull(&quiet, report["resultId"].clone())).await.unwrap();
    assert_eq!((&again["kind"], &again["resultId"]), (&json!("unchanged"), &report["resultId"]));

    let loud = uri(&sub.join("b.md"));
    e.open(&loud, "markdown", COPY).await;
    let report = e.request("textDocument/diagnostic", pull(&loud, Value::Null)).await.unwrap();
    assert!(!report["items"].as_array().unwrap().is_empty(), "{report}");
    assert!(!e.heard("textDocument/publishDiagnostics"));

    // Files that are not open, in parts if the client wants, and unchanged ones as such.
    let ask = json!({ "previousResultIds": [], "partialResultToken": "p" });
    e.request("workspace/diagnostic", ask).await.unwrap();
    let part = e.until(|m| m["method"] == "$/progress" && m["params"]["token"] == "p").await;
    let item = &part["params"]["value"]["items"][0];
    assert!(item["uri"].as_str().unwrap().ends_with("/copy/x.md"), "{part}");
    let ask = json!({ "previousResultIds": [{ "uri": item["uri"], "value": item["resultId"] }] });
    let report = e.request("workspace/diagnostic", ask).await.unwrap();
    assert_eq!(report["items"][0]["kind"], "unchanged", "{report}");

    // An unsaved buffer, and the trace.
    e.notify("$/setTrace", json!({ "value": "messages" })).await;
    e.open("untitled:Untitled-1", "markdown", COPY).await;
    let report =
        e.request("textDocument/diagnostic", pull("untitled:Untitled-1", Value::Null)).await.unwrap();
    assert_eq!(report["items"], json!([]), "the folder it would lie in did not opt in");
    let set = json!({ "uri": "untitled:Untitled-1", "kind": "auto" });
    assert_eq!(e.request("shenyan/setKind", set).await.unwrap(), json!(true));
    let report =
        e.request("textDocument/diagnostic", pull("untitled:Untitled-1", Value::Null)).await.unwrap();
    assert!(!report["items"].as_array().unwrap().is_empty(), "{report}");
    // Documents checked before may be spoken of first.
    let about =
        |m: &Value| m["params"]["message"].as_str().is_some_and(|t| t.contains("untitled:Untitled-1"));
    e.until(|m| m["method"] == "$/logTrace" && about(m)).await;
    e.quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_disclosure_shows_all_that_makes_it_due() {
    const TWICE: &str =
        "# 月月盈理财\n\n本理财产品一万元起购，立即购买。\n\n还有两款理财产品在售，欢迎选购。\n";
    let mut e = Editor::start(None, json!({ "asOf": "2026-09-30" }), edits(true)).await;
    e.open("untitled:twice.md", "markdown", TWICE).await;
    let found = e.diagnostics("untitled:twice.md", 1).await;
    let risk = found.iter().find(|d| d["code"] == "disclosure/investment-risk").unwrap();
    let related = risk["relatedInformation"].as_array().unwrap();
    assert!(!related.is_empty() && related.len() <= 3, "{risk}");
    for r in related {
        assert_eq!(r["location"]["uri"], "untitled:twice.md");
        assert_ne!(r["location"]["range"], risk["range"]);
        let message = r["message"].as_str().unwrap();
        assert!(message.contains("同样触发") || message.contains("据此认为"), "{message}");
    }
    e.quit().await;
}
