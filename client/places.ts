import * as vscode from 'vscode';
import type { Range } from './cards';

/** A range of the report in VS Code's own kind: both count from 0, in UTF-16. */
export function rangeOf({ start, end }: Range): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

/** @param path relative to the folder, with `/` */
export function fileOf(folder: string, path: string): vscode.Uri {
  return vscode.Uri.joinPath(vscode.Uri.parse(folder), path);
}

/** Opens a place and selects it. */
export async function goTo(folder: string, { path, range }: { readonly path: string; readonly range: Range }): Promise<void> {
  await vscode.commands.executeCommand('vscode.open', fileOf(folder, path), { selection: rangeOf(range) } satisfies vscode.TextDocumentShowOptions);
}
