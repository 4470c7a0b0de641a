/**
 * The files of ours that a team keeps in `.shipworthy/`: a version and a list of records, one record a line.
 *
 *     {
 *       "version": 1,
 *       "suppressions": [
 *         { "rule": "csrf-missing", "path": "app/api/**", "lane": "false-positive", "reason": "tokens only" }
 *       ]
 *     }
 *
 * What is wrong with the file as a whole (no JSON, a version of the future, an unknown key) refuses all of it; what is wrong
 * with one record leaves out that record. Either way it is said at its line, and nothing counts by half.
 */
import type { Node } from 'jsonc-parser';
import type { Notice, Range } from '../audit/outcome';
import { meant, parseJson, Reading } from '../workspace/reading';
import type { Schema } from '../workspace/schema';

/** What a file of ours is made of. `T` is what its schema admits, as a type. */
export interface Form<T extends object> {
  /** What the file holds, in words for messages and schemas. */
  readonly title: string;
  /** The key of its list: `suppressions`. */
  readonly list: string;
  /** The version that is written. Older ones are still read. */
  readonly version: number;
  /** Of one record. Its properties are written in this order. */
  readonly record: Schema;
  /** Tells records apart and sorts them: two that give the same text are the same record. */
  readonly key: (record: T) => string;
}

/** A record as it was read. */
export interface Entry<T extends object> {
  readonly value: T;
  readonly range: Range;
  /** Place of the value of one of its keys; of the whole record where it has none. */
  readonly rangeOf: (key: string) => Range;
  /** Its number in the list, from 0, those that were left out counted. */
  readonly index: number;
}

/** What a file says. Records that were left out are not among the entries; why is among the notices. */
export interface Read<T extends object> { readonly entries: readonly Entry<T>[]; readonly notices: readonly Notice[] }

/**
 * Reads a file of ours; comments and trailing commas are allowed. Never throws.
 * @returns the entries, or the notice (`incomplete`) why nothing of the file counts
 */
export function readDocument<T extends object>(text: string, path: string, form: Form<T>): Read<T> | { readonly refused: Notice } {
  const { root, fault, range } = parseJson(text);
  const refuse = (reason: string, place: Range): { readonly refused: Notice } => ({
    refused: { code: 'record', path, range: place, incomplete: true, message: `${path}, line ${place.start.line + 1}: ${reason} Nothing in it counts until it is mended.` },
  });
  if (fault) return refuse(`this is not valid JSON, ${fault.reason}.`, fault.range);
  if (root?.type !== 'object') return refuse(`the file must be an object in { } with \`version\` and \`${form.list}\`.`, range(root ?? { offset: 0, length: 0 }));
  const parts = partsOf(root, form);
  if ('node' in parts) return refuse(parts.reason, range(parts.node));
  const notices: Notice[] = [];
  const entries = parts.items.flatMap((node, index): Entry<T>[] => {
    const reading = new Reading({ path, code: 'record', range, consequence: `This entry of \`${form.list}\` does not count.` });
    const value = reading.value(node, form.record, `${form.list}[${index}]`);
    notices.push(...reading.notices);
    // The schema admits nothing that is not of the type.
    return reading.notices.length > 0 ? [] : [{ value: value as T, range: range(node), rangeOf: (key) => range(valueOf(node, key) ?? node), index }];
  });
  return { entries, notices };
}

/** The records' nodes, or what keeps the file from being read. */
function partsOf(root: Node, { version, list }: Form<never>): { readonly items: readonly Node[] } | { readonly node: Node; readonly reason: string } {
  const known = ['$schema', 'version', list];
  const names = (root.children ?? []).flatMap((property) => property.children?.[0] ?? []);
  const odd = names.find((name, index) => !known.includes(String(name.value)) || names.findIndex((other) => other.value === name.value) !== index);
  const says = valueOf(root, 'version');
  if (!says) return { node: odd ?? root, reason: `\`version\` is missing; it is ${version} in files of today.` };
  const number: unknown = says.value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 1) return { node: says, reason: `\`version\` must be a whole number from 1 to ${version}.` };
  if (number > version) return { node: says, reason: `it is of version ${number}, and this Shipworthy knows versions up to ${version}. Update Shipworthy.` };
  if (odd) {
    const name = String(odd.value);
    return { node: odd, reason: known.includes(name) ? `\`${name}\` stands here for the second time.` : `\`${name}\` is no key of this file.${meant(name, known)}` };
  }
  const listed = valueOf(root, list);
  if (listed?.type !== 'array') return { node: listed ?? root, reason: listed ? `\`${list}\` must be a list in [ ].` : `\`${list}\` is missing.` };
  return { items: listed.children ?? [] };
}

/** The value of a key of an object. */
export function valueOf(node: Node, key: string): Node | undefined {
  return node.children?.find((property) => property.children?.[0]?.value === key)?.children?.[1];
}

/** A whole file: sorted, one record a line, so that two people who add one each seldom meet. Same records, same bytes. */
export function formatDocument<T extends object>(form: Form<T>, records: readonly T[]): string {
  const sorted = records.map((record) => ({ key: form.key(record), line: recordLine(form, record) })).sort((a, b) => byText(a.key, b.key) || byText(a.line, b.line));
  const lines = sorted.map(({ line }) => `\n    ${line}`);
  return `{\n  "version": ${form.version},\n  ${JSON.stringify(form.list)}: [${lines.join(',')}${lines.length > 0 ? '\n  ' : ''}]\n}\n`;
}

/** A record on one line, its keys in the order of the schema. What is undefined is left out. */
export function recordLine<T extends object>({ record: schema }: Form<T>, record: T): string {
  const pairs = Object.keys(schema.properties ?? {}).flatMap((key) => {
    const value: unknown = Reflect.get(record, key);
    return value === undefined ? [] : [`${JSON.stringify(key)}: ${inline(value)}`];
  });
  return `{ ${pairs.join(', ')} }`;
}

function inline(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(inline).join(', ')}]` : JSON.stringify(value);
}

/** By code units, the same on every machine. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The schema by which editors complete and check such a file. */
export function documentSchema<T extends object>({ title, list, version, record }: Form<T>): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#', title: `Shipworthy: ${title}`, allowComments: true, allowTrailingCommas: true,
    type: 'object', description: title, required: ['version', list], additionalProperties: false,
    properties: {
      $schema: { type: 'string', description: 'Where this schema is to be found.' },
      version: { type: 'integer', description: 'Version of the form of this file.', minimum: 1, maximum: version },
      [list]: { type: 'array', description: title, items: record },
    },
  };
}
