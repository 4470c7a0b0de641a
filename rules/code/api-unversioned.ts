import type { Judgement, Project } from '../kit';
import { hasOwnHandler, idleModules, projectRule } from '../kit';

/** Guards of an API for other programs. */
const FOR_OTHERS = /APIKey(Header|Query)|HTTPBearer|OAuth2\w*|HTTPTokenAuth|jwt_required|TokenAuthentication|api_?key/i;
const VERSION = /(^|[/._-])v\d+(\.\d+)?([/._-]|$)|\d{4}-\d{2}(-\d{2})?/i;

export default projectRule({
  id: 'api-unversioned',
  title: 'A public API carries a version',
  severity: 'info', points: 0, confidence: 'possible', blocks: 'never', effort: 'M', since: '1',
  why: 'The first incompatible change breaks customers with no place to go. A prefix costs nothing on day one.',
  how: 'Mount the routes under /api/v1.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html'],

  applies: (project) => project.routes.length > 0 ? true : 'The project serves no routes.',
  project: judge,

  examples: () => ({
    'keys, and no version': { path: 'main.py', bad: 'from fastapi import Depends, FastAPI\nfrom fastapi.security import APIKeyHeader\napp = FastAPI()\n@app.get("/api/orders", dependencies=[Depends(APIKeyHeader(name="X-API-Key"))])\ndef orders():\n    return []\n' },
    'a prefix': { path: 'main.py', good: 'from fastapi import APIRouter, Depends, FastAPI\nfrom fastapi.security import APIKeyHeader\napp = FastAPI()\nv1 = APIRouter(prefix="/api/v1")\n@v1.get("/orders", dependencies=[Depends(APIKeyHeader(name="X-API-Key"))])\ndef orders():\n    return []\napp.include_router(v1)\n' },
    'own front end only': { good: 'from flask import Flask, render_template\napp = Flask(__name__)\n@app.get("/")\ndef home():\n    return render_template("home.html")\n@app.get("/api/suggest")\ndef suggest():\n    return []\n' },
    'a front end in the repository': { good: { 'main.py': 'from fastapi import Depends, FastAPI\nfrom fastapi.security import HTTPBearer\napp = FastAPI()\n@app.get("/api/orders", dependencies=[Depends(HTTPBearer())])\ndef orders():\n    return []\n', 'frontend/package.json': '{"dependencies": {"react": "18"}}\n' } },
    'versions of the REST framework': { good: {
      'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nREST_FRAMEWORK = {"DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.AcceptHeaderVersioning"}\nINSTALLED_APPS = ["rest_framework"]\n',
      'shop/urls.py': 'from django.urls import path\nfrom shop import views\nurlpatterns = [path("api/a/", views.A.as_view())]\n', 'shop/views.py': 'from keys import HasAPIKey\nfrom rest_framework.views import APIView\nclass A(APIView):\n    permission_classes = [HasAPIKey]\n    def get(self, request):\n        return None\n',
    } },
  }),
});

function judge(project: Project): Judgement {
  const idle = idleModules(project);
  const routes = project.routes.filter(({ module, route }) => !idle.has(module.path) && hasOwnHandler(route) && /^\/api(\/|$)/.test(route.path));
  const forOthers = routes.filter(({ route }) => route.gates.some((each) => FOR_OTHERS.test(each)));
  const [first] = forOthers;
  if (!first || project.html || project.of('manifest').some((each) => each.ecosystem === 'node')) return { notApplicable: 'No API for other programs is served under /api.' };
  const versioned = routes.find(({ route }) => VERSION.test(route.path));
  if (versioned) return { holds: [{ path: versioned.module.path, ...versioned.route.handlerAt, text: versioned.route.path }] };
  if (routes.some(({ route }) => route.reads.some((each) => /version/i.test(each))) || project.settings('REST_FRAMEWORK').some((each) => JSON.stringify(each.value).includes('VERSION'))) return { notApplicable: 'The version is said in a header.' };
  return { open: [{ at: { path: first.module.path, ...first.route.handlerAt }, message: `The ${routes.length === 1 ? 'route' : `${routes.length} routes`} under /api ${routes.length === 1 ? 'has' : 'have'} no version, and ${forOthers.length} of them ${forOthers.length === 1 ? 'takes' : 'take'} keys or tokens of other programs.` }] };
}
