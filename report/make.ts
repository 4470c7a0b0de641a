/** From an audit to the card: scores it and puts the words beside the numbers. */
import type { Category } from '../rules/kit';
import type { Audit, Finding, Outcome, RuleCard } from '../engine/audit/outcome';
import type { Cap, CategoryCard, ReportCard, Result, Score, Told } from './card';
import { contentOf } from './content';
import type { Near } from './content';
import { justification, riskOf } from './justify';
import { plan } from './plan';
import type { PlanOrder } from './plan';
import { score } from './scoring';
import type { Scoring } from './scoring';
import { asked, isCompressed, letter } from './scoring/category';
import type { CategoryScore, Coverage, Limit } from './scoring/category';
import { ledgerLine } from './scoring/ledger';
import { overallLimits } from './scoring/overall';
import { floorRatio, points, roundTenths } from './scoring/tenths';
import type { Tenths } from './scoring/tenths';
import { toReady } from './scoring/ready';
import { conditions, judge } from './scoring/verdict';
import { isBlocking, noFindings } from './scoring/weighed';
import { bySeverity } from './scoring/order';
import { sandboxed } from './scoring/sandbox';
import { whatIfHeld, whatIfMended } from './what-if';
import { CATEGORY_TITLES } from './words';

export interface CardOptions {
  /** Version of the product. */
  readonly version: string;
  /** ISO day the card is made for. */
  readonly asOf: string;
  /** A team's own weights; the others keep the usual ones. */
  readonly weights?: Readonly<Partial<Record<Category, number>>>;
  readonly profile: ReportCard['profile'];
  /** READY asks that every open high finding be mended or accepted. */
  readonly strict?: boolean;
  /** Rules that are newer than this version of the rule set are reported and not scored. */
  readonly ruleset?: string;
  /** Settings that differ from the defaults. */
  readonly customisations?: ReportCard['customisations'];
  /** What comes first within a phase of the plan. Default: `unlocks`. */
  readonly planOrder?: PlanOrder;
  /** Code around findings and what fixes change, for a report; nobody asks for it while somebody types. */
  readonly near?: Near;
}

/**
 * Makes the card of one audit. The same audit and options give the same card, to the byte.
 *
 * @throws RangeError when `asOf` is no day or a rule of the audit has no card
 */
export function makeCard(whole: Audit, options: CardOptions): ReportCard {
  const { audit, unscored } = sandboxed(whole, options.ruleset);
  const scoring = score(audit, options);
  const { standing, weights } = scoring;
  const verdict = judge(standing);
  const results = scoring.outcomes.map((outcome): Result => {
    const newer = unscored.get(outcome.rule);
    return { ...resultOf(outcome, audit.rules, scoring), ...(newer && { unscored: newer }) };
  });
  const card: Told = {
    schemaVersion: '1.0', tool: { name: 'shipworthy', version: options.version }, scoring: 1, ruleset: audit.ruleset, asOf: options.asOf,
    project: audit.project, profile: options.profile, customised: options.customisations?.length ?? 0, customisations: options.customisations ?? [],
    verdict: {
      value: verdict.value, reasons: verdict.reasons.map((reason) => ({ ...reason, risk: riskOf(reason, results) })),
      conditions: verdict.value === 'READY' || verdict.value === 'MOSTLY READY' ? conditions(standing) : [],
      toReady: verdict.value === 'READY' ? [] : [...toReady(standing, weights), ...standing.unsigned.map(({ control }) => control)],
    },
    score: scoreOf(scoring), categories: standing.categories.map((category) => categoryOf(category, scoring, results)),
    results, counts: countsOf(scoring.outcomes), signoffs: scoring.signoffs, plan: plan(results, standing, weights, options.planOrder), ...(options.planOrder !== undefined && options.planOrder !== 'unlocks' && { planOrder: options.planOrder }),
    notices: [...audit.notices, ...scoring.notices], inventory: audit.inventory, files: audit.files,
  };
  return { ...card, content: contentOf(card, options.near) };
}

function scoreOf({ standing: { categories, overall, coverage }, unsuppressed, confidence }: Scoring): Score {
  const { value, uncapped } = overall;
  return {
    value: shown(value), grade: value === undefined ? '?' : letter(value), uncapped: shown(uncapped), unsuppressed: shown(unsuppressed),
    caps: overallLimits(categories).map((limit) => capOf(limit, uncapped ?? 0)), confidence, coverage: shareOf(coverage),
  };
}

function categoryOf(category: CategoryScore, { weights, standing, outcomes }: Scoring, results: readonly Result[]): CategoryCard {
  const { id, status, gating, raw, rules } = category;
  const scored = status === 'scored';
  const weight = weights[id];
  const total = standing.overall.weight;
  const mine = outcomes.filter((outcome) => outcome.category === id);
  const card = {
    id, title: CATEGORY_TITLES[id], status, gating, score: scored ? points(category.score) : null,
    grade: scored ? letter(category.score) : status === 'not-applicable' ? '-' : '?', weight,
    effectiveWeight: scored && total > 0 ? points(roundTenths((1000 * weight) / total)) : 0,
    raw: points(raw), compressed: isCompressed(raw), caps: category.limits.map((limit) => capOf(limit, category.uncapped)),
    coverage: shareOf(category.coverage), ledger: category.lines.map(ledgerLine),
    holds: mine.filter((outcome) => outcome.state === 'holds').length, applicable: asked(rules).length, findings: bySeverities(mine),
  } as const;
  return { ...card, justification: justification(card, results) };
}

function resultOf(outcome: Outcome, cards: Readonly<Record<string, RuleCard>>, scoring: Scoring): Result {
  const card = cards[outcome.rule];
  if (!card) throw new RangeError(`There is no card for ${outcome.rule}.`);
  const category = scoring.standing.categories.find((one) => one.id === outcome.category);
  const cost = category?.lines.find((line) => line.rule.rule === outcome.rule)?.cost ?? 0;
  const common = {
    rule: outcome.rule, category: outcome.category, title: card.title, state: outcome.state, severity: severityOf(outcome, card),
    effort: card.effort, card, findings: outcome.findings, silenced: outcome.silenced, evidence: outcome.evidence, judged: outcome.judged,
    ...(outcome.reason !== undefined && { reason: outcome.reason }), ...(outcome.attested && { attested: outcome.attested }), cost: points(cost),
  };
  if (outcome.state !== 'open') return common;
  return { ...common, whatIf: whatIfHeld(outcome, scoring), whatIfOne: whatIfMended(outcome, card, scoring) };
}

function severityOf({ findings }: Outcome, card: RuleCard): Result['severity'] {
  return findings.map((finding) => finding.severity).sort(bySeverity)[0] ?? card.severity;
}

function countsOf(outcomes: readonly Outcome[]): ReportCard['counts'] {
  const inState = (state: Outcome['state']) => outcomes.filter((outcome) => outcome.state === state).length;
  return {
    holds: inState('holds'), open: inState('open'), accepted: inState('accepted'), attested: inState('attested'), notApplicable: inState('not-applicable'), notChecked: inState('not-checked'),
    findings: bySeverities(outcomes), blockers: findingsOf(outcomes).filter(isBlocking).length,
  };
}

function bySeverities(outcomes: readonly Outcome[]): CategoryCard['findings'] {
  const counts = noFindings();
  for (const finding of findingsOf(outcomes)) counts[finding.severity] += 1;
  return counts;
}

function findingsOf(outcomes: readonly Outcome[]): readonly Finding[] {
  return outcomes.flatMap((outcome) => outcome.findings);
}

function capOf({ atMost, because, rules }: Limit, uncapped: Tenths): Cap {
  return { atMost: points(atMost), because, rules, reached: atMost < uncapped };
}

function shareOf({ checked, applicable }: Coverage): number {
  return applicable === 0 ? 0 : floorRatio(checked * 100, applicable) / 100;
}

function shown(value: Tenths | undefined): number | null {
  return value === undefined ? null : points(value);
}
