/** What a team decided about the tool, from `shipworthy.json`. Every key is optional. */
import type { Category, Profile, Severity } from '../../rules/kit';
import { USUAL_PROFILE } from '../../rules/kit';
import type { Notice } from '../audit/outcome';
import type { Gate } from './gate';
import { parseJson, Reading } from './reading';
import type { RuleName } from './schema';
import { configSchema } from './schema';

export interface Config {
  /** Rule id (or a glob of ids) → severity, or `off`. */
  readonly rules: Readonly<Record<string, Severity | 'off'>>;
  /** gitignore patterns of paths that are not looked at. */
  readonly exclude: readonly string[];
  readonly weights: Readonly<Partial<Record<Category, number>>>;
  readonly profile: Profile;
  readonly signoffs: {
    /** Controls in place of those that are required by default. */
    readonly required?: readonly string[];
  };
  readonly gate: Gate;
}

export const DEFAULTS: Config = {
  rules: {}, exclude: [], weights: {}, profile: USUAL_PROFILE, signoffs: {}, gate: {},
};

/**
 * Reads a `shipworthy.json`; comments and trailing commas are allowed. Never throws: what is not understood is left at its
 * default, and a notice at its place says so. Where the file is no JSON at all, everything is.
 * @param rules those there are; without them, unknown rules are not noticed
 */
export function readConfig(text: string, path: string, rules?: readonly RuleName[]): { readonly config: Config; readonly notices: readonly Notice[] } {
  const { root, fault, range } = parseJson(text);
  if (fault) {
    const message = `${path} is not valid JSON: ${fault.reason} in line ${fault.range.start.line + 1}. Nothing in it counts until it is mended; the defaults are used.`;
    return { config: DEFAULTS, notices: [{ code: 'config', path, range: fault.range, message, incomplete: true }] };
  }
  const reading = new Reading({ path, code: 'config', range, consequence: 'It is left out.', refuse: (parent, key) => parent === 'rules' && !isRule(key, rules) ? 'is no rule' : undefined });
  const said = root && reading.value(root, configSchema(rules ?? []), '');
  // The schema admits nothing that is not of the type of Config.
  const { profile, ...rest } = (said ?? {}) as Partial<Config>;
  const { rules: severities, exclude, weights, signoffs, gate } = { ...DEFAULTS, ...rest };
  return { config: { rules: severities, exclude, weights, profile: { ...DEFAULTS.profile, ...profile }, signoffs, gate }, notices: reading.notices };
}

/** A pattern is a rule when it means one. */
function isRule(id: string, rules: readonly RuleName[] | undefined): boolean {
  if (!rules) return true;
  const pattern = new RegExp(`^${id.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);
  return rules.some((rule) => pattern.test(rule.id));
}

/** How many settings differ from the defaults. */
export function customised({ rules, weights, profile }: Config): number {
  const usual = DEFAULTS.profile;
  const profiled = [profile.exposure !== usual.exposure, profile.data.length > 0, profile.stage !== usual.stage].filter(Boolean).length;
  return Object.keys(rules).length + Object.keys(weights).length + profiled;
}
