import assert from 'node:assert/strict';
import { CATEGORIES } from '../../rules/kit';
import { lineText, linesText } from '../../report/arithmetic';
import { conditionText, first, headline } from '../../report/listing';
import { summary } from '../../report/summary';
import { LEAST } from '../../report/scoring/verdict';
import { CATEGORY_TITLES, METHOD, count, gradeText, gradeWord, hours, list, number, percent, present } from '../../report/words';
import { demo, mended } from './demo';
import { HOLDING, card, category } from './fixture';
import type { RuleSpec } from './fixture';

describe('words and numbers', () => {
  it('print one decimal, and a dash for no number', () => assert.deepEqual([100, 89.3, 0, null].map(number), ['100.0', '89.3', '0.0', '–']));
  it('print shares rounded down, without noise', () => assert.deepEqual([0, 0.28, 0.29, 0.57, 0.999, 1].map(percent), ['0 %', '28 %', '29 %', '57 %', '99 %', '100 %']));
  it('count', () => assert.deepEqual([count(0, 'rule'), count(1, 'rule'), count(2, 'entry', 'entries')], ['0 rules', '1 rule', '2 entries']));
  it('print hours as a range', () => assert.deepEqual([hours([0, 0]), hours([0.5, 1]), hours([4, 4])], ['0 h', '0.5–1 h', '4 h']));
  it('list, shortening where asked', () => {
    assert.deepEqual([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map((items) => list(items)), ['', 'a', 'a and b', 'a, b and c']);
    assert.equal(list(['a', 'b', 'c', 'd'], 2), 'a, b and 2 more');
  });
  it('leave out what says nothing', () => assert.deepEqual(present('a', false, undefined, '', 'b'), ['a', 'b']));
  it('show the first few, and one more rather than "1 more"', () => {
    assert.deepEqual(first([1, 2, 3], 2), { shown: [1, 2, 3], more: 0 });
    assert.deepEqual(first([1, 2, 3, 4], 2), { shown: [1, 2], more: 2 });
  });
  it('separate thousands', () => assert.deepEqual([0, 1, 999, 1000, 1234567].map(linesText), ['0 lines', '1 line', '999 lines', '1,000 lines', '1,234,567 lines']));
  it('have a title for every category, each its own', () => assert.equal(new Set(CATEGORIES.map((one) => CATEGORY_TITLES[one])).size, CATEGORIES.length));
  it('say a grade as letter and word', () => assert.deepEqual((['A+', 'B-', 'F', '?', '-'] as const).map((grade) => [gradeText(grade), gradeWord(grade)]), [['A+', 'Excellent'], ['B−', 'Good'], ['F', 'Failing'], ['?', 'Not assessed'], ['–', 'Not applicable']]));
  it('state the thresholds that the verdict uses', () => {
    const said = METHOD.join(' ');
    for (const [words, tenths] of [['overall score under', LEAST.mostly.overall], ['deciding category under', LEAST.mostly.gating], ['READY from', LEAST.ready.overall], ['every deciding category at', LEAST.ready.gating], ['every other at', LEAST.ready.other]] as const) {
      assert.ok(said.includes(`${words} ${tenths / 10}`), words);
    }
    assert.ok(said.includes(`${LEAST.ready.coverage} % of everything`));
  });
});

describe('a ledger line in words', () => {
  const said = (spec: Partial<RuleSpec>) => category(card([{ rule: 'a', ...spec }])).ledger.map(lineText)[0];
  it('is silent about one finding at full cost', () => assert.equal(said({}), ''));
  it('writes out few terms and shortens many', () => {
    assert.equal(said({ findings: 3 }), '6.0 + 6.0/2 + 6.0/3');
    assert.equal(said({ findings: 50 }), '6.0 + 6.0/2 + … + 6.0/50');
  });
  it('names factors, acceptances and bounds', () => {
    assert.equal(said({ confidence: 'likely' }), '6.0 × 0.6, likely');
    assert.equal(said({ findings: [{}, { confidence: 'possible' }] }), '6.0 + 1.8/2; 6.0 × 0.3, possible');
    assert.equal(said({ silenced: {} }), '1 accepted');
    const bounded = category(card([{ rule: 'top', state: 'holds', ladder: { name: 'csp', rung: 1 } }, { rule: 'b', ladder: { name: 'csp', rung: 2 }, findings: 2 }]));
    assert.deepEqual(bounded.ledger.map(lineText), ['6.0 + 6.0/2; 9.0 alone, bounded by the ladder csp']);
  });
});

describe('the summary', () => {
  it('has at most six sentences: what, verdict, areas, blockers, work', () => {
    assert.deepEqual(summary(demo()), [
      'bibliotheca is a Flask application with 42 routes and 9,000 lines in 100 analysed files.', 'It is NOT READY at D+ 59.9 of 100, with medium confidence: 27 of 28 checks ran.',
      'The weakest area is Security (F 37.1), the strongest Dependencies (A+ 100.0).', '3 findings block shipping, 2 of them critical.',
      'What is open is estimated at 42.5–85 h, of which 5.5–11 h for what blocks.',
    ]);
    assert.ok(summary(mended()).includes('Nothing blocks; 13 rules are open.'));
  });
  it('stays honest about nothing', () => {
    assert.deepEqual(summary(card([], { project: { name: 'x', root: '', frameworks: [], deployable: false }, files: { seen: 0, read: 0, parsed: 0, lines: 0, routes: 0 } })), [
      'x is a project with 0 routes and 0 lines in 0 analysed files; nothing in it shows how it is deployed.', 'It is INCONCLUSIVE, without a score: 0 of 0 checks ran.', 'Nothing is open.',
    ]);
  });
});

describe('a headline', () => {
  const of = (findings: RuleSpec['findings']) => {
    const made = card([...HOLDING, { rule: 'a', title: 'All is well', severity: 'high', ...(findings !== undefined && { findings }) }]);
    return [headline(made.results.find((result) => result.rule === 'a') ?? assert.fail()), conditionText(made, 'a')];
  };
  it('is what all findings say, or that the title does not hold everywhere', () => {
    assert.deepEqual(of([{ message: 'It is not.' }, { message: 'It is not.' }]), ['It is not.', 'It is not (a, 2 open).']);
    assert.deepEqual(of([{ message: 'One.' }, { message: 'Two.' }]), ['All is well: not met in 2 places.', 'All is well: not met in 2 places (a, 2 open).']);
  });
});
