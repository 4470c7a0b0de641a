import type { Context, Edit, Evidence, Gap, Judgement, Place, Project, Value, Variation } from '../kit';
import { FRONT_CALLS, edgeLines, environmentVariables, fronts, insert, mayServeProduction, middlewares, projectRule, publishedPorts, requiring, servesPages, webFrameworks } from '../kit';

export default projectRule({
  id: 'static-assets-unserved',
  title: 'Static files are served in production',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'With DEBUG off Django serves no static file, so the first production page has no style and the admin is unusable. It works in development.',
  how: 'Collect into STATIC_ROOT and serve it by WhiteNoise or the proxy.',
  links: ['https://docs.djangoproject.com/en/stable/howto/static-files/deployment/', 'https://whitenoise.readthedocs.io/en/stable/'],

  applies: (project) => {
    if (!webFrameworks(project).has('django') && !(project.settings('STATIC_URL').length > 0 && project.settings('INSTALLED_APPS').length > 0)) return 'Django is not used here.';
    if (project.deployable === undefined) return 'No web application is deployed from here.';
    if (!installs(project, 'django.contrib.staticfiles')) return 'It serves no static files.';
    return installs(project, 'rest_framework') && !installs(project, 'django.contrib.admin') && servesPages(project) === undefined ? 'It is an API without pages.' : true;
  },
  reads: [...FRONT_CALLS, 'django.conf.urls.static.static', 'django.views.static.serve', 'whitenoise.WhiteNoise', '*.static'],
  project: judge,

  fix: { title: 'Add WhiteNoise', safety: 'review', edit: whitenoise, remains: 'Run manage.py collectstatic when the application is built.' },

  examples: () => ({
    'the admin without a folder to collect into': { path: 'settings.py', bad: 'INSTALLED_APPS = ["django.contrib.admin", "django.contrib.staticfiles"]\nSTATIC_URL = "static/"\n' },
    'collected and served by nobody': { bad: { 'settings.py': 'INSTALLED_APPS = ["django.contrib.staticfiles"]\nSTATIC_URL = "static/"\nSTATIC_ROOT = "/srv/static"\n', Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "proj.wsgi"]\n' } },
    'a project as startproject makes it': {
      bad: { 'shop/settings.py': 'from pathlib import Path\n\nBASE_DIR = Path(__file__).resolve().parent.parent\nINSTALLED_APPS = ["django.contrib.admin", "django.contrib.staticfiles"]\nMIDDLEWARE = [\n    "django.middleware.security.SecurityMiddleware",\n    "django.middleware.common.CommonMiddleware",\n]\nSTATIC_URL = "static/"\n', 'requirements.txt': 'django==5.1\n', Procfile: 'web: gunicorn shop.wsgi\n' },
      good: { 'shop/settings.py': 'from pathlib import Path\n\nBASE_DIR = Path(__file__).resolve().parent.parent\nINSTALLED_APPS = ["django.contrib.admin", "django.contrib.staticfiles"]\nMIDDLEWARE = [\n    "django.middleware.security.SecurityMiddleware",\n    "whitenoise.middleware.WhiteNoiseMiddleware",\n    "django.middleware.common.CommonMiddleware",\n]\nSTATIC_URL = "static/"\nSTATIC_ROOT = BASE_DIR / "staticfiles"\n', 'requirements.txt': 'django==5.1\nwhitenoise>=6\n', Procfile: 'web: gunicorn shop.wsgi\n' },
    },
    'WhiteNoise': { good: { 'settings.py': 'INSTALLED_APPS = ["django.contrib.staticfiles"]\nMIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "whitenoise.middleware.WhiteNoiseMiddleware"]\nSTATIC_URL = "static/"\nSTATIC_ROOT = "/srv/static"\n', Dockerfile: 'FROM python:3.12-slim\nRUN python manage.py collectstatic --noinput\nCMD ["gunicorn", "proj.wsgi"]\n' } },
    'nginx serves them': { good: { 'nginx.conf': 'server {\n  location /static/ { alias /srv/static/; }\n  location / { proxy_pass http://app:8000; }\n}\n', 'settings.py': 'INSTALLED_APPS = ["django.contrib.staticfiles"]\nSTATIC_URL = "static/"\nSTATIC_ROOT = "/srv/static"\n' } },
    'a storage in the cloud': { path: 'settings.py', good: 'INSTALLED_APPS = ["django.contrib.staticfiles", "storages"]\nSTATIC_URL = "static/"\nSTORAGES = {"staticfiles": {"BACKEND": "storages.backends.s3.S3Storage"}}\n' },
    'another host': { path: 'settings.py', good: 'INSTALLED_APPS = ["django.contrib.staticfiles"]\nSTATIC_URL = "https://cdn.example.com/static/"\nSTATIC_ROOT = "/srv/static"\n' },
    'WhiteNoise in the production settings': { good: { 'shop/settings/base.py': 'INSTALLED_APPS = ["django.contrib.staticfiles"]\nMIDDLEWARE = ["django.middleware.common.CommonMiddleware"]\nSTATIC_URL = "static/"\n', 'shop/settings/production.py': 'from .base import *\n\nMIDDLEWARE.insert(1, "whitenoise.middleware.WhiteNoiseMiddleware")\nSTATIC_ROOT = "/srv/static"\n', 'requirements.txt': 'whitenoise\n' } },
    'a host that sees to it': { good: { 'shop/settings.py': 'INSTALLED_APPS = ["django.contrib.staticfiles"]\nSTATIC_URL = "static/"\nSTATIC_ROOT = "static"\n', 'app.yaml': 'runtime: python312\nhandlers:\n  - url: /static\n    static_dir: static/\n' } },
    'a proxy that is not described here': { good: { 'shop/settings.py': 'INSTALLED_APPS = ["django.contrib.staticfiles"]\nSTATIC_URL = "static/"\nSTATIC_ROOT = "/srv/static"\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n    volumes:\n      - static:/srv/static\n  nginx:\n    image: registry.example.com/edge-nginx\n    volumes:\n      - static:/srv/static:ro\nvolumes:\n  static:\n' } },
    'an API without files': { path: 'settings.py', good: 'INSTALLED_APPS = ["rest_framework"]\nMIDDLEWARE = []\n' },
    'an API whose files nobody asks for': { path: 'settings.py', good: 'import rest_framework\nINSTALLED_APPS = ["django.contrib.staticfiles", "rest_framework"]\nMIDDLEWARE = []\nSTATIC_URL = "static/"\n' },
    'no Django': { good: 'from flask import Flask\napp = Flask(__name__)\n' },
  }),
});

function judge(project: Project): Judgement {
  const root = project.settings('STATIC_ROOT').find((each) => mayServeProduction(each, project) && each.value.kind !== 'none');
  const server = servers(project);
  if (server.length > 0) return { holds: [...(root ? [{ path: root.path, start: root.start, end: root.end, text: 'STATIC_ROOT' }] : []), ...server.slice(0, 2)] };
  const away = elsewhere(project);
  if (away) return { notChecked: away };
  const collected = project.commands.some((each) => each.text.includes('collectstatic')) || project.units.some((unit) => /^(dockerfile|shell|workflow|pipeline|platform|procfile)$/.test(unit.kind) && (project.text(unit.path) ?? '').includes('collectstatic')) || fronts(project).some((each) => each.name === 'Heroku' || each.name === 'the platform');
  const rest = collected || !root ? '' : ', and collectstatic is never run';
  const variation: Variation | undefined = root && collected ? { confidence: 'possible', because: 'a web server that is not described here may serve what is collected' } : undefined;
  return { open: [{ at: placeOf(project), message: root ? `Static files are collected into STATIC_ROOT and served by nobody once DEBUG is off${rest}.` : 'Static files are served by nobody once DEBUG is off: there is no STATIC_ROOT to collect them into.', ...(variation && { variation }) }] };
}

function placeOf(project: Project): Place {
  const setting = ['STATIC_ROOT', 'STATIC_URL', 'INSTALLED_APPS'].flatMap((name) => project.settings(name).filter((each) => mayServeProduction(each, project)))[0];
  return setting ? { path: setting.path, ...setting.assignment.targetAt } : project.anchor;
}

function installs(project: Project, app: string): boolean {
  return project.settings('INSTALLED_APPS').some((each) => mentions(each.value, app));
}

function mentions(value: Value, text: string): boolean {
  switch (value.kind) {
    case 'text': return value.value === text;
    case 'list': return value.items.some((each) => mentions(each, text));
    case 'joined': return value.parts.some((each) => mentions(each, text));
    case 'choice': return value.options.some((each) => mentions(each, text));
    default: return false;
  }
}

/** Who serves them: WhiteNoise, a proxy's folder, a storage, another host, Django itself by a route. */
function servers(project: Project): readonly Evidence[] {
  const declared = project.declares('whitenoise');
  const used = middlewares(project).filter((each) => /whitenoise|servestatic|dj_static/i.test(each.name));
  const named = declared && (project.calls('whitenoise.WhiteNoise').length > 0 || project.units.some((unit) => unit.kind === 'module' && unit.role === 'production' && /\.py$/.test(unit.path) && (project.text(unit.path) ?? '').includes('whitenoise'))) ? [{ ...declared, text: 'WhiteNoise' }] : [];
  const folders = edgeLines(project).filter((line) => /^(alias|root)\s+\S*(static|assets|www|html)|^location\s+.*\/?static|static_dir|^Alias\s+\/?static|^(handle|handle_path|route)\s+\/static|static-map|^root\s+\*/i.test(line.text)).map((line) => ({ path: line.path, start: line.start, end: line.end, text: line.text.slice(0, 60) }));
  const flags = project.commands.filter((each) => /--static-map|--static-path-mount|\brunserver\b.*--insecure/.test(each.text)).map((each) => ({ ...each, text: 'the server serves them' }));
  const uwsgi = project.of('ini').flatMap((unit) => unit.sections.flatMap((section) => section.entries.filter((each) => each.name === 'static-map').map((each) => ({ path: unit.path, ...each.at, text: 'uWSGI serves them' }))));
  const away = project.settings('STATIC_URL', 'STATIC_HOST').filter((each) => mayServeProduction(each, project) && isAway(each.value)).map((each) => ({ path: each.path, start: each.start, end: each.end, text: 'another host serves them' }));
  const stored = project.settings('STATICFILES_STORAGE', 'STORAGES').filter((each) => mayServeProduction(each, project) && /storages|s3|gcloud|azure|cloudinary|whitenoise|boto/i.test(project.written(each.path, each))).map((each) => ({ path: each.path, start: each.start, end: each.end, text: each.name }));
  const served = project.calls('django.views.static.serve').map(({ module, call }) => ({ path: module.path, ...call.at, text: 'a route serves them' }));
  return [...used.map(({ path, start, end, text }) => ({ path, start, end, text })), ...named, ...folders, ...flags, ...uwsgi, ...away, ...stored, ...served];
}

function isAway(value: Value): boolean {
  if (value.kind === 'text') return /^(https?:)?\/\//.test(value.value);
  return value.kind === 'joined' ? isAway(value.parts[0] ?? value) || value.parts.some((each) => each.kind !== 'text') : value.kind !== 'none' && value.kind !== 'number' && environmentVariables(value).length > 0;
}

/** Something in front is there whose configuration is not. */
function elsewhere(project: Project): string | undefined {
  const unseen = project.production.some((unit) => unit.kind === 'compose' && unit.services.some((each) => /nginx|caddy|httpd|apache|traefik|web-?server/i.test(`${each.name} ${each.image ?? ''}`)));
  if (unseen) return 'A web server stands in front of it whose configuration is not here.';
  if (fronts(project).some((each) => each.kind === 'ingress')) return 'An ingress stands in front of it, whose routes are decided in the cluster.';
  const published = publishedPorts(project);
  return published.length === 0 && project.production.length === 0 && project.settings('STATIC_ROOT').some((each) => mayServeProduction(each, project) && each.value.kind !== 'none') ? 'How it is deployed is not described here.' : undefined;
}

// ---- the fix

/** STATIC_ROOT beside STATIC_URL, and the middleware behind Django's own first one. */
function whitenoise(gap: Gap, { project, source }: Context): readonly Edit[] | undefined {
  const list = project.settings('MIDDLEWARE').find((each) => each.path === gap.at.path && each.assignment.value.kind === 'list');
  const first = list?.assignment.value.kind === 'list' ? list.assignment.value.items[0] : undefined;
  if (!first || first.kind !== 'text' || !/SecurityMiddleware$/.test(first.value) || source.lineStart(first.at.start) + source.indentation(first.at.start).length !== first.at.start) return undefined;
  const url = project.settings('STATIC_URL').find((each) => each.path === gap.at.path);
  const root = project.settings('STATIC_ROOT').some((each) => each.path === gap.at.path);
  const base = project.settings('BASE_DIR').some((each) => each.path === gap.at.path && /Path\(/.test(source.slice(each.assignment.at)));
  if (!root && (!url || !base)) return undefined;
  const quote = source.at(first.at.start) === "'" ? "'" : '"';
  return [
    insert(source.lineEnd(first.at.end), `\n${source.indentation(first.at.start)}${quote}whitenoise.middleware.WhiteNoiseMiddleware${quote},`),
    ...(!root && url ? [insert(source.lineEnd(url.assignment.at.end), `\nSTATIC_ROOT = BASE_DIR / ${quote}staticfiles${quote}`)] : []), ...requiring(project, 'whitenoise', 'whitenoise>=6'),
  ];
}
