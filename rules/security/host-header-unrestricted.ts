import type { Context, Edit, Evidence, Gap, Judgement, Project, Setting, Value } from '../kit';
import {
  CONFIGURATION_READERS, FRONT_CALLS, HOOK_CALLS, applicationName, edgeLines, environmentVariables, flattened, fronts, functionsAround, gapPlace, idleModules, importing, lastName, middlewares, mayServeProduction, onlyInDevelopment, projectRule, replace, serversOf, webFrameworks, whenUnset,
} from '../kit';

export default projectRule({
  id: 'host-header-unrestricted',
  title: 'The Host header is restricted',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: "A forged Host header ends up in password-reset links and cached pages, so the victim's token is sent to the attacker. It needs no login.",
  how: 'List the public host names, or build links from a configured base URL.',
  links: ['https://docs.djangoproject.com/en/stable/ref/settings/', 'https://flask.palletsprojects.com/en/stable/config/', 'https://cwe.mitre.org/data/definitions/644.html'],
  anchors: ['django security.W020', 'njsscan host_header_injection', 'CWE-20', 'CWE-644'],

  applies: (project) => project.settings('ALLOWED_HOSTS').length > 0 || links(project).length > 0 ? true : 'No link is built from the name a visitor sends.',
  reads: [...FRONT_CALLS, ...HOOK_CALLS, ...CONFIGURATION_READERS, 'flask.url_for', '*.url_for'],
  project: judge,

  fix: { title: 'Read the hosts from the environment', safety: 'review', edit: fromEnvironment, remains: 'Set ALLOWED_HOSTS wherever it runs, development too: the application does not start without.' },

  examples: () => ({
    'Django for any host': {
      path: 'settings.py', bad: 'ALLOWED_HOSTS = ["*"]\n',
      good: 'import os\nALLOWED_HOSTS = os.environ["ALLOWED_HOSTS"].split(",")\n',
    },
    'a star where no variable is set': { path: 'shop/settings.py', bad: 'import os\nINSTALLED_APPS = ["shop"]\nALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "*").split(",")\n' },
    'a reset link': { bad: 'from flask import Flask, url_for\napp = Flask(__name__)\ndef reset_mail(token):\n    return "Reset: " + url_for("reset", token=token, _external=True)\n' },
    'an invitation': { bad: 'from flask import Flask, request\napp = Flask(__name__)\n\n\n@app.post("/invite")\ndef invite():\n    send_mail(request.form["to"], f"{request.host_url}join/{make_token()}")\n    return "ok"\n' },
    'a confirmation of FastAPI': { bad: { 'main.py': 'from fastapi import FastAPI, Request\n\napp = FastAPI()\n\n\n@app.post("/register")\ndef send_confirmation(request: Request):\n    mail(f"{request.base_url}confirm/{token()}")\n' } },
    'hosts from the environment': { path: 'settings.py', good: 'import os\nALLOWED_HOSTS = os.environ["ALLOWED_HOSTS"].split(",")\n' },
    'hosts by name': { path: 'settings.py', good: 'ALLOWED_HOSTS = ["shop.example.com", ".example.org"]\n' },
    'no host': { path: 'settings.py', good: 'ALLOWED_HOSTS = []\n' },
    'a star for development': { good: { 'shop/settings/base.py': 'INSTALLED_APPS = ["shop"]\nALLOWED_HOSTS = ["shop.example.com"]\n', 'shop/settings/dev.py': 'from .base import *\n\nALLOWED_HOSTS = ["*"]\n' } },
    'a star while debugging': { path: 'settings.py', good: 'import os\nDEBUG = os.environ.get("DEBUG") == "1"\nALLOWED_HOSTS = ["shop.example.com"]\nif DEBUG:\n    ALLOWED_HOSTS = ["*"]\n' },
    'a variable that is set where it runs': { good: { 'shop/settings.py': 'import os\nINSTALLED_APPS = ["shop"]\nALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "*").split(",")\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      ALLOWED_HOSTS: shop.example.com\n' } },
    'a router that knows its hosts': { good: { 'shop/settings.py': 'INSTALLED_APPS = ["shop"]\nALLOWED_HOSTS = ["*"]\n', Procfile: 'web: gunicorn shop.wsgi\n', 'app.json': '{"name": "shop"}\n' } },
    'a proxy that rejects other names': { good: { 'shop/settings.py': 'INSTALLED_APPS = ["shop"]\nALLOWED_HOSTS = ["*"]\n', 'nginx.conf': 'server {\n  listen 80 default_server;\n  return 444;\n}\nserver {\n  listen 80;\n  server_name shop.example.com;\n  location / { proxy_pass http://web:8000; }\n}\n' } },
    'Traefik routes by name': { good: { 'shop/settings.py': 'INSTALLED_APPS = ["shop"]\nALLOWED_HOSTS = ["*"]\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n    labels:\n      - traefik.http.routers.web.rule=Host(`shop.example.com`)\n' } },
    'Flask that knows its hosts': { good: 'from flask import Flask, url_for\napp = Flask(__name__)\napp.config["TRUSTED_HOSTS"] = ["shop.example.com"]\ndef reset_mail(token):\n    return "Reset: " + url_for("reset", token=token, _external=True)\n' },
    'Flask with its name': { good: { 'config.py': 'import os\n\nclass Config:\n    SERVER_NAME = os.environ["SERVER_NAME"]\n', 'app.py': 'from flask import Flask, url_for\nfrom config import Config\napp = Flask(__name__)\napp.config.from_object(Config)\ndef reset_mail(token):\n    return "Reset: " + url_for("reset", token=token, _external=True)\n' } },
    'FastAPI that knows its hosts': { good: { 'main.py': 'from fastapi import FastAPI, Request\nfrom fastapi.middleware.trustedhost import TrustedHostMiddleware\n\napp = FastAPI()\napp.add_middleware(TrustedHostMiddleware, allowed_hosts=["shop.example.com"])\n\n\n@app.post("/register")\ndef send_confirmation(request: Request):\n    mail(f"{request.base_url}confirm/{token()}")\n' } },
    'links from a setting': { good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\ndef reset_mail(token):\n    return f"Reset: {os.environ[\'BASE_URL\']}/reset/{token}"\n' },
    'links of the same page': { good: 'from flask import Flask, url_for\napp = Flask(__name__)\n@app.get("/items")\ndef items():\n    return {"next": url_for("items", page=2, _external=True)}\n' },
  }),
});

function judge(project: Project): Judgement {
  const hosts = project.settings('ALLOWED_HOSTS').filter((each) => mayServeProduction(each, project));
  const star = hosts.find((each) => allowsAll(each.value, project));
  const found = star ? [] : webFrameworks(project).has('django') || hosts.length > 0 ? [] : restricted(project).length > 0 ? [] : links(project);
  const known = restricted(project).filter((each) => each.known);
  if (!star && found.length === 0 && hosts.length === 0 && known.length === 0 && restricted(project).length > 0) return { notChecked: 'Which hosts are trusted is decided when it runs.' };
  if (!star && found.length === 0) return { holds: [...hosts.map((each) => ({ path: each.path, start: each.start, end: each.end, text: 'ALLOWED_HOSTS' })), ...known.map(({ path, start, end, text }) => ({ path, start, end, text }))].slice(0, 3) };
  const front = routedByName(project);
  if (front) return { holds: [front] };
  if (star) return { open: [{ at: { path: star.path, start: star.assignment.value.at.start, end: star.assignment.value.at.end }, message: isFallback(star) ? 'ALLOWED_HOSTS takes any host when its variable is not set.' : 'ALLOWED_HOSTS takes any host.' }] };
  if (project.calls(...CONFIGURATION_READERS).length > 0) return { notChecked: 'Part of the configuration is read from a file or from variables that are not in the repository.' };
  const [first] = found;
  return { open: [{ at: gapPlace(project), message: `${applicationName(project)} trusts any Host header, and ${first?.text ?? 'a link'} is made of it.`, related: found.slice(0, 4) }] };
}

// ---- Django

function allowsAll(value: Value, project: Project): boolean {
  switch (value.kind) {
    case 'text': return value.value.trim() === '*';
    case 'list': return value.items.some((each) => each.kind === 'text' && each.value === '*');
    case 'environment': return !project.deployedVariable(value.variable) && value.fallback !== undefined && allowsAll(value.fallback, project);
    case 'result': return [...(value.of ? [value.of] : []), ...(/\.split$/.test(value.callee) ? [] : value.args)].some((each) => allowsAll(each, project)) || (!value.of && splitsStar(value, project));
    case 'choice': return value.by === 'or' && value.options.some((each) => allowsAll(each, project)) && !environmentVariables(value).some((each) => project.deployedVariable(each) !== undefined);
    default: return false;
  }
}

function splitsStar(value: Value, project: Project): boolean {
  const unset = whenUnset(value);
  return unset !== undefined && unset !== 'refuses' && unset.kind === 'text' && unset.value === '*' && environmentVariables(value).every((each) => project.deployedVariable(each) === undefined);
}

function isFallback(setting: Setting): boolean {
  return environmentVariables(setting.value).length > 0;
}

// ---- links made of the host

const HOST = /(^|\.)request\.(host_url|url_root|host|base_url|get_host)$|Request\.(base_url|url_for|get_host)$/;
/** What carries a link to somebody else's mailbox. */
const MAILED = /mail|reset|confirm|verif|invit|activat|recover|forgot|magic|welcome/i;

function links(project: Project): readonly Evidence[] {
  return project.once('hostLinks', () => {
    const idle = idleModules(project);
    const called = project.calls('flask.url_for', 'quart.url_for').filter(({ module, call }) => !idle.has(module.path) && !onlyInDevelopment(call) && call.keywords.some((each) => each.name === '_external' && each.value.kind === 'bool' && each.value.value)
      && functionsAround(module, call.at).some((func) => isMailed(func.name, func.does, module.path))).map(({ module, call }) => ({ path: module.path, ...call.at, text: `the link of ${functionsAround(module, call.at).find((each) => each.name !== '')?.name ?? 'a mail'}` }));
    const read = project.modules.filter((module) => !idle.has(module.path)).flatMap((module) => module.functions.filter((func) => func.name !== '' && func.reads.some((each) => HOST.test(each)) && isMailed(func.name, func.does, module.path) && !func.does.some((each) => /(^|\.)(redirect|RedirectResponse|is_safe_url|url_has_allowed_host_and_scheme)$/.test(each)))
      .map((func) => ({ path: module.path, ...func.nameAt, text: `the link of ${func.name}` })));
    return webFrameworks(project).has('django') ? [] : [...called, ...read];
  });
}

function isMailed(name: string, does: readonly string[], path: string): boolean {
  return MAILED.test(name) || does.some((each) => /mail|(^|\.)Message$/i.test(lastName(each))) || /(^|\/)e?mails?(\.py|\/)/i.test(path);
}

function restricted(project: Project): readonly (Evidence & { readonly known: boolean })[] {
  const settings = project.settings('SERVER_NAME', 'TRUSTED_HOSTS').filter((each) => mayServeProduction(each, project) && each.value.kind !== 'none').map((each) => ({ path: each.path, start: each.start, end: each.end, text: each.name, known: (each.value.kind === 'text' || each.value.kind === 'list' || each.value.kind === 'environment') && !isOptional(each, project) }));
  const mounted = middlewares(project).filter((each) => /trusted_?host|allowed_?host|host_?(check|valid|header)/i.test(lastName(each.name)) && !each.keywords.some((one) => one.name === 'allowed_hosts' && one.value.kind === 'list' && one.value.items.some((item) => item.kind === 'text' && item.value === '*'))).map(({ path, start, end, text }) => ({ path, start, end, text, known: true }));
  return [...settings, ...mounted];
}

/** `TRUSTED_HOSTS = None` stands beside it: only who configures it has it. */
function isOptional({ name, path, owner }: Setting, project: Project): boolean {
  return project.settings(name).some((each) => each.path === path && each.owner === owner && each.value.kind === 'none');
}

// ---- in front

const BY_NAME = /^(Render|Fly|Heroku|Railway|App Platform|App Engine|App Runner|Zeabur|Platform\.sh|Vercel|Netlify|Cloud Run|Azure \w.*|the API gateway|Cloudflare Tunnel)$/;

/** Something in front that lets no other name through. */
function routedByName(project: Project): Evidence | undefined {
  const front = fronts(project).find((each) => BY_NAME.test(each.name) || each.kind === 'ingress');
  if (front) return { path: front.path, start: front.start, end: front.end, text: `${front.name} routes by name` };
  const rule = edgeLines(project).find((line) => /routers\.[\w-]+\.rule\W.*Host\(|^rule:.*Host\(|^caddy\s+\S*\w\.\w/.test(line.text));
  if (rule) return { path: rule.path, start: rule.start, end: rule.end, text: 'the proxy routes by name' };
  const caddy = project.of('plain').find((unit) => unit.format === 'caddyfile' && /^(?!\s*:)(https?:\/\/)?[\w.-]+\.[a-z]{2,}[^\n{]*\{|^\{\$/m.test(project.text(unit.path) ?? ''));
  if (caddy) return { path: caddy.path, start: 0, end: 0, text: 'Caddy routes by name' };
  const rejecting = project.of('nginx').flatMap((unit) => serversOf(unit.directives).filter((server) => (server.block ?? []).some((each) => each.name === 'listen' && /default_server|default/.test(each.args.slice(1).join(' '))) && flattened(server.block ?? []).some((each) => (each.name === 'return' && /^4/.test(each.args[0] ?? '')) || each.name === 'ssl_reject_handshake')).map((server) => ({ path: unit.path, ...server.nameAt, text: 'nginx rejects other names' })));
  return rejecting[0];
}

function fromEnvironment(gap: Gap, { project, unit, source }: Context): readonly Edit[] | undefined {
  const setting = project.settings('ALLOWED_HOSTS').find((each) => each.path === gap.at.path && each.assignment.value.at.start === gap.at.start);
  if (!setting || unit.kind !== 'module' || !/^\[\s*["']\*["']\s*,?\s*\]$/.test(source.slice(setting.assignment.value.at))) return undefined;
  return [replace(setting.assignment.value.at, 'os.environ["ALLOWED_HOSTS"].split(",")'), ...importing(unit, source, 'os')];
}
