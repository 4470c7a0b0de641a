/** Diagnostics for clients that ask for them: one document at a time, with ids so that nothing is said twice. */
import {
  DocumentDiagnosticReportKind, DocumentDiagnosticRequest,
  type CancellationToken, type Disposable, type DocumentDiagnosticReport,
} from 'vscode-languageserver';
import { refuseCancelled } from './cancellation';
import type { Delivery } from './delivery';
import { shownFor } from './diagnostics';
import { answer, attempt } from './log';
import type { Serving } from './serving';
import { WorkspacePulls } from './workspace-pulls';

/** What the server says of its diagnostics, in the answer to `initialize` or when it registers for them. */
export function pullOptions(workspaceDiagnostics: boolean) {
  return { identifier: 'shipworthy', interFileDependencies: true, workspaceDiagnostics };
}

export class Pulling implements Delivery {
  /** The id of the last answer for every open document. */
  readonly #answered = new Map<string, string>();
  readonly #workspace: WorkspacePulls;
  #registration: { readonly workspace: boolean; readonly made: Promise<Disposable> } | undefined;

  constructor(private readonly serving: Serving) {
    this.#workspace = new WorkspacePulls(serving);
    const { connection, log } = serving;
    connection.languages.diagnostics.on(({ textDocument, previousResultId }, token) =>
      answer(log, `Diagnostics of ${textDocument.uri}`, () => this.#answer(textDocument.uri, previousResultId, token)));
  }

  edited(): void {
    // The client pulls by itself after every edit.
  }

  closed(uri: string): void {
    this.#answered.delete(uri);
    this.#workspace.closed(uri);
  }

  settled(): void {
    this.#register();
    this.#workspace.settled();
    const { connection, log } = this.serving;
    const stale = [...this.#answered].some(([uri, id]) => shownFor(this.serving, uri).id !== id);
    if (stale) void attempt(log, 'Asking the client to pull again', () => connection.languages.diagnostics.refresh());
  }

  end(): void {
    this.#workspace.end();
  }

  async #answer(uri: string, previous: string | undefined, token: CancellationToken): Promise<DocumentDiagnosticReport> {
    await this.serving.folders.nearest(uri)?.folder.ready();
    refuseCancelled(token);
    const { id, items, version } = shownFor(this.serving, uri);
    if (version !== undefined) this.#answered.set(uri, id);
    return previous === id
      ? { kind: DocumentDiagnosticReportKind.Unchanged, resultId: id }
      : { kind: DocumentDiagnosticReportKind.Full, resultId: id, items };
  }

  /**
   * Registers for pulls once the settings are known, and again when they ask for the whole workspace or no longer do. Not
   * both from the start: with workspace diagnostics VS Code keeps the findings of a document that was closed.
   */
  #register(): void {
    const { client, connection, folders, log } = this.serving;
    if (!client.registersPulls || folders.all.some((folder) => !folder.settings)) return;
    const workspace = folders.all.some((folder) => folder.settings?.enable && folder.settings.problems !== 'openFiles');
    const before = this.#registration;
    if (before?.workspace === workspace) return;
    const options = { ...pullOptions(workspace), documentSelector: null };
    const made = (async () => {
      (await before?.made)?.dispose();
      return connection.client.register(DocumentDiagnosticRequest.type, options);
    })();
    this.#registration = { workspace, made };
    void attempt(log, 'Registering for diagnostics', () => made);
  }
}
