/** Checklist, controls, plan and outcomes of the Markdown report. */
import { CATEGORIES } from '../../rules/kit';
import type { ReportCard, Result } from '../card';
import type { CheckItem, Horizon } from '../checklist';
import { HORIZONS, HORIZON_WORDS } from '../checklist';
import { commandsOf } from '../commands';
import type { Control } from '../controls';
import { codeBlock, codeSpan, markdownProse, markdownText } from '../escape';
import { evidenceByText, first, inState, openBySeverity, silenced, strengths } from '../listing';
import { PLAN_ORDER_WORDS, total } from '../plan';
import { timeline } from '../timeline';
import { CATEGORY_TITLES, EXACT, LANE_WORDS, NOTICE_WORDS, SEVERITY_WORDS, count, hours, number, placeText, present } from '../words';
import { bullets, folded, paragraphs, placeLink, table } from './parts';

/** So many pieces of evidence of one strength, and places of each, are written out. */
const PROOFS = 2;
const PLACES = 2;

export function byCategory(results: readonly Result[], show: (result: Result) => string): string {
  return CATEGORIES.map((category) => ({ category, mine: results.filter((result) => result.category === category) })).filter(({ mine }) => mine.length > 0)
    .map(({ category, mine }) => `### ${CATEGORY_TITLES[category]}\n\n${mine.map((result) => `- ${show(result)}`).join('\n')}`).join('\n\n');
}

export function strengthList(card: ReportCard): string {
  return byCategory(strengths(card), strength);
}

/** A title, and what proves it, on one line. */
export function strength(result: Result): string {
  const { shown, more } = first(evidenceByText(result), PROOFS);
  const proofs = shown.map(({ text, places }) => `${markdownProse(text)} (${places.slice(0, PLACES).map(placeLink).join(', ')}${places.length > PLACES ? ` and ${places.length - PLACES} more` : ''})`);
  return `**${markdownText(result.title)}**: ${[...proofs, ...(more > 0 ? [`and ${more} more`] : [])].join('; ')}`;
}

const STATES: Readonly<Record<Control['state'], string>> = { wired: '✅ there', partly: '🟡 partly', missing: '❌ missing', accepted: '☑️ accepted', 'not-needed': '➖ does not apply', unknown: '❔ not checked' };

export function controlTable({ content }: ReportCard): string {
  return table(['Control', 'State', 'By'], content.controls.map((one) => [one.name, STATES[one.state], controlText(one)]));
}

function controlText({ by, open, reason, state }: Control): string {
  const proofs = by.map((at) => `${markdownProse(at.text)} (${placeLink(at)})`);
  const missing = open.length === 0 ? [] : [`${state === 'partly' ? 'lacks' : 'see'} ${open.map(codeSpan).join(', ')}`];
  return [...proofs, ...missing, ...(reason === undefined ? [] : [markdownProse(reason)])].join('; ') || '–';
}

const BOXES: Readonly<Record<CheckItem['box'], string>> = { done: '[x]', open: '[ ]', partly: '[ ]', accepted: '[x]', unknown: '[ ]' };
const BOX_WORDS: Readonly<Record<CheckItem['box'], string>> = { done: '', open: '', partly: ' (partly done)', accepted: ' (accepted risk)', unknown: ' (could not be checked: look yourself)' };

/** @param all whether what holds is listed one by one; else it is counted where it is recommended only */
export function checklist(card: ReportCard, all: boolean): string {
  const numbers = numbersOf(card);
  return paragraphs(...HORIZONS.map((horizon) => paragraphs(`### ${HORIZON_WORDS[horizon]}`, horizonList(card.content.checklist.filter((item) => item.horizon === horizon), horizon, all, numbers))), card.content.checklist.some((item) => item.decided === 'both' && item.box !== 'done') && '† A person may sign this off where it is done outside of the repository.');
}

function horizonList(items: readonly CheckItem[], horizon: Horizon, all: boolean, numbers: ReadonlyMap<string, string>): string {
  if (items.length === 0) return 'Nothing.';
  const listed = items.filter((item) => all || item.box !== 'done' || horizon === 'must');
  const held = items.length - listed.length;
  const areas = CATEGORIES.map((category) => ({ category, mine: listed.filter((item) => item.category === category) })).filter(({ mine }) => mine.length > 0);
  return paragraphs(...areas.map(({ category, mine }) => `**${CATEGORY_TITLES[category]}**\n\n${mine.map((item) => `- ${line(item, numbers)}`).join('\n')}`), held > 0 && `*${count(held, areas.length > 0 ? 'more item' : 'item')} ${held === 1 ? 'holds' : 'hold'} already.*`);
}

function line(item: CheckItem, numbers: ReadonlyMap<string, string>): string {
  const number = numbers.get(item.id);
  const decided = item.decided === 'both' && item.box !== 'done' ? ' †' : item.decided === 'sign-off' ? ` (a person signs it off${item.box === 'unknown' ? ': nobody has yet' : ''})` : '';
  return `${BOXES[item.box]} ${markdownText(item.title)}${item.decided === 'sign-off' && item.box === 'unknown' ? '' : BOX_WORDS[item.box]}${number === undefined ? '' : ` → ${number}`}${decided}`;
}

/** The short name of each open rule. */
export function numbersOf(card: ReportCard): ReadonlyMap<string, string> {
  return new Map(openBySeverity(card).flatMap((group) => group.rules).map((one) => [one.result.rule, one.number]));
}

/** @param start ISO day from which phases have dates */
export function plan(card: ReportCard, start?: string): string {
  const numbers = numbersOf(card);
  const dated = start === undefined ? card.plan.map((phase) => ({ phase, dates: undefined })) : timeline(card.plan, start);
  const phases = dated.map(({ phase: { phase, title, items, hours: spent }, dates }) => {
    const head = `### Phase ${phase}: ${title}`;
    if (items.length === 0) return `${head}\n\nNothing to do.`;
    return `${head}\n\n${table(['', 'Make it so', 'Severity', 'Findings', 'Effort', 'Score after', 'Reaches'], items.map((item) => [
      numbers.get(item.rule) ?? '', `${markdownText(item.title)} (${codeSpan(item.rule)})`, SEVERITY_WORDS[item.severity], String(item.findings), hours(item.hours), number(item.score), item.unlocks ?? '',
    ]))}\n\nTogether ${hours(spent)}${dates ? `, from ${dates[0]} to ${dates[1]} for one person` : ''}.`;
  });
  const commands = [...new Set(card.results.filter((result) => result.state === 'open').flatMap(commandsOf))];
  return paragraphs(...phases, `All phases together: ${hours(total(card.plan))}. ${PLAN_ORDER_WORDS[card.planOrder ?? 'unlocks']} ${EXACT}`, commands.length > 0 && `Commands on the way:\n\n${codeBlock(commands.join('\n'), '', 'sh').trimEnd()}`);
}

/** Many rules do not apply for the same reason: it is said once. */
export function reasons(card: ReportCard, state: 'not-applicable' | 'not-checked'): string {
  const said = new Map<string, Result[]>();
  for (const result of inState(card, state)) said.set(result.reason ?? '', [...(said.get(result.reason ?? '') ?? []), result]);
  const listed = bullets([...said].map(([reason, results]) => `${reason === '' ? 'No reason is given.' : markdownProse(reason)} ${results.map((result) => codeSpan(result.rule)).join(', ')}`));
  return said.size > 12 ? folded(`${count(inState(card, state).length, 'rule')}, by reason`, listed) : listed;
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
