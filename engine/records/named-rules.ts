/** Where files of ours name rules: the configuration by its keys, the records by their entries. */
import { getLocation, type Node } from 'jsonc-parser';
import { CONFIG_FILE } from '../workspace/config';
import { parseJson } from '../workspace/reading';
import { BASELINE, BASELINE_PATH } from './baseline';
import { valueOf } from './document';
import { SUPPRESSIONS_FILE } from './paths';
import { SUPPRESSIONS } from './suppressions';

/** The lists in which entries name a rule, by their file. */
const LISTS: Readonly<Record<string, string>> = { [SUPPRESSIONS_FILE]: SUPPRESSIONS.list, [BASELINE_PATH]: BASELINE.list };

/** A rule's name as it is written, and its place between the quotes. */
export interface NamedRule { readonly rule: string; readonly start: number; readonly end: number }

/** All names in a file; undefined when it is none of ours. One that is no JSON names none. */
export function namedRules(path: string, text: string): readonly NamedRule[] | undefined {
  const list = LISTS[path];
  if (list === undefined && path !== CONFIG_FILE) return undefined;
  const { root } = parseJson(text);
  const under = root && valueOf(root, list ?? 'rules');
  const names = (under?.children ?? []).map((child): Node | undefined => (list === undefined ? child.children?.[0] : valueOf(child, 'rule')));
  return names.flatMap((node) => (node?.type === 'string' ? [{ rule: String(node.value), start: node.offset + 1, end: node.offset + node.length - 1 }] : []));
}

/** The place of a record's rule while it is being written: what is between its quotes, or a place that has none yet (`bare`). Undefined elsewhere. */
export function recordedRuleAt(path: string, text: string, offset: number): { readonly start: number; readonly end: number; readonly bare: boolean } | undefined {
  const list = LISTS[path];
  if (list === undefined) return undefined;
  const { path: keys, isAtPropertyKey, previousNode } = getLocation(text, offset);
  if (isAtPropertyKey || keys.length !== 3 || keys[0] !== list || keys[2] !== 'rule') return undefined;
  if (previousNode?.type === 'string' && previousNode.offset < offset && offset <= previousNode.offset + previousNode.length) {
    const closed = previousNode.length > 1 && text.charAt(previousNode.offset + previousNode.length - 1) === '"';
    const end = previousNode.offset + previousNode.length - (closed ? 1 : 0);
    return offset <= end ? { start: previousNode.offset + 1, end, bare: false } : undefined;
  }
  return /:\s*$/.test(text.slice(0, offset)) ? { start: offset, end: offset, bare: true } : undefined;
}
