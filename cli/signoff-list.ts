/** Controls for reading: the table of all, and the page of one. */
import pc from 'picocolors';
import { line } from '../report/escape';
import { ANSWERED, type SignoffCard, type SignoffState } from '../report/signoff-card';
import { pad, wrap } from '../report/terminal';
import { CATEGORY_TITLES, count, SIGNOFF_WORDS } from '../report/words';
import type { Look } from './terminal';

/** Required ones first, then those that were signed, then the rest; one line each. */
export function signoffTable(cards: readonly SignoffCard[], look: Look): string {
  const { bold } = pc.createColors(look.colour);
  const signed = (card: SignoffCard) => card.state !== 'missing';
  const groups = [
    { title: 'Required', cards: cards.filter((card) => card.required) },
    { title: 'Signed', cards: cards.filter((card) => !card.required && signed(card)) },
    { title: 'Not asked for', cards: cards.filter((card) => !card.required && !signed(card)) },
  ];
  const width = Math.max(0, ...cards.map(({ control }) => control.length));
  const blocks = groups.filter((group) => group.cards.length > 0).map((group) => [
    bold(`${group.title} (${group.cards.length})`), ...group.cards.map((card) => `  ${row(card, width, look)}`),
  ].join('\n'));
  const open = groups[0]?.cards.filter((card) => !ANSWERED.has(card.state)).length ?? 0;
  const last = `${open === 0 ? 'Nothing that is required is open.' : `${count(open, 'required sign-off')} ${open === 1 ? 'is' : 'are'} open.`} \`shipworthy signoff <control>\` shows what one asks.`;
  return `${[...blocks, last].join('\n\n')}\n`;
}

function row(card: SignoffCard, width: number, look: Look): string {
  const ends = card.expires === undefined || card.state === 'failed' ? '' : `  (until ${card.expires})`;
  const state = card.required || card.state !== 'missing' ? SIGNOFF_WORDS[card.state] : '';
  return `${colour(card.state, look)(pad(state, 14))}  ${pad(card.control, width)}  ${card.title}${ends}`;
}

function colour(state: SignoffState, look: Look): (text: string) => string {
  const { green, yellow, red, dim } = pc.createColors(look.colour);
  if (state === 'missing') return dim;
  if (ANSWERED.has(state)) return state === 'expiring' ? yellow : green;
  return state === 'failed' ? red : yellow;
}

/** What a control asks, what proves it, what was signed, and how to sign. */
export function aboutSignoff(card: SignoffCard, look: Look): string {
  const { bold } = pc.createColors(look.colour);
  const indented = (label: string, text: string | undefined) => text === undefined || text === '' ? [] : wrap(line(text), look.width - 14).map((part, index) => `${pad(index === 0 ? label : '', 12)}  ${part}`);
  const period = `${card.required ? 'Required. ' : ''}${card.twoPerson ? 'Two people. ' : ''}Lasts ${count(card.maxAgeDays, 'day')} at most.`;
  return `${[
    bold(card.title), `${card.control} · ${CATEGORY_TITLES[card.category]} · ${card.severity}`.replaceAll('·', look.unicode ? '·' : '-'), '',
    ...indented('Question', card.question), ...indented('Evidence', card.evidenceExpected), ...indented('Period', period),
    ...indented('Stands for', card.resolves.join(', ')), ...indented('Speaks about', card.watches.join(', ')), '',
    ...indented('State', SIGNOFF_WORDS[card.state]), ...indented('By', card.by), ...indented('Reviewed by', card.reviewedBy), ...indented('On', card.on), ...indented('Until', card.expires),
    ...indented('Statement', card.statement), ...indented('Proof', card.evidence), ...indented('Remark', card.remark),
    ...(card.by === undefined ? [] : ['']),
    `To sign it: shipworthy signoff ${card.control} --status passed --evidence <path or address> --statement "…"`,
  ].join('\n')}\n`;
}
