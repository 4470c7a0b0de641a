import * as vscode from 'vscode';
import { assert, EXTENSION, extension, workspaceFile } from './helpers.js';

suite('skeleton', () => {
  test('VS Code has loaded the extension', () => {
    assert(extension().id === EXTENSION, `Its id is ${extension().id}.`);
  });

  test('the extension activates', async function () {
    this.timeout(60_000); // the first start of a language server on a busy machine
    await extension().activate();
    assert(extension().isActive, 'activate() returned, and the extension is not active.');
  });

  test('a copy of the workspace is open', async () => {
    const text = await vscode.workspace.fs.readFile(workspaceFile('settings.py'));
    assert(text.length > 0, 'settings.py is empty.');
  });
});
