import assert from 'node:assert/strict';
import { checklist } from '../../report/checklist';
import { commandsOf } from '../../report/commands';
import { controls } from '../../report/controls';
import { addDays, addWorkingDays, workingDay } from '../../report/days';
import type { RuleSpec } from './fixture';
import { HOLDING, TODAY, card, signed } from './fixture';

function first<T>(all: readonly T[]): T {
  const [one] = all;
  assert.ok(one !== undefined);
  return one;
}

const scale = { workers: 'one', database: 'file' } as const;

describe('the words of a card', () => {
  it('conclude with what is left and how long it takes', () => {
    const { conclusion } = card([...HOLDING, { rule: 'key', severity: 'critical', effort: 'S' }, { rule: 'tidy', severity: 'low', effort: 'M' }]).content;
    assert.deepEqual(conclusion, ['bibliotheca is NOT READY.', 'Before any deployment, 1 blocker has to go, and then it is READY: 0.5–1 h.', 'Everything that is open together: 4.5–9 h.']);
    const weak = card([...HOLDING, { rule: 'key', severity: 'critical', effort: 'S' }, ...['a', 'b', 'c', 'd', 'e'].map((rule): RuleSpec => ({ rule, category: 'auth', points: 8, effort: 'M' }))]).content.conclusion;
    assert.deepEqual(weak.slice(1, 3).map((one) => one.replace(/\d.*/, '')), ['Before any deployment, ', 'Time to READY: ']);
    assert.deepEqual(card(HOLDING).content.conclusion, ['bibliotheca can be deployed.', 'Nothing is open.']);
  });

  it('conclude with what people have to sign, which is no work on the code', () => {
    const signoffs = signed([{ control: 'restore-drill', required: true }]);
    const said = (rules: readonly RuleSpec[]) => card([...HOLDING, ...rules], { signoffs }).content.conclusion;
    assert.deepEqual(said([]), ['bibliotheca is MOSTLY READY.', 'Nothing blocks.', 'READY waits for 1 sign-off alone.']);
    assert.equal(said([{ rule: 'key', severity: 'critical', effort: 'S' }])[2], 'Time to READY: 0.5–1 h for 1 rule, and 1 sign-off by people.');
  });

  it('say why little is trusted: deductions that are not sure, and not what was left out', () => {
    const verdict = (confidence: 'likely' | 'confirmed') => card([...HOLDING, { rule: 'a', confidence }]).content.summary[1] ?? '';
    assert.match(verdict('likely'), / and most of what is deducted is likely rather than confirmed\.$/);
    assert.match(verdict('confirmed'), / checks ran\.$/);
  });

  it('count critical findings among blockers only where they block', () => {
    const said = card([...HOLDING, { rule: 'key', severity: 'critical' }, { rule: 'high', severity: 'high', blocks: true, findings: 2 }, { rule: 'doubt', severity: 'critical', confidence: 'possible', blocks: false }]).content.summary;
    assert.ok(said.includes('3 findings of 2 rules block shipping, 1 of them critical.'), said.join(' '));
  });

  it('say how many sign-offs wait', () => {
    const signoffs = signed([{ control: 'a', required: true }, { control: 'b', required: true, status: 'passed' }, { control: 'c' }]);
    assert.equal(card(HOLDING, { signoffs }).content.summary.at(-1), '1 of 2 required sign-offs waits for somebody to give it.');
    assert.equal(card(HOLDING, { signoffs: signed([{ control: 'a', required: true }, { control: 'b', required: true }]) }).content.summary.at(-1), '2 required sign-offs wait for somebody to give them.');
  });

  it('name one blocker without counting its rule', () => {
    assert.ok(card([...HOLDING, { rule: 'key', severity: 'critical' }]).content.summary.includes('1 finding blocks shipping: key does not hold here.'));
  });

  it('say whom a deployment suits, and nothing of what is not deployed', () => {
    const inventory = card([]).inventory;
    assert.equal(card([], { inventory: { ...inventory, scale } }).content.suitability, 'It runs as one process with a database in one file: made for one machine and a modest number of visitors.');
    assert.match(card([], { inventory: { ...inventory, scale } }, { profile: { exposure: 'internal', data: [], stage: 'production' } }).content.suitability ?? '', /a modest number of people of its own network\.$/);
    assert.match(card([], { inventory: { ...inventory, scale: { workers: 'several', processes: 4, database: 'networked' } } }).content.suitability ?? '', /^It runs as 4 processes .*: it can grow/);
    assert.equal(card([], { project: { name: 'x', root: '', frameworks: [], deployable: false } }).content.suitability, undefined);
  });

  it('ask for the next audit when the first acceptance ends, and after thirty days at the latest', () => {
    const accepted = (until: string): RuleSpec => ({ rule: `until-${until}`, silenced: { until } });
    assert.deepEqual(card([]).content.nextAudit, { on: '2026-12-20', because: 'this one is 30 days old then' });
    assert.deepEqual(card([accepted('2027-02-01'), accepted('2026-12-02'), accepted('2026-11-01')]).content.nextAudit, { on: '2026-12-02', because: 'the risk accepted for “The rule until-2026-12-02 holds” ends' });
  });

  it('hold code from near only where somebody asks, and for the first findings of a rule', () => {
    const fix = { title: 'Mend', safety: 'safe', index: 0 } as const;
    const rules: readonly RuleSpec[] = [{ rule: 'many', findings: [{}, { fixes: [fix] }, { fixes: [fix] }, {}, {}] }, { rule: 'held', state: 'holds' }];
    assert.deepEqual(card(rules).content.closeUps, {});
    const asked: boolean[] = [];
    const { closeUps } = card(rules, {}, { near: (_, fixed) => { asked.push(fixed); return { line: 0, code: ['x'], own: [0, 0] }; } }).content;
    assert.deepEqual([Object.keys(closeUps).length, asked], [3, [false, true, false]]);
  });
});

describe('controls', () => {
  it('are what the rules about them say', () => {
    const { results } = card([
      { rule: 'csrf-missing', state: 'holds', evidence: ['CSRFProtect(…)'] }, { rule: 'csrf-exempt-unjustified' }, { rule: 'rate-limit-missing' }, { rule: 'csp-missing', state: 'not-applicable', reason: 'No pages.' },
      { rule: 'backup-missing', state: 'not-checked', reason: 'Unknown.' }, { rule: 'metrics-missing', state: 'holds', evidence: ['prometheus'] },
    ]);
    assert.deepEqual(controls({ results }).map((each) => [each.name, each.state, each.by.map((one) => one.text), each.open]), [
      ['CSRF protection', 'partly', ['CSRFProtect(…)'], ['csrf-exempt-unjustified']], ['Rate limits', 'missing', [], ['rate-limit-missing']], ['Content security policy', 'not-needed', [], []],
      ['Backups', 'unknown', [], []], ['Metrics', 'wired', ['prometheus'], []],
    ]);
  });
});

describe('controls that the framework brings', () => {
  const states = (rules: readonly RuleSpec[]) => controls({ results: card(rules).results }).map((each) => [each.rule, each.state, each.open]);
  it('are what the rule that watches the framework says', () => {
    const missing: RuleSpec = { rule: 'csrf-missing', state: 'not-applicable', reason: 'Django checks.' };
    assert.deepEqual(states([missing, { rule: 'csrf-disabled', state: 'holds', evidence: ['MIDDLEWARE'] }]), [['csrf-disabled', 'wired', []]]);
    assert.deepEqual(states([missing, { rule: 'csrf-disabled' }]), [['csrf-disabled', 'missing', ['csrf-disabled']]]);
    assert.deepEqual(states([missing, { rule: 'csrf-disabled', state: 'not-applicable', reason: 'No.' }]), [['csrf-missing', 'not-needed', []]]);
  });
  it('are partly there when a weaker rule is open, and never beside the point', () => {
    assert.deepEqual(states([{ rule: 'error-handler-missing', state: 'not-applicable', reason: 'The framework answers.' }, { rule: 'error-detail-leaked' }]), [['error-handler-missing', 'partly', ['error-detail-leaked']]]);
  });
});

describe('commands', () => {
  const of = (how: string, paths: readonly string[]) => commandsOf({ ...first(card([{ rule: 'a', findings: paths.map((path) => ({ path })) }]).results), card: { ...first(card([{ rule: 'a' }]).results).card, how } });
  it('untrack the files they are about, and no path that a shell could take for more', () => {
    assert.deepEqual(of('Untrack it with `git rm --cached`.', ['.env', 'a/b-1.db', 'x; rm -rf ~', '$(id)', 'a b']), ['git rm --cached -- .env', 'git rm --cached -- a/b-1.db']);
    assert.deepEqual(of('Untrack it with `git rm -r --cached`.', ['.gitignore']), []);
  });
  it('are none where one has to be chosen', () => {
    assert.deepEqual(of('Lock with `uv lock`, `poetry lock` or `pip-compile x`, then run `git add x`.', ['a']), ['git add x']);
  });
});

describe('the checklist', () => {
  it('splits by what must hold, ticks what holds, and leaves out what does not apply', () => {
    const { results } = card([
      { rule: 'key', severity: 'critical' }, { rule: 'csrf-missing', severity: 'high', blocks: true, state: 'holds', ladder: { name: 'csrf', rung: 1 } }, { rule: 'exempt', severity: 'medium', ladder: { name: 'csrf', rung: 5 } },
      { rule: 'limits', severity: 'high', blocks: false }, { rule: 'gone', state: 'not-applicable', reason: 'No.' }, { rule: 'unknown', state: 'not-checked', severity: 'low', reason: 'No.' },
    ]);
    assert.deepEqual(checklist({ results, signoffs: [] }).map((each) => [each.horizon, each.id, each.box]), [
      ['must', 'key', 'open'], ['must', 'csrf-missing', 'done'], ['recommended', 'limits', 'open'], ['after', 'exempt', 'partly'], ['after', 'unknown', 'unknown'],
    ]);
  });
});

describe('days', () => {
  it('are counted whatever the month', () => {
    assert.deepEqual([addDays(TODAY, 30), addDays('2028-02-28', 1), addDays('2026-12-31', 1)], ['2026-12-20', '2028-02-29', '2027-01-01']);
    assert.throws(() => addDays('2026-13-01', 1), RangeError);
  });
  it('leave out the end of the week where people work', () => {
    // A Friday, and a Saturday.
    assert.deepEqual([addWorkingDays('2026-11-20', 1), addWorkingDays('2026-11-20', 5), workingDay('2026-11-21'), workingDay('2026-11-20')], ['2026-11-23', '2026-11-27', '2026-11-23', '2026-11-20']);
  });
});
