/** The server over the real engine and the real rules, on texts in memory: what an editor sees of a small application. */
import assert from 'node:assert/strict';
import type { Hover, MarkupContent, WorkspaceEdit } from 'vscode-languageserver/node';
import { CORRECTION, EXPLAIN, REPORT, RESCAN, type ExplainAnswer, type ReportAnswer } from '../../server/protocol';
import { start, until, type Editor } from './editor';
import { realHost } from './real-host';

const APP = 'file:///app/app.py';
const FAULTY = 'import os\n\nfrom flask import Flask, session\n\napp = Flask(__name__)\napp.config["SECRET_KEY"] = "a-key-7391-in-source"\n\n\n@app.post("/login")\ndef login():\n    session["user"] = 1\n    return "ok"\n';
const FILES = { 'app.py': FAULTY, 'requirements.txt': 'flask==3.1.2\ngunicorn==23.0.0\n', Procfile: 'web: gunicorn app:app\n' };
const RULE = 'secret-key-hardcoded';

describe('the server over the engine', function () {
  this.timeout(20_000);
  let editor: Editor;
  const codes = async (): Promise<readonly unknown[]> => (await editor.diagnostics(APP)).map(({ code }) => code);

  beforeEach(async () => {
    editor = await start({ host: realHost(FILES) });
    await editor.open(APP, FAULTY);
    await editor.connection.sendRequest(RESCAN);
  });
  afterEach(() => editor.quit());

  it('underlines the fault, and nothing is left of it after its fix', async () => {
    const found = (await editor.diagnostics(APP)).find(({ code }) => code === RULE);
    assert.equal(found?.range.start.line, 5);
    assert.ok(!JSON.stringify(found).includes('7391'), 'the value is not told');
    const fix = (await editor.actions(APP, 5, 40, { diagnostics: [found], triggerKind: 2 })).find(({ title }) => title === 'Read the key from the environment');
    assert.ok(fix?.isPreferred);
    await editor.apply((await editor.resolve(fix)).edit);
    const fixed = editor.texts.get(APP)?.getText() ?? '';
    assert.ok(!fixed.includes('7391'), fixed);
    assert.ok(!(await codes()).includes(RULE));
  });

  it('keeps up with every letter', async () => {
    assert.ok((await codes()).includes(RULE));
    const at = { line: 5, character: FAULTY.split('\n')[5]?.indexOf('"a-key') ?? 0 };
    await editor.change(APP, { range: { start: at, end: { line: 6, character: 0 } }, text: 'os.environ["SECRET_KEY"]\n' });
    assert.ok(!(await codes()).includes(RULE));
    await editor.change(APP, { text: FAULTY });
    assert.ok((await codes()).includes(RULE));
    await editor.change(APP, { text: '' });
    assert.ok(!(await codes()).includes(RULE));
  });

  it('silences with a comment, and lists the reason on the card', async () => {
    const found = (await editor.diagnostics(APP)).find(({ code }) => code === RULE);
    const edit = await editor.connection.sendRequest<WorkspaceEdit | null>(CORRECTION, { fingerprint: found?.data.fingerprint, reach: 'line', reason: 'behind the VPN', uri: APP });
    await editor.apply(edit ?? undefined);
    assert.ok(!(await codes()).includes(RULE), editor.texts.get(APP)?.getText());
    await editor.connection.sendRequest(RESCAN);
    const { folders } = await editor.connection.sendRequest<ReportAnswer>(REPORT);
    const result = folders[0]?.cards[0]?.results.find(({ rule }) => rule === RULE);
    assert.deepEqual([result?.state, result?.silenced.map(({ reason }) => reason)], ['accepted', ['behind the VPN']]);
  });

  it('explains on hover and as a page', async () => {
    const [found] = await editor.diagnostics(APP);
    assert.ok(found);
    const hover = await editor.connection.sendRequest<Hover | null>('textDocument/hover', { textDocument: { uri: APP }, position: found.range.start });
    assert.ok((hover?.contents as MarkupContent).value.includes(`\`${String(found.code)}\``));
    const page = await editor.connection.sendRequest<ExplainAnswer>(EXPLAIN, { rule: found.code });
    assert.ok(page.markdown.startsWith(`# `));
  });

  it('says the verdict, and tells when it changes', async () => {
    const before = await editor.connection.sendRequest<ReportAnswer>(REPORT);
    const [card] = before.folders[0]?.cards ?? [];
    assert.equal(card?.project.deployable, true);
    assert.ok(card.counts.open > 0);
    await editor.change(APP, { text: 'print("no application any more")\n' });
    await until(() => (editor.told.at(-1)?.version ?? 0) > before.version, 'the word that it changed');
    const after = await editor.connection.sendRequest<ReportAnswer>(REPORT);
    assert.notDeepEqual(after.folders[0]?.cards[0]?.counts, card.counts);
  });
});
