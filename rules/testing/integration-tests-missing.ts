import type { Evidence, Judgement, Project } from '../kit';
import { gapPlace, hasTests, projectRule, runCommands, testCount, webFrameworks } from '../kit';

export default projectRule({
  id: 'integration-tests-missing',
  title: 'Tests exercise the application through its interface',
  severity: 'medium', confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: `Units can all pass while the route, the form or the database setup is broken. Most outages are in the wiring.`,
  how: `Add a test per main flow through the test client, with a real test database.`,
  links: ['https://flask.palletsprojects.com/en/stable/testing/', 'https://fastapi.tiangolo.com/tutorial/testing/', 'https://docs.djangoproject.com/en/stable/topics/testing/tools/'],
  ladder: { name: 'tests', rung: 2 },

  applies(project) {
    if (webFrameworks(project).size === 0) return 'It serves no requests.';
    return hasTests(project) ? true : 'There are no tests.';
  },
  project: judge,

  examples: () => ({
    'a function is tested': { bad: { 'tests/test_price.py': 'from price import total\ndef test_total():\n    assert total([1, 2]) == 3\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'another service is asked': {
      bad: {
        'tests/test_rates.py': 'import requests\n\ndef test_rates():\n    assert requests.get("https://rates.example.com/eur", timeout=5).ok\n\ndef test_cache(redis_client):\n    assert redis_client.get("rate") is None\n',
        'main.py': 'from fastapi import FastAPI\napp = FastAPI()\n',
      },
    },
    'a client that is only spoken of': { bad: { 'tests/test_price.py': '# app.test_client() comes later\ndef test_total():\n    """Would use TestClient(app)."""\n    assert 1 + 1 == 2\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'components of the front end are drawn': {
      bad: {
        'web/src/button.test.tsx': 'import { render } from "@testing-library/react";\nit("draws", () => { expect(render(null)).toBeTruthy(); });\n',
        'web/package.json': '{ "devDependencies": { "vitest": "2.0.0" } }\n',
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
      },
    },
    'the test client of Flask': { good: { 'tests/test_orders.py': 'from app import app\ndef test_create():\n    r = app.test_client().post("/orders", json={"sku": "a"})\n    assert r.status_code == 201\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'a fixture, used elsewhere': {
      good: {
        'tests/conftest.py': 'import pytest\n@pytest.fixture\ndef client(app):\n    return app.test_client()\n', 'tests/test_home.py': 'def test_home(client):\n    assert client.get("/").status_code == 200\n',
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
      },
    },
    'the fixture of a plug-in': { good: { 'shop/tests/test_home.py': 'from django.urls import reverse\n\ndef test_home(client):\n    assert client.get(reverse("home")).status_code == 200\n', 'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = []\n' } },
    'Django': { good: { 'shop/tests.py': 'from django.test import TestCase\n\nclass Home(TestCase):\n    def test_home(self):\n        self.assertEqual(self.client.get("/").status_code, 200)\n', 'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = []\n' } },
    'Starlette\'s client': { good: { 'tests/test_main.py': 'from fastapi.testclient import TestClient\nfrom main import app\n\nclient = TestClient(app)\n\ndef test_root():\n    assert client.get("/").status_code == 200\n', 'main.py': 'from fastapi import FastAPI\napp = FastAPI()\n' } },
    'httpx on the application': { good: { 'tests/test_main.py': 'from httpx import ASGITransport, AsyncClient\nfrom main import app\n\nasync def test_root():\n    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://test") as ac:\n        assert (await ac.get("/")).status_code == 200\n', 'main.py': 'from fastapi import FastAPI\napp = FastAPI()\n' } },
    'a server that was started': { good: { 'tests/test_api.py': 'import requests\n\nBASE = "http://localhost:8000"\n\ndef test_health():\n    assert requests.get(f"{BASE}/health", timeout=5).ok\n', 'main.py': 'from fastapi import FastAPI\napp = FastAPI()\n' } },
    'a schema that is tried out': { good: { 'tests/test_price.py': 'def test_price():\n    assert 1 + 1 == 2\n', '.github/workflows/ci.yml': 'on: [push]\njobs:\n  api:\n    runs-on: ubuntu-latest\n    steps:\n      - run: schemathesis run http://localhost:8000/openapi.json\n', 'main.py': 'from fastapi import FastAPI\napp = FastAPI()\n' } },
    'a browser is only installed': { bad: { 'tests/test_price.py': 'def test_price():\n    assert 1 + 1 == 2\n', '.github/workflows/ci.yml': 'on: [push]\njobs:\n  api:\n    runs-on: ubuntu-latest\n    steps:\n      - run: python -m playwright install --with-deps chromium\n', 'main.py': 'from fastapi import FastAPI\napp = FastAPI()\n' } },
    'a library': { good: { 'tests/test_price.py': 'def test_price():\n    assert 1 + 1 == 2\n', 'price.py': 'def total(a):\n    return sum(a)\n' } },
  }),
});

/** Programs that send requests to the application and check the answers. */
const CONTRACTS = /\b(schemathesis|st|newman|k6|artillery|bru|cypress)\s+run\b|\bplaywright\s+test\b|\bcypress-io\/|^(dredd|hurl|tavern-ci|pact-verifier|karate)\b/;

function judge(project: Project): Judgement {
  const sent = ways(project);
  if (sent.length > 0) return { holds: sent };
  const { cases } = project.tests;
  return { open: [{ at: gapPlace(project), message: cases === 1 ? 'There is 1 test, and it sends no request to the application.' : `There are ${cases} tests, and none sends a request to the application.`, related: project.tests.files.slice(0, 1).map((each) => ({ path: each.path, start: 0, end: 0, text: testCount(project) })) }] };
}

function ways(project: Project): readonly Evidence[] {
  const { clients, foreign } = project.tests;
  return [
    ...clients.map(({ path, start, end, text, files }) => ({ path, start, end, text: `requests are sent through ${text} in ${files} ${files === 1 ? 'file' : 'files'}` })), ...foreign,
    ...runCommands(project).filter((each) => CONTRACTS.test(each.text)).slice(0, 1).map(({ path, start, end, text }) => ({ path, start, end, text: text.slice(0, 60) })),
  ].slice(0, 5);
}
