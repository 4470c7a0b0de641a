/** Input that nobody wishes for, on a real disk: each gets a sentence that says what and where, and the rest of the work goes on. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Rule } from '../../rules/kit';
import { call, rule } from '../../rules/kit';
import { openSession } from '../../engine/audit/open';
import type { Notice } from '../../engine/audit/outcome';
import type { Session } from '../../engine/audit/session';
import type { Grammars } from '../../engine/syntax/grammars';
import { diskFiles } from '../../engine/workspace/disk-files';
import { openDisk } from '../../engine/workspace/disk';
import { fault } from '../../engine/workspace/files';
import { testGrammars } from '../support/grammars';

const noEval: Rule = rule({
  id: 'no-eval', title: 'Nothing is evaluated', severity: 'high', confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1', why: 'x', how: 'x', links: [], examples: () => ({}),
  on: call('eval'), nothing: 'Nothing is called.', check: () => true, message: () => 'eval', underline: ({ call: one }) => one.calleeAt,
})('code');

describe('bad input', function () {
  this.timeout(60_000);
  let grammars: Grammars;
  let folder = '';
  let session: Session | undefined;
  before(async () => { grammars = await testGrammars(); });
  beforeEach(() => { folder = realpathSync(mkdtempSync(join(tmpdir(), 'shipworthy-bad-'))); writeFileSync(join(folder, 'good.py'), 'eval(1)\n'); });
  afterEach(() => { session?.dispose(); session = undefined; rmSync(folder, { recursive: true, force: true }); });

  /** Scans the folder; the good file's finding is always there. */
  const scan = async (workspace = openDisk(folder)): Promise<Session> => {
    session = openSession({ workspace, grammars, rules: [noEval] });
    await session.refresh();
    assert.equal(session.findings('good.py').length, 1, 'the rest goes on');
    return session;
  };
  const said = (of: Session, path: string): readonly Notice[] => of.notices().filter((each) => each.path === path || each.message.includes(path));

  it('a Python file of 20 MB is not read, and said so', async () => {
    writeFileSync(join(folder, 'huge.py'), 'x = 1\n'.repeat(3_500_000));
    const [notice] = said(await scan(), 'huge.py');
    assert.equal(notice?.code, 'too-large');
    assert.match(notice?.message ?? '', /MB/);
    assert.equal(notice?.incomplete, true);
  });

  it('a binary called .py is not read, and said so', async () => {
    writeFileSync(join(folder, 'tool.py'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1, 2, 3, 0, 255, 254]));
    assert.equal(said(await scan(), 'tool.py')[0]?.code, 'binary');
  });

  it('UTF-16 is read, with places as the editor counts them', async () => {
    writeFileSync(join(folder, 'wide.py'), Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('# é🚢\nx = eval(1)\n', 'utf16le')]));
    assert.deepEqual((await scan()).findings('wide.py').map((each) => each.range.start), [{ line: 1, character: 4 }]);
  });

  it('Latin-1 is read, with a remark', async () => {
    writeFileSync(join(folder, 'old.py'), Buffer.from('# caf\xe9\neval(1)\n', 'latin1'));
    const of = await scan();
    assert.equal(of.findings('old.py').length, 1);
    assert.ok(said(of, 'old.py').every((each) => !each.incomplete));
  });

  it('a byte order mark moves nothing', async () => {
    writeFileSync(join(folder, 'bom.py'), '\uFEFFeval(1)\n');
    assert.deepEqual((await scan()).findings('bom.py').map((each) => each.range.start), [{ line: 0, character: 0 }]);
  });

  it('an empty file, a file of blanks, a file without a last line break', async () => {
    writeFileSync(join(folder, 'empty.py'), '');
    writeFileSync(join(folder, 'blank.py'), ' \n\t\n');
    writeFileSync(join(folder, 'open.py'), 'eval(1)');
    assert.equal((await scan()).findings('open.py').length, 1);
  });

  it('links that go round end, and are said once', async () => {
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    writeFileSync(join(folder, 'a/b/inner.py'), 'eval(1)\n');
    symlinkSync('..', join(folder, 'a/b/up'));
    symlinkSync('loop', join(folder, 'a/loop'));
    symlinkSync('/etc', join(folder, 'outside'));
    const of = await scan();
    assert.equal(of.findings('a/b/inner.py').length, 1);
    assert.ok(of.notices().filter((each) => each.code === 'link-loop').length <= 2);
  });

  it('a folder that may not be read is said, with what to do', async () => {
    mkdirSync(join(folder, 'closed'));
    const files = { ...diskFiles, names: (path: string) => path.endsWith('/closed') ? Promise.reject(fault('EACCES', path)) : diskFiles.names(path) };
    const [notice] = said(await scan(openDisk(folder, { files })), 'closed');
    assert.equal(notice?.code, 'unreadable');
    assert.equal(notice?.incomplete, true);
  });

  it('a file that goes while it is scanned is no error', async () => {
    writeFileSync(join(folder, 'fleeting.py'), 'eval(1)\n');
    const workspace = openDisk(folder);
    const leaving = { name: workspace.name, root: workspace.root, tracked: () => workspace.tracked(), revision: () => workspace.revision(), read: (path: string) => workspace.read(path), list: async (signal?: AbortSignal) => { const listing = await workspace.list(signal); rmSync(join(folder, 'fleeting.py')); return listing; } };
    assert.equal((await scan(leaving)).findings('fleeting.py').length, 0);
  });

  it('a folder that goes altogether leaves nothing behind', async () => {
    const of = await scan();
    rmSync(folder, { recursive: true });
    of.touch();
    await of.refresh();
    assert.equal(of.findings('good.py').length, 0);
    assert.ok(of.notices().some((each) => each.code === 'unreadable' || each.code === 'vanished'), of.notices().map((each) => each.message).join());
  });

  it('what cannot be read is no news when it is looked at again', async () => {
    writeFileSync(join(folder, 'image.py'), Buffer.from([0, 1, 2, 0]));
    const of = await scan();
    assert.equal(said(of, 'image.py').length, 1);
    const { version } = of;
    of.touch();
    await of.refresh();
    assert.equal(of.version, version, 'everything was judged anew');
    writeFileSync(join(folder, 'image.py'), 'eval(1)\n');
    of.touch();
    await of.refresh();
    assert.deepEqual([of.findings('image.py').length, said(of, 'image.py').length], [1, 0]);
  });

  it('names with blanks, quotes, line breaks and other scripts', async () => {
    for (const name of ['a b.py', "it's.py", 'données.py', '船.py', 'line\nbreak.py']) writeFileSync(join(folder, name), 'eval(1)\n');
    const of = await scan();
    for (const name of ['a b.py', "it's.py", 'données.py', '船.py', 'line\nbreak.py']) assert.equal(of.findings(name).length, 1, name);
  });

  it('a malformed shipworthy.json is said at its place, and the defaults hold', async () => {
    writeFileSync(join(folder, 'shipworthy.json'), '{\n  "rules": { "no-evil": "of" },\n  "exclde": []\n}\n');
    const found = said(await scan(), 'shipworthy.json');
    assert.ok(found.length > 0 && found.every((each) => each.code === 'config' && each.range));
    assert.match(found.map((each) => each.message).join(' '), /exclude/, 'the nearest name is offered');
  });

  it('a file that nobody thought of is left out and said so, until it is another', async () => {
    writeFileSync(join(folder, 'odd.py'), 'eval("odd secret")\n');
    const parser: Grammars['parser'] = (name) => {
      const made = grammars.parser(name);
      const parse = made.parse.bind(made);
      made.parse = (...given) => { if (typeof given[0] === 'string' && given[0].includes('odd')) throw new RangeError('Maximum call stack size exceeded: odd secret'); return parse(...given); };
      return made;
    };
    session = openSession({ workspace: openDisk(folder), grammars: { ...grammars, parser }, rules: [noEval] });
    await session.refresh();
    assert.equal(session.findings('good.py').length, 1, 'the rest goes on');
    const [notice, ...more] = said(session, 'odd.py');
    assert.deepEqual([notice?.code, notice?.incomplete, more.length], ['not-parsed', true, 0]);
    assert.match(notice?.message ?? '', /^odd\.py was left out: reading it failed \(RangeError\)/);
    assert.doesNotMatch(notice?.message ?? '', /secret-|odd secret/);
    session.edit('odd.py', 'eval("another")\n');
    assert.equal(session.findings('odd.py').length, 1);
    session.edit('odd.py', 'eval("odd")\n');
    assert.equal(said(session, 'odd.py').length, 1, 'in the editor too');
    session.edit('odd.py', 'eval(2)\n');
    assert.deepEqual([session.findings('odd.py').length, said(session, 'odd.py').length], [1, 0]);
  });

  it('an empty folder is no application, and no error', async () => {
    rmSync(join(folder, 'good.py'));
    session = openSession({ workspace: openDisk(folder), grammars, rules: [noEval] });
    await session.refresh();
    assert.equal(session.audits()[0]?.outcomes[0]?.state, 'not-applicable');
  });
});
