import type { Edit, Judgement, Manifest, NewFile, Package, Project } from '../kit';
import { fileName, insert, installedRequirements, isTransitive, lineage, listed, plainName, projectRule, replace } from '../kit';

/** What only people who develop, test or debug run. */
const PYTHON = /^(pytest|pytest-.+|coverage|black|ruff|flake8|flake8-.+|pylint|pylint-.+|mypy|isort|pre-commit|ipython|ipdb|pdbpp|jupyter|jupyterlab|notebook|flask-debugtoolbar|django-debug-toolbar|django-silk|faker|factory-boy|tox|nox|bandit|autopep8|yapf|pyright|responses|freezegun|moto|pip-tools|types-.+|sphinx|mkdocs|locust)$/;
const NODE = /^(nodemon|jest|vitest|mocha|eslint|prettier|ts-node-dev|supertest|husky|lint-staged|cypress|playwright|@playwright\/test)$/;

export default projectRule({
  id: 'dev-dependencies-in-production',
  title: 'Production installs no development packages',
  severity: 'low', points: 1, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: `Each extra package is more to patch and more for an intruder to use. Debug toolbars can even be switched on.`,
  how: `Keep two sets and install only one in production.`,
  links: ['https://docs.npmjs.com/cli/commands/npm-ci', 'https://pip.pypa.io/en/stable/topics/repeatable-installs/'],

  applies: (project) => installs(project).length > 0 || 'Nothing here installs a manifest for production.',
  project: judge,

  fix: { title: 'Move them to the development set', safety: 'review', edit: (gap, { project }) => moving(gap.at.path, project), remains: 'Install requirements-dev.txt where you develop and test.' },

  examples: () => ({
    'test tools in the image': {
      bad: { 'requirements.txt': 'flask==3.0.3\npytest==8.3.3\nblack==24.8.0\n', Dockerfile: 'FROM python:3.12-slim\nRUN pip install --no-cache-dir -r requirements.txt\n' },
      good: { 'requirements.txt': 'flask==3.0.3\n', 'requirements-dev.txt': '-r requirements.txt\npytest==8.3.3\nblack==24.8.0\n' },
    },
    'a toolbar on Heroku': {
      bad: { 'requirements.txt': 'django==5.1\ndjango-debug-toolbar==4.4.6\n', 'requirements-dev.txt': '-r requirements.txt\nruff\n', Procfile: 'web: gunicorn shop.wsgi\n' },
      good: { 'requirements.txt': 'django==5.1\n', 'requirements-dev.txt': '-r requirements.txt\nruff\ndjango-debug-toolbar==4.4.6\n' },
    },
    'a package of its own that the image installs': { bad: { 'pyproject.toml': '[project]\nname = "shop"\nversion = "1"\ndependencies = ["fastapi==0.115.0", "pytest==8.3.3"]\n', Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nRUN pip install .\nCMD ["uvicorn", "shop:app"]\n' } },
    'a watcher in a server': { bad: { 'package.json': '{ "scripts": { "start": "node server.js" }, "dependencies": { "express": "4.19.2", "nodemon": "3.1.4" } }\n', Dockerfile: 'FROM node:22-slim\nRUN npm ci\nCMD ["node", "server.js"]\n' } },
    'two sets': { good: { 'requirements.txt': 'flask==3.0.3\n', 'requirements-dev.txt': '-r requirements.txt\npytest==8.3.3\n', Dockerfile: 'FROM python:3.12-slim\nRUN pip install --no-cache-dir -r requirements.txt\n' } },
    'two sets of Node': { good: { 'package.json': '{ "dependencies": { "express": "4.19.2" }, "devDependencies": { "nodemon": "3.1.4" } }\n', Dockerfile: 'FROM node:22-slim\nRUN npm ci --omit=dev\nCMD ["node", "server.js"]\n' } },
    'nothing installs it for production': { good: { 'requirements.txt': 'flask==3.0.3\npytest==8.3.3\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'a page that is only built': { good: { 'package.json': '{ "dependencies": { "react": "18.3.1", "eslint": "9.0.0" } }\n', Dockerfile: 'FROM node:22 AS build\nRUN npm ci && npm run build\n\nFROM nginx:1.27\nCOPY --from=build /app/dist /usr/share/nginx/html\n' } },
    'another stage has them': { good: { 'requirements.txt': 'flask==3.0.3\n', 'requirements-test.txt': 'pytest==8.3.3\n', Dockerfile: 'FROM python:3.12-slim AS base\nRUN pip install -r requirements.txt\n\nFROM base AS test\nRUN pip install -r requirements-test.txt\n\nFROM base AS production\nCMD ["gunicorn", "app:app"]\n' } },
    'brought by another package': { good: { 'requirements.txt': 'flask==3.0.3\n    # via -r requirements.in\ncoverage==7.6.1\n    # via some-library\n', Procfile: 'web: gunicorn app:app\n' } },
    'groups are left out': { good: { 'pyproject.toml': '[project]\nname = "shop"\nversion = "1"\ndependencies = ["fastapi==0.115.0"]\n\n[project.optional-dependencies]\ndev = ["pytest"]\n\n[dependency-groups]\nlint = ["ruff"]\n', Dockerfile: 'FROM python:3.12-slim\nRUN pip install .\nCMD ["uvicorn", "shop:app"]\n' } },
  }),
});

function judge(project: Project): Judgement {
  const all = installs(project);
  const found = all.flatMap((unit) => asked(unit, project).map((one) => ({ unit, one })));
  const [first] = found;
  if (!first) return { holds: all.slice(0, 1).map((each) => ({ path: each.path, start: 0, end: 0, text: `${fileName(each.path)} holds no development package` })) };
  const names = found.map(({ one }) => one.name);
  return { open: [{ at: { path: first.unit.path, ...first.one.at }, message: `${listed(names)} ${names.length > 1 ? 'are' : 'is'} installed in production.` }] };
}

function asked(unit: Manifest, project: Project): readonly Package[] {
  const text = project.text(unit.path) ?? '';
  const known = unit.ecosystem === 'node' ? NODE : PYTHON;
  return unit.packages.filter((one) => !one.dev && one.group === undefined && known.test(unit.ecosystem === 'node' ? one.name : plainName(one.name)) && !isTransitive(one, unit, text));
}

/** Manifests that something of production installs. */
function installs(project: Project): readonly Manifest[] {
  const requirements = installedRequirements(project);
  const images = project.production.filter((unit) => unit.kind === 'dockerfile');
  const words = images.flatMap((unit) => lineage(unit).flatMap((stage) => stage.instructions.flatMap((each) => each.commands.map((command) => command.words.join(' ')))));
  const whole = words.some((line) => /\bpip3? install\b.*\s(\.|\.\/|-e \.)(\[\w+\])?(\s|$)|\buv sync\b|\b(poetry|pdm) install\b/.test(line));
  const node = words.some((line) => /^(npm (ci|install|i)|yarn( install)?|pnpm (i|install))\b/.test(line)) && images.some((unit) => /^(node|bun)\b/.test(lineage(unit).at(-1)?.image ?? ''));
  return [
    ...(requirements.by ? requirements.manifests.filter((each) => each.format === 'requirements') : []),
    ...project.of('manifest').filter((each) => !each.lock && each.role === 'production' && ((whole && each.format === 'pyproject') || (node && each.format === 'package.json' && !each.path.includes('/')))),
  ];
}

/** Lines of a requirements file that become lines of the file for development beside it. */
function moving(path: string, project: Project): readonly (Edit | NewFile)[] | undefined {
  const unit = project.unit(path);
  const text = project.text(path);
  if (unit?.kind !== 'manifest' || unit.format !== 'requirements' || text === undefined || fileName(path) !== 'requirements.txt') return undefined;
  const lines = asked(unit, project).map((one) => lineAround(text, one.at.start));
  if (lines.some((each) => each.text.trimEnd().endsWith('\\') || each.text.includes('--hash'))) return undefined;
  const target = path.replace(/requirements\.txt$/, 'requirements-dev.txt');
  const moved = lines.map((each) => `${each.text.trimEnd()}\n`).join('');
  const there = project.text(target);
  const edits = lines.map((each) => replace({ start: each.start, end: each.end }, ''));
  if (there === undefined) return project.paths.includes(target) ? undefined : [...edits, { path: target, create: `-r requirements.txt\n${moved}` }];
  return [...edits, { ...insert(there.length, `${there === '' || there.endsWith('\n') ? '' : '\n'}${moved}`), path: target }];
}

/** A line with its break. */
function lineAround(text: string, at: number): { readonly start: number; readonly end: number; readonly text: string } {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const next = text.indexOf('\n', at);
  const end = next < 0 ? text.length : next + 1;
  return { start, end, text: text.slice(start, end) };
}
