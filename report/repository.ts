/** Several applications of one repository: the headline is that of the worst, and a table has them all. */
import type { ReportCard, Verdict } from './card';
import { cell, codeSpan, line, markdownText } from './escape';
import { trendText } from './history/trend';
import { byText } from './scoring/order';
import { pad } from './terminal';
import { count, gradeText, list, number, scoreText, severities } from './words';

/** From the worst to the best. */
const VERDICTS: readonly Verdict[] = ['NOT READY', 'INCONCLUSIVE', 'MOSTLY READY', 'READY'];

/** Order of cards: the worst verdict first, then the lowest score, then by folder. */
export function worstFirst(a: ReportCard, b: ReportCard): number {
  return VERDICTS.indexOf(a.verdict.value) - VERDICTS.indexOf(b.verdict.value) || (a.score.value ?? -1) - (b.score.value ?? -1) || byText(a.project.root, b.project.root);
}

/** `NOT READY, C+ 74.9: the worst of 3 applications, services/api`; undefined for a single one, which speaks for itself. */
export function headlineOf(cards: readonly ReportCard[]): string | undefined {
  const [worst] = cards.toSorted(worstFirst);
  if (!worst || cards.length < 2) return undefined;
  return `${worst.verdict.value}, ${scoreText(worst)}: the worst of ${count(cards.length, 'application')}, ${placeOf(worst)}`;
}

/** What is read as part of every application, and graded with none. */
function librariesText(cards: readonly ReportCard[]): readonly string[] {
  const libraries = [...new Set(cards.flatMap((card) => card.project.libraries ?? []))].sort(byText);
  return libraries.length === 0 ? [] : [`Libraries, which have no score of their own: ${list(libraries)}.`];
}

function placeOf({ project: { root } }: ReportCard): string {
  return root === '' ? 'the one in the root' : root;
}

/** The table for a terminal, ending with a line break; empty for a single application. */
export function overviewText(cards: readonly ReportCard[]): string {
  const headline = headlineOf(cards);
  if (headline === undefined) return '';
  const rows = cards.toSorted(worstFirst).map((card) => [line(card.project.root || '.'), card.verdict.value, gradeText(card.score.grade), number(card.score.value), severities(card.counts.findings), trendText(card) ?? '']);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return [line(headline), ...rows.map((row) => `  ${row.map((text, column) => pad(text, widths[column] ?? 0)).join('  ')}`.trimEnd()), ...librariesText(cards).map(line)].map((one) => `${one}\n`).join('');
}

/** The table as Markdown; empty for a single application. */
export function overviewMarkdown(cards: readonly ReportCard[]): string {
  const headline = headlineOf(cards);
  if (headline === undefined) return '';
  const rows = cards.toSorted(worstFirst).map((card) => [codeSpan(card.project.root || '.'), card.verdict.value, gradeText(card.score.grade), number(card.score.value), severities(card.counts.findings) || 'none', trendText(card) ?? '']);
  const table = [['Application', 'Verdict', 'Grade', 'Score', 'Open findings', 'Trend'], ['---', '---', '---', '---:', '---', '---'], ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`);
  return `${[`# ${markdownText(headline)}`, table.join('\n'), ...librariesText(cards).map(markdownText)].join('\n\n')}\n`;
}
