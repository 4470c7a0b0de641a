import type { Command, CommandList, Dockerfile, Instruction, Project, Selector, Span, Unit, Variation } from '../kit';
import { COMMAND_KINDS, ciJobs, commandLists, fileName, isForDevelopers, programOf, programWords, rule } from '../kit';

interface Fetched {
  /** What fetches it: `curl`, `wget`, `ADD`. */
  readonly by: string;
  /** As written; variables are left in it. */
  readonly url: string | undefined;
  readonly runner: string;
  readonly at: Span;
  readonly verified: boolean;
}

export default rule<Fetched>({
  id: 'remote-script-executed',
  title: 'Downloaded scripts are verified before they run',
  severity: 'medium', points: 6, confidence: 'confirmed', blocks: 'never', effort: 'M', since: '1',
  why: 'Whoever controls the address or the path to it runs code in your build with its secrets. The content can differ per caller.',
  how: 'Download a pinned version, check its hash, then run it.',
  links: ['https://cwe.mitre.org/data/definitions/494.html', 'https://docs.docker.com/build/building/best-practices/'],
  anchors: ['semgrep curl-pipe-bash', 'semgrep curl-eval', 'hadolint DL3020', 'checkov CKV_GHA_3', 'CWE-494'],

  on: fetched(),
  check: (one) => !one.verified && (graded(one) ?? true),
  message: ({ by, url, runner }) => `${runner} runs what ${by} fetches from ${hostOf(url)}, unverified.`,
  underline: ({ at }) => at,
  holds: ({ verified, url }) => verified ? `what comes from ${hostOf(url)} is checked before it runs` : undefined,
  nothing: 'No script from elsewhere is run here.',

  examples: () => ({
    'into a shell': { bad: { Dockerfile: 'FROM debian:12-slim\nRUN curl -sSL https://get.example.com/tool.sh | bash\n' } },
    'evaluated, without TLS': { severity: 'high', bad: { 'setup.sh': '#!/bin/bash\nset -e\neval "$(wget -qO- http://get.example.com/env.sh)"\n' } },
    'a shell as root, with options': { bad: { 'provision.sh': '#!/bin/sh\ncurl -fsSL https://get.example.com/agent.sh | sudo -E bash -s -- --yes\n' } },
    'a substituted file': { bad: { 'provision.sh': '#!/bin/bash\nbash <(curl -s https://get.example.com/agent.sh)\n' } },
    'the text of sh -c': { bad: { Dockerfile: 'FROM debian:12\nRUN sh -c "$(curl -fsSL https://get.example.com/install.sh)"\n' } },
    'python': { bad: { Dockerfile: 'FROM debian:12\nRUN curl -sSL https://get.example.com/install.py | python3 -\n' } },
    'saved, then run': { bad: { Dockerfile: 'FROM debian:12\nRUN wget -O /tmp/install.sh https://get.example.com/install.sh && chmod +x /tmp/install.sh && /tmp/install.sh\n' } },
    'added, then run': { bad: { Dockerfile: 'FROM debian:12\nADD https://get.example.com/install.sh /install.sh\nRUN sh /install.sh\n' } },
    'a well-known installer of one version': { severity: 'low', bad: { Dockerfile: 'FROM python:3.12-slim\nRUN curl -LsSf https://astral.sh/uv/0.4.17/install.sh | sh\n' } },
    'a job that deploys': { bad: { '.github/workflows/deploy.yml': 'on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: curl -L https://get.example.com/cli.sh | sh\n      - run: flyctl deploy\n        env: {FLY_API_TOKEN: "${{ secrets.FLY_API_TOKEN }}"}\n' } },
    'a checksum': { good: { Dockerfile: 'FROM debian:12-slim\nRUN curl -fsSLo tool.sh https://get.example.com/tool-1.2.sh && echo "abc123  tool.sh" | sha256sum -c - && sh tool.sh\n' } },
    'added with a checksum': { good: { Dockerfile: 'FROM debian:12\nADD --checksum=sha256:0f343b0931126a20f133d67c2b018a3b5d0f2b1a7c9c3d2f1e0a9b8c7d6e5f40 https://get.example.com/install.sh /install.sh\nRUN sh /install.sh\n' } },
    'a signature': { good: { 'provision.sh': '#!/bin/sh\nset -e\ncurl -fsSLO https://get.example.com/agent.sh\ncurl -fsSLO https://get.example.com/agent.sh.asc\ngpg --verify agent.sh.asc agent.sh\nsh agent.sh\n' } },
    'not run': { good: { 'fetch.sh': '#!/bin/sh\nset -e\ncurl -fsS https://api.example.com/status | jq .\ncurl -s https://api.example.com/x | python3 -m json.tool\ncurl -s https://api.example.com/x | python3 -c "import sys, json; print(json.load(sys.stdin)[0])"\n' } },
    'a key': { good: { Dockerfile: 'FROM debian:12\nRUN curl -fsSL https://get.example.com/key.asc | gpg --dearmor -o /usr/share/keyrings/tool.gpg\nRUN curl -fsSL https://get.example.com/tool.tgz | tar xz\n' } },
    'a test of the application': { good: { '.github/workflows/tests.yml': 'on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: curl -LsSf https://get.example.com/install.sh | sh\n      - run: pytest\n' } },
    'a developer\'s machine': { good: { '.devcontainer/setup.sh': '#!/bin/sh\ncurl -L https://get.example.com/cli.sh | sh\n', 'scripts/setup-dev.sh': '#!/bin/sh\ncurl -L https://get.example.com/cli.sh | sh\n' } },
    'a document': { good: { 'README.md': '```sh\ncurl -L https://get.example.com/cli.sh | sh\n```\n', 'install-hint.sh': '#!/bin/sh\necho "install it: curl -L https://get.example.com/cli.sh | sh"\n' } },
    'its own health': { good: { 'check.sh': '#!/bin/sh\ncurl -fsS -o /tmp/answer http://127.0.0.1:8000/healthz\ncat /tmp/answer\nsh ./after.sh\n' } },
  }),
});

const FETCHES = /^(curl|wget|aria2c|http|https|fetch)$/;
const RUNS = /^(sh|bash|dash|ash|zsh|ksh|python[\d.]*|node|perl|ruby|php)$/;
const SHELLS = /^(sh|bash|dash|ash|zsh|ksh)$/;
const VERIFIES = /\b(sha\d+sum|shasum|md5sum|b2sum)\b.*(-c\b|--check\b)|\bgpgv?\b.*--verify\b|\bgpgv\b|\bcosign\s+verify|\bminisign\b|\bopenssl\s+dgst\b.*-verify|\bslsa-verifier\b|\bgh\s+attestation\s+verify|\bsignify\b/;

function fetched(): Selector<Fetched> {
  return {
    kinds: COMMAND_KINDS, callees: [],
    *select(unit, project) {
      if (unit.kind === 'manifest' || isForDevelopers(unit.path, project) || isSetAside(unit)) return;
      for (const list of commandLists(unit)) if (matters(list, project)) yield* inList(list);
      if (unit.kind === 'dockerfile') yield* added(unit);
    },
  };
}

function isSetAside(unit: Unit): boolean {
  return unit.kind === 'shell' && /(^|[/_.-])(tests?|bench\w*)([/_.-]|$)/i.test(unit.path);
}

/** Jobs that only check changes run without what an attacker wants; those that are given secrets, publish or deploy count. */
function matters({ unit, commands }: CommandList, project: Project): boolean {
  if (unit.kind !== 'workflow' && unit.kind !== 'pipeline') return true;
  const job = ciJobs(project).find((each) => each.unit === unit && each.steps.some((step) => step.commands === commands || step.commands.some((one) => commands.includes(one))));
  if (!job) return false;
  const secret = job.steps.some((step) => step.step !== undefined && [...step.step.env, ...step.step.with].some((each) => isSecret(each.value ?? ''))) || job.entries.some((each) => isSecret(each.value));
  return secret || job.steps.some((step) => step.works.has('deploy')) || /deploy|release|publish/i.test(job.id);
}

function isSecret(value: string): boolean {
  return /secrets\.(?!GITHUB_TOKEN|CODECOV|COVERALLS)/.test(value);
}

function* inList({ commands }: CommandList): Iterable<Fetched> {
  for (const [index, command] of commands.entries()) {
    const substituted = inSubstitution(command);
    if (substituted) yield { by: substituted.by, url: urlIn(substituted.text), runner: programOf(command), at: command.at, verified: false };
    if (!FETCHES.test(programOf(command))) continue;
    const piped = pipedInto(commands, index);
    if (piped) yield { by: programOf(command), url: urlOf(command), runner: programOf(piped), at: { start: command.at.start, end: Math.max(command.at.end, piped.at.end) }, verified: false };
    else yield* savedAndRun(commands, index);
  }
}

/** `eval "$(curl …)"`, `bash <(curl …)`, `sh -c "$(curl …)"`, `iex (irm …)`. */
function inSubstitution(command: Command): { readonly by: string; readonly text: string } | undefined {
  const words = programWords(command);
  const program = programOf(command);
  if (!SHELLS.test(program) && !/^(eval|source|\.|python[\d.]*|node|perl|ruby|powershell|pwsh|iex)$/.test(program)) return undefined;
  const text = words.slice(1).join(' ');
  const found = /(?:^|\s)(?:<\(|\$\(|`)\s*(curl|wget)\b[\s\S]*/.exec(text) ?? (/^(powershell|pwsh|iex)$/.test(program) ? /\b(irm|iwr|Invoke-RestMethod|Invoke-WebRequest|DownloadString)\b[\s\S]*/i.exec(text) : null);
  // `sh -c "x=$(curl …)"` keeps what it fetches.
  if (!found?.[1] || (SHELLS.test(program) && !found[0].trimStart().startsWith('<(') && !new RegExp(String.raw`-\w*c\s+(\$\(|\x60)`).test(text))) return undefined;
  return { by: found[1], text: found[0] };
}

/** The interpreter that takes what comes out of a pipe for its program. */
function pipedInto(commands: readonly Command[], index: number): Command | undefined {
  const { depth } = commands[index] ?? { depth: 0 };
  for (let at = index; commands[at]?.then === '|';) {
    at = commands.findIndex((each, next) => next > at && each.depth === depth);
    const next = commands[at];
    if (next === undefined) return undefined;
    if (RUNS.test(programOf(next)) && readsProgram(programWords(next))) return next;
  }
  return undefined;
}

/** `bash`, `bash -s -- x`, `python3 -`; not `python3 -m json.tool`, `python3 -c "…"`, `sh other.sh`. */
function readsProgram([program = '', ...rest]: readonly string[]): boolean {
  if (SHELLS.test(fileName(program)) && rest.some((each) => /^-\w*s\w*$/.test(each))) return true;
  const [first] = rest.filter((each) => !/^-(?![cmep])\w+$|^--\w/.test(each));
  return first === undefined || first === '-' || first === '/dev/stdin';
}

/** `curl -o x URL && sh x`. */
function* savedAndRun(commands: readonly Command[], index: number): Iterable<Fetched> {
  const command = commands[index];
  const file = command && savedAs(command);
  if (!command || file === undefined) return;
  const later = commands.slice(index + 1);
  const run = later.find((each) => runs(each, file));
  if (!run) return;
  const verified = later.slice(0, later.indexOf(run)).some((each) => VERIFIES.test(each.words.join(' ')));
  yield { by: programOf(command), url: urlOf(command), runner: RUNS.test(programOf(run)) ? programOf(run) : fileName(file), at: command.at, verified };
}

function savedAs(command: Command): string | undefined {
  const words = programWords(command);
  const option = words.findIndex((word) => programOf(command) === 'wget' ? /^-\w*O$|^--output-document$/.test(word) : /^-\w*o$|^--output$/.test(word));
  const named = option >= 0 ? words[option + 1] : words.find((word) => /^--output(-document)?=/.test(word))?.replace(/^[^=]*=/, '') ?? command.redirects.find((each) => /^>/.test(each.op))?.target;
  if (named !== undefined) return named === '-' || named.startsWith('/dev/') ? undefined : named;
  const byAddress = programOf(command) === 'wget' || words.some((word) => /^-\w*O|^--remote-name/.test(word));
  return byAddress ? urlOf(command)?.replace(/[?#].*/, '').split('/').at(-1) || undefined : undefined;
}

function runs(command: Command, file: string): boolean {
  const words = programWords(command);
  const name = fileName(file);
  const same = (word: string | undefined) => word !== undefined && (word === file || word === `./${file}` || (word.includes('/') && fileName(word) === name && word.startsWith('./')) || (!file.includes('/') && word === name));
  if (RUNS.test(programOf(command)) || /^(source|\.)$/.test(programOf(command))) return same(words.slice(1).find((word) => !word.startsWith('-')));
  return (words[0]?.includes('/') ?? false) && same(words[0]);
}

function* added(file: Dockerfile): Iterable<Fetched> {
  for (const stage of file.stages) {
    for (const [index, add] of stage.instructions.entries()) {
      const [url, target] = add.keyword === 'ADD' ? add.exec ?? add.text.split(/\s+/) : [];
      if (url === undefined || target === undefined || !/^https?:\/\//.test(url)) continue;
      const path = target.endsWith('/') ? `${target}${url.split('/').at(-1) ?? ''}` : target;
      if (stage.instructions.slice(index + 1).some((each) => runsFile(each, path))) yield { by: 'ADD', url, runner: 'RUN', at: add.at, verified: add.flags['checksum'] !== undefined };
    }
  }
}

function runsFile(instruction: Instruction, path: string): boolean {
  return instruction.keyword === 'RUN' && instruction.commands.some((each) => runs(each, path));
}

function urlOf(command: Command): string | undefined {
  return programWords(command).find((word) => /^(https?|ftp):\/\//.test(word)) ?? urlIn(command.words.join(' '));
}

function urlIn(text: string): string | undefined {
  return /(https?|ftp):\/\/[^\s"'`)]+/.exec(text)?.[0];
}

/** The host alone: an address may hold a password. */
function hostOf(url: string | undefined): string {
  const host = url === undefined ? undefined : /^\w+:\/\/(?:[^@/\s]*@)?([\w.-]+)/.exec(url)?.[1];
  return host ?? 'an address it is given';
}

const KNOWN = /^https:\/\/(astral\.sh|sh\.rustup\.rs|install\.python-poetry\.org|deb\.nodesource\.com|rpm\.nodesource\.com|get\.docker\.com|bun\.sh|fly\.io|deno\.land|get\.helm\.sh|raw\.githubusercontent\.com|github\.com|bootstrap\.pypa\.io|get\.pnpm\.io|sdk\.cloud\.google\.com|install\.duckdb\.org|pixi\.sh)\//;
const PINNED = /[/_v-]\d+\.\d+(\.\d+)?\b|\b[0-9a-f]{40}\b|\$\{?\w*VERSION\w*\}?/i;

function graded({ url = '' }: Fetched): Variation | undefined {
  if (/^(http|ftp):\/\//.test(url)) return { severity: 'high', points: 10, because: 'the address has no TLS' };
  return KNOWN.test(url) && PINNED.test(url) ? { severity: 'low', points: 2, because: 'the address names one version of a well-known installer' } : undefined;
}
