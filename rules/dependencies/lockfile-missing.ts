import type { Command, Edit, Evidence, Gap, Judgement, Manifest, Project, Source } from '../kit';
import { commandLists, fileName, programOf, projectRule, replace } from '../kit';

/** A command that installs packages of Node without holding to the lock, and what it should be. */
interface Unfrozen { readonly path: string; readonly command: Command; readonly written: string; readonly instead: string }

export default projectRule({
  id: 'lockfile-missing',
  title: 'One lock file decides the front-end and Node packages',
  severity: 'medium', points: 4, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: `Each install may fetch other versions, and malicious releases reach unlocked builds first. Two lock files disagree silently.`,
  how: `Commit one lock and install frozen.`,
  links: ['https://docs.npmjs.com/cli/commands/npm-ci', 'https://cheatsheetseries.owasp.org/cheatsheets/NPM_Security_Cheat_Sheet.html'],
  anchors: ['hadolint DL3016', 'semgrep use-frozen-lockfile', 'CWE-1357'],

  applies: (project) => manifests(project).length > 0 || 'There is no package.json with dependencies.',
  project: judge,

  fix: { title: 'Install from the lock', safety: 'safe', edit: (gap, { source, project }) => freezing(gap, source, project) },

  examples: () => ({
    'one developer compiles styles with it': {
      severity: 'low',
      bad: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "app:app"]\n', 'shop/static/styles/package.json': '{ "scripts": { "build": "sass scss:." }, "dependencies": { "sass": "^1.77.8" } }\n' },
    },
    'the image installs it': {
      bad: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Dockerfile: 'FROM node:22 AS pages\nCOPY web .\nRUN npm install && npm run build\nFROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "app:app"]\n', 'web/package.json': '{ "scripts": { "build": "vite build" }, "dependencies": { "vue": "^3.4.0" } }\n' },
    },
    'the lock is ignored': { bad: { 'package.json': '{ "dependencies": { "express": "^4.19.2" } }\n', '.gitignore': 'package-lock.json\nnode_modules\n' } },
    'no lock': { bad: { 'frontend/package.json': '{ "private": true, "devDependencies": { "vite": "^5.4.0" }, "scripts": { "build": "vite build" } }\n' } },
    'two of them': { bad: { 'package.json': '{ "dependencies": { "express": "^4.19.2" } }\n', 'package-lock.json': '{}\n', 'yarn.lock': '# yarn lockfile v1\n' } },
    'an install that does not hold to it': {
      severity: 'low',
      bad: { Dockerfile: 'FROM node:22-slim\nCOPY package.json package-lock.json ./\nRUN npm install\nCMD ["node", "server.js"]\n', 'package.json': '{ "dependencies": { "express": "4.19.2" } }\n', 'package-lock.json': '{}\n' },
      good: { Dockerfile: 'FROM node:22-slim\nCOPY package.json package-lock.json ./\nRUN npm ci\nCMD ["node", "server.js"]\n' },
    },
    'in CI': {
      severity: 'low',
      bad: { '.github/workflows/ci.yml': 'on: [push]\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: pnpm install --no-frozen-lockfile\n      - run: npm install --no-audit\n', 'package.json': '{ "dependencies": { "express": "4.19.2" } }\n', 'package-lock.json': '{}\n' },
    },
    'from the lock': { good: { Dockerfile: 'FROM node:22-slim\nCOPY package.json package-lock.json ./\nRUN npm ci --omit=dev\n', 'package.json': '{ "dependencies": { "express": "4.19.2" } }\n', 'package-lock.json': '{}\n' } },
    'a member of a workspace': { good: { 'packages/web/package.json': '{ "dependencies": { "vite": "5.4.0" } }\n', 'package.json': '{ "workspaces": ["packages/*"] }\n', 'pnpm-lock.yaml': 'lockfileVersion: "9.0"\n' } },
    'tools, and one package by its name': { good: { Dockerfile: 'FROM node:22-slim\nRUN npm install -g pnpm@9 && npm install --global serve\nRUN pnpm install --frozen-lockfile\nRUN npm install --no-save sharp@0.33.5\n', 'package.json': '{ "dependencies": { "express": "4.19.2" } }\n', 'pnpm-lock.yaml': 'lockfileVersion: "9.0"\n' } },
    'while developing': { good: { 'Dockerfile.dev': 'FROM node:22-slim\nRUN npm install\n', 'package.json': '{ "dependencies": { "express": "4.19.2" } }\n', 'package-lock.json': '{}\n' } },
    'a published library': { good: { 'package.json': '{ "name": "lib", "version": "1.0.0", "main": "index.js", "files": ["index.js"], "dependencies": { "ms": "^2.1.3" } }\n' } },
    'no packages': { good: { 'package.json': '{ "name": "shop", "private": true, "type": "module" }\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'yarn and pnpm hold to it in CI by themselves': { good: { '.github/workflows/ci.yml': 'on: [push]\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pnpm install\n', 'package.json': '{ "dependencies": { "express": "4.19.2" } }\n', 'pnpm-lock.yaml': 'lockfileVersion: "9.0"\n' } },
  }),
});

function judge(project: Project): Judgement {
  const open = manifests(project).flatMap((each) => ofManifest(each, project) ?? []);
  const unfrozen = open.length === 0 ? installs(project) : [];
  const [first] = unfrozen;
  if (first) {
    open.push({
      at: { path: first.path, ...first.command.at }, message: `\`${first.written}\` may install other versions than the lock file says; use \`${first.instead}\`.`, variation: { severity: 'low', because: 'there is a lock file' },
      related: unfrozen.slice(1, 6).map((each): Evidence => ({ path: each.path, ...each.command.at, text: each.written })),
    });
  }
  if (open.length > 0) return { open };
  const lock = locks(project)[0];
  return { holds: lock ? [{ path: lock.path, start: 0, end: 0, text: `${fileName(lock.path)} decides, and installs hold to it` }] : [] };
}

function ofManifest(unit: Manifest, project: Project): Gap | undefined {
  const folders = foldersAround(unit.path);
  const near = folders.map((folder) => locks(project).filter((each) => folderOf(each.path) === folder)).find((each) => each.length > 0) ?? [];
  const at = { path: unit.path, start: 0, end: 0 };
  const tools = [...new Set(near.map((each) => toolOf(each.path)))];
  const [one, other] = tools;
  if (one !== undefined && other !== undefined) return { at, message: `${near.map((each) => fileName(each.path)).join(' and ')} stand side by side, and may disagree.` };
  if (one !== undefined) return undefined;
  const aside = unit.packages.every((each) => COMPILERS.test(each.name)) && isInstalledByHand(project) ? { variation: { severity: 'low', points: 2, because: 'no image, pipeline or script here installs it' } as const } : {};
  const ignored = folders.flatMap((folder) => ['package-lock.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock'].map((name) => (folder === '' ? name : `${folder}/${name}`))).find((path) => project.ignored(path));
  return { at, ...aside, message: ignored === undefined ? `No lock file stands beside ${unit.path}.` : `No lock file stands beside ${unit.path}, and git ignores ${fileName(ignored)}.` };
}

/** Tools that make files out of others, which are kept in the repository as well. */
const COMPILERS = /^(sass|node-sass|less|stylus|postcss(-.*)?|autoprefixer|cssnano|clean-css(-.*)?|tailwindcss|@tailwindcss\/.*|daisyui|uglify-(js|css)|terser|prettier(-.*)?|eslint(-.*)?|stylelint(-.*)?)$/;

/** Nothing here runs a package manager of Node, and no platform does it by itself: the packages are one developer's. */
function isInstalledByHand(project: Project): boolean {
  return project.once('node is installed by hand', () => !project.units.some((unit) => unit.kind === 'platform' || unit.kind === 'procfile'
    || (unit.kind !== 'manifest' && commandLists(unit).some((list) => list.commands.some((command) => /^(npm|npx|yarn|pnpm|bun|corepack)$/.test(programOf(command)))))));
}

/** Manifests of applications: with packages, and nothing that is published for others. */
function manifests(project: Project): readonly Manifest[] {
  return project.of('manifest').filter((unit) => unit.format === 'package.json' && unit.role === 'production' && unit.whole && unit.packages.some((each) => each.group !== 'peer' && (each.source === undefined || !/^(workspace|file|link|portal):/.test(each.source))) && !isPublished(unit));
}

function isPublished(unit: Manifest): boolean {
  const has = (key: string) => unit.entries.some((each) => each.key === key || each.key.startsWith(`${key}.`));
  const isPrivate = unit.entries.some((each) => each.key === 'private' && each.value === 'true');
  return !isPrivate && has('name') && has('version') && (has('main') || has('exports') || has('module') || has('bin')) && (has('files') || has('publishConfig') || has('exports')) && !unit.scripts.some((each) => each.name === 'start');
}

function locks(project: Project): readonly Manifest[] {
  return project.of('manifest').filter((each) => each.lock && each.ecosystem === 'node');
}

function toolOf(path: string): string {
  const name = fileName(path).toLowerCase();
  return name.startsWith('yarn') ? 'yarn' : name.startsWith('pnpm') ? 'pnpm' : name.startsWith('bun') ? 'bun' : 'npm';
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

/** The folder of a path and those around it, nearest first. */
function foldersAround(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return [...parts.map((_, index) => parts.slice(0, parts.length - index).join('/')), ''];
}

/** Installs of everything, in what production is built with and in CI. */
function installs(project: Project): readonly Unfrozen[] {
  const commands = [
    ...project.production.flatMap((unit): { path: string; command: Command }[] => {
      const of = (list: readonly Command[]) => list.map((command) => ({ path: unit.path, command }));
      if (unit.kind === 'dockerfile') return unit.stages.filter((stage) => stage.name === undefined || !project.developmentName(stage.name)).flatMap((stage) => stage.instructions.filter((each) => each.keyword === 'RUN').flatMap((each) => of(each.commands)));
      if (unit.kind === 'platform') return unit.commands.flatMap((each) => of(each.commands));
      return unit.kind === 'shell' ? of(unit.commands) : [];
    }),
    ...project.of('workflow').flatMap((unit) => unit.jobs.flatMap((job) => job.steps.flatMap((step) => step.commands.map((command) => ({ path: unit.path, command, ci: true }))))),
  ];
  return commands.flatMap((each): Unfrozen[] => {
    const instead = frozen(each.command.words, 'ci' in each);
    return instead === undefined ? [] : [{ path: each.path, command: each.command, written: each.command.words.join(' '), instead }];
  });
}

/** What a loose install should be; undefined for all other commands. */
function frozen(words: readonly string[], ci: boolean): string | undefined {
  const [tool, verb] = words;
  const options = words.slice(2);
  if (words.some((each) => /^(-g|--global|--no-save|--package-lock-only|--lockfile-only)$/.test(each)) || options.some((each) => !each.startsWith('-'))) return undefined;
  if (tool === 'npm' && (verb === 'install' || verb === 'i')) return ['npm', 'ci', ...options].join(' ');
  // Yarn 1 writes a lock it does not like anew, in CI too; pnpm and Yarn 2 refuse there by themselves.
  if (tool === 'pnpm' && (verb === 'install' || verb === 'i') && !options.includes('--frozen-lockfile') && (!ci || options.includes('--no-frozen-lockfile'))) return ['pnpm', 'install', '--frozen-lockfile', ...options.filter((each) => each !== '--no-frozen-lockfile')].join(' ');
  return undefined;
}

function freezing(gap: Gap, source: Source, project: Project): readonly Edit[] | undefined {
  const found = installs(project).find((each) => each.path === gap.at.path && each.command.at.start === gap.at.start);
  const [first] = found?.command.wordsAt ?? [];
  const last = found?.command.wordsAt.at(-1);
  if (!found || !first || !last || !isBeside(project)) return undefined;
  const at = { start: first.start, end: last.end };
  return source.slice(at) === found.written ? [replace(at, found.instead)] : undefined;
}

/** `npm ci` fails without npm's own lock file. */
function isBeside(project: Project): boolean {
  return locks(project).every((each) => toolOf(each.path) === 'npm') || locks(project).every((each) => toolOf(each.path) === 'pnpm');
}
