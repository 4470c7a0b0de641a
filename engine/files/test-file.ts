/**
 * Tests, read without a parser. They are often half of a repository and no rule judges their code, but how many there are, whether they
 * send requests to the application and what they name are facts of the project. A scan over the text, with comments and strings known
 * for what they are, costs a fraction of a parse.
 */
import type { TestFile } from '../../rules/kit';
import { strippedPython, strippedScript } from './quoted';

/** Files whose role is another may still be tests by their name: `app/test.py`. */
export function mayHoldTests(path: string): boolean {
  return /(^|\/)(?:[^/]*[._-])?tests?(?:[._-][^/]*)?\.(?:pyw?|[cm]?[jt]sx?)$|\.cy\.[jt]sx?$/i.test(path);
}

type Clients = readonly (readonly [pattern: RegExp, by: string])[];

/** What the readers of both languages look for. */
interface Dialect {
  readonly strip: (text: string) => { readonly code: string; readonly strings: readonly string[] };
  readonly cases: RegExp;
  readonly assertions: RegExp;
  readonly clients: Clients;
  /** A client library that sends to a server on this machine, started for the tests. */
  readonly local: RegExp;
  readonly tools: readonly (readonly [pattern: RegExp, tool: string])[];
}

const METHODS = '(?:get|post|put|patch|delete|head|options|open|request)';

const PYTHON: Dialect = {
  strip: strippedPython,
  cases: /\bdef[ \t]+test\w*[ \t]*\(/g,
  assertions: /\bassert\b|\.assert\w*[ \t]*\(|(?<![.\w])assert\w+[ \t]*\(|(?<![\w])(?:raises|warns|fail|expect|call_and_validate|validate_response)[ \t]*\(|\.should\b/g,
  clients: [
    [/\btest_client[ \t]*\(/, 'test_client()'],
    [/\b(?:Async)?TestClient[ \t]*\(/, 'TestClient'],
    [/\b(?:ASGI|WSGI)Transport[ \t]*\(|\b(?:Async)?Client[ \t]*\([ \t\r\n]*app[ \t]*=/, 'an HTTP client on the application'],
    [/\bAPIClient[ \t]*\(|\bRequestsClient[ \t]*\(/, 'APIClient'],
    [/\b(?:APIRequest|AsyncRequest|Request)Factory[ \t]*\(/, 'RequestFactory'],
    [/\bfrom[ \t]+(?:django\.test(?:\.client)?|werkzeug\.test|flask\.testing)[ \t]+import\b[^\n]*\bClient\b(?!\w)/, 'Client'],
    [/\bself\.(?:async_)?client\.\w+[ \t]*\(/, 'self.client'],
    [/\b(?:Static|Channels)?LiveServerTestCase\b|\blive_server\b/, 'a live server'],
    [/\b(?:sync|async)_playwright\b|\bpage\.goto[ \t]*\(|\bwebdriver\.\w+[ \t]*\(/, 'a browser'],
    [/\b(?:Http|Websocket|Application)Communicator[ \t]*\(/, 'a communicator'],
    [/\b(?:DjangoTestApp|TestApp|WebTest)\b[ \t]*[()]|\bdjango_app\.\w+[ \t]*\(/, 'WebTest'],
    [/\bschemathesis\.\w+|\baiohttp_client\b|\b(?:AioHTTP|AsyncHTTP)TestCase\b/, 'a client of its framework'],
    [new RegExp(`(?<![@\\w.])(?:self\\.)?\\w*(?:client|browser|testapp)\\w*\\.${METHODS}[ \\t]*\\([ \\t\\r\\n]*(?:[fF]?["']/|[fF]["'][{]|(?:\\w+\\.)*(?:reverse|url_for|reverse_lazy|resolve_url)[ \\t]*\\(|(?:self\\.)?(?:\\w*(?:url|endpoint|uri)\\w*|path)\\b)`, 'i'), 'a client fixture'],
    [new RegExp(`(?<![@\\w.])self\\.app\\.${METHODS}[ \\t]*\\([ \\t\\r\\n]*[fF]?["']/`), 'self.app'],
  ],
  local: /\b(?:requests|httpx|session|urllib|urlopen|aiohttp|websockets?)\b/,
  tools: [[/\b(?:import|from)[ \t]+pytest\b/, 'pytest'], [/\b(?:import|from)[ \t]+(?:django\.test|rest_framework\.test)\b/, 'django'], [/\bclass[ \t]+\w+[ \t]*\([^)\n]*TestCase\b|\bself\.assert[A-Z]/, 'unittest']],
};

const SCRIPT: Dialect = {
  strip: strippedScript,
  cases: /(?<![.\w$])(?:it|test|specify|Deno\.test)(?:\.(?:only|each|concurrent|serial|todo|skip|fails))*[ \t]*[(`]/g,
  assertions: /(?<![\w$])(?:expect|expectTypeOf|assert)(?:\.\w+)*[ \t]*\(|\.should\b|\bt\.(?:is|not|true|false|truthy|ok|equal|same|deepEqual|throws|notThrows)[ \t]*\(|\bcy\.\w+[ \t]*\(|\.toMatch\w*[ \t]*\(/g,
  clients: [
    [/(?<![.\w$])(?:supertest|request|agent)[ \t]*(?:\.agent[ \t]*)?\([ \t]*\w*(?:app|server|url|api)\w*(?:\.\w+(?:\(\))?)*[ \t]*\)|\bchai\.request[ \t]*\(/i, 'supertest'],
    [/\b(?:app|server|fastify|api)\.inject[ \t]*\(/i, 'inject()'],
    [/\bpage\.goto[ \t]*\(|\bbrowser\.url[ \t]*\(/, 'a browser'],
    [/\bcy\.(?:visit|request)[ \t]*\(/, 'Cypress'],
    [/\b(?:request|apiContext)\.(?:get|post|put|patch|delete)[ \t]*\([ \t\r\n]*["'`][/h$]/, 'a request context'],
    [/\b(?:app|api)\.request[ \t]*\([ \t\r\n]*["'`]\//, 'app.request()'],
    [/\bcreateMocks[ \t]*\(|\btestApiHandler[ \t]*\(/, 'mocked requests'],
  ],
  local: /\b(?:fetch|axios|got|undici|ky|WebSocket)\b/,
  tools: [],
};

/** Modules by which a file of JavaScript tells its tool. */
const SCRIPT_TOOLS: readonly (readonly [pattern: RegExp, tool: string])[] = [[/^@playwright\/test$/, 'playwright'], [/^cypress(\/|$)/, 'cypress'], [/^vitest$/, 'vitest'], [/^@jest\/globals$/, 'jest'], [/^node:test$/, 'node:test'], [/^(mocha|chai)$/, 'mocha'], [/^ava$/, 'ava']];

/** The facts of a file that may hold tests. Spans are offsets into the text. */
export function readTestFile(path: string, text: string): TestFile {
  const isPython = /\.pyw?$/i.test(path);
  const dialect = isPython ? PYTHON : SCRIPT;
  const { code, strings } = dialect.strip(text);
  const tool = isPython ? dialect.tools.find(([pattern]) => pattern.test(code))?.[1] : SCRIPT_TOOLS.find(([pattern]) => strings.some((each) => pattern.test(each)))?.[1] ?? (/\bcy\.\w+\(/.test(code) ? 'cypress' : undefined);
  const client = clientIn(code, strings, dialect);
  const cases = count(code, dialect.cases);
  // Bare functions are nobody's but pytest's.
  const runner = tool ?? (isPython && cases > 0 ? 'pytest' : undefined);
  return { ...(runner && { tool: runner }), cases, assertions: count(code, dialect.assertions), ...(client && { client }), paths: pathsIn(strings), names: namesIn(code, strings) };
}

function count(code: string, pattern: RegExp): number {
  return code.match(pattern)?.length ?? 0;
}

function clientIn(code: string, strings: readonly string[], { clients, local }: Dialect): TestFile['client'] {
  for (const [pattern, by] of clients) {
    const found = pattern.exec(code);
    if (found) return { start: found.index, end: found.index + found[0].trimEnd().length, by };
  }
  const found = strings.some((each) => LOCAL.test(each)) ? local.exec(code) : null;
  return found ? { start: found.index, end: found.index + found[0].length, by: 'a server on this machine' } : undefined;
}

const LOCAL = /^(?:https?|wss?):\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])\b/;

/** A path is the whole of a text: `/login`, `http://testserver/login?next=/`, `/items/{id}`. */
function pathsIn(strings: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const each of strings) {
    if (each.length > 200 || !each.includes('/')) continue;
    const path = /^(?:https?:\/\/[^/\s]*|\{[\w.]+\}|\$\{[\w.]+\})?(\/[^\s?#]*)/.exec(each)?.[1] ?? /^([\w-]+(?:\/[\w{}<>:.-]+)+\/?)$/.exec(each)?.[1];
    if (path !== undefined && path.length > 1) found.add(path);
  }
  return [...found];
}

function namesIn(code: string, strings: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const name of code.match(/[A-Za-z_]\w{2,}/g) ?? []) found.add(name);
  for (const each of strings) if (each.length < 2000) for (const name of each.match(/[A-Za-z_]\w{2,}/g) ?? []) found.add(name);
  return [...found];
}
