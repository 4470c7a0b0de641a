// Child processes that never outlive us. Every child leads a process group of its own, because VS Code's server, npm and
// the language server have children too: ending only the first leaves the rest behind.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, accessSync, constants } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { pause } from './waiting.mjs';

const KEPT_OUTPUT = 200_000;
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
const DEFERS = Symbol('a signal handler that leaves the signal to any other');
const WINDOWS = process.platform === 'win32';

/**
 * Starts a program as the leader of a new process group. The group is killed when this process ends, in any way but SIGKILL.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean, onOutput?: (text: string) => void }} options
 *   show: pass the program's output on to ours as well
 * @returns {{
 *   output: () => string, ended: Promise<string | undefined>, hasEnded: () => boolean,
 *   signal: (name: NodeJS.Signals) => void, stop: () => Promise<void>,
 * }} ended resolves with a reason ("exit code 1", "could not be started: …"), or with undefined after exit code 0;
 *   signal reaches the program alone, stop the whole group
 */
export function startGroup(command, args, { cwd, env, show = false, onOutput } = {}) {
  const child = spawn(command, args, { cwd, env, detached: !WINDOWS, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const [from, to] of [[child.stdout, process.stdout], [child.stderr, process.stderr]]) {
    from.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-KEPT_OUTPUT);
      if (show) to.write(text);
      onOutput?.(text);
    });
  }
  const release = onEnd(() => signalGroup(child.pid, 'SIGKILL'));
  let over = false;
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('exit', async (code, signal) => {
      // The last output arrives before 'close', which never comes while a grandchild holds on to the pipe.
      await Promise.race([new Promise((closed) => child.once('close', closed)), pause(1000)]);
      resolve(code === 0 ? undefined : signal ? `ended by ${signal}` : `exit code ${code}`);
    });
  }).then((reason) => {
    over = true;
    return reason;
  });
  return {
    output: () => output,
    ended,
    hasEnded: () => over,
    signal: (name) => { child.kill(name); },
    async stop() {
      await endGroup(child.pid);
      release();
    },
  };
}

/** Acts when this process exits, and makes it exit on a signal that would else end it without a word. */
function onEnd(act) {
  process.prependListener('exit', act); // first of all: others remove the folders that the group still writes to
  const handler = (signal) => {
    if (process.listeners(signal).every((other) => other[DEFERS])) process.exit(EXIT_CODES[signal]);
  };
  handler[DEFERS] = true;
  for (const signal of Object.keys(EXIT_CODES)) process.on(signal, handler);
  return () => {
    process.off('exit', act);
    for (const signal of Object.keys(EXIT_CODES)) process.off(signal, handler);
  };
}

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ what: string, cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean, limit?: number }} options
 *   what: the sentence's subject if it fails ("npm install of code-server"); limit: milliseconds
 * @returns {Promise<string>} what it printed
 * @throws {Error} a sentence and the end of its output, when it fails or takes longer than the limit
 */
export async function runToEnd(command, args, { what, cwd, env, show, limit = 600_000 }) {
  const group = startGroup(command, args, { cwd, env, show });
  const timer = new AbortController();
  const late = pause(limit, timer.signal).then(() => `took longer than ${Math.round(limit / 1000)} s`, () => undefined);
  const reason = await Promise.race([group.ended, late]);
  timer.abort();
  await group.stop();
  if (reason === undefined) return group.output();
  const tail = show ? '' : `\n${group.output().trim().split('\n').slice(-20).join('\n')}`;
  throw new Error(`${what} failed (${reason}).${tail}`);
}

function signalGroup(pid, signal) {
  if (pid === undefined) return false;
  try {
    if (WINDOWS) return spawnSync('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore' }).status === 0;
    return process.kill(-pid, signal);
  } catch {
    return false; // nobody of the group is left
  }
}

/** Asks a whole group to end, and kills what is left of it after five seconds. */
async function endGroup(pid) {
  const limit = Date.now() + 5000;
  if (!signalGroup(pid, 'SIGTERM')) return;
  while (signalGroup(pid, 0)) {
    if (Date.now() > limit) {
      signalGroup(pid, 'SIGKILL');
      return;
    }
    await pause(25);
  }
}

/**
 * Runs a clean-up once, on Ctrl-C, SIGTERM or a closed terminal, and then ends this process with the usual code. Only for
 * what wants to end in good order: groups and temporary folders go anyway.
 * @param {() => Promise<void> | void} cleanUp  has ten seconds
 * @returns {() => void} takes the handlers away again
 */
export function onInterrupt(cleanUp) {
  let running = false;
  const handler = async (signal) => {
    if (running) return;
    running = true;
    try {
      await Promise.race([cleanUp(), pause(10_000)]);
    } finally {
      process.exit(EXIT_CODES[signal]);
    }
  };
  for (const signal of Object.keys(EXIT_CODES)) process.on(signal, handler);
  const stopWatching = onOrphaned(() => handler('SIGTERM'));
  return () => {
    for (const signal of Object.keys(EXIT_CODES)) process.off(signal, handler);
    stopWatching();
  };
}

/** An npm that gets SIGTERM ends its shell but not the program in it: that shows only in another parent. */
function onOrphaned(act) {
  const parent = process.ppid;
  const timer = setInterval(() => { if (process.ppid !== parent) act(); }, 500).unref();
  if (!process.env.npm_lifecycle_event) clearInterval(timer); // outside of npm, running on without the parent can be meant
  return () => clearInterval(timer);
}

/**
 * Looks a program up on PATH.
 * @param {string} name  without extension
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined} its path
 */
export function findProgram(name, env = process.env) {
  const endings = WINDOWS ? ['.exe', '.cmd', ''] : [''];
  for (const folder of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    for (const ending of endings) {
      const path = join(folder, name + ending);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch { /* not here */ }
    }
  }
  return undefined;
}

/**
 * Runs npm, with the node that runs us and the npm that belongs to it where they can be found.
 * @param {readonly string[]} args
 * @param {{ cwd: string, what?: string, show?: boolean, limit?: number }} options
 * @returns {Promise<string>}
 * @throws {Error} a sentence with the end of npm's output
 */
export function npm(args, { cwd, what = `npm ${args.join(' ')}`, show, limit }) {
  const beside = dirname(process.execPath);
  const script = [
    /npm-cli\.c?js$/.test(process.env.npm_execpath ?? '') ? process.env.npm_execpath : '',
    join(beside, '../lib/node_modules/npm/bin/npm-cli.js'),
    join(beside, 'node_modules/npm/bin/npm-cli.js'),
  ].find((path) => path && existsSync(path));
  // An npm inside an `npm run` must not take the outer one's folder and package for its own.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) =>
    !/^npm_(package|lifecycle|config_local_prefix|config_global_prefix|command)|^INIT_CWD$/.test(name)));
  const [command, first] = script ? [process.execPath, [script]] : ['npm', []];
  return runToEnd(command, [...first, ...args], { what, cwd, env, show, limit });
}
