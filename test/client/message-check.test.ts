import assert from 'node:assert/strict';
import { about } from '../../client/command-arguments';
import { isInnerPath, readPanelMessage } from '../../client/message-check';

describe('messages of the report panel', () => {
  it('are taken when they are what the panel says', () => {
    const good = [
      { type: 'ready' }, { type: 'rescan' }, { type: 'explain', rule: 'secret-key-default' },
      { type: 'open', path: 'shop/settings.py', line: 3, column: 38 }, { type: 'fix', fingerprint: '0123456789abcdef', index: 0 },
      { type: 'decide', lane: 'accepted-risk', fingerprint: '0123456789abcdef' },
    ];
    for (const message of good) assert.deepEqual(readPanelMessage(message), message);
  });

  it('are taken without what else is in them', () => {
    assert.deepEqual(readPanelMessage({ type: 'explain', rule: 'debug-on', command: 'x' }), { type: 'explain', rule: 'debug-on' });
  });

  it('are refused when anything is wrong with them', () => {
    const bad: readonly unknown[] = [
      undefined, null, 'ready', [], {}, { type: 'shell' }, { type: 'explain', rule: '../etc' }, { type: 'explain' },
      { type: 'open', path: 'a.py', line: 0, column: 1 }, { type: 'open', path: 'a.py', line: 1.5, column: 1 }, { type: 'open', path: 'a.py', line: '1', column: 1 },
      { type: 'open', path: '../a.py', line: 1, column: 1 }, { type: 'fix', fingerprint: 'xyz', index: 0 }, { type: 'fix', fingerprint: '0123456789abcdef', index: -1 },
      { type: 'decide', lane: 'all', fingerprint: '0123456789abcdef' }, { type: 'decide', lane: 'accepted-risk', fingerprint: 'xyz' },
    ];
    for (const message of bad) assert.equal(readPanelMessage(message), undefined, JSON.stringify(message));
  });
});

describe('a path of the report', () => {
  it('stays inside its folder', () => {
    for (const path of ['a.py', 'a/b.py', '.env', '.github/workflows/ci.yml', 'a..b/c', 'ünïcode/ø.py']) assert.equal(isInnerPath(path), true, path);
    for (const path of ['', '/etc/passwd', '..', '../a', 'a/../../b', 'a/..', './a', 'a//b', 'a/', 'C:/x', 'c:x', '\\\\server\\share', 'a\\..\\b', 'a\0b', 3, null]) {
      assert.equal(isInnerPath(path), false, String(path));
    }
  });
});

describe('the argument of a command', () => {
  it('may be a rule id, a node of the tree, or what a code action carries', () => {
    assert.deepEqual(about('debug-on'), { rule: 'debug-on' });
    assert.deepEqual(about({ subject: { card: 'k', rule: 'debug-on', fingerprint: 'f' }, label: 'x' }), { card: 'k', rule: 'debug-on', fingerprint: 'f' });
    assert.deepEqual(about({ uri: 'file:///a', rule: 'debug-on', fingerprint: 'f', reach: 'file' }), { uri: 'file:///a', rule: 'debug-on', fingerprint: 'f', reach: 'file' });
  });

  it('tells nothing when it is anything else', () => {
    for (const argument of [undefined, null, 7, [], {}, 'Not An Id', '../x', { rule: 'a/b', reach: 'world', index: '0' }]) assert.deepEqual(about(argument), {}, JSON.stringify(argument));
  });
});
