import type { Call, Edit, Evidence, Gap, Judgement, Module, Project, Source } from '../kit';
import { edgeLines, guardOf, guardsEverything, hasOwnHandler, idleModules, importing, lastName, onlyInDevelopment, projectRule, seenInProduction, withArgument } from '../kit';

const VIEW = /(^|\.)(Spectacular(Swagger|Redoc|SwaggerSplit|API)View|SwaggerUIView|ReDocView|schema_view\.(with_ui|without_ui)|get_swagger_view)$/;

export default projectRule({
  id: 'api-docs-exposed',
  title: 'Interactive API docs are closed or meant to be public',
  severity: 'low', points: 2, confidence: 'possible', blocks: 'never', effort: 'S', since: '1',
  why: 'The page lists every route, field and error to an attacker and lets them try each. It is useful to customers only when the API is public.',
  how: 'Switch it off in production, or put it behind a login.',
  links: ['https://fastapi.tiangolo.com/tutorial/metadata/', 'https://owasp.org/API-Security/editions/2023/en/0xa9-improper-inventory-management/'],
  anchors: ['CWE-200'],

  applies: (project) => project.frameworks.has('fastapi') || project.frameworks.has('django') ? true : 'The framework publishes no docs by itself.',
  reads: ['fastapi.FastAPI'],
  project: judge,
  fix: { title: 'Close the docs in production', safety: 'review', edit: (gap, { source, project, unit }) => unit.kind === 'module' ? closing(gap, source, project, unit) : undefined, remains: 'Set APP_ENV=production where it runs.' },

  examples: () => ({
    'docs of an API that asks for a login': {
      bad: { 'main.py': 'from fastapi import Depends, FastAPI\nfrom fastapi.security import HTTPBearer\n\napp = FastAPI()\n\n\n@app.get("/orders")\ndef orders(token=Depends(HTTPBearer())):\n    return []\n' },
      good: { 'main.py': 'import os\nfrom fastapi import Depends, FastAPI\nfrom fastapi.security import HTTPBearer\n\napp = FastAPI(openapi_url=None if os.getenv("APP_ENV") == "production" else "/openapi.json")\n\n\n@app.get("/orders")\ndef orders(token=Depends(HTTPBearer())):\n    return []\n' },
    },
    'a schema view that anybody sees': { bad: {
      'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["rest_framework", "drf_spectacular"]\n',
      'shop/urls.py': 'from django.urls import path\nfrom drf_spectacular.views import SpectacularSwaggerView\nfrom shop import views\nurlpatterns = [path("docs/", SpectacularSwaggerView.as_view()), path("a/", views.A.as_view()), path("b/", views.A.as_view())]\n',
      'shop/views.py': 'from rest_framework.permissions import IsAuthenticated\nfrom rest_framework.views import APIView\nclass A(APIView):\n    permission_classes = [IsAuthenticated]\n    def get(self, request):\n        return None\n',
    } },
    'closed in production': { path: 'main.py', good: 'import os\nfrom fastapi import Depends, FastAPI\nfrom fastapi.security import HTTPBearer\napp = FastAPI(docs_url=None if os.getenv("APP_ENV") == "production" else "/docs")\n@app.get("/orders")\ndef orders(token=Depends(HTTPBearer())):\n    return []\n' },
    'every route is public': { path: 'main.py', good: 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/prices")\ndef prices():\n    return []\n' },
    'the proxy denies it': { good: { 'main.py': 'from fastapi import Depends, FastAPI\nfrom fastapi.security import HTTPBearer\napp = FastAPI()\n@app.get("/orders")\ndef orders(token=Depends(HTTPBearer())):\n    return []\n', 'nginx.conf': 'server {\n  location ~ ^/(docs|redoc|openapi.json) {\n    deny all;\n  }\n}\n' } },
    'arguments from elsewhere': { path: 'main.py', good: 'from fastapi import Depends, FastAPI\nfrom fastapi.security import HTTPBearer\nfrom settings import options\napp = FastAPI(**options)\n@app.get("/orders")\ndef orders(token=Depends(HTTPBearer())):\n    return []\n' },
    'a schema for administrators': { good: {
      'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["rest_framework", "drf_spectacular"]\nSPECTACULAR_SETTINGS = {"SERVE_PERMISSIONS": ["rest_framework.permissions.IsAdminUser"]}\n',
      'shop/urls.py': 'from django.urls import path\nfrom drf_spectacular.views import SpectacularSwaggerView\nfrom shop import views\nurlpatterns = [path("docs/", SpectacularSwaggerView.as_view()), path("a/", views.A.as_view())]\n',
      'shop/views.py': 'from rest_framework.permissions import IsAuthenticated\nfrom rest_framework.views import APIView\nclass A(APIView):\n    permission_classes = [IsAuthenticated]\n    def get(self, request):\n        return None\n',
    } },
    'the README calls it public': { good: { 'main.py': 'from fastapi import Depends, FastAPI\nfrom fastapi.security import HTTPBearer\napp = FastAPI()\n@app.get("/orders")\ndef orders(token=Depends(HTTPBearer())):\n    return []\n', 'README.md': '# Orders\n\nA public API for developers. See /docs for its documentation.\n' } },
  }),
});

function judge(project: Project): Judgement {
  const idle = idleModules(project);
  const routes = project.routes.filter(({ module, route }) => !idle.has(module.path) && hasOwnHandler(route));
  const guarded = routes.filter(({ route }) => guardOf(route, project) !== undefined).length;
  if (guarded === 0 || guarded * 2 <= routes.length) return { notApplicable: 'Most routes are open to everybody.' };
  if (routes.some(({ route }) => guardsEverything(route, project))) return { notApplicable: 'Something asks before every request.' };
  if (isPublic(project)) return { notApplicable: 'The README calls the API public.' };
  if (edgeLines(project).some((each) => /(docs|redoc|openapi|swagger)/i.test(each.text))) return { notApplicable: 'The proxy has a rule of its own for the docs.' };
  const open = [...ofFastApi(project), ...ofDjango(project)].filter((each) => !idle.has(each.path));
  const [first] = open;
  return first ? { open: [{ at: { path: first.path, start: first.start, end: first.end }, message: `${first.text} is open to everyone, while ${guarded} of ${routes.length} routes require a login.` }] } : { notApplicable: 'No docs are published, or they are closed.' };
}

function ofFastApi(project: Project): readonly Evidence[] {
  return apps(project).filter(({ call }) => !call.open && !call.keywords.some((each) => /^(docs_url|openapi_url|redoc_url|\*\*)$/.test(each.name))).map(({ module, call }) => ({ path: module.path, ...call.at, text: '/docs' }));
}

function apps(project: Project): readonly { readonly module: Module; readonly call: Call }[] {
  return project.calls('fastapi.FastAPI').filter(({ module, call }) => !onlyInDevelopment(call) && project.applications.some((each) => each.path === module.path && each.start === call.at.start));
}

function ofDjango(project: Project): readonly Evidence[] {
  if (project.settings('SPECTACULAR_SETTINGS').some((each) => seenInProduction(each, project) && JSON.stringify(each.value).includes('SERVE_PERMISSIONS'))) return [];
  return project.routes.filter(({ route }) => !hasOwnHandler(route) && VIEW.test(route.handler) && route.gates.length === 0 && route.guards.length === 0).map(({ module, route }) => ({ path: module.path, ...route.at, text: `${route.path} (${lastName(route.handler)})` }));
}

function isPublic(project: Project): boolean {
  return project.of('markdown').some((each) => /(^|\/)readme\.md$/i.test(each.path) && /\b(public api|api (docs|documentation|reference)|\/docs\b|\/redoc\b|swagger|openapi)\b/i.test(project.text(each.path) ?? ''));
}

function closing(gap: Gap, source: Source, project: Project, module: Module): readonly Edit[] | undefined {
  const found = apps(project).find((each) => each.module.path === gap.at.path && each.call.at.start === gap.at.start);
  const edits = found && withArgument(found.call, 'openapi_url=None if os.getenv("APP_ENV") == "production" else "/openapi.json"', source);
  return edits && [...importing(module, source, 'os'), ...edits];
}
