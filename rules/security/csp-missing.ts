import type { Context, Edit, Evidence, Gap, Judgement, Place, Project, Source } from '../kit';
import { HEADER_CALLS, HOOK_CALLS, constructionAt, definitionAfter, gapPlace, hooks, insert, lacksMiddleware, mayServeProduction, projectRule, sentHeaders, servesPages, unknownHeader, webFrameworks } from '../kit';

const CSP = /^content-security-policy(-report-only)?$/;
const LIBRARIES = ['flask-talisman', 'django-csp', 'secweb', 'secure', 'flask-csp'] as const;
const REPORT_ONLY = 'Content-Security-Policy-Report-Only';
const FIRST = "default-src 'self'";

export default projectRule({
  id: 'csp-missing',
  title: 'A Content-Security-Policy is sent',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: 'A policy is the second wall when a template escape is missed. Without one any injected script may run and send data anywhere.',
  how: "Begin with default-src 'self' in report-only mode, then enforce it with nonces for inline code.",
  links: ['https://developer.mozilla.org/en-US/docs/Web/HTTP/CSP', 'https://cheatsheetseries.owasp.org/cheatsheets/Content_Security_Policy_Cheat_Sheet.html'],
  anchors: ['CWE-1021', 'CWE-693'],
  ladder: { name: 'csp', rung: 1 },
  attestable: 'edge-headers-verified',

  applies: (project) => {
    if (webFrameworks(project).size === 0 || !project.deployable) return policiesInPages(project).length > 0 ? true : 'No web application is deployed from here.';
    return servesPages(project) ?? policiesInPages(project)[0] ?? sentHeaders(project).find((each) => CSP.test(each.header)) ? true : 'It serves no pages.';
  },
  reads: [...HEADER_CALLS, ...HOOK_CALLS],
  project: judge,

  fix: { title: 'Start with a report-only policy', safety: 'review', edit: reportOnly, remains: 'Look at the violations browsers report, then enforce the policy.' },

  examples: () => ({
    'pages without a policy': {
      bad: 'from flask import Flask, render_template\napp = Flask(__name__)\n@app.get("/")\ndef home():\n    return render_template("home.html")\n',
      good: 'from flask import Flask, render_template\napp = Flask(__name__)\n\n\n@app.after_request\ndef content_security_policy(response):\n    response.headers.setdefault("Content-Security-Policy-Report-Only", "default-src \'self\'")\n    return response\n\n\n@app.get("/")\ndef home():\n    return render_template("home.html")\n',
    },
    'beside the other headers': {
      bad: 'from flask import Flask, render_template\napp = Flask(__name__)\n\n\n@app.after_request\ndef headers(response):\n    response.headers.setdefault("X-Content-Type-Options", "nosniff")\n    response.headers.setdefault("X-Frame-Options", "DENY")\n    return response\n\n\n@app.get("/")\ndef home():\n    return render_template("home.html")\n',
      good: 'from flask import Flask, render_template\napp = Flask(__name__)\n\n\n@app.after_request\ndef headers(response):\n    response.headers.setdefault("X-Content-Type-Options", "nosniff")\n    response.headers.setdefault("Content-Security-Policy-Report-Only", "default-src \'self\'")\n    response.headers.setdefault("X-Frame-Options", "DENY")\n    return response\n\n\n@app.get("/")\ndef home():\n    return render_template("home.html")\n',
    },
    'beside the other headers, by their keys': {
      bad: { 'shop/__init__.py': "from flask import Flask, render_template\n\n\ndef create_app():\n    app = Flask(__name__)\n\n    @app.after_request\n    def headers(resp):\n        resp.headers['X-Frame-Options'] = 'DENY'\n        return resp\n\n    @app.get('/')\n    def home():\n        return render_template('home.html')\n\n    return app\n" },
      good: { 'shop/__init__.py': "from flask import Flask, render_template\n\n\ndef create_app():\n    app = Flask(__name__)\n\n    @app.after_request\n    def headers(resp):\n        resp.headers['X-Frame-Options'] = 'DENY'\n        resp.headers['Content-Security-Policy-Report-Only'] = \"default-src 'self'\"\n        return resp\n\n    @app.get('/')\n    def home():\n        return render_template('home.html')\n\n    return app\n" },
    },
    'beside the headers of nginx': {
      bad: { 'app.py': 'from flask import Flask, render_template\napp = Flask(__name__)\n@app.get("/")\ndef home():\n    return render_template("home.html")\n', 'nginx.conf': 'server {\n  add_header X-Content-Type-Options nosniff always;\n  location / { proxy_pass http://app:8000; }\n}\n' },
      good: { 'app.py': 'from flask import Flask, render_template\napp = Flask(__name__)\n@app.get("/")\ndef home():\n    return render_template("home.html")\n', 'nginx.conf': 'server {\n  add_header X-Content-Type-Options nosniff always;\n  add_header Content-Security-Policy-Report-Only "default-src \'self\'" always;\n  location / { proxy_pass http://app:8000; }\n}\n' },
    },
    'settings without their middleware': {
      path: 'settings.py',
      bad: 'CSP_DEFAULT_SRC = ("\'self\'",)\nINSTALLED_APPS = ["django.contrib.staticfiles"]\nMIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]\nTEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]\n',
    },
    'Talisman told to send none': { bad: 'from flask import Flask, render_template\nfrom flask_talisman import Talisman\napp = Flask(__name__)\nTalisman(app, content_security_policy=None)\n\n\n@app.get("/")\ndef home():\n    return render_template("home.html")\n' },
    'Talisman only declared': { bad: { 'app.py': 'from flask import Flask, render_template\napp = Flask(__name__)\n\n\n@app.get("/")\ndef home():\n    return render_template("home.html")\n', 'requirements.txt': 'flask\nflask-talisman\n' } },
    'one page alone has a policy': { bad: 'from flask import Flask, make_response, render_template\napp = Flask(__name__)\n\n\n@app.get("/pay")\ndef pay():\n    response = make_response(render_template("pay.html"))\n    response.headers["Content-Security-Policy"] = "default-src \'self\'"\n    return response\n' },
    'templates of FastAPI': { bad: { 'main.py': 'from fastapi import FastAPI, Request\nfrom fastapi.templating import Jinja2Templates\n\napp = FastAPI()\ntemplates = Jinja2Templates(directory="templates")\n\n\n@app.get("/")\ndef home(request: Request):\n    return templates.TemplateResponse(request, "home.html")\n' } },
    'Talisman': { good: 'from flask import Flask\nfrom flask_talisman import Talisman\napp = Flask(__name__)\nTalisman(app, content_security_policy={"default-src": "\'self\'"})\n' },
    'Talisman\'s default': { good: 'from flask import Flask, render_template\nfrom flask_talisman import Talisman\n\ntalisman = Talisman()\n\n\ndef create_app():\n    app = Flask(__name__)\n    talisman.init_app(app)\n\n    @app.get("/")\n    def home():\n        return render_template("home.html")\n\n    return app\n' },
    'a page says it': { path: 'templates/base.html', good: '<meta http-equiv="Content-Security-Policy" content="default-src \'self\'">\n' },
    'the base page of an application says it': { good: { 'app.py': 'from flask import Flask, render_template\napp = Flask(__name__)\n@app.get("/")\ndef home():\n    return render_template("home.html")\n', 'templates/base.html': '<head>\n  <meta http-equiv="Content-Security-Policy"\n        content="default-src \'self\'">\n</head>\n' } },
    'report-only counts': { good: 'from flask import Flask, render_template\napp = Flask(__name__)\n\n\n@app.after_request\ndef headers(response):\n    response.headers["Content-Security-Policy-Report-Only"] = "default-src \'self\'"\n    return response\n\n\n@app.get("/")\ndef home():\n    return render_template("home.html")\n' },
    'built at run time': { good: 'from flask import Flask, g, render_template\napp = Flask(__name__)\n\n\n@app.after_request\ndef headers(response):\n    response.headers["Content-Security-Policy"] = policy(g.nonce)\n    return response\n\n\ndef policy(nonce):\n    return f"script-src \'nonce-{nonce}\'"\n\n\n@app.get("/")\ndef home():\n    return render_template("home.html")\n' },
    'django-csp': { path: 'settings.py', good: 'INSTALLED_APPS = ["django.contrib.admin", "csp"]\nMIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "csp.middleware.CSPMiddleware"]\nCSP_DEFAULT_SRC = ("\'self\'",)\nTEMPLATES = []\n' },
    'Django 6': { path: 'settings.py', good: 'INSTALLED_APPS = ["django.contrib.admin"]\nMIDDLEWARE = ["django.middleware.csp.ContentSecurityPolicyMiddleware"]\nSECURE_CSP = {"default-src": ["\'self\'"]}\n' },
    'nginx sends it': { good: { 'app.py': 'from flask import Flask, render_template\napp = Flask(__name__)\n@app.get("/")\ndef home():\n    return render_template("home.html")\n', 'nginx.conf': 'server {\n  add_header Content-Security-Policy "default-src \'self\'" always;\n  location / { proxy_pass http://app:8000; }\n}\n' } },
    'an API in JSON': { good: 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/rates")\ndef rates():\n    return {}\n' },
    'templates for mail alone': { good: { 'main.py': 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/rates")\ndef rates():\n    return {}\n', 'app/email-templates/welcome.html': '<p>Hello {{ name }}</p>\n' } },
  }),
});

function policiesInPages(project: Project): readonly Evidence[] {
  return project.of('template').filter((unit) => unit.role === 'production').flatMap((unit) => unit.headers.filter((each) => CSP.test(each.name.toLowerCase())).map((each) => ({ path: unit.path, ...each.at, text: `${each.name} in a page` })));
}

function judge(project: Project): Judgement {
  const sent = sentHeaders(project).filter((each) => CSP.test(each.header));
  const holds = [...sent.map(({ path, start, end, text, header }) => ({ path, start, end, text: header.endsWith('only') ? `${text}, report-only` : text })), ...policiesInPages(project)];
  if (holds.length > 0) return { holds: holds.slice(0, 3) };
  if (webFrameworks(project).has('django') && project.settings('MIDDLEWARE', 'MIDDLEWARE_CLASSES').some((each) => each.value.kind !== 'list' && mayServeProduction(each, project))) return { notChecked: 'MIDDLEWARE is put together in a way that cannot be read here.' };
  const table = unknownHeader(project);
  if (table) return { notChecked: `Headers are set from a table that is known only when it runs (${table.path}).` };
  const unwired = project.settings('CSP_DEFAULT_SRC', 'CSP_SCRIPT_SRC', 'CONTENT_SECURITY_POLICY', 'SECURE_CSP').find((each) => mayServeProduction(each, project));
  const off = switchedOff(project);
  const idle = LIBRARIES.find((name) => project.declares(name));
  const reason = unwired && lacksMiddleware(project, 'csp.middleware.CSPMiddleware') ? `: ${unwired.name} has no effect without the middleware` : off ? ': Talisman is told to send none' : idle ? `; ${idle} is declared and sends none here` : '';
  return { open: [{ at: unwired ? { path: unwired.path, ...unwired.assignment.targetAt } : off ?? beside(project) ?? gapPlace(project, 'MIDDLEWARE'), message: `Pages are sent without a Content-Security-Policy${reason}.` }] };
}

function switchedOff(project: Project): Place | undefined {
  const found = project.calls('flask_talisman.Talisman', '*.init_app').flatMap(({ module, call }) => call.keywords.filter((each) => each.name === 'content_security_policy' && (each.value.kind === 'none' || (each.value.kind === 'bool' && !each.value.value))).map((each) => ({ path: module.path, ...each.at })));
  return found[0];
}

/** Another header of the application, or of its proxy, that stands on a line of its own. */
function beside(project: Project): Place | undefined {
  const running = hooks(project, 'after');
  const isHook = (at: Place) => project.unit(at.path)?.kind !== 'module' || running.some(({ module, func }) => module.path === at.path && func.at.start <= at.start && at.end <= func.at.end);
  return sentHeaders(project).find((each) => isHook(each) && /^x-(content-type|frame)-options$/.test(each.header) && lineFor(project.text(each.path) ?? '', each) !== undefined);
}

const WRITTEN = [
  /^([ \t]*[\w.]*(?:headers|resp|response|res)\.(?:setdefault|set|add)\()(["'])X-[\w-]+\2(, *)(["'])[^"']*\4(\))[ \t]*$/i, /^([ \t]*[\w.]+\[)(["'])X-[\w-]+\2(\] = )(["'])[^"']*\4()[ \t]*$/i, /^([ \t]*add_header[ \t]+)()X-[\w-]+()(?:[ \t]+)()(?:"[^"]*"|\S+)((?:[ \t]+always)?;)[ \t]*$/i,
] as const;

/** The line of this header, written again for the policy. */
function lineFor(text: string, at: Place): string | undefined {
  const start = text.lastIndexOf('\n', at.start - 1) + 1;
  const end = /\r?\n|$/.exec(text.slice(at.end))?.index ?? 0;
  const line = text.slice(start, at.end + end);
  for (const pattern of WRITTEN) {
    const found = pattern.exec(line);
    if (!found) continue;
    const [, before = '', quote = '', between = '', , after = ''] = found;
    return quote === '' ? `${before}${REPORT_ONLY} "${FIRST}"${after}` : `${before}${quote}${REPORT_ONLY}${quote}${between}"${FIRST}"${after}`;
  }
  return undefined;
}

function reportOnly(gap: Gap, { source, project }: Context): readonly Edit[] | undefined {
  const line = lineFor(source.text, gap.at);
  return line === undefined ? hook(gap, source, project) : [insert(source.lineEnd(gap.at.end), `\n${line}`)];
}

function hook(gap: Gap, source: Source, project: Project): readonly Edit[] | undefined {
  const framework = project.applications.find((each) => each.path === gap.at.path && each.start === gap.at.start)?.framework;
  const at = constructionAt(gap.at, source);
  if (!at || framework === undefined || framework === 'django') return undefined;
  const line = `    response.headers.setdefault("${REPORT_ONLY}", "${FIRST}")`;
  if (framework === 'fastapi') return [definitionAfter(at, [`@${at.name}.middleware("http")`, 'async def content_security_policy(request, call_next):', '    response = await call_next(request)', line, '    return response'], source)];
  if (framework !== 'flask' && framework !== 'quart') return undefined;
  return [definitionAfter(at, [`@${at.name}.after_request`, `${framework === 'quart' ? 'async def' : 'def'} content_security_policy(response):`, line, '    return response'], source)];
}
