import type { Evidence, Judgement, Module, Project, Route } from '../kit';
import { documents, fileName, gapPlace, projectRule } from '../kit';

/** Fewer are read in the code. */
const MANY = 5;

export default projectRule({
  id: 'api-docs-missing',
  title: 'The API is documented',
  severity: 'low', points: 1, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: `Every client developer asks the same questions or guesses. Undocumented fields become contracts by accident.`,
  how: `Generate OpenAPI from the code, and publish it where clients are allowed to see it.`,
  links: ['https://www.openapis.org/', 'https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html'],
  attestable: 'docs-accuracy',

  reads: ['fastapi.FastAPI'],
  applies: (project) => forOthers(project) ? (apiRoutes(project).length >= MANY || 'There are fewer than five routes of an API.') : 'No API here is for other programs.',
  project: judge,

  examples: () => ({
    'keys, and no word about them': { path: 'app.py', bad: 'from flask import Blueprint, Flask, request\napp = Flask(__name__)\nbp = Blueprint("api", __name__, url_prefix="/api")\n@bp.get("/a")\ndef a():\n    return {"k": request.headers["X-API-Key"]}\n@bp.get("/b")\ndef b():\n    return {}\n@bp.get("/c")\ndef c():\n    return {}\n@bp.get("/d")\ndef d():\n    return {}\n@bp.post("/e")\ndef e():\n    return {}\napp.register_blueprint(bp)\n' },
    'its own documentation switched off': { path: 'main.py', bad: 'from fastapi import Depends, FastAPI\nfrom fastapi.security import APIKeyHeader\napp = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, dependencies=[Depends(APIKeyHeader(name="X-API-Key"))])\n@app.get("/orders")\ndef orders():\n    return []\n@app.post("/orders")\ndef create():\n    return {}\n@app.get("/items")\ndef items():\n    return []\n@app.get("/stock")\ndef stock():\n    return {}\n@app.delete("/orders/{i}")\ndef delete(i: int):\n    return {}\n' },
    'what FastAPI writes': { path: 'main.py', good: `from fastapi import FastAPI\napp = FastAPI(title="Shop API")\n${'abcde'.split('').map((name) => `@app.get("/${name}")\ndef ${name}():\n    return []\n`).join('')}` },
    'switched off in production only': { path: 'main.py', good: `import os\nfrom fastapi import FastAPI\napp = FastAPI(openapi_url=None if os.getenv("ENV") == "production" else "/openapi.json")\n${'abcde'.split('').map((name) => `@app.get("/${name}")\ndef ${name}():\n    return []\n`).join('')}` },
    'a table of routes': { good: { 'docs/api.md': '# API\n| method | path | meaning |\n| --- | --- | --- |\n| GET | /api/orders | list orders |\n', 'app.py': flask() } },
    'a file of OpenAPI': { good: { 'openapi.yaml': 'openapi: 3.1.0\n', 'app.py': flask() } },
    'a generator': { good: { 'requirements.txt': 'flask==3.1.0\nflasgger==0.9.7\n', 'app.py': flask() } },
    'a collection for a client': { good: { 'docs/shop.postman_collection.json': '{}\n', 'app.py': flask() } },
    'calls of its own pages': { good: { 'app.py': `from flask import Flask, render_template, session\n${flask().replace('from flask import Flask\n', '')}@app.get("/")\ndef home():\n    session["user"] = 1\n    return render_template("home.html")\n`, 'templates/home.html': '<p>hello</p>\n' } },
    'few routes': { path: 'app.py', good: 'from flask import Flask\napp = Flask(__name__)\n@app.get("/api/a")\ndef a():\n    return {}\n' },
  }),
});

function flask(): string {
  return `from flask import Flask\napp = Flask(__name__)\n${'abcde'.split('').map((name) => `@app.get("/api/${name}")\ndef ${name}():\n    return {}\n`).join('')}`;
}

function judge(project: Project): Judgement {
  const found = described(project);
  if (found) return { holds: [found] };
  return { open: [{ at: gapPlace(project), message: `${apiRoutes(project).length} routes of the API are documented nowhere.` }] };
}

/** Routes that answer programs: those below `/api` or a version and, where nothing else is served, all of them. */
function apiRoutes(project: Project): readonly { readonly module: Module; readonly route: Route }[] {
  return project.once('apiRoutes', () => {
    const below = project.routes.filter(({ route }) => /(^|\/)(api|v\d+|rest)(\/|$)/i.test(route.path));
    return below.length > 0 || project.html ? below : project.routes.filter(({ route }) => !/^\/?$|(^|\/)(static|health\w*|favicon\.ico|robots\.txt|docs|openapi\.json)(\/|$)/.test(route.path));
  });
}

const TOKENS = ['pyjwt', 'flask-jwt-extended', 'python-jose', 'djangorestframework-simplejwt', 'authlib', 'fastapi-users', 'django-rest-knox', 'flask-httpauth', 'djangorestframework-api-key'] as const;

/** Identity travels in tokens or keys, or another program shows the pages. */
function forOthers(project: Project): boolean {
  if (!project.cookieAuth && !project.html) return project.routes.length > 0;
  const front = project.of('manifest').some((unit) => unit.format === 'package.json' && unit.packages.some((each) => /^(react|vue|svelte|@angular\/core|next|nuxt|expo|react-native|solid-js)$/.test(each.name)));
  return !project.cookieAuth && (front || TOKENS.some((name) => project.declares(name) !== undefined)) || (project.frameworks.has('fastapi') && !project.html);
}

const GENERATORS = ['flasgger', 'apispec', 'flask-smorest', 'flask-restx', 'flask-openapi3', 'apiflask', 'drf-spectacular', 'drf-yasg', 'django-ninja', 'flask-apispec', 'spectree', 'connexion', 'flask-rebar', 'swagger-jsdoc', 'swagger-ui-express', '@nestjs/swagger', '@fastify/swagger', 'graphene', 'graphene-django', 'strawberry-graphql', 'ariadne', 'litestar'] as const;
const FILES = /(^|\/)(openapi|swagger|api[-_]?spec|asyncapi)[^/]*\.(ya?ml|json)$|\.(postman_collection\.json|bru|graphqls?|http|raml)$|(^|\/)(bruno|insomnia|postman)[^/]*(\/|\.json$|\.ya?ml$)/i;

function described(project: Project): Evidence | undefined {
  const declared = GENERATORS.map((name) => project.declares(name)).find((each) => each !== undefined);
  if (declared) return declared;
  const path = project.paths.find((each) => FILES.test(each) && !/(^|\/)(node_modules|tests?|fixtures)\//.test(each));
  if (path !== undefined) return { path, start: 0, end: 0, text: fileName(path) };
  const app = project.calls('fastapi.FastAPI').find(({ module, call }) => !call.keywords.some((each) => each.name === 'openapi_url' && project.resolve(each.value, module).kind === 'none'));
  if (app && project.frameworks.has('fastapi')) return { path: app.module.path, ...app.call.at, text: 'OpenAPI of FastAPI' };
  return written(project);
}

/** A guide by its name, or a table or list of routes. */
function written(project: Project): Evidence | undefined {
  const paths = new Set(apiRoutes(project).map(({ route }) => route.path.replace(/[<{].*$/, '').replace(/\/$/, '')).filter((each) => each.length > 3));
  for (const document of documents(project)) {
    const named = /(^|[-_])(api|rest|endpoints?)([-_]|$)/.test(document.name) || /(^|\/)(docs?\/)(api|reference)\//i.test(document.path);
    const rows = [...document.text.matchAll(/\b(?:GET|POST|PUT|PATCH|DELETE)\b[`*| :]*(?:https?:\/\/[^/\s]+)?(\/[\w/-]+)/g)].filter((one) => [...paths].some((path) => (one[1] ?? '').startsWith(path)));
    if ((named && document.text.length > 80) || rows.length >= 3) return { path: document.path, start: 0, end: 0, text: 'routes are listed' };
  }
  return undefined;
}
