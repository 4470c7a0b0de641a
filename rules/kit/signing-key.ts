/** Keys that sign sessions, tokens and links: their names, and every place where a module gives one its value. */
import type { Source } from './fix';
import type { Assignment, Call, Module, Standing } from './module';
import type { Project, Setting } from './project';
import type { Context } from './rule';
import { environmentVariables } from './environment';
import type { Selector } from './select';
import { callMatch, calls, callsNamed, lastName } from './select';
import { CONFIGURATION_READERS } from './standing';
import type { Value } from './value';
import { lookup } from './value';

/** Settings and variables of the environment that hold a key of the application's own. */
const NAMES: ReadonlySet<string> = new Set([
  'SECRET_KEY', 'FLASK_SECRET_KEY', 'DJANGO_SECRET_KEY', 'APP_SECRET_KEY', 'APP_SECRET', 'APPLICATION_SECRET', 'WTF_CSRF_SECRET_KEY', 'CSRF_SECRET', 'CSRF_SECRET_KEY',
  'JWT_SECRET_KEY', 'JWT_SECRET', 'JWT_SIGNING_KEY', 'JWT_KEY', 'JWT_PRIVATE_KEY', 'JWT_ACCESS_SECRET', 'JWT_REFRESH_SECRET', 'JWT_REFRESH_SECRET_KEY',
  'ACCESS_TOKEN_SECRET', 'ACCESS_TOKEN_SECRET_KEY', 'REFRESH_TOKEN_SECRET', 'REFRESH_TOKEN_SECRET_KEY', 'TOKEN_SECRET', 'TOKEN_SECRET_KEY', 'AUTH_SECRET', 'AUTH_SECRET_KEY',
  'SESSION_SECRET', 'SESSION_SECRET_KEY', 'COOKIE_SECRET', 'COOKIE_SECRET_KEY', 'SIGNING_KEY', 'SECURITY_PASSWORD_SALT', 'ENCRYPTION_KEY', 'FERNET_KEY',
  'RESET_PASSWORD_TOKEN_SECRET', 'VERIFICATION_TOKEN_SECRET',
]);

/** One place where a key is given its value. */
export interface KeyUse {
  /** What is given it: a setting's name, or the call as written. */
  readonly sink: string;
  /** The variable of the environment that a fix reads instead. */
  readonly variable: string;
  /** As this file says it; `value` has the names of other files followed. */
  readonly written: Value;
  readonly value: Value;
  readonly module: Module;
  readonly standing: Standing;
  /** Absent for an argument of a call. */
  readonly setting?: Setting;
}

/** Calls that take a key: where among their arguments, and what it is for. */
const SINKS: readonly { readonly callees: readonly string[]; readonly keyword: string; readonly position?: number; readonly variable: string }[] = [
  { callees: ['jwt.encode', 'jwt.decode', 'jose.jwt.encode', 'jose.jwt.decode', 'jose.jws.sign', 'jose.jws.verify', 'jwt.api_jwt.encode', 'jwt.api_jwt.decode'], keyword: 'key', position: 1, variable: 'JWT_SECRET_KEY' },
  { callees: ['authlib.jose.jwt.encode'], keyword: 'key', position: 2, variable: 'JWT_SECRET_KEY' },
  { callees: ['fastapi_users.authentication.JWTStrategy', 'fastapi_users.authentication.strategy.JWTStrategy'], keyword: 'secret', position: 0, variable: 'JWT_SECRET_KEY' },
  {
    callees: ['Signer', 'TimestampSigner', 'Serializer', 'TimedSerializer', 'URLSafeSerializer', 'URLSafeTimedSerializer', 'JSONWebSignatureSerializer', 'TimedJSONWebSignatureSerializer'].map((each) => `itsdangerous.${each}`),
    keyword: 'secret_key', position: 0, variable: 'SECRET_KEY',
  },
  { callees: ['starlette.middleware.sessions.SessionMiddleware', '*.add_middleware', 'starlette.middleware.Middleware', 'fastapi.middleware.Middleware'], keyword: 'secret_key', variable: 'SESSION_SECRET_KEY' },
  { callees: ['cryptography.fernet.Fernet'], keyword: 'key', position: 0, variable: 'ENCRYPTION_KEY' },
];

/** Every place of a module where a signing key gets its value: settings of these names, readings of these variables, arguments of calls that sign. */
export function signingKeys(): Selector<KeyUse> {
  return {
    kinds: ['module'], callees: [...SINKS.flatMap((each) => each.callees), 'os.environ.setdefault', ...CONFIGURATION_READERS],
    select: (unit, project) => unit.kind === 'module' && unit.language === 'python' ? project.once(`signing keys in ${unit.path}`, () => [...keysIn(unit, project)]) : [],
  };
}

const SETDEFAULT = 'os.environ.setdefault';
const SINK_NAMES: ReadonlySet<string> = new Set([...SINKS.flatMap((each) => each.callees), SETDEFAULT].map(lastName));

function* keysIn(module: Module, project: Project): Iterable<KeyUse> {
  for (const assignment of module.assignments) yield* assigned(assignment, module, project);
  for (const call of callsNamed(module, SINK_NAMES)) {
    if (call.callee === SETDEFAULT) { yield* preset(call, module); continue; }
    const sink = SINKS.find((each) => each.callees.some((callee) => calls(call.callee, callee)));
    if (!sink || (sink.position === undefined && !isSessionMiddleware(call.callee, call.args[0]))) continue;
    const written = call.keywords.find((each) => each.name === sink.keyword)?.value ?? (sink.position === undefined ? undefined : call.args[sink.position]);
    const value = callMatch(call, module, project).argument(sink.keyword, sink.position);
    if (value) yield { sink: `${call.written}()`, variable: sink.variable, written: written ?? value, value, module, standing: call };
  }
}

/** `os.environ.setdefault("SECRET_KEY", "dev")`: whoever reads the variable afterwards is given it. */
function* preset(call: Call, module: Module): Iterable<KeyUse> {
  const [name, fallback] = call.args;
  if (name?.kind !== 'text' || !NAMES.has(name.value) || !fallback) return;
  const value: Value = { kind: 'environment', variable: name.value, required: false, fallback, at: call.at };
  yield { sink: name.value, variable: name.value, written: value, value, module, standing: call };
}

function isSessionMiddleware(callee: string, first: Value | undefined): boolean {
  return callee.endsWith('.SessionMiddleware') || (first?.kind === 'reference' && first.name.endsWith('.SessionMiddleware'));
}

function* assigned(assignment: Assignment, module: Module, project: Project): Iterable<KeyUse> {
  const name = lastName(assignment.target);
  const read = environmentVariables(assignment.value).find((each) => NAMES.has(each));
  if (!isKeyName(assignment, module) && !read && name !== 'SIMPLE_JWT') return;
  const setting = project.settings(name).find((each) => each.assignment === assignment);
  if (!setting) return;
  if (name !== 'SIMPLE_JWT') { yield { sink: name, variable: read ?? name.toUpperCase(), written: assignment.value, value: setting.value, module, standing: assignment, setting }; return; }
  const written = lookup(assignment.value, 'SIGNING_KEY');
  if (written) yield { sink: 'SIMPLE_JWT["SIGNING_KEY"]', variable: 'JWT_SECRET_KEY', written, value: project.resolve(written, module), module, standing: assignment, setting };
}

/** Named like a key, where that makes it one: in capitals, on a configuration object, or in a settings class. */
function isKeyName(assignment: Assignment, module: Module): boolean {
  const name = lastName(assignment.target);
  if (!NAMES.has(name.toUpperCase())) return false;
  if (name === name.toUpperCase() || assignment.how !== 'statement' || assignment.target.includes('.')) return true;
  return assignment.value.kind === 'environment' || (module.classes.some((each) => each.name === assignment.scope) && /config|settings/i.test(assignment.scope));
}

/** Whether an environment variable or setting of this name holds a signing key. */
export function isSigningKey(name: string): boolean {
  return NAMES.has(name.toUpperCase());
}

/**
 * Whether a key given by name needs no finding of its own here: the name is a key that is judged where it gets its value, or an
 * earlier place of this file with the same name, and the same `fault`, has been judged for it.
 */
export function isRepeatedKey(use: KeyUse, { source, unit, project }: Context, fault: (other: KeyUse) => boolean): boolean {
  const written = source.slice(use.written.at);
  if (isJudgedElsewhere(use, written, project)) return true;
  for (const other of signingKeys().select(unit, project)) {
    if (other.written.at.start >= use.written.at.start) return false;
    if (source.slice(other.written.at) === written && fault(other)) return true;
  }
  return false;
}

function isJudgedElsewhere(use: KeyUse, written: string, project: Project): boolean {
  const name = /^[\w.\s]*?([A-Za-z_]\w*)(?:\["(\w+)"\]|\['(\w+)'\])?$/.exec(written.trim());
  const last = name?.[2] ?? name?.[3] ?? name?.[1];
  if (last === undefined) return false;
  return project.settings(last).some((each) => each.assignment !== use.setting?.assignment && lastName(each.assignment.target) === last
    && (isKeyName(each.assignment, each.module) || environmentVariables(each.assignment.value).some((variable) => NAMES.has(variable))));
}

/** Where a literal that is given by name stands, when that is a constant of the same module: `KEY = "…"`. */
export function originOf(written: Value, module: Module, source: Source): Value {
  const name = source.slice(written.at);
  const given = /^[A-Za-z_]\w*$/.test(name) ? module.assignments.filter((each) => each.scope === '' && each.target === name) : [];
  return given.length === 1 && given[0]?.value.kind === 'text' ? given[0].value : written;
}
