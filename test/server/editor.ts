/** An editor of one's own: the other end of a real connection to the server, with the habits of VS Code unless told otherwise. */
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection as createServerConnection, ProposedFeatures } from 'vscode-languageserver';
import {
  createProtocolConnection, DidChangeConfigurationNotification, DidChangeTextDocumentNotification, DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification, DocumentDiagnosticRequest, ExitNotification, InitializedNotification, InitializeRequest, ShutdownRequest, WorkspaceDiagnosticRequest,
  type CancellationToken, type ClientCapabilities, type CodeAction, type ConfigurationParams, type Diagnostic, type InitializeResult, type LogMessageParams,
  type ProtocolConnection, type PublishDiagnosticsParams, type RegistrationParams, type TextDocumentContentChangeEvent, type TextEdit, type UnregistrationParams, type WorkspaceEdit,
  type WorkspaceFolder,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { makeCard } from '../../report/make';
import type { Host } from '../../server/host';
import { REPORT_CHANGED, type ReportChanged } from '../../server/protocol';
import { serve } from '../../server/serve';
import { FakeSession, RULES } from './fake-session';
import { readFiles } from './read-files';

/** What VS Code's client 11 says it can, as far as the server asks. */
export const VSCODE: ClientCapabilities = {
  workspace: {
    applyEdit: true, configuration: true, workspaceFolders: true, didChangeConfiguration: { dynamicRegistration: true },
    didChangeWatchedFiles: { dynamicRegistration: true, relativePatternSupport: true }, diagnostics: { refreshSupport: true },
    workspaceEdit: { documentChanges: true, resourceOperations: ['create', 'rename', 'delete'], changeAnnotationSupport: { groupsOnLabel: true } },
    fileOperations: { didRename: true, didDelete: true },
  },
  textDocument: {
    diagnostic: { dynamicRegistration: true, relatedInformation: true, codeDescriptionSupport: true, dataSupport: true },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [] } }, dataSupport: true, resolveSupport: { properties: ['edit'] }, isPreferredSupport: true },
    hover: { contentFormat: ['markdown', 'plaintext'] },
  },
  window: { workDoneProgress: true },
};

/** A client of before 2021: it is pushed to, and knows no more than plain edits. */
export const OLD: ClientCapabilities = {
  textDocument: { publishDiagnostics: { relatedInformation: true }, codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [] } } }, hover: {} },
};

/** Texts by path. */
export type Files = Readonly<Record<string, string>>;

export interface Setup {
  /** Files of each folder by its URI; `file:///app` when left out. */
  readonly folders?: Readonly<Record<string, Files>>;
  /** Folders that can be opened but are not part of the workspace at first. */
  readonly later?: Readonly<Record<string, Files>>;
  readonly capabilities?: ClientCapabilities;
  readonly canPrompt?: boolean;
  /** What the editor says of where to keep what is found. */
  readonly keepIn?: unknown;
  /** The editor reads files for the server: those of `folders`, and of a text `fault: CODE` it says that fault. */
  readonly readsFiles?: boolean;
  readonly settings?: Record<string, unknown>;
  readonly rootUri?: string;
  /** The world the server runs in; one of fake sessions over `folders` when left out. */
  readonly host?: Host | ((usual: Host) => Host);
  /** Called with every fake session before it is handed to the server. */
  readonly prepare?: (session: FakeSession) => void;
}

export interface Progress { readonly token: string | number; readonly value: { readonly kind: string; readonly [key: string]: unknown } }

export class Editor {
  readonly published: PublishDiagnosticsParams[] = [];
  readonly logged: string[] = [];
  readonly registered: { readonly id: string; readonly method: string; readonly options: Record<string, unknown> }[] = [];
  readonly told: ReportChanged[] = [];
  readonly progress: Progress[] = [];
  readonly asked: (string | undefined)[] = [];
  readonly texts = new Map<string, TextDocument>();
  refreshes = 0;
  exit: number | undefined;
  initialized: InitializeResult = { capabilities: {} };

  constructor(readonly connection: ProtocolConnection, readonly sessions: ReadonlyMap<string, FakeSession>, readonly settings: Record<string, unknown>, private readonly disks: Map<string, Files>) {
    connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => { this.published.push(params); });
    connection.onNotification('window/logMessage', ({ message }: LogMessageParams) => { this.logged.push(message); });
    connection.onNotification('$/progress', (params: Progress) => { this.progress.push(params); });
    connection.onNotification(REPORT_CHANGED, (params: ReportChanged) => { this.told.push(params); });
    connection.onRequest('window/workDoneProgress/create', () => null);
    connection.onRequest('workspace/diagnostic/refresh', () => { this.refreshes += 1; return null; });
    connection.onRequest('client/registerCapability', ({ registrations }: RegistrationParams) => {
      for (const { id, method, registerOptions } of registrations) this.registered.push({ id, method, options: (registerOptions ?? {}) as Record<string, unknown> });
      return null;
    });
    connection.onRequest('client/unregisterCapability', ({ unregisterations }: UnregistrationParams) => {
      for (const { id } of unregisterations) this.registered.splice(this.registered.findIndex((one) => one.id === id), 1);
      return null;
    });
    connection.onRequest('workspace/configuration', ({ items }: ConfigurationParams) => {
      this.asked.push(...items.map(({ scopeUri }) => scopeUri));
      return items.map(({ scopeUri }) => this.settings[scopeUri ?? ''] ?? null);
    });
  }

  /** The session of a folder. */
  session(folder = 'file:///app'): FakeSession {
    const session = this.sessions.get(folder);
    if (!session) throw new Error(`${folder} was not opened.`);
    return session;
  }

  /** Makes a folder readable that was not. */
  mount(uri: string, files: Files): void {
    this.disks.set(uri, files);
  }

  registration(method: string) {
    return this.registered.filter((one) => one.method === method);
  }

  async open(uri: string, text: string, languageId = 'python'): Promise<void> {
    this.texts.set(uri, TextDocument.create(uri, languageId, 1, text));
    await this.connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId, version: 1, text } });
  }

  /** Changes a document as an editor does: only what changed is sent. */
  async change(uri: string, ...changes: TextDocumentContentChangeEvent[]): Promise<void> {
    const document = this.texts.get(uri);
    if (!document) throw new Error(`${uri} is not open.`);
    const version = document.version + 1;
    this.texts.set(uri, TextDocument.update(document, changes, version));
    await this.connection.sendNotification(DidChangeTextDocumentNotification.type, { textDocument: { uri, version }, contentChanges: changes });
  }

  async close(uri: string): Promise<void> {
    this.texts.delete(uri);
    await this.connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri } });
  }

  pull(uri: string, previousResultId?: string, token?: CancellationToken) {
    return this.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri }, ...(previousResultId !== undefined && { previousResultId }) }, token);
  }

  /** The diagnostics of a file, when the answer brings them. */
  async diagnostics(uri: string): Promise<Diagnostic[]> {
    const report = await this.pull(uri);
    return report.kind === 'full' ? report.items : [];
  }

  pullWorkspace(previous: Readonly<Record<string, string>> = {}, token?: CancellationToken, partialResultToken?: string) {
    const previousResultIds = Object.entries(previous).map(([uri, value]) => ({ uri, value }));
    return this.connection.sendRequest(WorkspaceDiagnosticRequest.type, { previousResultIds, ...(partialResultToken && { partialResultToken }) }, token);
  }

  /** Code actions at a place, with the diagnostics an editor would send along. */
  async actions(uri: string, line: number, character: number, context: Record<string, unknown> = {}): Promise<CodeAction[]> {
    const position = { line, character };
    return this.connection.sendRequest<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri }, range: { start: position, end: position }, context: { diagnostics: [], triggerKind: 1, ...context },
    });
  }

  resolve(action: CodeAction): Promise<CodeAction> {
    return this.connection.sendRequest<CodeAction>('codeAction/resolve', action);
  }

  /** The text of an open document after an edit, which is then sent to the server like any other. */
  async apply(edit: WorkspaceEdit | undefined): Promise<void> {
    for (const change of edit?.documentChanges ?? []) if ('edits' in change) await this.#write(change.textDocument.uri, change.edits as TextEdit[]);
    for (const [uri, edits] of Object.entries(edit?.changes ?? {})) await this.#write(uri, edits);
  }

  async configure(settings: Record<string, unknown>): Promise<void> {
    Object.assign(this.settings, settings);
    await this.connection.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
  }

  async quit(): Promise<void> {
    await this.connection.sendRequest(ShutdownRequest.type);
    await this.connection.sendNotification(ExitNotification.type);
    await until(() => this.exit !== undefined, 'the server to exit');
    this.connection.dispose();
  }

  async #write(uri: string, edits: readonly TextEdit[]): Promise<void> {
    const document = this.texts.get(uri);
    if (document) await this.change(uri, { text: TextDocument.applyEdits(document, [...edits]) });
  }
}

/** Starts a server and an editor that has introduced itself. */
export async function start(setup: Setup = {}): Promise<Editor> {
  const folders = setup.folders ?? { 'file:///app': {} };
  const sessions = new Map<string, FakeSession>();
  const disks = new Map(Object.entries({ ...folders, ...setup.later }));
  const [up, down] = [new PassThrough(), new PassThrough()];
  const editor = new Editor(createProtocolConnection(down, up), sessions, setup.settings ?? {}, disks);
  const watchDog = { shutdownReceived: false, initialize: () => undefined, exit: (code: number) => { editor.exit = code; } };
  const server = createServerConnection((logger) => createProtocolConnection(up, down, logger), watchDog, ProposedFeatures.all);
  const usual = fakeHost(disks, sessions, setup.prepare);
  serve(server, typeof setup.host === 'function' ? setup.host(usual) : setup.host ?? usual);
  if (setup.readsFiles) readFiles(editor.connection, disks);
  editor.connection.listen();
  const workspaceFolders = setup.rootUri ? null : Object.keys(folders).map((uri): WorkspaceFolder => ({ uri, name: uri.replace(/.*\//, '') }));
  editor.initialized = await editor.connection.sendRequest(InitializeRequest.type, {
    processId: null, rootUri: setup.rootUri ?? null, workspaceFolders, capabilities: setup.capabilities ?? VSCODE,
    initializationOptions: { canPrompt: setup.canPrompt ?? false, readsFiles: setup.readsFiles ?? false, ...('keepIn' in setup && { keepIn: setup.keepIn }) },
  });
  await editor.connection.sendNotification(InitializedNotification.type, {});
  return editor;
}

function fakeHost(disks: ReadonlyMap<string, Files>, sessions: Map<string, FakeSession>, prepare?: (session: FakeSession) => void): Host {
  return {
    version: '0.0.0', rules: RULES, document: () => undefined, today: () => '2026-11-20',
    async open(uri, name) {
      const files = disks.get(uri);
      if (!files) throw new Error(`${uri} cannot be read from here.`);
      const session = new FakeSession(name, new Map(Object.entries(files)));
      prepare?.(session);
      sessions.set(uri, session);
      return session;
    },
    card: (audit, config, asOf) => makeCard(audit, { version: '0.0.0', asOf, profile: config.profile }),
  };
}

/** Waits until something holds. */
export async function until(holds: () => unknown, what: string, patience = 4000): Promise<void> {
  const end = Date.now() + patience;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}.`);
    await sleep(10);
  }
}

/** The first scan is over and everything it causes has been said. */
export async function scanned(editor: Editor, folder = 'file:///app'): Promise<void> {
  await until(() => editor.sessions.get(folder)?.audits().length, 'the first scan');
  await sleep(50);
}

/** What became of a promise within a time. */
export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T | 'nothing'> {
  return Promise.race([promise, sleep(milliseconds, 'nothing' as const)]);
}
