/** One page for whoever decides: how it stands, what blocks, what next. */
import { SEVERITIES } from '../../rules/kit';
import type { ReportCard } from '../card';
import { markdownProse, markdownText } from '../escape';
import { headline, openBySeverity } from '../listing';
import { effort } from '../plan';
import { count, hours, list } from '../words';
import { bullets, placeLink, section, table } from './parts';
import { categoryTable } from './score';
import { comparisonSection, reasonSection, summaryText, titleBlock } from './title';

/** So many open rules are named. */
const MOST = 12;

export function brief(card: ReportCard): readonly string[] {
  const open = openBySeverity(card).flatMap((group) => group.rules);
  const rows = open.slice(0, MOST).map(({ number, result, blocks }) => {
    const [place] = result.findings;
    return [number, markdownProse(headline(result)), place ? placeLink(place) : '–', blocks ? '**blocks**' : '–', hours(effort(result.effort, result.findings.length))];
  });
  const rest = SEVERITIES.map((severity) => ({ severity, rules: open.slice(MOST).filter((one) => one.result.severity === severity).length })).filter(({ rules }) => rules > 0);
  const more = rest.length > 0 ? `\n\n… and ${count(open.length - MOST, 'more rule')}: ${list(rest.map(({ severity, rules }) => `${rules} ${severity}`))}.` : '';
  return [
    titleBlock(card), section('Summary', summaryText(card)), reasonSection(card), ...comparisonSection(card), section('Report card', categoryTable(card)),
    section('First things', rows.length === 0 ? '' : `${table(['', 'What', 'Where', 'Blocks', 'Effort'], rows)}${more}`),
    section('Conclusion', bullets([...card.content.conclusion.map(markdownText), `Next audit: ${card.content.nextAudit.on}.`])),
  ];
}
