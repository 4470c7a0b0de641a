import assert from 'node:assert/strict';
import { statusOf } from '../../client/status-words';
import type { ReportCard } from '../../report/card';
import { card, placed } from './cards';

const RUNNING = { kind: 'running' } as const;
const known = (changes: Partial<ReportCard> = {}, scanning = false) => {
  const worst = placed(changes);
  return { worst, cards: [worst], scanning };
};
const verdict = (value: ReportCard['verdict']['value']): ReportCard['verdict'] => ({ ...card().verdict, value });

describe('the status item', () => {
  it('shows the grade, and opens the report', () => {
    const status = statusOf(RUNNING, known());
    assert.equal(status?.text, '$(shield) B+ 87.9');
    assert.equal(status?.command.id, 'shipworthy.openReport');
    assert.match(status?.tooltip ?? '', /The score is below 85\./);
  });

  it('warns of NOT READY and of nothing else', () => {
    const severities = (['READY', 'MOSTLY READY', 'INCONCLUSIVE', 'NOT READY'] as const).map((value) => statusOf(RUNNING, known({ verdict: verdict(value) }))?.severity);
    assert.deepEqual(severities, ['none', 'none', 'none', 'warning']);
  });

  it('says in words what the icons mean', () => {
    const status = statusOf(RUNNING, known({ verdict: verdict('NOT READY'), counts: { ...card().counts, blockers: 2 } }, true));
    assert.equal(status?.spoken, 'Shipworthy: not ready, grade B plus, 87.9 of 100, 2 blockers, reading files');
    assert.equal(status?.busy, true);
    assert.match(status?.text ?? '', /sync~spin/);
  });

  it('has a word instead of a number where there is none', () => {
    const status = statusOf(RUNNING, known({ score: { ...card().score, value: null, grade: '?' } }));
    assert.equal(status?.text, '$(shield) not scored');
    assert.match(status?.spoken ?? '', /not assessed/);
  });

  it('speaks for the worst of several', () => {
    const worst = placed();
    assert.match(statusOf(RUNNING, { worst, cards: [worst, worst], scanning: false })?.tooltip ?? '', /The worst of 2 applications: shop\./);
  });

  it('says why the server has stopped and how to start it again, whatever was known before', () => {
    const status = statusOf({ kind: 'stopped', reason: 'The server ended twice: signal SIGKILL.' }, known());
    assert.match(status?.detail ?? '', /SIGKILL/);
    assert.equal(status?.severity, 'error');
    assert.match(status?.tooltip ?? '', /\(command:shipworthy\.restart\) · \[Show Log\]\(command:shipworthy\.showLog\)/);
  });

  it('is busy before the first card, and silent where nothing is known', () => {
    assert.equal(statusOf(RUNNING, { worst: undefined, cards: [], scanning: true })?.busy, true);
    assert.equal(statusOf(RUNNING, { worst: undefined, cards: [], scanning: false }), undefined);
  });
});
