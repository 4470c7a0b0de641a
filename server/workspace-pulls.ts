/**
 * Diagnostics of the whole workspace, by long polling.
 *
 * VS Code sends `workspace/diagnostic` again two seconds after every answer, for as long as the window is open, and gives up
 * for good after a handful of errors. A server that answers at once is asked for ever and works for ever, although nothing
 * changes. So a request that has nothing to report stays open until there is something: a scan that found a difference, a
 * setting, a folder. The remedy is that of ty and ryl.
 *
 * What there is to report is decided against the ids that the request brings. A file is reported when its list is not the
 * one the client has, also when the list is now empty: a finding that is gone, a file that was deleted, a folder that was
 * removed. A file without findings that the client never heard of is not mentioned.
 *
 * Closing a document is the one case where the ids are wrong. VS Code then pulls it for a last time (while it is still open
 * in our books), keeps what it gets and forgets the id; the request that is waiting still brings the id from before. Left
 * alone, the findings of unsaved text would stay for ever, and those of a closed file where only open files are to show any.
 * So `#owed` remembers closed documents until they have been reported once, whatever their id.
 */
import {
  DocumentDiagnosticReportKind,
  type CancellationToken, type PreviousResultId, type ResultProgressReporter, type WorkspaceDiagnosticReport,
  type WorkspaceDiagnosticReportPartialResult, type WorkspaceFullDocumentDiagnosticReport,
} from 'vscode-languageserver';
import { refuseCancelled } from './cancellation';
import { canonical } from './convert';
import { sameList, shownFor, workspaceFiles } from './diagnostics';
import { answer } from './log';
import { Pause } from './pause';
import type { Serving } from './serving';

/** Files in one partial result; between as many, other requests have their turn. */
const CHUNK = 50;
/** Milliseconds after a document was closed, for the client to get its last pull answered and forget the document. */
const CLOSING = 500;

type Report = WorkspaceFullDocumentDiagnosticReport;
type Partial = ResultProgressReporter<WorkspaceDiagnosticReportPartialResult>;

export class WorkspacePulls {
  readonly #owed = new Map<string, string>();
  readonly #waiting = new Set<() => void>();
  readonly #closing = new Pause(CLOSING, () => this.settled());
  #asked = false;
  #changes = 0;
  #ended = false;

  constructor(private readonly serving: Serving) {
    const { connection, log } = serving;
    connection.languages.diagnostics.onWorkspace(({ previousResultIds }, token, _progress, partial) =>
      answer(log, 'Diagnosing the workspace', () => this.#answer(previousResultIds, token, partial)));
  }

  closed(uri: string): void {
    if (!this.#asked) return;
    this.#owed.set(canonical(uri), uri);
    this.#closing.start();
  }

  settled(): void {
    this.#changes += 1;
    for (const wake of [...this.#waiting]) wake();
  }

  end(): void {
    this.#ended = true;
    this.#closing.cancel();
    this.settled();
  }

  async #answer(previous: readonly PreviousResultId[], token: CancellationToken, partial?: Partial): Promise<WorkspaceDiagnosticReport> {
    this.#asked = true;
    await Promise.all(this.serving.folders.all.map((folder) => folder.ready()));
    const known = new Map(previous.map((one) => [canonical(one.uri), one]));
    for (;;) {
      const changes = this.#changes;
      const { items, sent } = await this.#collect(known, token, partial);
      if (items.length > 0 || sent || this.#ended) return { items };
      if (changes === this.#changes) await this.#change(token);
      refuseCancelled(token);
    }
  }

  /** Resolves at the next change, when the client cancels, and when the server ends. */
  #change(token: CancellationToken): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        cancelled.dispose();
        resolve();
      };
      const cancelled = token.onCancellationRequested(wake);
      this.#waiting.add(wake);
    });
  }

  /** What differs from what the client knows; full chunks are sent ahead when it takes partial results. */
  async #collect(known: ReadonlyMap<string, PreviousResultId>, token: CancellationToken, partial?: Partial) {
    let items: Report[] = [];
    let sent = false;
    let looked = 0;
    for (const [key, uri] of this.#candidates(known)) {
      const report = this.#report(key, uri, known.get(key)?.value);
      if (report) items.push(report);
      if (partial && items.length === CHUNK) {
        partial.report({ items });
        items = [];
        sent = true;
      }
      looked += 1;
      if (looked % CHUNK === 0) await new Promise((resolve) => setTimeout(resolve, 0));
      refuseCancelled(token);
    }
    return { items, sent };
  }

  /** Files the client may have to hear of, as they are spelled to it. */
  #candidates(known: ReadonlyMap<string, PreviousResultId>): ReadonlyMap<string, string> {
    const spelled = [...known].map(([key, { uri }]): [string, string] => [key, uri]);
    return new Map([...workspaceFiles(this.serving), ...this.#owed, ...spelled]);
  }

  #report(key: string, uri: string, previous: string | undefined): Report | undefined {
    const { items, id, version = null } = shownFor(this.serving, uri);
    const owed = this.#owed.delete(key);
    if (!owed && (previous === undefined ? items.length === 0 : sameList(previous, id))) return undefined;
    return { kind: DocumentDiagnosticReportKind.Full, uri, version, resultId: id, items };
  }
}
