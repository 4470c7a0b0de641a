/** What a team decided about the tool, from `shipworthy.json`. Every key is optional. */
import { findNodeAtLocation } from 'jsonc-parser';
import type { Category, Profile, Severity } from '../../rules/kit';
import { isNewer, RULESET, USUAL_PROFILE } from '../../rules/kit';
import type { Notice } from '../audit/outcome';
import { isMeant } from '../audit/meant';
import type { RuleName } from './config-schema';
import { configSchema } from './config-schema';
import type { Gate } from './gate';
import type { PresetName } from './presets';
import { presetOf } from './presets';
import { parseJson, Reading } from './reading';

/** Where it stands, in the root of the folder. */
export const CONFIG_FILE = 'shipworthy.json';

/** What counts, the preset's settings among them. */
export interface Config {
  readonly extends: PresetName;
  /** Rules that are newer than this version of the rule set are not scored. */
  readonly ruleset?: string;
  /** Rule id (or a glob of ids) → what is decided about it. */
  readonly rules: Readonly<Record<string, RuleSetting>>;
  /** gitignore patterns of paths that are not looked at. */
  readonly exclude: readonly string[];
  /** Those that differ from the usual ones. */
  readonly weights: Readonly<Partial<Record<Category, number>>>;
  readonly profile: Profile;
  readonly applicability: Readonly<Partial<Record<Category, Applicability>>>;
  /** READY asks that every open high finding be mended or accepted. */
  readonly strict: boolean;
  readonly signoffs: {
    /** Controls in place of those that are required by default. */
    readonly required?: readonly string[];
  };
  readonly gate: Gate;
}

export interface RuleSetting { readonly severity: Severity | 'off'; readonly reason?: string }

/** Whether a category applies, whatever the files show. */
export interface Applicability { readonly value: boolean; readonly reason: string }

/** What the file's schema admits. */
interface Written extends Partial<Omit<Config, 'rules' | 'profile' | 'strict'>> {
  readonly rules?: Readonly<Record<string, Severity | 'off' | RuleSetting>>;
  readonly profile?: Partial<Profile>;
}

export const DEFAULTS: Config = resolved({});

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
  const isRule = (id: string) => rules?.some((rule) => isMeant(rule.id, id)) ?? true;
  const reading = new Reading({ path, code: 'config', range, consequence: 'It is left out.', refuse: (parent, key) => parent === 'rules' && !isRule(key) ? 'is no rule' : undefined });
  // The schema admits nothing that is not of this type.
  const written = ((root && reading.value(root, configSchema(rules ?? []), '')) ?? {}) as Written;
  if (root && written.ruleset !== undefined && isNewer(written.ruleset, RULESET)) {
    reading.reject(findNodeAtLocation(root, ['ruleset']) ?? root, `\`ruleset\` is \`${written.ruleset}\`, and this Shipworthy knows rules up to ${RULESET}. Update Shipworthy.`);
  }
  return { config: resolved(written), notices: reading.notices };
}

/** The file over its preset, over the defaults. */
function resolved({ extends: name = 'standard', rules = {}, profile, weights, signoffs, gate, ruleset, exclude = [], applicability = {} }: Written): Config {
  const preset = presetOf(name);
  return {
    extends: name, ...(ruleset !== undefined && !isNewer(ruleset, RULESET) && { ruleset }), exclude, applicability, strict: preset.strict,
    rules: Object.fromEntries(Object.entries(rules).map(([id, said]) => [id, typeof said === 'string' ? { severity: said } : said])),
    weights: { ...preset.weights, ...weights }, profile: { ...USUAL_PROFILE, ...preset.profile, ...profile },
    signoffs: { ...preset.signoffs, ...signoffs }, gate: { ...preset.gate, ...gate },
  };
}
