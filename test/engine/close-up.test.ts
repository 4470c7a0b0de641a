import assert from 'node:assert/strict';
import fc from 'fast-check';
import { previewOf } from '../../engine/audit/close-up';
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

describe('both sides of a fix', () => {
  const LITERAL = /(["'])((?:\\.|(?!\1)[^\\])*)\1/g;
  const words = (lines: readonly string[]) => lines.flatMap((line) => [...line.matchAll(LITERAL)].map((match) => match[2] ?? ''));
  const secret = fc.stringMatching(/^[a-z]{3}[a-z0-9_]{4,20}q$/);
  /** Lines with a secret and words that are none, and what of the line the edit replaces. */
  const lines: readonly ((value: string, word: string) => readonly [line: string, from: string, to: string])[] = [
    (s, w) => [`return jwt.encode(claims, "${s}", algorithm="${w}")`, `"${s}"`, 'os.environ["JWT_SECRET_KEY"]'],
    (s, w) => [`return jwt.encode({"sub": 1, "exp": end}, "${s}", algorithm="${w}")`, 'return jwt', 'return signed'],
    (s, w) => [`client.request("${w}", url, auth=("shop-${s}", "${s}"))`, 'client.request', 'session.request'],
    (s, w) => [`cookie("session", "${s}", samesite="${w}")`, `"${w}"`, `"${w}", secure=True`],
    (s, w) => [`KEY = os.environ.get("APP_KEY", "${s}"); KIND = "${w}"`, 'os.environ.get', 'os.getenv'],
    (s, w) => [`connect({"host": "${s}", "user": "${s}1"}, "${w}")`, 'connect', 'connect_tls'],
  ];
  const algorithms = ['HS256', 'RS512', 'EdDSA', 'A256GCM', 'sha256', 'argon2id'];
  const chosen = [...algorithms, 'POST', 'Lax', 'None', 'utf-8', 'application/json', 'true'];

  it('hide what the other hides, and no word that is chosen from a list', () => {
    fc.assert(fc.property(secret, fc.constantFrom(...chosen), fc.constantFrom(...lines), fc.boolean(), (value, word, made, isSecret) => {
      const [line, from, to] = made(value, word);
      // No library signs with `Lax`.
      fc.pre(algorithms.includes(word) || !line.includes('algorithm='));
      const text = `import os\n\n${line}\n`;
      const start = text.indexOf(from);
      const { changes } = previewOf({ title: 'Mend', edits: { 'app.py': [{ start, end: start + from.length, text: to }] }, creates: {} }, isSecret, () => text);
      const [change] = changes;
      assert.ok(change);
      const shown = (side: readonly string[]) => new Set(words(side).filter((each) => each !== '***'));
      const [before, after] = [shown(change.before), shown(change.after)];
      const [real, mended] = [new Set(words([line])), new Set(words([line.replace(from, to)]))];
      for (const each of real) if (mended.has(each)) assert.equal(before.has(each), after.has(each), `${each}: ${JSON.stringify(change)}`);
      if (!isSecret) return;
      assert.ok(!JSON.stringify(change).includes(value), JSON.stringify(change));
      assert.ok(before.has(word), JSON.stringify(change));
    }), { numRuns: 600 });
  });

  it('hide a word that is chosen from a list where a secret is set to it', () => {
    for (const line of ['SECRET_KEY = "none"', 'SECRET_KEY = os.environ.get("SECRET_KEY", "bcrypt")', "app.config['SECRET_KEY'] = 'true'"]) {
      const { changes } = previewOf({ title: 'Mend', edits: { 'app.py': [{ start: line.length, end: line.length, text: '  # changed' }] }, creates: {} }, true, () => line);
      assert.doesNotMatch(JSON.stringify(changes), /none|bcrypt|true/, line);
    }
  });

  it('hide a value that stood without quotes, wherever the fix puts it', () => {
    const text = '      - POSTGRES_PASSWORD=hunter2hunter2\n';
    for (const secret of [true, false]) {
      const { changes } = previewOf({ title: 'Mend', edits: { 'compose.yml': [{ start: 8, end: text.length - 1, text: 'POSTGRES_PASSWORD=${DB:-hunter2hunter2}' }] }, creates: {} }, secret, () => text);
      assert.deepEqual(changes.map(({ before, after }) => [before, after]), [[['      - POSTGRES_PASSWORD=***'], ['      - POSTGRES_PASSWORD=${DB:-***}']]]);
    }
  });

  it('hide the middle of a key that goes over several lines, moved or not', () => {
    const line = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';
    const text = `KEY = """\n${line}\n"""\n`;
    const { changes } = previewOf({ title: 'Mend', edits: { 'app.py': [{ start: 0, end: text.length, text: `if True:\n    KEY = """\n${line}\n"""\n` }] }, creates: {} }, true, () => text);
    assert.ok(changes.length > 0);
    assert.doesNotMatch(JSON.stringify(changes), /MIIE/);
  });
});
