import type { Context, KeyUse, Text, Value } from '../kit';
import { environmentVariables, importing, isReference, isRepeatedKey, namedInExample, onlyInDevelopment, options, originOf, replace, rule, seenInProduction, signingKeys, standsInProduction } from '../kit';

export default rule<KeyUse>({
  id: 'secret-key-hardcoded',
  title: 'Signing keys are not in the source',
  severity: 'critical', points: 45, confidence: 'confirmed', blocks: 'always', effort: 'S', since: '1', secret: true,
  why: 'Whoever reads the source can sign sessions and tokens as any user. The key stays valid in the history after it is removed.',
  how: 'Read it from the environment, fail when it is missing, and rotate the exposed one.',
  links: ['https://flask.palletsprojects.com/en/stable/config/#SECRET_KEY', 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html', 'https://cwe.mitre.org/data/definitions/798.html'],
  anchors: ['bandit B105', 'bandit B106', 'ruff S105', 'ruff S106', 'semgrep avoid_hardcoded_config_SECRET_KEY', 'semgrep jwt-python-hardcoded-secret', 'django security.W009', 'CWE-798'],
  ladder: { name: 'signing-key', rung: 1 }, hides: ['secret-key-default', 'hardcoded-credential'],

  on: signingKeys(),
  check: (use, context) => {
    const key = literalKey(use.value);
    if (!key || isHarmless(key.value, use) || isRepeated(use, context)) return false;
    return use.setting ? standsInProduction(use.setting, context.project) : !onlyInDevelopment(use.standing);
  },
  message: (use) => `${use.sink} is given a key of ${literalKey(use.value)?.value.length ?? 0} characters that stands in the source.`,
  underline: (use, { source }) => originOf(use.written, use.module, source).at,
  holds: ({ value, sink, setting }, { project }) => {
    if (setting && !seenInProduction(setting, project)) return undefined;
    const all = options(value);
    if (all.some((each) => each.kind === 'secret-store')) return `${sink} comes from a secret store`;
    const variable = environmentVariables(value)[0];
    return variable !== undefined && all.every((each) => each.kind === 'environment' && !each.fallback) ? `${sink} comes from ${variable}` : undefined;
  },
  nothing: 'No signing key is set.',

  fix: {
    title: 'Read the key from the environment',
    safety: 'review',
    edit: (use, { source, project }) => {
      const origin = originOf(use.written, use.module, source);
      const literal = quoted(origin, source.slice(origin.at));
      if (!literal) return undefined;
      const read = `os.environ["${use.variable}"]`;
      return [replace(origin.at, literal.bytes ? `${read}.encode()` : read), ...importing(use.module, source, 'os'), ...namedInExample(project, use.variable)];
    },
    remains: 'Set the variable wherever the application runs, to a new key: the old one is in the history.',
  },

  examples: () => ({
    'a key on the application object': {
      bad: 'from flask import Flask\napp = Flask(__name__)\napp.secret_key = "super-secret-value"\n',
      good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\napp.secret_key = os.environ["SECRET_KEY"]\n',
    },
    'a key given to a token library': {
      bad: 'import jwt\ndef issue(uid):\n    return jwt.encode({"sub": uid}, "my-jwt-key", algorithm="HS256")\n',
      good: 'import jwt\nimport os\ndef issue(uid):\n    return jwt.encode({"sub": uid}, os.environ["JWT_SECRET_KEY"], algorithm="HS256")\n',
      path: 'auth.py',
    },
    'from the environment': { good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\napp.secret_key = os.environ["SECRET_KEY"]\n' },
    'only the test class has a literal': {
      good: 'import os\nclass Config:\n    SECRET_KEY = os.environ.get("SECRET_KEY")\nclass TestingConfig(Config):\n    SECRET_KEY = "testing"\n', path: 'config.py',
    },
    'the default is refused': { good: 'import os\nDEFAULT = "change-me"\nSECRET_KEY = os.getenv("SECRET_KEY", DEFAULT)\nif SECRET_KEY == DEFAULT:\n    raise RuntimeError("SECRET_KEY is not set")\n' },
    'a Django settings module as it was generated': {
      bad: { 'shop/settings.py': 'from pathlib import Path\n\nBASE_DIR = Path(__file__).resolve().parent.parent\nSECRET_KEY = "django-insecure-4f!x0"\nINSTALLED_APPS = ["django.contrib.auth"]\nROOT_URLCONF = "shop.urls"\n' },
    },
    'Django settings whose production module reads the environment': {
      bad: {
        'shop/settings/__init__.py': '', 'shop/settings/base.py': 'SECRET_KEY = "django-insecure-4f!x0"\nINSTALLED_APPS = ["django.contrib.auth"]\n',
        'shop/settings/production.py': 'import os\nfrom .base import *\nSECRET_KEY = os.environ["SECRET_KEY"]\n',
        Dockerfile: 'FROM python:3.12-slim\nENV DJANGO_SETTINGS_MODULE=shop.settings.production\nCMD ["gunicorn", "shop.wsgi"]\n',
      },
      severity: 'medium',
    },
    'a settings module that a local one may replace': {
      bad: { 'shop/settings.py': 'INSTALLED_APPS = ["django.contrib.auth"]\nSECRET_KEY = "not-so-secret-1234"\n\ntry:\n    from .local_settings import *\nexcept ImportError:\n    pass\n' },
      severity: 'high',
    },
    'one key under a name, used twice': {
      bad: 'import jwt\n\nKEY = "s3cr3t-signing-value"\n\ndef issue(uid):\n    return jwt.encode({"sub": uid}, KEY, algorithm="HS256")\n\ndef read(token):\n    return jwt.decode(token, KEY, algorithms=["HS256"])\n', path: 'tokens.py',
      good: 'import jwt\nimport os\n\nKEY = os.environ["JWT_SECRET_KEY"]\n\ndef issue(uid):\n    return jwt.encode({"sub": uid}, KEY, algorithm="HS256")\n\ndef read(token):\n    return jwt.decode(token, KEY, algorithms=["HS256"])\n',
    },
    'a setting used by a token library is one finding': {
      bad: { 'config.py': 'class Config:\n    JWT_SECRET = "s3cr3t-signing-value"\n', 'tokens.py': 'import jwt\nfrom config import Config\n\ndef issue(uid):\n    return jwt.encode({"sub": uid}, Config.JWT_SECRET, algorithm="HS256")\n' },
    },
    'in a keyword of update': { bad: 'from flask import Flask\n\ndef create_app():\n    app = Flask(__name__)\n    app.config.update(SECRET_KEY="dev", SESSION_COOKIE_SECURE=True)\n    return app\n' },
    'the tutorial\'s from_mapping, replaced from the environment afterwards': {
      bad: 'from flask import Flask\n\ndef create_app():\n    app = Flask(__name__)\n    app.config.from_mapping(SECRET_KEY="dev")\n    app.config.from_pyfile("config.py", silent=True)\n    return app\n',
      severity: 'high',
    },
    'session middleware': {
      bad: 'from fastapi import FastAPI\nfrom starlette.middleware.sessions import SessionMiddleware\n\napp = FastAPI()\napp.add_middleware(SessionMiddleware, secret_key="a-literal-key")\n',
      good: 'import os\nfrom fastapi import FastAPI\nfrom starlette.middleware.sessions import SessionMiddleware\n\napp = FastAPI()\napp.add_middleware(SessionMiddleware, secret_key=os.environ["SESSION_SECRET_KEY"])\n',
    },
    'bytes for a cipher, and an example file to keep up': {
      bad: { 'box.py': 'from cryptography.fernet import Fernet\n\nbox = Fernet(b"cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=")\n', '.env.example': 'DATABASE_URL=\n' },
      good: { 'box.py': 'import os\nfrom cryptography.fernet import Fernet\n\nbox = Fernet(os.environ["ENCRYPTION_KEY"].encode())\n', '.env.example': 'DATABASE_URL=\nENCRYPTION_KEY=\n' },
    },
    'the simple JWT settings': { bad: { 'shop/settings.py': 'INSTALLED_APPS = ["rest_framework"]\nSIMPLE_JWT = {"ALGORITHM": "HS256", "SIGNING_KEY": "hard-coded-key-1"}\n' } },
    'replaced from the environment in the same file': { good: 'import os\nSECRET_KEY = "dev"\nSECRET_KEY = os.environ["SECRET_KEY"]\n', path: 'settings.py' },
    'replaced in production in the same file': {
      good: 'import os\nENV = os.environ.get("APP_ENV", "production")\nSECRET_KEY = "dev"\nif ENV == "production":\n    SECRET_KEY = os.environ["SECRET_KEY"]\n', path: 'settings.py',
    },
    'only under a development guard': { good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\nif os.getenv("APP_ENV") == "development":\n    app.secret_key = "dev"\nelse:\n    app.secret_key = os.environ["SECRET_KEY"]\n' },
    'a public key to verify with': { good: 'import jwt\n\nPUBLIC = """-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----"""\n\ndef read(token):\n    return jwt.decode(token, PUBLIC, algorithms=["RS256"])\n' },
    'names of settings are no keys': { good: 'class Keys:\n    SECRET_KEY = "SECRET_KEY"\n    JWT_SECRET = "jwt_secret"\n', path: 'names.py' },
    'a vendor\'s key is not the application\'s': { good: 'import os\nS3_SECRET_KEY = os.environ["S3_SECRET_KEY"]\nSTRIPE_SECRET_KEY = os.environ.get("STRIPE_SECRET_KEY", "")\n', path: 'settings.py' },
    'a template\'s placeholder': { good: 'SECRET_KEY = "{{ cookiecutter.secret_key }}"\nJWT_SECRET = "${JWT_SECRET}"\n', path: 'settings.py' },
    'only a comment and a docstring': { good: '"""Set app.secret_key = "something" first."""\n# app.secret_key = "old-secret-value"\nfrom flask import Flask\napp = Flask(__name__)\n' },
    'a key that is generated and kept in a file': {
      good: 'import os\nfrom flask import Flask\n\ndef stored_key(path):\n    if not os.path.exists(path):\n        with open(path, "wb") as out:\n            out.write(os.urandom(32))\n    with open(path, "rb") as file:\n        return file.read()\n\napp = Flask(__name__)\napp.secret_key = stored_key("/var/lib/app/key")\n',
    },
    'a column of a model': { good: 'from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n\nclass Device(db.Model):\n    secret_key = db.Column(db.String(64))\n    label = "secret_key"\n', path: 'models.py' },
    'settings of tests': { path: 'tests/settings.py', good: 'SECRET_KEY = "test"\n' },
  }),
});

/** The literal a key is made from, through `.encode()` and wrappers that change no bit of it. */
function literalKey(value: Value): Text | undefined {
  if (value.kind === 'text') return value;
  if (value.kind === 'choice' && value.options.length > 0) {
    const all = value.options.map(literalKey);
    return all.every((each) => each !== undefined) ? all[0] : undefined;
  }
  if (value.kind !== 'result') return undefined;
  if (value.of) return /\.(encode|strip|ljust|rjust|zfill)$/.test(value.callee) ? literalKey(value.of) : undefined;
  return /(^|\.)(str|bytes|SecretStr|b64encode|urlsafe_b64encode|urlsafe_b64decode|b64decode|Secret)$/.test(value.callee) && value.args[0] ? literalKey(value.args[0]) : undefined;
}

function isHarmless(key: string, use: KeyUse): boolean {
  if (isReference(key) || key.includes('-----BEGIN PUBLIC KEY') || key.includes('-----BEGIN CERTIFICATE')) return true;
  if (/^(HS|RS|ES|PS)(256|384|512)$|^EdDSA$/.test(key)) return true;
  return use.setting !== undefined && key.toUpperCase() === use.sink.toUpperCase();
}

/** A name whose own value is judged where it stands, or that an earlier place of this file has been judged for. */
function isRepeated(use: KeyUse, context: Context): boolean {
  return !quoted(use.written, context.source.slice(use.written.at)) && isRepeatedKey(use, context, (other) => literalKey(other.value) !== undefined);
}

/** A string literal as written at this place; undefined for names and longer expressions. */
function quoted(written: Value, text: string): { readonly bytes: boolean } | undefined {
  return written.kind === 'text' && /^[rbu]{0,2}["']/i.test(text) ? { bytes: /^r?b/i.test(text) } : undefined;
}
