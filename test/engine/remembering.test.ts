/** Answers that are kept from one run to the next. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Keeping } from '../../engine/audit/kept';
import { openSession } from '../../engine/audit/open';
import type { Session } from '../../engine/audit/session';
import type { Grammars } from '../../engine/syntax/grammars';
import { openMemory } from '../../engine/workspace/memory';
import { testGrammars } from '../support/grammars';

type Files = Readonly<Record<string, string>>;

const EXAMPLE: Files = filesOf('examples/not-ready');
const RECORDS: Files = {
  '.shipworthy/suppressions.json': JSON.stringify({ version: 1, suppressions: [{ rule: 'debug-enabled', path: '/old.py', fingerprint: '0123456789abcdef', lane: 'false-positive', reason: 'It is gone.' }] }),
};

function filesOf(folder: string): Files {
  const paths = readdirSync(folder, { recursive: true }).map((each) => String(each).replaceAll('\\', '/')).filter((each) => statSync(join(folder, each)).isFile());
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

/** A place for answers in memory, with all that was written to it. */
function place(edition = 'one'): Keeping & { text: string | undefined; writes: number } {
  return {
    edition, text: undefined, writes: 0,
    async load() { return this.text; },
    async save(text) { this.text = text; this.writes++; return undefined; },
  };
}

describe('answers kept between runs', () => {
  let grammars: Grammars;
  const open: Session[] = [];
  before(async () => { grammars = await testGrammars(); });
  afterEach(() => { for (const each of open.splice(0)) each.dispose(); });

  const begin = (files: Files, keeping?: Keeping, tracked?: readonly string[]) => {
    const session = openSession({ workspace: openMemory(files, { ...(tracked && { tracked }) }), grammars, ...(keeping && { keeping }) });
    open.push(session);
    return session;
  };
  const run = async (files: Files, keeping?: Keeping, tracked?: readonly string[]) => { const session = begin(files, keeping, tracked); await session.refresh(); return session; };
  /** What a session says, as plain data. */
  const said = (session: Session, files: Files) => JSON.parse(JSON.stringify({
    audits: session.audits(), notices: session.notices(), config: session.config,
    files: Object.keys(files).map((path) => [path, session.findings(path), session.silenced(path), session.notices(path), session.text(path)]),
    closeUps: fingerprints(session).map((each) => [session.closeUp(each, false), session.closeUp(each, true)]),
  })) as unknown;
  const fingerprints = (session: Session) => session.audits().flatMap(({ outcomes }) => outcomes).flatMap(({ findings }) => findings.map(({ fingerprint }) => fingerprint));

  for (const [name, files, tracked] of [
    ['an application', EXAMPLE, undefined],
    ['an application in a repository, with records', { ...EXAMPLE, ...RECORDS }, Object.keys(EXAMPLE)],
    ['an application with files that cannot be read', { ...EXAMPLE, 'odd.py': 'def f(:\n', 'huge.py': '# \n'.repeat(2_000_000) }, undefined],
    ['nothing', {}, undefined],
  ] as const) {
    it(`are those of a run over ${name}`, async () => {
      const keeping = place();
      const first = await run(files, keeping, tracked);
      assert.equal(first.provisional, false);
      const expected = said(first, files);
      assert.equal(await first.keep(), undefined);
      const second = await run(files, keeping, tracked);
      assert.equal(second.provisional, true);
      assert.deepEqual(said(second, files), expected);
      assert.equal(second.provisional, true, 'something of it was worked out anew');
      await second.keep();
      assert.equal(keeping.writes, 1, 'what was kept is kept again');
      await second.refresh();
      assert.equal(second.provisional, false);
      assert.deepEqual(said(second, files), expected);
    });
  }

  const changes: Readonly<Record<string, (files: Files) => { readonly files?: Files; readonly tracked?: readonly string[]; readonly edition?: string }>> = {
    'a letter of a file': (files) => ({ files: { ...files, 'README.md': `${files['README.md'] ?? ''}.` } }),
    'a new file': (files) => ({ files: { ...files, 'new.py': '' } }),
    'a new file that nobody reads': (files) => ({ files: { ...files, 'logo.png': '' } }),
    'a file that is gone': ({ 'README.md': _, ...files }) => ({ files }),
    'the configuration': (files) => ({ files: { ...files, 'shipworthy.json': '{ "exclude": ["nowhere"] }' } }),
    'the records': (files) => ({ files: { ...files, ...RECORDS } }),
    'what git ignores': (files) => ({ files: { ...files, '.gitignore': 'nothing\n' } }),
    'what git tracks': (files) => ({ tracked: Object.keys(files).slice(1) }),
    'that there is a repository no more': () => ({ tracked: [] }),
    'the edition': () => ({ edition: 'another' }),
  };
  for (const [name, change] of Object.entries(changes)) {
    it(`do not outlive a change of ${name}`, async () => {
      const before = { ...EXAMPLE, '.gitignore': '' };
      const keeping = place();
      await (await run(before, keeping, Object.keys(before))).keep();
      const { files = before, tracked = Object.keys(before), edition = keeping.edition } = change(before);
      const after = await run(files, { ...keeping, edition, load: async () => keeping.text }, tracked);
      assert.equal(after.provisional, false);
      assert.deepEqual(said(after, files), said(await run(files, undefined, tracked), files));
    });
  }

  it('are not believed where they are cut off, changed or something else', async () => {
    const keeping = place();
    await (await run(EXAMPLE, keeping)).keep();
    const { text = '' } = keeping;
    for (const broken of ['', '\n', 'null\n{}', '{}', text.slice(0, 40), text.slice(0, -20), text.replace('"severity":"high"', '"severity":"info"'), text.replace('"form":2', '"form":1'), '\0\0\0']) {
      assert.notEqual(broken, text);
      const session = await run(EXAMPLE, { ...keeping, load: async () => broken });
      assert.equal(session.provisional, false);
      assert.ok(fingerprints(session).length > 0);
    }
  });

  it('give way to what was worked out where more is asked for', async () => {
    const keeping = place();
    const first = await run(EXAMPLE, keeping);
    await first.keep();
    const withFix = first.audits().flatMap(({ outcomes }) => outcomes).flatMap(({ findings }) => findings).find(({ fixes }) => fixes.length > 0);
    assert.ok(withFix);
    const second = await run(EXAMPLE, keeping);
    const { version } = second;
    assert.deepEqual(second.fix(withFix.fingerprint, 0), first.fix(withFix.fingerprint, 0));
    assert.equal(second.provisional, false);
    assert.ok(second.version > version);
    assert.deepEqual(said(second, EXAMPLE), said(first, EXAMPLE));
  });

  const badly = (session: Session) => Object.keys(EXAMPLE).find((each) => each.endsWith('.py') && new Set(session.findings(each).map(({ range }) => range.start.line)).size > 1) ?? '';

  it('follow the edits of a file, until all is worked out', async () => {
    const keeping = place();
    await (await run(EXAMPLE, keeping)).keep();
    const session = await run(EXAMPLE, keeping);
    const path = badly(session);
    const before = session.findings(path);
    const text = `\n\n${EXAMPLE[path] ?? ''}`;
    session.edit(path, EXAMPLE[path] ?? '');
    assert.deepEqual(session.findings(path), before, 'it was only opened');
    const { version } = session;
    session.edit(path, text);
    assert.ok(session.version > version);
    assert.equal(session.provisional, true);
    const down = ({ line, character }: { readonly line: number; readonly character: number }) => ({ line: line + 2, character });
    assert.deepEqual(session.findings(path).map(({ rule, range }) => ({ rule, range })), before.map(({ rule, range }) => ({ rule, range: { start: down(range.start), end: down(range.end) } })));
    await session.keep();
    assert.equal(keeping.writes, 1);
    await session.refresh();
    const files = { ...EXAMPLE, [path]: text };
    const anew = await run(files);
    assert.deepEqual(said(session, files), said(anew, files));
  });

  it('say nothing more of what is edited away', async () => {
    const keeping = place();
    await (await run(EXAMPLE, keeping)).keep();
    const session = await run(EXAMPLE, keeping);
    const path = badly(session);
    const [first, ...more] = session.findings(path);
    const others = more.filter(({ range }) => range.start.line > (first?.range.end.line ?? 0));
    const lines = (EXAMPLE[path] ?? '').split('\n');
    assert.ok(first && others.length > 0);
    session.edit(path, lines.map((line, at) => at === first.range.start.line ? '' : line).join('\n'));
    assert.deepEqual(session.findings(path).map(({ fingerprint }) => fingerprint), others.map(({ fingerprint }) => fingerprint));
    session.edit(path, EXAMPLE[path] ?? '');
    assert.ok(session.findings(path).some(({ fingerprint }) => fingerprint === first.fingerprint), 'it was put back');
  });

  it('are given of files that are the same where others are not, by those who want them', async () => {
    const keeping = place();
    const first = await run(EXAMPLE, keeping);
    await first.keep();
    const path = badly(first);
    const other = Object.keys(EXAMPLE).find((each) => each !== path && each.endsWith('.py') && first.findings(each).length > 0) ?? '';
    const { [other]: changed = '', ...rest } = EXAMPLE;
    const files = { ...rest, [other]: `\n${changed}`, 'new.py': 'eval(input())\n' };
    assert.equal((await run(files, keeping)).provisional, false);
    const session = begin(files, { ...keeping, partly: true, load: async () => keeping.text, save: async () => undefined });
    await session.refresh();
    assert.equal(session.provisional, true);
    assert.deepEqual(session.audits(), []);
    assert.deepEqual(session.notices(), []);
    assert.ok(session.findings(path).length > 0);
    assert.deepEqual(session.findings(path), first.findings(path));
    for (const each of [other, 'new.py', 'gone.py']) assert.deepEqual(session.findings(each), []);
    session.edit(path, `\n${EXAMPLE[path] ?? ''}`);
    assert.deepEqual(session.findings(path).map(({ range }) => range.start.line), first.findings(path).map(({ range }) => range.start.line + 1));
    await session.refresh();
    assert.equal(session.provisional, false);
    const now = { ...files, [path]: `\n${EXAMPLE[path] ?? ''}` };
    assert.deepEqual(said(session, now), said(await run(now), now));
  });

  it('of an open file that is another give way to what is found in it', async () => {
    const keeping = place();
    await (await run(EXAMPLE, keeping)).keep();
    const path = badly(await run(EXAMPLE));
    const text = `\n${EXAMPLE[path] ?? ''}`;
    const session = begin({ ...EXAMPLE, [path]: text }, { ...keeping, partly: true, load: async () => keeping.text });
    session.edit(path, text);
    await session.refresh();
    assert.deepEqual([session.provisional, session.findings(path)], [true, []]);
    let found = 0;
    await session.refresh(() => { if (session.provisional) found = Math.max(found, session.findings(path).length); });
    assert.ok(found > 0, 'nothing was said of it before the end');
  });

  it('are taken of documents that were open before', async () => {
    const keeping = place();
    const first = await run(EXAMPLE, keeping);
    await first.keep();
    const path = badly(first);
    const session = begin(EXAMPLE, keeping);
    session.edit(path, EXAMPLE[path] ?? '');
    await session.refresh();
    assert.equal(session.provisional, true);
    assert.deepEqual(session.findings(path), first.findings(path));
    await session.refresh();
    assert.deepEqual(said(session, EXAMPLE), said(first, EXAMPLE));
  });

  it('are not kept again where they are the same', async () => {
    const keeping = place();
    const first = await run(EXAMPLE, keeping);
    await first.keep();
    await first.keep();
    const second = await run(EXAMPLE, keeping);
    await second.refresh();
    await second.keep();
    assert.equal(keeping.writes, 1);
    second.edit('README.md', 'Another text.\n');
    await second.refresh();
    await second.keep();
    assert.equal(keeping.writes, 2);
  });

  it('are not kept of a run that is behind the files', async () => {
    const keeping = place();
    const session = begin(EXAMPLE, keeping);
    await session.keep();
    await session.refresh();
    session.touch(['README.md']);
    await session.keep();
    assert.equal(keeping.writes, 0);
    await session.refresh();
    await session.keep();
    assert.equal(keeping.writes, 1);
  });

  it('hold no secret', async () => {
    const secret = ['sk', 'live', 'Zq8vX2mK9rT4wB7nL1cD'].join('_');
    const keeping = place();
    const session = await run({ ...EXAMPLE, 'pay.py': `import stripe\nstripe.api_key = "${secret}"\n` }, keeping);
    for (const each of fingerprints(session)) session.closeUp(each, true);
    await session.keep();
    assert.ok(session.findings('pay.py').length > 0);
    assert.ok(!keeping.text?.includes(secret));
  });

  it('a scan that was stopped leaves nothing unjudged', async () => {
    const files: Record<string, string> = { ...EXAMPLE };
    const session = await run(files);
    const path = Object.keys(files).find((each) => each.endsWith('.py') && session.findings(each).length > 0) ?? '';
    files[path] = '';
    session.touch([path]);
    const stop = new AbortController();
    const scan = session.refresh(undefined, stop.signal);
    setImmediate(() => stop.abort(new Error('enough')));
    await scan.catch(() => undefined);
    await session.refresh();
    assert.deepEqual(said(session, files), said(await run(files), files));
  });
});
