import * as vscode from 'vscode';
import { assert, openFile, until, workspaceFile } from '../helpers';
import { clientWithCard, closeEverything, FILE, nodes, RULE } from './client';

suite('what a team knows of', function () {
  this.timeout(60_000);
  teardown(async () => {
    await closeEverything();
    await vscode.workspace.fs.delete(workspaceFile('.shipworthy'), { recursive: true }).then(undefined, () => undefined);
    await (await clientWithCard()).choose({ group: 'category', show: 'everything' });
  });

  test('is written down, and from then on nothing is new', async () => {
    const view = await clientWithCard();
    assert(view.report().worst?.fresh === undefined, 'There is a baseline already.');
    await vscode.commands.executeCommand('shipworthy.writeBaseline');
    const written = JSON.parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(workspaceFile('.shipworthy/baseline.json')))) as { readonly findings: readonly { readonly rule: string }[] };
    assert(written.findings.some(({ rule }) => rule === RULE), JSON.stringify(written.findings));
    await until('the report to know of it', () => view.report().worst?.fresh?.size === 0);
    await view.choose({ group: 'rule', show: 'new' });
    assert(view.tree().roots.length === 0, 'The tree still shows something.');
  });

  test('is told apart by the file in front', async () => {
    const view = await clientWithCard();
    await view.choose({ group: 'rule', show: 'front' });
    await openFile('app.py');
    const shown = (): readonly string[] => nodes(view.tree().roots).flatMap(({ subject }) => subject.opens?.path ?? []);
    await until('the places of app.py alone', () => shown().every((path) => path === 'app.py'));
    await openFile(FILE);
    await until(`the places of ${FILE} alone`, () => shown().length > 0 && shown().every((path) => path === FILE));
  });
});
