/** What the condition of an `if` means for the statements under it. */
import type { Guard, Span, Value } from '../../rules/kit';
import { isTrue, whenUnset } from '../../rules/kit';

/** Variables and settings whose value names the environment a program runs in. */
const ENVIRONMENT_NAME = /(^|[._])(env|environment|app_env|appenv|flask_env|django_env|node_env|stage|deploy_env|deployment|environment_name|run_env|config_env|app_environment|python_env|settings_env|env_name|mode|app_mode|fastapi_config|flask_config)$/i;
const DEBUG_NAME = /(^|[._])(debug|debug_mode|is_debug|flask_debug|django_debug|dev_mode|is_dev|is_development|development|local_dev)$/i;
const TEST_NAME = /(^|[._])(testing|is_test|is_testing|test_mode|running_tests|pytest_current_test|under_test)$/i;
const PRODUCTION_NAME = /(^|[._])(production|is_production|is_prod|in_production|prod)$/i;
const DEVELOPMENT_WORD = /^(dev|devel|development|local|debug|sandbox|demo)\b/i;
const TEST_WORD = /^(test|testing|tests|ci|unittest|pytest)\b/i;
const PRODUCTION_WORD = /^(prod|production|live|release|staging|stage)\b/i;

type Meaning = Pick<Guard, 'means' | 'variable'>;

/** Guards that hold where `test` is true (or false, when `negated`). */
export function guardsOf(test: Value, negated: boolean, at: Span): Guard[] {
  if (test.kind === 'test' && test.op === 'not') return guardsOf(test.left, !negated, at);
  if (test.kind === 'choice' && test.by === (negated ? 'or' : 'and')) return test.options.flatMap((each) => guardsOf(each, negated, at));
  if (test.kind === 'choice') {
    const each = test.options.map((option) => guardsOf(option, negated, at));
    const first = each[0]?.[0];
    return first && each.every((guards) => guards.some((guard) => guard.means === first.means)) ? [first] : [{ means: 'unknown', at }];
  }
  const meaning = understand(test, negated);
  const unset = meaning.means === 'unknown' ? undefined : whenUnset(test);
  return [{ means: meaning.means, ...(meaning.variable !== undefined && { variable: meaning.variable }), at, ...(unset !== undefined && unset !== 'refuses' && { unset: isTrue(unset) !== negated }) }];
}

function understand(test: Value, negated: boolean): Meaning {
  if (test.kind === 'test' && test.right) return compared(test.op, test.left, test.right, negated);
  const name = subject(test);
  if (!name) return { means: 'unknown' };
  const variable = test.kind === 'environment' ? { variable: test.variable } : {};
  if (DEBUG_NAME.test(name)) return { means: negated ? 'production' : 'development', ...variable };
  if (TEST_NAME.test(name)) return negated ? { means: 'unknown', ...variable } : { means: 'tests', ...variable };
  if (PRODUCTION_NAME.test(name)) return { means: negated ? 'development' : 'production', ...variable };
  if (name.endsWith('TYPE_CHECKING')) return { means: negated ? 'unknown' : 'type-checking' };
  if (test.kind === 'environment') return { means: negated ? 'unset' : 'set', ...variable };
  return { means: 'unknown' };
}

function compared(op: string, left: Value, right: Value, negated: boolean): Meaning {
  const name = subject(left);
  const equal = (op === '==' || op === 'is' || op === 'in') !== negated;
  if (op === 'in' && left.kind === 'text' && /pytest|unittest|^test$/.test(left.value)) return { means: equal ? 'tests' : 'unknown' };
  if (name === '__name__' && right.kind === 'text' && right.value === '__main__') return { means: equal ? 'main' : 'unknown' };
  const variable = variableOf(left);
  const rest = variable ? { variable } : {};
  if (right.kind === 'none') return variable ? { means: equal ? 'unset' : 'set', ...rest } : { means: 'unknown' };
  const words = texts(right);
  if (!name || words.length === 0) return right.kind === 'bool' ? understand(left, negated !== (right.value === false)) : { means: 'unknown', ...rest };
  if (DEBUG_NAME.test(name) && words.every((word) => /^(1|true|yes|on|t|y)$/i.test(word))) return { means: equal ? 'development' : 'production', ...rest };
  if (!ENVIRONMENT_NAME.test(name)) return { means: 'unknown', ...rest };
  if (words.every((word) => PRODUCTION_WORD.test(word))) return { means: equal ? 'production' : 'development', ...rest };
  if (words.every((word) => TEST_WORD.test(word))) return { means: equal ? 'tests' : 'unknown', ...rest };
  if (words.every((word) => DEVELOPMENT_WORD.test(word) || TEST_WORD.test(word))) return { means: equal ? 'development' : 'production', ...rest };
  return { means: 'unknown', ...rest };
}

/** What a condition speaks of: a variable's or a setting's name, through `.lower()` and the like. */
function subject(value: Value): string | undefined {
  switch (value.kind) {
    case 'environment': return value.variable;
    case 'reference': case 'parameter': return value.name;
    case 'result': return value.of ? subject(value.of) ?? value.callee : value.args[0] ? subject(value.args[0]) : value.callee;
    case 'choice': return value.options.map(subject).find((each) => each !== undefined);
    case 'test': return subject(value.left);
    default: return undefined;
  }
}

function variableOf(value: Value): string | undefined {
  if (value.kind === 'environment') return value.variable;
  if (value.kind === 'result') return value.of ? variableOf(value.of) : value.args[0] && variableOf(value.args[0]);
  if (value.kind === 'choice') return value.options.map(variableOf).find((each) => each !== undefined);
  return undefined;
}

function texts(value: Value): readonly string[] {
  if (value.kind === 'text') return [value.value];
  if (value.kind === 'number') return [String(value.value)];
  if (value.kind === 'list') return value.items.flatMap(texts);
  if (value.kind === 'reference') { const last = value.name.slice(value.name.lastIndexOf('.') + 1); return /^[A-Z_]+$/.test(last) ? [last] : []; }
  return [];
}
