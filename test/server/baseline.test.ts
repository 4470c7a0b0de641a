import assert from 'node:assert/strict';
import { BASELINE } from '../../engine/records/baseline';
import { formatDocument } from '../../engine/records/document';
import { knownOf } from '../../report/comparison/compare';
import { REPORT, type ReportAnswer } from '../../server/protocol';
import { scanned, start, type Editor } from './editor';

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
