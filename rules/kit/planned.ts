/** Failures that a broad clause plans for: what went wrong is said by the message, and a traceback would only flood the log. */
import { failsAsExpected } from './caught';
import type { Source } from './fix';
import { cleansUp, goesOut, isHarmless, losesWork } from './handling';
import type { Handler, Module } from './module';
import { functionsAround } from './scopes';
import { lastName } from './select';
import { routesServedBy } from './serving';

const LOGS = /(^|\.)(debug|info|trace|success|warn|warning|error|critical|fatal|log|print)$/;
/** Reports of an error, and figures about the running program. */
const REPORTS = /(^|\.)(capture_(exception|message|event)|record_exception|notice_error|report_(exception|exc_info)|push_scope|set_(tag|context|extra))$/;
/** The resources a program holds, given up by name: `close_session_resources`, `shutdown_workers`. */
const GIVES_UP = /(^|[._])(close|shut_?down|terminate|dispose|disconnect|clean_?up|stop|kill)_(\w+_)?(sessions?|connections?|resources?|workers?|browsers?|pages?|pools?|clients?|sockets?|threads?|executors?|process(es)?)$|(^|\.)rollback$/;
/** What only bounds or carries another call. */
const CARRIES = /(^|\.)(wait_for|gather|shield|run_until_complete|run_coroutine_threadsafe|run_async\w*)$/;

/** Names of functions, and last parts of paths, that answer a probe. */
const PROBES = /(^|_)(health|healthz|health_?check|readyz?|readiness|livez|liveness|heartbeat|ping|is_alive|reachable|connectivity)(_(status|check|db|database|redis|cache))?$|^(wait_for|ping|check)_(db|database|postgres|mysql|redis|mongo\w*|broker|rabbitmq|kafka|connection)$/;
/** A question that only asks whether a service answers. */
const ASKS_IF_THERE = /["']\s*SELECT 1\s*;?\s*["']|\(\s*["']ping["']|\.ping\(|\bhealth_?check\(/i;

/** A warning that names what is done instead, or that another attempt follows. */
const GOES_ON = /\b(fall(s|ing)?[\s-]?back|fallback|instead|retry(ing)?|reconnecting|trying (again|next|the next)|attempt)\b|[-.,;:–—(]\s*using\b/i;

/** A status that blames the request, or an error of a form. */
const REFUSES = /\b4\d\d\b\s*[),\]}]*\s*$|HTTP_4\d\d_|\b(status|status_code|code)\s*=\s*4\d\d\b|HttpResponse(BadRequest|Forbidden|NotFound)\b|\babort\(\s*4\d\d\b|\.(BAD_REQUEST|UNAUTHORIZED|FORBIDDEN|NOT_FOUND|UNPROCESSABLE_ENTITY)\b/;
const FORM_ERROR = /\.errors\.append\(|\badd_error\(/;
/** Functions that judge a value: false is the answer. */
const JUDGES = /^_*(is|has|valid|validate|clean)(_|$)/;

/** Whether the failure is planned for, so that its text is enough in the log. */
export function isPlanned(clause: Handler, module: Module, source: Source): boolean {
  return onlyAside(clause, source) || isProbe(clause, module, source) || refuses(clause, source) || judgesValue(clause) || raisedLater(clause, module, source);
}

/** Values are converted, something is given up or reported, or nothing is done but to write to the log. */
function onlyAside(clause: Handler, source: Source): boolean {
  if (clause.tries.length === 0) return false;
  const rest = clause.tries.filter((each) => !LOGS.test(each) && !isHarmless(each));
  if (rest.every((each) => REPORTS.test(each)) || failsAsExpected({ ...clause, tries: rest })) return true;
  const work = rest.filter((each) => !CARRIES.test(each) && !GIVES_UP.test(each));
  return work.length === 0 || cleansUp({ ...clause, tries: work }, source);
}

function isProbe(clause: Handler, module: Module, source: Source): boolean {
  if (clause.does.includes('raise')) return false;
  const asksOnly = clause.tries.length <= 8 && ASKS_IF_THERE.test(source.slice(clause.tryBody));
  return asksOnly || functionsAround(module, clause.at).some((func) => PROBES.test(func.name)
    || routesServedBy(func, module).some((route) => PROBES.test(route.path.replace(/^.*\//, ''))));
}

/** A log call, as written, that only warns and says how the program goes on. */
export function saysHowItGoesOn(written: string, text: string): boolean {
  return /^warn(ing)?$/.test(lastName(written)) && GOES_ON.test(text);
}

/**
 * Every way out of the clause blames the request, and no work of the server's is lost with it.
 * Where a record could not be written, the request was hardly at fault.
 */
function refuses(clause: Handler, source: Source): boolean {
  if (losesWork(clause)) return false;
  const text = source.slice(clause.body);
  if (FORM_ERROR.test(text)) return true;
  const ways = text.split(/\b(?:return|raise)\b|(?=\babort\()/).slice(1);
  return ways.length > 0 && ways.every((each) => REFUSES.test(each.trimEnd()));
}

function judgesValue(clause: Handler): boolean {
  return JUDGES.test(lastName(clause.scope)) && clause.tries.length > 0 && !losesWork(clause) && !clause.tries.some((each) => goesOut(each));
}

/** `last = e` in the clause, and `raise last` after the attempts. */
function raisedLater(clause: Handler, module: Module, source: Source): boolean {
  // Half-written code binds what is no name.
  if (clause.bound === undefined || !/^\w+$/.test(clause.bound)) return false;
  const kept = new RegExp(`(\\w+)\\s*=\\s*${clause.bound}\\s*$`, 'm').exec(source.slice(clause.body))?.[1];
  const [func] = functionsAround(module, clause.at);
  return kept !== undefined && func !== undefined && new RegExp(`\\braise\\s+${kept}\\b`).test(source.slice({ start: clause.body.end, end: func.at.end }));
}
