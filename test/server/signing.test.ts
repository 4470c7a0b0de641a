import assert from 'node:assert/strict';
import type { TextEdit, WorkspaceEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Host } from '../../server/host';
import { REPORT, RESCAN, SIGN, type ReportAnswer, type SignParams } from '../../server/protocol';
import { start, type Editor } from './editor';
import { realHost } from './real-host';

const FOLDER = 'file:///app';
const RECORDS = `${FOLDER}/.shipworthy/signoffs.json`;
const FILES = { 'app.py': 'from flask import Flask\n\napp = Flask(__name__)\n', 'requirements.txt': 'flask==3.1.2\ngunicorn==23.0.0\n', Procfile: 'web: gunicorn app:app\n' };
const ADA = 'Ada <ada@example.org>';
const BARE = { control: 'restore-drill', status: 'passed', statement: 'Restored in 14 min.' } as const;
const SAID = { ...BARE, evidence: 'docs/drill.md' };
const DRILL: SignParams = { uri: FOLDER, ...SAID };
const record = (more: object) => ({ control: 'restore-drill', status: 'passed', by: ADA, on: '2026-08-01', statement: 'x', evidence: 'docs/drill.md', ...more });
const file = (...records: readonly object[]) => `${JSON.stringify({ version: 1, signoffs: records }, undefined, 2)}\n`;

describe('signing a control', function () {
  this.timeout(20_000);
  let editor: Editor;
  const begin = async (files: Readonly<Record<string, string>> = FILES, more: Partial<Host> = {}): Promise<void> => {
    editor = await start({ canPrompt: true, host: realHost(files, { identity: () => Promise.resolve(ADA), ...more }) });
    await editor.connection.sendRequest(RESCAN);
  };
  const sign = (params: Partial<SignParams> = {}): Promise<WorkspaceEdit> => editor.connection.sendRequest(SIGN, { ...DRILL, ...params });
  const card = async () => (await editor.connection.sendRequest<ReportAnswer>(REPORT)).folders[0]?.cards[0]?.signoffs.find(({ control }) => control === DRILL.control);
  afterEach(() => editor.quit());

  it('fills in who and when, and counts at once', async () => {
    await begin();
    const text = made(await sign(), '');
    const [written] = (JSON.parse(text) as { signoffs: readonly Record<string, unknown>[] }).signoffs;
    assert.deepEqual(written, { ...SAID, by: ADA, on: '2026-11-20', ...(written?.['digest'] !== undefined && { digest: written['digest'] }) });
    await editor.open(RECORDS, text);
    assert.deepEqual([(await card())?.state, (await card())?.by], ['signed', ADA]);
  });

  it('takes the place of the record before and keeps what that says of the control', async () => {
    const text = file(record({ environment: 'staging', staleWhenChanged: ['Procfile'] }));
    await begin({ ...FILES, '.shipworthy/signoffs.json': text });
    const { signoffs } = JSON.parse(made(await sign({ by: 'Grace <grace@example.org>' }), text)) as { signoffs: readonly Record<string, unknown>[] };
    assert.deepEqual(signoffs.map(({ by, on, environment, staleWhenChanged }) => [by, on, environment, staleWhenChanged]), [['Grace <grace@example.org>', '2026-11-20', 'staging', ['Procfile']]]);
    assert.match(String(signoffs[0]?.['digest']), /^sha256:/);
  });

  it('says why nothing is written', async () => {
    await begin(FILES, { identity: () => Promise.resolve(undefined) });
    await assert.rejects(sign(), /Git knows nobody here/);
    await assert.rejects(editor.connection.sendRequest(SIGN, { uri: FOLDER, ...BARE, by: ADA }), /needs `evidence`/);
    await assert.rejects(sign({ by: ADA, control: 'restore-dril' }), /no control called `restore-dril`/);
    await assert.rejects(sign({ by: ADA, reviewedBy: ADA }), /cannot review what they signed themselves/);
    await assert.rejects(sign({ by: ADA, uri: 'file:///elsewhere' }), { code: -32602 });
  });

  it('is offered again at a record that has expired or is stale, which is said there', async () => {
    const text = file(record({}), record({ control: 'tls-at-edge', on: '2026-11-01' }), record({ control: 'rollback-rehearsed', on: '2026-11-01', digest: `sha256:${'0'.repeat(64)}`, staleWhenChanged: ['Procfile'] }));
    await begin({ ...FILES, '.shipworthy/signoffs.json': text });
    await editor.open(RECORDS, text);
    const diagnostics = await editor.diagnostics(RECORDS);
    const about = (control: string) => text.split('\n').findIndex((line) => line.includes(`"${control}"`));
    const at = (control: string) => diagnostics.find(({ code, range }) => code === 'signoff' && range.start.line === about(control) - 1)?.message as string | undefined;
    assert.match(at('restore-drill') ?? '', /ended on 2026-10-30/);
    assert.match(at('rollback-rehearsed') ?? '', /is stale/);
    const renewals = async (control: string) => (await editor.actions(RECORDS, about(control), 6, { diagnostics })).filter(({ title }) => title.startsWith('Renew'));
    const [renew] = await renewals('restore-drill');
    assert.deepEqual([renew?.title, renew?.command?.command, renew?.command?.arguments], ['Renew the sign-off of restore-drill…', 'shipworthy.signOff', [{ uri: RECORDS, control: 'restore-drill' }]]);
    assert.match(JSON.stringify(renew?.diagnostics), /restore-drill/);
    assert.equal((await renewals('rollback-rehearsed')).length, 1);
    assert.deepEqual(await renewals('tls-at-edge'), [], 'it counts');
  });

  it('takes the squiggles of the rules it stands for away until it expires', async () => {
    let today = '2026-11-20';
    await begin(FILES, { today: () => today });
    const open = await editor.connection.sendRequest<ReportAnswer>(REPORT);
    const results = open.folders[0]?.cards[0]?.results ?? [];
    const rule = results.find(({ state, card: { attestable }, findings }) => state === 'open' && attestable !== undefined && findings.some(({ confidence }) => confidence !== 'possible')) ?? assert.fail('no open rule can be attested');
    const uri = `${FOLDER}/${rule.findings[0]?.path ?? ''}`;
    const shown = async () => (await editor.diagnostics(uri)).some(({ code }) => code === rule.rule);
    await editor.open(uri, FILES[(rule.findings[0]?.path ?? '') as keyof typeof FILES]);
    assert.ok(await shown());
    await editor.open(RECORDS, made(await sign({ control: rule.card.attestable ?? '' }), ''));
    assert.ok(!await shown(), rule.rule);
    assert.equal((await editor.connection.sendRequest<ReportAnswer>(REPORT)).folders[0]?.cards[0]?.results.find((one) => one.rule === rule.rule)?.state, 'attested');
    today = '2028-11-20';
    assert.ok(await shown());
  });
});

/** A text after the edits of a WorkspaceEdit, which are all of one file. */
function made(edit: WorkspaceEdit, before: string): string {
  const edits = (edit.documentChanges ?? []).flatMap((change) => 'edits' in change ? change.edits as TextEdit[] : []);
  assert.ok(edits.length > 0, 'nothing is edited');
  return TextDocument.applyEdits(TextDocument.create('file:///x', '', 0, before), edits);
}
