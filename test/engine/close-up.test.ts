import assert from 'node:assert/strict';
import { openSession } from '../../engine/audit/open';
import { openMemory } from '../../engine/workspace/memory';
import { testGrammars } from '../support/grammars';

/** What is seen from near of the findings of one rule, with their fixes. */
async function near(files: Readonly<Record<string, string>>, rule: string, fixed = true) {
  const session = openSession({ workspace: openMemory(files), grammars: await testGrammars() });
  await session.refresh();
  const findings = session.audits().flatMap((audit) => audit.outcomes.flatMap((outcome) => outcome.findings)).filter((each) => each.rule === rule);
  const seen = findings.map((each) => session.closeUp(each.fingerprint, fixed));
  assert.equal(session.closeUp('0000000000000000', true), undefined);
  session.dispose();
  return seen;
}

describe('a finding from near', () => {
  const APP = '# the application\nimport os\n\nfrom flask import Flask\n\napp = Flask(__name__)\napp.config["SECRET_KEY"] = os.environ.get("SECRET_KEY", "hunter2-hunter2")\nTOKEN = "sk-not-to-be-seen"\n\nclient = 1\n';

  it('shows the lines around it, and says which are its own', async () => {
    const [seen] = await near({ 'app.py': APP, Procfile: 'web: gunicorn app:app\n' }, 'secret-key-default');
    assert.deepEqual([seen?.line, seen?.own, seen?.code], [5, [1, 1], ['app = Flask(__name__)', 'app.config["SECRET_KEY"] = os.environ.get("SECRET_KEY", "***")', 'TOKEN = "***"']]);
  });

  it('shows the real lines before and after its fix, CRLF or not', async () => {
    for (const text of [APP, APP.replaceAll('\n', '\r\n')]) {
      const [seen] = await near({ 'app.py': text, Procfile: 'web: gunicorn app:app\n' }, 'secret-key-default');
      const [change] = seen?.fix?.changes ?? [];
      assert.deepEqual([change?.path, change?.line, change?.before], ['app.py', 6, ['app.config["SECRET_KEY"] = os.environ.get("SECRET_KEY", "***")']]);
      assert.deepEqual(change?.after, [
        'app.config["SECRET_KEY"] = os.environ.get("SECRET_KEY")', 'if not app.config["SECRET_KEY"]:', '    if os.environ.get("APP_ENV", "production") != "development":',
        change?.after[3], '    app.config["SECRET_KEY"] = "***"',
      ]);
      assert.match(change?.after[3] ?? '', /raise RuntimeError\("\w/);
    }
  });

  it('works out no fix that nobody asked for', async () => {
    const [seen] = await near({ 'app.py': APP }, 'secret-key-default', false);
    assert.equal(seen?.fix, undefined);
  });

  it('never shows a secret, on whichever line it stands', async () => {
    const key = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n'.repeat(4)}-----END PRIVATE KEY-----`;
    const files = {
      'app.py': `${APP}\nKEY = """${key}"""\nDATABASE_URL = "postgresql://admin:hunter3pass@db/x"\n`, '.env': 'SECRET_KEY=hunter2-hunter2\nOTHER=hunter4-in-the-file\n', Procfile: 'web: gunicorn app:app\n',
    };
    const session = openSession({ workspace: openMemory(files, { tracked: Object.keys(files) }), grammars: await testGrammars() });
    await session.refresh();
    const findings = session.audits().flatMap((audit) => audit.outcomes.flatMap((outcome) => outcome.findings));
    const shown = JSON.stringify(findings.map((each) => session.closeUp(each.fingerprint, true)));
    session.dispose();
    assert.ok(findings.some((each) => each.path === '.env'));
    assert.doesNotMatch(shown, /hunter|MIIEvQ|not-to-be-seen/);
  });

  it('keeps to seven lines, and cuts long ones', async () => {
    const [seen] = await near({ 'app.py': `import requests\n\ndef f():\n    return requests.get(\n        "https://a.example.com/${'a/'.repeat(300)}",\n        params={\n            "b": 1,\n            "c": 2,\n            "d": 3,\n            "e": 4,\n        },\n    )\n`, Procfile: 'web: gunicorn app:app\n' }, 'http-timeout-missing');
    assert.ok(seen !== undefined && seen.code.length >= 3 && seen.code.length <= 7);
    assert.ok(seen.code.every((line) => line.length <= 201));
  });
});
