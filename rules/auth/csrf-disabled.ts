import type { Assignment, Call, Context, Edit, Module, Project, Selector, Setting, Source, Span, Value } from '../kit';
import { anyOf, environmentVariables, insert, lastName, onlyInDevelopment, replace, rule, seenInProduction, setting, whenUnset } from '../kit';

/** A form that is made or declared without its token. */
interface FormSwitch { readonly form: Assignment | Call; readonly at: Span; readonly module: Module }

const MIDDLEWARE = 'django.middleware.csrf.CsrfViewMiddleware';

export default rule<Setting | FormSwitch>({
  id: 'csrf-disabled',
  title: 'CSRF protection is not switched off',
  severity: 'high', points: 15, confidence: 'likely', blocks: { when: 'cookie auth and state-changing routes', holds: (project) => project.cookieAuth !== undefined }, effort: 'S', since: '1',
  why: 'The protection is installed, so reviewers assume it works. The switch usually came from a failing test or an AJAX call.',
  how: 'Keep it on; send the token in a header for AJAX.',
  links: ['https://flask-wtf.readthedocs.io/', 'https://docs.djangoproject.com/en/stable/ref/csrf/'],
  anchors: ['semgrep flask-wtf-csrf-disabled', 'django security.W003', 'CWE-352'],
  ladder: { name: 'csrf', rung: 3 },

  on: anyOf(setting('WTF_CSRF_ENABLED', 'WTF_CSRF_CHECK_DEFAULT', 'MIDDLEWARE', 'MIDDLEWARE_CLASSES', 'CSRF_TRUSTED_ORIGINS'), forms()),
  check: (match, context) => {
    if ('form' in match) return !onlyInDevelopment(match.form);
    if (!seenInProduction(match, context.project)) return false;
    if (isMiddleware(match)) return lacksMiddleware(match, context);
    if (match.name === 'CSRF_TRUSTED_ORIGINS') return anyOrigin(match.value) !== undefined && { severity: 'low', points: 2, because: 'the token is still asked for' };
    return isOff(match, context.project);
  },
  message: (match) => {
    if ('form' in match) return 'csrf = False leaves this form without its token.';
    if (isMiddleware(match)) return `${match.name} has sessions but no CsrfViewMiddleware, so no token is checked.`;
    if (match.name === 'CSRF_TRUSTED_ORIGINS') return 'CSRF_TRUSTED_ORIGINS trusts hosts that anybody can have.';
    const variable = environmentVariables(match.value)[0];
    return variable && match.value.kind !== 'bool' ? `${match.name} is off unless ${variable} is set.` : `${match.name} switches CSRF protection off.`;
  },
  underline: (match) => {
    if ('form' in match) return match.at;
    if (isMiddleware(match)) return match.assignment.targetAt;
    return (match.name === 'CSRF_TRUSTED_ORIGINS' ? anyOrigin(match.assignment.value) : undefined)?.at ?? match.assignment.value.at;
  },
  holds: (match, { project }) => {
    if ('form' in match || !seenInProduction(match, project)) return undefined;
    if (isMiddleware(match)) return listed(match.value).some(isCsrf) ? `${match.name} checks a token` : undefined;
    return match.value.kind === 'bool' && match.value.value ? `${match.name} is on` : undefined;
  },
  nothing: 'Nothing in the code switches CSRF protection on or off.',

  fix: {
    title: 'Switch it on', safety: 'review', edit: switchedOn,
    remains: 'Put the token into every form, and send it as a header from scripts.',
  },

  examples: () => ({
    'a switch in the configuration': {
      bad: { 'config.py': 'class Config:\n    WTF_CSRF_ENABLED = False\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\napp.config.from_object("config.Config")\n' },
      good: { 'config.py': 'class Config:\n    WTF_CSRF_ENABLED = True\n' },
    },
    'a switch on the application': {
      bad: 'from flask import Flask\nfrom flask_wtf import CSRFProtect\n\napp = Flask(__name__)\napp.config["WTF_CSRF_ENABLED"] = False  # broke the tests\nCSRFProtect(app)\n',
      good: 'from flask import Flask\nfrom flask_wtf import CSRFProtect\n\napp = Flask(__name__)\napp.config["WTF_CSRF_ENABLED"] = True  # broke the tests\nCSRFProtect(app)\n',
    },
    'among other settings': { bad: 'from flask import Flask\nfrom flask_wtf import CSRFProtect\n\napp = Flask(__name__)\napp.config.update(TEMPLATES_AUTO_RELOAD=True, WTF_CSRF_ENABLED=False)\nCSRFProtect(app)\n' },
    'no check by default': { bad: 'from flask import Flask\nfrom flask_wtf import CSRFProtect\n\napp = Flask(__name__)\napp.config.from_mapping(WTF_CSRF_CHECK_DEFAULT=False)\nCSRFProtect(app)\n' },
    'off unless a variable says so': { bad: 'import os\n\nclass Config:\n    WTF_CSRF_ENABLED = os.getenv("CSRF", "false").lower() == "true"\n', path: 'config.py' },
    'Django without the middleware': {
      bad: 'MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware"]\n',
      good: 'MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware"]\n', path: 'settings.py',
    },
    'Django with the middleware commented out': {
      bad: 'MIDDLEWARE = [\n    "django.contrib.sessions.middleware.SessionMiddleware",\n    # "django.middleware.csrf.CsrfViewMiddleware",\n    "django.contrib.auth.middleware.AuthenticationMiddleware",\n]\n',
      good: 'MIDDLEWARE = [\n    "django.contrib.sessions.middleware.SessionMiddleware",\n    "django.middleware.csrf.CsrfViewMiddleware",\n    "django.contrib.auth.middleware.AuthenticationMiddleware",\n]\n', path: 'shop/settings.py',
    },
    'Django, one line each': {
      bad: "MIDDLEWARE = [\n    'django.contrib.sessions.middleware.SessionMiddleware',\n    'django.middleware.common.CommonMiddleware',\n    'django.contrib.auth.middleware.AuthenticationMiddleware',\n]\n",
      good: "MIDDLEWARE = [\n    'django.contrib.sessions.middleware.SessionMiddleware',\n    'django.middleware.common.CommonMiddleware',\n    'django.middleware.csrf.CsrfViewMiddleware',\n    'django.contrib.auth.middleware.AuthenticationMiddleware',\n]\n", path: 'shop/settings.py',
    },
    'a form without its token': {
      bad: 'from flask_wtf import FlaskForm\nfrom wtforms import StringField\n\nclass EmailForm(FlaskForm):\n    email = StringField()\n\n    class Meta:\n        csrf = False\n',
      good: 'from flask_wtf import FlaskForm\nfrom wtforms import StringField\n\nclass EmailForm(FlaskForm):\n    email = StringField()\n\n    class Meta:\n        csrf = True\n', path: 'forms.py',
    },
    'a form made without its token': { bad: 'from flask_wtf import FlaskForm\n\nclass EmailForm(FlaskForm):\n    pass\n\ndef email():\n    form = EmailForm(meta={"csrf": False})\n    return form.validate_on_submit()\n' },
    'origins of a platform': { bad: 'INSTALLED_APPS = ["django.contrib.auth"]\nCSRF_TRUSTED_ORIGINS = ["https://shop.example.com", "https://*.herokuapp.com"]\n', path: 'shop/settings.py', severity: 'low' },
    'on in production, off in tests': { good: 'class Config:\n    WTF_CSRF_ENABLED = True\nclass TestingConfig(Config):\n    WTF_CSRF_ENABLED = False\n', path: 'config.py' },
    'in tests': { good: { 'tests/conftest.py': 'def make(app):\n    app.config["WTF_CSRF_ENABLED"] = False\n    return app\n' } },
    'only while testing': { good: 'from flask import Flask\n\napp = Flask(__name__)\nif app.testing:\n    app.config["WTF_CSRF_ENABLED"] = False\n' },
    'checked by hand': { good: 'from flask import Flask, request\nfrom flask_wtf import CSRFProtect\n\napp = Flask(__name__)\napp.config["WTF_CSRF_CHECK_DEFAULT"] = False\ncsrf = CSRFProtect(app)\n\n@app.before_request\ndef check():\n    if not request.path.startswith("/api/"):\n        csrf.protect()\n' },
    'tokens in a header': { good: 'from flask import Flask\nfrom flask_jwt_extended import JWTManager\n\napp = Flask(__name__)\napp.config["WTF_CSRF_ENABLED"] = False\nJWTManager(app)\n' },
    'Django as it comes': { good: 'MIDDLEWARE = [\n    "django.contrib.sessions.middleware.SessionMiddleware",\n    "django.middleware.csrf.CsrfViewMiddleware",\n    "django.contrib.auth.middleware.AuthenticationMiddleware",\n]\nCSRF_TRUSTED_ORIGINS = ["https://*.example.com"]\n', path: 'shop/settings.py' },
    'Django with the middleware added later': { good: 'MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]\nMIDDLEWARE += ["django.middleware.csrf.CsrfViewMiddleware"]\n', path: 'shop/settings.py' },
    'Django in two files': { good: { 'shop/settings/base.py': 'COMMON = ["django.middleware.csrf.CsrfViewMiddleware"]\n', 'shop/settings/prod.py': 'from .base import *\n\nMIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"] + COMMON\n' } },
    'Django REST framework with tokens': { good: 'INSTALLED_APPS = ["rest_framework"]\nMIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]\nREST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"]}\n', path: 'shop/settings.py' },
    'Django without sessions': { good: 'MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]\n', path: 'shop/settings.py' },
    'a search form, sent by GET': { good: 'from flask_wtf import FlaskForm\n\nclass SearchForm(FlaskForm):\n    class Meta:\n        csrf = False\n', path: 'forms.py' },
    'a filter read from the address': { good: 'from flask import request\nfrom flask_wtf import FlaskForm\n\nclass OrdersForm(FlaskForm):\n    class Meta:\n        csrf = False\n\ndef orders():\n    return OrdersForm(request.args)\n', path: 'forms.py' },
    'a form inside another': { good: 'from flask_wtf import FlaskForm\nfrom wtforms import FieldList, FormField\n\nclass LineForm(FlaskForm):\n    class Meta:\n        csrf = False\n\nclass OrderForm(FlaskForm):\n    lines = FieldList(FormField(LineForm))\n', path: 'forms.py' },
    'in a comment': { good: '# WTF_CSRF_ENABLED = False\nTEXT = "WTF_CSRF_ENABLED = False"\n' },
  }),
});

// ---- forms

/** `class Meta: csrf = False` in a form, `Form(meta={"csrf": False})`. */
function forms(): Selector<FormSwitch> {
  return {
    kinds: ['module'], callees: ['flask_wtf.FlaskForm', 'flask_wtf.Form', 'flask_wtf.form.FlaskForm', '*.protect'],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const one of unit.assignments) {
        const form = /(?:^|\.)(\w+)\.Meta$/.exec(one.scope)?.[1];
        if (form && one.target === 'csrf' && isFalse(one.value) && isFlaskForm(form, unit) && !isRead(form, unit, project)) yield { form: one, at: one.value.at, module: unit };
      }
      for (const one of unit.calls) {
        const meta = one.keywords.find((each) => each.name === 'meta')?.value;
        const csrf = meta?.kind === 'dict' ? meta.entries.find((each) => each.key.kind === 'text' && each.key.value === 'csrf')?.value : undefined;
        if (csrf && isFalse(csrf) && !isRead(lastName(one.callee), unit, project) && !readsAddress(project.written(unit.path, one.at))) yield { form: one, at: csrf.at, module: unit };
      }
    },
  };
}

function isFlaskForm(name: string, module: Module): boolean {
  return module.classes.some((each) => each.name === name && each.bases.some((base) => /(^|\.)(FlaskForm|SecureForm)$|^flask_wtf\./.test(base) || (/Form$/.test(lastName(base)) && !base.startsWith('wtforms.'))));
}

/** A form that only reads: by its name, or made of the query string; and a part of another form, which has the token. */
function isRead(form: string, module: Module, project: Project): boolean {
  if (/search|filter|query|lookup/i.test(form)) return true;
  const used = new RegExp(`\\bFormField\\(\\s*${form}\\b|\\b${form}\\([^()]*request\\.args`);
  return used.test(project.text(module.path) ?? '') || project.modules.some((each) => each.imports.some((one) => one.name === form) && used.test(project.text(each.path) ?? ''));
}

function readsAddress(call: string): boolean {
  return /request\.args/.test(call);
}

function isFalse(value: Value): boolean {
  return value.kind === 'bool' && !value.value;
}

// ---- switches

function isOff({ name, value }: Setting, project: Project): boolean {
  const unset = whenUnset(value);
  if (unset === undefined || unset === 'refuses' || unset.kind !== 'bool' || unset.value) return false;
  if (value.kind !== 'bool' && environmentVariables(value).some((each) => project.deployedVariable(each))) return false;
  if (name === 'WTF_CSRF_CHECK_DEFAULT' && project.modules.some((each) => each.functions.some((func) => func.does.some((callee) => /csrf\w*\.protect$|CSRFProtect\.protect$/i.test(callee))))) return false;
  return project.cookieAuth !== undefined || !project.modules.some((each) => each.imports.some((one) => /^(flask_jwt_extended|flask_jwt|flask_httpauth)(\.|$)/.test(one.target)));
}

// ---- Django

function isMiddleware({ name }: Setting): boolean {
  return name.startsWith('MIDDLEWARE');
}

function isCsrf(text: string): boolean {
  return /csrf/i.test(text);
}

/** Every entry, where all of them are texts. */
function listed(value: Value): readonly string[] {
  return value.kind === 'list' ? value.items.flatMap((each) => each.kind === 'text' ? [each.value] : []) : [];
}

function lacksMiddleware(match: Setting, { project, source }: Context): boolean {
  const { value } = match;
  if (value.kind !== 'list' || value.items.some((each) => each.kind !== 'text')) return false;
  const names = listed(value);
  if (!names.some((each) => /(Session|Authentication)Middleware$/.test(each)) || names.some(isCsrf)) return false;
  if (project.settings(match.name).some((other) => !other.development && mentions(other.value, isCsrf))) return false;
  // `MIDDLEWARE.insert(2, "…CsrfViewMiddleware")`
  if (source.text.split('\n').some((line) => /CsrfViewMiddleware/.test(line.replace(/#.*/, '')))) return false;
  return !takesTokensOnly(project);
}

function mentions(value: Value, test: (text: string) => boolean): boolean {
  if (value.kind === 'text') return test(value.value);
  if (value.kind === 'list') return value.items.some((each) => mentions(each, test));
  return value.kind === 'choice' ? value.options.some((each) => mentions(each, test)) : false;
}

/** Django REST framework with token classes alone, and no admin. */
function takesTokensOnly(project: Project): boolean {
  const classes = project.settings('REST_FRAMEWORK').flatMap((each) => each.value.kind === 'dict' ? each.value.entries : []).find((each) => each.key.kind === 'text' && each.key.value === 'DEFAULT_AUTHENTICATION_CLASSES');
  if (!classes || project.cookieAuth) return false;
  return !mentions(classes.value, (text) => /Session/.test(text)) && !project.settings('INSTALLED_APPS').some((each) => mentions(each.value, (text) => text.startsWith('django.contrib.admin')));
}

/** An origin with a wildcard for the whole host, or for the customers of a platform. */
function anyOrigin(value: Value): Value | undefined {
  return value.kind === 'list' ? value.items.find((each) => each.kind === 'text' && /^(https?:\/\/)?\*(\.(herokuapp\.com|vercel\.app|netlify\.app|onrender\.com|railway\.app|up\.railway\.app|fly\.dev|github\.dev|app\.github\.dev|ngrok\.io|ngrok\.app|ngrok-free\.app|azurewebsites\.net|repl\.co|pythonanywhere\.com))?(:\d+)?$/.test(each.value)) : undefined;
}

// ---- the fix

function switchedOn(match: Setting | FormSwitch, { source }: Context): readonly Edit[] | undefined {
  if ('form' in match) return source.slice(match.at) === 'False' ? [replace(match.at, 'True')] : undefined;
  if (isMiddleware(match)) return withMiddleware(match, source);
  return source.slice(match.assignment.value.at) === 'False' ? [replace(match.assignment.value.at, 'True')] : undefined;
}

function withMiddleware({ assignment: { value } }: Setting, source: Source): readonly Edit[] | undefined {
  const commented = /^([ \t]*)#[ \t]*(["']django\.middleware\.csrf\.CsrfViewMiddleware["'],)/m.exec(source.slice(value.at));
  if (commented) {
    const start = value.at.start + commented.index;
    return [replace({ start, end: start + commented[0].length }, `${commented[1] ?? ''}${commented[2] ?? ''}`)];
  }
  const items = value.kind === 'list' ? value.items : [];
  const before = items.findLast((each) => each.kind === 'text' && /\.(CommonMiddleware|SessionMiddleware)$/.test(each.value)) ?? items[0];
  if (!before) return undefined;
  const quote = source.at(before.at.start) === "'" ? "'" : '"';
  const own = source.lineStart(before.at.start) + source.indentation(before.at.start).length === before.at.start;
  return [insert(before.at.end, `,${own ? `\n${source.indentation(before.at.start)}` : ' '}${quote}${MIDDLEWARE}${quote}`)];
}
