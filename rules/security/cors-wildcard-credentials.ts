import type { Context, CorsGrant, Edit, Project, Variation } from '../kit';
import { corsGrants, importing, isTokenOnly, namedInExample, replace, rule, seenInProduction, withArgument } from '../kit';

export default rule<CorsGrant>({
  id: 'cors-wildcard-credentials',
  title: 'Credentialed CORS names its origins',
  severity: 'high', points: 20, confidence: 'confirmed', blocks: { when: 'cookie auth', holds: (project) => project.cookieAuth !== undefined }, effort: 'S', since: '1',
  why: 'Starlette and Flask-CORS answer such a setting with the caller\'s own origin, so any website can read the signed-in user\'s data. The asterisk hides that it works.',
  how: 'List the front-end origins in configuration, or drop credentials.',
  links: ['https://developer.mozilla.org/en-US/docs/Web/HTTP/CORS', 'https://fastapi.tiangolo.com/tutorial/cors/'],
  anchors: ['semgrep wildcard-cors', 'CWE-942', 'ASVS 3.4.2'],
  hides: ['cors-wildcard'],

  on: corsGrants(),
  check: (grant, { project }) => {
    if (!grant.any || !grant.credentials) return false;
    if (crossSiteCookie(project)) return { severity: 'critical', points: 40, because: 'the session cookie is sent to other sites as well (SameSite=None)' } satisfies Variation;
    return isTokenOnly(project) ? { severity: 'medium', points: 6, because: 'callers send a token themselves, which another site cannot borrow' } satisfies Variation : true;
  },
  message: ({ where, any }) => `${where} allows any origin together with credentials${any?.variable ? ` (${any.variable} ${any.how === 'deployed' ? 'is' : 'falls back to'} *)` : ''}.`,
  underline: ({ at }) => at,
  holds: ({ credentials, where }) => credentials ? `${where} names the origins that may send credentials` : undefined,
  nothing: 'No CORS origins are set here, as far as they can be read.',

  fix: { title: 'Read the origins from the environment', safety: 'review', edit: fromEnvironment, remains: 'Set CORS_ORIGINS to the addresses of your front end, separated by commas.' },

  examples: () => ({
    'FastAPI': {
      path: 'main.py', bad: 'from fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\napp = FastAPI()\napp.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)\n',
      good: 'import os\nfrom fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\napp = FastAPI()\napp.add_middleware(CORSMiddleware, allow_origins=[o for o in os.getenv("CORS_ORIGINS", "").split(",") if o], allow_credentials=True)\n',
    },
    'Flask-CORS': {
      bad: 'from flask import Flask\nfrom flask_cors import CORS\napp = Flask(__name__)\nCORS(app, supports_credentials=True)\n',
      good: 'import os\nfrom flask import Flask\nfrom flask_cors import CORS\napp = Flask(__name__)\nCORS(app, supports_credentials=True, origins=[o for o in os.getenv("CORS_ORIGINS", "").split(",") if o])\n',
    },
    'origins from the environment': { path: 'main.py', good: 'import os\nfrom fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\napp = FastAPI()\norigins = [o for o in os.environ["CORS_ORIGINS"].split(",") if o]\napp.add_middleware(CORSMiddleware, allow_origins=origins, allow_credentials=True)\n' },
    'an asterisk that is refused': { path: 'main.py', good: 'import os\nfrom fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\napp = FastAPI()\norigins = os.getenv("CORS_ORIGINS", "*").split(",")\napp.add_middleware(CORSMiddleware, allow_origins=origins, allow_credentials="*" not in origins)\n' },
    'a fallback': { path: 'main.py', bad: 'import os\nfrom fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\napp = FastAPI()\norigins = os.getenv("CORS_ORIGINS", "*").split(",")\napp.add_middleware(\n    CORSMiddleware,\n    allow_origins=origins,\n    allow_credentials=True,\n)\n' },
    'a fallback, piece by piece': { path: 'main.py', bad: 'import os\nfrom fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\napp = FastAPI()\norigins = [o.strip() for o in os.getenv("CORS_ORIGINS", "*").split(",")]\napp.add_middleware(CORSMiddleware, allow_origins=origins, allow_credentials=True)\n' },
    'a pattern that matches everything': { path: 'main.py', bad: 'from fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\napp = FastAPI()\napp.add_middleware(CORSMiddleware, allow_origin_regex=".*", allow_credentials=True)\n' },
    'a pattern of its own domain': { path: 'main.py', good: 'from fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\napp = FastAPI()\napp.add_middleware(CORSMiddleware, allow_origin_regex=r"https://.*\\.example\\.com", allow_credentials=True)\n' },
    'a settings class': { bad: { 'config.py': 'from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    CORS_ORIGINS: list[str] = ["*"]\n\nsettings = Settings()\n', 'main.py': 'from fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\nfrom config import settings\n\napp = FastAPI()\napp.add_middleware(CORSMiddleware, allow_origins=settings.CORS_ORIGINS, allow_credentials=True)\n' } },
    'a session cookie for other sites': { bad: 'from flask import Flask\nfrom flask_cors import CORS\napp = Flask(__name__)\napp.config["SESSION_COOKIE_SAMESITE"] = "None"\nCORS(app, origins="*", supports_credentials=True)\n', severity: 'critical' },
    'tokens alone': { path: 'main.py', bad: 'import jwt\nfrom fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\napp = FastAPI()\napp.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)\n\ndef who(token, key):\n    return jwt.decode(token, key, algorithms=["HS256"])\n', severity: 'medium' },
    'Django': {
      path: 'shop/settings.py', bad: 'INSTALLED_APPS = ["corsheaders"]\nCORS_ALLOW_ALL_ORIGINS = True\nCORS_ALLOW_CREDENTIALS = True\n',
      good: 'import os\nINSTALLED_APPS = ["corsheaders"]\nCORS_ALLOWED_ORIGINS = [o for o in os.getenv("CORS_ORIGINS", "").split(",") if o]\nCORS_ALLOW_CREDENTIALS = True\n',
    },
    'the caller\'s origin sent back': { bad: 'from flask import Flask, request\n\napp = Flask(__name__)\n\n@app.after_request\ndef cors(response):\n    response.headers["Access-Control-Allow-Origin"] = request.headers.get("Origin")\n    response.headers["Access-Control-Allow-Credentials"] = "true"\n    return response\n' },
    'the caller\'s origin, looked up first': { good: 'from flask import Flask, request\n\napp = Flask(__name__)\nALLOWED = {"https://app.example.com"}\n\n@app.after_request\ndef cors(response):\n    origin = request.headers.get("Origin")\n    if origin in ALLOWED:\n        response.headers["Access-Control-Allow-Origin"] = origin\n        response.headers["Access-Control-Allow-Credentials"] = "true"\n    return response\n' },
    'nginx': { path: 'nginx.conf', bad: 'server {\n  location /api {\n    add_header Access-Control-Allow-Origin $http_origin always;\n    add_header Access-Control-Allow-Credentials true always;\n  }\n}\n' },
    'without credentials': { good: 'from flask import Flask\nfrom flask_cors import CORS\napp = Flask(__name__)\nCORS(app)\n' },
    'only while developing': { good: 'import os\nfrom fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\napp = FastAPI()\nif os.getenv("APP_ENV") == "development":\n    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)\n' },
    'comments': { good: 'from fastapi import FastAPI\napp = FastAPI()\n# app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)\n' },
    'tests': { path: 'tests/test_app.py', good: 'from fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\napp = FastAPI()\napp.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)\n' },
  }),
});

function crossSiteCookie(project: Project): boolean {
  return project.settings('SESSION_COOKIE_SAMESITE').some((each) => seenInProduction(each, project) && each.value.kind === 'text' && each.value.value.toLowerCase() === 'none');
}

const ORIGINS = '[o for o in os.getenv("CORS_ORIGINS", "").split(",") if o]';

function fromEnvironment({ call, keyword, setting, any }: CorsGrant, { unit, source, project }: Context): readonly Edit[] | undefined {
  if (unit.kind !== 'module' || !any || !['written', 'absent'].includes(any.how)) return undefined;
  const rest = [...importing(unit, source, 'os'), ...namedInExample(project, 'CORS_ORIGINS')];
  if (setting) return setting.assignment.target.includes('.') || !/ALLOW_ALL/.test(setting.name) || unit.assignments.some((each) => each.target === 'CORS_ALLOWED_ORIGINS') ? undefined : [replace(setting.assignment.at, `CORS_ALLOWED_ORIGINS = ${ORIGINS}`), ...rest];
  if (!call) return undefined;
  const own = keyword && /^[[("']/.test(source.slice(keyword.value.at)) && !keyword.name.endsWith('regex');
  const edits = own ? [replace(keyword.value.at, ORIGINS)] : !keyword && any.how === 'absent' && !call.keywords.some((each) => each.name === 'resources') ? withArgument(call, `origins=${ORIGINS}`, source) : undefined;
  return edits && [...edits, ...rest];
}
