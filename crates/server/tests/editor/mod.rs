//! An editor in a few lines: it speaks to a server in the same process, keeps what it is told,
//! and answers what it is asked.

#![allow(dead_code, reason = "each test file uses a part of it")]

use serde_json::{Value, json};
use shenyan_project::Project;
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Long enough for a machine that does other things as well.
const PATIENCE: Duration = Duration::from_mins(1);

pub struct Editor {
    out: DuplexStream,
    inbox: mpsc::UnboundedReceiver<Value>,
    kept: VecDeque<Value>,
    last: i64,
    /// What `workspace/configuration` is answered with.
    pub settings: Value,
    pub server: JoinHandle<std::io::Result<()>>,
    pub capabilities: Value,
}

/// A report of nothing, for the renderer is the command line's.
fn report(_: &Project, paths: &[PathBuf], english: bool) -> String {
    format!("<html> {} {english}", paths.len())
}

pub fn uri(path: &Path) -> String {
    path.to_string_lossy()
        .split('/')
        .fold(String::new(), |mut out, part| {
            if !part.is_empty() {
                out.push('/');
            }
            for b in part.bytes() {
                match b {
                    b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' => {
                        out.push(b as char);
                    }
                    _ => _ = write!(out, "%{b:02X}"),
                }
            }
            out
        })
        .replacen('/', "file:///", 1)
}

impl Editor {
    /// A server, not yet greeted.
    pub fn new() -> Self {
        let (out, input) = tokio::io::duplex(1 << 16);
        let (output, answers) = tokio::io::duplex(1 << 16);
        let server = tokio::spawn(shenyan_server::serve(input, output, report));
        let (send, inbox) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut answers = BufReader::new(answers);
            while let Some(message) = read(&mut answers).await {
                if send.send(message).is_err() {
                    return;
                }
            }
        });
        Self {
            out,
            inbox,
            kept: VecDeque::new(),
            last: 0,
            settings: Value::Null,
            server,
            capabilities: Value::Null,
        }
    }

    /// A server that was greeted, for a folder.
    pub async fn start(folder: Option<&Path>, options: Value, capabilities: Value) -> Self {
        let mut editor = Self::new();
        let folders = folder.map(|f| json!([{ "uri": uri(f), "name": "folder" }]));
        let params = json!({
            "processId": null, "rootUri": null, "workspaceFolders": folders,
            "initializationOptions": options, "capabilities": capabilities,
        });
        editor.capabilities = editor.request("initialize", params).await.unwrap()["capabilities"].clone();
        editor.notify("initialized", json!({})).await;
        editor
    }

    pub async fn send_raw(&mut self, bytes: &[u8]) {
        self.out.write_all(bytes).await.unwrap();
    }

    pub async fn send(&mut self, message: &Value) {
        let body = message.to_string();
        let head = format!("Content-Length: {}\r\n\r\n", body.len());
        self.send_raw(&[head.as_bytes(), body.as_bytes()].concat()).await;
    }

    pub async fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params })).await;
    }

    /// Sends a request and does not wait; the id.
    pub async fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.last += 1;
        let id = self.last;
        let mut message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        if params.is_null() {
            message.as_object_mut().unwrap().remove("params");
        }
        self.send(&message).await;
        id
    }

    /// The answer to a request.
    pub async fn answer(&mut self, id: i64) -> Result<Value, Value> {
        let message = self.until(|m| m["id"] == id && m.get("method").is_none()).await;
        match message.get("error") {
            Some(e) => Err(e.clone()),
            None => Ok(message["result"].clone()),
        }
    }

    pub async fn request(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.ask(method, params).await;
        self.answer(id).await
    }

    /// The next message that fits; others are kept for later.
    pub async fn until(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        if let Some(i) = self.kept.iter().position(&fits) {
            return self.kept.remove(i).unwrap();
        }
        loop {
            let next = tokio::time::timeout(PATIENCE, self.inbox.recv()).await;
            let message = next.expect("the server answers in time").expect("the server still runs");
            if let (Some(id), Some(method)) = (message.get("id"), message["method"].as_str()) {
                let result =
                    if method == "workspace/configuration" { json!([self.settings]) } else { Value::Null };
                let answer = json!({ "jsonrpc": "2.0", "id": id, "result": result });
                self.send(&answer).await;
            }
            if fits(&message) {
                return message;
            }
            self.kept.push_back(message);
        }
    }

    /// The parameters of the next notification or request of a method.
    pub async fn told(&mut self, method: &str) -> Value {
        self.until(|m| m["method"] == method).await["params"].clone()
    }

    /// Whether anything of a method was told and not looked at.
    pub fn heard(&self, method: &str) -> bool {
        self.kept.iter().any(|m| m["method"] == method)
    }

    /// Takes in what was told meanwhile, without waiting.
    pub fn listen(&mut self) {
        while let Ok(message) = self.inbox.try_recv() {
            self.kept.push_back(message);
        }
    }

    /// What was published so far and not looked at: version and diagnostics.
    pub fn published(&mut self, uri: &str) -> Vec<(usize, Vec<Value>)> {
        self.listen();
        let ours = |m: &&Value| m["method"] == "textDocument/publishDiagnostics" && m["params"]["uri"] == uri;
        let told = self.kept.iter().filter(ours).map(|m| &m["params"]);
        told.map(|p| (p["version"].as_u64().unwrap() as usize, p["diagnostics"].as_array().unwrap().clone()))
            .collect()
    }

    pub fn forget(&mut self) {
        self.kept.clear();
    }

    pub async fn open(&mut self, uri: &str, language: &str, text: &str) {
        let doc = json!({ "uri": uri, "languageId": language, "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": doc })).await;
    }

    pub async fn change(&mut self, uri: &str, version: i32, changes: Value) {
        let params = json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": changes });
        self.notify("textDocument/didChange", params).await;
    }

    /// What was found in a version of a document. What an earlier version had may be published
    /// for this one first, carried to its places; it has no status behind it.
    pub async fn diagnostics(&mut self, uri: &str, version: i32) -> Vec<Value> {
        let fits = |m: &Value| {
            m["method"] == "textDocument/publishDiagnostics"
                && m["params"]["uri"] == uri
                && m["params"]["version"] == version
        };
        let mut message = self.until(fits).await;
        let status = |m: &Value| {
            m["method"] == "shenyan/status" && m["params"]["uri"] == uri && m["params"]["version"] == version
        };
        if !self.kept.iter().any(status) {
            let found = self.until(status).await;
            self.kept.push_back(found);
        }
        while let Some(i) = self.kept.iter().position(fits) {
            message = self.kept.remove(i).unwrap();
        }
        let Value::Array(list) = message["params"]["diagnostics"].take() else { panic!("{message}") };
        list
    }

    /// Says goodbye and waits until the server is gone.
    pub async fn quit(mut self) {
        self.request("shutdown", Value::Null).await.unwrap();
        self.send(&json!({ "jsonrpc": "2.0", "method": "exit" })).await;
        tokio::time::timeout(PATIENCE, self.server).await.unwrap().unwrap().unwrap();
    }

    /// Sends bytes that are no message and leaves; whether the server left cleanly as well.
    pub async fn nonsense(mut self, bytes: &[u8]) -> bool {
        let _ = self.out.write_all(bytes).await;
        drop(self.out);
        let ended = tokio::time::timeout(PATIENCE, self.server).await;
        let mut told = Vec::new();
        while let Some(m) = self.inbox.recv().await {
            told.push(m);
        }
        // If it says anything it is that it did not understand.
        ended.is_ok_and(|done| done.is_ok()) && told.iter().all(|m| m.get("error").is_some())
    }

    /// Is gone without a word.
    pub async fn die(self) {
        drop(self.out);
        drop(self.inbox);
        tokio::time::timeout(PATIENCE, self.server).await.unwrap().unwrap().unwrap();
    }
}

async fn read(from: &mut BufReader<DuplexStream>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        if let Some(n) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = n.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).await.ok()?;
    serde_json::from_slice(&body).ok()
}

/// Rule ids, in order.
pub fn rules(diagnostics: &[Value]) -> Vec<&str> {
    diagnostics.iter().map(|d| d["code"].as_str().unwrap()).collect()
}

/// What a text is after edits by a client that counts UTF-16 code units, as lines that end in
/// `\n`: written apart from the server's own code, to be compared with it.
pub fn applied(text: &str, edits: &[Value]) -> String {
    let offset = |p: &Value| {
        let (line, column) =
            (p["line"].as_u64().unwrap() as usize, p["character"].as_u64().unwrap() as usize);
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        let mut units = 0;
        let rest = &text[start..];
        let inside = rest.char_indices().find(|(_, c)| {
            let here = units >= column;
            units += c.len_utf16();
            here
        });
        start + inside.map_or(rest.len(), |(i, _)| i)
    };
    let mut list: Vec<(usize, usize, &str)> = edits
        .iter()
        .map(|e| (offset(&e["range"]["start"]), offset(&e["range"]["end"]), e["newText"].as_str().unwrap()))
        .collect();
    list.sort_by_key(|e| std::cmp::Reverse(e.0));
    let mut out = text.to_owned();
    for (start, end, new) in list {
        out.replace_range(start..end, new);
    }
    out
}
