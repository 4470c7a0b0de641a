/** The list to go through before, at and after a deployment; boxes are ticked by what was found. */
import { CATEGORIES, SEVERITIES } from '../rules/kit';
import type { Category, Severity } from '../rules/kit';
import type { ReportCard, Result } from './card';
import { isBlocking } from './scoring/weighed';
import type { SignoffCard } from './signoff-card';
import { byText } from './scoring/order';

export interface CheckItem {
  /** Id of the rule, or of the statement. */
  readonly id: string;
  readonly title: string;
  readonly category: Category;
  /** A program decides it, only a person can, or either may. */
  readonly decided: 'rule' | 'sign-off' | 'both';
  /** `partly`: the control is there, and not all of it. */
  readonly box: 'done' | 'open' | 'partly' | 'accepted' | 'unknown';
  /** Must hold before a deployment, is recommended before one, or can follow. */
  readonly horizon: Horizon;
  readonly severity: Severity;
  /** Number of open findings. */
  readonly findings: number;
}

export const HORIZONS = ['must', 'recommended', 'after'] as const;
export type Horizon = (typeof HORIZONS)[number];

export const HORIZON_WORDS: Readonly<Record<Horizon, string>> = { must: 'Must hold before deploying', recommended: 'Recommended before deploying', after: 'After deploying' };

/**
 * Everything that applies: by horizon, then by category, what is open first. Of the statements that only people can make, those that are
 * required and those that somebody made; `otherControls` counts the rest.
 */
export function checklist({ results, signoffs }: Pick<ReportCard, 'results' | 'signoffs'>): readonly CheckItem[] {
  const asked = signoffs.filter((one) => one.required || one.state !== 'missing');
  return [...results.filter((result) => result.state !== 'not-applicable').map((result) => itemOf(result, results)), ...asked.map(signed)].sort(inOrder);
}

/** Controls that could be signed off too. */
export function otherControls({ signoffs }: Pick<ReportCard, 'signoffs'>): number {
  return signoffs.filter((one) => !one.required && one.state === 'missing').length;
}

/** What a sign-off's state is as a box. */
export const SIGNED: Readonly<Record<SignoffCard['state'], CheckItem['box']>> = {
  signed: 'done', expiring: 'done', 'not-applicable': 'accepted', pending: 'partly', stale: 'partly', missing: 'unknown', expired: 'open', failed: 'open',
};

function signed({ control, title, category, severity, state, required }: SignoffCard): CheckItem {
  return { id: control, title, category, decided: 'sign-off', box: SIGNED[state], horizon: required ? 'must' : 'after', severity, findings: 0 };
}

function itemOf(result: Result, results: readonly Result[]): CheckItem {
  return {
    id: result.rule, title: result.title, category: result.category, decided: result.card.attestable === undefined ? 'rule' : 'both', box: boxOf(result, results),
    horizon: horizonOf(result), severity: result.severity, findings: result.findings.length,
  };
}

function boxOf(result: Result, results: readonly Result[]): CheckItem['box'] {
  switch (result.state) {
    case 'holds': case 'attested': return 'done';
    case 'accepted': return 'accepted';
    case 'open': return isPartly(result, results) ? 'partly' : 'open';
    default: return 'unknown';
  }
}

/** On a ladder that begins with the absence of a control, the other rungs are about how well it is done. */
function isPartly({ card: { ladder }, findings }: Result, results: readonly Result[]): boolean {
  if (!ladder || ladder.rung === 1 || findings.some(isBlocking)) return false;
  const first = results.find((other) => other.card.ladder?.name === ladder.name && other.card.ladder.rung === 1);
  return first?.rule.endsWith('-missing') === true && (first.state === 'holds' || first.state === 'accepted' || first.state === 'attested');
}

/** What is open stands where its phase of the plan is; what holds, where it would stand if it did not. */
function horizonOf(result: Result): Horizon {
  const blocks = result.state === 'open' ? result.findings.some(isBlocking) : result.card.severity === 'critical' || (result.card.severity === 'high' && result.card.blocks !== 'never');
  if (blocks) return 'must';
  return SEVERITIES.indexOf(result.severity) <= SEVERITIES.indexOf('high') ? 'recommended' : 'after';
}

const BOXES: readonly CheckItem['box'][] = ['open', 'partly', 'unknown', 'accepted', 'done'];

function inOrder(a: CheckItem, b: CheckItem): number {
  return HORIZONS.indexOf(a.horizon) - HORIZONS.indexOf(b.horizon) || CATEGORIES.indexOf(a.category) - CATEGORIES.indexOf(b.category) || BOXES.indexOf(a.box) - BOXES.indexOf(b.box) || byText(a.id, b.id);
}
