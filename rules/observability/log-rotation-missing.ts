import type { Call, Context, Edit, Module, Project, Selector, Span, Unit, Value } from '../kit';
import { importing, isProgram, lastName, loggingTables, onlyInDevelopment, programs, replace, rule, textsIn, withArgument, writtenPaths } from '../kit';

interface LogFile {
  readonly unit: Unit;
  /** What writes it: `FileHandler`, `errorlog`. */
  readonly writer: string;
  /** Path as far as it is written. */
  readonly file: string;
  readonly at: Span;
  readonly call?: Call;
}

const WRITERS = ['logging.FileHandler', 'logging.basicConfig', 'loguru.logger.add', 'logging.config.dictConfig'] as const;
const STREAM = /^(-|\/dev\/(stdout|stderr|null|fd\/\d)|\/proc\/\S+\/fd\/\d|syslog:\S*|stdout|stderr|journal|null)$/;

export default rule<LogFile>({
  id: 'log-rotation-missing',
  title: 'Log files rotate',
  severity: 'low', points: 2, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: `The file fills the disk and then the database stops. It takes months, so nobody connects the two.`,
  how: `Log to standard output, where the platform rotates, or rotate by size with a fixed count.`,
  links: ['https://docs.python.org/3/library/logging.handlers.html', 'https://12factor.net/logs'],
  anchors: ['CWE-400'],
  attestable: 'log-shipping',

  on: logFiles(),
  check: ({ unit, call }, { project }) => !(unit.kind === 'module' && call && isProgram(unit, project)) && !rotatesElsewhere(project),
  message: ({ writer, file }) => `${writer} writes ${file} and nothing rotates it.`,
  underline: ({ at }) => at,
  holds: ({ writer, file }, { project }) => rotatesElsewhere(project) ? `${file} of ${writer} is rotated by logrotate` : undefined,
  nothing: 'Nothing here writes a log file.',

  fix: {
    title: 'Rotate by size', safety: 'review', edit: rotating,
    remains: 'Several processes must not rotate one file: where there are several workers, write to standard output.',
  },

  examples: () => ({
    'a file that grows': {
      bad: 'import logging\nlogging.getLogger().addHandler(logging.FileHandler("app.log"))\n',
      good: 'import logging\nfrom logging.handlers import RotatingFileHandler\nlogging.getLogger().addHandler(RotatingFileHandler("app.log", maxBytes=10_000_000, backupCount=5))\n',
    },
    'imported by name': {
      bad: 'from logging import FileHandler, getLogger\n\nhandler = FileHandler(filename="logs/shop.log", encoding="utf-8")\ngetLogger().addHandler(handler)\n',
      good: 'from logging import FileHandler, getLogger\nfrom logging.handlers import RotatingFileHandler\n\nhandler = RotatingFileHandler(filename="logs/shop.log", encoding="utf-8", maxBytes=10_000_000, backupCount=5)\ngetLogger().addHandler(handler)\n',
    },
    'the basic configuration': { bad: 'import logging\nimport os\nlogging.basicConfig(filename=os.path.join(BASE, "app.log"), level=os.getenv("LOG_LEVEL", "INFO"))\n' },
    'loguru': { bad: 'from loguru import logger\nlogger.add("logs/shop.log", level="INFO")\n' },
    'Django\'s table': {
      bad: { 'shop/settings.py': 'INSTALLED_APPS = []\nLOGGING = {\n    "version": 1,\n    "handlers": {\n        "file": {"class": "logging.FileHandler", "filename": "/var/log/shop/django.log"},\n    },\n}\n' },
    },
    'settings of gunicorn': { bad: { 'gunicorn.conf.py': 'errorlog = "/var/log/app/error.log"\naccesslog = "-"\n' } },
    'arguments of gunicorn': { bad: { Procfile: 'web: gunicorn --access-logfile /var/log/shop/access.log app:app\n' } },
    'the start script appends': { bad: { 'start.sh': '#!/bin/sh\nnohup gunicorn app:app >> app.log 2>&1 &\n' } },
    'a unit of systemd appends': { bad: { 'deploy/shop.service': '[Service]\nExecStart=/srv/venv/bin/gunicorn app:app\nStandardOutput=append:/var/log/shop.log\n' } },
    'rotation by size, by day, or by the library': {
      good: {
        'app.py': 'import logging\nfrom logging.handlers import RotatingFileHandler, TimedRotatingFileHandler\nlogging.getLogger().addHandler(RotatingFileHandler("app.log", maxBytes=10_000_000, backupCount=5))\nlogging.getLogger("access").addHandler(TimedRotatingFileHandler("access.log", when="D", backupCount=14))\n',
        'logs.py': 'import sys\nfrom loguru import logger\nlogger.add("shop.log", rotation="50 MB", retention=5)\nlogger.add(sys.stderr, level="INFO")\nlogger.add(lambda message: None)\n',
        'shop/settings.py': 'INSTALLED_APPS = []\nLOGGING = {"version": 1, "handlers": {"file": {"class": "logging.handlers.RotatingFileHandler", "filename": "django.log", "maxBytes": 10000000}}}\n',
      },
    },
    'standard output': {
      good: { 'gunicorn.conf.py': 'errorlog = "-"\naccesslog = "/dev/stdout"\n', 'app.py': 'import logging\nlogging.basicConfig(filename="/dev/stdout")\nlogging.getLogger().addHandler(logging.StreamHandler())\n', Procfile: 'web: gunicorn --access-logfile - --error-logfile=- app:app\n' },
    },
    'logrotate does it': {
      good: { 'app.py': 'import logging.handlers\nlogging.getLogger().addHandler(logging.handlers.WatchedFileHandler("/var/log/shop/app.log"))\n', 'gunicorn.conf.py': 'errorlog = "/var/log/shop/error.log"\n', 'deploy/logrotate.d/shop': '/var/log/shop/*.log {\n  weekly\n  rotate 8\n}\n' },
    },
    'a program of its own': { good: 'import logging\n\nlogging.basicConfig(filename="import.log")\n\n\nif __name__ == "__main__":\n    print("done")\n', path: 'load_prices.py' },
    'only while developing': { good: 'import logging\nfrom flask import Flask\napp = Flask(__name__)\nif app.debug:\n    app.logger.addHandler(logging.FileHandler("debug.log"))\n' },
    'begun anew at every start': { good: 'import logging\nlogging.getLogger("job").addHandler(logging.FileHandler("last-run.log", mode="w"))\n' },
    'another thing to add to': { good: 'def fields(project):\n    found = Facts()\n    found.add("Project", project.name)\n    seen = set()\n    seen.add("app.log")\n    return found\n' },
    'tests': { good: 'import logging\nlogging.getLogger().addHandler(logging.FileHandler("test.log"))\n', path: 'tests/test_app.py' },
  }),
});

/** logrotate is set up in the repository, in a file of its own or by a script. */
function rotatesElsewhere(project: Project): boolean {
  return project.once('logrotate', () => project.paths.some((path) => /logrotate|newsyslog/i.test(path))
    || project.units.some((unit) => (unit.kind === 'shell' || unit.kind === 'dockerfile' || unit.kind === 'compose') && /logrotate/.test(project.text(unit.path) ?? '')));
}

function logFiles(): Selector<LogFile> {
  return {
    kinds: ['module', 'procfile', 'dockerfile', 'compose', 'ini', 'shell'], callees: WRITERS,
    *select(unit, project) {
      if (unit.kind === 'module') yield* inModule(unit, project);
      else if (project.production.includes(unit) || unit.kind === 'ini') yield* inFile(unit, project);
    },
  };
}

function* inModule(module: Module, project: Project): Iterable<LogFile> {
  for (const call of module.calls) {
    const found = onlyInDevelopment(call) ? undefined : inCall(call);
    if (found) yield { unit: module, at: call.calleeAt, call, ...found };
  }
  if (/(^|\/)gunicorn[\w.-]*\.py$/.test(module.path)) {
    for (const one of module.assignments) {
      if (one.scope === '' && /^(accesslog|errorlog)$/.test(one.target) && one.value.kind === 'text' && !STREAM.test(one.value.value)) yield { unit: module, writer: one.target, file: one.value.value, at: one.value.at };
    }
  }
  for (const { path, table } of project.once('loggingTables', () => loggingTables(project))) {
    if (path !== module.path) continue;
    for (const one of textsIn(table)) if (one.value === 'logging.FileHandler') yield { unit: module, writer: 'FileHandler', file: 'a file', at: one.at };
  }
}

function inCall(call: Call): Pick<LogFile, 'writer' | 'file'> | undefined {
  const name = lastName(call.callee);
  const keyword = (wanted: string) => call.keywords.find((each) => each.name === wanted)?.value;
  if (call.open || !/^(logging\.(FileHandler|basicConfig)|loguru\.logger\.add)$/.test(call.callee)) return undefined;
  const given = name === 'basicConfig' ? keyword('filename') : keyword(name === 'add' ? 'sink' : 'filename') ?? call.args[0];
  const mode = keyword('mode') ?? keyword('filemode') ?? (name === 'FileHandler' ? call.args[1] : undefined);
  if (!given || (mode?.kind === 'text' && mode.value.startsWith('w')) || (name === 'add' && (keyword('rotation') ?? keyword('retention')) !== undefined)) return undefined;
  const file = pathOf(given, name === 'add');
  return file === undefined || STREAM.test(file) ? undefined : { writer: name === 'add' ? 'loguru' : name, file };
}

/** The file as a message names it; undefined where it may be no file at all. */
function pathOf(value: Value, onlyWritten: boolean): string | undefined {
  if (value.kind === 'text') return value.value;
  const written = writtenPaths(value)[0];
  if (written !== undefined) return written;
  if (value.kind === 'environment' || value.kind === 'choice' || value.kind === 'none') return undefined;
  return onlyWritten && value.kind !== 'joined' ? undefined : 'a file';
}

function* inFile(unit: Unit, project: Project): Iterable<LogFile> {
  for (const command of project.commands) {
    const found = command.path === unit.path && unit.kind !== 'shell' ? /--(?:access|error)?-?log-?file[= ]["']?([^\s"']+)/.exec(command.text)?.[1] : undefined;
    if (found !== undefined && !STREAM.test(found) && !found.startsWith('$') && !found.startsWith('-')) yield { unit, writer: 'The server', file: found, at: command };
  }
  if (unit.kind === 'shell') {
    for (const command of unit.commands) {
      const target = command.redirects.find((each) => /^(1|2|&)?>>$/.test(each.op) && /\.(log|out)$/.test(each.target));
      if (target && programs([command]).some((name) => /^(gunicorn|uvicorn|hypercorn|daphne|waitress-serve|uwsgi|celery|python[\d.]*|flask)$/.test(name))) yield { unit, writer: 'The start script', file: target.target, at: target.at };
    }
  }
  if (unit.kind === 'ini' && unit.format === 'systemd') {
    for (const entry of unit.sections.flatMap((each) => each.entries)) {
      const file = entry.name === 'StandardOutput' ? /^(?:append|file):(\S+)/.exec(entry.value ?? '')?.[1] : undefined;
      if (file !== undefined && !STREAM.test(file)) yield { unit, writer: 'systemd', file, at: entry.at };
    }
  }
}

function rotating({ unit, call }: LogFile, { source, project }: Context): readonly Edit[] | undefined {
  if (unit.kind !== 'module' || !call || lastName(call.callee) !== 'FileHandler' || call.args.length > 1 || project.workers.count === 'several') return undefined;
  const argument = withArgument(call, 'maxBytes=10_000_000, backupCount=5', source);
  return argument && [replace(call.calleeAt, 'RotatingFileHandler'), ...argument, ...importing(unit, source, 'RotatingFileHandler', 'logging.handlers')];
}
