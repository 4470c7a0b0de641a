/** What stays of a judging after an edit that changed no facts. */
import assert from 'node:assert/strict';
import { LastJudged } from '../../engine/audit/last-judged';
import type { Verdict } from '../../engine/audit/judge';
import type { Unit } from '../../rules/kit';

const UNIT: Unit = { kind: 'plain', format: 'text', path: 'a.txt', role: 'production', whole: true, suppressions: [] };
const TEXT = 'one\ntwo\nthree\nfour\nfive\n';

/** A verdict with one place of evidence, on one line. */
function on(line: number): Verdict {
  return { judged: [], evidence: [{ path: 'a.txt', range: { start: { line, character: 0 }, end: { line, character: 3 } }, text: '' }], places: 1, notices: [] };
}

describe('what was judged before an edit', () => {
  const judged = new LastJudged(UNIT, TEXT, { verdicts: new Map([0, 1, 2, 3, 4].map((line) => [`line ${line}`, on(line)])), looks: new Map() });
  const staleAfter = (text: string) => [...judged.since(UNIT, text)?.stale ?? assert.fail('it has changed facts')];

  it('is found out again where it stands on the line of the edit', () => {
    assert.deepEqual(staleAfter(TEXT.replace('three', ' three')), ['line 2']);
  });

  it('is found out again on every line between the first and the last letter that is another', () => {
    assert.deepEqual(staleAfter(TEXT.replace('two', ' two').replace('four', ' four')), ['line 1', 'line 2', 'line 3']);
  });

  it('stays where nothing has changed', () => {
    assert.deepEqual(staleAfter(TEXT), []);
  });
});
