/** The words a rule is graded with, and the numbers that rules, configuration and scoring share. The arithmetic is the scoring's (report/). */

export const CATEGORIES = [
  'security', 'configuration', 'auth', 'data', 'deployment', 'observability', 'testing', 'code',
  'performance', 'dependencies', 'documentation', 'integrations', 'frontend',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** Worst first: the order everything is sorted in. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** `possible` never squiggles, never blocks and never caps; `likely` shows as information. */
export const CONFIDENCES = ['confirmed', 'likely', 'possible'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** S about half an hour, M about four hours, L about two days. */
export type Effort = 'S' | 'M' | 'L';

/** `safe` fixes join fix-all; `review` fixes are offered one by one, with a preview. */
export type Safety = 'safe' | 'review';

/** What a category counts for in the overall score, of 100. */
export const WEIGHTS: Readonly<Record<Category, number>> = {
  security: 20, configuration: 12, auth: 10, data: 10, deployment: 10, observability: 9, testing: 8, code: 7,
  performance: 5, dependencies: 3, documentation: 3, integrations: 2, frontend: 1,
};

/** Default points of a severity, and the band a rule may choose its own from. */
export const POINTS: Readonly<Record<Severity, { readonly usual: number; readonly least: number; readonly most: number }>> = {
  critical: { usual: 40, least: 30, most: 50 },
  high: { usual: 15, least: 8, most: 29 },
  medium: { usual: 6, least: 3, most: 12 },
  low: { usual: 2, least: 1, most: 3 },
  info: { usual: 0, least: 0, most: 0 },
};

/** What a fault weighs in code that no start command reaches: nobody is harmed by it today, and somebody may start it tomorrow. */
export function whereNothingRuns(severity: Severity): Severity {
  return severity === 'critical' || severity === 'high' ? 'medium' : severity === 'medium' ? 'low' : severity;
}
