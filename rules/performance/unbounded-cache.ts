import type { Assignment, Context, Decorator, Edit, Func, Module, Project, Selector, Source, Span, Value, Variation } from '../kit';
import { functionByPath, functionsAround, importers, importing, lastName, onlyInDevelopment, pathOf, replace, rule, wordsOf } from '../kit';

/** Where an entry is put in, and under which key. */
interface Filled { readonly key: string; readonly at: Span; readonly scope: string }

/** A table of the module that functions fill, or a function whose results are kept. */
type Cache =
  | { readonly kind: 'table'; readonly module: Module; readonly made: Assignment; readonly filled: Filled | undefined }
  | { readonly kind: 'function'; readonly module: Module; readonly func: Func; readonly decorator: Decorator };

export default rule<Cache>({
  id: 'unbounded-cache',
  title: 'In-process caches have a limit',
  severity: 'medium', points: 4, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'Memory grows until the process is killed, and stale values never leave. An attacker can choose the keys.',
  how: 'Give every cache a size and a lifetime: `lru_cache(maxsize=1024)`, or `cachetools.TTLCache`.',
  links: ['https://docs.python.org/3/library/functools.html#functools.lru_cache', 'https://cachetools.readthedocs.io/en/stable/', 'https://cwe.mitre.org/data/definitions/770.html'],
  anchors: ['ruff B019', 'CWE-770', 'CWE-401'],

  on: caches(),
  check: (it, { project, source }) => it.kind === 'function' ? gradeOf(it, project) : it.filled !== undefined && !isFixed(it.filled, it.module, source) && !isEmptied(it.made, it.module, project, source),
  message: (it) => it.kind === 'table' ? `${it.made.target} grows with every new ${shortened(it.filled?.key)}, and nothing takes an entry out.`
    : `The results of ${it.func.name}() are kept for every ${parametersOf(it.func).map((each) => each.name).slice(0, 3).join(' and ')} it is ever called with.`,
  underline: (it) => it.kind === 'table' ? it.made.targetAt : it.decorator.at,
  holds: (it) => it.kind === 'function' && isBounded(it.decorator) ? 'The cache has a size' : undefined,
  nothing: 'Nothing is cached in the process.',
  summary: (count) => count === 1 ? 'The only cache in the process has a size' : `${count} caches in the process, each with a size`,

  fix: { title: 'Keep the last 1024 results', safety: 'safe', edit: bounded },

  examples: () => ({
    'a table that only grows': { bad: '_cache = {}\ndef rate(api, currency):\n    if currency not in _cache:\n        _cache[currency] = api.rate(currency)\n    return _cache[currency]\n' },
    'a function whose results are all kept': {
      bad: 'from functools import lru_cache\n@lru_cache(maxsize=None)\ndef profile(user_id):\n    return load(user_id)\ndef load(i):\n    return {}\n', good: 'from functools import lru_cache\n@lru_cache(maxsize=1024)\ndef profile(user_id):\n    return load(user_id)\ndef load(i):\n    return {}\n',
    },
    'functools.cache': {
      bad: 'import functools\n\n\n@functools.cache\ndef profile(user_id: int):\n    return load(user_id)\n', good: 'import functools\n\n\n@functools.lru_cache(maxsize=1024)\ndef profile(user_id: int):\n    return load(user_id)\n',
    },
    'cache, imported by name': { bad: 'from functools import cache\n\n\n@cache\ndef search(query):\n    return load(query)\n' },
    'a cache with a size and a lifetime': { good: 'from cachetools import TTLCache\n_cache = TTLCache(maxsize=1024, ttl=300)\ndef rate(api, currency):\n    if currency not in _cache:\n        _cache[currency] = api.rate(currency)\n    return _cache[currency]\n' },
    'no arguments': { good: 'from functools import cache\n@cache\ndef settings():\n    return {"a": 1}\n', path: 'settings.py' },
    'the default size': { good: 'from functools import lru_cache\n@lru_cache\ndef profile(user_id):\n    return load(user_id)\n@lru_cache()\ndef other(user_id):\n    return load(user_id)\n@lru_cache(500)\ndef third(user_id):\n    return load(user_id)\n' },
    'keys that the program knows': { good: 'from enum import Enum\nfrom functools import cache\nclass Size(Enum):\n    S = 1\n@cache\ndef price(size: Size, express: bool):\n    return 1\n@cache\ndef columns(model):\n    return [c.name for c in model.__table__.columns]\n@cache\ndef translations(locale: str):\n    return load(locale)\n@cache\ndef template(name: str):\n    return load(name)\n' },
    'entries that are taken out': { good: '_cache = {}\ndef rate(api, currency):\n    if len(_cache) > 1000:\n        _cache.clear()\n    _cache[currency] = api.rate(currency)\nsessions_cache = {}\ndef start(user_id):\n    sessions_cache[user_id] = 1\ndef stop(user_id):\n    sessions_cache.pop(user_id, None)\nother_cache = {}\ndef keep(key, value):\n    other_cache[key] = value\ndef drop(key):\n    del other_cache[key]\n' },
    'made anew': { good: '_cache = {}\ndef rate(api, currency):\n    _cache[currency] = api.rate(currency)\ndef reset():\n    global _cache\n    _cache = {}\n' },
    'emptied by another file': { good: { 'rates.py': '_cache = {}\ndef rate(api, currency):\n    _cache[currency] = api.rate(currency)\n', 'jobs.py': 'import rates\ndef nightly():\n    rates._cache.clear()\n' } },
    'a constant key': { good: '_cache = {}\ndef token(api):\n    _cache["token"] = api.token()\n    _cache["expires"] = 60\n    return _cache["token"]\n' },
    'keys of a loop over constants': { good: '_cache = {}\ndef warm(api):\n    for currency in ("EUR", "USD"):\n        _cache[currency] = api.rate(currency)\n' },
    'one entry for each class': { good: '_field_cache = {}\ndef fields(cls):\n    if cls not in _field_cache:\n        _field_cache[cls] = list(cls.__fields__)\n    return _field_cache[cls]\n_schema_cache = {}\ndef schema(obj):\n    _schema_cache[type(obj)] = 1\n    _schema_cache[obj.__class__.__name__] = 1\n' },
    'a registry': { good: 'REGISTRY = {}\ndef register(name, handler):\n    REGISTRY[name] = handler\n' },
    'a local table': { good: 'def rates(api, currencies):\n    cache = {}\n    for each in currencies:\n        cache[each] = api.rate(each)\n    return cache\n' },
    'an attribute of the class': { bad: 'class Rates:\n    _cache = {}\n\n    def rate(self, user_id):\n        if user_id not in self._cache:\n            self._cache[user_id] = load(user_id)\n        return self._cache[user_id]\n' },
    'what was seen, for ever': { bad: 'seen = set()\ndef receive(event):\n    if event.id in seen:\n        return\n    seen.add(event.id)\n    handle(event)\n' },
    'a method\'s results, with the objects': {
      bad: 'from functools import lru_cache\nclass Order:\n    @lru_cache(maxsize=None)\n    def total(self, currency_id):\n        return load(self, currency_id)\n', good: 'from functools import lru_cache\nclass Order:\n    @lru_cache(maxsize=1024)\n    def total(self, currency_id):\n        return load(self, currency_id)\n', severity: 'low',
    },
    'a program': { path: 'scripts/load.py', good: '_cache = {}\ndef rate(api, user_id):\n    _cache[user_id] = api.rate(user_id)\n' },
    'tests': { path: 'tests/test_a.py', good: '_cache = {}\ndef rate(api, user_id):\n    _cache[user_id] = api.rate(user_id)\n' },
  }),
});

const METHOD: Variation = { severity: 'low', because: 'it keeps the results of a method, with the objects they belong to' };
const NAMED = /(^|_)(cache|cached|memo|memoized|seen|lookup_cache)$|cache/i;

function caches(): Selector<Cache> {
  return {
    kinds: ['module'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const func of unit.functions) for (const decorator of func.decorators) if (/^functools\.(lru_cache|cache)$/.test(decorator.name)) yield { kind: 'function', module: unit, func, decorator };
      yield* tables(unit, project);
    },
  };
}

function* tables(module: Module, project: Project): Iterable<Cache> {
  const classes = new Set(module.classes.map(pathOf));
  for (const made of module.assignments) {
    if ((made.scope !== '' && !classes.has(made.scope)) || made.target.includes('.') || !NAMED.test(made.target) || !isEmpty(made.value) || onlyInDevelopment(made)) continue;
    yield { kind: 'table', module, made, filled: written(made, module, project.text(module.path) ?? '') };
  }
}

/** `{}`, `dict()`, `set()`, `defaultdict(list)`. */
function isEmpty(value: Value): boolean {
  if (value.kind === 'dict') return value.entries.length === 0 && !value.open;
  return value.kind === 'result' && /^(builtins\.)?(dict|set|collections\.(defaultdict|OrderedDict))$/.test(value.callee);
}

// ---- tables

/** The first place where a function puts an entry under a key of its own. */
function written(made: Assignment, module: Module, text: string): Filled | undefined {
  const names = [made.target, ...(made.scope === '' ? [] : [`self.${made.target}`, `cls.${made.target}`, `${made.scope}.${made.target}`])];
  for (const one of module.assignments) {
    if (one === made || one.scope === '' || one.scope === made.scope || !names.includes(one.target) || onlyInDevelopment(one)) continue;
    const key = /\[([^\]]*)\]$/.exec(text.slice(one.targetAt.start, one.targetAt.end))?.[1];
    if (key !== undefined) return { key: key.trim(), at: one.targetAt, scope: one.scope };
  }
  const added = new RegExp(`(?<![\\w.])(?:${names.map((each) => each.replace('.', '\\.')).join('|')})\\.(?:add|setdefault)\\(\\s*([^,()]+(?:\\([^()]*\\))?)`).exec(text);
  const around = added && functionsAround(module, { start: added.index, end: added.index + 1 }).find((func) => func.body.start <= added.index);
  return added && around ? { key: added[1]?.trim() ?? '', at: { start: added.index, end: added.index + added[0].length }, scope: pathOf(around) } : undefined;
}

/** Something takes entries out, counts them, looks at their age or begins again, here or in a file that imports it. */
function isEmptied(made: Assignment, module: Module, project: Project, source: Source): boolean {
  const name = `(?:\\w+\\.)?${made.target}`;
  const pattern = new RegExp(`\\bdel\\s+${name}\\b|\\b${name}\\.(pop|popitem|clear|remove|discard|difference_update|intersection_update)\\b|\\blen\\(\\s*${name}\\s*\\)|\\bglobal\\b[^\\n]*\\b${made.target}\\b|\\b(self|cls)\\.${made.target}\\s*=[^=]`);
  const text = source.text.replace(/#[^\n]*/g, '');
  if (pattern.test(text) || AGES.test(text)) return true;
  return [...new Set([...importers(lastName(module.name), project), ...importers(made.target, project)])].some((path) => path !== module.path && pattern.test(project.text(path) ?? ''));
}
const AGES = /\b(ttl|max_age|expir\w+|evict\w*|prune\w*|lifetime)\b/i;

/** Keys of a set that the program itself decides: constants, classes, languages. */
function isFixed({ key, scope, at }: Filled, module: Module, source: Source): boolean {
  if (/^(["'][^"']*["']|\d+|[A-Z][A-Z0-9_]*|(\w+\.)+[A-Z][A-Z0-9_]*)$/.test(key) || /\btype\(|__class__|__name__|__qualname__|getpid|get_ident|current_thread/.test(key)) return true;
  const last = /(\w+)\W*$/.exec(key)?.[1] ?? '';
  if (wordsOf(last).some((word) => FIXED.has(word)) || new RegExp(`\\bfor\\s[^\\n]*\\b${last}\\b[^\\n]*\\bin\\s+([([{]|[A-Z_]+\\b)`).test(source.text)) return true;
  const func = functionByPath(module, scope, at);
  const parameter = func?.parameters.find((each) => each.name === key);
  return parameter !== undefined && isSmall(parameter.name, parameter.annotation, module);
}
const FIXED: ReadonlySet<string> = new Set(['cls', 'klass', 'class', 'model', 'type', 'kind', 'locale', 'lang', 'language', 'env', 'environment', 'backend', 'provider', 'engine', 'driver', 'module', 'plugin', 'table', 'field', 'column', 'attr', 'attribute', 'setting', 'settings', 'config', 'template', 'func', 'function', 'fn', 'method', 'name', 'schema', 'app', 'db', 'database', 'alias', 'bind', 'version', 'level', 'mode', 'size', 'format', 'theme']);

function shortened(key = 'key'): string {
  return key.length > 40 || key.includes('\n') ? 'key' : key;
}

// ---- functions

function gradeOf({ func, decorator, module }: Extract<Cache, { kind: 'function' }>, project: Project): boolean | Variation {
  if (isBounded(decorator) || onlyInDevelopment(func)) return false;
  const [first] = func.parameters;
  if (first?.name === 'self' && func.scope) return !SHARED.test(func.scope) && METHOD;
  return parametersOf(func).some((each) => FREE.test(each.name) && !isSmall(each.name, each.annotation, module, project));
}
/** Classes of which there is one object. */
const SHARED = /(Settings|Config|Service|Client|Manager|Repository|Registry|Factory|Provider|Store|Storage|Loader|Engine|Api|API|Backend|Plugin|App|Application|Context|Container|Resolver)$/;
/** Names of what visitors send, or of which there is one for each of them. */
const FREE = /(^|_)(ids?|uuid|pk|user|email|username|query|q|search|term|text|urls?|uri|token|key|slug|ip|host|address|phone|content|message|prompt|question|body|payload|data|number|n|lat|lon|postcode|zip)$/i;

function isBounded(decorator: Decorator): boolean {
  if (decorator.name.endsWith('.cache')) return false;
  const size = decorator.keywords.find((each) => each.name === 'maxsize')?.value ?? decorator.args[0];
  return size?.kind !== 'none';
}

function parametersOf(func: Func): Func['parameters'] {
  return func.parameters.filter((each, index) => index > 0 || !/^(self|cls)$/.test(each.name));
}

function isSmall(name: string, annotation: string | undefined, module: Module, project?: Project): boolean {
  if (wordsOf(name).some((word) => FIXED.has(word))) return true;
  if (annotation === undefined) return false;
  const classes = project?.classes.map((each) => each.class) ?? module.classes;
  return /(^|\.)(bool|Literal|Enum|StrEnum|IntEnum|type|Type)$/.test(annotation) || classes.some((each) => each.name === lastName(annotation) && each.bases.some((base) => /(Enum|Choices)$/.test(base)));
}

// ---- the fix

function bounded(it: Cache, { source }: Context): readonly Edit[] | undefined {
  if (it.kind === 'table') return undefined;
  const { decorator, module } = it;
  const size = decorator.keywords.find((each) => each.name === 'maxsize')?.value ?? decorator.args[0];
  if (size) return source.slice(size.at) === 'None' ? [replace(size.at, '1024')] : undefined;
  const written = source.slice(decorator.at);
  if (written === 'functools.cache') return [replace(decorator.at, 'functools.lru_cache(maxsize=1024)')];
  return written === 'cache' ? [replace(decorator.at, 'lru_cache(maxsize=1024)'), ...importing(module, source, 'lru_cache', 'functools')] : undefined;
}
