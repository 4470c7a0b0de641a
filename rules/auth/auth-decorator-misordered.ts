import type { Decorator, Edit, Func, Module, Project, Selector, Source } from '../kit';
import { LIBRARY_GUARD, authenticates, guardsEverything, insert, lastName, replace, rule } from '../kit';

/** A function that Flask serves, with its decorators from the outermost one. */
interface Handler { readonly func: Func; readonly module: Module; readonly guard?: Decorator; readonly route?: Decorator }

const ROUTE = /(^|\.)(route|get|post|put|patch|delete)$/;
const FLASK = /^(flask|quart|apiflask|flask_openapi3|flask_smorest)(\.\w+)*\.(Flask|Blueprint|APIFlask|APIBlueprint|OpenAPI|Quart)\.\w+$/;

export default rule<Handler>({
  id: 'auth-decorator-misordered',
  title: 'The auth decorator is below the route decorator',
  severity: 'high', points: 12, confidence: 'confirmed', blocks: 'always', effort: 'S', since: '1',
  why: 'Flask registers the function as it is when the route decorator runs, so the check above it never executes. The code looks protected.',
  how: 'Put route decorators first, outermost.',
  links: ['https://flask-login.readthedocs.io/en/latest/', 'https://cwe.mitre.org/data/definitions/862.html'],
  anchors: ['CWE-862'],

  applies: (project) => project.frameworks.has('flask') || project.frameworks.has('quart') ? true : 'The order has another meaning outside of Flask.',
  on: handlers(),
  nothing: 'No route of Flask has an auth decorator.',
  check: (handler, { project }) => handler.guard !== undefined && (guardedElsewhere(handler, project) ? { severity: 'low', because: 'something before every request asks as well' } : true),
  message: ({ guard, route }) => `@${lastName(guard?.name ?? '')} stands above @${route?.receiver ?? 'app'}.${lastName(route?.name ?? 'route')} and is not applied to the function that is registered.`,
  underline: ({ guard, func }) => guard?.at ?? func.nameAt,
  holds: ({ func }) => `the guard of ${func.name} is below its route`,
  summary: (count) => count === 1 ? 'The guard of the only guarded route is below the route decorator' : `${count} guarded routes, and the guard is below the route decorator in all`,
  fix: { title: 'Move the guard below the route', safety: 'safe', edit: ({ guard, route }, { source }) => guard && route && swapped(guard, route, source) },

  examples: () => ({
    'a login above the route': {
      bad: 'from flask import Flask\nfrom flask_login import login_required\n\napp = Flask(__name__)\n\n\n@login_required\n@app.get("/account")\ndef account():\n    return "secret"\n',
      good: 'from flask import Flask\nfrom flask_login import login_required\n\napp = Flask(__name__)\n\n\n@app.get("/account")\n@login_required\ndef account():\n    return "secret"\n',
    },
    'a token above the route of a blueprint': {
      path: 'api.py',
      bad: 'from flask import Blueprint\nfrom flask_jwt_extended import jwt_required\nbp = Blueprint("api", __name__)\n@jwt_required()\n@bp.post("/pay")\ndef pay():\n    return "ok"\n',
      good: 'from flask import Blueprint\nfrom flask_jwt_extended import jwt_required\nbp = Blueprint("api", __name__)\n@bp.post("/pay")\n@jwt_required()\ndef pay():\n    return "ok"\n',
    },
    'between two routes': {
      bad: 'from flask import Flask\nfrom flask_login import login_required\napp = Flask(__name__)\n@app.get("/a")\n@login_required\n@app.get("/b")\ndef account():\n    return "secret"\n',
      good: 'from flask import Flask\nfrom flask_login import login_required\napp = Flask(__name__)\n@app.get("/a")\n@app.get("/b")\n@login_required\ndef account():\n    return "secret"\n',
    },
    'a check of the project\'s own, from another file': {
      bad: {
        'app.py': 'from flask import Flask\nfrom guards import members\napp = Flask(__name__)\n@members\n@app.route(\n    "/account",\n    methods=["POST"],\n)\ndef account():\n    return "secret"\n',
        'guards.py': 'from functools import wraps\nfrom flask import abort, session\ndef members(f):\n    @wraps(f)\n    def inner(*a, **k):\n        if "uid" not in session:\n            abort(401)\n        return f(*a, **k)\n    return inner\n',
      },
      good: {
        'app.py': 'from flask import Flask\nfrom guards import members\napp = Flask(__name__)\n@app.route(\n    "/account",\n    methods=["POST"],\n)\n@members\ndef account():\n    return "secret"\n',
        'guards.py': 'from functools import wraps\nfrom flask import abort, session\ndef members(f):\n    @wraps(f)\n    def inner(*a, **k):\n        if "uid" not in session:\n            abort(401)\n        return f(*a, **k)\n    return inner\n',
      },
    },
    'a hook asks too': {
      severity: 'low',
      bad: 'from flask import Flask, abort, session\nfrom flask_login import login_required\napp = Flask(__name__)\n@app.before_request\ndef check_login():\n    if "uid" not in session:\n        abort(401)\n@login_required\n@app.get("/account")\ndef account():\n    return "secret"\n',
    },
    'FastAPI and its dependencies': { path: 'main.py', good: 'from fastapi import FastAPI\nfrom flask import Flask\nfrom guards import login_required\napp = FastAPI()\n@login_required\n@app.get("/account")\ndef account():\n    return "secret"\n' },
    'Django': { path: 'views.py', good: 'from django.contrib.auth.decorators import login_required\n@login_required\ndef account(request):\n    return None\n' },
    'a mark for another part of the program': {
      good: 'from flask import Flask\napp = Flask(__name__)\ndef internal(f):\n    f.internal = True\n    return f\n@internal\n@app.get("/a")\ndef a():\n    return "a"\n',
    },
    'guarded below as well': {
      good: 'from flask import Flask\nfrom flask_login import fresh_login_required, login_required\napp = Flask(__name__)\n@login_required\n@app.get("/a")\n@fresh_login_required\ndef a():\n    return "a"\n',
    },
    'a cache above the route': { good: 'from functools import lru_cache\nfrom flask import Flask\napp = Flask(__name__)\n@lru_cache\n@app.get("/a")\ndef a():\n    return "a"\n' },
    'no route at all': { good: 'from flask_login import login_required\nfrom flask import Flask\n@login_required\ndef helper():\n    return 1\n' },
  }),
});

function handlers(): Selector<Handler> {
  return {
    kinds: ['module'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.routes.length === 0) return;
      for (const func of unit.functions) {
        if (func.decorators.length < 2) continue;
        const last = func.decorators.findLastIndex((each) => isRoute(each));
        if (last < 0) continue;
        const above = func.decorators.slice(0, last).find((each) => isGuard(each, project));
        const below = func.decorators.slice(last + 1).some((each) => isGuard(each, project));
        const route = func.decorators[last];
        if (above && !below && route) yield { func, module: unit, guard: above, route };
        else if (below) yield { func, module: unit };
      }
    },
  };
}

/** The blueprint or the application asks before the function runs, so that nothing is open. */
function guardedElsewhere({ func, module, guard }: Handler, project: Project): boolean {
  const route = project.routesOf(module).find((each) => each.handlerAt.start === func.nameAt.start);
  return route !== undefined && (guardsEverything(route, project) || route.gates.some((each) => each !== guard?.name && authenticates(each, project)));
}

function isRoute(decorator: Decorator): boolean {
  return ROUTE.test(decorator.name) && FLASK.test(decorator.name);
}

function isGuard(decorator: Decorator, project: Project): boolean {
  return !ROUTE.test(decorator.name) && (LIBRARY_GUARD.test(decorator.name) || authenticates(decorator.name, project));
}

/** The line of the guard goes below the last line of the route; nothing where they share lines with something else. */
function swapped(guard: Decorator, route: Decorator, source: Source): readonly Edit[] | undefined {
  const start = source.lineStart(guard.at.start);
  const end = source.lineEnd(guard.at.end);
  const after = source.lineEnd(route.at.end);
  const alone = (from: number, to: number) => /^[ \t]*@[ \t]*$/.test(source.slice({ start: source.lineStart(from), end: from })) && /^[ \t]*(#.*)?$/.test(source.slice({ start: to, end: source.lineEnd(to) }));
  if (!alone(guard.at.start, guard.at.end) || !alone(route.at.start, route.at.end)) return undefined;
  const next = end + source.newline.length;
  return [replace({ start, end: next }, ''), insert(after, `\n${source.slice({ start, end }).replace(/\r\n/g, '\n')}`)];
}
