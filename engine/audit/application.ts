/** One application under audit: its facts, the verdicts over them, and what is said of them. A workspace has one, or several side by side. */
import type { Project, Rule, Unit } from '../../rules/kit';
import { inventoryOf } from '../inventory';
import { renewedFacts } from '../project/facts';
import type { Looks } from '../project/looks';
import { lookedAt, looksElsewhere } from '../project/looks';
import type { FileSuppression } from '../records/suppressions';
import { Answers } from './answers';
import { severityOf } from './decided';
import type { Inventory } from './inventory';
import type { Court, Judged, Verdict } from './judge';
import { judgeFile, judgeProject } from './judge';
import { LastJudged } from './last-judged';
import type { Audit, Finding, Notice, Silenced } from './outcome';
import type { Registry } from './registry';
import { inSlices } from './slices';

/** The rule set and the world that judging asks: files as they were read, and what the user configured. */
export interface Bench {
  readonly registry: Registry;
  readonly court: () => Omit<Court, 'project'>;
  /** The facts of a file as they were read, before the names of other files were followed in them. */
  readonly read: (path: string) => Unit | undefined;
  /** Of `.shipworthy/suppressions.json`. */
  readonly suppressions: () => readonly FileSuppression[];
}

type FileRule = Rule & { scope: 'file' };

interface Elsewhere { readonly rule: FileRule; readonly path: string; readonly looks: Looks; /** It was asked again after an edit, so that what it says now may be of that edit's text. */ asked: boolean }

export class Application {
  /** Verdicts of file rules, by path and rule. */
  private readonly fileVerdicts: Map<string, ReadonlyMap<string, Verdict>>;
  private projectVerdicts: ReadonlyMap<string, Verdict>;
  private answers: Answers | undefined;
  /** The file that was edited last, as it was when all rules were asked about it. */
  private last: LastJudged | undefined;
  /** What was judged of the whole, as it stood then with the file that was edited last. */
  private whole: LastJudged | undefined;
  /** Rules that looked at texts of other files than the one they judged. */
  private elsewhere: Elsewhere[] = [];
  /** Rules to ask again after the last edit; undefined when all are. */
  private stale: ReadonlySet<string> | undefined;
  /** An edited file that the facts have still to take in, since nothing has asked for them. */
  private ahead: Unit | undefined;
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
    this.last = earlier?.last;
  }

  /** Takes an edited file. False where the edit may change what other files mean: then the facts have to be made anew. */
  renew(unit: Unit): boolean {
    this.ahead = unit;
    this.stale = this.last?.stale(unit, this.textOf(unit.path));
    return this.stale?.size === 0 || this.catchUp();
  }

  /** Brings the facts up to the edited file. */
  private catchUp(): boolean {
    const renewed = this.ahead ? renewedFacts(this.project, this.ahead) : this.project;
    if (renewed) { this.project = renewed; this.ahead = undefined; }
    return renewed !== undefined;
  }

  /** Judges every file and the whole. Ends early when `current` says that newer facts have come in between. */
  async judge(current: () => boolean, signal?: AbortSignal): Promise<void> {
    const judgeUnit = this.begin();
    const { project } = this;
    const isCurrent = () => this.project === project && !this.ahead;
    await inSlices(project.units, (unit) => { if (current() && isCurrent()) judgeUnit(unit); }, signal);
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
    this.elsewhere = [];
    this.whole = undefined;
    const rules = this.active('file');
    const edited = this.last?.path;
    return (unit) => { this.judgeUnit(unit, rules, unit.path === edited); };
  }

  private judgeProjectRules(): void {
    this.projectVerdicts = this.askedOfProject(() => true);
    this.tables = undefined;
    const path = this.last?.path;
    const read = path === undefined ? undefined : this.bench.read(path);
    if (!read) return;
    const looks = [...this.projectVerdicts].flatMap(([id, verdict]): [string, Looks][] => verdict.looks ? [[id, verdict.looks]] : []);
    this.whole = new LastJudged(read, this.textOf(read.path), this.projectVerdicts, new Map(looks));
  }

  private askElsewhere(it: Elsewhere): void {
    const unit = this.project.unit(it.path);
    const verdict = unit && judgeFile(it.rule, unit, { ...this.bench.court(), project: this.project });
    if (!verdict) return;
    it.asked = true;
    this.fileVerdicts.set(it.path, new Map([...this.fileVerdicts.get(it.path) ?? [], [it.rule.id, verdict]]));
  }

  private askedOfProject(isStale: (rule: string) => boolean, known: ReadonlyMap<string, Verdict> = new Map()): ReadonlyMap<string, Verdict> {
    const court = { ...this.bench.court(), project: this.project };
    return new Map(this.active('project').map((rule) => [rule.id, (isStale(rule.id) ? undefined : known.get(rule.id)) ?? judgeProject(rule, court)]));
  }

  /**
   * After edits of these files: whether all that was judged of the whole still stands, or could be set right by asking a few rules of the
   * project again. Otherwise everything has to be judged anew.
   */
  stands(paths: ReadonlySet<string>): boolean {
    const { whole } = this;
    const own = [...paths].filter((path) => this.project.unit(path));
    if (own.length === 0) return true;
    const [path, ...others] = own;
    const read = path === undefined ? undefined : this.bench.read(path);
    if (!whole || !read || path !== whole.path || others.length > 0) return false;
    const text = this.textOf(path);
    const stale = whole.stale(read, text);
    if (!stale) return false;
    const edit = whole.edit(text);
    const elsewhere = this.elsewhere.filter((each) => each.asked || lookedAt(each.looks, path, edit));
    if (stale.size + elsewhere.length > 0 && !this.catchUp()) return false;
    for (const each of elsewhere) this.askElsewhere(each);
    this.projectVerdicts = this.askedOfProject((rule) => stale.has(rule), whole.verdicts);
    this.tables = undefined;
    this.conclude();
    return true;
  }

  /** Judges the edited file at once: by all rules, or by those that may say something else than before the edit. */
  judgeEdited(path: string): void {
    const { last, stale } = this;
    const rules = this.active('file');
    if (last && stale) this.fileVerdicts.set(path, this.askedAgain(rules, path, last, stale));
    else this.judgeWhole(path);
    this.conclude();
  }

  private judgeWhole(path: string): void {
    const unit = this.project.unit(path);
    if (unit) this.judgeUnit(unit, this.active('file'), true);
  }

  /** @param edited whether more edits of it are likely to come: then it is noted what the verdicts rest on */
  private judgeUnit(unit: Unit, rules: readonly FileRule[], edited: boolean): void {
    const court = { ...this.bench.court(), project: this.project };
    const verdicts = new Map<string, Verdict>();
    const looked = new Map<string, Looks>();
    for (const rule of rules) {
      const verdict = judgeFile(rule, unit, court);
      const { looks } = verdict;
      if (looks && edited) looked.set(rule.id, looks);
      else if (looks && looksElsewhere(looks, unit.path)) this.elsewhere.push({ rule, path: unit.path, looks, asked: false });
      if (says(verdict)) verdicts.set(rule.id, looks ? withoutLooks(verdict) : verdict);
    }
    this.fileVerdicts.set(unit.path, verdicts);
    if (!edited) return;
    const read = this.bench.read(unit.path);
    this.last = read && new LastJudged(read, this.textOf(unit.path), verdicts, looked);
    this.stale = undefined;
  }

  /** The verdicts of before, but for the rules that are stale. */
  private askedAgain(rules: readonly FileRule[], path: string, last: LastJudged, stale: ReadonlySet<string>): ReadonlyMap<string, Verdict> {
    const court = { ...this.bench.court(), project: this.project };
    const unit = stale.size > 0 ? this.project.unit(path) : undefined;
    return new Map(rules.flatMap((rule): [string, Verdict][] => {
      const verdict = unit && stale.has(rule.id) ? judgeFile(rule, unit, court) : last.verdicts.get(rule.id);
      return verdict && says(verdict) ? [[rule.id, verdict]] : [];
    }));
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

  /** Says anew what was judged: what is silenced may be another. */
  reconsider(): void {
    if (this.heard) this.conclude();
  }

  private conclude(): void {
    const { project, bench, fileVerdicts: files, projectVerdicts: whole } = this;
    const { config, source } = bench.court();
    const unit = (path: string) => this.ahead?.path === path ? this.ahead : project.unit(path);
    this.answers = new Answers({ registry: bench.registry, config, project, unit, files, whole, records: bench.suppressions(), source });
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

  /** A finding with what made it, at its places in the text as it is now. */
  judged(fingerprint: string): Judged | undefined {
    const found = this.answers?.judged(fingerprint);
    // What made it may be of an earlier text, while the finding itself is on the same line as then.
    if (!found || !this.stale || this.last?.path !== found.finding.path || !this.catchUp()) return found;
    this.judgeWhole(this.last.path);
    this.conclude();
    return this.answers?.judged(fingerprint);
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

/** Whether there is anything to keep of a verdict. */
function says({ places, notices }: Verdict): boolean {
  return places > 0 || notices.length > 0;
}

/** What is kept of a verdict is kept for long; what it looked at, for the edited file alone. */
function withoutLooks({ looks: _, ...verdict }: Verdict): Verdict {
  return verdict;
}

function appliesTo(rule: Rule, project: Project): boolean {
  try {
    return rule.applies(project) === true;
  } catch {
    return false;
  }
}
