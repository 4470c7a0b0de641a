// The client as the suites of this folder see it.
import * as vscode from 'vscode';
import type { TestView } from '../../../client/begin';
import type { TreeNode } from '../../../client/tree-model';
import { assert, extension, until, workspaceFile } from '../helpers';

/** A rule of which the workspace has one finding: settings.py, the fallback of its signing key. */
export const RULE = 'secret-key-default';
export const FILE = 'settings.py';

/** Activates the extension and waits until its server runs. */
export async function client(): Promise<TestView> {
  const view = await extension().activate() as TestView;
  await until('the server to run', () => view.server().state.kind === 'running', 60_000);
  return view;
}

/** The same, with the whole workspace read. */
export async function clientWithCard(): Promise<TestView> {
  const view = await client();
  await until('the report card', () => view.report().worst !== undefined && !view.report().scanning, 60_000);
  return view;
}

/** All nodes of the tree, from top to bottom. */
export function nodes(roots: readonly TreeNode[]): TreeNode[] {
  return roots.flatMap((node) => [node, ...nodes(node.children)]);
}

/** The node of the one open place of RULE; waits for it. */
export async function place(view: TestView): Promise<TreeNode> {
  return until(`the place of ${RULE} in the tree`, () => nodes(view.tree().roots).find(({ subject, roles }) => subject.rule === RULE && roles.includes('open')));
}

/** Whether the report card has an open finding of RULE. */
export function isOpen(view: TestView): boolean {
  return view.report().cards.some(({ card }) => card.results.some(({ rule, state }) => rule === RULE && state === 'open'));
}

/** The text of a file on disk. */
export async function onDisk(path: string): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(workspaceFile(path)));
}

/** Replaces a file on disk, behind the editor. */
export async function rewrite(path: string, text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(workspaceFile(path), new TextEncoder().encode(text));
}

/** Changed and not saved by a test. VS Code now and then writes its own settings file, which is none of ours to show or to revert. */
function unsaved(): readonly vscode.TextDocument[] {
  return vscode.workspace.textDocuments.filter(({ isDirty, uri }) => isDirty && (uri.scheme === 'untitled' || vscode.workspace.getWorkspaceFolder(uri) !== undefined));
}

/** Closes all editors and throws away what was not saved. */
export async function closeEverything(): Promise<void> {
  for (const document of unsaved()) {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  assert(unsaved().length === 0, 'A document is still changed.');
}

/** The edit without the mark that makes VS Code ask a person first. */
export function unasked(edit: vscode.WorkspaceEdit): vscode.WorkspaceEdit {
  const plain = new vscode.WorkspaceEdit();
  for (const [uri, edits] of edit.entries()) plain.set(uri, edits);
  return plain;
}

/**
 * Answers the next questions of the extension in place of a person.
 * @param answer given the options of an input box, what is typed
 * @returns puts the real input box back
 */
export function answerInputBox(answer: (options: vscode.InputBoxOptions) => string | undefined): () => void {
  const real = vscode.window.showInputBox;
  const replace = (box: typeof real): void => { (vscode.window as { showInputBox: typeof real }).showInputBox = box; };
  replace(async (options) => answer(options ?? {}));
  return () => replace(real);
}
