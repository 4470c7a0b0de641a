import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { run } from '../../cli/commands';
import type { Audit } from '../../engine/audit/outcome';
import { incomplete, type RuleSpec } from '../report/fixture';
import { auditOf, fakeProduct, fakeSession, surroundings } from './fake';
import { temporaryFolder } from './folder';

const DEBUG: RuleSpec = { rule: 'debug-enabled', category: 'configuration', severity: 'critical', path: 'config.py', message: 'Debug mode is switched on.' };
const CSRF: RuleSpec = { rule: 'csrf-missing', category: 'auth', severity: 'high', path: 'app.py', message: 'Nothing checks a CSRF token.' };
const FILE = '.shipworthy/baseline.json';

describe('the baseline', () => {
  const folder = temporaryFolder();
  const read = () => readFileSync(path.join(folder.path, FILE), 'utf8');

  async function shipworthy(words: readonly string[], rules: readonly RuleSpec[] | Audit, notices: Parameters<typeof fakeSession>[1] = []) {
    const around = surroundings(folder.path);
    const audit = 'outcomes' in rules ? rules : auditOf(rules);
    const code = await run(words, fakeProduct(fakeSession([audit], notices)), around);
    return { code, out: around.stdout.text, err: around.stderr.text };
  }

  it('is written only when that is asked for, one finding a line', async () => {
    const { code, out } = await shipworthy(['baseline'], [DEBUG, CSRF]);
    assert.deepEqual([code, existsSync(path.join(folder.path, '.shipworthy'))], [0, false]);
    assert.match(out, /^There is no baseline .*baseline\.json\. 2 findings would be written down with --write\.\n$/);
    assert.equal((await shipworthy(['baseline', '--write'], [DEBUG, CSRF])).code, 0);
    assert.match(read(), /^\{\n {2}"version": 1,\n {2}"findings": \[\n {4}\{ "path": "app\.py", "rule": "csrf-missing", "severity": "high", "fingerprint": "[0-9a-f]{16}", "shape": "[0-9a-f]{8}", "since": "2026-11-20" \},\n {4}\{ "path": "config\.py", .*\}\n {2}\]\n\}\n$/);
    const before = read();
    await shipworthy(['check', '--baseline'], [DEBUG]);
    assert.equal(read(), before, 'a check never writes it');
  });

  it('lets known findings pass the gate, and changes neither score nor verdict', async () => {
    await shipworthy(['baseline', '--write'], [DEBUG]);
    const without = await shipworthy(['check', '--format', 'json'], [DEBUG]);
    const compared = await shipworthy(['check', '--baseline', '--format', 'json'], [DEBUG]);
    assert.deepEqual([without.code, compared.code, compared.err], [1, 0, '']);
    const [a, b] = [JSON.parse(without.out)[0], JSON.parse(compared.out)[0]];
    assert.deepEqual([b.score, b.verdict, b.counts], [a.score, a.verdict, a.counts]);
    assert.deepEqual(b.comparison, { base: { kind: 'baseline', file: FILE, entries: 1 }, new: [], worsened: [], known: 1, fixed: [] });
    assert.equal(a.comparison, undefined, 'new is said only where something was compared');
  });

  it('fails on what is new, and says that it is', async () => {
    await shipworthy(['baseline', '--write'], [CSRF]);
    const { code, err } = await shipworthy(['check', '--baseline'], [CSRF, DEBUG]);
    assert.deepEqual([code, err], [1, 'bibliotheca: 1 new finding must be gone before it ships (--fail-on blocker).\n']);
    assert.equal((await shipworthy(['check', '--baseline', '--fail-on', 'high'], [CSRF])).code, 0);
  });

  it('takes a finding that got worse for new', async () => {
    await shipworthy(['baseline', '--write'], [{ ...CSRF, severity: 'medium' }]);
    const { code, out, err } = await shipworthy(['check', '--baseline', '--fail-on', 'high', '--format', 'json'], [CSRF]);
    assert.deepEqual([code, JSON.parse(out)[0].comparison.worsened.length], [1, 1], err);
    assert.equal((await shipworthy(['check', '--baseline', '--fail-on', 'low'], [{ ...CSRF, severity: 'low' }])).code, 0, 'milder is not');
  });

  it('reports what is gone and does not fail for it; what is silenced is not gone', async () => {
    await shipworthy(['baseline', '--write'], [DEBUG, CSRF]);
    const { code, out } = await shipworthy(['check', '--baseline', '--format', 'json'], [{ ...CSRF, silenced: { lane: 'false-positive', reason: 'Tokens only.' } }]);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out)[0].comparison.fixed.map((one: { rule: string }) => one.rule), ['debug-enabled']);
  });

  it('keeps the day a finding was first written down, and drops what is gone', async () => {
    await shipworthy(['baseline', '--write', '--as-of', '2026-01-05'], [DEBUG, CSRF]);
    const { out } = await shipworthy(['baseline', '--write'], [CSRF, { ...CSRF, rule: 'todo-comment', severity: 'low' }]);
    assert.match(out, /now has 2 findings: 1 that was not in it, and 1 that is gone from it\./);
    assert.deepEqual(JSON.parse(read()).findings.map((one: { rule: string; since: string }) => [one.rule, one.since]), [['csrf-missing', '2026-01-05'], ['todo-comment', '2026-11-20']]);
    const again = read();
    assert.match((await shipworthy(['baseline'], [CSRF, { ...CSRF, rule: 'todo-comment', severity: 'low' }])).out, /up to date with 2 findings/);
    await shipworthy(['baseline', '--write', '--as-of', '2027-02-02'], [CSRF, { ...CSRF, rule: 'todo-comment', severity: 'low' }]);
    assert.equal(read(), again, 'the same findings, the same bytes');
  });

  it('keeps entries of files that could not be read today', async () => {
    await shipworthy(['baseline', '--write'], [DEBUG, CSRF]);
    const { out } = await shipworthy(['baseline', '--write'], [CSRF], [incomplete('config.py')]);
    assert.match(out, /1 entry of files that could not be read today stay in it\./);
    assert.equal(JSON.parse(read()).findings.length, 2);
  });

  it('has to be there when it is asked for', async () => {
    const { code, err, out } = await shipworthy(['check', '--baseline'], [DEBUG]);
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, /There is no baseline .*\.shipworthy\/baseline\.json\. `shipworthy baseline --write` makes one\./);
    assert.equal((await shipworthy(['check', '--baseline', 'other.json'], [DEBUG])).code, 2);
    assert.equal((await shipworthy(['check', '--baseline', '--since', 'main'], [DEBUG])).code, 2, 'one base at a time');
  });

  const REFUSED: readonly (readonly [string, string, RegExp])[] = [
    ['no JSON', '{ "version": 1, "findings": [', /baseline\.json, line 1: this is not valid JSON/],
    ['of the future', '{ "version": 2, "findings": [] }', /line 1: it is of version 2, and this Shipworthy knows versions up to 1\. Update Shipworthy\./],
    ['without a list', '{ "version": 1 }', /`findings` is missing/],
    ['with an entry that is not understood', '{\n  "version": 1,\n  "findings": [\n    { "path": "a.py" }\n  ]\n}\n', /line 4: .*`findings\[0\]\.rule` is missing/],
    ['a merge conflict', '<<<<<<< HEAD\n{ "version": 1, "findings": [] }\n=======\n', /line 1: this is not valid JSON/],
  ];
  for (const [what, text, said] of REFUSED) {
    it(`is refused and left as it is when it is ${what}`, async () => {
      folder.write(FILE, text);
      for (const words of [['check', '--baseline'], ['baseline'], ['baseline', '--write']]) {
        const { code, err } = await shipworthy(words, [DEBUG]);
        assert.equal(code, 2, words.join(' '));
        assert.match(err, said);
        assert.equal(read(), text);
      }
    });
  }

  it('is written in place of a link, never through it, and never over a folder', async () => {
    folder.write('elsewhere.json', 'mine');
    mkdirSync(path.join(folder.path, '.shipworthy'));
    symlinkSync('../elsewhere.json', path.join(folder.path, FILE));
    assert.equal((await shipworthy(['baseline', '--write'], [DEBUG])).code, 2, 'what the link leads to is no baseline');
    assert.deepEqual([lstatSync(path.join(folder.path, FILE)).isSymbolicLink(), readFileSync(path.join(folder.path, 'elsewhere.json'), 'utf8')], [true, 'mine']);
    mkdirSync(path.join(folder.path, 'folder'));
    assert.equal((await shipworthy(['baseline', '--write', '-o', 'folder'], [DEBUG])).code, 2);
  });

  it('is about a whole project', async () => {
    folder.write('app.py');
    assert.match((await shipworthy(['baseline', 'app.py'], [DEBUG])).err, /about a whole project/);
  });
});
