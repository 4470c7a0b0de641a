/** Folders that are on no disk of the server's machine, such as a repository that the editor shows from afar: read through the client. */
import type { Connection } from 'vscode-languageserver';
import { openSession } from '../engine/audit/open';
import { BASELINE_PATH } from '../engine/records/baseline';
import { decoded } from '../engine/workspace/decode';
import { maybe, type Files } from '../engine/workspace/files';
import { LIMITS, openFiles } from '../engine/workspace/open';
import { HISTORY_PATH, pointsIn } from '../report/history/points';
import { CLIENT_ROOT, clientFiles } from './client-files';
import type { Host } from './host';

/** Bytes of a file of ours; a history grows with every run. */
const LONGEST = 10_000_000;

/** The same host, with folders that it cannot read by itself read by the client. What takes a process or a whole repository is not known of those. */
export function readingAfar(host: Host, connection: Pick<Connection, 'sendRequest'>): Host {
  const { afar } = host;
  if (!afar) return host;
  const far = (uri: string): Files | undefined => afar.isNear(uri) ? undefined : clientFiles(connection, uri);
  return {
    ...host,
    async open(uri, name, keepIn) {
      const files = far(uri);
      if (!files) return host.open(uri, name, keepIn);
      const workspace = openFiles({ files, name, root: CLIENT_ROOT, shown: uri, exclude: [], limits: LIMITS });
      return openSession({ workspace, grammars: await afar.grammars() });
    },
    changes: async (uri) => afar.isNear(uri) ? host.changes?.(uri) : undefined,
    identity: async (uri) => afar.isNear(uri) ? host.identity?.(uri) : undefined,
    async baseline(uri) {
      const files = far(uri);
      return files ? textOf(files, BASELINE_PATH) : host.baseline?.(uri);
    },
    async history(uri) {
      const files = far(uri);
      if (!files) return await host.history?.(uri) ?? [];
      const text = await textOf(files, HISTORY_PATH);
      return text === undefined ? [] : pointsIn(text);
    },
  };
}

async function textOf(files: Files, path: string): Promise<string | undefined> {
  const bytes = await maybe(files.read(`${CLIENT_ROOT}/${path}`, LONGEST));
  const reading = bytes && decoded(path, bytes);
  return reading && 'text' in reading ? reading.text : undefined;
}
