import type { Call, Context, Edit, Module, Project, Selector, Span, Unit, Value, Variation } from '../kit';
import {
  VARIABLE_KINDS, calls, callsNamed, givenVariables, importing, isInfrastructure, isProgram, isReference, lastName, loggingTables, lookup, onlyInDevelopment,
  replace, rule, seenInProduction, withoutArgument,
} from '../kit';

interface Level {
  readonly unit: Unit;
  /** What fixes it, as a sentence begins: `basicConfig`, `docker-compose.yml`. */
  readonly where: string;
  readonly level: string;
  readonly at: Span;
  readonly sql?: true;
  readonly call?: Call;
}

const ENGINES = ['sqlalchemy.create_engine', 'sqlalchemy.ext.asyncio.create_async_engine', 'sqlmodel.create_engine', 'sqlalchemy.engine.create_engine'] as const;
const LOGGERS = ['logging.basicConfig', '*.setLevel', 'uvicorn.run', 'uvicorn.Config'] as const;
const SQL: Pick<Variation, 'severity' | 'points' | 'because'> = { severity: 'low', points: 2, because: 'every statement is written out, with the values in it' };
const FIXED: Variation = { severity: 'info', because: 'the level itself is fit for production' };

export default rule<Level>({
  id: 'log-level-hardcoded',
  title: 'The log level comes from configuration',
  severity: 'low', points: 1, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: `Debug output costs speed and prints data that should not be kept. When it is fixed, you cannot turn it up during an incident either.`,
  how: `Take the level from the environment with INFO as default.`,
  links: ['https://docs.python.org/3/howto/logging.html', 'https://12factor.net/config'],
  anchors: ['CWE-532'],

  on: levels(),
  check(match, context) {
    if (match.unit.kind === 'module' && isProgram(match.unit, context.project)) return false;
    return match.sql ? SQL : isDebug(match.level) || FIXED;
  },
  message: ({ where, level, sql }) => sql ? `${where} writes every SQL statement to the log.` : `${where} fixes the log level to ${level}.`,
  underline: ({ at }) => at,
  nothing: 'No log level is fixed in the code or in files of production.',

  fix: [
    { title: 'Read LOG_LEVEL', safety: 'review', edit: reading },
    { title: 'Stop writing SQL to the log', safety: 'safe', edit: ({ call, sql, at }, { source }) => sql && call ? withoutArgument(call, call.keywords.find((each) => each.name === 'echo')?.at ?? at, source) : undefined },
  ],

  examples: () => ({
    'debug for ever': {
      bad: 'import logging\nlogging.basicConfig(level=logging.DEBUG)\n',
      good: 'import logging\nimport os\nlogging.basicConfig(level=os.getenv("LOG_LEVEL", "INFO").upper())\n',
    },
    'the root logger': {
      bad: 'import logging\nimport os\n\nlogging.getLogger().setLevel("DEBUG")\n',
      good: 'import logging\nimport os\n\nlogging.getLogger().setLevel(os.getenv("LOG_LEVEL", "INFO").upper())\n',
    },
    'a logger of the application': { bad: 'import logging\nfrom flask import Flask\napp = Flask(__name__)\napp.logger.setLevel(logging.DEBUG)\n' },
    'SQL in the log': {
      bad: 'import os\nfrom sqlalchemy import create_engine\nengine = create_engine(os.environ["DATABASE_URL"], echo=True, pool_pre_ping=True)\n',
      good: 'import os\nfrom sqlalchemy import create_engine\nengine = create_engine(os.environ["DATABASE_URL"], pool_pre_ping=True)\n',
      fix: 'Stop writing SQL to the log', severity: 'low',
    },
    'SQL in the log, by a setting': { bad: 'class Config:\n    SQLALCHEMY_ECHO = True\n', path: 'config.py' },
    'SQL in the log while developing': { good: 'class Config:\n    SQLALCHEMY_ECHO = False\nclass DevelopmentConfig(Config):\n    SQLALCHEMY_ECHO = True\n', path: 'config.py' },
    'SQL in the log when a setting says so': { good: 'from sqlalchemy import create_engine\nfrom settings import settings\nengine = create_engine(settings.url, echo=settings.debug)\n' },
    'the dictionary configuration': {
      bad: 'LOGGING = {\n    "version": 1,\n    "handlers": {"console": {"class": "logging.StreamHandler"}},\n    "root": {"level": "DEBUG", "handlers": ["console"]},\n}\nINSTALLED_APPS = []\n', path: 'shop/settings.py',
    },
    'handlers decide what is written': {
      good: {
        'shop/settings.py': 'INSTALLED_APPS = []\nLOGGING = {"version": 1, "handlers": {"console": {"class": "logging.StreamHandler", "level": "INFO"}}, "root": {"level": "DEBUG", "handlers": ["console"]}}\n',
        'shop/logs.py': 'import logging\n\nlogger = logging.getLogger("shop")\nlogger.setLevel(logging.DEBUG)\nhandler = logging.StreamHandler()\nhandler.setLevel(logging.INFO)\nlogger.addHandler(handler)\n',
      },
    },
    'a command line': { bad: { Procfile: 'web: gunicorn --log-level debug app:app\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'a variable of production': { bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      LOG_LEVEL: debug\n  proxy:\n    image: traefik:3\n    environment:\n      LOG_LEVEL: DEBUG\n' } },
    'a variable that the shell may replace': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      LOG_LEVEL: ${LOG_LEVEL:-debug}\n', 'compose.dev.yml': 'services:\n  web:\n    environment:\n      LOG_LEVEL: debug\n' } },
    'settings of gunicorn': { bad: { 'gunicorn.conf.py': 'bind = ":8000"\nloglevel = "debug"\n' } },
    'fixed, but fit for production': {
      severity: 'info',
      bad: 'import logging\nfrom fastapi import FastAPI\nlogging.basicConfig(level=logging.INFO, format="%(message)s")\napp = FastAPI()\n',
    },
    'from the environment': { good: 'import logging, os\nlogging.basicConfig(level=os.getenv("LOG_LEVEL", "INFO"))\nlogging.getLogger("shop").setLevel(os.environ.get("LOG_LEVEL", "DEBUG"))\n' },
    'from settings': { good: 'import logging\nfrom config import settings\nlogging.basicConfig(level=settings.log_level)\nlogging.basicConfig(level=getattr(logging, settings.level.upper()))\n' },
    'by the mode': { good: 'import logging\nfrom flask import Flask\napp = Flask(__name__)\nlogging.basicConfig(level=logging.DEBUG if app.debug else logging.INFO)\n' },
    'when it is asked for': { good: 'import logging\n\n\ndef setup(verbose):\n    if verbose:\n        logging.getLogger().setLevel(logging.DEBUG)\n' },
    'a library made quieter': { good: 'import logging\nlogging.getLogger("urllib3").setLevel(logging.WARNING)\n' },
    'a program of its own': { good: 'import logging\n\nlogging.basicConfig(level=logging.DEBUG)\n\n\ndef main():\n    pass\n\n\nif __name__ == "__main__":\n    main()\n', path: 'load_prices.py' },
    'tests': { good: 'import logging\nlogging.basicConfig(level=logging.DEBUG)\n', path: 'tests/conftest.py' },
  }),
});

function levels(): Selector<Level> {
  return {
    kinds: ['module', ...VARIABLE_KINDS], callees: [...LOGGERS, ...ENGINES, 'logging.config.dictConfig'],
    *select(unit, project) {
      if (unit.kind === 'module') yield* inModule(unit, project);
      else if (project.production.includes(unit)) yield* inFile(unit, project);
    },
  };
}

function* inModule(module: Module, project: Project): Iterable<Level> {
  for (const call of callsNamed(module, SETTING)) {
    const found = call.guards.every((each) => each.means === 'production' || each.means === 'main') ? inCall(call, module) : undefined;
    if (found) yield found;
  }
  for (const one of module.assignments) {
    if (one.target === 'loglevel' && one.scope === '' && /(^|\/)gunicorn[\w.-]*\.py$/.test(module.path) && one.value.kind === 'text' && isDebug(one.value.value)) yield { unit: module, where: fileOf(module), level: one.value.value, at: one.value.at };
  }
  if (module.assignments.some((one) => one.target.endsWith('SQLALCHEMY_ECHO'))) {
    for (const each of project.settings('SQLALCHEMY_ECHO')) if (each.path === module.path && each.value.kind === 'bool' && each.value.value && seenInProduction(each, project)) yield { unit: module, where: each.name, level: 'echo', at: each.assignment.at, sql: true };
  }
  for (const { path, table } of project.once('loggingTables', () => loggingTables(project))) {
    const level = path === module.path ? rootLevel(table) : undefined;
    if (level) yield { unit: module, where: 'The root logger\'s configuration', level: level.value, at: level.at };
  }
}

/** Last names of the calls that set a level. */
const SETTING: ReadonlySet<string> = new Set([...LOGGERS, ...ENGINES].map(lastName));
const SET_LEVEL: ReadonlySet<string> = new Set(['setLevel']);

function inCall(call: Call, module: Module): Level | undefined {
  if (ENGINES.some((name) => calls(call.callee, name))) {
    const echo = call.keywords.find((each) => each.name === 'echo');
    return echo && ((echo.value.kind === 'bool' && echo.value.value) || echo.value.kind === 'text') ? { unit: module, where: lastName(call.written), level: 'echo', at: echo.at, sql: true, call } : undefined;
  }
  const name = lastName(call.callee);
  const given = name === 'setLevel' ? call.args[0] : call.keywords.find((each) => each.name === (name === 'basicConfig' ? 'level' : 'log_level'))?.value;
  const level = given && levelOf(given);
  if (!given || level === undefined || onlyInDevelopment(call)) return undefined;
  if (name !== 'basicConfig' && (!isDebug(level) || (name === 'setLevel' && (isHandler(call) || handlersDecide(module))))) return undefined;
  return /^(basicConfig|setLevel|run|Config)$/.test(name) && (name === 'basicConfig' || name === 'setLevel' || call.callee.startsWith('uvicorn.')) ? { unit: module, where: call.written, level, at: given.at, call } : undefined;
}

/** The level a value is, where it is written in the source: `DEBUG`. */
function levelOf(value: Value): string | undefined {
  if (value.kind === 'number') return LEVELS.get(value.value);
  if (value.kind === 'text') return /^(debug|info|warn|warning|error|critical|notset|trace)$/i.test(value.value) ? value.value.toUpperCase() : undefined;
  return value.kind === 'reference' ? /^logging\.(NOTSET|DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL|FATAL)$/.exec(value.name)?.[1] : undefined;
}
const LEVELS: ReadonlyMap<number, string> = new Map([[0, 'NOTSET'], [10, 'DEBUG'], [20, 'INFO'], [30, 'WARNING'], [40, 'ERROR'], [50, 'CRITICAL']]);

function isDebug(level: string): boolean {
  return /^["']?(debug|trace|notset|echo)["']?$/i.test(level);
}

function isHandler(call: Call): boolean {
  return /handler|stream|console|(^|\.)(ch|fh|sh|sth|h)\.setLevel$/i.test(`${call.callee} ${call.written}`);
}

/** Another level is set on a handler in the same file, so the logger's own decides nothing. */
function handlersDecide(module: Module): boolean {
  return callsNamed(module, SET_LEVEL).some(isHandler);
}

/** The level of the root logger in a table of logging, when it is debug and no handler holds it back. */
function rootLevel(table: Extract<Value, { kind: 'dict' }>): Extract<Value, { kind: 'text' }> | undefined {
  const loggers = lookup(table, 'loggers');
  const root = lookup(table, 'root') ?? (loggers && lookup(loggers, ''));
  const level = root && lookup(root, 'level');
  const handlers = lookup(table, 'handlers');
  const held = handlers?.kind === 'dict' && handlers.entries.some((each) => { const own = lookup(each.value, 'level'); return own !== undefined && !(own.kind === 'text' && isDebug(own.value)); });
  return level?.kind === 'text' && isDebug(level.value) && !held ? level : undefined;
}

function* inFile(unit: Unit, project: Project): Iterable<Level> {
  const own = unit.kind === 'compose' ? { ...unit, services: unit.services.filter((each) => !isInfrastructure(each.image ?? '')) } : unit;
  for (const pair of givenVariables(own)) {
    if (/(^|_)LOG_?LEVEL$/.test(pair.name) && pair.value !== undefined && isDebug(pair.value) && !isReference(pair.value)) yield { unit, where: `${pair.name} in ${fileOf(unit)}`, level: 'DEBUG', at: pair.valueAt ?? pair.at };
  }
  for (const command of project.commands) {
    const said = command.path === unit.path && unit.kind !== 'shell' ? /--log-?level[= ]["']?(debug|trace)\b/i.exec(command.text)?.[1] : undefined;
    if (said !== undefined && !/--reload\b/.test(command.text)) yield { unit, where: `The start command in ${fileOf(unit)}`, level: said.toUpperCase(), at: { start: command.start, end: command.end } };
  }
}

function fileOf(unit: Unit): string {
  return unit.path.slice(unit.path.lastIndexOf('/') + 1);
}

function reading({ unit, call, sql, at, level }: Level, { source }: Context): readonly Edit[] | undefined {
  if (unit.kind !== 'module' || !call || sql || call.callee.startsWith('uvicorn.')) return undefined;
  const usual = isDebug(level) ? 'INFO' : level;
  return [replace(at, `os.getenv("LOG_LEVEL", "${usual}").upper()`), ...importing(unit, source, 'os')];
}
