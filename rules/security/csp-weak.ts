import type { Kind, Policy, PolicyDirective, Selector } from '../kit';
import { HEADER_CALLS, POLICY_CALLS, policiesOf, rule } from '../kit';

const KINDS: readonly Kind[] = ['module', 'template', 'nginx', 'plain', 'compose', 'platform', 'kubernetes', 'ini'];
interface Weakness { readonly directive: PolicyDirective; readonly sources: readonly string[]; /** Injected scripts run in spite of the policy. */ readonly script: boolean }

export default rule<Policy>({
  id: 'csp-weak',
  title: 'The Content-Security-Policy has no broad sources',
  severity: 'low', points: 2, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: 'Inline code and wildcard hosts are what an injected script needs, so the policy stops little. A page that passes a header check is then still open.',
  how: 'Move inline code to files or give it a nonce; name the hosts.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Content_Security_Policy_Cheat_Sheet.html', 'https://developer.mozilla.org/en-US/docs/Web/HTTP/CSP'],
  anchors: ['CWE-1021', 'CWE-79'],
  ladder: { name: 'csp', rung: 2 },

  on: policies(),
  check: (policy) => {
    const found = weaknesses(policy);
    if (found.length === 0) return false;
    return found.some((each) => each.script) && !policy.reportOnly ? { severity: 'medium', points: 4, because: 'scripts that are injected run in spite of it' } : true;
  },
  message: (policy) => `${weaknesses(policy).map((each) => `${each.directive.name} allows ${each.sources.join(' and ')}`).join('; ')}${policy.reportOnly ? ' (report-only)' : ''}.`,
  underline: (policy) => weaknesses(policy)[0]?.directive.at ?? policy.at,
  holds: (policy) => policy.directives.some((each) => /^(script|default)-src$/.test(each.name) && isBound(each, policy)) ? 'Scripts are bound to a nonce or a hash' : undefined,
  nothing: 'No Content-Security-Policy is written here.',

  examples: () => ({
    'inline scripts are allowed': {
      bad: 'from flask_talisman import Talisman\ndef init(app):\n    Talisman(app, content_security_policy={"default-src": "\'self\'", "script-src": ["\'self\'", "\'unsafe-inline\'"]})\n', severity: 'medium',
    },
    'wide sources in nginx': { path: 'nginx.conf', bad: 'server {\n  add_header Content-Security-Policy "default-src \'self\'; connect-src wss://*; img-src http:";\n}\n' },
    'a header of its own, in pieces': { bad: 'from flask import Flask\napp = Flask(__name__)\n\n\n@app.after_request\ndef headers(response):\n    response.headers["Content-Security-Policy"] = (\n        "default-src \'self\'; "\n        "script-src \'self\' \'unsafe-eval\' https://cdn.example.com; "\n        "object-src \'none\'"\n    )\n    return response\n', severity: 'medium' },
    'joined from a list': { bad: 'def headers(response):\n    csp = ["default-src \'self\'", "script-src \'self\' https:"]\n    response.headers["Content-Security-Policy"] = "; ".join(csp)\n    return response\n', severity: 'medium' },
    'everything from everywhere': { bad: 'HEADERS = {"X-Frame-Options": "DENY", "Content-Security-Policy": "default-src * data:"}\n', severity: 'medium' },
    'django-csp 3': { path: 'shop/settings.py', bad: 'INSTALLED_APPS = ["csp"]\nMIDDLEWARE = ["csp.middleware.CSPMiddleware"]\nCSP_DEFAULT_SRC = ("\'self\'",)\nCSP_SCRIPT_SRC = ("\'self\'", "\'unsafe-inline\'")\n', severity: 'medium' },
    'django-csp 4': { path: 'shop/settings.py', bad: 'from csp.constants import SELF, UNSAFE_INLINE\n\nINSTALLED_APPS = ["csp"]\nMIDDLEWARE = ["csp.middleware.CSPMiddleware"]\nCONTENT_SECURITY_POLICY = {"DIRECTIVES": {"default-src": [SELF], "style-src": [SELF, UNSAFE_INLINE]}}\n' },
    'inline styles alone': { path: 'nginx.conf', bad: 'server {\n  add_header Content-Security-Policy "default-src \'self\'; style-src \'self\' \'unsafe-inline\'" always;\n}\n' },
    'report-only': { path: 'nginx.conf', bad: 'server {\n  add_header Content-Security-Policy-Report-Only "script-src \'self\' \'unsafe-inline\'" always;\n}\n', severity: 'low' },
    'a page of its own': { path: 'templates/base.html', bad: '<head>\n<meta http-equiv="Content-Security-Policy" content="default-src \'self\' \'unsafe-inline\'">\n</head>\n', severity: 'medium' },
    'a nonce for scripts': { good: 'from flask_talisman import Talisman\ndef init(app):\n    Talisman(app, content_security_policy={"default-src": "\'self\'", "img-src": ["\'self\'", "data:"]}, content_security_policy_nonce_in=["script-src"])\n' },
    'Talisman adds the nonce': { good: 'from flask_talisman import Talisman\ndef init(app):\n    Talisman(app, content_security_policy={"script-src": ["\'self\'", "\'unsafe-inline\'"]}, content_security_policy_nonce_in=["script-src"])\n' },
    'ignored because of a hash': { path: 'nginx.conf', good: 'server {\n  add_header Content-Security-Policy "default-src \'self\'; script-src \'self\' \'unsafe-inline\' \'sha256-abc=\'";\n}\n' },
    'a nonce of its own': { good: 'from flask import g\n\n\ndef headers(response):\n    response.headers["Content-Security-Policy"] = f"default-src \'self\'; script-src \'nonce-{g.nonce}\' \'strict-dynamic\' https: \'unsafe-inline\'; object-src \'none\'"\n    return response\n' },
    'images and fonts from data': { path: 'nginx.conf', good: 'server {\n  add_header Content-Security-Policy "default-src \'self\'; img-src \'self\' data: blob: https:; font-src \'self\' data:; worker-src blob:";\n}\n' },
    'hosts by name, WebAssembly': { path: 'nginx.conf', good: 'server {\n  add_header Content-Security-Policy "default-src \'none\'; script-src \'self\' \'wasm-unsafe-eval\' https://*.example.com; connect-src wss://live.example.com; frame-ancestors *";\n}\n' },
    'Django\'s own, with a nonce': { path: 'shop/settings.py', good: 'from django.utils.csp import CSP\n\nINSTALLED_APPS = ["shop"]\nMIDDLEWARE = ["django.middleware.csp.ContentSecurityPolicyMiddleware"]\nSECURE_CSP = {"default-src": [CSP.SELF], "script-src": [CSP.SELF, CSP.NONCE, CSP.UNSAFE_INLINE]}\n' },
    'development\'s own policy': { good: 'from flask import Flask\napp = Flask(__name__)\n\nif app.debug:\n    @app.after_request\n    def headers(response):\n        response.headers["Content-Security-Policy"] = "script-src * \'unsafe-eval\'"\n        return response\n' },
    'a header taken away': { path: 'nginx.conf', good: 'server {\n  proxy_hide_header Content-Security-Policy;\n}\n' },
    'a comment': { path: 'templates/base.html', good: '<!-- <meta http-equiv="Content-Security-Policy" content="script-src *"> -->\n' },
  }),
});

function policies(): Selector<Policy> {
  return { kinds: KINDS, callees: [...POLICY_CALLS, ...HEADER_CALLS], select: (unit, project) => policiesOf(unit, project) };
}

function weaknesses(policy: Policy): readonly Weakness[] {
  return policy.directives.flatMap((directive): Weakness[] => {
    const sources = broad(directive, policy);
    const script = /^script-src(-elem)?$/.test(directive.name) || (directive.name === 'default-src' && !names(policy).includes('script-src'));
    return sources.length === 0 ? [] : [{ directive, sources, script }];
  });
}

function broad(directive: PolicyDirective, policy: Policy): readonly string[] {
  const bound = isBound(directive, policy);
  switch (directive.name) {
    case 'script-src': case 'script-src-elem': return directive.sources.filter((each) => isBroadForScripts(each, bound, directive));
    case 'default-src': {
      if (!names(policy).includes('script-src')) return directive.sources.filter((each) => isBroadForScripts(each, bound, directive));
      return directive.sources.filter((each) => each === '*' || (each === "'unsafe-inline'" && !bound && !names(policy).includes('style-src')));
    }
    case 'style-src': return directive.sources.filter((each) => each === "'unsafe-inline'" && !bound);
    case 'img-src': case 'connect-src': case 'font-src': case 'frame-src': case 'child-src': case 'media-src': return directive.sources.filter((each) => /^(\*|http:|ws:|(wss?|http):\/\/\*)$/.test(each));
    default: return [];
  }
}

function isBroadForScripts(source: string, bound: boolean, { sources }: PolicyDirective): boolean {
  if (source === "'unsafe-eval'") return true;
  if (source === "'unsafe-inline'") return !bound;
  // Browsers that know strict-dynamic leave hosts and schemes out of account.
  return !sources.includes("'strict-dynamic'") && /^(\*|https?:|data:|wss?:|https?:\/\/\*)$/.test(source);
}

/** A nonce or a hash stands beside it: browsers then ignore 'unsafe-inline'. */
function isBound(directive: PolicyDirective, policy: Policy): boolean {
  return policy.nonces.includes(directive.name) || directive.sources.some((each) => /^'(nonce-|sha(256|384|512)-|strict-dynamic)/.test(each));
}

function names(policy: Policy): readonly string[] {
  return policy.directives.map((each) => each.name);
}
