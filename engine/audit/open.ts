/** Opens a workspace for audit. The implementation of `Session`. */
import type { Project, Rule, Suppression } from '../../rules/kit';
import { RULESET } from '../../rules/kit';
import { rules as allRules } from '../../rules';
import { projectFacts } from '../project/facts';
import { applicationRoots, libraryRoots, partition } from '../project/partition';
import { RECORD_FILES, SIGNOFFS_FILE, SUPPRESSIONS_FILE } from '../records/paths';
import { Documents } from '../syntax/documents';
import type { Grammars } from '../syntax/grammars';
import { CONFIG_FILE, type Config } from '../workspace/config';
import type { Workspace } from '../workspace/workspace';
import { inOrder } from './answers';
import type { Bench } from './application';
import { Application } from './application';
import type { Changes } from './changes';
import type { CloseUp } from './close-up';
import { closeUpOf, previewOf } from './close-up';
import { allSafe, correctionOf, ignoreComment } from './correction';
import { HeldFiles } from './held';
import type { HeldFile } from './held';
import type { Judged } from './judge';
import type { Keeping } from './kept';
import { severityOf } from './decided';
import { gathered } from './notices';
import type { Audit, Finding, Notice, RuleCard, RuleDocument, Silenced } from './outcome';
import type { UnitReader } from './read';
import { unitReader } from './read';
import type { Recording, Suppressing } from './recording';
import { signature, suppression, switchingOff } from './recording';
import { Records } from './records';
import type { Registry } from './registry';
import type { Working } from './remembering';
import { RememberingSession } from './remembering';
import { documentOf, registryOf } from './registry';
import type { Correction, Progress, Remedy, Session } from './session';
import type { SignedAudit, Signoff } from './signed';
import { digestFor, signedAudit } from './signoffs';
import { suppressionNotices } from './silence';
import type { Stale } from './stale';
import { endedComments, endedRecords, staleComments, staleRecords } from './stale';

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

/** Cards of all rules in the order of the registry. */
export const ruleCards: readonly RuleCard[] = registryOf(allRules).cards;

/** The document of a rule of ours, for its page. */
export function ruleDocument(id: string): RuleDocument | undefined {
  const rule = allRules.find((each) => each.id === id);
  return rule && documentOf(rule);
}

export function openSession(options: SessionOptions): Session {
  const session = new LiveSession(options);
  return options.keeping ? new RememberingSession(session, options.keeping) : session;
}

class LiveSession implements Working {
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
  private made: readonly Audit[] | undefined;
  private unneeded: readonly Stale[] | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: SessionOptions) {
    this.registry = registryOf(options.rules ?? allRules);
    this.documents = new Documents(options.grammars);
    this.reader = unitReader(options.grammars, this.documents, this.registry.interest, () => this.held.roots);
    this.held = new HeldFiles(options.workspace, this.registry.cards, (path, text, open) => this.reader.read(path, text, open), (path) => { for (const each of this.applications) each.forget(path); }, options.config);
    this.records = new Records(this.held, this.registry.byId);
    this.bench = this.benchOf(this.held);
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

  private get heard(): boolean {
    return this.applications.some((each) => each.heard);
  }

  // ---- keeping up

  refresh(progress?: (at: Progress) => void, signal?: AbortSignal): Promise<void> {
    const next = this.running.catch(() => undefined).then(async () => {
      const changes = await this.held.catchUp(progress, signal);
      if (!this.heard || !this.stands(changes)) {
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
    return this.heard && this.held.settled;
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
    this.made = undefined;
    this.unneeded = undefined;
    this.version++;
  }

  private auditOf(application: Application): Audit {
    const { project } = application;
    const modules = project.of('module').filter((each) => each.role === 'production');
    const { revision, files } = this.held;
    return {
      project: { name: project.name, root: project.root, frameworks: [...project.frameworks], deployable: project.deployable !== undefined, ...(this.libraries.length > 0 && { libraries: this.libraries }), ...revision },
      outcomes: application.outcomes(), signoffs: this.signed(application), rules: this.rules, ruleset: this.ruleset,
      notices: this.notices().filter((each) => each.path === undefined || this.applications.length === 1 || RECORD_FILES.includes(each.path) || project.paths.includes(each.path)),
      files: {
        seen: project.paths.length, read: project.paths.filter((path) => files.get(path)?.text !== undefined).length, parsed: modules.filter((each) => each.whole).length,
        lines: modules.reduce((sum, each) => sum + each.lines, 0), routes: project.routes.length,
      },
      inventory: application.inventory(),
    };
  }

  private signed({ project: { root } }: Application): SignedAudit {
    const { records, held: { revision }, registry: { cards } } = this;
    return signedAudit({ records: records.signoffs, root, watch: records.watch, commit: revision?.commit, required: this.config.signoffs.required, cards });
  }

  /** What silences nothing. Nothing can be told before everything was judged once. */
  private stale(): readonly Stale[] {
    return this.unneeded ??= this.heard ? this.findStale() : [];
  }

  private findStale(): readonly Stale[] {
    const used = new Set(this.applications.flatMap((each) => [...each.used()]));
    const rules = new Map(this.registry.rules.map((rule) => [rule.id, rule]));
    const asked = (id: string) => { const rule = rules.get(id); return rule !== undefined && severityOf(rule, this.config) !== 'off'; };
    const usage = { used, asked };
    const units = [...this.held.files.values()].flatMap(({ unit }) => unit && unit.suppressions.length > 0 && this.applications.some((each) => each.project.unit(unit.path)) ? [unit] : []);
    const comments = units.flatMap((unit) => { const source = this.held.source(unit.path); return source ? staleComments(unit, source, usage) : []; });
    const { text } = this.records.file(SUPPRESSIONS_FILE);
    return text === undefined ? comments : [...comments, ...staleRecords(this.records.suppressions, text, usage)];
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
    if (path === undefined) {
      const files = [...this.held.files.values()].sort((a, b) => a.path < b.path ? -1 : 1);
      const whole = this.applications.flatMap((each) => each.failures());
      const ours = [...this.records.notices, ...this.stale().map(({ notice }) => notice)];
      return gathered([...this.held.generalNotices(), ...whole, ...ours, ...files.flatMap((file) => this.noticesOf(file))]);
    }
    const file = this.held.files.get(path);
    const ours = [...this.records.notices, ...this.stale().map(({ notice }) => notice)];
    return [...[...this.held.generalNotices(), ...ours].filter((each) => each.path === path), ...(file ? this.noticesOf(file) : [])];
  }

  private noticesOf({ path, unit, notice }: HeldFile): Notice[] {
    const failed = this.applications.flatMap((each) => each.failures(path));
    const partly: Notice[] = unit?.kind === 'module' && unit.role === 'production' && !unit.whole
      ? [{ code: 'partly-parsed', path, incomplete: false, message: `${path} has syntax that could not be read; what stands around it was judged. Findings that rest on something being absent may be wrong there.` }] : [];
    return [...(notice ? [notice] : []), ...partly, ...failed, ...(unit ? suppressionNotices(unit, this.held.source(path), this.registry.byId) : [])];
  }

  audits(): readonly Audit[] {
    if (!this.heard) return [];
    return this.made ??= this.applications.map((each) => this.auditOf(each));
  }

  private judged(fingerprint: string): Judged | undefined {
    for (const each of this.applications) { const found = each.judged(fingerprint); if (found) return found; }
    return undefined;
  }

  remedies(path: string, asOf?: string): readonly Remedy[] {
    const stale = this.stale().filter(({ notice }) => notice.path === path).map(({ notice, correction }): Remedy => ({ range: notice.range, correction }));
    const places = new Set(stale.map(({ range }) => JSON.stringify(range)));
    return asOf === undefined ? stale : [...stale, ...this.ended(path, asOf).filter(({ range }) => !places.has(JSON.stringify(range)))];
  }

  private ended(path: string, asOf: string): readonly Remedy[] {
    const unit = this.held.files.get(path)?.unit;
    const source = unit && this.held.source(path);
    const text = path === SUPPRESSIONS_FILE ? this.records.file(path).text : undefined;
    return [...(source ? endedComments(unit, source, asOf) : []), ...(text === undefined ? [] : endedRecords(this.records.suppressions, text, asOf))];
  }

  fix(fingerprint: string, index: number): Correction | undefined {
    const judged = this.judged(fingerprint);
    return judged && correctionOf(judged, index, (path) => this.held.source(path), (path) => this.exists(path));
  }

  closeUp(fingerprint: string, fixed: boolean): CloseUp | undefined {
    const finding = this.judged(fingerprint)?.finding;
    const text = finding && this.text(finding.path);
    if (!finding || text === undefined) return undefined;
    const secret = this.registry.byId[finding.rule]?.secret === true;
    const [offer] = finding.fixes;
    const correction = fixed && offer ? this.fix(fingerprint, offer.index) : undefined;
    return { ...closeUpOf(finding, secret, text), ...(correction && { fix: previewOf(correction, secret, (path) => this.text(path)) }) };
  }

  fixAll(path: string, rule?: string): Correction | undefined {
    const list = this.findings(path).filter((each) => rule === undefined || each.rule === rule).map((each) => this.judged(each.fingerprint)).filter((each): each is Judged => each !== undefined);
    return allSafe(list, (at) => this.held.source(at), (at) => this.exists(at));
  }

  ignore(fingerprint: string, reach: 'line' | 'file', reason: string): Correction | undefined {
    const finding = this.judged(fingerprint)?.finding;
    const source = finding && this.held.source(finding.path);
    return finding && source && ignoreComment(finding, reach, reason, source);
  }

  suppress(fingerprint: string, how: Suppressing): Recording | undefined {
    const finding = this.judged(fingerprint)?.finding;
    const source = finding && this.held.source(finding.path);
    return finding && source && suppression(finding, how, source, this.records.file(SUPPRESSIONS_FILE));
  }

  switchOff(rule: string, reason: string): Recording {
    if (!this.registry.byId[rule]) return { refused: `There is no rule called \`${rule}\`.` };
    return switchingOff(rule, reason, this.records.file(CONFIG_FILE));
  }

  sign(record: Signoff): Recording {
    const commit = this.held.revision?.commit;
    const digest = digestFor(record, this.records.watch);
    return signature({ ...(commit && { commit }), ...(digest !== undefined && { digest }), ...record }, this.records.file(SIGNOFFS_FILE));
  }

  private exists(path: string): boolean {
    return this.held.files.has(path) || this.held.entries.some((entry) => entry.path === path);
  }

  dispose(): void {
    this.documents.dispose();
    this.held.files.clear();
    this.applications = [];
    this.made = undefined;
  }
}
