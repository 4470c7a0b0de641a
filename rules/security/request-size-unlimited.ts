import type { Context, Edit, Evidence, Gap, Judgement, Project, Route, Setting, Value, Variation } from '../kit';
import {
  CONFIGURATION_READERS, FRONT_CALLS, HOOK_CALLS, applicationName, closure, constructionAt, edgeLines, fronts, functionNamedAt, functionsAround, gapPlace,
  hooks, idleModules, isWrite, lastName, mayServeProduction, middlewares, options, projectRule, publishedPorts, statementsAfter, webFrameworks,
} from '../kit';

const LARGE = 100 * 1024 * 1024;

export default projectRule({
  id: 'request-size-unlimited',
  title: 'Request bodies have a size limit',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'A few large bodies fill memory or disk and stop every worker. The frameworks named here accept any size unless told.',
  how: 'Set the framework limit and a matching limit at the proxy.',
  links: ['https://flask.palletsprojects.com/en/stable/config/', 'https://nginx.org/en/docs/http/ngx_http_core_module.html', 'https://cheatsheetseries.owasp.org/cheatsheets/Denial_of_Service_Cheat_Sheet.html'],
  anchors: ['njsscan express_bodyparser', 'CWE-770'],
  attestable: 'edge-rate-limiting',

  applies: (project) => {
    const frameworks = webFrameworks(project);
    if (!frameworks.has('flask') && !frameworks.has('fastapi') && !frameworks.has('starlette')) return frameworks.size > 0 ? 'The framework limits bodies by itself.' : 'No web application is served from here.';
    return bodies(project)[0] ?? limit(project) ? true : 'No handler reads a body of any size.';
  },
  reads: [...HOOK_CALLS, ...CONFIGURATION_READERS, ...FRONT_CALLS, '*.get_json', '*.get_data'],
  project: judge,

  fix: { title: 'Set MAX_CONTENT_LENGTH', safety: 'review', edit: limited, remains: 'Larger uploads are answered with 413 from then on: choose the size your users need.' },

  examples: () => ({
    'an upload of any size': {
      bad: 'from flask import Flask, request\napp = Flask(__name__)\n@app.post("/upload")\ndef up():\n    request.files["f"].save("uploads/x.bin")\n    return "ok"\n',
      good: 'from flask import Flask, request\napp = Flask(__name__)\napp.config["MAX_CONTENT_LENGTH"] = 16 * 1024 * 1024\n@app.post("/upload")\ndef up():\n    request.files["f"].save("uploads/x.bin")\n    return "ok"\n',
    },
    'a text from the environment': { bad: 'import os\nfrom flask import Flask\napp = Flask(__name__)\napp.config["MAX_CONTENT_LENGTH"] = os.getenv("MAX_UPLOAD", "16777216")\n' },
    'switched off': { bad: 'from flask import Flask, request\napp = Flask(__name__)\napp.config["MAX_CONTENT_LENGTH"] = None\n@app.post("/upload")\ndef up():\n    return str(len(request.data))\n', severity: 'high' },
    'switched off in nginx': {
      severity: 'high',
      bad: { 'app.py': 'from flask import Flask, request\napp = Flask(__name__)\n@app.post("/upload")\ndef up():\n    return str(len(request.data))\n', 'nginx.conf': 'server {\n  client_max_body_size 0;\n  location / { proxy_pass http://app:8000; }\n}\n' },
    },
    'half a gigabyte, in memory': { bad: 'from flask import Flask, request\napp = Flask(__name__)\napp.config["MAX_CONTENT_LENGTH"] = 500 * 1024 * 1024\n@app.post("/upload")\ndef up():\n    return str(len(request.data))\n', severity: 'low' },
    'a limit in the development class': {
      bad: { 'config.py': 'class Config:\n    DEBUG = False\n\nclass DevelopmentConfig(Config):\n    MAX_CONTENT_LENGTH = 1024\n', 'app.py': 'from flask import Flask, request\nfrom config import Config\n\napp = Flask(__name__)\napp.config.from_object(Config)\n\n@app.post("/upload")\ndef up():\n    return request.get_json()["x"]\n' },
    },
    'the port beside the proxy': {
      bad: { 'app.py': 'from flask import Flask, request\napp = Flask(__name__)\n@app.post("/upload")\ndef up():\n    return str(len(request.data))\n', 'nginx.conf': 'server {\n  client_max_body_size 10m;\n  location / { proxy_pass http://app:8000; }\n}\n', 'docker-compose.yml': 'services:\n  app:\n    build: .\n    ports: ["8000:8000"]\n  nginx:\n    image: nginx:1.27\n    ports: ["80:80"]\n' },
    },
    'a constant that nothing reads': { bad: { 'main.py': 'from fastapi import FastAPI, UploadFile\n\nMAX_FILE_SIZE = 10_000_000\napp = FastAPI()\n\n\n@app.post("/files")\nasync def files(file: UploadFile):\n    return store(await file.read())\n' } },
    'the raw body': { bad: { 'main.py': 'from fastapi import FastAPI, Request\n\napp = FastAPI()\n\n\n@app.post("/events")\nasync def events(request: Request):\n    return parse(await request.body())\n' } },
    'a limit': { good: 'from flask import Flask\napp = Flask(__name__)\napp.config["MAX_CONTENT_LENGTH"] = 16 * 1024 * 1024\n' },
    'a limit from the environment': { good: 'import os\nfrom flask import Flask, request\napp = Flask(__name__)\napp.config["MAX_CONTENT_LENGTH"] = int(os.environ.get("MAX_MB", "16")) * 1024 * 1024\n@app.post("/upload")\ndef up():\n    return str(len(request.data))\n' },
    'a limit in a class': { good: { 'config.py': 'class Config:\n    MAX_CONTENT_LENGTH = 5_000_000\n', 'app.py': 'from flask import Flask, request\n\napp = Flask(__name__)\napp.config.from_object("config.Config")\n\n@app.post("/upload")\ndef up():\n    return request.get_json()["x"]\n' } },
    'a limit at the proxy': { good: { 'app.py': 'from flask import Flask, request\napp = Flask(__name__)\n@app.post("/upload")\ndef up():\n    return str(len(request.data))\n', 'nginx.conf': 'server {\n  client_max_body_size 10m;\n  location / { proxy_pass http://app:8000; }\n}\n' } },
    'nginx\'s own limit': { good: { 'app.py': 'from flask import Flask, request\napp = Flask(__name__)\n@app.post("/upload")\ndef up():\n    return str(len(request.data))\n', 'nginx.conf': 'server {\n  location / { proxy_pass http://app:8000; }\n}\n' } },
    'Caddy\'s limit': { good: { 'app.py': 'from flask import Flask, request\napp = Flask(__name__)\n@app.post("/upload")\ndef up():\n    return str(len(request.data))\n', Caddyfile: 'shop.example.com {\n  request_body {\n    max_size 10MB\n  }\n  reverse_proxy app:8000\n}\n' } },
    'the handler measures': { good: { 'main.py': 'from fastapi import FastAPI, HTTPException, UploadFile\n\nMAX_FILE_SIZE = 10_000_000\napp = FastAPI()\n\n\n@app.post("/files")\nasync def files(file: UploadFile):\n    if file.size is None or file.size > MAX_FILE_SIZE:\n        raise HTTPException(413)\n    return store(await file.read())\n' } },
    'the handler reads so much and no more': { good: { 'main.py': 'from fastapi import FastAPI, HTTPException, UploadFile\n\nMAX_BYTES = 10_000_000\napp = FastAPI()\n\n\n@app.post("/files")\nasync def files(file: UploadFile):\n    content = await file.read(MAX_BYTES + 1)\n    if len(content) > MAX_BYTES:\n        raise HTTPException(400, "too large")\n    return store(content)\n' } },
    'a middleware of its own': { good: { 'main.py': 'from fastapi import FastAPI, Request, UploadFile\nfrom fastapi.responses import JSONResponse\n\napp = FastAPI()\n\n\n@app.middleware("http")\nasync def limit(request: Request, call_next):\n    if int(request.headers.get("content-length", 0)) > 1_000_000:\n        return JSONResponse({}, status_code=413)\n    return await call_next(request)\n\n\n@app.post("/files")\nasync def files(file: UploadFile):\n    return store(await file.read())\n' } },
    'Cloud Run\'s limit': { good: { 'main.py': 'from fastapi import FastAPI, UploadFile\n\napp = FastAPI()\n\n\n@app.post("/files")\nasync def files(file: UploadFile):\n    return store(await file.read())\n', '.github/workflows/deploy.yml': 'on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: gcloud run deploy shop --source .\n' } },
    'JSON of FastAPI': { good: { 'main.py': 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.post("/items")\ndef items(item: dict):\n    return item\n' } },
    'nobody sends anything': { good: 'from flask import Flask\napp = Flask(__name__)\n@app.get("/")\ndef home():\n    return "ok"\n' },
    'a configuration that is not here': { good: 'from flask import Flask, request\napp = Flask(__name__)\napp.config.from_pyfile("/etc/shop.cfg")\n@app.post("/upload")\ndef up():\n    return str(len(request.data))\n' },
  }),
});

function judge(project: Project): Judgement {
  const own = limit(project);
  const textual = own && isText(own.value) ? own : undefined;
  if (textual) return { open: [{ at: placeOf(textual), message: 'MAX_CONTENT_LENGTH is a text from the environment, so that every request with a body fails: it must pass int().' }] };
  const switchedOff = own?.value.kind === 'none' ? own : undefined;
  if (own && !switchedOff) return sized(own, project);
  const measured = [...byHook(project), ...byHandler(project)];
  if (measured.length > 0) return { holds: measured.slice(0, 3) };
  const front = inFront(project);
  if ('limit' in front) return { holds: [front.limit] };
  if (project.calls(...CONFIGURATION_READERS).length > 0) return { notChecked: 'Part of the configuration is read from a file or from variables that are not in the repository.' };
  if (fronts(project).some((each) => each.kind === 'ingress')) return { notChecked: 'An ingress stands in front of it, whose controller may have a limit.' };
  const off: Variation | undefined = switchedOff ?? front.off ? { severity: 'high', points: 10, because: `${switchedOff ? 'the limit' : "the proxy's limit"} is switched off on purpose` } : undefined;
  const read = bodies(project);
  return { open: [{ at: switchedOff ? placeOf(switchedOff) : gapPlace(project), message: message(project, switchedOff !== undefined, front.off !== undefined), related: [...(front.off ? [front.off] : []), ...read.slice(0, 3)], ...(off && { variation: off }) }] };
}

function message(project: Project, off: boolean, proxyOff: boolean): string {
  if (off) return 'MAX_CONTENT_LENGTH is None: bodies of any size are accepted.';
  return `${applicationName(project)} accepts bodies of any size${proxyOff ? ', and client_max_body_size 0 lets them through' : ''}.`;
}

function placeOf(setting: Setting) {
  return { path: setting.path, start: setting.assignment.at.start, end: setting.assignment.at.end };
}

// ---- the application's limit

function limit(project: Project): Setting | undefined {
  return webFrameworks(project).has('flask') ? project.settings('MAX_CONTENT_LENGTH').find((each) => mayServeProduction(each, project)) : undefined;
}

function isText(value: Value): boolean {
  return options(value).some((each) => each.kind === 'text' || (each.kind === 'environment' && each.cast === undefined && (each.fallback === undefined || each.fallback.kind === 'text')));
}

function sized(setting: Setting, project: Project): Judgement {
  const size = setting.value.kind === 'number' ? setting.value.value : undefined;
  if (size !== undefined && size > LARGE && inMemory(project)) return { open: [{ at: placeOf(setting), message: `Bodies of up to ${megabytes(size)} are read into memory.`, variation: { severity: 'low', points: 1, because: 'there is a limit, though a large one' } }] };
  return { holds: [{ ...placeOf(setting), text: size === undefined ? 'MAX_CONTENT_LENGTH is set' : `MAX_CONTENT_LENGTH is ${megabytes(size)}` }] };
}

function megabytes(size: number): string {
  return size < 1024 * 1024 ? `${String(Math.round(size / 1024))} KB` : `${String(Math.round(size / 1024 / 1024))} MB`;
}

function inMemory(project: Project): boolean {
  return bodies(project).some((each) => /data|json|body/.test(each.text));
}

// ---- bodies that are read

const FLASK = /^(?:flask|quart)\.(?:globals\.)?request\.(files|form|data|json|stream|values|get_json|get_data)\b/;
const RAW = /(?:^|\.)(?:[Rr]equest)\.(body|stream)$/;

function bodies(project: Project): readonly Evidence[] {
  return project.once('bodiesRead', () => {
    const idle = idleModules(project);
    const frameworks = webFrameworks(project);
    return project.routes.filter(({ module, route }) => !idle.has(module.path) && isWrite(route)).flatMap(({ module, route }): Evidence[] => {
      const all = [...route.reads, ...route.does, ...route.gates.flatMap((name) => project.func(name)?.func.reads ?? [])];
      const flask = frameworks.has('flask') ? all.flatMap((each) => FLASK.exec(each)?.[1] ?? (/\.validate_on_submit$/.test(each) ? 'form' : []))[0] : undefined;
      const raw = route.framework === 'fastapi' || route.framework === 'starlette' ? all.flatMap((each) => RAW.exec(each)?.[1] ?? [])[0] ?? uploads(module.path, route, project) : undefined;
      const what = flask ?? raw;
      return what ? [{ path: module.path, ...route.handlerAt, text: `${lastName(route.handler)} reads ${what === 'upload' ? 'an upload' : `request.${what}`}` }] : [];
    });
  });
}

function uploads(path: string, route: Route, project: Project): 'upload' | undefined {
  const unit = project.unit(path);
  const func = unit?.kind === 'module' ? functionNamedAt(unit, route.handlerAt.start) : undefined;
  return func?.parameters.some((each) => /UploadFile/.test(each.annotation ?? '')) ? 'upload' : undefined;
}

// ---- limits of its own

function byHook(project: Project): readonly Evidence[] {
  const read = hooks(project, 'before').filter(({ func }) => func.reads.some((each) => /content[-_]length/i.test(each))).map(({ module, func }) => ({ path: module.path, ...func.nameAt, text: `${func.name} looks at the length` }));
  const mounted = middlewares(project).filter((each) => /(size|length|body|upload|request)_?limit|limit_?(upload|size|body|request_?size)|max_?(body|content|upload|request)|content_?(size|length)/i.test(lastName(each.name))).map(({ path, start, end, text }) => ({ path, start, end, text }));
  return [...read, ...mounted];
}

/** A handler that refuses with 413, or compares what it was sent with a size. */
function byHandler(project: Project): readonly Evidence[] {
  const refusals = project.modules.flatMap((module) => module.statuses.filter((each) => each.code === 413 && !functionsAround(module, each.at).some((func) => func.decorators.some((one) => /errorhandler|exception_handler/.test(one.name)))).map((each) => ({ path: module.path, ...each.at, text: 'refuses with 413' })));
  if (refusals.length > 0 || webFrameworks(project).has('flask')) return refusals;
  return project.routes.filter(({ module, route }) => uploads(module.path, route, project) !== undefined || route.does.some((each) => RAW.test(each))).flatMap(({ module, route }) => {
    const start = [...functionsAround(module, route.body)].reverse().map((func) => ({ module, func }));
    const measures = closure(project, start).some((each) => MEASURES.test(project.written(each.module.path, each.func.body)));
    return measures ? [{ path: module.path, ...route.handlerAt, text: `${lastName(route.handler)} measures what it is sent` }] : [];
  });
}

const MEASURES = /\.size\b|len\([\w.]+\)\s*[<>]|[<>]=?\s*(?:\w+\.)*max_?\w*|max_?(?:upload|file|body|content|image)?_?(?:size|bytes|length|mb)\b|content[-_]length/i;

// ---- in front

function inFront(project: Project): { readonly limit: Evidence } | { readonly off?: Evidence } {
  const lines = edgeLines(project);
  const evidence = (line: { path: string; start: number; end: number }, text: string): Evidence => ({ path: line.path, start: line.start, end: line.end, text });
  const off = lines.find((line) => /^client_max_body_size\s+0\w?$/.test(line.text));
  if (off) return { off: evidence(off, off.text) };
  const platform = fronts(project).find((each) => /^(Cloud Run|App Engine|Vercel|the API gateway|Cloudflare)$/.test(each.name));
  if (platform) return { limit: evidence(platform, `${platform.name} has a limit of its own`) };
  if (publishedPorts(project).some((each) => each.service.build !== undefined && !/nginx|caddy|traefik|proxy|haproxy|httpd|front/i.test(`${each.service.name} ${each.service.image ?? ''}`))) return {};
  const said = lines.find((line) => /^client_max_body_size\s|maxRequestBodyBytes|^max_size\s|^LimitRequestBody\s+[1-9]|proxy-body-size\W+[1-9]|max_request_bytes/i.test(line.text));
  if (said) return { limit: evidence(said, said.text.slice(0, 60)) };
  const nginx = fronts(project).find((each) => each.name === 'nginx');
  return nginx ? { limit: evidence(nginx, 'nginx takes 1 MB unless told otherwise') } : {};
}

function limited(gap: Gap, { project, source }: Context): readonly Edit[] | undefined {
  const isFlask = project.applications.some((each) => each.framework === 'flask' && each.path === gap.at.path && each.start === gap.at.start);
  const at = isFlask ? constructionAt(gap.at, source) : undefined;
  return at && [statementsAfter(at, [`${at.name}.config["MAX_CONTENT_LENGTH"] = 16 * 1024 * 1024`])];
}
