import type { Evidence, Judgement, Project } from '../kit';
import { automaticBackups, backupScripts, copiedByHand, DATABASE_CALLS, documents, fileName, isConcrete, newDocument, projectRule, restoreSkeleton, selfHostedStores, showsNoDeployment } from '../kit';

export default projectRule({
  id: 'restore-procedure-undocumented',
  title: 'Restoring is written down',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'A restore under pressure by somebody who has never done it takes hours. Half of all first restores fail.',
  how: 'Write the steps, then do a drill and note how long it took.',
  links: ['https://sre.google/sre-book/data-integrity/', 'https://www.postgresql.org/docs/current/backup.html'],
  ladder: { name: 'backups', rung: 4 },
  attestable: 'restore-drill',

  applies: (project) => backupScripts(project).length > 0 || selfHostedStores(project).length > 0 ? true : 'No data is kept on a machine of its own, as far as can be seen.',
  reads: DATABASE_CALLS,
  project: judge,

  fix: { title: 'Create docs/RESTORE.md to fill in', safety: 'safe', remains: 'Say what only you know, and try it once.', edit: (_, { project }) => {
    const path = newDocument(project, 'RESTORE');
    return path === undefined ? undefined : [{ path, create: restoreSkeleton(project) }];
  } },

  examples: () => ({
    'a backup and no way back': {
      bad: { 'backup.sh': '#!/bin/bash\nset -euo pipefail\npg_dump -Fc shop > /backup/shop.dump\n', 'README.md': '# Shop\n' },
      good: {
        'backup.sh': '#!/bin/bash\nset -euo pipefail\npg_dump -Fc shop > /backup/shop.dump\n', 'README.md': '# Shop\n',
        'docs/RESTORE.md': '# Restore\n\nWho may restore, where the copies are, and how old the newest may be.\n\n## Steps\n\n1. Stop the application.\n2. Keep what is there: rename the database or copy its files.\n3. Restore the copy: `pg_restore --clean --if-exists -d DATABASE COPY.dump`\n4. Start the application.\n\n## Check\n\nWhat shows that the data is there: counts of rows, the newest entry.\n\n## Drills\n\n| date | by | minutes | what was learnt |\n| --- | --- | --- | --- |\n',
      },
    },
    'a file of a program that nothing deploys': { good: { 'app.py': 'import sqlite3\nfrom flask import Flask\napp = Flask(__name__)\nDB = sqlite3.connect("shop.sqlite")\n', 'requirements.txt': 'flask\n' } },
    'what it exports it imports': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    restart: always\n  db:\n    image: mariadb:11\n    volumes: ["d:/var/lib/mysql"]\nvolumes: {d: {}}\n', 'shop/templates/backup.html': '<a href="/export">Save</a>\n', 'import.py': 'print(1)\n' } },
    'a database in a container without copies': { severity: 'low', bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    restart: always\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n', 'README.md': '# Shop\nStart with docker compose.\n' } },
    'the word alone': { bad: { 'backup.sh': '#!/bin/bash\nset -e\nmysqldump shop > /backup/shop.sql\n', 'README.md': '# Shop\n\n`dotnet restore`, then start. Sessions are restored after a restart.\n\n## Password recovery\n\nUsers restore their account by a link.\n' } },
    'a document': { good: { 'docs/RESTORE.md': '# Restore\n1. Stop the app.\n2. `pg_restore --clean -d shop shop.dump`\n3. Start the app and check /healthz.\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n    restart: always\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n' } },
    'a script': { good: { 'restore.sh': '#!/bin/bash\nset -euo pipefail\npg_restore --clean -d shop "${1:?dump file}"\n', 'backup.sh': '#!/bin/bash\nset -euo pipefail\npg_dump -Fc shop > /backup/shop.dump\n' } },
    'a target': { good: { Makefile: 'db-restore:\n\tdocker compose exec -T db psql shop < $(FILE)\n', 'backup.sh': '#!/bin/bash\nset -euo pipefail\npg_dump shop > /backup/shop.sql\n' } },
    'a paragraph of the README': { good: { 'backup.sh': '#!/bin/bash\nset -e\nmysqldump shop > /backup/shop.sql\n', 'README.md': '# Shop\n\n## Operations\n\nTo bring a backup back, run:\n\n```sh\nmysql shop < /backup/shop.sql\n```\n' } },
    'the platform\'s page': { good: { 'backup.sh': '#!/bin/bash\nset -e\npg_dump shop > /backup/shop.sql\n', 'docs/operations.md': '# Operations\n\n## Restoring the database\n\nSee [the provider\'s page](https://docs.example.com/postgres/restore).\n' } },
    'a page of the application': { good: { 'shop/backups/restore.py': 'def restore(path):\n    return path\n', 'app.py': 'import sqlite3\nfrom flask import Flask\napp = Flask(__name__)\nDB = sqlite3.connect("/srv/app/app.db")\n', Procfile: 'web: gunicorn -w 1 app:app\n' } },
    'nothing is kept here': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn app:app\n' } },
  }),
});

/** What brings a copy back, by its command line. */
const COMMAND = /\bpg_restore\b|\bpsql\b[^\n]*(<|-f\b|--file)|\|\s*(docker\b[^\n|]*)?\bpsql\b|\b(mysql|mariadb)\b[^\n]*<|\|\s*(docker\b[^\n|]*)?\b(mysql|mariadb)\b|\bmongorestore\b|\bsqlite3\b[^\n]*(\.restore|<)|\b(restic|rustic)\b[^\n]*\brestore\b|\bborg\s+extract\b|\blitestream\s+restore\b|\bdbrestore\b|\bloaddata\b|\b(kopia|pgbackrest|wal-g|barman|velero|duplicity)\b[^\n]*\b(restore|recover|backup-fetch)\b|\binfluxd?\s+restore\b/i;
const TITLE = /\brestor(e|es|ing|ation)\b|\b(disaster|data|database) recovery\b|\brecover(ing)?\b.*\b(data|database|backup|disaster|loss)|\bback-?ups?\b.*\brecover/i;
const NOT_DATA = /password|account|session|nuget|npm|dotnet|wallet|seed phrase/i;

function judge(project: Project): Judgement {
  const found = written(project);
  if (found) return { holds: [found] };
  const [script] = backupScripts(project);
  const [store] = selfHostedStores(project);
  if (script) return { open: [{ at: { path: script.path, ...script.command.at }, message: `${script.list.name} makes copies, and no document or script says how to restore them.` }] };
  // A program that nobody is seen to run for others may hold nothing yet, and that it has no copies is said elsewhere.
  if (store && showsNoDeployment(project)) return { notApplicable: 'Nothing here shows that it is deployed.' };
  if (store) return { open: [{ at: { path: store.path, start: store.start, end: store.end }, message: `${store.text}, and no document or script says how to restore it.`, ...(automaticBackups(project).length === 0 && { variation: { severity: 'low', points: 2, because: 'nothing here makes copies, which comes first' } }) }] };
  return { notApplicable: 'No data is kept on a machine of its own, as far as can be seen.' };
}

function written(project: Project): Evidence | undefined {
  const path = project.paths.find((each) => /(^|[/_.-])restor(e|ing)([_.-]|\/[^/]+$|$)/i.test(each) && /\.(sh|bash|py|ya?ml|ts|js|rb|html)$|(^|\/)restor\w*$/i.test(each) && !/(^|\/)(tests?|node_modules|migrations|vendor|static|__tests__)\/|restore[-_](session|focus|password|account|scroll|state)/i.test(each));
  if (path !== undefined) return { path, start: 0, end: 0, text: fileName(path) };
  const byHand = copiedByHand(project);
  const imports = byHand && /\.(py|html|jinja2?)$/.test(byHand.path) ? project.paths.find((each) => /(^|\/)import(_\w+)?\.py$/.test(each) && !/(^|\/)tests?\//.test(each)) : undefined;
  if (imports !== undefined) return { path: imports, start: 0, end: 0, text: 'the application takes its copy in again' };
  for (const unit of project.of('plain')) {
    const target = unit.targets?.find((each) => /(^|[-_:])restore([-_:]|$)/i.test(each.name));
    if (target) return { path: unit.path, ...target.at, text: `make ${target.name}` };
  }
  for (const document of documents(project)) {
    const section = document.sections.find((each) => TITLE.test(each.title) && !NOT_DATA.test(each.title) && (isConcrete(each.body) || each.body.trim().length > 200));
    if (section) return { path: document.path, start: section.start, end: section.end, text: section.title };
    const command = COMMAND.exec(document.text);
    const near = command ? document.text.slice(Math.max(0, command.index - 600), command.index + command[0].length + 300) : '';
    if (command && /\brestor|\brecover|\bbring\b.*\bback|\bimport\b.*\b(dump|backup)|\bback-?ups?\b/i.test(near)) return { path: document.path, start: command.index, end: command.index + command[0].length, text: 'the documentation says how' };
    const told = /\bto restore\b[^\n]*\n?[^\n]*\b(backup|dump|snapshot|database)\b|\brestor(e|ing)\b[^.\n]{0,60}\b(backups?|dumps?|snapshots?|database)\b[^\n]*(`|https?:)/i.exec(document.text);
    if (told) return { path: document.path, start: told.index, end: told.index + told[0].length, text: 'the documentation says how' };
  }
  return undefined;
}
