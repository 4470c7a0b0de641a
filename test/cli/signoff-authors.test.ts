import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../../cli/commands';
import { repository } from '../support/repository';
import { fakeProduct, fakeSession, surroundings } from './fake';

const FILE = '.shipworthy/signoffs.json';
const ADA = 'Ada Lovelace <ada@example.org>';
const GRACE = 'Grace Hopper <grace@example.org>';

interface Record { readonly control: string; readonly by: string; readonly statement?: string; readonly reviewedBy?: string }

const document = (...records: readonly Record[]) => JSON.stringify({
  version: 1, signoffs: records.map((record) => ({ status: 'passed', on: '2026-11-01', evidence: 'https://wiki.example/', statement: 'Done.', ...record })),
}, undefined, 1);
const DRILL: Record = { control: 'restore-drill', by: ADA };
const TLS: Record = { control: 'tls-at-edge', by: GRACE };
const PENTEST: Record = { control: 'penetration-test', by: ADA };

describe('the authors of sign-offs', () => {
  const repo = repository();
  const write = (text: string, folder = repo.root) => {
    mkdirSync(path.join(folder, '.shipworthy'), { recursive: true });
    writeFileSync(path.join(folder, FILE), text);
  };
  /** Commits all there is in the name of somebody. */
  function commit(author: string, text?: string): string {
    if (text !== undefined) write(text);
    repo.git('add', '--all');
    repo.git('commit', '--quiet', '--allow-empty', '--message', 'A change', `--author=${author}`);
    return repo.git('rev-parse', 'HEAD').slice(0, 10);
  }
  async function verify(...words: readonly string[]) {
    const around = surroundings(repo.root);
    const code = await run(['signoff', '--verify-authors', ...words], fakeProduct(fakeSession([])), around);
    return { code, out: around.stdout.text, err: around.stderr.text };
  }

  it('are those who signed: by the mail, whatever else was committed and reformatted since', async () => {
    const first = commit('Ada <ADA@example.org>', document(DRILL));
    const second = commit(GRACE, document(DRILL, TLS));
    commit('Somebody <else@example.org>', `${JSON.stringify(JSON.parse(document(TLS, DRILL)), undefined, 8)}\n`);
    repo.commit({ 'app.py': 'x = 1\n' });
    const { code, out } = await verify();
    assert.deepEqual([code, out], [0, [
      `tls-at-edge: signed by ${GRACE}, and ${second} is theirs.`, `restore-drill: signed by ${ADA}, and ${first} is theirs.`, 'Every name on a sign-off is that of its author.', '',
    ].join('\n')]);
  });

  it('are not those of others: who wrote or changed it must be who signs', async () => {
    commit(GRACE, document(DRILL));
    const { code, out } = await verify();
    assert.equal(code, 1);
    assert.match(out, /^restore-drill: signed by Ada Lovelace <ada@example\.org>, but [0-9a-f]{10}, which brought it, was written by Grace Hopper <grace@example\.org>\.\n1 of 1 name on sign-offs could not be verified\.\n$/);
    commit(ADA, document({ ...DRILL, statement: 'Done in 14 min.' }));
    assert.equal((await verify()).code, 0);
    commit(GRACE, document({ ...DRILL, statement: 'Done in 4 min.' }));
    assert.equal((await verify()).code, 1);
  });

  it('are two where a second person reviewed: each in a commit of their own', async () => {
    commit(ADA, document(PENTEST));
    commit(GRACE, document({ ...PENTEST, reviewedBy: GRACE }));
    assert.deepEqual(JSON.parse((await verify('--format', 'json')).out).map((one: { role: string; result: string }) => [one.role, one.result]), [['by', 'same'], ['reviewedBy', 'same']]);
    commit(GRACE, document({ ...PENTEST, statement: 'Nothing was found.', reviewedBy: GRACE }));
    assert.match((await verify()).out, /signed by Ada Lovelace <ada@example\.org>, but/);
    commit(ADA, document({ ...PENTEST, statement: 'Again.', reviewedBy: GRACE }));
    const { code, out } = await verify();
    assert.deepEqual([code, /signed by Ada [^\n]*is theirs\.\npenetration-test: reviewed by Grace [^\n]* was written by Ada/.test(out)], [1, true], out);
  });

  it('are found through merges, and in a project below the root of the repository', async () => {
    repo.commit({ 'README.md': '# one\n' });
    repo.git('switch', '--quiet', '--create', 'drill');
    const origin = commit(ADA, document(DRILL));
    repo.git('switch', '--quiet', 'main');
    repo.commit({ 'app.py': 'x = 1\n' });
    repo.git('merge', '--quiet', '--no-ff', '--no-edit', 'drill');
    assert.match((await verify('restore-drill')).out, new RegExp(`and ${origin} is theirs`));
    write(document(TLS), path.join(repo.root, 'services/api'));
    commit(GRACE);
    const { code, out } = await verify('--project', path.join(repo.root, 'services/api'));
    assert.deepEqual([code, out.split('\n').length], [0, 3], out);
  });

  it('count from when it was last put in, not from an earlier time', async () => {
    commit(ADA, document(DRILL));
    commit(ADA, document());
    commit(GRACE, document(DRILL));
    assert.equal((await verify()).code, 1);
  });

  it('cannot be told of what is not committed, nor beyond a shallow clone', async () => {
    write(document(DRILL));
    assert.match((await verify()).out, /signed by Ada [^\n]*, but that is not committed yet\./);
    commit(ADA);
    commit(GRACE, document(DRILL, TLS));
    const clone = path.join(repo.root, '..', 'clone');
    repo.git('clone', '--quiet', '--depth=1', `file://${repo.root}`, clone);
    const { code, out } = await verify('--project', clone);
    assert.equal(code, 3, out);
    assert.match(out, /does not go back as far\. Fetch all of it: "git fetch --unshallow"/);
    rmSync(clone, { recursive: true });
  });

  it('are not asked of nothing, nor of a file that is not understood', async () => {
    repo.commit({ 'app.py': '' });
    assert.deepEqual(await verify(), { code: 0, out: 'Nothing is signed.\n', err: '' });
    write('{ "version": 1, "signoffs": [{ "control": "restore-drill" }] }');
    const broken = await verify();
    assert.deepEqual([broken.code, /signoffs\.json:1: .*status/.test(broken.err)], [2, true], broken.err);
    write(document(DRILL));
    assert.match((await verify('tls-at-edge')).err, /No sign-off of "tls-at-edge" counts in/);
    assert.match((await verify('restore-drill', '--status', 'passed')).err, /Leave out --status/);
    rmSync(path.join(repo.root, '.git'), { recursive: true });
    assert.match((await verify()).err, /is in no git repository/);
  });
});
