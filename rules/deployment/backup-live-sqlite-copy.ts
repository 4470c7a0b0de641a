import type { CallMatch, Command, CommandList, Edit, Project, Selector, Span, Unit } from '../kit';
import { COMMAND_KINDS, call, commandLists, enclosingName, fileName, isForBackups, isForDevelopers, programOf, programWords, replace, rule, said, textsIn } from '../kit';

interface Copied {
  readonly how: string;
  readonly file: string;
  readonly at: Span;
  /** Source and destination of a plain `cp`. */
  readonly plain?: { readonly from: string; readonly to: string };
}

const COPY = call('shutil.copy', 'shutil.copy2', 'shutil.copyfile', 'shutil.copyfileobj');
const FILE = /\.(db|db3|sqlite|sqlite3|s3db)(["')]|-(wal|shm|journal))?$/i;
const SAVES = /back-?ups?|\bbak\b|\.bak|snapshot|archive|\.old\b|\.orig\b|_old\b|copies/i;

export default rule<Copied>({
  id: 'backup-live-sqlite-copy',
  title: 'SQLite is backed up with its own tool',
  severity: 'high', points: 10, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'A copy made during a write is often corrupt and misses the WAL file. It is discovered at restore time.',
  how: 'Use the online backup command and check the copy.',
  links: ['https://www.sqlite.org/backup.html', 'https://docs.python.org/3/library/sqlite3.html'],
  ladder: { name: 'backups', rung: 3 },

  on: copies(),
  roles: ['production', 'script'],
  check: () => true,
  message: ({ how, file }) => `${how} copies ${file} while it may be written to.`,
  underline: ({ at }) => at,
  nothing: 'No file of SQLite is copied here.',

  fix: { title: 'Use .backup', safety: 'review', edit: rewritten, remains: 'sqlite3 has to be installed where the script runs.' },

  examples: () => ({
    'cp': {
      bad: { 'backup.sh': '#!/bin/bash\nset -euo pipefail\ncp instance/app.db backups/app-$(date +%F).db\n' },
      good: { 'backup.sh': '#!/bin/bash\nset -euo pipefail\nsqlite3 "instance/app.db" ".backup \'backups/app-$(date +%F).db\'"\n' },
    },
    'in code': { path: 'tasks.py', bad: 'import shutil\ndef backup(path):\n    shutil.copy("data/app.sqlite3", path)\n' },
    'by a constant': { path: 'shop/backup.py', bad: 'import shutil\nDATABASE = "/srv/app/shop.db"\n\n\ndef nightly(target):\n    shutil.copy2(DATABASE, target)\n' },
    'tar': { bad: { 'ops/backup.sh': '#!/bin/sh\nset -e\ntar czf /srv/copies/app.tgz /srv/app/db.sqlite3 /srv/app/media\n' } },
    'out of a container': { bad: { 'scripts/save.sh': '#!/bin/sh\nset -e\ndocker cp shop:/data/app.db ./backups/app.db\n' } },
    'by cron': { bad: { 'ops/crontab': '0 3 * * * root cp /srv/app/app.db /srv/backups/app.db\n' } },
    'to a bucket': { bad: { 'backup.sh': '#!/bin/sh\nset -e\naws s3 cp /srv/app/app.db s3://shop/app.db\n' } },
    'the backup command': { good: { 'backup.sh': '#!/bin/bash\nset -euo pipefail\nsqlite3 instance/app.db ".backup \'backups/app.db\'"\ngzip backups/app.db\naws s3 cp backups/app.db.gz s3://shop/\ncp backups/app.db /mnt/nas/app.db\n' } },
    'the service is stopped': { good: { 'backup.sh': '#!/bin/bash\nset -euo pipefail\nsystemctl stop app\ncp instance/app.db backups/app.db\nsystemctl start app\n' } },
    'compose is stopped': { good: { 'backup.sh': '#!/bin/bash\nset -e\ndocker compose down\ntar czf backups/data.tgz data/app.db\ndocker compose up -d\n' } },
    'a restore': { good: { 'restore.sh': '#!/bin/sh\nset -e\ncp backups/app.db instance/app.db\n', 'scripts/rollback.sh': '#!/bin/sh\ncp backups/app.db instance/app.db\n' } },
    'an empty database to begin with': { good: { 'entrypoint.sh': '#!/bin/sh\nset -e\n[ -f /data/app.db ] || cp /app/seed.db /data/app.db\nexec gunicorn app:app\n', Dockerfile: 'FROM python:3.12\nRUN cp /app/empty.db /backup/app.db\n' } },
    'the online backup of a connection': { path: 'backup.py', good: 'import shutil\nimport sqlite3\n\n\ndef backup(path):\n    source = sqlite3.connect("app.db")\n    target = sqlite3.connect("copy.db")\n    source.backup(target)\n    shutil.copy("copy.db", path)\n' },
    'a fixture': { path: 'shop/demo.py', good: 'import shutil\n\n\ndef reset():\n    shutil.copy("fixtures/demo.db", "app.db")\n' },
    'other files': { good: { 'backup.sh': '#!/bin/sh\nset -e\ncp config.yml backups/config.yml\ntar czf backups/media.tgz media\nfind backups -name "*.db" -mtime +14 -delete\n' } },
  }),
});

function copies(): Selector<Copied> {
  return {
    kinds: [...new Set([...COMMAND_KINDS, ...COPY.kinds])], callees: [...COPY.callees, '*.backup'],
    *select(unit, project) {
      if (unit.kind === 'module') { yield* byCode(unit, project); return; }
      if (unit.kind === 'dockerfile' || isForDevelopers(unit.path, project)) return;
      for (const list of commandLists(unit)) yield* byCommands(list, project);
    },
  };
}

const OWN_TOOL = /\bsqlite3\b[^\n]*(\.backup|\.dump|\.clone|VACUUM)|\bVACUUM INTO\b|\blitestream\b|\bdbbackup\b|\.backup\(/i;
const STOPS = /\b(systemctl|service|supervisorctl|docker|docker-compose|podman|kubectl|pm2|rc-service|flyctl|fly)\b.*\b(stop|down|pause|kill|scale)\b/;

function* byCommands(list: CommandList, project: Project): Iterable<Copied> {
  const named = isForBackups(list, project);
  if (OWN_TOOL.test(said(list.commands)) || /restore/i.test(`${list.unit.path} ${list.name}`)) return;
  for (const [index, command] of list.commands.entries()) {
    const found = copiedBy(command);
    if (!found || STOPS.test(said(list.commands.slice(0, index)))) continue;
    const { from, to } = found;
    if (SAVES.test(from) || /seed|empty|fixture|sample|template|demo|initial/i.test(from) || !(named || SAVES.test(to))) continue;
    yield { how: programWords(command).slice(0, /^(docker|kubectl|aws)$/.test(programOf(command)) ? 2 : 1).join(' '), file: from, at: command.at, ...(programOf(command) === 'cp' && found.plain && { plain: { from, to } }) };
  }
}

/** The file of SQLite that a command copies, and where to. */
function copiedBy(command: Command): { readonly from: string; readonly to: string; readonly plain: boolean } | undefined {
  const words = programWords(command);
  const program = programOf(command);
  const wanted = /^(cp|scp|rsync|tar|zip|7z|gzip)$/.test(program) || (/^(docker|podman|kubectl|oc)$/.test(program) && words.includes('cp')) || /^(aws|gsutil|rclone|gcloud|az|s3cmd)$/.test(program);
  if (!wanted || (program === 'gzip' && !words.includes('-c'))) return undefined;
  const paths = words.slice(1).filter((each) => !each.startsWith('-'));
  const archive = /^(tar|zip|7z|gzip)$/.test(program);
  if (program === 'tar' && !words.slice(1, 2).some((each) => /c/.test(each.replace(/^--(?!create)\S+/, '')))) return undefined;
  const from = (archive ? paths.slice(program === 'gzip' ? 0 : 1) : paths.slice(0, -1)).find((each) => FILE.test(each) && !each.includes('*'));
  const to = (archive ? paths.find((each) => !FILE.test(each)) ?? command.redirects[0]?.target : paths.at(-1)) ?? '';
  return from === undefined ? undefined : { from, to, plain: paths.length === 2 && words.slice(1).every((each) => !each.startsWith('-') || /^-[pafv]+$/.test(each)) };
}

function* byCode(unit: Extract<Unit, { kind: 'module' }>, project: Project): Iterable<Copied> {
  for (const match of COPY.select(unit, project)) {
    const file = endOf(match, 0, project);
    const to = endOf(match, 1, project) ?? '';
    const named = SAVES.test(enclosingName(match.call.scope)) || SAVES.test(fileName(unit.path)) || SAVES.test(to);
    if (file === undefined || !FILE.test(file) || SAVES.test(file) || /seed|empty|fixture|sample|template|demo|initial/i.test(file) || /restore/i.test(match.call.scope) || !named) continue;
    if (unit.calls.some((each) => /\.backup$/.test(each.callee) && each.args.length > 0) || /VACUUM INTO/i.test(project.text(unit.path) ?? '')) return;
    yield { how: match.call.written, file: fileName(file), at: match.call.at };
  }
}

/** The last text of a path that is put together. */
function endOf(match: CallMatch, index: number, project: Project): string | undefined {
  const value = match.argument(index === 0 ? 'src' : 'dst', index);
  return value && textsIn(project.resolve(value, match.module)).at(-1)?.value;
}

function rewritten({ plain, at }: Copied): readonly Edit[] | undefined {
  if (!plain || /["'`\\]/.test(plain.from + plain.to)) return undefined;
  const to = plain.to.endsWith('/') ? `${plain.to}${fileName(plain.from)}` : plain.to;
  return [replace(at, `sqlite3 "${plain.from}" ".backup '${to}'"`)];
}
