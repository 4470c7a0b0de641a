import type { Context, Edit, Kind, Place, Project, Selector, Source, Span, Unit } from '../kit';
import { FRONT_CALLS, edgeLines, fronts, publishedPorts, replace, rule } from '../kit';

const KINDS: readonly Kind[] = ['module', 'dockerfile', 'compose', 'procfile', 'ini', 'shell', 'platform'];
interface Believed { readonly at: Span; readonly where: string; readonly what: 'parsed' | 'anyone' }

export default rule<Believed>({
  id: 'proxy-headers-spoofable',
  title: 'Forwarded headers are trusted from the proxy only',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'The header is client input, so limits, bans and audit entries can be forged with one curl option. The first element is the part the client controls.',
  how: 'Let the framework resolve the address with a fixed number of trusted hops.',
  links: ['https://werkzeug.palletsprojects.com/en/stable/middleware/proxy_fix/', 'https://expressjs.com/en/guide/behind-proxies.html', 'https://cwe.mitre.org/data/definitions/348.html'],
  anchors: ['CWE-348', 'CWE-290'],

  on: believed(),
  check: () => true,
  message: ({ where, what }) => what === 'parsed' ? `${where} takes the visitor's address from a header that any visitor can write.` : `${where} believes forwarded headers from anyone, and the port is published.`,
  underline: ({ at }) => at,
  nothing: 'Nothing here reads forwarded headers by hand.',

  fix: { title: 'Use the framework\'s address', safety: 'review', edit: framework, remains: 'Behind a proxy, ProxyFix with its number of hops makes request.remote_addr the visitor\'s.' },

  examples: () => ({
    'the first address of the header': {
      bad: 'from flask import request\ndef key():\n    return request.headers.get("X-Forwarded-For", request.remote_addr).split(",")[0]\n',
      good: 'from flask import request\ndef key():\n    return request.remote_addr\n',
    },
    'gunicorn believes anyone': { bad: { 'gunicorn.conf.py': 'bind = "0.0.0.0:8000"\nforwarded_allow_ips = "*"\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n    ports: ["8000:8000"]\n' } },
    'uvicorn believes anyone': { bad: { Dockerfile: 'FROM python:3.12-slim\nCMD ["uvicorn", "main:app", "--proxy-headers", "--forwarded-allow-ips", "*"]\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n    ports: ["8000:8000"]\n' } },
    'the whole header': { bad: 'from flask import request\n\n\ndef log_login(user):\n    address = request.headers.get("X-Forwarded-For", request.remote_addr)\n    save(user, address)\n' },
    'Django by hand': { bad: 'def client_ip(request):\n    forwarded = request.META.get("HTTP_X_FORWARDED_FOR")\n    if forwarded:\n        return forwarded.split(",")[0]\n    return request.META.get("REMOTE_ADDR")\n' },
    'FastAPI by hand': { bad: 'from fastapi import Request\n\n\ndef address(request: Request) -> str:\n    forwarded = request.headers.get("x-forwarded-for")\n    if forwarded:\n        return forwarded.split(",")[0].strip()\n    return request.client.host\n' },
    'the headers have a name': { bad: 'def authorize(request):\n    headers = request.META\n    address = headers.get("HTTP_X_FORWARDED_FOR", headers["REMOTE_ADDR"])\n    return count(address.split(",")[0])\n' },
    'headers that have a name, and another of them': { good: 'def agent(request):\n    headers = request.META\n    return headers.get("HTTP_USER_AGENT", ""), "HTTP_X_FORWARDED_FOR"\n' },
    'a docstring is no check': { bad: 'from fastapi import Request\n\n\ndef address(request: Request) -> str:\n    """The address of the visitor, behind trusted proxies."""\n    forwarded = request.headers.get("X-Forwarded-For")\n    return forwarded.split(",")[0] if forwarded else request.client.host\n' },
    'the address of the connection': { good: 'from flask import request\ndef key():\n    return request.remote_addr\n' },
    'the last hop': { good: 'from flask import request\n\n\ndef key():\n    return request.headers.get("X-Forwarded-For", "").split(",")[-1].strip() or request.remote_addr\n' },
    'so many hops from the end': { good: 'def client_ip(request):\n    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")\n    return hops[-settings.PROXIES].strip()\n' },
    'the peer is looked at first': { good: 'from flask import request\n\nPROXIES = {"10.0.0.2"}\n\n\ndef key():\n    if request.remote_addr in PROXIES:\n        return request.headers["X-Forwarded-For"].split(",")[0]\n    return request.remote_addr\n' },
    'trusted networks': { good: 'from fastapi import Request\n\n\ndef address(request: Request) -> str:\n    if is_trusted_proxy(request.client.host):\n        return request.headers.get("x-forwarded-for", "").split(",")[0]\n    return request.client.host\n' },
    'only logged': { good: 'import logging\nfrom flask import request\n\n\ndef note():\n    logging.info("request via %s", request.headers.get("X-Forwarded-For"))\n' },
    'Traefik writes it anew': { good: { 'app.py': 'from flask import request\ndef key():\n    return request.headers.get("X-Forwarded-For", request.remote_addr).split(",")[0]\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n    labels:\n      - traefik.enable=true\n' } },
    'nginx writes it anew': { good: { 'app.py': 'from flask import request\ndef key():\n    return request.headers.get("X-Forwarded-For", request.remote_addr)\n', 'nginx.conf': 'server {\n  location / { proxy_pass http://app:8000; proxy_set_header X-Forwarded-For $remote_addr; }\n}\n' } },
    'behind the proxy of the compose file': { good: { 'gunicorn.conf.py': 'forwarded_allow_ips = "*"\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n    expose: ["8000"]\n  proxy:\n    image: caddy:2\n    ports: ["80:80", "443:443"]\n' } },
    'on a platform': { good: { Dockerfile: 'FROM python:3.12-slim\nCMD ["uvicorn", "main:app", "--forwarded-allow-ips=*"]\n', 'fly.toml': 'app = "shop"\n[http_service]\n  internal_port = 8080\n' } },
    'the addresses are listed': { good: { 'gunicorn.conf.py': 'forwarded_allow_ips = "10.0.0.2"\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n    ports: ["8000:8000"]\n' } },
    'a proxy of its own making': { good: 'import httpx\n\n\ndef forward(request):\n    return httpx.get("https://example.com", headers={"X-Forwarded-For": request.client.host}, timeout=5)\n' },
  }),
});

const HEADER = /(?:x-forwarded-for|HTTP_X_FORWARDED_FOR)$/i;
const HEADERS = /request\.(?:META|headers)$/i;

/** `headers = request.META`, and the header is read from that name. */
function readsByName(text: string): boolean {
  const name = /^[ \t]*(\w+)[ \t]*=[ \t]*(?:self\.)?request\.(?:META|headers)[ \t]*(?:#[^\n]*)?\r?$/m.exec(text)?.[1];
  return name !== undefined && new RegExp(`\\b${name}(?:\\.get\\(|\\[)\\s*["'](?:x-forwarded-for|HTTP_X_FORWARDED_FOR)["']`, 'i').test(text);
}

function believed(): Selector<Believed> {
  return {
    kinds: KINDS, callees: FRONT_CALLS,
    *select(unit, project) {
      if (unit.kind === 'module') {
        const reading = unit.functions.filter((func) => func.name !== '' && func.reads.some((each) => HEADER.test(each) || (HEADERS.test(each) && readsByName(project.written(unit.path, func.at)))));
        if (reading.length > 0 && !isRewritten(project)) for (const func of reading) {
          const text = project.written(unit.path, func.at);
          const at = /["'](?:x-forwarded-for|HTTP_X_FORWARDED_FOR)["']/i.exec(text);
          if (at && usesFirst(text) && !reading.some((inner) => inner !== func && func.at.start < inner.at.start && inner.at.end <= func.at.end)) yield { at: { start: func.at.start + at.index, end: func.at.start + at.index + at[0].length }, where: func.name, what: 'parsed' };
        }
      }
      for (const at of wildcards(unit, project)) yield { at, where: unit.path.slice(unit.path.lastIndexOf('/') + 1), what: 'anyone' };
    },
  };
}

/** The first element or the whole header becomes the address, and the peer is not looked at before. */
function usesFirst(text: string): boolean {
  const code = text.replace(/#[^\n]*|"""[\s\S]*?"""|'''[\s\S]*?'''/g, '');
  if (/\[\s*-/.test(code) || /\.rsplit\(|\.pop\(\)/.test(code) || /trusted|prox(y|ies)|(client\.host|remote_addr|REMOTE_ADDR["'\])]*)\s*(not\s+)?in\b/i.test(code.replace(/x-forwarded-\w+|HTTP_X_FORWARDED_\w+|proxy[-_]?headers?/gi, ''))) return false;
  // A header that only goes into a log line is no decision.
  const written = [...code.matchAll(/["'](?:x-forwarded-for|HTTP_X_FORWARDED_FOR)["']/gi)];
  return written.some((each) => !/\b(log|logger|logging|print)\w*\.?\w*\([^\n]*$/.test(code.slice(code.lastIndexOf('\n', each.index) + 1, each.index))) && /\.split\(|remote_addr|REMOTE_ADDR|client\.host|\breturn\b|=/.test(code);
}

/** Something in front replaces what visitors send. */
function isRewritten(project: Project): boolean {
  return project.once('forwardedIsRewritten', () => fronts(project).some((each) => /^(Traefik|Caddy)$/.test(each.name)) || (fronts(project).length > 0 && fronts(project).every((each) => each.name === 'Vercel')) || edgeLines(project).some((line) => /^proxy_set_header\s+X-Forwarded-For\s+\$(remote_addr|realip_remote_addr|http_cf_connecting_ip)/i.test(line.text)));
}

// ---- servers that believe anyone

function wildcards(unit: Unit, project: Project): readonly Place[] {
  const found = wildcardsIn(unit);
  return found.length > 0 && isOpen(project) ? found : [];
}

function wildcardsIn(unit: Unit): readonly Place[] {
  const at = (span: Span): Place => ({ path: unit.path, start: span.start, end: span.end });
  if (unit.kind === 'module') {
    if (!/(^|\/)gunicorn[\w.-]*\.py$/.test(unit.path)) return [];
    return unit.assignments.filter((one) => one.target === 'forwarded_allow_ips' && one.value.kind === 'text' && one.value.value === '*').map((one) => at(one.at));
  }
  const commands = unit.kind === 'dockerfile' ? unit.stages.slice(-1).flatMap((stage) => stage.instructions.filter((each) => /^(CMD|ENTRYPOINT)$/.test(each.keyword)).map((each) => ({ words: each.exec ?? each.text.split(/\s+/), at: each.at })))
    : unit.kind === 'compose' ? unit.services.flatMap((service) => service.commands) : unit.kind === 'procfile' ? unit.processes.flatMap((each) => each.commands) : unit.kind === 'shell' ? unit.commands : unit.kind === 'ini' ? unit.sections.flatMap((each) => each.commands) : [];
  return commands.filter(({ words }) => words.some((word, index) => /^--forwarded-allow-ips=["']?\*["']?$/.test(word) || (word === '--forwarded-allow-ips' && /^["']?\*["']?$/.test(words[index + 1] ?? '')))).map((each) => at(each.at));
}

/** The application's own port is published, and no proxy is in the repository. */
function isOpen(project: Project): boolean {
  return project.once('ownPortIsPublished', () => fronts(project).length === 0 && publishedPorts(project).some((each) => each.service.build !== undefined));
}

function framework({ at, what }: Believed, { source }: Context): readonly Edit[] | undefined {
  if (what !== 'parsed') return undefined;
  const expression = wholeExpression(at, source);
  return expression && [replace(expression, 'request.remote_addr')];
}

/** `request.headers.get("X-Forwarded-For", request.remote_addr).split(",")[0]`, with or without what follows. */
function wholeExpression(at: Span, source: Source): Span | undefined {
  const line = source.lineStart(at.start);
  const text = source.slice({ start: line, end: source.lineEnd(at.end) });
  const found = /\brequest\.headers\.get\(["']x-forwarded-for["'](?:,\s*(?:request\.remote_addr|["']["']))\)(?:\.split\(["'],["']\)\[0\])?(?:\.strip\(\))?/i.exec(text);
  return found && /flask/.test(source.text) && line + found.index <= at.start && at.end <= line + found.index + found[0].length ? { start: line + found.index, end: line + found.index + found[0].length } : undefined;
}
