/** Checklist, controls, plan and outcomes of the Markdown report. */
import { CATEGORIES } from '../../rules/kit';
import type { ReportCard, Result } from '../card';
import type { CheckItem, Horizon } from '../checklist';
import { HORIZONS, HORIZON_WORDS } from '../checklist';
import { commandsOf } from '../commands';
import type { Control } from '../controls';
import { codeBlock, codeSpan, markdownProse, markdownText } from '../escape';
import { evidenceByText, first, headline, inState, silenced, strengths } from '../listing';
import { PLAN_ORDER_WORDS, total } from '../plan';
import { numbersOf } from '../short-names';
import { waiting } from '../signoff-card';
import type { SignoffCard } from '../signoff-card';
import { daysText, timeline, workingDays } from '../timeline';
import { CATEGORY_TITLES, EXACT, LANE_WORDS, NOT_SEEN, NOTICE_WORDS, SEVERITY_WORDS, SIGNOFF_WORDS, count, hours, number, placeText, present } from '../words';
import { bullets, folded, paragraphs, placeLink, refs, table } from './parts';
import { by as signedBy } from './signoffs';

/** So many pieces of evidence of one strength, and places of each, are written out. */
const PROOFS = 2;
const PLACES = 2;

export function byCategory(results: readonly Result[], show: (result: Result) => string): string {
  return CATEGORIES.map((category) => ({ category, mine: results.filter((result) => result.category === category) })).filter(({ mine }) => mine.length > 0)
    .map(({ category, mine }) => `### ${CATEGORY_TITLES[category]}\n\n${mine.map((result) => `- ${show(result)}`).join('\n')}`).join('\n\n');
}

/** What holds with a place that proves it; and how much holds that has none to show, so that the amounts of the report card add up. */
export function strengthList(card: ReportCard): string {
  const strong = strengths(card);
  const unseen = card.counts.holds - strong.length;
  const ran = card.counts.holds + card.counts.open + card.counts.accepted + card.counts.attested;
  const rest = unseen === 0 ? '' : `; of the other ${unseen} that ${unseen === 1 ? 'holds' : 'hold'} there is nothing to point at`;
  return strong.length === 0 ? '' : paragraphs(`${strong.length} of ${count(ran, 'checked rule')} ${strong.length === 1 ? 'holds and has a place that proves it' : 'hold and have a place that proves it'}${rest}.`, byCategory(strong, strength));
}

/** A title, and what proves it, on one line. */
export function strength(result: Result): string {
  const { shown, more } = first(evidenceByText(result), PROOFS);
  const proofs = shown.map(({ text, places }) => `${markdownProse(text)} (${places.slice(0, PLACES).map(placeLink).join(', ')}${places.length > PLACES ? ` and ${places.length - PLACES} more` : ''})`);
  const judged = result.judged > result.evidence.length && !shown.some(({ text }) => /\d/.test(text)) ? ` (${count(result.judged, 'place')} looked at)` : '';
  return `**${markdownText(result.title)}**: ${[...proofs, ...(more > 0 ? [`and ${more} more`] : [])].join('; ')}${judged}`;
}

const STATES: Readonly<Record<Control['state'], string>> = { wired: '✅ in place', partly: '🟡 partly done', missing: '❌ missing', accepted: '☑️ accepted', 'not-needed': '➖ does not apply', unknown: '❔ not checked' };

export function controlTable(card: ReportCard): string {
  const numbers = numbersOf(card);
  const open = (rule: string) => {
    const [number, result] = [numbers.get(rule), card.results.find((one) => one.rule === rule)];
    return number === undefined || !result ? codeSpan(rule) : `${refs(card)(number)} ${markdownProse(headline(result))}`;
  };
  return table(['Control', 'State', 'What it is, or what is missing'], card.content.controls.map((one) => [one.name, STATES[one.state], controlText(one, open)]));
}

function controlText({ by, open, reason }: Control, openText: (rule: string) => string): string {
  const proofs = by.map((at) => `${markdownProse(at.text)} (${placeLink(at)})`);
  const all = [...proofs, ...open.map(openText), ...(reason === undefined ? [] : [markdownProse(reason)])];
  return all.reduce((said, one) => `${said}${said === '' ? '' : said.endsWith('.') ? ' ' : '; '}${one}`, '') || '–';
}

const BOXES: Readonly<Record<CheckItem['box'], string>> = { done: '[x]', open: '[ ]', partly: '[ ]', accepted: '[x]', unknown: '[ ]' };
const BOX_WORDS: Readonly<Record<CheckItem['box'], string>> = { done: '', open: '', partly: ' (partly done)', accepted: ' (accepted risk)', unknown: ' (could not be checked: look yourself)' };

/** @param all whether what holds is listed one by one; else it is counted where it is recommended only */
export function checklist(card: ReportCard, all: boolean): string {
  const names: Names = { numbers: numbersOf(card), signoffs: new Map(card.signoffs.map((one) => [one.control, one])), show: all ? (number) => number : refs(card) };
  return paragraphs(...HORIZONS.map((horizon) => paragraphs(`### ${HORIZON_WORDS[horizon]}`, horizonList(card.content.checklist.filter((item) => item.horizon === horizon), horizon, all, names))), card.content.checklist.some((item) => item.decided === 'both' && item.box !== 'done') && '† A person may sign this off where it is done outside of the repository.');
}

function horizonList(items: readonly CheckItem[], horizon: Horizon, all: boolean, names: Names): string {
  if (items.length === 0) return 'Nothing.';
  const listed = items.filter((item) => all || item.box !== 'done' || horizon === 'must');
  const held = items.length - listed.length;
  const areas = CATEGORIES.map((category) => ({ category, mine: listed.filter((item) => item.category === category) })).filter(({ mine }) => mine.length > 0);
  return paragraphs(...areas.map(({ category, mine }) => `**${CATEGORY_TITLES[category]}**\n\n${mine.map((item) => `- ${line(item, names)}`).join('\n')}`), held > 0 && `*${count(held, areas.length > 0 ? 'more item' : 'item')} ${held === 1 ? 'holds' : 'hold'} already.*`);
}

interface Names { readonly numbers: ReadonlyMap<string, string>; readonly signoffs: ReadonlyMap<string, SignoffCard>; readonly show: (number: string) => string }

function line(item: CheckItem, { numbers, signoffs, show }: Names): string {
  const number = numbers.get(item.id);
  const decided = item.decided === 'both' && item.box !== 'done' ? ' †' : '';
  const said = item.decided === 'sign-off' ? ` (${signed(signoffs.get(item.id))})` : BOX_WORDS[item.box];
  return `${BOXES[item.box]} ${markdownText(item.title)}${said}${number === undefined ? '' : ` → ${show(number)}`}${decided}`;
}

/** `signed by Ada on 2026-11-01, until 2027-01-30`, or what a person still has to do. */
function signed(one: SignoffCard | undefined): string {
  if (!one || one.by === undefined) return 'a person signs it off: nobody has yet';
  const state = one.state === 'not-applicable' ? 'does not apply, signed' : one.state === 'signed' || one.state === 'expiring' ? 'signed' : `${SIGNOFF_WORDS[one.state].toLowerCase()}, signed`;
  const name = one.by.replace(/\s*<[^<>]*>$/, '');
  return `${state} by ${signedBy({ ...one, by: name })}${one.expires === undefined ? '' : `, until ${one.expires}`}`;
}

/** @param start ISO day from which phases have dates */
export function plan(card: ReportCard, start?: string): string {
  const numbers = numbersOf(card);
  const waiting = people(card);
  if (card.counts.open === 0) return paragraphs('Nothing is open, so there is nothing to mend.', waiting);
  const dated = start === undefined ? card.plan.map((phase) => ({ phase, dates: undefined })) : timeline(card.plan, start);
  const phases = dated.map(({ phase: { phase, title, items, hours: spent }, dates }) => {
    const head = `### Phase ${phase}: ${title}`;
    if (items.length === 0) return `${head}\n\nNothing to do.`;
    return `${head}\n\n${table(['', 'Make it so', 'Severity', 'Findings', 'Effort', 'Score after', 'Reaches'], items.map((item) => [
      refs(card)(numbers.get(item.rule) ?? ''), `${markdownText(item.title)} (${codeSpan(item.rule)})`, SEVERITY_WORDS[item.severity], String(item.findings), hours(item.hours), number(item.score), item.unlocks ?? '',
    ]))}\n\nTogether ${hours(spent)}${dates ? `, ${daysText(dates)} for one person` : ''}.`;
  });
  const commands = [...new Set(card.results.filter((result) => result.state === 'open').flatMap(commandsOf))];
  const every = `All phases together: ${hours(total(card.plan))}${workingDays(total(card.plan))}. ${PLAN_ORDER_WORDS[card.planOrder ?? 'unlocks']} ${EXACT}`;
  return paragraphs(...phases, every, waiting, commands.length > 0 && `Commands on the way:\n\n${codeBlock(commands.join('\n'), '', 'sh').trimEnd()}`);
}

/** What no work on the code can do. */
function people({ signoffs }: ReportCard): string {
  const open = waiting(signoffs);
  if (open.length === 0) return '';
  return `Beside the work on the code, people have to give ${count(open.length, 'sign-off')} before it is READY (*Sign-offs* says what is asked):\n\n${bullets(open.map((one) => `${markdownText(one.title)}: ${SIGNOFF_WORDS[one.state].toLowerCase()}`))}`;
}

/** Many rules do not apply for the same reason: it is said once. */
export function reasons(card: ReportCard, state: 'not-applicable' | 'not-checked'): string {
  const said = new Map<string, Result[]>();
  for (const result of inState(card, state)) said.set(result.reason ?? '', [...(said.get(result.reason ?? '') ?? []), result]);
  const listed = bullets([...said].map(([reason, results]) => `${reason === '' ? 'No reason is given.' : markdownProse(reason)} ${results.map((result) => codeSpan(result.rule)).join(', ')}`));
  const shown = said.size > 12 ? folded(`${count(inState(card, state).length, 'rule')}, by reason`, listed) : listed;
  return paragraphs(state === 'not-applicable' && said.size > 0 && NOT_SEEN, shown);
}

export function silencedTable(card: ReportCard): string {
  const all = silenced(card);
  if (all.length === 0) return '';
  return table(['Place', 'Rule', 'Kind', 'Reason', 'By', 'Until'], all.map(({ finding, lane, reason, by, until, tool }) => [
    placeLink(finding), codeSpan(finding.rule), LANE_WORDS[lane] + (tool === 'shipworthy' ? '' : ` (${markdownText(tool)})`),
    markdownText(reason), markdownText(by ?? '–'), markdownText(until ?? '–'),
  ]));
}

export function notices({ notices: all }: ReportCard): string {
  return bullets(all.map((notice) => {
    const where = notice.path === undefined ? '' : ` ${notice.range ? codeSpan(placeText({ path: notice.path, range: notice.range })) : codeSpan(notice.path)}`;
    const kind = notice.incomplete ? `**${NOTICE_WORDS[notice.code]}, the card is incomplete**` : NOTICE_WORDS[notice.code];
    return present(`${kind}${where}: ${markdownText(notice.message)}`)[0] ?? '';
  }));
}
