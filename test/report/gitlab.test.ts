import assert from 'node:assert/strict';
import { gitlab } from '../../report/gitlab';
import { demo } from './demo';
import { card } from './fixture';
import { hostile } from './hostile';

interface Issue { readonly description: string; readonly check_name: string; readonly fingerprint: string; readonly severity: string; readonly location: { readonly path: string; readonly lines: { readonly begin: number; readonly end: number } } }
const issues = (...cards: Parameters<typeof gitlab>[0]): readonly Issue[] => JSON.parse(gitlab(cards));

describe('the GitLab Code Quality report', () => {
  it('lists the open findings with the severities of GitLab', () => {
    const found = issues(demo());
    const sql = found.find((one) => one.check_name === 'sql-injection' && one.location.path === 'app/catalog/routes.py');
    assert.equal(sql?.severity, 'blocker');
    assert.deepEqual(sql?.location.lines, { begin: 88, end: 88 });
    assert.equal(found.length, demo().results.flatMap((result) => result.findings).length);
    assert.ok(!found.some((one) => one.check_name === 'session-cookie-insecure'), 'accepted');
  });

  it('says every severity in words that GitLab knows', () => {
    const all = issues(card((['critical', 'high', 'medium', 'low', 'info'] as const).map((severity) => ({ rule: severity, severity }))));
    assert.deepEqual(Object.fromEntries(all.map((one) => [one.check_name, one.severity])), { critical: 'blocker', high: 'critical', medium: 'major', low: 'minor', info: 'info' });
  });

  it('has each fingerprint once, also for two applications that share a file', () => {
    const all = issues(demo(), demo());
    assert.equal(new Set(all.map((one) => one.fingerprint)).size, all.length);
    assert.equal(all.length, issues(demo()).length);
  });

  it('is an empty list when nothing is open', () => assert.equal(gitlab([card([{ rule: 'a', state: 'holds' }])]), '[]\n'));

  it('holds no control character', () => assert.doesNotMatch(gitlab([hostile()]).replaceAll('\n', ''), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/));
});
