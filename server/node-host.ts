/** The world of a node process: folders on a disk, the engine over them, today by this machine's clock. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSession } from '../engine/audit/open';
import { changesOf } from '../engine/node/git/dirty';
import { grammarsIn } from '../engine/node/grammars';
import { editionOf, keepingIn } from '../engine/node/keeping';
import { BASELINE_PATH } from '../engine/records/baseline';
import { openDisk } from '../engine/workspace/disk';
import { diskFiles, posix } from '../engine/workspace/disk-files';
import { gitIdentity } from '../engine/workspace/identity';
import { HISTORY_PATH, pointsIn } from '../report/history/points';
import type { Host } from './host';
import { plainHost } from './plain-host';

/**
 * A host of this version whose grammars are in a folder. They are read at once, for the first folder to be opened soon.
 * @param program path of the bundle that runs
 */
export function nodeHost(grammarFolder: string, version: string, program: string): Host {
  const grammars = grammarsIn(grammarFolder);
  // Whoever opens a folder is told; until then nobody listens.
  grammars.catch(() => undefined);
  let edition: Promise<string> | undefined;
  return {
    ...plainHost(version),
    afar: { isNear, grammars: () => grammars },
    async open(uri, _name, keepIn) {
      if (!isNear(uri)) throw new Error(`${uri} is not on a disk of this machine, and nothing else can be read from here.`);
      const folder = fileURLToPath(uri);
      const keeping = keepIn === undefined ? undefined : keepingIn(keepIn, folder, await (edition ??= editionOf(version, program)), true);
      return openSession({ workspace: openDisk(folder), grammars: await grammars, ...(keeping && { keeping }) });
    },
    changes: (uri) => changesOf(diskFiles, rootOf(uri)),
    baseline: (uri) => readFile(join(fileURLToPath(uri), BASELINE_PATH), 'utf8').catch(() => undefined),
    identity: (uri) => gitIdentity(diskFiles, rootOf(uri), posix(homedir()), process.env),
    history: (uri) => readFile(join(fileURLToPath(uri), HISTORY_PATH), 'utf8').then(pointsIn, () => []),
  };
}

function isNear(uri: string): boolean {
  return /^file:/i.test(uri);
}

function rootOf(uri: string): string {
  return posix(fileURLToPath(uri)).replace(/\/$/, '');
}
