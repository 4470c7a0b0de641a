// What somebody decides about a finding: that it is none, that its risk is accepted until a day, or that its rule is not for this
// project. It is asked for here; the server writes it into the team's records.
import * as vscode from 'vscode';
import { DECIDING, SUPPRESS, SWITCH_OFF } from '../server/protocol';
import type { DecideCommand, DecidingAnswer, DecidingParams, Lane, SuppressParams, SwitchOffCommand, SwitchOffParams } from '../server/protocol';
import { record } from './apply';
import { endProblem, firstEnd, missing } from './decision-words';
import type { LanguageServer } from './language-server';

/** Asks for the reason and writes that a finding is a false positive. Nothing happens without a reason. */
export async function markFalsePositive(server: LanguageServer, { uri, rule, fingerprint }: DecideCommand): Promise<void> {
  const reason = await askReason(`Mark ${rule} as a false positive here`, 'Why is what it says not so here?');
  if (reason !== undefined) await suppress(server, { uri, fingerprint, lane: 'false-positive', reason });
}

/** Asks for reason, owner and last day, and writes that the risk of a finding is accepted. Nothing happens without all three. */
export async function acceptRisk(server: LanguageServer, { uri, rule, fingerprint }: DecideCommand): Promise<void> {
  const deciding = await server.request<DecidingAnswer | null>(DECIDING, { uri, fingerprint } satisfies DecidingParams);
  if (!deciding?.latest) {
    void vscode.window.showInformationMessage('There is nothing to accept: what was found there is gone.');
    return;
  }
  const { today, latest, by } = deciding;
  const title = `Accept the risk of ${rule}`;
  const reason = await askReason(title, 'Why can it be lived with until then?');
  if (reason === undefined) return;
  const owner = await ask({ title, prompt: 'Who answers for it? NAME <MAIL>', value: by ?? '', validateInput: missing('Somebody has to answer for a risk.') });
  if (owner === undefined) return;
  const until = await ask({
    title, prompt: `The last day it counts on, ${latest} at the latest. From the day after, the finding is open again.`, value: firstEnd(today, latest),
    validateInput: (text) => endProblem(text, today, latest),
  });
  if (until !== undefined) await suppress(server, { uri, fingerprint, lane: 'accepted-risk' satisfies Lane, reason, owner, until });
}

/** Asks for the reason and switches a rule off for the whole project. Nothing happens without a reason. */
export async function switchOff(server: LanguageServer, { uri, rule }: SwitchOffCommand): Promise<void> {
  const reason = await askReason(`Switch ${rule} off in this project`, 'Why does it not apply here?', 'shipworthy.json');
  if (reason !== undefined) await record(server, SWITCH_OFF, { uri, rule, reason } satisfies SwitchOffParams);
}

async function suppress(server: LanguageServer, params: SuppressParams): Promise<void> {
  await record(server, SUPPRESS, params);
}

function askReason(title: string, placeHolder: string, file = '.shipworthy/suppressions.json'): Promise<string | undefined> {
  return ask({
    title, placeHolder, prompt: `The reason. It is written to ${file} and listed in the report.`,
    validateInput: missing('A reason is needed: without one nobody can tell later whether it still holds.'),
  });
}

/** What was typed, without blanks around it; undefined when the person left, or when the editor let through what is not valid. */
export async function ask(options: vscode.InputBoxOptions & { readonly validateInput: (text: string) => string | undefined }): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({ ignoreFocusOut: true, ...options });
  return text === undefined || options.validateInput(text) !== undefined ? undefined : text.trim();
}
