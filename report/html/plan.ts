/** The plan: the stairs the score climbs, and the steps of each phase. */
import type { ReportCard } from '../card';
import { htmlText } from '../escape';
import { PLAN_ORDER_WORDS, total } from '../plan';
import { points } from '../scoring/tenths';
import { numbersOf } from '../short-names';
import { daysText, timeline, workingDays } from '../timeline';
import type { DatedPhase } from '../timeline';
import { LEAST } from '../scoring/verdict';
import { waiting } from '../signoff-card';
import { EXACT, SEVERITY_WORDS, count, hours, number } from '../words';
import { part, ruleName, shortName, table } from './parts';
import type { Mode } from './parts';
import { stairs } from './shapes';

/** The section of the plan. */
export function plan(card: ReportCard, mode: Mode, start?: string): string {
  if (card.counts.open === 0) return part('plan', 'Plan', `<p>Nothing is open, so there is nothing to mend.</p>${people(card)}`);
  const numbers = numbersOf(card);
  const dated = start === undefined ? card.plan.map((phase): DatedPhase => ({ phase })) : timeline(card.plan, start);
  const phases = dated.map((one) => phaseTable(one, numbers, mode)).join('\n');
  return part('plan', 'Plan', `${chart(card)}\n${phases}\n<p>All phases together: ${hours(total(card.plan))}${workingDays(total(card.plan))}. ${PLAN_ORDER_WORDS[card.planOrder ?? 'unlocks']} ${EXACT}</p>${people(card)}`);
}

/** What no work on the code can do. */
function people({ signoffs }: ReportCard): string {
  const open = waiting(signoffs).length;
  return open === 0 ? '' : `<p>Beside the work on the code, people have to give ${count(open, 'sign-off')} before it is READY; the checklist says what is asked.</p>`;
}

function chart(card: ReportCard): string {
  const scores = [card.score.value, ...card.plan.flatMap((phase) => phase.items).map((item) => item.score)].filter((score) => score !== null);
  const last = scores.at(-1);
  if (scores.length < 2 || last === undefined) return '';
  const label = `Overall score after each step of the plan, from ${number(scores[0] ?? 0)} to ${number(last)}.`;
  const about = `The dashed line is ${number(points(LEAST.ready.overall))}, where READY starts. The tables below hold the same numbers.`;
  return `<figure>${stairs(label, scores)}<figcaption>${label} ${about}</figcaption></figure>`;
}

const HEADS = ['Make it so', 'Rule', 'Severity', 'Findings', 'Effort', 'Score after', 'Reaches'];

function phaseTable({ phase: { phase, title, items, hours: spent }, dates }: DatedPhase, numbers: ReadonlyMap<string, string>, mode: Mode): string {
  const head = `<h3>Phase ${phase}: ${htmlText(title)}</h3>`;
  if (items.length === 0) return `${head}<p class="none">Nothing to do.</p>`;
  return head + table(`Steps of phase ${phase}, together ${hours(spent)}${dates ? `, ${daysText(dates)} for one person` : ''}`, HEADS, items.map((item) => [
    `${shortName(mode)(numbers.get(item.rule) ?? '', item.rule)} ${htmlText(item.title)}`, ruleName(item.rule, mode), SEVERITY_WORDS[item.severity], String(item.findings), hours(item.hours), number(item.score), item.unlocks ?? '',
  ]), 'lines plan');
}
