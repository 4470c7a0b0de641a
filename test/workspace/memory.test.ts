import assert from 'node:assert/strict';
import { openMemory } from '../../engine/workspace/memory';
import { pathsOf } from './folder';

describe('a workspace of texts', () => {
  it('lists and reads as a disk does', async () => {
    const workspace = openMemory({ 'src/app.py': '\uFEFFx = 1\n', '.gitignore': '*.log\n', 'a.log': '', 'node_modules/a/index.js': '', 'venv/pyvenv.cfg': '', 'venv/a.py': '', 'b.png': '' });
    assert.deepEqual(pathsOf(await workspace.list()), ['.gitignore', 'b.png', 'src/app.py', 'venv/pyvenv.cfg']);
    assert.deepEqual(await workspace.read('src/app.py'), { text: 'x = 1\n' });
    const missing = await workspace.read('src/none.py');
    assert.ok('notice' in missing && missing.notice.code === 'vanished');
    assert.deepEqual([workspace.name, await workspace.tracked(), (await workspace.revision())?.commit], ['memory', undefined, undefined]);
  });

  it('tracks what it is told to', async () => {
    const workspace = openMemory({ '.env': 'A=1', '.gitignore': '.env\n', 'web/.env': 'A=1' }, { tracked: ['.env'], name: 'demo' });
    assert.deepEqual([workspace.name, [...await workspace.tracked() ?? []], pathsOf(await workspace.list())], ['demo', ['.env'], ['.env', '.gitignore']]);
    assert.deepEqual((await workspace.list()).ignoredEnvFiles, ['web/.env']);
    assert.deepEqual(await workspace.read('.env'), { text: 'A=1' });
    assert.ok('notice' in await workspace.read('web/.env'));
  });

  it('shows that a text has changed', async () => {
    const texts: Record<string, string> = { 'a.py': 'x = 1' };
    const workspace = openMemory(texts);
    const [before] = (await workspace.list()).entries;
    texts['a.py'] = 'x = 2';
    const [after] = (await workspace.list()).entries;
    assert.notEqual(after?.stamp, before?.stamp);
    assert.deepEqual(await workspace.read('a.py'), { text: 'x = 2' });
  });

  it('may be empty', async () => {
    const { entries, ignoredEnvFiles, notices } = await openMemory({}).list();
    assert.deepEqual({ entries, ignoredEnvFiles, notices }, { entries: [], ignoredEnvFiles: [], notices: [] });
  });
});
