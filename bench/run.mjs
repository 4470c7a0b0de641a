// `npm run bench [-- folder]`: what a scan and a keystroke cost, beside the parser alone, in one process; what memory
// they take, in processes of their own; then how long the built server (`npm run build`) takes to show a first finding.
// Without a folder, a project is made from the Python files of examples/, many times over, in a temporary folder.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import * as esbuild from 'esbuild';
import { firstSquiggle } from './squiggle.mjs';

const COPIES = 40;
/** As many as make five thousand files. */
const MANY = 385;

await esbuild.build({
  entryPoints: ['bench/measure.ts', 'bench/memory.ts'], outdir: 'out/bench', outExtension: { '.js': '.cjs' }, bundle: true, platform: 'node', format: 'cjs', target: 'node20', mainFields: ['module', 'main'], logLevel: 'error', define: { 'import.meta.url': 'import_meta_url' },
  banner: { js: "const import_meta_url = require('node:url').pathToFileURL(__filename).href;" },
});

/** What one of the measurements says of a folder. */
function measured(what, of, ...more) {
  const { status, stdout } = spawnSync(process.execPath, ['--expose-gc', `out/bench/${what}.cjs`, of, 'dist', ...more], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error('The measurement failed; its own words are above.');
  return JSON.parse(stdout);
}

/** Every example's Python package under another name, so that names stay apart. */
function multiply(copies) {
  const folder = mkdtempSync(join(tmpdir(), 'shipworthy-bench-'));
  cpSync('examples/not-ready', join(folder, 'service0'), { recursive: true });
  const sources = readdirSync('examples/not-ready', { recursive: true }).filter((each) => each.endsWith('.py') && statSync(join('examples/not-ready', each)).isFile());
  for (let copy = 1; copy < copies; copy++) {
    for (const source of sources) {
      const to = join(folder, `service${copy}`, source);
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(to, readFileSync(join('examples/not-ready', source)));
    }
  }
  return folder;
}

const given = process.argv[2];
const folder = given ?? multiply(COPIES);
const many = given === undefined ? multiply(MANY) : undefined;
const kept = mkdtempSync(join(tmpdir(), 'shipworthy-kept-'));
try {
  const { parse, rows, squiggled } = measured('measure', folder);
  rows.push(...measured('memory', folder, 'edits'));
  if (many) rows.push(...measured('memory', many));
  if (squiggled !== undefined) {
    const squiggle = (keepIn) => firstSquiggle('dist/server.js', folder, squiggled, join(kept, 'code'), keepIn);
    // As in an editor that was used before: the server starts from its code, also where the folder is new.
    await squiggle();
    const first = await squiggle(kept);
    rows.push({ what: 'server, from start to first squiggle', milliseconds: first.diagnosed, note: `${squiggled} is open, ${first.count} diagnostics, first scan` });
    const again = [];
    for (let round = 0; round < 3; round++) again.push(await squiggle(kept));
    const best = again.reduce((one, other) => other.diagnosed < one.diagnosed ? other : one);
    rows.push({ what: 'server, from start to answer to initialize', milliseconds: best.initialized });
    rows.push({ what: 'server, to first squiggle from what was kept', milliseconds: best.diagnosed, note: `${best.count} diagnostics, the folder was open before` });
  }
  console.log(`${given ? relative('.', given) || given : `${COPIES} copies of examples/not-ready`}\n`);
  console.log('what                                           time        to parse   note');
  for (const { what, milliseconds, note = '' } of rows) {
    const time = milliseconds > 0 ? `${milliseconds.toFixed(1)} ms` : '';
    const ratio = milliseconds > 0 && !what.startsWith('keystroke') ? `${(milliseconds / parse).toFixed(2)} x` : '';
    console.log(`${what.padEnd(44)} ${time.padStart(11)} ${ratio.padStart(11)}   ${note}`);
  }
} finally {
  rmSync(kept, { recursive: true, force: true });
  if (!given) for (const made of [folder, many]) rmSync(made, { recursive: true, force: true });
}
