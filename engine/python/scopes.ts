/**
 * Names and what they stand for. One walk over a program collects every binding of every scope, with the block it stands
 * in, so that later a name at a place can be asked for the bindings that may reach it.
 */
import { push } from '../lists';
import type { Block, ClassStmt, Expr, FunctionStmt, ParamNode, Program, Stmt } from '../syntax/ast';

export type Binding =
  | { readonly kind: 'import'; readonly target: string; readonly at: number; readonly blocks: readonly number[] }
  | { readonly kind: 'definition'; readonly scope: Scope; readonly at: number; readonly blocks: readonly number[] }
  | { readonly kind: 'value'; readonly value: Expr; readonly op?: string; readonly annotation?: Expr; readonly at: number; readonly blocks: readonly number[] }
  | { readonly kind: 'element'; readonly over: Expr; /** Position in the element, for `for a, b in pairs`. */ readonly index?: number; readonly at: number; readonly blocks: readonly number[] }
  | { readonly kind: 'unpacked'; readonly value: Expr; readonly index: number; readonly at: number; readonly blocks: readonly number[] }
  | { readonly kind: 'parameter'; readonly parameter: ParamNode; readonly at: number; readonly blocks: readonly number[] }
  | { readonly kind: 'declared'; readonly annotation?: Expr; readonly at: number; readonly blocks: readonly number[] };

export interface Scope {
  readonly kind: 'module' | 'class' | 'function';
  readonly name: string;
  /** Dotted path inside the file, empty for the module. */
  readonly path: string;
  readonly parent?: Scope;
  readonly statement?: FunctionStmt | ClassStmt;
  readonly bindings: Map<string, Binding[]>;
  /** Class scopes: what methods give to `self.x`, with the scope it was written in. */
  readonly attributes: Map<string, { readonly value: Expr; readonly scope: Scope; readonly annotation?: Expr }>;
  /** Function scopes: the expressions it returns. */
  readonly returns: Expr[];
  /** Branches and loop bodies of this scope, which may not run. */
  readonly blocks: { readonly id: number; readonly start: number; readonly end: number }[];
  /** Module scopes: where names that are asked for are noted while somebody wants to know (see memory.ts). */
  asked?: Set<string> | undefined;
}

export interface Scopes {
  readonly module: Scope;
  of(statement: FunctionStmt | ClassStmt): Scope | undefined;
  /** Modules whose names were all imported by `from m import *`, in order. */
  readonly stars: readonly string[];
  /** What is imported anywhere in the file, functions included, with the places. */
  readonly imported: readonly { readonly target: string; readonly at: number }[];
  /** Turns the module of an import as written (`..models`) into an absolute name. */
  absolute(written: string): string;
}

/**
 * @param program the file, or a part of it
 * @param absolute turns the module of an import as written (`..models`) into an absolute name
 * @param module the module's scope, where it has bindings of other parts already
 */
export function collectScopes(program: Pick<Program, 'body'>, absolute: (written: string) => string, module: Scope = scopeOf('module', '', undefined, undefined)): Scopes {
  const byStatement = new Map<Stmt, Scope>();
  const stars: string[] = [];
  const imported: { readonly target: string; readonly at: number }[] = [];
  let blocks = 0;

  const bind = (scope: Scope, name: string, binding: Binding) => { push(scope.bindings, name, binding); };

  const assign = (scope: Scope, target: Expr, value: Expr, path: readonly number[], at: number, op?: string, annotation?: Expr) => {
    if (target.k === 'name') bind(scope, target.name, { kind: 'value', value, at, blocks: path, ...(op !== undefined && { op }), ...(annotation && { annotation }) });
    else if (target.k === 'list') unpack(scope, target.items, value, path, at);
    else if (target.k === 'attribute' && target.of.k === 'name') attribute(scope, target.of.name, target.name, value, annotation);
  };

  const unpack = (scope: Scope, targets: readonly Expr[], value: Expr, path: readonly number[], at: number) => {
    for (const [index, each] of targets.entries()) {
      const item = value.k === 'list' && value.items.length === targets.length ? value.items[index] : undefined;
      if (item) assign(scope, each, item, path, at);
      else if (each.k === 'name') bind(scope, each.name, { kind: 'unpacked', value, index, at, blocks: path });
    }
  };

  const attribute = (scope: Scope, object: string, name: string, value: Expr, annotation?: Expr) => {
    const owner = scope.parent;
    const first = scope.statement?.k === 'function' ? scope.statement.parameters[0]?.name : undefined;
    if (scope.kind !== 'function' || owner?.kind !== 'class' || object !== first || owner.attributes.has(name)) return;
    owner.attributes.set(name, { value, scope, ...(annotation && { annotation }) });
  };

  const block = (scope: Scope, inner: Block | undefined, path: readonly number[]) => {
    if (!inner) return;
    const id = ++blocks;
    scope.blocks.push({ id, start: inner.start, end: inner.end });
    statements(scope, inner.body, [...path, id]);
  };

  const statements = (scope: Scope, body: readonly Stmt[], path: readonly number[]) => {
    for (const each of body) statement(scope, each, path);
  };

  const statement = (scope: Scope, one: Stmt, path: readonly number[]) => {
    switch (one.k) {
      case 'import':
        for (const name of one.names) {
          const from = name.name === undefined ? name.module : absolute(name.module);
          imported.push({ target: from, at: one.start });
          if (name.name === '*') { stars.push(from); continue; }
          const target = name.name === undefined ? (name.alias ? from : from.split('.')[0] ?? '') : `${from}.${name.name}`;
          const local = name.alias ?? name.name ?? target;
          bind(scope, local, { kind: 'import', target, at: one.start, blocks: path });
        }
        break;
      case 'assign':
        for (const target of one.targets) {
          if (one.value) assign(scope, target, one.value, path, one.start, one.op, one.annotation);
          else if (target.k === 'name') bind(scope, target.name, { kind: 'declared', at: one.start, blocks: path, ...(one.annotation && { annotation: one.annotation }) });
        }
        break;
      case 'if': block(scope, one.body, path); block(scope, one.orelse, path); break;
      case 'loop':
        if (one.target && one.over) {
          const parts = one.target.k === 'list' ? one.target.items : [];
          for (const name of names(one.target)) {
            const index = parts.findIndex((each) => each.k === 'name' && each.name === name);
            bind(scope, name, { kind: 'element', over: one.over, ...(index >= 0 && { index }), at: one.start, blocks: path });
          }
        }
        block(scope, one.body, path); block(scope, one.orelse, path); break;
      case 'try':
        block(scope, one.body, path);
        for (const handler of one.handlers) block(scope, handler.body, path);
        block(scope, one.orelse, path); statements(scope, one.final?.body ?? [], path); break;
      case 'with':
        for (const item of one.items) if (item.as) assign(scope, item.as, item.value, path, one.start);
        statements(scope, one.body.body, path); break;
      case 'match': for (const each of one.cases) block(scope, each, path); break;
      case 'return': if (one.value) scope.returns.push(one.value); break;
      case 'function': case 'class': definition(scope, one, path); break;
      case 'expression': walrus(scope, one.value, path); break;
    }
  };

  const walrus = (scope: Scope, value: Expr, path: readonly number[]) => {
    if (value.k === 'walrus') assign(scope, value.target, value.value, path, value.start);
  };

  const definition = (scope: Scope, one: FunctionStmt | ClassStmt, path: readonly number[]) => {
    const inner = scopeOf(one.k, one.name, scope, one);
    byStatement.set(one, inner);
    bind(scope, one.name, { kind: 'definition', scope: inner, at: one.start, blocks: path });
    if (one.k === 'function') for (const each of one.parameters) bind(inner, each.name, { kind: 'parameter', parameter: each, at: each.start, blocks: [] });
    statements(inner, one.body.body, []);
  };

  statements(module, program.body, []);
  return { module, stars, imported, absolute, of: (one) => byStatement.get(one) };
}

/** The scopes of a file in which another definition stands in a place: of the rest nothing is walked again. */
export function scopesWith(rest: Scopes, gone: { readonly start: number; readonly end: number }, definition: Pick<Program, 'body'>): Scopes {
  const stays = (each: { readonly at: number }) => each.at < gone.start || gone.end <= each.at;
  const bindings = new Map([...rest.module.bindings].flatMap(([name, list]): [string, Binding[]][] => {
    const left = list.filter(stays);
    return left.length > 0 ? [[name, left]] : [];
  }));
  const own = collectScopes(definition, rest.absolute, { ...rest.module, bindings });
  for (const list of bindings.values()) if (list.length > 1) list.sort((a, b) => a.at - b.at);
  return { ...own, stars: rest.stars, imported: [...rest.imported.filter(stays), ...own.imported], of: (statement) => own.of(statement) ?? rest.of(statement) };
}

function scopeOf(kind: Scope['kind'], name: string, parent: Scope | undefined, statement: FunctionStmt | ClassStmt | undefined): Scope {
  const path = parent?.path ? `${parent.path}.${name}` : name;
  return { kind, name, path, ...(parent && { parent }), ...(statement && { statement }), bindings: new Map(), attributes: new Map(), returns: [], blocks: [] };
}

/** The place is inside what the binding is made from, as in `name = clean(name)`: there the name still means what it meant before. */
export function isMadeAt(binding: Binding, at: number): boolean {
  const from = binding.kind === 'value' || binding.kind === 'unpacked' ? binding.value : binding.kind === 'element' ? binding.over : undefined;
  return from !== undefined && from.start <= at && at < from.end;
}

/** Names a target binds: `a`, `(a, b)`. */
export function names(target: Expr): readonly string[] {
  if (target.k === 'name') return [target.name];
  return target.k === 'list' ? target.items.flatMap(names) : [];
}

/**
 * Bindings of a name as seen from a place, by Python's scoping: the function's own, then enclosing functions, then the module;
 * class bodies are seen only from themselves.
 */
export function bindingsOf(name: string, scope: Scope): { readonly bindings: readonly Binding[]; readonly scope: Scope } | undefined {
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    if (at.kind === 'class' && at !== scope) continue;
    at.asked?.add(name);
    const bindings = at.bindings.get(name);
    if (bindings) return { bindings, scope: at };
  }
  return undefined;
}
