/** Small walks over expressions that several readers share. */
import { NONE } from '../lists';
import type { Block, Expr, Stmt } from '../syntax/ast';

/** Calls `visit` with the direct parts of an expression, in order of place. No list is made: this is the hottest loop of a scan. */
export function eachPart(expr: Expr, visit: (part: Expr) => void): void {
  switch (expr.k) {
    case 'joined': case 'other': for (const part of expr.parts) visit(part); break;
    case 'attribute': case 'not': case 'unary': case 'await': case 'spread': visit(expr.of); break;
    case 'index': visit(expr.of); visit(expr.key); break;
    case 'call': visit(expr.callee); for (const each of expr.args) visit(each.value); break;
    case 'binary': case 'logic': case 'compare': visit(expr.left); visit(expr.right); break;
    case 'conditional': visit(expr.yes); visit(expr.test); visit(expr.no); break;
    case 'list': for (const item of expr.items) visit(item); break;
    case 'dict': for (const each of expr.entries) { if (each.key) visit(each.key); visit(each.value); } break;
    case 'lambda': visit(expr.body); break;
    case 'comprehension': visit(expr.body); for (const each of expr.clauses) visit(each); break;
    case 'walrus': visit(expr.target); visit(expr.value); break;
  }
}

/** The direct parts of an expression, as a list. */
export function partsOf(expr: Expr): readonly Expr[] {
  const parts: Expr[] = [];
  eachPart(expr, (part) => { parts.push(part); });
  return parts;
}

/** Expressions that stand directly in a statement; those of its blocks are not among them. */
export function expressionsOf(one: Stmt): readonly Expr[] {
  const some = (...all: readonly (Expr | undefined)[]) => all.filter((each): each is Expr => each !== undefined);
  switch (one.k) {
    case 'assign': return some(one.value, ...one.targets, one.annotation);
    case 'expression': return [one.value];
    case 'return': case 'raise': return some(one.value);
    case 'assert': case 'if': return [one.test];
    case 'loop': return some(one.over, one.target);
    case 'with': return one.items.map((each) => each.value);
    case 'match': return [one.subject];
    case 'loose': return one.parts;
    case 'try': return one.handlers.flatMap((each) => some(each.type));
    default: return [];
  }
}

/** The blocks of a statement, in order of place. */
export function blocksOf(one: Stmt): readonly Block[] {
  switch (one.k) {
    case 'if': case 'loop': return [one.body, ...(one.orelse ? [one.orelse] : [])];
    case 'try': return [one.body, ...one.handlers.map((each) => each.body), ...(one.orelse ? [one.orelse] : []), ...(one.final ? [one.final] : [])];
    case 'with': case 'function': case 'class': return [one.body];
    case 'match': return one.cases;
    default: return NONE;
  }
}

/** The statements of a statement's blocks; definitions keep theirs to themselves. */
export function inner(one: Stmt): readonly Stmt[] {
  if (one.k === 'function' || one.k === 'class') return NONE;
  const blocks = blocksOf(one);
  return blocks.length === 0 ? NONE : blocks.flatMap((each) => each.body);
}

/** Every call in a body, nested functions included, in order of place. */
export function callsIn(body: readonly Stmt[]): Extract<Expr, { k: 'call' }>[] {
  return expressionsIn(body).filter((each) => each.k === 'call');
}

/** Every expression in a body and every part of each, nested functions included, in order of place. */
export function expressionsIn(body: readonly Stmt[]): Expr[] {
  const found: Expr[] = [];
  const expression = (expr: Expr): void => {
    found.push(expr);
    eachPart(expr, expression);
  };
  for (const one of statementsIn(body)) {
    for (const expr of expressionsOf(one)) expression(expr);
    if (one.k === 'function') for (const each of one.decorators) expression(each);
  }
  return found;
}

/** Every statement of a body and of its blocks, nested definitions included, outer ones first. */
export function statementsIn(body: readonly Stmt[]): Stmt[] {
  const found: Stmt[] = [];
  const statements = (list: readonly Stmt[]): void => {
    for (const one of list) {
      found.push(one);
      statements(one.k === 'function' || one.k === 'class' ? one.body.body : inner(one));
    }
  };
  statements(body);
  return found;
}
