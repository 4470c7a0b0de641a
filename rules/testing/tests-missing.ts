import type { Judgement, Project } from '../kit';
import { firstTest, gapPlace, hasTests, projectRule, testCount } from '../kit';

/** Fewer source files than this are a script, unless something is deployed from here. */
const SMALL = 10;

export default projectRule({
  id: 'tests-missing',
  title: 'Automated tests exist',
  severity: 'high', confidence: 'likely', blocks: 'never', effort: 'L', since: '1',
  why: `Every change is then tested by customers. Nobody dares to update dependencies either.`,
  how: `Start with one test per critical flow, and run them in CI.`,
  links: ['https://docs.pytest.org/en/stable/', 'https://flask.palletsprojects.com/en/stable/testing/', 'https://sre.google/sre-book/testing-reliability/'],
  ladder: { name: 'tests', rung: 1 },
  hides: ['integration-tests-missing', 'critical-flow-untested', 'smoke-test-missing', 'coverage-not-measured'],

  applies(project) {
    // A folder of a repository that serves nothing by itself is tested with what uses it.
    if (project.root !== '' && project.applications.length === 0) return 'It is a part of something else.';
    return project.deployable || project.modules.length >= SMALL ? true : 'It is a small program, and nothing is deployed from here.';
  },
  project: judge,

  fix: { title: 'Create a first test', safety: 'review', edit: (_gap, { project }) => firstTest(project), remains: 'Give it the configuration and the database of a test, and install pytest.' },

  examples: () => ({
    'pytest is declared, and has nothing to run': {
      bad: {
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n\n\n@app.get("/healthz")\ndef healthz():\n    return "ok"\n',
        'requirements.txt': 'flask==3.0.3\npytest==8.3.3\npytest-cov==5.0.0\n',
        Procfile: 'web: gunicorn app:app\n',
      },
      good: {
        'conftest.py': 'import pytest\n\nfrom app import app\n\n\n@pytest.fixture\ndef client():\n    return app.test_client()\n',
        'tests/test_smoke.py': 'def test_healthz(client):\n    assert client.get("/healthz").status_code == 200\n',
      },
    },
    'a factory': {
      bad: {
        'shop/__init__.py': 'from flask import Flask\n\n\ndef create_app():\n    app = Flask(__name__)\n    return app\n',
        Procfile: 'web: gunicorn "shop:create_app()"\n',
      },
      good: {
        'conftest.py': 'import pytest\n\nfrom shop import create_app\n\n\n@pytest.fixture\ndef client():\n    return create_app().test_client()\n',
        'tests/test_smoke.py': 'def test_home(client):\n    assert client.get("/").status_code < 500\n',
      },
    },
    'FastAPI': {
      bad: {
        'app/main.py': 'from fastapi import FastAPI\napp = FastAPI()\n\n\n@app.get("/health")\ndef health():\n    return {}\n',
        Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["uvicorn", "app.main:app"]\n',
      },
      good: {
        'conftest.py': 'import pytest\nfrom fastapi.testclient import TestClient\n\nfrom app.main import app\n\n\n@pytest.fixture\ndef client():\n    with TestClient(app) as client:\n        yield client\n',
        'tests/test_smoke.py': 'def test_health(client):\n    assert client.get("/health").status_code == 200\n',
      },
    },
    'the file that Django generates': {
      bad: {
        'shop/tests.py': 'from django.test import TestCase\n\n# Create your tests here.\n',
        'proj/wsgi.py': 'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n',
      },
    },
    'helpers of tests that are not there': {
      bad: {
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
        Procfile: 'web: gunicorn app:app\n',
        'tests/__init__.py': '',
        'tests/conftest.py': 'import pytest\n\n@pytest.fixture\ndef client(app):\n    assert app\n    return app.test_client()\n',
      },
    },
    'functions that check nothing': {
      bad: {
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
        Procfile: 'web: gunicorn app:app\n',
        'test_mail.py': 'from app import app\n\ndef test_send():\n    print(app.name)\n',
      },
    },
    'tests in a comment and in a text': {
      bad: {
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
        Procfile: 'web: gunicorn app:app\n',
        'tests/test_app.py': '# def test_home():\n#     assert True\nTEXT = """\ndef test_home():\n    assert True\n"""\n',
      },
    },
    'pytest': { good: { 'tests/test_app.py': 'from app import app\ndef test_home():\n    assert app.test_client().get("/").status_code == 200\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn app:app\n' } },
    'unittest': {
      good: {
        'tests.py': 'import unittest\n\nclass UserModel(unittest.TestCase):\n    def test_password(self):\n        self.assertFalse(False)\n',
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn app:app\n',
      },
    },
    'beside the code, in a file called test.py': { good: { 'shop/test.py': 'def test_total():\n    assert 1 + 1 == 2\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn app:app\n' } },
    'assertions of a helper': {
      good: {
        'tests/helpers.py': 'def check(response):\n    assert response.status_code == 200\n', 'tests/test_app.py': 'from helpers import check\n\ndef test_home(client):\n    check(client.get("/"))\n',
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn app:app\n',
      },
    },
    'in a browser': { good: { 'e2e/home.spec.ts': 'import { expect, test } from "@playwright/test";\n\ntest("home", async ({ page }) => {\n  await page.goto("/");\n  await expect(page).toHaveTitle(/Shop/);\n});\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn app:app\n' } },
    'in words': { good: { 'features/order.feature': 'Feature: ordering\n  Scenario: one flower\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn app:app\n' } },
    'in docstrings, when they are run': { good: { 'pytest.ini': '[pytest]\naddopts = --doctest-modules\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn app:app\n' } },
    'a small program': { good: { 'shapes.py': 'def area(side):\n    return side * side\n' } },
  }),
});

function judge(project: Project): Judgement {
  const { tests } = project;
  const [first] = tests.files;
  if (hasTests(project)) {
    const at = first ?? tests.foreign[0];
    return { holds: at ? [{ path: at.path, start: 0, end: 0, text: testCount(project) }] : [] };
  }
  if (runsDoctests(project)) return { notChecked: 'Tests in docstrings are not read.' };
  const runner = ['pytest', 'nose2', 'jest', 'vitest', 'mocha', 'playwright'].find((name) => project.declares(name));
  const declared = runner === undefined ? '' : `, though ${runner} is declared`;
  const message = tests.cases > 0 ? `${tests.cases === 1 ? '1 test function exists and asserts' : `${tests.cases} test functions exist and assert`} nothing.` : `There is no test in this project${declared}.`;
  return { open: [{ at: gapPlace(project), message, related: first ? [{ path: first.path, start: 0, end: 0, text: 'a test that asserts nothing' }] : [] }] };
}

function runsDoctests(project: Project): boolean {
  const options = [...project.of('ini').flatMap((each) => each.sections.flatMap((section) => section.entries.map((entry) => entry.value ?? ''))), ...project.of('manifest').flatMap((each) => each.entries.map((entry) => entry.value))];
  return options.some((each) => each.includes('--doctest-modules') || each.includes('--doctest-glob'));
}
