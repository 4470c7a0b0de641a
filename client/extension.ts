// The extension where there is node: on a desktop, and on the machine that a remote window is about.
import * as vscode from 'vscode';
import { begin, type TestView } from './begin';
import { nodeServer } from './node-server';
import { registerTasks } from './tasks';

export function activate(context: vscode.ExtensionContext): TestView {
  context.subscriptions.push(registerTasks(context.asAbsolutePath('dist/cli.js')));
  return begin(context, nodeServer({ dist: vscode.Uri.joinPath(context.extensionUri, 'dist'), keepIn: context.storageUri, codeIn: context.globalStorageUri }));
}
