import type { Context, Edit, Selector, Setting, Span, WrittenHeader } from '../kit';
import { HEADER_CALLS, headersWrittenIn, removal, replace, rule, seenInProduction } from '../kit';

interface Obsolete { readonly name: string; readonly value?: string; readonly at: Span; readonly header?: WrittenHeader; readonly setting?: Setting }

const NAMES: Readonly<Record<string, string>> = { 'x-xss-protection': 'X-XSS-Protection', 'feature-policy': 'Feature-Policy', 'expect-ct': 'Expect-CT', 'public-key-pins': 'Public-Key-Pins', 'public-key-pins-report-only': 'Public-Key-Pins-Report-Only', 'x-frame-options': 'X-Frame-Options' };

export default rule<Obsolete>({
  id: 'obsolete-security-header',
  title: 'Only current security headers are sent',
  severity: 'info', points: 0, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'The old XSS filter was removed from browsers because it could itself be abused, and the others are ignored. They give a false sense of cover.',
  how: 'Delete them and use CSP and Permissions-Policy.',
  links: ['https://developer.mozilla.org/en-US/docs/Web/HTTP/Headers/X-XSS-Protection', 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Headers/Permissions-Policy'],
  anchors: ['njsscan header_xss', 'CWE-1021'],

  on: obsolete(),
  check: () => true,
  message: ({ name, value, setting }) => setting ? `${name} switches on a filter that browsers no longer have.` : `${name} is obsolete and is sent${value ? ` with value ${value.slice(0, 60)}` : ''}.`,
  underline: ({ at }) => at,
  nothing: 'No obsolete header is set.',

  fix: [
    { title: 'Rename it to Permissions-Policy', safety: 'safe', edit: renamed },
    { title: 'Remove the header', safety: 'safe', edit: removed },
  ],

  examples: () => ({
    'the old filter': {
      bad: 'def headers(resp):\n    resp.headers["X-XSS-Protection"] = "1; mode=block"\n    return resp\n',
      good: 'def headers(resp):\n    return resp\n', fix: 'Remove the header',
    },
    'the old filter, among others': {
      bad: 'def headers(response):\n    response.headers.setdefault("X-Frame-Options", "DENY")\n    response.headers.setdefault("X-XSS-Protection", "1; mode=block")\n    return response\n',
      good: 'def headers(response):\n    response.headers.setdefault("X-Frame-Options", "DENY")\n    return response\n', fix: 'Remove the header',
    },
    'in a table': {
      bad: 'HEADERS = {\n    "X-Frame-Options": "DENY",\n    "X-XSS-Protection": "1; mode=block",\n}\n',
      good: 'HEADERS = {\n    "X-Frame-Options": "DENY",\n}\n', fix: 'Remove the header',
    },
    'a policy of features, in nginx': {
      path: 'nginx.conf', bad: 'server {\n  add_header Feature-Policy "camera \'none\'";\n}\n',
      good: 'server {\n  add_header Permissions-Policy "camera=()";\n}\n', fix: 'Rename it to Permissions-Policy',
    },
    'a policy of features, in code': {
      bad: 'def headers(response):\n    response.headers["Feature-Policy"] = "camera \'none\'; microphone \'none\'"\n    return response\n',
      good: 'def headers(response):\n    response.headers["Permissions-Policy"] = "camera=(), microphone=()"\n    return response\n', fix: 'Rename it to Permissions-Policy',
    },
    'a policy with origins': { path: 'nginx.conf', bad: 'server {\n  add_header Feature-Policy "camera \'self\'" always;\n}\n' },
    'Django\'s old setting': {
      path: 'shop/settings.py', bad: 'INSTALLED_APPS = []\nSECURE_BROWSER_XSS_FILTER = True\nSECURE_CONTENT_TYPE_NOSNIFF = True\n',
      good: 'INSTALLED_APPS = []\nSECURE_CONTENT_TYPE_NOSNIFF = True\n', fix: 'Remove the header',
    },
    'one site may frame it': { path: 'nginx.conf', bad: 'server {\n  add_header X-Frame-Options "ALLOW-FROM https://example.com";\n}\n' },
    'pins': { bad: 'def headers(response):\n    response["Public-Key-Pins"] = "pin-sha256=x; max-age=1"\n    return response\n' },
    'the new policy': { good: 'def headers(resp):\n    resp.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"\n    return resp\n' },
    'switched off on purpose': { good: 'def headers(resp):\n    resp.headers["X-XSS-Protection"] = "0"\n    return resp\n' },
    'switched off in nginx': { path: 'nginx.conf', good: 'server {\n  add_header X-XSS-Protection 0 always;\n  add_header X-Frame-Options DENY;\n}\n' },
    'taken away': { good: 'def headers(resp):\n    resp.headers.pop("X-XSS-Protection", None)\n    del resp.headers["Feature-Policy"]\n    return resp\n' },
    'asked of others': { path: 'tests/test_headers.py', good: 'def test_it(client):\n    assert client.get("/").headers["X-XSS-Protection"] == "0"\n' },
  }),
});

function obsolete(): Selector<Obsolete> {
  return {
    kinds: ['module', 'nginx', 'plain', 'compose', 'platform', 'kubernetes', 'ini'], callees: HEADER_CALLS,
    *select(unit, project) {
      for (const header of headersWrittenIn(unit, project)) {
        const name = NAMES[header.header];
        if (name && isObsolete(header)) yield { name, at: header.at, header, ...(header.value !== undefined && { value: header.value }) };
      }
      if (unit.kind !== 'module' || !unit.assignments.some((one) => one.target === 'SECURE_BROWSER_XSS_FILTER')) return;
      for (const setting of project.settings('SECURE_BROWSER_XSS_FILTER')) {
        if (setting.path === unit.path && setting.value.kind === 'bool' && setting.value.value && seenInProduction(setting, project)) yield { name: setting.name, at: setting.assignment.at, setting };
      }
    },
  };
}

function isObsolete({ header, value }: WrittenHeader): boolean {
  if (header === 'x-xss-protection') return value === undefined || !/^\s*["']?0/.test(value);
  return header !== 'x-frame-options' || /^\s*["']?allow-from/i.test(value ?? '');
}

/** `camera 'none'; microphone 'none'` in its new syntax; undefined where an origin is allowed something. */
function permissions(value: string | undefined): string | undefined {
  const features = (value ?? '').split(';').map((each) => each.trim()).filter((each) => each !== '');
  return features.length > 0 && features.every((each) => /^[\w-]+\s+'none'$/.test(each)) ? features.map((each) => `${each.split(/\s/)[0] ?? ''}=()`).join(', ') : undefined;
}

function renamed({ name, value, at }: Obsolete, { source }: Context): readonly Edit[] | undefined {
  const policy = name === 'Feature-Policy' ? permissions(value) : undefined;
  const text = source.slice(at);
  if (policy === undefined || value === undefined || text.split(value).length !== 2 || !/feature-policy/i.test(text)) return undefined;
  return [replace(at, text.replace(value, policy).replace(/feature-policy/i, 'Permissions-Policy'))];
}

function removed({ at, header, setting }: Obsolete, { source }: Context): readonly Edit[] | undefined {
  if (setting ?? (header?.how === 'statement' || header?.how === 'call')) { const edit = removal(at, source); return edit && [edit]; }
  const start = source.lineStart(at.start);
  const end = source.lineEnd(at.end);
  const alone = /^[ \t]*$/.test(source.slice({ start, end: at.start })) && (header?.how === 'line' ? /^[ \t]*;?[ \t]*$/ : /^,[ \t]*$/).test(source.slice({ start: at.end, end }));
  return alone ? [replace({ start, end: Math.min(end + source.newline.length, source.length) }, '')] : undefined;
}
