/**
 * dist/server.js: starts the language server, which is in dist/language-server.js. Its arguments say how it is spoken to, `--stdio`, `--node-ipc`, `--socket=…` or `--pipe=…`; with
 * `--code-cache=FOLDER` it starts from the code that is kept in that folder.
 */
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { compileLater } from '../engine/node/compiling';
import { runKept } from './kept-code';
import type * as Program from './node';
import { CODE_CACHE } from './protocol';

const folder = process.argv.find((each) => each.startsWith(CODE_CACHE))?.slice(CODE_CACHE.length);

// Before anything is compiled: code that was made under other settings is not taken.
compileLater(process.versions.v8, setFlagsFromString);
const { exports, keep } = runKept(join(__dirname, 'language-server.js'), folder === '' ? undefined : folder);
(exports as typeof Program).run(keep);
