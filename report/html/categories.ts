/** The report card's table: a row for each category, and under it the sum that makes its score where something is deducted. */
import { categoryText, lineText, totalText, weighted } from '../arithmetic';
import type { CategoryCard, ReportCard } from '../card';
import { attribute, htmlText } from '../escape';
import { deductions } from '../justify';
import { points } from '../scoring/tenths';
import { LEAST } from '../scoring/verdict';
import { numbered } from '../short-names';
import { gradeText, gradeWord, number, severities } from '../words';
import { bullets, part, ruleName, severity, table } from './parts';
import type { Mode } from './parts';
import { bar, gradeShape } from './shapes';

const CAPTION = 'Grade, score and weight of each category. Categories marked with a star decide by themselves whether this may ship.';
/** With what the script of the panel sorts by. */
const HEADS: readonly (readonly [string, string?])[] = [['Category', 'title'], ['Grade'], ['Score', 'score'], ['Weight', 'weight'], ['Rules that hold'], ['Open findings', 'open']];

/** The section of the categories. */
export function categories(card: ReportCard, mode: Mode): string {
  const rows = card.categories.map((category) => row(category) + ledgerRow(category, card, mode)).join('\n');
  return part('categories', 'Report card', `<table class="categories"><caption>${CAPTION}</caption>
<thead><tr>${HEADS.map(([head, by]) => `<th scope="col"${by === undefined ? '' : ` data-by="${by}"`}>${head}</th>`).join('')}</tr></thead>
<tbody>
${rows}
</tbody>
<tfoot>
${overallRows(card)}
</tfoot>
</table>`);
}

function row(category: CategoryCard): string {
  const least = points(category.gating ? LEAST.ready.gating : LEAST.ready.other);
  const drawn = category.score === null ? '' : bar(category.title, category.grade, category.score, least);
  const hold = category.applicable === 0 ? '–' : `${category.holds} of ${category.applicable}`;
  const weight = category.status === 'scored' ? `${number(category.effectiveWeight)} %` : '–';
  const star = category.gating ? '<span class="star" title="decides by itself"> ★</span>' : '';
  const open = Object.values(category.findings).reduce((sum, amount) => sum + amount, 0);
  const values = `data-title="${attribute(category.title)}" data-score="${category.score ?? -1}" data-weight="${category.effectiveWeight}" data-open-count="${open}"`;
  return `<tr class="category" ${values}><th scope="row">${htmlText(category.title)}${star}</th><td>${grade(category.grade)}</td><td class="number score">${number(category.score)}${drawn}</td>`
    + `<td class="number">${weight}</td><td class="number">${hold}</td><td>${severities(category.findings) || '–'}</td></tr>`;
}

function grade(of: CategoryCard['grade']): string {
  return `<span class="grade">${gradeShape(of)}<b>${gradeText(of)}</b> <span class="word">${gradeWord(of)}</span></span>`;
}

function ledgerRow(category: CategoryCard, card: ReportCard, mode: Mode): string {
  if (category.ledger.length === 0 && category.status === 'not-applicable') return '';
  const title = htmlText(category.title);
  return `\n${folded(`ledger-${category.id}`, category.score, title, numbered(card, htmlText(deductions(category))), `<p>${htmlText(category.justification)}</p>${ledger(category, mode)}${bullets(categoryText(category).map(htmlText))}`)}`;
}

/** A row that unfolds the sum behind a score; `most` is what of it is seen before that. */
function folded(key: string, score: number | null, of: string, most: string, content: string): string {
  const summary = `Why ${score === null ? 'no score' : number(score)}<span class="unseen"> for ${of}</span>${most === '' ? '' : `<span class="about">: ${most}</span>`}`;
  return `<tr class="ledger"><td colspan="${HEADS.length}"><details data-key="${key}"><summary>${summary}</summary>${content}</details></td></tr>`;
}

function ledger(category: CategoryCard, mode: Mode): string {
  if (category.ledger.length === 0) return '';
  return table(`Deductions of ${htmlText(category.title)}`, ['Rule', 'Severity', 'Findings', 'How', 'Cost'], category.ledger.map((line) => [
    ruleName(line.rule, mode), severity(line.severity) + (line.blocks ? ', blocks' : ''), String(line.occurrences), htmlText(lineText(line)),
    `<span class="number">−${number(line.cost)}</span>`,
  ]));
}

/** Each score with its weight, as configured and as it counts here, and what they come to. */
function weightedTable(card: ReportCard): string {
  const { rows, weight, total } = weighted(card);
  if (rows.length === 0) return '';
  return table('What each category gives to the whole', ['Category', 'Score', 'Weight', 'Effective weight', 'Score × weight'], [
    ...rows.map(({ category, product }) => [htmlText(category.title), number(category.score), String(category.weight), `${number(category.effectiveWeight)} %`, number(product)]), ['Total', '', String(weight), '100 %', number(total)],
  ]);
}

function overallRows(card: ReportCard): string {
  const { counts, score } = card;
  const applicable = counts.holds + counts.open + counts.accepted + counts.attested + counts.notChecked;
  const cells = ['', `${counts.holds} of ${applicable}`].map((cell) => `<td class="number">${cell}</td>`).join('');
  return `<tr class="category"><th scope="row">Overall</th><td>${grade(score.grade)}</td><td class="number">${number(score.value)}</td>${cells}<td>${severities(counts.findings) || '–'}</td></tr>
${folded('ledger-overall', score.value, 'the whole', '', weightedTable(card) + bullets(totalText(card).map(htmlText)))}`;
}
