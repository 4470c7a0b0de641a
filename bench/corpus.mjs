// `npm run corpus -- <folder> [--rule <id>] [--findings <file.json>]`: the command line over checkouts of the applications of corpus.json.
// The folder holds one checkout for each, called like its repository: `CTFd` for CTFd/CTFd. Nothing is downloaded.
// Prints for each application verdict, score, time, memory and findings per thousand lines, and for each rule its findings.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values: asked, positionals: [folder] } = parseArgs({ allowPositionals: true, options: { rule: { type: 'string' }, findings: { type: 'string' } } });
if (!folder || !existsSync(folder)) {
  console.error('Say where the checkouts are: npm run corpus -- <folder>. Each is a folder called like its repository; bench/corpus.json lists repositories and commits.');
  process.exit(2);
}
if (!existsSync('dist/cli.js')) {
  console.error('There is no dist/cli.js yet: npm run build.');
  process.exit(2);
}

/** Writes the peak memory of the process to its last file descriptor when it ends. */
const MEMORY = `data:text/javascript,${encodeURIComponent("import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));")}`;
const scratch = mkdtempSync(join(tmpdir(), 'shipworthy-corpus-'));

/** The report card of a checkout with what it cost, or why there is none. */
function measured(checkout) {
  const output = join(scratch, 'card.json');
  const started = performance.now();
  const { status, stderr, output: [, , , memory] } = spawnSync(process.execPath, ['--import', MEMORY, resolve('dist/cli.js'), 'check', checkout, '--format', 'json', '--output', output, '--fail-on', 'never', '--quiet'],
    { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const milliseconds = performance.now() - started;
  if (status !== 0 && status !== 3) return { failure: `exit code ${status}: ${stderr.trim()}` };
  const written = JSON.parse(readFileSync(output, 'utf8'));
  return { cards: Array.isArray(written) ? written : [written], milliseconds, megabytes: Number(memory) / 1024 };
}

const rows = [];
const failures = [];
const perRule = new Map();
const findings = [];
try {
  for (const { repository, framework, kept } of JSON.parse(readFileSync('bench/corpus.json', 'utf8'))) {
    const name = repository.split('/')[1];
    if (!existsSync(join(folder, name))) { failures.push(`${name} is not in ${folder}.`); continue; }
    const { cards, milliseconds, megabytes, failure } = measured(join(folder, name));
    if (failure) { failures.push(`${name}: ${failure}`); continue; }
    const results = cards.flatMap((card) => card.results.filter(({ rule }) => !asked.rule || rule === asked.rule).flatMap(({ rule, findings: list }) => list.map((finding) => ({ application: name, rule, ...finding }))));
    for (const { rule } of results) {
      const of = perRule.get(rule) ?? new Map();
      perRule.set(rule, of.set(name, (of.get(name) ?? 0) + 1));
    }
    findings.push(...results);
    const lines = cards.reduce((sum, card) => sum + card.files.lines, 0);
    const [worst] = [...cards].sort((a, b) => (a.score.value ?? 101) - (b.score.value ?? 101));
    rows.push({
      application: name, kind: `${framework}, ${kept}`, verdict: worst.verdict.value, score: worst.score.value === null ? '–' : `${worst.score.grade} ${worst.score.value}`, lines,
      seconds: (milliseconds / 1000).toFixed(1), megabytes: megabytes.toFixed(0), findings: results.length, density: lines > 0 ? (results.length / lines * 1000).toFixed(1) : '–',
      high: results.filter(({ severity }) => severity === 'critical' || severity === 'high').length, failed: cards.flatMap((card) => card.notices).filter(({ code }) => code === 'rule-failed').length,
    });
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

const cell = (value, width) => String(value).padEnd(width);
console.log(`${cell('application', 30)}${cell('kind', 30)}${cell('verdict', 14)}${cell('score', 9)}${cell('lines', 8)}${cell('time', 8)}${cell('memory', 9)}${cell('findings', 10)}${cell('high+', 7)}per 1,000 lines`);
for (const row of rows) console.log(`${cell(row.application, 30)}${cell(row.kind, 30)}${cell(row.verdict, 14)}${cell(row.score, 9)}${cell(row.lines, 8)}${cell(`${row.seconds} s`, 8)}${cell(`${row.megabytes} MB`, 9)}${cell(row.findings, 10)}${cell(row.high, 7)}${row.density}${row.failed > 0 ? `   ${row.failed} rules failed` : ''}`);
console.log('');
for (const [rule, of] of [...perRule].sort(([a], [b]) => a < b ? -1 : 1)) {
  const total = [...of.values()].reduce((sum, count) => sum + count, 0);
  console.log(`${cell(rule, 36)}${cell(total, 6)}${[...of].map(([name, count]) => `${name} ${count}`).join(', ')}`);
}
if (asked.findings) writeFileSync(asked.findings, `${JSON.stringify(findings, null, 1)}\n`);
for (const failure of failures) console.error(failure);
process.exitCode = failures.length > 0 ? 1 : 0;
