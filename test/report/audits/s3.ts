/** A bookkeeping application with a networked database, as it was found: two critical faults, then mended; nothing was signed. */
import type { ToldAudit } from './told';

export const S3: ToldAudit = {
  open: [
    { rule: 'secret-key-default' },
    { rule: 'database-url-default-credentials' },
    // Four workers, each of which counts for itself.
    { rule: 'rate-limit-memory-storage' },
    { rule: 'db-pool-unconfigured' },
    { rule: 'structured-logging-missing' },
    { rule: 'log-rotation-missing' },
    { rule: 'health-check-shallow' },
    { rule: 'metrics-missing' },
    { rule: 'error-tracking-missing' },
    { rule: 'backup-missing' },
    // HSTS is sent; only the redirect is left to a proxy.
    { rule: 'https-not-enforced', severity: 'low' },
    { rule: 'dependency-audit-missing' },
    // Levels are to be configured for each environment, and what is required is to be documented.
    { rule: 'log-level-hardcoded' },
    { rule: 'env-example-incomplete' },
    // Open in its list of what must be there first. Of what is only to be looked at again (headers, CSRF, permissions) nothing is told as open.
    { rule: 'integration-tests-missing' },
    { rule: 'deployment-guide-missing' },
    { rule: 'runbook-missing' },
    { rule: 'incident-response-undocumented' },
    { rule: 'restore-procedure-undocumented' },
  ],
  holds: [
    'admin-role-unchecked', 'api-docs-missing', 'api-error-shape-inconsistent', 'api-key-stored-plaintext', 'authentication-missing',
    'autoescape-disabled', 'commit-without-rollback', 'csrf-missing', 'db-startup-wait-missing', 'dependencies-unpinned',
    'deployment-definition-missing', 'dev-server-in-production', 'error-detail-leaked', 'error-handler-missing', 'error-handler-not-logging',
    'health-endpoint-missing', 'hsts-missing', 'logging-not-configured', 'migration-startup-race', 'migrations-missing', 'oauth-state-missing',
    'open-redirect', 'outbound-failure-unhandled', 'password-stored-plaintext', 'rate-limit-missing', 'readme-missing', 'request-input-unvalidated',
    'security-headers-missing', 'sensitive-field-unencrypted', 'session-lifetime-unset', 'sql-injection',
    'state-change-on-get', 'weak-password-hash', 'worker-count-hardcoded',
  ],
};
