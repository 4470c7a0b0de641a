/** The world of a web worker: no disk and no process. Folders are read through the client, and the grammars come from where the client is installed. */
import type { Connection } from 'vscode-languageserver';
import { grammarsFrom } from '../engine/syntax/grammar-files';
import type { Grammars } from '../engine/syntax/grammars';
import { bytesOf } from './client-files';
import type { Host } from './host';
import { plainHost } from './plain-host';
import { READ_GRAMMAR, type FileBytes, type GrammarParams } from './protocol';

/** A host of this version for the client of a connection. */
export function webHost(version: string, connection: Pick<Connection, 'sendRequest'>): Host {
  let loading: Promise<Grammars> | undefined;
  const read = async (file: string) => bytesOf((await connection.sendRequest<FileBytes>(READ_GRAMMAR, { file } satisfies GrammarParams)).bytes);
  return {
    ...plainHost(version),
    afar: { isNear: () => false, grammars: () => loading ??= grammarsFrom(read) },
    open: (uri) => Promise.reject(new Error(`${uri} cannot be read: in a web worker the client has to read files, and this one does not.`)),
  };
}
