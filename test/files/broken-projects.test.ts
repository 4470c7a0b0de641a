/** Whatever is done to the files around an application, every rule goes on, and points at places that are there. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { rules } from '../../rules';
import { openSession } from '../../engine/audit/open';
import type { Finding } from '../../engine/audit/outcome';
import type { Correction, Session } from '../../engine/audit/session';
import { kindOf } from '../../engine/files/kind';
import { openMemory } from '../../engine/workspace/memory';
import type { Grammars } from '../../engine/syntax/grammars';
import { testGrammars } from '../support/grammars';
import { mangled, MANGLINGS } from './mangling';
import { ODD_PROJECTS } from './odd-projects';
import { PROJECT } from './samples';

type Tree = Readonly<Record<string, string>>;

describe('rules and broken files', function () {
  this.timeout(120_000);
  let grammars: Grammars;
  before(async () => { grammars = await testGrammars(); });

  /** @param only one rule, instead of all */
  const audited = async <T>(tree: Tree, use: (session: Session) => T, only?: string): Promise<T> => {
    const session = openSession({ workspace: openMemory(tree), grammars, ...(only !== undefined && { rules: rules.filter((each) => each.id === only) }) });
    try {
      await session.refresh();
      return use(session);
    } finally {
      session.dispose();
    }
  };

  it('judge the project as it is', async () => {
    const found = await audited(PROJECT, (session) => { sound(session, PROJECT); return findingsOf(session); });
    assert.ok(found.length > 10, 'there is something to lose');
  });

  it('bear each of its files cut, torn, doubled and garbled', async () => {
    const paths = Object.keys(PROJECT);
    await fc.assert(fc.asyncProperty(fc.uniqueArray(fc.constantFrom(...paths), { minLength: 1, maxLength: 6 }), fc.array(MANGLINGS, { minLength: 1, maxLength: 3 }), async (some, how) => {
      const tree = { ...PROJECT, ...Object.fromEntries(some.map((path) => [path, how.reduce(mangled, PROJECT[path] ?? '')])) };
      await audited(tree, (session) => { sound(session, tree); });
    }), { numRuns: 60 });
  });

  it('say the same with other line breaks and with byte order marks', async () => {
    const said = (tree: Tree) => audited(tree, (session) => findingsOf(session).map((each) => `${each.rule} ${each.path}:${each.range.start.line}:${each.range.start.character}`).sort());
    const plain = await said(PROJECT);
    assert.deepEqual(await said(changed((text) => text.replaceAll('\n', '\r\n'))), plain);
    assert.deepEqual(await said(changed((text) => `\uFEFF${text}`)), plain);
  });

  it('find nothing where a condition of a template stands around what is asked for', async () => {
    for (const rule of rules) {
      for (const [title, { good, bad }] of Object.entries(rule.examples())) {
        if (good === undefined || typeof good === 'string') continue;
        const tree = { ...(typeof bad === 'object' ? bad : {}), ...good };
        for (const conditional of conditionalForms(tree)) {
          const found = await audited(conditional, findingsOf, rule.id);
          assert.deepEqual(found.map((each) => `${each.path}:${each.range.start.line + 1} ${each.message}`), [], `${rule.id}: ${title}: ${JSON.stringify(conditional)}`);
        }
      }
    }
  });

  for (const [title, { files, silent = [], finds = [] }] of Object.entries(ODD_PROJECTS)) {
    it(`bear ${title}`, async () => {
      const started = performance.now();
      const found = await audited(files, (session) => { sound(session, files); return findingsOf(session); });
      assert.ok(performance.now() - started < 10_000, 'in time');
      for (const rule of silent) assert.deepEqual(found.filter((each) => each.rule === rule).map((each) => each.message), []);
      for (const rule of finds) assert.ok(found.some((each) => each.rule === rule), `${rule} among ${found.map((each) => each.rule).join(', ')}`);
    });
  }
});

function changed(change: (text: string) => string): Tree {
  return Object.fromEntries(Object.entries(PROJECT).map(([path, text]) => [path, change(text)]));
}

function findingsOf(session: Session): readonly Finding[] {
  return session.audits().flatMap((audit) => audit.outcomes.flatMap((each) => each.findings));
}

/** No rule failed; places and edits lie inside their texts. */
function sound(session: Session, tree: Tree): void {
  assert.deepEqual(session.notices().filter((each) => each.code === 'rule-failed').map((each) => each.message), []);
  const rows = new Map<string, readonly string[]>();
  for (const finding of findingsOf(session)) {
    const name = `${finding.rule} in ${finding.path}`;
    assert.ok(finding.path in tree, `${name}: no such file`);
    const lines = rows.get(finding.path) ?? (session.text(finding.path) ?? '').split(/\r\n|\n|\r/);
    rows.set(finding.path, lines);
    const { start, end } = finding.range;
    assert.ok(start.line < end.line || (start.line === end.line && start.character <= end.character), `${name}: ends before it begins`);
    for (const { line, character } of [start, end]) assert.ok(line >= 0 && character >= 0 && character <= (lines[line]?.length ?? -1), `${name}: ${line}:${character} is not in the text`);
    for (const { index } of finding.fixes) within(session.fix(finding.fingerprint, index), session, name);
  }
}

function within(correction: Correction | undefined, session: Session, name: string): void {
  for (const [path, edits] of Object.entries(correction?.edits ?? {})) {
    const { length } = session.text(path) ?? '';
    let from = 0;
    for (const { start, end } of edits) {
      assert.ok(start >= from && end >= start && end <= length, `${name}: an edit of ${path} at ${start}-${end} of ${length}`);
      from = end;
    }
  }
}

const CONDITIONS = [['{% if x %}', '{% endif %}'], ['<% if x %>', '<% end %>'], ['{{- if .x }}', '{{- end }}']] as const;

/** The tree with a condition around one line, for each of its files that a deployment may fill in; another line and style for each. */
function* conditionalForms(tree: Tree): Iterable<Tree> {
  let count = 0;
  for (const [path, text] of Object.entries(tree)) {
    const kind = kindOf(path);
    if (kind === undefined || !/^(?:dockerfile|compose|ini|nginx|procfile|platform|crontab|shell)$/.test(kind) || text.trim() === '') continue;
    const rows = text.split('\n');
    const written = rows.flatMap((row, index) => row.trim() === '' ? [] : [index]);
    const at = written[(text.length + count) % written.length];
    const [open, close] = CONDITIONS[count % CONDITIONS.length] ?? CONDITIONS[0];
    count += 1;
    yield { ...tree, [path]: rows.flatMap((row, index) => index === at ? [open, row, close] : [row]).join('\n') };
  }
}
