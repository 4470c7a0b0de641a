import assert from 'node:assert/strict';
import type { WorkspaceEdit } from 'vscode-languageserver/node';
import { CORRECTION, type CorrectionParams } from '../../server/protocol';
import { scanned, start, type Editor } from './editor';

const BAD = 'DEBUG = True\n';
const edited = (edit: WorkspaceEdit | null): readonly string[] =>
  (edit?.documentChanges ?? []).map((change) => ('textDocument' in change ? change.textDocument.uri : ''));

describe('corrections by name', () => {
  let editor: Editor;
  const correct = (params: CorrectionParams): Promise<WorkspaceEdit | null> => editor.connection.sendRequest(CORRECTION, params);
  afterEach(() => editor.quit());

  it('edit files that are not open, by the text on the disk', async () => {
    editor = await start({ folders: { 'file:///app': { 'a b.py': `# ü😀\n${BAD}` } } });
    await scanned(editor);
    assert.deepEqual(await correct({ fingerprint: 'debug-on a b.py 0', index: 0 }), {
      documentChanges: [{ textDocument: { uri: 'file:///app/a%20b.py', version: null }, edits: [{ range: { start: { line: 1, character: 8 }, end: { line: 1, character: 12 } }, newText: 'False' }] }],
    });
    const review = await correct({ fingerprint: 'debug-on a b.py 0', index: 1 });
    assert.equal(review?.changeAnnotations?.['review']?.description, 'Set DEBUG where it is wanted.');
  });

  it('write the reason of an ignore comment, and want one', async () => {
    editor = await start({ folders: { 'file:///app': { 'a.py': BAD } } });
    await scanned(editor);
    const edit = await correct({ fingerprint: 'debug-on a.py 0', reach: 'line', reason: ' behind the VPN ', uri: 'file:///app/a.py' });
    assert.match(JSON.stringify(edit), /ignore debug-on -- behind the VPN"/);
    await assert.rejects(correct({ fingerprint: 'debug-on a.py 0', reach: 'line', reason: ' ' }), { code: -32602 });
  });

  it('are null when the finding is gone', async () => {
    editor = await start({ folders: { 'file:///app': { 'a.py': BAD } } });
    await scanned(editor);
    assert.equal(await correct({ fingerprint: 'debug-on a.py 7', index: 0 }), null);
    assert.equal(await correct({ fingerprint: 'debug-on a.py 0', index: 9 }), null);
  });

  it('mean the folder they name', async () => {
    editor = await start({ folders: { 'file:///one': { 'a.py': BAD }, 'file:///two': { 'a.py': BAD } } });
    await scanned(editor, 'file:///one');
    await scanned(editor, 'file:///two');
    const finding = { fingerprint: 'debug-on a.py 0', index: 0 };
    assert.deepEqual(edited(await correct({ ...finding, uri: 'file:///two' })), ['file:///two/a.py']);
    assert.deepEqual(edited(await correct({ ...finding, uri: 'file:///two/a.py' })), ['file:///two/a.py']);
    assert.deepEqual(edited(await correct(finding)), ['file:///one/a.py']);
    await assert.rejects(correct({ ...finding, uri: 'file:///three' }), { code: -32602 });
  });

  it('fix one rule everywhere, to be confirmed', async () => {
    editor = await start({ folders: { 'file:///one': { 'a.py': BAD, 'b.py': BAD, 'c.py': '' }, 'file:///two': { 'a.py': BAD } } });
    await scanned(editor, 'file:///one');
    await scanned(editor, 'file:///two');
    const one = await correct({ rule: 'debug-on', uri: 'file:///one' });
    assert.deepEqual(edited(one), ['file:///one/a.py', 'file:///one/b.py']);
    assert.equal(one?.changeAnnotations?.['review']?.needsConfirmation, true);
    assert.deepEqual(edited(await correct({ rule: 'debug-on' })), ['file:///one/a.py', 'file:///one/b.py', 'file:///two/a.py']);
    assert.equal(await correct({ rule: 'print-call' }), null);
  });
});
