/** What a rule takes for proof that a control works. A strength that proves nothing is as wrong as a finding that is none. */
import assert from 'node:assert/strict';
import { openSession } from '../../engine/audit/open';
import type { Grammars } from '../../engine/syntax/grammars';
import { openMemory } from '../../engine/workspace/memory';
import { testGrammars } from '../support/grammars';

type Tree = Readonly<Record<string, string>>;

describe('strengths', () => {
  let grammars: Grammars;
  before(async () => { grammars = await testGrammars(); });

  /** The state of a rule, and the texts of its evidence with the lines they stand on. */
  async function judged(rule: string, tree: Tree): Promise<readonly [string, readonly string[]]> {
    const session = openSession({ workspace: openMemory(tree), grammars });
    try {
      await session.refresh();
      const found = session.audits().flatMap((audit) => audit.outcomes.filter((each) => each.rule === rule))[0];
      return [found?.state ?? 'none', (found?.evidence ?? []).map((each) => `${each.path}:${each.range.start.line + 1} ${each.text}`)];
    } finally {
      session.dispose();
    }
  }

  it('trusted hosts are none where only a file of settings may name them', async () => {
    const app = 'from flask import Flask, url_for\nfrom config import Config\napp = Flask(__name__)\napp.config.from_object(Config)\ndef confirm_mail():\n    return url_for("confirm", _external=True)\n';
    const optional = 'ini = {}\nclass Config:\n    TRUSTED_HOSTS = None\n    if ini.get("hosts"):\n        TRUSTED_HOSTS = [each.strip() for each in ini["hosts"].split(",")]\n';
    assert.deepEqual(await judged('host-header-unrestricted', { 'app.py': app, 'config.py': optional }), ['not-checked', []]);
    assert.deepEqual(await judged('host-header-unrestricted', { 'app.py': app, 'config.py': 'class Config:\n    TRUSTED_HOSTS = ["shop.example"]\n' }), ['holds', ['config.py:2 TRUSTED_HOSTS']]);
  });

  it('a proxy that sends no scheme is not said to', async () => {
    const nginx = (scheme: string) => `server {\n  listen 80;\n  location / {\n    proxy_set_header Host $host;\n    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n${scheme}    proxy_pass http://app:8000;\n  }\n}\n`;
    assert.deepEqual(await judged('nginx-proxy-headers-missing', { 'nginx.conf': nginx('') }), ['holds', ['nginx.conf:6 location / forwards host and address, over plain HTTP']]);
    assert.deepEqual(await judged('nginx-proxy-headers-missing', { 'nginx.conf': nginx('    proxy_set_header X-Forwarded-Proto $scheme;\n') }), ['holds', ['nginx.conf:7 location / forwards host, address and scheme']]);
  });

  it('a limit in a file of a platform is said as it is written', async () => {
    const tree = { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn app:app\n', 'vercel.json': '{ "functions": { "app.py": { "maxDuration": 30 } } }\n' };
    assert.deepEqual((await judged('worker-timeout-unset', tree))[1].filter((each) => each.includes('vercel')), ['vercel.json:1 functions.app.py.maxDuration is 30']);
  });

  it('origins that are named are no strength beside a grant to everybody', async () => {
    const named = 'from flask import Flask\nfrom flask_cors import CORS\napp = Flask(__name__)\nCORS(app, origins=["https://shop.example"])\n';
    const open = 'from flask import Flask\nfrom flask_cors import CORS\napi = Flask(__name__)\nCORS(api, origins=["*"], supports_credentials=True)\n';
    assert.deepEqual((await judged('cors-wildcard', { 'app.py': named }))[1], ['app.py:4 CORS() names its origins']);
    assert.deepEqual((await judged('cors-wildcard', { 'app.py': named, 'api.py': open }))[1], []);
  });

  it('guards of an idle copy guard nothing', async () => {
    const guarded = 'from flask import Flask\nfrom flask_login import login_required\napp = Flask(__name__)\n@app.post("/out")\n@login_required\ndef out():\n    return ""\n';
    const served = 'from flask import Flask\napp = Flask(__name__)\n@app.get("/")\ndef home():\n    return ""\n';
    assert.deepEqual((await judged('authentication-missing', { 'main.py': served, 'old.py': guarded, Procfile: 'web: gunicorn main:app\n' }))[1], []);
    assert.deepEqual((await judged('authentication-missing', { 'main.py': guarded, Procfile: 'web: gunicorn main:app\n' }))[1], ['main.py:6 login_required and the like stand before 1 of 1 routes']);
  });

  it('uWSGI may migrate before it serves', async () => {
    const tree = { 'manage.py': 'print("manage")\n', 'shop/settings.py': 'INSTALLED_APPS = ["shop"]\n', 'docker/uwsgi.ini': '[uwsgi]\nmaster\nmodule = shop.wsgi\nhook-pre-app = exec:./manage.py migrate\n' };
    assert.deepEqual(await judged('migration-startup-race', tree), ['holds', ['docker/uwsgi.ini:4 migrations run in uwsgi.ini']]);
  });

  it('a hashed token is no password of an account', async () => {
    const make = (name: string) => `from django.contrib.auth.hashers import make_password\nclass Profile:\n    def ${name}(self, given):\n        self.password = make_password(given)\n`;
    assert.deepEqual((await judged('default-account-password', { 'shop/models.py': make('prepare_token') }))[1], []);
  });

  it('settings that are refused where they are used are not checked at start', async () => {
    const app = 'import os\nfrom flask import Flask\napp = Flask(__name__)\nROOM = os.environ.get("ROOM", "80")\nLABEL = os.environ.get("LABEL", "shop")\n';
    const late = `${app}KEY = os.environ.get("OPENAI_API_KEY")\ndef ask():\n    if not os.environ.get("OPENAI_API_KEY"):\n        raise RuntimeError("no key")\n    return KEY\n`;
    const early = `${app}if not os.environ.get("OPENAI_API_KEY"):\n    raise RuntimeError("no key")\nKEY = os.environ.get("OPENAI_API_KEY")\n`;
    assert.deepEqual(await judged('config-not-validated', { 'app.py': late }), ['not-applicable', []]);
    assert.deepEqual(await judged('config-not-validated', { 'app.py': early }), ['holds', ['app.py:7 stops when OPENAI_API_KEY is missing']]);
  });
});
