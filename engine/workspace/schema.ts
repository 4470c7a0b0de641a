/** What a file of JSON may hold, of which only what is needed here is known: the shape is JSON Schema's (draft 7), so that editors go by it too. */

export interface Schema {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly description: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly properties?: Properties;
  /** What other properties may be; false when there are none. */
  readonly additionalProperties?: false | Schema | Choice;
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

/** Either of several, told apart by their type. */
export interface Choice {
  readonly description: string;
  readonly anyOf: readonly Schema[];
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
}

export type Properties = Readonly<Record<string, Schema | Choice>>;

/** An object with these keys and no others. */
export function object(description: string, properties: Properties, more: Partial<Schema> = {}): Schema {
  return { type: 'object', description, properties, additionalProperties: false, ...more };
}
