import type { CallMatch, Context, Passage, Selector, Value, Variation, Way } from '../kit';
import { alongWay, call, isOwn, leadingPart, mentions, options, placesOf, readBy, rule, taintIn, wayTo } from '../kit';

const VERBS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;
const OWNERS = ['requests', 'requests.api', 'requests.Session', 'requests.session', 'requests.sessions.Session', 'httpx', 'httpx.Client', 'httpx.AsyncClient', 'aiohttp.ClientSession'] as const;
/** Callees by the position of their URL. */
const FIRST = [...OWNERS.flatMap((owner) => VERBS.map((verb) => `${owner}.${verb}`)), 'urllib.request.urlopen', 'urllib.request.urlretrieve', 'urllib.request.Request'];
const SECOND = [...OWNERS.flatMap((owner) => [`${owner}.request`, `${owner}.stream`]), 'urllib3.request', 'urllib3.PoolManager.request'];

export default rule<CallMatch>({
  id: 'ssrf-user-url',
  title: 'Outbound requests go to hosts the app chooses',
  severity: 'high', points: 15, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: 'The server can reach what the user cannot: cloud metadata, admin ports, internal APIs. A URL preview is enough to read credentials.',
  how: 'Take an id instead of a URL, or check the parsed host against an allow-list and refuse private addresses after resolving.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html', 'https://cwe.mitre.org/data/definitions/918.html'],
  anchors: ['semgrep ssrf-requests', 'semgrep express-ssrf', 'njsscan node_ssrf', 'CWE-918'],

  on: outbound(),
  check: (it, context) => {
    const way = leading(it, context);
    return way ? alongWay(way) : isStoredHook(it) && HOOK;
  },
  message: (it, context) => {
    const taint = leading(it, context)?.legs.at(-1)?.value;
    return taint ? `${it.call.written}() fetches a URL whose host comes from ${readBy(taint, context.source)}.` : `${it.call.written}() calls a stored address, ${readBy(urlOf(it), context.source)}: refuse private ranges.`;
  },
  underline: (it) => urlOf(it)?.at ?? it.call.calleeAt,
  related: (it, context) => placesOf(leading(it, context), { path: context.unit.path, ...it.call.calleeAt, text: `fetched by ${it.call.written}()` }),
  holds: (it, context) => {
    const url = urlOf(it);
    if (!url) return undefined;
    if (taintIn(url) && leadingPart(url) && taintIn(leadingPart(url) ?? url)) return 'The host is checked';
    return isOwn(leadingPart(url) ?? url, context.project) ? 'The host is constant' : undefined;
  },
  nothing: 'The code calls no other service over HTTP.',
  summary: (count) => count === 1 ? 'The only outbound call goes to a host that the application chooses' : `${count} outbound calls to hosts that the application chooses`,

  examples: () => ({
    'a preview': { bad: 'import requests\nfrom flask import request\ndef preview():\n    return requests.get(request.json["url"], timeout=5).text\n' },
    'a constant host': { good: 'import requests\nfrom flask import request\ndef repo():\n    return requests.get(f"https://api.example.com/repos/{request.args[\'name\']}", timeout=5).json()\n' },
    'a list of hosts': { good: 'from urllib.parse import urlparse\nimport requests\nALLOWED = {"images.example.com"}\ndef fetch(url):\n    if urlparse(url).hostname not in ALLOWED:\n        raise ValueError("host not allowed")\n    return requests.get(url, timeout=5).content\n' },
    'a list of hosts for a request': { good: 'from urllib.parse import urlparse\nimport requests\nfrom fastapi import FastAPI, HTTPException\n\napp = FastAPI()\nALLOWED = {"images.example.com"}\n\n@app.get("/image")\ndef image(url: str):\n    host = urlparse(url).hostname\n    if host not in ALLOWED:\n        raise HTTPException(400)\n    return requests.get(url, timeout=5).content\n' },
    'a host in an f-string': { bad: 'import httpx\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n@app.get("/probe")\nasync def probe(host: str):\n    async with httpx.AsyncClient() as client:\n        return (await client.get(f"http://{host}:8080/health")).json()\n' },
    'by way of a name': { bad: 'from urllib.request import urlopen\n\ndef fetch(request):\n    url = request.GET.get("url")\n    if url.startswith("http"):\n        return urlopen(url, timeout=5).read()\n', path: 'shop/views.py' },
    'request(), with its method first': { bad: 'import requests\nfrom flask import request\n\ndef proxy():\n    return requests.request("GET", url=request.args["to"], timeout=5).content\n' },
    'a field of a model': { bad: 'import httpx\nfrom fastapi import FastAPI\nfrom pydantic import BaseModel\n\napp = FastAPI()\n\nclass Link(BaseModel):\n    url: str\n\n@app.post("/preview")\ndef preview(link: Link):\n    return httpx.get(link.url).text\n' },
    'aiohttp': { bad: 'import aiohttp\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n@app.get("/fetch")\nasync def fetch(url: str):\n    async with aiohttp.ClientSession() as session:\n        async with session.get(url) as response:\n            return await response.text()\n' },
    'a stored address': { bad: 'import requests\n\ndef deliver(hook, event):\n    requests.post(hook.callback_url, json=event, timeout=5)\n', severity: 'medium' },
    'an address of the settings': { good: 'import os\nimport requests\nfrom config import settings\n\nBASE = os.environ["API_URL"]\n\ndef notify(request):\n    requests.post(settings.webhook_url, json={"x": request.POST["x"]}, timeout=5)\n    requests.get(BASE + request.POST["path"], timeout=5)\n    requests.get("%s/items/%s" % (BASE, request.POST["id"]), timeout=5)\n' },
    'a table of addresses': { good: 'import requests\nfrom flask import request\n\nFEEDS = {"news": "https://news.example.com/feed", "blog": "https://blog.example.com/feed"}\n\ndef feed():\n    return requests.get(FEEDS[request.args["feed"]], timeout=5).text\n' },
    'a check of the project\'s own': { good: 'import requests\nfrom flask import abort, request\nfrom network import is_safe_url\n\ndef preview():\n    url = request.form["url"]\n    if not is_safe_url(url):\n        abort(400)\n    return requests.get(url, timeout=5).text\n' },
    'private addresses are refused': { good: 'import ipaddress\nimport socket\nfrom urllib.parse import urlparse\nimport requests\nfrom flask import abort, request\n\ndef preview():\n    url = request.form["url"]\n    address = ipaddress.ip_address(socket.gethostbyname(urlparse(url).hostname))\n    if address.is_private or address.is_loopback:\n        abort(400)\n    return requests.get(url, timeout=5).text\n' },
    'an address of unknown origin': { good: 'import requests\n\ndef fetch(url):\n    return requests.get(url, timeout=5).text\n' },
    'a value in the query': { good: 'import requests\nfrom flask import request\n\ndef search():\n    return requests.get("https://api.example.com/search", params={"q": request.args["q"]}, timeout=5).json()\n' },
    'the test client and a dictionary': { good: 'from flask import request\n\ndef find(session, client, cache):\n    session.get(request.args["key"])\n    client.get(request.args["url"])\n    return cache.get(request.args["url"])\n' },
    'tests': { path: 'tests/test_fetch.py', good: 'import requests\nfrom flask import request\n\ndef test_it():\n    requests.get(request.args["url"])\n' },
    'by way of a client': {
      bad: {
        'app.py': 'from fastapi import FastAPI\nfrom feeds import load\n\napp = FastAPI()\n\n@app.get("/feed")\nasync def feed(url: str):\n    return await load(url)\n',
        'feeds.py': 'import httpx\n\nasync def load(url):\n    async with httpx.AsyncClient() as client:\n        return (await client.get(url)).text\n',
      },
    },
    'looked at by the client': {
      good: {
        'app.py': 'from fastapi import FastAPI\nfrom feeds import load\n\napp = FastAPI()\n\n@app.get("/feed")\nasync def feed(url: str):\n    return await load(url)\n',
        'feeds.py': 'import httpx\nfrom network import ensure_public\n\nasync def load(url):\n    ensure_public(url)\n    async with httpx.AsyncClient() as client:\n        return (await client.get(url)).text\n',
      },
    },
  }),
});

const HOOK: Variation = { severity: 'medium', confidence: 'possible', because: 'the address is a stored one that a customer may have given' };

function outbound(): Selector<CallMatch> {
  const all = call(...FIRST, ...SECOND);
  return {
    kinds: all.kinds, callees: all.callees,
    *select(unit, project) {
      if (unit.kind === 'module' && unit.language === 'python') yield* all.select(unit, project);
    },
  };
}

function urlOf(it: CallMatch): Value | undefined {
  return it.argument('url', SECOND.includes(it.call.callee) ? 1 : 0);
}

/** The way of the visitor's value that decides the host, when nothing checks it. */
function leading(it: CallMatch, context: Context): Way | undefined {
  const url = urlOf(it);
  if (!url) return undefined;
  for (const option of options(url)) {
    const head = leadingPart(option);
    const way = head && wayTo(head, it, context, { checked: isChecked, of: url });
    if (way) return way;
  }
  return undefined;
}

const CHECK = '(?:\\w*_)?(?:safe|valid|validate|verify|allowed|allow|check|is_public|is_private|is_internal|block|forbid|ensure|assert|guard)[_a-zA-Z]*';

function isChecked(passage: Passage): boolean {
  if (/\.is_(?:private|global|loopback)\b/.test(passage.before)) return true;
  return mentions(passage, (name) => `${CHECK}\\(\\s*[^\\n]*${name}`) || mentions(passage, (name) => `${name}(?:\\.(?:hostname|netloc|host))\\s*(?:not\\s+in|in|==|!=)\\s`)
    || (mentions(passage, (name) => `(?:urlparse|urlsplit)\\(\\s*[^\\n]*${name}`) && /\.(?:hostname|netloc)\b[^\n]*(?:\bin\b|==|!=|endswith\()/.test(passage.before))
    || mentions(passage, (name) => `${name}\\.startswith\\(\\s*["'(]+https?://[^"'/]+/`);
}

/** `hook.callback_url`: an address that came from somebody else once, and is called later. */
function isStoredHook(it: CallMatch): boolean {
  const url = urlOf(it);
  return url?.kind === 'parameter' && /\.(callback_url|webhook_url|hook_url|target_url|notify_url|notification_url)$/.test(url.name) && !/(^|\.)(self|settings|config|conf|cfg)\./.test(url.name);
}
