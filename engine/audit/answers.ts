/**
 * What is said, out of what was judged: hidden findings out, silenced ones aside, outcomes and the audit. Made anew after every change and
 * lazy all through, so that a keystroke pays for its own file and not for the report of the whole project.
 */
import type { Project, Unit } from '../../rules/kit';
import { NONE, push } from '../lists';
import type { FileSuppression } from '../records/suppressions';
import type { Config } from '../workspace/config';
import { insisted } from './decided';
import type { Judged, Verdict } from './judge';
import type { Finding, Outcome, Silenced } from './outcome';
import { hidden, outcomeOf, worstFirst } from './outcomes';
import type { Registry } from './registry';
import type { Silence } from './silence';
import { silence } from './silence';
import type { SourceText } from './source';

export interface Judgements {
  readonly registry: Registry;
  readonly config: Config;
  readonly project: Project;
  unit(path: string): Unit | undefined;
  /** By path, then by rule. */
  readonly files: ReadonlyMap<string, ReadonlyMap<string, Verdict>>;
  /** By rule. */
  readonly whole: ReadonlyMap<string, Verdict>;
  readonly records: readonly FileSuppression[];
  source(path: string): SourceText | undefined;
}

export class Answers {
  private readonly byPath = new Map<string, Silence>();
  /** Findings of project rules, by the file they are put in. */
  private readonly wholeByPath = new Map<string, Judged[]>();
  private summary: readonly Outcome[] | undefined;

  constructor(private readonly it: Judgements) {
    for (const verdict of it.whole.values()) {
      for (const judged of verdict.judged) push(this.wholeByPath, judged.finding.path, judged);
    }
  }

  /** Open findings of a file, in order of place. */
  findings(path: string): readonly Finding[] {
    return this.said(path).open;
  }

  silenced(path: string): readonly Silenced[] {
    return this.said(path).silenced;
  }

  /** Keys of the comments and records that have silenced something. */
  used(): ReadonlySet<string> {
    return new Set([...this.paths()].flatMap((path) => [...this.said(path).used]));
  }

  /** The finding with what made it, silenced ones included. */
  judged(fingerprint: string): Judged | undefined {
    const find = (verdict: Verdict) => verdict.judged.find((each) => each.finding.fingerprint === fingerprint);
    for (const verdict of this.it.whole.values()) { const found = find(verdict); if (found) return found; }
    for (const verdicts of this.it.files.values()) for (const verdict of verdicts.values()) { const found = find(verdict); if (found) return found; }
    return undefined;
  }

  outcomes(): readonly Outcome[] {
    return this.summary ??= this.summarised();
  }

  private said(path: string): Silence {
    const known = this.byPath.get(path);
    if (known) return known;
    const { registry } = this.it;
    const verdicts = this.it.files.get(path);
    const judged = [...(verdicts?.values() ?? [])].flatMap((each) => each.judged);
    const here = [...judged, ...(this.wholeByPath.get(path) ?? [])].map((each) => each.finding);
    const byRule = new Map<string, Finding[]>();
    for (const finding of here) push(byRule, finding.rule, finding);
    for (const [rule, verdict] of this.it.whole) if (verdict.judged.length > 0 && !byRule.has(rule)) byRule.set(rule, verdict.judged.map((each) => each.finding));
    const shown = here.filter((finding) => !hidden(finding, byRule, registry.rules));
    const unit = this.it.unit(path);
    const { open, ...rest } = silence(shown, { unit, source: this.it.source(path), records: this.it.records, cards: registry.byId });
    const said = { open: open.length === 0 ? NONE : [...open].sort(inOrder), ...rest };
    this.byPath.set(path, said);
    return said;
  }

  /** Files in which something was looked at, in one order whatever was judged last. */
  private paths(): readonly string[] {
    return [...new Set([...this.it.files.keys(), ...this.wholeByPath.keys()])].sort((a, b) => a < b ? -1 : 1);
  }

  private summarised(): readonly Outcome[] {
    const { registry, project, config, files, whole } = this.it;
    const open = new Map<string, Finding[]>();
    const silenced = new Map<string, Silenced[]>();
    const paths = this.paths();
    for (const path of paths) {
      const said = this.said(path);
      for (const finding of said.open) push(open, finding.rule, finding);
      for (const each of said.silenced) push(silenced, each.finding.rule, each);
    }
    const verdicts = new Map<string, Verdict[]>();
    for (const path of paths) for (const [rule, verdict] of files.get(path) ?? []) push(verdicts, rule, verdict);
    for (const [rule, verdict] of whole) push(verdicts, rule, verdict);
    return insisted(registry.rules.map((rule) => outcomeOf({ rule, verdicts: verdicts.get(rule.id) ?? [], open: open.get(rule.id) ?? [], silenced: silenced.get(rule.id) ?? [] }, project, config)), config);
  }
}

/** By place, the worst first where several begin alike. */
export function inOrder(a: Finding, b: Finding): number {
  return a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character || worstFirst(a, b);
}
