/** What a team changed: named on the card, so that cards stay comparable and nobody wonders where a finding went. */
import type { Category } from '../../rules/kit';
import { CATEGORIES, USUAL_PROFILE, WEIGHTS } from '../../rules/kit';
import type { Config } from './config';
import { presetOf } from './presets';

/** One setting that differs from what it would be without the file, or from its preset. */
export interface Customisation {
  /** As in the file: `weights.performance`. */
  readonly key: string;
  readonly value: string;
  /** What it would be otherwise, where that can be said. */
  readonly usual?: string;
  readonly reason?: string;
}

/** What of the configuration decides about the numbers of a card, and which of it is the team's own. */
export interface CardSettings extends Pick<Config, 'weights' | 'profile' | 'strict' | 'ruleset'> { readonly customisations: readonly Customisation[] }

export function cardSettings(config: Config): CardSettings {
  const { weights, profile, strict, ruleset } = config;
  return { weights, profile, strict, ...(ruleset !== undefined && { ruleset }), customisations: customisations(config) };
}

/** In the order of the file's keys as the documentation lists them. The gate is not among them: it judges cards and does not change them. */
export function customisations(config: Config): readonly Customisation[] {
  const preset = presetOf(config.extends);
  const usual = { ...USUAL_PROFILE, ...preset.profile };
  const changed = (key: string, value: string, before: string): readonly Customisation[] => (value === before ? [] : [{ key, value, usual: before }]);
  const weightOf = (category: Category, from: Config['weights']) => String(from[category] ?? WEIGHTS[category]);
  const { ruleset, rules, exclude, profile, applicability, signoffs } = config;
  return [
    ...changed('extends', config.extends, 'standard'),
    ...(ruleset === undefined ? [] : [{ key: 'ruleset', value: ruleset }]),
    ...Object.entries(rules).map(([id, { severity, reason }]) => ({ key: `rules.${id}`, value: severity, ...(reason !== undefined && { reason }) })),
    ...exclude.map((pattern) => ({ key: 'exclude', value: pattern })),
    ...CATEGORIES.flatMap((category) => changed(`weights.${category}`, weightOf(category, config.weights), weightOf(category, preset.weights))),
    ...changed('profile.exposure', profile.exposure, usual.exposure), ...changed('profile.data', profile.data.join(', '), usual.data.join(', ')), ...changed('profile.stage', profile.stage, usual.stage),
    ...CATEGORIES.flatMap((category) => {
      const said = applicability[category];
      return said ? [{ key: `applicability.${category}`, value: said.value ? 'applies' : 'does not apply', reason: said.reason }] : [];
    }),
    ...(signoffs.required === undefined ? [] : changed('signoffs.required', signoffs.required.join(', ') || 'none', preset.signoffs.required?.join(', ') ?? 'those required by default')),
  ];
}
