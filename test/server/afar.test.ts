/** Folders that are on no disk of the server's machine: read through the editor, in a process as in a web worker. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GRAMMAR_FILES } from '../../engine/syntax/grammar-files';
import { CLIENT_ROOT, clientFiles } from '../../server/client-files';
import type { Host } from '../../server/host';
import { FILE_STAT, READ_GRAMMAR, REPORT, RESCAN, type ReportAnswer } from '../../server/protocol';
import { webHost } from '../../server/web-host';
import { testGrammars } from '../support/grammars';
import { start, until, type Editor, type Setup } from './editor';
import { realHost } from './real-host';

const FOLDER = 'vscode-vfs://github/acme/shop';
const FAULTY = 'from flask import Flask\n\napp = Flask(__name__)\napp.config["SECRET_KEY"] = "a-key-7391-in-source"\n';
const FILES = { 'app.py': FAULTY, 'requirements.txt': 'flask==3.1.2\n', 'a folder/ä #1?.py': 'eval(input())\n', 'Procfile': 'web: flask run\n' };
const RULE = 'secret-key-hardcoded';

const ROOT = join(__dirname, '../..');
const GRAMMARS = JSON.parse(readFileSync(join(ROOT, 'syntaxes/grammars.json'), 'utf8')) as readonly { readonly file: string; readonly package: string }[];

/** A host that has a disk for `file:`, and no more. */
function processHost(more: Partial<Host> = {}): Host {
  return realHost({ 'near.py': 'x = 1\n' }, { afar: { isNear: (uri) => uri.startsWith('file:'), grammars: testGrammars }, ...more });
}

describe('folders on no disk', function () {
  this.timeout(20_000);
  let editor: Editor;
  const begin = async (setup: Setup) => { editor = await start({ readsFiles: true, host: processHost(), folders: { [FOLDER]: FILES }, ...setup }); return editor; };
  const cards = async () => {
    await editor.connection.sendRequest(RESCAN);
    return (await editor.connection.sendRequest<ReportAnswer>(REPORT)).folders.flatMap(({ cards: each }) => each);
  };
  afterEach(() => editor.quit());

  it('are read through the editor, whatever their files are called', async () => {
    await begin({});
    const [card] = await cards();
    assert.equal(card?.files.seen, 4);
    assert.equal(card.files.read, 4);
    assert.equal(card.results.find(({ rule }) => rule === RULE)?.findings[0]?.path, 'app.py');
    await editor.open(`${FOLDER}/app.py`, FAULTY);
    assert.ok((await editor.diagnostics(`${FOLDER}/app.py`)).some(({ code }) => code === RULE));
  });

  it('stand beside those of the disk', async () => {
    const opened: string[] = [];
    const usual = processHost();
    await begin({ folders: { 'file:///near': {}, [FOLDER]: FILES }, host: { ...usual, open: (uri, name, keepIn) => { opened.push(uri); return usual.open(uri, name, keepIn); } } });
    assert.equal((await cards()).length, 2);
    assert.deepEqual(opened, ['file:///near']);
  });

  it('have a file that cannot be read said, and the rest goes on', async () => {
    await begin({ folders: { [FOLDER]: { ...FILES, 'locked.py': 'fault: EACCES', 'gone.py': 'fault: ENOENT', 'odd.py': 'fault: EIO', 'long.py': `x = 1\n${'#'.repeat(1_000_000)}` } } });
    const [card] = await cards();
    const said = card?.notices.map(({ message }) => message).join('\n') ?? '';
    assert.match(said, /locked\.py could not be read \(EACCES\)/);
    assert.match(said, /odd\.py could not be read \(EIO\)/);
    assert.match(said, /long\.py was not read: it has 1 MB/);
    assert.doesNotMatch(said, /gone\.py/);
    assert.ok(card?.results.some(({ rule, state }) => rule === RULE && state === 'open'));
  });

  it('have their baseline and their history', async () => {
    const [fingerprint = ''] = await begin({}).then(cards).then((all) => all.flatMap((card) => card.results.flatMap(({ rule, findings }) => rule === RULE ? findings.map((each) => each.fingerprint) : [])));
    await editor.quit();
    const point = { version: 1, asOf: '2026-11-01', app: '', scoring: 1, ruleset: '1', score: 50, grade: 'D', verdict: 'NOT READY', coverage: 1, categories: {}, findings: { critical: 1, high: 0, medium: 0, low: 0, info: 0 }, blockers: 1 };
    await begin({ folders: { [FOLDER]: {
      ...FILES, '.shipworthy/history.jsonl': `${JSON.stringify(point)}\n`,
      '.shipworthy/baseline.json': JSON.stringify({ version: 1, findings: [{ fingerprint, rule: RULE, path: 'app.py', severity: 'critical', shape: '01234567', since: '2026-11-01' }] }),
    } } });
    const [card] = await cards();
    assert.notEqual(fingerprint, '');
    assert.equal(card?.history?.[0]?.asOf, '2026-11-01');
    const { folders: [folder] } = await editor.connection.sendRequest<ReportAnswer>(REPORT);
    assert.ok(folder?.fresh, 'the baseline is not read');
    assert.ok(!folder.fresh.includes(fingerprint));
  });

  it('are said to be out of reach where the editor does not read files', async () => {
    await begin({ readsFiles: false, host: processHost({ open: async (uri) => { throw new Error(`${uri} is not on a disk of this machine, and nothing else can be read from here.`); } }) });
    await until(() => editor.logged.some((line) => line.includes('not on a disk of this machine')), 'the reason');
  });
});

describe('files that the client reads', () => {
  it('are asked for as seldom as can be: once how large, once what they say, and not at all when that is too much', async () => {
    const asked: string[] = [];
    const sizes: Readonly<Record<string, number>> = { 'small.py': 5, 'large.py': 2_000_000 };
    const files = clientFiles({
      sendRequest: (async (method: string, { uri }: { uri: string }) => {
        const name = uri.slice(FOLDER.length + 1);
        asked.push(`${method.replace('shipworthy/', '')} ${name}`);
        return method === FILE_STAT ? { kind: 'file', size: sizes[name], mtime: 1 } : { bytes: btoa('x = 1') };
      }) as never,
    }, FOLDER);
    const at = (name: string) => `${CLIENT_ROOT}/${name}`;
    await files.stat(at('small.py'));
    await files.stat(at('large.py'));
    assert.equal(await files.realpath(at('small.py')), at('small.py'));
    assert.equal(new TextDecoder().decode(await files.read(at('small.py'), 1_000_000)), 'x = 1');
    await assert.rejects(files.read(at('large.py'), 1_000_000), { code: 'TOO_LARGE' });
    await assert.rejects(files.stat('/elsewhere/.git'), { code: 'ENOENT' });
    assert.deepEqual(asked, ['fileStat small.py', 'fileStat large.py', 'readFile small.py']);
  });
});

describe('the host of a web worker', () => {
  it('asks the client for every grammar, once', async () => {
    const asked: string[] = [];
    const host = webHost('0.0.0', {
      sendRequest: (async (method: string, { file }: { file: string }) => {
        assert.equal(method, READ_GRAMMAR);
        asked.push(file);
        return { bytes: readFileSync(join(ROOT, 'node_modules', GRAMMARS.find((each) => each.file === file)?.package ?? '', file)).toString('base64') };
      }) as never,
    });
    const [one, two] = await Promise.all([host.afar?.grammars(), host.afar?.grammars()]);
    assert.equal(one, two);
    assert.deepEqual(asked.sort(), [...GRAMMAR_FILES].sort());
    assert.ok(one?.parser('python').parse('x = 1\n')?.rootNode.toString().includes('assignment'));
  });

  it('has no folder of its own', async () => {
    const host = webHost('0.0.0', { sendRequest: (() => assert.fail('it asks for something')) as never });
    assert.equal(host.afar?.isNear('file:///app'), false);
    await assert.rejects(host.open('file:///app', 'app'), /file:\/\/\/app cannot be read: in a web worker the client has to read files/);
  });
});
