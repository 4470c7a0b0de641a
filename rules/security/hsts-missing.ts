import type { Context, Edit, Evidence, Gap, Judgement, Place, Project, SentHeader } from '../kit';
import { FRONT_CALLS, HTTPS_CALLS, fronts, gapPlace, https, insert, projectRule, sentHeaders, serversOf, silencesCheck, unknownHeader, unreadInfrastructure, webFrameworks, whenUnset } from '../kit';

/** 180 days: what checkers of headers ask for at least. */
const LEAST = 15_552_000;
const HEADER = 'strict-transport-security';
const AGE = 'max-age=31536000';

export default projectRule({
  id: 'hsts-missing',
  title: 'Strict-Transport-Security is sent',
  severity: 'medium', points: 4, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'The first plain-HTTP request of a visit can be intercepted and kept on HTTP. HSTS makes the browser refuse that for the whole period.',
  how: 'Send max-age of at least half a year once HTTPS works everywhere on the host.',
  links: ['https://developer.mozilla.org/en-US/docs/Web/HTTP/Headers/Strict-Transport-Security', 'https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Strict_Transport_Security_Cheat_Sheet.html'],
  anchors: ['django security.W004', 'django security.W005', 'CWE-319'],
  ladder: { name: 'https', rung: 2 },
  attestable: 'edge-headers-verified',

  applies: (project) => certified(project).length > 0 || redirects(project).length > 0 || sentHeaders(project).some((each) => each.header === HEADER) ? true : 'Nothing here shows where HTTPS begins.',
  reads: [...HTTPS_CALLS, ...FRONT_CALLS],
  project: judge,

  fix: [
    { title: 'Send the header from nginx', safety: 'review', edit: nginx, remains: 'Browsers hold to it for a year: see that every page of the host works over HTTPS first.' },
    { title: 'Send the header from Django', safety: 'review', edit: django, remains: 'Browsers hold to it for a year: see that every page of the host works over HTTPS first.' },
  ],

  examples: () => ({
    'Django redirects and says no more': {
      path: 'settings.py',
      bad: 'SECURE_SSL_REDIRECT = True\nSESSION_COOKIE_SECURE = True\n',
      good: 'SECURE_SSL_REDIRECT = True\nSECURE_HSTS_SECONDS = 31536000\nSESSION_COOKIE_SECURE = True\n', fix: 'Send the header from Django',
    },
    'nginx with a certificate': {
      path: 'nginx.conf',
      bad: 'server {\n  listen 443 ssl;\n  ssl_certificate /etc/ssl/site.pem;\n  location / { proxy_pass http://app:8000; }\n}\n',
      good: 'server {\n  listen 443 ssl;\n  add_header Strict-Transport-Security "max-age=31536000" always;\n  ssl_certificate /etc/ssl/site.pem;\n  location / { proxy_pass http://app:8000; }\n}\n', fix: 'Send the header from nginx',
    },
    'switched off': { path: 'settings.py', bad: 'INSTALLED_APPS = ["django.contrib.auth"]\nMIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]\nSECURE_SSL_REDIRECT = True\nSECURE_HSTS_SECONDS = 0\n' },
    'a week': { path: 'nginx.conf', bad: 'server {\n  listen 443 ssl;\n  ssl_certificate /etc/ssl/site.pem;\n  add_header Strict-Transport-Security "max-age=604800";\n  location / { proxy_pass http://app:8000; }\n}\n' },
    'an hour, to begin with': { path: 'settings.py', bad: 'SECURE_SSL_REDIRECT = True\nSECURE_HSTS_SECONDS = 3600  # raise after the roll-out\n', severity: 'low' },
    'Talisman without it': { bad: 'from flask import Flask\nfrom flask_talisman import Talisman\napp = Flask(__name__)\nTalisman(app, strict_transport_security=False)\n' },
    'a platform that redirects': { bad: { 'app.py': 'from flask import Flask, render_template\napp = Flask(__name__)\n@app.get("/")\ndef home():\n    return render_template("home.html")\n', 'render.yaml': 'services:\n  - type: web\n    name: shop\n    startCommand: gunicorn app:app\n' } },
    'Starlette redirects and says no more': { bad: { 'main.py': 'from fastapi import FastAPI\nfrom fastapi.middleware.httpsredirect import HTTPSRedirectMiddleware\n\napp = FastAPI()\napp.add_middleware(HTTPSRedirectMiddleware)\n' } },
    'SecurityMiddleware is not mounted': { path: 'settings.py', bad: 'INSTALLED_APPS = ["django.contrib.auth"]\nMIDDLEWARE = ["django.middleware.common.CommonMiddleware", "shop.middleware.ForceHttps"]\nSECURE_HSTS_SECONDS = 31536000\n' },
    'Django': { path: 'settings.py', good: 'SECURE_SSL_REDIRECT = True\nSECURE_HSTS_SECONDS = 31536000\n' },
    'Django, in a product': { path: 'settings.py', good: 'SECURE_SSL_REDIRECT = True\nSECURE_HSTS_SECONDS = 60 * 60 * 24 * 365\n' },
    'Django, by a variable': { path: 'settings.py', good: 'import os\nSECURE_SSL_REDIRECT = True\nSECURE_HSTS_SECONDS = int(os.environ.get("HSTS_SECONDS", 0))\n' },
    'Django, in production\'s module': { good: { 'shop/settings/base.py': 'INSTALLED_APPS = ["django.contrib.auth"]\nMIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]\n', 'shop/settings/production.py': 'from .base import *\n\nSECURE_SSL_REDIRECT = True\nSECURE_HSTS_SECONDS = 31536000\n' } },
    'nginx': { path: 'nginx.conf', good: 'server {\n  listen 443 ssl;\n  ssl_certificate /etc/ssl/site.pem;\n  add_header Strict-Transport-Security "max-age=31536000" always;\n  location / { proxy_pass http://app:8000; }\n}\n' },
    'nginx, in a snippet': { good: { 'nginx/site.conf': 'server {\n  listen 443 ssl;\n  ssl_certificate /etc/ssl/site.pem;\n  include snippets/headers.conf;\n  location / { proxy_pass http://app:8000; }\n}\n', 'nginx/snippets/headers.conf': 'add_header Strict-Transport-Security "max-age=63072000; includeSubDomains" always;\n' } },
    'nginx, in a snippet of the host': { good: { 'nginx/site.conf': 'server {\n  listen 443 ssl;\n  ssl_certificate /etc/ssl/site.pem;\n  include /etc/nginx/snippets/ssl-params.conf;\n  location / { proxy_pass http://app:8000; }\n}\n' } },
    'the application sends it': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n\n\n@app.after_request\ndef headers(response):\n    response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"\n    return response\n', 'nginx.conf': 'server {\n  listen 443 ssl;\n  ssl_certificate /etc/ssl/site.pem;\n  location / { proxy_pass http://app:8000; }\n}\n' } },
    'Talisman sends it': { good: 'from flask import Flask\nfrom flask_talisman import Talisman\napp = Flask(__name__)\nTalisman(app)\n' },
    'Traefik sends it': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n    labels:\n      - traefik.http.routers.web.tls.certresolver=le\n      - traefik.http.middlewares.sec.headers.stsSeconds=31536000\n' } },
    'an ingress whose controller sends it': { good: { 'main.py': 'from fastapi import FastAPI\napp = FastAPI()\n', 'k8s/ingress.yaml': 'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: shop\nspec:\n  ingressClassName: nginx\n  tls:\n    - hosts: [shop.example.com]\n      secretName: shop-tls\n' } },
    'a certificate for those who have one': { good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\nif __name__ == "__main__":\n    cert = os.environ.get("CERT")\n    if cert:\n        app.run(ssl_context=(cert, os.environ["KEY"]))\n    else:\n        app.run()\n' },
    'no HTTPS in sight': { good: 'from flask import Flask\napp = Flask(__name__)\n' },
  }),
});

/** Listeners with a certificate that are described here; of a platform's own it is not said what they send. */
function certified(project: Project): readonly Evidence[] {
  return https(project).listens.filter((each) => !fronts(project).some((front) => front.path === each.path && front.start === each.start && front.end === each.end));
}

function redirects(project: Project): readonly Evidence[] {
  return https(project).enforced.filter((each) => !/^(Vercel|the API gateway)/.test(each.text));
}

function judge(project: Project): Judgement {
  const sent = sentHeaders(project).filter((each) => each.header === HEADER);
  const short = sent.find((each) => ageOf(each) !== undefined && Number(ageOf(each)) < LEAST);
  const long = sent.filter((each) => ageOf(each) === undefined || Number(ageOf(each)) >= LEAST);
  if (long.length > 0) return { holds: long.slice(0, 3).map(({ path, start, end, text, value }) => ({ path, start, end, text: value === undefined ? text : `${text}: ${value.trim().slice(0, 60)}` })) };
  if (short) return { open: [{ at: short, message: `Strict-Transport-Security binds browsers for ${days(Number(ageOf(short)))} only.`, ...(isRollOut(short, project) && { variation: { severity: 'low', points: 1, because: 'a comment says that it is being rolled out' } }) }] };
  const unknown = unseen(project);
  if (unknown) return { notChecked: unknown };
  const by = [...certified(project), ...redirects(project)];
  return { open: [{ at: placeOf(project), message: message(project), related: by.slice(0, 2) }] };
}

function ageOf({ value }: SentHeader): string | undefined {
  return /max-age\W*(\d+)/i.exec(value ?? '')?.[1] ?? /stsSeconds\W*(\d+)/i.exec(value ?? '')?.[1];
}

function days(seconds: number): string {
  return seconds < 86_400 ? `${String(seconds)} seconds` : seconds < 172_800 ? 'one day' : `${String(Math.floor(seconds / 86_400))} days`;
}

/** On its own line or the one above. */
function isRollOut(at: Place, project: Project): boolean {
  const text = project.text(at.path) ?? '';
  const before = text.lastIndexOf('\n', text.lastIndexOf('\n', at.start - 1) - 1);
  const end = text.indexOf('\n', at.end);
  return /(#|\/\/).*(roll-?out|raise|increase|ramp|later|gradual|test|verif|stable|confirm|work)/i.test(text.slice(before + 1, end < 0 ? undefined : end));
}

/** Why what is not seen may yet be sent. */
function unseen(project: Project): string | undefined {
  if (silencesCheck(project, 'security.W004')) return 'Django\'s own check, security.W004, is silenced here: the header is left to somebody else.';
  const table = unknownHeader(project);
  if (table) return `Headers are set from a table that is known only when it runs (${table.path}).`;
  if (fronts(project).some((each) => each.kind === 'ingress')) return 'An ingress ends TLS, and whether its controller sends the header is decided in the cluster.';
  const unread = unreadInfrastructure(project);
  if (unread) return `What stands in front of it is described in ${unread}, which is not read.`;
  const variable = project.settings('SECURE_HSTS_SECONDS').find((each) => each.value.kind !== 'number' && typeof whenUnset(each.value) !== 'undefined');
  if (variable) return 'SECURE_HSTS_SECONDS is given by a variable that nothing here sets.';
  const included = project.of('nginx').find((unit) => serversOf(unit.directives).some((server) => server.block?.some((each) => each.name === 'include' && /header|secur|ssl|tls|hsts/i.test(each.args[0] ?? '') && !project.of('nginx').some((other) => (each.args[0] ?? '').endsWith(other.path.slice(other.path.lastIndexOf('/') + 1))))));
  return included && `${included.path} includes a file that is not here.`;
}

/** Where the header would be added: nginx's listener, Django's redirect, the application. */
function placeOf(project: Project): Place {
  const setting = project.settings('SECURE_SSL_REDIRECT').find((each) => !each.development && each.selected);
  const off = project.settings('SECURE_HSTS_SECONDS').find((each) => !each.development && each.selected);
  if (off ?? setting) return { path: (off ?? setting)?.path ?? '', ...((off ?? setting)?.assignment.targetAt ?? { start: 0, end: 0 }) };
  const listener = listenerOf(project);
  return listener ?? (webFrameworks(project).size > 0 ? gapPlace(project, 'MIDDLEWARE') : [...certified(project), ...redirects(project)][0] ?? project.anchor);
}

function listenerOf(project: Project): Place | undefined {
  return project.of('nginx').filter((unit) => unit.role === 'production').flatMap((unit) => serversOf(unit.directives).flatMap((server) => server.block?.filter((each) => each.name === 'listen' && each.args.includes('ssl')).map((each) => ({ path: unit.path, ...each.at })) ?? []))[0];
}

function message(project: Project): string {
  const hasSetting = project.settings('SECURE_HSTS_SECONDS').some((each) => each.value.kind === 'number' && each.value.value > 0);
  return `HTTPS is used, but no Strict-Transport-Security header is sent${hasSetting ? ': SECURE_HSTS_SECONDS has no effect without SecurityMiddleware' : ''}.`;
}

function nginx(gap: Gap, { source, unit }: Context): readonly Edit[] | undefined {
  if (unit.kind !== 'nginx' || !/^listen\b/.test(source.slice(gap.at)) || source.lineEnd(gap.at.end) !== gap.at.end) return undefined;
  return [insert(gap.at.end, `\n${source.indentation(gap.at.start)}add_header Strict-Transport-Security "${AGE}" always;`)];
}

function django(gap: Gap, { project, source }: Context): readonly Edit[] | undefined {
  const beside = project.settings('SECURE_SSL_REDIRECT').find((each) => each.path === gap.at.path && each.assignment.targetAt.start === gap.at.start);
  if (!beside || beside.assignment.how !== 'statement' || source.slice(beside.assignment.targetAt) !== 'SECURE_SSL_REDIRECT') return undefined;
  return [insert(source.lineEnd(beside.assignment.at.end), `\n${source.indentation(beside.assignment.at.start)}SECURE_HSTS_SECONDS = 31536000`)];
}
