import type { Edit, Evidence, Gap, Judgement, Manifest, Package, Project } from '../kit';
import { constructionAt, fileName, importing, insert, isTransitive, lastName, plainName, projectRule, replace, wiring } from '../kit';

/** A library that protects, by its package: how it is imported, what it is made by, and which settings only it reads. */
interface Library {
  readonly name: string;
  readonly imports: readonly string[];
  readonly made: readonly string[];
  readonly settings?: readonly string[];
  /** The one line that initialises it with no choice left. */
  readonly line?: { readonly from: string; readonly name: string };
  /** Other packages bring it along too. */
  readonly common?: true;
}

const flask = (name: string, module: string, classes: readonly string[], more: Partial<Library> = {}): Library => ({ name, imports: [module], made: classes.map((each) => `${module}.${each}`), ...more });
const named = (name: string, ...imports: readonly string[]): Library => ({ name, imports, made: [] });

/** Those whose absence has a rule of its own (limits, CSRF, headers, migrations, error tracking, compression) are left to it. */
const LIBRARIES: readonly Library[] = [
  flask('flask-session', 'flask_session', ['Session'], { settings: ['SESSION_TYPE', 'SESSION_REDIS'], line: { from: 'flask_session', name: 'Session' } }),
  flask('flask-caching', 'flask_caching', ['Cache'], { settings: ['CACHE_TYPE', 'CACHE_REDIS_URL'] }), flask('flask-cors', 'flask_cors', ['CORS'], { settings: ['CORS_ORIGINS'] }), flask('flask-seasurf', 'flask_seasurf', ['SeaSurf']),
  flask('flask-login', 'flask_login', ['LoginManager']), flask('flask-principal', 'flask_principal', ['Principal']), flask('flask-security-too', 'flask_security', ['Security']), flask('flask-paranoid', 'flask_paranoid', ['Paranoid']),
  flask('prometheus-flask-exporter', 'prometheus_flask_exporter', ['PrometheusMetrics', 'GunicornPrometheusMetrics', 'GunicornInternalPrometheusMetrics', 'RESTfulPrometheusMetrics']),
  named('flask-httpauth', 'flask_httpauth'), named('prometheus-fastapi-instrumentator', 'prometheus_fastapi_instrumentator'), named('starlette-exporter', 'starlette_exporter'), named('fastapi-limiter', 'fastapi_limiter'), named('asgi-correlation-id', 'asgi_correlation_id'),
  named('django-csp', 'csp'), named('django-axes', 'axes'), named('django-cors-headers', 'corsheaders'), named('whitenoise', 'whitenoise'), named('django-ratelimit', 'django_ratelimit', 'ratelimit'), named('django-defender', 'defender'),
  named('django-permissions-policy', 'django_permissions_policy'), named('django-otp', 'django_otp'), named('django-prometheus', 'django_prometheus'), named('django-guardian', 'guardian'), named('django-health-check', 'health_check'),
  ...[named('bleach', 'bleach'), named('nh3', 'nh3'), named('defusedxml', 'defusedxml'), named('structlog', 'structlog'), named('python-json-logger', 'pythonjsonlogger')].map((each) => ({ ...each, common: true as const })),
];

interface Declared { readonly library: Library; readonly unit: Manifest; readonly one: Package }

export default projectRule({
  id: 'library-not-wired',
  title: 'Protective libraries in the manifest are used',
  severity: 'low', points: 2, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: `Everyone who reads the manifest believes the protection exists. It is the most common gap between a claimed and a real control.`,
  how: `Initialise it, test that it acts, or drop it.`,
  links: ['https://flask.palletsprojects.com/en/stable/config/', 'https://docs.djangoproject.com/en/stable/topics/http/middleware/'],
  anchors: ['CWE-1357'],

  applies: (project) => declared(project).length > 0 || 'No manifest names a library of this kind.',
  reads: [...LIBRARIES.flatMap((each) => each.made), '*.init_app'],
  project: judge,

  fix: [
    { title: 'Initialise it', safety: 'review', edit: (gap, { project }) => initialising(gap, project), remains: 'Give it the store that its settings name.' },
    { title: 'Take it out of the requirements', safety: 'review', edit: (gap, { project }) => removing(gap, project) },
  ],

  examples: () => ({
    'sessions that are never given the application': {
      bad: { 'requirements.txt': 'flask==3.0.3\nflask-session==0.8.0\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\napp.config["SESSION_TYPE"] = "redis"\n' },
      good: { 'app.py': 'from flask import Flask\nfrom flask_session import Session\napp = Flask(__name__)\nSession(app)\napp.config["SESSION_TYPE"] = "redis"\n' },
    },
    'made and forgotten': { bad: { 'requirements.txt': 'flask==3.0.3\nflask-caching==2.3.0\n', 'ext.py': 'from flask_caching import Cache\ncache = Cache()\n', 'app.py': 'from flask import Flask\nfrom ext import cache\napp = Flask(__name__)\n' } },
    'a middleware nobody lists': {
      bad: { 'pyproject.toml': '[project]\nname = "shop"\nversion = "1"\ndependencies = ["django==5.1", "django-axes==6.5.1"]\n', 'shop/settings.py': 'INSTALLED_APPS = ["django.contrib.auth"]\nMIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]\n' },
    },
    'initialised': { good: { 'requirements.txt': 'flask==3.0.3\nflask-session==0.8.0\n', 'app.py': 'from flask import Flask\nfrom flask_session import Session\napp = Flask(__name__)\napp.config["SESSION_TYPE"] = "redis"\nSession(app)\n' } },
    'initialised in a factory': { good: { 'requirements.txt': 'flask==3.0.3\nflask-caching==2.3.0\n', 'ext.py': 'from flask_caching import Cache\ncache = Cache()\n', 'app.py': 'from flask import Flask\nfrom ext import cache\n\n\ndef create_app():\n    app = Flask(__name__)\n    cache.init_app(app)\n    return app\n' } },
    'listed by its name': { good: { 'requirements.txt': 'django==5.1\ndjango-axes==6.5.1\nwhitenoise==6.7.0\n', 'shop/settings.py': 'INSTALLED_APPS = ["axes"]\nMIDDLEWARE = ["whitenoise.middleware.WhiteNoiseMiddleware", "axes.middleware.AxesMiddleware"]\n' } },
    'a decorator alone': { good: { 'requirements.txt': 'flask==3.0.3\nflask-cors==5.0.0\n', 'app.py': 'from flask import Flask\nfrom flask_cors import cross_origin\napp = Flask(__name__)\n\n\n@app.get("/open")\n@cross_origin()\ndef open_route():\n    return "ok"\n' } },
    'brought by another package': { good: { 'requirements.txt': 'flask==3.0.3\n    # via -r requirements.in\nflask-caching==2.3.0\n    # via some-library\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'frozen, so that nobody can tell who asked for it': { good: { 'requirements.txt': 'certifi==2024.7.4\ndefusedxml==0.7.1\nflask==3.0.3\nidna==3.7\nMarkupSafe==2.1.5\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'only for development': { good: { 'requirements-dev.txt': 'defusedxml==0.7.1\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'loaded by its name': { good: { 'requirements.txt': 'flask==3.0.3\npython-json-logger==2.0.7\n', 'logging.ini': '[formatter_json]\nclass=pythonjsonlogger.jsonlogger.JsonFormatter\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'a class of one\'s own': { good: { 'requirements.txt': 'flask==3.0.3\nflask-login==0.6.3\n', 'ext.py': 'from flask_login import LoginManager\n\n\nclass Logins(LoginManager):\n    pass\n\n\nlogins = Logins()\n', 'app.py': 'from flask import Flask\nfrom ext import logins\napp = Flask(__name__)\nlogins.init_app(app)\n' } },
  }),
});

function judge(project: Project): Judgement {
  const found = declared(project).map((each) => ({ each, use: useOf(each.library, project) }));
  const open = found.flatMap(({ each, use }): Gap[] => use.state === 'used' ? [] : [gapOf(each, use, project)]);
  if (open.length > 0) return { open };
  return { holds: found.flatMap(({ each, use }) => use.at ? [{ ...use.at, text: `${each.library.name} is initialised` }] : []) };
}

interface Use { readonly state: 'used' | 'idle' | 'unused'; readonly at?: Evidence }

function useOf({ imports, made }: Library, project: Project): Use {
  const { wired, idle } = made.length > 0 ? wiring(project, ...made) : { wired: [], idle: [] };
  const [first] = wired;
  if (first) return { state: 'used', at: { path: first.path, start: first.start, end: first.end, text: first.text } };
  const [forgotten] = idle;
  if (forgotten) return { state: 'idle', at: { path: forgotten.path, start: forgotten.start, end: forgotten.end, text: 'made here' } };
  return { state: imports.some((each) => isMentioned(each, project)) ? 'used' : 'unused' };
}

/** Any file but a manifest, and any document, may load it by its name. */
function isMentioned(name: string, project: Project): boolean {
  const pattern = new RegExp(`(^|[^\\w.-])${name}\\b`, 'm');
  return project.units.some((unit) => unit.kind !== 'manifest' && unit.kind !== 'markdown' && (project.text(unit.path) ?? '').includes(name) && pattern.test(project.text(unit.path) ?? ''));
}

function gapOf({ library, unit, one }: Declared, use: Use, project: Project): Gap {
  const set = project.settings(...library.settings ?? []).find((each) => !each.development);
  const tail = set ? ` ${lastName(set.assignment.target)} is set, and nothing reads it.` : '';
  const what = use.state === 'idle' ? 'is declared, and made, but never given the application.' : `is declared in ${fileName(unit.path)} but never initialised.`;
  return { at: { path: unit.path, ...one.at }, message: `${one.name} ${what}${tail}`, related: [...(use.at ? [use.at] : []), ...(set ? [{ path: set.path, start: set.start, end: set.end, text: 'a setting of it' }] : [])] };
}

function declared(project: Project): readonly Declared[] {
  if (project.modules.length === 0) return [];
  const found = new Map<string, Declared>();
  for (const unit of project.of('manifest')) {
    if (unit.ecosystem !== 'python' || unit.lock || unit.role !== 'production' || unit.format === 'constraints') continue;
    for (const one of unit.packages) {
      const library = one.dev || one.group !== undefined ? undefined : LIBRARIES.find((each) => each.name === plainName(one.name));
      if (library && !found.has(library.name) && !(library.common && isFrozen(unit)) && !isTransitive(one, unit, project.text(unit.path) ?? '')) found.set(library.name, { library, unit, one });
    }
  }
  return [...found.values()];
}

/** Written by `pip freeze`: what others brought stands among what was asked for, and nothing tells them apart. */
function isFrozen({ packages }: Manifest): boolean {
  const brought = packages.filter((each) => /^(markupsafe|itsdangerous|idna|certifi|urllib3|charset-normalizer|werkzeug|sqlparse|asgiref|six|h11|sniffio|anyio|packaging|typing-extensions|pycparser|cffi)$/.test(plainName(each.name)));
  return brought.length >= 2 && packages.every((each) => each.source !== undefined || /^===?/.test(each.version ?? ''));
}

function libraryAt(gap: Gap, project: Project): Declared | undefined {
  return declared(project).find((each) => each.unit.path === gap.at.path && each.one.at.start === gap.at.start);
}

function initialising(gap: Gap, project: Project): readonly Edit[] | undefined {
  const line = libraryAt(gap, project)?.library.line;
  const app = project.applications.find((each) => each.framework === 'flask');
  const module = app && project.unit(app.path);
  const text = app && project.text(app.path);
  if (!line || !app || module?.kind !== 'module' || text === undefined) return undefined;
  const source = sourceOf(app.path, text);
  const made = constructionAt(app, source);
  if (!made) return undefined;
  return [insert(made.end, `\n${made.indentation}${line.name}(${made.name})`), ...importing(module, source, line.name, line.from)].map((each) => ({ ...each, path: app.path }));
}

/** Questions of fixes, about a file that is not the finding's own. */
function sourceOf(path: string, text: string): Parameters<typeof constructionAt>[1] {
  const lineStart = (offset: number) => text.lastIndexOf('\n', offset - 1) + 1;
  const lineEnd = (offset: number) => { const next = text.indexOf('\n', offset); return next < 0 ? text.length : text[next - 1] === '\r' ? next - 1 : next; };
  return {
    path, text, length: text.length, newline: text.includes('\r\n') ? '\r\n' : '\n', slice: (span) => text.slice(span.start, span.end), at: (offset) => text.charAt(offset), lineStart, lineEnd,
    indentation: (offset) => /^[ \t]*/.exec(text.slice(lineStart(offset)))?.[0] ?? '', line: (offset) => text.slice(0, offset).split('\n').length - 1,
  };
}

/** The requirement's own line, where it stands alone on it. */
function removing(gap: Gap, project: Project): readonly Edit[] | undefined {
  const text = project.text(gap.at.path);
  const unit = project.unit(gap.at.path);
  if (text === undefined || unit?.kind !== 'manifest' || unit.format !== 'requirements') return undefined;
  const start = text.lastIndexOf('\n', gap.at.start - 1) + 1;
  const next = text.indexOf('\n', gap.at.end);
  const end = next < 0 ? text.length : next + 1;
  return /\\\s*$|--hash/.test(text.slice(start, end)) || /^[ \t]+#/.test(text.slice(end)) ? undefined : [replace({ start, end }, '')];
}
