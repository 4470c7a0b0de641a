import assert from 'node:assert/strict';
import type { CodeLens } from 'vscode-languageserver/node';
import { OLD, scanned, start, until, VSCODE, type Editor, type Setup } from './editor';

const LENSES = { ...VSCODE, workspace: { ...VSCODE.workspace, codeLens: { refreshSupport: true } }, textDocument: { ...VSCODE.textDocument, codeLens: {} } };
const FILES = { 'requirements.txt': 'flask\n', 'pyproject.toml': '[project]\n', 'a.py': 'DEBUG = True\n' };
const ON = { 'file:///app': { codeLens: true } };

describe('lenses', () => {
  let editor: Editor;
  afterEach(() => editor.quit());
  const lenses = async (path: string): Promise<readonly CodeLens[]> => {
    const uri = `file:///app/${path}`;
    if (!editor.texts.has(uri)) await editor.open(uri, FILES[path as keyof typeof FILES]);
    return editor.connection.sendRequest<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
  };
  const begin = async (setup: Setup): Promise<void> => {
    editor = await start({ folders: { 'file:///app': FILES }, capabilities: LENSES, settings: ON, ...setup });
    await scanned(editor);
  };

  it('say grade and verdict above the file that describes the application, and lead to its report', async () => {
    await begin({ canPrompt: true });
    const [lens, ...others] = await lenses('pyproject.toml');
    assert.match(lens?.command?.title ?? '', /^Shipworthy: .+ · (?:READY|NOT READY|INCONCLUSIVE|MOSTLY READY)$/);
    assert.deepEqual([lens?.command?.command, lens?.command?.arguments], ['shipworthy.openReport', [{ resource: 'file:///app/pyproject.toml' }]]);
    assert.deepEqual(others, []);
    assert.deepEqual(await lenses('requirements.txt'), [], 'one file is enough');
    assert.deepEqual(await lenses('a.py'), []);
  });

  it('are asked for anew when the report changes', async () => {
    let asked = 0;
    await begin({});
    editor.connection.onRequest('workspace/codeLens/refresh', () => { asked += 1; return null; });
    await editor.open('file:///app/a.py', 'print(1)\n');
    await until(() => asked > 0, 'the request');
    assert.equal((await lenses('pyproject.toml'))[0]?.command?.command, '', 'a client without our commands sees the words');
  });

  it('are none unless they are asked for, and not offered to clients without any', async () => {
    await begin({ settings: {} });
    assert.deepEqual(await lenses('pyproject.toml'), []);
    await editor.quit();
    editor = await start({ capabilities: OLD });
    assert.equal(editor.initialized.capabilities.codeLensProvider, undefined);
  });
});
