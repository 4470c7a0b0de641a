/**
 * A session that answers from an earlier run while nothing has changed since: the files are looked at and compared, and neither read into
 * facts nor judged. What was not kept, such as the edits of a fix, has everything judged first.
 */
import type { Suppression } from '../../rules/kit';
import { sha256 } from '../records/digest';
import type { CloseUp, FixPreview } from './close-up';
import { closeUpOf } from './close-up';
import { followed } from './followed';
import type { Kept, Keeping, SaidOfFile } from './kept';
import { answersOf, readKept, textOf } from './kept';
import type { Audit, Finding, Notice, RuleCard, Silenced } from './outcome';
import type { Recording, Suppressing } from './recording';
import type { Correction, Progress, Remedy, Session } from './session';
import type { Signoff } from './signed';

/** A session that works everything out. */
export interface Working extends Session {
  readonly rules: Audit['rules'];
  readonly ruleset: string;
  /** Everything that was looked at is judged. */
  readonly settled: boolean;
  /** Takes what is there, without reading it into facts. */
  look(progress?: (at: Progress) => void, signal?: AbortSignal): Promise<void>;
  /** Of all that answers rest on, as it was last looked at. */
  digest(): string;
  /** Judges what was looked at, at once. */
  judgeNow(): void;
}

const NOTHING: SaidOfFile = { findings: [], silenced: [], notices: [] };

export class RememberingSession implements Session {
  #kept: Kept | undefined;
  /** What is kept is of other files as well as of these, which are told by their texts. */
  #partly = false;
  /** Whether what is kept of a file is of its text, where that is in question. */
  readonly #same = new Map<string, boolean>();
  /** Files that were edited since, with the text that what was kept of them is about. */
  readonly #edited = new Map<string, string>();
  /** What is said of those, as far as it could be followed. */
  readonly #followed = new Map<string, SaidOfFile>();
  #audits: readonly Audit[] | undefined;
  /** What was asked for of fixes since all was judged: likely to be asked for again. */
  readonly #previews = new Map<string, FixPreview | null>();
  /** What stands where answers are kept. */
  #written: { readonly digest: string; readonly previews: number } | undefined;
  #looked = false;
  #turns = 0;

  constructor(private readonly working: Working, private readonly keeping: Keeping) {}

  get version(): number {
    return this.working.version + this.#turns;
  }

  get provisional(): boolean {
    return this.#kept !== undefined;
  }

  get config(): Session['config'] {
    return this.working.config;
  }

  // ---- keeping up

  async refresh(progress?: (at: Progress) => void, signal?: AbortSignal): Promise<void> {
    if (!this.#looked) {
      await this.working.look(progress, signal);
      this.#looked = true;
      const text = await this.keeping.load();
      if (text !== undefined && this.#take(text)) return;
    }
    const { version } = this.working;
    await this.working.refresh(progress, signal);
    if (this.working.version !== version) this.#previews.clear();
    this.#forget();
  }

  /** False where nothing can be taken of what was kept. */
  #take(text: string): boolean {
    const digest = this.working.digest();
    const read = readKept(text, this.keeping, digest);
    if (!read) return false;
    this.#kept = read.kept;
    this.#partly = !read.whole;
    if (read.whole) this.#written = { digest, previews: Object.keys(read.kept.previews).length };
    this.#turns++;
    return true;
  }

  async keep(): Promise<string | undefined> {
    if (this.#kept || !this.working.settled) return undefined;
    const digest = this.working.digest();
    const previews = this.#previews.size;
    if (this.#written?.digest === digest && this.#written.previews >= previews) return undefined;
    const unkept = await this.keeping.save(textOf({ ...answersOf(this.working), previews: Object.fromEntries(this.#previews) }, this.keeping.edition, digest));
    if (unkept === undefined) this.#written = { digest, previews };
    return unkept;
  }

  edit(path: string, text: string): void {
    const before = this.working.text(path);
    this.working.edit(path, text);
    this.#previews.clear();
    if (!this.#kept || this.working.text(path) === before) return;
    if (before !== undefined && !this.#edited.has(path)) this.#edited.set(path, before);
    this.#followed.delete(path);
    this.#turns++;
  }

  close(path: string): void {
    this.working.close(path);
  }

  touch(paths?: readonly string[]): void {
    this.working.touch(paths);
  }

  dispose(): void {
    this.#forget();
    this.working.dispose();
  }

  #forget(): void {
    if (!this.#kept) return;
    this.#kept = undefined;
    this.#audits = undefined;
    this.#edited.clear();
    this.#followed.clear();
    this.#same.clear();
    this.#turns++;
  }

  /** The session that can answer everything. */
  #awake(): Session {
    if (this.#kept) this.working.judgeNow();
    this.#forget();
    return this.working;
  }

  // ---- answers that are kept

  text(path: string): string | undefined {
    return this.working.text(path);
  }

  audits(): readonly Audit[] {
    if (this.#kept && this.#partly) return [];
    const { rules, ruleset } = this.working;
    return this.#kept ? this.#audits ??= this.#kept.audits.map((audit) => ({ ...audit, rules, ruleset })) : this.working.audits();
  }

  findings(path: string): readonly Finding[] {
    return this.#kept ? this.#said(this.#kept, path).findings : this.working.findings(path);
  }

  silenced(path: string): readonly Silenced[] {
    return this.#kept ? this.#said(this.#kept, path).silenced : this.working.silenced(path);
  }

  notices(path?: string): readonly Notice[] {
    if (!this.#kept) return this.working.notices(path);
    if (path === undefined) return this.#partly ? this.working.notices() : this.#kept.notices;
    return this.#said(this.#kept, path).notices;
  }

  #said({ files }: Kept, path: string): SaidOfFile {
    const before = this.#edited.get(path);
    const now = this.text(path);
    if (this.#partly && !this.#isSame(path, files[path]?.of, before ?? now)) return { findings: this.working.findings(path), silenced: this.working.silenced(path), notices: this.working.notices(path) };
    const said = files[path] ?? NOTHING;
    if (before === undefined || now === undefined) return said;
    const moved = this.#followed.get(path) ?? followed(said, path, before, now);
    this.#followed.set(path, moved);
    return moved;
  }

  #isSame(path: string, digest: string | undefined, text: string | undefined): boolean {
    const same = this.#same.get(path) ?? (digest !== undefined && text !== undefined && sha256(text) === digest);
    this.#same.set(path, same);
    return same;
  }

  /** Known of files that were read. */
  suppressions(path: string): readonly Suppression[] {
    return this.working.suppressions(path);
  }

  closeUp(fingerprint: string, fixed: boolean): CloseUp | undefined {
    const finding = this.#named(fingerprint);
    const text = finding && this.text(finding.path);
    const fix = !fixed ? null : this.#partly ? undefined : this.#kept?.previews[fingerprint];
    if (!finding || text === undefined || fix === undefined) return this.#workedOut(fingerprint, fixed);
    const card: RuleCard | undefined = this.working.rules[finding.rule];
    return { ...closeUpOf(finding, card?.secret === true, text), ...(fix && { fix }) };
  }

  #workedOut(fingerprint: string, fixed: boolean): CloseUp | undefined {
    const seen = this.#awake().closeUp(fingerprint, fixed);
    if (seen && fixed) this.#previews.set(fingerprint, seen.fix ?? null);
    return seen;
  }

  #named(fingerprint: string): Finding | undefined {
    if (!this.#kept) return undefined;
    for (const path of Object.keys(this.#kept.files)) {
      const found = this.#said(this.#kept, path).findings.find((each) => each.fingerprint === fingerprint);
      if (found) return found;
    }
    return undefined;
  }

  // ---- answers that are worked out

  remedies(path: string, asOf?: string): readonly Remedy[] { return this.#awake().remedies(path, asOf); }
  fix(fingerprint: string, index: number): Correction | undefined { return this.#awake().fix(fingerprint, index); }
  fixAll(path: string, rule?: string): Correction | undefined { return this.#awake().fixAll(path, rule); }
  ignore(fingerprint: string, reach: 'line' | 'file', reason: string): Correction | undefined { return this.#awake().ignore(fingerprint, reach, reason); }
  suppress(fingerprint: string, how: Suppressing): Recording | undefined { return this.#awake().suppress(fingerprint, how); }
  switchOff(rule: string, reason: string): Recording { return this.working.switchOff(rule, reason); }
  sign(record: Signoff): Recording { return this.working.sign(record); }
}
