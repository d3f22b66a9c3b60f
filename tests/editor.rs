//! The command line and the language server, each as its user runs it, say the same of every file
//! in `examples/`.

use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const DAY: &str = "2026-09-30";

struct Server {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Server {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_shenyan"))
            .args(["lsp", "--stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        Self { process, input, output }
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        self.input.flush().unwrap();
    }

    fn until(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            let mut length = 0;
            loop {
                let mut line = String::new();
                assert!(self.output.read_line(&mut line).unwrap() > 0, "the server left");
                if let Some(n) = line.strip_prefix("Content-Length: ") {
                    length = n.trim().parse().unwrap();
                } else if line == "\r\n" {
                    break;
                }
            }
            let mut body = vec![0; length];
            self.output.read_exact(&mut body).unwrap();
            let message: Value = serde_json::from_slice(&body).unwrap();
            if fits(&message) {
                return message;
            }
        }
    }
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|e| e == "md" || e == "txt" || e == "html") {
            out.push(path);
        }
    }
}

/// What a finding says and where, in either form: rule, severity, message, start and end.
type Said = (String, String, String, [u64; 4]);

fn of_command_line(path: &Path) -> Vec<Said> {
    let out = Command::new(env!("CARGO_BIN_EXE_shenyan"))
        .args(["check", "--format", "jsonl", "--as-of", DAY, "-q"])
        .arg(path)
        .output()
        .unwrap();
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let place = |v: &Value| [v["line"].as_u64().unwrap() - 1, v["column"].as_u64().unwrap() - 1];
    (String::from_utf8(out.stdout).unwrap().lines())
        .map(|line| {
            let f: Value = serde_json::from_str(line).unwrap();
            let (s, e) = (place(&f["start"]), place(&f["end"]));
            (text(&f["rule"]), text(&f["severity"]), text(&f["message"]), [s[0], s[1], e[0], e[1]])
        })
        .collect()
}

fn of_server(message: &Value) -> Vec<Said> {
    let place = |v: &Value| [v["line"].as_u64().unwrap(), v["character"].as_u64().unwrap()];
    (message["params"]["diagnostics"].as_array().unwrap().iter())
        .map(|d| {
            let (s, e) = (place(&d["range"]["start"]), place(&d["range"]["end"]));
            let message = d["message"].as_str().unwrap();
            // The editor has no room for the article but behind the message.
            let message = message.split('〔').next().unwrap_or(message).to_owned();
            let text = |v: &Value| v.as_str().unwrap().to_owned();
            let severity = ["", "error", "warning", "hint"][d["severity"].as_u64().unwrap() as usize];
            (text(&d["code"]), severity.to_owned(), message, [s[0], s[1], e[0], e[1]])
        })
        .collect()
}

#[test]
fn command_line_and_server_say_the_same() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut all = Vec::new();
    files(&examples, &mut all);
    // The configuration excludes it; the command line checks what it is given by name all the same.
    all.retain(|p| !p.ends_with("README.md"));
    assert!(all.len() > 20);
    let mut server = Server::start();
    // Columns in scalar values, as the command line counts them.
    let capabilities = json!({ "general": { "positionEncodings": ["utf-32"] } });
    let params = json!({
        "processId": null, "rootUri": null, "capabilities": capabilities, "initializationOptions": { "asOf": DAY },
    });
    server.send(&json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params }));
    server.until(|m| m["id"] == 1);
    server.send(&json!({ "jsonrpc": "2.0", "method": "initialized", "params": {} }));
    let mut findings = 0;
    for path in all {
        let text = fs::read_to_string(&path).unwrap();
        let language = if path.extension().unwrap() == "html" { "html" } else { "markdown" };
        let uri = format!("file://{}", path.display());
        let doc = json!({ "uri": uri, "languageId": language, "version": 1, "text": text });
        let open =
            json!({ "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": { "textDocument": doc } });
        server.send(&open);
        let told =
            server.until(|m| m["method"] == "textDocument/publishDiagnostics" && m["params"]["uri"] == uri);
        let expected = of_command_line(&path);
        findings += expected.len();
        assert_eq!(of_server(&told), expected, "{}", path.display());
    }
    assert!(findings > 50, "{findings}");
    server.send(&json!({ "jsonrpc": "2.0", "id": 2, "method": "shutdown" }));
    server.until(|m| m["id"] == 2);
    server.send(&json!({ "jsonrpc": "2.0", "method": "exit" }));
    assert!(server.process.wait().unwrap().success());
}
