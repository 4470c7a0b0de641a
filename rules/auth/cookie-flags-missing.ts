import type { CallMatch, Context, Edit, Selector, Value } from '../kit';
import { call, isTrue, onlyInDevelopment, options, replace, rule, whenUnset, withArgument } from '../kit';

/** Names of cookies that say who somebody is, and of those that are meant for scripts or say nothing. */
const IDENTITY = /(^|[-_.])(sess(ion)?(id)?|token|auth|jwt|sid|remember(me)?|refresh|access)($|[-_.])|session|(access|refresh|auth|id|jwt|bearer)_?token/i;
const HARMLESS = /csrf|xsrf|theme|locale|lang|consent|cookie[-_]?(notice|policy|accept)|timezone|flash|banner/i;

export default rule<CallMatch>({
  id: 'cookie-flags-missing',
  title: 'Cookies set by hand carry their flags',
  severity: 'low', points: 2, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: "A hand-made session cookie has none of the framework's protection. Scripts and plain HTTP can then read it.",
  how: "Pass the flags, or let the framework's session do it.",
  links: ['https://developer.mozilla.org/en-US/docs/Web/HTTP/Headers/Set-Cookie', 'https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html'],
  anchors: ['semgrep secure-set-cookie', 'semgrep django-secure-set-cookie', 'CWE-614', 'CWE-1004'],

  on: cookies(),
  check: (match) => {
    if (onlyInDevelopment(match.call) || missing(match).length === 0) return false;
    return isIdentity(match) ? { severity: 'high', points: 10, because: 'the cookie says who somebody is' } : true;
  },
  message: (match) => { const name = nameOf(match); return `Cookie ${name === undefined ? '' : `${name} `}is set without ${missing(match).map((each) => each === 'secure' ? 'Secure' : 'HttpOnly').join(' and ')}.`; },
  underline: (match) => match.call.keywords.find((each) => missing(match).includes(each.name as Flag))?.at ?? match.call.calleeAt,
  holds: (match) => flagOf(match, 'secure') === 'on' && flagOf(match, 'httponly') === 'on' ? 'Set with Secure and HttpOnly' : undefined,
  nothing: 'The code sets no cookies by hand.',
  summary: (count) => count === 1 ? 'The only cookie set by hand has its flags' : `${count} cookies set by hand, all with their flags`,

  fix: { title: 'Add the missing flags', safety: 'review', edit: flagged, remains: 'Secure cookies do not travel over plain HTTP: see to development, too.' },

  examples: () => ({
    'a token without flags': {
      bad: 'from flask import make_response\ndef login(token):\n    r = make_response("ok")\n    r.set_cookie("session_token", token)\n    return r\n',
      good: 'from flask import make_response\ndef login(token):\n    r = make_response("ok")\n    r.set_cookie("session_token", token, secure=True, httponly=True, samesite="Lax")\n    return r\n', severity: 'high',
    },
    'switched off': {
      bad: 'from fastapi import Response\n\ndef login(response: Response, token: str):\n    response.set_cookie(\n        key="access_token",\n        value=token,\n        httponly=True,\n        secure=False,  # HTTPS later\n        samesite="lax",\n    )\n',
      good: 'from fastapi import Response\n\ndef login(response: Response, token: str):\n    response.set_cookie(\n        key="access_token",\n        value=token,\n        httponly=True,\n        secure=True,  # HTTPS later\n        samesite="lax",\n    )\n', severity: 'high',
    },
    'each on its line': {
      bad: 'from django.http import HttpResponse\n\ndef login(request):\n    response = HttpResponse()\n    response.set_cookie(\n        "refresh_token",\n        issue(request.user),\n        secure=True,\n    )\n    return response\n',
      good: 'from django.http import HttpResponse\n\ndef login(request):\n    response = HttpResponse()\n    response.set_cookie(\n        "refresh_token",\n        issue(request.user),\n        secure=True,\n        httponly=True,\n        samesite="Lax",\n    )\n    return response\n', severity: 'high',
    },
    'a name from a constant': { bad: { 'shop/names.py': 'COOKIE = "shop_session"\n', 'shop/auth.py': 'from flask import make_response\nfrom .names import COOKIE\n\ndef login(token):\n    r = make_response("ok")\n    r.set_cookie(COOKIE, token, httponly=True)\n    return r\n' }, severity: 'high' },
    'a preference': {
      bad: 'from flask import make_response\n\ndef sort(order):\n    r = make_response("ok")\n    r.set_cookie("order", order)\n    return r\n',
      good: 'from flask import make_response\n\ndef sort(order):\n    r = make_response("ok")\n    r.set_cookie("order", order, secure=True, samesite="Lax")\n    return r\n',
    },
    'all flags': { good: 'from flask import make_response\ndef login(token):\n    r = make_response("ok")\n    r.set_cookie("session_token", token, secure=True, httponly=True, samesite="Lax")\n    return r\n' },
    'deletion': { good: 'from flask import make_response\ndef logout():\n    r = make_response("bye")\n    r.set_cookie("session_token", "", max_age=0)\n    r.set_cookie("session", "", expires=0)\n    r.set_cookie("jwt", "", max_age=-1)\n    r.delete_cookie("sid")\n    return r\n' },
    'options from elsewhere': { good: 'from flask import make_response\nfrom settings import COOKIE\n\ndef login(token):\n    r = make_response("ok")\n    r.set_cookie("session_token", token, **COOKIE)\n    return r\n' },
    'as the settings say': { good: 'from flask import current_app, make_response, request\nfrom settings import settings\n\ndef login(token):\n    r = make_response("ok")\n    r.set_cookie("session_token", token, secure=not current_app.debug, httponly=True)\n    r.set_cookie("refresh_token", token, secure=settings.https, httponly=True)\n    r.set_cookie("sid", token, secure=request.is_secure, httponly=True)\n    return r\n' },
    'a token for scripts': { good: 'from flask import make_response\n\ndef page(token):\n    r = make_response("ok")\n    r.set_cookie("csrf_token", token, secure=True, samesite="Lax")\n    return r\n' },
    'by position': { good: 'from flask import make_response\n\ndef login(token):\n    r = make_response("ok")\n    r.set_cookie("session_token", token, 3600, None, "/", None, True, True)\n    return r\n' },
    'only while developing': { good: 'import os\n\ndef login(response, token):\n    if os.environ.get("APP_ENV") == "development":\n        response.set_cookie("session_token", token)\n' },
    'a cookie of a client': { good: 'import requests\n\ndef fetch(jar, token):\n    session = requests.Session()\n    session.cookies.set("session_token", token)\n    return session\n' },
    'tests': { path: 'tests/test_login.py', good: 'def test_it(client):\n    client.set_cookie("session_token", "x")\n' },
  }),
});

type Flag = 'secure' | 'httponly';
/** `set_cookie(key, value, max_age, expires, path, domain, secure, httponly)`: the same order in Werkzeug, Django and Starlette. */
const POSITIONS: Readonly<Record<Flag, number>> = { secure: 6, httponly: 7 };

function cookies(): Selector<CallMatch> {
  const all = call('*.set_cookie', '*.set_signed_cookie');
  return {
    ...all,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const match of all.select(unit, project)) if (!isClient(match) && !isDeletion(match)) yield match;
    },
  };
}

/** A test client or a browser, which is sent no cookie but sends one. */
function isClient({ call: one }: CallMatch): boolean {
  return /(^|\.)(client|driver|browser|jar|cookies|page|context|test_client)\.set_\w+$/i.test(one.written);
}

function isDeletion(match: CallMatch): boolean {
  const value = match.argument('value', 1);
  const age = match.argument('max_age', 2);
  const expires = match.argument('expires', 3);
  return [age, expires].some((each) => each?.kind === 'number' && each.value <= 0) || (age?.kind === 'result' && age.callee === '-') || (value?.kind === 'text' && value.value === '' && (expires !== undefined || age !== undefined));
}

function nameOf(match: CallMatch): string | undefined {
  const key = match.argument('key', 0);
  return key?.kind === 'text' && /^[\w.-]{1,60}$/.test(key.value) ? key.value : undefined;
}

function isIdentity(match: CallMatch): boolean {
  const name = nameOf(match);
  return name !== undefined && IDENTITY.test(name) && !HARMLESS.test(name);
}

/** Off where it is not given or a literal False; on where it is true or only the running program knows. */
function flagOf(match: CallMatch, flag: Flag): 'on' | 'off' {
  if (match.call.open) return 'on';
  const given = match.argument(flag, POSITIONS[flag]);
  if (given === undefined) return 'off';
  return options(given).every(isNo) ? 'off' : 'on';
}

function isNo(value: Value): boolean {
  const known = value.kind === 'bool' || value.kind === 'none' ? whenUnset(value) : undefined;
  return typeof known === 'object' && !isTrue(known);
}

function missing(match: CallMatch): readonly Flag[] {
  const flags: readonly Flag[] = isIdentity(match) ? ['secure', 'httponly'] : ['secure'];
  return flags.filter((each) => flagOf(match, each) === 'off');
}

function flagged(match: CallMatch, { source }: Context): readonly Edit[] | undefined {
  const lacking = missing(match);
  const given = (name: string) => match.call.keywords.find((each) => each.name === name);
  const switched = lacking.flatMap((each) => given(each) ?? []);
  if (switched.some((each) => !/^(False|None)$/.test(source.slice(each.value.at))) || match.call.args.length > POSITIONS.secure) return undefined;
  const fresh = [...lacking.filter((each) => !given(each)).map((each) => `${each}=True`), ...(given('samesite') ? [] : ['samesite="Lax"'])];
  const first = withArgument(match.call, fresh[0] ?? '', source);
  const joint = first?.[0] && /^,(\s+)/.exec(first[0].text)?.[1];
  const added = fresh.length === 0 ? [] : first?.map((each) => ({ ...each, text: `${each.text}${fresh.slice(1).map((one) => `,${joint ?? ' '}${one}`).join('')}` }));
  return added && [...switched.map((each) => replace(each.value.at, 'True')), ...added];
}
