import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { CancellationTokenSource } from 'vscode-languageserver/node';
import { REPORT, RESCAN, type ReportAnswer } from '../../server/protocol';
import type { FakeSession } from './fake-session';
import { OLD, scanned, start, until, within, type Editor } from './editor';

const APP = 'file:///app/app.py';
const BAD = 'DEBUG = True\n';

interface Gate { readonly passed: Promise<void>; open(): void }
function gate(): Gate {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => { open = resolve; });
  return { passed, open: () => open() };
}

const report = (editor: Editor): Promise<ReportAnswer> => editor.connection.sendRequest(REPORT);

describe('what a scan finds on the way', () => {
  it('is told before it is over', async () => {
    const scan = gate();
    const editor = await start({
      folders: { 'file:///app': { 'a.py': BAD } },
      prepare: (session) => {
        const refresh = session.refresh.bind(session);
        session.refresh = async (progress, signal) => {
          session.edit('a.py', `${BAD}${BAD}`);
          progress?.({ done: 1, total: 1 });
          await scan.passed;
          return refresh(progress, signal);
        };
      },
      capabilities: OLD,
    });
    await editor.open('file:///app/a.py', BAD);
    await until(() => editor.published.length > 0, 'diagnostics');
    assert.equal((await report(editor)).scanning, true);
    scan.open();
    await until(() => editor.told.at(-1)?.scanning === false, 'the end of the scan');
    await editor.quit();
  });
});

describe('answers of an earlier run', () => {
  /** A session that gives them for its first refreshes. */
  const remembering = (times: number) => (session: FakeSession) => {
    session.provisional = true;
    const refresh = session.refresh.bind(session);
    session.refresh = async (...given) => {
      await refresh(...given);
      session.provisional = session.refreshes < times;
    };
  };

  it('are followed by a scan, and by no other', async () => {
    const editor = await start({ folders: { 'file:///app': { 'a.py': BAD } }, prepare: remembering(2) });
    await until(() => editor.told.at(-1)?.scanning === false, 'the end of the scans');
    await sleep(300);
    assert.equal(editor.session().refreshes, 2);
    await editor.quit();
  });

  it('stay where that scan fails, which is not tried again and again', async () => {
    const editor = await start({
      folders: { 'file:///app': { 'a.py': BAD } },
      prepare: (session) => {
        remembering(9)(session);
        const { refresh } = session;
        session.refresh = async (...given) => {
          if (session.refreshes === 1) session.failure = new Error('it fell over');
          return refresh(...given);
        };
      },
    });
    await until(() => editor.logged.some((line) => line.includes('fell over')), 'the failure');
    await sleep(300);
    assert.equal(editor.session().refreshes, 2);
    assert.equal((await report(editor)).folders[0]?.cards[0]?.counts.open, 1);
    await editor.quit();
  });
});

describe('the report', () => {
  it('has the cards of all folders, by the day of the host', async () => {
    const editor = await start({ folders: { 'file:///one': { 'a.py': BAD }, 'file:///two': { 'a.py': '' } } });
    await scanned(editor, 'file:///one');
    await scanned(editor, 'file:///two');
    const answer = await report(editor);
    assert.equal(answer.scanning, false);
    for (const nothing of [null, {}]) assert.deepEqual(await editor.connection.sendRequest(REPORT, nothing), answer, 'whatever stands for no parameters');
    assert.deepEqual(answer.folders.map(({ uri, name, cards }) => [uri, name, cards.map((card) => [card.asOf, card.counts.open])]), [
      ['file:///one', 'one', [['2026-11-20', 1]]], ['file:///two', 'two', [['2026-11-20', 0]]],
    ]);
    await editor.quit();
  });

  it('has the worst card of a folder first', async () => {
    const editor = await start({ folders: { 'file:///app': { 'a.py': BAD } } });
    await scanned(editor);
    const session = editor.session();
    const [bad] = session.audits();
    assert.ok(bad);
    const good = { ...bad, project: { ...bad.project, name: 'good' }, outcomes: bad.outcomes.map((outcome) => ({ ...outcome, state: 'holds' as const, findings: [] })) };
    session.audits = () => [good, bad];
    session.version += 1;
    assert.deepEqual((await report(editor)).folders[0]?.cards.map(({ project }) => project.name), ['app', 'good']);
    await editor.quit();
  });

  it('is told to have changed once after a burst, with its version, and whether a scan runs', async () => {
    const scan = gate();
    const editor = await start({ prepare: (session) => { session.gate = scan.passed; } });
    await until(() => editor.told.length > 0, 'the first word');
    assert.equal(editor.told.at(-1)?.scanning, true);
    assert.equal((await report(editor)).scanning, true);
    scan.open();
    await until(() => editor.told.at(-1)?.scanning === false, 'the end of the scan');
    await sleep(300);
    const { length } = editor.told;
    await editor.open(APP, '');
    for (const letter of BAD) await editor.change(APP, { text: `${editor.texts.get(APP)?.getText() ?? ''}${letter}` });
    await sleep(900);
    assert.equal(editor.told.length, length + 1, JSON.stringify(editor.told));
    const told = editor.told.at(-1);
    const answer = await report(editor);
    assert.deepEqual(told, { version: answer.version, scanning: false });
    assert.equal(answer.folders[0]?.cards[0]?.counts.open, 1);
    await editor.quit();
  });

  it('is not told to have changed when nothing did', async () => {
    const editor = await start({ folders: { 'file:///app': { 'a.py': BAD } } });
    await scanned(editor);
    await sleep(300);
    const { length } = editor.told;
    await editor.connection.sendRequest(RESCAN);
    await sleep(300);
    assert.equal(editor.told.length, length);
    await editor.quit();
  });

  it('is an error when cancelled while it waits', async () => {
    const settings = gate();
    const editor = await start({ folders: {}, later: { 'file:///app': {} } });
    editor.connection.onRequest('workspace/configuration', async () => { await settings.passed; return [null]; });
    await editor.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: [{ uri: 'file:///app', name: 'app' }], removed: [] } });
    const cancelling = new CancellationTokenSource();
    const answer = editor.connection.sendRequest(REPORT, cancelling.token);
    await sleep(50);
    cancelling.cancel();
    settings.open();
    await assert.rejects(answer, { code: -32800 });
    await editor.quit();
  });
});

describe('scans', () => {
  it('of one folder never overlap, and the one that was asked for last sees everything', async () => {
    const scan = gate();
    const editor = await start({ prepare: (session) => { session.gate = scan.passed; } });
    await until(() => editor.sessions.size === 1, 'the session');
    await sleep(50);
    const asked = [editor.connection.sendRequest(RESCAN), editor.connection.sendRequest(RESCAN)];
    assert.equal(await within(300, Promise.all(asked)), 'nothing');
    assert.equal(editor.session().refreshes, 1);
    editor.session().disk.set('late.py', BAD);
    scan.open();
    await Promise.all(asked);
    assert.equal(editor.session().refreshes, 2);
    assert.equal(editor.session().findings('late.py').length, 1);
    assert.deepEqual(editor.session().touched, [undefined, undefined], 'everything is read again');
    await editor.quit();
  });

  it('show no progress when they are short', async () => {
    const editor = await start({ folders: { 'file:///app': { 'a.py': BAD } } });
    await scanned(editor);
    await sleep(1200);
    assert.deepEqual(editor.progress, []);
    await editor.quit();
  });

  it('show progress after a second and end it', async () => {
    const scan = gate();
    const editor = await start({ prepare: (session) => { session.gate = scan.passed; } });
    assert.equal(await within(700, until(() => editor.progress.length > 0, 'progress')), 'nothing');
    await until(() => editor.progress.length > 0, 'progress');
    const [begin] = editor.progress;
    assert.deepEqual([begin?.value.kind, begin?.value['title'], begin?.value['cancellable']], ['begin', 'Shipworthy: app', true]);
    scan.open();
    await until(() => editor.progress.at(-1)?.value.kind === 'end', 'the end');
    await editor.quit();
  });

  it('stop when the person cancels, keep what is done, and rest until a rescan', async () => {
    const editor = await start({ folders: { 'file:///app': { 'a.py': BAD } }, prepare: (session) => { session.gate = gate().passed; } });
    await until(() => editor.progress.length > 0, 'progress');
    await editor.connection.sendNotification('window/workDoneProgress/cancel', { token: editor.progress[0]?.token ?? '' });
    await until(() => editor.session().aborted === 1, 'the scan to stop');
    await until(() => editor.told.at(-1)?.scanning === false, 'the report to say so');
    assert.equal(editor.progress.at(-1)?.value.kind, 'end');
    assert.ok(editor.logged.some((line) => line.startsWith('The scan of app was cancelled.')));
    editor.session().gate = undefined;
    await editor.open(APP, BAD);
    assert.equal((await editor.diagnostics(APP)).length, 1, 'what is edited is judged all the same');
    await sleep(500);
    assert.equal(editor.session().refreshes, 1);
    await editor.connection.sendRequest(RESCAN);
    assert.equal(editor.session().refreshes, 2);
    await editor.change(APP, { text: '' });
    await until(() => editor.session().refreshes === 3, 'scans to go on');
    await editor.quit();
  });

  it('that fail are said in the log and tried again at the next change', async () => {
    const editor = await start({ prepare: (session) => { session.failure = new Error('the disk is on fire'); } });
    await until(() => editor.logged.some((line) => /The scan of app failed: .*the disk is on fire/.test(line)), 'the log');
    await editor.open(APP, BAD);
    await until(() => editor.session().refreshes === 2, 'another scan');
    assert.equal((await report(editor)).folders[0]?.cards.length, 1);
    await editor.quit();
  });

  it('end with the server, and the session is freed after them', async () => {
    const editor = await start({ prepare: (session) => { session.gate = gate().passed; } });
    await until(() => editor.sessions.size === 1 && editor.session().refreshes === 1, 'the scan');
    await editor.quit();
    assert.equal(editor.session().aborted, 1);
    assert.deepEqual([editor.session().disposed, editor.session().disposedAtWork], [true, false]);
  });

  it('try a folder again that could not be opened', async () => {
    const editor = await start();
    await editor.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: [{ uri: 'file:///mounted', name: 'mounted' }], removed: [] } });
    await until(() => editor.logged.some((line) => line.startsWith('Opening the folder file:///mounted failed')), 'the log');
    editor.mount('file:///mounted', { 'a.py': BAD });
    await editor.connection.sendRequest(RESCAN);
    assert.equal(editor.session('file:///mounted').findings('a.py').length, 1);
    await editor.quit();
  });
});
