import * as vscode from 'vscode';
import { assert, openFile, quickFixes, replaceText, until, untilFinding, untilNoFinding, workspaceFile } from '../helpers';
import { answerInputBox, client, clientWithCard, closeEverything, FILE, isOpen, onDisk, rewrite, RULE } from './client';

suite('while a comment that ignores is written', function () {
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

  async function completed(position: vscode.Position, trigger: string): Promise<vscode.CompletionItem[]> {
    const list = await vscode.commands.executeCommand<vscode.CompletionList>('vscode.executeCompletionItemProvider', uri(), position, trigger, 200);
    return list.items;
  }

  test('the words are offered after the marker', async () => {
    const editor = await openFile(FILE);
    await replaceText(editor, '# shipworthy:\n');
    const items = await until('the words', async () => {
      const found = await completed(new vscode.Position(0, 13), ':');
      return found.length > 0 && found;
    });
    assert(items.map(({ label }) => label).join() === 'ignore,ignore-file,accept', `Offered are: ${JSON.stringify(items.map(({ label }) => label))}`);
  });

  test('the rule that speaks there comes first, says what it is, and what it writes silences the finding', async () => {
    const editor = await openFile(FILE);
    await until('the file to be as it was', () => editor.document.getText() === original);
    const { range } = await untilFinding(uri(), RULE);
    const { line } = range.start;
    await editor.edit((edit) => edit.insert(new vscode.Position(line, 0), '# shipworthy: ignore \n'));
    const end = new vscode.Position(line, '# shipworthy: ignore '.length);
    const items = await until('the rules', async () => {
      const found = await completed(end, ' ');
      return found.length > 20 && found;
    });
    const first = items.toSorted((a, b) => ((a.sortText ?? '') < (b.sortText ?? '') ? -1 : 1))[0];
    const label = typeof first?.label === 'string' ? first.label : first?.label.label;
    assert(first && label === RULE && first.preselect, `First is ${JSON.stringify(first)}`);
    const { documentation } = first;
    assert(documentation instanceof vscode.MarkdownString && first.detail?.startsWith('Critical: ') && documentation.value.includes('Critical, confirmed'), `It says: ${JSON.stringify(documentation)}`);

    editor.selection = new vscode.Selection(end, end);
    assert(first.insertText instanceof vscode.SnippetString, `It writes ${JSON.stringify(first.insertText)}`);
    assert(await editor.insertSnippet(first.insertText, end), 'It could not be written.');
    assert(editor.document.lineAt(line).text === `# shipworthy: ignore ${RULE} -- the reason`, `Written is: ${editor.document.lineAt(line).text}`);
    assert(editor.document.getText(editor.selection) === 'the reason', 'The reason is not chosen, to be typed over.');
    await untilNoFinding(uri(), RULE);

    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri(), new vscode.Position(line, 25));
    const said = hovers.flatMap(({ contents }) => contents).map((part) => (typeof part === 'string' ? part : part.value)).join('\n');
    assert(said.includes('False positive') && said.includes('Critical'), `The hover says: ${said}`);
  });

  test('the name of a rule leads to its page', async () => {
    const editor = await openFile(FILE);
    await replaceText(editor, `x = 1  # shipworthy: ignore ${RULE} -- known\n`);
    const link = await until('the link', async () =>
      (await vscode.commands.executeCommand<vscode.DocumentLink[]>('vscode.executeLinkProvider', uri(), 100)).find(({ target }) => target?.scheme === 'command'));
    assert(editor.document.getText(link.range) === RULE && link.tooltip, `The link is ${JSON.stringify(link)}`);
    await vscode.commands.executeCommand(link.target?.path ?? '', ...JSON.parse(link.target?.query ?? '[]') as unknown[]);
    await until('the page of the rule', () => vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label.includes(RULE))));
  });

  test('nothing is offered in code', async () => {
    const editor = await openFile(FILE);
    await replaceText(editor, 'x = 1 \n# a note \n');
    for (const [line, character] of [[0, 6], [1, 9]] as const) {
      const ours = (await completed(new vscode.Position(line, character), ' ')).filter(({ detail }) => detail !== undefined);
      assert(ours.length === 0, `Offered in line ${line} are: ${JSON.stringify(ours)}`);
    }
  });
});

suite('when a rule is ignored in the project', function () {
  this.timeout(60_000);
  const CONFIG = 'shipworthy.json';
  const EMPTY = '{}\n';
  const uri = (): vscode.Uri => workspaceFile(FILE);

  suiteSetup(async () => { await clientWithCard(); });
  // VS Code holds on to a document for minutes after its editor is closed, and its text counts as long. So the file is emptied before it goes.
  teardown(async () => {
    await closeEverything();
    if (await onDisk(CONFIG).then(undefined, () => undefined) === undefined) await rewrite(CONFIG, EMPTY);
    const editor = await openFile(CONFIG);
    await replaceText(editor, EMPTY);
    await editor.document.save();
    await openFile(FILE);
    await untilFinding(uri(), RULE);
    await closeEverything();
  });
  suiteTeardown(() => vscode.workspace.fs.delete(workspaceFile(CONFIG)));

  async function ignoreInProject(reason: string): Promise<void> {
    await openFile(FILE);
    const { range } = await untilFinding(uri(), RULE);
    const command = await until('a way to ignore it in the project', async () =>
      (await quickFixes(uri(), range)).find(({ title }) => title === `Ignore ${RULE} in this project…`)?.command);
    const putBack = answerInputBox(() => reason);
    await vscode.commands.executeCommand(command.command, ...(command.arguments ?? [])).then(putBack, (error: unknown) => { putBack(); throw error; });
  }

  test('the file is written with the reason, and the finding goes', async () => {
    const view = await clientWithCard();
    await ignoreInProject('a demo');
    await untilNoFinding(uri(), RULE);
    const text = await until<string>('the file to be saved', () => onDisk(CONFIG).then(undefined, () => undefined));
    assert(text === `{\n  "rules": {\n    "${RULE}": { "severity": "off", "reason": "a demo" }\n  }\n}\n`, `Written is: ${text}`);
    await until('the card to say so', () => !isOpen(view), 30_000);
  });

  test('a file that is there keeps its comments, and one undo takes it back', async () => {
    const before = '{\n  // decided in May\n  "rules": {\n    "csp-missing": "low", // the proxy\n  },\n}\n';
    await rewrite(CONFIG, before);
    const { document } = await openFile(CONFIG);
    await until('the text to be there', () => document.getText() === before);
    await ignoreInProject('a demo');
    await untilNoFinding(uri(), RULE);
    const after = before.replace('// the proxy\n', `// the proxy\n    "${RULE}": { "severity": "off", "reason": "a demo" }\n`);
    assert(document.getText() === after, `Written is: ${document.getText()}`);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('undo');
    await until('the text to be as before', () => document.getText() === before);
    await openFile(FILE);
    await untilFinding(uri(), RULE);
  });

  test('nothing is written without a reason', async () => {
    await ignoreInProject('  ');
    assert(await onDisk(CONFIG) === EMPTY, `Written is: ${await onDisk(CONFIG)}`);
  });
});
