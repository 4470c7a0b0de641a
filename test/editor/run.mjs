// Runs the suites of this folder INSIDE the extension host of a real VS Code.
//   node test/editor/run.mjs [--host newest|oldest|both|web] [--grep text] [--verbose]
// `web` is VS Code for the Web: the newest in a browser, with no machine behind it.
// Prints one line per test and at the end `N passed, N failed, N skipped`. Exit code: 0 all passed; 1 a test failed or
// nothing could be run; 96 the extension host died; 97 it ended well without results; 98 the time limit; else VS Code's own.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureHost, hostName, HOST_NAMES } from '../../scripts/host.mjs';
import { buildSuites } from './build.mjs';
import { runInHost } from './run-in-host.mjs';
import { runInWeb } from './run-in-web.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '../..');

/** Reads and checks the arguments. Throws a sentence. */
function readArguments() {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: 'both' },
      grep: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      'time-limit': { type: 'string', default: '180' }, // seconds, for each host
      // For the tests of this runner, and to try another extension with the same id:
      extension: { type: 'string', default: ROOT },
      suites: { type: 'string', default: HERE },
    },
  });
  const limit = Number(values['time-limit']);
  if (!(limit > 0)) throw new Error(`--time-limit is "${values['time-limit']}": say a number of seconds.`);
  return {
    web: values.host === 'web',
    hosts: values.host === 'both' ? HOST_NAMES : [values.host === 'web' ? 'newest' : hostName(values.host)],
    grep: values.grep,
    verbose: values.verbose,
    limit: limit * 1000,
    extension: resolve(values.extension),
    suites: resolve(values.suites),
  };
}

function checkBuilt(extension, web) {
  const manifest = join(extension, 'package.json');
  if (!existsSync(manifest)) throw new Error(`There is no extension in ${extension}: package.json is missing.`);
  const { main: program, browser } = JSON.parse(readFileSync(manifest, 'utf8'));
  const main = web ? browser : program;
  if (web && !main) throw new Error(`${manifest} names no program for a browser.`);
  if (main && !existsSync(join(extension, main))) throw new Error(`${join(extension, main)} is missing: run npm run build.`);
}

function print(results) {
  const marks = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' };
  for (const { title, state, milliseconds, error } of results) {
    console.log(`${marks[state]} ${title}${milliseconds === undefined ? '' : ` (${milliseconds} ms)`}`);
    if (error) console.log(error.replace(/^/gm, '       '));
  }
}

async function main() {
  const { hosts, web, suites, extension, ...options } = readArguments();
  checkBuilt(extension, web);
  const bundle = await buildSuites(suites, web ? { grep: options.grep } : undefined);
  const all = [];
  let worst = 0;
  for (const name of hosts) {
    const host = await ensureHost(name, console.log);
    console.log(`${web ? 'web' : name}: VS Code ${host.vscode}`);
    const { code, results } = await (web ? runInWeb : runInHost)(host, { ...options, extension, bundle, workspace: join(HERE, 'workspace') });
    print(results);
    all.push(...results);
    worst ||= code;
  }
  const count = (state) => all.filter((result) => result.state === state).length;
  console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
  return worst;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
