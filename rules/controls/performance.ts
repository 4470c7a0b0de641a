import type { Control } from '../kit';

/** Controls of performance. */
export const performance: readonly Control[] = [
  {
    id: 'capacity-plan', title: 'The deployment fits the expected load',
    category: 'performance', severity: 'low', maxAgeDays: 365, required: false, twoPerson: false, since: '1',
    question: 'How many users and requests are expected, how many workers and connections does that need, and what is the next step when it grows?',
    evidence: 'Numbers: users, peak requests, workers, pool size, database limit.',
    staleWhenChanged: ['**/gunicorn*.py', 'Procfile', 'docker-compose*.y*ml', 'compose*.y*ml'],
  },
  {
    id: 'load-test', title: 'A load test was done',
    category: 'performance', severity: 'medium', maxAgeDays: 180, required: false, twoPerson: false, since: '1',
    question: 'Which flows were tested, with how many users, and at which load did errors or latency rise?',
    evidence: 'Tool, script, results, environment, date.',
    staleWhenChanged: [],
  },
  {
    id: 'cache-strategy', title: 'Caching and CDN use are decided',
    category: 'performance', severity: 'low', maxAgeDays: 365, required: false, twoPerson: false, since: '1',
    question: 'What is cached where and for how long, and is a CDN in front of static files?',
    evidence: 'Decision: kinds of content, lifetimes, CDN.',
    staleWhenChanged: ['**/nginx*.conf', '**/Caddyfile', '**/traefik*.y*ml', 'render.yaml', 'fly.toml', 'app.yaml', 'vercel.json', 'netlify.toml'],
  },
];
