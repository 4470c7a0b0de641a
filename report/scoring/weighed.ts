/** One rule as the arithmetic sees it: what its findings cost, cap and block, without their words. */
import { CONFIDENCES, SEVERITIES } from '../../rules/kit';
import type { Category, Confidence, Severity } from '../../rules/kit';
import type { Finding, Outcome, RuleCard } from '../../engine/audit/outcome';
import type { LedgerPart } from '../card';
import { bySeverity } from './order';
import { points, roundTenths } from './tenths';
import type { Tenths } from './tenths';

/** What a finding of this confidence counts for, in tenths: 1, 0.6 and 0.3. */
const FACTOR_TENTHS: Readonly<Record<Confidence, number>> = { confirmed: 10, likely: 6, possible: 3 };

export interface Weighed {
  /** Of a failed sign-off: its control. */
  readonly rule: string;
  readonly signoff?: true;
  readonly category: Category;
  readonly ladder?: { readonly name: string; readonly rung: number };
  /** Decided: holds, open or accepted. False: not checked, which is neither. */
  readonly ran: boolean;
  /** The card's points: what coverage counts. */
  readonly worth: number;
  /** The most its ladder may cost when this rule is its top: one finding as the card grades it. */
  readonly bound: Tenths;
  /** Open findings and accepted risks together, before the bound of a ladder. */
  readonly cost: Tenths;
  /** The part of the cost that confirmed findings cause. Not rounded. */
  readonly sure: number;
  readonly parts: readonly LedgerPart[];
  readonly occurrences: number;
  readonly accepted: number;
  readonly severity: Severity;
  /** Worst severity among open findings that are at least likely, as far as caps ask. */
  readonly caps: 'critical' | 'high' | 'nothing';
  readonly blocks: boolean;
  /** A critical finding, at least likely, was accepted as a risk. */
  readonly acceptedCritical: boolean;
}

/** Possible findings never block. Critical ones always do, and so do those whose rule says so for this project. */
export function isBlocking(finding: Finding): boolean {
  return finding.confidence !== 'possible' && (finding.severity === 'critical' || finding.blocks);
}

/** The rule of an outcome that applies to the project; undefined for one that does not. */
export function weigh(outcome: Outcome, card: RuleCard): Weighed | undefined {
  if (outcome.state === 'not-applicable') return undefined;
  const accepted = outcome.state === 'attested' ? [] : outcome.silenced.filter((one) => one.lane === 'accepted-risk').map((one) => one.finding);
  const counted = [...outcome.findings, ...accepted];
  const capping = outcome.findings.filter((one) => one.confidence !== 'possible').map((one) => one.severity);
  return {
    rule: outcome.rule, category: outcome.category, ...(card.ladder && { ladder: card.ladder }),
    ran: outcome.state !== 'not-checked', worth: card.points, bound: weight(card),
    ...costOf(counted), occurrences: counted.length, accepted: accepted.length,
    severity: counted.map((one) => one.severity).sort(bySeverity)[0] ?? card.severity,
    caps: capping.includes('critical') ? 'critical' : capping.includes('high') ? 'high' : 'nothing',
    blocks: outcome.findings.some(isBlocking),
    acceptedCritical: accepted.some((one) => one.severity === 'critical' && one.confidence !== 'possible'),
  };
}

/** The same rule once it holds: still checked, nothing to deduct. */
export function holding(rule: Weighed): Weighed {
  return { ...rule, cost: 0, sure: 0, parts: [], occurrences: 0, accepted: 0, caps: 'nothing', blocks: false, acceptedCritical: false };
}

interface Graded { readonly points: number; readonly confidence: Confidence }

function weight({ points: worth, confidence }: Graded): Tenths {
  return Math.round(worth * FACTOR_TENTHS[confidence]);
}

/**
 * The k-th occurrence costs 1/k of itself, heaviest first: each fix still moves the number, and a habit repeated a hundred
 * times costs five times one slip, not a hundred. The size of a project therefore needs no division by its lines.
 */
function costOf(findings: readonly Finding[]): Pick<Weighed, 'cost' | 'sure' | 'parts'> {
  const graded = findings.map((one) => ({ ...one, tenths: weight(one) }))
    .sort((a, b) => b.tenths - a.tenths || b.points - a.points || CONFIDENCES.indexOf(a.confidence) - CONFIDENCES.indexOf(b.confidence));
  let sum = 0;
  let sure = 0;
  const parts: { occurrences: number; points: number; confidence: Confidence; factor: number }[] = [];
  for (const [index, one] of graded.entries()) {
    const share = one.tenths / (index + 1);
    sum += share;
    if (one.confidence === 'confirmed') sure += share;
    const last = parts.at(-1);
    if (last?.points === one.points && last.confidence === one.confidence) last.occurrences += 1;
    else parts.push({ occurrences: 1, points: one.points, confidence: one.confidence, factor: points(FACTOR_TENTHS[one.confidence]) });
  }
  return { cost: roundTenths(sum), sure, parts };
}

/** No finding of any severity. */
export function noFindings(): Record<Severity, number> {
  return Object.fromEntries(SEVERITIES.map((severity) => [severity, 0])) as Record<Severity, number>;
}
