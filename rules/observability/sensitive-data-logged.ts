import type { CallMatch, Context, Edit, Module, Project, Selector, Source, Value, Variation } from '../kit';
import { call, functionsAround, isImported, isProgram, lastName, onlyAsProgram, onlyInDevelopment, replace, rule } from '../kit';

/** What an expression would write to the log, by what it is called. */
interface Exposure { readonly value: Value; readonly name: string; readonly whole: boolean }
interface Logged extends CallMatch { readonly exposed: readonly Exposure[] }

const LEVELS = ['debug', 'info', 'warning', 'warn', 'error', 'critical', 'exception', 'fatal', 'log'] as const;

export default rule<Logged>({
  id: 'sensitive-data-logged',
  title: 'Secrets and personal data stay out of the logs',
  severity: 'high', points: 10, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'Logs are copied to many places, kept for months and read by many people. A password in them is a breach of its own.',
  how: 'Log ids, lengths or masked ends; filter known field names centrally.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html', 'https://cwe.mitre.org/data/definitions/532.html'],
  anchors: ['semgrep python-logger-credential-disclosure', 'CWE-532', 'ASVS 16.2.5'],

  on: logs(),
  check: ({ exposed, call: one, module }, { source, project }) => {
    if (exposed.length === 0) return false;
    if (isForOperator({ call: one, module }, project) || isProgram(module, project)) return OPERATOR;
    if (onlyInDevelopment(one)) return DEVELOPMENT;
    if (exposed.every((each) => endedBefore(each, { call: one, module }, source))) return ENDED;
    if (exposed.every((each) => each.whole)) return WHOLE;
    return exposed.every((each) => isAddress(each.name)) ? STORE : true;
  },
  message: ({ exposed, call: one }) => `${[...new Set(exposed.map((each) => each.name))].join(', ')} ${exposed.length > 1 ? 'are' : 'is'} written to the log by ${one.written}().`,
  underline: ({ exposed, call: one }) => exposed[0]?.value.at ?? one.calleeAt,
  nothing: 'The code logs nothing.',
  summary: (count) => count === 1 ? 'The only log call prints no secret-named value' : `${count} log calls, none prints a secret-named value`,

  fix: { title: 'Write *** instead', safety: 'review', edit: masked },

  examples: () => ({
    'a tool that is started by hand': { path: 'attempts.py', bad: 'import logging\n\ndef attempt(url, password):\n    logging.info("tried %s", password)\n\nif __name__ == "__main__":\n    attempt("https://shop.example", "x")\n', severity: 'low' },
    'a command of click': { path: 'attempts.py', bad: 'import click\nimport logging\n\n@click.command()\n@click.argument("password")\ndef attempt(password):\n    logging.info("tried %s", password)\n', severity: 'low' },
    'a password in an f-string': {
      bad: 'import logging\nlog = logging.getLogger(__name__)\ndef login(email, password):\n    log.info(f"login {email} {password}")\n', path: 'auth.py',
      good: 'import logging\nlog = logging.getLogger(__name__)\ndef login(email, password):\n    log.info(f"login {email} ***")\n',
    },
    'an argument of the message': {
      bad: 'import logging\nlog = logging.getLogger(__name__)\ndef login(user):\n    log.debug("token for %s: %s", user.id, user.access_token)\n',
      good: 'import logging\nlog = logging.getLogger(__name__)\ndef login(user):\n    log.debug("token for %s: %s", user.id, "***")\n',
    },
    'the address of a store, with its password': { severity: 'medium', bad: 'import logging\nfrom config import settings\n\nlogger = logging.getLogger(__name__)\n\ndef connect():\n    logger.info(f"connecting to {settings.REDIS_URL}")\n' },
    'an address without its password, and where a page is': { good: 'import logging\nfrom config import settings\n\nlogger = logging.getLogger(__name__)\n\ndef connect(db_url):\n    logger.info("connecting to %s", settings.DATABASE_URL.split("@")[-1])\n    logger.info("%s %s %s", settings.BASE_URL, db_url, hide_password(settings.DATABASE_URL))\n' },
    'printed': { bad: 'from flask import Flask, request\n\napp = Flask(__name__)\n\n@app.post("/login")\ndef login():\n    print("trying", request.form["password"])\n    return ""\n' },
    'a key of the settings': { bad: 'import logging\nfrom flask import current_app\n\ndef check():\n    logging.getLogger("x").info("key: " + current_app.config["STRIPE_SECRET_KEY"])\n' },
    'a variable of the environment': { bad: 'import logging\nimport os\n\nlogging.warning("using %s", os.getenv("API_KEY"))\n' },
    'the way it is read from pydantic': { bad: 'from loguru import logger\nfrom config import settings\n\nlogger.info("key {}", settings.api_key.get_secret_value())\n' },
    'by way of a name': { bad: 'import structlog\nlog = structlog.get_logger()\n\ndef reset(user, reset_token):\n    message = f"reset for {user.id}: {reset_token}"\n    log.info(message)\n' },
    'a link that signs in': { bad: 'import logging\nlogger = logging.getLogger(__name__)\n\ndef invite(user, serializer):\n    reset_url = f"https://shop.example.com/reset/{serializer.dumps(user.id)}"\n    logger.info("Reset link for %s: %s", user.id, reset_url)\n' },
    'all of the headers': { bad: 'from flask import current_app, request\n\ndef hook():\n    current_app.logger.info("headers: %s", dict(request.headers))\n', severity: 'medium' },
    'all of the body, by way of a name': { bad: 'import logging\nfrom flask import request\nlogger = logging.getLogger(__name__)\n\ndef register():\n    data = request.get_json()\n    logger.debug("got %s", data)\n', severity: 'medium' },
    'all of the environment': { bad: 'import os\n\ndef show():\n    print(os.environ)\n', severity: 'medium' },
    'only while developing': { bad: 'import logging\nfrom flask import current_app\n\ndef login(password):\n    if current_app.debug:\n        logging.debug("password %s", password)\n', severity: 'low' },
    'of a session that has just ended': { bad: 'import logging\nfrom shop.sessions import delete_session\nlog = logging.getLogger(__name__)\n\ndef leave(session_token):\n    delete_session(session_token)\n    log.info("left: %s", session_token)\n', severity: 'low' },
    'of a session that ends after that': { bad: 'import logging\nfrom shop.sessions import delete_session\nlog = logging.getLogger(__name__)\n\ndef leave(session_token):\n    log.info("leaves: %s", session_token)\n    delete_session(session_token)\n' },
    'lengths and ids': { path: 'auth.py', good: 'import logging\nlog = logging.getLogger(__name__)\ndef login(user, token):\n    log.info("login user=%s token_len=%d", user.id, len(token))\n' },
    'only the word': { path: 'auth.py', good: 'import logging\nlogging.getLogger(__name__).warning("password reset requested for user %s", 7)\n' },
    'masked, cut, hashed, compared': { good: 'import hashlib\nimport logging\nlog = logging.getLogger(__name__)\n\ndef show(token, password, secret, api_key):\n    log.info("%s %s %s", token[:4], mask(password), hashlib.sha256(secret.encode()).hexdigest())\n    log.info("%s %s", bool(api_key), api_key is None)\n    log.info(f"{token[-4:]} {type(token)} {redact(token)}")\n' },
    'names that only begin like one': { good: 'import logging\nlog = logging.getLogger(__name__)\n\ndef show(token_id, token_type, has_password, num_tokens, max_tokens, csrf_token, password_reset_timeout, next_page_token, secret_name, usage):\n    log.info("%s %s %s %s", token_id, token_type, has_password, num_tokens)\n    log.info("%s %s %s %s %s", max_tokens, csrf_token, password_reset_timeout, next_page_token, secret_name)\n    log.info(f"{usage.total_tokens} {usage.token_count} {usage.api_key_id}")\n' },
    'tokens of a language': { good: 'def stream(model):\n    for token in model.generate():\n        print(token, end="", flush=True)\n' },
    'the tokens of a lexer': { good: 'import logging\nimport tokenize\nlog = logging.getLogger(__name__)\n\ndef scan(lexer):\n    token = lexer.next()\n    log.debug("token %s", token)\n' },
    'a variable of the same kind that is a constant': { good: 'import logging\npassword = "***"\nlogging.info("password: %s", password)\n' },
    'one header, no secret': { good: 'from flask import current_app, request\n\ndef hook():\n    current_app.logger.info("agent %s, page %s", request.headers.get("User-Agent"), request.args)\n' },
    'a program of its own': { path: 'attack.py', good: 'import sys\n\nfor password in open(sys.argv[1]):\n    print("trying", password)\n' },
    'an address of the settings': { good: 'import logging\nfrom config import settings\nlogging.info("links begin with %s, %s", settings.verification_url, settings.hashed_password)\n' },
    'what a command tells who runs it': { path: 'shop/management/commands/create_admin.py', good: 'def handle(self, password):\n    print(f"Password: {password}")\n' },
    'a command of the application': { good: 'from flask import Flask\n\napp = Flask(__name__)\n\n@app.cli.command("create-admin")\ndef create_admin():\n    password = make()\n    print("Password:", password)\n' },
    'what looks like a logger and is not': { good: 'def work(form, client, password, token):\n    form.error(password)\n    client.info(token)\n    math.log(token)\n' },
    'a comment and a string': { good: 'import logging\n# logging.info(password)\nTEXT = "logging.info(password)"\nlogging.info("{password}")\n' },
    'tests': { path: 'tests/test_auth.py', good: 'def test_login(password):\n    print(password)\n' },
  }),
});

const STORE: Variation = { severity: 'medium', points: 4, because: 'the address of a store holds its password, where it has one' };
const WHOLE: Variation = { severity: 'medium', because: 'all of it is written, whatever it holds' };
const OPERATOR: Variation = { severity: 'low', because: 'whoever started the program by hand reads it' };
const DEVELOPMENT: Variation = { severity: 'low', because: 'it is only written while developing' };

const ENDED: Variation = { severity: 'low', because: 'it was ended just before, and opens nothing any more' };
const ENDS = '(?:delete|revoke|invalidate|destroy|end|remove|expire|blacklist|blocklist|drop)_(?:\\w+_)?(?:sessions?|tokens?)(?:_\\w+)?';

/** `delete_session(token)` stands before it in the same function. */
function endedBefore({ name }: Exposure, { call: one, module }: Pick<CallMatch, 'call' | 'module'>, source: Source): boolean {
  const [func] = functionsAround(module, one.at);
  return func !== undefined && /^\w+$/.test(name) && new RegExp(`\\b${ENDS}\\(\\s*${name}\\s*[,)]`).test(source.slice({ start: func.at.start, end: one.at.start }));
}

function logs(): Selector<Logged> {
  const all = call(...LEVELS.map((each) => `*.${each}`), 'print', 'builtins.print', '*.capture_message');
  return {
    kinds: all.kinds, callees: all.callees,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const match of all.select(unit, project)) if (isLog(match, project)) yield { ...match, exposed: exposures(match, project) };
    },
  };
}

const LOGGER = /(^|[._])_{0,2}(log|logger|logging|log_|\w*_log|\w*logger)(\(\))?\.\w+$/i;

function isLog({ call: one, module }: CallMatch, project: Project): boolean {
  if (/(^|\.)print$/.test(one.callee)) return !isForOperator({ call: one, module }, project);
  return lastName(one.callee) === 'capture_message' || /^(logging|loguru|structlog)\./.test(one.callee) || (LOGGER.test(one.written) && !/^math\./.test(one.written));
}

/** Printed for the one who has started the program by hand. */
function isForOperator({ call: one, module }: Pick<CallMatch, 'call' | 'module'>, project: Project): boolean {
  return onlyAsProgram(one) || isScript(module, project) || /(^|\/)(management\/commands|cli|commands?|scripts?|bin|tools)(\/|\.py$)|(^|\/)(manage|setup|create_\w+|seed\w*|init_\w+)\.py$/.test(module.path)
    || functionsAround(module, one.at).some((func) => func.decorators.some((each) => /(^|\.)(command|cli|callback)$/.test(each.name)));
}

/** It serves nothing, and nothing imports it: whoever runs it reads what it prints. */
function isScript(module: Module, project: Project): boolean {
  return module.routes.length === 0 && module.does.includes('print') && !project.applications.some((each) => each.path === module.path)
    && !isImported(module, project);
}

function exposures({ call: one, module }: CallMatch, project: Project): readonly Exposure[] {
  const from = lastName(one.callee) === 'log' && !/^loguru/.test(one.callee) ? 1 : 0;
  const given = [...one.args.slice(from), ...one.keywords.filter((each) => !/^(exc_info|stack_info|stacklevel|end|sep|file|flush|level)$/.test(each.name)).map((each) => each.value)];
  const exposed = (value: Value): readonly Exposure[] => {
    if (value.kind === 'text' || value.kind === 'number' || value.kind === 'bool' || value.kind === 'none' || value.kind === 'test') return [];
    const written = unwrapped(project.written(module.path, value.at));
    const whole = value.kind === 'tainted' && WHOLE_REQUEST.test(value.source) ? value.source : WHOLE_REQUEST.test(written) ? written : undefined;
    if (whole !== undefined) return [{ value, name: whole, whole: true }];
    const name = nameIn(written);
    if (name === undefined || !(isSecret(name) || isAddress(written) || (name === written && LINK.test(name)))) return partsOf(value).flatMap(exposed);
    return /^token$/i.test(name) && isWord(module.imports.map((each) => each.target), project.text(module.path) ?? '', one.keywords.some((each) => each.name === 'end')) ? [] : [{ value, name: written.length <= 40 ? written : name, whole: false }];
  };
  return given.flatMap(exposed);
}

function partsOf(value: Value): readonly Value[] {
  switch (value.kind) {
    case 'joined': return value.parts;
    case 'list': return value.items;
    case 'dict': return value.entries.map((each) => each.value);
    default: return [];
  }
}

/** `str(x)`, `await x`, `x.get_secret_value()` write what `x` does. */
function unwrapped(written: string): string {
  const inner = /^(?:str|repr|dict|list|json\.dumps)\((.*)\)$/s.exec(written)?.[1];
  return (inner ?? written).replace(/^await\s+/, '').replace(/\.(get_secret_value|decode|strip|items|to_dict)\([^()]*\)$/, '').trim();
}

const WHOLE_REQUEST = /^(?:self\.)?request\.(headers|form|json|data|body|POST|cookies|COOKIES|META|values|environ|get_json|get_data)(\(\))?$|^os\.environ$/;

/** The last name of `user.password`, `form["password"]`, `request.form.get("password")`, `os.getenv("PASSWORD")`; undefined for what is no mere name. */
function nameIn(written: string): string | undefined {
  const key = /^[A-Za-z_][\w.]*(?:\(\))?(?:\[["']([\w-]+)["']\]|\.get\(\s*["']([\w-]+)["'][^()]*\)|(?<=getenv)\(\s*["'](\w+)["'][^()]*\))$/.exec(written);
  if (key) return key[1] ?? key[2] ?? key[3];
  return /^[A-Za-z_][\w.]*$/.test(written) ? lastName(written) : undefined;
}

const SECRET = /(^|_)(password|passwd|passphrase|passwort|secret|api_?key|secret_?key|access_?key|private_?key|signing_?key|encryption_?key|authorization|card_?number|credit_?card|cvv|cvc|ssn|iban|otp|otp_code|client_secret)$/;
/** Links that open what a password does, made here: an address of the settings has no token in it. */
const LINK = /^(\w+_)?(reset|magic|verification|verify|confirm|confirmation|invite|invitation|activation|login)_(link|url)$/;
/** Addresses of stores, of the settings: what is only named so may have been cleaned of its password. */
const SETTING = /^(?:\w+\.)*(?:settings|config|conf|cfg|environ|getenv)(?:\.get\(|[.[(])["']?(?:\w+_)?(?:database|db|redis|mongo(?:db)?|broker|amqp|rabbitmq|postgres(?:ql)?|mysql)_(?:url|uri|dsn)\b/i;
const CONSTANT = /^(?:DATABASE|DB|REDIS|MONGO|MONGODB|BROKER|CELERY_BROKER|AMQP|RABBITMQ|POSTGRES|POSTGRESQL|MYSQL|SQLALCHEMY_DATABASE)_(?:URL|URI|DSN)$/;
const TOKEN = /^token$|(^|_)(access|refresh|auth|authentication|session|bearer|id|reset|api|user|login|verification|confirmation|invite|invitation|magic|password|oauth|secret|jwt|bot|github|gitlab|slack|telegram|discord|webhook|service|admin)_?token$/;
const NO_SECRET = /^(has|is|no|need|needs|num|max|min|invalid|missing|with|use|show|hide|check|csrf|xsrf|next|old_csrf|hashed|encrypted|masked|redacted)_/;

function isAddress(written: string): boolean {
  return SETTING.test(written) || CONSTANT.test(written);
}

function isSecret(name: string): boolean {
  const plain = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/-/g, '_').toLowerCase();
  return (SECRET.test(plain) || TOKEN.test(plain)) && !NO_SECRET.test(plain);
}

/** A token of a text: of a lexer, of a language model. */
function isWord(imports: readonly string[], text: string, streamed: boolean): boolean {
  return streamed || /\bfor\s+[\w,\s()]*\btoken\b[\w,\s()]*\bin\b/.test(text) || imports.some((each) => /^(tokenize|tiktoken|transformers|tokenizers|spacy|nltk|sly|ply|pygments|openai|langchain\w*|llama_\w+)(\.|$)/.test(each));
}

// ---- the fix

function masked({ exposed, call: one }: Logged, { source }: Context): readonly Edit[] | undefined {
  const edits = exposed.map(({ value: { at } }) => hole(at.start, at.end, source) ?? (one.args.some((each) => each.at.start === at.start && each.at.end === at.end) ? replace(at, '"***"') : undefined));
  return edits.every((each) => each !== undefined) ? edits : undefined;
}

/** `{password}` of an f-string, with its braces. */
function hole(start: number, end: number, source: Source): Edit | undefined {
  const after = /^(?:![rsa])?(?::[^{}]*)?\}/.exec(source.slice({ start: end, end: end + 12 }))?.[0];
  return source.at(start - 1) === '{' && source.at(start - 2) !== '{' && after !== undefined ? replace({ start: start - 1, end: end + after.length }, '***') : undefined;
}
