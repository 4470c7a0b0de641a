import type { Control } from '../kit';

/** Controls of observability. */
export const observability: readonly Control[] = [
  {
    id: 'alert-reaches-human', title: 'An alert reaches a person',
    category: 'observability', severity: 'high', maxAgeDays: 90, required: true, twoPerson: false, since: '1',
    question: 'Which conditions alert (errors, slow requests, 429s, failed jobs, health), whom do they reach, and when was one last triggered on purpose?',
    evidence: 'List of alerts with channel and person, date of the test alert.',
    staleWhenChanged: [],
  },
  {
    id: 'database-monitoring', title: 'The database is monitored',
    category: 'observability', severity: 'medium', maxAgeDays: 180, required: false, twoPerson: false, since: '1',
    question: 'Which database metrics are watched (connections, slow queries, disk, replication) and who sees them?',
    evidence: 'Dashboard link, alert list.',
    staleWhenChanged: [],
  },
  {
    id: 'uptime-monitoring', title: 'An outside monitor checks the app',
    category: 'observability', severity: 'medium', maxAgeDays: 180, required: false, twoPerson: false, since: '1',
    question: 'Which URL is checked from outside, how often, and whom does it tell?',
    evidence: 'Monitor name, URL path, interval, last test.',
    staleWhenChanged: [],
  },
  {
    id: 'apm-in-place', title: 'Errors and latency are visible',
    category: 'observability', severity: 'low', maxAgeDays: 180, required: false, twoPerson: false, since: '1',
    question: 'Which tool shows errors, latency and slow queries of production, if not wired in the code?',
    evidence: 'Tool, dashboard link, retention.',
    staleWhenChanged: [],
  },
  {
    id: 'log-shipping', title: 'Logs are kept and searchable outside the host',
    category: 'observability', severity: 'medium', maxAgeDays: 180, required: false, twoPerson: false, since: '1',
    question: 'Where do logs go, how long are they kept, who can search them?',
    evidence: 'Service, retention, a saved search.',
    staleWhenChanged: ['docker-compose*.y*ml', 'compose*.y*ml'],
  },
  {
    id: 'on-call-and-slo', title: 'Someone is on call and a service level is set',
    category: 'observability', severity: 'medium', maxAgeDays: 180, required: false, twoPerson: false, since: '1',
    question: 'Who answers at night, what is promised, what is the error budget?',
    evidence: 'Rota, targets.',
    staleWhenChanged: ['docs/RUNBOOK*', 'docs/ops*'],
  },
];
