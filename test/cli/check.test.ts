import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../../cli/commands';
import { UsageError } from '../../cli/exit';
import { formats } from '../../cli/formats';
import { incomplete, type RuleSpec } from '../report/fixture';
import { auditOf, fakeProduct, fakeSession, surroundings, type FakeSession } from './fake';
import { temporaryFolder } from './folder';

const DEBUG: RuleSpec = { rule: 'debug-enabled', category: 'configuration', severity: 'critical', path: 'config.py', message: 'Debug mode is switched on by `True`.' };
const CSRF: RuleSpec = { rule: 'csrf-missing', category: 'auth', severity: 'high', path: 'app.py', message: 'Nothing checks a CSRF token.' };

describe('shipworthy check', () => {
  const folder = temporaryFolder();

  async function check(words: readonly string[], session: FakeSession = fakeSession([auditOf([DEBUG, CSRF])]), env: Record<string, string> = {}) {
    const opened: string[] = [];
    const around = surroundings(folder.path, env);
    const code = await run(['check', ...words], fakeProduct(session, (one) => opened.push(one)), around);
    return { code, out: around.stdout.text, err: around.stderr.text, opened };
  }

  it('prints the report of the current folder and says on standard error why it fails', async () => {
    const { code, out, err, opened } = await check([]);
    assert.equal(code, 1);
    assert.match(out, /^text bibliotheca NOT READY .* 2026-11-20 .*\n$/);
    assert.equal(err, 'bibliotheca: 1 open finding must be gone before it ships (--fail-on blocker).\n');
    assert.deepEqual(opened, [folder.path]);
  });

  it('passes where nothing blocks, without a word', async () => {
    const { code, err } = await check([], fakeSession([auditOf([{ ...CSRF, severity: 'medium' }])]));
    assert.equal(code, 0);
    assert.equal(err, '');
  });

  it('closes the session, also when the scan fails', async () => {
    const fine = fakeSession([auditOf([])]);
    await check([], fine);
    assert.ok(fine.disposed);
    const broken = fakeSession([], [], async () => { throw new Error('the parser is not there'); });
    const { code, out, err } = await check([], broken);
    assert.ok(broken.disposed);
    assert.equal(code, 3);
    assert.equal(out, '');
    assert.match(err, /fault of shipworthy[^]*the parser is not there/);
  });

  it('passes format, look and day on', async () => {
    const { out } = await check(['--format', 'markdown', '--as-of', '2027-01-31', '--verbose', '--color'], undefined, { COLUMNS: '64', LANG: 'C.UTF-8' });
    assert.match(out, /^markdown .* 2027-01-31 /);
    assert.deepEqual(JSON.parse(/\{.*\}/.exec(out)?.[0] ?? ''), { colour: true, width: 64, unicode: true, verbose: true, all: false, asOf: '2027-01-31' });
  });

  it('lists one rule, or several, with what they say when they are not open', async () => {
    const audit = auditOf([DEBUG, CSRF, { rule: 'http-timeout-missing', state: 'holds', judged: 3, title: 'Calls have a timeout' }, { rule: 'todo-comment', state: 'not-applicable', reason: 'There is no source.' }]);
    const { code, out } = await check(['--rule', 'csrf-missing', '--rule', 'http-timeout-missing', '--rule', 'todo-comment'], fakeSession([audit]));
    assert.equal(code, 0, 'the blocker is in a rule that was not asked for');
    const lines = out.split('\n');
    assert.equal(lines[0], 'app.py:1:5 high Nothing checks a CSRF token. [csrf-missing]');
    assert.equal(lines[1], 'Holds: Calls have a timeout. 3 places judged. [http-timeout-missing]');
    assert.match(lines[2] ?? '', /^Not applicable: .* There is no source\. \[todo-comment\]$/);
    assert.match(lines[3] ?? '', /^1 finding in bibliotheca; bibliotheca as a whole is NOT READY, /);
  });

  it('lists one file', async () => {
    folder.write('config.py');
    const { code, out, opened } = await check(['config.py']);
    assert.equal(code, 1);
    assert.deepEqual(opened, [folder.path]);
    assert.match(out, /^config\.py:1:5 critical Debug mode is switched on by `True`\. \[debug-enabled\]\n1 finding in config\.py; bibliotheca as a whole is NOT READY, .*\n$/);
  });

  it('orders the plan as it is told', async () => {
    const { out } = await check(['--plan-order', 'effort', '--format', 'json']);
    assert.equal([JSON.parse(out)].flat()[0].planOrder, 'effort');
    assert.equal([JSON.parse((await check(['--format', 'json'])).out)].flat()[0].planOrder, undefined);
    assert.equal((await check(['--plan-order', 'size'])).code, 2);
  });

  it('gives a part as JSON and refuses it as a document', async () => {
    const { out } = await check(['--rule', 'csrf-missing', '--format', 'json']);
    assert.deepEqual(JSON.parse(out)[0].results.map((result: { rule: string }) => result.rule), ['csrf-missing']);
    const { code, err } = await check(['--rule', 'csrf-missing', '--format', 'html']);
    assert.equal(code, 2);
    assert.match(err, /whole project/);
  });

  it('names the nearest rule for one that does not exist, before it scans', async () => {
    const { code, err, opened } = await check(['--rule', 'csrf-mising']);
    assert.equal(code, 2);
    assert.match(err, /There is no rule "csrf-mising"\. Did you mean csrf-missing\?/);
    assert.deepEqual(opened, []);
  });

  it('writes a file in the form its ending asks for, without colours, and says where it is', async () => {
    const { code, out, err } = await check(['--output', 'report.md'], undefined, { FORCE_COLOR: '1' });
    assert.equal(code, 1);
    assert.equal(out, '');
    const text = readFileSync(path.join(folder.path, 'report.md'), 'utf8');
    assert.match(text, /^markdown .*"colour":false/);
    assert.match(err, /^bibliotheca: NOT READY, .*\. The report is in .*report\.md\.\n/);
  });

  it('writes several reports in one run, and one of them to standard output', async () => {
    const { out, err } = await check(['-o', 'a.html', '-o', 'gitlab:a.json', '-o', '-', '--fail-on', 'never']);
    assert.match(out, /^text bibliotheca /);
    assert.match(readFileSync(path.join(folder.path, 'a.html'), 'utf8'), /^html bibliotheca /);
    assert.match(readFileSync(path.join(folder.path, 'a.json'), 'utf8'), /^gitlab bibliotheca /);
    assert.match(err, /The reports are in .*a\.html and .*a\.json\.\n$/);
  });

  it('writes none of several reports when one cannot be made', async () => {
    const session = fakeSession([auditOf([])]);
    const product = fakeProduct(session);
    const around = surroundings(folder.path);
    const failing = { ...product, formats: { ...product.formats, html: () => { throw new UsageError('Not this one.'); } } };
    assert.equal(await run(['check', '-o', 'first.md', '-o', 'second.html'], failing, around), 2);
    assert.ok(!existsSync(path.join(folder.path, 'first.md')));
  });

  it('gives hosts of repositories the paths that they know, and others those of the folder', async () => {
    folder.write('shop/app.py');
    mkdirSync(path.join(folder.path, '.git'));
    const around = surroundings(folder.path);
    const product = fakeProduct(fakeSession([auditOf([DEBUG])]));
    const paths = { ...product, formats: { ...product.formats, gitlab: formats.gitlab, csv: formats.csv } };
    await run(['check', 'shop', '-o', 'gitlab:a.json', '-o', 'a.csv'], paths, around);
    assert.match(readFileSync(path.join(folder.path, 'a.json'), 'utf8'), /"path": "shop\/config\.py"/);
    assert.match(readFileSync(path.join(folder.path, 'a.csv'), 'utf8'), /,config\.py,/);
  });

  it('refuses a file that cannot be made, before it scans', async () => {
    const { code, err, opened } = await check(['--output', 'missing/report.md']);
    assert.equal(code, 2);
    assert.match(err, /does not exist/);
    assert.deepEqual(opened, []);
  });

  it('is quiet when it is asked to be, but not about errors', async () => {
    assert.equal((await check(['--quiet', '--output', 'r.json'])).err, '');
    assert.ok(existsSync(path.join(folder.path, 'r.json')));
    assert.equal((await check(['--quiet', 'nowhere'])).err, 'shipworthy: There is no file or folder nowhere.\n');
    assert.match((await check(['--quiet'], fakeSession([auditOf([])], [incomplete('app.py')]))).err, /app\.py could not be parsed/);
  });

  it('says what it could not look at, and exits with 3', async () => {
    const { code, err } = await check([], fakeSession([auditOf([])], Array.from({ length: 7 }, (_, index) => incomplete(`app${index}.py`))));
    assert.equal(code, 3);
    assert.equal(err.trimEnd().split('\n').length, 6);
    assert.match(err, /And 2 more, see the report\.\n$/);
  });

  it('does not mind a file that could not be looked at when another is asked for', async () => {
    folder.write('app.py');
    const session = () => fakeSession([auditOf([])], [incomplete('other.py')]);
    assert.equal((await check(['app.py'], session())).code, 0);
    assert.equal((await check([], session())).code, 3);
  });

  it('shows each project of a folder', async () => {
    const project = (name: string) => ({ project: { name, root: name, frameworks: [], deployable: true } });
    const { out, code } = await check([], fakeSession([auditOf([], project('shop')), auditOf([DEBUG], project('admin'))]));
    assert.match(out, /shop .*, admin NOT READY/);
    assert.equal(code, 1);
  });

  it('keeps control characters of a project to itself', async () => {
    const { err } = await check([], fakeSession([auditOf([DEBUG], { project: { name: 'a\u001b[2Jb', root: '', frameworks: [], deployable: true } })]));
    assert.ok(!err.includes('\u001b'), JSON.stringify(err));
  });

  for (const [words, message] of [
    [['--formt', 'json'], /unknown option '--formt'\n\(Did you mean --format\?\)/],
    [['--format', 'xml'], /Allowed choices are text, json, markdown, html/],
    [['--fail-on', 'bad'], /Allowed choices are blocker, critical, high, medium, low, never/],
    [['--as-of', '2026-02-30'], /It must be a day such as 2026-01-31/],
    [['--as-of', 'today'], /It must be a day such as 2026-01-31/],
    [['--output'], /argument missing/],
    [['a', 'b'], /too many arguments/],
  ] as const) {
    it(`refuses ${words.join(' ')}`, async () => {
      const { code, out, err, opened } = await check(words);
      assert.equal(code, 2);
      assert.equal(out, '');
      assert.match(err, message);
      assert.deepEqual(opened, []);
    });
  }

  it('shows progress on a terminal only, and clears it', async () => {
    const scan = (step: () => void) => fakeSession([auditOf([])], [], async (progress) => {
      for (const done of [1, 2, 3]) {
        step();
        progress?.({ done, total: 3, path: 'app.py' });
      }
    });
    for (const [isTTY, TERM, words, expected] of [
      [true, 'xterm', [], '\r\u001b[2KReading 2/3 app.py\r\u001b[2KReading 3/3 app.py\r\u001b[2K'],
      [true, 'dumb', [], ''], [false, 'xterm', [], ''], [true, 'xterm', ['--quiet'], ''],
    ] as const) {
      const around = surroundings(folder.path, { TERM });
      around.stderr.isTTY = isTTY;
      await run(['check', ...words], fakeProduct(scan(() => { around.now += 300; })), around);
      assert.equal(around.stderr.text, expected);
    }
  });

  for (const [signal, expected] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
    it(`ends with ${expected} on ${signal}, without a report, and lets go of the signal`, async () => {
      const around = surroundings(folder.path);
      const session = fakeSession([auditOf([])], [], (_progress, cancel) => new Promise((_resolve, reject) => {
        cancel?.addEventListener('abort', () => reject(cancel.reason));
        setImmediate(() => around.signals.emit(signal));
      }));
      assert.equal(await run(['check'], fakeProduct(session), around), expected);
      assert.equal(around.stdout.text, '');
      assert.ok(session.disposed);
      assert.equal(around.signals.listenerCount('SIGINT') + around.signals.listenerCount('SIGTERM'), 0);
    });
  }

  it('ends with 130 when the scan was over just before', async () => {
    const around = surroundings(folder.path);
    const session = fakeSession([auditOf([])], [], async () => void around.signals.emit('SIGINT'));
    assert.equal(await run(['check'], fakeProduct(session), around), 130);
    assert.equal(around.stdout.text, '');
  });
});
