/** Opens a workspace for audit. The implementation of `Session`. */
import type { Project, Rule, Unit } from '../../rules/kit';
import { rules as allRules } from '../../rules';
import { projectFacts, renewedFacts } from '../project/facts';
import { Documents } from '../syntax/documents';
import type { Grammars } from '../syntax/grammars';
import type { Config } from '../workspace/config';
import type { Workspace } from '../workspace/workspace';
import { Answers } from './answers';
import { allSafe, correctionOf, ignoreComment } from './correction';
import { HeldFiles, inSlices } from './held';
import type { HeldFile } from './held';
import type { Court, Judged, Verdict } from './judge';
import { judgeFile, judgeProject, severityOf } from './judge';
import { gathered } from './notices';
import type { Audit, Finding, Notice, RuleCard, RuleDocument } from './outcome';
import type { UnitReader } from './read';
import { unitReader } from './read';
import type { Registry } from './registry';
import { documentOf, registryOf } from './registry';
import type { Correction, Progress, Session } from './session';
import { suppressionNotices } from './silence';

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

/** The document of a rule of ours, for its page. */
export function ruleDocument(id: string): RuleDocument | undefined {
  const rule = allRules.find((each) => each.id === id);
  return rule && documentOf(rule);
}

export function openSession(options: SessionOptions): Session {
  return new LiveSession(options);
}

class LiveSession implements Session {
  version = 0;
  private readonly registry: Registry;
  private readonly documents: Documents;
  private readonly reader: UnitReader;
  private readonly held: HeldFiles;
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
    this.reader = unitReader(options.grammars, this.documents, this.registry.interest, (root) => this.held.roots.has(root));
    this.held = new HeldFiles(options.workspace, this.registry.cards, (path, text, open) => this.reader.read(path, text, open), (path) => { this.fileVerdicts.delete(path); });
  }

  get config(): Config {
    return this.held.config;
  }

  // ---- keeping up

  refresh(progress?: (at: Progress) => void, signal?: AbortSignal): Promise<void> {
    const next = this.running.catch(() => undefined).then(async () => {
      if (!await this.held.catchUp(progress, signal) && this.project && this.answers) return;
      this.build();
      await this.judgeAll(signal);
    });
    this.running = next;
    return next;
  }

  edit(path: string, text: string): void {
    if (!this.held.edit(path, text) || !this.project) return;
    this.build(path);
    const unit = this.project.unit(path);
    if (unit) this.judgeUnit(unit, this.project, this.active('file', this.project));
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

  /** @param changed the one file that differs from the last build, after an edit */
  private build(changed?: string): void {
    const { held } = this;
    const unit = changed === undefined ? undefined : held.files.get(changed)?.unit;
    const renewed = unit && this.project && renewedFacts(this.project, unit);
    if (renewed) { this.project = renewed; return; }
    const units = [...held.files.values()].flatMap((file) => file.unit ? [file.unit] : []).sort((a, b) => a.path < b.path ? -1 : 1);
    this.project = projectFacts({
      root: '', name: this.options.workspace.name, units, paths: held.entries.map((entry) => entry.path),
      text: (path) => this.text(path), tracked: (path) => held.tracked(path), ignored: (path) => held.ignored(path),
    });
  }

  private get court(): Omit<Court, 'project'> {
    return { config: this.config, source: (path) => this.held.source(path) };
  }

  private async judgeAll(signal?: AbortSignal): Promise<void> {
    const { project } = this;
    if (!project) return;
    const rules = this.active('file', project);
    await inSlices(project.units, (unit) => { if (this.project === project) this.judgeUnit(unit, project, rules); }, signal);
    // An edit came in between: what it left unjudged is judged now, by facts that know it.
    if (this.project !== project) return this.judgeAll(signal);
    const court = { ...this.court, project };
    this.projectVerdicts = new Map(this.active('project', project).map((rule) => [rule.id, judgeProject(rule, court)]));
    this.conclude();
  }

  private judgeUnit(unit: Unit, project: Project, rules: readonly (Rule & { scope: 'file' })[]): void {
    const court = { ...this.court, project };
    const verdicts = new Map<string, Verdict>();
    for (const rule of rules) {
      const verdict = judgeFile(rule, unit, court);
      if (verdict.places > 0 || verdict.notices.length > 0) verdicts.set(rule.id, verdict);
    }
    this.fileVerdicts.set(unit.path, verdicts);
  }

  /** Rules that are switched on and apply to the project. */
  private active<S extends Rule['scope']>(scope: S, project: Project): readonly (Rule & { scope: S })[] {
    return this.registry.rules.filter((rule): rule is Rule & { scope: S } => rule.scope === scope && severityOf(rule, this.config) !== 'off' && appliesTo(rule, project));
  }

  private conclude(): void {
    const { project, registry, config } = this;
    if (!project) return;
    this.answers = new Answers({ registry, config, project, files: this.fileVerdicts, whole: this.projectVerdicts, source: (path) => this.held.source(path) });
    this.audit = undefined;
    this.version++;
  }

  private auditOf(project: Project, answers: Answers): Audit {
    const modules = project.of('module').filter((each) => each.role === 'production');
    const { commit, entries, files } = this.held;
    return {
      project: { name: project.name, root: project.root, frameworks: [...project.frameworks], deployable: project.deployable !== undefined, ...(commit && { commit }) },
      outcomes: answers.outcomes(), notices: this.notices(), rules: this.registry.byId, ruleset: RULESET,
      files: {
        seen: entries.length, read: [...files.values()].filter((each) => each.text !== undefined).length, parsed: modules.filter((each) => each.whole).length,
        lines: modules.reduce((sum, each) => sum + each.lines, 0), routes: project.routes.length,
      },
    };
  }

  // ---- answers

  text(path: string): string | undefined {
    return this.held.files.get(path)?.text;
  }

  findings(path: string): readonly Finding[] {
    return this.answers?.findings(path) ?? [];
  }

  notices(path?: string): readonly Notice[] {
    if (path === undefined) {
      const files = [...this.held.files.values()].sort((a, b) => a.path < b.path ? -1 : 1);
      const whole = [...this.projectVerdicts.values()].flatMap((each) => each.notices);
      return gathered([...this.held.generalNotices(), ...whole, ...files.flatMap((file) => this.noticesOf(file))]);
    }
    const file = this.held.files.get(path);
    return [...this.held.generalNotices().filter((each) => each.path === path), ...(file ? this.noticesOf(file) : [])];
  }

  private noticesOf({ path, unit, notice }: HeldFile): Notice[] {
    const failed = [...(this.fileVerdicts.get(path)?.values() ?? [])].flatMap((each) => each.notices);
    const partly: Notice[] = unit?.kind === 'module' && unit.role === 'production' && !unit.whole
      ? [{ code: 'partly-parsed', path, incomplete: false, message: `${path} has syntax that could not be read; what stands around it was judged. Findings that rest on something being absent may be wrong there.` }] : [];
    return [...(notice ? [notice] : []), ...partly, ...failed, ...(unit ? suppressionNotices(unit, this.held.source(path), this.registry.byId) : [])];
  }

  audits(): readonly Audit[] {
    const { project, answers } = this;
    if (!project || !answers) return [];
    this.audit ??= this.auditOf(project, answers);
    return [this.audit];
  }

  fix(fingerprint: string, index: number): Correction | undefined {
    const judged = this.answers?.judged(fingerprint);
    return judged && correctionOf(judged, index, (path) => this.held.source(path), (path) => this.exists(path));
  }

  fixAll(path: string, rule?: string): Correction | undefined {
    const list = this.findings(path).filter((each) => rule === undefined || each.rule === rule).map((each) => this.answers?.judged(each.fingerprint)).filter((each): each is Judged => each !== undefined);
    return allSafe(list, (at) => this.held.source(at), (at) => this.exists(at));
  }

  ignore(fingerprint: string, reach: 'line' | 'file', reason: string): Correction | undefined {
    const finding = this.answers?.judged(fingerprint)?.finding;
    const source = finding && this.held.source(finding.path);
    return finding && source && ignoreComment(finding, reach, reason, source);
  }

  private exists(path: string): boolean {
    return this.held.files.has(path) || this.held.entries.some((entry) => entry.path === path);
  }

  dispose(): void {
    this.documents.dispose();
    this.held.files.clear();
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
