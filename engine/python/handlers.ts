/** What an `except` clause does with the exception. */
import type { Deed } from '../../rules/kit';
import type { Block, Expr, HandlerNode, Stmt } from '../syntax/ast';
import { expressionsIn, inner, statementsIn } from './walk';

const LOGS = /(^|[._])(log|logs|logger|logging|print|print_exc|print_exception|capture_exception|capture_message|debug|info|warn|warning|error|exception|critical|fatal|write|echo|secho|report_exc_info|record_exception|log_exception|log_error|stderr|notify)$/i;
const ANSWERS = /(^|[._])(abort|flash|jsonify|render|render_template|redirect|make_response|Response|JSONResponse|HttpResponse\w*|JsonResponse|HTTPException|messages\.\w+|add_message|add_error|error_response|bad_request|fail)$/;

/** One deed for each statement of the body, nested ones included. */
export function deeds(body: readonly Stmt[]): Deed[] {
  return body.flatMap((one): Deed[] => {
    switch (one.k) {
      case 'pass': return ['pass'];
      case 'continue': return ['continue'];
      case 'break': return ['break'];
      case 'raise': return ['raise'];
      case 'return': return [returned(one.value)];
      case 'expression': return [expressed(one.value)];
      case 'assign': return [!one.value || (isConstant(one.value) && !tellsCaller(one.value)) ? 'constant' : expressed(one.value) === 'pass' ? 'other' : expressed(one.value)];
      case 'if': return [...deeds(one.body.body), ...deeds(one.orelse?.body ?? []), 'other'];
      case 'with': case 'loop': return [...deeds(one.body.body), 'other'];
      case 'try': return [...deeds(one.body.body), ...one.handlers.flatMap((each) => deeds(each.body.body)), 'other'];
      case 'loose': return [one.parts.length > 0 ? 'log' : 'other'];
      default: return ['other'];
    }
  });
}

function returned(value: Expr | undefined): Deed {
  if (value && (tellsCaller(value) || expressed(value) === 'answer')) return 'answer';
  return !value || isConstant(value) ? 'return-constant' : 'return';
}

/** A constant that says what went wrong: a status with the text, a pair of false and why, a table with an error in it, a sentence. */
function tellsCaller(value: Expr): boolean {
  if (value.k === 'text') return /\w\s+\w/.test(value.value);
  if (value.k === 'list') return value.items.length > 1 && value.items.some((each) => (each.k === 'number' && each.value >= 400 && each.value < 600) || tellsCaller(each));
  return value.k === 'dict' && value.entries.some((each) => each.key?.k === 'text' && /^(errors?|message|msg|detail|details|reason|status|success|ok|result|failed)$/i.test(each.key.value));
}

function expressed(value: Expr): Deed {
  if (value.k === 'text' || (value.k === 'other' && value.parts.length === 0)) return 'pass';
  if (value.k === 'await') return expressed(value.of);
  if (value.k === 'list') { const all = value.items.map(expressed); return all.find((each) => each === 'answer') ?? 'other'; }
  if (value.k !== 'call') return 'other';
  const name = dotted(value.callee);
  if (/(^|\.)rollback$/.test(name)) return 'rollback';
  if (ANSWERS.test(name)) return 'answer';
  if (LOGS.test(name) || /(^|[._])log(ger|ging)?[._]/i.test(name)) return 'log';
  if (/^(sys\.exit|exit|quit|os\._exit)$/.test(name)) return 'raise';
  return 'other';
}

export function dotted(expr: Expr): string {
  if (expr.k === 'name') return expr.name;
  if (expr.k === 'attribute') return `${dotted(expr.of)}.${expr.name}`;
  if (expr.k === 'call') return dotted(expr.callee);
  if (expr.k === 'index') return dotted(expr.of);
  return '';
}

function isConstant(value: Expr): boolean {
  switch (value.k) {
    case 'text': case 'number': case 'bool': case 'none': return true;
    case 'list': return value.items.every(isConstant);
    case 'dict': return value.entries.every((each) => each.key !== undefined && isConstant(each.key) && isConstant(each.value));
    case 'unary': return isConstant(value.of);
    default: return false;
  }
}

/** Every path through the block ends by raising. */
export function alwaysRaises(block: Block): boolean {
  const last = block.body.at(-1);
  if (!last) return false;
  if (last.k === 'raise') return true;
  if (last.k === 'expression') return expressed(last.value) === 'raise';
  if (last.k === 'if') return last.orelse !== undefined && alwaysRaises(last.body) && alwaysRaises(last.orelse);
  if (last.k === 'with') return alwaysRaises(last.body);
  if (last.k === 'try') return (last.final !== undefined && alwaysRaises(last.final)) || (alwaysRaises(last.body) && last.handlers.every((each) => alwaysRaises(each.body)));
  return false;
}

/** The first `return` of a `finally`, in its blocks too and in no function of its own; undefined where there is none. */
export function leavesBlock(body: readonly Stmt[]): Stmt | undefined {
  for (const one of body) {
    const found = one.k === 'return' ? one : leavesBlock(inner(one));
    if (found) return found;
  }
  return undefined;
}

/** Whether the name the exception is bound to is read in the body. */
export function usesBound(handler: HandlerNode, text: string): boolean {
  return handler.bound !== undefined && new RegExp(`\\b${handler.bound.replace(/\W/g, '')}\\b`).test(text.slice(handler.body.start, handler.body.end));
}

/** What only reads an exception's text or kind: given to these, it is not passed on. */
const READS = /^(str|repr|type|print|isinstance|format|getattr|hasattr|len|bool|(.*\.)?(format|debug|info|warn|warning|error|critical|fatal|log|flash|jsonify))$/;

/** Whether the exception itself is handed to a call, a name or a table of the body. */
export function passesOn({ bound, body }: HandlerNode): boolean {
  if (bound === undefined) return false;
  const is = (expr: Expr | undefined) => expr?.k === 'name' && expr.name === bound;
  return statementsIn(body.body).some((one) => one.k === 'assign' && is(one.value))
    || expressionsIn(body.body).some((each) => (each.k === 'call' && !READS.test(dotted(each.callee)) && each.args.some((arg) => is(arg.value)))
      || (each.k === 'list' && each.items.some(is)) || (each.k === 'dict' && each.entries.some((entry) => is(entry.value))));
}
