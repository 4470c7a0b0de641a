import assert from 'node:assert/strict';
import type { ReportCard } from '../../report/card';
import { HOLDING, card, category, incomplete } from './fixture';
import type { RuleSpec } from './fixture';

const codes = ({ verdict }: ReportCard) => verdict.reasons.map((reason) => reason.code);
const many = (rules: number, spec: Omit<RuleSpec, 'rule'> = {}): RuleSpec[] => Array.from({ length: rules }, (_, index) => ({ ...spec, rule: `${spec.category ?? 'm'}-${index}` }));

describe('the verdict', () => {
  it('is READY when nothing speaks against it, and says what it rests on', () => {
    const made = card([...HOLDING, { rule: 'a' }]);
    assert.deepEqual([made.verdict.value, codes(made)], ['READY', ['ready']]);
    assert.deepEqual([made.verdict.conditions, made.verdict.toReady], [[], []]);
  });

  it('is NOT READY with any blocker: a critical finding, or a high one whose rule blocks', () => {
    for (const rule of [{ severity: 'critical' }, { severity: 'high', blocks: true }, { severity: 'high', blocks: true, confidence: 'likely' }] as const) {
      const made = card([...HOLDING, { rule: 'a', ...rule }]);
      assert.equal(made.verdict.value, 'NOT READY');
      assert.deepEqual(made.verdict.reasons.find((reason) => reason.code === 'blocking-findings')?.rules, ['a']);
      assert.equal(made.counts.blockers, 1);
    }
  });

  it('is not moved by a blocker that is only possible', () => {
    const made = card([...HOLDING, { rule: 'a', severity: 'critical', confidence: 'possible' }]);
    assert.deepEqual([made.verdict.value, made.counts.blockers], ['READY', 0]);
  });

  it('is NOT READY when a category that decides is below 60, but not when another is', () => {
    const gating = card([...HOLDING, ...many(7, { category: 'data' })]);
    assert.deepEqual([category(gating, 'data').score, gating.verdict.value, codes(gating)], [58, 'NOT READY', ['category-failing']]);
    const other = card([...HOLDING, ...many(7, { category: 'frontend' })]);
    assert.deepEqual([category(other, 'frontend').score, other.verdict.value], [58, 'READY']);
    assert.deepEqual(other.verdict.conditions, ['frontend']);
  });

  it('is NOT READY below 60 overall', () => {
    const made = card([...HOLDING, ...many(6), ...many(20, { category: 'deployment' }), ...many(20, { category: 'observability' }), ...many(20, { category: 'testing' }), ...many(20, { category: 'code' })]);
    assert.ok((made.score.uncapped ?? 100) < 60);
    assert.deepEqual([made.verdict.value, codes(made)], ['NOT READY', ['score-failing']]);
  });

  it('is INCONCLUSIVE when less than half of a category that decides could be checked, unless something blocks', () => {
    const unknown: RuleSpec[] = [...HOLDING, { rule: 'a', category: 'auth', severity: 'high', state: 'not-checked', reason: 'The login is elsewhere.' }];
    const made = card(unknown);
    assert.deepEqual([made.verdict.value, codes(made), made.verdict.reasons[0]?.rules], ['INCONCLUSIVE', ['coverage-unknown'], ['a']]);
    assert.equal(card([...unknown, { rule: 'b', severity: 'critical' }]).verdict.value, 'NOT READY');
    const elsewhere = card([...HOLDING, { rule: 'a', category: 'testing', severity: 'high', state: 'not-checked', reason: 'No.' }, { rule: 'b', severity: 'critical', state: 'holds' }]);
    assert.equal(elsewhere.verdict.value, 'MOSTLY READY');
  });

  it('is MOSTLY READY below 85, below 75 in a category that decides, below 50 in any other', () => {
    const weak = card([...HOLDING, ...many(5, { category: 'auth' })]);
    assert.deepEqual([category(weak, 'auth').score, weak.verdict.value, codes(weak)], [70, 'MOSTLY READY', ['category-low']]);
    const other = card([...HOLDING, ...many(9, { category: 'integrations' })]);
    assert.deepEqual([category(other, 'integrations').score, other.verdict.value, codes(other)], [46, 'MOSTLY READY', ['category-low']]);
    const low = card([...HOLDING, ...many(4), ...many(4, { category: 'configuration' }), ...many(4, { category: 'auth' }), ...many(4, { category: 'data' })]);
    assert.deepEqual([low.score.value, low.verdict.value, codes(low)], [76, 'MOSTLY READY', ['score-low']]);
  });

  it('changes exactly at 85, 75, 50 and at 80 % checked', () => {
    /** Costs this many points of the category. */
    const costs = (of: NonNullable<RuleSpec['category']>, points: number): RuleSpec[] => [
      ...Array.from({ length: Math.floor(points / 10) }, (_, index): RuleSpec => ({ rule: `${of}-${index}`, category: of, points: 10 })),
      ...Array.from({ length: points % 10 }, (_, index): RuleSpec => ({ rule: `${of}-one-${index}`, category: of, severity: 'low', points: 1 })),
    ];
    const verdict = (...rules: readonly RuleSpec[][]) => card([...HOLDING, ...rules.flat()]).verdict.value;
    const all = (['security', 'configuration', 'auth', 'data'] as const).map((of) => costs(of, 15));
    assert.deepEqual([verdict(...all), verdict(...all, costs('frontend', 15)), verdict(...all, costs('frontend', 16))], ['READY', 'READY', 'MOSTLY READY']);
    assert.deepEqual([verdict(costs('data', 25)), verdict(costs('data', 26))], ['READY', 'MOSTLY READY']);
    assert.deepEqual([verdict(costs('testing', 50)), verdict(costs('testing', 51))], ['READY', 'MOSTLY READY']);
    const checked = (ran: number, unknown: number): RuleSpec[] => [
      { rule: 'ran', category: 'code', severity: 'high', points: ran, state: 'holds' }, { rule: 'unknown', category: 'code', points: unknown, state: 'not-checked', reason: 'No.' },
    ];
    assert.deepEqual([verdict(checked(20, 5)), verdict(checked(19, 5))], ['READY', 'MOSTLY READY']);
  });

  it('is at most MOSTLY READY with an accepted critical', () => {
    const made = card([...HOLDING, { rule: 'a', severity: 'critical', points: 30, silenced: {} }], {}, { weights: { security: 1 } });
    // 30 points of a category that decides: 70 is below 75 as well.
    assert.deepEqual([made.verdict.value, codes(made)], ['MOSTLY READY', ['category-low', 'accepted-critical']]);
    const possible = card([...HOLDING, { rule: 'a', severity: 'critical', confidence: 'possible', silenced: {} }]);
    assert.equal(possible.verdict.value, 'READY');
  });

  it('is at most MOSTLY READY when part of the application could not be analysed', () => {
    const made = card(HOLDING, { notices: [incomplete('app/legacy.py')] });
    assert.deepEqual([made.verdict.value, codes(made)], ['MOSTLY READY', ['analysis-incomplete']]);
    const harmless = card(HOLDING, { notices: [{ ...incomplete('logo.png'), incomplete: false }] });
    assert.equal(harmless.verdict.value, 'READY');
  });

  it('is INCONCLUSIVE and without a score when nothing was there to check', () => {
    const files = { seen: 0, read: 0, parsed: 0, lines: 0, routes: 0 };
    const readme: RuleSpec = { rule: 'readme-missing', category: 'documentation', severity: 'low' };
    for (const made of [card([]), card([], { files }), card([{ rule: 'a', state: 'not-applicable', reason: 'No.' }], { files }), card([readme], { files }), card([readme]), card([{ ...readme, state: 'holds' }]), card(HOLDING, { files })]) {
      assert.deepEqual([made.verdict.value, made.score.value, made.score.grade, made.score.confidence], ['INCONCLUSIVE', null, '?', 'low']);
      assert.ok(codes(made).includes('nothing-checked'));
    }
  });

  it('has conditions: open high rules, accepted risks, weak categories', () => {
    const made = card([...HOLDING, { rule: 'h', severity: 'high', category: 'deployment' }, { rule: 'r', silenced: {} }, { rule: 'f', silenced: { lane: 'false-positive' } }, { rule: 'm' }]);
    assert.deepEqual([made.verdict.value, made.verdict.conditions], ['READY', ['h', 'r']]);
  });

  it('is MOSTLY READY at best with an open high finding, where the team is strict; an accepted or only possible one does', () => {
    const strict = (rule: Omit<RuleSpec, 'rule'>) => card([...HOLDING, { rule: 'h', severity: 'high', category: 'deployment', points: 8, ...rule }, { rule: 'm' }], {}, { strict: true });
    const made = strict({});
    assert.deepEqual([made.verdict.value, codes(made), made.verdict.reasons[0]?.rules, made.verdict.toReady], ['MOSTLY READY', ['high-open'], ['h'], ['h']]);
    assert.deepEqual([strict({ confidence: 'likely' }).verdict.value, strict({ confidence: 'possible' }).verdict.value, strict({ silenced: {} }).verdict.value], ['MOSTLY READY', 'READY', 'READY']);
    assert.deepEqual(strict({ silenced: {} }).verdict.conditions, ['h']);
  });

  it('never stands beside an A or a B when something blocks', () => {
    const made = card([...HOLDING, { rule: 'a', severity: 'high', points: 8, blocks: true, category: 'frontend' }]);
    assert.deepEqual([made.score.value, made.score.grade], [74.9, 'C+']);
  });
});

describe('what would make it READY', () => {
  const after = (rules: readonly RuleSpec[], fixed: ReadonlySet<string>) => card(rules.map((rule) => (fixed.has(rule.rule) ? { ...rule, findings: 0, state: 'holds' } : rule)));
  const subsets = <T>(items: readonly T[]): T[][] => items.reduce<T[][]>((all, item) => [...all, ...all.map((some) => [...some, item])], [[]]);

  function checkShortest(rules: readonly RuleSpec[]): void {
    const list = card(rules).verdict.toReady;
    assert.equal(after(rules, new Set(list)).verdict.value, 'READY');
    const open = rules.filter((rule) => rule.state === undefined).map((rule) => rule.rule);
    const best = Math.min(...subsets(open).filter((some) => after(rules, new Set(some)).verdict.value === 'READY').map((some) => some.length));
    assert.equal(list.length, best, `${list.join()} where ${best} would do`);
  }

  it('is every blocker and no more when that is enough', () => {
    const made = card([...HOLDING, { rule: 'b', severity: 'critical' }, { rule: 'a', severity: 'high', blocks: true }, { rule: 'c' }]);
    assert.deepEqual(made.verdict.toReady, ['a', 'b']);
  });
  it('is the shortest over a threshold', () => checkShortest([...HOLDING, { rule: 'a', severity: 'high' }, { rule: 'b' }, { rule: 'c' }, { rule: 'd', severity: 'low' }]));
  it('sees that one rung of a ladder may buy nothing', () => checkShortest([
    ...HOLDING, { rule: 'l1', severity: 'high', state: 'holds', ladder: { name: 'l', rung: 1 } }, { rule: 'l2', severity: 'high', points: 12, ladder: { name: 'l', rung: 2 } },
    { rule: 'l3', severity: 'high', points: 10, ladder: { name: 'l', rung: 3 } }, { rule: 'a', severity: 'medium', points: 12 }, { rule: 'b' }, { rule: 'c' },
  ]));
  it('sees that high rules cap', () => checkShortest([
    ...HOLDING, ...(['security', 'configuration', 'auth', 'data'] as const).flatMap((of): RuleSpec[] => [0, 1].map((index) => ({ rule: `${of}-${index}`, category: of, severity: 'high', points: 8 }))), { rule: 'm', category: 'auth' },
  ]));
  it('sees that three high rules cap more', () => checkShortest([
    ...HOLDING, ...(['security', 'configuration', 'auth'] as const).flatMap((of) => many(3, { category: of, severity: 'high', points: 8, confidence: 'likely' })),
  ].map((rule, index) => ({ ...rule, rule: `${rule.rule}-${index}` }))));
  it('spends fixes where their weight is, over several categories', () => checkShortest([
    ...HOLDING, ...many(3, { points: 8 }), ...many(3, { category: 'configuration' }), ...many(2, { category: 'auth', points: 12 }), ...many(2, { category: 'data', points: 11 }),
  ]));
  it('leaves out what no rule can mend', () => assert.deepEqual(card([...HOLDING, { rule: 'a' }], { notices: [incomplete('x.py')] }).verdict.toReady, []));
});
