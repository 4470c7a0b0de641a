/** Five audits that people wrote, done again by our arithmetic: the same verdict, and about the same number where they gave one. */
import assert from 'node:assert/strict';
import type { ReportCard } from '../../report/card';
import { total } from '../../report/plan';
import { rules } from '../../rules';
import { category } from './fixture';
import { S0 } from './audits/s0';
import { S1 } from './audits/s1';
import { S2 } from './audits/s2';
import { S3 } from './audits/s3';
import { S4 } from './audits/s4';
import { PENDING } from './audits/pending';
import { cardFor, unsignedCardFor } from './audits/told';
import type { ToldAudit } from './audits/told';

const codes = ({ verdict }: ReportCard) => verdict.reasons.map((reason) => reason.code);

/** Grades of single rules may be argued about and move a number a little. */
function about({ score }: ReportCard, expected: number, most = 1): void {
  assert.ok(Math.abs((score.value ?? 0) - expected) <= most, `${score.value} is not about ${expected}`);
}

/** The audit after these rules were made to hold. */
function mended({ open, holds }: ToldAudit, ...rules: readonly string[]): ToldAudit {
  return { open: open.filter(({ rule }) => !rules.includes(rule)), holds: [...holds, ...rules] };
}

describe('an audit by hand', () => {
  it('S0: ready with caveats, a B+ to its author, is READY with the caveats as conditions', () => {
    const card = cardFor(S0);
    // Its author gave no number. Ours is an A- by 1.3 points: grades of its three high findings are 12 to 15 in the catalogue, and a
    // front end that its author graded down for what no file shows (a waiting list, a notice one may miss) has nothing open.
    assert.deepEqual([card.verdict.value, card.score.grade], ['READY', 'A-']);
    about(card, 91.2);
    assert.deepEqual(card.verdict.conditions, ['backup-local-only', 'deploy-not-atomic', 'exception-swallowed', 'schema-altered-at-startup']);
    assert.equal(card.counts.blockers, 0);
    // What its author calls the weakest area is so here.
    assert.ok((category(card, 'deployment').score ?? 100) < (category(card, 'security').score ?? 0));
  });

  it('S1: not ready, with what must be fixed first, is NOT READY for the same reasons', () => {
    const card = cardFor(S1);
    assert.deepEqual([card.verdict.value, card.score.value, card.score.grade], ['NOT READY', 59.9, 'D+']);
    assert.deepEqual(codes(card), ['blocking-findings', 'category-failing', 'category-failing']);
    assert.deepEqual(card.plan[0]?.items.map((item) => item.rule).sort(), [
      'authentication-missing', 'csrf-missing', 'database-not-initialized', 'debug-enabled', 'https-not-enforced', 'secret-key-default', 'upload-type-unchecked', 'weak-secret-value',
    ]);
    // Its author estimates 40 to 60 hours for everything. Ours begins where that ends: an authentication from nothing alone is two
    // days here, and handlers that swallow are counted by their places.
    const [from] = total(card.plan);
    assert.ok(from >= 60 && from <= 70, `from ${from} hours`);
  });

  it('S1: only the last blocker lifts the verdict, and each step of the plan the score', () => {
    const { plan, score } = cardFor(S1);
    const steps = plan.flatMap((phase) => phase.items);
    assert.deepEqual(steps.filter((step) => step.unlocks).map((step) => step.unlocks), ['MOSTLY READY', 'READY']);
    const scores = [score.value ?? 0, ...steps.map((step) => step.score ?? 0)];
    assert.deepEqual(scores, scores.toSorted((a, b) => a - b));
    assert.equal(scores.at(-1), 100);
  });

  it('S2: gaps without a verdict, two of which nobody could ship, is NOT READY because of those two', () => {
    const card = cardFor(S2);
    assert.equal(card.verdict.value, 'NOT READY');
    assert.deepEqual(card.verdict.reasons[0]?.rules, ['csrf-missing', 'production-url-placeholder']);
    assert.equal(cardFor(mended(S2, 'csrf-missing', 'production-url-placeholder')).verdict.value, 'READY');
  });

  it('S3: two critical faults make it NOT READY, whatever the rest', () => {
    const card = cardFor(S3);
    assert.deepEqual([card.verdict.value, card.score.value], ['NOT READY', 59.9]);
    assert.deepEqual(card.verdict.reasons[0]?.rules, ['database-url-default-credentials', 'secret-key-default']);
    assert.equal(category(card, 'configuration').grade, 'F');
  });

  it('S3: mended, it is far better than its author\'s 85, who let monitoring alone count for an eighth', () => {
    const card = cardFor(mended(S3, 'secret-key-default', 'database-url-default-credentials'));
    // All that its author leaves open is told, and it stays 9.3 above 85, for two reasons. The author grades monitoring 40 while calling each
    // thing it lacks low or medium; deducted one by one they make 88, and no sum of low findings makes 40. And its seven other areas lie at 85 to
    // 100 although backups are missing, which costs deployment 15 here and 10 there. What nobody has tested (load, failover, security, restore)
    // is asked of people and takes no points: below, it decides the verdict.
    about(card, 94.3, 0.5);
    assert.equal(category(card, 'observability').score, 88);
    assert.ok((category(card, 'observability').score ?? 100) < (category(card, 'security').score ?? 0));
    assert.equal(card.counts.blockers, 0);
  });

  it('S3: mended, with nothing signed, it is MOSTLY READY for that alone, and as good', () => {
    const card = unsignedCardFor(mended(S3, 'secret-key-default', 'database-url-default-credentials'));
    assert.deepEqual([card.verdict.value, codes(card)], ['MOSTLY READY', ['signoffs-open']]);
    assert.deepEqual(card.verdict.toReady, ['alert-reaches-human', 'production-secrets-unique', 'restore-drill', 'rollback-rehearsed', 'tls-at-edge']);
    about(card, 94.3, 0.5);
  });

  it('S4: ready with notes at 91.65 is READY within 8 points, with the notes as conditions', () => {
    const card = cardFor(S4);
    assert.equal(card.verdict.value, 'READY');
    about(card, 91.65, 8);
    assert.deepEqual(card.verdict.conditions, ['backup-missing', 'tests-missing']);
    // The weakest area of its author as well.
    const lowest = card.categories.filter((one) => one.score !== null).toSorted((a, b) => (a.score ?? 0) - (b.score ?? 0))[0];
    assert.equal(lowest?.id, 'testing');
  });

  it('is one told in rules that there are', () => {
    for (const told of [S0, S1, S2, S3, S4]) assert.ok(cardFor(told).results.length > 10);
    const ids = new Set(rules.map((rule) => rule.id));
    assert.deepEqual(Object.keys(PENDING).filter((id) => ids.has(id)), [], 'these are written by now: take them out of pending.ts');
  });
});
