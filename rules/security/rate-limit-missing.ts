import type { Construction, Edit, Gap, Judgement, Module, Project, Source } from '../kit';
import {
  HOOK_CALLS, PUBLIC_WRITE_CALLS, THROTTLE_CALLS, applicationName, constructionAt, flaskLimiter, gapPlace, importing, limits, projectRule, publicWrites, requiring, statementsAfter, webFrameworks, wiring,
} from '../kit';

/** Limiters that are often declared and never given the application. */
const LIBRARIES = ['flask-limiter', 'slowapi', 'fastapi-limiter', 'django-ratelimit', 'django-axes'] as const;

export default projectRule({
  id: 'rate-limit-missing',
  title: 'Requests are rate limited',
  severity: 'medium', points: 8, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: `Passwords can be guessed, forms flooded and paid APIs drained as fast as the network allows. Limits also keep one client from starving the rest.`,
  how: `Limit by client, in the proxy or in the application, with tighter limits on what takes credentials. Count in a store that all workers share.`,
  links: ['https://flask-limiter.readthedocs.io/en/stable/', 'https://nginx.org/en/docs/http/ngx_http_limit_req_module.html', 'https://owasp.org/API-Security/editions/2023/en/0xa4-unrestricted-resource-consumption/'],
  anchors: ['semgrep missing-throttle-config', 'njsscan rate_limit_control', 'CWE-770', 'CWE-307'],
  ladder: { name: 'rate-limit', rung: 1 },
  hides: ['sensitive-route-unlimited'],
  attestable: 'edge-rate-limiting',

  applies(project) {
    if (webFrameworks(project).size === 0 || !project.deployable) return 'No web application is deployed from here.';
    return publicWrites(project).length > 0 ? true : 'It serves no login, form or other write that is open to everybody.';
  },
  reads: [...THROTTLE_CALLS, ...PUBLIC_WRITE_CALLS, ...HOOK_CALLS],
  project: judge,

  fix: [
    { title: 'Give the limiter the application', safety: 'review', edit: (gap, { source, project }) => initialise(gap, source, project) },
    {
      title: 'Add Flask-Limiter', safety: 'review', edit: (gap, { source, project, unit }) => unit.kind === 'module' ? flask(gap, source, project, unit) : undefined,
      remains: 'Set RATELIMIT_STORAGE_URI to a store that all workers share, such as redis://…; behind a proxy, trust its headers (ProxyFix), or all visitors are one.',
    },
    {
      title: 'Add slowapi', safety: 'review', edit: (gap, { source, project, unit }) => unit.kind === 'module' ? fastapi(gap, source, project, unit) : undefined,
      remains: 'Set RATELIMIT_STORAGE_URI to a store that all workers share, such as redis://…; behind a proxy, start uvicorn with --proxy-headers, or all visitors are one.',
    },
  ],

  examples: () => ({
    'a login anybody can try for ever': {
      bad: `from flask import Flask, request, session
app = Flask(__name__)
@app.post("/login")
def login():
    session["uid"] = request.form["user"]
    return "ok"
`,
      good: `import os
from flask import Flask, request, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
app = Flask(__name__)
limiter = Limiter(
    get_remote_address,
    app=app,
    default_limits=["200 per hour"],
    storage_uri=os.environ["RATELIMIT_STORAGE_URI"],
)
@app.post("/login")
def login():
    session["uid"] = request.form["user"]
    return "ok"
`,
      fix: 'Add Flask-Limiter',
    },
    'declared and never wired': {
      bad: {
        'app.py': `from flask import Flask, request
app = Flask(__name__)
@app.post("/contact")
def contact():
    return "ok"
`,
        'requirements.txt': 'flask==3.0.3\nflask-limiter==3.7.0\n',
      },
    },
    'FastAPI, with the requirement': {
      bad: {
        'main.py': `from fastapi import FastAPI

app = FastAPI()


@app.post("/token")
def token():
    return {}
`,
        'requirements.txt': 'fastapi==0.115.0\n',
      },
      good: {
        'main.py': `import os
from fastapi import FastAPI
from slowapi import Limiter
from slowapi import _rate_limit_exceeded_handler
from slowapi.errors import RateLimitExceeded
from slowapi.middleware import SlowAPIMiddleware
from slowapi.util import get_remote_address

app = FastAPI()
limiter = Limiter(
    key_func=get_remote_address,
    default_limits=["200/hour"],
    storage_uri=os.environ["RATELIMIT_STORAGE_URI"],
)
app.state.limiter = limiter
app.add_exception_handler(RateLimitExceeded, _rate_limit_exceeded_handler)
app.add_middleware(SlowAPIMiddleware)


@app.post("/token")
def token():
    return {}
`,
        'requirements.txt': 'fastapi==0.115.0\nslowapi>=0.1.9\n',
      },
    },
    'made and never given the application': {
      bad: `from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, default_limits=["100 per hour"])
app = Flask(__name__)


@app.post("/login")
@limiter.limit("5 per minute")
def login():
    return "ok"
`,
      good: `from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, default_limits=["100 per hour"])
app = Flask(__name__)
limiter.init_app(app)


@app.post("/login")
@limiter.limit("5 per minute")
def login():
    return "ok"
`,
      fix: 'Give the limiter the application',
    },
    'wired, without a single limit': {
      bad: `from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

app = Flask(__name__)
limiter = Limiter(get_remote_address, app=app)


@app.post("/login")
def login():
    return "ok"
`,
    },
    'an error page for 429 is no limiter': {
      bad: `from flask import Flask, jsonify
app = Flask(__name__)


@app.errorhandler(429)
def too_many(error):
    return jsonify(error="slow down"), 429


@app.post("/login")
def login():
    return "ok"
`,
    },
    '429 that others answer': {
      bad: `import time
import requests
from flask import Flask
app = Flask(__name__)


def fetch(url):
    answer = requests.get(url, timeout=5)
    if answer.status_code == 429:
        time.sleep(1)
    return answer


@app.post("/register")
def register():
    return fetch("https://example.org").text
`,
    },
    'Django with nothing in front of its login': {
      bad: {
        'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["django.contrib.auth"]\nMIDDLEWARE = ["django.middleware.common.CommonMiddleware"]\n',
        'shop/urls.py': `from django.contrib.auth.views import LoginView
from django.urls import path

urlpatterns = [path("accounts/login/", LoginView.as_view(), name="login")]
`,
        'shop/wsgi.py': 'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n',
      },
    },
    'Django with axes': {
      good: {
        'shop/settings.py': `ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["django.contrib.auth", "axes"]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "axes.middleware.AxesMiddleware"]
`,
        'shop/urls.py': 'from django.contrib.auth.views import LoginView\nfrom django.urls import path\n\nurlpatterns = [path("login/", LoginView.as_view())]\n',
        'shop/wsgi.py': 'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n',
      },
    },
    'Django REST framework throttles': {
      good: {
        'shop/settings.py': `ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["rest_framework"]
REST_FRAMEWORK = {"DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.AnonRateThrottle"], "DEFAULT_THROTTLE_RATES": {"anon": "100/day"}}
`,
        'shop/urls.py': 'from django.urls import path\nfrom rest_framework.authtoken.views import obtain_auth_token\n\nurlpatterns = [path("token/", obtain_auth_token)]\n',
        'shop/wsgi.py': 'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n',
      },
    },
    'a Django view with a limit': {
      good: {
        'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["django.contrib.auth"]\n',
        'shop/urls.py': 'from django.urls import path\nfrom shop.views import login\n\nurlpatterns = [path("login/", login)]\n',
        'shop/views.py': 'from django_ratelimit.decorators import ratelimit\n\n\n@ratelimit(key="ip", rate="5/m")\ndef login(request):\n    return None\n',
        'shop/wsgi.py': 'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n',
      },
    },
    'Flask-Limiter with the application': {
      good: `from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
app = Flask(__name__)
limiter = Limiter(get_remote_address, app=app, default_limits=["200 per hour"], storage_uri="redis://cache:6379")
@app.post("/contact")
def contact():
    return "ok"
`,
    },
    'extensions in a module of their own': {
      good: {
        'shop/__init__.py': `from flask import Flask
from .extensions import limiter
from .views import bp


def create_app():
    app = Flask(__name__)
    limiter.init_app(app)
    app.register_blueprint(bp)
    return app
`,
        'shop/extensions.py': 'from flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\n\nlimiter = Limiter(key_func=get_remote_address)\n',
        'shop/views.py': `from flask import Blueprint
from .extensions import limiter

bp = Blueprint("views", __name__)


@bp.route("/login", methods=["GET", "POST"])
@limiter.limit("5/minute")
def login():
    return "ok"
`,
      },
    },
    'all extensions in one loop': {
      good: {
        'shop/__init__.py': `from flask import Flask
from .extensions import db, limiter


def create_app():
    app = Flask(__name__)
    for extension in (db, limiter):
        extension.init_app(app)

    @app.post("/login")
    def login():
        return "ok"

    return app
`,
        'shop/extensions.py': 'from flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\nfrom flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\nlimiter = Limiter(get_remote_address, default_limits=["50 per minute"])\n',
      },
    },
    'slowapi on the routes': {
      good: { 'main.py': `from fastapi import FastAPI, Request
from slowapi import Limiter
from slowapi.util import get_remote_address

limiter = Limiter(key_func=get_remote_address)
app = FastAPI()
app.state.limiter = limiter


@app.post("/login")
@limiter.limit("5/minute")
def login(request: Request):
    return {}
` },
    },
    'a dependency of the router': {
      good: { 'main.py': `from fastapi import APIRouter, Depends, FastAPI
from fastapi_limiter.depends import RateLimiter

router = APIRouter(dependencies=[Depends(RateLimiter(times=10, seconds=60))])


@router.post("/login")
def login():
    return {}


app = FastAPI()
app.include_router(router)
` },
    },
    'a counter of its own in Redis': {
      good: `from flask import Flask, abort, request
app = Flask(__name__)
def limited(redis, key, limit=10):
    n = redis.incr(key)
    if n == 1:
        redis.expire(key, 60)
    return n > limit
@app.post("/contact")
def contact():
    if limited(app.redis, "c:" + request.remote_addr):
        abort(429)
    return "ok"
`,
    },
    'a decorator of its own over a cache': {
      good: {
        'app.py': `from flask import Flask
from limits import ratelimit

app = Flask(__name__)


@app.route("/login", methods=["GET", "POST"])
@ratelimit(limit=10, interval=60)
def login():
    return "ok"
`,
        'limits.py': `import functools
from flask import jsonify, request
from flask_caching import Cache

cache = Cache()


def ratelimit(limit, interval):
    def decorator(f):
        @functools.wraps(f)
        def wrapper(*args, **kwargs):
            key = "rl:%s" % request.remote_addr
            current = cache.get(key) or 0
            if current >= limit:
                response = jsonify({"code": 429})
                response.status_code = 429
                return response
            cache.set(key, current + 1, timeout=interval)
            return f(*args, **kwargs)
        return wrapper
    return decorator
`,
      },
    },
    'a middleware with a window in memory': {
      good: { 'main.py': `import time
from fastapi import FastAPI
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import JSONResponse


class Window(BaseHTTPMiddleware):
    hits = {}

    async def dispatch(self, request, call_next):
        now = time.monotonic()
        seen = [at for at in self.hits.get(request.client.host, []) if now - at < 60]
        if len(seen) >= 100:
            return JSONResponse({"detail": "slow down"}, status_code=429)
        self.hits[request.client.host] = [*seen, now]
        return await call_next(request)


app = FastAPI()
app.add_middleware(Window)


@app.post("/login")
def login():
    return {}
` },
    },
    'the proxy limits': {
      good: {
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n\n\n@app.post("/login")\ndef login():\n    return "ok"\n',
        'nginx.conf': `limit_req_zone $binary_remote_addr zone=api:10m rate=10r/s;
server {
  location / { limit_req zone=api burst=20; proxy_pass http://app:8000; }
}
`,
      },
    },
    'a zone that no location uses': {
      bad: {
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n\n\n@app.post("/login")\ndef login():\n    return "ok"\n',
        'nginx.conf': 'limit_req_zone $binary_remote_addr zone=api:10m rate=10r/s;\nserver {\n  location / { proxy_pass http://app:8000; }\n}\n',
      },
    },
    'mounted in production': {
      good: `import os
from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
app = Flask(__name__)
if os.environ.get("APP_ENV") == "production":
    Limiter(get_remote_address, app=app, default_limits=["200 per hour"])


@app.post("/login")
def login():
    return "ok"
`,
    },
    'nothing to try': { good: 'from flask import Flask\napp = Flask(__name__)\n\n\n@app.get("/")\ndef home():\n    return "ok"\n' },
  }),
});

function judge(project: Project): Judgement {
  const found = limits(project);
  if (found.length > 0) return { holds: found.slice(0, 3) };
  const writes = publicWrites(project);
  const limiter = flaskLimiter(project);
  return { open: [{
    at: gapPlace(project, 'MIDDLEWARE'), message: message(project, writes.map((each) => each.text)),
    related: [...limiter.evidence, ...LIBRARIES.flatMap((name) => project.declares(name) ?? []), ...writes.slice(0, 3)],
  }] };
}

function message(project: Project, writes: readonly string[]): string {
  const app = applicationName(project);
  const [first = 'writes', ...others] = [...new Set(writes)];
  const which = others.length > 0 ? `${first} and ${others.length} more` : first;
  switch (flaskLimiter(project).problem) {
    case 'idle': return `${app} takes ${which}, and its limiter is never given the application.`;
    case 'no limits': return `${app} takes ${which}, and its limiter has no limit to apply.`;
    case 'switched off': return `${app} takes ${which}, and RATELIMIT_ENABLED switches the limiter off.`;
    default: {
      const declared = LIBRARIES.find((name) => project.declares(name));
      return `${app} takes ${which} without any rate limit${declared ? `; ${declared} is declared but never used` : ''}.`;
    }
  }
}

function place(gap: Gap, source: Source, project: Project, framework: string): Construction | undefined {
  return project.applications.some((each) => each.framework === framework && each.path === gap.at.path && each.start === gap.at.start) && !flaskLimiter(project).problem ? constructionAt(gap.at, source) : undefined;
}

/** A limiter made above the application, in the same file, is initialised below it. */
function initialise(gap: Gap, source: Source, project: Project): readonly Edit[] | undefined {
  const limiter = wiring(project, 'flask_limiter.Limiter').idle.find((each) => each.path === source.path && each.end < gap.at.start && each.call.scope === '');
  const at = constructionAt(gap.at, source);
  return limiter?.call.boundTo && at ? [statementsAfter(at, [`${limiter.call.boundTo}.init_app(${at.name})`])] : undefined;
}

function flask(gap: Gap, source: Source, project: Project, module: Module): readonly Edit[] | undefined {
  const at = place(gap, source, project, 'flask');
  if (!at) return undefined;
  const lines = ['limiter = Limiter(', '    get_remote_address,', `    app=${at.name},`, '    default_limits=["200 per hour"],', '    storage_uri=os.environ["RATELIMIT_STORAGE_URI"],', ')'];
  return [
    ...importing(module, source, 'os'), ...importing(module, source, 'Limiter', 'flask_limiter'), ...importing(module, source, 'get_remote_address', 'flask_limiter.util'),
    statementsAfter(at, lines), ...requiring(project, 'flask-limiter', 'Flask-Limiter>=3.5'),
  ];
}

function fastapi(gap: Gap, source: Source, project: Project, module: Module): readonly Edit[] | undefined {
  const at = place(gap, source, project, 'fastapi');
  if (!at) return undefined;
  const lines = [
    'limiter = Limiter(', '    key_func=get_remote_address,', '    default_limits=["200/hour"],', '    storage_uri=os.environ["RATELIMIT_STORAGE_URI"],', ')',
    `${at.name}.state.limiter = limiter`, `${at.name}.add_exception_handler(RateLimitExceeded, _rate_limit_exceeded_handler)`, `${at.name}.add_middleware(SlowAPIMiddleware)`,
  ];
  return [
    ...importing(module, source, 'os'), ...importing(module, source, 'Limiter', 'slowapi'), ...importing(module, source, '_rate_limit_exceeded_handler', 'slowapi'),
    ...importing(module, source, 'RateLimitExceeded', 'slowapi.errors'), ...importing(module, source, 'SlowAPIMiddleware', 'slowapi.middleware'), ...importing(module, source, 'get_remote_address', 'slowapi.util'),
    statementsAfter(at, lines), ...requiring(project, 'slowapi', 'slowapi>=0.1.9'),
  ];
}
