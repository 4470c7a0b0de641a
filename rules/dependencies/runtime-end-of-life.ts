import type { Dockerfile, Manifest, Pair, Product, Project, Selector, Source, Span, Unit, Variation, Workflow } from '../kit';
import { besideTheApplication, deployedServices, DEBIAN_NAMES, PRODUCTS, TABLE_DATE, fileName, isActive, plainName, replace, rule, shippedStages } from '../kit';

/** A named version of something that gets fixes until a day. */
interface Version { readonly product: Product; readonly release: string; readonly written: string; readonly at: Span; readonly unit: Unit; readonly ci?: true }

export default rule<Version>({
  id: 'runtime-end-of-life',
  title: 'Runtimes and frameworks still get security fixes',
  severity: 'medium', points: 6, confidence: 'confirmed', blocks: 'never', effort: 'M', since: '1',
  why: `New holes are published and nobody fixes them for you. Packages also stop building there, so fixes elsewhere cannot be installed.`,
  how: `Plan an upgrade before the date; keep the newest long-term version.`,
  links: ['https://devguide.python.org/versions/', 'https://nodejs.org/en/about/previous-releases', 'https://endoflife.date/'],
  anchors: ['CWE-1104', 'ASVS 15.2.1'],

  on: versions(),
  check: (it, { project }): boolean | Variation => {
    const end = endOf(it);
    if (end === undefined || end >= TABLE_DATE) return false;
    if (it.ci) return { severity: 'low', because: 'only CI uses it' };
    const beside = it.unit.kind === 'compose' ? besideTheApplication(it.unit, project) : undefined;
    if (beside) return beside;
    // Beside an application of Python, Node builds its pages; the image says so where it runs.
    if (it.product === PRODUCTS.node && it.unit.kind !== 'dockerfile' && project.applications.length > 0 && !['express', 'fastify', 'koa', 'nest', 'next'].some((each) => project.applications.some((app) => app.framework === each))) return { severity: 'low', because: 'it builds pages, and serves none' };
    return it.product.exposed && years(end) > 2 ? { severity: 'high', points: 10, because: 'that is more than two years ago, and it faces the network' } : true;
  },
  message: (it) => `${it.product.name} ${it.release} got its last fixes on ${endOf(it) ?? ''} (dates known on ${TABLE_DATE}).`,
  underline: ({ at }) => at,
  holds: (it) => { const end = endOf(it); return end === undefined || end < TABLE_DATE ? undefined : `${it.product.name} ${it.release} gets fixes until ${end}`; },
  nothing: 'No version of a known runtime, database or framework is named.',

  fix: {
    title: 'Move to a supported version', safety: 'review', edit: (it, { source }) => moving(it, source),
    remains: 'Run the tests on it: versions between may have taken something away.',
  },

  examples: () => ({
    'a cache': { bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    restart: always\n  cache:\n    image: redis:4\n    restart: always\n' } },
    'caches that get fixes': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    restart: always\n  cache:\n    image: redis:7-alpine\n    restart: always\n  sessions:\n    image: redis:6.2\n    restart: always\n' } },
    'the same in both stages': { bad: { Dockerfile: 'FROM python:3.9-slim AS build\nRUN pip wheel -w /wheels -r requirements.txt\nFROM python:3.9-slim\nCOPY --from=build /wheels /wheels\nCMD ["gunicorn", "app:app"]\n' } },
    'an image': {
      severity: 'high',
      bad: { Dockerfile: 'FROM python:3.7-slim\nCMD ["gunicorn", "app:app"]\n' },
      good: { Dockerfile: 'FROM python:3.13-slim\nCMD ["gunicorn", "app:app"]\n' },
    },
    'the system below it': { bad: { Dockerfile: 'FROM python:3.12-slim-buster\nCMD ["gunicorn", "app:app"]\n' } },
    'the framework': { severity: 'high', bad: { 'requirements.txt': 'Django==2.2.28\n' } },
    'the framework, held below the next': { severity: 'high', bad: { 'pyproject.toml': '[tool.poetry.dependencies]\npython = "^3.12"\ndjango = ">=3.2,<4.0"\n' } },
    'a file for version managers': { bad: { '.python-version': '3.9.18\n' } },
    'a file for Heroku': { severity: 'high', bad: { 'runtime.txt': 'python-3.8.10\n' }, },
    'a database': { bad: { 'compose.yml': 'services:\n  db:\n    image: postgres:12-alpine\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n' } },
    'only CI': { severity: 'low', bad: { '.github/workflows/ci.yml': 'on: [push]\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/setup-python@v5\n        with:\n          python-version: "3.8"\n      - run: pytest\n' } },
    'twice in a workflow': { severity: 'low', bad: { '.github/workflows/ci.yml': 'on: [push]\njobs:\n  lint:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/setup-node@v4\n        with: {node-version: "18"}\n      - run: npm run lint\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/setup-node@v4\n        with: {node-version: "18"}\n      - run: npm test\n' } },
    'a workflow of another repository, copied here': { good: { 'themes/plain/.github/workflows/ci.yml': 'on: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/setup-node@v4\n        with: {node-version: "16"}\n      - run: npm test\n' } },
    'a database for developers, beside the application': { severity: 'low', bad: { 'docker-compose.yml': 'services:\n  db:\n    image: postgres:12\n    restart: unless-stopped\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn app:app\n' } },
    'a database under a layer for production': { severity: 'medium', bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: mongo:4.2.1-bionic\n', 'docker-compose.prod.yml': 'services:\n  web:\n    command: node server.js\n' } },
    'engines': { bad: { 'package.json': '{ "name": "shop", "engines": { "node": "18.x" } }\n' } },
    'a version of the platform': { bad: { 'render.yaml': 'services:\n  - type: web\n    name: shop\n    envVars:\n      - key: PYTHON_VERSION\n        value: 3.9.1\n' } },
    'it only builds pages': { severity: 'low', bad: { '.nvmrc': '16\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'supported ones': { good: { Dockerfile: 'FROM python:3.12-slim-bookworm\nCMD ["gunicorn", "app:app"]\n', 'requirements.txt': 'Django==5.2.1\n', 'compose.yml': 'services:\n  db:\n    image: postgres:16\n  cache:\n    image: redis:7\n' } },
    'a matrix of a library': { good: { '.github/workflows/ci.yml': 'on: [push]\njobs:\n  t:\n    runs-on: ubuntu-latest\n    strategy: {matrix: {python: ["3.8", "3.12"]}}\n    steps:\n      - uses: actions/setup-python@v5\n        with:\n          python-version: ${{ matrix.python }}\n      - run: pytest\n' } },
    'at least that': { good: { 'pyproject.toml': '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.8"\ndependencies = ["django>=3.2"]\n', 'package.json': '{ "name": "shop", "engines": { "node": ">=16" } }\n' } },
    'a stage that only builds': { good: { Dockerfile: 'FROM node:16 AS assets\nRUN npm ci && npm run build\n\nFROM python:3.12-slim\nCOPY --from=assets /app/dist /srv\nCMD ["gunicorn", "app:app"]\n' } },
    'names nobody knows': { good: { Dockerfile: 'FROM registry.shop.test/base:3.7\nCMD ["gunicorn", "app:app"]\n', 'requirements.txt': 'djangorestframework==3.2.0\nflask==0.12\n' } },
    'a tag without a version, and one from a variable': { good: { Dockerfile: 'ARG TAG\nFROM python:${TAG}\nCMD ["gunicorn", "app:app"]\n', 'compose.yml': 'services:\n  db:\n    image: postgres:alpine\n' } },
    'tests on an old database': { good: { 'tests/compose.yml': 'services:\n  db:\n    image: postgres:12\n', 'compose.test.yml': 'services:\n  db:\n    image: postgres:12\n' } },
  }),
});

function versions(): Selector<Version> {
  return {
    kinds: ['dockerfile', 'compose', 'manifest', 'plain', 'platform', 'workflow'], callees: [],
    *select(unit, project) {
      if (unit.role !== 'production') return;
      switch (unit.kind) {
        case 'dockerfile': if (project.production.includes(unit)) yield* ofImage(unit, project); break;
        case 'compose': if (project.production.includes(unit) || deployedServices(project).some((each) => each.file === unit)) for (const each of unit.services) if (each.image && each.imageAt) yield* ofTag(each.image, each.imageAt, unit); break;
        case 'manifest': yield* ofManifest(unit); break;
        case 'plain': yield* ofVersionFile(unit, project.text(unit.path) ?? ''); break;
        case 'platform': yield* ofPlatform(unit); break;
        case 'workflow': if (isActive(unit, project)) yield* inWorkflow(unit); break;
      }
    },
  };
}

function* named(product: string, written: string, at: Span, unit: Unit): Iterable<Version> {
  const known = PRODUCTS[product];
  const release = known && releaseOf(known, written);
  if (known && release !== undefined) yield { product: known, release, written, at, unit };
}

/** The table's release that a version belongs to: `3.7` of `3.7.12`, `18` of `18.20.4`. */
function releaseOf({ ends }: Product, version: string): string | undefined {
  const parts = version.split('.');
  for (let length = Math.min(parts.length, 2); length > 0; length--) {
    const name = parts.slice(0, length).join('.');
    if (Object.hasOwn(ends, name)) return name;
  }
  return undefined;
}

/** What runs: the stage that is shipped, and those it is built upon. */
function* ofImage(unit: Dockerfile, project: Project): Iterable<Version> {
  const base = shippedStages(unit, project).at(-1);
  if (base) yield* ofTag(base.image, base.imageAt, unit);
}

/** `python:3.7-slim-buster`: the program first, the system below it where the program is still looked after. */
function* ofTag(image: string, at: Span, unit: Unit): Iterable<Version> {
  const [, name = '', tag = ''] = /^(?:(?:docker\.io|public\.ecr\.aws\/docker)\/)?(?:library\/)?([a-z]+):([\w.-]+)(?:@|$)/.exec(image) ?? [];
  const version = /^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1];
  const [own] = version === undefined ? [] : [...named(name, version, at, unit)];
  const over = own && endOf(own) !== undefined && (endOf(own) ?? '') < TABLE_DATE;
  if (own) yield own;
  if (over) return;
  const system = Object.keys(DEBIAN_NAMES).find((each) => new RegExp(`(^|-)${each}($|-)`).test(tag));
  if (system) yield* named('debian', DEBIAN_NAMES[system] ?? '', at, unit);
  const alpine = /-alpine(\d+\.\d+)/.exec(tag)?.[1];
  if (alpine) yield* named('alpine', alpine, at, unit);
}

function* ofManifest(unit: Manifest): Iterable<Version> {
  if (unit.lock) return;
  for (const each of unit.packages) {
    const top = each.dev || plainName(each.name) !== 'django' ? undefined : highest(each.version, PRODUCTS.django);
    if (top !== undefined) yield* named('django', top, each.versionAt ?? each.at, unit);
  }
  const place = (key: string) => unit.entries.find((each) => each.key === key)?.valueAt;
  const python = unit.format === 'pipfile' ? unit.pythonVersion : highest(unit.pythonVersion, PRODUCTS.python);
  const pythonAt = place('requires.python_version') ?? place('requires.python_full_version') ?? place('project.requires-python') ?? place('tool.poetry.dependencies.python');
  if (python !== undefined && pythonAt) yield* named('python', python, pythonAt, unit);
  const node = highest(unit.nodeVersion, PRODUCTS.node);
  const nodeAt = place('engines.node') ?? place('volta.node');
  if (node !== undefined && nodeAt) yield* named('node', node, nodeAt, unit);
}

/** The newest release a range lets in; undefined where it is open at the top. */
function highest(range: string | undefined, product: Product | undefined): string | undefined {
  if (range === undefined || product === undefined) return undefined;
  const allowed = Object.keys(product.ends).filter((each) => range.split('||').some((part) => allows(part, each)));
  const newest = Object.keys(product.ends).sort(byNumbers).at(-1);
  const top = allowed.sort(byNumbers).at(-1);
  return top === newest ? undefined : top;
}

/** Whether a release is inside of all clauses of a range: `>=3.2,<4.0`, `~=4.1`, `^18`, `18.x`. */
function allows(range: string, release: string): boolean {
  return range.replace(/(?<=[<>=~^!])\s+/g, '').split(/[,\s]+/).filter((each) => each !== '' && each !== '-').every((clause) => {
    const [, op = '', version = ''] = /^([<>=~^!]*)v?(\d+(?:\.\d+)*)/.exec(clause) ?? [];
    if (version === '') return /^[*xX]$/.test(clause);
    const order = byNumbers(release, version);
    const starts = `${version}.`.startsWith(`${release}.`) || `${release}.`.startsWith(`${version}.`);
    switch (op) {
      case '>=': case '>': return order >= 0 || starts;
      case '<': return order < 0 && !(release.split('.').length < version.split('.').length && `${version}.`.startsWith(`${release}.`) && /^[\d.]*\.0$/.test(version));
      case '<=': return order <= 0 || starts;
      case '^': return (order >= 0 || starts) && release.split('.')[0] === version.split('.')[0];
      case '~=': { const parts = version.split('.'); return (order >= 0 || starts) && (parts.length > 2 ? starts || release === parts.slice(0, 2).join('.') : release.split('.')[0] === parts[0]); }
      case '!=': return true;
      default: return starts;
    }
  });
}

function byNumbers(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) { const by = (left[at] ?? 0) - (right[at] ?? 0); if (by !== 0) return by; }
  return 0;
}

function* ofVersionFile(unit: Unit, text: string): Iterable<Version> {
  const name = fileName(unit.path);
  const found = name === '.python-version' ? /^()(\d+\.\d+[\d.]*)\s*$/m.exec(text) : name === 'runtime.txt' ? /^(python-)(\d+\.\d+[\d.]*)\s*$/m.exec(text) : name === '.nvmrc' || name === '.node-version' ? /^(v?)(\d+[\d.]*)\s*$/m.exec(text) : undefined;
  if (found) { const start = found.index + (found[1] ?? '').length; yield* named(name.startsWith('.n') ? 'node' : 'python', found[2] ?? '', { start, end: start + (found[2] ?? '').length }, unit); }
  if (name === '.tool-versions') for (const each of text.matchAll(/^(python|nodejs)[ \t]+(\d+[\d.]*)/gm)) { const start = each.index + each[0].length - (each[2] ?? '').length; yield* named(each[1] === 'nodejs' ? 'node' : 'python', each[2] ?? '', { start, end: start + (each[2] ?? '').length }, unit); }
}

function* ofPlatform(unit: Extract<Unit, { kind: 'platform' }>): Iterable<Version> {
  for (const each of unit.entries) {
    if (/(^|\.)runtime$/.test(each.key)) { const [, name, major = '', minor = ''] = /^(python|nodejs)(\d)(\d*)$/.exec(each.value) ?? []; if (name) yield* named(name === 'nodejs' ? 'node' : 'python', name === 'nodejs' ? major + minor : `${major}.${minor}`, each.valueAt, unit); }
    const of = /(PYTHON|NODE)_VERSION$/.exec(each.key)?.[1];
    if (of !== undefined) yield* named(of.toLowerCase(), each.value.replace(/^v/, ''), each.valueAt, unit);
    if (!/\.key$/.test(each.key) || !/^(PYTHON|NODE)_VERSION$/.test(each.value)) continue;
    const value = unit.entries.find((other) => other.key === each.key.replace(/key$/, 'value'));
    if (value) yield* named(each.value.startsWith('NODE') ? 'node' : 'python', value.value.replace(/^v/, ''), value.valueAt, unit);
  }
}

/** Every version once a workflow: whoever mends it mends all of its jobs. */
function inWorkflow(unit: Workflow): readonly Version[] {
  const all = unit.jobs.flatMap((job) => job.steps.flatMap((step) => step.with.flatMap((pair) => [...ofCi(step.uses ?? '', pair, unit)])));
  return all.filter((each, index) => all.findIndex((other) => other.product === each.product && other.release === each.release) === index);
}

function* ofCi(uses: string, { name, value = '', valueAt, at }: Pair, unit: Unit): Iterable<Version> {
  const product = /(^|\/)setup-python@/.test(uses) && name === 'python-version' ? 'python' : /(^|\/)setup-node@/.test(uses) && name === 'node-version' ? 'node' : undefined;
  if (product === undefined || !/^v?\d+(\.\d+)*(\.x)?$/.test(value)) return;
  for (const each of named(product, value.replace(/^v|\.x$/g, ''), valueAt ?? at, unit)) yield { ...each, ci: true };
}

function endOf({ product, release }: Version): string | undefined {
  return product.ends[release];
}

/** Whole and part years between a day and the day of the table. */
function years(day: string): number {
  const number = (text: string) => { const [year = 0, month = 1, date = 1] = text.split('-').map(Number); return year + (month - 1) / 12 + date / 372; };
  return number(TABLE_DATE) - number(day);
}

/** Another version in the tag of an image that is built here. */
function moving({ product, written, at, unit }: Version, source: Source): readonly ReturnType<typeof replace>[] | undefined {
  if (product.next === undefined || unit.kind !== 'dockerfile') return undefined;
  const image = source.slice(at);
  const found = image.indexOf(`:${written}`);
  if (found < 0) return undefined;
  // The system in the tag may not exist for the new version.
  const rest = image.slice(found + 1 + written.length);
  if (/-(jessie|stretch|buster|bullseye)|-alpine\d/.test(rest)) return undefined;
  return [replace({ start: at.start + found + 1, end: at.start + found + 1 + written.length }, product.next)];
}
