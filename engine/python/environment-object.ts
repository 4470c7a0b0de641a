/** The environment itself as an object: `os.environ`, copies of it, and tables that take it in. */
import type { Expr } from '../syntax/ast';
import type { Names } from './names';
import type { Scope } from './scopes';

const OBJECTS: ReadonlySet<string> = new Set(['os.environ', 'os.environb', 'os.environ.copy', 'dotenv.dotenv_values', 'dotenv.main.dotenv_values']);
/** Tables out of tables; longer chains are loops. */
const DEEPEST = 6;

/**
 * Whether an expression holds the variables of the environment by their names: `os.environ`, `dict(os.environ)`, `os.environ | more`,
 * `{**dotenv_values(".env"), **os.environ}`, and names given one of these.
 */
export function isEnvironment(expr: Expr, scope: Scope, names: Names, depth = 0): boolean {
  if (depth > DEEPEST) return false;
  const inner = (part: Expr) => isEnvironment(part, scope, names, depth + 1);
  switch (expr.k) {
    case 'name': case 'attribute': {
      if (OBJECTS.has(names.qualify(expr, scope) ?? '')) return true;
      const binding = expr.k === 'name' ? names.binding(expr.name, scope, expr.start) : undefined;
      return binding?.kind === 'value' && binding.value !== expr && (binding.value.k === 'dict' || binding.value.k === 'binary' || binding.value.k === 'call') && inner(binding.value);
    }
    case 'call': {
      if (OBJECTS.has(names.qualify(expr, scope) ?? '')) return true;
      const [first] = expr.args;
      return expr.callee.k === 'name' && expr.callee.name === 'dict' && first !== undefined && first.name === undefined && inner(first.value);
    }
    case 'dict': return expr.entries.some((each) => each.key === undefined && inner(each.value.k === 'spread' ? each.value.of : each.value));
    case 'binary': return expr.op === '|' && (inner(expr.left) || inner(expr.right));
    default: return false;
  }
}
