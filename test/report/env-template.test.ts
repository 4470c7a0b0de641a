import assert from 'node:assert/strict';
import type { VariableEntry } from '../../engine/audit/inventory';
import { envTemplate, mergedTemplate, unread } from '../../report/env-template';

const variable = (name: string, need: VariableEntry['need'], more: Partial<VariableEntry> = {}): VariableEntry => ({ name, need, secret: false, reads: [{ path: 'config.py', line: 8 }], declared: [], ...more });
const ALL = [variable('DEBUG', 'optional', { type: 'bool' }), variable('MAIL_SERVER', 'expected'), variable('SECRET_KEY', 'required', { secret: true })];

describe('a template of the environment', () => {
  it('begins with what is required, says where it is read, and holds no value', () => {
    assert.deepEqual(envTemplate({ variables: ALL }, 'example').split('\n').filter((line) => /^(# Read|(# )?[A-Z_]+=)/.test(line)), [
      '# Read in config.py:9 (a secret)', 'SECRET_KEY=', '# Read in config.py:9', 'MAIL_SERVER=', '# Read in config.py:9 (true or false)', '# DEBUG=',
    ]);
    assert.ok(envTemplate({ variables: [] }, 'example').includes('reads no variable'));
  });
  it('asks for secrets of its own in production, and comments out whatever else has a default', () => {
    const made = envTemplate({ variables: [...ALL, variable('JWT_KEY', 'optional', { secret: true })] }, 'production');
    assert.match(made, /set your own.*\n.*\nJWT_KEY=\n/);
    assert.match(envTemplate({ variables: [variable('JWT_KEY', 'optional', { secret: true })] }, 'example'), /^# JWT_KEY=$/m);
    assert.match(made, /^# DEBUG=$/m);
    assert.match(made, /^SECRET_KEY=$/m);
  });
  it('keeps every byte of a template that is there, and adds what it lacks', () => {
    const existing = '# mail\r\nMAIL_SERVER=localhost # for tests\r\nOLD=1';
    const { text, added } = mergedTemplate(existing, ALL);
    assert.ok(text.startsWith(`${existing}\r\n\r\n# Added: the code reads 2 variables more.\r\n`), text);
    assert.deepEqual(added, ['SECRET_KEY', 'DEBUG']);
    assert.doesNotMatch(text, /[^\r]\n/);
    assert.deepEqual(mergedTemplate(text, ALL), { text, added: [] });
    assert.deepEqual(unread(existing, ALL), ['OLD']);
  });
  it('takes commented, exported and differently written names for there', () => {
    assert.deepEqual(mergedTemplate('# SECRET_KEY=\nexport debug=1\nMAIL_SERVER =x\n', ALL).added, []);
  });
  it('lets no path break out of its comment', () => {
    assert.ok(!envTemplate({ variables: [variable('A', 'required', { reads: [{ path: 'a\nEVIL=1.py', line: 0 }] })] }, 'example').includes('\nEVIL'));
  });
  it('says at its end where more is read than it can list, in comments that name no variable', () => {
    const unnamed = [{ path: 'app/config.py', line: 16 }, { path: 'wsgi.py', line: 2, prefix: 'FLASK_' }, { path: 'a\nEVIL=1.py', line: 0 }];
    const made = envTemplate({ variables: ALL, unnamed }, 'example');
    assert.ok(made.endsWith('\n# The code may read more than is listed here:\n# - app/config.py:17 reads names that only the running program knows\n# - wsgi.py:3 reads all that begin with FLASK_\n# - a?EVIL=1.py:1 reads names that only the running program knows\n'), made);
    const many = Array.from({ length: 12 }, (_, line) => ({ path: 'app.py', line }));
    assert.match(envTemplate({ variables: [], unnamed: many }, 'example'), /reads no variable of its own that it names[\s\S]*# - app\.py:10 [^\n]*\n# - and so on in 2 more places\n$/);
  });
});
