import type { Context, KeyUse, Module, Span, Value, Variation } from '../kit';
import {
  environmentName, environmentVariables, functionAt, guarded, importing, isRepeatedKey, namedInExample, onlyInDevelopment, options, readingIn, replace,
  required, rule, seenInProduction, signingKeys, standsInProduction,
} from '../kit';

export default rule<KeyUse>({
  id: 'secret-key-ephemeral',
  title: 'Signing keys survive a restart',
  severity: 'high', points: 10, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1', secret: true,
  why: 'Every restart logs everyone out, and with several workers each accepts only its own sessions. The failures look random.',
  how: 'Set one key per environment and keep it.',
  links: ['https://flask.palletsprojects.com/en/stable/config/#SECRET_KEY', 'https://cwe.mitre.org/data/definitions/1188.html'],
  anchors: ['CWE-1188'],
  ladder: { name: 'signing-key', rung: 3 },

  on: signingKeys(),
  check: (use, context) => {
    const found = generated(use);
    if (!found || isKept(use, context) || isRepeatedKey(use, context, (other) => generated(other) !== undefined)) return false;
    if (!use.setting && (onlyInDevelopment(use.standing) || !isMadeAtStart(use, context))) return false;
    const stands = use.setting === undefined || standsInProduction(use.setting, context.project);
    if (stands === false || found === 'always') return stands;
    return { severity: 'medium', because: 'it is only what stands in for a variable that is not set' } satisfies Variation;
  },
  message: (use) => generated(use) === 'always' ? `${use.sink} is generated anew whenever a process starts.` : `${use.sink} is generated anew whenever a process starts and ${variableOf(use)} is not set.`,
  underline: (use, context) => generatorSpan(use, context),
  holds: ({ value, sink, setting }, { project }) => {
    if (setting && !seenInProduction(setting, project)) return undefined;
    const all = options(value);
    if (all.some((each) => each.kind === 'secret-store')) return `${sink} comes from a secret store`;
    const variable = environmentVariables(value)[0];
    return variable !== undefined && all.every((each) => each.kind === 'environment') ? `${sink} comes from the variable ${variable}` : undefined;
  },
  nothing: 'No signing key is set.',

  fix: [
    {
      title: 'Generate it for development, demand it elsewhere',
      safety: 'review',
      edit: (use, { source, project }) => {
        const reading = readingIn(use.written);
        return reading && use.setting && guarded(reading, use.setting, environmentName(project), source, use.module);
      },
      remains: 'Set the variable wherever the application runs, and name the environment where you develop.',
    },
    {
      title: 'Read the key from the environment',
      safety: 'review',
      edit: (use, context) => {
        const { source, project } = context;
        const reading = readingIn(use.written);
        if (reading) return required(reading, use.module, source);
        const at = generatorSpan(use, context);
        if (generated(use) !== 'always' || at.path !== undefined || !source.slice(at).endsWith(')')) return undefined;
        return [replace(at, `os.environ["${use.variable}"]`), ...importing(use.module, source, 'os'), ...namedInExample(project, use.variable)];
      },
      remains: 'Set the variable wherever the application runs, on developers\' machines too.',
    },
  ],

  examples: () => ({
    'a key for each start': {
      bad: 'import os\nfrom flask import Flask\napp = Flask(__name__)\napp.secret_key = os.urandom(24)\n',
      good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\napp.secret_key = os.environ["SECRET_KEY"]\n',
    },
    'where the variable is not set': {
      bad: 'import os, secrets\nJWT_SECRET = os.getenv("JWT_SECRET") or secrets.token_hex(32)\n',
      good: 'import os, secrets\nJWT_SECRET = os.getenv("JWT_SECRET")\nif not JWT_SECRET:\n    if os.environ.get("APP_ENV", "production") != "development":\n        raise RuntimeError("JWT_SECRET is not set.")\n    JWT_SECRET = secrets.token_hex(32)\n',
      path: 'auth.py', severity: 'medium',
    },
    'where the variable is not set, demanded': {
      bad: 'import os\nimport secrets\nfrom flask import Flask\n\ndef create_app():\n    app = Flask(__name__)\n    app.config["SECRET_KEY"] = os.environ.get("SECRET_KEY", secrets.token_hex(32))\n    return app\n',
      good: 'import os\nimport secrets\nfrom flask import Flask\n\ndef create_app():\n    app = Flask(__name__)\n    app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]\n    return app\n', fix: 'Read the key from the environment', severity: 'medium',
    },
    'given afterwards': { bad: 'import os\nimport secrets\n\nSECRET_KEY = os.getenv("SECRET_KEY")\nif not SECRET_KEY:\n    SECRET_KEY = secrets.token_urlsafe(32)\n', path: 'settings.py', severity: 'medium' },
    'in hexadecimal': {
      bad: 'import os\nfrom flask import Flask\n\napp = Flask(__name__)\napp.config["SECRET_KEY"] = os.urandom(32).hex()\n', good: 'import os\nfrom flask import Flask\n\napp = Flask(__name__)\napp.config["SECRET_KEY"] = os.environ["SECRET_KEY"]\n',
    },
    'text of an identifier': { bad: 'import uuid\nfrom flask import Flask\n\napp = Flask(__name__)\napp.config.update(SECRET_KEY=str(uuid.uuid4()))\n' },
    'a class of settings': {
      bad: { 'config.py': 'import secrets\n\nclass Config:\n    SECRET_KEY = secrets.token_hex(32)\n', 'app.py': 'from flask import Flask\nfrom config import Config\n\napp = Flask(__name__)\napp.config.from_object(Config)\n' },
      good: { 'config.py': 'import os\nimport secrets\n\nclass Config:\n    SECRET_KEY = os.environ["SECRET_KEY"]\n' },
    },
    'Django\'s generator': {
      bad: 'from django.core.management.utils import get_random_secret_key\n\nINSTALLED_APPS = []\nSECRET_KEY = get_random_secret_key()\n',
      good: 'import os\nfrom django.core.management.utils import get_random_secret_key\n\nINSTALLED_APPS = []\nSECRET_KEY = os.environ["SECRET_KEY"]\n', path: 'shop/settings.py',
    },
    'a field of pydantic settings': { bad: 'import secrets\nfrom pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    SECRET_KEY: str = secrets.token_urlsafe(32)\n', path: 'settings.py', severity: 'medium' },
    'a field with a factory': { bad: 'import secrets\nfrom pydantic import Field\nfrom pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    secret_key: str = Field(default_factory=lambda: secrets.token_urlsafe(32))\n', path: 'settings.py', severity: 'medium' },
    'a helper that reads the environment': { bad: 'import os\nimport secrets\n\ndef env(name, default=None):\n    return os.environ.get(name, default)\n\nSECRET_KEY = env("SECRET_KEY", secrets.token_hex(16))\n', path: 'settings.py', severity: 'medium' },
    'a name used by a token library': {
      bad: 'import secrets\nimport jwt\n\nKEY = secrets.token_hex(32)\n\ndef issue(uid):\n    return jwt.encode({"sub": uid}, KEY, algorithm="HS256")\n\ndef read(token):\n    return jwt.decode(token, KEY, algorithms=["HS256"])\n', path: 'tokens.py',
    },
    'the middleware of sessions': { bad: 'import secrets\nfrom fastapi import FastAPI\nfrom starlette.middleware.sessions import SessionMiddleware\n\napp = FastAPI()\napp.add_middleware(SessionMiddleware, secret_key=secrets.token_hex(32))\n' },
    'from the environment': { good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\napp.secret_key = os.environ["SECRET_KEY"]\n' },
    'generated once and kept': { good: 'import pathlib, secrets\nfrom flask import Flask\napp = Flask(__name__)\nf = pathlib.Path("/var/lib/app/secret_key")\nif not f.exists():\n    f.write_text(secrets.token_hex(32))\napp.secret_key = f.read_text()\n' },
    'kept in a file where it is generated': {
      good: 'import os\n\ntry:\n    with open(".secret", "rb") as file:\n        key = file.read()\nexcept OSError:\n    key = os.urandom(64)\n    with open(".secret", "wb") as file:\n        file.write(key)\nSECRET_KEY = key\n', path: 'config.py',
    },
    'kept in a file by a function': {
      good: 'import os\nimport secrets\nfrom flask import Flask\n\ndef load_key():\n    if os.path.exists("key"):\n        return open("key").read()\n    key = secrets.token_hex(32)\n    with open("key", "w") as file:\n        file.write(key)\n    return key\n\napp = Flask(__name__)\napp.secret_key = load_key()\n',
    },
    'refused unless developing': {
      good: 'import os\nimport secrets\n\nSECRET_KEY = os.getenv("SECRET_KEY")\nif not SECRET_KEY:\n    if os.getenv("APP_ENV", "production") == "production":\n        raise RuntimeError("SECRET_KEY is not set")\n    SECRET_KEY = secrets.token_hex(32)\n', path: 'settings.py',
    },
    'only while developing': { good: 'import os\nimport secrets\nfrom flask import Flask\napp = Flask(__name__)\nif os.getenv("APP_ENV") == "development":\n    app.secret_key = secrets.token_hex(32)\nelse:\n    app.secret_key = os.environ["SECRET_KEY"]\n' },
    'the class for development': {
      good: {
        'config.py': 'import os\nimport secrets\n\nclass Config:\n    SECRET_KEY = os.environ.get("SECRET_KEY")\n\nclass DevelopmentConfig(Config):\n    SECRET_KEY = secrets.token_hex(32)\n',
        'app.py': 'from flask import Flask\nfrom config import Config\n\ndef create_app():\n    app = Flask(__name__)\n    app.config.from_object(Config)\n    return app\n',
      },
    },
    'a key for one message': { good: 'from cryptography.fernet import Fernet\n\ndef seal(text):\n    key = Fernet.generate_key()\n    return key, Fernet(key).encrypt(text)\n', path: 'boxes.py' },
    'identifiers and nonces': { good: 'import secrets\nimport uuid\n\nINSTANCE_ID = uuid.uuid4().hex\n\ndef nonce():\n    csp_nonce = secrets.token_urlsafe(16)\n    return csp_nonce\n', path: 'ids.py' },
    'only a comment': { good: '# app.secret_key = os.urandom(24)\n"""app.secret_key = os.urandom(24)"""\nfrom flask import Flask\napp = Flask(__name__)\n' },
    'tests': { path: 'tests/conftest.py', good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\napp.secret_key = os.urandom(24)\n' },
  }),
});

/** Whether the key is random at every start, or only where a variable is not set. */
function generated({ value, setting }: KeyUse): 'always' | 'unset' | undefined {
  const all = options(value);
  const random = all.filter(isGenerated);
  if (random.length === 0) return all.some((each) => each.kind === 'environment' && each.fallback && options(each.fallback).some(isGenerated)) ? 'unset' : undefined;
  return random.length === all.length && !setting?.assignment.guards.some((each) => each.means === 'unset' || each.means === 'unknown') ? 'always' : 'unset';
}

/** Random, through `.hex()`, `str(…)` and what else changes no bit of it. */
function isGenerated(value: Value): boolean {
  if (value.kind === 'generated') return true;
  if (value.kind !== 'result') return false;
  if (value.of) return /\.(hex|decode|encode|strip|upper|lower)$/.test(value.callee) && isGenerated(value.of);
  return /(^|\.)(str|bytes|hex|hexlify|SecretStr|Secret|b64encode|urlsafe_b64encode|sha256|hexdigest)$/.test(value.callee) && value.args[0] !== undefined && isGenerated(value.args[0]);
}

/** Written to a file or a store in the same function or file, where the next start may find it. */
function isKept(use: KeyUse, { source }: Context): boolean {
  const { module, standing } = use;
  // Without a name there is nothing that could be written elsewhere.
  const named = /^[\w.]+$/.test(source.slice(use.written.at)) || use.setting?.assignment.guards.some((each) => each.means !== 'production');
  const scope = functionAt(module, standing);
  return named === true && (scope?.does ?? module.does).some((each) => /(^|\.)(write|write_text|write_bytes|writelines|dump|safe_dump|set_key|set_config|set_setting|setnx|save|set_password)$/.test(each));
}

/** Made when the module is loaded: a key made in a function signs what that function makes and nothing else. */
function isMadeAtStart(use: KeyUse, { source }: Context): boolean {
  return use.standing.scope === '' || origin(use, source.slice(use.written.at)) !== undefined || /(^|\.)(create|make|build|get)_app\w*$/.test(use.standing.scope);
}

/** What a constant of the same module is given, for a key that is handed over under that name. */
function origin({ module }: { readonly module: Module }, name: string): Value | undefined {
  const given = /^[A-Za-z_]\w*$/.test(name) ? module.assignments.filter((each) => each.scope === '' && each.target === name) : [];
  return given.length === 1 ? given[0]?.value : undefined;
}

/** Where the generator stands. */
function generatorSpan(use: KeyUse, { source }: Context): Span {
  const written = origin(use, source.slice(use.written.at)) ?? use.written;
  const fallback = written.kind === 'environment' ? written.fallback : options(written).find((each) => each !== written && isGenerated(each)) ?? options(written).flatMap((each) => each.kind === 'environment' && each.fallback ? [each.fallback] : [])[0];
  return fallback && isGenerated(fallback) && fallback.at.start >= written.at.start && fallback.at.end <= written.at.end ? fallback.at : written.at;
}

function variableOf(use: KeyUse): string {
  return environmentVariables(use.value)[0] ?? use.setting?.assignment.guards.find((each) => each.variable !== undefined)?.variable ?? use.variable;
}
