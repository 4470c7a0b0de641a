/**
 * Files that change behind the editor: by git, by a formatter, by another program, by renaming and deleting in the editor.
 * What was touched is handed on at once; the scan waits until it is quiet, so that a branch switch is one scan.
 */
import {
  DidChangeWatchedFilesNotification, FileChangeType,
  type Disposable, type FileOperationOptions, type FileSystemWatcher,
} from 'vscode-languageserver';
import { roleOf } from '../engine/files/role';
import type { Folder } from './folder';
import { attempt } from './log';
import type { Serving } from './serving';

/** Whatever its name: that a file is there, or no longer, is a fact that rules ask for. */
const EVERY_FILE = '**/*';

/** Of git's own files only these tell anything: which commit is checked out, and what is tracked. */
const GIT = /(?:^|\/)\.git\/(?!(?:HEAD|index)$)/;

const everyFile = { filters: [{ pattern: { glob: EVERY_FILE } }] };
/** What the server says of file operations: they are known before a watcher sees them, and where nothing is watched. */
export const FILE_OPERATIONS: FileOperationOptions = { didRename: everyFile, didDelete: everyFile };

export class Watching {
  #registration: Promise<Disposable> | undefined;

  constructor(private readonly serving: Serving) {
    const { connection, documents, log } = serving;
    connection.onDidChangeWatchedFiles(({ changes }) => attempt(log, 'Taking in changed files', () => {
      // What the editor has open is known from there, so its own saving is no news.
      this.#touch(changes.filter(({ uri, type }) => type !== FileChangeType.Changed || !documents.get(uri)).map(({ uri }) => uri));
    }));
    connection.workspace.onDidRenameFiles(({ files }) => attempt(log, 'Taking in renamed files', () => this.#touch(files.flatMap(({ oldUri, newUri }) => [oldUri, newUri]))));
    connection.workspace.onDidDeleteFiles(({ files }) => attempt(log, 'Taking in deleted files', () => this.#touch(files.map(({ uri }) => uri))));
  }

  /** Asks the client to watch the folders there are now. */
  register(): void {
    const { client, connection, folders, log } = this.serving;
    const before = this.#registration;
    if (!client.watches || (before && !client.relativePatterns)) return;
    const watchers: FileSystemWatcher[] = client.relativePatterns
      ? folders.all.map(({ uri }) => ({ globPattern: { baseUri: uri, pattern: EVERY_FILE } }))
      : [{ globPattern: EVERY_FILE }];
    this.#registration = (async () => {
      (await before)?.dispose();
      return connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
    })();
    void attempt(log, 'Asking for changed files', () => this.#registration);
  }

  #touch(uris: readonly string[]): void {
    const touched = new Map<Folder, string[]>();
    for (const { folder, path } of uris.flatMap((uri) => this.serving.folders.around(uri))) {
      if (GIT.test(path) || roleOf(path) === 'vendored') continue;
      touched.set(folder, [...(touched.get(folder) ?? []), path]);
    }
    for (const [folder, paths] of touched) folder.touch(paths);
  }
}
