import type { Call, Context, Edit, Handler, Module, Project, Selector } from '../kit';
import { attempted, call, functionsAround, isProgram, lastName, loadedModules, loggerOf, makingLogger, onlyAsProgram, onlyInDevelopment, replace, rule } from '../kit';

/** The printing calls of one file, the one that matters most first. */
interface Printing { readonly module: Module; readonly calls: readonly Call[]; readonly worst: Weight }
type Weight = 'traceback' | 'caught' | 'plain';

const PRINTS = ['print', 'pprint.pprint', 'pprint.pp', 'sys.stdout.write', 'sys.stderr.write', 'traceback.print_exc', 'traceback.print_exception', 'traceback.print_stack'] as const;
/** Code whose output a person reads in a terminal. */
const TERMINAL = /(^|\/)(management\/commands|cli|commands?|cmd)(\/|\.py$)|(^|\/)(manage|cli|__main__|gunicorn[\w.]*|setup|conf|conftest)\.py$/;
const SHOWS = /^_*(main|usage|help|banner|cli|run|print|show|dump|display|pretty|debug|report|benchmark|seed|populate|init_db|create_admin|test)(_|$)|_(banner|cli|command|summary)$/;

export default rule<Printing>({
  id: 'print-instead-of-logging',
  title: 'Server code logs instead of printing',
  severity: 'low', points: 1, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'Printed text has no level, time or source and bypasses error tracking. Under some servers it is lost.',
  how: 'Use a module logger.',
  links: ['https://docs.python.org/3/howto/logging.html'],
  anchors: ['ruff T201', 'ruff T203', 'flake8-print T001'],

  on: printing(),
  check: ({ module, worst }, { project }) => {
    if (isProgram(module, project)) return false;
    if (worst === 'traceback') return { severity: 'medium', points: 3, because: 'an exception is printed and nowhere logged' };
    return worst === 'caught' ? { severity: 'low', points: 2, because: 'a failure is printed and nowhere logged' } : true;
  },
  message: ({ calls }) => calls.length === 1 ? `${calls[0]?.written ?? 'print'}() writes where a logger should${placeOf(calls[0])}.` : `${calls.length} calls print in this file, where a logger should write; the gravest${placeOf(calls[0])}.`,
  underline: ({ calls, module }) => calls[0]?.calleeAt ?? { start: 0, end: Math.min(1, module.lines) },
  nothing: 'No server code prints.',

  fix: { title: 'Use the logger', safety: 'review', edit: replacing },

  examples: () => ({
    'a caught exception': { bad: 'def pay(gateway, order):\n    try:\n        gateway.charge(order)\n    except Exception as e:\n        print("failed", e)\n        raise\n', severity: 'medium' },
    'a traceback': {
      path: 'services/mail.py', severity: 'medium',
      bad: 'import traceback\ndef send(mail):\n    try:\n        mail.send()\n    except Exception:\n        traceback.print_exc()\n',
      good: 'import logging\nimport traceback\n\nlogger = logging.getLogger(__name__)\n\n\ndef send(mail):\n    try:\n        mail.send()\n    except Exception:\n        logger.exception("mail.send failed")\n',
    },
    'a failure without its exception': { bad: 'def pay(gateway, order):\n    try:\n        gateway.charge(order)\n    except TimeoutError:\n        print("gateway is slow")\n', severity: 'low' },
    'several in one file': {
      bad: 'import logging\nlogger = logging.getLogger(__name__)\n\ndef pay(gateway, order):\n    print(f"paying {order.id}")\n    gateway.charge(order)\n    print("paid")\n',
      good: 'import logging\nlogger = logging.getLogger(__name__)\n\ndef pay(gateway, order):\n    logger.info(f"paying {order.id}")\n    gateway.charge(order)\n    logger.info("paid")\n',
    },
    'a logger': { path: 'services/mail.py', good: 'import logging\nlogger = logging.getLogger(__name__)\ndef send(mail):\n    try:\n        mail.send()\n    except Exception:\n        logger.exception("mail failed")\n        raise\n' },
    'a script': { path: 'scripts/report.py', good: 'def main():\n    print("rows: 10")\nif __name__ == "__main__":\n    main()\n' },
    'a program beside the application': { path: 'report.py', good: 'def rows():\n    print("rows: 10")\n\nif __name__ == "__main__":\n    rows()\n' },
    'a command': { good: 'import click\nfrom flask import Flask\napp = Flask(__name__)\n\n@app.cli.command("seed")\ndef fill():\n    print("seeded")\n\n@click.command()\ndef rows():\n    print("rows")\n' },
    'when it is started by hand': { good: 'from flask import Flask\napp = Flask(__name__)\n\nif __name__ == "__main__":\n    print("http://localhost:5000")\n    app.run()\n' },
    'a question at the terminal': { good: 'def confirm():\n    print("The database is changed.")\n    return input("Go on? ") == "y"\n\ndef startup_summary(checks):\n    print("=" * 80)\n' },
    'into a file': { good: 'def export(rows, out):\n    for row in rows:\n        print(row, file=out)\n' },
    'another function of that name': { good: 'from shop.paper import print\n\ndef label(order):\n    print(order)\n' },
    'beside the application, which never loads it': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'fill.py': 'def rows():\n    print("rows: 10")\n' } },
    'only in texts': { good: 'HELP = "print(1)"\n# print(2)\n' },
    'tests': { path: 'tests/test_pay.py', good: 'def test_pay():\n    print("paid")\n' },
  }),
});

function printing(): Selector<Printing> {
  const all = call(...PRINTS);
  return {
    kinds: all.kinds, callees: all.callees,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python' || TERMINAL.test(unit.path) || !serves(unit, project)) return;
      const calls = [...all.select(unit, project)].map((each) => each.call).filter((one) => isOutput(one) && !isForTerminal(one, unit));
      const weigh = (one: Call): Weight => weightOf(one, unit, project);
      const worst = (['traceback', 'caught', 'plain'] as const).find((weight) => calls.some((one) => weigh(one) === weight));
      if (worst) yield { module: unit, worst, calls: [...calls.filter((one) => weigh(one) === worst), ...calls.filter((one) => weigh(one) !== worst)] };
    },
  };
}

/** Part of what the server loads; where there is no application, every module may be. */
function serves(module: Module, project: Project): boolean {
  return project.applications.length === 0 || loadedModules(project).has(module.path);
}

/** It goes to standard output or error, not into a file. */
function isOutput(one: Call): boolean {
  const file = one.keywords.find((each) => each.name === 'file')?.value;
  return !one.open && (file === undefined || (file.kind === 'reference' && /^sys\.std(out|err)$/.test(file.name)));
}

function isForTerminal(one: Call, module: Module): boolean {
  if (one.scope === '' || onlyAsProgram(one) || onlyInDevelopment(one)) return true;
  return functionsAround(module, one.at).some((func) => SHOWS.test(func.name) || func.does.some((each) => /^(input|sys\.stdin\.isatty|getpass\.getpass)$/.test(each)) || func.decorators.some((each) => /(^|[._])(command|group|callback)$/.test(each.name)));
}

function clauseOf(one: Call, module: Module): Handler | undefined {
  return module.handlers.findLast((each) => each.body.start <= one.at.start && one.at.end <= each.body.end);
}

function weightOf(one: Call, module: Module, project: Project): Weight {
  if (/^traceback\./.test(one.callee)) return 'traceback';
  const clause = clauseOf(one, module);
  if (!clause) return 'plain';
  const text = project.written(module.path, one.argumentsAt);
  return (clause.bound !== undefined && new RegExp(`\\b${clause.bound}\\b`).test(text)) || /\btraceback\.|exc_info\(/.test(text) ? 'traceback' : 'caught';
}

function placeOf(one: Call | undefined): string {
  return one?.scope ? ` in ${lastName(one.scope)}()` : '';
}

// ---- the fix

/** All of the file's prints become lines of its logger, where each prints one value. */
function replacing({ module, calls }: Printing, { source }: Context): readonly Edit[] | undefined {
  const [first] = calls;
  if (!first || calls.some((one) => !/^traceback\.print_exc$/.test(one.callee) && (one.callee !== 'print' || one.args.length !== 1 || one.keywords.length > 0 || !/^f?["']/.test(source.slice(one.args[0]?.at ?? one.at))))) return undefined;
  const known = calls.map((one) => loggerOf(module, one)).find((each) => each !== undefined);
  const logger = known ?? 'logger';
  const edits = calls.map((one) => {
    const clause = clauseOf(one, module);
    if (one.callee !== 'print') return replace({ start: one.calleeAt.start, end: one.argumentsAt.end }, `${logger}.exception("${clause ? attempted(clause, source) : lastName(one.scope)} failed")`);
    return replace(one.calleeAt, `${logger}.${clause ? 'exception' : 'info'}`);
  });
  return [...(known ? [] : makingLogger(module, source)), ...edits];
}
