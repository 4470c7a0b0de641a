/**
 * Audits that people wrote by hand, told in findings of our rules: what each says is wrong or holds, and nothing that it does not
 * speak of. They say whether the arithmetic comes to the judgement that a person came to.
 */
import { registryOf } from '../../../engine/audit/registry';
import type { Audit, Finding, Outcome, RuleCard } from '../../../engine/audit/outcome';
import { makeCard } from '../../../report/make';
import type { ReportCard } from '../../../report/card';
import type { AskedControl } from '../../../engine/audit/signed';
import { rules } from '../../../rules';
import { controls } from '../../../rules/controls';
import { POINTS } from '../../../rules/kit';
import { OPTIONS, at, audit } from '../fixture';
import { PENDING } from './pending';

export interface ToldFinding extends Partial<Pick<Finding, 'severity' | 'points' | 'confidence' | 'blocks'>> {
  readonly rule: string;
  /** Default: one. */
  readonly places?: number;
}

export interface ToldAudit {
  readonly open: readonly ToldFinding[];
  readonly holds: readonly string[];
}

const CARDS: Readonly<Record<string, RuleCard>> = { ...PENDING, ...registryOf(rules).byId };

function cardOf(rule: string): RuleCard {
  const card = CARDS[rule];
  if (!card) throw new Error(`There is no rule ${rule}.`);
  return card;
}

function findingOf({ id, category, severity: usual, points, blocks, effort }: RuleCard, told: ToldFinding, index: number): Finding {
  const severity = told.severity ?? usual;
  return {
    ...at('app.py', index + 1), rule: id, category, message: `${id} does not hold here.`, severity, points: told.points ?? (severity === usual ? points : POINTS[severity].usual),
    confidence: told.confidence ?? 'confirmed', blocks: told.blocks ?? (severity === 'critical' || (severity === 'high' && blocks === 'always')), effort,
    fingerprint: `${id}-${index}`, snippet: '', symbol: '', related: [], fixes: [],
  };
}

/** The audit as ours would be. */
export function auditOf({ open, holds }: ToldAudit): Audit {
  const outcome = (card: RuleCard, findings: readonly Finding[]): Outcome => ({ rule: card.id, category: card.category, state: findings.length > 0 ? 'open' : 'holds', findings, silenced: [], evidence: [], judged: 1 });
  const outcomes = [
    ...open.map((told) => { const card = cardOf(told.rule); return outcome(card, Array.from({ length: told.places ?? 1 }, (_, index) => findingOf(card, told, index))); }),
    ...holds.map((rule) => outcome(cardOf(rule), [])),
  ];
  const named = outcomes.map((one) => one.rule);
  if (new Set(named).size !== named.length) throw new Error('A rule is told twice.');
  return { ...audit([]), outcomes, rules: Object.fromEntries(named.map((rule) => [rule, cardOf(rule)])) };
}

export function cardFor(told: ToldAudit): ReportCard {
  return makeCard(auditOf(told), OPTIONS);
}

/** The same where nobody has signed any of the controls that are required by default. */
export function unsignedCardFor(told: ToldAudit): ReportCard {
  const asked = controls.filter(({ required }) => required).map((control): AskedControl => ({ ...control, resolves: [], watches: [] }));
  return makeCard({ ...auditOf(told), signoffs: { controls: asked, signed: [] } }, OPTIONS);
}
