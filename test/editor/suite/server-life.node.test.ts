import * as vscode from 'vscode';
import { assert, openFile, until, untilFinding, workspaceFile } from '../helpers';
import { client, clientWithCard, closeEverything, FILE, RULE } from './client';

suite('a server that dies', function () {
  this.timeout(90_000);

  suiteSetup(async () => {
    // Whatever died before does not count.
    await client();
    await vscode.commands.executeCommand('shipworthy.restart');
    await clientWithCard();
  });
  suiteTeardown(async () => {
    await vscode.commands.executeCommand('shipworthy.restart');
    await closeEverything();
  });

  test('is started again once, then stays stopped and says why, until a person starts it', async () => {
    const view = await clientWithCard();
    await openFile(FILE);
    await untilFinding(workspaceFile(FILE), RULE);

    const first = view.server().pid;
    assert(first !== undefined, 'The server has no process.');
    process.kill(first, 'SIGKILL');
    const second = await until('another server', () => {
      const { pid, state } = view.server();
      return state.kind === 'running' && pid !== first && pid;
    }, 30_000);
    await untilFinding(workspaceFile(FILE), RULE);

    process.kill(second, 'SIGKILL');
    const stopped = await until('the server to be given up', () => view.server().state.kind === 'stopped' && view.server().state, 30_000);
    assert('reason' in stopped && stopped.reason.includes('SIGKILL'), `The reason is: ${JSON.stringify(stopped)}`);
    const status = view.status();
    assert(status?.severity === 'error' && status.detail.includes('SIGKILL'), `The status says: ${status?.detail}`);
    assert(status.command.id === 'shipworthy.restart', `A click on it runs ${status.command.id}.`);
    assert(view.tree().roots.length === 0, 'The tree still shows what nobody stands for any more.');

    await vscode.commands.executeCommand('shipworthy.restart');
    await clientWithCard();
    assert(view.server().pid !== second, 'The server is the dead one.');
    await untilFinding(workspaceFile(FILE), RULE);
  });
});

suite('a server that is started anew', function () {
  this.timeout(90_000);
  suiteTeardown(closeEverything);

  test('finds what the one before kept, in the storage that the editor gives', async () => {
    const view = await clientWithCard();
    assert(view.storage, 'The editor gives no storage.');
    const { storage } = view;
    const files = async () => (await vscode.workspace.fs.readDirectory(storage)).filter(([name]) => name.endsWith('.shipworthy-cache'));
    await openFile(FILE);
    await vscode.commands.executeCommand('shipworthy.restart');
    await until('what was found to be kept', async () => (await files()).length === 1);
    await clientWithCard();
    await untilFinding(workspaceFile(FILE), RULE);
  });

  test('starts from the code that the one before kept, for all workspaces in one place', async () => {
    const view = await clientWithCard();
    await until('its code to be kept', async () => (await vscode.workspace.fs.readDirectory(view.codeStorage)).some(([name]) => name === 'server.code'), 20_000);
    await vscode.commands.executeCommand('shipworthy.restart');
    await clientWithCard();
    await openFile(FILE);
    await untilFinding(workspaceFile(FILE), RULE);
  });
});
