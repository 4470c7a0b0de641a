/** The words and numbers that every output, the tree and the status item share. */
import type { Category, Confidence, Effort, Safety, Severity } from '../rules/kit';
import type { Finding, Location, Notice, State } from '../engine/audit/outcome';
import type { Customisation } from '../engine/workspace/customised';
import type { Grade, ReportCard, Verdict } from './card';
import type { SignoffState } from './signoff-card';

export const CATEGORY_TITLES: Readonly<Record<Category, string>> = {
  security: 'Security', configuration: 'Configuration & secrets', auth: 'Authentication & access', data: 'Data integrity',
  deployment: 'Deployment & recovery', observability: 'Observability', testing: 'Testing & CI', code: 'Code quality',
  performance: 'Performance', dependencies: 'Dependencies', documentation: 'Documentation',
  integrations: 'Integrations', frontend: 'Front end',
};

export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = { critical: 'Critical', high: 'High', medium: 'Medium', low: 'Low', info: 'Info' };

export const STATE_WORDS: Readonly<Record<State, string>> = {
  holds: 'Holds', open: 'Open', accepted: 'Accepted', attested: 'Attested', 'not-applicable': 'Not applicable', 'not-checked': 'Not checked',
};

/** What state a sign-off is in. */
export const SIGNOFF_WORDS: Readonly<Record<SignoffState, string>> = {
  missing: 'Missing', pending: 'Pending', signed: 'Signed', expiring: 'Expiring', expired: 'Expired', stale: 'Stale', failed: 'Failed', 'not-applicable': 'Not applicable',
};

/** What a confidence means to a reader. */
export const CONFIDENCE_WORDS: Readonly<Record<Confidence, string>> = { confirmed: 'Confirmed', likely: 'Likely', possible: 'Possible' };

export const EFFORT_WORDS: Readonly<Record<Effort, string>> = { S: 'about half an hour', M: 'about four hours', L: 'about two days' };

export const SAFETY_WORDS: Readonly<Record<Safety, string>> = { safe: 'safe to apply', review: 'review before applying' };

export const LANE_WORDS = { 'false-positive': 'False positive', 'accepted-risk': 'Accepted risk' } as const;

/** So much of a fingerprint tells the findings of a project apart; `shipworthy suppress` takes it for the whole. */
export function shortFingerprint(fingerprint: string): string {
  return fingerprint.slice(0, 8);
}

/** What each verdict says, in a sentence. */
export const VERDICT_SENTENCES: Readonly<Record<Verdict, string>> = {
  READY: 'Nothing that was checked stands in the way of shipping this.',
  'MOSTLY READY': 'Nothing blocks, but not everything is as it should be.',
  'NOT READY': 'This should not ship as it is.',
  INCONCLUSIVE: 'Too little could be checked to say.',
};

export const NOTICE_WORDS: Readonly<Record<Notice['code'], string>> = {
  'too-large': 'Too large', binary: 'Binary', unreadable: 'Unreadable', encoding: 'Encoding', 'link-loop': 'Link loop', 'not-parsed': 'Not parsed',
  'partly-parsed': 'Partly parsed', 'rule-failed': 'Rule failed', config: 'Configuration', record: 'Record', signoff: 'Sign-off', suppression: 'Suppression', vanished: 'Vanished',
  limit: 'Limit', empty: 'Nothing found',
};

/** Stands above the rules that do not apply. */
export const NOT_SEEN = 'What these rules are about was not seen in the project. That is as far as reading its files can tell, and no proof that it is not there.';

/** What the scores of a plan are. */
export const EXACT = 'Each score is exact: it is what the card would say after that step and all before it.';

/** How a card comes about, a paragraph each. */
export const METHOD = [
  'Every rule of the catalogue is asked once of the project. It holds, with a place that proves it; it is open, with findings; it is accepted, with a reason; it does not apply; or it could not be checked, which never counts as holding.',
  'A category starts at 100 and loses what its open rules cost. A finding costs the points of its severity, times 0.6 when it is only likely and 0.3 when it is only possible; the k-th finding of one rule costs 1/k of that. Rules on one ladder together cost no more than its top. Above 60, deductions are compressed. Accepted risks still cost. What holds earns nothing, and what does not apply costs nothing.',
  'Open critical, high and blocking findings cap their category and the whole, whatever the sums say. The overall score is the weighted mean of the scored categories, rounded down to 0.1; the weight of categories that do not apply or were not assessed is shared among the others.',
  'The verdict looks at the worst that is open and not at the average: NOT READY with a blocker, an overall score under 60 or a deciding category under 60; INCONCLUSIVE when less than half of a deciding category could be checked; READY from 85, with every deciding category at 75 and every other at 50, and 80 % of everything checked.',
  'Nothing of the project was executed, nothing was sent anywhere, and secrets are masked.',
] as const;

const GRADE_WORDS: Readonly<Record<string, string>> = {
  A: 'Excellent', B: 'Good', C: 'Needs attention', D: 'Poor', F: 'Failing', '?': 'Not assessed', '-': 'Not applicable',
};

/** The word of a letter, with or without its sign: Excellent, Good, Needs attention, Poor, Failing. */
export function gradeWord(grade: Grade): string {
  return GRADE_WORDS[grade.charAt(0)] ?? '';
}

/** A letter for reading: with a real minus sign, and a dash where nothing applies. */
export function gradeText(grade: Grade): string {
  return grade === '-' ? '–' : grade.replace('-', '−');
}

/** A score, a cost or a weight with its one decimal; a dash for none. */
export function number(value: number | null): string {
  return value === null ? '–' : value.toFixed(1);
}

/** A share of 1 in whole per cent, rounded down. */
export function percent(share: number): string {
  return `${Math.floor(share * 100 + 1e-9)} %`;
}

/** `1 finding`, `2 findings`; `many` for words that do more than take an s. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`;
}

/** `2–4 h`, `30 min`, both ends alike once: `4 h`. */
export function hours([from, to]: readonly [number, number]): string {
  if (to === 0) return '0 h';
  return from === to ? `${from} h` : `${from}–${to} h`;
}

/** `app/models.py:12:5`, counted from 1 as editors show it. */
export function placeText(at: Location): string {
  return `${at.path}:${at.range.start.line + 1}:${at.range.start.character + 1}`;
}

/** `2 critical, 1 high`; empty when there are none. */
export function severities(findings: Readonly<Record<Severity, number>>): string {
  return (Object.keys(SEVERITY_WORDS) as Severity[]).filter((severity) => findings[severity] > 0).map((severity) => `${findings[severity]} ${severity}`).join(', ');
}

/** `B+ 87.9`, or `not scored`. */
export function scoreText(card: Pick<ReportCard, 'score'>): string {
  return card.score.value === null ? 'not scored' : `${gradeText(card.score.grade)} ${number(card.score.value)}`;
}

/** `41 of 52 checks ran`: rules that could be decided, of those that apply. */
export function checksText({ counts }: Pick<ReportCard, 'counts'>): string {
  const ran = counts.holds + counts.open + counts.accepted + counts.attested;
  return `${ran} of ${count(ran + counts.notChecked, 'check')} ran`;
}

/** `public, production, personal data` */
export function profileText(profile: ReportCard['profile']): string {
  return [profile.exposure, profile.stage, ...profile.data.map((kind) => `${kind} data`)].join(', ');
}

/** `3 settings: extends strict; rules.csp-missing low (on purpose); weights.data 20 instead of 10`. Empty without any. Holds text of the repository: escape it. */
export function customisedText({ customisations }: Pick<ReportCard, 'customisations'>): string {
  const one = ({ key, value, usual, reason }: Customisation) => `${key} ${value || 'none'}${usual === undefined || key === 'extends' ? '' : ` instead of ${usual || 'none'}`}${reason === undefined ? '' : ` (${reason})`}`;
  return customisations.length === 0 ? '' : `${count(customisations.length, 'setting')}: ${customisations.map(one).join('; ')}`;
}

/** `a, b and c`; with `most`, `a, b and 7 more`. */
export function list(items: readonly string[], most = Infinity): string {
  const named = items.length > most ? [...items.slice(0, most), `${items.length - most} more`] : items;
  return named.length < 2 ? named.join('') : `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`;
}

/** The texts that say something: what is false, missing or empty is left out. */
export function present(...texts: readonly (string | false | undefined)[]): readonly string[] {
  return texts.filter((text) => typeof text === 'string' && text !== '') as readonly string[];
}

/** What a finding is called where there is one line for it: `Critical, likely, blocks`. */
export function gradingText(finding: Finding, blocks: boolean): string {
  return present(SEVERITY_WORDS[finding.severity], finding.confidence !== 'confirmed' && finding.confidence, blocks && 'blocks').join(', ');
}
