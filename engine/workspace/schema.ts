/**
 * The keys of `shipworthy.json`, once: the schema editors complete and check with, and what `readConfig` goes by. The shape
 * is JSON Schema's (draft 7), of which only what is needed here is known.
 */
import { CATEGORIES, SEVERITIES } from '../../rules/kit';
import { GATE } from './gate';

export interface Schema {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly description: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  /** What other properties may be; false when there are none. */
  readonly additionalProperties?: false | Schema;
  readonly items?: Schema;
  readonly uniqueItems?: boolean;
  readonly enum?: readonly string[];
  /** One for each value of `enum`, in its order (a key that VS Code knows). */
  readonly enumDescriptions?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
  /** `date`: an ISO day that exists. */
  readonly format?: 'date';
  /** In letters that are no blanks at the ends. */
  readonly minLength?: number;
  readonly pattern?: string;
  /** What the pattern asks for, after "it must be" (a key that VS Code knows). */
  readonly patternErrorMessage?: string;
}

/** A rule as far as the file speaks of it. */
export interface RuleName { readonly id: string; readonly title: string }

const SEVERITY: Schema = { type: 'string', description: 'How much a finding of this rule weighs, or `off`.', enum: [...SEVERITIES, 'off'] };

function keys(rules: readonly RuleName[]): Readonly<Record<string, Schema>> {
  return {
    $schema: { type: 'string', description: 'Where this schema is to be found.' },
    rules: {
      type: 'object',
      description: 'Severities of rules, by their id or by a pattern of ids such as `cookie-*`.',
      properties: Object.fromEntries(rules.map(({ id, title }) => [id, { ...SEVERITY, description: title }])),
      additionalProperties: SEVERITY,
    },
    exclude: {
      type: 'array', uniqueItems: true,
      description: 'Paths that are not looked at, as patterns of .gitignore.',
      items: { type: 'string', description: 'A pattern such as `legacy/` or `*.sql`.' },
    },
    weights: {
      type: 'object',
      description: 'How much each category counts in the score. Those that are not named keep their weight.',
      properties: Object.fromEntries(CATEGORIES.map((category) => [category, { type: 'integer', description: `Weight of ${category}.`, minimum: 0, maximum: 100 }])),
      additionalProperties: false,
    },
    profile: {
      type: 'object',
      description: 'What the application is, as far as no file tells.',
      properties: {
        exposure: { type: 'string', description: 'Who can reach it: everybody, or only people of your own network.', enum: ['public', 'internal'] },
        data: {
          type: 'array', uniqueItems: true,
          description: 'What kinds of data it keeps that deserve more care.',
          items: { type: 'string', description: 'A kind of data.', enum: ['personal', 'payment'] },
        },
        stage: { type: 'string', description: 'Whether it serves everybody it is meant for, or a few first users.', enum: ['production', 'pilot'] },
      },
      additionalProperties: false,
    },
    signoffs: {
      type: 'object',
      description: 'What people have to sign.',
      properties: {
        required: {
          type: 'array', uniqueItems: true,
          description: 'Controls without whose sign-off the verdict is MOSTLY READY at best, in place of those that are required by default. An empty list asks for none.',
          items: { type: 'string', description: 'A control such as `restore-drill`.' }, examples: [['restore-drill', 'tls-at-edge']],
        },
      },
      additionalProperties: false,
    },
    gate: GATE,
  };
}

/** The schema of `shipworthy.json`, with the rules there are. Comments and trailing commas are allowed in the file. */
export function configSchema(rules: readonly RuleName[]): Schema & { readonly $schema: string; readonly title: string; readonly allowComments: boolean; readonly allowTrailingCommas: boolean } {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#', title: 'Shipworthy', allowComments: true, allowTrailingCommas: true,
    type: 'object', description: 'What this team decided about the audit.', properties: keys(rules), additionalProperties: false,
  };
}
