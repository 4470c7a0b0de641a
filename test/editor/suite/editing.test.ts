import * as vscode from 'vscode';
import { assert, findings, openFile, quickFixes, replaceText, until, untilFinding, untilNoFinding, workspaceFile } from '../helpers';
import { answerInputBox, client, clientWithCard, closeEverything, FILE, isOpen, onDisk, rewrite, RULE, unasked } from './client';

suite('while editing', function () {
  this.timeout(60_000);
  const uri = (): vscode.Uri => workspaceFile(FILE);
  let original = '';

  suiteSetup(async () => {
    original = await onDisk(FILE);
    await client();
  });
  teardown(async () => {
    await closeEverything();
    if (await onDisk(FILE) !== original) await rewrite(FILE, original);
  });

  test('a finding is underlined, with its rule and a link to the rule\'s page', async () => {
    const { document } = await openFile(FILE);
    const diagnostic = await untilFinding(uri(), RULE);
    assert(document.getText(diagnostic.range).includes('dev'), `Underlined is: ${document.getText(diagnostic.range)}`);
    assert(diagnostic.severity === vscode.DiagnosticSeverity.Error, `Its severity is ${diagnostic.severity}.`);
  });

  test('a finding vanishes while it is typed away, and comes back', async () => {
    const editor = await openFile(FILE);
    await untilFinding(uri(), RULE);
    await replaceText(editor, 'import os\n\nSECRET_KEY = os.environ["SECRET_KEY"]\n');
    await untilNoFinding(uri(), RULE);
    await replaceText(editor, original);
    await untilFinding(uri(), RULE);
  });

  test('a quick fix removes the finding, and undo brings it back', async () => {
    const { document } = await openFile(FILE);
    const diagnostic = await untilFinding(uri(), RULE);
    const edit = await until('a fix to be offered', async () => (await quickFixes(uri(), diagnostic.range)).find(({ isPreferred }) => isPreferred)?.edit);
    assert(await vscode.workspace.applyEdit(unasked(edit)), 'The fix was not applied.');
    await untilNoFinding(uri(), RULE);
    assert(document.getText() !== original, 'The fix changed nothing.');
    await vscode.commands.executeCommand('undo');
    await until('the text to be as before', () => document.getText() === original);
    await untilFinding(uri(), RULE);
  });

  test('the hover says why', async () => {
    await openFile(FILE);
    const { range } = await untilFinding(uri(), RULE);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri(), range.start);
    const said = hovers.flatMap(({ contents }) => contents).map((part) => (typeof part === 'string' ? part : part.value)).join('\n');
    const page = await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme: 'shipworthy-rule', path: `/${RULE}.md` }));
    const reasons = page.getText().split(/\n{2,}/).filter((paragraph) => paragraph.length > 40 && !/^[#>|-]/.test(paragraph));
    assert(reasons.length > 0, `The rule's page has no paragraph: ${page.getText()}`);
    assert(reasons.some((reason) => said.includes(reason.trim())), `The hover says: ${said}`);
  });

  test('a finding is ignored with a reason, and not without one', async () => {
    const { document } = await openFile(FILE);
    const diagnostic = await untilFinding(uri(), RULE);
    const ignore = await until('a way to ignore it', async () =>
      (await quickFixes(uri(), diagnostic.range)).find(({ command }) => command?.command === 'shipworthy.ignore')?.command);
    const run = (): Thenable<unknown> => vscode.commands.executeCommand(ignore.command, ...(ignore.arguments ?? []));

    const refused: unknown[] = [];
    let putBack = answerInputBox(({ validateInput }) => {
      refused.push(validateInput?.('   '), validateInput?.('only in the demo'));
      return undefined;
    });
    await run();
    putBack();
    assert(typeof refused[0] === 'string' && refused[1] === undefined, `An empty reason is answered with ${String(refused[0])}, a good one with ${String(refused[1])}.`);
    assert(document.getText() === original, 'The file was changed without a reason.');

    putBack = answerInputBox(() => 'only in the demo');
    await run();
    putBack();
    await untilNoFinding(uri(), RULE);
    assert(document.getText().includes(RULE) && document.getText().includes('only in the demo'), `The comment is not there: ${document.getText()}`);
  });

  test('what is chosen from the menu and is a command waits for no edit', async () => {
    await openFile(FILE);
    const { range } = await untilFinding(uri(), RULE);
    const unresolved = await until('commands among the fixes', async () => {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', uri(), range, vscode.CodeActionKind.QuickFix.value);
      return actions.some(({ command }) => command) && actions;
    });
    // VS Code asks for the edit of an action that has none.
    const commands = unresolved.filter(({ command }) => command).map(({ title, edit }) => [title, edit?.size]);
    assert(commands.every(([, edits]) => edits === 0), `The edits are: ${JSON.stringify(commands)}`);
  });

  test('a file that is rewritten on disk, as by switching branches, is judged anew', async () => {
    const view = await clientWithCard();
    await openFile(FILE);
    await untilFinding(uri(), RULE);
    await rewrite(FILE, 'import os\n\nSECRET_KEY = os.environ["SECRET_KEY"]\n');
    await untilNoFinding(uri(), RULE);
    await until('the card to say so', () => !isOpen(view), 30_000);
    await closeEverything();
    await rewrite(FILE, original);
    await until('the card to have the finding again, with no editor open', () => isOpen(view), 30_000);
  });

  test('a file that comes and goes leaves no finding behind', async () => {
    const view = await clientWithCard();
    const other = 'import_orders.py';
    const known = (): boolean => view.report().cards.some(({ card }) => card.results.some((result) => result.findings.some(({ path }) => path === other)));
    await rewrite(other, 'import yaml\n\n\ndef orders(path):\n    with open(path) as file:\n        return yaml.load(file)\n');
    try {
      await until('the card to have the new file', known, 30_000);
    } finally {
      await vscode.workspace.fs.delete(workspaceFile(other));
    }
    await until('the card to forget the file', () => !known(), 30_000);
    await until('its problems to go', () => findings(workspaceFile(other)).length === 0);
  });
});
