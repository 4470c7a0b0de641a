/** A made-up application with something of everything, for looking at outputs and for testing them. */
import type { ReportCard } from '../../report/card';
import { at, card, incomplete } from './fixture';
import type { RuleSpec } from './fixture';

const FORBIDDEN = 'Refuse to start without it';

const RULES: readonly RuleSpec[] = [
  {
    rule: 'csp-missing', category: 'security', severity: 'medium', confidence: 'likely', effort: 'M', path: 'app/__init__.py', line: 121,
    title: 'Pages are served with a content security policy', message: 'No response of this application carries a content security policy.',
    ladder: { name: 'csp', rung: 1 }, snippet: 'def create_app():\n    app = Flask(__name__)',
    why: 'Without a policy, one forgotten escape lets a stranger\'s script run with your visitor\'s session.',
    how: 'Send `Content-Security-Policy` with `default-src \'self\'` and a nonce for inline scripts, first as report-only.',
    links: ['https://developer.mozilla.org/en-US/docs/Web/HTTP/CSP'],
  },
  {
    rule: 'sql-injection', category: 'security', severity: 'critical', effort: 'S', title: 'SQL statements use bound parameters',
    why: 'A visitor who can write into a statement can read, change or delete every row.',
    how: 'Pass values as the second argument of `execute`; build the list of placeholders, never the list of values.',
    links: ['https://cheatsheetseries.owasp.org/cheatsheets/SQL_Injection_Prevention_Cheat_Sheet.html'],
    findings: [
      {
        path: 'app/catalog/routes.py', line: 88, message: 'SQL is built from `request.args["q"]` by an f-string and sent to `execute`.',
        snippet: 'cur.execute(\n    f"SELECT id, title FROM book WHERE title LIKE \'%{q}%\' ORDER BY {order}"\n)',
        related: [{ ...at('app/catalog/routes.py', 81, 8), text: 'the value is read here' }],
        fixes: [{ title: 'Bind the value as a parameter', safety: 'review', index: 0 }],
      },
      { path: 'app/admin/export.py', line: 40, severity: 'high', confidence: 'likely', because: 'where the value comes from is not proved', message: 'SQL is built from `column` by concatenation and sent to `execute`.', snippet: 'cur.execute("SELECT " + column + " FROM loan")' },
    ],
  },
  {
    rule: 'upload-unvalidated', category: 'security', severity: 'high', effort: 'M', path: 'app/admin/routes.py', line: 859, title: 'Uploaded files are checked by their content',
    message: 'The file is stored under the name and type that the browser claims.', why: 'An upload that is served back as a page is a page of your site.',
    how: 'Look at the first bytes, choose the name yourself, and serve uploads from another host.', snippet: 'f.save(os.path.join(UPLOADS, f.filename))',
  },
  { rule: 'path-traversal', category: 'security', severity: 'critical', state: 'holds', title: 'Paths from visitors stay inside their folder', evidence: ['resolved with realpath and checked against the root', 'resolved with realpath and checked against the root', 'send_from_directory'], path: 'app/lending/service.py' },
  { rule: 'cors-any-origin', category: 'security', severity: 'high', state: 'holds', title: 'Cross-origin requests are limited to known origins', evidence: ['no cross-origin headers are sent'], path: 'app/__init__.py' },
  { rule: 'xml-external-entities', category: 'security', severity: 'high', state: 'not-applicable', title: 'XML parsers do not follow external entities', reason: 'No XML is parsed here.' },
  { rule: 'https-not-enforced', category: 'security', severity: 'high', state: 'not-checked', title: 'Plain HTTP is redirected to HTTPS', reason: 'TLS may end at a proxy outside of this repository; a person must say so.' },
  {
    rule: 'secret-key-default', category: 'configuration', severity: 'critical', effort: 'S', path: 'app/config.py', line: 12, title: 'The signing key has no fallback in the source',
    message: 'SECRET_KEY falls back to a value that anybody can read here.', snippet: 'SECRET_KEY = os.environ.get("SECRET_KEY") or "dev********"',
    why: 'Whoever can read the repository can forge sessions, signed cookies and reset links.',
    how: 'Refuse to start without the key, and replace a key that was ever in the source: git remembers it.',
    links: ['https://flask.palletsprojects.com/en/stable/config/#SECRET_KEY'],
    fixes: [{ title: FORBIDDEN, safety: 'review', remains: 'Set SECRET_KEY where the application runs, and make a new one.', index: 0 }, { title: 'Keep it for development only', safety: 'review', index: 1 }],
  },
  { rule: 'debug-enabled', category: 'configuration', severity: 'critical', state: 'holds', title: 'Debug mode is off in production', evidence: ['DEBUG is False in ProductionConfig'], path: 'app/config.py' },
  { rule: 'env-example-incomplete', category: 'configuration', severity: 'low', confidence: 'likely', path: '.env.example', title: 'Every variable that is read is listed in the example', message: 'BREVO_API_KEY and SENTRY_DSN are read but not listed here.', snippet: 'SECRET_KEY=\nDATABASE_URL=' },
  {
    rule: 'csrf-missing', category: 'auth', severity: 'high', blocks: true, confidence: 'likely', effort: 'M', path: 'app/__init__.py', line: 30, title: 'Requests that change something carry a CSRF token',
    ladder: { name: 'csrf', rung: 1 }, message: 'Flask-WTF is declared in requirements.txt but never initialised; 14 routes change something by a cookie.', snippet: 'app = Flask(__name__)',
    why: 'Any page your visitor opens can act in their name.', how: 'Call `CSRFProtect(app)` and put the token into every form.',
    fixes: [{ title: 'Initialise CSRFProtect', safety: 'review', remains: 'Add the token to forms that are not made with Flask-WTF.', index: 0 }],
  },
  { rule: 'weak-password-hash', category: 'auth', severity: 'critical', state: 'holds', title: 'Passwords are hashed with a slow, salted hash', evidence: ['bcrypt with 13 rounds'], path: 'app/models.py' },
  { rule: 'session-cookie-insecure', category: 'auth', severity: 'high', title: 'Session cookies are sent over HTTPS only', silenced: { by: 'M. Aurelius', until: '2026-11-28', reason: 'The pilot runs on the internal network.' }, path: 'app/config.py', line: 31, message: 'SESSION_COOKIE_SECURE is not set for production.' },
  { rule: 'login-unlimited', category: 'auth', severity: 'medium', state: 'holds', title: 'Failed logins are limited', evidence: ['locked for 15 minutes after 5 failures'], path: 'app/auth/routes.py' },
  {
    rule: 'schema-altered-at-startup', category: 'data', severity: 'high', confidence: 'likely', effort: 'L', path: 'app/__init__.py', line: 190, title: 'The schema changes by migrations only',
    ladder: { name: 'migrations', rung: 2 }, message: 'ALTER TABLE runs at every start and its errors are swallowed.', snippet: 'for statement in MIGRATIONS:\n    try:\n        db.session.execute(text(statement))\n    except Exception:\n        db.session.rollback()',
    why: 'A statement that fails leaves the schema half changed, and nobody hears of it.', how: 'Put each change into a migration, run them before the new version starts, and let a failure stop the deploy.',
  },
  { rule: 'migrations-missing', category: 'data', severity: 'high', state: 'holds', title: 'Schema changes are versioned', ladder: { name: 'migrations', rung: 1 }, evidence: ['migrations/env.py of Alembic'], path: 'migrations/env.py' },
  { rule: 'money-as-float', category: 'data', severity: 'medium', state: 'not-applicable', title: 'Amounts of money are exact', reason: 'No amount of money is stored.' },
  { rule: 'backup-local-only', category: 'deployment', severity: 'high', confidence: 'likely', effort: 'M', path: 'scripts/backup.sh', line: 14, title: 'Backups leave the machine', message: 'Backups are written to storage/backups on the same machine.', snippet: 'cp "$DB" storage/backups/', why: 'The disk that fails takes the data and all its backups along.', how: 'Copy every backup to another place, and check that the copy can be read.' },
  { rule: 'docker-root-user', category: 'deployment', severity: 'medium', path: 'Dockerfile', line: 18, title: 'The container runs as an ordinary user', message: 'The last stage never leaves root.', snippet: 'CMD ["gunicorn", "app:create_app()"]', fixes: [{ title: 'Add a user and switch to it', safety: 'review', index: 0 }] },
  { rule: 'image-tag-floating', category: 'deployment', severity: 'low', path: 'Dockerfile', title: 'Images are pinned', message: 'python:latest changes under your feet.', snippet: 'FROM python:latest', fixes: [{ title: 'Pin to 3.12-slim', safety: 'safe', index: 0 }] },
  { rule: 'error-tracking-missing', category: 'observability', severity: 'medium', confidence: 'likely', effort: 'S', path: 'app/__init__.py', line: 30, title: 'Unhandled errors reach a person', message: 'No error tracking is initialised, and the 500 handler does not log.', snippet: 'app = Flask(__name__)' },
  { rule: 'logging-not-configured', category: 'observability', severity: 'medium', state: 'holds', title: 'Logging is configured', evidence: ['dictConfig at start-up'], path: 'app/logging.py' },
  { rule: 'tests-missing', category: 'testing', severity: 'high', state: 'holds', title: 'There are tests', evidence: ['42 tests in 9 files'], path: 'tests/test_loans.py' },
  { rule: 'ci-checks-incomplete', category: 'testing', severity: 'low', confidence: 'likely', path: '.github/workflows/ci.yml', title: 'CI runs lint, tests and an audit of dependencies', message: 'CI never audits the dependencies.', snippet: 'jobs:' },
  {
    rule: 'exception-swallowed', category: 'code', severity: 'medium', effort: 'S', title: 'Errors are handled or logged, never swallowed', why: 'What is caught and dropped cannot be found in a log.', how: 'Catch what you expect, log the rest with `logger.exception`.',
    findings: [...[150, 451, 563].map((line) => ({ path: 'app/scanner.py', line })), ...[859, 1373].map((line) => ({ path: 'app/admin/routes.py', line })), { path: 'app/auth/routes.py', line: 164 }, { path: 'app/email_service/__init__.py', line: 40, silenced: { lane: 'false-positive', reason: 'It is retried by the caller.' } as const }]
      .map((one) => ({ ...one, message: 'Every exception is caught here and none is logged.', snippet: 'except Exception:\n    pass', fixes: [{ title: 'Log the exception', safety: 'safe' as const, index: 0 }] })),
  },
  { rule: 'n-plus-one-query', category: 'performance', severity: 'medium', confidence: 'possible', effort: 'M', path: 'app/catalog/routes.py', line: 140, title: 'Lists load their relations at once', message: 'Each book of the list may load its authors by a query of its own.', snippet: 'for book in books:\n    names = [a.name for a in book.authors]' },
  { rule: 'dependencies-unpinned', category: 'dependencies', severity: 'medium', state: 'holds', title: 'Dependencies are locked', evidence: ['requirements.lock with hashes'], path: 'requirements.lock' },
  { rule: 'docs-name-unknown-variable', category: 'documentation', severity: 'low', path: 'docs/SETUP.md', line: 77, title: 'Documented variables exist', message: 'MAIL_SERVER and 3 others are documented but never read.', snippet: 'MAIL_SERVER=smtp.example.org' },
  { rule: 'outbound-call-no-timeout', category: 'integrations', severity: 'medium', state: 'holds', title: 'Outbound calls have a timeout', evidence: ['12 outbound calls, all with a timeout'], path: 'app/email_service/brevo.py' },
  { rule: 'image-alt-missing', category: 'frontend', severity: 'info', points: 0, path: 'app/templates/book.html', line: 22, title: 'Images have a text for those who do not see them', message: 'This image has no alt text.', snippet: '<img src="{{ book.cover }}">' },
];

/** Not ready: blockers, a ladder, accepted and false findings, something of every state. */
export function demo(): ReportCard {
  return card(RULES, { notices: [incomplete('app/legacy/import.py'), { code: 'too-large', path: 'static/vendor.js', message: 'static/vendor.js is 2.4 MB and was not read.', incomplete: false }] });
}

/** The same once its blockers and its unreadable file are gone: mostly ready. */
export function mended(): ReportCard {
  const blockers = new Set(['sql-injection', 'secret-key-default', 'csrf-missing']);
  return card(RULES.map((rule) => (blockers.has(rule.rule) ? { ...rule, state: 'holds' as const, findings: 0, fixes: [], evidence: ['mended'] } : rule)));
}
