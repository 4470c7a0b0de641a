/**
 * What is said, out of what was judged: hidden findings out, silenced ones aside, outcomes and the audit. Made anew after every change and
 * lazy all through, so that a keystroke pays for its own file and not for the report of the whole project.
 */
import type { Project, Unit } from '../../rules/kit';
import type { Config } from '../workspace/config';
import { insisted } from './decided';
import type { Judged, Verdict } from './judge';
import type { Finding, Outcome, Silenced } from './outcome';
import { hidden, outcomeOf, worstFirst } from './outcomes';
import type { Registry } from './registry';
import { silence } from './silence';
import type { SourceText } from './source';

export interface Judgements {
  readonly registry: Registry;
  readonly config: Config;
  readonly project: Project;
  /** By path, then by rule. */
  readonly files: ReadonlyMap<string, ReadonlyMap<string, Verdict>>;
  /** By rule. */
  readonly whole: ReadonlyMap<string, Verdict>;
  source(path: string): SourceText | undefined;
}

interface Said { readonly open: readonly Finding[]; readonly silenced: readonly Silenced[] }

export class Answers {
  private readonly byPath = new Map<string, Said>();
  /** Findings of project rules, by the file they are put in. */
  private readonly wholeByPath = new Map<string, Judged[]>();
  private summary: readonly Outcome[] | undefined;

  constructor(private readonly it: Judgements) {
    for (const verdict of it.whole.values()) {
      for (const judged of verdict.judged) this.wholeByPath.set(judged.finding.path, [...(this.wholeByPath.get(judged.finding.path) ?? []), judged]);
    }
  }

  /** Open findings of a file, in order of place. */
  findings(path: string): readonly Finding[] {
    return this.said(path).open;
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

  private said(path: string): Said {
    const known = this.byPath.get(path);
    if (known) return known;
    const { registry, project } = this.it;
    const verdicts = this.it.files.get(path);
    const judged = [...(verdicts?.values() ?? [])].flatMap((each) => each.judged);
    const here = [...judged, ...(this.wholeByPath.get(path) ?? [])].map((each) => each.finding);
    const byRule = new Map<string, Finding[]>();
    for (const finding of here) byRule.set(finding.rule, [...(byRule.get(finding.rule) ?? []), finding]);
    for (const [rule, verdict] of this.it.whole) if (verdict.judged.length > 0 && !byRule.has(rule)) byRule.set(rule, verdict.judged.map((each) => each.finding));
    const shown = here.filter((finding) => !hidden(finding, byRule, registry.rules));
    const unit: Unit | undefined = project.unit(path);
    const { open, silenced } = silence(shown, unit, this.it.source(path), registry.byId);
    const said = { open: [...open].sort(inOrder), silenced };
    this.byPath.set(path, said);
    return said;
  }

  private summarised(): readonly Outcome[] {
    const { registry, project, config, files, whole } = this.it;
    const paths = new Set([...files.keys(), ...this.wholeByPath.keys()]);
    const open = new Map<string, Finding[]>();
    const silenced = new Map<string, Silenced[]>();
    for (const path of paths) {
      const said = this.said(path);
      for (const finding of said.open) push(open, finding.rule, finding);
      for (const each of said.silenced) push(silenced, each.finding.rule, each);
    }
    const verdicts = new Map<string, Verdict[]>();
    for (const of of files.values()) for (const [rule, verdict] of of) push(verdicts, rule, verdict);
    for (const [rule, verdict] of whole) push(verdicts, rule, verdict);
    return insisted(registry.rules.map((rule) => outcomeOf({ rule, verdicts: verdicts.get(rule.id) ?? [], open: open.get(rule.id) ?? [], silenced: silenced.get(rule.id) ?? [] }, project, config)), config);
  }
}

/** By place, the worst first where several begin alike. */
export function inOrder(a: Finding, b: Finding): number {
  return a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character || worstFirst(a, b);
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value); else map.set(key, [value]);
}
