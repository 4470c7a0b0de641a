import assert from 'node:assert/strict';
import { CancellationTokenSource, type WorkspaceDiagnosticReport } from 'vscode-languageserver/node';
import { scanned, start, within, type Editor } from './editor';

const BAD = 'DEBUG = True\n';
const WHOLE = { 'file:///app': { problems: 'workspace' } };

/** The ids of a report by file, as a client would send them back. */
function ids({ items }: WorkspaceDiagnosticReport): Record<string, string> {
  return Object.fromEntries(items.map(({ uri, resultId }) => [uri, resultId ?? '']));
}

function counts({ items }: WorkspaceDiagnosticReport): Record<string, number> {
  return Object.fromEntries(items.map((item) => [item.uri, item.kind === 'full' ? item.items.length : -1]));
}

async function changeOnDisk(editor: Editor, path: string, text: string | undefined): Promise<void> {
  const { disk } = editor.session();
  if (text === undefined) disk.delete(path);
  else disk.set(path, text);
  await editor.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: `file:///app/${path}`, type: text === undefined ? 3 : 2 }] });
}

describe('diagnostics of the workspace', () => {
  let editor: Editor;
  afterEach(() => editor.quit());

  it('tell of every file with findings, and wait while nothing changes', async () => {
    editor = await start({ folders: { 'file:///app': { 'a.py': BAD, 'b c.py': BAD, 'clean.py': '' } }, settings: WHOLE });
    await scanned(editor);
    const first = await editor.pullWorkspace();
    assert.deepEqual(counts(first), { 'file:///app/a.py': 1, 'file:///app/b%20c.py': 1 });
    assert.deepEqual(first.items.map(({ version }) => version), [null, null]);
    const { refreshes } = editor.session();
    const waiting = editor.pullWorkspace(ids(first));
    assert.equal(await within(1000, waiting), 'nothing');
    assert.equal(editor.session().refreshes, refreshes, 'and nothing is computed');
    await changeOnDisk(editor, 'a.py', BAD + BAD);
    assert.deepEqual(counts(await waiting), { 'file:///app/a.py': 2 });
  });

  it('wait for the first scan', async () => {
    let finish: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => { finish = resolve; });
    editor = await start({ folders: { 'file:///app': { 'a.py': BAD } }, settings: WHOLE, prepare: (session) => { session.gate = gate; } });
    const waiting = editor.pullWorkspace();
    assert.equal(await within(200, waiting), 'nothing');
    finish();
    assert.deepEqual(counts(await waiting), { 'file:///app/a.py': 1 });
  });

  it('tell that the last finding of a file is gone, and that a file is', async () => {
    editor = await start({ folders: { 'file:///app': { 'a.py': BAD, 'b.py': BAD } }, settings: WHOLE });
    await scanned(editor);
    const first = ids(await editor.pullWorkspace());
    const clean = editor.pullWorkspace(first);
    await changeOnDisk(editor, 'a.py', 'DEBUG = False\n');
    const second = await clean;
    assert.deepEqual(counts(second), { 'file:///app/a.py': 0 });
    const gone = editor.pullWorkspace({ ...first, ...ids(second) });
    await changeOnDisk(editor, 'b.py', undefined);
    assert.deepEqual(counts(await gone), { 'file:///app/b.py': 0 });
  });

  it('come in chunks of fifty for clients that take them', async () => {
    const files = Object.fromEntries(Array.from({ length: 120 }, (_, at) => [`f${String(at).padStart(3, '0')}.py`, BAD]));
    editor = await start({ folders: { 'file:///app': files }, settings: WHOLE });
    await scanned(editor);
    const chunks: number[] = [];
    editor.connection.onNotification('$/progress', ({ token, value }: { token: string; value: WorkspaceDiagnosticReport }) => { if (token === 'here') chunks.push(value.items.length); });
    const last = await editor.pullWorkspace({}, undefined, 'here');
    assert.deepEqual([...chunks, last.items.length], [50, 50, 20]);
  });

  it('are an error when cancelled, at once', async () => {
    editor = await start({ settings: WHOLE });
    await scanned(editor);
    const cancelling = new CancellationTokenSource();
    const waiting = editor.pullWorkspace({}, cancelling.token);
    await within(50, waiting.catch(() => undefined));
    cancelling.cancel();
    await assert.rejects(waiting, { code: -32800 });
  });

  it('say nothing of closed files where only open ones are to show findings', async () => {
    editor = await start({ folders: { 'file:///app': { 'a.py': BAD } } });
    await scanned(editor);
    assert.equal(await within(300, editor.pullWorkspace()), 'nothing');
  });

  it('take back what a client kept of a document when it was closed', async () => {
    editor = await start({ folders: { 'file:///app': { 'a.py': BAD } } });
    await scanned(editor);
    const waiting = editor.pullWorkspace();
    await editor.open('file:///app/a.py', BAD);
    assert.equal((await editor.diagnostics('file:///app/a.py')).length, 1);
    await editor.close('file:///app/a.py');
    assert.deepEqual(counts(await waiting), { 'file:///app/a.py': 0 });
  });

  it('put back what the disk says when a document is closed without saving', async () => {
    editor = await start({ folders: { 'file:///app': { 'a.py': BAD } }, settings: WHOLE });
    await scanned(editor);
    const waiting = editor.pullWorkspace(ids(await editor.pullWorkspace()));
    await editor.open('file:///app/a.py', BAD);
    await editor.diagnostics('file:///app/a.py');
    await editor.change('file:///app/a.py', { text: BAD + BAD });
    const typed = await waiting;
    assert.deepEqual(counts(typed), { 'file:///app/a.py': 2 });
    const closing = editor.pullWorkspace(ids(typed));
    await editor.close('file:///app/a.py');
    assert.deepEqual(counts(await closing), { 'file:///app/a.py': 1 });
  });

  it('tell that a folder was removed or switched off', async () => {
    editor = await start({ folders: { 'file:///app': { 'a.py': BAD }, 'file:///two': { 'b.py': BAD } }, settings: { ...WHOLE, 'file:///two': { problems: 'workspace' } } });
    await scanned(editor);
    await scanned(editor, 'file:///two');
    const first = ids(await editor.pullWorkspace());
    const off = editor.pullWorkspace(first);
    await editor.configure({ 'file:///app': { enable: false, problems: 'workspace' } });
    const second = await off;
    assert.deepEqual(counts(second), { 'file:///app/a.py': 0 });
    const removed = editor.pullWorkspace({ ...first, ...ids(second) });
    await editor.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: [], removed: [{ uri: 'file:///two', name: 'two' }] } });
    assert.deepEqual(counts(await removed), { 'file:///two/b.py': 0 });
  });

  it('end when the server is shut down', async () => {
    const leaving = await start({ settings: WHOLE });
    await scanned(leaving);
    const waiting = leaving.pullWorkspace();
    await within(50, waiting);
    await leaving.quit();
    assert.deepEqual(await waiting, { items: [] });
    editor = await start();
  });

  it('tell of files somebody is at work on where the settings ask for those, and of others no more once they are committed', async () => {
    let atWork = ['a.py'];
    editor = await start({
      folders: { 'file:///app': { 'a.py': BAD, 'b.py': BAD } }, settings: { 'file:///app': { problems: 'changedFiles' } },
      host: (host) => ({ ...host, changes: async () => (path) => atWork.includes(path) }),
    });
    await scanned(editor);
    const first = await editor.pullWorkspace();
    assert.deepEqual(counts(first), { 'file:///app/a.py': 1 });
    const waiting = editor.pullWorkspace(ids(first));
    atWork = ['b.py'];
    await changeOnDisk(editor, 'b.py', `${BAD}# more\n`);
    assert.deepEqual(counts(await waiting), { 'file:///app/a.py': 0, 'file:///app/b.py': 1 });
  });
});
