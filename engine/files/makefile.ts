/** Targets of a Makefile and recipes of a justfile: which come first, and what they run. */
import type { Target } from '../../rules/kit';
import { lines } from './lines';
import { part, verbatim } from './piece';
import { shellScript } from './shell-script';

/** `name other: needs`, `name params: needs`; no assignment (`a := b`, `a ::= b`) and no recipe line. */
const HEAD = /^(?<names>[A-Za-z0-9_.@%/-][^:=#\t]*?)[ \t]*:(?!=|:=)(?<needs>[^=]*?)(?:;|$)/;

/**
 * The targets of a text. Variables are left as written; conditionals are passed over, so that both their branches count. In a
 * justfile a recipe's lines begin with blanks instead of a tab; both are taken.
 */
export function targetsOf(text: string): readonly Target[] {
  // `$(NAME)` is a variable here and would be a command to a shell; both spellings are equally long.
  const whole = verbatim(text.replace(/(?<!\$)\$\(([\w.-]+)\)/g, '${$1}'));
  const found: { names: readonly string[]; needs: readonly string[]; start: number; end: number; recipe: (readonly [number, number])[] }[] = [];
  for (const line of lines(text)) {
    const body = /^(?:\t|[ ]{2,})[ \t]*[@+-]*[ \t]*(?=[^\s#])/.exec(line.text);
    const last = found.at(-1);
    if (body && last) {
      last.recipe.push([line.start + body[0].length, line.start + line.text.length]);
      last.end = line.start + line.text.length;
      continue;
    }
    const groups = HEAD.exec(line.text)?.groups;
    if (!groups || line.text.startsWith('.PHONY')) continue;
    found.push({
      names: words(groups.names).slice(0, MOST), needs: words(groups.needs?.replace(/\|/g, ' ').replace(/#.*/, '')), start: line.start, end: line.start + line.text.length, recipe: [],
    });
  }
  return found.flatMap(({ names, needs, start, end, recipe }) => {
    // Every line runs in a shell of its own, but for those that a backslash joins.
    const commands = joined(recipe, text).flatMap(([from, to]) => shellScript(part(whole, from, to)).commands);
    return names.map((name) => ({ name: name.replace(/^@/, ''), needs, commands, at: { start, end } }));
  });
}

/** So many names before a colon are targets; a justfile's parameters among them name no recipe that anybody calls. */
const MOST = 20;

function words(text: string | undefined): readonly string[] {
  return text?.trim().split(/\s+/).filter((word) => word !== '') ?? [];
}

function joined(recipe: readonly (readonly [number, number])[], text: string): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const [start, end] of recipe) {
    const last = found.at(-1);
    if (last && text[last[1] - 1] === '\\') last[1] = end;
    else found.push([start, end]);
  }
  return found;
}
