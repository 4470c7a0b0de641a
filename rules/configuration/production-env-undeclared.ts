import type { Dockerfile, Edit, Evidence, Gap, Guard, Judgement, Module, Project, Span, Value } from '../kit';
import { declarationsOf, environmentVariables, fileName, insert, lastName, lookup, projectRule, whenUnset } from '../kit';

/** A place where a variable decides which environment it is, and development is what runs without it. */
interface Switch extends Span { readonly variable: string; readonly module: Module; readonly text: string }

/** Variables that name an environment or a configuration. */
const NAMES = /(^|_)(ENV|ENVIRONMENT|STAGE|CONFIG|CONFIG_NAME|CONFIG_MODE|CONFIG_TYPE|CONFIGURATION|SETTINGS|APP_MODE|RUN_MODE)$/;

export default projectRule({
  id: 'production-env-undeclared',
  title: 'Production settings exist and are selected',
  severity: 'medium', points: 4, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: `Every production guard in the code is skipped when the switch is unset. The application runs with development settings and nobody sees it.`,
  how: `Set the variable in the deployment file, and treat unset as production in code.`,
  links: ['https://12factor.net/config', 'https://flask.palletsprojects.com/en/stable/config/'],
  anchors: ['semgrep avoid_hardcoded_config_ENV', 'CWE-1188'],
  attestable: 'production-env-set',

  applies: (project) => !project.deployable ? 'Nothing is deployed from here.' : true,
  reads: ['*.from_object', 'os.environ.setdefault'],
  project: judge,

  fix: {
    title: 'Declare the environment in the image', safety: 'review', edit: (gap, { project }) => declaring(gap, project),
    remains: 'Where the image runs for development too, set the variable there to development.',
  },

  examples: () => ({
    'a table of configurations': {
      bad: {
        'config.py': 'class DevelopmentConfig:\n    DEBUG = True\n\n\nclass ProductionConfig:\n    DEBUG = False\n\n\nconfigs = {"development": DevelopmentConfig, "production": ProductionConfig}\n',
        'app.py': 'import os\nfrom flask import Flask\nfrom config import configs\napp = Flask(__name__)\napp.config.from_object(configs[os.getenv("APP_ENV", "development")])\n',
        Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n',
      },
      good: { Dockerfile: 'FROM python:3.12-slim\nENV APP_ENV=production\nCMD ["gunicorn", "app:app"]\n' },
    },
    'a factory that is given its name': {
      bad: {
        'config.py': 'class Config:\n    pass\n\n\nclass DevelopmentConfig(Config):\n    DEBUG = True\n\n\nclass ProductionConfig(Config):\n    pass\n\n\nconfig = {"development": DevelopmentConfig, "production": ProductionConfig, "default": DevelopmentConfig}\n',
        'shop/__init__.py': 'from flask import Flask\nfrom config import config\n\n\ndef create_app(config_name):\n    app = Flask(__name__)\n    app.config.from_object(config[config_name])\n    return app\n',
        'wsgi.py': 'import os\nfrom shop import create_app\n\napp = create_app(os.getenv("FLASK_CONFIG") or "default")\n', Procfile: 'web: gunicorn wsgi:app\n',
      },
    },
    'a guard that is skipped': {
      bad: { 'app.py': 'import os\nfrom flask import Flask\napp = Flask(__name__)\nif os.getenv("APP_ENV") == "production":\n    app.config["SESSION_COOKIE_SECURE"] = True\n', Procfile: 'web: gunicorn app:app\n' },
    },
    'wsgi.py selects the settings of a developer': {
      bad: { 'shop/wsgi.py': 'import os\nfrom django.core.wsgi import get_wsgi_application\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.local")\napplication = get_wsgi_application()\n', 'shop/settings/local.py': 'from .base import *\nDEBUG = True\n', 'shop/settings/base.py': 'INSTALLED_APPS = []\n', Procfile: 'web: gunicorn shop.wsgi\n' },
    },
    'Flask 3 no longer asks': {
      severity: 'low',
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      FLASK_ENV: production\n', 'requirements.txt': 'flask==3.0.3\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' },
    },
    'only a document says it': {
      severity: 'low',
      bad: { 'app.py': 'import os\nfrom flask import Flask\napp = Flask(__name__)\nif os.getenv("APP_ENV", "development") != "development":\n    app.config["SESSION_COOKIE_SECURE"] = True\n', Procfile: 'web: gunicorn app:app\n', 'README.md': '## Deploy\n\nSet APP_ENV to production.\n' },
    },
    'unset means production': {
      good: {
        'config.py': 'class DevelopmentConfig:\n    DEBUG = True\n\n\nclass ProductionConfig:\n    DEBUG = False\n\n\nconfigs = {"development": DevelopmentConfig, "production": ProductionConfig}\n',
        'app.py': 'import os\nfrom flask import Flask\nfrom config import configs\napp = Flask(__name__)\napp.config.from_object(configs[os.getenv("APP_ENV", "production")])\nif os.getenv("APP_ENV", "production") == "production":\n    app.config["SESSION_COOKIE_SECURE"] = True\n', Procfile: 'web: gunicorn app:app\n',
      },
    },
    'the default of the table is production\'s': {
      good: { 'config.py': 'class Dev:\n    DEBUG = True\n\n\nclass Live:\n    DEBUG = False\n\n\nconfigs = {"development": Dev, "default": Live}\n', 'app.py': 'import os\nfrom flask import Flask\nfrom config import configs\napp = Flask(__name__)\napp.config.from_object(configs[os.getenv("APP_ENV", "default")])\n', Procfile: 'web: gunicorn app:app\n' },
    },
    'compose, the unit and the platform say it': {
      good: { 'app.py': 'import os\nfrom flask import Flask\napp = Flask(__name__)\nif os.getenv("APP_ENV") == "production":\n    app.config["SESSION_COOKIE_SECURE"] = True\n', 'shop.service': '[Service]\nEnvironment=APP_ENV=production\nExecStart=/srv/shop/venv/bin/gunicorn app:app\n' },
    },
    'nothing that is deployed is in the repository': { good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\nif os.getenv("APP_ENV") == "production":\n    app.config["SESSION_COOKIE_SECURE"] = True\n' },
    'a playbook says it': { good: { 'app.py': 'import os\nfrom flask import Flask\napp = Flask(__name__)\nif os.getenv("APP_ENV") == "production":\n    app.config["SESSION_COOKIE_SECURE"] = True\n', Procfile: 'web: gunicorn app:app\n', 'ansible/site.yml': '- hosts: web\n  environment:\n    APP_ENV: production\n' } },
    'wsgi.py selects production\'s': { good: { 'shop/wsgi.py': 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.production")\n', 'manage.py': 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.local")\n', 'shop/settings/production.py': 'from .base import *\n', 'shop/settings/local.py': 'from .base import *\n', 'shop/settings/base.py': 'INSTALLED_APPS = []\n', Procfile: 'web: gunicorn shop.wsgi\n' } },
    'a switch for debugging is off by itself': { good: { 'app.py': 'import os\nfrom flask import Flask\napp = Flask(__name__)\nif os.getenv("DEBUG") == "1":\n    app.config["EXPLAIN_TEMPLATE_LOADING"] = True\n', Procfile: 'web: gunicorn app:app\n' } },
    'code of the project asks for FLASK_ENV': { good: { '.flaskenv': 'FLASK_ENV=development\n', 'requirements.txt': 'flask==3.0.3\n', 'app.py': 'import os\nfrom flask import Flask\napp = Flask(__name__)\nif os.getenv("FLASK_ENV", "production") == "production":\n    app.config["SESSION_COOKIE_SECURE"] = True\n', Procfile: 'web: gunicorn app:app\n' } },
    'Flask 2.2 still asks': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      FLASK_ENV: production\n', 'requirements.txt': 'flask==2.2.5\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
  }),
});

function judge(project: Project): Judgement {
  const open = [...undeclared(project), ...selectedByHand(project), ...outdated(project)];
  if (open.length > 0) return { open };
  const declared = [...new Set(switches(project, () => true).map((each) => each.variable))].flatMap((variable): Evidence[] => { const found = project.deployedVariable(variable); return found ? [{ ...found, text: `${variable} is set in ${fileName(found.path)}` }] : []; });
  const safe = switches(project, () => true).length > 0 ? [] : undefined;
  return declared.length > 0 ? { holds: declared } : safe ? { holds: [] } : { notApplicable: 'No variable decides which environment the code runs in.' };
}

// ---- a switch that nobody sets

function undeclared(project: Project): readonly Gap[] {
  // A file that starts something is where the variable would be set.
  if (!project.production.some((unit) => ['dockerfile', 'compose', 'procfile', 'platform', 'kubernetes'].includes(unit.kind) || (unit.kind === 'ini' && unit.sections.some((each) => each.name === 'Service')))) return [];
  const open = switches(project, (unset) => unset === 'development').filter((each) => !isSet(each.variable, project));
  const [first] = open;
  if (!first) return [];
  const variables = [...new Set(open.map((each) => each.variable))];
  const variation = isNamed(first.variable, project) ? { severity: 'low' as const, because: 'a document or an example names the variable' } : hasUnseenFile(project) ? { severity: 'low' as const, because: 'an env file that is not in the repository may set it' } : undefined;
  return [{
    at: { path: first.module.path, start: first.start, end: first.end }, message: `Nothing that is deployed sets ${variables.join(' and ')}, and without it ${first.text}.`, ...(variation && { variation }),
    related: open.slice(1, 6).map((each) => ({ path: each.module.path, start: each.start, end: each.end, text: `rests on ${each.variable}` })),
  }];
}

function isSet(variable: string, project: Project): boolean {
  const known = project.environment.get(variable);
  return project.deployedVariable(variable) !== undefined || (known?.declarations.some((each) => each.kind === 'production' || each.kind === 'mention') ?? false);
}

function isNamed(variable: string, project: Project): boolean {
  const known = project.environment.get(variable);
  return known !== undefined && declarationsOf(known, project).some((each) => each.kind === 'documentation' || each.kind === 'example');
}

function hasUnseenFile(project: Project): boolean {
  return project.production.some((unit) => unit.kind === 'compose' ? unit.services.some((each) => each.envFiles.some((file) => !project.unit(file.path))) : unit.kind === 'ini' && unit.sections.some((section) => section.entries.some((each) => each.name === 'EnvironmentFile')));
}

function switches(project: Project, wanted: (unset: 'development' | 'production') => boolean): readonly Switch[] {
  return project.once(`environmentSwitches ${wanted('production')}`, () => project.modules.flatMap((module) => [...guarded(module, wanted), ...selected(module, project, wanted)]));
}

/** Conditions that ask for the name of the environment. */
function guarded(module: Module, wanted: (unset: 'development' | 'production') => boolean): readonly Switch[] {
  const facts = [module.assignments, module.calls, module.functions, module.classes, module.imports, module.refusals, module.environment];
  const found = new Map<number, Switch>();
  for (const list of facts) for (const { guards } of list) for (const guard of guards) {
    const unset = unsetCase(guard);
    if (guard.variable === undefined || !NAMES.test(guard.variable) || unset === undefined || !wanted(unset)) continue;
    found.set(guard.at.start, { variable: guard.variable, module, ...guard.at, text: guard.means === 'production' ? 'what is under this condition does not run' : 'the code takes itself to be in development' });
  }
  return [...found.values()];
}

function unsetCase({ means, unset }: Guard): 'development' | 'production' | undefined {
  if (unset === undefined || (means !== 'development' && means !== 'production')) return undefined;
  return (means === 'development') === unset ? 'development' : 'production';
}

/** What `from_object` is handed where a variable is the key, or the name. */
function selected(module: Module, project: Project, wanted: (unset: 'development' | 'production') => boolean): readonly Switch[] {
  return module.calls.filter((call) => /\.from_object$/.test(call.callee) && call.args[0]).flatMap((call) => {
    const choice = chosenBy(call.args[0] as Value, module, project);
    if (!choice) return [];
    const development = project.developmentName(lastName(choice.name));
    return wanted(development ? 'development' : 'production') ? [{ variable: choice.variable, module, ...call.at, text: `${lastName(choice.name)} is what runs` }] : [];
  });
}

/** The variable a configuration is chosen by, and what is chosen where it is not set. */
function chosenBy(written: Value, module: Module, project: Project): { readonly variable: string; readonly name: string } | undefined {
  if (written.kind === 'environment') return asChoice(written, written);
  if (written.kind === 'choice') return asChoice(written, written);
  if (written.kind !== 'result' || !/\.(__getitem__|get)$/.test(written.callee) || !written.of) return undefined;
  const table = project.resolve(written.of, module);
  const [key] = written.args;
  for (const each of key ? keysOf(key, project) : []) {
    const unset = whenUnset(each);
    const variable = environmentVariables(each)[0];
    if (variable === undefined || typeof unset !== 'object' || unset.kind !== 'text') continue;
    const entry = lookup(table, unset.value);
    const resolved = entry && project.resolve(entry, module);
    return { variable, name: resolved?.kind === 'reference' ? resolved.name : resolved?.kind === 'result' ? resolved.callee : unset.value };
  }
  return undefined;
}

function asChoice(value: Value, all: Value): { readonly variable: string; readonly name: string } | undefined {
  const variable = environmentVariables(all)[0];
  const unset = whenUnset(value);
  return variable !== undefined && typeof unset === 'object' && unset.kind === 'text' ? { variable, name: unset.value.replace(':', '.') } : undefined;
}

/** A key as it is, or what callers give for it where it is a parameter. */
function keysOf(key: Value, project: Project): readonly Value[] {
  if (key.kind !== 'parameter') return [key];
  const found = project.func(key.function);
  const index = found?.func.parameters.findIndex((each) => each.name === key.name) ?? -1;
  const fallback = found?.func.parameters[index]?.fallback;
  const given = project.calls(key.function).flatMap(({ module, call }) => { const argument = call.keywords.find((each) => each.name === key.name)?.value ?? call.args[index]; return argument ? [project.resolve(argument, module)] : []; });
  return [...given, ...(fallback ? [fallback] : [])];
}

// ---- Django: the module that servers load

function selectedByHand(project: Project): readonly Gap[] {
  if (project.deployedVariable('DJANGO_SETTINGS_MODULE') || (project.environment.get('DJANGO_SETTINGS_MODULE')?.declarations.some((each) => each.kind === 'mention' && !/\.(toml|cfg|ini)$/.test(each.path)) ?? false)) return [];
  return project.calls('os.environ.setdefault').filter(({ module }) => /(^|\/)(wsgi|asgi)\.py$/.test(module.path)).flatMap(({ module, call }): Gap[] => {
    const [name, value] = call.args;
    if (name?.kind !== 'text' || name.value !== 'DJANGO_SETTINGS_MODULE' || value?.kind !== 'text' || !project.developmentName(lastName(value.value))) return [];
    return [{ at: { path: module.path, ...value.at }, message: `${fileName(module.path)} loads ${value.value} where nothing sets DJANGO_SETTINGS_MODULE, and nothing that is deployed does.` }];
  }).slice(0, 1);
}

// ---- Flask: a variable that lost its meaning

function outdated(project: Project): readonly Gap[] {
  const known = project.environment.get('FLASK_ENV');
  const given = known?.declarations.find((each) => each.kind === 'production');
  if (!known || !given || known.reads.length > 0 || !isFlask23(project) || project.units.some((unit) => unit.kind === 'module' && (project.text(unit.path) ?? '').includes('FLASK_ENV'))) return [];
  return [{ at: { path: given.path, start: given.start, end: given.end }, message: 'FLASK_ENV has no effect since Flask 2.3, and no code here reads it.', variation: { severity: 'low', because: 'it changes nothing, it only looks as if it did' } }];
}

function isFlask23(project: Project): boolean {
  const versions = project.of('manifest').flatMap((each) => each.packages.filter((one) => one.name.toLowerCase() === 'flask').map((one) => /^(?:===?|~=|>=)\s*(\d+)(?:\.(\d+))?/.exec(one.version ?? '')));
  return versions.length > 0 && versions.every((each) => each !== null && (Number(each[1]) > 2 || (Number(each[1]) === 2 && Number(each[2] ?? 0) >= 3)));
}

// ---- the fix

function declaring(gap: Gap, project: Project): readonly Edit[] | undefined {
  const images = project.production.filter((unit): unit is Dockerfile => unit.kind === 'dockerfile');
  const [image] = images;
  const found = switches(project, (unset) => unset === 'development').find((each) => each.module.path === gap.at.path && each.start === gap.at.start);
  const start = image?.stages.at(-1)?.instructions.find((each) => each.keyword === 'CMD' || each.keyword === 'ENTRYPOINT');
  const text = image && project.text(image.path);
  if (!found || images.length !== 1 || !image || !start || text === undefined || !(project.text(found.module.path) ?? '').length) return undefined;
  const known = project.modules.some((module) => /["']production["']/.test(project.text(module.path) ?? ''));
  return known ? [{ ...insert(start.at.start, `ENV ${found.variable}=production\n`), path: image.path }] : undefined;
}
