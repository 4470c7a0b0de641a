import assert from 'node:assert/strict';
import type { TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { BASELINE, type BaselineEntry } from '../../engine/records/baseline';
import { formatDocument } from '../../engine/records/document';
import { knownOf } from '../../report/comparison/compare';
import { REPORT, WRITE_BASELINE, type ReportAnswer } from '../../server/protocol';
import { OLD, scanned, start, type Editor, type Setup } from './editor';

describe('what is new', () => {
  let editor: Editor;
  afterEach(() => editor.quit());

  const FILES = { 'a.py': 'DEBUG = True\n', 'b.py': 'print(1)\n' };
  const fresh = async (baseline?: string): Promise<readonly string[] | undefined> => {
    editor = await start({ folders: { 'file:///app': FILES }, host: (usual) => ({ ...usual, ...(baseline !== undefined && { baseline: async () => baseline }) }) });
    await scanned(editor);
    return (await editor.connection.sendRequest<ReportAnswer>(REPORT)).folders[0]?.fresh;
  };

  it('is what the baseline of the folder does not have', async () => {
    const none = formatDocument(BASELINE, []);
    assert.deepEqual(await fresh(none), ['debug-on a.py 0', 'print-call b.py 0']);
    const known = editor.session().findings('a.py').map((finding) => ({ ...knownOf(finding), fingerprint: '0123456789abcdef', since: '2026-11-01' }));
    await editor.quit();
    assert.deepEqual(await fresh(formatDocument(BASELINE, known)), ['print-call b.py 0'], 'the shape of the other is known');
  });

  it('is not told without a baseline, or with one that is not understood', async () => {
    assert.equal(await fresh(), undefined);
    for (const odd of ['{', '{ "version": 99, "findings": [] }', '{ "version": 1, "findings": [{ "rule": "x" }] }']) {
      await editor.quit();
      assert.equal(await fresh(odd), undefined, odd);
    }
  });
});

describe('writing a baseline', () => {
  let editor: Editor;
  afterEach(() => editor.quit());

  const FILES = { 'a.py': 'DEBUG = True\n', 'b.py': 'print(1)\n' };
  const begin = async (setup: Setup = {}, baseline?: string) => {
    editor = await start({ folders: { 'file:///app': FILES }, host: (usual) => ({ ...usual, ...(baseline !== undefined && { baseline: async () => baseline }) }), ...setup });
    await scanned(editor);
  };
  const write = () => editor.connection.sendRequest<WorkspaceEdit>(WRITE_BASELINE, { uri: 'file:///app/a.py' });
  /** The entries of what an edit makes of a baseline. */
  const entriesAfter = (edit: WorkspaceEdit, text = '') => {
    const [change] = (edit.documentChanges ?? []).flatMap((one) => ('edits' in one ? [one] : []));
    assert.equal(change?.textDocument.uri, 'file:///app/.shipworthy/baseline.json');
    const made = TextDocument.applyEdits(TextDocument.create('', '', 0, text), change.edits as TextEdit[]);
    return (JSON.parse(made) as { readonly findings: readonly BaselineEntry[] }).findings;
  };

  it('makes the file with what is open today', async () => {
    await begin();
    const edit = await write();
    assert.deepEqual(edit.documentChanges?.[0], { kind: 'create', uri: 'file:///app/.shipworthy/baseline.json', options: { overwrite: false, ignoreIfExists: false } });
    assert.deepEqual(entriesAfter(edit).map(({ path, rule, since }) => [path, rule, since]), [['a.py', 'debug-on', '2026-11-20'], ['b.py', 'print-call', '2026-11-20']]);
  });

  it('brings one that is there up to date, and leaves its days', async () => {
    await begin();
    const [first] = entriesAfter(await write());
    assert.ok(first);
    await editor.quit();
    const text = formatDocument(BASELINE, [{ ...first, fingerprint: '0123456789abcdef', since: '2026-11-01' }, { ...first, rule: 'gone', fingerprint: 'fedcba9876543210', shape: '00000000', since: '2026-11-02' }]);
    await begin({}, text);
    const edit = await write();
    assert.equal(edit.documentChanges?.length, 1, 'nothing is created');
    assert.deepEqual(entriesAfter(edit, text).map(({ rule, since }) => [rule, since]), [['debug-on', '2026-11-01'], ['print-call', '2026-11-20']]);
  });

  it('is refused where there is nothing to write, or what is there is not understood', async () => {
    await begin();
    const text = formatDocument(BASELINE, entriesAfter(await write()).map((entry, index) => ({ ...entry, fingerprint: String(index).padStart(16, '0') })));
    await editor.quit();
    await begin({}, text);
    await assert.rejects(write(), /\.shipworthy\/baseline\.json is up to date with 2 findings\./);
    for (const [odd, why] of [['{', /baseline\.json/], ['{ "version": 1, "findings": [{ "rule": "x" }] }', /line 1: .* Mend it, or remove the file/]] as const) {
      await editor.quit();
      await begin({}, odd);
      await assert.rejects(write(), why);
    }
  });

  it('is refused where the editor cannot create files', async () => {
    await begin({ capabilities: OLD });
    await assert.rejects(write(), /cannot create files\. Create an empty \.shipworthy\/baseline\.json and try again/);
  });
});
