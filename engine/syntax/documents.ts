/**
 * The life of a tree. A tree-sitter tree lives in WASM memory, which only its `delete()` gives back: a tree that is forgotten leaks,
 * one that is used after its deletion answers garbage without throwing. So trees never leave this file: a closed file's is made, read
 * and deleted in one call; an open document's is kept beside its text, edited, re-parsed and replaced here, and goes when it is closed.
 */
import type { Parser, Tree } from 'web-tree-sitter';
import { Edit } from 'web-tree-sitter';
import type { GrammarName, Grammars } from './grammars';
import { stretchBetween } from './stretch';

export class Documents {
  private readonly parsers = new Map<GrammarName, Parser>();
  private readonly open = new Map<string, { readonly text: string; readonly tree: Tree }>();

  constructor(private readonly grammars: Grammars) {}

  /**
   * Parses a text and hands the tree to `use`, for the length of the call.
   * @param keep the path of an open document: its last tree makes the next parse incremental
   */
  with<T>(grammar: GrammarName, text: string, use: (tree: Tree) => T, keep?: string): T | undefined {
    const parser = this.parser(grammar);
    const before = keep === undefined ? undefined : this.open.get(keep);
    if (before && before.text !== text) before.tree.edit(editBetween(before.text, text));
    const tree = parser.parse(text, before?.tree);
    if (!tree) { parser.reset(); return undefined; }
    before?.tree.delete();
    if (keep !== undefined) this.open.set(keep, { text, tree });
    try {
      return use(tree);
    } finally {
      if (keep === undefined) tree.delete();
    }
  }

  close(path: string): void {
    this.open.get(path)?.tree.delete();
    this.open.delete(path);
  }

  dispose(): void {
    for (const path of [...this.open.keys()]) this.close(path);
    for (const parser of this.parsers.values()) parser.delete();
    this.parsers.clear();
  }

  private parser(grammar: GrammarName): Parser {
    const known = this.parsers.get(grammar) ?? this.grammars.parser(grammar);
    this.parsers.set(grammar, known);
    return known;
  }
}

/** The one stretch in which two texts differ, as tree-sitter wants it. */
function editBetween(before: string, after: string): Edit {
  const { start, end, by } = stretchBetween(before, after);
  return new Edit({
    startIndex: start, oldEndIndex: end, newEndIndex: end + by, startPosition: pointAt(before, start), oldEndPosition: pointAt(before, end), newEndPosition: pointAt(after, end + by),
  });
}

function pointAt(text: string, offset: number): { row: number; column: number } {
  let row = 0;
  let last = -1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) { row++; last = at; }
  return { row, column: offset - last - 1 };
}
