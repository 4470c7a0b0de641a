/** Opens a workspace for audit. The implementation of `Session`. */
import ignore from 'ignore';
import type { Project, Rule, Unit } from '../../rules/kit';
import { rules as allRules } from '../../rules';
import { kindOf } from '../files/kind';
import { projectFacts, renewedFacts } from '../project/facts';
import { Documents } from '../syntax/documents';
import type { Grammars } from '../syntax/grammars';
import type { Config } from '../workspace/config';
import { DEFAULTS, readConfig } from '../workspace/config';
import type { Entry, Workspace } from '../workspace/workspace';
import { Answers } from './answers';
import { allSafe, correctionOf, ignoreComment } from './correction';
import type { Court, Verdict } from './judge';
import { judgeFile, judgeProject, severityOf } from './judge';
import type { Audit, Finding, Notice, RuleCard } from './outcome';
import type { UnitReader } from './read';
import { unitReader } from './read';
import type { Registry } from './registry';
import { registryOf } from './registry';
import type { Correction, Progress, Session } from './session';
import { suppressionNotices } from './silence';
import type { SourceText } from './source';
import { sourceOf } from './source';

/** Version of the rule set: goes up when a rule is added or made stricter. */
export const RULESET = '1';

export interface SessionOptions {
  readonly workspace: Workspace;
  readonly grammars: Grammars;
  /** Default: every rule there is. */
  readonly rules?: readonly Rule[];
}

/** Cards of all rules in the order of the registry. */
export const ruleCards: readonly RuleCard[] = registryOf(allRules).cards;

export function openSession(options: SessionOptions): Session {
  return new LiveSession(options);
}

interface FileState {
  readonly stamp: string;
  readonly text?: string;
  readonly unit?: Unit;
  readonly notice?: Notice;
}

const CONFIG = 'shipworthy.json';

class LiveSession implements Session {
  version = 0;
  config: Config = DEFAULTS;
  private readonly registry: Registry;
  private readonly documents: Documents;
  private readonly reader: UnitReader;
  private readonly files = new Map<string, FileState>();
  private readonly overlays = new Map<string, string>();
  private readonly sources = new WeakMap<FileState, SourceText>();
  private entries: readonly Entry[] = [];
  /** Names of all folders and files, endings off: what an import of this project can begin with. */
  private roots: ReadonlySet<string> = new Set();
  private listed = false;
  private stale = new Set<string>();
  private listingNotices: readonly Notice[] = [];
  private configNotices: readonly Notice[] = [];
  private trackedPaths: ReadonlySet<string> | undefined;
  private commit: string | undefined;
  private project: Project | undefined;
  /** Verdicts of file rules, by path and rule. */
  private readonly fileVerdicts = new Map<string, ReadonlyMap<string, Verdict>>();
  private projectVerdicts: ReadonlyMap<string, Verdict> = new Map();
  private answers: Answers | undefined;
  private audit: Audit | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: SessionOptions) {
    this.registry = registryOf(options.rules ?? allRules);
    this.documents = new Documents(options.grammars);
    this.reader = unitReader(options.grammars, this.documents, this.registry.interest, (root) => this.roots.has(root));
  }

  // ---- keeping up

  refresh(progress?: (at: Progress) => void, signal?: AbortSignal): Promise<void> {
    const next = this.running.catch(() => undefined).then(() => this.bringUpToDate(progress, signal));
    this.running = next;
    return next;
  }

  private async bringUpToDate(progress?: (at: Progress) => void, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const changed = this.listed ? await this.rereadStale(signal) : await this.readAll(progress, signal);
    if (changed || !this.project) {
      this.build();
      await this.judgeAll(signal);
    }
  }

  private async readAll(progress?: (at: Progress) => void, signal?: AbortSignal): Promise<boolean> {
    const { workspace } = this.options;
    const [listing, tracked, commit] = await Promise.all([workspace.list(signal), workspace.tracked(), workspace.commit()]);
    this.trackedPaths = tracked;
    this.commit = commit;
    this.listingNotices = listing.notices;
    await this.loadConfig();
    const excluded = ignore().add([...this.config.exclude]);
    this.entries = listing.entries.filter((entry) => !excluded.ignores(entry.path));
    this.roots = new Set(this.entries.flatMap((entry) => entry.path.split('/').map((part) => part.replace(/\.\w+$/, ''))));
    const present = new Set(this.entries.map((entry) => entry.path));
    let changed = false;
    for (const path of [...this.files.keys()]) if (!present.has(path) && !this.overlays.has(path)) { this.forget(path); changed = true; }
    const wanted = this.entries.filter((entry) => kindOf(entry.path) !== undefined && this.files.get(entry.path)?.stamp !== entry.stamp && !this.overlays.has(entry.path));
    let slice = performance.now();
    for (const [done, entry] of wanted.entries()) {
      if (performance.now() - slice > 12) { await pause(); slice = performance.now(); signal?.throwIfAborted(); }
      progress?.({ done, total: wanted.length, path: entry.path });
      await this.readFile(entry.path, entry.stamp);
      changed = true;
    }
    progress?.({ done: wanted.length, total: wanted.length });
    this.listed = true;
    this.stale = new Set();
    return changed;
  }

  private async rereadStale(signal?: AbortSignal): Promise<boolean> {
    if (this.stale.size === 0) return this.answers === undefined;
    const paths = [...this.stale];
    if (paths.some((path) => path === CONFIG || /(^|\/)\.gitignore$/.test(path) || !this.files.has(path))) { this.listed = false; return this.readAll(undefined, signal); }
    for (const path of paths) {
      if (!this.overlays.has(path)) await this.readFile(path, '');
      this.stale.delete(path);
    }
    return true;
  }

  private async loadConfig(): Promise<void> {
    const overlay = this.overlays.get(CONFIG);
    const reading = overlay === undefined ? await this.options.workspace.read(CONFIG) : { text: overlay };
    const read = 'text' in reading ? readConfig(reading.text, CONFIG) : { config: DEFAULTS, notices: reading.notice.code === 'vanished' ? [] : [reading.notice] };
    this.config = read.config;
    this.configNotices = read.notices;
  }

  private async readFile(path: string, stamp: string): Promise<void> {
    const reading = await this.options.workspace.read(path);
    if ('notice' in reading) {
      this.forget(path);
      if (reading.notice.code !== 'vanished') this.files.set(path, { stamp, notice: reading.notice });
      return;
    }
    this.take(path, reading.text, stamp, false, reading.remark);
  }

  private take(path: string, text: string, stamp: string, open: boolean, notice?: Notice): void {
    const unit = this.reader.read(path, text, open);
    this.files.set(path, { stamp, text, ...(unit && { unit }), ...(notice && { notice }) });
    this.fileVerdicts.delete(path);
  }

  private forget(path: string): void {
    this.files.delete(path);
    this.fileVerdicts.delete(path);
  }

  edit(path: string, text: string): void {
    if (this.overlays.get(path) === text) return;
    this.overlays.set(path, text);
    if (this.files.get(path)?.text === text) return;
    this.take(path, text, 'open', true);
    this.stale.add(path);
    if (!this.project) return;
    this.build(path);
    this.judgeOne(path);
    this.conclude();
  }

  close(path: string): void {
    if (!this.overlays.delete(path)) return;
    this.documents.close(path);
    this.stale.add(path);
  }

  touch(paths?: readonly string[]): void {
    if (!paths) { this.listed = false; this.files.forEach((state, path) => { if (!this.overlays.has(path)) this.files.set(path, { ...state, stamp: 'touched' }); }); return; }
    for (const path of paths) this.stale.add(path);
  }

  // ---- judging

  /** @param changed the one file that differs from the last build, after an edit */
  private build(changed?: string): void {
    const unit = changed === undefined ? undefined : this.files.get(changed)?.unit;
    const renewed = unit && this.project && renewedFacts(this.project, unit);
    if (renewed) { this.project = renewed; return; }
    const ignores = ignoreTest(this.files);
    const units = [...this.files.values()].flatMap((state) => state.unit ? [state.unit] : []).sort((a, b) => a.path < b.path ? -1 : 1);
    this.project = projectFacts({
      root: '', name: this.options.workspace.name, units, paths: this.entries.map((entry) => entry.path),
      text: (path) => this.files.get(path)?.text, tracked: (path) => this.trackedPaths ? this.trackedPaths.has(path) : undefined, ignored: ignores,
    });
  }

  private court(project: Project): Court {
    return { project, config: this.config, source: (path) => this.source(path) };
  }

  private source(path: string): SourceText | undefined {
    const state = this.files.get(path);
    if (state?.text === undefined) return undefined;
    const known = this.sources.get(state) ?? sourceOf(path, state.text);
    this.sources.set(state, known);
    return known;
  }

  private async judgeAll(signal?: AbortSignal): Promise<void> {
    const { project } = this;
    if (!project) return;
    let slice = performance.now();
    for (const unit of project.units) {
      if (performance.now() - slice > 12) { await pause(); slice = performance.now(); signal?.throwIfAborted(); if (this.project !== project) return this.judgeAll(signal); }
      this.judgeUnit(unit, project);
    }
    const court = this.court(project);
    this.projectVerdicts = new Map(this.active('project').map((rule) => [rule.id, judgeProject(rule, court)]));
    this.conclude();
  }

  private judgeOne(path: string): void {
    const unit = this.project?.unit(path);
    if (unit && this.project) this.judgeUnit(unit, this.project);
  }

  private judgeUnit(unit: Unit, project: Project): void {
    const court = this.court(project);
    const verdicts = new Map<string, Verdict>();
    for (const rule of this.active('file')) {
      const verdict = judgeFile(rule, unit, court);
      if (verdict.places > 0 || verdict.notices.length > 0) verdicts.set(rule.id, verdict);
    }
    this.fileVerdicts.set(unit.path, verdicts);
  }

  private active<S extends Rule['scope']>(scope: S): readonly (Rule & { scope: S })[] {
    const { project } = this;
    return this.registry.rules.filter((rule): rule is Rule & { scope: S } => rule.scope === scope && severityOf(rule, this.config) !== 'off' && (!project || appliesTo(rule, project)));
  }

  private conclude(): void {
    const { project, registry, config } = this;
    if (!project) return;
    this.answers = new Answers({ registry, config, project, files: this.fileVerdicts, whole: this.projectVerdicts, source: (path) => this.source(path) });
    this.audit = undefined;
    this.version++;
  }

  private auditOf(project: Project, answers: Answers): Audit {
    const modules = project.of('module').filter((each) => each.role === 'production');
    return {
      project: { name: project.name, root: project.root, frameworks: [...project.frameworks], deployable: project.deployable !== undefined, ...(this.commit && { commit: this.commit }) },
      outcomes: answers.outcomes(), notices: this.notices(), rules: this.registry.byId, ruleset: RULESET,
      files: {
        seen: this.entries.length, read: this.files.size, parsed: modules.filter((each) => each.whole).length,
        lines: modules.reduce((sum, each) => sum + each.lines, 0), routes: project.routes.length,
      },
    };
  }

  // ---- answers

  findings(path: string): readonly Finding[] {
    return this.answers?.findings(path) ?? [];
  }

  notices(path?: string): readonly Notice[] {
    const all = [...this.configNotices, ...this.listingNotices, ...[...this.files.entries()].sort(([a], [b]) => a < b ? -1 : 1).flatMap(([at, state]) => this.noticesOf(at, state))];
    return path === undefined ? all : all.filter((each) => each.path === path);
  }

  private noticesOf(path: string, state: FileState): Notice[] {
    const { unit } = state;
    const failed = [...(this.fileVerdicts.get(path)?.values() ?? [])].flatMap((each) => each.notices);
    const partly: Notice[] = unit?.kind === 'module' && unit.role === 'production' && !unit.whole
      ? [{ code: 'partly-parsed', path, incomplete: false, message: `${path} has syntax that could not be read; what stands around it was judged. Findings that rest on something being absent may be wrong there.` }] : [];
    return [...(state.notice ? [state.notice] : []), ...partly, ...failed, ...(unit ? suppressionNotices(unit, this.source(path), this.registry.byId) : [])];
  }

  audits(): readonly Audit[] {
    const { project, answers } = this;
    if (!project || !answers) return [];
    this.audit ??= this.auditOf(project, answers);
    return [this.audit];
  }

  fix(fingerprint: string, index: number): Correction | undefined {
    const judged = this.answers?.judged(fingerprint);
    return judged && correctionOf(judged, index, (path) => this.source(path), (path) => this.exists(path));
  }

  fixAll(path: string, rule?: string): Correction | undefined {
    const list = this.findings(path).filter((each) => rule === undefined || each.rule === rule).flatMap((each) => { const judged = this.answers?.judged(each.fingerprint); return judged ? [judged] : []; });
    return allSafe(list, (at) => this.source(at), (at) => this.exists(at));
  }

  ignore(fingerprint: string, reach: 'line' | 'file', reason: string): Correction | undefined {
    const finding = this.answers?.judged(fingerprint)?.finding;
    const source = finding && this.source(finding.path);
    return finding && source && ignoreComment(finding, reach, reason, source);
  }

  private exists(path: string): boolean {
    return this.files.has(path) || this.entries.some((entry) => entry.path === path);
  }

  dispose(): void {
    this.documents.dispose();
    this.files.clear();
    this.answers = undefined;
    this.audit = undefined;
    this.project = undefined;
  }
}

function appliesTo(rule: Rule, project: Project): boolean {
  try {
    return rule.applies(project) === true;
  } catch {
    return false;
  }
}

/** Lets the event loop breathe: requests are answered and cancelled between slices. */
function pause(): Promise<void> {
  return new Promise((resolve) => { setImmediate(resolve); });
}

/** Whether git would ignore a path, by every .gitignore on the way down. */
function ignoreTest(files: ReadonlyMap<string, FileState>): (path: string) => boolean {
  const byFolder = new Map<string, ReturnType<typeof ignore>>();
  for (const [path, state] of files) {
    if (state.text === undefined || !/(^|\/)\.gitignore$/.test(path)) continue;
    byFolder.set(path.slice(0, -'.gitignore'.length), ignore().add(state.text));
  }
  return (path) => {
    let ignored = false;
    const parts = path.split('/');
    for (let length = 0; length < parts.length; length++) {
      const folder = parts.slice(0, length).map((each) => `${each}/`).join('');
      const matcher = byFolder.get(folder);
      if (!matcher) continue;
      const test = matcher.test(path.slice(folder.length));
      if (test.ignored) ignored = true; else if (test.unignored) ignored = false;
    }
    return ignored;
  };
}
