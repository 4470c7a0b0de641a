/** What a value is on a machine where nobody has set any variable: the case that ships by accident. */
import type { Nothing, Numeric, Text, Truth, Value } from './value';

export type Constant = Text | Numeric | Truth | Nothing;

/** The constant, `'refuses'` when reading fails, or undefined when it cannot be told. */
export function whenUnset(value: Value): Constant | 'refuses' | undefined {
  switch (value.kind) {
    case 'text': case 'number': case 'bool': case 'none': return value;
    case 'environment': return fromEnvironment(value);
    case 'choice': return chosen(value);
    case 'test': return tested(value);
    case 'result': return called(value);
    case 'joined': {
      const parts = value.parts.map(whenUnset);
      if (parts.includes('refuses')) return 'refuses';
      return value.how === 'f-string' && parts.every((each) => each !== undefined && each !== 'refuses' && each.kind === 'text')
        ? { kind: 'text', value: parts.map((each) => typeof each === 'object' && each.kind === 'text' ? each.value : '').join(''), at: value.at } : undefined;
    }
    default: return undefined;
  }
}

/** Python's truth of a constant. */
export function isTrue(value: Constant): boolean {
  return value.kind !== 'none' && Boolean(value.value);
}

/** Variables that hosts set by themselves: nobody can forget them, and where they are not set is not production. */
const SET_BY_HOSTS = /^(DYNO|RENDER(_\w+)?|FLY_\w+|VERCEL(_\w+)?|K_(SERVICE|REVISION|CONFIGURATION)|GAE_\w+|GOOGLE_CLOUD_PROJECT|RAILWAY_\w+|WEBSITE_\w+|AWS_(LAMBDA_\w+|EXECUTION_ENV)|ECS_\w+|KUBERNETES_\w+|HEROKU_\w+|PYTHONANYWHERE_\w+|CODESPACES?|CI|GITHUB_ACTIONS|GITLAB_CI)$/;

/** Whether a host that runs or builds programs gives this variable its value by itself. */
export function isSetByHost(variable: string): boolean {
  return SET_BY_HOSTS.test(variable);
}

function fromEnvironment(value: Extract<Value, { kind: 'environment' }>): Constant | 'refuses' | undefined {
  if (isSetByHost(value.variable)) return undefined;
  if (!value.fallback) return value.required ? 'refuses' : { kind: 'none', at: value.at };
  const fallback = whenUnset(value.fallback);
  if (fallback === undefined || fallback === 'refuses' || fallback.kind !== 'text' || !value.cast) return fallback;
  if (value.cast === 'bool') return { kind: 'bool', value: /^(1|true|yes|on|t|y|ok)$/i.test(fallback.value.trim()), at: value.at };
  return value.cast === 'int' || value.cast === 'float' ? { kind: 'number', value: Number(fallback.value), at: value.at } : fallback;
}

function chosen(value: Extract<Value, { kind: 'choice' }>): Constant | 'refuses' | undefined {
  if (value.by === 'conditional') {
    const test = value.test && whenUnset(value.test);
    const option = test && test !== 'refuses' ? value.options[isTrue(test) ? 0 : 1] : undefined;
    return option && whenUnset(option);
  }
  let last: Constant | undefined;
  for (const option of value.options) {
    const constant = whenUnset(option);
    if (constant === undefined || constant === 'refuses') return constant;
    last = constant;
    if (isTrue(constant) === (value.by === 'or')) return constant;
  }
  return last;
}

function tested(value: Extract<Value, { kind: 'test' }>): Constant | 'refuses' | undefined {
  const left = whenUnset(value.left);
  if (left === undefined || left === 'refuses') return left;
  const truth = (it: boolean): Truth => ({ kind: 'bool', value: it, at: value.at });
  if (value.op === 'not') return truth(!isTrue(left));
  if (!value.right) return undefined;
  if (value.op === 'in' || value.op === 'not in') {
    const list = value.right.kind === 'list' ? value.right.items.map(whenUnset) : undefined;
    if (!list || list.some((each) => each === undefined || each === 'refuses')) return undefined;
    return truth(list.some((each) => typeof each === 'object' && same(left, each)) === (value.op === 'in'));
  }
  const right = whenUnset(value.right);
  if (right === undefined || right === 'refuses') return right;
  if (value.op === '==' || value.op === 'is' || value.op === '===') return truth(same(left, right));
  if (value.op === '!=' || value.op === 'is not' || value.op === '!==') return truth(!same(left, right));
  return undefined;
}

function same(a: Constant, b: Constant): boolean {
  return a.kind === 'none' || b.kind === 'none' ? a.kind === b.kind : a.value === b.value;
}

const OF_TEXT: Readonly<Record<string, (text: string) => string>> = {
  lower: (text) => text.toLowerCase(), casefold: (text) => text.toLowerCase(), upper: (text) => text.toUpperCase(), strip: (text) => text.trim(),
  title: (text) => text.replace(/\b\w/g, (letter) => letter.toUpperCase()), toLowerCase: (text) => text.toLowerCase(), toUpperCase: (text) => text.toUpperCase(), trim: (text) => text.trim(),
};

function called(value: Extract<Value, { kind: 'result' }>): Constant | 'refuses' | undefined {
  const method = value.callee.slice(value.callee.lastIndexOf('.') + 1);
  const source = value.of ?? value.args[0];
  const constant = source && whenUnset(source);
  if (!constant || constant === 'refuses') return constant;
  const transform = value.of ? OF_TEXT[method] : undefined;
  if (transform && constant.kind === 'text') return { ...constant, value: transform(constant.value) };
  if (value.of) return undefined;
  if (value.callee === 'bool') return { kind: 'bool', value: isTrue(constant), at: value.at };
  if (/(^|\.)(str|SecretStr)$/.test(value.callee) && constant.kind === 'text') return constant;
  if ((value.callee === 'int' || value.callee === 'float') && (constant.kind === 'text' || constant.kind === 'number')) {
    const number = Number(constant.value);
    return Number.isNaN(number) ? 'refuses' : { kind: 'number', value: number, at: value.at };
  }
  if (/(^|\.)(strtobool|str2bool|str_to_bool|parse_bool|to_bool|as_bool|asbool)$/.test(value.callee) && constant.kind === 'text') {
    return { kind: 'bool', value: /^(1|true|yes|on|t|y)$/i.test(constant.value.trim()), at: value.at };
  }
  return undefined;
}
