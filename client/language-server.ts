/**
 * The life of the language server, as seen from the editor. VS Code's client would restart a server that dies five times and
 * show a message each time. Ours is restarted once without a word; the second time it stays stopped, the status item says
 * why, and a person may start it again. Each start makes a new client: one whose start has failed cannot be started again.
 */
import * as vscode from 'vscode';
import { CloseAction, DocumentDiagnosticRequest, ErrorAction, RevealOutputChannelOn } from 'vscode-languageclient';
import type { BaseLanguageClient, LanguageClientOptions, WorkspaceEdit } from 'vscode-languageclient';
import type { InitializationOptions } from '../server/protocol';
import { provideCodeActions } from './code-actions';
import { Deferring } from './deferring';
import { documentsOf } from './documents';
import { schemes } from './schemes';
import { readForServer } from './server-files';

export type ServerState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'running' }
  /** `reason` is a sentence. */
  | { readonly kind: 'stopped'; readonly reason: string };

/** A client over one life of the server. It never shows a message by itself. */
export interface ServerClient extends BaseLanguageClient {
  /** How the server ended, in words; settles only where that can be told. */
  readonly exited: Promise<string>;
  /** Of its process; undefined when there is none. */
  readonly pid: number | undefined;
}

/** How a server comes to be in the world that the extension runs in. */
export interface ServerWorld {
  readonly options: InitializationOptions;
  /** Where the grammars are. */
  readonly grammars: vscode.Uri;
  /** A client whose server is not started yet. */
  readonly connect: (options: LanguageClientOptions) => ServerClient;
}

const AUTOMATIC_RESTARTS = 1;
/** How long after its connection a process may end, in milliseconds. */
const EXIT_DELAY = 2000;

export class LanguageServer implements vscode.Disposable {
  readonly #world: ServerWorld;
  readonly #log: vscode.LogOutputChannel;
  readonly #listenTo: readonly string[];
  readonly #changed = new vscode.EventEmitter<ServerState>();
  readonly #notified = new vscode.EventEmitter<string>();
  readonly #deferring = new Deferring(() => this.#client?.getFeature(DocumentDiagnosticRequest.method).refresh());
  #state: ServerState = { kind: 'starting' };
  #client: ServerClient | undefined;
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
  constructor(world: ServerWorld, log: vscode.LogOutputChannel, listenTo: readonly string[]) {
    this.#world = world;
    this.#log = log;
    this.#listenTo = listenTo;
  }

  get state(): ServerState {
    return this.#state;
  }

  /** Of the running process; undefined when there is none. */
  get pid(): number | undefined {
    return this.#client?.pid;
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
    const client = this.#world.connect(this.#clientOptions(() => void this.#died(client)));
    this.#client = client;
    readForServer(client, this.#world.grammars);
    for (const method of this.#listenTo) client.onNotification(method, () => this.#notified.fire(method));
    try {
      await client.start();
      if (this.#client === client) this.#become({ kind: 'running' });
    } catch (error) {
      await this.#died(client, error instanceof Error ? error.message : String(error));
    }
  }

  /** @param died is called when the connection is closed */
  #clientOptions(died: () => void): LanguageClientOptions {
    return {
      documentSelector: documentsOf(schemes()),
      outputChannel: this.#log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: { canPrompt: true, readsFiles: true, ...this.#world.options } satisfies InitializationOptions,
      initializationFailedHandler: () => false,
      textSynchronization: { delayOpenNotifications: true },
      middleware: { provideCodeActions, provideDiagnostics: this.#deferring.provideDiagnostics },
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          died();
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
    };
  }

  /**
   * Comes for a connection that is closed and for a start that fails, which may be one and the same.
   * @param error what to say where the process has not ended, or not in time
   */
  async #died(client: ServerClient, error = 'no exit code'): Promise<void> {
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

/** Ends a client in whatever state it is. One that does not run says so by rejecting, which is as good. */
async function dispose(client: ServerClient): Promise<void> {
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
