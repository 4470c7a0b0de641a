/** A site that takes bookings and payments, after its eight security faults were mended. A person gave it 91.65 and let it ship with notes. */
import type { ToldAudit } from './told';

export const S4: ToldAudit = {
  open: [
    { rule: 'tests-missing' },
    { rule: 'ci-missing' },
    // Styles of the page itself and pictures from anywhere.
    { rule: 'csp-weak', severity: 'medium', points: 4 },
    // Called potential.
    { rule: 'n-plus-one-query', confidence: 'possible' },
    // A plan is still to be made.
    { rule: 'backup-missing' },
    { rule: 'error-tracking-missing' },
    { rule: 'metrics-missing' },
    { rule: 'container-healthcheck-missing' },
    { rule: 'restart-policy-missing' },
    { rule: 'docker-image-bloated', severity: 'info', points: 0 },
    { rule: 'account-lockout-missing' },
    { rule: 'todo-comment', places: 2 },
  ],
  holds: [
    'a11y-label-missing', 'admin-role-unchecked', 'authentication-missing', 'check-then-insert-race', 'commit-without-rollback',
    'compression-missing', 'config-not-validated', 'container-data-not-persisted', 'csp-missing', 'csrf-disabled', 'csrf-exempt-unjustified',
    'csrf-form-token-missing', 'csrf-missing', 'database-url-default-credentials', 'db-index-missing', 'db-pool-unconfigured', 'debug-enabled',
    'dependencies-unpinned', 'deployment-definition-missing', 'dev-server-in-production', 'dev-settings-in-production', 'dockerignore-missing',
    'email-tls-disabled', 'env-example-incomplete', 'error-detail-leaked', 'error-handler-missing', 'exception-swallowed', 'gitignore-incomplete',
    'hardcoded-deployment-value', 'hsts-missing', 'https-not-enforced', 'integrity-error-unhandled', 'link-noopener-missing', 'log-level-hardcoded',
    'logging-not-configured', 'migrations-missing', 'monolithic-app-module', 'password-stored-plaintext', 'path-traversal',
    'print-instead-of-logging', 'production-env-undeclared', 'rate-limit-memory-storage', 'rate-limit-missing', 'readme-missing',
    'request-input-unvalidated', 'request-size-unlimited', 'reset-token-unsafe', 'runbook-missing', 'schema-constraint-missing', 'secret-key-default',
    'security-headers-missing', 'sensitive-data-logged', 'sensitive-route-unlimited', 'session-cookie-insecure', 'sql-injection',
    'static-cache-disabled', 'unbounded-input-read', 'upload-filename-unsanitized', 'upload-type-unchecked', 'user-enumeration', 'weak-password-hash',
    'webhook-signature-missing',
  ],
};
