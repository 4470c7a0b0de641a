/** What must be true of every card, over made-up audits of the same profile. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CONFIDENCES, POINTS, SEVERITIES } from '../../rules/kit';
import type { Category, Severity } from '../../rules/kit';
import type { ReportCard } from '../../report/card';
import { HOLDING, card, control, signed } from './fixture';
import type { SignoffSpec } from './fixture';
import type { FindingSpec, RuleSpec } from './fixture';
import { reportFaults } from './report-schema';

const CATEGORIES: readonly Category[] = ['security', 'configuration', 'auth', 'data', 'testing', 'frontend'];
const VERDICTS = ['NOT READY', 'INCONCLUSIVE', 'MOSTLY READY', 'READY'];
const RUNS = { numRuns: 300 };

interface Spec extends RuleSpec { readonly findings: readonly FindingSpec[] }

const confidence = fc.constantFrom(...CONFIDENCES);
const silenced = fc.option(fc.constantFrom({ lane: 'accepted-risk' }, { lane: 'false-positive' }, { until: '2020-01-01' }) as fc.Arbitrary<NonNullable<FindingSpec['silenced']>>, { nil: undefined, freq: 3 });

/** A finding, graded as its rule or one step lower. */
const finding = (severity: Severity): fc.Arbitrary<FindingSpec> => fc.record({ confidence, silenced, lower: fc.boolean() }).map(({ lower, silenced: how, ...graded }) => {
  const used = lower ? SEVERITIES[SEVERITIES.indexOf(severity) + 1] ?? severity : severity;
  return { ...graded, severity: used, points: POINTS[used].usual, blocks: used === 'critical', ...(how && { silenced: how }) };
});

const rule = (index: number): fc.Arbitrary<Spec> => fc.record({
  category: fc.constantFrom(...CATEGORIES), severity: fc.constantFrom(...SEVERITIES), confidence, blocking: fc.boolean(),
  state: fc.constantFrom('holds', 'open', 'open', 'open', 'not-checked', 'not-applicable'), effort: fc.constantFrom('S', 'M', 'L'),
}).chain(({ blocking, state, ...common }): fc.Arbitrary<Spec> => {
  const base = { ...common, rule: `r${String(index).padStart(2, '0')}`, blocks: blocking && common.severity === 'high', ...(state === 'open' ? {} : { state }) } as const;
  if (state !== 'open') return fc.constant({ ...base, findings: [] });
  return fc.array(finding(common.severity), { minLength: 1, maxLength: 5 }).map((findings) => ({ ...base, findings }));
});

const rules = fc.integer({ min: 1, max: 14 }).chain((length) => fc.tuple(...Array.from({ length }, (_, index) => rule(index))));

/** Where the first card says more than nothing, the second never says better. */
function assertNoBetter(before: ReportCard, after: ReportCard): void {
  assert.ok(VERDICTS.indexOf(after.verdict.value) <= VERDICTS.indexOf(before.verdict.value), `${before.verdict.value} became ${after.verdict.value}`);
  assert.ok((after.score.value ?? 0) <= (before.score.value ?? 0), `${before.score.value} became ${after.score.value}`);
  for (const [index, one] of before.categories.entries()) assert.ok((after.categories[index]?.score ?? 0) <= (one.score ?? 0), `${one.id}: ${one.score} became ${after.categories[index]?.score}`);
}

const signoff = (index: number): fc.Arbitrary<SignoffSpec> => fc.record({
  control: fc.constant(`c${index}`), severity: fc.constantFrom(...SEVERITIES), category: fc.constantFrom(...CATEGORIES), required: fc.boolean(), twoPerson: fc.boolean(),
  status: fc.constantFrom('passed', 'failed', 'not-applicable', undefined), on: fc.constantFrom('2026-11-01', '2026-10-20', '2026-01-01', '2027-01-01'), changed: fc.constantFrom('no', 'yes', 'unknown'),
});
const signoffs = fc.tuple(...Array.from({ length: 4 }, (_, index) => signoff(index)));
/** Rules of which some are attestable by the controls above. */
const attestable = rules.map((specs) => specs.map((spec, index) => (index % 3 === 0 ? { ...spec, attestable: `c${index % 4}` } : spec)));

function replaced(specs: readonly Spec[], index: number, change: (spec: Spec) => Spec): readonly Spec[] {
  return specs.map((spec, at) => (at === index ? change(spec) : spec));
}

/** The rule with these findings, in the state they put it in. */
function withFindings(spec: Spec, findings: readonly FindingSpec[]): Spec {
  const state = findings.length === 0 ? 'holds' : findings.some((one) => !one.silenced) ? 'open' : 'accepted';
  return { ...spec, findings, state };
}

/** All ways to take so many of some. */
function choices(items: readonly string[], amount: number): readonly (readonly string[])[] {
  if (amount === 0) return [[]];
  return items.flatMap((item, index) => choices(items.slice(index + 1), amount - 1).map((rest) => [item, ...rest]));
}

const ran = (spec: Spec) => spec.state !== 'not-checked' && spec.state !== 'not-applicable';

describe('for every audit', () => {
  it('a finding more never makes the card better, and one less never worse', () => {
    fc.assert(fc.property(rules, fc.nat(), fc.constantFrom(...SEVERITIES).chain(finding), (specs, pick, extra) => {
      const index = pick % specs.length;
      const chosen = specs[index];
      if (!chosen || !ran(chosen)) return;
      assertNoBetter(card(specs), card(replaced(specs, index, (spec) => withFindings(spec, [...spec.findings, extra]))));
      const [, ...rest] = chosen.findings;
      if (chosen.findings.length > 0) assertNoBetter(card(replaced(specs, index, (spec) => withFindings(spec, rest))), card(specs));
    }), RUNS);
  });

  it('a finding that is worse, surer or no longer accepted never makes it better', () => {
    const worse = (one: FindingSpec): FindingSpec => {
      const severity = SEVERITIES[Math.max(0, SEVERITIES.indexOf(one.severity ?? 'info') - 1)] ?? 'critical';
      return { ...one, severity, points: Math.max(one.points ?? 0, POINTS[severity].usual), blocks: one.blocks || severity === 'critical' };
    };
    const surer = (one: FindingSpec): FindingSpec => ({ ...one, confidence: CONFIDENCES[Math.max(0, CONFIDENCES.indexOf(one.confidence ?? 'possible') - 1)] ?? 'confirmed' });
    const lapsed = (one: FindingSpec): FindingSpec => (one.silenced?.lane === 'false-positive' ? one : { ...one, ...(one.silenced && { silenced: { until: '2020-01-01' } }) });
    fc.assert(fc.property(rules, fc.nat(), fc.constantFrom(worse, surer, lapsed), (specs, pick, change) => {
      const index = pick % specs.length;
      assertNoBetter(card(specs), card(replaced(specs, index, (spec) => (spec.findings.length === 0 ? spec : { ...spec, findings: spec.findings.map((one, at) => (at === 0 ? change(one) : one)) }))));
    }), RUNS);
  });

  it('the order of rules and findings does not matter', () => {
    fc.assert(fc.property(rules.chain((specs) => fc.tuple(fc.constant(specs), fc.shuffledSubarray([...specs], { minLength: specs.length }))), ([specs, shuffled]) => {
      const a = card(specs);
      const b = card(shuffled.map((spec) => ({ ...spec, findings: spec.findings.toReversed() })));
      assert.deepEqual([a.score, a.verdict, a.categories, a.plan, a.counts], [b.score, b.verdict, b.categories, b.plan, b.counts]);
    }), RUNS);
  });

  it('a control that is weak is never worse than one that is absent', () => {
    const rung = fc.record({ severity: fc.constantFrom(...SEVERITIES), confidence, findings: fc.integer({ min: 1, max: 4 }), blocks: fc.boolean() });
    fc.assert(fc.property(rules, fc.array(rung, { minLength: 2, maxLength: 5 }), fc.constantFrom(...CATEGORIES), (specs, rungs, category) => {
      // As the catalogue promises: no rung is worse, surer or more blocking than the top.
      const [top] = rungs;
      if (!top) return;
      const ladder = rungs.map((one, index): RuleSpec => {
        const severity = SEVERITIES[Math.max(SEVERITIES.indexOf(one.severity), SEVERITIES.indexOf(top.severity))] ?? top.severity;
        return {
          rule: `l${index}`, category, severity, confidence: CONFIDENCES[Math.max(CONFIDENCES.indexOf(one.confidence), CONFIDENCES.indexOf(top.confidence))] ?? top.confidence,
          blocks: severity === 'critical' || (severity === 'high' && one.blocks && top.blocks), ladder: { name: 'ladder', rung: index + 1 }, findings: index === 0 ? 1 : one.findings,
        };
      });
      const held = (one: RuleSpec): RuleSpec => ({ ...one, findings: 0, state: 'holds' });
      const absent = card([...specs, ...ladder.map((one, index) => (index === 0 ? one : held(one)))]);
      const weak = card([...specs, ...ladder.map((one, index) => (index === 0 ? held(one) : one))]);
      assertNoBetter(weak, absent);
    }), RUNS);
  });

  it('every card is one that the published schema describes', () => {
    fc.assert(fc.property(attestable, signoffs, (specs, given) => assert.deepEqual(reportFaults(card(specs, { signoffs: signed(given) })), [])), RUNS);
  });

  it('a sign-off that is missing, failed, over or stale never makes it better', () => {
    fc.assert(fc.property(attestable, signoffs, fc.nat(3), fc.constantFrom<Partial<SignoffSpec>>({ status: undefined }, { status: 'failed', on: '2026-11-01' }, { on: '2026-01-01' }, { changed: 'yes' }, { required: true }), (specs, given, pick, worse) => {
      // From any state but failed, than which nothing is worse.
      if (given[pick]?.status === 'failed' && worse.required === undefined) return;
      const after = given.map((one, at) => (at === pick ? { ...one, ...worse } : one));
      assertNoBetter(card(specs, { signoffs: signed(given) }), card(specs, { signoffs: signed(after) }));
    }), RUNS);
  });

  it('sign-offs alone make no card better than it would be without being asked, but by what they stand for', () => {
    fc.assert(fc.property(rules, signoffs, (specs, given) => {
      assertNoBetter(card(specs), card(specs, { signoffs: signed(given) }));
    }), RUNS);
  });

  it('the order of controls and records does not matter', () => {
    fc.assert(fc.property(attestable, signoffs, (specs, given) => {
      const { controls, signed: records } = signed(given);
      const a = card(specs, { signoffs: { controls, signed: records } });
      const b = card(specs, { signoffs: { controls: controls.toReversed(), signed: records.toReversed() } });
      assert.deepEqual([a.score, a.verdict, a.categories, a.counts, a.plan], [b.score, b.verdict, b.categories, b.counts, b.plan]);
    }), RUNS);
  });

  it('is not READY the first time, whatever the code is like', () => {
    fc.assert(fc.property(rules, (specs) => {
      assert.notEqual(card(specs, { signoffs: { controls: [control({ control: 'c', required: true })], signed: [] } }).verdict.value, 'READY');
    }), RUNS);
  });

  it('no A or B stands beside a blocker, nor beside NOT READY', () => {
    fc.assert(fc.property(rules, signoffs, (specs, given) => {
      const made = card(specs, { signoffs: signed(given) });
      if (made.counts.blockers > 0) assert.equal(made.verdict.value, 'NOT READY');
      if (made.verdict.value === 'NOT READY') assert.match(made.score.grade, /^[CDF?]/);
      for (const category of made.categories) {
        if (category.ledger.some((line) => line.blocks)) assert.match(category.grade, category.applicable > 0 ? /^[CDF?]/ : /^-/);
      }
    }), RUNS);
  });

  it('the lines of a ledger are the sum, and the sum is the score', () => {
    fc.assert(fc.property(rules, signoffs, (specs, given) => {
      for (const category of card(specs, { signoffs: signed(given) }).categories) {
        const tenths = category.ledger.reduce((sum, line) => sum + Math.round(line.cost * 10), 0);
        assert.equal(category.raw, tenths / 10);
        if (category.score === null) continue;
        const left = tenths > 600 ? Math.floor(160_000 / (tenths - 200)) : 1000 - tenths;
        assert.equal(category.score, Math.min(left, ...category.caps.map((cap) => Math.round(cap.atMost * 10))) / 10);
      }
    }), RUNS);
  });

  it('the list of what would make it READY does so, unless something is beyond rules', () => {
    fc.assert(fc.property(rules, signoffs, (specs, given) => {
      const fixed = new Set(card(specs, { signoffs: signed(given) }).verdict.toReady);
      const mended = given.map((one): SignoffSpec => (fixed.has(one.control) ? { ...one, status: 'passed', on: '2026-11-01', changed: 'no', twoPerson: false } : one));
      const after = card(specs.map((spec) => (fixed.has(spec.rule) ? { ...spec, findings: [], state: 'holds' as const } : spec)), { signoffs: signed(mended) });
      if (after.verdict.value === 'READY') return;
      assert.ok(after.verdict.reasons.every((reason) => ['coverage-unknown', 'coverage-low', 'nothing-checked'].includes(reason.code)), JSON.stringify(after.verdict.reasons));
    }), RUNS);
  });

  it('no shorter list would do', () => {
    const open = fc.record({ category: fc.constantFrom('security', 'data', 'testing' as const), high: fc.boolean(), points: fc.integer({ min: 8, max: 12 }), rung: fc.constantFrom(0, 0, 1, 2, 3) });
    fc.assert(fc.property(fc.array(open, { minLength: 4, maxLength: 8 }), (made) => {
      const specs = made.map(({ category, high, points, rung }, index): RuleSpec => ({
        rule: `r${index}`, category, severity: high ? 'high' : 'medium', points, ...(rung > 0 && { ladder: { name: category, rung } }),
      }));
      const before = card([...HOLDING, ...specs]).verdict;
      if (before.value !== 'MOSTLY READY') return;
      for (const fewer of choices(specs.map((spec) => spec.rule), before.toReady.length - 1)) {
        const after = card([...HOLDING, ...specs.map((spec): RuleSpec => (fewer.includes(spec.rule) ? { ...spec, findings: 0, state: 'holds' } : spec))]);
        assert.notEqual(after.verdict.value, 'READY', `${fewer.join()} is enough, ${before.toReady.join()} is not needed`);
      }
    }), RUNS);
  });

  it('the unsuppressed score is never better', () => {
    fc.assert(fc.property(rules, (specs) => {
      const { score } = card(specs);
      assert.ok((score.unsuppressed ?? 0) <= (score.value ?? 0));
    }), RUNS);
  });
});
