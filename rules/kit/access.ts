/**
 * Who may pass: what proves an identity before a route's body runs, and what asks for more than that. To say that a route is guarded much counts (any hint
 * in the gates, the body, or what they call); to say that its siblings are, only what is known or was seen to ask.
 */
import { closure } from './hooks';
import type { Hook } from './hooks';
import { ASKS, HARMLESS, LIBRARY_GUARD, LIBRARY_ROLE, OPENED, OTHER_HOOKS, RECOGNISING, ROLE_WORDS, SOUNDS_GUARDED, TURNS_AWAY } from './access-names';
import { classesNamed } from './loading';
import type { Module, Route } from './module';
import type { Evidence, Project } from './project';
import { qualifiedPath } from './scopes';
import { lastName } from './select';

/** A decorator, dependency, mixin or permission that is known to ask who is there, or that was seen to do so. */
export function authenticates(gate: string, project: Project): boolean {
  const known = project.once('gates that ask', () => new Map<string, boolean>());
  const before = known.get(gate);
  if (before !== undefined) return before;
  const found = LIBRARY_GUARD.test(gate) || (!OPENED.test(gate) && functionsOf(gate, project).some((hook) => asks(hook, project)));
  known.set(gate, found);
  return found;
}

/** What stands behind a gate: the function itself, or the methods of a class that is called (`PermissionsDependency([...])`). */
function functionsOf(gate: string, project: Project): readonly Hook[] {
  const direct = project.func(gate);
  return direct ? [direct] : ['__call__', 'has_permission', '__init__', 'authenticate', 'has_object_permission'].flatMap((each) => project.func(`${gate}.${each}`) ?? []);
}

/** It, or what it calls, reads an identity and can refuse. */
function asks(hook: Hook, project: Project): boolean {
  return closure(project, [hook]).some(({ func }) => [...func.reads, ...func.does, ...func.depends].some((each) => ASKS.test(each) || LIBRARY_GUARD.test(each)));
}

/** The gate of a route that asks who is there. */
export function guardOf(route: Route, project: Project): string | undefined {
  return route.gates.find((each) => authenticates(each, project));
}

/** Something before the body, in it, or in what it calls may ask who is there: names are enough. */
export function maybeGuarded(module: Module, route: Route, project: Project): boolean {
  if (route.gates.some((each) => SOUNDS_GUARDED.test(each) || authenticates(each, project) || mayRefuse(each, project))) return true;
  if (guardsEverything(route, project)) return true;
  if ([...route.reads, ...route.does].some((each) => ASKS.test(each) || LIBRARY_GUARD.test(each) || SOUNDS_GUARDED.test(lastName(each)))) return true;
  if (module.statuses.some((each) => (each.code === 401 || each.code === 403) && route.body.start <= each.at.start && each.at.end <= route.body.end)) return true;
  return closure(project, route.does.flatMap((each) => project.func(each) ?? [])).some(({ func }) => SOUNDS_GUARDED.test(func.name) || [...func.reads, ...func.does].some((each) => ASKS.test(each)));
}

/** A gate that turns callers away for whatever reason, or one that cannot be opened and is not known to be about something else. */
function mayRefuse(gate: string, project: Project): boolean {
  if (HARMLESS.test(gate)) return false;
  const opened = functionsOf(gate, project);
  return opened.length === 0 ? !classesNamed(lastName(gate), project).some(({ module, class: one }) => gate === qualifiedPath(module, one))
    : closure(project, opened).some(({ func }) => func.does.some((each) => TURNS_AWAY.test(each)));
}

/** A hook or a middleware of the whole application that asks who is there. */
export function guardsEverything(route: Route, project: Project): boolean {
  return route.hooks.some((each) => { const name = each.split('.').slice(-2).join('.'); return !OTHER_HOOKS.test(name) && (SOUNDS_GUARDED.test(name) || authenticates(each, project)); });
}

/** It is open on purpose: a permission class or a marker says so. */
export function isOpenOnPurpose(route: Route): boolean {
  return route.gates.some((each) => OPENED.test(each));
}

/** Something before the body, in it, or in what it calls asks for a role, a permission or an owner. */
export function checksRole(module: Module, route: Route, project: Project): boolean {
  if ([...route.gates, ...route.hooks, ...route.does, ...route.reads].some((each) => LIBRARY_ROLE.test(each))) return true;
  if ([...route.gates, ...route.hooks].some((each) => ROLE_WORDS.test(lastName(each)) && !LIBRARY_GUARD.test(each))) return true;
  const opened = closure(project, [...route.gates, ...route.hooks, ...route.does].flatMap((each) => functionsOf(each, project)));
  return [...opened.map((each) => bodyOf(each.module, each.func.body, project)), bodyOf(module, route.body, project)].some((text) => ROLE_WORDS.test(text))
    || opened.some(({ func }) => ROLE_WORDS.test(func.name));
}

/** Code without its texts and comments: a template's path says nothing of roles. */
function bodyOf(module: Module, span: { readonly start: number; readonly end: number }, project: Project): string {
  return (project.written(module.path, span)).replace(/"""[\s\S]*?"""|'''[\s\S]*?'''/g, ' ').replace(/#[^\n]*/g, ' ').replace(/(["'])(?:(?!\1)[^\\\n]|\\.)*\1/g, (text) => /^["'](is_)?(admin|staff|superuser|role)["']$/.test(text) ? text : ' ');
}

/** Proof that somebody is recognised anywhere: an import, a gate, a function that reads an identity. Undefined where nothing in the code does. */
export function recognises(project: Project): Evidence | undefined {
  return project.once('recognises', () => {
    for (const module of project.modules) {
      const imported = module.imports.find((each) => RECOGNISING.test(each.target));
      if (imported) return { path: module.path, ...imported.at, text: `${imported.target} is used` };
      const func = module.functions.find((each) => /^(_?(login|log_in|signin|sign_in|authenticate\w*|require_\w*(auth|user|login|key|token|admin)\w*|check_(auth|login|token|api_?key|password|user)\w*|verify_(token|api_?key|jwt|user|password|auth|signature|credentials)\w*|get_current_\w*user\w*|current_user|login_required|auth_required|is_(logged_in|authenticated|authorized)))$/i.test(each.name) || [...each.reads, ...each.does].some((one) => ASKS.test(one)));
      if (func) return { path: module.path, ...func.nameAt, text: `${func.name} asks who is there` };
    }
    return undefined;
  });
}

/** Routes that are open by what they are for, by a word of their path or handler. */
const PUBLIC = /(^|[/_.<-])(log-?in|log-?out|sign-?in|sign-?up|sign-?out|register|registration|auth|authenticate|authorize|session|token|tokens|refresh|reset|forgot|recover|recovery|password|otp|2fa|totp|mfa|webauthn|passkey|verify|verification|confirm|confirmation|activate|activation|callback|oauth2?|oidc|sso|saml|acs|webhooks?|hooks?|ipn|notify|health|healthz|healthcheck|ready|readyz|live|livez|ping|status|metrics|version|static|assets|media|favicon|robots|sitemap|public|contact|feedback|newsletter|subscribe|unsubscribe|optout|csp|csp-report|report|well-known|feed|rss|atom|ical|share|shared|embed|oembed|search|suggest|captcha|csrf|locale|lang|language|theme|consent|cookie|cookies|invite|invitation|invitations|accept|join|guest|cart|checkout|track|tracking|pixel|beacon|collect|analytics|graphql|setup|install|onboarding|docs|openapi|schema|error|about|home|index|landing|terms|privacy|pricing|demo|unlock|magic)([/_.>:-]|s?$)/i;

/** Open by its nature: sign-in, health, webhooks, what a link in a mail leads to, and anything under a secret in its own path. */
export function isPublicByNature(route: Route): boolean {
  // A new account is made by `POST /users`.
  if (route.methods.every((each) => each === 'POST') && /\/(users?|accounts?|members?|customers?|profiles?)\/?$/i.test(route.path)) return true;
  const handler = lastName(route.handler).replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return PUBLIC.test(route.path) || PUBLIC.test(`_${handler}_`) || PUBLIC.test(route.handler.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/\./g, '_')) || /[<{][^>}]*(token|key|secret|sign|hash|otp|code|nonce|uuid|uid|guid)[^>}]*[>}]/i.test(route.path);
}

/** How many routes are known to ask who is there. */
export function recognisedRoutes(project: Project): number {
  return project.once('recognised routes', () => project.routes.filter(({ route }) => guardOf(route, project) !== undefined).length);
}
