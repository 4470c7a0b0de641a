/** What a value is made for, by the names around the place that makes it: what it is given to, the function around it, what goes into it. */
import type { Call } from './module';
import type { Span } from './place';

/** The last part of the definition around a place, where that is a function's name: `sign` of `Links.sign`. */
export function enclosingName(scope: string): string {
  return scope.slice(scope.lastIndexOf('.') + 1);
}

/** The name that the statement around a place gives its value to: `token` of `self.token = …`, `reset` of `return Mail(reset=…)`. Empty where it is given to none. */
export function targetName(at: Span, text: string): string {
  const before = text.slice(Math.max(0, at.start - 400), at.start);
  // Back to where the innermost assignment, keyword or key before the place stands, past calls and brackets that are still open.
  const found = /(?:^|[\s,({[.])(?:([A-Za-z_]\w*)|["']([A-Za-z_][\w-]*)["'][ \t]*\]?)[ \t]*(?::[ \t]*[\w.[\]|, ]+)?(?<![=!<>])(?:[-+|]?=|:)(?!=)[ \t]*(?:await[ \t]+)?((?:f?["'][^"'\n]*["']\.?|f["'][^"'\n]*\{|[\w.]+(?=\()|[([{+*%]|[ \t\r\n]|\\\n)*)$/.exec(before);
  return found?.[1] ?? found?.[2] ?? '';
}

/** Identifiers and keys in a call's arguments, and the name of what its method is called on. */
export function namesIn(one: Call, text: string): readonly string[] {
  return [...text.slice(one.argumentsAt.start, one.argumentsAt.end).replace(/f?(["'])(?:(?!\1)[^\\\n]|\\.)*\1/g, (literal) => literal.startsWith('f') ? [...literal.matchAll(/\{([\w.]+)/g)].map((each) => each[1]).join(' ') : /^["'][a-z_]+["']$/.test(literal) ? literal.slice(1, -1) : ' ').matchAll(/[A-Za-z_]\w*/g)].map((each) => each[0]);
}

/** The words of a name, lower case: `api`, `key` of `apiKey` and `API_KEY`. */
export function wordsOf(name: string): readonly string[] {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase().split(/[^a-z0-9]+/).filter(Boolean);
}
