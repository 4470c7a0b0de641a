// What every suite inside VS Code needs. Nothing of Node in here: the same suites can run in a web worker.
import * as vscode from 'vscode';

/** Publisher and name in package.json. */
export const EXTENSION = 'shipworthy.shipworthy';
/** The source of every diagnostic of ours. */
export const SOURCE = 'shipworthy';

/** Throws an Error with this sentence unless the condition holds. */
export function assert(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new Error(sentence);
}

/**
 * Asks again and again until there is an answer. Use it in place of every fixed sleep.
 * @param what  what is waited for, for the sentence of the error
 * @param ask   undefined, null and false mean: not yet
 * @param limit milliseconds
 * @throws Error after the limit, or what `ask` throws
 */
export async function until<T>(
  what: string, ask: () => T | undefined | null | false | PromiseLike<T | undefined | null | false>, limit = 15_000,
): Promise<T> {
  const end = Date.now() + limit;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`Waited ${limit / 1000} s in vain for ${what}.`);
    await new Promise((resume) => setTimeout(resume, 25));
  }
}

/** The extension under test, not necessarily active. Throws when VS Code did not load it. */
export function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension(EXTENSION);
  assert(found, `The extension ${EXTENSION} is not installed.`);
  return found;
}

/** A file of the workspace folder. `path` is relative to it, with forward slashes. */
export function workspaceFile(path: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert(folder, 'No folder is open.');
  return vscode.Uri.joinPath(folder.uri, path);
}

/** Opens a file of the workspace in an editor. */
export async function openFile(path: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(workspaceFile(path)));
}

/** The diagnostics that Shipworthy shows for a file now, in the order of their places. */
export function findings(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri)
    .filter((diagnostic) => diagnostic.source === SOURCE)
    .sort((a, b) => a.range.start.compareTo(b.range.start));
}

/** The rule id of a diagnostic, with or without a link. */
export function ruleOf({ code }: vscode.Diagnostic): string | undefined {
  return code === undefined ? undefined : String(typeof code === 'object' ? code.value : code);
}

/** Waits until a file shows a finding of a rule. */
export function untilFinding(uri: vscode.Uri, rule: string): Promise<vscode.Diagnostic> {
  return until(`a finding of ${rule} in ${uri.path}`, () => findings(uri).find((diagnostic) => ruleOf(diagnostic) === rule));
}

/** Waits until a file shows no finding of a rule, or none at all when no rule is named. */
export async function untilNoFinding(uri: vscode.Uri, rule?: string): Promise<void> {
  await until(`${rule ?? 'every finding'} to be gone from ${uri.path}`,
    () => findings(uri).every((diagnostic) => rule !== undefined && ruleOf(diagnostic) !== rule));
}

/** The quick fixes offered at a place, with their edits computed. */
export async function quickFixes(uri: vscode.Uri, range: vscode.Range): Promise<vscode.CodeAction[]> {
  const resolveAll = 100;
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider', uri, range, vscode.CodeActionKind.QuickFix.value, resolveAll);
}

/** Replaces the whole text of an open file, without saving it. */
export async function replaceText(editor: vscode.TextEditor, text: string): Promise<void> {
  const { document } = editor;
  const whole = new vscode.Range(new vscode.Position(0, 0), document.lineAt(document.lineCount - 1).range.end);
  assert(await editor.edit((edit) => edit.replace(whole, text)), `${document.uri.path} could not be edited.`);
}
