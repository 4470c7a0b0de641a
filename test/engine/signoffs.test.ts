import assert from 'node:assert/strict';
import { openSession } from '../../engine/audit/open';
import type { Session } from '../../engine/audit/session';
import type { Signoff } from '../../engine/audit/signed';
import { edited } from '../../engine/records/change';
import { samePerson } from '../../engine/records/signoffs';
import type { Files } from '../../engine/workspace/files';
import { fault } from '../../engine/workspace/files';
import { gitIdentity } from '../../engine/workspace/identity';
import { openMemory } from '../../engine/workspace/memory';
import { rules } from '../../rules';
import { controls } from '../../rules/controls';
import { testGrammars } from '../support/grammars';

const FILE = '.shipworthy/signoffs.json';
const drill: Signoff = { control: 'restore-drill', status: 'passed', by: 'Ada <ada@example.org>', on: '2026-11-12', statement: 'Restored.', evidence: 'docs/restore-drill.md' };

describe('controls', () => {
  it('are 46 of different names, and every attestable rule has one', () => {
    assert.equal(new Set(controls.map(({ id }) => id)).size, 46);
    assert.deepEqual(rules.filter(({ attestable }) => attestable !== undefined && !controls.some(({ id }) => id === attestable)).map(({ id }) => id), []);
    assert.deepEqual(controls.filter(({ id }) => rules.some((rule) => rule.id === id)), [], 'a control is called like a rule');
  });
  it('ask in whole sentences, and five of them by default', () => {
    for (const { question, evidence, title, maxAgeDays } of controls) assert.ok(question.endsWith('?') && evidence.endsWith('.') && !title.endsWith('.') && maxAgeDays >= 30 && maxAgeDays <= 365, question);
    assert.deepEqual(controls.filter(({ required }) => required).map(({ id }) => id).sort(), ['alert-reaches-human', 'production-secrets-unique', 'restore-drill', 'rollback-rehearsed', 'tls-at-edge']);
  });
});

describe('sign-offs of a project', () => {
  const open: Session[] = [];
  afterEach(() => { for (const each of open.splice(0)) each.dispose(); });
  const start = async (files: Record<string, string>) => {
    const session = openSession({ workspace: openMemory(files), grammars: await testGrammars(), rules: [] });
    open.push(session);
    await session.refresh();
    return session;
  };
  const file = (...records: readonly object[]) => JSON.stringify({ version: 1, signoffs: records }, null, 1);
  const changed = (session: Session) => session.audits()[0]?.signoffs?.signed[0]?.changed;
  /** The files with this signed in them, by the session's own hand. */
  const sign = async (files: Record<string, string>, record: Signoff = drill) => {
    const made = (await start(files)).sign(record);
    assert.ok('edits' in made, 'refused' in made ? made.refused : '');
    return { ...files, ...made.creates, ...Object.fromEntries(Object.entries(made.edits).map(([path, edits]) => [path, edited(files[path] ?? '', edits)])) };
  };

  it('are stale as soon as a file they speak about is another, there or gone, and not for any other', async () => {
    const files = { 'app.py': 'x = 1\n', 'scripts/backup.sh': 'pg_dump\n', 'docs/old.md': '' };
    const signed = await sign(files);
    const after = async (changes: Record<string, string | undefined>) => changed(await start(Object.fromEntries(Object.entries({ ...signed, ...changes }).filter((entry): entry is [string, string] => entry[1] !== undefined))));
    assert.equal(await after({}), 'no');
    assert.equal(await after({ 'app.py': 'x = 2\n', 'docs/new.md': 'x', 'docs/restore-drill.md': 'the evidence, written later' }), 'no');
    assert.equal(await after({ 'scripts/backup.sh': 'pg_dump\r\n' }), 'no', 'line ends do not count');
    assert.equal(await after({ 'scripts/backup.sh': 'pg_dump -Fc\n' }), 'yes');
    assert.equal(await after({ 'scripts/backup.sh': undefined }), 'yes');
    assert.equal(await after({ 'compose.yml': 'services: {}\n' }), 'yes');
  });

  it('are stale in the editor before anything is saved', async () => {
    const session = await start(await sign({ 'backup.sh': 'pg_dump\n' }));
    session.edit('backup.sh', 'pg_dump -Fc\n');
    assert.equal(changed(session), 'yes');
    session.edit('backup.sh', 'pg_dump\n');
    assert.equal(changed(session), 'no');
  });

  it('without a digest are decided as far as can be', async () => {
    assert.equal(changed(await start({ 'backup.sh': 'x\n', [FILE]: file(drill) })), 'unknown');
    assert.equal(changed(await start({ 'backup.sh': 'x\n', [FILE]: file({ ...drill, staleWhenChanged: [] }) })), 'no');
    assert.equal(changed(await start({ [FILE]: file({ ...drill, control: 'load-test' }) })), 'no');
  });

  it('have patterns of their own where the record says so', async () => {
    const signed = await sign({ 'backup.sh': 'x\n', 'dump.py': 'y = 1\n' }, { ...drill, staleWhenChanged: ['dump.py'] });
    assert.equal(changed(await start({ ...signed, 'backup.sh': 'z\n' })), 'no');
    assert.equal(changed(await start({ ...signed, 'dump.py': 'y = 2\n' })), 'yes');
  });

  it('are replaced when they are signed again, and others stay', async () => {
    const first = await sign(await sign({ 'app.py': '' }), { ...drill, control: 'load-test' });
    const again = await sign(first, { ...drill, on: '2026-11-20' });
    assert.deepEqual(JSON.parse(again[FILE] ?? '').signoffs.map((one: Signoff) => [one.control, one.on]), [['load-test', '2026-11-12'], ['restore-drill', '2026-11-20']]);
  });

  it('do not count when anything is missing or wrong, which is said at its place', async () => {
    const wrong: readonly (readonly [object, RegExp])[] = [
      [{ ...drill, control: 'restore-dril' }, /no control called `restore-dril`\. Did you mean `restore-drill`\?/], [{ ...drill, evidence: undefined }, /that passed needs `evidence`: Date, duration/],
      [{ ...drill, status: 'pass' }, /may be `passed`, `failed` or `not-applicable`\. Did you mean `passed`/], [{ ...drill, on: '12.11.2026' }, /must be a day/], [{ ...drill, by: '' }, /\.by` is empty/],
      [{ ...drill, expires: '2026-11-11' }, /expires on 2026-11-11, before 2026-11-12/], [{ ...drill, reviewedBy: 'A. Lovelace <ADA@example.org>' }, /cannot review what they signed themselves/],
      [{ ...drill, expire: '2027-01-01' }, /`expire` is no key.*Did you mean `expires`/], [{ ...drill, commit: 'main' }, /7 to 64 hexadecimal digits/], [{ ...drill, digest: 'abc' }, /64 hexadecimal digits/], [{ ...drill, statement: undefined }, /statement` is missing/],
    ];
    for (const [record, message] of wrong) {
      const session = await start({ [FILE]: file(record) });
      assert.deepEqual(session.audits()[0]?.signoffs?.signed, [], JSON.stringify(record));
      const [notice, ...more] = session.notices().filter(({ path }) => path === FILE);
      assert.deepEqual(more, []);
      assert.match(notice?.message ?? '', message);
      assert.ok(notice?.range && notice.range.start.line > 1);
    }
  });

  it('count once: the last of two, which is said of the first', async () => {
    const session = await start({ [FILE]: file(drill, { ...drill, status: 'failed' }) });
    assert.deepEqual(session.audits()[0]?.signoffs?.signed.map(({ record }) => record.status), ['failed']);
    assert.match(session.notices().map(({ message }) => message).join(), /`restore-drill` is signed again further down/);
  });

  it('are not written where they would not count, nor over what is not understood', async () => {
    const refusal = async (record: Signoff, text?: string) => { const made = (await start({ 'app.py': '', ...(text !== undefined && { [FILE]: text }) })).sign(record); return 'refused' in made ? made.refused : 'taken'; };
    assert.match(await refusal({ control: 'restore-drill', status: 'passed', by: 'Ada', on: '2026-11-12', statement: 'x' }), /needs `evidence`/);
    assert.match(await refusal({ ...drill, control: 'nothing' }), /no control called/);
    assert.match(await refusal({ ...drill, reviewedBy: 'ada <ada@example.org>' }), /cannot review/);
    assert.match(await refusal(drill, '{ "version": 2, "signoffs": [] }'), /Nothing was written\. .*version 2/);
    assert.equal(await refusal(drill, file({ ...drill, control: 'typo' })), 'taken', 'a fault of another entry is not ours');
  });

  it('ask what the team requires, in place of the default', async () => {
    const required = async (config?: string) => (await start({ 'app.py': '', ...(config !== undefined && { 'shipworthy.json': config }) })).audits()[0]?.signoffs?.controls.filter((one) => one.required).map(({ id }) => id).sort();
    assert.equal((await required())?.length, 5);
    assert.deepEqual(await required('{"signoffs":{"required":["load-test"]}}'), ['load-test']);
    assert.deepEqual(await required('{"signoffs":{"required":[]}}'), []);
  });

  it('hold no secret', async () => {
    const session = await start({ [FILE]: file({ ...drill, statement: 'Used password="hunter2hunter2" at postgres://app:hunter2@db/x' }) });
    assert.ok(!JSON.stringify(session.audits()).includes('hunter2'));
  });
});

describe('two people', () => {
  it('are the same by their mail, else by their name', () => {
    assert.ok(samePerson('Ada <ada@example.org>', 'A. Lovelace <ADA@example.org>'));
    assert.ok(samePerson('Ada  Lovelace', 'ada lovelace'));
    assert.ok(samePerson('Ada', 'Ada <ada@example.org>'));
    assert.ok(!samePerson('Ada <ada@example.org>', 'Ada <ada@example.net>'));
    assert.ok(!samePerson('Ada', 'Grace'));
  });
});

describe('who works here', () => {
  const files = (texts: Readonly<Record<string, string>>): Files => ({
    names: async () => [], realpath: async (path) => path,
    stat: async (path) => { if (path in texts) return { kind: 'file', size: 1, mtime: 0 }; if (Object.keys(texts).some((one) => one.startsWith(`${path}/`))) return { kind: 'folder', size: 0, mtime: 0 }; throw fault('ENOENT', path); },
    read: async (path) => { const text = texts[path]; if (text === undefined) throw fault('ENOENT', path); return new TextEncoder().encode(text); },
  });
  const head = { '/work/.git/HEAD': 'ref: refs/heads/main\n' };

  it('is read from what git is told, the nearest first', async () => {
    const home = { '/home/.gitconfig': '[user]\n\tname = Ada Lovelace\n\temail = ada@home.example ; private\n[core]\n\tname = not this\n' };
    assert.equal(await gitIdentity(files(home), '/work', '/home'), 'Ada Lovelace <ada@home.example>');
    assert.equal(await gitIdentity(files({ ...home, ...head, '/work/.git/config': '[core]\r\n[User]\r\n email = "ada@work.example" # work\r\n' }), '/work/api', '/home'), 'Ada Lovelace <ada@work.example>');
    assert.equal(await gitIdentity(files(home), '/work', '/home', { GIT_AUTHOR_NAME: 'Grace' }), 'Grace <ada@home.example>');
    assert.equal(await gitIdentity(files({ '/xdg/git/config': '[user] name = "A \\"Countess\\" L"' }), '/work', '/home', { XDG_CONFIG_HOME: '/xdg' }), 'A "Countess" L');
  });

  it('may be nobody', async () => {
    assert.equal(await gitIdentity(files({}), '/work', '/home'), undefined);
    assert.equal(await gitIdentity(files({ '/home/.gitconfig': '[user]\nname =\n[user "x"]\nname = no\n\0\xff[' }), '/work', '/home'), undefined);
  });
});
