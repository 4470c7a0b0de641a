import type { Context, Edit, Evidence, Func, Gap, Module, Project, Refusal, Span, Unit, Value } from '../kit';
import { functionAt, functionByPath, functionNamedAt, insert, lastName, loadedModules, onlyInDevelopment, projectRule } from '../kit';

/** A check of the configuration that stops the program, and why it never does; without a reason it runs. */
interface Check {
  readonly refusal: Refusal;
  readonly module: Module;
  /** The function it stands in; absent for statements of the module. */
  readonly func?: Func;
  readonly fault?: string;
  readonly variation?: Gap['variation'];
}

export default projectRule({
  id: 'config-guard-unreachable',
  title: 'Configuration checks really run',
  severity: 'medium', points: 6, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'The code reads as protected and the report of a person would tick it. Production starts with the default all the same.',
  how: 'Run checks at module level or in the factory, and test that they fail.',
  links: ['https://flask.palletsprojects.com/en/stable/config/#configuring-from-python-files', 'https://cwe.mitre.org/data/definitions/561.html'],
  anchors: ['CWE-1188', 'CWE-561'],
  reads: ['*.from_object'],

  project: (project) => {
    const checks = project.modules.filter((each) => each.language === 'python').flatMap((module) => checksOf(module, project));
    if (checks.length === 0) return { notApplicable: 'No check of the configuration stops the program.' };
    const open = checks.flatMap((check): Gap[] => {
      const at = check.func?.nameAt ?? check.refusal.raise;
      const place = { path: check.module.path, start: at.start, end: at.end };
      return check.fault === undefined ? [] : [{ at: place, message: `${check.func ? `The check in ${check.func.scope && check.func.name === '__init__' ? check.func.scope : `${check.func.name}()`}` : 'This check'} never runs: ${check.fault}.`, ...(check.variation && { variation: check.variation }) }];
    });
    return open.length > 0 ? { open } : { holds: checks.map(evidence) };
  },

  fix: [
    { title: 'Call the check from the factory', safety: 'review', edit: (gap, context) => calledFromFactory(gap, context), remains: 'Start the application without the variable once, and see it stop.' },
    { title: 'Load an instance, so that __init__ runs', safety: 'review', edit: (gap, context) => instantiated(gap, context), remains: 'Start the application without the variable once, and see it stop.' },
  ],

  examples: () => ({
    'in __init__ of a class that is named': {
      bad: {
        'config.py': 'import os\nclass ProductionConfig:\n    SECRET_KEY = os.environ.get("SECRET_KEY")\n    def __init__(self):\n        if not self.SECRET_KEY:\n            raise ValueError("SECRET_KEY is required")\n',
        'app.py': 'from flask import Flask\napp = Flask(__name__)\napp.config.from_object("config.ProductionConfig")\n',
      },
    },
    'in __init__ of a class that is handed over': {
      bad: {
        'config.py': 'import os\nclass ProductionConfig:\n    SECRET_KEY = os.environ.get("SECRET_KEY")\n    def __init__(self):\n        if not self.SECRET_KEY:\n            raise ValueError("SECRET_KEY is required")\n',
        'app.py': 'from flask import Flask\nimport config\n\ndef create_app():\n    app = Flask(__name__)\n    app.config.from_object(config.ProductionConfig)\n    return app\n',
      },
      good: { 'app.py': 'from flask import Flask\nimport config\n\ndef create_app():\n    app = Flask(__name__)\n    app.config.from_object(config.ProductionConfig())\n    return app\n' },
      fix: 'Load an instance, so that __init__ runs',
    },
    'in __init__ of its base': {
      bad: {
        'config.py': 'import os\n\nclass Base:\n    def __init__(self):\n        if not os.environ.get("SECRET_KEY"):\n            raise ValueError("SECRET_KEY is required")\n\nclass ProductionConfig(Base):\n    SECRET_KEY = os.environ.get("SECRET_KEY")\n\nclass DevelopmentConfig(Base):\n    SECRET_KEY = "dev"\n\nCONFIGS = {"production": ProductionConfig, "development": DevelopmentConfig}\n',
        'app.py': 'import os\nfrom flask import Flask\nfrom config import CONFIGS\n\ndef create_app():\n    app = Flask(__name__)\n    app.config.from_object(CONFIGS[os.environ.get("APP_ENV", "production")])\n    return app\n',
      },
    },
    'in a function that nobody calls': {
      bad: 'import os\nfrom flask import Flask\n\ndef validate_settings():\n    if not os.getenv("SECRET_KEY"):\n        raise RuntimeError("SECRET_KEY is required")\n\ndef create_app():\n    """Makes the application."""\n    app = Flask(__name__)\n    return app\n',
      good: 'import os\nfrom flask import Flask\n\ndef validate_settings():\n    if not os.getenv("SECRET_KEY"):\n        raise RuntimeError("SECRET_KEY is required")\n\ndef create_app():\n    """Makes the application."""\n    validate_settings()\n    app = Flask(__name__)\n    return app\n',
    },
    'in a file of its own, called from another': {
      bad: { 'config.py': 'import os\ndef validate_settings():\n    if not os.getenv("SECRET_KEY"):\n        raise RuntimeError("SECRET_KEY is required")\n', 'app.py': 'from flask import Flask\n\ndef create_app():\n    return Flask(__name__)\n' },
    },
    'nobody calls it, and there is no factory': { bad: 'import os\ndef validate_settings():\n    if not os.getenv("SECRET_KEY"):\n        raise RuntimeError("SECRET_KEY is required")\n', path: 'config.py' },
    'it leaves by itself': { bad: 'import os\nimport sys\n\ndef check_environment():\n    missing = [name for name in ("SECRET_KEY", "DATABASE_URL") if not os.getenv(name)]\n    if missing:\n        sys.exit("missing: " + ", ".join(missing))\n', path: 'startup.py' },
    'imported and not called': {
      bad: { 'config.py': 'import os\n\ndef verify_env():\n    if not os.getenv("SECRET_KEY"):\n        raise RuntimeError("SECRET_KEY is required")\n', 'app.py': 'from flask import Flask\nfrom config import verify_env\n\n# verify_env() belongs here\napp = Flask(__name__)\n' },
    },
    'a method that nobody calls': {
      bad: {
        'config.py': 'import os\n\nclass Config:\n    SECRET_KEY = os.getenv("SECRET_KEY")\n\n    @classmethod\n    def validate(cls):\n        if not cls.SECRET_KEY:\n            raise RuntimeError("SECRET_KEY is required")\n',
        'app.py': 'from flask import Flask\nfrom config import Config\n\napp = Flask(__name__)\napp.config.from_object(Config)\n',
      },
    },
    'where a variable says production, and the files of production do not': {
      bad: {
        'settings.py': 'import os\n\nSECRET_KEY = os.getenv("SECRET_KEY", "dev")\nif os.getenv("APP_ENV") == "production" and SECRET_KEY == "dev":\n    raise RuntimeError("SECRET_KEY is not set")\n',
        'docker-compose.yml': 'services:\n  web:\n    image: shop\n    environment:\n      SECRET_KEY: ${SECRET_KEY}\n',
      },
    },
    'where a variable says production, as the image does': {
      good: {
        'settings.py': 'import os\n\nSECRET_KEY = os.getenv("SECRET_KEY", "dev")\nif os.getenv("APP_ENV") == "production" and SECRET_KEY == "dev":\n    raise RuntimeError("SECRET_KEY is not set")\n',
        'Dockerfile': 'FROM python:3.12-slim\nENV APP_ENV=production\nCMD ["gunicorn", "app:app"]\n',
      },
    },
    'where a variable says production, and the file of variables is elsewhere': {
      good: {
        'settings.py': 'import os\n\nSECRET_KEY = os.getenv("SECRET_KEY", "dev")\nif os.getenv("APP_ENV") == "production" and SECRET_KEY == "dev":\n    raise RuntimeError("SECRET_KEY is not set")\n',
        'docker-compose.yml': 'services:\n  web:\n    image: shop\n    env_file: .env\n',
      },
    },
    'an instance is loaded': {
      good: { 'app.py': 'from flask import Flask\nimport config\napp = Flask(__name__)\napp.config.from_object(config.ProductionConfig())\n', 'config.py': 'import os\nclass ProductionConfig:\n    def __init__(self):\n        if not os.environ.get("SECRET_KEY"):\n            raise ValueError("SECRET_KEY is required")\n        self.SECRET_KEY = os.environ["SECRET_KEY"]\n' },
    },
    'an instance is made elsewhere': {
      good: { 'app.py': 'from flask import Flask\nfrom config import ProductionConfig\n\ndef create_app():\n    ProductionConfig()\n    app = Flask(__name__)\n    app.config.from_object("config.ProductionConfig")\n    return app\n', 'config.py': 'import os\nclass ProductionConfig:\n    def __init__(self):\n        if not os.environ.get("SECRET_KEY"):\n            raise ValueError("SECRET_KEY is required")\n' },
    },
    'the factory calls it': {
      good: 'import os\nfrom flask import Flask\ndef validate_settings():\n    if not os.getenv("SECRET_KEY"):\n        raise RuntimeError("SECRET_KEY is required")\ndef create_app():\n    validate_settings()\n    return Flask(__name__)\n',
    },
    'called by the file that starts the server': {
      good: { 'config.py': 'import os\n\ndef validate_config():\n    if not os.getenv("SECRET_KEY"):\n        raise RuntimeError("SECRET_KEY is required")\n', 'wsgi.py': 'import config\nfrom app import app\n\nconfig.validate_config()\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' },
    },
    'called by the entry script of the container': {
      good: { 'config.py': 'import os\n\ndef check_env():\n    if not os.getenv("SECRET_KEY"):\n        raise RuntimeError("SECRET_KEY is required")\n', 'entrypoint.sh': '#!/bin/sh\npython -c "import config; config.check_env()"\nexec gunicorn app:app\n' },
    },
    'handed to something that calls it': {
      good: { 'config.py': 'import os\n\ndef check_settings():\n    if not os.getenv("SECRET_KEY"):\n        raise RuntimeError("SECRET_KEY is required")\n', 'app.py': 'from fastapi import FastAPI\nfrom config import check_settings\n\napp = FastAPI(on_startup=[check_settings])\n' },
    },
    'handed over on a line of its own': {
      good: { 'config.py': 'import os\n\ndef check_settings():\n    if not os.getenv("SECRET_KEY"):\n        raise RuntimeError("SECRET_KEY is required")\n', 'app.py': 'from fastapi import FastAPI\nfrom config import (\n    check_settings,\n)\n\napp = FastAPI(on_startup=[\n    check_settings,\n])\n' },
    },
    'called only by who starts its file by hand': {
      bad: { 'validator.py': 'import os\n\ndef validate_secrets():\n    if not os.getenv("SECRET_KEY"):\n        raise RuntimeError("SECRET_KEY is required")\n\nif __name__ == "__main__":\n    validate_secrets()\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' },
    },
    'the entry script starts its file': {
      good: { 'validator.py': 'import os\n\ndef validate_secrets():\n    if not os.getenv("SECRET_KEY"):\n        raise RuntimeError("SECRET_KEY is required")\n\nif __name__ == "__main__":\n    validate_secrets()\n', 'start.sh': '#!/bin/sh\npython validator.py && gunicorn app:app\n' },
    },
    'in a file that nothing imports': {
      bad: { 'secrets_validator.py': 'import os\n\ndef validate_secrets():\n    if not os.getenv("SECRET_KEY"):\n        raise RuntimeError("SECRET_KEY is required")\n\nvalidate_secrets()\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' },
    },
    'init_app of the class, which the factory calls': {
      good: {
        'config.py': 'import os\n\nclass Config:\n    SECRET_KEY = os.getenv("SECRET_KEY")\n\n    @classmethod\n    def init_app(cls, app):\n        if not cls.SECRET_KEY:\n            raise RuntimeError("SECRET_KEY is required")\n',
        'app.py': 'from flask import Flask\nfrom config import Config\n\ndef create_app():\n    app = Flask(__name__)\n    app.config.from_object(Config)\n    Config.init_app(app)\n    return app\n',
      },
    },
    'a validator of pydantic': { good: 'from pydantic import field_validator\nfrom pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    secret_key: str\n\n    @field_validator("secret_key")\n    @classmethod\n    def validate_secret(cls, value):\n        if len(value) < 32:\n            raise ValueError("too short")\n        return value\n', path: 'settings.py' },
    'a check of what a visitor sends': { good: 'def verify_secret(given, expected):\n    if given != expected:\n        raise PermissionError\n\ndef validate_user_settings(form):\n    if not form:\n        raise ValueError\n', path: 'forms.py' },
    'a check that only tests call': {
      bad: { 'config.py': 'import os\n\ndef validate_config():\n    if not os.getenv("SECRET_KEY"):\n        raise RuntimeError("SECRET_KEY is required")\n', 'tests/test_config.py': 'from config import validate_config\n\ndef test_it():\n    validate_config()\n' },
    },
  }),
});

// ---- the checks, and whether they run

const NAMED = /^_*(validate|check|verify|ensure|require)_(\w+_)?(config|configuration|settings?|env|environment|env_vars|environment_variables|secrets?|secret_keys?)$/;

function checksOf(module: Module, project: Project): readonly Check[] {
  const seen = new Set<Func>();
  return module.refusals.flatMap((refusal): readonly Check[] => {
    const func = functionAt(module, refusal);
    if (onlyInDevelopment(refusal) || refusal.guards.some((each) => each.means === 'main') || (func && seen.has(func))) return [];
    if (func) seen.add(func);
    if (func?.name === '__init__' && module.classes.some((each) => each.name === func.scope && each.scope === '')) return inConstructor(refusal, func, module, project);
    if (func && isNamedCheck(func, module)) {
      if (!isCalled(func, module, project)) return [{ refusal, module, func, fault: 'nothing calls it' }];
      if (isLeftAlone(module, project)) return [{ refusal, module, func, fault: 'nothing imports its file' }];
      return [{ refusal, module, func, ...unsetVariable(refusal, project) }];
    }
    return !func && refusal.scope === '' && isAboutVariables(refusal) ? [{ refusal, module, ...unsetVariable(refusal, project) }] : [];
  });
}

/** By its name, and because it takes nothing a visitor could send. */
function isNamedCheck(func: Func, module: Module): boolean {
  const given = func.parameters.filter((each) => !/^(self|cls|app|application|config|settings|environ|env)$/.test(each.name) && each.fallback === undefined);
  if (given.length > 0 || func.decorators.some((each) => !/^(class|static)method$/.test(each.name))) return false;
  const inConfiguration = /config|settings/i.test(func.scope) && module.classes.some((each) => each.name === func.scope && !each.bases.some((base) => /Form|Schema|Serializer|Model$/.test(base)));
  return NAMED.test(func.name) ? func.scope === '' || module.classes.some((each) => each.name === func.scope) : inConfiguration && /^(validate|check|verify)$/.test(func.name);
}

function isAboutVariables(refusal: Refusal): boolean {
  return refusal.missing.length > 0 || refusal.about.some((each) => /(^|\.)[A-Z][A-Z0-9]*_[A-Z0-9_]+$/.test(each));
}

/** Whether its name stands anywhere but where it is defined, imported or spoken of in a comment, or called only when its file is started by hand. */
function isCalled(func: Func, module: Module, project: Project): boolean {
  const used = new RegExp(func.scope === '' ? `\\b${func.name}\\b` : `(?<!form|schema|serializer)\\.${func.name}\\b`, 'i');
  const file = new RegExp(`\\b${lastName(module.name)}(\\.py)?\\b`);
  const elsewhere = (unit: Unit, text: string) => used.test(text) || (unit.kind !== 'module' && file.test(text) && used.test(project.text(module.path)?.slice(func.body.end) ?? ''));
  return project.units.some((unit) => {
    if (unit.kind === 'markdown' || unit.role === 'test' || unit.role === 'vendored') return false;
    if (unit.kind === 'module' && [...(unit === module ? [] : unit.does), ...unit.functions.flatMap((each) => each.does)].some((each) => lastName(each) === func.name)) return true;
    const text = project.text(unit.path) ?? '';
    const rest = unit.kind !== 'module' ? text : without(text, [...unit.imports.map((each) => each.at), ...(unit === module ? [func.nameAt] : [])]);
    return elsewhere(unit, (unit === module ? rest.replace(/^if __name__ ==.*(\r?\n([ \t].*)?)*/m, '') : rest).replace(/(^|\s)#.*/g, '$1'));
  });
}

/** A file beside the application that nothing imports or names: what its own statements call, never runs. */
function isLeftAlone(module: Module, project: Project): boolean {
  if (project.applications.length === 0 || project.applications.some((each) => each.path === module.path) || loadedModules(project).has(module.path)) return false;
  const file = new RegExp(`\\b${lastName(module.name)}\\b`);
  return !project.units.some((unit) => unit !== module && unit.kind !== 'markdown' && unit.role !== 'test' && unit.role !== 'vendored' && file.test(project.text(unit.path) ?? ''));
}

/** A text with stretches of it left out. */
function without(text: string, spans: readonly Span[]): string {
  return spans.reduce((rest, { start, end }) => rest.slice(0, start) + ' '.repeat(end - start) + rest.slice(end), text);
}

/** Flask reads the attributes of a class it is given and makes no object of it. */
function inConstructor(refusal: Refusal, func: Func, module: Module, project: Project): readonly Check[] {
  const own = `${module.name}.${func.scope}`;
  const family = new Set([own]);
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const { module: home, class: each } of project.classes) if (each.bases.some((base) => family.has(base) || family.has(`${home.name}.${base}`))) family.add(`${home.name}.${each.name}`);
  }
  const loads = project.calls('*.from_object').filter(({ call }) => !onlyInDevelopment(call)).map(({ module: home, call }) => call.args[0] && named(project.resolve(call.args[0], home)));
  const loaded = loads.flatMap((each) => each ?? []).some((each) => [...family].some((name) => name === each || name.endsWith(`.${each}`)));
  if (!loaded) return [];
  // Through a name we did not follow, it may be made all the same.
  const made = loads.some((each) => each === undefined) || project.modules.some((each) => [...each.does, ...each.functions.flatMap((one) => one.does)].some((callee) => family.has(callee) || [...family].some((name) => lastName(name) === lastName(callee))));
  return [{ refusal, module, func, ...(!made && { fault: 'from_object() is given the class and makes no object of it' }) }];
}

/** Classes a configuration is loaded from; undefined when one of them is not known, or an object. */
function named(value: Value): readonly string[] | undefined {
  switch (value.kind) {
    case 'reference': return [value.name];
    case 'text': return [value.value.replace(':', '.')];
    case 'environment': return value.fallback ? named(value.fallback) : undefined;
    case 'choice': {
      const all = value.options.map(named);
      return all.some((each) => each === undefined) ? undefined : all.flatMap((each) => each ?? []);
    }
    default: return undefined;
  }
}

/** It waits for a variable to say production, and the files production runs from set others but not this one. */
function unsetVariable(refusal: Refusal, project: Project): Pick<Check, 'fault' | 'variation'> {
  const waits = refusal.guards.find((each) => each.means === 'production' && each.unset === false && each.variable !== undefined);
  const variable = waits?.variable;
  if (variable === undefined || project.deployedVariable(variable) !== undefined) return {};
  const compose = project.production.filter((each) => each.kind === 'compose');
  const says = project.production.some((each) => each.kind === 'compose' ? each.services.some((service) => service.environment.length > 0) : each.kind === 'platform');
  const elsewhere = compose.some((each) => each.services.some((service) => service.envFiles.length > 0)) || project.of('dotenv').some((each) => each.variables.some((one) => one.name === variable));
  return says && !elsewhere ? { fault: `it waits for ${variable}, which no file of production sets` } : {};
}

function evidence({ refusal, module, func }: Check): Evidence {
  return { path: module.path, start: refusal.raise.start, end: refusal.raise.end, text: func ? `${func.name}() stops the program, and is reached` : 'stops the program when the module is loaded' };
}

// ---- the fixes

function gapCheck(gap: Gap, context: Context): { module: Module; func: Func } | undefined {
  const { unit } = context;
  const func = unit.kind === 'module' ? functionNamedAt(unit, gap.at.start) : undefined;
  return func && unit.kind === 'module' ? { module: unit, func } : undefined;
}

function calledFromFactory(gap: Gap, context: Context): readonly Edit[] | undefined {
  const { project, source } = context;
  const check = gapCheck(gap, context);
  if (!check || check.func.scope !== '' || check.func.parameters.length > 0 || check.func.async) return undefined;
  const app = project.applications.find((each) => each.path === check.module.path && each.factory !== '');
  const factory = app && functionByPath(check.module, app.factory, app);
  if (!factory) return undefined;
  const body = source.slice(factory.body);
  const docstring = /^\s*[rR]?("""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*')[ \t]*(?=\r?\n)/.exec(body)?.[0];
  const at = factory.body.start + (docstring?.length ?? 0);
  const first = at + (/^\s*/.exec(source.slice({ start: at, end: source.length }))?.[0].length ?? 0);
  return [insert(source.lineStart(first), `${source.indentation(first)}${check.func.name}()\n`)];
}

function instantiated(gap: Gap, context: Context): readonly Edit[] | undefined {
  const { project } = context;
  const check = gapCheck(gap, context);
  if (check?.func.name !== '__init__') return undefined;
  const loads = project.calls('*.from_object');
  const [only] = loads;
  const arg = only?.call.args[0];
  const text = only && project.text(only.module.path);
  if (loads.length !== 1 || !only || !arg || text === undefined || !/^[A-Za-z_][\w.]*$/.test(text.slice(arg.at.start, arg.at.end))) return undefined;
  return [{ ...insert(arg.at.end, '()'), path: only.module.path }];
}
