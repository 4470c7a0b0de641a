/** nginx as it is put together: blocks of all files with what they include, and what each inherits. */
import { fileName } from './edge';
import type { Directive, Nginx } from './files';
import type { Project } from './project';

/** A directive and the file it stands in. */
export interface Placed { readonly unit: Nginx; readonly directive: Directive }

export interface NginxBlock {
  /** The file it stands in. */
  readonly unit: Nginx;
  /** Its own `location /x { … }`; absent for the top of a file. */
  readonly directive?: Directive;
  readonly parent?: NginxBlock;
  /** What stands in it, included files in the place of their `include`. */
  readonly own: readonly Placed[];
  /** It includes what is not in this repository, or is made by a template: what it lacks may be there. */
  readonly unseen: boolean;
}

/** Every block of nginx configuration that production may use, outer ones first; a file that others include counts where it is included. */
export function nginxBlocks(project: Project): readonly NginxBlock[] {
  return project.once('nginxBlocks', () => {
    const units = project.of('nginx').filter((unit) => unit.role === 'production' && !project.developmentName(unit.path) && !/playwright|cypress/i.test(unit.path));
    const included = new Set(units.flatMap((unit) => includes(unit.directives).flatMap((each) => named(each.args[0] ?? '', unit, units))));
    return units.filter((unit) => !included.has(unit)).flatMap((unit) => blocksOf({ unit, inside: unit.directives, units, open: [unit] }));
  });
}

interface Reading { readonly unit: Nginx; readonly directive?: Directive; readonly parent?: NginxBlock; readonly inside: readonly Directive[]; readonly units: readonly Nginx[]; readonly open: readonly Nginx[] }

function blocksOf(at: Reading): readonly NginxBlock[] {
  const { own, unseen } = contents(at.inside, at.unit, at.units, at.open);
  const block: NginxBlock = { unit: at.unit, own, unseen: unseen || !at.unit.whole, ...(at.directive && { directive: at.directive }), ...(at.parent && { parent: at.parent }) };
  return [block, ...own.flatMap(({ unit, directive }) => directive.block ? blocksOf({ unit, directive, parent: block, inside: directive.block, units: at.units, open: [...new Set([...at.open, unit])] }) : [])];
}

function contents(directives: readonly Directive[], unit: Nginx, units: readonly Nginx[], open: readonly Nginx[]): { readonly own: readonly Placed[]; readonly unseen: boolean } {
  let unseen = false;
  const own = directives.flatMap((directive): readonly Placed[] => {
    const path = directive.name === 'include' ? directive.args[0] : undefined;
    if (path === undefined) return [{ unit, directive }];
    const found = named(path, unit, units).filter((each) => !open.includes(each));
    if (found.length === 0 && !PLAIN.test(path)) unseen = true;
    return found.flatMap((each) => {
      const inner = contents(each.directives, each, units, [...open, each]);
      unseen ||= inner.unseen || !each.whole;
      return inner.own;
    });
  });
  return { own, unseen };
}

/** Files of the system that set neither headers nor limits. */
const PLAIN = /(^|\/)(mime\.types|fastcgi(_params|\.conf)|uwsgi_params|scgi_params)$|(^|\/)modules-enabled\//;

function includes(directives: readonly Directive[]): readonly Directive[] {
  return directives.flatMap((each) => each.name === 'include' ? [each] : includes(each.block ?? []));
}

/** Files an `include` takes in: by the longest end of its path that is one of the repository's, or by its pattern. */
function named(path: string, from: Nginx, units: readonly Nginx[]): readonly Nginx[] {
  const parts = path.replace(/^\/etc\/nginx\//, '').split('/').filter((each) => each !== '' && each !== '.');
  const end = parts.slice(-2).join('/');
  const pattern = new RegExp(String.raw`(^|/)${end.replace(/[.+^$()[\]{}|\\]/g, String.raw`\$&`).replace(/\*/g, '[^/]*')}(\.(template|tmpl|tpl))?$`);
  const found = units.filter((each) => each !== from && pattern.test(each.path));
  if (found.length > 0 || path.includes('*')) return found;
  return units.filter((each) => each !== from && fileName(each.path) === parts.at(-1));
}

/** The block itself and those around it, nearest first. */
export function outward(block: NginxBlock): readonly NginxBlock[] {
  return [block, ...(block.parent ? outward(block.parent) : [])];
}

/** Directives of a name in this block alone. */
export function ownDirectives(block: NginxBlock, name: string): readonly Placed[] {
  return block.own.filter((each) => each.directive.name === name);
}

/** The nearest block with directives of a name, which replace all those further out; undefined where none has any. */
export function inForce(block: NginxBlock, name: string): { readonly at: NginxBlock; readonly found: readonly Placed[] } | undefined {
  for (const each of outward(block)) {
    const found = ownDirectives(each, name);
    if (found.length > 0) return { at: each, found };
  }
  return undefined;
}

/** As people say it: `location /static`, `server`, `the top of nginx.conf`. */
export function spokenBlock({ unit, directive }: NginxBlock): string {
  return directive ? [directive.name, ...(directive.name === 'server' || directive.name === 'http' ? [] : directive.args)].join(' ').slice(0, 80) : `the top of ${fileName(unit.path)}`;
}
