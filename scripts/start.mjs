// `npm start [folder]`: opens a folder in a real VS Code with this working copy of Shipworthy in it.
// A desktop VS Code if there is one, else VS Code's own server, for a browser of your choice. Works on a fresh clone:
// only Node is needed at first, so nothing but node: modules may be loaded before prepare() has run.
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findDesktop, openDesktop } from './start/desktop.mjs';
import { build, installDependencies } from './start/prepare.mjs';
import { checkWorkbench } from './start/check.mjs';
import {
  ensureHost, hostName, hostsFolder, installVsix, onInterrupt, pageUrl, startServer, temporaryFolder,
} from './host.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const USAGE = `npm start [-- [folder] [options]]
  folder                        the folder to open (default: examples/not-ready)
  --port <number>               for VS Code's server (default: a free one)
  --host-version newest|oldest  which VS Code to serve (default: newest)
  --no-build                    use what is installed and built already
  --check                       start, prove that the workbench answers, stop
  --port, --host-version and --check use the server even where a desktop VS Code is installed.`;

/** Reads and checks the arguments. Throws a sentence. */
function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string' },
      'host-version': { type: 'string' },
      'no-build': { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (positionals.length > 1) throw new Error(`One folder can be opened, not ${positionals.length}: ${positionals.join(', ')}.`);
  return {
    folder: positionals[0] === undefined ? join(ROOT, 'examples/not-ready') : resolve(positionals[0]),
    port: readPort(values.port),
    hostVersion: hostName(values['host-version'] ?? 'newest'),
    wantsServer: values.check || values.port !== undefined || values['host-version'] !== undefined,
    noBuild: values['no-build'],
    check: values.check,
    help: values.help,
  };
}

function readPort(given) {
  if (given === undefined) return undefined;
  const port = Number(given);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error(`--port is "${given}": say a number from 1 to 65535.`);
  return port;
}

function checkFolder(folder) {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (!found) throw new Error(`There is no folder ${folder}.`);
  if (!found.isDirectory()) throw new Error(`${folder} is not a folder.`);
}

/** Serves the folder until Ctrl-C, or until the check has passed. */
async function serve({ folder, port, hostVersion, check }, vsix) {
  if (!existsSync(vsix)) throw new Error(`${vsix} is missing: run npm start without --no-build, or npm run package.`);
  const host = await ensureHost(hostVersion, console.log);
  mkdirSync(hostsFolder(), { recursive: true });
  const data = temporaryFolder(hostsFolder());
  let server;
  let stopping = false;
  const stop = async () => {
    stopping = true;
    await server?.stop();
    data.remove();
  };
  const ignoreInterrupts = onInterrupt(async () => {
    await stop();
    console.log('\nShipworthy has stopped.');
    process.exit(0);
  });
  try {
    await installVsix(host, data.path, vsix);
    // Our own examples are trusted. For any other folder VS Code asks, as it always does.
    const trusted = !relative(ROOT, folder).startsWith('..');
    server = await startServer(host, { data: data.path, port, trusted });
    const url = pageUrl(server, folder);
    console.log(`Shipworthy is open at ${url}`);
    if (check) {
      await checkWorkbench(server, url);
      console.log('The workbench answers, with Shipworthy in its activity bar.');
      return;
    }
    console.log(`(VS Code ${host.vscode}; Ctrl-C stops it.)`);
    const sentence = await server.ended;
    if (!stopping) throw new Error(sentence);
  } finally {
    await stop();
    ignoreInterrupts();
  }
}

async function main() {
  const options = readArguments();
  if (options.help) return console.log(USAGE);
  checkFolder(options.folder);
  const desktop = options.wantsServer ? { reason: undefined } : findDesktop();
  if (!options.noBuild) await installDependencies(ROOT);
  if (desktop.program) {
    if (!options.noBuild) await build(ROOT, ['build']);
    const problem = await openDesktop(desktop.program, ROOT, options.folder);
    if (!problem) return console.log(`Shipworthy is open in ${desktop.program}.`);
    desktop.reason = problem;
  }
  if (desktop.reason) console.log(`${desktop.reason} VS Code's server takes its place.`);
  if (!options.noBuild) await build(ROOT, ['build', 'package']);
  return serve(options, join(ROOT, 'shipworthy.vsix'));
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
