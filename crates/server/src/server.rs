//! The requests and notifications of the protocol.

use crate::actions::{self, Wishes};
use crate::analysis::{Shared, State, StatusNotification, is_config};
use crate::lsp::{
    Client, ClientCapabilities, CodeActionKind, CodeActionOptions, CodeActionOrCommand, CodeActionParams,
    CodeActionProviderCapability, DidChangeConfigurationParams, DidChangeTextDocumentParams,
    DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, DocumentSymbolParams, DocumentSymbolResponse,
    Error, ExecuteCommandOptions, ExecuteCommandParams, FoldingRange, FoldingRangeParams,
    FoldingRangeProviderCapability, Hover, HoverParams, HoverProviderCapability, InitializeParams,
    InitializeResult, InitializedParams, LSPAny, LanguageServer, LspService, MessageType, OneOf, Result,
    Server, ServerCapabilities, ServerInfo, TextDocumentSyncCapability, TextDocumentSyncKind,
    TextDocumentSyncOptions, TextDocumentSyncSaveOptions, Uri, WorkspaceFoldersServerCapabilities,
    WorkspaceServerCapabilities, path_of,
};
use crate::position::Encoding;
use crate::settings::{Delivery, KindName, Settings};
use crate::{commands, hover, outline};
use ropey::Rope;
use serde::Deserialize;
use serde_json::{Value, json};
use shenyan_lint::Kind;
use shenyan_project::{Project, clean, rule_page};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use tokio::io::{AsyncRead, AsyncWrite};

/// How many requests may wait at once. Requests wait for the analysis only, which needs no
/// handler to go on; notifications behind them must not wait long.
const CONCURRENT: usize = 64;

/// Renders the report of files as one page; given by the command line, whose renderer it is.
pub type Reporter = fn(&Project, &[PathBuf], english: bool) -> String;

/// The server of one connection.
struct Backend {
    client: Client,
    shared: Arc<Shared>,
    reporter: Reporter,
    capabilities: OnceLock<ClientCapabilities>,
}

/// `shenyan/setKind`: checks a document as a kind of text.
#[derive(Debug, Deserialize)]
struct SetKind {
    uri: Uri,
    kind: KindName,
}

impl Backend {
    fn change<T>(&self, with: impl FnOnce(&mut State) -> T) -> T {
        let out = with(&mut self.shared.lock());
        self.shared.wake();
        out
    }

    fn log(&self, level: MessageType, text: String) {
        let client = self.client.clone();
        tokio::spawn(async move { client.log_message(level, text).await });
    }

    fn capabilities(&self) -> &ClientCapabilities {
        static NONE: OnceLock<ClientCapabilities> = OnceLock::new();
        self.capabilities.get().unwrap_or_else(|| NONE.get_or_init(ClientCapabilities::default))
    }

    async fn set_kind(&self, params: SetKind) -> Result<bool> {
        let kind: Option<Kind> = params.kind.kind();
        Ok(self.change(|s| {
            let Some(doc) = s.docs.get_mut(&params.uri) else { return false };
            doc.kind = Some(kind);
            // Who says what a text is wants it checked.
            doc.forced = true;
            s.touch(&params.uri);
            true
        }))
    }

    fn configure(&self, value: &Value) {
        let wrong = self.change(|s| match Settings::over(value, &s.raw_settings) {
            Ok((settings, raw)) => {
                (s.settings, s.raw_settings) = (settings, raw);
                s.reload();
                None
            }
            Err(e) => Some(e),
        });
        if let Some(e) = wrong {
            self.log(MessageType::ERROR, format!("shenyan: settings not used: {e}"));
        }
    }

    /// Reads configuration and packs again if one of these files belongs to them.
    fn files_changed(&self, files: &[PathBuf]) {
        self.change(|s| {
            let ours = |f: &PathBuf| {
                is_config(&f.to_string_lossy())
                    || s.project.scope(f).config.packs.iter().any(|(pack, _)| clean(f).starts_with(pack))
            };
            if files.iter().any(ours) {
                s.reload();
            }
        });
    }
}

fn folder(uri: &Uri) -> Option<PathBuf> {
    path_of(uri).map(|p| clean(&p))
}

impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let capabilities = params.capabilities;
        let general = capabilities.general.as_ref();
        let encoding = Encoding::negotiate(general.and_then(|g| g.position_encodings.as_deref()));
        let can_pull = capabilities.text_document.as_ref().is_some_and(|t| t.diagnostic.is_some());
        let refresh = capabilities.workspace.as_ref().and_then(|w| w.diagnostics.as_ref());
        let can_refresh = refresh.and_then(|d| d.refresh_support).unwrap_or(false);
        let folders: Vec<PathBuf> = match &params.workspace_folders {
            Some(list) => list.iter().filter_map(|f| folder(&f.uri)).collect(),
            #[expect(deprecated, reason = "older clients know nothing else")]
            None => params.root_uri.as_ref().and_then(folder).into_iter().collect(),
        };
        let options = params.initialization_options.unwrap_or_default();
        let read = Settings::over(&options, &Value::Null);
        let pull = self.change(|s| {
            if let Ok((settings, raw)) = &read {
                (s.settings, s.raw_settings) = (settings.clone(), raw.clone());
            }
            s.encoding = encoding;
            s.folders = folders;
            s.pull = match s.settings.diagnostics {
                Delivery::Push => false,
                Delivery::Pull => can_pull,
                Delivery::Auto => false,
            };
            let _ = can_refresh;
            s.reload();
            s.pull
        });
        let _ = pull;
        let _ = self.capabilities.set(capabilities);
        if let Err(e) = read {
            return Err(Error::invalid_params(format!("initializationOptions: {e}")));
        }
        Ok(InitializeResult {
            capabilities: ServerCapabilities {
                position_encoding: Some(encoding.kind()),
                text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
                    open_close: Some(true),
                    change: Some(TextDocumentSyncKind::INCREMENTAL),
                    save: Some(TextDocumentSyncSaveOptions::Supported(true)),
                    ..TextDocumentSyncOptions::default()
                })),
                hover_provider: Some(HoverProviderCapability::Simple(true)),
                code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
                    code_action_kinds: Some(vec![
                        CodeActionKind::QUICKFIX,
                        CodeActionKind::from(actions::FIX_ALL),
                    ]),
                    ..CodeActionOptions::default()
                })),
                document_symbol_provider: Some(OneOf::Left(true)),
                folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
                execute_command_provider: Some(ExecuteCommandOptions {
                    commands: commands::ALL.iter().map(ToString::to_string).collect(),
                    ..ExecuteCommandOptions::default()
                }),
                workspace: Some(WorkspaceServerCapabilities {
                    workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                        supported: Some(true),
                        change_notifications: Some(OneOf::Left(true)),
                    }),
                    ..WorkspaceServerCapabilities::default()
                }),
                ..ServerCapabilities::default()
            },
            server_info: Some(ServerInfo {
                name: "shenyan".into(),
                version: Some(env!("CARGO_PKG_VERSION").into()),
            }),
            ..InitializeResult::default()
        })
    }

    async fn initialized(&self, _: InitializedParams) {
        let (client, shared) = (self.client.clone(), self.shared.clone());
        tokio::spawn(publish(client, shared));
    }

    async fn shutdown(&self) -> Result<()> {
        self.shared.stop();
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let doc = params.text_document;
        self.change(|s| s.open(doc.uri, doc.version, doc.language_id, Rope::from_str(&doc.text)));
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let id = params.text_document;
        self.change(|s| {
            let encoding = s.encoding;
            // A document that was never opened has no text to change.
            let Some(doc) = s.docs.get_mut(&id.uri) else { return };
            doc.version = id.version;
            for change in &params.content_changes {
                encoding.apply(&mut doc.rope, change);
            }
            s.touch(&id.uri);
        });
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        // A client that watches no files still tells what it saves.
        self.files_changed(&path_of(&params.text_document.uri).into_iter().collect::<Vec<_>>());
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.change(|s| s.close(&params.text_document.uri));
        self.shared.signal();
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        self.configure(&params.settings);
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        let files: Vec<PathBuf> = params.changes.iter().filter_map(|c| path_of(&c.uri)).collect();
        self.files_changed(&files);
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        let gone: Vec<PathBuf> = params.event.removed.iter().filter_map(|f| folder(&f.uri)).collect();
        let new = params.event.added.iter().filter_map(|f| folder(&f.uri));
        self.change(|s| {
            s.folders.retain(|f| !gone.contains(f));
            s.folders.extend(new);
        });
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let at = params.text_document_position_params;
        let Some(analysis) = self.shared.current(&at.text_document.uri).await else { return Ok(None) };
        let linter = self.linter(&at.text_document.uri);
        Ok(hover::hover(&analysis, at.position, Some(linter.lexicon())))
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<Vec<CodeActionOrCommand>>> {
        let Some(analysis) = self.shared.current(&params.text_document.uri).await else { return Ok(None) };
        let edit = self.capabilities().workspace.as_ref().and_then(|w| w.workspace_edit.as_ref());
        let wishes = Wishes {
            versioned: edit.and_then(|e| e.document_changes).unwrap_or(false),
            explain_command: self.shared.lock().settings.explain_command.clone(),
            only: params.context.only,
        };
        Ok(Some(actions::actions(&analysis, params.range, &wishes)))
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        let analysis = self.shared.current(&params.text_document.uri).await;
        Ok(analysis.map(|a| DocumentSymbolResponse::Nested(outline::symbols(&a))))
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        let analysis = self.shared.current(&params.text_document.uri).await;
        Ok(analysis.map(|a| outline::folds(&a)))
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<LSPAny>> {
        let text = |i: usize| params.arguments.get(i).and_then(Value::as_str);
        match params.command.as_str() {
            commands::EXPLAIN => {
                let project = self.shared.lock().project.clone();
                let id = text(0).ok_or_else(|| Error::invalid_params("the id of a rule is missing"))?;
                let folder = self.shared.lock().folders.first().cloned().unwrap_or_default();
                let scope = project.scope_of_folder(&folder);
                let linter = project.linter_of(&scope);
                let lang = self.shared.lock().settings.lang.or(scope.config.lang).unwrap_or_default();
                let rule = linter.lexicon().rules.get(id);
                let rule = rule.ok_or_else(|| {
                    Error::invalid_params(format!("{}: {id}", crate::words::Words::new(lang).no_rule()))
                })?;
                Ok(Some(json!(rule_page(rule, linter.lexicon(), lang))))
            }
            commands::CHECK => {
                let uri: Option<Uri> = text(0).and_then(|u| u.parse().ok());
                let uri = uri.ok_or_else(|| Error::invalid_params("the URI of a document is missing"))?;
                let open = self.change(|s| {
                    let Some(doc) = s.docs.get_mut(&uri) else { return false };
                    doc.forced = true;
                    s.touch(&uri);
                    true
                });
                Ok(Some(json!(open)))
            }
            other => Err(Error::invalid_params(format!("no such command: {other}"))),
        }
    }
}

impl Backend {
    /// The linter for a document.
    fn linter(&self, uri: &Uri) -> Arc<shenyan_lint::Linter> {
        let (project, folder) = {
            let s = self.shared.lock();
            (s.project.clone(), s.folders.first().cloned())
        };
        match (path_of(uri), folder) {
            (Some(path), _) => project.linter(&path),
            (None, folder) => project.linter_of(&project.scope_of_folder(&folder.unwrap_or_default())),
        }
    }
}

/// Sends what was found, newest only, as fast as the client takes it.
async fn publish(client: Client, shared: Arc<Shared>) {
    let mut results = shared.results();
    loop {
        let out = std::mem::take(&mut shared.lock().outbox);
        for (uri, o) in out {
            if let Some((diagnostics, version)) = o.diagnostics {
                client.publish_diagnostics(uri, diagnostics, version).await;
            }
            if let Some(status) = o.status {
                client.send_notification::<StatusNotification>(status).await;
            }
        }
        if shared.lock().outbox.is_empty() && results.changed().await.is_err() {
            return;
        }
    }
}

/// Serves one client until it says goodbye or is gone.
pub async fn serve(
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite,
    reporter: Reporter,
) -> std::io::Result<()> {
    let shared = Shared::new();
    let actor = shared.start()?;
    let held = shared.clone();
    let (service, socket) =
        LspService::build(|client| Backend { client, shared: held, reporter, capabilities: OnceLock::new() })
            .custom_method("shenyan/setKind", Backend::set_kind)
            .finish();
    Server::new(input, output, socket).concurrency_level(CONCURRENT).serve(service).await;
    shared.stop();
    // A check that is under way is let go: its result is of no use to anybody.
    drop(actor);
    Ok(())
}

/// A runtime of that many threads.
fn runtime(threads: usize) -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()
}

/// Serves on standard input and output.
pub fn stdio(reporter: Reporter) -> std::io::Result<()> {
    let runtime = runtime(2)?;
    let done = runtime.block_on(serve(tokio::io::stdin(), tokio::io::stdout(), reporter));
    // A read of standard input that is under way cannot be cancelled.
    runtime.shutdown_background();
    done
}

/// Serves the one client that connects to, or on `listen` is waited for at, an address.
pub fn socket(address: &str, reporter: Reporter) -> std::io::Result<()> {
    let runtime = runtime(2)?;
    let done = runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(address).await?;
        let (read, write) = stream.into_split();
        serve(read, write, reporter).await
    });
    runtime.shutdown_background();
    done
}
