import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { OLD, scanned, start, until, type Editor } from './editor';

const APP = 'file:///app/app.py';
const BAD = 'DEBUG = True\n';

/** File name and number of findings of everything that was sent, in order. */
function sent({ published }: Editor): readonly string[] {
  return published.map(({ uri, diagnostics }) => `${uri.replace(/.*\//, '')} ${diagnostics.length}`);
}

describe('diagnostics that are pushed', () => {
  let editor: Editor;
  afterEach(() => editor.quit());

  it('go to clients that cannot pull, and to those that cannot be told to pull again', async () => {
    for (const capabilities of [OLD, { ...OLD, textDocument: { ...OLD.textDocument, diagnostic: {} } }]) {
      editor = await start({ capabilities });
      assert.equal(editor.initialized.capabilities.diagnosticProvider, undefined);
      await editor.open(APP, BAD);
      await until(() => editor.published.length === 1, 'diagnostics');
      assert.equal(editor.published[0]?.version, 1);
      assert.equal(editor.published[0]?.diagnostics[0]?.code, 'debug-on');
      if (capabilities === OLD) await editor.quit();
    }
  });

  it('wait for a pause in the typing, and the last finding leaves an empty list', async () => {
    editor = await start({ capabilities: OLD });
    await editor.open(APP, BAD);
    await until(() => editor.published.length === 1, 'diagnostics');
    for (const letter of BAD) await editor.change(APP, { text: `${editor.texts.get(APP)?.getText() ?? ''}${letter}` });
    await until(() => editor.published.length === 2, 'diagnostics of the new text');
    assert.equal(editor.published[1]?.version, BAD.length + 1);
    await editor.change(APP, { text: '' });
    await until(() => editor.published.length === 3, 'the empty list');
    await sleep(600);
    assert.deepEqual(sent(editor), ['app.py 1', 'app.py 2', 'app.py 0']);
  });

  it('are taken back when the document is closed', async () => {
    editor = await start({ capabilities: OLD, folders: { 'file:///app': { 'app.py': BAD } } });
    await editor.open(APP, BAD);
    await until(() => editor.published.length === 1, 'diagnostics');
    await editor.close(APP);
    await until(() => editor.published.length === 2, 'the empty list');
    assert.deepEqual(sent(editor), ['app.py 1', 'app.py 0']);
    await sleep(500);
    assert.equal(editor.published.length, 2, 'the file on the disk has findings still, but it is closed');
  });

  it('reach closed files when the folder asks for its whole workspace, by the settings such a client sends', async () => {
    editor = await start({ capabilities: OLD, folders: { 'file:///app': { 'app.py': BAD, 'b.py': '' } } });
    await scanned(editor);
    assert.deepEqual(sent(editor), []);
    await editor.connection.sendNotification('workspace/didChangeConfiguration', { settings: { shipworthy: { problems: 'workspace' } } });
    await until(() => editor.published.length === 1, 'diagnostics');
    assert.deepEqual(sent(editor), ['app.py 1']);
    assert.equal(editor.published[0]?.version, undefined);
    editor.session().disk.delete('app.py');
    await editor.connection.sendRequest('shipworthy/rescan');
    await until(() => editor.published.length === 2, 'the empty list');
    assert.deepEqual(sent(editor), ['app.py 1', 'app.py 0']);
  });

  it('are not sent twice when a scan changes nothing', async () => {
    editor = await start({ capabilities: OLD, folders: { 'file:///app': { 'app.py': BAD } } });
    await editor.open(APP, BAD);
    await until(() => editor.published.length === 1, 'diagnostics');
    await editor.connection.sendRequest('shipworthy/rescan');
    await sleep(300);
    assert.equal(editor.published.length, 1);
  });
});
