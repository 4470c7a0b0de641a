/** What a team's quality gate asks of a card: the `gate` of `shipworthy.json`. What is not asked is not judged. */
import type { Category, Severity } from '../../rules/kit';
import { CATEGORIES, SEVERITIES } from '../../rules/kit';
import type { Schema } from './schema';
import { object } from './schema';

/** Whether a condition that is not met fails the run, is only said, or is not looked at. */
export type Level = 'off' | 'warn' | 'error';

/** What is asked of a score. */
export interface ScoreGate {
  /** The least score. */
  readonly min?: number;
  /** How many points it may lose against the base. */
  readonly maxDrop?: number;
  /** `auto`: at least the score of the base. */
  readonly target?: 'auto';
}

export interface Gate {
  /** Says what is not met and never fails the run. */
  readonly informational?: boolean;
  readonly verdict?: { readonly atLeast?: 'READY' | 'MOSTLY_READY' };
  readonly score?: Readonly<Partial<Record<'overall' | Category, ScoreGate>>>;
  /** How many findings of a severity may be new against the base. */
  readonly new?: Readonly<Partial<Record<Severity, number>>>;
  readonly signoffs?: { readonly required?: Level; readonly expiringWithinDays?: number };
  readonly suppressions?: { readonly max?: number; readonly expired?: Level };
  readonly analysis?: { readonly coverage?: { readonly min?: number } };
}

const LEVEL: Omit<Schema, 'description'> = { type: 'string', enum: ['off', 'warn', 'error'], enumDescriptions: ['It is not looked at.', 'It is said, and the run passes.', 'The run fails with 1.'] };

const AT_LEAST: Schema = {
  type: 'string', description: 'The worst verdict that passes.', enum: ['READY', 'MOSTLY_READY'], examples: ['MOSTLY_READY'],
  enumDescriptions: ['Only READY passes.', 'READY and MOSTLY READY pass; NOT READY and INCONCLUSIVE fail.'],
};

function scoreOf(what: string): Schema {
  return object(`What is asked of ${what}.`, {
    min: { type: 'number', description: 'The least score that passes, from 0 to 100.', minimum: 0, maximum: 100, examples: [80] },
    maxDrop: { type: 'number', description: 'How many points it may lose against the base. Without a base this is not evaluated, and the run says so.', minimum: 0, maximum: 100, examples: [1.0] },
    target: { type: 'string', description: 'At least the score of the base.', enum: ['auto'], enumDescriptions: ['The score of the base is the least that passes.'] },
  });
}

function amount(description: string, example: number): Schema {
  return { type: 'integer', description, minimum: 0, maximum: 1_000_000, examples: [example] };
}

/** The schema of `gate`. */
export const GATE: Schema = {
  ...object('What lets `shipworthy check` pass, beside what blocks. Conditions that are not named are not asked.', {
    informational: { type: 'boolean', description: 'Says what is not met and never fails the run.', default: false },
    verdict: object('What is asked of the verdict.', { atLeast: AT_LEAST }),
    score: object('What is asked of the scores.', Object.fromEntries(['overall', ...CATEGORIES].map((each) => [each, scoreOf(each === 'overall' ? 'the overall score' : `the score of ${each}`)]))),
    new: object('How many findings may be new against the base.', Object.fromEntries(SEVERITIES.map((severity) => [severity, amount(`New findings of severity ${severity} that pass.`, 0)]))),
    signoffs: object('What is asked of sign-offs.', {
      required: { ...LEVEL, description: 'What it means when a required sign-off is missing, stale, expired or failed.' },
      expiringWithinDays: { ...amount('Warns of sign-offs that end within so many days.', 14), maximum: 365 },
    }),
    suppressions: object('What is asked of silenced findings.', {
      max: amount('How many findings may be silenced.', 10),
      expired: { ...LEVEL, description: 'What it means when an acceptance is over.' },
    }),
    analysis: object('What is asked of the run itself.', {
      coverage: object('How much of what applies has to be checked.', { min: { type: 'number', description: 'The least share that passes, from 0 to 1.', minimum: 0, maximum: 1, examples: [0.8] } }),
    }),
  }),
  default: {},
  examples: [{ verdict: { atLeast: 'MOSTLY_READY' }, score: { overall: { min: 80, maxDrop: 1 } }, new: { critical: 0, high: 0 } }],
};
