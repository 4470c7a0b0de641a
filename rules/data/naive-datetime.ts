import type { Call, Context, Edit, Evidence, Gap, Judgement, Module, Project } from '../kit';
import { functionsAround, importing, insert, loadedModules, onlyInDevelopment, projectRule, replace } from '../kit';

interface Place { readonly module: Module; readonly at: { readonly start: number; readonly end: number }; readonly name: string; readonly use: 'stored' | 'compared' | 'a default of a column'; readonly call?: Call }

const NAIVE = ['datetime.datetime.utcnow', 'datetime.datetime.now', 'datetime.datetime.utcfromtimestamp'] as const;
const AWARE = ['django.utils.timezone.now', 'datetime.datetime.now', 'pendulum.now', 'arrow.utcnow'] as const;
/** A moment that is kept: `row.expires_at`, `created_at=…`. */
const KEPT = /(^|_)(at|on|date|time|timestamp|expires?|expiry|expiration|until|deadline|created|updated|modified|deleted|started|finished|ended|seen|login|logout|issued|valid|since|ts|exp|iat|nbf|sent|last_\w+|due)$/i;

export default projectRule({
  id: 'naive-datetime',
  title: 'Stored and compared times carry their zone',
  severity: 'low', confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: "Expiry is wrong by the server's offset, and comparing naive with aware raises an exception. utcnow() is deprecated for that reason.",
  how: 'Create aware UTC times and store them in timezone-aware columns.',
  links: ['https://docs.python.org/3/library/datetime.html', 'https://docs.djangoproject.com/en/stable/topics/i18n/timezones/'],
  anchors: ['ruff DTZ003', 'ruff DTZ005'],

  reads: [...NAIVE, ...AWARE],
  project: judge,

  fix: {
    title: 'Use aware UTC', safety: 'review', remains: 'Convert what is stored already, and give the column a time zone.',
    edit: ({ at }: Gap, { project, source }: Context): readonly Edit[] | undefined => {
      const all = placesIn(project);
      const [only] = all;
      // One place among many would mix aware and naive times, which cannot be compared.
      if (all.length !== 1 || only?.module.path !== at.path || !only.call || only.call.callee.endsWith('fromtimestamp')) return undefined;
      const { written, calleeAt, argumentsAt } = only.call;
      const prefix = written.replace(/datetime\.(utcnow|now)$/, '');
      const direct = only.module.imports.some((each) => each.target === 'datetime.datetime' && each.name === 'datetime');
      if (prefix === written || (prefix === '') !== direct) return undefined;
      return [replace(calleeAt, source.slice(calleeAt).replace(/utcnow$/, 'now')), insert(argumentsAt.start + 1, `${prefix}timezone.utc`), ...(direct ? importing(only.module, source, 'timezone', 'datetime') : [])];
    },
  },

  examples: () => ({
    'an expiry in local time': {
      bad: 'from datetime import datetime, timedelta\ndef issue(row):\n    row.expires_at = datetime.now() + timedelta(hours=1)\n', path: 'auth.py',
      good: 'from datetime import datetime, timedelta\nfrom datetime import timezone\ndef issue(row):\n    row.expires_at = datetime.now(timezone.utc) + timedelta(hours=1)\n',
    },
    'compared with what is stored': { bad: 'from datetime import datetime\ndef expired(row):\n    return row.expires_at < datetime.utcnow()\n', path: 'auth.py' },
    'naive everywhere, said once': { bad: { 'models.py': 'from datetime import datetime\nclass Post(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    made = db.Column(db.DateTime, default=datetime.utcnow)\n    seen = db.Column(db.DateTime, default=datetime.utcnow)\ndb = None\n', 'app.py': 'from datetime import datetime\nfrom models import Post\ndef touch(post):\n    post.seen_at = datetime.utcnow()\n    return Post(made_at=datetime.utcnow())\n' } },
    'through the module': {
      bad: 'import datetime as dt\ndef issue(row):\n    row.expires_at = dt.datetime.utcnow() + dt.timedelta(hours=1)\n', path: 'auth.py',
      good: 'import datetime as dt\ndef issue(row):\n    row.expires_at = dt.datetime.now(dt.timezone.utc) + dt.timedelta(hours=1)\n',
    },
    'aware': { good: 'from datetime import datetime, timedelta, timezone\ndef issue(row):\n    row.expires_at = datetime.now(timezone.utc) + timedelta(hours=1)\n    row.seen_at = datetime.utcnow().replace(tzinfo=timezone.utc)\n', path: 'auth.py' },
    'file name only': { good: 'from datetime import datetime\nNAME = f"report-{datetime.now():%Y%m%d}.pdf"\n', path: 'report.py' },
    'a duration, a year, a line of a log': { good: 'import logging\nfrom datetime import datetime\ndef work(row):\n    start = datetime.now()\n    row.run()\n    logging.info("took %s", datetime.now() - start)\n    row.year = datetime.now().year\n    return datetime.now().strftime("%H:%M")\n', path: 'jobs.py' },
    'Django': { good: 'from django.utils import timezone\ndef issue(row):\n    row.expires_at = timezone.now()\n', path: 'shop/views.py' },
    'Django that keeps local times': { good: { 'shop/settings.py': 'INSTALLED_APPS = ["django.contrib.auth"]\nUSE_TZ = False\n', 'shop/models.py': 'import datetime\nfrom django.db import models\nclass Sale(models.Model):\n    at = models.DateTimeField(default=datetime.datetime.now)\ndef pay(sale):\n    sale.paid_at = datetime.datetime.now()\n' } },
    'times of another zone, where Django keeps local ones': { bad: { 'shop/settings.py': 'INSTALLED_APPS = ["django.contrib.auth"]\nUSE_TZ = False\n', 'shop/models.py': 'import datetime\nfrom django.db import models\nclass Sale(models.Model):\n    at = models.DateTimeField(default=datetime.datetime.utcnow)\n' } },
    'naive times where Django wants aware ones': { bad: { 'shop/settings.py': 'INSTALLED_APPS = ["django.contrib.auth"]\nUSE_TZ = True\n', 'shop/models.py': 'import datetime\nfrom django.db import models\nclass Sale(models.Model):\n    at = models.DateTimeField(default=datetime.datetime.now)\n' } },
    'tests': { good: 'from datetime import datetime\ndef test(row):\n    row.expires_at = datetime.utcnow()\n', path: 'tests/test_auth.py' },
    'a program that is run by hand': { good: 'from datetime import datetime\ndef main(row):\n    row.expires_at = datetime.now()\n', path: 'scripts/once.py' },
  }),
});

function judge(project: Project): Judgement {
  const all = placesIn(project);
  const [first, ...rest] = all;
  if (first) {
    const more = rest.length > 0 ? `, as are those of ${rest.length} more ${rest.length === 1 ? 'place' : 'places'}` : '';
    return { open: [{
      at: { path: first.module.path, ...first.at }, message: `${first.name}() makes a naive timestamp that is ${first.use}${more}.`,
      related: rest.slice(0, 10).map((each): Evidence => ({ path: each.module.path, ...each.at, text: `${each.name}(), ${each.use}` })),
    }] };
  }
  const aware = project.calls(...AWARE).find(({ call }) => !call.callee.endsWith('datetime.now') || call.args.length + call.keywords.length > 0);
  return aware ? { holds: [{ path: aware.module.path, ...aware.call.at, text: `${aware.call.written}(…)` }] } : { notApplicable: 'No time is stored or compared.' };
}

/** Places that make naive times to keep or to compare, local times first: they are wrong by the server's offset. */
function placesIn(project: Project): readonly Place[] {
  return project.once('naive times', () => {
    const loaded = loadedModules(project);
    const isLocalDjango = keepsLocalTimes(project);
    const isIdle = (module: Module) => loaded.size > 0 && !project.frameworks.has('django') && !loaded.has(module.path);
    const called = project.calls(...NAIVE).flatMap(({ module, call }): Place[] => {
      if (isIdle(module) || onlyInDevelopment(call) || (call.callee.endsWith('.now') && (call.args.length > 0 || call.keywords.length > 0)) || (call.callee.endsWith('utcfromtimestamp') && call.keywords.some((each) => each.name === 'tz'))) return [];
      const use = useOf(call, module, project.text(module.path) ?? '');
      return use ? [{ module, at: call.at, name: shortened(call.callee), use, call }] : [];
    });
    const defaults = project.models.flatMap(({ module, model }) => model.columns.flatMap((column): Place[] => {
      const one = column.default;
      return one?.how === 'name' && !column.from && !isIdle(module) && NAIVE.some((each) => each === one.callee) ? [{ module, at: one.at, name: shortened(one.callee ?? ''), use: 'a default of a column' }] : [];
    }));
    return [...called, ...defaults].filter((each) => !isLocalDjango || each.name !== 'datetime.now').sort((a, b) => Number(b.name === 'datetime.now') - Number(a.name === 'datetime.now'));
  });
}

/** Django that is told to keep times without a zone refuses aware ones: those of its own clock are what its columns take. */
function keepsLocalTimes(project: Project): boolean {
  const all = project.settings('USE_TZ');
  return project.frameworks.has('django') && all.length > 0 && all.every(({ value }) => value.kind === 'bool' && !value.value);
}

function shortened(callee: string): string {
  return callee.replace(/^datetime\.datetime\./, 'datetime.');
}

/** What becomes of the time, by the statement it stands in. */
function useOf(call: Call, module: Module, text: string): Place['use'] | undefined {
  const start = text.lastIndexOf('\n', call.at.start - 1) + 1;
  const before = text.slice(start, call.at.start);
  const after = text.slice(call.at.end, text.indexOf('\n', call.at.end) < 0 ? text.length : text.indexOf('\n', call.at.end));
  if (/^\s*\.(strftime|isoformat|year|month|day|hour|date\(|time\(|timestamp|replace\(\s*(microsecond=0,\s*)?tzinfo|astimezone|weekday|ctime|toordinal)/.test(after) || /f["'][^"']*\{[^}"']*$|strftime|log(ger|ging)?\.\w+\(|print\(/.test(before) || functionsAround(module, call.at).some((func) => /log|report|filename|backup|export/i.test(func.name))) return undefined;
  const target = /^\s*([\w.]+)\.(\w+)\s*=\s*\(?\s*$/.exec(before);
  if (target && KEPT.test(target[2] ?? '') && !/^self\b/.test(target[1] ?? '')) return 'stored';
  const keyword = /[(,]\s*(\w+)\s*=\s*$|^\s*(\w+)\s*=\s*$/.exec(before);
  const inside = before.trimStart().length > 0 ? keyword?.[1] : /,\s*$|\(\s*$/.test(text.slice(Math.max(0, start - 200), start)) ? keyword?.[2] : undefined;
  if (inside && /_(at|on|until|date|time)$|^(created|updated|timestamp|expires|exp|iat)$/.test(inside)) return 'stored';
  if (/["'](\w+_at|created|updated|timestamp|expires|exp|iat|last_seen)["']\s*:\s*$/.test(before)) return 'stored';
  const compared = new RegExp('\\b\\w+(?:\\.\\w+|\\[[^\\]]+\\])\\s*(?:<=?|>=?)\\s*\\(?\\s*$').test(before) || /^\s*\)?\s*(?:[-+]\s*(?:\w+\.)?timedelta\([^)]*\)\s*\)?\s*)?(?:<=?|>=?)\s*\w+(?:\.\w+|\[[^\]]+\])/.test(after);
  return compared ? 'compared' : undefined;
}
