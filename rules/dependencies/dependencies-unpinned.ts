import type { Evidence, Judgement, Manifest, Package, Place, Project } from '../kit';
import { buildCommands, fileName, installedRequirements, listed, namedPackages, plainName, projectRule } from '../kit';

/** A package without a version of its own, and where it is asked for. */
interface Loose extends Place { readonly name: string; readonly bounded: boolean }

/** Installed newest on purpose: they only install the others. */
const INSTALLERS = /^(pip|setuptools|wheel|uv|poetry|pipenv|pdm|hatch|virtualenv|build|pip-tools|poetry-core|certifi)$/;

export default projectRule({
  id: 'dependencies-unpinned',
  title: 'Python dependencies are reproducible',
  severity: 'medium', points: 6, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: `The same commit installs something else tomorrow, and a bad release breaks a deploy that changed nothing. You cannot rebuild last month's version.`,
  how: `Lock every version, with \`uv lock\`, \`poetry lock\` or \`pip-compile\`, and update on purpose.`,
  links: ['https://pip.pypa.io/en/stable/topics/repeatable-installs/', 'https://12factor.net/dependencies'],
  anchors: ['hadolint DL3013', 'CWE-1357', 'ASVS 15.2'],

  applies: (project) => project.deployable ? project.of('manifest').some((each) => each.ecosystem === 'python') || 'There is no manifest of Python packages.' : 'Nothing is deployed from here: a library leaves versions open.',
  project: judge,

  examples: () => ({
    'wheels that an image is made of': { bad: { 'requirements.txt': 'flask==3.0.3\n', Dockerfile: 'FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip wheel --wheel-dir /wheels uwsgi "psycopg[c]" minio==7.2.8 -r requirements.txt\nCMD ["uwsgi", "app.ini"]\n' } },
    'names alone': {
      bad: { 'requirements.txt': 'flask\nrequests>=2\ngit+https://github.com/example/lib@main\n', Dockerfile: 'FROM python:3.12-slim\nRUN pip install -r requirements.txt\n' },
    },
    'ranges and no lock': { bad: { 'pyproject.toml': '[project]\nname = "shop"\nversion = "0.1"\ndependencies = ["flask", "sqlalchemy>=2"]\n', Procfile: 'web: gunicorn app:app\n' } },
    'everything bounded': { severity: 'low', bad: { 'requirements.txt': 'flask~=3.0\nrequests>=2,<3\n', Procfile: 'web: gunicorn app:app\n' } },
    'a server beside the pinned file': { bad: { 'requirements.txt': 'flask==3.0.3\n', Dockerfile: 'FROM python:3.12-slim\nRUN pip install -r requirements.txt && pip install gunicorn\n' } },
    'pinned': { good: { 'requirements.txt': 'flask==3.0.3\nrequests==2.32.3\n', Procfile: 'web: gunicorn app:app\n' } },
    'a lock file': { good: { 'pyproject.toml': '[project]\nname = "shop"\nversion = "0.1"\ndependencies = ["flask", "sqlalchemy>=2"]\n', 'uv.lock': 'version = 1\n', Procfile: 'web: gunicorn app:app\n' } },
    'compiled from another file': { good: { 'requirements.in': 'flask\nrequests\n', 'requirements.txt': 'flask==3.0.3\n    # via -r requirements.in\nrequests==2.32.3 \\\n    --hash=sha256:9ff7c6cc443f8c51994b34a667bbcf45afd6d945be7477b52e97516fd17c53ac\n', Procfile: 'web: gunicorn app:app\n' } },
    'held by constraints': { good: { 'requirements.txt': '-c constraints.txt\nflask\nrequests\n', 'constraints.txt': 'flask==3.0.3\nrequests==2.32.3\n', Procfile: 'web: gunicorn app:app\n' } },
    'development may float': { good: { 'requirements.txt': 'flask==3.0.3\n', 'requirements-dev.txt': '-r requirements.txt\npytest\nruff>=0.6\n', Procfile: 'web: gunicorn app:app\n', Dockerfile: 'FROM python:3.12-slim\nRUN pip install --upgrade pip && pip install -r requirements.txt\nCMD ["gunicorn", "app:app"]\n' } },
    'the file the image installs': { good: { 'requirements/base.txt': 'flask==3.0.3\n', 'requirements/prod.txt': '-r base.txt\ngunicorn==22.0.0\n', 'requirements.txt': 'flask\n', Dockerfile: 'FROM python:3.12-slim\nCOPY requirements requirements\nRUN pip install -r requirements/prod.txt\nCMD ["gunicorn", "app:app"]\n' } },
    'own packages, commits and wheels': { good: { 'requirements.txt': 'flask==3.0.3\n-e .\n./packages/shop\nlib @ git+https://github.com/example/lib@0a1b2c3d4e5f60718293a4b5c6d7e8f901234567\nhttps://files.shop.test/lib-1.0-py3-none-any.whl\n', Procfile: 'web: gunicorn app:app\n' } },
    'a library': { good: { 'pyproject.toml': '[build-system]\nrequires = ["hatchling"]\n\n[project]\nname = "lib"\nversion = "1"\ndependencies = ["requests>=2"]\n' } },
  }),
});

function judge(project: Project): Judgement {
  const lock = project.of('manifest').find((each) => each.lock && each.ecosystem === 'python') ?? undefined;
  const installed = installedRequirements(project);
  const manifests = installed.manifests.length > 0 && (installed.by !== undefined || !lock) ? installed.manifests : lock ? [] : project.of('manifest').filter((each) => each.ecosystem === 'python' && !each.lock && each.role === 'production' && each.format !== 'requirements' && each.format !== 'constraints');
  // The sources of a compiled file stay open.
  const own = manifests.length > 0 || lock ? manifests : project.of('manifest').filter((each) => each.ecosystem === 'python' && each.format === 'requirements' && each.role === 'production' && !project.developmentName(fileName(each.path)));
  const pinned = new Set(own.flatMap((each) => each.packages.filter(isPinned).map((one) => plainName(one.name))));
  const asked = own.flatMap((each) => each.format === 'constraints' || isConstraint(each, own) ? [] : each.packages.filter((one) => !one.dev && !INSTALLERS.test(plainName(one.name))).map((one) => ({ each, one })));
  const loose = [...asked.filter(({ one }) => !isPinned(one) && !pinned.has(plainName(one.name))).map(({ each, one }): Loose => ({ name: one.name, bounded: isBounded(one.version), path: each.path, ...one.at })), ...byCommand(project, pinned, new Set(asked.map(({ one }) => plainName(one.name))))];
  const [first] = loose;
  if (!first) return lock || asked.length > 0 ? { holds: [evidence(lock, asked.length, own, project)] } : { notApplicable: 'No manifest names a package that is installed.' };
  const names = [...new Set(loose.map((each) => each.name))];
  const alone = lock !== undefined || loose.length === byCommand(project, pinned, new Set(asked.map(({ one }) => plainName(one.name)))).length;
  const message = alone ? `${listed(names)} ${names.length > 1 ? 'are' : 'is'} installed in whatever version is newest.` : `${names.length > 1 ? `${names.length} dependencies are` : 'One dependency is'} not pinned, and there is no lock file: ${listed(names)}.`;
  return { open: [{ at: { path: first.path, start: first.start, end: first.end }, message, ...(loose.every((each) => each.bounded) && { variation: { severity: 'low', because: 'all of them are held below the next large version' } }) }] };
}

function evidence(lock: Manifest | undefined, count: number, own: readonly Manifest[], project: Project): Evidence {
  const path = lock?.path ?? own[0]?.path ?? project.anchor.path;
  return { path, start: 0, end: 0, text: lock ? `${fileName(lock.path)} holds every version` : `${count} of ${count} dependencies are pinned` };
}

/** Taken in with `-c`: it installs nothing by itself. */
function isConstraint(one: Manifest, all: readonly Manifest[]): boolean {
  return all.some((each) => each.includes.some((include) => include.constraint && include.path === one.path));
}

function isPinned({ version, source, hashed }: Package): boolean {
  if (hashed) return true;
  if (source !== undefined) return !/^\w+\+/.test(source) || /@(?!(main|master|develop|dev|trunk|HEAD)(#|$))[\w./-]+(#|$)/.test(source.replace(/^\w+\+\w+:\/\/[^/]*@/, ''));
  return /^===?\s*[^*]+$/.test(version ?? '') || /^\d+(\.\d+)*$/.test(version ?? '');
}

/** `~=3.0`, `<4`, `^3`, `==3.*`. */
function isBounded(version: string | undefined): boolean {
  return version !== undefined && (/^(~|\^|==)/.test(version) || /<=?\s*\d/.test(version));
}

function byCommand(project: Project, pinned: ReadonlySet<string>, asked: ReadonlySet<string>): readonly Loose[] {
  return buildCommands(project).flatMap(({ command, path }) => namedPackages(command).flatMap(({ text, at }): Loose[] => {
    const [, name = '', version] = /^([A-Za-z][\w.-]*)(?:\[[^\]]*\])?(.*)$/.exec(text) ?? [];
    const plain = plainName(name);
    return /^==/.test(version ?? '') || INSTALLERS.test(plain) || pinned.has(plain) || asked.has(plain) || project.paths.some((each) => each === name || each.startsWith(`${name}/`)) ? [] : [{ name, bounded: isBounded(version === '' ? undefined : version), path, ...at }];
  }));
}
