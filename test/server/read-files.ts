/** The files of an editor's folders, read for the server. */
import type { ProtocolConnection } from 'vscode-languageserver/node';
import { FILE_STAT, READ_FILE, READ_FOLDER, type FileBytes, type FileFault, type FileParams, type FileStat, type FolderNames, type ReadFileParams } from '../../server/protocol';

const FAULT = /^fault: (\w+)$/;

/** Answers from texts by folder and path. What stands for `fault: CODE` is there and cannot be read, for that reason. */
export function readFiles(connection: ProtocolConnection, disks: ReadonlyMap<string, Readonly<Record<string, string>>>): void {
  /** The texts of a folder, and the path in it. */
  const find = (uri: string) => [...disks].flatMap(([folder, texts]) => uri === folder ? [{ texts, path: '' }] : uri.startsWith(`${folder}/`) ? [{ texts, path: decodeURIComponent(uri.slice(folder.length + 1)) }] : [])[0];
  const below = (texts: Readonly<Record<string, string>>, path: string) => Object.keys(texts).filter((each) => path === '' || each.startsWith(`${path}/`)).map((each) => each.slice(path === '' ? 0 : path.length + 1));
  const answer = (method: string, how: (params: FileParams & Partial<ReadFileParams>) => object) => connection.onRequest(method, how);
  answer(READ_FOLDER, ({ uri }): FolderNames | FileFault => {
    const found = find(uri);
    const inside = found ? below(found.texts, found.path) : [];
    if (inside.length === 0) return { fault: 'ENOENT' };
    return { names: [...new Set(inside.map((each) => each.split('/')[0] ?? ''))].map((name) => ({ name, kind: inside.includes(name) ? 'file' : 'folder' })) };
  });
  answer(FILE_STAT, ({ uri }): FileStat | FileFault => {
    const found = find(uri);
    const text = found?.texts[found.path];
    if (text !== undefined) return { kind: 'file', size: Buffer.byteLength(text), mtime: 1 };
    return found && below(found.texts, found.path).length > 0 ? { kind: 'folder', size: 0, mtime: 1 } : { fault: 'ENOENT' };
  });
  answer(READ_FILE, ({ uri, limit = 0 }): FileBytes | FileFault => {
    const found = find(uri);
    const text = found?.texts[found.path];
    if (text === undefined) return { fault: 'ENOENT' };
    const fault = FAULT.exec(text)?.[1];
    if (fault !== undefined) return { fault };
    return Buffer.byteLength(text) > limit ? { fault: 'TOO_LARGE' } : { bytes: Buffer.from(text).toString('base64') };
  });
}
