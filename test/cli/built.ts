/** The command line as it is shipped: dist/cli.js, with the real engine and all rules behind it. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FORMATS, type Format } from '../../cli/surroundings';

export const ROOT = path.join(__dirname, '../..');
const BUNDLE = path.join(ROOT, 'dist/cli.js');

export interface Ended { readonly code: number | null; readonly out: string; readonly err: string }

/**
 * Runs it in `cwd` with an environment that says nothing about colours, and resolves when it has ended.
 * @throws when there is no build
 */
export function shipworthy(words: readonly string[], cwd = ROOT, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  if (!existsSync(BUNDLE)) throw new Error(`${BUNDLE} is not there: run \`npm run build\` first.`);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BUNDLE, ...words], { cwd, env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => { out += String(chunk); });
    child.stderr.on('data', (chunk) => { err += String(chunk); });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

/** A report of `project` in every form, as one run writes them into `folder`, all that can be listed listed. */
export async function everyReport(project: string, folder: string): Promise<Readonly<Record<Format, string>>> {
  const at = (form: Format) => path.join(folder, `report-${form}`);
  await shipworthy(['check', project, '--verbose', '--fail-on', 'never', '--as-of', '2026-11-20', ...FORMATS.flatMap((form) => ['--output', `${form}:${at(form)}`])]);
  return Object.fromEntries(FORMATS.map((form) => [form, readFileSync(at(form), 'utf8')])) as Record<Format, string>;
}
