import * as vscode from 'vscode';
import { assert, findings, openFile, ruleOf, until, untilFinding, untilNoFinding, workspaceFile } from '../helpers';
import { client, closeEverything, FILE, isOpen, RULE, clientWithCard } from './client';

/** A rule that Ruff has a word for, S301; for RULE it has none. */
const TWIN_RULE = 'unsafe-deserialization';

suite('where another tool speaks too', function () {
  this.timeout(60_000);
  const other = vscode.languages.createDiagnosticCollection('ruff');
  const path = 'load_orders.py';
  const uri = (): vscode.Uri => workspaceFile(path);
  const defer = (tools: readonly string[] | undefined): Thenable<void> => vscode.workspace.getConfiguration('shipworthy').update('defer', tools, vscode.ConfigurationTarget.Workspace);

  function say(code: string, line: number): void {
    const diagnostic = new vscode.Diagnostic(new vscode.Range(line, 0, line, 4), 'said by Ruff');
    diagnostic.source = 'Ruff';
    diagnostic.code = { value: code, target: vscode.Uri.parse('https://docs.astral.sh/ruff') };
    other.set(uri(), [diagnostic]);
  }

  suiteSetup(async () => {
    await clientWithCard();
    await vscode.workspace.fs.writeFile(uri(), new TextEncoder().encode('import pickle\n\n\ndef orders(path):\n    with open(path, "rb") as file:\n        return pickle.load(file)\n'));
  });
  suiteTeardown(async () => {
    other.dispose();
    await defer(undefined);
    await closeEverything();
    await vscode.workspace.fs.delete(uri());
  });

  test('its word is enough for those who say so, as long as it speaks', async () => {
    await openFile(path);
    const { range } = await untilFinding(uri(), TWIN_RULE);
    say('S301', range.start.line);
    await defer(['ruff']);
    await untilNoFinding(uri(), TWIN_RULE);
    say('S999', range.start.line);
    await untilFinding(uri(), TWIN_RULE);
    say('S301', range.start.line);
    await untilNoFinding(uri(), TWIN_RULE);
    say('S301', 0);
    await untilFinding(uri(), TWIN_RULE);
    say('S301', range.start.line);
    await untilNoFinding(uri(), TWIN_RULE);
    await defer(undefined);
    await untilFinding(uri(), TWIN_RULE);
  });
});

suite('at the cursor', function () {
  this.timeout(60_000);
  teardown(closeEverything);

  test('commands are about the finding there', async () => {
    const view = await client();
    const editor = await openFile(FILE);
    const { range } = await untilFinding(workspaceFile(FILE), RULE);
    editor.selection = new vscode.Selection(range.start, range.start);
    await vscode.commands.executeCommand('shipworthy.explain');
    await until('the page of the rule', () => vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label.includes(RULE))));
    assert(view.server().state.kind === 'running', 'The server does not run.');
  });

  test('the report opens for the file or folder of a menu', async () => {
    const view = await clientWithCard();
    assert(isOpen(view), 'Nothing is open.');
    await vscode.commands.executeCommand('shipworthy.openReport', workspaceFile('requirements.txt'));
    await until('the panel', () => view.panel().ready);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('shipworthy.checkFolder', workspaceFile('deep'));
    await until('the panel again', () => view.panel().ready);
    assert(findings(workspaceFile(FILE)).every((one) => ruleOf(one) !== undefined), 'A finding has no rule.');
  });
});
