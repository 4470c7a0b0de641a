import type { Context, Directive, Edit, Selector, Setting, Span, WrittenHeader } from '../kit';
import { HEADER_CALLS, HOOK_CALLS, flattened, headersWrittenIn, hooks, removal, replace, rule, seenInProduction } from '../kit';

interface Forbidden { readonly what: string; readonly at: Span; readonly setting?: Setting; readonly directive?: Directive; readonly hook?: string }

export default rule<Forbidden>({
  id: 'static-cache-disabled',
  title: 'Static files may be cached',
  severity: 'low', points: 1, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'Every page view downloads all scripts and images again. It is sometimes mistaken for a timeout setting.',
  how: 'Cache for long with versioned names, briefly otherwise.',
  links: ['https://developer.mozilla.org/en-US/docs/Web/HTTP/Caching', 'https://flask.palletsprojects.com/en/stable/config/'],

  on: forbidden(),
  check: () => true,
  message: ({ what, hook }) => hook ? `${hook} sends ${what} with every response, static files too.` : `${what} forbids caching of static files.`,
  underline: ({ at }) => at,
  nothing: 'Nothing here forbids caching of static files.',

  fix: { title: 'Allow caching', safety: 'safe', edit: allowed },

  examples: () => ({
    'Flask told not to': {
      bad: { 'config.py': 'class Config:\n    SEND_FILE_MAX_AGE_DEFAULT = 0\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\napp.config.from_object("config.Config")\n' },
      good: { 'config.py': 'class Config:\n    SEND_FILE_MAX_AGE_DEFAULT = 86400\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\napp.config.from_object("config.Config")\n' },
    },
    'Flask told not to, by its key': { bad: 'from flask import Flask\napp = Flask(__name__)\napp.config["SEND_FILE_MAX_AGE_DEFAULT"] = 0\n', good: 'from flask import Flask\napp = Flask(__name__)\napp.config["SEND_FILE_MAX_AGE_DEFAULT"] = 86400\n' },
    'nginx told not to': {
      path: 'nginx.conf', bad: 'server {\n  location /static/ { alias /srv/static/; expires -1; }\n}\n',
      good: 'server {\n  location /static/ { alias /srv/static/; expires 1d; }\n}\n',
    },
    'nginx told not to, by a header': { path: 'nginx.conf', bad: 'server {\n  location ~* \\.(css|js|png)$ {\n    root /srv/www;\n    add_header Cache-Control "no-store, no-cache";\n  }\n}\n' },
    'a hook for everything': { bad: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n\n\n@app.after_request\ndef no_store(response):\n    response.headers["Cache-Control"] = "no-store, max-age=0"\n    return response\n', 'static/site.css': 'body {}\n' } },
    'only while debugging': { good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\nif app.debug:\n    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 0\n' },
    'the development class': { good: { 'config.py': 'class Config:\n    pass\n\nclass DevelopmentConfig(Config):\n    SEND_FILE_MAX_AGE_DEFAULT = 0\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\napp.config.from_object("config.Config")\n' } },
    'a day': { path: 'config.py', good: 'class Config:\n    SEND_FILE_MAX_AGE_DEFAULT = 86400\n' },
    'only dynamic pages': { good: { 'app.py': 'from flask import Flask, request\napp = Flask(__name__)\n@app.after_request\ndef no_store(resp):\n    if not request.path.startswith("/static/"):\n        resp.headers["Cache-Control"] = "no-store"\n    return resp\n', 'static/site.css': 'body {}\n' } },
    'static files go out first': { good: { 'app.py': 'from flask import Flask, request\napp = Flask(__name__)\n@app.after_request\ndef no_store(resp):\n    if request.endpoint == "static":\n        return resp\n    resp.headers["Cache-Control"] = "no-store"\n    return resp\n', 'static/site.css': 'body {}\n' } },
    'only where nothing else is said': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n@app.after_request\ndef no_store(resp):\n    resp.headers.setdefault("Cache-Control", "no-store")\n    return resp\n', 'static/site.css': 'body {}\n' } },
    'pages of one kind': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n@app.after_request\ndef no_store(resp):\n    if resp.mimetype == "text/html":\n        resp.headers["Cache-Control"] = "no-store"\n    return resp\n', 'static/site.css': 'body {}\n' } },
    'an API without files': { good: 'from flask import Flask\napp = Flask(__name__)\n@app.after_request\ndef no_store(resp):\n    resp.headers["Cache-Control"] = "no-store"\n    return resp\n' },
    'one handler': { good: { 'app.py': 'from flask import Flask, make_response\napp = Flask(__name__)\n@app.get("/me")\ndef me():\n    resp = make_response("ok")\n    resp.headers["Cache-Control"] = "no-store"\n    return resp\n', 'static/site.css': 'body {}\n' } },
    'nginx serves the files': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n@app.after_request\ndef no_store(resp):\n    resp.headers["Cache-Control"] = "no-store"\n    return resp\n', 'static/site.css': 'body {}\n', 'nginx.conf': 'server {\n  location /static/ { alias /srv/static/; expires 30d; }\n  location / { proxy_pass http://app:8000; }\n}\n' } },
    'the page of a single-page application': { path: 'nginx.conf', good: 'server {\n  root /srv/www;\n  location = /index.html { expires -1; }\n  location / { try_files $uri /index.html; expires -1; }\n  location /static/ { expires 1y; }\n  location = /static/service-worker.js { expires off; add_header Cache-Control no-cache; }\n}\n' },
  }),
});

const FILES = /^(\^~|~\*?|=)?\s*\^?\/?(static|assets|media|dist|_next\/static|public)\b|\.\(?[^\s]*\b(css|js|png|jpe?g|svg|woff2?)\b/i;
const PAGES = /html?\b|service-?worker|\bsw\.js|manifest|env(ironment)?[-.]?(config)?\.js|config\.js/i;

function forbidden(): Selector<Forbidden> {
  return {
    kinds: ['module', 'nginx'], callees: [...HEADER_CALLS, ...HOOK_CALLS],
    *select(unit, project) {
      if (unit.kind === 'nginx') { yield* ofNginx(unit.directives); return; }
      if (unit.kind !== 'module') return;
      if (unit.assignments.some((one) => one.target.endsWith('SEND_FILE_MAX_AGE_DEFAULT'))) {
        for (const setting of project.settings('SEND_FILE_MAX_AGE_DEFAULT')) {
          if (setting.path === unit.path && setting.value.kind === 'number' && setting.value.value === 0 && seenInProduction(setting, project)) yield { what: 'SEND_FILE_MAX_AGE_DEFAULT = 0', at: setting.assignment.at, setting };
        }
      }
      const written = headersWrittenIn(unit, project).filter((each) => each.header === 'cache-control' && isForEverything(each));
      if (written.length === 0 || !servesFiles(project.paths) || nginxServesFiles(project)) return;
      const running = hooks(project, 'after');
      for (const header of written) {
        const hook = running.find(({ module, func }) => module.path === unit.path && func.at.start <= header.at.start && header.at.end <= func.at.end && looksAtNothing(func.reads));
        if (hook) yield { what: header.value ?? 'no-store', at: header.at, hook: hook.func.name };
      }
    },
  };
}

/** Set in any case, whatever the response says by itself. */
function isForEverything({ value, standing, how }: WrittenHeader): boolean {
  return how === 'statement' && /\bno-(store|cache)\b/i.test(value ?? '') && standing?.guards.length === 0;
}

function looksAtNothing(reads: readonly string[]): boolean {
  return !reads.some((each) => /request\.(path|endpoint|url|full_path|blueprint|view_args)|\.url\.path/i.test(each));
}

function servesFiles(paths: readonly string[]): boolean {
  return paths.some((path) => /(^|\/)(static|assets)\/.*\.(css|js|png|svg|jpe?g)$/.test(path));
}

function nginxServesFiles(project: Context['project']): boolean {
  return project.of('nginx').some((file) => file.role === 'production' && flattened(file.directives).some((each) => each.name === 'location' && FILES.test(each.args.join(' '))));
}

function* ofNginx(directives: readonly Directive[]): Iterable<Forbidden> {
  for (const location of flattened(directives)) {
    const pattern = location.args.join(' ');
    if (location.name !== 'location' || !location.block || !FILES.test(pattern) || PAGES.test(pattern)) continue;
    for (const one of location.block) {
      if (one.name === 'expires' && /^(-\d+\w?|0|epoch)$/.test(one.args[0] ?? '')) yield { what: `expires ${one.args[0] ?? ''}`, at: one.at, directive: one };
      else if (one.name === 'add_header' && /^cache-control$/i.test(one.args[0] ?? '') && /\bno-store\b/i.test(one.args[1] ?? '')) yield { what: `Cache-Control ${one.args[1] ?? ''}`, at: one.at, directive: one };
    }
  }
}

function allowed({ setting, directive, at, hook }: Forbidden, { source }: Context): readonly Edit[] | undefined {
  if (setting) return source.slice(setting.assignment.value.at) === '0' ? [replace(setting.assignment.value.at, '86400')] : undefined;
  const [first] = directive?.argsAt ?? [];
  if (directive?.name === 'expires' && first) return [replace(first, '1d')];
  if (directive?.argsAt[1]) return [replace(directive.argsAt[1], '"public, max-age=86400"')];
  const edit = hook ? undefined : removal(at, source);
  return edit && [edit];
}
