import type { Control } from '../kit';

/** Controls of deployment. */
export const deployment: readonly Control[] = [
  {
    id: 'restore-drill', title: 'A restore from backup has been tried',
    category: 'deployment', severity: 'high', maxAgeDays: 90, required: true, twoPerson: false, since: '1',
    question: 'When was the latest backup last restored into a separate environment, how long did it take, and did the data match?',
    evidence: 'Date, duration, which backup, row counts or checksums compared, path or link to the note.',
    staleWhenChanged: ['**/backup*', '**/restore*', 'docs/RESTORE*', 'docker-compose*.y*ml', 'compose*.y*ml'],
  },
  {
    id: 'rollback-rehearsed', title: 'A rollback has been rehearsed',
    category: 'deployment', severity: 'high', maxAgeDays: 180, required: true, twoPerson: false, since: '1',
    question: 'Has a release been rolled back on the real deployment path, and within how many minutes?',
    evidence: 'Date, the two versions, minutes, what was checked afterwards.',
    staleWhenChanged: ['**/deploy*', '.github/workflows/*deploy*', '.gitlab-ci.yml'],
  },
  {
    id: 'offsite-backup', title: 'Backups exist off the machine',
    category: 'deployment', severity: 'high', maxAgeDays: 90, required: false, twoPerson: false, since: '1',
    question: 'Where do backups go, how often, how long are they kept, and does the platform or a managed database provide them?',
    evidence: 'Target (provider, region, account), schedule, retention, date of the newest copy.',
    staleWhenChanged: ['**/backup*', 'docker-compose*.y*ml', 'compose*.y*ml'],
  },
  {
    id: 'backup-access-restricted', title: 'Access to backups is restricted',
    category: 'deployment', severity: 'medium', maxAgeDays: 180, required: false, twoPerson: false, since: '1',
    question: 'Who can read and who can delete backups, and is deletion separated from the app?',
    evidence: 'List of people or roles, how it is enforced.',
    staleWhenChanged: ['**/backup*'],
  },
  {
    id: 'firewall-rules', title: 'Host firewall rules are set',
    category: 'deployment', severity: 'medium', maxAgeDays: 180, required: false, twoPerson: false, since: '1',
    question: 'Which ports are open on the host and who checked them?',
    evidence: 'Rule listing or scan output, date.',
    staleWhenChanged: ['docker-compose*.y*ml', 'compose*.y*ml'],
  },
  {
    id: 'failover-test', title: 'A failover was tried',
    category: 'deployment', severity: 'medium', maxAgeDays: 180, required: false, twoPerson: false, since: '1',
    question: 'What happens when the app host, database or a dependency goes away, and how long does recovery take?',
    evidence: 'Scenario, minutes, date.',
    staleWhenChanged: ['docker-compose*.y*ml', 'compose*.y*ml'],
  },
];
