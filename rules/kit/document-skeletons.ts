/** Documents to begin with: what the project's own files say is filled in, what only people know is asked. */
import { backupScripts } from './backup-scripts';
import { selfHostedStores } from './backups';
import type { Project } from './project';
import { documents, readme } from './documents';
import { healthRoutes } from './health';
import { migrationTool } from './schema';
import { hasTests, testCommand } from './tests';
import { readVariables } from './variables';

/** What its README would say. */
export function readmeSkeleton(project: Project): string {
  return joined(`# ${project.name}`, 'What it is, for whom, and what it does not do.', '## Run', block(runs(project)), ...(hasTests(project) ? ['## Test', block([testCommand(project)])] : []), ...variables(project, '## Configuration'), '## Deploy', 'How a release reaches production, or the document that says so.');
}

export function deploymentSkeleton(project: Project): string {
  const health = healthPath(project);
  return joined('# Deployment', '## Before', 'Where it runs, who may deploy, and what must be green.', ...variables(project, '## Variables'), '## Steps',
    numbered(['Take the version that was tested.', ...migrates(project).map((each) => `Migrate the database: \`${each}\``), starts(project) === undefined ? 'Start the new version.' : `Start it: \`${starts(project) ?? ''}\``]),
    '## Check', health === undefined ? 'What shows that it works.' : `\`curl -fsS https://HOST${health}\` answers with 200.`, '## Roll back', 'The one command that brings the version before back, and what becomes of the data.');
}

export function runbookSkeleton(project: Project): string {
  const health = healthPath(project);
  return joined('# Runbook', '## Start and stop', starts(project) === undefined ? 'The commands that start, stop and restart it.' : block([starts(project) ?? '']),
    '## Monitoring and alerts', health === undefined ? 'What is watched, where the logs are, and who is told.' : `\`${health}\` says whether it is well. Where the logs are, and who is told.`,
    '## Troubleshooting', 'What has gone wrong before, how it showed, and what helped.', '## Recovery', 'How the data is restored, and where that was last tried.', '## Routine tasks', 'What has to be done every week, month and year.');
}

export function incidentsSkeleton(): string {
  return joined('# Incidents', '## Who decides', 'The person on call, who stands in, and how to reach them.', '## First steps', numbered(['Tell the person on call.', 'Write down what you see, and when.', 'Limit the damage before looking for the cause.']),
    '## Telling users', 'Who writes, where, and how soon. A leak of personal data has a deadline by law.', '## Review', 'What happened, what helped, and what will be changed by whom until when.');
}

/** How the data is brought back, with the command of what keeps it. */
export function restoreSkeleton(project: Project): string {
  return joined('# Restore', 'Who may restore, where the copies are, and how old the newest may be.', '## Steps', numbered(['Stop the application.', 'Keep what is there: rename the database or copy its files.', `Restore the copy: \`${restores(project)}\``, 'Start the application.']),
    '## Check', 'What shows that the data is there: counts of rows, the newest entry.', '## Drills', '| date | by | minutes | what was learnt |\n| --- | --- | --- | --- |');
}

const RESTORES: readonly (readonly [RegExp, string])[] = [
  [/\brestic\b/, 'restic restore latest --target FOLDER'], [/\bborg/, 'borg extract REPOSITORY::COPY'], [/litestream/, 'litestream restore -o DATABASE REPLICA'], [/mongo/, 'mongorestore --drop --archive=COPY.archive'], [/mysql|mariadb|percona/, 'mysql DATABASE < COPY.sql'],
  [/pg_dump\s.*-F\s?c|-Fc\b|--format=c/, 'pg_restore --clean --if-exists -d DATABASE COPY.dump'], [/postgres|postgis|timescale|pgvector|pg_dump/, 'psql DATABASE < COPY.sql'], [/sqlite/i, 'sqlite3 DATABASE ".restore \'COPY.db\'"'],
];

/** By what makes the copies, else by what keeps the data. */
function restores(project: Project): string {
  const text = [...backupScripts(project).map((each) => each.text), ...selfHostedStores(project).map((each) => each.text)].join('\n');
  return RESTORES.find(([pattern]) => pattern.test(text))?.[1] ?? 'the command that restores it';
}

// ---- parts

function joined(...parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`;
}

function block(lines: readonly string[]): string {
  return ['```sh', ...lines, '```'].join('\n');
}

function numbered(lines: readonly string[]): string {
  return lines.map((line, index) => `${index + 1}. ${line}`).join('\n');
}

function variables(project: Project, title: string): readonly string[] {
  const names = readVariables(project).map((each) => each.name).filter((name) => /^[A-Z][A-Z0-9_]*$/.test(name)).sort();
  return names.length === 0 ? [] : [title, ['| variable | meaning |', '| --- | --- |', ...names.slice(0, 60).map((name) => `| \`${name}\` | |`)].join('\n')];
}

/** How a developer starts it. */
function runs(project: Project): readonly string[] {
  const has = (path: string) => project.paths.includes(path);
  const compose = project.paths.find((path) => /^(docker-)?compose\.ya?ml$/.test(path));
  if (compose !== undefined) return ['docker compose up'];
  const install = has('uv.lock') ? ['uv sync'] : has('poetry.lock') ? ['poetry install'] : has('requirements.txt') ? ['pip install -r requirements.txt'] : has('package.json') ? ['npm install'] : [];
  const start = has('manage.py') ? ['python manage.py runserver'] : project.frameworks.has('flask') ? ['flask run'] : project.frameworks.has('fastapi') ? ['fastapi dev'] : has('package.json') ? ['npm start'] : [];
  return install.length + start.length > 0 ? [...install, ...start] : ['# the commands that install and start it'];
}

/** The command by which production starts it. */
function starts(project: Project): string | undefined {
  const text = (project.commands.find((each) => /\b(gunicorn|uvicorn|hypercorn|waitress\S*|uwsgi|daphne|granian|fastapi run|npm start|node )/.test(each.text)) ?? project.commands[0])?.text;
  return text !== undefined && text.length < 200 && !/[`\n]/.test(text) ? text : undefined;
}

function migrates(project: Project): readonly string[] {
  const name = migrationTool(project)?.name.toLowerCase() ?? '';
  if (/django/.test(name) || project.paths.includes('manage.py')) return ['python manage.py migrate'];
  return /flask|migrate/.test(name) ? ['flask db upgrade'] : /alembic/.test(name) ? ['alembic upgrade head'] : [];
}

function healthPath(project: Project): string | undefined {
  return healthRoutes(project)[0]?.route.path;
}

/** Where a new document goes: `docs/` where there are others, by the case of their names; never over one that is there. */
export function newDocument(project: Project, name: string): string | undefined {
  const folder = project.root === '' ? '' : `${project.root}/`;
  const lower = documents(project).filter((each) => each.path.startsWith(`${folder}docs/`)).some((each) => /\/[a-z][\w-]*\.md$/.test(each.path));
  const path = `${folder}docs/${lower ? name.toLowerCase() : name}.md`;
  return project.paths.includes(path) ? undefined : path;
}

/** A README where there is none. */
export function newReadme(project: Project): string | undefined {
  return readme(project) ? undefined : `${project.root === '' ? '' : `${project.root}/`}README.md`;
}
