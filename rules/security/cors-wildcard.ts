import type { Context, CorsGrant, Edit, Project, Variation } from '../kit';
import { corsGrants, isTokenOnly, replace, rule } from '../kit';

export default rule<CorsGrant>({
  id: 'cors-wildcard',
  title: 'CORS allows only known origins',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'Every website may call the API from the visitor\'s browser and read the answer. That defeats network and IP restrictions in front of internal services.',
  how: 'Allow the front-end origins you own, from configuration.',
  links: ['https://developer.mozilla.org/en-US/docs/Web/HTTP/CORS'],
  anchors: ['semgrep wildcard-cors', 'semgrep cors-misconfiguration', 'CWE-942'],

  on: corsGrants(),
  // With credentials it is worse, and another rule's.
  check: ({ any, credentials }, { project }) => {
    if (!any || credentials || (any.how === 'echoed' && isTokenOnly(project)) || isPublicReading(project)) return false;
    if (any.how === 'fallback' || any.how === 'deployed') return { severity: 'medium', points: 8, because: any.how === 'fallback' ? 'a forgotten variable opens it to everybody' : 'what is deployed sets it so' } satisfies Variation;
    return isTokenOnly(project) ? { severity: 'low', points: 2, because: 'callers send a token themselves, which another site cannot borrow' } satisfies Variation : true;
  },
  message: ({ where, any }) => any?.variable ? `${where} allows every origin: ${any.variable} ${any.how === 'deployed' ? 'is' : 'falls back to'} *.` : `${where} allows every origin${any?.how === 'absent' ? ', since none is named' : ''}.`,
  underline: ({ at }) => at,
  holds: ({ any, where }, { project }) => any || opensElsewhere(project) ? undefined : `${where} names its origins`,
  nothing: 'No CORS origins are set here, as far as they can be read.',

  fix: { title: 'Drop the wildcard default', safety: 'review', edit: withoutDefault, remains: 'Set the variable to the addresses of your front end, separated by commas.' },

  examples: () => ({
    'Flask-CORS by itself': { bad: 'from flask import Flask\nfrom flask_cors import CORS\napp = Flask(__name__)\nCORS(app)\n' },
    'a fallback': {
      path: 'main.py', bad: 'import os\nfrom fastapi.middleware.cors import CORSMiddleware\ndef setup(app):\n    app.add_middleware(CORSMiddleware, allow_origins=os.getenv("CORS_ORIGINS", "*").split(","))\n',
      good: 'import os\nfrom fastapi.middleware.cors import CORSMiddleware\ndef setup(app):\n    app.add_middleware(CORSMiddleware, allow_origins=[o for o in os.getenv("CORS_ORIGINS", "").split(",") if o])\n',
    },
    'origins by name': { good: 'from flask import Flask\nfrom flask_cors import CORS\napp = Flask(__name__)\nCORS(app, origins=["https://app.example.com"])\n' },
    'a public resource': { good: 'from flask import Flask\nfrom flask_cors import CORS\napp = Flask(__name__)\nCORS(app, resources={r"/public/*": {"origins": "*"}})\n' },
    'a resource that is not public': { bad: 'from flask import Flask\nfrom flask_cors import CORS\napp = Flask(__name__)\nCORS(app, resources={r"/api/*": {"origins": "*"}})\n' },
    'a resource with its origins': { good: 'from flask import Flask\nfrom flask_cors import CORS\napp = Flask(__name__)\nCORS(app, resources={r"/api/*": {"origins": ["https://app.example.com"]}})\n' },
    'initialised in the factory': { bad: 'from flask import Flask\nfrom flask_cors import CORS\n\ncors = CORS()\n\ndef create_app():\n    app = Flask(__name__)\n    cors.init_app(app)\n    return app\n' },
    'initialised in the factory, with origins': { good: 'from flask import Flask\nfrom flask_cors import CORS\n\ncors = CORS()\n\ndef create_app():\n    app = Flask(__name__)\n    cors.init_app(app, origins=["https://app.example.com"])\n    return app\n' },
    'origins in Flask\'s configuration': { good: 'from flask import Flask\nfrom flask_cors import CORS\n\napp = Flask(__name__)\napp.config["CORS_ORIGINS"] = ["https://app.example.com"]\nCORS(app)\n' },
    'a list of middleware': { path: 'main.py', bad: 'from starlette.applications import Starlette\nfrom starlette.middleware import Middleware\nfrom starlette.middleware.cors import CORSMiddleware\n\napp = Starlette(middleware=[Middleware(CORSMiddleware, allow_origins=["*"])])\n' },
    'no origin is allowed by itself': { path: 'main.py', good: 'from fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\n\napp = FastAPI()\napp.add_middleware(CORSMiddleware, allow_methods=["*"], allow_headers=["*"])\n' },
    'what is deployed': { bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      - CORS_ORIGINS=*\n', 'main.py': 'import os\nfrom fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\n\napp = FastAPI()\napp.add_middleware(CORSMiddleware, allow_origins=os.environ["CORS_ORIGINS"].split(","))\n' } },
    'a copy of the application that nothing starts': {
      good: { Procfile: 'web: gunicorn app:app\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'app_old.py': 'from flask import Flask\nfrom flask_cors import CORS\napp = Flask(__name__)\nCORS(app)\n' },
    },
    'a second application that a platform starts': {
      bad: { Procfile: 'web: gunicorn app:app\n', 'vercel.json': '{"builds": [{"src": "api.py", "use": "@vercel/python"}]}\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'api.py': 'from flask import Flask\nfrom flask_cors import CORS\napp = Flask(__name__)\nCORS(app)\n' },
    },
    'an API of tokens': { path: 'main.py', bad: 'import jwt\nfrom fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\n\napp = FastAPI()\napp.add_middleware(CORSMiddleware, allow_origins=["*"])\n\ndef who(token, key):\n    return jwt.decode(token, key, algorithms=["HS256"])\n', severity: 'low' },
    'reading alone, by anybody': { path: 'main.py', good: 'from fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\n\napp = FastAPI()\napp.add_middleware(CORSMiddleware, allow_origins=["*"])\n\n@app.get("/rates")\ndef rates():\n    return {}\n' },
    'Django': { path: 'shop/settings.py', bad: 'INSTALLED_APPS = ["corsheaders"]\nCORS_ORIGIN_ALLOW_ALL = True\n' },
    'Django, by name': { path: 'shop/settings.py', good: 'INSTALLED_APPS = ["corsheaders"]\nCORS_ALLOW_ALL_ORIGINS = False\nCORS_ALLOWED_ORIGINS = ["https://app.example.com"]\n' },
    'Django, while developing': { path: 'shop/settings.py', good: 'DEBUG = False\nINSTALLED_APPS = ["corsheaders"]\nCORS_ALLOW_ALL_ORIGINS = DEBUG\n' },
    'a header in a hook': { bad: 'from flask import Flask\n\napp = Flask(__name__)\n\n@app.after_request\ndef cors(response):\n    response.headers.add("Access-Control-Allow-Origin", "*")\n    return response\n' },
    'a header of one answer': { good: 'from flask import Flask, make_response\n\napp = Flask(__name__)\n\n@app.post("/feed")\ndef feed():\n    response = make_response("")\n    response.headers["Access-Control-Allow-Origin"] = "*"\n    return response\n' },
    'nginx': { path: 'nginx.conf', bad: 'server {\n  location /api {\n    add_header Access-Control-Allow-Origin "*";\n  }\n}\n' },
    'fonts': { path: 'nginx.conf', good: 'server {\n  location ~* \\.(woff2?|ttf)$ {\n    add_header Access-Control-Allow-Origin "*";\n  }\n  location /static/ {\n    add_header Access-Control-Allow-Origin *;\n  }\n}\n' },
    'the asterisk is taken out': { path: 'main.py', good: 'import os\nfrom fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\n\napp = FastAPI()\norigins = os.getenv("CORS_ORIGINS", "*").split(",")\nif "*" in origins:\n    raise RuntimeError("CORS_ORIGINS must name its origins")\napp.add_middleware(CORSMiddleware, allow_origins=origins)\n' },
    'with credentials it is another rule\'s': { path: 'main.py', good: 'from fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\n\napp = FastAPI()\napp.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)\n' },
    'tests': { path: 'tests/test_app.py', good: 'from flask import Flask\nfrom flask_cors import CORS\napp = Flask(__name__)\nCORS(app)\n' },
  }),
});

/** Nothing but reading is served, to everybody alike. */
/** Another grant of the project lets everybody in, with credentials perhaps: then naming origins here is no strength of the whole. */
function opensElsewhere(project: Project): boolean {
  return project.once('cors is open somewhere', () => { const grants = corsGrants(); return project.modules.some((module) => [...grants.select(module, project)].some((each) => each.any !== undefined)); });
}

function isPublicReading(project: Project): boolean {
  return project.routes.length > 0 && project.cookieAuth === undefined && !isTokenOnly(project) && project.routes.every(({ route }) => route.methods.length > 0 && route.methods.every((each) => /^(GET|HEAD|OPTIONS)$/i.test(each)));
}

/** `os.getenv("CORS_ORIGINS", "*").split(",")` as a list that is empty when nothing is set. */
function withoutDefault({ any }: CorsGrant, { source }: Context): readonly Edit[] | undefined {
  if (any?.how !== 'fallback' || !any.variable) return undefined;
  const read = new RegExp(`(?<!\\bin\\s+)(os\\.getenv|os\\.environ\\.get|getenv|environ\\.get)\\((["'])${any.variable}\\2,\\s*(["'])\\*\\3\\)\\.split\\((["']),\\4\\)`).exec(source.text);
  if (!read) return undefined;
  return [replace({ start: read.index, end: read.index + read[0].length }, `[o for o in ${read[1] ?? 'os.getenv'}(${read[2] ?? '"'}${any.variable}${read[2] ?? '"'}, ${read[3] ?? '"'}${read[3] ?? '"'}).split(${read[4] ?? '"'},${read[4] ?? '"'}) if o]`)];
}
