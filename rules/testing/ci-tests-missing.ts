import type { CiJob, Edit, Evidence, Gap, Judgement, Project, Source, Workflow } from '../kit';
import { appendedSteps, checkingWorkflows, ciJobs, doing, fileName, hasCi, hasTests, hidden, insert, projectRule, testCommand } from '../kit';

export default projectRule({
  id: 'ci-tests-missing',
  title: 'CI runs the tests on every pull request',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: `Green then means "it was linted". Broken code is found after the merge, by the next person.`,
  how: `Run the tests on every pull request and require the check.`,
  links: ['https://docs.github.com/en/actions/writing-workflows/workflow-syntax-for-github-actions', 'https://docs.pytest.org/en/stable/'],
  ladder: { name: 'ci', rung: 2 },

  applies: (project) => !hasTests(project) ? 'There are no tests to run.' : hasCi(project) || 'There is no CI.',
  project: judge,

  fix: [
    {
      title: 'Add a step that runs the tests', safety: 'review', remains: 'See that the job installs what the tests need.',
      edit: (gap, { unit, source, project }) => gap.variation === undefined && unit.kind === 'workflow' ? tested(unit, source, project) : undefined,
    },
    { title: 'Run it for pull requests too', safety: 'review', edit: (gap, { unit, source }) => gap.variation && unit.kind === 'workflow' ? forRequests(unit, source) : undefined },
  ],

  examples: () => ({
    'only a linter': {
      bad: { '.github/workflows/ci.yml': workflow('[pull_request]', 'ruff check .'), 'tests/test_a.py': TEST() },
      good: { '.github/workflows/ci.yml': `${workflow('[pull_request]', 'ruff check .')}      - run: pytest\n` },
    },
    'only after the merge': {
      bad: { '.github/workflows/ci.yml': 'on:\n  push:\n    branches: [main]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n', 'tests/test_a.py': TEST() },
      good: { '.github/workflows/ci.yml': 'on:\n  pull_request:\n  push:\n    branches: [main]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n' },
      severity: 'low',
    },
    'once a night': { bad: { '.github/workflows/ci.yml': `on: {push: {branches: [main]}}\njobs:\n  lint:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ruff check .\n`, '.github/workflows/night.yml': workflow('{schedule: [{cron: "0 3 * * *"}]}', 'pytest'), 'tests/test_a.py': TEST() }, severity: 'low' },
    'a merge request that is only built': { bad: { '.gitlab-ci.yml': 'image:\n  stage: build\n  script: [docker build .]\n', 'tests/test_a.py': TEST() } },
    'installing pytest runs nothing': { bad: { '.github/workflows/ci.yml': workflow('[push]', 'pip install pytest && ruff check .'), 'tests/test_a.py': TEST() } },
    'through a target of make': { good: { '.github/workflows/ci.yml': workflow('[push, pull_request]', 'make test'), Makefile: 'test:\n\tpytest\n', 'tests/test_a.py': TEST() } },
    'through targets of targets': { good: { '.github/workflows/ci.yml': workflow('[push, pull_request]', 'uv run make ci'), Makefile: '.PHONY: ci\nci: lint check\n\nlint:\n\truff check .\n\ncheck:\n\tcoverage run -m pytest \\\n\t  -q\n', 'tests/test_a.py': TEST() } },
    'tox': { good: { '.github/workflows/ci.yml': workflow('[pull_request]', 'tox -e py312'), 'tests/test_a.py': TEST() } },
    'an environment of tox': { good: { '.github/workflows/ci.yml': workflow('[pull_request]', 'uvx tox -e unit'), 'tox.ini': '[testenv:unit]\ncommands =\n    pytest {posargs}\n', 'tests/test_a.py': TEST() } },
    'Django’s own runner': { good: { '.github/workflows/ci.yml': workflow('[pull_request]', 'python -Wall manage.py test --parallel'), 'shop/tests.py': 'from django.test import TestCase\n\n\nclass Home(TestCase):\n    def test_home(self):\n        self.assertEqual(self.client.get("/").status_code, 200)\n' } },
    'in a container': { good: { '.github/workflows/ci.yml': workflow('[pull_request]', 'docker compose run --rm -e CI=1 backend python -m pytest -q'), 'tests/test_a.py': TEST() } },
    'in a script of the repository': { good: { '.github/workflows/ci.yml': workflow('[pull_request]', 'bash ./scripts/check.sh'), 'scripts/check.sh': '#!/bin/sh\nset -e\npoetry run coverage run -m pytest\n', 'tests/test_a.py': TEST() } },
    'a script of the front end': { good: { '.github/workflows/ci.yml': workflow('[pull_request]', 'pnpm --filter web run check'), 'web/package.json': '{ "scripts": { "check": "eslint . && vitest run" } }\n', 'tests/test_a.py': TEST() } },
    'an action of the repository': {
      good: {
        '.github/workflows/ci.yml': 'on: [pull_request]\njobs:\n  check:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - uses: ./.github/actions/check\n',
        '.github/actions/check/action.yml': 'name: check\nruns:\n  using: composite\n  steps:\n    - run: pytest\n      shell: bash\n',
        'tests/test_a.py': TEST(),
      },
    },
    'a workflow that another one calls': {
      good: {
        '.github/workflows/ci.yml': 'on: [pull_request]\njobs:\n  test:\n    uses: ./.github/workflows/test.yml\n',
        '.github/workflows/test.yml': 'on: workflow_call\njobs:\n  unit:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n',
        'tests/test_a.py': TEST(),
      },
    },
    'a workflow of another repository': { good: { '.github/workflows/ci.yml': 'on: [pull_request]\njobs:\n  checks:\n    uses: acme/workflows/.github/workflows/python.yml@v3\n', 'tests/test_a.py': TEST() } },
    'a push to any branch': { good: { '.github/workflows/ci.yml': workflow('push', 'pytest'), 'tests/test_a.py': TEST() } },
    'a job of GitLab that extends another': { good: { '.gitlab-ci.yml': 'stages: [check]\n.base:\n  image: python:3.12\n  script: [pip install -r requirements.txt, pytest]\nunit:\n  extends: .base\n  stage: check\n  rules:\n    - if: $CI_PIPELINE_SOURCE == "merge_request_event"\n', 'tests/test_a.py': TEST() } },
    'templates that are not here': { good: { '.gitlab-ci.yml': 'include:\n  - project: platform/ci\n    file: python.yml\nbuild:\n  script: [docker build .]\n', 'tests/test_a.py': TEST() } },
    'no tests to run': { good: { '.github/workflows/ci.yml': workflow('[pull_request]', 'ruff check .') } },
    'no CI': { good: { 'tests/test_a.py': TEST() } },
  }),
});

function workflow(on: string, run: string): string {
  return `on: ${on}\njobs:\n  check:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ${run}\n`;
}

function TEST(): string {
  return 'def test_a():\n    assert True\n';
}

function judge(project: Project): Judgement {
  const found = doing(project, 'test');
  const good = found.filter(({ job }) => job.forChanges);
  if (good.length > 0) return { holds: good.slice(0, 3).map(({ path, start, end, text }): Evidence => ({ path, start, end, text: `tests run in ${text}` })) };
  const [late] = found;
  if (late) {
    const { path, start, end } = late;
    return { open: [{ at: { path, start, end }, message: `CI runs the tests, but not for pull or merge requests: ${late.text} starts ${startsOn(late.job.unit)}.`, variation: { severity: 'low', because: 'the tests do run, after the merge' } }] };
  }
  const closed = hidden(project);
  if (closed) return { notChecked: `${fileName(closed.path)} calls something that is not in this repository; whether it runs the tests cannot be seen.` };
  return { open: [gap(project)] };
}

function startsOn(unit: CiJob['unit']): string {
  if (unit.kind === 'pipeline') return 'for the main branch alone';
  const branches = unit.entries.filter((each) => /^on\.push\.branches(?:\.\d+)?$/.test(each.key)).map((each) => each.value);
  return unit.triggers.length === 0 ? 'when others call it' : `on ${unit.triggers.slice(0, 3).map((each) => (each === 'push' && branches.length > 0 ? `push to ${branches.slice(0, 3).join(', ')}` : each)).join(', ')}`;
}

function gap(project: Project): Gap {
  const checking = checkingWorkflows(project);
  const job = ciJobs(project).find((each) => each.unit.kind === 'pipeline' || checking.includes(each.unit)) ?? ciJobs(project)[0];
  const at = job ? { path: job.path, start: job.start, end: job.end } : project.anchor;
  return { at, message: `CI runs, but none of its steps runs the tests (${testCommand(project)}).` };
}

// ---- the fixes

function tested(unit: Workflow, source: Source, project: Project): readonly Edit[] | undefined {
  const job = unit.jobs.find((each) => each.steps.length > 0);
  return job && appendedSteps(job, [[`run: ${testCommand(project)}`]], source);
}

/** `on:` as a block of events, which is how one with a filter is written. */
function forRequests(unit: Workflow, source: Source): readonly Edit[] | undefined {
  const found = /^on:[ \t]*\r?\n([ \t]+)(?=[\w"'])/m.exec(source.text);
  return found?.[1] !== undefined && !unit.triggers.includes('pull_request') ? [insert(found.index + found[0].length, `pull_request:\n${found[1]}`)] : undefined;
}
