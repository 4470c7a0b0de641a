// Signing a control: which one, what came of it, what proves it. The server fills in who, when and the commit, and writes the record.
import * as vscode from 'vscode';
import { DECIDING, SIGN } from '../server/protocol';
import type { DecidingAnswer, DecidingParams, SignParams } from '../server/protocol';
import type { SignoffCard } from '../report/signoff-card';
import { record } from './apply';
import type { PlacedCard } from './cards';
import { ask } from './deciding';
import { missing } from './decision-words';
import type { LanguageServer } from './language-server';
import { appOf, inOrder, reviewerProblem, stateWords, statusChoices } from './signoff-words';

/**
 * Asks what there is to say about a control and writes it down. Nothing happens when the person leaves on the way.
 * @param cards of all folders
 * @param control undefined asks which
 */
export async function signOff(server: LanguageServer, placed: PlacedCard, cards: readonly PlacedCard[], control?: string): Promise<void> {
  const { signoffs } = placed.card;
  const card = signoffs.find((one) => one.control === control) ?? await pickControl(signoffs);
  const said = card && await askAbout(server, placed, card);
  if (!card || !said) return;
  const app = appOf(placed, cards, card);
  await record(server, SIGN, { uri: placed.folder, control: card.control, ...(app !== undefined && { app }), ...said } satisfies SignParams);
}

async function pickControl(signoffs: readonly SignoffCard[]): Promise<SignoffCard | undefined> {
  const items = inOrder(signoffs).map((card) => ({
    label: card.title, description: `${card.required ? 'required · ' : ''}${stateWords(card)}`, detail: card.question, card,
  }));
  return (await vscode.window.showQuickPick(items, { title: 'Sign off which control?', matchOnDescription: true, matchOnDetail: true }))?.card;
}

type Said = Pick<SignParams, 'status' | 'statement' | 'evidence' | 'reviewedBy' | 'by'>;

async function askAbout(server: LanguageServer, { folder }: PlacedCard, card: SignoffCard): Promise<Said | undefined> {
  const title = `Sign off: ${card.title}`;
  const choices = statusChoices(card).map((choice) => ({ ...choice }));
  const status = (await vscode.window.showQuickPick(choices, { title, placeHolder: card.question, ignoreFocusOut: true }))?.status;
  if (!status) return undefined;
  const evidence = await ask({
    title, prompt: `${status === 'passed' ? '' : 'May be left empty. '}A path in the project or an address. ${card.evidenceExpected}`, value: card.evidence ?? '',
    validateInput: status === 'passed' ? missing('What proves it? A sign-off that passed needs evidence.') : () => undefined,
  });
  if (evidence === undefined) return undefined;
  const statement = await ask({ title, prompt: `What was done, and what came of it? ${card.question}`, validateInput: missing('Say what was done: whoever reads it later was not there.') });
  if (statement === undefined) return undefined;
  const people = await askPeople(server, folder, card, title);
  return people && { status, statement, ...(evidence !== '' && { evidence }), ...people };
}

/** Who signs, where git knows nobody, and the second person where the control asks for two. */
async function askPeople(server: LanguageServer, folder: string, card: SignoffCard, title: string): Promise<Pick<SignParams, 'by' | 'reviewedBy'> | undefined> {
  const known = (await server.request<DecidingAnswer>(DECIDING, { uri: folder } satisfies DecidingParams))?.by;
  const by = known ?? await ask({ title, prompt: 'Git knows nobody here. Who signs? NAME <MAIL>', validateInput: missing('Somebody has to sign.') });
  if (by === undefined) return undefined;
  if (!card.twoPerson) return { by };
  const reviewedBy = await ask({
    title, prompt: `This one takes two people. Who else has looked at it? NAME <MAIL>. Left empty, it waits for them.`,
    validateInput: (text) => reviewerProblem(text, by),
  });
  return reviewedBy === undefined ? undefined : { by, ...(reviewedBy !== '' && { reviewedBy }) };
}
