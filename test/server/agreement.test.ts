/** The language server and the command line are two skins over one engine: on the same folder they say the same, to the letter. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection, DidOpenTextDocumentNotification, DocumentDiagnosticRequest, InitializedNotification, InitializeRequest, StreamMessageReader, StreamMessageWriter,
  type ProtocolConnection,
} from 'vscode-languageserver/node';
import type { Range } from '../../engine/audit/outcome';
import type { ReportCard } from '../../report/card';
import { REPORT, RESCAN, type ReportAnswer } from '../../server/protocol';
import { ROOT, shipworthy } from '../cli/built';
import { VSCODE } from './editor';
import { startWorker } from './worker';

const place = ({ start, end }: Range) => `${start.line}:${start.character}-${end.line}:${end.character}`;

describe('editor and command line', function () {
  this.timeout(60_000);
  let child: ChildProcess | undefined;
  afterEach(() => { child?.kill('SIGKILL'); });

  const serve = async (folder: string): Promise<ProtocolConnection> => {
    const started = spawn(process.execPath, [join(ROOT, 'dist/server.js'), '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    child = started;
    const connection = createProtocolConnection(new StreamMessageReader(started.stdout), new StreamMessageWriter(started.stdin));
    connection.onRequest('workspace/configuration', () => [null]);
    connection.onRequest('client/registerCapability', () => null);
    connection.onRequest('workspace/diagnostic/refresh', () => null);
    connection.listen();
    await connection.sendRequest(InitializeRequest.type, { processId: null, rootUri: null, capabilities: VSCODE, workspaceFolders: [{ uri: pathToFileURL(folder).href, name: 'example' }] });
    await connection.sendNotification(InitializedNotification.type, {});
    await connection.sendRequest(RESCAN);
    return connection;
  };

  for (const example of ['not-ready', 'ready']) {
    it(`say the same of examples/${example}`, async () => {
      const folder = join(ROOT, 'examples', example);
      const connection = await serve(folder);
      const answer: ReportAnswer = await connection.sendRequest(REPORT);
      const [ofServer] = answer.folders[0]?.cards ?? [];
      assert.ok(ofServer);
      const { out } = await shipworthy(['check', folder, '--format', 'json', '--fail-on', 'never', '--as-of', ofServer.asOf]);
      const ofCli = JSON.parse(out) as ReportCard;
      // Code from near is for documents: the editor, which shows the code itself, leaves it out.
      assert.ok(Object.keys(ofCli.content.closeUps).length > 0 || example === 'ready');
      const document = { ...ofCli, content: { ...ofCli.content, closeUps: {} } };
      assert.deepEqual(JSON.parse(JSON.stringify(ofServer)), document);

      const findings = ofCli.results.flatMap((result) => result.findings).filter((each) => each.confidence !== 'possible');
      const shown = new Set<string>();
      for (const path of new Set(findings.map((each) => each.path))) {
        const uri = pathToFileURL(join(folder, path)).href;
        await connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId: 'python', version: 1, text: readFileSync(join(folder, path), 'utf8') } });
        const report = await connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri } });
        assert.equal(report.kind, 'full');
        if (report.kind === 'full') for (const each of report.items) shown.add(`${path} ${place(each.range)} ${String(each.code)} ${each.message}`);
      }
      assert.deepEqual([...shown].sort(), findings.map((each) => `${each.path} ${place(each.range)} ${each.rule} ${each.message}`).sort());
    });
  }
});

describe('web worker and command line', function () {
  this.timeout(60_000);
  let scratch = '';
  before(() => { scratch = mkdtempSync(join(tmpdir(), 'shipworthy-')); });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  for (const example of ['not-ready', 'ready']) {
    it(`say the same of examples/${example}`, async () => {
      // Without the repository around it, of which a worker sees nothing.
      const folder = join(scratch, example);
      cpSync(join(ROOT, 'examples', example), folder, { recursive: true });
      const worker = await startWorker(folder);
      await worker.request(RESCAN);
      const { folders } = await worker.request<ReportAnswer>(REPORT);
      const [ofWorker] = folders[0]?.cards ?? [];
      assert.ok(ofWorker, worker.logged.join('\n'));
      const { out } = await shipworthy(['check', folder, '--format', 'json', '--fail-on', 'never', '--as-of', ofWorker.asOf]);
      const ofCli = JSON.parse(out) as ReportCard;
      assert.deepEqual(JSON.parse(JSON.stringify(ofWorker)), { ...ofCli, content: { ...ofCli.content, closeUps: {} } });
      await worker.request('shutdown');
    });
  }
});
