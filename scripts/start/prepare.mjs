// What a fresh clone lacks: dependencies, then the built extension.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from '../host/processes.mjs';

/**
 * Runs `npm ci` when node_modules is missing or older than package-lock.json.
 * @param {string} root  of the repository
 * @throws {Error} a sentence; npm has already said why
 */
export async function installDependencies(root) {
  // npm writes this file at the end of an installation.
  const installed = changed(join(root, 'node_modules/.package-lock.json'));
  if (installed !== undefined && installed >= (changed(join(root, 'package-lock.json')) ?? 0)) return;
  console.log(installed === undefined ? 'Installing the dependencies …' : 'Installing the dependencies again: package-lock.json is newer …');
  await npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, show: true });
}

/**
 * Runs npm scripts one after the other.
 * @param {string} root
 * @param {readonly string[]} scripts  names in package.json
 * @throws {Error} a sentence; the script has already said why
 */
export async function build(root, scripts) {
  for (const script of scripts) await npm(['run', '--silent', script], { cwd: root, show: true });
}

const changed = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs;
