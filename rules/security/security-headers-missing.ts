import type { Edit, Evidence, Gap, Judgement, Project, SentHeader, Source } from '../kit';
import { HEADER_CALLS, HOOK_CALLS, applicationName, constructionAt, definitionAfter, gapPlace, insert, projectRule, sentHeaders, unknownHeader, webFrameworks } from '../kit';

/** The headers asked for, with the value the fix gives them, and what counts as each. */
const WANTED = [
  { header: 'X-Content-Type-Options', value: 'nosniff', is: (sent: SentHeader) => sent.header === 'x-content-type-options' },
  { header: 'X-Frame-Options', value: 'SAMEORIGIN', is: (sent: SentHeader) => sent.header === 'x-frame-options' || (sent.header === 'content-security-policy' && (sent.value === undefined || /frame-ancestors/i.test(sent.value))) },
  { header: 'Referrer-Policy', value: 'strict-origin-when-cross-origin', is: (sent: SentHeader) => sent.header === 'referrer-policy' },
] as const;
type Wanted = (typeof WANTED)[number];

const LIBRARIES = ['flask-talisman', 'secure', 'secweb'] as const;

export default projectRule({
  id: 'security-headers-missing',
  title: 'Responses carry the basic security headers',
  severity: 'medium', confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: `Without them browsers guess content types, let other sites frame the pages and leak full URLs to wherever a link leads. They cost one line each.`,
  how: `Set them once for every response, in the application or in the proxy, and look at the live host afterwards: a proxy may drop or double them.`,
  links: [
    'https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html', 'https://flask.palletsprojects.com/en/stable/web-security/',
    'https://docs.djangoproject.com/en/stable/ref/middleware/#module-django.middleware.security',
  ],
  anchors: ['django security.W002', 'django security.W006', 'django security.W019', 'django security.W022', 'njsscan helmet_header', 'CWE-693', 'CWE-1021'],
  ladder: { name: 'headers', rung: 1 },
  attestable: 'edge-headers-verified',

  applies: (project) => webFrameworks(project).size > 0 && project.deployable ? true : 'No web application is deployed from here.',
  reads: [...HEADER_CALLS, ...HOOK_CALLS],
  project: judge,

  fix: [
    { title: 'Add the missing headers', safety: 'review', edit: (gap, { source, project }) => hook(gap, source, project), remains: 'Look at the live responses: a proxy may set some of them already.' },
    { title: 'Add the middleware that sends them', safety: 'review', edit: (_gap, { source, project }) => djangoMiddleware(source, project) },
  ],

  examples: () => ({
    'Flask sends what it is told to': {
      bad: `from flask import Flask, render_template
app = Flask(__name__)
@app.get("/")
def home():
    return render_template("home.html")
`,
      good: `from flask import Flask, render_template
app = Flask(__name__)


@app.after_request
def security_headers(response):
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    return response


@app.get("/")
def home():
    return render_template("home.html")
`,
    },
    'a factory': {
      bad: { 'shop/__init__.py': `from flask import Flask, render_template


def create_app():
    app = Flask(__name__)
    app.config.from_prefixed_env()

    @app.get("/")
    def home():
        return render_template("home.html")

    return app
` },
      good: { 'shop/__init__.py': `from flask import Flask, render_template


def create_app():
    app = Flask(__name__)

    @app.after_request
    def security_headers(response):
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        return response

    app.config.from_prefixed_env()

    @app.get("/")
    def home():
        return render_template("home.html")

    return app
` },
    },
    'an API in JSON has less to lose': {
      severity: 'low',
      bad: { 'main.py': `from fastapi import FastAPI

app = FastAPI(
    title="orders",
)
` },
      good: { 'main.py': `from fastapi import FastAPI

app = FastAPI(
    title="orders",
)


@app.middleware("http")
async def security_headers(request, call_next):
    response = await call_next(request)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    return response
` },
    },
    'an application class of its own': {
      severity: 'low',
      bad: 'from flask import Flask\n\n\nclass Shop(Flask):\n    pass\n\n\ndef create_app():\n    app = Shop(__name__)\n    return app\n',
    },
    'one page alone is protected': {
      bad: `from flask import Flask, make_response, render_template
app = Flask(__name__)


@app.get("/pay")
def pay():
    response = make_response(render_template("pay.html"))
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
`,
    },
    'Talisman in the manifest protects nothing': {
      bad: {
        'app.py': `from flask import Flask, render_template

# from flask_talisman import Talisman; Talisman(app)
app = Flask(__name__)


@app.get("/")
def home():
    return render_template("home.html")
`,
        'requirements.txt': 'flask==3.0.3\nflask-talisman==1.1.0\n',
      },
    },
    'sent while developing only': {
      bad: `from flask import Flask, render_template
app = Flask(__name__)

if app.debug:
    @app.after_request
    def headers(response):
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        return response
`,
      severity: 'low',
    },
    'Django without its security middleware': {
      severity: 'low',
      bad: {
        'shop/settings.py': `ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["django.contrib.staticfiles"]
MIDDLEWARE = [
    "django.middleware.common.CommonMiddleware",
]
`,
        'shop/wsgi.py': 'import os\nfrom django.core.wsgi import get_wsgi_application\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\napplication = get_wsgi_application()\n',
      },
      good: {
        'shop/settings.py': `ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["django.contrib.staticfiles"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
`,
        'shop/wsgi.py': 'import os\nfrom django.core.wsgi import get_wsgi_application\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\napplication = get_wsgi_application()\n',
      },
      fix: 'Add the middleware that sends them',
    },
    'Django as startproject makes it': {
      good: {
        'shop/settings.py': `ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["django.contrib.auth"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
`,
        'manage.py': 'import os\nimport django\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
      },
    },
    'a hook written by hand': {
      good: `from flask import Flask
app = Flask(__name__)
@app.after_request
def headers(resp):
    resp.headers["X-Content-Type-Options"] = "nosniff"
    resp.headers["X-Frame-Options"] = "SAMEORIGIN"
    resp.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return resp
`,
    },
    'a table of headers, in a module of its own': {
      good: {
        'app/__init__.py': `from flask import Flask

from .headers import add_headers


def create_app():
    app = Flask(__name__)
    app.after_request(add_headers)
    return app
`,
        'app/headers.py': `HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
}


def add_headers(response):
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response
`,
      },
    },
    'headers from a table nobody can read here': {
      good: `import yaml
from flask import Flask
app = Flask(__name__)
HEADERS = yaml.safe_load(open("headers.yml"))


@app.after_request
def headers(response):
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response
`,
    },
    'headers of requests to others are none of ours': {
      bad: { 'main.py': `import requests
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

app = FastAPI()


def fetch(url, extra):
    session = requests.Session()
    for name, value in extra.items():
        session.headers[name] = value
    return session.get(url, timeout=5)


@app.get("/")
def home():
    return HTMLResponse("<p>hello</p>")
` },
      severity: 'low',
    },
    'a middleware class over raw ASGI': {
      good: {
        'main.py': 'from fastapi import FastAPI\nfrom headers import SecurityHeaders\n\napp = FastAPI()\napp.add_middleware(SecurityHeaders)\n',
        'headers.py': `class SecurityHeaders:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        async def send_with_headers(message):
            if message["type"] == "http.response.start":
                message["headers"].append((b"x-content-type-options", b"nosniff"))
                message["headers"].append((b"x-frame-options", b"DENY"))
            await send(message)

        await self.app(scope, receive, send_with_headers)
`,
      },
    },
    'a library that is given the application': {
      good: `from flask import Flask
from flask_talisman import Talisman
app = Flask(__name__)
Talisman(app, content_security_policy=None)
`,
    },
    'the library secure': {
      good: { 'main.py': `import secure
from fastapi import FastAPI

app = FastAPI()
secure_headers = secure.Secure()


@app.middleware("http")
async def set_secure_headers(request, call_next):
    response = await call_next(request)
    secure_headers.framework.fastapi(response)
    return response
` },
    },
    'the proxy sends them': {
      good: {
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
        'nginx.conf': `server {
  add_header X-Content-Type-Options nosniff always;
  add_header X-Frame-Options SAMEORIGIN always;
  add_header Referrer-Policy strict-origin-when-cross-origin always;
  location / { proxy_pass http://app:8000; }
}
`,
      },
    },
    'Traefik sends them': {
      good: {
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
        'docker-compose.yml': `services:
  web:
    build: .
    labels:
      - traefik.http.middlewares.sec.headers.frameDeny=true
      - traefik.http.middlewares.sec.headers.contentTypeNosniff=true
`,
      },
    },
    'no web application': { good: { 'tool.py': 'import requests\n\n\ndef fetch():\n    return requests.get("https://example.org", timeout=5)\n' } },
  }),
});

function judge(project: Project): Judgement {
  const sent = sentHeaders(project);
  const present = WANTED.map((wanted) => ({ wanted, by: sent.find((each) => wanted.is(each)) }));
  const missing = present.filter((each) => !each.by).map((each) => each.wanted);
  // With sniffing and framing seen to, a policy for referrers is a refinement that browsers have a good default for.
  if (missing.every((each) => each.header === 'Referrer-Policy')) return { holds: present.flatMap(({ by }): Evidence[] => by ? [by] : []) };
  if (project.applications.every((each) => each.framework === 'django') && !middlewareIsKnown(project)) return { notChecked: 'MIDDLEWARE is put together in a way that cannot be read here.' };
  const table = unknownHeader(project);
  if (table) return { notChecked: `Headers are set from a table that is known only when it runs (${table.path}).` };
  return { open: [{
    at: gapPlace(project, 'MIDDLEWARE'), message: message(missing, project), related: LIBRARIES.flatMap((name) => project.declares(name) ?? []),
    ...(!project.html && { variation: { severity: 'low', because: 'nothing here renders HTML' } }),
  }] };
}

function message(missing: readonly Wanted[], project: Project): string {
  const names = missing.map((each) => each.header);
  const list = names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}` : names.join('');
  const idle = LIBRARIES.find((name) => project.declares(name));
  return `${applicationName(project)} sends no ${list} header${idle ? `; ${idle} is only declared` : ''}.`;
}

function middlewareIsKnown(project: Project): boolean {
  const settings = project.settings('MIDDLEWARE', 'MIDDLEWARE_CLASSES');
  return settings.length > 0 && settings.every((each) => each.value.kind === 'list');
}

function missingHere(project: Project): readonly Wanted[] {
  const sent = sentHeaders(project);
  return WANTED.filter((wanted) => !sent.some((each) => wanted.is(each)));
}

function hook(gap: Gap, source: Source, project: Project): readonly Edit[] | undefined {
  const framework = project.applications.find((each) => each.path === gap.at.path && each.start === gap.at.start)?.framework;
  const at = constructionAt(gap.at, source);
  if (!at || !framework || framework === 'django') return undefined;
  const lines = missingHere(project).map((each) => `    response.headers.setdefault("${each.header}", "${each.value}")`);
  if (framework === 'fastapi') {
    return [definitionAfter(at, [`@${at.name}.middleware("http")`, 'async def security_headers(request, call_next):', '    response = await call_next(request)', ...lines, '    return response'], source)];
  }
  if (framework !== 'flask' && framework !== 'quart') return undefined;
  const def = framework === 'quart' ? 'async def' : 'def';
  return [definitionAfter(at, [`@${at.name}.after_request`, `${def} security_headers(response):`, ...lines, '    return response'], source)];
}

/** Entries of the list MIDDLEWARE: the first is SecurityMiddleware, as Django asks; the frame options come last. */
function djangoMiddleware(source: Source, project: Project): readonly Edit[] | undefined {
  const setting = project.settings('MIDDLEWARE').find((each) => each.path === source.path && each.selected && !each.development);
  if (setting?.assignment.value.kind !== 'list') return undefined;
  const { items } = setting.assignment.value;
  const [first, last] = [items[0], items.at(-1)];
  if (!first || !last || source.line(first.at.start) === source.line(setting.assignment.value.at.start)) return undefined;
  const quote = source.at(first.at.start) === "'" ? "'" : '"';
  const missing = missingHere(project).map((each) => each.header);
  const indentation = source.indentation(first.at.start);
  const line = (name: string) => `${indentation}${quote}${name}${quote},\n`;
  const listed = (name: string) => items.some((each) => each.kind === 'text' && each.value === name);
  const security = 'django.middleware.security.SecurityMiddleware';
  const frames = 'django.middleware.clickjacking.XFrameOptionsMiddleware';
  const comma = /^\s*,/.test(source.slice({ start: last.at.end, end: source.length })) ? '' : ',';
  const below = Math.min(source.lineEnd(last.at.end) + source.newline.length, source.length);
  return [
    ...(missing.includes('X-Content-Type-Options') && !listed(security) ? [insert(source.lineStart(first.at.start), line(security))] : []),
    ...(missing.includes('X-Frame-Options') && !listed(frames) ? [...(comma ? [insert(last.at.end, comma)] : []), insert(below, line(frames))] : []),
  ];
}
