// What action.yml runs: installs the package outside of the workspace, checks the folder once with all reports that are wanted, and
// hands summary, annotations and outputs to the runner. Uploads nothing.
import { randomUUID } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Worst first. */
const VERDICTS = ['NOT READY', 'INCONCLUSIVE', 'MOSTLY READY', 'READY'];

const { env } = process;
const input = (name) => (env[`SHIPWORTHY_${name}`] ?? '').trim();
const isOn = (name) => {
  const value = input(name).toLowerCase();
  if (value !== 'true' && value !== 'false') stop(`The input ${name.toLowerCase()} must be true or false, and is ${JSON.stringify(value)}.`);
  return value === 'true';
};

function stop(message) {
  // Only what is printed as a command is shown where somebody looks.
  console.log(`::error title=Shipworthy::${message.replaceAll('%', '%25').replace(/[\r\n]+/g, ' ')}`);
  process.exit(2);
}

/**
 * Installs the package in a folder of its own, so that no configuration of the workspace has a say in what is run, and returns the path of
 * its command line.
 */
function installed(folder) {
  const version = input('VERSION');
  if (!/^[0-9A-Za-z.-]+$/.test(version)) stop(`The input version must be a version such as 0.1.0 or a tag such as latest, and is ${JSON.stringify(version)}.`);
  const windows = process.platform === 'win32';
  const words = ['install', '--prefix', '.', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', `shipworthy@${version}`];
  const { status, error } = spawnSync(windows ? 'npm.cmd' : 'npm', words, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'], shell: windows });
  const cli = join(folder, 'node_modules', 'shipworthy', 'dist', 'cli.js');
  if (error || status !== 0 || !existsSync(cli)) stop(`shipworthy@${version} could not be installed${error ? `: ${error.message}` : ', see the lines above'}.`);
  return cli;
}

/** The words of the command line; a value stands with its option in one word, so that none is taken for an option. */
function words(reports) {
  const own = input('OUTPUT').split('\n').map((one) => one.trim()).filter((one) => one !== '');
  const baseline = input('BASELINE');
  return [
    'check', `--fail-on=${input('FAIL_ON')}`,
    ...(baseline === '' || baseline === 'false' ? [] : [baseline === 'true' ? '--baseline' : `--baseline=${baseline}`]),
    ...(input('SINCE') === '' ? [] : [`--since=${input('SINCE')}`]),
    ...['text:-', ...Object.entries(reports).map(([form, file]) => `${form}:${file}`), ...own].map((one) => `--output=${one}`),
    '--', input('FOLDER') || '.',
  ];
}

/** Text of the repository is in the report, and a line of it that looks like a command of the runner must not be one. */
function run(cli, reports) {
  const token = randomUUID();
  console.log(`::stop-commands::${token}`);
  const { status, error } = spawnSync(process.execPath, [cli, ...words(reports)], { cwd: env.GITHUB_WORKSPACE ?? process.cwd(), stdio: ['ignore', 'inherit', 'inherit'] });
  console.log(`\n::${token}::`);
  if (error) stop(`The check could not be started: ${error.message}.`);
  return status ?? 2;
}

const temporary = mkdtempSync(join(env.RUNNER_TEMP ?? '.', 'shipworthy-'));
const reports = {
  json: join(temporary, 'report.json'),
  ...(isOn('SUMMARY') && { 'github-summary': join(temporary, 'summary.md') }),
  ...(isOn('ANNOTATIONS') && { 'github-annotations': join(temporary, 'annotations.txt') }),
};
const code = run(installed(temporary), reports);
const outputs = [`exit-code=${code}`];
// Nothing was written when the command line was wrong.
if (existsSync(reports.json)) {
  const cards = [JSON.parse(readFileSync(reports.json, 'utf8'))].flat();
  const [worst] = cards.sort((a, b) => VERDICTS.indexOf(a.verdict.value) - VERDICTS.indexOf(b.verdict.value) || (a.score.value ?? -1) - (b.score.value ?? -1));
  if (worst) outputs.push(`verdict=${worst.verdict.value}`, `score=${worst.score.value ?? ''}`);
  if (reports['github-annotations']) process.stdout.write(readFileSync(reports['github-annotations'], 'utf8'));
  if (reports['github-summary'] && env.GITHUB_STEP_SUMMARY) appendFileSync(env.GITHUB_STEP_SUMMARY, readFileSync(reports['github-summary'], 'utf8'));
}
if (env.GITHUB_OUTPUT) appendFileSync(env.GITHUB_OUTPUT, outputs.map((one) => `${one}\n`).join(''));
rmSync(temporary, { recursive: true, force: true });
process.exitCode = code;
