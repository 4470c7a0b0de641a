import type { Control } from '../kit';

/** Controls of dependencies. */
export const dependencies: readonly Control[] = [
  {
    id: 'dependency-update-review', title: 'Updates are reviewed and applied',
    category: 'dependencies', severity: 'low', maxAgeDays: 90, required: false, twoPerson: false, since: '1',
    question: 'Who reviews dependency updates and changelogs, how often, and which scanner watches for advisories?',
    evidence: 'Last review date, tool, open advisories.',
    staleWhenChanged: ['requirements*.txt', 'pyproject.toml', 'package.json'],
  },
];
