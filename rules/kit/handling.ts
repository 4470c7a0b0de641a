/** What clauses that catch exceptions do, in words and edits that several rules share. */
import type { Edit, Source } from './fix';
import { insert, replace } from './fix';
import type { Deed, Handler } from './module';
import { lastName } from './select';

const SILENT: ReadonlySet<Deed> = new Set(['pass', 'continue', 'break', 'constant', 'return-constant', 'rollback']);

/** Nothing is left of the exception: it is not logged, not answered, not passed on. */
export function discards(one: Handler): boolean {
  return one.does.length > 0 && one.does.every((each) => SILENT.has(each)) && !one.usesBound;
}

/** Its whole body is `pass` or `...`. */
export function onlyPasses(one: Handler): boolean {
  return one.does.length === 1 && one.does[0] === 'pass';
}

/** Where a clause stands, for the end of a sentence: `in send()`, `at module level`. */
export function placeOf(one: Handler): string {
  return one.scope ? `in ${lastName(one.scope)}()` : 'at module level';
}

/** What was tried, by its first call as written: `mailer.send`; else the function the clause stands in. */
export function attempted(one: Handler, source: Source): string {
  for (const found of source.slice(one.tryBody).replace(/"[^"\n]*"|'[^'\n]*'|#[^\n]*/g, '').matchAll(/([A-Za-z_][\w.]*)\(/g)) {
    if (found[1] !== undefined && found[1].length <= 40 && !/^(if|while|for|return|and|or|not|in|await|with|print|len|str|int|list|dict|open)$/.test(found[1])) return found[1];
  }
  return one.scope ? lastName(one.scope) : 'this';
}

/** The edits that log the exception first, in place of a lone `pass`. */
export function logging(one: Handler, logger: string, what: string, source: Source): readonly Edit[] {
  const line = `${logger}.exception("${what} failed")`;
  const { start } = one.body;
  const first = /^(pass|\.\.\.)(?=\s|$|#|;)/.exec(source.text.slice(start, one.body.end + 1))?.[1];
  if (first && onlyPasses(one)) return [replace({ start, end: start + first.length }, line)];
  if (source.line(start) !== source.line(one.keyword.start)) return [insert(start, `${line}\n${source.indentation(start)}`)];
  const indentation = `${source.indentation(one.keyword.start)}    `;
  const gap = /[ \t]*$/.exec(source.text.slice(one.keyword.start, start))?.[0].length ?? 0;
  return [replace({ start: start - gap, end: start }, `\n${indentation}${line}\n${indentation}`)];
}
