/** The program: dist/cli.js, with the grammars beside it. */
import { setFlagsFromString } from 'node:v8';
import { compileLater } from '../engine/node/compiling';
import { run } from './commands';
import { surroundingsOf } from './process';
import { product } from './product';

compileLater(process.versions.v8, setFlagsFromString);
void run(process.argv.slice(2), product(__dirname), surroundingsOf(process)).then((code) => {
  // Not process.exit(): what was written may still be on its way.
  process.exitCode = code;
});
