/** JSON with places, comments and trailing commas allowed, through `jsonc-parser`. */
import type { Node, ParseError } from 'jsonc-parser';
import { parseTree } from 'jsonc-parser';
import type { Span } from '../../rules/kit';
import type { Member, Parsed, Tree } from './tree';
import { isTooDeep } from './tree';

/** The value of a JSON text, as far as it can be read. Never throws. */
export function parseJson(text: string): Parsed {
  if (isTooDeep(text)) return { roots: [], whole: false };
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false, allowEmptyContent: true });
  return { roots: root ? [treeOf(root, text)] : [], whole: errors.length === 0 };
}

function treeOf(node: Node, text: string): Tree {
  const at = spanOf(node, text);
  if (node.type === 'object') return { kind: 'map', members: (node.children ?? []).flatMap((child) => memberOf(child, text)), at };
  if (node.type === 'array') return { kind: 'list', items: (node.children ?? []).map((child) => treeOf(child, text)), at };
  if (node.type === 'string') return { kind: 'scalar', text: String(node.value), quoted: true, at };
  return { kind: 'scalar', text: node.type === 'null' ? '' : text.slice(at.start, at.end), quoted: false, at };
}

function memberOf(property: Node, text: string): Member[] {
  const [key, value] = property.children ?? [];
  if (!key) return [];
  const nameAt = spanOf(key, text);
  const empty: Tree = { kind: 'scalar', text: '', quoted: false, at: { start: nameAt.end, end: nameAt.end } };
  const tree = value ? treeOf(value, text) : empty;
  return [{ name: String(key.value), nameAt, value: tree, at: { start: nameAt.start, end: tree.at.end } }];
}

function spanOf(node: Node, text: string): Span {
  const start = Math.min(node.offset, text.length);
  return { start, end: Math.min(node.offset + Math.max(node.length, 0), text.length) };
}
