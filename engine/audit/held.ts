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
import { RECORD_FILES } from '../records/paths';
import { ignoreTest } from '../workspace/ignored';
import type { Around, Entry, Reading, Revision, Workspace } from '../workspace/workspace';
import type { Notice } from './outcome';
import type { Progress } from './session';
import type { SourceText } from './source';
import { sourceOf } from './source';

/** Longest time the event loop is held, in milliseconds. */
const SLICE = 12;
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

/** What is another than before: nothing, nothing but the texts of open files, or anything. */
export type Changes = 'nothing' | 'anything' | { readonly edited: ReadonlySet<string> };

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
  /** Files of ours as they were last read; those that are not there are missing. */
  private configured: Reading | undefined;
  private records: ReadonlyMap<string, Reading> = new Map();
  private readonly overlays = new Map<string, string>();
  private readonly sources = new WeakMap<HeldFile, SourceText>();
  private stale = new Set<string>();
  private listed = false;
  private general: readonly Notice[] = [];
  private trackedPaths: ReadonlySet<string> | undefined;
  private ignores: ((path: string) => boolean) | undefined;
  private around: Around = { rules: NO_RULES, prefix: '' };

  /**
   * @param changed told of every file whose text or presence is another than before
   * @param given counts instead of the workspace's own configuration
   */
  constructor(private readonly workspace: Workspace, private readonly rules: readonly RuleName[], private readonly reader: Reader, private readonly changed: (path: string) => void, private readonly given?: Config) {}

  /** Reads what is new or stale, and says what is another than before. */
  async catchUp(progress?: (at: Progress) => void, signal?: AbortSignal): Promise<Changes> {
    signal?.throwIfAborted();
    const asked = this.stale;
    const structural = !this.listed || [...asked].some((path) => path === CONFIG || /(^|\/)\.gitignore$/.test(path) || !this.files.has(path));
    // What is touched from here on is for the next time.
    this.stale = new Set();
    this.listed = true;
    try {
      const records = structural || RECORD_FILES.some((path) => asked.has(path)) ? await this.readRecords() : false;
      const changed = await (structural ? this.readAll(asked, progress, signal) : this.readAgain(asked)) || records;
      const edited = !structural && !records && changed && [...asked].every((path) => this.overlays.has(path));
      return edited ? { edited: asked } : changed ? 'anything' : 'nothing';
    } catch (reason) {
      for (const path of asked) this.stale.add(path);
      if (structural) this.listed = false;
      throw reason;
    }
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

  /** Also where git ignores them: that they count must not depend on it. True when one is another than before. */
  private async readRecords(): Promise<boolean> {
    const before = JSON.stringify([...this.records]);
    const read = await Promise.all(RECORD_FILES.map(async (path) => [path, await this.workspace.read(path)] as const));
    this.records = new Map(read.filter(([, reading]) => 'text' in reading || reading.notice.code !== 'vanished'));
    return JSON.stringify([...this.records]) !== before;
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
    this.take(path, text, 'open', true);
    // The project's rules have not seen it yet.
    this.stale.add(path);
    return true;
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
    let slice = performance.now();
    for (let done = 0; done < wanted.length; done += AT_ONCE) {
      const some = wanted.slice(done, done + AT_ONCE);
      const readings = await Promise.all(some.map((entry) => this.workspace.read(entry.path)));
      for (const [index, entry] of some.entries()) {
        if (performance.now() - slice > SLICE) { await pause(); slice = performance.now(); signal?.throwIfAborted(); }
        progress?.({ done: done + index, total: wanted.length, path: entry.path });
        const reading = readings[index];
        if (reading && this.receive(entry.path, entry.stamp, reading)) any = true;
      }
    }
    for (const path of this.overlays.keys()) if (this.files.has(path) && !this.belongs(path)) { this.forget(path); any = true; }
    any ||= [...asked].some((path) => this.overlays.has(path));
    progress?.({ done: wanted.length, total: wanted.length });
    return any;
  }

  /**
   * Open files are read again when other names are the project's own: they may have been opened before anything was known of it.
   * True when one was: what was judged of it is forgotten then.
   */
  private takeRoots(roots: ReadonlySet<string>): boolean {
    if (roots.size === this.roots.size && [...roots].every((each) => this.roots.has(each))) return false;
    this.roots = roots;
    const open = [...this.overlays].filter(([path]) => this.files.has(path));
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

  private receive(path: string, stamp: string, reading: Reading): boolean {
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
    if (!this.overlays.has(path)) this.take(path, reading.text, stamp, false, reading.remark);
    return true;
  }

  private take(path: string, text: string, stamp: string, open: boolean, notice?: Notice): void {
    const unit = this.reader(path, text, open);
    // Rules that look through texts have no business in a lock file, which may be longer than all sources together.
    const kept = unit?.kind === 'manifest' && unit.lock && !open ? { text: '', written: text } : { text };
    this.files.set(path, { path, stamp, ...kept, ...(unit && { unit }), ...(notice && { notice }) });
    this.told(path);
  }

  private forget(path: string): void {
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

/** Lets the event loop breathe: requests are answered and cancelled between slices. */
export function pause(): Promise<void> {
  return new Promise((resolve) => { setImmediate(resolve); });
}

/** Runs through a list in slices. Stops with the signal's reason. */
export async function inSlices<T>(list: readonly T[], each: (one: T) => void, signal?: AbortSignal): Promise<void> {
  let slice = performance.now();
  for (const one of list) {
    if (performance.now() - slice > SLICE) { await pause(); slice = performance.now(); signal?.throwIfAborted(); }
    each(one);
  }
}
