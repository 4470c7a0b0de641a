/** Verdicts of all files and rules, put together to one outcome for each rule. */
import type { Project, Rule } from '../../rules/kit';
import { SEVERITIES } from '../../rules/kit';
import type { Config } from '../workspace/config';
import { reasonOff, severityOf } from './decided';
import type { Verdict } from './judge';
import type { EvidencePlace, Finding, Outcome, Silenced } from './outcome';

/** What is known of one rule, before it is one of five states. */
export interface RuleVerdict {
  readonly rule: Rule;
  readonly verdicts: readonly Verdict[];
  readonly open: readonly Finding[];
  readonly silenced: readonly Silenced[];
}

export function outcomeOf(it: RuleVerdict, project: Project, config: Config): Outcome {
  const { rule, verdicts, open, silenced } = it;
  const judged = verdicts.reduce((sum, each) => sum + each.places, 0);
  const base = { rule: rule.id, category: rule.category, findings: [...open].sort(worstFirst), silenced, evidence: [] as readonly EvidencePlace[], judged };
  if (severityOf(rule, config) === 'off') return { ...base, findings: [], silenced: [], state: 'not-applicable', reason: reasonOff(rule, config) };
  const applies = applicability(rule, project);
  if (applies !== true) return { ...base, findings: [], silenced: [], state: 'not-applicable', reason: applies };
  const evidence = evidenceOf(rule, verdicts, open.length === 0 ? judged : 0);
  if (open.length > 0) return { ...base, evidence, state: 'open' };
  if (silenced.length > 0) return { ...base, evidence, state: 'accepted' };
  const said = verdicts.find((each) => each.state !== undefined)?.state;
  if (said && said.state !== 'holds') return { ...base, state: said.state, ...(said.reason && { reason: said.reason }) };
  if (verdicts.some((each) => each.notices.some((notice) => notice.code === 'rule-failed'))) return { ...base, state: 'not-checked', reason: 'The rule failed on a file; see the notices.' };
  if (judged === 0 && rule.scope === 'file') return { ...base, state: 'not-applicable', reason: rule.file.nothing };
  return { ...base, evidence, state: 'holds' };
}

function applicability(rule: Rule, project: Project): true | string {
  try {
    return rule.applies(project);
  } catch {
    return 'Whether the rule applies could not be told.';
  }
}

/** At most twenty places: a strength is proved by a few. */
function evidenceOf(rule: Rule, verdicts: readonly Verdict[], judged: number): EvidencePlace[] {
  const all = verdicts.flatMap((each) => each.evidence);
  const first = all[0];
  if (rule.scope === 'file' && rule.file.summary && judged > 0 && first) return [{ ...first, text: rule.file.summary(judged) }];
  return all.slice(0, 20);
}

export function worstFirst(a: Finding, b: Finding): number {
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || compare(a.path, b.path) || a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Specific hides general: where one rule speaks of a place, the rules it hides are silent there. A project rule speaks of its control
 * as a whole, so what it hides is silent everywhere.
 */
export function hidden(finding: Finding, others: ReadonlyMap<string, readonly Finding[]>, rules: readonly Rule[]): boolean {
  return rules.some((rule) => rule.hides.includes(finding.rule) && (others.get(rule.id) ?? []).some((other) => rule.scope === 'project' || (other.path === finding.path && touches(other, finding))));
}

function touches(a: Finding, b: Finding): boolean {
  return a.range.start.line <= b.range.end.line && b.range.start.line <= a.range.end.line
    && !(a.range.end.line === b.range.start.line && a.range.end.character < b.range.start.character) && !(b.range.end.line === a.range.start.line && b.range.end.character < a.range.start.character);
}
