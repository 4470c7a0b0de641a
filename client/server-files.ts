// Files that the server cannot read by itself: of folders that are on no disk of its machine, and all of them where it is a web worker.
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { FILE_STAT, READ_FILE, READ_FOLDER, READ_GRAMMAR } from '../server/protocol';
import type { FileBytes, FileFault, FileKind, FileParams, FileStat, FolderNames, GrammarParams, ReadFileParams } from '../server/protocol';
import { base64 } from './base64';

/** As a file system calls what VS Code calls otherwise. Whatever else goes wrong is said to be its disk's. */
const FAULTS: Readonly<Record<string, string>> = { FileNotFound: 'ENOENT', FileNotADirectory: 'ENOTDIR', FileIsADirectory: 'EISDIR', NoPermissions: 'EACCES' };

/**
 * Answers the server's requests for files of the workspace's folders, and for none besides.
 * @param grammars folder of the grammars
 */
export function readForServer(client: Pick<BaseLanguageClient, 'onRequest'>, grammars: vscode.Uri): void {
  client.onRequest(READ_FOLDER, ({ uri }: FileParams) => answered(uri, async (folder): Promise<FolderNames> => (
    { names: (await vscode.workspace.fs.readDirectory(folder)).map(([name, type]) => ({ name, kind: kindOf(type) })) }
  )));
  client.onRequest(FILE_STAT, ({ uri }: FileParams) => answered(uri, async (file): Promise<FileStat> => {
    const { type, size, mtime } = await vscode.workspace.fs.stat(file);
    return { kind: kindOf(type & ~vscode.FileType.SymbolicLink), size, mtime };
  }));
  client.onRequest(READ_FILE, ({ uri, limit }: ReadFileParams) => answered(uri, async (file): Promise<FileBytes | FileFault> => {
    // How large it is was asked for before, and each question may go over a network.
    const bytes = await vscode.workspace.fs.readFile(file);
    return bytes.length > limit ? { fault: 'TOO_LARGE' } : { bytes: base64(bytes) };
  }));
  client.onRequest(READ_GRAMMAR, async ({ file }: GrammarParams): Promise<FileBytes> => {
    if (!/^[\w-]+\.wasm$/.test(file)) throw new Error(`${file} is no grammar.`);
    return { bytes: base64(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(grammars, file))) };
  });
}

async function answered<Answer extends object>(text: string, read: (uri: vscode.Uri) => Promise<Answer>): Promise<Answer | FileFault> {
  const uri = vscode.Uri.parse(text);
  if (!vscode.workspace.getWorkspaceFolder(uri)) return { fault: 'EACCES' };
  try {
    return await read(uri);
  } catch (error) {
    return { fault: (error instanceof vscode.FileSystemError ? FAULTS[error.code] : undefined) ?? 'EIO' };
  }
}

/** Links are left where they are: VS Code does not say where they lead. */
function kindOf(type: vscode.FileType): FileKind {
  if (type & vscode.FileType.SymbolicLink) return 'other';
  return type === vscode.FileType.File ? 'file' : type === vscode.FileType.Directory ? 'folder' : 'other';
}
