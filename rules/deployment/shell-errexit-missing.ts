import type { Command, CommandList, Context, Edit, Project, Selector, Shell, Span } from '../kit';
import { ciJobs, commandLists, fileName, insert, isForDevelopers, programOf, programWords, rule } from '../kit';

interface Operational {
  readonly script: Shell;
  /** `goes on`: nothing stops it. `pipe`: it stops, but not for what fails before a `|`. */
  readonly fault: 'goes on' | 'pipe' | undefined;
  readonly at: Span;
  /** The command whose failure nobody notices. */
  readonly command?: Command;
  /** A container or server is started by it: a stop at the first error may keep it from starting. */
  readonly starts: boolean;
}

export default rule<Operational>({
  id: 'shell-errexit-missing',
  title: 'Operational scripts stop at the first error',
  severity: 'medium', points: 4, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'A failed dump is uploaded as an empty file and the job reports success. A failed copy is followed by a restart.',
  how: 'Stop on the first error and treat unset variables as errors.',
  links: ['https://www.gnu.org/software/bash/manual/bash.html#The-Set-Builtin'],
  anchors: ['hadolint DL4006', 'semgrep set-pipefail', 'shellcheck SC2164'],

  on: operational(),
  check: ({ fault }) => fault === 'pipe' ? { severity: 'low', points: 2, because: 'it stops at other errors' } : fault !== undefined,
  message: ({ script, fault, command }) => {
    const program = command ? programOf(command) : 'a command';
    return fault === 'pipe' ? `${fileName(script.path)} goes on when ${program} fails before a |: set -o pipefail is missing.` : `${fileName(script.path)} goes on after ${program} has failed.`;
  },
  underline: ({ at }) => at,
  holds: ({ script }) => `${fileName(script.path)} stops at the first error`,
  nothing: 'No script here deploys, starts, migrates, backs up or restores.',

  fix: [
    { title: 'Stop at the first error', safety: 'safe', edit: ({ starts, ...one }, context) => starts ? undefined : stopping(one, context) },
    { title: 'Stop at the first error', safety: 'review', edit: (one, context) => one.starts ? stopping(one, context) : undefined, remains: 'See that what may fail when the service starts has its own `|| true`.' },
  ],

  examples: () => ({
    'a backup': {
      bad: { 'backup.sh': '#!/bin/bash\npg_dump shop > /backup/shop.sql\ngzip /backup/shop.sql\naws s3 cp /backup/shop.sql.gz s3://bucket/\n' },
      good: { 'backup.sh': '#!/bin/bash\nset -euo pipefail\npg_dump shop > /backup/shop.sql\ngzip /backup/shop.sql\naws s3 cp /backup/shop.sql.gz s3://bucket/\n' },
    },
    'a deploy': { bad: { 'deploy.sh': '#!/bin/bash\ntar czf build.tgz app\nscp build.tgz host:/srv/\nssh host sudo systemctl restart app\n' } },
    'an entry script': {
      bad: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nENTRYPOINT ["./run.sh"]\n', 'run.sh': '#!/bin/sh\npython manage.py migrate\npython manage.py collectstatic --noinput\nexec gunicorn shop.wsgi\n' },
      good: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nENTRYPOINT ["./run.sh"]\n', 'run.sh': '#!/bin/sh\nset -e\npython manage.py migrate\npython manage.py collectstatic --noinput\nexec gunicorn shop.wsgi\n' },
    },
    'a script that cron calls': { bad: { 'ops/nightly.sh': '#!/bin/bash\npython reports.py\ntar czf /srv/reports.tgz reports\nrclone copy /srv/reports.tgz remote:reports\n', 'ops/crontab': '0 3 * * * root /srv/app/ops/nightly.sh\n' } },
    'set -e, and a dump before a pipe': {
      severity: 'low',
      bad: { 'backup.sh': '#!/bin/bash\nset -e\npg_dump shop | gzip > /backup/shop.sql.gz\naws s3 cp /backup/shop.sql.gz s3://bucket/\nrm /backup/shop.sql.gz\n' },
      good: { 'backup.sh': '#!/bin/bash\nset -e\nset -o pipefail\npg_dump shop | gzip > /backup/shop.sql.gz\naws s3 cp /backup/shop.sql.gz s3://bucket/\nrm /backup/shop.sql.gz\n' },
    },
    'functions of the script, then main': { bad: { 'scripts/deploy.sh': '#!/usr/bin/env bash\nbuild() {\n  npm ci\n  npm run build\n}\nship() {\n  rsync -a dist/ host:/srv/app/\n}\nbuild\nship\n' } },
    'set -euo pipefail': { good: { 'backup.sh': '#!/bin/bash\nset -euo pipefail\npg_dump shop | gzip > /backup/shop.sql.gz\naws s3 cp /backup/shop.sql.gz s3://bucket/\n' } },
    'in the first line': { good: { 'restore.sh': '#!/bin/bash -e\ngunzip -k "$1"\ndropdb shop\ncreatedb shop\npsql shop -f dump.sql\n' } },
    'a sourced library': { good: { 'lib/colors.sh': 'red() { printf \'\\033[31m%s\\033[0m\' "$1"; }\ngreen() { printf \'\\033[32m%s\\033[0m\' "$1"; }\nbold() { printf \'\\033[1m%s\\033[0m\' "$1"; }\n', 'deploy/lib.sh': 'ship() {\n  rsync -a dist/ host:/srv/\n  ssh host uptime\n  curl -f https://example.invalid\n  tar xf b.tar\n}\n' } },
    'every step is joined': { good: { 'deploy.sh': '#!/bin/sh\ngit pull || exit 1\npip install -r requirements.txt || exit 1\nalembic upgrade head && systemctl restart shop\n' } },
    'the status is asked for': { good: { 'deploy.sh': '#!/bin/bash\ngit pull\nif [ $? -ne 0 ]; then echo failed; exit 1; fi\nnpm ci\nif [ $? -ne 0 ]; then exit 1; fi\npm2 restart shop\n' } },
    'a trap': { good: { 'deploy.sh': '#!/bin/bash\ntrap "echo failed; exit 1" ERR\ngit pull\nnpm ci\npm2 restart shop\n' } },
    'it tries again until it works': { good: { 'boot.sh': '#!/bin/bash\nwhile true; do\n  flask db upgrade\n  if [[ "$?" == "0" ]]; then\n    break\n  fi\n  sleep 5\ndone\npython seed.py\nexec gunicorn shop:app\n' } },
    'somebody sits in front of it': { good: { 'deploy.sh': '#!/bin/bash\nread -p "Which version? " version\ngit fetch\ngit checkout "$version"\npm2 restart shop\n' } },
    'one command': { good: { 'start.sh': '#!/bin/sh\ncd /srv/app\nexport PORT=8000\necho starting\nexec gunicorn app:app\n' } },
    'commands to copy, with places to fill in': { good: { 'DEPLOY_COMMANDS.sh': '#!/bin/bash\nflyctl secrets set DB="<your-database>" --app shop\nflyctl deploy --app "<your-app>"\nflyctl status --app "<your-app>"\n' } },
    'a developer\'s': { good: { 'scripts/start-dev.sh': '#!/bin/bash\nnpm ci\nnpm run build\nflask run --debug\n', 'setup.sh': '#!/bin/bash\ncd backend\npython3 -m venv venv\npip install -r requirements.txt\nnpm ci\n' } },
    'sh, which has no pipefail': { good: { 'backup.sh': '#!/bin/sh\nset -eu\npg_dump shop | gzip > /backup/shop.sql.gz\naws s3 cp /backup/shop.sql.gz s3://bucket/\nrm /backup/shop.sql.gz\n' } },
    'a pipe that only looks': { good: { 'deploy.sh': '#!/bin/bash\nset -e\ndocker ps | grep shop\ndocker compose pull\ndocker compose up -d\n' } },
  }),
});

const NAMED = /(^|[/_.-])(deploy\w*|back-?ups?|restore|release|migrat(e|ions?)|(docker-?)?entry-?point|pre-?start|start(up)?|boot|roll-?back|provision)([/_.-]|$)/i;
const SETUP = /(^|[/_.-])(setup|install|bootstrap|update|upgrade)([/_.-]|$)/i;
/** A script that sets up a server, not somebody's own machine. */
const SERVER_WORK = /^(systemctl|useradd|adduser|certbot|ufw|nginx|supervisorctl|service)$/;

function operational(): Selector<Operational> {
  return {
    kinds: ['shell'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'shell' || !unit.whole || isForDevelopers(unit.path, project)) return;
      const starts = called(project).started.has(fileName(unit.path));
      const named = NAMED.test(unit.path) || (SETUP.test(unit.path) && unit.commands.some((each) => SERVER_WORK.test(programOf(each))));
      if (named || starts || called(project).operated.has(fileName(unit.path))) yield* judged(unit, starts || /entry-?point|start|boot|run/i.test(fileName(unit.path)));
    },
  };
}

interface Called { readonly started: ReadonlySet<string>; readonly operated: ReadonlySet<string> }

/** Names of scripts that production starts, and of those that cron, units and deploying jobs call. */
function called(project: Project): Called {
  return project.once('scripts called by operations', () => {
    const names = (lists: readonly CommandList[]) => lists.flatMap((list) => list.commands.flatMap((each) => each.words.flatMap((word) => word.split(/[\s;&|]+/)).filter((word) => /\.(sh|bash)$/.test(word)).map(fileName)));
    const started = project.production.filter((unit) => unit.role === 'production' && unit.kind !== 'shell').flatMap((unit) => names(commandLists(unit).filter((list) => unit.kind !== 'dockerfile' || /CMD|ENTRYPOINT/.test(list.name))));
    const jobs = ciJobs(project).filter((job) => job.steps.some((step) => step.works.has('deploy')) || /deploy|release|publish|backup/i.test(job.id));
    const operated = [...project.of('crontab').flatMap((unit) => names(commandLists(unit))), ...jobs.flatMap((job) => job.steps.flatMap((step) => names([{ unit: job.unit, commands: step.commands, name: '' }])))];
    return { started: new Set(started), operated: new Set(operated) };
  });
}

/** Words whose failure changes nothing, or that only say something. */
const TRIVIAL = /^(echo|printf|set|export|local|readonly|declare|typeset|true|false|:|exit|return|shift|trap|sleep|wait|\[|\[\[|test|\(\(|umask|alias|unset|shopt|break|continue|date|clear|tput|read|cd|pushd|popd|source|\.|kill|log\w*|info|warn\w*|error|success|die|fail|usage|print\w*|hostname|whoami|uname|sync|let)$/;

function* judged(script: Shell, starts: boolean): Iterable<Operational> {
  const own = ownCommands(script.commands);
  const weighty = own.filter((each) => !TRIVIAL.test(programOf(each)) && programOf(each) !== '');
  if (weighty.length < 3 || !own.some((each) => each.depth === 0 && weighty.includes(each)) || isAttended(own) || isFilledIn(own)) return;
  const first = own[0]?.at ?? script.commands[0]?.at ?? { start: 0, end: 0 };
  if (!stops(script)) {
    if (own.some((each) => [...each.words, ...each.assignments.map((one) => one.value ?? '')].some((word) => word.includes('$?')))) return;
    const unguarded = weighty.slice(0, -1).find((each) => !each.condition && each.then !== '&&' && each.then !== '||' && each.then !== '|' && each.then !== '&' && !followsOr(each, own));
    if (unguarded) yield { script, fault: 'goes on', at: unguarded.at, command: unguarded, starts };
    else yield { script, fault: undefined, at: first, starts };
    return;
  }
  const pipe = hasPipefail(script) || !/\b(bash|zsh|ksh)\b/.test(script.interpreter ?? '') ? undefined : lostInPipe(own);
  yield pipe ? { script, fault: 'pipe', at: pipe.at, command: pipe, starts } : { script, fault: undefined, at: first, starts };
}

/** Commands of the script and of its functions, without those in substitutions and in scripts sent elsewhere. */
function ownCommands(commands: readonly Command[]): readonly Command[] {
  let end = -1;
  return commands.filter((each) => {
    if (each.at.start < end && each.depth > 0) return false;
    end = Math.max(end, each.at.end);
    return true;
  });
}

/** Somebody answers its questions, and sees what fails. */
function isAttended(commands: readonly Command[]): boolean {
  return commands.some((each) => programOf(each) === 'read' && (each.words.some((word) => /^-\w*p/.test(word)) || (!each.condition && each.depth === 0 && !each.redirects.some((one) => one.op.startsWith('<')))));
}

/** Commands to copy: somebody fills in the places first. */
function isFilledIn(commands: readonly Command[]): boolean {
  return commands.some((each) => each.words.some((word) => /^(\w+=)?<[a-z][\w -]*>$/i.test(word)));
}

/** What comes after `||` is what is done about a failure; its own is the end of it. */
function followsOr(command: Command, own: readonly Command[]): boolean {
  return own[own.indexOf(command) - 1]?.then === '||';
}

function stops(script: Shell): boolean {
  return /\s-[a-z]*e/.test(script.interpreter ?? '') || script.commands.some(({ words }) => (words[0] === 'set' && (words.some((word) => /^-[a-zA-Z]*e[a-zA-Z]*$/.test(word)) || words.includes('errexit'))) || (words[0] === 'trap' && words.includes('ERR')));
}

function hasPipefail(script: Shell): boolean {
  return /pipefail/.test(script.interpreter ?? '') || script.commands.some(({ words }) => words[0] === 'set' && words.includes('pipefail'));
}

const PRODUCES = /^(pg_dump(all)?|mysqldump|mariadb-dump|mongodump|tar|curl|wget|docker|docker-compose|kubectl|ssh|python[\d.]*|node|npm|pnpm|yarn|aws|openssl|gpg|sqlite3|psql|mysql|gunzip|zcat|flask|alembic|git|make)$/;
const KEEPS = /^(gzip|pigz|bzip2|xz|zstd|tar|ssh|docker|psql|mysql|mongorestore|pg_restore|aws|tee|openssl|gpg|age|restic|rclone|split|gsutil|s3cmd)$/;

/** What is dumped, fetched or built goes into a file or another program, whose status alone counts. */
function lostInPipe(own: readonly Command[]): Command | undefined {
  return own.find((each, index) => {
    const next = own[index + 1];
    return each.then === '|' && !each.condition && PRODUCES.test(programOf(each)) && next !== undefined && next.then !== '||' && KEEPS.test(programOf(next)) && !programWords(next).includes('apt-key');
  });
}

function stopping({ script, fault }: Pick<Operational, 'script' | 'fault'>, { source }: Context): readonly Edit[] | undefined {
  const bash = /\b(bash|zsh|ksh)\b/.test(script.interpreter ?? '');
  const line = source.text.startsWith('#!') ? source.lineEnd(0) + source.newline.length : 0;
  if (fault === 'pipe') {
    const set = script.commands.find(({ words }) => words[0] === 'set' && words.some((word) => /^-[a-z]*e/.test(word)));
    const at = set ? source.lineEnd(set.at.end) + source.newline.length : line;
    return [insert(Math.min(at, source.length), 'set -o pipefail\n')];
  }
  // An unset variable that the script has lived with so far must not keep a service from starting.
  const unset = /entry-?point|start|boot|run/i.test(fileName(script.path));
  return [insert(Math.min(line, source.length), bash ? (unset ? 'set -eo pipefail\n' : 'set -euo pipefail\n') : unset ? 'set -e\n' : 'set -eu\n')];
}
