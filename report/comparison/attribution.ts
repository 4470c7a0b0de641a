/**
 * Why a score is another than before. From the earlier card to the later one in steps, always in the same order: the formula, the
 * rules, the profile, what is silenced, what was fixed, what was added. After each step everything is scored anew; a step's part is
 * what it changed. So the parts always add up, caps and compression included, which no estimate per finding would.
 */
import type { Audit, Finding, Outcome, RuleCard, Silenced } from '../../engine/audit/outcome';
import { SEVERITIES } from '../../rules/kit';
import type { ReportCard } from '../card';
import { score } from '../scoring';
import type { Tenths } from '../scoring/tenths';
import { points } from '../scoring/tenths';
import { changeOf, pairsOf, type Change, type Pair } from './pairs';
import { auditOf, weightsIn } from './rescore';

export const PARTS = ['formula', 'rules', 'profile', 'silenced', 'fixed', 'added'] as const;
export type PartName = (typeof PARTS)[number];

export interface Part {
  readonly name: PartName;
  /** Points of the overall score; negative where it fell. */
  readonly points: number;
  /** Rules that it is about, by name. */
  readonly rules: readonly string[];
}

/** The parts that a score's change is made of, in their order; undefined where one of the cards has no score. */
export function attribution(before: ReportCard, after: ReportCard): readonly Part[] | undefined {
  if (before.score.value === null || after.score.value === null) return undefined;
  const changes = pairsOf(before, after).map((pair) => ({ pair, change: changeOf(pair, after.asOf, () => true) }));
  const steps = [auditOf(before), ruled(before, after), profiled(before, after), silencedAs(before, after, changes), fixedAs(before, after, changes), auditOf(after)];
  const scores = steps.map((audit, step) => scoreOf(audit, step < 2 ? before : after));
  if (scores.some((one) => one === undefined)) return undefined;
  const [first = 0, ...rest] = scores as readonly Tenths[];
  const last = rest.at(-1) ?? first;
  // What today's formula says of the two cards may be other than what they say themselves.
  const formula = first - tenths(before.score.value) + (tenths(after.score.value) - last);
  const deltas = [formula, ...rest.map((value, index) => value - (index === 0 ? first : rest[index - 1] ?? first))];
  return PARTS.map((name, index) => ({ name, points: points(deltas[index] ?? 0), rules: rulesOf(name, before, after, changes) }));
}

function tenths(value: number): Tenths {
  return Math.round(value * 10);
}

/** By the day and the weights of a card. */
function scoreOf(audit: Audit, by: ReportCard): Tenths | undefined {
  return score(audit, { asOf: by.asOf, weights: weightsIn(by) }).standing.overall.value;
}

interface Changed { readonly pair: Pair; readonly change: Change }

/** The earlier findings as the later rules grade them; rules that came take what they say, rules that went take it along. */
function ruled(before: ReportCard, after: ReportCard): Audit {
  const audit = auditOf(before);
  const now = auditOf(after);
  const outcomes = now.outcomes.map((outcome) => {
    const was = audit.outcomes.find((one) => one.rule === outcome.rule);
    const [old, fresh] = [audit.rules[outcome.rule], now.rules[outcome.rule]];
    if (!was || !old || !fresh) return outcome;
    return { ...was, category: fresh.category, findings: was.findings.map((one) => regraded(one, old, fresh)), silenced: was.silenced.map((one) => ({ ...one, finding: regraded(one.finding, old, fresh) })) };
  });
  return { ...audit, outcomes, rules: now.rules, ruleset: now.ruleset };
}

/** A finding that was graded as its rule says is graded as the rule says now. */
function regraded(finding: Finding, old: RuleCard, fresh: RuleCard): Finding {
  return {
    ...finding, category: fresh.category,
    severity: finding.severity === old.severity ? fresh.severity : finding.severity,
    points: finding.severity === old.severity && finding.points === old.points ? fresh.points : finding.points,
    confidence: finding.confidence === old.confidence ? fresh.confidence : finding.confidence,
  };
}

/** Then what applies and could be checked, by later weights and files. Acceptances still are those of before, so none has expired by the later day. */
function profiled(before: ReportCard, after: ReportCard): Audit {
  const audit = ruled(before, after);
  const now = auditOf(after);
  const outcomes = audit.outcomes.map((outcome) => {
    const is = now.outcomes.find((one) => one.rule === outcome.rule) ?? outcome;
    return asksOf(outcome) === asksOf(is) ? { ...outcome, silenced: outcome.silenced.map(lasting) } : is;
  });
  return { ...now, outcomes };
}

function asksOf({ state }: Pick<Outcome, 'state'>): 'asked' | 'not-applicable' | 'not-checked' {
  return state === 'not-applicable' || state === 'not-checked' ? state : 'asked';
}

/** Without an end, which is how other tools' comments are taken: it counts on any day. */
function lasting(silenced: Silenced): Silenced {
  const { until, ...rest } = silenced;
  return until === undefined ? silenced : { ...rest, tool: 'none' };
}

/** Then what is silenced as it is later. */
function silencedAs(before: ReportCard, after: ReportCard, changes: readonly Changed[]): Audit {
  const turned = (change: Change) => ['suppressed', 'unsuppressed', 'expired'].includes(change);
  return replaced(before, after, changes, ({ pair, change }) => (pair.after && (turned(change) || (pair.before?.silenced && pair.after.silenced)) ? 'after' : pair.before ? 'before' : 'none'));
}

/** Then without what is gone, and milder where it became milder. What is left is what came. */
function fixedAs(before: ReportCard, after: ReportCard, changes: readonly Changed[]): Audit {
  return replaced(before, after, changes, ({ pair, change }) => (pair.after && pair.before && !isWorse(pair, change) ? 'after' : pair.after && pair.before ? 'before' : 'none'));
}

function isWorse({ before, after }: Pair, change: Change): boolean {
  if (!before || !after || change === 'expired' || change === 'unsuppressed' || change === 'suppressed') return false;
  return SEVERITIES.indexOf(after.finding.severity) < SEVERITIES.indexOf(before.finding.severity) || after.finding.points > before.finding.points;
}

/** The audit after the profile, with each finding of the rules that both cards ask as `which` says: as before, as after, or not at all. */
function replaced(before: ReportCard, after: ReportCard, changes: readonly Changed[], which: (one: Changed) => 'before' | 'after' | 'none'): Audit {
  const audit = profiled(before, after);
  const stands = changes.map((one) => ({ ...one, use: which(one) }));
  const asked = (card: ReportCard, rule: string) => card.results.some((result) => result.rule === rule && asksOf(result) === 'asked');
  const outcomes = audit.outcomes.map((outcome): Outcome => {
    // What another rule set or profile asks is theirs already.
    if (!asked(before, outcome.rule) || !asked(after, outcome.rule)) return outcome;
    const used = stands.flatMap(({ pair, use }) => (use === 'before' ? pair.before : use === 'after' ? pair.after : undefined) ?? []).filter((stand) => stand.rule === outcome.rule);
    const findings = used.flatMap((stand) => (stand.silenced ? [] : [held(stand.finding, outcome)]));
    const silenced = used.flatMap((stand) => (stand.silenced ? [lastingIfBefore(stand.silenced, outcome)] : []));
    return { ...outcome, findings, silenced, state: findings.length > 0 ? 'open' : silenced.length > 0 ? 'accepted' : 'holds' };
  });
  return { ...audit, outcomes };
}

/** A finding as the step before graded it, where that step knew it. */
function held(finding: Finding, outcome: Outcome): Finding {
  return outcome.findings.find((one) => one.fingerprint === finding.fingerprint) ?? finding;
}

function lastingIfBefore(silenced: Silenced, outcome: Outcome): Silenced {
  return outcome.silenced.find((one) => one.finding.fingerprint === silenced.finding.fingerprint) ?? silenced;
}

function rulesOf(name: PartName, before: ReportCard, after: ReportCard, changes: readonly Changed[]): readonly string[] {
  const of = (...wanted: readonly Change[]) => changes.filter((one) => wanted.includes(one.change)).map((one) => (one.pair.after ?? one.pair.before)?.rule ?? '');
  const ids = (card: ReportCard) => new Set(card.results.map((result) => result.rule));
  const lists: Readonly<Record<PartName, () => readonly string[]>> = {
    formula: () => [],
    rules: () => { const [a, b] = [ids(before), ids(after)]; return [...a].filter((one) => !b.has(one)).concat([...b].filter((one) => !a.has(one))); },
    profile: () => after.results.filter((result) => before.results.some((was) => was.rule === result.rule && asksOf(was) !== asksOf(result))).map((result) => result.rule),
    silenced: () => of('suppressed', 'unsuppressed', 'expired'),
    fixed: () => of('fixed', 'severity-down'),
    added: () => of('new', 'severity-up'),
  };
  return [...new Set(lists[name]())].sort();
}
