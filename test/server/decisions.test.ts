import assert from 'node:assert/strict';
import type { CodeAction, Diagnostic, TextEdit, WorkspaceEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Host } from '../../server/host';
import { DECIDING, REPORT, RESCAN, SUPPRESS, SWITCH_OFF, type DecidingAnswer, type ReportAnswer, type SuppressParams } from '../../server/protocol';
import { start, VSCODE, type Editor } from './editor';
import { realHost } from './real-host';

const FOLDER = 'file:///app';
const APP = `${FOLDER}/app.py`;
const RECORDS = `${FOLDER}/.shipworthy/suppressions.json`;
const CONFIG = `${FOLDER}/shipworthy.json`;
const FAULTY = 'from flask import Flask\n\napp = Flask(__name__)\napp.config["SECRET_KEY"] = "a-key-7391-in-source"\n';
const FILES = { 'app.py': FAULTY, 'requirements.txt': 'flask==3.1.2\ngunicorn==23.0.0\n', Procfile: 'web: gunicorn app:app\n' };
const RULE = 'secret-key-hardcoded';
const ADA = 'Ada <ada@example.org>';
const KEY_LINE = 3;

describe('decisions about findings', function () {
  this.timeout(20_000);
  let editor: Editor;
  const begin = async (files: Readonly<Record<string, string>> = FILES, more: Partial<Host> = {}): Promise<void> => {
    editor = await start({ canPrompt: true, host: realHost(files, { identity: () => Promise.resolve(ADA), ...more }) });
    await editor.open(APP, files['app.py'] ?? '');
    await editor.connection.sendRequest(RESCAN);
  };
  const here = async (uri = APP): Promise<readonly Diagnostic[]> => (await editor.diagnostics(uri)).filter(({ code }) => code === RULE || code === 'suppression' || code === 'record');
  const codes = async (uri = APP) => (await here(uri)).map(({ code }) => code);
  const fingerprint = async (): Promise<string> => (((await here()).find(({ code }) => code === RULE)?.data as { fingerprint: string } | undefined) ?? assert.fail('not found')).fingerprint;
  const suppress = (params: Omit<SuppressParams, 'uri'>): Promise<WorkspaceEdit | null> => editor.connection.sendRequest(SUPPRESS, { uri: APP, ...params });
  const chosen = async (uri: string, line: number, title: string): Promise<CodeAction> => {
    const action = (await editor.actions(uri, line, 2, { diagnostics: await editor.diagnostics(uri) })).find((one) => one.title === title);
    return editor.resolve(action ?? assert.fail(`${title} is not offered`));
  };
  afterEach(() => editor.quit());

  it('are offered with all that the commands need, and only to clients that can ask', async () => {
    await begin();
    const actions = await editor.actions(APP, KEY_LINE, 30);
    const command = actions.find(({ title }) => title === 'Accept risk until…')?.command;
    assert.deepEqual([command?.command, command?.arguments], ['shipworthy.acceptRisk', [{ uri: APP, rule: RULE, fingerprint: await fingerprint() }]]);
    assert.deepEqual(actions.find(({ title }) => title === 'Mark false positive…')?.command?.command, 'shipworthy.markFalsePositive');
  });

  it('are bounded by severity and day, with the person that git knows', async () => {
    await begin();
    const decide = (params: object): Promise<DecidingAnswer | null> => editor.connection.sendRequest(DECIDING, params);
    assert.deepEqual(await decide({ uri: APP, fingerprint: await fingerprint() }), { today: '2026-11-20', by: ADA, latest: '2026-12-20' });
    const high = (await editor.connection.sendRequest<ReportAnswer>(REPORT)).folders[0]?.cards[0]?.results.flatMap(({ findings }) => findings).find(({ severity }) => severity !== 'critical');
    assert.equal((await decide({ uri: FOLDER, fingerprint: high?.fingerprint ?? assert.fail('nothing else is open') }))?.latest, '2027-05-19');
    assert.deepEqual(await decide({ uri: FOLDER }), { today: '2026-11-20', by: ADA });
    assert.equal(await decide({ uri: APP, fingerprint: '0000000000000000' }), null);
    await assert.rejects(decide({ uri: 'file:///elsewhere/a.py' }), { code: -32602 });
  });

  it('create the file of records, which silences at once', async () => {
    await begin();
    const edit = await suppress({ fingerprint: await fingerprint(), lane: 'false-positive', reason: ' only the  demo ' });
    assert.deepEqual(edit?.documentChanges?.map((change) => 'textDocument' in change ? change.textDocument.uri : change.kind === 'create' && `create ${change.uri}`), [`create ${RECORDS}`, RECORDS]);
    await editor.open(RECORDS, made(edit, ''));
    assert.match(editor.texts.get(RECORDS)?.getText() ?? '', /"lane": "false-positive", "reason": "only the demo" \}/);
    assert.deepEqual(await codes(), []);
  });

  it('add to the file of records without touching the rest of it', async () => {
    const text = '{\n  // ours\n  "version": 1,\n  "suppressions": [\n    { "rule": "zz", "path": "x",  "lane": "false-positive", "reason": "odd" }\n  ]\n}\n';
    await begin({ ...FILES, '.shipworthy/suppressions.json': text });
    const edit = await suppress({ fingerprint: await fingerprint(), lane: 'accepted-risk', reason: 'moves in December', owner: ADA, until: '2026-12-15' });
    const after = made(edit, text);
    assert.equal(after.split('\n').filter((line) => !line.includes(RULE)).join('\n'), text);
    assert.match(after, new RegExp(`"owner": "${ADA}", "until": "2026-12-15" \\},`));
  });

  it('say why nothing is written', async () => {
    await begin({ ...FILES, '.shipworthy/suppressions.json': '{ "version": 9, "suppressions": [] }' });
    const params = { fingerprint: await fingerprint(), lane: 'false-positive', reason: 'x' } as const;
    await assert.rejects(suppress(params), (error: Error) => error.message.includes('Nothing was written.') && error.message.includes('version 9'));
    await assert.rejects(suppress({ ...params, reason: ' ' }), /needs a reason/);
    assert.equal(await suppress({ ...params, fingerprint: '0000000000000000' }), null);
    await editor.open(RECORDS, '{ "version": 9, "suppressions": [] }');
    assert.deepEqual(await codes(RECORDS), ['record']);
  });

  it('say why nothing is written to a client that cannot create files', async () => {
    editor = await start({ host: realHost(FILES), capabilities: { ...VSCODE, workspace: { ...VSCODE.workspace, workspaceEdit: { documentChanges: true } } } });
    await editor.open(APP, FAULTY);
    await editor.connection.sendRequest(RESCAN);
    await assert.rejects(suppress({ fingerprint: await fingerprint(), lane: 'false-positive', reason: 'x' }), /Create an empty \.shipworthy\/suppressions\.json and try again/);
    assert.ok((await editor.actions(APP, KEY_LINE, 30)).every(({ title }) => !/false positive|Accept/.test(title)));
  });

  it('come back on the day after the last, as on the card, and can be taken out or renewed', async () => {
    let today = '2026-12-15';
    const accepted = FAULTY.replace('source"\n', `source"  # shipworthy: accept ${RULE} until 2026-12-15 by Ada -- moves\n`);
    await begin({ ...FILES, 'app.py': accepted }, { today: () => today });
    assert.deepEqual(await codes(), ['suppression'], 'it ends today');
    assert.deepEqual((await here())[0]?.tags, undefined);
    const longer = (await editor.actions(APP, KEY_LINE, 2, { diagnostics: await here() })).find(({ title }) => title === `Accept the risk of ${RULE} for longer…`);
    const command = longer?.command?.arguments?.[0] as { fingerprint: string } | undefined;
    assert.deepEqual([longer?.command?.command, longer?.diagnostics?.length], ['shipworthy.acceptRisk', 1]);

    today = '2026-12-16';
    const [finding, notice] = await here();
    assert.equal(command?.fingerprint, (finding?.data as { fingerprint: string }).fingerprint);
    assert.deepEqual([finding?.code, notice?.code, notice?.tags], [RULE, 'suppression', [1]]);
    const report = await editor.connection.sendRequest<ReportAnswer>(REPORT);
    assert.equal(report.folders[0]?.cards[0]?.results.find(({ rule }) => rule === RULE)?.state, 'open');
    const removed = await chosen(APP, KEY_LINE, 'Remove the acceptance that has ended');
    assert.deepEqual(removed.diagnostics?.map(({ code }) => code), ['suppression']);
    assert.equal(made(removed.edit, accepted), FAULTY);

    const edit = await suppress({ fingerprint: await fingerprint(), lane: 'accepted-risk', reason: 'moves later', owner: ADA, until: '2027-01-10' });
    await editor.open(RECORDS, made(edit, ''));
    assert.deepEqual(await codes(), [], 'the record lasts longer than the comment');
  });

  it('switch a rule off for the project, beside what stands in the configuration', async () => {
    const config = '{\n  // ours\n  "extends": "strict",\n}\n';
    await begin({ ...FILES, 'shipworthy.json': config });
    assert.deepEqual(await codes(), [RULE]);
    const off = (reason: string, rule = RULE): Promise<WorkspaceEdit> => editor.connection.sendRequest(SWITCH_OFF, { uri: APP, rule, reason });
    const after = made(await off(' the key is\nrotated '), config);
    assert.equal(after, `{\n  // ours\n  "extends": "strict",\n  "rules": {\n    "${RULE}": { "severity": "off", "reason": "the key is rotated" }\n  }\n}\n`);
    await editor.open(CONFIG, after, 'jsonc');
    await editor.connection.sendRequest(RESCAN);
    assert.deepEqual(await codes(), []);
    const { results, customisations } = (await editor.connection.sendRequest<ReportAnswer>(REPORT)).folders[0]?.cards[0] ?? assert.fail('there is no card');
    assert.deepEqual(results.find(({ rule }) => rule === RULE)?.state, 'not-applicable');
    assert.ok(customisations.some(({ key, reason }) => key === `rules.${RULE}` && reason === 'the key is rotated'), 'the card names it');
    await assert.rejects(off('  '), { message: /needs a reason/ });
    await assert.rejects(off('x', 'no-such-rule'), { message: /no rule called `no-such-rule`/ });
    await editor.change(CONFIG, { text: '{ "rules": ' });
    await assert.rejects(off('x'), { message: /Nothing was written\. shipworthy\.json is not valid JSON/ });
  });

  it('switch a rule off in a new file where there is none, with a reason to come for clients that cannot ask', async () => {
    await begin();
    const edit = await editor.connection.sendRequest<WorkspaceEdit>(SWITCH_OFF, { uri: FOLDER, rule: RULE, reason: 'x' });
    assert.deepEqual(edit.documentChanges?.[0], { kind: 'create', uri: CONFIG, options: { overwrite: false, ignoreIfExists: false } });
    await editor.quit();
    editor = await start({ host: realHost(FILES) });
    await editor.open(APP, FAULTY);
    await editor.connection.sendRequest(RESCAN);
    const action = await chosen(APP, KEY_LINE, `Ignore ${RULE} in this project`);
    assert.match(made(action.edit, ''), /"reason": "the reason is still to be given"/);
  });

  it('that silence nothing are needless, and can be taken out', async () => {
    const text = `{\n  "version": 1,\n  "suppressions": [\n    { "rule": "${RULE}", "path": "gone.py", "lane": "false-positive", "reason": "x" }\n  ]\n}\n`;
    await begin({ ...FILES, 'app.py': `${FAULTY}x = 1  # shipworthy: ignore ${RULE} -- not here\n`, '.shipworthy/suppressions.json': text });
    await editor.open(RECORDS, text);
    assert.deepEqual((await here(RECORDS)).map(({ code, tags }) => [code, tags]), [['suppression', [1]]]);
    assert.equal(made((await chosen(RECORDS, 3, 'Remove the entry that silences nothing')).edit, text), '{\n  "version": 1,\n  "suppressions": [\n  ]\n}\n');
    assert.equal(made((await chosen(APP, 4, 'Remove the comment that silences nothing')).edit, `${FAULTY}x = 1  # shipworthy: ignore ${RULE} -- not here\n`), `${FAULTY}x = 1\n`);
  });
});

/** A text after the edits of a WorkspaceEdit, which are all of one file. */
function made(edit: WorkspaceEdit | null | undefined, before: string): string {
  const edits = (edit?.documentChanges ?? []).flatMap((change) => 'edits' in change ? change.edits as TextEdit[] : []);
  assert.ok(edits.length > 0, 'nothing is edited');
  return TextDocument.applyEdits(TextDocument.create('file:///x', '', 0, before), edits);
}
