// All layers of the tests, one after the other: rules and engine, report, server, command line, editor, a second editor.
//   npm test [-- layer …]
// A layer that this machine cannot hold is said so, with the reason; in CI (CI is set) that is a failure.
// Ends with `N passed, N failed, N skipped`.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium } from '../scripts/host/browser.mjs';
import { findProgram } from '../scripts/host.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Why there is no browser to be had, or undefined. */
function browser() {
  try {
    findChromium();
  } catch (reason) {
    return reason.message;
  }
}
const neovim = () => findProgram('nvim') ? undefined : 'there is no nvim: scripts/system-packages.sh installs it';
const mocha = (...files) => [process.execPath, [join(ROOT, 'node_modules/mocha/bin/mocha.js'), ...files]];

const LAYERS = [
  { name: 'rules', command: mocha('test/rules/**/*.test.ts') },
  { name: 'engine', command: mocha('test/architecture.test.ts', 'test/engine/**/*.test.ts', 'test/files/**/*.test.ts', 'test/workspace/**/*.test.ts') },
  { name: 'report', command: mocha('test/report/**/*.test.ts') },
  { name: 'server', command: mocha('test/server/**/*.test.ts') },
  { name: 'cli', command: mocha('test/cli/**/*.test.ts') },
  { name: 'client', command: mocha('test/client/**/*.test.ts') },
  { name: 'editor', command: [process.execPath, ['test/editor/run.mjs', '--host', 'both']], needs: browser },
  { name: 'web', command: [process.execPath, ['test/editor/run.mjs', '--host', 'web']], needs: browser },
  { name: 'driven', command: mocha('--parallel', '--jobs', '2', 'test/editor/**/*.test.mjs'), needs: browser },
  { name: 'neovim', command: mocha('test/neovim/*.test.mjs'), needs: neovim },
];

/** Runs a layer, passing its output on. Resolves with its counts; a layer that printed none and failed counts as one failure. */
function run({ command: [program, args] }) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (data) => { output += data; process.stdout.write(data); });
    child.on('close', (code) => {
      const count = (pattern) => [...output.matchAll(pattern)].reduce((sum, match) => sum + Number(match[1]), 0);
      // mocha: "12 passing (3s)"; the runner inside VS Code ends with one line for all hosts.
      const closing = /^(\d+) passed, (\d+) failed, (\d+) skipped$/m.exec(output.split('\n').findLast((line) => /^\d+ passed, \d+ failed/.test(line)) ?? '');
      const counts = closing
        ? { passed: Number(closing[1]), failed: Number(closing[2]), skipped: Number(closing[3]) }
        : { passed: count(/^\s*(\d+) passing/gm), failed: count(/^\s*(\d+) failing/gm), skipped: count(/^\s*(\d+) pending/gm) };
      if (code !== 0 && counts.failed === 0) counts.failed = 1;
      if (code === 0 && counts.passed === 0) counts.failed = 1; // a layer that ran nothing has not passed
      resolve(counts);
    });
  });
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !LAYERS.some((layer) => layer.name === name));
if (unknown.length > 0) {
  console.error(`There is no layer ${unknown.join(', ')}. There are: ${LAYERS.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
const total = { passed: 0, failed: 0, skipped: 0 };
const lines = [];
for (const layer of LAYERS.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
  const missing = layer.needs?.();
  if (missing) {
    lines.push(`${layer.name.padEnd(8)} not run: ${missing}`);
    if (process.env.CI) total.failed++; else total.skipped++;
    continue;
  }
  console.log(`\n== ${layer.name}`);
  const started = Date.now();
  const counts = await run(layer);
  for (const key of Object.keys(total)) total[key] += counts[key];
  lines.push(`${layer.name.padEnd(8)} ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}
console.log(`\n${lines.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);
