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
  const stat = (path: string) => ask<FileStat>(FILE_STAT, path);
  return {
    stat,
    names: async (path) => (await ask<FolderNames>(READ_FOLDER, path)).names,
    // The client's files have no links that lead elsewhere: it follows them by itself.
    realpath: async (path) => {
      await stat(path);
      return path;
    },
    read: async (path, limit) => bytesOf((await ask<FileBytes>(READ_FILE, path, { limit })).bytes),
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
