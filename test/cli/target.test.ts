import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from '../../cli/exit';
import { target } from '../../cli/target';
import { temporaryFolder } from './folder';

describe('what check looks at', () => {
  const folder = temporaryFolder();
  const refuses = (given: string, message: RegExp) => assert.throws(() => target(given, folder.path), (error) => {
    assert.ok(error instanceof UsageError, String(error));
    assert.match(error.message, message);
    return true;
  });

  it('is a folder, from where the command runs', () => {
    folder.write('shop/app.py');
    assert.deepEqual(target('shop', folder.path), { folder: path.join(folder.path, 'shop') });
    assert.deepEqual(target('.', folder.path), { folder: folder.path });
    assert.deepEqual(target(path.join(folder.path, 'shop'), '/'), { folder: path.join(folder.path, 'shop') });
  });

  it('is a file of the folder where the command runs', () => {
    folder.write('shop/app.py');
    assert.deepEqual(target('shop/app.py', folder.path), { folder: folder.path, file: 'shop/app.py' });
  });

  it('is a file of the repository above it, or of a configured folder', () => {
    folder.write('shop/.git/HEAD');
    const file = folder.write('shop/app/deep/views.py');
    const elsewhere = folder.write('elsewhere/x');
    assert.deepEqual(target(file, path.dirname(elsewhere)), { folder: path.join(folder.path, 'shop'), file: 'app/deep/views.py' });
    folder.write('shop/app/shipworthy.json', '{}');
    assert.deepEqual(target(file, path.dirname(elsewhere)), { folder: path.join(folder.path, 'shop/app'), file: 'deep/views.py' });
  });

  it('is a file of a folder whose name begins with two dots', () => {
    folder.write('..odd/app.py');
    assert.deepEqual(target('..odd/app.py', folder.path), { folder: folder.path, file: '..odd/app.py' });
  });

  it('follows a link to a folder', () => {
    folder.write('shop/app.py');
    symlinkSync('shop', path.join(folder.path, 'link'));
    assert.deepEqual(target('link', folder.path), { folder: path.join(folder.path, 'shop') });
  });

  it('is refused when there is nothing', () => {
    refuses('nowhere', /^There is no file or folder nowhere\.$/);
    folder.write('app.py');
    refuses('app.py/x', /^There is no file or folder app\.py\/x\.$/);
    symlinkSync('gone', path.join(folder.path, 'broken'));
    refuses('broken', /^There is no file or folder broken\.$/);
  });

  it('is refused when links lead in a circle', () => {
    symlinkSync('b', path.join(folder.path, 'a'));
    symlinkSync('a', path.join(folder.path, 'b'));
    refuses('a', /circle/);
  });

  it('is refused when it is a pipe', () => {
    execFileSync('mkfifo', [path.join(folder.path, 'pipe')]);
    refuses('pipe', /neither a folder nor a file/);
  });

  it('is refused when it may not be read', function () {
    if (process.getuid?.() === 0) this.skip();
    mkdirSync(path.join(folder.path, 'locked'), { mode: 0o000 });
    refuses('locked', /permission denied/);
  });

  it('is refused when it is no path at all, without its control characters', () => {
    refuses('a\u0000b', /cannot be read/);
    refuses('a\u001b[2Jb', /^[^\u001b]*$/);
  });
});
