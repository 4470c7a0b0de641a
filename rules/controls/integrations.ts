import type { Control } from '../kit';

/** Controls of integrations. */
export const integrations: readonly Control[] = [
  {
    id: 'external-services-confirmed', title: 'Third-party endpoints are the production ones',
    category: 'integrations', severity: 'medium', maxAgeDays: 180, required: false, twoPerson: false, since: '1',
    question: 'Is each external service (payment, mail, storage, login) on its live endpoint with a live account?',
    evidence: 'List of services with mode (live/sandbox).',
    staleWhenChanged: ['.env.example'],
  },
  {
    id: 'email-delivery-test', title: 'Mail arrives',
    category: 'integrations', severity: 'low', maxAgeDays: 180, required: false, twoPerson: false, since: '1',
    question: 'Was each kind of mail sent from production and received at two providers?',
    evidence: 'Mail kinds, receivers, date.',
    staleWhenChanged: ['**/mail*', '**/email*'],
  },
  {
    id: 'email-domain-auth', title: 'The sender domain is authenticated',
    category: 'integrations', severity: 'medium', maxAgeDays: 180, required: false, twoPerson: false, since: '1',
    question: 'Is the sender on your own domain with SPF, DKIM and DMARC?',
    evidence: 'Domain, DNS check output, date.',
    staleWhenChanged: ['**/mail*', '**/email*', '.env.example'],
  },
  {
    id: 'email-provider', title: 'Mail goes through a suitable provider with bounce handling',
    category: 'integrations', severity: 'low', maxAgeDays: 365, required: false, twoPerson: false, since: '1',
    question: 'Which provider sends, what are its limits, and what happens with bounces and complaints?',
    evidence: 'Provider, limits, bounce procedure or webhook.',
    staleWhenChanged: ['**/mail*', '**/email*'],
  },
];
