/** Facts that rules about absent things rest on: what handlers read, what stands before them, which application is served. */
import assert from 'node:assert/strict';
import { idleModules } from '../../rules/kit';
import { moduleOf, projectOf } from '../support/python';

describe('what functions read of requests', () => {
  const reads = async (body: string) => (await moduleOf(`from flask import request, session\ndef f(self):\n    ${body}\n`)).functions[0]?.reads ?? [];

  it('knows elements by key, however they are taken out', async () => {
    assert.ok((await reads('return request.headers["Origin"]')).includes('flask.request.headers.Origin'));
    assert.ok((await reads('return request.headers.get("Origin")')).includes('flask.request.headers.Origin'));
    assert.ok((await reads('return "user_id" in session')).includes('flask.session.user_id'));
    assert.ok((await reads('return self.request.session["user"]')).some((each) => each.endsWith('request.session.user')));
  });

  it('does not take what is written for what is read', async () => {
    assert.deepEqual((await reads('session["user_id"] = 1')).filter((each) => each.includes('user_id')), []);
    assert.ok((await reads('session["seen"] += 1')).includes('flask.session.seen'));
  });

  it('leaves sessions of databases alone', async () => {
    assert.deepEqual(await reads('db.session.add(self)'), []);
  });
});

describe('names in inner functions', () => {
  it('are known by their own scope, for the outer function too', async () => {
    const module = await moduleOf('import requests\ndef create_app():\n    def home():\n        s = requests.Session()\n        s.get("u")\n    return home\n');
    assert.ok(module.calls.some((each) => each.callee === 'requests.Session.get'));
    assert.deepEqual(module.functions.map((each) => [each.name, each.does]), [['create_app', ['requests.Session', 'requests.Session.get']], ['home', ['requests.Session', 'requests.Session.get']]]);
  });

  it('end where an annotation is called like its parameter', async () => {
    const module = await moduleOf('def f(Alert: Alert) -> None:\n    Alert.save()\n');
    assert.deepEqual(module.functions.map((each) => each.does), [['Alert.save']]);
  });
});

describe('dependencies of FastAPI', () => {
  const files = {
    'app/deps.py': 'from typing import Annotated\nfrom fastapi import Depends\nfrom fastapi.security import OAuth2PasswordBearer\nbearer = OAuth2PasswordBearer(tokenUrl="t")\nTokenDep = Annotated[str, Depends(bearer)]\ndef get_current_user(token: TokenDep):\n    return token\nCurrentUser = Annotated[str, Depends(get_current_user)]\n',
    'app/routes.py': 'from fastapi import APIRouter, Depends\nfrom app.deps import CurrentUser\nfrom app.limits import RateLimiter\nrouter = APIRouter()\n@router.post("/items", dependencies=[Depends(RateLimiter(times=2))])\ndef create(user: CurrentUser):\n    pass\n',
    'app/limits.py': 'class RateLimiter:\n    pass\n',
  };

  it('are followed through aliases of other files', async () => {
    const project = await projectOf(files);
    assert.deepEqual(project.routes.map((each) => each.route.gates), [['app.limits.RateLimiter', 'app.deps.get_current_user']]);
    assert.deepEqual(project.func('app.deps.get_current_user')?.func.depends, ['fastapi.security.OAuth2PasswordBearer']);
  });
});

describe('applications', () => {
  const flask = 'from flask import Flask\napp = Flask(__name__)\n';

  it('puts the one that is served first', async () => {
    const project = await projectOf({ 'app.py': flask, 'app_minimal.py': flask, 'app_sqlite.py': flask, Dockerfile: 'FROM python:3.12\nCMD ["gunicorn", "--bind", "0.0.0.0:5000", "app_sqlite:app"]\n' });
    assert.deepEqual(project.applications.map((each) => [each.path, each.served]), [['app_sqlite.py', true], ['app.py', false], ['app_minimal.py', false]]);
  });

  it('knows the file that fastapi or python is given', async () => {
    const fastapi = 'from fastapi import FastAPI\napp = FastAPI()\n';
    const project = await projectOf({ 'old.py': fastapi, 'src/api/run.py': fastapi, Procfile: 'web: python -u src/api/run.py\n' });
    assert.equal(project.applications[0]?.path, 'src/api/run.py');
  });

  it('knows what a file that is started loads, and what a platform serves by its path', async () => {
    const project = await projectOf({
      'shop/__init__.py': flask, 'run.py': 'from shop import app\napp.run()\n', 'old.py': flask, 'lambda_app.py': flask, Procfile: 'web: python run.py\n',
      'vercel.json': '{"builds": [{"src": "lambda_app.py", "use": "@vercel/python"}]}',
    });
    assert.deepEqual(project.applications.filter((each) => each.served).map((each) => each.path).sort(), ['lambda_app.py', 'shop/__init__.py']);
    assert.deepEqual([...idleModules(project)], ['old.py']);
    const functions = await projectOf({ 'api/index.py': flask, 'app.py': flask, 'vercel.json': '{"rewrites": [{"source": "/(.*)", "destination": "/api/index"}]}' });
    assert.deepEqual([...idleModules(functions)], ['app.py']);
  });

  it('calls nothing idle where Django may load it, or where no command names an application', async () => {
    const settings = 'INSTALLED_APPS = []\nROOT_URLCONF = "shop.urls"\n';
    assert.equal(idleModules(await projectOf({ 'app.py': flask, 'shop/settings.py': settings, Procfile: 'web: gunicorn app:app\n' })).size, 0);
    assert.equal(idleModules(await projectOf({ 'app.py': flask, 'old.py': flask })).size, 0);
  });

  it('finds an application of a class of its own', async () => {
    const project = await projectOf({ 'shop.py': 'from flask import Flask\nclass Shop(Flask):\n    pass\ndef create_app():\n    app = Shop(__name__)\n    app.config.from_object("config")\n    return app\n' });
    assert.deepEqual(project.applications.map((each) => [each.name, each.factory]), [['app', 'create_app']]);
  });
});

describe('star imports that go round', () => {
  it('are followed once, not from every side', async () => {
    const count = 24;
    const files = Object.fromEntries(Array.from({ length: count }, (_, index) => [`app/m${index}.py`, `${Array.from({ length: count }, (__, other) => `from .m${other} import *`).join('\n')}\nfrom app import m${index}\nclass C${index}:\n    def f(self):\n        return missing.thing(self)\n`]));
    const project = await projectOf({ ...files, 'app/__init__.py': Array.from({ length: count }, (_, index) => `from .m${index} import *`).join('\n') });
    assert.equal(project.modules.length, count + 1);
  }).timeout(60_000);

  it('a name that a package uses for something else is the module’s own in the module', async () => {
    const project = await projectOf({ 'shop/__init__.py': 'from shop.checks import checks\nchecks.init_app(1)\n', 'shop/checks.py': 'from flask_wtf.csrf import CSRFProtect\nclass Checks(CSRFProtect):\n    pass\nchecks = Checks()\n' });
    assert.ok(project.modules.some((module) => module.calls.some((each) => each.callee === 'shop.checks.Checks.init_app')), project.modules.flatMap((module) => module.calls.map((each) => each.callee)).join(', '));
  });
});
