/** What values are put together of, and what can be told of one by itself. */
import type { Span, Value } from '../../rules/kit';
import type { Expr } from '../syntax/ast';
import { isRequestValue } from './requests';

/** Elements of a table or list that are evaluated; longer ones are data, not settings. */
export const WIDEST = 200;

/** The value at another place. The most frequent kinds are made one by one: copies that V8 makes of many shapes in one place have a shape of their own each. */
export function placed(value: Value, at: Span): Value {
  if (value.at === at) return value;
  switch (value.kind) {
    case 'text': return { kind: 'text', value: value.value, at };
    case 'reference': return { kind: 'reference', name: value.name, at };
    case 'parameter': return { kind: 'parameter', name: value.name, function: value.function, at };
    case 'unknown': return { kind: 'unknown', at };
    case 'result': return value.of ? { kind: 'result', callee: value.callee, of: value.of, args: value.args, keywords: value.keywords, at } : { kind: 'result', callee: value.callee, args: value.args, keywords: value.keywords, at };
    default: return { ...value, at };
  }
}

/** The callee of what operators make out of numbers. */
export const ARITHMETIC = 'arithmetic';
/** Operators that never give text, unless text is on their right as in a path. */
export const NUMERIC: ReadonlySet<string> = new Set(['-', '/', '//', '**', '<<', '>>', '^']);

export function isNumeric(value: Value): boolean {
  return value.kind === 'number' || (value.kind === 'result' && (value.callee === ARITHMETIC || /^(int|float|len|abs|round|sum|ord)$/.test(value.callee)));
}

export function calculated(op: string, left: Value, right: Value): number | undefined {
  if (left.kind !== 'number' || right.kind !== 'number') return undefined;
  return op === '+' ? left.value + right.value : op === '-' ? left.value - right.value : op === '*' ? left.value * right.value : undefined;
}

/** A call like `env_secret("SECRET_KEY", "dev")` of a short function. */
export function mayReadEnvironment(expr: Extract<Expr, { k: 'call' }>, statements: number, returns: number): boolean {
  const first = expr.args[0]?.value;
  return first?.k === 'text' && /^[A-Za-z][A-Za-z0-9_]+$/.test(first.value) && statements <= 8 && returns <= 4;
}

/** The method is the request's own (`request.get_json()`), or gives back what is in it (`request.args.get(…)`), unlike `request.GET.urlencode()`. */
export function givesRequestValue(callee: string): boolean {
  const at = callee.lastIndexOf('.');
  return TAINT_KEEPING.has(callee.slice(at + 1)) || !isRequestValue(callee.slice(0, at));
}

export const TAINT_KEEPING = new Set([
  'get', 'getlist', 'get_json', 'get_data', 'items', 'values', 'keys', 'pop', 'to_dict', 'strip', 'lstrip', 'rstrip', 'lower', 'upper', 'title', 'capitalize', 'casefold',
  'replace', 'split', 'rsplit', 'splitlines', 'decode', 'encode', 'read', 'json', 'form', 'body', 'dict', 'model_dump', 'format', 'copy', 'partition', 'removeprefix', 'removesuffix', 'get_all', 'getfirst', 'lists', 'getvalue', 'readline', 'readlines', 'multi_items', 'setdefault', 'popitem',
]);

export function span(of: { readonly start: number; readonly end: number }): Span {
  return { start: of.start, end: of.end };
}

export function isText(value: Value): boolean {
  return value.kind === 'text' || value.kind === 'joined' || (value.kind === 'choice' && value.options.some(isText));
}

/** Whether a visitor's data is in it, unchanged enough to carry code. */
export function carriesTaint(value: Value): boolean {
  switch (value.kind) {
    case 'tainted': return true;
    case 'choice': return value.options.some(carriesTaint);
    case 'list': return value.items.some(carriesTaint);
    case 'dict': return value.entries.some((each) => carriesTaint(each.value));
    case 'joined': return value.parts.some(carriesTaint);
    case 'result': return /^(str|repr|list|tuple|set|dict|sorted|urllib\.parse\.(unquote|unquote_plus)|html\.unescape|base64\.\w+decode|json\.loads)$/.test(value.callee) && value.args.some(carriesTaint);
    default: return false;
  }
}

/** What a visitor sends; what is taken out of something tainted was read where that was. */
export function tainted(source: string, at: Span, of?: Value): Value {
  return { kind: 'tainted', source, at, from: of?.kind === 'tainted' ? of.from ?? of.at : at };
}

export function joined(how: Extract<Value, { kind: 'joined' }>['how'], parts: readonly Value[], at: Span): Value {
  const flat = parts.flatMap((each) => each.kind === 'joined' && each.how !== 'join' && how !== 'join' ? each.parts : [each]).slice(0, WIDEST);
  if (how !== 'format' && how !== 'percent' && how !== 'join' && flat.every((each) => each.kind === 'text')) {
    return { kind: 'text', value: flat.map((each) => each.kind === 'text' ? each.value : '').join(''), at };
  }
  return { kind: 'joined', how, parts: flat, at };
}

export function pathJoined(left: Value, right: Value, at: Span): Value {
  return joined('join', [{ kind: 'text', value: '/', at: { start: left.at.end, end: right.at.start } }, left, right], at);
}

/** A `pathlib` path, by what made it or by what it is called: `/` behind it joins, whatever is on the right. */
export function isPath(value: Value): boolean {
  if (value.kind === 'joined') return value.how === 'join';
  if (value.kind === 'result') return /(^|\.)(Path|PurePath|PosixPath|joinpath|resolve|absolute|expanduser)$/.test(value.callee);
  return value.kind === 'reference' && /^pathlib\.|(^|\.)(parent|(\w+_)?(dir|path|root|folder|base|directory))$/i.test(value.name);
}

/** One element of a collection, whichever. */
export function element(value: Value, at: Span): Value {
  if (carriesTaint(value)) return tainted(value.kind === 'tainted' ? value.source : 'request data', at, value);
  if (value.kind === 'parameter') return { ...value, name: `${value.name}.*`, at };
  if (value.kind === 'list') return value.items.length === 1 && value.items[0] ? placed(value.items[0], at) : { kind: 'choice', by: 'conditional', options: value.items, at };
  if (value.kind === 'dict' && !value.open) return { kind: 'choice', by: 'conditional', options: value.entries.map((each) => each.key), at };
  return { kind: 'unknown', at };
}

/** The item at a position of a list, or of each of several lists. */
export function part(value: Value, index: number | undefined): Value {
  if (index === undefined) return value;
  if (value.kind === 'list') return value.items[index] ?? value;
  return value.kind === 'choice' ? { ...value, options: value.options.map((each) => part(each, index)) } : value;
}

export function depends(expr: Expr | undefined): boolean {
  if (!expr) return false;
  if (expr.k === 'call') return /(^|\.)(Depends|Security)$/.test(expr.callee.k === 'name' ? expr.callee.name : expr.callee.k === 'attribute' ? expr.callee.name : '');
  if (expr.k === 'index') return (expr.key.k === 'list' ? expr.key.items : [expr.key]).some(depends);
  return false;
}
