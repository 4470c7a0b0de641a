import type { NginxBlock, Selector } from '../kit';
import { inForce, listed, nginxBlocks, outward, ownDirectives, rule, spokenBlock } from '../kit';

interface Nested { readonly block: NginxBlock; readonly lost: readonly string[] }

export default rule<Nested>({
  id: 'nginx-header-dropped',
  title: 'Nested nginx blocks keep the security headers',
  severity: 'medium', points: 4, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'nginx inherits add_header only when the block has none of its own. One caching line silently removes every security header for that path.',
  how: 'Repeat the headers through an include, or set caching with expires.',
  links: ['https://nginx.org/en/docs/http/ngx_http_headers_module.html'],
  anchors: ['gixy add_header_redefinition', 'semgrep header-redefinition', 'CWE-693'],
  ladder: { name: 'headers', rung: 2 },

  on: nested(),
  check: ({ lost }) => lost.length > 0,
  message: ({ block, lost }) => `add_header in ${spokenBlock(block)} drops ${listed(lost)} of ${block.parent ? spokenBlock(inForce(block.parent, 'add_header')?.at ?? block.parent) : 'its parent'}.`,
  underline: ({ block }) => ownDirectives(block, 'add_header').find((each) => each.unit === block.unit)?.directive.at ?? block.directive?.nameAt ?? { start: 0, end: 0 },
  holds: ({ block, lost }) => lost.length === 0 ? `${spokenBlock(block)} repeats the headers` : undefined,
  nothing: 'No nginx block sets headers inside of one that sets security headers.',

  examples: () => ({
    'a line for the cache': { path: 'nginx.conf', bad: 'server {\n  add_header X-Frame-Options SAMEORIGIN always;\n  location /assets/ {\n    add_header Cache-Control "public, max-age=31536000";\n  }\n}\n' },
    'a server drops what http sets': { path: 'nginx.conf', bad: 'http {\n  add_header Strict-Transport-Security "max-age=31536000" always;\n  server {\n    add_header X-Served-By edge;\n  }\n}\n' },
    'one of two is repeated': { path: 'nginx.conf', bad: 'server {\n  add_header X-Frame-Options DENY;\n  add_header X-Content-Type-Options nosniff;\n  location / {\n    add_header X-Frame-Options DENY;\n    root /srv;\n  }\n}\n' },
    'set by another file': { bad: { 'nginx/nginx.conf': 'http {\n  server {\n    include snippets/security.conf;\n    location /assets/ {\n      add_header Cache-Control public;\n    }\n  }\n}\n', 'nginx/snippets/security.conf': 'add_header X-Content-Type-Options nosniff always;\n' } },
    'repeated': { path: 'nginx.conf', good: 'server {\n  add_header X-Frame-Options SAMEORIGIN always;\n  location /assets/ {\n    add_header X-Frame-Options SAMEORIGIN always;\n    add_header Cache-Control "public, max-age=31536000";\n  }\n}\n' },
    'nothing that protects is lost': { path: 'nginx.conf', good: 'server {\n  add_header X-Served-By edge;\n  location /assets/ { add_header Cache-Control "public"; }\n}\n' },
    'repeated by an include': { good: { 'nginx/nginx.conf': 'http {\n  server {\n    include snippets/security.conf;\n    location /assets/ {\n      include snippets/security.conf;\n      add_header Cache-Control public;\n    }\n  }\n}\n', 'nginx/snippets/security.conf': 'add_header X-Content-Type-Options nosniff always;\n' } },
    'an include that is not here': { path: 'nginx.conf', good: 'server {\n  add_header X-Frame-Options DENY;\n  location / {\n    include /etc/nginx/snippets/headers.conf;\n    add_header X-App shop;\n  }\n}\n' },
    'merged': { path: 'nginx.conf', good: 'server {\n  add_header_inherit merge;\n  add_header X-Frame-Options DENY;\n  location / { add_header X-App shop; }\n}\n' },
    'an answer without a page': { path: 'nginx.conf', good: 'server {\n  add_header X-Frame-Options DENY;\n  location /health { add_header Content-Type text/plain; return 200 "ok"; }\n  location / { if ($request_method = OPTIONS) { add_header Access-Control-Allow-Origin *; return 204; } root /srv; }\n}\n' },
    'expires': { path: 'nginx.conf', good: 'server {\n  add_header X-Frame-Options DENY;\n  location /assets/ { expires 1y; }\n}\n' },
  }),
});

const PROTECTIVE = /^(strict-transport-security|content-security-policy|x-frame-options|x-content-type-options|referrer-policy)$/i;

function nested(): Selector<Nested> {
  return {
    kinds: ['nginx'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'nginx' || unit.role !== 'production') return;
      for (const block of nginxBlocks(project)) {
        if (block.unit !== unit || !block.directive || block.parent === undefined || ownDirectives(block, 'add_header').length === 0) continue;
        const outside = names(block.parent).filter((each) => PROTECTIVE.test(each));
        const merged = outward(block).some((each) => ownDirectives(each, 'add_header_inherit').some((one) => one.directive.args[0] === 'merge'));
        if (outside.length === 0 || merged || block.unseen || ownDirectives(block, 'return').length > 0) continue;
        const inside = names(block).map((each) => each.toLowerCase());
        yield { block, lost: outside.filter((each) => !inside.includes(each.toLowerCase())) };
      }
    },
  };
}

function names(block: NginxBlock): readonly string[] {
  return [...new Set(inForce(block, 'add_header')?.found.map((each) => each.directive.args[0] ?? '') ?? [])];
}
