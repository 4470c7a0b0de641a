/** What a team decided about the tool, from `shipworthy.json`. Every key is optional. */
import type { Category, Severity } from '../../rules/kit';

export interface Config {
  /** Rule id (or a glob of ids) → severity, or `off`. */
  readonly rules: Readonly<Record<string, Severity | 'off'>>;
  /** gitignore patterns of paths that are not looked at. */
  readonly exclude: readonly string[];
  readonly weights: Readonly<Partial<Record<Category, number>>>;
  readonly profile: Profile;
}

export interface Profile {
  readonly exposure: 'public' | 'internal';
  readonly data: readonly ('personal' | 'payment')[];
  readonly stage: 'production' | 'pilot';
}

export const DEFAULTS: Config = {
  rules: {}, exclude: [], weights: {}, profile: { exposure: 'public', data: [], stage: 'production' },
};

export function readConfig(_text: string, _path: string): { config: Config; notices: readonly import('../audit/outcome').Notice[] } {
  return { config: DEFAULTS, notices: [] };
}
