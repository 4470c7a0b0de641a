import assert from 'node:assert/strict';
import { openSession } from '../../engine/audit/open';
import type { Grammars } from '../../engine/syntax/grammars';
import { openMemory } from '../../engine/workspace/memory';
import { rules } from '../../rules';
import type { Profile } from '../../rules/kit';
import { testGrammars } from '../support/grammars';

const STORE = { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    restart: always\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n' };
const LOGIN = {
  'app.py': 'from flask import Flask, request, session\napp = Flask(__name__)\n@app.post("/login")\ndef login():\n    session["user_id"] = request.form["id"]\n    return "ok"\n',
  'docker-compose.yml': 'services:\n  web:\n    build: .\n    ports: ["80:8000"]\n',
};
const UNVERIFIED = { 'app.py': 'import requests\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.get("/")\ndef index():\n    return requests.get("https://partner.test/x", verify=False, timeout=5).json()\n', Procfile: 'web: uvicorn app:app\n' };

describe('what blocks, by the profile', () => {
  let grammars: Grammars;
  before(async () => { grammars = await testGrammars(); });

  const blocks = async (id: string, files: Readonly<Record<string, string>>, profile: Partial<Profile>) => {
    const session = openSession({ workspace: openMemory({ ...files, 'shipworthy.json': JSON.stringify({ profile }) }), grammars, rules: rules.filter((rule) => rule.id === id) });
    try {
      await session.refresh();
      const [finding] = session.audits().flatMap((audit) => audit.outcomes).flatMap((outcome) => outcome.findings);
      assert.ok(finding, `${id} is not open`);
      assert.equal(finding.severity, 'high');
      return finding.blocks;
    } finally {
      session.dispose();
    }
  };

  it('is a missing backup of personal data, unless it is a pilot that its users know to be one, and of payments always', async () => {
    assert.equal(await blocks('backup-missing', STORE, {}), false);
    assert.equal(await blocks('backup-missing', STORE, { data: ['personal'] }), true);
    assert.equal(await blocks('backup-missing', STORE, { data: ['personal'], stage: 'pilot' }), false);
    assert.equal(await blocks('backup-missing', STORE, { data: ['payment'], stage: 'pilot' }), true);
  });

  it('is plain HTTP for everybody, not inside of one\'s own network', async () => {
    assert.equal(await blocks('https-not-enforced', LOGIN, {}), true);
    assert.equal(await blocks('https-not-enforced', LOGIN, { exposure: 'internal' }), false);
  });

  it('is a certificate that nobody verifies, where personal data may pass', async () => {
    assert.equal(await blocks('tls-verify-disabled', UNVERIFIED, {}), false);
    assert.equal(await blocks('tls-verify-disabled', UNVERIFIED, { data: ['personal'] }), true);
  });
});
