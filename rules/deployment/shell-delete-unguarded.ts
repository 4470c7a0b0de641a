import type { Command, CommandList, Context, Edit, Project, Selector, Span, Unit } from '../kit';
import { commandLists, fileName, isForDevelopers, programOf, programWords, replace, rule } from '../kit';

interface Deletion {
  readonly command: Command;
  readonly list: CommandList;
  /** What it deletes, as written without quotes. */
  readonly target: string;
  readonly at: Span;
  readonly variable?: string;
  /** What the target becomes without the variable: `/`, `/*`, `/usr`, `/old`. */
  readonly emptied: string;
  readonly open: boolean;
}

export default rule<Deletion>({
  id: 'shell-delete-unguarded',
  title: 'Recursive deletes cannot hit an empty path',
  severity: 'high', points: 8, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'One unset variable turns the command into rm -rf /*. It has deleted servers and their backups.',
  how: 'Use ${VAR:?} in every destructive command.',
  links: ['https://www.shellcheck.net/wiki/SC2115'],
  anchors: ['shellcheck SC2115'],

  on: deletions(),
  check: ({ open, emptied, variable }) => open && (variable === undefined || isCatastrophic(emptied) || { severity: 'medium', points: 4, because: 'without the variable one folder of the root is left to delete' }),
  message: ({ command, variable, emptied, target }) => variable === undefined ? `${programOf(command)} deletes ${target}.` : `${programOf(command)} deletes ${emptied} when ${variable} is empty.`,
  underline: ({ at }) => at,
  holds: ({ variable }) => variable === undefined ? undefined : `${variable} is never empty where it is deleted from`,
  nothing: 'No script here deletes folders by a variable.',
  summary: (count) => `${String(count)} recursive ${count === 1 ? 'delete' : 'deletes'}, all guarded`,

  fix: { title: 'Require the variable', safety: 'safe', edit: required },

  examples: () => ({
    'everything below a variable': {
      bad: { 'clean.sh': '#!/bin/bash\nset -e\nrm -rf "$RELEASE_DIR"/*\n' },
      good: { 'clean.sh': '#!/bin/bash\nset -e\nrm -rf "${RELEASE_DIR:?}"/*\n' },
    },
    'what a file says': {
      severity: 'medium',
      bad: { 'deploy.sh': '#!/bin/bash\nset -e\ntarget=$(cat target.txt)\nrm -rf $target/old\n' },
      good: { 'deploy.sh': '#!/bin/bash\nset -e\ntarget=$(cat target.txt)\nrm -rf "${target:?}"/old\n' },
    },
    'an argument': { bad: { 'ops/prune.sh': '#!/bin/sh\nrm -rf "$1/"\n' } },
    'an argument under another name': { bad: { 'ops/prune.sh': '#!/bin/sh\nprune() {\n  local where="$1"\n  sudo rm -r -f ${where}/*\n}\nprune "$2"\n' } },
    'find': { bad: { 'ops/prune.sh': '#!/bin/sh\nfind "$KEEP_DIR/" -mtime +14 -delete\n' } },
    'a mirror of nothing': { bad: { 'ops/mirror.sh': '#!/bin/sh\nrsync -a --delete "$SOURCE/" host:/srv/app/\n' } },
    'on another machine': { bad: { '.github/workflows/deploy.yml': 'on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ssh host \'rm -rf $APP_DIR/*\'\n' } },
    'the root itself': { bad: { 'wipe.sh': '#!/bin/sh\nrm -rf /*\n' } },
    'required': { good: { 'clean.sh': '#!/bin/bash\nset -euo pipefail\nrm -rf "${RELEASE_DIR:?}"/*\n' } },
    'a folder for a while': { good: { 'build.sh': '#!/bin/sh\nset -e\ntmp=$(mktemp -d)\nrm -rf "$tmp"\nrm -rf "$tmp"/*\nrm -rf build/\n' } },
    'assigned a constant': { good: { 'clean.sh': '#!/bin/sh\nBASE=/srv/app\nRELEASES="$BASE/releases"\nrm -rf "$BASE"/* "$RELEASES"/*\n' } },
    'with a default': { good: { 'clean.sh': '#!/bin/sh\nDIR=${DIR:-/srv/app}\nrm -rf "$DIR"/* "${OTHER:-/tmp/x}"/*\n' } },
    'tested before': { good: { 'clean.sh': '#!/bin/bash\nif [ -z "$DIR" ]; then echo "DIR is missing"; exit 1; fi\n[[ -d $OTHER ]] || exit 1\nrm -rf "$DIR"/* "$OTHER"/*\n' } },
    'arguments are counted': { good: { 'clean.sh': '#!/bin/sh\n[ "$#" -eq 1 ] || exit 2\nrm -rf "$1"/*\n' } },
    'unset variables stop it': { good: { 'clean.sh': '#!/bin/sh\nset -eu\nrm -rf "$RELEASE_DIR"/*\n' } },
    'the script\'s own folder': { good: { 'build.sh': '#!/bin/bash\nHERE="$(cd "$(dirname "$0")" && pwd)"\nrm -rf "$HERE"/dist "$HERE/build"\n' } },
    'always set': { good: { '.github/workflows/ci.yml': 'on: push\njobs:\n  clean:\n    runs-on: self-hosted\n    steps:\n      - run: rm -rf "$GITHUB_WORKSPACE"/* "$HOME/.cache"\n' } },
    'each of a list': { good: { 'clean.sh': '#!/bin/sh\nfor app in shop blog; do rm -rf "$app"/dist; done\n' } },
    'a Makefile that says where': { good: { Makefile: 'BUILD := out\nclean:\n\trm -rf $(BUILD)/*\n' } },
    'an image in the making': { good: { Dockerfile: 'FROM debian:12\nRUN rm -rf "$CACHE"/* /var/lib/apt/lists/*\n' } },
    'the whole variable': { good: { 'clean.sh': '#!/bin/sh\nrm -rf "$DIR"\n' } },
  }),
});

/** Nothing else stands before the slash. */
const BELOW = /^\$\{?(\w+)\}?(\/.*)$/;
const SYSTEM = /^\/(\*|\.\*|(bin|boot|dev|etc|home|lib|lib64|media|mnt|opt|root|sbin|srv|usr|var)(\/\*?)?)?$/;
/** Shells, runners and systems set these. */
const ALWAYS = /^(HOME|PWD|OLDPWD|TMPDIR|GITHUB_WORKSPACE|RUNNER_\w+|CI_PROJECT_DIR|CI_BUILDS_DIR|WORKSPACE|BUILD_\w+|BITBUCKET_CLONE_DIR|CIRCLE_WORKING_DIRECTORY|SRCROOT|CURDIR|XDG_\w+)$/;

function isCatastrophic(emptied: string): boolean {
  return SYSTEM.test(emptied);
}

function deletions(): Selector<Deletion> {
  return {
    kinds: ['shell', 'workflow', 'pipeline', 'crontab', 'plain'], callees: [],
    *select(unit, project) {
      if (isForDevelopers(unit.path, project)) return;
      for (const list of commandLists(unit)) for (const command of list.commands) for (const one of deleted(command)) yield* judged(one, command, list, unit, project);
    },
  };
}

interface Target { readonly text: string; readonly at: Span }

/** What a command deletes with all that is in it. */
function deleted(command: Command): readonly Target[] {
  const words = programWords(command);
  const from = command.words.length - words.length;
  const targets = words.map((text, index) => ({ text, at: command.wordsAt[from + index] ?? command.at })).slice(1);
  const plain = targets.filter((each) => !each.text.startsWith('-'));
  switch (programOf(command)) {
    case 'rm': return words.some((word) => /^-[a-zA-Z]*[rR]|^--recursive$/.test(word)) ? plain : [];
    case 'find': return words.includes('-delete') || (words.includes('-exec') && words.includes('rm')) ? plain.slice(0, 1) : [];
    case 'rsync': return words.some((word) => /^--delete/.test(word)) ? plain.slice(-2, -1) : [];
    default: return [];
  }
}

function* judged({ text, at }: Target, command: Command, list: CommandList, unit: Unit, project: Project): Iterable<Deletion> {
  const found = BELOW.exec(text);
  const base = { command, list, target: text, at };
  if (programOf(command) === 'rm' && /^(\/\*?|~\/?\*?|~\/\*|\$HOME\/?\*?|\$\{HOME\}\/?\*?)$/.test(text)) yield { ...base, emptied: text, open: true };
  else if (found?.[1] !== undefined && found[2] !== undefined && !ALWAYS.test(found[1])) yield { ...base, variable: `$${found[1]}`, emptied: found[2], open: mayBeEmpty(found[1], { command, list, text: project.text(unit.path) ?? '', makefile: unit.kind === 'plain' }) };
}

interface Surroundings { readonly command: Command; readonly list: CommandList; readonly text: string; readonly makefile: boolean }

/** Whether a variable may be unset or empty where a command runs, as far as its script shows. */
function mayBeEmpty(name: string, around: Surroundings, depth = 0): boolean {
  const { command, list, text, makefile } = around;
  if (ALWAYS.test(name) || depth > 5) return false;
  if (makefile) return !new RegExp(String.raw`^(?:export\s+)?${name}\s*(?:::?|\?|\+|!)?=\s*\S|\$[({](?:error|if|ifndef)[^\n]*\b${name}\b|\bfor\s+${name}\b`, 'm').test(text);
  const before = list.commands.filter((each) => each.at.start < command.at.start);
  if (new RegExp(String.raw`\bfor\s+${name}\s+in\b`).test(text) || before.some((each) => tests(each, name))) return false;
  const given = before.flatMap((each) => [...each.assignments.map((one) => one.name === name ? one.value ?? '' : undefined), ...each.words.map((word) => declares(each, word, name))]).findLast((each) => each !== undefined);
  if (given === undefined) return !stopsAtUnset(list);
  return isEmptyable(given, around, depth);
}

function declares({ words }: Command, word: string, name: string): string | undefined {
  return /^(local|export|declare|readonly|typeset)$/.test(words[0] ?? '') && word.startsWith(`${name}=`) ? word.slice(name.length + 1) : undefined;
}

/** A value that may turn out empty: nothing constant is in it, and what is put in may be nothing. */
function isEmptyable(value: string, around: Surroundings, depth: number): boolean {
  if (value === '') return true;
  if (/^[$`]\(?.*\b(mktemp|pwd|dirname|realpath|readlink|git\s+rev-parse|basename|date|hostname|whoami|id)\b/s.test(value) || /\$\{\w+(:-|:\?|:=|-|\?|=)[^}]/.test(value)) return false;
  const whole = /^\$\{?(\w+)\}?$/.exec(value)?.[1];
  if (whole !== undefined) return mayBeEmpty(whole, around, depth + 1);
  return /^(\$\([^)]*\)|`[^`]*`|\$\(.*\))$/s.test(value);
}

/** `[ -n "$X" ]`, `[[ -d $X ]]`, `: "${X:?}"`, `[ $# -eq 1 ]` for arguments. */
function tests(command: Command, name: string): boolean {
  const text = command.words.join(' ');
  if (new RegExp(String.raw`\$\{${name}:?\?`).test(text) || new RegExp(String.raw`\$\{${name}:?[?=]`).test(command.assignments.map((each) => each.value ?? '').join(' '))) return true;
  if (!/^(\[|\[\[|test)$/.test(command.words[0] ?? '')) return false;
  return new RegExp(String.raw`\$\{?${name}\b`).test(text) || (/^\d$/.test(name) && /\$#/.test(text));
}

function stopsAtUnset({ commands, unit }: CommandList): boolean {
  return (unit.kind === 'shell' && /\s-[a-z]*u/.test(unit.interpreter ?? '')) || commands.some(({ words }) => words[0] === 'set' && (words.some((word) => /^-[a-zA-Z]*u[a-zA-Z]*$/.test(word)) || words.includes('nounset')));
}

function required({ command, at, variable, list }: Deletion, { source }: Context): readonly Edit[] | undefined {
  if (variable === undefined || list.unit.kind === 'plain') return undefined;
  const name = variable.slice(1);
  const written = source.slice(at);
  const found = new RegExp(String.raw`\$(?:\{${name}\}|${name}\b)`).exec(written);
  if (!found) return undefined;
  const start = at.start + found.index;
  // Inside the text of another command quotes may be in the way.
  const quoted = found.index > 0 || command.depth > 0 || fileName(list.unit.path) === '';
  return [replace({ start, end: start + found[0].length }, quoted ? `\${${name}:?}` : `"\${${name}:?}"`)];
}
