// From starting the built server to the first squiggle, as a client that is sent diagnostics sees it.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection, DidOpenTextDocumentNotification, InitializedNotification, InitializeRequest, PublishDiagnosticsNotification, ShutdownRequest, StreamMessageReader, StreamMessageWriter,
} from 'vscode-languageserver/node';

/** Milliseconds after which no diagnostics are waited for any more. */
const LONGEST = 120_000;

/**
 * Starts a server over a folder, opens one file of it, and shuts the server down when the first diagnostics of that file have come, the scan is over and its code is kept.
 * @param server path of the server's bundle
 * @param folder of the workspace
 * @param file path in the folder; a Python file that has a finding
 * @param codeIn folder in which the server keeps its code
 * @param keepIn folder in which the server keeps what it found, and looks for what it kept; without it, the folder is as new
 * @returns milliseconds from the start of the process to the answer to `initialize` and to those diagnostics, and how many they are
 * @throws when the server ends before, or says nothing of the file in time
 */
export async function firstSquiggle(server, folder, file, codeIn, keepIn) {
  const begun = performance.now();
  const since = () => performance.now() - begun;
  const root = pathToFileURL(folder).href;
  const uri = pathToFileURL(join(folder, file)).href;
  const child = spawn(process.execPath, [server, '--stdio', `--code-cache=${codeIn}`], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  let timer;
  try {
    const ended = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`The server said nothing of ${file} in ${LONGEST / 1000} s.`)), LONGEST);
      child.on('error', reject);
      child.on('exit', (code) => reject(new Error(`The server ended with exit code ${code} before it said anything of ${file}.`)));
    });
    const shown = new Promise((resolve) => {
      connection.onNotification(PublishDiagnosticsNotification.type, (said) => {
        if (said.uri === uri && said.diagnostics.length > 0) resolve({ diagnosed: since(), count: said.diagnostics.length });
      });
    });
    // Settings are asked for, and progress: a client without any answers all of it with nothing.
    connection.onRequest(() => null);
    connection.listen();
    await Promise.race([ended, connection.sendRequest(InitializeRequest.type, { processId: process.pid, rootUri: root, workspaceFolders: [{ uri: root, name: 'bench' }], capabilities: {}, initializationOptions: { keepIn } })]);
    const initialized = since();
    await connection.sendNotification(InitializedNotification.type, {});
    await connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId: 'python', version: 1, text: readFileSync(join(folder, file), 'utf8') } });
    const answer = { initialized, ...await Promise.race([ended, shown]) };
    // Only what a whole scan found is kept.
    while ((await Promise.race([ended, connection.sendRequest('shipworthy/report')])).scanning || !existsSync(join(codeIn, 'server.code'))) await pause(100);
    await Promise.race([ended, connection.sendRequest(ShutdownRequest.type)]);
    return answer;
  } finally {
    clearTimeout(timer);
    child.removeAllListeners('exit');
    connection.dispose();
    child.kill();
  }
}
