import type { CallMatch, Context, Edit, Selector, Value, Variation, Way } from '../kit';
import { alongWay, call, importing, isConfined, isOwn, options, passageOf, placesOf, readBy, replace, rule, taintIn, wayTo } from '../kit';

export default rule<CallMatch>({
  id: 'dynamic-code-execution',
  title: 'No code is built and run at request time',
  severity: 'critical', points: 40, confidence: 'confirmed', blocks: 'always', effort: 'M', since: '1',
  why: 'eval runs whatever the caller sends with the rights of the process. There is no safe subset of the language to filter for.',
  how: 'Parse data with json or ast.literal_eval; for user formulas use a small expression parser with an allow-list.',
  links: ['https://docs.python.org/3/library/ast.html#ast.literal_eval', 'https://cwe.mitre.org/data/definitions/95.html'],
  anchors: ['bandit B102', 'bandit B307', 'ruff S102', 'ruff S307', 'semgrep eval-detected', 'semgrep user-eval', 'eslint-plugin-security detect-eval-with-expression', 'CWE-95'],

  on: executions(),
  check: (it, context) => {
    const danger = dangerIn(it, context);
    return danger ? danger.way ? alongWay(danger.way) : UNPROVED : false;
  },
  message: (it, context) => `${it.call.written}() executes ${readBy(dangerIn(it, context)?.value, context.source)} as code.`,
  related: (it, context) => placesOf(dangerIn(it, context)?.way, { path: context.unit.path, ...it.call.calleeAt, text: `run by ${it.call.written}()` }),
  underline: ({ call: one }) => one.calleeAt,
  nothing: 'There is no call of eval, exec or compile.',

  fix: { title: 'Use ast.literal_eval', safety: 'review', edit: literally },

  examples: () => ({
    'a calculator': { bad: 'from flask import request\ndef calc():\n    return str(eval(request.args["expr"]))\n' },
    'literals alone': { good: 'import ast\ndef parse(raw):\n    return ast.literal_eval(raw)\n' },
    'a method, not the builtin': { good: 'def predict(model, batch):\n    model.eval()\n    return model(batch)\n' },
    'data that is written like Python': {
      bad: 'from flask import request\n\ndef load():\n    raw = request.form["filters"]\n    filters = eval(raw)\n    return filters["name"]\n',
      good: 'import ast\nfrom flask import request\n\ndef load():\n    raw = request.form["filters"]\n    filters = ast.literal_eval(raw)\n    return filters["name"]\n',
    },
    'of unknown origin': {
      bad: 'def load(raw):\n    return eval(raw)\n', severity: 'medium',
      good: 'import ast\ndef load(raw):\n    return ast.literal_eval(raw)\n',
    },
    'a script from a form': { bad: 'from fastapi import FastAPI\n\napp = FastAPI()\n\n@app.post("/run")\ndef run(script: str):\n    exec(script, {})\n    return {"ok": True}\n' },
    'compiled and run is one finding': { bad: 'from flask import request\n\ndef run():\n    code = compile(request.json["code"], "<web>", "exec")\n    exec(code)\n' },
    'a module that a visitor names': { bad: 'from flask import request\n\ndef handler():\n    return __import__(request.args["plugin"]).run()\n' },
    'plugins': { good: 'def load(names):\n    return [__import__(name) for name in names]\n' },
    'inside an f-string': { bad: 'def area(request):\n    return eval(f"float({request.GET[\'w\']}) * 2")\n', path: 'shop/views.py' },
    'globals taken away do not help': { bad: 'from flask import request\n\ndef calc():\n    return eval(request.args["expr"], {"__builtins__": {}}, {})\n' },
    'constants': { good: 'LIMIT = "2 ** 10"\n\ndef limit():\n    exec("x = 1")\n    return eval(LIMIT) + __import__("datetime").datetime.now().year\n' },
    'a file of the package': { good: 'import os\n\nhere = os.path.dirname(__file__)\nwith open(os.path.join(here, "version.py")) as f:\n    exec(f.read())\nexec(compile(open("settings_local.py").read(), "settings_local.py", "exec"))\n' },
    'a number': { good: 'from flask import request\n\ndef twice():\n    return eval(f"{int(request.args[\'n\'])} * 2")\n' },
    'one of a list': { good: 'from flask import request\n\ndef pick():\n    name = request.args["kind"]\n    if name in {"Circle", "Square"}:\n        return eval(name)\n    return None\n' },
    'other things of that name': { good: 'import re\nfrom sqlmodel import Session, select\n\ndef find(session: Session, pattern, redis, script):\n    redis.eval(script, 0)\n    session.exec(select(pattern))\n    return re.compile(pattern)\n' },
    'an own function of that name': { good: 'def compile(source):\n    return source.split()\n\ndef run(raw):\n    return compile(raw)\n' },
    'tests': { path: 'tests/test_eval.py', good: 'def test_it(raw):\n    assert eval(raw)\n' },
    'only in a text': { good: 'HELP = "eval(request.args)"\n# exec(request.data)\n' },
    'by way of a function': {
      bad: {
        'app.py': 'from flask import Flask, request\nfrom formula import calculate\n\napp = Flask(__name__)\n\n@app.post("/sum")\ndef total():\n    return str(calculate(request.form["formula"]))\n',
        'formula.py': 'def calculate(formula):\n    return eval(formula)\n',
      },
      severity: 'critical',
    },
  }),
});

const UNPROVED: Variation = { severity: 'medium', confidence: 'likely', because: 'nothing here shows that the code comes from a visitor' };

function executions(): Selector<CallMatch> {
  const all = call(...['eval', 'exec', 'compile', '__import__'].flatMap((name) => [name, `builtins.${name}`]));
  return {
    kinds: all.kinds, callees: all.callees,
    *select(unit, project) {
      if (unit.kind === 'module' && unit.language === 'python') yield* all.select(unit, project);
    },
  };
}

/** What is executed and neither constant nor code of the project's own files; a visitor's value first. */
function dangerIn(it: CallMatch, context: Context): { readonly value: Value; readonly way?: Way } | undefined {
  const { project, source } = context;
  const code = it.argument('source', 0);
  if (!code) return undefined;
  const open = options(code).flatMap((each) => each.kind === 'joined' ? each.parts : [each]).filter((each) => {
    if (isOwn(each, project) || isCode(each)) return false;
    const taint = taintIn(each);
    return !taint || !isConfined(passageOf(each, taint, it, source), it, project);
  });
  // Who loads modules by name has plugins, as long as no visitor names them.
  for (const value of open) {
    const way = wayTo(value, it, context);
    if (way) return { value, way };
  }
  const [value] = open;
  return value && !it.call.callee.endsWith('__import__') ? { value } : undefined;
}

/** Compiled before: what it was compiled from is judged there. */
function isCode(value: Value): boolean {
  return value.kind === 'result' && /^((builtins\.)?compile|marshal\.loads|types\.CodeType|.*\.(get_code|__code__))$/.test(value.callee);
}

// ---- the fix

/** Where the result is used as data: given to a name, returned, subscripted. */
function literally({ call: one, module }: CallMatch, { source }: Context): readonly Edit[] | undefined {
  if (one.callee.replace(/^builtins\./, '') !== 'eval' || one.open || one.within.length > 0 || one.args.length !== 1 || one.keywords.length > 0 || one.args[0]?.kind === 'joined') return undefined;
  const before = source.slice({ start: source.lineStart(one.at.start), end: one.at.start });
  const after = source.slice({ start: one.at.end, end: source.lineEnd(one.at.end) });
  if (!/(^|[^=!<>])=\s*$|\breturn\s+$/.test(before) && !after.startsWith('[')) return undefined;
  return [replace(one.calleeAt, 'ast.literal_eval'), ...importing(module, source, 'ast')];
}
