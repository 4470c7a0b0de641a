/** The top of the page: grade, verdict, reasons and what would make it READY. */
import { SEVERITIES } from '../../rules/kit';
import type { ReportCard } from '../card';
import { amounts } from '../comparison/words';
import { htmlText } from '../escape';
import { beyondRules, conditionText, first } from '../listing';
import { total } from '../plan';
import { inOrder, numbersOf, reasonText, spoken, titleOf } from '../short-names';
import { VERDICT_SENTENCES, checksText, gradeText, gradeWord, hours, number, percent, present, severities } from '../words';
import { bullets, prose, ruleName, severity, shortName } from './parts';
import type { Mode } from './parts';
import { gradeShape, gradeTone, stack, verdictShape, verdictTone } from './shapes';

/** The verdict's section. `data-said` is what the panel reads out when the card changes. */
export function overview(card: ReportCard, mode: Mode): string {
  const { verdict, score } = card;
  const graded = score.value === null ? 'not scored' : `grade ${gradeText(score.grade)}, ${number(score.value)} of 100`;
  const tone = `overview tone-${verdictTone(verdict.value)}`;
  return `<section id="verdict" data-part="verdict" data-said="${verdict.value}, ${graded}" aria-labelledby="verdict-title" class="${tone}">
${seal(card)}
<div class="judgement">
<h2 id="verdict-title" tabindex="-1">${verdictShape(verdict.value)}${verdict.value}</h2>
<p class="sentence">${VERDICT_SENTENCES[verdict.value]}</p>
${bullets(verdict.reasons.map((reason) => `${reasonText(card, reason, htmlText, shortName(mode))} <span class="about">${spoken(card, htmlText(reason.risk), shortName(mode))}</span>`), 'reasons')}
</div>
${facts(card)}
${steps(card, mode)}
<div class="summary">${paragraphs(card)}</div>
${severityFigure(card)}
</section>`;
}

/** What a reader takes away who reads nothing else. */
function paragraphs({ content }: ReportCard): string {
  return present(content.summary.join(' '), content.suitability, content.conclusion.join(' ')).map((one) => `<p>${prose(one)}</p>`).join('');
}

function severityFigure({ counts }: ReportCard): string {
  const all = SEVERITIES.filter((one) => counts.findings[one] > 0);
  if (all.length === 0) return '';
  const label = `Open findings by severity: ${severities(counts.findings)}.`;
  return `<figure class="amounts">${stack(label, counts.findings)}<figcaption>${all.map((one) => `<span>${severity(one)} ${counts.findings[one]}</span>`).join(' ')}</figcaption></figure>`;
}

function seal({ score }: ReportCard): string {
  const value = score.value === null ? '' : `<span class="value">${number(score.value)}<span class="of"> of 100</span></span>`;
  const word = `<span class="word">${gradeShape(score.grade)}${gradeWord(score.grade)}</span>`;
  return `<p class="seal tone-${gradeTone(score.grade)}"><span class="letter">${gradeText(score.grade)}</span>${word}${value}</p>`;
}

function facts(card: ReportCard): string {
  const { counts, score } = card;
  const fact = (name: string, value: string) => `<div><dt>${name}</dt><dd>${htmlText(value)}</dd></div>`;
  return `<dl class="facts">${present(
    fact('Blockers', String(counts.blockers)), fact('Open findings', severities(counts.findings) || 'none'),
    fact('Checks', `${checksText(card)}, ${percent(score.coverage)} of what applies`), fact('Confidence', score.confidence),
    counts.open > 0 && fact('Work', hours(total(card.plan))), score.unsuppressed !== score.value && fact('With nothing silenced', `${number(score.unsuppressed)} of 100`),
    card.comparison !== undefined && fact('Against the base', amounts(card.comparison)),
  ).join('')}</dl>`;
}

function steps(card: ReportCard, mode: Mode): string {
  const { conditions, toReady } = card.verdict;
  const numbers = numbersOf(card);
  const goal = (id: string) => {
    const number = numbers.get(id);
    const title = htmlText(titleOf(card, id));
    if (card.signoffs.some((one) => one.control === id)) return `Sign-off: ${title} <code class="rule">${htmlText(id)}</code>`;
    return `${number === undefined ? '' : `${shortName(mode)(number, id)} `}${title} ${ruleName(id, mode)}`;
  };
  const ready = [
    ...inOrder(card, toReady).map(goal),
    ...beyondRules(card).map((reason) => htmlText(`Beyond what rules can mend: ${reason.text}`)),
  ];
  const columns = present(
    ready.length > 0 && `<div><h3>What would make it READY</h3>${folded(ready)}</div>`,
    conditions.length > 0 && `<div><h3>Conditions</h3>${bullets(inOrder(card, conditions).map((one) => spoken(card, htmlText(conditionText(card, one)), shortName(mode))), 'steps')}</div>`,
  );
  return columns.length === 0 ? '' : `<div class="columns">${columns.join('')}</div>`;
}

/** So many steps are on the page at once. */
const STEPS = 8;

function folded(steps: readonly string[]): string {
  const { shown, more } = first(steps, STEPS);
  if (more === 0) return bullets(shown, 'steps');
  return `${bullets(shown, 'steps')}<details data-key="ready"><summary>and ${more} more</summary>${bullets(steps.slice(shown.length), 'steps')}</details>`;
}
