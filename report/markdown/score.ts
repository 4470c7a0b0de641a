/** The numbers of the Markdown report: the table of categories, and the sums below it. */
import { categoryText, lineText, totalText, weighted } from '../arithmetic';
import type { CategoryCard, Grade, ReportCard } from '../card';
import { codeSpan, markdownText } from '../escape';
import { deductions } from '../justify';
import { SEVERITY_WORDS, gradeText, gradeWord, list, number, present, severities } from '../words';
import { numbered } from '../short-names';
import { bullets, paragraphs, table } from './parts';

/**
 * Categories with grade, score, weight and what cost most, and the whole.
 *
 * @param show the short name of an open rule, as a link where there is something to lead to
 */
export function categoryTable(card: ReportCard, show: (number: string) => string = (name) => name): string {
  const { categories, score, counts } = card;
  const body = categories.map((category) => [
    category.gating ? `**${category.title}**` : category.title, graded(category.grade), number(category.score),
    category.status === 'scored' ? `${number(category.effectiveWeight)} %` : '–', category.applicable === 0 ? '–' : `${category.holds} of ${category.applicable}`,
    severities(category.findings) || '–', category.status === 'not-applicable' ? 'does not apply' : numbered(card, markdownText(deductions(category)), show) || '–',
  ]);
  const capped = score.caps.find((cap) => cap.reached);
  const applicable = categories.reduce((sum, category) => sum + category.applicable, 0);
  const whole = ['**Overall**', `**${graded(score.grade)}**`, `**${number(score.value)}**`, '', applicable === 0 ? '–' : `${counts.holds} of ${applicable}`, severities(counts.findings) || '–', capped === undefined ? '' : `at most ${number(capped.atMost)} because ${capped.because}`];
  const heads = ['Category', 'Grade', 'Score', 'Weight', 'Rules that hold', 'Open findings', 'What costs most'];
  return `${table(heads, [...body, whole])}\n\nCategories in bold decide by themselves whether this may ship.`;
}

/** A sentence on each category: what holds, and what is deducted. */
export function justifications(card: ReportCard, show: (number: string) => string = (name) => name): string {
  return bullets(card.categories.filter((category) => category.status !== 'not-applicable').map((category) => (
    `**${category.title}, ${gradeText(category.grade)} ${number(category.score)}:** ${numbered(card, markdownText(category.justification), show)}`
  )));
}

function graded(grade: Grade): string {
  return grade === '-' ? '–' : `${gradeText(grade)} ${gradeWord(grade)}`;
}

/** How each score comes about, to be added up by hand. */
export function breakdown(card: ReportCard): string {
  const parts = card.categories.filter((category) => category.status !== 'not-applicable').flatMap((category) => present(
    `### ${category.title}: ${gradeText(category.grade)} ${number(category.score)}`, category.ledger.length > 0 && ledger(category), bullets(categoryText(category).map(markdownText)),
  ));
  const whole = paragraphs(weightedTable(card), bullets([...totalText(card).map(markdownText), ...unsuppressed(card)]));
  return [...parts, `### Overall: ${gradeText(card.score.grade)} ${number(card.score.value)}`, whole].join('\n\n');
}

/** Each score with its weight, as configured and as it counts here, and what they come to. */
function weightedTable(card: ReportCard): string {
  const { rows, weight, total } = weighted(card);
  if (rows.length === 0) return '';
  const without = card.categories.filter((category) => !rows.some((row) => row.category === category)).map(({ title }) => title);
  const shared = without.length === 0 ? '' : `\n\n${list(without)} ${without.length === 1 ? 'does not count here, so its weight is' : 'do not count here, so their weights are'} shared among the others.`;
  return table(['Category', 'Score', 'Weight', 'Effective weight', 'Score × weight'], [
    ...rows.map(({ category, product }) => [category.title, number(category.score), String(category.weight), `${number(category.effectiveWeight)} %`, number(product)]), ['**Total**', '', `**${weight}**`, '**100 %**', `**${number(total)}**`],
  ]) + shared;
}

function unsuppressed({ score }: ReportCard): readonly string[] {
  return score.unsuppressed === score.value ? [] : [`With nothing silenced it would be ${number(score.unsuppressed)}.`];
}

function ledger(category: CategoryCard): string {
  return table(['Rule', 'Severity', 'Findings', 'How', 'Cost'], category.ledger.map((line) => [
    codeSpan(line.rule), present(SEVERITY_WORDS[line.severity], line.blocks && 'blocks').join(', '), String(line.occurrences),
    markdownText(lineText(line)), `−${number(line.cost)}`,
  ]));
}
