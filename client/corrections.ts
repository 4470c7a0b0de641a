// Fixes and ignore comments that are asked for in the tree, in the panel or by a code action. The server makes the edit.
import * as vscode from 'vscode';
import { CORRECTION } from '../server/protocol';
import type { CorrectionParams, Reach } from '../server/protocol';
import { change } from './apply';
import { switchOff } from './deciding';
import type { OpenFinding } from './cards';
import type { LanguageServer } from './language-server';
import { goTo } from './places';

/**
 * Applies a fix of a finding.
 * @param index of the offer; undefined asks which, when there are several
 */
export async function fix(server: LanguageServer, { placed, finding }: OpenFinding, index?: number): Promise<void> {
  const offer = finding.fixes.find((one) => one.index === index) ?? await pickFix(finding.fixes);
  if (!offer) return;
  await goTo(placed.folder, finding);
  const applied = await correct(server, { uri: placed.folder, fingerprint: finding.fingerprint, index: offer.index });
  if (applied && offer.remains) void vscode.window.showInformationMessage(`Still to do: ${offer.remains}`);
}

async function pickFix(fixes: OpenFinding['finding']['fixes']): Promise<OpenFinding['finding']['fixes'][number] | undefined> {
  if (fixes.length < 2) return fixes[0];
  const items = fixes.map((offer) => ({ label: offer.title, ...(offer.safety === 'review' && { description: 'to review' }), offer }));
  return (await vscode.window.showQuickPick(items, { title: 'Which fix?' }))?.offer;
}

/** Applies all safe fixes of one rule in one workspace folder, after the editor has shown them. */
export async function fixEverywhere(server: LanguageServer, folder: string, rule: string): Promise<void> {
  await correct(server, { uri: folder, rule });
}

/** Asks for what is missing and writes the comment that silences a finding, or switches its rule off. Nothing happens without a reason. */
export async function ignore(server: LanguageServer, finding: { readonly uri: string; readonly rule: string; readonly fingerprint: string; readonly reach?: Reach }): Promise<void> {
  const { uri, rule, fingerprint } = finding;
  const reach = finding.reach ?? await pickReach(rule);
  if (reach === 'project') return switchOff(server, { uri, rule });
  if (!reach) return;
  const reason = await vscode.window.showInputBox({
    title: `Ignore ${rule} ${REACHES[reach].toLowerCase()}`,
    prompt: 'The reason. It is written beside the code and listed in the report.',
    placeHolder: 'Why is this no problem here?',
    ignoreFocusOut: true,
    validateInput: (text) => text.trim() === '' ? 'A reason is needed: without one nobody can tell later whether it still holds.' : undefined,
  });
  if (reason === undefined || reason.trim() === '') return;
  await correct(server, { uri, fingerprint, reach, reason: reason.trim() });
}

const REACHES: Readonly<Record<Reach, string>> = { line: 'On this line', file: 'In this file' };

async function pickReach(rule: string): Promise<Reach | 'project' | undefined> {
  const near = (Object.keys(REACHES) as Reach[]).map((reach) => ({ label: REACHES[reach], reach }));
  const items: readonly { readonly label: string; readonly reach: Reach | 'project' }[] = [...near, { label: 'In this project', reach: 'project' }];
  return (await vscode.window.showQuickPick(items, { title: `Where to ignore ${rule}?` }))?.reach;
}

function correct(server: LanguageServer, params: CorrectionParams): Promise<boolean> {
  return change(server, CORRECTION, params);
}
