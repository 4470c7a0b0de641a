/** Expression statements that compute something and throw it away. */
import type { Idle } from '../../rules/kit';
import type { Expr } from '../syntax/ast';

/** Functions and constructors that change nothing, whatever they are given. */
const PURE = /^((builtins\.)?(str|int|float|bool|len|sorted|abs|round|tuple|frozenset|repr|hash)|datetime\.(date|datetime|time|timedelta|timezone)|decimal\.Decimal|fractions\.Fraction|pathlib\.(Pure)?Path|uuid\.UUID)$/;
/** Methods of texts by the number of their arguments: with others, something else is meant by the name. */
const OF_TEXT: Readonly<Record<string, readonly number[]>> = {
  strip: [0, 1], lstrip: [0, 1], rstrip: [0, 1], upper: [0], lower: [0], casefold: [0], capitalize: [0], swapcase: [0], title: [0], splitlines: [0], replace: [2], zfill: [1], removeprefix: [1], removesuffix: [1],
};

/**
 * What an expression that stands alone computes in vain; undefined for those that do something, and for texts, which serve as comments.
 *
 * @param callee the qualified name of what a call calls
 */
export function idleKind(expr: Expr, callee: (called: Expr) => string): Idle['what'] | undefined {
  switch (expr.k) {
    case 'compare': return 'comparison';
    case 'logic': return expr.left.k === 'compare' && expr.right.k === 'compare' ? 'comparison' : undefined;
    case 'name': return 'name';
    case 'attribute': return isPlain(expr) ? 'attribute' : undefined;
    case 'index': return isPlain(expr.of) ? 'element' : undefined;
    case 'number': case 'bool': case 'none': return 'literal';
    case 'binary': return /^(\+|-|\*|\/|\/\/|%|\*\*)$/.test(expr.op) && isPlain(expr) ? 'arithmetic' : undefined;
    case 'call': return PURE.test(callee(expr.callee)) || isTextMethod(expr) ? 'call' : undefined;
    default: return undefined;
  }
}

function isTextMethod(expr: Extract<Expr, { k: 'call' }>): boolean {
  const { callee, args } = expr;
  if (callee.k !== 'attribute' || !(Object.hasOwn(OF_TEXT, callee.name)) || !OF_TEXT[callee.name]?.includes(args.length)) return false;
  if (args.some((each) => each.name !== undefined || each.stars !== undefined) || (callee.of.k === 'name' && /^(self|cls)$/.test(callee.of.name))) return false;
  // `frame.replace(old, new)` may be of anything: only of texts is it known.
  return callee.of.k === 'name' || callee.of.k === 'text' ? callee.name !== 'replace' || args.every((each) => each.value.k === 'text') : callee.of.k === 'attribute' && args.every((each) => each.value.k === 'text');
}

/** Names, attributes and literals alone: nothing is called. */
function isPlain(expr: Expr): boolean {
  switch (expr.k) {
    case 'name': case 'number': case 'text': case 'bool': case 'none': return true;
    case 'attribute': return isPlain(expr.of);
    case 'index': return isPlain(expr.of) && isPlain(expr.key);
    case 'binary': return isPlain(expr.left) && isPlain(expr.right);
    default: return false;
  }
}
