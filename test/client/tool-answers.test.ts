import assert from 'node:assert/strict';
import { findingsAnswer, readQuery, reportAnswer } from '../../client/tool-answers';
import { card, finding, FIX, placed, result } from './cards';

interface Findings { readonly total: number; readonly shown: number; readonly note?: string; readonly findings: readonly Readonly<Record<string, unknown>>[] }

const CARD = placed({
  results: [
    result({ rule: 'minor', severity: 'low', findings: [finding({ rule: 'minor', severity: 'low', path: 'shop/views.py', fingerprint: 'aaaaaaaaaaaaaaaa' })] }),
    result({ rule: 'grave', findings: [finding({ rule: 'grave', severity: 'critical', path: 'shop/settings.py', snippet: 'SECRET = "hunter2"', fixes: [FIX] }), finding({ rule: 'grave', severity: 'critical', path: 'shopping.py' })] }),
  ],
});
const ask = (input: unknown, cards = [CARD]): Findings => findingsAnswer(cards, readQuery(input)) as Findings;

describe('what language models are told', () => {
  it('are findings, worst first, with their place and fixes and without code', () => {
    const { total, shown, findings } = ask({});
    assert.deepEqual([total, shown, findings.map(({ rule }) => rule)], [3, 3, ['grave', 'grave', 'minor']]);
    const [first] = findings;
    assert.deepEqual([first?.['path'], first?.['line'], first?.['fixes']], ['shop/settings.py', finding().range.start.line + 1, [{ title: FIX.title, safety: FIX.safety }]]);
    assert.ok(!JSON.stringify(findings).includes('hunter2'));
    assert.ok(!('new' in (first ?? {})), 'without a baseline nobody can tell');
    assert.deepEqual(ask({}, [{ ...CARD, fresh: new Set(['aaaaaaaaaaaaaaaa']) }]).findings.map((one) => one['new']), [false, false, true]);
  });

  it('are those that are asked for', () => {
    assert.deepEqual(ask({ path: './shop/' }).findings.map(({ path }) => path), ['shop/settings.py', 'shop/views.py']);
    assert.equal(ask({ path: '.' }).total, 3);
    assert.equal(ask({ rule: 'minor' }).total, 1);
    assert.equal(ask({ severity: 'high' }).total, 2);
    assert.equal(ask({ category: 'frontend' }).total, 0);
    assert.match(ask({ application: 'nobody' }).note ?? '', /no application "nobody"\. There are: /);
    assert.equal(ask({ application: CARD.card.project.name }).total, 3);
  });

  it('are all of them where the question is not understood', () => {
    for (const odd of [undefined, null, 7, 'x', [], { path: 7, severity: 'awful', rule: ' ' }]) assert.equal(ask(odd).total, 3);
  });

  it('are never more than fifty, and how many there are', () => {
    const many = placed({ results: [result({ findings: Array.from({ length: 60 }, (_, line) => finding({ line })) })] });
    const { total, shown, findings } = ask({}, [many]);
    assert.deepEqual([total, shown, findings.length], [60, 50, 50]);
  });

  it('is the report of each application, worst first', () => {
    const { applications } = reportAnswer([CARD, placed()]) as { applications: readonly Readonly<Record<string, unknown>>[] };
    assert.equal(applications.length, 2);
    assert.deepEqual([applications[0]?.['verdict'], applications[0]?.['folder']], [CARD.card.verdict.value, '.']);
    assert.ok(JSON.stringify(applications).length < JSON.stringify(card()).length * 3);
  });
});
