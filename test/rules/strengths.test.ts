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

  it('settings that are refused where they are used are not checked at start', async () => {
    const app = 'import os\nfrom flask import Flask\napp = Flask(__name__)\nROOM = os.environ.get("ROOM", "80")\nLABEL = os.environ.get("LABEL", "shop")\n';
    const late = `${app}KEY = os.environ.get("OPENAI_API_KEY")\ndef ask():\n    if not os.environ.get("OPENAI_API_KEY"):\n        raise RuntimeError("no key")\n    return KEY\n`;
    const early = `${app}if not os.environ.get("OPENAI_API_KEY"):\n    raise RuntimeError("no key")\nKEY = os.environ.get("OPENAI_API_KEY")\n`;
    assert.deepEqual(await judged('config-not-validated', { 'app.py': late }), ['not-applicable', []]);
    assert.deepEqual(await judged('config-not-validated', { 'app.py': early }), ['holds', ['app.py:7 stops when OPENAI_API_KEY is missing']]);
  });
});
