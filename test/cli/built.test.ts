/** The shipped command line from outside: exit codes, formats, streams, colours, width, bad input. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { FORMATS } from '../../cli/surroundings';
import { everyReport, ROOT, shipworthy } from './built';
import { temporaryFolder } from './folder';

const BAD = 'examples/not-ready';
const ESCAPE = '\u001b[';

describe('dist/cli.js', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();

  it('can be run by itself', () => {
    assert.match(readFileSync(path.join(ROOT, 'dist/cli.js'), 'utf8'), /^#!\/usr\/bin\/env node\n/);
  });

  it('is written in ASCII, as every bundle: for one other letter, V8 holds twice as much of it', () => {
    for (const bundle of ['cli.js', 'server.js', 'language-server.js', 'client.js']) {
      const text = readFileSync(path.join(ROOT, 'dist', bundle), 'utf8');
      const other = text.search(/[^\0-\x7f]/);
      assert.equal(other, -1, `${bundle}: ${text.slice(Math.max(0, other - 40), other + 1)}`);
    }
  });

  it('tells the version of the package', async () => {
    const { code, out } = await shipworthy(['--version']);
    assert.equal(code, 0);
    const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
    assert.ok(out.startsWith(`shipworthy ${version} (rule set `), out);
  });

  it('exits with 1 for what is not ready, 0 when nothing is to fail', async () => {
    const failing = await shipworthy(['check', BAD]);
    assert.equal(failing.code, 1);
    assert.match(failing.err, /must be gone before it ships \(--fail-on blocker\)\.\n$/);
    assert.match(failing.out, /NOT READY/);
    assert.deepEqual(await shipworthy(['check', BAD, '--fail-on', 'never']), { code: 0, out: failing.out, err: '' });
  });

  it('exits with 3 for a folder with nothing to check', async () => {
    const { code, out } = await shipworthy(['check', folder.path]);
    assert.equal(code, 3);
    assert.match(out, /INCONCLUSIVE/);
  });

  it('exits with 2 for a configuration that is wrong', async () => {
    folder.write('app.py', 'from flask import Flask\napp = Flask(__name__)\n');
    folder.write('shipworthy.json', '{ "rules": { "debug-enabled": "sometimes" } }');
    const { code, err } = await shipworthy(['check', folder.path]);
    assert.equal(code, 2);
    assert.match(err, /^shipworthy\.json:1:31: .*sometimes/);
  });

  it('writes every format', async () => {
    const of = async (format: string) => (await shipworthy(['check', BAD, '--format', format])).out;
    assert.equal(JSON.parse(await of('json')).schemaVersion, '1.0');
    assert.match(await of('markdown'), /^# /);
    assert.match(await of('html'), /^<!DOCTYPE html>[^]*<\/html>\n$/);
  });

  it('answers from a cache as without one, and goes on where there can be none', async () => {
    const words = ['check', BAD, '--as-of', '2026-11-20', '--verbose'];
    const without = await shipworthy(words);
    const cache = path.join(folder.path, 'kept/here');
    const with_ = [...words, '--cache', cache];
    assert.deepEqual(await shipworthy(with_), without);
    const [file, ...others] = readdirSync(cache).filter((each) => each !== '.gitignore');
    assert.deepEqual(others, []);
    const kept = readFileSync(path.join(cache, file ?? ''), 'utf8');
    assert.deepEqual(await shipworthy(with_), without);
    assert.equal(readFileSync(path.join(cache, file ?? ''), 'utf8'), kept);
    assert.equal(readFileSync(path.join(cache, '.gitignore'), 'utf8'), '*\n');
    folder.write('in-the-way', '');
    const blocked = await shipworthy([...words, '--cache', path.join(folder.path, 'in-the-way')]);
    assert.deepEqual([blocked.code, blocked.out], [without.code, without.out]);
    assert.match(blocked.err, /could not be kept in .*in-the-way: .*\. The next run begins from nothing\./);
  });

  it('gives the same bytes for the same day', async () => {
    const [one, other] = [await everyReport(BAD, folder.path), await everyReport(BAD, folder.path)];
    for (const form of FORMATS) assert.equal(one[form], other[form], form);
  });

  it('gives the same report from any folder and by any spelling of the path', async () => {
    const words = ['--format', 'json', '--as-of', '2026-11-20'];
    const outs = await Promise.all([
      shipworthy(['check', ...words], path.join(ROOT, BAD)), shipworthy(['check', `${BAD}/`, ...words]), shipworthy(['check', path.join(ROOT, BAD), ...words], folder.path),
    ]);
    assert.equal(outs[0]?.out, outs[1]?.out);
    assert.equal(outs[0]?.out, outs[2]?.out);
  });

  it('has colours when they are forced and none in a pipe', async () => {
    assert.ok(!(await shipworthy(['check', BAD])).out.includes(ESCAPE));
    assert.ok((await shipworthy(['check', BAD], ROOT, { FORCE_COLOR: '1' })).out.includes(ESCAPE));
    assert.ok(!(await shipworthy(['check', BAD], ROOT, { FORCE_COLOR: '1', NO_COLOR: '1' })).out.includes(ESCAPE));
    assert.ok(!(await shipworthy(['check', BAD, '--format', 'json', '--color'])).out.includes(ESCAPE));
  });

  it('keeps to the width, and to ASCII where the locale asks for it', async () => {
    const tooLong = (text: string, width: number) => text.split('\n').filter((line) => [...line].length > width);
    const wide = await shipworthy(['check', BAD], ROOT, { COLUMNS: '100' });
    assert.deepEqual(tooLong(wide.out, 100), []);
    const narrow = await shipworthy(['check', BAD], ROOT, { COLUMNS: '60' });
    assert.deepEqual(tooLong(narrow.out.slice(0, narrow.out.indexOf('─')), 60), [], 'the findings, before the table');
    assert.match((await shipworthy(['check', BAD], ROOT, { LANG: 'C' })).out, /^[\n -~]*$/);
  });

  it('lists one file and one rule', async () => {
    const file = await shipworthy(['check', 'kayaks/config.py'], path.join(ROOT, BAD));
    assert.equal(file.code, 1);
    assert.deepEqual([...new Set([...file.out.matchAll(/^(\S+?):\d+:\d+ /gm)].map((match) => match[1]))], ['kayaks/config.py']);
    const rule = await shipworthy(['check', BAD, '--rule', 'secret-key-default']);
    assert.deepEqual([...rule.out.matchAll(/\[([\w-]+)\]$/gm)].map((match) => match[1]), ['secret-key-default']);
  });

  it('writes a file that can be opened, and says where it is', async () => {
    mkdirSync(path.join(folder.path, 'out'));
    const { code, out, err } = await shipworthy(['check', path.join(ROOT, BAD), '--output', 'out/report.html', '--fail-on', 'never'], folder.path);
    assert.equal(code, 0);
    assert.equal(out, '');
    assert.match(err, /The report is in .*report\.html\.\n$/);
    assert.ok(statSync(path.join(folder.path, 'out/report.html')).size > 1000);
  });

  it('explains and lists rules', async () => {
    const explained = await shipworthy(['explain', 'secret-key-default']);
    assert.equal(explained.code, 0);
    assert.match(explained.out, /\nsecret-key-default {2}critical 40 · /);
    assert.match((await shipworthy(['list', '-c', 'configuration'])).out, /secret-key-default/);
  });

  for (const words of [['check', 'nowhere'], ['check', '--bogus'], ['explain', 'nothing-like-it'], ['frobnicate'], ['check', '--as-of', 'tomorrow']]) {
    it(`exits with 2 for ${words.join(' ')}, with a sentence and without a trace`, async () => {
      const { code, out, err } = await shipworthy(words);
      assert.equal(code, 2);
      assert.equal(out, '');
      assert.ok(err.trim() !== '');
      assert.doesNotMatch(err, /\n\s+at /);
    });
  }
});
