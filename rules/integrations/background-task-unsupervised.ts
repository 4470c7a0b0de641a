import type { Context, Edit, Func, Module, Project, Selector, Source, Task, Variation } from '../kit';
import { discards, functionsAround, insert, lastName, onlyInDevelopment, replace, rule, runningOf, stepsFromRequest } from '../kit';

interface Started { readonly module: Module; readonly task: Task }

export default rule<Started>({
  id: 'background-task-unsupervised',
  title: 'Background work is supervised',
  severity: 'medium', points: 4, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: 'Its failure is lost and a deploy kills it half way, while the visitor was told that it started. Python may even collect a task that nothing refers to.',
  how: 'Use a queue for work that must happen. For the rest keep the task, and log what it raises.',
  links: ['https://docs.python.org/3/library/asyncio-task.html#asyncio.create_task', 'https://fastapi.tiangolo.com/tutorial/background-tasks/'],
  anchors: ['ruff RUF006', 'CWE-772'],

  on: started(),
  check: (it, { project, source }) => {
    if (isSupervised(it, project, source)) return false;
    const recorded = it.task.library !== 'executor' && it.task.library !== 'asyncio' && project.calls('sentry_sdk.init').some(({ call }) => !onlyInDevelopment(call));
    return recorded ? RECORDED : true;
  },
  message: ({ task, module }, { project }) => {
    const name = task.runs === undefined ? 'The work' : `${lastName(task.runs.replace(/\.run$/, ''))}()`;
    const where = project.applications.length > 0 && stepsFromRequest(project, module, task) !== undefined ? ' for a request' : '';
    return task.library === 'asyncio' ? `The task that runs ${name} is not kept, so nobody sees it fail and Python may drop it.`
      : task.library === 'executor' ? `${name} is submitted${where} and its result thrown away, with any exception in it.`
        : `${name} is started${where} in a ${task.library === 'process' ? 'process' : 'thread'} that nobody waits for or checks.`;
  },
  underline: ({ task }) => task.nameAt,
  holds: ({ task, module }, { project }) => !task.discarded ? 'The task is kept' : catchesItsOwn(workOf(task, module, project)) ? 'The work catches and logs its own failures' : undefined,
  nothing: 'Nothing is started beside a request.',
  summary: (count) => count === 1 ? 'The only work started beside a request is kept or logs its failures' : `${count} places start work beside a request, and each is kept or logs its failures`,

  fix: { title: 'Keep the task', safety: 'review', edit: keeping },

  examples: () => ({
    'a thread': { bad: 'import threading\nfrom flask import Flask\napp = Flask(__name__)\n@app.post("/import")\ndef start():\n    threading.Thread(target=run_import).start()\n    return "started"\ndef run_import():\n    raise RuntimeError\n' },
    'a thread with a name, in a helper': { bad: 'from threading import Thread\nfrom flask import Flask\napp = Flask(__name__)\ndef send(message):\n    thread = Thread(target=deliver, args=(message,))\n    thread.daemon = True\n    thread.start()\ndef deliver(message):\n    message.send()\n@app.post("/contact")\ndef contact():\n    send("hello")\n    return "sent"\n' },
    'a task': {
      bad: 'import asyncio\nfrom fastapi import FastAPI\napp = FastAPI()\nasync def job():\n    await asyncio.sleep(1)\n@app.post("/import")\nasync def start():\n    asyncio.create_task(job())\n    return {}\n',
      good: 'import asyncio\nfrom fastapi import FastAPI\n\nbackground_tasks = set()\n\n\napp = FastAPI()\nasync def job():\n    await asyncio.sleep(1)\n@app.post("/import")\nasync def start():\n    task = asyncio.create_task(job())\n    background_tasks.add(task)\n    task.add_done_callback(background_tasks.discard)\n    return {}\n', path: 'main.py',
    },
    'a module that has its set': {
      bad: 'import asyncio\nfrom fastapi import FastAPI\n\napp = FastAPI()\nbackground_tasks = set()\n\n@app.post("/import")\nasync def start(task: str):\n    asyncio.create_task(job(task))\n    return {}\n\nasync def job(task):\n    pass\n',
      good: 'import asyncio\nfrom fastapi import FastAPI\n\napp = FastAPI()\nbackground_tasks = set()\n\n@app.post("/import")\nasync def start(task: str):\n    background_task = asyncio.create_task(job(task))\n    background_tasks.add(background_task)\n    background_task.add_done_callback(background_tasks.discard)\n    return {}\n\nasync def job(task):\n    pass\n', path: 'main.py',
    },
    'kept in a set': { path: 'main.py', good: 'import asyncio\nfrom fastapi import FastAPI\napp = FastAPI()\nTASKS = set()\nasync def job():\n    await asyncio.sleep(1)\n@app.post("/import")\nasync def start():\n    t = asyncio.create_task(job())\n    TASKS.add(t)\n    t.add_done_callback(TASKS.discard)\n    return {}\n' },
    'awaited later, or in an attribute': { path: 'main.py', good: 'import asyncio\nfrom fastapi import FastAPI\napp = FastAPI()\nasync def job():\n    pass\n@app.post("/import")\nasync def start():\n    app.state.job = asyncio.create_task(job())\n    await asyncio.gather(asyncio.create_task(job()), asyncio.create_task(job()))\n    await asyncio.create_task(job())\n    return {}\n' },
    'a group of tasks': { path: 'main.py', good: 'import asyncio\nfrom fastapi import FastAPI\napp = FastAPI()\nasync def job():\n    pass\n@app.post("/import")\nasync def start():\n    async with asyncio.TaskGroup() as tg:\n        tg.create_task(job())\n    return {}\n' },
    'work of the framework': { path: 'main.py', good: 'from fastapi import BackgroundTasks, FastAPI\napp = FastAPI()\ndef job():\n    pass\n@app.post("/import")\ndef start(tasks: BackgroundTasks):\n    tasks.add_task(job)\n    return {}\n' },
    'a task at the start that nothing refers to': { bad: 'import asyncio\nfrom contextlib import asynccontextmanager\nfrom fastapi import FastAPI\nasync def poll():\n    while True:\n        await asyncio.sleep(60)\n@asynccontextmanager\nasync def lifespan(app):\n    asyncio.create_task(poll())\n    yield\napp = FastAPI(lifespan=lifespan)\n', path: 'main.py' },
    'a thread at the start': { good: 'import threading\nfrom flask import Flask\ndef poll():\n    pass\ndef create_app():\n    app = Flask(__name__)\n    threading.Thread(target=poll, daemon=True).start()\n    return app\n' },
    'work that logs its own failures': { good: 'import logging\nimport threading\nfrom flask import Flask\napp = Flask(__name__)\nlogger = logging.getLogger(__name__)\ndef run_import(app):\n    with app.app_context():\n        try:\n            load()\n            save()\n        except Exception:\n            logger.exception("import failed")\n@app.post("/import")\ndef start():\n    threading.Thread(target=run_import, args=(app,)).start()\n    return "started"\n' },
    'work that says nothing of its failures': { bad: 'import threading\nfrom flask import Flask\napp = Flask(__name__)\ndef run_import():\n    try:\n        load()\n    except Exception:\n        pass\n@app.post("/import")\ndef start():\n    threading.Thread(target=run_import).start()\n    return "started"\n' },
    'a thread that is waited for': { good: 'import threading\nfrom flask import Flask\napp = Flask(__name__)\ndef work():\n    pass\n@app.post("/import")\ndef start():\n    threads = [threading.Thread(target=work) for _ in range(2)]\n    for thread in threads:\n        thread.start()\n    for thread in threads:\n        thread.join()\n    one = threading.Thread(target=work)\n    one.start()\n    one.join(5)\n    return "done"\n' },
    'work that goes on with the next': { good: 'import logging\nimport threading\nfrom flask import Flask\napp = Flask(__name__)\n@app.post("/clear")\ndef clear():\n    def work():\n        ids = list(app.watches.keys())\n        logging.info(f"clearing {len(ids)}")\n        for each in ids:\n            try:\n                app.clear_one(each)\n            except Exception as error:\n                logging.error(f"{each}: {error}")\n        logging.info("cleared")\n    threading.Thread(target=work, daemon=True).start()\n    return "started"\n' },
    'a thread of its own kind that tries again': { good: 'from threading import Thread\nclass MailThread(Thread):\n    def run(self):\n        for attempt in range(3):\n            try:\n                self.message.send()\n                return\n            except ConnectionError:\n                if attempt == 2:\n                    raise\ndef contact(request):\n    MailThread().start()\n    return render(request, "sent.html")\n', path: 'shop/views.py' },
    'a thread whose life is looked at': { good: 'import threading\nfrom flask import Flask\napp = Flask(__name__)\nthreads = []\ndef work():\n    pack()\n@app.post("/backup")\ndef backup():\n    if any(each.is_alive() for each in threads):\n        return "running"\n    thread = threading.Thread(target=work)\n    thread.start()\n    threads.append(thread)\n    return "started"\n' },
    'a future thrown away': { bad: 'from concurrent.futures import ThreadPoolExecutor\nfrom flask import Flask\napp = Flask(__name__)\npool = ThreadPoolExecutor(2)\ndef work():\n    pass\n@app.post("/import")\ndef start():\n    pool.submit(work)\n    return "started"\n' },
    'a future that is read': { good: 'from concurrent.futures import ThreadPoolExecutor\nfrom flask import Flask\napp = Flask(__name__)\npool = ThreadPoolExecutor(2)\ndef work():\n    pass\n@app.post("/import")\ndef start():\n    future = pool.submit(work)\n    return str(future.result())\n' },
    'Sentry records what threads raise': { bad: 'import threading\nimport sentry_sdk\nfrom flask import Flask\nsentry_sdk.init(dsn="")\napp = Flask(__name__)\n@app.post("/import")\ndef start():\n    threading.Thread(target=run_import).start()\n    return "started"\ndef run_import():\n    raise RuntimeError\n', severity: 'low' },
    'a thread in a view of Django': { bad: 'from threading import Thread\nfrom django.core.mail import send_mail\ndef contact(request):\n    Thread(target=send_mail, args=("a", "b", "c", ["d"])).start()\n    return redirect("/")\n', path: 'shop/views.py' },
    'in a program': { path: 'sync.py', good: 'import asyncio\nasync def job():\n    pass\nasync def main():\n    asyncio.create_task(job())\n    await asyncio.sleep(10)\nif __name__ == "__main__":\n    asyncio.run(main())\n' },
    'tests': { path: 'tests/test_a.py', good: 'import asyncio\nasync def test_a():\n    asyncio.create_task(job())\n' },
  }),
});

const RECORDED: Variation = { severity: 'low', because: 'Sentry records what a thread raises' };

function started(): Selector<Started> {
  return {
    kinds: ['module'], callees: ['sentry_sdk.init'],
    *select(unit, project) {
      if (unit.kind !== 'module') return;
      for (const task of unit.tasks) {
        if (task.does !== 'starts' || !STARTERS.has(task.library) || onlyInDevelopment(task) || task.runs === undefined) continue;
        const when = runningOf(project, unit, task);
        // A thread at the start lives as long as the process; a task that nothing refers to does not.
        if (task.library === 'asyncio' ? !(when.size === 1 && when.has('program')) : when.has('request')) yield { module: unit, task };
      }
    },
  };
}
const STARTERS: ReadonlySet<string> = new Set(['thread', 'process', 'executor', 'asyncio', 'gevent']);

function isSupervised(it: Started, project: Project, source: Source): boolean {
  const { task, module } = it;
  if (!task.discarded || /TaskGroup|task_?group|nursery|(^|\.)tg\./i.test(task.callee) || /start_soon$/.test(task.callee)) return true;
  return isJoined(it, source) || catchesItsOwn(workOf(task, module, project));
}

/** `thread.join()` in the same function, or the thread is put where somebody can look at it: a list, an attribute, a global name. */
function isJoined({ task, module }: Started, source: Source): boolean {
  if (task.library !== 'thread' && task.library !== 'process') return false;
  const around = functionsAround(module, task.at)[0];
  const name = /^([\w.]+)\.start$/.exec(task.written)?.[1];
  if (!around) return false;
  if (name?.includes('.') || (name !== undefined && new RegExp(`\\bglobal\\b[^\\n]*\\b${name}\\b|\\.(append|add|put|register)\\(\\s*${name}\\b|=\\s*${name}\\s*$|\\breturn\\b[^\\n]*\\b${name}\\b`, 'm').test(source.slice(around.body)))) return true;
  return /\.join\(\s*(timeout|\d|\)|[a-z_]*timeout)/.test(source.slice({ start: task.at.end, end: around.body.end }));
}

interface Work { readonly module: Module; readonly func: Func }

function workOf(task: Task, module: Module, project: Project): Work | undefined {
  if (task.runs === undefined) return undefined;
  const name = lastName(task.runs);
  const inner = module.functions.filter((each) => each.name === name);
  const own = inner.length === 1 ? inner[0] : undefined;
  return project.func(task.runs) ?? (own && { module, func: own });
}

/** What it does stands in a `try` that says so when it fails, or tries again. */
function catchesItsOwn(work: Work | undefined): boolean {
  if (!work) return false;
  const { module, func } = work;
  if (func.decorators.length > 0) return true;
  const own = module.handlers.filter((one) => one.at.start >= func.body.start && one.at.end <= func.body.end && !discards(one));
  if (own.length === 0) return false;
  const covered = new Set(own.flatMap((one) => one.tries));
  const whole = own.some((one) => (one.at.end - one.tryBody.start) * 2 > func.body.end - func.body.start);
  return whole || func.does.every((each) => covered.has(each) || TRIVIAL.test(each));
}
/** Calls that hardly fail, and those that only write a log. */
const TRIVIAL = /(^|\.)(debug|info|warning|error|exception|critical|log|print|len|list|dict|set|tuple|str|int|keys|values|items|get|append|range|enumerate|sorted|sleep|time|app_context|format|join|copy|isinstance|now|utcnow|perf_counter|monotonic|close|_get_current_object|push|pop|Session|SessionLocal)$/;

// ---- the fix

function keeping({ task, module }: Started, { source }: Context): readonly Edit[] | undefined {
  if (task.library !== 'asyncio' || !task.callee.startsWith('asyncio.')) return undefined;
  const indentation = source.indentation(task.at.start);
  if (source.lineStart(task.at.start) + indentation.length !== task.at.start || source.slice(task.at).startsWith('await') || !/^[ \t]*(#.*)?$/.test(source.slice({ start: task.at.end, end: source.lineEnd(task.at.end) }))) return undefined;
  const around = functionsAround(module, task.at)[0];
  if (!around) return undefined;
  const name = /\btask\b/.test(source.slice(around.at)) ? 'background_task' : 'task';
  const set = 'background_tasks';
  const line = (text: string) => `\n${indentation}${text}`;
  return [
    replace({ start: task.at.start, end: task.nameAt.start }, `${name} = `), insert(source.lineEnd(task.at.end), `${line(`${set}.add(${name})`)}${line(`${name}.add_done_callback(${set}.discard)`)}`),
    ...(module.assignments.some((one) => one.scope === '' && one.target === set) ? [] : [afterImports(module, source, `${set} = set()`)]),
  ];
}

/** A statement of its own below the imports at the top. */
function afterImports(module: Module, source: Source, statement: string): Edit {
  const body = Math.min(...[...module.functions, ...module.classes, ...module.assignments].map((one) => one.at.start), source.length);
  const last = module.imports.findLast((one) => one.guards.length === 0 && one.at.start < body && source.lineStart(one.at.start) === one.at.start);
  const at = last ? Math.min(source.lineEnd(last.at.end) + source.newline.length, source.length) : 0;
  return insert(at, `\n${statement}\n${source.lineEnd(at) === at ? '' : '\n\n'}`);
}
