/** A workspace that is judged while it changes. The implementation of `Session`. */
import type { Project, Rule, Suppression } from '../../rules/kit';
import { RULESET } from '../../rules/kit';
import { rules as allRules } from '../../rules';
import { projectFacts } from '../project/facts';
import { applicationRoots, libraryRoots, partition } from '../project/partition';
import { RECORD_FILES } from '../records/paths';
import { Documents } from '../syntax/documents';
import type { Grammars } from '../syntax/grammars';
import type { Config } from '../workspace/config';
import type { Workspace } from '../workspace/workspace';
import { inOrder } from './answers';
import type { Bench } from './application';
import { Application } from './application';
import type { Changes } from './changes';
import type { CloseUp } from './close-up';
import { HeldFiles } from './held';
import type { Keeping } from './kept';
import type { Audit, Finding, Notice, Silenced } from './outcome';
import type { UnitReader } from './read';
import { unitReader } from './read';
import type { Recording, Suppressing } from './recording';
import { Records } from './records';
import type { Registry } from './registry';
import type { Working } from './remembering';
import { registryOf } from './registry';
import { Mending } from './mending';
import type { Correction, Progress, Remedy } from './session';
import type { Signoff } from './signed';
import type { Ground } from './told';
import { Told } from './told';

export interface SessionOptions {
  readonly workspace: Workspace;
  readonly grammars: Grammars;
  /** Default: every rule there is. */
  readonly rules?: readonly Rule[];
  /** Judges by this instead of the workspace's own `shipworthy.json`. */
  readonly config?: Config;
  /** Where answers are kept from one run to the next. Default: nowhere. */
  readonly keeping?: Keeping;
}

export class LiveSession implements Working {
  version = 0;
  readonly provisional = false;
  readonly ruleset = RULESET;
  private readonly registry: Registry;
  private readonly documents: Documents;
  private readonly reader: UnitReader;
  private readonly held: HeldFiles;
  /** One, or one for each application of the workspace, by their folders. */
  private applications: readonly Application[] = [];
  private roots: readonly string[] = [];
  private libraries: readonly string[] = [];
  private readonly records: Records;
  private readonly bench: Bench;
  private readonly told: Told;
  private readonly mending: Mending;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: SessionOptions) {
    this.registry = registryOf(options.rules ?? allRules);
    this.documents = new Documents(options.grammars);
    this.reader = unitReader(options.grammars, this.documents, this.registry.interest, () => this.held.roots);
    this.held = new HeldFiles(options.workspace, this.registry.cards, (path, text, open) => this.reader.read(path, text, open), (path) => { for (const each of this.applications) each.forget(path); }, options.config);
    this.records = new Records(this.held, this.registry.byId);
    this.bench = this.benchOf(this.held);
    const ground: Ground = { registry: this.registry, ruleset: this.ruleset, held: this.held, records: this.records, text: (path) => this.text(path), applications: () => this.applications, libraries: () => this.libraries };
    this.told = new Told(ground);
    this.mending = new Mending(ground, this.told, (path) => this.findings(path));
  }

  get config(): Config {
    return this.held.config;
  }

  get rules(): Audit['rules'] {
    return this.registry.byId;
  }

  /** Nothing: there is no place for it. */
  keep(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  // ---- keeping up

  refresh(progress?: (at: Progress) => void, signal?: AbortSignal): Promise<void> {
    const next = this.running.catch(() => undefined).then(async () => {
      const changes = await this.held.catchUp(progress, signal);
      if (!this.told.heard || !this.stands(changes)) {
        this.build();
        if (this.judgeOpen()) progress?.({ done: this.held.files.size, total: this.held.files.size });
        await this.judgeAll(signal);
      }
      this.held.settle();
    });
    this.running = next;
    return next;
  }

  /** Whether what was judged still stands after changes. */
  private stands(changes: Changes): boolean {
    if (changes === 'nothing') return true;
    if (changes === 'anything' || [...changes.edited].some((path) => !this.applications.some((each) => each.project.unit(path)))) return false;
    if (!this.applications.every((each) => each.stands(changes.edited))) return false;
    this.conclude();
    return true;
  }

  edit(path: string, text: string): void {
    if (!this.held.edit(path, text) || this.applications.length === 0) return;
    if (RECORD_FILES.includes(path)) {
      for (const each of this.applications) each.reconsider();
      return this.conclude();
    }
    const unit = this.held.files.get(path)?.unit;
    const concerned = this.applications.filter((each) => each.project.unit(path));
    if (!unit || concerned.length === 0 || !concerned.every((each) => each.renew(unit))) this.build(this.roots);
    for (const each of this.applications) if (each.project.unit(path)) each.judgeEdited(path);
    this.conclude();
  }

  close(path: string): void {
    this.reader.close(path);
    this.held.close(path);
  }

  touch(paths?: readonly string[]): void {
    this.held.touch(paths);
  }

  // ---- judging

  /**
   * Makes the facts of all applications from the files as they are.
   * @param known the applications' folders where they are not to be looked for: a letter typed does not make a new application
   */
  private build(known?: readonly string[]): void {
    const { held } = this;
    held.readFactsNow();
    const units = [...held.files.values()].flatMap((file) => file.unit ? [file.unit] : []).sort((a, b) => a.path < b.path ? -1 : 1);
    const paths = held.entries.map((entry) => entry.path);
    this.roots = known ?? applicationRoots(units, paths);
    if (!known) this.libraries = libraryRoots(this.roots, units, paths);
    const earlier = new Map(this.applications.map((each) => [each.project.root, each]));
    this.applications = partition(this.roots, units, paths).map((part) => new Application(this.factsOf(part), this.bench, earlier.get(part.root)));
  }

  /** Like the bench made apart from `build`: a function holds the variables around it, and each application would hold the one before it. */
  private factsOf(part: ReturnType<typeof partition>[number]): Project {
    const { held, options: { workspace } } = this;
    return projectFacts({
      ...part, name: part.root ? `${workspace.name}/${part.root}` : workspace.name,
      text: (path) => this.text(path), tracked: (path) => held.tracked(path), held: () => held.below(part.root), ignored: (path) => held.ignored(path),
    });
  }

  private benchOf(held: HeldFiles): Bench {
    return { registry: this.registry, read: (path) => held.files.get(path)?.unit, court: () => ({ config: this.config, source: (path: string) => held.source(path) }), suppressions: () => this.records.suppressions };
  }

  /** Looks at the files without judging them, so that `digest` is of what is there. */
  look(progress?: (at: Progress) => void, signal?: AbortSignal): Promise<void> {
    const next = this.running.catch(() => undefined).then(() => this.held.look(progress, signal));
    this.running = next;
    return next;
  }

  /** Of all that the answers rest on, as it was last looked at. */
  digest(): string {
    return this.held.digest();
  }

  /** Whether all that was looked at is judged. */
  get settled(): boolean {
    return this.told.heard && this.held.settled;
  }

  /** Judges everything that was looked at, at once. */
  judgeNow(): void {
    this.build();
    for (const each of this.applications) each.judgeNow();
    this.conclude();
    this.held.settle();
  }

  /** Open files come first where nothing is said yet: somebody looks at them. True when there is something to show. */
  private judgeOpen(): boolean {
    const open = new Set(this.held.open);
    const said = this.applications.map((each) => each.judgeFirst(open)).includes(true);
    if (said) this.version++;
    return said;
  }

  private async judgeAll(signal?: AbortSignal): Promise<void> {
    const { applications } = this;
    for (const each of applications) await each.judge(() => this.applications === applications, signal);
    // An edit that came in between made new facts.
    if (this.applications !== applications) return this.judgeAll(signal);
    this.conclude();
  }

  private conclude(): void {
    this.told.forget();
    this.version++;
  }

  // ---- answers

  text(path: string): string | undefined {
    return this.held.files.get(path)?.text ?? this.records.file(path).text;
  }

  findings(path: string): readonly Finding[] {
    if (this.applications.length === 1) return this.applications[0]?.findings(path) ?? [];
    // Files that several applications share are judged for each: the same finding is shown once.
    const all = this.applications.flatMap((each) => each.findings(path));
    return [...new Map(all.map((each) => [each.fingerprint, each])).values()].sort(inOrder);
  }

  silenced(path: string): readonly Silenced[] {
    return this.applications.flatMap((each) => each.silenced(path));
  }

  suppressions(path: string): readonly Suppression[] {
    return this.held.files.get(path)?.unit?.suppressions ?? [];
  }

  notices(path?: string): readonly Notice[] {
    return this.told.notices(path);
  }

  audits(): readonly Audit[] {
    return this.told.audits();
  }

  // ---- mending

  remedies(path: string, asOf?: string): readonly Remedy[] {
    return this.mending.remedies(path, asOf);
  }

  fix(fingerprint: string, index: number): Correction | undefined {
    return this.mending.fix(fingerprint, index);
  }

  closeUp(fingerprint: string, fixed: boolean): CloseUp | undefined {
    return this.mending.closeUp(fingerprint, fixed);
  }

  fixAll(path: string, rule?: string): Correction | undefined {
    return this.mending.fixAll(path, rule);
  }

  ignore(fingerprint: string, reach: 'line' | 'file', reason: string): Correction | undefined {
    return this.mending.ignore(fingerprint, reach, reason);
  }

  suppress(fingerprint: string, how: Suppressing): Recording | undefined {
    return this.mending.suppress(fingerprint, how);
  }

  switchOff(rule: string, reason: string): Recording {
    return this.mending.switchOff(rule, reason);
  }

  sign(record: Signoff): Recording {
    return this.mending.sign(record);
  }

  dispose(): void {
    this.documents.dispose();
    this.held.files.clear();
    this.applications = [];
    this.told.forget();
  }
}
