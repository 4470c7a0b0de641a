/**
 * The language server as a process: dist/server.js, with the grammars beside it. Its arguments say how it is spoken to:
 * `--stdio`, `--node-ipc`, `--socket=…` or `--pipe=…`. On stdout there is LSP and nothing else. It ends when the client
 * says so, hangs up, or is no longer alive; the library sees to that.
 */
import { setFlagsFromString } from 'node:v8';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { compileLater } from '../engine/node/compiling';
import { clientLog } from './log';
import { nodeHost } from './node-host';
import { serve } from './serve';

/** Put in by the build, from package.json. */
declare const __SHIPWORTHY_VERSION__: string;

compileLater(process.versions.v8, setFlagsFromString);
const connection = createConnection(ProposedFeatures.all);
// A promise that nobody waits for must not end the process: what depends on it is logged, the rest goes on.
process.on('unhandledRejection', (reason) => clientLog(connection.console).failed('Something in the background', reason));
serve(connection, nodeHost(__dirname, __SHIPWORTHY_VERSION__, __filename));
