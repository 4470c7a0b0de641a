/** Files of a folder that the client reads for the server, as the engine sees those of a disk. */
import type { Connection } from 'vscode-languageserver';
import { fault, type Files } from '../engine/workspace/files';
import { uriOf } from './convert';
import { FILE_STAT, READ_FILE, READ_FOLDER, type FileBytes, type FileFault, type FileParams, type FileStat, type FolderNames, type ReadFileParams } from './protocol';

/** Where the folder lies in the paths of its files. What is around it is nobody's business here. */
export const CLIENT_ROOT = '/workspace';

/** @param folder URI of the folder that the paths below `CLIENT_ROOT` are in */
export function clientFiles(connection: Pick<Connection, 'sendRequest'>, folder: string): Files {
  const ask = async <Answer extends object>(method: string, path: string, more?: Omit<ReadFileParams, 'uri'>): Promise<Answer> => {
    const answer = await connection.sendRequest<Answer | FileFault>(method, { uri: uriBelow(folder, path), ...more } satisfies FileParams);
    if ('fault' in answer) throw fault(answer.fault, path);
    return answer;
  };
  /** As they were told last, in bytes. A file may be behind a network: what is known to be too large is not fetched. */
  const sizes = new Map<string, number>();
  return {
    names: async (path) => (await ask<FolderNames>(READ_FOLDER, path)).names,
    stat: async (path) => {
      const found = await ask<FileStat>(FILE_STAT, path);
      sizes.set(path, found.size);
      return found;
    },
    // The client's files have no links that lead elsewhere: it follows them by itself. Whether there is such a file is told by reading it.
    realpath: (path) => Promise.resolve(path),
    read: async (path, limit) => {
      if ((sizes.get(path) ?? 0) > limit) throw fault('TOO_LARGE', path);
      return bytesOf((await ask<FileBytes>(READ_FILE, path, { limit })).bytes);
    },
  };
}

/** @throws `ENOENT` for what is not below the folder */
function uriBelow(folder: string, path: string): string {
  if (path === CLIENT_ROOT) return folder;
  if (!path.startsWith(`${CLIENT_ROOT}/`)) throw fault('ENOENT', path);
  return uriOf(folder, path.slice(CLIENT_ROOT.length + 1));
}

/** Out of base64. */
export function bytesOf(base64: string): Uint8Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}
