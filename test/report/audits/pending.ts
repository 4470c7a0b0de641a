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
  card('api-docs-missing', 'documentation', 'low', 1, 'likely'),
  card('backup-local-only', 'deployment', 'high', 12, 'likely', { name: 'backups', rung: 2 }),
  card('backup-unverified', 'deployment', 'low', 3, 'likely', { name: 'backups', rung: 5 }),
  card('csrf-form-token-missing', 'auth', 'high', 8, 'likely', { name: 'csrf', rung: 4 }),
  card('deploy-not-atomic', 'deployment', 'high', 12, 'likely'),
  card('deployment-guide-missing', 'documentation', 'low', 2, 'likely'),
  card('dev-server-in-production', 'deployment', 'high', 15, 'confirmed'),
  card('docker-image-bloated', 'deployment', 'low', 1, 'confirmed'),
  card('dockerignore-missing', 'deployment', 'low', 2, 'confirmed'),
  card('docs-env-drift', 'documentation', 'medium', 3, 'likely'),
  card('flash-messages-not-rendered', 'frontend', 'low', 2, 'confirmed'),
  card('link-noopener-missing', 'frontend', 'info', 0, 'confirmed'),
  card('readme-missing', 'documentation', 'low', 2, 'confirmed'),
  card('restore-procedure-undocumented', 'deployment', 'medium', 6, 'likely', { name: 'backups', rung: 4 }),
  card('runbook-missing', 'documentation', 'low', 3, 'likely'),
  card('security-policy-missing', 'documentation', 'info', 0, 'confirmed'),
  card('viewport-meta-missing', 'frontend', 'low', 1, 'confirmed'),
  card('worker-count-hardcoded', 'deployment', 'low', 1, 'confirmed'),
  card('worker-timeout-unset', 'deployment', 'low', 2, 'likely'),
];

export const PENDING: Readonly<Record<string, RuleCard>> = Object.fromEntries(CARDS.map((one) => [one.id, one]));
