/** The language server as a web worker: dist/web-server.js, for editors that run in a browser. It speaks LSP with whoever made the worker. */
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { serve } from './serve';
import { webHost } from './web-host';

/** Put in by the build, from package.json. */
declare const __SHIPWORTHY_VERSION__: string;

const connection = createConnection(new BrowserMessageReader(globalThis), new BrowserMessageWriter(globalThis));
serve(connection, webHost(__SHIPWORTHY_VERSION__, connection));
