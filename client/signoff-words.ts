// The words of sign-offs in the editor, and what is asked for one. Nothing here knows an editor.
import { openSignoffs } from '../report/scoring/signoffs';
import type { SignoffCard } from '../report/signoff-card';
import { SIGNOFF_WORDS } from '../report/words';
import type { SignParams } from '../server/protocol';
import type { PlacedCard } from './cards';
import { capital } from './words';

/** Required ones first, of those the open ones; then those that somebody signed; else as the catalogue has them. */
export function inOrder(signoffs: readonly SignoffCard[]): readonly SignoffCard[] {
  const open = new Set(openSignoffs(signoffs));
  const rank = (card: SignoffCard) => card.required ? (open.has(card) || card.state === 'failed' ? 0 : 1) : card.where ? 2 : 3;
  return [...signoffs].sort((a, b) => rank(a) - rank(b));
}

/** `Signed until 2027-02-10`, `Expired on 2026-11-02`, `Missing`; one that has no record and is not asked for is not missing. */
export function stateWords({ state, required, expires, on }: SignoffCard): string {
  const word = SIGNOFF_WORDS[state];
  if (state === 'missing') return required ? word : 'Not asked for';
  if (state === 'failed') return on === undefined ? word : `${word} on ${on}`;
  if (expires === undefined) return word;
  if (state === 'expired') return `${word} on ${expires}`;
  return state === 'stale' || state === 'pending' ? word : `${state === 'expiring' ? 'Signed' : word} until ${expires}`;
}

/** What somebody can say of a control, with what that means. */
export function statusChoices({ evidenceExpected }: SignoffCard): readonly { readonly label: string; readonly detail: string; readonly status: SignParams['status'] }[] {
  return [
    { label: 'Passed', detail: `It is so. Evidence: ${evidenceExpected}`, status: 'passed' },
    { label: 'Failed', detail: 'It was tried and is not so. It counts as a finding until it is signed again.', status: 'failed' },
    { label: 'Not applicable', detail: 'The question does not arise here.', status: 'not-applicable' },
  ];
}

/** What is wrong with the name of the second person; undefined when nothing is. Nobody is fine: the sign-off then waits. */
export function reviewerProblem(text: string, by: string | undefined): string | undefined {
  const same = by !== undefined && text.trim() !== '' && person(text) === person(by);
  return same ? 'The second person is another than the one who signs.' : undefined;
}

function person(text: string): string {
  return (/<([^<>]+)>/.exec(text)?.[1] ?? text).trim().toLowerCase();
}

/**
 * The application that a sign-off is made for: that of the record it takes the place of, else the card's own where its folder holds several.
 * Undefined for the whole folder.
 */
export function appOf({ folder, card }: PlacedCard, cards: readonly PlacedCard[], signoff: SignoffCard): string | undefined {
  if (signoff.where) return signoff.app;
  const several = cards.filter((placed) => placed.folder === folder).length > 1;
  return several && card.project.root !== '' ? card.project.root : undefined;
}

/** The card and the control that a command was called about; the control is missing when there is none of that name. */
export function asked(cards: readonly PlacedCard[], named: { readonly card?: string; readonly uri?: string; readonly app?: string }): PlacedCard | undefined {
  const { card: key, uri, app } = named;
  if (key !== undefined) return cards.find((placed) => placed.key === key);
  if (uri === undefined) return undefined;
  const around = cards.filter(({ folder }) => uri === folder || uri.startsWith(folder.endsWith('/') ? folder : `${folder}/`));
  return around.find(({ card }) => card.project.root === (app ?? '')) ?? around[0];
}

/** `Required, missing: The backup was restored.`, for a screen reader. */
export function spokenSignoff(card: SignoffCard): string {
  const by = card.by === undefined || card.state === 'missing' ? '' : ` by ${card.by.replace(/\s*<[^<>]*>/, '')}`;
  const words = `${stateWords(card).toLowerCase()}${by}`;
  return `${card.required ? `Required, ${words}` : capital(words)}: ${card.title}`;
}
