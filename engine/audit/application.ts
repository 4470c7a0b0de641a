/** One application under audit: its facts, the verdicts over them, and what is said of them. A workspace has one, or several side by side. */
import type { Project, Rule, Unit } from '../../rules/kit';
import { inventoryOf } from '../inventory';
import { rebuiltFacts, renewedFacts } from '../project/facts';
import type { FileSuppression } from '../records/suppressions';
import { Answers } from './answers';
import { severityOf } from './decided';
import type { Earlier } from './hearing';
import { hear, hearAgain } from './hearing';
import type { Inventory } from './inventory';
import type { Court, Judged, Verdict } from './judge';
import { concerns, judgeFile, judgeProject } from './judge';
import type { Audit, Finding, Notice, Silenced } from './outcome';
import type { Registry } from './registry';
import { inSlices } from './slices';
import { Upkeep } from './upkeep';

/** The rule set and the world that judging asks: files as they were read, and what the user configured. */
export interface Bench {
  readonly registry: Registry;
  readonly court: () => Omit<Court, 'project'>;
  /** The facts of a file as they were read, before the names of other files were followed in them. */
  readonly read: (path: string) => Unit | undefined;
  /** Of `.shipworthy/suppressions.json`. */
  readonly suppressions: () => readonly FileSuppression[];
}

export class Application {
  /** Verdicts of file rules, by path and rule. */
  private readonly fileVerdicts: Map<string, ReadonlyMap<string, Verdict>>;
  private projectVerdicts: ReadonlyMap<string, Verdict>;
  private answers: Answers | undefined;
  /** What is said of the first files while all others are still to be judged for the first time. */
  private early: { readonly project: Project; readonly paths: ReadonlySet<string>; readonly judgeUnit: (unit: Unit) => void; readonly answers: Answers } | undefined;
  private readonly upkeep: Upkeep;
  /** An edited file that the facts have still to take in, since nothing has asked for them. */
  private ahead: Unit | undefined;
  /** Rules to ask, by their scope. */
  private readonly asked = new Map<Rule['scope'], readonly Rule[]>();
  /** Those that look at files of a kind and a role. */
  private readonly concerned = new Map<string, readonly (Rule & { scope: 'file' })[]>();
  /** What single rules said when a fix was asked for, by the facts of then; `rebuilt` are those with nothing taken over from before edits. */
  private again: { readonly project: Project; rebuilt?: Project; readonly verdicts: Map<string, Verdict> } | undefined;
  /** As of the last judging of the whole, like the verdicts of project rules: an edit does not make it anew. */
  private tables: Inventory | undefined;

  /** @param earlier the same application before: what it said holds until it is judged again */
  constructor(public project: Project, private readonly bench: Bench, earlier?: Application) {
    this.fileVerdicts = new Map(earlier?.fileVerdicts);
    this.projectVerdicts = earlier?.projectVerdicts ?? new Map<string, Verdict>();
    for (const path of this.fileVerdicts.keys()) if (!project.unit(path)) this.fileVerdicts.delete(path);
    if (earlier?.heard) this.conclude();
    this.tables = earlier?.tables;
    this.upkeep = new Upkeep(earlier?.upkeep);
  }

  /** Takes an edited file. False where it is of another kind now: then the facts have to be made anew. */
  renew(unit: Unit): boolean {
    this.ahead = unit;
    const since = this.upkeep.edited(unit, this.textOf(unit.path));
    return since?.stale.size === 0 || this.catchUp();
  }

  /** Brings the facts up to the edited file. */
  private catchUp(): boolean {
    const renewed = this.ahead ? renewedFacts(this.project, this.ahead) : this.project;
    if (renewed) { this.project = renewed; this.ahead = undefined; }
    return renewed !== undefined;
  }

  /** Judges these files before any other, where nothing has been judged yet. True when something is said of one of them. */
  judgeFirst(paths: ReadonlySet<string>): boolean {
    const units = this.heard ? [] : this.project.units.filter(({ path }) => paths.has(path));
    if (units.length === 0) return false;
    const judgeUnit = this.begin();
    for (const unit of units) judgeUnit(unit);
    this.early = { project: this.project, paths: new Set(units.map(({ path }) => path)), judgeUnit, answers: this.answersWith(new Map()) };
    return units.some(({ path }) => this.findings(path).length > 0);
  }

  /** Judges every file and the whole. Ends early when `current` says that newer facts have come in between. */
  async judge(current: () => boolean, signal?: AbortSignal): Promise<void> {
    const begun = this.early?.project === this.project && !this.ahead ? this.early : undefined;
    const judgeUnit = begun?.judgeUnit ?? this.begin();
    const { project } = this;
    const isCurrent = () => this.project === project && !this.ahead;
    await inSlices(project.units, (unit) => { if (current() && isCurrent() && !begun?.paths.has(unit.path)) judgeUnit(unit); }, signal);
    if (!current()) return;
    // An edit came in between: what it left unjudged is judged now, by facts that know it.
    if (!isCurrent()) return this.judge(current, signal);
    this.judgeProjectRules();
    this.conclude();
  }

  /** The same, at once. */
  judgeNow(): void {
    const judgeUnit = this.begin();
    for (const unit of this.project.units) judgeUnit(unit);
    this.judgeProjectRules();
    this.conclude();
  }

  /** Begins to judge everything; what comes back judges one file. */
  private begin(): (unit: Unit) => void {
    this.catchUp();
    this.asked.clear();
    this.concerned.clear();
    this.upkeep.restart();
    const edited = this.upkeep.path;
    return (unit) => { this.judgeUnit(unit, unit.path === edited); };
  }

  private judgeProjectRules(): void {
    const heard = hear(this.active('project'), this.askOfProject());
    this.projectVerdicts = heard.verdicts;
    this.tables = undefined;
    const { path } = this.upkeep;
    const read = path === undefined ? undefined : this.bench.read(path);
    if (read) this.upkeep.heardOfWhole(read, this.textOf(read.path), heard);
  }

  /**
   * After edits of these files: whether all that was judged of the whole still stands, or could be set right by asking a few rules of the
   * project again. Otherwise everything has to be judged anew.
   */
  stands(paths: ReadonlySet<string>): boolean {
    const [path, ...others] = [...paths].filter((each) => this.project.unit(each));
    if (path === undefined) return true;
    const read = others.length === 0 ? this.bench.read(path) : undefined;
    const rest = read && this.upkeep.restSince(read, this.textOf(path));
    if (!rest || (rest.asks && !this.catchUp())) return false;
    for (const [other, earlier] of rest.files) this.judgeAgain(other, earlier);
    // Places of applications, which rules of the project speak of, outlast edits: who is asked again is asked by facts that are right.
    const project = rest.whole.stale.size > 0 ? rebuiltFacts(this.project) : this.project;
    this.projectVerdicts = hearAgain(this.active('project'), rest.whole, this.askOfProject(project));
    this.tables = undefined;
    this.conclude();
    return true;
  }

  /** Judges the edited file at once: by all rules, or by those that may say something else than before the edit. */
  judgeEdited(path: string): void {
    const { ownSince } = this.upkeep;
    if (ownSince) this.judgeAgain(path, ownSince);
    else this.judgeWhole(path);
    this.conclude();
  }

  private judgeAgain(path: string, earlier: Earlier): void {
    const unit = earlier.stale.size > 0 ? this.project.unit(path) : undefined;
    this.fileVerdicts.set(path, unit ? hearAgain(this.active('file'), earlier, this.askOf(unit)) : earlier.before);
  }

  private judgeWhole(path: string): void {
    const unit = this.project.unit(path);
    if (unit) this.judgeUnit(unit, true);
  }

  /** @param edited whether more edits of it are likely to come */
  private judgeUnit(unit: Unit, edited: boolean): void {
    const heard = hear(this.concerning(unit), this.askOf(unit));
    this.fileVerdicts.set(unit.path, heard.verdicts);
    if (edited) this.upkeep.heardOfEdited(this.bench.read(unit.path), this.textOf(unit.path), heard);
    else this.upkeep.heardOfOther(unit.path, heard);
  }

  private askOf(unit: Unit): (rule: Rule & { scope: 'file' }) => Verdict {
    const court = { ...this.bench.court(), project: this.project };
    return (rule) => judgeFile(rule, unit, court);
  }

  private askOfProject(project = this.project): (rule: Rule & { scope: 'project' }) => Verdict {
    const court = { ...this.bench.court(), project };
    return (rule) => judgeProject(rule, court);
  }

  private textOf(path: string): string {
    return this.bench.court().source(path)?.text ?? '';
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

  /** Most rules have no business in most files: who has is found out once for all files of a kind and a role. */
  private concerning({ kind, role }: Unit): readonly (Rule & { scope: 'file' })[] {
    const key = `${kind} ${role}`;
    const known = this.concerned.get(key) ?? this.active('file').filter((rule) => concerns(rule, { kind, role }));
    this.concerned.set(key, known);
    return known;
  }

  /** Says anew what was judged: what is silenced may be another. */
  reconsider(): void {
    if (this.heard) this.conclude();
  }

  private conclude(): void {
    this.answers = this.answersWith(this.projectVerdicts);
    this.early = undefined;
  }

  private answersWith(whole: Application['projectVerdicts']): Answers {
    const { project, bench, bench: { registry }, fileVerdicts: files } = this;
    const { config, source } = bench.court();
    const unit = (path: string) => this.ahead?.path === path ? this.ahead : project.unit(path);
    return new Answers({ registry, config, project, unit, files, whole, records: bench.suppressions(), source });
  }

  // ---- answers

  /** Whether it has been judged at all. */
  get heard(): boolean {
    return this.answers !== undefined;
  }

  private get said(): Answers | undefined {
    return this.answers ?? this.early?.answers;
  }

  /** Forgets what was said of a file whose text is another now. */
  forget(path: string): void {
    this.fileVerdicts.delete(path);
    this.early = undefined;
  }

  findings(path: string): readonly Finding[] {
    if (this.answers) return this.answers.findings(path);
    // What a rule of the project may yet hide would be shown for a moment only.
    return this.early?.answers.findings(path).filter(({ rule }) => !this.bench.registry.rules.some(({ scope, hides }) => scope === 'project' && hides.includes(rule))) ?? [];
  }

  silenced(path: string): readonly Silenced[] {
    return this.said?.silenced(path) ?? [];
  }

  /** Keys of the comments and records that have silenced something. */
  used(): ReadonlySet<string> {
    return this.answers?.used() ?? new Set();
  }

  /** A finding with what made it, at its places in the text as it is now; undefined where its rule does not say it any more. */
  judged(fingerprint: string): Judged | undefined {
    const found = this.said?.judged(fingerprint);
    if (!found || (found.context.project === this.project && !this.ahead)) return found;
    // It was said of earlier facts, and a fix would edit the text at their places.
    return this.catchUp() ? this.anew(found.finding)?.judged.find(({ finding }) => finding.fingerprint === fingerprint) : undefined;
  }

  /** What the rule of a finding says by the facts as they are now, each asked once. */
  private anew({ rule: id, path }: Finding): Verdict | undefined {
    if (this.again?.project !== this.project) this.again = { project: this.project, verdicts: new Map() };
    const { again, again: { verdicts } } = this;
    const rule = this.bench.registry.rules.find((each) => each.id === id);
    const unit = this.project.unit(path);
    const key = rule?.scope === 'project' ? id : `${id} ${path}`;
    const made = verdicts.get(key) ?? (rule?.scope === 'project' ? this.askOfProject(again.rebuilt ??= rebuiltFacts(this.project))(rule) : rule && unit && this.askOf(unit)(rule));
    if (made) verdicts.set(key, made);
    return made;
  }

  /** What went wrong while judging: of one file, or of the project as a whole. */
  failures(path?: string): readonly Notice[] {
    const verdicts = path === undefined ? this.projectVerdicts : this.fileVerdicts.get(path);
    return [...(verdicts?.values() ?? [])].flatMap((each) => each.notices);
  }

  /** What it is made of; made when it is first asked for. */
  inventory(): Inventory {
    this.catchUp();
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
