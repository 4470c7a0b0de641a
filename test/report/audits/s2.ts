/** An API with a document database and a front end of its own. A consultant listed gaps and gave no verdict; two of them must be gone. */
import type { ToldAudit } from './told';

export const S2: ToldAudit = {
  open: [
    // The database that is deployed is a placeholder.
    { rule: 'production-url-placeholder' },
    // A cookie for other sites, credentials across origins, and no token: the heaviest case of the rule.
    { rule: 'csrf-missing', severity: 'critical' },
    { rule: 'ci-missing' },
    { rule: 'expiring-records-no-ttl' },
    { rule: 'request-path-initialization' },
    { rule: 'runbook-missing' },
  ],
  holds: [
    'audit-log-missing', 'authentication-missing', 'db-index-missing', 'debug-enabled', 'deployment-definition-missing', 'health-endpoint-missing',
    'https-not-enforced', 'rate-limit-memory-storage', 'rate-limit-missing', 'secret-key-default', 'security-headers-missing',
    'session-cookie-insecure', 'sql-injection', 'test-login-endpoint', 'tests-missing',
  ],
};
