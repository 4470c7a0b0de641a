/** The numbers of the Markdown report: the table of categories, and the sums below it. */
import { categoryText, lineText, overallText } from '../arithmetic';
import type { CategoryCard, Grade, ReportCard } from '../card';
import { codeSpan, markdownText } from '../escape';
import { deductions } from '../justify';
import { SEVERITY_WORDS, gradeText, gradeWord, number, present, severities } from '../words';
import { bullets, table } from './parts';

/** Categories with grade, score, weight and what cost most, and the whole. */
export function categoryTable({ categories, score }: ReportCard): string {
  const body = categories.map((category) => [
    category.gating ? `**${category.title}**` : category.title, graded(category.grade), number(category.score),
    category.status === 'scored' ? `${number(category.effectiveWeight)} %` : '–', category.applicable === 0 ? '–' : `${category.holds} of ${category.applicable}`,
    severities(category.findings) || '–', category.status === 'not-applicable' ? 'does not apply' : markdownText(deductions(category)) || '–',
  ]);
  const capped = score.caps.find((cap) => cap.reached);
  const whole = ['**Overall**', `**${graded(score.grade)}**`, `**${number(score.value)}**`, '', '', '', capped === undefined ? '' : `at most ${number(capped.atMost)} because ${capped.because}`];
  const heads = ['Category', 'Grade', 'Score', 'Weight', 'Hold', 'Open findings', 'What costs most'];
  return `${table(heads, [...body, whole])}\n\nCategories in bold decide by themselves whether this may ship.`;
}

function graded(grade: Grade): string {
  return grade === '-' ? '–' : `${gradeText(grade)} ${gradeWord(grade)}`;
}

/** How each score comes about, to be added up by hand. */
export function breakdown(card: ReportCard): string {
  const parts = card.categories.filter((category) => category.status !== 'not-applicable').flatMap((category) => present(
    `### ${category.title}: ${gradeText(category.grade)} ${number(category.score)}`, markdownText(category.justification), category.ledger.length > 0 && ledger(category), bullets(categoryText(category).map(markdownText)),
  ));
  const whole = [...overallText(card).map(markdownText), ...unsuppressed(card)];
  return [...parts, `### Overall: ${gradeText(card.score.grade)} ${number(card.score.value)}`, bullets(whole)].join('\n\n');
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
