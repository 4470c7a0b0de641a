import * as vscode from 'vscode';
import { assert, openFile, until, untilFinding, workspaceFile } from '../helpers';
import { clientWithCard, closeEverything, FILE, RULE } from './client';

suite('in a browser', function () {
  this.timeout(60_000);
  teardown(closeEverything);

  test('the extension and its server are web workers, over a folder that is on no disk', async () => {
    const view = await clientWithCard();
    assert(typeof process === 'undefined' || process.versions?.node === undefined, 'There is node.');
    assert(view.server().pid === undefined, 'The server is a process.');
    assert(workspaceFile(FILE).scheme !== 'file', 'The folder is on a disk.');
  });

  test('all files of the folder are read', async () => {
    const view = await clientWithCard();
    const files = await vscode.workspace.findFiles('**/*.{py,txt}');
    const read = view.report().worst?.card.files.read ?? 0;
    assert(files.length > 2 && read >= files.length, `${read} files were read, and there are ${files.length}.`);
  });

  test('the server is another after a restart, and says the same', async () => {
    const view = await clientWithCard();
    await openFile(FILE);
    await untilFinding(workspaceFile(FILE), RULE);
    await vscode.commands.executeCommand('shipworthy.restart');
    await until('the server to run again', () => view.server().state.kind === 'running', 30_000);
    await clientWithCard();
    await untilFinding(workspaceFile(FILE), RULE);
  });
});
