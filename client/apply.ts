// Edits that the server makes, applied. VS Code shows them first where the server wants that, and each is one step to undo.
import * as vscode from 'vscode';
import { ResponseError, type WorkspaceEdit } from 'vscode-languageclient';
import type { LanguageServer } from './language-server';

const GONE = 'Nothing was changed: what was found there is gone, or the file has just changed.';

/**
 * Asks the server for an edit and applies it. Why nothing can be changed is told to the person.
 * @returns whether something was changed: the finding may be gone, and a person may decline the edit or every part of it
 */
export async function change(server: LanguageServer, method: string, params: object): Promise<boolean> {
  const edit = await asked(server, method, params);
  if (!edit) return false;
  const before = new Map(vscode.workspace.textDocuments.map((document) => [document, document.version]));
  const applied = await vscode.workspace.applyEdit(edit);
  return applied && vscode.workspace.textDocuments.some((document) => (before.has(document) ? document.version !== before.get(document) : document.isDirty));
}

/**
 * The same for an edit of the team's records, which nobody looks at: they are saved, so that what was decided counts, unless they held
 * changes that somebody had not saved. Tells where it was written.
 */
export async function record(server: LanguageServer, method: string, params: object): Promise<boolean> {
  const edit = await asked(server, method, params);
  if (!edit) return false;
  const unsaved = new Set(vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty).map(({ uri }) => uri.toString()));
  const uris = edit.entries().map(([uri]) => uri);
  if (!await vscode.workspace.applyEdit(edit)) {
    // Nobody was asked, so nobody has declined it: such as a file that came into being just now.
    void vscode.window.showWarningMessage(`Nothing was written: ${uris.map((uri) => vscode.workspace.asRelativePath(uri)).join(', ')} could not be changed. Try again.`);
    return false;
  }
  for (const uri of uris) {
    void tell(uri, !unsaved.has(uri.toString()) && await save(uri));
  }
  return true;
}

async function save(uri: vscode.Uri): Promise<boolean> {
  const document = await vscode.workspace.openTextDocument(uri);
  // One that was saved by itself meanwhile, and is shown nowhere, has nothing left to save.
  return await document.save() || !document.isDirty;
}

async function tell(uri: vscode.Uri, saved: boolean): Promise<void> {
  const show = 'Show';
  const next = saved ? 'Commit it with the code.' : 'It is not saved yet: save it, and commit it with the code.';
  const chosen = await vscode.window.showInformationMessage(`Written to ${vscode.workspace.asRelativePath(uri)}. ${next}`, show);
  if (chosen === show) await vscode.commands.executeCommand('vscode.open', uri);
}

async function asked(server: LanguageServer, method: string, params: object): Promise<vscode.WorkspaceEdit | undefined> {
  try {
    const edit = await server.edit(await server.request<WorkspaceEdit | null>(method, params));
    if (!edit) void vscode.window.showInformationMessage(GONE);
    return edit;
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
    void vscode.window.showWarningMessage(error.message);
    return undefined;
  }
}
