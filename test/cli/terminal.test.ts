import assert from 'node:assert/strict';
import { look } from '../../cli/terminal';

describe('what a stream can show', () => {
  const tty = { isTTY: true, columns: 120 };
  const pipe = {};
  const colour = (stream: object, env: Record<string, string>, said?: boolean) => look(stream, env, 'linux', said).colour;

  it('has colours on a terminal and none in a pipe', () => {
    assert.equal(colour(tty, {}), true);
    assert.equal(colour(pipe, {}), false);
  });

  it('honours NO_COLOR, whatever it says, and not when it is empty', () => {
    assert.equal(colour(tty, { NO_COLOR: '1' }), false);
    assert.equal(colour(tty, { NO_COLOR: '0' }), false);
    assert.equal(colour(tty, { NO_COLOR: '' }), true);
  });

  it('honours FORCE_COLOR, below NO_COLOR', () => {
    assert.equal(colour(pipe, { FORCE_COLOR: '1' }), true);
    assert.equal(colour(pipe, { FORCE_COLOR: '' }), true);
    assert.equal(colour(tty, { FORCE_COLOR: '0' }), false);
    assert.equal(colour(pipe, { FORCE_COLOR: '1', NO_COLOR: '1' }), false);
  });

  it('listens to the option before all of them', () => {
    assert.equal(colour(pipe, { NO_COLOR: '1' }, true), true);
    assert.equal(colour(tty, { FORCE_COLOR: '1' }, false), false);
  });

  it('has no colours on a dumb terminal', () => assert.equal(colour(tty, { TERM: 'dumb' }), false));

  it('is as wide as COLUMNS, else as the terminal, else 80', () => {
    assert.equal(look(tty, { COLUMNS: '64' }, 'linux').width, 64);
    assert.equal(look(tty, {}, 'linux').width, 120);
    assert.equal(look(pipe, {}, 'linux').width, 80);
  });

  for (const wrong of ['', '0', '-5', 'wide', '1e9', '99999']) {
    it(`pays no attention to COLUMNS=${wrong}`, () => assert.equal(look(tty, { COLUMNS: wrong }, 'linux').width, 120));
  }

  it('is never too narrow to work with', () => assert.equal(look(tty, { COLUMNS: '3' }, 'linux').width, 20));

  it('reads the character set of the locale, LC_ALL first', () => {
    const unicode = (env: Record<string, string>, platform: NodeJS.Platform = 'linux') => look(tty, env, platform).unicode;
    assert.equal(unicode({ LANG: 'en_GB.UTF-8' }), true);
    assert.equal(unicode({ LANG: 'C.utf8' }), true);
    assert.equal(unicode({ LANG: 'C' }), false);
    assert.equal(unicode({ LANG: 'en_GB.UTF-8', LC_ALL: 'POSIX' }), false);
    assert.equal(unicode({ LANG: 'de_DE.ISO-8859-1', LC_CTYPE: 'de_DE.UTF-8' }), true);
    assert.equal(unicode({}), false);
    assert.equal(unicode({}, 'darwin'), true);
    assert.equal(unicode({}, 'win32'), false);
    assert.equal(unicode({ WT_SESSION: 'id' }, 'win32'), true);
  });
});
