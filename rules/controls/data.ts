import type { Control } from '../kit';

/** Controls of data. */
export const data: readonly Control[] = [
  {
    id: 'migrations-applied', title: 'All migrations are applied in production',
    category: 'data', severity: 'high', maxAgeDays: 30, required: false, twoPerson: false, since: '1',
    question: 'Does the production database report the newest migration?',
    evidence: 'Output of the tool (current = head), date, release.',
    staleWhenChanged: ['**/migrations/**', '**/alembic/**', 'prisma/migrations/**'],
  },
  {
    id: 'database-network-access', title: 'The database is not reachable from the internet',
    category: 'data', severity: 'high', maxAgeDays: 180, required: false, twoPerson: false, since: '1',
    question: 'From which networks can the database be reached, and how was it tested?',
    evidence: 'Firewall or security-group rule, result of a connection test from outside.',
    staleWhenChanged: ['docker-compose*.y*ml', 'compose*.y*ml'],
  },
  {
    id: 'encryption-at-rest', title: 'Data and backups are encrypted at rest',
    category: 'data', severity: 'medium', maxAgeDays: 365, required: false, twoPerson: false, since: '1',
    question: 'Which disks, databases, buckets and backups are encrypted, and who holds the keys?',
    evidence: 'Per store: mechanism and key owner.',
    staleWhenChanged: [],
  },
  {
    id: 'data-retention', title: 'Data is deleted when it is no longer needed',
    category: 'data', severity: 'medium', maxAgeDays: 365, required: false, twoPerson: false, since: '1',
    question: 'How long are accounts, logs, audit events, uploads and backups kept, how is deletion done on request?',
    evidence: 'Table of data kinds and periods, job or procedure.',
    staleWhenChanged: ['**/models*.py', 'prisma/schema.prisma'],
  },
];
