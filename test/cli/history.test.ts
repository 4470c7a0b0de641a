import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../../cli/commands';
import { json } from '../../report/json';
import type { HistoryPoint } from '../../report/history/points';
import { card, HOLDING, type RuleSpec } from '../report/fixture';
import { auditOf, fakeProduct, fakeSession, surroundings } from './fake';
import { temporaryFolder } from './folder';

const CSRF: RuleSpec = { rule: 'csrf-missing', category: 'auth', severity: 'medium', path: 'app.py' };
const FILE = '.shipworthy/history.jsonl';

describe('the history', () => {
  const folder = temporaryFolder();
  const read = () => readFileSync(path.join(folder.path, FILE), 'utf8');
  const lines = () => read().trimEnd().split('\n').map((line) => JSON.parse(line) as HistoryPoint);

  async function shipworthy(words: readonly string[], rules: readonly RuleSpec[] = [], commit = '0ea1ce2', roots: readonly string[] = ['']) {
    const around = surroundings(folder.path, { LANG: 'C.UTF-8' });
    const audits = roots.map((root) => auditOf(rules, { project: { name: root || 'bibliotheca', root, frameworks: [], deployable: true, commit } }));
    const code = await run(words, fakeProduct(fakeSession(audits)), around);
    return { code, out: around.stdout.text, err: around.stderr.text };
  }

  it('is begun only when that is asked for', async () => {
    await shipworthy(['check']);
    const { out } = await shipworthy(['history']);
    assert.match(out, /^There is no history in .* yet\. `shipworthy history --add` begins one\.\n$/);
    assert.ok(!existsSync(path.join(folder.path, '.shipworthy')));
  });

  it('gets a line for each run, and one of a commit and day takes the place of the one before', async () => {
    await shipworthy(['history', '--add', '--as-of', '2026-11-01'], [CSRF], 'aaa');
    await shipworthy(['check', '--history', '--as-of', '2026-11-02'], [], 'bbb');
    await shipworthy(['check', '--history', '--as-of', '2026-11-02'], [CSRF, { ...CSRF, rule: 'todo-comment' }], 'bbb');
    await shipworthy(['check', '--history', '--as-of', '2026-11-02'], [], 'ccc');
    assert.deepEqual(lines().map((point) => [point.asOf, point.commit, point.findings.medium]), [['2026-11-01', 'aaa', 1], ['2026-11-02', 'bbb', 2], ['2026-11-02', 'ccc', 0]]);
    const { out } = await shipworthy(['history']);
    assert.match(out, /^The application \(3 runs\)\n {2}[▁-█]{3}\n {2}2026-11-01 {2}aaa .*\n {2}2026-11-02 {2}bbb .* −\d+\.\d .*\n {2}2026-11-02 {2}ccc .* \+\d+\.\d .*\n$/);
    assert.equal(JSON.parse((await shipworthy(['history', '--format', 'json'])).out).length, 3);
  });

  it('gives the card a trend', async () => {
    await shipworthy(['check', '--history', '--as-of', '2026-11-01'], [CSRF], 'aaa');
    const { out } = await shipworthy(['check', '--format', 'json'], [], 'bbb');
    const [{ trend, history, score }] = JSON.parse(out);
    const [before] = lines();
    assert.deepEqual(trend, { previous: before?.score, delta: Math.round(10 * (score.value - (before?.score ?? 0))) / 10, comparable: true, asOf: '2026-11-01', commit: 'aaa' });
    assert.equal(history.length, 1);
    assert.equal(JSON.parse((await shipworthy(['check', '--format', 'json', '--as-of', '2026-11-01'], [], 'aaa')).out)[0].trend, undefined, 'not against itself');
  });

  it('does not join what was scored by other rules', async () => {
    await shipworthy(['check', '--history', '--as-of', '2026-11-01'], [CSRF], 'aaa');
    folder.write(FILE, read().replace('"ruleset":"1"', '"ruleset":"0"'));
    const { out } = await shipworthy(['check', '--history', '--format', 'json'], [], 'bbb');
    assert.equal(JSON.parse(out)[0].trend.comparable, false);
    const table = (await shipworthy(['history'])).out;
    assert.match(table, /\n {2}[▁-█] \| [▁-█]\n/);
    assert.match(table, /\n {2}-- scoring 1, rules 1: earlier scores do not compare --\n/);
  });

  it('keeps applications apart', async () => {
    await shipworthy(['history', '--add'], [CSRF], 'aaa', ['api', 'web']);
    assert.deepEqual(lines().map((point) => point.app), ['api', 'web']);
    const { out } = await shipworthy(['check', '--format', 'json', '--as-of', '2026-12-01', '--app', 'web'], [], 'bbb', ['api', 'web']);
    assert.deepEqual(JSON.parse(out).map((one: { project: { root: string }; history: readonly HistoryPoint[] }) => [one.project.root, one.history.map((point) => point.app)]), [['web', ['web']]]);
    const { code, err } = await shipworthy(['check', '--app', 'wep'], [], 'bbb', ['api', 'web']);
    assert.deepEqual([code, err], [2, 'shipworthy: There is no application "wep" here. Did you mean web? The applications are in api, web.\n']);
  });

  it('takes the scores of old reports by today\'s formula', async () => {
    folder.write('old.json', json(card([...HOLDING, CSRF], {}, { asOf: '2026-01-05' })));
    const { code, out } = await shipworthy(['history', '--add', '--report', 'old.json']);
    assert.deepEqual([code, lines().map((point) => point.asOf)], [0, ['2026-01-05']], out);
    assert.match((await shipworthy(['rescore', 'old.json'])).out, /^bibliotheca on 2026-01-05: .* by scoring 1 \(5 rules of rule set 1\)\.\n$/);
    assert.equal((await shipworthy(['history', '--report', 'old.json'])).code, 2);
    assert.match((await shipworthy(['rescore', 'missing.json'])).err, /missing\.json could not be read/);
    folder.write('broken.json', '{\n  "schemaVersion": "9.0"\n}');
    assert.match((await shipworthy(['rescore', 'broken.json'])).err, /broken\.json, line 2: `schemaVersion` is "9\.0"/);
  });

  const REFUSED: readonly (readonly [string, string, RegExp])[] = [
    ['half a line', '{"version":1,"asOf":"2026-', /history\.jsonl, line 1: it is not a JSON object\. The file is left as it is\./],
    ['a line of the future', '\n{"version":2}\n', /line 2: it is of version 2, and this Shipworthy knows version 1\. Update Shipworthy\./],
    ['a merge conflict', '<<<<<<< HEAD\n', /line 1: it is not a JSON object/],
    ['a day that is none', '{"version":1,"asOf":"2026-13-01"}', /`asOf` must be a day/],
  ];
  for (const [what, text, said] of REFUSED) {
    it(`is left as it is when it holds ${what}`, async () => {
      folder.write(FILE, text);
      for (const words of [['history'], ['history', '--add'], ['check', '--history']]) {
        const { code, err } = await shipworthy(words, [CSRF]);
        assert.equal(code, 2, words.join(' '));
        assert.match(err, said);
        assert.equal(read(), text);
      }
      const { code, err } = await shipworthy(['check'], []);
      assert.equal(code, 0, 'a check that adds nothing only says so');
      assert.match(err, /Without it there is no trend\.\n$/);
    });
  }

  it('is added to also where the last line has no end', async () => {
    await shipworthy(['history', '--add', '--as-of', '2026-11-01'], [CSRF], 'aaa');
    folder.write(FILE, read().trimEnd());
    await shipworthy(['history', '--add', '--as-of', '2026-11-02'], [CSRF], 'bbb');
    assert.equal(lines().length, 2);
  });
});
