import type { Edit, Evidence, Judgement, Module, Project, Source } from '../kit';
import {
  applicationName, constructionAt, definitionAfter, edgeLines, gapPlace, healthRoutes, middlewares, projectRule, webFrameworks,
} from '../kit';

const PACKAGES = /^(health_check|watchman|healthcheck|flask_healthz|healthz|fastapi_health|fastapi_healthcheck|fastapi_healthchecks|starlette_health|py_healthcheck|django_healthchecks|django_health_check|heartbeat|dockerflow|django_alive|aio_?health\w*|probirka)(\.|$)/;
const NAMED = /health|heartbeat|liveness|readiness|\blivez|\breadyz/i;

export default projectRule({
  id: 'health-endpoint-missing',
  title: 'A health endpoint exists',
  severity: 'medium', points: 4, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'Load balancers, containers and uptime monitors need one cheap question to ask. Without it they ask the home page or nothing.',
  how: 'Add a route without login that answers fast.',
  links: ['https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/'],
  ladder: { name: 'health', rung: 1 },

  applies(project) {
    if (webFrameworks(project).size === 0) return 'No web application is served from here.';
    if (isServerless(project)) return 'The platform runs it by the request.';
    return project.deployable ? true : 'The project is not deployed from here.';
  },
  reads: ['*.add_middleware', 'starlette.middleware.Middleware', 'fastapi.middleware.Middleware', 'django.urls.include', 'django.urls.path', 'django.conf.urls.include', 'django.conf.urls.url', 'django.urls.re_path', '*.add_url_rule'],
  project: judge,
  fix: { title: 'Add /healthz', safety: 'review', edit: (gap, { source, project }) => answering(gap.at, source, project), remains: 'Let it ask the database too, with a short timeout, and answer 503 when that fails.' },

  examples: () => ({
    'nothing to ask': {
      bad: { 'app.py': 'from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get("/")\ndef home():\n    return "ok"\n', Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n' },
      good: { 'app.py': 'from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get("/healthz")\ndef healthz():\n    return {"status": "ok"}\n\n\n@app.get("/")\ndef home():\n    return "ok"\n', Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n' },
    },
    'Django without one': { bad: { 'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["shop"]\n', 'shop/urls.py': 'from django.urls import path\nfrom shop import views\nurlpatterns = [path("", views.home)]\n', 'shop/views.py': 'def home(request):\n    return None\n', 'shop/wsgi.py': 'import django\n' } },
    'a route': { good: 'from flask import Flask\napp = Flask(__name__)\n@app.get("/healthz")\ndef healthz():\n    return {"status": "ok"}\n' },
    'behind a prefix': { path: 'api.py', good: 'from fastapi import APIRouter, FastAPI\nrouter = APIRouter(prefix="/api/v3")\n@router.get("/status")\ndef status():\n    return {"ok": True}\napp = FastAPI()\napp.include_router(router)\n' },
    'the prefix itself says it': { good: { 'main.py': 'from fastapi import FastAPI\nimport health\napp = FastAPI()\napp.include_router(health.router, prefix="/health")\n', 'health.py': 'from fastapi import APIRouter\nrouter = APIRouter()\n@router.get("")\ndef ok():\n    return {}\n@router.get("/db")\ndef db():\n    return {}\n' } },
    'a ping of something else': { bad: 'from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get("/ping/<code>/fail")\ndef fail(code):\n    return "ok"\n' },
    'a URL rule': { good: 'from flask import Flask\napp = Flask(__name__)\napp.add_url_rule("/_health", view_func=lambda: "ok")\n' },
    'a library of Django': { good: { 'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["health_check", "health_check.db"]\n', 'shop/urls.py': 'from django.urls import include, path\nurlpatterns = [path("ht/", include("health_check.urls"))]\n', 'shop/wsgi.py': 'import django\n' } },
    'a middleware of the project': { good: { 'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["shop"]\nMIDDLEWARE = ["shop.middleware.HealthCheckMiddleware"]\n', 'shop/middleware.py': 'class HealthCheckMiddleware:\n    def __call__(self, request):\n        return None\n', 'shop/wsgi.py': 'import django\n' } },
    'the proxy answers': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n@app.get("/")\ndef home():\n    return "ok"\n', 'nginx.conf': 'server {\n  location /healthz {\n    return 200;\n  }\n}\n' } },
    'a lambda is run by the request': { good: { 'app.py': 'from fastapi import FastAPI\nfrom mangum import Mangum\napp = FastAPI()\nhandler = Mangum(app)\n' } },
    'a library': { good: { 'lib.py': 'def add(a, b):\n    return a + b\n' } },
    'Prometheus and a page of status': { good: { 'app.py': 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/api/system/heartbeat")\ndef heartbeat():\n    return {}\n' } },
  }),
});

function judge(project: Project): Judgement {
  const found = known(project);
  if (found) return { holds: [found] };
  const app = applicationName(project);
  return { open: [{ at: gapPlace(project, 'ROOT_URLCONF', 'INSTALLED_APPS'), message: `${app} has no health or readiness route.` }] };
}

function known(project: Project): Evidence | undefined {
  const [route] = healthRoutes(project);
  if (route) return { path: route.module.path, ...route.route.handlerAt, text: `${route.route.methods[0] ?? 'GET'} ${route.route.path}` };
  const mounted = middlewares(project).find((each) => NAMED.test(each.name));
  if (mounted) return { path: mounted.path, start: mounted.start, end: mounted.end, text: mounted.text };
  for (const module of project.modules) {
    const imported = module.imports.find((each) => PACKAGES.test(each.target));
    if (imported) return { path: module.path, ...imported.at, text: `${imported.target} is used` };
    const included = includedIn(module);
    if (included) return included;
  }
  const line = edgeLines(project).find((each) => /(^|\s)(=\s+)?\/(_?health\w*|healthz|livez|readyz|ping|_?status)\b/i.test(each.text) && /^location\b/.test(each.text));
  return line && { path: line.path, start: line.start, end: line.end, text: 'the proxy answers' };
}

/** `include("health_check.urls")`. */
function includedIn(module: Module): Evidence | undefined {
  const mount = module.routing.mounts.find((each) => PACKAGES.test(each.child) || NAMED.test(each.child));
  return mount && { path: module.path, ...mount.at, text: `${mount.child.replace(/\.urlpatterns$/, '')} is included` };
}

/** A platform that starts the program for each request, and no server of its own beside it. */
function isServerless(project: Project): boolean {
  return project.server === undefined && byRequest(project);
}

function byRequest(project: Project): boolean {
  return project.of('platform').some((each) => /vercel|netlify|zappa|serverless|now/.test(each.platform)) || project.paths.some((each) => /(^|\/)(serverless\.ya?ml|zappa_settings\.\w+|template\.ya?ml|samconfig\.toml|chalice\/|function_app\.py)/.test(each))
    || project.modules.some((module) => module.imports.some((each) => /^(mangum|awsgi|aws_wsgi|apig_wsgi|chalice|azure\.functions|functions_framework|zappa|serverless_wsgi|modal)(\.|$)/.test(each.target)));
}

function answering(at: { readonly start: number; readonly end: number }, source: Source, project: Project): readonly Edit[] | undefined {
  const app = project.applications.find((each) => each.path === source.path && each.start === at.start);
  const made = app && /^(flask|fastapi|quart)$/.test(app.framework) ? constructionAt(at, source) : undefined;
  if (!app || !made) return undefined;
  return [definitionAfter(made, [`@${made.name}.get("/healthz")`, `${app.framework === 'quart' ? 'async ' : ''}def healthz():`, '    return {"status": "ok"}'], source)];
}
