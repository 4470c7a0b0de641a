import type { Assignment, Edit, Module, Pair, Selector, Source, Span, Started } from '../kit';
import { fileName, importing, optionAt, placeInWord, replace, rule, SERVERS, startedServers } from '../kit';

/** Where a server is told how many processes it starts. */
interface Count { readonly server: string; readonly value: string; readonly at: Span; readonly number: number | undefined; readonly form: Started['form'] | 'python' | 'ini'; readonly variable: string; readonly setting?: { readonly module: Module; readonly assignment: Assignment } }

export default rule<Count>({
  id: 'worker-count-hardcoded',
  title: 'The worker count is set per machine',
  severity: 'low', points: 1, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'The number that suits a laptop starves a big server and swamps a small one. Changing it should not need a build.',
  how: 'Use a variable such as WEB_CONCURRENCY, with a default.',
  links: ['https://docs.gunicorn.org/en/stable/settings.html#workers', 'https://docs.gunicorn.org/en/stable/design.html#how-many-workers'],

  on: counts(),
  check: ({ number }) => number !== undefined && number > 1,
  message: ({ server, number }, { unit }) => `${fileName(unit.path)} fixes ${number ?? 0} workers of ${server}, whatever the machine.`,
  underline: ({ at }) => at,
  holds: ({ number, value, server }) => number === undefined ? `${server} starts as many workers as ${value.slice(0, 60)} says` : undefined,
  nothing: 'No start command names a number of workers.',

  fix: { title: 'Read it from the environment', safety: 'safe', edit: (count, { source }) => fromEnvironment(count, source) },

  examples: () => ({
    'a Procfile': {
      bad: { Procfile: 'web: gunicorn -w 4 app:app\n' },
      good: { Procfile: 'web: gunicorn -w ${WEB_CONCURRENCY:-4} app:app\n' },
    },
    'settings of gunicorn': {
      bad: { 'gunicorn.conf.py': 'workers = 4\nbind = "0.0.0.0:8000"\n' },
      good: { 'gunicorn.conf.py': 'import os\nworkers = int(os.getenv("WEB_CONCURRENCY", "4"))\nbind = "0.0.0.0:8000"\n' },
    },
    'a script': {
      bad: { Dockerfile: 'FROM python:3.12\nENTRYPOINT ["./start.sh"]\n', 'start.sh': '#!/bin/sh\nexec uvicorn main:app --workers=3\n' },
      good: { Dockerfile: 'FROM python:3.12\nENTRYPOINT ["./start.sh"]\n', 'start.sh': '#!/bin/sh\nexec uvicorn main:app --workers=${WEB_CONCURRENCY:-3}\n' },
    },
    'words without a shell': { bad: { Dockerfile: 'FROM python:3.12\nCMD ["fastapi", "run", "--workers", "4", "main.py"]\n' } },
    'a service': {
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    command: ["gunicorn", "--workers", "5", "app:app"]\n' },
      good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    command: ["gunicorn", "--workers", "${WEB_CONCURRENCY:-5}", "app:app"]\n' },
    },
    'a unit': { bad: { 'app.service': '[Service]\nExecStart=/srv/venv/bin/gunicorn -w 3 app:app\nRestart=always\n' } },
    'settings of uWSGI': { bad: { 'uwsgi.ini': '[uwsgi]\nmodule = app:app\nprocesses = 4\n', Dockerfile: 'FROM python:3.12\nCMD ["uwsgi", "uwsgi.ini"]\n' } },
    'one, on purpose': { good: { Procfile: 'web: gunicorn -w 1 app:app\n' } },
    'variables, with and without a default': { good: { Procfile: 'web: gunicorn -w ${WEB_CONCURRENCY:-4} app:app\n', 'gunicorn.conf.py': 'import os\nworkers = int(os.getenv("WEB_CONCURRENCY", "2"))\n', 'start.sh': '#!/bin/sh\nWORKERS=${WORKERS:-4}\nexec gunicorn --workers "$WORKERS" app:app\n' } },
    'by the processors': { good: { 'gunicorn.conf.py': 'import multiprocessing\nworkers = multiprocessing.cpu_count() * 2 + 1\n', 'entrypoint.sh': '#!/bin/sh\nexec gunicorn -w $(nproc) app:app\n' } },
    'unless a variable says otherwise': { good: { 'uwsgi.ini': '[uwsgi]\nmodule = app:app\nif-not-env = UWSGI_PROCESSES\nprocesses = 4\nendif =\n', Dockerfile: 'FROM python:3.12\nCMD ["uwsgi", "uwsgi.ini"]\n' } },
    'a file for developers': { good: { 'docker-compose.dev.yml': 'services:\n  web:\n    command: gunicorn -w 4 app:app\n', 'Procfile.dev': 'web: gunicorn -w 4 app:app\n' } },
    'a width, and a worker of something else': { good: { Procfile: 'web: gunicorn -w 1 app:app\nworker: celery -A app worker -c 4\n' } },
  }),
});

function counts(): Selector<Count> {
  return {
    kinds: ['dockerfile', 'compose', 'procfile', 'ini', 'platform', 'shell', 'module'], callees: [],
    *select(unit, project) {
      if (unit.role !== 'production') return;
      if (unit.kind === 'module') yield* ofGunicorn(unit);
      else if (unit.kind === 'ini' && unit.format !== 'systemd') yield* unit.sections.filter((each) => each.name === 'uwsgi' && !project.developmentName(fileName(unit.path))).flatMap((section) => ofUwsgi(section.entries));
      else yield* startedServers(project).filter((each) => each.path === unit.path).flatMap((each) => ofCommand(each));
    },
  };
}

function numeric(value: string): number | undefined {
  return /^\d+$/.test(value) ? Number(value) : undefined;
}

function ofCommand(started: ReturnType<typeof startedServers>[number]): readonly Count[] {
  const { server, args, at, command, form } = started;
  const found = optionAt(args, SERVERS[server]?.options ?? []);
  if (!found || command.words.includes('--reload')) return [];
  const place = placeInWord(command, at + 1 + found.word, found.from);
  return [{ server, value: found.value, at: place, number: numeric(found.value), form, variable: server === 'uwsgi' ? 'UWSGI_PROCESSES' : 'WEB_CONCURRENCY' }];
}

function* ofGunicorn(module: Module): Iterable<Count> {
  if (!/^gunicorn[\w.-]*\.py$/.test(fileName(module.path))) return;
  const assignment = module.assignments.findLast((each) => each.scope === '' && each.target === 'workers');
  if (!assignment || assignment.guards.length > 0) return;
  const { value } = assignment;
  yield { server: 'gunicorn', value: 'the file', at: value.at, number: value.kind === 'number' ? value.value : undefined, form: 'python', variable: 'WEB_CONCURRENCY', setting: { module, assignment } };
}

function ofUwsgi(entries: readonly Pair[]): readonly Count[] {
  const index = entries.findLastIndex((each) => /^(processes|workers|p)$/.test(each.name));
  const entry = entries[index];
  const conditional = entries.slice(0, Math.max(index, 0)).findLast((each) => /^(if-|endif)/.test(each.name));
  if (entry?.value === undefined || (conditional && conditional.name !== 'endif')) return [];
  return [{ server: 'uwsgi', value: entry.value, at: entry.valueAt ?? entry.at, number: numeric(entry.value), form: 'ini', variable: 'UWSGI_PROCESSES' }];
}

/** A variable with what stood there as its default, where something fills it in. */
function fromEnvironment({ form, at, number, variable, setting }: Count, source: Source): readonly Edit[] | undefined {
  if (number === undefined) return undefined;
  if (setting) return [replace(at, `int(os.getenv("${variable}", "${number}"))`), ...importing(setting.module, source, 'os')];
  return form === 'shell' || form === 'compose' ? [replace(at, `\${${variable}:-${number}}`)] : undefined;
}

