// The extension in a browser that has no other machine: vscode.dev, github.dev.
import * as vscode from 'vscode';
import { begin, type TestView } from './begin';
import { webServer } from './web-server';

export function activate(context: vscode.ExtensionContext): TestView {
  return begin(context, webServer(vscode.Uri.joinPath(context.extensionUri, 'dist')));
}
