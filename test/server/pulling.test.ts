import assert from 'node:assert/strict';
import { CancellationTokenSource, DiagnosticSeverity } from 'vscode-languageserver/node';
import { setTimeout as sleep } from 'node:timers/promises';
import { scanned, start, until, VSCODE, within, type Editor } from './editor';

const APP = 'file:///app/app.py';
const BAD = 'import os\nDEBUG = True\n';

describe('diagnostics that are pulled', () => {
  let editor: Editor;
  afterEach(() => editor.quit());

  it('are a full report at first and unchanged when nothing changed', async () => {
    editor = await start({ folders: { 'file:///app': { 'app.py': BAD } } });
    await editor.open(APP, BAD);
    const first = await editor.pull(APP);
    assert.equal(first.kind, 'full');
    assert.ok(first.kind === 'full' && first.resultId);
    assert.equal(first.items.length, 1);
    const second = await editor.pull(APP, first.resultId);
    assert.deepEqual(second, { kind: 'unchanged', resultId: first.resultId });
  });

  it('carry range, severity, source, code with its page, message, related places and what actions need', async () => {
    editor = await start({ folders: { 'file:///app': {} } });
    const text = 'DEBUG = True\nPASSWORD = "hunter2"\nprint(1)\nsleep(1)\nNOTE\n';
    await editor.open(APP, text);
    const [debug, password, print, pause, note] = await editor.diagnostics(APP);
    assert.deepEqual(debug, {
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: 12 } }, severity: DiagnosticSeverity.Error, source: 'shipworthy',
      code: 'debug-on', codeDescription: { href: 'https://flask.palletsprojects.com/en/stable/config/#DEBUG' }, message: 'There is a debug-on here.',
      data: { rule: 'debug-on', fingerprint: 'debug-on app.py 0', confidence: 'confirmed' },
    });
    assert.equal(password?.severity, DiagnosticSeverity.Information, 'critical, but only likely');
    assert.equal(password.codeDescription, undefined, 'a rule without links');
    assert.deepEqual(password.relatedInformation, [{ location: { uri: 'file:///app/used%20here.py', range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } } }, message: 'It is used here.' }]);
    assert.ok(!JSON.stringify([debug, password]).includes('hunter2'));
    assert.equal(print?.severity, DiagnosticSeverity.Information);
    assert.equal(pause?.severity, DiagnosticSeverity.Warning);
    assert.equal(note?.severity, DiagnosticSeverity.Hint);
  });

  it('leave out what the client cannot show', async () => {
    editor = await start({ capabilities: { ...VSCODE, textDocument: { ...VSCODE.textDocument, diagnostic: {} } } });
    await editor.open(APP, 'DEBUG = True\nPASSWORD = "x"');
    const [debug, password] = await editor.diagnostics(APP);
    assert.equal(debug?.codeDescription, undefined);
    assert.equal(password?.relatedInformation, undefined);
  });

  it('never show what is merely possible', async () => {
    editor = await start();
    await editor.open(APP, 'PERHAPS\n');
    assert.deepEqual(await editor.diagnostics(APP), []);
  });

  it('follow an edit at once, and say so again when the text moves though the list is equal', async () => {
    editor = await start();
    await editor.open(APP, BAD);
    const first = await editor.pull(APP);
    await editor.change(APP, { range: { start: { line: 2, character: 0 }, end: { line: 2, character: 0 } }, text: '# tail\n' });
    const moved = await editor.pull(APP, first.resultId);
    assert.equal(moved.kind, 'full', 'VS Code may have moved the squiggle with the text');
    await editor.change(APP, { range: { start: { line: 1, character: 8 }, end: { line: 1, character: 12 } }, text: 'False' });
    assert.deepEqual(await editor.diagnostics(APP), []);
    await editor.change(APP, { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: '"😀"; DEBUG = True\n' });
    assert.deepEqual((await editor.diagnostics(APP)).map(({ range }) => range), [{ start: { line: 0, character: 6 }, end: { line: 0, character: 18 } }]);
  });

  it('show mistakes in the configuration where they stand', async () => {
    editor = await start();
    await editor.open('file:///app/shipworthy.json', 'rules: off');
    const [notice] = await editor.diagnostics('file:///app/shipworthy.json');
    assert.equal(notice?.message, 'This is no JSON.');
    assert.equal(notice.severity, DiagnosticSeverity.Warning);
  });

  it('are empty for documents in no folder, which is said once in the log', async () => {
    editor = await start();
    await scanned(editor);
    await editor.open('file:///elsewhere/app.py', BAD);
    assert.deepEqual(await editor.diagnostics('file:///elsewhere/app.py'), []);
    assert.deepEqual(editor.logged.filter((line) => line.includes('file:///elsewhere/app.py')).length, 1);
    assert.deepEqual([...editor.sessions.keys()], ['file:///app']);
  });

  it('work in a window without a folder', async () => {
    editor = await start({ folders: {} });
    await editor.open(APP, BAD);
    assert.deepEqual(await editor.diagnostics(APP), []);
  });

  it('are asked for again when a change elsewhere made an answer stale, and only then', async () => {
    editor = await start({ folders: { 'file:///app': { 'app.py': BAD } } });
    await scanned(editor);
    await editor.open(APP, BAD);
    const { resultId } = await editor.pull(APP);
    await editor.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: 'file:///app/other.py', type: 2 }] });
    await until(() => editor.session().touched.length === 1, 'the change to be handed on');
    await sleep(500);
    assert.equal(editor.refreshes, 0, 'this file is as it was');
    const session = editor.session();
    const findings = session.findings.bind(session);
    session.findings = (path) => findings(path).map((finding) => ({ ...finding, severity: 'low' }));
    session.disk.set('other.py', 'x = 1');
    await editor.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: 'file:///app/other.py', type: 2 }] });
    await until(() => editor.refreshes === 1, 'the request to pull again');
    assert.equal((await editor.pull(APP, resultId)).kind, 'full');
  });

  it('end with an error when the client cancels, and the server goes on', async () => {
    let opened: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => { opened = resolve; });
    editor = await start({ settings: {}, capabilities: VSCODE });
    editor.connection.onRequest('workspace/configuration', async () => { await gate; return [null]; });
    await editor.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: [{ uri: 'file:///slow', name: 'slow' }], removed: [] } });
    const cancelling = new CancellationTokenSource();
    const answer = editor.pull('file:///slow/app.py', undefined, cancelling.token);
    await sleep(50);
    cancelling.cancel();
    opened();
    await assert.rejects(answer, { code: -32800 });
    assert.equal(await within(500, editor.pull(APP)).then((report) => report !== 'nothing' && report.kind), 'full');
  });

  it('fail with what and where when a rule fails, mask secrets, and leave the other requests alone', async () => {
    editor = await start();
    await editor.open(APP, BAD);
    await editor.pull(APP);
    editor.session().broken = true;
    await assert.rejects(editor.pull(APP), /Diagnostics of file:\/\/\/app\/app\.py failed: a rule failed/);
    await until(() => editor.logged.some((line) => line.includes('Diagnostics of file:///app/app.py failed')), 'the log');
    assert.ok(!editor.logged.join().includes('abcdef0123456789'));
    editor.session().broken = false;
    assert.equal((await editor.diagnostics(APP)).length, 1);
  });
});

describe('registering for pulls', () => {
  it('asks for documents only, and for the workspace when a folder wants that', async () => {
    const editor = await start();
    await until(() => editor.registration('textDocument/diagnostic').length === 1, 'the registration');
    assert.equal(editor.initialized.capabilities.diagnosticProvider, undefined);
    const options = (): unknown => editor.registration('textDocument/diagnostic').map((one) => [one.options['workspaceDiagnostics'], one.options['interFileDependencies']]);
    assert.deepEqual(options(), [[false, true]]);
    await editor.configure({ 'file:///app': { problems: 'workspace' } });
    await until(() => JSON.stringify(options()) === '[[true,true]]', 'the workspace registration');
    await editor.configure({ 'file:///app': { problems: 'openFiles' } });
    await until(() => JSON.stringify(options()) === '[[false,true]]', 'the document registration');
    await editor.quit();
  });

  it('is part of the first answer for clients that cannot be asked later', async () => {
    const editor = await start({ capabilities: { ...VSCODE, textDocument: { diagnostic: {} } } });
    assert.deepEqual(editor.initialized.capabilities.diagnosticProvider, { identifier: 'shipworthy', interFileDependencies: true, workspaceDiagnostics: true });
    await editor.quit();
  });
});
