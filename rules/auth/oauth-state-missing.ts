import type { CallMatch, Func, Module, Project, Selector, Span } from '../kit';
import { call, closure, functionsAround, lastName, lookup, onlyInDevelopment, qualifiedPath, rule, withoutComments } from '../kit';

const POSTS = ['requests.post', 'requests.Session.post', 'requests.request', 'httpx.post', 'httpx.Client.post', 'httpx.AsyncClient.post', 'aiohttp.ClientSession.post', 'requests.get', 'httpx.get', 'httpx.AsyncClient.get', 'aiohttp.ClientSession.get'] as const;
const LIBRARIES = [
  'requests_oauthlib.OAuth2Session.fetch_token', 'authlib.integrations.requests_client.OAuth2Session.fetch_token', 'authlib.integrations.httpx_client.AsyncOAuth2Client.fetch_token', 'authlib.integrations.httpx_client.OAuth2Client.fetch_token',
  'google_auth_oauthlib.flow.Flow.fetch_token', 'google_auth_oauthlib.flow.Flow.from_client_config.fetch_token', 'google_auth_oauthlib.flow.Flow.from_client_secrets_file.fetch_token',
] as const;

/** A callback that exchanges a code for a token. */
interface Callback { readonly at: Span; readonly name: string; readonly checked: boolean }

export default rule<Callback>({
  id: 'oauth-state-missing',
  title: 'OAuth callbacks check the state value',
  severity: 'high', points: 10, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: `Without it an attacker can log a victim into the attacker's account, or bind theirs. The victim then saves data there.`,
  how: `Use a library for both legs, or store a random state in the session and compare it.`,
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/OAuth2_Cheat_Sheet.html', 'https://www.rfc-editor.org/rfc/rfc6749#section-10.12'],
  anchors: ['CWE-352'],

  on: callbacks(),
  check: ({ checked }) => !checked,
  message: ({ name }) => `${name}() exchanges the code of an OAuth login without comparing its state.`,
  underline: ({ at }) => at,
  holds: ({ name }) => `${name}() looks at the state`,
  nothing: 'No OAuth login is written by hand here.',

  examples: () => ({
    'the code is all it looks at': { bad: 'import requests\nfrom flask import request, session\ndef callback():\n    r = requests.post("https://login.example.com/token", data={"code": request.args["code"]}, timeout=5)\n    session["user"] = r.json()["sub"]\n' },
    'FastAPI': { bad: 'import httpx\nfrom fastapi import APIRouter\n\nrouter = APIRouter()\n\n@router.get("/auth/callback")\nasync def auth_callback(code: str):\n    async with httpx.AsyncClient(timeout=5) as client:\n        r = await client.post("https://login.example.com/oauth/token", data={"grant_type": "authorization_code", "code": code})\n    return r.json()\n' },
    'Django': { bad: 'import requests\n\ndef oauth_callback(request):\n    code = request.GET.get("code")\n    token = requests.post("https://login.example.com/oauth/token", data={"code": code, "grant_type": "authorization_code"}, timeout=5).json()\n    request.session["token"] = token["access_token"]\n', path: 'shop/views.py' },
    'a helper exchanges': {
      bad: 'import requests\nfrom flask import Flask, request, session\n\napp = Flask(__name__)\n\ndef exchange(code):\n    return requests.post("https://login.example.com/token", json={"code": code, "client_id": "shop"}, timeout=5).json()\n\n@app.get("/callback")\ndef callback():\n    session["user"] = exchange(request.args.get("code"))["sub"]\n    return "ok"\n',
    },
    'a library that is told nothing of the first leg': { bad: 'from flask import Flask, request\nfrom requests_oauthlib import OAuth2Session\n\napp = Flask(__name__)\n\n@app.route("/callback")\ndef callback():\n    github = OAuth2Session("client")\n    return github.fetch_token("https://login.example.com/token", authorization_response=request.url)\n' },
    'the state of a comment': { bad: 'import requests\nfrom flask import request\n\ndef callback():\n    """Checks no state."""\n    # TODO compare state\n    return requests.post("https://login.example.com/token", data={"code": request.args["code"]}, timeout=5).json()\n' },
    'compared with the session': { good: 'import requests\nfrom flask import abort, request, session\ndef callback():\n    if request.args.get("state") != session.pop("oauth_state", None):\n        abort(400)\n    r = requests.post("https://login.example.com/token", data={"code": request.args["code"]}, timeout=5)\n    session["user"] = r.json()["sub"]\n' },
    'compared by a function of its own': { good: 'import requests\nfrom flask import request, session\n\ndef callback():\n    check()\n    return requests.post("https://login.example.com/token", data={"code": request.args["code"]}, timeout=5).json()\n\ndef check():\n    if request.args["state"] != session["state"]:\n        raise ValueError("state")\n' },
    'compared before a helper exchanges': { good: 'import requests\nfrom flask import Flask, abort, request, session\n\napp = Flask(__name__)\n\ndef exchange(code):\n    return requests.post("https://login.example.com/token", data={"code": code}, timeout=5).json()\n\n@app.get("/callback")\ndef callback():\n    if request.args.get("state") != session.get("state"):\n        abort(400)\n    return exchange(request.args.get("code"))\n' },
    'a verifier of PKCE that the session keeps': { good: 'import requests\nfrom flask import request, session\n\ndef callback():\n    return requests.post("https://login.example.com/token", data={"code": request.args["code"], "code_verifier": session.pop("verifier")}, timeout=5).json()\n' },
    'a parameter of FastAPI': { good: 'import httpx\nfrom fastapi import APIRouter, Depends\nfrom app.oauth import valid_state\n\nrouter = APIRouter()\n\n@router.get("/auth/callback")\nasync def auth_callback(code: str, state: str = Depends(valid_state)):\n    async with httpx.AsyncClient(timeout=5) as client:\n        return (await client.post("https://login.example.com/oauth/token", data={"code": code})).json()\n' },
    'a dependency of the route looks at it': { good: 'import httpx\nfrom fastapi import APIRouter, Depends, HTTPException, Request\n\nrouter = APIRouter()\n\ndef same_browser(request: Request):\n    if request.query_params["state"] != request.session.get("state"):\n        raise HTTPException(400)\n\n@router.get("/auth/callback", dependencies=[Depends(same_browser)])\nasync def auth_callback(code: str):\n    async with httpx.AsyncClient(timeout=5) as client:\n        return (await client.post("https://login.example.com/oauth/token", data={"code": code})).json()\n' },
    'the library keeps the state': { good: 'from authlib.integrations.flask_client import OAuth\ndef callback(oauth: OAuth):\n    return oauth.login.authorize_access_token()\n' },
    'a single page hands in the code it was given': { good: 'import httpx\nfrom fastapi import APIRouter\n\nrouter = APIRouter()\n\n@router.post("/auth/google")\nasync def google(code: str):\n    async with httpx.AsyncClient(timeout=5) as client:\n        return (await client.post("https://login.example.com/oauth/token", data={"code": code})).json()\n' },
    'a code of another kind': { good: 'import requests\nfrom flask import request\n\ndef apply():\n    return requests.post("https://shop.example.com/coupons", json={"code": request.args["code"]}, timeout=5).json()\n' },
    'a program on one\'s own machine': { good: 'import requests\n\ndef login():\n    code = input("code: ")\n    return requests.post("https://login.example.com/token", data={"code": code}, timeout=5).json()\n' },
    'a refreshed token': { good: 'import requests\nfrom flask import request\n\ndef refresh():\n    return requests.post("https://login.example.com/token", data={"grant_type": "refresh_token", "refresh_token": request.args["code"]}, timeout=5).json()\n' },
    'tests': { path: 'tests/test_auth.py', good: 'import requests\nfrom flask import request\n\ndef callback():\n    requests.post("https://login.example.com/token", data={"code": request.args["code"]}, timeout=5)\n' },
  }),
});

function callbacks(): Selector<Callback> {
  const calls = call(...POSTS, ...LIBRARIES);
  return {
    kinds: calls.kinds, callees: calls.callees,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      const seen = new Set<string>();
      for (const match of calls.select(unit, project)) {
        if (onlyInDevelopment(match.call) || seen.has(match.call.scope) || !exchanges(match)) continue;
        const found = callbackOf(match, project);
        if (found) { seen.add(match.call.scope); yield found; }
      }
    },
  };
}

const TOKEN_ENDPOINT = /token|oauth|access|login\.|accounts\.|auth/i;

/** It hands a code in for a token: by the grant's name, or by the address. */
function exchanges({ call: one, argument, module }: CallMatch): boolean {
  if ((LIBRARIES as readonly string[]).includes(one.callee)) return !one.keywords.some((each) => each.name === 'refresh_token' || (each.name === 'grant_type' && each.value.kind === 'text' && each.value.value !== 'authorization_code')) && (one.args.length > 0 || one.keywords.length > 0);
  const position = /\.request$/.test(one.callee) ? 2 : 1;
  const given = [argument('data', position), argument('json'), argument('params')].find((each) => each?.kind === 'dict');
  if (!given) return false;
  const grant = lookup(given, 'grant_type');
  if (grant?.kind === 'text') return grant.value === 'authorization_code' && lookup(given, 'code') !== undefined;
  const url = one.args[position - 1] ?? argument('url');
  const named = url?.kind === 'text' ? url.value : url?.kind === 'reference' || url?.kind === 'parameter' ? url.name : '';
  return lookup(given, 'code') !== undefined && (TOKEN_ENDPOINT.test(named) || ((lookup(given, 'client_secret') ?? lookup(given, 'client_id')) !== undefined && module.imports.length > 0));
}

const READS_CODE = /\.(args|GET|query_params|values|query)\.code$|\.(url|full_path|build_absolute_uri|get_full_path)$/;
const LOOKS = /\bstates?\b|_state\b|\bstate_|code_verifier|\bverifier\b|\bnonce\b|STATE\b/i;

/** The handler around the exchange, or a handler that calls the function around it; undefined where no visitor brings the code. */
function callbackOf({ call: one, module }: CallMatch, project: Project): Callback | undefined {
  const func = functionsAround(module, one.at).at(-1);
  if (!func) return undefined;
  const own = { module, func };
  const qualified = qualifiedPath(module, func);
  const callers = isCallback(module, func, project) ? [own] : project.modules.flatMap((other) => other.functions.filter((each) => each.does.includes(qualified) && isCallback(other, each, project)).map((each) => ({ module: other, func: each })));
  const [first] = callers;
  if (!first) return undefined;
  const all = closure(project, [own, ...callers, ...callers.flatMap((each) => gatesOf(each.module, each.func, project))]);
  const checked = all.some((each) => LOOKS.test(withoutComments(project.written(each.module.path, each.func.at))));
  return { at: one.calleeAt, name: first.func.name, checked };
}

/** A visitor's browser brings it the code: it reads it from the address, or has a parameter for it behind a GET. */
function isCallback(module: Module, func: Func, project: Project): boolean {
  const routes = routesOf(module, func, project);
  if (routes.length > 0 && !routes.some((each) => each.methods.includes('GET'))) return false;
  return func.reads.some((each) => READS_CODE.test(each)) || (routes.length > 0 && func.parameters.some((each) => each.name === 'code'));
}

function routesOf(module: Module, func: Func, project: Project) {
  return project.routes.filter((each) => each.module.path === module.path && each.route.handlerAt.start === func.nameAt.start).map((each) => each.route);
}

function gatesOf(module: Module, func: Func, project: Project): { readonly module: Module; readonly func: Func }[] {
  return [...func.depends, ...routesOf(module, func, project).flatMap((each) => each.gates)].flatMap((each) => project.func(each) ?? project.func(`${module.name}.${lastName(each)}`) ?? []);
}
