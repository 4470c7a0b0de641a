// Waiting without fixed sleeps, and folders that do not stay behind.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @param {number} milliseconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>} rejects when the signal is given
 */
export const pause = (milliseconds, signal) => sleep(milliseconds, undefined, { signal });

/**
 * Asks again and again until the answer is neither undefined, null nor false.
 * @template T
 * @param {string} what  what is waited for, for the error's sentence
 * @param {() => T | undefined | null | false | Promise<T | undefined | null | false>} ask
 * @param {{ limit?: number, every?: number }} [options]  milliseconds
 * @returns {Promise<T>}
 * @throws {Error} after the limit, or what `ask` throws
 */
export async function until(what, ask, { limit = 30_000, every = 50 } = {}) {
  const end = Date.now() + limit;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`Waited ${Math.round(limit / 1000)} s in vain for ${what}.`);
    await pause(every);
  }
}

/**
 * Settles like the promise, or rejects when it takes too long.
 * @template T
 * @param {string} what
 * @param {Promise<T>} promise
 * @param {number} limit  milliseconds
 * @returns {Promise<T>}
 */
export async function within(what, promise, limit) {
  const timer = new AbortController();
  const late = pause(limit, timer.signal).then(() => {
    throw new Error(`${what} took longer than ${Math.round(limit / 1000)} s.`);
  });
  late.catch(() => { /* aborted: the promise came first */ });
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}

/**
 * Makes a temporary folder that is removed by remove(), or at the latest when this process exits.
 * @param {string} [parent]  where; default: the system's folder for temporary files
 * @returns {{ path: string, remove: () => void }}
 */
export function temporaryFolder(parent) {
  // macOS has a very long TMPDIR, and the path of a socket in it may not pass 104 characters.
  const path = realpathSync(mkdtempSync(join(parent ?? (process.platform === 'darwin' ? '/tmp' : tmpdir()), 'shipworthy-')));
  // A process that is just ending may still write: hence the retries.
  const erase = () => rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  process.on('exit', erase);
  return {
    path,
    remove() {
      erase();
      process.off('exit', erase);
    },
  };
}
