/** Rules as SARIF's reporting descriptors, with the properties that code scanning sorts and filters by. */
import type { Category, Confidence, Severity } from '../../rules/kit';
import type { RuleCard } from '../../engine/audit/outcome';
import { line, webLink } from '../escape';
import { ruleHelp, ruleSections } from '../rule-page';

export type Level = 'error' | 'warning' | 'note';

export const LEVELS: Readonly<Record<Severity, Level>> = { critical: 'error', high: 'error', medium: 'warning', low: 'note', info: 'note' };

/** Code scanning calls 9.0 and more critical, 7.0 high, 4.0 medium, and the rest low. */
const SECURITY_SEVERITIES: Readonly<Record<Exclude<Severity, 'info'>, string>> = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.0' };
const PROBLEM_SEVERITIES: Readonly<Record<Severity, 'error' | 'warning' | 'recommendation'>> = {
  critical: 'error', high: 'error', medium: 'warning', low: 'recommendation', info: 'recommendation',
};
const PRECISIONS: Readonly<Record<Confidence, 'very-high' | 'medium' | 'low'>> = { confirmed: 'very-high', likely: 'medium', possible: 'low' };

/** Categories whose faults somebody can exploit. */
const SECURITY: ReadonlySet<Category> = new Set(['security', 'configuration', 'auth']);

/** Code scanning keeps ten tags of a rule. */
const MOST_TAGS = 10;

export function reportingDescriptor(card: RuleCard): object {
  const address = card.links.map(webLink).find((link) => link !== undefined);
  const sections = ruleSections({ card, fixes: [] });
  return {
    id: card.id, name: card.id.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    // Titles say what is true when all is well, and an alert is headed by one.
    shortDescription: { text: `Expected: ${line(card.title)}` }, fullDescription: { text: line(card.why) },
    help: { text: sections.map(({ heading, lines }) => `${heading}: ${lines.map(line).join('\n')}`).join('\n\n'), markdown: ruleHelp(card) },
    ...(address !== undefined && { helpUri: address }),
    defaultConfiguration: { level: LEVELS[card.severity] },
    properties: { category: card.category, effort: card.effort, tags: tags(card), precision: PRECISIONS[card.confidence], ...severity(card) },
  };
}

/** One or the other: a rule with a `security-severity` is a security alert, and its other severity would not be looked at. */
function severity({ category, severity: own }: RuleCard): object {
  return SECURITY.has(category) && own !== 'info' ? { 'security-severity': SECURITY_SEVERITIES[own] } : { 'problem.severity': PROBLEM_SEVERITIES[own] };
}

function tags({ category, anchors }: RuleCard): readonly string[] {
  const weaknesses = anchors.flatMap((anchor) => /^CWE-(\d+)$/.exec(anchor)?.[1] ?? []).map((number) => `external/cwe/cwe-${number.padStart(3, '0')}`);
  return [...new Set([SECURITY.has(category) ? 'security' : 'maintainability', category, ...weaknesses])].slice(0, MOST_TAGS);
}
