/** What a team decided about the tool, from `shipworthy.json`. Every key is optional. */
import type { Node, ParseError } from 'jsonc-parser';
import { parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Category, Severity } from '../../rules/kit';
import type { Notice, Position } from '../audit/outcome';
import { lineOf, lines } from '../files/lines';
import { isTooDeep } from '../files/tree';
import { nearest } from './nearest';
import type { Gate } from './gate';
import type { RuleName, Schema } from './schema';
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

export interface Profile {
  readonly exposure: 'public' | 'internal';
  readonly data: readonly ('personal' | 'payment')[];
  readonly stage: 'production' | 'pilot';
}

export const DEFAULTS: Config = {
  rules: {}, exclude: [], weights: {}, profile: { exposure: 'public', data: [], stage: 'production' }, signoffs: {}, gate: {},
};

/**
 * Reads a `shipworthy.json`; comments and trailing commas are allowed. Never throws: what is not understood is left at its
 * default, and a notice at its place says so. Where the file is no JSON at all, everything is.
 * @param rules those there are; without them, unknown rules are not noticed
 */
export function readConfig(text: string, path: string, rules?: readonly RuleName[]): { readonly config: Config; readonly notices: readonly Notice[] } {
  const errors: ParseError[] = [];
  const tooDeep = isTooDeep(text);
  const root = tooDeep ? undefined : parseTree(text, errors, { allowTrailingComma: true, disallowComments: false, allowEmptyContent: true });
  const [first] = errors;
  if (first || tooDeep) return { config: DEFAULTS, notices: [broken(text, path, first)] };
  const reading = new Reading(text, path, rules);
  const said = root && reading.value(root, configSchema(rules ?? []), '');
  // The schema admits nothing that is not of the type of Config.
  const { profile, ...rest } = (said ?? {}) as Partial<Config>;
  const { rules: severities, exclude, weights, signoffs, gate } = { ...DEFAULTS, ...rest };
  return { config: { rules: severities, exclude, weights, profile: { ...DEFAULTS.profile, ...profile }, signoffs, gate }, notices: reading.notices };
}

const REASONS: Readonly<Record<string, string>> = {
  InvalidSymbol: 'a word is not in quotes', InvalidNumberFormat: 'a number is not well formed', PropertyNameExpected: 'the name of a key is expected',
  ValueExpected: 'a value is expected', ColonExpected: 'a colon is expected', CommaExpected: 'a comma is expected', CloseBraceExpected: 'a closing } is missing',
  CloseBracketExpected: 'a closing ] is missing', EndOfFileExpected: 'there is more after its end', UnexpectedEndOfComment: 'a comment does not end',
  UnexpectedEndOfString: 'a text does not end', UnexpectedEndOfNumber: 'a number does not end', InvalidUnicode: 'an escape is not well formed',
  InvalidEscapeCharacter: 'an escape is not well formed', InvalidCharacter: 'a character may not stand there',
};

function broken(text: string, path: string, error: ParseError | undefined): Notice {
  const start = Math.min(error?.offset ?? 0, text.length);
  const at = positions(text);
  const range = { start: at(start), end: at(Math.min(start + (error?.length ?? 0), text.length)) };
  const reason = (error && REASONS[printParseErrorCode(error.error)]) ?? 'it is nested too deeply';
  return { code: 'config', path, range, message: `${path} is not valid JSON: ${reason} in line ${range.start.line + 1}. Nothing in it counts until it is mended; the defaults are used.`, incomplete: true };
}

function positions(text: string): (offset: number) => Position {
  const line = lineOf(text);
  const all = lines(text);
  return (offset) => ({ line: line(offset), character: offset - (all[line(offset)]?.start ?? 0) });
}

/** One pass over the file, beside its schema. */
class Reading {
  readonly notices: Notice[] = [];
  private readonly at: (offset: number) => Position;

  constructor(text: string, private readonly path: string, private readonly rules: readonly RuleName[] | undefined) {
    this.at = positions(text);
  }

  /** The value of a node as far as its schema admits it; undefined when it does not. */
  value(node: Node, schema: Schema, key: string): unknown {
    if (schema.type === 'object' && node.type === 'object') return this.object(node, schema, key);
    if (schema.type === 'array' && node.type === 'array') return this.list(node, schema, key);
    if (schema.type === 'string' && node.type === 'string') return this.text(node, schema, key);
    if ((schema.type === 'integer' || schema.type === 'number') && node.type === 'number') return this.number(node, schema, key);
    if (schema.type === 'boolean' && node.type === 'boolean') return Boolean(node.value);
    return this.reject(node, `${named(key)} must be ${ARTICLES[schema.type]}.`);
  }

  private object(node: Node, schema: Schema, key: string): unknown {
    const found: [string, unknown][] = [];
    for (const property of node.children ?? []) {
      const [name, value] = property.children ?? [];
      if (!name || !value) continue;
      const id = String(name.value);
      const inner = key === '' ? id : `${key}.${id}`;
      const below = (Object.hasOwn(schema.properties ?? {}, id) ? schema.properties?.[id] : undefined) ?? (schema.additionalProperties || undefined);
      const known = key !== 'rules' || this.isRule(id);
      if (!below || !known) this.unknown(name, id, key, Object.keys(schema.properties ?? {}));
      const said = below && known ? this.value(value, below, inner) : undefined;
      if (said !== undefined) found.push([id, said]);
    }
    return Object.fromEntries(found);
  }

  /** A pattern is a rule when it means one. */
  private isRule(id: string): boolean {
    if (!this.rules) return true;
    const pattern = new RegExp(`^${id.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);
    return this.rules.some((rule) => pattern.test(rule.id));
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
    if (!schema.enum || schema.enum.includes(value)) return value;
    return this.reject(node, `${named(key)} is \`${value}\`; it may be ${alternatives(schema.enum)}.${meant(value, schema.enum)}`);
  }

  private number(node: Node, schema: Schema, key: string): unknown {
    const value = Number(node.value);
    const { minimum = -Infinity, maximum = Infinity } = schema;
    if ((schema.type === 'number' || Number.isInteger(value)) && value >= minimum && value <= maximum) return value;
    return this.reject(node, `${named(key)} must be ${ARTICLES[schema.type]} from ${minimum} to ${maximum}.`);
  }

  private unknown(node: Node, id: string, key: string, known: readonly string[]): void {
    const what = key === 'rules' ? 'is no rule' : key === '' ? 'is no key of this file' : `is no key of \`${key}\``;
    this.reject(node, `\`${id}\` ${what}.${meant(id, known)}`);
  }

  private reject(node: Node, message: string): undefined {
    const range = { start: this.at(node.offset), end: this.at(node.offset + node.length) };
    this.notices.push({ code: 'config', path: this.path, range, message: `${message} It is left out.`, incomplete: false });
  }
}

const ARTICLES: Readonly<Record<Schema['type'], string>> = { object: 'an object in { }', array: 'a list in [ ]', string: 'a text in quotes', integer: 'a whole number', number: 'a number', boolean: '`true` or `false`' };

function named(key: string): string {
  return key === '' ? 'The file' : `\`${key}\``;
}

function alternatives(values: readonly string[]): string {
  const quoted = values.map((value) => `\`${value}\``);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1) ?? ''}`;
}

function meant(value: string, known: readonly string[]): string {
  const near = nearest(value, known);
  return near === undefined ? '' : ` Did you mean \`${near}\`?`;
}

/** How many settings differ from the defaults. */
export function customised({ rules, weights, profile }: Config): number {
  const usual = DEFAULTS.profile;
  const profiled = [profile.exposure !== usual.exposure, profile.data.length > 0, profile.stage !== usual.stage].filter(Boolean).length;
  return Object.keys(rules).length + Object.keys(weights).length + profiled;
}
