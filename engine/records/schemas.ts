/** The schemas by which editors complete and check the files of ours that people write. */
import { controls } from '../../rules/controls';
import type { RuleName } from '../workspace/config-schema';
import type { Schema } from '../workspace/schema';
import { documentSchema, type Form } from './document';
import { SIGNOFFS } from './signoffs';
import { SUPPRESSIONS } from './suppressions';

/** By the name of the file: `signoffs`, `suppressions`. They name the controls and the rules there are. */
export function recordSchemas(rules: readonly RuleName[]): Readonly<Record<string, object>> {
  const named = (description: string, all: readonly RuleName[]): Schema => ({ type: 'string', description, enum: all.map(({ id }) => id), enumDescriptions: all.map(({ title }) => title) });
  return {
    signoffs: documentSchema(naming(SIGNOFFS, { control: named('What is signed.', controls) })),
    suppressions: documentSchema(naming(SUPPRESSIONS, { rule: named('The rule that is silenced.', rules) })),
  };
}

function naming<T extends object>(form: Form<T>, properties: Readonly<Record<string, Schema>>): Form<T> {
  return { ...form, record: { ...form.record, properties: { ...form.record.properties, ...properties } } };
}
