import type { Context, Edit, Evidence, Gap, Judgement, Project, Variation } from '../kit';
import {
  FRONT_CALLS, HTTPS_CALLS, PUBLIC_WRITE_CALLS, constructionAt, fronts, gapPlace, https, importing, insert, projectRule, publicWrites, requiring, silencesCheck, statementsAfter, trustsProxy, TRUST_CALLS, unreadInfrastructure, webFrameworks, whenUnset,
} from '../kit';

const LIBRARIES = ['flask-talisman', 'flask-sslify'] as const;

export default projectRule({
  id: 'https-not-enforced',
  title: 'HTTP is redirected to HTTPS',
  severity: 'high', points: 15, confidence: 'likely', effort: 'M', since: '1',
  blocks: { when: 'people sign in, or personal or payment data, over a public exposure', holds: (project, { exposure, data }) => exposure === 'public' && (data.length > 0 || signIn(project) !== undefined) },
  why: 'Passwords and session cookies travel readable when one link or bookmark says http. Most people never type the s.',
  how: 'Redirect at the proxy or platform; if the app does it, trust exactly one proxy first.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Transport_Layer_Security_Cheat_Sheet.html', 'https://docs.djangoproject.com/en/stable/topics/security/', 'https://nginx.org/en/docs/http/configuring_https_servers.html'],
  anchors: ['django security.W008', 'semgrep using-http-server', 'CWE-319'],
  ladder: { name: 'https', rung: 1 },
  attestable: 'tls-at-edge',

  applies: (project) => {
    if (webFrameworks(project).size === 0) return https(project).plain.length > 0 ? true : 'No web application is served from here.';
    if (!project.deployable) return 'No web application is deployed from here.';
    return signIn(project) ?? https(project).plain[0] ? true : 'Nobody signs in or sends anything, and no public port is shown.';
  },
  reads: [...HTTPS_CALLS, ...FRONT_CALLS, ...PUBLIC_WRITE_CALLS, ...TRUST_CALLS],
  project: judge,

  fix: [
    { title: 'Redirect with Talisman', safety: 'review', edit: talisman, remains: 'Everything on plain HTTP is redirected outside of debug mode: check health probes, and that one proxy stands in front.' },
    { title: 'Redirect with Django', safety: 'review', edit: django, remains: 'The proxy must set X-Forwarded-Proto itself, and never pass on the one a visitor sends.' },
  ],

  examples: () => ({
    'a login on a public port': {
      severity: 'high',
      bad: {
        'app.py': 'from flask import Flask, request, session\napp = Flask(__name__)\n@app.post("/login")\ndef login():\n    session["user_id"] = request.form["id"]\n    return "ok"\n',
        'docker-compose.yml': 'services:\n  web:\n    build: .\n    ports: ["80:8000"]\n',
      },
      good: {
        'app.py': 'from flask import Flask, request, session\nfrom flask_talisman import Talisman\nfrom werkzeug.middleware.proxy_fix import ProxyFix\napp = Flask(__name__)\napp.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)\nTalisman(app, content_security_policy=None)\n@app.post("/login")\ndef login():\n    session["user_id"] = request.form["id"]\n    return "ok"\n',
        'docker-compose.yml': 'services:\n  web:\n    build: .\n    ports: ["80:8000"]\n',
      },
      fix: 'Redirect with Talisman',
    },
    'nginx serves the site on port 80': { severity: 'high', path: 'nginx.conf', bad: 'server {\n  listen 80;\n  location / { proxy_pass http://app:8000; }\n}\n' },
    'nginx of a compose file, on port 80 alone': {
      severity: 'high',
      bad: {
        'app.py': 'from flask import Flask\nfrom flask_login import LoginManager\napp = Flask(__name__)\nLoginManager(app)\n',
        'docker-compose.yml': 'services:\n  app:\n    build: .\n    expose: ["8000"]\n  nginx:\n    image: nginx:1.27\n    ports:\n      - 80:80\n',
        'nginx/default.conf': 'server {\n  listen 80;\n  location / { proxy_pass http://app:8000; }\n}\n',
      },
    },
    'Django without the redirect': {
      bad: 'import os\n\nDEBUG = os.environ.get("DEBUG") == "1"\nINSTALLED_APPS = ["django.contrib.admin", "django.contrib.auth"]\nMIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]\n', path: 'shop/settings.py', severity: 'medium',
      good: 'import os\n\nDEBUG = os.environ.get("DEBUG") == "1"\nINSTALLED_APPS = ["django.contrib.admin", "django.contrib.auth"]\nMIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]\nSECURE_SSL_REDIRECT = not DEBUG\nSECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")\n', fix: 'Redirect with Django',
    },
    'nginx in a container, on a port for trying out': {
      severity: 'medium',
      bad: {
        'app.py': 'from flask import Flask\nfrom flask_login import LoginManager\napp = Flask(__name__)\nLoginManager(app)\n',
        'docker-compose.yml': 'services:\n  app:\n    build: .\n  nginx:\n    build: ./nginx\n    ports:\n      - "1337:80"\n',
        'nginx/Dockerfile': 'FROM nginx:1.27\nCOPY nginx.conf /etc/nginx/conf.d\n', 'nginx/nginx.conf': 'server {\n  listen 80;\n  location / { proxy_pass http://app:8000; }\n}\n',
      },
    },
    'nothing shows how it is reached': {
      bad: { 'app.py': 'from flask import Flask, session\napp = Flask(__name__)\n@app.post("/login")\ndef login():\n    session["user_id"] = 1\n    return "ok"\n', Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n' }, severity: 'medium',
    },
    'a proxy is expected, and none is here': {
      bad: { 'app.py': 'from flask import Flask, session\nfrom werkzeug.middleware.proxy_fix import ProxyFix\napp = Flask(__name__)\napp.wsgi_app = ProxyFix(app.wsgi_app)\n@app.post("/login")\ndef login():\n    session["user_id"] = 1\n    return "ok"\n', Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n' }, severity: 'low',
    },
    'the redirect is switched off': {
      bad: 'from flask import Flask, session\nfrom flask_talisman import Talisman\napp = Flask(__name__)\nTalisman(app, force_https=False)\n@app.post("/login")\ndef login():\n    session["user_id"] = 1\n    return "ok"\n', severity: 'low',
    },
    'a router that leaves redirecting to the application': {
      bad: { 'app.py': 'from flask import Flask, session\napp = Flask(__name__)\n@app.post("/login")\ndef login():\n    session["user_id"] = 1\n    return "ok"\n', Procfile: 'web: gunicorn app:app\n' }, severity: 'low',
    },
    'a certificate, and no redirect': {
      bad: { 'app.py': 'from flask import Flask\nfrom flask_login import LoginManager\napp = Flask(__name__)\nLoginManager(app)\n', 'nginx.conf': 'server {\n  listen 80;\n  listen 443 ssl;\n  ssl_certificate /etc/ssl/site.pem;\n  location / { proxy_pass http://app:8000; }\n}\n' }, severity: 'low',
    },
    'Talisman in the manifest redirects nobody': {
      severity: 'high',
      bad: { 'app.py': 'from flask import Flask, session\n# Talisman(app)\napp = Flask(__name__)\n@app.post("/login")\ndef login():\n    session["user_id"] = 1\n    return "ok"\n', 'requirements.txt': 'flask\nflask-talisman\n', 'compose.yml': 'services:\n  web:\n    build: .\n    ports:\n      - "0.0.0.0:80:5000"\n' },
    },
    'nginx redirects': { path: 'nginx.conf', good: 'server {\n  listen 80;\n  return 301 https://$host$request_uri;\n}\n' },
    'nginx redirects, in a file without an ending': {
      good: {
        'app.py': 'from flask import Flask\nfrom flask_login import LoginManager\napp = Flask(__name__)\nLoginManager(app)\n',
        'deploy/nginx/shop': 'server {\n  listen 80;\n  location / { return 301 https://$host$request_uri; }\n}\nserver {\n  listen 443 ssl;\n  ssl_certificate /etc/ssl/site.pem;\n  location / { proxy_pass http://localhost:8000; }\n}\n',
      },
    },
    'Talisman behind a trusted proxy': { good: 'from flask import Flask\nfrom flask_talisman import Talisman\nfrom werkzeug.middleware.proxy_fix import ProxyFix\napp = Flask(__name__)\napp.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)\nTalisman(app)\n' },
    'Talisman outside of debugging': { good: 'from flask import Flask, session\nfrom flask_talisman import Talisman\n\n\ndef create_app():\n    app = Flask(__name__)\n    if not app.debug:\n        Talisman(app)\n\n    @app.post("/login")\n    def login():\n        session["user_id"] = 1\n        return "ok"\n\n    return app\n' },
    'the platform redirects': { good: { 'app.py': 'from flask import Flask, session\napp = Flask(__name__)\n@app.post("/login")\ndef login():\n    session["user_id"] = 1\n    return "ok"\n', 'render.yaml': 'services:\n  - type: web\n    name: shop\n    startCommand: gunicorn app:app\n' } },
    'Fly forces it': { good: { 'main.py': 'from fastapi import FastAPI, Response\napp = FastAPI()\n@app.post("/login")\ndef login(response: Response):\n    response.set_cookie("session", "x")\n', 'fly.toml': 'app = "shop"\n\n[http_service]\n  internal_port = 8080\n  force_https = true\n' } },
    'a hook of its own': { good: 'from flask import Flask, redirect, request, session\napp = Flask(__name__)\n\n\n@app.before_request\ndef only_https():\n    if not request.is_secure:\n        return redirect(request.url.replace("http://", "https://", 1), code=301)\n\n\n@app.post("/login")\ndef login():\n    session["user_id"] = 1\n    return "ok"\n' },
    'a hook that reads the proxy\'s header': { good: { 'shop/__init__.py': 'from flask import Flask\nfrom flask_login import LoginManager\nfrom .https import to_https\n\n\ndef create_app():\n    app = Flask(__name__)\n    LoginManager(app)\n    app.before_request(to_https)\n    return app\n', 'shop/https.py': 'from flask import redirect, request\n\n\ndef to_https():\n    if request.headers.get("X-Forwarded-Proto", "http") != "https":\n        return redirect("https://" + request.host + request.full_path, 308)\n' } },
    'the middleware of Starlette': { good: { 'main.py': 'from fastapi import FastAPI, Response\nfrom fastapi.middleware.httpsredirect import HTTPSRedirectMiddleware\nfrom settings import settings\n\napp = FastAPI()\nif settings.https:\n    app.add_middleware(HTTPSRedirectMiddleware)\n\n\n@app.post("/login")\ndef login(response: Response):\n    response.set_cookie("session", "x")\n' } },
    'Django redirects in production': { good: { 'shop/settings/base.py': 'INSTALLED_APPS = ["django.contrib.admin", "django.contrib.auth"]\nMIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]\n', 'shop/settings/dev.py': 'from .base import *\n\nSECURE_SSL_REDIRECT = False\n', 'shop/settings/production.py': 'from .base import *\n\nSECURE_SSL_REDIRECT = True\n' } },
    'Django redirects when a variable says so': { good: 'import environ\n\nenv = environ.Env()\nINSTALLED_APPS = ["django.contrib.admin", "django.contrib.auth"]\nMIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]\nSECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=False)\n', path: 'shop/settings.py' },
    'Django compares a variable': { good: 'import os\nINSTALLED_APPS = ["django.contrib.admin", "django.contrib.auth"]\nMIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]\nSECURE_SSL_REDIRECT = os.environ.get("FORCE_HTTPS", "0") == "1"\n', path: 'shop/settings.py' },
    'Django redirects unless debugging': { good: 'import os\nDEBUG = os.environ.get("DEBUG", "1") == "1"\nINSTALLED_APPS = ["django.contrib.admin", "django.contrib.auth"]\nMIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]\nSECURE_SSL_REDIRECT = not DEBUG\n', path: 'shop/settings.py' },
    'Django is told that the proxy redirects': { good: 'INSTALLED_APPS = ["django.contrib.admin", "django.contrib.auth"]\nMIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]\nSECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")\nSILENCED_SYSTEM_CHECKS = [\n    "security.W008",  # nginx redirects\n]\n', path: 'shop/settings.py' },
    'Traefik redirects': { good: { 'main.py': 'from fastapi import FastAPI, Response\napp = FastAPI()\n@app.post("/login")\ndef login(response: Response):\n    response.set_cookie("session", "x")\n', 'docker-compose.yml': 'services:\n  proxy:\n    image: traefik:3.1\n    ports: ["80:80", "443:443"]\n    command:\n      - --entrypoints.web.address=:80\n      - --entrypoints.web.http.redirections.entrypoint.to=websecure\n  web:\n    build: .\n' } },
    'Traefik redirects by labels': { good: { 'main.py': 'from fastapi import FastAPI, Response\napp = FastAPI()\n@app.post("/login")\ndef login(response: Response):\n    response.set_cookie("session", "x")\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n    labels:\n      - traefik.http.routers.web.rule=Host(`shop.example.com`)\n      - traefik.http.middlewares.to-https.redirectscheme.scheme=https\n' } },
    'Caddy does it by itself': { good: { 'app.py': 'from flask import Flask\nfrom flask_login import LoginManager\napp = Flask(__name__)\nLoginManager(app)\n', Caddyfile: '{\n  email ops@example.com\n}\n\nshop.example.com {\n  reverse_proxy app:8000\n}\n' } },
    'Caddy with a name from the environment': { good: { 'app.py': 'from flask import Flask\nfrom flask_login import LoginManager\napp = Flask(__name__)\nLoginManager(app)\n', Caddyfile: '{$DOMAIN} {\n  reverse_proxy app:8000\n}\n' } },
    'Caddy on plain HTTP': { severity: 'high', bad: { 'app.py': 'from flask import Flask\nfrom flask_login import LoginManager\napp = Flask(__name__)\nLoginManager(app)\n', Caddyfile: ':80 {\n  reverse_proxy app:8000\n}\n', 'compose.yml': 'services:\n  app:\n    build: .\n  caddy:\n    image: caddy:2\n    ports: ["80:80"]\n' } },
    'an ingress with a certificate': { good: { 'main.py': 'from fastapi import FastAPI, Response\napp = FastAPI()\n@app.post("/login")\ndef login(response: Response):\n    response.set_cookie("session", "x")\n', 'k8s/ingress.yaml': 'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: shop\nspec:\n  tls:\n    - hosts: [shop.example.com]\n      secretName: shop-tls\n' } },
    'a companion that gets certificates': { good: { 'app.py': 'from flask import Flask\nfrom flask_login import LoginManager\napp = Flask(__name__)\nLoginManager(app)\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      VIRTUAL_HOST: shop.example.com\n      LETSENCRYPT_HOST: shop.example.com\n  proxy:\n    image: nginxproxy/nginx-proxy\n    ports: ["80:80", "443:443"]\n' } },
    'Cloud Run': { good: { 'main.py': 'from fastapi import FastAPI, Response\napp = FastAPI()\n@app.post("/login")\ndef login(response: Response):\n    response.set_cookie("session", "x")\n', Dockerfile: 'FROM python:3.12-slim\nCMD ["uvicorn", "main:app"]\n', '.github/workflows/deploy.yml': 'on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: gcloud run deploy shop --source .\n' } },
    'infrastructure in Terraform': { good: { 'main.py': 'from fastapi import FastAPI, Response\napp = FastAPI()\n@app.post("/login")\ndef login(response: Response):\n    response.set_cookie("session", "x")\n', Dockerfile: 'FROM python:3.12-slim\nCMD ["uvicorn", "main:app"]\n', 'infra/alb.tf': 'resource "aws_lb_listener" "http" {}\n' } },
    'nobody signs in, no port is public': { good: { 'main.py': 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/rates")\ndef rates():\n    return {}\n', Dockerfile: 'FROM python:3.12-slim\nCMD ["uvicorn", "main:app"]\n' } },
    'no web application': { good: { 'tool.py': 'print("hello")\n', Dockerfile: 'FROM python:3.12-slim\nCMD ["python", "tool.py"]\n' } },
  }),
});

function judge(project: Project): Judgement {
  const { enforced, undecided, listens, hinted, plain } = https(project);
  if (enforced.length > 0) return { holds: enforced.slice(0, 3) };
  if (undecided.length > 0) return { notChecked: 'SECURE_SSL_REDIRECT is off unless a variable says otherwise, and nothing here sets it.' };
  if (silencesCheck(project, 'security.W008')) return { notChecked: 'Django\'s own check, security.W008, is silenced here: the redirect is left to somebody else.' };
  const unread = unreadInfrastructure(project);
  if (unread) return { notChecked: `What stands in front of it is described in ${unread}, which is not read.` };
  if (fronts(project).some((each) => each.kind === 'ingress')) return { notChecked: 'An ingress stands in front of it, and whether that redirects is decided in the cluster.' };
  const offered = [...listens, ...hinted];
  const at = webFrameworks(project).size > 0 ? gapPlace(project, 'MIDDLEWARE', 'INSTALLED_APPS') : plain[0] ?? project.anchor;
  const variation = weight(offered, plain, trustsProxy(project));
  return { open: [{ at, message: message(project, offered, plain), related: [...plain.slice(0, 3), ...offered.slice(0, 3), ...LIBRARIES.flatMap((name) => project.declares(name) ?? [])].filter((each) => each.path !== at.path || each.start !== at.start), ...(variation && { variation }) }] };
}

function weight(offered: readonly Evidence[], plain: readonly Evidence[], trust: readonly Evidence[]): Variation | undefined {
  if (offered.length > 0) return { severity: 'low', points: 2, because: 'HTTPS is there, so that only the redirect is unproved' };
  if (trust.length > 0) return { severity: plain.length > 0 ? 'medium' : 'low', ...(plain.length === 0 && { confidence: 'possible' }), because: 'the application expects a proxy in front of it, which may see to HTTPS' };
  return plain.length > 0 ? undefined : { severity: 'medium', points: 6, confidence: 'possible', because: 'TLS may end in front of it, where the repository does not show it' };
}

function message(project: Project, offered: readonly Evidence[], plain: readonly Evidence[]): string {
  const idle = LIBRARIES.find((name) => project.declares(name));
  const rest = idle && !offered.some((each) => /^Talisman/.test(each.text)) ? `; ${idle} is declared and redirects nobody here` : '';
  const [first] = plain;
  if (offered.length > 0) return `HTTPS is there, but nothing in the repository redirects plain HTTP to it${rest}.`;
  return first ? `${first.path} ${first.text}, and nothing redirects plain HTTP to HTTPS${rest}.` : `Nothing in the repository redirects plain HTTP to HTTPS${rest}.`;
}

/** Somebody signs in, or sends something. */
function signIn(project: Project): Evidence | undefined {
  const admin = project.settings('INSTALLED_APPS').find((each) => each.value.kind === 'list' && each.value.items.some((item) => item.kind === 'text' && /^django\.contrib\.(admin|auth)$/.test(item.value)));
  return project.cookieAuth ?? publicWrites(project)[0] ?? (admin && { path: admin.path, ...admin.assignment.targetAt, text: 'Django signs people in' });
}

function talisman(gap: Gap, { project, source, unit }: Context): readonly Edit[] | undefined {
  const isFlask = project.applications.some((each) => each.framework === 'flask' && each.path === gap.at.path && each.start === gap.at.start);
  const at = constructionAt(gap.at, source);
  if (!isFlask || !at || unit.kind !== 'module' || project.calls('flask_talisman.Talisman').length > 0) return undefined;
  const trust = trustsProxy(project).length === 0;
  return [
    ...importing(unit, source, 'Talisman', 'flask_talisman'), ...(trust ? importing(unit, source, 'ProxyFix', 'werkzeug.middleware.proxy_fix') : []),
    statementsAfter(at, [...(trust ? [`${at.name}.wsgi_app = ProxyFix(${at.name}.wsgi_app, x_for=1, x_proto=1, x_host=1)`] : []), `Talisman(${at.name}, content_security_policy=None)`]), ...requiring(project, 'flask-talisman', 'flask-talisman>=1.1'),
  ];
}

function django(gap: Gap, { project, source }: Context): readonly Edit[] | undefined {
  const beside = project.settings('MIDDLEWARE', 'INSTALLED_APPS').find((each) => each.path === gap.at.path && each.assignment.targetAt.start === gap.at.start);
  if (!beside || beside.assignment.scope !== '') return undefined;
  const debug = project.settings('DEBUG').some((each) => each.path === gap.at.path && each.assignment.scope === '' && each.assignment.at.end < gap.at.start && whenUnset(each.value) !== 'refuses');
  const trust = trustsProxy(project).length === 0 ? '\nSECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")' : '';
  return [insert(source.lineEnd(beside.assignment.at.end), `\nSECURE_SSL_REDIRECT = ${debug ? 'not DEBUG' : 'True'}${trust}`)];
}
