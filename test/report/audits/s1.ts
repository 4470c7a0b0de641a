/** A monolith with a file for a database. A person found seven things that must be mended before it ships, and put 40 to 60 hours on all of it. */
import type { ToldAudit } from './told';

export const S1: ToldAudit = {
  open: [
    { rule: 'debug-enabled' },
    { rule: 'secret-key-default' },
    // A short word that unlocks records, in a file that git holds. The person called it critical.
    { rule: 'weak-secret-value', severity: 'critical', places: 1 },
    { rule: 'bare-except', places: 6 },
    { rule: 'exception-swallowed', places: 6 },
    { rule: 'broad-except', places: 2 },
    { rule: 'csrf-missing', blocks: true },
    { rule: 'upload-type-unchecked', blocks: true },
    { rule: 'request-input-unvalidated' },
    // Feared, and shown nowhere.
    { rule: 'path-traversal', confidence: 'possible', blocks: false },
    { rule: 'sql-injection', confidence: 'possible', blocks: false },
    { rule: 'authentication-missing', blocks: true },
    // A proxy may do it.
    { rule: 'https-not-enforced', confidence: 'likely', blocks: true },
    { rule: 'database-not-initialized' },
    { rule: 'logging-not-configured' },
    { rule: 'print-instead-of-logging', places: 20 },
    { rule: 'rate-limit-missing' },
    { rule: 'security-headers-missing' },
    { rule: 'backup-missing' },
    { rule: 'unbounded-cache' },
    { rule: 'worker-timeout-unset' },
    // Fonts are looked for where one kind of machine has them.
    { rule: 'hardcoded-deployment-value' },
    { rule: 'coverage-not-measured' },
    { rule: 'deployment-guide-missing' },
    { rule: 'docker-image-bloated' },
    { rule: 'container-healthcheck-missing' },
    { rule: 'worker-count-hardcoded' },
  ],
  holds: [
    'ci-missing', 'deployment-definition-missing', 'migrations-missing', 'readme-missing', 'tests-missing',
  ],
};
