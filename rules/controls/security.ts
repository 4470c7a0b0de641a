import type { Control } from '../kit';

/** Controls of security. */
export const security: readonly Control[] = [
  {
    id: 'tls-at-edge', title: 'TLS is set up and checked on the live host',
    category: 'security', severity: 'high', maxAgeDays: 180, required: true, twoPerson: false, since: '1',
    question: 'Is the certificate installed and renewed automatically, does HTTP redirect to HTTPS, and what did an external TLS test say?',
    evidence: 'Host name, test tool and grade, renewal mechanism, date.',
    staleWhenChanged: ['**/nginx*.conf', '**/Caddyfile', '**/traefik*.y*ml', 'render.yaml', 'fly.toml', 'app.yaml', 'vercel.json', 'netlify.toml'],
  },
  {
    id: 'edge-headers-verified', title: 'Headers are verified on the live host',
    category: 'security', severity: 'medium', maxAgeDays: 180, required: false, twoPerson: false, since: '1',
    question: 'Which security headers, caching and compression does the live host send?',
    evidence: 'Header dump or report of a header scanner, host, date.',
    staleWhenChanged: ['**/nginx*.conf', '**/Caddyfile', '**/traefik*.y*ml', 'render.yaml', 'fly.toml', 'app.yaml', 'vercel.json', 'netlify.toml'],
  },
  {
    id: 'edge-rate-limiting', title: 'Limits are enforced in front of the app',
    category: 'security', severity: 'medium', maxAgeDays: 180, required: false, twoPerson: false, since: '1',
    question: 'Which limits (rate, body size, bot rules) does the platform, WAF or CDN enforce, on which paths?',
    evidence: 'Rule listing or screenshot reference, tested limit.',
    staleWhenChanged: ['**/nginx*.conf', '**/Caddyfile', '**/traefik*.y*ml', 'render.yaml', 'fly.toml', 'app.yaml', 'vercel.json', 'netlify.toml'],
  },
  {
    id: 'controls-exercised', title: 'Security controls were exercised on the running system',
    category: 'security', severity: 'medium', maxAgeDays: 180, required: false, twoPerson: false, since: '1',
    question: 'Was each control (CSRF, permissions, rate limits, uploads, API keys) tried with a request that must be refused?',
    evidence: 'List of requests and answers, environment, date.',
    staleWhenChanged: [],
  },
  {
    id: 'penetration-test', title: 'A penetration test or security review was done',
    category: 'security', severity: 'high', maxAgeDays: 365, required: false, twoPerson: true, since: '1',
    question: 'Who tested what, with which scope, and are all high findings closed?',
    evidence: 'Report reference, date, open findings.',
    staleWhenChanged: [],
  },
  {
    id: 'recurring-security-audit', title: 'Security reviews are scheduled',
    category: 'security', severity: 'low', maxAgeDays: 365, required: false, twoPerson: false, since: '1',
    question: 'When is the next review, who owns it?',
    evidence: 'Date and owner.',
    staleWhenChanged: [],
  },
  {
    id: 'security-approval', title: 'Security has approved the release',
    category: 'security', severity: 'medium', maxAgeDays: 365, required: false, twoPerson: true, since: '1',
    question: 'Has the responsible person accepted the remaining risks for this release?',
    evidence: 'Name, date, accepted risks.',
    staleWhenChanged: [],
  },
  {
    id: 'upload-malware-scanning', title: 'Uploads are scanned, or judged not to need it',
    category: 'security', severity: 'low', maxAgeDays: 365, required: false, twoPerson: false, since: '1',
    question: 'Are files that users upload scanned before others can download them?',
    evidence: 'Scanner or reason why not.',
    staleWhenChanged: ['**/upload*'],
  },
];
