// The finding at the cursor: what commands are about that are called from an editor, by a menu or by a key.
import * as vscode from 'vscode';
import { about } from './command-arguments';
import type { About } from './command-arguments';

/** What menus and keybindings ask for: whether the cursor is on a finding. */
const CONTEXT = 'shipworthy.atFinding';

/** The finding at the cursor of the active editor, as commands take it; undefined when there is none. */
export function atCursor(): About | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return undefined;
  const { document: { uri }, selection: { active } } = editor;
  const found = vscode.languages.getDiagnostics(uri).filter(({ source, range }) => source === 'shipworthy' && range.contains(active));
  for (const diagnostic of found) {
    const named = about('data' in diagnostic ? diagnostic.data : undefined);
    if (named.rule !== undefined && named.fingerprint !== undefined) return { rule: named.rule, fingerprint: named.fingerprint, uri: uri.toString() };
  }
  return undefined;
}

/** Tells menus and keybindings whether the cursor is on a finding. */
export function followCursor(): vscode.Disposable {
  let told: boolean | undefined;
  const tell = (): void => {
    const now = atCursor() !== undefined;
    if (now !== told) void vscode.commands.executeCommand('setContext', CONTEXT, now);
    told = now;
  };
  tell();
  return vscode.Disposable.from(
    vscode.window.onDidChangeActiveTextEditor(tell), vscode.window.onDidChangeTextEditorSelection(tell), vscode.languages.onDidChangeDiagnostics(tell),
  );
}
