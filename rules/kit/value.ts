/**
 * What an expression may be when the program runs: a small lattice, each element with the place it was read from.
 * Evaluation happens in the engine, rules only ask. Values are plain data: they survive the tree they came from and
 * can be cached on disk.
 */
import type { Span } from './place';

export type Value =
  | Text | Numeric | Truth | Nothing | Items | Table | Environment | SecretStore | Generated | Joined | Tainted | Choice
  | Reference | Parameter | Result | Test | Unknown;

interface Base { readonly at: Span }

export interface Text extends Base { readonly kind: 'text'; readonly value: string }
export interface Numeric extends Base { readonly kind: 'number'; readonly value: number }
export interface Truth extends Base { readonly kind: 'bool'; readonly value: boolean }
/** `None`, `null`, `undefined`. */
export interface Nothing extends Base { readonly kind: 'none' }
export interface Items extends Base { readonly kind: 'list'; readonly items: readonly Value[] }
export interface Entry { readonly key: Value; readonly value: Value }
/** `open` when it is spread from something unknown, so that an absent key proves nothing. */
export interface Table extends Base { readonly kind: 'dict'; readonly entries: readonly Entry[]; readonly open: boolean }

/** A variable of the environment, whoever reads it (os.environ, decouple, pydantic settings, process.env…). */
export interface Environment extends Base {
  readonly kind: 'environment';
  readonly variable: string;
  /** What it is when the variable is not set. Absent: see `required`. */
  readonly fallback?: Value;
  /** Reading it fails when it is not set. */
  readonly required: boolean;
  /** The reader turns text into this type, as `env.bool` does. */
  readonly cast?: 'bool' | 'int' | 'float' | 'list' | 'json' | 'other';
}
export interface SecretStore extends Base { readonly kind: 'secret-store'; readonly store: string }
/** Random at run time: secrets.token_hex, os.urandom, uuid4… */
export interface Generated extends Base { readonly kind: 'generated'; readonly by: string }
/** Text put together at run time. Constant parts are `text`. */
export interface Joined extends Base {
  readonly kind: 'joined';
  readonly how: 'f-string' | 'format' | 'percent' | 'concatenation' | 'join' | 'template';
  readonly parts: readonly Value[];
}
/** Data that a visitor sends; `source` is the code that reads it, such as `request.args["id"]`. */
export interface Tainted extends Base { readonly kind: 'tainted'; readonly source: string; /** Where it was read, when `at` is a place further on. */ readonly from?: Span }
/** One of several, with the operator that chooses. For `or`, options are in the order they are tried. */
export interface Choice extends Base { readonly kind: 'choice'; readonly by: 'or' | 'and' | 'conditional'; readonly options: readonly Value[]; readonly test?: Value }
/** A qualified name that was not followed further: an import, an attribute of a known object. */
export interface Reference extends Base { readonly kind: 'reference'; readonly name: string }
/** What a function is given; `name` may lead into it: `order.name`, `rows.*` for any element. */
export interface Parameter extends Base { readonly kind: 'parameter'; readonly name: string; readonly function: string }
/** What a call returns, when it is not one of the above. `of` is the receiver's value for methods of values (`x.lower()`). */
export interface Result extends Base {
  readonly kind: 'result';
  readonly callee: string;
  readonly of?: Value;
  readonly args: readonly Value[];
  readonly keywords: readonly Keyword[];
}
export interface Keyword { readonly name: string; readonly value: Value; readonly at: Span }
/** A comparison or a negation; `right` is absent for `not`. */
export interface Test extends Base { readonly kind: 'test'; readonly op: string; readonly left: Value; readonly right?: Value }
export interface Unknown extends Base { readonly kind: 'unknown' }

/** True for text, numbers, truth values and None: what is written in the source and nothing else. */
export function isLiteral(value: Value): value is Text | Numeric | Truth | Nothing {
  return value.kind === 'text' || value.kind === 'number' || value.kind === 'bool' || value.kind === 'none';
}

/** The options a value may take at run time: itself, or those of an `or`, `and` or conditional, flattened. */
export function options(value: Value): readonly Value[] {
  return value.kind === 'choice' ? value.options.flatMap(options) : [value];
}

/** The element of a table under a constant key, the last one written winning. */
export function lookup(table: Value, key: string): Value | undefined {
  if (table.kind !== 'dict') return undefined;
  return table.entries.findLast((entry) => entry.key.kind === 'text' && entry.key.value === key)?.value;
}
