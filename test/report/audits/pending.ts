/** Rules that audits speak of and that are yet to be written: their grades, so that an audit can be told whole. A rule that is there wins. */
import type { RuleCard } from '../../../engine/audit/outcome';
import type { Category, Confidence, Severity } from '../../../rules/kit';
import { cardOf } from '../fixture';

function card(rule: string, category: Category, severity: Severity, points: number, confidence: Confidence, ladder?: RuleCard['ladder']): RuleCard {
  return cardOf({ rule, category, severity, points, confidence, ...(ladder && { ladder }) });
}

const CARDS: readonly RuleCard[] = [
  card('a11y-focus-removed', 'frontend', 'low', 1, 'confirmed'),
  card('a11y-img-alt-missing', 'frontend', 'low', 1, 'confirmed'),
  card('a11y-label-missing', 'frontend', 'low', 1, 'likely'),
  card('csrf-form-token-missing', 'auth', 'high', 8, 'likely', { name: 'csrf', rung: 4 }),
  card('flash-messages-not-rendered', 'frontend', 'low', 2, 'confirmed'),
  card('link-noopener-missing', 'frontend', 'info', 0, 'confirmed'),
  card('viewport-meta-missing', 'frontend', 'low', 1, 'confirmed'),
];

export const PENDING: Readonly<Record<string, RuleCard>> = Object.fromEntries(CARDS.map((one) => [one.id, one]));
