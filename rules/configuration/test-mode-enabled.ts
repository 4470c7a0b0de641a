import type { Context, Edit, Pair, Project, Selector, Setting, Source, Span, Variation } from '../kit';
import { VARIABLE_KINDS, givenVariables, isTrue, onlyInDevelopment, oppositeOf, readsIn, replace, replacedInProduction, rule, seenInProduction, setting, whenUnset } from '../kit';

/** A switch in code, or a variable that a file of production sets. */
type Switch = { readonly name: string; readonly setting: Setting } | { readonly name: string; readonly pair: Pair; readonly file: string };

/** Switches that open a door: whoever comes is let in. */
const DOORS = ['AUTH_DISABLED', 'DISABLE_AUTH', 'DISABLE_AUTHENTICATION', 'SKIP_AUTH', 'BYPASS_AUTH', 'AUTH_BYPASS', 'LOGIN_DISABLED', 'MOCK_AUTH', 'NO_AUTH', 'FAKE_AUTH'] as const;
const MODES = ['TESTING', 'TEST_MODE', 'TESTING_MODE', 'E2E_MODE', 'E2E_TESTING', 'IS_TESTING'] as const;

export default rule<Switch>({
  id: 'test-mode-enabled',
  title: 'Test and bypass switches are off',
  severity: 'high', points: 15, confidence: 'confirmed', blocks: 'always', effort: 'S', since: '1',
  why: 'Test mode skips login or error handling for everyone, not only for the tests. It is the easiest back door to forget.',
  how: 'Set it in the test configuration only and refuse it at start in production.',
  links: ['https://flask.palletsprojects.com/en/stable/testing/', 'https://cwe.mitre.org/data/definitions/489.html'],
  anchors: ['semgrep avoid_hardcoded_config_TESTING', 'CWE-489'],

  on: switches(),
  check: (it, { project }) => {
    if ('pair' in it) return isDoor(it.name) ? { severity: 'critical', because: 'it opens what a login protects, in a file of production' } satisfies Variation : true;
    if (!isOn(it.setting) || it.setting.refusal !== undefined) return false;
    return seenInProduction(it.setting, project) && !onlyInDevelopment(it.setting.assignment) && !replacedInProduction(it.setting, project);
  },
  message: (it) => {
    if ('pair' in it) return `${it.name} is on in ${it.file}.`;
    const variable = readsIn(it.setting.value)[0]?.variable;
    return variable === undefined ? `${it.name} is on.` : `${it.name} is on unless ${variable} says otherwise.`;
  },
  underline: (it, { source }) => 'pair' in it ? it.pair.valueAt ?? it.pair.at : valueSpan(it.setting, source),
  holds: (it, { project }) => !('pair' in it) && !isOn(it.setting) && seenInProduction(it.setting, project) ? `${it.name} is off unless it is switched on` : undefined,
  nothing: 'No test or bypass switch is set.',

  fix: { title: 'Switch it off', safety: 'safe', edit: (it, context) => switchedOff(it, context) },

  examples: () => ({
    'on the application': {
      bad: 'from flask import Flask\napp = Flask(__name__)\napp.config["TESTING"] = True\n', good: 'from flask import Flask\napp = Flask(__name__)\napp.config["TESTING"] = False\n',
    },
    'an attribute of the application': { bad: 'from flask import Flask\napp = Flask(__name__)\napp.testing = True\n', good: 'from flask import Flask\napp = Flask(__name__)\napp.testing = False\n' },
    'in update': { bad: 'from flask import Flask\n\ndef create_app():\n    app = Flask(__name__)\n    app.config.update(TESTING=True, SESSION_COOKIE_SECURE=True)\n    return app\n', good: 'from flask import Flask\n\ndef create_app():\n    app = Flask(__name__)\n    app.config.update(TESTING=False, SESSION_COOKIE_SECURE=True)\n    return app\n' },
    'in the class production uses': {
      bad: { 'config.py': 'class Config:\n    LOGIN_DISABLED = True\n', 'app.py': 'from flask import Flask\nfrom config import Config\napp = Flask(__name__)\napp.config.from_object(Config)\n' },
      good: { 'config.py': 'class Config:\n    LOGIN_DISABLED = False\n' },
    },
    'unless a variable says otherwise': {
      bad: 'import os\nSKIP_AUTH = os.getenv("SKIP_AUTH", "true").lower() == "true"\n', good: 'import os\nSKIP_AUTH = os.getenv("SKIP_AUTH", "false").lower() == "true"\n', path: 'settings.py',
    },
    'a field of pydantic settings': { bad: 'from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    disable_auth: bool = True\n', good: 'from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    disable_auth: bool = False\n', path: 'settings.py' },
    'decouple': { bad: 'from decouple import config\n\nTEST_MODE = config("TEST_MODE", default=True, cast=bool)\n', good: 'from decouple import config\n\nTEST_MODE = config("TEST_MODE", default=False, cast=bool)\n', path: 'settings.py' },
    'a compose file of production': {
      bad: { 'docker-compose.yml': 'services:\n  api:\n    build: .\n    environment:\n      AUTH_DISABLED: "true"\n' }, good: { 'docker-compose.yml': 'services:\n  api:\n    build: .\n    environment:\n      AUTH_DISABLED: "false"\n' }, severity: 'critical',
    },
    'an image': { bad: { Dockerfile: 'FROM python:3.12-slim\nENV TEST_MODE=1\nCMD ["gunicorn", "app:app"]\n' }, good: { Dockerfile: 'FROM python:3.12-slim\nENV TEST_MODE=0\nCMD ["gunicorn", "app:app"]\n' } },
    'variables of production': { bad: { '.env.production': 'TEST_MODE=on\n' }, good: { '.env.production': 'TEST_MODE=off\n' } },
    'a unit of systemd': { bad: { 'deploy/shop.service': '[Service]\nEnvironment=SKIP_AUTH=1\nExecStart=/srv/venv/bin/gunicorn app:app\n' }, severity: 'critical' },
    'a file of the platform': { bad: { 'render.yaml': 'services:\n  - type: web\n    name: api\n    startCommand: gunicorn app:app\n    envVars:\n      - key: SKIP_AUTH\n        value: "1"\n' }, good: { 'render.yaml': 'services:\n  - type: web\n    name: api\n    startCommand: gunicorn app:app\n    envVars:\n      - key: SKIP_AUTH\n        value: "0"\n' }, severity: 'critical' },
    'in front of a command': { bad: { Procfile: 'web: TEST_MODE=1 gunicorn app:app\n' }, good: { Procfile: 'web: TEST_MODE=0 gunicorn app:app\n' } },
    'a fixture of tests': { good: { 'tests/conftest.py': 'from app import app\napp.config["TESTING"] = True\n' } },
    'off unless the environment says so': { good: 'import os\nTEST_MODE = os.getenv("TEST_MODE", "").lower() == "true"\n', path: 'settings.py' },
    'the class for tests': { good: 'class Config:\n    TESTING = False\n\nclass TestingConfig(Config):\n    TESTING = True\n', path: 'config.py' },
    'only while developing': { good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\nif os.getenv("APP_ENV") == "development":\n    app.config["LOGIN_DISABLED"] = True\n' },
    'where the tests run': { good: 'import sys\n\nTESTING = "pytest" in sys.modules\n', path: 'settings.py' },
    'text that is no switch': { good: 'TEST_MODE = "sandbox"\nSTRIPE_TEST_MODE = True\n\nclass Words:\n    TESTING = "testing"\n', path: 'settings.py' },
    'a local of a function': { good: 'def pay(order):\n    test_mode = True\n    testing = True\n    return order, test_mode, testing\n', path: 'pay.py' },
    'a compose file for tests': { good: { 'docker-compose.test.yml': 'services:\n  api:\n    build: .\n    environment:\n      AUTH_DISABLED: "true"\n' } },
    'a service for development': { good: { 'docker-compose.yml': 'services:\n  api:\n    build: .\n    environment:\n      - AUTH_DISABLED=true\n      - APP_ENV=development\n' } },
    'a stage that only builds': { good: { Dockerfile: 'FROM python:3.12-slim AS check\nENV TEST_MODE=1\nRUN pytest\n\nFROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n' } },
    'an example of variables, and a workflow': { good: { '.env.example': 'SKIP_AUTH=true\n', '.github/workflows/ci.yml': 'on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    env:\n      TEST_MODE: "1"\n    steps:\n      - run: pytest\n' } },
    'only a comment': { good: '# app.config["TESTING"] = True\nfrom flask import Flask\napp = Flask(__name__)\n' },
  }),
});

function isDoor(name: string): boolean {
  return DOORS.some((each) => each === name);
}

function switches(): Selector<Switch> {
  const settings = setting(...DOORS, ...MODES);
  return {
    kinds: ['module', ...VARIABLE_KINDS], callees: [],
    *select(unit, project) {
      if (unit.kind === 'module') { if (unit.language === 'python') for (const each of settings.select(unit, project)) if (isSwitch(each)) yield { name: each.name, setting: each }; }
      else if (project.production.includes(unit)) for (const pair of givenVariables(unit)) if ((isDoor(pair.name) || MODES.some((each) => each === pair.name)) && /^["']?(1|true|yes|on)["']?$/i.test(pair.value ?? '')) yield { name: pair.name, pair, file: unit.path };
    },
  };
}

/** In capitals, on a configuration object or the application, or a field that the environment fills. */
function isSwitch({ assignment, value }: Setting): boolean {
  const last = assignment.target.slice(assignment.target.lastIndexOf('.') + 1);
  return last === last.toUpperCase() || assignment.target.includes('.') || value.kind === 'environment';
}

function isOn({ value, assignment }: Setting): boolean {
  const unset = whenUnset(value);
  if (unset === undefined || unset === 'refuses') return false;
  if (unset.kind === 'text') return (assignment.annotation === 'bool' || value.kind === 'environment') && /^(1|true|yes|on|t|y)$/i.test(unset.value);
  return isTrue(unset);
}

function valueSpan({ assignment, path }: Setting, source: Source): Span {
  const at = assignment.value.at;
  return at.path === undefined && path === source.path ? at : assignment.targetAt;
}

// ---- the fix

function switchedOff(it: Switch, { source, project }: Context): readonly Edit[] | undefined {
  if ('pair' in it) {
    const { valueAt, value = '' } = it.pair;
    const off = oppositeOf(value.replace(/["']/g, ''));
    return valueAt && off !== undefined ? [replace(valueAt, source.slice(valueAt).replace(/\w+/, off))] : undefined;
  }
  return literalOff(it.setting, source, project);
}

/** The literal, or the fallback of the read, turned into its opposite. */
function literalOff({ assignment, module }: Setting, source: Source, project: Project): readonly Edit[] | undefined {
  const read = assignment.value.kind === 'test' ? assignment.value.left : assignment.value;
  const inner = read.kind === 'result' && read.of ? read.of : read;
  const literal = inner.kind === 'environment' && inner.fallback ? inner.fallback : inner;
  const resolved = project.resolve(literal, module);
  if (literal.at.path !== undefined || literal.at.start < assignment.value.at.start || literal.at.end > assignment.value.at.end || resolved.kind !== literal.kind) return undefined;
  const written = source.slice(literal.at);
  const off = oppositeOf(written.replace(/["']/g, ''));
  return off === undefined ? undefined : [replace(literal.at, written.replace(/\w+/, off))];
}
