/**
 * Every example of every rule, in four disguises: as it is, with CRLF, with an emoji line on top, and cut off in the middle.
 * `bad` gives exactly one finding, `good` none; `good` beside `bad` is what the fix makes of it.
 */
import assert from 'node:assert/strict';
import type { Files, Rule } from '../../rules/kit';
import { rules } from '../../rules';
import { openSession } from '../../engine/audit/open';
import type { Finding } from '../../engine/audit/outcome';
import type { Correction, Session } from '../../engine/audit/session';
import { openMemory } from '../../engine/workspace/memory';
import type { Grammars } from '../../engine/syntax/grammars';
import { testGrammars } from '../support/grammars';

type Tree = Readonly<Record<string, string>>;

const treeOf = (files: Files, path = 'app.py'): Tree => typeof files === 'string' ? { [path]: files } : files;
const mapped = (tree: Tree, change: (text: string, path: string) => string): Tree => Object.fromEntries(Object.entries(tree).map(([path, text]) => [path, change(text, path)]));
const crlf = (tree: Tree) => mapped(tree, (text) => text.replace(/\r?\n/g, '\r\n'));
/** A comment line moves every offset, and an emoji counts two columns. Only where `#` begins a comment on the first line. */
const emoji = (tree: Tree) => mapped(tree, (text, path) => /\.py$/.test(path) ? `# 🚢 launch\n${text}` : text);

describe('examples of rules', () => {
  let grammars: Grammars;
  before(async () => { grammars = await testGrammars(); });

  const audited = async (tree: Tree, use: (session: Session) => void | Promise<void>) => {
    const session = openSession({ workspace: openMemory(tree), grammars });
    try {
      await session.refresh();
      const failed = session.notices().filter((each) => each.code === 'rule-failed');
      assert.deepEqual(failed.map((each) => each.message), []);
      await use(session);
    } finally {
      session.dispose();
    }
  };
  const findingsOf = (session: Session, rule: Rule): readonly Finding[] => session.audits().flatMap((audit) => audit.outcomes.find((each) => each.rule === rule.id)?.findings ?? []);

  for (const rule of rules) {
    describe(rule.id, () => {
      it('has examples of both kinds', () => {
        const all = Object.values(rule.examples());
        assert.ok(all.some((each) => each.bad !== undefined) && all.some((each) => each.good !== undefined));
      });
      for (const [title, example] of Object.entries(rule.examples())) {
        const { bad, good } = example;
        if (bad !== undefined) {
          const tree = treeOf(bad, example.path);
          for (const [disguise, dressed] of Object.entries({ 'as it is': tree, 'with CRLF': crlf(tree), 'with an emoji': emoji(tree) })) {
            it(`catches: ${title}, ${disguise}`, () => audited(dressed, (session) => {
              const found = findingsOf(session, rule);
              assert.equal(found.length, 1, `expected one finding, got ${found.length}: ${found.map((each) => `${each.path}:${each.range.start.line + 1} ${each.message}`).join(' | ')}`);
              assert.equal(found[0]?.severity, example.severity ?? rule.severity, 'an example that is graded differently says so');
            }));
          }
          it(`survives: ${title}, cut off`, async () => {
            for (const part of [0.3, 0.6, 0.9]) await audited(mapped(tree, (text) => text.slice(0, Math.floor(text.length * part))), () => undefined);
          });
        }
        if (good !== undefined) {
          const tree = treeOf(good, example.path);
          for (const [disguise, dressed] of Object.entries({ 'as it is': tree, 'with CRLF': crlf(tree), 'with an emoji': emoji(tree) })) {
            it(`is silent: ${title}, ${disguise}`, () => audited(dressed, (session) => {
              assert.deepEqual(findingsOf(session, rule).map((each) => `${each.path}:${each.range.start.line + 1} ${each.message}`), []);
            }));
          }
        }
        if (bad !== undefined && good !== undefined) {
          for (const [disguise, dress] of Object.entries({ 'as it is': (tree: Tree) => tree, 'with CRLF': crlf })) {
            it(`fixes: ${title}, ${disguise}`, async () => {
              const before = dress(treeOf(bad, example.path));
              await audited(before, (session) => {
                const [finding] = findingsOf(session, rule);
                assert.ok(finding);
                const offer = example.fix ? finding.fixes.find((each) => each.title === example.fix) : finding.fixes[0];
                assert.ok(offer, `no fix is offered; there are: ${finding.fixes.map((each) => each.title).join(', ') || 'none'}`);
                const correction = session.fix(finding.fingerprint, offer.index);
                assert.ok(correction);
                const after = treeOf(good, example.path);
                // A new file has the line breaks its text has.
                const created = Object.fromEntries(Object.entries(after).filter(([path]) => !(path in before)));
                assert.deepEqual(apply(before, correction), { ...before, ...dress(after), ...created });
              });
            });
          }
        }
      }
    });
  }
});

/** The files after a correction. */
function apply(tree: Tree, correction: Correction): Tree {
  const edited = mapped(tree, (text, path) => [...(correction.edits[path] ?? [])].reverse().reduce((now, edit) => now.slice(0, edit.start) + edit.text + now.slice(edit.end), text));
  return { ...edited, ...correction.creates };
}
