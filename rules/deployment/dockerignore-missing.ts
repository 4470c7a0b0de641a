import type { BuildContext, Edit, Evidence, Gap, Instruction, Judgement, NewFile, Project, Unit, Variation } from '../kit';
import { buildContexts, copiedSources, inContext, insert, isForDevelopers, isKeptOut, projectRule, shippedStages } from '../kit';

/** A path of the context that does not belong into an image. */
interface Stray { readonly path: string; readonly secret: boolean; readonly pattern: string; readonly what: string }

/** An instruction that copies all of the context, or a folder of it (empty for all). */
interface Copy { readonly context: BuildContext; readonly copy: Instruction; readonly folder: string }

export default projectRule({
  id: 'dockerignore-missing',
  title: 'The build context leaves out secrets and history',
  severity: 'low', points: 2, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'The local .env and the whole history end up in the image that is pushed to a registry. Builds also get slow and never use the cache.',
  how: 'Keep out of the context whatever the running application does not need.',
  links: ['https://docs.docker.com/build/concepts/context/#dockerignore-files', 'https://docs.docker.com/build/building/best-practices/'],
  anchors: ['CWE-538'],

  applies: (project) => copies(project).length > 0 ? true : 'No Dockerfile copies its whole context, or a folder of it.',
  project: judge,

  fix: { title: 'Keep them out of the context', safety: 'review', edit: (gap, { project }) => writing(gap, project), remains: 'An application that reads .env from its image is then given its variables when it starts.' },

  examples: () => ({
    'the ignore file of a folder that is not the context': {
      bad: {
        'backend/Dockerfile': 'FROM python:3.12-slim\nWORKDIR /app\nCOPY backend/requirements.txt .\nRUN pip install -r requirements.txt\nCOPY backend /app\nCMD ["gunicorn", "app:app"]\n',
        'backend/.dockerignore': '.env\n', 'backend/requirements.txt': 'flask==3.0.3\n', 'backend/app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'backend/.env.example': 'SECRET_KEY=\n', '.gitignore': 'backend/.env\n',
      },
    },
    'a folder, kept clean by the file of the context': {
      good: {
        Dockerfile: 'FROM python:3.12-slim\nCOPY backend /app\nCMD ["gunicorn", "app:app"]\n', '.dockerignore': '**/.env\n',
        'backend/app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'backend/.env.example': 'SECRET_KEY=\n', '.gitignore': '.env\n',
      },
    },
    'a folder that a stage builds from': { good: { Dockerfile: 'FROM node:22 AS pages\nCOPY web /app\nRUN npm run build\nFROM python:3.12-slim\nCOPY --from=pages /app/dist /srv\nCOPY shop /app/shop\nCMD ["gunicorn", "shop:app"]\n', 'shop/__init__.py': 'from flask import Flask\napp = Flask(__name__)\n', 'web/.env': 'VITE_API=/api\n', 'web/index.html': '<p>hello</p>\n' } },
    'patterns without a folder keep nothing of folders out': {
      bad: { Dockerfile: 'FROM python:3.12-slim\nCOPY backend/ /app/\nCMD ["gunicorn", "app:app"]\n', '.dockerignore': '.env\n.env.*\n', 'backend/app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'backend/.env.example': 'SECRET_KEY=\n', '.gitignore': '.env\n' },
    },
    'what pages are built with': { good: { Dockerfile: 'FROM node:22-alpine\nCOPY web /app\nRUN npm ci\nCMD ["node", "server.js"]\n', 'web/.env': 'VITE_API_URL=/api\nNODE_ENV=production\n', 'web/server.js': 'const express = require("express");\nconst app = express();\napp.listen(3000);\n', 'web/package.json': '{ "dependencies": { "express": "4.19.2" } }\n' } },
    'an image for tests in a browser': { good: { 'web/Dockerfile.playwright': 'FROM mcr.microsoft.com/playwright:v1.50.0\nCOPY web /app\nRUN npm ci\nCMD ["npx", "playwright", "test"]\n', 'web/.env': 'TOKEN=of-tests\n', 'web/package.json': '{ "dependencies": { "express": "4.19.2" } }\n' } },
    'a folder without secrets': { good: { Dockerfile: 'FROM python:3.12-slim\nCOPY shop /app/shop\nCMD ["gunicorn", "shop:app"]\n', 'shop/__init__.py': 'from flask import Flask\napp = Flask(__name__)\n', '.env.example': 'SECRET_KEY=\n', '.gitignore': '.env\n' } },
    'nothing is kept out': {
      severity: 'medium',
      bad: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "app:app"]\n', '.env': 'SECRET_KEY=${SECRET_KEY}\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' },
      good: { '.dockerignore': '.env\n.env.*\n**/__pycache__\n*.pyc\n' },
    },
    'history, in a repository': {
      bad: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "app:app"]\n', '.gitignore': '__pycache__\n', 'requirements.txt': 'flask==3.0.3\n' },
      good: { '.dockerignore': '.git\n**/__pycache__\n*.pyc\n' },
    },
    'a file that keeps out other things': {
      bad: { Dockerfile: 'FROM python:3.12-slim\nCOPY . /app\nCMD ["gunicorn", "app:app"]\n', '.dockerignore': '*.md\n', '.gitignore': '.env\n', '.env.example': 'SECRET_KEY=\n', 'tests/test_app.py': 'def test():\n    assert True\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' },
      good: { '.dockerignore': '*.md\n.git\n.env\n.env.*\n!.env.example\n**/__pycache__\n*.pyc\ntests\n' },
    },
    'the context of a folder': { severity: 'medium', bad: { 'backend/Dockerfile': 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "app:app"]\n', 'backend/.env': 'A=1\n', 'backend/app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'docker-compose.yml': 'services:\n  web:\n    build: ./backend\n' } },
    'two Dockerfiles of one folder': { bad: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "app:app"]\n', 'Dockerfile.worker': 'FROM python:3.12-slim\nCOPY . .\nCMD ["celery", "-A", "app", "worker"]\n', '.gitignore': '*.pyc\n' } },
    'all of it is kept out': { good: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "app:app"]\n', '.dockerignore': '.env*\n.git\n.venv\n*.sqlite3\n', '.env': 'A=1\n', '.gitignore': '.env\n', '.env.example': 'A=\n' } },
    'named folders only': { good: { Dockerfile: 'FROM python:3.12-slim\nCOPY app/ ./app/\nCOPY requirements.txt .\nCMD ["gunicorn", "app:app"]\n', '.env': 'A=1\n', '.gitignore': '.env\n' } },
    'a list of what may come in': { good: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "app:app"]\n', '.dockerignore': '*\n!app\n!requirements.txt\n', '.env': 'A=1\n', '.gitignore': '.env\n' } },
    'a file of the Dockerfile\'s own name': { good: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "app:app"]\n', 'Dockerfile.dockerignore': '**/.git\n**/.env*\n', '.env': 'A=1\n', '.gitignore': '.env\n' } },
    'a folder without such files': { good: { 'api/Dockerfile': 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "app:app"]\n', 'api/app.py': 'from flask import Flask\napp = Flask(__name__)\n', '.gitignore': '*.pyc\n' } },
    'a stage that is thrown away': { good: { Dockerfile: 'FROM python:3.12 AS build\nCOPY . .\nRUN python -m build\nFROM python:3.12-slim\nCOPY --from=build /dist /dist\nCMD ["gunicorn", "app:app"]\n', '.env': 'A=1\n', '.gitignore': '.env\n' } },
    'the version comes from the history': { good: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nRUN git rev-parse HEAD > VERSION\nCMD ["gunicorn", "app:app"]\n', '.gitignore': '*.pyc\n' } },
  }),
});

function judge(project: Project): Judgement {
  const all = copies(project);
  // Several Dockerfiles of a folder are mended by one file.
  const apart = all.filter((each, index) => all.findIndex((other) => other.context.folder === each.context.folder && other.context.ignore === each.context.ignore) === index);
  const gaps = apart.flatMap((each) => gapOf(each, project) ?? []);
  if (gaps.length > 0) return { open: gaps };
  const holds = all.flatMap(({ context: { ignore } }): readonly Evidence[] => {
    const first = ignore?.patterns[0];
    return ignore && first ? [{ path: ignore.path, start: first.at.start, end: first.at.end, text: `${ignore.patterns.length} patterns keep files out of the context` }] : [];
  });
  return holds.length > 0 ? { holds } : { notApplicable: 'No secret and no history lies in what is copied.' };
}

/** Where an image takes in all of its context, or else a whole folder of it: `COPY backend /app`. */
function copies(project: Project): readonly Copy[] {
  return project.once('copies of folders', () => buildContexts(project).filter((each) => !isForDevelopers(each.file.path, project)).flatMap((context): readonly Copy[] => {
    const [whole] = context.whole;
    return whole ? [{ context, copy: whole, folder: '' }] : folderCopies(context, project).filter((each) => straysOf(each, project).length > 0).slice(0, 1);
  }));
}

function folderCopies(context: BuildContext, project: Project): readonly Copy[] {
  return shippedStages(context.file, project).flatMap((stage) => stage.instructions).flatMap((copy): readonly Copy[] => {
    if ((copy.keyword !== 'COPY' && copy.keyword !== 'ADD') || copy.flags.from !== undefined || copy.flags.exclude !== undefined) return [];
    const folders = (copy.exec ?? copy.text.split(/\s+/)).slice(0, -1).map((each) => each.replace(/^\.?\//, '').replace(/\/$/, '')).filter((each) => !/^\.*$/.test(each) && !/[*?[$]|:\/\//.test(each));
    return folders.filter((folder) => project.paths.some((each) => each.startsWith(`${inContext(context, folder)}/`))).map((folder) => ({ context, copy, folder }));
  });
}

function gapOf(taken: Copy, project: Project): Gap | undefined {
  const { context, copy } = taken;
  const strays = straysOf(taken, project);
  const secret = strays.find((each) => each.secret);
  if (strays.length === 0) return undefined;
  const names = strays.slice(0, 10).map((each) => each.what).join(', ');
  const variation: Variation | undefined = secret && { severity: 'medium', points: 6, because: `${secret.path} is there` };
  return {
    at: { path: context.file.path, start: copy.at.start, end: copy.at.end },
    message: `${copy.keyword} takes ${names} into the image: ${context.ignore ? `${context.ignore.path} does not keep ${strays.length > 1 ? 'them' : 'it'} out` : 'there is no .dockerignore'}.`,
    ...(variation && { variation }),
  };
}

/** What lies in the context, or will on the machine of whoever builds, and is not kept out. */
function straysOf({ context, folder }: Copy, project: Project): readonly Stray[] {
  const patterns = context.ignore?.patterns ?? [];
  const taken = new Set(copiedSources(context.file).map((each) => each.replace(/^\.?\//, '')));
  return candidates(context, folder, project).filter((each) => !isKeptOut(each.path, patterns) && !taken.has(each.path));
}

function candidates(context: BuildContext, folder: string, project: Project): readonly Stray[] {
  if (folder === '') return strayFiles(context, project);
  return strayFiles({ ...context, folder: inContext(context, folder) }, project).map((each) => ({ ...each, path: `${folder}/${each.path}`, pattern: `${folder}/${each.pattern}` }));
}

function strayFiles(context: BuildContext, project: Project): readonly Stray[] {
  const found: Stray[] = [];
  const at = (path: string) => inContext(context, path);
  const below = filesBelow(context, project);
  const repository = context.folder === '' && project.paths.some((each) => /^(\.gitignore|\.gitattributes|\.github\/)/.test(each));
  if (repository && !needsHistory(context, project)) found.push({ path: '.git', secret: false, pattern: '.git', what: '.git' });
  const files = below.filter((each) => /^\.env(\.(local|prod(uction)?|staging))?$/.test(each) && !isPublic(project.unit(at(each))));
  for (const path of files) found.push({ path, secret: true, pattern: '.env', what: path });
  // Whoever runs it here has one: the example is there to be copied, and git is told to leave the copy alone.
  const expected = files.length === 0 && project.ignored(at('.env')) && below.some((each) => /^\.env[._-](example|sample|template|dist)$|^(example|sample|template)\.env$/.test(each));
  if (expected) found.push({ path: '.env', secret: false, pattern: '.env', what: 'a local .env' });
  for (const path of below.filter((each) => /(^|\/)pyvenv\.cfg$/.test(each)).map((each) => each.slice(0, -'/pyvenv.cfg'.length))) found.push({ path, secret: false, pattern: path, what: path });
  for (const path of below.filter((each) => /^(id_(rsa|ed25519|ecdsa)|[\w.-]*(privkey|private)[\w.-]*\.(pem|key)|server\.key)$/.test(each))) found.push({ path, secret: true, pattern: path, what: path });
  return found;
}

/** Variables that are built into pages: everybody may read them. */
function isPublic(unit: Unit | undefined): boolean {
  return unit?.kind === 'dotenv' && unit.variables.length > 0 && unit.variables.every((each) => /^(VITE|NEXT_PUBLIC|REACT_APP|NUXT_PUBLIC|PUBLIC|EXPO_PUBLIC|VUE_APP|GATSBY|NODE_ENV)/.test(each.name));
}

/** Paths under the context, relative to it. */
function filesBelow({ folder }: BuildContext, project: Project): readonly string[] {
  return folder === '' ? project.paths : project.paths.filter((each) => each.startsWith(`${folder}/`)).map((each) => each.slice(folder.length + 1));
}

/** The build asks git for the version. */
function needsHistory({ file }: BuildContext, project: Project): boolean {
  return file.stages.some((stage) => stage.instructions.some((each) => each.commands.some((command) => command.words[0] === 'git' && command.words.some((word) => /^(rev-parse|describe|log|show|submodule|status)$/.test(word)))))
    || ['setuptools-scm', 'hatch-vcs', 'versioneer', 'dunamai', 'poetry-dynamic-versioning', 'uv-dynamic-versioning', 'pbr'].some((each) => project.declares(each)) || project.paths.includes('versioneer.py')
    || project.of('manifest').some((unit) => unit.entries.some((each) => /^(tool\.(setuptools_scm|hatch\.version|poetry-dynamic-versioning|pdm\.version)|build-system\.requires)/.test(each.key) && /scm|vcs|dynamic|git/.test(`${each.key} ${each.value}`)));
}

/** The lines that are missing, in the file that is there or a new one. What a Dockerfile copies is never kept out. */
function writing(gap: Gap, project: Project): readonly (Edit | NewFile)[] | undefined {
  const taken = copies(project).find((each) => each.context.file.path === gap.at.path);
  if (!taken) return undefined;
  const { context } = taken;
  const lines = linesFor(taken, project);
  const path = context.ignore?.path ?? inContext(context, '.dockerignore');
  const text = project.paths.includes(path) ? project.text(path) : undefined;
  if (lines.length === 0 || (project.paths.includes(path) && text === undefined)) return undefined;
  if (text === undefined) return [{ path, create: `${lines.join('\n')}\n` }];
  return [{ ...insert(text.length, `${text === '' || text.endsWith('\n') ? '' : '\n'}${lines.join('\n')}\n`), path }];
}

function linesFor(taken: Copy, project: Project): readonly string[] {
  const { context } = taken;
  const below = filesBelow(context, project);
  const patterns = context.ignore?.patterns ?? [];
  const sources = buildContexts(project).filter((each) => each.folder === context.folder).flatMap((each) => copiedSources(each.file)).map((each) => each.replace(/^\.?\//, '').replace(/\/$/, ''));
  const python = below.some((each) => each.endsWith('.py')) || below.some((each) => /requirements.*\.txt$/.test(each));
  const strays = straysOf(taken, project).map((each) => each.pattern);
  const wanted = [
    ...strays.flatMap((each) => each === '.env' ? ['.env', '.env.*', ...(below.includes('.env.example') ? ['!.env.example'] : [])] : [each]),
    ...(python ? ['**/__pycache__', '*.pyc'] : []),
    ...(below.some((each) => /(^|\/)package\.json$/.test(each)) ? ['**/node_modules'] : []),
    ...['tests', '.github', '.vscode', '.idea', '.pytest_cache', 'htmlcov'].filter((each) => below.some((one) => one.startsWith(`${each}/`)) && !usesFolder(each, context, project)),
  ];
  const there = new Set(patterns.map((each) => (each.negated ? '!' : '') + each.pattern.replace(/\/$/, '')));
  return [...new Set(wanted)].filter((each) => !there.has(each) && !sources.some((source) => isKeptOut(source, [{ pattern: each, negated: false, at: { start: 0, end: 0 } }])));
}

/** The image runs the tests, or the application imports them. */
function usesFolder(folder: string, { file }: BuildContext, project: Project): boolean {
  return file.stages.some((stage) => stage.instructions.some((each) => each.text.includes(folder) || /\bpytest\b/.test(each.text))) || project.modules.some((each) => each.imports.some((one) => one.target.split('.')[0] === folder));
}
