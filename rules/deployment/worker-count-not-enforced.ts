import type { Edit, Evidence, Gap, Judgement, Project, Source } from '../kit';
import { fileName, guardedWrites, insert, lastName, loadedModules, onlyAsProgram, onlyInDevelopment, projectRule, sharedStates, webFrameworks } from '../kit';

/** Why more than one process would do harm, and the line that makes it so. */
interface Reason extends Evidence { readonly why: string }

export default projectRule({
  id: 'worker-count-not-enforced',
  title: 'A single-worker rule is enforced',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: `The rule lives in somebody's head until a new server starts with four. Jobs then run four times and limits multiply.`,
  how: `Write it into the start file, or remove the need.`,
  links: ['https://docs.gunicorn.org/en/stable/settings.html', 'https://apscheduler.readthedocs.io/en/3.x/faq.html'],
  anchors: ['CWE-662'],
  attestable: 'capacity-plan',

  applies(project) {
    if (!project.deployable) return 'Nothing is deployed from here.';
    if (project.workers.count === 'several') return 'Several processes are started; what breaks then is reported where it is.';
    return reasons(project).length > 0 ? true : 'Nothing here needs to be alone.';
  },
  reads: ['fcntl.flock', 'fcntl.lockf', 'filelock.FileLock', '*.try_advisory_lock'],
  project: judge,

  fix: { title: 'Fix one worker', safety: 'review', edit: (gap, { source, project }) => fixing(gap, source, project) },

  examples: () => ({
    'a scheduler, and one worker by default': {
      bad: { 'app.py': 'from apscheduler.schedulers.background import BackgroundScheduler\nfrom flask import Flask\ndef create_app():\n    app = Flask(__name__)\n    s = BackgroundScheduler()\n    s.start()\n    return app\n', Procfile: 'web: gunicorn "app:create_app()"\n' },
      good: { 'app.py': 'from apscheduler.schedulers.background import BackgroundScheduler\nfrom flask import Flask\ndef create_app():\n    app = Flask(__name__)\n    s = BackgroundScheduler()\n    s.start()\n    return app\n', Procfile: 'web: gunicorn --workers 1 "app:create_app()"\n' },
    },
    'settings of gunicorn that say nothing': {
      bad: { 'app.py': 'from apscheduler.schedulers.background import BackgroundScheduler\nfrom flask import Flask\napp = Flask(__name__)\nBackgroundScheduler().start()\n', 'gunicorn.conf.py': 'bind = "0.0.0.0:8000"\n', Dockerfile: 'FROM python:3.12\nCMD ["gunicorn", "-c", "gunicorn.conf.py", "app:app"]\n' },
    },
    'a lock, and only the README says so': {
      bad: { 'app.py': 'import threading\nfrom flask import Flask\napp = Flask(__name__)\nlock = threading.Lock()\ndef pay(db, account):\n    with lock:\n        account.balance -= 1\n        db.session.commit()\n', 'README.md': 'Run it with a single worker.\n' },
    },
    'fixed in the settings of gunicorn': {
      good: { 'gunicorn.conf.py': 'workers = 1\nthreads = 8\n', 'app.py': 'from apscheduler.schedulers.background import BackgroundScheduler\nfrom flask import Flask\ndef create_app():\n    BackgroundScheduler().start()\n    return Flask(__name__)\n', Procfile: 'web: gunicorn "app:create_app()"\n' },
    },
    'a lock file decides': {
      good: { 'app.py': 'import fcntl\nfrom apscheduler.schedulers.background import BackgroundScheduler\nfrom flask import Flask\napp = Flask(__name__)\ndef start_scheduler():\n    f = open("/run/app/scheduler.lock", "w")\n    try:\n        fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)\n    except OSError:\n        return\n    BackgroundScheduler().start()\nstart_scheduler()\n', Procfile: 'web: gunicorn app:app\n' },
    },
    'a scheduler in a process of its own': {
      good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'clock.py': 'from apscheduler.schedulers.blocking import BlockingScheduler\nscheduler = BlockingScheduler()\nscheduler.start()\n', Procfile: 'web: gunicorn app:app\nclock: python clock.py\n' },
    },
    'a scheduler that a variable switches on': {
      good: { 'app.py': 'import os\nfrom apscheduler.schedulers.background import BackgroundScheduler\nfrom flask import Flask\napp = Flask(__name__)\nif os.environ.get("RUN_SCHEDULER") == "1":\n    BackgroundScheduler().start()\n', Procfile: 'web: gunicorn app:app\n' },
    },
    'a server that is one process': { good: { 'app.py': 'from apscheduler.schedulers.background import BackgroundScheduler\nfrom flask import Flask\napp = Flask(__name__)\nBackgroundScheduler().start()\n', Procfile: 'web: waitress-serve --port=8000 app:app\n' } },
    'nothing that needs to be alone': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn app:app\n' } },
  }),
});

function judge(project: Project): Judgement {
  const [first, ...others] = reasons(project);
  const { workers } = project;
  if (!first) return { notApplicable: 'Nothing here needs to be alone.' };
  if (workers.fixed && workers.evidence) return { holds: [workers.evidence] };
  const locked = project.calls('fcntl.flock', 'fcntl.lockf', 'filelock.FileLock', '*.try_advisory_lock')[0];
  if (locked) return { holds: [{ path: locked.module.path, ...locked.call.at, text: 'a lock of the machine decides' }] };
  const start = workers.evidence;
  const at = start ?? first;
  const how = start ? `${start.text} starts one process by default only` : 'no start command says how many processes there are';
  return { open: [{ at: { path: at.path, start: at.start, end: at.end }, message: `${first.why} needs exactly one worker, and ${how}.`, related: [first, ...others].slice(0, 4) }] };
}

/** What must not run twice: schedulers that start with the application, locks around shared data, state that requests share. */
function reasons(project: Project): readonly Reason[] {
  return project.once('needsOneWorker', () => {
    const loaded = loadedModules(project);
    const web = webFrameworks(project);
    const schedulers = web.size === 0 ? [] : project.modules.filter((module) => loaded.size === 0 || loaded.has(module.path) || web.has('django')).flatMap((module) => module.tasks.filter((task) => task.library === 'apscheduler' && task.does === 'starts' && lastName(task.callee) === 'start' && !/Blocking/.test(task.callee)
      && !onlyAsProgram(task) && !onlyInDevelopment(task) && !/management\/commands\//.test(module.path) && task.guards.every((guard) => guard.variable === undefined || guard.variable === 'WERKZEUG_RUN_MAIN'))
      .map((task) => ({ path: module.path, ...task.nameAt, text: `${task.written} starts the scheduler`, why: 'The scheduler in the web process' })));
    const locks = guardedWrites(project).map((each) => ({ ...each, text: `${each.lock} guards ${each.what}`, why: `The lock ${each.lock}` }));
    const states = sharedStates(project).map((each) => ({ path: each.path, start: each.start, end: each.end, text: `${each.text} is shared by requests`, why: `What ${each.text} keeps in memory` }));
    return [...schedulers, ...locks, ...states];
  });
}

/** `workers = 1` in gunicorn's settings, or `--workers 1` in the command that starts it. */
function fixing(gap: Gap, source: Source, project: Project): readonly Edit[] | undefined {
  const settings = project.of('module').find((each) => fileName(each.path) === 'gunicorn.conf.py');
  const text = settings && project.text(settings.path);
  if (settings && text !== undefined && !settings.assignments.some((each) => each.target === 'workers')) return [{ ...insert(text.length, `${text === '' || text.endsWith('\n') ? '' : '\n'}workers = 1\n`), path: settings.path }];
  const written = source.slice(gap.at);
  const server = /\b(gunicorn|uvicorn)(?=[ \t]+[^\s-])/.exec(written);
  return server && !written.includes('"gunicorn"') ? [insert(gap.at.start + server.index + server[0].length, ' --workers 1')] : undefined;
}
