//! The command as people and gates use it: files in, text and an exit code out.

use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const RULE: &str = r#"+++
title    = "保本保息"
verdict  = "violation"
basis    = ["guanggao-fa#4-1"]
unless   = ["house-denied"]
message  = "“{match}”：不得承诺保本保息"
message_en = "“{match}”: no promise of principal"
[match]
terms = ["保本保息", "稳赚不赔"]
[[fix]]
replace = "业绩比较基准"
+++

## 为什么

不得作出保证性承诺。

```flag
本产品[[保本保息]]。
```
```pass
本产品不承诺保本保息。
```
"#;

const WAIVER: &str = r#"+++
title = "否定"
basis = ["guanggao-fa#4-1"]
[[when]]
pattern = "不承诺"
within  = "clause"
side    = "before"
+++
"#;

/// A folder for one test, with a pack of one rule and a configuration that uses it.
struct Bench {
    dir: TempDir,
}

impl Bench {
    fn new() -> Self {
        let bench = Self { dir: tempfile::tempdir().unwrap() };
        bench.write("pack/rules/house/guarantee.md", RULE);
        bench.write("pack/contexts/house-denied.md", WAIVER);
        bench.write("shenyan.toml", "packs = ['pack']\nselect = ['house', 'ignore']\n");
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut c = Command::new(env!("CARGO_BIN_EXE_shenyan"));
        c.args(args).current_dir(self.dir.path());
        c.env_remove("FORCE_COLOR").env_remove("CLICOLOR_FORCE");
        c
    }

    fn run(&self, args: &[&str]) -> Ran {
        Ran::of(&self.command(args).stdin(Stdio::null()).output().unwrap())
    }

    fn pipe(&self, args: &[&str], input: &[u8]) -> Ran {
        let mut c = self.command(args);
        c.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = c.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        Ran::of(&child.wait_with_output().unwrap())
    }
}

struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    fn of(o: &Output) -> Self {
        let text = |b: &[u8]| String::from_utf8(b.to_vec()).unwrap();
        Self { code: o.status.code().unwrap(), out: text(&o.stdout), err: text(&o.stderr) }
    }

    #[track_caller]
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }

    fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap()
    }

    /// Rule and words of every finding of a JSON Lines output.
    fn found(&self) -> Vec<(String, String)> {
        let text = |v: &Value| v.as_str().unwrap().to_owned();
        self.lines().iter().map(|v| (text(&v["rule"]), text(&v["text"]))).collect()
    }
}

fn pair(rule: &str, text: &str) -> (String, String) {
    (rule.to_owned(), text.to_owned())
}

const JSONL: [&str; 3] = ["check", "--format", "jsonl"];

#[test]
fn exit_codes_tell_nothing_something_and_broken() {
    let b = Bench::new();
    b.write("good.md", "今天天气很好。\n");
    b.run(&["check", "good.md"]).exits(0);
    b.write("bad.md", "本产品保本保息。\n");
    b.run(&["check", "bad.md"]).exits(1);
    b.run(&["check", "bad.md", "--fail-on", "never"]).exits(0);
    let none = b.run(&["check", "bad.md", "none.md"]).exits(2);
    assert!(none.out.contains("保本保息") && none.err.contains("none.md"), "{}", none.err);
    b.run(&["check", "--format", "pdf"]).exits(2);
    b.run(&["chek"]).exits(2);
    b.run(&["--help"]).exits(0);
    b.run(&["--version"]).exits(0);
    b.write("shenyan.toml", "packs = ['pack']\nselect = ['house']\nseverity = { house = 'hint' }\n");
    b.run(&["check", "bad.md"]).exits(0);
    b.run(&["check", "bad.md", "--fail-on", "hint"]).exits(1);
}

#[test]
fn nothing_to_check_is_never_clean() {
    let b = Bench::new();
    b.write("only/picture.png", "x");
    let ran = b.run(&["check", "only"]).exits(2);
    assert!(ran.err.contains("错误[no_files] only: 没有可检查的文件\n  建议："), "{}", ran.err);
    b.run(&["--lang", "en", "check", "only"]).exits(2).err.contains("there is no file to check");
}

#[test]
fn the_built_in_lexicon_is_there() {
    let b = Bench::new();
    b.write("shenyan.toml", "");
    let text = "甲方：某某公司\n乙方：会员\n第一条 本协议的最终解释权归本公司所有。\n";
    let ran = b.pipe(&["check", "-", "--kind", "contract", "--format", "jsonl"], text.as_bytes());
    assert!(ran.found().iter().any(|(r, _)| r == "clause/final-interpretation"), "{}{}", ran.out, ran.err);
    // Whether every example holds is another test's business.
    let tested = b.run(&["test"]);
    assert!(tested.code < 2 && tested.out.contains("clause/final-interpretation"), "{}", tested.err);
    let rules = b.run(&["rules", "--format", "json"]).exits(0).json();
    for r in rules.as_array().unwrap() {
        for key in ["id", "title", "verdict", "family", "kinds", "basis", "since", "until", "examples"] {
            assert!(r.get(key).is_some(), "{key} in {r}");
        }
        let id = r["id"].as_str().unwrap();
        assert!(r["basis"][0]["law"].is_string() && r["basis"][0]["law_id"].is_string(), "{id}");
        assert!(r["examples"]["flag"].is_u64(), "{id}");
    }
}

#[test]
fn standard_input_takes_format_and_settings_from_its_name() {
    let b = Bench::new();
    let text = "`保本保息`\n\n这是**稳赚不赔**的。\n";
    let plain = b.pipe(&[&JSONL[..], &["-"]].concat(), text.as_bytes()).exits(1);
    assert_eq!(plain.found().len(), 2);
    assert_eq!(plain.lines()[0]["path"], "<stdin>");
    let named = b.pipe(&[&JSONL[..], &["-", "--stdin-path", "copy/x.md"]].concat(), text.as_bytes());
    assert_eq!(named.found(), [pair("house/guarantee", "稳赚不赔")]);
    assert_eq!(named.lines()[0]["path"], "copy/x.md");
    b.write("off/shenyan.toml", "packs = ['../pack']\nselect = ['house']\nseverity = { house = 'off' }\n");
    b.pipe(&["check", "-", "--stdin-path", "off/x.md"], text.as_bytes()).exits(0);
}

#[test]
fn every_encoding_gives_the_same_findings() {
    let b = Bench::new();
    let text = "甲乙丙，欢迎选购本行的产品。\r\n全程保本保息😀，稳赚不赔！\r\n";
    let utf16: Vec<u8> =
        "\u{FEFF}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    b.write("a-utf8.txt", text);
    b.write("b-bom.txt", format!("\u{FEFF}{text}"));
    b.write("c-gb.txt", encoding_rs::GB18030.encode(text).0);
    b.write("d-utf16.txt", utf16);
    let ran = b.run(&JSONL).exits(1);
    let lines = ran.lines();
    assert_eq!(lines.len(), 8);
    let place = |v: &Value| {
        (
            v["start"]["line"].clone(),
            v["start"]["column"].clone(),
            v["end"]["column"].clone(),
            v["text"].clone(),
        )
    };
    for copy in lines.chunks(2) {
        assert_eq!(
            copy.iter().map(place).collect::<Vec<_>>(),
            lines[..2].iter().map(place).collect::<Vec<_>>()
        );
        // The offsets are those of the file, whatever its encoding.
        let bytes = fs::read(b.path(copy[0]["path"].as_str().unwrap())).unwrap();
        let at = |v: &Value| usize::try_from(v.as_u64().unwrap()).unwrap();
        for f in copy {
            let cut = &bytes[at(&f["start"]["byte"])..at(&f["end"]["byte"])];
            let words = f["text"].as_str().unwrap();
            let utf16: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert!(cut == words.as_bytes() || cut == &*encoding_rs::GB18030.encode(words).0 || cut == utf16);
        }
    }
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_checked() {
    let b = Bench::new();
    b.write("t/good.md", "本产品保本保息。\n");
    b.write("t/empty.txt", "");
    b.write("t/picture.md", b"\x89PNG\r\n\x1a\n\0\0\0");
    b.write("t/invalid.txt", b"\xff\xc3\x28\xa0\xa1\xff\xff\x81");
    fs::File::create(b.path("t/huge.txt")).unwrap().set_len(100 << 20).unwrap();
    let mut told = vec!["picture.md", "invalid.txt", "huge.txt"];
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::os::unix::fs::symlink("nowhere", b.path("t/broken.md")).unwrap();
        told.push("broken.md");
        b.write("t/locked.md", "保本保息");
        fs::set_permissions(b.path("t/locked.md"), fs::Permissions::from_mode(0o000)).unwrap();
        // The superuser reads what is locked.
        if fs::read(b.path("t/locked.md")).is_err() {
            told.push("locked.md");
        } else {
            fs::remove_file(b.path("t/locked.md")).unwrap();
        }
    }
    let ran = b.run(&["check", "t", "--format", "json"]).exits(2);
    let json = ran.json();
    let errors = json["errors"].as_array().unwrap();
    for name in &told {
        let path = format!("t/{name}");
        assert_eq!(errors.iter().filter(|e| e["path"] == path.as_str()).count(), 1, "{name}: {errors:#?}");
        assert!(ran.err.contains(&path), "{name}");
    }
    assert_eq!(errors.len(), told.len());
    let files: Vec<&str> =
        json["files"].as_array().unwrap().iter().map(|f| f["path"].as_str().unwrap()).collect();
    assert_eq!(files, ["t/empty.txt", "t/good.md"]);
    assert_eq!(json["summary"]["errors"], 1);
    assert_eq!(json["summary"]["failed"], told.len());
}

#[test]
fn folders_are_walked_as_git_does_and_files_that_are_named_are_always_read() {
    let b = Bench::new();
    for name in ["a.md", "drafts/b.md", ".hidden/c.md", "d.copy", "out/e.md", "f.wxml"] {
        b.write(name, "保本保息");
    }
    b.write(".gitignore", "out/\n");
    b.write(
        "shenyan.toml",
        "packs = ['pack']\nselect = ['house']\nexclude = ['drafts']\nextensions = { wxml = 'html' }\n",
    );
    let paths = |ran: Ran| -> Vec<String> {
        ran.lines().iter().map(|v| v["path"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(paths(b.run(&JSONL)), ["a.md", "f.wxml"]);
    let named = [&JSONL[..], &["drafts/b.md", "d.copy", "./a.md", "a.md"]].concat();
    assert_eq!(paths(b.run(&named)), ["a.md", "d.copy", "drafts/b.md"]);
}

#[test]
fn a_broken_rule_is_shown_with_its_place_and_the_others_work() {
    let b = Bench::new();
    b.write("pack/rules/house/typo.md", "+++\ntitle = \"x\"\nverdict = \"violation\"\nbasis = [\"guanggao-fa#4-1\"]\nmesage = \"x\"\n[match]\nterms = [\"第一\"]\n+++\n");
    b.write("a.md", "本产品保本保息。\n");
    let ran = b.run(&["check", "a.md"]).exits(2);
    assert!(ran.out.contains("不得承诺保本保息"));
    assert!(ran.err.contains("pack/rules/house/typo.md:5:1") && ran.err.contains("mesage"), "{}", ran.err);
    assert!(ran.err.contains("──────"), "the place is drawn: {}", ran.err);
    b.run(&["test", "pack"]).exits(2);
    fs::remove_file(b.path("pack/rules/house/typo.md")).unwrap();
    b.run(&["test", "pack"]).exits(0);
    let verbose = b.run(&["test", "pack", "-v"]).exits(0);
    assert!(verbose.out.contains("已豁免") && verbose.out.contains("house-denied"), "{}", verbose.out);
    b.write("pack/rules/house/guarantee.md", RULE.replace("本产品[[保本保息]]。", "天气很好。"));
    let failed = b.run(&["test", "pack"]).exits(1);
    assert!(failed.out.contains("pack/rules/house/guarantee.md:19"), "{}", failed.out);
    b.write("shenyan.toml", "packs = ['nowhere']\n");
    let gone = b.run(&["check", "a.md"]).exits(2);
    assert!(gone.err.contains("shenyan.toml:1:10") && gone.err.contains("nowhere"), "{}", gone.err);
}

#[test]
fn configurations_are_found_from_the_file_and_overrides_merge() {
    let b = Bench::new();
    b.write("shenyan.toml", "packs = ['pack']\nselect = ['house']\nseverity = { house = 'warning' }\n[[override]]\npaths = ['legal/**']\nkind = 'contract'\n[[override]]\npaths = ['legal/old.md']\nseverity = { 'house/guarantee' = 'hint' }\n");
    for name in ["a.md", "legal/new.md", "legal/old.md", "sub/deep/x.md"] {
        b.write(name, "保本保息\n");
    }
    b.write("sub/shenyan.toml", "packs = ['../pack']\nselect = ['house']\n");
    let json = b.run(&["check", "--format", "json"]).exits(1).json();
    let seen: Vec<(&str, &str, &str)> = (json["files"].as_array().unwrap().iter())
        .map(|f| {
            (
                f["path"].as_str().unwrap(),
                f["kind"].as_str().unwrap(),
                f["findings"][0]["severity"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(seen[0], ("a.md", "marketing", "warning"));
    assert_eq!(seen[1], ("legal/new.md", "contract", "warning"));
    assert_eq!(seen[2], ("legal/old.md", "contract", "hint"));
    assert_eq!((seen[3].0, seen[3].2), ("sub/deep/x.md", "error"));
    // From the file, not from where the command is run.
    let other = Bench::new();
    let path = b.path("legal/old.md");
    let ran = other.run(&["check", "--format", "jsonl", path.to_str().unwrap()]).exits(0);
    assert_eq!(ran.lines()[0]["severity"], "hint");
}

#[test]
fn names_that_are_no_rules_are_errors_with_a_suggestion() {
    let b = Bench::new();
    b.write("a.md", "今天天气很好。\n");
    for args in [["--select", "hose"], ["--ignore", "house/garantee"]] {
        let ran = b.run(&["check", "a.md", args[0], args[1]]).exits(2);
        assert!(ran.err.contains("是否想写 house"), "{}", ran.err);
    }
    b.write("shenyan.toml", "packs = ['pack']\n[severity]\n'house/garantee' = 'off'\n");
    let ran = b.run(&["check", "a.md"]).exits(2);
    assert!(
        ran.err.contains("shenyan.toml:3:1") && ran.err.contains("是否想写 house/guarantee"),
        "{}",
        ran.err
    );
    let ran = b.run(&["explain", "guarantee"]).exits(2);
    assert!(ran.err.contains("是否想写 house/guarantee"), "{}", ran.err);
    b.write("shenyan.toml", "packs = ['pack']\nkindd = 'auto'\n");
    let ran = b.run(&["check", "a.md"]).exits(2);
    assert!(ran.err.contains("shenyan.toml:2:1") && ran.err.contains("kindd"), "{}", ran.err);
}

#[test]
fn inline_ignores_need_a_reason_and_do_not_outlive_it() {
    let b = Bench::new();
    b.write(
        "a.md",
        "<!-- 审言:忽略 house 理由：注册商标 至 2027-06-30 -->\n甲：保本保息。\n\n\
         <!-- 审言:忽略 house 理由：旧文 至 2020-01-01 -->\n乙：保本保息。\n\n\
         <!-- 审言:忽略 house -->\n丙：保本保息。\n\n\
         <!-- 审言:忽略 house 理由：没有什么可忽略 -->\n丁：天气很好。\n",
    );
    let on = ["--as-of", "2026-10-01"];
    let ran = b.run(&[&JSONL[..], &on].concat()).exits(1);
    let rules: Vec<String> = ran.found().into_iter().map(|f| f.0).collect();
    assert_eq!(
        rules,
        ["ignore/expired", "house/guarantee", "ignore/invalid", "house/guarantee", "ignore/unused"]
    );
    let shown = b.run(&[&JSONL[..], &on, &["--show-waived"]].concat()).exits(1);
    let first = &shown.lines()[0];
    assert_eq!((&first["waived"]["by"], &first["waived"]["title"]), (&"ignore".into(), &"注册商标".into()));
}

#[test]
fn waived_findings_are_shown_on_demand_and_do_not_fail() {
    let b = Bench::new();
    b.write("a.md", "本产品不承诺保本保息。\n");
    assert_eq!(b.run(&JSONL).exits(0).out, "");
    let ran = b.run(&[&JSONL[..], &["--show-waived"]].concat()).exits(0);
    let waived = &ran.lines()[0]["waived"];
    assert_eq!(waived["by"], "house-denied");
    assert!(waived["basis"].as_str().unwrap().contains("第四条第一款"));
    let human = b.run(&["check", "--show-waived"]).exits(0);
    assert!(human.out.contains("已豁免：否定（house-denied）"), "{}", human.out);
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let b = Bench::new();
    for i in 0..40 {
        b.write(&format!("d{}/f{i}.md", i % 3), format!("第 {i} 份：保本保息。\n\n稳赚不赔。\n"));
    }
    b.write("d1/bad.md", b"\x89PNG");
    for format in ["human", "json", "jsonl", "sarif", "github", "gitlab", "junit", "html"] {
        let one = b.run(&["check", "--format", format, "-j", "1"]).exits(2);
        let four = b.run(&["check", "--format", format, "-j", "4"]).exits(2);
        assert!(one.out == four.out && one.err == four.err, "{format}");
        assert!(!one.out.contains('\x1b'), "{format}");
    }
}

fn keys(v: &Value) -> Vec<&str> {
    v.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn objects_have_the_fields_of_the_contract_in_order() {
    let b = Bench::new();
    b.write("a.md", "甲乙丙，保本保息。\n");
    let ran = b.run(&JSONL).exits(1);
    let line = &ran.lines()[0];
    let contract = [
        "path", "rule", "family", "verdict", "severity", "message", "text", "start", "end", "clause",
        "basis", "fixes", "waived",
    ];
    assert_eq!(keys(line)[..contract.len()], contract);
    assert_eq!(keys(&line["start"]), ["byte", "line", "column"]);
    assert_eq!(keys(&line["basis"][0])[..3], ["law", "article", "verified"]);
    assert_eq!(line["start"], serde_json::json!({"byte": 12, "line": 1, "column": 5}));
    assert_eq!(line["end"], serde_json::json!({"byte": 24, "line": 1, "column": 9}));
    assert_eq!(
        line["fixes"][0]["edits"],
        serde_json::json!([{"start": 12, "end": 24, "text": "业绩比较基准"}])
    );
    assert_eq!(line["fixes"][0]["safety"], "suggestion");
    assert!(line["waived"].is_null() && line["clause"].is_null());

    let json = b.run(&["check", "--format", "json", "--as-of", "2026-10-01"]).exits(1).json();
    assert_eq!(keys(&json), ["version", "tool", "lexicon", "as_of", "files", "errors", "summary"]);
    assert_eq!((&json["version"], &json["as_of"]), (&1.into(), &"2026-10-01".into()));
    assert_eq!(keys(&json["lexicon"])[..2], ["version", "hash"]);
    assert_eq!(keys(&json["files"][0]), ["path", "kind", "findings"]);
    assert_eq!(json["files"][0]["findings"][0], *line);
    let english = b.run(&["check", "--format", "jsonl", "--lang", "en"]).exits(1);
    assert!(english.lines()[0]["message"].as_str().unwrap().ends_with("no promise of principal"));
}

#[test]
fn lines_come_in_the_order_of_paths_and_positions() {
    let b = Bench::new();
    for name in ["b.md", "a/z.md", "a.md"] {
        b.write(name, "稳赚不赔，保本保息。\n");
    }
    let seen: Vec<String> = (b.run(&[&JSONL[..], &["b.md", "."]].concat()).lines().iter())
        .map(|v| format!("{}:{}", v["path"].as_str().unwrap(), v["start"]["column"]))
        .collect();
    assert_eq!(seen, ["a.md:1", "a.md:6", "a/z.md:1", "a/z.md:6", "b.md:1", "b.md:6"]);
}

#[test]
fn a_baseline_marks_what_is_known_by_its_content() {
    let b = Bench::new();
    b.write("a.md", "本产品保本保息。\n");
    b.run(&["check", "--write-baseline", "base.json"]).exits(0);
    // Moved and renamed it stays known; a second one is new.
    fs::remove_file(b.path("a.md")).unwrap();
    b.write("b.md", "新的一段。\n\n本产品保本保息。\n");
    let known = b.run(&[&JSONL[..], &["--baseline", "base.json"]].concat()).exits(0);
    assert_eq!(known.lines()[0]["known"], true);
    b.write("c.md", "本产品保本保息。\n");
    b.run(&["check", "--baseline", "base.json"]).exits(1);
    b.write("b.md", "本行的产品保本保息。\n");
    fs::remove_file(b.path("c.md")).unwrap();
    b.run(&["check", "--baseline", "base.json"]).exits(1);
    b.run(&["check", "--baseline", "none.json"]).exits(2);
}

#[test]
fn the_human_report_says_what_why_and_how() {
    let b = Bench::new();
    b.write("a.md", format!("{}保本保息{}\n", "前".repeat(2000), "后".repeat(2000)));
    let ran = b.run(&["check", "--color", "never"]).exits(1);
    for part in [
        "house/guarantee",
        "不得承诺保本保息",
        "a.md:1:2001",
        "依据  《中华人民共和国广告法》第四条第一款：",
        "为什么  不得作出保证性承诺。",
        "怎样改  改为“业绩比较基准”",
        "错误 1，警告 0，提示 0；检查 1 个文件",
    ] {
        assert!(ran.out.contains(part), "{part} in {}", ran.out);
    }
    assert!(ran.out.lines().all(|l| l.chars().count() < 100), "{}", ran.out);
    let english = b.run(&["check", "--lang", "en"]).exits(1);
    assert!(english.out.contains("errors 1, warnings 0, hints 0; 1 file checked"), "{}", english.out);
    assert!(b.run(&["check", "--color", "always"]).out.contains('\x1b'));
    assert!(!b.run(&["check", "-q"]).out.contains("检查 1 个文件"));
}

fn valid(schema: &Path, instance: &Value) {
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(instance).map(|e| format!("{}: {e}", e.instance_path)).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn sarif_follows_its_schema() {
    let b = Bench::new();
    b.write(
        "文 a.md",
        "<!-- 审言:忽略 house 理由：商标 -->\n甲：保本保息。\n\n乙：😀稳赚不赔。\n\n本产品不承诺保本保息。\n",
    );
    b.write("bad.md", b"\x89PNG");
    b.run(&["check", "--write-baseline", "base.json"]);
    let log =
        b.run(&["check", "--format", "sarif", "--show-waived", "--baseline", "base.json"]).exits(2).json();
    valid(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schema/sarif-2.1.0-rtm.5.json")), &log);
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    let kinds: Vec<&str> = results.iter().map(|r| r["suppressions"][0]["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["inSource", "external", "external"]);
    let place = &results[1]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "%E6%96%87%20a.md");
    assert_eq!((&place["region"]["startLine"], &place["region"]["startColumn"]), (&4.into(), &4.into()));
    let source = fs::read_to_string(b.path("文 a.md")).unwrap();
    let chars = usize::try_from(place["region"]["charOffset"].as_u64().unwrap()).unwrap();
    assert_eq!(source.chars().skip(chars).take(4).collect::<String>(), "稳赚不赔");
    assert!(
        results.iter().all(|r| r["partialFingerprints"]["shenyanContent/v1"].as_str().unwrap().len() == 32)
    );
    assert_eq!(results[1]["baselineState"], "unchanged");
    assert!(run["tool"]["driver"]["rules"][0]["help"]["text"].as_str().unwrap().contains("为什么"));
}

#[test]
fn other_formats_hold_what_their_readers_need() {
    let b = Bench::new();
    b.write("a.md", "甲乙丙，保本保息。<b>\n");
    let github = b.run(&["check", "--format", "github"]).exits(1).out;
    assert!(
        github.starts_with("::error file=a.md,line=1,col=5,endLine=1,endColumn=8,title=house/guarantee "),
        "{github}"
    );
    assert_eq!(github.lines().count(), 1);
    let gitlab = b.run(&["check", "--format", "gitlab"]).exits(1).json();
    assert_eq!(gitlab[0]["location"]["lines"]["begin"], 1);
    let junit = b.run(&["check", "--format", "junit"]).exits(1).out;
    assert!(junit.contains("failures=\"1\"") && junit.contains("house/guarantee 1:5"), "{junit}");
    b.run(&["check", "--format", "html", "-o", "r.html"]).exits(1);
    let html = fs::read_to_string(b.path("r.html")).unwrap();
    assert!(html.contains("<mark>保本保息</mark>") && html.contains("&lt;b&gt;"));
    assert!(!html.contains("http"), "nothing is fetched");
    b.run(&["check", "--format", "html", "-o", "no/such/r.html"]).exits(2);
}

#[test]
fn init_writes_once_and_what_it_writes_is_valid() {
    let b = Bench::new();
    fs::create_dir(b.path("new")).unwrap();
    b.run(&["init", "new"]).exits(0);
    let ran = b.run(&["init", "new"]).exits(2);
    assert!(ran.err.contains("没有改动"), "{}", ran.err);
    let text = fs::read_to_string(b.path("new/shenyan.toml")).unwrap();
    // What is commented out is valid too, all at once.
    let all: String = (text.lines())
        .map(|l| l.strip_prefix("# ").filter(|l| l.contains(" = ") || l.starts_with('[')).unwrap_or(l))
        .collect::<Vec<_>>()
        .join("\n")
        .replace("as_of = 2026-09-30", "as_of = \"2026-09-30\"");
    let value: toml::Table = all.parse().unwrap();
    let schema = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/shenyan.schema.json"));
    valid(schema, &serde_json::to_value(&value).unwrap());
    let known: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    let mut shown: Vec<&str> = value.keys().map(String::as_str).chain(["root"]).collect();
    shown.sort_unstable();
    let mut keys = keys(&known["properties"]);
    keys.sort_unstable();
    assert_eq!(shown, keys);
    b.write("new/a.md", "今天天气很好。\n");
    b.run(&["check", "new"]).exits(0);
}

#[test]
fn files_can_be_looked_into() {
    let b = Bench::new();
    b.write("a.md", "本產品**保本保息**。\n");
    assert!(b.run(&["debug", "fold", "a.md"]).exits(0).out.contains("本产品保本保息"));
    assert!(b.run(&["debug", "segment", "a.md"]).exits(0).out.contains("产品/n"));
    assert!(b.run(&["debug", "facts", "a.md"]).exits(0).out.contains("文本种类：marketing"));
    assert!(b.run(&["completions", "bash"]).exits(0).out.contains("_shenyan"));
}

#[test]
fn clauses_are_tabled_with_who_bears_what() {
    let b = Bench::new();
    b.write("shenyan.toml", "");
    b.write(
        "合同.txt",
        "服务合同\n甲方：某某服务公司\n乙方：王某\n第一条 服务\n甲方应按月提供服务，乙方有权监督。\n第二条 付款\n1. 乙方应按第九条约定付款。\n第三条 期限\n2026年2月30日届满。\n",
    );
    let run = |args: &[&str]| {
        let out = b.command(args).output().unwrap();
        String::from_utf8(out.stdout).unwrap()
    };
    let args = ["check", "合同.txt", "--kind", "contract", "--select", "form", "--clauses", "-q"];
    let human = run(&args);
    assert!(human.contains("甲方 义务1；乙方 权利1"), "{human}");
    assert!(human.contains("form/dangling-reference") && human.contains("form/date-exists"), "{human}");
    let json: Value = serde_json::from_str(&run(&[&args[..], &["--format", "json"]].concat())).unwrap();
    let file = &json["files"][0];
    let clause = &file["contract"]["clauses"][1];
    assert_eq!((clause["number"].as_str(), clause["heading"].as_str()), (Some("第二条"), Some("付款")));
    assert_eq!(clause["bears"][0]["burden"], "duty");
    let finding = &file["findings"][usize::try_from(clause["findings"][0].as_u64().unwrap()).unwrap()];
    assert_eq!((finding["text"].as_str(), finding["clause"].as_str()), (Some("第九条"), Some("第二条第1款")));
    let html = run(&[&args[..], &["--format", "html"]].concat());
    assert!(html.contains("<td>第三条</td><td>期限</td>"), "{html}");
}

#[test]
fn annotate_writes_over_nothing_it_was_not_told_to() {
    let b = Bench::new();
    b.write("a.docx", "no document");
    b.write("out.docx", "somebody's");
    for args in [
        &["annotate", "a.docx"][..],
        &["annotate", "a.docx", "-o", "a.docx"],
        &["annotate", "a.docx", "-o", "out.docx"],
        &["annotate", "a.docx", "-o", "out.docx", "--force"],
        &["annotate", "a.docx", "--in-place"],
    ] {
        let out = b.command(args).output().unwrap();
        assert_eq!(out.status.code(), Some(2), "{args:?}");
        assert!(String::from_utf8(out.stderr).unwrap().contains("建议："), "{args:?}");
    }
    assert_eq!(fs::read_to_string(b.path("a.docx")).unwrap(), "no document");
    assert_eq!(fs::read_to_string(b.path("out.docx")).unwrap(), "somebody's");
}
