import type { Context, Edit, Evidence, Gap, Judgement, Project } from '../kit';
import { FRONT_CALLS, HOOK_CALLS, constructionAt, edgeLines, fronts, gapPlace, idleModules, importing, lastName, middlewares, projectRule, requiring, servesPages, statementsAfter, unreadInfrastructure, webFrameworks, wiring } from '../kit';

const LIBRARIES = ['flask_compress.Compress', 'flask_compress.flask_compress.Compress', 'quart_compress.Compress', 'flask_gzip.Gzip'] as const;

export default projectRule({
  id: 'compression-missing',
  title: 'Responses are compressed',
  severity: 'info', points: 0, confidence: 'possible', blocks: 'never', effort: 'S', since: '1',
  why: 'Text shrinks to a fifth, which is most of the loading time on phones. The proxy can do it for free.',
  how: 'Switch it on in the proxy, else in the app.',
  links: ['https://nginx.org/en/docs/http/ngx_http_gzip_module.html', 'https://expressjs.com/en/advanced/best-practice-performance.html'],
  attestable: 'edge-headers-verified',

  applies: (project) => {
    if (webFrameworks(project).size === 0 || !project.deployable) return edgeLines(project).some((line) => COMPRESSES.test(line.text)) ? true : 'No web application is deployed from here.';
    return servesPages(project) ?? listRoute(project) ?? layers(project)[0] ? true : 'It serves neither pages nor lists.';
  },
  reads: [...FRONT_CALLS, ...HOOK_CALLS, ...LIBRARIES, '*.init_app'],
  project: judge,

  fix: [
    { title: 'Compress in the application', safety: 'review', edit: inApplication, remains: 'Where a proxy stands in front, let it do this instead.' },
  ],

  examples: () => ({
    'pages as they are': {
      bad: { 'app.py': 'from flask import Flask, render_template\napp = Flask(__name__)\n@app.get("/")\ndef home():\n    return render_template("home.html")\n', Procfile: 'web: gunicorn app:app\n' },
      good: { 'app.py': 'from flask import Flask, render_template\nfrom flask_compress import Compress\napp = Flask(__name__)\nCompress(app)\n@app.get("/")\ndef home():\n    return render_template("home.html")\n', Procfile: 'web: gunicorn app:app\n' },
    },
    'lists of an API': {
      bad: { 'main.py': 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/items")\ndef items():\n    return []\n' },
      good: { 'main.py': 'from fastapi import FastAPI\nfrom fastapi.middleware.gzip import GZipMiddleware\n\napp = FastAPI()\napp.add_middleware(GZipMiddleware, minimum_size=1000)\n\n\n@app.get("/items")\ndef items():\n    return []\n' },
    },
    'declared and never given the application': { bad: { 'app.py': 'from flask import Flask, render_template\napp = Flask(__name__)\n@app.get("/")\ndef home():\n    return render_template("home.html")\n', 'requirements.txt': 'flask\nflask-compress\n' } },
    'Flask-Compress': { good: 'from flask import Flask\nfrom flask_compress import Compress\napp = Flask(__name__)\nCompress(app)\n' },
    'nginx': { path: 'nginx.conf', good: 'server {\n  gzip on;\n  location / { proxy_pass http://app:8000; }\n}\n' },
    'nginx, for an application': { good: { 'app.py': 'from flask import Flask, render_template\napp = Flask(__name__)\n@app.get("/")\ndef home():\n    return render_template("home.html")\n', 'nginx.conf': 'http {\n  gzip on;\n  server { location / { proxy_pass http://app:8000; } }\n}\n' } },
    'Caddy': { good: { 'app.py': 'from flask import Flask, render_template\napp = Flask(__name__)\n@app.get("/")\ndef home():\n    return render_template("home.html")\n', Caddyfile: 'shop.example.com {\n  encode zstd gzip\n  reverse_proxy app:8000\n}\n' } },
    'Traefik': { good: { 'main.py': 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/items")\ndef items():\n    return []\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n    labels:\n      - traefik.http.middlewares.small.compress=true\n' } },
    'Django': { path: 'shop/settings.py', good: 'INSTALLED_APPS = ["django.contrib.admin"]\nMIDDLEWARE = ["django.middleware.gzip.GZipMiddleware"]\nTEMPLATES = []\n' },
    'a platform that does it': { good: { 'app.py': 'from flask import Flask, render_template\napp = Flask(__name__)\n@app.get("/")\ndef home():\n    return render_template("home.html")\n', 'render.yaml': 'services:\n  - type: web\n    name: shop\n' } },
    'one value at a time': { good: { 'main.py': 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.post("/predict")\ndef predict(item: dict):\n    return {}\n' } },
    'no web application': { good: { 'tool.py': 'print("hello")\n' } },
  }),
});

const COMPRESSES = /^(gzip|brotli|zstd)\s+on$|^encode\b|^AddOutputFilterByType\s+(DEFLATE|BROTLI)|^SetOutputFilter\s+(DEFLATE|BROTLI)|\.compress\W*=?\W*true|^compress:|^compression\s+(algo|type)/i;

function layers(project: Project): readonly Evidence[] {
  const idle = idleModules(project);
  const mounted = middlewares(project).filter((each) => /gzip|brotli|compress|zstd/i.test(lastName(each.name))).map(({ path, start, end, text }) => ({ path, start, end, text }));
  const lines = edgeLines(project).filter((line) => COMPRESSES.test(line.text)).map((line) => ({ path: line.path, start: line.start, end: line.end, text: line.text.slice(0, 60) }));
  return [...wiring(project, ...LIBRARIES).wired.map(({ path, start, end, text }) => ({ path, start, end, text })), ...mounted, ...lines].filter((each) => !idle.has(each.path));
}

function judge(project: Project): Judgement {
  const found = layers(project);
  if (found.length > 0) return { holds: found.slice(0, 3) };
  const platform = fronts(project).find((each) => /^(Render|Fly|Vercel|Netlify|Cloudflare|Cloudflare Tunnel|App Platform|App Engine|Cloud Run|Platform\.sh)$/.test(each.name));
  if (platform) return { notApplicable: `${platform.name} compresses by itself.` };
  if (fronts(project).some((each) => each.kind === 'ingress') || unreadInfrastructure(project)) return { notChecked: 'What stands in front of it is not described here.' };
  const declared = project.declares('flask-compress');
  return { open: [{ at: gapPlace(project, 'MIDDLEWARE'), message: `No layer compresses text responses${declared ? '; flask-compress is declared and never given the application' : ''}.`, related: declared ? [declared] : [] }] };
}

/** A read that gives several things: its path ends in a plural. */
function listRoute(project: Project): Evidence | undefined {
  const found = project.routes.find(({ route }) => route.methods.includes('GET') && /[a-z]s\/?$/.test(route.path) && !/status|stats|metrics|docs|access|address\/?$/.test(route.path));
  return found && { path: found.module.path, ...found.route.handlerAt, text: found.route.path };
}

function inApplication(gap: Gap, { project, source, unit }: Context): readonly Edit[] | undefined {
  const framework = project.applications.find((each) => each.path === gap.at.path && each.start === gap.at.start)?.framework;
  const at = constructionAt(gap.at, source);
  if (!at || unit.kind !== 'module') return undefined;
  if (framework === 'fastapi') return [...importing(unit, source, 'GZipMiddleware', 'fastapi.middleware.gzip'), statementsAfter(at, [`${at.name}.add_middleware(GZipMiddleware, minimum_size=1000)`])];
  return framework === 'flask' ? [...importing(unit, source, 'Compress', 'flask_compress'), statementsAfter(at, [`Compress(${at.name})`]), ...requiring(project, 'flask-compress', 'Flask-Compress>=1.15')] : undefined;
}
