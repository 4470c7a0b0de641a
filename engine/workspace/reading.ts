/** JSON that people write by hand, read beside its schema: what is not understood is said at its place. */
import type { Node, ParseError } from 'jsonc-parser';
import { parseTree, printParseErrorCode } from 'jsonc-parser';
import { dayNumber } from '../../rules/kit';
import type { Notice, Position, Range } from '../audit/outcome';
import { lineOf, lines } from '../files/lines';
import { isTooDeep } from '../files/tree';
import { nearest } from './nearest';
import type { Choice, Schema } from './schema';

/** A text as a tree, or why it is none. An empty text has no root and no fault. */
export interface Parsed {
  readonly root?: Node;
  readonly fault?: { readonly reason: string; readonly range: Range };
  /** The place of a part of the text, by its offset and length. */
  readonly range: (part: { readonly offset: number; readonly length: number }) => Range;
}

/** Parses JSON in which comments and trailing commas are allowed. Never throws. */
export function parseJson(text: string): Parsed {
  const errors: ParseError[] = [];
  const tooDeep = isTooDeep(text);
  const root = tooDeep ? undefined : parseTree(text, errors, { allowTrailingComma: true, disallowComments: false, allowEmptyContent: true });
  const [error] = errors;
  const range = ranges(text);
  if (!error && !tooDeep) return { ...(root && { root }), range };
  const reason = error ? REASONS[printParseErrorCode(error.error)] ?? 'it is not well formed' : 'it is nested too deeply';
  return { fault: { reason, range: range(error ?? { offset: 0, length: 0 }) }, range };
}

function ranges(text: string): Parsed['range'] {
  const line = lineOf(text);
  const all = lines(text);
  const at = (offset: number): Position => {
    const inside = Math.min(offset, text.length);
    return { line: line(inside), character: inside - (all[line(inside)]?.start ?? 0) };
  };
  return ({ offset, length }) => ({ start: at(offset), end: at(offset + length) });
}

const REASONS: Readonly<Record<string, string>> = {
  InvalidSymbol: 'a word is not in quotes', InvalidNumberFormat: 'a number is not well formed', PropertyNameExpected: 'the name of a key is expected',
  ValueExpected: 'a value is expected', ColonExpected: 'a colon is expected', CommaExpected: 'a comma is expected', CloseBraceExpected: 'a closing } is missing',
  CloseBracketExpected: 'a closing ] is missing', EndOfFileExpected: 'there is more after its end', UnexpectedEndOfComment: 'a comment does not end',
  UnexpectedEndOfString: 'a text does not end', UnexpectedEndOfNumber: 'a number does not end', InvalidUnicode: 'an escape is not well formed',
  InvalidEscapeCharacter: 'an escape is not well formed', InvalidCharacter: 'a character may not stand there',
};

/** How the faults of a file are told. */
export interface Telling {
  readonly path: string;
  readonly code: Notice['code'];
  readonly range: Parsed['range'];
  /** What follows for the part that is not understood: a whole sentence. */
  readonly consequence: string;
  /** What is wrong with a key that the schema leaves open, such as `is no rule`; undefined when nothing is. */
  readonly refuse?: (parent: string, key: string) => string | undefined;
}

/** One pass over a file, beside its schema. */
export class Reading {
  readonly notices: Notice[] = [];

  constructor(private readonly telling: Telling) {}

  /** The value of a node as far as its schema admits it; undefined when it does not. `key` is what messages call it: `profile.data`, or empty for the file. */
  value(node: Node, schema: Schema | Choice, key: string): unknown {
    if ('anyOf' in schema) return this.choice(node, schema, key);
    if (schema.type === 'object' && node.type === 'object') return this.object(node, schema, key);
    if (schema.type === 'array' && node.type === 'array') return this.list(node, schema, key);
    if (schema.type === 'string' && node.type === 'string') return this.text(node, schema, key);
    if ((schema.type === 'integer' || schema.type === 'number') && node.type === 'number') return this.number(node, schema, key);
    if (schema.type === 'boolean' && node.type === 'boolean') return Boolean(node.value);
    return this.reject(node, `${named(key)} must be ${ARTICLES[schema.type]}.`);
  }

  private choice(node: Node, { anyOf }: Choice, key: string): unknown {
    const meant = anyOf.find((one) => one.type === node.type);
    return meant ? this.value(node, meant, key) : this.reject(node, `${named(key)} must be ${anyOf.map((one) => ARTICLES[one.type]).join(' or ')}.`);
  }

  /** Says what is wrong with a node. */
  reject(node: Node, message: string): undefined {
    const { path, code, range, consequence } = this.telling;
    this.notices.push({ code, path, range: range(node), message: `${message} ${consequence}`, incomplete: false });
  }

  private object(node: Node, schema: Schema, key: string): unknown {
    const found = new Map<string, unknown>();
    const named = new Set<string>();
    for (const property of node.children ?? []) {
      const [name, value] = property.children ?? [];
      if (!name || !value) continue;
      const id = String(name.value);
      const below = this.schemaOf(name, id, schema, key);
      if (named.has(id)) this.reject(name, `${inner(key, id)} stands here for the second time.`);
      else if (below) {
        const said = this.value(value, below, key === '' ? id : `${key}.${id}`);
        if (said !== undefined) found.set(id, said);
      }
      named.add(id);
    }
    for (const id of schema.required ?? []) if (!named.has(id)) this.reject(node, `${inner(key, id)} is missing: ${lower(schema.properties?.[id]?.description ?? '')}`);
    // Without all that it needs, an object says nothing.
    return schema.required?.some((id) => !found.has(id)) ? undefined : Object.fromEntries(found);
  }

  /** What a key may hold; undefined, and said, where there is no such key. */
  private schemaOf(name: Node, id: string, schema: Schema, key: string): Schema | Choice | undefined {
    const known = schema.properties ?? {};
    const below = (Object.hasOwn(known, id) ? known[id] : undefined) ?? (schema.additionalProperties || undefined);
    const what = this.telling.refuse?.(key, id) ?? (below ? undefined : key === '' ? 'is no key of this file' : `is no key of \`${key}\``);
    if (what !== undefined) return this.reject(name, `\`${id}\` ${what}.${meant(id, Object.keys(known))}`);
    return below;
  }

  private list(node: Node, schema: Schema, key: string): unknown {
    const said = (node.children ?? []).flatMap((item, index) => {
      const value = schema.items && this.value(item, schema.items, `${key}[${index}]`);
      return value === undefined ? [] : [value];
    });
    return schema.uniqueItems ? [...new Set(said)] : said;
  }

  private text(node: Node, schema: Schema, key: string): unknown {
    const value = String(node.value);
    if (schema.enum && !schema.enum.includes(value)) return this.reject(node, `${named(key)} is \`${value}\`; it ${schema.enum.length > NAMED ? `is none of the ${schema.enum.length} there are` : `may be ${alternatives(schema.enum)}`}.${meant(value, schema.enum)}`);
    if (schema.format === 'date' && dayNumber(value) === undefined) return this.reject(node, `${named(key)} is \`${value}\`; it must be a day such as 2027-01-31.`);
    if (schema.minLength !== undefined && value.trim().length < schema.minLength) return this.reject(node, `${named(key)} is empty.`);
    if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value)) return this.reject(node, `${named(key)} is \`${value}\`; it must be ${schema.patternErrorMessage ?? `like ${schema.pattern}`}.`);
    return value;
  }

  private number(node: Node, schema: Schema, key: string): unknown {
    const value = Number(node.value);
    const { minimum = -Infinity, maximum = Infinity } = schema;
    if ((schema.type === 'number' || Number.isInteger(value)) && value >= minimum && value <= maximum) return value;
    return this.reject(node, `${named(key)} must be ${ARTICLES[schema.type]} from ${minimum} to ${maximum}.`);
  }
}

/** So many values are listed in a sentence. */
const NAMED = 10;

const ARTICLES: Readonly<Record<Schema['type'], string>> = { object: 'an object in { }', array: 'a list in [ ]', string: 'a text in quotes', integer: 'a whole number', number: 'a number', boolean: '`true` or `false`' };

function named(key: string): string {
  return key === '' ? 'The file' : `\`${key}\``;
}

function inner(key: string, id: string): string {
  return `\`${key === '' ? id : `${key}.${id}`}\``;
}

function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

function alternatives(values: readonly string[]): string {
  const quoted = values.map((value) => `\`${value}\``);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1) ?? ''}`;
}

/** ` Did you mean …?`, or nothing. */
export function meant(value: string, known: readonly string[]): string {
  const near = nearest(value, known);
  return near === undefined ? '' : ` Did you mean \`${near}\`?`;
}
