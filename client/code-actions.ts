// Code actions as the editor gets them from the server.
import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient';

/**
 * Gives an edit of nothing to every action that is a command, so that VS Code does not ask the server to make one. While it waits for that,
 * it may get newer actions for its light bulb; it forgets the older ones then, and says "Actual command not found" of the one that was chosen.
 */
export const provideCodeActions: NonNullable<Middleware['provideCodeActions']> = async (document, range, context, token, next) => {
  const actions = await next(document, range, context, token);
  for (const action of actions ?? []) if (typeof action.command === 'object') (action as vscode.CodeAction).edit ??= new vscode.WorkspaceEdit();
  return actions;
};
