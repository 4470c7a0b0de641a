import type { Document, Edit, Evidence, Judgement, Markdown, Place, Project, Source } from '../kit';
import { documents, fileName, listed, projectRule, replace } from '../kit';

/** A variable that a document tells to set, and where. */
interface Told extends Place { readonly name: string }

export default projectRule({
  id: 'docs-env-drift',
  title: 'Documentation names settings that exist',
  severity: 'medium', points: 3, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: `Operators set a variable that does nothing and look for hours. Wrong documents are worse than none.`,
  how: `Keep the list next to the code that reads it, and check it in CI.`,
  links: ['https://12factor.net/config'],

  applies: (project) => tellings(project).length > 0 || 'No document names variables of the environment.',
  project: judge,

  fix: { title: 'Write the name that the code reads', safety: 'review', edit: (gap, { source, project }) => renamed(gap.at, source, project) },

  examples: () => ({
    'values that stand in the code, and say so': { good: { 'app.py': 'import os\nfrom flask import Flask\napp = Flask(__name__)\nTTL = os.environ["SHOP_BREAKER_RETRIES"]\n', 'README.md': '# Shop\n\n```bash\n# Change them in the code only (no env vars)\nSHOP_BREAKER_THRESHOLD=10\n```\n' } },
    'an older name': {
      bad: { 'README.md': 'Before you start:\n\n    export ENABLE_BILLING=1\n', 'app.py': 'import os\nX = os.getenv("BILLING_ENABLED")\n' },
      good: { 'README.md': 'Before you start:\n\n    export BILLING_ENABLED=1\n' },
    },
    'settings of a library that is gone': { bad: { 'docs/setup.md': 'Set `MAIL_SERVER=smtp.example.com` and `MAIL_PORT=587`.\n', 'app.py': 'import os\nKEY = os.environ["MAIL_API_KEY"]\n', 'requirements.txt': 'flask==3.0.3\n' } },
    'a row of a table': { bad: { 'README.md': '| Variable | Meaning |\n| --- | --- |\n| `SHOP_KEY` | the key |\n| `SHOP_THEME` | colours |\n', 'app.py': 'import os\nX = os.environ["SHOP_KEY"]\n' } },
    'read by a library that is used': { good: { 'docs/setup.md': 'Set `MAIL_SERVER=smtp.example.com`.\n', 'requirements.txt': 'flask==3.0.3\nflask-mail==0.10.0\n', 'app.py': 'import os\nfrom flask import Flask\nfrom flask_mail import Mail\napp = Flask(__name__)\nMail(app)\nX = os.environ["MAIL_NAME"]\n' } },
    'read through a prefix': { good: { 'README.md': '    export APP_REGION=eu\n', 'settings.py': 'import os\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\nclass Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix="APP_")\n    region: str\nX = os.getenv("APP_NAME")\n' } },
    'all of them exist': { good: { 'README.md': '    export SHOP_KEY=x\n', 'app.py': 'import os\nX = os.environ["SHOP_KEY"]\n' } },
    'used in compose': { good: { 'README.md': '    export SHOP_TAG=1.2\n', 'compose.yml': 'services:\n  web:\n    image: shop:${SHOP_TAG}\n', 'app.py': 'import os\nX = os.environ["SHOP_KEY"]\n' } },
    'used in the same document': { good: { 'README.md': '```sh\nexport SHOP_HOST=https://shop.invalid\ncurl $SHOP_HOST/api\n```\n', 'app.py': 'import os\nX = os.environ["SHOP_KEY"]\n' } },
    'of the front end': { good: { 'README.md': '    VITE_SHOP_URL=x\n', 'web/src/a.ts': 'export const url = import.meta.env.VITE_SHOP_URL;\n', 'app.py': 'import os\nX = os.environ["SHOP_URL"]\n' } },
    'for the image of the database': { good: { 'README.md': '    docker run -e POSTGRES_PASSWORD=x postgres\n', 'app.py': 'import os\nX = os.environ["POSTGRES_URL"]\n' } },
    'for the building of a package': { good: { 'README.md': '    PYCURL_SSL_LIBRARY=openssl pip install pycurl\n', 'requirements.txt': 'pycurl==7.45.3\n', 'app.py': 'import os\nX = os.environ["PLUGIN_LIBRARY"]\n' } },
    'nothing like it is read here': { good: { 'README.md': '    export EDITOR_CMD=vim\n', 'app.py': 'import os\nX = os.environ["SHOP_KEY"]\n' } },
    'a list of changes tells what was': { good: { 'CHANGELOG.md': '## 2.0\nSet `BILLING_ENABLED=1` instead of `ENABLE_BILLING=1`.\n', 'app.py': 'import os\nX = os.getenv("BILLING_ENABLED")\n' } },
    'a constant of the code': { good: { 'README.md': 'Set `MAX_SHOP_ITEMS=5` in settings.py.\n', 'settings.py': 'import os\nMAX_SHOP_ITEMS = 3\nX = os.getenv("SHOP_ITEMS")\n' } },
  }),
});

function judge(project: Project): Judgement {
  const all = tellings(project);
  const wrong = all.filter((each) => isGone(each.name, project));
  if (wrong.length === 0) return { holds: [evidence(all, project)] };
  return { open: [...new Set(wrong.map((each) => each.path))].map((path) => {
    const own = wrong.filter((each) => each.path === path);
    const first = own[0] ?? { path, start: 0, end: 0 };
    return { at: { path, start: first.start, end: first.end }, message: `${fileName(path)} tells to set ${listed([...new Set(own.map((each) => each.name))])}, which nothing here reads.`, related: own.slice(1, 6).map((each) => ({ path, start: each.start, end: each.end, text: each.name })) };
  }) };
}

function evidence(all: readonly Told[], project: Project): Evidence {
  const count = new Set(all.map((each) => each.name)).size;
  return { path: all[0]?.path ?? project.anchor.path, start: all[0]?.start ?? 0, end: all[0]?.end ?? 0, text: count === 1 ? 'the variable that documents name is read' : `${count} variables that documents name are all read` };
}

const NAME = /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g;
/** Read by tools, shells, images and hosts, whoever sets them. */
const OF_OTHERS = /^(POSTGRES|PG|MYSQL|MARIADB|MONGO(_INITDB)?|REDIS|RABBITMQ|MINIO|AWS|GCP|GOOGLE|AZURE|GITHUB|GITLAB|CI|DOCKER|COMPOSE|BUILDKIT|KUBE|PYTHON|PIP|UV|POETRY|PIPENV|NPM|NODE|YARN|PNPM|PYTEST|TOX|COVERAGE|DJANGO|FLASK|CELERY|GUNICORN|UVICORN|WEB|SENTRY|OTEL|DD|NEW_RELIC|SSH|GPG|LC|XDG|HTTP|HTTPS|NO|LETSENCRYPT|TRAEFIK|VIRTUAL|PGADMIN|DATABASE|SSL|CURL|REQUESTS|LD|DYLD|CMAKE|PLAYWRIGHT|CYPRESS|SUPERUSER)_/;

/** A comment over values says that they stand in the code. */
const NOT_VARIABLES = /^\s*(#|\/\/).*\b(no (env|environment) ?var|not (an )?environment|(via|in|through) (the )?code only|constants? (of|in) )/im;

/** Names that documents tell to set: assigned in code, exported, or in a table of variables. Only where the code reads variables at all. */
function tellings(project: Project): readonly Told[] {
  return project.once('documentedVariables', () => {
    if (![...project.environment.values()].some((each) => each.reads.length > 0)) return [];
    return documents(project).filter((each) => !/(^|\/)(change-?logs?|changes|history|news|release[-_]?notes?|upgrad\w*|migrat\w*)([./]|$)/i.test(each.path)).flatMap((each) => namesOf(each, project));
  });
}

function namesOf(document: Document, project: Project): readonly Told[] {
  const unit = project.unit(document.path);
  const code = unit?.kind === 'markdown' ? unit.code : [];
  const found: Told[] = [...document.text.matchAll(NAME)].filter((one) => isTold(one[0], one.index, document.text, code)).map((one) => ({ name: one[0], path: document.path, start: one.index, end: one.index + one[0].length }));
  return [...new Map(found.map((each) => [each.name, each])).values()];
}

function isTold(name: string, at: number, text: string, code: Markdown['code']): boolean {
  const line = text.slice(text.lastIndexOf('\n', at) + 1, (text.indexOf('\n', at) + text.length + 1) % (text.length + 1) || text.length);
  const before = line.slice(0, line.indexOf(name));
  const after = text[at + name.length] ?? '';
  const span = code.find((each) => each.at.start <= at && at < each.at.end);
  if (/[$%{]$/.test(before) || OF_OTHERS.test(name) || (span?.block && NOT_VARIABLES.test(span.text))) return false;
  if (span && after === '=' && (text[at + name.length + 1] ?? '') !== '=' && (/^python|^[jt]sx?$|^json$|^toml$/.test(span.language) === false)) return /(^|[\s`"'(]|-e\s?|export\s|set\s|ENV\s)$/.test(before.slice(-8)) || before.trim() === '';
  if (span && /\b(?:export|setx?|-e|--env)\s+$/.test(before)) return true;
  return span !== undefined && !span.block && /^\s*\|/.test(line) && isTable(at, text);
}

/** The head of the table says that its rows are variables. */
function isTable(at: number, text: string): boolean {
  const rows = text.slice(0, at).split('\n');
  let index = rows.length - 1;
  while (index > 0 && /^\s*\|/.test(rows[index - 1] ?? '')) index -= 1;
  return /\b(environment|env|variable|setting)\b/i.test(rows[index] ?? '') || /\benvironment variables?\b/i.test(rows.slice(Math.max(0, index - 4), index).join(' '));
}

/** Nothing reads, sets or names it, though something much like it is read. */
function isGone(name: string, project: Project): boolean {
  if (alike(name, project) === undefined) return false;
  const known = project.environment.get(name);
  if (known && (known.reads.length > 0 || known.declarations.some((each) => each.kind !== 'documentation' && each.kind !== 'example'))) return false;
  if ([...project.environment.values()].some((each) => each.name.toUpperCase() === name || (each.name.endsWith('*') && name.startsWith(each.name.slice(0, -1).toUpperCase())) || each.reads.some(({ read }) => read.aliases?.some((alias) => alias.toUpperCase() === name)))) return false;
  if (readByLibrary(name, project)) return false;
  const used = new RegExp(`\\b${name}\\b`);
  return !project.units.some((unit) => {
    const text = unit.kind === 'manifest' && unit.lock ? undefined : project.text(unit.path);
    if (text === undefined || !text.includes(name)) return false;
    return unit.kind === 'markdown' || (unit.kind === 'plain' && unit.format === 'text') || (unit.kind === 'dotenv' && unit.example) ? new RegExp(`[$%]\\{?${name}\\b`).test(text) : used.test(text);
  });
}

const LIBRARIES: readonly (readonly [RegExp, RegExp])[] = [
  [/^MAIL_/, /^flask-?_?(mail\w*|mailman)$|fastapi-mail/], [/^SESSION_/, /flask-session/], [/^SQLALCHEMY_/, /sqlalchemy/], [/^(CACHE|RATELIMIT|JWT|SECURITY|BABEL|OAUTH\w*|WTF|UPLOADS?|S3|LDAP|SAML|STRIPE|TWILIO|SENDGRID|MAILGUN|CLOUDINARY|OPENAI|ANTHROPIC|HF|HUGGING\w*|LANGCHAIN|LANGSMITH|WANDB|SLACK|TELEGRAM|DISCORD|AUTH0|OKTA|KEYCLOAK|SUPABASE|FIREBASE)_/, /./],
];

function readByLibrary(name: string, project: Project): boolean {
  const packages = project.of('manifest').flatMap((unit) => unit.packages.map((each) => each.name.toLowerCase()));
  // `PYCURL_SSL_LIBRARY` is for those who build pycurl.
  if (packages.some((each) => each.replace(/[-_.]/g, '').startsWith(name.split('_')[0]?.toLowerCase() ?? name))) return true;
  return LIBRARIES.some(([prefix, library]) => prefix.test(name) && packages.some((each) => library.test(each) && (library.source !== '.' || each.replace(/[-_]/g, '').includes(name.split('_')[0]?.toLowerCase() ?? ''))));
}

/** A name that is read and shares a word with this one that says something. */
function alike(name: string, project: Project): string | undefined {
  const words = new Set(name.split('_').filter((word) => word.length > 2 && !COMMON.has(word)));
  const read = [...project.environment.values()].filter((each) => each.reads.length > 0 && /^[A-Z][A-Z0-9_]+$/.test(each.name));
  const shared = (other: string) => other.split('_').filter((word) => words.has(word)).length;
  return read.map((each) => each.name).filter((other) => shared(other) > 0).sort((a, b) => shared(b) - shared(a) || Math.abs(a.length - name.length) - Math.abs(b.length - name.length))[0];
}

const COMMON: ReadonlySet<string> = new Set(['API', 'KEY', 'URL', 'URI', 'HOST', 'PORT', 'NAME', 'USER', 'PASSWORD', 'SECRET', 'TOKEN', 'ENABLED', 'ENABLE', 'DEBUG', 'MODE', 'PATH', 'DIR', 'FILE', 'MAX', 'MIN', 'SIZE', 'TIMEOUT', 'ID', 'ENV', 'TYPE', 'LEVEL', 'DEFAULT', 'SERVER', 'CLIENT', 'DATA', 'LOG', 'TEST', 'USE', 'APP']);

/** Only where one name reads like the other: all of its words but one or two. */
function renamed(at: Place, source: Source, project: Project): readonly Edit[] | undefined {
  const written = source.slice(at);
  const other = alike(written, project);
  const stem = (name: string) => name.split('_').map((word) => word.replace(/(ED|ING|S|D|E)$/, '')).sort().join('_');
  return other !== undefined && stem(other) === stem(written) ? [replace(at, other)] : undefined;
}
