/** Where a visitor's data enters a Python web application. */

const FLASK = new Set(['args', 'form', 'values', 'json', 'data', 'files', 'headers', 'cookies', 'view_args', 'stream', 'query_string', 'path', 'url', 'full_path', 'get_json', 'get_data', 'referrer']);
const DJANGO = new Set(['GET', 'POST', 'body', 'FILES', 'headers', 'COOKIES', 'META', 'data', 'query_params', 'path', 'get_full_path']);
const STARLETTE = new Set(['query_params', 'path_params', 'headers', 'cookies', 'json', 'form', 'body', 'url', 'stream']);

/** True for the qualified name of request data: `flask.request.args`, `django.http.HttpRequest.GET`, `request.query_params`. */
export function isRequestValue(qualified: string): boolean {
  const flask = /^(?:flask|quart)(?:\.globals)?\.request\.(\w+)/.exec(qualified)?.[1];
  if (flask) return FLASK.has(flask);
  const typed = /^(?:django\.http(?:\.request)?\.HttpRequest|rest_framework\.request\.Request|django\.core\.handlers\.(?:wsgi|asgi)\.\w+Request)\.(\w+)/.exec(qualified)?.[1];
  if (typed) return DJANGO.has(typed);
  const starlette = /^(?:fastapi|starlette)(?:\.requests)?\.(?:Request|WebSocket)\.(\w+)/.exec(qualified)?.[1];
  if (starlette) return STARLETTE.has(starlette);
  const bare = /(?:^|\.)request\.(\w+)/.exec(qualified)?.[1];
  return bare !== undefined && (DJANGO.has(bare) || STARLETTE.has(bare) || FLASK.has(bare));
}

/** Decorators that make a function's own parameters request data, as in FastAPI. */
export function isOperation(decorator: string): boolean {
  return /(?:^|\.)(?:FastAPI|APIRouter|router|api_router)\.(?:get|post|put|patch|delete|options|head|api_route|websocket)$/.test(decorator);
}

/** Annotations of parameters that the framework fills in by itself, or that cannot carry text. */
export function isProvided(annotation: string): boolean {
  return /(?:^|\.)(?:Request|Response|WebSocket|HTTPConnection|BackgroundTasks|SecurityScopes|Session|AsyncSession|AsyncConnection|Connection|Engine)$/.test(annotation);
}

/** Types into which text is turned before the body sees it, so that it cannot carry code. */
export function isHarmless(annotation: string): boolean {
  return /(?:^|\.)(?:int|float|bool|UUID\d?|datetime|date|time|timedelta|Decimal|PositiveInt|NonNegativeInt|NegativeInt|conint|confloat|IPv4Address|IPv6Address)$/.test(annotation);
}
