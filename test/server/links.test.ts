import assert from 'node:assert/strict';
import type { DocumentLink } from 'vscode-languageserver/node';
import { OLD, scanned, start, VSCODE, type Editor, type Setup } from './editor';

const FOLDER = 'file:///app';
const LINKING = { ...VSCODE, textDocument: { ...VSCODE.textDocument, documentLink: { tooltipSupport: true } } };
const EXPLAIN = `command:shipworthy.explain?${encodeURIComponent('[{"rule":"debug-on"}]')}`;

describe('links', () => {
  let editor: Editor;
  afterEach(() => editor.quit());

  /** What is underlined, and where it leads. */
  async function links(path: string, text: string, setup: Setup = {}): Promise<readonly (readonly [string, string | undefined, string | undefined])[]> {
    editor = await start({ capabilities: LINKING, canPrompt: true, folders: { [FOLDER]: { 'my app.py': 'x = 1\n  DEBUG = True\n' } }, ...setup });
    const uri = `${FOLDER}/${path}`;
    await editor.open(uri, text);
    await scanned(editor);
    const lines = text.split('\n');
    const found = await editor.connection.sendRequest<DocumentLink[]>('textDocument/documentLink', { textDocument: { uri } });
    return found.map(({ range, target, tooltip }) => [(lines[range.start.line] ?? '').slice(range.start.character, range.end.character), target, tooltip]);
  }

  it('lead from a rule in a comment to its page, and from what is no rule nowhere', async () => {
    assert.deepEqual(await links('a.py', 'x = 1  # shipworthy: ignore debug-on, no-such-rule -- about debug-on\n'), [['debug-on', EXPLAIN, 'There is no debug on']]);
  });

  it('lead from a rule in the configuration to its page', async () => {
    assert.deepEqual(await links('shipworthy.json', '{ "rules": { "debug-on": "low", "print-*": "off" }, "exclude": ["debug-on"] }'), [['debug-on', EXPLAIN, 'There is no debug on']]);
  });

  it('lead from the records to rules, files and findings', async () => {
    const text = '{ "version": 1, "suppressions": [\n  { "rule": "debug-on", "path": "/my app.py", "fingerprint": "debug-on my app.py 0" },\n  { "rule": "gone", "path": "/m*.py", "fingerprint": "0" }, { "path": "gone.py" } ] }';
    assert.deepEqual(await links('.shipworthy/suppressions.json', text), [
      ['debug-on', EXPLAIN, 'There is no debug on'], ['/my app.py', 'file:///app/my%20app.py', 'my app.py'], ['debug-on my app.py 0', 'file:///app/my%20app.py#L2,3', 'my app.py'],
    ]);
  });

  it('lead from a sign-off to its evidence where that is a file', async () => {
    const text = '{ "version": 1, "signoffs": [ { "control": "x", "evidence": "my app.py" }, { "evidence": "https://a.example/" }, { "evidence": "said on the phone" } ] }';
    assert.deepEqual(await links('.shipworthy/signoffs.json', text), [['my app.py', 'file:///app/my%20app.py', 'my app.py']]);
  });

  it('are none where nothing is named', async () => {
    assert.deepEqual(await links('shipworthy.json', '{ "rules": '), []);
    await editor.quit();
    assert.deepEqual(await links('b.py', 'debug_on = "debug-on"  # debug-on\n'), []);
  });

  it('lead to the web from clients without our pages, and are not offered to those without links', async () => {
    const capabilities = { ...OLD, textDocument: { ...OLD.textDocument, documentLink: {} } };
    const text = 'x = 1  # shipworthy: ignore debug-on, print-call -- r\n';
    assert.deepEqual(await links('a.py', text, { capabilities, canPrompt: false }), [['debug-on', 'https://flask.palletsprojects.com/en/stable/config/#DEBUG', undefined]]);
    await editor.quit();
    editor = await start({ capabilities: OLD });
    assert.equal(editor.initialized.capabilities.documentLinkProvider, undefined);
  });
});
