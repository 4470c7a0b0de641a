import type { CriticalFlow, Judgement, NewFile, Project } from '../kit';
import { changingMethod, criticalFlows, gapPlace, handlerNames, hasTests, lastName, projectRule, testsOfFlow, wordsOf } from '../kit';

export default projectRule({
  id: 'critical-flow-untested',
  title: 'Login, payment and security controls are tested',
  severity: 'medium', points: 4, confidence: 'possible', blocks: 'never', effort: 'M', since: '1',
  why: `These are the flows where a mistake costs money or data. They are also the ones people fear to change.`,
  how: `Write one passing and one refusing test per flow.`,
  links: ['https://sre.google/sre-book/testing-reliability/', 'https://docs.pytest.org/en/stable/'],
  ladder: { name: 'tests', rung: 3 },
  attestable: 'core-flows-walked',

  applies(project) {
    if (!hasTests(project)) return 'There are no tests.';
    return criticalFlows(project).length > 0 ? true : 'It serves no login, payment, upload or other flow that is named for what it guards.';
  },
  project: judge,

  fix: { title: 'Create a test for each', safety: 'review', edit: (_gap, { project }) => stubs(project), remains: 'Say what each flow answers, and add a test that passes.' },

  examples: () => ({
    'only the health route is asked': {
      bad: {
        'tests/conftest.py': 'import pytest\nfrom app import app\n\n@pytest.fixture\ndef client():\n    return app.test_client()\n',
        'tests/test_smoke.py': 'def test_health(client):\n    assert client.get("/healthz").status_code == 200\n',
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n@app.post("/checkout")\ndef checkout():\n    return "ok"\n@app.post("/login")\ndef login():\n    return "ok"\n',
      },
      good: {
        'tests/test_critical_flows.py': 'def test_checkout_refuses_an_empty_request(client):\n    assert client.post("/checkout").status_code in (400, 401, 403, 422)\n\n\ndef test_login_refuses_an_empty_request(client):\n    assert client.post("/login").status_code in (400, 401, 403, 422)\n',
      },
    },
    'a function is tested, a webhook is not': { bad: { 'tests/test_price.py': 'def test_price():\n    assert 1 + 1 == 2\n', 'main.py': 'from fastapi import FastAPI\napp = FastAPI()\n@app.post("/webhook/stripe")\ndef hook():\n    return {}\n' } },
    'Django': {
      bad: {
        'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["cart"]\n', 'shop/urls.py': 'from django.urls import path\nfrom cart import views\n\nurlpatterns = [path("", views.home), path("refund/<int:order>/", views.refund)]\n',
        'cart/views.py': 'from django.http import HttpResponse\n\ndef home(request):\n    return HttpResponse()\n\ndef refund(request, order):\n    return HttpResponse(request.POST["amount"])\n',
        'cart/tests.py': 'from django.test import TestCase\n\nclass Home(TestCase):\n    def test_home(self):\n        self.assertEqual(self.client.get("/").status_code, 200)\n',
      },
    },
    'one flow of several': {
      bad: { 'tests/test_app.py': 'from app import app\n\ndef test_login():\n    assert app.test_client().post("/login").status_code == 401\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n@app.post("/upload")\ndef upload():\n    return "ok"\n@app.post("/login")\ndef login():\n    return "no", 401\n' },
    },
    'each is asked': {
      good: {
        'tests/test_checkout.py': 'from app import app\ndef test_checkout_needs_login():\n    assert app.test_client().post("/checkout").status_code == 401\ndef test_login_limited():\n    codes = [app.test_client().post("/login").status_code for _ in range(12)]\n    assert 429 in codes\n',
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n@app.post("/checkout")\ndef checkout():\n    return "no", 401\n@app.post("/login")\ndef login():\n    return "ok"\n',
      },
    },
    'by the name of its URL': { good: { 'tests/test_app.py': 'from flask import url_for\n\ndef test_it(client):\n    assert client.post(url_for("auth.login")).status_code == 401\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n@app.post("/log-in")\ndef login():\n    return "ok"\n' } },
    'by a list of paths': { good: { 'tests/test_app.py': 'import pytest\n\n@pytest.mark.parametrize("path", ["/api/v1/orders/7/refund", "/api/v1/uploads"])\ndef test_refused(client, path):\n    assert client.post(path).status_code == 403\n', 'main.py': 'from fastapi import APIRouter, FastAPI\n\napp = FastAPI()\nrouter = APIRouter(prefix="/orders")\n\n@router.post("/{order}/refund")\ndef give_back(order: int):\n    return {}\n\n@app.post("/api/v1/uploads")\ndef receive():\n    return {}\n\napp.include_router(router, prefix="/api/v1")\n' } },
    'in a browser': { good: { 'e2e/login.spec.ts': 'import { expect, test } from "@playwright/test";\ntest("refuses", async ({ page }) => { await page.goto("/login"); await expect(page).toHaveURL(/login/); });\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n@app.post("/login")\ndef login():\n    return "ok"\n' } },
    'from the schema': { good: { 'tests/test_api.py': 'import schemathesis\n\nschema = schemathesis.from_asgi("/openapi.json", app)\n\n@schema.parametrize()\ndef test_api(case):\n    case.call_and_validate()\n', 'main.py': 'from fastapi import FastAPI\napp = FastAPI()\n@app.post("/login")\ndef login():\n    return {}\n' } },
    'nothing critical': { good: { 'tests/test_app.py': 'def test_home():\n    assert True\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n@app.get("/about")\ndef about():\n    return "ok"\n@app.post("/notes")\ndef add_note():\n    return "ok"\n' } },
  }),
});

function untested(project: Project): readonly CriticalFlow[] {
  return criticalFlows(project).filter((each) => testsOfFlow(each, project).length === 0);
}

function judge(project: Project): Judgement {
  const { tests } = project;
  // Tests that are made from the schema of the API, or told in words, name no flow and ask all of them.
  if (tests.foreign.length > 0 || tests.mentions('schemathesis') !== undefined) return { notChecked: 'The tests are made from a schema or written in words of their own.' };
  const missing = untested(project);
  if (missing.length > 0) {
    const names = missing.slice(0, 10).map((each) => each.text);
    const more = missing.length - names.length;
    return { open: [{ at: gapPlace(project), message: `No test mentions ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`, related: missing.slice(0, 10).map(({ path, start, end, text }) => ({ path, start, end, text })) }] };
  }
  return { holds: criticalFlows(project).slice(0, 5).map(({ path, start, end, text, route }) => ({ path, start, end, text: `${text} is named in ${tests.visits(route.path) ?? tests.mentions(lastName(route.handler)) ?? 'tests'}` })) };
}

// ---- the fix

/** One refusal for each flow whose path is constant, beside the fixture that makes the client. */
function stubs(project: Project): readonly NewFile[] | undefined {
  const fixture = project.of('module').find((each) => /(^|\/)conftest\.py$/.test(each.path) && each.tests?.names.includes('client'));
  if (!fixture) return undefined;
  const folder = fixture.path === 'conftest.py' ? (project.paths.some((each) => each.startsWith('tests/')) ? 'tests/' : '') : fixture.path.replace(/conftest\.py$/, '');
  const path = `${folder}test_critical_flows.py`;
  const flat = untested(project).filter((each) => !/[<{*(]/.test(each.route.path) && handlerNames(each.route)[0] !== undefined).slice(0, 10);
  if (flat.length === 0 || project.paths.includes(path)) return undefined;
  const tests = flat.map((each) => `def test_${wordsOf(handlerNames(each.route)[0] ?? '').join('_')}_refuses_an_empty_request(client):\n    assert client.${changingMethod(each.route).toLowerCase()}("${each.route.path}").status_code in (400, 401, 403, 422)\n`);
  return [{ path, create: [...new Set(tests)].join('\n\n') }];
}
