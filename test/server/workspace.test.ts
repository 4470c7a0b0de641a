import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { REPORT, type ReportAnswer } from '../../server/protocol';
import { OLD, scanned, start, until, VSCODE, type Editor } from './editor';

const BAD = 'DEBUG = True\n';
const changeFolders = (editor: Editor, added: readonly string[], removed: readonly string[]): Promise<void> => {
  const named = (uri: string): { uri: string; name: string } => ({ uri, name: uri.replace(/.*\//, '') });
  return editor.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: added.map(named), removed: removed.map(named) } });
};

describe('settings', () => {
  it('are asked for each folder, and again when they change', async () => {
    const editor = await start({ folders: { 'file:///one': {}, 'file:///two': {} }, settings: { 'file:///two': { enable: false } } });
    await editor.open('file:///one/a.py', BAD);
    await editor.open('file:///two/a.py', BAD);
    assert.equal((await editor.diagnostics('file:///one/a.py')).length, 1);
    assert.equal((await editor.diagnostics('file:///two/a.py')).length, 0);
    assert.deepEqual(editor.asked, ['file:///one', 'file:///two']);
    assert.deepEqual([...editor.sessions.keys()], ['file:///one'], 'a folder that is switched off is not even opened');
    assert.deepEqual(editor.registration('workspace/didChangeConfiguration').map(({ options }) => options), [{ section: 'shipworthy' }]);
    const before = editor.refreshes;
    await editor.configure({ 'file:///one': { enable: false }, 'file:///two': { enable: true } });
    await until(() => editor.refreshes > before, 'the request to pull again');
    assert.equal((await editor.diagnostics('file:///one/a.py')).length, 0);
    assert.equal((await editor.diagnostics('file:///two/a.py')).length, 1, 'and it knows the text of the open document');
    assert.ok(editor.session('file:///one').disposed);
    await editor.quit();
  });

  it('that make no sense are said, and fall back to the default', async () => {
    const editor = await start({ settings: { 'file:///app': { enable: 'yes', problems: 'everywhere' } } });
    await editor.open('file:///app/a.py', BAD);
    assert.equal((await editor.diagnostics('file:///app/a.py')).length, 1);
    assert.ok(editor.logged.includes('shipworthy.enable is "yes" but must be a boolean; true is used.'), editor.logged.join('\n'));
    assert.ok(editor.logged.includes('shipworthy.problems is "everywhere" but must be one of openFiles, changedFiles, workspace; openFiles is used.'));
    await editor.quit();
  });

  it('are the defaults when the client cannot or will not tell', async () => {
    const silent = await start({ capabilities: OLD });
    await silent.open('file:///app/a.py', BAD);
    await until(() => silent.published.length === 1, 'diagnostics');
    assert.deepEqual(silent.asked, []);
    await silent.quit();
    const failing = await start({ folders: {}, later: { 'file:///app': {} } });
    failing.connection.onRequest('workspace/configuration', () => { throw new Error('not today'); });
    await changeFolders(failing, ['file:///app'], []);
    await failing.open('file:///app/a.py', BAD);
    await until(() => failing.sessions.size === 1, 'the folder');
    assert.equal((await failing.diagnostics('file:///app/a.py')).length, 1);
    await failing.quit();
  });
});

describe('folders', () => {
  it('come and go; what goes is freed', async () => {
    const editor = await start({ later: { 'file:///two': { 'b.py': BAD } } });
    await scanned(editor);
    await changeFolders(editor, ['file:///two'], ['file:///app']);
    await until(() => editor.sessions.has('file:///two') && editor.session().disposed, 'the change');
    await editor.open('file:///app/a.py', BAD);
    await editor.open('file:///two/b.py', BAD);
    assert.equal((await editor.diagnostics('file:///app/a.py')).length, 0);
    assert.equal((await editor.diagnostics('file:///two/b.py')).length, 1);
    await editor.quit();
    assert.ok(editor.session('file:///two').disposed, 'and so does everything at the end');
    assert.equal(editor.exit, 0);
  });

  it('may lie in one another: the nearest judges, all know the text', async () => {
    const editor = await start({ folders: { 'file:///mono': {}, 'file:///mono/web%20app': {} } });
    const uri = 'file:///mono/web%20app/a.py';
    await editor.open(uri, BAD);
    assert.equal((await editor.diagnostics(uri))[0]?.data.fingerprint, 'debug-on a.py 0');
    assert.equal(editor.session('file:///mono').findings('web app/a.py').length, 1);
    await editor.quit();
  });

  it('that cannot be opened are said in the log and leave the others alone', async () => {
    const editor = await start({ folders: { 'file:///app': {} } });
    await changeFolders(editor, ['ftp://far/away'], []);
    await until(() => editor.logged.some((line) => line.startsWith('Opening the folder ftp://far/away failed')), 'the log');
    await editor.open('file:///app/a.py', BAD);
    assert.equal((await editor.diagnostics('file:///app/a.py')).length, 1);
    const report = await editor.connection.sendRequest<ReportAnswer>(REPORT);
    assert.deepEqual(report.folders.map(({ uri, cards }) => [uri, cards.length > 0]), [['file:///app', true], ['ftp://far/away', false]]);
    await editor.quit();
  });

  it('are found by the spelling of any client', async () => {
    const editor = await start({ folders: { 'file:///c%3A/My%20App': {} } });
    await editor.open('file:///C:/My App/s%C3%BC%C3%9F.py', BAD);
    assert.equal((await editor.diagnostics('file:///C:/My App/s%C3%BC%C3%9F.py'))[0]?.data.fingerprint, 'debug-on süß.py 0');
    await editor.quit();
  });

  it('are the root of clients that know no more', async () => {
    const editor = await start({ rootUri: 'file:///app', capabilities: OLD });
    await scanned(editor);
    const report = await editor.connection.sendRequest<ReportAnswer>(REPORT);
    assert.deepEqual(report.folders.map(({ uri, name }) => [uri, name]), [['file:///app', 'app']]);
    await editor.quit();
  });
});

describe('watched files', () => {
  const changed = (editor: Editor, ...changes: { uri: string; type: number }[]): Promise<void> => editor.connection.sendNotification('workspace/didChangeWatchedFiles', { changes });

  it('are those of every folder, also of later ones', async () => {
    const editor = await start({ later: { 'file:///two': {} } });
    const watched = (): unknown => editor.registration('workspace/didChangeWatchedFiles').map(({ options }) => options['watchers']);
    await until(() => editor.registration('workspace/didChangeWatchedFiles').length === 1, 'the watcher');
    assert.deepEqual(watched(), [[{ globPattern: { baseUri: 'file:///app', pattern: '**/*' } }]]);
    await changeFolders(editor, ['file:///two'], ['file:///app']);
    await until(() => JSON.stringify(watched()) === JSON.stringify([[{ globPattern: { baseUri: 'file:///two', pattern: '**/*' } }]]), 'the other watcher');
    await editor.quit();
  });

  it('have one plain pattern for clients without relative ones', async () => {
    const editor = await start({ capabilities: { ...VSCODE, workspace: { ...VSCODE.workspace, didChangeWatchedFiles: { dynamicRegistration: true } } } });
    await until(() => editor.registration('workspace/didChangeWatchedFiles').length === 1, 'the watcher');
    assert.deepEqual(editor.registration('workspace/didChangeWatchedFiles')[0]?.options['watchers'], [{ globPattern: '**/*' }]);
    await editor.quit();
  });

  it('lead to one scan, however many they are', async () => {
    const editor = await start();
    await scanned(editor);
    const { refreshes } = editor.session();
    for (let at = 0; at < 500; at += 50) {
      await changed(editor, ...Array.from({ length: 50 }, (_, one) => ({ uri: `file:///app/f${at + one}.py`, type: 2 })));
    }
    await sleep(700);
    assert.equal(editor.session().touched.flat().length, 500);
    assert.equal(editor.session().refreshes - refreshes, 1);
    await editor.quit();
  });

  it('leave out what the editor saved itself, the files of others, and the inside of git', async () => {
    const editor = await start();
    await scanned(editor);
    await editor.open('file:///app/open.py', '');
    await sleep(500);
    const { refreshes } = editor.session();
    await changed(editor, ...['open.py', 'node_modules/x/index.js', '.git/objects/ab/cdef', '.git/FETCH_HEAD'].map((path) => ({ uri: `file:///app/${path}`, type: 2 })));
    await sleep(500);
    assert.equal(editor.session().refreshes, refreshes);
    await changed(editor, { uri: 'file:///app/open.py', type: 3 }, { uri: 'file:///app/.git/HEAD', type: 2 }, { uri: 'file:///app/.gitignore', type: 1 });
    await until(() => editor.session().refreshes === refreshes + 1, 'the scan');
    assert.deepEqual(editor.session().touched, [['open.py', '.git/HEAD', '.gitignore']]);
    await editor.quit();
  });

  it('include those that the editor renames and deletes', async () => {
    const editor = await start();
    await scanned(editor);
    assert.ok(editor.initialized.capabilities.workspace?.fileOperations?.didRename);
    await editor.connection.sendNotification('workspace/didRenameFiles', { files: [{ oldUri: 'file:///app/a.py', newUri: 'file:///app/b.py' }] });
    await editor.connection.sendNotification('workspace/didDeleteFiles', { files: [{ uri: 'file:///app/c.py' }] });
    await until(() => editor.session().touched.length === 2, 'the files');
    assert.deepEqual(editor.session().touched, [['a.py', 'b.py'], ['c.py']]);
    await editor.quit();
  });
});
