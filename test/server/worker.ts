/** The server as a browser runs it: its bundle in a world that has what a web worker has, and nothing of node. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { FILE_STAT, READ_FILE, READ_FOLDER, READ_GRAMMAR, type FileKind } from '../../server/protocol';
import { ROOT } from '../cli/built';
import { VSCODE } from './editor';

interface Message { readonly id?: number | string; readonly method?: string; readonly params?: unknown; readonly result?: unknown; readonly error?: { readonly message: string } }

export interface Worker {
  /** @throws what the server answers with when it cannot */
  request<Answer>(method: string, params?: unknown): Promise<Answer>;
  /** What it logged. */
  readonly logged: readonly string[];
}

const GLOBALS = { setTimeout, clearTimeout, performance, MessageChannel, TextEncoder, TextDecoder, URL, atob, btoa, AbortController, queueMicrotask, WebAssembly, Uint8Array, ArrayBuffer };

/** Starts the bundle over a folder of the disk, which it sees through the client alone. */
export async function startWorker(folder: string): Promise<Worker> {
  const waiting = new Map<number | string, (message: Message) => void>();
  const logged: string[] = [];
  const self: { onmessage?: (event: { readonly data: Message }) => void } & Record<string, unknown> = {
    ...GLOBALS, addEventListener: () => undefined,
    postMessage: (message: Message) => void receive(message),
  };
  const send = (message: Message): void => self.onmessage?.({ data: message });
  const receive = async (message: Message): Promise<void> => {
    // As between a page and its worker, what arrives is a copy, and comes later.
    const { id, method, params, ...answer } = structuredClone(message);
    await Promise.resolve();
    if (method === undefined) return waiting.get(id ?? '')?.({ ...answer });
    if (method === 'window/logMessage') logged.push((params as { message: string }).message);
    if (id !== undefined) send({ jsonrpc: '2.0', id, result: answerOf(method, params as Asked) ?? null } as Message);
  };
  createContext(self);
  runInContext('globalThis.self = globalThis', self);
  runInContext(readFileSync(join(ROOT, 'dist/web-server.js'), 'utf8'), self, { filename: 'web-server.js' });
  let last = 0;
  const request = async <Answer>(method: string, params?: unknown): Promise<Answer> => {
    const id = ++last;
    const answer = new Promise<Message>((resolve) => waiting.set(id, resolve));
    send({ jsonrpc: '2.0', id, method, params } as Message);
    const { result, error } = await answer;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result as Answer;
  };
  await request('initialize', { processId: null, rootUri: null, capabilities: VSCODE, workspaceFolders: [{ uri: pathToFileURL(folder).href, name: basename(folder) }], initializationOptions: { readsFiles: true } });
  send({ jsonrpc: '2.0', method: 'initialized', params: {} } as Message);
  return { request, logged };
}

interface Asked { readonly uri: string; readonly file: string }

/** What a client answers, with files of the disk. */
function answerOf(method: string, { uri, file }: Asked): object | null {
  switch (method) {
    case 'workspace/configuration': return [null];
    case READ_GRAMMAR: return { bytes: readFileSync(join(ROOT, 'dist', file)).toString('base64') };
    case READ_FOLDER: return tried(() => ({ names: readdirSync(fileURLToPath(uri), { withFileTypes: true }).map((each) => ({ name: each.name, kind: kindOf(each) })) }));
    case FILE_STAT: return tried(() => { const found = statSync(fileURLToPath(uri)); return { kind: kindOf(found), size: found.size, mtime: found.mtimeMs }; });
    case READ_FILE: return tried(() => ({ bytes: readFileSync(fileURLToPath(uri)).toString('base64') }));
    default: return null;
  }
}

function tried(read: () => object): object {
  try {
    return read();
  } catch (error) {
    return { fault: (error as NodeJS.ErrnoException).code };
  }
}

function kindOf(what: { isFile(): boolean; isDirectory(): boolean }): FileKind {
  return what.isFile() ? 'file' : what.isDirectory() ? 'folder' : 'other';
}
