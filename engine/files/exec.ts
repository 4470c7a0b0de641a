/** Commands that are given as a list of words, without a shell: the JSON form of a Dockerfile, lists in compose files. */
import type { Command } from '../../rules/kit';
import type { Piece } from './piece';
import { scriptWord } from './shell-runners';
import { shellScript } from './shell-script';

/**
 * The command these words are, and what it runs when it is a shell with a script: `["sh", "-c", "exec gunicorn app"]`.
 * Nothing when there are no words.
 */
export function execCommands(words: readonly Piece[]): readonly Command[] {
  const wordsAt = words.map((word) => word.span(0, word.text.length));
  const [first, last] = [wordsAt[0], wordsAt.at(-1)];
  if (!first || !last) return [];
  const command: Command = {
    words: words.map((word) => word.text), wordsAt, assignments: [], redirects: [], then: '', depth: 0, condition: false,
    at: { start: first.start, end: last.end },
  };
  const script = words[scriptWord(command.words) ?? words.length];
  return script ? [command, ...shellScript(script, 1).commands] : [command];
}
