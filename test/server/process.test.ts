/** The server as it is shipped: dist/server.js as a process, over stdio and over ipc, on a folder of the disk. */
import assert from 'node:assert/strict';
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection, DidOpenTextDocumentNotification, DocumentDiagnosticRequest, ExitNotification, InitializedNotification, InitializeRequest,
  IPCMessageReader, IPCMessageWriter, ShutdownRequest, StreamMessageReader, StreamMessageWriter,
  type ProtocolConnection,
} from 'vscode-languageserver/node';
import { CODE_CACHE, REPORT, RESCAN, type ReportAnswer } from '../../server/protocol';
import { until, VSCODE, within } from './editor';

const SERVER = join(__dirname, '../../dist/server.js');
const FAULTY = 'from flask import Flask\n\napp = Flask(__name__)\napp.secret_key = "a-key-7391-in-source"\n';

function overStdio(): { readonly child: ChildProcess; readonly connection: ProtocolConnection; readonly stdout: () => string } {
  const child = spawn(process.execPath, [SERVER, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.on('data', (data: Buffer) => { stdout += data.toString(); });
  return { child, connection: createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin)), stdout: () => stdout };
}

function overIpc(...words: readonly string[]): { readonly child: ChildProcess; readonly connection: ProtocolConnection } {
  const child = fork(SERVER, ['--node-ipc', ...words], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
  return { child, connection: createProtocolConnection(new IPCMessageReader(child), new IPCMessageWriter(child)) };
}

async function introduce(connection: ProtocolConnection, folder: string, processId: number | null, keepIn?: string): Promise<void> {
  connection.onRequest('workspace/configuration', () => [null]);
  connection.onRequest('client/registerCapability', () => null);
  connection.onRequest('workspace/diagnostic/refresh', () => null);
  connection.listen();
  await connection.sendRequest(InitializeRequest.type, {
    processId, rootUri: null, capabilities: VSCODE, workspaceFolders: [{ uri: pathToFileURL(folder).href, name: 'app' }],
    ...(keepIn !== undefined && { initializationOptions: { keepIn } }),
  });
  await connection.sendNotification(InitializedNotification.type, {});
}

describe('the server process', function () {
  this.timeout(20_000);
  const started: ChildProcess[] = [];
  let folder = '';

  before(() => assert.ok(existsSync(SERVER), `${SERVER} is missing: run npm run build.`));
  beforeEach(() => {
    folder = join(realpathSync(mkdtempSync(join(tmpdir(), 'shipworthy-server-'))), 'my app ü');
    mkdirSync(folder);
    writeFileSync(join(folder, 'app.py'), FAULTY);
    writeFileSync(join(folder, 'requirements.txt'), 'flask==3.1.2\n');
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    rmSync(join(folder, '..'), { recursive: true, force: true });
  });

  it('finds what there is to find over stdio, says nothing but LSP, and leaves when told', async () => {
    const { child, connection, stdout } = overStdio();
    started.push(child);
    await introduce(connection, folder, process.pid);
    await connection.sendRequest(RESCAN);
    const uri = pathToFileURL(join(folder, 'app.py')).href;
    await connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId: 'python', version: 1, text: FAULTY } });
    const report = await connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri } });
    assert.ok(report.kind === 'full' && report.items.some(({ code }) => code === 'secret-key-hardcoded'), JSON.stringify(report));
    const { folders } = await connection.sendRequest<ReportAnswer>(REPORT);
    assert.ok((folders[0]?.cards[0]?.counts.open ?? 0) > 0);
    assert.ok(!JSON.stringify(folders).includes('7391'), 'no secret');
    const exited = once(child, 'exit');
    await connection.sendRequest(ShutdownRequest.type);
    await connection.sendNotification(ExitNotification.type);
    assert.deepEqual(await exited, [0, null]);
    assert.equal(stdout().replace(/Content-Length: (\d+)\r\n\r\n/g, '').replace(/\{"jsonrpc":"2\.0".*?\}(?=\{"jsonrpc"|$)/gs, ''), '');
    connection.dispose();
  });

  it('keeps what it found where it may, without a secret, and writes nowhere else', async () => {
    const kept = join(folder, '../kept/here');
    const before = readdirSync(folder);
    const texts: string[] = [];
    for (let run = 0; run < 2; run++) {
      const { child, connection } = overIpc();
      started.push(child);
      await introduce(connection, folder, process.pid, kept);
      await connection.sendRequest(RESCAN);
      const exited = once(child, 'exit');
      await connection.sendRequest(ShutdownRequest.type);
      await connection.sendNotification(ExitNotification.type);
      await exited;
      connection.dispose();
      const files = readdirSync(kept).filter((each) => each !== '.gitignore');
      assert.equal(files.length, 1, files.join());
      texts.push(readFileSync(join(kept, files[0] ?? ''), 'utf8'));
    }
    assert.ok(texts[0]?.includes('secret-key-hardcoded') && !texts[0].includes('7391'));
    assert.equal(texts[1], texts[0]);
    assert.deepEqual(readdirSync(folder), before);
  });

  it('keeps its code where it may, starts from it, adds what a later project needs, and makes it anew when it came to harm', async () => {
    const place = join(folder, '../code/here');
    const file = join(place, 'server.code');
    const beside = readdirSync(dirname(SERVER));
    /** One life of the server: what it reports, and the code that is kept after it. */
    async function live(done: () => boolean, project = folder): Promise<readonly [unknown, Buffer]> {
      const { child, connection } = overIpc(`${CODE_CACHE}${place}`);
      started.push(child);
      await introduce(connection, project, process.pid);
      await connection.sendRequest(RESCAN);
      const { folders } = await connection.sendRequest<ReportAnswer>(REPORT);
      await until(done, 'the code', 10_000);
      const exited = once(child, 'exit');
      await connection.sendRequest(ShutdownRequest.type);
      await connection.sendNotification(ExitNotification.type);
      assert.deepEqual(await exited, [0, null]);
      connection.dispose();
      return [folders.map(({ cards }) => cards), readFileSync(file)];
    }
    const empty = join(folder, '../empty');
    mkdirSync(empty);
    const [, little] = await live(() => existsSync(file), empty);
    const [report, code] = await live(() => !readFileSync(file).equals(little));
    assert.ok(code.length > little.length * 1.2, 'it has what the first project did not need');
    assert.deepEqual(await live(() => true), [report, code]);
    const harmed = Buffer.from(code).fill(7, 1000, 2000);
    writeFileSync(file, harmed);
    const [again] = await live(() => !readFileSync(file).equals(harmed));
    assert.deepEqual(again, report);
    assert.ok(!code.includes('7391') && !code.includes(folder), 'nothing of the folder is in it');
    assert.deepEqual([readdirSync(place), readdirSync(dirname(SERVER)), readdirSync(folder)], [['server.code'], beside, ['app.py', 'requirements.txt']]);
  }).timeout(60_000);

  it('speaks over ipc', async () => {
    const { child, connection } = overIpc();
    started.push(child);
    await introduce(connection, folder, process.pid);
    await connection.sendRequest(RESCAN);
    const { folders } = await connection.sendRequest<ReportAnswer>(REPORT);
    assert.equal(folders[0]?.cards.length, 1);
    const exited = once(child, 'exit');
    await connection.sendRequest(ShutdownRequest.type);
    await connection.sendNotification(ExitNotification.type);
    assert.deepEqual(await exited, [0, null]);
    connection.dispose();
  });

  it('ends when the client hangs up', async () => {
    const stdio = overStdio();
    const ipc = overIpc();
    started.push(stdio.child, ipc.child);
    await Promise.all([introduce(stdio.connection, folder, null), introduce(ipc.connection, folder, null)]);
    const exits = [stdio, ipc].map(({ child }) => once(child, 'exit'));
    stdio.child.stdin?.end();
    ipc.child.disconnect();
    assert.notEqual(await within(8000, Promise.all(exits)), 'nothing');
    for (const { connection } of [stdio, ipc]) connection.dispose();
  });

  it('ends when the client is no longer alive', async () => {
    const parent = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const { child, connection } = overStdio();
    started.push(parent, child);
    await introduce(connection, folder, parent.pid ?? null);
    const exited = once(child, 'exit');
    parent.kill('SIGKILL');
    assert.notEqual(await within(8000, exited), 'nothing', 'within two rounds of three seconds');
    connection.dispose();
  });
});
