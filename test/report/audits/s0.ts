/** A lending library for a small community, on one server with one worker. A person graded it B+ and let it ship with caveats. */
import type { ToldAudit } from './told';

export const S0: ToldAudit = {
  open: [
    // Columns are added by hand at every start, and what fails is swallowed.
    { rule: 'schema-altered-at-startup' },
    { rule: 'deploy-not-atomic' },
    // Copies lie beside what they are copies of; nobody tries them, and how to restore is written nowhere.
    { rule: 'backup-local-only' },
    { rule: 'restore-procedure-undocumented' },
    { rule: 'backup-unverified' },
    { rule: 'exception-swallowed' },
    { rule: 'broad-except', places: 7 },
    { rule: 'scheduler-unmonitored' },
    { rule: 'health-check-shallow' },
    { rule: 'error-handler-not-logging' },
    { rule: 'logging-not-configured' },
    { rule: 'error-tracking-missing' },
    { rule: 'docs-env-drift' },
    { rule: 'runbook-missing' },
    // Right for one worker, which the deployment has.
    { rule: 'process-local-lock' },
    // Counted in memory, which one worker may.
    { rule: 'rate-limit-memory-storage', severity: 'low' },
    { rule: 'statement-without-effect' },
    { rule: 'hardcoded-deployment-value', places: 2 },
    { rule: 'integration-tests-missing' },
  ],
  holds: [
    'a11y-focus-removed', 'a11y-img-alt-missing', 'a11y-label-missing', 'account-lockout-missing', 'audit-log-missing', 'authentication-missing',
    'check-then-insert-race', 'ci-checks-incomplete', 'ci-missing', 'commit-without-rollback', 'csp-missing', 'csp-weak', 'csrf-missing',
    'dependency-audit-missing', 'error-detail-leaked', 'flash-messages-not-rendered', 'hsts-missing', 'https-not-enforced', 'monolithic-app-module',
    'oauth-state-missing', 'outbound-failure-unhandled', 'password-stored-plaintext', 'path-traversal', 'production-env-undeclared',
    'rate-limit-missing', 'readme-missing', 'secret-key-default', 'security-headers-missing', 'session-revocation-missing', 'smoke-test-missing',
    'sql-injection', 'tests-missing', 'unpaginated-query', 'user-enumeration', 'viewport-meta-missing', 'weak-password-hash', 'weak-token-entropy',
  ],
};
