// A report is written where a person says, and nowhere else: the server renders it, the editor's dialog names the file.
import * as vscode from 'vscode';
import { EXPORT } from '../server/protocol';
import type { ExportAnswer, ExportParams } from '../server/protocol';
import type { PlacedCard } from './cards';
import type { LanguageServer } from './language-server';

interface Form { readonly form: string; readonly ending: string; readonly label: string; readonly detail: string }

const FORMS: readonly Form[] = [
  { form: 'html', ending: 'html', label: 'HTML', detail: 'One page to read, send and print' },
  { form: 'markdown', ending: 'md', label: 'Markdown', detail: 'To keep beside the code' },
  { form: 'json', ending: 'json', label: 'JSON', detail: 'Everything, for programs' },
  { form: 'sarif', ending: 'sarif', label: 'SARIF', detail: 'For code scanning' },
  { form: 'csv', ending: 'csv', label: 'CSV', detail: 'One line a finding' },
];

/** Asks where to, and for the form where none is given; says so when it is done, with a way to open it. */
export async function exportReport(server: LanguageServer, { card, folder }: PlacedCard, named?: string): Promise<void> {
  const form = FORMS.find((one) => one.form === named) ?? await vscode.window.showQuickPick(FORMS, { title: 'Export the report as' });
  if (!form) return;
  const name = `${card.project.name.replace(/[^\w.-]+/g, '-')}-readiness.${form.ending}`;
  const target = await vscode.window.showSaveDialog({ defaultUri: vscode.Uri.joinPath(vscode.Uri.parse(folder), name), filters: { [form.label]: [form.ending] }, title: 'Export the report' });
  if (!target) return;
  const answer = await server.request<ExportAnswer | null>(EXPORT, { uri: folder, root: card.project.root, form: form.form } satisfies ExportParams);
  if (!answer) return void vscode.window.showWarningMessage('The report could not be made: its application is gone.');
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(answer.text));
  const open = form.form === 'html' ? 'Open in Browser' : 'Open';
  const chosen = await vscode.window.showInformationMessage(`The report is in ${vscode.workspace.asRelativePath(target)}.`, open);
  if (chosen === undefined) return;
  await (form.form === 'html' ? vscode.env.openExternal(target) : vscode.window.showTextDocument(target));
}
