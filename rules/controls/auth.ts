import type { Control } from '../kit';

/** Controls of auth. */
export const auth: readonly Control[] = [
  {
    id: 'access-review', title: 'User and administrator rights are reviewed',
    category: 'auth', severity: 'medium', maxAgeDays: 90, required: false, twoPerson: false, since: '1',
    question: 'Who has administrator rights in the app, host, database, repository and platform, and are all still needed?',
    evidence: 'List by system, reviewer, date.',
    staleWhenChanged: [],
  },
  {
    id: 'admin-mfa', title: 'Administrators use a second factor',
    category: 'auth', severity: 'medium', maxAgeDays: 180, required: false, twoPerson: false, since: '1',
    question: 'Which administrator log-ins (app, hosting, repository, database console) require a second factor?',
    evidence: 'Per system: enforced or not.',
    staleWhenChanged: [],
  },
  {
    id: 'auth-mechanism-decision', title: 'One production authentication mechanism is chosen',
    category: 'auth', severity: 'medium', maxAgeDays: 365, required: false, twoPerson: false, since: '1',
    question: 'Which mechanism is for browsers and which for machines, and where is that written down?',
    evidence: 'Decision record; routes per mechanism.',
    staleWhenChanged: ['**/auth*.py', '**/deps*.py', 'src/**/auth*'],
  },
  {
    id: 'registration-policy', title: 'Open registration is intended',
    category: 'auth', severity: 'low', maxAgeDays: 365, required: false, twoPerson: false, since: '1',
    question: 'May anyone create an account, and what can a new account do before approval or e-mail confirmation?',
    evidence: 'Decision; the fields or flags that limit new accounts.',
    staleWhenChanged: [],
  },
];
