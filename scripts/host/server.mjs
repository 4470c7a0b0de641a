// VS Code's own server, started on this machine only, with nothing of the user's own in it.
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { runToEnd, startGroup } from './processes.mjs';
import { temporaryFolder, until, within } from './waiting.mjs';

/** Settings that keep an editor quiet: no welcome page, no chat, no updates, no animation. */
const QUIET_SETTINGS = {
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.reduceMotion': 'on',
  'workbench.enableExperiments': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'update.showReleaseNotes': false,
  'remote.autoForwardPorts': false,
};

const START_LIMIT = 60_000;
const HOST_DIED = /Extension Host Process exited with code: (?!0,)\w+, signal: \w+/;

/**
 * @typedef {object} Server
 * @property {string} url        of its root, without a path
 * @property {string} authority  host:port, the authority of its vscode-remote: URIs
 * @property {string} token      what a page must show to be let in
 * @property {Promise<string>} hostDied  resolves with the server's own line when an extension host ends by itself
 * @property {Promise<string>} ended     resolves with a sentence when the server ends, asked or not
 * @property {() => string} log  what it printed
 * @property {() => Promise<void>} stop  ends the server, its extension hosts, terminals, watchers and language servers
 */

/**
 * Starts a server and waits until it answers.
 * @param {import('./install.mjs').Host} host
 * @param {object} options
 * @param {string} options.data         folder for everything it writes: settings, extensions, state
 * @param {number} [options.port]       default: any free one
 * @param {Record<string, unknown>} [options.settings]  user settings
 * @param {boolean} [options.driven]    lets a page load an extension under development or a test suite; hides toasts
 * @param {boolean} [options.trusted]   every folder is trusted; default true
 * @param {Record<string, string>} [options.environment]  variables for it and its extension hosts
 * @returns {Promise<Server>}
 * @throws {Error} a sentence and the server's log, when the port is taken, or the server ends early or does not answer
 */
export async function startServer(host, { data, port = 0, settings = {}, driven = false, trusted = true, environment = {} }) {
  const chosen = await freePort(port);
  const token = randomBytes(16).toString('hex');
  writeUserSettings(data, settings);
  // Sockets are made in this folder, and the path of a socket is short: so not in `data`, which may be deep.
  const runtime = temporaryFolder();
  let died;
  const hostDied = new Promise((resolve) => { died = resolve; });
  const group = startGroup(host.node, [host.main, ...serverArguments({ data, port: chosen, token, trusted, driven })], {
    env: { ...hermetic(runtime.path), ...environment },
    onOutput: (text) => { const line = HOST_DIED.exec(text); if (line) died(line[0]); },
  });
  const authority = `127.0.0.1:${chosen}`;
  const url = `http://${authority}`;
  const ended = group.ended.then((reason) => `VS Code's server ended (${reason ?? 'exit code 0'}).`);
  const stop = async () => {
    await group.stop();
    runtime.remove();
  };
  try {
    await until(`VS Code's server to answer at ${url}`, () => {
      if (group.hasEnded()) return ended.then((sentence) => { throw new Error(sentence); });
      return answers(url);
    }, { limit: START_LIMIT });
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${group.output().trim()}`);
  }
  return { url, authority, token, hostDied, ended, log: group.output, stop };
}

function serverArguments({ data, port, token, trusted, driven }) {
  return [
    '--host', '127.0.0.1', '--port', String(port),
    // Any page in any browser of this machine can reach a port; only one that knows the token gets a terminal.
    '--connection-token', token,
    '--accept-server-license-terms', '--telemetry-level', 'off',
    ...places(data),
    ...(trusted ? ['--disable-workspace-trust'] : []),
    ...(driven ? ['--enable-smoke-test-driver'] : []),
  ];
}

/**
 * Installs a packaged extension for servers started with the same data folder.
 * @param {import('./install.mjs').Host} host
 * @param {string} data  as in startServer
 * @param {string} vsix  path
 * @throws {Error} a sentence with VS Code's own reason
 */
export async function installVsix(host, data, vsix) {
  const runtime = temporaryFolder();
  try {
    await runToEnd(host.node, [host.main, ...places(data), '--install-extension', vsix, '--force'],
      { what: `Installing ${vsix} into VS Code ${host.vscode}`, env: hermetic(runtime.path), limit: 60_000 });
  } finally {
    runtime.remove();
  }
}

/**
 * The address of a folder in a server's workbench.
 * @param {Server} server
 * @param {string} folder  absolute path
 * @param {readonly (readonly [string, string])[]} [payload]  what a driven server's page is told, such as which extension to load
 * @returns {string}
 */
export function pageUrl(server, folder, payload = []) {
  const url = new URL(server.url);
  url.searchParams.set('folder', folder);
  if (payload.length) url.searchParams.set('payload', JSON.stringify(payload));
  url.searchParams.set('tkn', server.token);
  // Slashes are allowed in a query, and a folder is easier to read with them.
  return url.toString().replaceAll('%2F', '/');
}

/** @returns {string} the address under which the workbench of this server knows a path on disk */
export const remoteUri = (server, path) => `vscode-remote://${server.authority}${path}`;

/**
 * Writes the user's settings, quiet ones first. (code-server keeps them beside the server; VS Code itself keeps a remote
 * window's in the browser.) A running workbench does not notice another write.
 */
function writeUserSettings(data, settings) {
  const folder = join(data, 'server/data/User');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'settings.json'), `${JSON.stringify({ ...QUIET_SETTINGS, ...settings }, null, 2)}\n`);
}

const places = (data) => ['--server-data-dir', join(data, 'server'), '--extensions-dir', join(data, 'extensions')];

/** An environment with nothing of the user's: else the workbench finds agents, git settings and sockets in HOME. */
function hermetic(home) {
  const kept = ['PATH', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'CI'].filter((name) => process.env[name] !== undefined);
  return {
    ...Object.fromEntries(kept.map((name) => [name, process.env[name]])),
    HOME: home, TMPDIR: home, XDG_RUNTIME_DIR: home, XDG_CONFIG_HOME: join(home, '.config'), XDG_CACHE_HOME: join(home, '.cache'),
  };
}

async function answers(url) {
  try {
    return (await fetch(`${url}/version`, { signal: AbortSignal.timeout(5000) })).ok;
  } catch {
    return false;
  }
}

/** The given port, or any when it is 0, once nobody listens on it. */
export function freePort(wanted) {
  return within('Finding a free port', new Promise((resolve, reject) => {
    const probe = createServer().once('error', (error) => reject(error.code === 'EADDRINUSE'
      ? new Error(`Port ${wanted} of 127.0.0.1 is taken by another program.`)
      : new Error(`Port ${wanted} of 127.0.0.1 cannot be used (${error.code}).`)));
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  }), 5000);
}
