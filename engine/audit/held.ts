/**
 * The files under audit as they were last read: their texts and facts, the editor's versions over the disk's, and what has to be read again.
 * Knows nothing of rules.
 */
import ignore from 'ignore';
import type { Unit } from '../../rules/kit';
import { kindOf } from '../files/kind';
import { roleOf } from '../files/role';
import type { Config } from '../workspace/config';
import { CONFIG_FILE as CONFIG, DEFAULTS, readConfig } from '../workspace/config';
import type { RuleName } from '../workspace/config-schema';
import { NO_RULES } from '../workspace/ignore-rules';
import { byText } from '../records/document';
import { RECORD_FILES } from '../records/paths';
import { ignoreTest } from '../workspace/ignored';
import type { Around, Entry, Reading, Revision, Workspace } from '../workspace/workspace';
import type { Changes } from './changes';
import { both } from './changes';
import { HeldRecords } from './held-records';
import { digestOfInputs } from './inputs';
import type { Notice } from './outcome';
import type { Progress } from './session';
import { Breath, inSlices } from './slices';
import type { SourceText } from './source';
import { sourceOf } from './source';

/** Files that are read from the disk at the same time. */
const AT_ONCE = 16;

export interface HeldFile {
  readonly path: string;
  readonly stamp: string;
  readonly text?: string;
  /** As it was read, where `text` is not: to tell whether it is another by now. */
  readonly written?: string;
  readonly unit?: Unit;
  /** Why it was not read, or what was odd about it. */
  readonly notice?: Notice;
}

export type Reader = (path: string, text: string, open: boolean) => Unit | undefined;

export class HeldFiles {
  readonly files = new Map<string, HeldFile>();
  config: Config = DEFAULTS;
  revision: Revision | undefined;
  /** The disk changed, so that files may differ from the commit now, or may not any more. */
  private moved = false;
  entries: readonly Entry[] = [];
  /** Names of all folders and files, endings off: what an import of this project can begin with. */
  roots: ReadonlySet<string> = new Set();
  /** The configuration as it was last read. */
  private configured: Reading | undefined;
  private readonly records: HeldRecords;
  private readonly overlays = new Map<string, string>();
  private readonly sources = new WeakMap<HeldFile, SourceText>();
  private stale = new Set<string>();
  private listed = false;
  /** Files whose text was taken and whose facts are still to be read. */
  private readonly unread = new Set<string>();
  /** What is another than when all was last judged; scans that were stopped leave it standing. */
  private changes: Changes = 'nothing';
  private general: readonly Notice[] = [];
  private trackedPaths: ReadonlySet<string> | undefined;
  private ignores: ((path: string) => boolean) | undefined;
  private around: Around = { rules: NO_RULES, prefix: '' };

  /**
   * @param changed told of every file whose text or presence is another than before
   * @param given counts instead of the workspace's own configuration
   */
  constructor(private readonly workspace: Workspace, private readonly rules: readonly RuleName[], private readonly reader: Reader, private readonly changed: (path: string) => void, private readonly given?: Config) {
    this.records = new HeldRecords(workspace);
  }

  /** Reads what is new or stale, and says what is another than at the last `settle`. */
  async catchUp(progress?: (at: Progress) => void, signal?: AbortSignal): Promise<Changes> {
    await this.look(progress, signal);
    await this.readFacts(progress, signal);
    return this.changes;
  }

  /** All that `catchUp` has told of is judged. */
  settle(): void {
    this.changes = 'nothing';
  }

  /** Nothing is known to be another than what was judged. */
  get settled(): boolean {
    return this.changes === 'nothing' && this.stale.size === 0;
  }

  /** Takes the texts of what is new or stale. The facts of files that came with the whole folder are left for `readFacts`. */
  async look(progress?: (at: Progress) => void, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const asked = this.stale;
    const structural = !this.listed || [...asked].some((path) => path === CONFIG || /(^|\/)\.gitignore$/.test(path) || !this.files.has(path));
    // What is touched from here on is for the next time.
    this.stale = new Set();
    this.listed = true;
    try {
      const records = structural || RECORD_FILES.some((path) => asked.has(path)) ? await this.records.readAgain() : false;
      const changed = await (structural ? this.readAll(asked, progress, signal) : this.readAgain(asked)) || records;
      const edited = !structural && !records && changed && [...asked].every((path) => this.overlays.has(path));
      this.changes = both(this.changes, edited ? { edited: asked } : changed ? 'anything' : 'nothing');
    } catch (reason) {
      for (const path of asked) this.stale.add(path);
      if (structural) { this.listed = false; this.changes = 'anything'; }
      throw reason;
    }
  }

  /** Reads the facts that are still to be read. */
  async readFacts(progress?: (at: Progress) => void, signal?: AbortSignal): Promise<void> {
    const paths = [...this.unread].sort(byText);
    let done = 0;
    await inSlices(paths, (path) => {
      progress?.({ done, total: paths.length, path });
      this.readFactsOf(path);
      done++;
    }, signal);
    if (paths.length > 0) progress?.({ done, total: paths.length });
  }

  /** The same, at once. */
  readFactsNow(): void {
    for (const path of [...this.unread].sort(byText)) this.readFactsOf(path);
  }

  private readFactsOf(path: string): void {
    const file = this.unread.has(path) ? this.files.get(path) : undefined;
    if (file?.text !== undefined) this.take(path, file.text, file.stamp, this.overlays.has(path), file.notice);
  }

  /** Of all that facts and verdicts are made from: two folders with one digest are judged alike. */
  digest(): string {
    const { workspace: { name }, files, entries, records, config, revision, around, general } = this;
    return digestOfInputs({ name, files: files.values(), entries, tracked: this.trackedPaths, records: records.all, settings: { config, revision, around, general } });
  }

  private async readAgain(paths: ReadonlySet<string>): Promise<boolean> {
    let any = false;
    for (const path of paths) if (this.overlays.has(path) || await this.readFile(path, '')) any = true;
    return await this.lookAgain() || any;
  }

  /** True when the working tree is in another state than before, such as no longer that of its commit. */
  private async lookAgain(): Promise<boolean> {
    if (!this.moved) return false;
    this.moved = false;
    const before = this.revision;
    this.revision = await this.workspace.revision();
    return before?.dirty !== this.revision?.dirty || before?.commit !== this.revision?.commit;
  }

  /** A file of ours: the editor's text, else the disk's when it was last read. */
  record(path: string): Reading | undefined {
    const overlay = this.overlays.get(path);
    if (overlay !== undefined) return { text: overlay };
    return path === CONFIG ? this.configured : this.records.get(path);
  }

  /** Takes the editor's text. True when it is another than before and belongs to the project. */
  edit(path: string, text: string): boolean {
    if (this.overlays.get(path) === text) return false;
    this.overlays.set(path, text);
    if (RECORD_FILES.includes(path)) {
      this.stale.add(path);
      return true;
    }
    if (this.files.get(path)?.text === text || (this.listed && !this.belongs(path))) return false;
    // Of a folder that nobody has looked at yet, answers of an earlier run may be all that is asked for.
    if (this.listed) this.take(path, text, 'open', true); else this.leave({ path, text, stamp: 'open' });
    // The project's rules have not seen it yet.
    this.stale.add(path);
    return true;
  }

  /** Paths of the files whose text is the editor's. */
  get open(): Iterable<string> {
    return this.overlays.keys();
  }

  /** The disk's text counts again, from the next catchUp on. */
  close(path: string): void {
    if (this.overlays.delete(path)) this.stale.add(path);
  }

  touch(paths?: readonly string[]): void {
    this.moved = true;
    if (paths) for (const path of paths) this.stale.add(path);
    else { this.listed = false; for (const [path, file] of this.files) this.files.set(path, { ...file, stamp: '' }); }
  }

  source(path: string): SourceText | undefined {
    const file = this.files.get(path);
    if (file?.text === undefined) return undefined;
    const known = this.sources.get(file) ?? sourceOf(path, file.text);
    this.sources.set(file, known);
    return known;
  }

  /** Paths below a folder that git holds; without an index, those that are there. */
  *below(root: string): Iterable<string> {
    const before = root === '' ? '' : `${root}/`;
    for (const path of this.trackedPaths ?? this.entries.map((entry) => entry.path)) if (path.startsWith(before)) yield path;
  }

  tracked(path: string): boolean | undefined {
    return this.trackedPaths?.has(path);
  }

  /** Whether git would ignore a path, by every .gitignore on the way down. */
  ignored(path: string): boolean {
    this.ignores ??= ignoreTest(this.around, new Map([...this.files.values()].flatMap((file) => file.text !== undefined && /(^|\/)\.gitignore$/.test(file.path) ? [[file.path.replace(/\/?\.gitignore$/, ''), file.text] as const] : [])));
    return this.ignores(path);
  }

  /** What is to be said of the folder as a whole, and of files that were not read because of what they are. */
  generalNotices(): readonly Notice[] {
    return this.general;
  }

  private async readAll(asked: ReadonlySet<string>, progress?: (at: Progress) => void, signal?: AbortSignal): Promise<boolean> {
    const [listing, tracked, revision] = await Promise.all([this.workspace.list(signal), this.workspace.tracked(), this.workspace.revision()]);
    const before = this.config;
    this.trackedPaths = tracked;
    this.revision = revision;
    this.moved = false;
    this.general = [...await this.loadConfig(), ...listing.notices];
    const excluded = ignore().add([...this.config.exclude]);
    this.around = listing.around;
    this.ignores = undefined;
    // What a link leads to is looked at under its own path.
    this.entries = listing.entries.filter((entry) => entry.real === undefined && !excluded.ignores(entry.path));
    const reread = this.takeRoots(new Set(this.entries.flatMap((entry) => entry.path.split('/').map((part) => part.replace(/\.\w+$/, '')))));
    const present = new Map(this.entries.map((entry) => [entry.path, entry]));
    let any = reread || JSON.stringify(before) !== JSON.stringify(this.config);
    for (const path of [...this.files.keys()]) if (!present.has(path) && !this.overlays.has(path)) { this.forget(path); any = true; }
    const wanted = this.entries.filter((entry) => kindOf(entry.path) !== undefined && !this.overlays.has(entry.path) && (asked.has(entry.path) || this.files.get(entry.path)?.stamp !== entry.stamp));
    const breath = new Breath(signal);
    for (let done = 0; done < wanted.length; done += AT_ONCE) {
      const some = wanted.slice(done, done + AT_ONCE);
      const readings = await Promise.all(some.map((entry) => this.workspace.read(entry.path)));
      for (const [index, entry] of some.entries()) {
        if (breath.due) { await breath.take(); progress?.({ done: 0, total: wanted.length, path: entry.path }); }
        const reading = readings[index];
        if (reading && this.receive(entry.path, entry.stamp, reading, true)) any = true;
      }
    }
    for (const path of this.overlays.keys()) if (this.files.has(path) && !this.belongs(path)) { this.forget(path); any = true; }
    return any || [...asked].some((path) => this.overlays.has(path));
  }

  /**
   * Open files are read again when other names are the project's own: they may have been opened before anything was known of it.
   * True when one was: what was judged of it is forgotten then.
   */
  private takeRoots(roots: ReadonlySet<string>): boolean {
    if (roots.size === this.roots.size && [...roots].every((each) => this.roots.has(each))) return false;
    this.roots = roots;
    const open = [...this.overlays].filter(([path]) => this.files.has(path) && !this.unread.has(path));
    for (const [path, text] of open) this.take(path, text, 'open', true);
    return open.length > 0;
  }

  private async loadConfig(): Promise<readonly Notice[]> {
    if (this.given) {
      this.config = this.given;
      return [];
    }
    const overlay = this.overlays.get(CONFIG);
    const reading = overlay === undefined ? await this.workspace.read(CONFIG) : { text: overlay };
    this.configured = 'text' in reading || reading.notice.code !== 'vanished' ? reading : undefined;
    const read = 'text' in reading ? readConfig(reading.text, CONFIG, this.rules) : { config: DEFAULTS, notices: reading.notice.code === 'vanished' ? [] : [reading.notice] };
    this.config = read.config;
    return read.notices;
  }

  private async readFile(path: string, stamp: string): Promise<boolean> {
    return this.receive(path, stamp, await this.workspace.read(path));
  }

  /** @param later its facts are read by `readFacts` */
  private receive(path: string, stamp: string, reading: Reading, later = false): boolean {
    const known = this.files.get(path);
    if ('notice' in reading) {
      const gone = reading.notice.code === 'vanished';
      const same = !gone && known?.text === undefined && JSON.stringify(known?.notice) === JSON.stringify(reading.notice);
      if (!same && (known || !gone)) this.forget(path);
      if (!gone) this.files.set(path, { path, stamp, notice: reading.notice });
      return !same && (known !== undefined || !gone);
    }
    if (known !== undefined && (known.written ?? known.text) === reading.text) { this.files.set(path, { ...known, stamp }); return false; }
    // An edit that came while the disk was read wins.
    if (this.overlays.has(path)) return true;
    if (!later) { this.take(path, reading.text, stamp, false, reading.remark); return true; }
    this.leave({ path, stamp, text: reading.text, ...(reading.remark && { notice: reading.remark }) });
    return true;
  }

  /** For `readFacts`. */
  private leave(file: HeldFile): void {
    this.files.set(file.path, file);
    this.unread.add(file.path);
    this.told(file.path);
  }

  private take(path: string, text: string, stamp: string, open: boolean, notice?: Notice): void {
    this.unread.delete(path);
    const read = this.understood(path, text, open);
    const unit = 'unit' in read ? read.unit : undefined;
    const said = 'notice' in read ? read.notice : notice;
    // Rules that look through texts have no business in a lock file, which may be longer than all sources together.
    const kept = unit?.kind === 'manifest' && unit.lock && !open ? { text: '', written: text } : { text };
    this.files.set(path, { path, stamp, ...kept, ...(unit && { unit }), ...(said && { notice: said }) });
    this.told(path);
  }

  /** What a file says; where reading it fails, that it does. One file that nobody thought of must not take the others with it. */
  private understood(path: string, text: string, open: boolean): { readonly unit: Unit | undefined } | { readonly notice: Notice } {
    try {
      return { unit: this.reader(path, text, open) };
    } catch (reason) {
      const what = reason instanceof Error ? reason.name : 'an unknown error';
      const message = `${path} was left out: reading it failed (${what}). Everything else goes on. Code that programs write can be nested too deeply; exclude it in shipworthy.json, or report this with the file's shape, not its secrets.`;
      return { notice: { code: 'not-parsed', path, message, incomplete: roleOf(path) === 'production' } };
    }
  }

  private forget(path: string): void {
    this.unread.delete(path);
    this.files.delete(path);
    this.told(path);
  }

  private told(path: string): void {
    if (/(^|\/)\.gitignore$/.test(path)) this.ignores = undefined;
    this.changed(path);
  }

  /** Whether an open document is part of the project: not excluded, not vendored, and not ignored unless git has it. */
  private belongs(path: string): boolean {
    if (this.entries.some((entry) => entry.path === path)) return true;
    if (roleOf(path) === 'vendored' || ignore().add([...this.config.exclude]).ignores(path)) return false;
    return !this.ignored(path) || this.tracked(path) === true;
  }
}
