/** Diagnostics for clients that do not ask for them, such as Neovim before 0.10 and eglot: sent whenever they change. */
import { attempt } from './log';
import type { Delivery } from './delivery';
import { canonical } from './convert';
import { shownFor, workspaceFiles } from './diagnostics';
import { Pause } from './pause';
import type { Serving } from './serving';

/** Milliseconds without a keystroke before an edit's diagnostics are sent. */
const QUIET = 150;

interface Sent { readonly uri: string; readonly id: string }

export class Publishing implements Delivery {
  /** What the client shows, by canonical URI; files it shows nothing for are left out. */
  readonly #sent = new Map<string, Sent>();
  readonly #edited = new Set<string>();
  readonly #pause = new Pause(QUIET, () => void this.#flush());

  constructor(private readonly serving: Serving) {}

  edited(uri: string): void {
    this.#edited.add(uri);
    this.#pause.start();
  }

  closed(uri: string): void {
    this.#edited.delete(uri);
    this.#publish(uri);
  }

  settled(): void {
    const files = new Map(workspaceFiles(this.serving));
    for (const [key, { uri }] of this.#sent) files.set(key, uri);
    for (const { uri } of this.serving.documents.all) files.set(canonical(uri), uri);
    for (const uri of files.values()) this.#publish(uri);
  }

  end(): void {
    this.#pause.cancel();
  }

  #flush(): Promise<void> {
    const uris = [...this.#edited];
    this.#edited.clear();
    return attempt(this.serving.log, 'Sending diagnostics', () => uris.forEach((uri) => this.#publish(uri)));
  }

  /** Sends what is to be shown for a file unless the client shows just that; the last finding's end is an empty list. */
  #publish(uri: string): void {
    const { connection, log } = this.serving;
    const key = canonical(uri);
    const { items, id, version } = shownFor(this.serving, uri);
    const before = this.#sent.get(key);
    if (before ? before.id === id : items.length === 0) return;
    if (items.length > 0) this.#sent.set(key, { uri, id });
    else this.#sent.delete(key);
    const params = { uri, diagnostics: items, ...(version !== undefined && { version }) };
    void attempt(log, `Sending diagnostics of ${uri}`, () => connection.sendDiagnostics(params));
  }
}
