import * as vscode from 'vscode';
import { assert } from '../helpers';
import { client } from './client';

suite('the task', function () {
  this.timeout(60_000);

  test('checks the folder with our own command line, and its lines become problems', async () => {
    await client();
    const [task, ...others] = await vscode.tasks.fetchTasks({ type: 'shipworthy' });
    assert(task && others.length === 0, `There are ${others.length + (task ? 1 : 0)} tasks.`);
    assert(`${task.source}: ${task.name}` === 'shipworthy: check', `It is called ${task.source}: ${task.name}`);
    assert(task.problemMatchers.join() === '$shipworthy', `Its problem matchers are ${task.problemMatchers.join()}`);
    const { execution } = task;
    assert(execution instanceof vscode.ProcessExecution && execution.args.includes('check') && execution.args.join(' ').includes('--format lines'), `It runs ${JSON.stringify(execution)}`);
    const cli = execution.args.find((one) => one.endsWith('cli.js')) ?? '';
    assert((await vscode.workspace.fs.stat(vscode.Uri.file(cli))).size > 0, `${cli} is empty.`);
  });
});
