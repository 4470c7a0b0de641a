import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CATEGORIES, SEVERITIES } from '../../rules/kit';
import { html } from '../../report/html';
import { json } from '../../report/json';
import { markdown } from '../../report/markdown';
import type { ReportCard } from '../../report/card';
import { demo, mended } from './demo';
import { HOLDING, card, signed } from './fixture';
import type { RuleSpec } from './fixture';

/** What stands under a heading of the second level. */
function section(text: string, title: string): string {
  const from = text.indexOf(`\n## ${title}\n`);
  assert.ok(from >= 0, title);
  const to = text.indexOf('\n## ', from + 4);
  return text.slice(from, to < 0 ? undefined : to);
}

/** Rows of all tables in it that have so many cells, heads left out. */
function rows(text: string, width: number): readonly (readonly string[])[] {
  const cells = text.split('\n').filter((line) => line.startsWith('| ')).map((line) => line.slice(2, -2).replaceAll('\\|', '').split(' | ').map((cell) => cell.trim()));
  return cells.filter((row, index) => row.length === width && !/^-+$/.test(row[0] ?? '') && !/^-+$/.test(cells[index + 1]?.[0] ?? ''));
}

const tenths = (text: string) => Math.round(Number(text.replace('−', '-').replace(/[^\d.-]/g, '')) * 10);
const sum = (all: readonly number[]) => all.reduce((total, one) => total + one, 0);
/** `74.5–149 h`, and `4 h` for both ends. */
function span(text: string): readonly [number, number] {
  const [, from = '', to = from] = /^(\d+(?:\.\d+)?)(?:–(\d+(?:\.\d+)?))? h/.exec(text) ?? [];
  assert.notEqual(from, '', text);
  return [Number(from), Number(to)];
}
const bold = (text: string) => text.replaceAll('*', '');

/** The card as it went into the JSON report: what another program adds up. */
function read(of: ReportCard): ReportCard {
  return JSON.parse(json(of)) as ReportCard;
}

function addsUp(of: ReportCard): void {
  const text = markdown(of);
  const data = read(of);
  ledgers(text, data);
  whole(text, data);
  cardTable(text, data);
  plan(text, data);
  findings(text, data);
}

/** Each ledger comes to what its category says, and to its score. */
function ledgers(text: string, { categories }: ReportCard): void {
  const parts = section(text, 'How the score adds up').split('\n### ').slice(1);
  for (const category of categories.filter((one) => one.status === 'scored')) {
    const part = parts.find((one) => one.startsWith(`${category.title}: `)) ?? '';
    const costs = rows(part, 5).map((row) => -tenths(row[4] ?? ''));
    assert.equal(sum(costs), Math.round(category.raw * 10), part);
    assert.deepEqual(costs, category.ledger.map((line) => Math.round(line.cost * 10)));
    const left = category.raw <= 60 ? 1000 - sum(costs) : Math.floor((1600 * 100) / (sum(costs) - 200));
    const cap = Math.min(...category.caps.map((one) => Math.round(one.atMost * 10)), 1000);
    assert.ok(Math.abs(Math.min(left, cap) - Math.round((category.score ?? 0) * 10)) <= 1, part);
  }
}

/** The table of weights comes to the overall score. */
function whole(text: string, { categories, score }: ReportCard): void {
  if (score.uncapped === null) return;
  const part = section(text, 'How the score adds up').split('\n### Overall').at(-1) ?? '';
  const all = rows(part, 5);
  const last = all.at(-1) ?? [];
  const each = all.slice(0, -1);
  assert.deepEqual(each.map((row) => row[0]), categories.filter((one) => one.status === 'scored' && one.weight > 0).map((one) => one.title));
  for (const row of each) assert.equal(tenths(row[1] ?? '') * Number(row[2]), tenths(row[4] ?? ''), row.join(' | '));
  assert.equal(sum(each.map((row) => Number(row[2]))), Number(bold(last[2] ?? '')));
  assert.equal(sum(each.map((row) => tenths(row[4] ?? ''))), tenths(bold(last[4] ?? '')));
  assert.equal(Math.floor(tenths(bold(last[4] ?? '')) / Number(bold(last[2] ?? ''))), Math.round(score.uncapped * 10));
  const caps = score.caps.filter((one) => one.reached).map((one) => one.atMost);
  assert.equal(score.value, Math.min(score.uncapped, ...caps));
}

/** The last row of the report card is the sum of the rows above. */
function cardTable(text: string, { categories, counts, score }: ReportCard): void {
  const all = rows(section(text, 'Report card'), 7);
  assert.equal(all.length, categories.length + 1);
  const last = all.at(-1) ?? [];
  const parts = (cell: string) => /^(\d+) of (\d+)$/.exec(cell)?.slice(1).map(Number) ?? [0, 0];
  for (const index of [0, 1]) assert.equal(sum(all.slice(0, -1).map((row) => parts(row[4] ?? '')[index] ?? 0)), parts(last[4] ?? '')[index]);
  for (const severity of SEVERITIES) {
    const amount = (cell: string) => Number(new RegExp(`(\\d+) ${severity}`).exec(cell)?.[1] ?? 0);
    assert.equal(sum(all.slice(0, -1).map((row) => amount(row[5] ?? ''))), amount(last[5] ?? ''));
    assert.equal(amount(last[5] ?? ''), counts.findings[severity]);
  }
  assert.equal(bold(last[2] ?? ''), score.value?.toFixed(1) ?? '–');
}

/** Steps come to their phase, phases to the whole, and the same hours are said everywhere. */
function plan(text: string, data: ReportCard): void {
  if (data.counts.open === 0) return;
  const part = section(text, 'Plan');
  const phases = part.split('\n### ').slice(1);
  const totals = phases.map((phase) => {
    const steps = rows(phase, 7).map((row) => span(row[4] ?? ''));
    if (steps.length === 0) return [0, 0] as const;
    const total = span(/Together ([^.]*(?:\.5[^.]*)*)/.exec(phase)?.[1] ?? '');
    assert.deepEqual([sum(steps.map(([from]) => from)), sum(steps.map(([, to]) => to))], total, phase);
    return total;
  });
  const all = span(/All phases together: (.*)/.exec(part)?.[1] ?? '');
  assert.deepEqual([sum(totals.map(([from]) => from)), sum(totals.map(([, to]) => to))], all);
  assert.deepEqual(data.plan.map((phase) => phase.hours), totals);
  assert.deepEqual(span(/What is open is estimated at (.*)/.exec(text)?.[1] ?? ''), all);
  assert.deepEqual(rows(part, 7).map((row) => Number(row[3])), data.plan.flatMap((phase) => phase.items).map((item) => item.findings));
  assert.equal(sum(data.plan.flatMap((phase) => phase.items).map((item) => item.findings)), sum(Object.values(data.counts.findings)));
}

/** Each open rule stands once under its severity, with the short name that the plan and the checklist use. */
function findings(text: string, data: ReportCard): void {
  const part = section(text, 'Findings');
  const anchors = [...part.matchAll(/<a id="([chmli]\d+)">/g)].map((match) => match[1]);
  assert.equal(anchors.length, data.counts.open);
  assert.equal(new Set(anchors).size, anchors.length);
  for (const [, target] of text.matchAll(/\]\(#([chmli]\d+)\)/g)) assert.ok(anchors.includes(target ?? ''), target);
  const strengths = /(\d+) of (\d+) checked rules?/.exec(section(text, 'Strengths'));
  if (strengths) assert.equal(Number(strengths[2]), data.counts.holds + data.counts.open + data.counts.accepted + data.counts.attested);
}

const rule = (id: number): fc.Arbitrary<RuleSpec> => fc.record({
  rule: fc.constant(`rule-${id}`), category: fc.constantFrom(...CATEGORIES), severity: fc.constantFrom(...SEVERITIES), confidence: fc.constantFrom('confirmed', 'likely', 'possible'), effort: fc.constantFrom('S', 'M', 'L'),
  state: fc.constantFrom('open', 'open', 'open', 'holds', 'not-applicable', 'not-checked'), reason: fc.constant('So it is.'), evidence: fc.constant(['there']),
}, { requiredKeys: ['rule', 'category', 'severity', 'confidence', 'effort', 'state', 'reason', 'evidence'] }).chain((spec) => fc.integer({ min: 1, max: 7 }).map((amount) => spec.state === 'open' ? { ...spec, findings: amount } : spec));

describe('the amounts of a report', () => {
  it('are the sums of what stands above them', () => {
    addsUp(demo());
    addsUp(mended());
    addsUp(card(HOLDING, { signoffs: signed([{ control: 'restore-drill', required: true }]) }));
  });

  it('are so whatever is open', () => {
    const rules = fc.integer({ min: 0, max: 14 }).chain((amount) => fc.tuple(...Array.from({ length: amount }, (_, index) => rule(index))));
    fc.assert(fc.property(rules, (specs) => { addsUp(card([...HOLDING, ...specs])); }), { numRuns: 60 });
  });

  it('are the same on the page', () => {
    const of = demo();
    const page = html(of, { mode: 'page', nonce: 'bm9uY2U=' });
    const text = markdown(of);
    const total = /\*\*([\d.]+)\*\* \|\n/.exec(text.slice(text.indexOf('**Total**')))?.[1] ?? 'none';
    assert.ok(page.includes(`<th scope="row">Total</th><td></td><td>100</td><td>100 %</td><td>${total}</td>`));
    assert.equal(/All phases together: [^.]*(?:\.5[^.]*)*\./.exec(page)?.[0], /All phases together: [^.]*(?:\.5[^.]*)*\./.exec(text)?.[0]);
  });
});
