import assert from 'node:assert/strict';
import { chmodSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { changesOf } from '../../engine/node/git/dirty';
import { openDisk } from '../../engine/workspace/disk';
import { diskFiles } from '../../engine/workspace/disk-files';
import type { Revision } from '../../engine/workspace/workspace';
import { makeRepository, repository } from '../support/repository';

function revision(root: string): Promise<Revision | undefined> {
  return openDisk(root).revision();
}

describe('the revision of a repository', () => {
  const repo = repository();
  const dirty = async (root = repo.root) => (await revision(root))?.dirty;

  it('is commit, branch and clean', async () => {
    const commit = repo.commit({ 'app.py': 'x = 1\n', 'a/b.py': '', 'a-b.py': '', 'a.py': '', 'größe.py': '' });
    assert.deepEqual(await revision(repo.root), { commit, branch: 'main', dirty: false });
  });

  it('has no branch while HEAD is detached, and no commit before the first', async () => {
    assert.deepEqual(await revision(repo.root), { branch: 'main', dirty: false });
    repo.write({ 'app.py': '' });
    assert.equal(await dirty(), false, 'not tracked');
    repo.git('add', '.');
    assert.equal(await dirty(), true, 'tracked and in no commit');
    const commit = repo.commit();
    repo.git('checkout', '--quiet', '--detach');
    assert.deepEqual(await revision(repo.root), { commit, dirty: false });
  });

  it('is dirty when a tracked file is another, is gone, is executable or is no file any more', async () => {
    repo.commit({ 'app.py': 'x = 1\n', 'b.py': 'x = 1\n' });
    const changes: readonly (() => void)[] = [
      () => repo.write({ 'app.py': 'x = 2\n' }), () => repo.write({ 'app.py': 'x = 1000\n' }), () => rmSync(join(repo.root, 'app.py')),
      () => chmodSync(join(repo.root, 'app.py'), 0o755), () => { rmSync(join(repo.root, 'app.py')); symlinkSync('b.py', join(repo.root, 'app.py')); },
    ];
    for (const change of changes) {
      change();
      assert.equal(await dirty(), true, String(change));
      repo.git('checkout', '--quiet', '--force', 'HEAD', '--', '.');
      assert.equal(await dirty(), false, `undone: ${String(change)}`);
    }
  });

  it('is dirty when a change is staged, and when a file is', async () => {
    repo.commit({ 'app.py': 'x = 1\n' });
    repo.write({ 'app.py': 'x = 2\n' });
    repo.git('add', 'app.py');
    repo.write({ 'app.py': 'x = 1\n' });
    assert.equal(await dirty(), true);
    repo.git('reset', '--quiet', '--hard');
    repo.write({ 'new.py': '' });
    assert.equal(await dirty(), false, 'what is not tracked makes nothing dirty');
    repo.git('add', '--intent-to-add', 'new.py');
    assert.equal(await dirty(), true);
  });

  it('looks into a file that was only touched, also in the moment of the commit', async () => {
    repo.commit({ 'app.py': 'x = 1\n', 'link': '' });
    utimesSync(join(repo.root, 'app.py'), 1, 1);
    assert.equal(await dirty(), false);
    repo.git('update-index', '--refresh', '-q');
    repo.write({ 'app.py': 'x = 2\n' });
    utimesSync(join(repo.root, 'app.py'), 2, 2);
    assert.equal(await dirty(), true, 'same size, another time');
  });

  it('is clean with line ends of Windows that git turns back', async () => {
    repo.git('config', 'core.autocrlf', 'input');
    repo.commit({ 'app.py': 'x = 1\ny = 2\n' });
    repo.write({ 'app.py': 'x = 1\r\ny = 2\r\n' });
    assert.equal(await dirty(), false);
  });

  it('leaves files alone that git was told to leave alone', async () => {
    repo.commit({ 'app.py': 'x = 1\n', 'local.py': 'x = 1\n' });
    repo.git('update-index', '--assume-unchanged', 'local.py');
    repo.git('update-index', '--skip-worktree', 'app.py');
    repo.write({ 'local.py': 'x = 2\n' });
    rmSync(join(repo.root, 'app.py'));
    assert.equal(await dirty(), false);
  });

  it('is that of its own worktree, with packed refs and objects', async () => {
    const commit = repo.commit({ 'app.py': 'x = 1\n', 'deep/er/b.py': 'x = 1\n' });
    repo.git('branch', 'feature/x');
    repo.git('gc', '--quiet', '--prune=now');
    repo.git('pack-refs', '--all');
    const tree = join(repo.root, '..', 'tree');
    repo.git('worktree', 'add', '--quiet', tree, 'feature/x');
    assert.deepEqual(await revision(tree), { commit, branch: 'feature/x', dirty: false });
    repo.write({ 'app.py': 'x = 2\n' });
    assert.equal(await dirty(), true);
    assert.equal(await dirty(tree), false);
    assert.equal(await dirty(join(tree, 'deep')), false, 'a folder of it');
  });

  it('is told with an index of any version, a sparse one and objects named by SHA-256', async () => {
    repo.commit({ 'app.py': 'x = 1\n', 'a/b.py': 'x = 1\n', 'a/c/d.py': '', 'e/f.py': '' });
    repo.git('update-index', '--index-version', '4');
    assert.equal(await dirty(), false);
    repo.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'e');
    assert.equal(await dirty(), false);
    const other = makeRepository('--object-format=sha256');
    try {
      const commit = other.commit({ 'app.py': 'x = 1\n', 'a/b.py': '' });
      assert.deepEqual(await revision(other.root), { commit, branch: 'main', dirty: false });
      other.write({ 'app.py': 'x = 2\n' });
      assert.equal(await dirty(other.root), true);
    } finally {
      other.remove();
    }
  });

  it('is unknown where objects are missing or damaged', async () => {
    const commit = repo.commit({ 'app.py': 'x = 1\n' });
    const object = `.git/objects/${commit.slice(0, 2)}/${commit.slice(2)}`;
    chmodSync(join(repo.root, object), 0o644);
    repo.write({ [object]: 'no zlib' });
    assert.deepEqual(await revision(repo.root), { commit, branch: 'main' });
    rmSync(join(repo.root, object));
    assert.deepEqual(await revision(repo.root), { commit, branch: 'main' });
  });
});

describe('the files somebody is at work on', () => {
  const repo = repository();

  it('are those that are not as in the commit, staged or not, and those it does not have', async () => {
    repo.commit({ 'app/same.py': '1', 'app/edited.py': '1', 'app/staged.py': '1', 'app/back.py': '1', 'other.py': '1' });
    repo.git('gc', '--quiet');
    repo.write({ 'app/edited.py': '22', 'app/staged.py': '22', 'app/back.py': '22', 'app/new.py': '1', 'app/added.py': '1' });
    repo.git('add', 'app/staged.py', 'app/back.py', 'app/added.py');
    repo.write({ 'app/back.py': '1' });
    const paths = ['app/same.py', 'app/edited.py', 'app/staged.py', 'app/back.py', 'app/new.py', 'app/added.py', 'other.py'];
    const changes = await changesOf(diskFiles, repo.root);
    assert.deepEqual(paths.filter((path) => changes?.(path)), ['app/edited.py', 'app/staged.py', 'app/back.py', 'app/new.py', 'app/added.py']);
    const inside = await changesOf(diskFiles, `${repo.root}/app`);
    assert.deepEqual(['same.py', 'edited.py', 'new.py'].filter((path) => inside?.(path)), ['edited.py', 'new.py'], 'a folder of it');
  });

  it('are all of them before the first commit, and unknown without a repository', async () => {
    repo.write({ 'a.py': '' });
    repo.git('add', '.');
    assert.equal((await changesOf(diskFiles, repo.root))?.('a.py'), true);
    assert.equal(await changesOf(diskFiles, '/'), undefined);
  });
});
