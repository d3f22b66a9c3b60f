//! The requests and notifications of the protocol.

use crate::actions::{self, Wishes};
use crate::analysis::{PublishDiagnostics, Published, Shared, State, StatusNotification, count};
use crate::config_edit::ConfigFile;
use crate::lsp::{
    Client, ClientCapabilities, CodeActionKind, CodeActionOptions, CodeActionOrCommand, CodeActionParams,
    CodeActionProviderCapability, CompletionOptions, CompletionParams, CompletionResponse, ConfigurationItem,
    DiagnosticOptions, DiagnosticServerCapabilities, DidChangeConfigurationParams,
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidChangeWatchedFilesRegistrationOptions,
    DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    DidSaveTextDocumentParams, DocumentDiagnosticParams, DocumentDiagnosticReport,
    DocumentDiagnosticReportResult, DocumentSymbolParams, DocumentSymbolResponse, Error,
    ExecuteCommandOptions, ExecuteCommandParams, FileSystemWatcher, FoldingRange, FoldingRangeParams,
    FoldingRangeProviderCapability, FullDocumentDiagnosticReport, GlobPattern, Hover, HoverParams,
    HoverProviderCapability, InitializeParams, InitializeResult, InitializedParams, InlayHint,
    InlayHintParams, LSPAny, LanguageServer, LogTrace, LogTraceParams, LspService, MessageType, OneOf,
    ProgressToken, Registration, RelatedFullDocumentDiagnosticReport,
    RelatedUnchangedDocumentDiagnosticReport, RelativePattern, ResourceOperationKind, Result, Server,
    ServerCapabilities, ServerInfo, SetTraceParams, ShowDocumentParams, TextDocumentSyncCapability,
    TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions, TraceValue,
    UnchangedDocumentDiagnosticReport, Uri, WorkDoneProgress, WorkDoneProgressBegin, WorkDoneProgressEnd,
    WorkDoneProgressReport, WorkspaceClientCapabilities, WorkspaceDiagnosticParams,
    WorkspaceDiagnosticReport, WorkspaceDiagnosticReportResult, WorkspaceDocumentDiagnosticReport,
    WorkspaceFoldersServerCapabilities, WorkspaceFullDocumentDiagnosticReport, WorkspaceServerCapabilities,
    WorkspaceUnchangedDocumentDiagnosticReport, path_of,
};
use crate::position::Encoding;
use crate::settings::{Delivery, KindName, LOCALE, Settings};
use crate::words::Words;
use crate::workspace::{self, FileReport, Manner, Running};
use crate::{commands, completion, hints, hover, outline};
use ropey::Rope;
use serde::Deserialize;
use serde_json::{Value, json};
use shenyan_lint::Kind;
use shenyan_project::{CONFIG_NAME, Project, clean, rule_page};
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

    /// Tells the publisher that there is something to say besides results.
    fn tell(&self) {
        self.shared.signal();
    }

    fn capabilities(&self) -> &ClientCapabilities {
        static NONE: OnceLock<ClientCapabilities> = OnceLock::new();
        self.capabilities.get().unwrap_or_else(|| NONE.get_or_init(ClientCapabilities::default))
    }

    #[expect(clippy::unused_async, reason = "a handler is a future")]
    async fn set_trace(&self, params: SetTraceParams) {
        self.change(|s| s.trace = params.value);
    }

    #[expect(clippy::unused_async, reason = "a handler is a future")]
    async fn set_kind(&self, params: SetKind) -> Result<bool> {
        let kind: Option<Kind> = params.kind.kind();
        Ok(self.change(|s| {
            s.kinds.insert(params.uri.clone(), kind);
            s.refresh = true;
            let Some(doc) = s.docs.get_mut(&params.uri) else { return false };
            doc.kind = Some(kind);
            // Who says what a text is wants it checked.
            doc.forced = true;
            s.touch(&params.uri);
            true
        }))
    }

    fn configure(&self, value: &Value) {
        if let Some(e) = configure(&self.shared, value) {
            let client = self.client.clone();
            tokio::spawn(async move { client.log_message(MessageType::ERROR, e).await });
        }
    }

    /// Reads configuration and packs again if one of these files belongs to them.
    fn files_changed(&self, files: &[PathBuf]) {
        self.change(|s| {
            if files.iter().any(|f| s.is_ours(f)) {
                s.reload();
            }
        });
        self.tell();
    }
}

/// Takes settings over and has everything checked anew; says what is wrong with them.
fn configure(shared: &Shared, value: &Value) -> Option<String> {
    let wrong = {
        let mut s = shared.lock();
        match Settings::over(value, &s.raw_settings) {
            Ok((settings, raw)) => {
                (s.settings, s.raw_settings) = (settings, raw);
                s.reload();
                None
            }
            Err(e) => Some(format!("shenyan: settings not used: {e}")),
        }
    };
    shared.wake();
    shared.signal();
    wrong
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
        let mut options = params.initialization_options.unwrap_or_default();
        if let (Some(options), Some(locale)) = (options.as_object_mut(), params.locale) {
            options.entry(LOCALE).or_insert_with(|| json!(locale));
        }
        let read = Settings::over(&options, &Value::Null);
        let (pull, whole) = self.change(|s| {
            if let Ok((settings, raw)) = &read {
                (s.settings, s.raw_settings) = (settings.clone(), raw.clone());
            }
            s.encoding = encoding;
            s.folders = folders;
            s.trace = params.trace.unwrap_or_default();
            s.pull = match s.settings.diagnostics {
                Delivery::Push => false,
                Delivery::Pull => can_pull,
                // A client that cannot be told to pull again would show what an old
                // configuration found.
                Delivery::Auto => can_pull && can_refresh,
            };
            s.reload();
            s.refresh = false;
            (s.pull, s.settings.workspace_diagnostics)
        });
        let diagnostics = DiagnosticOptions {
            identifier: Some("shenyan".into()),
            inter_file_dependencies: false,
            workspace_diagnostics: whole,
            ..DiagnosticOptions::default()
        };
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
                completion_provider: Some(CompletionOptions {
                    trigger_characters: Some(completion::TRIGGERS.map(String::from).to_vec()),
                    ..CompletionOptions::default()
                }),
                diagnostic_provider: pull.then_some(DiagnosticServerCapabilities::Options(diagnostics)),
                inlay_hint_provider: Some(OneOf::Left(true)),
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
        let capabilities = self.capabilities().clone();
        tokio::spawn(async move {
            register(&client, &capabilities).await;
        });
        tokio::spawn(publish(self.client.clone(), shared, self.capabilities().clone()));
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
        self.change(|s| s.edit(&id.uri, id.version, &params.content_changes));
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
        if !params.settings.is_null() {
            self.configure(&params.settings);
            return;
        }
        // The client only says that something changed and wants to be asked what.
        let asks = self.capabilities().workspace.as_ref().and_then(|w| w.configuration).unwrap_or(false);
        let (client, shared) = (self.client.clone(), self.shared.clone());
        if asks {
            tokio::spawn(async move {
                let item = ConfigurationItem { scope_uri: None, section: Some("shenyan".into()) };
                let answer = client.configuration(vec![item]).await.unwrap_or_default();
                let value = answer.into_iter().next().unwrap_or_default();
                if let Some(e) = configure(&shared, &value) {
                    client.log_message(MessageType::ERROR, e).await;
                }
            });
        }
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
        let versioned = edit.and_then(|e| e.document_changes).unwrap_or(false);
        let operations = edit.and_then(|e| e.resource_operations.as_deref()).unwrap_or_default();
        // Each lock is let go before the next is taken.
        let explain_command = self.shared.lock().settings.explain_command.clone();
        let config = (!analysis.diagnostics.is_empty()).then(|| self.config_file(&params.text_document.uri));
        let wishes = Wishes {
            versioned,
            creates: versioned && operations.contains(&ResourceOperationKind::Create),
            explain_command,
            config: config.flatten(),
            only: params.context.only,
        };
        Ok(Some(actions::actions(&analysis, params.range, &wishes)))
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let at = params.text_document_position;
        let Some(analysis) = self.shared.current(&at.text_document.uri).await else { return Ok(None) };
        let linter = self.linter(&at.text_document.uri);
        Ok(Some(CompletionResponse::List(completion::complete(&analysis, at.position, linter.lexicon()))))
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        if !self.shared.lock().settings.rate_hints {
            return Ok(None);
        }
        let analysis = self.shared.current(&params.text_document.uri).await;
        Ok(analysis.map(|a| hints::hints(&a, params.range)))
    }

    async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
        let analysis = self.shared.current(&params.text_document.uri).await;
        let id = analysis.as_ref().map(|a| a.revision.to_string());
        let report = if id.is_some() && id == params.previous_result_id {
            DocumentDiagnosticReport::Unchanged(RelatedUnchangedDocumentDiagnosticReport {
                related_documents: None,
                unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport {
                    result_id: id.unwrap_or_default(),
                },
            })
        } else {
            DocumentDiagnosticReport::Full(RelatedFullDocumentDiagnosticReport {
                related_documents: None,
                full_document_diagnostic_report: FullDocumentDiagnosticReport {
                    result_id: id,
                    items: analysis.map(|a| a.diagnostics.to_vec()).unwrap_or_default(),
                },
            })
        };
        Ok(DocumentDiagnosticReportResult::Report(report))
    }

    async fn workspace_diagnostic(
        &self,
        params: WorkspaceDiagnosticParams,
    ) -> Result<WorkspaceDiagnosticReportResult> {
        let previous: std::collections::HashMap<&Uri, &str> =
            params.previous_result_ids.iter().map(|p| (&p.uri, p.value.as_str())).collect();
        let partial = params.partial_result_params.partial_result_token;
        let progress =
            Progress { client: &self.client, token: params.work_done_progress_params.work_done_token };
        let words = self.words();
        progress.begin(words.checking()).await;
        let mut running = self.check_folders(Vec::new());
        let mut items = Vec::new();
        while let Some((file, n, total)) = running.next().await {
            progress.report(n, total).await;
            // The same findings have the same id, whenever and by whom they were made.
            let id = fingerprint(&file);
            let item = if previous.get(&file.uri) == Some(&id.as_str()) {
                WorkspaceDocumentDiagnosticReport::Unchanged(WorkspaceUnchangedDocumentDiagnosticReport {
                    uri: file.uri,
                    version: None,
                    unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id: id },
                })
            } else {
                WorkspaceDocumentDiagnosticReport::Full(WorkspaceFullDocumentDiagnosticReport {
                    uri: file.uri,
                    version: None,
                    full_document_diagnostic_report: FullDocumentDiagnosticReport {
                        result_id: Some(id),
                        items: file.diagnostics,
                    },
                })
            };
            match &partial {
                Some(token) => {
                    let part = json!({ "token": token, "value": { "items": [item] } });
                    self.client.send_notification::<RawProgress>(part).await;
                }
                None => items.push(item),
            }
        }
        progress.end().await;
        Ok(WorkspaceDiagnosticReportResult::Report(WorkspaceDiagnosticReport { items }))
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
            commands::EXPLAIN => Ok(Some(json!(self.page(text(0))?))),
            commands::SHOW_RULE => {
                let page = self.page(text(0))?;
                self.show(text(0).unwrap_or_default(), page);
                Ok(None)
            }
            commands::CHECK_WORKSPACE => {
                let progress = Progress {
                    client: &self.client,
                    token: params.work_done_progress_params.work_done_token.clone(),
                };
                progress.begin(self.words().checking()).await;
                let only: Vec<PathBuf> =
                    text(0).and_then(|u| u.parse().ok()).as_ref().and_then(folder).into_iter().collect();
                let mut files = self.open_files(&only).await;
                let mut running = self.check_folders(only);
                while let Some((file, n, total)) = running.next().await {
                    progress.report(n, total).await;
                    files.push(file);
                }
                files.sort_by(|a, b| a.uri.cmp(&b.uri));
                progress.end().await;
                Ok(Some(json!({ "files": files })))
            }
            commands::REPORT => {
                let uri: Option<Uri> = text(0).and_then(|u| u.parse().ok());
                let (project, folders) = {
                    let s = self.shared.lock();
                    (s.project.clone(), s.folders.clone())
                };
                let paths = uri.as_ref().and_then(folder).map_or(folders, |p| vec![p]);
                if paths.is_empty() {
                    return Err(Error::invalid_params(self.words().no_folder()));
                }
                let (reporter, english) = (self.reporter, self.words().lang.english());
                let page = tokio::task::spawn_blocking(move || reporter(&project, &paths, english)).await;
                Ok(Some(json!(page.map_err(|_| Error::internal_error())?)))
            }
            commands::CHECK => {
                let uri: Option<Uri> = text(0).and_then(|u| u.parse().ok());
                let uri = uri.ok_or_else(|| Error::invalid_params("the URI of a document is missing"))?;
                let open = self.change(|s| {
                    let Some(doc) = s.docs.get_mut(&uri) else { return false };
                    doc.forced = true;
                    s.refresh = true;
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
    /// The words of the language that the client, or else its first folder, asked for.
    fn words(&self) -> Words {
        let (lang, project, folder) = {
            let s = self.shared.lock();
            (s.settings.lang, s.project.clone(), s.folders.first().cloned())
        };
        Words::new(lang.or_else(|| project.lang(&folder?)).unwrap_or_default())
    }

    /// The page of a rule.
    fn page(&self, id: Option<&str>) -> Result<String> {
        let words = self.words();
        let (project, folder) = {
            let s = self.shared.lock();
            (s.project.clone(), s.folders.first().cloned().unwrap_or_default())
        };
        let linter = project.linter_of(&project.scope_of_folder(&folder));
        let rule = id.and_then(|id| linter.lexicon().rules.get(id));
        let rule =
            rule.ok_or_else(|| Error::invalid_params(format!("{}：{}", words.no_rule(), id.unwrap_or("?"))))?;
        Ok(rule_page(rule, linter.lexicon(), words.lang))
    }

    /// Shows a page in a client that can show a document, else the start of it in a message.
    fn show(&self, id: &str, page: String) {
        let shows = self.capabilities().window.as_ref().and_then(|w| w.show_document.as_ref());
        let shows = shows.is_some_and(|s| s.support);
        let client = self.client.clone();
        let name = format!("{}.md", id.replace('/', "-"));
        tokio::spawn(async move {
            let file = std::env::temp_dir().join("shenyan-rules").join(name);
            let written = file
                .parent()
                .map_or(Ok(()), std::fs::create_dir_all)
                .and_then(|()| std::fs::write(&file, &page));
            let uri = Uri::from_file_path(&file).filter(|_| shows && written.is_ok());
            if let Some(uri) = uri {
                let params =
                    ShowDocumentParams { uri, external: None, take_focus: Some(true), selection: None };
                let _ = client.show_document(params).await;
            } else {
                client.show_message(MessageType::INFO, page).await;
            }
        });
    }

    /// Starts checking folders, all of the workspace if none are named; what is open is left out,
    /// for it is checked as it stands in the buffer.
    fn check_folders(&self, only: Vec<PathBuf>) -> Running {
        let s = self.shared.lock();
        let manner =
            Manner { encoding: s.encoding, lang: s.settings.lang, rule_page: s.settings.rule_page.clone() };
        let open = s.docs.values().filter(|d| d.analysis.is_some()).filter_map(|d| d.path.clone()).collect();
        let folders = if only.is_empty() { s.folders.clone() } else { only };
        workspace::check(s.project.clone(), folders, open, manner)
    }

    /// What was found in the files that are open, as they stand in their buffers.
    async fn open_files(&self, only: &[PathBuf]) -> Vec<FileReport> {
        let open: Vec<(Uri, Option<PathBuf>)> =
            self.shared.lock().docs.iter().map(|(uri, d)| (uri.clone(), d.path.clone())).collect();
        let mut out = Vec::new();
        for (uri, path) in open {
            let inside = only.is_empty() || path.is_some_and(|p| only.iter().any(|f| p.starts_with(f)));
            let analysis = if inside { self.shared.current(&uri).await } else { None };
            if let Some(checked) = analysis.as_ref().and_then(|a| a.checked.as_ref()) {
                out.push(FileReport {
                    kind: Some(checked.report.facts.kind),
                    counts: count(&checked.report.findings).0,
                    diagnostics: analysis.map(|a| a.diagnostics.to_vec()).unwrap_or_default(),
                    uri,
                });
            }
        }
        out
    }

    /// The configuration that holds for a document, or the one that would.
    fn config_file(&self, uri: &Uri) -> Option<ConfigFile> {
        let path = path_of(uri)?;
        let (project, root) = {
            let s = self.shared.lock();
            let root =
                s.folders.iter().filter(|f| path.starts_with(f)).max_by_key(|f| f.as_os_str().len()).cloned();
            (s.project.clone(), root)
        };
        let there = project.scope(&path).config.path.clone();
        let file = there.clone().or_else(|| Some(root.as_deref().or(path.parent())?.join(CONFIG_NAME)))?;
        let uri = Uri::from_file_path(&file)?;
        if let Some(open) = self.shared.lock().docs.get(&uri) {
            return Some(ConfigFile { uri, text: Some(open.rope.clone()), version: Some(open.version) });
        }
        let text = there.map(std::fs::read_to_string).transpose().ok()?;
        Some(ConfigFile { uri, text: text.map(|t| Rope::from_str(&t)), version: None })
    }

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

/// Progress with a token that the client chose; silent without one.
struct Progress<'a> {
    client: &'a Client,
    token: Option<ProgressToken>,
}

impl Progress<'_> {
    async fn send(&self, value: WorkDoneProgress) {
        if let Some(token) = &self.token {
            let value = json!({ "token": token, "value": value });
            self.client.send_notification::<RawProgress>(value).await;
        }
    }

    async fn begin(&self, title: &str) {
        let begin = WorkDoneProgressBegin {
            title: title.to_owned(),
            cancellable: Some(true),
            percentage: Some(0),
            ..WorkDoneProgressBegin::default()
        };
        self.send(WorkDoneProgress::Begin(begin)).await;
    }

    async fn report(&self, n: usize, total: usize) {
        let report = WorkDoneProgressReport {
            message: Some(format!("{n}/{total}")),
            percentage: Some((n * 100 / total.max(1)) as u32),
            ..WorkDoneProgressReport::default()
        };
        self.send(WorkDoneProgress::Report(report)).await;
    }

    async fn end(&self) {
        self.send(WorkDoneProgress::End(WorkDoneProgressEnd::default())).await;
    }
}

/// `$/progress`, whatever it carries: the protocol crate knows work done but no partial results.
enum RawProgress {}

impl crate::lsp::Notification for RawProgress {
    type Params = Value;
    const METHOD: &'static str = "$/progress";
}

/// What tells the findings of a file from others.
fn fingerprint(file: &FileReport) -> String {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hash = DefaultHasher::new();
    serde_json::to_string(&file.diagnostics).unwrap_or_default().hash(&mut hash);
    format!("{:016x}", hash.finish())
}

/// Asks to be told of changed files, where the client tells on request.
async fn register(client: &Client, capabilities: &ClientCapabilities) {
    let watched = capabilities.workspace.as_ref().and_then(|w| w.did_change_watched_files.as_ref());
    if !watched.and_then(|w| w.dynamic_registration).unwrap_or(false) {
        return;
    }
    // Which of them belong to a pack is known when one changes; packs that lie elsewhere are asked
    // for when they are met (`watch`).
    let globs = ["**/shenyan.toml", "**/{rules,contexts,words,facts,law,fold}/**/*.{md,toml}"];
    let watchers =
        globs.map(|g| FileSystemWatcher { glob_pattern: GlobPattern::String(g.into()), kind: None });
    let options = DidChangeWatchedFilesRegistrationOptions { watchers: watchers.to_vec() };
    let registration = Registration {
        id: "shenyan-files".into(),
        method: "workspace/didChangeWatchedFiles".into(),
        register_options: serde_json::to_value(options).ok(),
    };
    let _ = client.register_capability(vec![registration]).await;
}

/// Asks to be told of changed files of packs that lie outside of the workspace, where the client
/// can watch there.
async fn watch(client: Client, capabilities: WorkspaceClientCapabilities, packs: Vec<PathBuf>) {
    let watched = capabilities.did_change_watched_files.unwrap_or_default();
    if watched.dynamic_registration != Some(true) || watched.relative_pattern_support != Some(true) {
        return;
    }
    let glob = |pack: &PathBuf| {
        let base_uri = OneOf::Right(Uri::from_file_path(pack)?);
        Some(GlobPattern::Relative(RelativePattern { base_uri, pattern: "**/*.{md,toml}".into() }))
    };
    for pack in packs {
        let Some(glob_pattern) = glob(&pack) else { continue };
        let watchers = vec![FileSystemWatcher { glob_pattern, kind: None }];
        let options = DidChangeWatchedFilesRegistrationOptions { watchers };
        let registration = Registration {
            id: format!("shenyan-pack-{}", pack.display()),
            method: "workspace/didChangeWatchedFiles".into(),
            register_options: serde_json::to_value(options).ok(),
        };
        let _ = client.register_capability(vec![registration]).await;
    }
}

/// Sends what was found, newest only, as fast as the client takes it.
async fn publish(client: Client, shared: Arc<Shared>, capabilities: ClientCapabilities) {
    let workspace = capabilities.workspace.unwrap_or_default();
    let hints = workspace.inlay_hint.as_ref().and_then(|h| h.refresh_support).unwrap_or(false);
    let mut results = shared.results();
    loop {
        results.mark_unchanged();
        let (out, refresh, pull, trace, packs) = {
            let mut s = shared.lock();
            let packs = s.packs_to_watch();
            (std::mem::take(&mut s.outbox), std::mem::take(&mut s.refresh), s.pull, s.trace, packs)
        };
        if !packs.is_empty() {
            tokio::spawn(watch(client.clone(), workspace.clone(), packs));
        }
        if refresh {
            // Requests of ours are never waited for here: results go on meanwhile.
            let client = client.clone();
            tokio::spawn(async move {
                if pull {
                    let _ = client.workspace_diagnostic_refresh().await;
                }
                if hints {
                    let _ = client.inlay_hint_refresh().await;
                }
            });
        }
        for (uri, o) in out {
            if let Some((diagnostics, version)) = o.diagnostics {
                client.send_notification::<PublishDiagnostics>(Published { uri, diagnostics, version }).await;
            }
            let Some(status) = o.status else { continue };
            if trace != TraceValue::Off {
                let n = status.counts.error + status.counts.warning + status.counts.hint;
                let params = LogTraceParams {
                    message: Words::new(shared.lock().settings.lang.unwrap_or_default()).checked(
                        status.uri.as_str(),
                        status.version,
                        o.took,
                        n,
                    ),
                    verbose: (trace == TraceValue::Verbose).then(|| json!(status).to_string()),
                };
                client.send_notification::<LogTrace>(params).await;
            }
            client.send_notification::<StatusNotification>(status).await;
        }
        if results.changed().await.is_err() {
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
            .custom_method("$/setTrace", Backend::set_trace)
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
