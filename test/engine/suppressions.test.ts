import assert from 'node:assert/strict';
import { openSession } from '../../engine/audit/open';
import type { Suppressing } from '../../engine/audit/recording';
import type { Correction, Session } from '../../engine/audit/session';
import { edited } from '../../engine/records/change';
import { openMemory } from '../../engine/workspace/memory';
import type { Rule } from '../../rules/kit';
import { call, rule } from '../../rules/kit';
import { testGrammars } from '../support/grammars';

const documented = { severity: 'high', confidence: 'confirmed', blocks: 'always', effort: 'S', since: '1', why: 'Because.', how: 'So.', links: [], examples: () => ({}) } as const;
const of = (id: string, callee: string): Rule => rule({
  ...documented, id, title: `No ${callee}`, anchors: ['bandit B307'], on: call(callee), nothing: 'Nothing is called.',
  check: () => true, message: () => `${callee} is called`, underline: ({ call: one }) => one.calleeAt,
})('security');
const RULES = [of('no-eval', 'eval'), of('no-exec', 'exec')];
const FILE = '.shipworthy/suppressions.json';

describe('suppressions of a project', () => {
  const open: Session[] = [];
  afterEach(() => { for (const each of open.splice(0)) each.dispose(); });
  const start = async (files: Record<string, string>) => {
    const session = openSession({ workspace: openMemory(files), grammars: await testGrammars(), rules: RULES });
    open.push(session);
    await session.refresh();
    return session;
  };
  const file = (...records: readonly object[]) => JSON.stringify({ version: 1, suppressions: records }, null, 1);
  const found = (session: Session, path = 'app.py') => session.findings(path).map((each) => each.rule);
  const said = (session: Session) => session.notices().map(({ path, range, message }) => `${path}:${(range?.start.line ?? -1) + 1} ${message}`);
  const fp = { rule: 'no-eval', path: 'app.py', lane: 'false-positive', reason: 'constant only' };

  it('silence by path, with lane, reason, owner and end', async () => {
    const session = await start({ 'app.py': 'eval(x)\n', 'legacy/old.py': 'eval(x)\n', [FILE]: file({ rule: 'no-eval', path: 'legacy/', lane: 'accepted-risk', reason: 'goes in May', owner: 'Ada', until: '2026-12-01' }) });
    assert.deepEqual([found(session), found(session, 'legacy/old.py')], [['no-eval'], []]);
    const [silenced] = session.silenced('legacy/old.py');
    assert.deepEqual([silenced?.lane, silenced?.reason, silenced?.by, silenced?.until, silenced?.where.path], ['accepted-risk', 'goes in May', 'Ada', '2026-12-01', FILE]);
    assert.deepEqual(session.notices(), []);
  });

  it('silence one finding by its fingerprint', async () => {
    const files: Record<string, string> = { 'app.py': 'eval(x)\neval(y)\n' };
    const fingerprint = (await start(files)).findings('app.py')[1]?.fingerprint;
    files[FILE] = file({ rule: 'no-eval', fingerprint, lane: 'false-positive', reason: 'constant only' });
    const session = await start(files);
    assert.deepEqual(session.findings('app.py').map((one) => one.range.start.line), [0]);
  });

  it('silence nothing when anything is missing or wrong, and say so where it stands', async () => {
    const wrong: readonly (readonly [object, RegExp])[] = [
      [{ ...fp, reason: ' ' }, /`suppressions\[0\]\.reason` is empty/], [{ rule: 'no-eval', path: 'app.py', lane: 'false-positive' }, /`suppressions\[0\]\.reason` is missing/],
      [{ ...fp, lane: 'false' }, /may be `false-positive` or `accepted-risk`/], [{ ...fp, rule: 'no-evil' }, /no rule called `no-evil`\. Did you mean `no-eval`\?/],
      [{ rule: 'no-eval', lane: 'false-positive', reason: 'x' }, /neither which `path` nor which `fingerprint`/], [{ ...fp, untill: '2027-01-01' }, /`untill` is no key.*Did you mean `until`/],
      [{ ...fp, lane: 'accepted-risk', until: '2026-12-01' }, /needs an `owner`/], [{ ...fp, lane: 'accepted-risk', owner: 'Ada' }, /needs an end/],
      [{ ...fp, lane: 'accepted-risk', owner: 'Ada', until: '2026-02-30' }, /must be a day/], [{ ...fp, fingerprint: 'xyz' }, /16 hexadecimal digits/], [{ ...fp, path: '!app.py' }, /matches no file/],
    ];
    for (const [record, message] of wrong) {
      const session = await start({ 'app.py': 'eval(x)\n', [FILE]: file(record) });
      assert.deepEqual(found(session), ['no-eval'], JSON.stringify(record));
      const notices = session.notices().filter((each) => each.path === FILE);
      assert.equal(notices.length, 1, JSON.stringify([record, notices]));
      assert.match(notices[0]?.message ?? '', message);
      assert.ok(notices[0]?.range);
    }
  });

  it('are refused whole when the file is not one, and nothing is written over it', async () => {
    for (const text of ['{ "version": 2, "suppressions": [] }', 'nonsense']) {
      const session = await start({ 'app.py': 'eval(x)\n', [FILE]: text });
      assert.deepEqual(found(session), ['no-eval']);
      assert.ok(session.notices().some((each) => each.code === 'record' && each.incomplete));
      const made = session.suppress(session.findings('app.py')[0]?.fingerprint ?? '', { lane: 'false-positive', place: 'finding', reason: 'x' });
      assert.ok(made && 'refused' in made && made.refused.startsWith('Nothing was written.'));
    }
  });

  it('count as they are typed', async () => {
    const session = await start({ 'app.py': 'eval(x)\n' });
    session.edit(FILE, file(fp));
    assert.deepEqual(found(session), []);
    session.edit(FILE, file({ ...fp, reason: '' }));
    assert.deepEqual(found(session), ['no-eval']);
    session.close(FILE);
    await session.refresh();
    assert.deepEqual([found(session), session.notices()], [['no-eval'], []]);
  });

  it('count by the one that lasts longest, at the same end by the nearest', async () => {
    const code = 'eval(x)  # shipworthy: accept no-eval until 2026-12-01 by Ada -- near\n';
    const record = { ...fp, lane: 'accepted-risk', owner: 'Bea', reason: 'far' };
    const reason = async (...records: readonly object[]) => (await start({ 'app.py': code, [FILE]: file(...records) })).silenced('app.py').map((each) => each.reason);
    assert.deepEqual(await reason({ ...record, until: '2026-12-01' }), ['near']);
    assert.deepEqual(await reason({ ...record, until: '2026-12-02' }), ['far']);
    assert.deepEqual(await reason({ ...record, until: '2026-12-02' }, { ...fp, path: '*.py' }), ['constant only']);
    const marked = await start({ 'app.py': 'eval(x)  # nosec B307\n', [FILE]: file(fp) });
    assert.deepEqual(marked.silenced('app.py').map((each) => each.tool), ['bandit']);
  });

  it('can be taken out once they have ended, comments and records', async () => {
    const files = {
      'app.py': 'eval(x)  # shipworthy: accept no-eval until 2026-12-01 by Ada -- soon\nexec(x)\n',
      [FILE]: file({ rule: 'no-exec', path: 'app.py', lane: 'accepted-risk', owner: 'Ada', until: '2026-12-01', reason: 'soon' }),
    };
    const session = await start(files);
    for (const asOf of [undefined, '2026-12-01']) assert.deepEqual([...session.remedies('app.py', asOf), ...session.remedies(FILE, asOf)], []);
    const after = (path: 'app.py' | typeof FILE) => edited(files[path] ?? '', session.remedies(path, '2026-12-02').flatMap(({ correction }) => correction.edits[path] ?? []));
    assert.equal(after('app.py'), 'eval(x)\nexec(x)\n');
    assert.deepEqual(JSON.parse(after(FILE)), { version: 1, suppressions: [] });
  });

  it('that silence nothing are said and can be taken out, records as well as comments', async () => {
    const files: Record<string, string> = {
      'app.py': 'x = 1  # shipworthy: ignore no-eval -- gone\neval(x)  # shipworthy: ignore no-eval, no-exec -- constant\n# shipworthy: ignore no-exec -- gone\ny = 2\nz = 3  # noqa: E501  # shipworthy: ignore no-eval -- gone\n',
      [FILE]: file({ ...fp, path: 'gone.py' }),
    };
    const session = await start(files);
    assert.deepEqual(said(session), [
      'app.py:1 This comment silences nothing: no-eval does not speak here any more. Take it out.', 'app.py:2 no-exec need not be silenced here any more. Take it out.',
      'app.py:3 This comment silences nothing: no-exec does not speak here any more. Take it out.', 'app.py:5 This comment silences nothing: no-eval does not speak here any more. Take it out.',
      `${FILE}:4 This entry silences nothing: there is no finding of no-eval that it covers. Take it out.`,
    ]);
    assert.ok(session.notices().every((each) => each.unnecessary));
    const edits = session.remedies('app.py').flatMap(({ correction }) => correction.edits['app.py'] ?? []);
    assert.equal(edited(files['app.py'] ?? '', edits), 'x = 1\neval(x)  # shipworthy: ignore no-eval -- constant\ny = 2\nz = 3  # noqa: E501\n');
    const [remedy] = session.remedies(FILE);
    assert.equal(JSON.stringify(JSON.parse(edited(files[FILE] ?? '', remedy?.correction.edits[FILE] ?? []))), '{"version":1,"suppressions":[]}');
  });

  it('are not called needless where the rule is switched off, the file was not understood, or another one was nearer', async () => {
    const quiet = await start({ 'app.py': 'x = 1  # shipworthy: ignore no-eval -- later\n', 'broken.py': 'def (:\n# shipworthy: ignore no-exec -- later\n', 'shipworthy.json': '{"rules":{"no-eval":"off"}}', [FILE]: file(fp) });
    assert.deepEqual(quiet.notices().filter((each) => each.unnecessary), []);
    const both = await start({ 'app.py': 'eval(x)  # shipworthy: ignore no-eval -- here\n', [FILE]: file(fp) });
    assert.deepEqual(both.notices(), []);
    assert.equal(both.silenced('app.py')[0]?.reason, 'here');
  });

  it('of other tools are honoured and listed, and none of our business when they are needless', async () => {
    const session = await start({ 'app.py': 'eval(x)  # nosec B307\ny = 1  # nosec B307\n' });
    assert.deepEqual([found(session), session.silenced('app.py').map((one) => one.tool), session.notices()], [[], ['bandit'], []]);
  });

  describe('are written', () => {
    const apply = (files: Record<string, string>, correction: Correction): Record<string, string> => ({
      ...files, ...correction.creates, ...Object.fromEntries(Object.entries(correction.edits).map(([path, edits]) => [path, edited(files[path] ?? '', edits)])),
    });
    const accepted = { lane: 'accepted-risk', reason: 'behind\nthe VPN', owner: 'Ada <ada@example.org>', until: '2026-12-01' } as const;
    const ways: readonly Suppressing[] = [
      { lane: 'false-positive', place: 'line', reason: 'x' }, { lane: 'false-positive', place: 'file', reason: 'x' }, { lane: 'false-positive', place: 'finding', reason: 'x' },
      { lane: 'false-positive', place: 'path', reason: 'x' }, { ...accepted, place: 'line' }, { ...accepted, place: 'finding' }, { ...accepted, place: 'path' },
    ];
    for (const how of ways) {
      it(`as ${how.lane}, ${how.place}, so that they silence`, async () => {
        const files = { '[id] app.py': 'def f():\r\n    eval(x)\r\n' };
        const session = await start(files);
        const made = session.suppress(session.findings('[id] app.py')[0]?.fingerprint ?? '', how);
        assert.ok(made && 'edits' in made);
        const after = await start(apply(files, made));
        assert.deepEqual([found(after, '[id] app.py'), after.notices()], [[], []]);
        const [silenced] = after.silenced('[id] app.py');
        assert.deepEqual([silenced?.lane, silenced?.reason, silenced?.by, silenced?.until], how.lane === 'accepted-risk' ? [how.lane, 'behind the VPN', how.owner, how.until] : [how.lane, 'x', undefined, undefined]);
      });
    }

    it('only with all they need', async () => {
      const session = await start({ 'app.py': 'eval(x)\n' });
      const fingerprint = session.findings('app.py')[0]?.fingerprint ?? '';
      const refused = (how: Suppressing) => { const made = session.suppress(fingerprint, how); return made && 'refused' in made ? made.refused : 'taken'; };
      assert.match(refused({ lane: 'false-positive', place: 'line', reason: ' ' }), /needs a reason/);
      assert.match(refused({ lane: 'accepted-risk', place: 'line', reason: 'x', until: '2026-12-01' }), /needs an owner/);
      assert.match(refused({ lane: 'accepted-risk', place: 'line', reason: 'x', owner: 'Ada', until: 'soon' }), /needs an end/);
      assert.match(refused({ ...accepted, place: 'file' }), /not by a comment/);
      assert.equal(session.suppress('0000000000000000', ways[0] ?? { ...accepted, place: 'line' }), undefined);
    });
  });
});
