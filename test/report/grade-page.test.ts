/** docs/grade.md is added up by hand; here by the arithmetic. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { CATEGORIES, WEIGHTS } from '../../rules/kit';
import { LEAST } from '../../report/scoring/verdict';
import { category } from './fixture';
import { cardFor } from './audits/told';
import type { ToldFinding } from './audits/told';

const page = readFileSync('docs/grade.md', 'utf8');
const likely = { confidence: 'likely' } as const;

const SECURITY: readonly ToldFinding[] = [
  { rule: 'tls-verify-disabled', places: 2 }, { rule: 'https-not-enforced', ...likely, blocks: true }, { rule: 'upload-type-unchecked', ...likely, blocks: true }, { rule: 'rate-limit-missing', ...likely },
  { rule: 'path-traversal', confidence: 'possible', blocks: false }, { rule: 'csp-missing', ...likely }, { rule: 'security-headers-missing', ...likely }, { rule: 'hsts-missing', ...likely },
];
const CONFIGURATION: readonly ToldFinding[] = [{ rule: 'debug-enabled' }, { rule: 'secret-key-default' }, { rule: 'weak-secret-value', severity: 'critical' }];

/** The lines of the ledger under this title: rule and cost. */
function printed(title: string): readonly (readonly [string, number])[] {
  const block = page.slice(page.indexOf(`    ${title}\n`)).split('\n\n')[0] ?? '';
  return [...block.matchAll(/^ {6}([a-z-]+) .*−(\d+\.\d)$/gm)].map(([, rule = '', cost]) => [rule, Number(cost)]);
}

describe('the page on the grade', () => {
  it('prints the ledgers that the card does', () => {
    const card = cardFor({ open: [...SECURITY, ...CONFIGURATION], holds: [] });
    for (const [title, id] of [['Security', 'security'], ['Configuration & secrets', 'configuration']] as const) {
      assert.deepEqual(printed(title), category(card, id).ledger.map((line) => [line.rule, line.cost]), title);
    }
    assert.deepEqual([category(card, 'security').score, category(card, 'security').grade], [43, 'D-']);
    assert.deepEqual([category(card, 'configuration').score, category(card, 'configuration').grade], [16, 'F']);
    assert.ok(page.includes('100 − 57.0 = 43.0, D−') && page.includes('1600 ÷ (120.0 − 20) = 16.0, F'));
  });

  it('adds the whole up', () => {
    const sum = (20 * 43 + 12 * 16 + 10 * 85 + 10 * 96) / 52;
    assert.equal(Math.floor(sum * 10) / 10, 55);
    assert.ok(page.includes('(20 × 43.0 + 12 × 16.0 + 10 × 85.0 + 10 × 96.0) ÷ 52 = 55.0, D+'));
  });

  it('names every weight and threshold', () => {
    for (const id of CATEGORIES) assert.match(page, new RegExp(`\\| ${id} \\| ${WEIGHTS[id]}(, decides)? `), id);
    const { ready, mostly } = LEAST;
    for (const least of [ready.overall, ready.gating, ready.other, mostly.overall]) assert.match(page, new RegExp(`below ${least / 10}\\b`));
  });
});
