import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CONFIDENCES, POINTS, SEVERITIES } from '../../rules/kit';
import type { Category } from '../../rules/kit';
import type { ReportCard } from '../../report/card';
import { attribution, PARTS } from '../../report/comparison/attribution';
import { compared, knownOf, openFindings } from '../../report/comparison/compare';
import { diff } from '../../report/comparison/diff';
import { diffMarkdown, diffText } from '../../report/comparison/diff-text';
import { rescored } from '../../report/comparison/rescore';
import { readReport } from '../../report/read-report';
import { json } from '../../report/json';
import { card, HOLDING, type FindingSpec, type RuleSpec } from './fixture';

const CATEGORIES: readonly Category[] = ['security', 'configuration', 'auth', 'testing'];

const finding = fc.record({
  severity: fc.constantFrom(...SEVERITIES), confidence: fc.constantFrom(...CONFIDENCES), path: fc.constantFrom('a.py', 'b.py'), line: fc.integer({ min: 1, max: 9 }), snippet: fc.constantFrom('x = 1', 'y = 2', 'z = 3'),
  silenced: fc.option(fc.constantFrom({ lane: 'accepted-risk' as const, until: '2026-12-10' }, { lane: 'accepted-risk' as const, until: '2026-11-25' }, { lane: 'false-positive' as const }), { nil: undefined, freq: 3 }),
}).map(({ silenced, ...one }): FindingSpec => ({ ...one, points: POINTS[one.severity].usual, ...(silenced && { silenced }) }));

/** Rules of the same names in both cards, so that they meet. */
const rules = fc.array(fc.record({
  index: fc.nat(6), category: fc.constantFrom(...CATEGORIES), severity: fc.constantFrom(...SEVERITIES), blocks: fc.boolean(), ladder: fc.option(fc.record({ name: fc.constant('l'), rung: fc.nat(3) }), { nil: undefined, freq: 3 }),
  state: fc.constantFrom('open', 'open', 'holds', 'not-applicable', 'not-checked'), findings: fc.array(finding, { minLength: 1, maxLength: 4 }),
}), { maxLength: 7 }).map((all): readonly RuleSpec[] => [...new Map(all.map(({ index, state, findings, ladder, ...one }): [number, RuleSpec] => [index, {
  ...one, rule: `r${index}`, ...(ladder && { ladder }), ...(state === 'open' ? { findings } : { state: state as 'holds' }),
}])).values()]);

const cards = fc.record({ rules, asOf: fc.constantFrom('2026-11-20', '2026-12-01'), ruleset: fc.constantFrom('1', '2'), weights: fc.constantFrom({}, { security: 40 }) })
  .map((one) => card([...HOLDING, ...one.rules], { ruleset: one.ruleset }, { asOf: one.asOf, weights: one.weights }));

const tenths = (points: number) => Math.round(points * 10);

describe('the change of a score', () => {
  it('is the sum of its parts, for any two cards', () => {
    fc.assert(fc.property(cards, cards, (before, after) => {
      const parts = attribution(before, after);
      assert.ok(parts, 'both have a score');
      assert.deepEqual(parts.map((part) => part.name), PARTS);
      const { value: from } = before.score;
      const { value: to } = after.score;
      assert.equal(parts.reduce((sum, part) => sum + tenths(part.points), 0), tenths(to ?? 0) - tenths(from ?? 0));
    }), { numRuns: 300 });
  });

  it('is nothing between a card and itself', () => {
    fc.assert(fc.property(cards, (one) => assert.ok(attribution(one, one)?.every((part) => part.points === 0))), { numRuns: 100 });
  });

  const DEBUG: RuleSpec = { rule: 'debug-enabled', category: 'configuration', severity: 'critical' };
  const CSRF: RuleSpec = { rule: 'csrf-missing', category: 'auth', severity: 'high' };
  const parts = (before: ReportCard, after: ReportCard) => Object.fromEntries((attribution(before, after) ?? []).filter((part) => part.points !== 0).map((part) => [part.name, part.points]));
  const clean = card([...HOLDING, { ...DEBUG, state: 'holds' }, { ...CSRF, state: 'holds' }]);

  it('is put to what was added and what was fixed', () => {
    const before = card([...HOLDING, DEBUG, { ...CSRF, state: 'holds' }]);
    const after = card([...HOLDING, { ...DEBUG, state: 'holds' }, CSRF]);
    assert.deepEqual(Object.keys(parts(before, after)), ['fixed', 'added']);
    assert.equal(parts(before, after).fixed, Math.round(10 * (100 - (before.score.value ?? 0))) / 10, 'all of it: nothing else is open in between');
    assert.deepEqual(Object.keys(parts(clean, after)), ['added']);
  });

  it('is put to what was silenced, and to an acceptance that ended', () => {
    const open = card([...HOLDING, CSRF]);
    const falsePositive = card([...HOLDING, { ...CSRF, silenced: { lane: 'false-positive', reason: 'Tokens only.' } }]);
    assert.deepEqual(Object.keys(parts(open, falsePositive)), ['silenced']);
    const accepted: RuleSpec = { ...CSRF, severity: 'critical', silenced: { until: '2026-11-25' } };
    const then = card([...HOLDING, accepted]);
    const now = card([...HOLDING, accepted], {}, { asOf: '2026-12-01' });
    assert.ok((then.score.value ?? 0) > (now.score.value ?? 0), 'the cap comes back');
    assert.deepEqual(Object.keys(parts(then, now)), ['silenced']);
    assert.equal(diff([then], [now]).applications[0]?.findings[0]?.change, 'expired');
  });

  it('is put to the rules when only they grade otherwise or are new', () => {
    const one = card([...HOLDING, { ...CSRF, points: 15 }]);
    const stricter = card([...HOLDING, { ...CSRF, points: 20 }, { rule: 'brand-new', category: 'auth', severity: 'low' }], { ruleset: '2' });
    const made = attribution(one, stricter)?.find((part) => part.name === 'rules');
    assert.deepEqual(Object.keys(parts(one, stricter)), ['rules']);
    assert.deepEqual(made?.rules, ['brand-new']);
  });

  it('is put to the profile when a category stops to apply or weights change', () => {
    const mail: RuleSpec = { rule: 'mail-timeout', category: 'integrations', severity: 'high' };
    assert.deepEqual(Object.keys(parts(card([...HOLDING, mail]), card([...HOLDING, { ...mail, state: 'not-applicable', reason: 'No mail.' }]))), ['profile']);
    assert.deepEqual(Object.keys(parts(card([...HOLDING, CSRF]), card([...HOLDING, CSRF], {}, { weights: { auth: 50 } }))), ['profile']);
  });

  it('is not told where a card has no score', () => {
    assert.equal(attribution(card([]), clean), undefined);
    assert.equal(diff([card([])], [clean]).applications[0]?.delta, undefined);
  });
});

describe('a difference of two reports', () => {
  const one = (more: FindingSpec): RuleSpec => ({ rule: 'bare-except', category: 'code', severity: 'medium', ...more });
  const changes = (before: RuleSpec, after: RuleSpec) => diff([card([...HOLDING, before])], [card([...HOLDING, after])]).applications.flatMap((each) => each.findings.map((fate) => fate.change));

  it('tells what became of each finding', () => {
    assert.deepEqual(changes(one({}), one({})), ['unchanged']);
    assert.deepEqual(changes({ ...one({}), state: 'holds' }, one({})), ['new']);
    assert.deepEqual(changes(one({}), { ...one({}), state: 'holds' }), ['fixed']);
    assert.deepEqual(changes(one({}), { ...one({}), state: 'not-applicable', reason: 'No code.' }), ['now-not-applicable']);
    assert.deepEqual(changes(one({ line: 3 }), one({ line: 30 })), ['moved']);
    assert.deepEqual(changes(one({}), { ...one({}), findings: [{ severity: 'high' }] }), ['severity-up']);
    assert.deepEqual(changes(one({}), { ...one({}), findings: [{ severity: 'low' }] }), ['severity-down']);
    assert.deepEqual(changes(one({}), one({ silenced: { lane: 'false-positive' } })), ['suppressed']);
    assert.deepEqual(changes(one({ silenced: { lane: 'false-positive' } }), one({})), ['unsuppressed']);
    assert.deepEqual(changes(one({ silenced: {} }), { ...one({}), state: 'holds' }), [], 'it never counted');
  });

  it('is the same after a report was written and read back, in every form', () => {
    fc.assert(fc.property(cards, cards, (before, after) => {
      const back = (of: ReportCard): readonly ReportCard[] => { const read = readReport(JSON.parse(json(of))); assert.ok('cards' in read, JSON.stringify(read)); return read.cards; };
      const direct = diff([before], [after]);
      const read = diff(back(before), back(after));
      assert.deepEqual(JSON.parse(JSON.stringify(read)), JSON.parse(JSON.stringify(direct)));
      assert.equal(diffText(read, true), diffText(direct, true));
      assert.equal(diffMarkdown(read, false), diffMarkdown(direct, false));
    }), { numRuns: 60 });
  });

  it('names applications that only one of them has', () => {
    const at = (root: string) => card(HOLDING, { project: { name: root, root, frameworks: [], deployable: true } });
    const found = diff([at('api'), at('old')], [at('api'), at('web')]);
    assert.deepEqual([found.applications.map((each) => each.root), found.gone, found.added], [['api'], ['old'], ['web']]);
    assert.match(diffText(found, false), /Only the earlier report has an application in old\.\nOnly the later report has an application in web\./);
  });

  it('shows text of the repository harmlessly', () => {
    const evil: RuleSpec = { rule: 'bare-except', category: 'code', path: 'a\u001b[2Jb|c.py', message: 'odd\u0007 [x](javascript:alert) <b>' };
    const found = diff([card(HOLDING)], [card([...HOLDING, evil])]);
    assert.ok(!/[\u0007\u001b]/.test(diffText(found, true) + diffMarkdown(found, true)));
    assert.ok(!/(?<!\\)\]\(javascript|(?<!\\)<b>/.test(diffMarkdown(found, true)));
  });
});

describe('a card scored again', () => {
  it('is the card it was', () => {
    fc.assert(fc.property(cards, (one) => assert.deepEqual(rescored(one), one)), { numRuns: 150 });
  });
});

describe('a report that is read back', () => {
  const good = () => JSON.parse(json(card([...HOLDING, { rule: 'debug-enabled', category: 'configuration', severity: 'critical', silenced: {} }]))) as Record<string, unknown>;
  const refused = (change: (report: Record<string, never>) => void) => {
    const report = good();
    change(report as Record<string, never>);
    const read = readReport(report);
    return 'fault' in read ? `${read.fault.at.join('.')} ${read.fault.reason}` : 'read';
  };

  it('is refused with the place where it is none', () => {
    assert.equal(refused(() => undefined), 'read');
    assert.match(refused((one) => { Object.assign(one, { schemaVersion: '2.0' }); }), /^schemaVersion is "2\.0", and this shipworthy reads 1\.x/);
    assert.match(refused((one) => { Object.assign(one, { schemaVersion: undefined }); }), /schemaVersion is missing: this is no report/);
    assert.match(refused((one) => { Object.assign(one, { results: {} }); }), /^results must be a list/);
    assert.match(refused((one) => { Object.assign(one, { asOf: 'yesterday' }); }), /^asOf must be a day/);
    assert.match(refused((one) => { Object.assign(one.results?.[0] ?? {}, { category: 'x' }); }), /^results\.0\.category must be one of/);
    for (const odd of [null, 1, 'x', [], [[]], {}]) assert.ok('fault' in readReport(odd), JSON.stringify(odd));
  });

  it('may have keys of later minor versions', () => {
    assert.ok('cards' in readReport({ ...good(), schemaVersion: '1.7', another: 1 }));
  });
});

describe('a comparison', () => {
  const CSRF: RuleSpec = { rule: 'csrf-missing', category: 'auth', severity: 'high', path: 'old.py', snippet: 'app = Flask(__name__)' };
  const against = (rules: readonly RuleSpec[], gone: readonly string[] = []) => ({ base: { kind: 'baseline' as const, file: 'b.json', entries: 1 }, known: openFindings([card([...HOLDING, ...rules])]).map(knownOf), gone: (path: string) => gone.includes(path) });
  /** The same rule and code elsewhere, under another fingerprint. */
  const renamed: RuleSpec = { ...CSRF, path: 'new.py', findings: [{ silenced: { lane: 'false-positive' }, path: 'x.py', snippet: 'y' }, {}] };

  it('knows a finding again whose file was renamed, and only then', () => {
    const now = card([...HOLDING, renamed]);
    assert.equal(compared([now], against([CSRF], ['old.py']))[0]?.comparison?.new.length, 0);
    assert.equal(compared([now], against([CSRF]))[0]?.comparison?.new.length, 1, 'the file is still there: this is another one');
  });

  it('never changes anything but itself', () => {
    const now = card([...HOLDING, renamed]);
    const [one] = compared([now], against([CSRF]));
    assert.deepEqual({ ...one, comparison: undefined }, { ...now, comparison: undefined });
  });

  it('gives what is gone to the innermost application', () => {
    const at = (root: string) => card(HOLDING, { project: { name: root, root, frameworks: [], deployable: true } });
    const all = compared([at(''), at('api')], against([{ ...CSRF, path: 'api/app.py' }]));
    assert.deepEqual(all.map((one) => one.comparison?.fixed.length), [0, 1]);
  });
});
