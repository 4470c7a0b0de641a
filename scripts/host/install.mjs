// Puts VS Code's own server, and a Node that can run it, into a cache folder outside of the repository.
// Not into devDependencies: the package weighs 500 MB, and its install script fails on Node 20.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findProgram, npm, runToEnd } from './processes.mjs';
import { HOST_VERSIONS, nodePackage } from './versions.mjs';

const READY = 'ready.json';
const PARTIAL = '.partial-';
const ABANDONED_AFTER = 3_600_000;

/**
 * @typedef {object} Host
 * @property {import('./versions.mjs').HostName} name
 * @property {string} vscode   version
 * @property {string} folder   VS Code's server: the folder that holds out/server-main.js
 * @property {string} main     path of out/server-main.js
 * @property {string} node     path of the Node that runs it
 */

/** @returns {string} the folder all hosts are kept in: $SHIPWORTHY_HOSTS, or a folder in the user's cache */
export function hostsFolder() {
  return process.env.SHIPWORTHY_HOSTS || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'shipworthy', 'hosts');
}

/**
 * Installs a host unless it is there already. Several processes may do so at once.
 * @param {import('./versions.mjs').HostName} name
 * @param {(line: string) => void} [say]  told what takes long
 * @returns {Promise<Host>}
 * @throws {Error} a sentence: no network, no Node for this platform, no ripgrep
 */
export async function ensureHost(name, say = () => {}) {
  const { codeServer, vscode, nodeMajor } = HOST_VERSIONS[name];
  const node = await ensureNode(nodeMajor, say);
  const installed = await ensure(`code-server-${codeServer}`, async (folder) => {
    say(`Installing VS Code ${vscode} out of the npm package code-server (once, about 20 seconds) …`);
    await installPackage(folder, `code-server@${codeServer}`);
    // VS Code's own dependencies, which code-server's install script would fetch and then compile. Uncompiled they do:
    // what is missing then (spdlog, kerberos) only writes log files and signs on to proxies. The optional ones must stay:
    // the file watcher's binary is one of them. `npm ci` refuses, because the package's lock file is out of step.
    const server = serverFolder(folder);
    await npm(['install', '--omit=dev', ...QUIETLY], { cwd: server, what: `Installing what VS Code ${vscode} needs` });
    const printed = await runToEnd(node, [join(server, 'out/server-main.js'), '--version'], { what: `Starting VS Code ${vscode}`, limit: 60_000 });
    if (!printed.startsWith(vscode)) throw new Error(`code-server ${codeServer} holds VS Code ${printed.split('\n', 1)[0]}, not ${vscode}.`);
  });
  const folder = serverFolder(installed);
  linkRipgrep(folder, vscode);
  return { name, vscode, folder, main: join(folder, 'out/server-main.js'), node };
}

const QUIETLY = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
const serverFolder = (folder) => join(folder, 'node_modules/code-server/lib/vscode');

async function ensureNode(major, say) {
  if (Number(process.versions.node.split('.')[0]) === major) return process.execPath;
  const { name, version } = nodePackage(major);
  const folder = await ensure(`${name}-${version}`, async (partial) => {
    say(`Installing Node ${version} out of the npm package ${name} (once) …`);
    await installPackage(partial, `${name}@${version}`);
  });
  return join(folder, 'node_modules', name, 'bin/node');
}

async function installPackage(folder, spec) {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n'); // else npm looks for one further up
  await npm(['install', '--no-save', ...QUIETLY, spec], { cwd: folder, what: `Installing ${spec} from npm` });
}

/**
 * One folder of the cache: complete, or not there. It is filled beside its place and renamed at the end, so that neither
 * an interrupted installation nor a second one at the same time leaves half a host.
 */
async function ensure(name, fill) {
  const parent = hostsFolder();
  const place = join(parent, name);
  if (existsSync(join(place, READY))) return place;
  makeFolder(parent);
  removeAbandoned(parent);
  const partial = join(parent, `${PARTIAL}${name}-${process.pid}`);
  const erase = () => rmSync(partial, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  process.on('exit', erase);
  try {
    mkdirSync(partial);
    await fill(partial);
    writeFileSync(join(partial, READY), `${JSON.stringify({ name, installed: new Date().toISOString() })}\n`);
    moveIntoPlace(partial, place);
  } finally {
    erase();
    process.off('exit', erase);
  }
  return place;
}

function makeFolder(path) {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new Error(`The folder for editors, ${path}, cannot be made (${error.code}). Set SHIPWORTHY_HOSTS to one that can.`);
  }
}

function moveIntoPlace(partial, place) {
  const isReady = () => existsSync(join(place, READY));
  if (!isReady()) rmSync(place, { recursive: true, force: true }); // no marker: not ours, or damaged
  try {
    renameSync(partial, place);
  } catch (error) {
    if (!isReady()) throw error; // else another process was quicker, and its copy is as good
  }
}

/** Removes what a killed installation left behind. */
function removeAbandoned(parent) {
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith(PARTIAL))) {
    const path = join(parent, name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > ABANDONED_AFTER) rmSync(path, { recursive: true, force: true });
  }
}

/** The oldest host downloads ripgrep in an install script that is not run here: the system's own takes its place. */
function linkRipgrep(folder, vscode) {
  const bin = join(folder, 'node_modules/@vscode/ripgrep/bin');
  if (!existsSync(join(folder, 'node_modules/@vscode/ripgrep')) || existsSync(join(bin, 'rg'))) return;
  const rg = findProgram('rg');
  if (!rg) throw new Error(`VS Code ${vscode} needs ripgrep (rg) to find files, and it is not on PATH: run scripts/system-packages.sh.`);
  mkdirSync(bin, { recursive: true });
  rmSync(join(bin, 'rg'), { force: true }); // a link to one that is gone
  symlinkSync(rg, join(bin, 'rg'));
}
