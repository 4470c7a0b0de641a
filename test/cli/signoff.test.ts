import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../../cli/commands';
import { openSession } from '../../engine/audit/open';
import { openDisk } from '../../engine/workspace/disk';
import { testGrammars } from '../support/grammars';
import { fakeProduct, fakeSession, surroundings } from './fake';
import { temporaryFolder } from './folder';

const FILE = '.shipworthy/signoffs.json';

describe('the command signoff', () => {
  const folder = temporaryFolder();
  const written = () => JSON.parse(readFileSync(path.join(folder.path, FILE), 'utf8'));

  /** The command over a real session without rules. TODAY of the surroundings is 2026-11-20. */
  async function signoff(...words: readonly string[]) {
    const around = surroundings(folder.path);
    const grammars = await testGrammars();
    const product = { ...fakeProduct(fakeSession([])), open: async (root: string) => openSession({ workspace: openDisk(root), grammars, rules: [] }) };
    const code = await run(['signoff', ...words], product, around);
    return { code, out: around.stdout.text, err: around.stderr.text };
  }
  const passed = ['--status', 'passed', '--evidence', 'https://wiki.example/drill', '--statement', 'Restored in 14 min.'];

  it('lists every control, the required ones first, and writes nothing', async () => {
    folder.write('app.py', 'x = 1\n');
    const { code, out } = await signoff();
    assert.equal(code, 0);
    assert.match(out, /^Required \(5\)\n {2}Missing {9}tls-at-edge /);
    assert.match(out, /\nNot asked for \(41\)\n/);
    assert.match(out, /\n5 required sign-offs are open\./);
    assert.equal(existsSync(path.join(folder.path, '.shipworthy')), false);
    const [json] = JSON.parse((await signoff('--format', 'json')).out);
    assert.deepEqual([json.signoffs.length, json.asOf], [46, '2026-11-20']);
  });

  it('shows what one asks, and what was signed', async () => {
    folder.write('backup.sh', 'pg_dump\n');
    assert.match((await signoff('restore-drill')).out, /Question {6}When was the latest backup last restored[\s\S]*Speaks about {2}backup\.sh[\s\S]*State {9}Missing/);
    await signoff('restore-drill', ...passed);
    assert.match((await signoff('restore-drill')).out, /State {9}Signed\nBy {12}Ada <ada@example\.org>\nOn {12}2026-11-20\nUntil {9}2027-02-18\n/);
    folder.write('backup.sh', 'pg_dump -Fc\n');
    assert.match((await signoff('restore-drill')).out, /State {9}Stale/);
  });

  it('signs: who by git, when today, with the digest; and again in the same place', async () => {
    folder.write('backup.sh', 'pg_dump\n');
    const { code, out } = await signoff('restore-drill', ...passed);
    assert.deepEqual([code, out], [0, `restore-drill is signed as passed by Ada <ada@example.org> in ${FILE}. It counts until 2027-02-18.\n`]);
    const [record] = written().signoffs;
    assert.deepEqual({ ...record, digest: record.digest.length }, { control: 'restore-drill', status: 'passed', by: 'Ada <ada@example.org>', on: '2026-11-20', statement: 'Restored in 14 min.', evidence: 'https://wiki.example/drill', digest: 71 });
    await signoff('restore-drill', '--status', 'failed', '--statement', 'The dump was empty.', '--by', 'Grace', '--as-of', '2026-11-19', '--environment', 'staging');
    assert.deepEqual(written().signoffs.map((one: { by: string; status: string; on: string; environment: string }) => [one.by, one.status, one.on, one.environment]), [['Grace', 'failed', '2026-11-19', 'staging']]);
    assert.match((await signoff()).out, /Failed {10}restore-drill/);
  });

  it('prints a diff and writes nothing with --dry-run', async () => {
    assert.match((await signoff('restore-drill', ...passed, '--dry-run')).out, /^--- \/dev\/null\n\+\+\+ b\/\.shipworthy\/signoffs\.json\n@@ -0,0 \+1,6 @@\n\+\{\n[\s\S]*\n\+ {4}\{ "control": "restore-drill", "status": "passed"/);
    assert.match((await signoff('--dry-run')).err, /--dry-run says something about one control/);
    assert.equal(existsSync(path.join(folder.path, '.shipworthy')), false);
  });

  it('refuses what would not count, and says what is missing', async () => {
    const refused = async (...words: readonly string[]) => { const { code, err } = await signoff(...words); assert.equal(code, 2, err); return err; };
    assert.match(await refused('restore-dril', ...passed), /There is no control "restore-dril"\. Did you mean restore-drill\?/);
    assert.match(await refused('restore-drill', '--statement', 'x'), /What came of it\? Add --status passed/);
    assert.match(await refused('restore-drill', '--status', 'passed', '--evidence', 'x'), /Add --statement\. When was the latest backup/);
    assert.match(await refused('restore-drill', '--status', 'passed', '--statement', 'x'), /needs `evidence`/);
    assert.match(await refused('restore-drill', '--status', 'done'), /Allowed choices are passed, failed, not-applicable/);
    assert.match(await refused('restore-drill', ...passed, '--expires', '2026-02-30'), /must be a day/);
    assert.match(await refused('restore-drill', ...passed, '--expires', '2026-11-01'), /before 2026-11-20/);
    assert.match(await refused('penetration-test', ...passed, '--reviewed-by', 'Ada <ada@example.org>'), /cannot review/);
    assert.match(await refused('--by', 'Ada'), /--by says something about one control/);
    assert.match(await refused('restore-drill', ...passed, '--app', 'api'), /There is no application in api/);
    assert.equal(existsSync(path.join(folder.path, FILE)), false);
  });

  it('says that a second person is waited for', async () => {
    assert.match((await signoff('penetration-test', ...passed)).out, /It waits for a second person/);
    assert.doesNotMatch((await signoff('penetration-test', ...passed, '--reviewed-by', 'Grace')).out, /second person/);
  });

  it('does not write over a file it does not understand', async () => {
    folder.write(FILE, '{ "version": 7, "signoffs": [] }');
    const { code, err } = await signoff('restore-drill', ...passed);
    assert.deepEqual([code, /Nothing was written\. .*version 7/.test(err), readFileSync(path.join(folder.path, FILE), 'utf8')], [2, true, '{ "version": 7, "signoffs": [] }']);
  });
});
