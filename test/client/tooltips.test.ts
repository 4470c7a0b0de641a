import assert from 'node:assert/strict';
import { cardTooltip, categoryTooltip, findingTooltip, ruleTooltip, silencedTooltip } from '../../client/tooltips';
import type { LedgerLine } from '../../report/card';
import { card, category, finding, FIX, result, silenced } from './cards';

const line = (changes: Partial<LedgerLine> = {}): LedgerLine => ({
  rule: 'csrf-missing', severity: 'high', blocks: true, occurrences: 1, accepted: 0, points: 15, confidence: 'confirmed', factor: 1, parts: [], cost: 15, ...changes,
});

describe('the tooltips of the tree', () => {
  it('print the lines that add up to a category\'s score', () => {
    const ledger = [line(), line({ rule: 'https-not-enforced', blocks: false, confidence: 'likely', factor: 0.6, cost: 9, occurrences: 2, accepted: 1 })];
    const text = categoryTooltip(category({ ledger, raw: 24, score: 76 }));
    assert.match(text, /−15\.0 `csrf-missing` \(high, blocks\)/);
    assert.match(text, /−9\.0 `https-not-enforced` \(high, 2 places, 1 accepted, likely, counts × 0\.6\)/);
    assert.match(text, /100 − 24\.0 = 76\.0/);
  });

  it('show how a score is compressed beyond 60 points', () => {
    assert.match(categoryTooltip(category({ ledger: [line({ cost: 120 })], raw: 120, compressed: true, score: 16 })), /1600 ÷ \(120\.0 − 20\) = 16\.0/);
  });

  it('say which cap was reached and which was not', () => {
    const caps = [
      { atMost: 69.9, because: 'a high finding blocks', rules: [], reached: true },
      { atMost: 89.9, because: 'a high finding is open', rules: [], reached: false },
    ];
    const text = categoryTooltip(category({ caps }));
    assert.match(text, /At most 69\.9 because a high finding blocks$/m);
    assert.match(text, /At most 89\.9 because a high finding is open \(not reached\)$/m);
  });

  it('give the verdict\'s reasons and the way to READY', () => {
    const text = cardTooltip(card({ verdict: { value: 'NOT READY', reasons: [{ code: 'blocking-findings', text: 'One finding blocks.', rules: [], risk: 'Strangers get in.' }], conditions: [], toReady: ['csrf-missing'] } }));
    assert.match(text, /One finding blocks\./);
    assert.match(text, /To become READY: `csrf-missing`/);
  });

  it('say what an open rule costs and what would come of mending it', () => {
    const text = ruleTooltip(result({ findings: [finding()], whatIf: { score: 91.2, category: 100, verdict: 'READY' } }));
    assert.match(text, /Costs 40\.0 points/);
    assert.match(text, /the score would be 91\.2: READY/);
    assert.doesNotMatch(ruleTooltip(result()), /Costs/);
  });

  it('make nothing of Markdown in other people\'s text', () => {
    const text = findingTooltip(finding({ message: '[click](command:evil) <b>x</b>', path: 'a`b`.py', snippet: '```\n[x](command:evil)', fixes: [FIX] }));
    assert.doesNotMatch(text, /(?<!\\)\[click/);
    assert.match(text, /^````\n```\n/m);
  });

  it('say who silenced a place, how long, and why', () => {
    const text = silencedTooltip(silenced({ lane: 'accepted-risk', by: 'Ada', until: '2027-01-31' }));
    assert.match(text, /Accepted risk by Ada until 2027-01-31: only used in the demo/);
  });
});
