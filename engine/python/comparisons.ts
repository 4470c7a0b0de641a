/** Comparisons of what is called like a secret: a few in a program, and all that a rule about them needs. */
import type { Value } from '../../rules/kit';
import type { Expr } from '../syntax/ast';
import type { Scope } from './scopes';
import type { Values } from './values';

const SECRET = /pass(word|wd|phrase|code)?$|secret|token|api_?key|access_?(key|code)|auth_?key|private_?key|signing_?key|master_?key|admin_?key|^key$|_key$|authorization|signature|hmac|digest|credential|pin$|otp$/i;

/** The two sides of `==` and `!=`, when one of them is called like a secret. */
export function comparisonOf(expr: Extract<Expr, { k: 'compare' }>, scope: Scope, values: Values): { readonly op: '==' | '!='; readonly left: Value; readonly right: Value } | undefined {
  if ((expr.op !== '==' && expr.op !== '!=') || !(isCalledLikeOne(expr.left) || isCalledLikeOne(expr.right))) return undefined;
  return { op: expr.op, left: values.evaluate(expr.left, scope), right: values.evaluate(expr.right, scope) };
}

function isCalledLikeOne(expr: Expr): boolean {
  switch (expr.k) {
    case 'name': case 'attribute': return SECRET.test(expr.name);
    case 'index': return expr.key.k === 'text' && SECRET.test(expr.key.value);
    case 'await': return isCalledLikeOne(expr.of);
    case 'call': {
      const key = expr.args[0]?.value;
      return (key?.k === 'text' && SECRET.test(key.value)) || (expr.callee.k === 'attribute' && (/digest$/.test(expr.callee.name) || isCalledLikeOne(expr.callee.of)));
    }
    default: return false;
  }
}
