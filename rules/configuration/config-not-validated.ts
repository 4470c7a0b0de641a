import type { Edit, Evidence, Judgement, Module, Project, Source, Variable } from '../kit';
import { declarationsOf, importing, insert, isSecretName, lastName, listed, loadedModules, onlyInDevelopment, projectRule, readVariables, variablesWithoutDefault } from '../kit';

/** Fewer settings are found missing at once. */
const FEW = 3;
/** A service cannot be reached, or nothing proved, without it. */
const ESSENTIAL = /(^|_)(URL|URI|DSN|ENDPOINT|BUCKET|HOST|CONNECTION_STRING|KEY)$/;
/** Nothing is what libraries take for "not used", or for a source of their own. */
const OPTIONAL = /^(SENTRY_\w+|AWS_\w+|S3_\w+|GOOGLE_APPLICATION_\w+|MAIL_\w+|EMAIL_\w+|SMTP_\w+|\w*PROXY\w*|\w*_PROXY_\w+|REDIS_PASSWORD|NEW_RELIC_\w+|DD_\w+|OTEL_\w+|SOCIAL_\w+|RECAPTCHA_\w+|GITHUB_\w+|GOOGLE_\w+|FACEBOOK_\w+|TWITTER_\w+|LDAP_\w+|OIDC_\w+|OAUTH_\w+|SAML_\w+|WEBHOOK_\w+|CDN_\w+|STATIC_\w+|MEDIA_\w+|ROLLBAR_\w+|BUGSNAG_\w+|HONEYBADGER_\w+|ANALYTICS_\w+|SLACK_\w+|DISCORD_\w+|TELEGRAM_\w+|\w*WEBHOOK\w*)$/;

export default projectRule({
  id: 'config-not-validated',
  title: 'Required settings are checked at start',
  severity: 'high', points: 10, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: `A missing setting surfaces as None in the middle of a payment instead of at deploy time. The deploy looks green.`,
  how: `Read what the application cannot do without so that it fails when missing, or check all of it once at start.`,
  links: ['https://12factor.net/config', 'https://docs.pydantic.dev/latest/concepts/pydantic_settings/', 'https://fastapi.tiangolo.com/advanced/settings/'],
  anchors: ['CWE-1188'],

  applies: (project) => !project.deployable ? 'Nothing is deployed from here.' : readVariables(project).length >= FEW || 'The code reads fewer than three variables of the environment.',
  project: judge,

  fix: {
    title: 'Insert a check at start', safety: 'review',
    edit: (gap, { unit, source, project }) => unit.kind === 'module' && unit.path === gap.at.path ? checking(unit, source, project) : undefined,
    remains: 'Set the variables wherever the application runs, on developers\' machines too.',
  },

  examples: () => ({
    'three that may be None': {
      bad: 'import os\nfrom flask import Flask\napp = Flask(__name__)\nPAY_KEY = os.getenv("PAY_KEY")\nPAY_URL = os.getenv("PAY_URL")\nDB = os.getenv("DATABASE_URL")\ndef charge(client):\n    return client.charge(PAY_KEY, PAY_URL, DB)\n',
      good: 'import os\nfrom flask import Flask\n\nREQUIRED = ["PAY_KEY", "PAY_URL", "DATABASE_URL"]\nmissing = [name for name in REQUIRED if not os.environ.get(name)]\nif missing:\n    raise RuntimeError("missing settings: " + ", ".join(missing))\napp = Flask(__name__)\nPAY_KEY = os.getenv("PAY_KEY")\nPAY_URL = os.getenv("PAY_URL")\nDB = os.getenv("DATABASE_URL")\ndef charge(client):\n    return client.charge(PAY_KEY, PAY_URL, DB)\n',
    },
    'a configuration class': {
      bad: {
        'config.py': 'import os\n\n\nclass Config:\n    SECRET_KEY = os.environ.get("SECRET_KEY")\n    SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL")\n    PAY_API_KEY = os.environ.get("PAY_API_KEY")\n',
        'app.py': 'from flask import Flask\n\n\ndef create_app():\n    app = Flask(__name__)\n    app.config.from_object("config.Config")\n    return app\n', Procfile: 'web: gunicorn "app:create_app()"\n',
      },
    },
    'a check that nobody calls': {
      bad: {
        'settings.py': 'import os\n\nPAY_KEY = os.getenv("PAY_KEY")\nPAY_URL = os.getenv("PAY_URL")\nDB_URL = os.getenv("DB_URL")\n\n\ndef validate():\n    for name in ("PAY_KEY", "PAY_URL", "DB_URL"):\n        if not os.getenv(name):\n            raise RuntimeError(name)\n',
        'main.py': 'from fastapi import FastAPI\nimport settings\n\napp = FastAPI()\n',
      },
    },
    'a list that is checked at start': {
      good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\nPAY_KEY = os.getenv("PAY_KEY")\nMAIL = os.getenv("PAY_URL")\nDB = os.getenv("DATABASE_URL")\nREQUIRED = ["PAY_KEY", "PAY_URL", "DATABASE_URL"]\nmissing = [n for n in REQUIRED if not os.getenv(n)]\nif missing:\n    raise RuntimeError(f"missing settings: {\', \'.join(missing)}")\n',
    },
    'a function that is called at start': {
      good: {
        'settings.py': 'import os\n\nPAY_KEY = os.getenv("PAY_KEY")\nPAY_URL = os.getenv("PAY_URL")\nDB_URL = os.getenv("DB_URL")\n\n\ndef validate():\n    for name in ("PAY_KEY", "PAY_URL", "DB_URL"):\n        if not os.getenv(name):\n            raise RuntimeError(name)\n',
        'main.py': 'from fastapi import FastAPI\nimport settings\n\nsettings.validate()\napp = FastAPI()\n',
      },
    },
    'keys of the configuration are checked': {
      good: 'import os\nfrom flask import Flask\n\n\ndef create_app():\n    app = Flask(__name__)\n    app.config["SECRET_KEY"] = os.environ.get("SECRET_KEY")\n    app.config["PAY_KEY"] = os.environ.get("PAY_KEY")\n    app.config["PAY_URL"] = os.environ.get("PAY_URL")\n    for key in ("SECRET_KEY", "PAY_KEY", "PAY_URL"):\n        if not app.config.get(key):\n            raise RuntimeError(f"{key} is not set")\n    return app\n',
    },
    'settings that demand them': { good: 'from fastapi import FastAPI\nfrom pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    database_url: str\n    pay_key: str\n    pay_url: str\nsettings = Settings()\napp = FastAPI()\n', path: 'settings.py' },
    'keys that fail when they are read': { good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\nA = os.environ["PAY_KEY"]\nB = os.environ["PAY_URL"]\nC = os.environ["DATABASE_URL"]\n' },
    'readers that demand': { good: 'from decouple import config\nfrom flask import Flask\napp = Flask(__name__)\nA = config("PAY_KEY")\nB = config("PAY_URL")\nC = config("DATABASE_URL")\n' },
    'parts that are only used when they are set': {
      good: {
        'config.py': 'import os\n\nPAY_KEY = os.getenv("PAY_KEY")\nSEARCH_URL = os.getenv("SEARCH_URL")\nMAP_TOKEN = os.getenv("MAP_TOKEN")\n',
        'app.py': 'from flask import Flask\nimport config\napp = Flask(__name__)\nif config.SEARCH_URL:\n    import search\n\n\n@app.get("/pay")\ndef pay():\n    if not config.PAY_KEY:\n        return "off", 404\n    return config.MAP_TOKEN is not None and "map" or ""\n',
      },
    },
    'what libraries take for not used': { good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\napp.config["MAIL_PASSWORD"] = os.environ.get("MAIL_PASSWORD")\napp.config["SENTRY_DSN"] = os.environ.get("SENTRY_DSN")\nAWS = os.environ.get("AWS_SECRET_ACCESS_KEY")\nPROXY = os.getenv("OUT_PROXY_URL")\n' },
    'defaults of their own': { good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\nA = os.getenv("CACHE_URL", "memory://")\nB = os.getenv("QUEUE_URL") or "memory://"\nC = os.getenv("DATABASE_URL", "sqlite:///app.db")\n' },
    'the files of production give them': {
      good: { 'app.py': 'import os\nfrom flask import Flask\napp = Flask(__name__)\nA = os.getenv("CACHE_URL")\nB = os.getenv("QUEUE_URL")\nC = os.getenv("DATABASE_URL")\n', 'compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      CACHE_URL: redis://cache\n      QUEUE_URL: redis://queue\n      DATABASE_URL: ${DATABASE_URL:?set it}\n' },
    },
  }),
});

function judge(project: Project): Judgement {
  const open = unchecked(project);
  if (open.length < FEW) {
    const seen = checks(project);
    return seen.length > 0 ? { holds: seen } : { notApplicable: `Fewer than ${FEW} settings can be missing without being noticed.` };
  }
  const first = open[0]?.reads[0];
  const at = first ? { path: first.path, start: first.start, end: first.end } : project.anchor;
  return { open: [{
    at, message: `${open.length} settings are None when they are not set, and nothing checks them at start: ${listed(open.map((each) => each.name))}.`,
    related: open.slice(1, 12).flatMap(({ name, reads }) => reads.slice(0, 1).map((each): Evidence => ({ path: each.path, start: each.start, end: each.end, text: `${name} may be None` }))),
  }] };
}

/** Essential settings that are None when nobody sets them, that nothing checks and no file of production gives. */
function unchecked(project: Project): readonly Variable[] {
  return project.once('uncheckedSettings', () => variablesWithoutDefault(project).filter((variable) => {
    const { name, reads } = variable;
    if (!(isSecretName(name) || ESSENTIAL.test(name)) || OPTIONAL.test(name)) return false;
    if (reads.some(({ read }) => read.required || read.how === 'field' || read.how === 'listed' && isRefusedIn(read.scope, project))) return false;
    if (reads.every(({ read }) => read.fallback?.kind === 'text' || read.fallback?.kind === 'environment' || onlyInDevelopment(read))) return false;
    return !isGiven(variable, project) && !isRefused(variable, project) && !isAsked(variable, project);
  }));
}

function isGiven(variable: Variable, project: Project): boolean {
  return declarationsOf(variable, project).some((each) => each.kind === 'production' && each.value !== undefined && each.value !== '' && !/^\$\{?\w+\}?$/.test(each.value));
}

/** Names under which a variable's value goes on: its own, and those of the settings that hold it. */
function namesOf(variable: Variable): readonly string[] {
  const settings = variable.reads.flatMap(({ module, read }) => module.assignments.filter((one) => one.value.at.start <= read.at.start && read.at.end <= one.value.at.end).map((one) => lastName(one.target)));
  return [...new Set([variable.name, ...settings])];
}

function isRefused(variable: Variable, project: Project): boolean {
  const names = namesOf(variable).map((each) => each.toUpperCase());
  const settings = project.settings(...names);
  return settings.some((each) => each.refusal !== undefined) || project.modules.some((module) => module.refusals.some((each) => (each.missing.includes(variable.name) || each.about.some((one) => names.includes(lastName(one).toUpperCase()))) && (each.scope === '' || runs(each.scope, module, project))));
}

/** A list of names is gone through where something is refused, and that runs. */
function isRefusedIn(scope: string, project: Project): boolean {
  return project.modules.some((module) => module.refusals.some((each) => each.scope === scope) && (scope === '' || runs(scope, module, project)));
}

const AT_START = /(^|\.)(create_app|make_app|create_application|lifespan|startup|ready|main)$/;

/** A function that something calls by its name. */
function runs(scope: string, module: Module, project: Project): boolean {
  const qualified = `${module.name}.${scope}`;
  if (AT_START.test(scope) || module.classes.some((each) => each.name === scope)) return true;
  const called = project.once('calledNames', () => new Set(project.modules.flatMap((each) => [...each.does, ...each.functions.flatMap((func) => func.does)])));
  return called.has(qualified) || (scope.includes('.') && [...called].some((each) => each.endsWith(`.${lastName(scope)}`)));
}

/** Some condition asks for it before it is used: then the application can do without. */
function isAsked(variable: Variable, project: Project): boolean {
  if (project.modules.some((module) => module.environment.some((each) => each.how === 'test' && each.variable === variable.name))) return true;
  const guarded = (each: { guards: readonly { variable?: string }[] }) => each.guards.some((guard) => guard.variable === variable.name);
  if (project.modules.some((module) => module.assignments.some(guarded) || module.calls.some(guarded) || module.refusals.some(guarded))) return true;
  const names = namesOf(variable);
  const pattern = new RegExp(`\\b(?:if|elif|and|or|not|assert|while)\\b[^\\n:#]*\\b(?:${names.join('|')})\\b|\\b(?:${names.join('|')})\\b["'\\])]*\\s*(?:is (?:not )?None|and\\b|or\\b|if\\b|==|!=)`);
  return project.modules.some((module) => { const text = project.text(module.path) ?? ''; return names.some((each) => text.includes(each)) && pattern.test(text); });
}

function checks(project: Project): readonly Evidence[] {
  const loaded = loadedModules(project);
  const starts = (path: string) => loaded.size === 0 || project.frameworks.has('django') || loaded.has(path);
  const required = readVariables(project).filter(({ reads }) => reads.some(({ path, read }) => read.required && starts(path)));
  const first = required[0]?.reads.find(({ path, read }) => read.required && starts(path));
  const check = project.modules.filter((module) => starts(module.path)).flatMap((module) => module.refusals.filter((each) => each.missing.length > 0 && (each.scope === '' || AT_START.test(each.scope))).map((each): Evidence => ({ path: module.path, start: each.raise.start, end: each.raise.end, text: `stops when ${listed(each.missing, 3)} is missing` })))[0];
  return [...(first ? [{ path: first.path, start: first.start, end: first.end, text: required.length === 1 ? '1 setting is required where it is read' : `${required.length} settings are required where they are read` }] : []), ...(check ? [check] : [])];
}

/** A list of the names and a refusal, before the application is made or before the first of them is read. */
function checking(module: Module, source: Source, project: Project): readonly Edit[] | undefined {
  const names = unchecked(project).map((each) => each.name);
  const reads = module.environment.filter((each) => names.includes(each.variable) && each.scope === '').map((each) => each.at.start);
  const made = project.applications.filter((each) => each.path === module.path && each.factory === '' && each.framework !== 'django').map((each) => each.start);
  const first = Math.min(...reads, ...made);
  if (!Number.isFinite(first)) return undefined;
  const line = source.lineStart(first);
  if (source.indentation(line) !== '') return undefined;
  const imported = module.imports.some((each) => each.name === 'os' && each.target === 'os');
  const before = /(^|\n)(import|from) [^\n]*\r?\n$/.test(source.slice({ start: 0, end: line })) ? '\n' : '';
  const check = `${before}REQUIRED = [${names.map((each) => `"${each}"`).join(', ')}]\nmissing = [name for name in REQUIRED if not os.environ.get(name)]\nif missing:\n    raise RuntimeError("missing settings: " + ", ".join(missing))\n`;
  return [insert(line, check), ...(imported ? [] : importing(module, source, 'os'))];
}
