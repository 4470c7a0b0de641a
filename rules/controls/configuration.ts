import type { Control } from '../kit';

/** Controls of configuration. */
export const configuration: readonly Control[] = [
  {
    id: 'production-secrets-unique', title: 'Production secrets are strong and used nowhere else',
    category: 'configuration', severity: 'high', maxAgeDays: 180, required: true, twoPerson: false, since: '1',
    question: 'Is every secret in production generated, different from staging and development, and kept in a secret store?',
    evidence: 'Names of the secrets (never values), where they are kept, who can read them.',
    staleWhenChanged: ['.env.example', '**/settings*.py', '**/config*.py', 'src/config*'],
  },
  {
    id: 'production-env-set', title: 'Production variables are set',
    category: 'configuration', severity: 'high', maxAgeDays: 30, required: false, twoPerson: false, since: '1',
    question: 'Are all required variables set on the production host or platform, including the production switch?',
    evidence: 'Checklist of names with yes/no, host or service, release.',
    staleWhenChanged: ['.env.example', '**/settings*.py', '**/config*.py', 'render.yaml', 'fly.toml', 'app.yaml', 'vercel.json', 'netlify.toml'],
  },
  {
    id: 'secret-rotation', title: 'Secrets are rotated and least-privilege',
    category: 'configuration', severity: 'medium', maxAgeDays: 180, required: false, twoPerson: false, since: '1',
    question: 'When was each production secret last changed, and does each credential have only the rights it needs?',
    evidence: 'Table of names, last rotation, rights.',
    staleWhenChanged: [],
  },
  {
    id: 'environments-defined', title: 'Environments and their settings are defined',
    category: 'configuration', severity: 'low', maxAgeDays: 365, required: false, twoPerson: false, since: '1',
    question: 'Which environments exist, how do they differ, and how does a change move between them?',
    evidence: 'Matrix of environments and settings.',
    staleWhenChanged: [],
  },
];
