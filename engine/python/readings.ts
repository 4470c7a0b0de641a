/** What a function reads of the request and the session it serves. */
import type { Block, Expr } from '../syntax/ast';
import type { Names } from './names';
import type { Scope } from './scopes';
import { expressionsIn, statementsIn } from './walk';

/** Names under which a request or a session is at hand; what they stand for is asked only for these. */
const AT_HAND = /^(?:g|request|req|session|current_user|websocket)$|_(?:request|session)$/;
/** What the text of a body holds that has such a name in it: the others need not be gone through. */
const MAY_READ = /request|session|\b(?:g|req|current_user|websocket)\b/;
/** Methods that take one element out under its key. */
const ELEMENT = new Set(['get', 'getlist', 'pop', 'get_all']);

/**
 * Qualified names of the request and session data a body reads, nested functions included, without repeats:
 * `flask.request.headers.Origin` of `request.headers.get("Origin")`, `flask.session.user_id` of `"user_id" in session`.
 * @param text that of the file
 */
export function readings({ body, start, end }: Block, scope: Scope, names: Names, text: string): readonly string[] {
  if (!MAY_READ.test(text.slice(start, end))) return [];
  const found = new Set<string>();
  const add = (object: Expr, key?: string) => {
    if (!isAtHand(object)) return;
    const name = names.qualify(object, scope);
    if (name) found.add(key === undefined ? name : `${name}.${key}`);
  };
  const written = new Set<Expr>(statementsIn(body).flatMap((one) => one.k === 'assign' && one.op === undefined ? one.targets : []));
  for (const expr of expressionsIn(body)) {
    if (written.has(expr)) continue;
    if (expr.k === 'attribute' || expr.k === 'index') add(expr);
    else if (expr.k === 'call' && expr.callee.k === 'attribute' && ELEMENT.has(expr.callee.name)) {
      const key = expr.args[0]?.value;
      if (key?.k === 'text') add(expr.callee.of, key.value);
    } else if (expr.k === 'compare' && /^(?:not )?in$/.test(expr.op) && expr.left.k === 'text') add(expr.right, expr.left.value);
  }
  return [...found];
}

/** Whether the expression begins with a request or a session: `request.form["x"]`, `self.request.session`. */
function isAtHand(expr: Expr): boolean {
  switch (expr.k) {
    case 'name': return AT_HAND.test(expr.name);
    case 'attribute': return expr.name === 'request' || isAtHand(expr.of);
    case 'index': return isAtHand(expr.of);
    case 'call': return isAtHand(expr.callee);
    case 'await': return isAtHand(expr.of);
    default: return false;
  }
}
