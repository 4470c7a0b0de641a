import type { Assignment, Directive, Edit, Evidence, Gap, Judgement, Module, Place, Project, Source } from '../kit';
import { DOCUMENTS, LANGUAGE_MODELS, edgeLines, fileName, insert, optionAt, placeInWord, projectRule, replace, startedServers, stepsFromRequest } from '../kit';

/** What limits a request, and by how many seconds; 0 switches the limit off, undefined where a variable says it. */
interface Limit extends Place { readonly of: string; readonly seconds: number | undefined; readonly setting?: Assignment; /** As written, where its unit is another matter. */ readonly said?: string }

export default projectRule({
  id: 'worker-timeout-unset',
  title: 'Slow requests are cut off on purpose',
  severity: 'low', points: 2, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'One hanging request holds a worker for ever, and a few of them stop the site. A limit turns that into one failed request.',
  how: 'Set the timeouts of server and proxy just above the slowest good request; move longer work to a job.',
  links: ['https://docs.gunicorn.org/en/stable/settings.html#timeout', 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout'],
  anchors: ['CWE-400'],

  applies: (project) => servers(project).length > 0 || limits(project).length > 0 ? true : 'No command starts a server whose requests can be limited.',
  reads: [...DOCUMENTS, ...LANGUAGE_MODELS],
  project: judge,

  fix: { title: 'Set a timeout', safety: 'review', edit: (gap, { source, project }) => setting(gap, source, project), remains: 'Look how long the slowest good request takes.' },

  examples: () => ({
    'switched off in a command': {
      severity: 'medium',
      bad: { Procfile: 'web: gunicorn --timeout 0 app:app\n' },
      good: { Procfile: 'web: gunicorn --timeout 60 app:app\n' },
    },
    'switched off in the settings': {
      severity: 'medium',
      bad: { 'gunicorn.conf.py': 'timeout = 0\nworkers = 1\n' },
      good: { 'gunicorn.conf.py': 'timeout = 60\nworkers = 1\n' },
    },
    'switched off in words': {
      severity: 'medium',
      bad: { Dockerfile: 'FROM python:3.12\nCMD ["gunicorn", "-t", "0", "app:app"]\n' },
      good: { Dockerfile: 'FROM python:3.12\nCMD ["gunicorn", "-t", "60", "app:app"]\n' },
    },
    'hours, in the proxy': { severity: 'medium', bad: { 'nginx.conf': 'server {\n    location / {\n        proxy_pass http://app;\n        proxy_read_timeout 3600s;\n    }\n}\n' } },
    'threads that make documents': {
      bad: { 'app.py': 'from flask import Flask, render_template\nfrom weasyprint import HTML\napp = Flask(__name__)\n@app.get("/report")\ndef report():\n    return HTML(string=render_template("report.html")).write_pdf()\n', Procfile: 'web: gunicorn -k gthread --threads 8 app:app\n' },
      good: { Procfile: 'web: gunicorn --timeout 60 -k gthread --threads 8 app:app\n' },
    },
    'switched off for connections that stay open': { severity: 'info', bad: { Procfile: 'web: gunicorn -k gevent --timeout 0 app:app\n', 'requirements.txt': 'flask-socketio==5.3.6\n' } },
    'a number of seconds': { good: { Procfile: 'web: gunicorn --timeout 60 app:app\n', 'gunicorn.conf.py': 'timeout = 60\ngraceful_timeout = 30\n', 'nginx.conf': 'server {\n    location / {\n        proxy_pass http://app;\n        proxy_read_timeout 120s;\n    }\n}\n' } },
    'a variable': { good: { 'gunicorn.conf.py': 'import os\ntimeout = int(os.getenv("TIMEOUT", "30"))\n', 'start.sh': '#!/bin/sh\nexec gunicorn --timeout ${TIMEOUT:-0} app:app\n' } },
    'the default, and quick work': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn -k gthread --threads 8 app:app\n' } },
    'a long connection of its own': { good: { 'nginx.conf': 'server {\n    location / {\n        proxy_pass http://app;\n        proxy_read_timeout 60s;\n    }\n    location /ws/ {\n        proxy_pass http://app;\n        proxy_set_header Upgrade $http_upgrade;\n        proxy_read_timeout 86400;\n    }\n}\n' } },
    'a worker that makes documents': { good: { 'tasks.py': 'from celery import shared_task\nfrom weasyprint import HTML\n@shared_task\ndef report(html):\n    return HTML(string=html).write_pdf()\n', 'app.py': 'from flask import Flask\nfrom tasks import report\napp = Flask(__name__)\n@app.get("/report")\ndef show():\n    report.delay("x")\n    return "ok"\n', Procfile: 'web: gunicorn -k gthread --threads 8 app:app\n' } },
    'a proxy cuts them off': { good: { 'app.py': 'from flask import Flask\nfrom weasyprint import HTML\napp = Flask(__name__)\n@app.get("/report")\ndef report():\n    return HTML(string="x").write_pdf()\n', Procfile: 'web: gunicorn -k gthread --threads 8 app:app\n', 'nginx.conf': 'server {\n    location / {\n        proxy_pass http://app;\n        proxy_read_timeout 90s;\n    }\n}\n' } },
  }),
});

function servers(project: Project): ReturnType<typeof startedServers> {
  return startedServers(project).filter((each) => (each.server === 'gunicorn' || each.server === 'uwsgi' || each.server === 'hypercorn') && !each.command.words.includes('--reload'));
}

function judge(project: Project): Judgement {
  const all = limits(project);
  const off = all.filter((each) => each.seconds !== undefined && (each.seconds === 0 || (each.of === 'proxy_read_timeout' && each.seconds > 600)));
  if (off.length > 0) return { open: off.map((each) => gapOf(each, project)) };
  if (all.length > 0) return { holds: all.slice(0, 3).map((each): Evidence => ({ path: each.path, start: each.start, end: each.end, text: each.said !== undefined ? `${each.of} is ${each.said}` : each.seconds === undefined ? `${each.of} is given by a variable` : `${each.of} is ${each.seconds} s` })) };
  const slow = slowWork(project);
  const threaded = servers(project).find((each) => isOpenEnded(each, project));
  if (!threaded || !slow) return { notChecked: 'Workers that serve one request at a time stop one that takes longer than 30 seconds, and nothing slow is known.' };
  const at = placeInWord(threaded.command, threaded.at, 0);
  return { open: [{ at: { path: threaded.path, start: at.start, end: at.end }, message: `${threaded.server} lets a request take as long as it likes, and ${slow.text} while a visitor waits.`, related: [slow] }] };
}

function gapOf({ of, seconds, path, start, end }: Limit, project: Project): Gap {
  const open = ['flask-socketio', 'python-socketio', 'channels', 'sse-starlette', 'flask-sock', 'websockets', 'gevent-websocket', 'django-eventstream'].some((each) => project.declares(each));
  const at = { path, start, end };
  if (open) return { at, message: `${of} does not limit a request: connections that stay open need that, all others do not.`, variation: { severity: 'info', because: 'connections stay open here' } };
  return { at, message: seconds === 0 ? `${of} is switched off: one hanging request holds a worker for ever.` : `${of} lets a request hang for ${Math.round((seconds ?? 0) / 60)} minutes.`, variation: { severity: 'medium', points: 6, because: 'the limit is switched off' } };
}

// ---- what limits a request

function limits(project: Project): readonly Limit[] {
  return project.once('limits of requests', () => [...ofCommands(project), ...ofSettings(project), ...ofProxies(project), ...ofUwsgi(project)]);
}

function secondsOf(written: string): number | undefined {
  const [, number, unit = 's'] = /^(\d+)(ms|s|m|h|d)?$/.exec(written.trim()) ?? [];
  return number === undefined ? undefined : Number(number) * ({ ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }[unit] ?? 1);
}

function ofCommands(project: Project): readonly Limit[] {
  return servers(project).filter((each) => each.server === 'gunicorn').flatMap(({ args, at, command, path }) => {
    const found = optionAt(args, ['-t', '--timeout']);
    return found ? [{ of: 'The timeout of gunicorn', path, ...placeInWord(command, at + 1 + found.word, found.from), seconds: secondsOf(found.value) }] : [];
  });
}

function ofSettings(project: Project): readonly Limit[] {
  return gunicornFiles(project).flatMap((module) => module.assignments.filter((each) => each.scope === '' && each.target === 'timeout').slice(-1)
    .map((each) => ({ of: 'The timeout of gunicorn', path: module.path, start: each.value.at.start, end: each.value.at.end, seconds: each.value.kind === 'number' ? each.value.value : undefined, setting: each })));
}

function gunicornFiles(project: Project): readonly Module[] {
  return project.of('module').filter((each) => each.role === 'production' && /^gunicorn[\w.-]*\.py$/.test(fileName(each.path)));
}

function ofProxies(project: Project): readonly Limit[] {
  const nginx = project.production.flatMap((unit) => unit.kind === 'nginx' ? unit.directives.flatMap((each) => ofDirective(each, unit.path)) : []);
  const others = edgeLines(project).filter((line) => /(^|\.)(maxDuration|timeoutSeconds|response_?timeout|request_?timeout|readTimeout|respondingTimeouts?[\w.]*)\s+\d/i.test(line.text) && !/probe|health|check/i.test(line.text)).map((line) => ({ of: line.text.split(' ')[0] ?? '', path: line.path, start: line.start, end: line.end, seconds: undefined, said: line.text.split(' ').slice(1).join(' ') }));
  return [...nginx, ...others];
}

/** Locations that hand on `Upgrade`, or pass on what they get at once, keep their connections open. */
function ofDirective(one: Directive, path: string): readonly Limit[] {
  const block = one.block ?? [];
  if (block.some((each) => /upgrade/i.test(each.args.join(' ')) || (each.name === 'proxy_buffering' && each.args[0] === 'off'))) return [];
  const own = one.name === 'proxy_read_timeout' || one.name === 'uwsgi_read_timeout' ? [{ of: 'proxy_read_timeout', path, start: one.at.start, end: one.at.end, seconds: secondsOf(one.args[0] ?? '') }] : [];
  return [...own, ...block.flatMap((each) => ofDirective(each, path))];
}

function ofUwsgi(project: Project): readonly Limit[] {
  return project.of('ini').filter((unit) => unit.role === 'production').flatMap((unit) => unit.sections.filter((each) => each.name === 'uwsgi').flatMap((section) => section.entries.filter((each) => each.name === 'harakiri').map((each) => ({ of: 'harakiri', path: unit.path, start: each.at.start, end: each.at.end, seconds: secondsOf(each.value ?? '') }))));
}

// ---- what is slow

/** gunicorn watches its sync workers; those with threads and greenlets it only asks whether they live. */
function isOpenEnded({ server, args }: ReturnType<typeof startedServers>[number], project: Project): boolean {
  if (server !== 'gunicorn') return server === 'uwsgi' && !args.some((word) => /\.(ini|ya?ml|xml|json)$|harakiri/.test(word));
  const said = optionAt(args, ['-k', '--worker-class'])?.value;
  const set = gunicornFiles(project).flatMap((module) => module.assignments.filter((each) => each.target === 'worker_class' && each.value.kind === 'text').map((each) => each.value.kind === 'text' ? each.value.value : ''))[0];
  const threads = Number(optionAt(args, ['--threads'])?.value ?? '1');
  return /^(gthread|gevent|eventlet)$/.test(said ?? set ?? '') || (said === undefined && set === undefined && threads > 1);
}

/** A call that takes seconds while a visitor waits. */
function slowWork(project: Project): Evidence | undefined {
  const found = project.calls(...DOCUMENTS, ...LANGUAGE_MODELS).find(({ module, call }) => stepsFromRequest(project, module, call) !== undefined && !call.keywords.some((each) => each.name === 'timeout'));
  return found && { path: found.module.path, start: found.call.calleeAt.start, end: found.call.calleeAt.end, text: `${found.call.written}() takes seconds` };
}

/** 60 seconds in place of none, or as the server's first argument. */
function setting(gap: Gap, source: Source, project: Project): readonly Edit[] | undefined {
  const limit = limits(project).find((each) => each.path === gap.at.path && each.start === gap.at.start);
  if (limit) return limit.of.includes('gunicorn') && gap.variation?.severity !== 'info' ? [replace({ start: limit.start, end: limit.end }, '60')] : undefined;
  const server = servers(project).find((each) => each.path === gap.at.path && placeInWord(each.command, each.at, 0).start === gap.at.start);
  const span = server?.command.wordsAt[server.at];
  if (server?.server !== 'gunicorn' || !span) return undefined;
  return [insert(span.end, source.slice(span).startsWith('"') ? ', "--timeout", "60"' : ' --timeout 60')];
}
