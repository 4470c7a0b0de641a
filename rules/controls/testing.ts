import type { Control } from '../kit';

/** Controls of testing. */
export const testing: readonly Control[] = [
  {
    id: 'core-flows-walked', title: 'The main flows were tried on the release',
    category: 'testing', severity: 'medium', maxAgeDays: 30, required: false, twoPerson: false, since: '1',
    question: 'Were sign-up, login, the main action, payment and administration walked through on this release?',
    evidence: 'Flow list with result, release, tester.',
    staleWhenChanged: [],
  },
];
