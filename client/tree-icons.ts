import type { Grade, Verdict } from '../report/card';
import type { SignoffState } from '../report/signoff-card';
import type { Category, Severity, State } from './cards';

/** A product icon and a colour, by the names that VS Code and package.json give them. The shape alone must tell. */
export interface Icon { readonly name: string; readonly color?: string }

export const SEVERITY_ICONS: Readonly<Record<Severity, Icon>> = {
  critical: { name: 'error', color: 'problemsErrorIcon.foreground' },
  high: { name: 'warning', color: 'problemsErrorIcon.foreground' },
  medium: { name: 'warning', color: 'problemsWarningIcon.foreground' },
  low: { name: 'info', color: 'problemsInfoIcon.foreground' },
  info: { name: 'info' },
};

export const STATE_ICONS: Readonly<Record<Exclude<State, 'open'>, Icon>> = {
  accepted: { name: 'bell-slash' },
  attested: { name: 'verified', color: 'testing.iconPassed' },
  holds: { name: 'pass', color: 'testing.iconPassed' },
  'not-applicable': { name: 'circle-slash', color: 'disabledForeground' },
  'not-checked': { name: 'question', color: 'disabledForeground' },
};

export const SIGNOFF_ICONS: Readonly<Record<SignoffState, Icon>> = {
  missing: { name: 'circle-outline' },
  pending: { name: 'person-add' },
  signed: { name: 'verified', color: 'testing.iconPassed' },
  expiring: { name: 'watch', color: 'problemsWarningIcon.foreground' },
  expired: { name: 'history', color: 'problemsWarningIcon.foreground' },
  stale: { name: 'diff', color: 'problemsWarningIcon.foreground' },
  failed: { name: 'error', color: 'problemsErrorIcon.foreground' },
  'not-applicable': { name: 'circle-slash', color: 'disabledForeground' },
};

export const VERDICT_ICONS: Readonly<Record<Verdict, string>> = {
  'NOT READY': 'error',
  INCONCLUSIVE: 'question',
  'MOSTLY READY': 'warning',
  READY: 'pass-filled',
};

export const CATEGORY_ICONS: Readonly<Record<Category, string>> = {
  security: 'shield',
  configuration: 'settings-gear',
  auth: 'key',
  data: 'database',
  deployment: 'rocket',
  observability: 'pulse',
  testing: 'beaker',
  code: 'code',
  performance: 'dashboard',
  dependencies: 'package',
  documentation: 'book',
  integrations: 'plug',
  frontend: 'browser',
};

/**
 * The colour of a grade, as contributed in package.json.
 * @param grade a letter with or without a sign; anything that is no letter has no colour of its own
 */
export function gradeColor(grade: Grade): string {
  const letter = grade.charAt(0);
  return /[A-F]/.test(letter) ? `shipworthy.grade${letter}` : 'shipworthy.gradeNone';
}
