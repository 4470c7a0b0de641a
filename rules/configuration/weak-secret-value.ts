import type { Pair, Project, Selector, Unit, Variation } from '../kit';
import { VARIABLE_KINDS, fileName, givenVariables, isFiller, isInfrastructure, isReference, isSigningKey, replace, rule } from '../kit';

/** A secret that a file of variables holds. */
interface Given { readonly pair: Pair; readonly unit: Unit }

const SECRET = /(^|_)(PASS(WORD|WD|PHRASE)?|PWD|SECRET|SECRET_KEY|TOKEN|API_?KEY|ACCESS_?KEY|ADMIN_?KEY|PRIVATE_?KEY|SIGNING_?KEY|ENCRYPTION_?KEY)$/;
/** Seen by every browser, or no secret at all. */
const PUBLIC = /^(VITE|NEXT_PUBLIC|REACT_APP|NUXT_PUBLIC|EXPO_PUBLIC)_|(^|_)(PUBLIC|PUBLISHABLE|SITE|CSRF|MAX|MIN)_/;
/** Accounts that may do everything. */
const ADMINISTRATOR = /(^|_)(ADMIN|ADMINISTRATOR|SUPERUSER|ROOT|MASTER|OWNER)(_|$)/;
/** Datastores of a compose file have a rule of their own. */
const DATASTORE = /^(POSTGRES|MYSQL|MARIADB|MONGO|REDIS|RABBITMQ|ELASTIC|MINIO|PGADMIN|GF_)/;
/** What everybody tries first. */
const TRIED = /^(admin\d*|administrator|pass(word|wd|w0rd)?\d*!?|secret(key)?\d*|supersecret\w*|change_?(me|this)\w*|test\d*|dev(elopment)?|default|letmein|welcome\d*|1234\d*|qwerty\w*|root|toor|guest|demo|keyboard cat|insecure)$/i;

export default rule<Given>({
  id: 'weak-secret-value',
  title: 'Configured secrets are long and random',
  severity: 'high', points: 15, confidence: 'confirmed',
  blocks: { when: 'the file is tracked by git or one production runs from', holds: (project) => project.production.length > 0 || project.of('dotenv').some((each) => !each.example && project.tracked(each.path) === true) },
  effort: 'S', since: '1', secret: true,
  why: 'Guessable keys are tried first and found in seconds. A length check at start would have stopped it.',
  how: 'Generate with secrets.token_urlsafe(32) and keep it outside the repository.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html', 'https://docs.python.org/3/library/secrets.html'],
  anchors: ['django security.W009', 'django security.W025', 'CWE-521', 'CWE-1391'],

  on: given(),
  check: ({ pair, unit }, { project }) => {
    if (weakness(pair) === undefined || isRefused(pair, project)) return false;
    if (!project.production.includes(unit) && project.tracked(unit.path) !== true) return { severity: 'medium', because: 'the file is on this machine alone' } satisfies Variation;
    return !isSigningKey(pair.name) && !ADMINISTRATOR.test(pair.name) || { severity: 'critical', because: 'whoever guesses it signs in as anybody' } satisfies Variation;
  },
  message: ({ pair, unit }) => `${pair.name} in ${fileName(unit.path)} ${weakness(pair) ?? 'is weak'}.`,
  underline: ({ pair }) => pair.valueAt ?? pair.at,
  holds: ({ pair }) => isReference(bare(pair)) ? undefined : 'A configured secret is long',
  nothing: 'No file of variables holds a secret.',
  summary: (count) => count === 1 ? 'The only configured secret is long' : `${count} configured secrets, all long`,

  fix: {
    title: 'Take the value out of the file',
    safety: 'review',
    edit: ({ pair, unit }, { source, project }) => {
      if (!pair.valueAt) return undefined;
      if (unit.kind === 'compose') return [replace(pair.valueAt, `\${${pair.name}:?${pair.name} is not set}`)];
      if (unit.kind === 'dotenv') return project.production.includes(unit) || project.tracked(unit.path) === true ? [replace(pair.valueAt, '')] : undefined;
      const key = /value:[ \t]*$/.exec(source.slice({ start: source.lineStart(pair.valueAt.start), end: pair.valueAt.start }))?.[0];
      return unit.kind === 'platform' && /(^|\/)render\.ya?ml$/.test(unit.path) && key !== undefined ? [replace({ start: pair.valueAt.start - key.length, end: pair.valueAt.end }, 'generateValue: true')] : undefined;
    },
    remains: 'Set a generated value where the application runs: the old one is in the history.',
  },

  examples: () => ({
    'a signing key of production': { bad: { '.env.production': 'SECRET_KEY=changeme\nDEBUG=0\n' }, good: { '.env.production': 'SECRET_KEY=\nDEBUG=0\n' }, severity: 'critical' },
    'an administrator\'s password': { bad: { '.env.production': 'ADMIN_PASSWORD=admin123\n' }, severity: 'critical' },
    'a file of the platform': {
      bad: { 'render.yaml': 'services:\n  - type: web\n    name: api\n    envVars:\n      - key: JWT_SECRET\n        value: dev-secret\n' },
      good: { 'render.yaml': 'services:\n  - type: web\n    name: api\n    envVars:\n      - key: JWT_SECRET\n        generateValue: true\n' }, severity: 'critical',
    },
    'a compose file': {
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      SECRET_KEY: supersecret\n' }, good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      SECRET_KEY: ${SECRET_KEY:?SECRET_KEY is not set}\n' }, severity: 'critical',
    },
    'a key that is too short': { bad: { '.env.production': 'JWT_SECRET=k3v9x2m4q8\n' }, severity: 'critical' },
    'a key of one letter': { bad: { '.env.production': 'SECRET_KEY=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n' }, severity: 'critical' },
    'a mail password': { bad: { '.env.production': 'MAIL_PASSWORD=letmein\n' } },
    'on this machine': { bad: { '.env': 'SECRET_KEY=dev\n' }, severity: 'medium' },
    'a unit of systemd': { bad: { 'deploy/shop.service': '[Service]\nEnvironment=SECRET_KEY=changeme\nExecStart=/srv/venv/bin/gunicorn app:app\n' }, severity: 'critical' },
    'an example': { good: { '.env.example': 'SECRET_KEY=changeme\n' } },
    'generated by the platform': { good: { 'render.yaml': 'services:\n  - type: web\n    name: api\n    envVars:\n      - key: JWT_SECRET\n        generateValue: true\n' } },
    'a long value': { good: { '.env.production': `SECRET_KEY=${'9f86d081884c7d65'.repeat(4)}\nMAIL_PASSWORD=tR7-kmW.2pXq\n` } },
    'empty, and references': { good: { '.env.production': 'SECRET_KEY=\nJWT_SECRET=${JWT_SECRET}\nDB_PASSWORD=$(pass db)\nSECRET_KEY_FILE=/run/secrets/key\n' } },
    'names that are no secrets': { good: { '.env.production': 'MAX_TOKENS=100\nTOKEN_TTL=60\nPASSWORD_MIN_LENGTH=8\nVITE_API_KEY=test\nCSRF_TOKEN_NAME=csrf\nSECRET_NAME=shop\nSTRIPE_PUBLIC_KEY=test\n' } },
    'an account elsewhere that is still to be filled in': { good: { '.env.production': 'STRIPE_API_KEY=your-stripe-key\nSENTRY_TOKEN=replace-me\nMAIL_PASSWORD=your-app-password\n' } },
    'variables that say they are for development': { good: { '.env': 'APP_ENV=development\nSECRET_KEY=dev\n' } },
    'a compose file that starts a server for developers': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    command: python manage.py runserver 0.0.0.0:8000\n    environment:\n      - SECRET_KEY=foo\n' } },
    'a datastore of a compose file': { good: { 'docker-compose.yml': 'services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: postgres\n  web:\n    build: .\n    environment:\n      POSTGRES_PASSWORD: postgres\n' } },
    'a compose file for development': { good: { 'docker-compose.dev.yml': 'services:\n  web:\n    build: .\n    environment:\n      SECRET_KEY: dev\n' } },
    'variables for tests': { good: { '.env.test': 'SECRET_KEY=test\n', '.env.local': 'SECRET_KEY=dev\n', 'tests/.env': 'SECRET_KEY=test\n' } },
    'refused by the code': {
      good: { '.env.production': 'SECRET_KEY=changethis\n', 'settings.py': 'import os\n\nSECRET_KEY = os.environ["SECRET_KEY"]\nif SECRET_KEY == "changethis":\n    raise RuntimeError("SECRET_KEY is not set")\n' },
    },
    'a workflow': { good: { '.github/workflows/ci.yml': 'on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    env:\n      SECRET_KEY: test\n    steps:\n      - run: pytest\n' } },
    'only a comment': { good: { '.env.production': '# SECRET_KEY=changeme\n' } },
  }),
});

function given(): Selector<Given> {
  return {
    kinds: VARIABLE_KINDS, callees: [],
    *select(unit, project) {
      if (unit.kind === 'dotenv' ? unit.example || unit.role === 'test' || project.developmentName(fileName(unit.path)) || isForDevelopment(unit.variables) : !project.production.includes(unit)) return;
      for (const pair of ownVariables(unit)) if (SECRET.test(pair.name) && !PUBLIC.test(pair.name) && bare(pair) !== '') yield { pair, unit };
    },
  };
}

/** A file of variables that says it is for development: `APP_ENV=development`. */
function isForDevelopment(all: readonly Pair[]): boolean {
  return all.some((each) => /(^|_)ENV(IRONMENT)?$/.test(each.name) && /^(dev|local|test)/i.test(bare(each)));
}

/** Variables of the application: those of the datastores beside it are another rule's. */
function ownVariables(unit: Unit): readonly Pair[] {
  if (unit.kind !== 'compose') return givenVariables(unit);
  const services = unit.services.filter((each) => each.image === undefined || !isInfrastructure(each.image));
  return givenVariables({ ...unit, services }).filter((each) => !DATASTORE.test(each.name));
}

function bare({ value = '' }: Pair): string {
  return value.trim().replace(/^(["'])(.*)\1$/, '$2');
}

/** What is wrong with the value, as a sentence goes on after the name; undefined when nothing is. */
function weakness(pair: Pair): string | undefined {
  const value = bare(pair);
  if (isReference(value) || /[$]\w|^\$\(|^%\w+%$|:\/\/|^(true|false)$|^-----BEGIN/i.test(value) || value === '') return undefined;
  if (TRIED.test(value) || value.toUpperCase() === pair.name.toUpperCase()) return 'is a word that is tried first';
  const signing = isSigningKey(pair.name) && !/SALT$/.test(pair.name);
  const password = /(PASS(WORD|WD|PHRASE)?|PWD)$/.test(pair.name);
  const own = signing || ADMINISTRATOR.test(pair.name);
  if (!own && !password) return undefined;
  // A placeholder for an account elsewhere opens nothing: it was never filled in.
  if (isFiller(value)) return own ? 'is a placeholder that anybody can guess' : undefined;
  if (own && /^(django-insecure|dev|insecure|test|example|my)[-_]/i.test(value)) return 'is a placeholder that anybody can guess';
  if (signing && value.length < 32) return `has ${value.length} characters: a signing key needs 32`;
  if (signing && new Set(value).size < 5) return 'is made of very few different characters';
  return !signing && value.length < 10 && /^[A-Za-z0-9]+$/.test(value) ? `has ${value.length} characters, letters and digits only` : undefined;
}

/** The code stops on this very value. */
function isRefused(pair: Pair, project: Project): boolean {
  const value = bare(pair);
  return project.modules.some((module) => module.refusals.some((each) => each.against.includes(value) && (each.scope !== '' || each.about.some((one) => one.toUpperCase().endsWith(pair.name.toUpperCase())))))
    || project.settings(pair.name).some((each) => each.refusal !== undefined);
}
