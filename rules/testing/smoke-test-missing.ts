import type { Evidence, Judgement, Project } from '../kit';
import { firstTest, gapPlace, projectRule, runCommands, webFrameworks } from '../kit';

export default projectRule({
  id: 'smoke-test-missing',
  title: 'The application is started once before release',
  severity: 'low', confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: `A missing setting or import breaks the start, which unit tests never do. The deploy is then the first start.`,
  how: `Start it in CI and ask its health route, and again after each deploy.`,
  links: ['https://sre.google/sre-book/release-engineering/', 'https://flask.palletsprojects.com/en/stable/testing/'],
  ladder: { name: 'tests', rung: 4 },
  attestable: 'core-flows-walked',

  applies: (project) => project.deployable && webFrameworks(project).size > 0 ? true : 'No web application is deployed from here.',
  project: judge,

  fix: { title: 'Add a smoke test', safety: 'review', edit: (_gap, { project }) => firstTest(project), remains: 'Give it the configuration and the database of a test, and install pytest.' },

  examples: () => ({
    'only a function is tested': {
      bad: { 'tests/test_price.py': 'def test_price():\n    assert 2 * 2 == 4\n', Procfile: 'web: gunicorn app:app\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n\n@app.get("/healthz")\ndef healthz():\n    return "ok"\n' },
      good: {
        'conftest.py': 'import pytest\n\nfrom app import app\n\n\n@pytest.fixture\ndef client():\n    return app.test_client()\n',
        'tests/test_smoke.py': 'def test_healthz(client):\n    assert client.get("/healthz").status_code == 200\n',
      },
    },
    'the image is built, and never started': {
      bad: {
        '.github/workflows/ci.yml': 'on: [pull_request]\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker build -t app .\n',
        Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'tests/test_price.py': 'def test_price():\n    assert 2 * 2 == 4\n',
      },
    },
    'something else is fetched': {
      bad: {
        '.github/workflows/ci.yml': 'on: [pull_request]\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: curl -fsSL https://install.example.com/poetry | python3 -\n      - run: curl -LS -o tool "$API_URL"\n      - run: nc -z $DB_HOST $DB_PORT\n      - run: pytest\n',
        Procfile: 'web: gunicorn app:app\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'tests/test_price.py': 'def test_price():\n    assert 2 * 2 == 4\n',
      },
    },
    'the image is started and asked': {
      good: {
        '.github/workflows/ci.yml': 'on: [pull_request]\njobs:\n  smoke:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker build -t app . && docker run -d -p 8000:8000 app && sleep 3 && curl -fsS http://localhost:8000/healthz\n',
        Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
      },
    },
    'a test asks the application': { good: { 'tests/test_smoke.py': 'from app import create_app\ndef test_boot():\n    assert create_app().test_client().get("/healthz").status_code == 200\n', Procfile: 'web: gunicorn app:app\n', 'app.py': 'from flask import Flask\ndef create_app():\n    return Flask(__name__)\n' } },
    'compose waits until everything is healthy': {
      good: {
        '.github/workflows/ci.yml': 'on: [pull_request]\njobs:\n  smoke:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker compose up -d --wait\n',
        Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
      },
    },
    'the deploy script asks': { good: { 'deploy.sh': '#!/bin/sh\ngit pull\nsystemctl restart shop\ncurl -fsS https://shop.example.com/healthz || exit 1\n', Procfile: 'web: gunicorn app:app\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'the platform asks before it sends traffic': { good: { 'render.yaml': 'services:\n  - type: web\n    name: shop\n    runtime: python\n    startCommand: gunicorn app:app\n    healthCheckPath: /healthz\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'a cluster waits for readiness': {
      good: {
        'k8s/web.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: shop\n          readinessProbe:\n            httpGet:\n              path: /healthz\n              port: 8000\n',
        Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
      },
    },
    'nothing is deployed': { good: { 'price.py': 'def total(a):\n    return sum(a)\n' } },
  }),
});

const ASKS = /^(curl|wget|http|https|xh|wait-on)$/;
/** Addresses of what was just started or deployed: this machine, a health route, or a variable that names it. */
const TARGET = /localhost|127\.0\.0\.1|0\.0\.0\.0|\/(health|healthz|health-?check|ready|readyz|readiness|livez|status|ping|up)\b|\$\{?\{?[\w. ]*(app|site|deploy\w*|staging|base|service|public|web|api)_?(url|host|domain|address)\b/i;
/** Fetches a file. */
const DOWNLOADS = /(^|\s)(-[a-zA-Z]*[oO]\b|--output\b|--remote-name\b)(?!\s*\/dev\/null)/;
const WAITS = /\bcompose\b.*\bup\b.*--wait\b|\bstart-server-and-test\b|\bwait-on\b|\bmanage\.py\s+testserver\b|\bpytest\b.*--(base-url|live-server)|\bflyctl?\s+deploy\b|\bkubectl\s+rollout\s+status\b|\bhelm\s+(upgrade|install)\b.*--(wait|atomic)/;

function judge(project: Project): Judgement {
  const found = [...asked(project), ...platforms(project)];
  if (found.length > 0) return { holds: found.slice(0, 5) };
  return { open: [{ at: gapPlace(project), message: 'No test and no step of CI or deployment starts the application and asks it for a page.' }] };
}

function asked(project: Project): readonly Evidence[] {
  const commands = runCommands(project).filter((each) => WAITS.test(each.text) || (ASKS.test(each.words[0] ?? '') && TARGET.test(each.text) && !DOWNLOADS.test(each.text)) || /\b(curl|wget)\b[^|]*(localhost|127\.0\.0\.1)/.test(each.text));
  const actions = project.of('workflow').flatMap((unit) => unit.jobs.flatMap((job) => job.steps.flatMap((step) => step.uses && /^(jtalk\/url-health-check|nick-fields\/retry|cypress-io\/|iFaxity\/wait-on|bruceadams\/get-release|Kong\/public-insomnia)/i.test(step.uses) ? [{ path: unit.path, ...step.at, text: step.uses }] : [])));
  return [
    ...project.tests.clients.map(({ path, start, end, text }) => ({ path, start, end, text: `tests start it, through ${text}` })),
    ...commands.slice(0, 2).map(({ path, start, end, text }) => ({ path, start, end, text: text.slice(0, 60) })), ...actions,
  ];
}

/** Platforms that ask a new version before they send it requests. */
function platforms(project: Project): readonly Evidence[] {
  const keys = /(^|\.)(healthCheckPath|healthcheckPath|healthcheck_path|http_checks|checks|readinessProbe|startupProbe|readiness_check|health_check)(\.|$)/;
  const platform = project.of('platform').flatMap((unit) => unit.entries.filter((each) => keys.test(each.key)).map((each) => ({ path: unit.path, ...each.at, text: `${unit.platform} asks ${each.value}` })));
  const cluster = project.of('kubernetes').flatMap((unit) => unit.objects.flatMap((object) => object.entries.filter((each) => keys.test(each.key)).map((each) => ({ path: unit.path, ...each.at, text: 'the cluster waits until it is ready' }))));
  return [...platform.slice(0, 1), ...cluster.slice(0, 1)];
}
