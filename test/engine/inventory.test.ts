import assert from 'node:assert/strict';
import { inventoryOf } from '../../engine/inventory';
import type { Inventory, Spot } from '../../engine/audit/inventory';
import { openSession } from '../../engine/audit/open';
import { openMemory } from '../../engine/workspace/memory';
import { testGrammars } from '../support/grammars';
import { projectOf } from '../support/python';

/** Lines from 1, as people count them. */
const say = ({ path, line }: Spot) => `${path}:${line + 1}`;

/** As a session makes it, with every rule there is. */
async function inventory(files: Readonly<Record<string, string>>): Promise<Inventory> {
  const session = openSession({ workspace: openMemory(files), grammars: await testGrammars() });
  await session.refresh();
  const [audit] = session.audits();
  session.dispose();
  assert.ok(audit);
  return audit.inventory;
}

const APP = `import os
from flask import Flask, session
from flask_login import LoginManager, login_required
from flask_limiter import Limiter
from flask_wtf.csrf import CSRFProtect
import stripe
import requests

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
app.config["DEBUG_LEVEL"] = int(os.environ.get("DEBUG_LEVEL", "1"))
csrf = CSRFProtect(app)
limiter = Limiter(app=app)
login = LoginManager(app)
stripe.api_key = os.environ.get("STRIPE_API_KEY")

@app.get("/orders")
@login_required
def orders():
    return requests.get("https://rates.example-bank.eu/latest", timeout=3).text

@app.post("/login")
@limiter.limit("5 per minute")
def log_in():
    return "ok"

@app.post("/hook")
@csrf.exempt
def receive():
    return "ok"

@app.get("/secret-plans")
def plans():
    return "ok"
`;

describe('the inventory', () => {
  it('lists routes with what stands before them', async () => {
    const { routes, failed } = await inventory({ 'app.py': APP });
    assert.deepEqual(failed, []);
    assert.deepEqual(routes.map((each) => [`${each.methods.join()} ${each.path}`, say(each.at), each.auth, each.by, each.limit, each.csrf]), [
      ['POST /hook', 'app.py:29', 'public', undefined, 'none', 'exempt'],
      ['POST /login', 'app.py:24', 'public', undefined, 'own', 'checked'],
      ['GET /orders', 'app.py:19', 'guarded', 'login_required', 'none', 'not-needed'],
      ['GET /secret-plans', 'app.py:33', 'open', undefined, 'none', 'not-needed'],
    ]);
  });

  it('tells what the code opens to all from what is open by its name, and looks into its body', async () => {
    const views = `from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView


class Prices(APIView):
    permission_classes = [AllowAny]

    def get(self, request):
        return Response({})


class Essays(APIView):
    permission_classes = [AllowAny]

    def get(self, request):
        if not request.META.get("HTTP_AUTHORIZATION"):
            return Response({"error": "no"}, status=401)
        return Response({})
`;
    const urls = 'from django.urls import path\nfrom shop import views\nurlpatterns = [path("prices/", views.Prices.as_view()), path("essays/", views.Essays.as_view())]\n';
    const { routes } = await inventory({ 'shop/views.py': views, 'shop/urls.py': urls, 'shop/__init__.py': '', 'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["rest_framework"]\n', 'manage.py': 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n' });
    assert.deepEqual(routes.map((each) => [each.path, each.auth, each.by]), [['/essays/', 'inside', undefined], ['/prices/', 'public', 'AllowAny']]);
  });

  it('lists variables with their need and their places, never with a value', async () => {
    const { variables } = await inventory({ 'app.py': APP, '.env.example': '# keys\nSECRET_KEY=hunter2-hunter2\n', 'README.md': 'Set `STRIPE_API_KEY`.\n' });
    assert.deepEqual(variables.map((each) => [each.name, each.need, each.type, each.secret, each.reads.map(say), each.declared.map((one) => `${one.kind} ${say(one)}`)]), [
      ['DEBUG_LEVEL', 'optional', undefined, false, ['app.py:11'], []],
      ['SECRET_KEY', 'required', undefined, true, ['app.py:10'], ['example .env.example:2']],
      ['STRIPE_API_KEY', 'expected', undefined, true, ['app.py:15'], ['documentation README.md:1']],
    ]);
    assert.ok(!JSON.stringify(variables).includes('hunter2'));
  });

  it('says where more variables are read than can be named', async () => {
    const { unnamed } = await inventory({
      'app.py': 'from flask import Flask\nfrom env import told, untold\napp = Flask(__name__)\napp.config.from_prefixed_env("SHOP")\nKEY = told("KEY")\nOTHER = untold(read_file())\n',
      'env.py': 'import os\n\ndef told(name):\n    return os.environ[name]\n\ndef untold(option):\n    return os.getenv(option)\n\ndef two(kind):\n    return os.getenv("A_" + kind), os.getenv("B_" + kind)\n',
      'tests/test_app.py': 'import os\n\ndef test_x(x):\n    assert os.getenv("T_" + x)\n',
    });
    assert.deepEqual(unnamed?.map((each) => [say(each), each.prefix]), [['app.py:4', 'SHOP_'], ['env.py:7', undefined], ['env.py:10', undefined]]);
    assert.equal('unnamed' in await inventory({ 'app.py': APP }), false);
  });

  it('takes versions from lock files before pins, pins before ranges, and images for what runs beside it', async () => {
    const { stack } = await inventory({
      'app.py': APP, 'requirements.txt': 'flask>=3\ngunicorn==23.0.0\nredis\n', 'uv.lock': '[[package]]\nname = "flask"\nversion = "3.1.2"\n', Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n',
      'docker-compose.yml': 'services:\n  db:\n    image: postgres:16-alpine\n',
    });
    assert.deepEqual(stack.map((each) => [each.part, each.name, each.version, each.exact, say(each.at)]), [
      ['language', 'Python', '3.12', true, 'Dockerfile:1'], ['framework', 'Flask', '3.1.2', true, 'uv.lock:2'], ['server', 'Gunicorn', '23.0.0', true, 'requirements.txt:2'],
      ['database', 'PostgreSQL', '16', true, 'docker-compose.yml:3'], ['cache or queue', 'Redis client', undefined, false, 'requirements.txt:3'],
    ]);
  });

  it('says where it begins, how it knows visitors, whom it talks to and what carries it', async () => {
    const { scope, scale } = await inventory({ 'app.py': APP, Procfile: 'web: gunicorn -w 4 app:app\n' });
    assert.deepEqual(scope.entries.map((each) => [each.text, say(each)]), [['app', 'app.py:9']]);
    assert.deepEqual(scope.auth.map((each) => each.text), ['session cookie (Flask-Login)']);
    assert.deepEqual(scope.services.map((each) => [each.text, say(each)]), [['Stripe', 'app.py:6'], ['rates.example-bank.eu', 'app.py:20']]);
    assert.deepEqual([scale.workers, scale.processes, scale.server && say(scale.server), scale.database], ['several', 4, 'Procfile:1', 'none']);
  });

  it('lists jobs, models with indexes and relations, flows with their tests, and markers', async () => {
    const { jobs, models, flows, markers, tests } = await inventory({
      'app.py': `${APP}# TODO: one more\n`,
      'jobs.py': 'from apscheduler.schedulers.background import BackgroundScheduler\nscheduler = BackgroundScheduler()\n\ndef expire():\n    pass\n\nscheduler.add_job(expire, "interval", minutes=5)\n', 'ops/crontab': '0 3 * * * /opt/backup.sh --password=hunter2\n',
      'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n\nclass User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    email = db.Column(db.String(80), unique=True)\n\nclass Order(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    user_id = db.Column(db.ForeignKey("user.id"), index=True)\n',
      'tests/test_app.py': 'from app import app\n\ndef test_login():\n    assert app.test_client().post("/login").status_code == 200\n',
    });
    assert.deepEqual(jobs.map((each) => [each.name, each.when, each.by, say(each.at)]), [['expire', 'every 5 min', 'APScheduler', 'jobs.py:7'], ['/opt/backup.sh', '0 3 * * *', 'cron', 'ops/crontab:1']]);
    assert.deepEqual(models.map((each) => [each.name, say(each.at), each.columns, each.indexes.map((one) => `${one.columns.join()}${one.unique ? '!' : ''}`), each.relations]), [
      ['Order', 'models.py:8', 2, ['id!', 'user_id'], ['User']], ['User', 'models.py:4', 2, ['id!', 'email!'], []],
    ]);
    assert.deepEqual(flows.map((each) => [each.route, say(each.at), each.tests]), [['POST /login', 'app.py:24', ['tests/test_app.py']]]);
    assert.deepEqual([markers, tests.cases], [{ todo: 1, fixme: 0, other: 0, files: 1 }, 1]);
  });

  it('is empty of what is not there, and names a table that fails', async () => {
    const none = await inventory({ 'README.md': '# hello\n' });
    assert.deepEqual([none.routes, none.variables, none.stack, none.failed, none.scale], [[], [], [], [], { workers: 'unknown', database: 'none' }]);
    const project = await projectOf({ 'app.py': APP });
    const broken = new Proxy(project, { get: (of, key) => { if (key === 'models') throw new Error('broken'); return Reflect.get(of, key) as unknown; } });
    const { failed, models, routes } = inventoryOf(broken, ({ path }) => ({ path, line: 0 }));
    assert.deepEqual([failed.includes('models'), models, routes.length], [true, [], 4]);
  });
});
