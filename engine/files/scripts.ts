/** Values of nested files that are run. */
import type { Command, Script } from '../../rules/kit';
import { execCommands } from './exec';
import { part } from './piece';
import { shellScript } from './shell-script';
import type { Scalar, Tree } from './tree';
import { pieceOf, scalars } from './tree';

/** A scalar as a shell script. `text` is that of the file the scalar stands in. */
export function scriptOf(one: Scalar, text: string): Script {
  return { text: one.text, at: one.at, commands: shellScript(pieceOf(one, text)).commands };
}

/** What a scalar starts through a shell, or a list of words without one. */
export function commandsOf(tree: Tree | undefined, text: string): readonly Command[] {
  if (tree?.kind === 'scalar') return tree.text === '' ? [] : scriptOf(tree, text).commands;
  return execCommands(scalars(tree).map((word) => {
    const piece = pieceOf(word, text);
    return { text: word.text, span: (from, to) => (from === 0 && to === word.text.length ? word.at : part(piece, from, to).span(0, to - from)) };
  }));
}

/** A command for reading: the scalar itself, or the words of a list with blanks between them. */
export function commandText(tree: Tree | undefined): string | undefined {
  if (tree?.kind === 'scalar') return tree.text === '' ? undefined : tree.text;
  const words = scalars(tree).map((word) => (/\s/.test(word.text) ? `"${word.text}"` : word.text));
  return tree && words.length > 0 ? words.join(' ') : undefined;
}
