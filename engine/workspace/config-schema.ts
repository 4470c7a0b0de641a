/** The keys of `shipworthy.json`, once: the schema editors complete and check with, and what `readConfig` goes by. */
import type { Category, Severity } from '../../rules/kit';
import { CATEGORIES, POINTS, SEVERITIES, USUAL_PROFILE, WEIGHTS } from '../../rules/kit';
import { controls } from '../../rules/controls';
import { GATE } from './gate';
import type { PresetName } from './presets';
import { PRESETS } from './presets';
import type { Choice, Properties, Schema } from './schema';
import { object } from './schema';

/** A rule as far as the file speaks of it. */
export interface RuleName { readonly id: string; readonly title: string }

const REASON: Schema = { type: 'string', description: 'Why, for whoever reads the card.', minLength: 1, examples: ['Done by the proxy in front.'] };

const SEVERITY: Schema = {
  type: 'string', description: 'How much a finding of this rule weighs, or `off`.', enum: [...SEVERITIES, 'off'],
  enumDescriptions: [
    `Blocks shipping. ${costs('critical')}`, `Caps its category at B+. ${costs('high')}`, costs('medium'), costs('low'), 'It is listed and costs nothing.', 'The rule is not asked.',
  ],
};

function costs(severity: Severity): string {
  return `It costs ${POINTS[severity].usual} points of its category, less where it is not confirmed.`;
}

function setting(description: string): Choice {
  const explained: Schema = {
    type: 'object', description, properties: { severity: SEVERITY, reason: REASON }, required: ['severity'], additionalProperties: false,
    examples: [{ severity: 'off', reason: 'Done by the proxy in front.' }],
  };
  // Editors show the description of the one that fits, so each has it.
  return { description, anyOf: [{ ...SEVERITY, description }, explained] };
}

function byCategory(schema: (category: Category) => Schema): Properties {
  return Object.fromEntries(CATEGORIES.map((category) => [category, schema(category)]));
}

const PROFILE = object('What the application is, as far as no file tells. What blocks depends on it.', {
  exposure: {
    type: 'string', description: 'Who can reach it.', default: USUAL_PROFILE.exposure, enum: ['public', 'internal'],
    enumDescriptions: ['Everybody.', 'Only people of your own network: plain HTTP does not block.'],
  },
  data: {
    type: 'array', uniqueItems: true, description: 'What kinds of data it keeps that deserve more care.', default: USUAL_PROFILE.data, examples: [['personal']],
    items: {
      type: 'string', description: 'A kind of data.', enum: ['personal', 'payment'],
      enumDescriptions: ['About people. Missing backups and unverified certificates block.', 'About payments. Missing backups and unverified certificates block, in a pilot too.'],
    },
  },
  stage: {
    type: 'string', description: 'Whom it serves.', default: USUAL_PROFILE.stage, enum: ['production', 'pilot'],
    enumDescriptions: ['Everybody it is meant for.', 'A few first users who know that it is new: missing backups of personal data do not block.'],
  },
}, { default: {} });

const APPLICABILITY = object('Categories that do or do not apply, whatever the files show.', byCategory((category) => object(`Whether ${category} applies.`, {
  value: { type: 'boolean', description: '`false`: it is left out, and the others share its weight. `true`: where nothing of it is found, it counts as not checked.', examples: [false] },
  reason: REASON,
}, { required: ['value', 'reason'], examples: [{ value: false, reason: 'It is done by another team.' }] })), { default: {} });

const SIGNOFFS = object('What people have to sign.', {
  required: {
    type: 'array', uniqueItems: true,
    description: 'Controls without whose sign-off the verdict is MOSTLY READY at best, in place of those that are required by default. An empty list asks for none.',
    items: { type: 'string', description: 'A control such as `restore-drill`.', enum: controls.map(({ id }) => id), enumDescriptions: controls.map(({ title }) => title) }, examples: [['restore-drill', 'tls-at-edge']],
  },
}, { default: {} });

function keys(rules: readonly RuleName[]): Properties {
  const names = Object.keys(PRESETS) as PresetName[];
  return {
    $schema: { type: 'string', description: 'Where this schema is to be found.', examples: ['./node_modules/shipworthy/syntaxes/shipworthy.schema.json'] },
    extends: { type: 'string', description: 'The settings that these are changes of.', default: 'standard', enum: names, enumDescriptions: names.map((name) => PRESETS[name].about) },
    ruleset: {
      type: 'string', description: 'The version of the rule set that counts. Newer rules are reported and not scored, until this is raised.', examples: ['1'],
      pattern: '^\\d+(\\.\\d+)*$', patternErrorMessage: 'a version such as 1 or 2027.1',
    },
    rules: {
      type: 'object', description: 'Severities of rules, by their id or by a pattern of ids such as `cookie-*`.', default: {},
      properties: Object.fromEntries(rules.map(({ id, title }) => [id, setting(title)])),
      additionalProperties: setting('How much findings of these rules weigh, or `off`.'),
      examples: [{ 'csp-missing': 'low', 'structured-*': 'off' }],
    },
    exclude: {
      type: 'array', uniqueItems: true, description: 'Paths that are not looked at, as patterns of .gitignore.', default: [], examples: [['legacy/', '*.sql']],
      items: { type: 'string', description: 'A pattern such as `legacy/` or `*.sql`.', examples: ['legacy/'] },
    },
    weights: object('How much each category counts in the score. Those that are not named keep their weight.', byCategory((category) => ({
      type: 'integer', description: `Weight of ${category}.`, minimum: 0, maximum: 100, default: WEIGHTS[category],
    })), { default: {}, examples: [{ performance: 8, documentation: 0 }] }),
    profile: PROFILE, applicability: APPLICABILITY, signoffs: SIGNOFFS, gate: GATE,
  };
}

/** The schema of `shipworthy.json`, with the rules there are. Comments and trailing commas are allowed in the file. */
export function configSchema(rules: readonly RuleName[]): Schema & { readonly $schema: string; readonly title: string; readonly allowComments: boolean; readonly allowTrailingCommas: boolean } {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#', title: 'Shipworthy', allowComments: true, allowTrailingCommas: true,
    type: 'object', description: 'What this team decided about the audit.', properties: keys(rules), additionalProperties: false,
  };
}

/** The same for editors, which set code in descriptions apart only where they are told that it is Markdown. */
export function editorSchema(rules: readonly RuleName[]): object {
  return marked(configSchema(rules)) as object;
}

function marked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, one]: [string, unknown]) => (
    key === 'description' && typeof one === 'string' && one.includes('`') ? [[key, one], ['markdownDescription', one]] : [[key, marked(one)]])));
}
