/** One workspace folder: its settings, the session that audits it while it is enabled, and the scans of that session. */
import type { WorkspaceFolder } from 'vscode-languageserver';
import type { Session } from '../engine/audit/session';
import { relativePath, uriOf } from './convert';
import type { Host } from './host';
import { attempt, type Log } from './log';
import type { OpenDocuments } from './open-documents';
import { Pause } from './pause';
import type { Settings } from './protocol/settings';
import type { ScanProgress } from './progress';
import { Scan } from './scan';

/** Milliseconds without a scan before what was found is kept: it is there for a server that ends without a word. */
const KEEPING = 30_000;

/** What a folder tells its surroundings. */
export interface FolderWatcher {
  /** What is said of files may have changed. */
  settled(): void;
  /** A scan began, or ended without another to follow. */
  turned(): void;
  progress(title: string, cancelled: () => void): ScanProgress;
}

export class Folder {
  readonly uri: string;
  readonly name: string;
  #settings: Settings | undefined;
  #session: Session | undefined;
  #scan: Scan | undefined;
  #ended = false;
  #changes: ((path: string) => boolean) | undefined;
  /** Files changed on the disk since it was looked which differ from the commit. What is only typed changes nothing there. */
  #moved = true;
  /** Why what was found could not be kept, as it was last said. */
  #unkept: string | undefined;
  readonly #keep = new Pause(KEEPING, () => void this.#kept());
  #ready: Promise<void>;

  /** `settings` may take a while to come; until then, requests wait. */
  constructor(place: WorkspaceFolder, settings: Promise<Settings>, private readonly host: Host, private readonly documents: OpenDocuments, private readonly watcher: FolderWatcher, private readonly log: Log) {
    this.uri = place.uri;
    this.name = place.name;
    this.#ready = settings.then((first) => this.#become(first));
  }

  get settings(): Settings | undefined {
    return this.#settings;
  }

  get scanning(): boolean {
    return this.#scan?.scanning ?? false;
  }

  /** Absent while it is being opened, when the folder is switched off and when it cannot be read. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** The session once it is open and knows the open documents (a first scan may still run). */
  async ready(): Promise<Session | undefined> {
    await this.#ready;
    return this.session;
  }

  /** The session once it can work out edits at once: one that gives the answers of an earlier run would judge everything first. */
  async judged(): Promise<Session | undefined> {
    if ((await this.ready())?.provisional) await this.#scan?.now();
    return this.session;
  }

  /** Whether findings of a closed file show, by the settings. */
  shows(path: string): boolean {
    if (this.#settings?.problems === 'workspace') return true;
    return this.#settings?.problems === 'changedFiles' && this.#changes?.(path) === true;
  }

  /** The path of a file in this folder, or undefined when it is elsewhere. */
  pathOf(uri: string): string | undefined {
    return relativePath(this.uri, uri);
  }

  /** The URI of a path, spelled as the editor spells it when the file is open. */
  uriOf(path: string): string {
    return this.documents.spelled(uriOf(this.uri, path));
  }

  /** Takes new settings; resolves when they are in force. */
  apply(settings: Settings): Promise<void> {
    this.#ready = this.#ready.then(() => this.#become(settings));
    return this.#ready;
  }

  /** The editor's text of a file. Its own findings are right at once, those of the project soon. */
  edit(path: string, text: string): void {
    this.session?.edit(path, text);
    this.#scan?.soon();
  }

  close(path: string): void {
    this.session?.close(path);
    this.#scan?.soon();
  }

  /** These files changed behind the editor. */
  touch(paths: readonly string[]): void {
    this.#moved = true;
    this.session?.touch(paths);
    this.#scan?.soon();
  }

  /** Reads everything again; a folder that could not be opened is tried once more. */
  async rescan(): Promise<void> {
    await this.#ready;
    if (this.#settings && !this.#session) await this.apply(this.#settings);
    this.#moved = true;
    this.session?.touch();
    await this.#scan?.now();
  }

  /** Frees everything; resolves when that is done. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#close();
  }

  async #become(settings: Settings): Promise<void> {
    this.#settings = settings;
    if (!settings.enable) return this.#close();
    if (this.#session) return this.#look();
    if (this.#ended) return;
    // It may end while it is being opened.
    try {
      const session = await this.host.open(this.uri, this.name);
      if (this.#ended) return session.dispose();
      this.#begin(session);
    } catch (reason) {
      this.log.failed(`Opening the folder ${this.uri}`, reason);
    }
  }

  #begin(session: Session): void {
    this.#session = session;
    for (const document of this.documents.all) {
      const path = this.pathOf(document.uri);
      if (path !== undefined) void attempt(this.log, `Judging ${document.uri}`, () => session.edit(path, document.getText()));
    }
    this.#scan = new Scan(session, this.name, {
      turned: () => this.watcher.turned(),
      settled: () => void this.#settled(),
      progress: (cancelled) => this.watcher.progress(`Shipworthy: ${this.name}`, cancelled),
    }, this.log);
    void this.#scan.now();
  }

  /** A scan ended: which files are at work has to be looked at before they show. */
  async #settled(): Promise<void> {
    this.#keep.start();
    if (this.#settings?.problems === 'changedFiles') await this.#look();
    if (!this.#ended) this.watcher.settled();
  }

  /** Keeps what was found, so that it is there at once when the folder is opened again. */
  async #kept(session = this.session): Promise<void> {
    await attempt(this.log, `Keeping what was found in ${this.uri}`, async () => {
      const why = await session?.keep();
      if (why !== undefined && why !== this.#unkept) this.log.info(why);
      this.#unkept = why;
    });
  }

  async #look(): Promise<void> {
    if (this.#settings?.problems !== 'changedFiles' || !this.#moved) return;
    this.#moved = false;
    await attempt(this.log, `Looking for changed files of ${this.uri}`, async () => { this.#changes = await this.host.changes?.(this.uri); });
  }

  /** A session is not disposed of under a scan that is still at work in it. */
  async #close(): Promise<void> {
    const scan = this.#scan;
    const session = this.session;
    this.#scan = undefined;
    this.#session = undefined;
    this.#keep.cancel();
    await scan?.end();
    await this.#kept(session);
    await attempt(this.log, `Closing the folder ${this.uri}`, () => session?.dispose());
  }
}
