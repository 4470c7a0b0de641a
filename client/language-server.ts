/**
 * The life of the language server, as seen from the editor. VS Code's client would restart a server that dies five times and
 * show a message each time. Ours is restarted once without a word; the second time it stays stopped, the status item says
 * why, and a person may start it again. Each start makes a new client: one whose start has failed cannot be started again.
 */
import * as vscode from 'vscode';
import { CloseAction, DocumentDiagnosticRequest, ErrorAction, LanguageClient, RevealOutputChannelOn, TransportKind } from 'vscode-languageclient/node';
import type { MessageTransports, NodeModule, WorkspaceEdit } from 'vscode-languageclient/node';
import { CODE_CACHE, type InitializationOptions } from '../server/protocol';
import { provideCodeActions } from './code-actions';
import { Deferring } from './deferring';
import { DOCUMENTS } from './documents';

export type ServerState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'running' }
  /** `reason` is a sentence. */
  | { readonly kind: 'stopped'; readonly reason: string };

/** The server on the disk, and what it may write to. */
export interface ServerPlaces {
  /** Path of its program. */
  readonly module: string;
  /** Folder for what is kept until the workspace is opened again; undefined where there is none. */
  readonly keepIn: vscode.Uri | undefined;
  /** Folder for its compiled code, which is the same in every workspace. */
  readonly codeIn: vscode.Uri;
}

const AUTOMATIC_RESTARTS = 1;
/** How long after its connection a process may end, in milliseconds. */
const EXIT_DELAY = 2000;

export class LanguageServer implements vscode.Disposable {
  readonly #module: NodeModule;
  readonly #log: vscode.LogOutputChannel;
  readonly #listenTo: readonly string[];
  readonly #options: InitializationOptions;
  readonly #changed = new vscode.EventEmitter<ServerState>();
  readonly #notified = new vscode.EventEmitter<string>();
  readonly #deferring = new Deferring(() => this.#client?.refreshDiagnostics());
  #state: ServerState = { kind: 'starting' };
  #client: Client | undefined;
  #restartsLeft = AUTOMATIC_RESTARTS;
  /** Goes up when a person starts or ends the server: what was under way before is then none of our business. */
  #era = 0;

  readonly onDidChangeState = this.#changed.event;
  /** The method of a notification that was listened for. */
  readonly onNotification = this.#notified.event;

  /**
   * @param log where the server's own messages go
   * @param listenTo methods of the notifications that `onNotification` tells of
   */
  constructor({ module, keepIn, codeIn }: ServerPlaces, log: vscode.LogOutputChannel, listenTo: readonly string[]) {
    this.#module = {
      module, transport: TransportKind.ipc, args: codeIn.scheme === 'file' ? [`${CODE_CACHE}${codeIn.fsPath}`] : [],
      // Not in a folder of the workspace: nothing in there should have a say, and Windows locks the folder.
      options: { cwd: vscode.Uri.joinPath(vscode.Uri.file(module), '..').fsPath },
    };
    this.#options = { canPrompt: true, ...(keepIn?.scheme === 'file' && { keepIn: keepIn.fsPath }) };
    this.#log = log;
    this.#listenTo = listenTo;
  }

  get state(): ServerState {
    return this.#state;
  }

  /** Of the running process; undefined when there is none. */
  get pid(): number | undefined {
    return this.#client?.serverProcess?.pid;
  }

  /** Starts the server, or starts it anew. Settles when it runs or has failed for the first time; never rejects. */
  async start(): Promise<void> {
    const era = ++this.#era;
    this.#restartsLeft = AUTOMATIC_RESTARTS;
    await this.#stop();
    if (era === this.#era) await this.#begin();
  }

  /**
   * Sends a request.
   * @returns the answer, or undefined when the server does not run or ends before it answers
   * @throws what the server answers with when it cannot
   */
  async request<Answer>(method: string, params?: object): Promise<Answer | undefined> {
    const client = this.#client;
    if (!client || this.#state.kind !== 'running') return undefined;
    try {
      return await (params ? client.sendRequest<Answer>(method, params) : client.sendRequest<Answer>(method));
    } catch (error) {
      if (this.#client !== client || !client.isRunning()) return undefined;
      throw error;
    }
  }

  /** An edit as the server sends it, for VS Code; undefined when a document has changed since, or there is none. */
  async edit(edit: WorkspaceEdit | null | undefined): Promise<vscode.WorkspaceEdit | undefined> {
    if (!edit || !this.#client || isOutdated(edit)) return undefined;
    return this.#client.protocol2CodeConverter.asWorkspaceEdit(edit);
  }

  async dispose(): Promise<void> {
    this.#era += 1;
    this.#changed.dispose();
    this.#notified.dispose();
    this.#deferring.dispose();
    await this.#stop();
  }

  async #begin(): Promise<void> {
    this.#become({ kind: 'starting' });
    const client = new Client(this.#module, this.#log, this.#options, this.#deferring, () => this.#died(client));
    this.#client = client;
    for (const method of this.#listenTo) client.onNotification(method, () => this.#notified.fire(method));
    try {
      await client.start();
      if (this.#client === client) this.#become({ kind: 'running' });
    } catch (error) {
      await this.#died(client, error instanceof Error ? error.message : String(error));
    }
  }

  /**
   * Comes for a connection that is closed and for a start that fails, which may be one and the same.
   * @param error what to say where the process has not ended, or not in time
   */
  async #died(client: Client, error = 'no exit code'): Promise<void> {
    if (this.#client !== client) return;
    const era = this.#era;
    this.#client = undefined;
    this.#become({ kind: 'starting' });
    const how = await Promise.race([client.exited, pause(EXIT_DELAY).then(() => error)]);
    await dispose(client);
    if (era !== this.#era) return;
    if (this.#restartsLeft > 0) {
      this.#restartsLeft -= 1;
      this.#log.warn(`The server ended (${how}) and is started once more.`);
      await this.#begin();
    } else {
      this.#log.error(`The server ended again (${how}) and is not started any more.`);
      this.#become({ kind: 'stopped', reason: `The server ended twice: ${how}.` });
    }
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client) await dispose(client);
  }

  #become(state: ServerState): void {
    this.#state = state;
    this.#changed.fire(state);
  }
}

/** A client that never shows a message by itself, and knows how its process ended. */
class Client extends LanguageClient {
  /** How the process ended, in words. */
  readonly exited: Promise<string>;
  #tellExit: (how: string) => void = () => undefined;

  constructor(module: NodeModule, log: vscode.LogOutputChannel, initializationOptions: InitializationOptions, { provideDiagnostics }: Deferring, died: () => void) {
    super('shipworthy', 'Shipworthy', module, {
      documentSelector: [...DOCUMENTS],
      outputChannel: log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions,
      initializationFailedHandler: () => false,
      textSynchronization: { delayOpenNotifications: true },
      middleware: { provideCodeActions, provideDiagnostics },
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          died();
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
    });
    this.exited = new Promise((resolve) => { this.#tellExit = resolve; });
  }

  protected override async createMessageTransports(encoding: string): Promise<MessageTransports> {
    const transports = await super.createMessageTransports(encoding);
    this.serverProcess?.once('exit', (code, signal) => this.#tellExit(signal ? `signal ${signal}` : `exit code ${code}`));
    return transports;
  }

  /** Asks for the diagnostics of open files once more. */
  refreshDiagnostics(): void {
    this.getFeature(DocumentDiagnosticRequest.method).refresh();
  }

  /** The base class shows some errors whatever it is told. */
  override error(message: string, details?: unknown): void {
    super.error(message, details, false);
  }
}

/** Ends a client in whatever state it is. One that does not run says so by rejecting, which is as good. */
async function dispose(client: Client): Promise<void> {
  await client.dispose().catch(() => undefined);
}

const pause = (milliseconds: number): Promise<void> => new Promise((resume) => setTimeout(resume, milliseconds));

function isOutdated(edit: WorkspaceEdit): boolean {
  const versions = new Map(vscode.workspace.textDocuments.map(({ uri, version }) => [uri.toString(), version]));
  return (edit.documentChanges ?? []).some((change) => {
    if (!('textDocument' in change) || change.textDocument.version === null) return false;
    const known = versions.get(vscode.Uri.parse(change.textDocument.uri).toString());
    return known !== undefined && known !== change.textDocument.version;
  });
}
