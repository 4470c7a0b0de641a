/** What was found the last time is shown at once, and worked out anew behind it. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CodeAction } from 'vscode-languageserver/node';
import type { Keeping } from '../../engine/audit/kept';
import { openSession } from '../../engine/audit/open';
import type { Session } from '../../engine/audit/session';
import { openMemory } from '../../engine/workspace/memory';
import type { Host } from '../../server/host';
import { EXPORT, REPORT, type ExportAnswer, type ReportAnswer } from '../../server/protocol';
import { testGrammars } from '../support/grammars';
import { OLD, start, until, within, type Editor, type Setup } from './editor';
import { realHost } from './real-host';

const APP = 'file:///app/app.py';
const TEXT = 'import logging\nfrom flask import Flask\n\napp = Flask(__name__)\napp.run(debug=True)\n';
const FILES = { 'app.py': TEXT, 'requirements.txt': 'flask==3.1.2\n' };

/** Answers in memory, and what was asked of the session that gave them. */
class Place implements Keeping {
  readonly edition = 'one';
  readonly partly = true;
  text: string | undefined;
  writes = 0;
  /** Where the editor said that answers are kept. */
  named: (string | undefined)[] = [];
  sessions: Session[] = [];
  /** While set, a second refresh waits for it. */
  gate: Promise<void> | undefined;

  async load(): Promise<string | undefined> { return this.text; }
  async save(text: string): Promise<undefined> { this.text = text; this.writes += 1; return undefined; }

  host(files: Readonly<Record<string, string>>): Host {
    return realHost(files, {
      open: async (_uri, name, keepIn) => {
        this.named.push(keepIn);
        const session = openSession({ workspace: openMemory(files, { name }), grammars: await testGrammars(), keeping: this });
        const refresh = session.refresh.bind(session);
        session.refresh = async (...given) => {
          if (session.provisional) await this.gate;
          return refresh(...given);
        };
        this.sessions.push(session);
        return session;
      },
    });
  }

  begin(setup: Setup = {}): Promise<Editor> {
    return start({ host: this.host(FILES), folders: { 'file:///app': {} }, keepIn: '/a/place', ...setup });
  }

  /** An editor whose folder was open before, and whose scan waits until `go`. */
  async again(setup: Setup = {}): Promise<{ readonly editor: Editor; readonly session: Session; go(): void }> {
    const first = await this.begin();
    await until(() => this.sessions[0]?.audits().length, 'the first scan');
    await first.quit();
    let go: () => void = () => undefined;
    this.gate = new Promise((resolve) => { go = resolve; });
    const editor = await this.begin(setup);
    await editor.open(APP, TEXT);
    await until(() => this.sessions[1]?.provisional, 'what was kept');
    const session = this.sessions[1];
    assert.ok(session);
    return { editor, session, go };
  }
}

const codes = async (editor: Editor) => (await editor.diagnostics(APP)).map(({ code, range }) => `${range.start.line} ${String(code)}`);

describe('a folder that was open before', () => {
  let place: Place;
  beforeEach(() => { place = new Place(); });

  it('is kept in the folder that the editor names, when the server leaves', async () => {
    const { editor, go } = await place.again();
    assert.deepEqual(place.named, ['/a/place', '/a/place']);
    assert.equal(place.writes, 1);
    go();
    await editor.quit();
    assert.equal(place.writes, 1, 'nothing else was found');
  });

  it('shows what was found in it before it is judged anew, and the same afterwards', async () => {
    const { editor, session, go } = await place.again();
    const shown = await codes(editor);
    assert.ok(shown.includes('4 debug-enabled'), shown.join());
    const { folders, scanning } = await editor.connection.sendRequest<ReportAnswer>(REPORT);
    assert.ok((folders[0]?.cards[0]?.counts.open ?? 0) > 0);
    assert.equal(scanning, true);
    const [at] = (await editor.diagnostics(APP)).filter(({ code }) => code === 'debug-enabled');
    const hover = await editor.connection.sendRequest<{ readonly contents: unknown } | null>('textDocument/hover', { textDocument: { uri: APP }, position: at?.range.start });
    assert.match(JSON.stringify(hover), /debug-enabled/);
    assert.equal(session.provisional, true, 'something was judged for it');
    go();
    await until(() => !session.provisional, 'the scan behind it');
    assert.deepEqual(await codes(editor), shown);
    const after = await editor.connection.sendRequest<ReportAnswer>(REPORT);
    assert.deepEqual(after.folders[0]?.cards, folders[0]?.cards);
    await until(() => editor.told.at(-1)?.scanning === false, 'the end of the scan');
    await editor.quit();
  });

  it('is told to a client that does not ask', async () => {
    const { editor, go } = await place.again({ capabilities: OLD });
    await until(() => editor.published.some(({ uri, diagnostics }) => uri === APP && diagnostics.some(({ code }) => code === 'debug-enabled')), 'diagnostics');
    const { length } = editor.published;
    go();
    await until(() => !place.sessions[1]?.provisional, 'the scan behind it');
    await sleep(200);
    assert.equal(editor.published.length, length, 'the same is said once');
    await editor.quit();
  });

  it('follows edits', async () => {
    const { editor, session, go } = await place.again();
    await editor.change(APP, { text: `# a line more\n${TEXT}` });
    assert.ok((await codes(editor)).includes('5 debug-enabled'));
    assert.equal(session.provisional, true);
    go();
    await until(() => !session.provisional, 'the scan behind it');
    assert.ok((await codes(editor)).includes('5 debug-enabled'));
    await editor.quit();
  });

  it('lists actions at once, and makes their edits when all is judged', async () => {
    const { editor, session, go } = await place.again();
    const listed = await editor.actions(APP, 4, 10);
    const fix = listed.find(({ isPreferred }) => isPreferred);
    assert.ok(fix);
    assert.equal(session.provisional, true, 'something was judged for the list');
    const edit: Promise<CodeAction> = editor.resolve(fix);
    assert.equal(await within(100, edit), 'nothing');
    go();
    assert.ok((await edit).edit);
    await editor.quit();
  });

  it('is written as a report when all is judged', async () => {
    const { editor, go } = await place.again();
    const written = editor.connection.sendRequest<ExportAnswer | null>(EXPORT, { uri: 'file:///app', root: '', form: 'markdown' });
    assert.equal(await within(100, written), 'nothing');
    go();
    assert.match((await written)?.text ?? '', /debug-enabled/);
    await editor.quit();
  });

  it('shows what was found in files that are the same, where others are not', async () => {
    const first = await place.begin();
    await until(() => place.sessions[0]?.audits().length, 'the first scan');
    await first.quit();
    let go: () => void = () => undefined;
    place.gate = new Promise((resolve) => { go = resolve; });
    const editor = await start({ host: place.host({ ...FILES, 'more.py': 'eval(input())\n' }), keepIn: '/a/place' });
    await editor.open(APP, TEXT);
    await until(() => place.sessions[1]?.provisional, 'what was kept');
    assert.ok((await codes(editor)).includes('4 debug-enabled'));
    const before = await editor.connection.sendRequest<ReportAnswer>(REPORT);
    assert.deepEqual([before.scanning, before.folders[0]?.cards], [true, []], 'a grade of other files is none');
    go();
    await until(() => !place.sessions[1]?.provisional, 'the scan behind it');
    assert.ok((await codes(editor)).includes('4 debug-enabled'));
    await editor.quit();
  });

  it('is left before it was judged anew', async () => {
    const { editor, go } = await place.again();
    const left = editor.quit();
    go();
    await left;
    assert.equal(place.writes, 1);
  });

  it('has nothing kept where the editor names a place that is none', async () => {
    for (const keepIn of ['here', '', 7, null]) {
      const editor = await place.begin({ keepIn });
      await until(() => place.sessions.at(-1)?.audits().length, 'the scan');
      assert.equal(place.named.at(-1), undefined);
      assert.ok(editor.logged.some((line) => line.includes('keepIn')), JSON.stringify(keepIn));
      await editor.quit();
    }
  });
});
