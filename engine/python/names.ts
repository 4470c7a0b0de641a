/**
 * Qualified names: what an expression is called, whoever wrote it. `Flask`, `flask.Flask` and `f.Flask` after
 * `import flask as f` are all `flask.Flask`; what a call returns carries the name of what was called, so that
 * `Flask(__name__).run`, and `app.run` after `app = Flask(__name__)`, are `flask.Flask.run`.
 */
import type { Expr } from '../syntax/ast';
import type { Binding, Scope } from './scopes';
import { bindingsOf, isMadeAt } from './scopes';

/** Assignments followed from name to name; longer chains are loops. */
const LONGEST = 12;

export class Names {
  private readonly known = new Map<Expr, string | undefined>();

  /** @param module dotted name of the file's module, the prefix of what it defines */
  constructor(readonly module: string) {}

  /** Forgets the names it knows: each is looked for anew when it is asked for. */
  forget(): void {
    this.known.clear();
  }

  /** Qualified as far as it is known, else as written; undefined for expressions that have no name (`a + b`). */
  qualify(expr: Expr, scope: Scope, depth = 0): string | undefined {
    if (depth === 0 && this.known.has(expr)) return this.known.get(expr);
    const name = this.named(expr, scope, depth);
    if (depth === 0) this.known.set(expr, name);
    return name;
  }

  private named(expr: Expr, scope: Scope, depth: number): string | undefined {
    switch (expr.k) {
      case 'name': return this.name(expr.name, scope, expr.start, depth) ?? expr.name;
      case 'attribute': return this.attribute(expr, scope, depth);
      case 'call': return this.returned(expr.callee, scope, depth);
      case 'index': {
        const of = this.qualify(expr.of, scope, depth);
        return of && (expr.key.k === 'text' ? `${of}.${expr.key.value}` : of);
      }
      case 'await': return this.qualify(expr.of, scope, depth);
      case 'walrus': return this.qualify(expr.value, scope, depth);
      case 'logic': return this.qualify(expr.left, scope, depth) ?? this.qualify(expr.right, scope, depth);
      case 'text': return 'str';
      default: return undefined;
    }
  }

  /** As written, with constant keys as attributes: `app.config.DEBUG` for `app.config["DEBUG"]`. */
  written(expr: Expr): string {
    switch (expr.k) {
      case 'name': return expr.name;
      case 'attribute': return `${this.written(expr.of)}.${expr.name}`;
      case 'index': return expr.key.k === 'text' ? `${this.written(expr.of)}.${expr.key.value}` : this.written(expr.of);
      case 'call': return `${this.written(expr.callee)}()`;
      case 'await': return this.written(expr.of);
      case 'text': return 'str';
      default: return '…';
    }
  }

  /** What is called: an instance of a known class that is called itself gets `.__call__`. */
  callee(expr: Expr, scope: Scope): string {
    const named = this.qualify(expr, scope) ?? this.written(expr);
    return expr.k === 'name' && this.isInstance(expr.name, scope, expr.start) ? `${named}.__call__` : named;
  }

  /** An annotation's class: `Session` of `Annotated[Session, Depends(db)]`, `Optional[Session]`, `Session | None`. */
  annotated(annotation: Expr, scope: Scope, depth = 0): string | undefined {
    if (depth > LONGEST) return undefined;
    if (annotation.k === 'index') {
      const outer = this.qualify(annotation.of, scope, depth) ?? '';
      const keys = annotation.key.k === 'list' ? annotation.key.items : [annotation.key];
      if (/(^|\.)(Annotated|Optional|Union|ClassVar|Final)$/.test(outer) && keys[0]) return this.annotated(keys[0], scope, depth + 1);
      return outer;
    }
    if (annotation.k === 'other' || annotation.k === 'binary') {
      const parts = annotation.k === 'binary' ? [annotation.left, annotation.right] : annotation.parts;
      const first = parts.find((each) => each.k !== 'none');
      return first && this.annotated(first, scope, depth + 1);
    }
    if (annotation.k === 'text') return /^[A-Za-z_][\w.]*$/.test(annotation.value) ? this.name(annotation.value, scope, annotation.start, depth) ?? annotation.value : undefined;
    if (annotation.k === 'name') {
      const alias = this.binding(annotation.name, scope, annotation.start);
      if (alias?.kind === 'value') return this.annotated(alias.value, scope, depth + 1) ?? annotation.name;
    }
    return this.qualify(annotation, scope, depth);
  }

  private attribute(expr: Extract<Expr, { k: 'attribute' }>, scope: Scope, depth: number): string | undefined {
    const self = expr.of.k === 'name' && selfClass(expr.of.name, scope);
    if (self) {
      const given = self.attributes.get(expr.name);
      const found = given && depth < LONGEST ? this.qualify(given.value, given.scope, depth + 1) : undefined;
      return found && found !== 'str' ? found : `${this.definition(self)}.${expr.name}`;
    }
    const of = this.qualify(expr.of, scope, depth);
    return of === undefined ? undefined : `${of}.${expr.name}`;
  }

  private name(name: string, scope: Scope, at: number, depth: number): string | undefined {
    const self = selfClass(name, scope);
    if (self) return this.definition(self);
    const binding = this.binding(name, scope, at);
    if (!binding || depth > LONGEST) return undefined;
    const home = bindingsOf(name, scope)?.scope ?? scope;
    switch (binding.kind) {
      case 'import': return binding.target;
      case 'definition': return this.definition(binding.scope);
      case 'value': {
        if (binding.annotation && !(binding.value.k === 'call')) { const type = this.annotated(binding.annotation, home, depth + 1); if (type?.includes('.')) return type; }
        if (!carriesName(binding.value)) return home.kind === 'module' ? `${this.module}.${name}` : undefined;
        const found = this.qualify(binding.value, home, depth + 1);
        return found === 'str' || found === undefined ? (home.kind === 'module' ? `${this.module}.${name}` : undefined) : found;
      }
      case 'element': return this.qualify(binding.over, home, depth + 1);
      case 'parameter': case 'declared': {
        const annotation = binding.kind === 'parameter' ? binding.parameter.annotation : binding.annotation;
        return annotation && this.annotated(annotation, home, depth + 1);
      }
      case 'unpacked': return undefined;
    }
  }

  /** The binding that most likely holds at a place: the last one before it in the same scope, else the first that names something. */
  binding(name: string, scope: Scope, at: number): Binding | undefined {
    const found = bindingsOf(name, scope);
    if (!found) return undefined;
    const before = found.scope === scope ? found.bindings.filter((each) => each.at <= at && !isMadeAt(each, at)) : found.bindings;
    const list = before.length > 0 ? before : found.bindings;
    const nameful = list.filter((each) => each.kind !== 'value' || carriesName(each.value));
    return found.scope === scope ? list.at(-1)?.kind === 'value' ? (nameful.at(-1) ?? list.at(-1)) : list.at(-1) : (nameful[0] ?? list[0]);
  }

  private isInstance(name: string, scope: Scope, at: number): boolean {
    const binding = this.binding(name, scope, at);
    return binding?.kind === 'value' && (binding.value.k === 'call' || (binding.value.k === 'await' && binding.value.of.k === 'call'));
  }

  /** The name of what a call gives back: for a function of this file, of what it returns; else of what is called. */
  private returned(callee: Expr, scope: Scope, depth: number): string | undefined {
    if (callee.k === 'name' && depth < LONGEST) {
      const binding = this.binding(callee.name, scope, callee.start);
      if (binding?.kind === 'definition' && binding.scope.kind === 'function') {
        for (const value of binding.scope.returns) {
          const found = carriesName(value) ? this.qualify(value, binding.scope, depth + 1) : undefined;
          if (found?.includes('.')) return found;
        }
      }
    }
    return this.qualify(callee, scope, depth + 1);
  }

  private definition(scope: Scope): string {
    return this.module ? `${this.module}.${scope.path}` : scope.path;
  }
}

function carriesName(value: Expr): boolean {
  switch (value.k) {
    case 'call': case 'attribute': case 'name': case 'index': return true;
    case 'await': return carriesName(value.of);
    case 'logic': return carriesName(value.left) || carriesName(value.right);
    case 'walrus': return carriesName(value.value);
    default: return false;
  }
}

/** The class whose instance (or class object) a name is inside one of its methods: its first parameter. */
export function selfClass(name: string, scope: Scope): Scope | undefined {
  if (name !== 'self' && name !== 'cls') return undefined;
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    if (at.kind === 'function' && at.parent?.kind === 'class' && at.statement?.k === 'function' && at.statement.parameters[0]?.name === name) return at.parent;
  }
  return undefined;
}
