/** The findings of the Markdown report: by severity, each rule once with all its places. */
import type { Finding, Location } from '../engine/audit/outcome';
import { whatIfText } from './arithmetic';
import type { ReportCard } from './card';
import { mark } from './comparison/words';
import { codeBlock, codeSpan, markdownProse, markdownText, pathLink, webLink } from './escape';
import { first, fixOffers, headline, openBySeverity } from './listing';
import type { Numbered } from './listing';
import { effort } from './plan';
import { isBlocking } from './scoring/weighed';
import { CATEGORY_TITLES, CONFIDENCE_WORDS, EFFORT_WORDS, SAFETY_WORDS, SEVERITY_WORDS, count, gradingText, hours, present } from './words';

/** So many places of one rule are written out. */
const PLACES = 20;

/** A heading for every severity, also where there is nothing, and under it the open rules. */
export function findingSections(card: ReportCard): string {
  return openBySeverity(card).map(({ severity, rules }) => {
    const held = card.results.filter((result) => result.state === 'holds' && result.card.severity === severity).length;
    const none = `None. ${count(held, 'rule')} of this severity ${held === 1 ? 'was' : 'were'} checked and ${held === 1 ? 'holds' : 'hold'}.`;
    return [`### ${SEVERITY_WORDS[severity]}`, ...(rules.length === 0 ? [none] : rules.map((one) => finding(one, card)))].join('\n\n');
  }).join('\n\n');
}

/** A place as a link to its line: app/models.py:12. */
export function placeLink(at: Location): string {
  const first = at.range.start.line + 1;
  return `[${codeSpan(`${at.path}:${first}`)}](${pathLink(at.path)}#L${first})`;
}

function finding({ number: id, result, blocks }: Numbered, card: ReportCard): string {
  const { findings, card: rule } = result;
  const links = rule.links.map(webLink).filter((link) => link !== undefined);
  const fields: readonly (readonly [string, string])[] = [
    ['Rule', `${codeSpan(result.rule)}, ${CATEGORY_TITLES[result.category]}`], ['Blocks shipping', blocks ? 'yes' : 'no'],
    ['Confidence', confidence(findings)], ['Why it matters', markdownProse(rule.why)], ['How to fix', markdownProse(rule.how)], ...fixes(findings),
    ['Effort', `${hours(effort(result.effort, findings.length))} (one takes ${EFFORT_WORDS[result.effort]})`], ['If it held', whatIfText(result, card)],
    ...(links.length > 0 ? [['More', links.map((link) => `<${link}>`).join(', ')] as const] : []),
  ];
  return [`#### ${id}. ${markdownText(headline(result))}`, places(findings, card), fields.map(([name, text]) => `- **${name}:** ${text}`).join('\n')].join('\n\n');
}

function confidence(findings: readonly Finding[]): string {
  return [...new Set(findings.map((one) => one.confidence))].map((one) => CONFIDENCE_WORDS[one].toLowerCase()).join(', ');
}

function fixes(findings: readonly Finding[]): readonly (readonly [string, string])[] {
  return fixOffers(findings).map((fix) => {
    const remains = fix.remains === undefined ? '' : `. Left to do: ${markdownText(fix.remains)}`;
    return ['Quick fix', `${markdownText(fix.title)} (${SAFETY_WORDS[fix.safety]})${remains}`] as const;
  });
}

/** Places with their code; the message beside each only where they differ. */
function places(findings: readonly Finding[], card: ReportCard): string {
  const several = new Set(findings.map((one) => one.message)).size > 1;
  const graded = new Set(findings.map((one) => gradingText(one, isBlocking(one)))).size > 1;
  const { shown, more } = first(findings, PLACES);
  const listed = shown.map((one) => {
    const about = present(
      placeLink(one), mark(card, one), graded && gradingText(one, isBlocking(one)), several && markdownProse(one.message), one.because !== undefined && `because ${markdownText(one.because)}`,
    );
    const related = one.related.map((other) => `  - ${placeLink(other)}: ${markdownProse(other.text)}\n`).join('');
    return `- ${about.join(' · ')}\n${related}${one.snippet === '' ? '' : `\n${codeBlock(one.snippet, '  ')}`}`;
  });
  return `${listed.join('')}${more > 0 ? `- and ${more} more\n` : ''}`.trimEnd();
}
