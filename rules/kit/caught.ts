/** Clauses that catch every exception: which they are, where they belong, and what they keep of the cause. */
import { fetches } from './handling';
import type { Func, Handler, Module } from './module';
import type { Project } from './project';
import { functionsAround } from './scopes';
import { lastName } from './select';
import { routesServedBy } from './serving';
import { onlyAsProgram, onlyInDevelopment } from './standing';
import type { Value } from './value';
import { within } from './within';

const BROAD = /^(builtins\.)?(Exception|BaseException)$/;

/** Whether a qualified name is a class of all exceptions. */
export function isBroad(name: string): boolean {
  return BROAD.test(name);
}

/** It catches whatever is raised, by name or bare. */
export function catchesAll(one: Handler): boolean {
  return one.catchesAt === undefined || one.catches.some(isBroad);
}

/** Conversions, and sockets that the other side has left. */
const EXPECTED = /(^|\.)(loads|dumps|json|decode|encode|strip|lower|split|get|strptime|strftime|astimezone|fromisoformat|isoformat|parse|int|float|str|Decimal|UUID|isinstance|len|getattr|hasattr|send_text|send_json|send_bytes|send_message|put_nowait|get_nowait)$/;

/** Only what fails in known ways is tried: a value is converted, a message sent over a socket. */
export function failsAsExpected(one: Handler): boolean {
  return one.tries.length > 0 && one.tries.every((each) => EXPECTED.test(each) && !fetches(each));
}

/** Calls of loggers, by last name. */
const LEVELS = ['debug', 'info', 'warn', 'warning', 'error', 'critical', 'fatal', 'log'] as const;
const TRACES = ['exception', 'capture_exception', 'print_exc', 'format_exc', 'print_exception', 'format_exception', 'format_tb', 'print_tb', 'exc_info', 'log_exception', 'record_exception', 'report_exc_info', 'captureException', 'notice_error', 'report_exception', 'print_last'] as const;

/** Names of calls by which the answers below are given: what a rule that asks must list. */
export const TRACE_CALLS: readonly string[] = [...LEVELS, ...TRACES, 'opt'].map((name) => `*.${name}`);
/** Calls that take a function to run by itself. */
export const STARTERS: readonly string[] = ['add_job', 'Thread', 'signal', 'register', 'register_error_handler', 'add_exception_handler', 'create_task', 'run_in_executor', 'submit'].map((name) => `*.${name}`);

/** The body records the exception with its traceback, whatever the object is that does it. */
export function keepsTraceback(one: Handler, module: Module): boolean {
  return within(module.calls, one.body).some((call) => {
    const last = lastName(call.callee);
    return (TRACES as readonly string[]).includes(last) || call.keywords.some((each) => each.name === 'exc_info' || (each.name === 'exception' && last === 'opt'));
  });
}

const BOUNDARY_DECORATORS = /(^|[._])(errorhandler|app_errorhandler|exception_handler|error_handler|middleware|before_request|after_request|before_app_request|after_app_request|teardown_\w+|shared_task|task|periodic_task|scheduled_job|job|actor|command|cron|on_event|on_startup|receiver|callback|listens_for|scheduled_\w*|background_\w*)$/;
const BOUNDARY_NAMES = /^(main|__main__|__del__|__exit__|__aexit__|__call__|dispatch|lifespan|process_(request|response|exception|view)|run|run_forever|run_loop|serve|emit|handle_(error|exception|signal)|on_\w+|worker|loop|_?\w*(healthz?|health_?check|heartbeat|readyz?|readiness|livez?|liveness|ping|status_check|\w+_status)|\w+_(worker|loop|job|task|cron|command|middleware|daemon|scheduler|thread))$/;
const COMMANDS = /(^|\/)(management\/commands|cli|commands?)(\/|\.py$)|(^|\/)(manage|cli|worker|scheduler|cron|tasks|jobs|middlewares?)\.py$/;

/** Where a broad clause is right: the outermost code of a job, a command, a middleware, an error handler, a probe. */
export function isBoundary(one: Handler, module: Module, project: Project): boolean {
  if (one.cleanup || one.repeats || onlyAsProgram(one) || onlyInDevelopment(one) || COMMANDS.test(module.path)) return true;
  return functionsAround(module, one.at).some((func) => BOUNDARY_NAMES.test(func.name) || func.decorators.some((each) => BOUNDARY_DECORATORS.test(each.name)) || isStarted(func, project)
    || /^(health|ready|live|ping|status|_?probe)/.test(lastName(endOfPath(module, func))));
}

function endOfPath(module: Module, func: Func): string {
  return routesServedBy(func, module)[0]?.path.replace(/^.*\//, '') ?? '';
}

/** It is handed to a thread, a scheduler or a signal. */
function isStarted(func: Func, project: Project): boolean {
  const started = project.once('started functions', () => new Set(project.calls(...STARTERS).flatMap(({ call }) => [...call.args, ...call.keywords.map((each) => each.value)].flatMap(nameOf))));
  return started.has(func.name);
}

function nameOf(value: Value): readonly string[] {
  return value.kind === 'reference' ? [lastName(value.name)] : value.kind === 'result' ? [lastName(value.callee)] : [];
}
