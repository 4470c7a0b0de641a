/** Loops on the way to a call. They become facts only when a call that somebody asks for stands in them: most loops hold none. */
import type { Loop, Value } from '../../rules/kit';
import type { Expr, Stmt } from '../syntax/ast';
import { names } from './scopes';

export class LoopAround {
  private kept = false;

  /** @param over evaluates what the loop goes over, when it is kept */
  constructor(
    private readonly node: Extract<Stmt, { k: 'loop' }> | Extract<Expr, { k: 'comprehension' }>, private readonly scope: string, private readonly outer: LoopAround | undefined,
    private readonly over: () => Value | undefined, private readonly add: (loop: Loop) => void,
  ) {}

  /** Makes it a fact, with the loops around it. */
  keep(): void {
    if (this.kept) return;
    this.kept = true;
    this.outer?.keep();
    this.add(this.fact());
  }

  private fact(): Loop {
    const { node, scope } = this;
    const at = { start: node.start, end: node.end };
    const value = this.over();
    if (node.k === 'comprehension') {
      const [first] = node.clauses;
      return { kind: 'comprehension', scope, at, body: at, names: node.targets.flatMap(names), ...(value && { over: value }), ...(first && { overAt: { start: first.start, end: first.end } }) };
    }
    const { target, over, body } = node;
    if (!target) return { kind: 'while', scope, at, body: { start: over?.start ?? body.start, end: body.end }, names: [], ...(over && isTrue(over) && { endless: true }) };
    return { kind: 'for', scope, at, body: { start: body.start, end: body.end }, names: names(target), ...(value && { over: value }), ...(over && { overAt: { start: over.start, end: over.end } }) };
  }
}

function isTrue(expr: Expr): boolean {
  return (expr.k === 'bool' && expr.value) || (expr.k === 'number' && expr.value !== 0);
}
