import type { Edit, Evidence, Ignore, Judgement, Module, NewFile, Project, Value } from '../kit';
import { fileName, insert, lookup, projectRule, sqlitePaths, writtenPaths } from '../kit';

/** Something on disk that must not be committed, and the places it may be in: the program's folder is not always known. */
interface Need { readonly kind: 'env' | 'data'; readonly name: string; readonly paths: readonly string[]; readonly patterns: readonly string[]; readonly by: Evidence }

const LOADERS = ['dotenv.load_dotenv', 'dotenv.main.load_dotenv', 'dotenv.dotenv_values', 'environ.Env.read_env', 'environs.Env.read_env', 'starlette.config.Config', 'decouple.config', 'decouple.AutoConfig'] as const;
const LOG_FILES = ['logging.FileHandler', 'logging.handlers.RotatingFileHandler', 'logging.handlers.TimedRotatingFileHandler', 'logging.handlers.WatchedFileHandler', 'logging.basicConfig'] as const;

export default projectRule({
  id: 'gitignore-incomplete',
  title: '.gitignore covers env files and runtime data',
  severity: 'high', points: 8, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: `The next \`git add .\` commits the secrets or the database. It happens on the day somebody is in a hurry.`,
  how: `Ignore env files, databases, uploads and logs, and keep an example of the env file.`,
  links: ['https://git-scm.com/docs/gitignore', 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html'],
  anchors: ['CWE-538'],
  ladder: { name: 'committed-files', rung: 2 },

  applies: (project) => needs(project).length > 0 ? true : 'No env file is loaded, and nothing is kept inside the repository.',
  reads: [...LOADERS, ...LOG_FILES, 'sqlite3.connect', '*.create_engine', '*.create_async_engine'],
  project: judge,

  fix: { title: 'Append the patterns', safety: 'safe', edit: (gap, { project, unit }) => appending(gap.at.path, project, unit.kind === 'ignore') },

  examples: () => ({
    'an env file that nobody ignores': {
      bad: { '.gitignore': '__pycache__/\n', 'app.py': 'from dotenv import load_dotenv\nload_dotenv()\n' },
      good: { '.gitignore': '__pycache__/\n.env\n.env.*\n!.env.example\n', 'app.py': 'from dotenv import load_dotenv\nload_dotenv()\n' },
    },
    'found on the way up': {
      bad: { '.gitignore': '# nothing yet\n', 'app/settings.py': 'from dotenv import find_dotenv, load_dotenv\n\nload_dotenv(find_dotenv())\n' },
    },
    'a database inside the repository': {
      severity: 'low',
      bad: { '.gitignore': '.env\n', 'app.py': 'SQLALCHEMY_DATABASE_URI = "sqlite:///data/app.db"\n' },
      good: { '.gitignore': '.env\n*.db\n', 'app.py': 'SQLALCHEMY_DATABASE_URI = "sqlite:///data/app.db"\n' },
    },
    'pydantic settings, uploads and logs': {
      bad: {
        '.gitignore': '__pycache__/\n*.pyc',
        '.env.sample': 'KEY=\n',
        'config.py': `from pathlib import Path
from pydantic_settings import BaseSettings, SettingsConfigDict

BASE_DIR = Path(__file__).parent


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")
    key: str


UPLOAD_FOLDER = BASE_DIR / "uploads"
`,
        'logs.py': 'import logging\nfrom logging.handlers import RotatingFileHandler\n\nlogging.getLogger().addHandler(RotatingFileHandler("logs/app.log"))\n',
      },
      good: { '.gitignore': '__pycache__/\n*.pyc\n.env\n.env.*\n!.env.sample\n/uploads/\n*.log\n' },
    },
    'compose reads one': {
      bad: { '.gitignore': 'node_modules/\n', 'compose.yml': 'services:\n  web:\n    image: shop:1\n    env_file: deploy/web.env\n' },
      good: { '.gitignore': 'node_modules/\n/deploy/web.env\n' },
    },
    'Django beside its database': {
      severity: 'low',
      bad: {
        '.gitignore': '*.pyc\n',
        'shop/settings.py': 'from pathlib import Path\n\nBASE_DIR = Path(__file__).resolve().parent.parent\nINSTALLED_APPS = []\nDATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}\n',
      },
      good: { '.gitignore': '*.pyc\n*.sqlite3\n' },
    },
    'all of them, and the example kept': {
      good: { '.gitignore': '.env*\n!.env.example\n*.db\n', 'app.py': 'from dotenv import load_dotenv\nload_dotenv()\n' },
    },
    'ignored in the folder it is in': {
      good: {
        '.gitignore': 'node_modules/\n', 'backend/.gitignore': '.env\n', 'backend/.env.example': 'KEY=\n',
        'backend/app/main.py': 'from dotenv import load_dotenv\n\nload_dotenv()\n',
      },
    },
    'nothing needs covering': {
      good: { '.gitignore': '__pycache__/\n', 'app.py': 'import os\nKEY = os.environ["SECRET_KEY"]\n' },
    },
    'kept outside of the repository': {
      good: { '.gitignore': '__pycache__/\n', 'app.py': 'SQLALCHEMY_DATABASE_URI = "sqlite:////var/lib/shop/app.db"\nUPLOAD_FOLDER = "/var/lib/shop/uploads"\n' },
    },
    'compose reads one outside of the repository': {
      good: { '.gitignore': 'node_modules/\n', 'compose.yml': 'services:\n  web:\n    image: shop:1\n    env_file: [../shared.env, /etc/shop/web.env, "${ENV_DIR}/web.env"]\n' },
    },
    'in memory, and in tests': {
      good: { '.gitignore': '__pycache__/\n', 'app.py': 'SQLALCHEMY_DATABASE_URI = "sqlite:///:memory:"\n', 'tests/conftest.py': 'from dotenv import load_dotenv\nload_dotenv(".env.test")\nURL = "sqlite:///test.db"\n' },
    },
    'Flask keeps it in the instance folder': {
      good: { '.gitignore': 'instance/\n', 'app.py': 'from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\napp = Flask(__name__)\napp.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///app.db"\ndb = SQLAlchemy(app)\n' },
    },
    'uploads with their folder kept': {
      good: { '.gitignore': 'uploads/*\n!uploads/.gitkeep\n', 'app.py': 'import os\nbasedir = os.path.dirname(__file__)\nUPLOAD_FOLDER = os.path.join(basedir, "uploads")\n', 'uploads/.gitkeep': '' },
    },
  }),
});

function judge(project: Project): Judgement {
  const file = ignoreFile(project);
  const all = needs(project);
  if (!file && project.tracked(project.paths[0] ?? '') === undefined) return { notChecked: 'There is neither a .gitignore nor a git repository in this folder.' };
  const open = uncovered(all, project);
  const at = file ? { path: file.path, start: 0, end: firstLine(project.text(file.path) ?? '') } : project.anchor;
  const covered = all.filter((need) => need.paths.some((path) => project.ignored(path)));
  if (open.length === 0 && covered.length === 0) return { notApplicable: 'All of it is committed already, which is another rule\'s matter.' };
  if (open.length === 0) return { holds: [{ ...at, text: `covers ${covered.map((each) => each.name).slice(0, 5).join(', ')}` }] };
  const names = open.map((each) => each.name);
  const list = names.length > 4 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : names.join(', ');
  return { open: [{
    at, message: file ? `.gitignore does not cover ${list}.` : `There is no .gitignore, so nothing keeps ${list} out of git.`, related: open.map((each) => each.by),
    ...(open.every((each) => each.kind === 'data') && { variation: { severity: 'low', because: 'env files are covered, only data is not' } }),
  }] };
}

/** What git would take in next: not ignored in any place it may be in, and not committed already (then another rule speaks). */
function uncovered(all: readonly Need[], project: Project): readonly Need[] {
  return all.filter((need) => !need.paths.some((path) => project.ignored(path) || isCommitted(path, project)));
}

/** By git's index; without one, what is there and not ignored counts as committed. */
function isCommitted(path: string, project: Project): boolean {
  return project.tracked(path) ?? project.paths.includes(path);
}

/** The .gitignore nearest to the root. */
function ignoreFile(project: Project): Ignore | undefined {
  return project.of('ignore').filter((each) => each.tool === 'git').sort((a, b) => a.path.length - b.path.length)[0];
}

function firstLine(text: string): number {
  const end = text.search(/\r?\n/);
  return end < 0 ? text.length : end;
}

// ---- what must be covered

function needs(project: Project): readonly Need[] {
  const found = new Map<string, Need>();
  for (const need of [...envFiles(project), ...databases(project), ...uploads(project), ...logs(project)]) if (!found.has(need.name)) found.set(need.name, need);
  return [...found.values()];
}

function envFiles(project: Project): readonly Need[] {
  const loaded = project.calls(...LOADERS).flatMap(({ module, call }) => {
    const given = call.keywords.find((each) => each.name === 'dotenv_path' || each.name === 'env_file' || each.name === 'path')?.value ?? (/^(decouple)\./.test(call.callee) ? undefined : call.args[0]);
    const searched = given === undefined ? !call.callee.startsWith('starlette.') : given.kind === 'result' && /(^|\.)find_dotenv$/.test(given.callee);
    const paths = searched ? ['.env'] : given ? writtenPaths(project.resolve(given, module)) : [];
    return paths.map((path) => env(path, module, { path: module.path, ...call.at, text: `${call.written} loads it` }));
  });
  const settings = project.modules.flatMap((module) => module.assignments.flatMap((one) => {
    const given = one.target === 'env_file' && one.scope !== '' ? one.value : one.target === 'model_config' ? keyword(one.value, 'env_file') : undefined;
    return given ? values(given).flatMap(writtenPaths).map((path) => env(path, module, { path: module.path, ...one.at, text: 'settings read it' })) : [];
  }));
  const composed = project.of('compose').filter((unit) => unit.role === 'production').flatMap((unit) => unit.services.flatMap((service) => service.envFiles.filter((each) => !isTemplate(each.path) && isInside(each.path)).map((each) => env(each.path, undefined, { path: unit.path, ...each.at, text: `${service.name} reads it` }))));
  const onDisk = project.of('dotenv').filter((unit) => !unit.example && unit.role === 'production' && /(^|\/)\.env(\.|$)/.test(unit.path)).map((unit) => env(unit.path, undefined, { path: unit.path, start: 0, end: 0, text: 'it is here' }));
  return [...loaded, ...settings, ...composed, ...onDisk];
}

/** Neither outside of the repository nor named by a variable. */
function isInside(path: string): boolean {
  return !/^(?:\.\.\/|[/~]|[a-z]:)|\$/i.test(path);
}

function env(path: string, module: Module | undefined, by: Evidence): Need {
  const usual = /^\.env(\.|$)/.test(fileName(path));
  return { kind: 'env', name: path, paths: places(path, module), patterns: usual ? ['.env', '.env.*'] : [`/${path}`], by };
}

function databases(project: Project): readonly Need[] {
  const urls = project.settings('SQLALCHEMY_DATABASE_URI', 'SQLALCHEMY_DATABASE_URL', 'DATABASE_URL', 'DATABASE_URI', 'DB_URL').flatMap((each) => sqlitePaths(each.value).map((path) => ({ path, module: each.module, at: each.assignment.at })));
  const engines = project.calls('*.create_engine', '*.create_async_engine', 'sqlite3.connect').flatMap(({ module, call }) => {
    const given = call.args[0] && project.resolve(call.args[0], module);
    const paths = given ? (call.callee === 'sqlite3.connect' ? writtenPaths(given).filter((path) => !path.startsWith(':') && !path.startsWith('file:')) : sqlitePaths(given)) : [];
    return paths.map((path) => ({ path, module, at: call.at }));
  });
  const django = project.settings('DATABASES').flatMap((each) => each.value.kind === 'dict' ? each.value.entries.flatMap((entry) => {
    const engine = lookup(entry.value, 'ENGINE');
    const name = lookup(entry.value, 'NAME');
    return name && engine?.kind === 'text' && /sqlite|spatialite/.test(engine.value) ? writtenPaths(name).map((path) => ({ path, module: each.module, at: each.assignment.at })) : [];
  }) : []);
  return [...urls, ...engines, ...django].map(({ path, module, at }) => {
    const ending = /\.(db|sqlite3?|db3)$/.exec(path)?.[0];
    return { kind: 'data', name: path, paths: [...places(path, module), `instance/${path}`], patterns: [ending ? `*${ending}` : `/${path}`], by: { path: module.path, ...at, text: 'the database is kept here' } };
  });
}

function uploads(project: Project): readonly Need[] {
  return project.settings('UPLOAD_FOLDER', 'UPLOADS_FOLDER', 'UPLOAD_DIR', 'UPLOAD_DIRECTORY', 'UPLOAD_PATH', 'UPLOADS_DEFAULT_DEST', 'MEDIA_ROOT').flatMap((each) => writtenPaths(each.value).map((folder): Need => ({
    kind: 'data', name: `${folder}/`, paths: places(folder, each.module).flatMap((path) => [`${path}/upload`, `${path}/upload.jpg`, `${path}/upload.pdf`]), patterns: [`/${folder}/`],
    by: { path: each.path, start: each.start, end: each.end, text: 'uploads are kept here' },
  })));
}

function logs(project: Project): readonly Need[] {
  return project.calls(...LOG_FILES).flatMap(({ module, call }) => {
    const given = call.keywords.find((each) => each.name === 'filename')?.value ?? (call.callee === 'logging.basicConfig' ? undefined : call.args[0]);
    return (given ? writtenPaths(project.resolve(given, module)) : []).map((path): Need => ({
      kind: 'data', name: path, paths: places(path, module), patterns: [path.endsWith('.log') ? '*.log' : `/${path}`], by: { path: module.path, ...call.at, text: 'the log is kept here' },
    }));
  });
}

/** Where a relative path may lead: from the root, from the top folder of the program, and from the file that names it. */
function places(path: string, module: Module | undefined): readonly string[] {
  const folders = module?.path.split('/').slice(0, -1) ?? [];
  return [...new Set([path, ...folders.map((_, index) => `${folders.slice(0, index + 1).join('/')}/${path}`)])];
}

function values(value: Value): readonly Value[] {
  return value.kind === 'list' ? value.items : [value];
}

function keyword(value: Value, name: string): Value | undefined {
  return value.kind === 'result' ? value.keywords.find((each) => each.name === name)?.value : lookup(value, name);
}

/** A template is committed on purpose; `stack.env` is written by Portainer beside no repository. */
function isTemplate(path: string): boolean {
  return /(example|sample|template|dist|defaults?)(\.|$)|^stack\.env$/i.test(fileName(path));
}

// ---- the fix

function appending(path: string, project: Project, exists: boolean): readonly (Edit | NewFile)[] | undefined {
  const open = uncovered(needs(project), project);
  const patterns = [...new Set(open.flatMap((each) => each.patterns))];
  const examples = project.of('dotenv').filter((each) => each.example && /(^|\/)\.env\./.test(each.path)).map((each) => `!${fileName(each.path)}`);
  const at = patterns.indexOf('.env.*');
  const lines = at < 0 ? patterns : [...patterns.slice(0, at + 1), ...(examples.length > 0 ? [...new Set(examples)] : ['!.env.example']), ...patterns.slice(at + 1)];
  if (lines.length === 0) return undefined;
  const text = exists ? project.text(path) : undefined;
  if (text === undefined) return [{ path: '.gitignore', create: `${lines.join('\n')}\n` }];
  return [insert(text.length, `${text === '' || text.endsWith('\n') ? '' : '\n'}${lines.join('\n')}\n`)];
}
