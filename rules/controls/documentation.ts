import type { Control } from '../kit';

/** Controls of documentation. */
export const documentation: readonly Control[] = [
  {
    id: 'incident-procedure', title: 'People know the incident procedure',
    category: 'documentation', severity: 'medium', maxAgeDays: 365, required: false, twoPerson: false, since: '1',
    question: 'Who decides, who informs users, where is it written, when was it last used or practised?',
    evidence: 'Document, names, date.',
    staleWhenChanged: ['docs/INCIDENT*', 'docs/RUNBOOK*'],
  },
  {
    id: 'docs-accuracy', title: 'Documents describe what the system does',
    category: 'documentation', severity: 'low', maxAgeDays: 180, required: false, twoPerson: false, since: '1',
    question: 'Were README, set-up, deployment, runbook, API and test-login documents followed step by step by someone else?',
    evidence: 'Reader, date, corrections made.',
    staleWhenChanged: ['docs/**', 'README*'],
  },
];
