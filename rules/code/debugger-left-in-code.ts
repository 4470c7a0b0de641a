import type { Call, CallMatch, Context, Edit, Module, Selector, Source } from '../kit';
import { call, functionsAround, lastName, onlyAsProgram, onlyInDevelopment, removal, rule } from '../kit';

/** Calls that stop at a prompt. */
const PROMPTS = [
  'pdb.set_trace', 'pdb.post_mortem', 'pdb.pm', 'pdb.Pdb.set_trace', 'ipdb.set_trace', 'ipdb.sset_trace', 'ipdb.post_mortem', 'pudb.set_trace', 'pudb.post_mortem', 'pudb.remote.set_trace', 'pdbpp.set_trace', 'rpdb.set_trace',
  'remote_pdb.set_trace', 'remote_pdb.RemotePdb.set_trace', 'web_pdb.set_trace', 'wdb.set_trace', 'celery.contrib.rdb.set_trace', 'bpdb.set_trace', 'trepan.api.debug', 'nose.tools.set_trace', 'pytest.set_trace',
] as const;
/** Prompts that some programs offer on purpose: `flask shell`. */
const SHELLS = ['code.interact', 'IPython.embed', 'IPython.start_ipython', 'IPython.terminal.embed.embed', 'bpython.embed', 'ptpython.repl.embed'] as const;
/** Calls that let a debugger in over the network. */
const LISTENERS = ['debugpy.listen', 'debugpy.connect', 'debugpy.wait_for_client', 'debugpy.breakpoint', 'ptvsd.enable_attach', 'ptvsd.wait_for_attach', 'pydevd.settrace', 'pydevd_pycharm.settrace'] as const;
const BUILT_IN = 'breakpoint';

export default rule<CallMatch>({
  id: 'debugger-left-in-code',
  title: 'No debugger calls are left',
  severity: 'high', points: 8, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'The worker stops at the prompt and serves nobody until it is killed. A listening debugger is remote code execution.',
  how: 'Delete it; use the breakpoints of the editor.',
  links: ['https://docs.python.org/3/library/pdb.html', 'https://cwe.mitre.org/data/definitions/489.html'],
  anchors: ['ruff T100', 'CWE-489'],

  on: debuggers(),
  check: ({ call: one, module }, { source, project }) => !onlyInDevelopment(one) && !isDebugTool(one) && !(module.routes.length === 0 && project.developmentName(lastName(module.name)))
    && !(isShell(one) && isCommand(one, module)) && !(isListener(one) && askedFor(one, source)),
  message: ({ call: one }) => `${one.written}() is left ${one.scope ? `in ${lastName(one.scope)}()` : 'at module level'}.`,
  underline: ({ call: one }) => one.calleeAt,
  holds: ({ call: one }) => onlyInDevelopment(one) ? 'Runs only while developing' : undefined,
  nothing: 'The code calls no debugger.',

  fix: { title: 'Remove the call', safety: 'safe', edit: removing },

  examples: () => ({
    'a breakpoint': {
      bad: 'def pay(order):\n    breakpoint()\n    return order.total\n', good: 'def pay(order):\n    return order.total\n',
    },
    'before a statement at the top': { bad: 'from shop import order\nbreakpoint()\ntotal = order.total\n', good: 'from shop import order\ntotal = order.total\n' },
    'import and call on one line': {
      bad: 'def pay(order):\n    import pdb; pdb.set_trace()  # why is it 0?\n    return order.total\n', good: 'def pay(order):\n    return order.total\n',
    },
    'the import goes with the last call': {
      bad: 'import os\nimport pdb\n\n\ndef pay(order):\n    pdb.set_trace()\n    return order.total\n', good: 'import os\n\n\ndef pay(order):\n    return order.total\n',
    },
    'imported by name': {
      bad: 'from ipdb import set_trace\n\n\ndef pay(order):\n    set_trace()\n    return order.total\n', good: '\n\ndef pay(order):\n    return order.total\n',
    },
    'imported for more': {
      bad: 'import pdb\n\n\ndef pay(order):\n    pdb.set_trace()\n    return pdb.__name__\n', good: 'import pdb\n\n\ndef pay(order):\n    return pdb.__name__\n',
    },
    'the whole of a block': {
      bad: 'def pay(order):\n    if order.total == 0:\n        # how?\n        breakpoint()\n    return order.total\n', good: 'def pay(order):\n    if order.total == 0:\n        # how?\n        pass\n    return order.total\n',
    },
    'a debugger that listens': { bad: 'import debugpy\nfrom flask import Flask\n\ndebugpy.listen(("0.0.0.0", 5678))\napp = Flask(__name__)\n', good: 'from flask import Flask\n\napp = Flask(__name__)\n' },
    'a prompt in a route': { bad: 'from flask import Flask\nfrom IPython import embed\napp = Flask(__name__)\n\n@app.get("/")\ndef home():\n    embed()\n    return "ok"\n', good: 'from flask import Flask\napp = Flask(__name__)\n\n@app.get("/")\ndef home():\n    return "ok"\n' },
    'a listener for development': { good: 'import os\nif os.getenv("APP_ENV") == "development":\n    import debugpy\n    debugpy.listen(5678)\n' },
    'a listener that somebody asks for': { good: 'import os\nif os.getenv("REMOTE_DEBUGGER"):\n    import debugpy\n    debugpy.listen(5678)\n    debugpy.wait_for_client()\n' },
    'a method called like it': { good: 'def check(game, breakpoint):\n    breakpoint()\n    return game.breakpoint()\n' },
    'a function called like it': { good: 'def breakpoint():\n    return 768\n\nwidth = breakpoint()\n' },
    'a method of something called code': { good: 'def run(code):\n    return code.interact()\n' },
    'a shell command': { good: 'import code\nimport click\n\n@click.command()\ndef shell():\n    code.interact(local={})\n' },
    'a function for debugging': { good: 'import pdb\n\ndef debug_order(order):\n    pdb.set_trace()\n' },
    'a launcher for development': { path: 'run_dev.py', good: 'import debugpy\n\ndebugpy.listen(5678)\n' },
    'only in comments and texts': { good: '# breakpoint()\nHELP = """\nimport pdb; pdb.set_trace()\n"""\n' },
    'JavaScript': { path: 'src/pay.js', good: 'function pay(order) {\n  breakpoint();\n  return order.total;\n}\n' },
    'tests': { path: 'tests/test_pay.py', good: 'def test_pay():\n    breakpoint()\n' },
  }),
});

function debuggers(): Selector<CallMatch> {
  const all = call(BUILT_IN, ...PROMPTS, ...SHELLS, ...LISTENERS);
  return {
    kinds: all.kinds, callees: all.callees,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const match of all.select(unit, project)) if (isIt(match.call, unit)) yield match;
    },
  };
}

/** The name is the built-in function, or was imported: `code` is also what many a variable is called. */
function isIt(one: Call, module: Module): boolean {
  if (one.callee === BUILT_IN) return !functionsAround(module, one.at).some((func) => func.parameters.some((each) => each.name === BUILT_IN));
  const root = one.callee.slice(0, one.callee.indexOf('.'));
  return module.imports.some((each) => each.target === root || each.target.startsWith(`${root}.`));
}

function isShell(one: Call): boolean {
  return (SHELLS as readonly string[]).includes(one.callee);
}

function isListener(one: Call): boolean {
  return (LISTENERS as readonly string[]).includes(one.callee);
}

/** A function whose name says that debugging is its work. */
function isDebugTool(one: Call): boolean {
  return one.scope.split('.').some((part) => /^_*debug_/.test(part));
}

/** Started by hand from a terminal, where a prompt is what was asked for. */
function isCommand(one: Call, module: Module): boolean {
  if (onlyAsProgram(one) || /(^|\/)(management\/commands|cli|commands?)(\/|\.py$)|(^|\/)(manage|shell|console|repl)\.py$/.test(module.path)) return true;
  return one.scope.split('.').some((part) => /shell|repl|console|interact/i.test(part)) || functionsAround(module, one.at).some((func) => func.decorators.some((each) => /(^|[._])(command|shell)$/.test(each.name)));
}

/** Under a condition that is there for the debugger: a variable of the environment, a setting of that name. */
function askedFor(one: Call, source: Source): boolean {
  return one.guards.some((guard) => guard.means === 'set' || (guard.variable !== undefined && guard.unset === false) || (guard.means === 'unknown' && /debug|attach|ptvsd|pydevd/i.test(source.slice(guard.at))));
}

// ---- the fix

function removing({ call: one, module }: CallMatch, { source }: Context): readonly Edit[] | undefined {
  const statement = removal(one.at, source, /^[ \t]*((import|from)[ \t][\w., \t]+;[ \t]*)?$/);
  return statement && [statement, ...unimporting(one, module, source, statement)];
}

/** The import's line goes too when the call was all it was for. */
function unimporting(one: Call, module: Module, source: Source, statement: Edit): readonly Edit[] {
  const name = one.written.split('.')[0] ?? '';
  const imported = module.imports.filter((each) => each.name === name && (each.at.end <= statement.start || each.at.start >= statement.end));
  const [only] = imported;
  if (imported.length !== 1 || !only || !new RegExp(`^(from [\\w.]+ )?import ${name}$`).test(source.slice(only.at))) return [];
  const rest = source.slice({ start: 0, end: statement.start }) + source.slice({ start: statement.end, end: source.length });
  const line = removal(only.at, source);
  return line && rest.match(new RegExp(`\\b${name}\\b`, 'g'))?.length === source.slice(only.at).match(new RegExp(`\\b${name}\\b`, 'g'))?.length ? [line] : [];
}
