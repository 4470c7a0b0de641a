import type { CallMatch, Command, Context, Edit, Selector, Span, Unit, Value, Variation } from '../kit';
import { COMMAND_KINDS, call, commandLists, fileName, isForDevelopers, programIndex, programOf, programWords, replace, rule } from '../kit';

interface Mode {
  /** `chmod -R 777`, `os.chmod`. */
  readonly by: string;
  readonly what: string;
  readonly mode: Span;
  readonly at: Span;
  /** A number in the notation of its place, absent for `a+w`, `S_IWOTH`, `UMask=`. */
  readonly octal?: string;
  readonly socket: boolean;
}

const OS = call('os.chmod', 'os.fchmod', 'os.umask', '*.chmod', 'fs.chmod', 'fs.chmodSync', 'fs.promises.chmod', 'process.umask');

export default rule<Mode>({
  id: 'world-writable-permissions',
  title: 'Files are not writable by everyone',
  severity: 'medium', points: 6, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'Any other process or user on the machine can replace code or data. It hides an ownership problem instead of solving it.',
  how: 'Give the folder to the service user.',
  links: ['https://cwe.mitre.org/data/definitions/732.html'],
  anchors: ['bandit B103', 'ruff S103', 'CWE-732'],

  on: modes(),
  check: ({ socket }): boolean | Variation => socket ? { severity: 'low', points: 2, because: 'it is a socket, which others may only write requests to' } : true,
  message: ({ by, what }) => `${by} makes ${what} writable by everyone.`,
  underline: ({ at }) => at,
  nothing: 'No file is made writable by everyone.',

  fix: { title: 'Narrow the mode', safety: 'review', edit: narrowed, remains: 'Give the folder to the user the service runs as: chown.' },

  examples: () => ({
    'a folder of an image': {
      bad: { Dockerfile: 'FROM python:3.12-slim\nRUN chmod -R 777 /app/uploads\nCMD ["gunicorn", "app:app"]\n' },
      good: { Dockerfile: 'FROM python:3.12-slim\nRUN chmod -R 755 /app/uploads\nCMD ["gunicorn", "app:app"]\n' },
    },
    'in code': {
      bad: 'import os\ndef prepare(path):\n    os.chmod(path, 0o777)\n',
      good: 'import os\ndef prepare(path):\n    os.chmod(path, 0o755)\n',
    },
    'a path': {
      bad: 'from pathlib import Path\nPath("/srv/data").chmod(0o666)\n',
      good: 'from pathlib import Path\nPath("/srv/data").chmod(0o644)\n',
    },
    'by its bits': { bad: 'import os\nimport stat\nos.chmod("/srv/data", stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO)\n' },
    'by letters': { bad: { 'entrypoint.sh': '#!/bin/sh\nset -e\nsudo chmod -R a+w /srv/data\nexec gunicorn app:app\n' } },
    'copied so': { bad: { Dockerfile: 'FROM python:3.12-slim\nCOPY --chmod=777 . /app\n' } },
    'no mask': { bad: 'import os\ndef become_daemon():\n    os.setsid()\n    os.umask(0)\n' },
    'a unit without a mask': { bad: { 'shop.service': '[Service]\nExecStart=/srv/app/venv/bin/gunicorn app:app\nUMask=0000\n' } },
    'a socket': { severity: 'low', bad: { 'start.sh': '#!/bin/sh\nchmod 666 /run/shop.sock\n' } },
    'the owner': { good: { Dockerfile: 'FROM python:3.12-slim\nRUN useradd app && chown -R app /app/uploads\nUSER app\nCMD ["gunicorn", "app:app"]\n' } },
    'the sticky bit': { good: { 'setup.sh': '#!/bin/sh\nset -eu\nchmod 1777 /tmp/work\nchmod a+rwxt /var/spool/shop\nchmod 750 /srv/app\nchmod o-w /srv/app/config\nchmod +x run.sh\nchmod a+x run.sh\nchmod g=u /app\n' } },
    'the mask that was': { good: 'import os\ncurrent = os.umask(0)\nos.umask(current)\n' },
    'a narrow mode': { good: 'import os\nMODE = 0o640\nos.chmod("/srv/data", MODE)\nos.umask(0o077)\n' },
    'a test': { path: 'tests/test_files.py', good: 'import os\nos.chmod("x", 0o777)\n' },
    'not a mode': { good: 'class Board:\n    def chmod(self, mode):\n        return mode\n\nBoard().chmod("open")\n' },
    'for developers': { good: { '.devcontainer/Dockerfile': 'FROM python:3.12\nRUN chmod 777 /workspace\n' } },
  }),
});

function modes(): Selector<Mode> {
  return {
    kinds: [...new Set([...COMMAND_KINDS, ...OS.kinds])], callees: OS.callees,
    *select(unit, project) {
      if (unit.kind === 'module') { for (const one of OS.select(unit, project)) yield* ofCall(one, project.text(unit.path) ?? ''); return; }
      if (isForDevelopers(unit.path, project)) return;
      for (const list of commandLists(unit)) for (const command of list.commands) yield* ofCommand(command);
      yield* ofFile(unit);
    },
  };
}

/** Everyone may write, and the sticky bit does not keep them from each other's files. */
function isOpen(mode: number): boolean {
  return (mode & 0o2) !== 0 && (mode & 0o1000) === 0;
}

function* ofCommand(command: Command): Iterable<Mode> {
  if (programOf(command) !== 'chmod') return;
  const words = programWords(command);
  const index = words.findIndex((word, at) => at > 0 && !/^-[a-zA-Z]*[Rvfc]|^--/.test(word));
  const mode = words[index];
  const paths = words.slice(index + 1).filter((each) => !each.startsWith('-'));
  const octal = mode !== undefined && /^[0-7]{3,4}$/.test(mode);
  if (mode === undefined || paths.length === 0 || !(octal ? isOpen(Number.parseInt(mode, 8)) : opensBySymbols(mode))) return;
  const at = command.wordsAt[programIndex(command) + index] ?? command.at;
  yield { by: `chmod ${words.slice(1, index).map((each) => `${each} `).join('')}${mode}`, what: paths.length > 1 ? `${paths[0] ?? ''} and more` : paths[0] ?? '', mode: at, at: command.at, ...(octal && { octal: mode }), socket: paths.every((each) => /\.sock(et)?$/.test(each)) };
}

function opensBySymbols(mode: string): boolean {
  const parts = mode.split(',');
  return parts.every((each) => /^[ugoa]*([+=-][rwxXstugo]*)+$/.test(each)) && parts.some((each) => /^[ug]*[oa][ugoa]*[+=][rwxX]*w/.test(each)) && !parts.some((each) => /\+[rwxX]*t/.test(each));
}

function* ofFile(unit: Unit): Iterable<Mode> {
  if (unit.kind === 'dockerfile') {
    for (const each of unit.stages.flatMap((stage) => stage.instructions)) {
      const mode = each.flags['chmod'];
      if (mode !== undefined && /^[0-7]{3,4}$/.test(mode) && isOpen(Number.parseInt(mode, 8))) yield { by: `${each.keyword} --chmod=${mode}`, what: 'what it copies', mode: each.at, at: each.at, socket: false };
    }
  }
  if (unit.kind === 'ini' && unit.format === 'systemd') {
    for (const each of unit.sections.flatMap((section) => section.entries)) if (each.name === 'UMask' && /^0+$/.test(each.value ?? '')) yield { by: `UMask=${each.value ?? ''}`, what: 'every new file', mode: each.at, at: each.at, socket: false };
  }
}

function* ofCall(match: CallMatch, text: string): Iterable<Mode> {
  const { call: one, module } = match;
  const name = fileName(one.callee.replace(/\./g, '/'));
  if (name === 'umask') {
    const value = match.argument('mask', 0);
    if (one.discarded && value?.kind === 'number' && value.value === 0) yield { by: `${one.written}(0)`, what: 'every new file', mode: value.at, at: one.at, socket: false };
    return;
  }
  const onPath = !/^(os|fs|fs\.promises)\.|fchmod/.test(one.callee);
  const given = match.argument('mode', onPath ? 0 : 1);
  if (!given || !opens(given, text)) return;
  const own = given.at.path === undefined || given.at.path === module.path;
  const written = own ? text.slice(given.at.start, given.at.end) : '';
  const path = onPath ? undefined : one.args[0];
  const constant = path?.kind === 'text' ? path.value : undefined;
  const socket = constant !== undefined && /\.sock(et)?$/.test(constant);
  yield { by: one.written, what: constant ?? 'a file', mode: given.at, at: one.at, ...(/^0o[0-7]{3,4}$/.test(written) && { octal: written.slice(2) }), socket };
}

function opens(value: Value, text: string): boolean {
  if (value.kind === 'number') return isOpen(value.value);
  return value.at.path === undefined && value.kind !== 'text' && /\bS_(IWOTH|IRWXO)\b/.test(text.slice(value.at.start, value.at.end)) && !/~|\bS_ISVTX\b/.test(text.slice(value.at.start, value.at.end));
}

/** 777 becomes 755, 666 becomes 644: what everyone and the group may write, they may read. */
function narrowed({ mode, octal }: Mode, { source }: Context): readonly Edit[] | undefined {
  if (octal === undefined || mode.path !== undefined) return undefined;
  const narrow = octal.slice(0, -2) + octal.slice(-2).replace(/[2367]/g, (digit) => String(Number(digit) & 5));
  const written = source.slice(mode);
  return written.endsWith(octal) ? [replace({ start: mode.end - octal.length, end: mode.end }, narrow)] : undefined;
}
