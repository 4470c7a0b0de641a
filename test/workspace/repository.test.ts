import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openDisk } from '../../engine/workspace/disk';
import { diskFiles } from '../../engine/workspace/disk-files';
import { onDisk, pathsOf } from './folder';
import { COMMIT, indexOf } from './git';

describe('what git ignores', () => {
  const disk = onDisk();

  it('is left out, by every .gitignore on the way', async () => {
    disk.made({
      '.gitignore': '*.log\n/build/\ntmp/\n!important.log\n', 'a.log': '', 'important.log': '', 'build/x.py': '', 'src/build/y.py': '', 'src/tmp/z.py': '', 'src/a.py': '',
      'web/.gitignore': '*.gen.ts\n!*.log\n/local\n', 'web/a.gen.ts': '', 'web/b.log': '', 'web/local/c.ts': '', 'web/deep/local/d.ts': '', 'web/deep/e.gen.ts': '',
    });
    assert.deepEqual(await disk.paths(), ['.gitignore', 'important.log', 'src/a.py', 'src/build/y.py', 'web/.gitignore', 'web/b.log', 'web/deep/local/d.ts']);
  });

  it('may be taken back nearer by, folders too', async () => {
    disk.made({ '.gitignore': 'logs/\n*.pyc\n', 'a/.gitignore': '!logs/\n', 'a/logs/keep.py': '', 'a/logs/b.pyc': '', 'b/logs/x.py': '' });
    const found = await disk.paths();
    assert.ok(found.includes('a/logs/keep.py') && !found.includes('b/logs/x.py'));
  });

  it('is also what .git/info/exclude says', async () => {
    disk.made({ 'a.py': '', 'mine.py': '', '.git/info/exclude': 'mine.py\n' }).track('a.py');
    assert.deepEqual(await disk.paths(), ['a.py']);
  });

  it('is told by an index that is read once for who asks at the same time, and again for who asks later', async () => {
    disk.made({ 'a.py': '', 'b.py': '' }).track('a.py');
    let read = 0;
    const workspace = openDisk(disk.folder.root, { files: { ...diskFiles, read(path, limit) { if (path.endsWith('/.git/index')) read++; return diskFiles.read(path, limit); } } });
    const [, tracked] = await Promise.all([workspace.list(), workspace.tracked()]);
    assert.deepEqual([[...tracked ?? []], read], [['a.py'], 1]);
    disk.folder.track('a.py', 'b.py');
    assert.deepEqual([[...await workspace.tracked() ?? []], read], [['a.py', 'b.py'], 2]);
  });

  it('counts all the same when git tracks it', async () => {
    disk.made({ '.gitignore': '.env\nbuild/\n*.log\n', '.env': 'A=1', 'build/deep/kept.py': '', 'build/other.py': '', 'build/deep/x.py': '', 'a.log': '' }).track('.env', 'build/deep/kept.py', '.gitignore');
    assert.deepEqual(await disk.paths(), ['.env', '.gitignore', 'build/deep/kept.py']);
    assert.equal(await disk.text('.env'), 'A=1');
  });

  it('is said of .env files, which are never read', async () => {
    disk.made({ '.gitignore': '.env*\n!.env.example\nsecrets/\n', '.env': 'KEY=private', 'web/.env.local': 'KEY=private', '.env.example': 'KEY=', 'secrets/prod.env': 'KEY=private', 'vendor/.env': 'KEY=private', 'note.txt': '' });
    disk.folder.link('settings.txt', '.env');
    const { ignoredEnvFiles, entries } = await disk.listed();
    assert.deepEqual(ignoredEnvFiles, ['.env', 'vendor/.env', 'web/.env.local']);
    assert.deepEqual(entries.map((one) => one.path), ['.env.example', '.gitignore', 'note.txt']);
    for (const path of ['.env', 'web/.env.local', 'secrets/prod.env', 'vendor/.env', 'settings.txt']) {
      const notice = await disk.refusal(path);
      assert.equal(notice.code, 'unreadable');
      assert.ok(!notice.message.includes('private') || notice.message.includes('what is in it is private'), path);
    }
    assert.equal(await disk.text('.env.example'), 'KEY=');
  });

  it('is nothing where there is no .gitignore: an .env is listed and read', async () => {
    disk.made({ '.env': 'A=1' });
    assert.deepEqual([await disk.paths(), await disk.text('.env')], [['.env'], 'A=1']);
  });

  it('is decided by the repository around a workspace, too', async () => {
    disk.made({ '.gitignore': 'packages/api/out/\n*.log\n', 'packages/.gitignore': '*.tmp.py\n', 'packages/api/a.py': '', 'packages/api/out/b.py': '', 'packages/api/c.log': '', 'packages/api/d.tmp.py': '', 'other.py': '' }).track('packages/api/a.py', 'packages/api/c.log', 'other.py');
    const api = openDisk(join(disk.folder.root, 'packages/api'));
    assert.deepEqual(pathsOf(await api.list()), ['a.py', 'c.log']);
    assert.deepEqual([...await api.tracked() ?? []].sort(), ['a.py', 'c.log']);
    assert.equal((await api.revision())?.commit, COMMIT);
  });

  it('does not make a workspace vanish that the repository around it ignores', async () => {
    disk.made({ '.gitignore': '*\n', 'projects/app/a.py': '', 'projects/app/.gitignore': '*.log\n', 'projects/app/x.log': '' }).track();
    assert.deepEqual(pathsOf(await openDisk(join(disk.folder.root, 'projects/app')).list()), ['.gitignore', 'a.py']);
  });
});

describe('what git tracks', () => {
  const disk = onDisk();

  it('comes from the index, submodules included', async () => {
    disk.made({ 'a.py': '', 'lib/b.py': '', '.git/modules/lib/HEAD': COMMIT }).track('a.py', 'lib/');
    disk.folder.write({ 'lib/.git': 'gitdir: ../.git/modules/lib\n', '.git/modules/lib/index': indexOf(['b.py']) });
    assert.deepEqual([...await openDisk(disk.folder.root).tracked() ?? []].sort(), ['a.py', 'lib/b.py']);
  });

  it('comes from its own index in a worktree, commits from the shared refs', async () => {
    disk.made({
      'main/.git/HEAD': 'ref: refs/heads/main\n', 'main/.git/packed-refs': `# pack-refs with: peeled\n${COMMIT} refs/heads/topic\n^${COMMIT}\n`,
      'main/.git/worktrees/topic/HEAD': 'ref: refs/heads/topic\n', 'main/.git/worktrees/topic/commondir': '../..\n', 'main/.git/worktrees/topic/index': indexOf(['x.py']),
    });
    disk.folder.write({ 'topic/.git': `gitdir: ${disk.folder.root}/main/.git/worktrees/topic\r\n`, 'topic/x.py': '' });
    const workspace = openDisk(join(disk.folder.root, 'topic'));
    assert.deepEqual([[...await workspace.tracked() ?? []], (await workspace.revision())?.commit], [['x.py'], COMMIT]);
  });

  it('is nothing before the first git add, and no commit before the first', async () => {
    disk.made({ '.git/HEAD': 'ref: refs/heads/main\n', 'a.py': '' });
    const workspace = openDisk(disk.folder.root);
    assert.deepEqual([[...await workspace.tracked() ?? ['?']], (await workspace.revision())?.commit], [[], undefined]);
  });

  it('is unknown where the index makes no sense, and that is said', async () => {
    disk.made({ '.git/HEAD': COMMIT, '.git/index': 'nonsense', 'a.py': '' });
    const workspace = openDisk(disk.folder.root);
    const { notices, entries } = await workspace.list();
    assert.deepEqual([await workspace.tracked(), notices.map((one) => [one.code, one.path]), entries.length], [undefined, [['not-parsed', '.git/index']], 1]);
    assert.equal((await workspace.revision())?.commit, COMMIT);
  });

  it('stays inside the repository, wherever HEAD points', async () => {
    for (const head of ['ref: refs/../../outside', 'ref: refs/heads/loop', 'nonsense', '', 'ref: ']) {
      disk.made({ '.git/HEAD': head, '.git/refs/heads/loop': 'ref: refs/heads/loop', 'outside': COMMIT });
      assert.equal((await openDisk(disk.folder.root).revision())?.commit, undefined, head);
      disk.folder.remove();
    }
    disk.made({ '.git': 'gitdir: ../nowhere\n' });
    assert.equal(await openDisk(disk.folder.root).tracked(), undefined);
  });
});
