import type { Evidence, Judgement, NewFile, Project } from '../kit';
import { CHECKS, checkingWorkflows, fileName, gapPlace, projectRule } from '../kit';

export default projectRule({
  id: 'ci-missing',
  title: 'A pipeline checks every change',
  severity: 'medium', points: 8, confidence: 'confirmed', blocks: 'never', effort: 'M', since: '1',
  why: `Checks that depend on memory are skipped on the day they matter. A pipeline makes the state of the main branch a fact.`,
  how: `Run install, lint, tests and build on every pull request.`,
  links: ['https://docs.github.com/en/actions/writing-workflows/workflow-syntax-for-github-actions', 'https://docs.gitlab.com/ci/yaml/'],
  ladder: { name: 'ci', rung: 1 },

  applies: (project) => project.deployable || hasTests(project) ? true : 'Nothing is deployed from here, and there are no tests to run.',
  project: judge,

  fix: { title: 'Create a workflow for GitHub Actions', safety: 'review', edit: (_gap, { project }) => workflow(project) },

  examples: () => ({
    'a check that is run by hand': {
      bad: {
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
        Makefile: 'ci:\n\tpytest\n',
        Procfile: 'web: gunicorn app:app\n',
        'requirements.txt': 'flask==3.0.3\ngunicorn==22.0.0\n',
        'runtime.txt': 'python-3.12.4\n',
        'tests/test_app.py': 'import pytest\n',
      },
      good: {
        '.github/workflows/ci.yml': `name: ci
on: [push, pull_request]
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install -r requirements.txt pytest
      - run: make ci
`,
      },
    },
    'a project of uv': {
      bad: {
        'main.py': 'from fastapi import FastAPI\napp = FastAPI()\n',
        'pyproject.toml': '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.12"\ndependencies = ["fastapi"]\n\n[dependency-groups]\ndev = ["pytest"]\n',
        'uv.lock': 'version = 1\n',
        'tests/test_main.py': 'def test_nothing():\n    assert True\n',
      },
      good: {
        '.github/workflows/ci.yml': `name: ci
on: [push, pull_request]
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: astral-sh/setup-uv@v6
      - run: uv sync --locked
      - run: uv run pytest
`,
      },
    },
    'Django, with its own tests': {
      bad: {
        'manage.py': 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
        'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = []\n',
        'shop/tests.py': 'from django.test import TestCase\n\n\nclass Home(TestCase):\n    def test_home(self):\n        self.client.get("/")\n',
        'requirements.txt': 'django==5.1\n',
        'requirements-dev.txt': '-r requirements.txt\nruff\n',
        '.python-version': '3.12\n',
      },
      good: {
        '.github/workflows/ci.yml': `name: ci
on: [push, pull_request]
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version-file: .python-version
      - run: pip install -r requirements-dev.txt
      - run: python manage.py test
`,
      },
    },
    'a workflow that only tidies up': {
      bad: {
        '.github/workflows/stale.yml': `on: {schedule: [{cron: "0 0 * * *"}]}
jobs:
  stale:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/stale@v9
`,
        Procfile: 'web: gunicorn app:app\n',
      },
    },
    'a workflow that only publishes pages': {
      bad: {
        '.github/workflows/docs.yml': `on: [push]
jobs:
  pages:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: mkdocs build
      - uses: actions/upload-pages-artifact@v3
      - uses: actions/deploy-pages@v4
`,
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
      },
    },
    'GitHub Actions': {
      good: {
        '.github/workflows/ci.yml': `on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pip install -r requirements.txt && pytest
`,
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
      },
    },
    'a workflow of another repository': {
      good: { '.github/workflows/ci.yml': 'on:\n  pull_request:\njobs:\n  checks:\n    uses: acme/workflows/.github/workflows/python.yml@v3\n', Procfile: 'web: gunicorn app:app\n' },
    },
    'GitLab': { good: { '.gitlab-ci.yml': 'test:\n  image: python:3.12\n  script: [pip install -r requirements.txt, pytest]\n', Procfile: 'web: gunicorn app:app\n' } },
    'Jenkins': { good: { Jenkinsfile: "pipeline { agent any; stages { stage('test') { steps { sh 'pytest' } } } }\n", Procfile: 'web: gunicorn app:app\n' } },
    'a library without tests is nobody’s deployment': { good: { 'shapes/square.py': 'def area(side):\n    return side * side\n' } },
  }),
});

function judge(project: Project): Judgement {
  const workflows = checkingWorkflows(project);
  const testing = workflows.filter((each) => each.jobs.some((job) => job.uses !== undefined || job.steps.some((step) => step.run !== undefined && CHECKS.test(step.run))));
  const found: Evidence[] = [
    ...(testing.length > 0 ? testing : workflows).map((each) => ({ path: each.path, start: 0, end: 0, text: `${each.name ?? fileName(each.path)} runs on ${each.triggers.join(', ')}` })),
    ...project.of('pipeline').map((each) => ({ path: each.path, start: 0, end: 0, text: `${each.system} runs ${fileName(each.path)}` })),
    ...project.paths.filter((path) => /(^|\/)(\.teamcity|\.builds|\.tekton|\.buildkite|\.semaphore)\/|(^|\/)(\.build\.yml|wercker\.yml|ci\/pipeline\.ya?ml)$/.test(path)).slice(0, 1).map((path) => ({ path, start: 0, end: 0, text: `runs ${path}` })),
  ];
  if (found.length > 0) return { holds: found.slice(0, 5) };
  const local = localCheck(project);
  const idle = project.of('workflow').length > 0 ? 'no workflow checks a change' : 'there is no CI configuration';
  return { open: [{ at: gapPlace(project), message: `Nothing runs on a change: ${idle}${local ? `, and ${local.command} depends on somebody's memory` : ''}.`, related: local ? [local.at] : [] }] };
}

function hasTests(project: Project): boolean {
  return project.of('module').some((each) => each.role === 'test' && /(^|\/)(test_[^/]*|[^/]*_tests?|tests)\.py$|\.(test|spec)\.[jt]sx?$/.test(each.path));
}

/** The one command that checks everything by hand. */
function localCheck(project: Project): { readonly command: string; readonly at: Evidence } | undefined {
  for (const unit of project.of('plain')) {
    if (unit.format !== 'makefile' || unit.path.includes('/')) continue;
    const target = ['ci', 'check', 'test', 'tests'].map((name) => new RegExp(`^${name}[ \\t]*:(?!=)`, 'm').exec(project.text(unit.path) ?? '')).find((each) => each !== null);
    const name = target?.[0].replace(/[ \t]*:$/, '');
    if (target && name) return { command: `make ${name}`, at: { path: unit.path, start: target.index, end: target.index + name.length, text: `make ${name}` } };
  }
  const known: readonly (readonly [RegExp, (path: string) => string])[] = [
    [/^tox\.ini$/, () => 'pipx run tox'], [/^noxfile\.py$/, () => 'pipx run nox'], [/^(?:(?:scripts|bin|tools)\/)?(?:ci|check|checks|test|tests|run[-_]tests)\.sh$/, (path) => `bash ${path}`],
  ];
  for (const [pattern, command] of known) {
    const path = project.paths.find((each) => pattern.test(each));
    if (path) return { command: command(path), at: { path, start: 0, end: 0, text: command(path) } };
  }
  return undefined;
}

// ---- the workflow

interface Setup { readonly steps: readonly string[]; readonly run: string }

function workflow(project: Project): readonly NewFile[] | undefined {
  if (project.modules.length === 0 || project.modules.some((each) => each.language !== 'python') || project.root !== '' || project.paths.includes('.github/workflows/ci.yml')) return undefined;
  const runner = runnerOf(project);
  const { steps, run } = setup(project, runner);
  const local = localCheck(project)?.command;
  const command = local?.startsWith('pipx') ? local : local ?? `${run}${runner}`;
  const lines = ['      - uses: actions/checkout@v4', ...steps, `      - run: ${command}`];
  return [{ path: '.github/workflows/ci.yml', create: `name: ci\non: [push, pull_request]\npermissions:\n  contents: read\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n${lines.join('\n')}\n` }];
}

/** What runs the tests there are; without any, at least every file must parse. */
function runnerOf(project: Project): string {
  if (!hasTests(project)) return 'python -m compileall -q .';
  const tests = project.of('module').filter((each) => each.role === 'test');
  if (project.declares('pytest') || tests.some((each) => fileName(each.path) === 'conftest.py' || each.imports.some((one) => one.target.startsWith('pytest')))) return 'pytest';
  if (project.paths.includes('manage.py')) return 'python manage.py test';
  return tests.some((each) => each.imports.some((one) => one.target.startsWith('unittest'))) ? 'python -m unittest' : 'pytest';
}

function setup(project: Project, runner: string): Setup {
  const has = (path: string) => project.paths.includes(path);
  if (has('uv.lock')) return { steps: ['      - uses: astral-sh/setup-uv@v6', '      - run: uv sync --locked'], run: 'uv run ' };
  const python = ['      - uses: actions/setup-python@v5', '        with:', `          ${versionOf(project)}`];
  const tool = (name: string, install: string): Setup => ({ steps: [...python, `      - run: pipx install ${name}`, `      - run: ${name} ${install}`], run: `${name} run ` });
  if (has('poetry.lock')) return tool('poetry', 'install');
  if (has('pdm.lock')) return tool('pdm', 'sync');
  if (has('Pipfile.lock')) return tool('pipenv', 'sync --dev');
  const install = [...requirementFiles(project).map((path) => `-r ${path}`), ...(runner === 'pytest' && !project.declares('pytest') ? ['pytest'] : [])];
  const own = requirementFiles(project).length === 0 && (has('pyproject.toml') || has('setup.py')) ? ['.'] : [];
  const all = [...own, ...install];
  return { steps: [...python, ...(all.length > 0 ? [`      - run: pip install ${all.join(' ')}`] : [])], run: '' };
}

/** The requirements for development, which most often take in those of production, and those of production where they do not. */
function requirementFiles(project: Project): readonly string[] {
  const files = project.of('manifest').filter((each) => each.format === 'requirements' && !/constraints/.test(each.path) && each.path.split('/').length <= 2);
  const development = files.find((each) => /(^|[/._-])(dev|development|test|tests|testing|ci)([._-][\w-]*)*\.(txt|in|pip)$/.test(each.path));
  const production = files.find((each) => each.path === 'requirements.txt') ?? files.find((each) => each !== development);
  const included = development?.includes.some((each) => each.path === production?.path);
  return [...(production && !included ? [production.path] : []), ...(development && development !== production ? [development.path] : [])];
}

/** Where the version of Python is written down, else the newest. */
function versionOf(project: Project): string {
  if (project.paths.includes('.python-version')) return 'python-version-file: .python-version';
  const runtime = /^python-(\d+\.\d+)/m.exec(project.text('runtime.txt') ?? '')?.[1];
  const image = project.of('dockerfile').flatMap((each) => each.stages).map((stage) => /(?:^|\/)python:(\d+\.\d+)/.exec(stage.image)?.[1]).find((each) => each !== undefined);
  if (project.of('manifest').some((each) => each.path === 'pyproject.toml' && each.pythonVersion)) return 'python-version-file: pyproject.toml';
  return `python-version: "${runtime ?? image ?? '3.x'}"`;
}
