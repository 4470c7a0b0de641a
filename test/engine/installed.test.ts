import assert from 'node:assert/strict';
import { installedFolders } from '../../engine/project/installed';

describe('folders of installed packages', () => {
  const told = (...paths: readonly string[]) => installedFolders(paths).map((each) => `${each.path} ${each.kind} ${each.count}`);

  it('counts each top folder once', () => {
    assert.deepEqual(told('node_modules/a/index.js', 'node_modules/a/node_modules/b/index.js', 'web/node_modules/c/index.js', 'app.py'), ['node_modules packages 2', 'web/node_modules packages 1']);
  });
  it('knows a virtual environment by its file, or by where its packages lie', () => {
    assert.deepEqual(told('api/venv/pyvenv.cfg', 'api/venv/bin/python', 'api/venv/lib/python3.12/site-packages/x.py'), ['api/venv environment 3']);
    assert.deepEqual(told('old/lib/python3.9/site-packages/x.py', 'win/Lib/site-packages/x.py'), ['old environment 1', 'win environment 1']);
  });
  it('tells compiled files apart', () => {
    assert.deepEqual(told('app/__pycache__/a.cpython-312.pyc', '__pycache__/b.cpython-312.pyc'), ['__pycache__ cache 1', 'app/__pycache__ cache 1']);
  });
  it('leaves folders alone that are only called so', () => {
    assert.deepEqual(told('config/env/production.js', 'env/settings.py', 'lib/python/tool.py', 'my_node_modules/x.js'), []);
  });
});
