/** What `extends` of `shipworthy.json` may name, and all that each of them changes. The file's own keys win over its preset. */
import type { Category, Profile } from '../../rules/kit';
import type { Gate } from './gate';

export interface Preset {
  /** Whom it is for and what it changes: a sentence for editors. */
  readonly about: string;
  /** Those that differ from the usual ones. */
  readonly weights: Readonly<Partial<Record<Category, number>>>;
  readonly profile: Partial<Profile>;
  /** READY asks that every open high finding be mended or accepted. */
  readonly strict: boolean;
  /** Controls whose sign-off is required, in place of those required by default. */
  readonly signoffs: { readonly required?: readonly string[] };
  readonly gate: Gate;
}

const STANDARD: Preset = { about: 'As the pages on the grade say.', weights: {}, profile: {}, strict: false, signoffs: {}, gate: {} };

export const PRESETS = {
  standard: STANDARD,
  strict: {
    ...STANDARD, strict: true,
    about: 'For what must not fail: READY asks that every open high finding be mended or accepted, and the gate asks for READY, no new medium findings and 90 % checked.',
    gate: {
      verdict: { atLeast: 'READY' }, new: { critical: 0, high: 0, medium: 0 }, signoffs: { required: 'error', expiringWithinDays: 14 },
      suppressions: { expired: 'error' }, analysis: { coverage: { min: 0.9 } },
    },
  },
  solo: { ...STANDARD, about: 'For one person: no sign-off is required, because nobody else could give one.', signoffs: { required: [] } },
  'internal-tool': {
    ...STANDARD, profile: { exposure: 'internal' },
    about: 'For people of one\'s own network: plain HTTP does not block, TLS needs no sign-off; access, data and recovery weigh more, performance and front end less.',
    weights: { security: 17, auth: 12, data: 12, deployment: 12, performance: 2, documentation: 4, frontend: 0 },
    signoffs: { required: ['restore-drill', 'rollback-rehearsed', 'alert-reaches-human', 'production-secrets-unique'] },
  },
  'public-api': {
    ...STANDARD, profile: { exposure: 'public' },
    about: 'For programs as users: there is no front end; authentication, observability and performance weigh more.',
    weights: { auth: 13, deployment: 9, observability: 10, testing: 7, code: 5, performance: 6, frontend: 0 },
  },
  audit: {
    ...STANDARD,
    about: 'The weights of a classic audit: security 30, code 20, and 10 each for data, performance, integrations and tests, 5 each for documentation and operation.',
    // Three of its areas are several categories here. Each is shared out as the usual weights of those are: security 30 as
    // 20:12:10, code 20 as 7:3:1, operation 5 as 10:9.
    weights: {
      security: 14, configuration: 9, auth: 7, code: 13, dependencies: 5, frontend: 2, data: 10, performance: 10, integrations: 10, testing: 10,
      documentation: 5, deployment: 3, observability: 2,
    },
  },
} as const satisfies Readonly<Record<string, Preset>>;

export type PresetName = keyof typeof PRESETS;

/** By its name, as any other of them. */
export function presetOf(name: PresetName): Preset {
  return PRESETS[name];
}
