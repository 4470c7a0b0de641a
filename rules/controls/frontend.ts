import type { Control } from '../kit';

/** Controls of frontend. */
export const frontend: readonly Control[] = [
  {
    id: 'user-journeys', title: 'User journeys were rated',
    category: 'frontend', severity: 'low', maxAgeDays: 180, required: false, twoPerson: false, since: '1',
    question: 'Per journey: what is smooth, what confuses, what is missing (empty lists, status, confirmation)?',
    evidence: 'Journey form: name, smooth, confusing, note.',
    staleWhenChanged: ['templates/**', 'src/**/*.tsx', 'src/**/*.jsx'],
  },
  {
    id: 'design-review', title: 'The visual design was reviewed',
    category: 'frontend', severity: 'low', maxAgeDays: 365, required: false, twoPerson: false, since: '1',
    question: 'Did a person look at every page on a phone and a desktop?',
    evidence: 'Reviewer, date, open points.',
    staleWhenChanged: ['templates/**', 'static/**'],
  },
  {
    id: 'accessibility-review', title: 'Accessibility was reviewed',
    category: 'frontend', severity: 'low', maxAgeDays: 365, required: false, twoPerson: false, since: '1',
    question: 'Is the app usable by keyboard and screen reader, with landmarks, headings and contrast, to WCAG 2.1 AA?',
    evidence: 'Reviewer, tool, pages, open points.',
    staleWhenChanged: ['templates/**', 'src/**/*.tsx', 'src/**/*.jsx'],
  },
];
