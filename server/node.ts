/**
 * The language server as a process: dist/language-server.js, with the grammars beside it, which start.ts runs. On stdout there is LSP and nothing else. It ends when the
 * client says so, hangs up, or is no longer alive; the library sees to that.
 */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { later } from './later';
import { clientLog } from './log';
import { nodeHost } from './node-host';
import { serve } from './serve';

/** Put in by the build, from package.json. */
declare const __SHIPWORTHY_VERSION__: string;

/** Milliseconds after a scan: by then the client has been told and has asked for the report. */
const TOLD = 2000;

/** Serves the client that the arguments of the process speak of. `warm` is called when what a start needs has run, some time after each scan. */
export function run(warm: () => void): void {
  const connection = createConnection(ProposedFeatures.all);
  // A promise that nobody waits for must not end the process: what depends on it is logged, the rest goes on.
  process.on('unhandledRejection', (reason) => clientLog(connection.console).failed('Something in the background', reason));
  serve(connection, { ...nodeHost(__dirname, __SHIPWORTHY_VERSION__, __filename), rested: () => later(warm, TOLD) });
}
