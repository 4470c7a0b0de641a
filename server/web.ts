/** The language server as a web worker: dist/web-server.js, for editors that run in a browser. It speaks LSP with whoever made the worker. */
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { clientLog } from './log';
import { serve } from './serve';
import { webHost } from './web-host';

/** Put in by the build, from package.json. */
declare const __SHIPWORTHY_VERSION__: string;

/** As much of a worker as is used here. */
declare const self: { addEventListener(type: 'unhandledrejection', listener: (event: { readonly reason: unknown }) => void): void };

const connection = createConnection(new BrowserMessageReader(self), new BrowserMessageWriter(self));
// What depends on a promise that nobody waits for is logged, the rest goes on.
self.addEventListener('unhandledrejection', ({ reason }) => clientLog(connection.console).failed('Something in the background', reason));
serve(connection, webHost(__SHIPWORTHY_VERSION__, connection));
