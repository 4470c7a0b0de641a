/**
 * State in the memory of a process: names of a module, and attributes of its classes, that begin as empty containers, as tables of
 * numbers, as counters or as locks, with the functions that write and read them. Filled literals are constants and none of this.
 */
import type { State, StateUse } from '../../rules/kit';
import type { Block, ClassStmt, Expr, FunctionStmt, Stmt } from '../syntax/ast';
import type { Names } from './names';
import type { Scope, Scopes } from './scopes';
import { bindingsOf } from './scopes';
import { callsIn, eachPart, expressionsOf, inner } from './walk';

const CONTAINERS: Readonly<Record<string, State['holds']>> = {
  dict: 'dict', list: 'list', set: 'set', 'collections.defaultdict': 'dict', 'collections.OrderedDict': 'dict', 'collections.Counter': 'dict', 'collections.deque': 'list',
};
const LOCKS = /^(threading|_thread|asyncio|multiprocessing|anyio|gevent\.lock|eventlet\.semaphore|trio)\.(R?Lock|Semaphore|BoundedSemaphore|Condition|allocate_lock)$/;
const MUTATORS = new Set(['append', 'appendleft', 'extend', 'add', 'update', 'pop', 'popleft', 'popitem', 'remove', 'discard', 'clear', 'setdefault', 'insert', 'move_to_end']);

interface Growing extends Omit<State, 'uses'> { readonly uses: StateUse[] }

/** By name: state as it is declared, whether or not somebody writes it. */
export type States = ReadonlyMap<string, State>;

/** What is asked to tell state: the scopes and names of the file, and its text for `global` statements, which bind nothing. */
interface StateFile { readonly scopes: Scopes; readonly names: Names; readonly text: string }

export function statesOf(body: readonly Stmt[], file: StateFile): States {
  const found = new Map<string, Growing>();
  declared(body, '', file.scopes.module, found, file.names);
  for (const one of definitionsIn(body)) if (one.k === 'class') ofClass(one, file.scopes, found, file.names);
  withoutConstants(found, file.text);
  if (found.size > 0) new Reader(found, file).definitions(body, '');
  return found;
}

/** State that changes. */
export function written(states: States): readonly State[] {
  return [...states.values()].filter((each) => each.uses.some((use) => use.how !== 'read'));
}

/**
 * The state of a file in which a definition stands in the place of another; undefined where it declares other state than that did.
 * @param own what the definition adds to the state of its file
 * @param moved what is said elsewhere, at its new place
 */
export function statesWith(states: States, gone: { readonly start: number; readonly end: number }, own: States, moved: <T>(facts: T) => T): States | undefined {
  const inside = (one: { readonly start: number }) => gone.start <= one.start && one.start < gone.end;
  const declared = [...states.values()].filter((each) => inside(each.nameAt)).map(({ name }) => name);
  const kept = new Set([...states.keys()].filter((name) => !declared.includes(name)));
  if ([...own.keys()].filter((name) => !kept.has(name)).join() !== declared.join()) return undefined;
  return new Map([...states].map(([name, each]): [string, State] => {
    const { uses: there, ...declaredThere } = own.get(name) ?? { ...each, uses: [] };
    const { uses, ...declaredHere } = each;
    const before = uses.filter(({ at }) => at.start < gone.start);
    const behind = uses.filter(({ at }) => at.start >= gone.end);
    return [name, { ...(kept.has(name) ? moved(declaredHere) : declaredThere), uses: [...moved(before), ...there, ...moved(behind)] }];
  }));
}

/** What one definition adds to the state of its file: the attributes it declares, and the uses it makes of all there is. */
export function statesIn(one: FunctionStmt | ClassStmt, rest: States, file: StateFile): States {
  const found = new Map([...rest].map(([name, each]): [string, Growing] => [name, { ...each, uses: [] }]));
  if (one.k === 'class') ofClass(one, file.scopes, found, file.names);
  withoutConstants(found, file.text);
  if (found.size > 0) new Reader(found, file).definitions([one], '');
  return found;
}

/** Whether a text has a `global` statement. The first of a file makes state of all its numbers. */
export function saysGlobal(text: string): boolean {
  // Most texts do not have the word, and then no line is looked at.
  return text.includes('global') && /^[ \t]+global[ \t]/m.test(text);
}

/** A number changes only where a function says that it means the module's. */
function withoutConstants(found: Map<string, Growing>, text: string): void {
  if (!saysGlobal(text)) for (const [name, each] of found) if (each.holds === 'number') found.delete(name);
}

/** Definitions at the top of a file and in its branches. */
function definitionsIn(body: readonly Stmt[]): readonly (FunctionStmt | ClassStmt)[] {
  return body.flatMap((one) => one.k === 'function' || one.k === 'class' ? [one] : definitionsIn(inner(one)));
}

function declared(body: readonly Stmt[], owner: string, scope: Scope, found: Map<string, Growing>, names: Names): void {
  for (const one of body) {
    if (one.k === 'if' || one.k === 'try') declared(inner(one), owner, scope, found, names);
    const target = one.k === 'assign' && one.op === undefined ? one.targets[0] : undefined;
    if (one.k !== 'assign' || !one.value || target?.k !== 'name') continue;
    const kind = holding(one.value, scope, names);
    const name = owner === '' ? target.name : `${owner}.${target.name}`;
    if (kind && !found.has(name)) found.set(name, { name, nameAt: { start: target.start, end: target.end }, ...kind, ...(owner !== '' && { owner }), uses: [] });
  }
}

/** Attributes of a class, and what its `__init__` gives to `self`. */
function ofClass(one: ClassStmt, scopes: Scopes, found: Map<string, Growing>, names: Names): void {
  const scope = scopes.of(one);
  if (!scope) return;
  declared(one.body.body, one.name, scope, found, names);
  const init = one.body.body.find((each): each is FunctionStmt => each.k === 'function' && each.name === '__init__');
  const inside = init && scopes.of(init);
  const self = init?.parameters[0]?.name;
  for (const each of init?.body.body ?? []) {
    const target = each.k === 'assign' && each.op === undefined ? each.targets[0] : undefined;
    if (each.k !== 'assign' || !each.value || !inside || target?.k !== 'attribute' || target.of.k !== 'name' || target.of.name !== self) continue;
    const kind = holding(each.value, inside, names);
    const name = `${one.name}.${target.name}`;
    if (kind && kind.holds !== 'number' && !found.has(name)) found.set(name, { name, nameAt: { start: target.start, end: target.end }, ...kind, owner: one.name, ofObject: true, uses: [] });
  }
}

function holding(value: Expr, scope: Scope, names: Names): Pick<State, 'holds' | 'made'> | undefined {
  if (value.k === 'number') return { holds: 'number', made: 'number' };
  if (value.k === 'dict') return value.entries.every((each) => each.key !== undefined && isBlank(each.value)) ? { holds: 'dict', made: '{}' } : undefined;
  if (value.k === 'list') return value.items.length === 0 ? { holds: 'list', made: '[]' } : undefined;
  if (value.k !== 'call') return undefined;
  const made = names.callee(value.callee, scope);
  if (LOCKS.test(made)) return { holds: 'lock', made };
  const holds = Object.hasOwn(CONTAINERS, made) ? CONTAINERS[made] : undefined;
  const filled = value.args.some((each) => each.name === undefined && each.value.k !== 'name' && each.value.k !== 'lambda' && each.value.k !== 'call' && !(each.value.k === 'list' && each.value.items.length === 0) && each.value.k !== 'attribute');
  return holds && !filled && (value.args.length === 0 || /defaultdict|deque/.test(made)) ? { holds, made } : undefined;
}

/** A value that stands for "nothing yet": what a table of counters or a record of progress begins with. */
function isBlank(value: Expr): boolean {
  return value.k === 'number' || value.k === 'none' || (value.k === 'bool' && !value.value) || (value.k === 'text' && value.value === '') || (value.k === 'list' && value.items.length === 0) || (value.k === 'dict' && value.entries.length === 0);
}

/** Goes through the functions of a file for what touches the state. */
class Reader {
  private scope: Scope | undefined;
  private path = '';
  private globals: ReadonlySet<string> = new Set();

  constructor(private readonly found: ReadonlyMap<string, Growing>, private readonly file: StateFile) {}

  definitions(body: readonly Stmt[], path: string): void {
    for (const one of body) {
      if (one.k === 'function') this.inFunction(one, path);
      else if (one.k === 'class') this.definitions(one.body.body, path === '' ? one.name : `${path}.${one.name}`);
      else this.definitions(inner(one), path);
    }
  }

  private inFunction(one: FunctionStmt, outer: string): void {
    const before = { scope: this.scope, path: this.path, globals: this.globals };
    this.scope = this.file.scopes.of(one);
    this.path = outer === '' ? one.name : `${outer}.${one.name}`;
    this.globals = new Set([...this.file.text.slice(one.body.start, one.body.end).matchAll(/^[ \t]*global[ \t]+([\w, \t]+)/gm)].flatMap((each) => (each[1] ?? '').split(/[,\s]+/)));
    if (one.name !== '__init__' || outer === '') this.statements(one.body.body);
    this.scope = before.scope;
    this.path = before.path;
    this.globals = before.globals;
  }

  private statements(body: readonly Stmt[]): void {
    for (const one of body) {
      if (one.k === 'function') { this.inFunction(one, this.path); continue; }
      if (one.k === 'class') continue;
      if (one.k === 'assign') this.assigned(one);
      else if (one.k === 'with') { for (const item of one.items) this.held(item.value, one.body, 'with'); }
      const removes = one.k === 'loose' && this.file.text.startsWith('del', one.start);
      for (const expr of expressionsOf(one)) if (one.k !== 'assign' || !one.targets.includes(expr)) this.expression(expr, removes);
      this.statements(inner(one));
    }
  }

  private assigned(one: Extract<Stmt, { k: 'assign' }>): void {
    for (const target of one.targets.flatMap((each) => each.k === 'list' ? each.items : [each])) {
      const base = target.k === 'index' ? bottom(target) : target;
      const state = this.stateOf(base);
      if (state && target.k === 'index') this.use(state, 'write', one.op === undefined ? '[]' : `${one.op}=`, target);
      else if (state && (target.k === 'attribute' || (target.k === 'name' && this.globals.has(target.name)))) this.use(state, 'write', one.op === undefined ? '=' : `${one.op}=`, target);
      if (target.k === 'index') this.expression(target.key, false);
    }
  }

  private held(value: Expr, body: Block, by: string): void {
    const state = this.stateOf(value);
    if (state?.holds === 'lock') this.use(state, 'hold', by, value, body);
  }

  private expression(expr: Expr, removes: boolean): void {
    if (expr.k === 'call' && expr.callee.k === 'attribute') {
      const state = this.stateOf(expr.callee.of.k === 'index' ? bottom(expr.callee.of) : expr.callee.of);
      if (state) {
        if (state.holds === 'lock') this.acquired(state, expr.callee.name, expr);
        else this.use(state, MUTATORS.has(expr.callee.name) ? 'write' : 'read', expr.callee.name, expr);
        if (/^(pop|popleft|popitem|setdefault)$/.test(expr.callee.name)) this.use(state, 'read', expr.callee.name, expr);
        for (const each of expr.args) this.expression(each.value, false);
        return;
      }
    }
    const state = expr.k === 'name' || expr.k === 'attribute' || expr.k === 'index' ? this.stateOf(expr.k === 'index' ? bottom(expr) : expr) : undefined;
    if (state && state.holds !== 'lock') {
      this.use(state, removes ? 'write' : 'read', expr.k === 'index' ? '[]' : 'name', expr);
      if (expr.k === 'index') this.expression(expr.key, false);
      return;
    }
    eachPart(expr, (part) => { this.expression(part, removes); });
  }

  private acquired(state: Growing, method: string, at: Expr): void {
    const body = this.scope?.statement?.body;
    if (/^acquire/.test(method) && body) this.use(state, 'hold', 'acquire', at, body);
  }

  /** The state a name or an attribute of `self`, `cls` or the class stands for, by Python's scoping. */
  private stateOf(expr: Expr): Growing | undefined {
    if (expr.k === 'name') {
      const state = this.found.get(expr.name);
      if (!state || state.owner !== undefined) return undefined;
      return this.globals.has(expr.name) || !this.scope || bindingsOf(expr.name, this.scope)?.scope.kind === 'module' ? state : undefined;
    }
    if (expr.k !== 'attribute' || expr.of.k !== 'name') return undefined;
    const owner = expr.of.name === 'self' || expr.of.name === 'cls' ? this.classAround() : expr.of.name;
    return owner === undefined ? undefined : this.found.get(`${owner}.${expr.name}`);
  }

  private classAround(): string | undefined {
    for (let at = this.scope; at; at = at.parent) if (at.kind === 'class') return at.name;
    return undefined;
  }

  private use(state: Growing, how: StateUse['how'], by: string, at: Expr, body?: Block): void {
    const { scope } = this;
    const does = body && scope ? [...new Set(callsIn(body.body).map((each) => this.file.names.callee(each.callee, scope)))] : undefined;
    state.uses.push({ how, by, scope: this.path, at: { start: at.start, end: at.end }, ...(does && { does }) });
  }
}

/** `jobs` of `jobs[a][b]`. */
function bottom(expr: Expr): Expr {
  return expr.k === 'index' ? bottom(expr.of) : expr;
}
