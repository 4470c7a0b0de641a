/** Routes of classes: one for each method, with what the class and its ancestors put in front of it. */
import type { Class, Decorator, Func, Module, Route, Value } from '../../rules/kit';
import { functionsIn } from '../../rules/kit';
import { listedNames } from '../python/routing-lists';
import type { ProjectNames } from './names';

export interface ViewSources {
  readonly names: ProjectNames;
  /** The module of a path with its names followed. */
  module(path: string): Module | undefined;
  /** REST framework's default permissions. */
  readonly permissions: readonly string[];
}

interface Ancestor { readonly module: Module; readonly class: Class; readonly path: string }
interface Family { readonly own: readonly Ancestor[]; readonly library: readonly string[] }

const VERBS: ReadonlySet<string> = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options']);
const ACTIONS: Readonly<Record<string, string>> = { list: 'GET', retrieve: 'GET', create: 'POST', update: 'PUT', partial_update: 'PATCH', destroy: 'DELETE' };
/** Methods that library classes answer by themselves. */
const LIBRARY: readonly (readonly [RegExp, readonly string[]])[] = [
  [/(^|\.)ModelViewSet$/, ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']], [/(^|\.)(RetrieveUpdateDestroyAPIView)$/, ['GET', 'PUT', 'PATCH', 'DELETE']], [/(^|\.)RetrieveUpdateAPIView$/, ['GET', 'PUT', 'PATCH']],
  [/(^|\.)RetrieveDestroyAPIView$/, ['GET', 'DELETE']], [/(^|\.)ListCreateAPIView$/, ['GET', 'POST']], [/(^|\.)(ReadOnlyModelViewSet|ListAPIView|RetrieveAPIView|ListModelMixin|RetrieveModelMixin)$/, ['GET']],
  [/(^|\.)(CreateAPIView|CreateModelMixin|TokenObtainPairView|TokenRefreshView)$/, ['POST']], [/(^|\.)(UpdateAPIView|UpdateModelMixin)$/, ['PUT', 'PATCH']], [/(^|\.)(DestroyAPIView|DestroyModelMixin)$/, ['DELETE']],
  [/(^|\.)(CreateView|UpdateView|DeleteView|\w*FormView|LoginView|Password(Change|Reset|ResetConfirm)View|SignupView|RegistrationView)$/, ['GET', 'POST']], [/(^|\.)(ListView|DetailView|TemplateView|RedirectView|\w*ArchiveView|ArchiveIndexView|DateDetailView|Feed)$/, ['GET']],
];
/** Methods of a class that decide before the body runs. */
const DECIDES = /^(dispatch|initial|check_permissions|get_permissions|has_permission|test_func|prepare|setup)$/;
/** Ancestors of a library that let only some through. */
const LETS_THROUGH = /(Login|Auth\w*|Permission|Access|UserPasses|Staff|Superuser|Admin|Protected|Group|Required)\w*$/;
/** What a class does only when it is written to. */
const ON_WRITE = /^(form_valid|form_invalid|perform_\w+|delete|save|post_\w+|create|update|partial_update|destroy)$/;

/** The class itself and its ancestors in this project, nearest first, and the names of those in libraries. */
function family(module: Module, klass: Class, sources: ViewSources): Family {
  const own: Ancestor[] = [];
  const library: string[] = [];
  const queue: { module: Module; class: Class }[] = [{ module, class: klass }];
  for (let next = queue.shift(); next; next = queue.shift()) {
    const one = next;
    const path = pathOf(one.class);
    if (own.some((each) => each.path === path && each.module.path === one.module.path) || own.length > 20) continue;
    own.push({ module: one.module, class: one.class, path });
    for (const base of one.class.bases) {
      const found = sources.names.definition(base, one.module);
      if (found?.definition.kind === 'class' && !found.rest) queue.push({ module: sources.module(found.definition.module.path) ?? found.definition.module, class: found.definition.class });
      else library.push(base);
    }
  }
  return { own, library };
}

/** Names of what a class puts in front of all its methods, or of one. */
function classGates(kin: Family, base: Route, sources: ViewSources): (verb: string) => readonly string[] {
  const given = (name: string) => kin.own.map((each) => ({ from: each.module, value: each.module.assignments.find((one) => one.scope === each.path && one.target === name)?.value })).find((each) => each.value !== undefined);
  const first = (name: string) => given(name)?.value;
  const named = (name: string, value: Value | undefined) => { const from = given(name)?.from; return listedNames(value).map((each) => from ? sources.names.expand(each, from) : each); };
  const functions = kin.own.flatMap((each) => functionsIn(each.module, each.path).filter((func) => DECIDES.test(func.name)).map((func) => ({ func, name: `${each.module.name}.${each.path}.${func.name}` })));
  const permissions = first('permission_classes');
  const decides = functions.some(({ func }) => func.name === 'get_permissions' || func.name === 'check_permissions');
  const byDefault = permissions === undefined && !decides && isRest(kin.library) ? sources.permissions : [];
  const methods = first('method_decorators');
  const decorators = kin.own.flatMap((each) => each.class.decorators).filter((each) => !/\.(route|add_resource)$/.test(each.name));
  const everywhere = [
    ...base.gates, ...kin.library.filter((each) => LETS_THROUGH.test(each.slice(each.lastIndexOf('.') + 1)) && !/View(Set)?$/.test(each)), ...functions.flatMap(({ func, name }) => [name, ...func.decorators.flatMap(gatesOf)]),
    ...named('decorators', first('decorators')), ...(methods?.kind === 'dict' ? [] : named('method_decorators', methods)), ...permissionNames(permissions).map((each) => { const from = given('permission_classes')?.from; return from ? sources.names.expand(each, from) : each; }), ...byDefault, ...decorators.filter((each) => appliesTo(each) === undefined).flatMap(gatesOf),
  ];
  return (verb) => {
    const entry = methods?.kind === 'dict' ? methods.entries.find((each) => each.key.kind === 'text' && each.key.value.toUpperCase() === verb)?.value : undefined;
    return [...everywhere, ...named('method_decorators', entry), ...decorators.filter((each) => appliesTo(each)?.toUpperCase() === verb).flatMap(gatesOf)];
  };
}

/** `@method_decorator(login_required, name="post")` is for one method; `dispatch` and nothing are for all. */
function appliesTo(decorator: Decorator): string | undefined {
  const name = decorator.keywords.find((each) => each.name === 'name')?.value;
  return name?.kind === 'text' && VERBS.has(name.value) ? name.value : undefined;
}

function permissionNames(value: Value | undefined): readonly string[] {
  if (value === undefined) return [];
  const names = listedNames(value);
  // `[IsOwner | IsAdminUser]` is not followed, but it is something.
  return value.kind === 'list' && value.items.some((each) => each.kind === 'unknown') ? [...names, 'permission_classes'] : value.kind === 'unknown' ? ['permission_classes'] : names;
}

function isRest(library: readonly string[]): boolean {
  return library.some((each) => each.startsWith('rest_framework.') || /(^|\.)(APIView|\w*ViewSet)$/.test(each));
}

/** What a decorator puts in front: itself, and what it is given where it only hands that on. */
export function gatesOf(decorator: Decorator): readonly string[] {
  const last = decorator.name.slice(decorator.name.lastIndexOf('.') + 1);
  return /^(method_decorator|permission_classes|decorate_view|decorators|user_passes_test)$/.test(last) ? [decorator.name, ...decorator.args.flatMap(listedNames)] : [decorator.name];
}

/** What stands before handlers that are methods of a class with decorators of their own: dependencies among its attributes, and ancestors that let only some through. */
export function controllerGates(module: Module, klass: Class, sources: ViewSources): readonly string[] {
  const kin = family(module, klass, sources);
  const attributes = kin.own.flatMap((each) => each.module.assignments.filter((one) => one.scope === each.path && one.value.kind === 'result' && /(^|\.)(Depends|Security)$/.test(one.value.callee)).flatMap((one) => listedNames(one.value).map((name) => sources.names.expand(name, each.module))));
  const names = [...kin.own.slice(1).map((each) => `${each.module.name}.${each.path}`), ...kin.library].filter((each) => LETS_THROUGH.test(each.slice(each.lastIndexOf('.') + 1)));
  return [...attributes, ...names, ...klass.decorators.flatMap(gatesOf)];
}

/**
 * Routes of a class-based view.
 * @param base what the URL says: path, owner, gates on the way to it; its methods, when it names them, are the only ones
 */
export function viewRoutes(module: Module, klass: Class, base: Route, sources: ViewSources, set: boolean): Route[] {
  const kin = family(module, klass, sources);
  const gates = classGates(kin, base, sources);
  const rest = set || kin.library.some((each) => /ViewSet(Mixin)?$|ModelMixin$/.test(each));
  const helpers = kin.own.flatMap((each) => functionsIn(each.module, each.path).filter((func) => !VERBS.has(func.name) && !DECIDES.test(func.name) && !(rest && func.name in ACTIONS)));
  const found = new Map<string, { readonly module: Module; readonly func?: Func; readonly suffix?: string }>();
  for (const each of kin.own) {
    for (const func of each.module.functions) {
      if (func.scope !== each.path) continue;
      const verb = VERBS.has(func.name) ? func.name.toUpperCase() : rest ? ACTIONS[func.name] : undefined;
      if (verb !== undefined && !found.has(verb)) found.set(verb, { module: each.module, func });
    }
  }
  for (const name of kin.library) for (const [pattern, verbs] of LIBRARY) if (pattern.test(name)) for (const verb of verbs) if (!found.has(verb)) found.set(verb, { module });
  const wanted = [...found].filter(([verb]) => base.methods.length === 0 || base.methods.includes(verb));
  const common = { ...base, gates: gates(''), decorators: [...klass.decorators, ...base.decorators.filter((each) => !klass.decorators.includes(each))] };
  if (wanted.length === 0) return [whole(klass, common, base.methods, helpers)];
  const own = wanted.flatMap(([verb, { func }]) => func && func.scope === pathOf(klass) && func.at.start >= klass.at.start && func.at.end <= klass.at.end ? [ofMethod(func, verb, { ...common, gates: gates(verb) }, helpers, module)] : []);
  const others = wanted.map(([verb]) => verb).filter((verb) => !own.some((each) => each.methods.includes(verb)));
  // Methods of ancestors stand in other files, perhaps: the route is shown at the class.
  const inherited = others.map((verb) => ({ ...whole(klass, { ...common, gates: [...gates(verb), ...(found.get(verb)?.func?.decorators.flatMap(gatesOf) ?? [])] }, [verb], helpers), ...(found.get(verb)?.func && { does: [...new Set([...found.get(verb)?.func?.does ?? [], ...common.does])], reads: found.get(verb)?.func?.reads ?? [] }) }));
  const actions = rest ? actionRoutes(module, klass, { ...common, gates: gates('') }, helpers) : [];
  const one = (route: Route): Route => set && route.methods.every((each) => /^(PUT|PATCH|DELETE)$/.test(each)) ? { ...route, path: `${route.path}<pk>/` } : route;
  return [...[...own, ...merged(inherited)].map(one), ...actions];
}

/** Methods that are alike in all but the verb are one route. */
function merged(routes: readonly Route[]): readonly Route[] {
  const found: Route[] = [];
  for (const one of routes) {
    const same = found.findIndex((each) => (isWriting(each.methods) === isWriting(one.methods)) && JSON.stringify([each.gates, each.does]) === JSON.stringify([one.gates, one.does]));
    const before = found[same];
    if (before) found[same] = { ...before, methods: [...before.methods, ...one.methods] }; else found.push(one);
  }
  return found;
}

/** `@action(methods=["post"])` of a viewset. */
function actionRoutes(module: Module, klass: Class, base: Route, helpers: readonly Func[]): Route[] {
  return functionsIn(module, pathOf(klass)).flatMap((func) => {
    const action = func.decorators.find((each) => /(^|\.)action$/.test(each.name));
    if (!action) return [];
    const given = (name: string) => action.keywords.find((each) => each.name === name)?.value;
    const methods = given('methods');
    const named = given('url_path');
    const detail = given('detail');
    const path = `${base.path}${detail?.kind === 'bool' && detail.value ? '<pk>/' : ''}${named?.kind === 'text' ? named.value : func.name}/`;
    const own = given('permission_classes');
    const verbs = methods?.kind === 'list' ? methods.items.flatMap((each) => each.kind === 'text' ? [each.value.toUpperCase()] : []) : ['GET'];
    return [{ ...ofMethod(func, '', { ...base, path, gates: own ? [...base.gates.filter((each) => !/permission/i.test(each)), ...permissionNames(own)] : base.gates }, helpers, module), methods: verbs }];
  });
}

function ofMethod(func: Func, verb: string, base: Route, helpers: readonly Func[], module: Module): Route {
  const with_ = helpers.filter((each) => each.name !== func.name && (isWriting([verb]) || !ON_WRITE.test(each.name)) && module.functions.includes(each));
  return {
    ...base, scope: func.scope, at: func.at, guards: [...func.guards, ...base.guards], methods: [verb], handler: `${func.scope}.${func.name}`, handlerAt: func.nameAt, body: func.body,
    decorators: [...func.decorators, ...base.decorators], gates: [...base.gates, ...func.decorators.flatMap(gatesOf), ...func.depends], does: func.does, reads: [...new Set([...func.reads, ...with_.flatMap((each) => each.reads)])],
    ...(func.answer && { answer: func.answer }),
  };
}

function whole(klass: Class, base: Route, methods: readonly string[], helpers: readonly Func[]): Route {
  const with_ = helpers.filter((each) => methods.length === 0 || isWriting(methods) || !ON_WRITE.test(each.name));
  return {
    ...base, scope: klass.scope, at: klass.at, guards: [...klass.guards, ...base.guards], methods, handler: pathOf(klass), handlerAt: klass.nameAt, body: klass.body,
    does: [...new Set(with_.flatMap((each) => each.does))], reads: [...new Set(with_.flatMap((each) => each.reads))],
  };
}

function isWriting(methods: readonly string[]): boolean {
  return methods.some((each) => /^(POST|PUT|PATCH|DELETE)$/.test(each));
}

function pathOf(klass: Class): string {
  return klass.scope ? `${klass.scope}.${klass.name}` : klass.name;
}
