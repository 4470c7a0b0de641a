import type { Directive, Selector } from '../kit';
import { flattened, insert, rule } from '../kit';

interface Aliased { readonly location: Directive; readonly alias: string; readonly path: string; readonly open: boolean }

export default rule<Aliased>({
  id: 'nginx-alias-traversal',
  title: 'nginx alias locations end with a slash',
  severity: 'high', points: 15, confidence: 'confirmed', blocks: 'always', effort: 'S', since: '1',
  why: '/static../app.py then resolves to the parent folder, so source and settings can be downloaded. nginx does not warn.',
  how: 'End both with a slash.',
  links: ['https://nginx.org/en/docs/http/ngx_http_core_module.html', 'https://cwe.mitre.org/data/definitions/22.html'],
  anchors: ['gixy alias_traversal', 'semgrep alias-path-traversal', 'CWE-22'],

  on: aliases(),
  check: ({ open }) => open,
  message: ({ path, alias }) => `location ${path} lacks the slash that its alias ${alias} ends with.`,
  underline: ({ location }) => location.argsAt.at(-1) ?? location.nameAt,
  holds: ({ open, path }) => open ? undefined : `location ${path} and its alias fit`,
  nothing: 'No nginx location has an alias.',
  summary: (count) => `${String(count)} alias ${count === 1 ? 'location' : 'locations'}, none open to its parent folder`,

  fix: {
    title: 'Add the slash', safety: 'safe',
    edit: ({ location }, { source }) => {
      const at = location.argsAt.at(-1);
      return at && [insert(/["']$/.test(source.slice(at)) ? at.end - 1 : at.end, '/')];
    },
  },

  examples: () => ({
    'a prefix': {
      path: 'nginx.conf', bad: 'server {\n  location /static {\n    alias /srv/app/static/;\n  }\n}\n',
      good: 'server {\n  location /static/ {\n    alias /srv/app/static/;\n  }\n}\n',
    },
    'a prefix before patterns': {
      path: 'sites/app.conf', bad: 'server {\n  listen 80;\n  location ^~ /media {\n    alias /var/www/media/;\n  }\n}\n',
      good: 'server {\n  listen 80;\n  location ^~ /media/ {\n    alias /var/www/media/;\n  }\n}\n',
    },
    'in quotes': { path: 'nginx.conf', bad: 'server {\n  location "/static" {\n    alias "/srv/app/static/";\n  }\n}\n', good: 'server {\n  location "/static/" {\n    alias "/srv/app/static/";\n  }\n}\n' },
    'inside of another location': { path: 'nginx.conf', bad: 'server {\n  location / {\n    location /img {\n      alias /srv/img/;\n    }\n    proxy_pass http://app:8000;\n  }\n}\n' },
    'an exact path': { path: 'nginx.conf', good: 'server {\n  location = /robots.txt {\n    alias /srv/app/robots.txt;\n  }\n  location = /docs { alias /srv/docs/; }\n}\n' },
    'a pattern': { path: 'nginx.conf', good: 'server {\n  location ~ ^/u/(.+\\.png)$ {\n    alias /srv/uploads/$1;\n  }\n  location ~* /files { alias /srv/files/; }\n}\n' },
    'a root': { path: 'nginx.conf', good: 'server {\n  location /static {\n    root /srv/app/;\n  }\n}\n' },
    'neither ends so': { path: 'nginx.conf', good: 'server {\n  location /static {\n    alias /srv/app/static;\n  }\n  location /favicon.ico { alias /srv/app/static/favicon.ico; }\n}\n' },
  }),
});

function aliases(): Selector<Aliased> {
  return {
    kinds: ['nginx'], callees: [],
    *select(unit) {
      if (unit.kind !== 'nginx') return;
      for (const location of flattened(unit.directives)) {
        const alias = location.name === 'location' ? location.block?.find((each) => each.name === 'alias')?.args[0] : undefined;
        const [first = '', second] = location.args;
        const path = second === undefined ? first : first === '^~' ? second : undefined;
        if (alias !== undefined && path !== undefined && !/^[@~=]/.test(path)) yield { location, alias, path, open: !path.endsWith('/') && alias.endsWith('/') };
      }
    },
  };
}
