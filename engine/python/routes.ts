/** Routes: what the application serves, with everything that stands before the handler's body. */
import type { Decorator, Route, Standing } from '../../rules/kit';
import type { ClassStmt, Expr, FunctionStmt, ParamNode } from '../syntax/ast';
import type { Names } from './names';
import { ownerName } from './routing-names';
import type { Scope } from './scopes';

const VERBS = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options']);
const DECORATORS = new Set([...VERBS, 'route', 'api_route', 'websocket']);

/** What a handler's body calls, and what it reads of the request and the session. */
export interface BodyFacts { readonly does: readonly string[]; readonly reads: readonly string[] }

export interface RouteContext { readonly names: Names; /** The web framework the file imports, if any. */ readonly framework: string | undefined }

const FRAMEWORKS = ['ninja', 'ninja_extra', 'fastapi', 'starlette', 'quart', 'sanic', 'flask_restx', 'flask_restful', 'flask_smorest', 'flask', 'litestar', 'bottle', 'aiohttp'];

/** The web framework among a file's imports. */
export function importedFramework(imports: readonly string[]): string | undefined {
  const packages = new Set(imports.map((each) => each.slice(0, (each.indexOf('.') + 1 || each.length + 1) - 1)));
  return named(FRAMEWORKS.find((each) => packages.has(each)));
}

function named(framework: string | undefined): string | undefined {
  return framework?.startsWith('flask') ? 'flask' : framework?.startsWith('ninja') ? 'ninja' : framework;
}

/**
 * Routes a decorated function or class makes.
 * @param home scope the definition stands in
 */
export function decoratedRoutes(one: FunctionStmt | ClassStmt, scope: Scope, home: Scope, decorators: readonly Decorator[], standing: Standing, body: BodyFacts, context: RouteContext): Route[] {
  const { names } = context;
  return decorators.flatMap((decorator, index): Route[] => {
    const expr = one.decorators[index];
    if (expr?.k !== 'call' || expr.callee.k !== 'attribute' || !DECORATORS.has(expr.callee.name)) return [];
    const paths = pathsOf(decorator, one.k === 'class');
    if (paths.length === 0) return [];
    const owner = decorator.name.slice(0, decorator.name.lastIndexOf('.'));
    const framework = frameworkOf(owner, context.framework);
    if (!framework) return [];
    const methods = one.k === 'class' ? classMethods(one) : methodsOf(expr.callee.name, decorator, framework);
    const gates = [...decorators.filter((each) => each !== decorator && !isRouting(each, owner)).map((each) => each.name), ...dependencies(one, scope, names), ...dependenciesOf(decorator)];
    const router = ownerName(names, expr.callee.of, home);
    const answer = answerOf(decorator) ?? (one.k === 'function' && one.returns ? names.annotated(one.returns, home) : undefined);
    return paths.map((path) => ({
      scope: standing.scope, guards: standing.guards, at: standing.at, framework, path, methods, handler: scope.path, handlerAt: { start: one.nameAt, end: one.nameAt + one.name.length },
      owner: names.written(expr.callee.k === 'attribute' ? expr.callee.of : expr.callee), router, decorators, gates, hooks: [], traced: false, ...(answer && { answer }), does: body.does,
      reads: body.reads, body: { start: one.body.start, end: one.body.end },
    }));
  });
}

/** Another route of the same handler stands before nothing. */
function isRouting(decorator: Decorator, owner: string): boolean {
  const at = decorator.name.lastIndexOf('.');
  return DECORATORS.has(decorator.name.slice(at + 1)) && decorator.name.slice(0, at) === owner;
}

/** restx gives a class several paths; what is put together out of constants is written with `{…}` where they are not known. */
function pathsOf(decorator: Decorator, several: boolean): readonly string[] {
  const first = decorator.keywords.find((each) => each.name === 'path' || each.name === 'rule')?.value;
  const given = first ? [first] : several ? decorator.args : decorator.args.slice(0, 1);
  return given.flatMap((each) => {
    const path = each.kind === 'text' ? each.value : each.kind === 'joined' ? each.parts.map((part) => part.kind === 'text' ? part.value : '{…}').join('') : undefined;
    return path !== undefined && (path === '' || path.startsWith('/')) ? [path] : [];
  });
}

/** `response_model=Item`, ninja's `response=Item`. */
function answerOf(decorator: Decorator): string | undefined {
  const given = decorator.keywords.find((each) => each.name === 'response_model' || each.name === 'response')?.value;
  return given?.kind === 'reference' ? given.name : given?.kind === 'result' ? given.callee : given?.kind === 'none' ? 'None' : given && 'unknown';
}

function frameworkOf(owner: string, imported: string | undefined): string | undefined {
  const own = FRAMEWORKS.find((each) => owner.startsWith(`${each}.`));
  if (own ?? imported) return named(own) ?? imported;
  return /(^|\.)(app|application|api|bp|blueprint|router|\w+_bp|\w+_blueprint|\w+_router|\w*namespace|ns)$/i.test(owner) ? 'unknown' : undefined;
}

function methodsOf(verb: string, decorator: Decorator, framework: string): string[] {
  if (VERBS.has(verb)) return [verb.toUpperCase()];
  const given = decorator.keywords.find((each) => each.name === 'methods')?.value;
  if (given?.kind === 'list') return given.items.flatMap((each) => each.kind === 'text' ? [each.value.toUpperCase()] : []);
  if (given) return [];
  return (verb === 'route' && framework !== 'starlette') || verb === 'api_route' ? ['GET'] : [];
}

function classMethods(one: ClassStmt): string[] {
  return one.body.body.flatMap((each) => each.k === 'function' && VERBS.has(each.name) ? [each.name.toUpperCase()] : []);
}

/** What FastAPI's `Depends` and `Security` name in a handler's parameters. */
export function dependencies(one: FunctionStmt | ClassStmt, scope: Scope, names: Names): string[] {
  if (one.k !== 'function') return [];
  return one.parameters.flatMap((each) => injects(each, scope, names));
}

/** What `Depends` and `Security` name for one parameter. */
export function injects(parameter: ParamNode, scope: Scope, names: Names): string[] {
  return [...dependsOn(parameter.fallback, scope, names), ...dependsOn(parameter.annotation, scope, names)];
}

function dependsOn(expr: Expr | undefined, scope: Scope, names: Names): string[] {
  if (!expr) return [];
  if (expr.k === 'call' && /(^|\.)(Depends|Security)$/.test(names.qualify(expr.callee, scope) ?? '')) {
    const target = expr.args[0]?.value;
    return target ? [names.qualify(target, scope) ?? names.written(target)] : [];
  }
  if (expr.k === 'index') return (expr.key.k === 'list' ? expr.key.items : [expr.key]).flatMap((each) => dependsOn(each, scope, names));
  if (expr.k === 'name') {
    const alias = names.binding(expr.name, scope, expr.start);
    return alias?.kind === 'value' && alias.value.k === 'index' ? dependsOn(alias.value, scope, names) : [];
  }
  return [];
}

function dependenciesOf(decorator: Decorator): string[] {
  const list = decorator.keywords.find((each) => each.name === 'dependencies')?.value;
  if (list?.kind !== 'list') return [];
  return list.items.flatMap((each) => {
    const target = each.kind === 'result' ? each.args[0] : undefined;
    return target?.kind === 'reference' ? [target.name] : target?.kind === 'result' ? [target.callee] : [];
  });
}
