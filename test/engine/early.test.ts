/** What is said of open files while all others are still to be judged. */
import assert from 'node:assert/strict';
import { call, projectRule, replace, rule } from '../../rules/kit';
import { openSession } from '../../engine/audit/open';
import type { Session } from '../../engine/audit/session';
import type { Grammars } from '../../engine/syntax/grammars';
import { openMemory } from '../../engine/workspace/memory';
import { testGrammars } from '../support/grammars';

const documented = { severity: 'high', confidence: 'confirmed', blocks: 'always', effort: 'S', since: '1', why: 'Because.', how: 'So.', links: [], examples: () => ({}) } as const;
const calls = (id: string, callee: string) => rule({
  ...documented, id, title: 'It is not called', on: call(callee), nothing: 'Nothing is called.', check: ({ call: one }) => { judged.push(`${id} ${one.callee}`); return true; }, message: () => `${callee} is called`,
  underline: ({ call: one }) => one.calleeAt, fix: { title: 'Call another', safety: 'safe', edit: ({ call: one }) => [replace(one.calleeAt, 'other')] },
})('security');
const whole = projectRule({ ...documented, id: 'needs-more', title: 'More is there', hides: ['no-exec'], project: (project) => ({ open: [{ at: project.anchor, message: 'There is no more.' }] }) })('testing');
const RULES = [calls('no-eval', 'eval'), calls('no-exec', 'exec'), whole];
let judged: string[] = [];

describe('open files', () => {
  let grammars: Grammars;
  let session: Session;
  before(async () => { grammars = await testGrammars(); });
  beforeEach(() => { judged = []; });
  afterEach(() => session.dispose());

  /** What was said of a file at every word of progress behind the first judging, with the number of audits. */
  async function scanned(files: Readonly<Record<string, string>>, opened: Readonly<Record<string, string>>, path: string) {
    session = openSession({ workspace: openMemory(files), grammars, rules: RULES });
    for (const [each, text] of Object.entries(opened)) session.edit(each, text);
    const said: { readonly rules: readonly string[]; readonly audits: number; readonly version: number; readonly judged: number }[] = [];
    const { version } = session;
    await session.refresh(() => {
      if (session.version > version) said.push({ rules: session.findings(path).map((each) => each.rule), audits: session.audits().length, version: session.version, judged: judged.length });
    });
    return said;
  }

  const MANY = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`a${index}.py`, 'eval(x)\n']));

  it('are judged first, and said to be', async () => {
    const text = 'eval(x)\n';
    const [first, ...more] = await scanned({ ...MANY, 'z.py': text }, { 'z.py': text }, 'z.py');
    assert.deepEqual(first, { rules: ['no-eval'], audits: 0, version: 1, judged: 1 });
    assert.deepEqual(more, []);
    assert.ok(session.version > 1);
    assert.deepEqual(session.findings('z.py').map((each) => each.rule), ['no-eval']);
    assert.equal(judged.length, 21, 'nothing is judged twice');
    assert.equal(session.audits()[0]?.outcomes.find((each) => each.rule === 'no-eval')?.findings.length, 21);
  });

  it('have the editor\'s text', async () => {
    const said = await scanned({ ...MANY, 'z.py': '' }, { 'z.py': 'eval(x)\n' }, 'z.py');
    assert.deepEqual(said.map(({ rules }) => rules), [['no-eval']]);
  });

  it('say nothing that a rule of the project may take back', async () => {
    const text = 'eval(x)\nexec(x)\n';
    const said = await scanned({ ...MANY, 'z.py': text }, { 'z.py': text }, 'z.py');
    assert.deepEqual(said.map(({ rules }) => rules), [['no-eval']]);
    assert.deepEqual(session.findings('z.py').map((each) => each.rule), ['no-eval']);
  });

  it('without findings are passed over in silence', async () => {
    assert.deepEqual(await scanned({ ...MANY, 'z.py': 'pass\n' }, { 'z.py': 'pass\n' }, 'z.py'), []);
    assert.deepEqual(await scanned(MANY, {}, 'a0.py'), []);
  });

  it('of several applications come before all files of any', async () => {
    const app = (name: string, text: string) => ({ [`${name}/requirements.txt`]: 'flask\n', [`${name}/app.py`]: `from flask import Flask\napp = Flask(__name__)\n${text}`, [`${name}/Dockerfile`]: 'FROM python:3.13\nCMD ["flask", "run"]\n' });
    const files = { ...app('one', 'eval(x)\n'), ...app('two', 'eval(y)\n') };
    const [first] = await scanned(files, { 'two/app.py': files['two/app.py'] ?? '' }, 'two/app.py');
    assert.equal(session.audits().length, 2);
    assert.deepEqual([first?.rules, first?.judged], [['no-eval'], 1]);
  });

  it('can be mended at once', async () => {
    const text = 'eval(x)\n';
    session = openSession({ workspace: openMemory({ ...MANY, 'z.py': text }), grammars, rules: RULES });
    session.edit('z.py', text);
    const titles: (string | undefined)[] = [];
    await session.refresh(() => {
      const [finding] = session.audits().length === 0 ? session.findings('z.py') : [];
      if (finding) titles.push(session.fix(finding.fingerprint, 0)?.title);
    });
    assert.deepEqual(titles, ['Call another']);
  });

  it('that are edited in the midst of it end up judged as they are', async () => {
    const files: Record<string, string> = { ...MANY, 'z.py': 'eval(x)\n' };
    session = openSession({ workspace: openMemory(files), grammars, rules: RULES });
    session.edit('z.py', 'eval(x)\n');
    let edited = false;
    await session.refresh(() => {
      if (edited || session.findings('z.py').length === 0) return;
      edited = true;
      session.edit('z.py', '\neval(x)\neval(y)\n');
    });
    assert.ok(edited);
    assert.deepEqual(session.findings('z.py').map(({ range }) => range.start.line), [1, 2]);
    assert.equal(session.audits()[0]?.outcomes.find((each) => each.rule === 'no-eval')?.findings.length, 22);
  });
});
