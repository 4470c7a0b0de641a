import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { applied } from '../../engine/node/git/delta';
import { GitFault } from '../../engine/node/git/fault';
import { commitWorkspace } from '../../engine/node/git/commit-workspace';
import { openHistory, type History } from '../../engine/node/git/history';
import { openObjects } from '../../engine/node/git/objects';
import { makeRepository, repository, type TestRepository } from '../support/repository';

async function inHistory<T>(root: string, work: (history: History) => Promise<T>): Promise<T> {
  const history = await openHistory(root);
  assert.ok(history, 'no repository');
  try {
    return await work(history);
  } finally {
    await history.close();
  }
}

/** Every object of a repository is read as git reads it. Gives how many there were. */
async function readsAll(repo: TestRepository, length: 20 | 32 = 20): Promise<number> {
  const objects = openObjects(join(repo.root, '.git'), length);
  const all = repo.git('cat-file', '--batch-all-objects', '--batch-check').split('\n').map((one) => one.split(' '));
  for (const [id = '', kind, size] of all) {
    const object = await objects.read(id);
    assert.deepEqual([object?.kind, object?.bytes.length, await objects.size(id)], [kind, Number(size), Number(size)], id);
    // An object is named by what is in it.
    assert.equal(createHash(length === 20 ? 'sha1' : 'sha256').update(`${kind} ${size}\0`).update(object?.bytes ?? new Uint8Array()).digest('hex'), id);
  }
  await objects.close();
  return all.length;
}

describe('the objects of a repository', () => {
  const repo = repository();
  const long = (change: number) => Array.from({ length: 3000 }, (_, line) => `line ${line === change ? 'other' : line} of a long file\n`).join('');
  const history = (on: TestRepository) => { for (let index = 0; index < 12; index += 1) on.commit({ 'long.py': long(index * 100), [`f${index}.py`]: `x = ${index}\n` }); };

  it('are read loose, packed, as deltas of deltas and named by SHA-256', async () => {
    history(repo);
    const loose = await readsAll(repo);
    repo.git('gc', '--quiet', '--prune=now');
    assert.match(repo.git('verify-pack', '--stat-only', join('.git/objects/pack', packName(repo))), /chain length = [2-9]/);
    assert.equal(await readsAll(repo), loose);
    repo.git('repack', '-q', '-a', '-d', '-f', '--depth=50', '--window=50', '--no-write-bitmap-index');
    assert.equal(await readsAll(repo), loose);
    const other = makeRepository('--object-format=sha256');
    try {
      history(other);
      other.git('gc', '--quiet', '--prune=now');
      assert.equal(await readsAll(other, 32), loose);
    } finally {
      other.remove();
    }
  });

  it('are borrowed from another repository where this one has them from there', async () => {
    history(repo);
    repo.git('gc', '--quiet');
    const clone = join(repo.root, '..', 'clone');
    repo.git('clone', '--quiet', '--shared', repo.root, clone);
    assert.equal(await inHistory(clone, (one) => one.commit('HEAD~3')), repo.git('rev-parse', 'HEAD~3'));
  });

  it('say that a pack is damaged, and never answer garbage', async () => {
    history(repo);
    repo.git('gc', '--quiet', '--prune=now');
    const pack = join(repo.root, '.git/objects/pack', packName(repo).replace(/idx$/, 'pack'));
    const ids = repo.git('cat-file', '--batch-all-objects', '--batch-check').split('\n').map((one) => one.split(' ')[0] ?? '');
    rmSync(pack);
    writeFileSync(pack, 'PACK and nothing else');
    const objects = openObjects(join(repo.root, '.git'), 20);
    for (const id of ids) await assert.rejects(objects.read(id), (error) => error instanceof GitFault && /is damaged or cut off\. Run "git fsck"/.test(error.message));
    await objects.close();
  });

  it('bear any delta', () => {
    const base = new TextEncoder().encode('a base of some bytes');
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (delta) => {
      try {
        assert.ok(applied(Uint8Array.from([base.length, ...delta]), base, 'p', 1000) instanceof Uint8Array);
      } catch (error) {
        assert.ok(error instanceof GitFault);
      }
    }), { numRuns: 5_000 });
  });
});

function packName(repo: TestRepository): string {
  return readdirSync(join(repo.root, '.git/objects/pack')).find((name) => name.endsWith('.idx')) ?? '';
}

describe('an earlier commit', () => {
  const repo = repository();

  it('is found by every name people give it', async () => {
    repo.commit({ 'a.py': '1' });
    repo.git('tag', '--annotate', 'v1.0', '--message', 'One');
    repo.git('tag', 'light');
    repo.git('checkout', '--quiet', '-b', 'feature/x');
    const tip = repo.commit({ 'a.py': '2' });
    repo.git('checkout', '--quiet', 'main');
    repo.commit({ 'b.py': '1' });
    repo.git('merge', '--quiet', '--no-ff', '--message', 'merge', 'feature/x');
    repo.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    repo.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
    const names = ['HEAD', '@', '@~1', 'main', 'heads/main', 'refs/heads/main', 'feature/x', 'v1.0', 'light', 'v1.0~0', 'HEAD^', 'HEAD^2', 'HEAD^2~1', 'HEAD~2', 'main^^', 'HEAD^0', 'origin/main', 'origin', tip, tip.slice(0, 7), tip.toUpperCase().slice(0, 12)];
    const check = () => inHistory(repo.root, async (history) => {
      for (const name of names) assert.equal(await history.commit(name), repo.git('rev-parse', `${name}^{commit}`), name);
    });
    await check();
    repo.git('gc', '--quiet');
    await check();
  });

  it('that is not there is said with what to do', async () => {
    repo.commit({ 'a.py': '1' });
    repo.git('update-ref', 'refs/remotes/origin/develop', 'HEAD');
    const refused = (name: string, wanted: RegExp) => inHistory(repo.root, (history) => assert.rejects(history.commit(name), (error) => error instanceof GitFault && wanted.test(error.message), name));
    await refused('nowhere', /There is no branch, tag or commit "nowhere" in this clone\. Fetch it with "git fetch"/);
    await refused('develop', /Did you mean origin\/develop\?/);
    await refused('HEAD~5', /There is no commit HEAD~5: the history does not go back as far\./);
    await refused('HEAD^2', /HEAD\^2/);
    await refused(repo.git('rev-parse', 'HEAD:a.py'), /is a blob, not a commit/);
    await refused('0'.repeat(40), /is not in this clone/);
    for (const odd of ['', '..', '../../etc/passwd', '/etc/passwd', 'a b', 'refs/heads/../../config', 'a\nb', '~1', '^', 'HEAD~99999999999999999999']) await refused(odd, /./);
  });

  it('is where two histories meet, as git finds it', async () => {
    const pick = fc.array(fc.record({ branch: fc.nat(3), merge: fc.option(fc.nat(3), { nil: undefined }) }), { minLength: 3, maxLength: 12 });
    await fc.assert(fc.asyncProperty(pick, async (steps) => {
      const one = makeRepository();
      try {
        one.commit();
        for (const branch of [0, 1, 2, 3]) one.git('branch', `b${branch}`);
        for (const { branch, merge } of steps) {
          one.git('checkout', '--quiet', `b${branch}`);
          if (merge === undefined) one.commit();
          else { one.commit(); one.git('merge', '--quiet', '--strategy=ours', '--no-edit', `b${merge}`); }
        }
        await inHistory(one.root, async (history) => {
          for (const other of ['b0', 'b1', 'b2', 'b3', 'main']) {
            const all = one.git('merge-base', '--all', 'HEAD', other).split('\n');
            assert.ok(all.includes(await history.meeting(await history.commit(other))), `${other}: ${all.join()}`);
          }
        });
      } finally {
        one.remove();
      }
    }), { numRuns: 6 });
  }).timeout(120_000);

  it('that a shallow clone lacks is said, with the remedy', async () => {
    for (let index = 0; index < 5; index += 1) repo.commit({ 'a.py': `${index}` });
    repo.git('checkout', '--quiet', '-b', 'feature', 'HEAD~3');
    repo.commit({ 'b.py': '' });
    const clone = join(repo.root, '..', 'shallow');
    repo.git('clone', '--quiet', '--depth', '1', '--no-single-branch', `file://${repo.root}`, clone);
    await inHistory(clone, async (history) => {
      assert.equal(await history.head(), repo.git('rev-parse', 'feature'));
      await assert.rejects(history.meeting(await history.commit('origin/main')), /shallow\. Fetch the whole history: "git fetch --unshallow", or `fetch-depth: 0`/);
      await assert.rejects(history.commit('HEAD~1'), /It is shallow/);
      assert.equal(await history.meeting(await history.commit('HEAD')), repo.git('rev-parse', 'feature'), 'what is there is found');
    });
  });

  it('has nothing in common with another root', async () => {
    repo.commit({ 'a.py': '' });
    repo.git('checkout', '--quiet', '--orphan', 'other');
    repo.commit({ 'b.py': '' });
    await inHistory(repo.root, async (history) => assert.rejects(history.meeting(await history.commit('main')), /have no commit in common/));
  });

  it('is a workspace: its files are listed and read as if they were checked out', async () => {
    repo.write({ 'app/main.py': 'x = 1\n', 'app/.gitignore': '*.log\n', 'app/kept.log': 'tracked all the same', 'big.py': `# ${'x'.repeat(1_100_000)}\n`, 'sub/deep/b.py': 'y = 1\n', 'binary.py': Uint8Array.from([1, 0, 2]) });
    mkdirSync(join(repo.root, 'links'));
    for (const [at, to] of [['links/file.py', '../app/main.py'], ['links/folder', '../sub'], ['links/out.py', '../../outside.py'], ['links/absolute.py', '/etc/passwd'], ['links/loop.py', 'loop.py'], ['links/gone.py', 'nothing.py']] as const) symlinkSync(to, join(repo.root, at));
    repo.git('add', '--force', 'app/kept.log');
    const commit = repo.commit();
    repo.write({ 'app/main.py': 'x = 2\n', 'later.py': '' });
    repo.git('gc', '--quiet');
    await inHistory(repo.root, async (history) => {
      const workspace = commitWorkspace('work', await history.files(commit));
      const { entries } = await workspace.list();
      assert.deepEqual(entries.filter((entry) => entry.real === undefined).map((entry) => entry.path), ['app/.gitignore', 'app/kept.log', 'app/main.py', 'big.py', 'binary.py', 'sub/deep/b.py']);
      assert.deepEqual(await workspace.read('app/main.py'), { text: 'x = 1\n' });
      assert.deepEqual(await workspace.read('links/file.py'), { text: 'x = 1\n' });
      assert.deepEqual(await workspace.read('links/folder/deep/b.py'), { text: 'y = 1\n' });
      for (const path of ['links/out.py', 'links/absolute.py', 'links/loop.py', 'links/gone.py', 'later.py', 'big.py', 'binary.py', '../x']) assert.ok('notice' in await workspace.read(path), path);
      assert.ok((await workspace.tracked())?.has('app/kept.log'));
    });
    await inHistory(join(repo.root, 'sub'), async (history) => {
      const workspace = commitWorkspace('sub', await history.files(commit));
      assert.deepEqual((await workspace.list()).entries.map((entry) => entry.path), ['deep/b.py']);
    });
  });

  it('is not found outside of a repository', async () => {
    assert.equal(await openHistory('/'), undefined);
  });
});
