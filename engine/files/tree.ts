/**
 * What YAML, JSON and TOML have in common: maps, lists and scalars with their places. Readers of a format that comes in
 * several of them (platform files, manifests) are written once. A YAML alias is the very node of its anchor, so that a tree may be
 * shared but never holds itself.
 */
import type { Leaf, Pair, Span } from '../../rules/kit';
import type { Piece } from './piece';
import { aligned } from './piece';

export type Tree = Scalar | Mapping | Sequence;
export interface Scalar {
  readonly kind: 'scalar';
  /** Without quotes and escapes; as written otherwise. Empty for nothing. */
  readonly text: string;
  /** Written in quotes or as a block: a text, whatever it looks like. */
  readonly quoted: boolean;
  readonly at: Span;
  readonly tag?: string;
}
export interface Mapping { readonly kind: 'map'; readonly members: readonly Member[]; readonly at: Span; readonly tag?: string }
/** `tag` is a YAML tag as written, `!reset`. */
interface Sequence { readonly kind: 'list'; readonly items: readonly Tree[]; readonly at: Span; readonly tag?: string }
export interface Member { readonly name: string; readonly nameAt: Span; readonly value: Tree; readonly at: Span }

/** What a parser of a nested format gives: the documents, and whether all of the text was understood. */
export interface Parsed { readonly roots: readonly Tree[]; readonly whole: boolean }

const DEEPEST = 300;

/**
 * Whether a text nests deeper than anybody writes, by its brackets and its indentation. Asked before parsers that recurse are: V8 ends
 * the process, without an error to catch, when a regular expression is compiled with the stack all but full.
 */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(depth - 1, 0);
    if (depth > DEEPEST) return true;
  }
  return new RegExp(`^[ \\t?:-]{${DEEPEST}}`, 'm').test(text);
}

/** Bounds what a few lines of aliases of aliases may unfold to. */
const LIMIT = { leaves: 20_000, depth: 64, nested: 2_000, nodes: 100_000 };

/** The member of a map under a name, the last one winning; undefined when there is none or it is no map. */
export function member(tree: Tree | undefined, name: string): Member | undefined {
  return tree?.kind === 'map' ? tree.members.findLast((one) => one.name === name) : undefined;
}

/** The node under a path of names: `at(root, 'services', 'web')`. */
export function get(tree: Tree | undefined, ...path: readonly string[]): Tree | undefined {
  return path.reduce<Tree | undefined>((node, name) => member(node, name)?.value, tree);
}

/** The scalar under a path, unless it is empty or something else stands there. */
export function scalar(tree: Tree | undefined, ...path: readonly string[]): Scalar | undefined {
  const node = get(tree, ...path);
  return node?.kind === 'scalar' && node.text !== '' ? node : undefined;
}

export function members(tree: Tree | undefined): readonly Member[] {
  return tree?.kind === 'map' ? tree.members : [];
}

/** Items of a list; a scalar stands for a list of one, as most of these formats allow. */
export function items(tree: Tree | undefined): readonly Tree[] {
  if (tree?.kind === 'list') return tree.items;
  return tree?.kind === 'scalar' && tree.text !== '' ? [tree] : [];
}

/** The scalars among `items`. */
export function scalars(tree: Tree | undefined): readonly Scalar[] {
  return items(tree).filter((one) => one.kind === 'scalar');
}

/** The scalars of a list, of the lists in it and so on: GitLab allows that for scripts. Those that are empty are left out. */
export function nested(tree: Tree | undefined): readonly Scalar[] {
  const found: Scalar[] = [];
  let visited = 0;
  const visit = (node: Tree, depth: number) => {
    visited += 1;
    if (found.length >= LIMIT.nested || visited > LIMIT.nodes || depth > LIMIT.depth) return;
    if (node.kind === 'list') node.items.forEach((one) => { visit(one, depth + 1); });
    else if (node.kind === 'scalar' && node.text !== '') found.push(node);
  };
  if (tree) visit(tree, 0);
  return found;
}

/** Every value under flattened keys. `skip` leaves out what stands under such a key. */
export function leaves(tree: Tree | undefined, skip: (key: string) => boolean = () => false): Leaf[] {
  const found: Leaf[] = [];
  let visited = 0;
  const visit = (node: Tree, key: string, at: Span, depth: number) => {
    visited += 1;
    if (found.length >= LIMIT.leaves || visited > LIMIT.nodes || depth > LIMIT.depth || skip(key)) return;
    const below = (name: string) => (key === '' ? name : `${key}.${name}`);
    if (node.kind === 'scalar') found.push({ key, value: node.text, at, valueAt: node.at });
    else if (node.kind === 'map') {
      for (const one of node.members) visit(one.value, below(one.name), one.at, depth + 1);
      if (node.members.length === 0) found.push({ key, value: '{}', at, valueAt: node.at });
    } else {
      node.items.forEach((one, index) => visit(one, below(String(index)), one.at, depth + 1));
      if (node.items.length === 0) found.push({ key, value: '[]', at, valueAt: node.at });
    }
  };
  if (tree && !(tree.kind === 'scalar' && tree.text === '')) visit(tree, '', tree.at, 0);
  return found;
}

/** A map of texts, or a list of `NAME=value`, as pairs. Values that are not scalars are left out. */
export function pairs(tree: Tree | undefined, text: string): Pair[] {
  if (tree?.kind === 'map') return tree.members.flatMap((one) => (one.value.kind === 'scalar' ? [pairOf(one, one.value)] : []));
  return scalars(tree).map((one) => assigned(one, text));
}

function pairOf(one: Member, value: Scalar): Pair {
  const named = { name: one.name, at: one.at };
  return value.text === '' && !value.quoted ? named : { ...named, value: value.text, valueAt: value.at };
}

function assigned(one: Scalar, text: string): Pair {
  const equals = one.text.indexOf('=');
  if (equals < 0) return { name: one.text.trim(), at: one.at };
  const piece = pieceOf(one, text);
  return { name: one.text.slice(0, equals).trim(), value: one.text.slice(equals + 1), at: one.at, valueAt: piece.span(equals + 1, one.text.length) };
}

/** A scalar's text laid over the file it stands in. */
export function pieceOf(one: Scalar, text: string): Piece {
  const source = text.slice(one.at.start, one.at.end);
  const header = /^[|>][^\r\n]*(?:\r\n|\n|\r|$)/.exec(source)?.[0].length ?? 0;
  return aligned(one.text, source.slice(one.quoted ? header : 0), one.at.start + (one.quoted ? header : 0));
}
