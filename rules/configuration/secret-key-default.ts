import type { Compose, Context, KeyUse, Pair, Selector, Service, Source, Span, Text, Value, Variation } from '../kit';
import {
  anyOf, environmentName, environmentVariables, guarded, isDevelopmentService, isReference, isRepeatedKey, isSigningKey, literalSpan, onlyInDevelopment, readingIn, readsIn, replace, required, rule, seenInProduction, signingKeys, standsInProduction, whenUnset,
} from '../kit';

/** A variable of a compose file's service, with what stands in for it: `${SECRET_KEY:-dev}`. */
interface ComposeKey { readonly pair: Pair; readonly service: Service; readonly unit: Compose }

export default rule<KeyUse | ComposeKey>({
  id: 'secret-key-default',
  title: 'Signing keys have no built-in fallback',
  severity: 'critical', points: 40, confidence: 'confirmed', blocks: 'always', effort: 'S', since: '1', secret: true,
  why: 'One forgotten variable and production runs with a key that is public on the code host. Nothing fails, so nobody notices.',
  how: 'Fail at start when the key is missing. A value for development may stay, as long as nothing but development accepts it.',
  links: ['https://flask.palletsprojects.com/en/stable/config/#SECRET_KEY', 'https://12factor.net/config', 'https://cwe.mitre.org/data/definitions/1188.html'],
  anchors: ['bandit B105', 'semgrep avoid_hardcoded_config_SECRET_KEY', 'django security.W009', 'CWE-798', 'CWE-1188', 'ASVS 13.3.1'],
  ladder: { name: 'signing-key', rung: 2 }, hides: ['weak-secret-value'],

  on: anyOf(keysFromEnvironment(), composeKeys()),
  check: (match, context) => {
    if ('pair' in match) return composeFallback(match.pair) !== undefined;
    const fallback = fallbackOf(match.value);
    if (!fallback || isReference(fallback.text.value) || isRepeatedKey(match, context, (other) => fallbackOf(other.value) !== undefined)) return false;
    if (match.setting === undefined && onlyInDevelopment(match.standing)) return false;
    const stands = match.setting === undefined || standsInProduction(match.setting, context.project);
    return stands === true ? chosenByEnvironment(match, context) : stands;
  },
  message: (match) => `${'pair' in match ? match.pair.name : match.sink} falls back to a value in the source when ${'pair' in match ? match.pair.name : variableOf(match)} is not set.`,
  underline: (match, { source }) => 'pair' in match ? composeFallback(match.pair) ?? match.pair.at : fallbackSpan(match, source),
  holds: (match, { project }) => {
    if ('pair' in match || (match.setting && !seenInProduction(match.setting, project))) return undefined;
    if (match.setting?.refusal) return `a missing or built-in ${match.sink} stops the program`;
    return whenUnset(match.value) === 'refuses' ? `${variableOf(match)} is required` : undefined;
  },
  nothing: 'No signing key is read from the environment.',

  fix: [
    {
      title: 'Keep it for development, refuse it elsewhere',
      safety: 'review',
      edit: (match, { source, project }) => {
        const reading = 'pair' in match ? undefined : readingIn(match.written);
        return 'pair' in match || !reading || !match.setting ? undefined : guarded(reading, match.setting, environmentName(project), source, match.module);
      },
      remains: 'Set the variable wherever the application runs, and name the environment where you develop.',
    },
    {
      title: 'Require the variable',
      safety: 'review',
      edit: (match, { source }) => {
        if ('pair' in match) { const at = composeFallback(match.pair); return at && [replace(at, `?${match.pair.name} is not set`)]; }
        const reading = readingIn(match.written);
        return reading && required(reading, match.module, source);
      },
      remains: 'Set the variable wherever the application runs, on developers\' machines too.',
    },
  ],

  examples: () => ({
    'a fallback that shipped': {
      bad: 'import os\nfrom flask import Flask\napp = Flask(__name__)\napp.config["SECRET_KEY"] = os.environ.get("SECRET_KEY") or "dev-secret-change-me"\n',
      good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\napp.config["SECRET_KEY"] = os.environ["SECRET_KEY"]\n', fix: 'Require the variable',
    },
    'a fallback only while developing': {
      bad: 'import os\n\nSECRET_KEY = os.environ.get("SECRET_KEY") or "dev-secret-change-me"\n',
      good: 'import os\n\nSECRET_KEY = os.environ.get("SECRET_KEY")\nif not SECRET_KEY:\n    if os.environ.get("APP_ENV", "production") != "development":\n        raise RuntimeError("SECRET_KEY is not set.")\n    SECRET_KEY = "dev-secret-change-me"\n',
      path: 'settings.py',
    },
    'a configuration class': {
      bad: {
        'config.py': 'import os\n\nclass Config:\n    SECRET_KEY = os.getenv("SECRET_KEY", "dev")  # change me\n    DEBUG = False\n',
        'app.py': 'from flask import Flask\nfrom config import Config\n\ndef create_app():\n    app = Flask(__name__)\n    app.config.from_object(Config)\n    return app\n',
      },
      good: {
        'config.py': 'import os\n\nclass Config:\n    SECRET_KEY = os.getenv("SECRET_KEY")  # change me\n    if not SECRET_KEY:\n        if os.environ.get("APP_ENV", "production") != "development":\n            raise RuntimeError("SECRET_KEY is not set.")\n        SECRET_KEY = "dev"\n    DEBUG = False\n',
      },
    },
    'a field of pydantic settings': {
      bad: 'from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    jwt_secret: str = "changeme"\n',
      good: 'from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    jwt_secret: str\n', path: 'settings.py',
    },
    'a secret of pydantic': { bad: 'from pydantic import SecretStr\nfrom pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    jwt_secret: SecretStr = SecretStr("dev-secret")\n', path: 'settings.py' },
    'a Field with a default': {
      bad: 'from pydantic import Field\nfrom pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    key: str = Field(default="changeme", validation_alias="SECRET_KEY")\n',
      good: 'from pydantic import Field\nfrom pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    key: str = Field(default=..., validation_alias="SECRET_KEY")\n', path: 'settings.py',
    },
    'decouple': {
      bad: 'from decouple import config\n\nSECRET_KEY = config("SECRET_KEY", default="django-insecure-abc")\nINSTALLED_APPS = []\n',
      good: 'from decouple import config\n\nSECRET_KEY = config("SECRET_KEY")\nINSTALLED_APPS = []\n', path: 'shop/settings.py', fix: 'Require the variable',
    },
    'django-environ': {
      bad: 'import environ\n\nenv = environ.Env()\nSECRET_KEY = env.str("DJANGO_SECRET_KEY", default="insecure")\n',
      good: 'import environ\n\nenv = environ.Env()\nSECRET_KEY = env.str("DJANGO_SECRET_KEY")\n', path: 'shop/settings.py', fix: 'Require the variable',
    },
    'under another name first': { bad: 'import os\nfrom flask import Flask\n\nKEY = os.getenv("SECRET_KEY", "dev")\n\napp = Flask(__name__)\napp.config.update(SECRET_KEY=KEY)\n' },
    'a helper of the project\'s own': { bad: 'import os\n\ndef env(name, default=None):\n    return os.environ.get(name, default)\n\nSECRET_KEY = env("SECRET_KEY", "dev")\n', path: 'settings.py' },
    'a helper that also reads files': {
      bad: 'import os\nfrom pathlib import Path\n\ndef env_secret(name, default=None):\n    \"\"\"From a file, else from the environment.\"\"\"\n    if os.getenv(name + "_FILE"):\n        return Path(os.getenv(name + "_FILE")).read_text().strip()\n    return os.getenv(name, default)\n\nSECRET_KEY = env_secret("SECRET_KEY", "---")\n', path: 'settings.py',
    },
    'a configuration class that nothing uses': {
      good: {
        'config.py': 'import os\n\nclass Config:\n    SECRET_KEY = os.getenv("SECRET_KEY", "dev")\n',
        'app.py': 'import os\nfrom flask import Flask\n\napp = Flask(__name__)\napp.config["SECRET_KEY"] = os.environ["SECRET_KEY"]\n',
      },
    },
    'a variable that is preset': { bad: 'import os\nfrom flask import Flask\n\nos.environ.setdefault("SECRET_KEY", "dev-key")\napp = Flask(__name__)\napp.secret_key = os.environ["SECRET_KEY"]\n' },
    'a helper that knows mounted secrets': {
      bad: 'import os\n\ndef secret(name, default=None):\n    path = f"/run/secrets/{name}"\n    if os.path.exists(path):\n        with open(path) as file:\n            return file.read().strip()\n    return os.environ.get(name.upper(), default)\n\nSECRET_KEY = secret("secret_key", "dev")\n', path: 'settings.py',
    },
    'straight into the token library': {
      bad: 'import os\nimport jwt\n\ndef issue(uid):\n    return jwt.encode({"sub": uid}, os.environ.get("JWT_SECRET", "secret"), algorithm="HS256")\n',
      good: 'import os\nimport jwt\n\ndef issue(uid):\n    return jwt.encode({"sub": uid}, os.environ["JWT_SECRET"], algorithm="HS256")\n',
    },
    'the environment decides, and nothing deployed says which it is': {
      bad: 'import os\n\nSECRET_KEY = os.environ["SECRET_KEY"] if os.getenv("APP_ENV") == "production" else "dev"\n', path: 'settings.py', severity: 'high',
    },
    'the environment decides, and the image says which it is': {
      good: { 'settings.py': 'import os\n\nSECRET_KEY = os.environ["SECRET_KEY"] if os.getenv("APP_ENV") == "production" else "dev"\n', Dockerfile: 'FROM python:3.12-slim\nENV APP_ENV=production\nCMD ["gunicorn", "app:app"]\n' },
    },
    'a check that runs only where a variable says production, which nothing sets': {
      bad: 'import os\n\nSECRET_KEY = os.getenv("SECRET_KEY", "dev")\nif os.getenv("APP_ENV") == "production" and SECRET_KEY == "dev":\n    raise RuntimeError("SECRET_KEY is not set")\n', path: 'settings.py', severity: 'high',
    },
    'a check that nobody calls': {
      bad: 'import os\n\nSECRET_KEY = os.getenv("SECRET_KEY", "dev")\n\ndef verify_settings():\n    if SECRET_KEY == "dev":\n        raise RuntimeError("SECRET_KEY is not set")\n', path: 'settings.py',
    },
    'a check in __init__ of a class that is never instantiated': {
      bad: {
        'config.py': 'import os\n\nclass Config:\n    SECRET_KEY = os.getenv("SECRET_KEY", "dev")\n\n    def __init__(self):\n        if self.SECRET_KEY == "dev":\n            raise RuntimeError("SECRET_KEY is not set")\n',
        'app.py': 'from flask import Flask\n\ndef create_app():\n    app = Flask(__name__)\n    app.config.from_object("config.Config")\n    return app\n',
      },
    },
    'required': { good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\napp.config["SECRET_KEY"] = os.environ["SECRET_KEY"]\n' },
    'a reached guard refuses the default': {
      good: 'import os\nfrom flask import Flask\nDEFAULT_KEY = "dev-only"\ndef create_app():\n    app = Flask(__name__)\n    app.config["SECRET_KEY"] = os.getenv("SECRET_KEY", DEFAULT_KEY)\n    if app.config["SECRET_KEY"] == DEFAULT_KEY and os.getenv("APP_ENV", "production") == "production":\n        raise RuntimeError("SECRET_KEY must be set")\n    return app\n', path: 'config.py',
    },
    'a validator of the settings refuses the default': {
      good: 'from pydantic import field_validator\nfrom pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    secret_key: str = "changethis"\n\n    @field_validator("secret_key")\n    @classmethod\n    def not_the_default(cls, value):\n        if value == "changethis":\n            raise ValueError("secret_key is not set")\n        return value\n\nsettings = Settings()\n', path: 'settings.py',
    },
    'a check of its length, in the factory': {
      good: 'import os\nfrom flask import Flask\n\ndef create_app():\n    app = Flask(__name__)\n    app.config["SECRET_KEY"] = os.getenv("SECRET_KEY", "dev")\n    if len(app.config["SECRET_KEY"]) < 32:\n        raise RuntimeError("SECRET_KEY is too short")\n    return app\n',
    },
    'the production class refuses a missing variable': {
      good: {
        'config.py': 'import os\n\nclass Config:\n    SECRET_KEY = os.environ.get("SECRET_KEY") or "dev"\n\nclass ProductionConfig(Config):\n    @classmethod\n    def init_app(cls, app):\n        if not os.environ.get("SECRET_KEY"):\n            raise RuntimeError("SECRET_KEY is not set")\n',
        'app.py': 'from flask import Flask\nfrom config import ProductionConfig\n\ndef create_app():\n    app = Flask(__name__)\n    app.config.from_object(ProductionConfig)\n    ProductionConfig.init_app(app)\n    return app\n',
      },
    },
    'a check that looks at the wrong length': {
      bad: 'import os\n\nSECRET_KEY = os.getenv("SECRET_KEY", "dev-dev-dev")\nif len(SECRET_KEY) < 8:\n    raise RuntimeError("SECRET_KEY is too short")\n', path: 'settings.py',
    },
    'Django\'s own mark is refused': {
      good: 'import os\nfrom django.core.exceptions import ImproperlyConfigured\n\nSECRET_KEY = os.getenv("SECRET_KEY", "django-insecure-abc")\nif SECRET_KEY.startswith("django-insecure-") and not os.getenv("DEBUG"):\n    raise ImproperlyConfigured("SECRET_KEY is not set")\n', path: 'shop/settings.py',
    },
    'a fallback in the development class alone': {
      good: {
        'config.py': 'import os\n\nclass Config:\n    SECRET_KEY = os.environ.get("SECRET_KEY")\n\nclass DevelopmentConfig(Config):\n    SECRET_KEY = os.environ.get("SECRET_KEY", "dev")\n',
        'app.py': 'import os\nfrom flask import Flask\nimport config\n\nconfigs = {"development": config.DevelopmentConfig, "production": config.Config}\n\ndef create_app(name=None):\n    app = Flask(__name__)\n    app.config.from_object(configs[name or os.getenv("APP_ENV", "production")])\n    return app\n',
      },
    },
    'a random fallback is another matter': { good: 'import os\nimport secrets\n\nSECRET_KEY = os.environ.get("SECRET_KEY") or secrets.token_hex(32)\n', path: 'settings.py' },
    'an empty fallback signs nothing': { good: 'import os\n\nSECRET_KEY = os.environ.get("SECRET_KEY", "")\n', path: 'settings.py' },
    'no key of ours': { good: 'import os\n\nSTRIPE_SECRET_KEY = os.environ.get("STRIPE_SECRET_KEY", "sk-test")\nAWS_SECRET_ACCESS_KEY = os.environ.get("AWS_SECRET_ACCESS_KEY", "minio123")\n', path: 'settings.py' },
    'tests need no secret': { path: 'tests/settings.py', good: 'import os\nSECRET_KEY = os.environ.get("SECRET_KEY", "test")\n' },
    'a compose file of production': {
      bad: { 'docker-compose.yml': 'services:\n  web:\n    image: shop\n    environment:\n      SECRET_KEY: ${SECRET_KEY:-changeme}\n' },
      good: { 'docker-compose.yml': 'services:\n  web:\n    image: shop\n    environment:\n      SECRET_KEY: ${SECRET_KEY:?SECRET_KEY is not set}\n' },
    },
    'a compose service for development': { good: { 'docker-compose.yml': 'services:\n  web:\n    image: shop\n    environment:\n      - SECRET_KEY=${SECRET_KEY:-changeme}\n      - ENVIRONMENT=development\n' } },
    'a compose file for development': { good: { 'docker-compose.dev.yml': 'services:\n  web:\n    image: shop\n    environment:\n      SECRET_KEY: ${SECRET_KEY:-changeme}\n' } },
  }),
});

function keysFromEnvironment(): Selector<KeyUse> {
  const all = signingKeys();
  return {
    ...all,
    *select(unit, project) {
      for (const use of all.select(unit, project)) if (environmentVariables(use.value).length > 0) yield use;
    },
  };
}

function composeKeys(): Selector<ComposeKey> {
  return {
    kinds: ['compose'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'compose' || !project.production.includes(unit)) return;
      for (const service of unit.services) if (!isDevelopmentService(service)) for (const pair of service.environment) if (isSigningKey(pair.name) && pair.value?.includes('${')) yield { pair, service, unit };
    },
  };
}

/** Where the value after `:-` or `-` stands, from the dash on; undefined without one. */
function composeFallback(pair: Pair): Span | undefined {
  const found = /^(\$\{\w+:?)(-[^}]+)\}$/.exec(pair.value ?? '');
  if (!found?.[1] || !found[2] || !pair.valueAt || isReference(found[2].slice(1))) return undefined;
  const quote = pair.valueAt.end - pair.valueAt.start - (pair.value?.length ?? 0) === 2 ? 1 : 0;
  const start = pair.valueAt.start + quote + found[1].length;
  return { start, end: start + found[2].length };
}

/** What the key is where its variable is not set, when that is a literal. `chosen` when a condition, not a missing variable, leads there. */
function fallbackOf(value: Value): { readonly text: Text; readonly chosen: boolean } | undefined {
  const unset = whenUnset(value);
  if (unset === 'refuses') return undefined;
  if (unset) return unset.kind === 'text' && unset.value !== '' ? { text: unset, chosen: value.kind === 'choice' && value.by === 'conditional' } : undefined;
  // A helper that returns from several places: one of them is the reading with its fallback.
  const texts = value.kind === 'choice' && value.by === 'conditional' && value.test === undefined ? readsIn(value).map(whenUnset) : [];
  const text = texts.find((each) => typeof each === 'object' && each.kind === 'text' && each.value !== '');
  return typeof text === 'object' && text.kind === 'text' ? { text, chosen: false } : undefined;
}

/** A literal that a condition on the environment's name chooses: only as sure as that name is set. */
function chosenByEnvironment(use: KeyUse, { project }: Context): boolean | Variation {
  const { value } = use;
  if (!fallbackOf(value)?.chosen || value.kind !== 'choice' || !value.test) return true;
  const variables = environmentVariables(value.test);
  if (variables.length === 0) return true;
  return variables.every((each) => project.deployedVariable(each)) ? false : { severity: 'high', because: `another key is used where ${variables[0]} says so, but nothing that is deployed sets it` };
}

function variableOf(use: KeyUse): string {
  return environmentVariables(use.value)[0] ?? use.variable;
}

/** The fallback as written; the whole expression when it stands somewhere else. */
function fallbackSpan(use: KeyUse, source: Source): Span {
  const { at } = use.written;
  const text = fallbackOf(use.written)?.text ?? fallbackOf(use.value)?.text;
  if (text && at.start <= text.at.start && text.at.end <= at.end) return text.at;
  return (text && literalSpan(at, text.value, source)) ?? at;
}
