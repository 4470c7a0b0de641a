// From starting the built server to the first squiggle, as a client that is sent diagnostics sees it.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Milliseconds after which no diagnostics are waited for any more. */
const LONGEST = 120_000;

/**
 * Starts a server over a folder, opens one file of it, and ends the server when the first diagnostics of that file have come.
 * @param server path of the server's bundle
 * @param folder of the workspace
 * @param file path in the folder; a Python file that has a finding
 * @returns milliseconds from the start of the process to the answer to `initialize` and to those diagnostics, and how many they are
 * @throws when the server ends before, or says nothing of the file in time
 */
export async function firstSquiggle(server, folder, file) {
  const begun = performance.now();
  const since = () => performance.now() - begun;
  const root = pathToFileURL(folder).href;
  const uri = pathToFileURL(join(folder, file)).href;
  const child = spawn(process.execPath, [server, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const send = (message) => {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  };
  let timer;
  try {
    return await new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`The server said nothing of ${file} in ${LONGEST / 1000} s.`)), LONGEST);
      child.on('error', reject);
      child.on('exit', (code) => reject(new Error(`The server ended with exit code ${code} before it said anything of ${file}.`)));
      child.stdin.on('error', reject);
      let initialized;
      messagesOf(child.stdout, ({ id, method, params }) => {
        if (id === 1 && method === undefined) {
          initialized = since();
          send({ method: 'initialized', params: {} });
          send({ method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'python', version: 1, text: readFileSync(join(folder, file), 'utf8') } } });
        } else if (method === 'textDocument/publishDiagnostics' && params.uri === uri && params.diagnostics.length > 0) {
          resolve({ initialized, diagnosed: since(), count: params.diagnostics.length });
        } else if (method !== undefined && id !== undefined) {
          send({ id, result: null });
        }
      });
      send({ id: 1, method: 'initialize', params: { processId: process.pid, rootUri: root, workspaceFolders: [{ uri: root, name: 'bench' }], capabilities: {} } });
    });
  } finally {
    clearTimeout(timer);
    child.removeAllListeners('exit');
    child.kill();
  }
}

/** Calls `each` with every message of a stream of LSP. */
function messagesOf(stream, each) {
  let bytes = Buffer.alloc(0);
  stream.on('data', (data) => {
    bytes = Buffer.concat([bytes, data]);
    for (let head = bytes.indexOf('\r\n\r\n'); head >= 0; head = bytes.indexOf('\r\n\r\n')) {
      const end = head + 4 + Number(/Content-Length: (\d+)/i.exec(bytes.toString('latin1', 0, head))?.[1]);
      if (bytes.length < end) return;
      const message = JSON.parse(bytes.toString('utf8', head + 4, end));
      bytes = bytes.subarray(end);
      each(message);
    }
  });
}
