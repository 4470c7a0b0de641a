/** How many: numbers as commands, files and Python say them, through variables and their fallbacks. */
import type { Value } from '../../rules/kit';

export interface Amount {
  /** Undefined: something decides when it starts, such as the number of processors or a variable. */
  readonly number: number | undefined;
  /** Nothing but the file that says so can change it. */
  readonly fixed: boolean;
}

/** What a variable is given, as written; undefined when nothing here sets it. */
export type Lookup = (name: string) => string | undefined;

const OPEN: Amount = { number: undefined, fixed: false };
const VARIABLE = /^["']?\$(?:(?<bare>\w+)|[{(](?<name>\w+)(?::?[-=](?<fallback>[^{}]*|\$\{[^{}]*\}))?[})])["']?$/;

/** A number in the words of a shell: `4`, `$WORKERS`, `${WORKERS:-4}`, `$(nproc)`. */
export function writtenAmount(written: string, lookup: Lookup, depth = 0): Amount {
  const plain = written.trim().replace(/^(["'])(.*)\1$/, '$2');
  if (/^\d+$/.test(plain)) return { number: Number(plain), fixed: true };
  const { bare, name, fallback } = VARIABLE.exec(plain)?.groups ?? {};
  const variable = bare ?? name;
  if (variable === undefined || depth > 4) return OPEN;
  const given = lookup(variable);
  // A script's own `WORKERS=${WORKERS:-4}` asks what is set outside of it.
  if (given !== undefined) return given.includes(variable) ? { ...writtenAmount(given, () => undefined, depth + 1), fixed: false } : writtenAmount(given, lookup, depth + 1);
  return fallback === undefined ? OPEN : { ...writtenAmount(fallback, lookup, depth + 1), fixed: false };
}

/** A number as Python says it: `4`, `int(os.getenv("WORKERS", "4"))`, `cpu_count() * 2 + 1`. */
export function valueAmount(value: Value, lookup: Lookup): Amount {
  switch (value.kind) {
    case 'number': return { number: value.value, fixed: true };
    case 'text': return writtenAmount(value.value, lookup);
    case 'environment': {
      const given = lookup(value.variable);
      if (given !== undefined) return writtenAmount(given, lookup);
      return value.fallback ? { ...valueAmount(value.fallback, lookup), fixed: false } : OPEN;
    }
    case 'choice': return chosen(value.options.map((each) => ({ each, amount: valueAmount(each, lookup) })), value.by);
    case 'result': return /^(int|str|float)$/.test(value.callee) && value.args[0] ? valueAmount(value.args[0], lookup) : OPEN;
    default: return OPEN;
  }
}

/** Of `a or b` the first that is given, of `x if c else y` the larger. */
function chosen(all: readonly { readonly each: Value; readonly amount: Amount }[], by: 'or' | 'and' | 'conditional'): Amount {
  if (by === 'or') {
    const first = all.find(({ each, amount }) => amount.number !== 0 && !(each.kind === 'environment' && amount.number === undefined));
    return first ? { ...first.amount, fixed: false } : OPEN;
  }
  const numbers = all.map(({ amount }) => amount.number);
  return numbers.includes(undefined) ? OPEN : { number: Math.max(...numbers.map((each) => each ?? 0)), fixed: false };
}
