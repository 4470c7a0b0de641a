import type { Dockerfile, Edit, Instruction, Pair, Project, Selector, Source, Span, Stage, Variation } from '../kit';
import { credentialsIn, fileName, isFiller, isReference, isSecretName, looksReal, replace, rule, shippedStages } from '../kit';

/** Something secret that a layer of an image keeps. `word`: a word that stands for a secret, not one. */
interface Kept { readonly how: 'variable' | 'argument' | 'file' | 'address'; readonly name: string; readonly at: Span; readonly instruction: Instruction; readonly shipped: boolean; readonly word: boolean; readonly pair?: Pair }

export default rule<Kept>({
  id: 'docker-secret-in-image',
  title: 'Images contain no secret',
  severity: 'critical', points: 40, confidence: 'likely', blocks: 'always', effort: 'S', since: '1', secret: true,
  why: 'Everyone who can pull the image reads the value with docker history. Deleting the file in a later layer does not remove it.',
  how: 'Pass secrets when the container starts; use build secrets during the build.',
  links: ['https://docs.docker.com/build/building/secrets/', 'https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html'],
  anchors: ['hadolint DL3064', 'trivy DS-0031', 'semgrep secret-in-build-arg', 'CWE-538', 'CWE-798'],

  on: kept(),
  check: (it) => gradeOf(it),
  message: (it) => message(it),
  underline: ({ at }) => at,
  nothing: 'No Dockerfile gives an image a secret.',

  fix: [
    { title: 'Remove the instruction', safety: 'review', edit: (it, { source }) => it.how === 'variable' || it.how === 'file' ? removed(it, source) : undefined, remains: 'Give it to the container when it starts, and replace the one that was in the image.' },
  ],

  examples: () => ({
    'a variable': {
      bad: { Dockerfile: 'FROM python:3.12-slim\nENV SECRET_KEY=f3b1c9d0a7e84c52\nCMD ["gunicorn", "app:app"]\n' },
      good: { Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n' },
    },
    'one of several variables': {
      bad: { Dockerfile: 'FROM python:3.12-slim\nENV PORT=8000 \\\n    ADMIN_PASSWORD=tulip-basket-9 \\\n    DEBUG=0\nCMD ["gunicorn", "app:app"]\n' },
      good: { Dockerfile: 'FROM python:3.12-slim\nENV PORT=8000 \\\n    DEBUG=0\nCMD ["gunicorn", "app:app"]\n' },
    },
    'a file': {
      bad: { Dockerfile: 'FROM python:3.12-slim\nCOPY .env .\nCMD ["gunicorn", "app:app"]\n' },
      good: { Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n' },
    },
    'a key beside other files': { bad: { Dockerfile: 'FROM python:3.12-slim\nCOPY app.py deploy/id_rsa /srv/\nCMD ["gunicorn", "app:app"]\n' } },
    'an argument that is used': { bad: { Dockerfile: 'FROM node:22-slim\nARG NPM_TOKEN\nRUN echo "//registry.npmjs.org/:_authToken=${NPM_TOKEN}" > ~/.npmrc && npm ci\nCMD ["node", "server.js"]\n' } },
    'an argument that becomes a variable': { bad: { Dockerfile: 'FROM python:3.12-slim\nARG API_TOKEN\nENV API_TOKEN=$API_TOKEN\nCMD ["gunicorn", "app:app"]\n' } },
    'an address with a password': { bad: { Dockerfile: 'FROM python:3.12-slim\nRUN pip install git+https://bot:tulipbasket9@git.example.com/acme/shop.git\nCMD ["gunicorn", "app:app"]\n' } },
    'a word in the place of a secret': { severity: 'medium', bad: { Dockerfile: 'FROM python:3.12-slim\nENV SECRET_KEY=changeme\nCMD ["gunicorn", "app:app"]\n' } },
    'an argument of a stage that is thrown away': { severity: 'low', bad: { Dockerfile: 'FROM node:22 AS assets\nARG NPM_TOKEN\nRUN NPM_TOKEN=$NPM_TOKEN npm ci\nFROM python:3.12-slim\nCOPY --from=assets /dist /dist\nCMD ["gunicorn", "app:app"]\n' } },
    'a word for one command': { good: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nRUN SECRET_KEY=build-only python manage.py collectstatic --noinput\nCMD ["gunicorn", "proj.wsgi"]\n' } },
    'a mounted secret': { good: { Dockerfile: 'FROM node:22-slim\nRUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci\nCMD ["node", "server.js"]\n' } },
    'places, switches and public keys': { good: { Dockerfile: 'FROM python:3.12-slim\nENV SECRET_KEY_FILE=/run/secrets/key TOKEN_EXPIRE_MINUTES=30 STRIPE_PUBLIC_KEY=pk_9 PASSWORD_LOGIN=true SECRET_KEY="" VITE_MAP_TOKEN=abc12345\nENV AUTH_TOKEN=${AUTH_TOKEN:-}\nCOPY .env.example certs/ca.pem id_rsa.pub /srv/\nCMD ["gunicorn", "app:app"]\n' } },
    'settings that a deployment fills in, without a secret': { good: { Dockerfile: 'FROM python:3.12-slim\nCOPY .env .\nCMD ["gunicorn", "app:app"]\n', '.env': 'FLASK_APP=shop\n{% if debug %}\nLOG_LEVEL=debug\n{% endif %}\n' } },
    'settings without a secret': { good: { Dockerfile: 'FROM python:3.12-slim\nCOPY .env .\nCMD ["gunicorn", "app:app"]\n', '.env': 'FLASK_APP=shop\nLOG_LEVEL=info\n' } },
    'settings of npm without a token': { good: { Dockerfile: 'FROM node:22-slim\nCOPY package.json .npmrc ./\nCMD ["node", "server.js"]\n', '.npmrc': 'engine-strict=true\n' } },
    'a word in a stage that is thrown away': { good: { Dockerfile: 'FROM python:3.12 AS build\nENV SECRET_KEY=build-only\nRUN python manage.py collectstatic\nFROM python:3.12-slim\nCOPY --from=build /app /app\nCMD ["gunicorn", "app:app"]\n' } },
    'a name that speaks of secrets': { good: { Dockerfile: 'FROM python:3.12-slim\nENV SECRET_MANAGER=vault TOKEN_KIND=bearer\nCMD ["gunicorn", "app:app"]\n' } },
    'a password that everybody knows': { severity: 'medium', bad: { Dockerfile: 'FROM python:3.12-slim\nENV DB_PASSWORD=postgres\nCMD ["gunicorn", "app:app"]\n' } },
    'an argument that nobody uses': { good: { Dockerfile: 'FROM python:3.12-slim\nARG GITHUB_TOKEN\nCMD ["gunicorn", "app:app"]\n' } },
    'an image for developers': { good: { 'Dockerfile.dev': 'FROM python:3.12-slim\nENV SECRET_KEY=dev\nCMD ["flask", "run"]\n' } },
  }),
});

function kept(): Selector<Kept> {
  return {
    kinds: ['dockerfile'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'dockerfile' || unit.role !== 'production' || !project.production.some((each) => each.path === unit.path)) return;
      const chain = shippedStages(unit, project);
      for (const stage of unit.stages) yield* inStage(stage, unit, chain.includes(stage), project);
    },
  };
}

function* inStage(stage: Stage, file: Dockerfile, shipped: boolean, project: Project): Iterable<Kept> {
  for (const instruction of stage.instructions) {
    const { keyword, pairs } = instruction;
    const place = { instruction, shipped };
    if (keyword === 'ENV') for (const pair of pairs) if (isSecret(pair)) yield { ...place, how: 'variable', name: pair.name, at: pair.at, word: isWord(pair.value ?? ''), pair };
    if (keyword === 'ARG') for (const pair of pairs) if (isSecretName(pair.name) && (isSecret(pair) && !isWord(pair.value ?? '') || isUsed(pair.name, stage, instruction))) yield { ...place, how: 'argument', name: pair.name, at: pair.at, word: false, pair };
    if ((keyword === 'COPY' || keyword === 'ADD') && instruction.flags.from === undefined) {
      const name = sourcesOf(instruction).find((each) => isSecretFile(each, file, project));
      if (name !== undefined) yield { ...place, how: 'file', name, at: instruction.at, word: false };
    }
    if (keyword === 'RUN') {
      const address = instruction.commands.flatMap((command) => command.words.map((word, index) => ({ word, at: command.wordsAt[index] ?? command.at }))).find(({ word }) => hasCredentials(word));
      if (address) yield { ...place, how: 'address', name: '', at: address.at, word: false };
    }
  }
}

/** A name of a secret with a value of its own: references, switches and numbers are none. */
function isSecret({ name, value }: Pair): boolean {
  return isSecretName(name) && value !== undefined && !isReference(value) && !/\$\w/.test(value) && !/^(true|false|yes|no|on|off|none|null|-?\d{1,5})$/i.test(value) && !/^(\/|\.\/|https?:\/\/)/.test(value)
    && (looksReal(value) || /(KEY|TOKEN|PASSWORD|PASSWD|PASSPHRASE|PWD|PASS|SECRET|CREDENTIALS?|SALT)$/i.test(name));
}

/** It stands for a secret while the image is built. */
function isWord(value: string): boolean {
  return isFiller(value) || (!looksReal(value) && (value.length < 6 || /postgres|mysql|admin|root|passw|build|dummy|fake|placeholder|not[-_ ]?used|unused|collectstatic|temp|insecure|change|dev|test|example|secret|default/i.test(value)));
}

function isUsed(name: string, stage: Stage, argument: Instruction): boolean {
  const use = new RegExp(`\\$(${name}\\b|\\{${name}[}:])`);
  return stage.instructions.some((each) => each.at.start > argument.at.start && ((each.keyword === 'RUN' && use.test(each.text)) || (each.keyword === 'ENV' && each.pairs.some((pair) => use.test(pair.value ?? '')))));
}

function sourcesOf({ exec, text }: Instruction): readonly string[] {
  return text.startsWith('<<') ? [] : (exec ?? text.split(/\s+/)).slice(0, -1);
}

const SECRET_FILES = /^(id_(rsa|dsa|ecdsa|ed25519)|\.netrc|\.pypirc|\.pgpass|\.git-credentials|\.s3cfg|kubeconfig|(google-?)?(service[-_]?account|application_default_credentials|credentials|client_secrets?)[\w.-]*\.json|[\w.-]*(private|server|privkey|signing)[\w.-]*\.(key|pem)|[\w.-]+\.(p12|pfx|jks|keystore)|\.(aws|ssh|gnupg))$/i;

function isSecretFile(path: string, file: Dockerfile, project: Project): boolean {
  const name = fileName(path.replace(/\/$/, ''));
  if (/^\.env(\.(prod(uction)?|local|staging|live))?$/i.test(name)) return !holdsNoSecret(name, project);
  if (name === '.npmrc') return project.of('plain').some((unit) => fileName(unit.path) === '.npmrc' && /_auth(Token)?\s*=\s*[^$\s]/.test(project.text(unit.path) ?? ''));
  return SECRET_FILES.test(name) && !/public|example|sample|(^|[-_.])ca([-_.]|$)/i.test(name) && file.whole;
}

/** The file is in the project, and nothing in it is a secret, as far as it can be read. */
function holdsNoSecret(name: string, project: Project): boolean {
  const found = project.of('dotenv').filter((unit) => fileName(unit.path) === name);
  return found.length > 0 && found.every((unit) => unit.variables.every((pair) => !isSecret(pair) && credentialsIn(pair.value ?? '') === undefined));
}

function hasCredentials(word: string): boolean {
  const url = /(?:git\+)?(https?:\/\/[^\s'"]+)/.exec(word)?.[1];
  const found = url === undefined ? undefined : credentialsIn(url);
  return found !== undefined && !/^\$/.test(found.password) && !/\$\{?\w/.test(found.password);
}

function gradeOf({ shipped, word, how }: Kept): boolean | Variation {
  if (word) return shipped && how === 'variable' ? { severity: 'medium', points: 6, because: 'it is a word that stands for a secret; the container runs with it unless it is replaced' } : false;
  return shipped || { severity: 'low', points: 2, because: 'the layers of this stage are not in the image' };
}

function message({ how, name, instruction, word }: Kept): string {
  switch (how) {
    case 'variable': return word ? `${name} has a value that everybody knows, unless the container is given another.` : `ENV stores ${name} in the image.`;
    case 'argument': return `The argument ${name} is kept in the history of the image: ${instruction.pairs.some((each) => each.value !== undefined && each.name === name && isSecret(each)) ? 'its value stands in the file' : 'instructions after it use it'}.`;
    case 'file': return `${instruction.keyword} puts ${name} into the image.`;
    case 'address': return 'An address with a password is kept in the history of the image.';
  }
}

/** The instruction, or of several variables the one; what is copied beside other files stays for a person. */
function removed({ how, instruction, pair }: Kept, source: Source): readonly Edit[] | undefined {
  if (how === 'file' && sourcesOf(instruction).length !== 1) return undefined;
  if (how === 'variable' && instruction.pairs.length > 1) return pair && withoutPair(pair, source);
  const start = source.lineStart(instruction.at.start);
  const end = source.lineEnd(instruction.at.end);
  return [replace({ start, end: Math.min(end + source.newline.length, source.length) }, '')];
}

/** A variable on a line of its own that goes on. */
function withoutPair(pair: Pair, source: Source): readonly Edit[] | undefined {
  const start = source.lineStart(pair.at.start);
  const end = source.lineEnd(pair.at.end);
  const alone = /^[ \t]*$/.test(source.slice({ start, end: pair.at.start })) && /^[ \t]*\\[ \t]*$/.test(source.slice({ start: pair.at.end, end }));
  return alone ? [replace({ start, end: Math.min(end + source.newline.length, source.length) }, '')] : undefined;
}
