/** One application under audit: its facts, the verdicts over them, and what is said of them. A workspace has one, or several side by side. */
import type { Project, Rule, Unit } from '../../rules/kit';
import { inventoryOf } from '../inventory';
import { renewedFacts } from '../project/facts';
import type { FileSuppression } from '../records/suppressions';
import { Answers } from './answers';
import { severityOf } from './decided';
import { inSlices } from './held';
import type { Inventory } from './inventory';
import type { Court, Judged, Verdict } from './judge';
import { judgeFile, judgeProject } from './judge';
import type { Audit, Finding, Notice, Silenced } from './outcome';
import type { Registry } from './registry';

/** The rule set and the world that judging asks: files as they were read, and what the user configured. */
export interface Bench {
  readonly registry: Registry;
  readonly court: () => Omit<Court, 'project'>;
  /** Of `.shipworthy/suppressions.json`. */
  readonly suppressions: () => readonly FileSuppression[];
}

export class Application {
  /** Verdicts of file rules, by path and rule. */
  private readonly fileVerdicts: Map<string, ReadonlyMap<string, Verdict>>;
  private projectVerdicts: ReadonlyMap<string, Verdict>;
  private answers: Answers | undefined;
  /** Rules to ask, by their scope. */
  private readonly asked = new Map<Rule['scope'], readonly Rule[]>();
  /** As of the last judging of the whole, like the verdicts of project rules: an edit does not make it anew. */
  private tables: Inventory | undefined;

  /** @param earlier the same application before: what it said holds until it is judged again */
  constructor(public project: Project, private readonly bench: Bench, earlier?: Application) {
    this.fileVerdicts = new Map(earlier?.fileVerdicts);
    this.projectVerdicts = earlier?.projectVerdicts ?? new Map<string, Verdict>();
    for (const path of this.fileVerdicts.keys()) if (!project.unit(path)) this.fileVerdicts.delete(path);
    if (earlier?.heard) this.conclude();
    this.tables = earlier?.tables;
  }

  /** Takes an edited file. False where the edit may change what other files mean: then the facts have to be made anew. */
  renew(unit: Unit): boolean {
    const renewed = renewedFacts(this.project, unit);
    if (renewed) this.project = renewed;
    return renewed !== undefined;
  }

  /** Judges every file and the whole. Ends early when `current` says that newer facts have come in between. */
  async judge(current: () => boolean, signal?: AbortSignal): Promise<void> {
    const { project } = this;
    this.asked.clear();
    const rules = this.active('file');
    await inSlices(project.units, (unit) => { if (current() && this.project === project) this.judgeUnit(unit, rules); }, signal);
    if (!current()) return;
    // An edit came in between: what it left unjudged is judged now, by facts that know it.
    if (this.project !== project) return this.judge(current, signal);
    const court = { ...this.bench.court(), project };
    this.projectVerdicts = new Map(this.active('project').map((rule) => [rule.id, judgeProject(rule, court)]));
    this.tables = undefined;
    this.conclude();
  }

  /** Judges one file at once. */
  judgeEdited(unit: Unit): void {
    this.judgeUnit(unit, this.active('file'));
    this.conclude();
  }

  private judgeUnit(unit: Unit, rules: readonly (Rule & { scope: 'file' })[]): void {
    const court = { ...this.bench.court(), project: this.project };
    const verdicts = new Map<string, Verdict>();
    for (const rule of rules) {
      const verdict = judgeFile(rule, unit, court);
      if (verdict.places > 0 || verdict.notices.length > 0) verdicts.set(rule.id, verdict);
    }
    this.fileVerdicts.set(unit.path, verdicts);
  }

  /** Rules that are switched on and apply to the project. Found out when the whole is judged, and kept while one file is edited: what an edit adds to the project counts from then on. */
  private active<S extends Rule['scope']>(scope: S): readonly (Rule & { scope: S })[] {
    const known = this.asked.get(scope) as readonly (Rule & { scope: S })[] | undefined;
    if (known) return known;
    const { config } = this.bench.court();
    const found = this.bench.registry.rules.filter((rule): rule is Rule & { scope: S } => rule.scope === scope && severityOf(rule, config) !== 'off' && appliesTo(rule, this.project));
    this.asked.set(scope, found);
    return found;
  }

  /** Says anew what was judged: what is silenced may be another. */
  reconsider(): void {
    if (this.heard) this.conclude();
  }

  private conclude(): void {
    const { project, bench, fileVerdicts: files, projectVerdicts: whole } = this;
    const { config, source } = bench.court();
    this.answers = new Answers({ registry: bench.registry, config, project, files, whole, records: bench.suppressions(), source });
  }

  // ---- answers

  /** Whether it has been judged at all. */
  get heard(): boolean {
    return this.answers !== undefined;
  }

  /** Forgets what was said of a file whose text is another now. */
  forget(path: string): void {
    this.fileVerdicts.delete(path);
  }

  findings(path: string): readonly Finding[] {
    return this.answers?.findings(path) ?? [];
  }

  silenced(path: string): readonly Silenced[] {
    return this.answers?.silenced(path) ?? [];
  }

  /** Keys of the comments and records that have silenced something. */
  used(): ReadonlySet<string> {
    return this.answers?.used() ?? new Set();
  }

  judged(fingerprint: string): Judged | undefined {
    return this.answers?.judged(fingerprint);
  }

  /** What went wrong while judging: of one file, or of the project as a whole. */
  failures(path?: string): readonly Notice[] {
    const verdicts = path === undefined ? this.projectVerdicts : this.fileVerdicts.get(path);
    return [...(verdicts?.values() ?? [])].flatMap((each) => each.notices);
  }

  /** What it is made of; made when it is first asked for. */
  inventory(): Inventory {
    const { source } = this.bench.court();
    return this.tables ??= inventoryOf(this.project, ({ path, start }) => ({ path, line: source(path)?.line(start) ?? 0 }));
  }

  outcomes(): Audit['outcomes'] {
    return this.answers?.outcomes() ?? [];
  }
}

function appliesTo(rule: Rule, project: Project): boolean {
  try {
    return rule.applies(project) === true;
  } catch {
    return false;
  }
}
