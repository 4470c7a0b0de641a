import * as vscode from 'vscode';

/** Schemes of the files that the server can read: those of a disk, and of the folders that are open. */
export function schemes(): readonly string[] {
  return ['file', ...(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.scheme)];
}
