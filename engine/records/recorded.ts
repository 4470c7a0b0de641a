/** Where files of ours name rules, files and findings: the configuration by its keys, the records by their entries. */
import { getLocation, type Node } from 'jsonc-parser';
import { CONFIG_FILE } from '../workspace/config';
import { parseJson } from '../workspace/reading';
import { BASELINE, BASELINE_PATH } from './baseline';
import { valueOf } from './document';
import { SIGNOFFS_FILE, SUPPRESSIONS_FILE } from './paths';
import { SIGNOFFS } from './signoffs';
import { SUPPRESSIONS } from './suppressions';

/** The lists of entries, by their file. */
const LISTS: Readonly<Record<string, string>> = { [SUPPRESSIONS_FILE]: SUPPRESSIONS.list, [BASELINE_PATH]: BASELINE.list, [SIGNOFFS_FILE]: SIGNOFFS.list };

/** Keys of entries, and what they name. A path may be a pattern of .gitignore, or anything else where it is evidence. */
const NAMES: Readonly<Record<string, Named['kind']>> = { rule: 'rule', path: 'path', evidence: 'path', fingerprint: 'finding' };

/** A name as it is written, and its place between the quotes. */
export interface Named { readonly kind: 'rule' | 'path' | 'finding'; readonly name: string; readonly start: number; readonly end: number }

/** All names in a file of ours; undefined when it is none. One that is no JSON names nothing. */
export function namesIn(path: string, text: string): readonly Named[] | undefined {
  const list = LISTS[path];
  if (list === undefined && path !== CONFIG_FILE) return undefined;
  const { root } = parseJson(text);
  const under = (root && valueOf(root, list ?? 'rules'))?.children ?? [];
  if (list === undefined) return under.flatMap((property) => named('rule', property.children?.[0]));
  return under.flatMap((entry) => Object.entries(NAMES).flatMap(([key, kind]) => named(kind, valueOf(entry, key))));
}

function named(kind: Named['kind'], node: Node | undefined): readonly Named[] {
  return node?.type === 'string' ? [{ kind, name: String(node.value), start: node.offset + 1, end: node.offset + node.length - 1 }] : [];
}

/** The one file that a pattern of .gitignore is about; undefined when it may match several. */
export function exactPath(pattern: string): string | undefined {
  const bare = pattern.replace(/^\//, '');
  return /(?<!\\)[*?[]|\/$|^!/.test(bare) ? undefined : bare.replace(/\\(.)/g, '$1');
}

/** The place of a record's rule while it is being written: what is between its quotes, or a place that has none yet (`bare`). Undefined elsewhere. */
export function recordedRuleAt(path: string, text: string, offset: number): { readonly start: number; readonly end: number; readonly bare: boolean } | undefined {
  const list = LISTS[path];
  if (list === undefined || path === SIGNOFFS_FILE) return undefined;
  const { path: keys, isAtPropertyKey, previousNode } = getLocation(text, offset);
  if (isAtPropertyKey || keys.length !== 3 || keys[0] !== list || keys[2] !== 'rule') return undefined;
  if (previousNode?.type === 'string' && previousNode.offset < offset && offset <= previousNode.offset + previousNode.length) {
    const closed = previousNode.length > 1 && text.charAt(previousNode.offset + previousNode.length - 1) === '"';
    const end = previousNode.offset + previousNode.length - (closed ? 1 : 0);
    return offset <= end ? { start: previousNode.offset + 1, end, bare: false } : undefined;
  }
  return /:\s*$/.test(text.slice(0, offset)) ? { start: offset, end: offset, bare: true } : undefined;
}
