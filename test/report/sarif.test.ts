import assert from 'node:assert/strict';
import { sarif, type SarifProfile } from '../../report/sarif';
import type { ReportCard } from '../../report/card';
import { compared } from '../../report/comparison/compare';
import { demo, mended } from './demo';
import { at, card, HOLDING } from './fixture';
import { hostile } from './hostile';
import { sarifFaults } from './sarif-schema';

interface Result {
  readonly ruleId: string; readonly ruleIndex: number; readonly kind: string; readonly level: string; readonly message: { readonly text: string }; readonly rank?: number; readonly baselineState?: string;
  readonly locations?: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region?: Readonly<Record<string, number>> } }[];
  readonly partialFingerprints?: Readonly<Record<string, string>>;
  readonly suppressions?: readonly { readonly kind: string; readonly status: string; readonly justification: string }[];
}
interface Rule { readonly id: string; readonly defaultConfiguration: { readonly level: string }; readonly properties: Readonly<Record<string, unknown>> & { readonly tags: readonly string[] }; readonly help: { readonly markdown: string } }
interface Run {
  readonly tool: { readonly driver: { readonly rules: readonly Rule[] } }; readonly automationDetails: { readonly id: string }; readonly columnKind: string; readonly results: readonly Result[];
  readonly invocations: readonly { readonly toolExecutionNotifications?: readonly { readonly level: string; readonly descriptor: { readonly id: string } }[]; readonly toolConfigurationNotifications?: readonly object[] }[];
  readonly properties: { readonly shipworthy: { readonly verdict: { readonly value: string }; readonly resultsLeftOut: number } };
}

function run(of: ReportCard, profile: SarifProfile = 'github'): Run {
  return JSON.parse(sarif([of], profile)).runs[0];
}
const rule = (of: Run, id: string) => of.tool.driver.rules.find((one) => one.id === id);

describe('the SARIF report', () => {
  const cards = { 'something of everything': demo(), 'a mended project': mended(), 'nothing at all': card([]), 'hostile text': hostile() };
  for (const profile of ['github', 'full'] as const) {
    for (const [name, one] of Object.entries(cards)) {
      it(`is what the official schema asks for: ${profile}, ${name}`, () => assert.deepEqual(sarifFaults(sarif([one], profile)), []));
    }
    it(`has unique results, as the schema means it: ${profile}`, () => {
      const seen = run(demo(), profile).results.map((one) => JSON.stringify(one));
      assert.equal(new Set(seen).size, seen.length);
    });
  }

  it('would notice a fault', () => assert.notDeepEqual(sarifFaults('{"version":"2.1.0","runs":[{"tool":{}}]}'), []));

  it('lists every rule that was asked, and results point at theirs', () => {
    for (const profile of ['github', 'full'] as const) {
      const made = run(demo(), profile);
      assert.deepEqual(made.tool.driver.rules.map((one) => one.id), demo().results.map((one) => one.rule));
      for (const result of made.results) assert.equal(made.tool.driver.rules[result.ruleIndex]?.id, result.ruleId);
    }
  });

  it('has an empty list of results for a clean run, so that alerts are closed', () => {
    const clean = run(card(HOLDING));
    assert.deepEqual(clean.results, []);
    assert.equal(clean.tool.driver.rules.length, HOLDING.length);
  });

  it('grades a rule for code scanning', () => {
    const graded = run(card([
      { rule: 'a', severity: 'critical' }, { rule: 'b', severity: 'high', category: 'auth' }, { rule: 'c', severity: 'medium', category: 'configuration', confidence: 'likely' }, { rule: 'd', severity: 'low' },
      { rule: 'e', severity: 'info' }, { rule: 'f', severity: 'high', category: 'testing', confidence: 'possible' }, { rule: 'g', severity: 'low', category: 'code' },
    ]));
    const of = (id: string) => {
      const { defaultConfiguration, properties } = rule(graded, id) ?? assert.fail(id);
      return [defaultConfiguration.level, properties['security-severity'], properties['problem.severity'], properties.precision, properties.tags.includes('security')];
    };
    assert.deepEqual(of('a'), ['error', '9.5', undefined, 'very-high', true]);
    assert.deepEqual(of('b'), ['error', '8.0', undefined, 'very-high', true]);
    assert.deepEqual(of('c'), ['warning', '5.5', undefined, 'medium', true]);
    assert.deepEqual(of('d'), ['note', '2.0', undefined, 'very-high', true]);
    assert.deepEqual(of('e'), ['note', undefined, 'recommendation', 'very-high', true]);
    assert.deepEqual(of('f'), ['error', undefined, 'error', 'low', false]);
    assert.deepEqual(of('g'), ['note', undefined, 'recommendation', 'very-high', false]);
  });

  it('says why and how in the help of a rule', () => {
    assert.match(rule(run(demo()), 'sql-injection')?.help.markdown ?? '', /^## Why\n\nA visitor who [^]*## How\n\nPass values as the second argument of `execute`[^]*## Silence one place/);
  });

  it('has at most ten tags, the weaknesses as code scanning writes them', () => {
    const one = card([{ rule: 'a' }]);
    const many = { ...one, results: one.results.map((result) => ({ ...result, card: { ...result.card, anchors: ['bandit B1', ...Array.from({ length: 20 }, (_, index) => `CWE-${index + 79}`)] } })) };
    const tags = rule(run(many), 'a')?.properties.tags ?? [];
    assert.equal(tags.length, 10);
    assert.deepEqual(tags.slice(0, 3), ['security', 'external/cwe/cwe-079', 'external/cwe/cwe-080']);
  });

  it('takes the level of a finding from the finding', () => {
    const levels = run(demo()).results.filter((one) => one.ruleId === 'sql-injection').map((one) => one.level);
    assert.deepEqual(levels, ['error', 'error']);
    assert.equal(run(card([{ rule: 'a', severity: 'high', findings: [{ severity: 'low' }] }])).results[0]?.level, 'note');
  });

  it('counts lines and columns from 1, in UTF-16 units, and gives the line alone to what has no extent', () => {
    const made = run(demo());
    assert.equal(made.columnKind, 'utf16CodeUnits');
    const region = made.results.find((one) => one.ruleId === 'secret-key-default')?.locations?.[0]?.physicalLocation.region;
    assert.deepEqual(region, { startLine: 12, startColumn: 5, endLine: 12, endColumn: 13 });
    const one = card([{ rule: 'a' }]);
    const nowhere = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    const absent = { ...one, results: one.results.map((result) => ({ ...result, findings: result.findings.map((finding) => ({ ...finding, range: nowhere })) })) };
    assert.deepEqual(run(absent).results[0]?.locations?.[0]?.physicalLocation.region, { startLine: 1 });
  });

  it('writes a path as an address that is read back', () => {
    const [result] = run(card([{ rule: 'a', path: 'src/a b/ü#1?%.py' }])).results;
    const uri = result?.locations?.[0]?.physicalLocation.artifactLocation.uri ?? '';
    assert.doesNotMatch(uri, /[ #?]/);
    assert.equal(decodeURIComponent(uri), 'src/a b/ü#1?%.py');
  });

  it('makes no link of a message', () => {
    const [result] = run(card([{ rule: 'a', message: 'see [this](http://evil.example)' }])).results;
    assert.equal(result?.message.text, 'see \\[this\\](http://evil.example)');
    assert.equal(run(card([{ rule: 'a', message: 'request.args["q"]' }])).results[0]?.message.text, 'request.args["q"]');
  });

  it('names the application in its category', () => {
    assert.equal(run(demo()).automationDetails.id, 'shipworthy/');
    assert.equal(run(card([], { project: { name: 'x', root: 'services/x', frameworks: [], deployable: true } })).automationDetails.id, 'shipworthy/services/x/');
    assert.equal(JSON.parse(sarif([demo(), mended()], 'github')).runs.length, 2);
  });
});

describe('the SARIF profile for GitHub', () => {
  it('has open findings only, one location each, worst first', () => {
    const { results } = run(demo());
    const open = demo().results.flatMap((one) => one.findings);
    assert.equal(results.length, open.length);
    for (const result of results) {
      assert.equal(result.kind, 'fail');
      assert.equal(result.suppressions, undefined);
      assert.equal(result.locations?.length, 1);
    }
    const levels = results.map((one) => ['error', 'warning', 'note'].indexOf(one.level));
    assert.deepEqual(levels, levels.toSorted());
    assert.deepEqual(Object.keys(results[0]?.partialFingerprints ?? {}), ['shipworthy/v1']);
  });

  it('keeps the 5000 worst and says how many it left out', () => {
    const made = run(card([{ rule: 'low', severity: 'low', findings: 5000 }, { rule: 'high', severity: 'high', findings: 3 }]));
    assert.equal(made.results.length, 5000);
    assert.deepEqual(made.results.slice(0, 4).map((one) => one.ruleId), ['high', 'high', 'high', 'low']);
    assert.equal(made.properties.shipworthy.resultsLeftOut, 3);
  });

  it('carries the verdict', () => assert.equal(run(demo()).properties.shipworthy.verdict.value, 'NOT READY'));
});

describe('the full SARIF profile', () => {
  const made = run(demo(), 'full');
  const of = (id: string) => made.results.filter((one) => one.ruleId === id);

  it('has a result for what holds, does not apply and could not be checked', () => {
    assert.deepEqual([of('path-traversal')[0]?.kind, of('path-traversal')[0]?.level], ['pass', 'none']);
    assert.match(of('path-traversal')[0]?.message.text ?? '', /^Paths from visitors stay inside their folder\. resolved with realpath/);
    assert.equal(of('path-traversal')[0]?.locations?.length, 3);
    assert.deepEqual([of('xml-external-entities')[0]?.kind, of('xml-external-entities')[0]?.message.text], ['notApplicable', 'No XML is parsed here.']);
    assert.equal(of('https-not-enforced')[0]?.kind, 'review');
  });

  it('has what was silenced, with the reason', () => {
    const [accepted] = of('session-cookie-insecure');
    assert.equal(accepted?.kind, 'fail');
    assert.deepEqual(accepted?.suppressions?.map(({ kind, status, justification }) => [kind, status, justification]), [['inSource', 'accepted', 'The pilot runs on the internal network.']]);
    const elsewhere = run(card([{ rule: 'a', silenced: { where: at('shipworthy.json', 3) } }]), 'full').results[0];
    assert.equal(elsewhere?.suppressions?.[0]?.kind, 'external');
  });

  it('tells what is new, worse, unchanged and gone where there is something to compare with', () => {
    const one = card([{ rule: 'new' }, { rule: 'worse', severity: 'high' }, { rule: 'same' }]);
    const print = (id: string) => one.results.find((result) => result.rule === id)?.findings[0]?.fingerprint ?? '';
    const known = [
      { fingerprint: print('worse'), rule: 'worse', severity: 'low', path: 'app.py', shape: '' }, { fingerprint: print('same'), rule: 'same', severity: 'medium', path: 'app.py', shape: '' },
      { fingerprint: 'f'.repeat(16), rule: 'left', severity: 'high', path: 'old.py', shape: '' },
    ] as const;
    const [against = assert.fail()] = compared([one], { base: { kind: 'baseline', file: 'b.json', entries: 3 }, known, gone: () => false });
    assert.deepEqual(sarifFaults(sarif([against], 'full')), []);
    assert.deepEqual(Object.fromEntries(run(against, 'full').results.map((result) => [result.ruleId, result.baselineState])), { worse: 'updated', new: 'new', same: 'unchanged', left: 'absent' });
    assert.ok(run(against).results.every((result) => result.baselineState === undefined), 'code scanning compares by itself');
  });

  it('ranks by cost', () => {
    const cost = demo().results.find((one) => one.rule === 'sql-injection')?.cost;
    assert.deepEqual(of('sql-injection').map((one) => one.rank), [cost, cost]);
  });

  it('tells of files that could not be read', () => {
    const [invocation] = made.invocations;
    assert.deepEqual(invocation?.toolExecutionNotifications?.map((one) => [one.descriptor.id, one.level]), [['not-parsed', 'error'], ['too-large', 'note']]);
    assert.equal(run(hostile(), 'full').invocations[0]?.toolConfigurationNotifications?.length, 1);
  });

  it('has fixes where somebody makes them, in the full profile, and no more than there is room for', () => {
    const text = 'x'.repeat(9_000);
    const range = (line: number, from: number, to: number) => ({ start: { line, character: from }, end: { line, character: to } });
    const fixes = () => [{ title: 'Mend [it](that)', files: [{ path: 'app/a b.py', edits: [{ range: range(0, 0, 0), text }, { range: range(2, 1, 4), text: '' }] }] }];
    const many = card([...Array.from({ length: 200 }, (_, index) => ({ rule: `rule-${index}`, category: 'code' as const })), ...HOLDING]);
    const log = sarif([many], 'full', fixes);
    assert.deepEqual(sarifFaults(log), []);
    const made: readonly (Result & { readonly fixes?: readonly object[] })[] = JSON.parse(log).runs[0].results;
    assert.equal(made.filter((one) => one.fixes).length, Math.floor(1_000_000 / (9_000 + 2 * 200)));
    assert.deepEqual(made[0]?.fixes, [{
      description: { text: 'Mend [it](that)' },
      artifactChanges: [{
        artifactLocation: { uri: 'app/a%20b.py', uriBaseId: '%SRCROOT%' },
        replacements: [
          { deletedRegion: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 }, insertedContent: { text } },
          { deletedRegion: { startLine: 3, startColumn: 2, endLine: 3, endColumn: 5 } },
        ],
      }],
    }]);
    assert.equal(sarif([many], 'github', fixes), sarif([many], 'github'));
  });
});
