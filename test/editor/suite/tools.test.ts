import * as vscode from 'vscode';
import { assert, openFile, until } from '../helpers';
import { clientWithCard, closeEverything, FILE, RULE } from './client';

async function told(name: string, input: object): Promise<string> {
  const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
  return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}

suite('tools for language models', function () {
  this.timeout(60_000);
  suiteSetup(async () => { await clientWithCard(); });

  test('are known to the editor', async () => {
    await until('the tools', () => ['shipworthy_report', 'shipworthy_findings', 'shipworthy_explain'].every((name) => vscode.lm.tools.some((tool) => tool.name === name)));
  });

  test('tell verdict, findings and rules', async () => {
    const { applications } = JSON.parse(await told('shipworthy_report', {})) as { applications: readonly { verdict: string }[] };
    assert(applications[0]?.verdict === 'NOT READY', `The report says: ${JSON.stringify(applications)}`);
    const { findings } = JSON.parse(await told('shipworthy_findings', { path: FILE })) as { findings: readonly { rule: string; path: string; line: number }[] };
    assert(findings.some(({ rule, path, line }) => rule === RULE && path === FILE && line === 3), `Found are: ${JSON.stringify(findings)}`);
    const page = await told('shipworthy_explain', { rule: RULE });
    assert(page.startsWith('# ') && page.includes('## Why'), `The page is: ${page.slice(0, 200)}`);
  });

  test('say what is wrong with a question', async () => {
    const wrong = await told('shipworthy_explain', { rule: '../../x' }).then(() => undefined, (error: unknown) => String(error));
    assert(wrong?.includes('Name a rule by its id'), `Said is: ${wrong}`);
  });
});

suite('the lens above a manifest', function () {
  this.timeout(60_000);
  const switchOn = (value: boolean | undefined): Thenable<void> => vscode.workspace.getConfiguration('shipworthy').update('codeLens', value, vscode.ConfigurationTarget.Workspace);
  suiteTeardown(async () => {
    await switchOn(undefined);
    await closeEverything();
  });

  test('is there when it is asked for', async () => {
    await clientWithCard();
    const { document: { uri } } = await openFile('requirements.txt');
    const lenses = (): Thenable<vscode.CodeLens[]> => vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 10);
    assert((await lenses()).length === 0, 'It is there unasked.');
    await switchOn(true);
    const [lens] = await until('the lens', async () => {
      const found = await lenses();
      return found.length > 0 && found;
    });
    assert(lens?.command?.title.includes('NOT READY'), `It says ${lens?.command?.title}`);
  });
});
