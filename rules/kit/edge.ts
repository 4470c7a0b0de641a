/** What stands in front of the application, line by line: proxies, platforms, labels and annotations. */
import type { Directive, Unit } from './files';
import type { Place } from './place';
import type { Project } from './project';

/** One directive, label or setting, as `name value`. */
export interface EdgeLine extends Place { readonly text: string }

/** Plain files that configure a proxy or a host, by their name. */
const PROXY_FILE = /(^|\/)(caddyfile[^/]*|_headers|\.htaccess|httpd[^/]*\.conf|apache[^/]*\.conf|000-default[^/]*\.conf|haproxy\.cfg|(traefik|envoy|kong|firebase|staticwebapp\.config|gateway|middlewares?|dynamic[-_.]?conf(ig)?)[^/]*\.(ya?ml|json|toml))$|(^|\/)(traefik|envoy|kong|apache2?|httpd|caddy)\/[^?]+\.(ya?ml|json|toml|conf)$/i;

/** What Traefik is told by its command line. */
const PROXY_FLAG = /^--(entrypoints|certificatesresolvers|providers)\./i;

/** Apache's configuration has no name of its own. */
const APACHE = /^\s*(<(VirtualHost|Directory|Location)\b|Header\s+(always|set|onsuccess)\b)/m;

/** Every line of the project's proxies and platform files that production may use. */
export function edgeLines(project: Project): readonly EdgeLine[] {
  return project.once('edgeLines', () => project.units.filter((unit) => unit.role === 'production' && !project.developmentName(fileName(unit.path))).flatMap((unit) => linesOf(unit, project)));
}

function linesOf(unit: Unit, project: Project): readonly EdgeLine[] {
  const at = (text: string, span: { start: number; end: number }): EdgeLine => ({ path: unit.path, start: span.start, end: span.end, text });
  switch (unit.kind) {
    case 'nginx': return flattened(unit.directives).map((one) => at([one.name, ...one.args].join(' '), one.block ? one.nameAt : one.at));
    case 'platform': return unit.entries.map((one) => at(`${one.key} ${one.value}`, one.at));
    case 'kubernetes': return unit.objects.flatMap((object) => object.entries.map((one) => at(`${one.key} ${one.value}`, one.at)));
    case 'compose': return unit.services.flatMap((service) => [...service.labels.map((one) => at(`${one.name} ${one.value ?? ''}`, one.at)), ...service.commands.flatMap((command) => command.words.flatMap((word, index) => PROXY_FLAG.test(word) ? [at(word.replace(/^--/, ''), command.wordsAt[index] ?? command.at)] : []))]);
    case 'plain': case 'ini': {
      const text = PROXY_FILE.test(unit.path) || unit.path.endsWith('.conf') ? project.text(unit.path) ?? '' : '';
      return PROXY_FILE.test(unit.path) || APACHE.test(text) ? written(unit.path, text) : [];
    }
    default: return [];
  }
}

/** Directives with those of their blocks, outer ones first. */
export function flattened(directives: readonly Directive[]): readonly Directive[] {
  return directives.flatMap((one) => [one, ...flattened(one.block ?? [])]);
}

/** Lines of a text without those that are comments. */
function written(path: string, text: string): readonly EdgeLine[] {
  return [...text.matchAll(/^[ \t]*(?![#;\s]|\/\/)(.+?)[ \t]*$/gm)].map((one) => ({ path, start: one.index, end: one.index + one[0].length, text: one[1] ?? '' }));
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
