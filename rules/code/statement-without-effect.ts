import type { Context, Edit, Idle, Module, Selector, Source } from '../kit';
import { insert, removal, rule } from '../kit';

interface Useless { readonly module: Module; readonly idle: Idle }
const LONGEST = 40;

export default rule<Useless>({
  id: 'statement-without-effect',
  title: 'Every statement does something',
  severity: 'low', points: 2, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'Somebody meant to store, return or compare it for a reason. The behaviour the line stands for is missing.',
  how: 'Assign it, return it or delete it.',
  links: ['https://docs.python.org/3/reference/simple_stmts.html#expression-statements'],
  anchors: ['ruff B018', 'ruff B015', 'pylint pointless-statement', 'pylint expression-not-assigned', 'CWE-1164'],

  on: useless(),
  check: ({ module, idle }, context) => {
    if (isMeant(idle, module, context)) return false;
    return idle.what === 'attribute' || idle.what === 'element' ? { confidence: 'likely', because: 'reading it may be what was meant' } : true;
  },
  message: ({ idle }, { source }) => `${shown(idle, source)} is computed and thrown away.`,
  underline: ({ idle }) => idle.at,
  nothing: 'No statement is without effect.',

  fix: [
    { title: 'Keep the result', safety: 'review', edit: ({ module, idle }, { source }) => keeping(idle, module, source) },
    {
      title: 'Delete the statement',
      safety: 'safe',
      edit: ({ idle }, { source }) => /^(comparison|name|literal|arithmetic)$/.test(idle.what) && !/[([]/.test(source.slice(idle.at)) ? listed(removal(idle.at, source)) : undefined,
    },
    {
      title: 'Delete it, and what it may raise',
      safety: 'review',
      edit: ({ module, idle }, { source }) => keeping(idle, module, source) || (/^(comparison|name|literal|arithmetic)$/.test(idle.what) && !/[([]/.test(source.slice(idle.at))) ? undefined : listed(removal(idle.at, source)),
    },
  ],

  examples: () => ({
    'a date that nobody keeps': {
      bad: 'from datetime import date\ndef season(year):\n    date(year - 1, 12, 25)\n    return date(year, 1, 6)\n', good: 'from datetime import date\ndef season(year):\n    return date(year, 1, 6)\n',
    },
    'a constructor of a module': { bad: 'import datetime\ndef season(year):\n    datetime.date(year - 1, 12, 25)\n    return year\n', good: 'import datetime\ndef season(year):\n    return year\n' },
    'a text that stays as it was': { bad: 'def clean(name):\n    name.strip()\n    return name\n', good: 'def clean(name):\n    name = name.strip()\n    return name\n' },
    'a comparison for an assignment': { bad: 'def close(order):\n    order.state == "closed"\n    order.save()\n', good: 'def close(order):\n    order.save()\n' },
    'a name': { bad: 'def total(rows):\n    result = sum(rows)\n    result\n    return 0\n', good: 'def total(rows):\n    result = sum(rows)\n    return 0\n' },
    'a method that is not called': { bad: 'def end(session):\n    session.commit\n    return "ok"\n' },
    'the whole of a block': { bad: 'def total(rows):\n    if not rows:\n        0\n    return sum(rows)\n', good: 'def total(rows):\n    if not rows:\n        pass\n    return sum(rows)\n' },
    'an element': { bad: 'def first(rows):\n    rows[0]\n' },
    'the result is used': { good: 'def clean(name):\n    return name.strip()\n' },
    'a call with an effect': { good: 'def save(session, item):\n    session.add(item)\n    session.commit()\n' },
    'texts and dots': { good: '"""A module."""\n\nclass Shop:\n    """A shop."""\n    name = "x"\n    "Its name."\n\ndef later():\n    ...\n' },
    'tried for what it raises': { good: 'def valid(text):\n    try:\n        int(text)\n        text.encoding\n    except ValueError:\n        return False\n    return True\n\ntry:\n    unicode\nexcept NameError:\n    unicode = str\n' },
    'expected to raise': { good: 'from contextlib import suppress\n\ndef load(order):\n    with suppress(KeyError):\n        order["lines"]\n' },
    'a comment says why': { good: 'def load(order):\n    order.lines  # loads them while the session is open\n    # Fails early when it is not configured.\n    order.settings["KEY"]\n' },
    'an import that is needed': { good: 'from shop import signals\n\nsignals\n' },
    'tasks in a row': { good: 'def flow(fetch, clean, store):\n    fetch >> clean >> store\n    fetch | clean\n' },
    'a generator and a coroutine': { good: 'async def wait(task, bus):\n    await task\n    yield bus\n' },
    'a program of cells': { path: 'report.py', good: '# %%\nimport shop\n\n# %%\nshop.orders\n' },
    'tests': { path: 'tests/test_it.py', good: 'def test_it(order):\n    order.total == 1\n' },
  }),
});

function useless(): Selector<Useless> {
  return {
    kinds: ['module'], callees: [],
    *select(unit) {
      // In a file that does not parse, half a statement looks like an expression.
      if (unit.kind === 'module' && unit.language === 'python' && unit.whole) for (const idle of unit.idle) yield { module: unit, idle };
    },
  };
}

/** It is there for what evaluating it does: raise, load, keep a name from looking unused; or a comment says why. */
function isMeant({ at, what, scope, guards }: Idle, module: Module, { source, project }: Context): boolean {
  const tried = module.handlers.some((each) => each.tryBody.start <= at.start && at.end <= each.tryBody.end);
  if (tried || guards.some((guard) => guard.means === 'type-checking') || project.mentions(module.path, /^# ?%%|^# In\[/m)) return true;
  const start = source.lineStart(at.start);
  const before = start > 0 ? source.slice({ start: source.lineStart(start - 1), end: start }).trim() : '';
  if (/#/.test(source.slice({ start: at.end, end: source.lineEnd(at.end) })) || before.startsWith('#') || source.slice({ start, end: at.start }).trim() !== '' || raisesAround(start, source)) return true;
  return what === 'name' && scope === '' && module.imports.some((each) => each.name === source.slice(at));
}

/** The line above opens a `with` that expects an exception. */
function raisesAround(start: number, source: Source): boolean {
  return /^\s*with\s.*\b(suppress|raises|assertRaises\w*)\(/.test(start > 0 ? source.slice({ start: source.lineStart(start - 1), end: start }) : '');
}

function shown(idle: Idle, source: Source): string {
  const text = source.slice(idle.at).replace(/\s+/g, ' ').replace(/"[^"]*"|'[^']*'/g, '"…"');
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** `name.strip()` becomes `name = name.strip()`. */
function keeping(idle: Idle, module: Module, source: Source): readonly Edit[] | undefined {
  const name = idle.what === 'call' ? /^([A-Za-z_][\w.]*)\.\w+\(/.exec(source.slice(idle.at))?.[1] : undefined;
  // `datetime.date(…)` is a function of a module.
  return name === undefined || module.imports.some((each) => each.name === name.split('.')[0]) ? undefined : [insert(idle.at.start, `${name} = `)];
}

function listed(edit: Edit | undefined): readonly Edit[] | undefined {
  return edit && [edit];
}
