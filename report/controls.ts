/** The controls every audit asks for first, each with what it is made of here. Read off the rules that decide them, so that it cannot contradict the findings. */
import type { EvidencePlace, State } from '../engine/audit/outcome';
import type { ReportCard, Result } from './card';
import { evidenceByText } from './listing';

export interface Control {
  readonly name: string;
  /** The rule that decides whether it is there. */
  readonly rule: string;
  /** `partly`: it is there, and a rule about how well it is done is open. */
  readonly state: 'wired' | 'partly' | 'missing' | 'accepted' | 'not-needed' | 'unknown';
  /** What it is, where it is wired: the library or function, at the place that proves it. */
  readonly by: readonly EvidencePlace[];
  /** Open rules that say what is missing of it. */
  readonly open: readonly string[];
  readonly reason?: string;
}

/** `instead`: where the rule does not apply because the framework does it, the one that watches the framework decides. */
const CONTROLS: readonly (readonly [name: string, rule: string, weaker?: readonly string[], instead?: string])[] = [
  ['Authentication', 'authentication-missing', ['route-missing-auth', 'admin-role-unchecked', 'auth-decorator-misordered', 'drf-permissions-open']],
  ['Password hashing', 'weak-password-hash', ['password-stored-plaintext']], ['Session cookie flags', 'session-cookie-insecure'], ['End of sessions', 'session-revocation-missing', ['session-lifetime-unset', 'token-no-expiry']],
  ['CSRF protection', 'csrf-missing', ['csrf-disabled', 'csrf-exempt-unjustified'], 'csrf-disabled'], ['Rate limits', 'rate-limit-missing', ['rate-limit-memory-storage', 'sensitive-route-unlimited']],
  ['Account lockout', 'account-lockout-missing'], ['HTTPS', 'https-not-enforced', ['hsts-missing']], ['Security headers', 'security-headers-missing'], ['Content security policy', 'csp-missing', ['csp-weak']],
  ['Limit on request size', 'request-size-unlimited'], ['Settings checked at start', 'config-not-validated'], ['Migrations', 'migrations-missing', ['migration-unsafe', 'migration-startup-race', 'schema-altered-at-startup']], ['Backups', 'backup-missing'],
  ['Health check', 'health-endpoint-missing', ['health-check-shallow']], ['Error pages', 'error-handler-missing', ['error-handler-not-logging', 'error-detail-leaked']], ['Logging', 'logging-not-configured', ['log-rotation-missing', 'structured-logging-missing']],
  ['Audit log', 'audit-log-missing'], ['Error tracking', 'error-tracking-missing'], ['Metrics', 'metrics-missing'], ['CI', 'ci-missing'], ['Tests', 'tests-missing', ['integration-tests-missing', 'critical-flow-untested', 'smoke-test-missing']], ['Locked dependencies', 'dependencies-unpinned', ['lockfile-missing']],
];

/** In the order of the catalogue of controls; those whose rule was not asked are left out. */
export function controls({ results }: Pick<ReportCard, 'results'>): readonly Control[] {
  const byRule = new Map(results.map((result) => [result.rule, result]));
  return CONTROLS.flatMap(([name, usual, weaker = [], instead]): readonly Control[] => {
    const own = byRule.get(usual);
    const other = instead === undefined ? undefined : byRule.get(instead);
    const result = own?.state === 'not-applicable' && other && other.state !== 'not-applicable' ? other : own;
    if (!result) return [];
    const { rule } = result;
    const open = weaker.flatMap((one) => byRule.get(one)?.state === 'open' ? [one] : []);
    return [{ name, rule, state: stateOf(result, open.length > 0), by: evidenceByText(result).flatMap(({ places }) => places.slice(0, 1)).slice(0, 2), open: result.state === 'open' ? [...new Set([rule, ...open])] : open, ...(result.reason !== undefined && { reason: result.reason }), ...(result.attested && { reason: `${result.attested.by} signed that it is provided elsewhere, until ${result.attested.until}.` }) }];
  });
}

const STATES: Readonly<Record<State, Control['state']>> = { holds: 'wired', open: 'missing', accepted: 'accepted', attested: 'wired', 'not-applicable': 'not-needed', 'not-checked': 'unknown' };

/** A rule that is open for some places only, with proof of others, is one that is partly there; so is what a framework brings and a weaker rule finds wanting. */
function stateOf({ state, evidence }: Result, weak: boolean): Control['state'] {
  if (state === 'open') return evidence.length > 0 ? 'partly' : 'missing';
  return weak && (state === 'holds' || state === 'not-applicable') ? 'partly' : STATES[state];
}
