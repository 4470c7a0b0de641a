import type { Call, CallMatch, Edit, Module, Pair, Project, Selector, Setting, Source, Span, Unit, Value } from '../kit';
import { call, insert, isDevelopmentService, isLocalHost, isTrue, lastName, mayBeReplaced, onlyInDevelopment, replace, rule, seenInProduction, whenUnset } from '../kit';

/** A place where mail gets its server. */
type Mail =
  | { readonly kind: 'setting'; readonly family: Family; readonly host: Setting; readonly tls: readonly Setting[]; readonly ssl: readonly Setting[]; readonly port?: Setting }
  | { readonly kind: 'login'; readonly login: Call; readonly server: Call | undefined; readonly module: Module }
  | { readonly kind: 'keywords'; readonly match: CallMatch }
  | { readonly kind: 'variable'; readonly tls: Pair; readonly all: readonly Pair[] };

/** Settings of one library, all off when they are not given. */
interface Family { readonly library: 'Flask-Mail' | 'Django'; readonly host: string; readonly port: string; readonly tls: string; readonly ssl: string }
const FAMILIES: readonly Family[] = [
  { library: 'Flask-Mail', host: 'MAIL_SERVER', port: 'MAIL_PORT', tls: 'MAIL_USE_TLS', ssl: 'MAIL_USE_SSL' },
  { library: 'Django', host: 'EMAIL_HOST', port: 'EMAIL_PORT', tls: 'EMAIL_USE_TLS', ssl: 'EMAIL_USE_SSL' },
];

export default rule<Mail>({
  id: 'email-tls-disabled',
  title: 'Mail is sent over TLS',
  severity: 'medium', points: 6, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'The mail password and every reset link cross the network readable. Providers also reject or mark such mail.',
  how: 'Use port 587 with STARTTLS or 465 with TLS.',
  links: ['https://docs.python.org/3/library/smtplib.html', 'https://docs.djangoproject.com/en/stable/ref/settings/#email-use-tls', 'https://cheatsheetseries.owasp.org/cheatsheets/Transport_Layer_Security_Cheat_Sheet.html'],
  anchors: ['CWE-319'],

  on: mails(),
  check: (mail, { project }) => {
    switch (mail.kind) {
      case 'setting': return clash(mail) || isPlainSetting(mail, project);
      case 'login': return isPlainLogin(mail, project);
      case 'keywords': return isPlainCall(mail.match, project);
      case 'variable': return isPlainVariable(mail, project);
    }
  },
  message: (mail) => {
    if (mail.kind === 'variable') return `${mail.tls.name} switches TLS off for a mail server elsewhere.`;
    if (mail.kind === 'keywords') return `${mail.match.call.written}() switches TLS off for its mail server.`;
    if (mail.kind === 'login') return `${mail.login.written}() sends the mail password before TLS is started.`;
    if (clash(mail)) return `${mail.family.tls} and ${mail.family.ssl} are both on: Django refuses to send.`;
    return off(mail) ? `${mail.family.tls} is off, and ${mail.family.ssl} is not on: mail is sent without TLS.` : `${mail.family.host} is set without ${mail.family.tls}: ${mail.family.library} sends without TLS.`;
  },
  underline: (mail, { source }) => {
    if (mail.kind === 'variable') return mail.tls.valueAt ?? mail.tls.at;
    if (mail.kind === 'keywords') return mail.match.call.keywords.find((each) => each.name === 'MAIL_STARTTLS')?.value.at ?? mail.match.call.calleeAt;
    if (mail.kind === 'login') return mail.login.calleeAt;
    const at = clash(mail) ? mail.ssl[0]?.assignment : off(mail)?.assignment;
    return at && at.value.at.path === undefined && source.slice(at.value.at) !== '' && mail.host.path === (off(mail) ?? mail.ssl[0])?.path ? at.value.at : mail.host.assignment.targetAt;
  },
  holds: (mail, { project }) => {
    if (mail.kind === 'setting') {
      const on = [...mail.tls, ...mail.ssl].find((each) => isOn(each) && seenInProduction(each, project));
      return on && `${on.name} is on`;
    }
    return mail.kind === 'login' && startsTls(mail) ? 'TLS is started before the login' : undefined;
  },
  nothing: 'No setting of a mail server and no login at one can be read here.',

  fix: {
    title: 'Use STARTTLS',
    safety: 'review',
    edit: (mail, { source }) => {
      if (mail.kind === 'variable') return mail.tls.valueAt && [replace(mail.tls.valueAt, 'true')];
      if (mail.kind === 'keywords') { const given = mail.match.call.keywords.find((each) => each.name === 'MAIL_STARTTLS'); return given && [replace(given.value.at, 'True')]; }
      return mail.kind === 'login' ? started(mail, source) : clash(mail) ? undefined : switchedOn(mail, source);
    },
    remains: 'See that the mail server offers STARTTLS on port 587.',
  },

  examples: () => ({
    'Django without TLS': {
      bad: 'EMAIL_HOST = "smtp.example.com"\nEMAIL_HOST_USER = "robot"\nEMAIL_PORT = 25\n', good: 'EMAIL_HOST = "smtp.example.com"\nEMAIL_HOST_USER = "robot"\nEMAIL_PORT = 587\nEMAIL_USE_TLS = True\n', path: 'settings.py',
    },
    'Django with TLS off': {
      bad: 'import os\nINSTALLED_APPS = []\nEMAIL_HOST = os.environ["EMAIL_HOST"]\nEMAIL_USE_TLS = False\n', good: 'import os\nINSTALLED_APPS = []\nEMAIL_HOST = os.environ["EMAIL_HOST"]\nEMAIL_USE_TLS = True\n', path: 'shop/settings.py',
    },
    'both modes at once': { bad: 'INSTALLED_APPS = []\nEMAIL_HOST = "smtp.example.com"\nEMAIL_USE_TLS = True\nEMAIL_USE_SSL = True\n', path: 'shop/settings.py' },
    'Flask-Mail without TLS': {
      bad: 'from flask import Flask\nfrom flask_mail import Mail\n\napp = Flask(__name__)\napp.config["MAIL_SERVER"] = "smtp.example.com"\nmail = Mail(app)\n',
      good: 'from flask import Flask\nfrom flask_mail import Mail\n\napp = Flask(__name__)\napp.config["MAIL_SERVER"] = "smtp.example.com"\napp.config["MAIL_USE_TLS"] = True\nmail = Mail(app)\n',
    },
    'Flask-Mail in a class': {
      bad: {
        'config.py': 'class Config:\n    MAIL_SERVER = "smtp.example.com"\n    MAIL_PORT = 25\n    MAIL_USE_TLS = False\n',
        'app.py': 'from flask import Flask\nfrom flask_mail import Mail\nfrom config import Config\n\napp = Flask(__name__)\napp.config.from_object(Config)\nmail = Mail(app)\n',
      },
      good: { 'config.py': 'class Config:\n    MAIL_SERVER = "smtp.example.com"\n    MAIL_PORT = 587\n    MAIL_USE_TLS = True\n' },
    },
    'a login in the clear': {
      bad: 'import os, smtplib\ndef send(msg):\n    with smtplib.SMTP("smtp.example.com", 25, timeout=10) as s:\n        s.login(os.environ["MAIL_USER"], os.environ["MAIL_PASSWORD"])\n        s.send_message(msg)\n',
      good: 'import os, smtplib\ndef send(msg):\n    with smtplib.SMTP("smtp.example.com", 587, timeout=10) as s:\n        s.starttls()\n        s.login(os.environ["MAIL_USER"], os.environ["MAIL_PASSWORD"])\n        s.send_message(msg)\n', path: 'mail.py',
    },
    'fastapi-mail with both off': {
      bad: 'import os\nfrom fastapi_mail import ConnectionConfig\n\nconf = ConnectionConfig(MAIL_USERNAME="robot", MAIL_PASSWORD=os.environ["MAIL_PASSWORD"], MAIL_SERVER="smtp.example.com", MAIL_PORT=587, MAIL_STARTTLS=False, MAIL_SSL_TLS=False)\n',
      good: 'import os\nfrom fastapi_mail import ConnectionConfig\n\nconf = ConnectionConfig(MAIL_USERNAME="robot", MAIL_PASSWORD=os.environ["MAIL_PASSWORD"], MAIL_SERVER="smtp.example.com", MAIL_PORT=587, MAIL_STARTTLS=True, MAIL_SSL_TLS=False)\n', path: 'mail.py',
    },
    'a variable of production': {
      bad: { '.env.production': 'MAIL_SERVER=smtp.example.com\nMAIL_USE_TLS=false\n' }, good: { '.env.production': 'MAIL_SERVER=smtp.example.com\nMAIL_USE_TLS=true\n' },
    },
    'a compose file of production': { bad: { 'docker-compose.yml': 'services:\n  web:\n    image: shop\n    environment:\n      SMTP_HOST: smtp.example.com\n      SMTP_TLS: "False"\n' } },
    'Django with TLS': { good: 'EMAIL_HOST = "smtp.example.com"\nEMAIL_PORT = 587\nEMAIL_USE_TLS = True\n', path: 'settings.py' },
    'port 465': { good: 'EMAIL_HOST = "smtp.example.com"\nEMAIL_PORT = 465\nEMAIL_USE_SSL = True\n', path: 'settings.py' },
    'the environment says': { good: 'import os\nfrom flask_mail import Mail\n\nclass Config:\n    MAIL_SERVER = os.environ.get("MAIL_SERVER")\n    MAIL_USE_TLS = os.environ.get("MAIL_USE_TLS") is not None\n\nmail = Mail()\n', path: 'config.py' },
    'a backend without SMTP': { good: 'INSTALLED_APPS = ["anymail"]\nEMAIL_BACKEND = "anymail.backends.mailgun.EmailBackend"\nEMAIL_HOST = "smtp.example.com"\n', path: 'shop/settings.py' },
    'a server beside the application': { good: 'INSTALLED_APPS = []\nEMAIL_HOST = "mailpit"\nEMAIL_PORT = 1025\n', path: 'shop/settings.py' },
    'localhost unless the environment says otherwise': { good: 'import os\nINSTALLED_APPS = []\nEMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")\n', path: 'shop/settings.py' },
    'only while developing': { good: 'import os\nfrom flask import Flask\nfrom flask_mail import Mail\n\napp = Flask(__name__)\nif os.getenv("APP_ENV") == "development":\n    app.config["MAIL_SERVER"] = "smtp.example.com"\nmail = Mail(app)\n' },
    'the production module says so': { good: { 'shop/settings/base.py': 'INSTALLED_APPS = []\nEMAIL_HOST = "smtp.example.com"\n', 'shop/settings/production.py': 'from .base import *\nEMAIL_USE_TLS = True\n' } },
    'a mail server of our own code': { good: 'import smtplib\n\nMAIL_SERVER = "smtp.example.com"\n\ndef send(msg):\n    with smtplib.SMTP_SSL(MAIL_SERVER, timeout=10) as s:\n        s.login("robot", "x")\n        s.send_message(msg)\n', path: 'mail.py' },
    'STARTTLS before the login': { good: 'import os, smtplib\ndef send(msg):\n    with smtplib.SMTP("smtp.example.com", 587, timeout=10) as s:\n        s.starttls()\n        s.login(os.environ["MAIL_USER"], os.environ["MAIL_PASSWORD"])\n        s.send_message(msg)\n', path: 'mail.py' },
    'a login on this machine': { good: 'import smtplib\ndef send(msg):\n    with smtplib.SMTP("localhost", 1025) as s:\n        s.login("a", "b")\n        s.send_message(msg)\n', path: 'mail.py' },
    'an example of a file of variables': { good: { '.env.example': 'MAIL_SERVER=smtp.example.com\nMAIL_USE_TLS=false\n' } },
    'variables of a server beside it': { good: { '.env.production': 'SMTP_HOST=mailhog\nSMTP_TLS=false\n', 'docker-compose.dev.yml': 'services:\n  web:\n    image: shop\n    environment:\n      SMTP_HOST: smtp.example.com\n      SMTP_TLS: "False"\n' } },
    'a service for development': { good: { 'docker-compose.yml': 'services:\n  web:\n    image: shop\n    environment:\n      APP_ENV: development\n      SMTP_HOST: smtp.example.com\n      SMTP_TLS: "False"\n' } },
    'tests': { path: 'tests/settings.py', good: 'EMAIL_HOST = "smtp.example.com"\nEMAIL_USE_TLS = False\n' },
  }),
});

// ---- where mail gets its server

function mails(): Selector<Mail> {
  const logins = call('smtplib.SMTP.login', 'fastapi_mail.ConnectionConfig');
  return {
    kinds: ['module', 'dotenv', 'compose'], callees: [...logins.callees, 'smtplib.SMTP', '*.starttls'],
    *select(unit, project) {
      if (unit.kind === 'module') {
        if (unit.language !== 'python') return;
        for (const family of FAMILIES) yield* settingsOf(family, unit, project);
        for (const match of logins.select(unit, project)) yield match.call.callee === 'smtplib.SMTP.login' ? loginOf(match.call, unit) : { kind: 'keywords', match };
      } else yield* variablesOf(unit, project);
    },
  };
}

function* settingsOf(family: Family, module: Module, project: Project): Iterable<Mail> {
  const [host] = project.settings(family.host).filter((each) => each.path === module.path && seenInProduction(each, project) && lastName(each.assignment.target) === family.host);
  if (!host || !isUsed(family, module, project)) return;
  const seen = (name: string) => project.settings(name).filter((each) => !each.development);
  const [port] = seen(family.port).filter((each) => each.path === module.path && each.owner === host.owner);
  yield { kind: 'setting', family, host, tls: seen(family.tls), ssl: seen(family.ssl), ...(port && { port }) };
}

/** The library that reads these settings is there, and sends by SMTP. */
function isUsed({ library }: Family, module: Module, project: Project): boolean {
  if (library === 'Flask-Mail') return project.modules.some((each) => each.imports.some((one) => /^flask_mail(man)?(\.|$)/.test(one.target)));
  if (!/(^|[._])settings([._]|$)/.test(module.name) || (project.frameworks.size > 0 && !project.frameworks.has('django'))) return false;
  const backends = project.settings('EMAIL_BACKEND').filter((each) => !each.development).map((each) => whenUnset(each.value));
  return backends.every((each) => typeof each === 'object' && each.kind === 'text' && /\bsmtp\b/.test(each.value));
}

function loginOf(login: Call, module: Module): Mail {
  const name = login.written.slice(0, login.written.lastIndexOf('.'));
  const server = module.calls.findLast((each) => each.callee === 'smtplib.SMTP' && (each.boundTo ?? name) === name && each.scope === login.scope && each.at.start < login.at.start);
  return { kind: 'login', login, server, module };
}

const TLS_VARIABLE = /^(\w+_)?(MAIL|EMAIL|SMTP)_(USE_)?(TLS|STARTTLS)$/;

function* variablesOf(unit: Unit, project: Project): Iterable<Mail> {
  if (!project.production.includes(unit)) return;
  const groups = unit.kind === 'dotenv' ? [unit.variables] : unit.kind === 'compose' ? unit.services.filter((each) => !isDevelopmentService(each)).map((each) => each.environment) : [];
  for (const all of groups) for (const tls of all) if (TLS_VARIABLE.test(tls.name)) yield { kind: 'variable', tls, all };
}

// ---- whether it is plain

type SettingMail = Extract<Mail, { kind: 'setting' }>;

function isPlainSetting(mail: SettingMail, project: Project): boolean {
  if (!isElsewhere(mail.host.value, project) || mayBeReplaced(mail.host, project)) return false;
  return [...mail.tls, ...mail.ssl].every((each) => isOff(each.value));
}

/** Written down as off: what the environment says is not known here. */
function isOff(value: Value): boolean {
  return (value.kind === 'bool' && !value.value) || (value.kind === 'number' && value.value === 0) || value.kind === 'none';
}

function isOn({ value }: Setting): boolean {
  const unset = whenUnset(value);
  return typeof unset === 'object' && isTrue(unset) && !(unset.kind === 'text' && /^(false|0|no|off)$/i.test(unset.value));
}

function clash({ family, tls, ssl }: SettingMail): boolean {
  const literal = (all: readonly Setting[]) => all.length === 1 && all[0]?.value.kind === 'bool' && all[0].value.value;
  return family.library === 'Django' && literal(tls) && literal(ssl);
}

function off({ tls, host }: SettingMail): Setting | undefined {
  return tls.find((each) => isOff(each.value) && each.path === host.path);
}

/** A server that is not on this machine or beside the application: one whose name is not in the source counts as elsewhere. */
function isElsewhere(host: Value | undefined, project: Project): boolean {
  const unset = host && whenUnset(host);
  if (typeof unset !== 'object' || unset.kind !== 'text') return host?.kind === 'environment';
  return isElsewhereName(unset.value, project);
}

function isElsewhereName(name: string, project: Project): boolean {
  return name.includes('.') && !isLocalHost(name, project) && !/^(10|172|192)\.\d|\.(local|internal|test|localhost)$/.test(name);
}

function isPlainLogin(mail: Extract<Mail, { kind: 'login' }>, project: Project): boolean {
  const { server, login, module } = mail;
  if (!server || onlyInDevelopment(login) || startsTls(mail)) return false;
  const host = server.args[0] ?? server.keywords.find((each) => each.name === 'host')?.value;
  const unset = host && whenUnset(project.resolve(host, module));
  return typeof unset === 'object' && unset.kind === 'text' ? isElsewhereName(unset.value, project) : host !== undefined;
}

function startsTls({ module }: Extract<Mail, { kind: 'login' }>): boolean {
  return module.calls.some((each) => each.written.endsWith('.starttls'));
}

function isPlainCall({ call: one, argument }: CallMatch, project: Project): boolean {
  const modes = ['MAIL_STARTTLS', 'MAIL_SSL_TLS'].map((name) => argument(name));
  return !onlyInDevelopment(one) && modes.every((each) => each !== undefined && isOff(each)) && isElsewhere(argument('MAIL_SERVER'), project);
}

function isPlainVariable({ tls, all }: Extract<Mail, { kind: 'variable' }>, project: Project): boolean {
  const value = (pattern: RegExp) => all.find((each) => pattern.test(each.name))?.value?.replace(/^["']|["']$/g, '');
  const host = value(/^(\w+_)?(MAIL|EMAIL|SMTP)_(HOST|SERVER)$/);
  if (host === undefined || !isElsewhereName(host, project) || /\$/.test(host)) return false;
  return /^["']?(false|0|no|off)["']?$/i.test(tls.value ?? '') && !/^(true|1|yes|on)$/i.test(value(/^(\w+_)?(MAIL|EMAIL|SMTP)_(USE_)?SSL(_TLS)?$/) ?? '');
}

// ---- the fix

function switchedOn(mail: SettingMail, source: Source): readonly Edit[] | undefined {
  const { host, port, family } = mail;
  const ported = port?.value.kind === 'number' && port.value.value === 25 && source.slice(port.assignment.value.at) === '25' ? [replace(port.assignment.value.at, '587')] : [];
  const given = off(mail);
  if (given) return source.slice(given.assignment.value.at) === 'False' ? [...ported, replace(given.assignment.value.at, 'True')] : undefined;
  const last = port && port.start > host.start ? port : host;
  if (last.assignment.how !== 'statement' || !isWholeLine(last.assignment.at, source)) return undefined;
  const target = source.slice(last.assignment.targetAt).replace(last.name, family.tls);
  return target.includes(family.tls) ? [...ported, insert(source.lineEnd(last.end), `\n${source.indentation(last.start)}${target} = True`)] : undefined;
}

function started({ login, server }: Extract<Mail, { kind: 'login' }>, source: Source): readonly Edit[] | undefined {
  const start = source.lineStart(login.at.start);
  const name = login.written.slice(0, login.written.lastIndexOf('.'));
  const port = server?.args[1];
  if (start + source.indentation(login.at.start).length !== login.at.start) return undefined;
  return [...(port?.kind === 'number' && port.value === 25 && source.slice(port.at) === '25' ? [replace(port.at, '587')] : []), insert(start, `${source.indentation(login.at.start)}${name}.starttls()\n`)];
}

function isWholeLine(at: Span, source: Source): boolean {
  return source.lineStart(at.start) + source.indentation(at.start).length === at.start && /^[ \t]*(#.*)?$/.test(source.slice({ start: at.end, end: source.lineEnd(at.end) }));
}
