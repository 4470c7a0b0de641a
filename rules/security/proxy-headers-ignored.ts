import type { Context, Edit, Evidence, Gap, Judgement, Project } from '../kit';
import {
  FRONT_CALLS, HOOK_CALLS, TRUST_CALLS, applicationName, constructionAt, edgeLines, fronts, gapPlace, idleModules, importing, insert, lastName, limits, loadedModules, mayServeProduction, middlewares, projectRule, statementsAfter, THROTTLE_CALLS, trustsProxy, webFrameworks,
} from '../kit';

/** A place that needs to know the visitor's address, or whether they came over HTTPS. */
interface Consumer extends Evidence { readonly of: 'address' | 'scheme' }

export default projectRule({
  id: 'proxy-headers-ignored',
  title: 'The app knows the client behind its proxy',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: "Every visitor then has the proxy's address: one client's limit blocks all, and audit records name nobody. HTTPS redirects loop because the app never sees https.",
  how: 'Trust exactly as many proxies as there are, no more.',
  links: ['https://flask.palletsprojects.com/en/stable/deploying/proxy_fix/', 'https://expressjs.com/en/guide/behind-proxies.html', 'https://docs.gunicorn.org/en/stable/deploy.html'],
  anchors: ['CWE-348', 'CWE-290'],

  applies: (project) => {
    if (webFrameworks(project).size === 0 && consumers(project).length === 0) return 'No web application is served from here.';
    return fronts(project).length > 0 ? true : 'No proxy or platform is shown in front of it.';
  },
  reads: [...FRONT_CALLS, ...HOOK_CALLS, ...TRUST_CALLS, ...THROTTLE_CALLS, 'flask_limiter.Limiter', 'slowapi.Limiter'],
  project: judge,

  fix: [
    { title: 'Trust one proxy', safety: 'review', edit: proxyFix, remains: 'The numbers are those of the proxies in front: one each, if there is one.' },
    { title: 'Believe the proxy about HTTPS', safety: 'review', edit: django, remains: 'The proxy must set X-Forwarded-Proto itself, and never pass on the one a visitor sends.' },
  ],

  examples: () => ({
    'a limiter that counts the proxy': {
      bad: {
        'app.py': 'from flask import Flask\nfrom flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\napp = Flask(__name__)\nlimiter = Limiter(get_remote_address, app=app, storage_uri="redis://cache:6379")\n',
        'nginx.conf': 'server {\n  listen 443 ssl;\n  location / { proxy_pass http://app:8000; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; }\n}\n',
      },
      good: {
        'app.py': 'from flask import Flask\nfrom flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\nfrom werkzeug.middleware.proxy_fix import ProxyFix\napp = Flask(__name__)\napp.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)\nlimiter = Limiter(get_remote_address, app=app, storage_uri="redis://cache:6379")\n',
        'nginx.conf': 'server {\n  listen 443 ssl;\n  location / { proxy_pass http://app:8000; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; }\n}\n',
      },
    },
    'a redirect that loops': {
      bad: { 'settings.py': 'SECURE_SSL_REDIRECT = True\n', 'nginx.conf': 'server {\n  listen 443 ssl;\n  location / { proxy_pass http://app:8000; proxy_set_header X-Forwarded-Proto $scheme; }\n}\n' },
      good: { 'settings.py': 'SECURE_SSL_REDIRECT = True\nSECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")\n', 'nginx.conf': 'server {\n  listen 443 ssl;\n  location / { proxy_pass http://app:8000; proxy_set_header X-Forwarded-Proto $scheme; }\n}\n' },
      fix: 'Believe the proxy about HTTPS',
    },
    'an audit record on a platform': { bad: { 'app.py': 'from flask import Flask, request\napp = Flask(__name__)\n@app.post("/login")\ndef login():\n    audit(request.remote_addr)\n    return "ok"\ndef audit(address):\n    pass\n', Procfile: 'web: gunicorn app:app\n' } },
    'slowapi behind Traefik': { bad: { 'main.py': 'from fastapi import FastAPI\nfrom slowapi import Limiter\nfrom slowapi.util import get_remote_address\n\napp = FastAPI()\napp.state.limiter = Limiter(key_func=get_remote_address)\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n    command: uvicorn main:app --host 0.0.0.0\n    labels:\n      - traefik.enable=true\n' } },
    'a ban by address in Django': { bad: { 'shop/settings.py': 'INSTALLED_APPS = ["shop"]\nMIDDLEWARE = []\n', 'shop/views.py': 'from django.http import HttpRequest\n\n\ndef banned(request: HttpRequest):\n    return request.META["REMOTE_ADDR"] in BANNED\n', 'nginx/site.conf': 'server {\n  location / { proxy_pass http://web:8000; }\n}\n' } },
    'one proxy is trusted': { good: { 'app.py': 'from flask import Flask, request\nfrom werkzeug.middleware.proxy_fix import ProxyFix\napp = Flask(__name__)\napp.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)\n@app.get("/")\ndef home():\n    return request.remote_addr\n', 'nginx.conf': 'server {\n  location / { proxy_pass http://app:8000; }\n}\n' } },
    'nothing asks': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'nginx.conf': 'server {\n  location / { proxy_pass http://app:8000; }\n}\n' } },
    'no proxy in sight': { good: 'from flask import Flask, request\napp = Flask(__name__)\n@app.get("/")\ndef home():\n    return request.remote_addr\n' },
    'uvicorn is told': { good: { 'main.py': 'from fastapi import FastAPI, Request\n\napp = FastAPI()\n\n\n@app.get("/")\ndef home(request: Request):\n    return request.client.host\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n    command: uvicorn main:app --host 0.0.0.0 --forwarded-allow-ips 172.16.0.0/12\n    labels:\n      - traefik.enable=true\n' } },
    'uvicorn beside its proxy': { good: { 'main.py': 'from fastapi import FastAPI, Request\n\napp = FastAPI()\n\n\n@app.get("/")\ndef home(request: Request):\n    return request.client.host\n', 'nginx/site.conf': 'server {\n  location / { proxy_pass http://127.0.0.1:8000; }\n}\n' } },
    'a function that reads the header itself': { good: { 'app.py': 'from flask import Flask, request\napp = Flask(__name__)\n\n\ndef client_address():\n    if request.remote_addr == "10.0.0.2":\n        return request.headers["X-Forwarded-For"].split(",")[-1].strip()\n    return request.remote_addr\n', 'nginx.conf': 'server {\n  location / { proxy_pass http://app:8000; }\n}\n' } },
    'Talisman looks at the header': { good: { 'app.py': 'from flask import Flask\nfrom flask_talisman import Talisman\napp = Flask(__name__)\nTalisman(app)\n', Procfile: 'web: gunicorn app:app\n' } },
    'Django behind Heroku': { good: { 'shop/settings.py': 'import os\n\nINSTALLED_APPS = ["shop"]\nMIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]\nSECURE_SSL_REDIRECT = True\nSECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")\n', Procfile: 'web: gunicorn shop.wsgi\n' } },
  }),
});

function judge(project: Project): Judgement {
  const trust = trustsProxy(project);
  const asking = consumers(project);
  if (asking.length === 0) return { notApplicable: 'Nothing is seen to ask for the address or the scheme of a visitor.' };
  const ignored = trust.length > 0 ? asking.filter((each) => each.of === 'scheme' && !trusted(project)) : asking;
  if (ignored.length === 0) return { holds: trust.slice(0, 3) };
  const [front] = fronts(project);
  const [first] = ignored;
  if (!front || !first) return { notApplicable: 'No proxy or platform is shown in front of it.' };
  const setting = first.of === 'scheme' && webFrameworks(project).size <= 1 ? project.settings('SECURE_SSL_REDIRECT').find((each) => each.path === first.path) : undefined;
  const at = setting ? { path: setting.path, ...setting.assignment.targetAt } : webFrameworks(project).size > 0 ? gapPlace(project, 'MIDDLEWARE', 'INSTALLED_APPS') : first;
  return { open: [{ at, message: message(project, front.name, ignored), related: [{ path: front.path, start: front.start, end: front.end, text: front.text }, ...ignored.slice(0, 4).map(({ path, start, end, text }) => ({ path, start, end, text }))] }] };
}

function message(project: Project, front: string, all: readonly Consumer[]): string {
  const named = [...new Set(all.map((each) => each.text))];
  const list = named.length > 2 ? `${named.slice(0, 2).join(', ')} and ${String(named.length - 2)} more` : named.join(' and ');
  const loops = all.some((each) => each.text === 'SECURE_SSL_REDIRECT');
  return loops ? `SECURE_SSL_REDIRECT redirects for ever behind ${front}: nothing tells the application that visitors come over HTTPS.` : `${applicationName(project)} runs behind ${front}, but ${list} see${named.length > 1 ? '' : 's'} the proxy instead of the visitor.`;
}

/** Something that speaks of the scheme is trusted. */
function trusted(project: Project): boolean {
  return trustsProxy(project).some((each) => !/^(AXES|IPWARE|XFF|ipware|python_ipware|xff|USE_X_FORWARDED_HOST)/.test(each.text));
}

// ---- who asks

const ADDRESS = /(^|\.)request\.(remote_addr|META\.REMOTE_ADDR|client\.host|client)$|Request\.(client\.host|META\.REMOTE_ADDR|remote_addr)$/;
const FORWARDED = /x-forwarded-for|HTTP_X_FORWARDED_FOR|x-real-ip|HTTP_X_REAL_IP|cf-connecting-ip|HTTP_CF_CONNECTING_IP|fly-client-ip|true-client-ip|access_route/i;

function consumers(project: Project): readonly Consumer[] {
  return project.once('proxyConsumers', () => {
    const idle = idleModules(project);
    return [...limiters(project), ...redirects(project), ...addresses(project)].filter((each) => !idle.has(each.path) && !isLocal(project, each.of));
  });
}

/** Servers take the word of a proxy on the same machine, or of a router whose build says so: gunicorn about the scheme, uvicorn about both. */
function isLocal(project: Project, of: 'address' | 'scheme'): boolean {
  const passes = edgeLines(project).flatMap((line) => /^(?:proxy_pass\s+https?:\/\/|server\s+)((?:unix:)?[^\s;/]+)/.exec(line.text)?.[1] ?? []);
  const local = passes.some((each) => /^(127\.0\.0\.1|localhost)(:|$)|^unix:/.test(each)) && fronts(project).every((each) => each.name === 'nginx');
  const router = fronts(project).every((each) => each.name === 'Heroku' || each.name === 'the platform');
  const asgi = webFrameworks(project).has('fastapi') || webFrameworks(project).has('starlette');
  return (local || router) && (asgi || of === 'scheme');
}

function limiters(project: Project): readonly Consumer[] {
  return project.calls('flask_limiter.Limiter', 'slowapi.Limiter').flatMap(({ module, call }): Consumer[] => {
    const key = [...call.args, ...call.keywords.filter((each) => each.name === 'key_func').map((each) => each.value)].find((each) => each.kind === 'reference' && /get_remote_address|get_ipaddr$/.test(each.name));
    return key?.kind === 'reference' && !/get_ipaddr$/.test(key.name) ? [{ path: module.path, ...call.at, text: 'the limiter', of: 'address' }] : [];
  });
}

function redirects(project: Project): readonly Consumer[] {
  const settings = project.settings('SECURE_SSL_REDIRECT').filter((each) => mayServeProduction(each, project) && each.value.kind === 'bool' && each.value.value).map((each): Consumer => ({ path: each.path, start: each.start, end: each.end, text: 'SECURE_SSL_REDIRECT', of: 'scheme' }));
  const mounted = middlewares(project).filter((each) => lastName(each.name) === 'HTTPSRedirectMiddleware' && /^(starlette|fastapi)\./.test(each.name)).map((each): Consumer => ({ path: each.path, start: each.start, end: each.end, text: 'HTTPSRedirectMiddleware', of: 'scheme' }));
  return [...settings, ...mounted];
}

/** Functions that take the address of whoever is connected, and look no further. */
function addresses(project: Project): readonly Consumer[] {
  const limited = new Set(limits(project).filter((each) => each.text.endsWith('counts and refuses')).map((each) => `${each.path} ${String(each.start)}`));
  const loaded = loadedModules(project);
  // Views of Django are named in texts: there nothing is known to be idle.
  const running = webFrameworks(project).has('django') || loaded.size === 0 ? project.modules : project.modules.filter((module) => loaded.has(module.path));
  return running.flatMap((module) => {
    const written = module.functions.some((func) => func.reads.some((each) => FORWARDED.test(each)));
    return module.functions.filter((func) => func.name !== '' && func.reads.some((each) => ADDRESS.test(each)) && !func.reads.some((each) => FORWARDED.test(each)) && (!written || limited.has(`${module.path} ${String(func.nameAt.start)}`)))
      .map((func): Consumer => ({ path: module.path, ...func.nameAt, text: func.name, of: 'address' }));
  });
}

// ---- fixes

function proxyFix(gap: Gap, { project, source, unit }: Context): readonly Edit[] | undefined {
  const isFlask = project.applications.some((each) => each.framework === 'flask' && each.path === gap.at.path && each.start === gap.at.start);
  const at = isFlask ? constructionAt(gap.at, source) : undefined;
  if (!at || unit.kind !== 'module') return undefined;
  return [...importing(unit, source, 'ProxyFix', 'werkzeug.middleware.proxy_fix'), statementsAfter(at, [`${at.name}.wsgi_app = ProxyFix(${at.name}.wsgi_app, x_for=1, x_proto=1, x_host=1)`])];
}

function django(gap: Gap, { project, source }: Context): readonly Edit[] | undefined {
  const setting = project.settings('SECURE_SSL_REDIRECT').find((each) => each.path === gap.at.path && each.assignment.targetAt.start === gap.at.start);
  if (!setting || setting.assignment.how !== 'statement') return undefined;
  return [insert(source.lineEnd(setting.assignment.at.end), `\n${source.indentation(setting.assignment.at.start)}SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")`)];
}
