import assert from 'node:assert/strict';
import type { VariableEntry } from '../../engine/audit/inventory';
import { envTemplate, mergedTemplate, unread } from '../../report/env-template';

const variable = (name: string, need: VariableEntry['need'], more: Partial<VariableEntry> = {}): VariableEntry => ({ name, need, secret: false, reads: [{ path: 'config.py', line: 8 }], declared: [], ...more });
const ALL = [variable('DEBUG', 'optional', { type: 'bool' }), variable('MAIL_SERVER', 'expected'), variable('SECRET_KEY', 'required', { secret: true })];

describe('a template of the environment', () => {
  it('begins with what is required, says where it is read, and holds no value', () => {
    assert.deepEqual(envTemplate(ALL, 'example').split('\n').filter((line) => /^(# Read|(# )?[A-Z_]+=)/.test(line)), [
      '# Read in config.py:9 (a secret)', 'SECRET_KEY=', '# Read in config.py:9', 'MAIL_SERVER=', '# Read in config.py:9 (true or false)', '# DEBUG=',
    ]);
    assert.ok(envTemplate([], 'example').includes('reads no variable'));
  });
  it('asks for secrets of its own in production, and comments out whatever else has a default', () => {
    const made = envTemplate([...ALL, variable('JWT_KEY', 'optional', { secret: true })], 'production');
    assert.match(made, /set your own.*\n.*\nJWT_KEY=\n/);
    assert.match(envTemplate([variable('JWT_KEY', 'optional', { secret: true })], 'example'), /^# JWT_KEY=$/m);
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
    assert.ok(!envTemplate([variable('A', 'required', { reads: [{ path: 'a\nEVIL=1.py', line: 0 }] })], 'example').includes('\nEVIL'));
  });
});
